//! Definitions: what is wrong with one, what follows from one, and how it reads.

use crate::source::{Type, World, condition, exceedance, hour, hours, length, level, name, rule, tables};
use lang::{Expression, Kind, Titles, Untitled, Words};
use model::{Flag, Lang, Name, Period, Value};
use rule::{Effect, Follow, Given, Length, Rule, Vocabulary, follow, judge};

const START: &str = "2026-10-08T08:00";

/// Places and beginnings of what is wrong.
fn check(rule: &Rule, expected: &[(&str, &str)]) {
    let faults = rule.faults(&Type, &tables());
    let found: Vec<_> = faults.iter().map(|fault| (fault.place.as_str(), fault.what.as_str())).collect();
    let fits = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(found, wanted)| found.0 == wanted.0 && found.1.contains(wanted.1));
    assert!(fits, "found {found:#?}, expected {expected:#?}");
    assert!(faults.iter().all(|fault| !fault.remedy.is_empty()));
}

#[test]
fn a_good_rule_has_no_faults() {
    check(&exceedance(), &[]);
    check(
        &rule(&["quiet: silent 2h", "dead: silent 1d", "over: so2 > limit(so2Limit); times 3 within 1d"]),
        &[],
    );
    check(&rule(&["over: over(so2, so2Limit) or over(nox, noxLimit)"]), &[]);
    check(&rule(&["over: so2 > limit('gb-13271', fuel)"]), &[]);
}

#[test]
fn conditions_that_cannot_work_are_named() {
    for (levels, expected) in [
        (&["a: so2 > 1 mg/m³; lasts 90min"][..], &[("level.a.lasts", "no whole number of periods")][..]),
        (&["a: so2 > 1 mg/m³; lasts 0h"], &[("level.a.lasts", "no length")]),
        (&["a: so2 > 1 mg/m³; lasts 2h; times 3 within 1d"], &[("level.a.times", "both lasts and times")]),
        (&["a: so2 > 1 mg/m³; times 25 within 1d"], &[("level.a.times", "fewer windows")]),
        (&["a: so2 > 1 mg/m³; times 0 within 1d"], &[("level.a.times", "nothing must happen")]),
        (&["a: silent 1h"], &[("level.a.silent", "no gap")]),
        (&["a: silent 2h; lasts 2h"], &[("level.a.silent", "a length of time by itself")]),
        (&["a: silent 1d", "b: silent 2h"], &[("level.a", "it never counts: the higher level b")]),
        (&[], &[("level", "says nothing")]),
        (&["a: so2 > limit('gb-1', fuel)"], &[("level.a.when", "no limit table gb-1")]),
        (&["a: so2 > limit('gb-13271')"], &[("level.a.when", "has 1 keys")]),
        (&["a: nox > limit(noxLimit)"], &[("level.a.when", "only so2 is rounded")]),
        (&["a: so2 > limit(so2Limit) and nox > limit(noxLimit)"], &[("level.a.when", "several limits")]),
        (&["a: mean(so2 + so2, 3h) > 1 mg/m³"], &[("level.a.when", "not given an attribute")]),
        (&["a: mean(so2, 3h, 1.5) > 1 mg/m³"], &[("level.a.when", "between 0 and 1")]),
        (&["a: change(so2, 0h) > 1 mg/m³"], &[("level.a.when", "not given a length")]),
    ] {
        check(&rule(levels), expected);
    }
}

