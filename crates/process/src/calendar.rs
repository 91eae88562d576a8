//! The calendar of working days: weekends, statutory holidays, make-up working days.
//!
//! Each year's arrangement is data, taken from the year's notice of the State Council's General Office. A year without
//! an entry is unpublished: its weekends are counted, its holidays are unknown, and whoever counts across it must say
//! that the result is provisional. Which hours offices are open is `hours`.

use crate::Text;
use jiff::civil::{Date, Weekday};
use model::Name;
use serde::Deserialize;
use std::collections::BTreeMap;
use thiserror::Error;

/// From this day of December on, a day belongs to the next year's notice too: it arranges the New Year holiday, and has
/// reached back to 29 December (2007, 2018). One more day is kept in hand.
const NEXT_NOTICE_DAY: i8 = 28;

/// What a day is for those who work in offices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day<'a> {
    /// A working day.
    Working {
        /// The holiday for which this weekend day is worked (调休上班), if it is one.
        make_up: Option<&'a Text>,
    },
    /// A Saturday or Sunday that is neither worked nor part of a holiday.
    Weekend,
    /// A day off by the year's notice.
    Holiday {
        /// The festival.
        name: &'a Text,
    },
}

/// Working days, holidays and make-up working days of the published years.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "CalendarFile")]
pub struct WorkCalendar {
    names: BTreeMap<Name, Text>,
    /// The number of each published year's notice, empty where it is not known.
    notices: BTreeMap<i16, String>,
    days: BTreeMap<Date, Special>,
}

#[derive(Clone, Debug, PartialEq)]
struct Special {
    worked: bool,
    name: Name,
}

/// Why a calendar file cannot be used.
#[derive(Debug, Error, PartialEq)]
pub enum CalendarError {
    /// The file is of a format this build does not know.
    #[error("calendar format {0} is not known; this build reads format 1")]
    Format(u8),
    /// A year has two entries.
    #[error("the year {0} stands twice")]
    Year(i16),
    /// A text is not a date of the year it stands under.
    #[error("`{date}` is not a date of {year}, written like {year}-05-01")]
    Date {
        /// The entry's year.
        year: i16,
        /// The text.
        date: String,
    },
    /// A date is listed twice.
    #[error("{0} stands twice")]
    Twice(Date),
    /// A holiday's name is not in the table of names.
    #[error("{date} is named `{name}`, which is not in [name]")]
    Name {
        /// The day.
        date: Date,
        /// The dangling name.
        name: Name,
    },
    /// Only a weekend day can be a make-up working day.
    #[error("{0} is listed as a make-up working day and is no Saturday or Sunday")]
    MakeUp(Date),
}

