//! `datong pack`: the files of packs and city read, checked, explained, compared and tried.

use crate::remote::Remote;
use crate::settings::{Folders, say};
use crate::{files, outlines, scenario};
use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use pack::Definitions;
use proof::Chance;
use scenario::{Outcome, Told};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What to do with packs.
#[derive(Debug, Args)]
pub struct Pack {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Reads everything and says what is wrong: file, line, what, and what to write instead.
    Check(Check),
    /// Runs the scenarios of the packs, each in a scratch city of its own.
    Test(Test),
    /// Prints a pack as prose: each process, rule and type, with the law behind each number.
    Explain(Explain),
    /// Compares two folders of packs, in words.
    Diff(Diff),
    /// Puts the packs and the city's files in force in a running city, without a restart. Open cases stay on the form of
    /// their process under which they began: see `datong process migrate`.
    Activate(Activate),
    /// Turns boundaries in GeoJSON into the outlines of the city's maps, and prints them.
    Outlines(outlines::Outlines),
}

#[derive(Debug, Args)]
struct Check {
    #[command(flatten)]
    folders: Folders,
    /// The day on which every basis must be in force; today if it is not given.
    #[arg(long)]
    on: Option<String>,
}

#[derive(Debug, Args)]
struct Test {
    #[command(flatten)]
    folders: Folders,
    /// Only this pack's scenarios.
    pack: Option<String>,
    /// Only scenarios whose id contains this.
    #[arg(long)]
    only: Option<String>,
    /// One JSON line for each scenario.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
struct Explain {
    #[command(flatten)]
    folders: Folders,
    /// Which pack.
    pack: String,
    /// In which language: zh or en.
    #[arg(long, default_value = "zh")]
    lang: String,
}

#[derive(Debug, Args)]
struct Diff {
    #[command(flatten)]
    folders: Folders,
    /// The folder of packs to compare with.
    with: PathBuf,
    /// In which language: zh or en.
    #[arg(long, default_value = "zh")]
    lang: String,
}

#[derive(Debug, Args)]
struct Activate {
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    remote: Remote,
    /// Only says what would be different.
    #[arg(long)]
    dry: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Pack {
    /// Does it.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        match &self.command {
            Command::Check(check) => check.run(),
            Command::Test(test) => test.run(),
            Command::Explain(explain) => explain.run(),
            Command::Diff(diff) => diff.run(),
            Command::Activate(activate) => activate.run(),
            Command::Outlines(outlines) => outlines.run(),
        }
    }
}

impl Check {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let files = files::definitions(&self.folders.packs, &self.folders.city)?;
        let day = match &self.on {
            Some(day) => day.parse().with_context(|| format!("`{day}` is no day like 2026-11-25"))?,
            None => today()?,
        };
        match pack::check(&files, day) {
            Ok(definitions) => {
                say(format!(
                    "{} files, {} types, {} processes, {} rules: nothing to complain of",
                    files.len(),
                    definitions.types.len(),
                    definitions.processes.len(),
                    definitions.rules.len()
                ));
                scenario::all(&self.folders.packs, None)?;
                Ok(ExitCode::SUCCESS)
            }
            Err(complaints) => {
                complaints.iter().for_each(say);
                say(format!("{} complaints", complaints.len()));
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

impl Test {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let mut told = scenario::all(&self.folders.packs, self.pack.as_deref())?;
        let only = self.only.as_deref().unwrap_or_default();
        told.retain(|told| told.scenario.id.as_str().contains(only));
        anyhow::ensure!(!told.is_empty(), "there is no such scenario");
        let failed = run_all(&self.folders, &told, |told, outcome| self.show(told, outcome));
        say(format!("{} passed, {} failed", told.len() - failed, failed));
        Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn show(&self, told: &Told, outcome: &Outcome) {
        let id = told.scenario.id.as_str();
        match (self.format, &outcome.failed) {
            (Format::Json, failed) => say(json!({
                "scenario": id, "file": told.file, "article": told.scenario.article, "duties": told.scenario.duties,
                "ok": failed.is_none(), "steps": outcome.steps, "held": outcome.held, "why": failed,
            })),
            (Format::Text, None) => {
                say(format!("ok      {id:<36} {} steps  {}", outcome.steps, told.scenario.title.en));
            }
            (Format::Text, Some(why)) => say(format!("FAILED  {id:<36} {} {why}", told.file)),
        }
    }
}

/// Runs scenarios, several at once. Returns how many failed.
pub fn run_all(folders: &Folders, told: &[Told], seen: impl Fn(&Told, &Outcome) + Sync) -> usize {
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let mouth = Mutex::new(());
    // A scenario waits for its disk at every step, so two share a core.
    let workers = (2 * std::thread::available_parallelism().map_or(1, usize::from)).min(told.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(told) = told.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let outcome = scenario::run(folders, &told.scenario).unwrap_or_else(|error| Outcome {
                        held: 0,
                        steps: told.scenario.step.len(),
                        failed: Some(format!("{error:#}")),
                    });
                    failed.fetch_add(usize::from(outcome.failed.is_some()), Ordering::SeqCst);
                    let _one_at_a_time = mouth.lock();
                    seen(told, &outcome);
                }
            });
        }
    });
    failed.into_inner()
}

impl Explain {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let definitions = definitions(&self.folders)?;
        let text = pack::explain(&definitions, &self.pack, lang(&self.lang)?)
            .ok_or_else(|| anyhow::anyhow!("there is no pack {}", self.pack))?;
        say(text);
        Ok(ExitCode::SUCCESS)
    }
}

impl Diff {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let other = Folders { packs: self.with.clone(), city: self.folders.city.clone() };
        let differences = pack::diff(&definitions(&self.folders)?, &definitions(&other)?);
        let lang = lang(&self.lang)?;
        differences.iter().for_each(|difference| say(difference.words(lang)));
        say(format!("{} differences", differences.len()));
        Ok(ExitCode::SUCCESS)
    }
}

impl Activate {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let files = files::definitions(&self.folders.packs, &self.folders.city)?;
        let sent: Vec<_> = files.iter().map(|file| json!({ "path": file.path, "text": file.text })).collect();
        let path = format!("/api/v1/definitions?lang=en{}", if self.dry { "&dry=1" } else { "" });
        // A command of its own each time: what was in force before may be put in force again.
        let key = proof::hex(&proof::SystemChance.id());
        let Some(answer) = self.remote.post(&path, &key, &json!({ "files": sent }))? else {
            return Ok(ExitCode::FAILURE);
        };
        answer["differences"].as_array().into_iter().flatten().filter_map(|d| d.as_str()).for_each(say);
        say(json!({ "entry": answer["entry"], "cases on older forms": answer["staying"], "dry": self.dry }));
        Ok(ExitCode::SUCCESS)
    }
}

/// Everything that the folders define, or all complaints in one error.
pub fn definitions(folders: &Folders) -> anyhow::Result<Definitions> {
    let files = files::definitions(&folders.packs, &folders.city)?;
    pack::read(&files).map_err(|complaints| {
        anyhow::anyhow!(complaints.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

/// A language by its code.
pub fn lang(text: &str) -> anyhow::Result<model::Lang> {
    match text {
        "zh" => Ok(model::Lang::Zh),
        "en" => Ok(model::Lang::En),
        other => anyhow::bail!("there is no language `{other}`: write zh or en"),
    }
}

/// Today (UTC): the day on which definitions are checked unless another is named.
fn today() -> anyhow::Result<jiff::civil::Date> {
    use store::Clock;
    let zone = model::Zone::named("UTC").context("UTC")?;
    Ok(zone.date(kernel::TenantClock::System.now()))
}
