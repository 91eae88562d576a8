//! What a program writes: each attribute only if it has no other writer, all of a request as one command.

use super::{CREATED_BY, DELETED_AT, OWN, REPLACED_BY, is_deleted, names, reserved};
use crate::act::say;
use crate::import::has_device;
use crate::sources::series_key;
use crate::{Actor, Kernel, Power, Refusal, name};
use model::{Attribute, Change, Entity, Flag, Instant, Name, Observation, Text, Urn, Value};
use pack::{AttributeDefinition, TypeDefinition, ValueKind, Writer};
use proof::CommandId;
use std::collections::BTreeMap;
use store::{Commit, Done, Expect, Observations};

/// What is done with attributes that an entity has, and with those it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A new entity; one that is there is refused.
    Create,
    /// Those that it has are replaced, those it has not are added.
    Append,
    /// Those that it has not are added, the others stay.
    AppendNew,
    /// Those that it has are replaced, the others are left out.
    Update,
    /// All it had is replaced.
    Replace,
    /// The entity is taken out; its history stays.
    Delete,
}

/// What a program says of an entity.
#[derive(Clone, Debug)]
pub struct ContextWrite {
    /// Which.
    pub urn: Urn,
    /// Its type, where it is new.
    pub kind: Option<Name>,
    /// Its attributes; one that is nothing is taken away.
    pub set: BTreeMap<Name, Attribute>,
    /// What is done with them.
    pub mode: Mode,
    /// The version that was seen; another one is refused.
    pub seen: Option<u64>,
    /// Why, as a person says it; programs say nothing.
    pub ground: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The command; nothing if nothing of it could be done.
    pub done: Option<Done>,
    /// Whether the entity is new.
    pub created: bool,
    /// Attributes that were written.
    pub updated: Vec<Name>,
    /// Those that were not, and why.
    pub not_updated: Vec<(Name, Text)>,
}

/// What of a request can be done.
#[derive(Default)]
struct Parts {
    set: BTreeMap<Name, Attribute>,
    rows: Vec<Observation>,
    not: Vec<(Name, Text)>,
}

impl Kernel {
    /// Writes what a program says of one entity. A new entity comes whole or not at all; of others each attribute stands alone.
    pub fn context_write(
        &self,
        actor: &Actor,
        command: CommandId,
        write: &ContextWrite,
    ) -> Result<Written, Refusal> {
        self.allowed(actor, Power::Context)?;
        let loaded = self.loaded();
        let view = self.store.read()?;
        let stored = view.entity(&write.urn)?;
        let held = stored.clone().filter(|entity| !is_deleted(entity));
        if let (Some(seen), Some(held)) = (write.seen, &held)
            && seen != held.version
        {
            return Err(overtaken(&*view, held)?);
        }
        let (kind, created) = (write.kind_of(held.as_ref())?, held.is_none());
        let declared = loaded.definitions.types.get(&kind);
        self.is_open_to_programs(&kind, declared, held.as_ref())?;
        let mut parts = self.parts(write, (declared, held.as_ref()))?;
        if let (true, Some((id, why))) = (created, parts.not.first()) {
            return Err(Refusal::field(
                "attribute",
                &format!("{id}：{}", why.zh),
                &format!("{id}: {}", why.en),
            ));
        }
        if created {
            let [by, deleted] = names([CREATED_BY, DELETED_AT])?;
            if declared.is_none() {
                parts.set.insert(by, Attribute::plain(actor.urn.clone()));
            }
            if stored.is_some() {
                parts.set.insert(deleted, Attribute::plain(Value::Null));
                parts.set.insert(name(REPLACED_BY)?, Attribute::plain(Value::Null));
            }
        }
        let updated = parts.set.keys().filter(|id| !reserved(id)).cloned();
        let updated = updated.chain(parts.rows.iter().map(|row| row.series.attribute.clone())).collect();
        if parts.set.is_empty() && parts.rows.is_empty() && !created {
            return Ok(Written { done: None, created: false, updated, not_updated: parts.not });
        }
        let verb = name(if created { "create" } else { "context" })?;
        let note = match write.ground.as_str() {
            "" => Value::Null,
            ground => model::map([("reason", ground.into())]),
        };
        let (entity, set) = (write.urn.clone(), parts.set);
        let change = Change { entity, kind, verb, set, note, record: None };
        self.within_reach(actor, declared, stored.clone(), &change)?;
        drop(view);
        let mut commit = Commit::new(command, actor.urn.clone(), name("context")?, "power context");
        commit.expect.push(Expect::EntityAt(write.urn.clone(), stored.map(|entity| entity.version)));
        if created || !change.set.is_empty() {
            commit.changes.push(change);
        }
        if !parts.rows.is_empty() {
            let (source, received) = ("the context door".to_owned(), self.now());
            commit.observations = Some(Observations { received, source, rows: parts.rows });
        }
        let done = crate::done(self.store.submit(commit)?)?;
        Ok(Written { done: Some(done), created, updated, not_updated: parts.not })
    }

