//! `datong ordinance`: the 44 articles and their duties, and what stands behind each, in three layers.
//!
//! Capability: every scenario that names the duty passes on this build. Operation: cases of the last 30 days in a living
//! city; demonstration data and scratch cities never count. Performance: offices and their acts, which nothing keeps
//! yet. What is not known is said to be not known.

use crate::pack::{definitions, run_all};
use crate::settings::{Folders, Place, say};
use crate::{files, scenario};
use clap::{Args, ValueEnum};
use kernel::{TenantClock, TenantDir};
use model::Instant;
use pack::{Article, Duty};
use proof::SystemChance;
use scenario::{Outcome, Told};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use store::{Clock, Reading, SqliteStore};

/// What counts as operation: the last 30 days.
const OPERATION_SECS: i64 = 30 * 86_400;
/// Cases looked at for each process.
const CASES_MAX: u32 = 10_000;

/// How to show them.
#[derive(Debug, Args)]
pub struct Ordinance {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    folders: Folders,
    /// Runs all scenarios, each in a scratch city, before showing.
    #[arg(long)]
    prove: bool,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Shows each duty, not only the articles.
    #[arg(long)]
    duties: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// How far a duty's capability is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Capability {
    /// No scenario names it.
    None,
    /// Scenarios name it and were not run.
    Unproven,
    /// One of them failed.
    Broken,
    /// All of them passed.
    Proved,
}

/// What the scenarios of a duty came to.
#[derive(Default)]
struct Proof {
    passed: Vec<String>,
    failed: Vec<String>,
    unrun: Vec<String>,
}

impl Ordinance {
    /// Prints 44 rows.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let articles = files::articles(&self.folders.packs)?;
        let proofs = self.proofs()?;
        let operation = self.operation()?;
        for article in &articles {
            let duties: Vec<(&Duty, Capability, Value)> =
                article.duties.iter().map(|duty| with_proof(duty, proofs.get(duty.id.as_str()))).collect();
            match self.format {
                Format::Json => say(row(article, &duties, &operation)),
                Format::Text => self.show(article, &duties),
            }
        }
        // A scenario that was run and failed is a failure of this build.
        let failed = proofs.values().any(|proof| !proof.failed.is_empty());
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// What the scenarios say of each duty. A pack that cannot be read breaks whatever its scenarios name.
    fn proofs(&self) -> anyhow::Result<BTreeMap<String, Proof>> {
        let mut told = scenario::all(&self.folders.packs, None)?;
        told.retain(|told| !told.scenario.duties.is_empty());
        let proofs = Mutex::new(BTreeMap::<String, Proof>::new());
        let note = |told: &Told, outcome: Option<&Outcome>| {
            let mut proofs = proofs.lock().unwrap_or_else(PoisonError::into_inner);
            for duty in &told.scenario.duties {
                let proof = proofs.entry(duty.clone()).or_default();
                let id = told.scenario.id.to_string();
                match outcome.map(|outcome| &outcome.failed) {
                    None => proof.unrun.push(id),
                    Some(None) => proof.passed.push(id),
                    Some(Some(why)) => proof.failed.push(format!("{id}: {why}")),
                }
            }
        };
        if self.prove {
            run_all(&self.folders, &told, |told, outcome| note(told, Some(outcome)));
        } else {
            told.iter().for_each(|told| note(told, None));
        }
        Ok(proofs.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn show(&self, article: &Article, duties: &[(&Duty, Capability, Value)]) {
        let proved = duties.iter().filter(|(_, capability, _)| *capability == Capability::Proved).count();
        let (number, title) = (article.number, &article.title.en);
        say(format!("{number:>2}  {title:<34} {:<12} {proved}/{} duties", state(duties), duties.len()));
        for (duty, capability, evidence) in duties.iter().filter(|_| self.duties) {
            say(format!("      {:<6} {:<9} {}", duty.id, capability.as_str(), duty.text.en));
            for scenario in evidence.as_array().into_iter().flatten().filter_map(Value::as_str) {
                say(format!("               {scenario}"));
            }
        }
    }

    /// Cases begun in the last 30 days, by process, in a city that is neither scratch nor demonstration; nothing where
    /// there is no such city, and why where it cannot be known.
    fn operation(&self) -> anyhow::Result<Operation> {
        let Ok(tenant) = self.place.tenant() else { return Ok(Operation::default()) };
        let dir = TenantDir::of(&self.place.data, &tenant);
        let Ok(_lock) = dir.lock() else {
            let why = Some("the city is running: ask its pages");
            return Ok(Operation { why, ..Operation::default() });
        };
        let store =
            SqliteStore::open(&dir.database(), Arc::new(TenantClock::System), Arc::new(SystemChance))?;
        let view = store.snapshot()?;
        let yes = |urn: &str, attribute: &str| -> anyhow::Result<bool> {
            let entity = view.entity(&crate::audit::urn(urn)?)?;
            Ok(entity.is_none_or(|entity| *entity.value(attribute) == model::Value::Bool(true)))
        };
        let log = format!("urn:ngsi-ld:Log:{}", view.log());
        if yes("urn:ngsi-ld:City:self", "demonstration")? || yes(&log, "scratch")? {
            let why = Some("a scratch city or demonstration data: it never counts");
            return Ok(Operation { why, ..Operation::default() });
        }
        let since = TenantClock::System.now().plus_secs(-OPERATION_SECS);
        let mut cases = BTreeMap::new();
        for (path, process) in definitions(&self.folders)?.processes.values() {
            let begun = view.entities(&process.case, None, CASES_MAX)?;
            let pack = path.split('/').nth(1).unwrap_or_default().to_owned();
            let recent = begun.iter().filter(|case| begun_at(case) >= since).count();
            *cases.entry(pack).or_insert(0) += recent;
        }
        Ok(Operation { counted: true, cases, why: None })
    }
}

/// When an entity was first written.
fn begun_at(case: &model::Entity) -> Instant {
    case.attributes.values().map(|held| held.committed).min().unwrap_or_default()
}

/// Cases of the last 30 days.
#[derive(Default)]
struct Operation {
    counted: bool,
    cases: BTreeMap<String, usize>,
    why: Option<&'static str>,
}

impl Operation {
    fn of(&self, packs: &BTreeSet<&str>) -> Value {
        match (self.counted, self.why) {
            (true, _) => {
                let cases: usize = packs.iter().filter_map(|pack| self.cases.get(*pack)).sum();
                json!({ "state": if cases > 0 { "recorded" } else { "none" }, "cases": cases, "days": 30 })
            }
            (false, Some(why)) => json!({ "state": "unknown", "why": why }),
            (false, None) => Value::Null,
        }
    }
}

impl Capability {
    const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Unproven => "unproven",
            Self::Broken => "broken",
            Self::Proved => "proved",
        }
    }
}

