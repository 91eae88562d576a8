//! What a process says about a clock: how much time, counted how, on what basis, with which warnings and pauses.
//!
//! How the time is counted is `count`; where one case's clock stands is `ledger`.

use crate::{Left, Rung, Text};
use model::Name;
use std::collections::BTreeSet;
use std::fmt;
use thiserror::Error;

/// The largest budget, in whatever unit: about twenty years of working days.
pub const BUDGET_MAX: u32 = 5_000;

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// What a clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Hours round the clock.
    UrgentHour,
    /// Hours in which offices are open.
    WorkingHour,
    /// Days on which offices work.
    WorkingDay,
    /// Days of the calendar.
    CalendarDay,
    /// Months of the calendar.
    Month,
}

/// How a unit is counted, as a page shows it under a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Principle {
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// The legal basis, in Chinese and in English.
    pub basis: [&'static str; 2],
}

impl Unit {
    /// As definitions write it.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::UrgentHour, Self::WorkingHour, Self::WorkingDay, Self::CalendarDay, Self::Month];
        all.into_iter().find(|unit| unit.as_str() == text)
    }

    /// As definitions write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UrgentHour => "urgent-hour",
            Self::WorkingHour => "working-hour",
            Self::WorkingDay => "working-day",
            Self::CalendarDay => "calendar-day",
            Self::Month => "month",
        }
    }

    /// Whether amounts of this unit are microseconds; else they are counted days.
    pub const fn is_hours(self) -> bool {
        matches!(self, Self::UrgentHour | Self::WorkingHour)
    }

    /// An amount of this unit (see [`crate::ClockRecord::consumed`]) in seconds of the unit's own counting: a counted
    /// day is 86,400.
    pub const fn secs(self, amount: i64) -> i64 {
        if self.is_hours() { amount / 1_000_000 } else { amount.saturating_mul(86_400) }
    }

    /// That many units as an amount; months become days only once their first day is known, so they count as none here.
    pub(crate) const fn amount(self, units: u32) -> i64 {
        match self {
            Self::UrgentHour | Self::WorkingHour => (units as i64).saturating_mul(MICROS_PER_HOUR),
            Self::WorkingDay | Self::CalendarDay => units as i64,
            Self::Month => 0,
        }
    }

    /// How this unit is counted, and on what basis.
    pub const fn principle(self) -> Principle {
        match self {
            Self::UrgentHour => Principle {
                zh: "自起算时刻起连续计算，夜间和节假日照计",
                en: "Counted without a break from the moment it starts, nights and holidays included",
                basis: ["《民法典》第二百零一条第二款", "Civil Code, art. 201 (2)"],
            },
            Self::WorkingHour => Principle {
                zh: "自起算时刻起，只计工作日的办公时间",
                en: "Counted from the moment it starts, only while offices are open on working days",
                basis: ["《民法典》第二百零一条第二款", "Civil Code, art. 201 (2)"],
            },
            Self::WorkingDay => Principle {
                zh: "开始的当日不计入，自下一工作日起算；只计工作日，当日停止办公时计时未中止的计一日；最后一日以停止办公时为止",
                en: "The first day is not counted; counting begins the next working day. A working day counts if the \
                     clock runs when offices close. The last day ends when offices close",
                basis: ["《民法典》第二百零一条第一款、第二百零三条", "Civil Code, arts. 201 (1) and 203"],
            },
            Self::CalendarDay => Principle {
                zh: "开始的当日不计入，自下一日起算；最后一日是休假日的，以其后第一个工作日为最后一日，以停止办公时为止",
                en: "The first day is not counted. A last day that is off becomes the next working day, and ends when \
                     offices close",
                basis: ["《民法典》第二百零一条第一款、第二百零三条", "Civil Code, arts. 201 (1) and 203"],
            },
            Self::Month => Principle {
                zh: "开始的当日不计入；到期月的对应日为最后一日，没有对应日的为月末日；最后一日是休假日的，以其后第一个工作日为最后一日，\
                     以停止办公时为止；中止一日，顺延一日",
                en: "The first day is not counted; the last day is the same day of the month it ends in, or that month's \
                     last. A last day that is off becomes the next working day, and ends when offices close. Each day \
                     of a pause is made good by a day",
                basis: [
                    "《民法典》第二百零一条第一款、第二百零二条、第二百零三条",
                    "Civil Code, arts. 201 (1), 202 and 203",
                ],
            },
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A reason for which a clock may be paused.
#[derive(Clone, Debug, PartialEq)]
pub struct PauseReason {
    /// Its code, in the ledger and in statistics.
    pub code: Name,
    /// What people read.
    pub title: Text,
    /// The law that lets the clock stand still.
    pub basis: String,
}

/// The rule of one clock, to be tried with [`ClockRule::check`]. A clock without pause reasons cannot be paused.
#[derive(Clone, Debug, PartialEq)]
pub struct ClockRule {
    /// Its id within the process.
    pub id: Name,
    /// What people read: `核实时限`.
    pub title: Text,
    /// What it counts.
    pub unit: Unit,
    /// How much, in units; 1 to [`BUDGET_MAX`].
    pub budget: u32,
    /// The law or local rule that sets it.
    pub basis: String,
    /// Warnings and what follows when time is over, each once.
    pub ladder: Vec<Rung>,
    /// The reasons for which it may be paused.
    pub pauses: Vec<PauseReason>,
}

/// Why a clock's rule cannot be used.
#[derive(Debug, Error, PartialEq)]
pub enum LimitError {
    /// The budget is none or too large.
    #[error("clock `{id}`: a budget of {budget} is not between 1 and {BUDGET_MAX}")]
    Budget {
        /// The clock.
        id: Name,
        /// What it says.
        budget: u32,
    },
    /// Two rungs or two pause reasons have one name.
    #[error("clock `{id}`: `{name}` stands twice")]
    Twice {
        /// The clock.
        id: Name,
        /// The name.
        name: Name,
    },
    /// A rung counts days on a clock of hours.
    #[error("clock `{id}`: rung `{rung}` counts days, but the clock counts hours")]
    Days {
        /// The clock.
        id: Name,
        /// The rung.
        rung: Name,
    },
    /// A rung would be due before the clock starts.
    #[error("clock `{id}`: rung `{rung}` lies before the clock's start")]
    Early {
        /// The clock.
        id: Name,
        /// The rung.
        rung: Name,
    },
}

impl ClockRule {
    /// The reason with a code, if this clock may be paused for it.
    pub fn pause_reason(&self, code: &Name) -> Option<&PauseReason> {
        self.pauses.iter().find(|reason| reason.code == *code)
    }

    /// Whether the rule can be used, with its own budget.
    pub fn check(&self) -> Result<(), LimitError> {
        for names in [
            self.ladder.iter().map(|rung| &rung.id).collect::<Vec<_>>(),
            self.pauses.iter().map(|reason| &reason.code).collect(),
        ] {
            let mut seen = BTreeSet::new();
            if let Some(name) = names.into_iter().find(|name| !seen.insert(*name)) {
                return Err(LimitError::Twice { name: name.clone(), id: self.id.clone() });
            }
        }
        self.check_budget(self.budget)
    }

    /// Whether a budget can be used with this rule's ladder.
    pub fn check_budget(&self, budget: u32) -> Result<(), LimitError> {
        let (id, unit) = (|| self.id.clone(), self.unit);
        if !(1..=BUDGET_MAX).contains(&budget) {
            return Err(LimitError::Budget { id: id(), budget });
        }
        for rung in &self.ladder {
            let early = match rung.left {
                Left::Days(_) if unit.is_hours() => {
                    return Err(LimitError::Days { rung: rung.id.clone(), id: id() });
                }
                Left::Secs(secs) => unit.is_hours() && secs.saturating_mul(1_000_000) >= unit.amount(budget),
                // A month has at least 28 days.
                Left::Days(days) if unit == Unit::Month => days >= i64::from(budget) * 28,
                Left::Days(days) => days >= unit.amount(budget),
            };
            if early {
                return Err(LimitError::Early { rung: rung.id.clone(), id: id() });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::name;

    fn rule(unit: &str, budget: u32, ladder: &[(&str, &str)]) -> ClockRule {
        let rungs = ladder.iter().map(|(when, amount)| {
            let when = if *when == "left" { (Some(*amount), None) } else { (None, Some(*amount)) };
            Rung::read(None, when, (Some(name("enforcement-officer")), None)).unwrap()
        });
        ClockRule {
            id: name("verify"),
            title: Text::new("核实", "Verify"),
            unit: Unit::parse(unit).unwrap(),
            budget,
            basis: "§3".to_owned(),
            ladder: rungs.collect(),
            pauses: Vec::new(),
        }
    }

    #[test]
    fn units_read_as_packs_write_them() {
        for unit in ["urgent-hour", "working-hour", "working-day", "calendar-day", "month"] {
            assert_eq!(Unit::parse(unit).unwrap().as_str(), unit);
        }
        assert_eq!(Unit::parse("fortnight"), None);
    }

    #[test]
    fn faulty_rules_are_refused_with_the_fault() {
        assert_eq!(rule("working-hour", 4, &[("left", "1h"), ("over", "0h")]).check(), Ok(()));
        for (unit, budget, ladder, fault) in [
            ("working-day", 0, vec![], "not between 1 and"),
            ("working-day", 5_001, vec![], "not between 1 and"),
            ("working-hour", 4, vec![("left", "1d")], "counts days"),
            ("working-hour", 4, vec![("left", "4h")], "before the clock"),
            ("working-day", 4, vec![("left", "4d")], "before the clock"),
            ("month", 1, vec![("left", "28d")], "before the clock"),
            ("working-day", 4, vec![("left", "1d"), ("left", "1d")], "`left-1d` stands twice"),
        ] {
            let error = rule(unit, budget, &ladder).check().unwrap_err().to_string();
            assert!(error.contains(fault), "{error}");
        }
    }

    #[test]
    fn amounts_read_as_seconds_of_their_own_counting() {
        assert_eq!(Unit::WorkingHour.secs(Unit::WorkingHour.amount(4)), 14_400);
        assert_eq!(Unit::WorkingDay.secs(3), 259_200);
        assert_eq!(Unit::Month.secs(-1), -86_400);
    }
}
