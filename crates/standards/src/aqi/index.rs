//! HJ 633, 4.3 and 4.4: the index of a report, its primary pollutants, and whether it may be published.

use super::{Edition, Error, Individual, Level, Report, individual};
use crate::Decimal;
use crate::air::{Averaging, Pollutant};

/// From above this, a pollutant can be the primary one.
const GOOD_FROM: u16 = 50;
/// From above this, a pollutant is over the standard, and an index counts although something is missing.
const POLLUTED_FROM: u16 = 100;

/// What is known of one indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A mean that counts, in the pollutant's unit.
    Measured(Decimal),
    /// There should be one, and there is none that counts (published as `NA`).
    Missing,
    /// It need not be measured here, as three years have shown (published as `/`).
    NotMonitored,
}

/// One indicator of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The pollutant.
    pub pollutant: Pollutant,
    /// Over what time it is a mean.
    pub averaging: Averaging,
    /// What is known of it.
    pub value: Value,
}

/// The index of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The edition it follows.
    pub edition: Edition,
    /// The highest individual index of what was there; `None` when nothing was.
    pub aqi: Option<u16>,
    /// All individual indices, in the order of the edition's indicators.
    pub individuals: Vec<Individual>,
    /// The primary pollutants: those with the highest individual index, when it is above 50.
    pub primary: Vec<Pollutant>,
    /// The pollutants whose individual index is above 100. The edition of 2026 does not name them any more.
    pub over: Vec<Pollutant>,
    /// The indicators that should be there and are not.
    pub missing: Vec<(Pollutant, Averaging)>,
}

impl Index {
    /// The level of the index.
    pub fn level(&self) -> Option<Level> {
        self.aqi.map(Level::of)
    }

    /// The index as it may be published. From 2026 one from which something is missing is published only above 100; before, none
    /// from which both kinds of particles are.
    pub fn published(&self) -> Option<u16> {
        let lacks = |pollutant: Pollutant| self.missing.iter().any(|(missing, _)| *missing == pollutant);
        self.aqi.filter(|aqi| match self.edition {
            Edition::Hj2012 => !(lacks(Pollutant::Pm10) && lacks(Pollutant::Pm25)),
            Edition::Hj2026 => self.missing.is_empty() || *aqi > POLLUTED_FROM,
        })
    }
}

