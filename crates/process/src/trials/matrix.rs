//! Every edge of a process, allowed and forbidden: each act in each stage by each role, held against a table that people
//! can read.

use crate::samples::{Running, name, permit};
use crate::{Earlier, decide};
use model::{Urn, Value};

const ROLES: [&str; 11] = [
    "clerk",
    "applicant",
    "lawyer",
    "inspector",
    "planning",
    "police",
    "fire",
    "drafter",
    "chief",
    "head",
    "stranger",
];

/// Who does what with what.
type Step = (&'static str, &'static str, &'static str);

/// A case in each stage, by the acts that lead there.
const STAGES: [(&str, &[Step]); 14] = [
    ("intake", &[]),
    ("review", &[("ann/clerk", "accept", "")]),
    ("one region done", &[REVIEWED[0], REVIEWED[1], REVIEWED[2]]),
    ("paused", &[REVIEWED[0], ("li/lawyer", "pause", "reason=hearing")]),
    ("supplement", &[("ann/clerk", "accept", ""), ("li/lawyer", "ask-supplement", "")]),
    ("countersigning", &REVIEWED),
    ("decision", &AGREED),
    ("hearing held", &HEARD),
    ("drafted", &DRAFTED),
    ("ruling", &[]),
    ("province", &GRANTED),
    ("granted", &[]),
    ("refused", &[("ann/clerk", "not-ours", "!no reason=other-office")]),
    ("shelved", &[("ann/clerk", "accept", ""), ("h/head", "shelve", "reason=site-flooded")]),
];

const REVIEWED: [Step; 4] = [
    ("ann/clerk", "accept", ""),
    ("li/lawyer", "legal-pass", ""),
    ("wang/inspector", "plan-visit", ""),
    ("wang/inspector", "report-visit", "+photo measured=3 area=80"),
];

const AGREED: [Step; 7] = [
    REVIEWED[0],
    REVIEWED[1],
    REVIEWED[2],
    REVIEWED[3],
    ("p/planning", "agree", ""),
    ("q/police", "agree", ""),
    ("r/fire", "agree", ""),
];

const HEARD: [Step; 8] = [
    REVIEWED[0],
    ("li/lawyer", "hold-hearing", ""),
    REVIEWED[1],
    REVIEWED[2],
    REVIEWED[3],
    AGREED[4],
    AGREED[5],
    AGREED[6],
];

const DRAFTED: [Step; 9] = [
    AGREED[0],
    AGREED[1],
    AGREED[2],
    AGREED[3],
    AGREED[4],
    AGREED[5],
    AGREED[6],
    ("d/drafter", "take-draft", ""),
    ("d/drafter", "drafted", ""),
];

const GRANTED: [Step; 10] = [
    DRAFTED[0],
    DRAFTED[1],
    DRAFTED[2],
    DRAFTED[3],
    DRAFTED[4],
    DRAFTED[5],
    DRAFTED[6],
    DRAFTED[7],
    DRAFTED[8],
    ("c/chief", "grant", ""),
];

fn case(stage: &str, acts: &[Step]) -> Running<'static> {
    let mut case = Running::start(permit(), "2026-06-01T09:00");
    let does = |case: &mut Running<'static>, acts: &[Step]| {
        acts.iter().for_each(|(who, act, with)| {
            case.does(who, act, with);
        });
    };
    match stage {
        "ruling" => {
            does(&mut case, &REVIEWED);
            for _ in 0..2 {
                case.does("p/planning", "send-back", "reason=wrong");
                does(&mut case, &REVIEWED[1..]);
            }
            case.does("p/planning", "send-back", "reason=wrong");
        }
        "granted" => {
            does(&mut case, &GRANTED);
            case.does("ann/clerk", "province-answered", "number=x1");
        }
        _ => does(&mut case, acts),
    }
    if case.record.opening > 0 {
        let hearing = Urn::new("urn:ngsi-ld:Hearing:1").unwrap();
        case.part(&hearing);
        case.tell(&hearing, false);
    }
    case
}

/// The roles that may do an act, each by a new person, with everything that the act asks for.
fn allowed(case: &Running<'_>, act: &str) -> Vec<&'static str> {
    let action = permit().action(&name(act)).unwrap();
    let may = |role: &&str| {
        let mut made = case.with(&format!("new-{role}/{role}"), act, "!so measured=3 +photo +document");
        made.reason = permit().reasons(action).first().map(|(code, _)| (*code).clone());
        for field in &action.fields {
            let value = match field.id.as_str() {
                "area" => Value::Number(3.0),
                "to" => Value::Ref(crate::samples::person("delegate")),
                "class" => "a".into(),
                _ => "x1".into(),
            };
            made.fields.insert(field.id.clone(), value);
        }
        made.corrects = Some(1);
        let decided = decide(permit(), &case.record, &made, &case.facts());
        let offers = case.offered(&format!("new-{role}/{role}"));
        let (offered, shown) = (offers.contains(&act.to_owned()), offers.contains(&format!("-{act}")));
        match &decided {
            Ok(_) => assert!(offered, "{act} by {role}: done, but not offered"),
            Err(refusal) => {
                assert!(!offered, "{act} by {role}: offered, but refused: {refusal}");
                assert_eq!(shown, !refusal.lies_in_the_case(), "{act} by {role}: {refusal}");
            }
        }
        decided.is_ok()
    };
    ROLES.into_iter().filter(may).collect()
}

#[test]
fn every_edge_is_as_the_table_says() {
    let mut found = String::new();
    for (stage, acts) in STAGES {
        let mut case = case(stage, acts);
        let fields = [(name("area"), Value::Number(80.0))].into();
        let by = crate::samples::person("wang");
        case.world.earlier.insert(1, Earlier { act: name("report-visit"), by, at: case.now, fields });
        for who in ROLES {
            case.world.holders.insert((crate::samples::person("delegate"), name(who)));
        }
        found += &format!("{stage} ({})\n", case.at());
        for action in &permit().action {
            let roles = allowed(&case, action.id.as_str());
            if !roles.is_empty() {
                found += &format!("  {}: {}\n", action.id, roles.join(" "));
            }
        }
    }
    let expected = include_str!("matrix.txt");
    assert_eq!(found, expected, "an act that is not listed is forbidden:\n{found}");
}
