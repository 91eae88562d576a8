//! FAO Irrigation and Drainage Paper 56 (1998), chapters 2 to 4: reference evapotranspiration by Penman-Monteith, what
//! short grass with water enough gives off in a day.

use std::f64::consts::{PI, TAU};

use crate::Unsure;

/// What of this module was not read in the paper itself.
pub const UNSURE: &[Unsure] = &[Unsure {
    standard: "FAO-56",
    taken: "formulas and the two worked examples",
    rests_on: "memory; the examples come out to the last figure",
}];

/// Solar constant, MJ/(m² min) (equation 21).
const SOLAR: f64 = 0.0820;
/// Stefan-Boltzmann constant, MJ/(K⁴ m² day) (equation 39).
const STEFAN_BOLTZMANN: f64 = 4.903e-9;
/// What the reference crop reflects (equation 38).
const ALBEDO: f64 = 0.23;
/// Share of radiation that comes through clouds, and what sunshine adds (equation 35).
const ANGSTROM: (f64, f64) = (0.25, 0.50);
/// 0 °C in kelvin, as the paper rounds it.
const KELVIN: f64 = 273.16;

/// A value that cannot be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what} of {found}: expected {expected}")]
pub struct Error {
    /// Which value.
    pub what: &'static str,
    /// What was given.
    pub found: f64,
    /// What it has to be.
    pub expected: &'static str,
}

/// The weather of a day, or the mean day of a month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weather {
    /// Day of the year, from 1; of a month, its middle.
    pub day_of_year: u16,
    /// Degrees, north above zero; between the polar circles.
    pub latitude: f64,
    /// Metres above the sea.
    pub altitude: f64,
    /// Highest temperature, °C.
    pub highest: f64,
    /// Lowest temperature, °C.
    pub lowest: f64,
    /// Actual vapour pressure, kPa ([`vapour_pressure`]).
    pub vapour: f64,
    /// Wind two metres above the ground, m/s ([`wind_at_two_metres`]).
    pub wind: f64,
    /// Hours of sunshine.
    pub sunshine: f64,
    /// Heat that goes into the soil, MJ/(m² day): none for a day.
    pub soil_heat: f64,
}

/// What the evapotranspiration is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evapotranspiration {
    /// Reference evapotranspiration, mm/day.
    pub millimetres: f64,
    /// Radiation above the air, MJ/(m² day).
    pub extraterrestrial: f64,
    /// Longest possible sunshine, hours.
    pub daylight: f64,
    /// Radiation on the ground, MJ/(m² day).
    pub solar: f64,
    /// What of it stays, MJ/(m² day).
    pub net: f64,
}

/// Reference evapotranspiration (equation 6).
///
/// # Errors
/// Which value cannot be.
pub fn reference_evapotranspiration(weather: &Weather) -> Result<Evapotranspiration, Error> {
    check(weather)?;
    let (extraterrestrial, daylight) = sun(weather);
    let sunny = (weather.sunshine / daylight).min(1.0);
    let solar = (ANGSTROM.0 + ANGSTROM.1 * sunny) * extraterrestrial;
    let clear = (0.75 + 2e-5 * weather.altitude) * extraterrestrial;
    let net = (1.0 - ALBEDO) * solar - outgoing(weather, (solar / clear).min(1.0));
    let mean = f64::midpoint(weather.highest, weather.lowest);
    let saturated = f64::midpoint(saturation(weather.highest), saturation(weather.lowest));
    let slope = 4_098.0 * saturation(mean) / (mean + 237.3).powi(2);
    let psychrometric = 0.665e-3 * pressure(weather.altitude);
    let radiation = 0.408 * slope * (net - weather.soil_heat);
    let dryness = psychrometric * 900.0 / (mean + 273.0) * weather.wind * (saturated - weather.vapour);
    let millimetres = (radiation + dryness) / (slope + psychrometric * (1.0 + 0.34 * weather.wind));
    Ok(Evapotranspiration { millimetres, extraterrestrial, daylight, solar, net })
}

/// Vapour pressure of saturated air, kPa, by its temperature in °C (equation 11).
pub fn saturation(celsius: f64) -> f64 {
    0.6108 * (17.27 * celsius / (celsius + 237.3)).exp()
}

/// Actual vapour pressure, kPa, by a day's extremes of temperature and of relative humidity in per cent (equation 17).
pub fn vapour_pressure(highest: f64, lowest: f64, most_humid: f64, least_humid: f64) -> f64 {
    f64::midpoint(saturation(lowest) * most_humid, saturation(highest) * least_humid) / 100.0
}

/// Wind speed two metres above the ground of one measured higher up, in metres (equation 47); `None` below 1 m.
pub fn wind_at_two_metres(speed: f64, height: f64) -> Option<f64> {
    (height >= 1.0).then(|| speed * 4.87 / (67.8 * height - 5.42).ln())
}

/// Heat that goes into the soil in a month, MJ/(m² day), by its mean temperature and that of the month before
/// (equation 44).
pub fn soil_heat_of_month(mean: f64, before: f64) -> f64 {
    0.14 * (mean - before)
}

