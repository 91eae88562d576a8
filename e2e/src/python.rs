//! A Python of its own for programs of others, kept in the target folder and made when it is not there yet.

use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository, seen from this crate.
const ROOT: &str = "..";

/// The folder of programs of such a Python, with the packages of a requirements file, of which these modules are used.
pub fn python(name: &str, requirements: &str, modules: &str) -> Result<PathBuf> {
    let folder = std::path::absolute(Path::new(ROOT).join("target").join(name))?;
    let bin = folder.join("bin");
    let python = bin.join("python");
    let able = || {
        let tried = Command::new(&python).args(["-c", &format!("import {modules}")]).output();
        tried.is_ok_and(|out| out.status.success())
    };
    if !able() {
        done(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        done(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement", requirements]))?;
    }
    ensure!(able(), "the packages of e2e/{requirements} cannot be used");
    Ok(bin)
}

/// Runs a program to its end, which must be a good one.
pub fn done(command: &mut Command) -> Result<Output> {
    let out = command.output().with_context(|| format!("{command:?}"))?;
    let said = || format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    ensure!(out.status.success(), "{command:?}: {}", said());
    Ok(out)
}
