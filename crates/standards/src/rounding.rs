//! GB/T 8170-2008: numbers as they are written, and rounding half to even.
//!
//! A [`Decimal`] is what stands on paper. A binary number is taken as the shortest decimal that names it, since that is
//! what the device or the officer wrote: 0.15 to one place is 0.2, whatever 0.15 is in binary. Rounding is done once,
//! from the whole number (clause 3.3 forbids rounding in steps).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::fraction::Fraction;

/// So many places behind the point can be kept, and so many digits in all.
const MOST_DIGITS: u32 = 36;

/// A text or number that is no decimal this crate can keep.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text has something else than a sign, digits and one point.
    #[error("`{0}` is no decimal: expected digits, with one point and a sign at most")]
    NotDecimal(String),
    /// Not finite.
    #[error("{0} is no number that can be rounded: expected a finite one")]
    NotFinite(String),
    /// Too long to be exact.
    #[error("`{0}` is too long: expected at most {MOST_DIGITS} digits")]
    TooLong(String),
    /// Significant figures are counted from one.
    #[error("no significant figures were asked for: expected one or more")]
    NoFigures,
}

/// An exact decimal number: digits, and where the point stands.
///
/// 1.0 and 1 are equal; they are written as they came.
#[derive(Clone, Copy)]
pub struct Decimal {
    digits: i128,
    places: u32,
}

impl Decimal {
    /// Nothing.
    pub const ZERO: Self = Self::whole(0);

    /// A whole number.
    pub const fn whole(number: i64) -> Self {
        Self { digits: number as i128, places: 0 }
    }

    /// `digits` with the point moved up so many places: `scaled(25, 4)` is 0.0025. Places beyond 36 are taken as 36.
    pub const fn scaled(digits: i64, places: u32) -> Self {
        Self { digits: digits as i128, places: if places > MOST_DIGITS { MOST_DIGITS } else { places } }
    }

    pub(crate) fn checked(digits: i128, places: u32) -> Option<Self> {
        let fits = places <= MOST_DIGITS && digits.unsigned_abs() < 10u128.pow(MOST_DIGITS);
        fits.then_some(Self { digits, places })
    }

    pub(crate) fn parts(self) -> (i128, i128) {
        (self.digits, power(self.places))
    }

    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.digits < 0
    }

    /// The nearest binary number.
    pub fn to_f64(self) -> f64 {
        // A decimal always reads as a number; the fall-back is never taken.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Rounded to so many places behind the point, exact halves to the even digit (clause 3.2). Below zero, to tens,
    /// hundreds and so on. A number that has no more places than that is left as it is.
    #[must_use]
    pub fn round(self, places: i32) -> Self {
        let dropped = i64::from(self.places) - i64::from(places);
        let (Ok(dropped @ 1..), kept) = (u32::try_from(dropped), places.max(0).unsigned_abs()) else {
            return self;
        };
        if dropped > MOST_DIGITS + 1 {
            return Self { digits: 0, places: kept };
        }
        let rounded = half_even(self.digits, power(dropped));
        let lost = places.min(0).unsigned_abs();
        Self { digits: rounded * power(lost), places: kept }
    }

    /// Rounded to so many significant figures, exact halves to the even digit.
    ///
    /// # Errors
    /// [`Error::NoFigures`] for none.
    pub fn round_significant(self, figures: u32) -> Result<Self, Error> {
        if figures == 0 {
            return Err(Error::NoFigures);
        }
        let at = |it: Self| {
            let leading = it.digits.unsigned_abs().checked_ilog10().map_or(0, i64::from);
            let places = i64::from(it.places) - leading + i64::from(figures) - 1;
            i32::try_from(places).unwrap_or(i32::MAX)
        };
        let once = self.round(at(self));
        // 99.96 to three figures is 100.0 at first: the carry made one figure too many, and that is a zero.
        Ok(once.round(at(once)))
    }

    /// The mean, rounded once; `None` for no values, or more digits than can be kept.
    pub fn mean(values: &[Self], places: i32) -> Option<Self> {
        let (digits, scale) = Self::align(values)?;
        let sum = digits.iter().try_fold(0i128, |sum, it| sum.checked_add(*it))?;
        let count = i128::try_from(digits.len()).ok()?;
        Fraction::new(sum, count.checked_mul(scale)?)?.round(places)
    }

    /// The digits of all values with as many places as the longest has, and the power of ten they are to be divided by.
    pub(crate) fn align(values: &[Self]) -> Option<(Vec<i128>, i128)> {
        let most = values.iter().map(|it| it.places).max().unwrap_or(0);
        let digits = values.iter().map(|it| it.digits.checked_mul(power(most - it.places)));
        Some((digits.collect::<Option<_>>()?, power(most)))
    }
}

/// Divided by a number above zero, to the nearest whole number, halves to the even one.
pub(crate) fn half_even(number: i128, by: i128) -> i128 {
    let (whole, rest) = (number.div_euclid(by), number.rem_euclid(by));
    let up = match rest.cmp(&(by - rest)) {
        Ordering::Less => false,
        Ordering::Equal => whole % 2 != 0,
        Ordering::Greater => true,
    };
    whole + i128::from(up)
}

/// Ten to that power; no caller asks for more than fits.
pub(crate) fn power(exponent: u32) -> i128 {
    10i128.saturating_pow(exponent)
}

impl FromStr for Decimal {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::NotDecimal(text.to_owned());
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(wrong());
        }
        let too_long = || Error::TooLong(text.to_owned());
        let digits: i128 = format!("{whole}{fraction}").parse().map_err(|_| too_long())?;
        let places = u32::try_from(fraction.len()).map_err(|_| too_long())?;
        let signed = if text.starts_with('-') { -digits } else { digits };
        Self::checked(signed, places).ok_or_else(too_long)
    }
}

