//! To judge: one window, or everything in a span, and what differs between two ways of judging.

use crate::episodes::Mark;
use crate::judging::Judging;
use crate::points::Point;
use crate::window::later;
use crate::{Because, Held, History, Known, Looked, Rule, Span, Unjudged, Used, Verdict, Window};
use lang::Facts;
use model::{Instant, Name};
use std::collections::BTreeMap;

/// Windows whose grounds are shown, per level: the latest ones.
const LOOKED_MAX: usize = 24;

/// Judges one window.
///
/// `window` comes from [`Rule::ends`] (windows of observations) or [`silences`]. The history must reach back as far as
/// [`Rule::reach`] says, so that the verdict does not depend on what happened to be loaded.
pub fn judge(rule: &Rule, window: Window, history: &History, known: Known<'_>) -> Result<Verdict, Unjudged> {
    let judging = Judging::new(rule, history, known)?;
    let point = judging.point(window)?;
    let at = judging.at(point);
    judging.covered(at)?;
    let marks = judging.marks(Span { from: at, to: later(at, 1) });
    let found = marks.into_iter().find(|mark| mark.point == point);
    // A window in which nothing was observed is no point: no level holds in it.
    let mark = found.unwrap_or(Mark { point, level: None, episode: None, acts: false });
    let mut verdict = judging.verdict(&mark);
    verdict.why = judging.why(&mark);
    judging.bounded(verdict)
}

/// The highest level that holds in a window, without its episode: a first look, for which [`crate::Reach::near`] is
/// history enough. When nothing holds and nothing was open, there is nothing to follow.
pub fn look(
    rule: &Rule,
    window: Window,
    history: &History,
    known: Known<'_>,
) -> Result<Option<Name>, Unjudged> {
    let judging = Judging::new(rule, history, known)?;
    let point = judging.point(window)?;
    let near = rule.reach(window.start, known.zone).near;
    judging.from(Span { from: near.from, to: judging.laid.span.to })?;
    let level = point.silent.or_else(|| judging.highest(window));
    judging.bounded(level.and_then(|level| rule.level.get(level)).map(|level| level.id.clone()))
}

/// The windows of silences that were complete by log time, oldest first.
pub fn silences(rule: &Rule, history: &History, known: Known<'_>) -> Result<Vec<Window>, Unjudged> {
    let judging = Judging::new(rule, history, known)?;
    let points = judging.points(Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
    Ok(points.into_iter().filter(|point| point.silent.is_some()).map(|point| point.window).collect())
}

/// When a timer is to ring for the silence that now lasts: its next level can then be judged.
pub fn next_silence(rule: &Rule, history: &History, known: Known<'_>) -> Result<Option<Instant>, Unjudged> {
    Ok(Judging::new(rule, history, known)?.next_silence())
}

/// Judges everything in a span again, in order: the verdicts at which something changes (a level acts, another level
/// holds than in the window before, an episode ends). They are those that [`judge`] gives, without their `why`.
pub fn replay(
    rule: &Rule,
    history: &History,
    known: Known<'_>,
    span: Span,
) -> Result<Vec<Verdict>, Unjudged> {
    let judging = Judging::new(rule, history, known)?;
    let marks = judging.replayed(span)?;
    let mut last = None;
    let mut changes = Vec::new();
    for mark in &marks {
        let ended = mark.episode.as_ref().is_some_and(|episode| episode.ended.is_some());
        if mark.acts || ended || mark.level != last {
            changes.push(judging.verdict(mark));
        }
        last = mark.level;
    }
    judging.bounded(changes)
}

/// A window of which two judgings say different things.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The window.
    pub window: Window,
    /// What was said before; nothing if no level held and no episode was open.
    pub before: Option<Verdict>,
    /// What is said now, likewise.
    pub after: Option<Verdict>,
}

