//! A permission is one filter: what a point check allows, what the store finds and what the inbox lists are the same.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what failed by panicking")]

use kernel::{Actor, CaseBeginning, Grant, InboxTab, Order, Refusal, Submission};
use model::{Attribute, Change, Entity, Filter, Instant, Name, Text, Urn, Value};
use proof::{Chance, CommandId, SystemChance};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Clock, Commit, Find, Outcome, Reading, SqliteStore, Store};
use testcity::{City, at, name, urn};

/// The city's day while grants are tried.
const TODAY: &str = "2026-10-12";
/// Province, city, counties, townships, villages, padded ones, and what is no code.
const DIVISIONS: [&str; 16] = [
    "140000",
    "140200",
    "140212",
    "140214",
    "140215",
    "140210",
    "140212100",
    "140212101",
    "140212000",
    "140212100201",
    "140200000000",
    "14021",
    "1402",
    "大同",
    "1",
    "",
];

fn grant(role: &str, division: &str, about: Option<Urn>) -> Grant {
    let (from, to) = ("2026-01-01".to_owned(), None);
    Grant { role: name(role), division: division.to_owned(), about, from, to }
}

fn actor(grants: Vec<Grant>) -> Actor {
    Actor { urn: urn("urn:ngsi-ld:Person:somebody"), title: Text::new("某人", "Somebody"), grants }
}

/// Grants of any role, anywhere, for things that are there or not, that count today or not.
fn grants(about: Vec<Urn>, roles: Vec<&'static str>) -> impl Strategy<Value = Vec<Grant>> {
    let about = prop_oneof![3 => Just(None), 2 => select(about).prop_map(Some)];
    let days = select(vec![
        ("2026-01-01", None),
        (TODAY, Some(TODAY)),
        ("2026-01-01", Some("2026-10-11")),
        ("2026-10-13", None),
    ]);
    let one = (select(roles), select(DIVISIONS.to_vec()), about, days);
    let one = one.prop_map(|(role, division, about, (from, to))| Grant {
        from: from.to_owned(),
        to: to.map(str::to_owned),
        ..grant(role, division, about)
    });
    prop::collection::vec(one, 0..5)
}

/// What a grant reaches, said without filters: today, and in the division or about the one thing.
fn reaches(grant: &Grant, entity: &Entity) -> bool {
    let Some(division) = entity.value("division").as_text() else { return false };
    let levels: &[usize] = if grant.division.bytes().all(|byte| byte.is_ascii_digit()) {
        match grant.division.len() {
            2 => &[2],
            4 => &[2, 2],
            6 => &[2, 2, 2],
            9 => &[2, 2, 2, 3],
            12 => &[2, 2, 2, 3, 3],
            _ => &[],
        }
    } else {
        &[]
    };
    let mut own = grant.division.clone();
    for level in levels.iter().skip(1).rev() {
        if own.ends_with(&"0".repeat(*level)) {
            own.truncate(own.len() - level);
        } else {
            break;
        }
    }
    let today = *grant.from <= *TODAY && grant.to.as_deref().is_none_or(|to| TODAY <= to);
    let there = if levels.is_empty() { division == own } else { division.starts_with(&own) };
    let about = entity.value("about").as_ref().unwrap_or(&entity.urn);
    today && grant.about.as_ref().map_or(there, |urn| urn == about)
}

struct Stopped;
impl Clock for Stopped {
    fn now(&self) -> Instant {
        Instant::from_micros(1)
    }
}

fn things() -> Vec<Urn> {
    (0..6).map(|n| urn(&format!("urn:ngsi-ld:Thing:{n}"))).collect()
}

