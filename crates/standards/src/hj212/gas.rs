//! Flue gas (HJ 212-2017, appendix D): from what is measured in the duct to dry gas at standard state, to the reference
//! oxygen content, and to what is let out.

use super::{Error, that};

/// Standard state: 0 °C in kelvin as the standard has it, and 101 325 Pa.
const STANDARD_KELVIN: f64 = 273.0;
const STANDARD_PASCAL: f64 = 101_325.0;
/// Oxygen in air as the formulas have it, in per cent.
const OXYGEN_OF_AIR: f64 = 21.0;
/// Litres of a mole at standard state.
const MOLAR_LITRES: f64 = 22.4;
/// NO2 and NO, grams of a mole.
const NO2_MOLAR: f64 = 46.0;
const NO_MOLAR: f64 = 30.0;
const SECONDS_OF_HOUR: f64 = 3_600.0;
const KILOGRAMS_OF_MILLIGRAM: f64 = 1e-6;

/// How the gas in a duct is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// Pressure of the atmosphere, Pa (`Ba`).
    pub atmosphere_pa: f64,
    /// Pressure of the duct against it, Pa (`Ps`); below zero where a fan draws.
    pub static_pa: f64,
    /// Temperature, °C (`ts`).
    pub temperature_c: f64,
    /// Share of water vapour by volume, from 0 to below 1 (`Xsw`). A hygrometer's per cent are to be divided by 100.
    pub moisture: f64,
}

impl Conditions {
    /// How many times as large a volume is at standard state, still wet.
    fn shrink(&self) -> Result<f64, Error> {
        let pressure = self.atmosphere_pa + self.static_pa;
        let pressure = that("pressure", pressure, pressure > 0.0, "pascals above 0")?;
        let kelvin = STANDARD_KELVIN + self.temperature_c;
        let kelvin = that("temperature", kelvin, kelvin > 0.0, "kelvins above 0")?;
        Ok(STANDARD_KELVIN / kelvin * pressure / STANDARD_PASCAL)
    }

    /// The share of the gas that is dry.
    fn dry_share(&self) -> Result<f64, Error> {
        let fits = (0.0..1.0).contains(&self.moisture);
        Ok(1.0 - that("moisture", self.moisture, fits, "a share from 0 to below 1")?)
    }
}

/// Concentration at the conditions of the duct, mg/m³, to dry gas at standard state.
///
/// # Errors
/// Where conditions or concentration cannot be.
pub fn standard_dry(concentration: f64, conditions: &Conditions) -> Result<f64, Error> {
    Ok(measured(concentration)? / conditions.shrink()? / conditions.dry_share()?)
}

/// A share or concentration of wet gas to one of dry gas: oxygen, for one.
///
/// # Errors
/// Where moisture is no share, or the concentration is below zero.
pub fn dry(wet: f64, moisture: f64) -> Result<f64, Error> {
    let share = that("moisture", moisture, (0.0..1.0).contains(&moisture), "a share from 0 to below 1")?;
    Ok(measured(wet)? / (1.0 - share))
}

/// Millionths by volume to mg/m³ at standard state, by the grams of a mole.
///
/// # Errors
/// Where one of them is below zero.
pub fn from_ppm(ppm: f64, molar_grams: f64) -> Result<f64, Error> {
    let molar = that("molar mass", molar_grams, molar_grams > 0.0, "grams above 0")?;
    Ok(measured(ppm)? * molar / MOLAR_LITRES)
}

/// Nitrogen oxides, reported as nitrogen dioxide, of NO and NO2 in mg/m³.
///
/// # Errors
/// Where one of them is below zero.
pub fn nox_as_no2(no: f64, no2: f64) -> Result<f64, Error> {
    Ok(measured(no)? * NO2_MOLAR / NO_MOLAR + measured(no2)?)
}

/// The converted value: what the concentration of dry gas would be at the reference oxygen content, both oxygen contents
/// in per cent of dry gas.
///
/// # Errors
/// Where an oxygen content is not from 0 to below 21. At 21 the duct has air in it, and no value can be converted.
pub fn by_oxygen(concentration: f64, oxygen: f64, reference_oxygen: f64) -> Result<f64, Error> {
    let fuel = |what, percent: f64| {
        let fits = (0.0..OXYGEN_OF_AIR).contains(&percent);
        Ok(OXYGEN_OF_AIR - that(what, percent, fits, "per cent from 0 to below 21")?)
    };
    let (found, reference) = (fuel("oxygen", oxygen)?, fuel("reference oxygen", reference_oxygen)?);
    Ok(measured(concentration)? * reference / found)
}

/// The coefficient of excess air of a gas by its oxygen, per cent of dry gas.
///
/// # Errors
/// Where the oxygen content is not from 0 to below 21.
pub fn excess_air(oxygen: f64) -> Result<f64, Error> {
    let fits = (0.0..OXYGEN_OF_AIR).contains(&oxygen);
    Ok(OXYGEN_OF_AIR / (OXYGEN_OF_AIR - that("oxygen", oxygen, fits, "per cent from 0 to below 21")?))
}

