//! Waste water (HJ 212-2017, appendix D): volumes, mean flows and loads.

use super::{Error, that};

const LITRES_OF_CUBIC_METRE: f64 = 1_000.0;

/// Cubic metres of a flow in L/s over some seconds. The volume of a period is the sum over its samples, which are to be
/// no more than five seconds apart.
///
/// # Errors
/// Where one of them is below zero.
pub fn volume(flow: f64, seconds: f64) -> Result<f64, Error> {
    let flow = that("flow", flow, flow >= 0.0, "litres a second of 0 or more")?;
    Ok(flow * that("time", seconds, seconds >= 0.0, "seconds of 0 or more")? / LITRES_OF_CUBIC_METRE)
}

/// Mean flow in L/s of a volume in m³ over some seconds.
///
/// # Errors
/// Where the volume is below zero or no time has passed.
pub fn mean_flow(volume: f64, seconds: f64) -> Result<f64, Error> {
    let volume = that("volume", volume, volume >= 0.0, "cubic metres of 0 or more")?;
    Ok(volume * LITRES_OF_CUBIC_METRE / that("time", seconds, seconds > 0.0, "seconds above 0")?)
}

/// What is let out, kg: of a volume in m³ and its concentration in mg/L.
///
/// # Errors
/// Where one of them is below zero.
pub fn load(volume: f64, concentration: f64) -> Result<f64, Error> {
    let volume = that("volume", volume, volume >= 0.0, "cubic metres of 0 or more")?;
    let concentration =
        that("concentration", concentration, concentration >= 0.0, "milligrams a litre of 0 or more")?;
    Ok(volume * concentration / LITRES_OF_CUBIC_METRE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_of_the_standard_s_packet() {
        // `w00000-Cou=63.0` with `w00000-Avg=17.5`: 17.5 L/s over an hour.
        assert_eq!(volume(17.5, 3_600.0), Ok(63.0));
        assert_eq!(mean_flow(63.0, 3_600.0), Ok(17.5));
        assert!((load(63.0, 40.0).unwrap() - 2.52).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert_eq!(mean_flow(1.0, 0.0).unwrap_err().to_string(), "time of 0: expected seconds above 0");
        assert!(volume(-1.0, 1.0).is_err() && load(1.0, f64::NAN).is_err());
    }
}
