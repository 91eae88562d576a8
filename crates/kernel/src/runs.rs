//! Runs of connectors: each taking-in is an entity that says what came, from where and by whom; it can be undone as one. What has
//! a schedule is fetched by it.

use crate::act::say;
use crate::background::Background;
use crate::follow::case_key;
use crate::sources::number_of;
use crate::{Actor, Imported, Kernel, Refusal, name, system};
use connector::Findings;
use model::{
    Attribute, BATCH_ROWS_MAX, Batch, Change, Entity, Filter, Flag, Instant, Item, Name, Observation,
    Operator, SeriesKey, Urn, Value, map,
};
use pack::{Connector, Schedule};
use proof::CommandId;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Commit, Delivery, Expect, Find, NOW, Observations, Order, Reading, SeriesRange};

/// How often it is looked whether something is to be fetched.
const LOOK: Duration = Duration::from_secs(5);
/// How long after an attempt that failed the next is made at the latest.
const RETRY_SECS_MAX: i64 = 3600;
/// How long it is waited for a file that has not come yet.
const ABSENT_SECS: i64 = 60;
const DAY_SECS: i64 = 86_400;
/// Names of each kind of fault that a source is told.
const NAMED_MAX: usize = 5;
/// Versions of an entity that an undoing looks through.
const VERSIONS_MAX: u32 = 10_000;

/// Something that fetches what connectors read.
pub trait Fetch: Send + Sync {
    /// The bytes of a file, an answer or a query, or nothing where no file has been put yet; `watermark` is the one up to which
    /// all is known.
    fn fetch(&self, connector: &Connector, watermark: Option<&str>) -> Result<Option<Vec<u8>>, String>;
}

/// The thread that fetches what is due, and lets go of what was kept long enough.
pub struct Fetcher(#[expect(dead_code, reason = "held for its end")] Background);

impl Fetcher {
    /// Starts it.
    pub fn start(kernel: Arc<Kernel>) -> std::io::Result<Self> {
        let round = move || {
            if let Err(error) = kernel.fetch_round() {
                tracing::warn!(%error, "what is due could not be fetched");
            }
            if let Err(error) = kernel.retain_if_due() {
                tracing::warn!(%error, "what was kept long enough could not be forgotten");
            }
            LOOK
        };
        Background::start("fetch", round).map(Self)
    }
}

/// What an undoing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Values that are again what they were before.
    pub restored: usize,
    /// Values that had not been known before, and are left out now.
    pub left_out: usize,
    /// Values that were changed since, and stay.
    pub kept: usize,
}

impl Kernel {
    /// By what connectors fetch. Said once, by whoever starts the node.
    pub fn fetch_by(&self, fetch: Arc<dyn Fetch>) {
        let _ = self.fetch.set(fetch);
    }

    /// What a connector's origin has now, for whoever may run it.
    pub fn fetched(&self, actor: &Actor, id: &str) -> Result<Vec<u8>, Refusal> {
        let connector = self.connector(actor, id)?;
        let refused = |why: &str| {
            let (zh, en) = (format!("没有取到：{why}"), format!("it could not be fetched: {why}"));
            Refusal::Field { field: "file", what: say(&zh, &en) }
        };
        let found = self.get(&connector, None).map_err(|why| refused(&why))?;
        found.ok_or_else(|| refused(&connector.from.place))
    }

    fn get(&self, connector: &Connector, watermark: Option<&str>) -> Result<Option<Vec<u8>>, String> {
        let fetch = self.fetch.get().ok_or("this node fetches nothing")?;
        fetch.fetch(connector, watermark)
    }

    /// The latest runs of a connector, the latest first, for whoever may run it.
    pub fn runs(&self, actor: &Actor, id: &str, limit: u32) -> Result<Vec<Entity>, Refusal> {
        self.connector(actor, id)?;
        self.runs_of(&*self.store.read()?, id, limit)
    }

