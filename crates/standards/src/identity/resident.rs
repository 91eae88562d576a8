//! GB 11643-1999: the number of a resident: division, birthday, a running number that is odd for men, a check character.

use std::fmt;

use jiff::civil::{Date, date};

use super::{Error, characters, digits};

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// By the remainder modulo 11.
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
/// Nobody who was born before lives.
const EARLIEST: Date = date(1850, 1, 1);
/// Characters shown before and behind the masked ones.
const SHOWN: usize = 4;

/// What the running number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sex {
    /// An odd number.
    Male,
    /// An even number.
    Female,
}

/// A resident's number whose check character is right. Written for debugging it is masked: it is personal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResidentId {
    characters: [char; 18],
    birthday: Date,
}

impl ResidentId {
    /// Reads 17 digits and a check character; a small `x` is taken for a capital one.
    ///
    /// The division is not looked up: numbers given before a division was abolished stay as they are.
    ///
    /// # Errors
    /// What is wrong with it. A birthday after `today` is.
    pub fn parse(text: &str, today: Date) -> Result<Self, Error> {
        let mut id = characters::<18>(text, "18 characters")?;
        id[17].make_ascii_uppercase();
        digits(&id[..17], 0)?;
        if !CHECKS.contains(&id[17]) {
            return Err(Error::Character { found: id[17], at: 18, expected: "a digit or X" });
        }
        let birthday = birthday(&id[6..14]).filter(|day| (EARLIEST..=today).contains(day));
        let birthday = birthday.ok_or_else(|| Error::Birthday(id[6..14].iter().collect()))?;
        let expected = resident_check(&id[..17])?;
        if id[17] != expected {
            return Err(Error::Check { found: id[17], expected });
        }
        Ok(Self { characters: id, birthday })
    }

    /// Turns a number of 15 digits, as given before 1999, into one of 18: the century and a check character are added.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_fifteen(text: &str, today: Date) -> Result<Self, Error> {
        let old = characters::<15>(text, "15 digits")?;
        digits(&old, 0)?;
        let mut all: Vec<char> = old[..6].iter().chain(&['1', '9']).chain(&old[6..]).copied().collect();
        all.push(resident_check(&all)?);
        Self::parse(&all.iter().collect::<String>(), today)
    }

    /// The division (GB/T 2260) where the number was given, as it was called then.
    pub fn division(&self) -> String {
        self.characters[..6].iter().collect()
    }

    /// The birthday.
    pub const fn birthday(&self) -> Date {
        self.birthday
    }

    /// Whole years of age on a day. A birthday of 29 February falls on 1 March in other years.
    pub fn age_on(&self, day: Date) -> i16 {
        let before = (day.month(), day.day()) < (self.birthday.month(), self.birthday.day());
        day.year() - self.birthday.year() - i16::from(before)
    }

    /// By the running number.
    pub fn sex(&self) -> Sex {
        if self.characters[16].to_digit(10).is_some_and(|digit| digit % 2 == 1) {
            Sex::Male
        } else {
            Sex::Female
        }
    }

    /// The number with only its first and last four characters.
    pub fn masked(&self) -> String {
        let hidden = |at| (SHOWN..18 - SHOWN).contains(&at);
        self.characters.iter().enumerate().map(|(at, c)| if hidden(at) { '*' } else { *c }).collect()
    }

    /// The whole number. It is personal: show it only to those who may see it.
    pub fn reveal(&self) -> String {
        self.characters.iter().collect()
    }
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResidentId({})", self.masked())
    }
}

/// The check character that follows from 17 digits (ISO 7064, MOD 11-2).
///
/// # Errors
/// Where there are not 17 digits.
pub fn resident_check(first: &[char]) -> Result<char, Error> {
    if first.len() != WEIGHTS.len() {
        return Err(Error::Length { found: first.len(), expected: "17 digits before the check character" });
    }
    digits(first, 0)?;
    let sum: u32 = first.iter().zip(WEIGHTS).filter_map(|(c, weight)| Some(c.to_digit(10)? * weight)).sum();
    Ok(CHECKS[sum as usize % CHECKS.len()])
}

/// `YYYYMMDD` as a day of the calendar.
fn birthday(written: &[char]) -> Option<Date> {
    let number = |part: &[char]| part.iter().collect::<String>().parse::<i16>().ok();
    let two = |part: &[char]| i8::try_from(number(part)?).ok();
    Date::new(number(&written[..4])?, two(&written[4..6])?, two(&written[6..])?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 23);

    #[test]
    fn good_numbers() {
        for (text, birthday, sex) in [
            ("11010519491231002X", date(1949, 12, 31), Sex::Female),
            ("440524188001010014", date(1880, 1, 1), Sex::Male),
            ("140213199001010011", date(1990, 1, 1), Sex::Male),
            ("14021419850615002X", date(1985, 6, 15), Sex::Female),
            ("140225197202290036", date(1972, 2, 29), Sex::Male),
            ("140221199912311181", date(1999, 12, 31), Sex::Female),
            ("140202196007071218", date(1960, 7, 7), Sex::Male),
            ("44011320141005001x", date(2014, 10, 5), Sex::Male),
        ] {
            let id = ResidentId::parse(text, TODAY).unwrap();
            assert_eq!((id.birthday(), id.sex()), (birthday, sex), "{text}");
            assert_eq!(id.reveal(), text.to_uppercase());
        }
    }

    #[test]
    fn bad_numbers_say_why() {
        for (text, expected) in [
            ("", Error::Length { found: 0, expected: "18 characters" }),
            ("T60426199101010078", Error::Character { found: 'T', at: 1, expected: "a digit" }),
            ("14021319900101001Y", Error::Character { found: 'Y', at: 18, expected: "a digit or X" }),
            ("360426199113010079", Error::Birthday("19911301".to_owned())),
            ("140225197302290036", Error::Birthday("19730229".to_owned())),
            ("140213203001010011", Error::Birthday("20300101".to_owned())),
            ("140213184901010011", Error::Birthday("18490101".to_owned())),
            ("36042619910102009X", Error::Check { found: 'X', expected: '3' }),
        ] {
            assert_eq!(ResidentId::parse(text, TODAY), Err(expected), "{text}");
        }
    }

    #[test]
    fn numbers_of_fifteen_digits_get_their_century() {
        let old = ResidentId::from_fifteen("110105491231002", TODAY).unwrap();
        assert_eq!(old.reveal(), "11010519491231002X");
        assert!(ResidentId::from_fifteen("11010549123100X", TODAY).is_err());
    }

    #[test]
    fn it_is_masked_where_it_is_logged() {
        let id = ResidentId::parse("140213199001010011", TODAY).unwrap();
        assert_eq!(format!("{id:?}"), "ResidentId(1402**********0011)");
        assert_eq!((id.age_on(date(2026, 1, 1)), id.age_on(date(2025, 12, 31))), (36, 35));
        assert_eq!(id.division(), "140213");
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_found(at in 0usize..17, other in 0u32..10) {
            let good = "11010519491231002X";
            let mut wrong = good.to_owned();
            wrong.replace_range(at..=at, &other.to_string());
            prop_assert_eq!(ResidentId::parse(&wrong, TODAY).is_ok(), wrong == good);
        }

        #[test]
        fn any_text_is_read_without_a_fall(text: String) {
            let _ = (ResidentId::parse(&text, TODAY), ResidentId::from_fifteen(&text, TODAY));
        }
    }
}
