//! One small language for packs: expressions, and decision tables made of them.
//!
//! An expression is compiled once against the names of the place in which it stands: every name exists, every kind and
//! unit agrees, or there are faults with place and remedy. Then it is asked: for a value, for a truth in three values,
//! for the reasons, for a sentence, for the facts it needs, for a filter. It has no loops and stated limits, and no text
//! makes it panic. This crate reads no files, knows no city and no clock; the host brings names and facts.

mod check;
mod decimal;
mod expression;
mod fault;
mod filter;
mod function;
mod kind;
mod parse;
#[cfg(test)]
mod properties;
mod prose;
#[cfg(test)]
mod samples;
mod table;
mod term;
mod token;
mod unit;
mod value;
mod why;

pub use expression::{Argument, Expression};
pub use fault::Fault;
pub use function::Builtin;
pub use kind::{Kind, Names, Returns, Signature};
pub use prose::{Titles, Untitled, Words, say_value};
pub use table::{
    CellStep, Decided, Draft, DraftRow, DraftTest, Hit, INPUTS_MAX, Input, Place, ROWS_MAX, RowStep, Table,
    TableFault, Undecided,
};
pub use unit::Unit;
pub use value::{Facts, Stuck, Truth};
pub use why::{Found, Step};

/// Longest expression in bytes.
pub const TEXT_BYTES_MAX: usize = 4_096;
/// How deep brackets, choices, calls and signs may be nested.
pub const DEPTH_MAX: usize = 32;
/// How many values, names and operators an expression may have. Literals in a list do not count.
pub const NODES_MAX: usize = 256;
/// How many values a list in an expression may have.
pub const LIST_MAX: usize = 1_000;
/// How many steps an evaluation may take: one for each part, and one for each value of a list that is gone through.
pub const STEPS_MAX: usize = 100_000;
