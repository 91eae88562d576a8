//! Definitions change while the city lives: other files are activated as one command, and running cases are moved to a
//! process's present form if somebody says so. Both are tried dry first.

use crate::loaded::CITY;
use crate::{Actor, Kernel, Loaded, Power, Refusal, name};
use model::{Attribute, Change, Entity, Name, Urn, Value, map};
use pack::{Difference, File};
use process::{Decision, Definition, Mapping, Record, migrate};
use proof::{CommandId, Digest};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use store::{Commit, Done, Expect, Reading};

/// Cases looked at in one page.
const PAGE: u32 = 500;

/// What an activation does, or would do.
#[derive(Clone, Debug)]
pub struct Activation {
    /// What is different from what is in force.
    pub differences: Vec<Difference>,
    /// Open cases that stay on an older form of their process, by process.
    pub staying: BTreeMap<Name, usize>,
    /// The command; nothing if it was only tried, or if nothing differs.
    pub done: Option<Done>,
}

/// How names of an older form are called in the present one, where they differ.
#[derive(Clone, Debug, Default)]
pub struct Renamed {
    /// Stages.
    pub stages: BTreeMap<Name, Name>,
    /// Clocks.
    pub clocks: BTreeMap<Name, Name>,
    /// Tasks.
    pub tasks: BTreeMap<Name, Name>,
    /// Flags.
    pub flags: BTreeMap<Name, Name>,
}

/// What became, or would become, of a running case.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The case.
    pub case: Urn,
    /// What cannot be moved, and why; the case then stays as it is.
    pub immovable: Vec<process::Immovable>,
}

impl Kernel {
    /// Activates files of packs and city, whole; `dry` only says what it would do.
    pub fn activate(
        &self,
        actor: &Actor,
        command: CommandId,
        files: &[File],
        dry: bool,
    ) -> Result<Activation, Refusal> {
        self.activating(actor, command, files, (dry, None))
    }

    /// Activates files that were made of those of a version of the city, unless others came between.
    pub(crate) fn activate_after(
        &self,
        actor: &Actor,
        command: CommandId,
        files: &[File],
        version: u64,
    ) -> Result<Activation, Refusal> {
        self.activating(actor, command, files, (false, Some(version)))
    }

    fn activating(
        &self,
        actor: &Actor,
        command: CommandId,
        files: &[File],
        (dry, version): (bool, Option<u64>),
    ) -> Result<Activation, Refusal> {
        self.allowed(actor, Power::Define)?;
        let loaded = self.loaded();
        let today = loaded.zone.date(self.now());
        let definitions = pack::check(files, today).map_err(Refusal::Definitions)?;
        if definitions.city.id != loaded.definitions.city.id {
            let what = format!(
                "these are the files of {}, not of {}",
                definitions.city.id, loaded.definitions.city.id
            );
            return Err(Refusal::Unusable(what));
        }
        let differences = pack::diff(&loaded.definitions, &definitions);
        let view = self.store.read()?;
        let rows = self.file_rows(files)?;
        let city = crate::urn(CITY)?;
        let held = view.entity(&city)?.ok_or_else(|| Refusal::NotFound(city.to_string()))?;
        let same = *held.value("files") == rows;
        let staying = self.staying(&*view, &loaded, &rows_of(&rows), &definitions)?;
        if dry || same {
            return Ok(Activation { differences, staying, done: None });
        }
        let mut commit =
            Commit::new(command, actor.urn.clone(), name("activate")?, "definitions of packs and city");
        commit.expect.push(Expect::EntityAt(city.clone(), Some(version.unwrap_or(held.version))));
        commit.changes.push(Change {
            entity: city,
            kind: held.kind,
            verb: name("activate")?,
            set: [(name("files")?, Attribute::plain(rows))].into(),
            note: Value::Null,
            record: None,
        });
        drop(view);
        let done = self.landed(commit)?.ok_or(Refusal::Store(store::StoreError::Busy))?;
        self.reload()?;
        Ok(Activation { differences, staying, done: Some(done) })
    }

    /// Takes what the log says is in force. Whoever is deciding goes on with what they began with.
    fn reload(&self) -> Result<(), Refusal> {
        let loaded = Loaded::load(&*self.store.read()?, &self.blobs)?;
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
        self.arm_watches()
    }

