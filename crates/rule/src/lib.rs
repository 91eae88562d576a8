//! Rules: what follows from what was observed. Pure functions over values that the kernel has loaded.
//!
//! A rule judges windows and never remembers: what it needs is read again from history. So judging twice gives the
//! same verdict, and a late or corrected value is simply judged again.

mod definition;
mod fault;
mod length;
mod limit;
mod round;
mod tables;

pub use definition::{Effect, Given, Level, On, Rule};
pub use fault::Fault;
pub use length::{Length, LengthError};
pub use limit::{Limit, LimitError};
pub use round::round_half_even;
pub use tables::{LimitRow, LimitTable};
