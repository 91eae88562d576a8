//! HJ 663: the composite index by which cities are ranked, the sum of what each pollutant is of its limit.

use super::{Averaging, Class, Edition, Pollutant, limit};
use crate::Decimal;
use crate::fraction::Fraction;

/// How often each pollutant counts; one that is not named does not count.
pub type Weights = [(Pollutant, u8); 6];

/// Until 2025: each counts once.
pub const EQUAL_WEIGHTS: Weights = {
    use Pollutant::{Co, No2, O3, Pm10, Pm25, So2};
    [(So2, 1), (No2, 1), (Pm10, 1), (Pm25, 1), (Co, 1), (O3, 1)]
};

/// Unsure, from 2026: as one published program has it.
pub const REPORTED_WEIGHTS: Weights = {
    use Pollutant::{Co, No2, O3, Pm10, Pm25, So2};
    [(So2, 1), (No2, 2), (Pm10, 1), (Pm25, 3), (Co, 1), (O3, 2)]
};

/// Places behind the point of the index and its parts.
const PLACES: i32 = 2;

/// What one pollutant adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The pollutant.
    pub pollutant: Pollutant,
    /// Its weighted share of its limit, rounded for reading.
    pub share: Decimal,
}

/// A composite index and what it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composite {
    /// The sum, rounded once.
    pub index: Decimal,
    /// What each pollutant adds.
    pub parts: Vec<Part>,
}

/// The composite index over class two limits.
///
/// `concentrations` has the means of the period for SO2, NO2, PM10 and PM2.5, the 95th percentile of days for CO and the
/// 90th of the daily maxima of 8-hour means for O3 ([`super::percentile`]); they are rounded first. `None` where one of
/// the six is missing.
pub fn composite(
    edition: Edition,
    concentrations: &[(Pollutant, Decimal)],
    weights: &Weights,
) -> Option<Composite> {
    let (mut sum, mut parts) = (Fraction::ZERO, Vec::new());
    for (pollutant, weight) in weights {
        let (_, concentration) = concentrations.iter().find(|(of, _)| of == pollutant)?;
        let over = limit(edition, Class::Two, *pollutant, judged_over(*pollutant))?;
        let rounded = concentration.round(pollutant.places());
        let single = Fraction::of(rounded)?.divide(Fraction::of(over)?)?;
        let share = single.multiply(Fraction::whole(i128::from(*weight)))?;
        sum = sum.add(share)?;
        parts.push(Part { pollutant: *pollutant, share: share.round(PLACES)? });
    }
    Some(Composite { index: sum.round(PLACES)?, parts })
}

/// Which limit a pollutant's share is taken of.
fn judged_over(pollutant: Pollutant) -> Averaging {
    match pollutant {
        Pollutant::Co => Averaging::Day,
        Pollutant::O3 => Averaging::EightHours,
        _ => Averaging::Year,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Pollutant::{Co, No2, O3, Pm10, Pm25, So2};

    fn month() -> Vec<(Pollutant, Decimal)> {
        let whole = Decimal::whole;
        vec![
            (So2, whole(15)),
            (No2, whole(30)),
            (Pm10, whole(63)),
            (Pm25, whole(28)),
            (Co, Decimal::scaled(12, 1)),
            (O3, whole(120)),
        ]
    }

    #[test]
    fn shares_are_summed_exactly() {
        // 15/60 + 30/40 + 63/70 + 28/35 + 1.2/4 + 120/160 = 0.25 + 0.75 + 0.9 + 0.8 + 0.3 + 0.75
        let found = composite(Edition::Gb2012, &month(), &EQUAL_WEIGHTS).unwrap();
        assert_eq!(found.index.to_string(), "3.75");
        assert_eq!(found.parts[3], Part { pollutant: Pm25, share: Decimal::scaled(80, 2) });
        // 0.25 + 2 x 0.75 + 63/60 + 3 x 28/30 + 0.3 + 2 x 0.75
        let found = composite(Edition::Gb2026Transition, &month(), &REPORTED_WEIGHTS).unwrap();
        assert_eq!(found.index.to_string(), "7.40");
    }

    #[test]
    fn without_one_of_the_six_there_is_none() {
        assert_eq!(composite(Edition::Gb2012, &month()[1..], &EQUAL_WEIGHTS), None);
    }
}
