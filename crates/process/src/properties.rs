//! What must hold of every clock, tried on many, and the calendar held against its source.

use crate::samples::{at, calendar, name, officer, rule, times};
use crate::{Clock, ClockRecord, ClockRule, Day};
use jiff::civil::Date;
use model::Instant;
use proptest::prelude::*;
use std::collections::BTreeMap;

const UNITS: [&str; 5] = ["urgent-hour", "working-hour", "working-day", "calendar-day", "month"];
const MINUTE: i64 = 60_000_000;

/// Some moment of 2026, to the minute or not.
fn moment() -> impl Strategy<Value = Instant> {
    let first = at("2026-01-01T00:00").micros();
    (0..365 * 1_440_i64, prop_oneof![Just(0), 0..MINUTE])
        .prop_map(move |(minutes, micros)| Instant::from_micros(first + minutes * MINUTE + micros))
}

/// A rule, and a clock under it: a start and up to four pauses within the weeks after it.
fn history(
    units: &'static [&'static str],
) -> impl Strategy<Value = (ClockRule, Instant, Vec<(Instant, Instant)>)> {
    let stretches = proptest::collection::vec((0..6_000_i64, prop_oneof![Just(0), 0..6_000_i64]), 0..4);
    (0..units.len(), 1..30_u32, moment(), stretches).prop_map(|(unit, budget, start, stretches)| {
        let unit = units[unit];
        let budget = if unit == "month" { budget % 4 + 1 } else { budget };
        let mut now = start;
        let pauses = stretches.into_iter().map(|(ran, paused)| {
            let from = now.plus_secs(ran * 60);
            now = from.plus_secs(paused * 60);
            (from, now)
        });
        (rule(unit, budget), start, pauses.collect())
    })
}

fn run(clock: Clock, start: Instant, pauses: &[(Instant, Instant)]) -> ClockRecord {
    let mut record = ClockRecord::start(start);
    for (from, to) in pauses {
        clock.pause(&mut record, *from, &name("hearing"), &officer(), "").unwrap();
        clock.resume(&mut record, *to).unwrap();
    }
    record
}

/// Whether offices are open in the minute from a moment on, found without the crate's own counting.
fn open(at: Instant) -> bool {
    let local = times().zone.local(at);
    let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
    let summer = (5..=9).contains(&local.month());
    let [reopens, closes] = if summer { [870, 1_080] } else { [840, 1_050] };
    let worked = matches!(times().calendar.kind_of_day(local.date()), Day::Working { .. });
    worked && ((510..720).contains(&minute) || (reopens..closes).contains(&minute))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn working_minutes_are_those_found_one_by_one(start in 0..360 * 1_440_i64, minutes in 0..20_000_i64) {
        let rule = rule("working-hour", 400);
        let clock = Clock { rule: &rule, times: times() };
        let start = at("2026-01-01T00:00").plus_secs(start * 60);
        let found = (0..minutes).filter(|minute| open(start.plus_secs(minute * 60))).count();
        let consumed = clock.consumed_at(&ClockRecord::start(start), start.plus_secs(minutes * 60));
        prop_assert_eq!(consumed, i64::try_from(found).unwrap() * MINUTE);
    }

    #[test]
    fn days_are_those_found_one_by_one(start in moment(), budget in 1..60_u32) {
        let first = times().zone.date(start);
        let worked = |day: &Date| times().calendar.is_working(*day);
        let after = || first.series(jiff::Span::new().days(1)).skip(1);
        let found = |unit: &str| {
            let rule = rule(unit, budget);
            let due = Clock { rule: &rule, times: times() }.due(&ClockRecord::start(start)).at.unwrap();
            times().zone.date(due)
        };
        let nth = usize::try_from(budget).unwrap() - 1;
        prop_assert_eq!(Some(found("working-day")), after().filter(worked).nth(nth));
        prop_assert_eq!(Some(found("calendar-day")), after().skip(nth).find(worked));
    }

    #[test]
    fn the_due_instant_is_the_first_with_the_budget_consumed((rule, start, pauses) in history(&UNITS)) {
        let clock = Clock { rule: &rule, times: times() };
        let record = run(clock, start, &pauses);
        let due = clock.due(&record);
        let at = due.at.unwrap();
        prop_assert_eq!(due.derivation.carried, 0);
        prop_assert_eq!(due.derivation.counted.iter().map(|piece| piece.amount).sum::<i64>(), clock.budget(&record));
        // Asked of the clock as it was before the pauses that came later.
        let known = pauses.iter().take_while(|(from, _)| *from < at).copied().collect::<Vec<_>>();
        let then = run(clock, start, &known);
        prop_assert_eq!(clock.consumed_at(&then, at), clock.budget(&record));
        let just_before = Instant::from_micros(at.micros() - 1);
        prop_assert!(clock.consumed_at(&then, just_before) < clock.budget(&record));
    }

    #[test]
    fn consumed_time_never_goes_back((rule, start, pauses) in history(&UNITS), moments in proptest::collection::vec(0..40_000_i64, 12)) {
        let clock = Clock { rule: &rule, times: times() };
        let record = run(clock, start, &pauses);
        let mut moments = moments;
        moments.sort_unstable();
        let consumed = moments.iter().map(|minutes| clock.consumed_at(&record, start.plus_secs(minutes * 60)));
        prop_assert!(consumed.collect::<Vec<_>>().is_sorted());
    }

    #[test]
    fn pauses_count_exactly_what_lies_between_them((rule, start, pauses) in history(&UNITS), cuts in proptest::collection::vec(0..10_000_i64, 0..6)) {
        // Cutting the running time by pauses without length, anywhere, changes neither what is consumed nor the due instant.
        let clock = Clock { rule: &rule, times: times() };
        let record = run(clock, start, &pauses);
        let mut cut: Vec<_> = pauses.clone();
        let free = |at: &Instant| pauses.iter().all(|(from, to)| at < from || at > to);
        cut.extend(cuts.iter().map(|minutes| start.plus_secs(minutes * 60)).filter(free).map(|at| (at, at)));
        cut.sort_unstable();
        let cut = run(clock, start, &cut);
        let end = record.settled().max(cut.settled());
        for days in [0, 1, 7, 40] {
            let at = end.plus_secs(days * 86_400);
            prop_assert_eq!(clock.consumed_at(&record, at), clock.consumed_at(&cut, at));
        }
        prop_assert_eq!(clock.due(&record).at, clock.due(&cut).at);
        prop_assert_eq!(ClockRecord::from_value(&cut.to_value()), Some(cut));
    }

    #[test]
    fn hours_and_working_days_add_up_over_the_stretches((rule, start, pauses) in history(&UNITS[..3])) {
        let clock = Clock { rule: &rule, times: times() };
        let whole = |from: Instant, to: Instant| {
            let untouched = ClockRecord::start(start);
            clock.consumed_at(&untouched, to) - clock.consumed_at(&untouched, from)
        };
        let record = run(clock, start, &pauses);
        let paused: i64 = pauses.iter().map(|(from, to)| whole(*from, *to)).sum();
        prop_assert_eq!(record.consumed + paused, whole(start, record.settled()));
    }

    #[test]
    fn rungs_come_in_order_and_when_they_say((rule, start, pauses) in history(&UNITS)) {
        let clock = Clock { rule: &rule, times: times() };
        let mut record = run(clock, start, &pauses);
        for _ in 0..=rule.ladder.len() {
            let settled = record.settled();
            for rung in clock.rungs_due(&record, settled).into_iter().map(|rung| rung.id.clone()).collect::<Vec<_>>() {
                record.take(&rung);
            }
            let Some((at, rung)) = clock.next_rung(&record, settled) else { break };
            prop_assert!(clock.rungs_due(&record, Instant::from_micros(at.micros() - 1)).is_empty());
            let due = clock.rungs_due(&record, at);
            prop_assert_eq!(due.first(), Some(&rung));
            record.take(&rung.id);
        }
    }
}

