//! What is known to have failed in other case engines and ticket systems, one trial each.

use crate::samples::{Running, at, name, permit, process, times};
use crate::{Clock, Definition};

/// A complaint that somebody answers in four working hours, with a pause, urgency and a warning ladder.
fn complaint(budget: u32) -> Definition {
    process(&format!(
        "id = 'complaint'\ncase = 'Complaint'\nstart = 'open'
        stage = [{{ id = 'open' }}, {{ id = 'asked' }}, {{ id = 'done', final = true }}]
        flag = [{{ id = 'urgent' }}]
        clock = [{{ id = 'answer', unit = 'working-hour', budget = {budget}, runs = ['open'], basis = 'rule 3', owner = 'mayor',
                   budgets = [{{ when = '= flags.urgent', budget = 2 }}],
                   pauses = [{{ code = 'hearing', basis = 'law 45' }}],
                   ladder = [{{ left = '1h', notify = 'clerk' }}, {{ over = '0h', raise = 'chief' }}] }}]
        action = [
            {{ id = 'answer', from = 'open', to = 'done', by = 'clerk' }},
            {{ id = 'ask', from = 'open', to = 'asked', by = 'clerk' }},
            {{ id = 'reply', from = 'asked', to = 'open', by = 'resident' }},
            {{ id = 'pause', from = 'open', by = 'clerk', pauses = 'answer' }},
            {{ id = 'resume', from = 'open', by = 'clerk', resumes = 'answer' }},
            {{ id = 'hurry', from = 'open', by = 'clerk', flags = {{ urgent = true }} }},
            {{ id = 'calm', from = 'open', by = 'clerk', flags = {{ urgent = false }} }}]"
    ))
}

const HOUR: i64 = 3_600_000_000;

#[test]
fn a_pause_over_a_weekend_counts_once() {
    let definition = complaint(8);
    let mut case = Running::start(&definition, "2026-06-05T16:00");
    case.wait("2026-06-05T17:00");
    case.does("a/clerk", "pause", "reason=hearing");
    case.wait("2026-06-08T09:00");
    case.does("a/clerk", "resume", "");
    assert_eq!(case.consumed("answer"), HOUR, "Friday 17:00 to Monday 09:00 costs nothing");
    assert_eq!(case.due("answer"), "2026-06-09T09:00", "seven hours are left on Monday, 09:00");
}

#[test]
fn a_change_of_priority_keeps_consumption_and_pauses() {
    let definition = complaint(6);
    let mut case = Running::start(&definition, "2026-06-01T08:30");
    case.wait("2026-06-01T09:00");
    case.does("a/clerk", "pause", "reason=hearing");
    case.wait("2026-06-01T10:00");
    case.does("a/clerk", "hurry", "");
    assert!(case.clock("answer").paused().is_some(), "the pause is not lost");
    assert_eq!((case.consumed("answer"), case.due("answer").as_str()), (HOUR / 2, ""));
    case.wait("2026-06-01T11:00");
    case.does("a/clerk", "resume", "");
    assert_eq!(case.due("answer"), "2026-06-01T15:00", "half an hour of two was used");
    assert_eq!(case.clock("answer").pauses.len(), 1);
    case.does("a/clerk", "calm", "");
    assert_eq!(case.due("answer"), "2026-06-02T09:30", "and of six");
    assert_eq!(case.clock("answer").budget, None);
    // Judged again when facts change without an act, too.
    let mut permit = Running::start(permit(), "2026-06-01T09:00");
    permit.does("ann/clerk", "accept", "");
    assert_eq!(permit.due("decide"), "2026-06-30T18:00");
    permit.world.values.insert("large".to_owned(), true.into());
    assert!(permit.review());
    assert_eq!(permit.clock("decide").budget, Some(45));
    permit.does("c/chief", "hurry", "");
    assert_eq!(permit.clock("decide").budget, Some(10), "the first condition that holds");
}

#[test]
fn nobody_is_told_after_the_answer() {
    let definition = complaint(4);
    let mut case = Running::start(&definition, "2026-06-01T08:30");
    case.wait("2026-06-01T11:00");
    case.does("a/clerk", "answer", "");
    assert!(case.wait("2026-06-30T18:00").is_empty());
}

#[test]
fn a_ladder_is_climbed_to_the_owner_of_last_resort() {
    let definition = complaint(4);
    let mut case = Running::start(&definition, "2026-06-01T08:30");
    assert_eq!(case.wait("2026-06-01T15:00"), ["clerk:left-1h", "chief!over-0h"]);
    assert_eq!(case.wait("2026-06-30T18:00"), ["mayor!owner"], "one hour of its counting later, once");
    assert!(definition.awaits(&case.record).roles.contains(&name("mayor")));
}

