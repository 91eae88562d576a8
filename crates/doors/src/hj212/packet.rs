//! One packet: read, checked against its device, stored, answered.

use super::Limits;
use super::orders::{Manner, Orders, Said};
use codec::hj212::{
    Crc, DAY, Dialect, Envelope, Factor, Frame, HOUR, MINUTE, Part, QnRtn, REAL_TIME, Segment, St,
    answer_9011, answer_9014,
};
use jiff::civil::DateTime;
use kernel::{Device, Kernel, ObserveRefusal, Observing, Telemetry};
use model::{Flag, Name};
use std::sync::Arc;

/// A value whose packet says nothing of its worth. No rule takes it for valid.
const NOT_STATED: Flag = Flag(b'-');

/// The time that an earlier part of a divided packet has told. Each part is stored and answered by itself, so that none waits
/// for one that never comes; a part after the first may leave the time out.
#[derive(Default)]
pub(super) struct Divided {
    of: Option<(String, u16, Part)>,
    time: Option<DateTime>,
}

impl Divided {
    /// When the values of a segment were observed.
    fn time(&mut self, segment: &Segment<'_>) -> Option<DateTime> {
        let told = segment.area.data_time().ok().flatten();
        let Some(part) = segment.part else { return told };
        let follows = self.of.as_ref().is_some_and(|(mn, cn, before)| {
            mn == segment.mn && *cn == segment.cn && before.pnum == part.pnum && before.pno < part.pno
        });
        let time = told.or(self.time.filter(|_| follows));
        *self = Self { of: Some((segment.mn.to_owned(), segment.cn, part)), time };
        time
    }
}

/// A packet that was begun: its answer is known, or comes when its values are on disk.
pub(super) enum Begun {
    /// This is the answer; it may be empty.
    Answered(Vec<u8>),
    /// The store has it.
    Storing(Observing, Answering),
    /// It tells of orders: nothing answers an answer, but an upload that was asked for is one.
    Telling(Vec<Said>, Option<Answering>),
}

/// How a packet is answered.
pub(super) struct Answering {
    to: Envelope,
    wanted: bool,
    crc: Crc,
}

/// Begins with a frame: reads it, knows its device and hands its values to the store, in the order of the calls.
pub(super) fn begin(kernel: &Kernel, frame: &Frame, (divided, orders, limits): Standing<'_>) -> Begun {
    let (counters, crc) = (kernel.counters(), frame.dialect.crc);
    let text = frame.text();
    let segment = match Segment::parse(&text) {
        Ok(segment) => segment,
        Err(error) => {
            counters.add("hj212-packet", error.fault.as_str());
            let code = error.fault.qn_rtn();
            return Begun::Answered(answer_9011(&error, code, crc));
        }
    };
    if frame.dialect != Dialect::default() {
        counters.add("hj212-packet", "in-a-dialect");
    }
    for finding in &segment.findings {
        counters.add("hj212-finding", finding.code.as_str());
    }
    let answering = Answering { to: Envelope::from(&segment), wanted: segment.wants_answer(), crc };
    let manner = Manner { crc, edition: segment.edition(), st: segment.st };
    let device = match known(kernel, &segment) {
        Ok(device) => device,
        Err(refused) => return Begun::Answered(answering.refused(kernel, &refused)),
    };
    if segment.st != St::INTERACTION {
        orders.heard(kernel, segment.mn, manner);
    }
    if let Some(said) = orders.told(&segment, limits) {
        counters.add("hj212-packet", "of-an-order");
        let uploaded = Some(answering).filter(|_| segment.st != St::INTERACTION);
        return Begun::Telling(said, uploaded);
    }
    match upload(kernel, &device, &segment, (&text, divided, orders.fetching())) {
        Ok(observing) => Begun::Storing(observing, answering),
        Err(refused) => Begun::Answered(answering.refused(kernel, &refused)),
    }
}