/// Every day of some years.
fn days(from: i16, to: i16) -> impl Iterator<Item = Date> {
    let first = Date::new(from, 1, 1).unwrap();
    first.series(jiff::Span::new().days(1)).take_while(move |day| day.year() <= to)
}

#[test]
fn the_calendar_has_its_621_holidays_and_151_make_up_days() {
    let calendar = calendar();
    let kinds: Vec<_> = days(2000, 2030).map(|day| calendar.kind_of_day(day)).collect();
    let count = |wanted: fn(&Day) -> bool| kinds.iter().filter(|day| wanted(day)).count();
    assert_eq!(count(|day| matches!(day, Day::Holiday { .. })), 621);
    assert_eq!(count(|day| matches!(day, Day::Working { make_up: Some(_) })), 151);
    let published: Vec<i16> = (2000..2031).filter(|year| calendar.published(*year)).collect();
    assert_eq!(published, (2004..2027).collect::<Vec<_>>());
}

#[test]
fn the_calendar_equals_its_source_day_by_day() {
    #[derive(serde::Deserialize)]
    struct Source {
        holidays: BTreeMap<String, String>,
        workdays: BTreeMap<String, String>,
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/calendar/cn_holidays.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: the source of the calendar, {path}, is not on this machine");
        return;
    };
    let source: Source = serde_json::from_str(&text).unwrap();
    let calendar = calendar();
    for day in days(2007, 2026) {
        let (holiday, make_up) = match calendar.kind_of_day(day) {
            Day::Holiday { name } => (Some(&name.en), None),
            Day::Working { make_up } => (None, make_up.map(|name| &name.en)),
            Day::Weekend => (None, None),
        };
        // The source has a name of its own for the holiday of September 2015.
        let named = |name: &String| {
            if name.starts_with("70th") { "Anti-Fascist 70th Day".into() } else { name.clone() }
        };
        assert_eq!(holiday.map(named).as_ref(), source.holidays.get(&day.to_string()), "{day}");
        assert_eq!(make_up.map(named).as_ref(), source.workdays.get(&day.to_string()), "{day}");
    }
}
