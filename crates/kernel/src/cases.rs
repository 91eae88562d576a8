//! Cases: moved by people, rung by clocks (opened by rules: `found.rs`). The process decides; this file loads, commits
//! and projects.

use crate::tick::timer_id;
use crate::{Actor, Kernel, Refusal, Scope, name, system, title};
use model::{Attribute, Change, Entity, Instant, Item, Name, Text, Urn, Value, map};
use process::{
    Act, Clock, Decision, Definition, Due, Offer, Record, Refusal as ProcessRefusal, decide, offers, ring,
    timers,
};
use proof::CommandId;
use std::sync::Arc;
use store::{Commit, Delivery, Done, Expect, Housekeeping, Key, Listing, Outcome, Reading, Timer, TimerRow};

/// How often a lost race is decided again before the person is told.
pub(crate) const ATTEMPTS_MAX: u32 = 5;
/// Entries of a case's trail that a page shows.
const TRAIL_MAX: u32 = 500;
/// Longest opinion in characters.
pub const OPINION_CHARS_MAX: usize = 4000;
/// The place in lists of what has no due time.
const NEVER: i64 = i64::MAX;

/// What a person sends with an act.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// The id made with the page: pressed ten times, it is one command.
    pub command: CommandId,
    /// The case's version that the person saw.
    pub seen: Option<u64>,
    /// Which act.
    pub act: Name,
    /// In words.
    pub opinion: String,
    /// By its code.
    pub reason: Option<Name>,
    /// What was measured.
    pub measurement: Option<f64>,
}

/// A case as a person may see it.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// Its entity.
    pub entity: Entity,
    /// Its record.
    pub record: Record,
    /// The definition that it runs on.
    pub definition: Arc<Definition>,
    /// The entry of the log that opened it: its number.
    pub opened: u64,
    /// The title of what it is about.
    pub about: Text,
    /// Where it stands.
    pub scope: Scope,
    /// Clocks that were started: id, what is left (in the unit's own measure), due and its derivation.
    pub clocks: Vec<(Name, i64, Due)>,
    /// Roles of the reader for this case.
    pub roles: Vec<Name>,
}

/// One entry of a case's trail.
#[derive(Clone, Debug)]
pub struct TrailEntry {
    /// Its place in the log.
    pub sequence: u64,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: Urn,
    /// What others call them.
    pub actor_title: Text,
    /// What was done.
    pub act: Name,
    /// What was said with it.
    pub note: Value,
}

/// What to write where a reason is missing.
pub(crate) fn say_why() -> Text {
    Text { zh: "请写明理由".to_owned(), en: "Say why".to_owned() }
}

impl Kernel {
    /// A case for a reader.
    pub fn case(&self, urn: &Urn, reader: &Actor) -> Result<CaseView, Refusal> {
        let view = self.store.read()?;
        self.case_in(&*view, urn, Some(reader))
    }

    pub(crate) fn case_in(
        &self,
        view: &dyn Reading,
        urn: &Urn,
        reader: Option<&Actor>,
    ) -> Result<CaseView, Refusal> {
        let not_found = || Refusal::NotFound(urn.to_string());
        let entity = view.entity(urn)?.ok_or_else(not_found)?;
        let record = Record::from_value(&entity.record).ok_or_else(not_found)?;
        let definition = self.loaded.process(&record.process, &self.blobs)?;
        let scope = Self::scope(&entity).ok_or_else(not_found)?;
        let now = self.now();
        let roles = reader.map(|r| r.roles_for(&scope, &self.date(now))).unwrap_or_default();
        if let Some(reader) = reader
            && roles.is_empty()
            && !reader.holds("auditor", &self.date(now))
        {
            // Whether the case exists is not for everybody to know.
            return Err(not_found());
        }
        let about = view.entity(&scope.about)?.map_or_else(|| title(&entity), |about| title(&about));
        let opened = view.history(urn, 0, 1)?.first().copied().unwrap_or(entity.version);
        let clocks = self.clocks(&definition, &record, now);
        Ok(CaseView { entity, record, definition, opened, about, scope, clocks, roles })
    }

