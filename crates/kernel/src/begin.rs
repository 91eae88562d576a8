//! Cases begin: a person begins one, or another case opens one (what rules find: `follow`).

use crate::act::{ATTEMPTS_MAX, used};
use crate::world::CaseWorld;
use crate::{Actor, Kernel, Loaded, Refusal, Scope, name, system};
use model::{Attribute, Change, Entity, Item, Name, Text, Urn, Value, map};
use process::{Act, Decision, Definition, Facts, Link, LinkKind, Record, begin, linked, start};
use proof::{CommandId, Digest};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Commit, Done, Expect, Key, Outcome, Reading};

/// What a person begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Beginning {
    /// The id made with the page: pressed ten times, it is one command.
    pub command: CommandId,
    /// The process.
    pub process: Name,
    /// What it is about.
    pub about: Option<Urn>,
    /// What was filled in.
    pub fields: BTreeMap<Name, Value>,
}

/// A case that is to be opened because of something else.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub process: Name,
    /// While a case has this key, it is told instead.
    pub key: String,
    pub about: Urn,
    pub division: String,
    /// Attributes that it is given.
    pub with: BTreeMap<Name, Value>,
    /// The case that opens it, and how the two belong together.
    pub parent: Option<(Urn, LinkKind)>,
    pub ground: String,
    pub cause: u64,
    /// What a case that is open already is told.
    pub told: Value,
}

/// A process in force with the digest by which cases name it.
pub(crate) type InForce = (Digest, Arc<Definition>);

impl Loaded {
    /// A process in force.
    pub(crate) fn in_force(&self, process: &Name) -> Result<InForce, Refusal> {
        let digest = self.digests.get(process).ok_or_else(|| Refusal::NotFound(process.to_string()))?;
        Ok((*digest, self.process(digest)?))
    }
}

impl Kernel {
    /// A person begins a case. Returns the case with the receipt's entry.
    pub fn begin(&self, actor: &Actor, beginning: &Beginning) -> Result<(Done, Urn), Refusal> {
        let loaded = self.loaded();
        let (digest, definition) = loaded.in_force(&beginning.process)?;
        let view = self.store.read()?;
        let urn = Urn::of(&definition.case, &beginning.command.to_string()).map_err(crate::invalid)?;
        if let Some(done) = self.first_receipt(&*view, &beginning.command)? {
            self.same_beginning(&*view, &done, actor, (beginning, &urn))?;
            return Ok((done, urn));
        }
        let scope = self.begun_at(&*view, &definition, actor, beginning, &urn)?;
        let blank = blank(&urn, &definition, &scope, BTreeMap::new())?;
        let date = self.date(self.now());
        let asked = definition.begin.as_ref().map(|begin| begin.fields.as_slice());
        let act = Act {
            fields: self.sealed_fields(asked.unwrap_or_default(), &urn, &beginning.fields)?,
            ..Act::new(
                name("begin")?,
                actor.urn.clone(),
                actor.roles_for(&blank, &date),
                self.decision_time(&*view)?,
            )
        };
        let decision = {
            let (world, times) = (CaseWorld::new(&loaded, &*view, &blank, self.now()), loaded.times());
            begin(&definition, digest, &act, &Facts { world: &world, times: &times })?
        };
        let mut commit =
            Commit::new(beginning.command, actor.urn.clone(), name("begin")?, definition.id.as_str());
        self.create(&mut commit, &*view, &definition, &blank, &decision)?;
        drop(view);
        self.note_findings(&decision);
        match crate::wait(self.store.submit(commit)?)? {
            Outcome::Done(done) => Ok((done, urn)),
            Outcome::Conflict(_) => Err(Refusal::Store(store::StoreError::Busy)),
        }
    }

