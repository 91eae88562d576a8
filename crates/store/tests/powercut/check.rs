//! The check: a model that replays the clients' own commits in the log's order, compared through the normal query path.

use crate::client::{ENTITIES, KEYS, Told, log_key, name, open, thing};
use model::{Attribute, Instant, Item, Name, SeriesKey, Urn};
use proof::{leaf_hash, verify_inclusion};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use store::{
    AuditReport, Commit, Delivery, Expect, Key, Listing, ListingPage, NOW, Outcome, Reading, SeriesRange,
    SqliteStore, Store, Timer, TimerRow,
};

const EVERYTHING: u32 = 1_000_000;

/// What the log says should be found, from the commits that the clients remember.
#[derive(Default)]
struct Model {
    history: BTreeMap<Urn, Vec<u64>>,
    values: BTreeMap<Urn, BTreeMap<Name, Attribute>>,
    keys: BTreeMap<String, Urn>,
    listings: BTreeMap<String, BTreeSet<(i64, Urn)>>,
    timers: BTreeMap<String, TimerRow>,
    outbox: BTreeMap<String, String>,
    series: BTreeMap<SeriesKey, BTreeMap<Instant, (u64, f64)>>,
}

impl Model {
    /// Applies a commit as the log has it. Says which expectation did not hold there.
    fn replay(&mut self, commit: &Commit, sequence: u64) -> Vec<String> {
        let broken = commit.expect.iter().filter(|expect| match expect {
            Expect::EntityAt(urn, version) => {
                self.history.get(urn).and_then(|h| h.last()) != version.as_ref()
            }
            Expect::KeyUnused(_, key) => self.keys.contains_key(key),
            Expect::Epoch(epoch) => *epoch != 1,
        });
        let broken = broken.map(|expect| format!("entry {sequence} stands in spite of {expect:?}")).collect();
        for change in &commit.changes {
            self.history.entry(change.entity.clone()).or_default().push(sequence);
            self.values.entry(change.entity.clone()).or_default().extend(change.set.clone());
        }
        for row in commit.observations.iter().flat_map(|observations| &observations.rows) {
            let series = self.series.entry(row.series.clone()).or_default();
            series.insert(row.observed, (sequence, row.value));
        }
        for Key { key, entity, .. } in &commit.keys {
            match entity {
                Some(entity) => drop(self.keys.insert(key.clone(), entity.clone())),
                None => drop(self.keys.remove(key)),
            }
        }
        for Listing { entity, rows } in &commit.listings {
            self.listings.values_mut().for_each(|list| list.retain(|(_, listed)| listed != entity));
            for (space, sort) in rows {
                self.listings.entry(space.clone()).or_default().insert((*sort, entity.clone()));
            }
        }
        for Timer { id, due, entity, what } in commit.timers.iter().cloned() {
            self.timers.remove(&id);
            if let Some(due) = due {
                self.timers.insert(id.clone(), TimerRow { id, due, entity, what });
            }
        }
        for Delivery { receiver, body } in &commit.deliveries {
            self.outbox.entry(receiver.clone()).or_insert_with(|| body.clone());
        }
        broken
    }

    /// Compares with what the store answers.
    fn differences(&self, view: &dyn Reading) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut same = |what: &str, same: bool| wrong.extend((!same).then(|| format!("{what} differs")));
        for (urn, history) in &self.history {
            let held = view.entity(urn).unwrap();
            let version = held.as_ref().map(|held| held.version);
            same(&format!("{urn}: version"), version == history.last().copied());
            same(&format!("{urn}: history"), view.history(urn, 0, EVERYTHING).unwrap() == *history);
            let mut values = self.values[urn].iter();
            let equal = held.is_some_and(|held| values.all(|(n, a)| held.value(n.as_str()) == &a.value));
            same(&format!("{urn}: values"), equal);
        }
        for key in (0..KEYS).map(|key| format!("k{key}")) {
            same(&key, view.key(&name("open"), &key).unwrap().as_ref() == self.keys.get(&key));
        }
        for (space, rows) in &self.listings {
            let page = ListingPage { skip: 0, limit: EVERYTHING };
            let found = view.listing(space, page).unwrap().into_iter().map(|due| (due.sort, due.entity));
            same(&format!("list {space}"), found.collect::<BTreeSet<_>>() == *rows);
        }
        let timers = view.timers_due(Instant::from_micros(i64::MAX), EVERYTHING).unwrap();
        same(
            "timers",
            timers.into_iter().map(|timer| (timer.id.clone(), timer)).collect::<BTreeMap<_, _>>()
                == self.timers,
        );
        let outbox = view.deliveries_due(Instant::from_micros(i64::MAX), EVERYTHING).unwrap();
        same(
            "outbox",
            outbox.into_iter().map(|first| (first.receiver, first.body)).collect::<BTreeMap<_, _>>()
                == self.outbox,
        );
        let mut series = BTreeMap::new();
        for numbered in (0..ENTITIES).flat_map(|entity| view.series(&thing(entity)).unwrap()) {
            let (from, to) = (Instant::from_micros(0), Instant::from_micros(i64::MAX));
            let range = SeriesRange { series: numbered.number, from, to, limit: EVERYTHING, before: NOW };
            // A block that is gone or damaged is an error, and so a difference.
            let rows = view.observations(range).unwrap_or_default();
            series.insert(
                numbered.key,
                rows.iter().map(|row| (row.observed, (row.sequence, row.value))).collect(),
            );
        }
        same("observations", series == self.series);
        wrong
    }
}