    fn runs_of(&self, view: &dyn Reading, id: &str, limit: u32) -> Result<Vec<Entity>, Refusal> {
        let wanted = Filter::And(vec![
            Filter::Kind(kind()?),
            Filter::Compare { path: vec![name("connector")?], op: Operator::Eq, value: id.into() },
        ]);
        let order = Order::By { path: vec![name("at")?], descending: true };
        Ok(view.find(&wanted, &Find { order, skip: 0, limit })?)
    }

    /// Fetches every connector that is due. Returns how many were.
    pub fn fetch_round(&self) -> Result<usize, Refusal> {
        let loaded = self.loaded();
        let scheduled = loaded.definitions.connectors.values().filter(|connector| {
            connector.owner.is_some() && connector.schedule != Schedule::Manual && self.fetch.get().is_some()
        });
        let mut fetched = 0;
        for connector in scheduled {
            let now = self.now();
            if self.due.of(&connector.id).is_some_and(|due| now < due) {
                continue;
            }
            let last = self.last_fetched(connector)?;
            // What was fetched before this process began counts too.
            let due = last.as_ref().and_then(|run| next_due(connector, run));
            if due.is_none_or(|due| now >= due) {
                self.fetch_one(connector, last.as_ref())?;
                fetched += 1;
            }
        }
        Ok(fetched)
    }

    /// The latest run that the schedule made.
    fn last_fetched(&self, connector: &Connector) -> Result<Option<Entity>, Refusal> {
        let wanted = Filter::And(vec![
            Filter::Kind(kind()?),
            Filter::Compare {
                path: vec![name("connector")?],
                op: Operator::Eq,
                value: connector.id.as_str().into(),
            },
            Filter::Compare { path: vec![name("by")?], op: Operator::Eq, value: system()?.into() },
        ]);
        let order = Order::By { path: vec![name("at")?], descending: true };
        Ok(self.store.read()?.find(&wanted, &Find { order, skip: 0, limit: 1 })?.pop())
    }

    /// Fetches one, and says what became of it. A file that has not come yet, or is the one of last time, is nothing to say.
    fn fetch_one(&self, connector: &Connector, last: Option<&Entity>) -> Result<(), Refusal> {
        let now = self.now();
        let command = self.command_id(&["fetch", connector.id.as_str(), &now.micros().to_string()]);
        let watermark = last.map(|run| run.text("watermark")).filter(|text| !text.is_empty());
        let by = system()?;
        self.due.set(&connector.id, now.plus_secs(every(connector)));
        let taken = match self.get(connector, watermark) {
            Ok(None) => {
                self.due.set(&connector.id, now.plus_secs(ABSENT_SECS));
                return Ok(());
            }
            Ok(Some(bytes)) if last.is_some_and(|run| is_same(run, &bytes)) => {
                self.counters.add("fetch", "unchanged");
                return Ok(());
            }
            Ok(Some(bytes)) => {
                let taken = self.take_in(&by, connector, command, (&bytes, watermark));
                taken.map_err(|refusal| refusal.to_string())
            }
            Err(why) => Err(why),
        };
        match taken {
            Ok(_) => self.counters.add("fetch", "taken"),
            Err(why) => {
                tracing::warn!(connector = connector.id.as_str(), why, "a connector could not be fetched");
                self.counters.add("fetch", "failed");
                self.due.set(&connector.id, now.plus_secs(every(connector).min(RETRY_SECS_MAX)));
                let said = [
                    ("state", "failed".into()),
                    ("why", why.as_str().into()),
                    ("watermark", watermark.into()),
                ];
                self.write_run(&by, connector, command, said, None)?;
            }
        }
        Ok(())
    }

