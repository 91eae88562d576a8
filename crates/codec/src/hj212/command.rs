//! The codes of HJ 212: systems, commands, the packet flag, and the results that answers carry.
//!
//! Which command a device may send now, and what is done about it, is the door's business.

use std::fmt;

/// Real-time values: a moment.
pub const REAL_TIME: u16 = 2011;
/// Minute values: a period of 1 to 30 minutes.
pub const MINUTE: u16 = 2051;
/// Hour values.
pub const HOUR: u16 = 2061;
/// Day values.
pub const DAY: u16 = 2031;
/// Answer to a request: whether it will be carried out, as [`QnRtn`].
pub const REQUEST_ANSWER: u16 = 9011;
/// How carrying it out ended, as [`ExeRtn`].
pub const EXECUTION_RESULT: u16 = 9012;
/// Answer to a notice.
pub const NOTICE_ANSWER: u16 = 9013;
/// Answer to an upload.
pub const DATA_ANSWER: u16 = 9014;
/// Sign of life, new in 2025.
pub const HEARTBEAT: u16 = 9015;

/// System code: what kind of site speaks (table 5), two letters or digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct St([u8; 2]);

impl St {
    /// `91`: the two ends speak about themselves. Every answer carries it.
    pub const INTERACTION: Self = Self(*b"91");

    /// Takes two ASCII letters or digits.
    pub fn parse(text: &str) -> Option<Self> {
        let code: [u8; 2] = text.as_bytes().try_into().ok()?;
        code.iter().all(u8::is_ascii_alphanumeric).then_some(Self(code))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        // Only ASCII was let in, so the fall-back is never taken.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for St {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for St {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "St({self})")
    }
}

/// Which text of the standard a packet follows: bits 2 to 7 of its flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edition {
    /// HJ/T 212-2005, also where a packet has no flag.
    E2005,
    /// HJ 212-2017.
    E2017,
    /// HJ 212-2025.
    E2025,
    /// A number no known text assigns.
    Other(u8),
}

/// The packet flag (table 3): bit 0 an answer is wanted, bit 1 divided, bits 2 to 7 the edition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flag(pub u8);

impl Flag {
    const ANSWER: u8 = 0b01;
    const DIVIDED: u8 = 0b10;

    /// The flag of a whole packet that wants no answer, which is also the flag of every answer.
    pub const fn of(edition: Edition) -> Self {
        let version = match edition {
            Edition::E2005 => 0,
            Edition::E2017 => 1,
            Edition::E2025 => 2,
            Edition::Other(version) => version,
        };
        Self(version << 2)
    }

    /// The same, with an answer wanted.
    #[must_use]
    pub const fn wanting_answer(self) -> Self {
        Self(self.0 | Self::ANSWER)
    }

    /// The same, as part of a divided packet.
    #[must_use]
    pub const fn divided(self) -> Self {
        Self(self.0 | Self::DIVIDED)
    }

    /// Whether the sender waits for an answer.
    pub const fn wants_answer(self) -> bool {
        self.0 & Self::ANSWER != 0
    }

    /// Whether PNUM and PNO should follow.
    pub const fn is_divided(self) -> bool {
        self.0 & Self::DIVIDED != 0
    }

    /// Which text of the standard the sender follows.
    pub const fn edition(self) -> Edition {
        match self.0 >> 2 {
            0 => Edition::E2005,
            1 => Edition::E2017,
            2 => Edition::E2025,
            version => Edition::Other(version),
        }
    }
}

/// Whether a request will be carried out: the `QnRtn` of a 9011.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum QnRtn {
    /// It will.
    Ready = 1,
    /// It was refused.
    Refused = 2,
    /// Wrong password.
    Pw = 3,
    /// Wrong device number.
    Mn = 4,
    /// Wrong system code.
    St = 5,
    /// Wrong flag.
    Flag = 6,
    /// Wrong QN.
    Qn = 7,
    /// Wrong command.
    Cn = 8,
    /// Wrong check sum.
    Crc = 9,
    /// Anything else.
    Unknown = 100,
}

