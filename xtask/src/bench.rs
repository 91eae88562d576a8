//! `cargo xtask bench`: says that there is nothing to measure yet, and fails so that no script takes it for a result.

use std::process::ExitCode;

/// Exits 2, the code for "asked for something that is not here".
pub fn run() -> ExitCode {
    eprintln!("Benchmarks come with the history work; there is nothing to measure yet.");
    ExitCode::from(2)
}
