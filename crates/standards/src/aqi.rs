//! The air-quality index: HJ 633-2012, and HJ 633-2026 for what was observed from 1 March 2026 on.
//!
//! A concentration is rounded by GB/T 8170 to the figures in which the tables are written (2026: 4.2.2), its individual
//! index (IAQI) is interpolated between two rows and rounded up, and the index is the greatest of them. All of it in whole
//! numbers: in floating point a hundred could become a hundred and one.
//!
//! Read in the texts: both tables, rounding up, the primary pollutant, levels; what becomes of SO₂ over 800 µg/m³ by the
//! hour and O₃ over 800 by eight hours; the rule for missing pollutants of 2026. Taken from practice: 500 above the last
//! row, hourly means of particulate matter by the columns of the day under 2012 as under 2026, and an index under 2012 from
//! what there is, unless both kinds of particulate matter are missing: so the published lists of seven cities in April 2020
//! have it, but for six of 159 hours in which something is missing.

use crate::rounding::scaled;
use jiff::civil::{Date, date};

/// The first day whose observations are judged by the edition of 2026.
pub const FIRST_OF_2026: Date = date(2026, 3, 1);

/// An edition of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edition {
    /// HJ 633-2012.
    Hj633Of2012,
    /// HJ 633-2026.
    Hj633Of2026,
}

/// A pollutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pollutant {
    /// Sulphur dioxide, µg/m³.
    So2,
    /// Nitrogen dioxide, µg/m³.
    No2,
    /// Carbon monoxide, mg/m³.
    Co,
    /// Ozone, µg/m³.
    O3,
    /// Particulate matter up to 10 µm, µg/m³.
    Pm10,
    /// Particulate matter up to 2.5 µm, µg/m³.
    Pm25,
}

/// Over which time a concentration is a mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mean {
    /// One hour.
    Hour,
    /// Eight hours, of ozone.
    EightHours,
    /// A day.
    Day,
}

/// How good the air is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 一级, 优: up to 50.
    Excellent,
    /// 二级, 良: up to 100.
    Good,
    /// 三级, 轻度污染: up to 150.
    Light,
    /// 四级, 中度污染: up to 200.
    Moderate,
    /// 五级, 重度污染: up to 300.
    Heavy,
    /// 六级, 严重污染: above 300.
    Severe,
}

/// The index of a place and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The greatest individual index.
    pub value: u16,
    /// The individual indexes, in the order asked.
    pub parts: Vec<(Pollutant, u16)>,
    /// Those with the greatest, if it is above 50.
    pub primary: Vec<Pollutant>,
}

/// Rows of the tables: the individual index at each step of concentration.
const STEPS: [i64; 8] = [0, 50, 100, 150, 200, 300, 400, 500];

impl Edition {
    /// The edition by which what was observed on a local day is judged.
    pub fn on(day: Date) -> Self {
        if day < FIRST_OF_2026 { Self::Hj633Of2012 } else { Self::Hj633Of2026 }
    }

    /// As it is cited.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hj633Of2012 => "HJ 633-2012",
            Self::Hj633Of2026 => "HJ 633-2026",
        }
    }
}

impl Pollutant {
    /// All six, in the order of the tables.
    pub const ALL: [Self; 6] = [Self::So2, Self::No2, Self::Co, Self::O3, Self::Pm10, Self::Pm25];

    /// As packs write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::So2 => "so2",
            Self::No2 => "no2",
            Self::Co => "co",
            Self::O3 => "o3",
            Self::Pm10 => "pm10",
            Self::Pm25 => "pm25",
        }
    }

    /// As people write it.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::So2 => "SO₂",
            Self::No2 => "NO₂",
            Self::Co => "CO",
            Self::O3 => "O₃",
            Self::Pm10 => "PM10",
            Self::Pm25 => "PM2.5",
        }
    }

    /// Places behind the point in which the tables are written.
    const fn places(self) -> u32 {
        if matches!(self, Self::Co) { 1 } else { 0 }
    }
}

impl Level {
    /// The level of an index.
    pub const fn of(index: u16) -> Self {
        match index {
            0..=50 => Self::Excellent,
            51..=100 => Self::Good,
            101..=150 => Self::Light,
            151..=200 => Self::Moderate,
            201..=300 => Self::Heavy,
            _ => Self::Severe,
        }
    }

