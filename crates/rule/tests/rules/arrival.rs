//! Late, out of order, corrected and duplicate values: whatever the order of arrival, the verdicts end the same.

use crate::source::{
    World, at, condition, exceedance, hours, length, name, observed, rule, series, verdicts, year,
};
use model::{Instant, Period};
use proptest::prelude::*;
use rule::{
    Difference, History, OBSERVATIONS_MAX, Rule, Span, Turn, Unjudged, Verdict, Window, differences, due,
    judge, passed, replay, review,
};
use std::collections::BTreeMap;

const START: &str = "2026-10-08T08:00";

/// What one arrival changed, in short: turn and hour.
fn turns(rule: &Rule, history: &History, sequence: u64) -> Vec<(Turn, i64)> {
    let differences = review(rule, history, World::new().known(), sequence).unwrap();
    let hour = |difference: &Difference| difference.window.start.since(at(START)) / 3_600_000_000;
    differences.iter().map(|difference| (difference.turn(rule), hour(difference))).collect()
}

fn add(history: &mut History, hour: i64, sequence: u64, value: f64, flag: u8) {
    history.add(name("so2"), [observed(at(START).plus_secs(hour * 3600), sequence, value, flag)]);
}

#[test]
fn an_arrival_changes_its_own_window_and_those_behind_it() {
    let rule = exceedance();
    let mut history = year();
    add(&mut history, 0, 1, 40.0, b'N');
    add(&mut history, 2, 2, 40.0, b'N');
    assert_eq!((turns(&rule, &history, 1), turns(&rule, &history, 2)), (vec![], vec![]));
    // The hour between comes late: both it and the one behind it are found.
    add(&mut history, 1, 3, 41.0, b'N');
    assert_eq!(turns(&rule, &history, 3), [(Turn::Found, 1), (Turn::Found, 2)]);
    // The same value again says nothing; one that is corrected and still above amends what rests on it.
    add(&mut history, 1, 4, 41.0, b'N');
    assert_eq!(turns(&rule, &history, 4), []);
    add(&mut history, 1, 5, 43.0, b'N');
    assert_eq!(turns(&rule, &history, 5), [(Turn::Amended, 1), (Turn::Amended, 2)]);
    // Marked as calibration, it takes both back.
    add(&mut history, 1, 6, 43.0, b'C');
    assert_eq!(turns(&rule, &history, 6), [(Turn::Withdrawn, 1), (Turn::Withdrawn, 2)]);
    // A log that is read again says the same again.
    assert_eq!(turns(&rule, &history, 3), [(Turn::Found, 1), (Turn::Found, 2)]);
    assert_eq!(turns(&rule, &history, 99), []);
}

#[test]
fn a_late_hour_moves_the_episode_and_a_corrected_one_ends_it() {
    let mut rule = rule(&["one: so2 > limit(so2Limit)", "two: so2 > 2 * limit(so2Limit)"]);
    rule.clear = Some(condition("so2 <= limit(so2Limit)"));
    let mut history = hours("2026-10-08T09:00", "40 80 40 30");
    add(&mut history, 0, 200, 50.0, b'N');
    let found = review(&rule, &history, World::new().known(), 200).unwrap();
    let starts = |verdict: &Option<Verdict>| verdict.as_ref()?.episode.as_ref().map(|episode| episode.start);
    assert!(found.iter().skip(1).all(|d| starts(&d.before) == Some(at("2026-10-08T09:00")) && starts(&d.after) == Some(at(START))));
    assert_eq!(found.len(), 5, "the late hour, three hours of the episode, and its end");
    add(&mut history, 2, 201, 36.0, b'N');
    assert_eq!(turns(&rule, &history, 201)[0], (Turn::Lowered, 2));
    add(&mut history, 2, 202, 72.0, b'N');
    assert_eq!(turns(&rule, &history, 202)[0], (Turn::Raised, 2));
    add(&mut history, 3, 203, 20.0, b'N');
    assert_eq!(turns(&rule, &history, 203), [(Turn::Withdrawn, 3), (Turn::Around, 4)]);
}

