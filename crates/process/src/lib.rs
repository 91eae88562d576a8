//! How the city's work must be done, and by when.
//!
//! Lawful time: the calendar of working days, the seasonal office hours, clocks with their ledgers of pauses, due
//! instants and the derivation a clerk can show. Pure functions: no input or output, and the time comes in as an
//! argument.

mod calendar;
mod clock;
mod count;
mod decide;
mod definition;
mod due;
mod hours;
mod ladder;
mod ledger;
mod limit;
mod record;
mod text;
mod times;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;

pub use calendar::{CalendarError, Day, WorkCalendar};
pub use clock::{Clock, ClockError};
pub use count::HORIZON_YEARS;
pub use decide::{Act, ClockFault, Decision, Offer, Refusal, Told, decide, offers, ring, start, timers};
pub use definition::{Action, Definition, Need, Reason, Stage, StageClock};
pub use due::{Counted, Derivation, Due, HoursInForce, LINES_MAX, Skipped, State, Why};
pub use hours::{HoursError, OfficeHours, Session};
pub use ladder::{Climb, LadderError, Left, Rung};
pub use ledger::{ClockRecord, PAUSES_MAX, Pause};
pub use limit::{BUDGET_MAX, ClockRule, LimitError, PauseReason, Principle, Unit};
pub use record::Record;
pub use text::Text;
pub use times::Times;
