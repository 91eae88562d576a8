//! `datong process`: a process tried before it is changed: cases of a city's past, or cases made up at random, replayed
//! under another definition.

use crate::pack::definitions;
use crate::remote::Remote;
use crate::settings::{Folders, Past, Stretch, say};
use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use kernel::{CaseDifference, Loaded, Trial};
use model::{Name, Zone};
use process::{Definition, Event, Point};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// What to do with a process.
#[derive(Debug, Args)]
pub struct Process {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Replays cases under the process of other packs and lists those that would have gone differently.
    Simulate(Simulate),
    /// Draws a process as a Mermaid diagram.
    Diagram(Diagram),
    /// Moves the open cases of a running city to the form of their process that is in force.
    Migrate(Migrate),
}

#[derive(Debug, Args)]
struct Simulate {
    /// Which process.
    process: String,
    #[command(flatten)]
    folders: Folders,
    /// Folder of packs with the process as it would be.
    #[arg(long)]
    with: PathBuf,
    #[command(flatten)]
    stretch: Stretch,
    /// Makes up so many cases at random instead of taking a city's.
    #[arg(long)]
    generate: Option<u32>,
    /// Which random cases: the same number gives the same cases.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    past: Past,
}

#[derive(Debug, Args)]
struct Diagram {
    /// Which process.
    process: String,
    #[command(flatten)]
    folders: Folders,
    /// In which language: zh or en.
    #[arg(long, default_value = "zh")]
    lang: String,
}

#[derive(Debug, Args)]
struct Migrate {
    /// Which process.
    process: String,
    #[command(flatten)]
    remote: Remote,
    /// Only says which cases could be moved, and why others could not.
    #[arg(long)]
    dry: bool,
    /// A stage that is called otherwise now, as `old=new`.
    #[arg(long)]
    stage: Vec<String>,
    /// A clock that is called otherwise now, as `old=new`.
    #[arg(long)]
    clock: Vec<String>,
}

impl Process {
    /// Does it.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        match &self.command {
            Command::Simulate(simulate) => simulate.run(),
            Command::Diagram(diagram) => diagram.run(),
            Command::Migrate(migrate) => migrate.run(),
        }
    }
}

impl Simulate {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let other = Folders { packs: self.with.clone(), city: self.folders.city.clone() };
        let (here, there) =
            (Loaded::tried(definitions(&self.folders)?)?, Loaded::tried(definitions(&other)?)?);
        let after = named(&there, &self.process)?;
        let mut differing = 0;
        let (loaded, cases) = match self.generate {
            Some(count) => {
                let before = named(&here, &self.process)?;
                let span = self.stretch.of(&here.zone)?;
                let trial = Trial { before, after, loaded: &here, span, most: u32::MAX };
                let show = |difference| tell(&here.zone, &difference, &mut differing);
                (here.zone.clone(), trial.generated(count, &mut chance(self.seed), show)?)
            }
            None => {
                let past = self.past.open()?;
                let before = named(past.loaded(), &self.process)?;
                let zone = &past.loaded().zone;
                let span = self.stretch.of(zone)?;
                let trial = Trial { before, after, loaded: past.loaded(), span, most: u32::MAX };
                let show = |difference| tell(zone, &difference, &mut differing);
                (zone.clone(), past.simulate(&trial, show)?.cases)
            }
        };
        let (from, to) = self.stretch.of(&loaded)?;
        say(json!({
            "process": self.process, "from": loaded.minute(from), "to": loaded.minute(to),
            "cases": cases, "differ": differing,
        }));
        Ok(ExitCode::SUCCESS)
    }
}

fn named<'a>(loaded: &'a Loaded, process: &str) -> anyhow::Result<&'a Definition> {
    let found = loaded.definitions.processes.get(process).map(|(_, definition)| definition);
    found.with_context(|| format!("there is no process {process}"))
}

/// Numbers that look random and are the same for the same seed (a linear congruential generator; nothing depends on
/// its quality).
fn chance(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |bound| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound.max(1)
    }
}

/// A line for a case that would have gone differently: where first, and how it would have ended.
fn tell(zone: &Zone, case: &CaseDifference, differing: &mut u32) {
    *differing += 1;
    let Some(first) = case.differences.first() else { return };
    let event = first.event.checked_sub(1).and_then(|at| case.events.get(at));
    say(json!({
        "case": case.case.as_str(),
        "first": { "after": event.map_or("the beginning".to_owned(), event_name), "at": zone.minute(first.before.at) },
        "before": point(zone, &first.before),
        "after": point(zone, &first.after),
        "places": case.differences.len(),
    }));
}

fn event_name(event: &Event) -> String {
    match event {
        Event::Act(act) => act.id.to_string(),
        Event::Set { .. } => "told".to_owned(),
        Event::Linked { .. } => "linked".to_owned(),
        Event::Told { open, .. } => if *open { "part opened" } else { "part closed" }.to_owned(),
    }
}

fn point(zone: &Zone, point: &Point) -> Value {
    json!({
        "stands": point.stands.iter().map(Name::as_str).collect::<Vec<_>>(),
        "refused": point.refused.as_ref().map(process::Refusal::code),
        "due": point.due.iter().map(|(clock, at)| (clock.to_string(), at.map(|at| zone.minute(at)).into())).collect::<serde_json::Map<_, _>>(),
        "told": point.told.iter().map(|told| format!("{} {}", told.role, told.rung)).collect::<Vec<_>>(),
    })
}

impl Diagram {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let definitions = definitions(&self.folders)?;
        let found = definitions.processes.get(self.process.as_str());
        ensure!(found.is_some(), "there is no process {}", self.process);
        if let Some((_, definition)) = found {
            say(process::diagram(definition, crate::pack::lang(&self.lang)?));
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Migrate {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let names = json!({ "stages": renamed(&self.stage)?, "clocks": renamed(&self.clock)? });
        let dry = if self.dry { "?dry=1" } else { "" };
        let path = format!("/api/v1/processes/{}/migrate{dry}", self.process);
        let Some(answer) = self.remote.post(&path, "migrate", &names)? else { return Ok(ExitCode::FAILURE) };
        answer["staying"].as_array().into_iter().flatten().for_each(say);
        let moved = answer["moved"].as_array().map_or(0, Vec::len);
        let staying = answer["staying"].as_array().map_or(0, Vec::len);
        say(json!({ "moved": moved, "staying": staying, "dry": self.dry }));
        Ok(ExitCode::SUCCESS)
    }
}

/// `old=new` pairs.
fn renamed(pairs: &[String]) -> anyhow::Result<serde_json::Map<String, Value>> {
    let pair = |pair: &String| {
        let (old, new) = pair.split_once('=').with_context(|| format!("`{pair}` is no old=new"))?;
        Ok((old.to_owned(), new.into()))
    };
    pairs.iter().map(pair).collect()
}
