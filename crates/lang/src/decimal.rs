//! Decimal arithmetic on numbers as they are written: 0.1 + 0.2 is 0.3, and 0.57 mg is 570 µg.
//!
//! A number is taken as the shortest decimal that names it, since that is what the device or the officer wrote. Where a
//! result needs more than 38 digits, or has no end (1 / 3), it is the nearest binary one.

use crate::unit::Ratio;

/// `mantissa` × 10^`exponent`.
#[derive(Clone, Copy)]
struct Decimal {
    mantissa: i128,
    exponent: i32,
}

impl Decimal {
    fn of(value: f64) -> Option<Self> {
        let written = format!("{value:e}");
        let (digits, exponent) = written.split_once('e')?;
        let exponent: i32 = exponent.parse().ok()?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mantissa = format!("{whole}{fraction}").parse().ok()?;
        Some(Self { mantissa, exponent: exponent - i32::try_from(fraction.len()).ok()? })
    }

    /// The nearest binary number.
    fn value(self) -> Option<f64> {
        format!("{}e{}", self.mantissa, self.exponent).parse().ok()
    }

    fn add(self, other: Self) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        let at = |it: Self| it.mantissa.checked_mul(power(it.exponent.checked_sub(exponent)?)?);
        Some(Self { mantissa: at(self)?.checked_add(at(other)?)?, exponent })
    }

    fn multiply(self, other: Self) -> Option<Self> {
        let mantissa = self.mantissa.checked_mul(other.mantissa)?;
        Some(Self { mantissa, exponent: self.exponent.checked_add(other.exponent)? })
    }

    /// Divided by a whole number above zero, if the result has an end.
    fn divide(self, by: i128) -> Option<Self> {
        let mut it = self;
        // Each turn adds one digit; 38 are all there is room for.
        while it.mantissa % by != 0 {
            it = Self { mantissa: it.mantissa.checked_mul(10)?, exponent: it.exponent.checked_sub(1)? };
        }
        Some(Self { mantissa: it.mantissa / by, exponent: it.exponent })
    }
}

fn power(exponent: i32) -> Option<i128> {
    10i128.checked_pow(exponent.try_into().ok()?)
}

/// The sum.
pub(crate) fn add(a: f64, b: f64) -> f64 {
    let exact = || Decimal::of(a)?.add(Decimal::of(b)?)?.value();
    exact().unwrap_or(a + b)
}

/// The product.
pub(crate) fn multiply(a: f64, b: f64) -> f64 {
    let exact = || Decimal::of(a)?.multiply(Decimal::of(b)?)?.value();
    exact().unwrap_or(a * b)
}

/// The quotient; not finite if `b` is zero.
pub(crate) fn divide(a: f64, b: f64) -> f64 {
    let exact = || {
        let (a, b) = (Decimal::of(a)?, Decimal::of(b)?);
        if b.mantissa == 0 {
            return None;
        }
        let turned = Decimal { mantissa: a.mantissa.checked_mul(b.mantissa.signum())?, exponent: a.exponent };
        let quotient = turned.divide(b.mantissa.abs())?;
        Decimal { exponent: quotient.exponent.checked_sub(b.exponent)?, ..quotient }.value()
    };
    exact().unwrap_or(a / b)
}

/// The value in another unit.
pub(crate) fn scale(value: f64, by: Ratio) -> f64 {
    if by == Ratio::ONE {
        return value;
    }
    let exact = || {
        let value = Decimal::of(value)?;
        let mantissa = value.mantissa.checked_mul(by.over)?;
        Decimal { mantissa, ..value }.divide(by.under)?.value()
    };
    #[expect(clippy::cast_precision_loss, reason = "taken only where no exact result can be written")]
    exact().unwrap_or_else(|| value * by.over as f64 / by.under as f64)
}

/// Rounded to decimals, exact halves to the even digit (GB/T 8170-2008).
pub(crate) fn round(value: f64, decimals: i32) -> f64 {
    let rounded = || {
        let it = Decimal::of(value)?;
        let dropped = (-decimals).checked_sub(it.exponent)?;
        if dropped <= 0 {
            return Some(value);
        }
        let Some(step) = power(dropped) else { return Some(0.0) };
        let (whole, rest) = (it.mantissa.div_euclid(step), it.mantissa.rem_euclid(step));
        // Whether what is dropped is less than half a step; doubling it might not fit.
        let up = match rest.cmp(&(step - rest)) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => whole % 2 != 0,
            std::cmp::Ordering::Greater => true,
        };
        Decimal { mantissa: whole + i128::from(up), exponent: -decimals }.value()
    };
    rounded().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_those_on_paper() {
        for (found, expected) in [
            (add(0.1, 0.2), 0.3),
            (add(1e300, 1.0), 1e300),
            (add(0.3, -0.1), 0.2),
            (multiply(0.1, 3.0), 0.3),
            (multiply(1e200, 1e200), f64::INFINITY),
            (divide(0.3, 0.1), 3.0),
            (divide(-0.3, -0.1), 3.0),
            (divide(1.0, 3.0), 1.0 / 3.0),
            (divide(1.0, 0.0), f64::INFINITY),
            (scale(0.57, Ratio { over: 100, under: 1 }), 57.0),
            (scale(36.0, Ratio { over: 5, under: 18 }), 10.0),
            (scale(1.0, Ratio { over: 2_000, under: 3 }), 2_000.0 / 3.0),
        ] {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn halves_go_to_the_even_digit() {
        for (value, decimals, expected) in [
            (34.5, 0, 34.0),
            (35.5, 0, 36.0),
            (0.285, 2, 0.28),
            (0.275, 2, 0.28),
            (99.96, 1, 100.0),
            (-34.5, 0, -34.0),
            (-35.5, 0, -36.0),
            (1250.0, -2, 1200.0),
            (7.0, 3, 7.0),
            (1e-300, 2, 0.0),
            (-1e-38, 0, 0.0),
            (1e300, 2, 1e300),
        ] {
            assert_eq!(round(value, decimals), expected, "{value} to {decimals}");
        }
    }
}
