//! Time is a change: ticks in the log, and the timers that they ring.

use crate::background::Background;
use crate::judge::{DOWN_MAX, is_watch};
use crate::{Dispatcher, Kernel, Refusal, TenantClock, name, system};
use model::{Attribute, Change, Instant, Name, Urn, Value, map};
use proof::CommandId;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::{Commit, Done, TimerRow};

/// At least one tick in this time, so that outsiders see the log alive.
const TICK_SECS: i64 = 60;
/// A signed head is published at least once in this time, for those who watch that the log only grows.
const HEAD_SECS: i64 = 600;
/// Timers rung after one tick. More are rung after the next.
const TIMERS_MAX: u32 = 1000;

impl Kernel {
    /// The first tick after a start says how long nobody looked.
    pub(crate) fn first_tick(&self) -> Result<(), Refusal> {
        let last = self.store.read()?.log_time()?;
        let down = last.map_or(0, |last| self.now().since(last).max(0));
        let mut set = BTreeMap::new();
        if let Some(last) = last.filter(|_| down > 0) {
            set.insert(name("down")?, Attribute::plain(self.downs(last, self.now())?));
        }
        self.tick(map([("started", true.into()), ("downMicros", Value::Int(down))]), set)?;
        Ok(())
    }

    /// The stretches in which the node was down, this one the last: no silence is counted in them.
    fn downs(&self, from: Instant, to: Instant) -> Result<Value, Refusal> {
        let view = self.store.read()?;
        let log = crate::log_urn(&*view)?;
        let mut spans =
            view.entity(&log)?.map(|log| log.value("down").as_list().to_vec()).unwrap_or_default();
        spans.push(map([("from", from.into()), ("to", to.into())]));
        Ok(Value::List(spans.split_off(spans.len().saturating_sub(DOWN_MAX))))
    }

    fn tick(&self, note: Value, set: BTreeMap<Name, Attribute>) -> Result<Done, Refusal> {
        let log = crate::log_urn(&*self.store.read()?)?;
        let mut commit = Commit::new(CommandId(self.chance.id()), system()?, name("tick")?, "log time");
        let (kind, verb) = (name("Log")?, name("tick")?);
        commit.changes.push(Change { entity: log, kind, verb, set, note, record: None });
        crate::done(self.store.submit(commit)?)
    }

    /// Ticks if it is time to, and rings what is due. Returns how many timers rang.
    pub fn tick_if_due(&self) -> Result<usize, Refusal> {
        let (last, next) = {
            let view = self.store.read()?;
            (view.log_time()?, view.next_timer()?)
        };
        let now = self.now();
        let quiet = last.is_none_or(|last| now.since(last) >= TICK_SECS * 1_000_000);
        if next.is_none_or(|next| next > now) && !quiet {
            return Ok(0);
        }
        let tick = self.tick(Value::Null, BTreeMap::new())?;
        let due = self.store.read()?.timers_due(tick.committed, TIMERS_MAX)?;
        for timer in &due {
            self.ring(timer, tick.sequence)?;
        }
        Ok(due.len())
    }

    fn head_if_due(&self, published: &mut Instant) -> Result<(), Refusal> {
        let now = self.now();
        if now.since(*published) >= HEAD_SECS * 1_000_000 {
            self.publish_head()?;
            *published = now;
        }
        Ok(())
    }

    fn ring(&self, timer: &TimerRow, tick: u64) -> Result<(), Refusal> {
        // The id names timer and instant: a tick repeated after a crash rings nothing twice.
        let command = self.command_id(&["timer", &timer.id, &timer.due.micros().to_string()]);
        let (what, done) = if is_watch(timer) {
            ("watch", self.watch_ring(timer, tick)?)
        } else {
            ("timer", self.case_ring(command, timer, tick)?)
        };
        self.counters.add(what, if done { "rung" } else { "idle" });
        Ok(())
    }

    /// Drives a scratch city's time forward, stopping at every timer on the way and letting rules finish first.
    pub fn advance(&self, to: Instant, dispatcher: &Dispatcher) -> Result<(), Refusal> {
        if !self.clock.is_scratch() {
            return Err(Refusal::Unusable("this is a living city: its time cannot be driven".to_owned()));
        }
        dispatcher.settle();
        loop {
            let next = self.store.read()?.next_timer()?;
            let stop = next.map_or(to, |next| next.min(to));
            self.clock.advance(stop);
            self.tick_if_due()?;
            dispatcher.settle();
            if stop >= to {
                return Ok(());
            }
        }
    }

    /// The clock port.
    pub fn clock(&self) -> &TenantClock {
        &self.clock
    }
}

/// The thread that ticks.
pub struct Ticker(#[expect(dead_code, reason = "held for its end")] Background);

impl Ticker {
    /// Starts it.
    pub fn start(kernel: Arc<Kernel>) -> std::io::Result<Self> {
        let mut published = Instant::default();
        let round = move || {
            if let Err(error) = kernel.tick_if_due().and_then(|_| kernel.head_if_due(&mut published)) {
                tracing::error!(%error, "a tick failed");
                kernel.counters.add("tick", "failed");
            }
            Duration::from_millis(250)
        };
        Background::start("tick", round).map(Self)
    }
}

/// What a clock's timer is called: one per case and clock.
pub(crate) fn timer_id(case: &Urn, clock: &Name) -> String {
    format!("{case} {clock}")
}