impl Begun {
    /// The answer, when it may be given: what is stored is on disk.
    pub(super) async fn answer(self, kernel: &Kernel) -> Vec<u8> {
        let (observing, answering) = match self {
            Self::Answered(answer) => return answer,
            Self::Storing(observing, answering) => (observing, answering),
            Self::Telling(said, uploaded) => {
                record(kernel, said).await;
                let wanting = uploaded.filter(|answering| answering.wanted);
                return wanting.map_or_else(Vec::new, |answering| answer_9014(answering.to, answering.crc));
            }
        };
        let observed = match observing.stored().await {
            Ok(observed) => observed,
            Err(error) => return answering.refused(kernel, &refusal(&error)),
        };
        for finding in &observed.findings {
            kernel.counters().add("hj212-finding", finding.code);
        }
        kernel.counters().add_many("hj212-value", "stored", observed.stored as u64);
        let repeated = observed.done.repeated;
        kernel.counters().add("hj212-packet", if repeated { "repeated" } else { "accepted" });
        if answering.wanted { answer_9014(answering.to, answering.crc) } else { Vec::new() }
    }
}

impl Answering {
    fn refused(self, kernel: &Kernel, refused: &Refused) -> Vec<u8> {
        kernel.counters().add("hj212-packet", refused.reason);
        refused.code.map_or_else(Vec::new, |code| answer_9011(self.to, code, self.crc))
    }
}

/// Puts into the log what was said of orders.
pub(super) async fn record(kernel: &Kernel, said: Vec<Said>) {
    for Said { order, state, code, answer } in said {
        kernel.counters().add("hj212-order", state.as_str());
        let written = match kernel.order_told(&order, state, code, answer.as_deref()) {
            Ok(pending) => pending.await.is_ok_and(|outcome| outcome.is_ok()),
            Err(_) => false,
        };
        if !written {
            tracing::error!(order = %order.entity, state = state.as_str(), "what became of an order was not stored");
        }
    }
}

/// The dialect that a device's record gives it, for a data segment that names the device.
pub(super) fn dialect_of(kernel: &Kernel, data: &[u8]) -> Option<Dialect> {
    let from = data.windows(3).position(|window| window == b"MN=")? + 3;
    let number = data[from..].split(|byte| *byte == b';').next()?;
    let device = kernel.registered(std::str::from_utf8(number).ok()?).ok()?;
    let departing = |dialect: Dialect, word: &String| {
        dialect.departing(word).unwrap_or_else(|| {
            kernel.counters().add("hj212-finding", "unknown-dialect");
            dialect
        })
    };
    (!device.dialect.is_empty()).then(|| device.dialect.iter().fold(Dialect::default(), departing))
}

/// Why a packet is not stored: the code that is counted, and the one that is answered (table 5 of HJ 212-2017).
struct Refused {
    reason: &'static str,
    code: Option<QnRtn>,
}

fn refused(reason: &'static str, code: QnRtn) -> Refused {
    Refused { reason, code: Some(code) }
}

/// What a connection holds between its packets.
pub(super) type Standing<'a> = (&'a mut Divided, &'a mut Orders, &'a Limits);

/// The device that speaks. In answers the system is that of interaction, 91, and not the device's own.
fn known(kernel: &Kernel, segment: &Segment<'_>) -> Result<Arc<Device>, Refused> {
    let system = segment.st.as_str().parse().ok().filter(|_| segment.st != St::INTERACTION);
    kernel.device(segment.mn, segment.pw.0, system).map_err(|error| refusal(&error))
}

fn upload(
    kernel: &Kernel,
    device: &Device,
    segment: &Segment<'_>,
    (text, divided, asked): (&str, &mut Divided, bool),
) -> Result<Observing, Refused> {
    if ![REAL_TIME, MINUTE, HOUR, DAY].contains(&segment.cn) {
        return Err(refused("unsupported-command", QnRtn::Cn));
    }
    let observed = divided.time(segment).ok_or_else(|| refused("no-time", QnRtn::Unknown))?;
    let (factors, findings) = segment.area.factors();
    for finding in &findings {
        kernel.counters().add("hj212-finding", finding.code.as_str());
    }
    let telemetry = Telemetry {
        command: kernel.command_id(&["hj212", segment.mn, text]),
        device: segment.mn.to_owned(),
        code: segment.cn,
        observed,
        values: factors.iter().flat_map(|factor| values(kernel, factor)).collect(),
        clock: segment.qn.and_then(|qn| qn.time()),
        asked,
        source: without_password(text, segment.pw.0),
    };
    kernel.begin_observing(device, telemetry).map_err(|error| refusal(&error))
}

