//! Each kind of condition, by tables: what was observed, and what is said of each hour.

use crate::source::{World, at, exceedance, hour, hours, name, rule, series, short, verdicts, year};
use model::{Flag, Period};
use rule::{Unjudged, Window, judge, look};

const START: &str = "2026-10-08T08:00";

/// Hours from eight o'clock, and what is said of each.
fn check(levels: &[&str], values: &str, expected: &str) {
    let (rule, world) = (rule(levels), World::new());
    let count = i64::try_from(values.split_whitespace().count()).unwrap();
    assert_eq!(
        verdicts(&rule, &hours(START, values), &world, START, count),
        expected,
        "{levels:?} of {values}"
    );
}

#[test]
fn a_value_holds_at_once() {
    let levels = &["over: so2 > limit(so2Limit)"];
    check(levels, "34 36 40 34", ". over! over x");
    check(levels, "40D 40 - 40F", ". over! . ~");
}

#[test]
fn a_duration_wants_valid_hours_in_a_row() {
    let levels = &["two: so2 > limit(so2Limit); lasts 2h"];
    check(levels, "40 41 42", ". two! two");
    check(levels, "400D 400 400", ". . two!");
    check(levels, "400 400F 400 400", ". . . two!");
    check(levels, "400 - 400", ". . .");
    check(levels, "400C 400M 400B", ". . .");
    check(&["five: so2 > 35 mg/m³; lasts 5h"], "40 40 40 40 40 40 30 40", ". . . . five! five x .");
}

#[test]
fn a_count_is_of_one_local_day() {
    let levels = &["often: so2 > limit(so2Limit); times 3 within 1d"];
    check(levels, "40 30 40 30 40 30 40", ". . . . often! x often!");
    // 22:00 and 23:00 do not count into the next day.
    let (rule, world) = (rule(levels), World::new());
    let history = hours("2026-10-08T22:00", "40 40 40 40 40");
    assert_eq!(verdicts(&rule, &history, &world, "2026-10-08T22:00", 5), ". . . . often!");
    check(&["often: so2 > 35 mg/m³; times 2 within 3h"], "40 30 40 30 30 40", ". . often! x . .");
    check(&["often: so2 > 35 mg/m³; times 3 within 1d"], "40 40D 40 30 40", ". . . . often!");
}

#[test]
fn a_mean_wants_its_share_of_valid_hours() {
    let levels = &["mean: mean(so2, 4h) > limit(so2Limit)"];
    check(levels, "40 40 40 40", ". . mean! mean");
    check(levels, "40 400D 40 40", ". . . mean!");
    check(levels, "40 400D 400F 40", ". . . .");
    check(&["mean: mean(so2, 4h, 0.5) > 35 mg/m³"], "40 400D 400F 40 40", ". . . mean! mean");
    // (34 + 34 + 34 + 40) / 4 = 35.5 is written as the limit is: 36. One less is 35.25, and 35.
    check(levels, "34 34 34 40", ". . . mean!");
    check(levels, "34 34 34 39", ". . . .");
}

#[test]
fn a_change_is_against_so_long_before() {
    check(&["jump: change(so2, 1h) > 20 mg/m³"], "10 35 30 51", ". jump! x jump!");
    check(&["jump: change(so2, 2h) > 20 mg/m³"], "10 99D 31 20 -", ". . jump! ~ .");
    check(&["fall: change(so2, 1h) < -20 mg/m³"], "60 30 5", ". fall! fall");
}

#[test]
fn several_attributes_are_judged_in_the_same_window() {
    let rule = rule(&["idle: so2 > 5 mg/m³ and flow < 1 m³/s"]);
    let mut history = hours(START, "10 10 10 10D");
    series(&mut history, "flow", START, 3600, "9 0.5 0.5D 0.5");
    assert_eq!(verdicts(&rule, &history, &World::new(), START, 4), ". idle! ~ ~");
    let clean = hours(START, "10 10");
    assert_eq!(verdicts(&rule, &clean, &World::new(), START, 2), ". .", "without flow it cannot be said");
}

