//! The kernel: the one way in.
//!
//! Every door and page comes through here: authorise, load the facts that the definition names, decide, commit,
//! dispatch, deliver. Only this crate calls the store. To add something that people can do, add a file with its
//! act; to add something that happens by itself, add an effect to the dispatcher.

mod accounts;
mod act;
mod actor;
mod aggregates;
mod ask;
mod background;
mod begin;
mod boards;
mod cases;
mod choices;
mod clock;
mod context;
mod counters;
mod datasets;
mod definitions;
mod deliver;
mod dispatch;
mod documents;
mod drill;
mod editions;
mod error;
mod follow;
mod import;
mod index;
mod init;
mod json;
mod judge;
mod kept;
mod keys;
mod leads;
mod lists;
mod loaded;
mod observe;
mod orders;
mod oversight;
mod past;
mod people;
mod permission;
mod personal;
mod proposals;
mod reach;
mod receipts;
mod retention;
mod runs;
mod select;
mod sources;
mod status;
mod tenant;
mod then;
mod tick;
mod watch;
mod world;
mod written;

pub use act::{ENCLOSURE_BYTES_MAX, ENCLOSURES_MAX, OPINION_CHARS_MAX, Submission};
pub use actor::{Actor, Grant, Scope, title};
pub use aggregates::{AGGREGATES_MAX, Aggregate, Bucket};
pub use begin::Beginning as CaseBeginning;
pub use boards::{BEHIND_MAX, Behind, BoardView, FigureView, LayerView};
pub use cases::{CaseView, TrailEntry};
pub use choices::CHOICES_MAX;
pub use clock::TenantClock;
pub use context::{ContextFound, ContextQuery, ContextWrite, Mode, Written};
pub use counters::Counters;
pub use datasets::{DATASET_ROWS_MAX, DatasetRows};
pub use definitions::{Activation, Moved, Renamed};
pub use deliver::{Deliverer, Sink};
pub use dispatch::Dispatcher;
pub use documents::{DOCUMENTS_MAX, Paper, Part as PaperPart, Service, Signed, Worth};
pub use drill::Drill;
pub use editions::{Audited, Part, SeriesAudit};
pub use error::Refusal;
pub use import::{Imported, PREVIEW_ROWS};
pub use index::IndexHour;
pub use init::{Beginning, Handover, init};
pub use json::of as json_of;
pub use kept::KEPT_NAME_CHARS_MAX;
pub use leads::{Found as FoundLead, Verdict};
pub use lists::{InboxPage, InboxRow, InboxTab, PAGE_ROWS};
pub use loaded::{CITY, Loaded};
pub use observe::{Device, Finding, ObserveRefusal, Observed, Observing, Telemetry};
pub use orders::{Asked, DeviceOrder, Line, ORDERS_MAX, OrderState};
pub use oversight::{ActQuery, ActRow, Acts, Chain};
pub use pack::{APART, Power};
pub use past::{CaseDifference, EntityDifferences, EntityVerdicts, Past, Replays, Trial};
pub use people::Person;
pub use permission::Permission;
pub use personal::Erasure;
pub use proposals::{FILE_BYTES_MAX, FileVersion, ProcessTrial, Proposed, RuleTrial, Trials};
pub use reach::{CasesFound, Reached};
pub use receipts::{Consistency, ReceiptState, StoredReceipt};
pub use runs::{Fetch, Fetcher, Undone};
pub use sources::{ROWS_MAX, SeriesRow, SourceView};
pub use status::Status;
pub use store::{Done, Find, NOW, Numbered, Order, StoreError, StoredRow};
pub use tenant::TenantDir;
pub use tick::Ticker;

use accounts::{Attempts, Gate};
use model::{Instant, Name, NameError, Urn};
use proof::{Chance, CommandId};
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
pub use store::Tuning;
use store::blobs::Blobs;
use store::{Clock, Outcome, Pending, Reading, SqliteStore, Store, Vault};

/// One tenant, opened.
pub struct Kernel {
    store: Box<dyn Store>,
    vault: Vault,
    blobs: Blobs,
    loaded: RwLock<Arc<Loaded>>,
    clock: Arc<TenantClock>,
    wall: TenantClock,
    chance: Arc<dyn Chance>,
    signing: RwLock<keys::Signing>,
    command_key: [u8; 32],
    counters: Counters,
    attempts: Attempts,
    gate: Gate,
    no_account: String,
    devices: observe::Devices,
    lines: orders::Lines,
    fetch: OnceLock<Arc<dyn Fetch>>,
    due: runs::DueFetches,
    retained: retention::LookedOn,
    drilling: Mutex<()>,
    dir: TenantDir,
    _lock: File,
}

