//! A scratch city for tests, in a temporary folder: the repository's own packs and the demonstration register, on a
//! clock that stands until it is driven. It goes when it is dropped.
//!
//! Cargo starts tests in their crate's folder; the repository is two folders above.
#![expect(clippy::unwrap_used, reason = "a test's helper says what failed by panicking")]

use kernel::{Actor, Beginning, Dispatcher, Handover, Kernel, Telemetry, TenantClock, Tuning, init};
use model::{Flag, Instant, Name, Urn};
use pack::{File, Register};
use proof::{CommandId, SystemChance};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The demonstration chimney that tests report for.
pub const CHIMNEY: &str = "DEMO0000000000CHIMNEY001";

/// Few points of history in memory, so that tests go through its segments.
const FEW: Tuning = Tuning { points: 32, entries: 1000, block: 16, fan: 3 };

/// The posts whose people live in this city.
const PEOPLE: [&str; 21] = [
    "duty-officer-1",
    "head-1",
    "officer-",
    "inspector-",
    "operator-",
    "chief-",
    "steward-",
    "auditor-",
    "keeper-",
    "accounts-",
    "grants-",
    "window-clerk-",
    "reviewer-",
    "approver-",
    "joint-reviewer-",
    "hotline-agent-",
    "handler-",
    "co-handler-",
    "collector-",
    "dispatcher-",
    "urban-head-",
];

/// A local time of the city, like `2026-09-30T16:00`.
pub fn at(text: &str) -> Instant {
    Instant::parse(&format!("{text}:00+08:00")).unwrap()
}

/// A name that is known to be one.
pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A URN that is known to be one.
pub fn urn(text: &str) -> Urn {
    Urn::new(text).unwrap()
}

/// A city, opened.
pub struct City {
    /// Its kernel.
    pub kernel: Arc<Kernel>,
    /// Its dispatcher.
    pub dispatcher: Dispatcher,
    /// The passwords made for it.
    pub made: Vec<Handover>,
    data: PathBuf,
}

impl Drop for City {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

fn files(folder: &Path, prefix: &str, out: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = format!("{prefix}/{}", entry.file_name().to_str().unwrap());
        // A scenario tries definitions; it is none.
        if entry.file_type().unwrap().is_dir() && !path.ends_with("/scenarios") {
            files(&entry.path(), &path, out);
        } else if path.ends_with(".toml") && !path.ends_with("demo.toml") {
            out.push(File { path, text: std::fs::read_to_string(entry.path()).unwrap() });
        }
    }
}

impl City {
    /// A city whose clock stands at a local time.
    pub fn at(start: &str) -> Self {
        Self::with(start, &[])
    }

    /// The same with further files of packs: path and text. What is said to be the register is added to it.
    pub fn with(start: &str, more: &[(&str, &str)]) -> Self {
        Self::tuned(start, more, FEW)
    }

    /// The same without one of the files.
    pub fn without(start: &str, more: &[(&str, &str)], file: &str) -> Self {
        Self::made_of(start, more, FEW, file)
    }

    /// The same with history kept another way.
    pub fn tuned(start: &str, more: &[(&str, &str)], tuning: Tuning) -> Self {
        Self::made_of(start, more, tuning, "")
    }

    fn made_of(start: &str, more: &[(&str, &str)], tuning: Tuning, without: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let id = format!("datong-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let data = std::env::temp_dir().join(id);
        let mut all = Vec::new();
        files(Path::new("../../packs"), "packs", &mut all);
        files(Path::new("../../cities/datong"), "cities/datong", &mut all);
        all.retain(|file| file.path != without);
        let path = "cities/datong/demo.toml".to_owned();
        let mut text = std::fs::read_to_string(format!("../../{path}")).unwrap();
        for (more, added) in more {
            if *more == path {
                text += added;
            } else {
                all.push(File { path: (*more).to_owned(), text: (*added).to_owned() });
            }
        }
        let mut register: Register = pack::parse(&File { path, text }).unwrap();
        // Each password takes its time to be hashed; tests of other posts name them here.
        register.person.retain(|person| PEOPLE.iter().any(|post| person.login.starts_with(post)));
        let clock = || TenantClock::stopped_at(at(start));
        let beginning = Beginning { files: &all, register: &register, scratch: true };
        let (tenant, made) = init(&data, &beginning, Arc::new(clock()), Arc::new(SystemChance)).unwrap();
        let kernel =
            Arc::new(Kernel::open_tuned(&data, &tenant, clock(), (Arc::new(SystemChance), tuning)).unwrap());
        let dispatcher = Dispatcher::start(Arc::clone(&kernel)).unwrap();
        Self { kernel, dispatcher, made, data }
    }

    /// The password made for a login or a device.
    pub fn password(&self, login: &str) -> &str {
        &self.made.iter().find(|m| m.login == login).unwrap().password
    }

    /// A person, signed in.
    pub fn person(&self, login: &str) -> Actor {
        let token = self.kernel.sign_in(login, self.password(login)).unwrap();
        self.kernel.session(&token).unwrap().unwrap()
    }

    /// One hour's converted mean of sulphur dioxide arrives, and rules have seen it.
    pub fn hour(&self, start: &str, so2: f64, flag: u8) {
        self.hour_of(CHIMNEY, start, so2, flag);
    }

    /// The same from another device, by its number.
    pub fn hour_of(&self, number: &str, start: &str, so2: f64, flag: u8) {
        let device = self.kernel.device(number, self.password(number), Some(31)).unwrap();
        let telemetry = Telemetry {
            command: CommandId::derived(&[0; 32], &["test", number, start, &so2.to_string()]),
            device: number.to_owned(),
            code: 2061,
            observed: format!("{start}:00").parse().unwrap(),
            values: vec![("a21026".to_owned(), name("ZsAvg"), so2, Flag(flag))],
            clock: None,
            asked: false,
            source: "##".to_owned(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.kernel.observe(&device, telemetry)).unwrap();
        self.dispatcher.settle();
    }
}
