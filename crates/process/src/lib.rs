//! How the city's work must be done, and by when.
//!
//! Lawful time: the calendar of working days, the seasonal office hours, clocks with their ledgers of pauses, due
//! instants and the derivation a clerk can show. Processes: definitions as statecharts, records of cases, decisions.
//! Pure functions: no input or output, and the time comes in as an argument.

mod act;
mod action;
mod assignment;
mod calendar;
mod clock;
mod code;
mod complete;
mod count;
mod decide;
mod definition;
mod diagram;
mod due;
mod effects;
mod elsewhere;
mod facts;
mod faults;
mod field;
mod generate;
mod hours;
mod ladder;
mod ledger;
mod limit;
mod migrate;
mod moves;
mod possible;
mod prose;
mod record;
mod refusal;
mod ring;
mod settle;
mod simulate;
mod standing;
mod task;
mod text;
mod times;
mod tree;
mod work;
mod written;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod trials;

pub use act::{Act, ClockEvent, Correction, Decision, Finding, Notice, Opening, Sending, Told};
pub use action::{Action, Bounces, Does, Extends, LinkKind, Need, Opens, Reason, Since, Within};
pub use assignment::{ASSIGNMENTS_MAX, Assignment, AssignmentState};
pub use calendar::{CalendarError, Day, WorkCalendar};
pub use clock::{Clock, ClockError};
pub use complete::FIELD_CHARS_MAX;
pub use count::HORIZON_YEARS;
pub use decide::{Awaited, Offer, begin, decide, linked, offers, review, start, told};
pub use definition::{
    Begin, ClockKind, ConditionalBudget, Definition, Elsewhere, Flag, Given, Stage, StageClock,
};
pub use diagram::diagram;
pub use due::{Counted, Derivation, Due, HoursInForce, LINES_MAX, Skipped, State, Why};
pub use elsewhere::Spent;
pub use facts::{Earlier, Facts, StillFacts, Vocabulary, World};
pub use faults::Fault;
pub use field::{Code, Field, FieldKind};
pub use generate::{ACTS_MAX, Below, generate};
pub use hours::{HoursError, OfficeHours, Session};
pub use ladder::{Climb, LadderError, Left, Rung};
pub use lang::Words;
pub use ledger::{ClockRecord, PAUSES_MAX, Pause};
pub use limit::{BUDGET_MAX, ClockRule, LimitError, PauseReason, Principle, Unit};
pub use migrate::{Immovable, Mapping, migrate};
pub use prose::prose;
pub use record::{LINKS_MAX, Last, Link, REMOTES_MAX, Record, Remote, Shelved};
pub use refusal::{ClockFault, FieldFault, Refusal};
pub use ring::{first_due, ring, timers};
pub use settle::CHAIN_MAX;
pub use simulate::{Difference, Event, Point, Replayed, replay, simulate};
pub use task::{Policy, Task};
pub use text::Text;
pub use times::Times;
pub use tree::STAGE_DEPTH_MAX;
