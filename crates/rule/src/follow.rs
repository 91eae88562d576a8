//! What follows from a level that acts: its effects, with their values computed in the window of the verdict.

use crate::judging::Judging;
use crate::{Effect, Given, History, Known, Rule, Unjudged, Verdict, Window};
use model::{Name, Value};
use std::collections::BTreeMap;

/// An effect with its values. It is carried out once per episode and level: the command's id is derived from rule,
/// entity, [`crate::Episode::start`], level and the effect's place in the list.
#[derive(Clone, Debug, PartialEq)]
pub enum Follow {
    /// Begin a case, or tell the one that is open under the same key.
    Open {
        /// The process.
        process: Name,
        /// The values of the key, joined by blanks.
        key: String,
        /// What the case is given.
        with: BTreeMap<Name, Value>,
    },
    /// Tell the case that is open under a key, if one is.
    Tell {
        /// The process.
        process: Name,
        /// The values of the key, joined by blanks.
        key: String,
        /// What the case is told.
        with: BTreeMap<Name, Value>,
    },
    /// Send a message to those who hold a role where the entity stands.
    Notify {
        /// The role.
        role: Name,
    },
    /// Set attributes of the entity.
    Set {
        /// By attribute.
        set: BTreeMap<Name, Value>,
    },
    /// Raise an alert.
    Alert {
        /// Its code.
        code: Name,
    },
}

/// The effects of the level that a verdict says, in their order; none if no level holds. Whether they are due is said
/// by [`Verdict::acts`]. A value that cannot be computed is nothing.
pub fn follow(
    rule: &Rule,
    verdict: &Verdict,
    history: &History,
    known: Known<'_>,
) -> Result<Vec<Follow>, Unjudged> {
    let Some(level) = verdict.level.as_ref().and_then(|level| rule.level(level)) else {
        return Ok(Vec::new());
    };
    let judging = Judging::new(rule, history, known)?;
    let follow = level.does.iter().map(|effect| judging.effect(effect, &level.id, verdict.window)).collect();
    judging.bounded(follow)
}

impl Judging<'_> {
    fn effect(&self, effect: &Effect, level: &Name, window: Window) -> Follow {
        let given = self.given(effect, window);
        match effect {
            Effect::Open { process, key, .. } => {
                Follow::Open { process: process.clone(), key: self.key(key, &given, level), with: given }
            }
            Effect::Tell { process, key, .. } => {
                Follow::Tell { process: process.clone(), key: self.key(key, &given, level), with: given }
            }
            Effect::Notify { role } => Follow::Notify { role: role.clone() },
            Effect::Set { .. } => Follow::Set { set: given },
            Effect::Alert { code } => Follow::Alert { code: code.clone() },
        }
    }

    fn given(&self, effect: &Effect, window: Window) -> BTreeMap<Name, Value> {
        let value = |given: &Given| match given {
            Given::Value(value) => value.clone(),
            Given::Expression(expression) => {
                self.ask(window, |facts| expression.value(facts)).0.unwrap_or(Value::Null)
            }
        };
        effect.given().iter().map(|(name, given)| (name.clone(), value(given))).collect()
    }

    fn key(&self, key: &[Name], given: &BTreeMap<Name, Value>, level: &Name) -> String {
        let part = |name: &Name| match name.as_str() {
            "entity" => self.known.entity.to_string(),
            "rule" => self.rule.id.to_string(),
            "level" => level.to_string(),
            name => given.get(name).map_or_else(String::new, word),
        };
        key.iter().map(part).collect::<Vec<_>>().join(" ")
    }
}

/// A value as a part of a key.
fn word(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Ref(urn) => urn.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Bool(held) => held.to_string(),
        Value::Instant(at) => at.to_string(),
        _ => String::new(),
    }
}
