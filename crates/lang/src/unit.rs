//! Units: symbol, UN/CEFACT common code (Recommendation 20), dimension, and the exact factor to the base units.
//!
//! To add a unit: one row in [`TABLE`]. Only exact factors; what has none (a calendar month, degrees Celsius against
//! kelvin) gets a dimension of its own and converts to nothing.

use std::fmt;

/// Exponents of: metre, kilogram, second, ampere, degree Celsius, kelvin, yuan, decibel, lux, degree of angle.
type Dimension = [i8; 10];

/// A unit of the table. `PartialEq` is identity: mg/L and g/m³ are two units that convert by 1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Unit(&'static Row);

#[derive(Debug, PartialEq, Eq)]
struct Row {
    symbol: &'static str,
    /// Other spellings, besides those that [`plain`] brings together.
    aliases: &'static [&'static str],
    code: Option<&'static str>,
    dimension: Dimension,
    /// How many base units one of it is: numerator, denominator.
    factor: (i64, i64),
}

/// An exact factor, reduced, above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ratio {
    pub over: i128,
    pub under: i128,
}

const fn row(
    symbol: &'static str,
    aliases: &'static [&'static str],
    code: &'static str,
    dimension: Dimension,
    factor: (i64, i64),
) -> Row {
    Row { symbol, aliases, code: if code.is_empty() { None } else { Some(code) }, dimension, factor }
}

/// A dimension of mechanics.
const fn mks(length: i8, mass: i8, time: i8) -> Dimension {
    [length, mass, time, 0, 0, 0, 0, 0, 0, 0]
}

/// A dimension with one base unit only.
const fn base(index: usize) -> Dimension {
    let mut dimension = mks(0, 0, 0);
    dimension[index] = 1;
    dimension
}

const NONE: Dimension = mks(0, 0, 0);
const LENGTH: Dimension = mks(1, 0, 0);
const AREA: Dimension = mks(2, 0, 0);
const VOLUME: Dimension = mks(3, 0, 0);
const MASS: Dimension = mks(0, 1, 0);
const TIME: Dimension = mks(0, 0, 1);
const DENSITY: Dimension = mks(-3, 1, 0);
const SPEED: Dimension = mks(1, 0, -1);
const FLOW: Dimension = mks(3, 0, -1);
const MASS_FLOW: Dimension = mks(0, 1, -1);
const DEPOSIT: Dimension = mks(-2, 1, 0);
const PRESSURE: Dimension = mks(-1, 1, -2);
const ENERGY: Dimension = mks(2, 1, -2);
const POWER: Dimension = mks(2, 1, -3);
const FREQUENCY: Dimension = mks(0, 0, -1);
const VOLTAGE: Dimension = [2, 1, -3, -1, 0, 0, 0, 0, 0, 0];

/// A million, and its powers.
const M: i64 = 1_000_000;
const M2: i64 = M * M;

