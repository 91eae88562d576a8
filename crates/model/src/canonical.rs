//! Canonical bytes: one value, one encoding.
//!
//! Deterministic CBOR (RFC 8949 §4.2.1) with one choice of our own: a number is always a 64-bit float, never a
//! shorter one, so that a page of Python can read it. Instants are tag 1001 (RFC 9581), relationships tag 32 (URI),
//! sealed values tag 55001. Anything not written in exactly this way is refused, so that equal values have equal
//! digests.

use crate::{Instant, Sealed, Urn, Value};
use std::collections::BTreeMap;
use thiserror::Error;

/// Deepest nesting that is read. Deeper data is damage or malice.
const DEPTH_MAX: u32 = 32;
const TAG_URI: u64 = 32;
const TAG_TIME: u64 = 1001;
const TAG_SEALED: u64 = 55001;

/// Why bytes are not a canonical value.
#[derive(Debug, Error, PartialEq)]
pub enum CanonicalError {
    /// The bytes end inside a value.
    #[error("the bytes end inside a value")]
    Short,
    /// Bytes follow the value.
    #[error("{0} bytes follow the value")]
    Trailing(usize),
    /// The value is written in another way than the canonical one.
    #[error("not canonical: {0}")]
    NotCanonical(&'static str),
    /// A kind of value that the model does not have.
    #[error("not part of the model: {0}")]
    Unknown(&'static str),
}

/// Writes a value.
pub fn to_canonical(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    write(value, &mut out);
    out
}

/// Reads a value and insists that the bytes are its one canonical form.
pub fn from_canonical(bytes: &[u8]) -> Result<Value, CanonicalError> {
    let mut reader = Reader { bytes };
    let value = reader.value(0)?;
    if reader.bytes.is_empty() { Ok(value) } else { Err(CanonicalError::Trailing(reader.bytes.len())) }
}

fn head(major: u8, number: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    match number {
        0..=23 => out.push(major | number.to_be_bytes()[7]),
        24..=0xff => out.extend([major | 24, number.to_be_bytes()[7]]),
        0x100..=0xffff => {
            out.push(major | 25);
            out.extend(&number.to_be_bytes()[6..]);
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | 26);
            out.extend(&number.to_be_bytes()[4..]);
        }
        _ => {
            out.push(major | 27);
            out.extend(number.to_be_bytes());
        }
    }
}

fn write_int(int: i64, out: &mut Vec<u8>) {
    // A negative integer n is written as -1 - n, which is its bitwise complement.
    if int >= 0 { head(0, int.unsigned_abs(), out) } else { head(1, (!int).unsigned_abs(), out) }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    head(3, text.len() as u64, out);
    out.extend(text.as_bytes());
}

fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    head(2, bytes.len() as u64, out);
    out.extend(bytes);
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0xf6),
        Value::Bool(false) => out.push(0xf4),
        Value::Bool(true) => out.push(0xf5),
        Value::Int(int) => write_int(*int, out),
        Value::Number(number) => {
            out.push(0xfb);
            out.extend((number + 0.0).to_be_bytes());
        }
        Value::Text(text) => write_text(text, out),
        Value::Bytes(bytes) => write_bytes(bytes, out),
        Value::Instant(at) => write_instant(*at, out),
        Value::Ref(urn) => {
            head(6, TAG_URI, out);
            write_text(urn.as_str(), out);
        }
        Value::List(list) => {
            head(4, list.len() as u64, out);
            list.iter().for_each(|v| write(v, out));
        }
        Value::Map(map) => write_map(map, out),
        Value::Sealed(sealed) => {
            head(6, TAG_SEALED, out);
            head(4, 4, out);
            write_text(sealed.subject.as_str(), out);
            write_bytes(&sealed.nonce, out);
            write_bytes(&sealed.ciphertext, out);
            write_bytes(&sealed.commitment, out);
        }
    }
}

fn write_instant(at: Instant, out: &mut Vec<u8>) {
    // RFC 9581: {1: seconds, -6: microseconds}; whole seconds have no second entry.
    let (secs, micros) = (at.micros().div_euclid(1_000_000), at.micros().rem_euclid(1_000_000));
    head(6, TAG_TIME, out);
    head(5, if micros == 0 { 1 } else { 2 }, out);
    write_int(1, out);
    write_int(secs, out);
    if micros != 0 {
        write_int(-6, out);
        write_int(micros, out);
    }
}

