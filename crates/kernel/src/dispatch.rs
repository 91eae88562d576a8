//! The dispatcher: reads the log once, in order, and routes what it finds to rules.
//!
//! Effects are commands whose id follows from rule, entity, window and verdict. So reading a part of the log again,
//! after a crash or on purpose, changes nothing. What a rule cannot read is a finding; the dispatcher goes on.

use crate::background::Background;
use crate::found::Found;
use crate::{Kernel, Refusal, name};
use model::{Instant, Item, Name, Row, SeriesKey};
use rule::{Hour, Limit, LimitRule, Verdict, judge};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use store::{Entry, Housekeeping, Reading, SeriesRange};

/// Entries read at once.
const PAGE: u32 = 256;
/// Hours read to judge one: far more than any rule's row.
const HOURS_MAX: u32 = 200;

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
        for item in &items {
            if let Item::Batch(batch) = item {
                for row in &batch.rows {
                    self.row(row, entry.leaf.sequence)?;
                }
            }
        }
        Ok(())
    }

    fn row(&mut self, row: &Row, cause: u64) -> Result<(), Refusal> {
        let kernel = Arc::clone(&self.kernel);
        let key = match self.series.get(&row.series) {
            Some(key) => key.clone(),
            None => {
                let key = kernel.store.read()?.series_key(row.series)?;
                self.series.insert(row.series, key.clone());
                key
            }
        };
        let Some(key) = key else {
            kernel.counters.add("finding", "unknown-series");
            return Ok(());
        };
        let watching = (key.attribute.clone(), key.basis.clone(), key.period);
        for rule in kernel.loaded.rules.get(&watching).into_iter().flatten() {
            kernel.judge(rule, &key, row, cause)?;
        }
        Ok(())
    }
}

impl Kernel {
    /// Judges every row of hours that an arrived hour belongs to.
    fn judge(&self, rule: &LimitRule, key: &SeriesKey, row: &Row, cause: u64) -> Result<(), Refusal> {
        let view = self.store.read()?;
        let Some(entity) = view.entity(&key.entity)?.filter(|entity| entity.kind == rule.kind) else {
            return Ok(());
        };
        let Ok(limits) = Limit::list(entity.value(rule.limit.as_str())) else {
            self.counters.add("finding", "limit-unreadable");
            return Ok(());
        };
        let (from, to) = rule.range(row.observed);
        let range = SeriesRange { series: row.series, from, to, limit: HOURS_MAX };
        let stored = view.observations(range)?;
        let hours: Vec<Hour> = stored
            .iter()
            .map(|s| Hour { start: s.observed, sequence: s.sequence, value: s.value, flag: s.flag })
            .collect();
        for end in rule.ends(row.observed) {
            let verdict = judge(rule, &hours, &limits, &self.loaded.zone, end);
            self.follow(&*view, rule, &entity, end, verdict, cause)?;
        }
        Ok(())
    }

    fn follow(
        &self,
        view: &dyn Reading,
        rule: &LimitRule,
        entity: &model::Entity,
        end: Instant,
        verdict: Verdict,
        cause: u64,
    ) -> Result<(), Refusal> {
        let id = |verdict: &str| {
            let end = end.micros().to_string();
            self.command_id(&["rule", rule.id.as_str(), entity.urn.as_str(), &end, verdict])
        };
        match verdict {
            Verdict::NoLimit => self.counters.add("finding", "no-limit"),
            Verdict::Exceeded { hours, limit } => {
                self.counters.add("verdict", "exceeded");
                let found = Found {
                    rule,
                    entity: entity.urn.clone(),
                    division: entity.text("division").to_owned(),
                    end,
                    hours,
                    limit,
                    cause,
                };
                let done = self.open_or_tell(id("exceeded"), &found)?;
                self.counters.add("effect", if done.repeated { "repeated" } else { "done" });
            }
            // A corrected hour may take back what was found before: then the case is told.
            Verdict::Within if view.command(&id("exceeded"))?.is_some() => {
                let told =
                    self.tell_withdrawn(id(&format!("withdrawn {cause}")), rule, &entity.urn, end, cause)?;
                self.counters.add("effect", if told { "withdrawn" } else { "repeated" });
            }
            Verdict::Within => {}
        }
        Ok(())
    }
}