    /// What of a request can be done, and what cannot.
    fn parts(
        &self,
        write: &ContextWrite,
        (declared, held): (Option<&TypeDefinition>, Option<&Entity>),
    ) -> Result<Parts, Refusal> {
        let mut parts = Parts::default();
        if write.mode == Mode::Delete {
            self.taken_out(held, &mut parts)?;
            return Ok(parts);
        }
        for (id, attribute) in &write.set {
            if let Err(why) = self.attribute(write, (declared, held), (id, attribute), &mut parts) {
                parts.not.push((id.clone(), why));
            }
        }
        if write.mode == Mode::Replace {
            gone(declared, held, &write.set, &mut parts);
        }
        Ok(parts)
    }

    /// Whether programs write entities of a type at all.
    pub(super) fn is_open_to_programs(
        &self,
        kind: &Name,
        declared: Option<&TypeDefinition>,
        held: Option<&Entity>,
    ) -> Result<(), Refusal> {
        let cases = self.loaded().definitions.processes.values().any(|(_, process)| process.case == *kind);
        if cases {
            let (zh, en) =
                ("事项由流程办理，不能在这里写入", "cases are begun and moved by their processes, not here");
            return Err(Refusal::field("type", zh, en));
        }
        let foreign = declared.is_none() && held.is_some_and(|held| *held.value(CREATED_BY) == Value::Null);
        if OWN.iter().any(|own| *kind == **own) || foreign {
            return Err(Refusal::field(
                "type",
                "这是平台自己的对象",
                "this is an entity of the platform itself",
            ));
        }
        Ok(())
    }

    /// A program reaches what stands where its person's roles do; what no pack knows stands nowhere.
    pub(super) fn within_reach(
        &self,
        actor: &Actor,
        declared: Option<&TypeDefinition>,
        stored: Option<Entity>,
        change: &Change,
    ) -> Result<(), Refusal> {
        if declared.is_none() {
            return Ok(());
        }
        let date = self.date(self.now());
        let loaded = self.loaded();
        let powerful: Vec<&Name> = loaded
            .definitions
            .city
            .role
            .iter()
            .filter(|role| role.powers.contains(&Power::Context))
            .map(|role| &role.id)
            .collect();
        let reaches =
            |entity: &Entity| actor.roles_for(entity, &date).iter().any(|role| powerful.contains(&role));
        let version = stored.as_ref().map_or(0, |entity| entity.version);
        let before = stored.as_ref().filter(|entity| !is_deleted(entity)).is_none_or(&reaches);
        let after = reaches(&Entity::apply(stored, change, version, self.now()));
        if before && (after || change.set.contains_key(DELETED_AT)) {
            return Ok(());
        }
        Err(Refusal::NotAllowed {
            role: powerful.first().map_or_else(|| change.kind.clone(), |role| (*role).clone()),
        })
    }

    /// One attribute: into state, or into its series; or why not.
    fn attribute(
        &self,
        write: &ContextWrite,
        (declared, held): (Option<&TypeDefinition>, Option<&Entity>),
        (id, said): (&Name, &Attribute),
        parts: &mut Parts,
    ) -> Result<(), Text> {
        if reserved(id) {
            return Err(say("这个名称归平台使用", "this name is the platform's own"));
        }
        let has = held.is_some_and(|held| *held.value(id.as_str()) != Value::Null);
        match write.mode {
            Mode::Update if !has && !is_series(declared, id) => {
                return Err(say("对象没有这个属性", "the entity has no such attribute"));
            }
            Mode::AppendNew if has => {
                return Err(say("对象已有这个属性", "the entity has this attribute already"));
            }
            _ => {}
        }
        let Some(kind) = declared else {
            parts.set.insert(id.clone(), said.clone());
            return Ok(());
        };
        let Some(attribute) = kind.attribute(id) else {
            if *id == *"title" {
                parts.set.insert(id.clone(), said.clone());
                return Ok(());
            }
            let (zh, en) =
                (format!("{} 没有这个属性", kind.id), format!("{} has no such attribute", kind.id));
            return Err(say(&zh, &en));
        };
        match attribute.by {
            Writer::Person | Writer::Anyone | Writer::Feed => {}
            Writer::Process => return Err(say("由流程写入", "a process writes it")),
            Writer::Rule => return Err(say("由规则写入", "a rule writes it")),
        }
        if attribute.personal.is_some() {
            return Err(say("个人信息不在这里写入", "personal data is not written here"));
        }
        if kind.key.as_ref() == Some(id) && kind.is_fed() {
            return Err(say("设备编号与口令一起登记", "a device's number is registered with its password"));
        }
        fits(attribute, said)?;
        if !attribute.series {
            parts.set.insert(id.clone(), said.clone());
            return Ok(());
        }
        let entity = held.filter(|held| has_device(kind, held));
        if entity.is_some() {
            return Err(say("由自己的设备填写", "its own device fills it"));
        }
        let now = self.now();
        let observed = said.observed.unwrap_or(now);
        if observed > now.plus_secs(crate::import::AHEAD_SECS_MAX) {
            return Err(say("观测时间还没有到", "the time observed has not come yet"));
        }
        let entity = held.cloned().unwrap_or_else(|| nobody(write, kind, now));
        let key = series_key(kind, &entity, id).ok_or_else(|| say("没有数据来源", "no feed fills it"))?;
        let value = said.value.as_number().ok_or_else(|| say("应当是数", "a number is expected"))?;
        parts.rows.push(Observation { series: key, observed, value, flag: Flag::NORMAL });
        Ok(())
    }

