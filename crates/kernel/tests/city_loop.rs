//! The city loop without sockets: telemetry in, a case out, people and clocks on it, personal values forgotten.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what failed by panicking")]

use kernel::{Actor, InboxTab, Kernel, ObserveRefusal, ReceiptState, Refusal, Submission};
use model::{Urn, Value};
use proof::CommandId;
use std::sync::Arc;
use testcity::{CHIMNEY, City, at, name, urn};

/// What several tests do with a city.
/// Cases of exceedance in a person's list: sources that fall silent meanwhile have cases of their own.
fn exceedances(city: &City, who: &Actor, tab: InboxTab) -> usize {
    let rows = city.kernel.inbox(who, tab, 0).unwrap().rows;
    rows.iter().filter(|row| row.case.definition.id == *"exceedance").count()
}

trait Work {
    fn two_hours_over(&self) -> Urn;
    fn act(&self, who: &Actor, case: &Urn, act: &str, id: u8) -> Result<store::Done, Refusal>;
}

impl Work for City {
    fn two_hours_over(&self) -> Urn {
        self.hour("2026-09-30T14:00", 61.0, b'N');
        self.hour("2026-09-30T15:00", 58.0, b'N');
        let inbox = self.kernel.inbox(&self.person("officer-1"), InboxTab::Mine, 0).unwrap();
        assert_eq!(inbox.total, 1);
        inbox.rows[0].case.entity.urn.clone()
    }

    fn act(&self, who: &Actor, case: &Urn, act: &str, id: u8) -> Result<store::Done, Refusal> {
        let seen = self.kernel.case(case, who)?.entity.version;
        self.kernel.act(who, case, &submission(act, id, Some(seen)))
    }
}

fn submission(act: &str, id: u8, seen: Option<u64>) -> Submission {
    let reason = (act == "pause").then(|| name("measurement"));
    let (act, opinion) = (name(act), "as seen".to_owned());
    Submission { seen, opinion, reason, measurement: Some(57.0), ..Submission::new(CommandId([id; 16]), act) }
}

#[test]
fn a_case_goes_from_packet_to_closing() {
    let city = City::at("2026-09-30T16:00");
    city.hour("2026-09-30T12:00", 188.0, b'F');
    city.hour("2026-09-30T13:00", 60.0, b'N');
    let case = city.two_hours_over();
    let officer = city.person("officer-1");
    let view = city.kernel.case(&case, &officer).unwrap();
    assert_eq!(view.clocks[0].2.at, Some(at("2026-10-08T10:30")));

    city.act(&officer, &case, "pause", 1).unwrap();
    city.kernel.advance(at("2026-09-30T17:00"), &city.dispatcher).unwrap();
    let view = city.kernel.case(&case, &officer).unwrap();
    assert_eq!(view.clocks[0].2.at, None, "a paused clock has no due time");
    city.act(&officer, &case, "resume", 2).unwrap();
    city.kernel.advance(at("2026-10-08T12:00"), &city.dispatcher).unwrap();
    let trail = city.kernel.trail(&case).unwrap();
    let rung = trail.iter().filter(|step| step.act == *"ring").count();
    assert_eq!(rung, 2, "one warning, one escalation");
    let chief = city.person("chief-1");
    assert_eq!(exceedances(&city, &chief, InboxTab::Mine), 1, "the matter was handed up");

    city.act(&officer, &case, "confirm", 3).unwrap();
    let (finder, other) = (city.person("inspector-1"), city.person("inspector-2"));
    city.act(&finder, &case, "report-verification", 4).unwrap();
    city.act(&city.person("operator-1"), &case, "report-rectification", 5).unwrap();
    let own = city.act(&finder, &case, "accept", 6);
    assert!(matches!(own, Err(Refusal::Process(process::Refusal::SamePerson { .. }))), "{own:?}");
    city.act(&other, &case, "accept", 7).unwrap();
    assert_eq!(exceedances(&city, &officer, InboxTab::Open), 0);
    assert_eq!(exceedances(&city, &officer, InboxTab::Closed), 1);
    assert_eq!(exceedances(&city, &city.person("officer-3"), InboxTab::Closed), 0);

    // The next exceedance is a new case: the key was released.
    city.hour("2026-10-08T10:00", 61.0, b'N');
    city.hour("2026-10-08T11:00", 61.0, b'N');
    assert_eq!(exceedances(&city, &officer, InboxTab::Mine), 1);
}

#[test]
fn reading_the_log_again_changes_nothing() {
    let city = City::at("2026-09-30T17:00");
    city.two_hours_over();
    city.hour("2026-09-30T16:00", 60.0, b'N');
    let size = *city.kernel.watch().borrow();
    for _ in 0..3 {
        city.dispatcher.read_again();
    }
    assert_eq!(*city.kernel.watch().borrow(), size);
    // In each of three readings: of the exceedance an hour that opens its case and one that is told to it; of the alarm, which
    // a single hour raises, one more.
    assert_eq!(city.kernel.counters().get("effect", "repeated"), (2 + 3) * 3);
}

#[test]
fn a_corrected_hour_is_told_to_the_case() {
    let city = City::at("2026-09-30T16:00");
    let case = city.two_hours_over();
    city.hour("2026-09-30T15:00", 20.0, b'N');
    let trail = city.kernel.trail(&case).unwrap();
    let acts: Vec<&str> = trail.iter().map(|t| t.act.as_str()).collect();
    assert_eq!(acts, ["open", "withdraw"]);
    let late_again = city.kernel.inbox(&city.person("officer-1"), InboxTab::Mine, 0).unwrap();
    assert_eq!(late_again.total, 1, "a person decides what becomes of the case");
}

