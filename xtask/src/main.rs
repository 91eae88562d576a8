//! Every developer chore, as `cargo xtask <command>`. One file per command; this one only picks.
//!
//! To add a command: write `src/<command>.rs` with a `run`, and give it one line in `USAGE` and one arm in `dispatch`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a chore talks to its developer on the terminal"
)]

mod bench;
mod child;
mod ci;
mod demo;
mod deny;
mod steps;
mod test;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;

const USAGE: &str = "\
usage: cargo xtask <command>

  test [--quick] [--list]   everything a change must pass, from a bare Debian 12 with Rust and Node;
                            --quick leaves out browser, scenarios and demo; --list only prints the steps
  ci [--quick] [--list]     before a merge: test, the release build, the dependencies' licences, bans, and the documentation
  tidy                      the house rules no compiler knows: arrows, sizes, words, links, licences
  demo [arguments]          builds the release binary and runs `datong demo` with the arguments
  bench [--quick]           measures, prints JSON, and puts the table into docs/benchmarks.md";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<ExitCode> {
    let (command, rest) = args.split_first().map_or(("", args), |(first, rest)| (first.as_str(), rest));
    match command {
        "test" => test::run(rest),
        "ci" => ci::run(rest),
        "tidy" => tidy::run(&Workspace::find()?).map(|()| ExitCode::SUCCESS),
        "demo" => demo::run(rest),
        "bench" => bench::run(rest),
        child::GUARD => child::guard(rest).map(|()| ExitCode::SUCCESS),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            eprintln!("{USAGE}");
            Ok(ExitCode::from(2))
        }
    }
}