/// A factor's numbers by statistic.
fn values(kernel: &Kernel, factor: &Factor<'_>) -> Vec<(String, Name, f64, Flag)> {
    let flag = factor.flag.map_or(NOT_STATED, Flag);
    let mut values = Vec::with_capacity(factor.values.len());
    for reading in &factor.values {
        match (Name::new(reading.stat), reading.number()) {
            (Ok(statistic), Some(number)) => values.push((factor.code.to_owned(), statistic, number, flag)),
            // SampleTime is no measurement; its text is kept with the packet.
            _ if reading.stat == "SampleTime" => {}
            _ => kernel.counters().add("hj212-finding", "not-a-number"),
        }
    }
    values
}

fn refusal(error: &ObserveRefusal) -> Refused {
    match error {
        ObserveRefusal::Device => refused("unknown-device", QnRtn::Mn),
        ObserveRefusal::Password => refused("wrong-password", QnRtn::Pw),
        ObserveRefusal::System => refused("wrong-system", QnRtn::St),
        ObserveRefusal::Time => refused("impossible-time", QnRtn::Unknown),
        ObserveRefusal::Nothing => refused("nothing-declared", QnRtn::Refused),
        // Without an answer the device sends it again, and that is what is wanted.
        ObserveRefusal::Store(error) => {
            tracing::warn!(%error, "a packet was not stored");
            Refused { reason: "not-stored", code: None }
        }
        ObserveRefusal::Other(error) => {
            tracing::error!(%error, "a packet was not stored");
            Refused { reason: "not-stored", code: None }
        }
    }
}

/// The packet's text as evidence. The password is a credential and never enters the log.
fn without_password(text: &str, password: &str) -> String {
    if password.is_empty() {
        return text.to_owned();
    }
    text.replace(&format!("PW={password}"), "PW=******")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_part_has_the_time_of_the_first_and_nobody_else_has() {
        let mut divided = Divided::default();
        let mut time = |head: &str, area: &str| {
            let text = format!("QN=20160801085857223;ST=31;PW=123456;{head};CP=&&{area}&&");
            divided.time(&Segment::parse(&text).unwrap()).map(|at| at.to_string())
        };
        let first = "DataTime=20160801080000;a21026-Avg=1";
        let eight = Some("2016-08-01T08:00:00".to_owned());
        assert_eq!(time("CN=2061;MN=A;Flag=7;PNUM=3;PNO=2", "a21002-Avg=1"), None, "no part came before");
        assert_eq!(time("CN=2061;MN=A;Flag=7;PNUM=3;PNO=1", first), eight);
        assert_eq!(time("CN=2061;MN=A;Flag=7;PNUM=3;PNO=2", "a21002-Avg=1"), eight);
        assert_eq!(time("CN=2061;MN=A;Flag=7;PNUM=3;PNO=3", "a34013-Avg=1"), eight);
        for other in
            ["CN=2061;MN=B;Flag=7;PNUM=3;PNO=3", "CN=2051;MN=A;Flag=7;PNUM=3;PNO=3", "CN=2061;MN=A;Flag=5"]
        {
            assert_eq!(time("CN=2061;MN=A;Flag=7;PNUM=3;PNO=1", first), eight);
            assert_eq!(time(other, "a34013-Avg=1"), None, "{other}");
        }
    }

    #[test]
    fn evidence_has_no_password() {
        let text = "QN=20160801085857223;ST=31;CN=2061;PW=123456;MN=A;Flag=5;CP=&&DataTime=20160801080000&&";
        assert!(!without_password(text, "123456").contains("123456"));
        assert_eq!(without_password("a", ""), "a");
    }
}