fn write_map(map: &BTreeMap<String, Value>, out: &mut Vec<u8>) {
    // Keys in the order of their encoded bytes: shorter first, then bytewise.
    let mut pairs: Vec<_> = map.iter().collect();
    pairs.sort_by(|(a, _), (b, _)| (a.len(), a.as_bytes()).cmp(&(b.len(), b.as_bytes())));
    head(5, pairs.len() as u64, out);
    for (key, value) in pairs {
        write_text(key, out);
        write(value, out);
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], CanonicalError> {
        let (taken, rest) = self.bytes.split_at_checked(n).ok_or(CanonicalError::Short)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, CanonicalError> {
        Ok(self.take(1)?[0])
    }

    /// Major type and number of a head, the number in its shortest form.
    fn head(&mut self) -> Result<(u8, u64), CanonicalError> {
        let first = self.byte()?;
        let (width, least) = match first & 0x1f {
            small @ 0..=23 => return Ok((first >> 5, u64::from(small))),
            24 => (1, 24),
            25 => (2, 0x100),
            26 => (4, 0x1_0000),
            27 => (8, 0x1_0000_0000),
            _ => return Err(CanonicalError::Unknown("indefinite length")),
        };
        let number = self.take(width)?.iter().fold(0, |n, b| n << 8 | u64::from(*b));
        if number < least {
            Err(CanonicalError::NotCanonical("longer than needed"))
        } else {
            Ok((first >> 5, number))
        }
    }

    /// A length that the remaining bytes can still hold, so that no allocation outgrows the input.
    fn length(&mut self, number: u64) -> Result<usize, CanonicalError> {
        usize::try_from(number).ok().filter(|n| *n <= self.bytes.len()).ok_or(CanonicalError::Short)
    }

    fn int(major: u8, number: u64) -> Result<i64, CanonicalError> {
        let int = i64::try_from(number).map_err(|_| CanonicalError::Unknown("integer beyond 64 bits"))?;
        Ok(if major == 1 { !int } else { int })
    }

    fn value(&mut self, depth: u32) -> Result<Value, CanonicalError> {
        if depth > DEPTH_MAX {
            return Err(CanonicalError::Unknown("nested too deeply"));
        }
        if self.bytes.first().is_some_and(|b| b >> 5 == 7) {
            return self.simple();
        }
        let (major, number) = self.head()?;
        match major {
            0 | 1 => Self::int(major, number).map(Value::Int),
            2 => Ok(Value::Bytes(self.sized(number)?.to_vec())),
            3 => self.text(number).map(|t| Value::Text(t.to_owned())),
            4 => self.list(number, depth),
            5 => self.map(number, depth),
            _ => self.tagged(number),
        }
    }

    fn simple(&mut self) -> Result<Value, CanonicalError> {
        match self.byte()? {
            0xf4 => Ok(Value::Bool(false)),
            0xf5 => Ok(Value::Bool(true)),
            0xf6 => Ok(Value::Null),
            0xfb => {
                let bits = self.take(8)?.iter().fold(0, |n, b| n << 8 | u64::from(*b));
                let number = f64::from_bits(bits);
                let good = number.is_finite() && !(number == 0.0 && number.is_sign_negative());
                if good { Ok(Value::Number(number)) } else { Err(CanonicalError::NotCanonical("number")) }
            }
            _ => Err(CanonicalError::Unknown("simple value or short float")),
        }
    }

    fn sized(&mut self, number: u64) -> Result<&'a [u8], CanonicalError> {
        let length = self.length(number)?;
        self.take(length)
    }

    fn text(&mut self, number: u64) -> Result<&'a str, CanonicalError> {
        std::str::from_utf8(self.sized(number)?)
            .map_err(|_| CanonicalError::NotCanonical("text is not UTF-8"))
    }

    fn list(&mut self, number: u64, depth: u32) -> Result<Value, CanonicalError> {
        let length = self.length(number)?;
        (0..length).map(|_| self.value(depth + 1)).collect::<Result<_, _>>().map(Value::List)
    }

    fn map(&mut self, number: u64, depth: u32) -> Result<Value, CanonicalError> {
        let length = self.length(number)?;
        let mut map = BTreeMap::new();
        let mut last: Option<&str> = None;
        for _ in 0..length {
            let key = self.expect_text()?;
            if last.is_some_and(|l| (l.len(), l.as_bytes()) >= (key.len(), key.as_bytes())) {
                return Err(CanonicalError::NotCanonical("keys out of order or repeated"));
            }
            last = Some(key);
            map.insert(key.to_owned(), self.value(depth + 1)?);
        }
        Ok(Value::Map(map))
    }

    fn expect_text(&mut self) -> Result<&'a str, CanonicalError> {
        match self.head()? {
            (3, number) => self.text(number),
            _ => Err(CanonicalError::Unknown("text expected")),
        }
    }

    fn expect_bytes(&mut self) -> Result<&'a [u8], CanonicalError> {
        match self.head()? {
            (2, number) => self.sized(number),
            _ => Err(CanonicalError::Unknown("bytes expected")),
        }
    }

    fn expect_int(&mut self) -> Result<i64, CanonicalError> {
        match self.head()? {
            (major @ (0 | 1), number) => Self::int(major, number),
            _ => Err(CanonicalError::Unknown("integer expected")),
        }
    }

    fn tagged(&mut self, tag: u64) -> Result<Value, CanonicalError> {
        match tag {
            TAG_URI => urn(self.expect_text()?).map(Value::Ref),
            TAG_TIME => self.instant(),
            TAG_SEALED => self.sealed(),
            _ => Err(CanonicalError::Unknown("tag")),
        }
    }

    fn instant(&mut self) -> Result<Value, CanonicalError> {
        let (major, entries) = self.head()?;
        if major != 5 || !(1..=2).contains(&entries) || self.expect_int()? != 1 {
            return Err(CanonicalError::Unknown("time"));
        }
        let secs = self.expect_int()?;
        let mut micros = 0;
        if entries == 2 {
            if self.expect_int()? != -6 {
                return Err(CanonicalError::Unknown("time"));
            }
            micros = self.expect_int()?;
            if !(1..1_000_000).contains(&micros) {
                return Err(CanonicalError::NotCanonical("microseconds"));
            }
        }
        secs.checked_mul(1_000_000)
            .and_then(|s| s.checked_add(micros))
            .map(|m| Value::Instant(Instant::from_micros(m)))
            .ok_or(CanonicalError::Unknown("time beyond 64 bits"))
    }

    fn sealed(&mut self) -> Result<Value, CanonicalError> {
        if self.head()? != (4, 4) {
            return Err(CanonicalError::Unknown("sealed value"));
        }
        Ok(Value::Sealed(Box::new(Sealed {
            subject: urn(self.expect_text()?)?,
            nonce: self.expect_bytes()?.try_into().map_err(|_| CanonicalError::Unknown("nonce"))?,
            ciphertext: self.expect_bytes()?.to_vec(),
            commitment: self.expect_bytes()?.try_into().map_err(|_| CanonicalError::Unknown("commitment"))?,
        })))
    }
}

