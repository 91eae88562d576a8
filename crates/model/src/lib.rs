//! What the city knows, and how it is written down.
//!
//! Names, values with units, entities, changes, observations, and the canonical bytes that proofs commit to.
//! This crate does no input or output and reads no clock; time and chance come in as arguments.

mod canonical;
mod change;
mod entity;
mod filter;
mod item;
mod name;
mod observation;
mod text;
mod time;
mod value;

pub use canonical::{CanonicalError, from_canonical, to_canonical};
pub use change::Change;
pub use entity::{Attribute, Entity, Held};
pub use filter::{Filter, Operator};
pub use item::{Item, ItemError, SeriesDefinition};
pub use name::{NAME_BYTES_MAX, Name, NameError, URN_BYTES_MAX, Urn};
pub use observation::{BATCH_ROWS_MAX, Batch, Edition, Flag, Observation, Period, Row, RowsError, SeriesKey};
pub use text::{Lang, Text};
pub use time::{Instant, TimeError, Zone};
pub use value::{Sealed, Value, map};
