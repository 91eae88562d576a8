//! The data segment: the head fields of table 3, and the data area behind them.
//!
//! Loggers take liberties with the head: stray commas, `FLAG` for `Flag`, QN inside the area, no flag at all.
//! What can be understood is understood; what would make an answer or a value doubtful is refused with the QnRtn
//! the standard has.

use super::finding::{Finding, FindingCode};
use super::head::{Fields, Head};
use super::{DATA_BYTES_MAX, DataArea, Edition, Envelope, Flag, Part, Password, Qn, QnRtn, St};
use thiserror::Error;

/// Longest text of a segment: each byte of a frame that is not UTF-8 grows to the three of U+FFFD.
const TEXT_BYTES_MAX: usize = 3 * DATA_BYTES_MAX;

/// One data segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The interaction's name. Loggers of 2005 leave it out.
    pub qn: Option<Qn>,
    /// What kind of site speaks.
    pub st: St,
    /// The command.
    pub cn: u16,
    /// The password, as sent: whether it is right is the door's question.
    pub pw: Password<&'a str>,
    /// The device number: letters, digits, `_` and `-`.
    pub mn: &'a str,
    /// The packet flag. Loggers of 2005 leave it out.
    pub flag: Option<Flag>,
    /// Its place among the packets of a divided one.
    pub part: Option<Part>,
    /// The data area.
    pub area: DataArea<'a>,
    /// What could not be used, in the head and in the area.
    pub findings: Vec<Finding>,
}

/// A segment that was refused, with as much of it as an answer needs and could be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("data segment refused")]
pub struct SegmentError {
    /// Why.
    #[source]
    pub fault: SegmentFault,
    /// What a 9011 can be addressed with; parts that were wrong are empty.
    pub envelope: Envelope,
}

/// Why a segment was refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq, Hash)]
pub enum SegmentFault {
    /// PW is absent, too long or has characters that part fields.
    #[error("PW is absent or is no password")]
    Pw,
    /// MN is absent, too long or has other characters than a device number.
    #[error("MN is absent or is no device number")]
    Mn,
    /// ST is absent or is not two letters or digits.
    #[error("ST is absent or is no system code")]
    St,
    /// Flag is not a number from 0 to 255.
    #[error("Flag is not a number from 0 to 255")]
    Flag,
    /// QN is not 14 to 17 digits.
    #[error("QN is not 14 to 17 digits")]
    Qn,
    /// CN is absent or is not four digits.
    #[error("CN is absent or is not four digits")]
    Cn,
    /// There is no data area: `CP=&&` is absent.
    #[error("there is no data area")]
    NoArea,
    /// Longer than any frame.
    #[error("the segment is longer than a frame may be")]
    TooLong,
}

impl SegmentFault {
    /// Its name in counters and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pw => "pw",
            Self::Mn => "mn",
            Self::St => "st",
            Self::Flag => "flag",
            Self::Qn => "qn",
            Self::Cn => "cn",
            Self::NoArea => "no-area",
            Self::TooLong => "segment-too-long",
        }
    }

    /// What a 9011 says of it.
    pub const fn qn_rtn(self) -> QnRtn {
        match self {
            Self::Pw => QnRtn::Pw,
            Self::Mn => QnRtn::Mn,
            Self::St => QnRtn::St,
            Self::Flag => QnRtn::Flag,
            Self::Qn => QnRtn::Qn,
            Self::Cn => QnRtn::Cn,
            Self::NoArea | Self::TooLong => QnRtn::Unknown,
        }
    }
}

impl<'a> Segment<'a> {
    /// Reads one data segment.
    pub fn parse(text: &'a str) -> Result<Self, SegmentError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(SegmentError { fault: SegmentFault::TooLong, envelope: Envelope::default() });
        }
        let (head, area_text) = split_area(text);
        let mut findings = Vec::new();
        let head = Head::parse(head, &mut findings);
        let inside = area_text.map(|text| close_area(text, &mut findings));
        let (mut area, area_findings) = DataArea::parse(inside.unwrap_or_default());
        findings.extend(area_findings);

