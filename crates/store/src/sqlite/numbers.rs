//! The numbers of series, in memory.
//!
//! A key is five texts; it is known here by sixteen bytes of its SHA-256. So a city of 600,000 series needs 20 MB for them,
//! and finding one waits for memory once and not for each text.

use super::rows::damaged;
use crate::StoreError;
use model::SeriesKey;
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A part of a digest is as good as its hash.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }
    #[expect(clippy::cast_possible_truncation, reason = "the low half is what is wanted")]
    fn write_u128(&mut self, digest: u128) {
        self.0 = digest as u64;
    }
}

/// By what a series is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Known(u128);

impl Known {
    pub(super) fn of(key: &SeriesKey) -> Self {
        let mut sha = Sha256::new();
        // No text of a key contains a zero.
        let parts = [key.entity.as_str(), key.attribute.as_str(), key.basis.as_str(), key.period.as_str()];
        for part in parts.into_iter().chain([key.edition.as_str()]) {
            sha.update(part.as_bytes());
            sha.update([0]);
        }
        let digest: [u8; 32] = sha.finalize().into();
        Self(digest.first_chunk::<16>().map_or(0, |half| u128::from_le_bytes(*half)))
    }
}

/// The numbers, from 1 upwards without a gap.
#[derive(Default)]
pub(super) struct Numbers(HashMap<Known, u32, BuildHasherDefault<AsItIs>>);

impl Numbers {
    /// Those of a database.
    pub(super) fn load(connection: &Connection) -> Result<Self, StoreError> {
        let mut statement =
            connection.prepare("SELECT number, entity, attribute, basis, period, edition FROM series")?;
        let mut numbers = Self::default();
        for numbered in statement.query_map([], super::reader::numbered)? {
            let numbered = numbered?.ok_or_else(|| damaged("series"))?;
            numbers.0.insert(Known::of(&numbered.key), u32::try_from(numbered.number).map_err(damaged)?);
        }
        Ok(numbers)
    }

    pub(super) fn get(&self, known: Known) -> Option<u32> {
        self.0.get(&known).copied()
    }

    /// Gives the next number.
    pub(super) fn add(&mut self, known: Known) -> Result<u32, StoreError> {
        let number = u32::try_from(self.0.len() + 1).map_err(damaged)?;
        self.0.insert(known, number);
        Ok(number)
    }
}
