//! The ladder of a clock: whom to notify while time is left, to whom to raise it when time is over.

use model::{Name, NameError};
use thiserror::Error;

/// One rung, taken once per clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// Its id within the ladder; `left-1h` or `over-0h` unless the file names it.
    pub id: Name,
    /// When it is due.
    pub left: Left,
    /// What happens then.
    pub climb: Climb,
}

/// What is left when a rung is due; negative after the due instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Seconds. On a clock of hours they are counted as the clock counts; on a clock of days they are seconds in which
    /// offices are open, before or after the due instant.
    Secs(i64),
    /// Days, counted as the clock counts; not for clocks of hours.
    Days(i64),
}

/// What a rung does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Climb {
    /// Tells this role that time runs out.
    Notify(Name),
    /// Hands the matter to this role.
    Raise(Name),
}

/// Why an entry is not a rung.
#[derive(Debug, Error, PartialEq)]
pub enum LadderError {
    /// The entry has neither or both of `left` and `over`.
    #[error("a rung has either `left` or `over`")]
    When,
    /// The entry has neither or both of `notify` and `raise`.
    #[error("a rung has either `notify` or `raise`")]
    Climb,
    /// A text is not an amount of time.
    #[error("`{0}` is not an amount like 30m, 1h or 2d, at most 9999 of them")]
    Amount(String),
    /// The rung's own id would be no name.
    #[error(transparent)]
    Name(#[from] NameError),
}

impl Left {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.len().checked_sub(1)?;
        let (number, unit) = text.split_at_checked(digits)?;
        let plain = (1..=4).contains(&digits) && number.bytes().all(|byte| byte.is_ascii_digit());
        let number: i64 = plain.then(|| number.parse().ok()).flatten()?;
        match unit {
            "m" => Some(Self::Secs(number * 60)),
            "h" => Some(Self::Secs(number * 3_600)),
            "d" => Some(Self::Days(number)),
            _ => None,
        }
    }

    const fn over(self) -> Self {
        match self {
            Self::Secs(secs) => Self::Secs(-secs),
            Self::Days(days) => Self::Days(-days),
        }
    }
}

impl Rung {
    /// A rung out of the keys with which files write it: exactly one of `left` and `over` (an amount like `30m`, `1h`,
    /// `2d`), exactly one of `notify` and `raise`, and its id where it has one of its own.
    pub fn read(
        id: Option<Name>,
        (left, over): (Option<&str>, Option<&str>),
        (notify, raise): (Option<Name>, Option<Name>),
    ) -> Result<Self, LadderError> {
        let (kind, text) = match (left, over) {
            (Some(text), None) => ("left", text),
            (None, Some(text)) => ("over", text),
            _ => return Err(LadderError::When),
        };
        let climb = match (notify, raise) {
            (Some(role), None) => Climb::Notify(role),
            (None, Some(role)) => Climb::Raise(role),
            _ => return Err(LadderError::Climb),
        };
        let left = Left::parse(text).ok_or_else(|| LadderError::Amount(text.to_owned()))?;
        let left = if kind == "over" { left.over() } else { left };
        let id = id.map_or_else(|| Name::new(format!("{kind}-{text}")), Ok)?;
        Ok(Self { id, left, climb })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::name;

    fn read(id: Option<&str>, when: [&str; 2], climb: [&str; 2]) -> Result<Rung, LadderError> {
        let [left, over] = when.map(|text| Some(text).filter(|text| *text != "-"));
        let [notify, raise] = climb.map(|text| Some(text).filter(|text| *text != "-").map(name));
        Rung::read(id.map(name), (left, over), (notify, raise))
    }

    #[test]
    fn rungs_read_as_packs_write_them() {
        for (own, when, climb, id, left) in [
            (None, ["1h", "-"], ["a", "-"], "left-1h", Left::Secs(3_600)),
            (None, ["30m", "-"], ["a", "-"], "left-30m", Left::Secs(1_800)),
            (None, ["-", "0h"], ["-", "a"], "over-0h", Left::Secs(0)),
            (None, ["-", "2d"], ["-", "a"], "over-2d", Left::Days(-2)),
            (Some("last-call"), ["2d", "-"], ["a", "-"], "last-call", Left::Days(2)),
        ] {
            let rung = read(own, when, climb).unwrap();
            assert_eq!((rung.id.as_str(), rung.left), (id, left));
        }
    }

    #[test]
    fn faulty_rungs_are_refused_with_the_fault() {
        for (when, climb, fault) in [
            (["-", "-"], ["a", "-"], "either `left` or `over`"),
            (["1h", "1h"], ["a", "-"], "either `left` or `over`"),
            (["1h", "-"], ["-", "-"], "either `notify` or `raise`"),
            (["1h", "-"], ["a", "b"], "either `notify` or `raise`"),
            (["", "-"], ["a", "-"], "not an amount"),
            (["h", "-"], ["a", "-"], "not an amount"),
            (["-1h", "-"], ["a", "-"], "not an amount"),
            (["1时", "-"], ["a", "-"], "not an amount"),
            (["10000h", "-"], ["a", "-"], "not an amount"),
        ] {
            let error = read(None, when, climb).unwrap_err().to_string();
            assert!(error.contains(fault), "{error}");
        }
    }
}