    /// A known command id is answered only to whoever sent it, for the case that was begun with it: a page that the
    /// browser brought back and that was filled in anew would else be lost unnoticed.
    fn same_beginning(
        &self,
        view: &dyn Reading,
        done: &Done,
        actor: &Actor,
        (beginning, urn): (&Beginning, &Urn),
    ) -> Result<(), Refusal> {
        let entry = view.entry(done.sequence)?.ok_or_else(|| Refusal::NotFound(done.sequence.to_string()))?;
        let leaf = &entry.leaf;
        let ours =
            leaf.actor == actor.urn && leaf.act == "begin" && leaf.ground == beginning.process.as_str();
        let items = entry.decoded().unwrap_or_default();
        let same = |(id, given): (&Name, &Value), set: &BTreeMap<Name, Attribute>| {
            set.get(id).is_some_and(|held| matches!(held.value, Value::Sealed(_)) || held.value == *given)
        };
        let written = items.iter().any(|item| match item {
            Item::Change(change) if change.entity == *urn => {
                let mut fields = beginning.fields.iter();
                let about = change.set.get("about").and_then(|held| held.value.as_ref());
                beginning.about.as_ref().is_none_or(|wanted| about == Some(wanted))
                    && fields.all(|field| same(field, &change.set))
            }
            _ => false,
        });
        if ours && written { Ok(()) } else { Err(used()) }
    }

    /// Where a case stands that somebody begins: where that stands which it is about; else where a field says, else
    /// where the person holds the role.
    fn begun_at(
        &self,
        view: &dyn Reading,
        definition: &Definition,
        actor: &Actor,
        beginning: &Beginning,
        urn: &Urn,
    ) -> Result<Scope, Refusal> {
        let wanted = definition.begin.as_ref().and_then(|begin| begin.about.as_ref());
        if let Some(about) = &beginning.about {
            // What a process asks for by its type is offered by reach; anything else must be something that they see.
            if wanted.is_none() {
                self.context_entity(Some(actor), about)?;
            }
            let entity = view.entity(about)?.filter(|entity| wanted.is_none_or(|kind| entity.kind == *kind));
            let entity = entity.ok_or_else(|| Refusal::NotFound(about.to_string()))?;
            let division = entity.text("division").to_owned();
            return Ok(Scope { division, about: about.clone() });
        }
        if wanted.is_some() {
            let what = Text::new("请选择办理的对象", "Say what it is about");
            return Err(Refusal::Field { field: "about", what });
        }
        let said = beginning.fields.get("division").and_then(Value::as_text).map(str::to_owned);
        let date = self.date(self.now());
        let may = definition.begin.as_ref().map(|begin| begin.by.as_slice()).unwrap_or_default();
        let mut held = actor.grants.iter().filter(|grant| grant.holds_on(&date) && may.contains(&grant.role));
        let own = || held.next().map(|grant| grant.division.clone());
        let division = said.or_else(own).unwrap_or_else(|| self.loaded().definitions.city.division.clone());
        Ok(Scope { division, about: urn.clone() })
    }

    /// Opens a case because of something else; while one has its key, that one is told instead.
    pub(crate) fn open_or_tell(&self, command: CommandId, wanted: &Wanted) -> Result<Done, Refusal> {
        let space = name("open-case")?;
        for _ in 0..ATTEMPTS_MAX {
            // Key and case are read in one view: a case closed in between would be told, and none opened.
            let view = self.store.read()?;
            if let Some(done) = self.first_receipt(&*view, &command)? {
                return Ok(done);
            }
            let holder = view.key(&space, &wanted.key)?.map(|case| view.entity(&case)).transpose()?.flatten();
            let opened = holder.is_none();
            let commit = match holder {
                Some(case) => {
                    let mut commit = self.telling(&*view, command, &case, wanted)?;
                    self.link(&mut commit, &*view, wanted, case.urn)?;
                    commit
                }
                None => self.opening(&*view, command, &space, wanted)?,
            };
            drop(view);
            if let Some(done) = self.landed(commit)? {
                self.counters.add("case", if opened { "opened" } else { "told" });
                return Ok(done);
            }
        }
        Err(Refusal::Store(store::StoreError::Busy))
    }

