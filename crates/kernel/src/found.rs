//! What rules find: a case is opened, or the open one is told.

use crate::cases::ATTEMPTS_MAX;
use crate::{Kernel, Refusal, name, system};
use model::{Attribute, Change, Entity, Instant, Name, Urn, Value, map};
use process::start;
use proof::CommandId;
use rule::{Hour, Limit, LimitRule};
use std::collections::BTreeMap;
use store::{Commit, Conflict, Done, Expect, Key, Outcome};

/// A verdict that something must follow from.
pub(crate) struct Found<'a> {
    pub rule: &'a LimitRule,
    pub entity: Urn,
    pub division: String,
    pub end: Instant,
    pub hours: Vec<Hour>,
    pub limit: Limit,
    pub cause: u64,
}

impl Kernel {
    /// Opens a case for what a rule found; while one is open for the same source and rule, it is told instead.
    pub(crate) fn open_or_tell(&self, command: CommandId, found: &Found<'_>) -> Result<Done, Refusal> {
        let space = name("open-case")?;
        let key = format!("{} {}", found.rule.id, found.entity);
        for _ in 0..ATTEMPTS_MAX {
            // Key and case are read in one view: a case closed in between would be told, and none opened.
            let holder = {
                let view = self.store.read()?;
                if let Some(done) = self.first_receipt(&*view, &command)? {
                    return Ok(done);
                }
                let case = view.key(&space, &key)?;
                case.map(|case| view.entity(&case)).transpose()?.flatten()
            };
            let commit = match &holder {
                Some(case) => self.telling(command, case, found)?,
                None => self.opening(command, &space, &key, found)?,
            };
            match crate::wait(self.store.submit(commit)?)? {
                Outcome::Done(done) => {
                    self.counters.add("case", if holder.is_some() { "told" } else { "opened" });
                    return Ok(done);
                }
                Outcome::Conflict(
                    Conflict::KeyTaken { .. } | Conflict::Moved { .. } | Conflict::Epoch { .. },
                ) => {}
            }
        }
        Err(Refusal::Store(store::StoreError::Busy))
    }

    fn opening(
        &self,
        command: CommandId,
        space: &Name,
        key: &str,
        found: &Found<'_>,
    ) -> Result<Commit, Refusal> {
        let (rule, process) = (found.rule, &found.rule.open);
        let missing = || Refusal::NotFound(process.to_string());
        let digest = *self.loaded.digests.get(process).ok_or_else(missing)?;
        let definition = self.loaded.process(&digest, &self.blobs)?;
        let urn = Urn::of(&definition.case, &command.to_string()).map_err(crate::invalid)?;
        let decision = start(&definition, digest, self.decision_time(&*self.store.read()?)?);
        let mut commit =
            Commit::new(command, system()?, name("open")?, format!("rule {}: {}", rule.id, rule.basis));
        commit.cause = Some(found.cause);
        commit.expect.push(Expect::KeyUnused(space.clone(), key.to_owned()));
        commit.keys.push(Key { space: space.clone(), key: key.to_owned(), entity: Some(urn.clone()) });
        let set = [
            ("source", Value::Ref(found.entity.clone())),
            ("factor", rule.attribute.as_str().into()),
            ("rule", rule.id.as_str().into()),
            ("division", found.division.as_str().into()),
            ("key", key.into()),
            ("exceeded", hours(found)),
        ];
        let set: Result<BTreeMap<_, _>, Refusal> =
            set.into_iter().map(|(n, v)| Ok((name(n)?, Attribute::plain(v)))).collect();
        let blank = Entity {
            urn,
            kind: definition.case.clone(),
            version: 0,
            attributes: BTreeMap::new(),
            record: Value::Null,
        };
        let change = Change {
            entity: blank.urn.clone(),
            kind: blank.kind.clone(),
            verb: name("open")?,
            set: set?,
            note: Value::Null,
            record: None,
        };
        let opened = Entity::apply(Some(blank), &change, 0, self.now());
        self.write(&mut commit, &definition, &opened, &decision, Value::Null)?;
        commit.expect.retain(|e| !matches!(e, Expect::EntityAt(..)));
        commit.expect.push(Expect::EntityAt(opened.urn.clone(), None));
        // One change both creates the case and gives it its first record.
        if let Some(first) = commit.changes.first_mut() {
            first.set.extend(change.set);
            first.verb = change.verb;
        }
        Ok(commit)
    }

    fn telling(&self, command: CommandId, held: &Entity, found: &Found<'_>) -> Result<Commit, Refusal> {
        let ground = format!("rule {}: {}", found.rule.id, found.rule.basis);
        let mut commit = Commit::new(command, system()?, name("tell")?, ground);
        commit.cause = Some(found.cause);
        commit.expect.push(Expect::EntityAt(held.urn.clone(), Some(held.version)));
        let told = map([("exceeded", hours(found))]);
        commit.changes.push(Change {
            entity: held.urn.clone(),
            kind: held.kind.clone(),
            verb: name("tell")?,
            set: [(name("exceeded")?, Attribute::plain(hours(found)))].into(),
            note: told,
            record: None,
        });
        Ok(commit)
    }

    /// A corrected hour takes back what a case was opened or told for: the case hears of it, a person decides.
    pub(crate) fn tell_withdrawn(
        &self,
        command: CommandId,
        rule: &LimitRule,
        entity: &Urn,
        end: Instant,
        cause: u64,
    ) -> Result<bool, Refusal> {
        for _ in 0..ATTEMPTS_MAX {
            let view = self.store.read()?;
            if view.command(&command)?.is_some() {
                return Ok(false);
            }
            let Some(case) = view.key(&name("open-case")?, &format!("{} {entity}", rule.id))? else {
                return Ok(false);
            };
            let held = view.entity(&case)?.ok_or_else(|| Refusal::NotFound(case.to_string()))?;
            drop(view);
            let mut commit = Commit::new(command, system()?, name("withdraw")?, format!("rule {}", rule.id));
            commit.cause = Some(cause);
            commit.expect.push(Expect::EntityAt(case.clone(), Some(held.version)));
            commit.changes.push(Change {
                entity: case,
                kind: held.kind,
                verb: name("withdraw")?,
                set: BTreeMap::new(),
                note: map([("hour", end.into())]),
                record: None,
            });
            if self.landed(commit)?.is_some() {
                return Ok(true);
            }
        }
        Err(Refusal::Store(store::StoreError::Busy))
    }
}

/// The hours that a rule found, with the limit they exceeded, as the case keeps them.
fn hours(found: &Found<'_>) -> Value {
    let hour = |hour: &Hour| {
        map([
            ("start", hour.start.into()),
            ("value", Value::number(hour.value)),
            ("entry", Value::Int(hour.sequence.cast_signed())),
        ])
    };
    map([
        ("end", found.end.into()),
        ("hours", Value::List(found.hours.iter().map(hour).collect())),
        ("limit", Value::number(found.limit.value)),
        ("limitSource", found.limit.source.as_str().into()),
    ])
}