#[test]
fn the_limit_is_that_of_the_local_day_and_values_are_rounded_as_it_is_written() {
    let (rule, world) = (exceedance(), World::new());
    // 23:00 on 30 September stands under the old permit, midnight under the new one.
    let history = hours("2026-09-30T23:00", "90 90 90");
    assert_eq!(verdicts(&rule, &history, &world, "2026-09-30T23:00", 3), ". . two-hours!");
    assert_eq!(verdicts(&rule, &hours(START, "35.4 36"), &world, START, 2), ". .");
    assert_eq!(verdicts(&rule, &hours(START, "35.5 36"), &world, START, 2), ". two-hours!");
    let mut early =
        rule::History::new(rule::Span { from: at("2016-01-01T00:00"), to: at("2017-01-01T00:00") });
    series(&mut early, "so2", "2016-10-08T08:00", 3600, "400 400");
    assert_eq!(verdicts(&rule, &early, &world, "2016-10-08T08:00", 2), ". .", "no limit is in force");
    let unlimited = |start: &str, history: &rule::History| {
        judge(&rule, hour(start), history, world.known()).unwrap().unlimited
    };
    assert!(unlimited("2016-10-08T08:00", &early) && !unlimited("2026-09-30T23:00", &history));
}

#[test]
fn a_verdict_names_its_hours_and_its_limit() {
    let history = hours(START, "40 41");
    let verdict = judge(&exceedance(), hour("2026-10-08T09:00"), &history, World::new().known()).unwrap();
    let used: Vec<_> = verdict.used.iter().map(|u| (u.observed.observed, u.observed.sequence)).collect();
    assert_eq!(used, [(at(START), 100), (at("2026-10-08T09:00"), 101)]);
    assert_eq!(verdict.limit.map(|limit| (limit.value, limit.source)), Some((35.0, "permit".to_owned())));
    assert_eq!(verdict.episode.map(|episode| episode.start), Some(at("2026-10-08T09:00")));
}

#[test]
fn limits_come_from_tables_and_other_attributes_are_compared_by_over() {
    check(&["over: so2 > limit('gb-13271', fuel)"], "300.4 300.6", ". over!");
    let rule = rule(&["over: over(nox, noxLimit) or over(so2, so2Limit)"]);
    let mut history = hours(START, "35.4 35.4 35.6");
    series(&mut history, "nox", START, 3600, "50.05 50.06 1");
    assert_eq!(verdicts(&rule, &history, &World::new(), START, 3), ". over! over");
}

#[test]
fn values_without_a_grid_last_as_long_as_neighbours_are_near() {
    let mut rule = rule(&["gas: so2 > 35 mg/m³; lasts 10min"]);
    let minute = |minute: i64| {
        let start = at(START).plus_secs(minute * 60);
        Window { start, end: start }
    };
    for (period, every, values, expected) in [
        (Period::Moment, 300, "40 40 40 30 40", ". . gas! x ."),
        (Period::Minute, 300, "40 40D 40 40 40", ". . . . gas!"),
        // Ten minutes apart is in a row; twelve are not.
        (Period::Minute, 600, "40 40 40", ". gas! gas"),
        (Period::Minute, 720, "40 40 40", ". . ."),
    ] {
        rule.on.period = period;
        let mut history = year();
        series(&mut history, "so2", START, every, values);
        let windows = (0..).zip(values.split_whitespace()).map(|(index, _)| minute(index * every / 60));
        let found: Vec<_> = windows
            .map(|window| short(&judge(&rule, window, &history, World::new().known()).unwrap()))
            .collect();
        assert_eq!(found.join(" "), expected, "{values} every {every} s");
    }
}

