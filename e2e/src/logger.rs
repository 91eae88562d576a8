//! A pollutant logger: HJ 212 packets over TCP, each answered before the next.

use anyhow::{Context, Result, ensure};
use codec::hj212::{Crc, Edition, Flag, Framer, HOUR, Packet, Qn, REAL_TIME, Segment, St};
use jiff::civil::DateTime;
use kernel::TenantClock;
use model::{Instant, Zone};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use store::Clock;

/// How long a logger waits for an answer (HJ 212-2017: 10 s by default).
const ANSWER_SECS: u64 = 10;

/// The demonstration city's zone, which is also that of its loggers.
pub fn zone() -> Result<Zone> {
    Zone::named("Asia/Shanghai").context("no time zones")
}

/// The present.
pub fn now() -> Instant {
    TenantClock::System.now()
}

/// What their clocks show.
pub fn local_now() -> Result<DateTime> {
    Ok(zone()?.local(now()))
}

/// One upload, as it is sent and as it should be found again.
#[derive(Clone, Debug)]
pub struct Report {
    /// The packet's data segment without its password: what the log keeps as evidence.
    pub evidence: String,
    /// When the values were so.
    pub observed: DateTime,
    /// Sulphur dioxide, converted.
    pub so2: f64,
    /// Whether it is an hour's mean, or a moment.
    pub hour: bool,
    bytes: Vec<u8>,
}

impl Report {
    /// An upload of a device. `sent` names it: no two packets of a device may have the same.
    pub fn new(
        mn: &str,
        password: &str,
        sent: DateTime,
        observed: DateTime,
        so2: f64,
        hour: bool,
    ) -> Result<Self> {
        let value = format!("{so2:.1}");
        let packet = Packet::new(
            St::parse("31").context("system code")?,
            if hour { HOUR } else { REAL_TIME },
            password,
            mn,
        )
        .qn(Qn::of(sent).context("packet time")?)
        .flag(Flag::of(Edition::E2017).wanting_answer())
        .item(&[("DataTime", &observed.strftime("%Y%m%d%H%M%S").to_string())]);
        let packet = if hour {
            packet
                .item(&[("a21026-Avg", "12.0"), ("a21026-ZsAvg", &value), ("a21026-Flag", "N")])
                .item(&[("a19001-Avg", "9.6"), ("a19001-Flag", "N")])
        } else {
            packet.item(&[("a21026-ZsRtd", &value), ("a21026-Flag", "N")])
        };
        let evidence = packet.data()?.replace(&format!("PW={password}"), "PW=******");
        let bytes = packet.to_bytes(Crc::Standard)?;
        Ok(Self { evidence, observed, so2: value.parse()?, hour, bytes })
    }
}

/// What came back: its command code, and the result if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 9014: it is stored. 9011: refused.
    pub command: u16,
    /// `QnRtn`, for 9011.
    pub result: Option<String>,
    /// Which packet is answered.
    pub qn: Option<String>,
}

/// A connected logger.
pub struct Logger {
    stream: TcpStream,
    framer: Framer,
}

impl Logger {
    /// Connects to a door.
    pub fn connect(door: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(door).context("connecting to the HJ 212 door")?;
        stream.set_read_timeout(Some(Duration::from_secs(ANSWER_SECS)))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, framer: Framer::default() })
    }

    /// Sends a report and waits for its answer.
    pub fn ask(&mut self, report: &Report) -> Result<Answer> {
        self.stream.write_all(&report.bytes)?;
        let mut buffer = [0; 4096];
        loop {
            let count = self.stream.read(&mut buffer).context("waiting for an answer")?;
            ensure!(count > 0, "the door closed the connection");
            let mut frames = Vec::new();
            self.framer.feed(&buffer[..count], |frame| frames.push(frame.map(|f| f.text().into_owned())));
            if let Some(frame) = frames.into_iter().next() {
                let text = frame.map_err(|error| anyhow::anyhow!("an answer is broken: {error:?}"))?;
                let segment =
                    Segment::parse(&text).map_err(|error| anyhow::anyhow!("{}", error.fault.as_str()))?;
                let result = segment.area.get("QnRtn").map(str::to_owned);
                return Ok(Answer { command: segment.cn, result, qn: segment.qn.map(|qn| qn.to_string()) });
            }
        }
    }

    /// Sends a report that must be stored.
    pub fn store(&mut self, report: &Report) -> Result<()> {
        let answer = self.ask(report)?;
        ensure!(answer.command == 9014, "the door answered {answer:?}");
        Ok(())
    }
}
