//! What survives a power cut, in both journal families; and that the harness sees loss where there must be some.

use anyhow::{Context, ensure};
use powercut::{PowerCut, Survivors};
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How a run commits, and when and how its power goes.
#[derive(Clone, Copy)]
struct Run {
    journal: &'static str,
    synchronous: &'static str,
    /// The fault to be found: acknowledging before COMMIT has returned.
    acknowledges_early: bool,
    survivors: Survivors,
    instant: Instant,
}

#[derive(Clone, Copy)]
enum Instant {
    Ops(u64),
    Micros(u64),
}

/// What was found after a run.
#[derive(Debug, Default)]
struct Found {
    acknowledged: u32,
    /// Acknowledged transactions that are not there.
    lost: u32,
    /// The database could not be read, or its check failed.
    damaged: bool,
    /// A rollback journal was left to be played back.
    hot_journal: bool,
    dropped: u64,
    reads: u64,
}

/// Sums over many runs.
#[derive(Debug, Default)]
struct Total {
    runs: u64,
    acknowledged: u64,
    runs_with_loss: u64,
    lost: u64,
    damaged: u64,
    hot_journals: u64,
    dropped: u64,
    reads: u64,
}

const WAL: Run = Run {
    journal: "WAL",
    synchronous: "FULL",
    acknowledges_early: false,
    survivors: Survivors::None,
    instant: Instant::Ops(0),
};

#[test]
fn wal_full_loses_nothing() -> anyhow::Result<()> {
    let total = many("wal-full", 120, |seed| WAL.seeded(seed))?;
    ensure!(total.lost == 0 && total.damaged == 0, "{total:?}");
    ensure!(total.acknowledged > 1_000 && total.dropped > 100 && total.reads > 20, "too tame: {total:?}");
    Ok(())
}

#[test]
fn wal_full_loses_nothing_at_any_moment() -> anyhow::Result<()> {
    let total = many("wal-time", 40, |seed| Run {
        instant: Instant::Micros(seed * 997 % 60_000),
        ..WAL.seeded(seed)
    })?;
    ensure!(total.lost == 0 && total.damaged == 0, "{total:?}");
    Ok(())
}

#[test]
fn rollback_journals_lose_nothing() -> anyhow::Result<()> {
    for (journal, runs) in [("DELETE", 90), ("TRUNCATE", 30), ("PERSIST", 30)] {
        let total = many(journal, runs, |seed| Run { journal, ..WAL.seeded(seed) })?;
        ensure!(total.lost == 0 && total.damaged == 0, "{journal}: {total:?}");
        ensure!(total.hot_journals > 0, "no journal was ever played back: {total:?}");
    }
    Ok(())
}

#[test]
fn missing_syncs_are_seen() -> anyhow::Result<()> {
    for (journal, synchronous) in [("WAL", "NORMAL"), ("WAL", "OFF"), ("DELETE", "OFF")] {
        let name = format!("{journal}-{synchronous}");
        let total = many(&name, 30, |seed| {
            let run = WAL.seeded(seed);
            Run { journal, synchronous, survivors: Survivors::None, ..run }
        })?;
        ensure!(total.runs_with_loss * 4 > total.runs, "{name}: the harness saw no loss: {total:?}");
    }
    Ok(())
}

#[test]
fn torn_writes_do_damage_without_syncs() -> anyhow::Result<()> {
    for journal in ["WAL", "DELETE"] {
        let total = many(&format!("torn-{journal}"), 30, |seed| {
            let survivors = Survivors::Random(seed);
            Run { journal, synchronous: "OFF", survivors, ..WAL.seeded(seed) }
        })?;
        ensure!(total.damaged > 0, "no surviving write was ever torn from its neighbours: {total:?}");
    }
    Ok(())
}

#[test]
fn early_acknowledgement_is_seen() -> anyhow::Result<()> {
    let total = many("early", 60, |seed| Run { acknowledges_early: true, ..WAL.seeded(seed) })?;
    ensure!(total.runs_with_loss > 0 && total.damaged == 0, "the harness saw no loss: {total:?}");
    Ok(())
}

