//! Scenarios of packs, run as a city would live them: a scratch city on this program's own node, devices on its real
//! door, people on its real interface, notifications posted to a real receiver; log time is driven.
//!
//! A scenario stops at its first step that does not hold, and says what was found instead.

mod city;
mod expect;
mod post;
mod proposed;
mod step;

use crate::files;
use crate::settings::Folders;
use anyhow::Context;
use city::City;
use pack::{File, Scenario};
pub use proposed::Proposed;
use std::path::Path;

/// A scenario with the file it stands in.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its file.
    pub file: String,
    /// What it says.
    pub scenario: Scenario,
}

/// What became of a scenario.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Steps that held.
    pub held: usize,
    /// All its steps.
    pub steps: usize,
    /// What did not hold, with the step's number.
    pub failed: Option<String>,
}

/// All scenarios of the packs, by file; those of one pack, if one is named.
pub fn all(packs: &Path, only: Option<&str>) -> anyhow::Result<Vec<Told>> {
    let mut told = Vec::new();
    for file in files::scenarios(packs)? {
        let pack = file.path.split('/').nth(1).unwrap_or_default();
        if only.is_none_or(|only| only == pack) {
            told.push(read(&file)?);
        }
    }
    Ok(told)
}

fn read(file: &File) -> anyhow::Result<Told> {
    let scenario: Scenario = pack::parse(file).map_err(|complaint| anyhow::anyhow!("{complaint}"))?;
    let mut faults = scenario.faults();
    let stem = Path::new(&file.path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if stem != scenario.id.as_str() {
        faults.push(format!("the file is called {stem}, its id is {}: make them the same", scenario.id));
    }
    anyhow::ensure!(faults.is_empty(), "{}: {}", file.path, faults.join("; "));
    Ok(Told { file: file.path.clone(), scenario })
}

/// Runs one scenario in a scratch city of its own.
pub fn run(folders: &Folders, scenario: &Scenario) -> anyhow::Result<Outcome> {
    let mut city = City::begin(folders, scenario).context("beginning the scratch city")?;
    let steps = scenario.step.len();
    for (held, step) in scenario.step.iter().enumerate() {
        if let Err(error) = city.step(step) {
            let failed = Some(format!("step {}: {error:#}", held + 1));
            return Ok(Outcome { held, steps, failed });
        }
    }
    Ok(Outcome { held: steps, steps, failed: None })
}
