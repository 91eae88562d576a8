//! Holds the published forms still: `docs/receipt-vectors.json` is made here and compared, and every receipt in it is
//! given to this crate and to `docs/verify_receipt.py`, which must agree on the step that fails.
//!
//! To add a vector: append it to its section and run with `UPDATE_VECTORS=1`. What already stands in the file is not
//! changed that way: a receipt once given out must verify for ever.
#![expect(clippy::unwrap_used, reason = "a vector that cannot be made fails its test")]

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use model::{
    Attribute, Batch, Change, Flag, Instant, Item, Name, Period, Row, Sealed, SeriesDefinition, SeriesKey,
    Urn, Value, from_canonical, map, to_canonical,
};
use proof::{
    Chance, CommandId, Digest, Growing, Leaf, LogId, LogKey, Opening, Receipt, ReceiptError, ReceiptItem,
    SubjectKey, VerifyKey, consistency, hex, inclusion, item_commitment, item_salt, items_root, leaf_hash,
    root, unhex, verify_consistency, verify_inclusion,
};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

const LOG: LogId = LogId([7; 16]);
const SEED: [u8; 32] = [2; 32];
/// The receipt with which the consistency proofs are checked.
const KEPT: &str = "of an entry that a restore kept, by a head of the next epoch";
const FAILS: Option<&str> = Some("consistency");
/// Entries that epoch 2 took over.
const RESTORED: u64 = 5;

