//! The ladder of a clock: whom to notify while time is left, to whom to raise it when time is over.

use model::{Name, NameError};
use serde::Deserialize;
use thiserror::Error;

/// One rung, taken once per clock.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "RungEntry")]
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RungEntry {
    id: Option<Name>,
    left: Option<String>,
    over: Option<String>,
    notify: Option<Name>,
    raise: Option<Name>,
}

impl TryFrom<RungEntry> for Rung {
    type Error = LadderError;

    fn try_from(entry: RungEntry) -> Result<Self, LadderError> {
        let (kind, text) = match (entry.left, entry.over) {
            (Some(text), None) => ("left", text),
            (None, Some(text)) => ("over", text),
            _ => return Err(LadderError::When),
        };
        let climb = match (entry.notify, entry.raise) {
            (Some(role), None) => Climb::Notify(role),
            (None, Some(role)) => Climb::Raise(role),
            _ => return Err(LadderError::Climb),
        };
        let left = Left::parse(&text).ok_or_else(|| LadderError::Amount(text.clone()))?;
        let left = if kind == "over" { left.over() } else { left };
        let id = entry.id.map_or_else(|| Name::new(format!("{kind}-{text}")), Ok)?;
        Ok(Self { id, left, climb })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Rung, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn rungs_read_as_packs_write_them() {
        for (text, id, left) in [
            ("left = '1h'\nnotify = 'a'", "left-1h", Left::Secs(3_600)),
            ("left = '30m'\nnotify = 'a'", "left-30m", Left::Secs(1_800)),
            ("over = '0h'\nraise = 'a'", "over-0h", Left::Secs(0)),
            ("over = '2d'\nraise = 'a'", "over-2d", Left::Days(-2)),
            ("id = 'last-call'\nleft = '2d'\nnotify = 'a'", "last-call", Left::Days(2)),
        ] {
            let rung = read(text).unwrap();
            assert_eq!((rung.id.as_str(), rung.left), (id, left));
        }
    }

    #[test]
    fn faulty_rungs_are_refused_with_the_fault() {
        for (text, fault) in [
            ("notify = 'a'", "either `left` or `over`"),
            ("left = '1h'\nover = '1h'\nnotify = 'a'", "either `left` or `over`"),
            ("left = '1h'", "either `notify` or `raise`"),
            ("left = '1h'\nnotify = 'a'\nraise = 'b'", "either `notify` or `raise`"),
            ("left = ''\nnotify = 'a'", "not an amount"),
            ("left = 'h'\nnotify = 'a'", "not an amount"),
            ("left = '-1h'\nnotify = 'a'", "not an amount"),
            ("left = '1时'\nnotify = 'a'", "not an amount"),
            ("left = '10000h'\nnotify = 'a'", "not an amount"),
            ("left = '1h'\nnotify = 'a'\nwhen = 1", "unknown field"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(fault), "{error}");
        }
    }
}