    /// Its number, from 1.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }
}

/// A column of table 1 of 2012 and table 3 of 2026, in units of its last place; shorter where the table ends earlier.
fn column(edition: Edition, pollutant: Pollutant, mean: Mean) -> Option<&'static [i64]> {
    use Mean::{Day, EightHours, Hour};
    use Pollutant::{Co, No2, O3, Pm10, Pm25, So2};
    let new = edition == Edition::Hj633Of2026;
    Some(match (pollutant, mean) {
        (So2, Day) => &[0, 50, 150, 475, 800, 1600, 2100, 2620],
        (So2, Hour) => &[0, 150, 500, 650, 800],
        (No2, Day) => &[0, 40, 80, 180, 280, 565, 750, 940],
        (No2, Hour) => &[0, 100, 200, 700, 1200, 2340, 3090, 3840],
        (Co, Day) => &[0, 20, 40, 140, 240, 360, 480, 600],
        (Co, Hour) => &[0, 50, 100, 350, 600, 900, 1200, 1500],
        (O3, EightHours) => &[0, 100, 160, 215, 265, 800],
        (O3, Hour) => &[0, 160, 200, 300, 400, 800, 1000, 1200],
        (Pm10, Day | Hour) if new => &[0, 50, 120, 250, 350, 420, 500, 600],
        (Pm10, Day | Hour) => &[0, 50, 150, 250, 350, 420, 500, 600],
        (Pm25, Day | Hour) if new => &[0, 35, 60, 115, 150, 250, 350, 500],
        (Pm25, Day | Hour) => &[0, 35, 75, 115, 150, 250, 350, 500],
        (So2 | No2 | Co | Pm10 | Pm25, EightHours) | (O3, Day) => return None,
    })
}

/// The individual index of a concentration in the pollutant's unit. None if the standard gives none: for this mean, for a
/// value below zero, or, under 2012, above the end of a shorter column.
pub fn iaqi(edition: Edition, pollutant: Pollutant, mean: Mean, value: f64) -> Option<u16> {
    let steps = column(edition, pollutant, mean)?;
    let value = scaled(value, pollutant.places()).filter(|value| *value >= 0)?;
    let last = steps.len() - 1;
    let index = match steps.iter().position(|step| value <= *step) {
        Some(0) => 0,
        Some(at) => {
            let (low, high) = (*steps.get(at - 1)?, *steps.get(at)?);
            let (from, to) = (*STEPS.get(at - 1)?, *STEPS.get(at)?);
            let (over, under) = ((to - from) * (value - low), high - low);
            from + over.div_euclid(under) + i64::from(over.rem_euclid(under) > 0)
        }
        // A column that ends before the others: 2026 keeps its last index, 2012 no longer computes it.
        None if last + 1 < STEPS.len() && edition == Edition::Hj633Of2012 => return None,
        None => *STEPS.get(last)?,
    };
    u16::try_from(index).ok()
}

