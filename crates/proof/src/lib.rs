//! Proof: what lets an outsider check the city without trusting it.
//!
//! A command's record is a leaf of a public RFC 6962 tree; its items are salted commitments below the leaf; heads are
//! signed checkpoints (C2SP `tlog-checkpoint`); a receipt ties one command to one head. `docs/receipt.md` has the
//! bytes and vectors, `docs/verify_receipt.py` checks them without this code. Sealing is here because the commitment
//! to a personal value must survive the erasure of its key.

mod chance;
mod digest;
mod head;
mod keyring;
mod leaf;
mod receipt;
mod seal;
mod tree;

pub use chance::{Chance, SystemChance};
pub use digest::{
    Digest, definition_digest, file_hash, hex, item_commitment, item_salt, items_root, leaf_hash, unhex,
};
pub use head::{Head, HeadError, LogKey, VerifyKey, from_base64, to_base64};
pub use keyring::{KeyRotation, Keyring, ROTATE_KEY, SIGNING_KEY};
pub use leaf::{CommandId, Leaf, LeafError, LogId};
pub use receipt::{Inclusion, Opening, Receipt, ReceiptError, ReceiptItem, Verified};
pub use seal::{SealError, SubjectKey};
pub use tree::{Growing, Nodes, Tile, consistency, inclusion, root, verify_consistency, verify_inclusion};