    /// Keeps what a taking-in was. The owner hears of one that failed, or found something wrong, when nobody was there.
    pub(crate) fn keep_run(
        &self,
        by: &Urn,
        connector: &Connector,
        command: CommandId,
        (imported, watermark): (&Imported, Option<&str>),
    ) -> Result<Urn, Refusal> {
        let count = |count: usize| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
        let found = imported.findings.counts();
        let found = found.map(|(code, n)| (code.as_str().to_owned(), Value::Int(n.cast_signed())));
        let entries = imported.entries.iter().map(|entry| Value::Int(entry.cast_signed()));
        self.write_run(
            by,
            connector,
            command,
            [
                ("state", "taken".into()),
                ("file", imported.digest.as_str().into()),
                ("rows", count(imported.rows)),
                ("entities", count(imported.entities)),
                ("new", count(imported.new)),
                ("corrected", count(imported.corrected)),
                ("known", count(imported.known)),
                ("findings", Value::Map(found.collect())),
                ("entries", Value::List(entries.collect())),
                ("watermark", watermark.into()),
            ],
            ticket(connector, &imported.findings).as_ref(),
        )
    }

    fn write_run<const N: usize>(
        &self,
        by: &Urn,
        connector: &Connector,
        command: CommandId,
        said: [(&str, Value); N],
        ticket: Option<&(Name, String)>,
    ) -> Result<Urn, Refusal> {
        let run = Urn::of(&kind()?, &command.to_string()).map_err(crate::invalid)?;
        let mut set = BTreeMap::new();
        let head = [
            ("connector", Value::from(connector.id.as_str())),
            ("by", by.clone().into()),
            ("at", self.now().into()),
        ];
        for (id, value) in head.into_iter().chain(said).filter(|(_, value)| *value != Value::Null) {
            set.insert(name(id)?, Attribute::plain(value));
        }
        let id = self.command_id(&["run", &command.to_string()]);
        let ground = format!("connector {}: {}", connector.id, connector.basis);
        let mut commit = Commit::new(id, by.clone(), name("run")?, ground);
        let unattended = *by == system()?;
        let sound = set.get("state").is_some_and(|state| state.value == "taken".into())
            && set.get("findings").is_none_or(|found| found.value == Value::Map(BTreeMap::new()));
        if let (true, false, Some(owner)) = (unattended, sound, &connector.owner) {
            let body = serde_json::json!({ "connector": connector.id.as_str(), "run": run.as_str() });
            commit.deliveries.push(Delivery { receiver: format!("role/{owner}"), body: body.to_string() });
        }
        let mut change = change(&run, "run", set)?;
        if let Some((process, facts)) = ticket {
            // What follows of it is done like the cases that acts open, once.
            let with = [
                ("list", connector.title.zh.as_str().into()),
                ("run", run.clone().into()),
                ("facts", facts.as_str().into()),
            ];
            let opening = map([
                ("process", process.as_str().into()),
                ("key", case_key(process, connector.id.as_str()).as_str().into()),
                ("with", map(with)),
            ]);
            change.note = map([("opens", Value::List(vec![opening]))]);
        }
        commit.changes.push(change);
        crate::done(self.store.submit(commit)?)?;
        Ok(run)
    }

    /// Takes a run back as one: what it brought is again what it was, or left out if it had not been known. What was changed
    /// since stays as it is. One that was broken off can be asked for again.
    pub fn undo_run(&self, actor: &Actor, run: &Urn) -> Result<Undone, Refusal> {
        let view = self.store.read()?;
        let held = view.entity(run)?.filter(|run| kind().is_ok_and(|kind| run.kind == kind));
        let held = held.ok_or_else(|| Refusal::NotFound(run.to_string()))?;
        let connector = self.connector(actor, held.text("connector"))?;
        if held.text("state") != "taken" {
            let what = say("这一次已经撤销，或者没有导入", "it was undone already, or brought nothing");
            return Err(Refusal::Field { field: "run", what });
        }
        let mut undone = Undone::default();
        let ground = format!("undoing {run}");
        for entry in held.value("entries").as_list().iter().filter_map(Value::as_int) {
            let view = self.store.read()?;
            let Some(written) = view.entry(entry.cast_unsigned())? else { continue };
            let mut back = Back { view: &*view, entry: entry.cast_unsigned(), undone: &mut undone };
            let (mut rows, mut changes) = (Vec::new(), Vec::new());
            for item in written.decoded().unwrap_or_default() {
                match item {
                    Item::Batch(batch) => rows.extend(back.rows(&batch)?),
                    Item::Change(change) => changes.extend(back.change(change)?),
                    _ => {}
                }
            }
            drop(view);
            self.put_back(actor, (run, entry), &ground, (rows, changes))?;
        }
        let mut set = BTreeMap::new();
        set.insert(name("state")?, Attribute::plain("undone"));
        set.insert(name("undoneBy")?, Attribute::plain(Value::from(actor.urn.clone())));
        set.insert(name("undoneAt")?, Attribute::plain(Value::from(self.now())));
        let id = self.command_id(&["undo", run.as_str()]);
        let mut commit = Commit::new(id, actor.urn.clone(), name("undo")?, ground);
        commit.changes.push(change(run, "undo", set)?);
        crate::done(self.store.submit(commit)?)?;
        self.counters.add("import", "undone");
        tracing::info!(connector = connector.id.as_str(), ?undone, "an import was undone");
        Ok(undone)
    }

