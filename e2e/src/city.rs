//! A city in a temporary folder: begun by the binary, with the passwords that it printed.

use crate::binary::{Served, Starting, run};
use crate::{Logger, Person, Report, local_now};
use anyhow::{Context, Result, bail};
use jiff::Span;
use model::{Name, Urn};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The demonstration register's sources: id, device, and the limit that its register states, in mg/m³.
pub const SOURCES: [(&str, &str, f64); 3] = [
    ("chimney-1", "DEMO0000000000CHIMNEY001", 35.0),
    ("chimney-2", "DEMO0000000000CHIMNEY002", 35.0),
    ("boiler-3", "DEMO0000000000000BOILER3", 50.0),
];

/// A folder that goes when the test ends well.
pub struct Folder(PathBuf);

impl Folder {
    /// A new one.
    pub fn new(name: &str) -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("datong-e2e-{name}-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// A path within it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The same as text, for a command line.
    pub fn text(&self, name: &str) -> String {
        self.join(name).display().to_string()
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What a failed test leaves is wanted for looking at; a test that returns an error does not panic in here.
        if !std::thread::panicking() && std::env::var_os("DATONG_KEEP").is_none() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// A city.
pub struct City {
    /// Where everything of this test lies.
    pub folder: Folder,
    /// Logins and device numbers with their passwords.
    pub passwords: BTreeMap<String, String>,
    starts: AtomicU32,
}

impl City {
    /// Begins the demonstration city in a new folder.
    pub fn begin(name: &str, scratch: bool) -> Result<Self> {
        Self::begin_with(Folder::new(name)?, scratch, "packs")
    }

    /// The same with other packs, in a folder that is there.
    pub fn begin_with(folder: Folder, scratch: bool, packs: &str) -> Result<Self> {
        let data = folder.text("data");
        let register = "cities/datong/demo.toml";
        let mut args = vec!["init", "--data", &data, "--city", "cities/datong", "--packs", packs];
        args.extend(["--register", register]);
        args.extend(scratch.then_some("--scratch"));
        let mut passwords = BTreeMap::new();
        for line in run(&args)?.lines()? {
            let text = |key: &str| line.get(key).and_then(|text| text.as_str()).map(str::to_owned);
            passwords.extend(text("login").zip(text("password")));
        }
        anyhow::ensure!(passwords.len() >= 12, "init printed {} passwords", passwords.len());
        Ok(Self { folder, passwords, starts: AtomicU32::new(0) })
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The city's own folder within it.
    pub fn tenant(&self) -> PathBuf {
        self.data().join("datong")
    }

    /// Somebody's password.
    pub fn password(&self, login: &str) -> Result<&str> {
        self.passwords.get(login).map(String::as_str).with_context(|| format!("{login} has no password"))
    }

    /// Starts serving, with further arguments.
    pub fn start(&self, extra: &[&str]) -> Result<Starting> {
        self.start_in(extra, &[])
    }

    /// The same with variables of the environment.
    pub fn start_in(&self, extra: &[&str], variables: &[(&str, &str)]) -> Result<Starting> {
        let number = self.starts.fetch_add(1, Ordering::Relaxed);
        let errors = self.folder.join(&format!("errors-{number}.txt"));
        Starting::new(&self.data(), (extra, variables), &errors)
    }

    /// Serves.
    pub fn serve(&self) -> Result<Served> {
        self.start(&[])?.ready()
    }

    /// Reports two hours in a row above the limit of chimney 1, and waits until an officer has the case that follows.
    pub fn open_case(&self, served: &Served, officer: &Person) -> Result<String> {
        let mn = SOURCES[0].1;
        let mut logger = Logger::connect(served.hj212)?;
        let sent = local_now()?;
        let hour = sent.with().minute(0).second(0).subsec_nanosecond(0).build()?;
        for (back, so2) in [(3, 61.0), (2, 58.0)] {
            let observed = hour.checked_sub(Span::new().hours(back))?;
            let sent = sent.checked_sub(Span::new().seconds(back))?;
            logger.store(&Report::new(mn, self.password(mn)?, sent, observed, so2, true)?)?;
        }
        for _ in 0..1000 {
            if let Some(case) = officer.get("/inbox")?.links("/cases/").pop() {
                return Ok(case);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        bail!("no case was opened")
    }

    /// Runs a command on this city.
    pub fn run(&self, args: &[&str]) -> Result<crate::Ended> {
        let data = self.folder.text("data");
        run(&[args, &["--data", &data]].concat())
    }

    /// The URN of a source of the register.
    pub fn source(id: &str) -> Result<Urn> {
        Ok(Urn::of(&Name::new("MonitoredSource")?, id)?)
    }
}

/// Copies a folder with everything in it.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// In which files below some folders a run of bytes stands. Files themselves may be named too.
pub fn places_of(bytes: &[u8], within: &[&Path]) -> Result<Vec<PathBuf>> {
    if bytes.is_empty() {
        bail!("nothing to look for");
    }
    let mut found = Vec::new();
    for path in within {
        if path.is_dir() {
            for entry in std::fs::read_dir(path)? {
                found.extend(places_of(bytes, &[&entry?.path()])?);
            }
        } else if std::fs::read(path)?.windows(bytes.len()).any(|window| window == bytes) {
            found.push(path.to_path_buf());
        }
    }
    Ok(found)
}
