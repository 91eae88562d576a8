//! The keys of one log, one after another. A key hands over to the next with a receipt: that of the entry that names the
//! next, under a head that both have signed. Whoever holds either key gets by it to the other, with nothing but what
//! checks every receipt.

use crate::{Head, HeadError, Receipt, ReceiptError, ReceiptItem, Verified, VerifyKey, unhex};
use model::{Instant, Item, Name, Urn, Value};
use std::collections::VecDeque;

/// The act that rotates a log's key.
pub const ROTATE_KEY: &str = "rotate-key";
/// The attribute of the log that names both keys, as a map of `former` and `key`.
pub const SIGNING_KEY: &str = "signingKey";

/// A rotation of the key: how one handed over to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyRotation {
    /// The receipt that shows it.
    pub receipt: Receipt,
    /// The entry that names both keys.
    pub sequence: u64,
    /// When.
    pub at: Instant,
    /// The key that signs no more.
    pub former: VerifyKey,
    /// The key that signs from then on.
    pub key: VerifyKey,
    /// The last head of the former key, which the next one has signed too.
    pub last: Head,
}

impl KeyRotation {
    /// Reads a receipt as a rotation: it must show the log's own entry that names both keys, and verify with each.
    pub fn read(receipt: Receipt) -> Result<Self, ReceiptError> {
        let (former, key) = named(&receipt).ok_or(ReceiptError::Form("shows no rotation of a key"))?;
        let Verified { leaf, head, .. } = receipt.verify(&former)?;
        receipt.verify(&key)?;
        let log = Name::new("Log").ok().and_then(|kind| Urn::of(&kind, &leaf.log.to_string()).ok());
        if *leaf.act != *ROTATE_KEY || changed(&receipt) != log {
            return Err(ReceiptError::Form("shows no rotation of this log's key"));
        }
        Ok(Self { receipt, sequence: leaf.sequence, at: leaf.committed, former, key, last: head })
    }

    /// Reads it from the JSON of the receipt.
    pub fn parse(json: &str) -> Result<Self, ReceiptError> {
        Self::read(serde_json::from_str(json).map_err(|_| ReceiptError::Form("JSON"))?)
    }
}

/// The one change that the receipt shows.
fn change(receipt: &Receipt) -> Option<model::Change> {
    let [ReceiptItem::Open { bytes, .. }] = receipt.items.as_slice() else { return None };
    match Item::from_bytes(&unhex(bytes)?).ok()? {
        Item::Change(change) => Some(change),
        Item::Batch(_) | Item::Series(_) => None,
    }
}

fn changed(receipt: &Receipt) -> Option<Urn> {
    change(receipt).map(|change| change.entity)
}

/// The keys that it names, the former first.
fn named(receipt: &Receipt) -> Option<(VerifyKey, VerifyKey)> {
    let change = change(receipt)?;
    let (_, keys) = change.set.iter().find(|(name, _)| name.as_str() == SIGNING_KEY)?;
    let key = |which| keys.value.get(which).and_then(Value::as_text).and_then(VerifyKey::parse);
    Some((key("former")?, key("key")?))
}

/// The keys of one log. All but the newest are believed up to their last head and no further.
#[derive(Clone, Debug)]
pub struct Keyring {
    /// The newest first; of the others the epoch and size of the last head.
    keys: VecDeque<(VerifyKey, Option<(u32, u64)>)>,
}

impl From<VerifyKey> for Keyring {
    fn from(key: VerifyKey) -> Self {
        Self { keys: VecDeque::from([(key, None)]) }
    }
}

impl Keyring {
    /// All keys that rotations lead to from one that is known, to those after it and to those before.
    pub fn of(known: VerifyKey, rotations: &[KeyRotation]) -> Self {
        let mut ring = Self::from(known);
        // Each step takes one of them, so there are no more steps than rotations even if they lead in a circle.
        for _ in rotations {
            let newest = ring.newest().clone();
            let Some(next) = rotations.iter().find(|next| next.former == newest) else { break };
            ring.keys[0].1 = Some((next.last.epoch, next.last.size));
            ring.keys.push_front((next.key.clone(), None));
        }
        for _ in rotations {
            let oldest = &ring.keys[ring.keys.len() - 1].0;
            let Some(before) = rotations.iter().find(|before| before.key == *oldest) else { break };
            ring.keys.push_back((before.former.clone(), Some((before.last.epoch, before.last.size))));
        }
        ring
    }

    /// The key that signs now.
    pub fn newest(&self) -> &VerifyKey {
        &self.keys[0].0
    }

    /// Whether a key is one of them.
    pub fn holds(&self, key: &VerifyKey) -> bool {
        self.keys.iter().any(|(held, _)| held == key)
    }

    /// The newest of them that has signed a checkpoint.
    pub fn signer(&self, checkpoint: &str) -> Option<&VerifyKey> {
        self.keys.iter().map(|(key, _)| key).find(|key| key.open(checkpoint).is_ok())
    }

