//! `datong rule`: a rule over the past of a city: what it would have said, why, and what another version would have said.

use crate::pack::{definitions, lang};
use crate::settings::{Folders, Past, Stretch, say};
use anyhow::Context;
use clap::{Args, Subcommand};
use kernel::Loaded;
use model::{Lang, Urn, Zone};
use rule::{Because, Verdict};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// What to do with a rule.
#[derive(Debug, Args)]
pub struct Rule {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judges a city's past again. With --with, only what the rule of other packs says differently.
    Replay(Replay),
    /// Says why a rule held or did not, for one entity at one moment: every condition with the values found.
    Why(Why),
}

#[derive(Debug, Args)]
struct Replay {
    /// Which rule.
    rule: String,
    #[command(flatten)]
    past: Past,
    #[command(flatten)]
    stretch: Stretch,
    /// Folder of packs with the rule as it would be.
    #[arg(long)]
    with: Option<PathBuf>,
    /// The city's folder, for the packs of --with.
    #[arg(long, default_value = "cities/datong")]
    city: PathBuf,
}

#[derive(Debug, Args)]
struct Why {
    /// Which rule.
    rule: String,
    /// Which entity, as `<Type>:<id>`.
    entity: String,
    /// When, on the city's wall clock: 2026-09-30T15:00.
    at: String,
    #[command(flatten)]
    past: Past,
    /// In which language: zh or en.
    #[arg(long, default_value = "zh")]
    lang: String,
}

impl Rule {
    /// Does it.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        match &self.command {
            Command::Replay(replay) => replay.run(),
            Command::Why(why) => why.run(),
        }
    }
}

impl Replay {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let past = self.past.open()?;
        let zone = &past.loaded().zone;
        let (from, to) = self.stretch.of(zone)?;
        let span = rule::Span { from, to };
        let rule = past.rule(&self.rule).with_context(|| format!("no rule {} is in force", self.rule))?;
        let mut count = 0;
        let Some(with) = &self.with else {
            past.rule_replay(rule, span, |(entity, verdicts)| {
                count += verdicts.len();
                verdicts.iter().for_each(|verdict| say(verdict_line(zone, &entity, verdict)));
            })?;
            say(json!({ "rule": self.rule, "changes": count }));
            return Ok(ExitCode::SUCCESS);
        };
        let folders = Folders { packs: with.clone(), city: self.city.clone() };
        let other = Loaded::tried(definitions(&folders)?)?;
        let after = other
            .rule(&self.rule)
            .with_context(|| format!("{} has no rule {}", with.display(), self.rule))?;
        past.rule_differences(rule, (&other, after), span, |(entity, differences)| {
            count += differences.len();
            for difference in &differences {
                let level = |verdict: &Option<Verdict>| {
                    verdict.as_ref().and_then(|verdict| verdict.level.as_ref()).map(ToString::to_string)
                };
                say(json!({
                    "entity": entity.as_str(),
                    "window": zone.minute(difference.window.start),
                    "before": level(&difference.before),
                    "after": level(&difference.after),
                }));
            }
        })?;
        say(json!({ "rule": self.rule, "differences": count }));
        Ok(ExitCode::SUCCESS)
    }
}

fn verdict_line(zone: &Zone, entity: &Urn, verdict: &Verdict) -> serde_json::Value {
    json!({
        "entity": entity.as_str(),
        "window": zone.minute(verdict.window.start),
        "level": verdict.level.as_ref().map(ToString::to_string),
        "acts": verdict.acts,
        "episode": verdict.episode.as_ref().map(|episode| zone.minute(episode.start)),
        "ended": verdict.episode.as_ref().and_then(|episode| episode.ended).map(|at| zone.minute(at)),
        "values": verdict.used.iter().map(|used| used.observed.value).collect::<Vec<_>>(),
        "limit": verdict.limit.as_ref().map(|limit| limit.value),
    })
}

impl Why {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let past = self.past.open()?;
        let zone = &past.loaded().zone;
        let rule = past.rule(&self.rule).with_context(|| format!("no rule {} is in force", self.rule))?;
        let (kind, id) = self.entity.split_once(':').context("the entity reads <Type>:<id>")?;
        let entity = Urn::of(&model::Name::new(kind)?, id)?;
        let at = zone.instant(self.at.parse().context("the moment reads 2026-09-30T15:00")?);
        let at = at.context("no such moment in the city's zone")?;
        let lang = lang(&self.lang)?;
        for because in past.rule_why(rule, &entity, at, lang)? {
            show(zone, rule, &because, lang);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn show(zone: &Zone, rule: &rule::Rule, because: &Because, lang: Lang) {
    let title = rule.level(&because.level).map_or(because.level.as_str(), |level| level.title.get(lang));
    say(format!("{title}: {} — {}", because.held.word(lang), because.says.get(lang)));
    for looked in &because.looked {
        say(format!("  {}  {}", zone.minute(looked.window.start), looked.held.word(lang)));
        for step in &looked.steps {
            let found: Vec<String> = step
                .found
                .iter()
                .map(|found| format!("{} = {}", found.name, kernel::json_of(&found.value)))
                .collect();
            say(format!("  {}{}  [{}]", "  ".repeat(step.depth + 1), step.text, found.join(", ")));
        }
    }
}
