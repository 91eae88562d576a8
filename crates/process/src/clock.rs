//! What may be done to a clock, and what it then says. All pure: the record in, the moment in, the record changed.
//!
//! Moments are log time, which never goes back. The due instant and its derivation are `due`.

use crate::count::{Counter, Trail};
use crate::{ClockRecord, ClockRule, Left, PAUSES_MAX, Pause, Rung, Times};
use model::{Instant, Name, Urn};
use thiserror::Error;

/// One clock's rule in the lawful time of one city. Every operation takes the case's record.
#[derive(Clone, Copy, Debug)]
pub struct Clock<'a> {
    /// What the process says.
    pub rule: &'a ClockRule,
    /// What time depends on.
    pub times: &'a Times<'a>,
}

/// Why an operation on a clock is refused. The record is unchanged.
#[derive(Debug, Error, PartialEq)]
pub enum ClockError {
    /// The clock has been stopped for good.
    #[error("the clock was stopped at {0} and does not run again")]
    Stopped(Instant),
    /// The clock is paused already.
    #[error("the clock is paused since {0} already")]
    Paused(Instant),
    /// The clock runs, so there is nothing to resume.
    #[error("the clock is not paused")]
    NotPaused,
    /// The moment lies before the last thing that happened to the clock.
    #[error("{at} lies before {settled}, when the clock last changed")]
    Backwards {
        /// The moment.
        at: Instant,
        /// The clock's last change.
        settled: Instant,
    },
    /// The rule does not name this reason: a pause for it has no legal basis.
    #[error("clock `{clock}` may not be paused for `{reason}`")]
    Reason {
        /// The clock.
        clock: Name,
        /// The reason's code.
        reason: Name,
    },
    /// The ledger is full.
    #[error("the clock was paused {PAUSES_MAX} times; there cannot be more")]
    TooManyPauses,
}