#[test]
fn a_gap_filled_late_takes_its_silence_back() {
    let rule = rule(&["late: silent 2h"]);
    let mut history = hours(START, "40 - - - 40");
    add(&mut history, 2, 300, 40.0, b'N');
    let found = review(&rule, &history, World::at("2026-10-08T14:00").known(), 300).unwrap();
    let turns: Vec<_> = found.iter().map(|difference| difference.turn(&rule)).collect();
    assert_eq!(turns, [Turn::Withdrawn, Turn::Around]);
}

#[test]
fn two_versions_of_a_rule_are_compared_over_history() {
    let history = hours(START, "40 40 30 40 40 40");
    let (two, mut three) = (exceedance(), exceedance());
    three.level[0].lasts = Some(length("3h"));
    let world = World::new();
    let span = Span { from: at(START), to: at("2026-10-09T00:00") };
    let found = differences((&two, world.known()), (&three, world.known()), &history, span).unwrap();
    let turns: Vec<_> = found.iter().map(|difference| difference.turn(&three)).collect();
    assert_eq!(turns, [Turn::Withdrawn, Turn::Around, Turn::Withdrawn, Turn::Amended]);
    // Under the limit of 2017 the same hours are none.
    let mut old = hours("2026-09-08T08:00", "40 40 30 40 40 40");
    let span = Span { from: at("2026-09-01T00:00"), to: at("2026-10-01T00:00") };
    assert_eq!(replay(&two, &old, world.known(), span), Ok(vec![]));
    series(&mut old, "so2", "2026-09-08T08:00", 3600, "140 140");
    assert_eq!(
        replay(&two, &old, world.known(), span).map(|changes| changes.len()),
        Ok(0),
        "the latest command counts"
    );
}

#[test]
fn work_is_bounded() {
    let rule = rule(&["mean: mean(so2, 366d) > 1000 mg/m³; times 2000 within 366d"]);
    let start = at("2016-01-01T00:00");
    let mut history = History::new(Span { from: Instant::from_micros(i64::MIN), to: at("2027-07-01T00:00") });
    let value = |hour: i64| observed(start.plus_secs(hour * 3600), hour.cast_unsigned(), 40.0, b'N');
    history.add(name("so2"), (0..i64::try_from(OBSERVATIONS_MAX).unwrap()).map(value));
    let span = Span { from: start, to: at("2027-06-01T00:00") };
    assert_eq!(replay(&rule, &history, World::new().known(), span), Err(Unjudged::TooMuch));
    history.add(name("nox"), [value(0)]);
    let window = Window { start, end: start.plus_secs(3600) };
    assert_eq!(judge(&exceedance(), window, &history, World::new().known()), Err(Unjudged::TooMuch));
}

/// Every verdict that says something, by its window; sequences differ with the order of arrival and are left out.
fn all(rule: &Rule, history: &History, world: &World) -> BTreeMap<Window, Verdict> {
    let hours = (-2..100).map(|hour: i64| at(START).plus_secs(hour * 3600));
    let secs = if rule.on.period == Period::Hour { 3600 } else { 0 };
    let windows = hours.map(|start| Window { start, end: start.plus_secs(secs) });
    let windows = windows.chain(due(rule, history, world.known(), Instant::from_micros(i64::MIN)).unwrap());
    let verdicts = windows.map(|window| judge(rule, window, history, world.known()).unwrap());
    verdicts.filter(|verdict| verdict.level.is_some() || verdict.episode.is_some()).map(plain).collect()
}

fn plain(mut verdict: Verdict) -> (Window, Verdict) {
    verdict.why.clear();
    if verdict.level.is_none() {
        verdict.used.clear();
        verdict.limit = None;
    }
    verdict.used.iter_mut().for_each(|used| used.observed.sequence = 0);
    (verdict.window, verdict)
}

/// What is held by the kernel: the last verdict of each window.
fn keep(held: &mut BTreeMap<Window, Verdict>, differences: Vec<Difference>) {
    for difference in differences {
        match difference.after {
            Some(verdict) => held.extend([plain(verdict)]),
            None => {
                held.remove(&difference.window);
            }
        }
    }
}

