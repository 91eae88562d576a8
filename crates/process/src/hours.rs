//! Office hours: editions in force from a day on, seasons within an edition, sessions within a day.
//!
//! The lunch break is simply what lies between two sessions. Which days are worked is `calendar`.

use jiff::civil::Date;
use serde::Deserialize;
use std::fmt;
use thiserror::Error;

/// A year with 29 February, in which month-days are compared.
const LEAP_YEAR: i16 = 2024;

/// A stretch of a day in which offices are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Session {
    /// Minutes after midnight, 0 to 1439.
    pub opens: u16,
    /// Minutes after midnight, up to 1440 (24:00); later than `opens`.
    pub closes: u16,
}

impl fmt::Display for Session {
    /// `08:30-12:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [open, close] = [self.opens, self.closes];
        write!(f, "{:02}:{:02}-{:02}:{:02}", open / 60, open % 60, close / 60, close % 60)
    }
}

/// Why a file of office hours cannot be used.
#[derive(Debug, Error, PartialEq)]
pub enum HoursError {
    /// The file is of a format this build does not know.
    #[error("office-hours format {0} is not known; this build reads format 1")]
    Format(u8),
    /// A text is not a session.
    #[error("`{0}` is not a session like 08:30-12:00 that ends on the same day, 24:00 at the latest")]
    Session(String),
    /// A text is not a date.
    #[error("`{0}` is not a date like 2026-01-01")]
    Date(String),
    /// A text is not a month and day.
    #[error("`{0}` is not a month and day like 05-01")]
    MonthDay(String),
    /// Editions overlap, are out of order or end before they begin.
    #[error("the edition from {0} begins before another has ended, or ends before it begins")]
    Edition(Date),
    /// A day of the year is in no season, or in two.
    #[error("in the edition from {edition}, {} is in {found} seasons; each day belongs to one", day.strftime("%m-%d"))]
    Season {
        /// First day of the edition.
        edition: Date,
        /// The day, in a leap year.
        day: Date,
        /// How many seasons claim it.
        found: usize,
    },
    /// A season has no sessions, or they overlap or are out of order.
    #[error("in the edition from {0}, a season's sessions are missing, overlap or are out of order")]
    Sessions(Date),
}

/// The hours of a city's offices.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "HoursFile")]
pub struct OfficeHours {
    editions: Vec<Edition>,
}

#[derive(Clone, Debug, PartialEq)]
struct Edition {
    from: Date,
    to: Date,
    notice: String,
    seasons: Vec<Season>,
}

#[derive(Clone, Debug, PartialEq)]
struct Season {
    /// Days of the leap year, both counted; `from` after `to` wraps the year.
    from: Date,
    to: Date,
    sessions: Vec<Session>,
}

impl OfficeHours {
    /// The sessions of a day if it is worked, in order; none when no edition is in force.
    pub fn sessions(&self, date: Date) -> &[Session] {
        let season = self.edition(date).and_then(|edition| {
            let day = in_leap_year(date)?;
            edition.seasons.iter().find(|season| season.holds(day))
        });
        season.map_or(&[], |season| &season.sessions)
    }

    /// The notice that set the hours of a day, where its number is given.
    pub fn notice(&self, date: Date) -> Option<&str> {
        self.edition(date).map(|edition| edition.notice.as_str()).filter(|notice| !notice.is_empty())
    }

    fn edition(&self, date: Date) -> Option<&Edition> {
        self.editions.iter().rev().find(|edition| edition.from <= date && date <= edition.to)
    }
}

impl Season {
    fn holds(&self, day: Date) -> bool {
        if self.from <= self.to {
            self.from <= day && day <= self.to
        } else {
            self.from <= day || day <= self.to
        }
    }
}

