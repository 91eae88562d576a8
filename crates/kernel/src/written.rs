//! What a decision writes: the case's change, its places in lists, its timers, its key, what leaves the house, and what
//! is to be opened because of it (which the dispatcher does when it reads the entry).

use crate::act::{ATTEMPTS_MAX, names, stages};
use crate::lists::EVERYWHERE;
use crate::tick::timer_id;
use crate::world::CaseWorld;
use crate::{Kernel, Refusal, Scope, name, system};
use model::{Attribute, Change, Entity, Instant, Name, Urn, Value, map};
use process::{Decision, Definition, Facts, Opening, Record, Sending, Told, first_due, ring, timers};
use proof::CommandId;
use serde_json::json;
use store::{Commit, Delivery, Expect, Housekeeping, Key, Listing, Reading, Timer, TimerRow};

/// The place in lists of what has no due time.
const NEVER: i64 = i64::MAX;

impl Kernel {
    /// A clock's timer rang. Returns whether anything followed.
    pub(crate) fn case_ring(&self, command: CommandId, timer: &TimerRow, tick: u64) -> Result<bool, Refusal> {
        for _ in 0..ATTEMPTS_MAX {
            let view = self.store.read()?;
            let held = self.case_in(&*view, &timer.entity, None)?;
            let at = view.log_time()?.unwrap_or_default();
            let loaded = self.loaded();
            let times = loaded.times();
            let rung = {
                let world = CaseWorld::new(&loaded, &*view, &held.entity, at);
                ring(&held.definition, &held.record, &timer.what, at, &Facts { world: &world, times: &times })
            };
            let Some(decision) = rung else {
                // Answered meanwhile: the timer goes, nobody is told, nothing has happened.
                crate::wait(self.store.keep(Housekeeping::Cancel(timer.id.clone()))?)?;
                return Ok(false);
            };
            let mut commit = Commit::new(command, system()?, name("ring")?, held.definition.id.as_str());
            commit.cause = Some(tick);
            self.note_findings(&decision);
            let note = taken(&held.record, &decision);
            self.write(&mut commit, &*view, &held.definition, &held.entity, &decision, note)?;
            drop(view);
            if self.landed(commit)?.is_some() {
                return Ok(true);
            }
        }
        Err(Refusal::Store(store::StoreError::Busy))
    }

    fn timer(&self, case: &Urn, clock: &Name, due: Option<Instant>) -> Timer {
        Timer { id: timer_id(case, clock), due, entity: case.clone(), what: clock.clone() }
    }

    /// Everything that follows from a decision.
    pub(crate) fn write(
        &self,
        commit: &mut Commit,
        view: &dyn Reading,
        definition: &Definition,
        before: &Entity,
        decision: &Decision,
        note: Value,
    ) -> Result<(), Refusal> {
        let record = &decision.record;
        let loaded = self.loaded();
        let times = loaded.times();
        let due = first_due(definition, record, &times);
        let mut set: std::collections::BTreeMap<Name, Attribute> =
            decision.set.iter().map(|(id, value)| (id.clone(), Attribute::plain(value.clone()))).collect();
        set.insert(name("stage")?, Attribute::plain(stages(&record.at)));
        set.insert(name("dueAt")?, Attribute::plain(due));
        let closed = record.closed.into();
        if *before.value("closedAt") != closed {
            set.insert(name("closedAt")?, Attribute::plain(closed));
        }
        // Where it stands from now on: an act may have moved it.
        let value = |id: &str| set.get(id).map_or_else(|| before.value(id), |attribute| &attribute.value);
        let scope = Scope::of(&before.urn, value).ok_or_else(|| Refusal::NotFound(before.urn.to_string()))?;
        commit.expect.push(Expect::EntityAt(before.urn.clone(), Some(before.version)));
        commit.changes.push(Change {
            entity: before.urn.clone(),
            kind: before.kind.clone(),
            verb: commit.act.clone(),
            set,
            note: with_follows(note, decision),
            record: Some(record.to_value()),
        });
        for (clock, due) in timers(definition, record, decision.at, &times) {
            commit.timers.push(self.timer(&before.urn, &clock, due));
        }
        self.keep_key(commit, view, before, record)?;
        let rows = self.places(definition, record, &scope, due);
        commit.listings.push(Listing { entity: before.urn.clone(), rows });
        let told = decision.told.iter().map(|told| tell(&before.urn, told));
        commit.deliveries.extend(told.chain(decision.deliveries.iter().map(|sent| send(&before.urn, sent))));
        Ok(())
    }

