//! Settings that several commands share. Their help texts are their manual.

use clap::Args;
use kernel::TenantDir;
use model::Name;
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
