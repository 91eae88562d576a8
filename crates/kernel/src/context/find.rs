//! Entities that a program asks for.

use super::eyes::Eyes;
use super::{CREATED_BY, DELETED_AT, names};
use crate::act::say;
use crate::{Actor, Kernel, Refusal};
use model::{Entity, Filter, Instant, Name, Urn, Value};
use std::collections::BTreeMap;
use store::{Find, Order, Reading};

/// Entities looked at for one answer that no index can give.
const LOOKED_AT_MAX: usize = 50_000;
/// Entities read at once.
const PAGE: u32 = 500;
/// Counted up to here.
const COUNT_MAX: u64 = 1_000_000;

/// What is asked for.
pub struct ContextQuery<'a> {
    /// Of one of these types; of any, if there is none.
    pub kinds: Vec<Name>,
    /// One of these; any, if there is none.
    pub ids: Vec<Urn>,
    /// With what attributes.
    pub filter: Option<Filter>,
    /// The attributes that `filter` asks for.
    pub asked: Vec<Name>,
    /// Whatever else must hold; it is asked of every entity that all the rest finds.
    pub keep: Option<&'a dyn Fn(&Entity) -> bool>,
    /// In the order of an attribute, the greatest first if so; by URN otherwise.
    pub order: Option<(Vec<Name>, bool)>,
    /// How many to leave out.
    pub skip: u64,
    /// How many at most.
    pub limit: u32,
    /// Whether to count them all.
    pub count: bool,
}

impl ContextQuery<'_> {
    /// Everything of a type, as many as are said.
    pub fn of(kind: Name) -> Self {
        let (kinds, ids, asked) = (vec![kind], Vec::new(), Vec::new());
        Self { kinds, ids, filter: None, asked, keep: None, order: None, skip: 0, limit: 0, count: false }
    }
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct ContextFound {
    /// Each as its reader sees it.
    pub entities: Vec<Entity>,
    /// How many there are, if that was asked for.
    pub count: Option<u64>,
    /// Whether more follow.
    pub more: bool,
}

impl Kernel {
    /// One entity as somebody sees it.
    pub fn context_entity(&self, actor: Option<&Actor>, urn: &Urn) -> Result<Entity, Refusal> {
        let (eyes, view) = (Eyes::of(self, actor)?, self.store.read()?);
        let held = view.entity(urn)?.map(|entity| eyes.shown(&*view, entity)).transpose()?.flatten();
        held.ok_or_else(|| Refusal::NotFound(urn.to_string()))
    }

    /// An entity as somebody would have seen it after an entry of the log; nothing if it was not there. Values of series are
    /// the latest there are.
    pub fn context_entity_at(
        &self,
        actor: Option<&Actor>,
        urn: &Urn,
        entry: u64,
    ) -> Result<Option<Entity>, Refusal> {
        let (eyes, view) = (Eyes::of(self, actor)?, self.store.read()?);
        let then = crate::documents::entity_at(&*view, urn, entry)?;
        Ok(then.map(|entity| eyes.shown(&*view, entity)).transpose()?.flatten())
    }

    /// When an entity was made: the log time of its first entry.
    pub fn created(&self, urn: &Urn) -> Result<Option<Instant>, Refusal> {
        let view = self.store.read()?;
        let first = view.history(urn, 0, 1)?.first().copied();
        Ok(first.map(|first| view.entry(first)).transpose()?.flatten().map(|entry| entry.leaf.committed))
    }

    /// How many entities of each type somebody sees, by type.
    pub fn context_types(&self, actor: Option<&Actor>) -> Result<BTreeMap<Name, u64>, Refusal> {
        let (eyes, view) = (Eyes::of(self, actor)?, self.store.read()?);
        let mut types = BTreeMap::new();
        for kind in eyes.loaded.definitions.types.values().filter(|kind| eyes.sees_kind(kind)) {
            let count = view.count(&Filter::And(vec![Filter::Kind(kind.id.clone()), there()?]), COUNT_MAX)?;
            types.insert(kind.id.clone(), count);
        }
        if eyes.context {
            let mut after = None;
            let wanted = Filter::And(vec![kept()?, there()?]);
            for _ in 0..LOOKED_AT_MAX / PAGE as usize {
                let page = view.find(&wanted, &Find { order: Order::Urn { after }, skip: 0, limit: PAGE })?;
                after = page.last().map(|entity| entity.urn.clone());
                let full = page.len() == PAGE as usize;
                for entity in page.into_iter().filter(|entity| eyes.kind(&entity.kind).is_none()) {
                    *types.entry(entity.kind).or_default() += 1;
                }
                if !full {
                    break;
                }
            }
        }
        types.retain(|_, count| *count > 0);
        Ok(types)
    }

