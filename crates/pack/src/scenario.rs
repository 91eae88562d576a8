//! Scenarios: given, when, then. A file tells what happens on which day, and what must then be so.
//!
//! A scenario is run against the built program, through its own doors and pages, on log time that is driven: see
//! `datong pack test`. Here it is only read.

use model::{Name, Text};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Steps of one scenario. Who needs more tells two stories.
pub const STEPS_MAX: usize = 200;

/// A scenario as a pack writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The form of this file: 1.
    pub format: u32,
    /// Its name; the name of its file.
    pub id: Name,
    /// What it shows.
    pub title: Text,
    /// The ordinance's article that it proves, if it proves one.
    #[serde(default)]
    pub article: Option<u8>,
    /// The duties of that article that it proves, as `27.3`.
    #[serde(default)]
    pub duties: Vec<String>,
    /// When it begins, on the city's wall clock: `2026-09-30T16:00`.
    pub starts: String,
    /// What happens and what must then be so, in order.
    pub step: Vec<Step>,
}

/// One step: exactly one of `send`, `bring`, `until`, `wait`, `begin`, `act` and `expect`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// A device reports.
    #[serde(default)]
    pub send: Option<Send>,
    /// A department's file comes in by this connector.
    #[serde(default)]
    pub bring: Option<Name>,
    /// Log time is driven to a moment of the city's wall clock: `2026-10-08T10:05`.
    #[serde(default)]
    pub until: Option<String>,
    /// Log time is driven on by an amount: `2h`, `30min`, `3d`.
    #[serde(default)]
    pub wait: Option<String>,
    /// A person begins a case of this process.
    #[serde(default)]
    pub begin: Option<Name>,
    /// A person acts on the case.
    #[serde(default)]
    pub act: Option<Name>,
    /// What must now be so.
    #[serde(default)]
    pub expect: Option<Expect>,

    /// With `bring`: the file.
    #[serde(default)]
    pub file: Option<String>,
    /// With `bring`, `begin` and `act`: who, by login. With `expect`: for whom.
    #[serde(default, rename = "as")]
    pub who: Option<String>,
    /// With `begin` and `act`: what is filled in.
    #[serde(default)]
    pub with: BTreeMap<Name, toml::Value>,
    /// With `begin`: what the case is about, as `MonitoredSource:chimney-1`.
    #[serde(default)]
    pub about: Option<String>,
    /// With `begin`: under which name later steps speak of the case. With `act` and `expect`: of which case.
    #[serde(default)]
    pub case: Option<Name>,
    /// With `bring`, `begin` and `act`: it must be refused, with this code.
    #[serde(default)]
    pub refused: Option<String>,
}

/// What a device sends.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// The door: `hj212`.
    pub door: Name,
    /// The entity whose device it is, as `MonitoredSource:chimney-1`.
    pub from: String,
    /// The attributes it reports, each by its feed.
    pub values: BTreeMap<Name, f64>,
    /// What the device says of the values' worth.
    #[serde(default = "normal")]
    pub flag: String,
    /// Periods in a row, each reported when it has passed. The first begins now.
    #[serde(default = "one")]
    pub times: u32,
    /// Instead of now: when the first period began, on the city's wall clock. For what comes late.
    #[serde(default)]
    pub observed: Option<String>,
    /// By how much the device's own clock is ahead, or, below zero, behind, in seconds.
    #[serde(default)]
    pub clock: i64,
    /// The answer that the door must give; `9014` unless said otherwise.
    #[serde(default)]
    pub answer: Option<u16>,
}

/// What must be so. Everything that is written here must hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// So many open cases of this process: `{ exceedance = 1 }`. The latest becomes the case that later steps speak of.
    #[serde(default)]
    pub open: BTreeMap<Name, u32>,
    /// The stages in which the case stands.
    #[serde(default)]
    pub stage: Option<OneOrMore>,
    /// Whether it has ended.
    #[serde(default)]
    pub ended: Option<bool>,
    /// The roles of which somebody must act.
    #[serde(default)]
    pub awaits: Option<OneOrMore>,
    /// Attributes of the case.
    #[serde(default)]
    pub attributes: BTreeMap<Name, toml::Value>,
    /// Attributes of entities: `{ "MonitoredSource:chimney-4" = { dataHealth = "stuck" } }`.
    #[serde(default)]
    pub entities: BTreeMap<String, BTreeMap<Name, toml::Value>>,
    /// How many rows of a dataset anybody is handed: `{ station-pm25-cleaned = 3 }`.
    #[serde(default)]
    pub rows: BTreeMap<Name, u32>,
    /// Acts that this person may do, all of them present.
    #[serde(default)]
    pub may: Option<OneOrMore>,
    /// Acts that this person may not do, with the code of the reason: `{ accept = "same-person" }`.
    #[serde(default)]
    pub may_not: BTreeMap<Name, String>,
    /// A clock of the case.
    #[serde(default)]
    pub clock: Option<ExpectClock>,
    /// How often a role was told of something since the scenario began: `{ section-chief = 1 }`.
    #[serde(default)]
    pub told: BTreeMap<Name, u32>,
    /// The acts in the case's trail, oldest first, ticks and tellings left out.
    #[serde(default)]
    pub trail: Option<Vec<Name>>,
    /// Findings counted since the scenario began: `{ no-limit = 1 }`.
    #[serde(default)]
    pub findings: BTreeMap<Name, u32>,
    /// Whether this person sees the case at all.
    #[serde(default)]
    pub seen: Option<bool>,
}

