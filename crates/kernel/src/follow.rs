//! What follows from an entry of the log: cases are opened, told, and told that something was taken back; parents hear
//! of their parts. Every effect is a command whose id is derived from its cause, so a repeat changes nothing.

use crate::act::ATTEMPTS_MAX;
use crate::begin::Wanted;
use crate::world::CaseWorld;
use crate::{Kernel, Refusal, name, system};
use model::{Attribute, Change, Entity, Instant, Name, Value, map};
use process::{Facts, LinkKind, Record, review, told};
use proof::CommandId;
use rule::{Follow, Rule, Used, Verdict};
use serde_json::json;
use std::collections::BTreeMap;
use store::{Commit, Delivery, Expect, Reading};

impl Kernel {
    /// Tells a case: its attributes change, and what depends on them is judged again.
    pub(crate) fn telling(
        &self,
        view: &dyn Reading,
        command: CommandId,
        held: &Entity,
        wanted: &Wanted,
    ) -> Result<Commit, Refusal> {
        let mut commit = Commit::new(command, system()?, name("tell")?, wanted.ground.as_str());
        commit.cause = Some(wanted.cause);
        let set: BTreeMap<Name, Attribute> =
            wanted.with.iter().map(|(id, value)| (id.clone(), Attribute::plain(value.clone()))).collect();
        self.tell_of(&mut commit, view, held, set, wanted.told.clone())?;
        Ok(commit)
    }

    /// A change of a case that is no act, with everything its process makes of it.
    fn tell_of(
        &self,
        commit: &mut Commit,
        view: &dyn Reading,
        held: &Entity,
        set: BTreeMap<Name, Attribute>,
        note: Value,
    ) -> Result<(), Refusal> {
        let (entity, kind, verb) = (held.urn.clone(), held.kind.clone(), commit.act.clone());
        let change = Change { entity, kind, verb, set, note, record: None };
        let (loaded, missing) = (self.loaded(), || Refusal::NotFound(held.urn.to_string()));
        let record = Record::from_value(&held.record).ok_or_else(missing)?;
        let definition = loaded.process(&record.process)?;
        let now = self.decision_time(view)?;
        let after = Entity::apply(Some(held.clone()), &change, held.version, now);
        let judged = {
            let (world, times) = (CaseWorld::new(&loaded, view, &after, self.now()), loaded.times());
            review(&definition, &record, now, &Facts { world: &world, times: &times })
        };
        match judged {
            None => {
                commit.expect.push(Expect::EntityAt(held.urn.clone(), Some(held.version)));
                commit.changes.push(change);
            }
            Some(decision) => {
                self.note_findings(&decision);
                self.write(commit, view, &definition, held, &decision, change.note)?;
                if let Some(written) = commit.changes.last_mut() {
                    for (id, attribute) in change.set {
                        written.set.entry(id).or_insert(attribute);
                    }
                }
            }
        }
        Ok(())
    }

    /// A verdict is taken back: the case that was opened or told for it hears of it, and a person decides.
    pub(crate) fn tell_withdrawn(
        &self,
        command: CommandId,
        (process, key): (&Name, &str),
        note: &Value,
        (ground, cause): (&str, u64),
    ) -> Result<bool, Refusal> {
        for _ in 0..ATTEMPTS_MAX {
            let view = self.store.read()?;
            if view.command(&command)?.is_some() {
                return Ok(false);
            }
            let Some(case) = view.key(&name("open-case")?, &case_key(process, key))? else {
                return Ok(false);
            };
            let held = view.entity(&case)?.ok_or_else(|| Refusal::NotFound(case.to_string()))?;
            let mut commit = Commit::new(command, system()?, name("withdraw")?, ground);
            commit.cause = Some(cause);
            self.tell_of(&mut commit, &*view, &held, BTreeMap::new(), note.clone())?;
            drop(view);
            if self.landed(commit)?.is_some() {
                return Ok(true);
            }
        }
        Err(Refusal::Store(store::StoreError::Busy))
    }

