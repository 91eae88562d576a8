//! History against a model: whatever is packed, merged or still in memory, every reader is told what the log told it.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what failed by panicking")]

use model::{Flag, Instant, Name, Observation, Period, SeriesKey, Urn};
use proof::{CommandId, SystemChance};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use store::{
    AuditReport, Clock, Commit, Housekeeping, NOW, Observations, Outcome, Reading, SeriesRange, SqliteStore,
    Store, StoredRow, Tuning,
};

const SERIES: usize = 5;
const TIMES: i64 = 40;
/// So small that a few commands go through every move.
const TUNING: Tuning = Tuning { points: 12, entries: 20, block: 4, fan: 2 };

struct Stopped;
impl Clock for Stopped {
    fn now(&self) -> Instant {
        Instant::from_micros(1)
    }
}

struct Folder(PathBuf);
impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("history-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    fn db(&self) -> PathBuf {
        self.0.join("city.db")
    }
    fn open(&self) -> SqliteStore {
        SqliteStore::open_on(&self.db(), (None, TUNING), Arc::new(Stopped), Arc::new(SystemChance)).unwrap()
    }
    fn count(&self, sql: &str) -> i64 {
        let connection = rusqlite::Connection::open(self.db()).unwrap();
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}
impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn thing(number: usize) -> Urn {
    Urn::of(&name("Thing"), &number.to_string()).unwrap()
}

/// One value of a command: series, time, value.
type Told = (usize, i64, i32);

fn commit(number: u64, told: &[Told]) -> Commit {
    let key = |series| SeriesKey {
        entity: thing(series),
        attribute: name("so2"),
        basis: name("Avg"),
        period: Period::Hour,
        edition: model::Edition::Raw,
    };
    let rows = told.iter().map(|(series, at, value)| Observation {
        series: key(*series),
        observed: Instant::from_micros(*at * 3_600_000_000),
        value: f64::from(*value) / 10.0,
        flag: Flag(if value % 3 == 0 { b'N' } else { b'F' }),
    });
    let id = CommandId::derived(&[0; 32], &[&number.to_string()]);
    let mut commit = Commit::new(id, thing(0), name("observe"), "test");
    let (received, source) = (Instant::from_micros(1), String::new());
    commit.observations = Some(Observations { received, source, rows: rows.collect() });
    commit
}

fn write(store: &SqliteStore, commit: Commit) {
    let outcome = store.submit(commit).unwrap().blocking_recv().unwrap().unwrap();
    assert!(matches!(outcome, Outcome::Done(done) if !done.repeated));
}

/// What the first commands told of a series, in order of time and command.
fn expected(
    log: &[Vec<Told>],
    series: usize,
    times: std::ops::Range<i64>,
    versions: bool,
) -> Vec<(i64, u64, f64)> {
    let mut rows: Vec<(i64, u64, f64)> = Vec::new();
    for (sequence, told) in (0..).zip(log) {
        for (of, at, value) in told {
            if *of == series && times.contains(at) {
                rows.retain(|(time, by, _)| *time != *at || (versions && *by != sequence));
                rows.push((*at, sequence, f64::from(*value) / 10.0));
            }
        }
    }
    rows.sort_by_key(|(at, sequence, _)| (*at, *sequence));
    rows
}

fn found(
    view: &dyn Reading,
    series: usize,
    times: std::ops::Range<i64>,
    versions: bool,
    limit: u32,
) -> Vec<(i64, u64, f64)> {
    found_before(view, series, (times, limit), versions, NOW)
}

fn found_before(
    view: &dyn Reading,
    series: usize,
    (times, limit): (std::ops::Range<i64>, u32),
    versions: bool,
    before: u64,
) -> Vec<(i64, u64, f64)> {
    let numbered = view.series(&thing(series)).unwrap();
    let Some(number) = numbered.first().map(|numbered| numbered.number) else { return Vec::new() };
    let hour = |at: i64| Instant::from_micros(at * 3_600_000_000);
    let range = SeriesRange { series: number, from: hour(times.start), to: hour(times.end), limit, before };
    let rows = if versions { view.observation_versions(range) } else { view.observations(range) };
    let row = |row: StoredRow| (row.observed.micros() / 3_600_000_000, row.sequence, row.value);
    rows.unwrap().into_iter().map(row).collect()
}

