//! Rounding as GB/T 8170-2008 demands: to the decimals in which the limit is written, exact halves to the even digit.

/// Rounds to `decimals` places. The value is taken as the shortest decimal that names it, since that is what the
/// device wrote: 0.285 is a half, although its nearest binary fraction lies below.
pub fn round_half_even(value: f64, decimals: u8) -> f64 {
    let written = format!("{}", value.abs());
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let keep = usize::from(decimals);
    if fraction.len() <= keep {
        return value;
    }
    let (kept, dropped) = fraction.split_at(keep);
    let digits = format!("{whole}{kept}");
    let up = match dropped.as_bytes() {
        [b'5', rest @ ..] if rest.iter().all(|d| *d == b'0') => {
            digits.bytes().last().is_some_and(|d| d % 2 == 1)
        }
        [first, ..] => *first >= b'5',
        [] => false,
    };
    // A measured value has far fewer digits than an integer of 128 bits holds; one that has not is left as it is.
    let Ok(number) = digits.parse::<u128>() else { return value };
    let number = (number + u128::from(up)).to_string();
    let padded = format!("{number:0>width$}", width = keep + 1);
    let (whole, fraction) = padded.split_at(padded.len() - keep);
    let rounded = format!("{whole}.{fraction}").trim_end_matches('.').parse().unwrap_or(value);
    if value.is_sign_negative() { -rounded } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_to_the_even_digit() {
        for (value, decimals, expected) in [
            (35.5, 0, 36.0),
            (34.5, 0, 34.0),
            (35.49, 0, 35.0),
            (34.51, 0, 35.0),
            (0.285, 2, 0.28),
            (0.275, 2, 0.28),
            (99.96, 1, 100.0),
            (-34.5, 0, -34.0),
            (-35.5, 0, -36.0),
            (7.0, 1, 7.0),
            (0.05, 1, 0.0),
            (1e300, 1, 1e300),
        ] {
            assert_eq!(round_half_even(value, decimals), expected, "{value} to {decimals}");
        }
    }
}
