//! Heads and receipts: what the city hands out so that it can be checked.

use crate::keys::{self, Signing};
use crate::{Actor, Kernel, Refusal};
use model::Item;
use proof::{CommandId, Receipt, ReceiptError, ReceiptItem, Verified};
use store::{Entry, Housekeeping, Reading};

/// A receipt and what became of its record.
#[derive(Clone, Debug)]
pub struct StoredReceipt {
    /// The receipt.
    pub receipt: Receipt,
    /// The log's entry.
    pub entry: Entry,
}

/// Two signed heads and the proof between them.
#[derive(Clone, Debug)]
pub struct Consistency {
    /// The head of the smaller log.
    pub old: String,
    /// The head of the larger one.
    pub new: String,
    /// The proof (RFC 6962 §2.1.2).
    pub path: Vec<proof::Digest>,
}

/// What this node says of a receipt that somebody brings.
#[derive(Debug)]
pub enum ReceiptState {
    /// It verifies, and its record stands in the present log.
    Kept(Box<Verified>),
    /// It verifies, but a restored back-up has voided its record.
    Voided {
        /// What it says.
        verified: Box<Verified>,
        /// The epoch that began with fewer entries.
        epoch: u32,
        /// Entries taken over into it.
        restored: u64,
    },
    /// It verifies against its head, but this log holds something else there.
    Contradicted(Box<Verified>),
    /// A step fails.
    Invalid(ReceiptError),
}

impl Kernel {
    /// Signs and publishes the head of everything committed so far.
    pub fn publish_head(&self) -> Result<String, Refusal> {
        let view = self.store.read()?;
        self.head(&*view, &self.signing())
    }

    /// The key is not rotated before the head is kept, since whoever calls holds it.
    fn head(&self, view: &dyn Reading, signing: &Signing) -> Result<String, Refusal> {
        let (size, epoch) = (view.size()?, keys::epoch(view)?);
        // The newest head is published again while nothing has been added.
        if let Some(newest) = view.heads(1)?.pop()
            && signing.open(&newest).is_ok_and(|head| head.size == size && head.epoch == epoch)
        {
            return Ok(newest);
        }
        let checkpoint = signing.head(view, size)?;
        let work = Housekeeping::Head { epoch, size, checkpoint: checkpoint.clone() };
        crate::wait(self.store.keep(work)?)?;
        Ok(checkpoint)
    }

    /// Published heads, newest first.
    pub fn heads(&self, limit: u32) -> Result<Vec<String>, Refusal> {
        Ok(self.store.read()?.heads(limit)?)
    }

    /// Proof that the log of one size is the beginning of the log of another, with the signed head of each; nothing if
    /// the log never had these sizes.
    pub fn consistency(&self, old: u64, size: u64) -> Result<Option<Consistency>, Refusal> {
        let view = self.store.read()?;
        if old == 0 || old > size || size > view.size()? {
            return Ok(None);
        }
        // A published head is given as it was: receipts refer to it. Sizes in between are signed now.
        let sign = |size| match view.head_of(size)? {
            Some(head) => Ok::<_, Refusal>(head),
            None => self.signing().head(&*view, size),
        };
        Ok(Some(Consistency { old: sign(old)?, new: sign(size)?, path: view.consistency(old, size)? }))
    }

    /// The receipt of a command, with those items opened that this reader may see.
    pub fn receipt(&self, sequence: u64, reader: Option<&Actor>) -> Result<StoredReceipt, Refusal> {
        let view = self.store.read()?;
        let entry = view.entry(sequence)?.ok_or_else(|| Refusal::NotFound(format!("entry {sequence}")))?;
        if usize::try_from(entry.leaf.items) != Ok(entry.items.len()) {
            return Err(Refusal::Dropped(sequence));
        }
        let signing = self.signing();
        let checkpoint = self.head(&*view, &signing)?;
        let key = signing.signer(&checkpoint);
        drop(signing);
        let size = view.size()?;
        let path = view.inclusion(sequence, size)?;
        let commitments = entry.commitments();
        let mut items = Vec::with_capacity(commitments.len());
        for (index, commitment) in commitments.iter().enumerate() {
            let bytes = entry.items.get(index).map_or(&[][..], Vec::as_slice);
            let open = Item::from_bytes(bytes).is_ok_and(|item| self.may_open(&*view, &item, &entry, reader));
            items.push(if open {
                ReceiptItem::open(&entry.salt(index), bytes, vec![])
            } else {
                ReceiptItem::closed(commitment)
            });
        }
        let receipt = Receipt::new(&entry.leaf_bytes, items, size, &path, checkpoint, &key);
        Ok(StoredReceipt { receipt, entry })
    }

    /// The entry of a command.
    pub fn sequence_of(&self, command: &CommandId) -> Result<Option<u64>, Refusal> {
        Ok(self.store.read()?.command(command)?)
    }

    /// Telemetry and ticks are public; a change is shown to whoever may see its entity, and to whoever made it.
    fn may_open(&self, view: &dyn Reading, item: &Item, entry: &Entry, reader: Option<&Actor>) -> bool {
        match item {
            Item::Series(_) | Item::Batch(_) => true,
            Item::Change(change) => {
                change.kind == *"Log"
                    || change.kind == *"City"
                    || reader.is_some_and(|reader| {
                        reader.urn == entry.leaf.actor
                            || self.sees(view, reader, &change.entity).unwrap_or(false)
                    })
            }
        }
    }

    /// Checks a receipt that somebody brings, and says what became of its record in this log.
    pub fn check_receipt(&self, receipt: &Receipt) -> Result<ReceiptState, Refusal> {
        let verified = match receipt.verify_by(|checkpoint| self.open_head(checkpoint)) {
            Ok(verified) => Box::new(verified),
            Err(error) => return Ok(ReceiptState::Invalid(error)),
        };
        let view = self.store.read()?;
        let leaf = &verified.leaf;
        let epochs = view.epochs()?;
        // An epoch that is not in this log's line was itself left behind by a restore, with everything in it.
        let in_line = epochs.iter().any(|epoch| epoch.number == leaf.epoch);
        let voided = epochs
            .into_iter()
            .find(|epoch| epoch.number > leaf.epoch && (!in_line || epoch.restored <= leaf.sequence));
        if let Some(epoch) = voided {
            return Ok(ReceiptState::Voided { verified, epoch: epoch.number, restored: epoch.restored });
        }
        let same = view.entry(leaf.sequence)?.is_some_and(|entry| entry.leaf == *leaf);
        Ok(if same { ReceiptState::Kept(verified) } else { ReceiptState::Contradicted(verified) })
    }
}
