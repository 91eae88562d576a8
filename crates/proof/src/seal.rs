//! Sealing: personal values under a key per subject, committed to in a way that survives the key's erasure.

use crate::digest::{hmac, sha256};
use crate::{Chance, Digest};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use model::{Sealed, Urn, Value, from_canonical, to_canonical};
use thiserror::Error;

/// One subject's secret. Whoever has it can read all of the subject's values; destroying it forgets them.
#[derive(Clone)]
pub struct SubjectKey([u8; 32]);

/// Why a sealed value cannot be read.
#[derive(Debug, Error, PartialEq)]
pub enum SealError {
    /// Another key, or damaged bytes.
    #[error("the key does not open this value")]
    Key,
    /// The value inside does not fit its commitment.
    #[error("the value does not fit its commitment")]
    Commitment,
}

impl SubjectKey {
    /// The key made from a secret.
    pub const fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&hmac(&self.0, &[b"datong/seal-key/1\n"]).into())
    }

    /// The salt of one sealed value: gone with the key.
    pub fn salt(&self, nonce: &[u8; 12]) -> Digest {
        hmac(&self.0, &[b"datong/seal-salt/1\n", nonce])
    }

    /// Seals a value for a subject. The subject's name is bound in, so that a value cannot be moved to another.
    pub fn seal(&self, subject: &Urn, plain: &Value, chance: &dyn Chance) -> Option<Sealed> {
        let mut nonce = [0; 12];
        chance.fill(&mut nonce);
        let bytes = pad(to_canonical(plain));
        let payload = Payload { msg: &bytes, aad: subject.as_str().as_bytes() };
        let ciphertext = self.cipher().encrypt(&Nonce::from(nonce), payload).ok()?;
        let commitment = sealed_commitment(&self.salt(&nonce), plain);
        Some(Sealed { subject: subject.clone(), nonce, ciphertext, commitment })
    }

    /// Reads a sealed value.
    pub fn open(&self, sealed: &Sealed) -> Result<Value, SealError> {
        let payload = Payload { msg: &sealed.ciphertext, aad: sealed.subject.as_str().as_bytes() };
        let bytes = self.cipher().decrypt(&Nonce::from(sealed.nonce), payload).map_err(|_| SealError::Key)?;
        let plain =
            from_canonical(unpad(&bytes).ok_or(SealError::Commitment)?).map_err(|_| SealError::Commitment)?;
        let fits = sealed_commitment(&self.salt(&sealed.nonce), &plain) == sealed.commitment;
        if fits { Ok(plain) } else { Err(SealError::Commitment) }
    }
}

/// Sealed values are padded to whole blocks of this size: a ciphertext stays for ever, and should not tell the length
/// of a name or a number.
const BLOCK: usize = 64;

/// One byte 0x80, then zeros up to a whole block (ISO/IEC 7816-4).
fn pad(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.push(0x80);
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    bytes
}

fn unpad(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.iter().rposition(|byte| *byte != 0)?;
    (bytes[end] == 0x80).then(|| &bytes[..end])
}

/// What a sealed value commits to.
pub(crate) fn sealed_commitment(salt: &Digest, plain: &Value) -> Digest {
    sha256(&[b"datong/sealed/1\n", salt, &to_canonical(plain)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemChance;

    #[test]
    fn only_the_subjects_key_opens() {
        let key = SubjectKey::new([1; 32]);
        let subject = Urn::new("urn:ngsi-ld:Person:1").unwrap();
        let plain = Value::text("138 0000 0000");
        let sealed = key.seal(&subject, &plain, &SystemChance).unwrap();
        assert_eq!(key.open(&sealed), Ok(plain.clone()));
        assert_eq!(SubjectKey::new([2; 32]).open(&sealed), Err(SealError::Key));

        let moved = Sealed { subject: Urn::new("urn:ngsi-ld:Person:2").unwrap(), ..sealed.clone() };
        assert_eq!(key.open(&moved), Err(SealError::Key));
        let again = key.seal(&subject, &plain, &SystemChance).unwrap();
        assert_ne!(again.commitment, sealed.commitment, "equal values must not look equal");
        let short = key.seal(&subject, &Value::text("1"), &SystemChance).unwrap();
        assert_eq!(short.ciphertext.len(), sealed.ciphertext.len(), "lengths must not tell");
    }
}
