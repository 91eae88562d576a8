//! Writing: from fields and factors to exact framed bytes.
//!
//! The writer keeps to the standard where the reader forgives: at most 1,024 bytes of data, no text that would be
//! read back as something else, CR LF always. Only the check sum follows the device's dialect.

use super::head::{is_device_number, is_password};
use super::{Crc, DATA_BYTES_STANDARD, DataArea, Factor, Flag, Part, Password, Qn, Segment, St};
use std::fmt::Write;
use thiserror::Error;

/// Why a packet cannot be written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WriteError {
    /// The command has more than four digits.
    #[error("{0} is no command: it must have four digits")]
    Cn(u16),
    /// Not a device number.
    #[error("`{0}` is no device number: 1 to 24 letters, digits, _ or -")]
    Mn(String),
    /// Not a password. It is not repeated here.
    #[error("the password is empty, longer than 16 bytes, or has a character that parts fields")]
    Pw,
    /// Not a packet's place in a count.
    #[error("part {} of {} does not exist", .0.pno, .0.pnum)]
    Part(Part),
    /// A name or value that would be read back as something else.
    #[error(
        "`{0}` cannot stand in a data area: it has a parting character, a control or a blank at its edge"
    )]
    Text(String),
    /// More than the standard's 1,024 bytes: divide it.
    #[error("{0} bytes of data are more than the standard's 1024")]
    TooLong(usize),
}

/// A packet being made. What is wrong with it is said when it is written.
#[derive(Clone, Debug)]
pub struct Packet {
    qn: Option<Qn>,
    st: St,
    cn: u16,
    pw: Password<String>,
    mn: String,
    flag: Option<Flag>,
    part: Option<Part>,
    area: String,
    fault: Option<WriteError>,
}

impl Packet {
    /// A packet with an empty data area, without QN and without flag.
    pub fn new(st: St, cn: u16, pw: &str, mn: &str) -> Self {
        Self {
            qn: None,
            st,
            cn,
            pw: Password(pw.to_owned()),
            mn: mn.to_owned(),
            flag: None,
            part: None,
            area: String::new(),
            fault: None,
        }
    }

    /// Names the interaction.
    #[must_use]
    pub fn qn(mut self, qn: Qn) -> Self {
        self.qn = Some(qn);
        self
    }

    /// Sets the flag. The bit for a divided packet follows from [`part`](Self::part).
    #[must_use]
    pub fn flag(mut self, flag: Flag) -> Self {
        self.flag = Some(flag);
        self
    }