impl WorkCalendar {
    /// What a day is. In an unpublished year only weekends are known.
    pub fn kind_of_day(&self, date: Date) -> Day<'_> {
        let special = self.days.get(&date).and_then(|day| Some((day.worked, self.names.get(&day.name)?)));
        match special {
            Some((true, name)) => Day::Working { make_up: Some(name) },
            Some((false, name)) => Day::Holiday { name },
            None if is_weekend(date) => Day::Weekend,
            None => Day::Working { make_up: None },
        }
    }

    /// Whether offices work on a day.
    pub fn is_working(&self, date: Date) -> bool {
        matches!(self.kind_of_day(date), Day::Working { .. })
    }

    /// Whether a year's arrangement is known.
    pub fn published(&self, year: i16) -> bool {
        self.notices.contains_key(&year)
    }

    /// The number of a year's notice, where it is known.
    pub fn notice(&self, year: i16) -> Option<&str> {
        self.notices.get(&year).map(String::as_str).filter(|notice| !notice.is_empty())
    }

    /// The year whose notice could still change what a day is, if there is one. The last days of December wait for the
    /// next year's notice, which arranges the New Year holiday.
    pub fn unsettled(&self, date: Date) -> Option<i16> {
        let next = date.year().saturating_add(1);
        if !self.published(date.year()) {
            Some(date.year())
        } else if date.month() == 12 && date.day() >= NEXT_NOTICE_DAY && !self.published(next) {
            Some(next)
        } else {
            None
        }
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    format: u8,
    name: BTreeMap<Name, Text>,
    year: Vec<YearEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearEntry {
    year: i16,
    #[serde(default)]
    notice: String,
    holidays: Vec<DayEntry>,
    workdays: Vec<DayEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayEntry {
    date: String,
    name: Name,
}

impl TryFrom<CalendarFile> for WorkCalendar {
    type Error = CalendarError;

    fn try_from(file: CalendarFile) -> Result<Self, CalendarError> {
        if file.format != 1 {
            return Err(CalendarError::Format(file.format));
        }
        let mut calendar = Self { names: file.name, notices: BTreeMap::new(), days: BTreeMap::new() };
        for entry in file.year {
            if calendar.notices.insert(entry.year, entry.notice).is_some() {
                return Err(CalendarError::Year(entry.year));
            }
            for day in entry.holidays {
                calendar.add(entry.year, day, false)?;
            }
            for day in entry.workdays {
                calendar.add(entry.year, day, true)?;
            }
        }
        Ok(calendar)
    }
}

impl WorkCalendar {
    fn add(&mut self, year: i16, entry: DayEntry, worked: bool) -> Result<(), CalendarError> {
        let DayEntry { date: text, name } = entry;
        let parsed = text.parse::<Date>().ok().filter(|date| date.year() == year);
        let Some(date) = parsed else { return Err(CalendarError::Date { year, date: text }) };
        if !self.names.contains_key(&name) {
            return Err(CalendarError::Name { date, name });
        }
        if worked && !is_weekend(date) {
            return Err(CalendarError::MakeUp(date));
        }
        match self.days.insert(date, Special { worked, name }) {
            Some(_) => Err(CalendarError::Twice(date)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{calendar, date};

    #[test]
    fn days_of_2026_are_what_the_notice_says() {
        let calendar = calendar();
        let spring = Text::new("春节", "Spring Festival");
        let national = Text::new("国庆节", "National Day");
        let working = Day::Working { make_up: None };
        for (day, expected) in [
            ("2026-02-13", working),
            ("2026-02-14", Day::Working { make_up: Some(&spring) }),
            ("2026-02-15", Day::Holiday { name: &spring }),
            ("2026-02-23", Day::Holiday { name: &spring }),
            ("2026-02-24", working),
            ("2026-02-28", Day::Working { make_up: Some(&spring) }),
            ("2026-03-01", Day::Weekend),
            ("2026-10-01", Day::Holiday { name: &national }),
            ("2026-10-07", Day::Holiday { name: &national }),
            ("2026-10-08", working),
            ("2026-10-10", Day::Working { make_up: Some(&national) }),
            ("2026-10-11", Day::Weekend),
            ("2027-01-01", working),
        ] {
            assert_eq!(calendar.kind_of_day(date(day)), expected, "{day}");
        }
        assert_eq!(calendar.notice(2026), Some("国办发明电〔2025〕7号"));
        assert_eq!(calendar.notice(2004), None);
    }

    #[test]
    fn the_end_of_december_waits_for_the_next_notice() {
        let calendar = calendar();
        for (day, expected) in [
            ("2026-12-27", None),
            ("2026-12-28", Some(2027)),
            ("2026-12-31", Some(2027)),
            ("2027-01-01", Some(2027)),
            ("2025-12-31", None),
            ("2003-12-31", Some(2003)),
        ] {
            assert_eq!(calendar.unsettled(date(day)), expected, "{day}");
        }
        assert!(calendar.published(2026) && !calendar.published(2027));
    }

    #[test]
    fn faulty_files_are_refused_with_the_fault() {
        let file = |days: &str| {
            format!("format = 1\nname.a = {{ zh = '甲', en = 'A' }}\n[[year]]\nyear = 2026\n{days}")
        };
        for (text, fault) in [
            ("format = 2\nname = {}\nyear = []".to_owned(), "format 2 is not known"),
            (file("holidays = []\nworkdays = []\nextra = 1"), "unknown field `extra`"),
            (file("holidays = [{ date = '2025-05-01', name = 'a' }]\nworkdays = []"), "not a date of 2026"),
            (file("holidays = [{ date = '2026-02-30', name = 'a' }]\nworkdays = []"), "not a date of 2026"),
            (file("holidays = [{ date = '2026-05-01', name = 'b' }]\nworkdays = []"), "not in [name]"),
            (
                file("holidays = []\nworkdays = [{ date = '2026-05-01', name = 'a' }]"),
                "no Saturday or Sunday",
            ),
            (
                file(
                    "holidays = [{ date = '2026-05-02', name = 'a' }]\nworkdays = [{ date = '2026-05-02', name = 'a' }]",
                ),
                "2026-05-02 stands twice",
            ),
            (
                file("holidays = []\nworkdays = []\n[[year]]\nyear = 2026\nholidays = []\nworkdays = []"),
                "the year 2026 stands twice",
            ),
        ] {
            let error = toml::from_str::<WorkCalendar>(&text).unwrap_err().to_string();
            assert!(error.contains(fault), "{error}");
        }
    }
}
