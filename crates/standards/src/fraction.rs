//! Exact fractions, for what the standards compare with a limit before anything is rounded.
//!
//! Every step answers `None` where the result has more digits than can be kept.

use std::cmp::Ordering;

use crate::rounding::{Decimal, half_even, power};

/// `over` / `under`, in lowest terms, `under` above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fraction {
    over: i128,
    under: i128,
}

impl Fraction {
    pub const ZERO: Self = Self::whole(0);

    pub const fn whole(number: i128) -> Self {
        Self { over: number, under: 1 }
    }

    pub fn new(over: i128, under: i128) -> Option<Self> {
        let shared = i128::try_from(divisor(over.unsigned_abs(), under.unsigned_abs())).ok()?;
        if under == 0 {
            return None;
        }
        let sign = under.signum();
        Some(Self { over: (over / shared).checked_mul(sign)?, under: (under / shared).checked_mul(sign)? })
    }

    pub fn of(value: Decimal) -> Option<Self> {
        let (over, under) = value.parts();
        Self::new(over, under)
    }

    pub fn add(self, other: Self) -> Option<Self> {
        let left = self.over.checked_mul(other.under)?;
        let right = other.over.checked_mul(self.under)?;
        Self::new(left.checked_add(right)?, self.under.checked_mul(other.under)?)
    }

    pub fn multiply(self, other: Self) -> Option<Self> {
        Self::new(self.over.checked_mul(other.over)?, self.under.checked_mul(other.under)?)
    }

    pub fn divide(self, other: Self) -> Option<Self> {
        Self::new(self.over.checked_mul(other.under)?, self.under.checked_mul(other.over)?)
    }

    /// Compared with a whole number.
    pub fn compare(self, number: i128) -> Ordering {
        // The floor decides, and where it is equal, whether anything is left over.
        let floor = self.over.div_euclid(self.under);
        floor.cmp(&number).then(self.over.rem_euclid(self.under).cmp(&0))
    }

    /// The whole number at or above it.
    pub fn ceil(self) -> i128 {
        self.over.div_euclid(self.under) + i128::from(self.over.rem_euclid(self.under) != 0)
    }

    /// Half to even, so many places behind the point.
    pub fn round(self, places: i32) -> Option<Decimal> {
        let kept = places.max(0).unsigned_abs();
        let scaled = self.over.checked_mul(power(kept))?;
        let step = power(places.min(0).unsigned_abs());
        let rounded = half_even(scaled, self.under.checked_mul(step)?);
        Decimal::checked(rounded.checked_mul(step)?, kept)
    }
}

fn divisor(a: u128, b: u128) -> u128 {
    if b == 0 { a.max(1) } else { divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_thirds_have_an_end() {
        let third = Fraction::new(1, 3).unwrap();
        let one = third.add(third).and_then(|two| two.add(third)).unwrap();
        assert_eq!(one, Fraction::whole(1));
        assert_eq!(third.round(2).unwrap().to_string(), "0.33");
        assert_eq!(Fraction::new(1, -2).unwrap().round(0).unwrap().to_string(), "0");
        assert_eq!(Fraction::whole(1250).round(-2).unwrap().to_string(), "1200");
    }

    #[test]
    fn compared_exactly() {
        let just_over = Fraction::new(1_000_000_001, 1_000_000_000).unwrap();
        assert!(just_over.compare(1).is_gt() && just_over.compare(2).is_lt());
        assert!(Fraction::whole(-3).compare(-3).is_eq());
        assert!(Fraction::new(-1, 2).unwrap().compare(0).is_lt());
    }

    #[test]
    fn nothing_divides_by_nothing() {
        assert_eq!(Fraction::new(1, 0), None);
        assert_eq!(Fraction::whole(1).divide(Fraction::ZERO), None);
    }
}
