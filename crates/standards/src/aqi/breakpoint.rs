//! HJ 633, the table of breakpoints (table 3 of 2026): concentrations at which the individual index has round values.

use super::Edition;
use crate::air::{Averaging, Pollutant};

/// The individual indices at the breakpoints.
pub(super) const INDICES: [i128; 8] = [0, 50, 100, 150, 200, 300, 400, 500];

/// One column of the table.
pub(super) struct Column {
    /// In the pollutant's unit; as many as the table has, up to 500 where it goes that far.
    pub points: &'static [i128],
    /// What is above the last breakpoint.
    pub above: Above,
}

/// What the standard says of a concentration above a column's last breakpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Above {
    /// The index stays at that of the last breakpoint.
    Stays,
    /// No index is made: another averaging time speaks for the pollutant.
    NotComputed,
}

const SO2_DAY: &[i128] = &[0, 50, 150, 475, 800, 1600, 2100, 2620];
const SO2_HOUR: &[i128] = &[0, 150, 500, 650, 800];
const NO2_DAY: &[i128] = &[0, 40, 80, 180, 280, 565, 750, 940];
const NO2_HOUR: &[i128] = &[0, 100, 200, 700, 1200, 2340, 3090, 3840];
const CO_DAY: &[i128] = &[0, 2, 4, 14, 24, 36, 48, 60];
const CO_HOUR: &[i128] = &[0, 5, 10, 35, 60, 90, 120, 150];
const O3_EIGHT_HOURS: &[i128] = &[0, 100, 160, 215, 265, 800];
const O3_HOUR: &[i128] = &[0, 160, 200, 300, 400, 800, 1000, 1200];
const PM10_2012: &[i128] = &[0, 50, 150, 250, 350, 420, 500, 600];
const PM10_2026: &[i128] = &[0, 50, 120, 250, 350, 420, 500, 600];
const PM25_2012: &[i128] = &[0, 35, 75, 115, 150, 250, 350, 500];
const PM25_2026: &[i128] = &[0, 35, 60, 115, 150, 250, 350, 500];

/// The column for a pollutant and an averaging time, where the edition has one.
///
/// Hourly means of particles are judged by the breakpoints of the day.
pub(super) fn column(edition: Edition, pollutant: Pollutant, averaging: Averaging) -> Option<Column> {
    use Averaging::{Day, EightHours, Hour};
    let points = match (edition, pollutant, averaging) {
        (_, Pollutant::So2, Day) => SO2_DAY,
        (_, Pollutant::So2, Hour) => SO2_HOUR,
        (_, Pollutant::No2, Day) => NO2_DAY,
        (_, Pollutant::No2, Hour) => NO2_HOUR,
        (_, Pollutant::Co, Day) => CO_DAY,
        (_, Pollutant::Co, Hour) => CO_HOUR,
        (_, Pollutant::O3, EightHours) => O3_EIGHT_HOURS,
        (_, Pollutant::O3, Hour) => O3_HOUR,
        (Edition::Hj2012, Pollutant::Pm10, Day | Hour) => PM10_2012,
        (Edition::Hj2012, Pollutant::Pm25, Day | Hour) => PM25_2012,
        (Edition::Hj2026, Pollutant::Pm10, Day | Hour) => PM10_2026,
        (Edition::Hj2026, Pollutant::Pm25, Day | Hour) => PM25_2026,
        _ => return None,
    };
    let broken_off = points.len() < INDICES.len();
    let above = if broken_off && edition == Edition::Hj2012 { Above::NotComputed } else { Above::Stays };
    Some(Column { points, above })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breakpoints_rise_from_nothing() {
        for edition in [Edition::Hj2012, Edition::Hj2026] {
            for pollutant in Pollutant::SIX {
                for averaging in [Averaging::Hour, Averaging::EightHours, Averaging::Day] {
                    let Some(column) = column(edition, pollutant, averaging) else { continue };
                    assert!(
                        column.points.is_sorted_by(|a, b| a < b) && column.points[0] == 0,
                        "{pollutant:?}"
                    );
                    assert!(column.points.len() <= INDICES.len());
                }
            }
        }
    }

    #[test]
    fn every_indicator_has_a_column() {
        for edition in [Edition::Hj2012, Edition::Hj2026] {
            for report in [super::super::Report::Daily, super::super::Report::Hourly] {
                for (pollutant, averaging) in edition.indicators(report) {
                    assert!(column(edition, *pollutant, *averaging).is_some(), "{pollutant:?} {averaging:?}");
                }
            }
        }
    }
}