/// Writes each thing anew: its division and what it is about, or something else in their place.
fn write(store: &SqliteStore, placed: &[(Value, Value)]) {
    let mut commit =
        Commit::new(CommandId(SystemChance.id()), urn("urn:ngsi-ld:Test:actor"), name("write"), "test");
    let change = |(thing, (division, about)): (Urn, &(Value, Value))| Change {
        entity: thing,
        kind: name("Thing"),
        verb: name("write"),
        set: [("division", division), ("about", about)]
            .map(|(id, value)| (name(id), Attribute::plain(value.clone())))
            .into(),
        note: Value::Null,
        record: None,
    };
    commit.changes = things().into_iter().zip(placed).map(change).collect();
    assert!(matches!(store.submit(commit).unwrap().blocking_recv().unwrap().unwrap(), Outcome::Done(_)));
}

#[test]
fn what_is_found_is_what_may_be_read() {
    let folder = std::env::temp_dir().join(format!("datong-permission-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let store =
        SqliteStore::open(&folder.join("city.db"), Arc::new(Stopped), Arc::new(SystemChance)).unwrap();
    let division = prop_oneof![
        8 => select(DIVISIONS.to_vec()).prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(Value::Int(140_200)),
    ];
    let about = prop_oneof![
        3 => Just(Value::Null),
        4 => select(things()).prop_map(Value::Ref),
        1 => Just(Value::from("urn:ngsi-ld:Thing:0")),
    ];
    let placed = prop::collection::vec((division, about), things().len());
    let held = grants(things(), vec!["inspector", "handler"]);
    let mut runner = TestRunner::new(Config { cases: 512, ..Config::default() });
    let run = runner.run(&(placed, held), |(placed, held)| {
        write(&store, &placed);
        let actor = actor(held);
        let may_read = actor.may_read(TODAY).unwrap();
        let view = store.snapshot().unwrap();
        let find = Find { order: Order::Urn { after: None }, skip: 0, limit: 100 };
        let found: Vec<Urn> =
            view.find(&may_read, &find).unwrap().into_iter().map(|entity| entity.urn).collect();
        let all: Vec<Entity> = things().iter().map(|thing| view.entity(thing).unwrap().unwrap()).collect();
        let expected = |may: &dyn Fn(&Entity) -> bool| -> Vec<Urn> {
            all.iter().filter(|entity| may(entity)).map(|entity| entity.urn.clone()).collect()
        };
        prop_assert_eq!(&found, &expected(&|entity| may_read.matches(entity)));
        prop_assert_eq!(&found, &expected(&|entity| !actor.roles_for(entity, TODAY).is_empty()));
        prop_assert_eq!(&found, &expected(&|entity| actor.grants.iter().any(|grant| reaches(grant, entity))));
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
    drop(store);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A city with cases in many places, of two processes, open and ended.
fn city_with_cases() -> (City, Vec<Urn>) {
    let city = City::at("2026-09-30T16:00");
    city.hour("2026-09-30T14:00", 61.0, b'N');
    city.hour("2026-09-30T15:00", 58.0, b'N');
    let officer = city.person("officer-1");
    let mut cases: Vec<Urn> = rows(&city, &officer, InboxTab::Mine).into_iter().collect();
    for (number, division) in DIVISIONS.into_iter().enumerate() {
        let agent = actor(vec![grant("hotline-agent", division, None)]);
        for kind in ["help", "complaint"] {
            let fields = [
                ("matter", "路灯不亮".into()),
                ("kind", kind.into()),
                ("urgent", Value::Bool(number % 4 == 0)),
            ];
            let beginning = CaseBeginning {
                command: CommandId::derived(&[0; 32], &[kind, &number.to_string()]),
                process: name("hotline-order"),
                about: None,
                fields: fields.map(|(id, value)| (name(id), value)).into(),
            };
            cases.push(city.kernel.begin(&agent, &beginning).unwrap().1);
        }
    }
    (city, cases)
}

fn act(city: &City, case: &Urn, roles: &[&str], act: &str, fields: &[(&str, Value)]) -> Result<(), Refusal> {
    let all = actor(roles.iter().flat_map(|role| DIVISIONS.map(|d| grant(role, d, None))).collect());
    let submission = Submission {
        opinion: "已办".to_owned(),
        fields: fields.iter().map(|(id, value)| (name(id), value.clone())).collect::<BTreeMap<_, _>>(),
        ..Submission::new(CommandId(SystemChance.id()), name(act))
    };
    city.kernel.act(&all, case, &submission).map(|_| ())
}

fn rows(city: &City, actor: &Actor, tab: InboxTab) -> BTreeSet<Urn> {
    let page = |page| city.kernel.inbox(actor, tab, page).unwrap().rows;
    (0..).map(page).take_while(|rows| !rows.is_empty()).flatten().map(|row| row.case.entity.urn).collect()
}

fn found(city: &City, actor: &Actor, filter: &Filter, order: &Order) -> Vec<Urn> {
    let page = |page| city.kernel.cases(actor, filter, order, page).unwrap().rows;
    (0..).map(page).take_while(|rows| !rows.is_empty()).flatten().map(|row| row.case.entity.urn).collect()
}

#[test]
fn the_inbox_lists_what_is_found_and_may_be_seen() {
    let (city, mut cases) = city_with_cases();
    let kernel = &city.kernel;
    let mut ended = 0;
    for case in cases.iter().skip(1).step_by(3) {
        ended += usize::from(end(&city, case));
    }
    assert!(ended > 5, "{ended} of {}", cases.len());
    act(&city, &cases[1], &["hotline-agent"], "reopen", &[]).unwrap();
    city.kernel.advance(at("2026-10-12T12:00"), &city.dispatcher).unwrap();
    // Sources that sent nothing meanwhile have cases of their own.
    let began: BTreeSet<Urn> = cases.iter().cloned().collect();
    let all = found(&city, &city.person("auditor-1"), &Filter::All, &Order::Urn { after: None });
    cases.extend(all.into_iter().filter(|case| !began.contains(case)));
    let open = kernel.open_cases().unwrap();
    let closed = Filter::Not(Box::new(open.clone()));
    let about: Vec<Urn> =
        cases.iter().take(4).cloned().chain([urn("urn:ngsi-ld:MonitoredSource:chimney-1")]).collect();
    let held = grants(about, vec!["inspector", "hotline-agent", "handler", "auditor"]);
    let mut runner = TestRunner::new(Config { cases: 256, ..Config::default() });
    let run = runner.run(&held, |held| {
        let actor = actor(held);
        let by = Order::By { path: vec![name("dueAt")], descending: false };
        for (tab, stage) in [(InboxTab::Open, &open), (InboxTab::Closed, &closed)] {
            let may = |urn: &&Urn| {
                kernel.case(urn, &actor).is_ok_and(|case| case.ended() == (tab == InboxTab::Closed))
            };
            let seen: BTreeSet<Urn> = cases.iter().filter(may).cloned().collect();
            let found = found(&city, &actor, stage, &by);
            prop_assert_eq!(&found.iter().cloned().collect::<BTreeSet<_>>(), &seen);
            prop_assert_eq!(&rows(&city, &actor, tab), &seen);
            prop_assert_eq!(found.len(), seen.len());
            let page = kernel.cases(&actor, stage, &by, 0).unwrap();
            prop_assert_eq!((page.total, page.more), (seen.len(), false));
            let listed = kernel.inbox(&actor, tab, 0).unwrap();
            if tab == InboxTab::Open {
                let urns = |page: kernel::InboxPage| -> Vec<Urn> {
                    page.rows.into_iter().map(|row| row.case.entity.urn).collect()
                };
                prop_assert_eq!(page.overdue, listed.overdue);
                prop_assert_eq!(urns(page), urns(listed), "both by time left");
            }
        }
        for case in &cases {
            prop_assert_eq!(kernel.may_see(&actor, case).unwrap(), kernel.case(case, &actor).is_ok());
        }
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
}

/// Brings a hotline order to its end, if it is one.
fn end(city: &City, case: &Urn) -> bool {
    let answer = [("answer", Value::from("已修复"))];
    let step = |role, step, fields: &[(&str, Value)]| act(city, case, &[role], step, fields).is_ok();
    step("handler", "sign-for", &[])
        && step("handler", "reach-caller", &[])
        && step("handler", "answer", &answer)
        && step("hotline-agent", "satisfied", &[])
}

#[test]
fn permissions_name_role_act_and_filter() {
    let city = City::at("2026-10-12T16:00");
    let loaded = city.kernel.loaded();
    let (_, definition) = &loaded.definitions.processes[&name("exceedance")];
    let officer = city.person("officer-1");
    let permissions = officer.permissions(definition, TODAY).unwrap();
    let acts: BTreeSet<&str> = permissions.iter().map(|permission| permission.act.as_str()).collect();
    assert!(acts.contains("read") && acts.contains("confirm") && !acts.contains("accept"), "{acts:?}");
    let division = |text: &str| Filter::Starts { path: vec![name("division")], prefix: text.to_owned() };
    let expected = Filter::And(vec![Filter::Kind(name("Exceedance")), division("1402")]);
    assert!(permissions.iter().all(|p| p.filter == expected && p.role == *"enforcement-officer"));
    assert_eq!(city.kernel.may_read(&officer).unwrap(), division("1402"));
    assert_eq!(city.kernel.may_read(&city.person("auditor-1")).unwrap(), Filter::All);
    assert_eq!(city.kernel.may_read(&actor(vec![])).unwrap(), Filter::None);
}

#[test]
fn cases_are_asked_for_in_words() {
    let (city, cases) = city_with_cases();
    let agent = actor(vec![grant("handler", "140200", None)]);
    let by = Order::Urn { after: None };
    let ask = |process: Option<&str>, text: &str| -> Result<usize, Refusal> {
        let process: Option<Name> = process.map(name);
        let filter = city.kernel.case_filter(process.as_ref(), text)?;
        Ok(city.kernel.cases(&agent, &filter, &by, 0)?.total)
    };
    let all = ask(None, "true").unwrap();
    let orders = ask(Some("hotline-order"), "true").unwrap();
    assert_eq!(orders + 2, all, "an exceedance and an alarm are about the chimney");
    assert_eq!(ask(Some("hotline-order"), "kind = 'help'").unwrap() * 2, orders);
    assert_eq!(ask(None, "starts-with(division, '140212100')").unwrap(), 4);
    assert_eq!(ask(None, "starts-with(division, '140000')").unwrap(), 0, "beyond the grant");
    assert_eq!(ask(None, "dueAt < 2026-09-01T00:00:00+08:00").unwrap(), 0);
    assert_eq!(ask(Some("exceedance"), "value > 50000 µg/m³").unwrap(), 1, "in another unit");
    assert_eq!(ask(None, "division = 'x'' or 1=1 --'").map_err(|_| ()), Err(()));
    let within = |tab| {
        let filter = city.kernel.case_filter(None, "true").unwrap();
        city.kernel.cases_within(&agent, tab, filter, 0).map(|page| page.total)
    };
    let ended = cases.iter().filter(|case| end(&city, case)).count();
    assert_eq!(within(None).unwrap(), all);
    assert_eq!(within(Some(InboxTab::Open)).unwrap(), 2, "the chimney's");
    assert_eq!(within(Some(InboxTab::Closed)).unwrap(), all - 2);
    assert!(ended >= all - 2);
    assert!(matches!(within(Some(InboxTab::Mine)), Err(Refusal::Field { field: "tab", .. })));
    let long = format!("division = '{}'", "1".repeat(600));
    let fields = [
        ask(None, "kidn = 'help'"),
        ask(Some("hotline-order"), "kidn = 'help'"),
        ask(None, "division = stage"),
        ask(None, "division"),
        ask(None, "division ="),
        ask(None, &long),
    ];
    for refused in fields {
        assert!(matches!(&refused, Err(Refusal::Field { field: "q", .. })), "{refused:?}");
    }
    let Err(Refusal::Field { what, .. }) = ask(Some("hotline-order"), "kidn = 'help'") else {
        unreachable!("it was refused above")
    };
    assert!(what.en.contains("did you mean `kind`?"), "{what:?}");
    assert!(matches!(ask(Some("no-such"), "true"), Err(Refusal::NotFound(_))));
}
