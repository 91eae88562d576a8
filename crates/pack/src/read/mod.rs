//! Readers, one for each kind of file. A reader asks for the keys of its file and knows nothing of other files.

pub(crate) mod action;
pub(crate) mod article;
pub(crate) mod board;
pub(crate) mod calendar;
pub(crate) mod city;
pub(crate) mod connector;
pub(crate) mod dataset;
pub(crate) mod division;
pub(crate) mod document;
pub(crate) mod fault;
pub(crate) mod hours;
pub(crate) mod index;
pub(crate) mod kind;
pub(crate) mod law;
pub(crate) mod limit;
pub(crate) mod mapping;
pub(crate) mod outline;
pub(crate) mod pack_file;
pub(crate) mod process;
pub(crate) mod rule;
pub(crate) mod scope;
pub(crate) mod selection;
pub(crate) mod service;
pub(crate) mod settings;
pub(crate) mod table;
pub(crate) mod texts;

/// A name as text.
#[expect(clippy::needless_pass_by_value, reason = "it is mapped over what readers hand out")]
fn text(name: model::Name) -> String {
    name.as_str().to_owned()
}
