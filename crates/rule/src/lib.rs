//! Rules: what follows from what was observed. Pure functions over values that the kernel has loaded.
//!
//! A rule judges one hour at a time and never remembers: the window it needs is read again from history. So judging
//! twice gives the same verdict, and a late or corrected value is simply judged again.

mod limit;
mod round;

pub use limit::{Hour, Limit, LimitError, LimitRule, Verdict, judge};
pub use round::round_half_even;
