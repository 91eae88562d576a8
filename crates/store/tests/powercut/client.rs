//! The clients: every kind of command that a store takes, and what a client may count as acknowledged.

use model::{Attribute, Change, Flag, Instant, Name, Observation, Period, SeriesKey, Urn, Value};
use powercut::{PowerCut, Survivors};
use proof::{CommandId, LogId, LogKey, SystemChance};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::Duration;
use store::{
    Clock, Commit, Delivery, Done, Expect, Housekeeping, Key, Listing, Observations, Outcome, Reading,
    SqliteStore, Store, StoreError, Timer, Tuning,
};

pub const CLIENTS: u64 = 4;
pub const ENTITIES: u64 = 5;
const TIMERS: u64 = 8;
pub const KEYS: u64 = 3;
/// History of few points: it is packed and merged many times in one life.
const TUNING: Tuning = Tuning { points: 24, entries: 40, block: 4, fan: 3 };
/// Rounds of a client whose power stays on.
const ROUNDS: u64 = 60;

/// When the power goes.
#[derive(Clone, Copy, PartialEq)]
pub enum Cut {
    /// Never: everybody ends in peace.
    Never,
    /// After that many writes, truncations, syncs and deletions, those of opening included.
    Opening(u64),
    /// The same, counted from when the store is open.
    Ops(u64),
    /// After a time, wherever everybody is then.
    Micros(u64),
    /// While the store is closed, that many operations later.
    Closing(u64),
}

/// What the clients of one disk know at its end.
#[derive(Default)]
pub struct Told {
    pub sent: HashMap<CommandId, Commit>,
    /// Acknowledged with power on. An early client has no sequence to show.
    pub done: Vec<(CommandId, Option<Done>)>,
    pub refused: Vec<CommandId>,
    pub heads: Vec<String>,
    pub cursors: BTreeMap<Name, u64>,
    /// The largest log that a reader saw with power on.
    pub shown: u64,
}

