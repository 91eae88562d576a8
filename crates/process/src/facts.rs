//! Facts: what the engine is told about the world, and how expressions of a definition see it.

use crate::{Act, Definition, Field, FieldKind, Record, Times, standing};
use lang::Kind;
use model::{Instant, Name, Urn, Value, Zone};
use std::collections::{BTreeMap, BTreeSet};

/// What a decision rests on beside the record and the act.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The case and the people around it.
    pub world: &'a dyn World,
    /// Lawful time of the city.
    pub times: &'a Times<'a>,
}

/// What the kernel knows of a case and of the people around it. As [`lang::Facts`] it gives the attributes of the case by
/// their bare names, and what lies behind references by path.
pub trait World: lang::Facts {
    /// The case.
    fn case(&self) -> &Urn;
    /// The rank of a role, 1 to 3.
    fn rank(&self, role: &Name) -> u8;
    /// Whether a person holds a role for this case now; asked of those to whom something is delegated.
    fn holds(&self, person: &Urn, role: &Name) -> bool;
    /// Whether a person may act for a party, beside being it.
    fn acts_for(&self, _person: &Urn, _party: &Urn) -> bool {
        false
    }
    /// An earlier act of this case, by its place in the log; nothing if that entry is none.
    fn earlier(&self, _sequence: u64) -> Option<Earlier> {
        None
    }
}

/// An earlier act of a case, as its entry in the log has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// Which act.
    pub act: Name,
    /// Who.
    pub by: Urn,
    /// When.
    pub at: Instant,
    /// What was filled in.
    pub fields: BTreeMap<Name, Value>,
}

/// Facts that stand still: for simulations, trials and tests.
#[derive(Clone, Debug, PartialEq)]
pub struct StillFacts {
    /// The case.
    pub case: Urn,
    /// Attributes of the case, and what lies behind references by path joined with points.
    pub values: BTreeMap<String, Value>,
    /// Ranks of roles; those not listed have 1.
    pub ranks: BTreeMap<Name, u8>,
    /// Who holds which roles.
    pub holders: BTreeSet<(Urn, Name)>,
    /// Earlier acts by their place in the log.
    pub earlier: BTreeMap<u64, Earlier>,
}

impl StillFacts {
    /// A case of which nothing else is known.
    pub fn new(case: Urn) -> Self {
        let (values, ranks, holders) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { case, values, ranks, holders, earlier: BTreeMap::new() }
    }
}

impl lang::Facts for StillFacts {
    fn value(&self, path: &[Name]) -> Value {
        let path: Vec<&str> = path.iter().map(Name::as_str).collect();
        self.values.get(&path.join(".")).cloned().unwrap_or(Value::Null)
    }
}

impl World for StillFacts {
    fn case(&self) -> &Urn {
        &self.case
    }

    fn rank(&self, role: &Name) -> u8 {
        self.ranks.get(role).copied().unwrap_or(1)
    }

    fn holds(&self, person: &Urn, role: &Name) -> bool {
        self.holders.contains(&(person.clone(), role.clone()))
    }

    fn earlier(&self, sequence: u64) -> Option<Earlier> {
        self.earlier.get(&sequence).cloned()
    }
}

/// What an expression of a definition sees: the names that the engine gives, then what was set in this very decision,
/// then the case.
pub(crate) struct Seen<'a> {
    pub definition: &'a Definition,
    pub record: &'a Record,
    pub facts: &'a Facts<'a>,
    pub set: &'a BTreeMap<Name, Value>,
    pub at: Instant,
    pub actor: Option<&'a Urn>,
    pub act: Option<&'a Act>,
}

impl lang::Facts for Seen<'_> {
    fn value(&self, path: &[Name]) -> Value {
        let [first, rest @ ..] = path else { return Value::Null };
        let record = self.record;
        let count = |n: usize| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
        match (first.as_str(), rest) {
            ("actor", []) => self.actor.cloned().into(),
            ("at", []) => self.at.into(),
            ("stage", []) => match record.at.iter().collect::<Vec<_>>()[..] {
                [only] => only.as_str().into(),
                _ => Value::Null,
            },
            ("stages", []) => {
                let active = self.definition.active(&record.at);
                Value::List(active.iter().map(|stage| stage.as_str().into()).collect())
            }
            ("flags", [flag]) => record.flags.contains(flag).into(),
            ("remembered", [who]) => record.remembered.get(who).cloned().into(),
            ("bounces", []) => i64::from(record.bounces).into(),
            ("reopened", []) => i64::from(record.reopened).into(),
            ("parts", [which]) if which == "open" => count(record.parts(true)),
            ("parts", [which]) if which == "all" => count(record.parts(false)),
            ("clocks", [clock, word]) => {
                let case = (self.definition, record);
                standing::value(case, (clock, word.as_str()), self.at, self.facts.times)
            }
            ("act", [what]) => self.act.map_or(Value::Null, |act| act.value(what)),
            (_, []) if self.set.contains_key(first) => self.set.get(first).cloned().unwrap_or(Value::Null),
            _ => self.facts.world.value(path),
        }
    }

    fn call(&self, function: &str, arguments: &[Value]) -> Option<Value> {
        self.facts.world.call(function, arguments)
    }

    fn zone(&self) -> Option<&Zone> {
        Some(self.facts.times.zone)
    }
}

