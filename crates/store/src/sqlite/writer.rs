//! The writer: one thread, one transaction for all commands that wait, one sync before any is acknowledged.

use super::acts;
use super::facts::{self, Fields};
use super::history::{self, Lane};
use super::numbers::{Known, Numbers};
use super::queue::{Group, Job, Serving};
use super::rows::{Tiles, body, damaged, decode_entity, int, tile_id};
use crate::{
    Clock, Commit, Conflict, Done, Expect, Housekeeping, Key, Listing, Observations, Outcome, StoreError,
    Timer,
};
use model::{Batch, Change, Entity, Instant, Item, Row, SeriesDefinition, SeriesKey, Urn, to_canonical};
use proof::{Chance, CommandId, Growing, Leaf, LogId, Tile, item_commitment, item_salt, items_root};
use rusqlite::{Connection, OptionalExtension, params};
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::watch;

/// What must be put back if a group fails: everything the writer holds besides the database.
struct Memory {
    tree: Growing,
    last: Option<Instant>,
    epoch: u32,
    series: Numbers,
    fields: Fields,
}

pub(super) struct Writer {
    connection: Connection,
    log: LogId,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    memory: Memory,
    lane: Lane,
}

impl Writer {
    pub(super) fn open(
        connection: Connection,
        log: LogId,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        lane: Lane,
    ) -> Result<Self, StoreError> {
        let memory = Memory::load(&connection)?;
        Ok(Self { connection, log, clock, chance, memory, lane })
    }

    pub(super) fn size(&self) -> u64 {
        self.memory.tree.size()
    }

    /// Serves the queue until it is closed and empty, and gives the connection back.
    #[expect(clippy::needless_pass_by_value, reason = "that it ends with this is what it is for")]
    pub(super) fn run(mut self, serving: Serving, tell: &watch::Sender<u64>) -> Connection {
        while let Some(group) = serving.0.next(self.lane.is_full(self.size())) {
            self.group(group, tell);
            self.lane.turn(self.size());
        }
        self.connection
    }

    /// Writes a group and then answers: nobody hears of success before it is on disk.
    fn group(&mut self, group: Group, tell: &watch::Sender<u64>) {
        match self.write(&group) {
            Ok(outcomes) => {
                for (work, reply) in group.pieces {
                    self.lane.written(&work);
                    let _ = reply.send(Ok(()));
                }
                let now = self.memory.tree.size();
                tell.send_if_modified(|size| std::mem::replace(size, now) != now);
                for (job, outcome) in group.jobs.into_iter().zip(outcomes) {
                    // Whoever asked may have gone: the work is done all the same.
                    let _ = match (job, outcome) {
                        (Job::Commit(_, reply), Some(outcome)) => reply.send(Ok(outcome)).is_ok(),
                        (Job::Keep(_, reply), _) => reply.send(Ok(())).is_ok(),
                        (Job::Commit(_, reply), None) => reply.send(Err(StoreError::Stopped)).is_ok(),
                    };
                }
            }
            Err(error) => {
                tracing::error!(%error, jobs = group.jobs.len(), "a group of commands could not be written");
                let why = error.to_string();
                for (work, reply) in group.pieces {
                    let _ = reply.send(Err(work));
                }
                for job in group.jobs {
                    let error = StoreError::Group(why.clone());
                    let _ = match job {
                        Job::Commit(_, reply) => reply.send(Err(error)).is_ok(),
                        Job::Keep(_, reply) => reply.send(Err(error)).is_ok(),
                    };
                }
            }
        }
    }

    fn write(&mut self, group: &Group) -> Result<Vec<Option<Outcome>>, StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        let mut turn = Turn {
            connection: &self.connection,
            log: self.log,
            clock: self.clock.as_ref(),
            chance: self.chance.as_ref(),
            memory: &mut self.memory,
            lane: &self.lane,
        };
        let pieces = group.pieces.iter().try_for_each(|(work, _)| work.write(&self.connection));
        let mut jobs = || {
            let write = |job: &Job| match job {
                Job::Commit(commit, _) => turn.commit(commit).map(Some),
                Job::Keep(work, _) => turn.keep(work).map(|()| None),
            };
            group.jobs.iter().map(write).collect::<Result<Vec<_>, _>>()
        };
        let written = pieces
            .and_then(|()| jobs())
            .and_then(|outcomes| transaction.commit().map(|()| outcomes).map_err(StoreError::from));
        if written.is_err() {
            // The transaction is rolled back; what the writer remembers must follow.
            self.memory = Memory::load(&self.connection)?;
            self.lane.reload(&self.connection, self.memory.tree.size())?;
        }
        written
    }
}

