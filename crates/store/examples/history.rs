//! Measures the series lane beside the raw disk: `cargo run --release -p store --example history -- <what> [figures]`.
//!
//! Each line that it prints is a JSON object. `sustained <seconds> <pairs>`, `clients`, `query <million points>`, and its parts `fill <file> <million points>`
//! and `ask <file>`.
//! `cargo xtask bench` runs them all.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measurement: it takes the time, prints and stops at the first failure"
)]

use model::{Flag, Instant, Name, Observation, Period, SeriesKey, Urn};
use proof::{CommandId, SystemChance};
use std::collections::VecDeque;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant as Moment};
use store::{Clock, Commit, NOW, Observations, Outcome, Pending, Reading, SeriesRange, SqliteStore, Store};

/// Rows of a batch.
const BATCH: u64 = 1000;
/// Series in all: those of a large city, each as likely as the next.
const UNIFORM: u64 = 600_000;
/// Series that report all the time.
const HOT: u64 = 2_500;
/// Commands on their way at once.
const IN_FLIGHT: usize = 64;

struct Stopped;
impl Clock for Stopped {
    fn now(&self) -> Instant {
        Instant::from_micros(1_780_000_000_000_000)
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn series(number: u64) -> SeriesKey {
    SeriesKey {
        entity: Urn::of(&name("Source"), &format!("{:06}", number / 6)).unwrap(),
        attribute: name(
            ["so2", "nox", "particulate", "o2", "flow", "flueTemperature"][(number % 6) as usize],
        ),
        basis: name("ZsAvg"),
        period: Period::Moment,
        edition: model::Edition::Raw,
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to choose with.
struct Rng(u64);
impl Rng {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

struct Feed {
    keys: Arc<Vec<SeriesKey>>,
    rng: Rng,
    batch: u64,
    /// The first of the series that report.
    first: u64,
}

impl Feed {
    fn new(count: u64) -> Self {
        Self { keys: Arc::new((0..count).map(series).collect()), rng: Rng(count), batch: 0, first: 0 }
    }

    /// The next batch: a second later, series by chance, values with one decimal place that wander.
    fn commit(&mut self, rows: u64) -> Commit {
        self.batch += 1;
        let at = Instant::from_micros(1_770_000_000_000_000 + self.batch.cast_signed() * 1_000_000);
        let rows = (0..rows).map(|_| {
            let number = self.first + self.rng.below(self.keys.len() as u64 - self.first);
            let value = (number % 500 * 10 + self.rng.below(90)) as f64 / 10.0;
            Observation {
                series: self.keys[number as usize].clone(),
                observed: at,
                value,
                flag: Flag::NORMAL,
            }
        });
        let id = CommandId::derived(&[7; 32], &[&self.batch.to_string()]);
        let mut commit = Commit::new(id, Urn::new("urn:ngsi-ld:Device:1").unwrap(), name("observe"), "bench");
        commit.observations =
            Some(Observations { received: at, source: String::new(), rows: rows.collect() });
        commit
    }
}

/// A folder that goes at the end.
struct Folder(PathBuf);
impl Folder {
    fn new(what: &str) -> Self {
        let path = PathBuf::from("target/bench").join(format!("{what}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    fn db(&self) -> PathBuf {
        self.0.join("city.db")
    }
    fn open(&self) -> SqliteStore {
        open(self.db())
    }
}

fn open(path: impl AsRef<Path>) -> SqliteStore {
    SqliteStore::open(path.as_ref(), Arc::new(Stopped), Arc::new(SystemChance)).unwrap()
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn done(pending: Pending<Outcome>) {
    assert!(matches!(pending.blocking_recv().unwrap().unwrap(), Outcome::Done(_)));
}

/// Appends pieces to a file, each synced, for a time. Pieces a second.
fn raw(folder: &Path, bytes: usize, time: Duration) -> f64 {
    let mut file = File::create(folder.join("raw")).unwrap();
    let piece = vec![7u8; bytes];
    let (started, mut pieces) = (Moment::now(), 0u64);
    while started.elapsed() < time {
        file.write_all(&piece).unwrap();
        file.sync_data().unwrap();
        pieces += 1;
    }
    let rate = pieces as f64 / started.elapsed().as_secs_f64();
    std::fs::remove_file(folder.join("raw")).unwrap();
    rate
}

/// Seconds of processor time of this process so far.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// Megabytes in memory now.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// Bytes that disks were given so far, by their own counters.
fn written() -> f64 {
    let disks = std::fs::read_to_string("/proc/diskstats").unwrap();
    let whole = |line: &&str| {
        let name = line.split_whitespace().nth(2).unwrap_or("");
        ["vd", "sd", "nvme", "xvd"].iter().any(|kind| name.starts_with(kind))
            && Path::new("/sys/block").join(name).exists()
    };
    let sectors =
        disks.lines().filter(whole).filter_map(|line| line.split_whitespace().nth(9)?.parse::<f64>().ok());
    sectors.sum::<f64>() * 512.0
}

/// Keeps a store busy with batches for a time; says how many updates became durable, and in what time.
fn feed(store: &SqliteStore, feed: &mut Feed, time: Duration) -> (u64, f64) {
    let (started, mut updates) = (Moment::now(), 0);
    let mut flying = VecDeque::new();
    while started.elapsed() < time {
        flying.push_back(store.submit(feed.commit(BATCH)).unwrap());
        if flying.len() >= IN_FLIGHT {
            done(flying.pop_front().unwrap());
            updates += BATCH;
        }
    }
    for pending in flying {
        done(pending);
        updates += BATCH;
    }
    (updates, started.elapsed().as_secs_f64())
}

/// Batches of 1,000 for a time beside raw appends of the same bytes, merging counted.
fn sustained(seconds: u64, pairs: u64) {
    for (kind, count) in [("uniform", UNIFORM), ("hot", HOT)] {
        let mut ratios = Vec::new();
        for _ in 0..pairs {
            let folder = Folder::new("sustained");
            let store = folder.open();
            let mut batches = Feed::new(count);
            // Each series is numbered and named once; that is measured by `clients`, not here.
            for first in (0..count).step_by(BATCH as usize) {
                let mut commit = batches.commit(BATCH.min(count - first));
                let rows = &mut commit.observations.as_mut().unwrap().rows;
                rows.iter_mut()
                    .zip(first..)
                    .for_each(|(row, n)| row.series = batches.keys[n as usize].clone());
                done(store.submit(commit).unwrap());
            }
            // What a batch needs by itself: forty bytes an update, as an update was counted when the targets were set.
            let limit = raw(&folder.0, BATCH as usize * 40, Duration::from_secs(seconds.div_ceil(6).min(10)));
            let (before, disk) = (processor(), written());
            let making = making(&mut Feed::new(count));
            let (updates, time) = feed(&store, &mut batches, Duration::from_secs(seconds));
            let (cpu, bytes) = (processor() - before - making.1, written() - disk);
            let rate = updates as f64 / time;
            ratios.push(rate / (limit * BATCH as f64));
            println!(
                "{{\"what\":\"sustained\",\"series\":\"{kind}\",\"seconds\":{time:.1},\"updates_per_s\":{rate:.0},\"raw_per_s\":{:.0},\
                 \"ratio\":{:.3},\"cpu_us_per_update\":{:.2},\"client_us_per_update\":{:.2},\"bytes_written_per_update\":{:.0},\
                 \"history_bytes_per_point\":{:.1},\"memory_mb\":{:.0}}}",
                limit * BATCH as f64,
                ratios.last().unwrap(),
                (cpu - making.0 * updates as f64) / updates as f64 * 1e6,
                making.0 * 1e6,
                bytes / updates as f64,
                history_bytes(&folder.db()),
                memory(),
            );
        }
        ratios.sort_by(f64::total_cmp);
        println!(
            "{{\"what\":\"sustained-median\",\"series\":\"{kind}\",\"pairs\":{pairs},\"ratio\":{:.3}}}",
            ratios[ratios.len() / 2]
        );
    }
}

/// Processor seconds that making an update takes this program, which are not the store's; and those spent finding it out.
fn making(batches: &mut Feed) -> (f64, f64) {
    let before = processor();
    let count = 200;
    for _ in 0..count {
        std::hint::black_box(batches.commit(BATCH));
    }
    let spent = processor() - before;
    (spent / (count * BATCH) as f64, spent)
}

/// Bytes of blocks and indexes by point.
fn history_bytes(path: &Path) -> f64 {
    let connection = rusqlite::Connection::open(path).unwrap();
    let one = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, f64>(0)).unwrap();
    let live =
        "SELECT 1.0 * sum(length(body)) FROM block WHERE id >> 24 IN (SELECT id FROM segment WHERE live = 1)";
    (one(live) + one("SELECT 1.0 * sum(length(extents)) FROM segment WHERE live = 1"))
        / one("SELECT 1.0 * sum(points) FROM segment WHERE live = 1")
}

/// One client and 64, an update a command.
fn clients() {
    for (count, seconds) in [(1, 10u64), (64, 10)] {
        let folder = Folder::new("clients");
        let limit = raw(&folder.0, 256, Duration::from_secs(5));
        let store = folder.open();
        let total = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for client in 0..count {
                let (store, total) = (&store, &total);
                scope.spawn(move || {
                    let mut feed = Feed { batch: client << 40, ..Feed::new(HOT) };
                    let started = Moment::now();
                    while started.elapsed() < Duration::from_secs(seconds) {
                        done(store.submit(feed.commit(1)).unwrap());
                        total.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        let rate = total.load(Ordering::Relaxed) as f64 / seconds as f64;
        println!(
            "{{\"what\":\"clients\",\"clients\":{count},\"commands_per_s\":{rate:.0},\"raw_syncs_per_s\":{limit:.0},\"ratio\":{:.2}}}",
            rate / limit
        );
    }
}

/// Fills a store, then asks it: alone, while it takes in more, and after a kill.
fn query(millions: u64) {
    let folder = Folder::new("query");
    let store = folder.open();
    let mut uniform = Feed::new(UNIFORM);
    fill(&store, &mut uniform, millions);
    ask(&store, &folder.db(), &mut uniform);
    drop(store);
    recovery(&folder, millions);
}

fn fill(store: &SqliteStore, uniform: &mut Feed, millions: u64) {
    let mut hot =
        Feed { keys: Arc::new(uniform.keys[..1000].to_vec()), rng: Rng(1), batch: 1 << 40, first: 0 };
    uniform.first = 1000;
    let mut flying = VecDeque::new();
    let started = Moment::now();
    // Nine tenths of all points are of all series, one of a thousand that are always reporting: a minute's values of a week.
    for batch in 0..millions * 1000 {
        let commit = if batch % 10 == 0 { minutes(&mut hot, batch / 10) } else { uniform.commit(BATCH) };
        flying.push_back(store.submit(commit).unwrap());
        if flying.len() >= IN_FLIGHT {
            done(flying.pop_front().unwrap());
        }
    }
    flying.into_iter().for_each(done);
    println!(
        "{{\"what\":\"filled\",\"million_points\":{millions},\"updates_per_s\":{:.0},\"memory_mb\":{:.0}}}",
        millions as f64 * 1e6 / started.elapsed().as_secs_f64(),
        memory()
    );
}

fn ask(store: &SqliteStore, path: &Path, uniform: &mut Feed) {
    settle(path);
    means(store, "hot", &uniform.keys[..1000]);
    means(store, "sparse", &uniform.keys[300_000..301_000]);
    latest(store, "quiet", &uniform.keys);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let stop = &stop;
        scope.spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                feed(store, uniform, Duration::from_millis(200));
            }
        });
        let keys: Vec<SeriesKey> = (0..UNIFORM).map(series).collect();
        latest(store, "while taking in", &keys);
        stop.store(true, Ordering::Relaxed);
    });
}

/// Another process of this program takes in more until it is killed; then the store is opened.
fn recovery(folder: &Folder, millions: u64) {
    let program = std::env::current_exe().unwrap();
    let mut child = std::process::Command::new(program).arg("ingest").arg(folder.db()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(6));
    child.kill().unwrap();
    child.wait().unwrap();
    let started = Moment::now();
    let store = folder.open();
    let time = started.elapsed().as_secs_f64();
    let connection = rusqlite::Connection::open(folder.db()).unwrap();
    let sql = "SELECT max(sequence) + 1 - (SELECT max(past) FROM segment WHERE live = 1) FROM log";
    let after: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    println!(
        "{{\"what\":\"recovery\",\"million_points\":{millions},\"points_read_again\":{},\"seconds\":{time:.2}}}",
        after * BATCH.cast_signed()
    );
    drop(store);
}

/// Takes in until it is killed.
fn ingest(path: &str) {
    let store = open(path);
    let mut uniform = Feed { batch: 1 << 50, ..Feed::new(UNIFORM) };
    loop {
        feed(&store, &mut uniform, Duration::from_millis(200));
    }
}

/// A value of each of the hot series, a minute after the one before.
fn minutes(hot: &mut Feed, minute: u64) -> Commit {
    let mut commit = hot.commit(BATCH);
    let at = Instant::from_micros(1_770_000_000_000_000 + minute.cast_signed() * 60_000_000);
    let rows = &mut commit.observations.as_mut().unwrap().rows;
    for (row, key) in rows.iter_mut().zip(hot.keys.iter()) {
        (row.series, row.observed) = (key.clone(), at);
    }
    commit
}

fn numbers(store: &SqliteStore, keys: &[SeriesKey]) -> Vec<u64> {
    let view = store.snapshot().unwrap();
    let number = |key: &SeriesKey| {
        view.series(&key.entity).unwrap().into_iter().find(|n| n.key == *key).map(|n| n.number)
    };
    keys.iter().filter_map(number).collect()
}

/// Waits until everything is merged and cleared away.
fn settle(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut quiet = 0;
    while quiet < 10 {
        let sql = "SELECT count(*) FROM segment WHERE live = 0";
        let busy: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        quiet = if busy == 0 { quiet + 1 } else { 0 };
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Hourly means of a week.
fn means(store: &SqliteStore, kind: &str, keys: &[SeriesKey]) {
    let numbers = numbers(store, keys);
    let from = Instant::from_micros(1_770_000_000_000_000);
    let view = store.snapshot().unwrap();
    let (started, mut rows, mut hours) = (Moment::now(), 0, 0);
    for series in &numbers {
        let range = SeriesRange {
            series: *series,
            from,
            to: from.plus_secs(7 * 86_400),
            limit: u32::MAX,
            before: NOW,
        };
        let found = view.observations(range).unwrap();
        rows += found.len();
        let means =
            found.chunk_by(|a, b| a.observed.micros() / 3_600_000_000 == b.observed.micros() / 3_600_000_000);
        hours += means
            .filter(|hour| hour.iter().map(|row| row.value).sum::<f64>() / hour.len() as f64 >= 0.0)
            .count();
    }
    let nanos = started.elapsed().as_nanos() as f64;
    println!(
        "{{\"what\":\"hourly-means\",\"series\":\"{kind}\",\"points\":{rows},\"hours\":{hours},\"ns_per_point\":{:.0},\"us_per_series\":{:.0}}}",
        nanos / rows as f64,
        nanos / numbers.len() as f64 / 1000.0
    );
}

/// The latest value of series by chance.
fn latest(store: &SqliteStore, when: &str, keys: &[SeriesKey]) {
    let mut rng = Rng(5);
    let chosen: Vec<SeriesKey> =
        (0..2000).map(|_| keys[rng.below(keys.len() as u64) as usize].clone()).collect();
    let numbers = numbers(store, &chosen);
    let (from, to) = (Instant::from_micros(0), Instant::from_micros(i64::MAX));
    let mut times: Vec<f64> = numbers
        .iter()
        .map(|series| {
            let started = Moment::now();
            let range = SeriesRange { series: *series, from, to, limit: 1, before: NOW };
            assert_eq!(store.snapshot().unwrap().observations(range).unwrap().len(), 1);
            started.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times[(times.len() as f64 * part) as usize];
    println!(
        "{{\"what\":\"latest-value\",\"when\":\"{when}\",\"series\":{},\"p50_us\":{:.0},\"p99_us\":{:.0}}}",
        times.len(),
        at(0.5),
        at(0.99)
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let figure = |at: usize, or: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(or);
    match arguments.first().map(String::as_str) {
        Some("sustained") => sustained(figure(1, 60), figure(2, 5)),
        Some("clients") => clients(),
        Some("query") => query(figure(1, 50)),
        Some("ingest") => ingest(&arguments[1]),
        Some("fill") => fill(&open(&arguments[1]), &mut Feed::new(UNIFORM), figure(2, 50)),
        Some("means") => {
            let (store, keys) = (open(&arguments[1]), Feed::new(UNIFORM).keys);
            settle(Path::new(&arguments[1]));
            for _ in 0..figure(2, 5) {
                means(&store, "hot", &keys[..1000]);
                means(&store, "sparse", &keys[300_000..301_000]);
            }
        }
        Some("ask") => ask(
            &open(&arguments[1]),
            Path::new(&arguments[1]),
            &mut Feed { batch: 1 << 51, ..Feed::new(UNIFORM) },
        ),
        _ => println!("say what: sustained [seconds] [pairs], clients, query [million points]"),
    }
}