impl Clock<'_> {
    /// Pauses the clock from a moment on, for one of the rule's reasons.
    pub fn pause(
        &self,
        record: &mut ClockRecord,
        at: Instant,
        reason: &Name,
        by: &Urn,
        note: &str,
    ) -> Result<(), ClockError> {
        self.may_pause(record, at)?;
        if self.rule.pause_reason(reason).is_none() {
            return Err(ClockError::Reason { clock: self.rule.id.clone(), reason: reason.clone() });
        }
        self.stand(record, at, reason, by, note)
    }

    /// Lets the clock stand because the whole case is shelved. The reason is the act's, not the rule's: its basis is
    /// stated there.
    pub fn shelve(
        &self,
        record: &mut ClockRecord,
        at: Instant,
        reason: &Name,
        by: &Urn,
        note: &str,
    ) -> Result<(), ClockError> {
        self.may_pause(record, at)?;
        self.stand(record, at, reason, by, note)
    }

    fn may_pause(&self, record: &ClockRecord, at: Instant) -> Result<(), ClockError> {
        open(record, at)?;
        record.paused().map_or(Ok(()), |pause| Err(ClockError::Paused(pause.from)))
    }

    fn stand(
        &self,
        record: &mut ClockRecord,
        at: Instant,
        reason: &Name,
        by: &Urn,
        note: &str,
    ) -> Result<(), ClockError> {
        if record.pauses.len() >= PAUSES_MAX {
            return Err(ClockError::TooManyPauses);
        }
        self.settle(record, at);
        record.running_since = None;
        let (reason, by, note) = (reason.clone(), by.clone(), note.to_owned());
        record.pauses.push(Pause { from: at, to: None, reason, by, note });
        Ok(())
    }

    /// Lets a paused clock run again.
    pub fn resume(&self, record: &mut ClockRecord, at: Instant) -> Result<(), ClockError> {
        open(record, at)?;
        let pause = record.pauses.last_mut().filter(|pause| pause.to.is_none());
        pause.ok_or(ClockError::NotPaused)?.to = Some(at);
        record.running_since = Some(at);
        Ok(())
    }

    /// Stops the clock for good, because what it waited for is done. A pause that lasts ends with it.
    pub fn stop(&self, record: &mut ClockRecord, at: Instant) -> Result<(), ClockError> {
        open(record, at)?;
        self.settle(record, at);
        if let Some(pause) = record.pauses.last_mut().filter(|pause| pause.to.is_none()) {
            pause.to = Some(at);
        }
        record.running_since = None;
        record.stopped = Some(at);
        Ok(())
    }

    /// Grants further units. Rungs that were taken stay taken.
    pub fn extend(&self, record: &mut ClockRecord, at: Instant, units: u32) -> Result<(), ClockError> {
        open(record, at)?;
        self.allow(record, at, |record| record.extended = record.extended.saturating_add(units));
        Ok(())
    }

    /// Puts another budget in force, or the rule's own. What was consumed, the pauses and the extensions stay, and rungs
    /// that were taken stay taken.
    pub fn rebudget(
        &self,
        record: &mut ClockRecord,
        at: Instant,
        budget: Option<u32>,
    ) -> Result<(), ClockError> {
        open(record, at)?;
        self.allow(record, at, |record| record.budget = budget);
        Ok(())
    }

    /// Changes what a clock allows.
    fn allow(&self, record: &mut ClockRecord, at: Instant, change: impl FnOnce(&mut ClockRecord)) {
        self.settle(record, at);
        // Counted again, because the last day is now another one: days off on which the old last day waited for a
        // working day were days like others. Never less than before: what was consumed stays consumed.
        let before = self.counted_so_far(record);
        change(record);
        let more = self.counted_so_far(record).saturating_sub(before).max(0);
        record.consumed = record.consumed.saturating_add(more);
    }

    /// What the clock consumed between two moments, in the same measure.
    pub fn consumed_between(&self, record: &ClockRecord, from: Instant, to: Instant) -> i64 {
        let live = record.running_since.map(|since| (since, to.max(since)));
        let (counter, mut before, mut consumed) = (self.counter(record), 0, 0);
        for (start, end) in record.ran().into_iter().chain(live) {
            let run = |consumed: &mut i64, from: Instant, to: Instant| {
                if from < to {
                    counter.run(consumed, (from, to), None, &mut Trail::default());
                }
            };
            run(&mut before, start, end.min(from));
            run(&mut consumed, start, end.min(to));
        }
        consumed.saturating_sub(before).max(0)
    }

    /// What the clock has consumed at a moment, as [`ClockRecord::consumed`]. Never less at a later moment; before the
    /// clock's last change it is what was consumed then. Nothing is counted beyond [`crate::HORIZON_YEARS`].
    pub fn consumed_at(&self, record: &ClockRecord, at: Instant) -> i64 {
        match record.running_since.filter(|since| *since < at) {
            None => record.consumed,
            Some(since) => {
                let mut consumed = record.consumed;
                self.counter(record).run(&mut consumed, (since, at), None, &mut Trail::default());
                consumed
            }
        }
    }

    /// What is left of the budget and its extensions at a moment, in the same measure; negative when it is over.
    pub fn left_at(&self, record: &ClockRecord, at: Instant) -> i64 {
        self.budget(record).saturating_sub(self.consumed_at(record, at))
    }

    /// Budget and extensions, in the same measure.
    pub fn budget(&self, record: &ClockRecord) -> i64 {
        self.counter(record).budget
    }

    /// The next rung of the ladder after a moment, and when it is due if nothing happens to the clock. A paused clock
    /// has only those that were due before the pause, a stopped one none.
    pub fn next_rung(&self, record: &ClockRecord, after: Instant) -> Option<(Instant, &Rung)> {
        let rungs = self.rungs(record).into_iter().filter(|(at, _)| *at > after);
        rungs.min_by_key(|(at, _)| *at)
    }

    /// The rungs that are due at a moment and not taken, the earliest first. After the stop there are none: nobody is
    /// told of a matter that is answered.
    pub fn rungs_due(&self, record: &ClockRecord, at: Instant) -> Vec<&Rung> {
        let mut due: Vec<_> = self.rungs(record).into_iter().filter(|(due, _)| *due <= at).collect();
        due.sort_by_key(|(at, _)| *at);
        due.into_iter().map(|(_, rung)| rung).collect()
    }

    /// The rungs that are not taken and whose moment is known.
    fn rungs(&self, record: &ClockRecord) -> Vec<(Instant, &Rung)> {
        if record.stopped.is_some() {
            return Vec::new();
        }
        let open = self.rule.ladder.iter().filter(|rung| !record.rungs_taken.contains(&rung.id));
        let frozen = record.paused().map(|pause| pause.from);
        let known = open.filter_map(|rung| Some((self.rung_at(record, rung.left)?, rung)));
        known.filter(|(at, _)| frozen.is_none_or(|frozen| *at <= frozen)).collect()
    }

    fn rung_at(&self, record: &ClockRecord, left: Left) -> Option<Instant> {
        let budget = self.budget(record);
        match left {
            Left::Days(days) => self.reaches(record, budget.saturating_sub(days)),
            Left::Secs(secs) if self.rule.unit.is_hours() => {
                self.reaches(record, budget.saturating_sub(secs.saturating_mul(1_000_000)))
            }
            Left::Secs(secs) => {
                let due = self.reaches(record, budget)?;
                self.times.office_time_before(due, secs.saturating_mul(1_000_000))
            }
        }
    }

    /// The moment at which a clock that runs is over, if nothing happens to it.
    pub(crate) fn ends(&self, record: &ClockRecord) -> Option<Instant> {
        record.running_since.and_then(|_| self.reaches(record, self.budget(record)))
    }

    /// When the clock reaches that much consumed time.
    fn reaches(&self, record: &ClockRecord, target: i64) -> Option<Instant> {
        self.replay(record, target, &mut Trail::default()).0
    }

    /// Counts again from the start: when the clock reaches a target, and by how much the record differs from what
    /// counting now gives. They differ only if the calendar or the hours of past days were amended after the fact;
    /// then what was settled stands.
    pub(crate) fn replay(
        &self,
        record: &ClockRecord,
        target: i64,
        trail: &mut Trail,
    ) -> (Option<Instant>, i64) {
        let counter = self.counter(record);
        if target <= 0 {
            return (Some(record.started), 0);
        }
        let past = record.consumed >= target;
        let mut consumed = 0;
        for stretch in record.ran() {
            let reached = counter.run(&mut consumed, stretch, past.then_some(target), trail);
            if reached.is_some() {
                return (reached, 0);
            }
        }
        let carried = record.consumed.saturating_sub(consumed);
        if past {
            return (Some(record.settled()), carried);
        }
        let Some(since) = record.running_since else { return (None, carried) };
        consumed = record.consumed;
        let future = (since, Instant::from_micros(i64::MAX));
        (counter.run(&mut consumed, future, Some(target), trail), carried)
    }

    fn counter(&self, record: &ClockRecord) -> Counter<'_> {
        Counter::new(self.rule, record, self.times)
    }

    /// What counting from the start gives up to the clock's last change.
    fn counted_so_far(&self, record: &ClockRecord) -> i64 {
        let (counter, mut consumed) = (self.counter(record), 0);
        for stretch in record.ran() {
            counter.run(&mut consumed, stretch, None, &mut Trail::default());
        }
        consumed
    }

    /// Moves what was consumed so far into the record.
    fn settle(&self, record: &mut ClockRecord, at: Instant) {
        record.consumed = self.consumed_at(record, at);
        record.running_since = record.running_since.map(|_| at);
    }
}

