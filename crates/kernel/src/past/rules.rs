//! Rules over the past: what a rule would have said, why, and what another version would have said instead.

use super::Past;
use crate::watch::{Around, Watch};
use crate::{Loaded, Refusal};
use model::{Entity, Instant, Lang, Name, Urn};
use rule::{Because, Difference, Rule, Span, Verdict, differences, replay, why};
use store::Reading;

/// Entities looked at in one page.
const PAGE: u32 = 500;

/// What a rule says of one entity.
pub type EntityVerdicts = (Urn, Vec<Verdict>);

/// Where two versions differ on one entity.
pub type EntityDifferences = (Urn, Vec<Difference>);

/// Titles of attributes, for the words of reasons.
struct Titles<'a> {
    loaded: &'a Loaded,
    kind: &'a Name,
    lang: Lang,
}

impl lang::Titles for Titles<'_> {
    fn path(&self, path: &[Name], _: Lang) -> Option<String> {
        let kind = self.loaded.definitions.types.get(self.kind)?;
        Some(kind.attribute(path.first()?)?.title.get(self.lang).to_owned())
    }
}

impl Past<'_> {
    /// A rule in force, by its name.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.loaded.rule(id)
    }

    /// Judges everything in a span again, entity by entity; `seen` is told of each that says anything.
    pub fn rule_replay(
        &self,
        rule: &Rule,
        span: Span,
        mut seen: impl FnMut(EntityVerdicts),
    ) -> Result<(), Refusal> {
        self.each(rule, |view, entity| {
            let (now, around) = (ended(view)?, Around::of(view, &entity.urn)?);
            let watch = Watch { view, loaded: &self.loaded, rule, entity, now, around: &around };
            let history = watch.history(reach(&watch, span))?;
            let verdicts = watch.with(|known| replay(rule, &history, known, span)).map_err(unjudged)?;
            if !verdicts.is_empty() {
                seen((entity.urn.clone(), verdicts));
            }
            Ok(())
        })
    }

    /// What another version of a rule, with its own limits, would have said differently.
    pub fn rule_differences(
        &self,
        before: &Rule,
        (other, after): (&Loaded, &Rule),
        span: Span,
        mut seen: impl FnMut(EntityDifferences),
    ) -> Result<(), Refusal> {
        self.each(before, |view, entity| {
            let now = ended(view)?;
            let around = Around::of(view, &entity.urn)?;
            let old = Watch { view, loaded: &self.loaded, rule: before, entity, now, around: &around };
            let new = Watch { loaded: other, rule: after, ..old };
            let (a, b) = (reach(&old, span), reach(&new, span));
            let whole = Span { from: a.from.min(b.from), to: a.to.max(b.to) };
            let mut history = old.history(whole)?;
            new.add(&mut history)?;
            let differing = old
                .with(|known| new.with(|other| differences((before, known), (after, other), &history, span)));
            let differing = differing.map_err(unjudged)?;
            if !differing.is_empty() {
                seen((entity.urn.clone(), differing));
            }
            Ok(())
        })
    }

    /// Why a rule held or not in the window in which a moment lies.
    pub fn rule_why(
        &self,
        rule: &Rule,
        entity: &Urn,
        at: Instant,
        lang: Lang,
    ) -> Result<Vec<Because>, Refusal> {
        let view = &*self.view;
        let entity = view.entity(entity)?.ok_or_else(|| Refusal::NotFound(entity.to_string()))?;
        let (now, around) = (ended(view)?, Around::of(view, &entity.urn)?);
        let watch = Watch { view, loaded: &self.loaded, rule, entity: &entity, now, around: &around };
        let zone = &self.loaded.zone;
        let history = watch.history(reach(&watch, rule.reach(at, zone).near))?;
        let window = rule.ends(at, zone).into_iter().next();
        let window = window.ok_or_else(|| Refusal::NotFound(at.to_string()))?;
        let titles = Titles { loaded: &self.loaded, kind: &rule.on.kind, lang };
        watch.with(|known| why(rule, window, &history, known, (lang, &titles))).map_err(unjudged)
    }

    fn each(
        &self,
        rule: &Rule,
        mut one: impl FnMut(&dyn Reading, &Entity) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let view = &*self.view;
        let mut after: Option<Urn> = None;
        loop {
            let page = view.entities(&rule.on.kind, after.as_ref(), PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.urn.clone());
            page.iter().try_for_each(|entity| one(view, entity))?;
        }
    }
}

impl Loaded {
    /// A rule by its name.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.definitions.rules.iter().find(|rule| rule.id == *id)
    }
}

/// The history that judging a span needs.
fn reach(watch: &Watch<'_>, span: Span) -> Span {
    let zone = &watch.loaded.zone;
    Span { from: watch.rule.reach(span.from, zone).far.from, to: watch.rule.reach(span.to, zone).far.to }
}

/// Where the log ends: what may still come is judged from there.
fn ended(view: &dyn Reading) -> Result<Instant, Refusal> {
    Ok(view.log_time()?.unwrap_or_default())
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn unjudged(why: rule::Unjudged) -> Refusal {
    Refusal::Unusable(format!("not judged: {why}"))
}
