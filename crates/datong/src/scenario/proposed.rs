//! Scenarios for definitions as they would be: the files are written beside the scenarios of the packs' folder, and run there.

use super::{Outcome, Told, all};
use crate::pack::run_all;
use crate::settings::Folders;
use anyhow::Context;
use model::Name;
use pack::File;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use web::{ScenarioRun, Scenarios};

/// Runs the scenarios of the folders from which a city is kept.
pub struct Proposed {
    /// Those folders.
    pub folders: Folders,
}

/// A folder that goes when it is left.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "the definitions of a proposal could not be removed");
        }
    }
}

impl Scenarios for Proposed {
    fn run(&self, files: &[File], packs: &[Name]) -> Result<Vec<ScenarioRun>, String> {
        self.tried(files, packs).map_err(|error| format!("{error:#}"))
    }
}

impl Proposed {
    fn tried(&self, files: &[File], packs: &[Name]) -> anyhow::Result<Vec<ScenarioRun>> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("datong-proposal-{}-{n}", std::process::id()));
        let scratch = Scratch(folder);
        let city = files.iter().find_map(|file| file.path.strip_suffix("/city.toml"));
        let city = city.context("the definitions have no city")?;
        for file in files {
            let plain = Path::new(&file.path).components().all(|part| matches!(part, Component::Normal(_)));
            anyhow::ensure!(plain, "{} leads out of its folder", file.path);
            put(&scratch.0.join(&file.path), &file.text)?;
        }
        // Who takes part in scenarios stands beside the definitions, and is none of them.
        let register = self.folders.city.join("demo.toml");
        let text =
            std::fs::read_to_string(&register).with_context(|| format!("reading {}", register.display()))?;
        put(&scratch.0.join(city).join("demo.toml"), &text)?;
        let folders = Folders { packs: scratch.0.join("packs"), city: scratch.0.join(city) };
        let mut told = Vec::new();
        for pack in packs {
            told.extend(all(&self.folders.packs, Some(pack.as_str()))?);
        }
        let runs = Mutex::new(Vec::new());
        run_all(&folders, &told, |told, outcome| {
            runs.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(run(told, outcome));
        });
        let mut runs = runs.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        runs.sort_by(|a, b| (a.failed.is_none(), &a.file).cmp(&(b.failed.is_none(), &b.file)));
        Ok(runs)
    }
}

fn run(told: &Told, outcome: &Outcome) -> ScenarioRun {
    ScenarioRun {
        title: told.scenario.title.clone(),
        file: told.file.clone(),
        held: [outcome.held, outcome.steps],
        failed: outcome.failed.clone(),
    }
}

fn put(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
