//! The key that signs the log's heads, and its rotation: the log names the next key, both sign one head, the former is
//! destroyed. What breaks off between these steps is completed when the city is opened again.

use crate::{Actor, Kernel, Power, Refusal, name};
use model::{Attribute, Change, Instant, Value, map};
use proof::{
    CommandId, Head, HeadError, KeyRotation, Keyring, LogKey, ROTATE_KEY, Receipt, ReceiptItem, SIGNING_KEY,
    VerifyKey,
};
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLockReadGuard};
use store::{Commit, Done, Housekeeping, Reading, Vault};

/// Characters of a reason.
const REASON_CHARS_MAX: usize = 500;

/// What signs, and what is believed.
pub(crate) struct Signing {
    key: LogKey,
    ring: Keyring,
    rotations: Vec<KeyRotation>,
}

impl Signing {
    pub(crate) fn of(key: LogKey, vault: &Vault) -> Result<Self, Refusal> {
        let rotations = vault.rotations()?;
        let ring = Keyring::of(key.verify_key(), &rotations);
        Ok(Self { key, ring, rotations })
    }

    /// A signed head of the log at a size.
    pub(crate) fn head(&self, view: &dyn Reading, size: u64) -> Result<String, Refusal> {
        Ok(self.key.sign(epoch(view)?, size, view.root(size)?, signed(view)?))
    }

    pub(crate) fn open(&self, checkpoint: &str) -> Result<Head, HeadError> {
        self.ring.open(checkpoint)
    }

    /// Which key has signed a checkpoint: what is read from an older view may be of a former one.
    pub(crate) fn signer(&self, checkpoint: &str) -> VerifyKey {
        self.ring.signer(checkpoint).unwrap_or_else(|| self.ring.newest()).clone()
    }
}

/// The epoch that the log is in.
pub(crate) fn epoch(view: &dyn Reading) -> Result<u32, Refusal> {
    Ok(view.epochs()?.last().map_or(1, |epoch| epoch.number))
}

fn signed(view: &dyn Reading) -> Result<Instant, Refusal> {
    Ok(view.log_time()?.unwrap_or_default())
}

impl Kernel {
    pub(crate) fn signing(&self) -> RwLockReadGuard<'_, Signing> {
        self.signing.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log's public key: the one that signs now.
    pub fn verify_key(&self) -> VerifyKey {
        self.signing().ring.newest().clone()
    }

    /// All keys of the log, each for its time.
    pub fn keyring(&self) -> Keyring {
        self.signing().ring.clone()
    }

    /// Opens a head that a key of the log has signed in its time.
    pub fn open_head(&self, checkpoint: &str) -> Result<Head, HeadError> {
        self.signing().open(checkpoint)
    }

    /// How each key of the log has handed over to the next, the first one first.
    pub fn rotations(&self) -> Vec<KeyRotation> {
        self.signing().rotations.clone()
    }

    /// Lets a new key sign the log's heads from now on. Whoever kept the former one gets to it by the receipt of the rotation.
    pub fn rotate_key(&self, actor: &Actor, command: CommandId, reason: &str) -> Result<Done, Refusal> {
        self.allowed(actor, Power::Accounts)?;
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
            let (zh, en) = ("请用不超过 500 字写明理由", "say why, in no more than 500 characters");
            return Err(Refusal::field("reason", zh, en));
        }
        // Whoever signs a head waits: none is signed between the entry and the head that both keys sign.
        let mut signing = self.signing.write().unwrap_or_else(PoisonError::into_inner);
        self.complete_rotation(&mut signing)?;
        let view = self.store.read()?;
        let log = crate::log_urn(&*view)?;
        // A command that is sent again makes a key that nobody takes: the store answers with the entry that it made.
        let next = self.vault.make_next_log_key(view.log(), self.chance.as_ref())?.verify_key();
        let former = signing.ring.newest();
        let keys = map([("former", former.to_text().into()), ("key", next.to_text().into())]);
        drop(view);
        let mut commit = Commit::new(command, actor.urn.clone(), name(ROTATE_KEY)?, "power accounts");
        commit.changes.push(Change {
            entity: log,
            kind: name("Log")?,
            verb: name(ROTATE_KEY)?,
            set: BTreeMap::from([(name(SIGNING_KEY)?, Attribute::plain(keys))]),
            note: map([("reason", reason.into())]),
            record: None,
        });
        let done = crate::done(self.store.submit(commit)?)?;
        self.complete_rotation(&mut signing)?;
        Ok(done)
    }

    /// Completes the rotation that the log tells of, if the vault still has the former key.
    pub(crate) fn complete_rotation(&self, signing: &mut Signing) -> Result<(), Refusal> {
        let view = self.store.read()?;
        let log = view.entity(&crate::log_urn(&*view)?)?;
        let told = log.as_ref().and_then(|log| log.attributes.get(SIGNING_KEY));
        let Some(told) = told else { return Ok(()) };
        let key = told.attribute.value.get("key").and_then(Value::as_text).and_then(VerifyKey::parse);
        let Some(key) = key.filter(|key| !signing.ring.holds(key)) else { return Ok(()) };
        let next = self.vault.next_log_key(view.log())?.filter(|next| next.verify_key() == key);
        let next = next.ok_or_else(|| {
            let vault = self.dir.vault();
            Refusal::Unusable(format!(
                "{} lacks the key that signs this log: bring back a copy of it made after entry {}",
                vault.display(),
                told.sequence
            ))
        })?;
        let size = view.size()?;
        let checkpoint =
            signing.key.sign_too(&next.sign(epoch(&*view)?, size, view.root(size)?, signed(&*view)?));
        let receipt = rotation(&*view, told.sequence, checkpoint.clone(), &key)?;
        // The head before the key: a head that is kept twice is the same, a key that is destroyed is gone.
        let work = Housekeeping::Head { epoch: epoch(&*view)?, size, checkpoint };
        crate::wait(self.store.keep(work)?)?;
        let json = serde_json::to_string(&receipt).map_err(|error| Refusal::Unusable(error.to_string()))?;
        KeyRotation::parse(&json).map_err(|error| Refusal::Unusable(error.to_string()))?;
        self.vault.rotate_log_key(&json)?;
        *signing = Signing::of(next, &self.vault)?;
        Ok(())
    }
}

/// The receipt of the entry that names the next key, all of it shown.
fn rotation(
    view: &dyn Reading,
    sequence: u64,
    checkpoint: String,
    key: &VerifyKey,
) -> Result<Receipt, Refusal> {
    let entry = view.entry(sequence)?.ok_or_else(|| Refusal::NotFound(format!("entry {sequence}")))?;
    let items = entry.items.iter().enumerate();
    let items = items.map(|(index, bytes)| ReceiptItem::open(&entry.salt(index), bytes, vec![])).collect();
    let size = view.size()?;
    let path = view.inclusion(sequence, size)?;
    Ok(Receipt::new(&entry.leaf_bytes, items, size, &path, checkpoint, key))
}