    /// One effect of a level that acts, or that holds on in an episode it has acted in: then cases are only told.
    pub(crate) fn effect(
        &self,
        rule: &Rule,
        entity: &Entity,
        verdict: &Verdict,
        (index, follow): (usize, Follow),
        cause: u64,
    ) -> Result<(), Refusal> {
        let command = self.effect_id(rule, entity, verdict, index, cause);
        let ground = format!("rule {}: {}", rule.id, rule.basis);
        let repeated = match follow {
            Follow::Open { process, key, with } => {
                let mut with = with;
                with.insert(name("rule")?, rule.id.as_str().into());
                with.insert(name("evidence")?, evidence(rule, verdict));
                let wanted = Wanted {
                    key: case_key(&process, &key),
                    process,
                    about: entity.urn.clone(),
                    division: entity.text("division").to_owned(),
                    told: map([("evidence", evidence(rule, verdict))]),
                    with,
                    parent: None,
                    ground,
                    cause,
                };
                self.open_or_tell(command, &wanted)?.repeated
            }
            Follow::Tell { process, key, with } => {
                let note = map([("evidence", evidence(rule, verdict)), ("with", values(&with))]);
                !self.tell_withdrawn(command, (&process, &key), &note, (&ground, cause))?
            }
            Follow::Notify { role } => {
                let body = json!({ "entity": entity.urn.as_str(), "role": role.as_str(), "rule": rule.id.as_str(), "level": verdict.level.as_ref().map(Name::as_str) });
                let delivery = Delivery { receiver: format!("role/{role}"), body: body.to_string() };
                self.on_entity(
                    command,
                    entity,
                    ("notify", &ground, cause),
                    (BTreeMap::new(), vec![delivery]),
                    verdict,
                )?
            }
            Follow::Set { set } => {
                let set = set.into_iter().map(|(id, value)| (id, Attribute::plain(value))).collect();
                self.on_entity(command, entity, ("set", &ground, cause), (set, Vec::new()), verdict)?
            }
            Follow::Alert { code } => {
                let body = json!({ "entity": entity.urn.as_str(), "alert": code.as_str(), "rule": rule.id.as_str() });
                let delivery = Delivery { receiver: format!("alert/{code}"), body: body.to_string() };
                self.on_entity(
                    command,
                    entity,
                    ("alert", &ground, cause),
                    (BTreeMap::new(), vec![delivery]),
                    verdict,
                )?
            }
        };
        self.counters.add("effect", if repeated { "repeated" } else { "done" });
        Ok(())
    }

    /// A level acts once per episode; what holds on is told window by window, and a changed value again.
    fn effect_id(
        &self,
        rule: &Rule,
        entity: &Entity,
        verdict: &Verdict,
        index: usize,
        cause: u64,
    ) -> CommandId {
        let level = verdict.level.as_ref().map_or("", Name::as_str);
        let start = verdict.episode.as_ref().map_or(verdict.window.start, |episode| episode.start);
        let (start, index) = (start.micros().to_string(), index.to_string());
        let mut parts = vec!["rule", rule.id.as_str(), entity.urn.as_str(), &start, level, &index];
        let window = format!("{} {cause}", verdict.window.start.micros());
        if !verdict.acts {
            parts.push(&window);
        }
        self.command_id(&parts)
    }

    /// Sets back what an episode has left on its entity. Returns whether that is new.
    pub(crate) fn cleared(
        &self,
        rule: &Rule,
        entity: &Entity,
        verdict: &Verdict,
        set: BTreeMap<Name, Value>,
        cause: u64,
    ) -> Result<bool, Refusal> {
        let start = verdict.episode.as_ref().map_or(verdict.window.start, |episode| episode.start);
        let (start, cause_id) = (start.micros().to_string(), cause.to_string());
        let command = self.command_id(&["cleared", rule.id.as_str(), entity.urn.as_str(), &start, &cause_id]);
        let ground = format!("rule {}: {}", rule.id, rule.basis);
        let set = set.into_iter().map(|(id, value)| (id, Attribute::plain(value))).collect();
        Ok(!self.on_entity(command, entity, ("clear", &ground, cause), (set, Vec::new()), verdict)?)
    }

    fn on_entity(
        &self,
        command: CommandId,
        entity: &Entity,
        (verb, ground, cause): (&str, &str, u64),
        (set, deliveries): (BTreeMap<Name, Attribute>, Vec<Delivery>),
        verdict: &Verdict,
    ) -> Result<bool, Refusal> {
        if self.store.read()?.command(&command)?.is_some() {
            return Ok(true);
        }
        let mut commit = Commit::new(command, system()?, name(verb)?, ground);
        commit.cause = Some(cause);
        commit.deliveries = deliveries;
        commit.changes.push(Change {
            entity: entity.urn.clone(),
            kind: entity.kind.clone(),
            verb: name(verb)?,
            set,
            note: map([
                ("level", verdict.level.as_ref().map(Name::as_str).into()),
                ("window", verdict.window.start.into()),
            ]),
            record: None,
        });
        Ok(crate::done(self.store.submit(commit)?)?.repeated)
    }

    /// What a case's change asks for: cases to be opened by it, a parent to be told that a part is closed or open again.
    pub(crate) fn case_changed(&self, change: &Change, sequence: u64) -> Result<(), Refusal> {
        for (index, opening) in
            change.note.get("opens").map(Value::as_list).unwrap_or_default().iter().enumerate()
        {
            self.open_for(change, opening, (sequence, index))?;
        }
        let Some(record) = change.record.as_ref().and_then(Record::from_value) else { return Ok(()) };
        self.tell_parent(change, record.closed.is_none(), sequence)
    }

