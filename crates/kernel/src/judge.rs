//! Rules judge what arrived: history is read again as far as the rule reaches, and what changed is followed.

use crate::follow::{key_of, watched, window};
use crate::watch::{self, Around, Watch};
use crate::{Kernel, Loaded, Refusal};
use model::{Edition, Entity, Instant, Name, SeriesKey, Urn, Value};
use rule::{
    Difference, Follow, History, Look, Rule, Span, Turn, Unjudged, Verdict, Window, follow, next_due, passed,
    review,
};
use std::collections::{BTreeMap, BTreeSet};
use store::{Housekeeping, Reading, SeriesRange, Timer, TimerRow};

/// What silences are counted without: kept stretches in which the node was down.
pub(crate) const DOWN_MAX: usize = 100;

/// One rule on one entity, and the kernel by which something follows.
struct Bench<'a> {
    kernel: &'a Kernel,
    watch: Watch<'a>,
}

/// What one entry of the log reported of an entity.
pub(crate) struct Reported {
    /// The entry.
    pub sequence: u64,
    /// Its log time.
    pub at: Instant,
    /// Its series, each with the instants of its values.
    pub series: BTreeMap<SeriesKey, BTreeSet<Instant>>,
}

/// An entity as rules look at it.
struct Seen<'a> {
    view: Box<dyn Reading + 'a>,
    entity: Entity,
    around: Around,
}

impl Kernel {
    /// Values of an entity arrived, entry by entry: every rule that watches them judges again what they touch.
    ///
    /// They are judged as of their command and its log time: a log that is read again, or late, says the same again.
    pub(crate) fn observed(&self, entity: &Urn, reported: &[Reported]) -> Result<(), Refusal> {
        let loaded = self.loaded();
        let watching = |key: &SeriesKey| {
            let named = (key.attribute.clone(), key.basis.clone(), key.period);
            loaded.rules.get(&named).filter(|_| key.edition == Edition::Raw)
        };
        let Some(mut seen) = self.seen(entity)? else { return Ok(()) };
        for Reported { sequence, at, series } in reported {
            for (key, observed) in series {
                for rule in watching(key).into_iter().flatten() {
                    if watched(rule, &seen.entity)
                        && self.judged(&loaded, rule, &seen, (observed, *sequence, *at))?
                    {
                        // What follows may have changed the entity: the next rule looks at it anew.
                        let Some(anew) = self.seen(entity)? else { return Ok(()) };
                        seen = anew;
                    }
                }
            }
        }
        Ok(())
    }