        let qn = head.qn(&mut area);
        let checked = head.check(qn, inside.is_some());
        let fields =
            checked.map_err(|fault| SegmentError { fault, envelope: head.envelope(qn.ok().flatten()) })?;
        let Fields { qn, st, cn, pw, mn, flag } = fields;
        let part = head.part(flag, &mut findings);
        Ok(Self { qn, st, cn, pw: Password(pw), mn, flag, part, area, findings })
    }

    /// Which text of the standard the sender follows.
    pub fn edition(&self) -> Edition {
        self.flag.unwrap_or_default().edition()
    }

    /// Whether the sender waits for an answer.
    pub fn wants_answer(&self) -> bool {
        self.flag.unwrap_or_default().wants_answer()
    }
}

/// Parts the head from what follows `CP=&&`. The `;` before `CP` may be absent, as in the standard's own misprint.
fn split_area(text: &str) -> (&str, Option<&str>) {
    for (at, opening) in text.match_indices("=&&") {
        let key_at = at.saturating_sub(2);
        if text.get(key_at..at).is_some_and(|key| key.eq_ignore_ascii_case("CP")) {
            return (&text[..key_at], Some(&text[at + opening.len()..]));
        }
    }
    (text, None)
}

/// What stands before the closing `&&`. The check sum was right, so an area without one is what the device meant.
fn close_area<'a>(text: &'a str, findings: &mut Vec<Finding>) -> &'a str {
    let Some((inside, after)) = text.rsplit_once("&&") else {
        findings.push(Finding::new(FindingCode::AreaOpen, text));
        return text;
    };
    if !after.trim().is_empty() {
        findings.push(Finding::new(FindingCode::AfterArea, after));
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: &str = "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&";

    fn codes(segment: &Segment<'_>) -> Vec<&'static str> {
        segment.findings.iter().map(|finding| finding.code.as_str()).collect()
    }

    fn refused(text: &str) -> (SegmentFault, QnRtn) {
        let error = Segment::parse(text).expect_err(text);
        (error.fault, error.fault.qn_rtn())
    }

    #[test]
    fn the_standard_s_own_vector() {
        let segment = Segment::parse(PLAIN).unwrap();
        assert_eq!(segment.qn, Qn::parse("20160801085857223"));
        assert_eq!((segment.st.as_str(), segment.cn, segment.pw.0), ("32", 1062, "100000"));
        assert_eq!(segment.mn, "010000A8900016F000169DC0");
        assert_eq!((segment.edition(), segment.wants_answer(), segment.part), (Edition::E2017, true, None));
        assert_eq!(segment.area.get("RtdInterval"), Some("30"));
        assert_eq!(segment.findings, []);
    }

    #[test]
    fn liberties_of_loggers() {
        let segment =
            Segment::parse("ST=32;CN=2011;PW=123456;,MN=88888881234567;FLAG=0 ;CP=&&A=1;&&").unwrap();
        assert_eq!((segment.mn, segment.flag, segment.qn), ("88888881234567", Some(Flag(0)), None));
        assert_eq!(codes(&segment), [""; 0]);
        let segment = Segment::parse("ST=32;CN=2011;PW=1;MN=8;Flag=5CP=&&&&").unwrap();
        assert_eq!((segment.flag, segment.area.pairs().len()), (Some(Flag(5)), 0));
    }

    #[test]
    fn qn_inside_the_area() {
        let inside = "ST=91;CN=9013;PW=123456;MN=A1;Flag=0;CP=&&DataTime=1;QN=20170516010101001&&";
        let segment = Segment::parse(inside).unwrap();
        assert_eq!(segment.qn, Qn::parse("20170516010101001"));
        assert_eq!(segment.area.pairs().len(), 1, "it is not a value as well");
    }

    #[test]
    fn divided_packets() {
        let parse = |fields: &str| {
            let text = format!("ST=32;CN=2061;PW=1;MN=8;{fields};CP=&&&&");
            let segment = Segment::parse(&text).unwrap();
            (segment.part.map(|part| (part.pnum, part.pno)), codes(&segment))
        };
        assert_eq!(parse("Flag=7;PNUM=2;PNO=1"), (Some((2, 1)), vec![]));
        assert_eq!(parse("Flag=4;PNUM=1;PNO=1"), (Some((1, 1)), vec![]), "said without the flag");
        for bad in [
            "Flag=7",
            "Flag=7;PNUM=2",
            "Flag=7;PNUM=2;PNO=3",
            "Flag=7;PNUM=2;PNO=0",
            "Flag=7;PNUM=00002;PNO=1",
        ] {
            assert_eq!(parse(bad), (None, vec!["bad-part"]), "{bad}");
        }
    }

    #[test]
    fn every_refusal_has_its_answer() {
        let with = |from: &str, to: &str| refused(&PLAIN.replace(from, to));
        assert_eq!(with("PW=100000;", ""), (SegmentFault::Pw, QnRtn::Pw));
        assert_eq!(with("PW=100000", "PW=12345678901234567"), (SegmentFault::Pw, QnRtn::Pw));
        assert_eq!(with("MN=010000A8900016F000169DC0", "MN="), (SegmentFault::Mn, QnRtn::Mn));
        assert_eq!(with("DC0", "DC01"), (SegmentFault::Mn, QnRtn::Mn));
        assert_eq!(with("ST=32", "ST=3"), (SegmentFault::St, QnRtn::St));
        assert_eq!(with("Flag=5", "Flag=256"), (SegmentFault::Flag, QnRtn::Flag));
        assert_eq!(with("QN=2016", "QN=x016"), (SegmentFault::Qn, QnRtn::Qn));
        assert_eq!(with("CN=1062", "CN=51"), (SegmentFault::Cn, QnRtn::Cn));
        assert_eq!(with("CN=1062", "CN=+106"), (SegmentFault::Cn, QnRtn::Cn));
        assert_eq!(with("CP=&&", "CP=&"), (SegmentFault::NoArea, QnRtn::Unknown));
        assert_eq!(refused(&"x".repeat(TEXT_BYTES_MAX + 1)), (SegmentFault::TooLong, QnRtn::Unknown));
    }

    #[test]
    fn a_refusal_can_still_be_answered() {
        let error = Segment::parse(&PLAIN.replace("ST=32", "ST=").replace("100000", "a,b")).unwrap_err();
        assert_eq!(error.fault, SegmentFault::Pw);
        assert_eq!(error.envelope.qn, Qn::parse("20160801085857223"));
        assert_eq!(error.envelope.mn, "010000A8900016F000169DC0");
        assert_eq!(error.envelope.pw, Password(String::new()), "what was wrong is not repeated");
        assert_eq!((error.envelope.edition, error.envelope.cn), (Edition::E2017, Some(1062)));
    }

    #[test]
    fn oddities_are_findings() {
        let segment = Segment::parse("ST=32;CN=2011;PW=1;PW=2;MN=8;XY=1;loose;CP=&&A=1&&x").unwrap();
        assert_eq!((segment.pw.0, segment.area.get("A")), ("1", Some("1")));
        assert_eq!(codes(&segment), ["duplicate", "unknown-field", "unknown-field", "after-area"]);
        let segment = Segment::parse("ST=32;CN=2011;PW=1;MN=8;CP=&&A=1").unwrap();
        assert_eq!((segment.area.get("A"), codes(&segment)), (Some("1"), vec!["area-open"]));
    }

    #[test]
    fn no_debug_text_holds_the_password() {
        let text = PLAIN.replace("MN=", "PW=100000;MN=");
        let segment = Segment::parse(&text).unwrap();
        assert!(!format!("{segment:?}{:?}", Envelope::from(&segment)).contains("100000"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_fall(text: String, head in "(ST=32;|CN=2011;|PW=1;|MN=8;|Flag=|CP=&&|&|=|;){0,9}") {
            let _ = Segment::parse(&text);
            let _ = Segment::parse(&format!("{head}{text}"));
        }
    }
}
