//! The dispatcher: reads the log once, in order, and routes what it finds to rules.
//!
//! Effects are commands whose id follows from rule, entity, window and verdict. So reading a part of the log again,
//! after a crash or on purpose, changes nothing. What a rule cannot read is a finding; the dispatcher goes on. How rules
//! judge is `judge`, what follows is `follow`.

use crate::background::Background;
use crate::judge::Reported;
use crate::{Kernel, Refusal, name};
use model::{Instant, Item, Name, SeriesKey, Urn};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use store::{Entry, Housekeeping};

/// Entries read at once.
const PAGE: u32 = 256;
/// Threads that judge, at most: each reads the store, and all wait for one writer.
const WORKERS_MAX: usize = 8;

/// What was reported of each entity, entry by entry.
type Gathered = BTreeMap<Urn, Vec<Reported>>;

/// The thread that dispatches.
pub struct Dispatcher {
    kernel: Arc<Kernel>,
    progress: Arc<Progress>,
    thread: Background,
}

#[derive(Default)]
struct Progress {
    /// Entries before this sequence are finished.
    done: AtomicU64,
    /// Whether to start again from the beginning.
    again: AtomicBool,
}

impl Dispatcher {
    /// Starts it where it left off.
    pub fn start(kernel: Arc<Kernel>) -> Result<Self, Refusal> {
        let cursor = name("dispatch")?;
        kernel.arm_watches()?;
        let from = kernel.store.read()?.cursor(&cursor)?;
        let progress = Arc::new(Progress { done: AtomicU64::new(from), ..Progress::default() });
        let (own, series) = (Arc::clone(&progress), HashMap::new());
        let workers = std::thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX);
        let mut work = Work { kernel: Arc::clone(&kernel), progress: own, cursor, series, workers };
        let thread = Background::start("dispatch", move || work.round())
            .map_err(|error| Refusal::Unusable(error.to_string()))?;
        Ok(Self { kernel, progress, thread })
    }

    /// Waits until everything in the log has been dispatched, what the dispatcher itself caused included.
    pub fn settle(&self) {
        while self.progress.again.load(Ordering::SeqCst)
            || self.progress.done.load(Ordering::SeqCst) < *self.kernel.watch().borrow()
        {
            if self.thread.ended() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Reads the whole log again from its beginning, as after the loss of every cursor.
    pub fn read_again(&self) {
        self.progress.again.store(true, Ordering::SeqCst);
        self.settle();
    }
}

struct Work {
    kernel: Arc<Kernel>,
    progress: Arc<Progress>,
    cursor: Name,
    /// Meanings of series numbers met so far.
    series: HashMap<u64, Option<SeriesKey>>,
    /// Threads that judge.
    workers: usize,
}

impl Work {
    fn round(&mut self) -> Duration {
        match self.page() {
            Ok(0) => Duration::from_millis(2),
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::error!(%error, "the dispatcher could not read on");
                self.kernel.counters.add("dispatch", "failed");
                Duration::from_millis(500)
            }
        }
    }

    fn page(&mut self) -> Result<usize, Refusal> {
        if self.progress.again.load(Ordering::SeqCst) {
            self.progress.done.store(0, Ordering::SeqCst);
            self.progress.again.store(false, Ordering::SeqCst);
        }
        let from = self.progress.done.load(Ordering::SeqCst);
        if from >= *self.kernel.watch().borrow() {
            return Ok(0);
        }
        let entries = self.kernel.store.read()?.tail(from, PAGE)?;
        let mut gathered = Gathered::new();
        for entry in &entries {
            let sequence = entry.leaf.sequence;
            let items = match entry.decoded() {
                Ok(items) => items,
                Err(error) => {
                    self.kernel.undispatched(sequence, &error);
                    continue;
                }
            };
            // What a change leads to comes after what was reported before it.
            if items.iter().any(|item| matches!(item, Item::Change(_))) {
                self.judge(std::mem::take(&mut gathered))?;
            }
            for item in &items {
                if let Item::Change(change) = item {
                    self.kernel.or_finding(sequence, self.kernel.case_changed(change, sequence))?;
                }
            }
            self.gather(entry, &items, &mut gathered)?;
        }
        self.judge(gathered)?;
        if let Some(last) = entries.last() {
            let next = last.leaf.sequence + 1;
            crate::wait(self.kernel.store.keep(Housekeeping::Cursor(self.cursor.clone(), next))?)?;
            self.progress.done.store(next, Ordering::SeqCst);
        }
        Ok(entries.len())
    }

    /// What one entity reported with one command is judged together: a rule may look at several of its values.
    fn gather(&mut self, entry: &Entry, items: &[Item], gathered: &mut Gathered) -> Result<(), Refusal> {
        let mut reported: BTreeMap<Urn, BTreeMap<SeriesKey, BTreeSet<Instant>>> = BTreeMap::new();
        let rows = items.iter().filter_map(|item| match item {
            Item::Batch(batch) => Some(&batch.rows),
            Item::Change(_) | Item::Series(_) => None,
        });
        for row in rows.flatten() {
            if let Some(key) = self.meaning(row.series)? {
                let of = reported.entry(key.entity.clone()).or_default();
                of.entry(key).or_default().insert(row.observed);
            }
        }
        let (sequence, at) = (entry.leaf.sequence, entry.leaf.committed);
        for (entity, series) in reported {
            gathered.entry(entity).or_default().push(Reported { sequence, at, series });
        }
        Ok(())
    }

    /// Entities are judged side by side, the entries of each in their order: no rule looks at two of them.
    fn judge(&self, gathered: Gathered) -> Result<(), Refusal> {
        let entities: Vec<(Urn, Vec<Reported>)> = gathered.into_iter().collect();
        let next = AtomicUsize::new(0);
        let one_by_one = || {
            while let Some((entity, reported)) = entities.get(next.fetch_add(1, Ordering::Relaxed)) {
                let first = reported.first().map_or(0, |reported| reported.sequence);
                self.kernel.or_finding(first, self.kernel.observed(entity, reported))?;
            }
            Ok(())
        };
        let workers = self.workers.min(entities.len());
        if workers < 2 {
            return one_by_one();
        }
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..workers).map(|_| scope.spawn(one_by_one)).collect();
            let own = one_by_one();
            // A panic of a worker is one of the dispatcher.
            let joined = others.into_iter().map(|other| match other.join() {
                Ok(done) => done,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            joined.fold(own, Result::and)
        })
    }

    /// What a series' number means; a number that means nothing is a finding.
    fn meaning(&mut self, series: u64) -> Result<Option<SeriesKey>, Refusal> {
        let key = match self.series.get(&series) {
            Some(key) => key.clone(),
            None => {
                let key = self.kernel.store.read()?.series_key(series)?;
                self.series.insert(series, key.clone());
                key
            }
        };
        if key.is_none() {
            self.kernel.counters.add("finding", "unknown-series");
        }
        Ok(key)
    }
}

impl Kernel {
    /// A store that is busy or failing will be asked again: nothing that follows from an entry is given up. One entry that a rule
    /// cannot read must not stop all that come after it.
    fn or_finding(&self, sequence: u64, done: Result<(), Refusal>) -> Result<(), Refusal> {
        match done {
            Err(Refusal::Store(error)) => Err(Refusal::Store(error)),
            Err(error) => {
                self.undispatched(sequence, &error);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn undispatched(&self, sequence: u64, error: &dyn std::fmt::Display) {
        tracing::error!(sequence, %error, "an entry could not be dispatched");
        self.counters.add("finding", "not-dispatched");
    }
}
