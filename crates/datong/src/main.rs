//! `datong`: one binary for a city. This file reads the command line; each command is a file of its own.

mod actors;
mod audit;
mod connector;
mod demo;
mod fetch;
mod files;
mod keep;
mod node;
mod ordinance;
mod outlines;
mod pack;
mod process;
mod remote;
mod rule;
mod scenario;
mod serve;
mod settings;
mod setup;
mod webhook;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// An open operating system for a city.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Opens a new city in the data directory and prints the passwords it made, once.
    Init(setup::Init),
    /// Serves a city: pages, open log, HJ 212.
    Serve(serve::Serve),
    /// Starts a scratch city with simulated outlets, to try everything.
    Demo(demo::Demo),
    /// Checks what a city recorded.
    Audit(audit::Audit),
    /// Reads, checks, explains, compares and tries packs.
    Pack(pack::Pack),
    /// Brings in what a department has already, tried first.
    Connector(connector::Connector),
    /// Tries a process before it is changed, or draws it.
    Process(process::Process),
    /// Looks at what a rule said in the past, why, and what another version would have said.
    Rule(rule::Rule),
    /// Shows the ordinance's 44 articles and what stands behind each.
    Ordinance(ordinance::Ordinance),
    /// Copies a city, running or not, to a new folder. Keys are copied apart.
    BackUp(keep::BackUp),
    /// Makes a city from a back-up; its log goes on under a new epoch.
    Restore(keep::Restore),
    /// Forgets a person for good. The city must not be running.
    Erase(keep::Erase),
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("DATONG_LOG")
                .unwrap_or_else(|_| "warn,datong=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let done = match Cli::parse().command {
        Command::Init(init) => init.run(),
        Command::Serve(serve) => serve.run(),
        Command::Demo(demo) => demo.run(),
        Command::Audit(audit) => audit.run(),
        Command::Pack(pack) => pack.run(),
        Command::Connector(connector) => connector.run(),
        Command::Process(process) => process.run(),
        Command::Rule(rule) => rule.run(),
        Command::Ordinance(ordinance) => ordinance.run(),
        Command::BackUp(back_up) => back_up.run(),
        Command::Restore(restore) => restore.run(),
        Command::Erase(erase) => erase.run(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
