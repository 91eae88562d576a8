//! Means of hours and days, and how much of a day or a year must be there for one (GB 3095, table 4; HJ 663-2013).

use super::Pollutant;
use crate::Decimal;

/// Hours of a day. Hour 0 is the one that ends at one o'clock.
pub const DAY_HOURS: usize = 24;
/// Windows of eight hours that end from 8 to 24 o'clock.
pub const WINDOWS: usize = 17;

/// Minutes that must be measured for an hour to count (GB 3095, table 4).
const HOUR_MINUTES: u32 = 45;
/// Hours that must count for a day to count (GB 3095, table 4).
const DAY_HOURS_LEAST: usize = 20;
/// Hours that must count for a window of eight (GB 3095, table 4).
const WINDOW_HOURS_LEAST: usize = 6;
/// Unsure. Windows that must count for a day's maximum (HJ 663-2013).
const WINDOWS_LEAST: usize = 14;
/// Days that must count for a year (GB 3095, table 4).
const YEAR_DAYS_LEAST: u16 = 324;
/// Days that must count of each month, and of February (GB 3095, table 4).
const MONTH_DAYS_LEAST: u16 = 27;
const FEBRUARY_DAYS_LEAST: u16 = 25;

/// Whether so many measured minutes make an hour.
pub const fn hour_counts(minutes: u32) -> bool {
    minutes >= HOUR_MINUTES
}

/// The mean of a day, or of 24 hours that slide; `None` when fewer than 20 hours count.
pub fn day_mean(pollutant: Pollutant, hours: &[Option<Decimal>; DAY_HOURS]) -> Option<Decimal> {
    mean_of_least(pollutant, hours, DAY_HOURS_LEAST)
}

/// The sliding means of eight hours that end from 8 to 24 o'clock; each needs six hours.
pub fn eight_hour_means(
    pollutant: Pollutant,
    hours: &[Option<Decimal>; DAY_HOURS],
) -> [Option<Decimal>; WINDOWS] {
    std::array::from_fn(|first| mean_of_least(pollutant, &hours[first..first + 8], WINDOW_HOURS_LEAST))
}

/// The highest of a day's sliding means of eight hours.
///
/// With fewer than 14 windows it counts only where it is above the limit all the same.
pub fn daily_maximum(windows: &[Option<Decimal>; WINDOWS], limit: Decimal) -> Option<Decimal> {
    let there = windows.iter().flatten();
    let highest = *there.clone().max()?;
    (there.count() >= WINDOWS_LEAST || highest > limit).then_some(highest)
}

fn mean_of_least(pollutant: Pollutant, hours: &[Option<Decimal>], least: usize) -> Option<Decimal> {
    let there: Vec<_> = hours.iter().flatten().copied().collect();
    if there.len() < least {
        return None;
    }
    Decimal::mean(&there, pollutant.places())
}

/// Whether a year's days suffice for its mean, and what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearValidity {
    /// Days that count.
    pub days: u16,
    /// Months with too few days, from 1.
    pub short_months: Vec<u8>,
}

impl YearValidity {
    /// Whether the year has a mean.
    pub fn counts(&self) -> bool {
        self.days >= YEAR_DAYS_LEAST && self.short_months.is_empty()
    }
}

/// Judges how many days count of each month, January first.
pub fn year_validity(months: &[u16; 12]) -> YearValidity {
    let least = |month| if month == 2 { FEBRUARY_DAYS_LEAST } else { MONTH_DAYS_LEAST };
    let short = (1u8..).zip(months).filter(|(month, days)| **days < least(*month));
    YearValidity {
        days: months.iter().fold(0, |sum, days| sum.saturating_add(*days)),
        short_months: short.map(|(month, _)| month).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(values: [i64; DAY_HOURS]) -> [Option<Decimal>; DAY_HOURS] {
        values.map(|value| (value >= 0).then_some(Decimal::whole(value)))
    }

    #[test]
    fn a_day_needs_twenty_hours() {
        let mut values = [10; DAY_HOURS];
        values[..4].fill(-1);
        assert_eq!(day_mean(Pollutant::Pm25, &hours(values)), Some(Decimal::whole(10)));
        values[4] = -1;
        assert_eq!(day_mean(Pollutant::Pm25, &hours(values)), None);
    }

    #[test]
    fn a_day_is_rounded_half_to_even() {
        let half = std::array::from_fn(|hour| if hour < 12 { 60 } else { 61 });
        assert_eq!(day_mean(Pollutant::Pm25, &hours(half)), Some(Decimal::whole(60)));
        assert_eq!(day_mean(Pollutant::Co, &hours(half)).map(|co| co.to_string()).as_deref(), Some("60.5"));
    }

    #[test]
    fn windows_end_from_eight_to_twenty_four() {
        let rising = std::array::from_fn(|hour| hour as i64);
        let windows = eight_hour_means(Pollutant::O3, &hours(rising));
        // 0..=7 has the mean 3.5 and 16..=23 the mean 19.5.
        assert_eq!((windows[0], windows[16]), (Some(Decimal::whole(4)), Some(Decimal::whole(20))));
        assert_eq!(daily_maximum(&windows, Decimal::whole(160)), Some(Decimal::whole(20)));
    }

    #[test]
    fn a_short_day_counts_only_above_the_limit() {
        let mut values = [100; DAY_HOURS];
        values[12..].fill(-1);
        let windows = eight_hour_means(Pollutant::O3, &hours(values));
        assert_eq!(
            windows.iter().flatten().count(),
            7,
            "windows that start at 0 to 6 have six hours or more"
        );
        assert_eq!(daily_maximum(&windows, Decimal::whole(100)), None);
        assert_eq!(daily_maximum(&windows, Decimal::whole(99)), Some(Decimal::whole(100)));
        assert_eq!(daily_maximum(&[None; WINDOWS], Decimal::ZERO), None);
    }

    #[test]
    fn a_year_needs_its_days_in_every_month() {
        assert!(year_validity(&[27, 25, 28, 27, 27, 27, 28, 27, 27, 27, 27, 27]).counts());
        let short = year_validity(&[31, 24, 31, 30, 31, 30, 31, 31, 30, 31, 30, 26]);
        assert_eq!((short.days, short.counts()), (356, false));
        assert_eq!(short.short_months, [2, 12]);
        assert!(!year_validity(&[27, 25, 27, 27, 27, 27, 27, 27, 27, 27, 27, 27]).counts(), "322 days");
        assert!(hour_counts(45) && !hour_counts(44));
    }
}
