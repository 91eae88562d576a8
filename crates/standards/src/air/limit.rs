//! GB 3095, tables 1 and 2: concentration limits by pollutant, averaging time and class of area.

use super::{Averaging, Edition, Pollutant};
use crate::Decimal;

/// The class of an area (GB 3095, clause 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Nature reserves, scenic areas and others under special protection.
    One,
    /// Where people live, trade, work and farm.
    Two,
}

/// One row: the limits of both classes under each edition, each number with so many places.
struct Row {
    pollutant: Pollutant,
    averaging: Averaging,
    places: u32,
    limits: [[i64; 2]; 3],
}

const fn row(pollutant: Pollutant, averaging: Averaging, places: u32, limits: [[i64; 2]; 3]) -> Row {
    Row { pollutant, averaging, places, limits }
}

/// The same limits in all editions.
const fn same(pollutant: Pollutant, averaging: Averaging, places: u32, limits: [i64; 2]) -> Row {
    row(pollutant, averaging, places, [limits; 3])
}

/// Classes one and two in 2012, in the transition and at last. Unsure for 2012: the rows from TSP on.
const TABLE: [Row; 23] = {
    use Averaging::{Day, EightHours, Hour, Season, Year};
    use Pollutant::{Bap, Co, Lead, No2, Nox, O3, Pm10, Pm25, So2, Tsp};
    [
        row(So2, Year, 0, [[20, 60], [20, 60], [20, 20]]),
        row(So2, Day, 0, [[50, 150], [50, 150], [50, 50]]),
        row(So2, Hour, 0, [[150, 500], [150, 500], [150, 150]]),
        row(No2, Year, 0, [[40, 40], [40, 40], [30, 30]]),
        row(No2, Day, 0, [[80, 80], [80, 80], [50, 50]]),
        same(No2, Hour, 0, [200, 200]),
        same(Co, Day, 0, [4, 4]),
        same(Co, Hour, 0, [10, 10]),
        same(O3, EightHours, 0, [100, 160]),
        same(O3, Hour, 0, [160, 200]),
        row(Pm10, Year, 0, [[40, 70], [40, 60], [20, 50]]),
        row(Pm10, Day, 0, [[50, 150], [50, 120], [50, 100]]),
        row(Pm25, Year, 0, [[15, 35], [15, 30], [10, 25]]),
        row(Pm25, Day, 0, [[35, 75], [35, 60], [25, 50]]),
        same(Tsp, Year, 0, [80, 200]),
        same(Tsp, Day, 0, [120, 300]),
        row(Nox, Year, 0, [[50, 50], [50, 50], [40, 40]]),
        row(Nox, Day, 0, [[100, 100], [100, 100], [70, 70]]),
        same(Nox, Hour, 0, [250, 250]),
        same(Lead, Year, 1, [5, 5]),
        same(Lead, Season, 1, [10, 10]),
        same(Bap, Year, 4, [10, 10]),
        same(Bap, Day, 4, [25, 25]),
    ]
};

/// The limit in the pollutant's unit, or `None` where the standard has none.
pub fn limit(edition: Edition, class: Class, pollutant: Pollutant, averaging: Averaging) -> Option<Decimal> {
    let row = TABLE.iter().find(|row| row.pollutant == pollutant && row.averaging == averaging)?;
    let limits = row.limits[edition as usize];
    let limit = match class {
        Class::One => limits[0],
        Class::Two => limits[1],
    };
    Some(Decimal::scaled(limit, row.places))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Averaging::{Day, EightHours, Hour, Year};
    use Edition::{Gb2012, Gb2026Final, Gb2026Transition};

    #[test]
    fn limits_by_edition() {
        for (edition, class, pollutant, averaging, expected) in [
            (Gb2012, Class::Two, Pollutant::Pm25, Day, Some("75")),
            (Gb2026Transition, Class::Two, Pollutant::Pm25, Day, Some("60")),
            (Gb2026Final, Class::Two, Pollutant::Pm25, Day, Some("50")),
            (Gb2026Final, Class::One, Pollutant::Pm25, Year, Some("10")),
            (Gb2012, Class::Two, Pollutant::Pm10, Year, Some("70")),
            (Gb2026Transition, Class::Two, Pollutant::Pm10, Year, Some("60")),
            (Gb2026Final, Class::Two, Pollutant::So2, Hour, Some("150")),
            (Gb2026Transition, Class::Two, Pollutant::O3, EightHours, Some("160")),
            (Gb2026Final, Class::Two, Pollutant::Bap, Day, Some("0.0025")),
            (Gb2026Final, Class::Two, Pollutant::Nox, Year, Some("40")),
            (Gb2012, Class::Two, Pollutant::Pm25, Hour, None),
            (Gb2012, Class::Two, Pollutant::Co, Year, None),
        ] {
            let found = limit(edition, class, pollutant, averaging).map(|limit| limit.to_string());
            assert_eq!(found.as_deref(), expected, "{edition:?} {class:?} {pollutant:?} {averaging:?}");
        }
    }

    #[test]
    fn no_limit_grows_with_time_and_the_first_class_is_never_the_laxer() {
        for row in &TABLE {
            assert!(row.limits.is_sorted_by(|a, b| a[0] >= b[0] && a[1] >= b[1]), "{:?}", row.pollutant);
            assert!(row.limits.iter().all(|[one, two]| one <= two), "{:?}", row.pollutant);
        }
    }
}
