//! Windows: the spans of time that a rule judges, and how far one of them can reach.
//!
//! Hours and days lie on a grid on the city's wall clock, so "in a row" means something. Values of a moment, and the
//! logger's minutes, whose length only the logger knows, have no grid: each is a window of its own without length.

use jiff::civil::Date;
use jiff::{ToSpan, civil::DateTime};
use model::{Instant, Period, Zone};

const HOUR: i64 = 3_600_000_000;

/// What one verdict is about: from `start` to before `end`. For values without a grid both are the moment observed; for
/// silence it is the time in which nothing came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// Its beginning.
    pub start: Instant,
    /// Its end.
    pub end: Instant,
}

/// A stretch of time: from, and to before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// From this instant.
    pub from: Instant,
    /// To before this one.
    pub to: Instant,
}

impl Span {
    /// Whether an instant lies in it.
    pub fn contains(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }
}

/// How windows lie in time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid<'a> {
    pub period: Period,
    pub zone: &'a Zone,
}

impl Grid<'_> {
    /// The window that a value observed then belongs to.
    pub fn window(&self, observed: Instant) -> Window {
        let (start, end) = match self.period {
            Period::Moment | Period::Minute => (observed, observed),
            Period::Hour => {
                let start = self.hour(observed);
                (start, later(start, HOUR))
            }
            Period::Day => (self.day(observed, 0), self.day(observed, 1)),
        };
        Window { start, end }
    }

    /// How long a window is, if they lie on a grid.
    pub fn step(&self) -> Option<i64> {
        match self.period {
            Period::Moment | Period::Minute => None,
            Period::Hour => Some(HOUR),
            Period::Day => Some(24 * HOUR),
        }
    }

    /// How many windows a length covers, at least one; nothing without a grid.
    pub fn count(&self, length: i64) -> Option<i64> {
        self.step().map(|step| (length.saturating_add(step - 1) / step).max(1))
    }

    /// The window `count` places earlier (or later, when negative); without a grid, itself.
    pub fn back(&self, window: Window, count: i64) -> Window {
        match self.period {
            Period::Moment | Period::Minute => window,
            Period::Hour => self.window(later(window.start, -count.saturating_mul(HOUR))),
            Period::Day => self.window(self.day(window.start, -count)),
        }
    }

    /// Start of the local day that lies `ahead` days after that of an instant.
    pub fn day(&self, at: Instant, ahead: i64) -> Instant {
        let date = self.zone.date(at).checked_add(ahead.days());
        date.ok().and_then(|date| self.midnight(date)).unwrap_or_else(|| later(at, ahead * 24 * HOUR))
    }

    /// Start of the calendar unit that lies `ahead` units after that of an instant. Within such a unit and the one
    /// before it an episode is looked for: months for hours, years for days, days for all that has no grid.
    pub fn unit(&self, at: Instant, ahead: i64) -> Instant {
        let date = self.zone.date(at);
        let first = match self.period {
            Period::Moment | Period::Minute => return self.day(at, ahead),
            Period::Hour => date.first_of_month().checked_add(ahead.months()),
            Period::Day => date.first_of_year().checked_add(ahead.years()),
        };
        // Beyond the calendar's years there is damaged data only: the unit is then the instant itself.
        first.ok().and_then(|date| self.midnight(date)).unwrap_or(at)
    }

    fn midnight(&self, date: Date) -> Option<Instant> {
        self.zone.instant(date.at(0, 0, 0, 0))
    }

    /// Start of the local hour. Zones shift by whole minutes, so the wall clock is compared with that of UTC.
    fn hour(&self, at: Instant) -> Instant {
        let local: DateTime = self.zone.local(at);
        let into = i64::from(local.minute()) * 60_000_000
            + i64::from(local.second()) * 1_000_000
            + i64::from(local.subsec_nanosecond()) / 1_000;
        later(at, -into)
    }
}

/// That many microseconds later, stopping at the ends of time.
pub(crate) fn later(at: Instant, micros: i64) -> Instant {
    Instant::from_micros(at.micros().saturating_add(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(zone: &str, period: Period, observed: &str, start: &str, end: &str) {
        let zone = Zone::named(zone).unwrap();
        let window = Grid { period, zone: &zone }.window(Instant::parse(observed).unwrap());
        assert_eq!(
            (window.start.to_string(), window.end.to_string()),
            (start.into(), end.into()),
            "{observed}"
        );
    }

    #[test]
    fn windows_lie_on_the_wall_clock_of_the_city() {
        let china = "Asia/Shanghai";
        let check_in =
            |period, observed: &str, start: &str, end: &str| check(china, period, observed, start, end);
        check_in(Period::Hour, "2026-10-08T08:00:03+08:00", "2026-10-08T00:00:00Z", "2026-10-08T01:00:00Z");
        check_in(Period::Day, "2026-10-08T00:00:00+08:00", "2026-10-07T16:00:00Z", "2026-10-08T16:00:00Z");
        check_in(Period::Day, "2026-10-08T23:59:59+08:00", "2026-10-07T16:00:00Z", "2026-10-08T16:00:00Z");
        check_in(Period::Minute, "2026-10-08T08:10:00+08:00", "2026-10-08T00:10:00Z", "2026-10-08T00:10:00Z");
        // Half an hour beside UTC, and a day of 25 hours.
        check(
            "Asia/Kolkata",
            Period::Hour,
            "2026-10-08T00:45:00Z",
            "2026-10-08T00:30:00Z",
            "2026-10-08T01:30:00Z",
        );
        check(
            "Europe/Berlin",
            Period::Day,
            "2026-10-25T12:00:00Z",
            "2026-10-24T22:00:00Z",
            "2026-10-25T23:00:00Z",
        );
    }

    #[test]
    fn windows_are_counted_back_over_the_turn_of_day_and_summer_time() {
        let china = Zone::named("Asia/Shanghai").unwrap();
        let hours = Grid { period: Period::Hour, zone: &china };
        let midnight = hours.window(Instant::parse("2026-10-01T00:00:00+08:00").unwrap());
        assert_eq!(hours.back(midnight, 1).start.to_string(), "2026-09-30T15:00:00Z");
        assert_eq!(hours.back(midnight, -2).start.to_string(), "2026-09-30T18:00:00Z");
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let days = Grid { period: Period::Day, zone: &berlin };
        let day = days.window(Instant::parse("2026-10-26T12:00:00Z").unwrap());
        assert_eq!(days.back(day, 1).start.to_string(), "2026-10-24T22:00:00Z");
        assert_eq!([days.count(1), days.count(25 * HOUR)], [Some(1), Some(2)]);
    }

    #[test]
    fn units_are_months_years_and_days() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let at = Instant::parse("2026-12-31T20:00:00+08:00").unwrap();
        for (period, ahead, expected) in [
            (Period::Hour, 0, "2026-11-30T16:00:00Z"),
            (Period::Hour, -1, "2026-10-31T16:00:00Z"),
            (Period::Hour, 1, "2026-12-31T16:00:00Z"),
            (Period::Day, 0, "2025-12-31T16:00:00Z"),
            (Period::Moment, -1, "2026-12-29T16:00:00Z"),
        ] {
            assert_eq!(
                Grid { period, zone: &zone }.unit(at, ahead).to_string(),
                expected,
                "{period:?} {ahead}"
            );
        }
        let end = Instant::from_micros(i64::MAX);
        assert!(
            Grid { period: Period::Hour, zone: &zone }.unit(end, 1) >= end,
            "no panic at the end of time"
        );
    }
}