/// Every unit. Of two with the same dimension and factor the first is the one that products get.
const TABLE: &[Row] = &[
    // Shares of a whole. They have no dimension, and still are not plain numbers: 20 % is never compared with 20.
    row("%", &["percent"], "P1", NONE, (1, 100)),
    row("‰", &[], "NX", NONE, (1, 1_000)),
    row("ppm", &[], "59", NONE, (1, M)),
    row("km", &[], "KMT", LENGTH, (1_000, 1)),
    row("m", &[], "MTR", LENGTH, (1, 1)),
    row("cm", &[], "CMT", LENGTH, (1, 100)),
    row("mm", &[], "MMT", LENGTH, (1, 1_000)),
    row("µm", &[], "4H", LENGTH, (1, M)),
    row("km²", &[], "KMK", AREA, (M, 1)),
    row("ha", &[], "HAR", AREA, (10_000, 1)),
    // One fifteenth of a hectare.
    row("亩", &["mu"], "", AREA, (2_000, 3)),
    row("m²", &["㎡"], "MTK", AREA, (1, 1)),
    row("m³", &["㎥"], "MTQ", VOLUME, (1, 1)),
    row("L", &["l"], "LTR", VOLUME, (1, 1_000)),
    row("mL", &["ml"], "MLT", VOLUME, (1, M)),
    row("t", &[], "TNE", MASS, (1_000, 1)),
    row("kg", &[], "KGM", MASS, (1, 1)),
    row("g", &[], "GRM", MASS, (1, 1_000)),
    row("mg", &[], "MGM", MASS, (1, M)),
    row("µg", &[], "MC", MASS, (1, 1_000 * M)),
    row("d", &["day", "days", "天"], "DAY", TIME, (86_400, 1)),
    row("h", &["hour", "hours", "小时"], "HUR", TIME, (3_600, 1)),
    row("min", &["minute", "minutes", "分钟"], "MIN", TIME, (60, 1)),
    row("s", &["second", "seconds", "秒"], "SEC", TIME, (1, 1)),
    row("ms", &[], "C26", TIME, (1, 1_000)),
    row("µs", &[], "B98", TIME, (1, M)),
    row("kg/m³", &[], "KMQ", DENSITY, (1, 1)),
    row("g/m³", &[], "A93", DENSITY, (1, 1_000)),
    row("mg/m³", &[], "GP", DENSITY, (1, M)),
    row("µg/m³", &[], "GQ", DENSITY, (1, 1_000 * M)),
    row("ng/m³", &[], "", DENSITY, (1, M2)),
    row("g/L", &["g/l"], "GL", DENSITY, (1, 1)),
    row("mg/L", &["mg/l"], "M1", DENSITY, (1, 1_000)),
    row("µg/L", &["µg/l"], "H29", DENSITY, (1, M)),
    row("m/s", &[], "MTS", SPEED, (1, 1)),
    row("km/h", &[], "KMH", SPEED, (5, 18)),
    row("mm/h", &[], "H67", SPEED, (1, 3_600 * 1_000)),
    row("m³/s", &[], "MQS", FLOW, (1, 1)),
    row("m³/h", &[], "MQH", FLOW, (1, 3_600)),
    row("m³/d", &[], "G52", FLOW, (1, 86_400)),
    row("L/s", &["l/s"], "G51", FLOW, (1, 1_000)),
    row("L/min", &["l/min"], "L2", FLOW, (1, 60_000)),
    row("kg/s", &[], "KGS", MASS_FLOW, (1, 1)),
    row("kg/h", &[], "E93", MASS_FLOW, (1, 3_600)),
    row("t/h", &[], "E18", MASS_FLOW, (1_000, 3_600)),
    row("t/d", &[], "L71", MASS_FLOW, (1_000, 86_400)),
    row("g/s", &[], "F29", MASS_FLOW, (1, 1_000)),
    row("mg/s", &[], "F34", MASS_FLOW, (1, M)),
    row("kg/d", &[], "F30", MASS_FLOW, (1, 86_400)),
    row("g/h", &[], "F27", MASS_FLOW, (1, 3_600 * 1_000)),
    row("kg/m²", &[], "28", DEPOSIT, (1, 1)),
    row("g/m²", &[], "GM", DEPOSIT, (1, 1_000)),
    row("t/km²", &[], "", DEPOSIT, (1, 1_000)),
    row("MPa", &[], "MPA", PRESSURE, (M, 1)),
    row("kPa", &[], "KPA", PRESSURE, (1_000, 1)),
    row("hPa", &[], "A97", PRESSURE, (100, 1)),
    row("Pa", &[], "PAL", PRESSURE, (1, 1)),
    row("bar", &[], "BAR", PRESSURE, (100_000, 1)),
    row("J", &[], "JOU", ENERGY, (1, 1)),
    row("kJ", &[], "KJO", ENERGY, (1_000, 1)),
    row("MJ", &[], "3B", ENERGY, (M, 1)),
    row("GJ", &[], "GV", ENERGY, (1_000 * M, 1)),
    row("kWh", &["千瓦时"], "KWH", ENERGY, (3_600 * 1_000, 1)),
    row("MWh", &[], "MWH", ENERGY, (3_600 * M, 1)),
    row("W", &[], "WTT", POWER, (1, 1)),
    row("kW", &[], "KWT", POWER, (1_000, 1)),
    row("MW", &[], "MAW", POWER, (M, 1)),
    row("Hz", &[], "HTZ", FREQUENCY, (1, 1)),
    row("V", &[], "VLT", VOLTAGE, (1, 1)),
    row("kV", &[], "KVT", VOLTAGE, (1_000, 1)),
    row("A", &[], "AMP", base(3), (1, 1)),
    row("°C", &["℃", "degC"], "CEL", base(4), (1, 1)),
    row("K", &[], "KEL", base(5), (1, 1)),
    row("元", &["CNY", "yuan"], "", base(6), (1, 1)),
    row("万元", &[], "", base(6), (10_000, 1)),
    row("分", &["fen"], "", base(6), (1, 100)),
    row("dB", &["dB(A)"], "2N", base(7), (1, 1)),
    row("lx", &[], "LUX", base(8), (1, 1)),
    row("°", &["deg"], "DD", base(9), (1, 1)),
];

