//! HJ 633, 4.2: the individual index (IAQI) of one concentration.

use super::breakpoint::{Above, Column, INDICES, column};
use super::{Edition, Error};
use crate::Decimal;
use crate::air::{Averaging, Pollutant};
use crate::fraction::Fraction;

/// The most that is taken for a concentration: beyond it something was typed or sent wrongly.
const MOST: Decimal = Decimal::whole(1_000_000);

/// What one concentration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Individual {
    /// The pollutant.
    pub pollutant: Pollutant,
    /// Over what time it is a mean.
    pub averaging: Averaging,
    /// The concentration as it was rounded before the index was made.
    pub concentration: Decimal,
    /// The individual index. `None` where the edition of 2012 makes none: hourly SO2 or 8-hour O3 above 800.
    pub iaqi: Option<u16>,
    /// Whether it lies above the last breakpoint, so that the index tells less than the concentration.
    pub beyond: bool,
}

/// The individual index of a concentration in the pollutant's unit.
///
/// # Errors
/// Where the edition has no breakpoints for it, or the concentration is below zero or beyond measure.
pub fn individual(
    edition: Edition,
    pollutant: Pollutant,
    averaging: Averaging,
    concentration: Decimal,
) -> Result<Individual, Error> {
    let column =
        column(edition, pollutant, averaging).ok_or(Error::NotIndexed { edition, pollutant, averaging })?;
    let wrong = Error::Concentration { pollutant, concentration };
    if concentration.is_negative() || concentration > MOST {
        return Err(wrong);
    }
    let rounded = concentration.round(pollutant.places());
    let (iaqi, beyond) = between(&column, rounded).ok_or(wrong)?;
    Ok(Individual { pollutant, averaging, concentration: rounded, iaqi, beyond })
}

/// The index in proportion between two breakpoints, rounded up, and whether there was no second one. `None` where the
/// numbers have too many digits, which those that were let in have not.
fn between(column: &Column, concentration: Decimal) -> Option<(Option<u16>, bool)> {
    let exact = Fraction::of(concentration)?;
    let Some(high) = column.points.iter().position(|point| exact.compare(*point).is_le()) else {
        let last = INDICES.get(column.points.len().checked_sub(1)?)?;
        let stays = column.above == Above::Stays;
        return Some((stays.then_some(u16::try_from(*last).ok()?), true));
    };
    let Some(low) = high.checked_sub(1) else { return Some((Some(0), false)) };
    let slope = Fraction::new(INDICES[high] - INDICES[low], column.points[high] - column.points[low])?;
    let above_low = exact.add(Fraction::whole(-column.points[low]))?;
    let index = slope.multiply(above_low)?.add(Fraction::whole(INDICES[low]))?;
    Some((Some(u16::try_from(index.ceil()).ok()?), false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Averaging::{Day, EightHours, Hour};
    use Pollutant::{Co, No2, O3, Pm10, Pm25, So2};
    use proptest::prelude::*;

    fn check(
        edition: Edition,
        pollutant: Pollutant,
        averaging: Averaging,
        value: &str,
        expected: Option<u16>,
    ) {
        let found = individual(edition, pollutant, averaging, value.parse().unwrap()).unwrap();
        assert_eq!(found.iaqi, expected, "{edition:?} {pollutant:?} {averaging:?} {value}");
    }

    #[test]
    fn worked_values_of_2026() {
        for (pollutant, averaging, value, expected) in [
            (Pm25, Day, "0", 0),
            (Pm25, Day, "38", 56),
            (Pm25, Day, "60", 100),
            (Pm25, Day, "60.5", 100),
            (Pm25, Day, "60.6", 101),
            (Pm25, Day, "61", 101),
            (Pm25, Day, "75", 114),
            (Pm25, Day, "115", 150),
            (Pm25, Day, "612", 500),
            (Pm25, Hour, "61", 101),
            (Pm10, Day, "71", 65),
            (Pm10, Day, "120", 100),
            (Pm10, Day, "150", 112),
            (So2, Day, "14", 14),
            (No2, Day, "31", 39),
            (Co, Day, "1.1", 28),
            (O3, EightHours, "143", 86),
            (O3, EightHours, "900", 300),
            (So2, Hour, "900", 200),
            (O3, Hour, "210", 105),
            (No2, Hour, "85", 43),
            (Co, Hour, "3.0", 30),
        ] {
            check(Edition::Hj2026, pollutant, averaging, value, Some(expected));
        }
    }

    #[test]
    fn the_edition_of_2012_differs_in_particles_and_above_800() {
        for (pollutant, averaging, value, expected) in [
            (Pm25, Day, "75", Some(100)),
            (Pm25, Day, "60", Some(82)),
            (Pm10, Day, "150", Some(100)),
            (So2, Hour, "800", Some(200)),
            (So2, Hour, "801", None),
            (O3, EightHours, "800", Some(300)),
            (O3, EightHours, "801", None),
            (O3, Hour, "1300", Some(500)),
        ] {
            check(Edition::Hj2012, pollutant, averaging, value, expected);
        }
    }

    #[test]
    fn beyond_the_table_is_said() {
        let at = |value| individual(Edition::Hj2026, Pm25, Day, Decimal::whole(value)).unwrap().beyond;
        assert!(!at(500) && at(501));
    }

    #[test]
    fn what_has_no_index_is_refused() {
        let one = Decimal::whole(1);
        for (edition, pollutant, averaging) in [
            (Edition::Hj2012, So2, EightHours),
            (Edition::Hj2026, Pollutant::Tsp, Day),
            (Edition::Hj2026, Pm10, EightHours),
        ] {
            let refused = Err(Error::NotIndexed { edition, pollutant, averaging });
            assert_eq!(individual(edition, pollutant, averaging, one), refused);
        }
        for concentration in [Decimal::scaled(-1, 3), Decimal::whole(1_000_001)] {
            let refused = Err(Error::Concentration { pollutant: Co, concentration });
            assert_eq!(individual(Edition::Hj2026, Co, Day, concentration), refused);
        }
    }

    proptest! {
        #[test]
        fn more_is_never_better(tenths in 0i64..20_000, more in 0i64..500) {
            for (pollutant, averaging) in Edition::Hj2026.indicators(super::super::Report::Daily) {
                let at = |value| individual(Edition::Hj2026, *pollutant, *averaging, Decimal::scaled(value, 1));
                prop_assert!(at(tenths).unwrap().iaqi <= at(tenths + more).unwrap().iaqi);
            }
        }
    }
}
