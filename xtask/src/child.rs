//! Long commands that must not outlive us, not even when we are killed with no chance to tidy up.
//!
//! Each command runs with a marker in its environment, which everything it starts inherits, whatever session or process
//! group that moves to. Beside it runs a guard (this program again) whose standard input is a pipe that only we hold open. When the command
//! ends, or when we die in any way, the pipe closes and the guard ends every process that still carries the marker.
//! Without `/proc` (outside Linux) the guard finds nothing, and the command is a plain child.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The hidden command that runs the guard.
pub const GUARD: &str = "guard";

const MARKER: &str = "XTASK_CHILD";
/// How long a process may take over an orderly end before it is killed.
const GRACE: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Runs a command to its end with our output and no input; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let marker = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let shown = format!("{command:?}").replace('"', "");
    let mut guard = start_guard(&marker)?;
    let status = command.env(MARKER, &marker).stdin(Stdio::null()).status();
    drop(guard.stdin.take());
    guard.wait().context("the guard beside the command was lost")?;
    let status = status.with_context(|| format!("cannot run `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// The guard itself: waits for its input to close, then ends whoever carries the marker.
pub fn guard(args: &[String]) -> Result<()> {
    let [marker] = args else { bail!("`{GUARD}` takes one marker; it is not for use by hand") };
    // What comes through the pipe does not matter, only that it closes.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    sweep(marker)
}

fn start_guard(marker: &str) -> Result<Child> {
    // By this name the program can be started again even after cargo has replaced its file.
    let own = Path::new("/proc/self/exe");
    let own = if own.exists() { own.to_owned() } else { std::env::current_exe()? };
    let mut command = Command::new(own);
    command.args([GUARD, marker]).stdin(Stdio::piped());
    // A group of its own: the terminal's Ctrl-C must end us and the command, but not the guard.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().context("cannot start the guard beside the command")
}

fn sweep(marker: &str) -> Result<()> {
    let left = strays(marker);
    if left.is_empty() {
        return Ok(());
    }
    eprintln!("xtask: ending what was left running: {}", left.join(" "));
    signal("-TERM", &left)?;
    let asked = Instant::now();
    while asked.elapsed() < GRACE {
        if strays(marker).is_empty() {
            return Ok(());
        }
        thread::sleep(LOOK_AGAIN);
    }
    signal("-KILL", &strays(marker))
}

/// The ids of the processes that carry the marker. A process that ended has no environment, and is not found.
fn strays(marker: &str) -> Vec<String> {
    let wanted = format!("{MARKER}={marker}");
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter(|entry| {
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|pair| pair == wanted.as_bytes())
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .collect()
}

/// Through the shell's own `kill`, since the standard library has none and a bare Debian may lack the program. One that
/// ended in the meantime is no failure.
fn signal(which: &str, ids: &[String]) -> Result<()> {
    if !ids.is_empty() {
        let kill = ["-c", r#"kill "$@" 2>/dev/null; :"#, "sh", which];
        Command::new("sh").args(kill).args(ids).status().context("cannot run `sh` to end processes")?;
    }
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_ends_what_carries_the_marker_and_nothing_else() {
        let marker = format!("test-{}", std::process::id());
        let start = |marker: &str| Command::new("sleep").arg("60").env(MARKER, marker).spawn().unwrap();
        let (mut ours, mut other) = (start(&marker), start(&format!("{marker}-other")));
        // A process that has only just begun may not show its environment yet.
        while strays(&marker).is_empty() {
            thread::sleep(LOOK_AGAIN);
        }
        thread::scope(|scope| {
            scope.spawn(|| sweep(&marker).unwrap());
            assert!(!ours.wait().unwrap().success());
        });
        assert!(other.try_wait().unwrap().is_none(), "the other one still runs");
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