fn in_leap_year(date: Date) -> Option<Date> {
    Date::new(LEAP_YEAR, date.month(), date.day()).ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursFile {
    format: u8,
    edition: Vec<EditionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditionEntry {
    from: String,
    to: Option<String>,
    #[serde(default)]
    notice: String,
    season: Vec<SeasonEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeasonEntry {
    from: String,
    to: String,
    sessions: Vec<Session>,
}

impl TryFrom<String> for Session {
    type Error = HoursError;

    fn try_from(text: String) -> Result<Self, HoursError> {
        let read = || {
            let (opens, closes) = text.split_once('-')?;
            let session = Self { opens: minutes(opens)?, closes: minutes(closes)? };
            (session.opens < session.closes).then_some(session)
        };
        read().ok_or_else(|| HoursError::Session(text.clone()))
    }
}

/// `08:30` as minutes after midnight; `24:00` is the day's end.
fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= 1440).then_some(minutes)
}

impl TryFrom<HoursFile> for OfficeHours {
    type Error = HoursError;

    fn try_from(file: HoursFile) -> Result<Self, HoursError> {
        if file.format != 1 {
            return Err(HoursError::Format(file.format));
        }
        let editions =
            file.edition.into_iter().map(Edition::try_from).collect::<Result<Vec<_>, HoursError>>()?;
        let mut before: Option<Date> = None;
        for edition in &editions {
            if edition.to < edition.from || before.is_some_and(|before| edition.from <= before) {
                return Err(HoursError::Edition(edition.from));
            }
            before = Some(edition.to);
        }
        Ok(Self { editions })
    }
}

impl TryFrom<EditionEntry> for Edition {
    type Error = HoursError;

    fn try_from(entry: EditionEntry) -> Result<Self, HoursError> {
        let date = |text: String| text.parse::<Date>().map_err(|_| HoursError::Date(text));
        let from = date(entry.from)?;
        let to = entry.to.map_or(Ok(Date::MAX), date)?;
        let mut seasons = Vec::new();
        for season in entry.season {
            let ordered = season.sessions.windows(2).all(|pair| pair[0].closes <= pair[1].opens);
            if season.sessions.is_empty() || !ordered {
                return Err(HoursError::Sessions(from));
            }
            seasons.push(Season {
                from: month_day(&season.from)?,
                to: month_day(&season.to)?,
                sessions: season.sessions,
            });
        }
        let edition = Self { from, to, notice: entry.notice, seasons };
        edition.covers_the_year()?;
        Ok(edition)
    }
}

impl Edition {
    fn covers_the_year(&self) -> Result<(), HoursError> {
        let first = Date::constant(LEAP_YEAR, 1, 1);
        for day in first.series(jiff::Span::new().days(1)).take_while(|day| day.year() == LEAP_YEAR) {
            let found = self.seasons.iter().filter(|season| season.holds(day)).count();
            if found != 1 {
                return Err(HoursError::Season { edition: self.from, day, found });
            }
        }
        Ok(())
    }
}

fn month_day(text: &str) -> Result<Date, HoursError> {
    let read = || {
        let (month, day) = text.split_once('-')?;
        let two = |text: &str| (text.len() == 2).then(|| text.parse().ok()).flatten();
        Date::new(LEAP_YEAR, two(month)?, two(day)?).ok()
    };
    read().ok_or_else(|| HoursError::MonthDay(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{date, hours};

    fn shown(hours: &OfficeHours, day: &str) -> String {
        let sessions: Vec<_> = hours.sessions(date(day)).iter().map(ToString::to_string).collect();
        sessions.join(" ")
    }

    #[test]
    fn seasons_change_on_their_day_and_wrap_the_year() {
        let hours = hours();
        for (day, expected) in [
            ("2026-04-30", "08:30-12:00 14:00-17:30"),
            ("2026-05-01", "08:30-12:00 14:30-18:00"),
            ("2026-09-30", "08:30-12:00 14:30-18:00"),
            ("2026-10-01", "08:30-12:00 14:00-17:30"),
            ("2026-12-31", "08:30-12:00 14:00-17:30"),
            ("2027-01-01", "08:30-12:00 14:00-17:30"),
            ("2028-02-29", "08:30-12:00 14:00-17:30"),
            ("2025-12-31", ""),
        ] {
            assert_eq!(shown(&hours, day), expected, "{day}");
        }
        assert_eq!(hours.notice(date("2026-06-01")), None);
    }

    fn edition(from_to: &str, sessions: &str) -> String {
        format!(
            "[[edition]]\n{from_to}\nseason = [{{ from = '01-01', to = '12-31', sessions = [{sessions}] }}]\n"
        )
    }

    #[test]
    fn an_edition_holds_to_its_last_day() {
        let text = format!(
            "format = 1\n{}{}",
            edition("from = '2026-01-01'\nto = '2026-06-30'\nnotice = '1号'", "'08:00-12:00'"),
            edition("from = '2026-08-01'", "'09:00-24:00'")
        );
        let hours: OfficeHours = toml::from_str(&text).unwrap();
        for (day, expected) in
            [("2026-06-30", "08:00-12:00"), ("2026-07-01", ""), ("2026-08-01", "09:00-24:00")]
        {
            assert_eq!(shown(&hours, day), expected, "{day}");
        }
        assert_eq!(hours.notice(date("2026-06-30")), Some("1号"));
    }

    #[test]
    fn faulty_files_are_refused_with_the_fault() {
        let open = "from = '2026-01-01'";
        for (text, fault) in [
            (edition(open, "'12:00-08:30'"), "not a session"),
            (edition(open, "'8:30-12:00'"), "not a session"),
            (edition(open, "'08:60-12:00'"), "not a session"),
            (edition(open, "'22:00-24:01'"), "not a session"),
            (edition(open, "'+8:30-12:00'"), "not a session"),
            (edition(open, ""), "missing, overlap"),
            (edition(open, "'08:00-12:00', '11:59-13:00'"), "missing, overlap"),
            (edition("from = '2026-13-01'", "'08:00-12:00'"), "not a date"),
            (edition("from = '2026-01-02'\nto = '2026-01-01'", "'08:00-12:00'"), "ends before it begins"),
            (edition(open, "'08:00-12:00'").repeat(2), "begins before another has ended"),
            (edition(open, "'08:00-12:00'").replace("12-31", "12-30"), "12-31 is in 0 seasons"),
            (edition(open, "'08:00-12:00'").replace("12-31", "13-01"), "not a month and day"),
        ] {
            let error =
                toml::from_str::<OfficeHours>(&format!("format = 1\n{text}")).unwrap_err().to_string();
            assert!(error.contains(fault), "{error}");
        }
    }
}