fn compare(view: &dyn Reading, log: &[Vec<Told>]) {
    for series in 0..SERIES {
        for versions in [false, true] {
            for (times, limit) in
                [(0..TIMES, u32::MAX), (5..9, u32::MAX), (0..TIMES, 1), (3..30, 4), (7..7, 9)]
            {
                let all = expected(log, series, times.clone(), versions);
                let latest = all[all.len().saturating_sub(limit as usize)..].to_vec();
                assert_eq!(
                    found(view, series, times.clone(), versions, limit),
                    latest,
                    "series {series}, times {times:?}, versions {versions}, limit {limit}, {} commands",
                    log.len()
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn every_reader_is_told_what_the_log_told_it(
        log in prop::collection::vec(prop::collection::vec((0..SERIES, 0..TIMES, 0..1000i32), 1..9), 1..60),
        reopened in prop::collection::btree_set(0usize..60, 0..4),
        forgotten in prop::collection::vec((0..SERIES, 0..TIMES), 0..6),
    ) {
        let folder = Folder::new();
        let mut store = folder.open();
        for (number, told) in log.iter().enumerate() {
            if reopened.contains(&number) {
                drop(store);
                store = folder.open();
            }
            write(&store, commit(number as u64, told));
            if number % 7 == 0 {
                compare(&*store.read().unwrap(), &log[..=number]);
            }
        }
        // A reader that began early sees its own moment, whatever is packed and merged meanwhile.
        let early = store.snapshot().unwrap();
        for (number, told) in log.iter().enumerate() {
            write(&store, commit((log.len() + number) as u64, told));
        }
        compare(&early, &log);
        drop(early);
        let twice: Vec<_> = log.iter().chain(&log).cloned().collect();
        compare(&*store.read().unwrap(), &twice);
        drop(store);
        let store = folder.open();
        compare(&*store.read().unwrap(), &twice);
        // And what was known at any moment.
        for known in (0..twice.len()).step_by(5) {
            let view = store.snapshot().unwrap();
            for series in 0..SERIES {
                let then = found_before(&view, series, (0..TIMES, u32::MAX), false, known as u64);
                assert_eq!(then, expected(&twice[..known], series, 0..TIMES, false));
                let last = found_before(&view, series, (0..TIMES, 1), true, known as u64);
                assert_eq!(last, then.last().copied().into_iter().collect::<Vec<_>>());
            }
        }
        // What is forgotten is told to nobody who begins to read now, and the log says nothing of what held nothing else.
        let (early, mut told) = (store.snapshot().unwrap(), twice.clone());
        for (series, before) in &forgotten {
            forget(&store, *series, *before);
            told.iter_mut().for_each(|told| told.retain(|(of, at, _)| of != series || at >= before));
        }
        compare(&early, &twice);
        drop(early);
        compare(&*store.read().unwrap(), &told);
        for (number, more) in log.iter().enumerate() {
            write(&store, commit((twice.len() + number) as u64, more));
            let since = |of: usize| forgotten.iter().filter(|(s, _)| *s == of).map(|(_, before)| *before).max();
            told.push(more.iter().copied().filter(|(of, at, _)| since(*of).is_none_or(|since| *at >= since)).collect());
        }
        compare(&*store.read().unwrap(), &told);
        drop(store);
        let store = folder.open();
        compare(&*store.read().unwrap(), &told);
        drop(store);
        let report = AuditReport::of(&folder.db(), None).unwrap();
        prop_assert_eq!(report.faults, vec![]);
    }
}

/// Forgets what a series observed before an hour, and empties what held nothing else.
fn forget(store: &SqliteStore, series: usize, before: i64) {
    let view = store.snapshot().unwrap();
    let Some(number) = view.series(&thing(series)).unwrap().first().map(|numbered| numbered.number) else {
        return;
    };
    let before = Instant::from_micros(before * 3_600_000_000);
    for work in [Housekeeping::Forget(vec![number], before), Housekeeping::Drop(0..view.size().unwrap())] {
        store.keep(work).unwrap().blocking_recv().unwrap().unwrap();
    }
}

#[test]
fn what_is_forgotten_leaves_the_log_and_the_blocks_and_its_leaves_stay() {
    let folder = Folder::new();
    let store = folder.open();
    steady(&store, 0..400);
    let live = "SELECT count(*) FROM segment WHERE live = 1";
    until(&folder, live, |count| count < 10);
    let (size, head) = (store.read().unwrap().size().unwrap(), store.read().unwrap().root(400).unwrap());
    (0..3).for_each(|series| forget(&store, series, 300));
    let view = store.snapshot().unwrap();
    assert_eq!(found(&view, 1, 0..1000, true, u32::MAX).len(), 100);
    // The first entry says what the series are, and stays.
    assert_eq!(folder.count("SELECT count(*) FROM log WHERE body IS NULL"), 299);
    let entry = view.entry(17).unwrap().unwrap();
    assert!(entry.items.is_empty() && entry.leaf.items > 0, "the leaf stays");
    assert_eq!((view.size().unwrap(), view.root(400).unwrap()), (size, head));
    drop(view);
    steady(&store, 400..440);
    let packed = "SELECT sum(points) FROM segment WHERE live = 1";
    until(&folder, packed, |points| points < 3 * 250);
    assert_eq!(found(&*store.read().unwrap(), 1, 0..1000, false, u32::MAX).len(), 140);
    drop(store);
    let report = AuditReport::of(&folder.db(), None).unwrap();
    assert_eq!((report.faults, report.dropped), (vec![], 299));
    // A row that somebody else empties is missed.
    let connection = rusqlite::Connection::open(folder.db()).unwrap();
    connection.execute("UPDATE log SET body = NULL WHERE sequence = 350", []).unwrap();
    drop(connection);
    assert_eq!(AuditReport::of(&folder.db(), None).unwrap().faults.len(), 1);
}

/// Commands of a steady city: each series an hour further.
fn steady(store: &SqliteStore, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let at = i64::try_from(number).unwrap();
        write(store, commit(number, &[(0, at, 1), (1, at, 2), (2, at, 3)]));
    }
}

/// Waits until something in the database is so.
fn until(folder: &Folder, sql: &str, holds: impl Fn(i64) -> bool) {
    for _ in 0..500 {
        if holds(folder.count(sql)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic_with(folder.count(sql), sql);
}

#[expect(clippy::panic, reason = "the test has failed")]
fn panic_with(count: i64, sql: &str) {
    panic!("{sql} stays {count}");
}

#[test]
fn what_was_merged_goes_when_nobody_reads_it() {
    let folder = Folder::new();
    let store = folder.open();
    steady(&store, 0..40);
    let early = store.snapshot().unwrap();
    steady(&store, 40..400);
    // 400 × 3 points of 12 make 100 segments, of which few are left.
    let live = "SELECT count(*) FROM segment WHERE live = 1";
    until(&folder, live, |count| count < 10);
    assert_eq!(found(&early, 1, 0..1000, false, u32::MAX).len(), 40);
    drop(early);
    until(&folder, "SELECT count(*) FROM segment WHERE live = 0", |count| count == 0);
    let strays = "SELECT count(*) FROM block WHERE id >> 24 NOT IN (SELECT id FROM segment)";
    assert_eq!(folder.count(strays), 0);
    assert_eq!(found(&*store.read().unwrap(), 1, 0..1000, false, u32::MAX).len(), 400);
    drop(store);
    let report = AuditReport::of(&folder.db(), None).unwrap();
    assert_eq!(report.faults, vec![]);
    assert!(report.points > 1100, "{} points compared", report.points);
}

#[test]
fn a_merge_that_was_broken_off_leaves_nothing() {
    let folder = Folder::new();
    let store = folder.open();
    steady(&store, 0..30);
    drop(store);
    let connection = rusqlite::Connection::open(folder.db()).unwrap();
    connection.execute("INSERT INTO segment VALUES (900, 0, 0, 0, 0, 0, x'')", []).unwrap();
    for ordinal in 0..700 {
        connection.execute("INSERT INTO block VALUES (?1, x'00')", [(900i64 << 24) + ordinal]).unwrap();
    }
    drop(connection);
    let store = folder.open();
    until(&folder, "SELECT count(*) FROM segment WHERE id = 900", |count| count == 0);
    assert_eq!(folder.count("SELECT count(*) FROM block WHERE id >> 24 = 900"), 0);
    assert_eq!(found(&*store.read().unwrap(), 1, 0..1000, false, u32::MAX).len(), 30);
}

#[test]
fn a_block_that_is_gone_is_an_error_and_never_a_gap() {
    let folder = Folder::new();
    let store = folder.open();
    steady(&store, 0..40);
    drop(store);
    let connection = rusqlite::Connection::open(folder.db()).unwrap();
    let oldest =
        "DELETE FROM block WHERE id >> 24 = (SELECT id FROM segment WHERE live = 1 ORDER BY first LIMIT 1)";
    assert!(connection.execute(oldest, []).unwrap() > 0);
    drop(connection);
    let store = folder.open();
    let view = store.snapshot().unwrap();
    let number = view.series(&thing(0)).unwrap()[0].number;
    let (from, to) = (Instant::from_micros(0), Instant::from_micros(i64::MAX));
    assert!(
        view.observations(SeriesRange { series: number, from, to, limit: u32::MAX, before: NOW }).is_err()
    );
    drop((view, store));
    assert_ne!(AuditReport::of(&folder.db(), None).unwrap().faults, vec![]);
}

#[test]
fn a_database_with_rows_instead_of_blocks_is_brought_up() {
    let folder = Folder::new();
    let store = folder.open();
    steady(&store, 0..40);
    drop(store);
    let connection = rusqlite::Connection::open(folder.db()).unwrap();
    let earlier = "DROP TABLE segment; DROP TABLE block; CREATE TABLE observation (series INTEGER); PRAGMA user_version = 2;";
    connection.execute_batch(earlier).unwrap();
    drop(connection);
    assert_eq!(AuditReport::of(&folder.db(), None).unwrap().faults, vec![], "a back-up of then is whole");
    let store = folder.open();
    assert_eq!(found(&*store.read().unwrap(), 1, 0..1000, false, u32::MAX).len(), 40);
    assert!(folder.count("SELECT count(*) FROM segment") > 0);
    assert_eq!(folder.count("SELECT count(*) FROM sqlite_schema WHERE name = 'observation'"), 0);
    drop(store);
    assert_eq!(AuditReport::of(&folder.db(), None).unwrap().faults, vec![]);
}
