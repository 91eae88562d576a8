//! The embedded store passes the conformance suite, and survives what happens to files.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests say what failed by panicking")]

use model::{Attribute, Change, Filter, Instant, Name, Urn, Value};
use proof::{CommandId, LogKey, SystemChance};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use store::{
    AuditReport, Clock, Commit, Housekeeping, Outcome, Reading, SqliteStore, Store, Vault, back_up, restore,
};

struct Fixed(i64);
impl Clock for Fixed {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0)
    }
}

/// A folder that goes when the test ends well.
struct Folder(PathBuf);
impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("datong-store-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    fn db(&self) -> PathBuf {
        self.0.join("city.db")
    }
}
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(path: &Path, now: i64) -> SqliteStore {
    SqliteStore::open(path, Arc::new(Fixed(now)), Arc::new(SystemChance)).unwrap()
}

fn write(store: &dyn Store, key: &str) -> u64 {
    let kind = Name::new("Thing").unwrap();
    let entity = Urn::of(&kind, "1").unwrap();
    let mut commit = Commit::new(
        CommandId::derived(&[0; 32], &[key]),
        entity.clone(),
        Name::new("write").unwrap(),
        "test",
    );
    commit.changes.push(Change {
        entity,
        kind,
        verb: Name::new("update").unwrap(),
        set: [(Name::new("key").unwrap(), Attribute::plain(key))].into(),
        note: Value::Null,
        record: None,
    });
    match store.submit(commit).unwrap().blocking_recv().unwrap().unwrap() {
        Outcome::Done(done) => done.sequence,
        Outcome::Conflict(conflict) => panic!("{conflict:?}"),
    }
}

#[test]
fn conformance() {
    let folder = Folder::new();
    let next = AtomicU32::new(0);
    store::conformance::run(|| {
        let path = folder.0.join(format!("{}.db", next.fetch_add(1, Ordering::Relaxed)));
        Box::new(open(&path, 1))
    });
}