    fn seen(&self, entity: &Urn) -> Result<Option<Seen<'_>>, Refusal> {
        let view = self.store.read()?;
        let Some(entity) = view.entity(entity)? else { return Ok(None) };
        let around = Around::of(&*view, &entity.urn)?;
        Ok(Some(Seen { view, entity, around }))
    }

    /// One rule judges; returns whether anything followed. A rule that cannot read what is there is a finding.
    fn judged(
        &self,
        loaded: &Loaded,
        rule: &Rule,
        Seen { view, entity, around }: &Seen<'_>,
        (observed, sequence, now): (&BTreeSet<Instant>, u64, Instant),
    ) -> Result<bool, Refusal> {
        let watch = Watch { view: &**view, loaded, rule, entity, now, around };
        match (Bench { kernel: self, watch }).arrived(observed, sequence) {
            Ok(followed) => Ok(followed),
            Err(Fault::Refusal(refusal)) => Err(refusal),
            Err(Fault::Unjudged(why)) => {
                tracing::warn!(rule = rule.id.as_str(), entity = entity.urn.as_str(), %why, "not judged");
                self.counters.add("finding", "not-judged");
                Ok(false)
            }
        }
    }

    /// A silence may be complete, or a window waited long enough. Returns whether anything followed.
    pub(crate) fn watch_ring(&self, timer: &TimerRow, tick: u64) -> Result<bool, Refusal> {
        let loaded = self.loaded();
        let view = self.store.read()?;
        let rule = loaded.definitions.rules.iter().find(|rule| rule.id == timer.what);
        let (Some(rule), Some(entity)) = (rule, view.entity(&timer.entity)?) else {
            crate::wait(self.store.keep(Housekeeping::Cancel(timer.id.clone()))?)?;
            return Ok(false);
        };
        let since = Instant::from_micros(timer.due.micros().saturating_sub(1));
        let (now, around) = (self.decision_time(&*view)?, Around::of(&*view, &entity.urn)?);
        let watch = Watch { view: &*view, loaded: &loaded, rule, entity: &entity, now, around: &around };
        match (Bench { kernel: self, watch }).passed(since, tick) {
            Ok(acted) => Ok(acted),
            Err(Fault::Refusal(refusal)) => Err(refusal),
            Err(Fault::Unjudged(why)) => {
                tracing::warn!(rule = rule.id.as_str(), %why, "what was due was not judged");
                crate::wait(self.store.keep(Housekeeping::Cancel(timer.id.clone()))?)?;
                Ok(false)
            }
        }
    }

    /// Sets the timers of everything that is watched and has none: at the start, because an entity that never reported
    /// never arrives.
    pub(crate) fn arm_watches(&self) -> Result<(), Refusal> {
        let loaded = self.loaded();
        for rule in loaded.definitions.rules.iter().filter(|rule| waits(rule)) {
            let mut after: Option<Urn> = None;
            loop {
                let view = self.store.read()?;
                let page = view.entities(&rule.on.kind, after.as_ref(), 500)?;
                let Some(last) = page.last() else { break };
                after = Some(last.urn.clone());
                for entity in &page {
                    let id = watch_id(rule, &entity.urn);
                    if view.timer(&id)?.is_none() {
                        let (now, around) = (self.decision_time(&*view)?, Around::of(&*view, &entity.urn)?);
                        let watch =
                            Watch { view: &*view, loaded: &loaded, rule, entity, now, around: &around };
                        Bench { kernel: self, watch }.arm()?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Why a window was not judged, or why the store could not be asked.
enum Fault {
    Unjudged(Unjudged),
    Refusal(Refusal),
}

impl From<Unjudged> for Fault {
    fn from(why: Unjudged) -> Self {
        Self::Unjudged(why)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl Bench<'_> {
    /// A near look first: for most values nothing holds and nothing held before, and that is the end of it.
    /// Returns whether anything followed.
    fn arrived(&self, observed: &BTreeSet<Instant>, sequence: u64) -> Result<bool, Fault> {
        let (Some(first), Some(last)) = (observed.first(), observed.last()) else { return Ok(false) };
        let zone = &self.watch.loaded.zone;
        let (from, to) = (self.watch.rule.reach(*first, zone), self.watch.rule.reach(*last, zone));
        let near = self.watch.history(Span { from: from.near.from, to: to.near.to })?;
        let ends = !self.clearing().is_empty();
        if !ends && !self.is_late(*last, sequence)? && !self.holds_near(&near, observed, sequence)? {
            self.arm_once()?;
            return Ok(false);
        }
        let far = self.watch.history(Span { from: from.far.from, to: to.far.to })?;
        let differences = self.watch.with(|known| review(self.watch.rule, &far, known, sequence))?;
        let followed = !differences.is_empty();
        for difference in differences {
            self.followed(&difference, &far, sequence)?;
        }
        self.arm_once()?;
        Ok(followed)
    }

    /// Whether a command before brought something later: then what is behind it may change too. What commands after it brought
    /// is not looked at, however far behind the dispatcher is.
    fn is_late(&self, last: Instant, sequence: u64) -> Result<bool, Refusal> {
        let watched = self
            .watch
            .around
            .series
            .iter()
            .find(|numbered| watch::is(&numbered.key, &self.watch.rule.on.attribute));
        let Some(watched) = watched else { return Ok(false) };
        let from = Instant::from_micros(last.micros().saturating_add(1));
        let range = SeriesRange {
            series: watched.number,
            from,
            to: Instant::from_micros(i64::MAX),
            limit: 1,
            before: sequence + 1,
        };
        Ok(!self.watch.view.observations(range)?.is_empty())
    }

    fn holds_near(&self, near: &History, observed: &BTreeSet<Instant>, sequence: u64) -> Result<bool, Fault> {
        let (near, before) = (&near.as_of(sequence), near.as_of(sequence.saturating_sub(1)));
        let windows = observed.iter().flat_map(|at| self.watch.rule.ends(*at, &self.watch.loaded.zone));
        let windows: BTreeSet<Window> = windows.collect();
        let rule = self.watch.rule;
        self.watch.with(|known| {
            let looks = [Look::new(rule, near, known)?, Look::new(rule, &before, known)?];
            for window in windows {
                for look in &looks {
                    match look.at(window) {
                        Ok(verdict) if verdict.level.is_some() => return Ok(true),
                        // A rule whose limit is not in force says nothing of that window, and it is counted.
                        Ok(verdict) if verdict.unlimited && observed.contains(&window.start) => {
                            self.kernel.counters.add("finding", "no-limit");
                            break;
                        }
                        // What may still be filled is judged when it is.
                        Ok(_) | Err(Unjudged::Waiting { .. }) => {}
                        Err(why) => return Err(why.into()),
                    }
                }
            }
            Ok(false)
        })
    }

    fn followed(&self, difference: &Difference, history: &History, sequence: u64) -> Result<(), Fault> {
        let turn = difference.turn(self.watch.rule);
        match (turn, &difference.after) {
            (Turn::Around, Some(after)) => Ok(self.ended(difference.before.as_ref(), after, sequence)?),
            (Turn::Around, None) => Ok(()),
            (Turn::Withdrawn | Turn::Lowered, _) => Ok(self.withdrawn(difference, history, sequence)?),
            (Turn::Found | Turn::Raised | Turn::Amended, Some(after)) => {
                self.found(after, difference.before.as_ref(), history, sequence)
            }
            (Turn::Found | Turn::Raised | Turn::Amended, None) => Ok(()),
        }
    }

    /// What the rule has to set back on this entity when an episode ends.
    fn clearing(&self) -> BTreeMap<Name, Value> {
        self.watch.rule.clearing(|name| self.watch.entity.value(name.as_str()).clone())
    }

    /// An episode has ended: what its levels have set is set back, unless something else has set it since.
    fn ended(&self, before: Option<&Verdict>, after: &Verdict, cause: u64) -> Result<(), Refusal> {
        let ended = |verdict: &Verdict| verdict.episode.as_ref().and_then(|episode| episode.ended);
        let set = self.clearing();
        if set.is_empty() || ended(after).is_none() || before.and_then(ended).is_some() {
            return Ok(());
        }
        let done = self.kernel.cleared(self.watch.rule, self.watch.entity, after, set, cause)?;
        self.kernel.counters.add("effect", if done { "cleared" } else { "repeated" });
        Ok(())
    }

    fn found(
        &self,
        verdict: &Verdict,
        before: Option<&Verdict>,
        history: &History,
        cause: u64,
    ) -> Result<(), Fault> {
        // Where only the episode around a window has changed, its case knows the window already.
        let known = before.is_some_and(|before| same_ground(before, verdict));
        let newly = verdict.acts && !before.is_some_and(|before| known && before.acts);
        if known && !newly {
            return Ok(());
        }
        self.kernel.counters.add("verdict", "exceeded");
        let follows = self.watch.with(|known| follow(self.watch.rule, verdict, history, known))?;
        for (index, effect) in follows.into_iter().enumerate() {
            // What holds on in an episode is told to its case; nobody is notified again.
            let opens = matches!(effect, Follow::Open { .. });
            let due = if opens { !known } else { newly };
            if due {
                self.kernel.effect(self.watch.rule, self.watch.entity, verdict, (index, effect), cause)?;
            }
        }
        Ok(())
    }

    fn withdrawn(&self, difference: &Difference, history: &History, cause: u64) -> Result<(), Fault> {
        let Some(before) = &difference.before else { return Ok(()) };
        let earlier = history.as_of(cause.saturating_sub(1));
        let follows = self.watch.with(|known| follow(self.watch.rule, before, &earlier, known))?;
        for (process, key) in follows.iter().filter_map(key_of) {
            let (start, entity) = (before.window.start.micros().to_string(), self.watch.entity.urn.as_str());
            let id = ["withdrawn", self.watch.rule.id.as_str(), entity, &start, &cause.to_string()];
            let command = self.kernel.command_id(&id);
            let ground = format!("rule {}: {}", self.watch.rule.id, self.watch.rule.basis);
            let note = window(before.window.start);
            let told = self.kernel.tell_withdrawn(command, (&process, &key), &note, (&ground, cause))?;
            self.kernel.counters.add("effect", if told { "withdrawn" } else { "repeated" });
        }
        Ok(())
    }

    /// What passing time alone has brought to judgement since the timer was set is judged; then it is set again.
    fn passed(&self, since: Instant, cause: u64) -> Result<bool, Fault> {
        let history = self.recent()?;
        let mut acted = false;
        for difference in self.watch.with(|known| passed(self.watch.rule, &history, known, since))? {
            self.followed(&difference, &history, cause)?;
            acted = true;
        }
        self.arm()?;
        Ok(acted)
    }

    /// As much history as what is judged now needs.
    fn recent(&self) -> Result<History, Refusal> {
        let reach = self.watch.rule.reach(self.watch.now, &self.watch.loaded.zone);
        self.watch.history(Span { from: reach.far.from, to: reach.far.to })
    }

    /// A timer that is set stays: when it rings, it is looked what has arrived since.
    fn arm_once(&self) -> Result<(), Refusal> {
        let set = waits(self.watch.rule)
            && self.watch.view.timer(&watch_id(self.watch.rule, &self.watch.entity.urn))?.is_some();
        if set { Ok(()) } else { self.arm() }
    }

    /// Sets the timer for what passing time alone will bring to judgement next.
    fn arm(&self) -> Result<(), Refusal> {
        if !waits(self.watch.rule) {
            return Ok(());
        }
        let id = watch_id(self.watch.rule, &self.watch.entity.urn);
        let history = self.recent()?;
        let next = self.watch.with(|known| next_due(self.watch.rule, &history, known)).ok().flatten();
        let (entity, what) = (self.watch.entity.urn.clone(), self.watch.rule.id.clone());
        let work = Housekeeping::Arm(Timer { id, due: next, entity, what });
        crate::wait(self.kernel.store.keep(work)?)?;
        Ok(())
    }
}

/// Whether two verdicts say the same on the same observations.
fn same_ground(a: &Verdict, b: &Verdict) -> bool {
    a.level == b.level && a.used == b.used && a.limit == b.limit
}

/// Whether time alone can bring something to judgement: a silence, or a window that waits for what may still come.
fn waits(rule: &Rule) -> bool {
    rule.silent() || rule.lateness > rule::Length::ZERO
}

/// What the timer of a rule on an entity is called.
fn watch_id(rule: &Rule, entity: &Urn) -> String {
    format!("watch {} {entity}", rule.id)
}

/// Whether a timer is a rule's.
pub(crate) fn is_watch(timer: &TimerRow) -> bool {
    timer.id.starts_with("watch ")
}