    fn clocks(&self, definition: &Definition, record: &Record, now: Instant) -> Vec<(Name, i64, Due)> {
        let times = self.loaded.times();
        let live = definition.clock.iter().filter_map(|clock| {
            let held = record.clocks.get(&clock.rule.id)?;
            let live = Clock { rule: &clock.rule, times: &times };
            Some((clock.rule.id.clone(), live.left_at(held, now), live.due(held)))
        });
        live.collect()
    }

    /// What this person may do with a case now, and what others may.
    pub fn offers<'a>(&self, case: &'a CaseView, actor: &Urn) -> Vec<Offer<'a>> {
        offers(&case.definition, &case.record, actor, &case.roles)
    }

    /// What happened to a case, oldest first.
    pub fn trail(&self, case: &Urn) -> Result<Vec<TrailEntry>, Refusal> {
        let view = self.store.read()?;
        let mut trail = Vec::new();
        for sequence in view.history_latest(case, TRAIL_MAX)? {
            let Some(entry) = view.entry(sequence)? else { continue };
            let items = entry.decoded().unwrap_or_default();
            let note = items.into_iter().find_map(|item| match item {
                Item::Change(change) if change.entity == *case => Some(change.note),
                _ => None,
            });
            let actor = view.entity(&entry.leaf.actor)?;
            let platform = Text { zh: "平台".to_owned(), en: "Platform".to_owned() };
            trail.push(TrailEntry {
                sequence,
                at: entry.leaf.committed,
                actor_title: actor.as_ref().map_or(platform, title),
                actor: entry.leaf.actor,
                act: name(&entry.leaf.act)?,
                note: note.unwrap_or(Value::Null),
            });
        }
        Ok(trail)
    }

    /// A person acts on a case. Decided again after a lost race; told who was first if the act is then overtaken.
    pub fn act(&self, actor: &Actor, case: &Urn, submission: &Submission) -> Result<Done, Refusal> {
        if submission.opinion.chars().count() > OPINION_CHARS_MAX {
            let what = Text {
                zh: format!("最多 {OPINION_CHARS_MAX} 字"),
                en: format!("At most {OPINION_CHARS_MAX} characters"),
            };
            return Err(Refusal::Field { field: "opinion", what });
        }
        for _ in 0..ATTEMPTS_MAX {
            let view = self.store.read()?;
            if let Some(done) = self.first_receipt(&*view, &submission.command)? {
                return self.same_command(&*view, &done, actor, case, submission).map(|()| done);
            }
            let held = self.case_in(&*view, case, Some(actor))?;
            self.not_overtaken(&*view, &held, submission.seen)?;
            let act = Act {
                id: submission.act.clone(),
                actor: actor.urn.clone(),
                roles: held.roles.clone(),
                at: self.decision_time(&*view)?,
                opinion: submission.opinion.trim().to_owned(),
                reason: submission.reason.clone(),
                measurement: submission.measurement,
            };
            let decision = decide(&held.definition, &held.record, &act, &self.loaded.times())?;
            let note = map([
                ("from", held.record.stage.as_str().into()),
                ("to", decision.record.stage.as_str().into()),
                ("opinion", Some(act.opinion.as_str()).filter(|o| !o.is_empty()).into()),
                ("reason", act.reason.as_ref().map(Name::as_str).into()),
                ("measurement", act.measurement.map_or(Value::Null, Value::number)),
            ]);
            drop(view);
            let mut commit = Commit::new(
                submission.command,
                actor.urn.clone(),
                submission.act.clone(),
                held.definition.id.as_str(),
            );
            self.write(&mut commit, &held.definition, &held.entity, &decision, note)?;
            if let Some(done) = self.landed(commit)? {
                self.counters.add("act", if done.repeated { "repeated" } else { "done" });
                return Ok(done);
            }
        }
        Err(Refusal::Store(store::StoreError::Busy))
    }

    /// A known command id is answered only to whoever sent it, for what was sent with it.
    fn same_command(
        &self,
        view: &dyn Reading,
        done: &Done,
        actor: &Actor,
        case: &Urn,
        submission: &Submission,
    ) -> Result<(), Refusal> {
        let entry = view.entry(done.sequence)?.ok_or_else(|| Refusal::NotFound(done.sequence.to_string()))?;
        let about = view.history(case, done.sequence, 1)?.first() == Some(&done.sequence);
        if about && entry.leaf.actor == actor.urn && entry.leaf.act == submission.act.as_str() {
            return Ok(());
        }
        let what = Text::new(
            "这份表单已用于别的办理，请重新打开页面",
            "This form was used for something else: open the page again",
        );
        Err(Refusal::Field { field: "command", what })
    }

    pub(crate) fn first_receipt(
        &self,
        view: &dyn Reading,
        command: &CommandId,
    ) -> Result<Option<Done>, Refusal> {
        let Some(sequence) = view.command(command)? else { return Ok(None) };
        let committed = view.entry(sequence)?.map(|entry| entry.leaf.committed).unwrap_or_default();
        self.counters.add("act", "repeated");
        Ok(Some(Done { sequence, committed, repeated: true }))
    }

    /// Whether a person acted on the case after this one saw it. What the platform did meanwhile is no reason to refuse.
    fn not_overtaken(&self, view: &dyn Reading, case: &CaseView, seen: Option<u64>) -> Result<(), Refusal> {
        let Some(seen) = seen.filter(|seen| *seen != case.entity.version) else { return Ok(()) };
        let platform = system()?;
        for sequence in view.history(&case.entity.urn, seen + 1, TRAIL_MAX)? {
            if let Some(entry) = view.entry(sequence)?.filter(|entry| entry.leaf.actor != platform) {
                self.counters.add("act", "overtaken");
                return Err(Refusal::Overtaken {
                    act: name(&entry.leaf.act)?,
                    at: entry.leaf.committed,
                    by: entry.leaf.actor,
                    sequence,
                });
            }
        }
        Ok(())
    }

    /// Commits, or says that a race was lost.
    pub(crate) fn landed(&self, commit: Commit) -> Result<Option<Done>, Refusal> {
        match crate::wait(self.store.submit(commit)?)? {
            Outcome::Done(done) => Ok(Some(done)),
            Outcome::Conflict(_) => {
                self.counters.add("act", "decided-again");
                Ok(None)
            }
        }
    }

    /// A clock's timer rang. Returns whether anything followed.
    pub(crate) fn case_ring(&self, command: CommandId, timer: &TimerRow, tick: u64) -> Result<bool, Refusal> {
        for _ in 0..ATTEMPTS_MAX {
            let view = self.store.read()?;
            let held = self.case_in(&*view, &timer.entity, None)?;
            let at = view.log_time()?.unwrap_or_default();
            drop(view);
            let times = self.loaded.times();
            let rung = ring(&held.definition, &held.record, &timer.what, at, &times);
            let Some(decision) = rung else {
                // Answered meanwhile: the timer goes, nobody is told, nothing has happened.
                crate::wait(self.store.keep(Housekeeping::Cancel(timer.id.clone()))?)?;
                return Ok(false);
            };
            let mut commit = Commit::new(command, system()?, name("ring")?, held.definition.id.as_str());
            commit.cause = Some(tick);
            let told = decision.told.iter().map(|told| {
                map([
                    ("role", told.role.as_str().into()),
                    ("rung", told.rung.as_str().into()),
                    ("clock", told.clock.as_str().into()),
                    ("raised", told.raised.into()),
                ])
            });
            let note = map([("told", Value::List(told.collect()))]);
            self.write(&mut commit, &held.definition, &held.entity, &decision, note)?;
            for told in &decision.told {
                let body = serde_json::json!({
                    "case": held.entity.urn.as_str(),
                    "role": told.role.as_str(),
                    "clock": told.clock.as_str(),
                    "rung": told.rung.as_str(),
                    "raised": told.raised,
                });
                let receiver = format!("role/{}", told.role);
                commit.deliveries.push(Delivery { receiver, body: body.to_string() });
            }
            if self.landed(commit)?.is_some() {
                return Ok(true);
            }
        }
        Err(Refusal::Store(store::StoreError::Busy))
    }

    fn timer(&self, case: &Urn, clock: &Name, due: Option<Instant>) -> Timer {
        Timer { id: timer_id(case, clock), due, entity: case.clone(), what: clock.clone() }
    }

    /// Everything that follows from a decision: the case's change, its places in lists, its timers, its key.
    pub(crate) fn write(
        &self,
        commit: &mut Commit,
        definition: &Definition,
        before: &Entity,
        decision: &Decision,
        note: Value,
    ) -> Result<(), Refusal> {
        let record = &decision.record;
        let times = self.loaded.times();
        let due = definition.clock.iter().find_map(|clock| {
            let held = record.clocks.get(&clock.rule.id).filter(|held| held.stopped.is_none())?;
            Clock { rule: &clock.rule, times: &times }.due(held).at
        });
        commit.expect.push(Expect::EntityAt(before.urn.clone(), Some(before.version)));
        commit.changes.push(Change {
            entity: before.urn.clone(),
            kind: before.kind.clone(),
            verb: commit.act.clone(),
            set: [
                (name("stage")?, Attribute::plain(record.stage.as_str())),
                (name("dueAt")?, Attribute::plain(due)),
            ]
            .into(),
            note,
            record: Some(record.to_value()),
        });
        for (clock, due) in timers(definition, record, &times) {
            commit.timers.push(self.timer(&before.urn, &clock, due));
        }
        let ended = definition.stage(&record.stage).is_some_and(|stage| stage.r#final);
        if ended {
            let key = before.text("key").to_owned();
            commit.keys.push(Key { space: name("open-case")?, key, entity: None });
        }
        let scope = Self::scope(before).ok_or_else(|| Refusal::NotFound(before.urn.to_string()))?;
        let rows = self.places(definition, record, &scope, due, ended);
        commit.listings.push(Listing { entity: before.urn.clone(), rows });
        Ok(())
    }

    /// The lists in which a case stands: those of the roles that can act, of everybody who may see it, of its source.
    fn places(
        &self,
        definition: &Definition,
        record: &Record,
        scope: &Scope,
        due: Option<Instant>,
        ended: bool,
    ) -> Vec<(String, i64)> {
        let latest_first = -self.now().micros();
        let sort = due.map_or(NEVER, Instant::micros);
        let mut rows = vec![(format!("about/{}", scope.about), latest_first)];
        for place in scope.places() {
            if ended {
                rows.push((format!("closed/{place}"), latest_first));
                continue;
            }
            rows.push((format!("open/{place}"), sort));
            let awaited = definition.awaits(&record.stage);
            for role in awaited.into_iter().chain(&record.raised) {
                rows.push((format!("inbox/{role}/{place}"), sort));
            }
        }
        rows
    }
}

/// In words, who must be told why a process refused: used by pages.
impl CaseView {
    /// Whether the case has ended.
    pub fn ended(&self) -> bool {
        self.definition.stage(&self.record.stage).is_some_and(|stage| stage.r#final)
    }

    /// The act's own refusal for a reader, if the act exists in this stage.
    pub fn refusal(&self, act: &Name, actor: &Urn) -> Option<ProcessRefusal> {
        offers(&self.definition, &self.record, actor, &self.roles)
            .into_iter()
            .find(|offer| offer.action.id == *act)
            .and_then(|offer| offer.refused)
    }
}
