//! GB 18218-2018: whether a plant or store is a major hazard installation, and of which level.
//!
//! Quantities are what tanks and stores are made for at most, in tonnes, within one unit: a production unit between
//! cut-off valves, or a tank farm or warehouse. Sums are exact, so that exactly one is one.

mod table;

use crate::fraction::Fraction;
use crate::{Decimal, Unsure};
use table::{CATEGORIES, SUBSTANCES, TOXIC_GASES};

/// What of this module was not read in the standard's own text.
pub const UNSURE: &[Unsure] = &[
    Unsure {
        standard: "GB 18218-2018, table 1",
        taken: "the thresholds of nitrocellulose and ammonium nitrate (rows marked so)",
        rests_on: "a list whose broken rows were mended by hand",
    },
    Unsure {
        standard: "GB 18218-2018, table 1",
        taken: "the threshold of methyl bromide",
        rests_on: "memory",
    },
];

/// Places behind the point of the sums as they are told.
const PLACES: i32 = 2;

/// A substance of table 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Substance {
    /// Its name in the standard.
    pub name: &'static str,
    /// The threshold quantity Q, tonnes.
    pub threshold: Decimal,
    /// Whether the row is to be looked up before anybody relies on it.
    pub unsure: bool,
}

/// A category of table 2, for what table 1 does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Category {
    /// Such as `J1` or `W5.1`.
    pub symbol: &'static str,
    /// The threshold quantity Q, tonnes.
    pub threshold: Decimal,
    /// The correction factor β (table 4).
    pub factor: Decimal,
}

/// The substance of that name in table 1.
pub fn substance(name: &str) -> Option<&'static Substance> {
    SUBSTANCES.iter().find(|substance| substance.name == name)
}

/// The names of table 1.
pub fn substances() -> impl Iterator<Item = &'static Substance> {
    SUBSTANCES.iter()
}

/// The category of that symbol in table 2.
pub fn category(symbol: &str) -> Option<&'static Category> {
    CATEGORIES.iter().find(|category| category.symbol == symbol)
}

/// The factor β of a toxic gas (table 3), by its name in the standard. What is not in it has that of its category.
pub fn toxic_factor(name: &str) -> Option<Decimal> {
    TOXIC_GASES.iter().find(|(gas, _)| *gas == name).map(|(_, factor)| Decimal::whole(*factor))
}

/// The factor α by the people who are usually within 500 m of the plant's boundary (table 5).
pub const fn exposure(people: u32) -> Decimal {
    Decimal::scaled(
        match people {
            0 => 5,
            1..=29 => 10,
            30..=49 => 12,
            50..=99 => 15,
            100.. => 20,
        },
        1,
    )
}

/// What is stored of one substance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The most there can be, tonnes (q).
    pub quantity: Decimal,
    /// Its threshold, tonnes (Q).
    pub threshold: Decimal,
    /// Its factor (β).
    pub factor: Decimal,
}

/// The level of a major hazard installation; the first is the gravest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 一级: R of 100 or more.
    First,
    /// 二级: from 50.
    Second,
    /// 三级: from 10.
    Third,
    /// 四级: below 10.
    Fourth,
}

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// S, the sum of q/Q, rounded for reading.
    pub sum: Decimal,
    /// R, the sum of β q/Q times α, rounded for reading.
    pub risk: Decimal,
    /// The level; `None` where S is below 1, and the unit is no major hazard installation.
    pub level: Option<Level>,
}

/// A quantity that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Below zero.
    #[error("a quantity of {0} tonnes: expected 0 or more")]
    Quantity(Decimal),
    /// Nothing can be measured by it.
    #[error("a threshold of {0} tonnes: expected more than 0")]
    Threshold(Decimal),
    /// It would take hazard away.
    #[error("a factor of {0}: expected 1 or more")]
    Factor(Decimal),
    /// More digits than can be kept.
    #[error("numbers of too many digits: expected fewer than some thirty in all")]
    TooLong,
}

