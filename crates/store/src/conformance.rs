//! What every store must do: one suite, run against each implementation.
//!
//! To check a store, call [`run`] with a function that opens a fresh one. The suite panics at the first failure, as a
//! test does; it is compiled in so that stores of other crates can use it.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test suite says what failed by panicking")]

use crate::{
    Commit, Conflict, Delivery, Expect, Find, Housekeeping, Key, Listing, ListingPage, NOW, Observations,
    Order, Outcome, SeriesRange, Store, StoreError, Timer,
};
use model::{
    Attribute, Change, Edition, Filter, Flag, Instant, Item, Name, Observation, Operator, Period, SeriesKey,
    Urn, Value, map,
};
use proof::{CommandId, leaf_hash, verify_consistency, verify_inclusion};

/// Runs the whole suite, each check on a fresh store.
pub fn run(open: impl Fn() -> Box<dyn Store>) {
    a_commit_is_read_back(&*open());
    history_is_read_from_either_end(&*open());
    the_same_command_has_one_receipt(&*open());
    the_second_of_two_is_told_who_was_first(&*open());
    keys_are_unique_until_released(&*open());
    a_view_does_not_change_under_its_reader(&*open());
    later_observations_replace_and_both_stay(&*open());
    lists_timers_and_outbox_follow_their_commits(&*open());
    every_leaf_is_in_every_later_tree(&*open());
    what_would_not_read_back_is_refused(&*open());
    filters_find_what_they_match(&*open());
    what_is_found_comes_in_order(&*open());
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn thing(key: &str) -> Urn {
    Urn::of(&name("Thing"), key).unwrap()
}

fn command(id: u8) -> Commit {
    Commit::new(CommandId([id; 16]), thing("actor"), name("try"), "conformance")
}

fn change(entity: &Urn, attribute: &str, value: impl Into<Value>) -> Change {
    Change {
        entity: entity.clone(),
        kind: name("Thing"),
        verb: name("update"),
        set: [(name(attribute), Attribute::plain(value))].into(),
        note: Value::Null,
        record: None,
    }
}

fn writing(id: u8, entity: &Urn, value: i64) -> Commit {
    let mut commit = command(id);
    commit.changes.push(change(entity, "a", value));
    commit
}

fn outcome(store: &dyn Store, commit: Commit) -> Outcome {
    store.submit(commit).unwrap().blocking_recv().unwrap().unwrap()
}

fn done(store: &dyn Store, commit: Commit) -> crate::Done {
    match outcome(store, commit) {
        Outcome::Done(done) => done,
        Outcome::Conflict(conflict) => panic!("refused: {conflict:?}"),
    }
}

fn a_commit_is_read_back(store: &dyn Store) {
    let entity = thing("1");
    let done = done(store, writing(1, &entity, 5));
    let view = store.read().unwrap();
    let held = view.entity(&entity).unwrap().unwrap();
    assert_eq!(held.value("a"), &Value::Int(5));
    assert_eq!(held.version, done.sequence);
    assert_eq!(view.history(&entity, 0, 10).unwrap(), [done.sequence]);
    let entry = view.entry(done.sequence).unwrap().unwrap();
    assert_eq!(entry.leaf.command, CommandId([1; 16]));
    assert_eq!(proof::items_root(&entry.commitments()), entry.leaf.root);
    assert!(matches!(&entry.decoded().unwrap()[..], [Item::Change(_)]));
    assert_eq!(view.entities(&name("Thing"), None, 10).unwrap().len(), 1);
    assert_eq!(view.entity(&thing("none")).unwrap(), None);
}

fn history_is_read_from_either_end(store: &dyn Store) {
    for id in 0..5 {
        done(store, writing(id, &thing("1"), i64::from(id)));
    }
    let view = store.read().unwrap();
    assert_eq!(view.history(&thing("1"), 0, 2).unwrap(), [0, 1]);
    assert_eq!(view.history(&thing("1"), 3, 9).unwrap(), [3, 4]);
    assert_eq!(view.history_latest(&thing("1"), 2).unwrap(), [3, 4]);
}

fn the_same_command_has_one_receipt(store: &dyn Store) {
    let first = done(store, writing(1, &thing("1"), 5));
    for _ in 0..9 {
        let again = done(store, writing(1, &thing("1"), 6));
        assert_eq!(
            (again.sequence, again.committed, again.repeated),
            (first.sequence, first.committed, true)
        );
    }
    let view = store.read().unwrap();
    assert_eq!(view.size().unwrap(), 1);
    assert_eq!(view.entity(&thing("1")).unwrap().unwrap().value("a"), &Value::Int(5));
    assert_eq!(view.command(&CommandId([1; 16])).unwrap(), Some(0));
}

fn the_second_of_two_is_told_who_was_first(store: &dyn Store) {
    let entity = thing("1");
    let first = done(store, writing(1, &entity, 1));
    let expecting = |id, value| {
        let mut commit = writing(id, &entity, value);
        commit.expect.push(Expect::EntityAt(entity.clone(), Some(first.sequence)));
        commit
    };
    let winner = done(store, expecting(2, 2));
    let conflict = outcome(store, expecting(3, 3));
    assert_eq!(
        conflict,
        Outcome::Conflict(Conflict::Moved { entity: entity.clone(), by: Some(winner.sequence) })
    );
    let mut fresh = writing(4, &entity, 4);
    fresh.expect.push(Expect::EntityAt(entity.clone(), None));
    assert!(matches!(outcome(store, fresh), Outcome::Conflict(Conflict::Moved { .. })));
    let mut elsewhere = writing(5, &entity, 5);
    elsewhere.expect.push(Expect::Epoch(9));
    assert_eq!(outcome(store, elsewhere), Outcome::Conflict(Conflict::Epoch { epoch: 1 }));
    let view = store.read().unwrap();
    assert_eq!(view.size().unwrap(), 2, "a refused command leaves nothing");
    assert_eq!(view.entity(&entity).unwrap().unwrap().value("a"), &Value::Int(2));
}

fn keys_are_unique_until_released(store: &dyn Store) {
    let claim = |id, entity: &str| {
        let mut commit = writing(id, &thing(entity), 1);
        commit.expect.push(Expect::KeyUnused(name("open"), "k".to_owned()));
        commit.keys.push(Key { space: name("open"), key: "k".to_owned(), entity: Some(thing(entity)) });
        commit
    };
    done(store, claim(1, "1"));
    let taken = outcome(store, claim(2, "2"));
    assert_eq!(taken, Outcome::Conflict(Conflict::KeyTaken { entity: thing("1") }));
    assert_eq!(store.read().unwrap().key(&name("open"), "k").unwrap(), Some(thing("1")));
    let mut release = writing(3, &thing("1"), 2);
    release.keys.push(Key { space: name("open"), key: "k".to_owned(), entity: None });
    done(store, release);
    done(store, claim(4, "2"));
}

fn a_view_does_not_change_under_its_reader(store: &dyn Store) {
    done(store, writing(1, &thing("1"), 1));
    let before = store.read().unwrap();
    done(store, writing(2, &thing("1"), 2));
    assert_eq!(before.size().unwrap(), 1);
    assert_eq!(before.entity(&thing("1")).unwrap().unwrap().value("a"), &Value::Int(1));
    assert_eq!(store.read().unwrap().size().unwrap(), 2);
    assert_eq!(*store.watch().borrow(), 2);
}

fn later_observations_replace_and_both_stay(store: &dyn Store) {
    let series = SeriesKey {
        entity: thing("1"),
        attribute: name("so2"),
        basis: name("ZsAvg"),
        period: Period::Hour,
        edition: Edition::Raw,
    };
    let observing = |id, at: i64, value| {
        let mut commit = command(id);
        let observed = Instant::from_micros(at);
        let row = Observation { series: series.clone(), observed, value, flag: Flag::NORMAL };
        commit.observations = Some(Observations {
            received: Instant::from_micros(9),
            source: "##".to_owned(),
            rows: vec![row],
        });
        commit
    };
    // Out of order, and one hour twice.
    for (id, at, value) in [(1, 3600, 10.0), (2, 0, 20.0), (3, 3600, 30.0), (4, 7200, 40.0)] {
        done(store, observing(id, at, value));
    }
    let view = store.read().unwrap();
    let numbered = view.series(&thing("1")).unwrap();
    assert_eq!(numbered.len(), 1);
    let range = |limit| SeriesRange {
        series: numbered[0].number,
        from: Instant::from_micros(0),
        to: Instant::from_micros(7200),
        limit,
        before: NOW,
    };
    let values =
        |limit| -> Vec<f64> { view.observations(range(limit)).unwrap().iter().map(|r| r.value).collect() };
    assert_eq!(values(10), [20.0, 30.0]);
    assert_eq!(values(1), [30.0], "the latest are kept");
    let tail = view.tail(0, 10).unwrap();
    assert_eq!(tail.len(), 4);
    assert!(matches!(&tail[0].decoded().unwrap()[..], [Item::Series(_), Item::Batch(_)]));
    assert!(matches!(&tail[1].decoded().unwrap()[..], [Item::Batch(_)]));
}

fn lists_timers_and_outbox_follow_their_commits(store: &dyn Store) {
    let at = Instant::from_micros;
    let mut commit = writing(1, &thing("1"), 1);
    commit
        .listings
        .push(Listing { entity: thing("1"), rows: vec![("inbox".to_owned(), 5), ("all".to_owned(), 5)] });
    commit.timers.push(Timer {
        id: "t".to_owned(),
        due: Some(at(50)),
        entity: thing("1"),
        what: name("ring"),
    });
    for body in ["one", "two"] {
        commit.deliveries.push(Delivery { receiver: "hook".to_owned(), body: body.to_owned() });
    }
    done(store, commit);
    {
        let view = store.read().unwrap();
        let page = ListingPage { skip: 0, limit: 10 };
        assert_eq!(view.listing("inbox", page).unwrap().len(), 1);
        assert_eq!(view.listing_count("inbox", 4).unwrap(), 0);
        assert_eq!(view.next_timer().unwrap(), Some(at(50)));
        assert_eq!(view.timers_due(at(49), 10).unwrap(), []);
        assert_eq!(view.timers_due(at(50), 10).unwrap()[0].what, name("ring"));
        let waiting = view.deliveries_due(at(0), 10).unwrap();
        assert_eq!(waiting.iter().map(|d| &*d.body).collect::<Vec<_>>(), ["one"], "in order per receiver");
        let keep = |work| store.keep(work).unwrap().blocking_recv().unwrap().unwrap();
        keep(Housekeeping::Retry(waiting[0].number, at(10)));
        keep(Housekeeping::Cursor(name("dispatch"), 1));
    }
    {
        let view = store.read().unwrap();
        assert_eq!(view.deliveries_due(at(9), 10).unwrap(), []);
        let waiting = view.deliveries_due(at(10), 10).unwrap();
        assert_eq!((waiting[0].attempts, &*waiting[0].id), (1, &*format!("{}-0", CommandId([1; 16]))));
        assert_eq!(view.cursor(&name("dispatch")).unwrap(), 1);
        assert_eq!(view.cursor(&name("other")).unwrap(), 0);
        store.keep(Housekeeping::Delivered(waiting[0].number)).unwrap().blocking_recv().unwrap().unwrap();
    }
    let mut commit = writing(2, &thing("1"), 1);
    commit.listings.push(Listing { entity: thing("1"), rows: vec![("all".to_owned(), 5)] });
    commit.timers.push(Timer { id: "t".to_owned(), due: None, entity: thing("1"), what: name("ring") });
    done(store, commit);
    let view = store.read().unwrap();
    assert_eq!(view.listing_count("inbox", i64::MAX).unwrap(), 0);
    assert_eq!(view.next_timer().unwrap(), None);
    assert_eq!(view.deliveries_due(at(0), 10).unwrap()[0].body, "two");
}

fn what_would_not_read_back_is_refused(store: &dyn Store) {
    assert!(store.submit(command(1)).is_err(), "a command without items");
    assert!(
        store.submit(Commit { ground: "x".repeat(300), ..writing(1, &thing("1"), 1) }).is_err(),
        "a long ground"
    );
    let mut commit = command(1);
    commit.changes.push(change(&thing("1"), "a", Value::Number(f64::NAN)));
    assert!(store.submit(commit).is_err(), "not a number");
    let deep = (0..40).fold(Value::Null, |inner, _| Value::List(vec![inner]));
    let mut commit = command(1);
    commit.changes.push(change(&thing("1"), "a", deep));
    assert!(store.submit(commit).is_err(), "nested too deeply");
    assert_eq!(store.read().unwrap().size().unwrap(), 0);
}

fn every_leaf_is_in_every_later_tree(store: &dyn Store) {
    let pending: Vec<_> = (0u32..600)
        .map(|i| {
            let mut commit = writing(0, &thing("1"), i64::from(i));
            commit.command = CommandId::derived(&[0; 32], &[&i.to_string()]);
            store.submit(commit).unwrap()
        })
        .collect();
    pending.into_iter().for_each(|p| drop(p.blocking_recv().unwrap().unwrap()));
    let view = store.read().unwrap();
    let size = view.size().unwrap();
    assert_eq!(size, 600);
    let root = view.root(size).unwrap();
    for sequence in (0..size).step_by(37).chain([255, 256, 511, 512, 599]) {
        let leaf = view.entry(sequence).unwrap().unwrap().leaf_bytes;
        let path = view.inclusion(sequence, size).unwrap();
        assert!(verify_inclusion(&leaf_hash(&leaf), sequence, size, &path, &root), "{sequence}");
    }
    for old in [1, 200, 256, 300, 512, 599] {
        let path = view.consistency(old, size).unwrap();
        assert!(verify_consistency(old, &view.root(old).unwrap(), size, &root, &path), "{old}");
    }
}

fn path(text: &str) -> Vec<Name> {
    text.split('.').map(name).collect()
}

fn compare(at: &str, op: Operator, value: impl Into<Value>) -> Filter {
    Filter::Compare { path: path(at), op, value: value.into() }
}

fn found(store: &dyn Store, filter: &Filter, order: Order) -> Vec<String> {
    let find = Find { order, skip: 0, limit: 100 };
    let found = store.read().unwrap().find(filter, &find).unwrap();
    found.iter().map(|entity| entity.urn.tail().to_owned()).collect()
}

fn by_urn() -> Order {
    Order::Urn { after: None }
}

/// One of each kind, and some that are near each other or look like something else.
fn values_to_find() -> [Value; 12] {
    let evil = "'; DROP TABLE entity; --";
    [
        Value::Int((1 << 53) + 1),
        Value::Number(9_007_199_254_740_992.0),
        Value::Number(-0.5),
        true.into(),
        "大同市".into(),
        evil.into(),
        long_text().into(),
        Value::Bytes(vec![0, 255]),
        Instant::from_micros(-7).into(),
        thing("1").into(),
        map([("key", "大同".into()), ("deep", map([("er", 1.into())]))]),
        Value::List(vec!["大同市".into()]),
    ]
}

/// Longer than a store keeps for asking.
fn long_text() -> String {
    "同".repeat(400)
}

fn filters_to_ask(values: &[Value; 12]) -> Vec<Filter> {
    let mut filters = vec![
        Filter::All,
        Filter::None,
        Filter::And(vec![]),
        Filter::Or(vec![]),
        Filter::Kind(name("Thing")),
        Filter::Kind(name("Other")),
        Filter::Is(vec![thing("3"), thing("none")]),
        Filter::Has { path: path("a") },
        Filter::Has { path: path("a.key") },
        Filter::Has { path: vec![] },
        Filter::In { path: path("a"), values: values[..6].to_vec() },
        Filter::In { path: path("a"), values: vec![] },
        compare("a.key", Operator::Eq, "大同"),
    ];
    for value in values.iter().filter(|value| value.as_text() != Some(&long_text())) {
        filters.extend(Operator::ALL.map(|op| compare("a", op, value.clone())));
    }
    for prefix in ["", "大", "大同", "同同", "'", "%", "\u{10ffff}"] {
        filters.push(Filter::Starts { path: path("a"), prefix: prefix.to_owned() });
    }
    let not = |filter: &Filter| Filter::Not(Box::new(filter.clone()));
    let pairs: Vec<Filter> =
        filters.windows(2).map(|pair| Filter::And(vec![pair[0].clone(), not(&pair[1])])).collect();
    let nots: Vec<Filter> = filters.iter().map(not).collect();
    filters.into_iter().chain(nots).chain(pairs).collect()
}

fn filters_find_what_they_match(store: &dyn Store) {
    let values = values_to_find();
    for (id, value) in (0u8..).zip(&values) {
        let mut commit = writing(id, &thing(&id.to_string()), 0);
        commit.changes = vec![change(&thing(&id.to_string()), "a", value.clone())];
        done(store, commit);
    }
    // What was replaced or removed is found no more.
    done(store, writing(100, &thing("gone"), 1));
    let mut commit = command(101);
    commit.changes.push(change(&thing("gone"), "a", Value::Null));
    done(store, commit);

    let all = store.read().unwrap().entities(&name("Thing"), None, 100).unwrap();
    assert_eq!(all.len(), values.len() + 1);
    for filter in filters_to_ask(&values) {
        let expected: Vec<&str> =
            all.iter().filter(|entity| filter.matches(entity)).map(|entity| entity.urn.tail()).collect();
        assert_eq!(found(store, &filter, by_urn()), expected, "{filter:?}");
        assert_eq!(
            store.read().unwrap().count(&filter, 3).unwrap(),
            expected.len().min(3) as u64,
            "{filter:?}"
        );
    }
    for filter in [
        Filter::Has { path: path("a.deep.er") },
        compare("a", Operator::Eq, long_text()),
        (0..40).fold(Filter::All, |inner, _| Filter::Not(Box::new(inner))),
    ] {
        let refused = store.read().unwrap().count(&filter, 1);
        assert!(matches!(refused, Err(StoreError::Filter(_))), "{refused:?}");
    }
}

fn what_is_found_comes_in_order(store: &dyn Store) {
    let values = [
        ("1", Value::Int(2)),
        ("2", Value::Number(1.5)),
        ("3", "x".into()),
        ("4", Value::Null),
        ("5", 2.into()),
    ];
    for (id, (key, value)) in (0u8..).zip(values) {
        let mut commit = command(id);
        commit.changes = vec![change(&thing(key), "b", 0), change(&thing(key), "a", value)];
        done(store, commit);
    }
    let by = |descending| Order::By { path: path("a"), descending };
    assert_eq!(found(store, &Filter::All, by_urn()), ["1", "2", "3", "4", "5"]);
    assert_eq!(found(store, &Filter::All, Order::Urn { after: Some(thing("3")) }), ["4", "5"]);
    for filter in [Filter::All, Filter::Has { path: path("b") }] {
        assert_eq!(found(store, &filter, by(false)), ["2", "1", "5", "3", "4"], "nothing comes last");
        assert_eq!(found(store, &filter, by(true)), ["3", "1", "5", "2", "4"], "equal ones by URN");
        for skip in 0..6 {
            let find = Find { order: by(false), skip, limit: 2 };
            let page = store.read().unwrap().find(&filter, &find).unwrap();
            let tails: Vec<&str> = page.iter().map(|entity| entity.urn.tail()).collect();
            let all = ["2", "1", "5", "3", "4"];
            let from = usize::try_from(skip).unwrap().min(all.len());
            assert_eq!(tails, all[from..(from + 2).min(all.len())]);
        }
    }
}
