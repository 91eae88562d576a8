//! Orders on a line: the packet that asks, 9011 and 9012, and asking again (HJ 212-2017, 6.2 and table 4).
//!
//! A device says with 9011 whether it will, sends what was asked for as uploads of their own, and says with 9012 how it ended.
//! One that says nothing is asked again with the same QN, a stated number of times.

use super::Limits;
use codec::hj212::{
    Crc, DAY, EXECUTION_RESULT, Edition, ExeRtn, Flag, HOUR, MINUTE, Packet, Qn, QnRtn, REAL_TIME,
    REQUEST_ANSWER, Segment, St,
};
use jiff::Span;
use jiff::civil::DateTime;
use kernel::{Asked, DeviceOrder, Kernel, Line, ORDERS_MAX, OrderState};
use model::Period;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// How a device on this line was heard to speak: it is spoken to alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub crc: Crc,
    pub edition: Edition,
    pub st: St,
}

/// What was said of an order, to be put into the log.
pub(super) struct Said {
    pub order: DeviceOrder,
    pub state: OrderState,
    pub code: Option<u8>,
    pub answer: Option<String>,
}

/// The orders of one connection.
pub(super) struct Orders {
    line: Line,
    /// Devices known on it.
    manners: HashMap<String, Manner>,
    open: Vec<Open>,
    last: Option<DateTime>,
}

struct Open {
    order: DeviceOrder,
    qn: Qn,
    packet: Vec<u8>,
    resends: u8,
    accepted: bool,
    due: Instant,
}

impl Orders {
    pub(super) fn new(line: Line) -> Self {
        Self { line, manners: HashMap::new(), open: Vec::new(), last: None }
    }

    /// A device has shown number and password on this line.
    pub(super) fn heard(&mut self, kernel: &Kernel, device: &str, manner: Manner) {
        self.manners.insert(device.to_owned(), manner);
        // A device may have spoken on another line meanwhile: the last one counts.
        kernel.line_of(device, &self.line);
    }

    /// Whether a device on this line has been asked for what it keeps.
    pub(super) fn fetching(&self) -> bool {
        self.open.iter().any(|open| matches!(open.order.asked, Asked::Fetch { .. }))
    }

    /// The packet that asks. An order that cannot be written is said to have failed.
    pub(super) fn ask(
        &mut self,
        kernel: &Kernel,
        order: DeviceOrder,
        limits: &Limits,
    ) -> Result<Vec<u8>, Said> {
        let now = kernel.local_time();
        // A QN names one interaction: never the same twice on a line.
        let at = self.last.filter(|last| *last >= now).map_or(now, |last| last + Span::new().milliseconds(1));
        self.last = Some(at);
        let written = self.manners.get(&order.device).zip(Qn::of(at)).and_then(|(manner, qn)| {
            let password = kernel.line_password(&order.device)?;
            let (cn, pairs) = words(&order.asked, kernel.local_time());
            let flag = Flag::of(manner.edition).wanting_answer();
            let packet = Packet::new(manner.st, cn, &password, &order.device).qn(qn).flag(flag);
            let packet = pairs.iter().fold(packet, |packet, (name, value)| packet.item(&[(name, value)]));
            Some((qn, packet.to_bytes(manner.crc).ok()?))
        });
        let Some((qn, packet)) = written else {
            return Err(Said { order, state: OrderState::Failed, code: None, answer: None });
        };
        let due = Instant::now() + Duration::from_secs(limits.answer_secs);
        self.open.push(Open { order, qn, packet: packet.clone(), resends: 0, accepted: false, due });
        Ok(packet)
    }

    /// What a packet of a device says of its orders, if it says something of them. `None` for any other packet.
    pub(super) fn told(&mut self, segment: &Segment<'_>, limits: &Limits) -> Option<Vec<Said>> {
        let of = |open: &Open| open.order.device == segment.mn;
        // In 2005 the QN that is answered stands inside the area.
        let qn = segment.area.get("QN").and_then(Qn::parse).or(segment.qn);
        let at = || self.open.iter().position(|open| of(open) && Some(open.qn) == qn);
        match segment.cn {
            REQUEST_ANSWER => {
                let Some(at) = at() else { return Some(Vec::new()) };
                let result = segment.area.get("QnRtn").and_then(QnRtn::parse);
                let code = result.map(QnRtn::code);
                if result == Some(QnRtn::Ready) {
                    let open = &mut self.open[at];
                    // Said again it changes nothing: nobody holds an order open for ever.
                    if std::mem::replace(&mut open.accepted, true) {
                        return Some(Vec::new());
                    }
                    open.due = Instant::now() + Duration::from_secs(limits.execution_secs);
                    return Some(vec![said(&open.order, OrderState::Accepted, code)]);
                }
                Some(vec![said(&self.open.remove(at).order, OrderState::Refused, code)])
            }
            EXECUTION_RESULT => {
                let Some(at) = at() else { return Some(Vec::new()) };
                let result = segment.area.get("ExeRtn").and_then(ExeRtn::parse);
                let done = result == Some(ExeRtn::Done);
                let state = if done { OrderState::Done } else { OrderState::Failed };
                Some(vec![said(&self.open.remove(at).order, state, result.map(ExeRtn::code))])
            }
            cn => {
                // What it was asked to tell comes as an upload of the same command, with a QN of its own.
                let asked = self.open.iter().find(|open| of(open) && tells(&open.order.asked) == Some(cn))?;
                let pairs = segment.area.pairs().iter().map(|pair| format!("{}={}", pair.name, pair.value));
                let answer = Some(pairs.collect::<Vec<_>>().join(";"));
                Some(vec![Said { answer, ..said(&asked.order, OrderState::Accepted, None) }])
            }
        }
    }

