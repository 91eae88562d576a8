//! When a clock is due, and the derivation that a clerk shows to whoever is held to it.
//!
//! Both are projections of the clock's record. They are made for people and for sorting; nothing is decided by them.
//! The fields are plain, so that a page or an interface can copy them into its own shapes.

use crate::count::Trail;
use crate::{Clock, ClockRecord, Day, Pause, Principle, Session, Text, Unit};
use jiff::civil::Date;
use model::{Instant, Name};
use std::collections::BTreeSet;

/// Most lines of counted pieces in a derivation; what is beyond is left out, and the derivation says so.
pub const LINES_MAX: usize = 1_000;

/// When a clock is due, as far as that can be known.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// The moment at which the budget is consumed. Nothing while the clock is paused or after its stop, unless it was
    /// consumed before; and nothing beyond [`crate::HORIZON_YEARS`].
    pub at: Option<Instant>,
    /// Whether the moment rests on days whose calendar is not published, and may move when it is.
    pub provisional: bool,
    /// How it was found.
    pub derivation: Derivation,
}

/// How a due instant was counted: rule, days counted, days skipped and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Derivation {
    /// The clock.
    pub clock: Name,
    /// Its title.
    pub title: Text,
    /// What it counts.
    pub unit: Unit,
    /// How that is counted, and on what basis.
    pub principle: Principle,
    /// How many units are allowed: by the rule, or by the condition that holds.
    pub budget: u32,
    /// How many were granted on top.
    pub extended: u32,
    /// The law or local rule that sets the budget.
    pub basis: String,
    /// When the clock started.
    pub started: Instant,
    /// Whether it runs.
    pub state: State,
    /// What is left as of the clock's last change (start, extension, pause, resumption, stop), in the measure of
    /// [`ClockRecord::consumed`]; negative when it is over. While paused that is the time left.
    pub left: i64,
    /// The pieces that count, in order, to the due instant or the last change.
    pub counted: Vec<Counted>,
    /// The days that do not count, in order, those that follow each other for one reason together.
    pub skipped: Vec<Skipped>,
    /// The ledger of pauses.
    pub pauses: Vec<Pause>,
    /// The office hours that were used, in order.
    pub hours: Vec<HoursInForce>,
    /// The years whose notice could still move the due instant.
    pub provisional_years: Vec<i16>,
    /// What the record holds beyond the counted pieces, because calendar or hours of past days were amended later.
    pub carried: i64,
    /// Whether lines were left out because there were more than [`LINES_MAX`].
    pub cut: bool,
}

/// Whether a clock runs.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// It runs.
    Running,
    /// It stands still: the due instant is unknown until it is resumed.
    Paused {
        /// Since when.
        since: Instant,
        /// The reason's code.
        reason: Name,
        /// The reason's title, where the rule still names it.
        title: Option<Text>,
    },
    /// It has stopped for good.
    Stopped {
        /// When.
        at: Instant,
    },
}

/// A piece of one day that counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// The day.
    pub date: Date,
    /// From when.
    pub from: Instant,
    /// To when.
    pub to: Instant,
    /// How much it adds, in the measure of [`ClockRecord::consumed`]: microseconds, or 1 for a day.
    pub amount: i64,
}

/// Days that do not count.
#[derive(Clone, Debug, PartialEq)]
pub struct Skipped {
    /// The first day.
    pub from: Date,
    /// The last day; the same for one.
    pub to: Date,
    /// Why.
    pub why: Why,
}

/// Why a day does not count.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// It is the day on which the clock started.
    FirstDay,
    /// Saturday or Sunday.
    Weekend,
    /// A day off by the year's notice.
    Holiday {
        /// The festival.
        name: Text,
        /// The notice's number, where it is known.
        notice: Option<String>,
    },
    /// The clock was paused.
    Paused {
        /// The reason's code.
        reason: Name,
        /// The reason's title, where the rule still names it.
        title: Option<Text>,
    },
    /// Offices were not open any more after the clock started, or not yet when it was due.
    OutsideHours,
    /// A working day without known office hours.
    NoHours,
}

/// Office hours that were used.
#[derive(Clone, Debug, PartialEq)]
pub struct HoursInForce {
    /// The first day for which they were used.
    pub from: Date,
    /// The last.
    pub to: Date,
    /// The sessions of a working day.
    pub sessions: Vec<Session>,
    /// The number of the notice that sets them, where it is given.
    pub notice: Option<String>,
}

