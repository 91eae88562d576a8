//! Cases made up for trials: lawful walks through a process, at random, so that a changed definition can be tried on more
//! than a city has had. Chance is an argument: the same numbers make the same case.

use crate::simulate::Event;
use crate::{
    Act, Action, Decision, Definition, Facts, Field, FieldKind, Offer, Record, decide, offers, start,
};
use model::{Instant, Name, Urn, Value};
use std::collections::BTreeMap;

/// Acts of one case at most.
pub const ACTS_MAX: usize = 40;
/// How often an act that was refused for what came with it is given up for another.
const TRIES_MAX: usize = 8;

/// A number below a bound, at random.
pub type Below<'a> = &'a mut dyn FnMut(u64) -> u64;

/// What happens to a case that begins at a moment, until it ends or the time is over. Everybody of `people` holds every
/// role, so that only the process decides.
pub fn generate(
    definition: &Definition,
    (began, until): (Instant, Instant),
    people: &[Urn],
    facts: &Facts<'_>,
    below: Below<'_>,
) -> Vec<Event> {
    let roles = roles(definition);
    let mut record = start(definition, [0; 32], began, facts).record;
    let (mut at, mut events) = (began, Vec::new());
    while events.len() < ACTS_MAX && record.closed.is_none() {
        at = at.plus_secs(i64::try_from(900 + below(3 * 86_400)).unwrap_or(900));
        if at >= until {
            break;
        }
        let Some((act, decision)) = one(definition, &record, (people, &roles), at, facts, below) else {
            break;
        };
        record = decision.record;
        events.push(Event::Act(act));
    }
    events
}

/// One act that the process allows, by anybody.
fn one(
    definition: &Definition,
    record: &Record,
    (people, roles): (&[Urn], &[Name]),
    at: Instant,
    facts: &Facts<'_>,
    below: Below<'_>,
) -> Option<(Act, Decision)> {
    for _ in 0..TRIES_MAX {
        let actor = pick(people, below)?.clone();
        let offered = offers(definition, record, (&actor, roles), at, facts);
        let mine: Vec<&Offer<'_>> = offered.iter().filter(|offer| offer.refused.is_none()).collect();
        let Some(offer) = pick(&mine, below) else { continue };
        let act = filled(
            definition,
            offer,
            Act::new(offer.action.id.clone(), actor, roles.to_vec(), at),
            people,
            below,
        );
        if let Ok(decision) = decide(definition, record, &act, facts) {
            return Some((act, decision));
        }
    }
    None
}

/// An act with everything that it asks for.
fn filled(definition: &Definition, offer: &Offer<'_>, act: Act, people: &[Urn], below: Below<'_>) -> Act {
    let action: &Action = offer.action;
    let reasons = definition.reasons(action);
    let reason = pick(&reasons, below).map(|(code, _)| (*code).clone());
    let fields = action.fields.iter().map(|field| (field.id.clone(), value(field, act.at, people, below)));
    Act {
        fields: fields.collect::<BTreeMap<_, _>>(),
        opinion: "—".to_owned(),
        measurement: Some(f64::from(u32::try_from(below(1_000)).unwrap_or(0)) / 10.0),
        photos: vec![[1; 32]],
        documents: vec![[2; 32]],
        assignment: pick(&offer.choices, below).copied(),
        reason,
        ..act
    }
}

fn value(field: &Field, at: Instant, people: &[Urn], below: Below<'_>) -> Value {
    match field.value {
        FieldKind::Number => Value::number(f64::from(u32::try_from(below(1_000)).unwrap_or(0))),
        FieldKind::Text => "—".into(),
        FieldKind::Date => at.to_string().get(..10).unwrap_or_default().into(),
        FieldKind::Code => pick(&field.codes, below).map_or(Value::Null, |code| code.code.as_str().into()),
        FieldKind::Ref => pick(people, below).cloned().into(),
        FieldKind::Bool => Value::Bool(below(2) == 1),
    }
}

fn pick<'a, T>(all: &'a [T], below: Below<'_>) -> Option<&'a T> {
    let count = u64::try_from(all.len()).ok().filter(|count| *count > 0)?;
    all.get(usize::try_from(below(count)).ok()?)
}

/// Every role that the process names.
fn roles(definition: &Definition) -> Vec<Name> {
    let acts = definition.action.iter().flat_map(|action| &action.by);
    let tasks = definition.task.iter().flat_map(|task| &task.roles);
    let mut roles: Vec<Name> = acts.chain(tasks).cloned().collect();
    roles.sort();
    roles.dedup();
    roles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, permit, person, times};
    use crate::{StillFacts, simulate::simulate};

    /// Numbers that look random and are always the same.
    fn chance(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed;
        move |bound| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound.max(1)
        }
    }

    #[test]
    fn generated_cases_are_lawful_the_same_again_and_go_somewhere() {
        let world = StillFacts::new(person("case"));
        let facts = Facts { world: &world, times: times() };
        let (began, until) = (at("2026-06-01T09:00"), at("2026-09-30T18:00"));
        let people: Vec<Urn> = (0..5).map(|n| person(&format!("p{n}"))).collect();
        let mut acts = 0;
        for seed in 0..40 {
            let make = |seed| generate(permit(), (began, until), &people, &facts, &mut chance(seed));
            let events = make(seed);
            assert_eq!(events, make(seed));
            // Whatever was made is accepted when it is replayed: nothing differs from itself.
            assert_eq!(simulate((permit(), permit()), (began, until), &events, &facts), vec![]);
            acts += events.len();
        }
        assert!(acts > 80, "{acts} acts in 40 cases");
    }
}
