//! Power cuts under the store: what was acknowledged is there afterwards, once, and everything else agrees with it.
//!
//! Several clients send every kind of command to a store whose disk forgets unsynced writes (`powercut`), until the power
//! goes after a chosen number of disk operations. Then the ordinary disk is opened and compared with a model. The check
//! is itself tried out: on clients that count an acknowledgement too early, and on rows taken away by hand.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what failed by panicking")]

mod check;
mod client;

use crate::check::look;
use crate::client::{Cut, Told, live};
use std::path::{Path, PathBuf};
use std::thread;

/// A folder that goes when the test ends well.
struct Folder(PathBuf);
impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("store-{name}"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    fn db(&self) -> PathBuf {
        self.0.join("city.db")
    }
}
impl Drop for Folder {
    fn drop(&mut self) {
        if !thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// Sums over many disks.
#[derive(Debug, Default)]
struct Total {
    disks: usize,
    acknowledged: usize,
    /// Sent, but never acknowledged, and not there afterwards: the cuts were no pretence.
    gone: usize,
    disks_with_complaints: usize,
    complaints: Vec<String>,
}

/// Lives through a power cut of each kind on a disk of its own, one after the other, and looks at what is left.
fn try_out(total: &mut Total, name: &str, seed: u64, early: bool, cuts: &[Cut]) {
    let folder = Folder::new(&format!("{name}-{seed}"));
    let mut told = Told::default();
    for (life, cut) in cuts.iter().enumerate() {
        told.add(live(
            &folder.db(),
            &format!("{name}-{seed}-{life}"),
            seed + 1000 * life as u64,
            *cut,
            early,
        ));
    }
    let found = look(&folder.db(), &told);
    total.disks += 1;
    total.acknowledged += told.done.len();
    total.gone += found.gone;
    total.disks_with_complaints += usize::from(!found.complaints.is_empty());
    total.complaints.extend(found.complaints.into_iter().take(3).map(|c| format!("{name} {seed}: {c}")));
}

#[expect(clippy::print_stdout, reason = "figures for those who run with --nocapture")]
fn many(name: &str, disks: u64, early: bool, cuts: impl Fn(u64) -> Vec<Cut>) -> Total {
    let mut total = Total::default();
    (0..disks).for_each(|seed| try_out(&mut total, name, seed, early, &cuts(seed)));
    println!("{name}: {total:?}");
    total
}

#[test]
fn nothing_acknowledged_is_lost() {
    // The write-ahead log is merged into the database after about 8,000 operations: some cuts fall into that.
    let total = many("cut", 40, false, |seed| vec![Cut::Ops(seed * 7919 % 12_007)]);
    assert_eq!(total.complaints, [""; 0]);
    assert!(total.acknowledged > 2_000 && total.gone > 20, "too tame: {total:?}");
}

#[test]
fn nothing_is_lost_at_any_moment() {
    let total = many("moment", 12, false, |seed| vec![Cut::Micros(seed * 9973 % 150_000)]);
    assert_eq!(total.complaints, [""; 0]);
}

#[test]
fn nothing_is_lost_by_cut_after_cut() {
    let cuts = |seed| {
        vec![Cut::Ops(seed * 541 % 1500), Cut::Opening(seed * 7), Cut::Ops(seed * 83), Cut::Closing(seed)]
    };
    assert_eq!(many("again", 10, false, cuts).complaints, [""; 0]);
}

#[test]
fn nothing_is_lost_while_the_store_is_closed() {
    assert_eq!(many("closing", 12, false, |seed| vec![Cut::Closing(seed * seed)]).complaints, [""; 0]);
}

#[test]
fn a_cut_while_the_database_is_made_leaves_one_that_opens() {
    let total = many("making", 72, false, |seed| vec![Cut::Opening(seed)]);
    assert_eq!(total.complaints, [""; 0]);
}

#[test]
fn acknowledging_early_is_seen() {
    let total = many("early", 16, true, |seed| vec![Cut::Ops(seed * 7919 % 2003)]);
    let lost = |complaint: &String| {
        complaint.contains("acknowledged and is lost") || complaint.contains("done again")
    };
    assert!(total.disks_with_complaints > 8 && total.complaints.iter().all(lost), "{total:?}");
    let quiet = many("early-quiet", 2, true, |_| vec![Cut::Never]);
    assert_eq!(quiet.complaints, [""; 0], "without a cut there is nothing to see");
}

#[test]
fn rows_taken_away_are_missed() {
    let folder = Folder::new("tampered");
    let told = live(&folder.db(), "tampered", 4, Cut::Never, false);
    assert_eq!(look(&folder.db(), &told).complaints, [""; 0]);
    for statement in [
        "DELETE FROM block WHERE id = (SELECT id << 24 FROM segment WHERE live = 1 ORDER BY first LIMIT 1)",
        "UPDATE block SET body = (SELECT body FROM block WHERE id = 1 + (SELECT id << 24 FROM segment WHERE live = 1 ORDER BY first LIMIT 1))
         WHERE id = (SELECT id << 24 FROM segment WHERE live = 1 ORDER BY first LIMIT 1)",
        "UPDATE segment SET first = 1 WHERE first = 0 AND live = 1",
        "DELETE FROM timer WHERE id = (SELECT min(id) FROM timer)",
        "INSERT OR REPLACE INTO key SELECT 'open', 'k0', 1 + (coalesce(max(entity), 0) = 1) FROM key WHERE key = 'k0'",
        "DELETE FROM listing WHERE entity = 1 AND space = 'all'",
        "DELETE FROM delivery WHERE number = 1",
        "DELETE FROM history WHERE sequence = (SELECT max(sequence) FROM history)",
        "DELETE FROM command WHERE sequence = 10",
        "DELETE FROM head WHERE size = (SELECT max(size) FROM head)",
        "DELETE FROM cursor",
        "UPDATE tile SET hashes = zeroblob(8192)",
        "DELETE FROM log WHERE sequence = (SELECT max(sequence) FROM log)",
        "UPDATE entity SET version = version - 1 WHERE id = 1",
        "UPDATE log SET committed = committed + 1, leaf = (SELECT leaf FROM log WHERE sequence = 7) WHERE sequence = 8",
    ] {
        let copy = folder.0.join("copy.db");
        std::fs::copy(folder.db(), &copy).unwrap();
        assert!(
            rusqlite::Connection::open(&copy).unwrap().execute(statement, []).unwrap() > 0,
            "{statement}"
        );
        assert_ne!(look(&copy, &told).complaints, [""; 0], "{statement}");
    }
}
