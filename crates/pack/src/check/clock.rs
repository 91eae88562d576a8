//! What the law allows a clock: how much time, how much more, and for what it may stand still.
//!
//! A clock that is only promised may stand still for whatever the city says. A statutory one stands still for nothing
//! but what a clause lists, however the case came to stand: by a pause or by shelving.

use super::promise;
use crate::load::World;
use crate::read::law::{Allowance, Clause, Law, LawKind};
use crate::sheet::Sheet;
use jiff::civil::Date;
use model::{Lang, Name};
use process::{ClockKind, Definition, Does, StageClock, Unit};
use std::collections::BTreeSet;

/// How a complaint of a place in a process is told: place, what is wrong, remedy.
pub(super) type Tell<'a> = &'a dyn Fn(&str, String, String);

/// A process and what is known around it.
struct Bench<'a> {
    tell: Tell<'a>,
    world: &'a World,
    day: Option<Date>,
    process: &'a Definition,
}

pub(super) fn check(sheets: &[Sheet<'_>], world: &World, day: Option<Date>) {
    for (at, process) in world.processes.values() {
        let sheet = &sheets[*at];
        let tell = |place: &str, what, remedy| sheet.complain(place, what, remedy);
        one(world, day, process, &tell);
        // What a budget that could not be read would say is not known.
        if !sheet.reading.has_holes() {
            promise::check(process, &tell);
        }
    }
}

/// Checks the clocks of one process.
pub(super) fn one(world: &World, day: Option<Date>, process: &Definition, tell: Tell<'_>) {
    let bench = Bench { tell, world, day, process };
    for clock in &process.clock {
        bench.allowed(clock);
        bench.extended(clock);
        bench.pauses(clock);
    }
    bench.windows();
    bench.shelved();
}

impl Bench<'_> {
    fn complain(&self, place: &str, what: impl Into<String>, remedy: impl Into<String>) {
        (self.tell)(place, what.into(), remedy.into());
    }

    /// The clauses of a basis: those in force on the day, or all if no day is asked about.
    fn clause(&self, basis: &str) -> Option<(&Law, &Clause)> {
        let (law, id) = self.world.laws.law(basis)?;
        let id = id?;
        let of_day = self.day.and_then(|day| law.clause(id, day));
        let clause = of_day.or_else(|| law.clauses.iter().rfind(|clause| clause.id == *id))?;
        Some((law, clause))
    }

    /// The reasons for which the law of a clock lets it stand still; nothing if the law has no such list.
    fn listed(&self, clock: &StageClock) -> Option<(&Law, Vec<&Name>)> {
        let (law, _) = self.world.laws.law(&clock.rule.basis)?;
        let stands = |clause: &&Clause| {
            self.day
                .is_none_or(|day| law.clause(clause.id.as_str(), day).is_some_and(|found| found == *clause))
        };
        let listed: Vec<&Name> =
            law.clauses.iter().filter(stands).flat_map(|clause| &clause.pauses).collect();
        (law.kind != LawKind::Setting && !listed.is_empty()).then_some((law, listed))
    }

    /// Each budget stays within what the clause allows on which it rests: its own, else the clock's.
    fn allowed(&self, clock: &StageClock) {
        let (id, basis) = (&clock.rule.id, &clock.rule.basis);
        let own = (format!("clock.{id}"), format!("clock.{id}.unit"), clock.rule.budget, basis);
        let others = (1..).zip(&clock.budgets).map(|(n, row)| {
            let place = format!("clock.{id}.budgets.{n}");
            let unit =
                row.basis.as_ref().map_or_else(|| format!("clock.{id}.unit"), |_| format!("{place}.basis"));
            (place, unit, row.budget, row.basis.as_ref().unwrap_or(basis))
        });
        let mut told = BTreeSet::new();
        for (place, unit, budget, basis) in std::iter::once(own).chain(others) {
            let Some((law, clause)) = self.clause(basis) else { continue };
            let Some(allows) = &clause.allows else { continue };
            let cited = format!("{}, art. {}", law.title.en, clause.id);
            let counts = clock.rule.unit;
            if comparable(counts, allows.unit) {
                if budget > allows.budget {
                    let what = format!("{budget} {counts}s are more than {cited} allows: {}", allows.budget);
                    self.complain(
                        &format!("{place}.budget"),
                        what,
                        format!("write at most {}", allows.budget),
                    );
                }
            } else if told.insert(unit.clone()) {
                let what = format!("the clock {id} counts in {counts}s, and {cited} in {}s", allows.unit);
                self.complain(&unit, what, format!("write unit = \"{}\"", allows.unit));
            }
        }
    }

    /// The window of an act stays within what the clause allows on which the act rests.
    fn windows(&self) {
        for action in &self.process.action {
            let Some((within, basis)) = action.within.zip(action.basis.as_ref()) else { continue };
            let Some((law, clause)) = self.clause(basis) else { continue };
            let over = |allows: &&Allowance| allows.unit == within.unit && within.budget > allows.budget;
            if let Some(allows) = clause.allows.as_ref().filter(over) {
                let (unit, title) = (within.unit, &law.title.en);
                let what = format!(
                    "{} {unit}s are more than {title}, art. {} allows: {}",
                    within.budget, clause.id, allows.budget
                );
                let place = format!("action.{}.within.budget", action.id);
                self.complain(&place, what, format!("write at most {}", allows.budget));
            }
        }
    }

    fn extended(&self, clock: &StageClock) {
        let Some((law, clause)) = self.clause(&clock.rule.basis) else { return };
        let Some(allows) = &clause.allows else { return };
        let most = allows.extension.unwrap_or(0);
        for action in &self.process.action {
            let Some(extends) = action.extends.as_ref().filter(|e| e.clock == clock.rule.id) else {
                continue;
            };
            let all = extends.units.saturating_mul(extends.times);
            if all > most {
                let what = format!(
                    "the act {} may extend the clock {} by {all} {}s; {}, art. {} allows {most}",
                    action.id, clock.rule.id, clock.rule.unit, law.title.en, clause.id
                );
                let remedy = match most {
                    0 => "take the extension out".to_owned(),
                    most => format!("write units and times that make at most {most}"),
                };
                self.complain(&format!("action.{}.extends", action.id), what, remedy);
            }
        }
    }

    fn pauses(&self, clock: &StageClock) {
        if clock.kind == ClockKind::Promised {
            return;
        }
        for pause in &clock.rule.pauses {
            let place = format!("clock.{}.pauses.{}", clock.rule.id, pause.code);
            if self.unlisted(clock, &pause.code, &format!("{place}.code")) {
                continue;
            }
            self.rests(&pause.code, &pause.basis, &format!("{place}.basis"));
        }
    }

    /// Shelving stops every clock that runs in its stages, with the reason as pause. One complaint of a reason will do.
    fn shelved(&self) {
        for action in self.process.action.iter().filter(|action| action.does == Some(Does::Shelve)) {
            let stops =
                |clock: &&StageClock| clock.kind == ClockKind::Statutory && self.runs_in(clock, &action.from);
            let clocks: Vec<&StageClock> = self.process.clock.iter().filter(stops).collect();
            for reason in action.reasons.iter().filter(|_| !clocks.is_empty()) {
                let place = format!("action.{}.reasons.{}", action.id, reason.code);
                let basis = reason.basis.as_ref().or(action.basis.as_ref());
                if !clocks.iter().any(|clock| self.unlisted(clock, &reason.code, &format!("{place}.code")))
                    && let Some(basis) = basis
                {
                    self.rests(&reason.code, basis, &format!("{place}.basis"));
                }
            }
        }
    }

    /// Complains of a reason that the clock's own law does not list.
    fn unlisted(&self, clock: &StageClock, code: &Name, place: &str) -> bool {
        let Some((law, listed)) = self.listed(clock) else { return false };
        if listed.contains(&code) {
            return false;
        }
        let what = format!("{} lets no clock stand still for `{code}`", law.title.get(Lang::En));
        let listed: Vec<&str> = listed.into_iter().map(Name::as_str).collect();
        self.complain(
            place,
            what,
            format!("its reasons are {}; any other time is counted", listed.join(", ")),
        );
        true
    }

    /// Complains of a basis whose clause does not list the reason.
    fn rests(&self, code: &Name, basis: &str, place: &str) {
        // A basis that names nothing has been complained of.
        let Some((law, id)) = self.world.laws.law(basis) else { return };
        let found = self.clause(basis);
        if id.is_some() && found.is_none() || found.is_some_and(|(_, clause)| clause.pauses.contains(code)) {
            return;
        }
        let what = format!("{} does not say that a clock may stand still for `{code}`", law.title.en);
        let clauses =
            self.world.laws.0.values().flat_map(|law| law.clauses.iter().map(move |clause| (law, clause)));
        let able = clauses.filter(|(_, clause)| clause.pauses.contains(code));
        let able: Vec<String> = able.map(|(law, clause)| format!("\"{}:{}\"", law.id, clause.id)).collect();
        let remedy = match able.is_empty() {
            true => "take the pause out: no clause of the register lists it".to_owned(),
            false => format!("write basis = {}, or take the pause out", able.join(" or ")),
        };
        self.complain(place, what, remedy);
    }

    /// Whether a clock runs in some of these stages, or above or below them.
    fn runs_in(&self, clock: &StageClock, stages: &[Name]) -> bool {
        let task = clock.task.as_ref().and_then(|task| self.process.task(task)).map(|task| &task.stage);
        let runs: Vec<&Name> = clock.runs.iter().chain(task).collect();
        let meet = |stage: &Name| self.line(stage).any(|up| runs.contains(&up));
        stages.iter().any(meet) || runs.iter().any(|run| self.line(run).any(|up| stages.contains(up)))
    }

    /// A stage and those it stands within, up to a bound that no good process reaches.
    fn line<'n>(&'n self, stage: &'n Name) -> impl Iterator<Item = &'n Name> {
        let up = |stage: &&'n Name| self.process.stage(stage).and_then(|stage| stage.within.as_ref());
        std::iter::successors(Some(stage), up).take(crate::tree::DEPTH_MAX)
    }
}

/// Whether so many of one unit are surely no more than so many of the other.
fn comparable(own: Unit, law: Unit) -> bool {
    own == law || (own, law) == (Unit::CalendarDay, Unit::WorkingDay)
}