impl QnRtn {
    const ALL: [Self; 10] = [
        Self::Ready,
        Self::Refused,
        Self::Pw,
        Self::Mn,
        Self::St,
        Self::Flag,
        Self::Qn,
        Self::Cn,
        Self::Crc,
        Self::Unknown,
    ];

    /// Its number in a packet.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// From the text of a packet.
    pub fn parse(text: &str) -> Option<Self> {
        let code = text.trim().parse::<u8>().ok()?;
        Self::ALL.into_iter().find(|result| result.code() == code)
    }
}

/// How carrying out a request ended: the `ExeRtn` of a 9012.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ExeRtn {
    /// Done.
    Done = 1,
    /// Failed, nobody knows why.
    Failed = 2,
    /// The condition for it was not met.
    Condition = 3,
    /// Timed out.
    Timeout = 4,
    /// The device is busy.
    Busy = 5,
    /// The device is out of order.
    Fault = 6,
    /// There is no such data.
    NoData = 100,
}

impl ExeRtn {
    const ALL: [Self; 7] =
        [Self::Done, Self::Failed, Self::Condition, Self::Timeout, Self::Busy, Self::Fault, Self::NoData];

    /// Its number in a packet.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// From the text of a packet.
    pub fn parse(text: &str) -> Option<Self> {
        let code = text.trim().parse::<u8>().ok()?;
        Self::ALL.into_iter().find(|result| result.code() == code)
    }
}

/// In which part of a conversation a command occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// The authority asks; answered by 9011 and 9012.
    Request,
    /// The site sends values; answered by 9014 when its flag wants that.
    Upload,
    /// One end tells the other; answered by 9013.
    Notice,
    /// The answer to one of these.
    Answer,
}

/// One command code and its uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// The number.
    pub cn: u16,
    /// A short name for counters and logs.
    pub name: &'static str,
    /// Its uses.
    pub ways: &'static [Way],
    /// The edition that names it first, of 2017 and 2025.
    pub since: Edition,
}

impl Command {
    /// The command with that number, where one of the known texts names it.
    pub fn find(cn: u16) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.cn == cn)
    }

    /// Whether the command has that use.
    pub fn is(&self, way: Way) -> bool {
        self.ways.contains(&way)
    }

    const fn new(cn: u16, name: &'static str, ways: &'static [Way]) -> Self {
        Self { cn, name, ways, since: Edition::E2017 }
    }

    const fn new_in_2025(cn: u16, name: &'static str, ways: &'static [Way]) -> Self {
        Self { cn, name, ways, since: Edition::E2025 }
    }
}

const REQUEST: &[Way] = &[Way::Request];
const UPLOAD: &[Way] = &[Way::Upload];
const NOTICE: &[Way] = &[Way::Notice];
const ANSWER: &[Way] = &[Way::Answer];
const REQUEST_AND_UPLOAD: &[Way] = &[Way::Request, Way::Upload];