    fn put_back(
        &self,
        actor: &Actor,
        (run, entry): (&Urn, i64),
        ground: &str,
        (rows, changes): (Vec<Observation>, Vec<(Change, u64)>),
    ) -> Result<(), Refusal> {
        let new = |part: &str| {
            let id = self.command_id(&["undo", run.as_str(), &entry.to_string(), part]);
            Ok::<_, Refusal>(Commit::new(id, actor.urn.clone(), name("undo")?, ground))
        };
        for (at, rows) in rows.chunks(BATCH_ROWS_MAX).enumerate() {
            let mut commit = new(&format!("rows {at}"))?;
            commit.cause = Some(entry.cast_unsigned());
            let source = format!("undoing {run}");
            commit.observations = Some(Observations { received: self.now(), source, rows: rows.to_vec() });
            crate::done(self.store.submit(commit)?)?;
        }
        for (change, version) in changes {
            let mut commit = new(change.entity.as_str())?;
            commit.cause = Some(entry.cast_unsigned());
            commit.expect.push(Expect::EntityAt(change.entity.clone(), Some(version)));
            commit.changes.push(change);
            crate::done(self.store.submit(commit)?)?;
        }
        Ok(())
    }
}

/// The way back behind one entry.
struct Back<'a> {
    view: &'a dyn Reading,
    entry: u64,
    undone: &'a mut Undone,
}

