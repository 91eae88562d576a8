//! What expressions see of a case's clocks, by `clocks.<id>.<word>`, and which clocks automatic acts wait for.
//!
//! A clock of a task has an instance for each of its holders: the words then speak of those that have not stopped. Of a
//! clock that was never started nothing is known.

use crate::{Clock, ClockRecord, Definition, Record, StageClock, Times};
use lang::Kind;
use model::{Instant, Name, Value};
use std::collections::BTreeSet;

/// What can be asked of a clock.
pub(crate) const WORDS: [&str; 4] = ["over", "left", "paused", "extended"];

/// What a word tells.
pub(crate) fn kind(word: &str) -> Option<Kind> {
    match word {
        // Whether the budget is used up; whether it stands still; whether more time was granted.
        "over" | "paused" | "extended" => Some(Kind::Bool),
        // How many days or hours are left, as the clock counts; less than none when it is over.
        "left" => Some(Kind::Number(None)),
        _ => None,
    }
}

/// What people call it: behind the clock's title in Chinese, before it in English.
pub(crate) fn title(word: &str) -> Option<(&'static str, &'static str)> {
    match word {
        "over" => Some(("届满", "the end of")),
        "left" => Some(("余下的天数或者小时数", "the days or hours left of")),
        "paused" => Some(("中止", "the standing still of")),
        "extended" => Some(("延长", "the extension of")),
        _ => None,
    }
}

/// What a word tells of a clock at a moment.
pub(crate) fn value(
    (definition, record): (&Definition, &Record),
    (clock, word): (&Name, &str),
    at: Instant,
    times: &Times<'_>,
) -> Value {
    let all = || record.clocks_of(definition).filter(|(_, is, _)| is.rule.id == *clock);
    let live: Vec<_> = all().filter(|(_, _, held)| held.stopped.is_none()).collect();
    let asked = if live.is_empty() { all().collect() } else { live };
    let left = |(_, clock, held): &(&Name, &StageClock, &ClockRecord)| {
        Clock { rule: &clock.rule, times }.left_at(held, at)
    };
    let Some(least) = asked.iter().map(left).min() else { return Value::Null };
    match word {
        "over" => (least <= 0).into(),
        "left" => {
            let hours = asked.first().is_some_and(|(_, clock, _)| clock.rule.unit.is_hours());
            if hours { Value::number(in_hours(least)) } else { least.into() }
        }
        "paused" => asked.iter().any(|(_, _, held)| held.paused().is_some()).into(),
        "extended" => asked.iter().any(|(_, _, held)| held.extended > 0).into(),
        _ => Value::Null,
    }
}

#[expect(clippy::cast_precision_loss, reason = "twenty years in microseconds stay below 2^53")]
fn in_hours(micros: i64) -> f64 {
    micros as f64 / 3_600_000_000.0
}