/// Refuses what comes after the stop, or before the last change.
fn open(record: &ClockRecord, at: Instant) -> Result<(), ClockError> {
    let settled = record.settled();
    match record.stopped {
        Some(stopped) => Err(ClockError::Stopped(stopped)),
        None if at < settled => Err(ClockError::Backwards { at, settled }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, name, officer, rule, times};

    const HOUR: i64 = 3_600_000_000;

    fn clock(rule: &ClockRule) -> Clock<'_> {
        Clock { rule, times: times() }
    }

    fn pause(clock: Clock, record: &mut ClockRecord, from: &str, to: &str) {
        clock.pause(record, at(from), &name("hearing"), &officer(), "").unwrap();
        clock.resume(record, at(to)).unwrap();
    }

    /// Unit, budget, when it starts, is paused, resumed and due, and why.
    type Row = (&'static str, u32, [&'static str; 4], &'static str);

    const PAUSES: [Row; 8] = [
        (
            "working-hour",
            4,
            ["2026-06-05T16:00", "2026-06-05T17:00", "2026-06-08T09:00", "2026-06-08T12:00"],
            "Friday 17:00 to Monday 09:00: one hour counted before, three after",
        ),
        (
            "working-hour",
            8,
            ["2026-06-05T16:00", "2026-06-05T18:00", "2026-06-08T08:30", "2026-06-08T17:00"],
            "a pause over a weekend takes the weekend once, not twice",
        ),
        (
            "working-day",
            3,
            ["2026-06-04T10:00", "2026-06-05T17:00", "2026-06-08T09:00", "2026-06-10T18:00"],
            "Friday is paused when offices close and does not count, Monday runs and does",
        ),
        (
            "working-day",
            3,
            ["2026-06-04T10:00", "2026-06-05T18:30", "2026-06-08T07:00", "2026-06-09T18:00"],
            "a pause between closing and opening costs nothing",
        ),
        (
            "working-day",
            3,
            ["2026-06-04T10:00", "2026-06-05T10:00", "2026-06-05T11:00", "2026-06-09T18:00"],
            "nor does one within a day",
        ),
        (
            "calendar-day",
            10,
            ["2026-06-01T10:00", "2026-06-03T10:00", "2026-06-05T10:00", "2026-06-15T18:00"],
            "two days of pause, then a Saturday waits",
        ),
        (
            "month",
            1,
            ["2026-06-01T10:00", "2026-06-03T10:00", "2026-06-04T10:00", "2026-07-02T18:00"],
            "a paused day is made good by a day",
        ),
        (
            "urgent-hour",
            24,
            ["2026-06-01T10:00", "2026-06-01T12:00", "2026-06-01T15:30", "2026-06-02T13:30"],
            "round the clock, but not while paused",
        ),
    ];

    #[test]
    fn pauses_move_the_due_instant_by_what_would_have_counted() {
        for (unit, budget, [start, from, to, due], why) in PAUSES {
            let rule = rule(unit, budget);
            let mut record = ClockRecord::start(at(start));
            pause(clock(&rule), &mut record, from, to);
            assert_eq!(clock(&rule).due(&record).at, Some(at(due)), "{why}");
        }
    }

    #[test]
    fn a_pause_and_resumption_at_one_instant_changes_nothing() {
        for unit in ["urgent-hour", "working-hour", "working-day", "calendar-day", "month"] {
            let rule = rule(unit, 2);
            let untouched = ClockRecord::start(at("2026-06-04T10:00"));
            let mut record = untouched.clone();
            for moment in ["2026-06-05T12:00", "2026-06-05T18:00", "2026-06-06T00:00", "2026-06-06T00:00"] {
                pause(clock(&rule), &mut record, moment, moment);
            }
            assert_eq!(clock(&rule).due(&record).at, clock(&rule).due(&untouched).at, "{unit}");
            assert_eq!(clock(&rule).due(&record).derivation.carried, 0);
        }
    }

    #[test]
    fn a_paused_clock_stands_still_and_keeps_its_ledger() {
        let rule = rule("working-hour", 4);
        let mut record = ClockRecord::start(at("2026-06-05T16:00"));
        clock(&rule)
            .pause(&mut record, at("2026-06-05T17:00"), &name("hearing"), &officer(), "听证")
            .unwrap();
        for moment in ["2026-06-05T17:00", "2026-06-08T12:00", "2027-06-08T12:00"] {
            assert_eq!(clock(&rule).left_at(&record, at(moment)), 3 * HOUR, "{moment}");
        }
        assert_eq!(clock(&rule).due(&record).at, None);
        assert_eq!(clock(&rule).next_rung(&record, at("2026-06-05T17:00")), None);
        // What changes about the case changes nothing about the ledger: the record goes into the log and comes back.
        let mut record = ClockRecord::from_value(&record.to_value()).unwrap();
        assert_eq!((record.pauses.len(), record.pauses[0].note.as_str()), (1, "听证"));
        clock(&rule).resume(&mut record, at("2026-06-08T08:30")).unwrap();
        assert_eq!(clock(&rule).due(&record).at, Some(at("2026-06-08T11:30")));
    }

    #[test]
    fn what_has_no_basis_or_comes_too_late_is_refused() {
        let rule = rule("working-day", 5);
        let (clock, hearing, officer) = (clock(&rule), name("hearing"), officer());
        let mut record = ClockRecord::start(at("2026-06-01T10:00"));
        let early = at("2026-06-01T09:00");
        let settled = record.settled();
        let backwards = Err(ClockError::Backwards { at: early, settled });
        assert_eq!(clock.pause(&mut record, early, &hearing, &officer, ""), backwards);
        let visit = name("site-visit");
        let refused = Err(ClockError::Reason { clock: rule.id.clone(), reason: visit.clone() });
        assert_eq!(clock.pause(&mut record, at("2026-06-02T10:00"), &visit, &officer, ""), refused);
        assert_eq!(clock.resume(&mut record, at("2026-06-02T10:00")), Err(ClockError::NotPaused));
        assert_eq!(record, ClockRecord::start(at("2026-06-01T10:00")));

        let since = at("2026-06-02T10:00");
        clock.pause(&mut record, since, &hearing, &officer, "").unwrap();
        let again = clock.pause(&mut record, at("2026-06-02T11:00"), &hearing, &officer, "");
        assert_eq!(again, Err(ClockError::Paused(since)));
        let stopped = at("2026-06-03T10:00");
        clock.stop(&mut record, stopped).unwrap();
        assert_eq!(record.pauses[0].to, Some(stopped));
        for result in [
            clock.pause(&mut record, stopped, &hearing, &officer, ""),
            clock.resume(&mut record, stopped),
            clock.stop(&mut record, stopped),
            clock.extend(&mut record, stopped, 1),
        ] {
            assert_eq!(result, Err(ClockError::Stopped(stopped)));
        }
        let mut record = ClockRecord::start(stopped);
        for _ in 0..PAUSES_MAX {
            clock.pause(&mut record, stopped, &hearing, &officer, "").unwrap();
            clock.resume(&mut record, stopped).unwrap();
        }
        let full = clock.pause(&mut record, stopped, &hearing, &officer, "");
        assert_eq!(full, Err(ClockError::TooManyPauses));
        assert!(ClockRecord::from_value(&record.to_value()).is_some());
    }

    #[test]
    fn extensions_move_the_last_day() {
        for (unit, budget, start, extended, units, due, why) in [
            (
                "working-day",
                20,
                "2026-06-01T10:00",
                "2026-06-29T10:00",
                10,
                "2026-07-14T18:00",
                "20 + 10 working days",
            ),
            (
                "working-hour",
                4,
                "2026-06-01T08:30",
                "2026-06-01T12:00",
                4,
                "2026-06-02T09:30",
                "in the middle",
            ),
            (
                "month",
                3,
                "2026-03-31T10:00",
                "2026-06-29T10:00",
                3,
                "2026-09-30T18:00",
                "3 + 3 months, from the start",
            ),
            (
                "calendar-day",
                5,
                "2026-04-30T10:00",
                "2026-05-06T10:00",
                5,
                "2026-05-11T18:00",
                "holidays that waited count",
            ),
            (
                "calendar-day",
                1,
                "2026-04-30T10:00",
                "2026-05-06T20:00",
                3,
                "2026-05-06T18:00",
                "and the new last day may be over",
            ),
            ("calendar-day", 1, "2026-04-30T10:00", "2026-05-06T20:00", 7, "2026-05-08T18:00", "or not yet"),
        ] {
            let rule = rule(unit, budget);
            let mut record = ClockRecord::start(at(start));
            clock(&rule).extend(&mut record, at(extended), units).unwrap();
            let due_now = clock(&rule).due(&record);
            assert_eq!(due_now.at, Some(at(due)), "{budget} + {units} {unit} from {start}: {why}");
            assert_eq!(due_now.derivation.carried, 0);
        }
    }

    fn ids<'a>(rungs: &[&'a Rung]) -> Vec<&'a str> {
        rungs.iter().map(|rung| rung.id.as_str()).collect()
    }

    #[test]
    fn the_ladder_is_climbed_once_rung_by_rung() {
        for (unit, budget, start, moments) in [
            (
                "working-hour",
                4,
                "2026-09-30T16:00",
                ["2026-10-08T09:30", "2026-10-08T10:30", "2026-10-08T14:30"],
            ),
            (
                "urgent-hour",
                2,
                "2026-10-01T23:00",
                ["2026-10-02T00:00", "2026-10-02T01:00", "2026-10-02T03:00"],
            ),
            (
                "working-day",
                3,
                "2026-06-02T10:00",
                ["2026-06-04T18:00", "2026-06-05T18:00", "2026-06-08T10:30"],
            ),
            ("month", 1, "2026-06-01T10:00", ["2026-06-30T18:00", "2026-07-01T18:00", "2026-07-02T10:30"]),
        ] {
            let rule = rule(unit, budget);
            let clock = clock(&rule);
            let mut record = ClockRecord::start(at(start));
            let mut now = at(start);
            for (moment, rung) in moments.into_iter().zip(&rule.ladder) {
                assert_eq!(clock.next_rung(&record, now), Some((at(moment), rung)), "{unit}");
                let before = Instant::from_micros(at(moment).micros() - 1);
                assert!(clock.rungs_due(&record, before).is_empty());
                now = at(moment);
                assert_eq!(clock.rungs_due(&record, now), [rung]);
                record.take(&rung.id);
                assert!(clock.rungs_due(&record, now).is_empty());
            }
            assert_eq!(clock.next_rung(&record, now), None);
        }
    }

    #[test]
    fn a_rung_on_a_clock_of_days_may_count_office_hours_back() {
        let mut rule = rule("working-day", 3);
        rule.ladder[0].left = Left::Secs(4 * 3_600);
        let record = ClockRecord::start(at("2026-06-02T10:00"));
        let (moment, _) = clock(&rule).next_rung(&record, record.started).unwrap();
        assert_eq!(moment, at("2026-06-05T11:30"));
    }

    #[test]
    fn nobody_is_told_after_the_answer_or_during_a_pause() {
        let rule = rule("working-hour", 4);
        let clock = clock(&rule);
        let late = at("2026-06-09T18:00");
        let started = ClockRecord::start(at("2026-06-01T08:30"));
        assert_eq!(ids(&clock.rungs_due(&started, late)), ["left-1h", "over-0h", "over-2h"]);

        let mut answered = started.clone();
        clock.stop(&mut answered, at("2026-06-01T11:00")).unwrap();
        assert_eq!(clock.left_at(&answered, late), 3 * HOUR / 2);
        assert!(clock.rungs_due(&answered, late).is_empty());
        assert_eq!(clock.next_rung(&answered, answered.started), None);

        let mut paused = started;
        clock.pause(&mut paused, at("2026-06-01T15:00"), &name("hearing"), &officer(), "").unwrap();
        assert_eq!(clock.left_at(&paused, late), 0);
        assert_eq!(ids(&clock.rungs_due(&paused, late)), ["left-1h", "over-0h"]);
        assert_eq!(clock.due(&paused).at, Some(at("2026-06-01T15:00")), "it was over before the pause");
        clock.resume(&mut paused, at("2026-06-02T09:00")).unwrap();
        let (moment, rung) = clock.next_rung(&paused, at("2026-06-02T09:00")).unwrap();
        assert_eq!((moment, rung.id.as_str()), (at("2026-06-02T11:00"), "over-2h"));
    }

    #[test]
    fn what_was_settled_stands_when_the_past_is_amended() {
        let rule = rule("working-day", 5);
        let mut record = ClockRecord::start(at("2026-06-01T10:00"));
        pause(clock(&rule), &mut record, "2026-06-03T20:00", "2026-06-04T08:00");
        record.consumed += 1;
        let due = clock(&rule).due(&record);
        assert_eq!((due.at, due.derivation.carried), (Some(at("2026-06-05T18:00")), 1));
    }
}