impl Clock<'_> {
    /// When the clock is due, and why.
    pub fn due(&self, record: &ClockRecord) -> Due {
        let mut trail = Trail::full();
        let budget = self.budget(record);
        let (at, carried) = self.replay(record, budget, &mut trail);
        let beyond = at.is_none() && record.running_since.is_some();
        if beyond {
            // Twenty years of days explain nothing.
            trail.counted.clear();
        }
        let last = at.unwrap_or_else(|| record.settled());
        let skipped = if beyond { Vec::new() } else { self.skipped(record, &trail, last) };
        let derivation = Derivation {
            clock: self.rule.id.clone(),
            title: self.rule.title.clone(),
            unit: self.rule.unit,
            principle: self.rule.unit.principle(),
            budget: record.budget.unwrap_or(self.rule.budget),
            extended: record.extended,
            basis: record.basis.as_ref().unwrap_or(&self.rule.basis).clone(),
            started: record.started,
            state: self.state(record),
            left: budget.saturating_sub(record.consumed),
            skipped,
            pauses: record.pauses.clone(),
            hours: self.hours_used(&trail.counted),
            provisional_years: trail.unsettled.iter().copied().collect(),
            carried,
            cut: trail.cut,
            counted: trail.counted,
        };
        Due { at, provisional: !derivation.provisional_years.is_empty(), derivation }
    }

    fn state(&self, record: &ClockRecord) -> State {
        match (record.stopped, record.paused()) {
            (Some(at), _) => State::Stopped { at },
            (None, None) => State::Running,
            (None, Some(pause)) => {
                let (reason, title) = self.named(pause);
                State::Paused { since: pause.from, reason, title }
            }
        }
    }

    fn named(&self, pause: &Pause) -> (Name, Option<Text>) {
        let title = self.rule.pause_reason(&pause.reason).map(|reason| reason.title.clone());
        (pause.reason.clone(), title)
    }

    fn skipped(&self, record: &ClockRecord, trail: &Trail, last: Instant) -> Vec<Skipped> {
        let counted: BTreeSet<Date> = trail.counted.iter().map(|piece| piece.date).collect();
        // Where lines were cut, the days after the last line were not looked at.
        let cut = trail.counted.last().filter(|_| trail.cut).map(|piece| piece.date);
        let last = cut.unwrap_or_else(|| self.times.zone.date(last));
        let mut skipped: Vec<Skipped> = Vec::new();
        let mut date = record.first_day(self.times.zone);
        while date <= last && skipped.len() < LINES_MAX {
            if !counted.contains(&date) {
                let why = self.why(record, date);
                let before =
                    skipped.last_mut().filter(|before| before.to.tomorrow().is_ok_and(|next| next == date));
                match before.filter(|before| before.why == why) {
                    Some(before) => before.to = date,
                    None => skipped.push(Skipped { from: date, to: date, why }),
                }
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        skipped
    }

    fn why(&self, record: &ClockRecord, date: Date) -> Why {
        let unit = self.rule.unit;
        if !unit.is_hours() && date == record.first_day(self.times.zone) {
            return Why::FirstDay;
        }
        let paused = self.paused_on(record, date).map(|pause| {
            let (reason, title) = self.named(pause);
            Why::Paused { reason, title }
        });
        let off = match self.times.calendar.kind_of_day(date) {
            Day::Working { .. } => None,
            Day::Weekend => Some(Why::Weekend),
            Day::Holiday { name } => {
                let notice = self.times.calendar.notice(date.year()).map(str::to_owned);
                Some(Why::Holiday { name: name.clone(), notice })
            }
        };
        let why = match unit {
            // Days off do not count, paused or not; they are named as what they are.
            Unit::WorkingHour | Unit::WorkingDay => off.or(paused),
            Unit::UrgentHour => paused,
            // Days off count, unless the last day waits for a working day.
            Unit::CalendarDay | Unit::Month => paused.or(off),
        };
        let closed = || if self.times.sessions(date).is_empty() { Why::NoHours } else { Why::OutsideHours };
        why.unwrap_or_else(closed)
    }

    /// The pause because of which nothing of a day counts.
    fn paused_on<'r>(&self, record: &'r ClockRecord, date: Date) -> Option<&'r Pause> {
        let (midnight, next) = self.times.day(date)?;
        let end = self.times.end_of(date)?;
        record.pauses.iter().find(|pause| {
            let lasts_after = |at: Instant| pause.to.is_none_or(|to| to >= at);
            if self.rule.unit.is_hours() {
                pause.from < next && lasts_after(midnight)
            } else {
                pause.from < end && lasts_after(end)
            }
        })
    }

    /// The hours of the days that count by hours, or of the last day.
    fn hours_used(&self, counted: &[Counted]) -> Vec<HoursInForce> {
        let counted = match self.rule.unit {
            Unit::UrgentHour => &[],
            Unit::WorkingHour => counted,
            Unit::WorkingDay | Unit::CalendarDay | Unit::Month => {
                counted.split_last().map_or(&[][..], |(last, _)| std::slice::from_ref(last))
            }
        };
        let mut used: Vec<HoursInForce> = Vec::new();
        for Counted { date, .. } in counted {
            let (sessions, notice) = (self.times.hours.sessions(*date), self.times.hours.notice(*date));
            let before = used.last_mut().filter(|before| before.sessions == sessions);
            match before.filter(|before| before.notice.as_deref() == notice) {
                Some(before) => before.to = *date,
                None => used.push(HoursInForce {
                    from: *date,
                    to: *date,
                    sessions: sessions.to_vec(),
                    notice: notice.map(str::to_owned),
                }),
            }
        }
        used
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, date, name, officer, rule, times};
    use crate::{ClockRule, HORIZON_YEARS, OfficeHours, Times};

    fn due_of(rule: &ClockRule, start: &str) -> Due {
        Clock { rule, times: times() }.due(&ClockRecord::start(at(start)))
    }

    /// `2026-10-01..2026-10-07 国庆节`, one per stretch.
    fn skipped(derivation: &Derivation) -> Vec<String> {
        let why = |why: &Why| match why {
            Why::FirstDay => "first day".to_owned(),
            Why::Weekend => "weekend".to_owned(),
            Why::Holiday { name, .. } => name.en.clone(),
            Why::Paused { reason, .. } => reason.to_string(),
            Why::OutsideHours => "outside hours".to_owned(),
            Why::NoHours => "no hours".to_owned(),
        };
        derivation
            .skipped
            .iter()
            .map(|line| format!("{}..{} {}", line.from, line.to, why(&line.why)))
            .collect()
    }

    /// `2026-09-30 16:00-18:00`, one per piece.
    fn counted(derivation: &Derivation) -> Vec<String> {
        let minute = |at: Instant| times().zone.minute(at)[11..].to_owned();
        let piece = |piece: &Counted| format!("{} {}-{}", piece.date, minute(piece.from), minute(piece.to));
        derivation.counted.iter().map(piece).collect()
    }

    #[test]
    fn four_working_hours_before_the_national_day_explain_themselves() {
        let rule = rule("working-hour", 4);
        let due = due_of(&rule, "2026-09-30T16:00");
        assert_eq!(due.at, Some(at("2026-10-08T10:30")));
        assert!(!due.provisional);
        let derivation = due.derivation;
        assert_eq!(counted(&derivation), ["2026-09-30 16:00-18:00", "2026-10-08 08:30-10:30"]);
        assert_eq!(skipped(&derivation), ["2026-10-01..2026-10-07 National Day"]);
        let notice = Some("国办发明电〔2025〕7号".to_owned());
        let name = Text::new("国庆节", "National Day");
        assert_eq!(derivation.skipped[0].why, Why::Holiday { name, notice });
        let hours: Vec<_> = derivation
            .hours
            .iter()
            .map(|hours| {
                let sessions: Vec<_> = hours.sessions.iter().map(ToString::to_string).collect();
                format!("{} {}", hours.from, sessions.join(", "))
            })
            .collect();
        assert_eq!(hours, ["2026-09-30 08:30-12:00, 14:30-18:00", "2026-10-08 08:30-12:00, 14:00-17:30"]);
        assert_eq!(derivation.basis, "municipal response rules §3");
        assert!(derivation.principle.en.contains("offices are open"));
        assert_eq!((derivation.state, derivation.left), (State::Running, 4 * 3_600_000_000));
        assert_eq!(derivation.counted.iter().map(|piece| piece.amount).sum::<i64>(), 4 * 3_600_000_000);
    }

    #[test]
    fn due_instants_follow_calendar_and_hours() {
        for (unit, budget, start, due, why) in [
            ("working-hour", 4, "2026-06-01T10:00", "2026-06-01T16:30", "the lunch break does not count"),
            ("working-hour", 2, "2026-06-01T12:30", "2026-06-01T16:30", "nor does a start within it"),
            ("working-hour", 7, "2026-06-01T08:30", "2026-06-01T18:00", "a day ends when offices close"),
            ("working-hour", 1, "2026-06-05T18:00", "2026-06-08T09:30", "nothing is left of that Friday"),
            (
                "working-hour",
                1,
                "2026-06-06T03:00",
                "2026-06-08T09:30",
                "a start on a weekend waits for Monday",
            ),
            ("working-hour", 1, "2026-10-09T17:00", "2026-10-10T09:00", "the make-up Saturday counts"),
            ("working-hour", 8, "2026-04-30T16:30", "2026-05-06T18:00", "a season ends within the count"),
            ("urgent-hour", 4, "2026-09-30T23:00", "2026-10-01T03:00", "urgent hours know no holiday"),
            ("urgent-hour", 24, "2026-10-01T10:15", "2026-10-02T10:15", "nor nights"),
            ("working-day", 1, "2026-06-01T00:00", "2026-06-02T18:00", "the first day does not count"),
            ("working-day", 1, "2026-06-01T23:59", "2026-06-02T18:00", "whenever it starts"),
            ("working-day", 5, "2026-06-04T10:00", "2026-06-11T18:00", "a weekend does not count"),
            (
                "working-day",
                2,
                "2026-02-13T10:00",
                "2026-02-24T17:30",
                "Spring Festival, with its make-up Saturday before",
            ),
            ("working-day", 5, "2026-02-13T10:00", "2026-02-27T17:30", "and after it"),
            ("working-day", 6, "2026-02-13T10:00", "2026-02-28T17:30", "the make-up Saturday after it"),
            ("working-day", 3, "2026-10-07T10:00", "2026-10-10T17:30", "the make-up Saturday of 10 October"),
            ("working-day", 1, "2026-10-10T10:00", "2026-10-12T17:30", "the Sunday after it"),
            (
                "calendar-day",
                5,
                "2026-06-01T10:00",
                "2026-06-08T18:00",
                "a last day on Saturday waits for Monday",
            ),
            ("calendar-day", 8, "2026-06-01T10:00", "2026-06-09T18:00", "weekends in between count"),
            (
                "calendar-day",
                3,
                "2026-09-28T10:00",
                "2026-10-08T17:30",
                "a last day in a holiday waits for its end",
            ),
            (
                "calendar-day",
                7,
                "2026-10-03T10:00",
                "2026-10-10T17:30",
                "a make-up Saturday is a working day",
            ),
            (
                "month",
                1,
                "2026-01-31T10:00",
                "2026-02-28T17:30",
                "no 31 February: the month's last day, here worked",
            ),
            ("month", 1, "2024-01-31T10:00", "2024-02-29T23:59:60", "29 February; hours unknown: 24:00"),
            ("month", 3, "2026-03-15T10:00", "2026-06-15T18:00", "the same day of the month"),
            ("month", 1, "2026-09-05T10:00", "2026-10-08T17:30", "the same day is off: after the holiday"),
            ("month", 12, "2025-06-19T10:00", "2026-06-22T18:00", "a year; Dragon Boat and its weekend wait"),
        ] {
            let due_at = due_of(&rule(unit, budget), start).at;
            let expected = if due.ends_with(":60") { at("2024-03-01T00:00") } else { at(due) };
            assert_eq!(due_at, Some(expected), "{budget} {unit} from {start}: {why}");
        }
    }

    #[test]
    fn every_skipped_day_has_its_reason_once() {
        for (unit, budget, start, expected) in [
            (
                "working-day",
                5,
                "2026-02-12T10:00",
                vec!["2026-02-12..2026-02-12 first day", "2026-02-15..2026-02-23 Spring Festival"],
            ),
            (
                "working-day",
                4,
                "2026-06-04T10:00",
                vec!["2026-06-04..2026-06-04 first day", "2026-06-06..2026-06-07 weekend"],
            ),
            (
                "working-hour",
                1,
                "2026-06-05T19:00",
                vec!["2026-06-05..2026-06-05 outside hours", "2026-06-06..2026-06-07 weekend"],
            ),
            (
                "calendar-day",
                3,
                "2026-09-28T10:00",
                vec!["2026-09-28..2026-09-28 first day", "2026-10-01..2026-10-07 National Day"],
            ),
            ("urgent-hour", 100, "2026-10-01T10:00", vec![]),
        ] {
            let due = due_of(&rule(unit, budget), start);
            assert_eq!(skipped(&due.derivation), expected, "{budget} {unit} from {start}");
        }
    }

    #[test]
    fn a_pause_is_explained_and_leaves_no_date_standing() {
        let rule = rule("working-day", 10);
        let clock = Clock { rule: &rule, times: times() };
        let mut record = ClockRecord::start(at("2026-06-01T10:00"));
        clock.pause(&mut record, at("2026-06-04T09:00"), &name("hearing"), &officer(), "").unwrap();
        let Due { at: due, derivation, .. } = clock.due(&record);
        assert_eq!(due, None);
        assert_eq!(derivation.left, 8);
        let title = Some(Text::new("听证", "Hearing"));
        let since = at("2026-06-04T09:00");
        assert_eq!(derivation.state, State::Paused { since, reason: name("hearing"), title });
        assert_eq!(derivation.counted.len(), 2);

        clock.resume(&mut record, at("2026-06-10T09:00")).unwrap();
        let Due { at: due, derivation, .. } = clock.due(&record);
        assert_eq!(due, Some(at("2026-06-22T18:00")));
        assert_eq!(
            skipped(&derivation),
            [
                "2026-06-01..2026-06-01 first day",
                "2026-06-04..2026-06-05 hearing",
                "2026-06-06..2026-06-07 weekend",
                "2026-06-08..2026-06-09 hearing",
                "2026-06-13..2026-06-14 weekend",
                "2026-06-19..2026-06-21 Dragon Boat Festival",
            ]
        );
        assert_eq!(derivation.pauses, record.pauses);
    }

    #[test]
    fn a_deadline_that_crosses_an_unpublished_year_says_so() {
        for (unit, budget, start, years) in [
            ("working-day", 20, "2026-12-10T10:00", vec![2027]),
            ("working-day", 5, "2026-12-10T10:00", vec![]),
            ("working-day", 2, "2026-12-25T10:00", vec![2027]),
            ("working-hour", 40, "2026-12-25T10:00", vec![2027]),
            ("working-day", 300, "2026-12-10T10:00", vec![2027, 2028]),
            // Only the last day of calendar days and months rests on the calendar.
            ("calendar-day", 30, "2026-12-10T10:00", vec![2027]),
            ("month", 3, "2026-11-23T10:00", vec![2027]),
            ("urgent-hour", 1_000, "2026-12-10T10:00", vec![]),
        ] {
            let due = due_of(&rule(unit, budget), start);
            assert!(due.at.is_some());
            assert_eq!(due.derivation.provisional_years, years, "{budget} {unit} from {start}");
            assert_eq!(due.provisional, !years.is_empty());
        }
    }

    #[test]
    fn counting_ends_at_the_horizon() {
        let closed: OfficeHours = toml::from_str("format = 1\nedition = []").unwrap();
        let times = Times { hours: &closed, ..*times() };
        let rule = rule("working-hour", 1);
        let due = Clock { rule: &rule, times: &times }.due(&ClockRecord::start(at("2026-06-01T10:00")));
        assert_eq!((due.at, due.derivation.counted.len(), due.derivation.skipped.len()), (None, 0, 0));
        let long = crate::samples::rule("month", u32::from(HORIZON_YEARS.unsigned_abs()) * 12 + 1);
        assert_eq!(due_of(&long, "2026-06-01T10:00").at, None);
        for ends in [i64::MIN, i64::MAX] {
            let start = ClockRecord::start(Instant::from_micros(ends));
            for unit in ["urgent-hour", "working-hour", "working-day", "calendar-day", "month"] {
                let rule = crate::samples::rule(unit, 2);
                let clock = Clock { rule: &rule, times: self::times() };
                let _ = (clock.due(&start), clock.left_at(&start, Instant::from_micros(i64::MAX)));
            }
        }
    }

    #[test]
    fn long_derivations_are_cut_and_say_so() {
        let due = due_of(&rule("working-day", 1_200), "2020-06-01T10:00");
        assert!(due.at.is_some() && due.derivation.cut);
        assert_eq!(due.derivation.counted.len(), LINES_MAX);
        let last = due.derivation.counted.last().map(|piece| piece.date);
        assert!(due.derivation.skipped.last().map(|line| line.to) < last);
    }

    #[test]
    fn a_derivation_is_the_same_each_time() {
        let rule = rule("working-day", 20);
        assert_eq!(due_of(&rule, "2026-09-01T10:00"), due_of(&rule, "2026-09-01T10:00"));
        assert_eq!(due_of(&rule, "2026-09-01T10:00").derivation.hours[0].from, date("2026-09-29"));
    }
}