#[test]
fn levels_that_can_never_count_are_named() {
    let clear = |mut rule: Rule| {
        rule.clear = Some(condition("so2 < 1 mg/m³"));
        rule
    };
    for (low, high, covered) in [
        ("so2 > 1 mg/m³; lasts 2h", "so2 > 1 mg/m³; lasts 3h", false),
        ("so2 > 1 mg/m³; lasts 3h", "so2 > 1 mg/m³; lasts 2h", true),
        ("so2 > 1 mg/m³", "so2 > 1 mg/m³; lasts 2h", false),
        ("so2 > 1 mg/m³; lasts 2h", "so2 > 1 mg/m³", true),
        ("so2 > 1 mg/m³", "so2 > 1 mg/m³", true),
        ("so2 > 1 mg/m³; times 3 within 1d", "so2 > 1 mg/m³; times 3 within 2d", true),
        ("so2 > 1 mg/m³; times 3 within 1d", "so2 > 1 mg/m³; times 4 within 1d", false),
        ("so2 > 1 mg/m³", "so2 > 2 mg/m³", false),
    ] {
        let rule = clear(rule(&[&format!("low: {low}"), &format!("high: {high}")]));
        check(&rule, if covered { &[("level.low", "it never counts")] } else { &[] });
    }
    check(&rule(&["low: so2 > 1 mg/m³", "high: so2 > 2 mg/m³"]), &[("clear", "several levels")]);
    let twice = clear(rule(&["low: so2 > 1 mg/m³", "low: so2 > 2 mg/m³"]));
    check(&twice, &[("level.low", "two levels have this id")]);
}

#[test]
fn what_stands_around_the_conditions_is_checked_too() {
    let changed = |change: &dyn Fn(&mut Rule)| {
        let mut rule = exceedance();
        change(&mut rule);
        rule
    };
    let open = |key: &[&str]| Effect::Open {
        process: name("exceedance"),
        key: key.iter().map(|key| name(key)).collect(),
        with: [].into(),
    };
    check(
        &changed(&|rule| rule.on.attribute = name("so3")),
        &[("on.attribute", "no attribute so3"), ("level.two-hours.when", "only so3")],
    );
    check(
        &changed(&|rule| rule.on.attribute = name("fuel")),
        &[("on.attribute", "no number"), ("level.two-hours.when", "only fuel")],
    );
    check(&changed(&|rule| rule.valid.clear()), &[("valid", "no flag counts")]);
    check(&changed(&|rule| rule.clear_after = Some(length("30min"))), &[("clear_after", "no whole number")]);
    check(&changed(&|rule| rule.level[0].when = None), &[("level.two-hours", "no condition")]);
    check(
        &changed(&|rule| rule.level[0].silent = Some(length("3h"))),
        &[("level.two-hours.silent", "both when and silent"), ("level.two-hours.silent", "by itself")],
    );
    check(
        &changed(&|rule| rule.level[0].within = Some(length("1d"))),
        &[("level.two-hours.within", "how often")],
    );
    check(
        &changed(&|rule| rule.level[0].does = vec![open(&["entity", "factor"])]),
        &[("level.two-hours.do.1.key", "factor is not among")],
    );
    check(
        &changed(&|rule| rule.level[0].does = vec![open(&["entity"]), open(&[])]),
        &[("level.two-hours.do.2.key", "without a key")],
    );
    let set = Effect::Set { set: [(name("stat"), Given::Value(true.into()))].into() };
    check(
        &changed(&|rule| rule.level[0].does = vec![set.clone()]),
        &[("level.two-hours.do.1.set", "no attribute stat")],
    );
    check(&changed(&|rule| rule.on.period = Period::Moment), &[]);
}

#[test]
fn expressions_are_checked_against_the_vocabulary() {
    let attribute = name("so2");
    let vocabulary = Vocabulary { names: &Type, attribute: &attribute };
    let compiles = |text: &str| Expression::compile(text, &vocabulary, &Kind::Bool).is_ok();
    for (text, good) in [
        ("so2 <= 0.9 * limit(so2Limit)", true),
        ("mean(so2, 3h) > 35 mg/m³ and observed > 2026-01-01T00:00:00+08:00", true),
        ("mean(flow, 3h) > 35 mg/m³", false),
        ("so2 > 35 m³/s", false),
        ("so3 > 35 mg/m³", false),
        ("mean(so2) > 35 mg/m³", false),
    ] {
        assert_eq!(compiles(text), good, "{text}");
    }
}

