//! Settings that several commands share. Their help texts are their manual.

use anyhow::Context;
use clap::Args;
use jiff::civil::Date;
use kernel::TenantDir;
use model::{Instant, Name, Zone};
use std::io::Write;
use std::path::PathBuf;

/// Which city.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Data directory. Each city has a folder of its own in it.
    #[arg(long, env = "DATONG_DATA_DIR", default_value = "data")]
    pub data: PathBuf,
    /// Which city of the data directory, if it holds several.
    #[arg(long)]
    pub tenant: Option<String>,
}

impl Place {
    /// The one tenant that is meant.
    pub fn tenant(&self) -> anyhow::Result<Name> {
        if let Some(tenant) = &self.tenant {
            let name = Name::new(tenant.as_str())?;
            let there = TenantDir::of(&self.data, &name).database().is_file();
            anyhow::ensure!(
                there,
                "{} holds no city `{tenant}`: run `datong init` first",
                self.data.display()
            );
            return Ok(name);
        }
        let mut all = TenantDir::all(&self.data);
        match (all.pop(), all.is_empty()) {
            (Some((name, _)), true) => Ok(name),
            (None, _) => anyhow::bail!("{} holds no city: run `datong init` first", self.data.display()),
            (Some(_), false) => {
                anyhow::bail!("{} holds several cities: say which with --tenant", self.data.display())
            }
        }
    }

    /// Its folder.
    pub fn dir(&self) -> anyhow::Result<TenantDir> {
        Ok(TenantDir::of(&self.data, &self.tenant()?))
    }
}

/// A city that is looked back upon: one that is not running, or a back-up.
#[derive(Clone, Debug, Args)]
pub struct Past {
    #[command(flatten)]
    place: Place,
    /// Folder of a back-up, instead of a city of the data directory.
    #[arg(long)]
    back_up: Option<PathBuf>,
}

impl Past {
    /// Opens it.
    pub fn open(&self) -> anyhow::Result<kernel::Past<'static>> {
        let dir = match &self.back_up {
            Some(folder) => TenantDir::at(folder),
            None => self.place.dir()?,
        };
        kernel::Past::open(&dir)
            .context("a city that runs is looked at in a back-up: `datong back-up`, then --back-up")
    }
}

/// A stretch of days on the city's calendar.
#[derive(Clone, Debug, Args)]
pub struct Stretch {
    /// First day: 2026-07-01.
    #[arg(long)]
    from: String,
    /// Last day, counted: 2026-09-30.
    #[arg(long)]
    to: String,
}

impl Stretch {
    /// From midnight to midnight.
    pub fn of(&self, zone: &Zone) -> anyhow::Result<(Instant, Instant)> {
        let day = |text: &str| -> anyhow::Result<Date> {
            text.parse().with_context(|| format!("`{text}` is no day like 2026-07-01"))
        };
        let midnight = |day: Date| {
            zone.instant(day.at(0, 0, 0, 0))
                .with_context(|| format!("{day} has no midnight in the city's zone"))
        };
        let (from, to) = (day(&self.from)?, day(&self.to)?);
        anyhow::ensure!(from <= to, "{from} is after {to}");
        Ok((midnight(from)?, midnight(to.tomorrow()?)?))
    }
}

/// Where definitions are read from.
#[derive(Clone, Debug, Args)]
pub struct Folders {
    /// Folder of the city.
    #[arg(long, default_value = "cities/datong")]
    pub city: PathBuf,
    /// Folder of the packs.
    #[arg(long, default_value = "packs")]
    pub packs: PathBuf,
}

/// Writes a line to standard output. A reader that has gone away is no fault of ours.
pub fn say(line: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
