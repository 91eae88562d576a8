//! Means of minutes, hours and days, and when a period counts (HJ 212-2017, appendix D; HJ 75-2017).

use super::{Error, Flag, that};

/// Samples of a minute, minutes of an hour, hours of a day that must count (HJ 212-2017, appendix D).
const SAMPLES_LEAST: usize = 12;
const MINUTES_LEAST: usize = 45;
const HOURS_LEAST: usize = 20;
/// Unsure. Days of a month, and of February, that must count (HJ 75-2017).
const DAYS_LEAST: usize = 25;
const FEBRUARY_DAYS_LEAST: usize = 23;
/// Quarters of a period's values that must be normal for flue gas: three of four.
const NORMAL_QUARTERS: usize = 3;

/// What a mean is made over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// Of samples.
    Minute,
    /// Of minutes.
    Hour,
    /// Of hours.
    Day,
}

impl Period {
    /// How many parts must count for the mean to count, for flue gas.
    pub const fn parts_least(self) -> usize {
        match self {
            Self::Minute => SAMPLES_LEAST,
            Self::Hour => MINUTES_LEAST,
            Self::Day => HOURS_LEAST,
        }
    }
}

/// What is let out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Medium {
    /// Waste water.
    Water,
    /// Flue gas.
    Gas,
}

/// The arithmetic mean; `None` of nothing.
pub fn arithmetic_mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The mean of flue gas over a period, of those values that count; `None` where too few do.
pub fn period_mean(period: Period, values: &[(f64, Flag)]) -> Option<f64> {
    let counting = values.iter().filter(|(value, flag)| flag.counts() && value.is_finite());
    let counting: Vec<f64> = counting.map(|(value, _)| *value).collect();
    if counting.len() < period.parts_least() {
        return None;
    }
    arithmetic_mean(&counting)
}

/// The mean of waste water: concentrations weighted by the volumes that had them, load by volume. Where nothing flowed
/// it is the arithmetic one (unsure). `None` of nothing.
///
/// # Errors
/// Where a concentration or volume is below zero.
pub fn weighted_mean(parts: &[(f64, f64)]) -> Result<Option<f64>, Error> {
    let (mut volumes, mut loads) = (0.0, 0.0);
    for &(concentration, volume) in parts {
        let concentration = that("concentration", concentration, concentration >= 0.0, "0 or more")?;
        volumes += that("volume", volume, volume >= 0.0, "0 or more")?;
        loads += concentration * volume;
    }
    if volumes > 0.0 {
        return Ok(Some(loads / volumes));
    }
    let concentrations: Vec<f64> = parts.iter().map(|(concentration, _)| *concentration).collect();
    Ok(arithmetic_mean(&concentrations))
}

/// The flag of a period by those of its values; `None` of nothing.
///
/// Water is normal when all values are; flue gas when three of four are.
pub fn period_flag(medium: Medium, flags: &[Flag]) -> Option<Flag> {
    let normal = flags.iter().filter(|flag| flag.counts()).count();
    let holds = match medium {
        Medium::Water => normal == flags.len(),
        Medium::Gas => normal * 4 >= flags.len() * NORMAL_QUARTERS,
    };
    (!flags.is_empty()).then_some(if holds { Flag::Normal } else { Flag::Fault })
}

/// What a day lets out, kg: the sum of its hours' rates in kg/h.
///
/// # Errors
/// Where a rate is below zero.
pub fn day_emission(rates: &[f64]) -> Result<f64, Error> {
    rates
        .iter()
        .try_fold(0.0, |sum, &rate| Ok(sum + that("rate", rate, rate >= 0.0, "kilograms of 0 or more")?))
}

/// Whether so many counting days make a month, January being 1 (unsure).
pub fn month_counts(month: u8, days: usize) -> bool {
    days >= if month == 2 { FEBRUARY_DAYS_LEAST } else { DAYS_LEAST }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_enough_counting_parts_make_a_mean() {
        let hour = |normal: usize| {
            let mut minutes = vec![(10.0, Flag::Normal); normal];
            minutes.resize(60, (99.0, Flag::Calibration));
            period_mean(Period::Hour, &minutes)
        };
        assert_eq!((hour(45), hour(44)), (Some(10.0), None));
        assert_eq!(period_mean(Period::Minute, &[(1.0, Flag::Normal); 12]), Some(1.0));
        assert_eq!(period_mean(Period::Day, &[(1.0, Flag::Normal); 19]), None);
        assert_eq!(period_mean(Period::Minute, &[(f64::NAN, Flag::Normal); 12]), None);
    }

    #[test]
    fn water_is_weighted_by_what_flowed() {
        assert_eq!(weighted_mean(&[(10.0, 1.0), (40.0, 2.0)]), Ok(Some(30.0)));
        assert_eq!(weighted_mean(&[(10.0, 0.0), (40.0, 0.0)]), Ok(Some(25.0)));
        assert_eq!(weighted_mean(&[]), Ok(None));
        assert!(weighted_mean(&[(10.0, -1.0)]).is_err());
    }

    #[test]
    fn flags_of_periods() {
        use Flag::{Fault, Maintenance, Normal};
        for (medium, flags, expected) in [
            (Medium::Water, &[Normal, Normal][..], Some(Normal)),
            (Medium::Water, &[Normal, Maintenance], Some(Fault)),
            (Medium::Gas, &[Normal, Normal, Normal, Maintenance], Some(Normal)),
            (Medium::Gas, &[Normal, Normal, Maintenance], Some(Fault)),
            (Medium::Gas, &[], None),
        ] {
            assert_eq!(period_flag(medium, flags), expected, "{medium:?} {flags:?}");
        }
    }

    #[test]
    fn days_and_months() {
        assert_eq!(day_emission(&[1.5, 2.5]), Ok(4.0));
        assert!(day_emission(&[-1.0]).is_err());
        assert!(month_counts(2, 23) && !month_counts(3, 24) && month_counts(3, 25));
    }
}
