//! Windows of lawful time for acts, clocks paused together, and the basis of each budget.

use crate::samples::{Running, at, name, process, times};
use crate::{Clock, ClockEvent, Definition, Refusal, Since};

/// An order that may be returned within four working hours of being dispatched, and questioned within three days of its
/// beginning. Two clocks can be paused together for what both know.
fn order() -> Definition {
    process(
        "id = 'order'\ncase = 'Permit'\nstart = 'dispatched'
        stage = [{ id = 'dispatched' }, { id = 'back' }, { id = 'working', history = true },
                 { id = 'doing', within = 'working' }, { id = 'checking', within = 'working' }, { id = 'done', final = true }]
        clock = [
          { id = 'answer', unit = 'working-day', budget = 5, runs = ['dispatched', 'back', 'working'], basis = 'rule 1',
            budgets = [{ when = '= large', budget = 9, basis = 'rule 2' }, { when = '= area > 5', budget = 9 }],
            pauses = [{ code = 'hearing', basis = 'law 45' }, { code = 'caller', basis = 'rule 1' }] },
          { id = 'promise', kind = 'promised', unit = 'working-day', budget = 3, runs = ['working'], basis = 'rule 3',
            pauses = [{ code = 'weather', basis = 'rule 3' }, { code = 'hearing', basis = 'rule 3' }] },
        ]
        action = [
          { id = 'return', from = 'dispatched', to = 'back', by = 'handler', within = { unit = 'working-hour', budget = 4 } },
          { id = 'send', from = 'back', to = 'dispatched', by = 'clerk' },
          { id = 'sign', from = 'dispatched', to = 'working', by = 'handler' },
          { id = 'check', from = 'doing', to = 'checking', by = 'handler' },
          { id = 'object', from = 'working', to = 'back', by = 'handler', within = { unit = 'working-hour', budget = 4 } },
          { id = 'question', from = ['dispatched', 'back', 'working'], by = 'clerk',
            within = { unit = 'working-day', budget = 3, since = 'case' } },
          { id = 'pause', from = ['dispatched', 'working'], by = 'clerk', pauses = ['answer', 'promise'] },
          { id = 'hold', from = 'working', by = 'clerk', pauses = 'promise' },
          { id = 'resume', from = ['dispatched', 'working'], by = 'clerk', resumes = ['answer', 'promise'] },
          { id = 'end', from = 'working', to = 'done', by = 'handler' },
        ]",
    )
}

fn window(local: &str) -> Refusal {
    Refusal::Window { until: Some(at(&local.replace(' ', "T"))), local: local.to_owned() }
}

#[test]
fn an_act_is_possible_within_its_window_of_the_stage() {
    let definition = order();
    assert_eq!(definition.faults(), []);
    let mut case = Running::start(&definition, "2026-06-01T15:00");
    case.wait("2026-06-02T09:30");
    case.clone().does("h/handler", "return", "");
    case.wait("2026-06-02T09:31");
    assert_eq!(case.offered("h/handler"), ["-return", "sign", "-question", "-pause"]);
    let refusal = case.refused("h/handler", "return", "");
    assert_eq!((refusal.code(), &refusal), ("window", &window("2026-06-02 09:30")));
    assert_eq!(refusal.because().en, "it was possible until 2026-06-02 09:30");
    // Entered again, the stage has its window anew.
    let mut again = Running::start(&definition, "2026-06-01T15:00");
    again.does("h/handler", "return", "");
    again.wait("2026-06-03T10:00");
    again.does("ann/clerk", "send", "");
    again.wait("2026-06-03T16:00");
    again.does("h/handler", "return", "");
}

#[test]
fn the_window_of_a_parent_goes_on_within_and_that_of_the_case_everywhere() {
    let definition = order();
    let mut case = Running::start(&definition, "2026-06-01T09:00");
    case.does("h/handler", "sign", "");
    case.wait("2026-06-01T15:30");
    case.does("h/handler", "check", "");
    case.clone().does("h/handler", "object", "");
    case.wait("2026-06-01T15:31");
    assert_eq!(case.refused("h/handler", "object", ""), window("2026-06-01 15:30"));
    case.wait("2026-06-04T18:00");
    case.does("ann/clerk", "question", "");
    case.wait("2026-06-04T18:01");
    assert_eq!(case.refused("ann/clerk", "question", ""), window("2026-06-04 18:00"));
    // A record of the first form does not say when it began.
    (case.record.began, case.record.entered) = (None, std::collections::BTreeMap::new());
    let unknown = Refusal::Window { until: None, local: String::new() };
    assert_eq!(case.refused("ann/clerk", "question", ""), unknown);
    assert_eq!(Since::parse("case"), Some(Since::Case));
}

#[test]
fn clocks_are_paused_together_as_far_as_they_run() {
    let definition = order();
    let reasons = |act: &str| {
        let reasons = definition.reasons(definition.action(&name(act)).unwrap());
        reasons.into_iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>()
    };
    assert_eq!((reasons("pause"), reasons("hold")), (vec!["hearing"], vec!["weather", "hearing"]));
    let mut case = Running::start(&definition, "2026-06-01T09:00");
    case.does("ann/clerk", "pause", "reason=hearing");
    assert!(case.clock("answer").paused().is_some(), "the promise does not run yet");
    assert!(matches!(case.refused("ann/clerk", "pause", "reason=hearing"), Refusal::Clock(_)));
    case.does("ann/clerk", "resume", "").does("h/handler", "sign", "");
    assert_eq!(case.refused("ann/clerk", "pause", "reason=caller"), Refusal::Reason);
    case.does("ann/clerk", "hold", "reason=weather").does("ann/clerk", "pause", "reason=hearing");
    let paused = |case: &Running<'_>, clock: &str| case.clock(clock).paused().map(|p| p.reason.to_string());
    assert_eq!(paused(&case, "promise").as_deref(), Some("weather"), "what stands already stands on");
    assert_eq!(paused(&case, "answer").as_deref(), Some("hearing"));
    case.does("ann/clerk", "resume", "");
    assert_eq!((paused(&case, "promise"), paused(&case, "answer")), (None, None));
    let mut spoilt = order();
    spoilt.clock[1].rule.pauses.pop();
    let found = spoilt.faults();
    assert!(
        found.iter().any(|f| f.place == "action.pause.pauses" && f.what.contains("in common")),
        "{found:?}"
    );
}

#[test]
fn a_budget_rests_on_its_own_law_while_it_holds() {
    let definition = order();
    let mut case = Running::start(&definition, "2026-06-01T09:00");
    let basis = |case: &Running<'_>| {
        let rule = &case.definition.clock(&name("answer")).unwrap().rule;
        let derivation = Clock { rule, times: times() }.due(case.clock("answer")).derivation;
        (derivation.budget, derivation.basis)
    };
    assert_eq!(basis(&case), (5, "rule 1".to_owned()));
    case.world.values.insert("large".to_owned(), true.into());
    assert!(case.review());
    assert_eq!(basis(&case), (9, "rule 2".to_owned()));
    assert_eq!(case.last.notices[0].what, ClockEvent::Budget { from: 5, to: 9 });
    // Another law for the same number is no notice: nobody's time has changed.
    case.world.values.extend([("large".to_owned(), false.into()), ("area".to_owned(), 6.into())]);
    assert!(case.review());
    assert_eq!((basis(&case), case.last.notices.len()), ((9, "rule 1".to_owned()), 0));
    case.world.values.insert("area".to_owned(), 1.into());
    assert!(case.review());
    assert_eq!(basis(&case), (5, "rule 1".to_owned()));
}
