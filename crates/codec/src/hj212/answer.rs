//! The four answers: 9011 and 9012 to a request, 9013 to a notice, 9014 to an upload.

use super::{
    Crc, DATA_ANSWER, EXECUTION_RESULT, Edition, ExeRtn, Flag, NOTICE_ANSWER, Packet, Password, Qn, QnRtn,
    REQUEST_ANSWER, Segment, SegmentError, St,
};

/// What an answer takes over from the packet it answers.
///
/// It comes from a [`Segment`] or a [`SegmentError`] alone, so its texts can be written unchecked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Envelope {
    /// The QN to repeat.
    pub qn: Option<Qn>,
    /// The password to repeat.
    pub pw: Password<String>,
    /// The device number to repeat.
    pub mn: String,
    /// The edition to answer in.
    pub edition: Edition,
    /// The command that is answered.
    pub cn: Option<u16>,
}

impl From<&Segment<'_>> for Envelope {
    fn from(segment: &Segment<'_>) -> Self {
        Self {
            qn: segment.qn,
            pw: Password(segment.pw.0.to_owned()),
            mn: segment.mn.to_owned(),
            edition: segment.edition(),
            cn: Some(segment.cn),
        }
    }
}

impl From<&SegmentError> for Envelope {
    fn from(error: &SegmentError) -> Self {
        error.envelope.clone()
    }
}

impl Default for Envelope {
    fn default() -> Self {
        Self { qn: None, pw: Password(String::new()), mn: String::new(), edition: Edition::E2005, cn: None }
    }
}

/// Answers a request: whether it will be carried out.
pub fn answer_9011(to: impl Into<Envelope>, result: QnRtn, crc: Crc) -> Vec<u8> {
    answer(&to.into(), REQUEST_ANSWER, Some(("QnRtn", result.code())), crc)
}

/// Says how carrying out a request ended.
pub fn answer_9012(to: impl Into<Envelope>, result: ExeRtn, crc: Crc) -> Vec<u8> {
    answer(&to.into(), EXECUTION_RESULT, Some(("ExeRtn", result.code())), crc)
}

/// Answers a notice.
pub fn answer_9013(to: impl Into<Envelope>, crc: Crc) -> Vec<u8> {
    answer(&to.into(), NOTICE_ANSWER, None, crc)
}

/// Answers an upload.
pub fn answer_9014(to: impl Into<Envelope>, crc: Crc) -> Vec<u8> {
    answer(&to.into(), DATA_ANSWER, None, crc)
}

/// An answer speaks the edition of what it answers. In 2005 its QN stands inside the area, and an upload's answer
/// names the command; from 2017 on the QN stands in the head and the area holds the result alone.
fn answer(to: &Envelope, cn: u16, result: Option<(&str, u8)>, crc: Crc) -> Vec<u8> {
    let mut packet = Packet::new(St::INTERACTION, cn, &to.pw.0, &to.mn).flag(Flag::of(to.edition));
    if to.edition == Edition::E2005 {
        if let Some(qn) = &to.qn {
            packet = packet.item(&[("QN", qn.as_str())]);
        }
        if let (DATA_ANSWER, Some(answered)) = (cn, to.cn) {
            packet = packet.item(&[("CN", &answered.to_string())]);
        }
    } else if let Some(qn) = to.qn {
        packet = packet.qn(qn);
    }
    if let Some((name, code)) = result {
        packet = packet.item(&[(name, &code.to_string())]);
    }
    // Written without a check: an answer to a refused packet leaves the wrong fields empty, and all others were
    // read.
    packet.to_bytes_unchecked(crc)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(edition: Edition) -> Envelope {
        Envelope {
            qn: Qn::parse("20160801085857223"),
            pw: Password("123456".to_owned()),
            mn: "010000A8900016F000169DC0".to_owned(),
            edition,
            cn: Some(2051),
        }
    }

    fn check(answer: Vec<u8>, expected: &str) {
        assert_eq!(String::from_utf8(answer).unwrap(), format!("{expected}\r\n"));
    }

    #[test]
    fn answers_of_2017() {
        let head = "QN=20160801085857223;ST=91;CN=90";
        let tail = "PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&";
        let to = || envelope(Edition::E2017);
        let crc = Crc::Standard;
        check(answer_9011(to(), QnRtn::Ready, crc), &format!("##0094{head}11;{tail}QnRtn=1&&1B00"));
        check(answer_9012(to(), ExeRtn::Done, crc), &format!("##0095{head}12;{tail}ExeRtn=1&&6240"));
        check(answer_9013(to(), crc), &format!("##0087{head}13;{tail}&&2A80"));
        check(answer_9014(to(), crc), &format!("##0087{head}14;{tail}&&3240"));
    }

    #[test]
    fn an_answer_of_2025_differs_in_its_flag() {
        let answer = String::from_utf8(answer_9014(envelope(Edition::E2025), Crc::Standard)).unwrap();
        assert!(answer.contains(";CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=8;CP=&&&&"), "{answer}");
    }

    #[test]
    fn answers_of_2005_name_the_interaction_inside() {
        let found = Envelope {
            qn: Qn::parse("20170516010101001"),
            mn: "ABCDEFG1234567".to_owned(),
            ..envelope(Edition::E2005)
        };
        check(
            answer_9013(found, Crc::Modbus),
            "##0076ST=91;CN=9013;PW=123456;MN=ABCDEFG1234567;Flag=0;CP=&&QN=20170516010101001&&1CBA",
        );
        let data = |answer: Vec<u8>| String::from_utf8(answer).unwrap();
        let to = || envelope(Edition::E2005);
        assert!(data(answer_9014(to(), Crc::Standard)).contains("CP=&&QN=20160801085857223;CN=2051&&"));
        assert!(
            data(answer_9011(to(), QnRtn::Pw, Crc::Standard)).contains("CP=&&QN=20160801085857223;QnRtn=3&&")
        );
    }

    #[test]
    fn a_refused_packet_is_answered_with_what_was_right() {
        let text = "QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=bad number;Flag=5;CP=&&&&";
        let error = Segment::parse(text).unwrap_err();
        let answer = answer_9011(&error, error.fault.qn_rtn(), Crc::Standard);
        let answer = String::from_utf8(answer).unwrap();
        assert!(
            answer.contains("QN=20160801085857223;ST=91;CN=9011;PW=123456;MN=;Flag=4;CP=&&QnRtn=4&&"),
            "{answer}"
        );
    }
}
