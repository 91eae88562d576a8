//! Values: what an attribute can hold.

use crate::{Instant, Urn};
use std::collections::BTreeMap;

/// One value. Numbers are finite and have one zero; the canonical bytes rely on it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing: an attribute set to nothing is removed.
    Null,
    /// Yes or no.
    Bool(bool),
    /// Counts, and money in its smallest unit.
    Int(i64),
    /// A measured number. Its unit stands beside it, in the attribute.
    Number(f64),
    /// Text, in any script.
    Text(String),
    /// Raw bytes: digests, packed rows.
    Bytes(Vec<u8>),
    /// A point in time.
    Instant(Instant),
    /// A relationship to another entity.
    Ref(Urn),
    /// Several values in order.
    List(Vec<Value>),
    /// Values by name.
    Map(BTreeMap<String, Value>),
    /// A personal value, readable only while its subject's key exists.
    Sealed(Box<Sealed>),
}

/// A personal value under its subject's key.
///
/// `commitment` binds the plain value with a salt that is derived from the same key: whoever may read the value can
/// prove it to others, and after erasure nobody can even guess and compare.
#[derive(Clone, Debug, PartialEq)]
pub struct Sealed {
    /// Whose personal value this is.
    pub subject: Urn,
    /// Random, and the input from which the salt is derived.
    pub nonce: [u8; 12],
    /// AES-256-GCM: ciphertext and tag.
    pub ciphertext: Vec<u8>,
    /// SHA-256 over a domain byte, the derived salt and the plain value's canonical bytes.
    pub commitment: [u8; 32],
}

impl Value {
    /// A number, or nothing if it is not finite. Negative zero becomes zero.
    pub fn number(number: f64) -> Self {
        if number.is_finite() { Self::Number(number + 0.0) } else { Self::Null }
    }

    /// Shorthand for text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, if it is one; a count reads as a number too.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "counts compared as numbers stay far below 2^53")]
            Self::Int(int) => Some(*int as f64),
            _ => None,
        }
    }

    /// The count, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(int) = self { Some(*int) } else { None }
    }

    /// The instant, if it is one.
    pub fn as_instant(&self) -> Option<Instant> {
        if let Self::Instant(at) = self { Some(*at) } else { None }
    }

    /// The entity pointed to, if it is a relationship.
    pub fn as_ref(&self) -> Option<&Urn> {
        if let Self::Ref(urn) = self { Some(urn) } else { None }
    }

    /// The bytes, if it is bytes.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// The list, or an empty one.
    pub fn as_list(&self) -> &[Value] {
        if let Self::List(list) = self { list } else { &[] }
    }

    /// The value at a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        if let Self::Map(map) = self { map.get(key) } else { None }
    }
}

/// A map value from pairs; nothing-values are left out, so that optional fields need no ceremony.
pub fn map<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    Value::Map(pairs.into_iter().filter(|(_, v)| *v != Value::Null).map(|(k, v)| (k.to_owned(), v)).collect())
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<Instant> for Value {
    fn from(value: Instant) -> Self {
        Self::Instant(value)
    }
}
impl From<Urn> for Value {
    fn from(value: Urn) -> Self {
        Self::Ref(value)
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