impl Back<'_> {
    /// What values were before the entry brought others; those that are not the entry's any more stay.
    fn rows(&mut self, batch: &Batch) -> Result<Vec<Observation>, Refusal> {
        let mut keys: BTreeMap<u64, SeriesKey> = BTreeMap::new();
        let mut rows = Vec::new();
        for row in &batch.rows {
            let key = match keys.entry(row.series) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let Some(key) = self.view.series_key(row.series)? else { continue };
                    place.insert(key)
                }
            };
            let series = number_of(self.view, key)?.unwrap_or(row.series);
            let to = Instant::from_micros(row.observed.micros().saturating_add(1));
            let range = SeriesRange { series, from: row.observed, to, limit: u32::MAX, before: NOW };
            let mut versions = self.view.observation_versions(range)?;
            let last = versions.pop();
            if last.is_none_or(|last| last.sequence != self.entry) {
                self.undone.kept += 1;
                continue;
            }
            let (value, flag) = match versions.pop() {
                Some(before) => {
                    self.undone.restored += 1;
                    (before.value, before.flag)
                }
                None => {
                    self.undone.left_out += 1;
                    (row.value, Flag::LEFT_OUT)
                }
            };
            rows.push(Observation { series: key.clone(), observed: row.observed, value, flag });
        }
        Ok(rows)
    }

    /// The attributes of a change as they were before it, with the version on which that rests; nothing if all of them have been
    /// changed since.
    fn change(&mut self, change: Change) -> Result<Option<(Change, u64)>, Refusal> {
        let Some(entity) = self.view.entity(&change.entity)? else { return Ok(None) };
        let mut open: BTreeMap<Name, Attribute> = BTreeMap::new();
        let mut touched = Vec::new();
        // The latest first: what was set after the entry stays, what was set last before it comes back.
        for sequence in self.view.history_latest(&change.entity, VERSIONS_MAX)?.into_iter().rev() {
            let Some(entry) = self.view.entry(sequence)? else { continue };
            let items = entry.decoded().unwrap_or_default().into_iter();
            let sets = items.filter_map(|item| match item {
                Item::Change(own) if own.entity == change.entity => Some(own.set),
                _ => None,
            });
            for (id, attribute) in sets.flatten().filter(|(id, _)| change.set.contains_key(id)) {
                match sequence.cmp(&self.entry) {
                    std::cmp::Ordering::Greater => touched.push(id),
                    std::cmp::Ordering::Equal => {}
                    std::cmp::Ordering::Less => {
                        open.entry(id).or_insert(attribute);
                    }
                }
            }
        }
        let mut set = BTreeMap::new();
        for id in change.set.keys() {
            if touched.contains(id) {
                self.undone.kept += 1;
                continue;
            }
            self.undone.restored += 1;
            set.insert(id.clone(), open.remove(id).unwrap_or_else(|| Attribute::plain(Value::Null)));
        }
        if set.is_empty() {
            return Ok(None);
        }
        let note = map([("undoes", Value::Int(self.entry.cast_signed()))]);
        Ok(Some((Change { verb: name("undo")?, set, note, record: None, ..change }, entity.version)))
    }
}

/// When each connector is to be fetched next, as far as this process knows.
#[derive(Default)]
pub(crate) struct DueFetches(Mutex<BTreeMap<Name, Instant>>);

impl DueFetches {
    fn of(&self, connector: &Name) -> Option<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(connector).copied()
    }

    fn set(&self, connector: &Name, due: Instant) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(connector.clone(), due);
    }
}

/// How long after one fetching the next is due.
fn every(connector: &Connector) -> i64 {
    match connector.schedule {
        Schedule::Hourly => 3600,
        Schedule::Daily | Schedule::Manual => DAY_SECS,
    }
}

/// When a connector is due after a run.
fn next_due(connector: &Connector, run: &Entity) -> Option<Instant> {
    let failed = run.text("state") == "failed";
    let every = if failed { every(connector).min(RETRY_SECS_MAX) } else { every(connector) };
    Some(run.value("at").as_instant()?.plus_secs(every))
}

/// Whether bytes are the file that a run took in.
fn is_same(run: &Entity, bytes: &[u8]) -> bool {
    run.text("state") == "taken" && run.text("file") == proof::hex(&store::blobs::digest(bytes))
}

/// What the source of a file is told, if anything of it is to be told: all that was found, each kind with its first names.
fn ticket(connector: &Connector, findings: &Findings) -> Option<(Name, String)> {
    let on = connector.ticket.as_ref()?;
    on.faults.iter().any(|fault| findings.count(*fault) > 0).then_some(())?;
    let kinds = findings.counts().map(|(fault, count)| {
        let of = findings.kept().iter().filter(|found| found.fault == fault);
        let mut named: Vec<&str> = of.filter_map(|found| found.key.as_deref()).collect();
        named.dedup();
        named.truncate(NAMED_MAX);
        let named = if named.is_empty() { String::new() } else { format!("（{}）", named.join("、")) };
        format!("{} {count}{named}", fault.title().zh)
    });
    Some((on.process.clone(), kinds.collect::<Vec<_>>().join("；")))
}

/// A run is no type of a pack: every city has them.
fn kind() -> Result<Name, Refusal> {
    name("ConnectorRun")
}

fn change(run: &Urn, verb: &str, set: BTreeMap<Name, Attribute>) -> Result<Change, Refusal> {
    Ok(Change { entity: run.clone(), kind: kind()?, verb: name(verb)?, set, note: Value::Null, record: None })
}
