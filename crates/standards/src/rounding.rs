//! GB/T 8170-2008: rounding of figures as they are written, half to even.
//!
//! A number is taken as the shortest decimal that names it, since that is what a device or a person wrote: 0.15 is rounded
//! as fifteen hundredths, though no binary number is exactly that.

/// A value in units of 10^-`places`, rounded half to even. None if it is not finite, or has more digits than fit.
pub fn scaled(value: f64, places: u32) -> Option<i64> {
    if !value.is_finite() {
        return None;
    }
    let written = format!("{value:e}");
    let (digits, exponent) = written.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
    // value = mantissa × 10^-behind; wanted are units of 10^-places.
    let behind = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    let shift = behind.checked_sub(i32::try_from(places).ok()?)?;
    let units = if shift <= 0 {
        mantissa.checked_mul(10i128.checked_pow(shift.unsigned_abs())?)?
    } else {
        match 10i128.checked_pow(shift.unsigned_abs()) {
            Some(by) => half_even(mantissa, by),
            // More digits behind the place than a number has in all: nothing of it is left.
            None => 0,
        }
    };
    i64::try_from(units).ok()
}

fn half_even(mantissa: i128, by: i128) -> i128 {
    let (whole, rest) = (mantissa.div_euclid(by), mantissa.rem_euclid(by));
    match (rest * 2).cmp(&by) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + whole.rem_euclid(2),
    }
}

/// A value rounded half to even, as it is written with so many places.
pub fn rounded(value: f64, places: u32) -> Option<String> {
    let units = scaled(value, places)?;
    let (sign, digits) = (if units < 0 { "-" } else { "" }, units.unsigned_abs().to_string());
    let places = places as usize;
    if places == 0 {
        return Some(format!("{sign}{digits}"));
    }
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    Some(format!("{sign}{whole}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_to_the_even_digit() {
        for (value, places, expected) in [
            (0.15, 1, "0.2"),
            (0.25, 1, "0.2"),
            (0.35, 1, "0.4"),
            (60.5, 0, "60"),
            (60.6, 0, "61"),
            (61.5, 0, "62"),
            (-0.25, 1, "-0.2"),
            (-0.35, 1, "-0.4"),
            (1.005, 2, "1.00"),
            (2.675, 2, "2.68"),
            (12.0, 3, "12.000"),
            (0.04, 1, "0.0"),
            (1e-300, 2, "0.00"),
            (99.95, 1, "100.0"),
        ] {
            assert_eq!(rounded(value, places).as_deref(), Some(expected), "{value} at {places}");
        }
    }

    #[test]
    fn what_is_no_figure_is_not_rounded() {
        assert_eq!(scaled(f64::NAN, 1), None);
        assert_eq!(scaled(f64::INFINITY, 1), None);
        assert_eq!(scaled(1e300, 1), None);
    }

    proptest! {
        #[test]
        fn a_rounded_value_is_next_to_it_and_stays(value in -1e9f64..1e9, places in 0u32..6) {
            let text = rounded(value, places).unwrap();
            let again: f64 = text.parse().unwrap();
            let unit = 10f64.powi(-i32::try_from(places).unwrap());
            prop_assert!((again - value).abs() <= unit * 0.5 + value.abs() * 1e-15);
            prop_assert_eq!(rounded(again, places), Some(text));
        }
    }
}
