//! What the engine can express, one trial each.

use crate::samples::{Running, at, name, permit, person, process, times};
use crate::{ClockEvent, Earlier, FieldFault, Finding, LinkKind, Refusal, begin, first_due};
use model::{Urn, Value};

/// A permit after intake: both regions of the review run.
fn reviewed<'a>() -> Running<'a> {
    let mut case = Running::start(permit(), "2026-06-01T09:00");
    case.does("ann/clerk", "accept", "");
    case
}

/// A permit that the departments countersign.
pub fn countersigning<'a>() -> Running<'a> {
    let mut case = reviewed();
    case.does("li/lawyer", "legal-pass", "").does("wang/inspector", "plan-visit", "");
    case.does("wang/inspector", "report-visit", "+photo measured=3 area=80");
    case
}

/// A permit that is to be decided.
pub fn decided<'a>() -> Running<'a> {
    let mut case = countersigning();
    for who in ["p/planning", "q/police", "r/fire"] {
        case.does(who, "agree", "");
    }
    case
}

#[test]
fn regions_run_side_by_side_and_join() {
    let mut case = reviewed();
    assert_eq!(case.at(), "legal-check site-plan");
    case.does("wang/inspector", "plan-visit", "");
    assert_eq!(case.at(), "legal-check site-visit");
    case.does("li/lawyer", "legal-pass", "");
    assert_eq!(case.at(), "legal-done site-visit", "one region waits for the other");
    case.does("wang/inspector", "report-visit", "+photo measured=3 area=80");
    assert_eq!(case.at(), "countersigning", "the join leads on");
    assert_eq!(case.clock("decide").stopped, None, "a clock that runs on both sides goes on");
    assert_eq!(case.clock("decide").started, at("2026-06-01T09:00"));
}

#[test]
fn a_parent_with_history_goes_on_where_it_was() {
    let mut case = reviewed();
    case.does("li/lawyer", "legal-pass", "").does("wang/inspector", "ask-supplement", "");
    assert_eq!(case.at(), "supplement");
    case.does("applicant/applicant", "supplemented", "");
    assert_eq!(case.at(), "legal-done site-plan");
    // What came to its end begins anew.
    case.does("wang/inspector", "plan-visit", "");
    case.does("wang/inspector", "report-visit", "+photo measured=3 area=80");
    case.does("p/planning", "send-back", "reason=wrong");
    assert_eq!(case.at(), "legal-check site-plan");
}