#[test]
fn effects_carry_the_values_of_their_window() {
    let (rule, history, world) = (exceedance(), hours(START, "40 41.5"), World::new());
    let verdict = |at_text: &str| judge(&rule, hour(at_text), &history, world.known()).unwrap();
    assert_eq!(follow(&rule, &verdict(START), &history, world.known()), Ok(vec![]));
    let follows = follow(&rule, &verdict("2026-10-08T09:00"), &history, world.known()).unwrap();
    let [Follow::Open { process, key, with }] = follows.as_slice() else { panic!("{follows:?}") };
    assert_eq!(
        (process.as_str(), key.as_str()),
        ("exceedance", "source-exceedance urn:ngsi-ld:MonitoredSource:chimney-3 so2")
    );
    let value = |key: &str| with.get(key).cloned();
    assert_eq!(value("value"), Some(Value::Number(41.5)), "as observed: only comparisons round");
    assert_eq!(value("source"), Some(Value::Ref(world.entity.clone())));
    let mut other = exceedance();
    let computed = |text: &str| Given::Expression(crate::source::compile(text, &Kind::Any));
    other.level[0].does = vec![
        Effect::Notify { role: name("duty-officer") },
        Effect::Alert { code: name("air-1") },
        Effect::Set {
            set: [(name("status"), Given::Value("over".into())), (name("nox"), computed("nox"))].into(),
        },
        Effect::Tell { process: name("exceedance"), key: vec![name("level")], with: [].into() },
    ];
    let follows = follow(&other, &verdict("2026-10-08T09:00"), &history, world.known()).unwrap();
    assert_eq!(
        follows,
        [
            Follow::Notify { role: name("duty-officer") },
            Follow::Alert { code: name("air-1") },
            Follow::Set { set: [(name("status"), "over".into()), (name("nox"), Value::Null)].into() },
            Follow::Tell { process: name("exceedance"), key: "two-hours".to_owned(), with: [].into() },
        ]
    );
}

/// Titles of the watched type.
struct Titled;

impl Titles for Titled {
    fn path(&self, path: &[Name], lang: Lang) -> Option<String> {
        let title = match (path.first()?.as_str(), lang) {
            ("so2", Lang::Zh) => "二氧化硫",
            ("so2", Lang::En) => "sulphur dioxide",
            ("so2Limit", Lang::Zh) => "二氧化硫许可限值",
            ("so2Limit", Lang::En) => "the permitted limit",
            _ => return None,
        };
        Some(title.to_owned())
    }
}

impl Words for Titled {
    fn role(&self, _: &Name, lang: Lang) -> Option<String> {
        Some(if lang == Lang::Zh { "执法人员" } else { "enforcement officer" }.to_owned())
    }
}

#[test]
fn a_rule_reads_as_a_section_chief_would_say_it() {
    let mut rule = exceedance();
    rule.lateness = length("1h");
    rule.level.push(level("often: so2 > limit(so2Limit); times 3 within 1d"));
    rule.level.push(level("quiet: silent 1h 30min"));
    rule.clear_after = Some(length("2h"));
    let zh = rule.prose(Lang::Zh, &Titled);
    for part in [
        "“二氧化硫”（小时值",
        "2小时内的小时值连续成立",
        "同一自然日内 3 次",
        "1小时30分钟内没有任何数据到达",
        "通知执法人员。",
    ] {
        assert!(zh.contains(part), "{part} is not in\n{zh}");
    }
    let en = rule.prose(Lang::En, &Titled);
    for part in [
        "Level 1, “Level two-hours”: hourly values in a row for 2 hours: ",
        "3 times in one local day: ",
        "nothing has arrived for 1 hour 30 minutes.",
        "Opens a case of “exceedance”",
        "no condition holds for 2 hours.",
    ] {
        assert!(en.contains(part), "{part} is not in\n{en}");
    }
    assert_eq!(en.lines().count(), zh.lines().count());
    rule.clear = Some(condition("so2 <= 0.9 * limit(so2Limit)"));
    rule.valid = vec![Flag(b'N'), Flag(b'M')];
    rule.lateness = Length::ZERO;
    assert!(rule.prose(Lang::En, &Untitled).contains("Only values flagged N or M count;"));
}
