//! Times as HJ 212 writes them, `YYYYMMDDhhmmss[zzz]` on the logger's local clock, and QN, which is such a time
//! used as a name.

use jiff::civil::DateTime;
use std::fmt;

/// Digits of a time to the second, which is also the shortest QN seen in service.
const SECOND_DIGITS: usize = 14;
/// Digits of a time to the millisecond, which is what the standard wants of a QN.
const MILLI_DIGITS: usize = 17;

/// The name of one interaction (table 3): an answer carries the QN of what it answers, digit for digit.
///
/// It need not be in the calendar: a logger whose clock was reset still names its packets apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Qn {
    digits: [u8; MILLI_DIGITS],
    count: u8,
}

impl Qn {
    /// Takes 14 to 17 digits: loggers in service leave the milliseconds out.
    pub fn parse(text: &str) -> Option<Self> {
        let good = (SECOND_DIGITS..=MILLI_DIGITS).contains(&text.len()) && all_digits(text);
        good.then(|| {
            let mut digits = [b'0'; MILLI_DIGITS];
            digits[..text.len()].copy_from_slice(text.as_bytes());
            Self { digits, count: text.len() as u8 }
        })
    }

    /// The QN of an interaction begun at that local time.
    ///
    /// `None` for a year that four digits cannot write.
    pub fn of(at: DateTime) -> Option<Self> {
        let millis = at.subsec_nanosecond() / 1_000_000;
        Self::parse(&format!("{}{millis:03}", write_local_time(at)))
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        // Only ASCII digits were let in, so the fall-back is never taken.
        std::str::from_utf8(&self.digits[..usize::from(self.count)]).unwrap_or_default()
    }

    /// The local time it was made from, where it is one.
    pub fn time(&self) -> Option<DateTime> {
        local_time(self.as_str())
    }
}

impl fmt::Display for Qn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Qn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Qn({self})")
    }
}

/// Reads `YYYYMMDDhhmmss` or `YYYYMMDDhhmmsszzz` as a local time; `None` when it is not in the calendar.
pub fn local_time(text: &str) -> Option<DateTime> {
    if !matches!(text.len(), SECOND_DIGITS | MILLI_DIGITS) || !all_digits(text) {
        return None;
    }
    let two = |at: usize| text[at..at + 2].parse::<i8>().ok();
    let year = text[..4].parse::<i16>().ok()?;
    let millis = if text.len() == MILLI_DIGITS { text[SECOND_DIGITS..].parse::<i32>().ok()? } else { 0 };
    DateTime::new(year, two(4)?, two(6)?, two(8)?, two(10)?, two(12)?, millis * 1_000_000).ok()
}

/// Writes `YYYYMMDDhhmmss`.
pub(super) fn write_local_time(at: DateTime) -> String {
    let (year, month, day) = (at.year(), at.month(), at.day());
    format!("{year:04}{month:02}{day:02}{:02}{:02}{:02}", at.hour(), at.minute(), at.second())
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;
    use proptest::prelude::*;

    #[test]
    fn times_to_the_second_and_to_the_millisecond() {
        assert_eq!(local_time("20160801085857"), Some(datetime(2016, 8, 1, 8, 58, 57, 0)));
        assert_eq!(local_time("20160801085857223"), Some(datetime(2016, 8, 1, 8, 58, 57, 223_000_000)));
    }

    #[test]
    fn what_is_not_in_the_calendar_is_no_time() {
        for text in
            ["", "2016080108585", "20161301000000", "20160230000000", "20160801240000", "2016080108585７"]
        {
            assert_eq!(local_time(text), None, "{text}");
        }
        assert_eq!(local_time("+0160801085857"), None);
        assert_eq!(local_time("201608010858571"), None, "fifteen digits are neither form");
    }

    #[test]
    fn a_qn_keeps_its_digits() {
        for text in ["20160801085857223", "20180507000558", "99999999999999999"] {
            assert_eq!(Qn::parse(text).map(|qn| qn.to_string()), Some(text.to_owned()));
        }
        for text in ["", "2018050700055", "201608010858572231", "2016080108585722x"] {
            assert_eq!(Qn::parse(text), None, "{text}");
        }
        assert_eq!(Qn::parse("99999999999999").and_then(|qn| qn.time()), None);
    }

    proptest! {
        #[test]
        fn a_qn_made_from_a_time_gives_it_back(
            (year, month, day) in (0..=9999i16, 1..=12i8, 1..=28i8),
            (hour, minute, second, millis) in (0..24i8, 0..60i8, 0..60i8, 0..1000i32),
        ) {
            let at = datetime(year, month, day, hour, minute, second, millis * 1_000_000);
            prop_assert_eq!(Qn::of(at).and_then(|qn| qn.time()), Some(at));
        }

        #[test]
        fn any_text_is_read_without_a_fall(text: String) {
            let _ = (local_time(&text), Qn::parse(&text));
        }
    }
}