/// The names that expressions of a definition may use, for the compiler: those that the engine gives, then the
/// attributes of the case's type. A reader makes one per definition and one per act, with its fields.
pub struct Vocabulary<'a> {
    /// The attributes of the case, what lies behind references, and functions.
    pub attributes: &'a dyn lang::Names,
    /// The definition's flags.
    pub flags: BTreeSet<Name>,
    /// Names under which acts remember who did them.
    pub remembered: BTreeSet<Name>,
    /// The definition's clocks; none in conditions of budgets, on which clocks depend.
    pub clocks: BTreeSet<Name>,
    /// The fields of the act; none where there is no act.
    pub fields: &'a [Field],
    /// Whether there is an actor: not in conditions of clocks, stages and automatic acts.
    pub acted: bool,
}

impl lang::Names for Vocabulary<'_> {
    fn kind(&self, path: &[&str]) -> Option<Kind> {
        match path {
            ["actor"] => self.acted.then_some(Kind::Ref),
            ["at"] => Some(Kind::Instant),
            ["stage"] => Some(Kind::Text),
            ["stages"] => Some(Kind::List(Box::new(Kind::Text))),
            ["flags", flag] => self.flags.contains(*flag).then_some(Kind::Bool),
            ["remembered", who] => self.remembered.contains(*who).then_some(Kind::Ref),
            ["clocks", clock, word] => self.clocks.contains(*clock).then(|| standing::kind(word)).flatten(),
            ["bounces" | "reopened"] | ["parts", "open" | "all"] => Some(Kind::Number(None)),
            ["act", "reason" | "opinion"] => self.acted.then_some(Kind::Text),
            ["act", "measurement"] => self.acted.then_some(Kind::Number(None)),
            ["act", field] => self.fields.iter().find(|f| f.id == *field).and_then(Field::kind),
            _ => self.attributes.kind(path),
        }
    }

    fn known(&self) -> Vec<String> {
        let given = ["at", "stage", "stages", "bounces", "reopened", "parts.open", "parts.all"];
        let acted = ["actor", "act.reason", "act.opinion", "act.measurement"];
        let acted = acted.into_iter().filter(|_| self.acted);
        let mut known: Vec<String> = given.into_iter().chain(acted).map(str::to_owned).collect();
        known.extend(self.flags.iter().map(|flag| format!("flags.{flag}")));
        known.extend(self.remembered.iter().map(|who| format!("remembered.{who}")));
        let words = |clock: &Name| standing::WORDS.map(|word| format!("clocks.{clock}.{word}"));
        known.extend(self.clocks.iter().flat_map(words));
        known.extend(self.fields.iter().map(|field| format!("act.{}", field.id)));
        known.extend(self.attributes.known());
        known
    }

    fn function(&self, name: &str) -> Option<lang::Signature> {
        self.attributes.function(name)
    }

    fn functions(&self) -> Vec<String> {
        self.attributes.functions()
    }

    fn stored(&self, path: &[&str]) -> bool {
        // What the engine gives is asked of a record, not of the entity.
        let given = [
            "actor",
            "at",
            "stage",
            "stages",
            "flags",
            "remembered",
            "clocks",
            "bounces",
            "reopened",
            "parts",
            "act",
        ];
        !path.first().is_some_and(|first| given.contains(first)) && self.attributes.stored(path)
    }
}

impl Field {
    /// What expressions see of it; nothing where its unit is not known.
    pub fn kind(&self) -> Option<Kind> {
        Some(match self.value {
            FieldKind::Number => match &self.unit {
                None => Kind::Number(None),
                Some(unit) => Kind::Number(Some(lang::Unit::parse(unit)?)),
            },
            FieldKind::Text | FieldKind::Code => Kind::Text,
            FieldKind::Date => Kind::Date,
            FieldKind::Ref => Kind::Ref,
            FieldKind::Bool => Kind::Bool,
        })
    }
}