#[test]
fn who_holds_a_view_gets_another_though_all_hold_one() {
    let folder = Folder::new();
    let store = Arc::new(open(&folder.db(), 1));
    // More than there are connections: as many as hold one meet, each with a view in hand, and ask for a second.
    let together = Arc::new(std::sync::Barrier::new(8));
    let asking = (0..16).map(|_| {
        let (store, together) = (Arc::clone(&store), Arc::clone(&together));
        std::thread::spawn(move || {
            let first = store.read().unwrap();
            together.wait();
            let second = store.read().unwrap();
            assert_eq!(first.size().unwrap(), second.size().unwrap());
        })
    });
    let asking: Vec<_> = asking.collect();
    asking.into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn log_time_never_goes_back_and_the_tree_goes_on_after_reopening() {
    let folder = Folder::new();
    {
        let store = open(&folder.db(), 100);
        for i in 0..300 {
            write(&store, &format!("a{i}"));
        }
    }
    let store = open(&folder.db(), 50);
    write(&store, "after");
    let view = store.snapshot().unwrap();
    assert_eq!(view.log_time().unwrap(), Some(Instant::from_micros(100)));
    drop(view);
    drop(store);
    let report = AuditReport::of(&folder.db(), None).unwrap();
    assert_eq!((report.entries, report.faults), (301, vec![]));
}

#[test]
fn the_audit_names_the_altered_row() {
    let folder = Folder::new();
    let vault = Vault::open(&folder.0.join("keys.db")).unwrap();
    let store = open(&folder.db(), 1);
    for i in 0..5 {
        write(&store, &i.to_string());
    }
    let view = store.snapshot().unwrap();
    let key: LogKey = vault.log_key(view.log(), &SystemChance).unwrap();
    let checkpoint = key.sign(1, 5, view.root(5).unwrap(), Instant::from_micros(1));
    drop(view);
    store
        .keep(Housekeeping::Head { epoch: 1, size: 5, checkpoint })
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    drop(store);
    let audit = || AuditReport::of(&folder.db(), Some(&key.verify_key().into())).unwrap();
    let clean = audit();
    assert_eq!((clean.heads, clean.entities, clean.faults), (1, 1, vec![]));

    let db = rusqlite::Connection::open(folder.db()).unwrap();
    // One letter in the body of entry 2: its items no longer fit its leaf, and the state no longer fits the log.
    let body: Vec<u8> =
        db.query_row("SELECT body FROM log WHERE sequence = 2", [], |row| row.get(0)).unwrap();
    let mut altered = body.clone();
    *altered.last_mut().unwrap() ^= 1;
    db.execute("UPDATE log SET body = ?1 WHERE sequence = 2", [altered]).unwrap();
    assert!(audit().faults.iter().any(|f| f.sequence == Some(2)), "{:?}", audit().faults);
    db.execute("UPDATE log SET body = ?1 WHERE sequence = 2", [body]).unwrap();

    // A rewritten leaf with fitting items changes the root: the published head shows it.
    let leaf: Vec<u8> =
        db.query_row("SELECT leaf FROM log WHERE sequence = 3", [], |row| row.get(0)).unwrap();
    let mut altered = leaf.clone();
    let at = altered.windows(4).position(|w| w == b"test").unwrap();
    altered[at] = b'b';
    db.execute("UPDATE log SET leaf = ?1 WHERE sequence = 3", [altered]).unwrap();
    assert!(audit().faults.iter().any(|f| f.what.contains("another root")), "{:?}", audit().faults);
    db.execute("UPDATE log SET leaf = ?1 WHERE sequence = 3", [leaf]).unwrap();

    db.execute("UPDATE entity SET version = 3", []).unwrap();
    assert!(audit().faults.iter().any(|f| f.what.contains("not what the log says")));
}

#[test]
fn a_restored_back_up_opens_a_new_epoch() {
    let folder = Folder::new();
    let copy = folder.0.join("copy.db");
    let store = open(&folder.db(), 1);
    write(&store, "kept");
    back_up(&folder.db(), &copy).unwrap();
    write(&store, "lost");
    drop(store);

    let actor = Urn::new("urn:ngsi-ld:Person:operator").unwrap();
    let restored = restore(&copy, &folder.db(), &actor, Arc::new(Fixed(5)), Arc::new(SystemChance)).unwrap();
    assert_eq!(restored.epoch, 2, "seconds since 1970, or the next number");
    assert!(restored.aside.is_some_and(|aside| aside.exists()));
    let store = open(&folder.db(), 5);
    assert_eq!(write(&store, "lost"), 2, "a voided command can be sent again");
    let view = store.snapshot().unwrap();
    let epochs = view.epochs().unwrap();
    assert_eq!((epochs[1].number, epochs[1].restored), (2, 1));
    assert_eq!(view.entry(0).unwrap().unwrap().leaf.epoch, 1);
    let first = view.entry(1).unwrap().unwrap();
    assert_eq!((first.leaf.epoch, &*first.leaf.act), (2, "restore"));
    drop(view);
    drop(store);
    assert_eq!(AuditReport::of(&folder.db(), None).unwrap().faults, vec![]);
}

#[test]
fn a_vault_of_form_1_keeps_what_it_had_and_learns_to_keep_lists() {
    let folder = Folder::new();
    let path = folder.0.join("keys.db");
    let vault = Vault::open(&path).unwrap();
    let (key, somebody) = (vault.secret("a", &SystemChance).unwrap(), Urn::new("urn:x:somebody").unwrap());
    drop(vault);
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch("DROP TABLE kept; DROP TABLE key_rotation; PRAGMA user_version = 1;").unwrap();
    drop(old);
    let vault = Vault::open(&path).unwrap();
    assert_eq!(vault.secret("a", &SystemChance).unwrap(), key);
    for address in ["/inbox?tab=open", "/inbox?tab=closed"] {
        vault.keep(&somebody, "夜班", address).unwrap();
    }
    assert_eq!(vault.kept(&somebody).unwrap(), [("夜班".to_owned(), "/inbox?tab=closed".to_owned())]);
    assert_eq!(vault.kept(&Urn::new("urn:x:another").unwrap()).unwrap(), []);
    vault.keep_not(&somebody, "夜班").unwrap();
    vault.keep(&somebody, "白班", "/inbox").unwrap();
    vault.accounts_end(&somebody).unwrap();
    assert_eq!(vault.kept(&somebody).unwrap(), [], "with the account");
    drop(vault);
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 4;").unwrap();
    assert!(Vault::open(&path).is_err(), "a form that nobody knows");
}

#[test]
fn erasure_reaches_the_copies_of_the_vault() {
    let folder = Folder::new();
    let vault = Vault::open(&folder.0.join("keys.db")).unwrap();
    let subject = Urn::new("urn:ngsi-ld:Person:1").unwrap();
    let copy = folder.0.join("keys-copy.db");
    assert!(vault.subject_key_or_new(&subject, &SystemChance).unwrap().is_some());
    vault.back_up(&copy).unwrap();
    assert_eq!(vault.erase(&subject, Instant::from_micros(7)).unwrap(), Vec::<PathBuf>::new());
    assert!(vault.subject_key(&subject).unwrap().is_none());
    assert!(vault.subject_key_or_new(&subject, &SystemChance).unwrap().is_none(), "no key again");
    assert!(Vault::open(&copy).unwrap().subject_key(&subject).unwrap().is_none());
    std::fs::remove_file(&copy).unwrap();
    assert_eq!(
        vault.erase(&subject, Instant::from_micros(8)).unwrap(),
        vec![copy],
        "named when out of reach"
    );
}

/// Makes of a database one as the program before facts wrote it.
fn without_facts(path: &Path) {
    let db = rusqlite::Connection::open(path).unwrap();
    let sql =
        "DROP TABLE fact; DROP TABLE field; DROP TABLE segment; DROP TABLE block; PRAGMA user_version = 1;";
    db.execute_batch(sql).unwrap();
}

#[test]
fn a_database_from_before_facts_is_given_them() {
    let folder = Folder::new();
    let store = open(&folder.db(), 1);
    write(&store, "first");
    drop(store);
    without_facts(&folder.db());
    assert_eq!(AuditReport::of(&folder.db(), None).unwrap().faults, vec![], "a back-up of then is whole");

    let filter = |text: &str| Filter::Compare {
        path: vec![Name::new("key").unwrap()],
        op: model::Operator::Eq,
        value: text.into(),
    };
    let store = open(&folder.db(), 1);
    assert_eq!(store.snapshot().unwrap().count(&filter("first"), 9).unwrap(), 1);
    write(&store, "second");
    let view = store.snapshot().unwrap();
    assert_eq!((view.count(&filter("first"), 9).unwrap(), view.count(&filter("second"), 9).unwrap()), (0, 1));
    drop(view);
    drop(store);
    drop(open(&folder.db(), 1));
    assert_eq!(AuditReport::of(&folder.db(), None).unwrap().faults, vec![]);
}

#[test]
fn a_later_form_is_refused() {
    let folder = Folder::new();
    drop(open(&folder.db(), 1));
    let db = rusqlite::Connection::open(folder.db()).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    assert!(SqliteStore::open(&folder.db(), Arc::new(Fixed(1)), Arc::new(SystemChance)).is_err());
}

#[test]
fn acts_are_found_by_who_did_them_and_the_audit_names_those_that_are_hidden() {
    let folder = Folder::new();
    let store = open(&folder.db(), 1);
    let officer = Urn::new("urn:ngsi-ld:Person:officer-1").unwrap();
    let device = Urn::new("urn:ngsi-ld:Source:one").unwrap();
    for (n, actor) in [&officer, &device, &officer].into_iter().enumerate() {
        let id = CommandId::derived(&[7; 32], &[&n.to_string()]);
        let mut commit = Commit::new(id, actor.clone(), Name::new("look").unwrap(), "a test");
        commit.changes.push(Change {
            entity: Urn::new(format!("urn:ngsi-ld:Thing:{n}")).unwrap(),
            kind: Name::new("Thing").unwrap(),
            verb: Name::new("look").unwrap(),
            set: [].into(),
            note: Value::Null,
            record: None,
        });
        store.submit(commit).unwrap().blocking_recv().unwrap().unwrap();
    }
    let acts = |of: Option<&Urn>, before, limit| store.read().unwrap().acts(of, before, limit).unwrap();
    assert_eq!(acts(None, u64::MAX, 10), [2, 0], "devices are not listed");
    assert_eq!(acts(Some(&officer), 2, 10), [0]);
    assert_eq!(acts(Some(&officer), u64::MAX, 1), [2]);
    assert_eq!(acts(Some(&device), u64::MAX, 10), Vec::<u64>::new());
    drop(store);
    let db = rusqlite::Connection::open(folder.db()).unwrap();
    let faults = || AuditReport::of(&folder.db(), None).unwrap().faults;
    assert_eq!(faults(), []);
    for forged in ["DELETE FROM act WHERE sequence = 2", "INSERT INTO act VALUES (1, 'urn:ngsi-ld:Person:x')"]
    {
        db.execute(forged, []).unwrap();
        assert!(faults().iter().any(|fault| fault.what.contains("who did it")), "{forged}");
    }
    // A database of the form before has no such rows: they are made of the leaves.
    db.execute_batch("DROP TABLE act; PRAGMA user_version = 5;").unwrap();
    drop(db);
    let store = open(&folder.db(), 1);
    assert_eq!(store.read().unwrap().acts(None, u64::MAX, 10).unwrap(), [2, 0]);
    drop(store);
    assert_eq!(faults(), []);
}

#[test]
fn the_audit_names_facts_that_the_log_does_not_say() {
    for forged in [
        "UPDATE fact SET value = 'forged'",
        "DELETE FROM fact",
        "UPDATE field SET kind = 'Other'",
        "DELETE FROM field",
        "INSERT INTO fact SELECT entity, field + 1, sort, value FROM fact",
        "INSERT INTO fact SELECT entity + 1, field, sort, value FROM fact",
    ] {
        let folder = Folder::new();
        let store = open(&folder.db(), 1);
        write(&store, "first");
        drop(store);
        let db = rusqlite::Connection::open(folder.db()).unwrap();
        db.execute(forged, []).unwrap();
        let faults = AuditReport::of(&folder.db(), None).unwrap().faults;
        assert!(faults.iter().any(|fault| fault.what.contains("filters find")), "{forged}: {faults:?}");
    }
}
