//! Rules: what follows from what was observed. Pure functions over values that the kernel has loaded.
//!
//! A rule judges windows and never remembers: what it needs is read again from history. So judging twice gives the
//! same verdict, and a late or corrected value is simply judged again.

mod clean;
mod definition;
mod derived;
mod differ;
mod episodes;
mod fault;
mod faults;
mod follow;
mod history;
mod judge;
mod judging;
mod known;
mod length;
mod limit;
mod names;
mod points;
mod prose;
mod reach;
mod round;
mod sight;
mod tables;
mod verdict;
mod why;
mod window;

pub use clean::{Doubt, Plausible, doubts};
pub use definition::{Effect, Given, Level, On, Rule};
pub use derived::Derived;
pub use differ::{Difference, Turn, differences, passed, review};
pub use fault::Fault;
pub use follow::{Follow, follow};
pub use history::{History, OBSERVATIONS_MAX, Observed};
pub use judge::{Look, due, judge, look, next_due, replay};
pub use known::Known;
pub use length::{Length, LengthError};
pub use limit::{Limit, LimitError};
pub use names::Vocabulary;
pub use reach::Reach;
pub use round::round_half_even;
pub use sight::SHARE;
pub use tables::{LimitRow, LimitTable};
pub use verdict::{Because, Episode, Held, Looked, Unjudged, Used, Verdict};
pub use why::why;
pub use window::{Span, Window};
