//! Rules over histories: each kind of condition, episodes, values in any order of arrival, definitions.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what failed by panicking")]

mod arrival;
mod definitions;
mod episodes;
mod kinds;
mod source;