/// What the kernel does: after every command, follow what it changed.
fn stepwise(rule: &Rule, history: &History, commands: u64, world: &World) -> BTreeMap<Window, Verdict> {
    let mut held = BTreeMap::new();
    for sequence in 1..=commands {
        keep(&mut held, review(rule, history, world.known(), sequence).unwrap());
    }
    held
}

fn rules() -> impl Strategy<Value = Rule> {
    let forms: &[&[&str]] = &[
        &["two: so2 > limit(so2Limit); lasts 2h"],
        &["one: so2 > limit(so2Limit)", "two: so2 > limit(so2Limit); lasts 2h", "three: so2 > 70 mg/m³"],
        &["often: so2 > limit(so2Limit); times 3 within 1d"],
        &["mean: mean(so2, 3h, 0.6) > limit(so2Limit)", "jump: change(so2, 2h) > 30 mg/m³"],
        &["late: silent 2h", "over: so2 > limit(so2Limit)", "dead: silent 5h"],
    ];
    let clear =
        prop::option::of(prop::sample::select(vec!["so2 <= 0.9 * limit(so2Limit)", "so2 < 36 mg/m³"]));
    let after = prop::option::of(prop::sample::select(vec!["1h", "2h", "4h"]));
    // A value of a moment has days for units, so that episodes here reach over them.
    let period = prop::sample::select(vec![Period::Hour, Period::Moment]);
    (prop::sample::select(forms), clear, after, period).prop_map(|(levels, clear, after, period)| {
        let mut rule = rule(levels);
        rule.on.period = period;
        rule.clear = clear.map(condition);
        rule.clear_after = after.map(length);
        rule
    })
}

/// Hours with values around the limits, valid or not, each at most once.
fn values() -> impl Strategy<Value = BTreeMap<i64, (f64, u8)>> {
    let value = prop::sample::select(vec![20.0, 31.5, 35.4, 36.0, 41.0, 80.0]);
    prop::collection::btree_map(0..70i64, (value, prop::sample::select(b"NNNND".to_vec())), 1..60)
}

fn arrived(order: &[(i64, (f64, u8))]) -> History {
    let mut history = year();
    for (sequence, (hour, (value, flag))) in (1..).zip(order) {
        add(&mut history, *hour, sequence, *value, *flag);
    }
    history
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_order_of_arrival_ends_with_the_same_verdicts(
        rule in rules(),
        (values, order) in values().prop_flat_map(|values| {
            let all: Vec<_> = values.clone().into_iter().collect();
            (Just(values), Just(all).prop_shuffle())
        }),
    ) {
        let (world, count) = (World::new(), order.len() as u64);
        let in_order = arrived(&values.into_iter().collect::<Vec<_>>());
        let expected = all(&rule, &in_order, &world);
        prop_assert_eq!(&stepwise(&rule, &in_order, count, &world), &expected);
        prop_assert_eq!(&stepwise(&rule, &arrived(&order), count, &world), &expected);
    }

    #[test]
    fn corrected_and_repeated_values_end_as_if_judged_once(
        rule in rules(),
        order in prop::collection::vec((0..24i64, (prop::sample::select(vec![20.0, 36.0, 80.0]), prop::sample::select(b"NND".to_vec()))), 1..30),
    ) {
        let (world, history) = (World::new(), arrived(&order));
        prop_assert_eq!(stepwise(&rule, &history, order.len() as u64, &world), all(&rule, &history, &world));
    }

    #[test]
    fn replay_gives_what_judging_gives(rule in rules(), values in values()) {
        let (world, history) = (World::new(), arrived(&values.into_iter().collect::<Vec<_>>()));
        let span = Span { from: at("2026-10-01T00:00"), to: at("2026-11-01T00:00") };
        let judged = all(&rule, &history, &world);
        let replayed = replay(&rule, &history, world.known(), span).unwrap();
        let says = |verdict: &Verdict| verdict.level.is_some() || verdict.episode.is_some();
        for verdict in replayed.iter().filter(|verdict| says(verdict)) {
            prop_assert_eq!(judged.get(&verdict.window), Some(&plain(verdict.clone()).1));
        }
        let acts = judged.values().filter(|verdict| verdict.acts).count();
        prop_assert_eq!(replayed.iter().filter(|verdict| verdict.acts).count(), acts);
    }

    #[test]
    fn a_wider_history_changes_nothing(rule in rules(), values in values()) {
        let (world, whole) = (World::new(), arrived(&values.clone().into_iter().collect::<Vec<_>>()));
        let reach = rule.reach(at("2026-10-10T12:00"), &world.zone);
        let hours = rule.on.period == Period::Hour;
        let mut narrow = History::new(reach.far);
        narrow.add(name("so2"), []);
        // Of what lies before it, the last value is loaded too: a silence counts from there.
        let observed = |hour: i64| at(START).plus_secs(hour * 3600);
        let last = values.keys().copied().filter(|hour| observed(*hour) < reach.far.from).max();
        for (sequence, (hour, (value, flag))) in (1..).zip(values) {
            if reach.far.contains(observed(hour)) || Some(hour) == last {
                add(&mut narrow, hour, sequence, value, flag);
            }
        }
        let window = crate::source::hour("2026-10-10T12:00");
        let window = Window { end: if hours { window.end } else { window.start }, ..window };
        prop_assert_eq!(judge(&rule, window, &narrow, world.known()), judge(&rule, window, &whole, world.known()));
    }
}