impl Kernel {
    /// Opens a tenant that was begun with [`init`]. A clock that can be driven is refused outside scratch cities.
    pub fn open(
        data: &Path,
        tenant: &Name,
        clock: TenantClock,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, Refusal> {
        Self::open_tuned(data, tenant, clock, (chance, Tuning::default()))
    }

    /// The same with history kept another way.
    pub fn open_tuned(
        data: &Path,
        tenant: &Name,
        clock: TenantClock,
        (chance, tuning): (Arc<dyn Chance>, Tuning),
    ) -> Result<Self, Refusal> {
        let dir = TenantDir::of(data, tenant);
        if !dir.database().exists() {
            return Err(Refusal::Unusable(format!(
                "{} holds no city: run `datong init`",
                dir.path().display()
            )));
        }
        if !dir.vault().exists() {
            // New keys would open the city, forget every personal value and sign its heads as somebody else.
            let what =
                format!("{} is missing: bring it back from the keys' own back-up", dir.vault().display());
            return Err(Refusal::Unusable(what));
        }
        let lock = dir.lock()?;
        let clock = Arc::new(clock);
        let time = Arc::clone(&clock) as Arc<dyn Clock>;
        let store = SqliteStore::open_on(&dir.database(), (None, tuning), time, Arc::clone(&chance))?;
        let vault = Vault::open(&dir.vault())?;
        let blobs = Blobs::new(dir.blobs());
        let (loaded, log) = {
            let view = store.read()?;
            // A driven clock goes on where the log ends.
            clock.advance(view.log_time()?.unwrap_or_default());
            (Loaded::load(&*view, &blobs)?, view.log())
        };
        let signing = keys::Signing::of(vault.log_key(log, chance.as_ref())?, &vault)?;
        let kernel = Self {
            store: Box::new(store),
            blobs,
            loaded: RwLock::new(Arc::new(loaded)),
            clock,
            wall: TenantClock::System,
            no_account: accounts::hash_of_nothing(chance.as_ref())?,
            command_key: vault.secret("command-key", chance.as_ref())?,
            vault,
            chance,
            signing: RwLock::new(signing),
            counters: Counters::default(),
            attempts: Attempts::default(),
            gate: Gate::default(),
            devices: observe::Devices::default(),
            lines: orders::Lines::default(),
            fetch: OnceLock::new(),
            due: runs::DueFetches::default(),
            retained: retention::LookedOn::default(),
            drilling: Mutex::default(),
            dir,
            _lock: lock,
        };
        if kernel.clock.is_scratch() && !kernel.is_scratch()? {
            return Err(Refusal::Unusable("this is a living city: its time cannot be driven".to_owned()));
        }
        kernel.complete_rotation(&mut kernel.signing.write().unwrap_or_else(PoisonError::into_inner))?;
        kernel.first_tick()?;
        Ok(kernel)
    }

    /// The id of a command that follows from its cause: the same cause, the same command.
    pub fn command_id(&self, parts: &[&str]) -> CommandId {
        CommandId::derived(&self.command_key, parts)
    }

    /// Definitions in force. They are one whole: whoever decides asks once and keeps to the answer.
    pub fn loaded(&self) -> Arc<Loaded> {
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The tenant's name: that of its folder.
    pub fn tenant(&self) -> &str {
        self.dir.path().file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// What was counted since this process started.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Log time as the clock port has it: what the next command will be given.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The time of a decision: the clock's, but never before what the log already says.
    pub(crate) fn decision_time(&self, view: &dyn Reading) -> Result<Instant, Refusal> {
        Ok(self.now().max(view.log_time()?.unwrap_or_default()))
    }

    /// Wall time, for what the outside world counts: sessions, attempts, retries.
    pub(crate) fn wall_now(&self) -> Instant {
        self.wall.now()
    }

    /// Where the tenant lives.
    pub fn dir(&self) -> &TenantDir {
        &self.dir
    }

    /// Commands in the log, as they come.
    pub fn watch(&self) -> tokio::sync::watch::Receiver<u64> {
        self.store.watch()
    }

    /// The local date of an instant, as grants and limits are dated.
    pub(crate) fn date(&self, at: Instant) -> String {
        self.loaded().zone.date(at).to_string()
    }
}

/// The platform itself as an actor: ticks, effects, ladders.
pub(crate) fn system() -> Result<Urn, Refusal> {
    urn("urn:ngsi-ld:System:datong")
}

pub(crate) fn name(text: &str) -> Result<Name, Refusal> {
    Name::new(text).map_err(invalid)
}

pub(crate) fn urn(text: &str) -> Result<Urn, Refusal> {
    Urn::new(text).map_err(invalid)
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
pub(crate) fn invalid(error: NameError) -> Refusal {
    Refusal::Unusable(error.to_string())
}

/// The log as an entity.
pub(crate) fn log_urn(view: &dyn Reading) -> Result<Urn, Refusal> {
    Urn::of(&name("Log")?, &view.log().to_string()).map_err(invalid)
}

/// Waits for a commit that expects nothing and so cannot conflict.
pub(crate) fn done(pending: Pending<Outcome>) -> Result<Done, Refusal> {
    match wait(pending)? {
        Outcome::Done(done) => Ok(done),
        Outcome::Conflict(conflict) => Err(Refusal::Unusable(format!("unexpected conflict: {conflict:?}"))),
    }
}

pub(crate) fn wait<T>(pending: Pending<T>) -> Result<T, Refusal> {
    Ok(pending.blocking_recv().map_err(|_| StoreError::Stopped)??)
}
