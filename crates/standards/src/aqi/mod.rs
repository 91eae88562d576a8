//! HJ 633: the air quality index (AQI) that the public is told, in its editions of 2012 and 2026.
//!
//! Concentrations are rounded first (GB/T 8170), each becomes an individual index (IAQI) between two breakpoints, and
//! the highest of them is the index. All of it is done in whole numbers: IAQI and AQI are rounded *up*, so a remainder
//! of binary arithmetic would add a point. Means are left to [`crate::air`].

mod breakpoint;
mod index;
mod individual;
mod level;
mod warning;

use std::fmt;

use jiff::civil::{Date, date};

pub use index::{Index, Reading, Value, index};
pub use individual::{Individual, individual};
pub use level::Level;
pub use warning::{Warning, warning};

use crate::air::{Averaging, Pollutant};
use crate::{Decimal, Unsure};

/// What of this module was not read in the standards' own texts.
pub const UNSURE: &[Unsure] = &[
    Unsure {
        standard: "HJ 633",
        taken: "above the last breakpoint of a whole row the individual index stays at 500",
        rests_on: "common practice",
    },
    Unsure {
        standard: "HJ 633-2012",
        taken: "concentrations are rounded as the edition of 2026 prescribes",
        rests_on: "the edition of 2026, 4.2.2",
    },
    Unsure {
        standard: "HJ 633-2012",
        taken: "an hourly index is made of six hourly means, those of particles by the breakpoints of the day",
        rests_on: "3701 hourly indices published in April 2020, all of which come out so",
    },
    Unsure {
        standard: "HJ 633-2012",
        taken: "an index is published unless both kinds of particles are missing",
        rests_on: "153 of 159 hours published in April 2020 in which something is missing",
    },
    Unsure {
        standard: "Heavy pollution warnings",
        taken: "the thresholds of yellow, orange and red",
        rests_on: "memory of the unified thresholds since 2023",
    },
];

/// An edition of HJ 633.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// HJ 633-2012, for days until 2026-02-28.
    Hj2012,
    /// HJ 633-2026, for days from 2026-03-01.
    Hj2026,
}

impl Edition {
    /// Which edition counts for what was measured on a day.
    pub fn on(day: Date) -> Self {
        if day < date(2026, 3, 1) { Self::Hj2012 } else { Self::Hj2026 }
    }

    /// What the index of a report is made of.
    pub const fn indicators(self, report: Report) -> &'static [(Pollutant, Averaging)] {
        use Averaging::{Day, EightHours, Hour};
        use Pollutant::{Co, No2, O3, Pm10, Pm25, So2};
        match (self, report) {
            (Self::Hj2012, Report::Daily) => {
                &[(So2, Day), (No2, Day), (Pm10, Day), (Pm25, Day), (Co, Day), (O3, Hour), (O3, EightHours)]
            }
            (Self::Hj2026, Report::Daily) => {
                &[(So2, Day), (No2, Day), (Pm10, Day), (Pm25, Day), (Co, Day), (O3, EightHours)]
            }
            (_, Report::Hourly) => {
                &[(So2, Hour), (No2, Hour), (Pm10, Hour), (Pm25, Hour), (Co, Hour), (O3, Hour)]
            }
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hj2012 => "HJ 633-2012",
            Self::Hj2026 => "HJ 633-2026",
        })
    }
}

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Report {
    /// One day, published the next.
    Daily,
    /// One hour, published within the next.
    Hourly,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Daily => "daily",
            Self::Hourly => "hourly",
        })
    }
}

/// A reading that no index can be made of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The table has no row for it.
    #[error("{pollutant} over {averaging} has no index under {edition}: expected one of its indicators")]
    NotIndexed {
        /// The edition asked for.
        edition: Edition,
        /// The pollutant.
        pollutant: Pollutant,
        /// Its averaging time.
        averaging: Averaging,
    },
    /// Below zero, or beyond all measure.
    #[error("a concentration of {concentration} of {pollutant}: expected one from 0 to 1 000 000")]
    Concentration {
        /// The pollutant.
        pollutant: Pollutant,
        /// What was given.
        concentration: Decimal,
    },
    /// The report is not made of it.
    #[error("{pollutant} over {averaging} is no part of the {report} report: expected one of its indicators")]
    NotReported {
        /// The report asked for.
        report: Report,
        /// The pollutant.
        pollutant: Pollutant,
        /// Its averaging time.
        averaging: Averaging,
    },
    /// Given twice.
    #[error("{pollutant} over {averaging} was given twice: expected one reading for each")]
    Twice {
        /// The pollutant.
        pollutant: Pollutant,
        /// Its averaging time.
        averaging: Averaging,
    },
}