/// A command at its log time, in minutes from the beginning: hours of an attribute.
type Arrival = (i64, bool, i64, f64);

/// What the kernel does in a living city: what is due by log time first, then what the next command changed.
fn living(rule: &Rule, arrivals: &[Arrival]) -> (BTreeMap<Window, Verdict>, History, World) {
    let (mut world, mut history, mut held) = (World::at(START), year(), BTreeMap::new());
    let last = [(10_000, false, 12, 40.0)];
    for (sequence, (minutes, flow, hour, value)) in (1..).zip(arrivals.iter().chain(&last)) {
        let since = world.now;
        world.now = world.now.plus_secs(minutes * 60);
        keep(&mut held, passed(rule, &history, world.known(), since).unwrap());
        let attribute = name(if *flow { "flow" } else { "so2" });
        history.add(attribute, [observed(at(START).plus_secs(hour * 3600), sequence, *value, b'N')]);
        keep(&mut held, review(rule, &history, world.known(), sequence).unwrap());
    }
    (held, history, world)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_living_city_ends_with_what_judging_at_the_end_says(
        levels in prop::sample::select(vec![
            &["late: silent 2h", "dead: silent 7h"][..],
            &["idle: so2 > 35 mg/m³ and not flow >= 1 m³/s; lasts 2h"],
            &["over: so2 > 35 mg/m³ or flow > 1 m³/s", "quiet: silent 3h"],
        ]),
        lateness in prop::sample::select(vec!["0h", "30min", "2h"]),
        arrivals in prop::collection::vec((0..200i64, any::<bool>(), 0..12i64, prop::sample::select(vec![0.5, 40.0])), 1..20),
    ) {
        let mut rule = rule(levels);
        rule.lateness = length(lateness);
        let (held, history, world) = living(&rule, &arrivals);
        prop_assert_eq!(held, all(&rule, &history, &world));
    }
}

#[test]
fn duplicates_in_one_history_are_one() {
    let mut history = hours(START, "40 41");
    series(&mut history, "so2", START, 3600, "40 41");
    assert_eq!(verdicts(&exceedance(), &history, &World::new(), START, 2), ". two-hours!");
}

#[test]
fn the_last_of_several_attributes_brings_the_verdict() {
    let rule = rule(&["idle: so2 > 5 mg/m³ and flow < 1 m³/s"]);
    let mut history = hours(START, "10");
    history.add(name("flow"), [observed(at(START), 7, 0.5, b'N')]);
    assert_eq!((turns(&rule, &history, 7), turns(&rule, &history, 100)), (vec![], vec![(Turn::Found, 0)]));
    let names: Vec<_> = rule.attributes().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["flow", "so2"]);
    assert_eq!(
        exceedance().attributes().len(),
        2,
        "what effects name is loaded too, the entity is known anyway"
    );
}