    fn opening(
        &self,
        view: &dyn Reading,
        command: CommandId,
        space: &Name,
        wanted: &Wanted,
    ) -> Result<Commit, Refusal> {
        let loaded = self.loaded();
        let (digest, definition) = loaded.in_force(&wanted.process)?;
        let urn = Urn::of(&definition.case, &command.to_string()).map_err(crate::invalid)?;
        let mut with = wanted.with.clone();
        with.insert(name("key")?, wanted.key.as_str().into());
        if let Some((parent, kind)) = &wanted.parent {
            with.insert(name("parent")?, parent.clone().into());
            with.insert(name("parentAs")?, kind.as_str().into());
        }
        let scope = Scope { division: wanted.division.clone(), about: wanted.about.clone() };
        let blank = blank(&urn, &definition, &scope, with)?;
        let at = self.decision_time(view)?;
        let decision = {
            let (world, times) = (CaseWorld::new(&loaded, view, &blank, self.now()), loaded.times());
            start(&definition, digest, at, &Facts { world: &world, times: &times })
        };
        self.note_findings(&decision);
        let mut commit = Commit::new(command, system()?, name("open")?, wanted.ground.as_str());
        commit.cause = Some(wanted.cause);
        commit.expect.push(Expect::KeyUnused(space.clone(), wanted.key.clone()));
        commit.keys.push(Key { space: space.clone(), key: wanted.key.clone(), entity: Some(urn.clone()) });
        self.create(&mut commit, view, &definition, &blank, &decision)?;
        self.link(&mut commit, view, wanted, urn)?;
        Ok(commit)
    }

    /// The parent's record notes the case that was opened, or told, for it.
    fn link(
        &self,
        commit: &mut Commit,
        view: &dyn Reading,
        wanted: &Wanted,
        urn: Urn,
    ) -> Result<(), Refusal> {
        let Some((parent, kind)) = &wanted.parent else { return Ok(()) };
        let link = Link { urn, process: wanted.process.clone(), r#as: *kind, open: true };
        let missing = || Refusal::NotFound(parent.to_string());
        let held = view.entity(parent)?.ok_or_else(missing)?;
        let record = Record::from_value(&held.record).ok_or_else(missing)?;
        commit.expect.push(Expect::EntityAt(parent.clone(), Some(held.version)));
        commit.changes.push(Change {
            entity: parent.clone(),
            kind: held.kind,
            verb: name("link")?,
            set: BTreeMap::new(),
            note: map([("case", link.urn.clone().into()), ("as", link.r#as.as_str().into())]),
            record: Some(linked(&record, link)?.to_value()),
        });
        Ok(())
    }

    /// One change both creates a case and gives it its first record.
    fn create(
        &self,
        commit: &mut Commit,
        view: &dyn Reading,
        definition: &Definition,
        blank: &Entity,
        decision: &Decision,
    ) -> Result<(), Refusal> {
        let at = commit.changes.len();
        self.write(commit, view, definition, blank, decision, Value::Null)?;
        commit.expect.retain(|e| !matches!(e, Expect::EntityAt(urn, _) if *urn == blank.urn));
        commit.expect.push(Expect::EntityAt(blank.urn.clone(), None));
        if let Some(first) = commit.changes.get_mut(at) {
            for (id, held) in &blank.attributes {
                first.set.entry(id.clone()).or_insert_with(|| held.attribute.clone());
            }
        }
        Ok(())
    }
}

/// A case before its first record: only what it is about.
fn blank(
    urn: &Urn,
    definition: &Definition,
    scope: &Scope,
    with: BTreeMap<Name, Value>,
) -> Result<Entity, Refusal> {
    let mut set: BTreeMap<Name, Attribute> =
        with.into_iter().map(|(id, value)| (id, Attribute::plain(value))).collect();
    set.insert(name("about")?, Attribute::plain(scope.about.clone()));
    set.insert(name("division")?, Attribute::plain(scope.division.as_str()));
    let change = Change {
        entity: urn.clone(),
        kind: definition.case.clone(),
        verb: name("open")?,
        set,
        note: Value::Null,
        record: None,
    };
    Ok(Entity::apply(None, &change, 0, model::Instant::default()))
}
