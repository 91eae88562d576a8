//! Episodes: hysteresis, escalation, silence, and how long one can be.

use crate::source::{World, at, condition, hour, hours, length, name, rule, series, short, verdicts, year};
use model::{Instant, Period};
use rule::{Held, Rule, Span, Window, due, judge, next_due, replay};

const START: &str = "2026-10-08T08:00";

const BEGINNING: Instant = Instant::from_micros(i64::MIN);

/// Steps of 35 and 70, over at 90 % of the limit, held for two hours.
fn steps() -> Rule {
    let mut rule = rule(&["one: so2 > limit(so2Limit)", "two: so2 > 2 * limit(so2Limit)"]);
    rule.clear = Some(condition("so2 <= 0.9 * limit(so2Limit)"));
    rule.clear_after = Some(length("2h"));
    rule
}

fn check(rule: &Rule, values: &str, expected: &str) {
    let count = i64::try_from(values.split_whitespace().count()).unwrap();
    assert_eq!(verdicts(rule, &hours(START, values), &World::new(), START, count), expected, "{values}");
}

#[test]
fn an_episode_ends_when_it_has_been_clear_for_long_enough() {
    let rule = steps();
    check(&rule, "40 34 30 30 30 40", "one! ~ ~ x . one!");
    check(&rule, "40 30 34 30 40", "one! ~ ~ ~ one");
    // An hour that is missing or does not count is not clear: the row begins again.
    check(&rule, "40 30 30D 30 30", "one! ~ ~ ~ x");
    check(&rule, "40 30 - 30 30", "one! ~ . ~ x");
    // 31.5 is nine tenths; 31.6 is rounded as the limit is written, to 32.
    check(&rule, "40 31.4 31.6 31 31", "one! ~ ~ ~ x");
}

#[test]
fn each_level_acts_once_and_a_higher_one_acts_again() {
    let rule = steps();
    check(&rule, "40 41 80 40 90", "one! one two! one two");
    check(&rule, "80 40 30 30 40", "two! one ~ x one!");
}

#[test]
fn without_a_clear_condition_an_episode_ends_with_the_first_hour_in_which_nothing_holds() {
    let single = rule(&["two: so2 > limit(so2Limit); lasts 2h"]);
    check(&single, "40 40 30 40 40", ". two! x . two!");
    let mut longer = rule(&["now: so2 > limit(so2Limit)"]);
    longer.clear_after = Some(length("3h"));
    check(&longer, "40 30 30 40 30 30 30", "now! ~ ~ now ~ ~ x");
}

#[test]
fn an_episode_is_known_by_its_first_window() {
    let history = hours(START, "40 41 30 42 30 30");
    let episode = |at_text: &str| {
        judge(&steps(), hour(at_text), &history, World::new().known()).unwrap().episode.unwrap()
    };
    assert_eq!(episode("2026-10-08T11:00").start, at(START));
    let ended = episode("2026-10-08T13:00");
    assert_eq!(
        (ended.start, ended.reached, ended.ended),
        (at(START), name("one"), Some(at("2026-10-08T14:00")))
    );
}

/// As many hours of one value.
fn flat(value: &str, count: usize) -> String {
    vec![value; count].join(" ")
}

#[test]
fn an_episode_over_the_turn_of_a_month_stays_one_and_one_of_months_acts_once_too() {
    let (rule, world) = (rule(&["now: so2 > 20 mg/m³"]), World::new());
    let start = |history: &rule::History, at_text: &str| -> Instant {
        judge(&rule, hour(at_text), history, world.known()).unwrap().episode.unwrap().start
    };
    let short = hours("2026-09-25T00:00", &flat("40", 24 * 20));
    assert_eq!(start(&short, "2026-10-14T12:00"), at("2026-09-25T00:00"));
    let long = hours("2026-09-25T00:00", &flat("40", 24 * 100));
    assert_eq!(start(&long, "2026-10-31T23:00"), at("2026-09-25T00:00"));
    assert_eq!(start(&long, "2026-11-01T00:00"), at("2026-10-01T00:00"), "all October long");
    assert_eq!(start(&long, "2026-12-01T00:00"), at("2026-11-01T00:00"));
    let span = Span { from: at("2026-09-01T00:00"), to: at("2027-01-31T00:00") };
    let acts: Vec<_> = replay(&rule, &long, world.known(), span).unwrap();
    let acts: Vec<_> =
        acts.iter().filter(|verdict| verdict.acts).map(|verdict| verdict.window.start).collect();
    assert_eq!(acts, [at("2026-09-25T00:00")]);
}

fn silent() -> Rule {
    let mut rule = rule(&["late: silent 2h", "dead: silent 6h"]);
    rule.clear_after = Some(length("2h"));
    rule
}

/// Silences in minutes from eight o'clock: from, to, level.
fn told(rule: &Rule, history: &rule::History, world: &World) -> Vec<(i64, i64, String)> {
    let minutes = |at_: Instant| at_.since(at(START)) / 60_000_000;
    let windows = due(rule, history, world.known(), BEGINNING).unwrap();
    let verdict = |window| short(&judge(rule, window, history, world.known()).unwrap());
    windows.into_iter().map(|window| (minutes(window.start), minutes(window.end), verdict(window))).collect()
}

#[test]
fn silence_is_judged_by_log_time() {
    let rule = silent();
    let history = hours(START, "40");
    for (now, expected) in [
        ("2026-10-08T10:59", vec![]),
        ("2026-10-08T11:00", vec![(60, 180, "late!")]),
        ("2026-10-08T15:00", vec![(60, 180, "late!"), (60, 420, "dead!")]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|(a, b, level)| (a, b, level.to_owned())).collect();
        assert_eq!(told(&rule, &history, &World::at(now)), expected, "{now}");
    }
    let next = |now: &str| next_due(&rule, &history, World::at(now).known()).unwrap();
    assert_eq!(next("2026-10-08T09:00"), Some(at("2026-10-08T11:00")));
    assert_eq!(next("2026-10-08T11:00"), Some(at("2026-10-08T15:00")));
    assert_eq!(next("2026-10-08T15:00"), None);
}