impl Definition {
    /// The clocks at whose end some automatic act is to be judged again: those whose `over` its guard names.
    pub(crate) fn awaited_clocks(&self) -> BTreeSet<Name> {
        let guards = self.action.iter().filter(|act| act.auto).filter_map(|act| act.guard.as_ref());
        let named = guards.flat_map(lang::Expression::paths).filter_map(|path| match &path[..] {
            [first, clock, word] if *first == "clocks" && *word == "over" => Some(clock.clone()),
            _ => None,
        });
        named.collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::samples::{Running, at, name, process, times};
    use crate::{Refusal, timers};
    use model::Value;

    /// Silence for five working days means accepted; no rung of the ladder stands at the end.
    const SILENT: &str = "id = 'silent'\ncase = 'Permit'\nstart = 'received'
        stage = [{ id = 'received' }, { id = 'review' }, { id = 'done', final = true }]
        clock = [
          { id = 'check', unit = 'working-day', budget = 5, runs = ['received'], basis = 'x',
            ladder = [{ left = '1d', notify = 'clerk' }], pauses = [{ code = 'hearing', basis = 'x' }] },
          { id = 'quick', unit = 'working-hour', budget = 4, runs = ['received', 'review'], basis = 'x' },
        ]
        action = [
          { id = 'accept', from = 'received', to = 'review', by = 'clerk', guard = '= not clocks.check.over', because = 'too late' },
          { id = 'hurry', from = 'received', by = 'clerk', guard = '= clocks.check.left <= 2 and clocks.quick.left < 2.5', because = 'there is time' },
          { id = 'pause', from = 'received', by = 'clerk', pauses = 'check' },
          { id = 'resume', from = 'received', by = 'clerk', resumes = 'check' },
          { id = 'extend', from = 'received', by = 'chief', does = 'extend', extends = { clock = 'check', units = 2, times = 2 } },
          { id = 'praise', from = 'review', to = 'done', by = 'clerk', guard = '= not clocks.check.over and not clocks.check.extended', because = 'late' },
          { id = 'take', from = 'received', to = 'review', auto = true, guard = '= clocks.check.over and not clocks.check.paused', because = 'not yet' },
        ]";

    #[test]
    fn silence_is_acceptance_at_the_moment_the_clock_is_over() {
        let definition = process(SILENT);
        assert_eq!(definition.faults(), []);
        let mut case = Running::start(&definition, "2026-06-01T09:00");
        assert_eq!(case.due("check"), "2026-06-08T18:00");
        assert_eq!(case.wait("2026-06-08T17:59"), ["clerk:left-1d"]);
        assert_eq!(case.at(), "received");
        case.clone().does("ann/clerk", "accept", "");
        assert_eq!(case.wait("2026-06-08T18:00"), Vec::<String>::new());
        assert_eq!((case.at(), case.last.taken.clone()), ("review".to_owned(), vec![name("take")]));
        assert_eq!(case.clock("check").stopped, Some(at("2026-06-08T18:00")));
        // It was late, and that stays so after it stopped.
        let late = case.refused("ann/clerk", "praise", "");
        assert!(matches!(late, Refusal::Guard { .. }), "{late:?}");
    }

    #[test]
    fn what_is_left_is_told_as_the_clock_counts() {
        let definition = process(SILENT);
        let mut case = Running::start(&definition, "2026-06-01T15:00");
        let seen = |case: &Running<'_>, clock: &str, word: &str| {
            let record = (case.definition, &case.record);
            super::value(record, (&name(clock), word), case.now, times())
        };
        assert_eq!(
            (seen(&case, "check", "left"), seen(&case, "quick", "left")),
            (5.into(), Value::number(4.0))
        );
        case.refused("ann/clerk", "hurry", "");
        case.wait("2026-06-04T18:00");
        assert_eq!((seen(&case, "check", "left"), seen(&case, "check", "over")), (2.into(), false.into()));
        assert_eq!(
            (seen(&case, "quick", "over"), seen(&case, "nothing", "left")),
            (true.into(), Value::Null)
        );
        case.does("ann/clerk", "hurry", "");
    }

    #[test]
    fn a_clock_that_stands_is_waited_for_again() {
        let definition = process(SILENT);
        let mut case = Running::start(&definition, "2026-06-01T09:00");
        case.does("ann/clerk", "pause", "reason=hearing");
        assert!(timers(&definition, &case.record, case.now, times()).iter().all(|(_, at)| at.is_none()));
        case.wait("2026-06-03T10:00");
        case.does("ann/clerk", "resume", "").does("bo/chief", "extend", "");
        assert_eq!(case.due("check"), "2026-06-11T18:00");
        case.wait("2026-06-11T17:00");
        assert_eq!(case.at(), "received");
        case.wait("2026-06-11T18:00");
        assert_eq!(case.at(), "review");
        // What rang and brought nothing is not asked for again.
        assert!(timers(&definition, &case.record, case.now, times()).iter().all(|(_, at)| at.is_none()));
    }

    #[test]
    fn an_end_that_brings_nothing_rings_once() {
        let text = SILENT.replace("'= clocks.check.over and", "'= clocks.check.over and area > 5 and");
        let definition = process(&text);
        let mut case = Running::start(&definition, "2026-06-01T09:00");
        case.wait("2026-06-30T09:00");
        assert_eq!(case.at(), "received");
        assert!(timers(&definition, &case.record, case.now, times()).iter().all(|(_, at)| at.is_none()));
        case.world.values.insert("area".to_owned(), 6.into());
        assert!(case.review());
        assert_eq!(case.at(), "review");
    }
}
