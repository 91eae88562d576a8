//! What differs between two ways of judging: before and after a command, or under two versions of a rule.

use crate::episodes::Mark;
use crate::judging::Judging;
use crate::window::Grid;
use crate::{Episode, History, Known, Rule, Span, Unjudged, Verdict, Window};
use model::{Instant, Name};
use std::collections::BTreeMap;

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
    let (before, after) = (history.before(sequence), history.as_of(sequence));
    let grid = Grid { period: rule.on.period, zone: known.zone };
    let reach = rule.reach(*last, known.zone);
    // How long a silence lasts depends on when the node was down, so all that was loaded is looked at.
    let to = if rule.silent() { history.span().to } else { reach.far.to.min(history.span().to) };
    let span = Span { from: grid.window(*first).start, to };
    compare((rule, known, &before), (rule, known, &after), span, reach.near.to)
}

/// What passing time alone changed, after `since` and by log time: silences are complete, windows no longer wait, and
/// either may change the episodes behind it. To be asked when the timer of [`crate::next_due`] rings.
pub fn passed(
    rule: &Rule,
    history: &History,
    known: Known<'_>,
    since: Instant,
) -> Result<Vec<Difference>, Unjudged> {
    let judging = Judging::new(rule, history, known)?;
    let due = judging.due(since);
    let Some(from) = due.iter().map(|point| judging.at(*point)).min() else { return Ok(Vec::new()) };
    let span = Span { from, to: history.span().to };
    compare((rule, Known { now: since, ..known }, history), (rule, known, history), span, from)
}

/// What would have been said differently: two versions of a rule, of its limits, or of both, over one history.
pub fn differences(
    before: (&Rule, Known<'_>),
    after: (&Rule, Known<'_>),
    history: &History,
    span: Span,
) -> Result<Vec<Difference>, Unjudged> {
    compare((before.0, before.1, history), (after.0, after.1, history), span, span.to)
}

type Side<'a> = (&'a Rule, Known<'a>, &'a History);

/// One side, with what is said of each point that says anything.
struct Said<'a> {
    judging: Judging<'a>,
    marks: BTreeMap<(Instant, Window), Mark>,
}

/// `ground`: before it the observations and limits of a verdict may differ, behind it only levels and episodes can.
fn compare(
    before: Side<'_>,
    after: Side<'_>,
    span: Span,
    ground: Instant,
) -> Result<Vec<Difference>, Unjudged> {
    let (before, after) = (Said::of(before, span)?, Said::of(after, span)?);
    let mut keys: Vec<_> = before.marks.keys().chain(after.marks.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let mut differences = Vec::new();
    for key in keys {
        if key.1.start >= ground && before.light(key) == after.light(key) {
            continue;
        }
        let (before, after) = (before.verdict(key), after.verdict(key));
        if differs(before.as_ref(), after.as_ref()) {
            differences.push(Difference { window: key.1, before, after });
        }
    }
    before.judging.bounded(())?;
    after.judging.bounded(differences)
}

impl<'a> Said<'a> {
    fn of((rule, known, history): Side<'a>, span: Span) -> Result<Self, Unjudged> {
        let judging = Judging::new(rule, history, known)?;
        let marks = judging.replayed(span)?.into_iter();
        let says = marks.filter(|mark| mark.level.is_some() || mark.episode.is_some());
        let marks = says.map(|mark| ((mark.point.window.end, mark.point.window), mark)).collect();
        Ok(Self { judging, marks })
    }

    fn light(&self, key: (Instant, Window)) -> Option<(Option<&Name>, &Option<Episode>, bool)> {
        let mark = self.marks.get(&key)?;
        let level = mark.level.and_then(|level| self.judging.rule.level.get(level));
        Some((level.map(|level| &level.id), &mark.episode, mark.acts))
    }

    fn verdict(&self, key: (Instant, Window)) -> Option<Verdict> {
        self.marks.get(&key).map(|mark| self.judging.verdict(mark))
    }
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
