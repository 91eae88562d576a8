//! The binary under test as a child process: run to its end, or served until it is stopped or killed.

use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The repository's root, seen from the folder in which cargo starts this crate's tests.
const ROOT: &str = "..";
/// How long a command may take. None takes a tenth of it; one that serves instead of refusing is ended then.
const COMMAND_SECS: u64 = 60;
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The binary under test: `DATONG_BIN`, or the one that was built beside these tests.
pub fn binary() -> Result<PathBuf> {
    let path = match std::env::var_os("DATONG_BIN") {
        Some(path) => PathBuf::from(path),
        // <target>/debug/deps/<test> lies one folder below <target>/debug/datong.
        None => std::env::current_exe()?.ancestors().nth(2).context("no target folder")?.join("datong"),
    };
    ensure!(
        path.is_file(),
        "there is no binary at {}: run `cargo build -p datong`, or set DATONG_BIN to one",
        path.display()
    );
    Ok(std::path::absolute(path)?)
}

/// A command that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// What it printed.
    pub out: String,
    /// What it said besides.
    pub err: String,
}

impl Ended {
    /// Whether it says that it did what was asked.
    pub fn is_good(&self) -> bool {
        self.status.success()
    }

    /// Its output, if it did what was asked.
    pub fn good(self) -> Result<String> {
        ensure!(self.is_good(), "{}: {}", self.status, self.err);
        Ok(self.out)
    }

    /// Its output as JSON lines.
    pub fn lines(self) -> Result<Vec<serde_json::Value>> {
        let out = self.good()?;
        out.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
    }
}

fn command(folder: &Path, args: &[&str]) -> Result<Command> {
    let mut command = Command::new(binary()?);
    command.current_dir(folder).args(args).stdin(Stdio::null());
    // Settings of whoever runs the tests are not the tests'.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("DATONG_")) {
            command.env_remove(name);
        }
    }
    Ok(command)
}

/// Runs the binary in the repository's root, to its end.
pub fn run(args: &[&str]) -> Result<Ended> {
    run_in(Path::new(ROOT), args)
}

/// The same in another folder.
pub fn run_in(folder: &Path, args: &[&str]) -> Result<Ended> {
    let mut child = command(folder, args)?.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let read = |pipe: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            pipe.map(|mut pipe| pipe.read_to_end(&mut text)).transpose()?;
            anyhow::Ok(String::from_utf8_lossy(&text).into_owned())
        })
    };
    let (out, err) = (read(out.map(|pipe| Box::new(pipe) as _)), read(err.map(|pipe| Box::new(pipe) as _)));
    let mut child = Guard(child);
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.0.try_wait()? {
            break status;
        }
        if begun.elapsed() > Duration::from_secs(COMMAND_SECS) {
            bail!("`datong {}` did not end", args.join(" "));
        }
        std::thread::sleep(LOOK_AGAIN);
    };
    let text = |thread: std::thread::JoinHandle<Result<String>>| match thread.join() {
        Ok(text) => text,
        Err(_) => bail!("a pipe could not be read"),
    };
    let ended = Ended { status, out: text(out)?, err: text(err)? };
    ensure!(!ended.err.contains("panicked"), "`datong {}` panicked: {}", args.join(" "), ended.err);
    Ok(ended)
}

/// Runs the binary in the repository's root and kills it (`-9`) after a time, if it has not ended by then.
pub fn run_and_kill(args: &[&str], after: Duration) -> Result<()> {
    let mut command = command(Path::new(ROOT), args)?;
    let mut child = Guard(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    std::thread::sleep(after);
    child.0.kill()?;
    child.0.wait()?;
    Ok(())
}

/// A child that does not outlive its test.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `datong serve`, at work.
pub struct Served {
    child: Guard,
    /// Where pages are.
    pub http: SocketAddr,
    /// Where loggers report.
    pub hj212: SocketAddr,
    errors: PathBuf,
}

/// `datong serve`, on its way.
pub struct Starting {
    child: Guard,
    errors: PathBuf,
}

impl Starting {
    /// Starts it on free ports; what it says besides goes to a file.
    pub(crate) fn new(
        data: &Path,
        (extra, variables): (&[&str], &[(&str, &str)]),
        errors: &Path,
    ) -> Result<Self> {
        let data = data.to_str().context("the folder's name is no text")?;
        let ports = ["--http", "127.0.0.1:0", "--hj212", "127.0.0.1:0"];
        let args = [&["serve", "--data", data][..], &ports[..], extra].concat();
        let mut command = command(Path::new(ROOT), &args)?;
        let file = std::fs::File::create(errors)?;
        command.envs(variables.iter().copied());
        let child = command.stdout(Stdio::piped()).stderr(file).spawn().context("starting datong")?;
        Ok(Self { child: Guard(child), errors: errors.to_owned() })
    }

    /// Waits until it says where it listens.
    pub fn ready(mut self) -> Result<Served> {
        let out = self.child.0.stdout.take().context("no output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let said = || std::fs::read_to_string(&self.errors).unwrap_or_default();
        let ready: serde_json::Value =
            serde_json::from_str(&line).with_context(|| format!("datong did not start: {}", said()))?;
        let address = |key: &str| -> Result<SocketAddr> {
            Ok(ready.get(key).and_then(|at| at.as_str()).context("no address")?.parse()?)
        };
        let (http, hj212) = (address("http")?, address("hj212")?);
        Ok(Served { child: self.child, http, hj212, errors: self.errors })
    }

    /// Ends it at once, wherever it is.
    pub fn kill(mut self) -> Result<()> {
        self.child.0.kill()?;
        self.child.0.wait()?;
        clean(&self.errors)
    }
}

impl Served {
    /// `kill -9`, and what it has said.
    pub fn kill(mut self) -> Result<()> {
        self.child.0.kill()?;
        self.child.0.wait()?;
        clean(&self.errors)
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(mut self) -> Result<()> {
        let id = self.child.0.id().to_string();
        // Through the shell's own `kill`, since the standard library has none.
        let asked = Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh", &id]).status()?;
        ensure!(asked.success(), "datong was not running any more");
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.0.try_wait()? {
                break status;
            }
            ensure!(begun.elapsed() < Duration::from_secs(COMMAND_SECS), "datong did not stop when asked to");
            std::thread::sleep(LOOK_AGAIN);
        };
        ensure!(status.success(), "datong ended with {status}");
        clean(&self.errors)
    }
}

/// Whether what a process said tells of no failure of its own.
fn clean(errors: &Path) -> Result<()> {
    let said = std::fs::read_to_string(errors)?;
    let bad = said.lines().find(|line| line.contains("panicked") || line.contains(" ERROR "));
    match bad {
        Some(line) => bail!("datong said: {line}"),
        None => Ok(()),
    }
}
