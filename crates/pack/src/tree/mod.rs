//! A file as a tree in which every key and value knows where it stands, and the toolkit that reads it.
//!
//! Reading does not stop at a fault: what cannot be read becomes a complaint and a stand-in, so that one look at a pack
//! brings all its complaints. A reader asks for each key once, with a line of explanation; the same questions, asked of
//! nothing, describe the file (`shape`), so that readers, schemas and "did you mean" cannot drift apart.

mod condition;
mod english;
mod exact;
mod formula;
mod lists;
mod near;
mod node;
mod parse;
mod reading;
mod section;
mod shape;
mod values;

pub(crate) use condition::Condition;
pub use condition::Required;
pub(crate) use english::{English, written};
pub use exact::Factor;
pub(crate) use exact::{FactorText, TextMap};
pub(crate) use formula::{Assigned, Formula, Given, Literal, Literals, NoNames, Refused};
pub(crate) use lists::{Distinct, ListOf, MapOf, OneOrMany, Pair};
pub(crate) use near::nearest;
pub(crate) use node::{Entry, Node, Table, Written};
pub(crate) use parse::parse;
pub(crate) use reading::{Mention, Reading, Refer, unread};
pub(crate) use section::{Fields, Read, Section, describe};
pub(crate) use shape::{Key, Shape};
pub(crate) use values::{
    AttributeId, Both, Day, Id, Line, Loose, Named, Number, OneOf, Refers, TypeId, Whole, YesNo,
};

/// Largest file in bytes. A calendar of twenty years has fifty thousand.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting of tables and lists.
pub const DEPTH_MAX: usize = 16;