impl Memory {
    fn load(connection: &Connection) -> Result<Self, StoreError> {
        let (size, last) = connection.query_row(
            "SELECT coalesce(max(sequence) + 1, 0), max(committed) FROM log",
            [],
            |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, Option<i64>>(1)?)),
        )?;
        let unfinished = Tiles { connection, size }.unfinished()?;
        let epoch = connection.query_row("SELECT max(number) FROM epoch", [], |row| row.get(0))?;
        Ok(Self {
            tree: Growing::resume(size, unfinished),
            last: last.map(Instant::from_micros),
            epoch,
            series: Numbers::load(connection)?,
            fields: Fields::load(connection)?,
        })
    }
}

/// One transaction's work.
struct Turn<'a> {
    connection: &'a Connection,
    log: LogId,
    clock: &'a dyn Clock,
    chance: &'a dyn Chance,
    memory: &'a mut Memory,
    lane: &'a Lane,
}

impl Turn<'_> {
    fn run(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    fn commit(&mut self, commit: &Commit) -> Result<Outcome, StoreError> {
        if let Some(done) = self.first_receipt(&commit.command)? {
            return Ok(Outcome::Done(done));
        }
        for expect in &commit.expect {
            if let Some(conflict) = self.check(expect)? {
                return Ok(Outcome::Conflict(conflict));
            }
        }
        let sequence = self.memory.tree.size();
        let now = self.clock.now();
        let committed = self.memory.last.map_or(now, |last| last.max(now));
        self.memory.last = Some(committed);

        let (items, rows) = self.items(commit)?;
        self.append(commit, sequence, committed, &items)?;
        for change in &commit.changes {
            self.apply(change, sequence, committed)?;
        }
        self.lane.add(&rows, sequence);
        self.project(commit, sequence)?;
        Ok(Outcome::Done(Done { sequence, committed, repeated: false }))
    }

    fn first_receipt(&self, command: &CommandId) -> Result<Option<Done>, StoreError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT log.sequence, log.committed FROM command JOIN log USING (sequence) WHERE command.id = ?1",
            )?
            .query_row([&command.0[..]], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.map(|(sequence, committed)| Done {
            sequence: sequence.cast_unsigned(),
            committed: Instant::from_micros(committed),
            repeated: true,
        }))
    }

    fn check(&self, expect: &Expect) -> Result<Option<Conflict>, StoreError> {
        Ok(match expect {
            Expect::EntityAt(urn, version) => {
                let found: Option<i64> = self
                    .connection
                    .prepare_cached("SELECT version FROM entity WHERE urn = ?1")?
                    .query_row([urn.as_str()], |row| row.get(0))
                    .optional()?;
                let found = found.map(i64::cast_unsigned);
                (found != *version).then(|| Conflict::Moved { entity: urn.clone(), by: found })
            }
            Expect::KeyUnused(space, key) => {
                let holder: Option<String> = self
                    .connection
                    .prepare_cached(
                        "SELECT urn FROM key JOIN entity ON entity.id = key.entity WHERE space = ?1 AND key = ?2",
                    )?
                    .query_row([space.as_str(), key], |row| row.get(0))
                    .optional()?;
                holder.map(Urn::new).transpose().map_err(damaged)?.map(|entity| Conflict::KeyTaken { entity })
            }
            Expect::Epoch(epoch) => {
                (*epoch != self.memory.epoch).then_some(Conflict::Epoch { epoch: self.memory.epoch })
            }
        })
    }

    /// The command's items in order: series first seen, telemetry, changes. And the rows of its telemetry.
    fn items(&mut self, commit: &Commit) -> Result<(Vec<Vec<u8>>, Vec<Row>), StoreError> {
        let mut items = Vec::with_capacity(commit.changes.len() + 1);
        let mut rows = Vec::new();
        if let Some(observations) = &commit.observations {
            // All keys first: then looking them up waits for memory once, not each in turn.
            let known: Vec<Known> = observations.rows.iter().map(|row| Known::of(&row.series)).collect();
            let numbers: Vec<Option<u32>> =
                known.iter().map(|known| self.memory.series.get(*known)).collect();
            rows.reserve_exact(observations.rows.len());
            for ((row, known), number) in observations.rows.iter().zip(known).zip(numbers) {
                let series = match number.or_else(|| self.memory.series.get(known)) {
                    Some(number) => u64::from(number),
                    None => {
                        let definition = self.number(&row.series, known)?;
                        let number = definition.number;
                        items.push(Item::Series(definition).to_bytes());
                        number
                    }
                };
                rows.push(Row { series, observed: row.observed, value: row.value, flag: row.flag });
            }
            let Observations { received, source, .. } = observations;
            let batch = Item::Batch(Batch { received: *received, source: source.clone(), rows });
            items.push(batch.to_bytes());
            rows = if let Item::Batch(batch) = batch { batch.rows } else { Vec::new() };
        }
        items.extend(commit.changes.iter().map(|change| Item::Change(change.clone()).to_bytes()));
        Ok((items, rows))
    }

    /// Gives a series its number.
    fn number(&mut self, key: &SeriesKey, known: Known) -> Result<SeriesDefinition, StoreError> {
        let number = u64::from(self.memory.series.add(known)?);
        self.run(
            "INSERT INTO series VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                int(number),
                key.entity.as_str(),
                key.attribute.as_str(),
                key.basis.as_str(),
                key.period.as_str(),
                key.edition.as_str()
            ],
        )?;
        Ok(SeriesDefinition { number, key: key.clone() })
    }

    /// Gives the command its place in log and tree.
    fn append(
        &mut self,
        commit: &Commit,
        sequence: u64,
        committed: Instant,
        items: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        let seed = self.chance.secret();
        let commitments: Vec<_> =
            (0u32..).zip(items).map(|(i, item)| item_commitment(&item_salt(&seed, i), item)).collect();
        let leaf = Leaf {
            log: self.log,
            epoch: self.memory.epoch,
            sequence,
            committed,
            command: commit.command,
            actor: commit.actor.clone(),
            act: commit.act.as_str().to_owned(),
            ground: commit.ground.clone(),
            cause: commit.cause,
            items: u32::try_from(items.len()).map_err(damaged)?,
            root: items_root(&commitments),
        }
        .to_bytes();
        self.run(
            "INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5)",
            params![int(sequence), committed.micros(), leaf, &seed[..], body(items)],
        )?;
        self.run("INSERT INTO command VALUES (?1, ?2)", params![&commit.command.0[..], int(sequence)])?;
        acts::write(self.connection, sequence, &commit.actor)?;
        for Tile { level, number, hashes, root } in self.memory.tree.push(&leaf) {
            self.run(
                "INSERT INTO tile VALUES (?1, ?2, ?3)",
                params![tile_id(level, number), hashes, &root[..]],
            )?;
        }
        Ok(())
    }

    fn apply(&mut self, change: &Change, sequence: u64, committed: Instant) -> Result<(), StoreError> {
        let found: Option<(i64, Vec<u8>)> = self
            .connection
            .prepare_cached("SELECT id, body FROM entity WHERE urn = ?1")?
            .query_row([change.entity.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let before = found.as_ref().map(|(_, body)| decode_entity(body)).transpose()?;
        let facts = facts::named(before.as_ref(), change);
        let after = Entity::apply(before, change, sequence, committed);
        let bytes = to_canonical(&after.to_value());
        let id = if let Some((id, _)) = found {
            self.run(
                "UPDATE entity SET version = ?2, body = ?3 WHERE id = ?1",
                params![id, int(sequence), bytes],
            )?;
            id
        } else {
            self.run(
                "INSERT INTO entity (urn, kind, version, body) VALUES (?1, ?2, ?3, ?4)",
                params![after.urn.as_str(), after.kind.as_str(), int(sequence), bytes],
            )?;
            self.connection.last_insert_rowid()
        };
        self.memory.fields.write(self.connection, id, change, facts, &after)?;
        // One command may change an entity twice; its history names the command once.
        self.run("INSERT OR IGNORE INTO history VALUES (?1, ?2)", params![id, int(sequence)])?;
        Ok(())
    }

    /// Everything that can be rebuilt from the log, or that is only work to come.
    fn project(&self, commit: &Commit, sequence: u64) -> Result<(), StoreError> {
        commit.keys.iter().try_for_each(|key| self.key(key))?;
        commit.listings.iter().try_for_each(|listing| self.list(listing))?;
        commit.timers.iter().try_for_each(|timer| self.timer(timer))?;
        for (index, delivery) in commit.deliveries.iter().enumerate() {
            self.run(
                "INSERT INTO delivery (id, receiver, body) VALUES (?1, ?2, ?3)",
                params![format!("{}-{index}", commit.command), delivery.receiver, delivery.body],
            )?;
        }
        tracing::trace!(sequence, act = %commit.act, "written");
        Ok(())
    }

    fn entity_id(&self, urn: &Urn) -> Result<i64, StoreError> {
        self.connection
            .prepare_cached("SELECT id FROM entity WHERE urn = ?1")?
            .query_row([urn.as_str()], |row| row.get(0))
            .optional()?
            .ok_or_else(|| {
                StoreError::Unusable(format!("{urn} does not exist, so it cannot stand in a key or list"))
            })
    }

    fn key(&self, key: &Key) -> Result<(), StoreError> {
        match &key.entity {
            None => {
                self.run("DELETE FROM key WHERE space = ?1 AND key = ?2", [key.space.as_str(), &key.key])?
            }
            Some(urn) => self.run(
                "INSERT OR REPLACE INTO key VALUES (?1, ?2, ?3)",
                params![key.space.as_str(), key.key, self.entity_id(urn)?],
            )?,
        };
        Ok(())
    }

    fn list(&self, listing: &Listing) -> Result<(), StoreError> {
        let id = self.entity_id(&listing.entity)?;
        self.run("DELETE FROM listing WHERE entity = ?1", [id])?;
        for (space, sort) in &listing.rows {
            self.run("INSERT OR IGNORE INTO listing VALUES (?1, ?2, ?3)", params![space, sort, id])?;
        }
        Ok(())
    }

    fn timer(&self, timer: &Timer) -> Result<(), StoreError> {
        match timer.due {
            None => self.run("DELETE FROM timer WHERE id = ?1", [&timer.id])?,
            Some(due) => self.run(
                "INSERT OR REPLACE INTO timer VALUES (?1, ?2, ?3, ?4)",
                params![timer.id, due.micros(), timer.entity.as_str(), timer.what.as_str()],
            )?,
        };
        Ok(())
    }

    fn forget(&self, series: &[u64], before: Instant) -> Result<usize, StoreError> {
        let series: Vec<u32> = series.iter().filter_map(|number| u32::try_from(*number).ok()).collect();
        for number in &series {
            self.run(
                "INSERT INTO forgotten VALUES (?1, ?2) ON CONFLICT DO UPDATE SET before = max(before, excluded.before)",
                params![number, before.micros()],
            )?;
        }
        self.lane.forget(&series, before.micros());
        Ok(series.len())
    }

    /// Empties log rows that hold nothing but values which are forgotten.
    fn drop_contents(&self, entries: Range<u64>) -> Result<usize, StoreError> {
        let forgotten = self.lane.forgotten();
        let mut dropped = Vec::new();
        let sql =
            "SELECT sequence, body FROM log WHERE sequence >= ?1 AND sequence < ?2 AND body IS NOT NULL";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![int(entries.start), int(entries.end)])?;
        while let Some(row) = rows.next()? {
            let sequence: i64 = row.get(0)?;
            let held = row.get_ref(1)?.as_blob().ok().and_then(history::nothing_but_a_batch);
            let gone = |batch: &Batch| {
                let told = history::points(&batch.rows, sequence.cast_unsigned());
                let count = batch.rows.len();
                told.filter(|point| forgotten.has(point)).count() == count
            };
            if held.is_some_and(|batch| gone(&batch)) {
                dropped.push(sequence);
            }
        }
        for sequence in &dropped {
            self.run("UPDATE log SET body = NULL WHERE sequence = ?1", [sequence])?;
        }
        Ok(dropped.len())
    }

    fn keep(&self, work: &Housekeeping) -> Result<(), StoreError> {
        match work {
            Housekeeping::Cursor(name, sequence) => self.run(
                "INSERT OR REPLACE INTO cursor VALUES (?1, ?2)",
                params![name.as_str(), int(*sequence)],
            )?,
            Housekeeping::Arm(timer) => {
                self.timer(timer)?;
                0
            }
            Housekeeping::Cancel(timer) => self.run("DELETE FROM timer WHERE id = ?1", [timer])?,
            Housekeeping::Delivered(number) => {
                self.run("DELETE FROM delivery WHERE number = ?1", [int(*number)])?
            }
            Housekeeping::Retry(number, next) => self.run(
                "UPDATE delivery SET attempts = attempts + 1, next = ?2 WHERE number = ?1",
                params![int(*number), next.micros()],
            )?,
            Housekeeping::Forget(series, before) => self.forget(series, *before)?,
            Housekeeping::Drop(entries) => self.drop_contents(entries.clone())?,
            Housekeeping::Head { epoch, size, checkpoint } => self.run(
                "INSERT OR IGNORE INTO head VALUES (?1, ?2, ?3)",
                params![epoch, int(*size), checkpoint],
            )?,
        };
        Ok(())
    }
}
