//! A witness: keeps the log's key and every head that it was shown, and asks that each new one goes on from them.

use crate::Person;
use anyhow::{Context, Result, ensure};
use proof::{Head, VerifyKey, unhex, verify_consistency};

/// What an outsider remembers of a log.
pub struct Witness {
    key: VerifyKey,
    /// All heads shown, newest last.
    heads: Vec<Head>,
    /// How many of them have been compared with a later one.
    compared: usize,
}

impl Witness {
    /// Takes the log's key down, once.
    pub fn new(visitor: &Person) -> Result<Self> {
        let text = visitor.text("/log/key")?;
        let key = VerifyKey::parse(text.trim()).context("the log's key cannot be read")?;
        Ok(Self { key, heads: Vec::new(), compared: 0 })
    }

    /// The key.
    pub fn key(&self) -> &VerifyKey {
        &self.key
    }

    /// Asks for the present head, and keeps it.
    pub fn look(&mut self, visitor: &Person) -> Result<Head> {
        let head = self.key.open(&visitor.text("/log/head")?)?;
        self.heads.push(head.clone());
        Ok(head)
    }

    /// Asks for a new head, and for proofs that it goes on from all those seen since the last comparison.
    pub fn compare(&mut self, visitor: &Person) -> Result<()> {
        let new = self.look(visitor)?;
        for old in &self.heads[self.compared..] {
            ensure!(old.log == new.log && old.epoch == new.epoch, "another log");
            self.consistent(visitor, old, &new)?;
        }
        self.compared = self.heads.len() - 1;
        Ok(())
    }

    /// All heads that were shown.
    pub fn all(&self) -> &[Head] {
        &self.heads
    }

    /// Asks for a proof that one head's log is the beginning of another's, and checks it.
    pub fn consistent(&self, visitor: &Person, old: &Head, new: &Head) -> Result<()> {
        ensure!(old.size <= new.size, "a head had {} entries, a later one has {}", old.size, new.size);
        let text = visitor.text(&format!("/log/consistency?old={}&size={}", old.size, new.size))?;
        let json: serde_json::Value = serde_json::from_str(&text)?;
        let signed = |key: &str| {
            anyhow::Ok(self.key.open(json.get(key).and_then(|h| h.as_str()).unwrap_or_default())?)
        };
        let ends = (signed("old")?, signed("new")?);
        let same =
            (ends.0.size, ends.0.root, ends.1.size, ends.1.root) == (old.size, old.root, new.size, new.root);
        ensure!(same, "the proof is of other heads than those that were shown");
        let path = json.get("path").and_then(|path| path.as_array()).context("no path")?;
        let digest = |hash: &serde_json::Value| unhex(hash.as_str()?)?.try_into().ok();
        let path = path.iter().map(digest).collect::<Option<Vec<_>>>().context("not a path of hashes")?;
        let goes_on = verify_consistency(old.size, &old.root, new.size, &new.root, &path);
        ensure!(goes_on, "the head of {} entries does not go on from that of {}", new.size, old.size);
        Ok(())
    }
}
