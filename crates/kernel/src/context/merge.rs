//! Two entries of a register that are one thing: the one is kept, the other points to it and is listed no more. Nothing is lost, so
//! it can be undone.

use super::{DELETED_AT, REPLACED_BY, is_deleted};
use crate::{Actor, Kernel, Power, Refusal, name};
use model::{Attribute, Change, Entity, Filter, Name, Operator, Urn, Value};
use pack::{TypeDefinition, Writer};
use proof::CommandId;
use std::collections::BTreeMap;
use store::{Commit, Done, Expect, Find, Order, StoreError};

/// Entries that are told of one that is kept.
const REPLACED_MAX: u32 = 50;

impl Kernel {
    /// Makes two entries one. What the kept one lacks of what people enter is taken over from the other.
    pub fn merge(
        &self,
        actor: &Actor,
        command: CommandId,
        [keep, gone]: [&Urn; 2],
        ground: &str,
    ) -> Result<Done, Refusal> {
        self.allowed(actor, Power::Context)?;
        let view = self.store.read()?;
        let held = |urn: &Urn| -> Result<Entity, Refusal> {
            let held = view.entity(urn)?.filter(|entity| !is_deleted(entity));
            held.ok_or_else(|| Refusal::NotFound(urn.to_string()))
        };
        let (kept, other) = (held(keep)?, held(gone)?);
        let loaded = self.loaded();
        let kind =
            loaded.definitions.types.get(&kept.kind).filter(|_| kept.kind == other.kind && keep != gone);
        let Some(kind) = kind else {
            let (zh, en) = ("请选择同一登记簿中的另一条记录", "choose another entry of the same register");
            return Err(Refusal::field("other", zh, en));
        };
        self.is_open_to_programs(&kind.id, Some(kind), Some(&kept))?;
        if kind.is_fed() || !view.series(gone)?.is_empty() {
            let (zh, en) = (
                "有观测历史的对象不能合并：请先停用其中一台设备",
                "things with a history of measurements stay apart: end one of the devices instead",
            );
            return Err(Refusal::field("other", zh, en));
        }
        let verb = name("merge")?;
        let note = |key: &str, urn: &Urn| model::map([("reason", ground.into()), (key, urn.clone().into())]);
        let set = BTreeMap::from([
            (name(DELETED_AT)?, Attribute::plain(self.now())),
            (name(REPLACED_BY)?, Attribute::plain(keep.clone())),
        ]);
        let into = note("into", keep);
        let taken = Change {
            entity: gone.clone(),
            kind: kind.id.clone(),
            verb: verb.clone(),
            set,
            note: into,
            record: None,
        };
        let set = lacking(kind, &kept, &other);
        let from = note("merged", gone);
        let filled = Change {
            entity: keep.clone(),
            kind: kind.id.clone(),
            verb: verb.clone(),
            set,
            note: from,
            record: None,
        };
        self.within_reach(actor, Some(kind), Some(other.clone()), &taken)?;
        self.within_reach(actor, Some(kind), Some(kept.clone()), &filled)?;
        drop(view);
        let mut commit = Commit::new(command, actor.urn.clone(), verb, "power context");
        commit.expect.push(Expect::EntityAt(keep.clone(), Some(kept.version)));
        commit.expect.push(Expect::EntityAt(gone.clone(), Some(other.version)));
        commit.changes = vec![filled, taken];
        self.landed(commit)?.ok_or(Refusal::Store(StoreError::Busy))
    }

    /// Makes an entry stand for itself again. What the kept one took over from it stays there.
    pub fn take_apart(
        &self,
        actor: &Actor,
        command: CommandId,
        gone: &Urn,
        ground: &str,
    ) -> Result<Done, Refusal> {
        self.allowed(actor, Power::Context)?;
        let view = self.store.read()?;
        let not_found = || Refusal::NotFound(gone.to_string());
        let other = view.entity(gone)?.filter(|entity| replaced(entity).is_some()).ok_or_else(not_found)?;
        let loaded = self.loaded();
        let verb = name("take-apart")?;
        let set = BTreeMap::from([
            (name(DELETED_AT)?, Attribute::plain(Value::Null)),
            (name(REPLACED_BY)?, Attribute::plain(Value::Null)),
        ]);
        let note = model::map([("reason", ground.into())]);
        let change = Change {
            entity: gone.clone(),
            kind: other.kind.clone(),
            verb: verb.clone(),
            set,
            note,
            record: None,
        };
        self.within_reach(actor, loaded.definitions.types.get(&other.kind), Some(other.clone()), &change)?;
        drop(view);
        let mut commit = Commit::new(command, actor.urn.clone(), verb, "power context");
        commit.expect.push(Expect::EntityAt(gone.clone(), Some(other.version)));
        commit.changes.push(change);
        self.landed(commit)?.ok_or(Refusal::Store(StoreError::Busy))
    }

    /// The entry that stands for another one since they were made one.
    pub fn replaced_by(&self, urn: &Urn) -> Result<Option<Urn>, Refusal> {
        Ok(self.store.read()?.entity(urn)?.as_ref().and_then(replaced).cloned())
    }

    /// The entries for which one stands, for those who may edit it.
    pub fn replaces(&self, actor: &Actor, kept: &Entity) -> Result<Vec<Entity>, Refusal> {
        self.allowed(actor, Power::Context)?;
        let is = Filter::Compare {
            path: vec![name(REPLACED_BY)?],
            op: Operator::Eq,
            value: kept.urn.clone().into(),
        };
        let filter = Filter::And(vec![Filter::Kind(kept.kind.clone()), is]);
        let find = Find { order: Order::Urn { after: None }, skip: 0, limit: REPLACED_MAX };
        Ok(self.store.read()?.find(&filter, &find)?)
    }
}

fn replaced(entity: &Entity) -> Option<&Urn> {
    entity.value(REPLACED_BY).as_ref()
}

/// What people enter that the one has and the other lacks.
fn lacking(kind: &TypeDefinition, kept: &Entity, other: &Entity) -> BTreeMap<Name, Attribute> {
    let entered = kind.attribute.iter().filter(|declared| {
        matches!(declared.by, Writer::Person | Writer::Anyone)
            && declared.personal.is_none()
            && !declared.series
            && kind.key.as_ref() != Some(&declared.id)
    });
    let missing = entered.filter(|declared| *kept.value(declared.id.as_str()) == Value::Null);
    missing
        .filter_map(|declared| {
            let held = other.attributes.get(&declared.id)?;
            (held.attribute.value != Value::Null).then(|| (declared.id.clone(), held.attribute.clone()))
        })
        .collect()
}
