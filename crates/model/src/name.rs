//! Names: the URN of an entity, and the short names of types, attributes, acts and roles.
//!
//! They are copied everywhere, with every observation; so a copy shares the text.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;
use thiserror::Error;

/// Longest URN in bytes. A URN is part of many rows and pages, so it has a stated end.
pub const URN_BYTES_MAX: usize = 256;
/// Longest short name in bytes.
pub const NAME_BYTES_MAX: usize = 64;

/// Why a text cannot be a name.
#[derive(Debug, Error, PartialEq)]
pub enum NameError {
    /// A URN must look like `urn:namespace:rest`.
    #[error(
        "`{0}` is not a URN: it must look like urn:ngsi-ld:Type:id, without blanks, in at most 256 bytes"
    )]
    Urn(String),
    /// A short name must be letters, digits and inner `-`, `.`, `/` or `:`.
    #[error("`{0}` is not a name: letters, digits and inner - . / : only, in at most 64 bytes")]
    Name(String),
}

/// Identifies an entity: `urn:ngsi-ld:MonitoredSource:…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Urn(Arc<str>);

impl Urn {
    /// Checks and takes a URN.
    pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
        let text = text.into();
        let mut parts = text.splitn(3, ':');
        let good = text.len() <= URN_BYTES_MAX
            && parts.next() == Some("urn")
            && parts.next().is_some_and(|p| !p.is_empty())
            && parts.next().is_some_and(|p| !p.is_empty())
            && !text.contains(|c: char| c.is_whitespace() || c.is_control());
        if good { Ok(Self(text.into())) } else { Err(NameError::Urn(text)) }
    }

    /// The NGSI-LD URN of something of a type, known in its register by `key`.
    pub fn of(kind: &Name, key: &str) -> Result<Self, NameError> {
        Self::new(format!("urn:ngsi-ld:{kind}:{key}"))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its type: the third piece, as in `urn:ngsi-ld:<Type>:<key>`; empty if it has none.
    pub fn kind(&self) -> &str {
        self.0.split(':').nth(2).unwrap_or_default()
    }

    /// Whether it names a person of the register: everybody else who acts is a device or the platform.
    pub fn is_person(&self) -> bool {
        self.kind() == "Person"
    }

    /// What follows the last colon: short enough for a page.
    pub fn tail(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or(&self.0)
    }
}

/// A short name: a type, an attribute, an act, a role, a stage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Name(Arc<str>);

impl Name {
    /// Checks and takes a name.
    pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
        let text = text.into();
        let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | ':' | '_');
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let good = text.len() <= NAME_BYTES_MAX
            && text.chars().all(inner)
            && edge(text.chars().next())
            && edge(text.chars().last());
        if good { Ok(Self(text.into())) } else { Err(NameError::Name(text)) }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        Self::new(text)
    }
}

/// Shared by both kinds of name: shown as their text, and looked up by it.
macro_rules! as_text {
    ($($name:ty),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }
        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }
    )*};
}
as_text!(Urn, Name);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urns_have_three_parts_and_no_blanks() {
        assert!(Urn::new("urn:ngsi-ld:Person:同㛃𬱖").is_ok());
        for bad in ["", "urn:", "urn:x:", "http://x/y", "urn:a:b c", "urn:a:b\n"] {
            assert!(Urn::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_keep_to_their_alphabet() {
        for good in ["so2", "enforcement-officer", "ZsAvg", "hj212:2061"] {
            assert!(Name::new(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a b", "二氧化硫"] {
            assert!(Name::new(bad).is_err(), "{bad}");
        }
    }
}