/// Time that moves in small steps, sometimes back.
struct Uneven(AtomicI64);
impl Clock for Uneven {
    fn now(&self) -> Instant {
        let step = self.0.fetch_add(1, Ordering::Relaxed);
        Instant::from_micros(1_000_000 + 10 * step - 35 * (step % 7))
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to choose with.
struct Rng(u64);
impl Rng {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub fn thing(number: u64) -> Urn {
    Urn::of(&name("Thing"), &number.to_string()).unwrap()
}

pub fn open(path: &Path, vfs: Option<&str>) -> Result<SqliteStore, StoreError> {
    SqliteStore::open_on(path, (vfs, TUNING), Arc::new(Uneven(AtomicI64::new(0))), Arc::new(SystemChance))
}

pub fn log_key(log: LogId) -> LogKey {
    LogKey::new(log, &[3; 32])
}

/// One client: what it sends follows from its name and chance, what it counts from what it hears with power on.
struct Client<'a> {
    store: &'a SqliteStore,
    power: &'a PowerCut,
    early: bool,
    life: String,
    number: u64,
    rng: Rng,
    told: Told,
}

impl Client<'_> {
    fn run(mut self, rounds: u64) -> Told {
        for n in 0..rounds {
            if self.power.is_cut() {
                break;
            }
            match self.rng.below(10) {
                0..=2 => {
                    let commit = self.observing(n);
                    self.send(vec![commit]);
                }
                3 | 4 => self.compare_and_set(n),
                5 => self.claim(n),
                // Several on their way at once share a group with those of other clients.
                6 => {
                    let many = (0..6).map(|part| self.writing(&format!("{n}.{part}"))).collect();
                    self.send(many);
                }
                7 => self.again(),
                // Sent by every client: one command all the same.
                8 => {
                    let mut commit = self.commit(&format!("shared {}", n / 4));
                    commit.command =
                        CommandId::derived(&[0; 32], &[&self.life, "shared", &(n / 4).to_string()]);
                    commit.actor = thing(0);
                    commit.changes.push(change(&thing(n / 4 % ENTITIES), n / 4, 40));
                    self.send(vec![commit]);
                }
                _ => self.bookkeeping(n),
            }
        }
        self.told
    }

    fn commit(&self, key: &str) -> Commit {
        let command = CommandId::derived(&[0; 32], &[&self.life, &self.number.to_string(), key]);
        Commit::new(command, thing(self.number), name("try"), "power cut")
    }

    /// A change with timers, a place in lists and something to deliver. Every fifth is long, to fill the log quickly.
    fn writing(&mut self, key: &str) -> Commit {
        let mut commit = self.commit(key);
        let entity = thing(self.rng.below(ENTITIES));
        let bytes = if self.rng.below(5) == 0 { self.rng.below(60_000) } else { 50 };
        commit.changes.push(change(&entity, self.rng.below(1000), bytes));
        for _ in 0..self.rng.below(3) {
            let due =
                (self.rng.below(3) > 0).then(|| Instant::from_micros(self.rng.below(1 << 30).cast_signed()));
            let id = format!("t{}", self.rng.below(TIMERS));
            commit.timers.push(Timer { id, due, entity: entity.clone(), what: name("ring") });
        }
        let rows = vec![("all".to_owned(), 7), ("inbox".to_owned(), self.rng.below(100).cast_signed())];
        commit.listings.push(Listing { entity, rows });
        let receiver = format!("r{}", self.rng.below(4));
        commit.deliveries.push(Delivery { receiver, body: key.to_owned() });
        commit
    }

    /// A batch; instants collide with those of other clients now and then, and within the batch.
    fn observing(&mut self, n: u64) -> Commit {
        let mut commit = self.commit(&n.to_string());
        let rows = (0..=self.rng.below(20)).map(|_| {
            let series = SeriesKey {
                entity: thing(self.rng.below(ENTITIES)),
                attribute: name(["so2", "nox"][usize::try_from(self.rng.below(2)).unwrap()]),
                basis: name("ZsAvg"),
                period: Period::Hour,
                edition: model::Edition::Raw,
            };
            let observed = Instant::from_micros(self.rng.below(5_000).cast_signed());
            Observation { series, observed, value: self.rng.below(1000) as f64 / 8.0, flag: Flag::NORMAL }
        });
        let (received, rows) = (Instant::from_micros(1), rows.collect());
        commit.observations = Some(Observations { received, source: format!("##{n}"), rows });
        commit
    }

    /// Changes what was read, unless somebody was first; as case acts do.
    fn compare_and_set(&mut self, n: u64) {
        let mut commit = self.writing(&n.to_string());
        let entity = commit.changes[0].entity.clone();
        let version = self.seen(|view| view.entity(&entity).unwrap().map(|held| held.version));
        commit.expect = vec![Expect::EntityAt(entity, version), Expect::Epoch(1)];
        self.send(vec![commit]);
    }

    /// Claims a key, or releases it if it is held.
    fn claim(&mut self, n: u64) {
        let mut commit = self.writing(&n.to_string());
        let (space, key) = (name("open"), format!("k{}", self.rng.below(KEYS)));
        let held = self.seen(|view| view.key(&space, &key).unwrap());
        let entity = held.is_none().then(|| commit.changes[0].entity.clone());
        commit.expect.extend(held.is_none().then(|| Expect::KeyUnused(space.clone(), key.clone())));
        commit.keys.push(Key { space, key, entity });
        self.send(vec![commit]);
    }

    /// A command sent again: the same receipt.
    fn again(&mut self) {
        let known = self.told.done.len() as u64;
        if known > 0
            && let (id, Some(first)) = self.told.done[usize::try_from(self.rng.below(known)).unwrap()].clone()
        {
            let commit = self.told.sent[&id].clone();
            let again = self.store.submit(commit).unwrap().blocking_recv().unwrap().unwrap();
            assert_eq!(again, Outcome::Done(Done { repeated: true, ..first }));
        }
    }

    /// A head is published, or a reader of the log says how far it has come.
    fn bookkeeping(&mut self, n: u64) {
        let (size, checkpoint) = self.seen(|view| {
            let size = view.size().unwrap();
            let at = Instant::from_micros(1);
            (size, log_key(view.log()).sign(1, size, view.root(size).unwrap(), at))
        });
        let cursor = name(&format!("{}-{}", self.life, self.number));
        let head = Housekeeping::Head { epoch: 1, size, checkpoint: checkpoint.clone() };
        for work in [head, Housekeeping::Cursor(cursor.clone(), n)] {
            self.store.keep(work).unwrap().blocking_recv().unwrap().unwrap();
        }
        if !self.power.is_cut() {
            self.told.heads.push(checkpoint);
            self.told.cursors.insert(cursor, n);
        }
    }

    /// What a reader is shown with power on stays so.
    fn seen<T>(&mut self, read: impl FnOnce(&dyn Reading) -> T) -> T {
        let view = self.store.snapshot().unwrap();
        let (size, read) = (view.size().unwrap(), read(&view));
        if !self.power.is_cut() {
            self.told.shown = self.told.shown.max(size);
        }
        read
    }

    fn send(&mut self, commits: Vec<Commit>) {
        let pending: Vec<_> = commits
            .into_iter()
            .map(|commit| {
                let (id, sure) = (commit.command, commit.expect.is_empty());
                self.told.sent.insert(id, commit.clone());
                let pending = self.store.submit(commit).unwrap();
                // The fault that the check must find: counting before the answer has come.
                if self.early && sure && !self.power.is_cut() {
                    self.told.done.push((id, None));
                }
                (id, pending)
            })
            .collect();
        for (id, pending) in pending {
            let outcome = pending.blocking_recv().unwrap().unwrap();
            if self.early || self.power.is_cut() {
                continue;
            }
            match outcome {
                Outcome::Done(done) => self.told.done.push((id, Some(done))),
                Outcome::Conflict(_) => self.told.refused.push(id),
            }
        }
    }
}

fn change(entity: &Urn, value: u64, bytes: u64) -> Change {
    let text = "x".repeat(usize::try_from(bytes).unwrap());
    let set = [(name("a"), Attribute::plain(value.cast_signed())), (name("b"), Attribute::plain(text))];
    let (kind, verb) = (name("Thing"), name("update"));
    Change { entity: entity.clone(), kind, verb, set: set.into(), note: Value::Null, record: None }
}

impl Told {
    pub fn add(&mut self, other: Self) {
        self.sent.extend(other.sent);
        self.done.extend(other.done);
        self.refused.extend(other.refused);
        self.heads.extend(other.heads);
        self.cursors.extend(other.cursors);
        self.shown = self.shown.max(other.shown);
    }
}

/// One life of a disk, from opening to the power cut. Even seeds lose everything unsynced, odd ones keep some.
pub fn live(path: &Path, life: &str, seed: u64, cut: Cut, early: bool) -> Told {
    let power = PowerCut::register(life).unwrap();
    let survivors = if seed.is_multiple_of(2) { Survivors::None } else { Survivors::Random(seed) };
    if let Cut::Opening(ops) = cut {
        power.cut_after(ops, survivors);
    }
    let store = open(path, Some(power.name())).unwrap();
    if let Cut::Ops(ops) = cut {
        power.cut_after(ops, survivors);
    }
    let rounds = if matches!(cut, Cut::Closing(_) | Cut::Never) { ROUNDS } else { u64::MAX };
    let mut told = Told::default();
    thread::scope(|scope| {
        let clients: Vec<_> = (1..=CLIENTS)
            .map(|number| {
                let (rng, told) = (Rng(seed * CLIENTS + number), Told::default());
                let life = life.to_owned();
                let client = Client { store: &store, power: &power, early, life, number, rng, told };
                scope.spawn(move || client.run(rounds))
            })
            .collect();
        if let Cut::Micros(micros) = cut {
            thread::sleep(Duration::from_micros(micros));
            power.cut(survivors).unwrap();
        }
        clients.into_iter().for_each(|client| told.add(client.join().unwrap()));
    });
    if let Cut::Closing(ops) = cut {
        power.cut_after(ops, survivors);
    }
    drop(store);
    told
}
