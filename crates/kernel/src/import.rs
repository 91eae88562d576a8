//! A department's file comes in: its records find their entities, and what is new in them is one command per entity.
//!
//! A file may be read again, whole or grown: what is known already changes nothing. What differs from what is known is a
//! correction, and both stay in history.

use crate::sources::{number_of, series_key};
use crate::{Actor, Kernel, Loaded, Refusal, name};
use connector::{BYTES_MAX, Fault, Findings, Record, Table, TableError, newer, quality, records};
use model::{
    Attribute, BATCH_ROWS_MAX, Change, Entity, Filter, Flag, Instant, Name, Observation, Operator, Period,
    SeriesKey, Text, Urn, Value, Zone, map,
};
use pack::{Connector, Marks, PlacedAt, TypeDefinition, Writer};
use proof::{CommandId, Digest, hex};
use standards::geo;
use std::collections::{BTreeMap, HashMap, VecDeque};
use store::blobs::Blobs;
use store::{
    Commit, Expect, Find, NOW, Observations, Order, Outcome, Pending, Reading, SeriesRange, StoreError,
};

/// Records that are shown before anything is written.
pub const PREVIEW_ROWS: usize = 20;
/// Files that were tried and can be taken in by their digest, for each connector.
const TRIED_MAX: usize = 10;
/// Commands that are on their way at once, so that those of many entities share their syncs.
const PENDING_MAX: usize = 256;
/// The attribute that says where an entity is.
const LOCATION: &str = "location";
/// How far ahead of log time a value may be observed, in seconds.
pub(crate) const AHEAD_SECS_MAX: i64 = 3600;

/// What a file brings, or brought.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Rows of the file.
    pub rows: usize,
    /// The SHA-256 of the file, in hexadecimal, under which it is kept.
    pub digest: String,
    /// Entities that it tells something of.
    pub entities: usize,
    /// Of these, those that it makes.
    pub created: usize,
    /// Values that were not known.
    pub new: usize,
    /// Values that differ from what was known.
    pub corrected: usize,
    /// Values that were known.
    pub known: usize,
    /// What is wrong with it.
    pub findings: Findings,
    /// The first records, as they were understood.
    pub preview: Vec<Record>,
    /// The entries of the log that were written; none on a trial.
    pub entries: Vec<u64>,
    /// The run that was kept of it; none on a trial.
    pub run: Option<Urn>,
}

/// What of one entity is new.
#[derive(Default)]
struct News {
    observations: Vec<Observation>,
    set: BTreeMap<Name, Attribute>,
}

impl Kernel {
    /// Connectors in force that somebody may run.
    pub fn connectors(&self, actor: &Actor) -> Vec<Connector> {
        let (loaded, date) = (self.loaded(), self.date(self.now()));
        let all = loaded.definitions.connectors.values();
        let runs =
            |one: &&Connector| one.owner.as_ref().is_some_and(|owner| actor.holds(owner.as_str(), &date));
        all.filter(runs).cloned().collect()
    }

    /// A connector in force, for whoever may run it.
    pub fn connector(&self, actor: &Actor, id: &str) -> Result<Connector, Refusal> {
        let loaded = self.loaded();
        let found = loaded.definitions.connectors.get(id);
        let found = found.and_then(|found| Some((found, found.owner.as_ref()?)));
        let (found, owner) = found.ok_or_else(|| Refusal::NotFound(id.to_owned()))?;
        if !actor.holds(owner.as_str(), &self.date(self.now())) {
            return Err(Refusal::NotAllowed { role: owner.clone() });
        }
        Ok(found.clone())
    }

    /// The same for a file that was tried before with this connector, by its digest.
    pub fn import_kept(
        &self,
        actor: &Actor,
        (id, command): (&str, CommandId),
        digest: &Digest,
        trial: bool,
    ) -> Result<Imported, Refusal> {
        let connector = self.connector(actor, id)?;
        let bytes = self.tried(&connector).get(digest)?.ok_or_else(|| Refusal::NotFound(hex(digest)))?;
        self.import(actor, (id, command), &bytes, trial)
    }

    /// Reads a file by a connector. One that is taken in is kept under its digest, and its run can be undone as one. On a trial
    /// nothing is written, and everything else is the same; the last files that were tried can be taken in by their digest.
    pub fn import(
        &self,
        actor: &Actor,
        (id, command): (&str, CommandId),
        bytes: &[u8],
        trial: bool,
    ) -> Result<Imported, Refusal> {
        let connector = self.connector(actor, id)?;
        if !trial {
            return self.take_in(&actor.urn, &connector, command, (bytes, None));
        }
        let tried = self.tried(&connector);
        let mut out = Imported { digest: hex(&tried.put(bytes)?), ..Imported::default() };
        tried.keep_latest(TRIED_MAX)?;
        self.bring(None, &connector, command, (bytes, &mut None), &mut out)?;
        Ok(out)
    }

