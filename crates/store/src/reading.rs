//! Reading: a consistent view of everything committed before it was opened.

use crate::StoreError;
use model::{Entity, Filter, Flag, Instant, Item, ItemError, Name, SeriesKey, Urn};
use proof::{Digest, Leaf, LogId, item_commitment, item_salt};

/// One command as the log holds it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its record.
    pub leaf: Leaf,
    /// The record's bytes, as hashed.
    pub leaf_bytes: Vec<u8>,
    /// The secret from which its items' salts derive.
    pub seed: [u8; 32],
    /// Its items' bytes.
    pub items: Vec<Vec<u8>>,
}

impl Entry {
    /// The items, decoded.
    pub fn decoded(&self) -> Result<Vec<Item>, ItemError> {
        self.items.iter().map(|bytes| Item::from_bytes(bytes)).collect()
    }

    /// The salt of one item.
    pub fn salt(&self, index: usize) -> Digest {
        item_salt(&self.seed, u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The commitments under the record.
    pub fn commitments(&self) -> Vec<Digest> {
        self.items.iter().enumerate().map(|(i, item)| item_commitment(&self.salt(i), item)).collect()
    }
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// Its place.
    pub sort: i64,
    /// Who stands there.
    pub entity: Urn,
}

/// Which part of a list.
#[derive(Clone, Copy, Debug)]
pub struct ListingPage {
    /// Rows to leave out.
    pub skip: u64,
    /// Rows at most.
    pub limit: u32,
}

/// In which order entities are found.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// By URN, from after one of them. A page that begins where the last one ended costs no more than the first.
    Urn {
        /// The last one of the page before.
        after: Option<Urn>,
    },
    /// By the value at a path, values of different kinds apart, equal ones by URN. Those that have no value with an order
    /// there come last, by URN. Long texts are told apart by their first 500 bytes.
    By {
        /// Where: an attribute, then perhaps a key of its map.
        path: Vec<Name>,
        /// The greatest first.
        descending: bool,
    },
}

/// Which part of what is found.
#[derive(Clone, Debug, PartialEq)]
pub struct Find {
    /// In which order.
    pub order: Order,
    /// Entities to leave out.
    pub skip: u64,
    /// Entities at most.
    pub limit: u32,
}

/// A series and its number in this log.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbered {
    /// The number.
    pub number: u64,
    /// What it is a series of.
    pub key: SeriesKey,
}

/// Which part of a series.
#[derive(Clone, Copy, Debug)]
pub struct SeriesRange {
    /// The series.
    pub series: u64,
    /// From this instant.
    pub from: Instant,
    /// To before this one.
    pub to: Instant,
    /// Rows at most; the latest are kept.
    pub limit: u32,
    /// As the commands before this entry told it; [`NOW`]: as it is known now.
    pub before: u64,
}

/// Says that a series is asked for as it is known now.
pub const NOW: u64 = u64::MAX;

/// One observation in history. A later command for the same instant replaces it; both stay in the log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoredRow {
    /// When it was so.
    pub observed: Instant,
    /// The command that brought it.
    pub sequence: u64,
    /// The value.
    pub value: f64,
    /// What the feed says of it.
    pub flag: Flag,
}

/// A timer.
#[derive(Clone, Debug, PartialEq)]
pub struct TimerRow {
    /// Its id.
    pub id: String,
    /// When it is due.
    pub due: Instant,
    /// What it is about.
    pub entity: Urn,
    /// What to do.
    pub what: Name,
}

/// A delivery waiting to leave.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingDelivery {
    /// Its number: the order per receiver.
    pub number: u64,
    /// The same for every attempt.
    pub id: String,
    /// Where it goes.
    pub receiver: String,
    /// What goes.
    pub body: String,
    /// Attempts so far.
    pub attempts: u32,
}

/// An epoch of the log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Its number: 1, then the second (since 1970) in which a back-up was restored.
    pub number: u32,
    /// Leaves that it took over from the epoch before; what that one had beyond is void.
    pub restored: u64,
}