#[test]
fn stages_nest_and_are_entered_from_the_outside_in() {
    let definition = process(
        "id = 'p'\ncase = 'C'\nstart = 'b2'
        stage = [{ id = 'outer', then = 'z' }, { id = 'a1', within = 'outer', region = 'a' },
                 { id = 'a2', within = 'outer', region = 'a', final = true },
                 { id = 'b', within = 'outer', region = 'b', start = 'b1' }, { id = 'b1', within = 'b' },
                 { id = 'b2', within = 'b' }, { id = 'b3', within = 'b', final = true }, { id = 'z', final = true }]
        clock = [{ id = 'whole', unit = 'working-day', budget = 5, runs = ['outer'] },
                 { id = 'inner', unit = 'working-day', budget = 5, runs = ['b'] },
                 { id = 'leaf', unit = 'working-day', budget = 5, runs = ['b1'] }]
        action = [{ id = 'back', from = 'b2', to = 'b1', by = 'r' }, { id = 'on', from = 'b1', to = 'b3', by = 'r' },
                  { id = 'a', from = 'a1', to = 'a2', by = 'r' }, { id = 'again', from = 'outer', to = 'b', by = 'r' }]",
    );
    assert_eq!(definition.faults(), []);
    let mut case = Running::start(&definition, "2026-06-01T09:00");
    assert_eq!(case.at(), "a1 b2", "a start within begins the other regions too");
    let runs = |case: &Running<'_>| {
        let live = case.record.clocks.iter().filter(|(_, held)| held.stopped.is_none());
        live.map(|(key, _)| key.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(runs(&case), ["inner", "whole"]);
    case.does("x/r", "back", "").does("x/r", "a", "");
    assert_eq!(
        (case.at().as_str(), runs(&case)),
        ("a2 b1", ["inner", "leaf", "whole"].map(str::to_owned).to_vec())
    );
    let mut again = case.clone();
    again.does("x/r", "again", "");
    assert_eq!(again.at(), "a1 b1", "from the parent, everything within begins anew");
    case.does("x/r", "on", "");
    assert_eq!((case.at().as_str(), runs(&case)), ("z", Vec::new()));
}

#[test]
fn guards_say_why_and_what_is_missing() {
    let mut case = decided();
    case.does("d/drafter", "take-draft", "").does("d/drafter", "drafted", "");
    let refusal = case.refused("wang/chief", "grant", "");
    assert!(
        matches!(&refusal, Refusal::Guard { because } if because.en.contains("does not decide")),
        "{refusal:?}"
    );
    assert_eq!(case.refused("d/chief", "grant", ""), Refusal::SamePerson { as_what: name("draftedBy") });
    case.world.values.remove("inspectedBy");
    let refusal = case.refused("c/chief", "grant", "");
    assert!(
        matches!(&refusal, Refusal::Unknown { missing, .. } if missing == &["inspectedBy"]),
        "{refusal:?}"
    );
    assert!(case.offered("c/chief").contains(&"-grant".to_owned()));
}

#[test]
fn a_stage_done_elsewhere_is_sent_answered_and_accounted_for() {
    let mut case = decided();
    case.does("d/drafter", "take-draft", "").does("d/drafter", "drafted", "");
    case.wait("2026-06-03T10:00");
    case.does("c/chief", "grant", "");
    let sent = &case.last.deliveries[0];
    assert_eq!((sent.system.as_str(), sent.stage.as_str()), ("provincial-licensing", "province"));
    assert_eq!(sent.body[&name("name")].as_text(), Some("大同某饭店"));
    assert!(case.clock("decide").running_since.is_some(), "the clock keeps running");
    case.wait("2026-06-09T10:00");
    assert_eq!(case.refused("ann/clerk", "province-answered", ""), Refusal::Photo);
    let spent = case.record.elsewhere(permit(), &name("decide"), times(), case.now);
    assert_eq!(spent.len(), 1);
    assert_eq!(
        (spent[0].system.as_str(), spent[0].amount),
        ("provincial-licensing", 4),
        "four days were theirs"
    );
    let mut by_hand = case.clone();
    by_hand.does("ann/clerk", "province-answered", "+photo");
    assert!(by_hand.record.remote[0].by_hand && by_hand.record.remote[0].returned.is_some());
    case.does("ann/clerk", "province-answered", "number=晋-42");
    assert_eq!(case.record.remote[0].number.as_deref(), Some("晋-42"));
    assert_eq!(case.world.values["licence"], "晋-42".into());
    assert_eq!((case.at().as_str(), case.record.closed), ("granted", Some(case.now)));
    assert!(case.clock("decide").stopped.is_some());
}

#[test]
fn the_third_return_goes_to_the_owner_of_last_resort() {
    let mut case = countersigning();
    for expected in ["legal-check site-plan", "legal-check site-plan", "ruling"] {
        assert_eq!(case.refused("p/planning", "send-back", ""), Refusal::Reason);
        case.does("p/planning", "send-back", "reason=incomplete");
        assert_eq!(case.at(), expected);
        if expected != "ruling" {
            case.does("li/lawyer", "legal-pass", "").does("wang/inspector", "plan-visit", "");
            case.does("wang/inspector", "report-visit", "+photo measured=3 area=80");
        }
    }
    assert_eq!(case.record.bounces, 3);
    // Where no stage has the name, a role gets it.
    let definition = process(
        "id = 'p'\ncase = 'C'\nstart = 'a'\nstage = [{ id = 'a' }, { id = 'z', final = true }]
        action = [{ id = 'back', from = 'a', to = 'a', by = 'r', does = 'return', reasons = [{ code = 'x' }], bounces = { max = 2, to = 'head' } },
                  { id = 'end', from = 'a', to = 'z', by = 'r' }]",
    );
    let mut case = Running::start(&definition, "2026-06-01T09:00");
    case.does("x/r", "back", "reason=x");
    assert!(case.last.told.is_empty());
    case.does("x/r", "back", "reason=x");
    assert_eq!((case.last.told[0].role.as_str(), case.last.told[0].raised), ("head", true));
    assert!(definition.awaits(&case.record).roles.contains(&name("head")));
}

#[test]
fn an_extension_takes_the_rank_and_is_granted_so_often() {
    let mut case = reviewed();
    assert_eq!(case.due("decide"), "2026-06-30T18:00");
    assert_eq!(case.refused("ann/clerk", "extend", "!needed"), Refusal::Rank { rank: 2 });
    assert_eq!(case.refused("c/chief", "extend", ""), Refusal::Opinion);
    case.does("c/chief", "extend", "!needed");
    assert_eq!(case.due("decide"), "2026-07-14T18:00");
    assert_eq!(case.refused("c/chief", "extend", "!needed"), Refusal::Extended { times: 1 });
}

#[test]
fn a_shelved_case_stands_until_it_is_taken_up() {
    let mut case = reviewed();
    case.wait("2026-06-03T10:00");
    case.does("li/lawyer", "pause", "reason=hearing");
    assert_eq!(case.refused("c/chief", "shelve", "reason=site-flooded"), Refusal::Rank { rank: 3 });
    case.does("h/head", "shelve", "reason=site-flooded");
    assert_eq!(case.last.notices.len(), 1, "the clock that was paused already is not paused again");
    assert_eq!(case.last.notices[0].what, ClockEvent::Paused(name("site-flooded")));
    assert_eq!((case.due("promise").as_str(), case.due("decide").as_str()), ("", ""));
    let (title, basis) = permit().standing(&name("promise"), &name("site-flooded")).unwrap();
    assert_eq!((title.en.as_str(), basis), ("site-flooded", "demo-setting"));
    assert_eq!(case.refused("li/lawyer", "legal-pass", ""), Refusal::Shelved);
    assert_eq!(case.offered("h/head"), ["take-up", "-correct", "-undo", "-recuse"]);
    assert!(case.wait("2026-08-03T10:00").is_empty(), "nobody is warned of what stands");
    case.does("h/head", "take-up", "");
    assert!(case.clock("promise").running_since.is_some());
    assert!(case.clock("decide").paused().is_some(), "the hearing goes on");
    assert_eq!(case.refused("h/head", "take-up", ""), Refusal::NotShelved);
}

#[test]
fn a_case_is_reopened_in_time_and_so_often() {
    let mut case = decided();
    for _ in 0..2 {
        case.does("c/chief", "refuse", "!no");
        assert_eq!((case.at().as_str(), case.record.closed), ("refused", Some(case.now)));
        case.does("h/head", "reopen", "");
        assert_eq!((case.at().as_str(), case.record.closed), ("decision", None));
        assert!(case.clock("decide").stopped.is_none());
    }
    case.does("c/chief", "refuse", "!no");
    assert_eq!(case.refused("h/head", "reopen", ""), Refusal::Reopened { at_most: 2 });
    let mut case = decided();
    case.does("c/chief", "refuse", "!no");
    let mut late = case.clone();
    case.wait("2026-06-15T18:00");
    case.does("h/head", "reopen", "");
    late.wait("2026-06-15T18:01");
    let until = Some(at("2026-06-15T18:00"));
    assert_eq!(
        late.refused("h/head", "reopen", ""),
        Refusal::Window { until, local: "2026-06-15 18:00".to_owned() }
    );
}

#[test]
fn a_parent_waits_for_its_parts() {
    let mut case = reviewed();
    case.does("li/lawyer", "hold-hearing", "");
    let opening = &case.last.opens[0];
    assert_eq!((opening.process.as_str(), opening.r#as), ("hearing", LinkKind::Part));
    assert_eq!(opening.key, "hearing urn:ngsi-ld:Permit:1");
    assert_eq!(opening.with[&name("applicantName")].as_text(), Some("大同某饭店"));
    assert_eq!((case.record.parts(true), case.record.links.len()), (1, 0), "it counts before it is there");
    let hearing = Urn::new("urn:ngsi-ld:Hearing:1").unwrap();
    case.part(&hearing);
    assert_eq!((case.record.parts(true), case.record.parts(false)), (1, 1));
    case.does("li/lawyer", "legal-pass", "").does("wang/inspector", "plan-visit", "");
    case.does("wang/inspector", "report-visit", "+photo measured=3 area=80");
    for who in ["p/planning", "q/police", "r/fire"] {
        case.does(who, "agree", "");
    }
    assert_eq!(case.refused("li/lawyer", "weigh-hearing", ""), Refusal::PartsOpen { open: 1 });
    assert!(case.tell(&hearing, false));
    assert!(!case.tell(&hearing, false), "told twice, nothing follows");
    assert!(!case.tell(&Urn::new("urn:ngsi-ld:Hearing:2").unwrap(), false));
    case.does("li/lawyer", "weigh-hearing", "");
}

#[test]
fn an_earlier_act_is_corrected_and_what_it_set_with_it() {
    let mut case = countersigning();
    let fields = [(name("area"), Value::Number(80.0))].into();
    let earlier = Earlier { act: name("report-visit"), by: person("wang"), at: case.now, fields };
    case.world.earlier.insert(9, earlier);
    let mut act = case.with("wang/inspector", "correct", "area=90");
    assert_eq!(case.try_act(&act), Err(Refusal::Correction), "which act?");
    act.corrects = Some(9);
    let mut later = case.clone();
    case.try_act(&act).unwrap();
    assert_eq!(case.world.values["area"], Value::Number(90.0));
    assert_eq!(case.last.correction.as_ref().map(|c| (c.of, c.act.as_str())), Some((9, "report-visit")));
    assert_eq!(case.at(), "countersigning");
    later.world.values.insert("area".to_owned(), Value::Number(85.0));
    later.try_act(&act).unwrap();
    assert_eq!(later.world.values["area"], Value::Number(85.0), "what a later act set stays");
    act.fields.insert(name("class"), "c".into());
    let fault = Err(Refusal::Field { field: name("class"), fault: FieldFault::Choice });
    assert_eq!(later.try_act(&act), fault);
}

#[test]
fn the_last_act_is_undone_and_clocks_go_on_as_if_it_had_not_been() {
    let mut case = countersigning();
    case.wait("2026-06-01T18:00");
    let before = case.clone();
    case.does("p/planning", "agree", "");
    case.wait("2026-06-02T08:50");
    case.does("ann/clerk", "undo", "");
    assert_eq!(case.record.tasks, before.record.tasks);
    assert_eq!(case.due("opinion/1"), before.due("opinion/1"));
    assert_eq!(case.last.notices.len(), 1);
    assert_eq!(case.last.notices[0].what, ClockEvent::Restored);
    assert_eq!(case.refused("ann/clerk", "undo", ""), Refusal::NothingToVoid, "one step back, not two");
    // Rungs that were taken meanwhile stay taken.
    case.does("q/police", "agree", "");
    assert_eq!(case.wait("2026-06-02T09:10"), ["head!over-0h", "head!over-0h"]);
    case.does("ann/clerk", "undo", "");
    assert_eq!(case.wait("2026-06-02T09:20"), ["head!over-0h"], "only the one that had been answered");
    // Attributes are what they were.
    let mut case = Running::start(permit(), "2026-06-01T09:00");
    case.does("ann/clerk", "accept", "");
    assert_eq!(case.world.values["outcome"], "accepted".into());
    case.does("ann/clerk", "undo", "");
    assert_eq!((case.at().as_str(), &case.world.values["outcome"]), ("intake", &Value::Null));
    // What left the house does not come back.
    case.does("ann/clerk", "accept", "").does("li/lawyer", "hold-hearing", "");
    assert_eq!(case.refused("ann/clerk", "undo", ""), Refusal::Bound);
}

#[test]
fn the_platform_acts_by_itself_as_soon_as_it_can() {
    let mut case = reviewed();
    case.does("li/lawyer", "ask-supplement", "");
    assert!(!case.review(), "nothing follows from nothing");
    case.world.values.insert("outcome".to_owned(), "withdrawn".into());
    assert!(case.review());
    assert_eq!((case.at().as_str(), &case.last.taken[..]), ("refused", &[name("close-idle")][..]));
    assert_eq!(case.refused("ann/clerk", "close-idle", ""), Refusal::Automatic);
    assert_eq!(case.refused("ann/clerk", "undo", ""), Refusal::NothingToVoid, "that was nobody's act");
}

#[test]
fn an_automatic_act_may_only_set() {
    let definition = process(
        "id = 'p'\ncase = 'C'\nstart = 'a'\nstage = [{ id = 'a' }, { id = 'z', final = true }]
        action = [{ id = 'mark', from = 'a', auto = true, guard = '= area > 50', because = 'x', set = { large = true } },
                  { id = 'end', from = 'a', to = 'z', by = 'r' }]",
    );
    let mut case = Running::start(&definition, "2026-06-01T09:00");
    assert!(!case.review());
    case.world.values.insert("area".to_owned(), Value::Number(60.0));
    assert!(case.review());
    assert_eq!(
        (&case.world.values["large"], &case.last.taken[..]),
        (&Value::Bool(true), &[name("mark")][..])
    );
    assert!(!case.review(), "what changes nothing is not done again");
}

#[test]
fn automatic_acts_are_bounded() {
    let mut text = "id = 'p'\ncase = 'C'\nstart = 's0'\nstage = [".to_owned();
    (0..12).for_each(|n| text += &format!("{{ id = 's{n}', final = {} }}, ", n == 11));
    text += "]\naction = [";
    for n in 0..11 {
        text += &format!(
            "{{ id = 'a{n}', from = 's{n}', to = 's{}', auto = true, guard = '= bounces = 0', because = 'x' }}, ",
            n + 1
        );
    }
    let definition = process(&(text + "]"));
    let case = Running::start(&definition, "2026-06-01T09:00");
    assert_eq!(case.at(), "s8");
    assert_eq!((case.last.taken.len(), &case.last.findings[..]), (8, &[Finding::Chain][..]));
}

#[test]
fn people_begin_a_process_with_its_fields() {
    let mut case = Running::start(permit(), "2026-06-01T09:00");
    for (who, with, refused) in [
        ("ann/clerk", "applicantName=张 area=30", None),
        ("ann/lawyer", "", Some(Refusal::Role { roles: vec![name("clerk")] })),
        (
            "ann/clerk",
            "area=30",
            Some(Refusal::Field { field: name("applicantName"), fault: FieldFault::Missing }),
        ),
        (
            "ann/clerk",
            "applicantName=张 area=x",
            Some(Refusal::Field { field: name("area"), fault: FieldFault::Kind }),
        ),
        (
            "ann/clerk",
            "applicantName=张 area=3 b=3",
            Some(Refusal::Field { field: name("b"), fault: FieldFault::NoSuchField }),
        ),
    ] {
        let act = case.with(who, "begin", with);
        let begun = begin(permit(), [7; 32], &act, &case.facts());
        assert_eq!(begun.as_ref().err(), refused.as_ref(), "{who} {with}");
        if let Ok(decision) = begun {
            assert_eq!(decision.set[&name("area")], Value::Number(30.0));
            case.commit(decision);
        }
    }
    assert_eq!(first_due(permit(), &case.record, times()), None);
}
