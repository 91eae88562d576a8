//! The past of a city: rules judged again, cases replayed under other definitions. Nothing is written to the log.

mod cases;
mod rules;

pub use cases::{CaseDifference, Replays, Trial};
pub use rules::{EntityDifferences, EntityVerdicts};

use crate::{Actor, Kernel, Loaded, Power, Refusal, TenantClock, TenantDir};
use pack::Definitions;
use proof::SystemChance;
use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;
use store::blobs::Blobs;
use store::{Reading, SqliteStore};

/// A city as everything in its log says, to be looked back upon.
pub struct Past<'a> {
    view: Box<dyn Reading + 'a>,
    loaded: Arc<Loaded>,
    /// Of a city at rest: its store, and the lock that keeps it at rest.
    _rest: Option<(SqliteStore, File)>,
}

impl Past<'static> {
    /// Opens a city that is not running, or a back-up of one.
    pub fn open(dir: &TenantDir) -> Result<Self, Refusal> {
        if !dir.database().is_file() {
            return Err(Refusal::Unusable(format!("{} holds no city", dir.path().display())));
        }
        let lock = dir.lock()?;
        let store =
            SqliteStore::open(&dir.database(), Arc::new(TenantClock::System), Arc::new(SystemChance))?;
        let view = store.snapshot()?;
        let loaded = Arc::new(Loaded::load(&view, &Blobs::new(dir.blobs()))?);
        Ok(Self { view: Box::new(view), loaded, _rest: Some((store, lock)) })
    }
}

impl Past<'_> {
    /// Definitions in force.
    pub fn loaded(&self) -> &Loaded {
        &self.loaded
    }
}

impl Kernel {
    /// The past of this city, for whoever says which definitions are in force.
    pub fn past(&self, actor: &Actor) -> Result<Past<'_>, Refusal> {
        self.allowed(actor, Power::Define)?;
        Ok(Past { view: self.store.read()?, loaded: self.loaded(), _rest: None })
    }
}

impl Loaded {
    /// Definitions that are only tried: no case runs on them.
    pub fn tried(definitions: Definitions) -> Result<Self, Refusal> {
        Self::derive(definitions, &HashMap::new(), false)
    }
}