    /// When somebody must be asked again, or given up.
    pub(super) fn due(&self) -> Option<Instant> {
        self.open.iter().map(|open| open.due).min()
    }

    /// Packets to be sent again, and orders that nobody answers.
    pub(super) fn overdue(&mut self, limits: &Limits) -> (Vec<u8>, Vec<Said>) {
        let (now, mut again, mut given_up) = (Instant::now(), Vec::new(), Vec::new());
        self.open.retain_mut(|open| {
            if open.due > now {
                return true;
            }
            if open.accepted || open.resends >= limits.resends {
                given_up.push(said(&open.order, OrderState::Unanswered, None));
                return false;
            }
            open.resends += 1;
            open.due = now + Duration::from_secs(limits.answer_secs);
            again.extend(&open.packet);
            true
        });
        (again, given_up)
    }

    /// Whether another order may be open. Those beyond wait on the line, and then there is no room there.
    pub(super) fn has_room(&self) -> bool {
        self.open.len() < ORDERS_MAX
    }

    /// The line has ended: what is open on it is lost, and what had not been sent.
    pub(super) fn end(&mut self, kernel: &Kernel, asked: &mut mpsc::Receiver<DeviceOrder>) -> Vec<Said> {
        kernel.line_ended(&self.line, self.manners.keys());
        asked.close();
        let unsent = std::iter::from_fn(|| asked.try_recv().ok());
        let open = self.open.drain(..).map(|open| open.order);
        open.chain(unsent).map(|order| said(&order, OrderState::Lost, None)).collect()
    }
}

fn said(order: &DeviceOrder, state: OrderState, code: Option<u8>) -> Said {
    Said { order: order.clone(), state, code, answer: None }
}

/// The command and its area (HJ 212-2017 tables 4 and 9).
fn words(asked: &Asked, now: DateTime) -> (u16, Vec<(&'static str, String)>) {
    let time = |at: DateTime| at.strftime("%Y%m%d%H%M%S").to_string();
    match asked {
        Asked::Time => (GET_TIME, Vec::new()),
        Asked::SetTime => (SET_TIME, vec![("SystemTime", time(now))]),
        Asked::Interval => (GET_INTERVAL, Vec::new()),
        Asked::SetInterval(seconds) => (SET_INTERVAL, vec![("RtdInterval", seconds.to_string())]),
        Asked::MinuteInterval => (GET_MINUTES, Vec::new()),
        Asked::SetMinuteInterval(minutes) => (SET_MINUTES, vec![("MinInterval", minutes.to_string())]),
        Asked::Fetch { period, from, to } => {
            let cn = match period {
                Period::Moment => REAL_TIME,
                Period::Minute => MINUTE,
                Period::Hour => HOUR,
                Period::Day => DAY,
            };
            (cn, vec![("BeginTime", time(*from)), ("EndTime", time(*to))])
        }
    }
}

/// The upload that answers a question; what is fetched is stored as any other upload is.
fn tells(asked: &Asked) -> Option<u16> {
    match asked {
        Asked::Time => Some(GET_TIME),
        Asked::Interval => Some(GET_INTERVAL),
        Asked::MinuteInterval => Some(GET_MINUTES),
        Asked::SetTime | Asked::SetInterval(_) | Asked::SetMinuteInterval(_) | Asked::Fetch { .. } => None,
    }
}

const GET_TIME: u16 = 1011;
const SET_TIME: u16 = 1012;
const GET_INTERVAL: u16 = 1061;
const SET_INTERVAL: u16 = 1062;
const GET_MINUTES: u16 = 1063;
const SET_MINUTES: u16 = 1064;
