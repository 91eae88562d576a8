//! The dispatcher: reads the log once, in order, and routes what it finds to rules.
//!
//! Effects are commands whose id follows from rule, entity, window and verdict. So reading a part of the log again,
//! after a crash or on purpose, changes nothing. What a rule cannot read is a finding; the dispatcher goes on. How rules
//! judge is `judge`, what follows is `follow`.

use crate::background::Background;
use crate::{Kernel, Refusal, name};
use model::{Item, Name, SeriesKey, Urn};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use store::{Entry, Housekeeping};

/// Entries read at once.
const PAGE: u32 = 256;

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
        let mut work = Work { kernel: Arc::clone(&kernel), progress: own, cursor, series };
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
        for entry in &entries {
            match self.entry(entry) {
                Ok(()) => {}
                // A store that is busy or failing will be asked again: nothing that follows from an entry is given up.
                Err(Refusal::Store(error)) => return Err(Refusal::Store(error)),
                // One entry that a rule cannot read must not stop all that come after it.
                Err(error) => {
                    tracing::error!(sequence = entry.leaf.sequence, %error, "an entry could not be dispatched");
                    self.kernel.counters.add("finding", "not-dispatched");
                }
            }
        }
        if let Some(last) = entries.last() {
            let next = last.leaf.sequence + 1;
            crate::wait(self.kernel.store.keep(Housekeeping::Cursor(self.cursor.clone(), next))?)?;
            self.progress.done.store(next, Ordering::SeqCst);
        }
        Ok(entries.len())
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), Refusal> {
        let items = entry.decoded().map_err(|error| Refusal::Unusable(error.to_string()))?;
        let sequence = entry.leaf.sequence;
        // What one entity reported with one command is judged together: a rule may look at several of its values.
        let mut reported: BTreeMap<(Urn, SeriesKey), BTreeSet<model::Instant>> = BTreeMap::new();
        for item in &items {
            match item {
                Item::Batch(batch) => {
                    for row in &batch.rows {
                        if let Some(key) = self.meaning(row.series)? {
                            reported.entry((key.entity.clone(), key)).or_default().insert(row.observed);
                        }
                    }
                }
                Item::Change(change) => self.kernel.case_changed(change, sequence)?,
                Item::Series(_) => {}
            }
        }
        for ((_, key), observed) in &reported {
            self.kernel.observed(key, observed, (sequence, entry.leaf.committed))?;
        }
        Ok(())
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
