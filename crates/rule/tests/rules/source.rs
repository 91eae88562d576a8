//! A source with its limits, its rules and its hours, for the tests of judging.

use lang::{Expression, Facts, Kind, Names};
use model::{Flag, Instant, Name, Period, Text, Urn, Value, Zone, map};
use rule::{
    Effect, Given, History, Known, Length, Level, Limit, LimitRow, LimitTable, Observed, On, Rule, Span,
    Verdict, Vocabulary, Window,
};
use std::collections::BTreeMap;

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub fn zone() -> Zone {
    Zone::named("Asia/Shanghai").unwrap()
}

/// `2026-10-08T08:00` on the city's wall clock.
pub fn at(text: &str) -> Instant {
    Instant::parse(&format!("{text}:00+08:00")).unwrap()
}

pub fn hour(text: &str) -> Window {
    Window { start: at(text), end: at(text).plus_secs(3600) }
}

pub fn length(text: &str) -> Length {
    Length::parse(text).unwrap()
}

/// The type that is watched.
pub struct Type;

impl Names for Type {
    fn kind(&self, path: &[&str]) -> Option<Kind> {
        match path {
            ["so2" | "nox" | "dust"] => Some(Kind::number("mg/m³")),
            ["flow"] => Some(Kind::number("m³/s")),
            ["so2Limit" | "noxLimit"] => Some(Kind::list(Kind::Any)),
            ["fuel" | "status"] => Some(Kind::Text),
            _ => None,
        }
    }

    fn known(&self) -> Vec<String> {
        ["so2", "nox", "dust", "flow", "so2Limit", "noxLimit", "fuel", "status"].map(str::to_owned).into()
    }
}

pub fn compile(text: &str, kind: &Kind) -> Expression {
    let attribute = name("so2");
    Expression::compile(text, &Vocabulary { names: &Type, attribute: &attribute }, kind).unwrap()
}

pub fn condition(text: &str) -> Expression {
    compile(text, &Kind::Bool)
}

/// A level: `id: condition`, then `lasts 2h`, `times 3 within 1d`, or `id: silent 30min`.
pub fn level(text: &str) -> Level {
    let (id, rest) = text.split_once(": ").unwrap();
    let mut level = Level {
        id: name(id),
        title: Text::new(format!("级别 {id}"), format!("Level {id}")),
        when: None,
        lasts: None,
        times: None,
        within: None,
        silent: None,
        does: vec![Effect::Notify { role: name("enforcement-officer") }],
    };
    let mut parts = rest.split("; ");
    let first = parts.next().unwrap();
    match first.strip_prefix("silent ") {
        Some(silent) => level.silent = Some(length(silent)),
        None => level.when = Some(condition(first)),
    }
    for part in parts {
        if let Some(lasts) = part.strip_prefix("lasts ") {
            level.lasts = Some(length(lasts));
        } else {
            let (times, within) = part.strip_prefix("times ").unwrap().split_once(" within ").unwrap();
            level.times = Some(times.parse().unwrap());
            level.within = Some(length(within));
        }
    }
    level
}

pub fn rule(levels: &[&str]) -> Rule {
    Rule {
        id: name("source-exceedance"),
        title: Text::new("污染源小时均值连续超标", "Source above its hourly limit"),
        basis: "hj-75:12.3".to_owned(),
        on: On {
            kind: name("MonitoredSource"),
            attribute: name("so2"),
            statistic: name("ZsAvg"),
            period: Period::Hour,
        },
        valid: vec![Flag::NORMAL],
        lateness: Length::ZERO,
        clear: None,
        clear_after: None,
        cleared: BTreeMap::new(),
        level: levels.iter().map(|text| level(text)).collect(),
        derived: rule::Derived::default(),
    }
}

/// The rule of the environment pack: two valid converted hours in a row above the outlet's own limit.
pub fn exceedance() -> Rule {
    let mut rule = rule(&["two-hours: so2 > limit(so2Limit); lasts 2h"]);
    rule.level[0].does = vec![Effect::Open {
        process: name("exceedance"),
        key: vec![name("rule"), name("entity"), name("factor")],
        with: [
            (name("factor"), Given::Value("so2".into())),
            (name("value"), Given::Expression(compile("so2", &Kind::number("mg/m³")))),
            (name("source"), Given::Expression(compile("entity", &Kind::Ref))),
        ]
        .into(),
    }];
    rule
}

/// What the entity holds: 100 until September 2026, then 35.
pub struct Held;