    /// Takes a file in, from a watermark on if one is given.
    pub(crate) fn take_in(
        &self,
        by: &Urn,
        connector: &Connector,
        command: CommandId,
        (bytes, watermark): (&[u8], Option<&str>),
    ) -> Result<Imported, Refusal> {
        let mut out = Imported { digest: hex(&self.blobs.put(bytes)?), ..Imported::default() };
        let mut watermark = watermark.map(str::to_owned);
        self.bring(Some(by), connector, command, (bytes, &mut watermark), &mut out)?;
        out.run = Some(self.keep_run(by, connector, command, (&out, watermark.as_deref()))?);
        Ok(out)
    }

    /// Files that were tried with a connector; they are not kept for long.
    fn tried(&self, connector: &Connector) -> Blobs {
        Blobs::new(self.dir.tried().join(connector.id.as_str()))
    }

    /// Brings a file's records to their entities; without somebody by whom, nothing is written.
    fn bring(
        &self,
        by: Option<&Urn>,
        connector: &Connector,
        command: CommandId,
        (bytes, watermark): (&[u8], &mut Option<String>),
        out: &mut Imported,
    ) -> Result<(), Refusal> {
        let loaded = self.loaded();
        let kind = loaded.definitions.types.get(&connector.into);
        let kind = kind.ok_or_else(|| Refusal::NotFound(connector.into.to_string()))?;
        let read = read(bytes, connector, (kind, &loaded.zone), watermark, out)
            .map_err(|error| unreadable(&error))?;
        out.preview = read.iter().take(PREVIEW_ROWS).cloned().collect();
        let mut by_key = BTreeMap::<String, Vec<Record>>::new();
        for record in read {
            by_key.entry(record.key.clone()).or_default().push(record);
        }
        let mut writing = Writing::default();
        for (key, records) in by_key {
            let view = self.store.read()?;
            let Some(entity) = self.entity_of(&*view, connector, kind, &key, &mut out.findings)? else {
                continue;
            };
            let mut news = self.news(&*view, &loaded, (connector, kind), (&entity, &records), out)?;
            drop(view);
            place(connector, kind, (&entity, &records), &mut news, out)?;
            out.entities += 1;
            if entity.version == 0 {
                out.created += 1;
                news.set.insert(connector.key.clone(), Attribute::plain(key.as_str()));
            }
            if let Some(by) = by {
                for commit in self.write_news(by, connector, (&entity, news), (&command, &key), out)? {
                    writing.add(self.store.submit(commit)?, out)?;
                }
                self.counters.add("import", "entity");
            }
        }
        writing.end(out)
    }

    /// The entity that a key means. None, or one that cannot be filled, is a finding.
    fn entity_of(
        &self,
        view: &dyn Reading,
        connector: &Connector,
        kind: &TypeDefinition,
        key: &str,
        findings: &mut Findings,
    ) -> Result<Option<Entity>, Refusal> {
        let path = vec![connector.key.clone()];
        let wanted = Filter::And(vec![
            Filter::Kind(kind.id.clone()),
            Filter::Compare { path, op: Operator::Eq, value: key.into() },
        ]);
        let found = view.find(&wanted, &Find { order: Order::Urn { after: None }, skip: 0, limit: 2 })?;
        let fault = match &found[..] {
            [] if connector.creates => return self.unknown(connector, kind, key).map(Some),
            [] => Fault::Unknown,
            [entity] if connector.observed.is_some() && has_device(kind, entity) => Fault::HasDevice,
            [_] => return Ok(found.into_iter().next()),
            _ => Fault::Ambiguous,
        };
        findings.add(fault, None, Some(key), "");
        Ok(None)
    }

    /// An entity that is not there yet, and is made of what a row says of it.
    fn unknown(&self, connector: &Connector, kind: &TypeDefinition, key: &str) -> Result<Entity, Refusal> {
        let id = self.command_id(&["made", connector.id.as_str(), key]);
        let urn = Urn::of(&kind.id, &id.to_string()).map_err(crate::invalid)?;
        let change = Change {
            entity: urn,
            kind: kind.id.clone(),
            verb: name("import")?,
            set: BTreeMap::new(),
            note: Value::Null,
            record: None,
        };
        Ok(Entity::apply(None, &change, 0, Instant::default()))
    }