/// Judges what a unit stores, with so many people within 500 m of the plant.
///
/// # Errors
/// Which quantity cannot be.
pub fn assess(stored: &[Stored], people: u32) -> Result<Assessment, Error> {
    for it in stored {
        if it.quantity.is_negative() {
            return Err(Error::Quantity(it.quantity));
        }
        if it.threshold <= Decimal::ZERO {
            return Err(Error::Threshold(it.threshold));
        }
        if it.factor < Decimal::whole(1) {
            return Err(Error::Factor(it.factor));
        }
    }
    judged(stored, people).ok_or(Error::TooLong)
}

fn judged(stored: &[Stored], people: u32) -> Option<Assessment> {
    let (mut sum, mut weighed) = (Fraction::ZERO, Fraction::ZERO);
    for it in stored {
        let share = Fraction::of(it.quantity)?.divide(Fraction::of(it.threshold)?)?;
        sum = sum.add(share)?;
        weighed = weighed.add(share.multiply(Fraction::of(it.factor)?)?)?;
    }
    let risk = weighed.multiply(Fraction::of(exposure(people))?)?;
    let at_least = |least| risk.compare(least).is_ge();
    let level = if at_least(100) {
        Level::First
    } else if at_least(50) {
        Level::Second
    } else if at_least(10) {
        Level::Third
    } else {
        Level::Fourth
    };
    let level = sum.compare(1).is_ge().then_some(level);
    Some(Assessment { sum: sum.round(PLACES)?, risk: risk.round(PLACES)?, level })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, quantity: &str) -> Stored {
        let threshold = substance(name).unwrap().threshold;
        Stored { quantity: quantity.parse().unwrap(), threshold, factor: toxic_factor(name).unwrap() }
    }

    #[test]
    fn chlorine_and_ammonia_near_sixty_people() {
        let found = assess(&[named("氯", "10"), named("氨", "5")], 60).unwrap();
        assert_eq!((found.sum.to_string(), found.risk.to_string()), ("2.50".to_owned(), "13.50".to_owned()));
        assert_eq!(found.level, Some(Level::Third));
    }

    #[test]
    fn exactly_one_is_one() {
        // A third of each of three thresholds.
        let third =
            Stored { quantity: Decimal::whole(1), threshold: Decimal::whole(3), factor: Decimal::whole(1) };
        assert_eq!(assess(&[third; 3], 0).unwrap().level, Some(Level::Fourth));
        assert_eq!(assess(&[named("氯", "4.999999999")], 1000).unwrap().level, None);
        assert_eq!(assess(&[], 1000).unwrap().level, None);
    }

    #[test]
    fn levels_by_risk() {
        for (quantity, people, expected) in [
            ("12.49", 1, Level::Fourth),
            ("12.5", 1, Level::Third),
            ("62.5", 29, Level::Second),
            ("62.4", 29, Level::Third),
            ("62.5", 100, Level::First),
            ("125", 0, Level::Second),
        ] {
            assert_eq!(assess(&[named("氯", quantity)], people).unwrap().level, Some(expected), "{quantity}");
        }
    }

    #[test]
    fn tables_hold_together() {
        for (at, it) in SUBSTANCES.iter().enumerate() {
            assert!(
                it.threshold > Decimal::ZERO && !SUBSTANCES[..at].iter().any(|other| other.name == it.name)
            );
        }
        assert_eq!(substance("碳酰氯（光气）").map(|it| it.threshold), Some(Decimal::scaled(3, 1)));
        assert_eq!(
            category("W5.1").map(|it| (it.threshold, it.factor)),
            Some((Decimal::whole(10), Decimal::scaled(15, 1)))
        );
        assert_eq!((toxic_factor("一氧化碳"), substance("一氧化碳")), (Some(Decimal::whole(2)), None));
        assert_eq!(substances().filter(|it| it.unsure).count(), 6);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let good = named("氯", "1");
        let (less, none) = (Decimal::whole(-1), Decimal::ZERO);
        for (stored, expected) in [
            (Stored { quantity: less, ..good }, Error::Quantity(less)),
            (Stored { threshold: none, ..good }, Error::Threshold(none)),
            (Stored { factor: none, ..good }, Error::Factor(none)),
        ] {
            assert_eq!(assess(&[stored], 1), Err(expected));
        }
    }
}
