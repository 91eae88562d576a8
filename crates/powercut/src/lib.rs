//! A power cut for SQLite, for tests only.
//!
//! `kill -9` keeps the page cache, so it cannot show that an acknowledged write was never synced. [`PowerCut`]
//! registers a VFS over the default one that holds every write and truncation in memory until SQLite syncs that
//! file, and forgets them when the power goes. It is Unix only and holds every open file whole in memory.
//!
//! # How to use it
//!
//! 1. Register a name of your own, open every connection with it (`Connection::open_with_flags_and_vfs`, or
//!    `file:…?vfs=name`), and work.
//! 2. Call [`PowerCut::cut`] from any thread, or plan it with [`PowerCut::cut_after`] for a run that repeats exactly.
//! 3. Count an acknowledgement only if [`PowerCut::is_cut`] is still false *after* it was given. What came later came
//!    from a machine without power: connections go on as if nothing had happened, but nothing reaches the disk.
//! 4. Drop all connections, open the same path with the ordinary VFS, and look for what was acknowledged.
//!
//! # What it models
//!
//! - The database, its WAL and its rollback journals, each with its own unsynced writes. Connections of this process
//!   see each other's, as through a page cache. A sync of one file does nothing for another.
//! - With [`Survivors::Random`], a disk that had already written some of the rest, in any order and torn at 512 bytes.
//!   No byte outside the range of a write is harmed, which is SQLite's own assumption (`POWERSAFE_OVERWRITE`).
//!
//! # What it does not model
//!
//! - Directories. Creating and deleting a file is durable at once. A delayed deletion could bring back the journal of
//!   an acknowledged commit under `journal_mode=DELETE` and `synchronous=FULL` (SQLite offers `EXTRA` against that);
//!   tests with this crate cannot see it. WAL mode, which commits by no deletion, is not concerned.
//! - A cut inside a sync: a sync happens whole or not at all. [`Survivors::Random`] stands in for one that was broken.
//! - Disks that lie about having synced, bit rot, failing reads.
//! - Shared memory (`-shm`), which passes through: SQLite rebuilds it from the WAL. For that reason connections must
//!   be dropped before the files are opened again, and no ordinary connection may use them meanwhile.
//! - Temporary files, which nobody finds again; they live in memory.

mod disk;
mod vfs;

pub use disk::Survivors;

use std::io;
use thiserror::Error;
use vfs::Shim;

/// A disk whose power can be cut: a VFS under a name of its own, and all that was written through it.
///
/// Dropping it takes the name away and syncs nothing. Its memory is kept for connections that are still open.
pub struct PowerCut {
    shim: &'static Shim,
}

/// Why a power cut could not be prepared or carried out.
#[derive(Debug, Error)]
pub enum Error {
    /// The name has a nul byte in it.
    #[error("the name of the VFS has a nul byte")]
    Name(#[from] std::ffi::NulError),
    /// A VFS of this name is registered already.
    #[error("a VFS named {0:?} is registered already")]
    Taken(String),
    /// SQLite has no default VFS, or refused ours.
    #[error("SQLite refused the VFS (result code {0})")]
    Refused(i32),
    /// The surviving writes could not be written.
    #[error("the surviving writes could not be written")]
    Survivors(#[source] io::Error),
}

impl PowerCut {
    /// Registers the VFS. The default VFS stays the default.
    pub fn register(name: &str) -> Result<Self, Error> {
        Ok(Self { shim: vfs::register(name)? })
    }

    /// The name to open connections with.
    pub fn name(&self) -> &str {
        self.shim.name()
    }

    /// Cuts the power now. What was not synced is lost for good, except for the survivors. A second cut does nothing.
    pub fn cut(&self, survivors: Survivors) -> Result<(), Error> {
        self.shim.disk().cut(survivors).map_err(Error::Survivors)
    }

    /// Plans a cut: `ops` more writes, truncations, syncs and deletions of files take place, then the power goes.
    pub fn cut_after(&self, ops: u64, survivors: Survivors) {
        self.shim.disk().plan(ops, survivors);
    }

    /// Whether the power is gone.
    pub fn is_cut(&self) -> bool {
        self.shim.disk().is_cut()
    }

    /// Syncs carried out before the cut.
    pub fn syncs(&self) -> u64 {
        self.shim.disk().counts.syncs
    }

    /// Bytes of writes that syncs have carried to the disk.
    pub fn bytes_synced(&self) -> u64 {
        self.shim.disk().counts.bytes_synced
    }

    /// Writes and truncations that did not reach the disk whole: unsynced at the cut, or made after it.
    pub fn writes_dropped(&self) -> u64 {
        self.shim.disk().counts.writes_dropped
    }
}

impl Drop for PowerCut {
    fn drop(&mut self) {
        vfs::unregister(self.shim);
    }
}
