//! Blocks: some hundred points, sorted, in few bytes each.
//!
//! A block is a checksum (CRC-32, four bytes, little-endian) and then columns, each after the other: series and flags in
//! runs, times as steps between steps in the block's own unit, commands and values as steps. Values that are decimals of
//! at most six places are kept as whole numbers of that scale; if one of them is not, all are kept as they are.

use super::Point;
use thiserror::Error;

/// Decimal places up to which values are kept as whole numbers.
const PLACES: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
/// Whole numbers up to here are exact in a double.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// Says that values are kept as they are.
const AS_THEY_ARE: u8 = 0xff;

/// Why a block cannot be read.
#[derive(Debug, Error, PartialEq)]
pub(crate) enum Damaged {
    /// Its checksum is not that of its bytes.
    #[error("a block of history has another checksum than its bytes")]
    Checksum,
    /// Its bytes say what cannot be.
    #[error("a block of history does not decode")]
    Form,
}

/// Packs sorted points.
pub(crate) fn encode(points: &[Point]) -> Vec<u8> {
    let mut out = vec![0; 4];
    varint(points.len() as u64, &mut out);
    runs(points, |p| u64::from(p.series), &mut out);
    runs(points, |p| u64::from(p.flag), &mut out);
    times(points, &mut out);
    let mut before = 0;
    for point in points {
        varint(zigzag(point.sequence.wrapping_sub(before).cast_signed()), &mut out);
        before = point.sequence;
    }
    values(points, &mut out);
    let checksum = crc32fast::hash(&out[4..]);
    out[..4].copy_from_slice(&checksum.to_le_bytes());
    out
}

/// Runs of equal numbers: each step from the run before, and the length.
fn runs(points: &[Point], of: impl Fn(&Point) -> u64, out: &mut Vec<u8>) {
    let mut before = 0;
    for run in points.chunk_by(|a, b| of(a) == of(b)) {
        let number = run.first().map_or(0, &of);
        varint(zigzag(number.wrapping_sub(before).cast_signed()), out);
        varint(run.len() as u64, out);
        before = number;
    }
}

fn times(points: &[Point], out: &mut Vec<u8>) {
    let base = points.first().map_or(0, |p| p.observed);
    let since = |p: &Point| p.observed.wrapping_sub(base);
    let unit = points.iter().fold(0, |unit, p| divisor(unit, since(p).unsigned_abs())).max(1);
    // The distance to the least instant of all has no counterpart above zero; such a block counts in single µs.
    let unit = i64::try_from(unit).unwrap_or(1);
    varint(zigzag(base), out);
    varint(unit.cast_unsigned(), out);
    let (mut last, mut step) = (0i64, 0i64);
    for point in points {
        let at = since(point) / unit;
        let next = at.wrapping_sub(last);
        varint(zigzag(next.wrapping_sub(step)), out);
        (last, step) = (at, next);
    }
}

/// Greatest common divisor; that of 0 and a number is the number.
fn divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn values(points: &[Point], out: &mut Vec<u8>) {
    let mut places = 0;
    for point in points {
        while places < PLACES.len() && scaled(point.value, PLACES[places]).is_none() {
            places += 1;
        }
    }
    // What is a decimal of few places is one of more places too, unless the number becomes too long.
    let whole: Option<Vec<i64>> =
        PLACES.get(places).and_then(|scale| points.iter().map(|p| scaled(p.value, *scale)).collect());
    let Some(whole) = whole else {
        out.push(AS_THEY_ARE);
        points.iter().for_each(|point| out.extend(point.value.to_le_bytes()));
        return;
    };
    out.push(u8::try_from(places).unwrap_or(0));
    let mut before = 0i64;
    for number in whole {
        varint(zigzag(number.wrapping_sub(before)), out);
        before = number;
    }
}

/// A value as a whole number of a scale, if it comes back exactly.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "what is not exact is refused"
)]
fn scaled(value: f64, scale: f64) -> Option<i64> {
    let number = (value * scale).round();
    // Negative zero would come back without its sign.
    let fits = number.abs() < EXACT && (number as i64 as f64 / scale).to_bits() == value.to_bits();
    fits.then_some(number as i64)
}

/// Unpacks a block, and gives each of its points in order.
pub(crate) fn decode(bytes: &[u8], out: &mut Vec<Point>) -> Result<(), Damaged> {
    out.clear();
    let (checksum, rest) = bytes.split_first_chunk::<4>().ok_or(Damaged::Form)?;
    if crc32fast::hash(rest) != u32::from_le_bytes(*checksum) {
        return Err(Damaged::Checksum);
    }
    read(rest, out).ok_or(Damaged::Form)
}

