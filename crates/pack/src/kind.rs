//! Types: what attributes an entity can have, who writes each, and which feed fills it.

use model::{Name, Period, Text};
use serde::Deserialize;
use std::collections::HashMap;

/// A type of entity.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeDefinition {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// Its attributes.
    pub attribute: Vec<AttributeDefinition>,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeDefinition {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// The only one who may write it.
    pub by: Writer,
    /// Who may read it. Silence means restricted.
    #[serde(default)]
    pub open: Openness,
    /// Personal data: sealed, masked in lists.
    #[serde(default)]
    pub personal: bool,
    /// Its unit, as people read it.
    #[serde(default)]
    pub unit: Option<String>,
    /// The unit's UN/CEFACT common code.
    #[serde(default)]
    pub unit_code: Option<Name>,
    /// What fills it, for telemetry.
    #[serde(default)]
    pub feed: Option<Feed>,
}

/// Who writes an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Writer {
    /// A device's feed.
    Feed,
    /// A process, on its own case.
    Process,
    /// A rule.
    Rule,
    /// A person with the right.
    Person,
}

/// Who may read an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Openness {
    /// Everybody.
    Open,
    /// Departments with a ground.
    Shared,
    /// Those whose work it is.
    #[default]
    Restricted,
}

/// A feed: `hj212:2061:a21026-ZsAvg` is the converted mean of sulphur dioxide in the hour upload of HJ 212.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Feed {
    /// Command, factor and statistic.
    pub key: FeedKey,
    /// Over which period.
    pub period: Period,
}

/// What a packet must carry for a feed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FeedKey {
    /// The command code.
    pub command: u16,
    /// The factor's code.
    pub factor: String,
    /// The statistic.
    pub statistic: Name,
}

impl TryFrom<String> for Feed {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let fault =
            || format!("`{text}` is not a feed: write hj212:<2011|2051|2061|2031>:<factor>-<statistic>");
        let mut parts = text.split(':');
        let (Some("hj212"), Some(command), Some(value), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(fault());
        };
        let (factor, statistic) = value.split_once('-').ok_or_else(fault)?;
        let period = match command {
            "2011" => Period::Moment,
            "2051" => Period::Minute,
            "2061" => Period::Hour,
            "2031" => Period::Day,
            _ => return Err(fault()),
        };
        Ok(Self {
            key: FeedKey {
                command: command.parse().map_err(|_| fault())?,
                factor: factor.to_owned(),
                statistic: Name::new(statistic).map_err(|_| fault())?,
            },
            period,
        })
    }
}

impl TypeDefinition {
    /// An attribute by name.
    pub fn attribute(&self, name: &Name) -> Option<&AttributeDefinition> {
        self.attribute.iter().find(|a| a.id == *name)
    }

    /// What each feed fills: made once at load, so that a packet costs one look-up per value.
    pub fn feeds(&self) -> HashMap<FeedKey, (Name, Period)> {
        let feed = |a: &AttributeDefinition| {
            let feed = a.feed.as_ref()?;
            Some((feed.key.clone(), (a.id.clone(), feed.period)))
        };
        self.attribute.iter().filter_map(feed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_are_read_and_misspelt_ones_refused() {
        let feed = Feed::try_from("hj212:2061:a21026-ZsAvg".to_owned()).unwrap();
        assert_eq!((feed.key.command, &*feed.key.factor, feed.period), (2061, "a21026", Period::Hour));
        for bad in ["hj212:2061", "hj213:2061:a-b", "hj212:9999:a-b", "hj212:2061:a21026", "hj212:2061:a-b:c"]
        {
            assert!(Feed::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