    /// All attributes go; what has a history of measurements stays.
    fn taken_out(&self, held: Option<&Entity>, parts: &mut Parts) -> Result<(), Refusal> {
        let Some(held) = held else { return Ok(()) };
        if !self.store.read()?.series(&held.urn)?.is_empty() {
            let (zh, en) = ("对象有观测历史，不能删除", "it has a history of measurements, and stays");
            return Err(Refusal::field("id", zh, en));
        }
        let own = held.attributes.keys().filter(|id| !reserved(id));
        parts.set.extend(own.map(|id| (id.clone(), Attribute::plain(Value::Null))));
        parts.set.insert(name(DELETED_AT)?, Attribute::plain(self.now()));
        Ok(())
    }
}

fn overtaken(view: &dyn store::Reading, held: &Entity) -> Result<Refusal, Refusal> {
    let entry = view.entry(held.version)?.ok_or_else(|| Refusal::NotFound(held.urn.to_string()))?;
    Ok(Refusal::Overtaken {
        by: entry.leaf.actor,
        act: name(&entry.leaf.act)?,
        at: entry.leaf.committed,
        sequence: held.version,
    })
}

impl ContextWrite {
    /// The type of the entity, if this can be done with it at all.
    fn kind_of(&self, held: Option<&Entity>) -> Result<Name, Refusal> {
        let urn = &self.urn;
        match (self.mode, held, &self.kind) {
            (Mode::Create, Some(_), _) => {
                Err(Refusal::field("exists", &format!("{urn} 已经存在"), &format!("{urn} exists already")))
            }
            (Mode::Create, None, Some(kind)) => Ok(kind.clone()),
            (_, Some(held), _) => Ok(held.kind.clone()),
            (..) => Err(Refusal::NotFound(urn.to_string())),
        }
    }
}

/// What a replacement does not name any more is taken away, if a program may write it.
fn gone(
    declared: Option<&TypeDefinition>,
    held: Option<&Entity>,
    set: &BTreeMap<Name, Attribute>,
    parts: &mut Parts,
) {
    let may = |id: &Name| match declared.and_then(|kind| kind.attribute(id)) {
        Some(own) => matches!(own.by, Writer::Person | Writer::Anyone) && own.personal.is_none(),
        None => declared.is_none(),
    };
    let old = held.into_iter().flat_map(|held| held.attributes.keys());
    for id in old.filter(|id| !set.contains_key(*id) && !reserved(id) && may(id)) {
        parts.set.insert(id.clone(), Attribute::plain(Value::Null));
    }
}

fn is_series(declared: Option<&TypeDefinition>, id: &Name) -> bool {
    declared.and_then(|kind| kind.attribute(id)).is_some_and(|own| own.series)
}

/// An entity that is being made, for the key of its series.
fn nobody(write: &ContextWrite, kind: &TypeDefinition, now: Instant) -> Entity {
    let verb = kind.id.clone();
    let (entity, set) = (write.urn.clone(), BTreeMap::new());
    let change = Change { entity, kind: kind.id.clone(), verb, set, note: Value::Null, record: None };
    Entity::apply(None, &change, 0, now)
}

/// Whether a value is what an attribute holds.
fn fits(attribute: &AttributeDefinition, said: &Attribute) -> Result<(), Text> {
    let value = &said.value;
    let text = || value.as_text().is_some();
    let good = *value == Value::Null
        || match attribute.value {
            ValueKind::Number => value.as_number().is_some(),
            ValueKind::Text => text(),
            ValueKind::Bool => matches!(value, Value::Bool(_)),
            ValueKind::Date => value.as_text().is_some_and(|text| text.parse::<jiff::civil::Date>().is_ok()),
            ValueKind::Instant => value.as_instant().is_some(),
            ValueKind::Duration => value.as_int().is_some(),
            ValueKind::Code => {
                value.as_text().is_some_and(|text| attribute.codes.iter().any(|code| *code == *text))
            }
            ValueKind::Ref => value.as_ref().is_some(),
            ValueKind::List => matches!(value, Value::List(_)),
            ValueKind::Map => matches!(value, Value::Map(_)),
        };
    if !good {
        return Err(say("值的类型不对", "it does not hold such a value"));
    }
    if let (Some((least, most)), Some(number)) = (attribute.range, value.as_number())
        && (number < least || number > most)
    {
        let (zh, en) =
            (format!("应在 {least} 到 {most} 之间"), format!("it lies between {least} and {most}"));
        return Err(say(&zh, &en));
    }
    if let (Some(said), Some(own)) = (&said.unit, &attribute.unit_code)
        && said != own
    {
        return Err(say(&format!("单位应为 {own}"), &format!("its unit is {own}")));
    }
    Ok(())
}
