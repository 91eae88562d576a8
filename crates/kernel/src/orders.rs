//! Orders to devices (反控): what the city asks of a monitor over the line that the monitor holds open.
//!
//! An order is an entity of its own, so that who gave it, what became of it and when are in the log. Which words of which
//! protocol it takes is the door's.

use crate::act::say;
use crate::{Actor, Kernel, Power, Refusal, name};
use jiff::civil::DateTime;
use model::{Attribute, Change, Entity, Filter, Name, Operator, Period, Urn, Value};
use proof::CommandId;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use store::{Commit, Expect, Find, Order, Outcome, Pending};
use tokio::sync::mpsc;

/// Orders that may wait on one line.
pub const ORDERS_MAX: usize = 16;
/// Days of history that one order may fetch.
const FETCH_DAYS_MAX: i64 = 31;
/// Periods in minutes that a logger may form its minute values over (table 4 of HJ 212-2017).
const MINUTES: [u16; 11] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30];

/// What is asked of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What time it is there.
    Time,
    /// That it takes the city's time.
    SetTime,
    /// How often it sends values of the moment.
    Interval,
    /// That it sends them so often, in seconds: 30 to 3600.
    SetInterval(u16),
    /// Over how many minutes it forms minute values.
    MinuteInterval,
    /// That it forms them over so many.
    SetMinuteInterval(u16),
    /// That it sends again what it keeps of a span, on its own clock.
    Fetch {
        /// Which values.
        period: Period,
        /// From.
        from: DateTime,
        /// To.
        to: DateTime,
    },
}

impl Asked {
    /// What a device keeps of a span, by times as programs write them: `2026-09-30T08:00:00`, on the device's clock.
    pub fn fetch(period: Period, from: &str, to: &str) -> Result<Self, Refusal> {
        let time = |field, text: &str| {
            let what = || say("请写成 2026-09-30T08:00:00", "write it like 2026-09-30T08:00:00");
            text.parse::<DateTime>().map_err(|_| Refusal::Field { field, what: what() })
        };
        Ok(Self::Fetch { period, from: time("from", from)?, to: time("to", to)? })
    }

    /// Its name in the log and for programs.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::SetTime => "set-time",
            Self::Interval => "interval",
            Self::SetInterval(_) => "set-interval",
            Self::MinuteInterval => "minute-interval",
            Self::SetMinuteInterval(_) => "set-minute-interval",
            Self::Fetch { .. } => "fetch",
        }
    }

    /// Whether a device could be asked so.
    fn check(&self) -> Result<(), Refusal> {
        let refuse = |field, zh: &str, en: &str| Err(Refusal::Field { field, what: say(zh, en) });
        match self {
            Self::SetInterval(seconds) if !(30..=3600).contains(seconds) => {
                refuse("seconds", "30 至 3600 秒", "30 to 3600 seconds")
            }
            Self::SetMinuteInterval(minutes) if !MINUTES.contains(minutes) => refuse(
                "minutes",
                "只能是 1、2、3、4、5、6、10、12、15、20 或 30 分钟",
                "1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30 minutes",
            ),
            Self::Fetch { from, to, .. } if from >= to => {
                refuse("to", "结束时间须晚于开始时间", "the end must be after the beginning")
            }
            Self::Fetch { from, to, .. } if (*to - *from).get_days() as i64 > FETCH_DAYS_MAX => {
                refuse("to", "一次最多取 31 天", "31 days at once at most")
            }
            _ => Ok(()),
        }
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::SetInterval(seconds) => vec![("seconds", Value::Int(i64::from(*seconds)))],
            Self::SetMinuteInterval(minutes) => vec![("minutes", Value::Int(i64::from(*minutes)))],
            Self::Fetch { period, from, to } => vec![
                ("period", period.as_str().into()),
                ("from", from.to_string().into()),
                ("to", to.to_string().into()),
            ],
            Self::Time | Self::SetTime | Self::Interval | Self::MinuteInterval => Vec::new(),
        }
    }
}

/// An order on its way to a device.
#[derive(Clone, Debug)]
pub struct DeviceOrder {
    /// The order's entity.
    pub entity: Urn,
    /// The device's number.
    pub device: String,
    /// What is asked.
    pub asked: Asked,
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderState {
    /// The device will carry it out.
    Accepted,
    /// The device will not, and says why with a code.
    Refused,
    /// It is carried out.
    Done,
    /// It could not be carried out, and the device says why with a code.
    Failed,
    /// The device did not answer, however often it was asked.
    Unanswered,
    /// The line was lost before it ended.
    Lost,
}

impl OrderState {
    /// Its name in the log and for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unanswered => "unanswered",
            Self::Lost => "lost",
        }
    }
}

/// A line that a door holds to one or more devices.
#[derive(Clone, Debug)]
pub struct Line {
    id: CommandId,
    orders: mpsc::Sender<DeviceOrder>,
}

/// The lines by device number; the last one on which a device was known.
#[derive(Debug, Default)]
pub(crate) struct Lines(Mutex<HashMap<String, Line>>);

impl Kernel {
    /// A line, and where its orders come out.
    pub fn line(&self) -> (Line, mpsc::Receiver<DeviceOrder>) {
        let (orders, out) = mpsc::channel(ORDERS_MAX);
        (Line { id: CommandId(self.chance.id()), orders }, out)
    }