/// The index of a report. Indicators that are not given are missing.
///
/// # Errors
/// Where a reading is no part of the report, is given twice, or has a concentration that cannot be.
pub fn index(edition: Edition, report: Report, readings: &[Reading]) -> Result<Index, Error> {
    let indicators = edition.indicators(report);
    for (place, Reading { pollutant, averaging, .. }) in readings.iter().enumerate() {
        let (pollutant, averaging) = (*pollutant, *averaging);
        if !indicators.contains(&(pollutant, averaging)) {
            return Err(Error::NotReported { report, pollutant, averaging });
        }
        if readings[..place].iter().any(|it| (it.pollutant, it.averaging) == (pollutant, averaging)) {
            return Err(Error::Twice { pollutant, averaging });
        }
    }
    let (mut individuals, mut missing) = (Vec::new(), Vec::new());
    for (pollutant, averaging) in indicators.iter().copied() {
        let of_it = |it: &&Reading| (it.pollutant, it.averaging) == (pollutant, averaging);
        match readings.iter().find(of_it).map_or(Value::Missing, |it| it.value) {
            Value::Measured(value) => individuals.push(individual(edition, pollutant, averaging, value)?),
            Value::Missing => missing.push((pollutant, averaging)),
            Value::NotMonitored => {}
        }
    }
    let aqi = individuals.iter().filter_map(|it| it.iaqi).max();
    let those = |holds: &dyn Fn(u16) -> bool| {
        let mut found: Vec<_> =
            individuals.iter().filter(|it| it.iaqi.is_some_and(holds)).map(|it| it.pollutant).collect();
        found.dedup();
        found
    };
    let primary = those(&|iaqi| iaqi > GOOD_FROM && Some(iaqi) == aqi);
    let over = those(&|iaqi| iaqi > POLLUTED_FROM);
    Ok(Index { edition, aqi, individuals, primary, over, missing })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Averaging::{Day, EightHours, Hour};
    use Pollutant::{Co, No2, O3, Pm10, Pm25, So2};

    fn day(values: &[(Pollutant, Averaging, &str)]) -> Vec<Reading> {
        let reading = |(pollutant, averaging, value): &(_, _, &str)| {
            let value = match *value {
                "NA" => Value::Missing,
                "/" => Value::NotMonitored,
                number => Value::Measured(number.parse().unwrap()),
            };
            Reading { pollutant: *pollutant, averaging: *averaging, value }
        };
        values.iter().map(reading).collect()
    }

    fn usual() -> Vec<Reading> {
        day(&[
            (Pm25, Day, "38"),
            (Pm10, Day, "71"),
            (So2, Day, "14"),
            (No2, Day, "31"),
            (Co, Day, "1.1"),
            (O3, EightHours, "143"),
        ])
    }

    #[test]
    fn the_worked_day() {
        let found = index(Edition::Hj2026, Report::Daily, &usual()).unwrap();
        assert_eq!((found.aqi, found.published(), found.level()), (Some(86), Some(86), Some(Level::Good)));
        assert_eq!((found.primary, found.over), (vec![O3], vec![]));
    }

    #[test]
    fn equals_are_all_primary_and_good_air_has_none() {
        let tied = day(&[(Pm25, Day, "60"), (Pm10, Day, "120"), (O3, EightHours, "160")]);
        assert_eq!(index(Edition::Hj2026, Report::Daily, &tied).unwrap().primary, [Pm10, Pm25, O3]);
        let good = day(&[(Pm25, Day, "35"), (Pm10, Day, "50")]);
        assert_eq!(index(Edition::Hj2026, Report::Daily, &good).unwrap().primary, []);
    }

    #[test]
    fn what_is_missing_withholds_the_index_up_to_100() {
        let mut readings = usual();
        readings[2].value = Value::Missing;
        let found = index(Edition::Hj2026, Report::Daily, &readings).unwrap();
        assert_eq!((found.aqi, found.published()), (Some(86), None));
        assert_eq!(found.missing, [(So2, Day)]);
        readings[2].value = Value::NotMonitored;
        assert_eq!(index(Edition::Hj2026, Report::Daily, &readings).unwrap().published(), Some(86));
        let heavy = day(&[(Pm25, Day, "200")]);
        let found = index(Edition::Hj2026, Report::Daily, &heavy).unwrap();
        assert_eq!((found.published(), found.missing.len(), found.over), (Some(250), 5, vec![Pm25]));
        assert_eq!(index(Edition::Hj2026, Report::Daily, &[]).unwrap().aqi, None);
    }

    #[test]
    fn in_2012_ozone_speaks_twice() {
        let readings = day(&[(O3, Hour, "900"), (O3, EightHours, "810"), (Pm25, Day, "75")]);
        let found = index(Edition::Hj2012, Report::Daily, &readings).unwrap();
        assert_eq!((found.aqi, found.published(), found.primary), (Some(350), Some(350), vec![O3]));
        let readings = day(&[(O3, Hour, "210"), (O3, EightHours, "163")]);
        assert_eq!(index(Edition::Hj2012, Report::Daily, &readings).unwrap().over, [O3]);
    }

    #[test]
    fn an_hour_is_made_of_hours() {
        let hour = day(&[(So2, Hour, "900"), (Pm25, Hour, "61"), (O3, Hour, "210")]);
        let found = index(Edition::Hj2026, Report::Hourly, &hour).unwrap();
        assert_eq!((found.aqi, found.primary), (Some(200), vec![So2]));
    }

    /// Hours of stations in and around Datong in April 2020, as they were published: PM2.5, PM10, CO, NO2, O3, SO2.
    #[test]
    fn published_hours_of_2020_come_out() {
        for (values, aqi, primary) in [
            (["6", "15", "0.4", "28", "38", "24"], 15, None),
            (["23", "54", "0.7", "33", "55", "51"], 52, Some(Pm10)),
            (["39", "73", "1.0", "46", "22", "61"], 62, Some(Pm10)),
            (["50", "75", "0.7", "24", "147", "10"], 69, Some(Pm25)),
            (["66", "98", "2.8", "76", "20", "54"], 89, Some(Pm25)),
            (["51", "151", "0.7", "26", "93", "8"], 101, Some(Pm10)),
            (["28", "174", "0.6", "71", "4", "20"], 112, Some(Pm10)),
            (["214", "218", "2.6", "99", "16", "79"], 264, Some(Pm25)),
        ] {
            let pollutants = [Pm25, Pm10, Co, No2, O3, So2];
            let hour: Vec<_> =
                pollutants.into_iter().zip(values).map(|(it, value)| (it, Hour, value)).collect();
            let found = index(Edition::Hj2012, Report::Hourly, &day(&hour)).unwrap();
            assert_eq!(found.aqi, Some(aqi), "{values:?}");
            assert_eq!(found.primary, primary.into_iter().collect::<Vec<_>>(), "{values:?}");
        }
    }

    #[test]
    fn readings_of_another_report_are_refused() {
        let wrong = day(&[(O3, Hour, "143")]);
        let refused = Error::NotReported { report: Report::Daily, pollutant: O3, averaging: Hour };
        assert_eq!(
            refused.to_string(),
            "O3 over 1 hour is no part of the daily report: expected one of its indicators"
        );
        assert_eq!(index(Edition::Hj2026, Report::Daily, &wrong), Err(refused));
        let twice = day(&[(Co, Day, "1"), (Co, Day, "1")]);
        let refused = Error::Twice { pollutant: Co, averaging: Day };
        assert_eq!(index(Edition::Hj2026, Report::Daily, &twice), Err(refused));
    }
}
