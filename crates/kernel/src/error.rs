//! Why the kernel does not do what was asked.

use model::{Instant, Name, Text, Urn};
use process::Refusal as ProcessRefusal;
use store::StoreError;
use thiserror::Error;

/// A refusal, with what the person needs to go on.
#[derive(Debug, Error)]
pub enum Refusal {
    /// Nobody is signed in.
    #[error("sign in first")]
    SignedOut,
    /// Name or password is wrong, or there were too many attempts.
    #[error("name or password is wrong")]
    SignIn {
        /// Seconds to wait before the next attempt counts.
        wait_secs: u32,
    },
    /// The role or its scope is missing.
    #[error("this needs the role {role} here")]
    NotAllowed {
        /// The role that may.
        role: Name,
    },
    /// There is no such thing, or this person may not know of it.
    #[error("{0} was not found")]
    NotFound(String),
    /// Somebody acted on it since this person saw it.
    #[error("{by} was first: {act} at {at}")]
    Overtaken {
        /// Who.
        by: Urn,
        /// What they did.
        act: Name,
        /// When.
        at: Instant,
        /// The entry of the log.
        sequence: u64,
    },
    /// The process does not allow it.
    #[error("the process does not allow this")]
    Process(#[from] ProcessRefusal),
    /// A field is wrong.
    #[error("{field}: {}", what.en)]
    Field {
        /// Which field.
        field: &'static str,
        /// What to write instead.
        what: Text,
    },
    /// The person's data was erased.
    #[error("erased at {0}")]
    Erased(Instant),
    /// The contents of an entry were kept long enough and are gone; its leaf is in the log.
    #[error("the contents of entry {0} were kept long enough and are gone")]
    Dropped(u64),
    /// Definitions cannot be taken: every complaint, with file, line and remedy.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Definitions(Vec<pack::Complaint>),
    /// The data directory cannot be used so.
    #[error("{0}")]
    Unusable(String),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl Refusal {
    /// A field is wrong: what to write instead, in both languages.
    pub(crate) fn field(field: &'static str, zh: &str, en: &str) -> Self {
        Self::Field { field, what: Text::new(zh, en) }
    }
}
