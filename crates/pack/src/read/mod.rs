//! Readers, one for each kind of file. A reader asks for the keys of its file and knows nothing of other files.

pub(crate) mod article;
pub(crate) mod calendar;
pub(crate) mod city;
pub(crate) mod hours;
pub(crate) mod kind;
pub(crate) mod law;
pub(crate) mod pack_file;
