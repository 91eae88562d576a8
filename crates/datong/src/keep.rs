//! Keeping a city: back-up, restore, erasure.

use crate::audit::urn;
use crate::settings::{Place, say};
use anyhow::Context;
use clap::Args;
use kernel::{Kernel, TenantClock, TenantDir};
use proof::SystemChance;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use store::{Clock, Vault, back_up, restore};

/// Copies a city.
#[derive(Debug, Args)]
pub struct BackUp {
    #[command(flatten)]
    place: Place,
    /// New folder for log, state and blobs.
    #[arg(long)]
    to: PathBuf,
    /// New file for keys and credentials. Keep it elsewhere than the back-up: together they are the whole city.
    #[arg(long)]
    keys: Option<PathBuf>,
}

impl BackUp {
    /// Copies while the city runs.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let dir = self.place.dir()?;
        let begun = TenantClock::System.now();
        if self.keys.is_some() {
            anyhow::ensure!(
                dir.vault().exists(),
                "{} is missing: there are no keys to copy",
                dir.vault().display()
            );
        }
        std::fs::create_dir_all(&self.to).with_context(|| format!("making {}", self.to.display()))?;
        back_up(&dir.database(), &self.to.join("city.db"))?;
        copy_folder(&dir.blobs(), &self.to.join("blobs"))?;
        if let Some(keys) = &self.keys {
            // An absolute path: erasures must find the copy again from wherever they are started.
            Vault::open(&dir.vault())?.back_up(&std::path::absolute(keys)?)?;
        }
        dir.note_back_up(begun)?;
        say(json!({ "backup": self.to, "keys": self.keys }));
        Ok(ExitCode::SUCCESS)
    }
}

/// Makes a city from a back-up.
#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    place: Place,
    /// Folder of the back-up.
    #[arg(long)]
    from: PathBuf,
    /// Copy of the keys, if the city's own are lost.
    #[arg(long)]
    keys: Option<PathBuf>,
}

impl Restore {
    /// Moves the present database aside and restores. The city must not be running.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let dir = match self.place.dir() {
            Ok(dir) => dir,
            Err(error) => match &self.place.tenant {
                Some(tenant) => TenantDir::of(&self.place.data, &model::Name::new(tenant.as_str())?),
                None => return Err(error.context("a new data directory needs --tenant")),
            },
        };
        let backup = self.from.join("city.db");
        anyhow::ensure!(backup.is_file(), "{} is no back-up: it has no city.db", self.from.display());
        if self.keys.is_some() {
            anyhow::ensure!(!dir.vault().exists(), "{} exists: move it aside first", dir.vault().display());
        }
        let _lock = dir.lock()?;
        if let Some(keys) = &self.keys {
            std::fs::copy(keys, dir.vault()).with_context(|| format!("copying {}", keys.display()))?;
        }
        copy_folder(&self.from.join("blobs"), &dir.blobs())?;
        let actor = urn("urn:ngsi-ld:System:datong")?;
        let clock = Arc::new(TenantClock::System);
        let restored = restore(&backup, &dir.database(), &actor, clock, Arc::new(SystemChance))?;
        say(json!({ "epoch": restored.epoch, "aside": restored.aside }));
        Ok(ExitCode::SUCCESS)
    }
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    if !from.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    for entry in std::fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if !target.exists() {
            std::fs::copy(entry.path(), &target)
                .with_context(|| format!("copying {}", entry.path().display()))?;
        }
    }
    Ok(())
}

/// Forgets a person.
#[derive(Debug, Args)]
pub struct Erase {
    #[command(flatten)]
    place: Place,
    /// Whose values: the subject's URN.
    #[arg(long)]
    subject: String,
    /// On what ground.
    #[arg(long)]
    ground: String,
}

impl Erase {
    /// Erases in the log and destroys the key here and in every known copy.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let kernel = Kernel::open(
            &self.place.data,
            &self.place.tenant()?,
            TenantClock::System,
            Arc::new(SystemChance),
        )?;
        let erasure = kernel.erase_as_operator(&urn(&self.subject)?, &self.ground)?;
        say(json!({ "entry": erasure.done.sequence, "unreachedCopies": erasure.unreached }));
        // A copy out of reach still holds the key: that is not a finished erasure.
        Ok(if erasure.unreached.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
