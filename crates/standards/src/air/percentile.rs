//! HJ 663-2013, annex A: the percentile of a year's days (unsure: the formula is from memory).

use crate::Decimal;
use crate::fraction::Fraction;

/// The percentile of values in any order, rounded; `None` for no values, or a percentage above 100.
///
/// The values stand in rising order; the rank is k = 1 + (n - 1) p, and between two ranks the value lies in proportion.
pub fn percentile(values: &[Decimal], percent: u8, places: i32) -> Option<Decimal> {
    if percent > 100 {
        return None;
    }
    let (mut digits, scale) = Decimal::align(values)?;
    digits.sort_unstable();
    let steps = digits.len().checked_sub(1)?.checked_mul(usize::from(percent))?;
    let (below, share) = (steps / 100, i128::try_from(steps % 100).ok()?);
    let low = *digits.get(below)?;
    let high = *digits.get(below + 1).unwrap_or(&low);
    let weighed = low.checked_mul(100 - share)?.checked_add(high.checked_mul(share)?)?;
    Fraction::new(weighed, scale.checked_mul(100)?)?.round(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(from: i64, to: i64) -> Vec<Decimal> {
        (from..=to).rev().map(Decimal::whole).collect()
    }

    #[test]
    fn ranks_and_between_them() {
        for (to, percent, places, expected) in [
            (101, 90, 0, "91"),
            (365, 90, 0, "329"),
            (365, 90, 1, "328.6"),
            (365, 95, 1, "346.8"),
            (4, 50, 1, "2.5"),
            (4, 100, 0, "4"),
            (4, 0, 0, "1"),
            (1, 95, 0, "1"),
        ] {
            let found = percentile(&values(1, to), percent, places).map(|it| it.to_string());
            assert_eq!(found.as_deref(), Some(expected), "{percent} % of {to}");
        }
        assert_eq!(percentile(&[], 90, 0), None);
        assert_eq!(percentile(&values(1, 4), 101, 0), None);
    }

    proptest! {
        #[test]
        fn it_lies_among_the_values(numbers in prop::collection::vec(0i64..1000, 1..40), percent in 0u8..=100) {
            let values: Vec<_> = numbers.iter().copied().map(Decimal::whole).collect();
            let found = percentile(&values, percent, 2).unwrap();
            prop_assert!(values.iter().any(|it| *it <= found) && values.iter().any(|it| *it >= found));
        }
    }
}