impl TryFrom<f64> for Decimal {
    type Error = Error;

    fn try_from(value: f64) -> Result<Self, Error> {
        if !value.is_finite() {
            return Err(Error::NotFinite(value.to_string()));
        }
        value.to_string().parse()
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self::whole(number)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let split = |it: &Self| {
            let one = power(it.places);
            (it.digits.div_euclid(one), it.digits.rem_euclid(one) * power(MOST_DIGITS - it.places))
        };
        split(self).cmp(&split(other))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let one = power(self.places).unsigned_abs();
        let (whole, rest) = (self.digits.unsigned_abs() / one, self.digits.unsigned_abs() % one);
        match self.places {
            0 => write!(f, "{sign}{whole}"),
            places => write!(f, "{sign}{whole}.{rest:0width$}", width = places as usize),
        }
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn the_standard_s_examples() {
        for (text, places, expected) in [
            ("12.1498", 0, "12"),
            ("12.1498", 1, "12.1"),
            ("1268", -2, "1300"),
            ("10.5002", 0, "11"),
            ("1.050", 1, "1.0"),
            ("0.35", 1, "0.4"),
            ("2500", -3, "2000"),
            ("3500", -3, "4000"),
            ("0.0325", 3, "0.032"),
            ("32500", -3, "32000"),
            ("-355", -1, "-360"),
            ("-325", -1, "-320"),
            ("-365", -1, "-360"),
            ("-0.0365", 3, "-0.036"),
            ("15.4546", 0, "15"),
            ("7", 3, "7"),
            ("5", -1, "0"),
            ("60.5", 0, "60"),
            ("60.6", 0, "61"),
            ("0.4", -30, "0"),
        ] {
            assert_eq!(decimal(text).round(places).to_string(), expected, "{text} to {places}");
        }
    }

    #[test]
    fn significant_figures() {
        for (text, figures, expected) in [
            ("1268", 2, "1300"),
            ("0.0325", 2, "0.032"),
            ("99.96", 3, "100"),
            ("9.996", 3, "10.0"),
            ("-365", 2, "-360"),
            ("0", 3, "0"),
            ("0.0004", 1, "0.0004"),
            ("12", 5, "12"),
        ] {
            assert_eq!(decimal(text).round_significant(figures).unwrap().to_string(), expected, "{text}");
        }
        assert_eq!(decimal("1").round_significant(0), Err(Error::NoFigures));
    }

    #[test]
    fn binary_numbers_are_taken_as_they_are_written() {
        for (value, places, expected) in [
            (0.15, 1, "0.2"),
            (0.25, 1, "0.2"),
            (0.35, 1, "0.4"),
            (2.675, 2, "2.68"),
            (1e21, 0, "1000000000000000000000"),
        ] {
            assert_eq!(Decimal::try_from(value).unwrap().round(places).to_string(), expected, "{value}");
        }
        assert!(matches!(Decimal::try_from(f64::NAN), Err(Error::NotFinite(_))));
        assert!(matches!(Decimal::try_from(1e300), Err(Error::TooLong(_))));
    }

    #[test]
    fn what_is_no_decimal_is_said_so() {
        for text in ["", ".", "-", "1e3", "1.2.3", "1,5", "+-1", " 1", "１"] {
            assert_eq!(text.parse::<Decimal>(), Err(Error::NotDecimal(text.to_owned())), "{text}");
        }
        let long = "1".repeat(37);
        assert_eq!(long.parse::<Decimal>(), Err(Error::TooLong(long)));
        assert_eq!(decimal(".5"), decimal("+0.50"));
    }

    #[test]
    fn means_are_rounded_once() {
        let values = |texts: &[&str]| texts.iter().map(|text| decimal(text)).collect::<Vec<_>>();
        let mean = |texts: &[&str], places| Decimal::mean(&values(texts), places).map(|it| it.to_string());
        assert_eq!(mean(&["0.1", "0.2"], 2).as_deref(), Some("0.15"));
        assert_eq!(mean(&["1", "2"], 0).as_deref(), Some("2"));
        assert_eq!(mean(&["2", "3"], 0).as_deref(), Some("2"));
        assert_eq!(mean(&["1", "1", "2"], 3).as_deref(), Some("1.333"));
        assert_eq!(mean(&[], 0), None);
        let fine = ["0.0001234567890123456789", "0.00012345678901234567891"];
        assert_eq!(mean(&fine, 4).as_deref(), Some("0.0001"));
    }

    proptest! {
        #[test]
        fn rounding_is_near_even_at_halves_and_stable(digits in -10_000_000i64..10_000_000, places in 0u32..6, to in -3i32..6) {
            let value = Decimal::scaled(digits, places);
            let rounded = value.round(to);
            let step = 10f64.powi(-to);
            prop_assert!((rounded.to_f64() - value.to_f64()).abs() <= step / 2.0 + 1e-9);
            prop_assert_eq!(rounded.round(to), rounded);
            prop_assert_eq!(Decimal::scaled(-digits, places).round(to).to_f64(), -rounded.to_f64());
        }

        #[test]
        fn any_binary_number_comes_back(value in -1e15f64..1e15) {
            if let Ok(decimal) = Decimal::try_from(value) {
                prop_assert_eq!(decimal.to_f64(), value);
            }
        }

        #[test]
        fn order_is_that_of_numbers(a in -1000i64..1000, b in -1000i64..1000, pa in 0u32..4, pb in 0u32..4) {
            let (x, y) = (Decimal::scaled(a, pa), Decimal::scaled(b, pb));
            let exact = (a * 10i64.pow(pb)).cmp(&(b * 10i64.pow(pa)));
            prop_assert_eq!(x.cmp(&y), exact);
        }
    }
}
