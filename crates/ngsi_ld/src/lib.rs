//! NGSI-LD (ETSI GS CIM 009 V1.8): what programs of other houses say of entities, and how this city says it to them.
//!
//! [`Given`] is an entity as JSON brings it, [`write()`] one as JSON gives it: normalized, concise, simplified or as a feature of
//! GeoJSON. [`q::parse`] makes a query (clause 4.9) a `Filter`, [`geo`] asks where something is (clause 4.10). Names are terms as
//! they stand: the core context and its default vocabulary are built in, and a context of somebody else's is never fetched.

pub mod geo;
mod problem;
pub mod q;
mod read;
mod term;
mod write;

pub use problem::{Kind, Problem};
pub use read::{Given, attribute, attributes, entity};
pub use term::{CORE_CONTEXT, name};
pub use write::{Format, Shown, ShownAttribute, collection, write};