/// What was found in a database, given what its clients were told. It is opened as after any start.
#[derive(Debug, Default)]
pub struct Found {
    /// What should not be.
    pub complaints: Vec<String>,
    /// Commands that expected nothing and are not there: the cut was no pretence.
    pub gone: usize,
}

pub fn look(path: &Path, told: &Told) -> Found {
    let store = match open(path, None) {
        Ok(store) => store,
        Err(error) => {
            let complaints = vec![format!("the database does not open again: {error:?}")];
            return Found { complaints, gone: told.sent.len() };
        }
    };
    let view = store.snapshot().unwrap();
    let (log, size) = (view.log(), view.size().unwrap());
    let mut wrong = Vec::new();
    if size < told.shown {
        wrong.push(format!("a reader was shown {} entries, {size} are there", told.shown));
    }
    let (mut model, mut found) = (Model::default(), BTreeSet::new());
    for (sequence, entry) in (0..).zip(view.tail(0, EVERYTHING).unwrap()) {
        let id = entry.leaf.command;
        if !found.insert(id) || view.command(&id).unwrap() != Some(sequence) {
            wrong.push(format!("{id} stands twice, or elsewhere than its index says"));
        }
        match told.sent.get(&id) {
            Some(commit) if carries(&entry.decoded().unwrap(), commit) => {
                wrong.extend(model.replay(commit, sequence));
            }
            _ => wrong.push(format!("entry {sequence} is not what was sent")),
        }
    }
    wrong.extend(model.differences(&view));
    for (id, done) in &told.done {
        let at = view.command(id).unwrap();
        let committed = at.and_then(|at| view.entry(at).unwrap()).map(|entry| entry.leaf.committed);
        match (committed, done) {
            (None, _) => wrong.push(format!("{id} was acknowledged and is lost")),
            (_, Some(done)) if (at, committed) != (Some(done.sequence), Some(done.committed)) => {
                wrong.push(format!("{id} was acknowledged elsewhere"));
            }
            _ => {}
        }
    }
    let refused = told.refused.iter().filter(|id| found.contains(*id));
    wrong.extend(refused.map(|id| format!("{id} was refused and is there")));
    let heads: BTreeSet<String> = view.heads(u32::MAX).unwrap().into_iter().collect();
    wrong.extend(
        told.heads.iter().filter(|head| !heads.contains(*head)).map(|head| format!("no head {head}")),
    );
    let cursors = told.cursors.iter().filter(|(cursor, at)| view.cursor(cursor).unwrap() < **at);
    wrong.extend(cursors.map(|(cursor, _)| format!("{cursor} went back")));
    drop(view);
    wrong.extend(sent_again(&store, told));
    drop(store);
    let report = AuditReport::of(path, Some(&log_key(log).verify_key().into())).unwrap();
    wrong.extend(report.faults.iter().map(|fault| format!("audit: {fault:?}")));
    let gone = told.sent.values().filter(|sent| sent.expect.is_empty() && !found.contains(&sent.command));
    Found { complaints: wrong, gone: gone.count() }
}

/// Whether items are those of a commit.
fn carries(items: &[Item], commit: &Commit) -> bool {
    let changes =
        items.iter().filter_map(|item| if let Item::Change(change) = item { Some(change) } else { None });
    let batch = items.iter().find_map(|item| if let Item::Batch(batch) = item { Some(batch) } else { None });
    let sent = commit.observations.as_ref().map(|sent| (&sent.source, sent.rows.len()));
    changes.eq(&commit.changes) && batch.map(|batch| (&batch.source, batch.rows.len())) == sent
}

/// The store goes on: what was acknowledged keeps its receipt, and stands in the tree.
fn sent_again(store: &SqliteStore, told: &Told) -> Vec<String> {
    let mut wrong = Vec::new();
    let size = store.snapshot().unwrap().size().unwrap();
    for (id, done) in told.done.iter().step_by(1 + told.done.len() / 20) {
        // A store that lost rows may fail outright: two leaves would stand in one place of the log.
        let again = store.submit(told.sent[id].clone()).unwrap().blocking_recv().unwrap();
        let Ok(Outcome::Done(again)) = again else {
            wrong.push(format!("{id} is refused when sent again"));
            continue;
        };
        if !again.repeated || done.as_ref().is_some_and(|done| done.sequence != again.sequence) {
            wrong.push(format!("{id} was done again"));
            continue;
        }
        let view = store.snapshot().unwrap();
        let leaf = leaf_hash(&view.entry(again.sequence).unwrap().unwrap().leaf_bytes);
        let path = view.inclusion(again.sequence, size).unwrap();
        if !verify_inclusion(&leaf, again.sequence, size, &path, &view.root(size).unwrap()) {
            wrong.push(format!("{id} is not in the tree"));
        }
    }
    wrong
}
