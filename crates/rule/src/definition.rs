//! Rule definitions, as a pack writes them: what is watched, when which level holds, what follows.
//!
//! Fields are plain, and hold what was written, even where it cannot work: [`Rule::faults`] names what is wrong. The
//! texts are read by crate `pack`; expressions are compiled against a [`Vocabulary`](crate::Vocabulary).

use crate::{Derived, Length};
use lang::Expression;
use model::{Flag, Name, Period, Text, Value};
use std::collections::BTreeMap;

/// When values look like this, do that.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// Law and clause of the law register, as `licensing-law:45`.
    pub basis: String,
    /// What it watches.
    pub on: On,
    /// Flags of a value that counts. The pack reader fills in [`Flag::NORMAL`] when the file says nothing.
    pub valid: Vec<Flag>,
    /// How long after its end a window may still be filled. Nothing when the file says nothing.
    pub lateness: Length,
    /// What must hold for an episode to end. Without it: that no level's `when` holds.
    pub clear: Option<Expression>,
    /// How long it must hold. Without it: one period.
    pub clear_after: Option<Length>,
    /// What attributes of the entity become when an episode has ended, if they still hold what a level of this rule has set.
    pub cleared: BTreeMap<Name, Value>,
    /// From the lowest to the highest, at least one.
    pub level: Vec<Level>,
    /// What follows from all this, worked out when it is needed.
    pub derived: Derived,
}

/// The series that a rule watches: its values make the windows.
#[derive(Clone, Debug, PartialEq)]
pub struct On {
    /// The type of the entities.
    pub kind: Name,
    /// The attribute.
    pub attribute: Name,
    /// The statistic, in the words of the feed.
    pub statistic: Name,
    /// Over which period the values are formed.
    pub period: Period,
}

/// One level of a rule. The highest whose condition holds counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// What must hold in a window. Every level has this or `silent`.
    pub when: Option<Expression>,
    /// How long `when` must hold without a gap: as many windows in a row, all valid.
    pub lasts: Option<Length>,
    /// In how many windows of `within` it must hold.
    pub times: Option<u32>,
    /// The span that `times` counts in: whole days are local calendar days, anything else slides.
    pub within: Option<Length>,
    /// How long nothing must have arrived.
    pub silent: Option<Length>,
    /// What follows, in this order.
    pub does: Vec<Effect>,
}

/// What follows from a level that is reached.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// `open`: begins a case; while one with the same key is open, that one is told instead.
    Open {
        /// The process.
        process: Name,
        /// Names whose values together make the key: `entity`, `rule`, `level`, or a name from `with`.
        key: Vec<Name>,
        /// What the case is given.
        with: BTreeMap<Name, Given>,
    },
    /// `tell`: tells the open case of a process.
    Tell {
        /// The process.
        process: Name,
        /// As for `open`.
        key: Vec<Name>,
        /// What the case is told.
        with: BTreeMap<Name, Given>,
    },
    /// `notify`: sends a message to those who hold a role where the entity stands.
    Notify {
        /// The role.
        role: Name,
    },
    /// `set`: sets attributes of the entity.
    Set {
        /// By attribute.
        set: BTreeMap<Name, Given>,
    },
    /// `alert`: raises an alert.
    Alert {
        /// Its code.
        code: Name,
    },
}

/// A value as a file gives it: as it stands, or to be computed when it is needed.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// As it stands.
    Value(Value),
    /// Computed (`= …`).
    Expression(Expression),
}

impl Rule {
    /// A level by name.
    pub fn level(&self, id: &Name) -> Option<&Level> {
        self.level.iter().find(|level| level.id == *id)
    }

    /// What is to be set at the end of an episode on an entity that holds something now: where a level of this rule has set an
    /// attribute, and nothing else has since.
    pub fn clearing(&self, holds: impl Fn(&Name) -> Value) -> BTreeMap<Name, Value> {
        let own = |name: &Name, held: &Value| {
            let sets = self.level.iter().flat_map(|level| &level.does).filter_map(|effect| match effect {
                Effect::Set { set } => set.get(name),
                _ => None,
            });
            sets.into_iter().any(|given| matches!(given, Given::Value(value) if value == held))
        };
        let due = self.cleared.iter().filter(|(name, _)| own(name, &holds(name)));
        due.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Whether it watches for silence.
    pub fn silent(&self) -> bool {
        self.level.iter().any(|level| level.silent.is_some())
    }

    /// Every expression it holds, with its place as in [`Fault::place`](crate::Fault::place).
    pub fn expressions(&self) -> Vec<(String, &Expression)> {
        let clear = self.clear.iter().map(|clear| ("clear".to_owned(), clear));
        clear.chain(self.level.iter().flat_map(Level::expressions)).collect()
    }
}

impl Level {
    fn expressions(&self) -> Vec<(String, &Expression)> {
        let id = &self.id;
        let when = self.when.iter().map(|when| (format!("level.{id}.when"), when));
        let done = (1..).zip(&self.does).flat_map(move |(row, effect)| {
            effect.given().iter().filter_map(move |(name, given)| match given {
                Given::Expression(expression) => Some((format!("level.{id}.do.{row}.{name}"), expression)),
                Given::Value(_) => None,
            })
        });
        when.chain(done).collect()
    }
}

impl Effect {
    /// The values it gives, by name.
    pub fn given(&self) -> &BTreeMap<Name, Given> {
        static NONE: BTreeMap<Name, Given> = BTreeMap::new();
        match self {
            Self::Open { with, .. } | Self::Tell { with, .. } => with,
            Self::Set { set } => set,
            Self::Notify { .. } | Self::Alert { .. } => &NONE,
        }
    }
}
