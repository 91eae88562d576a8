//! `office-hours.toml`: when offices are open.
//!
//! The hours themselves are read by `process`; here they are looked at once more, so that what is wrong is named by its
//! line.

use crate::tree::{Day, Fields, Line, ListOf, Loose, Node, Read, Reading, Section, Shape};
use jiff::civil::Date;
use process::Session;

/// A year with 29 February, in which month-days are compared.
const LEAP_YEAR: i16 = 2024;

/// Looks at the file.
pub(crate) fn hours(s: &mut Section<'_>) {
    s.format();
    let editions = s.need("edition", "Hours in force from a day on.", ListOf(Fields(edition)));
    for (index, pair) in editions.windows(2).enumerate() {
        if pair[0].1.is_none_or(|to| pair[1].0 <= to) {
            let what = format!("the edition from {} begins before the one above has ended", pair[1].0);
            s.complain(&format!("edition.{}.from", index + 2), what, "give the one above its last day, `to`");
        }
    }
}

fn edition(s: &mut Section<'_>) -> (Date, Option<Date>) {
    let from = s.need("from", "First day in force.", Day);
    let to = s.may("to", "Last day in force.", Day);
    s.may("notice", "The number of the notice that set them; \"\" when there is none.", Loose);
    let seasons = s.need("season", "Seasons; they cover each day of the year once.", ListOf(Fields(season)));
    if to.is_some_and(|to| to < from) {
        s.complain("to", "the last day is before the first", "correct one of them");
    }
    if s.is_sound() {
        covers(s, &seasons);
    }
    (from, to)
}

/// Each day of the year is in one season.
fn covers(s: &Section<'_>, seasons: &[(Date, Date)]) {
    let first = Date::constant(LEAP_YEAR, 1, 1);
    for day in first.series(jiff::Span::new().days(1)).take_while(|day| day.year() == LEAP_YEAR) {
        let holds = |(from, to): &&(Date, Date)| {
            if from <= to { *from <= day && day <= *to } else { *from <= day || day <= *to }
        };
        let found = seasons.iter().filter(holds).count();
        if found != 1 {
            let what = format!("{} is in {found} seasons", day.strftime("%m-%d"));
            return s.complain("season", what, "let seasons cover each day of the year once");
        }
    }
}

fn season(s: &mut Section<'_>) -> (Date, Date) {
    let from = s.need("from", "First month and day, as \"05-01\".", MonthDay);
    let to = s.need("to", "Last month and day; may wrap the year.", MonthDay);
    let sessions = s.need("sessions", "When offices are open, as [\"08:30-12:00\"].", ListOf(SessionText));
    if s.is_sound() && (sessions.is_empty() || sessions.windows(2).any(|pair| pair[0].closes > pair[1].opens))
    {
        let what = "sessions are missing, overlap or are out of order";
        s.complain("sessions", what, "write them in order, as [\"08:30-12:00\", \"14:00-17:30\"]");
    }
    (from, to)
}

/// `05-01`.
struct MonthDay;

impl Read for MonthDay {
    type Out = Date;
    fn shape(&self) -> Shape {
        Shape::Name { example: "05-01", pattern: "^[0-1][0-9]-[0-3][0-9]$" }
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Date> {
        let text = Line.read(node, key, reading)?;
        let date = (text.len() == 5).then(|| format!("{LEAP_YEAR}-{text}").parse().ok()).flatten();
        if date.is_none() {
            reading.complain(
                &node.span,
                format!("`{text}` is no month and day"),
                format!("write {key} = \"05-01\""),
            );
        }
        date
    }
    fn unread(&self) -> Date {
        Date::constant(LEAP_YEAR, 1, 1)
    }
}

/// `08:30-12:00`.
struct SessionText;

impl Read for SessionText {
    type Out = Session;
    fn shape(&self) -> Shape {
        Shape::Name { example: "08:30-12:00", pattern: "^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$" }
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Session> {
        let text = Line.read(node, key, reading)?;
        let fault = |error: process::HoursError| {
            reading.complain(&node.span, error.to_string(), "write it like \"08:30-12:00\"");
        };
        Session::try_from(text).map_err(fault).ok()
    }
    fn unread(&self) -> Session {
        Session { opens: 0, closes: 1 }
    }
}
