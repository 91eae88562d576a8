//! The record of one case's clock, as the log keeps it. What may be done to it is `clock`.

use jiff::civil::Date;
use model::{Instant, Name, Urn, Value, Zone, map};

/// Most pauses of one clock. Who needs more has another problem.
pub const PAUSES_MAX: usize = 500;

/// A stretch in which a clock stood still.
#[derive(Clone, Debug, PartialEq)]
pub struct Pause {
    /// When it began.
    pub from: Instant,
    /// When it ended; `None` while it lasts.
    pub to: Option<Instant>,
    /// The reason's code.
    pub reason: Name,
    /// Who paused it.
    pub by: Urn,
    /// What was said about it.
    pub note: String,
}

/// Where a clock stands: what it has consumed, since when it runs, and the ledger of its pauses. The due instant is no
/// part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClockRecord {
    /// What was counted up to [`Self::settled`]: microseconds of counted time for units of hours, whole counted days
    /// for units of days and months. Both are exact; while the clock runs, what it has consumed since comes on top.
    pub consumed: i64,
    /// When it was started.
    pub started: Instant,
    /// From when on it runs beyond `consumed`; `None` while paused and after the stop.
    pub running_since: Option<Instant>,
    /// When it was stopped for good.
    pub stopped: Option<Instant>,
    /// Its pauses, in order.
    pub pauses: Vec<Pause>,
    /// The rungs of the ladder that were taken.
    pub rungs_taken: Vec<Name>,
    /// Units granted on top of the budget.
    pub extended: u32,
    /// The budget in force, where a condition made it another than the rule's.
    pub budget: Option<u32>,
    /// The law or local rule that sets this budget, where that is another than the rule's.
    pub basis: Option<String>,
}

impl ClockRecord {
    /// The clock as it starts.
    pub fn start(at: Instant) -> Self {
        Self {
            consumed: 0,
            started: at,
            running_since: Some(at),
            stopped: None,
            pauses: Vec::new(),
            rungs_taken: Vec::new(),
            extended: 0,
            budget: None,
            basis: None,
        }
    }

    /// The pause that lasts, if there is one.
    pub fn paused(&self) -> Option<&Pause> {
        self.pauses.last().filter(|pause| pause.to.is_none())
    }

    /// Up to when `consumed` has counted: since when it runs, or when it was paused or stopped.
    pub fn settled(&self) -> Instant {
        let paused = || self.paused().map(|pause| pause.from);
        self.running_since.or_else(paused).or(self.stopped).unwrap_or(self.started)
    }

    /// Marks a rung as taken. Taking it again changes nothing.
    pub fn take(&mut self, rung: &Name) {
        if !self.rungs_taken.contains(rung) {
            self.rungs_taken.push(rung.clone());
        }
    }

    /// The first day, by the zone's calendar.
    pub(crate) fn first_day(&self, zone: &Zone) -> Date {
        zone.date(self.started)
    }

    /// The stretches in which the clock ran up to [`Self::settled`], in order.
    pub(crate) fn ran(&self) -> Vec<(Instant, Instant)> {
        let mut stretches = Vec::with_capacity(self.pauses.len() + 1);
        let mut from = Some(self.started);
        for pause in &self.pauses {
            stretches.extend(from.map(|from| (from, pause.from)));
            from = pause.to;
        }
        stretches.extend(from.map(|from| (from, self.settled())));
        stretches
    }

    /// As one value, for the case's record.
    pub fn to_value(&self) -> Value {
        let list = |names: &[Name]| Value::List(names.iter().map(|name| name.as_str().into()).collect());
        map([
            ("consumed", self.consumed.into()),
            ("started", self.started.into()),
            ("runningSince", self.running_since.into()),
            ("stopped", self.stopped.into()),
            ("pauses", Value::List(self.pauses.iter().map(Pause::to_value).collect())),
            ("rungsTaken", list(&self.rungs_taken)),
            ("extended", i64::from(self.extended).into()),
            ("budget", self.budget.map(i64::from).into()),
            ("basis", self.basis.clone().into()),
        ])
    }

    /// Back from the case's record; nothing if it is no clock, or one whose times contradict each other.
    pub fn from_value(value: &Value) -> Option<Self> {
        let record = Self {
            consumed: value.get("consumed")?.as_int()?,
            started: value.get("started")?.as_instant()?,
            running_since: instant(value, "runningSince")?,
            stopped: instant(value, "stopped")?,
            pauses: value.get("pauses")?.as_list().iter().map(Pause::from_value).collect::<Option<_>>()?,
            rungs_taken: value.get("rungsTaken")?.as_list().iter().map(name).collect::<Option<_>>()?,
            extended: u32::try_from(value.get("extended")?.as_int()?).ok()?,
            budget: match value.get("budget") {
                None => None,
                Some(budget) => Some(u32::try_from(budget.as_int()?).ok()?),
            },
            basis: match value.get("basis") {
                None => None,
                Some(basis) => Some(basis.as_text()?.to_owned()),
            },
        };
        record.is_sound().then_some(record)
    }