#[test]
fn silence_does_not_count_the_time_in_which_the_node_was_down() {
    let (rule, history) = (silent(), hours(START, "40"));
    let mut world = World::at("2026-10-08T12:00");
    world.down = vec![Span { from: at("2026-10-08T09:30"), to: at("2026-10-08T11:00") }];
    assert_eq!(told(&rule, &history, &world), []);
    assert_eq!(next_due(&rule, &history, world.known()), Ok(Some(at("2026-10-08T12:30"))));
    world.now = at("2026-10-08T12:30");
    assert_eq!(told(&rule, &history, &world), [(60, 270, "late!".to_owned())]);
}

#[test]
fn silence_waits_for_lateness_and_counts_from_the_beginning() {
    let (mut rule, mut world) = (silent(), World::at("2026-10-08T11:20"));
    rule.lateness = length("30min");
    let history = hours(START, "40");
    assert_eq!(told(&rule, &history, &world), []);
    assert_eq!(next_due(&rule, &history, world.known()), Ok(Some(at("2026-10-08T11:30"))));
    world.now = at("2026-10-08T11:30");
    assert_eq!(told(&rule, &history, &world).len(), 1);
    world.since = Some(at("2026-10-08T08:00"));
    assert_eq!(told(&rule, &year(), &world), [(0, 120, "late!".to_owned())], "nothing ever came");
    world.since = None;
    assert_eq!(told(&rule, &year(), &world), []);
}

#[test]
fn a_window_that_lacks_a_value_is_due_when_its_lateness_has_passed() {
    let mut rule = rule(&["idle: so2 > 5 mg/m³ and not flow >= 1 m³/s"]);
    rule.lateness = length("1h");
    let history = hours(START, "10");
    let (early, late) = (World::at("2026-10-08T09:30"), World::at("2026-10-08T10:00"));
    assert_eq!(next_due(&rule, &history, early.known()), Ok(Some(at("2026-10-08T10:00"))));
    assert_eq!(due(&rule, &history, early.known(), BEGINNING), Ok(vec![]));
    assert_eq!(due(&rule, &history, late.known(), early.now), Ok(vec![hour(START)]));
    assert_eq!(due(&rule, &history, late.known(), late.now), Ok(vec![]), "once");
    assert_eq!(next_due(&rule, &history, late.known()), Ok(None));
}

#[test]
fn a_gap_that_is_filled_late_was_no_silence() {
    let rule = silent();
    let world = World::at("2026-10-08T14:00");
    let mut history = hours(START, "40 - - - 40");
    assert_eq!(told(&rule, &history, &world), [(60, 180, "late!".to_owned())]);
    // A device that is back must stay for two hours.
    let later = hours(START, "40 - - - 40 41 42");
    assert_eq!(verdicts(&rule, &later, &World::new(), "2026-10-08T12:00", 3), "~ x .");
    series(&mut history, "so2", "2026-10-08T09:00", 3600, "40D 40D");
    assert_eq!(told(&rule, &history, &world), [], "what does not count has arrived all the same");
}

#[test]
fn values_of_a_moment_fall_silent_too() {
    let mut rule = rule(&["quiet: silent 30min", "over: so2 > limit(so2Limit)"]);
    rule.on.period = Period::Moment;
    rule.clear = Some(condition("so2 <= limit(so2Limit)"));
    let mut history = year();
    series(&mut history, "so2", START, 600, "10 10 - - - - 40 10");
    let world = World::at("2026-10-08T09:20");
    let windows = due(&rule, &history, world.known(), BEGINNING).unwrap();
    let quiet = Window { start: at("2026-10-08T08:10"), end: at("2026-10-08T08:40") };
    assert_eq!(windows, [quiet]);
    // Over the limit is the higher level of the same episode.
    let moment = Window { start: at("2026-10-08T09:00"), end: at("2026-10-08T09:00") };
    let verdict = judge(&rule, moment, &history, world.known()).unwrap();
    assert_eq!((short(&verdict).as_str(), verdict.episode.unwrap().start), ("over!", quiet.start));
}

#[test]
fn a_verdict_says_why_and_why_not() {
    let history = hours(START, "40 41 42D");
    let rule = crate::source::exceedance();
    let why =
        |at_text: &str| judge(&rule, hour(at_text), &history, World::new().known()).unwrap().why.remove(0);
    let fired = why("2026-10-08T09:00");
    assert_eq!((fired.held, fired.looked.len()), (Held::Yes, 2));
    assert_eq!(fired.says.zh, "2小时内的小时值连续成立：查看 2 个时段，2 个成立；本级成立。");
    assert_eq!(
        fired.says.en,
        "hourly values in a row for 2 hours: of 2 windows looked at the condition holds in 2; the level holds."
    );
    let found: Vec<_> =
        fired.looked[1].steps[0].found.iter().map(|f| (f.name.as_str(), f.value.as_number())).collect();
    assert_eq!(found[..2], [("so2", Some(41.0)), ("limit(so2Limit)", Some(35.0))]);
    let unsaid = why("2026-10-08T10:00");
    assert_eq!((unsaid.held, unsaid.looked[1].held), (Held::Unknown, Held::Unknown));
    let quiet = judge(&silent(), hour(START), &history, World::new().known()).unwrap();
    assert_eq!(quiet.why.len(), 2);
    assert!(quiet.why.iter().all(|because| because.held == Held::No));
}
