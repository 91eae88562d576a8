//! `datong init`: a new city.

use crate::files;
use crate::settings::{Folders, Place, say};
use anyhow::Context;
use clap::Args;
use kernel::{Beginning, Handover, TenantClock, init};
use model::Name;
use pack::{File, Register};
use proof::SystemChance;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// What a new city is made of.
#[derive(Debug, Args)]
pub struct Init {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    folders: Folders,
    /// Register of people and sources to begin with.
    #[arg(long)]
    register: Option<PathBuf>,
    /// A scratch city: its time can be driven, and it can never become a living one.
    #[arg(long)]
    scratch: bool,
}

impl Init {
    /// Opens the city, and prints each password made as one JSON line.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let (tenant, made) = begin(
            &self.place.data,
            &self.folders,
            self.register.as_deref(),
            self.scratch,
            TenantClock::System,
        )?;
        say(serde_json::json!({ "tenant": tenant.as_str(), "data": self.place.data }));
        for Handover { login, password } in made {
            say(serde_json::json!({ "login": login, "password": password }));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Opens a city from folders.
pub fn begin(
    data: &Path,
    folders: &Folders,
    register: Option<&Path>,
    scratch: bool,
    clock: TenantClock,
) -> anyhow::Result<(Name, Vec<Handover>)> {
    let register = register.map(read_register).transpose()?.unwrap_or_default();
    begin_with(data, folders, &register, scratch, clock)
}

/// Opens a city from folders, with a register that was read before.
pub fn begin_with(
    data: &Path,
    folders: &Folders,
    register: &Register,
    scratch: bool,
    clock: TenantClock,
) -> anyhow::Result<(Name, Vec<Handover>)> {
    let files = files::definitions(&folders.packs, &folders.city)?;
    let beginning = Beginning { files: &files, register, scratch };
    Ok(init(data, &beginning, Arc::new(clock), Arc::new(SystemChance))?)
}

/// Reads a register.
pub fn read_register(path: &Path) -> anyhow::Result<Register> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let file = File { path: path.display().to_string(), text };
    pack::parse(&file).map_err(|complaint| anyhow::anyhow!("{complaint}"))
}
