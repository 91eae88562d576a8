//! `datong connector`: a department's file into a running city, tried first.

use crate::remote::Remote;
use crate::settings::say;
use anyhow::Context;
use clap::{Args, Subcommand};
use proof::{Chance, SystemChance, hex};
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;

/// Findings of a kind that are printed one by one; the rarest kinds come first.
const SHOWN_MAX: usize = 10;

/// What is done with connectors.
#[derive(Debug, Args)]
pub struct Connector {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Says what a file would bring, and what is wrong with it. Nothing is written.
    Try(File),
    /// Takes a file in. What is known already changes nothing.
    Run(File),
}

#[derive(Debug, Args)]
struct File {
    /// Which connector.
    connector: String,
    /// The file.
    file: PathBuf,
    /// Prints the answer as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
}

impl Connector {
    /// Does it.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        match &self.command {
            Command::Try(file) => file.send(true),
            Command::Run(file) => file.send(false),
        }
    }
}

impl File {
    fn send(&self, trial: bool) -> anyhow::Result<ExitCode> {
        let bytes = std::fs::read(&self.file).with_context(|| format!("reading {}", self.file.display()))?;
        let path = format!("/api/v1/connectors/{}/imports?trial={}", self.connector, u8::from(trial));
        let key = hex(&SystemChance.id());
        let Some(report) = self.remote.send(&path, &key, ("text/csv", &bytes))? else {
            return Ok(ExitCode::FAILURE);
        };
        if self.json {
            say(report);
        } else {
            print(&report);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(report: &Value) {
    let number = |key: &str| report[key].as_u64().unwrap_or_default();
    let written = if report["trial"] == true { "tried, nothing is written" } else { "taken in" };
    say(format!(
        "{written}: {} rows, {} entities; {} values new, {} different, {} known",
        number("rows"),
        number("entities"),
        number("new"),
        number("corrected"),
        number("known")
    ));
    let mut counts: Vec<(&String, u64)> = report["counts"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(code, count)| (code, count.as_u64().unwrap_or_default()))
        .collect();
    counts.sort_by_key(|(_, count)| *count);
    for (code, count) in counts {
        say(format!("\n{count} {code}"));
        let findings = report["findings"].as_array().into_iter().flatten();
        let own = findings.filter(|found| found["code"] == code.as_str());
        for found in own.take(SHOWN_MAX) {
            let text = |key: &str| found[key].as_str().unwrap_or_default();
            let line = found["line"].as_u64().map_or_else(String::new, |line| format!("line {line}: "));
            say(format!("    {line}{} {}", text("key"), text("what")));
        }
        if count > SHOWN_MAX as u64 {
            say(format!("    … --json has more of {count}"));
        }
    }
}
