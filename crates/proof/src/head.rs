//! Heads: signed statements "my log has this size and this root", as C2SP checkpoints in signed notes.
//!
//! The origin line names log and epoch. A restored back-up goes on under the next epoch's origin, so a witness that
//! follows one origin never sees it shrink.

use crate::digest::sha256;
use crate::{Digest, LogId, hex, unhex};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

/// Bytes as Base64 (RFC 4648 §4).
pub fn to_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Bytes out of their Base64 (RFC 4648 §4); nothing if it is none.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use model::Instant;
use thiserror::Error;

/// The key algorithm byte of C2SP signed notes: Ed25519.
const ED25519: u8 = 1;

/// What a head states.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Which log.
    pub log: LogId,
    /// Which epoch.
    pub epoch: u32,
    /// Leaves.
    pub size: u64,
    /// Root over them.
    pub root: Digest,
    /// Log time of signing.
    pub signed: Instant,
}

/// Why a head is not accepted.
#[derive(Debug, Error, PartialEq)]
pub enum HeadError {
    /// The text is not a checkpoint in a signed note.
    #[error("not a checkpoint: {0}")]
    Form(&'static str),
    /// No signature line is of the expected key.
    #[error("not signed by this log's key")]
    Unsigned,
    /// A signature of the expected key does not fit the text.
    #[error("the signature does not fit the text")]
    Signature,
    /// The key had handed over to the next one before this head.
    #[error("signed by a former key, beyond its last head")]
    Former,
}

/// The key with which a log signs its heads.
pub struct LogKey {
    log: LogId,
    key: SigningKey,
}

/// The public half, as outsiders keep it.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifyKey {
    name: String,
    key: VerifyingKey,
}

fn key_name(log: LogId) -> String {
    format!("datong/{log}")
}

impl Head {
    fn text(&self) -> String {
        let origin = format!("{}/{}", key_name(self.log), self.epoch);
        format!("{origin}\n{}\n{}\ntime {}\n", self.size, BASE64.encode(self.root), self.signed)
    }

    fn parse(text: &str) -> Result<Self, HeadError> {
        let mut lines = text.lines();
        let origin = lines.next().ok_or(HeadError::Form("no origin"))?;
        let (log, epoch) = origin
            .strip_prefix("datong/")
            .and_then(|rest| rest.split_once('/'))
            .ok_or(HeadError::Form("origin is not datong/<log>/<epoch>"))?;
        let log: [u8; 16] = unhex(log).and_then(|id| id.try_into().ok()).ok_or(HeadError::Form("log id"))?;
        let size = lines.next().and_then(|l| l.parse().ok()).ok_or(HeadError::Form("size"))?;
        let root = lines.next().and_then(|l| BASE64.decode(l).ok()).and_then(|r| r.try_into().ok());
        let signed = lines.next().and_then(|l| l.strip_prefix("time ")).and_then(|t| Instant::parse(t).ok());
        Ok(Self {
            log: LogId(log),
            epoch: epoch.parse().map_err(|_| HeadError::Form("epoch"))?,
            size,
            root: root.ok_or(HeadError::Form("root"))?,
            signed: signed.ok_or(HeadError::Form("time"))?,
        })
    }
}

impl LogKey {
    /// The key made from a secret.
    pub fn new(log: LogId, secret: &[u8; 32]) -> Self {
        Self { log, key: SigningKey::from_bytes(secret) }
    }

    /// Its public half.
    pub fn verify_key(&self) -> VerifyKey {
        VerifyKey { name: key_name(self.log), key: self.key.verifying_key() }
    }

    /// Signs a head of this log: the checkpoint as it is published.
    pub fn sign(&self, epoch: u32, size: u64, root: Digest, signed: Instant) -> String {
        let text = Head { log: self.log, epoch, size, root, signed }.text();
        let line = self.line(&text);
        format!("{text}\n{line}")
    }

    /// Signs a checkpoint of this log that another of its keys has signed.
    pub fn sign_too(&self, checkpoint: &str) -> String {
        let text = checkpoint.rfind("\n\n").map_or(checkpoint, |at| &checkpoint[..=at]);
        format!("{checkpoint}{}", self.line(text))
    }

    /// The line of its signature.
    fn line(&self, text: &str) -> String {
        let public = self.verify_key();
        let mut blob = public.id().to_vec();
        blob.extend(self.key.sign(text.as_bytes()).to_bytes());
        format!("— {} {}\n", public.name, BASE64.encode(blob))
    }
}

impl VerifyKey {
    /// The first four bytes of the key's digest, as signed notes identify keys.
    fn id(&self) -> [u8; 4] {
        let digest = sha256(&[self.name.as_bytes(), b"\n", &[ED25519], self.key.as_bytes()]);
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// As text: `name+id+key`, the form of C2SP verifier keys.
    pub fn to_text(&self) -> String {
        let mut key = vec![ED25519];
        key.extend(self.key.as_bytes());
        format!("{}+{}+{}", self.name, hex(&self.id()), BASE64.encode(key))
    }

    /// From its text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '+');
        let (name, id, key) = (parts.next()?, parts.next()?, BASE64.decode(parts.next()?).ok()?);
        let (algorithm, key) = key.split_first()?;
        (*algorithm == ED25519).then_some(())?;
        let key = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
        let key = Self { name: name.to_owned(), key };
        (hex(&key.id()) == id).then_some(key)
    }

    /// Opens a checkpoint that this key has signed.
    pub fn open(&self, checkpoint: &str) -> Result<Head, HeadError> {
        let at = checkpoint.rfind("\n\n").ok_or(HeadError::Form("no signatures"))?;
        let (text, signatures) = (&checkpoint[..=at], &checkpoint[at + 2..]);
        let prefix = format!("— {} ", self.name);
        let blob = signatures
            .lines()
            .filter_map(|line| BASE64.decode(line.strip_prefix(&prefix)?).ok())
            .find(|blob| blob.get(..4) == Some(&self.id()))
            .ok_or(HeadError::Unsigned)?;
        let signature = Signature::from_slice(&blob[4..]).map_err(|_| HeadError::Signature)?;
        self.key.verify_strict(text.as_bytes(), &signature).map_err(|_| HeadError::Signature)?;
        let head = Head::parse(text)?;
        // A key vouches for the log it is named after and for no other, in exactly one form of words.
        if key_name(head.log) != self.name {
            return Err(HeadError::Form("the origin is not the key's log"));
        }
        if head.text() == text { Ok(head) } else { Err(HeadError::Form("not in its one form")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_head_opens_with_its_key_only() {
        let key = LogKey::new(LogId([7; 16]), &[3; 32]);
        let signed = Instant::parse("2026-10-08T08:30:00+08:00").unwrap();
        let checkpoint = key.sign(1, 140, [5; 32], signed);
        let public = VerifyKey::parse(&key.verify_key().to_text()).unwrap();
        let head = public.open(&checkpoint).unwrap();
        assert_eq!((head.epoch, head.size, head.root, head.signed), (1, 140, [5; 32], signed));

        let other = LogKey::new(LogId([7; 16]), &[4; 32]).verify_key();
        assert_eq!(other.open(&checkpoint), Err(HeadError::Unsigned));
        assert_eq!(public.open(&checkpoint.replace("\n140\n", "\n141\n")), Err(HeadError::Signature));
        assert!(matches!(public.open("nonsense"), Err(HeadError::Form(_))));
    }
}