    /// Opens a checkpoint that one of them has signed in its time.
    pub fn open(&self, checkpoint: &str) -> Result<Head, HeadError> {
        for (key, last) in &self.keys {
            match key.open(checkpoint) {
                Err(HeadError::Unsigned) => {}
                Ok(head) if last.is_some_and(|last| (head.epoch, head.size) > last) => {
                    return Err(HeadError::Former);
                }
                opened => return opened,
            }
        }
        Err(HeadError::Unsigned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        CommandId, Leaf, LogId, LogKey, hex, inclusion, item_commitment, item_salt, items_root, leaf_hash,
        root,
    };
    use model::{Attribute, Change, map};
    use std::collections::BTreeMap;

    const LOG: LogId = LogId([7; 16]);

    fn key(number: u8) -> LogKey {
        LogKey::new(LOG, &[number; 32])
    }

    /// The receipt of an entry that names two keys, in a log of nothing else, under a head that both have signed.
    fn receipt(log: LogId, act: &str, (former, next): (&LogKey, &LogKey)) -> Receipt {
        let name = |text: &str| Name::new(text).unwrap();
        let text = |key: &LogKey| Value::text(key.verify_key().to_text());
        let keys = map([("former", text(former)), ("key", text(next))]);
        let item = Item::Change(Change {
            entity: Urn::of(&name("Log"), &log.to_string()).unwrap(),
            kind: name("Log"),
            verb: name(ROTATE_KEY),
            set: BTreeMap::from([(name(SIGNING_KEY), Attribute::plain(keys))]),
            note: Value::Null,
            record: None,
        });
        let (item, salt) = (item.to_bytes(), item_salt(&[2; 32], 0));
        let leaf = Leaf {
            log: LOG,
            epoch: 1,
            sequence: 0,
            committed: Instant::from_micros(5),
            command: CommandId([8; 16]),
            actor: Urn::new("urn:ngsi-ld:Person:accounts-1").unwrap(),
            act: act.to_owned(),
            ground: "power accounts".to_owned(),
            cause: None,
            items: 1,
            root: items_root(&[item_commitment(&salt, &item)]),
        }
        .to_bytes();
        let hashes = [leaf_hash(&leaf)];
        let (Ok(path), Ok(top)) = (inclusion(hashes.as_slice(), 0, 1), root(hashes.as_slice(), 1));
        let checkpoint = former.sign_too(&next.sign(1, 1, top, Instant::from_micros(6)));
        let items = vec![ReceiptItem::open(&salt, &item, vec![])];
        Receipt::new(&leaf, items, 1, &path, checkpoint, &next.verify_key())
    }

    fn rotation(former: u8, next: u8) -> KeyRotation {
        KeyRotation::read(receipt(LOG, ROTATE_KEY, (&key(former), &key(next)))).unwrap()
    }

    #[test]
    fn any_key_leads_to_all_and_each_is_believed_in_its_time() {
        let rotations = [rotation(1, 2), rotation(2, 3)];
        let signed = Instant::from_micros(9);
        for known in 1..=3 {
            let ring = Keyring::of(key(known).verify_key(), &rotations);
            assert_eq!(*ring.newest(), key(3).verify_key());
            assert!(ring.open(&key(1).sign(1, 1, [5; 32], signed)).is_ok());
            assert!(ring.open(&key(3).sign(1, 900, [5; 32], signed)).is_ok());
            assert_eq!(ring.open(&key(1).sign(1, 2, [5; 32], signed)), Err(HeadError::Former));
            assert_eq!(ring.open(&key(2).sign(2, 1, [5; 32], signed)), Err(HeadError::Former));
            assert_eq!(ring.open(&key(4).sign(1, 1, [5; 32], signed)), Err(HeadError::Unsigned));
        }
        let ring = Keyring::of(key(1).verify_key(), &rotations);
        let both = key(1).sign_too(&key(2).sign(1, 1, [5; 32], signed));
        assert_eq!(ring.signer(&both), Some(&key(2).verify_key()), "the newest that has signed it");
        assert_eq!(ring.signer(&key(4).sign(1, 1, [5; 32], signed)), None);
        let alone = Keyring::from(key(2).verify_key());
        assert_eq!(alone.open(&key(1).sign(1, 1, [5; 32], signed)), Err(HeadError::Unsigned));
        let round = [rotation(1, 2), rotation(2, 1)];
        assert!(Keyring::of(key(1).verify_key(), &round).holds(&key(2).verify_key()), "a circle has an end");
    }

    #[test]
    fn what_only_one_key_signed_hands_nothing_over() {
        let good = receipt(LOG, ROTATE_KEY, (&key(1), &key(2)));
        let read = |alter: &dyn Fn(&mut Receipt)| {
            let mut receipt = good.clone();
            alter(&mut receipt);
            KeyRotation::read(receipt).map(|rotation| rotation.sequence)
        };
        assert_eq!(read(&|_| {}), Ok(0));
        let Some((text, lines)) = good.checkpoint.split_once("\n\n") else { panic!("no signatures") };
        for line in lines.lines() {
            let one = format!("{text}\n\n{line}\n");
            assert_eq!(
                read(&move |receipt| receipt.checkpoint = one.clone()),
                Err(ReceiptError::Head(HeadError::Unsigned))
            );
        }
        let closed = |receipt: &mut Receipt| {
            let ReceiptItem::Open { salt, bytes, .. } = &receipt.items[0] else { panic!("closed") };
            let salt = unhex(salt).unwrap().try_into().unwrap();
            receipt.items[0] = ReceiptItem::Commitment(hex(&item_commitment(&salt, &unhex(bytes).unwrap())));
        };
        assert!(matches!(read(&closed), Err(ReceiptError::Form(_))));
        let of = |log, act| KeyRotation::read(receipt(log, act, (&key(1), &key(2)))).unwrap_err();
        assert!(matches!(of(LOG, "tick"), ReceiptError::Form(_)));
        assert!(matches!(of(LogId([6; 16]), ROTATE_KEY), ReceiptError::Form(_)));
        assert!(KeyRotation::parse("{}").is_err());
    }
}
