//! Tasks in several hands: policies, claims, delegation, parties, each with a clock of its own.

use super::engines::{countersigning, decided};
use crate::samples::{Running, name, permit, person, process};
use crate::{AssignmentState, FieldFault, Finding, Refusal};
use model::Value;

#[test]
fn each_holder_of_a_task_has_a_clock_of_their_own() {
    let mut case = countersigning();
    assert!(case.record.tasks[0].lead && !case.record.tasks[1].lead);
    for key in ["opinion/1", "opinion/2", "opinion/3"] {
        assert_eq!(case.due(key), "2026-06-02T09:00", "{key}");
    }
    assert_eq!(case.wait("2026-06-01T18:00"), ["chief:left-1h", "chief:left-1h", "chief:left-1h"]);
    case.does("p/planning", "agree", "").does("q/police", "agree", "");
    assert!(case.clock("opinion/1").stopped.is_some() && case.clock("opinion/3").stopped.is_none());
    assert_eq!(case.at(), "countersigning", "it leads on once all have agreed");
    assert_eq!(case.wait("2026-06-02T12:00"), ["head!over-0h"], "only whoever has not answered is late");
    assert_eq!(
        case.refused("p/planning police", "agree", ""),
        Refusal::SamePerson { as_what: name("countersign") }
    );
    case.does("r/fire", "agree", "");
    assert_eq!(case.at(), "decision");
    assert!(case.record.raised.is_empty());
}

#[test]
fn a_task_in_two_hands_of_one_person_asks_which() {
    let mut case = countersigning();
    assert_eq!(case.refused("p/planning police", "agree", ""), Refusal::Which { of: name("countersign") });
    assert!(case.offered("p/planning police").contains(&"agree".to_owned()));
    case.does("p/planning police", "agree", "#2");
    let states: Vec<_> = case.record.tasks.iter().map(|task| task.state).collect();
    assert_eq!(states, [AssignmentState::Open, AssignmentState::Done, AssignmentState::Open]);
}

#[test]
fn what_is_delegated_is_done_by_the_delegate() {
    let mut case = countersigning();
    let to = "to=urn:ngsi-ld:Person:zhao";
    let stranger = Refusal::Delegate { to: Some(person("zhao")) };
    assert_eq!(case.refused("q/police", "hand-over", to), stranger);
    case.world.holders.insert((person("zhao"), name("police")));
    case.does("q/police", "hand-over", to);
    assert_eq!(case.refused("q/police", "agree", ""), Refusal::NotYours { task: name("countersign") });
    case.does("zhao/police", "agree", "");
    assert_eq!(case.record.tasks[1].by, Some(person("zhao")));
    assert!(matches!(
        case.refused("r/fire", "hand-over", ""),
        Refusal::Field { fault: FieldFault::Missing, .. }
    ));
}

#[test]
fn a_claimed_task_is_done_by_whoever_claimed_it() {
    let mut case = decided();
    assert_eq!(case.refused("d1/drafter", "drafted", ""), Refusal::Unclaimed { task: name("draft") });
    case.does("d1/drafter", "take-draft", "");
    assert_eq!(case.refused("d2/drafter", "take-draft", ""), Refusal::NotYours { task: name("draft") });
    assert_eq!(case.refused("d2/drafter", "drafted", ""), Refusal::NotYours { task: name("draft") });
    assert_eq!(case.refused("c/chief", "grant", ""), Refusal::Waits { task: name("draft") });
    let awaited = permit().awaits(&case.record);
    assert!(awaited.people.contains(&person("d1")) && !awaited.roles.contains(&name("drafter")));
    case.does("d1/drafter", "recuse", "");
    assert_eq!(case.refused("d1/drafter", "take-draft", ""), Refusal::Barred);
    case.does("d2/drafter", "take-draft", "").does("d2/drafter", "drafted", "");
    assert_eq!(case.at(), "decision");
}

