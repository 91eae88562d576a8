//! The calendar, the office hours and the zone together: when a day's offices open and when a day ends.

use crate::{OfficeHours, Session, WorkCalendar};
use jiff::civil::Date;
use model::{Instant, Zone};

/// How many days are searched for so much time of open offices: the 9,999 hours of a rung fit at four hours a day.
const OFFICE_DAYS_MAX: u16 = 5_000;

/// What lawful time depends on, for one city.
#[derive(Clone, Copy, Debug)]
pub struct Times<'a> {
    /// Which days are worked.
    pub calendar: &'a WorkCalendar,
    /// Which hours offices are open on a working day.
    pub hours: &'a OfficeHours,
    /// Where the day begins.
    pub zone: &'a Zone,
}

impl Times<'_> {
    /// When offices are open on a day, in order; nothing on a day off, or where no office hours are known.
    pub fn sessions(&self, date: Date) -> Vec<(Instant, Instant)> {
        if !self.calendar.is_working(date) {
            return Vec::new();
        }
        let bounds = |session: &Session| {
            let bounds = (self.minute(date, session.opens)?, self.minute(date, session.closes)?);
            (bounds.0 < bounds.1).then_some(bounds)
        };
        self.hours.sessions(date).iter().filter_map(bounds).collect()
    }

    /// When a day ends for whoever must do something on it: when offices close, else at 24:00 (Civil Code art. 203(2)).
    /// `None` only at the end of the calendar.
    pub fn end_of(&self, date: Date) -> Option<Instant> {
        match self.sessions(date).last() {
            Some((_, closes)) => Some(*closes),
            None => self.minute(date, 1440),
        }
    }

    /// The moment that much time of open offices before another; after it, when negative. Nothing if offices do not
    /// open often enough.
    pub(crate) fn office_time_before(&self, at: Instant, micros: i64) -> Option<Instant> {
        let back = micros > 0;
        let mut missing = micros.saturating_abs();
        let mut date = self.zone.date(at);
        for _ in 0..OFFICE_DAYS_MAX {
            if missing == 0 {
                return Some(at);
            }
            let mut sessions = self.sessions(date);
            if back {
                sessions.reverse();
            }
            for (opens, closes) in sessions {
                let (opens, closes) = if back { (opens, closes.min(at)) } else { (opens.max(at), closes) };
                let open = closes.since(opens).max(0);
                if open >= missing {
                    let found = if back {
                        closes.micros().saturating_sub(missing)
                    } else {
                        opens.micros().saturating_add(missing)
                    };
                    return Some(Instant::from_micros(found));
                }
                missing = missing.saturating_sub(open);
            }
            date = if back { date.yesterday() } else { date.tomorrow() }.ok()?;
        }
        None
    }

    /// The whole day, from midnight to midnight.
    pub(crate) fn day(&self, date: Date) -> Option<(Instant, Instant)> {
        Some((self.minute(date, 0)?, self.minute(date, 1440)?))
    }

    fn minute(&self, date: Date, minute: u16) -> Option<Instant> {
        let (date, minute) = if minute < 1440 { (date, minute) } else { (date.tomorrow().ok()?, 0) };
        let [hour, minute] = [minute / 60, minute % 60].map(|part| i8::try_from(part).ok());
        let time = jiff::civil::Time::new(hour?, minute?, 0, 0).ok()?;
        self.zone.instant(date.to_datetime(time))
    }
}
