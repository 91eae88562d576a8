//! `datong ordinance`: the 44 articles, and what stands behind each.
//!
//! A scenario proves capability only. Operation is counted from records that are no demonstration; performance needs
//! offices and their duties. What is not known is said to be not known.

use crate::files;
use crate::settings::{Folders, Place, say};
use anyhow::Context;
use clap::{Args, ValueEnum};
use kernel::{TenantClock, TenantDir};
use pack::Article;
use proof::SystemChance;
use serde_json::{Value, json};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use store::{Reading, SqliteStore};

/// How to show them.
#[derive(Debug, Args)]
pub struct Ordinance {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    folders: Folders,
    /// Runs the scenarios that exist, in a scratch city, before showing.
    #[arg(long)]
    prove: bool,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What is known of one article.
struct State {
    capability: &'static str,
    evidence: String,
    operation: Value,
}

impl Ordinance {
    /// Prints 44 rows.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let files = files::definitions(&self.folders.packs, &self.folders.city)?;
        let definitions = pack::read(&files).map_err(|complaints| {
            anyhow::anyhow!(complaints.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })?;
        let proved = self.prove.then(|| self.prove()).transpose()?;
        for article in &definitions.articles {
            let state = self.state(article, proved)?;
            match self.format {
                Format::Json => say(row(article, &state)),
                Format::Text => say(format!(
                    "{:>2}  {:<28} {:<10} {}",
                    article.number, article.title.en, state.capability, state.evidence
                )),
            }
        }
        // A scenario that was run and failed is a failure of this build.
        Ok(if proved == Some(false) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// The one scenario of this stage is the city loop, run by this same program in a scratch city.
    fn prove(&self) -> anyhow::Result<bool> {
        let own = std::env::current_exe().context("finding this program")?;
        let ran = Command::new(own)
            .args(["demo", "--check", "--city"])
            .arg(&self.folders.city)
            .arg("--packs")
            .arg(&self.folders.packs)
            .output();
        Ok(ran.context("running the city loop")?.status.success())
    }

    fn state(&self, article: &Article, proved: Option<bool>) -> anyhow::Result<State> {
        if article.packs.is_empty() {
            let evidence = "no pack serves it yet".to_owned();
            return Ok(State { capability: "none", evidence, operation: Value::Null });
        }
        let (capability, evidence) = match proved {
            None => ("unproven", "run with --prove to run its scenario".to_owned()),
            Some(true) => (
                "partial",
                "the city loop passed on this build; its other duties have no scenario yet".to_owned(),
            ),
            Some(false) => {
                ("broken", "the city loop failed on this build: see `datong demo --check`".to_owned())
            }
        };
        Ok(State { capability, evidence, operation: self.operation()? })
    }

    /// Entries of a living city. Demonstration data and scratch cities never count.
    fn operation(&self) -> anyhow::Result<Value> {
        let Ok(tenant) = self.place.tenant() else { return Ok(Value::Null) };
        let dir = TenantDir::of(&self.place.data, &tenant);
        let _lock = match dir.lock() {
            Ok(lock) => lock,
            Err(_) => return Ok(json!({ "state": "unknown", "why": "the city is running: ask its pages" })),
        };
        let store =
            SqliteStore::open(&dir.database(), Arc::new(TenantClock::System), Arc::new(SystemChance))?;
        let view = store.snapshot()?;
        let living = view
            .entity(&crate::audit::urn("urn:ngsi-ld:City:self")?)?
            .is_some_and(|city| *city.value("demonstration") != model::Value::Bool(true));
        let log = view.log();
        let scratch = view
            .entity(&crate::audit::urn(&format!("urn:ngsi-ld:Log:{log}"))?)?
            .is_none_or(|log| *log.value("scratch") == model::Value::Bool(true));
        let entries = if living && !scratch { view.size()? } else { 0 };
        Ok(json!({ "state": if entries > 0 { "recorded" } else { "none" }, "entries": entries }))
    }
}

fn row(article: &Article, state: &State) -> Value {
    json!({
        "article": article.number,
        "title": { "zh": article.title.zh, "en": article.title.en },
        "state": if state.capability == "partial" { "partial" } else { "unfulfilled" },
        "capability": state.capability,
        "operation": state.operation,
        "performance": Value::Null,
        "evidence": state.evidence,
    })
}
