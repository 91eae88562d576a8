//! Telemetry in: a device is known, its values are mapped by its type's feeds, and the batch is one command.

use crate::{Kernel, Refusal, invalid};
use jiff::civil::DateTime;
use model::{Edition, Flag, Instant, Name, Observation, Period, SeriesKey, Urn, Value};
use pack::FeedKey;
use proof::CommandId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::{Commit, Done, Observations, Outcome, Pending, StoreError};
use thiserror::Error;

/// How far ahead of log time a value may be observed: device clocks drift, but not by more than this.
const AHEAD_SECS_MAX: i64 = 3600;
/// A delay up to which nobody asks whether this node was down meanwhile.
const NO_DELAY_SECS: i64 = 60;
/// Devices held in memory.
const DEVICES_MAX: usize = 100_000;

/// What one packet brings.
#[derive(Clone, Debug)]
pub struct Telemetry {
    /// The same packet sent again is the same command.
    pub command: CommandId,
    /// The device's number.
    pub device: String,
    /// The command code of the protocol.
    pub code: u16,
    /// The packet's time: moment, or start of the period, on the city's wall clock.
    pub observed: DateTime,
    /// Factor, statistic, value, flag.
    pub values: Vec<(String, Name, f64, Flag)>,
    /// What the device's own clock showed when it sent the packet, if it says.
    pub clock: Option<DateTime>,
    /// Whether it was asked to send it: then when it came says nothing of its line.
    pub asked: bool,
    /// The packet with its password taken out.
    pub source: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// The command.
    pub done: Done,
    /// Values stored, if this was the first time.
    pub stored: usize,
    /// Values left out, and why.
    pub findings: Vec<Finding>,
}

/// A packet's values on their way to the disk.
#[derive(Debug)]
pub struct Observing {
    pending: Pending<Outcome>,
    stored: usize,
    findings: Vec<Finding>,
}

impl Observing {
    /// Waits until they are on disk.
    pub async fn stored(self) -> Result<Observed, ObserveRefusal> {
        let Self { pending, stored, findings } = self;
        match pending.await.map_err(|_| StoreError::Stopped)?? {
            Outcome::Done(done) if done.repeated => Ok(Observed { done, stored: 0, findings }),
            Outcome::Done(done) => Ok(Observed { done, stored, findings }),
            Outcome::Conflict(_) => Err(ObserveRefusal::Store(StoreError::Busy)),
        }
    }
}

/// A value left out. Nothing good beside it is lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// A bounded code.
    pub code: &'static str,
    /// Factor and statistic.
    pub what: String,
}