/// A consistent view.
pub trait Reading {
    /// The log's id.
    fn log(&self) -> LogId;
    /// The epochs so far, oldest first.
    fn epochs(&self) -> Result<Vec<Epoch>, StoreError>;
    /// Commands in the log.
    fn size(&self) -> Result<u64, StoreError>;
    /// Log time of the last command.
    fn log_time(&self) -> Result<Option<Instant>, StoreError>;
    /// One command.
    fn entry(&self, sequence: u64) -> Result<Option<Entry>, StoreError>;
    /// Where a command stands.
    fn command(&self, id: &proof::CommandId) -> Result<Option<u64>, StoreError>;
    /// Commands from a sequence on.
    fn tail(&self, from: u64, limit: u32) -> Result<Vec<Entry>, StoreError>;

    /// An entity as it is.
    fn entity(&self, urn: &Urn) -> Result<Option<Entity>, StoreError>;
    /// Entities of a type by URN, after one of them.
    fn entities(&self, kind: &Name, after: Option<&Urn>, limit: u32) -> Result<Vec<Entity>, StoreError>;
    /// Entities that a filter matches: exactly those of which `Filter::matches` is true. A filter that cannot be answered
    /// exactly is refused (`StoreError::Filter`): one with a path of more than two names, with a text of more than 500
    /// bytes, or nested more than 32 deep.
    fn find(&self, filter: &Filter, find: &Find) -> Result<Vec<Entity>, StoreError>;
    /// The latest command that changed an entity of a type.
    fn latest(&self, kind: &Name) -> Result<Option<u64>, StoreError>;
    /// How many a filter matches, counted up to a limit.
    fn count(&self, filter: &Filter, up_to: u64) -> Result<u64, StoreError>;
    /// Commands that changed an entity, oldest first, from a sequence on.
    fn history(&self, urn: &Urn, from: u64, limit: u32) -> Result<Vec<u64>, StoreError>;
    /// The latest commands that changed an entity, oldest of them first.
    fn history_latest(&self, urn: &Urn, limit: u32) -> Result<Vec<u64>, StoreError>;
    /// Entries before one of them that people made, or one of them: the latest first.
    fn acts(&self, of: Option<&Urn>, before: u64, limit: u32) -> Result<Vec<u64>, StoreError>;
    /// Who holds a key.
    fn key(&self, space: &Name, key: &str) -> Result<Option<Urn>, StoreError>;
    /// A part of a list, in its order.
    fn listing(&self, space: &str, page: ListingPage) -> Result<Vec<Due>, StoreError>;
    /// Rows of a list up to a place.
    fn listing_count(&self, space: &str, up_to: i64) -> Result<u64, StoreError>;

    /// The series of an entity.
    fn series(&self, entity: &Urn) -> Result<Vec<Numbered>, StoreError>;
    /// What a series number means.
    fn series_key(&self, number: u64) -> Result<Option<SeriesKey>, StoreError>;
    /// Observations of a range in order of time, the latest command's for each instant.
    fn observations(&self, range: SeriesRange) -> Result<Vec<StoredRow>, StoreError>;

    /// The same with everything that was corrected: in order of time, then of commands; rows at most, the latest kept.
    fn observation_versions(&self, range: SeriesRange) -> Result<Vec<StoredRow>, StoreError>;

    /// When a timer is due, if it is set.
    fn timer(&self, id: &str) -> Result<Option<Instant>, StoreError>;
    /// Timers due by an instant, earliest first.
    fn timers_due(&self, at: Instant, limit: u32) -> Result<Vec<TimerRow>, StoreError>;
    /// When the next timer is due.
    fn next_timer(&self) -> Result<Option<Instant>, StoreError>;
    /// The first waiting delivery of each receiver that is due.
    fn deliveries_due(&self, now: Instant, limit: u32) -> Result<Vec<PendingDelivery>, StoreError>;
    /// How far a reader of the log has come.
    fn cursor(&self, name: &Name) -> Result<u64, StoreError>;

    /// The root over the first `size` leaves.
    fn root(&self, size: u64) -> Result<Digest, StoreError>;
    /// An audit path.
    fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Digest>, StoreError>;
    /// A consistency proof.
    fn consistency(&self, old: u64, size: u64) -> Result<Vec<Digest>, StoreError>;
    /// The head that was published first for a size, if one was.
    fn head_of(&self, size: u64) -> Result<Option<String>, StoreError>;
    /// Published heads, newest first.
    fn heads(&self, limit: u32) -> Result<Vec<String>, StoreError>;
}
