//! `cargo xtask demo`: builds the release binary, then becomes `datong demo`.
//!
//! It *becomes* it: the process is replaced, so signals, exit code and terminal are the demonstration's own and no
//! parent is left behind.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use crate::child;
use crate::workspace::Workspace;

/// All arguments go on to `datong demo`.
pub fn run(args: &[String]) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    ensure!(workspace.has_package("datong"), "there is no crate `datong` yet, so nothing to demonstrate");
    child::run(workspace.cargo().args(["build", "--release", "-p", "datong"]))?;
    let binary = workspace.release_binary("datong");
    // It reads packs and city from the repository, wherever this was called from.
    become_program(Command::new(&binary).arg("demo").args(args).current_dir(&workspace.root))
        .with_context(|| format!("cannot run {}", binary.display()))
}

#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<ExitCode> {
    let code = command.status()?.code().unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