/// What must be so of a clock.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectClock {
    /// Which.
    pub id: Name,
    /// When it is due, on the city's wall clock: `2026-10-08T10:30`. `never` while it stands.
    #[serde(default)]
    pub due: Option<String>,
    /// `running`, `paused` or `stopped`.
    #[serde(default)]
    pub state: Option<String>,
    /// Words that its derivation must contain, in either language.
    #[serde(default)]
    pub because: Vec<String>,
    /// Whether its due moment rests on a year whose calendar is not published.
    #[serde(default)]
    pub provisional: Option<bool>,
}

/// A name or several.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(Name),
    /// Several.
    More(Vec<Name>),
}

impl OneOrMore {
    /// All of them, in order of the alphabet.
    pub fn sorted(&self) -> Vec<&Name> {
        let mut all: Vec<&Name> = match self {
            Self::One(name) => vec![name],
            Self::More(names) => names.iter().collect(),
        };
        all.sort();
        all
    }
}

impl Scenario {
    /// What is wrong with it, in words: step by step.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.format != 1 {
            faults.push(format!("format = {} is not known: write format = 1", self.format));
        }
        if self.step.len() > STEPS_MAX {
            faults.push(format!("more than {STEPS_MAX} steps: tell two scenarios"));
        }
        for (number, step) in (1..).zip(&self.step) {
            if let Some(fault) = step.fault() {
                faults.push(format!("step {number}: {fault}"));
            }
        }
        faults
    }
}

impl Step {
    /// What is wrong with this step, if anything is.
    fn fault(&self) -> Option<&'static str> {
        let verbs = [
            self.send.is_some(),
            self.bring.is_some(),
            self.until.is_some(),
            self.wait.is_some(),
            self.begin.is_some(),
            self.act.is_some(),
            self.expect.is_some(),
        ];
        let acts = self.begin.is_some() || self.act.is_some();
        let by = acts || self.bring.is_some();
        match verbs.into_iter().filter(|verb| *verb).count() {
            1 if by && self.who.is_none() => Some("say who does it: as = \"<login>\""),
            1 if !acts && !self.with.is_empty() => Some("`with` belongs to begin and act"),
            1 if !by && self.refused.is_some() => Some("`refused` belongs to bring, begin and act"),
            1 if self.bring.is_some() != self.file.is_some() => Some("`bring` and `file` belong together"),
            1 if self.begin.is_none() && self.about.is_some() => Some("`about` belongs to begin"),
            1 => None,
            _ => Some("write exactly one of send, bring, until, wait, begin, act, expect"),
        }
    }
}

fn normal() -> String {
    "N".to_owned()
}

fn one() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "format = 1\nid = 'a'\ntitle = { zh = '甲', en = 'A' }\nstarts = '2026-09-30T16:00'\n";

    fn faults(steps: &str) -> Vec<String> {
        toml::from_str::<Scenario>(&format!("{HEAD}{steps}"))
            .map_or_else(|e| vec![e.to_string()], |s| s.faults())
    }

    #[test]
    fn a_scenario_reads_as_packs_write_it() {
        let steps = "
            [[step]]
            send = { door = 'hj212', from = 'MonitoredSource:chimney-1', values = { so2 = 412.0 }, times = 2 }
            [[step]]
            expect = { open = { exceedance = 1 }, stage = 'supervision', clock = { id = 'supervise', due = '2026-10-08T10:30' } }
            [[step]]
            act = 'dismiss'
            as = 'officer-1'
            refused = 'reason'
            [[step]]
            wait = '2h'";
        assert_eq!(faults(steps), Vec::<String>::new());
    }

    #[test]
    fn faulty_steps_are_named() {
        for (steps, fault) in [
            ("[[step]]", "exactly one of"),
            ("[[step]]\nwait = '2h'\nuntil = 'x'", "exactly one of"),
            ("[[step]]\nact = 'confirm'", "say who"),
            ("[[step]]\nwait = '2h'\nrefused = 'x'", "belongs to bring, begin and act"),
            ("[[step]]\nbring = 'x'\nas = 'y'", "belong together"),
            ("[[step]]\nact = 'x'\nas = 'y'\nabout = 'z'", "belongs to begin"),
            ("[[step]]\ndo = 'x'", "unknown field"),
        ] {
            let found = faults(steps);
            assert!(found.iter().any(|f| f.contains(fault)), "{steps}: {found:?}");
        }
    }
}