fn with_proof<'a>(duty: &'a Duty, proof: Option<&Proof>) -> (&'a Duty, Capability, Value) {
    let Some(proof) = proof else { return (duty, Capability::None, json!([])) };
    let (capability, evidence) = match proof {
        Proof { failed, .. } if !failed.is_empty() => (Capability::Broken, failed),
        Proof { unrun, .. } if !unrun.is_empty() => (Capability::Unproven, unrun),
        Proof { passed, .. } => (Capability::Proved, passed),
    };
    (duty, capability, json!(evidence))
}

/// An article is fulfilled only when every duty has capability.
fn state(duties: &[(&Duty, Capability, Value)]) -> &'static str {
    let of = |wanted: Capability| duties.iter().filter(|(_, capability, _)| *capability == wanted).count();
    match () {
        () if !duties.is_empty() && of(Capability::Proved) == duties.len() => "fulfilled",
        () if of(Capability::Broken) > 0 => "broken",
        () if of(Capability::Proved) > 0 => "partial",
        () if of(Capability::Unproven) > 0 => "unproven",
        () => "unfulfilled",
    }
}

fn row(article: &Article, duties: &[(&Duty, Capability, Value)], operation: &Operation) -> Value {
    let text = |text: &model::Text| json!({ "zh": text.zh, "en": text.en });
    let one = |(duty, capability, evidence): &(&Duty, Capability, Value)| {
        let packs: BTreeSet<&str> = duty.packs.iter().map(model::Name::as_str).collect();
        json!({
            "id": duty.id.as_str(),
            "text": text(&duty.text),
            "bearer": text(&duty.bearer),
            "capability": capability.as_str(),
            "evidence": evidence,
            "operation": if packs.is_empty() { Value::Null } else { operation.of(&packs) },
            "performance": Value::Null,
        })
    };
    let proved = duties.iter().filter(|(_, capability, _)| *capability == Capability::Proved).count();
    json!({
        "article": article.number,
        "title": text(&article.title),
        "state": state(duties),
        "evidence": format!("{proved} of {} duties have a scenario that passed on this build", duties.len()),
        "duties": duties.iter().map(one).collect::<Vec<_>>(),
    })
}