fn read(bytes: &[u8], out: &mut Vec<Point>) -> Option<()> {
    let mut reader = Reader { bytes, at: 0 };
    let count = usize::try_from(reader.varint()?).ok()?;
    // Each point takes three bytes at least: a length beyond it is damage, not memory.
    (count <= bytes.len()).then_some(())?;
    out.resize(count, Point { observed: 0, sequence: 0, value: 0.0, series: 0, flag: 0 });
    reader.runs(out, u32::try_from, |p, series| p.series = series)?;
    reader.runs(out, u8::try_from, |p, flag| p.flag = flag)?;
    let base = unzigzag(reader.varint()?);
    let unit = reader.varint()?.cast_signed();
    let (mut at, mut step) = (0i64, 0i64);
    for point in &mut *out {
        step = step.wrapping_add(unzigzag(reader.varint()?));
        at = at.wrapping_add(step);
        point.observed = base.wrapping_add(at.wrapping_mul(unit));
    }
    let mut sequence = 0u64;
    for point in &mut *out {
        sequence = sequence.wrapping_add(unzigzag(reader.varint()?).cast_unsigned());
        point.sequence = sequence;
    }
    reader.values(out)?;
    (reader.at == bytes.len()).then_some(())
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    #[inline]
    fn varint(&mut self) -> Option<u64> {
        let first = self.byte()?;
        if first < 0x80 {
            return Some(u64::from(first));
        }
        let mut number = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn runs<T: Copy, E>(
        &mut self,
        out: &mut [Point],
        of: impl Fn(u64) -> Result<T, E>,
        set: impl Fn(&mut Point, T),
    ) -> Option<()> {
        let (mut at, mut number) = (0, 0u64);
        while at < out.len() {
            number = number.wrapping_add(unzigzag(self.varint()?).cast_unsigned());
            let length = usize::try_from(self.varint()?).ok().filter(|length| *length > 0)?;
            let run = out.get_mut(at..at.checked_add(length)?)?;
            let value = of(number).ok()?;
            run.iter_mut().for_each(|point| set(point, value));
            at += length;
        }
        Some(())
    }

    #[expect(clippy::cast_precision_loss, reason = "the writer made sure that it is exact")]
    fn values(&mut self, out: &mut [Point]) -> Option<()> {
        let form = self.byte()?;
        if form == AS_THEY_ARE {
            for point in out {
                let bytes = self.bytes.get(self.at..self.at + 8)?;
                self.at += 8;
                point.value = f64::from_le_bytes(bytes.try_into().ok()?);
            }
            return Some(());
        }
        let scale = PLACES.get(usize::from(form))?;
        let mut number = 0i64;
        for point in out {
            number = number.wrapping_add(unzigzag(self.varint()?));
            point.value = number as f64 / scale;
        }
        Some(())
    }
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Small numbers of either sign as small numbers.
fn zigzag(number: i64) -> u64 {
    (number.wrapping_shl(1) ^ (number >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = f64> {
        prop_oneof![
            (-1_000_000i64..1_000_000, 0usize..7).prop_map(|(n, places)| n as f64 / PLACES[places]),
            any::<f64>().prop_filter("finite", |v| v.is_finite()),
        ]
    }

    fn points() -> impl Strategy<Value = Vec<Point>> {
        let hour = 3_600_000_000i64;
        let observed = prop_oneof![(0i64..5000).prop_map(move |h| h * hour), any::<i64>()];
        let point = (0u32..6, observed, 0u64..1 << 40, value(), any::<u8>()).prop_map(
            |(series, observed, sequence, value, flag)| Point { observed, sequence, value, series, flag },
        );
        prop::collection::vec(point, 0..200).prop_map(|mut points| {
            points.sort_by_key(Point::place);
            points
        })
    }

    proptest! {
        #[test]
        fn points_come_back_to_the_bit(points in points()) {
            let mut back = Vec::new();
            decode(&encode(&points), &mut back).unwrap();
            prop_assert_eq!(back.len(), points.len());
            for (a, b) in points.iter().zip(&back) {
                prop_assert_eq!((a.place(), a.flag, a.value.to_bits()), (b.place(), b.flag, b.value.to_bits()));
            }
        }

        #[test]
        fn one_altered_byte_is_seen(points in points(), at in any::<prop::sample::Index>(), by in 1u8..) {
            let mut bytes = encode(&points);
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            prop_assert_eq!(decode(&bytes, &mut Vec::new()), Err(Damaged::Checksum));
        }

        #[test]
        fn bytes_of_any_kind_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes, &mut Vec::new());
            let _ = decode(&bytes, &mut Vec::new());
        }
    }

    #[test]
    fn hours_of_one_series_take_about_four_bytes_each() {
        let points: Vec<Point> = (0..512)
            .map(|i| Point {
                observed: i * 3_600_000_000,
                sequence: i.cast_unsigned() * 1000,
                value: (400 + i * 37 % 90) as f64 / 10.0,
                series: 7,
                flag: b'N',
            })
            .collect();
        let bytes = encode(&points).len();
        assert!(bytes < 512 * 5 + 64, "{bytes} bytes");
    }
}
