//! `cargo xtask ci`: what CI runs: everything of `test`, and what only matters before a merge.

use std::process::ExitCode;

use anyhow::Result;

use crate::child;
use crate::deny;
use crate::steps::{self, Outcome, Step};
use crate::test::{self, PREPARE, READ, RUN};

const ADDED: [Step; 3] = [
    Step {
        name: "deny",
        shows: "cargo deny check (without cargo-deny: deny.toml's bans and licences, checked here)",
        remedy: "choose another dependency, or state the exception with its reason in deny.toml",
        run: |workspace, _| deny::check(workspace).map(|()| Outcome::Passed),
        slow: false,
    },
    Step {
        name: "release",
        shows: "cargo build --release -p datong",
        remedy: "mend what the compiler names",
        run: |workspace, _| test::cargo(workspace, &["build", "--release", "-p", "datong"]),
        slow: true,
    },
    Step {
        name: "doc",
        shows: "RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps",
        remedy: "mend the links and comments rustdoc names",
        run: |workspace, _| {
            let mut doc = workspace.cargo();
            doc.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
            child::run(&mut doc)?;
            Ok(Outcome::Passed)
        },
        slow: false,
    },
];

pub fn run(args: &[String]) -> Result<ExitCode> {
    let all: Vec<Step> = PREPARE.into_iter().chain(READ).chain(ADDED).chain(RUN).collect();
    steps::run(&all, args)
}
