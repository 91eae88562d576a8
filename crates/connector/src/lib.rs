//! Connectors: what a department has already, read by the file of a pack that says what each column becomes.
//!
//! Bytes become a [`Table`], its rows become [`Record`]s of the type that the connector fills, and what is wrong with
//! either is a [`Finding`]: nothing good beside it is lost. [`quality`] looks at what the rows of an entity say together:
//! the same hour twice, hours that are missing, values that do not move, names that never say anything. Which entity a
//! record is about, and what is new in it, only the city knows (`kernel`).
//!
//! To read another form of file, make it a [`Table`].

mod finding;
mod json;
mod quality;
mod record;
mod table;
mod watermark;
mod workbook;

pub use finding::{Finding, Findings, KEPT_MAX};
pub use pack::Fault;
pub use quality::quality;
pub use record::{Record, records};
pub use table::{BYTES_MAX, Table, TableError, TableRow};
pub use watermark::newer;
