//! Measures writing and finding among many entities: `cargo run --release -p store --example filters -- 100000`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement: it takes the time, prints and stops at the first failure"
)]

use model::{Attribute, Change, Filter, Instant, Name, Operator, Urn, Value};
use proof::{Chance, CommandId, SystemChance};
use std::sync::Arc;
use std::time::Instant as Moment;
use store::{Clock, Commit, Find, Order, Outcome, Reading, SqliteStore, Store};

struct Stopped;
impl Clock for Stopped {
    fn now(&self) -> Instant {
        Instant::from_micros(1)
    }
}

/// Entities of a commit: as many as keep the sync from being what is measured.
const GROUP: u64 = 500;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A source like those of a register: eight attributes, one of them a map.
fn source(number: u64, round: u64) -> Change {
    let division = format!("1402{:02}{:03}", number % 20, number / 20 % 50);
    let mut set = vec![("so2", Value::Number(((number + round) * 7919 % 100_000) as f64 / 10.0))];
    if round == 0 {
        let title = model::map([
            ("zh", format!("第{number}号排放口").into()),
            ("en", format!("Outlet {number}").into()),
        ]);
        set.extend([
            ("division", division.into()),
            ("title", title),
            ("about", Urn::of(&name("Firm"), &(number / 10).to_string()).unwrap().into()),
            ("urgent", number.is_multiple_of(9).into()),
            ("count", Value::Int((number % 1000).cast_signed())),
            ("since", Instant::from_micros(number.cast_signed() * 1_000_000).into()),
            ("stage", ["supervision", "verification", "closed"][(number % 3) as usize].into()),
        ]);
    }
    Change {
        entity: Urn::of(&name("Source"), &format!("{number:07}")).unwrap(),
        kind: name("Source"),
        verb: name("write"),
        set: set.into_iter().map(|(id, value)| (name(id), Attribute::plain(value))).collect(),
        note: Value::Null,
        record: None,
    }
}

fn write(store: &SqliteStore, count: u64, round: u64) -> f64 {
    let started = Moment::now();
    for group in (0..count).step_by(GROUP as usize) {
        let actor = Urn::of(&name("Test"), "actor").unwrap();
        let mut commit = Commit::new(CommandId(SystemChance.id()), actor, name("write"), "measure");
        commit.changes = (group..(group + GROUP).min(count)).map(|number| source(number, round)).collect();
        let outcome = store.submit(commit).unwrap().blocking_recv().unwrap().unwrap();
        assert!(matches!(outcome, Outcome::Done(_)));
    }
    started.elapsed().as_secs_f64() * 1e6 / count as f64
}

fn main() {
    let count: u64 = std::env::args().nth(1).map_or(100_000, |count| count.parse().unwrap());
    let folder = std::env::temp_dir().join(format!("datong-filters-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("city.db");
    let store = SqliteStore::open(&file, Arc::new(Stopped), Arc::new(SystemChance)).unwrap();
    println!("{count} entities, {GROUP} a commit");
    println!("create (8 attributes)   {:7.1} µs an entity", write(&store, count, 0));
    println!("update (1 attribute)    {:7.1} µs an entity", write(&store, count, 1));
    println!("same again (no change)  {:7.1} µs an entity", write(&store, count, 1));
    find(&store);
    drop(store);
    println!("file {:.1} MB", std::fs::metadata(&file).unwrap().len() as f64 / 1e6);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// What is asked, in words and as a filter, and in which order.
fn questions() -> [(&'static str, Filter, Order); 11] {
    let path = |text: &str| vec![name(text)];
    let kind = || Filter::Kind(name("Source"));
    let starts = |prefix: &str| Filter::Starts { path: path("division"), prefix: prefix.to_owned() };
    let compare = |at: &str, op, value: Value| Filter::Compare { path: path(at), op, value };
    let above = |limit| compare("so2", Operator::Gt, Value::Number(limit));
    let urn = || Order::Urn { after: None };
    let by = |at: &str, descending| Order::By { path: path(at), descending };
    [
        ("type, township", Filter::And(vec![kind(), starts("140207003")]), urn()),
        ("type, county", Filter::And(vec![kind(), starts("140207")]), urn()),
        (
            "type, county, value above (0.1 %)",
            Filter::And(vec![kind(), starts("140207"), above(9_990.0)]),
            urn(),
        ),
        ("type, city, value above (0.1 %)", Filter::And(vec![kind(), starts("1402"), above(9_990.0)]), urn()),
        ("no type, township", starts("140207003"), urn()),
        (
            "type, about",
            Filter::And(vec![
                kind(),
                compare("about", Operator::Eq, Urn::of(&name("Firm"), "77").unwrap().into()),
            ]),
            urn(),
        ),
        ("type, city (all match), first page", Filter::And(vec![kind(), starts("1402")]), urn()),
        ("the same by value, highest first", Filter::And(vec![kind(), starts("1402")]), by("so2", true)),
        (
            "type, city, half by stage, by value",
            Filter::And(vec![kind(), starts("1402"), compare("stage", Operator::Ne, "closed".into())]),
            by("so2", true),
        ),
        (
            "a span of 10,000 s, city",
            Filter::And(vec![
                kind(),
                compare("since", Operator::Lt, Instant::from_micros(15_000_000_000).into()),
                compare("since", Operator::Gt, Instant::from_micros(14_990_000_000).into()),
                starts("1402"),
            ]),
            urn(),
        ),
        (
            "two large parts with nothing in common",
            Filter::And(vec![
                kind(),
                compare("urgent", Operator::Eq, true.into()),
                compare("stage", Operator::Eq, "verification".into()),
            ]),
            urn(),
        ),
    ]
}

fn find(store: &SqliteStore) {
    for (what, filter, order) in questions() {
        let view = store.snapshot().unwrap();
        let count = view.count(&filter, u64::MAX).unwrap();
        let time = |limit| {
            let mut times: Vec<f64> = (0..21)
                .map(|_| {
                    let started = Moment::now();
                    view.find(&filter, &Find { order: order.clone(), skip: 0, limit }).unwrap();
                    started.elapsed().as_secs_f64() * 1e3
                })
                .collect();
            times.sort_by(f64::total_cmp);
            times[10]
        };
        let capped = {
            let started = Moment::now();
            view.count(&filter, 1_000).unwrap();
            started.elapsed().as_secs_f64() * 1e3
        };
        println!(
            "{what:<40} {count:>7} match  page of 50 {:8.3} ms  count to 1,000 {capped:8.3} ms",
            time(50)
        );
    }
}