    /// What of an entity's records is not known yet.
    fn news(
        &self,
        view: &dyn Reading,
        loaded: &Loaded,
        (connector, kind): (&Connector, &TypeDefinition),
        (entity, records): (&Entity, &[Record]),
        out: &mut Imported,
    ) -> Result<News, Refusal> {
        let mut news = News::default();
        if connector.observed.is_none() {
            for (id, value) in records.iter().flat_map(|record| &record.values) {
                match entity.value(id.as_str()) {
                    held if held == value => out.known += 1,
                    Value::Null => out.new += 1,
                    _ => out.corrected += 1,
                }
                if entity.value(id.as_str()) != value {
                    news.set.insert(id.clone(), Attribute::plain(value.clone()));
                }
            }
            return Ok(news);
        }
        let latest = self.now().plus_secs(AHEAD_SECS_MAX);
        let dated: Vec<(Instant, &Record)> = records
            .iter()
            .filter_map(|record| Some((self.instant(loaded, connector, kind, record)?, record)))
            .collect();
        let ends = dated.iter().map(|(observed, _)| *observed);
        let span = (ends.clone().min().unwrap_or_default(), ends.max().unwrap_or_default().plus_secs(1));
        let mut known = HashMap::new();
        for (observed, record) in dated {
            if observed > latest {
                out.findings.add(Fault::Ahead, Some(record.line), Some(&record.key), observed.to_string());
                continue;
            }
            for (id, value) in &record.values {
                let (Some(key), Some(value)) = (series_key(kind, entity, id), value.as_number()) else {
                    continue;
                };
                if !known.contains_key(id) {
                    known.insert(id.clone(), stored(view, &key, span)?);
                }
                match known.get(id).and_then(|rows| rows.get(&observed)) {
                    Some(held) if held.to_bits() == value.to_bits() => {
                        out.known += 1;
                        continue;
                    }
                    Some(_) => out.corrected += 1,
                    None => out.new += 1,
                }
                news.observations.push(Observation { series: key, observed, value, flag: Flag(b'N') });
            }
        }
        Ok(news)
    }

    /// When a record's period begins.
    fn instant(
        &self,
        loaded: &Loaded,
        connector: &Connector,
        kind: &TypeDefinition,
        record: &Record,
    ) -> Option<Instant> {
        let at = record.at?;
        let ends = connector.observed.as_ref().is_some_and(|observed| observed.marks == Marks::End);
        let length = match period(connector, kind) {
            Some(Period::Hour) if ends => jiff::Span::new().hours(1),
            Some(Period::Day) if ends => jiff::Span::new().days(1),
            Some(Period::Minute) if ends => jiff::Span::new().minutes(1),
            _ => jiff::Span::new(),
        };
        loaded.zone.instant(at.checked_sub(length).ok()?)
    }

    /// What is new of one entity, as commands.
    fn write_news(
        &self,
        by: &Urn,
        connector: &Connector,
        (entity, news): (&Entity, News),
        (command, key): (&CommandId, &str),
        out: &Imported,
    ) -> Result<Vec<Commit>, Refusal> {
        let ground = format!("connector {}: {}", connector.id, connector.basis);
        // What a command writes is in its id: one that was cut off and is sent again writes the rest under another.
        let new = |what: &str| {
            let id = self.command_id(&["import", &command.to_string(), entity.urn.as_str(), what]);
            Ok::<_, Refusal>(Commit::new(id, by.clone(), name("import")?, &*ground))
        };
        let mut commits = Vec::new();
        for rows in news.observations.chunks(BATCH_ROWS_MAX) {
            let at = |row: Option<&Observation>| row.map(|row| (row.series.attribute.clone(), row.observed));
            let mut commit = new(&format!("{:?} {:?} {}", at(rows.first()), at(rows.last()), rows.len()))?;
            let source = format!("connector {}\nsha256 {}\nkey {key}", connector.id, out.digest);
            commit.observations = Some(Observations { received: self.now(), source, rows: rows.to_vec() });
            commits.push(commit);
        }
        if !news.set.is_empty() {
            let mut commit = new(&format!("{:?}", news.set.keys()))?;
            let held = (entity.version > 0).then_some(entity.version);
            commit.expect.push(Expect::EntityAt(entity.urn.clone(), held));
            commit.changes.push(Change {
                entity: entity.urn.clone(),
                kind: entity.kind.clone(),
                verb: name("import")?,
                set: news.set,
                note: map([("file", out.digest.as_str().into())]),
                record: None,
            });
            commits.push(commit);
        }
        Ok(commits)
    }
}

/// Commands that are on their way. Their answers come in their order.
#[derive(Default)]
struct Writing(VecDeque<Pending<Outcome>>);

impl Writing {
    fn add(&mut self, pending: Pending<Outcome>, out: &mut Imported) -> Result<(), Refusal> {
        self.0.push_back(pending);
        if self.0.len() > PENDING_MAX { self.wait(out) } else { Ok(()) }
    }

    fn wait(&mut self, out: &mut Imported) -> Result<(), Refusal> {
        let Some(first) = self.0.pop_front() else { return Ok(()) };
        match crate::wait(first)? {
            Outcome::Done(done) => out.entries.push(done.sequence),
            Outcome::Conflict(_) => return Err(Refusal::Store(StoreError::Busy)),
        }
        Ok(())
    }