#[test]
fn the_lunch_break_does_not_count() {
    let definition = complaint(4);
    let mut case = Running::start(&definition, "2026-06-01T11:00");
    assert_eq!(case.due("answer"), "2026-06-01T17:30");
    case.wait("2026-06-01T14:00");
    assert_eq!(case.consumed("answer"), HOUR);
}

#[test]
fn a_reply_starts_the_clock_again() {
    let definition = complaint(4);
    let mut case = Running::start(&definition, "2026-06-01T08:30");
    case.does("a/clerk", "ask", "");
    assert!(case.clock("answer").stopped.is_some());
    case.wait("2026-06-02T09:00");
    case.does("res/resident", "reply", "");
    assert_eq!(case.clock("answer").started, at("2026-06-02T09:00"));
    assert_eq!(case.wait("2026-06-02T14:30"), ["clerk:left-1h"], "and its ladder is a new one");
}

#[test]
fn what_is_suspended_leaves_no_date_standing() {
    let definition = complaint(4);
    let mut case = Running::start(&definition, "2026-06-01T08:30");
    case.does("a/clerk", "pause", "reason=hearing");
    assert_eq!(case.due("answer"), "");
    assert_eq!(crate::first_due(&definition, &case.record, times()), None);
    assert_eq!(crate::timers(&definition, &case.record, case.now, times()), [(name("answer"), None)]);
    let mut permit = Running::start(permit(), "2026-06-01T09:00");
    permit.does("ann/clerk", "accept", "").does("h/head", "shelve", "reason=site-flooded");
    assert_eq!(crate::first_due(permit.definition, &permit.record, times()), None);
}

#[test]
fn holidays_are_not_ignored() {
    let definition = complaint(4);
    let case = Running::start(&definition, "2026-09-30T16:00");
    assert_eq!(case.due("answer"), "2026-10-08T10:30");
}

#[test]
fn approvals_run_in_parallel() {
    let mut case = Running::start(permit(), "2026-06-01T09:00");
    case.does("ann/clerk", "accept", "");
    let offered =
        |case: &Running<'_>, who| case.offered(who).into_iter().filter(|o| !o.starts_with('-')).count();
    assert!(offered(&case, "li/lawyer") > 0 && offered(&case, "wang/inspector") > 0);
    let awaited = permit().awaits(&case.record).roles;
    assert!(
        awaited.contains(&name("lawyer")) && awaited.contains(&name("inspector")),
        "both have it in their inbox"
    );
    // In either order.
    for first in ["lawyer", "inspector"] {
        let mut case = case.clone();
        if first == "lawyer" {
            case.does("li/lawyer", "legal-pass", "");
        }
        case.does("wang/inspector", "plan-visit", "");
        case.does("wang/inspector", "report-visit", "+photo measured=3 area=80");
        if first == "inspector" {
            case.does("li/lawyer", "legal-pass", "");
        }
        assert_eq!(case.at(), "countersigning");
    }
}

#[test]
fn a_case_stays_on_the_definition_under_which_it_began() {
    let (old, new) = (complaint(4), complaint(8));
    let case = Running::start(&old, "2026-06-01T08:30");
    assert_eq!(case.record.process, [7; 32], "by its digest");
    let due = case.due("answer");
    let under_new = Running { definition: &new, ..case.clone() };
    assert_ne!(under_new.due("answer"), due, "the record holds no limit of its own");
    assert_eq!(case.due("answer"), due);
}

#[test]
fn one_limit_has_one_source() {
    for budget in [4, 6] {
        let definition = complaint(budget);
        let case = Running::start(&definition, "2026-06-01T08:30");
        let rule = &definition.clock(&name("answer")).unwrap().rule;
        let clock = Clock { rule, times: times() };
        let due = clock.due(case.clock("answer"));
        assert_eq!((due.derivation.budget, due.derivation.basis.as_str()), (budget, "rule 3"));
        assert_eq!(clock.left_at(case.clock("answer"), case.now), i64::from(budget) * HOUR);
        let counted: i64 = due.derivation.counted.iter().map(|piece| piece.amount).sum();
        assert_eq!(counted, i64::from(budget) * HOUR);
        let (warned, _) = clock.next_rung(case.clock("answer"), case.now).unwrap();
        assert_eq!(clock.consumed_at(case.clock("answer"), warned), i64::from(budget - 1) * HOUR);
    }
}