/// The index of what was measured, where `wanted` is all that should be. While a pollutant is missing, 2026 gives one only
/// if the others alone put it above 100.
pub fn index(edition: Edition, measured: &[(Pollutant, Mean, f64)], wanted: &[Pollutant]) -> Option<Index> {
    let parts: Vec<(Pollutant, u16)> = measured
        .iter()
        .filter_map(|(pollutant, mean, value)| Some((*pollutant, iaqi(edition, *pollutant, *mean, *value)?)))
        .collect();
    let value = parts.iter().map(|(_, part)| *part).max()?;
    let missing = |wanted: &Pollutant| !parts.iter().any(|(pollutant, _)| pollutant == wanted);
    let dust = |of: &Pollutant| matches!(of, Pollutant::Pm10 | Pollutant::Pm25);
    let hidden = match edition {
        Edition::Hj633Of2026 => value <= 100 && wanted.iter().any(missing),
        Edition::Hj633Of2012 => {
            let mut dust = wanted.iter().filter(|of| dust(of)).peekable();
            dust.peek().is_some() && dust.all(missing)
        }
    };
    if hidden {
        return None;
    }
    let first = parts.iter().filter(|(_, part)| value > 50 && *part == value);
    let primary = first.map(|(pollutant, _)| *pollutant).collect();
    Some(Index { value, parts, primary })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Mean::{Day, EightHours, Hour};
    use Pollutant::{Co, No2, O3, Pm10, Pm25, So2};
    use proptest::prelude::*;

    const NEW: Edition = Edition::Hj633Of2026;
    const OLD: Edition = Edition::Hj633Of2012;

    #[test]
    fn worked_values_of_2026() {
        for (pollutant, mean, value, expected) in [
            (Pm25, Day, 38.0, 56),
            (Pm25, Day, 60.0, 100),
            (Pm25, Day, 61.0, 101),
            (Pm25, Day, 60.5, 100),
            (Pm25, Day, 60.6, 101),
            (Pm25, Day, 75.0, 114),
            (Pm25, Day, 115.0, 150),
            (Pm25, Day, 612.0, 500),
            (Pm10, Day, 71.0, 65),
            (Pm10, Day, 120.0, 100),
            (Pm10, Day, 150.0, 112),
            (So2, Day, 14.0, 14),
            (No2, Day, 31.0, 39),
            (Co, Day, 1.1, 28),
            (O3, EightHours, 143.0, 86),
            (O3, EightHours, 900.0, 300),
            (So2, Hour, 900.0, 200),
            (O3, Hour, 210.0, 105),
            (No2, Hour, 85.0, 43),
            (Co, Hour, 3.0, 30),
        ] {
            assert_eq!(iaqi(NEW, pollutant, mean, value), Some(expected), "{pollutant:?} {value}");
        }
    }

    #[test]
    fn the_edition_of_2012_is_milder_to_dust_and_stops_above_its_columns() {
        assert_eq!(iaqi(OLD, Pm25, Hour, 66.0), Some(89));
        assert_eq!(iaqi(OLD, Pm10, Day, 150.0), Some(100));
        assert_eq!(iaqi(OLD, Pm25, Day, 75.0), Some(100));
        assert_eq!(iaqi(OLD, So2, Hour, 801.0), None);
        assert_eq!(iaqi(OLD, O3, EightHours, 801.0), None);
        assert_eq!((Edition::on(date(2026, 2, 28)), Edition::on(date(2026, 3, 1))), (OLD, NEW));
    }

    #[test]
    fn the_index_is_the_greatest_and_names_what_made_it() {
        let day = [
            (Pm25, Day, 38.0),
            (Pm10, Day, 71.0),
            (So2, Day, 14.0),
            (No2, Day, 31.0),
            (Co, Day, 1.1),
            (O3, EightHours, 143.0),
        ];
        let found = index(NEW, &day, &Pollutant::ALL).unwrap();
        assert_eq!((found.value, found.primary), (86, vec![O3]));
        assert_eq!(Level::of(86), Level::Good);
        let ties = index(NEW, &[(Pm25, Day, 60.0), (Pm10, Day, 120.0)], &[]).unwrap();
        assert_eq!(ties.primary, [Pm25, Pm10]);
        let clean = index(NEW, &[(So2, Hour, 3.0)], &[]).unwrap();
        assert_eq!((clean.value, clean.primary), (1, vec![]));
    }

    #[test]
    fn what_is_missing_hides_an_index_of_a_hundred_or_less() {
        assert_eq!(index(NEW, &[(Pm25, Hour, 20.0)], &Pollutant::ALL), None);
        assert_eq!(index(NEW, &[(Pm25, Hour, 90.0)], &Pollutant::ALL).unwrap().value, 128);
        assert_eq!(index(OLD, &[(Pm25, Hour, 20.0)], &Pollutant::ALL).unwrap().value, 29);
        assert_eq!(index(OLD, &[(So2, Hour, 20.0)], &Pollutant::ALL), None);
        assert_eq!(index(NEW, &[], &[]), None);
        assert_eq!(iaqi(NEW, Pm25, Hour, -1.0), None);
        assert_eq!(iaqi(NEW, Pm25, EightHours, 1.0), None);
    }

    proptest! {
        #[test]
        fn more_is_never_better(
            of in 0usize..6, a in 0.0f64..3000.0, more in 0.0f64..500.0, new in any::<bool>()
        ) {
            let (pollutant, edition) = (Pollutant::ALL[of], if new { NEW } else { OLD });
            let (low, high) = (iaqi(edition, pollutant, Hour, a), iaqi(edition, pollutant, Hour, a + more));
            if let (Some(low), Some(high)) = (low, high) {
                prop_assert!(low <= high && high <= 500);
            }
        }
    }
}