/// The converted value by coefficients of excess air, that of the gas and that of the emission standard.
///
/// # Errors
/// Where a coefficient is below 1, or the concentration below zero.
pub fn by_excess_air(concentration: f64, found: f64, reference: f64) -> Result<f64, Error> {
    let coefficient = |what, value: f64| that(what, value, value >= 1.0, "a coefficient of 1 or more");
    let (found, reference) =
        (coefficient("excess air", found)?, coefficient("reference excess air", reference)?);
    Ok(measured(concentration)? * found / reference)
}

/// Flow at the conditions of the duct, m³/h, of its section in m² and the gas's mean speed in m/s.
///
/// # Errors
/// Where one of them is below zero.
pub fn flow(section: f64, speed: f64) -> Result<f64, Error> {
    let section = that("section", section, section >= 0.0, "square metres of 0 or more")?;
    Ok(SECONDS_OF_HOUR * section * that("speed", speed, speed >= 0.0, "metres a second of 0 or more")?)
}

/// A flow at the conditions of the duct to one of dry gas at standard state, both in m³/h.
///
/// # Errors
/// Where conditions or flow cannot be.
pub fn flow_dry_standard(flow: f64, conditions: &Conditions) -> Result<f64, Error> {
    let flow = that("flow", flow, flow >= 0.0, "cubic metres of 0 or more")?;
    Ok(flow * conditions.shrink()? * conditions.dry_share()?)
}

/// What is let out, kg/h: of concentration and flow of dry gas at standard state, in mg/m³ and m³/h. It is never made
/// of a converted value.
///
/// # Errors
/// Where one of them is below zero.
pub fn emission_rate(concentration: f64, flow: f64) -> Result<f64, Error> {
    let flow = that("flow", flow, flow >= 0.0, "cubic metres of 0 or more")?;
    Ok(measured(concentration)? * flow * KILOGRAMS_OF_MILLIGRAM)
}

fn measured(concentration: f64) -> Result<f64, Error> {
    that("concentration", concentration, concentration >= 0.0, "0 or more")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A duct high above the sea: 89 500 Pa, 130 °C, a tenth of it vapour.
    const DUCT: Conditions =
        Conditions { atmosphere_pa: 90_000.0, static_pa: -500.0, temperature_c: 130.0, moisture: 0.1 };

    #[track_caller]
    fn near(found: Result<f64, Error>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() <= expected.abs() * 1e-5, "{found}, expected {expected}");
    }

    #[test]
    fn a_measured_value_step_by_step() {
        // 100 x 101325/89500 x 403/273 / 0.9
        near(standard_dry(100.0, &DUCT), 185.6921);
        near(by_oxygen(185.6921, 9.0, 6.0), 232.1151);
        near(dry(8.1, 0.1), 9.0);
        // 3600 x 5 x 12, then x 273/403 x 89500/101325 x 0.9
        near(flow(5.0, 12.0), 216_000.0);
        near(flow_dry_standard(216_000.0, &DUCT), 116_321.6);
        near(emission_rate(185.6921, 116_321.6), 21.6);
    }

    #[test]
    fn gases() {
        near(from_ppm(100.0, 64.0), 285.7143);
        near(nox_as_no2(30.0, 4.0), 50.0);
        near(excess_air(9.0), 1.75);
        near(by_excess_air(100.0, 1.8, 1.2), 150.0);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (found, expected) in [
            (by_oxygen(1.0, 21.0, 6.0), "oxygen of 21: expected per cent from 0 to below 21"),
            (by_oxygen(1.0, 6.0, -1.0), "reference oxygen of -1: expected per cent from 0 to below 21"),
            (by_oxygen(f64::NAN, 6.0, 6.0), "concentration of NaN: expected 0 or more"),
            (emission_rate(f64::INFINITY, 1.0), "concentration of inf: expected 0 or more"),
            (dry(1.0, 1.0), "moisture of 1: expected a share from 0 to below 1"),
            (by_excess_air(1.0, 0.9, 1.2), "excess air of 0.9: expected a coefficient of 1 or more"),
            (
                standard_dry(1.0, &Conditions { atmosphere_pa: 0.0, ..DUCT }),
                "pressure of -500: expected pascals above 0",
            ),
            (
                standard_dry(1.0, &Conditions { temperature_c: -273.0, ..DUCT }),
                "temperature of 0: expected kelvins above 0",
            ),
        ] {
            assert_eq!(found.unwrap_err().to_string(), expected);
        }
    }

    proptest! {
        #[test]
        fn both_conversions_agree(concentration in 0.0f64..1e4, oxygen in 0.0f64..20.0, reference in 0.0f64..20.0) {
            let coefficients = (excess_air(oxygen).unwrap(), excess_air(reference).unwrap());
            let by_air = by_excess_air(concentration, coefficients.0, coefficients.1).unwrap();
            near(by_oxygen(concentration, oxygen, reference), by_air);
        }

        #[test]
        fn mass_is_the_same_in_both_states(concentration in 0.0f64..1e4, speed in 0.1f64..40.0, celsius in 0.0f64..400.0) {
            let conditions = Conditions { temperature_c: celsius, ..DUCT };
            let moved = flow(2.0, speed).unwrap();
            let standard = emission_rate(
                standard_dry(concentration, &conditions).unwrap(),
                flow_dry_standard(moved, &conditions).unwrap(),
            );
            near(standard, emission_rate(concentration, moved).unwrap());
        }
    }
}