impl Unit {
    /// Reads a symbol: `mg/m³`, or in ASCII `mg/m3`. Capitals count: `MW` is not `mW`.
    pub fn parse(symbol: &str) -> Option<Self> {
        let wanted = plain(symbol);
        let named = |row: &&'static Row| {
            plain(row.symbol) == wanted || row.aliases.iter().any(|alias| plain(alias) == wanted)
        };
        TABLE.iter().find(named).map(Self)
    }

    /// The unit of a UN/CEFACT common code, as NGSI-LD's `unitCode` gives it: `GP` is mg/m³.
    pub fn by_code(code: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.code == Some(code)).map(Self)
    }

    /// How it is written: `mg/m³`.
    pub const fn symbol(self) -> &'static str {
        self.0.symbol
    }

    /// Its UN/CEFACT common code, where there is one.
    pub const fn code(self) -> Option<&'static str> {
        self.0.code
    }

    /// Whether values in the two units can be compared.
    pub fn converts_to(self, other: Self) -> bool {
        self.0.dimension == other.0.dimension
    }

    /// By what a value in this unit is multiplied to be one in `other`: what stands above and below the line, reduced.
    /// Nothing if the two cannot be compared.
    pub fn exact_factor(self, other: Self) -> Option<(i128, i128)> {
        self.factor_to(other).map(|ratio| (ratio.over, ratio.under))
    }

    /// Whether it measures time, so that durations can be compared with it.
    pub fn is_time(self) -> bool {
        self.0.dimension == TIME
    }

    /// By what a value in this unit is multiplied to be one in `other`.
    pub(crate) fn factor_to(self, other: Self) -> Option<Ratio> {
        if self.converts_to(other) { self.ratio().divide(other.ratio()) } else { None }
    }

    /// The unit of a product or quotient, and by what the product of the two numbers is multiplied. No unit is a
    /// plain number. Nothing, if the table has no unit of that dimension.
    pub(crate) fn combine(
        left: Option<Self>,
        right: Option<Self>,
        divide: bool,
    ) -> Option<(Option<Self>, Ratio)> {
        let (left_dimension, left_ratio) = measure(left);
        let (right_dimension, right_ratio) = measure(right);
        let mut dimension = left_dimension;
        for (exponent, other) in dimension.iter_mut().zip(right_dimension) {
            *exponent = if divide { exponent.checked_sub(other)? } else { exponent.checked_add(other)? };
        }
        let ratio =
            if divide { left_ratio.divide(right_ratio)? } else { left_ratio.multiply(right_ratio)? };
        if dimension == NONE {
            return Some((None, ratio));
        }
        // The unit of an operand is kept where it fits; then one that needs no factor; then any.
        let of_dimension = || TABLE.iter().map(Self).filter(|unit| unit.0.dimension == dimension);
        let kept = [left, right].into_iter().flatten().find(|unit| unit.0.dimension == dimension);
        let exact = || of_dimension().find(|unit| unit.ratio() == ratio);
        let unit = kept.or_else(exact).or_else(|| of_dimension().next())?;
        Some((Some(unit), ratio.divide(unit.ratio())?))
    }

    /// Every spelling, for suggestions.
    pub(crate) fn spellings() -> impl Iterator<Item = &'static str> {
        TABLE.iter().flat_map(|row| row.aliases.iter().copied().chain([row.symbol]))
    }

    fn ratio(self) -> Ratio {
        let (over, under) = self.0.factor;
        Ratio::new(over.into(), under.into()).unwrap_or(Ratio::ONE)
    }
}

