//! Ambient air: GB 3095 (limits and validity) and HJ 663-2013 (statistics of a day, a year, a month).
//!
//! The index that the public is told is left to [`crate::aqi`].

mod composite;
mod limit;
mod mean;
mod percentile;

use std::fmt;

use jiff::civil::{Date, date};

pub use composite::{Composite, EQUAL_WEIGHTS, Part, REPORTED_WEIGHTS, Weights, composite};
pub use limit::{Class, limit};
pub use mean::{
    DAY_HOURS, WINDOWS, YearValidity, daily_maximum, day_mean, eight_hour_means, hour_counts, year_validity,
};
pub use percentile::percentile;

use crate::Unsure;

/// What of this module was not read in the standards' own texts.
pub const UNSURE: &[Unsure] = &[
    Unsure {
        standard: "GB 3095-2012",
        taken: "limits of total suspended particles, nitrogen oxides, lead and benzo[a]pyrene",
        rests_on: "the table of 2026, whose unchanged rows are taken for 2012 too",
    },
    Unsure {
        standard: "HJ 663-2013",
        taken: "the day's maximum of 8-hour means: 17 windows that end from 8 to 24 o'clock, 14 of them valid unless the limit is exceeded",
        rests_on: "memory of table 2",
    },
    Unsure {
        standard: "HJ 663-2013",
        taken: "percentiles lie between two ranks, in proportion, with k = 1 + (n - 1) p",
        rests_on: "memory of annex A",
    },
    Unsure {
        standard: "HJ 663",
        taken: "the composite index has two places, and all weights are 1 until 2025",
        rests_on: "what provinces say beneath their published rankings",
    },
    Unsure {
        standard: "HJ 663",
        taken: "weights 3 (PM2.5), 2 (ozone, nitrogen dioxide) and 1 from 2026",
        rests_on: "one published program",
    },
];

/// What is measured in air.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pollutant {
    /// Sulphur dioxide.
    So2,
    /// Nitrogen dioxide.
    No2,
    /// Particles up to 10 µm.
    Pm10,
    /// Particles up to 2.5 µm.
    Pm25,
    /// Carbon monoxide.
    Co,
    /// Ozone.
    O3,
    /// Total suspended particles.
    Tsp,
    /// Nitrogen oxides, as nitrogen dioxide.
    Nox,
    /// Lead.
    Lead,
    /// Benzo\[a\]pyrene.
    Bap,
}

impl Pollutant {
    /// The six that indices are made of.
    pub const SIX: [Self; 6] = [Self::So2, Self::No2, Self::Pm10, Self::Pm25, Self::Co, Self::O3];

    /// As people write it.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::So2 => "SO2",
            Self::No2 => "NO2",
            Self::Pm10 => "PM10",
            Self::Pm25 => "PM2.5",
            Self::Co => "CO",
            Self::O3 => "O3",
            Self::Tsp => "TSP",
            Self::Nox => "NOx",
            Self::Lead => "Pb",
            Self::Bap => "BaP",
        }
    }

    /// The unit of its limits.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Co => "mg/m3",
            _ => "ug/m3",
        }
    }

    /// Places behind the point that are kept of a concentration in [`Self::unit`] (HJ 633-2026, 4.2.2 for the six).
    pub const fn places(self) -> i32 {
        match self {
            Self::Co => 1,
            Self::Lead => 2,
            Self::Bap => 4,
            _ => 0,
        }
    }
}

/// Over what time a concentration is a mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Averaging {
    /// One hour.
    Hour,
    /// Eight hours; for a day, the highest of its sliding means.
    EightHours,
    /// A day, or 24 hours that slide.
    Day,
    /// A quarter.
    Season,
    /// A calendar year.
    Year,
}

impl fmt::Display for Pollutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl fmt::Display for Averaging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hour => "1 hour",
            Self::EightHours => "8 hours",
            Self::Day => "24 hours",
            Self::Season => "a season",
            Self::Year => "a year",
        })
    }
}

/// An edition of GB 3095, as it is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// GB 3095-2012, until 2026-02-28.
    Gb2012,
    /// GB 3095-2026 with the limits of transition, from 2026-03-01 until 2030-12-31.
    Gb2026Transition,
    /// GB 3095-2026 with its final limits, from 2031-01-01.
    Gb2026Final,
}

impl Edition {
    /// Which edition judges what was measured on a day. Days before that of 2012 was in force everywhere are judged
    /// by it all the same.
    pub fn on(day: Date) -> Self {
        if day < date(2026, 3, 1) {
            Self::Gb2012
        } else if day < date(2031, 1, 1) {
            Self::Gb2026Transition
        } else {
            Self::Gb2026Final
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_says_which_edition_counts() {
        for (day, expected) in [
            (date(2026, 2, 28), Edition::Gb2012),
            (date(2026, 3, 1), Edition::Gb2026Transition),
            (date(2030, 12, 31), Edition::Gb2026Transition),
            (date(2031, 1, 1), Edition::Gb2026Final),
        ] {
            assert_eq!(Edition::on(day), expected, "{day}");
        }
    }
}
