//! Receipts: one command, tied to one signed head, in a JSON file that anyone can check.

use crate::seal::sealed_commitment;
use crate::{
    Digest, Head, HeadError, Leaf, LeafError, VerifyKey, hex, item_commitment, items_root, leaf_hash, unhex,
    verify_inclusion,
};
use model::{Value, from_canonical};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The form's name, so that a file says what it is.
const FORMAT: &str = "datong-receipt-1";

/// A receipt as it is downloaded. All bytes are lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// `datong-receipt-1`.
    pub format: String,
    /// The leaf's canonical bytes.
    pub leaf: String,
    /// Every item below the leaf, in order: opened, or as its bare commitment.
    pub items: Vec<ReceiptItem>,
    /// Where the leaf stands in the tree of the head.
    pub inclusion: Inclusion,
    /// The signed head.
    pub checkpoint: String,
    /// The log's public key. Compare it with one obtained elsewhere.
    pub key: String,
}

/// One item of a receipt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum ReceiptItem {
    /// Not shown to this holder.
    Commitment(String),
    /// Shown.
    Open {
        /// The item's salt.
        salt: String,
        /// The item's canonical bytes.
        bytes: String,
        /// Sealed values within it that this holder may read.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        openings: Vec<Opening>,
    },
}

/// A sealed value shown to one who may read it: it proves itself against the commitment in the item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The commitment that stands in the item's bytes.
    pub commitment: String,
    /// Its salt.
    pub salt: String,
    /// The plain value's canonical bytes.
    pub plain: String,
}

/// An audit path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// The leaf's position.
    pub index: u64,
    /// Leaves in the tree.
    pub size: u64,
    /// Sibling hashes from the leaf upwards.
    pub path: Vec<String>,
}

