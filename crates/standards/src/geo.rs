//! Coordinates on Chinese maps: GCJ-02, in which public maps must be drawn, and BD-09, to and from WGS-84.
//!
//! Neither is published; the formulas are those that all open programs share, and hold to about a metre. CGCS2000, the
//! national datum, differs from WGS-84 by centimetres and is taken for it. The way back has no formula: it is found by
//! trying, until it maps forward to where one came from.

use std::f64::consts::PI;

use crate::Unsure;

/// What of this module was not read in a published text.
pub const UNSURE: &[Unsure] = &[Unsure {
    standard: "GCJ-02 and BD-09",
    taken: "the formulas, and the box in which points are shifted",
    rests_on: "open programs that agree with each other",
}];

/// Semi-major axis of the Krasovsky ellipsoid, in metres.
const AXIS: f64 = 6_378_245.0;
/// The square of its eccentricity, as the programs have it.
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
/// The mean radius of the earth, in metres.
const MEAN_RADIUS: f64 = 6_371_008.8;
/// The angle that BD-09 turns by.
const BD_ANGLE: f64 = PI * 3_000.0 / 180.0;
/// Turns of the search back; each makes the rest some hundred times smaller.
const TURNS: usize = 10;
/// West, east, south and north of the box in which points are shifted.
const BOX: [f64; 4] = [72.004, 137.8347, 0.8293, 55.8271];

/// A point in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// East of Greenwich.
    pub longitude: f64,
    /// North of the equator.
    pub latitude: f64,
}

impl Point {
    /// A point by its longitude and latitude.
    pub const fn new(longitude: f64, latitude: f64) -> Self {
        Self { longitude, latitude }
    }

    fn add(self, other: Self) -> Self {
        Self::new(self.longitude + other.longitude, self.latitude + other.latitude)
    }

    fn less(self, other: Self) -> Self {
        Self::new(self.longitude - other.longitude, self.latitude - other.latitude)
    }
}

/// A datum in which a point may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datum {
    /// That of satellite navigation, and of GeoJSON (RFC 7946).
    Wgs84,
    /// That of published maps of the mainland.
    Gcj02,
    /// That of one publisher of maps.
    Bd09,
}

impl Datum {
    /// A point of this datum in WGS-84.
    pub fn to_wgs84(self, point: Point) -> Point {
        match self {
            Self::Wgs84 => point,
            Self::Gcj02 => gcj02_to_wgs84(point),
            Self::Bd09 => bd09_to_wgs84(point),
        }
    }
}

/// How far two points are apart on the sphere, in metres (haversine).
pub fn metres(a: Point, b: Point) -> f64 {
    let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
    let along = a.latitude.to_radians().cos() * b.latitude.to_radians().cos();
    let h = half(a.latitude, b.latitude) + along * half(a.longitude, b.longitude);
    2.0 * MEAN_RADIUS * h.sqrt().min(1.0).asin()
}

/// Whether a point lies in the box around the mainland in which GCJ-02 shifts. Outside it stays as it is.
pub fn is_shifted(point: Point) -> bool {
    let [west, east, south, north] = BOX;
    (west..=east).contains(&point.longitude) && (south..=north).contains(&point.latitude)
}

/// WGS-84 to GCJ-02.
pub fn wgs84_to_gcj02(point: Point) -> Point {
    if is_shifted(point) { point.add(shift(point)) } else { point }
}

/// GCJ-02 to WGS-84, to about a millimetre of what the formula gives forward.
pub fn gcj02_to_wgs84(point: Point) -> Point {
    if is_shifted(point) { back(point, |it| it.add(shift(it))) } else { point }
}

/// GCJ-02 to BD-09.
pub fn gcj02_to_bd09(point: Point) -> Point {
    let Point { longitude: x, latitude: y } = point;
    let radius = x.hypot(y) + 0.000_02 * (y * BD_ANGLE).sin();
    let angle = y.atan2(x) + 0.000_003 * (x * BD_ANGLE).cos();
    Point::new(radius * angle.cos() + 0.006_5, radius * angle.sin() + 0.006)
}

/// BD-09 to GCJ-02, to about a millimetre of what the formula gives forward.
pub fn bd09_to_gcj02(point: Point) -> Point {
    back(point, gcj02_to_bd09)
}

/// WGS-84 to BD-09.
pub fn wgs84_to_bd09(point: Point) -> Point {
    gcj02_to_bd09(wgs84_to_gcj02(point))
}

