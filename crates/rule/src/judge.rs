//! To judge: one window, or everything in a span, and what differs between two ways of judging.

use crate::episodes::Mark;
use crate::judging::Judging;
use crate::points::Point;
use crate::window::later;
use crate::{History, Known, Rule, Span, Unjudged, Used, Verdict, Window};
use lang::{Expression, Facts};
use model::{Instant, Name};
use std::collections::BTreeMap;

/// Judges one window.
///
/// `window` comes from [`Rule::ends`] (windows of observations) or [`due`]. The history must reach back as far as
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
    verdict.why = judging.why(point, &Expression::why);
    judging.bounded(verdict)
}

/// A first look at one window: the verdict without its episode, and so without [`Verdict::acts`], for which
/// [`crate::Reach::near`] is history enough. Where no level holds and nothing was open, there is nothing to follow.
pub fn look(rule: &Rule, window: Window, history: &History, known: Known<'_>) -> Result<Verdict, Unjudged> {
    Look::new(rule, history, known)?.at(window)
}

/// The same for several windows of one history, which is laid out once.
pub struct Look<'a>(Judging<'a>);

impl<'a> Look<'a> {
    /// Lays a history out.
    pub fn new(rule: &'a Rule, history: &History, known: Known<'a>) -> Result<Self, Unjudged> {
        Ok(Self(Judging::new(rule, history, known)?))
    }

    /// Looks at one window, as [`look`] does.
    pub fn at(&self, window: Window) -> Result<Verdict, Unjudged> {
        let judging = &self.0;
        let point = judging.point(window)?;
        let near = judging.rule.reach(window.start, judging.known.zone).near;
        judging.from(Span { from: near.from, to: judging.laid.span.to })?;
        let level = point.silent.or_else(|| judging.highest(window));
        judging.bounded(judging.verdict(&Mark { point, level, episode: None, acts: false }))
    }
}

/// The windows that passing time alone has brought to judgement, after `since` and by log time, oldest first: silences
/// that are complete, and windows that no longer wait for what they lack. What follows from
/// them is found by [`crate::passed`], and what a value brings by [`crate::review`].
pub fn due(
    rule: &Rule,
    history: &History,
    known: Known<'_>,
    since: Instant,
) -> Result<Vec<Window>, Unjudged> {
    let judging = Judging::new(rule, history, known)?;
    Ok(judging.due(since).into_iter().map(|point| point.window).collect())
}

/// When a timer is to ring for the next of them; nothing if only values can bring something.
pub fn next_due(rule: &Rule, history: &History, known: Known<'_>) -> Result<Option<Instant>, Unjudged> {
    Ok(Judging::new(rule, history, known)?.next_due())
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

impl Judging<'_> {
    pub fn replayed(&self, span: Span) -> Result<Vec<Mark>, Unjudged> {
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
        let (mut limit, mut unlimited) = (None, false);
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
            unlimited |= seen.unlimited();
            used.extend(seen.used().map(|used| ((used.observed.observed, used.attribute.clone()), used)));
        }
        Verdict {
            window,
            level: level.map(|(_, level)| level.id.clone()),
            episode: mark.episode.clone(),
            acts: mark.acts,
            used: used.into_values().collect(),
            limit,
            unlimited,
            why: Vec::new(),
        }
    }
}

fn expression_holds(when: &Expression, facts: &dyn Facts) -> bool {
    matches!(when.holds(facts), lang::Truth::Yes)
}