    /// Entities as somebody sees them.
    pub fn context(&self, actor: Option<&Actor>, query: &ContextQuery<'_>) -> Result<ContextFound, Refusal> {
        let (eyes, view) = (Eyes::of(self, actor)?, self.store.read()?);
        let of_series = |id: &Name| {
            eyes.loaded
                .definitions
                .types
                .values()
                .any(|kind| kind.attribute(id).is_some_and(|own| own.series))
        };
        let ordered_by_series =
            query.order.as_ref().and_then(|(path, _)| path.first()).is_some_and(&of_series);
        // What no fact of the store can say is asked of each entity that the rest finds.
        let scans = query.keep.is_some() || query.asked.iter().any(of_series) || ordered_by_series;
        let filter = self.wanted(&eyes, query, !scans)?;
        if scans {
            return scan(&*view, &eyes, query, &filter);
        }
        let order = match &query.order {
            None => Order::Urn { after: None },
            Some((path, descending)) => Order::By { path: path.clone(), descending: *descending },
        };
        let limit = query.limit.saturating_add(1);
        let mut found = view.find(&filter, &Find { order, skip: query.skip, limit })?;
        let more = found.len() > query.limit as usize;
        found.truncate(query.limit as usize);
        let count = if query.count { Some(view.count(&filter, COUNT_MAX)?) } else { None };
        let mut entities = Vec::with_capacity(found.len());
        for entity in found {
            entities.extend(eyes.shown(&*view, entity)?);
        }
        Ok(ContextFound { entities, count, more })
    }

    /// What the store is asked for: types that are seen, and of each only what may be asked of it.
    fn wanted(&self, eyes: &Eyes, query: &ContextQuery<'_>, with_filter: bool) -> Result<Filter, Refusal> {
        let all = eyes.loaded.definitions.types.values();
        let asked_for = |kind: &Name| query.kinds.is_empty() || query.kinds.contains(kind);
        let mut parts = Vec::new();
        let may_ask = |kind| query.asked.iter().all(|id| eyes.asks(kind, id));
        for kind in all.filter(|kind| asked_for(&kind.id) && eyes.sees_kind(kind) && may_ask(Some(kind))) {
            parts.push(Filter::Kind(kind.id.clone()));
        }
        if eyes.context && may_ask(None) {
            let foreign = query.kinds.iter().filter(|kind| eyes.kind(kind).is_none());
            let foreign: Vec<Filter> = foreign.map(|kind| Filter::Kind(kind.clone())).collect();
            if query.kinds.is_empty() {
                parts.push(kept()?);
            } else if !foreign.is_empty() {
                parts.push(Filter::And(vec![Filter::Or(foreign), kept()?]));
            }
        }
        let mut wanted = vec![Filter::Or(parts), there()?];
        if !query.ids.is_empty() {
            wanted.push(Filter::Is(query.ids.clone()));
        }
        wanted.extend(query.filter.clone().filter(|_| with_filter));
        Ok(Filter::And(wanted))
    }
}

/// Looks at every entity that the store finds.
fn scan(
    view: &dyn Reading,
    eyes: &Eyes,
    query: &ContextQuery<'_>,
    filter: &Filter,
) -> Result<ContextFound, Refusal> {
    let (mut after, mut looked, mut found) = (None, 0, Vec::new());
    loop {
        let page = view.find(filter, &Find { order: Order::Urn { after }, skip: 0, limit: PAGE })?;
        let full = page.len() == PAGE as usize;
        after = page.last().map(|entity| entity.urn.clone());
        looked += page.len();
        if looked > LOOKED_AT_MAX {
            let (zh, en) = (
                "涉及的对象太多：请用 type、id 或 q 缩小范围",
                "too many entities would have to be looked at: narrow it by type, id or q",
            );
            return Err(Refusal::Field { field: "too-many", what: say(zh, en) });
        }
        for entity in page {
            let Some(seen) = eyes.shown(view, entity)? else { continue };
            let holds = query.filter.as_ref().is_none_or(|filter| filter.matches(&seen))
                && query.keep.is_none_or(|keep| keep(&seen));
            if holds {
                found.push(seen);
            }
        }
        if !full {
            break;
        }
    }
    if let Some((path, descending)) = &query.order {
        let value = |entity: &Entity| -> Value {
            let (first, rest) =
                path.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
            let held = first.map_or(&Value::Null, |first| entity.value(first.as_str()));
            rest.iter().fold(held, |held, key| held.get(key.as_str()).unwrap_or(&Value::Null)).clone()
        };
        found.sort_by(|a, b| {
            let (a, b) = (value(a), value(b));
            // What has no value comes last, whichever way the others go.
            let there = (a == Value::Null).cmp(&(b == Value::Null));
            let order = a.order(&b).unwrap_or(std::cmp::Ordering::Equal);
            there.then(if *descending { order.reverse() } else { order })
        });
    }
    let count = query.count.then_some(found.len() as u64);
    let skip = usize::try_from(query.skip).unwrap_or(usize::MAX);
    let more = found.len().saturating_sub(skip) > query.limit as usize;
    let entities = found.into_iter().skip(skip).take(query.limit as usize).collect();
    Ok(ContextFound { entities, count, more })
}

/// Entities of unknown types that programs keep.
fn kept() -> Result<Filter, Refusal> {
    let [created, _] = names([CREATED_BY, DELETED_AT])?;
    Ok(Filter::Has { path: vec![created] })
}

/// Those that were not taken out.
fn there() -> Result<Filter, Refusal> {
    let [_, deleted] = names([CREATED_BY, DELETED_AT])?;
    Ok(Filter::Not(Box::new(Filter::Has { path: vec![deleted] })))
}
