//! Flags of values, states of devices and of sites (HJ 212-2017, tables of field values).

use super::Error;

/// What a logger says of a value (`-Flag`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flag {
    /// `N`: normal.
    Normal,
    /// `F`: the monitored plant stands still.
    Stopped,
    /// `M`: the monitor is being maintained.
    Maintenance,
    /// `S`: set by hand.
    Manual,
    /// `D`: the monitor is out of order.
    Fault,
    /// `C`: the monitor is being calibrated.
    Calibration,
    /// `T`: above the measuring range.
    OverRange,
    /// `B`: the monitor does not answer the logger.
    NoAnswer,
}

impl Flag {
    /// All of them, with their letters.
    pub const ALL: [(char, Self); 8] = [
        ('N', Self::Normal),
        ('F', Self::Stopped),
        ('M', Self::Maintenance),
        ('S', Self::Manual),
        ('D', Self::Fault),
        ('C', Self::Calibration),
        ('T', Self::OverRange),
        ('B', Self::NoAnswer),
    ];

    /// Reads a flag's letter.
    ///
    /// # Errors
    /// Where it is none of the eight.
    pub fn from_letter(letter: char) -> Result<Self, Error> {
        let known = Self::ALL.iter().find(|(of, _)| *of == letter).map(|(_, flag)| *flag);
        known.ok_or_else(|| Error::Code {
            what: "flag",
            found: letter.to_string(),
            expected: "N, F, M, S, D, C, T or B",
        })
    }

    /// Whether the value counts as measured (unsure: only `N`).
    pub fn counts(self) -> bool {
        self == Self::Normal
    }
}

/// What a device of a plant is doing (`SBxxx-RS`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceState {
    /// 0.
    Off,
    /// 1.
    On,
    /// 2.
    Calibrating,
    /// 3.
    Maintained,
    /// 4.
    Alarm,
    /// 5.
    BlowBack,
}

impl DeviceState {
    /// Reads a state's number.
    ///
    /// # Errors
    /// Where it is not from 0 to 5.
    pub fn from_number(number: u8) -> Result<Self, Error> {
        Ok(match number {
            0 => Self::Off,
            1 => Self::On,
            2 => Self::Calibrating,
            3 => Self::Maintained,
            4 => Self::Alarm,
            5 => Self::BlowBack,
            _ => return Err(unknown("state of a device", number, "0 to 5")),
        })
    }
}

/// What a site's monitor is doing (`i12001`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SiteState {
    /// 0.
    Running,
    /// 1.
    Maintained,
    /// 2.
    Fault,
    /// 3.
    Calibrating,
    /// 5.
    BlowBack,
    /// 6.
    PowerFault,
    /// 7.
    Measuring,
    /// 8.
    Standardising,
    /// 9.
    Standby,
    /// 10.
    Service,
}

impl SiteState {
    /// Reads a state's number.
    ///
    /// # Errors
    /// Where it is not from 0 to 10, or 4.
    pub fn from_number(number: u8) -> Result<Self, Error> {
        Ok(match number {
            0 => Self::Running,
            1 => Self::Maintained,
            2 => Self::Fault,
            3 => Self::Calibrating,
            5 => Self::BlowBack,
            6 => Self::PowerFault,
            7 => Self::Measuring,
            8 => Self::Standardising,
            9 => Self::Standby,
            10 => Self::Service,
            _ => return Err(unknown("state of a site", number, "0 to 10 without 4")),
        })
    }
}

fn unknown(what: &'static str, number: u8, expected: &'static str) -> Error {
    Error::Code { what, found: number.to_string(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_numbers() {
        for (letter, flag) in Flag::ALL {
            assert_eq!(Flag::from_letter(letter), Ok(flag));
            assert_eq!(flag.counts(), letter == 'N');
        }
        assert_eq!(
            Flag::from_letter('n').unwrap_err().to_string(),
            "`n` is no flag: expected N, F, M, S, D, C, T or B"
        );
        assert!(DeviceState::from_number(6).is_err() && SiteState::from_number(4).is_err());
        assert_eq!(SiteState::from_number(10), Ok(SiteState::Service));
        assert_eq!(DeviceState::from_number(3), Ok(DeviceState::Maintained));
    }
}
