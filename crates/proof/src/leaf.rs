//! The leaf: one command's record in the public tree.

use crate::Digest;
use model::{CanonicalError, Instant, Urn, Value, from_canonical, to_canonical};
use std::fmt;
use thiserror::Error;

/// Version of the leaf's form. It can never change for leaves already published.
const FORMAT: i64 = 1;

/// Names one log for ever: random, chosen when the log is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LogId(pub [u8; 16]);

/// Names one command: the same id is the same command, however often it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub [u8; 16]);

impl CommandId {
    /// An id that follows from what the command is about: the same cause gives the same id. Ids are public with every
    /// leaf, so they are keyed with a secret of the log: nobody else can try out what a command was about.
    pub fn derived(secret: &[u8; 32], parts: &[&str]) -> Self {
        let joined: Vec<Vec<u8>> = parts
            .iter()
            .flat_map(|part| [(part.len() as u64).to_be_bytes().to_vec(), part.as_bytes().to_vec()])
            .collect();
        let slices: Vec<&[u8]> =
            std::iter::once(&b"datong/command/1\n"[..]).chain(joined.iter().map(Vec::as_slice)).collect();
        let mut id = [0; 16];
        id.copy_from_slice(&crate::digest::hmac(secret, &slices)[..16]);
        Self(id)
    }

    /// From hexadecimal, as pages and receipts write it.
    pub fn parse(text: &str) -> Option<Self> {
        crate::unhex(text)?.try_into().ok().map(Self)
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::hex(&self.0))
    }
}

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::hex(&self.0))
    }
}

/// One command's record. What it did is below `root`, salted; what stands here is public with every receipt.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// Which log.
    pub log: LogId,
    /// Which epoch of it: restoring a back-up opens the next.
    pub epoch: u32,
    /// Position in the log and in the tree, from 0.
    pub sequence: u64,
    /// Log time.
    pub committed: Instant,
    /// The command.
    pub command: CommandId,
    /// Who acted: an opaque name; the person's own data is elsewhere, sealed.
    pub actor: Urn,
    /// What was done, by its name.
    pub act: String,
    /// On what ground: a rule, a law, a right.
    pub ground: String,
    /// Sequence of the command that caused this one, if one did.
    pub cause: Option<u64>,
    /// Items below the root.
    pub items: u32,
    /// Root over the items' commitments.
    pub root: Digest,
}

/// Why bytes are not a leaf.
#[derive(Debug, Error, PartialEq)]
pub enum LeafError {
    /// Not a canonical value.
    #[error("not a canonical value")]
    Canonical(#[from] CanonicalError),
    /// Not the twelve fields of a leaf of a known format.
    #[error("not a leaf of format 1")]
    Form,
}

impl Leaf {
    /// The bytes that are hashed into the tree.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_canonical(&Value::List(vec![
            Value::Int(FORMAT),
            Value::Bytes(self.log.0.to_vec()),
            Value::Int(i64::from(self.epoch)),
            Value::Int(self.sequence.cast_signed()),
            Value::Instant(self.committed),
            Value::Bytes(self.command.0.to_vec()),
            Value::Ref(self.actor.clone()),
            Value::text(&*self.act),
            Value::text(&*self.ground),
            self.cause.map(u64::cast_signed).into(),
            Value::Int(i64::from(self.items)),
            Value::Bytes(self.root.to_vec()),
        ]))
    }

    /// Reads a leaf.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LeafError> {
        let leaf = Self::from_value(&from_canonical(bytes)?).ok_or(LeafError::Form)?;
        // Two leaves that read alike must be alike.
        if leaf.to_bytes() == bytes { Ok(leaf) } else { Err(LeafError::Form) }
    }

    fn from_value(value: &Value) -> Option<Self> {
        let [format, log, epoch, sequence, committed, command, actor, act, ground, cause, items, root] =
            value.as_list()
        else {
            return None;
        };
        (format.as_int()? == FORMAT).then_some(())?;
        let cause = match cause {
            Value::Null => None,
            cause => Some(u64::try_from(cause.as_int()?).ok()?),
        };
        Some(Self {
            log: LogId(log.as_bytes()?.try_into().ok()?),
            epoch: u32::try_from(epoch.as_int()?).ok()?,
            sequence: u64::try_from(sequence.as_int()?).ok()?,
            committed: committed.as_instant()?,
            command: CommandId(command.as_bytes()?.try_into().ok()?),
            actor: actor.as_ref()?.clone(),
            act: act.as_text()?.to_owned(),
            ground: ground.as_text()?.to_owned(),
            cause,
            items: u32::try_from(items.as_int()?).ok()?,
            root: root.as_bytes()?.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_comes_back_from_its_bytes() {
        let leaf = Leaf {
            log: LogId([1; 16]),
            epoch: 1,
            sequence: 128,
            committed: Instant::from_micros(1_790_000_000_000_000),
            command: CommandId::derived(&[0; 32], &["rule", "entity"]),
            actor: Urn::new("urn:ngsi-ld:Person:officer-1").unwrap(),
            act: "confirm".to_owned(),
            ground: "exceedance".to_owned(),
            cause: Some(127),
            items: 1,
            root: [9; 32],
        };
        assert_eq!(Leaf::from_bytes(&leaf.to_bytes()), Ok(leaf));
        assert_eq!(Leaf::from_bytes(&[0x80]), Err(LeafError::Form));
    }

    #[test]
    fn derived_ids_keep_their_parts_apart() {
        let derived = |secret, parts: &[&str]| CommandId::derived(&[secret; 32], parts);
        assert_ne!(derived(0, &["ab", "c"]), derived(0, &["a", "bc"]));
        assert_ne!(derived(0, &["ab", "c"]), derived(1, &["ab", "c"]));
        assert_eq!(derived(0, &["ab", "c"]), derived(0, &["ab", "c"]));
    }
}
