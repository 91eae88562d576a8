//! Audit: the whole log checked against itself, its heads and the state that it should have led to.

mod accounts;

use super::rows::{self, ENTRY, Tiles, decode_entity, decode_entry, int};
use super::{Opening, Snapshot, acts, facts, form};
use crate::{Entry, Reading, StoreError};
use accounts::Accounts;
use model::{Entity, Instant, Item, Urn};
use proof::{Growing, Keyring, items_root, root};
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Something that should not be.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The entry of the log, if the fault is at one.
    pub sequence: Option<u64>,
    /// What is wrong.
    pub what: String,
}

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditReport {
    /// Entries read.
    pub entries: u64,
    /// Items read.
    pub items: u64,
    /// Entries whose values are not kept any more; their leaves are checked all the same.
    pub dropped: u64,
    /// Heads whose signature and root were checked.
    pub heads: u64,
    /// Entities compared with what the log says of them.
    pub entities: u64,
    /// Points of history's blocks compared with what the log says of them.
    pub points: u64,
    /// What is wrong, in the order found; a hundred at most.
    pub faults: Vec<Fault>,
}

/// Faults listed. Beyond it a database is damaged as a whole.
const FAULTS_MAX: usize = 100;

impl AuditReport {
    fn fault(&mut self, sequence: Option<u64>, what: impl Into<String>) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { sequence, what: what.into() });
        }
    }

    /// The id of the log at a path.
    pub fn log_of(path: &Path) -> Result<[u8; 16], StoreError> {
        let opening = Opening { path: path.to_owned(), vfs: None };
        let connection = opening.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(connection.query_row("SELECT value FROM meta WHERE name = 'log'", [], |row| row.get(0))?)
    }

    /// Reads the database at a path, which may be in use, and checks everything. With the log's keys, heads are checked too.
    pub fn of(path: &Path, keys: Option<&Keyring>) -> Result<Self, StoreError> {
        let connection =
            Opening { path: path.to_owned(), vfs: None }.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let log: [u8; 16] =
            connection.query_row("SELECT value FROM meta WHERE name = 'log'", [], |row| row.get(0))?;
        let pool = Arc::new(super::Pool::new(vec![connection], None, proof::LogId(log), Arc::default()));
        let snapshot = super::Pool::snapshot(&pool)?;
        let mut report = Self::default();
        // A back-up of an earlier form has neither facts nor blocks; they are made when it is opened.
        let form = form(snapshot.raw()?)?;
        let accounts =
            if form < 3 { Accounts::default() } else { Accounts::of(snapshot.raw()?, form, &mut report)? };
        let mut audit = Audit {
            report,
            accounts,
            tree: Growing::default(),
            state: BTreeMap::new(),
            last: None,
            acts: Vec::new(),
        };
        audit.entries(snapshot.raw()?)?;
        audit.tree(&snapshot)?;
        audit.heads(&snapshot, keys)?;
        audit.entities(snapshot.raw()?, form >= 2)?;
        if form >= 6 {
            audit.acts(snapshot.raw()?)?;
        }
        audit.accounts.settle(snapshot.raw()?, &mut audit.report);
        Ok(audit.report)
    }
}

struct Audit {
    report: AuditReport,
    accounts: Accounts,
    tree: Growing,
    state: BTreeMap<Urn, Entity>,
    last: Option<Instant>,
    /// Entries that people made, as their leaves say.
    acts: Vec<(u64, String)>,
}

impl Audit {
    fn entries(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let mut statement = connection.prepare(&format!("{ENTRY} ORDER BY sequence"))?;
        let mut log = statement.query([])?;
        while let Some(row) = log.next()? {
            let sequence = self.report.entries;
            let raw = rows::entry(row)?;
            let dropped = raw.2.is_none();
            self.tree.push(&raw.0);
            self.report.entries += 1;
            match decode_entry(raw) {
                Ok(entry) => self.entry(sequence, &entry, dropped),
                Err(error) => self.report.fault(Some(sequence), format!("cannot be read: {error}")),
            }
        }
        Ok(())
    }

