//! The head of a data segment, field by field: what each may hold, and what is wrong when it does not.

use super::finding::{Finding, FindingCode};
use super::{DataArea, Envelope, Flag, Qn, SegmentFault, St};
use std::fmt;

/// Longest device number: the 24 hex digits of 2017. Shorter ones are common.
pub const MN_BYTES_MAX: usize = 24;

/// Longest password: the standard has 6 characters, makers' own platforms hand out longer ones.
pub const PW_BYTES_MAX: usize = 16;

/// Longest PNUM: the standard gives it four digits.
const PART_DIGITS_MAX: usize = 4;

/// A device's password, which never shows itself in a log.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Password<T>(pub T);

impl<T> fmt::Debug for Password<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The place of a packet in a divided one, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many packets there are.
    pub pnum: u16,
    /// Which of them this is.
    pub pno: u16,
}

/// The head's fields as sent.
#[derive(Default)]
pub(super) struct Head<'a> {
    qn: Option<&'a str>,
    st: Option<&'a str>,
    cn: Option<&'a str>,
    pw: Option<&'a str>,
    mn: Option<&'a str>,
    flag: Option<&'a str>,
    pnum: Option<&'a str>,
    pno: Option<&'a str>,
}

/// The head's fields, read.
pub(super) struct Fields<'a> {
    pub(super) qn: Option<Qn>,
    pub(super) st: St,
    pub(super) cn: u16,
    pub(super) pw: &'a str,
    pub(super) mn: &'a str,
    pub(super) flag: Option<Flag>,
}

impl<'a> Head<'a> {
    pub(super) fn parse(text: &'a str, findings: &mut Vec<Finding>) -> Self {
        let mut head = Self::default();
        let trimmed =
            text.split(';').map(|field| field.trim_matches(|c: char| c == ',' || c.is_whitespace()));
        for field in trimmed.filter(|field| !field.is_empty()) {
            let (key, value) = field.split_once('=').unwrap_or((field, ""));
            // A finding names the key alone: the value may be a password.
            match head.slot(key.trim()) {
                None => findings.push(Finding::new(FindingCode::UnknownField, key)),
                Some(slot) if slot.is_some() => findings.push(Finding::new(FindingCode::Duplicate, key)),
                Some(slot) => *slot = Some(value.trim()),
            }
        }
        head
    }

    fn slot(&mut self, key: &str) -> Option<&mut Option<&'a str>> {
        let slots = [
            ("QN", &mut self.qn),
            ("ST", &mut self.st),
            ("CN", &mut self.cn),
            ("PW", &mut self.pw),
            ("MN", &mut self.mn),
            ("Flag", &mut self.flag),
            ("PNUM", &mut self.pnum),
            ("PNO", &mut self.pno),
        ];
        slots.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, slot)| slot)
    }

    /// The QN of the head or, as loggers and answers of 2005 have it, of the area.
    pub(super) fn qn(&self, area: &mut DataArea<'a>) -> Result<Option<Qn>, SegmentFault> {
        if let Some(text) = self.qn {
            return Qn::parse(text).map(Some).ok_or(SegmentFault::Qn);
        }
        let inside = area.get("QN").and_then(Qn::parse);
        if inside.is_some() {
            area.take("QN");
        }
        Ok(inside)
    }

    fn pw(&self) -> Option<&'a str> {
        self.pw.filter(|pw| is_password(pw))
    }

    fn mn(&self) -> Option<&'a str> {
        self.mn.filter(|mn| is_device_number(mn))
    }

    fn cn(&self) -> Option<u16> {
        let text = self.cn.filter(|cn| cn.len() == 4 && cn.bytes().all(|b| b.is_ascii_digit()));
        text.and_then(|cn| cn.parse().ok())
    }

    fn flag(&self) -> Result<Option<Flag>, SegmentFault> {
        let Some(text) = self.flag else { return Ok(None) };
        text.parse().map(|bits| Some(Flag(bits))).map_err(|_| SegmentFault::Flag)
    }

    pub(super) fn check(
        &self,
        qn: Result<Option<Qn>, SegmentFault>,
        has_area: bool,
    ) -> Result<Fields<'a>, SegmentFault> {
        let fields = Fields {
            pw: self.pw().ok_or(SegmentFault::Pw)?,
            mn: self.mn().ok_or(SegmentFault::Mn)?,
            st: self.st.and_then(St::parse).ok_or(SegmentFault::St)?,
            flag: self.flag()?,
            qn: qn?,
            cn: self.cn().ok_or(SegmentFault::Cn)?,
        };
        if has_area { Ok(fields) } else { Err(SegmentFault::NoArea) }
    }

    /// PNUM and PNO. Values of a packet whose place is unknown are still good, so this is never a refusal.
    pub(super) fn part(&self, flag: Option<Flag>, findings: &mut Vec<Finding>) -> Option<Part> {
        let said = self.pnum.is_some() || self.pno.is_some();
        let part = read_part(self.pnum, self.pno);
        if part.is_none() && (said || flag.unwrap_or_default().is_divided()) {
            let text = format!("PNUM={};PNO={}", self.pnum.unwrap_or_default(), self.pno.unwrap_or_default());
            findings.push(Finding::new(FindingCode::BadPart, &text));
        }
        part
    }

    pub(super) fn envelope(&self, qn: Option<Qn>) -> Envelope {
        Envelope {
            qn,
            pw: Password(self.pw().unwrap_or_default().to_owned()),
            mn: self.mn().unwrap_or_default().to_owned(),
            edition: self.flag().ok().flatten().unwrap_or_default().edition(),
            cn: self.cn(),
        }
    }
}

/// Whether a text can stand as MN.
pub(super) fn is_device_number(text: &str) -> bool {
    (1..=MN_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// Whether a text can stand as PW without being taken for something else.
pub(super) fn is_password(text: &str) -> bool {
    (1..=PW_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b';' | b',' | b'=' | b'&' | b'#'))
}

fn read_part(pnum: Option<&str>, pno: Option<&str>) -> Option<Part> {
    let read = |text: &str| text.parse().ok().filter(|_| text.len() <= PART_DIGITS_MAX);
    let part = Part { pnum: read(pnum?)?, pno: read(pno?)? };
    (1..=part.pnum).contains(&part.pno).then_some(part)
}