/// Every command of the 2017 edition, and those of 2025 that are known from loggers in service.
pub const COMMANDS: &[Command] = &[
    Command::new(1000, "set-timeout", REQUEST),
    Command::new_in_2025(1001, "logger-identity", NOTICE),
    Command::new_in_2025(1002, "set-device-number", REQUEST),
    Command::new(1011, "get-time", REQUEST_AND_UPLOAD),
    Command::new(1012, "set-time", REQUEST),
    Command::new(1013, "ask-for-time", NOTICE),
    Command::new_in_2025(1014, "set-key", REQUEST_AND_UPLOAD),
    Command::new(1061, "get-real-time-interval", REQUEST_AND_UPLOAD),
    Command::new(1062, "set-real-time-interval", REQUEST),
    Command::new(1063, "get-minute-interval", REQUEST_AND_UPLOAD),
    Command::new(1064, "set-minute-interval", REQUEST),
    Command::new(1072, "set-password", REQUEST),
    Command::new(REAL_TIME, "real-time", REQUEST_AND_UPLOAD),
    Command::new(2012, "stop-real-time", NOTICE),
    Command::new_in_2025(2013, "raw", REQUEST_AND_UPLOAD),
    Command::new(2021, "equipment-status", REQUEST_AND_UPLOAD),
    Command::new(2022, "stop-equipment-status", NOTICE),
    Command::new(DAY, "day", REQUEST_AND_UPLOAD),
    Command::new(2041, "equipment-run-time", REQUEST_AND_UPLOAD),
    Command::new(MINUTE, "minute", REQUEST_AND_UPLOAD),
    Command::new_in_2025(2052, "single-noise", REQUEST_AND_UPLOAD),
    Command::new(HOUR, "hour", REQUEST_AND_UPLOAD),
    Command::new_in_2025(2062, "standard-sample-check", REQUEST_AND_UPLOAD),
    Command::new(2081, "logger-start", UPLOAD),
    Command::new_in_2025(2111, "furnace-temperature", UPLOAD),
    Command::new(3011, "calibrate", REQUEST),
    Command::new(3012, "sample-now", REQUEST),
    Command::new(3013, "clean", REQUEST),
    Command::new(3014, "comparison-sample", REQUEST),
    Command::new(3015, "retain-sample", REQUEST_AND_UPLOAD),
    Command::new(3016, "set-sampling-period", REQUEST),
    Command::new(3017, "get-sampling-period", REQUEST_AND_UPLOAD),
    Command::new(3018, "get-sample-out-time", REQUEST_AND_UPLOAD),
    Command::new(3019, "device-identity", REQUEST_AND_UPLOAD),
    Command::new(3020, "site-information", REQUEST_AND_UPLOAD),
    Command::new(3021, "set-site-parameter", REQUEST),
    Command::new_in_2025(3022, "retain-sample-now", REQUEST),
    Command::new_in_2025(3024, "check-standard-sample", REQUEST),
    Command::new(REQUEST_ANSWER, "request-answer", ANSWER),
    Command::new(EXECUTION_RESULT, "execution-result", ANSWER),
    Command::new(NOTICE_ANSWER, "notice-answer", ANSWER),
    Command::new(DATA_ANSWER, "data-answer", ANSWER),
    Command::new_in_2025(HEARTBEAT, "heartbeat", NOTICE),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_of_the_flag() {
        let check = |flag: u8, edition, wants, divided| {
            let flag = Flag(flag);
            assert_eq!((flag.edition(), flag.wants_answer(), flag.is_divided()), (edition, wants, divided));
        };
        check(0, Edition::E2005, false, false);
        check(3, Edition::E2005, true, true);
        check(5, Edition::E2017, true, false);
        check(7, Edition::E2017, true, true);
        check(9, Edition::E2025, true, false);
        check(255, Edition::Other(63), true, true);
        for flag in 0..=255u8 {
            let whole = Flag::of(Flag(flag).edition());
            assert_eq!(whole.wanting_answer().divided().0, flag | 0b11);
        }
    }

    #[test]
    fn results_by_number() {
        assert!(
            QnRtn::ALL.into_iter().all(|result| QnRtn::parse(&result.code().to_string()) == Some(result))
        );
        assert!(
            ExeRtn::ALL.into_iter().all(|result| ExeRtn::parse(&result.code().to_string()) == Some(result))
        );
        assert_eq!((QnRtn::parse("10"), ExeRtn::parse("")), (None, None));
    }

    #[test]
    fn commands_are_listed_once_in_order() {
        assert!(COMMANDS.is_sorted_by(|a, b| a.cn < b.cn));
        assert!(Command::find(HOUR).is_some_and(|command| command.is(Way::Upload) && command.name == "hour"));
        assert_eq!(Command::find(9999), None);
    }

    #[test]
    fn system_codes_are_two_letters_or_digits() {
        assert_eq!(St::parse("A0").map(|st| st.to_string()), Some("A0".to_owned()));
        for text in ["", "3", "321", "3;", "污"] {
            assert_eq!(St::parse(text), None, "{text}");
        }
    }
}