impl Facts for Held {
    fn value(&self, path: &[Name]) -> Value {
        let row = |value: f64, decimals: i64, from: &str, to: Option<&str>| {
            map([
                ("value", Value::Number(value)),
                ("decimals", Value::Int(decimals)),
                ("source", "permit".into()),
                ("from", from.into()),
                ("to", to.into()),
            ])
        };
        match path.first().map(Name::as_str) {
            Some("so2Limit") => Value::List(vec![
                row(100.0, 0, "2017-01-01", Some("2026-09-30")),
                row(35.0, 0, "2026-10-01", None),
            ]),
            Some("noxLimit") => Value::List(vec![row(50.0, 1, "2017-01-01", None)]),
            Some("fuel") => "coal".into(),
            _ => Value::Null,
        }
    }
}

pub fn tables() -> Vec<LimitTable> {
    let row = |fuel: &str, value: f64| LimitRow {
        given: [(name("fuel"), Value::text(fuel))].into(),
        limit: Limit {
            value,
            decimals: 0,
            source: "gb-13271:4.1".to_owned(),
            from: "2014-07-01".to_owned(),
            to: None,
        },
    };
    vec![LimitTable {
        id: name("gb-13271"),
        title: Text::new("锅炉大气污染物排放标准", "Emission standard for boilers"),
        unit: Some("mg/m³".to_owned()),
        by: vec![],
        rows: vec![row("coal", 300.0), row("gas", 50.0)],
    }]
}

/// What the kernel knows besides history.
pub struct World {
    pub entity: Urn,
    pub zone: Zone,
    pub tables: Vec<LimitTable>,
    pub down: Vec<Span>,
    pub since: Option<Instant>,
    pub now: Instant,
}

impl World {
    /// Log time far behind all tests.
    pub fn new() -> Self {
        Self::at("2027-06-01T00:00")
    }

    pub fn at(now: &str) -> Self {
        Self {
            entity: Urn::new("urn:ngsi-ld:MonitoredSource:chimney-3").unwrap(),
            zone: zone(),
            tables: tables(),
            down: vec![],
            since: None,
            now: at(now),
        }
    }

    pub fn known(&self) -> Known<'_> {
        Known {
            entity: &self.entity,
            facts: &Held,
            tables: &self.tables,
            zone: &self.zone,
            down: &self.down,
            since: self.since,
            now: self.now,
        }
    }
}

/// A year around the tests, with all series that rules here name.
pub fn year() -> History {
    let mut history = History::new(Span { from: at("2026-01-01T00:00"), to: at("2027-07-01T00:00") });
    for attribute in ["so2", "nox", "dust", "flow"] {
        history.add(name(attribute), []);
    }
    history
}

/// One observation.
pub fn observed(observed: Instant, sequence: u64, value: f64, flag: u8) -> Observed {
    Observed { observed, sequence, value, flag: Flag(flag) }
}

/// Values every so many seconds: `40 41D - 39` are four, the second flagged `D`, the third missing.
pub fn series(history: &mut History, attribute: &str, start: &str, every_secs: i64, values: &str) {
    let mut all = Vec::new();
    for (index, text) in (0..).zip(values.split_whitespace()).filter(|(_, text)| *text != "-") {
        let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let flag = text[number.len()..].bytes().next().unwrap_or(b'N');
        let start = at(start).plus_secs(index * every_secs);
        all.push(observed(start, 100 + index.cast_unsigned(), number.parse().unwrap(), flag));
    }
    history.add(name(attribute), all);
}

/// Hours of sulphur dioxide.
pub fn hours(start: &str, values: &str) -> History {
    let mut history = year();
    series(&mut history, "so2", start, 3600, values);
    history
}

/// A verdict in short: level, `!` if it acts, `.` if nothing is said, `~` within an episode, `x` at its end.
pub fn short(verdict: &Verdict) -> String {
    let ended = verdict.episode.as_ref().is_some_and(|episode| episode.ended.is_some());
    match &verdict.level {
        Some(level) if verdict.acts => format!("{level}!"),
        Some(level) => level.to_string(),
        None if ended => "x".to_owned(),
        None if verdict.episode.is_some() => "~".to_owned(),
        None => ".".to_owned(),
    }
}

/// Verdicts of as many hours, in short.
pub fn verdicts(rule: &Rule, history: &History, world: &World, start: &str, count: i64) -> String {
    let short = |index: i64| {
        let start = at(start).plus_secs(index * 3600);
        let window = Window { start, end: start.plus_secs(3600) };
        short(&rule::judge(rule, window, history, world.known()).unwrap())
    };
    (0..count).map(short).collect::<Vec<_>>().join(" ")
}