    /// Makes it one of a divided packet's parts.
    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        self.part = Some(part);
        self
    }

    /// Adds one item: pairs that belong together.
    #[must_use]
    pub fn item(mut self, pairs: &[(&str, &str)]) -> Self {
        self.push_item(pairs.iter().copied());
        self
    }

    /// Adds a factor as one item: its values in order, then its flags.
    #[must_use]
    pub fn factor(mut self, factor: &Factor<'_>) -> Self {
        let mut pairs: Vec<(String, String)> = Vec::with_capacity(factor.values.len() + 2);
        let mut add =
            |stat: &str, text: &str| pairs.push((format!("{}-{stat}", factor.code), text.to_owned()));
        for reading in &factor.values {
            add(reading.stat, reading.text);
        }
        if let Some(flag) = factor.flag {
            // What is no letter or digit would be read back as a finding: U+FFFD makes the writer refuse it.
            let flag =
                if flag.is_ascii_alphanumeric() { char::from(flag) } else { char::REPLACEMENT_CHARACTER };
            add("Flag", flag.encode_utf8(&mut [0; 4]));
        }
        if let Some(eflag) = factor.eflag {
            add("EFlag", eflag);
        }
        self.push_item(pairs.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        self
    }

    /// Adds the items of a data area that was read, for passing it on.
    #[must_use]
    pub fn area(mut self, area: &DataArea<'_>) -> Self {
        for item in area.items() {
            self.push_item(item.iter().map(|pair| (pair.name, pair.value)));
        }
        self
    }

    /// The data segment.
    pub fn data(&self) -> Result<String, WriteError> {
        self.check()?;
        let data = self.text();
        if data.len() > DATA_BYTES_STANDARD { Err(WriteError::TooLong(data.len())) } else { Ok(data) }
    }

    /// The whole packet, framed.
    pub fn to_bytes(&self, crc: Crc) -> Result<Vec<u8>, WriteError> {
        self.data().map(|data| frame(&data, crc))
    }

    /// The whole packet, framed, whatever its fields hold: for answers, which repeat what was read or leave it
    /// empty.
    pub(super) fn to_bytes_unchecked(&self, crc: Crc) -> Vec<u8> {
        frame(&self.text(), crc)
    }

    fn push_item<'p>(&mut self, pairs: impl Iterator<Item = (&'p str, &'p str)>) {
        let mut parting = ";";
        for (name, value) in pairs {
            for (text, good) in [(name, is_name(name)), (value, is_value(value))] {
                if !good && self.fault.is_none() {
                    self.fault = Some(WriteError::Text(text.to_owned()));
                }
            }
            if !self.area.is_empty() {
                self.area.push_str(parting);
            }
            self.area.extend([name, "=", value]);
            parting = ",";
        }
    }

    fn check(&self) -> Result<(), WriteError> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        if self.cn > 9999 {
            return Err(WriteError::Cn(self.cn));
        }
        if !is_password(&self.pw.0) {
            return Err(WriteError::Pw);
        }
        if !is_device_number(&self.mn) {
            return Err(WriteError::Mn(self.mn.clone()));
        }
        match self.part {
            Some(part) if part.pnum > 9999 || !(1..=part.pnum).contains(&part.pno) => {
                Err(WriteError::Part(part))
            }
            _ => Ok(()),
        }
    }

    /// The fields in the order of table 3.
    fn text(&self) -> String {
        let flag = match self.part {
            Some(_) => Some(self.flag.unwrap_or_default().divided()),
            None => self.flag,
        };
        let mut text = String::new();
        let mut add = |name: &str, value: &str| text.extend([name, "=", value, ";"]);
        if let Some(qn) = &self.qn {
            add("QN", qn.as_str());
        }
        add("ST", self.st.as_str());
        add("CN", &format!("{:04}", self.cn));
        add("PW", &self.pw.0);
        add("MN", &self.mn);
        if let Some(flag) = flag {
            add("Flag", &flag.0.to_string());
        }
        if let Some(part) = self.part {
            add("PNUM", &part.pnum.to_string());
            add("PNO", &part.pno.to_string());
        }
        text.extend(["CP=&&", &self.area, "&&"]);
        text
    }
}

impl From<&Segment<'_>> for Packet {
    /// The packet a segment was read from, for passing it on: same fields, same pairs, same order.
    fn from(segment: &Segment<'_>) -> Self {
        Self {
            qn: segment.qn,
            flag: segment.flag,
            part: segment.part,
            ..Self::new(segment.st, segment.cn, segment.pw.0, segment.mn)
        }
        .area(&segment.area)
    }
}

/// Puts head, length, check sum and tail around a data segment.
fn frame(data: &str, crc: Crc) -> Vec<u8> {
    let mut framed = String::with_capacity(data.len() + 12);
    // Writing to a string cannot fail.
    let _ = write!(framed, "##{:04}{data}{:04X}\r\n", data.len(), crc.of(data.as_bytes()));
    framed.into_bytes()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains('=') && is_value(text)
}

/// `&` and `##` are kept out altogether: next to the area's own `&&`, or in a damaged stream, they would mislead
/// a reader.
fn is_value(text: &str) -> bool {
    text.trim() == text
        && !text.contains("##")
        && !text.chars().any(|c| c.is_control() || matches!(c, ';' | ',' | '&' | char::REPLACEMENT_CHARACTER))
}

#[cfg(test)]
mod tests {
    use super::super::{Edition, Framer, HOUR, REAL_TIME, Reading};
    use super::*;
    use jiff::civil::datetime;
    use proptest::prelude::*;

    const MN: &str = "010000A8900016F000169DC0";

    fn upload(cn: u16) -> Packet {
        Packet::new(St::parse("32").unwrap(), cn, "123456", MN)
            .qn(Qn::of(datetime(2016, 8, 1, 8, 58, 57, 223_000_000)).unwrap())
            .flag(Flag::of(Edition::E2017).wanting_answer())
    }

