//! What can only be said of the whole: whether every name names something, and whether the law allows it.

mod basis;
mod clock;
mod connector;
mod dataset;
mod document;
mod mention;
mod process;
mod promise;
mod role;
mod rule;
mod serve;
mod settings;

pub(crate) use connector::unfilled;

use crate::load::World;
use crate::sheet::Sheet;
use jiff::civil::Date;

/// Checks everything that crosses the borders of files. With a day, every basis must be in force on it.
pub(crate) fn check(sheets: &[Sheet<'_>], world: &World, day: Option<Date>) {
    mention::check(sheets, world);
    basis::check(sheets, world, day);
    clock::check(sheets, world, day);
    process::check(sheets, world);
    role::check(sheets, world);
    rule::check(sheets, world);
    connector::check(sheets, world);
    dataset::check(sheets, world);
    document::check(sheets, world);
    serve::check(sheets, world);
    settings::check(sheets, world, day);
}
