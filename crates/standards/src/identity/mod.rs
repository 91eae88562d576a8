//! Numbers that name persons, organisations, certificates and places, each with its check character where it has one.
//!
//! A number that passes was well formed: whether anybody bears it is another question, and not asked here.

mod certificate;
mod iso7064;
mod organisation;
mod resident;
mod urban;

pub use certificate::CertificateId;
pub use organisation::{OrganisationCode, organisation_check, subject_check};
pub use resident::{ResidentId, Sex, resident_check};
pub use urban::{ComponentCode, GridCode, MinorDigits};

use crate::Unsure;

/// What of this module was not read in the standards' own texts.
pub const UNSURE: &[Unsure] = &[
    Unsure {
        standard: "GB 32100-2015",
        taken: "what the first two characters stand for",
        rests_on: "memory, and codes in use",
    },
    Unsure {
        standard: "GB/T 36904-2018",
        taken: "the check character leaves out dots and the root, and is MOD 37,36",
        rests_on: "two certificates in use, both of which it gives",
    },
    Unsure {
        standard: "GB/T 30428.1",
        taken: "a grid's code has 15 digits: division, street and community, and three of its own",
        rests_on: "a local standard of the same structure",
    },
    Unsure {
        standard: "GB/T 30428.2",
        taken: "a component's code has 16 digits, its minor class two of them",
        rests_on: "memory of CJ/T 214",
    },
    Unsure {
        standard: "CJ/T 545-2021",
        taken: "a component's code has 16 digits, its minor class three of them",
        rests_on: "the published schema of a platform",
    },
];

/// Why a text is no such number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Too short or too long.
    #[error("{found} characters: expected {expected}")]
    Length {
        /// How many there were.
        found: usize,
        /// How many there have to be.
        expected: &'static str,
    },
    /// A character that cannot stand in its place.
    #[error("`{found}` as character {at}: expected {expected}")]
    Character {
        /// The character.
        found: char,
        /// Its place, from 1.
        at: usize,
        /// What may stand there.
        expected: &'static str,
    },
    /// Well formed, and the check character is not that of the others.
    #[error("the check character is `{found}`: expected `{expected}` by the others")]
    Check {
        /// What stands there.
        found: char,
        /// What the others give.
        expected: char,
    },
    /// No day of the calendar, or one that cannot be a birthday.
    #[error("`{0}` is no birthday: expected a day from 1850 to today, written YYYYMMDD")]
    Birthday(String),
    /// A part that is missing or not of its form.
    #[error("`{found}`: expected {expected}")]
    Form {
        /// What stands there.
        found: String,
        /// What has to.
        expected: &'static str,
    },
}

/// The characters of a text that has exactly so many, all ASCII.
fn characters<const N: usize>(text: &str, expected: &'static str) -> Result<[char; N], Error> {
    let all: Vec<char> = text.chars().collect();
    let found = all.len();
    all.try_into().map_err(|_| Error::Length { found, expected })
}

/// That all characters in some places, counted from 0, are digits.
fn digits(characters: &[char], from: usize) -> Result<(), Error> {
    let wrong = characters.iter().enumerate().find(|(_, c)| !c.is_ascii_digit());
    wrong.map_or(Ok(()), |(at, found)| {
        Err(Error::Character { found: *found, at: from + at + 1, expected: "a digit" })
    })
}
