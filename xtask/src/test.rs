//! `cargo xtask test`: everything a change must pass, in order, from a bare Debian 12 with Rust and Node.
//!
//! To add a step: write its function and put it in `STEPS` where its cost belongs, the cheapest first.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::child;
use crate::steps::{self, Options, Outcome, Step};
use crate::tidy;
use crate::tools;
use crate::workspace::Workspace;

/// The folder of the browser walk.
pub const BROWSER: &str = "e2e/browser";
const WALK: &str = "e2e/browser/walk.mjs";
/// Lists as departments really have them; they stand beside the repository and not in it.
const LISTS: &str = "../shared/data/air-quality/datong-hourly-2020";
const NO_DATONG: &str = "there is no crate `datong` yet";

/// The steps of the machine: what must be there before anything is checked.
pub const PREPARE: [Step; 2] = [
    Step {
        name: "tools",
        shows: "apt-get install of what is missing (as root on Debian; elsewhere only says so)",
        remedy: "install what is named above, then run this again",
        run: |workspace, options| tools::ensure(workspace, options).map(|()| Outcome::Passed),
        slow: false,
    },
    Step {
        name: "npm",
        shows: "npm ci, in e2e/browser",
        remedy: "`npm install` in e2e/browser and commit package-lock.json if package.json was changed",
        run: npm,
        slow: true,
    },
];

/// The steps that read the source.
pub const READ: [Step; 3] = [
    Step {
        name: "fmt",
        shows: "cargo fmt --all --check",
        remedy: "`cargo fmt --all`",
        run: |workspace, _| cargo(workspace, &["fmt", "--all", "--check"]),
        slow: false,
    },
    Step {
        name: "tidy",
        shows: "cargo xtask tidy",
        remedy: "each complaint above ends with what to do",
        run: |workspace, _| tidy::run(workspace).map(|()| Outcome::Passed),
        slow: false,
    },
    Step {
        name: "clippy",
        shows: "cargo clippy --workspace --all-targets -- -D warnings",
        remedy: "mend what clippy names, or `#[expect(lint, reason = \"…\")]` where it is wrong here",
        run: |workspace, _| {
            cargo(workspace, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
        },
        slow: false,
    },
];

/// The steps that run the product.
pub const RUN: [Step; 5] = [
    Step {
        name: "build",
        shows: "cargo build --workspace --bins",
        remedy: "mend what the compiler names",
        run: |workspace, _| cargo(workspace, &["build", "--workspace", "--bins"]),
        slow: false,
    },
    Step {
        name: "tests",
        shows: "cargo test --workspace, with DATONG_BIN set to the development binary",
        remedy: "`cargo test -p <crate> <test>` runs the one that failed alone",
        run: tests,
        slow: false,
    },
    Step {
        name: "browser",
        shows: "node e2e/browser/walk.mjs, with DATONG_BIN set to the development binary",
        remedy: "`node e2e/browser/walk.mjs` runs the walk alone; set DATONG_BIN",
        run: browser,
        slow: true,
    },
    Step {
        name: "scenarios",
        shows: "datong pack test, on the development binary",
        remedy: "`datong pack test <pack>` runs the scenarios of one pack",
        run: |workspace, _| datong(workspace, &["pack", "test"]),
        slow: true,
    },
    Step {
        name: "demo",
        shows: "datong demo --check, on the development binary, with real lists where they are",
        remedy: "`cargo xtask demo --check` runs it alone",
        run: demo,
        slow: true,
    },
];

pub fn run(args: &[String]) -> Result<ExitCode> {
    let all: Vec<Step> = PREPARE.into_iter().chain(READ).chain(RUN).collect();
    steps::run(&all, args)
}

/// Runs cargo in the root as a whole step.
pub fn cargo(workspace: &Workspace, args: &[&str]) -> Result<Outcome> {
    child::run(workspace.cargo().args(args))?;
    Ok(Outcome::Passed)
}

/// Whether the walk through the pages exists, and with it the need for Node, a browser and fonts.
pub fn has_walk(workspace: &Workspace) -> bool {
    workspace.has(WALK)
}

fn npm(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    if !workspace.has("e2e/browser/package-lock.json") {
        return Ok(Outcome::Skipped("there is no e2e/browser/package-lock.json"));
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-fund", "--no-audit"]).current_dir(workspace.root.join(BROWSER));
    // The walk drives the system's chromium; a package's own download of a browser would only cost time.
    npm.env("PUPPETEER_SKIP_DOWNLOAD", "1").env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    child::run(&mut npm)?;
    Ok(Outcome::Passed)
}

fn tests(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    let mut test = workspace.cargo();
    test.args(["test", "--workspace"]);
    if workspace.has_package("datong") {
        test.env("DATONG_BIN", workspace.debug_binary("datong"));
    }
    child::run(&mut test)?;
    Ok(Outcome::Passed)
}

fn browser(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    if !has_walk(workspace) {
        return Ok(Outcome::Skipped("there is no e2e/browser/walk.mjs"));
    }
    let mut walk = Command::new("node");
    walk.arg(WALK).current_dir(&workspace.root).env("DATONG_BIN", workspace.debug_binary("datong"));
    child::run(&mut walk)?;
    Ok(Outcome::Passed)
}

fn demo(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    let lists = workspace.root.join(LISTS);
    let lists = lists.to_string_lossy();
    let with_lists = ["demo", "--check", "--replay", &*lists];
    datong(workspace, if workspace.has(LISTS) { &with_lists } else { &with_lists[..2] })
}

/// Runs the development binary: it looks twice at its own sums.
fn datong(workspace: &Workspace, args: &[&str]) -> Result<Outcome> {
    if !workspace.has_package("datong") {
        return Ok(Outcome::Skipped(NO_DATONG));
    }
    let mut datong = Command::new(workspace.debug_binary("datong"));
    child::run(datong.args(args).current_dir(&workspace.root))?;
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_leaves_out_what_takes_long() {
        let quick: Vec<&str> =
            PREPARE.iter().chain(&READ).chain(&RUN).filter(|step| !step.slow).map(|step| step.name).collect();
        assert_eq!(quick, ["tools", "fmt", "tidy", "clippy", "build", "tests"]);
    }
}
