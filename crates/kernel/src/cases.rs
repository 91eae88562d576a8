//! Cases as people may see them: where they stand, their clocks, what may be done, what happened.
//!
//! Moving them is `act` and `begin`; what is written with a decision is `written`.

use crate::world::CaseWorld;
use crate::{Actor, Kernel, Refusal, Scope, name, title};
use model::{Entity, Filter, Instant, Item, Name, Text, Urn, Value};
use process::{Clock, Definition, Due, Facts, Offer, Record, Refusal as ProcessRefusal, offers};
use std::sync::Arc;
use store::{Entry, Reading};

/// Entries of a case's trail that a page shows.
pub(crate) const TRAIL_MAX: u32 = 500;
/// Cases are counted up to here.
const TALLY_MAX: u64 = 1_000_000;

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

impl Kernel {
    /// How many cases of a process there were and are: open ones, and all. Nothing of what is in them.
    pub fn tally(&self, kind: &Name) -> Result<(u64, u64), Refusal> {
        let view = self.store.read()?;
        let all = Filter::Kind(kind.clone());
        let ended = Filter::Has { path: vec![name("closedAt")?] };
        let open = Filter::And(vec![all.clone(), Filter::Not(Box::new(ended))]);
        Ok((view.count(&open, TALLY_MAX)?, view.count(&all, TALLY_MAX)?))
    }

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
        self.case_of(view, entity, reader)
    }

    /// A case as its entity says it is.
    pub(crate) fn case_of(
        &self,
        view: &dyn Reading,
        entity: Entity,
        reader: Option<&Actor>,
    ) -> Result<CaseView, Refusal> {
        let not_found = || Refusal::NotFound(entity.urn.to_string());
        let record = Record::from_value(&entity.record).ok_or_else(not_found)?;
        let definition = self.loaded().process(&record.process)?;
        let scope = Self::scope(&entity).ok_or_else(not_found)?;
        let now = self.now();
        let roles = reader.map(|r| r.roles_for(&entity, &self.date(now))).unwrap_or_default();
        if let Some(reader) = reader
            && !self.may_read(reader)?.matches(&entity)
            && !concerns(&definition, &record, &reader.urn)
        {
            // Whether the case exists is not for everybody to know.
            return Err(not_found());
        }
        let about = view.entity(&scope.about)?.map_or_else(|| title(&entity), |about| title(&about));
        let opened = view.history(&entity.urn, 0, 1)?.first().copied().unwrap_or(entity.version);
        let clocks = self.clocks(&definition, &record, now);
        Ok(CaseView { entity, record, definition, opened, about, scope, clocks, roles })
    }

    fn clocks(&self, definition: &Definition, record: &Record, now: Instant) -> Vec<(Name, i64, Due)> {
        let loaded = self.loaded();
        let times = loaded.times();
        let live = record.clocks_of(definition).map(|(key, clock, held)| {
            let live = Clock { rule: &clock.rule, times: &times };
            (key.clone(), live.left_at(held, now), live.due(held))
        });
        live.collect()
    }

    /// What this person may do with a case now, and what others may.
    pub fn offers<'a>(&self, case: &'a CaseView, actor: &Urn) -> Result<Vec<Offer<'a>>, Refusal> {
        let view = self.store.read()?;
        let loaded = self.loaded();
        let (world, times) = (CaseWorld::new(&loaded, &*view, &case.entity, self.now()), loaded.times());
        let facts = Facts { world: &world, times: &times };
        Ok(offers(&case.definition, &case.record, (actor, &case.roles), self.now(), &facts))
    }

    /// What happened to a case, oldest first.
    pub fn trail(&self, case: &Urn) -> Result<Vec<TrailEntry>, Refusal> {
        let view = self.store.read()?;
        let mut trail = Vec::new();
        for sequence in view.history_latest(case, TRAIL_MAX)? {
            let Some(entry) = view.entry(sequence)? else { continue };
            let note = noted(&entry, case);
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
}

/// What an entry says besides of an entity, if it changed it.
pub(crate) fn noted(entry: &Entry, entity: &Urn) -> Option<Value> {
    entry.decoded().unwrap_or_default().into_iter().find_map(|item| match item {
        Item::Change(change) if change.entity == *entity => Some(change.note),
        _ => None,
    })
}

/// Whether a case waits for a person by name: claimed, delegated, or their own part.
pub(crate) fn concerns(definition: &Definition, record: &Record, person: &Urn) -> bool {
    let awaited = definition.awaits(record);
    awaited.people.contains(person) || awaited.parties.contains(person)
}

impl CaseView {
    /// Whether the case has ended.
    pub fn ended(&self) -> bool {
        self.record.closed.is_some()
    }

    /// The stages in which it stands, in the order of the process.
    pub fn stages(&self) -> Vec<&Name> {
        let order = self.definition.stage.iter().map(|stage| &stage.id);
        order.filter(|id| self.record.at.contains(*id)).collect()
    }

    /// Roles of which somebody must act; none when it has ended.
    pub fn awaits(&self) -> Vec<&Name> {
        if self.ended() {
            Vec::new()
        } else {
            self.definition.awaits(&self.record).roles.into_iter().collect()
        }
    }
}

impl Kernel {
    /// Whether a case waits for this person: by a role, or by name.
    pub fn waits_for(&self, case: &CaseView, actor: &Actor) -> bool {
        let awaits = case.awaits();
        let held = actor.roles_for(&case.entity, &self.date(self.now()));
        !case.ended()
            && (held.iter().any(|role| awaits.contains(&role))
                || concerns(&case.definition, &case.record, &actor.urn))
    }

    /// The act's own refusal for a reader, if the act exists in this stage.
    pub fn refusal(&self, case: &CaseView, act: &Name, actor: &Urn) -> Option<ProcessRefusal> {
        let offers = self.offers(case, actor).ok()?;
        offers.into_iter().find(|offer| offer.action.id == *act).and_then(|offer| offer.refused)
    }
}