    /// Whether its times follow each other, and it is exactly one of running, paused and stopped.
    fn is_sound(&self) -> bool {
        let mut at = self.started;
        for (index, pause) in self.pauses.iter().enumerate() {
            let last = index + 1 == self.pauses.len();
            if pause.from < at || pause.to.is_none() && !last || pause.to.is_some_and(|to| to < pause.from) {
                return false;
            }
            at = pause.to.unwrap_or(pause.from);
        }
        let one = [self.running_since.is_some(), self.paused().is_some(), self.stopped.is_some()];
        let end = self.running_since.or(self.stopped).unwrap_or(at);
        self.pauses.len() <= PAUSES_MAX
            && self.consumed >= 0
            && end >= at
            && one.into_iter().filter(|state| *state).count() == 1
    }
}

impl Pause {
    fn to_value(&self) -> Value {
        map([
            ("from", self.from.into()),
            ("to", self.to.into()),
            ("reason", self.reason.as_str().into()),
            ("by", self.by.clone().into()),
            ("note", self.note.as_str().into()),
        ])
    }

    fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            from: value.get("from")?.as_instant()?,
            to: instant(value, "to")?,
            reason: name(value.get("reason")?)?,
            by: value.get("by")?.as_ref()?.clone(),
            note: value.get("note")?.as_text()?.to_owned(),
        })
    }
}

/// An instant that may be absent; the outer nothing means that something else stands there.
fn instant(value: &Value, key: &str) -> Option<Option<Instant>> {
    match value.get(key) {
        None => Some(None),
        Some(value) => value.as_instant().map(Some),
    }
}

fn name(value: &Value) -> Option<Name> {
    Name::new(value.as_text()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, name, officer};

    fn pause(from: &str, to: Option<&str>) -> Pause {
        Pause {
            from: at(from),
            to: to.map(at),
            reason: name("hearing"),
            by: officer(),
            note: "听证".to_owned(),
        }
    }

    fn paused() -> ClockRecord {
        ClockRecord {
            consumed: 3,
            running_since: None,
            pauses: vec![
                pause("2026-10-12T09:00", Some("2026-10-13T09:00")),
                pause("2026-10-14T09:00", None),
            ],
            rungs_taken: vec![name("left-1d")],
            extended: 10,
            budget: Some(7),
            basis: Some("local-rule:3".to_owned()),
            ..ClockRecord::start(at("2026-10-09T10:00"))
        }
    }

    #[test]
    fn a_record_goes_into_the_log_and_back() {
        let running = ClockRecord::start(at("2026-10-09T10:00"));
        let stopped =
            ClockRecord { running_since: None, stopped: Some(at("2026-10-09T11:00")), ..running.clone() };
        for record in [running, paused(), stopped] {
            assert_eq!(ClockRecord::from_value(&record.to_value()), Some(record));
        }
    }

    #[test]
    fn the_stretches_lie_between_the_pauses() {
        let expected = [("2026-10-09T10:00", "2026-10-12T09:00"), ("2026-10-13T09:00", "2026-10-14T09:00")];
        assert_eq!(paused().ran(), expected.map(|(from, to)| (at(from), at(to))));
        assert_eq!(paused().settled(), at("2026-10-14T09:00"));
    }

    #[test]
    fn records_that_contradict_themselves_are_refused() {
        let sound = paused();
        for (fault, record) in [
            (
                "runs and is paused",
                ClockRecord { running_since: Some(at("2026-10-15T09:00")), ..sound.clone() },
            ),
            ("neither runs nor is paused nor stopped", ClockRecord { pauses: vec![], ..sound.clone() }),
            ("paused before it started", ClockRecord { started: at("2026-10-13T09:00"), ..sound.clone() }),
            (
                "an earlier pause lasts",
                ClockRecord {
                    pauses: vec![pause("2026-10-12T09:00", None), pause("2026-10-13T09:00", None)],
                    ..sound.clone()
                },
            ),
            ("less than nothing consumed", ClockRecord { consumed: -1, ..sound.clone() }),
            (
                "too many pauses",
                ClockRecord {
                    pauses: vec![pause("2026-10-12T09:00", Some("2026-10-12T09:00")); PAUSES_MAX + 1],
                    running_since: Some(at("2026-10-12T09:00")),
                    ..sound.clone()
                },
            ),
        ] {
            assert_eq!(ClockRecord::from_value(&record.to_value()), None, "{fault}");
        }
        assert_eq!(ClockRecord::from_value(&Value::Null), None);
    }
}
