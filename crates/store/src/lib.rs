//! The store: commits go in whole, consistent reads come out. SQL lives in this crate alone.
//!
//! One writer thread per tenant checks expectations in commit order, gives each command its place in the log and in
//! the public tree, and writes state, keys, listings, timers and outbox in the same transaction. What is acknowledged
//! is on disk. To add a store, implement [`Store`] and [`Reading`] and run [`conformance`] against it.

pub mod blobs;
mod commit;
pub mod conformance;
mod error;
pub mod foreign;
mod history;
mod reading;
mod sqlite;
mod vault;

pub use commit::{
    Commit, Conflict, Delivery, Done, Expect, Housekeeping, Key, Listing, Observations, Outcome, Timer,
};
pub use error::StoreError;
pub use history::Tuning;
pub use reading::{
    Due, Entry, Epoch, Find, ListingPage, NOW, Numbered, Order, PendingDelivery, Reading, SeriesRange,
    StoredRow, TimerRow,
};
pub use sqlite::{AuditReport, Fault, Restored, SqliteStore, back_up, restore};
pub use vault::{Account, Session, Vault};

use model::Instant;
use tokio::sync::{oneshot, watch};

/// Where the writer asks what time it is. Log time itself never goes back, whatever this port says.
pub trait Clock: Send + Sync {
    /// The present.
    fn now(&self) -> Instant;
}

/// A reply that comes when the command is on disk.
pub type Pending<T> = oneshot::Receiver<Result<T, StoreError>>;

/// What a tenant's data lives in.
pub trait Store: Send + Sync {
    /// Hands a commit to the writer. Everything in it happens, or nothing does.
    fn submit(&self, commit: Commit) -> Result<Pending<Outcome>, StoreError>;

    /// Hands over bookkeeping that is no command: it has no leaf, and losing the last of it only repeats work.
    fn keep(&self, work: Housekeeping) -> Result<Pending<()>, StoreError>;

    /// A consistent view of everything committed so far.
    fn read(&self) -> Result<Box<dyn Reading + '_>, StoreError>;

    /// The number of commands on disk, as it grows.
    fn watch(&self) -> watch::Receiver<u64>;
}