#[test]
fn the_slower_of_two_officers_is_told_who_was_first() {
    let city = City::at("2026-09-30T16:00");
    let case = city.two_hours_over();
    let (one, two) = (city.person("officer-1"), city.person("officer-2"));
    let seen = city.kernel.case(&case, &one).unwrap().entity.version;
    // The platform tells the case of another hour in between: that overtakes nobody.
    city.hour("2026-09-30T16:00", 60.0, b'N');
    let race = |who: Actor, id| {
        let (kernel, case): (Arc<Kernel>, Urn) = (Arc::clone(&city.kernel), case.clone());
        std::thread::spawn(move || kernel.act(&who, &case, &submission("confirm", id, Some(seen))))
    };
    let (one, two) = (race(one, 1), race(two, 2));
    let results = [one.join().unwrap(), two.join().unwrap()];
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1, "{results:?}");
    let told = results.iter().any(|r| matches!(r, Err(Refusal::Overtaken { act, .. }) if *act == *"confirm"));
    assert!(told, "{results:?}");
}

#[test]
fn devices_are_refused_for_their_reason() {
    let city = City::at("2026-09-30T16:00");
    let device =
        |number: &str, password: &str, system| city.kernel.device(number, password, system).unwrap_err();
    assert!(matches!(device("NOBODY", "123456", None), ObserveRefusal::Device));
    assert!(matches!(device(CHIMNEY, "wrong", None), ObserveRefusal::Password));
    assert!(matches!(device(CHIMNEY, city.password(CHIMNEY), Some(32)), ObserveRefusal::System));
}

#[test]
fn passwords_are_refused_and_then_made_to_wait() {
    let city = City::at("2026-09-30T16:00");
    for _ in 0..5 {
        let refused = city.kernel.sign_in("officer-1", "wrong");
        assert!(matches!(refused, Err(Refusal::SignIn { wait_secs: 0 })));
    }
    let right = city.kernel.sign_in("officer-1", city.password("officer-1"));
    assert!(matches!(right, Err(Refusal::SignIn { wait_secs: 1.. })));
    assert!(city.kernel.sign_in("officer-2", city.password("officer-2")).is_ok());
    assert!(city.kernel.session("no such token").unwrap().is_none());
}

#[test]
fn a_personal_value_is_read_with_a_case_and_forgotten_for_good() {
    let city = City::at("2026-09-30T16:00");
    let case = city.two_hours_over();
    let source = urn("urn:ngsi-ld:MonitoredSource:chimney-1");
    let subject = urn("urn:ngsi-ld:Person:duty-chimney-1");
    let officer = city.person("officer-1");
    let read = |who: &Actor, reason: &str| city.kernel.reveal(who, &source, "dutyPhone", &case, reason);
    assert_eq!(read(&officer, "ask the plant").unwrap(), Value::text("演示 138-0000-2741"));
    assert!(matches!(read(&officer, " "), Err(Refusal::Field { field: "reason", .. })));
    assert!(matches!(read(&city.person("officer-3"), "curious"), Err(Refusal::NotFound(_))));

    let erase = |who: &Actor| city.kernel.erase(who, &subject, "asked for by the person");
    assert!(matches!(erase(&officer), Err(Refusal::NotAllowed { .. })));
    let first = erase(&city.person("steward-1")).unwrap();
    let again = erase(&city.person("steward-1")).unwrap();
    assert_eq!((first.done.sequence, again.done.repeated), (again.done.sequence, true));
    assert!(matches!(read(&officer, "ask the plant"), Err(Refusal::Erased(_))));
    let report = store::AuditReport::of(&city.kernel.dir().database(), Some(&city.kernel.keyring())).unwrap();
    assert_eq!(report.faults, vec![]);
}

#[test]
fn receipts_show_what_their_reader_may_see() {
    let city = City::at("2026-09-30T16:00");
    let case = city.two_hours_over();
    let officer = city.person("officer-1");
    let done = city.act(&officer, &case, "confirm", 9).unwrap();
    let shown = |reader: Option<&Actor>| {
        let receipt = city.kernel.receipt(done.sequence, reader).unwrap().receipt;
        match city.kernel.check_receipt(&receipt).unwrap() {
            ReceiptState::Kept(verified) => verified.items.iter().filter(|item| item.is_some()).count(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(shown(Some(&officer)), 1);
    assert_eq!(shown(Some(&city.person("auditor-1"))), 1);
    assert_eq!(shown(Some(&city.person("officer-3"))), 0);
    assert_eq!(shown(None), 0, "the public sees that something happened, not what");
}

#[test]
fn things_are_found_within_reach_and_no_further() {
    let city = City::at("2026-09-30T16:00");
    let (kind, roles) = (name("MonitoredSource"), [name("enforcement-officer")]);
    let reached = |login: &str, words: &str, most: usize| {
        let reached = city.kernel.reached(&city.person(login), &roles, &kind, words, most).unwrap();
        let names = reached.entities.iter().map(|entity| entity.urn.tail().to_owned());
        (names.collect::<Vec<_>>(), reached.more)
    };
    let all = ["boiler-3", "chimney-1", "chimney-2", "chimney-4"].map(str::to_owned).to_vec();
    assert_eq!(reached("officer-1", "", 4), (all.clone(), false));
    assert_eq!(reached("officer-1", "", 2), (all[..2].to_vec(), true));
    assert_eq!(reached("officer-1", " 烟囱 ", 9).0, all[1..]);
    assert_eq!(reached("officer-1", "CHIMNEY 2", 9).0, all[2..3]);
    assert_eq!(reached("officer-3", "", 9), (all[..1].to_vec(), false), "of one county");
    assert_eq!(reached("inspector-1", "", 9), (Vec::new(), false), "another role");
}