/// Which step of a receipt fails.
#[derive(Debug, Error, PartialEq)]
pub enum ReceiptError {
    /// The file is not of this form.
    #[error("not a receipt: {0}")]
    Form(&'static str),
    /// The leaf cannot be read.
    #[error("the leaf cannot be read")]
    Leaf(#[from] LeafError),
    /// The items do not give the root that the leaf states.
    #[error("the items do not give the root that the leaf states")]
    Items,
    /// A sealed value that was shown does not fit its commitment.
    #[error("a sealed value does not fit its commitment")]
    Opening,
    /// The head is not of this log's key.
    #[error("the signed head is not accepted")]
    Head(#[from] HeadError),
    /// The head is of another log or an older epoch, or place and size are not those stated.
    #[error("the head is of another log or epoch, or place and size are not those that leaf and head state")]
    Scope,
    /// The path does not lead from the leaf to the head's root.
    #[error("the path does not lead from the leaf to the head's root")]
    Inclusion,
}

/// What a valid receipt says.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// The command's record.
    pub leaf: Leaf,
    /// The head that contains it.
    pub head: Head,
    /// The items that were shown.
    pub items: Vec<Option<Value>>,
}

impl Receipt {
    /// Puts a receipt together.
    pub fn new(
        leaf: &[u8],
        items: Vec<ReceiptItem>,
        size: u64,
        path: &[Digest],
        checkpoint: String,
        key: &VerifyKey,
    ) -> Self {
        let index = Leaf::from_bytes(leaf).map_or(0, |leaf| leaf.sequence);
        Self {
            format: FORMAT.to_owned(),
            leaf: hex(leaf),
            items,
            inclusion: Inclusion { index, size, path: path.iter().map(|p| hex(p)).collect() },
            checkpoint,
            key: key.to_text(),
        }
    }

    /// Checks every step against a key obtained from elsewhere.
    pub fn verify(&self, key: &VerifyKey) -> Result<Verified, ReceiptError> {
        self.verify_by(|checkpoint| key.open(checkpoint))
    }

    /// The same against whatever opens heads, such as all keys of a log.
    pub fn verify_by(
        &self,
        open: impl Fn(&str) -> Result<Head, HeadError>,
    ) -> Result<Verified, ReceiptError> {
        if self.format != FORMAT {
            return Err(ReceiptError::Form("unknown format"));
        }
        let bytes = unhex(&self.leaf).ok_or(ReceiptError::Form("leaf is not hexadecimal"))?;
        let leaf = Leaf::from_bytes(&bytes)?;
        let items = self.items.iter().map(ReceiptItem::check).collect::<Result<Vec<_>, _>>()?;
        let commitments: Vec<Digest> = items.iter().map(|(commitment, _)| *commitment).collect();
        if items_root(&commitments) != leaf.root || usize::try_from(leaf.items) != Ok(items.len()) {
            return Err(ReceiptError::Items);
        }
        let head = open(&self.checkpoint)?;
        let scope = head.log == leaf.log
            && head.epoch >= leaf.epoch
            && head.size == self.inclusion.size
            && leaf.sequence == self.inclusion.index;
        if !scope {
            return Err(ReceiptError::Scope);
        }
        let path: Option<Vec<Digest>> =
            self.inclusion.path.iter().map(|p| unhex(p).and_then(|p| p.try_into().ok())).collect();
        let path = path.ok_or(ReceiptError::Form("path"))?;
        if !verify_inclusion(&leaf_hash(&bytes), leaf.sequence, head.size, &path, &head.root) {
            return Err(ReceiptError::Inclusion);
        }
        Ok(Verified { leaf, head, items: items.into_iter().map(|(_, item)| item).collect() })
    }
}

impl ReceiptItem {
    /// An item shown with its salt.
    pub fn open(salt: &Digest, bytes: &[u8], openings: Vec<Opening>) -> Self {
        Self::Open { salt: hex(salt), bytes: hex(bytes), openings }
    }

    /// An item not shown.
    pub fn closed(commitment: &Digest) -> Self {
        Self::Commitment(hex(commitment))
    }

    fn check(&self) -> Result<(Digest, Option<Value>), ReceiptError> {
        match self {
            Self::Commitment(commitment) => Ok((digest(commitment)?, None)),
            Self::Open { salt, bytes, openings } => {
                let item = unhex(bytes).ok_or(ReceiptError::Form("item is not hexadecimal"))?;
                let value = from_canonical(&item).map_err(|_| ReceiptError::Form("item is not canonical"))?;
                openings.iter().try_for_each(|opening| opening.check(&value))?;
                Ok((item_commitment(&digest(salt)?, &item), Some(value)))
            }
        }
    }
}

impl Opening {
    fn check(&self, item: &Value) -> Result<(), ReceiptError> {
        let plain = unhex(&self.plain).and_then(|p| from_canonical(&p).ok());
        let plain = plain.ok_or(ReceiptError::Form("opened value is not canonical"))?;
        let commitment = digest(&self.commitment)?;
        let fits = sealed_commitment(&digest(&self.salt)?, &plain) == commitment;
        if fits && holds(item, &commitment) { Ok(()) } else { Err(ReceiptError::Opening) }
    }
}

/// Whether a sealed value with this commitment stands anywhere in the item.
fn holds(value: &Value, commitment: &Digest) -> bool {
    match value {
        Value::Sealed(sealed) => sealed.commitment == *commitment,
        Value::List(list) => list.iter().any(|v| holds(v, commitment)),
        Value::Map(map) => map.values().any(|v| holds(v, commitment)),
        _ => false,
    }
}

fn digest(text: &str) -> Result<Digest, ReceiptError> {
    unhex(text).and_then(|d| d.try_into().ok()).ok_or(ReceiptError::Form("digest"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CommandId, LogId, LogKey, SubjectKey, SystemChance, inclusion, item_salt, root};
    use model::{Instant, Urn, map, to_canonical};

    fn sample() -> (Receipt, VerifyKey) {
        let subject = Urn::new("urn:ngsi-ld:Person:1").unwrap();
        let key = SubjectKey::new([4; 32]);
        let plain = Value::text("138 0000 0000");
        let sealed = key.seal(&subject, &plain, &SystemChance).unwrap();
        let opening = Opening {
            commitment: hex(&sealed.commitment),
            salt: hex(&key.salt(&sealed.nonce)),
            plain: hex(&to_canonical(&plain)),
        };
        let items =
            [to_canonical(&map([("phone", Value::Sealed(Box::new(sealed)))])), to_canonical(&1.into())];
        let salts = [item_salt(&[2; 32], 0), item_salt(&[2; 32], 1)];
        let commitments = [item_commitment(&salts[0], &items[0]), item_commitment(&salts[1], &items[1])];
        let log = LogId([7; 16]);
        let leaf = |sequence| Leaf {
            log,
            epoch: 1,
            sequence,
            committed: Instant::from_micros(5),
            command: CommandId([8; 16]),
            actor: Urn::new("urn:ngsi-ld:Person:officer-1").unwrap(),
            act: "confirm".to_owned(),
            ground: "exceedance".to_owned(),
            cause: None,
            items: 2,
            root: items_root(&commitments),
        };
        let leaves: Vec<Vec<u8>> = (0..5).map(|i| leaf(i).to_bytes()).collect();
        let hashes: Vec<Digest> = leaves.iter().map(|l| leaf_hash(l)).collect();
        let (Ok(path), Ok(top)) = (inclusion(hashes.as_slice(), 3, 5), root(hashes.as_slice(), 5));
        let signer = LogKey::new(log, &[9; 32]);
        let checkpoint = signer.sign(1, 5, top, Instant::from_micros(6));
        let shown = vec![
            ReceiptItem::open(&salts[0], &items[0], vec![opening]),
            ReceiptItem::closed(&commitments[1]),
        ];
        let key = signer.verify_key();
        (Receipt::new(&leaves[3], shown, 5, &path, checkpoint, &key), key)
    }

    #[test]
    fn a_receipt_survives_json_and_verifies() {
        let (receipt, key) = sample();
        let json = serde_json::to_string(&receipt).unwrap();
        let back: Receipt = serde_json::from_str(&json).unwrap();
        let verified = back.verify(&key).unwrap();
        assert_eq!(verified.leaf.sequence, 3);
        assert_eq!(verified.items.iter().filter(|i| i.is_some()).count(), 1);
    }

    #[test]
    fn each_altered_step_is_named() {
        let (good, key) = sample();
        let check = |alter: fn(&mut Receipt), expected: ReceiptError| {
            let mut receipt = good.clone();
            alter(&mut receipt);
            assert_eq!(receipt.verify(&key).unwrap_err(), expected);
        };
        check(|r| r.format.push('x'), ReceiptError::Form("unknown format"));
        check(|r| r.items.swap(0, 1), ReceiptError::Items);
        check(|r| r.inclusion.index = 2, ReceiptError::Scope);
        check(|r| r.inclusion.path.swap(0, 1), ReceiptError::Inclusion);
        check(
            |r| r.checkpoint = r.checkpoint.replace("\n5\n", "\n6\n"),
            ReceiptError::Head(HeadError::Signature),
        );
        check(
            |r| {
                if let ReceiptItem::Open { openings, .. } = &mut r.items[0] {
                    openings[0].plain = hex(&to_canonical(&Value::text("139")));
                }
            },
            ReceiptError::Opening,
        );
    }
}