    fn factor<'a>(code: &'a str, values: &[(&'a str, &'a str)], eflag: Option<&'a str>) -> Factor<'a> {
        let values = values.iter().map(|&(stat, text)| Reading { stat, text }).collect();
        Factor { code, values, flag: Some(b'N'), eflag }
    }

    fn fault(packet: &Packet) -> WriteError {
        packet.to_bytes(Crc::Standard).unwrap_err()
    }

    #[test]
    fn an_upload_of_moments() {
        let packet = upload(REAL_TIME)
            .item(&[("DataTime", "20160801085857")])
            .factor(&factor("w01001", &[("Rtd", "7.1")], None))
            .factor(&factor("w01018", &[("SampleTime", "20160801070000"), ("Rtd", "2.2")], Some("A01")));
        let expected = "##0218QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&\
            DataTime=20160801085857;w01001-Rtd=7.1,w01001-Flag=N;w01018-SampleTime=20160801070000,w01018-Rtd=2.2,\
            w01018-Flag=N,w01018-EFlag=A01&&6E80\r\n";
        assert_eq!(String::from_utf8(packet.to_bytes(Crc::Standard).unwrap()).unwrap(), expected);
    }

    #[test]
    fn a_part_of_a_divided_packet() {
        let values = [("Cou", "63.0"), ("Min", "40.1"), ("Avg", "40.1"), ("Max", "40.1")];
        let packet = upload(HOUR)
            .qn(Qn::parse("20160801085857535").unwrap())
            .part(Part { pnum: 2, pno: 2 })
            .item(&[("DataTime", "20160801080000")])
            .factor(&factor("w01018", &values, None));
        let bytes = String::from_utf8(packet.to_bytes(Crc::Standard).unwrap()).unwrap();
        assert!(bytes.contains(";Flag=7;PNUM=2;PNO=2;CP=") && bytes.ends_with("&&E2C1\r\n"), "{bytes}");
    }

    #[test]
    fn what_would_be_read_back_differently_is_refused() {
        let text = |text: &str| WriteError::Text(text.to_owned());
        for bad in ["1,2", "a;b", "&", "##", "\r", " 1", "1 ", "\u{FFFD}"] {
            assert_eq!(fault(&upload(REAL_TIME).item(&[("A", bad)])), text(bad), "{bad}");
        }
        assert_eq!(fault(&upload(REAL_TIME).item(&[("", "1")])), text(""));
        assert_eq!(fault(&upload(REAL_TIME).item(&[("A=B", "1")])), text("A=B"));
        let flagged = Factor { flag: Some(b';'), ..Factor::new("a1") };
        assert_eq!(fault(&upload(REAL_TIME).factor(&flagged)), text("\u{FFFD}"));
        assert!(upload(REAL_TIME).item(&[("i11001-Info", "1#炉=停")]).data().is_ok());
    }

    #[test]
    fn a_head_that_cannot_be_read_back_is_refused() {
        let st = St::INTERACTION;
        assert_eq!(fault(&Packet::new(st, 2011, "12;34", MN)), WriteError::Pw);
        assert_eq!(fault(&Packet::new(st, 2011, "1", "")), WriteError::Mn(String::new()));
        assert_eq!(fault(&Packet::new(st, 10_000, "1", MN)), WriteError::Cn(10_000));
        let part = Part { pnum: 1, pno: 2 };
        assert_eq!(fault(&upload(HOUR).part(part)), WriteError::Part(part));
    }

    #[test]
    fn more_than_the_standard_allows_is_refused() {
        let overhead = upload(REAL_TIME).item(&[("A", "")]).data().unwrap().len();
        let fill = |bytes: usize| upload(REAL_TIME).item(&[("A", &"1".repeat(bytes))]);
        assert_eq!(fill(DATA_BYTES_STANDARD - overhead).data().unwrap().len(), DATA_BYTES_STANDARD);
        assert_eq!(
            fault(&fill(DATA_BYTES_STANDARD - overhead + 1)),
            WriteError::TooLong(DATA_BYTES_STANDARD + 1)
        );
    }

