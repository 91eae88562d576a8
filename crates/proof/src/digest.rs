//! Digests: SHA-256 with a domain for each use, and the salted commitments of items.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// Prefix of an item's commitment, so that no other digest can be taken for one.
const ITEM_DOMAIN: &[u8] = b"datong/item/1\n";

/// Prefix of a definition's digest, so that no text has it.
const DEFINITION_DOMAIN: &[u8] = b"datong/definition/1\n";

/// SHA-256 over parts in order.
pub(crate) fn sha256(parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// SHA-256 of a file, as `sha256sum` has it. What the log commits to has a domain of its own.
pub fn file_hash(bytes: &[u8]) -> Digest {
    sha256(&[bytes])
}

/// HMAC-SHA-256 over parts in order.
pub(crate) fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> Digest {
    // HMAC takes keys of any length; the error type exists for other algorithms.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return [0; 32] };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// RFC 6962 §2.1: the hash of a leaf.
pub fn leaf_hash(bytes: &[u8]) -> Digest {
    sha256(&[&[0], bytes])
}

/// RFC 6962 §2.1: the hash of an inner node.
pub(crate) fn node_hash(left: &Digest, right: &Digest) -> Digest {
    sha256(&[&[1], left, right])
}

/// The salt of one item, derived from its command's secret seed: showing one salt shows no other.
pub fn item_salt(seed: &[u8; 32], index: u32) -> Digest {
    hmac(seed, &[b"datong/salt/1\n", &index.to_be_bytes()])
}

/// What the tree holds of an item: neither guessable nor comparable without its salt.
pub fn item_commitment(salt: &Digest, item: &[u8]) -> Digest {
    sha256(&[ITEM_DOMAIN, salt, item])
}

/// By what a definition is known in which a city sets something otherwise: the digest of its text, and what is set.
pub fn definition_digest(text: &Digest, set: &str) -> Digest {
    sha256(&[DEFINITION_DOMAIN, text, set.as_bytes()])
}

/// The root over a command's commitments: an RFC 6962 tree of its own.
pub fn items_root(commitments: &[Digest]) -> Digest {
    let leaves: Vec<Digest> = commitments.iter().map(|c| leaf_hash(c)).collect();
    subtree(&leaves)
}

/// RFC 6962 §2.1 over leaf hashes.
pub(crate) fn subtree(hashes: &[Digest]) -> Digest {
    match hashes {
        [] => sha256(&[]),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
            node_hash(&subtree(left), &subtree(right))
        }
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Bytes from lower-case hexadecimal, or nothing: one text for the same bytes.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}