    /// A device was known on a line: orders to it go there from now on.
    pub fn line_of(&self, device: &str, line: &Line) {
        let mut lines = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.get(device).is_none_or(|held| held.id != line.id) {
            lines.insert(device.to_owned(), line.clone());
        }
    }

    /// A line has ended; devices that have another one since keep it.
    pub fn line_ended<'a>(&self, line: &Line, devices: impl Iterator<Item = &'a String>) {
        let mut lines = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        for device in devices {
            if lines.get(device).is_some_and(|held| held.id == line.id) {
                lines.remove(device);
            }
        }
    }

    /// Gives an order to a device that is connected now. It is in the log before the device hears of it.
    pub fn order(
        &self,
        actor: &Actor,
        command: CommandId,
        device: &str,
        asked: Asked,
    ) -> Result<Entity, Refusal> {
        self.allowed(actor, Power::Order)?;
        let known = self.registered(device).map_err(|_| Refusal::NotFound(device.to_owned()))?;
        asked.check()?;
        let entity = Urn::of(&kind()?, &command.to_string()).map_err(crate::invalid)?;
        // Sent again, it is the order that was given, whether the device is still there or not.
        if let Some(given) = self.store.read()?.entity(&entity)? {
            return Ok(given);
        }
        let line = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner).get(device).cloned();
        let away = || say("设备现在没有连接", "the device is not connected now");
        let line = line.ok_or_else(|| Refusal::Field { field: "device", what: away() })?;
        let place = line.orders.try_reserve().map_err(|error| match error {
            mpsc::error::TrySendError::Full(()) => {
                let what = say("这台设备还有太多指令未完成", "too many orders to this device are still open");
                Refusal::Field { field: "device", what }
            }
            mpsc::error::TrySendError::Closed(()) => Refusal::Field { field: "device", what: away() },
        })?;
        let mut set = BTreeMap::new();
        let mut put =
            |id: &str, value: Value| Ok::<_, Refusal>(set.insert(name(id)?, Attribute::plain(value)));
        put("device", device.into())?;
        put("source", known.entity.clone().into())?;
        put("asked", asked.as_str().into())?;
        for (id, value) in asked.attributes() {
            put(id, value)?;
        }
        put("by", actor.urn.clone().into())?;
        put("at", self.now().into())?;
        put("state", "sent".into())?;
        let mut commit = Commit::new(command, actor.urn.clone(), name("order")?, "order to a device");
        commit.expect.push(Expect::EntityAt(entity.clone(), None));
        commit.changes.push(change(&entity, "order", set)?);
        let done = crate::done(self.store.submit(commit)?)?;
        if !done.repeated {
            place.send(DeviceOrder { entity: entity.clone(), device: device.to_owned(), asked });
        }
        self.store.read()?.entity(&entity)?.ok_or_else(|| Refusal::NotFound(entity.to_string()))
    }

    /// Orders to a device, the latest first.
    pub fn orders(&self, actor: &Actor, device: &str, limit: u32) -> Result<Vec<Entity>, Refusal> {
        self.allowed(actor, Power::Order)?;
        self.registered(device).map_err(|_| Refusal::NotFound(device.to_owned()))?;
        let wanted = Filter::And(vec![
            Filter::Kind(kind()?),
            Filter::Compare { path: vec![name("device")?], op: Operator::Eq, value: device.into() },
        ]);
        let order = Order::By { path: vec![name("at")?], descending: true };
        Ok(self.store.read()?.find(&wanted, &Find { order, skip: 0, limit })?)
    }

    /// What a device said of an order, or that it said nothing; with its code, and what it answered.
    pub fn order_told(
        &self,
        order: &DeviceOrder,
        state: OrderState,
        code: Option<u8>,
        answer: Option<&str>,
    ) -> Result<Pending<Outcome>, Refusal> {
        let mut set = BTreeMap::new();
        set.insert(name("state")?, Attribute::plain(state.as_str()));
        if let Some(code) = code {
            set.insert(name("code")?, Attribute::plain(i64::from(code)));
        }
        if let Some(answer) = answer {
            set.insert(name("answer")?, Attribute::plain(answer));
        }
        let id =
            self.command_id(&["order", order.entity.as_str(), state.as_str(), answer.unwrap_or_default()]);
        let ground = "answer of a device to an order";
        let by = self
            .registered(&order.device)
            .map_or_else(|_| crate::system(), |device| Ok(device.entity.clone()))?;
        let mut commit = Commit::new(id, by, name("answer")?, ground);
        commit.changes.push(change(&order.entity, "answer", set)?);
        Ok(self.store.submit(commit)?)
    }

    /// The password that a device and the city show each other. For doors, which write it into orders and nowhere else.
    pub fn line_password(&self, device: &str) -> Option<String> {
        self.registered(device).ok().map(|device| device.password.clone())
    }

    /// The city's time as its devices should have it.
    pub fn local_time(&self) -> DateTime {
        self.loaded().zone.local(self.now())
    }
}

fn kind() -> Result<Name, Refusal> {
    name("DeviceOrder")
}

fn change(entity: &Urn, verb: &str, set: BTreeMap<Name, Attribute>) -> Result<Change, Refusal> {
    Ok(Change {
        entity: entity.clone(),
        kind: kind()?,
        verb: name(verb)?,
        set,
        note: Value::Null,
        record: None,
    })
}