    fn open_for(
        &self,
        change: &Change,
        opening: &Value,
        (sequence, index): (u64, usize),
    ) -> Result<(), Refusal> {
        let text = |key| opening.get(key).and_then(Value::as_text).unwrap_or_default();
        let held = self.store.read()?.entity(&change.entity)?;
        let held = held.ok_or_else(|| Refusal::NotFound(change.entity.to_string()))?;
        let with = match opening.get("with") {
            Some(Value::Map(with)) => {
                with.iter().filter_map(|(id, v)| Some((name(id).ok()?, v.clone()))).collect()
            }
            _ => BTreeMap::new(),
        };
        let (process, kind) =
            (name(text("process"))?, LinkKind::parse(text("as")).unwrap_or(LinkKind::Linked));
        let wanted = Wanted {
            key: text("key").to_owned(),
            about: Self::scope(&held).map_or_else(|| held.urn.clone(), |scope| scope.about),
            division: match held.text("division") {
                "" => self.loaded().definitions.city.division.clone(),
                own => own.to_owned(),
            },
            told: map([("from", change.entity.clone().into())]),
            // Only cases belong together.
            parent: Record::from_value(&held.record).map(|_| (change.entity.clone(), kind)),
            ground: format!("case of {}", change.kind),
            cause: sequence,
            process,
            with,
        };
        let command = self.command_id(&["opens", &sequence.to_string(), &index.to_string()]);
        let done = self.open_or_tell(command, &wanted)?;
        self.counters.add("effect", if done.repeated { "repeated" } else { "done" });
        Ok(())
    }

    fn tell_parent(&self, change: &Change, open: bool, sequence: u64) -> Result<(), Refusal> {
        for _ in 0..ATTEMPTS_MAX {
            let view = self.store.read()?;
            let part = view.entity(&change.entity)?;
            let parent = part.as_ref().and_then(|part| part.value("parent").as_ref().cloned());
            let Some(parent) = parent.map(|parent| view.entity(&parent)).transpose()?.flatten() else {
                return Ok(());
            };
            let command = self.command_id(&["told", parent.urn.as_str(), &sequence.to_string()]);
            if view.command(&command)?.is_some() {
                return Ok(());
            }
            let (loaded, missing) = (self.loaded(), || Refusal::NotFound(parent.urn.to_string()));
            let record = Record::from_value(&parent.record).ok_or_else(missing)?;
            let definition = loaded.process(&record.process)?;
            let at = self.decision_time(&*view)?;
            let decision = {
                let (world, times) = (CaseWorld::new(&loaded, &*view, &parent, self.now()), loaded.times());
                let facts = Facts { world: &world, times: &times };
                told(&definition, &record, (&change.entity, open), at, &facts)
            };
            let Some(decision) = decision else { return Ok(()) };
            let act = if open { "part-opened" } else { "part-closed" };
            let mut commit = Commit::new(command, system()?, name(act)?, definition.id.as_str());
            commit.cause = Some(sequence);
            let note = map([("case", change.entity.clone().into())]);
            self.write(&mut commit, &*view, &definition, &parent, &decision, note)?;
            drop(view);
            if self.landed(commit)?.is_some() {
                return Ok(());
            }
        }
        Err(Refusal::Store(store::StoreError::Busy))
    }
}

/// The key of an open case: the process, and what its opener names.
pub(crate) fn case_key(process: &Name, key: &str) -> String {
    format!("{process} {key}")
}

fn values(all: &BTreeMap<Name, Value>) -> Value {
    Value::Map(all.iter().map(|(id, value)| (id.to_string(), value.clone())).collect())
}

/// What a verdict rests on, as the case keeps it.
pub(crate) fn evidence(rule: &Rule, verdict: &Verdict) -> Value {
    let used = |used: &Used| {
        let Used { attribute, observed } = used;
        map([
            ("attribute", attribute.as_str().into()),
            ("start", observed.observed.into()),
            ("value", Value::number(observed.value)),
            ("entry", Value::Int(observed.sequence.cast_signed())),
        ])
    };
    let limit = verdict.limit.as_ref();
    map([
        ("attribute", rule.on.attribute.as_str().into()),
        ("level", verdict.level.as_ref().map(Name::as_str).into()),
        ("end", verdict.window.start.into()),
        ("used", Value::List(verdict.used.iter().map(used).collect())),
        ("limit", limit.map_or(Value::Null, |limit| Value::number(limit.value))),
        ("limitSource", limit.map(|limit| limit.source.as_str()).into()),
    ])
}

/// The window of a verdict, for those who are told that it is taken back.
pub(crate) fn window(at: Instant) -> Value {
    map([("hour", at.into())])
}

/// Whether an entity is the one a rule watches.
pub(crate) fn watched(rule: &Rule, entity: &Entity) -> bool {
    entity.kind == rule.on.kind
}

/// A URN that is known to be one, for keys of effects.
pub(crate) fn key_of(follow: &Follow) -> Option<(Name, String)> {
    match follow {
        Follow::Open { process, key, .. } | Follow::Tell { process, key, .. } => {
            Some((process.clone(), key.clone()))
        }
        Follow::Notify { .. } | Follow::Set { .. } | Follow::Alert { .. } => None,
    }
}
