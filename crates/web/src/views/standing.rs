//! Where a case stands beside its stages: shelved, away, with whom, with which parts; what it is built on; what happened.

use super::{Clock, Interval, Limit, Link, Quality};

/// What there is to say of where a case stands.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Standing {
    /// That it is put aside.
    pub shelved: Option<Shelved>,
    /// What is counted over the whole case, in words: returns, reopenings.
    pub counts: Vec<String>,
    /// Who has to do what.
    pub tasks: Vec<Task>,
    /// The case that opened it, then those that it opened.
    pub family: Vec<Relative>,
    /// How many more of those there are than are listed, in words.
    pub family_more: Option<String>,
    /// Its stays in outside systems, the newest first.
    pub away: Vec<Away>,
}

/// That a case is put aside.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Shelved {
    /// Since when, local.
    pub since: String,
    /// Why.
    pub reason: String,
    /// The law or local rule that allows it.
    pub basis: String,
}

/// A share of a task.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Task {
    /// The task's title.
    pub title: String,
    /// Whose it is: a person, or roles and parties.
    pub who: String,
    /// Whether it is the one who leads; nothing where nobody does.
    pub lead: Option<bool>,
    /// How far it is, in words.
    pub state: String,
    /// Since when, local.
    pub since: String,
    /// Its own clock: title and where it stands.
    pub clock: Option<(String, Clock)>,
}

/// A case that belongs together with this one.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Relative {
    /// How the two belong together, in words.
    pub how: String,
    /// The case; without an address for those who may not see it.
    pub case: Link,
    /// Where it stands, in words.
    pub stage: String,
}

/// A stay in an outside system.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Away {
    /// The stage that is done there.
    pub stage: String,
    /// The system.
    pub system: String,
    /// Since when, local.
    pub since: String,
    /// Until when; `None` while it lasts.
    pub until: Option<String>,
    /// Its number there; or that a photo of a receipt stands for it.
    pub number: Option<String>,
    /// Who enters the answer, while it is waited for.
    pub waits_for: Option<String>,
    /// How long it has taken, in words.
    pub taken: String,
    /// How much of each clock it has taken, in words.
    pub of_clocks: Vec<String>,
}

/// What a case is built on.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Facts {
    /// What it is about, unless that is the case itself.
    pub about: Option<About>,
    /// Where it is.
    pub place: Option<String>,
    /// What was measured, where a rule has found something.
    pub measured: Option<Measured>,
    /// Further facts: title and value.
    pub more: Vec<(String, String)>,
}

/// What a case is about.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct About {
    /// What kind of thing: `污染源`.
    pub kind: String,
    /// It, with its page if it has one.
    pub what: Link,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Measured {
    /// What.
    pub factor: String,
    /// Its unit.
    pub unit: String,
    /// The intervals that made the case.
    pub values: Vec<Fact>,
    /// The limit they were judged by.
    pub limit: Option<Limit>,
}

/// A measured interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Which.
    pub interval: Interval,
    /// The value, rounded as the limit is written.
    pub value: String,
    /// Whether it is over the limit.
    pub over: bool,
    /// What it is worth.
    pub quality: Quality,
    /// The packet it came in: its number as text.
    pub packet: Option<Link>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Step {
    /// When, local.
    pub time: String,
    /// Who: a role or an account's name.
    pub who: String,
    /// The act's title.
    pub act: String,
    /// The stage it led to.
    pub stage: Option<String>,
    /// The reason's title.
    pub reason: Option<String>,
    /// What they wrote.
    pub opinion: Option<String>,
    /// What was measured, with its unit.
    pub measurement: Option<String>,
    /// What was filled in: title and value.
    pub fields: Vec<(String, String)>,
    /// Files that came with it.
    pub files: Vec<Link>,
    /// What the platform did because of it, in words.
    pub taken: Option<String>,
    /// What it does to earlier entries: corrects, voids.
    pub about: Option<String>,
    /// What has happened to this entry since: corrected, voided.
    pub notes: Vec<String>,
    /// Whether it counts no more.
    pub voided: bool,
    /// The receipt: its number as text.
    pub receipt: Option<Link>,
}