    fn file_rows(&self, files: &[File]) -> Result<Value, Refusal> {
        let rows: Result<Vec<Value>, Refusal> = files
            .iter()
            .map(|file| {
                let digest = self.blobs.put(file.text.as_bytes())?;
                Ok(map([("path", file.path.as_str().into()), ("digest", Value::Bytes(digest.to_vec()))]))
            })
            .collect();
        Ok(Value::List(rows?))
    }

    /// Open cases whose process is, or would be, no longer the one in force.
    fn staying(
        &self,
        view: &dyn Reading,
        loaded: &Loaded,
        digests: &BTreeMap<String, Digest>,
        definitions: &pack::Definitions,
    ) -> Result<BTreeMap<Name, usize>, Refusal> {
        let mut staying = BTreeMap::new();
        for (id, (path, definition)) in &definitions.processes {
            let target = digests.get(path);
            let mut count = 0;
            each(view, &definition.case, |_, record| {
                count += usize::from(Some(&record.process) != target && loaded.is_of(&record.process, id));
                Ok(())
            })?;
            if count > 0 {
                staying.insert(id.clone(), count);
            }
        }
        Ok(staying)
    }

    /// Moves the open cases of a process to its form in force; `dry` only says what it would do.
    pub fn migrate(
        &self,
        actor: &Actor,
        process: &Name,
        renamed: &Renamed,
        dry: bool,
    ) -> Result<Vec<Moved>, Refusal> {
        self.allowed(actor, Power::Define)?;
        let loaded = self.loaded();
        let (digest, to) = loaded.in_force(process)?;
        let mut older = Vec::new();
        let view = self.store.read()?;
        each(&*view, &to.case, |case, record| {
            if record.process != digest && loaded.is_of(&record.process, process) {
                older.push((case.clone(), record));
            }
            Ok(())
        })?;
        older
            .into_iter()
            .map(|(case, record)| self.moved(actor, &case, &record, (&digest, &to), renamed, dry))
            .collect()
    }

    fn moved(
        &self,
        actor: &Actor,
        case: &Entity,
        record: &Record,
        (digest, to): (&Digest, &Definition),
        renamed: &Renamed,
        dry: bool,
    ) -> Result<Moved, Refusal> {
        let from = self.loaded().process(&record.process)?;
        let at = self.now();
        let mapping = Mapping {
            stages: renamed.stages.clone(),
            clocks: renamed.clocks.clone(),
            tasks: renamed.tasks.clone(),
            flags: renamed.flags.clone(),
            ..Mapping::same(*digest, at)
        };
        let moved = match migrate(record, &from, to, &mapping) {
            Ok(moved) => moved,
            Err(immovable) => return Ok(Moved { case: case.urn.clone(), immovable }),
        };
        if !dry {
            let id = ["migrate", case.urn.as_str(), &proof::hex(digest), &case.version.to_string()];
            let mut commit =
                Commit::new(self.command_id(&id), actor.urn.clone(), name("migrate")?, to.id.as_str());
            let note =
                map([("from", Value::Bytes(record.process.to_vec())), ("to", Value::Bytes(digest.to_vec()))]);
            let view = self.store.read()?;
            self.write(&mut commit, &*view, to, case, &Decision::of(at, moved), note)?;
            drop(view);
            // Somebody acted meanwhile: the case stays, and is found again the next time.
            self.landed(commit)?.ok_or(Refusal::Store(store::StoreError::Busy))?;
        }
        Ok(Moved { case: case.urn.clone(), immovable: Vec::new() })
    }
}

impl Loaded {
    /// Whether a digest is a form of this process.
    fn is_of(&self, digest: &Digest, process: &Name) -> bool {
        self.by_digest.get(digest).is_some_and(|definition| definition.id == *process)
    }
}

pub(crate) fn rows_of(rows: &Value) -> BTreeMap<String, Digest> {
    let rows = rows.as_list().iter().filter_map(|row| {
        let digest = row.get("digest")?.as_bytes()?.try_into().ok()?;
        Some((row.get("path")?.as_text()?.to_owned(), digest))
    });
    rows.collect()
}

/// Every open case of a type.
fn each(
    view: &dyn Reading,
    kind: &Name,
    mut one: impl FnMut(&Entity, Record) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut after: Option<Urn> = None;
    loop {
        let page = view.entities(kind, after.as_ref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.urn.clone());
        for case in &page {
            if let Some(record) = Record::from_value(&case.record).filter(|record| record.closed.is_none()) {
                one(case, record)?;
            }
        }
    }
}