fn urn(text: &str) -> Result<Urn, CanonicalError> {
    Urn::new(text).map_err(|_| CanonicalError::Unknown("URN"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;
    use proptest::prelude::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn vectors_of_rfc_8949_appendix_a() {
        let check = |value: Value, expected: &str| assert_eq!(hex(&to_canonical(&value)), expected);
        check(Value::Int(0), "00");
        check(Value::Int(23), "17");
        check(Value::Int(24), "1818");
        check(Value::Int(1_000_000), "1a000f4240");
        check(Value::Int(-1), "20");
        check(Value::Int(-1000), "3903e7");
        check(Value::Number(1.1), "fb3ff199999999999a");
        check(Value::text("水"), "63e6b0b4");
        check(Value::Bytes(vec![1, 2, 3, 4]), "4401020304");
        check(Value::List(vec![1.into(), 2.into()]), "820102");
        check(map([("b", 1.into()), ("a", 2.into()), ("aa", 3.into())]), "a361610261620162616103");
        check(Value::Instant(Instant::from_micros(1_500_000)), "d903e9a20101251a0007a120");
    }

    #[test]
    fn other_forms_are_refused() {
        for (bytes, why) in [
            (&[0x18, 0x01][..], "longer than needed"),
            (&[0xa2, 0x61, b'b', 1, 0x61, b'a', 2], "keys out of order"),
            (&[0x9f, 0xff], "indefinite"),
            (&[0xf9, 0, 0], "short float"),
            (&[0x81], "short"),
            (&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "length beyond the bytes"),
            (&[0, 0], "trailing"),
        ] {
            assert!(from_canonical(bytes).is_err(), "{why}");
        }
        assert!(from_canonical(&[0x81; 100]).is_err(), "deep nesting");
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<f64>().prop_map(Value::number),
            ".{0,12}".prop_map(Value::Text),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
            any::<i64>().prop_map(|m| Value::Instant(Instant::from_micros(m))),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
                prop::collection::btree_map(".{0,8}", inner, 0..6).prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in values()) {
            prop_assert_eq!(from_canonical(&to_canonical(&value)).unwrap(), value);
        }

        #[test]
        fn what_is_read_is_written_alike(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(value) = from_canonical(&bytes) {
                prop_assert_eq!(to_canonical(&value), bytes);
            }
        }
    }
}