/// Why a packet is refused as a whole.
#[derive(Debug, Error)]
pub enum ObserveRefusal {
    /// No such device is registered.
    #[error("unknown device")]
    Device,
    /// The password is not the device's.
    #[error("wrong password")]
    Password,
    /// The system code is not the one registered for the device.
    #[error("another system code than registered")]
    System,
    /// The time cannot be.
    #[error("the packet's time is no time, or more than an hour ahead")]
    Time,
    /// No value of the packet is known.
    #[error("no value of this packet is declared as a feed")]
    Nothing,
    /// The store cannot take it now; the device will send it again.
    #[error("not stored")]
    Store(#[from] StoreError),
    /// Anything else.
    #[error("not stored")]
    Other(#[from] Refusal),
}

/// A registered device.
#[derive(Debug)]
pub struct Device {
    /// Its entity.
    pub entity: Urn,
    kind: Name,
    /// Where it departs from its protocol, in the protocol's own words: the door knows them.
    pub dialect: Vec<String>,
    pub(crate) password: String,
    system: Option<i64>,
}

/// Devices met so far. Registration does not change while this process runs.
#[derive(Debug, Default)]
pub(crate) struct Devices(Mutex<HashMap<String, Arc<Device>>>);

impl Kernel {
    /// Knows a device by number and password, or says why not.
    pub fn device(
        &self,
        number: &str,
        password: &str,
        system: Option<u16>,
    ) -> Result<Arc<Device>, ObserveRefusal> {
        let device = self.registered(number)?;
        if device.password != password {
            return Err(ObserveRefusal::Password);
        }
        match (device.system, system) {
            (Some(registered), Some(said)) if registered != i64::from(said) => Err(ObserveRefusal::System),
            _ => Ok(device),
        }
    }

    /// A device by its number alone: for what a door must know before it can read a password. It proves nothing.
    pub fn registered(&self, number: &str) -> Result<Arc<Device>, ObserveRefusal> {
        let known = self.devices.0.lock().unwrap_or_else(PoisonError::into_inner).get(number).cloned();
        known.map_or_else(|| self.load_device(number), Ok)
    }

    fn load_device(&self, number: &str) -> Result<Arc<Device>, ObserveRefusal> {
        let view = self.store.read()?;
        let entity = view.key(&crate::name("hj212-mn")?, number)?.ok_or(ObserveRefusal::Device)?;
        let entity = view.entity(&entity)?.ok_or(ObserveRefusal::Device)?;
        let password = self.vault.device(number)?.ok_or(ObserveRefusal::Device)?;
        let system = entity.value("system").as_int();
        let words = entity.value("dialect").as_list().iter().filter_map(Value::as_text);
        let dialect = words.map(str::to_owned).collect();
        let device = Arc::new(Device { entity: entity.urn, kind: entity.kind, dialect, password, system });
        let mut devices = self.devices.0.lock().unwrap_or_else(PoisonError::into_inner);
        if devices.len() < DEVICES_MAX {
            devices.insert(number.to_owned(), Arc::clone(&device));
        }
        Ok(device)
    }

    /// Stores a packet's values. Returns when they are on disk.
    pub async fn observe(&self, device: &Device, telemetry: Telemetry) -> Result<Observed, ObserveRefusal> {
        self.begin_observing(device, telemetry)?.stored().await
    }

    /// Hands a packet's values to the store, in the order of the calls. They are stored when [`Observing::stored`] says so.
    pub fn begin_observing(
        &self,
        device: &Device,
        telemetry: Telemetry,
    ) -> Result<Observing, ObserveRefusal> {
        let received = self.now();
        let observed = self.loaded().zone.instant(telemetry.observed).ok_or(ObserveRefusal::Time)?;
        if observed > received.plus_secs(AHEAD_SECS_MAX) {
            return Err(ObserveRefusal::Time);
        }
        let (mut rows, findings) = self.rows(device, &telemetry, observed);
        if rows.is_empty() {
            return Err(ObserveRefusal::Nothing);
        }
        let stored = rows.len();
        self.measure(device, &telemetry, (observed, received), &mut rows);
        let act = crate::name("observe")?;
        let mut commit = Commit::new(telemetry.command, device.entity.clone(), act, "HJ 212");
        commit.observations = Some(Observations { received, source: telemetry.source, rows });
        Ok(Observing { pending: self.store.submit(commit)?, stored, findings })
    }

    /// What the door itself sees of a packet, for types that have a feed for it: `clock-Offset`, by how many seconds the
    /// device's clock is ahead, and `arrival-Delay`, how many after the end of its period the packet came.
    fn measure(
        &self,
        device: &Device,
        telemetry: &Telemetry,
        (observed, received): (Instant, Instant),
        rows: &mut Vec<Observation>,
    ) {
        let loaded = self.loaded();
        let Some(feeds) = loaded.feeds.get(&device.kind) else { return };
        let seconds = |later: Instant, earlier: Instant| later.since(earlier) as f64 / 1e6;
        let clock = telemetry.clock.and_then(|clock| loaded.zone.instant(clock));
        let offset = |_: Period| clock.map(|clock| seconds(clock, received));
        let delay = |period: Period| {
            let end = observed.plus_secs(period.secs());
            let late = seconds(received, end) - self.down_between(end, received);
            (!telemetry.asked).then_some(late.max(0.0))
        };
        let seen: [(_, _, &dyn Fn(Period) -> Option<f64>); 2] =
            [("clock", "Offset", &offset), ("arrival", "Delay", &delay)];
        for (factor, statistic, measured) in seen {
            let Ok(statistic) = crate::name(statistic) else { continue };
            let key = FeedKey { command: telemetry.code, factor: factor.to_owned(), statistic };
            let Some((attribute, period)) = feeds.get(&key) else { continue };
            if let Some(value) = measured(*period) {
                let series = series(device, attribute, &key.statistic, *period);
                rows.push(Observation { series, observed, value: value.round(), flag: Flag::NORMAL });
            }
        }
    }

    /// For how many seconds of a time this node was down: nothing could come then.
    fn down_between(&self, from: Instant, to: Instant) -> f64 {
        if to.since(from) <= NO_DELAY_SECS * 1_000_000 {
            return 0.0;
        }
        let down = self.store.read().map_err(Refusal::from).and_then(|view| crate::watch::down(&*view));
        let within =
            down.unwrap_or_default().into_iter().map(|span| span.to.min(to).since(span.from.max(from)));
        within.filter(|micros| *micros > 0).sum::<i64>() as f64 / 1e6
    }

    fn rows(
        &self,
        device: &Device,
        telemetry: &Telemetry,
        observed: Instant,
    ) -> (Vec<Observation>, Vec<Finding>) {
        let loaded = self.loaded();
        let feeds = loaded.feeds.get(&device.kind);
        let mut rows = Vec::with_capacity(telemetry.values.len());
        let mut findings = Vec::new();
        for (factor, statistic, value, flag) in &telemetry.values {
            let key =
                FeedKey { command: telemetry.code, factor: factor.clone(), statistic: statistic.clone() };
            let Some((attribute, period)) = feeds.and_then(|feeds| feeds.get(&key)) else {
                findings.push(Finding { code: "no-feed", what: format!("{factor}-{statistic}") });
                continue;
            };
            if !value.is_finite() {
                findings.push(Finding { code: "not-a-number", what: format!("{factor}-{statistic}") });
                continue;
            }
            let series = series(device, attribute, statistic, *period);
            rows.push(Observation { series, observed, value: *value, flag: *flag });
        }
        (rows, findings)
    }
}

fn series(device: &Device, attribute: &Name, statistic: &Name, period: Period) -> SeriesKey {
    SeriesKey {
        entity: device.entity.clone(),
        attribute: attribute.clone(),
        basis: statistic.clone(),
        period,
        edition: Edition::Raw,
    }
}

impl Device {
    /// The name of a statistic as the feed writes it, if it is a name at all.
    pub fn statistic(text: &str) -> Result<Name, Refusal> {
        Name::new(text).map_err(invalid)
    }
}