    /// A case that ends gives its key back, if it has it; one that is opened again takes it, unless another case has it now.
    fn keep_key(
        &self,
        commit: &mut Commit,
        view: &dyn Reading,
        case: &Entity,
        record: &Record,
    ) -> Result<(), Refusal> {
        let (space, key) = (name("open-case")?, case.text("key").to_owned());
        if key.is_empty() {
            return Ok(());
        }
        let was_closed = Record::from_value(&case.record).is_some_and(|before| before.closed.is_some());
        match (was_closed, record.closed.is_some()) {
            (false, true) if view.key(&space, &key)?.as_ref() == Some(&case.urn) => {
                commit.keys.push(Key { space, key, entity: None });
            }
            (true, false) if view.key(&space, &key)?.is_none() => {
                commit.expect.push(Expect::KeyUnused(space.clone(), key.clone()));
                commit.keys.push(Key { space, key, entity: Some(case.urn.clone()) });
            }
            _ => {}
        }
        Ok(())
    }

    /// The lists in which a case stands: those of the roles and people that can act, of everybody who may see it, of
    /// what it is about.
    fn places(
        &self,
        definition: &Definition,
        record: &Record,
        scope: &Scope,
        due: Option<Instant>,
    ) -> Vec<(String, i64)> {
        let latest_first = -self.now().micros();
        let sort = due.map_or(NEVER, Instant::micros);
        let ended = record.closed.is_some();
        let mut rows = vec![(format!("about/{}", scope.about), latest_first)];
        let awaited = definition.awaits(record);
        let (list, at) = if ended { ("closed", latest_first) } else { ("open", sort) };
        rows.push((format!("{list}/{EVERYWHERE}"), at));
        for place in scope.places() {
            rows.push((format!("{list}/{place}"), at));
            if ended {
                continue;
            }
            rows.extend(awaited.roles.iter().map(|role| (format!("inbox/{role}/{place}"), sort)));
        }
        if !ended {
            let people = awaited.people.iter().chain(&awaited.parties);
            rows.extend(people.map(|person| (format!("inbox/{person}"), sort)));
        }
        rows
    }
}

/// What the platform did by itself, and where the case went with it; nothing where it did nothing.
fn taken(before: &Record, decision: &Decision) -> Value {
    if decision.taken.is_empty() {
        return Value::Null;
    }
    map([
        ("from", stages(&before.at)),
        ("to", stages(&decision.record.at)),
        ("taken", names(&decision.taken)),
    ])
}

/// A note with what follows from its entry: who is told, what is opened.
fn with_follows(note: Value, decision: &Decision) -> Value {
    let told: Vec<Value> = decision.told.iter().map(told_value).collect();
    let opens: Vec<Value> = decision.opens.iter().map(opening_value).collect();
    let mut out = match note {
        Value::Map(out) => out,
        _ => std::collections::BTreeMap::new(),
    };
    for (key, list) in [("told", told), ("opens", opens)] {
        if !list.is_empty() {
            out.insert(key.to_owned(), Value::List(list));
        }
    }
    if out.is_empty() { Value::Null } else { Value::Map(out) }
}

fn told_value(told: &Told) -> Value {
    map([
        ("role", told.role.as_str().into()),
        ("rung", told.rung.as_str().into()),
        ("clock", told.clock.as_ref().map(Name::as_str).into()),
        ("raised", told.raised.into()),
    ])
}

fn opening_value(opening: &Opening) -> Value {
    let with = opening.with.iter().map(|(id, value)| (id.to_string(), value.clone()));
    map([
        ("process", opening.process.as_str().into()),
        ("key", opening.key.as_str().into()),
        ("as", opening.r#as.as_str().into()),
        ("with", Value::Map(with.collect())),
    ])
}

fn tell(case: &Urn, told: &Told) -> Delivery {
    let body = json!({
        "case": case.as_str(),
        "role": told.role.as_str(),
        "clock": told.clock.as_ref().map(Name::as_str),
        "rung": told.rung.as_str(),
        "raised": told.raised,
    });
    Delivery { receiver: format!("role/{}", told.role), body: body.to_string() }
}

fn send(case: &Urn, sent: &Sending) -> Delivery {
    let body = json!({
        "case": case.as_str(),
        "stage": sent.stage.as_str(),
        "send": crate::json::of(&Value::Map(sent.body.iter().map(|(k, v)| (k.to_string(), v.clone())).collect())),
    });
    Delivery { receiver: format!("system/{}", sent.system), body: body.to_string() }
}