fn docs(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(file)
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn urn(text: &str) -> Urn {
    Urn::new(text).unwrap()
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn hexes(digests: &[Digest]) -> Vec<String> {
    digests.iter().map(|digest| hex(digest)).collect()
}

/// Chance that gives the bytes from a number upwards.
struct CountFrom(u8);

impl Chance for CountFrom {
    fn fill(&self, buffer: &mut [u8]) {
        (self.0..).zip(buffer).for_each(|(number, byte)| *byte = number);
    }
}

// Values and items.

fn canonical() -> Json {
    let nested = map([("list", Value::List(vec![Value::Null, true.into()])), ("map", map([]))]);
    let values: Vec<(&str, Value)> = vec![
        ("nothing", Value::Null),
        ("no", false.into()),
        ("yes", true.into()),
        ("integer 0", 0.into()),
        ("integer 23", 23.into()),
        ("integer 24", 24.into()),
        ("integer 255", 255.into()),
        ("integer 256", 256.into()),
        ("integer 65536", 65_536.into()),
        ("integer 4294967296", 4_294_967_296.into()),
        ("integer 9223372036854775807, the greatest", i64::MAX.into()),
        ("integer -1", (-1).into()),
        ("integer -1000", (-1000).into()),
        ("integer -9223372036854775808, the least", i64::MIN.into()),
        ("number 0.0", Value::number(0.0)),
        ("number 1.5", Value::number(1.5)),
        ("number -35.2", Value::number(-35.2)),
        ("the empty text", "".into()),
        ("text 水", "水".into()),
        ("no bytes", Value::Bytes(vec![])),
        ("the bytes 1 2 3 4", Value::Bytes(vec![1, 2, 3, 4])),
        ("instant 1970-01-01T00:00:00Z", Instant::from_micros(0).into()),
        ("instant 2026-09-30T08:00:00Z", at("2026-09-30T16:00:00+08:00").into()),
        ("instant 2026-09-30T08:00:00.000001Z", at("2026-09-30T08:00:00.000001Z").into()),
        ("instant 1969-12-31T23:59:59.5Z", Instant::from_micros(-500_000).into()),
        ("relationship to urn:ngsi-ld:Person:1", urn("urn:ngsi-ld:Person:1").into()),
        ("list of integer 1 and text a", Value::List(vec![1.into(), "a".into()])),
        ("map of b to 1, a to 2, aa to 3", map([("b", 1.into()), ("a", 2.into()), ("aa", 3.into())])),
        ("map of list to [nothing, yes], map to the empty map", nested),
        ("the sealed value of the section sealing", Value::Sealed(Box::new(sealed_phone()))),
    ];
    values.into_iter().map(|(value, v)| json!({ "value": value, "hex": hex(&to_canonical(&v)) })).collect()
}

fn refused() -> Json {
    let deep = format!("{}00", "81".repeat(33));
    let cases = [
        ("the bytes end inside a value", "6261"),
        ("a byte follows the value", "0000"),
        ("integer 1 in two bytes", "1801"),
        ("a text's length 1 in two bytes", "780161"),
        ("a list of indefinite length", "9fff"),
        ("keys out of order", "a2616201616102"),
        ("a key twice", "a2616101616102"),
        ("a key that is no text", "a10102"),
        ("a 16-bit float", "f93c00"),
        ("negative zero", "fb8000000000000000"),
        ("infinity", "fb7ff0000000000000"),
        ("not a number", "fb7ff8000000000000"),
        ("undefined", "f7"),
        ("integer 2^63", "1b8000000000000000"),
        ("text that is not UTF-8", "61ff"),
        ("tag 0", "c06161"),
        ("a relationship that is no URN", "d8206161"),
        ("an instant with 0 microseconds", "d903e9a201002500"),
        ("an instant with 1000000 microseconds", "d903e9a20100251a000f4240"),
        ("a sealed value of three parts", "d9d6d983f6f6f6"),
        ("an integer inside 33 lists", &deep),
    ];
    for (why, bytes) in cases {
        assert!(from_canonical(&unhex(bytes).unwrap()).is_err(), "{why}");
    }
    assert!(from_canonical(&unhex(&deep[2..]).unwrap()).is_ok(), "an integer inside 32 lists is read");
    cases.iter().map(|(why, bytes)| json!({ "why": why, "hex": bytes })).collect()
}

fn person() -> (Urn, SubjectKey, Value) {
    (urn("urn:ngsi-ld:Person:1"), SubjectKey::new([4; 32]), "138 0000 0000".into())
}

fn sealed_phone() -> Sealed {
    let (subject, key, plain) = person();
    key.seal(&subject, &plain, &CountFrom(0)).unwrap()
}

fn opening(sealed: &Sealed) -> Opening {
    let (_, key, plain) = person();
    let salt = hex(&key.salt(&sealed.nonce));
    Opening { commitment: hex(&sealed.commitment), salt, plain: hex(&to_canonical(&plain)) }
}

/// Values of 14 bytes, of 1, of 63 (the longest in one block) and of 64 (the shortest in two).
fn sealing() -> Json {
    let (subject, key, phone) = person();
    let text = |length| Value::text("x".repeat(length));
    let describe = |(first, plain): (u8, Value)| {
        let sealed = key.seal(&subject, &plain, &CountFrom(first)).unwrap();
        assert_eq!(key.open(&sealed).as_ref(), Ok(&plain));
        json!({
            "subject_key": hex(&[4; 32]),
            "subject": subject.as_str(),
            "plain": hex(&to_canonical(&plain)),
            "nonce": hex(&sealed.nonce),
            "salt": hex(&key.salt(&sealed.nonce)),
            "ciphertext": hex(&sealed.ciphertext),
            "commitment": hex(&sealed.commitment),
        })
    };
    [(0, phone), (16, Value::Null), (32, text(61)), (48, text(62))].into_iter().map(describe).collect()
}

fn source() -> Urn {
    urn("urn:ngsi-ld:MonitoredSource:chimney-3")
}

fn bare(entity: Urn, kind: &str, verb: &str, note: Value) -> Change {
    Change { entity, kind: name(kind), verb: name(verb), set: [].into(), note, record: None }
}

fn change() -> Item {
    let limit = Attribute {
        unit: Some(name("GP")),
        observed: Some(at("2026-09-30T08:00:00Z")),
        effective: Some(at("2026-10-01T00:00:00+08:00")),
        ..Attribute::plain(Value::number(35.0))
    };
    let phone = Attribute::plain(Value::Sealed(Box::new(sealed_phone())));
    let removed = Attribute::plain(Value::Null);
    let note = map([("reason", "许可证 17".into())]);
    Item::Change(Change {
        set: [(name("so2Limit"), limit), (name("dutyPhone"), phone), (name("oldName"), removed)].into(),
        record: Some(map([("stage", "open".into())])),
        ..bare(source(), "MonitoredSource", "update", note)
    })
}

fn series() -> Item {
    let (attribute, basis) = (name("so2"), name("ZsAvg"));
    let key =
        SeriesKey { entity: source(), attribute, basis, period: Period::Hour, edition: model::Edition::Raw };
    Item::Series(SeriesDefinition { number: 300, key })
}

fn batch() -> Item {
    let row = |series, hour: &str, value, flag| {
        let observed = at(&format!("2026-09-30T{hour}:00:00Z"));
        Row { series, observed, value, flag: Flag(flag) }
    };
    Item::Batch(Batch {
        received: at("2026-09-30T09:00:03.25Z"),
        source: "##0136QN=20260930170003250;ST=31;CN=2061".to_owned(),
        rows: vec![row(300, "08", 412.0, b'N'), row(1, "08", 0.1, b'D'), row(300, "07", -1.5, b'N')],
    })
}

/// What a restore writes first: the tree that it took over, and thereby what it voids.
fn restore(root: &Digest) -> Item {
    let note = map([
        ("restoredEpoch", 1.into()),
        ("restoredSize", RESTORED.cast_signed().into()),
        ("restoredRoot", hex(root).into()),
    ]);
    Item::Change(bare(urn(&format!("urn:ngsi-ld:Log:{LOG}")), "Log", "restore", note))
}

fn items() -> Json {
    let items = [
        ("a change: number with unit and times, sealed value, removal, note, record", change()),
        ("a change without anything optional", Item::Change(bare(source(), "Thing", "create", Value::Null))),
        ("series 300: so2 of chimney-3, ZsAvg, hour", series()),
        ("a batch: 300 at 08:00 is 412.0 N, 1 at 08:00 is 0.1 D, 300 at 07:00 is -1.5 N", batch()),
        ("a change: the restore of 5 entries of epoch 1", restore(&[5; 32])),
    ];
    let check = |(what, item): &(&str, Item)| {
        assert_eq!(Item::from_bytes(&item.to_bytes()).as_ref(), Ok(item), "{what}");
        json!({ "item": what, "hex": hex(&item.to_bytes()) })
    };
    items.iter().map(check).collect()
}

fn commitments() -> Json {
    let one = |index: u32, item: Item| {
        let (salt, item) = (item_salt(&SEED, index), item.to_bytes());
        let commitment = hex(&item_commitment(&salt, &item));
        json!({ "seed": hex(&SEED), "index": index, "salt": hex(&salt), "item": hex(&item), "commitment": commitment })
    };
    json!([one(0, change()), one(1, series()), one(2, batch()), one(0x0102_0304, series())])
}

fn items_root_vectors() -> Json {
    let all: Vec<Digest> = (0..5).map(|byte| [byte; 32]).collect();
    let prefixes = (0..=all.len()).map(|count| &all[..count]);
    prefixes.map(|some| json!({ "commitments": hexes(some), "root": hex(&items_root(some)) })).collect()
}

// The tree.

fn top(leaves: &[Digest], size: u64) -> Digest {
    let Ok(root) = root(leaves, size);
    root
}

fn trees() -> Json {
    // The reference leaves of Certificate Transparency's own test suite.
    let long = "606162636465666768696a6b6c6d6e6f";
    let inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", long];
    let leaves: Vec<Digest> = inputs.iter().map(|input| leaf_hash(&unhex(input).unwrap())).collect();
    let (mut inclusions, mut consistencies) = (vec![], vec![]);
    for size in 1..=8u64 {
        for (index, leaf) in (0..size).zip(&leaves) {
            let Ok(path) = inclusion(leaves.as_slice(), index, size);
            assert!(verify_inclusion(leaf, index, size, &path, &top(&leaves, size)));
            inclusions.push(json!({ "index": index, "size": size, "path": hexes(&path) }));
        }
        for old in 1..size {
            let Ok(path) = consistency(leaves.as_slice(), old, size);
            assert!(verify_consistency(old, &top(&leaves, old), size, &top(&leaves, size), &path));
            consistencies.push(json!({ "old": old, "size": size, "path": hexes(&path) }));
        }
    }
    let roots = (0..=8).map(|size| json!({ "size": size, "root": hex(&top(&leaves, size)) }));
    json!([{
        "leaves": inputs,
        "leaf_hashes": hexes(&leaves),
        "roots": roots.collect::<Json>(),
        "inclusion": inclusions,
        "consistency": consistencies,
    }])
}

/// Of the leaves 0 to 65535, each as four bytes, big-endian.
fn tiles() -> Json {
    let mut growing = Growing::default();
    let full: Vec<_> = (0u32..65_536).flat_map(|leaf| growing.push(&leaf.to_be_bytes())).collect();
    let shown = full.iter().filter(|tile| tile.level == 1 || [0, 255].contains(&tile.number));
    let describe = |tile: &proof::Tile| {
        let (first, last) = (hex(&tile.hashes[..32]), hex(&tile.hashes[255 * 32..]));
        let root = hex(&tile.root);
        json!({ "level": tile.level, "number": tile.number, "first": first, "last": last, "root": root })
    };
    shown.map(describe).collect()
}

// A small log: seven entries, restored at five, and three that went on from there.

/// One entry: its leaf's bytes and its items.
struct Entry {
    leaf: Vec<u8>,
    items: Vec<Vec<u8>>,
}

fn entry(epoch: u32, sequence: u64, act: &str, cause: Option<u64>, items: &[Item]) -> Entry {
    let items: Vec<Vec<u8>> = items.iter().map(Item::to_bytes).collect();
    let salted = (0..).zip(&items).map(|(index, item)| item_commitment(&item_salt(&SEED, index), item));
    let leaf = Leaf {
        log: LOG,
        epoch,
        sequence,
        committed: at("2026-09-30T09:00:03.5Z").plus_secs(60 * sequence.cast_signed()),
        command: CommandId::derived(&[7; 32], &["vector", act, &sequence.to_string()]),
        actor: urn("urn:ngsi-ld:Person:officer-1"),
        act: act.to_owned(),
        ground: "《大同市大气污染防治条例》".to_owned(),
        cause,
        items: u32::try_from(items.len()).unwrap(),
        root: items_root(&salted.collect::<Vec<_>>()),
    };
    assert_eq!(Leaf::from_bytes(&leaf.to_bytes()).as_ref(), Ok(&leaf));
    Entry { leaf: leaf.to_bytes(), items }
}

fn tree(log: &[Entry]) -> Vec<Digest> {
    log.iter().map(|entry| leaf_hash(&entry.leaf)).collect()
}

/// The log of epoch 1, and the log that went on from its first five entries in epoch 2.
fn logs() -> [Vec<Entry>; 2] {
    let log_id = urn(&format!("urn:ngsi-ld:Log:{LOG}"));
    let tick = Item::Change(bare(log_id, "Log", "tick", Value::Null));
    let shared = || {
        vec![
            entry(1, 0, "create", None, &[change()]),
            entry(1, 1, "observe", None, &[series(), batch()]),
            entry(1, 2, "tick", None, std::slice::from_ref(&tick)),
            entry(1, 3, "confirm", Some(1), &[change(), series(), batch()]),
            entry(1, 4, "nothing", Some(3), &[]),
        ]
    };
    let (mut old, mut new) = (shared(), shared());
    let restored = restore(&top(&tree(&new), RESTORED));
    old.extend((5..7).map(|sequence| entry(1, sequence, "observe", None, &[batch()])));
    new.push(entry(2, 5, "restore", None, &[restored]));
    new.extend((6..8).map(|sequence| entry(2, sequence, "observe", None, &[batch()])));
    [old, new]
}

/// The first five entries of epoch 1 restored at another time: the number of the epoch, and the log.
fn restored_at(time: &str) -> (u32, Vec<Entry>) {
    let [_, mut log] = logs();
    log.truncate(5);
    let epoch = u32::try_from(at(time).micros() / 1_000_000).unwrap();
    let restored = restore(&top(&tree(&log), RESTORED));
    log.push(entry(epoch, 5, "restore", None, &[restored]));
    log.push(entry(epoch, 6, "observe", None, &[batch()]));
    (epoch, log)
}

fn leaves() -> Json {
    let [old, new] = logs();
    let describe = |entry: &Entry| {
        let leaf = Leaf::from_bytes(&entry.leaf).unwrap();
        json!({
            "log": leaf.log.to_string(),
            "epoch": leaf.epoch,
            "sequence": leaf.sequence,
            "committed": leaf.committed.to_string(),
            "command": leaf.command.to_string(),
            "actor": leaf.actor.as_str(),
            "act": leaf.act,
            "ground": leaf.ground,
            "cause": leaf.cause,
            "items": leaf.items,
            "root": hex(&leaf.root),
            "hex": hex(&entry.leaf),
            "hash": hex(&leaf_hash(&entry.leaf)),
        })
    };
    let later = restored_at("2026-12-01T00:00:00Z").1;
    old[3..].iter().chain(&new[5..6]).chain(&later[5..]).map(describe).collect()
}

// Heads and receipts.

fn signer() -> LogKey {
    LogKey::new(LOG, &[3; 32])
}

fn signed() -> Instant {
    at("2026-09-30T10:00:00Z")
}

fn checkpoints() -> Json {
    let one = |secret: [u8; 32], epoch: u32, size: u64, root: Digest, time: &str| {
        let key = LogKey::new(LOG, &secret);
        let checkpoint = key.sign(epoch, size, root, at(time));
        let head = key.verify_key().open(&checkpoint).unwrap();
        assert_eq!(
            (head.log, head.epoch, head.size, head.root, head.signed),
            (LOG, epoch, size, root, at(time))
        );
        json!({
            "secret": hex(&secret),
            "key": key.verify_key().to_text(),
            "log": LOG.to_string(),
            "epoch": epoch,
            "size": size,
            "root": hex(&root),
            "time": time,
            "checkpoint": checkpoint,
        })
    };
    let old = tree(&logs()[0]);
    json!([
        one([3; 32], 1, 7, top(&old, 7), "2026-09-30T10:00:00Z"),
        one([3; 32], 12, 4_294_967_296, [9; 32], "2026-12-31T23:59:59.5Z"),
        one([5; 32], 1, 0, top(&[], 0), "2026-09-30T10:00:00.000001Z"),
    ])
}

/// The receipt of one entry with some of its items shown, the sealed value in the first of them opened.
fn receipt(log: &[Entry], epoch: u32, index: usize, size: u64, shown: &[usize]) -> Receipt {
    let (leaves, entry) = (tree(log), &log[index]);
    let Ok(path) = inclusion(leaves.as_slice(), index as u64, size);
    let item = |(number, bytes): (usize, &Vec<u8>)| {
        let salt = item_salt(&SEED, u32::try_from(number).unwrap());
        if !shown.contains(&number) {
            return ReceiptItem::closed(&item_commitment(&salt, bytes));
        }
        let personal = *bytes == change().to_bytes();
        ReceiptItem::open(&salt, bytes, personal.then(|| opening(&sealed_phone())).into_iter().collect())
    };
    let items = entry.items.iter().enumerate().map(item).collect();
    let checkpoint = signer().sign(epoch, size, top(&leaves, size.min(leaves.len() as u64)), signed());
    Receipt::new(&entry.leaf, items, size, &path, checkpoint, &signer().verify_key())
}

/// One receipt with the key it is checked against and the step that must fail, if one must.
fn case(what: &str, step: Option<&str>, key: &str, receipt: &Json) -> Json {
    json!({ "receipt_is": what, "fails_at": step, "key": key, "receipt": receipt })
}

fn valid_receipts() -> Vec<Json> {
    let [old, new] = logs();
    let (behind, left) = restored_at("2026-11-30T23:59:59Z");
    let (epoch, later) = restored_at("2026-12-01T00:00:00Z");
    let key = signer().verify_key().to_text();
    let valid = |what, receipt: Receipt| case(what, None, &key, &json!(receipt));
    let mut closed = receipt(&old, 1, 0, 7, &[0]);
    if let ReceiptItem::Open { openings, .. } = &mut closed.items[0] {
        openings.clear();
    }
    let mut witnessed = receipt(&old, 1, 1, 7, &[]);
    let rotated = LogKey::new(LOG, &[6; 32]).sign(1, 7, top(&tree(&old), 7), signed());
    let line = rotated.lines().last().unwrap();
    witnessed.checkpoint =
        witnessed.checkpoint.replace("\n\n", &format!("\n\n{line}\n")) + "— witness.example/w1 AAAAAAAA\n";
    vec![
        valid("shown whole, with the personal value", receipt(&old, 1, 3, 7, &[0, 1, 2])),
        valid("shown whole, the personal value closed", closed),
        valid("shown in part", receipt(&old, 1, 3, 7, &[1])),
        valid("shown without items", receipt(&old, 1, 3, 7, &[])),
        valid("of telemetry", receipt(&old, 1, 1, 7, &[0, 1])),
        valid("of a command without items", receipt(&old, 1, 4, 7, &[])),
        valid("of the only entry", receipt(&old, 1, 0, 1, &[])),
        valid("of the last entry", receipt(&old, 1, 4, 5, &[])),
        valid("with signature lines of other keys", witnessed),
        valid(KEPT, receipt(&new, 2, 3, 8, &[0])),
        valid("of the restore", receipt(&new, 2, 5, 8, &[0])),
        valid(
            "of an entry that the restore has voided, which only the restore's own receipt tells",
            receipt(&old, 1, 6, 7, &[0]),
        ),
        valid("of a restore, its epoch numbered by the second", receipt(&later, epoch, 5, 7, &[0])),
        valid(
            "of an entry whose epoch was left behind when the same back-up was restored again",
            receipt(&left, behind, 6, 7, &[0]),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An alteration of the first valid receipt.
    type Alter = fn(&mut Json);

    fn flip(at: &mut Json) {
        let mut text = at.as_str().unwrap().to_owned();
        let last = text.pop().unwrap();
        text.push(if last == '0' { '1' } else { '0' });
        *at = text.into();
    }

    fn replace(at: &mut Json, from: &str, to: &str) {
        let text = at.as_str().unwrap();
        assert!(text.contains(from), "{text}");
        *at = text.replacen(from, to, 1).into();
    }

    fn remove(list: &mut Json, index: usize) {
        list.as_array_mut().unwrap().remove(index);
    }

    fn altered() -> Vec<(&'static str, &'static str, Alter)> {
        vec![
            ("another format", "form", |r| r["format"] = "datong-receipt-2".into()),
            ("a member too many", "form", |r| r["remark"] = "paid".into()),
            ("a member missing", "form", |r| drop(r.as_object_mut().unwrap().remove("key"))),
            ("half a byte in the leaf", "form", |r| replace(&mut r["leaf"], "8c", "8")),
            ("a salt of 31 bytes", "form", |r| {
                let short = r["items"][0]["open"]["salt"].as_str().unwrap()[2..].to_owned();
                r["items"][0]["open"]["salt"] = short.into();
            }),
            ("an item with a key twice", "form", |r| {
                r["items"][0]["open"]["bytes"] = "a2616101616102".into();
            }),
            ("an item that ends early", "form", |r| r["items"][1]["open"]["bytes"] = "a161".into()),
            ("an item neither open nor closed", "form", |r| r["items"][0] = json!({})),
            ("a leaf cut short", "leaf", |r| replace(&mut r["leaf"], "8c01", "8c")),
            ("a leaf of another format", "leaf", |r| replace(&mut r["leaf"], "8c01", "8c02")),
            ("a leaf of thirteen fields", "leaf", |r| replace(&mut r["leaf"], "8c01", "8d0101")),
            ("a byte after the leaf", "leaf", |r| {
                r["leaf"] = format!("{}00", r["leaf"].as_str().unwrap()).into();
            }),
            ("an actor that is plain text", "leaf", |r| replace(&mut r["leaf"], "d820", "")),
            ("another personal value", "opening", |r| {
                flip(&mut r["items"][0]["open"]["openings"][0]["plain"]);
            }),
            ("another salt of the personal value", "opening", |r| {
                flip(&mut r["items"][0]["open"]["openings"][0]["salt"]);
            }),
            ("a personal value that is not in the item", "opening", |r| {
                let (subject, key, plain) = person();
                let other = key.seal(&subject, &plain, &CountFrom(100)).unwrap();
                r["items"][0]["open"]["openings"][0] = json!(opening(&other));
            }),
            ("items in another order", "items", |r| r["items"].as_array_mut().unwrap().swap(1, 2)),
            ("an item left out", "items", |r| remove(&mut r["items"], 2)),
            ("an item altered", "items", |r| flip(&mut r["items"][2]["open"]["bytes"])),
            ("an item's salt altered", "items", |r| flip(&mut r["items"][1]["open"]["salt"])),
            ("a closed item altered", "items", |r| r["items"][1] = json!({ "commitment": hex(&[1; 32]) })),
            ("another root in the leaf", "items", |r| flip(&mut r["leaf"])),
            ("a size altered", "head", |r| replace(&mut r["checkpoint"], "\n7\n", "\n8\n")),
            ("a time altered", "head", |r| replace(&mut r["checkpoint"], "10:00:00Z", "10:00:01Z")),
            ("an epoch altered", "head", |r| replace(&mut r["checkpoint"], "/1\n", "/2\n")),
            ("no signature", "head", |r| replace(&mut r["checkpoint"], "— datong", "— gnotad")),
            ("no empty line", "head", |r| replace(&mut r["checkpoint"], "\n\n", "\n")),
            ("a head that another key signed", "head", |r| {
                let root = top(&tree(&logs()[0]), 7);
                r["checkpoint"] = LogKey::new(LOG, &[5; 32]).sign(1, 7, root, signed()).into();
            }),
            ("another index", "scope", |r| r["inclusion"]["index"] = 2.into()),
            ("another size beside the path", "scope", |r| r["inclusion"]["size"] = 8.into()),
            ("a hash altered", "inclusion", |r| flip(&mut r["inclusion"]["path"][0])),
            ("a hash left out", "inclusion", |r| remove(&mut r["inclusion"]["path"], 2)),
            ("a hash too many", "inclusion", |r| {
                r["inclusion"]["path"].as_array_mut().unwrap().push(hex(&[1; 32]).into());
            }),
            ("hashes in another order", "inclusion", |r| {
                r["inclusion"]["path"].as_array_mut().unwrap().swap(0, 1);
            }),
            ("another time in the leaf", "inclusion", |r| {
                replace(&mut r["leaf"], "251a0007a120", "251a0007a121");
            }),
        ]
    }

    fn altered_receipts() -> Vec<Json> {
        let [old, new] = logs();
        let key = signer().verify_key().to_text();
        let whole = json!(receipt(&old, 1, 3, 7, &[0, 1, 2]));
        let with = |key: &LogKey| {
            let mut receipt = receipt(&old, 1, 3, 7, &[0]);
            receipt.checkpoint = key.sign(1, 7, top(&tree(&old), 7), signed());
            receipt.key = key.verify_key().to_text();
            json!(receipt)
        };
        let (stranger, elsewhere) = (LogKey::new(LOG, &[5; 32]), LogKey::new(LogId([8; 16]), &[3; 32]));
        let mut beyond = receipt(&new, 2, 6, 8, &[0]);
        beyond.checkpoint = signer().sign(2, 6, top(&tree(&new), 6), signed());
        beyond.inclusion.size = 6;
        let mut cases: Vec<Json> = altered()
            .into_iter()
            .map(|(what, step, alter)| {
                let mut receipt = whole.clone();
                alter(&mut receipt);
                case(what, Some(step), &key, &receipt)
            })
            .collect();
        cases.extend([
            case("checked against a damaged key", Some("key"), &key.replace("+A", "+B"), &whole),
            case("made up with a key of its own", Some("head"), &key, &with(&stranger)),
            case("a signed text that is no checkpoint", Some("head"), &key, &no_checkpoint(whole.clone())),
            case(
                "a head of another log, by that log's key",
                Some("scope"),
                &elsewhere.verify_key().to_text(),
                &with(&elsewhere),
            ),
            case(
                "a head of the epoch before the leaf's",
                Some("scope"),
                &key,
                &json!(receipt(&new, 1, 6, 8, &[0])),
            ),
            case("a head that ends before the entry", Some("inclusion"), &key, &json!(beyond)),
        ]);
        cases.extend(otherwise_written().into_iter().map(|(what, step, alter)| {
            let mut receipt = whole.clone();
            alter(&mut receipt);
            case(what, Some(step), &key, &receipt)
        }));
        let mut vouched = whole.clone();
        vouched["checkpoint"] = signed_note(LogId([8; 16]), &head_text()).into();
        cases.push(case(
            "a head of this log, signed by another log's key",
            Some("head"),
            &key_of(LogId([8; 16])),
            &vouched,
        ));
        cases
    }

    fn upper(at: &mut Json) {
        let text = at.as_str().unwrap().to_uppercase();
        assert!(at.as_str() != Some(&*text));
        *at = text.into();
    }

    /// More alterations of the first valid receipt: the same bytes written otherwise, and numbers below 0.
    fn otherwise_written() -> Vec<(&'static str, &'static str, Alter)> {
        vec![
            ("upper-case hexadecimal in the leaf", "form", |r| upper(&mut r["leaf"])),
            ("upper-case hexadecimal in an item", "form", |r| upper(&mut r["items"][1]["open"]["bytes"])),
            ("upper-case hexadecimal in a salt", "form", |r| upper(&mut r["items"][1]["open"]["salt"])),
            ("upper-case hexadecimal in a commitment", "form", |r| {
                let closed = receipt(&logs()[0], 1, 3, 7, &[]).items[1].clone();
                r["items"][1] = json!(closed);
                upper(&mut r["items"][1]["commitment"]);
            }),
            ("upper-case hexadecimal in an opening's commitment", "form", |r| {
                upper(&mut r["items"][0]["open"]["openings"][0]["commitment"]);
            }),
            ("upper-case hexadecimal in an opening's salt", "form", |r| {
                upper(&mut r["items"][0]["open"]["openings"][0]["salt"]);
            }),
            ("upper-case hexadecimal in an opening's value", "form", |r| {
                upper(&mut r["items"][0]["open"]["openings"][0]["plain"]);
            }),
            ("upper-case hexadecimal in the path", "form", |r| upper(&mut r["inclusion"]["path"][0])),
            ("an opening's salt of 31 bytes", "form", |r| {
                let salt = &mut r["items"][0]["open"]["openings"][0]["salt"];
                *salt = salt.as_str().unwrap()[2..].into();
            }),
            ("a leaf with a sequence below 0", "leaf", |r| {
                edit_leaf(&mut r["leaf"], |fields| fields[3] = Value::Int(-4));
            }),
            ("a leaf with a cause below 0", "leaf", |r| {
                edit_leaf(&mut r["leaf"], |fields| fields[9] = Value::Int(-2));
            }),
            ("a sequence left out of the leaf", "leaf", |r| {
                edit_leaf(&mut r["leaf"], |fields| drop(fields.remove(3)));
            }),
        ]
    }

    fn edit_leaf(at: &mut Json, edit: fn(&mut Vec<Value>)) {
        let Ok(Value::List(mut fields)) = from_canonical(&unhex(at.as_str().unwrap()).unwrap()) else {
            panic!("the leaf is a list");
        };
        edit(&mut fields);
        *at = hex(&to_canonical(&Value::List(fields))).into();
    }

    /// An alteration of the fields of a leaf.
    type EditLeaf = fn(&mut Vec<Value>);

    fn leaves_refused() -> Json {
        let cases: [(&str, EditLeaf); 17] = [
            ("another format", |l| l[0] = 2.into()),
            ("a log of 15 bytes", |l| l[1] = Value::Bytes(vec![7; 15])),
            ("an epoch below 0", |l| l[2] = (-1).into()),
            ("an epoch of 2^32", |l| l[2] = (1 << 32).into()),
            ("a sequence below 0", |l| l[3] = (-1).into()),
            ("a sequence that is a number", |l| l[3] = Value::number(3.0)),
            ("a log time that is a relationship", |l| l[4] = source().into()),
            ("a command of 17 bytes", |l| l[5] = Value::Bytes(vec![7; 17])),
            ("an actor that is a log time", |l| l[6] = l[4].clone()),
            ("an act that is nothing", |l| l[7] = Value::Null),
            ("a ground that is bytes", |l| l[8] = Value::Bytes(vec![])),
            ("a cause below 0", |l| l[9] = (-1).into()),
            ("a cause that is no", |l| l[9] = false.into()),
            ("a number of items below 0", |l| l[10] = (-3).into()),
            ("a number of items of 2^32", |l| l[10] = (1 << 32).into()),
            ("a root of 31 bytes", |l| l[11] = Value::Bytes(vec![7; 31])),
            ("a thirteenth field", |l| l.push(Value::Null)),
        ];
        let good = Json::from(hex(&logs()[0][3].leaf));
        let refuse = |(why, edit): (&str, EditLeaf)| {
            let mut leaf = good.clone();
            edit_leaf(&mut leaf, edit);
            assert!(Leaf::from_bytes(&unhex(leaf.as_str().unwrap()).unwrap()).is_err(), "{why}");
            json!({ "why": why, "hex": leaf })
        };
        cases.into_iter().map(refuse).collect()
    }

    fn fields(value: &mut Value) -> &mut BTreeMap<String, Value> {
        let Value::Map(fields) = value else { panic!("a map") };
        fields
    }

    /// A member of a map, a map too.
    fn inside<'a>(map: &'a mut BTreeMap<String, Value>, key: &str) -> &'a mut BTreeMap<String, Value> {
        fields(map.get_mut(key).unwrap())
    }

    fn put(map: &mut BTreeMap<String, Value>, key: &str, value: impl Into<Value>) {
        map.insert(key.to_owned(), value.into());
    }

    /// A batch of these packed rows.
    fn rows(batch: &mut BTreeMap<String, Value>, count: i64, packed: &str) {
        put(batch, "batch", count);
        put(batch, "rows", Value::Bytes(unhex(packed).unwrap()));
    }

    /// An alteration of the members of an item.
    type EditItem = fn(&mut BTreeMap<String, Value>);

    fn changes_refused() -> Vec<(&'static str, EditItem)> {
        vec![
            ("a change with an unknown member", |i| put(i, "remark", "paid")),
            ("a change whose note is nothing", |i| put(i, "note", Value::Null)),
            ("a change whose entity is a text", |i| put(i, "entity", "urn:ngsi-ld:Person:1")),
            ("a change without a type", |i| drop(i.remove("type"))),
            ("a change without what it sets", |i| drop(i.remove("set"))),
            ("a change whose verb is no name", |i| put(i, "verb", "up date")),
            ("an attribute whose name is none", |i| put(inside(i, "set"), "so2 limit", map([]))),
            ("an attribute with an unknown member", |i| {
                put(inside(inside(i, "set"), "so2Limit"), "remark", "paid");
            }),
            ("an attribute without a value", |i| drop(inside(inside(i, "set"), "so2Limit").remove("value"))),
            ("an attribute whose unit is nothing", |i| {
                put(inside(inside(i, "set"), "so2Limit"), "unit", Value::Null);
            }),
            ("an attribute observed at a text", |i| {
                put(inside(inside(i, "set"), "so2Limit"), "observed", "2026-09-30T08:00:00Z");
            }),
        ]
    }

    fn batches_refused() -> Vec<(&'static str, EditItem)> {
        vec![
            ("a batch with an unknown member", |i| put(i, "remark", "paid")),
            ("a batch of three rows that says four", |i| put(i, "batch", 4)),
            ("a batch without a source", |i| drop(i.remove("source"))),
            ("a row cut short", |i| rows(i, 1, "01004e40790000000000")),
            ("a row that is negative zero", |i| rows(i, 1, "01004e8000000000000000")),
            ("a row that is infinite", |i| rows(i, 1, "01004e7ff0000000000000")),
            ("a row that is not a number", |i| rows(i, 1, "01004e7ff8000000000000")),
            ("a series' number in two bytes for one", |i| rows(i, 1, "8100004e4079000000000000")),
            ("a series' number beyond 64 bits", |i| {
                rows(i, 1, "ffffffffffffffffff7f004e4079000000000000");
            }),
        ]
    }

    fn series_refused() -> Vec<(&'static str, EditItem)> {
        vec![
            ("a series with an unknown member", |i| put(i, "remark", "paid")),
            ("a series' key with an unknown member", |i| put(inside(i, "key"), "remark", "paid")),
            ("a series' key without a basis", |i| drop(inside(i, "key").remove("basis"))),
            ("a series by the week", |i| put(inside(i, "key"), "period", "week")),
            ("a map that is none of the three", BTreeMap::clear),
        ]
    }

    fn items_refused() -> Json {
        let kinds =
            [(change(), changes_refused()), (batch(), batches_refused()), (series(), series_refused())];
        let refuse = |(good, edits): (Item, Vec<(&'static str, EditItem)>)| {
            edits.into_iter().map(move |(why, edit)| {
                let mut item = from_canonical(&good.to_bytes()).unwrap();
                edit(fields(&mut item));
                let bytes = to_canonical(&item);
                assert!(Item::from_bytes(&bytes).is_err(), "{why}");
                json!({ "why": why, "hex": hex(&bytes) })
            })
        };
        kinds.into_iter().flat_map(refuse).collect()
    }

    /// Base64 with one `=` at its end, and the last letter's two bits that nothing uses not 0.
    fn idle(text: &str) -> String {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let start = text.strip_suffix('=').unwrap();
        let (start, last) = start.split_at(start.len() - 1);
        let next = letters.chars().nth(letters.find(last).unwrap() + 1).unwrap();
        format!("{start}{next}=")
    }

    /// Texts that say what the first valid receipt's head says, or nearly, and are signed with its key.
    fn heads_otherwise() -> Vec<(&'static str, String)> {
        let text = head_text();
        let change = |from: &str, to: &str| {
            assert!(text.contains(from), "{text}");
            text.replacen(from, to, 1)
        };
        let time = |time: &str| change("2026-09-30T10:00:00Z", time);
        let root = text.lines().nth(2).unwrap();
        vec![
            ("a line after the time", format!("{text}remark paid\n")),
            ("no time", change("time 2026-09-30T10:00:00Z\n", "")),
            ("an origin that is not of this form", change("datong/", "Datong/")),
            ("an epoch with a zero before it", change("/1\n", "/01\n")),
            ("an epoch with a sign", change("/1\n", "/+1\n")),
            ("an epoch of 2^32", change("/1\n", "/4294967296\n")),
            ("a size with a zero before it", change("\n7\n", "\n07\n")),
            ("a size with a sign", change("\n7\n", "\n+7\n")),
            ("a size of 2^64", change("\n7\n", "\n18446744073709551616\n")),
            ("a root without padding", change("=\n", "\n")),
            ("a root whose last letter has idle bits set", change(root, &idle(root))),
            ("a root of 33 bytes", change(root, &BASE64.encode([7; 33]))),
            ("a time with an offset", time("2026-09-30T18:00:00+08:00")),
            ("a time in lower case", time("2026-09-30t10:00:00z")),
            ("a time with a blank", time("2026-09-30 10:00:00Z")),
            ("a time to the minute", time("2026-09-30T10:00Z")),
            ("a fraction that says nothing", time("2026-09-30T10:00:00.0Z")),
            ("a fraction that ends in zero", time("2026-09-30T10:00:00.50Z")),
            ("a fraction finer than a microsecond", time("2026-09-30T10:00:00.0000005Z")),
            ("a leap second", time("2026-09-30T23:59:60Z")),
            ("a day that does not exist", time("2026-09-31T10:00:00Z")),
            ("a blank after the time", time("2026-09-30T10:00:00Z ")),
            ("lines that end with a carriage return too", text.replace('\n', "\r\n")),
        ]
    }

    fn checkpoints_refused() -> Json {
        let mut cases: Vec<(&str, LogId, String)> =
            heads_otherwise().into_iter().map(|(why, text)| (why, LOG, signed_note(LOG, &text))).collect();
        let (lettered, other) = (LogId([0xab; 16]), LogId([8; 16]));
        let (name, upper) = (lettered.to_string(), lettered.to_string().to_uppercase());
        let note = signed_note(LOG, &head_text());
        let (start, blob) = note.rsplit_once(' ').unwrap();
        let elsewhere = |log: &str| head_text().replacen(&LOG.to_string(), log, 1);
        assert!(
            VerifyKey::parse(&key_of(lettered))
                .unwrap()
                .open(&signed_note(lettered, &elsewhere(&name)))
                .is_ok()
        );
        cases.extend([
            ("an origin in upper case", lettered, signed_note(lettered, &elsewhere(&upper))),
            ("another log's origin", other, signed_note(other, &head_text())),
            (
                "a signature whose last letter has idle bits set",
                LOG,
                format!("{start} {}\n", idle(blob.trim_end())),
            ),
        ]);
        let refuse = |(why, log, checkpoint): (&str, LogId, String)| {
            let key = key_of(log);
            assert!(VerifyKey::parse(&key).unwrap().open(&checkpoint).is_err(), "{why}");
            json!({ "why": why, "key": key, "checkpoint": checkpoint })
        };
        cases.into_iter().map(refuse).collect()
    }

    /// The receipt with a head whose origin names no epoch.
    fn no_checkpoint(mut receipt: Json) -> Json {
        receipt["checkpoint"] = signed_note(LOG, &head_text().replacen("/1\n", "\n", 1)).into();
        receipt
    }

    /// The text that the first valid receipt's head signs.
    fn head_text() -> String {
        let checkpoint = signer().sign(1, 7, top(&tree(&logs()[0]), 7), signed());
        checkpoint.split_once("\n\n").unwrap().0.to_owned() + "\n"
    }

    fn key_of(log: LogId) -> String {
        LogKey::new(log, &[3; 32]).verify_key().to_text()
    }

    /// Any text, rightly signed by the key of a log.
    fn signed_note(log: LogId, text: &str) -> String {
        let key = key_of(log);
        let mut parts = key.split('+');
        let (name, mut blob) = (parts.next().unwrap(), unhex(parts.next().unwrap()).unwrap());
        blob.extend(SigningKey::from_bytes(&[3; 32]).sign(text.as_bytes()).to_bytes());
        format!("{text}\n— {name} {}\n", BASE64.encode(blob))
    }

    fn consistencies() -> Json {
        let [old, new] = logs().map(|log| tree(&log));
        let sign = |epoch, leaves: &[Digest], size| signer().sign(epoch, size, top(leaves, size), signed());
        let Ok(path) = consistency(new.as_slice(), 3, 8);
        let proof = |old: &str, new: &str, path: &[Digest]| json!({ "format": "datong-consistency-1", "old": old, "new": new, "path": hexes(path) });
        let (before, now) = (sign(1, &old, 3), sign(2, &new, 8));
        let stranger = LogKey::new(LOG, &[5; 32]).sign(1, 3, top(&old, 3), signed());
        let Ok(power) = consistency(new.as_slice(), 4, 8);
        let Ok(voided) = consistency(new.as_slice(), 7, 8);
        let cases = [
            ("from 3 entries in epoch 1 to 8 in epoch 2", None, proof(&before, &now, &path)),
            ("from 4 entries in epoch 1 to 8 in epoch 2", None, proof(&sign(1, &old, 4), &now, &power)),
            ("from the receipt's head to itself", None, proof(&now, &now, &[])),
            ("a hash altered", FAILS, proof(&before, &now, &[&path[..1], &[[1; 32]], &path[2..]].concat())),
            ("a hash left out", FAILS, proof(&before, &now, &path[1..])),
            ("a hash too many", FAILS, proof(&before, &now, &[&path[..], &path[..1]].concat())),
            ("an older head that another key signed", FAILS, proof(&stranger, &now, &path)),
            ("an older head of 7 entries, two of them void", FAILS, proof(&sign(1, &old, 7), &now, &voided)),
            ("an older head of a later epoch", FAILS, proof(&sign(3, &new, 3), &now, &path)),
            ("neither head is the receipt's", FAILS, proof(&before, &sign(1, &old, 4), &path)),
        ];
        let describe = |(what, step, proof)| json!({ "proof_is": what, "fails_at": step, "proof": proof });
        cases.into_iter().map(describe).collect()
    }

    /// A sealed value with any bytes inside, padded as they should be or not, and a commitment to others.
    fn sealed_around(bytes: &[u8], committed: &[u8]) -> Sealed {
        let ((subject, key, _), nonce) = (person(), [9; 12]);
        let mut cipher_key = <Hmac<Sha256> as KeyInit>::new_from_slice(&[4; 32]).unwrap();
        cipher_key.update(b"datong/seal-key/1\n");
        let cipher = Aes256Gcm::new(&<[u8; 32]>::from(cipher_key.finalize().into_bytes()).into());
        let payload = Payload { msg: bytes, aad: subject.as_str().as_bytes() };
        let ciphertext = cipher.encrypt(&Nonce::from(nonce), payload).unwrap();
        let parts = [&b"datong/sealed/1\n"[..], &key.salt(&nonce), committed].concat();
        Sealed { subject, nonce, ciphertext, commitment: Sha256::digest(parts).into() }
    }

    fn sealing_refused() -> Json {
        let (_, key, plain) = person();
        let plain = to_canonical(&plain);
        let inside = |end: &[u8]| [&plain, end].concat();
        let padded = inside(&[&[0x80][..], &[0; 49]].concat());
        let good = sealed_around(&padded, &plain);
        assert!(key.open(&good).is_ok());
        let mut damaged = good.clone();
        damaged.ciphertext[0] ^= 1;
        let sealed = |bytes: &[u8]| sealed_around(bytes, &plain);
        let cases = [
            ("a value without padding", sealed(&plain)),
            ("a value padded with zeros alone", sealed(&inside(&[0; 50]))),
            ("a byte after the padding", sealed(&inside(&[&[0x80][..], &[0; 48], &[1]].concat()))),
            ("padding without a value", sealed(&[&[0x80][..], &[0; 63]].concat())),
            ("zeros alone", sealed(&[0; 64])),
            ("a value that is not canonical", sealed_around(&[0x18, 1, 0x80], &[0x18, 1])),
            ("another value than the commitment's", sealed_around(&padded, &to_canonical(&1.into()))),
            ("another subject", Sealed { subject: urn("urn:ngsi-ld:Person:2"), ..good.clone() }),
            ("another nonce", Sealed { nonce: [8; 12], ..good.clone() }),
            ("a ciphertext altered", damaged),
        ];
        let refuse = |(why, sealed): (&str, Sealed)| {
            assert!(key.open(&sealed).is_err(), "{why}");
            json!({
                "why": why,
                "subject_key": hex(&[4; 32]),
                "subject": sealed.subject.as_str(),
                "nonce": hex(&sealed.nonce),
                "ciphertext": hex(&sealed.ciphertext),
                "commitment": hex(&sealed.commitment),
            })
        };
        cases.into_iter().map(refuse).collect()
    }

    fn vectors() -> Json {
        json!({
            "canonical": canonical(),
            "canonical_refused": refused(),
            "items": items(),
            "commitments": commitments(),
            "items_roots": items_root_vectors(),
            "leaves": leaves(),
            "trees": trees(),
            "tiles": tiles(),
            "checkpoints": checkpoints(),
            "sealing": sealing(),
            "receipts": valid_receipts(),
            "receipts_altered": altered_receipts(),
            "consistency": consistencies(),
            "items_refused": items_refused(),
            "leaves_refused": leaves_refused(),
            "checkpoints_refused": checkpoints_refused(),
            "sealing_refused": sealing_refused(),
        })
    }

    #[test]
    fn published_forms_never_change() {
        let (path, new) = (docs("receipt-vectors.json"), vectors());
        let old: Json =
            std::fs::read_to_string(&path).map_or(json!({}), |text| serde_json::from_str(&text).unwrap());
        for (section, entries) in old.as_object().unwrap() {
            for (number, entry) in entries.as_array().unwrap().iter().enumerate() {
                assert_eq!(
                    new[section].get(number),
                    Some(entry),
                    "{section}[{number}] was published like this and can never change: undo what changed it"
                );
            }
        }
        if std::env::var_os("UPDATE_VECTORS").is_some_and(|set| set == "1") {
            std::fs::write(&path, serde_json::to_string_pretty(&new).unwrap() + "\n").unwrap();
        } else {
            assert!(old == new, "there are new vectors: run this test with UPDATE_VECTORS=1 to add them");
        }
    }

    /// The step at which this crate refuses a receipt.
    fn step_here(case: &Json) -> Option<&'static str> {
        let Ok(receipt) = serde_json::from_value::<Receipt>(case["receipt"].clone()) else {
            return Some("form");
        };
        let Some(key) = VerifyKey::parse(case["key"].as_str().unwrap()) else { return Some("key") };
        match receipt.verify(&key) {
            Ok(_) => None,
            Err(ReceiptError::Form(_)) => Some("form"),
            Err(ReceiptError::Leaf(_)) => Some("leaf"),
            Err(ReceiptError::Opening) => Some("opening"),
            Err(ReceiptError::Items) => Some("items"),
            Err(ReceiptError::Head(_)) => Some("head"),
            Err(ReceiptError::Scope) => Some("scope"),
            Err(ReceiptError::Inclusion) => Some("inclusion"),
        }
    }

    #[test]
    fn each_receipt_fails_at_its_step_here() {
        for case in valid_receipts().iter().chain(&altered_receipts()) {
            assert_eq!(step_here(case), case["fails_at"].as_str(), "{}", case["receipt_is"]);
        }
    }

    #[test]
    fn each_consistency_proof_holds_or_fails_here() {
        let key = signer().verify_key();
        for case in consistencies().as_array().unwrap() {
            let proof = &case["proof"];
            let head = |which: &str| key.open(proof[which].as_str().unwrap());
            let path = proof["path"].as_array().unwrap().iter().map(digest).collect::<Vec<_>>();
            let holds = match (head("old"), head("new")) {
                (Ok(old), Ok(new)) => {
                    let ours = [&old, &new].iter().any(|head| head.epoch == 2 && head.size == 8);
                    let order = old.epoch <= new.epoch;
                    ours && order && verify_consistency(old.size, &old.root, new.size, &new.root, &path)
                }
                _ => false,
            };
            assert_eq!(holds, case["fails_at"].is_null(), "{}", case["proof_is"]);
        }
    }

    fn digest(hash: &Json) -> Digest {
        unhex(hash.as_str().unwrap()).unwrap().try_into().unwrap()
    }

    /// A Python that has the one package the script needs.
    fn python() -> &'static str {
        let has = |python: &&str| {
            let import = "from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey";
            Command::new(python).args(["-c", import]).output().is_ok_and(|ran| ran.status.success())
        };
        let found = ["/usr/bin/python3", "python3"].into_iter().find(has);
        found.expect("no Python can import `cryptography`: install the Debian package python3-cryptography")
    }

    /// What the script prints on a receipt, and whether it accepts it.
    fn script(receipt: &Json, options: &[&str]) -> (bool, String) {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let file = scratch(&format!("receipt-{}.json", NEXT.fetch_add(1, Ordering::Relaxed)), receipt);
        let ran =
            Command::new(python()).arg(docs("verify_receipt.py")).arg(&file).args(options).output().unwrap();
        let (said, errors) = (String::from_utf8(ran.stdout).unwrap(), String::from_utf8_lossy(&ran.stderr));
        assert!(errors.is_empty(), "{errors}");
        let last = said.lines().last().unwrap();
        assert!(ran.status.code() == Some(i32::from(!last.starts_with("VALID: "))), "{said}");
        (ran.status.success(), said)
    }

    fn scratch(name: &str, content: &Json) -> PathBuf {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&file, content.to_string()).unwrap();
        file
    }

    fn check_script(case: &Json, what: &str, (valid, said): &(bool, String)) {
        match case["fails_at"].as_str() {
            None => assert!(valid, "{what}: {said}"),
            Some(step) => assert!(said.starts_with(&format!("NOT VALID: {step} (")), "{what}: {said}"),
        }
    }

    #[test]
    fn each_receipt_fails_at_its_step_in_the_script() {
        for case in valid_receipts().iter().chain(&altered_receipts()) {
            let ran = script(&case["receipt"], &["--key", case["key"].as_str().unwrap()]);
            check_script(case, case["receipt_is"].as_str().unwrap(), &ran);
        }
    }

    /// Each refused leaf and head, put into the first valid receipt, with the step that must fail.
    fn receipts_of_refused() -> Vec<Json> {
        let whole = &valid_receipts()[0];
        let put = |section: &Json, step: &'static str, alter: fn(&mut Json, &Json)| {
            let one = |refused: &Json| {
                let mut case = whole.clone();
                case["fails_at"] = step.into();
                case["receipt_is"] = format!("with {}", refused["why"]).into();
                alter(&mut case, refused);
                case
            };
            section.as_array().unwrap().iter().map(one).collect::<Vec<_>>()
        };
        let leaves = put(&leaves_refused(), "leaf", |case, refused| {
            case["receipt"]["leaf"] = refused["hex"].clone();
        });
        let heads = put(&checkpoints_refused(), "head", |case, refused| {
            case["key"] = refused["key"].clone();
            case["receipt"]["checkpoint"] = refused["checkpoint"].clone();
        });
        [leaves, heads].concat()
    }

    #[test]
    fn each_refused_leaf_and_head_fails_here_and_in_the_script() {
        for case in receipts_of_refused() {
            assert_eq!(step_here(&case), case["fails_at"].as_str(), "{}", case["receipt_is"]);
            let ran = script(&case["receipt"], &["--key", case["key"].as_str().unwrap()]);
            check_script(&case, case["receipt_is"].as_str().unwrap(), &ran);
        }
    }

    /// What is in the tree is proven, whether or not a reader knows what to make of it.
    #[test]
    fn a_receipt_does_not_judge_what_an_item_means() {
        for refused in items_refused().as_array().unwrap() {
            let item = unhex(refused["hex"].as_str().unwrap()).unwrap();
            let salted = [item_commitment(&item_salt(&SEED, 0), &item)];
            let mut log = logs()[0].split_off(6);
            edit_leaf_bytes(&mut log[0].leaf, &items_root(&salted));
            log[0].items = vec![item];
            let case = case("", None, &signer().verify_key().to_text(), &json!(receipt(&log, 1, 0, 1, &[0])));
            assert_eq!(step_here(&case), None, "{}", refused["why"]);
            let (valid, said) = script(&case["receipt"], &[]);
            assert!(valid, "{}: {said}", refused["why"]);
        }
    }

    /// The leaf as the first entry, of one item.
    fn edit_leaf_bytes(bytes: &mut Vec<u8>, root: &Digest) {
        let leaf = Leaf { sequence: 0, root: *root, items: 1, ..Leaf::from_bytes(bytes).unwrap() };
        *bytes = leaf.to_bytes();
    }

    #[test]
    fn each_consistency_proof_holds_or_fails_in_the_script() {
        let kept = valid_receipts().into_iter().find(|case| case["receipt_is"] == KEPT).unwrap();
        for (number, case) in consistencies().as_array().unwrap().iter().enumerate() {
            let proof = scratch(&format!("consistency-{number}.json"), &case["proof"]);
            let ran = script(&kept["receipt"], &["--consistency", proof.to_str().unwrap()]);
            check_script(case, case["proof_is"].as_str().unwrap(), &ran);
        }
    }

    #[test]
    fn the_script_says_what_the_entry_says() {
        let receipt = &valid_receipts()[0]["receipt"];
        let key = scratch("key.txt", &Json::Null);
        std::fs::write(&key, format!("{}\n", receipt["key"].as_str().unwrap())).unwrap();
        let (_, said) = script(receipt, &["--key", key.to_str().unwrap()]);
        for part in [
            "epoch     1\n",
            "entry     3\n",
            "log time  2026-09-30T09:03:03.500000Z\n",
            "actor     urn:ngsi-ld:Person:officer-1\n",
            "act       confirm\n",
            "ground    《大同市大气污染防治条例》\n",
            "cause     1\n",
            "\"opened\": \"138 0000 0000\"",
            "许可证 17",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(!said.contains("compare it"), "{said}");
        let (_, said) = script(receipt, &[]);
        assert!(said.contains("compare it with one obtained elsewhere"), "{said}");
    }

    #[test]
    fn the_script_is_a_page() {
        assert!(std::fs::read_to_string(docs("verify_receipt.py")).unwrap().lines().count() < 100);
    }
}
