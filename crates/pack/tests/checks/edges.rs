//! Every edge of every process, from the table that the process is: what it allows is possible, what it forbids is refused,
//! in every situation that random lawful cases reach. And every act is done, or refused, in some scenario.

use crate::folder::{files, lines, repository};
use jiff::civil::date;
use model::{Instant, Name, Urn, Zone};
use pack::{Definitions, Scenario};
use process::{
    Act, Definition, Does, Event, Facts, Record, Refusal, StillFacts, Times, decide, generate, start,
};
use std::collections::{BTreeMap, BTreeSet};

/// Cases made up for each process.
const CASES: u64 = 10;

fn load() -> Definitions {
    pack::check(&files(&repository()), date(2026, 11, 25))
        .unwrap_or_else(|complaints| panic!("{}", lines(&complaints)))
}

fn chance(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |bound| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound.max(1)
    }
}

/// Every record that a made-up case goes through, with the moment after it.
fn situations(
    definition: &Definition,
    facts: &Facts<'_>,
    people: &[Urn],
    seed: u64,
) -> Vec<(Record, Instant)> {
    let began = Instant::parse("2026-06-01T09:00:00+08:00").unwrap();
    let until = Instant::parse("2026-12-01T09:00:00+08:00").unwrap();
    let mut record = start(definition, [0; 32], began, facts).record;
    let mut all = vec![(record.clone(), began.plus_secs(60))];
    for event in generate(definition, (began, until), people, facts, &mut chance(seed)) {
        let Event::Act(act) = event else { continue };
        record = decide(definition, &record, &act, facts).unwrap().record;
        all.push((record.clone(), act.at.plus_secs(60)));
    }
    all
}

/// Whose work an act is: tasks go by their holders, everything else by its roles.
fn goes_by_roles(does: Option<&Does>) -> bool {
    !matches!(does, Some(Does::Task(_) | Does::Claim | Does::Delegate))
}

#[test]
fn what_a_process_forbids_is_refused_wherever_a_case_can_stand() {
    let definitions = load();
    let zone = Zone::named(&definitions.city.zone).unwrap();
    let times = Times { calendar: &definitions.calendar, hours: &definitions.hours, zone: &zone };
    let people: Vec<Urn> = (1..5).map(|n| Urn::new(format!("urn:ngsi-ld:Person:p{n}")).unwrap()).collect();
    let (mut tried, mut allowed) = (0_u32, BTreeMap::<&Name, BTreeSet<&Name>>::new());
    for (_, definition) in definitions.processes.values() {
        let mut world = StillFacts::new(Urn::new("urn:ngsi-ld:Case:1").unwrap());
        world.ranks = definitions.city.role.iter().map(|role| (role.id.clone(), role.rank)).collect();
        let facts = Facts { world: &world, times: &times };
        let acts = definition.action.iter().flat_map(|action| &action.by);
        let tasks = definition.task.iter().flat_map(|task| &task.roles);
        let named: BTreeSet<&Name> = acts.chain(tasks).collect();
        let stranger =
            definitions.city.role.iter().find(|role| !named.contains(&role.id)).unwrap().id.clone();
        for (record, at) in (0..CASES).flat_map(|seed| situations(definition, &facts, &people, seed)) {
            let active = definition.active(&record.at);
            for action in definition.action.iter().filter(|action| !action.auto) {
                let here = action.from.iter().any(|from| active.contains(from));
                for role in definitions
                    .city
                    .role
                    .iter()
                    .filter(|role| named.contains(&role.id) || stranger == role.id)
                {
                    let act = Act::new(action.id.clone(), people[0].clone(), vec![role.id.clone()], at);
                    let found = process::offers(definition, &record, (&act.actor, &act.roles), at, &facts);
                    let offered = found.iter().any(|o| o.action.id == action.id && o.refused.is_none());
                    let mine = action.by.contains(&role.id) || !goes_by_roles(action.does.as_ref());
                    assert!(
                        !offered || here && mine,
                        "{}: {} offered to {}",
                        definition.id,
                        action.id,
                        role.id
                    );
                    let said = decide(definition, &record, &act, &facts);
                    match said {
                        Err(Refusal::Stage { .. }) => assert!(!here, "{}: {}", definition.id, action.id),
                        Ok(_) => {
                            assert!(here && mine, "{}: {} done by {}", definition.id, action.id, role.id);
                        }
                        Err(_) => {
                            assert!(
                                here,
                                "{}: {} is not told that it is too early",
                                definition.id, action.id
                            );
                        }
                    }
                    tried += 1;
                    if offered {
                        allowed.entry(&definition.id).or_default().insert(&action.id);
                    }
                }
            }
        }
    }
    let possible: usize = allowed.values().map(BTreeSet::len).sum();
    let acts: usize =
        definitions.processes.values().map(|(_, p)| p.action.iter().filter(|a| !a.auto).count()).sum();
    assert!(tried > 10_000, "{tried} edges tried");
    // Acts whose guards ask for attributes that only a city has are reached by scenarios alone.
    assert!(possible * 10 >= acts * 4, "{possible} of {acts} acts were possible somewhere");
}

#[test]
fn every_act_is_taken_in_some_scenario() {
    let definitions = load();
    let mut taken: BTreeSet<Name> = BTreeSet::new();
    for file in files(&repository()).iter().filter(|file| file.path.contains("/scenarios/")) {
        let scenario: Scenario = pack::parse(file).unwrap_or_else(|complaint| panic!("{complaint}"));
        taken.extend(scenario.step.into_iter().filter_map(|step| step.act));
    }
    let mut untold = Vec::new();
    for (_, definition) in definitions.processes.values() {
        let acts = definition.action.iter().filter(|action| !action.auto && !taken.contains(&action.id));
        untold.extend(acts.map(|action| format!("{} {}", definition.id, action.id)));
    }
    assert!(untold.is_empty(), "no scenario takes {untold:?}");
}