    fn end(mut self, out: &mut Imported) -> Result<(), Refusal> {
        while !self.0.is_empty() {
            self.wait(out)?;
        }
        Ok(())
    }
}

/// Where the rows have an entity: it becomes its place where a feed writes it; where a person has registered it, another
/// place is a finding.
fn place(
    connector: &Connector,
    kind: &TypeDefinition,
    (entity, records): (&Entity, &[Record]),
    news: &mut News,
    out: &mut Imported,
) -> Result<(), Refusal> {
    let placed = records.iter().rev().find_map(|record| Some((record, record.place?)));
    let (Some(PlacedAt { within, .. }), Some((record, point))) = (&connector.place, placed) else {
        return Ok(());
    };
    let location = name(LOCATION)?;
    if kind.attribute(&location).is_some_and(|location| location.by == Writer::Feed) {
        let coordinates = vec![Value::number(point.longitude), Value::number(point.latitude)];
        let value = map([("type", "Point".into()), ("coordinates", Value::List(coordinates))]);
        match entity.value(LOCATION) {
            held if *held == value => out.known += 1,
            held => {
                *(if *held == Value::Null { &mut out.new } else { &mut out.corrected }) += 1;
                news.set.insert(location, Attribute::plain(value));
            }
        }
        return Ok(());
    }
    let registered = match entity.value(LOCATION).get("coordinates").map(Value::as_list) {
        Some([longitude, latitude, ..]) => longitude.as_number().zip(latitude.as_number()),
        _ => None,
    };
    let away = registered.map(|(x, y)| geo::metres(geo::Point::new(x, y), point));
    if let Some(away) = away.filter(|away| *away > f64::from(*within)) {
        let what = format!("{:.5}, {:.5}: {away:.0} m", point.longitude, point.latitude);
        out.findings.add(Fault::Moved, Some(record.line), Some(&record.key), what);
    }
    Ok(())
}

/// Everything that the file alone tells.
fn read(
    bytes: &[u8],
    connector: &Connector,
    (kind, zone): (&TypeDefinition, &Zone),
    watermark: &mut Option<String>,
    out: &mut Imported,
) -> Result<Vec<Record>, TableError> {
    let mut table = Table::read(bytes, &connector.from, &mut out.findings)?;
    if let Some(column) = &connector.watermark {
        *watermark = newer(&mut table, column, watermark.as_deref())?;
    }
    out.rows = table.rows.len();
    let records = records(&table, connector, (kind, zone), &mut out.findings)?;
    if connector.observed.is_none() {
        return Ok(records);
    }
    Ok(quality(records, period(connector, kind), connector.stuck, &mut out.findings))
}

/// Whether a device of its own reports for it.
pub(crate) fn has_device(kind: &TypeDefinition, entity: &Entity) -> bool {
    let number = kind.key.as_ref().filter(|_| kind.is_fed());
    number.is_some_and(|number| !entity.text(number.as_str()).is_empty())
}

/// Over which period the series run that it fills.
fn period(connector: &Connector, kind: &TypeDefinition) -> Option<Period> {
    let mut attributes = connector.map.iter().filter_map(|mapping| kind.attribute(&mapping.attribute));
    attributes.find_map(|attribute| attribute.feed.as_ref()).map(|feed| feed.period)
}

/// What a series holds already of a span, by time.
fn stored(
    view: &dyn Reading,
    key: &SeriesKey,
    (from, to): (Instant, Instant),
) -> Result<HashMap<Instant, f64>, Refusal> {
    let Some(series) = number_of(view, key)? else { return Ok(HashMap::new()) };
    let rows = view.observations(SeriesRange { series, from, to, limit: u32::MAX, before: NOW })?;
    Ok(rows.into_iter().map(|row| (row.observed, row.value)).collect())
}

fn unreadable(error: &TableError) -> Refusal {
    let zh = match error {
        TableError::Long => format!("文件超过 {} MiB", BYTES_MAX >> 20),
        TableError::Encoding { at, encoding } => format!("第 {at} 字节不是 {encoding} 编码的文字"),
        TableError::Json(what) => format!("不是 JSON：{what}"),
        TableError::NoList(place) => format!("在 `{place}` 没有对象列表"),
        TableError::Workbook(what) => format!("工作簿无法读取：{what}"),
        TableError::Before2007 => "这是 2007 年以前格式的工作簿（.xls）：请另存为 .xlsx 或 CSV".to_owned(),
        TableError::Empty => "文件没有列名一行".to_owned(),
        TableError::Column { wanted, known } => format!("文件没有列“{wanted}”；现有的列：{known}"),
    };
    Refusal::Field { field: "file", what: Text { zh, en: error.to_string() } }
}