/// Pressure of air at an altitude, kPa (equation 7).
fn pressure(altitude: f64) -> f64 {
    101.3 * ((293.0 - 0.0065 * altitude) / 293.0).powf(5.26)
}

/// Radiation above the air and hours from sunrise to sunset (equations 21 to 25 and 34).
fn sun(weather: &Weather) -> (f64, f64) {
    let season = TAU / 365.0 * f64::from(weather.day_of_year);
    let distance = 1.0 + 0.033 * season.cos();
    let declination = 0.409 * (season - 1.39).sin();
    let latitude = weather.latitude.to_radians();
    let sunset = (-latitude.tan() * declination.tan()).clamp(-1.0, 1.0).acos();
    let height =
        sunset * latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * sunset.sin();
    (24.0 * 60.0 / PI * SOLAR * distance * height, 24.0 / PI * sunset)
}

/// Net long-wave radiation that leaves, by how clear the sky is (equation 39).
fn outgoing(weather: &Weather, clearness: f64) -> f64 {
    let fourth = |celsius: f64| (celsius + KELVIN).powi(4);
    let warmth = f64::midpoint(fourth(weather.highest), fourth(weather.lowest));
    STEFAN_BOLTZMANN * warmth * (0.34 - 0.14 * weather.vapour.sqrt()) * (1.35 * clearness - 0.35)
}

fn check(weather: &Weather) -> Result<(), Error> {
    let day = f64::from(weather.day_of_year);
    for (what, found, least, most, expected) in [
        ("day of the year", day, 1.0, 366.0, "1 to 366"),
        ("latitude", weather.latitude, -66.0, 66.0, "-66 to 66 degrees"),
        ("altitude", weather.altitude, -500.0, 9_000.0, "-500 to 9000 metres"),
        ("lowest temperature", weather.lowest, -90.0, 60.0, "-90 to 60 degrees"),
        ("highest temperature", weather.highest, weather.lowest, 60.0, "the lowest to 60 degrees"),
        ("vapour pressure", weather.vapour, 0.0, 20.0, "0 to 20 kPa"),
        ("wind", weather.wind, 0.0, 100.0, "0 to 100 m/s"),
        ("sunshine", weather.sunshine, 0.0, 24.0, "0 to 24 hours"),
        ("soil heat", weather.soil_heat, -50.0, 50.0, "-50 to 50 MJ"),
    ] {
        if !(least..=most).contains(&found) {
            return Err(Error { what, found, expected });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found}, expected {expected}");
    }

    /// Example 18: Uccle (Brussels) on 6 July.
    fn uccle() -> Weather {
        Weather {
            day_of_year: 187,
            latitude: 50.0 + 48.0 / 60.0,
            altitude: 100.0,
            highest: 21.5,
            lowest: 12.3,
            vapour: vapour_pressure(21.5, 12.3, 84.0, 63.0),
            wind: wind_at_two_metres(10.0 / 3.6, 10.0).unwrap(),
            sunshine: 9.25,
            soil_heat: 0.0,
        }
    }

    #[test]
    fn example_18_a_day_in_brussels() {
        let weather = uccle();
        near(weather.vapour, 1.409, 0.001);
        near(weather.wind, 2.078, 0.001);
        let found = reference_evapotranspiration(&weather).unwrap();
        near(found.extraterrestrial, 41.09, 0.01);
        near(found.daylight, 16.1, 0.05);
        near(found.solar, 22.07, 0.02);
        near(found.net, 13.28, 0.02);
        near(found.millimetres, 3.88, 0.01);
    }

    #[test]
    fn example_17_april_in_bangkok() {
        let weather = Weather {
            day_of_year: 105,
            latitude: 13.0 + 44.0 / 60.0,
            altitude: 2.0,
            highest: 34.8,
            lowest: 25.6,
            vapour: 2.85,
            wind: 2.0,
            sunshine: 8.5,
            soil_heat: soil_heat_of_month(30.2, 29.2),
        };
        let found = reference_evapotranspiration(&weather).unwrap();
        near(found.extraterrestrial, 38.06, 0.02);
        near(found.net, 14.33, 0.02);
        near(found.millimetres, 5.72, 0.01);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (weather, expected) in [
            (Weather { day_of_year: 0, ..uccle() }, "day of the year of 0: expected 1 to 366"),
            (Weather { latitude: 70.0, ..uccle() }, "latitude of 70: expected -66 to 66 degrees"),
            (
                Weather { highest: 12.0, ..uccle() },
                "highest temperature of 12: expected the lowest to 60 degrees",
            ),
            (Weather { wind: f64::NAN, ..uccle() }, "wind of NaN: expected 0 to 100 m/s"),
        ] {
            assert_eq!(reference_evapotranspiration(&weather).unwrap_err().to_string(), expected);
        }
        assert_eq!(wind_at_two_metres(1.0, 0.05), None);
    }
}
