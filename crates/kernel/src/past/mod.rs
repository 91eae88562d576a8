//! A city at rest, looked back upon: rules judged again, cases replayed under other definitions. Nothing is written to
//! the log; a city that runs is looked at in its back-up.

mod cases;
mod rules;

pub use cases::{CaseDifference, Trial};
pub use rules::{EntityDifferences, EntityVerdicts};

use crate::{Loaded, Refusal, TenantClock, TenantDir};
use pack::Definitions;
use proof::SystemChance;
use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;
use store::blobs::Blobs;
use store::{Reading, SqliteStore};

/// A city at rest.
pub struct Past {
    store: SqliteStore,
    loaded: Arc<Loaded>,
    _lock: File,
}

impl Past {
    /// Opens a city that is not running, or a back-up of one.
    pub fn open(dir: &TenantDir) -> Result<Self, Refusal> {
        if !dir.database().is_file() {
            return Err(Refusal::Unusable(format!("{} holds no city", dir.path().display())));
        }
        let lock = dir.lock()?;
        let store =
            SqliteStore::open(&dir.database(), Arc::new(TenantClock::System), Arc::new(SystemChance))?;
        let loaded = Arc::new(Loaded::load(&store.snapshot()?, &Blobs::new(dir.blobs()))?);
        Ok(Self { store, loaded, _lock: lock })
    }

    /// Definitions in force.
    pub fn loaded(&self) -> &Loaded {
        &self.loaded
    }

    /// Everything that the log says.
    fn view(&self) -> Result<impl Reading, Refusal> {
        Ok(self.store.snapshot()?)
    }
}

impl Loaded {
    /// Definitions that are only tried: no case runs on them.
    pub fn tried(definitions: Definitions) -> Result<Self, Refusal> {
        Self::derive(definitions, &HashMap::new(), false)
    }
}
