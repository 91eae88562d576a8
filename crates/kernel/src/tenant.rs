//! A tenant on disk: one city or county with its own store, log, tree and keys.
//!
//! ```text
//! <data>/<tenant>/city.db     log and state        (backed up)
//! <data>/<tenant>/blobs/      larger contents      (backed up)
//! <data>/<tenant>/tried/      files that were tried with a connector (not backed up)
//! <data>/<tenant>/drill/      a restore that is being tried (not backed up)
//! <data>/<tenant>/keys.db     keys and credentials (backed up apart)
//! <data>/<tenant>/backed-up   when the last back-up began (not backed up)
//! <data>/<tenant>/lock        held by the one process that serves it
//! ```

use crate::Refusal;
use model::{Instant, Name};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Where a tenant lives.
#[derive(Clone, Debug)]
pub struct TenantDir(PathBuf);

impl TenantDir {
    /// The folder of a tenant within a data directory.
    pub fn of(data: &Path, tenant: &Name) -> Self {
        Self(data.join(tenant.as_str()))
    }

    /// A tenant's folder itself, or a back-up of one.
    pub fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Where a tenant is made before it is whole. No tenant's name begins with a dot.
    pub(crate) fn staging(data: &Path, tenant: &Name) -> Self {
        Self(data.join(format!(".{tenant}.init")))
    }

    /// Removes what a broken-off beginning has left, except the lock that is held.
    pub(crate) fn clear(&self) -> Result<(), Refusal> {
        let unusable = |error: std::io::Error| Refusal::Unusable(format!("{}: {error}", self.0.display()));
        for entry in std::fs::read_dir(&self.0).map_err(unusable)? {
            let path = entry.map_err(unusable)?.path();
            if path.is_dir() {
                std::fs::remove_dir_all(&path).map_err(unusable)?;
            } else if !path.ends_with("lock") {
                std::fs::remove_file(&path).map_err(unusable)?;
            }
        }
        Ok(())
    }

    /// Gives a whole tenant its name, durably.
    pub(crate) fn rename(&self, to: &Self) -> Result<(), Refusal> {
        let unusable = |error: std::io::Error| Refusal::Unusable(format!("{}: {error}", to.0.display()));
        std::fs::rename(&self.0, &to.0).map_err(unusable)?;
        let parent = to.0.parent().unwrap_or(Path::new("."));
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(unusable)
    }

    /// The tenants that a data directory holds.
    pub fn all(data: &Path) -> Vec<(Name, Self)> {
        let Ok(entries) = std::fs::read_dir(data) else { return Vec::new() };
        let mut found: Vec<_> = entries
            .flatten()
            .filter(|entry| entry.path().join("city.db").is_file())
            .filter_map(|entry| Name::new(entry.file_name().into_string().ok()?).ok())
            .map(|name| (name.clone(), Self::of(data, &name)))
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.0.join("city.db")
    }

    /// Keys and credentials.
    pub fn vault(&self) -> PathBuf {
        self.0.join("keys.db")
    }

    /// Files that were tried with connectors.
    pub(crate) fn tried(&self) -> PathBuf {
        self.0.join("tried")
    }

    /// Where a restore is tried.
    pub(crate) fn drill(&self) -> PathBuf {
        self.0.join("drill")
    }

    fn backed_up(&self) -> PathBuf {
        self.0.join("backed-up")
    }

    /// When the last whole back-up began.
    pub fn last_back_up(&self) -> Option<Instant> {
        Instant::parse(std::fs::read_to_string(self.backed_up()).ok()?.trim()).ok()
    }

    /// Notes a back-up that is whole, and when it began.
    pub fn note_back_up(&self, begun: Instant) -> Result<(), Refusal> {
        let path = self.backed_up();
        std::fs::write(&path, format!("{begun}\n"))
            .map_err(|error| Refusal::Unusable(format!("{}: {error}", path.display())))
    }

    /// Larger contents.
    pub fn blobs(&self) -> PathBuf {
        self.0.join("blobs")
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes the folder and takes the lock: a tenant has one writer everywhere.
    pub fn lock(&self) -> Result<File, Refusal> {
        let unusable = |error: std::io::Error| Refusal::Unusable(format!("{}: {error}", self.0.display()));
        std::fs::create_dir_all(&self.0).map_err(unusable)?;
        let lock = File::create(self.0.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(std::fs::TryLockError::WouldBlock) => {
                Err(Refusal::Unusable(format!("{} is served by another process", self.0.display())))
            }
            Err(std::fs::TryLockError::Error(error)) => Err(unusable(error)),
        }
    }
}
