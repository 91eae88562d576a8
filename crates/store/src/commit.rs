//! Commits: everything that one command writes, and what it expects to find.

use crate::StoreError;
use model::{BATCH_ROWS_MAX, Change, Instant, Item, Name, Observation, Urn};
use proof::CommandId;

/// One command's writes. Everything happens, or nothing does.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The same id is the same command: sent again, it is answered with its first receipt.
    pub command: CommandId,
    /// Who acts.
    pub actor: Urn,
    /// What is done.
    pub act: Name,
    /// On what ground.
    pub ground: String,
    /// The command that caused this one.
    pub cause: Option<u64>,
    /// What must hold when the writer's turn comes.
    pub expect: Vec<Expect>,
    /// What happens to entities.
    pub changes: Vec<Change>,
    /// Telemetry.
    pub observations: Option<Observations>,
    /// Unique keys claimed and released.
    pub keys: Vec<Key>,
    /// Lists in which entities stand from now on.
    pub listings: Vec<Listing>,
    /// Timers set and cancelled.
    pub timers: Vec<Timer>,
    /// What must leave the house.
    pub deliveries: Vec<Delivery>,
}

impl Commit {
    /// A command that writes nothing yet.
    pub fn new(command: CommandId, actor: Urn, act: Name, ground: impl Into<String>) -> Self {
        Self {
            command,
            actor,
            act,
            ground: ground.into(),
            cause: None,
            expect: Vec::new(),
            changes: Vec::new(),
            observations: None,
            keys: Vec::new(),
            listings: Vec::new(),
            timers: Vec::new(),
            deliveries: Vec::new(),
        }
    }
}

/// Longest ground in bytes. It stands in the public leaf for ever: a rule, a law, a right, never a story.
pub const GROUND_BYTES_MAX: usize = 256;

impl Commit {
    /// Whether everything in it can be read back as it is written. What cannot must not enter a log that is for ever.
    pub fn check(&self) -> Result<(), StoreError> {
        let refuse =
            |what: &str| Err(StoreError::Unusable(format!("{} cannot be written: {what}", self.act)));
        if self.ground.len() > GROUND_BYTES_MAX {
            return refuse("its ground is longer than 256 bytes");
        }
        let rows = self.observations.as_ref().map_or(&[][..], |o| &o.rows);
        if rows.is_empty() && self.changes.is_empty() {
            // A leaf without items has no salt, and its neighbours' paths would let others guess it.
            return refuse("it has neither change nor observation");
        }
        if rows.len() > BATCH_ROWS_MAX || rows.iter().any(|row| !row.value.is_finite()) {
            return refuse("an observation is no finite number, or there are too many");
        }
        let readable = |change: &Change| Item::from_bytes(&Item::Change(change.clone()).to_bytes()).is_ok();
        if self.changes.iter().all(readable) { Ok(()) } else { refuse("a change would not read back") }
    }
}

/// What a command takes for granted. The writer checks it in commit order.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    /// The entity was last changed by this command; `None`: it does not exist.
    EntityAt(Urn, Option<u64>),
    /// Nobody holds this key.
    KeyUnused(Name, String),
    /// The log is in this epoch.
    Epoch(u32),
}

/// Observations that arrived together.
#[derive(Clone, Debug)]
pub struct Observations {
    /// When a door took them in.
    pub received: Instant,
    /// What arrived, credentials taken out.
    pub source: String,
    /// The values.
    pub rows: Vec<Observation>,
}

/// A unique key within a space, held by an entity.
#[derive(Clone, Debug)]
pub struct Key {
    /// For example `hj212-mn`.
    pub space: Name,
    /// The key itself.
    pub key: String,
    /// Its holder; `None` releases it.
    pub entity: Option<Urn>,
}

/// The lists in which one entity stands from now on; those it stood in before are left.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Which entity.
    pub entity: Urn,
    /// Name of the list, and the place in it (usually an instant in µs).
    pub rows: Vec<(String, i64)>,
}

/// A timer by its id.
#[derive(Clone, Debug)]
pub struct Timer {
    /// Setting an id again moves the timer.
    pub id: String,
    /// When it is due in log time; `None` cancels it.
    pub due: Option<Instant>,
    /// What it is about.
    pub entity: Urn,
    /// What to do, in the words of the one who set it.
    pub what: Name,
}

/// Something that must leave the house: at least once, the same id each time, in order per receiver.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Where it goes.
    pub receiver: String,
    /// What goes.
    pub body: String,
}

/// What became of a commit.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is on disk.
    Done(Done),
    /// Somebody was first.
    Conflict(Conflict),
}

/// A command on disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// Its place in the log.
    pub sequence: u64,
    /// Its log time.
    pub committed: Instant,
    /// Whether it had been sent before.
    pub repeated: bool,
}

/// Which expectation failed, and who was first.
#[derive(Clone, Debug, PartialEq)]
pub enum Conflict {
    /// The entity has moved on.
    Moved {
        /// Which.
        entity: Urn,
        /// The command that moved it, if the entity exists.
        by: Option<u64>,
    },
    /// The key is held.
    KeyTaken {
        /// By this entity.
        entity: Urn,
    },
    /// The log is in another epoch.
    Epoch {
        /// This one.
        epoch: u32,
    },
}

/// Bookkeeping without a leaf.
#[derive(Clone, Debug)]
pub enum Housekeeping {
    /// A reader of the log has finished everything before this sequence.
    Cursor(Name, u64),
    /// A timer has nothing left to ring for.
    Cancel(String),
    /// A timer that follows from what was observed, and is set without a command of its own.
    Arm(Timer),
    /// A delivery arrived.
    Delivered(u64),
    /// A delivery failed and is tried again then.
    Retry(u64, Instant),
    /// What series, by their numbers, observed before a time is not told any more.
    Forget(Vec<u64>, Instant),
    /// Entries from one number to before another that have nothing but values which are not told any more lose their
    /// contents; their leaves stay.
    Drop(std::ops::Range<u64>),
    /// A signed head was published.
    Head {
        /// Its epoch.
        epoch: u32,
        /// Its size.
        size: u64,
        /// The checkpoint.
        checkpoint: String,
    },
}