#[test]
fn connections_share_what_is_not_synced() -> anyhow::Result<()> {
    for (journal, synchronous) in [("WAL", "NORMAL"), ("DELETE", "OFF")] {
        let directory = fresh(&format!("shared-{journal}"))?;
        let path = directory.join("db");
        let power = PowerCut::register(&format!("shared-{journal}"))?;
        let writer = open(&power, &path, journal, synchronous)?;
        let reader = open(&power, &path, journal, synchronous)?;
        let before = bytes_of(&directory)?;
        writer.execute("INSERT INTO t (txn, part, data) VALUES (1, 0, x'01')", [])?;
        ensure!(count(&reader)? == 1, "the reader does not see what is in the cache");
        ensure!(bytes_of(&directory)? == before, "something was written without a sync");

        power.cut(Survivors::None)?;
        let frozen = bytes_of(&directory)?;
        writer.execute("INSERT INTO t (txn, part, data) VALUES (2, 0, x'02')", [])?;
        ensure!(count(&reader)? == 2, "connections must go on after the cut");
        let late = Connection::open_with_flags_and_vfs(&path, OpenFlags::default(), power.name())?;
        ensure!(count(&late)? == 2, "connections can be opened after the cut");
        drop(late);
        drop(writer);
        drop(reader);
        ensure!(bytes_of(&directory)? == frozen, "something was written after the cut");
        ensure!(power.writes_dropped() > 0 && count(&Connection::open(&path)?)? == 0);
    }
    Ok(())
}

#[test]
fn a_quiet_end_leaves_everything() -> anyhow::Result<()> {
    let path = fresh("quiet")?.join("db");
    let power = PowerCut::register("quiet")?;
    let connection = open(&power, &path, "WAL", "FULL")?;
    connection.execute("INSERT INTO t (txn, part, data) VALUES (1, 0, x'01')", [])?;
    drop(connection);
    ensure!(power.syncs() > 0 && power.bytes_synced() > 0 && power.writes_dropped() == 0);
    ensure!(count(&Connection::open(&path)?)? == 1);
    ensure!(PowerCut::register("quiet").is_err(), "a name was given twice");
    drop(power);
    PowerCut::register("quiet")?;
    Ok(())
}

impl Run {
    /// Half of the seeds lose everything unsynced, half keep some.
    fn seeded(self, seed: u64) -> Self {
        let survivors = if seed.is_multiple_of(2) { Survivors::None } else { Survivors::Random(seed) };
        Self { survivors, instant: Instant::Ops(seed * 7919 % 701), ..self }
    }
}

fn many(name: &str, runs: u64, run: impl Fn(u64) -> Run) -> anyhow::Result<Total> {
    let mut total = Total { runs, ..Total::default() };
    for seed in 0..runs {
        let found =
            try_out(&format!("{name}-{seed}"), run(seed)).with_context(|| format!("{name}, seed {seed}"))?;
        total.acknowledged += u64::from(found.acknowledged);
        total.runs_with_loss += u64::from(found.lost > 0);
        total.lost += u64::from(found.lost);
        total.damaged += u64::from(found.damaged);
        total.hot_journals += u64::from(found.hot_journal);
        total.dropped += found.dropped;
        total.reads += found.reads;
    }
    report(name, &total);
    Ok(total)
}

#[expect(clippy::print_stdout, reason = "figures for those who run with --nocapture")]
fn report(name: &str, total: &Total) {
    println!("{name}: {total:?}");
}

/// Works until the power goes, then looks at what is left with the ordinary VFS.
fn try_out(name: &str, run: Run) -> anyhow::Result<Found> {
    let directory = fresh(name)?;
    let path = directory.join("db");
    let power = PowerCut::register(name)?;
    let writer = open(&power, &path, run.journal, run.synchronous)?;
    let reader = open(&power, &path, run.journal, run.synchronous)?;
    if let Instant::Ops(ops) = run.instant {
        power.cut_after(ops, run.survivors);
    }
    let (power, written) = (&power, &AtomicBool::new(false));
    let (acknowledged, reads) = thread::scope(|scope| {
        let reading = scope.spawn(move || read_along(&reader, written));
        let writing = scope.spawn(move || {
            let acknowledged = write_until_cut(&writer, power, run.acknowledges_early);
            written.store(true, Ordering::Release);
            acknowledged
        });
        if let Instant::Micros(micros) = run.instant {
            thread::sleep(Duration::from_micros(micros));
            power.cut(run.survivors)?;
        }
        let gone = || anyhow::anyhow!("a thread panicked");
        let acknowledged = writing.join().map_err(|_| gone())??;
        anyhow::Ok((acknowledged, reading.join().map_err(|_| gone())??))
    })?;

    // A journal that is to be played back begins with its magic number; one that is done is empty or begins with zeros.
    let journal = fs::read(directory.join("db-journal")).unwrap_or_default();
    let hot_journal = journal.starts_with(&[0xd9, 0xd5, 0x05, 0xf9]);
    let found =
        Found { acknowledged, reads, hot_journal, dropped: power.writes_dropped(), ..Found::default() };
    let Ok(last) = examine(&path) else { return Ok(Found { damaged: true, ..found }) };
    ensure!(last <= acknowledged + 1, "more was found than was written");
    if last >= acknowledged {
        fs::remove_dir_all(directory)?;
    }
    Ok(Found { lost: acknowledged.saturating_sub(last), ..found })
}

