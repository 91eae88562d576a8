//! Blobs: larger contents by their digest, in files beside the database.
//!
//! A blob is on disk before the command that names it is committed, so a reference never dangles. A personal blob is
//! sealed before it comes here; this module cannot tell and need not.

use crate::StoreError;
use proof::{Digest, hex};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Largest blob in bytes.
pub const BLOB_BYTES_MAX: usize = 32 * 1024 * 1024;

/// A folder of blobs.
#[derive(Clone, Debug)]
pub struct Blobs {
    root: PathBuf,
}

impl Blobs {
    /// The blobs in a folder, which is made when the first one comes.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let name = hex(digest);
        self.root.join(&name[..2]).join(&name[2..])
    }

    /// Keeps a blob and returns its digest. Durable when it returns.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        if bytes.len() > BLOB_BYTES_MAX {
            return Err(StoreError::Unusable(format!("a blob may have {BLOB_BYTES_MAX} bytes at most")));
        }
        let digest = digest(bytes);
        let path = self.path(&digest);
        if path.exists() {
            return Ok(digest);
        }
        let folder = path.parent().unwrap_or(&self.root);
        write_durably(folder, &path, bytes).map_err(|source| StoreError::file(&path, source))?;
        Ok(digest)
    }

    /// Removes all but the latest. For folders of what was only tried: nothing in the log may name what is here.
    pub fn keep_latest(&self, count: usize) -> Result<(), StoreError> {
        let failed = |source| StoreError::file(&self.root, source);
        let mut files = Vec::new();
        for folder in fs::read_dir(&self.root).map_err(failed)? {
            for file in fs::read_dir(folder.map_err(failed)?.path()).map_err(failed)? {
                let file = file.map_err(failed)?;
                let written = file.metadata().and_then(|about| about.modified()).map_err(failed)?;
                files.push((written, file.path()));
            }
        }
        files.sort_unstable();
        let over = files.len().saturating_sub(count);
        files.into_iter().take(over).try_for_each(|(_, path)| fs::remove_file(path)).map_err(failed)
    }

    /// A blob's bytes, checked against the digest.
    pub fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.path(digest);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StoreError::file(&path, source)),
        };
        if self::digest(&bytes) == *digest {
            Ok(Some(bytes))
        } else {
            Err(StoreError::Damaged(format!("blob {} has other contents", hex(digest))))
        }
    }
}

/// Under what a blob is kept.
pub fn digest(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

fn write_durably(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    // Two writers of the same content may meet: each writes its own file, and either rename is right.
    let part = path.with_extension(format!("{:?}.part", std::thread::current().id()).replace(['(', ')'], ""));
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_comes_back_and_damage_is_seen() {
        let folder = std::env::temp_dir().join(format!("datong-blobs-{}", std::process::id()));
        let blobs = Blobs::new(&folder);
        let digest = blobs.put(b"text").unwrap();
        assert_eq!(blobs.put(b"text").unwrap(), digest);
        assert_eq!(blobs.get(&digest).unwrap().unwrap(), b"text");
        assert_eq!(blobs.get(&[0; 32]).unwrap(), None);
        fs::write(blobs.path(&digest), b"other").unwrap();
        assert!(matches!(blobs.get(&digest), Err(StoreError::Damaged(_))));
        fs::remove_dir_all(folder).unwrap();
    }
}
