//! A simulated outlet: a logger that speaks real HJ 212 over TCP and waits for its answers.

use anyhow::Context;
use codec::hj212::{Crc, Framer, HOUR, Packet, Qn, REAL_TIME, Segment, St};
use jiff::civil::DateTime;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The system code (ST) of flue gas monitoring, unless a logger says otherwise.
const GAS: u16 = 31;
/// How long a logger waits for an answer (HJ 212-2017: 10 s by default).
const ANSWER_SECS: u64 = 10;

/// One outlet's logger.
pub struct Outlet {
    stream: TcpStream,
    framer: Framer,
    mn: String,
    password: String,
    system: u16,
}

/// An answer: its command code, and its result code if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 9014, 9011 …
    pub command: u16,
    /// `QnRtn`, for 9011.
    pub result: Option<String>,
}

/// What an outlet reports for an hour.
#[derive(Clone, Copy, Debug)]
pub struct HourReport {
    /// Converted mean of sulphur dioxide, mg/m³.
    pub so2: f64,
    /// What the logger says of it: `N` normal, `F` stopped, `M` maintenance …
    pub flag: u8,
}

/// What an outlet reports, in the protocol's own terms.
#[derive(Clone, Debug)]
pub struct Report {
    /// The command code: 2011, 2051, 2061, 2031.
    pub command: u16,
    /// Factor, statistic, value.
    pub values: Vec<(String, String, f64)>,
    /// What the logger says of all of them.
    pub flag: u8,
}

impl Outlet {
    /// Connects to a door.
    pub fn connect(door: SocketAddr, mn: &str, password: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(door).context("connecting to the HJ 212 door")?;
        stream.set_read_timeout(Some(Duration::from_secs(ANSWER_SECS)))?;
        stream.set_nodelay(true)?;
        let (mn, password) = (mn.to_owned(), password.to_owned());
        Ok(Self { stream, framer: Framer::default(), mn, password, system: GAS })
    }

    /// The same logger under another system code.
    pub fn system(mut self, code: u16) -> Self {
        self.system = code;
        self
    }

    fn packet(&self, command: u16, sent: DateTime, observed: DateTime) -> anyhow::Result<Packet> {
        let st = St::parse(&format!("{:02}", self.system)).context("system code")?;
        let qn = Qn::of(sent).context("packet time")?;
        let time = observed.strftime("%Y%m%d%H%M%S").to_string();
        Ok(Packet::new(st, command, &self.password, &self.mn)
            .qn(qn)
            .flag(codec::hj212::Flag::of(codec::hj212::Edition::E2017).wanting_answer())
            .item(&[("DataTime", &time)]))
    }

    /// The bytes of an hour's upload (2061): converted and measured mean, oxygen, flow.
    pub fn hour(&self, sent: DateTime, start: DateTime, report: HourReport) -> anyhow::Result<Vec<u8>> {
        let text = |number: f64| format!("{number:.1}");
        let flag = char::from(report.flag).to_string();
        let packet = self
            .packet(HOUR, sent, start)?
            .item(&[
                ("a21026-Avg", &text(report.so2 * 0.8)),
                ("a21026-ZsAvg", &text(report.so2)),
                ("a21026-Flag", &flag),
            ])
            .item(&[("a19001-Avg", "9.6"), ("a19001-Flag", "N")])
            .item(&[("a00000-Avg", "21.4"), ("a00000-Flag", "N")]);
        Ok(packet.to_bytes(Crc::Standard)?)
    }

    /// Reports values of a period and waits for the answer.
    pub fn report(&mut self, sent: DateTime, start: DateTime, report: &Report) -> anyhow::Result<Answer> {
        let flag = char::from(report.flag).to_string();
        let mut packet = self.packet(report.command, sent, start)?;
        for (factor, statistic, value) in &report.values {
            let (value, text) = (format!("{factor}-{statistic}"), value.to_string());
            packet = packet.item(&[(&value, &text), (&format!("{factor}-Flag"), &flag)]);
        }
        self.ask(&packet.to_bytes(Crc::Standard)?)
    }

    /// The bytes of a moment's upload (2011).
    pub fn moment(&self, sent: DateTime, so2: f64) -> anyhow::Result<Vec<u8>> {
        let value = format!("{so2:.1}");
        let packet =
            self.packet(REAL_TIME, sent, sent)?.item(&[("a21026-ZsRtd", &value), ("a21026-Flag", "N")]);
        Ok(packet.to_bytes(Crc::Standard)?)
    }

    /// Sends bytes without waiting.
    pub fn send(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        Ok(self.stream.write_all(bytes)?)
    }

    /// Sends bytes and waits for the answer.
    pub fn ask(&mut self, bytes: &[u8]) -> anyhow::Result<Answer> {
        self.send(bytes)?;
        let mut buffer = [0; 4096];
        loop {
            let count = self.stream.read(&mut buffer).context("waiting for an answer")?;
            anyhow::ensure!(count > 0, "the door closed the connection");
            let mut frames = Vec::new();
            self.framer.feed(&buffer[..count], |frame| frames.push(frame));
            if let Some(frame) = frames.into_iter().flatten().next() {
                let text = frame.text().into_owned();
                let segment =
                    Segment::parse(&text).map_err(|error| anyhow::anyhow!("{}", error.fault.as_str()))?;
                let result = segment.area.get("QnRtn").map(str::to_owned);
                return Ok(Answer { command: segment.cn, result });
            }
        }
    }
}
