//! Texts of packs and cities in, definitions out. No files, no network: the caller brings the texts.
//!
//! Where a file lies says what it is (`docs/packs.md`). Every complaint names file, line and column, what is wrong and
//! what to write, and all of them come at once.

mod check;
mod complaint;
mod definitions;
mod diff;
mod explain;
mod load;
mod names;
mod read;
mod register;
mod scenario;
mod schema;
mod service;
mod settings;
mod sheet;
mod texts;
mod tree;

pub use complaint::{COMPLAINTS_MAX, Complaint};
pub use definitions::{Definitions, Source, SourceKind};
pub use diff::{Difference, diff};
pub use explain::{explain, explain_one};
pub use read::article::{Article, Duty};
pub use read::board::{Board, Cases, Figure, FigureOf, Layer};
pub use read::city::{APART, City, Power, Role};
pub use read::connector::{
    Connector, Encoding, Mapping, Marks, ObservedAt, Origin, OriginKind, PlacedAt, Schedule,
    TICKET_ATTRIBUTES, TicketOn,
};
pub use read::dataset::{Dataset, Licence, Refresh, Series};
pub use read::division::{Division, DivisionKind, Issues, Leader, Office};
pub use read::document::{Document, Piece, Signing, pieces};
pub use read::fault::{FAULTS, Fault};
pub use read::index::{Index, IndexStandard};
pub use read::kind::{
    AttributeDefinition, Feed, FeedKey, Keep, Openness, Place, TypeDefinition, ValueKind, Writer,
};
pub use read::law::{Allowance, Clause, Law, LawKind, Laws, Sureness};
pub use read::outline::{Outline, Outlines, Spot};
pub use read::pack_file::{Begins, Pack};
pub use read::selection::Selection;
pub use read::service::{Audience, Channel, Eligible, Fee, Material, Service};
pub use read::table::DecisionTable;
pub use register::{EntityRow, PersonRow, Register, RoleRow};
pub use scenario::{Expect, ExpectClock, OneOrMore, STEPS_MAX, Scenario, Send, Step};
pub use schema::{key_tables, schemas};
pub use service::Eligibility;
pub use settings::{Setting, with_setting};
pub use tree::{DEPTH_MAX, FILE_BYTES_MAX, Factor, Required};

use jiff::civil::Date;
use serde::de::DeserializeOwned;

/// One file of a pack or city, by its path within the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// For example `packs/environment/rules/source-exceedance.toml`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Reads all files of a city. Nothing is returned unless every file is right.
///
/// What was in force once must load for ever: whether the laws it rests on still are is asked by [`check`].
pub fn read(files: &[File]) -> Result<Definitions, Vec<Complaint>> {
    load::definitions(files, None)
}

/// The same, for definitions that are to be in force on a day: every law that is named must be in force on it.
pub fn check(files: &[File], day: Date) -> Result<Definitions, Vec<Complaint>> {
    load::definitions(files, Some(day))
}

/// Reads one process in the words of definitions that are known: an older text on which a case still runs.
///
/// Expressions are compiled against the types as they are now; what the city set otherwise is not in it. What crosses the borders of files is not checked again.
pub fn read_process(file: &File, definitions: &Definitions) -> Result<process::Definition, Vec<Complaint>> {
    load::process(file, definitions)
}

/// The articles of one file alone, whatever stands beside it.
pub fn articles(file: &File) -> Result<Vec<Article>, Vec<Complaint>> {
    let sheet = sheet::Sheet::open(file).map_err(|complaint| vec![complaint])?;
    let articles = sheet.read(read::article::articles);
    let complaints = sheet.reading.into_complaints();
    if complaints.is_empty() { Ok(articles.unwrap_or_default()) } else { Err(complaints) }
}

/// Reads a file that is no definition, such as a [`Register`].
pub fn parse<T: DeserializeOwned>(file: &File) -> Result<T, Complaint> {
    toml::from_str(&file.text).map_err(|error| {
        let reading = tree::Reading::new(&file.path, &file.text);
        let (line, column) = reading.line_column(error.span().map_or(0, |span| span.start));
        let (what, remedy) = (error.message().to_owned(), "correct it as the message says".to_owned());
        Complaint { file: file.path.clone(), line, column, what, remedy }
    })
}
