//! Monitored sources: what becomes of the values that HJ 212-2017 carries (its appendix D), and when they count (HJ 75).
//!
//! Reading packets is left to the codec, limits to permits. Values are physical quantities in `f64`; whoever reports
//! one rounds it ([`crate::rounding`]).

mod flag;
mod gas;
mod mark;
mod mean;
mod sewage;

pub use flag::{DeviceState, Flag, SiteState};
pub use gas::{
    Conditions, by_excess_air, by_oxygen, dry, emission_rate, excess_air, flow, flow_dry_standard, from_ppm,
    nox_as_no2, standard_dry,
};
pub use mark::{Mark, Side, is_basis};
pub use mean::{
    Medium, Period, arithmetic_mean, day_emission, month_counts, period_flag, period_mean, weighted_mean,
};
pub use sewage::{load, mean_flow, volume};

use crate::Unsure;

/// What of this module was not read in the standards' own texts.
pub const UNSURE: &[Unsure] = &[
    Unsure {
        standard: "HJ 212-2017",
        taken: "only values flagged N count as measured",
        rests_on: "common practice",
    },
    Unsure {
        standard: "HJ 212-2017, appendix D",
        taken: "a mean flow of water is its volume times 1000 by the seconds",
        rests_on: "the units: the text at hand lacks the factor 1000",
    },
    Unsure {
        standard: "HJ 212-2017, appendix D",
        taken: "without any flow the mean of water is the arithmetic one",
        rests_on: "common practice",
    },
    Unsure {
        standard: "HJ 212-2017",
        taken: "the flag of an abnormal period of water is D",
        rests_on: "the rule for flue gas",
    },
    Unsure {
        standard: "Marking rules of automatic monitors (2022)",
        taken: "which marks there are, and what each does to a value",
        rests_on: "reports on the rules; each trade has a list of its own",
    },
    Unsure {
        standard: "HJ 75-2017",
        taken: "a month counts with 25 days, February with 23; converted hours are averaged without weights",
        rests_on: "memory",
    },
    Unsure {
        standard: "Emission standards of boilers and furnaces",
        taken: "conversion by excess air: the coefficient is 21 / (21 - oxygen)",
        rests_on: "memory; it agrees with conversion by oxygen",
    },
];

/// A quantity that cannot be, or a code that is not known.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// Outside what the formula is for.
    #[error("{what} of {found}: expected {expected}")]
    Quantity {
        /// Which quantity.
        what: &'static str,
        /// Its value.
        found: f64,
        /// What it has to be.
        expected: &'static str,
    },
    /// Not in the list of the standard.
    #[error("`{found}` is no {what}: expected {expected}")]
    Code {
        /// What kind of code.
        what: &'static str,
        /// What was found.
        found: String,
        /// What the list has.
        expected: &'static str,
    },
}

/// The value if it satisfies; what is no number satisfies nothing.
fn that(what: &'static str, found: f64, holds: bool, expected: &'static str) -> Result<f64, Error> {
    if holds && found.is_finite() { Ok(found) } else { Err(Error::Quantity { what, found, expected }) }
}
