//! GB 32100-2015: the unified social credit code of organisations, 18 characters, and the organisation code inside it
//! (GB 11714-1997).

use std::fmt;

use super::{Error, characters, digits};

/// Digits and letters without I, O, S, V and Z; a character's value is its place (GB 32100, table 2).
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^i modulo 31 (GB 32100, table 3).
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// GB 11714, 4.2.
const SUBJECT_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A unified social credit code whose check character is right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationCode([char; 18]);

impl OrganisationCode {
    /// Reads a code: 18 digits and capitals.
    ///
    /// # Errors
    /// What is wrong with it. [`Error::Check`] is kept apart from bad form: some codes of the first months of 2015, in
    /// Fujian for one, are borne by firms and fail the check, so a register needs a list of exceptions.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let code = characters::<18>(text, "18 characters")?;
        digits(&code[2..8], 2)?;
        let expected = organisation_check(&code[..17])?;
        value(code[17], 18)?;
        if code[17] == expected { Ok(Self(code)) } else { Err(Error::Check { found: code[17], expected }) }
    }

    /// The authority that registers: `9` for market regulation, `1` for the establishment of offices (unsure: the list).
    pub const fn authority(&self) -> char {
        self.0[0]
    }

    /// The category within that authority: `91` is an enterprise, `11` an office (unsure: the list).
    pub const fn category(&self) -> char {
        self.0[1]
    }

    /// The division of the registering office (GB/T 2260), as it was called when the code was given.
    pub fn division(&self) -> String {
        self.0[2..8].iter().collect()
    }

    /// The organisation's own nine characters: its code under GB 11714.
    pub fn subject(&self) -> String {
        self.0[8..17].iter().collect()
    }

    /// Whether the organisation code inside has its own check character right too.
    pub fn subject_holds(&self) -> bool {
        subject_check(&self.0[8..16]) == Ok(self.0[16])
    }
}

impl fmt::Display for OrganisationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|c| write!(f, "{c}"))
    }
}

impl fmt::Debug for OrganisationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrganisationCode({self})")
    }
}

/// The 18th character that follows from the 17 before it (GB 32100, annex).
///
/// # Errors
/// Where there are not 17, or one of them is not in the standard's alphabet.
pub fn organisation_check(first: &[char]) -> Result<char, Error> {
    if first.len() != WEIGHTS.len() {
        return Err(Error::Length {
            found: first.len(),
            expected: "17 characters before the check character",
        });
    }
    let mut sum = 0;
    for ((at, character), weight) in (1..).zip(first).zip(WEIGHTS) {
        sum += value(*character, at)? * weight;
    }
    Ok(char::from(ALPHABET.as_bytes()[(31 - sum % 31) % 31]))
}

fn value(found: char, at: usize) -> Result<usize, Error> {
    let expected = "a digit or a capital other than I, O, S, V and Z";
    ALPHABET.find(found).ok_or(Error::Character { found, at, expected })
}

/// The ninth character that follows from the eight before it (GB 11714).
///
/// # Errors
/// Where there are not eight digits and capitals.
pub fn subject_check(first: &[char]) -> Result<char, Error> {
    if first.len() != SUBJECT_WEIGHTS.len() {
        return Err(Error::Length {
            found: first.len(),
            expected: "eight characters before the check character",
        });
    }
    let mut sum = 0;
    for ((at, found), weight) in (1..).zip(first).zip(SUBJECT_WEIGHTS) {
        let value = found.to_digit(36).filter(|_| !found.is_ascii_lowercase());
        let wrong = Error::Character { found: *found, at, expected: "a digit or a capital" };
        sum += value.ok_or(wrong)? * weight;
    }
    Ok(match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_in_use() {
        for text in [
            "9144030071526726XG",
            "914403001922038216",
            "91110000802100433B",
            "91330100716105852F",
            "12100000400000624D",
            "12100000400002259P",
            "91110000710925462X",
            "9111000071093123XX",
            "91310115591693856A",
            "91152201078377449P",
            "91340600MA2PBMA74B",
        ] {
            let code = OrganisationCode::parse(text).unwrap();
            assert_eq!(code.to_string(), text);
            assert!(code.subject_holds(), "{text}");
        }
    }

    #[test]
    fn made_up_codes_of_datong() {
        for text in [
            "91140200MA0KQX7YX5",
            "91140213MA0HDT1X9Y",
            "92140221MA0G0001XN",
            "11140200012000016F",
            "12140200406000123X",
            "52140214MJ0000A110",
            "54140225MF00001285",
        ] {
            assert!(OrganisationCode::parse(text).unwrap().subject_holds(), "{text}");
        }
        let office = OrganisationCode::parse("11140200012000016F").unwrap();
        assert_eq!((office.authority(), office.category()), ('1', '1'));
        assert_eq!((office.division(), office.subject()), ("140200".to_owned(), "012000016".to_owned()));
    }

    #[test]
    fn codes_that_fail_only_the_check() {
        for (text, found, expected) in [
            ("91350100M0001TGQXM", 'M', '1'),
            ("91350211M0000XUF46", '6', 'R'),
            ("91350203M0001FUE2P", 'P', 'J'),
            ("91350211M00013FA1N", 'N', '3'),
            ("911100006000373416", '6', 'L'),
        ] {
            assert_eq!(OrganisationCode::parse(text), Err(Error::Check { found, expected }), "{text}");
        }
    }

    #[test]
    fn codes_of_bad_form() {
        assert_eq!(
            OrganisationCode::parse("12345"),
            Err(Error::Length { found: 5, expected: "18 characters" })
        );
        for (text, found, at) in [
            ("A1110O00600037341L", 'O', 6),
            ("9111000060003IOZSV", 'I', 14),
            ("9144030071526726xG", 'x', 17),
            ("9144030071526726Xg", 'g', 18),
            ("９144030071526726XG", '９', 1),
        ] {
            let refused = OrganisationCode::parse(text);
            assert!(
                matches!(refused, Err(Error::Character { found: f, at: a, .. }) if (f, a) == (found, at)),
                "{text}: {refused:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_always_found(at in 8usize..17, other in "[0-9A-HJ-NP-RTUWXY]") {
            let good = "91110000802100433B";
            let mut wrong = good.to_owned();
            wrong.replace_range(at..=at, &other);
            prop_assert_eq!(OrganisationCode::parse(&wrong).is_ok(), wrong == good);
        }

        #[test]
        fn any_text_is_read_without_a_fall(text: String) {
            let _ = OrganisationCode::parse(&text);
        }
    }
}