    /// Code, statistics, flag and maker's flag of a factor.
    type Parts = (String, Vec<(String, f64)>, Option<char>, Option<String>);

    /// Factors as they may be sent; the test puts a number before each code, so that no two are the same.
    fn parts() -> impl Strategy<Value = Parts> {
        let stats =
            prop::sample::subsequence(vec!["Rtd", "Min", "Avg", "Max", "ZsRtd", "ZsAvg", "Cou", "Own"], 1..5);
        let number = prop_oneof![-1e6..1e6f64, any::<f64>().prop_filter("finite", |n| n.is_finite())];
        let values = stats.prop_flat_map(move |stats| {
            let count = stats.len();
            prop::collection::vec(number.clone(), count)
                .prop_map(move |numbers| stats.iter().map(ToString::to_string).zip(numbers).collect())
        });
        let flag = prop::option::of(prop::sample::select(vec!['N', 'F', 'M', 'S', 'D', 'C', 'T', 'B', '0']));
        ("[a-zA-Z0-9]{1,6}", values, flag, prop::option::of("[A-Z0-9]{1,4}"))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            parts in prop::collection::vec(parts(), 0..5),
            (st, cn) in ("[0-9A-Z]{2}", 0..=9999u16),
            (pw, mn) in ("[0-9a-zA-Z]{1,6}", "[0-9A-Za-z_-]{1,24}"),
            (qn, flag) in (prop::option::of("[0-9]{14,17}"), prop::option::of(any::<u8>())),
            part in prop::option::of((1..=9999u16).prop_flat_map(|pnum| (Just(pnum), 1..=pnum))),
            crc in prop::sample::select(vec![Crc::Standard, Crc::Modbus, Crc::ByteSwapped]),
        ) {
            let held: Vec<_> = parts.iter().enumerate().map(|(index, (code, values, flag, eflag))| {
                let written = |(stat, number): &(String, f64)| (stat.clone(), format!("{number:.2}"));
                let values: Vec<_> = values.iter().map(written).collect();
                (format!("{index}{code}"), values, flag.map(|flag| flag as u8), eflag.clone())
            }).collect();
            let factors: Vec<Factor<'_>> = held.iter().map(|(code, values, flag, eflag)| Factor {
                code,
                values: values.iter().map(|(stat, text)| Reading { stat, text }).collect(),
                flag: *flag,
                eflag: eflag.as_deref(),
            }).collect();
            let (qn, part) = (qn.and_then(|qn| Qn::parse(&qn)), part.map(|(pnum, pno)| Part { pnum, pno }));
            // A flag that says divided without a part would be a finding, so leave that to the reader's own tests.
            let flag = flag.map(|bits| Flag(bits & !0b10));
            let mut packet = Packet { qn, flag, part, ..Packet::new(St::parse(&st).unwrap(), cn, &pw, &mn) };
            packet = packet.item(&[("DataTime", "20160801080000")]);
            packet = factors.iter().fold(packet, |packet, factor| packet.factor(factor));
            let written = match packet.to_bytes(crc) {
                Err(WriteError::TooLong(_)) => return Ok(()),
                written => written.unwrap(),
            };

            let mut framer = Framer::new(super::super::Dialect { crc, ..Default::default() });
            prop_assert!(framer.push(&written).is_empty());
            let frame = framer.next_frame().unwrap().unwrap();
            let text = frame.text();
            let segment = Segment::parse(&text).unwrap();
            prop_assert_eq!((segment.qn, segment.st.as_str(), segment.cn), (qn, &st[..], cn));
            prop_assert_eq!((segment.pw.0, segment.mn, segment.part), (&pw[..], &mn[..], part));
            let sent = flag.or(part.map(|_| Flag(0))).map(|flag| if part.is_some() { flag.divided() } else { flag });
            prop_assert_eq!(segment.flag, sent);
            prop_assert_eq!(&segment.findings, &[]);
            prop_assert_eq!(segment.area.data_time(), Ok(Some(datetime(2016, 8, 1, 8, 0, 0, 0))));
            prop_assert_eq!(segment.area.factors(), (factors, vec![]));
            prop_assert_eq!(Packet::from(&segment).to_bytes(crc).unwrap(), written, "passed on unchanged");
        }
    }
}
