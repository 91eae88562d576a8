//! Acts as people send them, and decisions: everything that follows, for the kernel to commit.

use crate::{LinkKind, Record};
use model::{Instant, Name, Urn, Value};
use std::collections::BTreeMap;

/// What somebody wants to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// Which act.
    pub id: Name,
    /// Who.
    pub actor: Urn,
    /// The roles that this person holds for this case, now.
    pub roles: Vec<Name>,
    /// When.
    pub at: Instant,
    /// In words.
    pub opinion: String,
    /// By its code.
    pub reason: Option<Name>,
    /// What was measured.
    pub measurement: Option<f64>,
    /// What was filled in.
    pub fields: BTreeMap<Name, Value>,
    /// Digests of the photos that came with it.
    pub photos: Vec<[u8; 32]>,
    /// Digests of the documents that came with it.
    pub documents: Vec<[u8; 32]>,
    /// Which assignment of the task is meant; only needed where the person has several.
    pub assignment: Option<u16>,
    /// On a correction: the place in the log of the act that it corrects.
    pub corrects: Option<u64>,
}

impl Act {
    /// An act with which nothing comes.
    pub fn new(id: Name, actor: Urn, roles: Vec<Name>, at: Instant) -> Self {
        Self {
            id,
            actor,
            roles,
            at,
            opinion: String::new(),
            reason: None,
            measurement: None,
            fields: BTreeMap::new(),
            photos: Vec::new(),
            documents: Vec::new(),
            assignment: None,
            corrects: None,
        }
    }

    /// What expressions see as `act.…`.
    pub(crate) fn value(&self, what: &Name) -> Value {
        match what.as_str() {
            "reason" => self.reason.as_ref().map(Name::as_str).into(),
            "opinion" => self.opinion.as_str().into(),
            "measurement" => self.measurement.map_or(Value::Null, Value::number),
            _ => self.fields.get(what).cloned().unwrap_or(Value::Null),
        }
    }
}

/// What follows from an act, from a rung, or from what became known.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// When it was made.
    pub at: Instant,
    /// The record from now on.
    pub record: Record,
    /// Attributes of the case to be set; nothing removes one.
    pub set: BTreeMap<Name, Value>,
    /// Who is to be told what.
    pub told: Vec<Told>,
    /// Cases to be opened.
    pub opens: Vec<Opening>,
    /// What is to be sent to outside systems.
    pub deliveries: Vec<Sending>,
    /// What happened to clocks: what a printed notice says.
    pub notices: Vec<Notice>,
    /// Automatic acts that followed, in order.
    pub taken: Vec<Name>,
    /// The earlier act that was corrected.
    pub correction: Option<Correction>,
    /// What could not be judged or went too far. Nothing beside it is lost.
    pub findings: Vec<Finding>,
}

impl Decision {
    /// A decision of which nothing follows but a record.
    pub fn of(at: Instant, record: Record) -> Self {
        Self {
            at,
            record,
            set: BTreeMap::new(),
            told: Vec::new(),
            opens: Vec::new(),
            deliveries: Vec::new(),
            notices: Vec::new(),
            taken: Vec::new(),
            correction: None,
            findings: Vec::new(),
        }
    }
}

/// Somebody to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The role.
    pub role: Name,
    /// The rung of the ladder that says so; `bounces` where returns do.
    pub rung: Name,
    /// The clock it belongs to, if it does: the key of its instance.
    pub clock: Option<Name>,
    /// Whether the matter is handed to this role, not only shown.
    pub raised: bool,
}

/// A case to be opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    /// The process.
    pub process: Name,
    /// What identifies it while it is open: the process and the values of the key's names.
    pub key: String,
    /// How the two belong together.
    pub r#as: LinkKind,
    /// Attributes that the new case gets.
    pub with: BTreeMap<Name, Value>,
}

/// What is sent to an outside system.
#[derive(Clone, Debug, PartialEq)]
pub struct Sending {
    /// The system.
    pub system: Name,
    /// The stage that is done there.
    pub stage: Name,
    /// What is sent.
    pub body: BTreeMap<Name, Value>,
}

/// Something that happened to a clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The key of the clock's instance.
    pub clock: Name,
    /// What.
    pub what: ClockEvent,
}

/// What happens to clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClockEvent {
    /// It started.
    Started,
    /// It stands still for this reason.
    Paused(Name),
    /// It runs again.
    Resumed,
    /// It was granted so many units.
    Extended(u32),
    /// Its budget is another one because of what became known.
    Budget {
        /// What it was.
        from: u32,
        /// What it is.
        to: u32,
    },
    /// It stopped for good.
    Stopped,
    /// It goes on as if the voided act had not been.
    Restored,
}

/// A correction of an earlier act.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction {
    /// Its place in the log.
    pub of: u64,
    /// Which act it was.
    pub act: Name,
    /// The opinion that counts from now on, if it was corrected.
    pub opinion: Option<String>,
    /// The fields that count from now on.
    pub fields: BTreeMap<Name, Value>,
}

/// What could not be judged, or went too far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// More automatic acts would have followed than are allowed in one decision.
    Chain,
    /// A task has nobody to whom it could be assigned.
    NoParties {
        /// The task.
        task: Name,
    },
    /// A value could not be computed, and is left out.
    Stuck {
        /// Where in the definition.
        place: String,
        /// Why.
        why: String,
    },
}
