//! The file of a service: what people can ask for, whether they may, and what they bring.

use super::scope::Scope;
use super::text;
use crate::names::FieldNames;
use crate::tree::{
    Both, Condition, Distinct, Fields, Formula, Id, ListOf, OneOf, Refer, Refers, Required, Section, Whole,
};
use lang::{Expression, Kind};
use model::{Name, Text};

/// What people can ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// What it is and how it goes, for whoever asks.
    pub guide: Text,
    /// The process that is begun.
    pub process: Name,
    /// Whom it is for.
    pub audience: Audience,
    /// The law on which it rests.
    pub basis: String,
    /// What is required of whoever asks, each by itself.
    pub eligibility: Vec<Eligible>,
    /// What is to be brought or fetched.
    pub materials: Vec<Material>,
    /// What it costs, if it costs anything.
    pub fee: Option<Fee>,
    /// What comes out.
    pub result: Text,
    /// Where it can be asked for.
    pub channels: Vec<Channel>,
}

/// One thing that is required.
#[derive(Clone, Debug, PartialEq)]
pub struct Eligible {
    /// What must hold, over the fields with which the process begins.
    pub when: Expression,
    /// What is required, in words.
    pub title: Text,
    /// The law that requires it.
    pub basis: String,
}

/// A paper or fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Material {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// The office or outside system that holds it already, so that it can be fetched instead of asked for.
    pub held_by: Option<Name>,
    /// Whether it is required.
    pub required: Required,
}

/// What it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fee {
    /// How much, in cents (分) of CNY.
    pub cents: i64,
    /// The law that sets it.
    pub basis: String,
}

/// Whom a service is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// People.
    Resident,
    /// Firms and other organisations.
    Firm,
    /// Both.
    Both,
}

/// Where it can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// On the pages.
    Online,
    /// At a window.
    Window,
    /// By telephone.
    Phone,
    /// Through somebody who is sent.
    Agent,
}

const AUDIENCES: &[(&str, Audience)] =
    &[("resident", Audience::Resident), ("firm", Audience::Firm), ("both", Audience::Both)];

const CHANNELS: &[(&str, Channel)] = &[
    ("online", Channel::Online),
    ("window", Channel::Window),
    ("phone", Channel::Phone),
    ("agent", Channel::Agent),
];

/// Most that a service costs, in cents.
const FEE_MAX: i64 = 10_000_000_000;

impl Audience {
    /// As files write it.
    pub fn as_str(self) -> &'static str {
        AUDIENCES.iter().find(|(_, audience)| *audience == self).map_or("", |(word, _)| word)
    }
}

impl Channel {
    /// As files write it.
    pub fn as_str(self) -> &'static str {
        CHANNELS.iter().find(|(_, channel)| *channel == self).map_or("", |(word, _)| word)
    }
}

/// Reads it.
pub(crate) fn service(s: &mut Section<'_>, scope: Scope<'_>) -> Service {
    s.format();
    let process =
        s.need("process", "The process that is begun: one that people begin.", Refers(Refer::Process));
    let names = begun(s, scope, &process);
    let eligible = Fields(|s: &mut Section<'_>| eligible(s, &names));
    let material = Fields(|s: &mut Section<'_>| material(s, &names));
    let required = "What is required of whoever asks, each by itself: yes, no, or not to be said yet.";
    let channels = s.need("channels", "Where it can be asked for.", ListOf(OneOf(CHANNELS)));
    if s.is_sound() && channels.is_empty() {
        s.complain("channels", "nobody can ask for it anywhere", "write channels = [\"window\"]");
    }
    Service {
        id: s.need("id", "Its name, and that of its file.", Id),
        title: s.need("title", "What people call it.", Both),
        guide: s.need("guide", "What it is and how it goes, for whoever asks.", Both),
        audience: s.need("audience", "Whom it is for.", OneOf(AUDIENCES)),
        basis: text(s.need("basis", "The law on which it rests.", Refers(Refer::Basis))),
        eligibility: s.list("eligibility", required, ListOf(eligible)).into_iter().flatten().collect(),
        materials: s.list("materials", "What is to be brought or fetched.", Distinct("id", material)),
        fee: s.may("fee", "What it costs; without it, nothing.", Fields(fee)),
        result: s.need("result", "What comes out.", Both),
        process,
        channels,
    }
}

/// The fields with which its process begins. A process that nobody begins cannot be asked for.
fn begun<'a>(s: &Section<'_>, scope: Scope<'a>, process: &Name) -> FieldNames<'a> {
    let Some(known) = scope.process(process) else { return FieldNames { fields: None } };
    let begin = known.begin.as_ref();
    if begin.is_none() {
        let what = format!("nobody begins the process {process}: only rules and other cases do");
        s.complain("process", what, "name a process that has a [begin], or give it one");
    }
    FieldNames { fields: begin.map(|begin| begin.fields.as_slice()) }
}

fn eligible(s: &mut Section<'_>, names: &FieldNames<'_>) -> Option<Eligible> {
    let when = Formula { names, kind: &Kind::Bool, example: "area <= 200 m²" };
    let when = s.need("when", "What must hold, over the fields with which the process begins.", when);
    let title = s.need("title", "What is required, in words.", Both);
    let basis = text(s.need("basis", "The law that requires it.", Refers(Refer::Basis)));
    if when.as_ref().is_some_and(|when| when.paths().is_empty()) {
        s.complain("when", "it asks nothing about whoever asks", "name a field, or take the condition out");
    }
    Some(Eligible { when: when?, title, basis })
}

fn material(s: &mut Section<'_>, names: &FieldNames<'_>) -> Material {
    let held =
        "The office or outside system that holds it already: it is fetched there instead of asked for.";
    let required = Condition { names, example: "area > 200 m²" };
    Material {
        id: s.need("id", "Its name.", Id),
        title: s.need("title", "What people call it.", Both),
        held_by: s.may("held_by", held, Id),
        required: s.or(
            "required",
            "Whether it is required, or when; default true.",
            required,
            Required::Always,
        ),
    }
}

fn fee(s: &mut Section<'_>) -> Fee {
    Fee {
        cents: s.need("amount", "How much, in cents (分) of CNY.", Whole(1, FEE_MAX)),
        basis: text(s.need("basis", "The law that sets it.", Refers(Refer::Basis))),
    }
}