    fn entry(&mut self, sequence: u64, entry: &Entry, dropped: bool) {
        let leaf = &entry.leaf;
        if leaf.sequence != sequence {
            self.report.fault(Some(sequence), format!("its leaf says entry {}", leaf.sequence));
        }
        if self.last.is_some_and(|last| leaf.committed < last) {
            self.report.fault(Some(sequence), "its log time is before that of the entry before it");
        }
        self.last = Some(leaf.committed);
        if leaf.actor.is_person() {
            self.acts.push((sequence, leaf.actor.to_string()));
        }
        if dropped {
            self.report.dropped += 1;
            return;
        }
        if items_root(&entry.commitments()) != leaf.root {
            self.report.fault(Some(sequence), "its items are not those that the leaf commits to");
            return;
        }
        self.report.items += entry.items.len() as u64;
        match entry.decoded() {
            Ok(items) => self.replay(items, sequence, leaf.committed),
            Err(error) => self.report.fault(Some(sequence), format!("an item cannot be read: {error}")),
        }
    }

    fn replay(&mut self, items: Vec<Item>, sequence: u64, committed: Instant) {
        for item in items {
            match item {
                Item::Change(change) => {
                    let before = self.state.remove(&change.entity);
                    let after = Entity::apply(before, &change, sequence, committed);
                    self.state.insert(change.entity.clone(), after);
                }
                Item::Batch(batch) => self.accounts.tell(sequence, &batch.rows),
                Item::Series(_) => {}
            }
        }
    }

    /// The stored tiles must give the root that the leaves give.
    fn tree(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let tiles = Tiles { connection: snapshot.raw()?, size: self.report.entries };
        match root(&tiles, self.report.entries) {
            Ok(root) if root == self.tree.root() => {}
            Ok(_) => self.report.fault(None, "the stored tree is not that of the log's leaves"),
            Err(error) => self.report.fault(None, format!("the stored tree cannot be read: {error}")),
        }
        Ok(())
    }

    fn heads(&mut self, snapshot: &Snapshot, keys: Option<&Keyring>) -> Result<(), StoreError> {
        let Some(keys) = keys else { return Ok(()) };
        for checkpoint in snapshot.heads(u32::MAX)? {
            self.report.heads += 1;
            let head = match keys.open(&checkpoint) {
                Ok(head) => head,
                Err(error) => {
                    self.report.fault(None, format!("a published head is not accepted: {error}"));
                    continue;
                }
            };
            if head.size > self.report.entries {
                self.report.fault(None, format!("a published head has {} entries, the log fewer", head.size));
            } else if snapshot.root(head.size)? != head.root {
                // The first entry that differs lies at or before the head's size; the entries above name it if they can.
                self.report
                    .fault(None, format!("the head of size {} was published with another root", head.size));
            }
        }
        Ok(())
    }

    /// What is found by who did it must be what the leaves say: nobody's act is hidden or made up.
    fn acts(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let (said, found) = (std::mem::take(&mut self.acts), acts::all(connection)?);
        let (said, found): (BTreeSet<_>, BTreeSet<_>) =
            (said.into_iter().collect(), found.into_iter().collect());
        for (sequence, actor) in said.symmetric_difference(&found) {
            self.report.fault(Some(*sequence), format!("who did it is not found as the leaf says: {actor}"));
        }
        Ok(())
    }

    fn entities(&mut self, connection: &Connection, has_facts: bool) -> Result<(), StoreError> {
        let mut statement = connection.prepare("SELECT id, urn, version, body FROM entity")?;
        let mut stored = statement.query([])?;
        while let Some(row) = stored.next()? {
            let (id, urn): (i64, String) = (row.get(0)?, row.get(1)?);
            let (version, body): (i64, Vec<u8>) = (row.get(2)?, row.get(3)?);
            self.report.entities += 1;
            let expected = Urn::new(urn.as_str()).ok().and_then(|urn| self.state.remove(&urn));
            match (decode_entity(&body), expected) {
                (Ok(found), Some(expected)) if found == expected && int(found.version) == version => {
                    if has_facts && facts::stored(connection, id, &found.kind)? != Some(facts::facts(&found))
                    {
                        let what = format!("what filters find of {urn} is not what the log says");
                        self.report.fault(Some(expected.version), what);
                    }
                }
                (_, Some(expected)) => {
                    self.report.fault(Some(expected.version), format!("{urn} is not what the log says"));
                }
                (_, None) => self.report.fault(None, format!("{urn} is not in the log")),
            }
        }
        if has_facts && facts::strays(connection)? > 0 {
            self.report.fault(None, "filters find values of entities that are not there");
        }
        for (urn, entity) in std::mem::take(&mut self.state) {
            self.report.fault(Some(entity.version), format!("{urn} is in the log and nowhere else"));
        }
        Ok(())
    }
}