#[test]
fn days_are_judged_by_the_local_date() {
    let mut rule = rule(&["two: so2 > limit(so2Limit); lasts 2d"]);
    rule.on.period = Period::Day;
    let mut history = year();
    series(&mut history, "so2", "2026-09-29T00:00", 86_400, "90 90 90 90 30");
    let day = |text: &str| Window { start: at(text), end: at(text).plus_secs(86_400) };
    let mut covered = rule::History::new(rule::Span { from: at("2024-01-01T00:00"), to: history.span().to });
    series(&mut covered, "so2", "2026-09-29T00:00", 86_400, "90 90 90 90 30");
    let verdict = |text| short(&judge(&rule, day(text), &covered, World::new().known()).unwrap());
    let days = ["2026-09-30T00:00", "2026-10-01T00:00", "2026-10-02T00:00", "2026-10-03T00:00"];
    assert_eq!(days.map(verdict), [".", ".", "two!", "x"]);
    let short = judge(&rule, day("2026-10-02T00:00"), &history, World::new().known());
    assert!(
        matches!(short, Err(Unjudged::Short { span }) if span.from == at("2024-12-31T00:00")),
        "{short:?}"
    );
}

#[test]
fn a_window_waits_for_what_it_lacks() {
    let mut rule = rule(&["idle: so2 > 5 mg/m³ and not flow >= 1 m³/s"]);
    rule.lateness = crate::source::length("1h");
    let history = hours(START, "10");
    let verdict = |now: &str| judge(&rule, hour(START), &history, World::at(now).known());
    assert_eq!(verdict("2026-10-08T09:59"), Err(Unjudged::Waiting { until: at("2026-10-08T10:00") }));
    assert!(verdict("2026-10-08T10:00").is_ok());
    let mut whole = history.clone();
    series(&mut whole, "flow", START, 3600, "0.2");
    let early = judge(&rule, hour(START), &whole, World::at("2026-10-08T09:01").known());
    assert_eq!(early.unwrap().level, Some(name("idle")), "all inputs are there");
}

#[test]
fn flags_that_count_are_the_rules_own() {
    let mut rule = exceedance();
    rule.valid = vec![Flag(b'N'), Flag(b'M')];
    assert_eq!(verdicts(&rule, &hours(START, "40M 40 40D"), &World::new(), START, 3), ". two-hours! ~");
}

#[test]
fn the_first_look_needs_the_near_history_only() {
    let rule = exceedance();
    let reach = rule.reach(at("2026-10-08T09:00"), &crate::source::zone());
    let mut near = rule::History::new(reach.near);
    series(&mut near, "so2", START, 3600, "40 41");
    let world = World::new();
    let seen = look(&rule, hour("2026-10-08T09:00"), &near, world.known()).unwrap();
    assert_eq!((seen.level, seen.episode, seen.used.len()), (Some(name("two-hours")), None, 2));
    assert!(matches!(
        judge(&rule, hour("2026-10-08T09:00"), &near, world.known()),
        Err(Unjudged::Short { .. })
    ));
}

#[test]
fn a_value_touches_the_windows_that_look_back_to_it() {
    let starts = |levels: &[&str], at_text: &str| -> Vec<String> {
        let windows = rule(levels).ends(at(at_text), &crate::source::zone());
        windows.iter().map(|window| crate::source::zone().minute(window.start)).collect()
    };
    assert_eq!(starts(&["two: so2 > 1 mg/m³; lasts 2h"], START), ["2026-10-08 08:00", "2026-10-08 09:00"]);
    assert_eq!(starts(&["now: so2 > 1 mg/m³"], START), ["2026-10-08 08:00"]);
    let day = starts(&["often: so2 > 1 mg/m³; times 3 within 1d"], "2026-10-08T21:00");
    assert_eq!(day, ["2026-10-08 21:00", "2026-10-08 22:00", "2026-10-08 23:00"]);
    assert_eq!(starts(&["mean: mean(so2, 3h) > 1 mg/m³"], START).len(), 3);
    assert_eq!(starts(&["change: change(so2, 3h) > 1 mg/m³; lasts 2h"], START).len(), 5);
    let reach = exceedance().reach(at(START), &crate::source::zone());
    assert_eq!(reach.near, rule::Span { from: at("2026-10-08T07:00"), to: at("2026-10-08T10:00") });
    assert_eq!(reach.far, rule::Span { from: at("2026-08-31T23:00"), to: at("2026-12-01T00:00") });
}