fn measure(unit: Option<Unit>) -> (Dimension, Ratio) {
    unit.map_or((NONE, Ratio::ONE), |unit| (unit.0.dimension, unit.ratio()))
}

/// One form of the spellings that differ in characters only.
fn plain(symbol: &str) -> String {
    symbol
        .chars()
        .map(|c| match c {
            'µ' | 'μ' => 'u',
            '²' => '2',
            '³' => '3',
            c => c,
        })
        .collect()
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl Ratio {
    pub const ONE: Self = Self { over: 1, under: 1 };

    /// Reduced; nothing unless both are above zero.
    pub fn new(over: i128, under: i128) -> Option<Self> {
        if over <= 0 || under <= 0 {
            return None;
        }
        let (mut a, mut b) = (over, under);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Some(Self { over: over / a, under: under / a })
    }

    fn multiply(self, by: Self) -> Option<Self> {
        Self::new(self.over.checked_mul(by.over)?, self.under.checked_mul(by.under)?)
    }

    fn divide(self, by: Self) -> Option<Self> {
        self.multiply(Self { over: by.under, under: by.over })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn unit(symbol: &str) -> Unit {
        Unit::parse(symbol).unwrap_or_else(|| panic!("{symbol}"))
    }

    #[test]
    fn spellings_are_read_and_none_means_two_units() {
        for (spelling, symbol) in [
            ("mg/m3", "mg/m³"),
            ("ug/m3", "µg/m³"),
            ("μg/m³", "µg/m³"),
            ("℃", "°C"),
            ("CNY", "元"),
            ("m2", "m²"),
            ("hours", "h"),
        ] {
            assert_eq!(unit(spelling).symbol(), symbol);
        }
        assert_eq!(Unit::parse("Mg/m³"), None);
        assert_eq!(Unit::by_code("GP").map(Unit::symbol), Some("mg/m³"));
        let spellings: Vec<String> = Unit::spellings().map(plain).collect();
        assert_eq!(spellings.iter().collect::<BTreeSet<_>>().len(), spellings.len());
        let codes: Vec<_> = TABLE.iter().filter_map(|row| row.code).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    }

    #[test]
    fn factors_are_exact() {
        for (from, to, expected) in [
            ("mg/m³", "µg/m³", Some((1_000, 1))),
            ("mg/L", "g/m³", Some((1, 1))),
            ("km/h", "m/s", Some((5, 18))),
            ("m³/h", "m³/s", Some((1, 3_600))),
            ("kWh", "MJ", Some((18, 5))),
            ("亩", "m²", Some((2_000, 3))),
            ("mg/m³", "m³/s", None),
            ("°C", "K", None),
            ("%", "‰", Some((10, 1))),
        ] {
            let factor = unit(from).factor_to(unit(to));
            assert_eq!(factor.map(|ratio| (ratio.over, ratio.under)), expected, "{from} to {to}");
        }
    }

    #[test]
    fn products_find_their_unit() {
        let some = |symbol: &str| (symbol != "1").then(|| unit(symbol));
        for (left, right, divide, expected) in [
            ("mg/m³", "m³/s", false, Some(("mg/s", (1, 1)))),
            ("kW", "h", false, Some(("kWh", (1, 1)))),
            ("kg", "h", true, Some(("kg/h", (1, 1)))),
            ("mg/m³", "%", false, Some(("mg/m³", (1, 100)))),
            ("mg/m³", "µg/m³", true, Some(("1", (1_000, 1)))),
            ("%", "%", false, Some(("1", (1, 10_000)))),
            ("1", "s", true, Some(("Hz", (1, 1)))),
            ("m³", "m³", false, None),
        ] {
            let found = Unit::combine(some(left), some(right), divide);
            let found = found.map(|(unit, ratio)| (unit, (ratio.over, ratio.under)));
            assert_eq!(found, expected.map(|(unit, ratio)| (some(unit), ratio)), "{left} {right}");
        }
    }
}
