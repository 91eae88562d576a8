//! What national standards prescribe to be worked out: tables and pure functions, one file or folder per standard.
//!
//! Each figure names its clause. Where a figure was not read in the standard's own text, the module's `UNSURE` says so,
//! and [`unsure`] lists them all: what rests on one of them is not conformant until somebody has looked. A standard
//! that was replaced stays beside its successor, and the date of what is judged says which of them counts.
//!
//! Deliberately absent: input and output, clocks, stores, and any city. What is exact on paper is exact here
//! ([`Decimal`]); what is physics is `f64`, and is rounded by whoever reports it.
//!
//! - [`rounding`]: decimals as they are written, and half to even (GB/T 8170).
//! - [`air`]: limits, means, percentiles and the composite index of ambient air (GB 3095, HJ 663).
//! - [`aqi`]: the air quality index (HJ 633).
//! - [`hj212`]: flags, means, converted values, flows and loads of monitored sources (HJ 212 appendix D, HJ 75).
//! - [`identity`]: numbers of persons, organisations, certificates, grids and components.
//! - [`geo`]: GCJ-02 and BD-09, to and from WGS-84.
//! - [`hazard`]: major hazard installations (GB 18218).
//! - [`water`]: reference evapotranspiration (FAO-56).
//! - [`oee`]: overall equipment effectiveness.

pub mod air;
pub mod aqi;
mod fraction;
pub mod geo;
pub mod hazard;
pub mod hj212;
pub mod identity;
pub mod oee;
pub mod rounding;
pub mod water;

pub use rounding::Decimal;

/// A figure or reading of a rule that was not found in the standard's own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsure {
    /// The standard it belongs to.
    pub standard: &'static str,
    /// What is taken here.
    pub taken: &'static str,
    /// What it rests on instead.
    pub rests_on: &'static str,
}

/// All that is unsure in this crate.
pub fn unsure() -> impl Iterator<Item = &'static Unsure> {
    let modules = [
        air::UNSURE,
        aqi::UNSURE,
        geo::UNSURE,
        hazard::UNSURE,
        hj212::UNSURE,
        identity::UNSURE,
        oee::UNSURE,
        water::UNSURE,
    ];
    modules.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unsure_says_what_it_rests_on() {
        assert!(unsure().count() > 0);
        for it in unsure() {
            assert!(!it.standard.is_empty() && !it.taken.is_empty() && !it.rests_on.is_empty(), "{it:?}");
        }
    }
}