#[test]
fn nobody_claims_what_they_could_never_do() {
    let definition = process(
        "id = 'p'\ncase = 'C'\nstart = 'a'\nstage = [{ id = 'a' }, { id = 'z', final = true }]
        task = [{ id = 't', stage = 'a', policy = 'all', roles = ['r1', 'r2'] }]
        action = [{ id = 'take', from = 'a', by = ['r1', 'r2'], does = 'claim', task = 't' },
                  { id = 'do', from = 'a', to = 'z', by = ['r1', 'r2'], does = 'task:t' }]",
    );
    let mut case = Running::start(&definition, "2026-06-01T09:00");
    case.does("x/r1 r2", "take", "#1");
    assert_eq!(case.refused("x/r1 r2", "take", "#2"), Refusal::SamePerson { as_what: name("t") });
    case.does("x/r1 r2", "do", "").does("y/r2", "do", "");
    assert_eq!(case.at(), "z");
}

#[test]
fn the_other_policies_count_as_they_say() {
    let task = |policy: &str| {
        process(&format!(
            "id = 'p'\ncase = 'C'\nstart = 'a'
            stage = [{{ id = 'a' }}, {{ id = 'z', final = true }}]
            task = [{{ id = 't', stage = 'a', {policy} }}]
            clock = [{{ id = 'k', unit = 'urgent-hour', budget = 1, task = 't' }}]
            action = [{{ id = 'do', from = 'a', to = 'z', by = ['r1', 'r2', 'r3'], does = 'task:t' }}]"
        ))
    };
    let roles = "roles = ['r1', 'r2', 'r3']";
    for (policy, hands, at_end) in [
        (format!("policy = 'one', {roles}"), "x/r2", "z"),
        (format!("policy = 'at-least', at_least = 2, {roles}"), "x/r3", "a"),
        (format!("policy = 'at-least', at_least = 2, {roles}"), "x/r3 y/r1", "z"),
        (format!("policy = 'in-sequence', {roles}"), "x/r1 y/r2", "a"),
        (format!("policy = 'in-sequence', {roles}"), "x/r1 y/r2 w/r3", "z"),
    ] {
        let definition = task(&policy);
        assert_eq!(definition.faults(), [], "{policy}");
        let mut case = Running::start(&definition, "2026-06-01T09:00");
        for who in hands.split(' ') {
            case.does(who, "do", "");
        }
        assert_eq!(case.at(), at_end, "{policy} {hands}");
        let running = case.record.clocks.values().filter(|clock| clock.stopped.is_none()).count();
        let open = case.record.open_tasks().count();
        assert_eq!(running, open, "{policy} {hands}: clocks run for those whose turn it is");
    }
    let definition = task(&format!("policy = 'in-sequence', {roles}"));
    let mut case = Running::start(&definition, "2026-06-01T09:00");
    assert_eq!(case.record.clocks.len(), 1, "the next one's clock starts when it is theirs");
    assert_eq!(case.refused("y/r2", "do", ""), Refusal::NotYours { task: name("t") });
}

#[test]
fn parties_are_found_when_the_case_enters() {
    let definition = process(
        "id = 'p'\ncase = 'C'\nstart = 's'
        stage = [{ id = 's' }, { id = 'a' }, { id = 'z', final = true }]
        task = [{ id = 't', stage = 'a', policy = 'all', parties = '= handlers' }]
        action = [{ id = 'go', from = 's', to = 'a', by = 'r' }, { id = 'do', from = 'a', to = 'z', by = 'r', does = 'task:t' }]",
    );
    let mut case = Running::start(&definition, "2026-06-01T09:00");
    case.does("x/r", "go", "");
    assert_eq!(case.last.findings, [Finding::NoParties { task: name("t") }]);
    let mut case = Running::start(&definition, "2026-06-01T09:00");
    let parties = ["x", "y", "x"].map(|id| Value::Ref(person(id)));
    case.world.values.insert("handlers".to_owned(), Value::List(parties.to_vec()));
    case.does("x/r", "go", "");
    assert_eq!(case.record.tasks.len(), 2);
    assert_eq!(case.refused("w/r", "do", ""), Refusal::NotYours { task: name("t") });
    case.does("y/r", "do", "").does("x/r", "do", "");
    assert_eq!(case.at(), "z");
}