/// How a difference reads to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A level holds where none did.
    Found,
    /// None holds where one did.
    Withdrawn,
    /// A higher level holds than before.
    Raised,
    /// A lower level holds than before.
    Lowered,
    /// The level is the same; its episode, its observations or its limit are others.
    Amended,
    /// No level holds, and only the episode around it has changed: it has ended, or goes on after all.
    Around,
}

impl Difference {
    /// How it reads, with the order of levels of a rule.
    pub fn turn(&self, rule: &Rule) -> Turn {
        let rank = |verdict: &Option<Verdict>| {
            let level = verdict.as_ref()?.level.as_ref()?;
            rule.level.iter().position(|own| own.id == *level)
        };
        match (rank(&self.before), rank(&self.after)) {
            (None, None) => Turn::Around,
            (None, Some(_)) => Turn::Found,
            (Some(_), None) => Turn::Withdrawn,
            (Some(before), Some(after)) if before < after => Turn::Raised,
            (Some(before), Some(after)) if before > after => Turn::Lowered,
            _ => Turn::Amended,
        }
    }
}

/// What one command changed: every window, early or late, whose verdict is another than before it. For the command
/// that brings the newest values this is their own verdicts; for a late or corrected value also those behind it.
///
/// `history` holds all observations of [`crate::Reach::far`] with every correction; those that came after the command
/// are left out here, so a log that is read again says the same again.
pub fn review(
    rule: &Rule,
    history: &History,
    known: Known<'_>,
    sequence: u64,
) -> Result<Vec<Difference>, Unjudged> {
    let times = history.brought_by(sequence);
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return Ok(Vec::new()) };
    let after = history.as_of(sequence);
    let before = history.as_of(sequence.saturating_sub(1));
    let grid = crate::window::Grid { period: rule.on.period, zone: known.zone };
    let to = rule.reach(*last, known.zone).far.to.min(history.span().to);
    let span = Span { from: grid.window(*first).start, to };
    compare((rule, known, &before), (rule, known, &after), span)
}

/// What would have been said differently: two versions of a rule, of its limits, or of both, over one history.
pub fn differences(
    before: (&Rule, Known<'_>),
    after: (&Rule, Known<'_>),
    history: &History,
    span: Span,
) -> Result<Vec<Difference>, Unjudged> {
    compare((before.0, before.1, history), (after.0, after.1, history), span)
}

type Side<'a> = (&'a Rule, Known<'a>, &'a History);

fn compare(before: Side<'_>, after: Side<'_>, span: Span) -> Result<Vec<Difference>, Unjudged> {
    let (before, after) = (said(before, span)?, said(after, span)?);
    let mut sides: BTreeMap<(Instant, Window), (Option<Verdict>, Option<Verdict>)> = BTreeMap::new();
    for verdict in before {
        let key = (verdict.window.end, verdict.window);
        sides.entry(key).or_default().0 = Some(verdict);
    }
    for verdict in after {
        let key = (verdict.window.end, verdict.window);
        sides.entry(key).or_default().1 = Some(verdict);
    }
    let differ = sides.into_iter().filter(|(_, (before, after))| differs(before.as_ref(), after.as_ref()));
    Ok(differ.map(|((_, window), (before, after))| Difference { window, before, after }).collect())
}

fn said((rule, known, history): Side<'_>, span: Span) -> Result<Vec<Verdict>, Unjudged> {
    let judging = Judging::new(rule, history, known)?;
    let marks = judging.replayed(span)?;
    let says = |mark: &&Mark| mark.level.is_some() || mark.episode.is_some();
    let verdicts = marks.iter().filter(says).map(|mark| judging.verdict(mark)).collect();
    judging.bounded(verdicts)
}

/// What a window without level has seen is no difference: nothing rests on it.
fn differs(before: Option<&Verdict>, after: Option<&Verdict>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return true };
    let same = (&before.level, &before.episode, before.acts) == (&after.level, &after.episode, after.acts);
    // The same value sent again by another command is the same ground.
    let used = |verdict: &Verdict| -> Vec<_> {
        let used = verdict.used.iter();
        used.map(|u| (u.attribute.clone(), u.observed.observed, u.observed.value, u.observed.flag)).collect()
    };
    let ground = before.level.is_none() || (used(before), &before.limit) == (used(after), &after.limit);
    !(same && ground)
}

