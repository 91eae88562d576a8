//! Lengths of time, as definitions write them: `30min`, `2h`, `1d`, `1h 30min`.

use std::fmt;
use thiserror::Error;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// A length of time in microseconds; never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Length(i64);

/// Why a text is not a length.
#[derive(Debug, Error, PartialEq)]
#[error(
    "`{text}` is not a length of time up to 366d: write 30s, 30min, 2h, 1d, or several of them like 1h 30min"
)]
pub struct LengthError {
    text: String,
}

impl Length {
    /// Longest: a leap year. A rule that looks further back is no longer a rule about telemetry.
    pub const LONGEST: Self = Self(366 * DAY);
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One hour.
    pub const HOUR: Self = Self(HOUR);
    /// Twenty-four hours; where a rule counts in days, a local calendar day.
    pub const DAY: Self = Self(DAY);

    /// That many microseconds; a negative number becomes zero.
    pub const fn from_micros(micros: i64) -> Self {
        Self(if micros < 0 { 0 } else { micros })
    }

    /// Microseconds.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole days, if it is nothing but whole days.
    pub const fn days(self) -> Option<i64> {
        if self.0 > 0 && self.0 % DAY == 0 { Some(self.0 / DAY) } else { None }
    }

    /// Reads one or more numbers with `s`, `min`, `h` or `d`.
    pub fn parse(text: &str) -> Result<Self, LengthError> {
        let fault = || LengthError { text: text.to_owned() };
        let mut rest = text.trim();
        let mut micros = 0i64;
        if rest.is_empty() {
            return Err(fault());
        }
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, after) = rest.split_at(digits);
            let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
            let (unit, after) = after.split_at(letters);
            let unit = match unit {
                "s" => SECOND,
                "min" => MINUTE,
                "h" => HOUR,
                "d" => DAY,
                _ => return Err(fault()),
            };
            let number: i64 = number.parse().map_err(|_| fault())?;
            micros = number.checked_mul(unit).and_then(|n| micros.checked_add(n)).ok_or_else(fault)?;
            rest = after.trim_start();
        }
        if micros > Self::LONGEST.0 { Err(fault()) } else { Ok(Self(micros)) }
    }
}

impl fmt::Display for Length {
    /// As definitions write it: `1h 30min`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        let mut parts = Vec::new();
        for (unit, name) in [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")] {
            if rest >= unit {
                parts.push(format!("{}{name}", rest / unit));
                rest %= unit;
            }
        }
        if parts.is_empty() { f.write_str("0h") } else { f.write_str(&parts.join(" ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_written_alike() {
        for (text, micros) in [
            ("0h", 0),
            ("30s", 30 * SECOND),
            ("30min", 30 * MINUTE),
            ("2h", 2 * HOUR),
            ("1d 2h 3min", DAY + 2 * HOUR + 3 * MINUTE),
        ] {
            let length = Length::parse(text).unwrap();
            assert_eq!((length.micros(), length.to_string()), (micros, text.to_owned()));
        }
        assert_eq!(Length::parse("90min").unwrap().to_string(), "1h 30min");
    }

    #[test]
    fn what_is_no_length_is_refused() {
        for bad in ["", "2", "h", "2 h", "-2h", "2m", "2h30", "367d", "99999999999999999999d", "2.5h"] {
            assert!(Length::parse(bad).is_err(), "{bad}");
        }
    }
}