/// BD-09 to WGS-84.
pub fn bd09_to_wgs84(point: Point) -> Point {
    gcj02_to_wgs84(bd09_to_gcj02(point))
}

/// What maps forward to a point: the guess is moved by what it misses.
fn back(point: Point, forward: impl Fn(Point) -> Point) -> Point {
    (0..TURNS).fold(point, |guess, _| guess.add(point.less(forward(guess))))
}

/// By how many degrees GCJ-02 moves a point.
fn shift(point: Point) -> Point {
    let (x, y) = (point.longitude - 105.0, point.latitude - 35.0);
    let radians = point.latitude.to_radians();
    let flattening = 1.0 - ECCENTRICITY_SQUARED * radians.sin().powi(2);
    let metres_north = AXIS * (1.0 - ECCENTRICITY_SQUARED) / flattening.powf(1.5);
    let metres_east = AXIS / flattening.sqrt() * radians.cos();
    Point::new((east(x, y) / metres_east).to_degrees(), (north(x, y) / metres_north).to_degrees())
}

/// Metres to the east.
fn east(x: f64, y: f64) -> f64 {
    let plain = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt();
    plain
        + waves(&[
            (20.0, 6.0 * x),
            (20.0, 2.0 * x),
            (20.0, x),
            (40.0, x / 3.0),
            (150.0, x / 12.0),
            (300.0, x / 30.0),
        ])
}

/// Metres to the north.
fn north(x: f64, y: f64) -> f64 {
    let plain = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt();
    plain
        + waves(&[
            (20.0, 6.0 * x),
            (20.0, 2.0 * x),
            (20.0, y),
            (40.0, y / 3.0),
            (160.0, y / 12.0),
            (320.0, y / 30.0),
        ])
}

/// Two thirds of a sum of sines, each with its height and its number of half turns.
fn waves(waves: &[(f64, f64)]) -> f64 {
    waves.iter().map(|(height, turns)| height * (turns * PI).sin()).sum::<f64>() * 2.0 / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_degree_of_a_great_circle_has_its_length() {
        let equator = metres(Point::new(113.0, 0.0), Point::new(114.0, 0.0));
        assert!((equator - 111_195.08).abs() < 0.01, "{equator}");
        let half_round = metres(Point::new(0.0, 90.0), Point::new(0.0, -90.0));
        assert!((half_round - PI * MEAN_RADIUS).abs() < 0.01, "{half_round}");
    }

    fn near(found: Point, longitude: f64, latitude: f64, within: f64) {
        let off = found.less(Point::new(longitude, latitude));
        assert!(
            off.longitude.abs() < within && off.latitude.abs() < within,
            "{found:?}, {longitude} {latitude}"
        );
    }

    #[test]
    fn vectors_that_open_programs_share() {
        let point = Point::new(116.404, 39.915);
        near(wgs84_to_gcj02(point), 116.410_244_499_169_38, 39.916_404_281_501_64, 1e-12);
        near(gcj02_to_bd09(point), 116.410_369_493_710_29, 39.921_336_993_510_21, 1e-12);
        // Their way back is a single step, so it misses by a metre or so.
        near(gcj02_to_wgs84(point), 116.397_755_500_830_61, 39.913_595_718_498_36, 2e-5);
        near(bd09_to_gcj02(point), 116.397_627_291_193_15, 39.908_656_739_576_31, 2e-5);
    }

    #[test]
    fn abroad_nothing_is_shifted() {
        let paris = Point::new(2.3522, 48.8566);
        assert_eq!((wgs84_to_gcj02(paris), gcj02_to_wgs84(paris)), (paris, paris));
    }

    proptest! {
        #[test]
        fn there_and_back(longitude in 74.0f64..135.0, latitude in 18.0f64..54.0) {
            let point = Point::new(longitude, latitude);
            near(gcj02_to_wgs84(wgs84_to_gcj02(point)), longitude, latitude, 1e-8);
            near(bd09_to_gcj02(gcj02_to_bd09(point)), longitude, latitude, 1e-8);
            near(bd09_to_wgs84(wgs84_to_bd09(point)), longitude, latitude, 1e-8);
        }

        #[test]
        fn a_shift_is_less_than_a_kilometre_or_so(longitude in 74.0f64..135.0, latitude in 18.0f64..54.0) {
            let off = shift(Point::new(longitude, latitude));
            prop_assert!(off.longitude.abs() < 0.02 && off.latitude.abs() < 0.02, "{off:?}");
        }
    }
}
