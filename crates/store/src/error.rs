//! What can go wrong in a store.

use thiserror::Error;

/// Why the store could not do its work. Conflicts are no errors: they are an [`crate::Outcome`].
#[derive(Debug, Error)]
pub enum StoreError {
    /// The writer's queue is full. Nothing was written; the same command may be sent again.
    #[error("the store is busy: send the same command again in a moment")]
    Busy,
    /// The writer has stopped.
    #[error("the store has stopped")]
    Stopped,
    /// SQLite refused.
    #[error("database")]
    Sqlite(#[from] rusqlite::Error),
    /// A file could not be read or written.
    #[error("file {path}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Stored bytes cannot be read back.
    #[error("damaged data: {0}")]
    Damaged(String),
    /// A group failed as a whole because of another command in it.
    #[error("the group of commands could not be written: {0}")]
    Group(String),
    /// A filter cannot be answered.
    #[error("this filter cannot be answered: {0}")]
    Filter(String),
    /// The data directory is in use by another process, or of another form.
    #[error("{0}")]
    Unusable(String),
}

impl StoreError {
    pub(crate) fn file(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), source }
    }
}