impl Judging<'_> {
    fn replayed(&self, span: Span) -> Result<Vec<Mark>, Unjudged> {
        self.covered(span.from)?;
        Ok(self.marks(span))
    }

    /// Whether the history reaches back as far as an episode may.
    fn covered(&self, at: Instant) -> Result<(), Unjudged> {
        let from = self.rule.oldest(self.grid.unit(at, -1), self.grid);
        self.from(Span { from, to: self.laid.span.to.max(later(at, 1)) })
    }

    fn from(&self, span: Span) -> Result<(), Unjudged> {
        if self.laid.span.from <= span.from { Ok(()) } else { Err(Unjudged::Short { span }) }
    }

    /// What is said of a point, with the observations and the limit it rests on.
    pub fn verdict(&self, mark: &Mark) -> Verdict {
        let Point { window, .. } = mark.point;
        let mut used: BTreeMap<(Instant, Name), Used> = BTreeMap::new();
        let mut limit = None;
        let level = mark.level.and_then(|level| Some((level, self.rule.level.get(level)?)));
        let whens = match level {
            Some((index, level)) => {
                self.rests_on(index, window).into_iter().zip(std::iter::repeat(&level.when)).collect()
            }
            // Nothing holds: shown is what the lowest level saw.
            None => self.rule.level.first().map(|level| vec![(window, &level.when)]).unwrap_or_default(),
        };
        for (window, when) in whens {
            let Some(when) = when else { continue };
            let (_, seen) = self.ask(window, |facts: &dyn Facts| expression_holds(when, facts));
            limit = seen.limit().cloned().or(limit);
            used.extend(seen.used().map(|used| ((used.observed.observed, used.attribute.clone()), used)));
        }
        Verdict {
            window,
            level: level.map(|(_, level)| level.id.clone()),
            episode: mark.episode.clone(),
            acts: mark.acts,
            used: used.into_values().collect(),
            limit,
            why: Vec::new(),
        }
    }

    fn why(&self, mark: &Mark) -> Vec<Because> {
        let levels = (0..self.rule.level.len()).rev();
        levels.filter_map(|index| self.because(index, mark)).collect()
    }

    fn because(&self, index: usize, mark: &Mark) -> Option<Because> {
        let level = self.rule.level.get(index)?;
        let window = mark.point.window;
        if level.silent.is_some() || mark.point.silent.is_some() {
            let complete = level.silent.is_some() && mark.point.silent.is_some_and(|silent| silent >= index);
            let held = if complete { Held::Yes } else { Held::No };
            let says = self.says_silence(level, window, mark.point.silent.is_some());
            return Some(Because { level: level.id.clone(), held, says, looked: Vec::new() });
        }
        let held = self.level(index, window);
        let rests = self.rests_on(index, window);
        let looked: Vec<Looked> = rests
            .iter()
            .skip(rests.len().saturating_sub(LOOKED_MAX))
            .map(|window| Looked {
                window: *window,
                held: self.when(index, *window),
                steps: level
                    .when
                    .as_ref()
                    .map_or_else(Vec::new, |when| self.ask(*window, |facts| when.why(facts)).0),
            })
            .collect();
        let good = rests.iter().filter(|window| self.when(index, **window) == Held::Yes).count();
        Some(Because {
            level: level.id.clone(),
            held,
            says: self.says(level, held, good, rests.len()),
            looked,
        })
    }
}

fn expression_holds(when: &lang::Expression, facts: &dyn Facts) -> bool {
    matches!(when.holds(facts), lang::Truth::Yes)
}
