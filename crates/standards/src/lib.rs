//! Formulas and tables of standards, one file each, with the clause they come from and worked examples.
//!
//! A pack that must compute names a function of this crate; it never holds one. To add a standard, add a file: the tables
//! as data, the edition by date where there are several, and examples out of the text itself.

pub mod aqi;
pub mod rounding;