/// Commits transactions of one to three rows and gives back the number of the last one acknowledged with power on.
fn write_until_cut(connection: &Connection, power: &PowerCut, early: bool) -> anyhow::Result<u32> {
    for txn in 1.. {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for part in 0..parts(txn) {
            connection
                .execute("INSERT INTO t (txn, part, data) VALUES (?1, ?2, ?3)", (txn, part, data(txn)))?;
        }
        let on_before = !power.is_cut();
        connection.execute_batch("COMMIT")?;
        let on_after = !power.is_cut();
        if !(if early { on_before } else { on_after }) {
            return Ok(txn - 1);
        }
        if !on_after {
            return Ok(txn);
        }
        if txn % 9 == 0 {
            let mode = ["PASSIVE", "RESTART", "TRUNCATE"][(txn / 9 % 3) as usize];
            connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()))?;
        }
    }
    unreachable!("the numbers do not end")
}

/// Reads until the writer has ended: whole transactions only, and never fewer than before.
fn read_along(connection: &Connection, written: &AtomicBool) -> anyhow::Result<u64> {
    let (mut reads, mut last) = (0, 0);
    while !written.load(Ordering::Acquire) {
        let now = whole_transactions(connection)?;
        ensure!(now >= last, "a reader saw time run backwards");
        (reads, last) = (reads + 1, now);
        thread::sleep(Duration::from_micros(300));
    }
    Ok(reads)
}

/// The last transaction of a sound database.
fn examine(path: &Path) -> anyhow::Result<u32> {
    let connection = Connection::open(path)?;
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    ensure!(verdict == "ok", "{verdict}");
    whole_transactions(&connection)
}

/// Every transaction from the first to the last must be there, with all its parts and the right bytes.
fn whole_transactions(connection: &Connection) -> anyhow::Result<u32> {
    let mut statement = connection.prepare_cached("SELECT txn, data FROM t ORDER BY txn")?;
    let mut found = BTreeMap::<u32, u32>::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let txn = row.get(0)?;
        ensure!(row.get::<_, Vec<u8>>(1)? == data(txn), "transaction {txn} has other bytes");
        *found.entry(txn).or_default() += 1;
    }
    for (expected, (&txn, &rows)) in (1..).zip(&found) {
        ensure!(txn == expected && rows == parts(txn), "transaction {txn} has {rows} rows");
    }
    Ok(found.len() as u32)
}

fn parts(txn: u32) -> u32 {
    txn % 3 + 1
}

/// From a few bytes to two pages.
fn data(txn: u32) -> Vec<u8> {
    vec![txn as u8; (u64::from(txn) * 2_654_435_761 % 8_000) as usize]
}

fn count(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0))
}

fn open(power: &PowerCut, path: &Path, journal: &str, synchronous: &str) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags_and_vfs(path, OpenFlags::default(), power.name())?;
    connection.busy_timeout(Duration::from_secs(20))?;
    connection.pragma_update(None, "journal_mode", journal)?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS t (txn INTEGER, part INTEGER, data BLOB, UNIQUE (txn, part))",
    )?;
    // A small cache makes large transactions spill before they commit.
    connection.pragma_update(None, "cache_size", 4)?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    Ok(connection)
}

fn fresh(name: &str) -> std::io::Result<PathBuf> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    Ok(directory)
}

/// All files but the shared memory, which is not part of what is stored.
fn bytes_of(directory: &Path) -> std::io::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if !path.ends_with("db-shm") {
            let bytes = fs::read(&path)?;
            files.insert(path, bytes);
        }
    }
    Ok(files)
}
