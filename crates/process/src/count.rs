//! Counting: how much of a stretch of time a clock consumes, and when it has consumed so much.
//!
//! Hours count while they last. A day counts as a whole, at its end: when offices close, or at 24:00 on a day off
//! (Civil Code art. 203(2)). So a day belongs to the state the clock is in at that moment, and no day counts twice,
//! however often the clock is paused. The day on which the clock started does not count (art. 201(1)). The last day of
//! calendar days and months must be a working day (art. 203(1)); until it is, the clock waits.

use crate::{ClockRecord, ClockRule, Counted, LINES_MAX, Times, Unit};
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use model::Instant;
use std::collections::BTreeSet;

/// Nothing is counted later than this many years after a clock's start.
pub const HORIZON_YEARS: i16 = 20;

/// Counts for one clock.
pub(crate) struct Counter<'a> {
    unit: Unit,
    /// What the clock may consume in all, extension included.
    pub budget: i64,
    first: Date,
    horizon: Date,
    times: &'a Times<'a>,
}

/// What the counting went through. The default one keeps no pieces; a derivation wants [`Trail::full`].
#[derive(Default)]
pub(crate) struct Trail {
    pub counted: Vec<Counted>,
    room: usize,
    /// Whether pieces were left out because there was no room.
    pub cut: bool,
    /// Years whose notice could still change the result.
    pub unsettled: BTreeSet<i16>,
}

impl<'a> Counter<'a> {
    pub fn new(rule: &ClockRule, record: &ClockRecord, times: &'a Times<'a>) -> Self {
        let first = record.first_day(times.zone);
        let units = record.budget.unwrap_or(rule.budget).saturating_add(record.extended);
        let budget = match rule.unit {
            Unit::Month => days_of_months(first, units),
            unit => unit.amount(units),
        };
        let horizon = first.saturating_add(HORIZON_YEARS.years());
        Self { unit: rule.unit, budget, first, horizon, times }
    }

    /// Adds to `consumed` what lies after `from`, up to and with `to`. Stops at the moment `target` is consumed and returns it.
    pub fn run(
        &self,
        consumed: &mut i64,
        (from, to): (Instant, Instant),
        target: Option<i64>,
        trail: &mut Trail,
    ) -> Option<Instant> {
        let mut date = self.times.zone.date(from).max(self.first);
        // At most HORIZON_YEARS of days.
        while date <= self.horizon {
            let (midnight, _) = self.times.day(date)?;
            if midnight > to {
                return None;
            }
            let reached = if self.unit.is_hours() {
                self.hours(consumed, date, (from, to), target, trail)
            } else {
                self.whole_day(consumed, date, (from, to), target, trail)
            };
            if reached.is_some() {
                return reached;
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    fn hours(
        &self,
        consumed: &mut i64,
        date: Date,
        (from, to): (Instant, Instant),
        target: Option<i64>,
        trail: &mut Trail,
    ) -> Option<Instant> {
        let open = if self.unit == Unit::UrgentHour {
            self.times.day(date).into_iter().collect()
        } else {
            trail.asks(self.times, date);
            self.times.sessions(date)
        };
        for (opens, closes) in open {
            let (from, to) = (opens.max(from), closes.min(to));
            let missing = target.map(|target| target.saturating_sub(*consumed));
            let amount = to.since(from).min(missing.unwrap_or(i64::MAX));
            if amount <= 0 {
                continue;
            }
            let until = Instant::from_micros(from.micros().saturating_add(amount));
            *consumed = consumed.saturating_add(amount);
            trail.add(Counted { date, from, to: until, amount });
            if missing == Some(amount) {
                return Some(until);
            }
        }
        None
    }

    fn whole_day(
        &self,
        consumed: &mut i64,
        date: Date,
        (from, to): (Instant, Instant),
        target: Option<i64>,
        trail: &mut Trail,
    ) -> Option<Instant> {
        let end = self.times.end_of(date)?;
        if date <= self.first || end <= from || end > to {
            return None;
        }
        let last = self.unit != Unit::WorkingDay && self.budget.saturating_sub(*consumed) == 1;
        if last || self.unit == Unit::WorkingDay {
            trail.asks(self.times, date);
            if !self.times.calendar.is_working(date) {
                return None;
            }
        }
        let opens = self.times.sessions(date).first().map(|session| session.0);
        let begins = opens.or_else(|| Some(self.times.day(date)?.0))?.max(from);
        *consumed = consumed.saturating_add(1);
        trail.add(Counted { date, from: begins, to: end, amount: 1 });
        (target == Some(*consumed)).then_some(end)
    }
}

impl Trail {
    pub fn full() -> Self {
        Self { room: LINES_MAX, ..Self::default() }
    }

    /// Notes that the result rests on what the calendar says of a day.
    fn asks(&mut self, times: &Times, date: Date) {
        self.unsettled.extend(times.calendar.unsettled(date));
    }

    fn add(&mut self, piece: Counted) {
        // Where a clock was settled in the middle of a stretch, the two pieces are one.
        if let Some(before) = self.counted.last_mut().filter(|before| before.to == piece.from)
            && before.date == piece.date
        {
            before.to = piece.to;
            before.amount = before.amount.saturating_add(piece.amount);
        } else if self.counted.len() < self.room {
            self.counted.push(piece);
        } else {
            self.cut = true;
        }
    }
}

/// The days from the first day to the same day of the month in which the months end, or that month's last day if it has
/// no such day (Civil Code art. 202).
fn days_of_months(first: Date, months: u32) -> i64 {
    let last = Span::new().try_months(months).map_or(Date::MAX, |months| first.saturating_add(months));
    first.until(last).map_or(i64::from(i32::MAX), |days| days.get_days().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::date;

    #[test]
    fn months_end_on_the_same_day_or_the_last() {
        for (first, months, days) in [
            ("2026-01-31", 1, 28),
            ("2024-01-31", 1, 29),
            ("2026-01-30", 1, 29),
            ("2026-08-15", 3, 92),
            ("2026-11-30", 3, 90),
            ("2024-02-29", 12, 365),
        ] {
            assert_eq!(days_of_months(date(first), months), days, "{first} + {months}");
        }
        assert!(days_of_months(Date::MAX, u32::MAX) >= 0);
    }
}
