//! The inbox: cases by time left. Lists are read where each grant may look, so they grow with the answer.

use crate::{Actor, CaseView, Kernel, Refusal, Scope, name};
use model::{Entity, Filter, Instant, Name, Operator, Text, Urn};
use std::collections::{BTreeMap, BTreeSet};
use store::{Find, ListingPage, Order, Reading, StoreError};

/// Rows on a page.
pub const PAGE_ROWS: u32 = 50;
/// Rows read per list to fill a page: pages far behind are reached by filters, not by paging.
const DEPTH_MAX: u32 = 1000;

/// The place of every case, for who audits.
pub(crate) const EVERYWHERE: &str = "all";

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboxTab {
    /// Open cases in which this person's roles can act.
    Mine,
    /// All open cases that this person may read.
    Open,
    /// Ended cases that this person may read, the latest first.
    Closed,
}

/// A row: the case as this person may see it.
#[derive(Clone, Debug)]
pub struct InboxRow {
    /// The case.
    pub case: CaseView,
}

/// A page of the inbox.
#[derive(Clone, Debug)]
pub struct InboxPage {
    /// The rows.
    pub rows: Vec<InboxRow>,
    /// Cases in the list.
    pub total: usize,
    /// Of these, overdue ones.
    pub overdue: usize,
    /// Whether the list is longer than was counted.
    pub more: bool,
    /// How many cases of each type the whole list has, before it is narrowed to one; uncounted
    /// where a filter was asked.
    pub kinds: BTreeMap<Name, usize>,
}

impl InboxTab {
    fn space(self, role: &str, place: &str) -> String {
        match self {
            Self::Mine => format!("inbox/{role}/{place}"),
            Self::Open => format!("open/{place}"),
            Self::Closed => format!("closed/{place}"),
        }
    }
}

impl Kernel {
    /// A page of a person's inbox.
    pub fn inbox(&self, actor: &Actor, tab: InboxTab, page: u32) -> Result<InboxPage, Refusal> {
        self.inbox_of(actor, tab, None, page)
    }

    /// The same, narrowed to cases of one type.
    pub fn inbox_of(
        &self,
        actor: &Actor,
        tab: InboxTab,
        kind: Option<&Name>,
        page: u32,
    ) -> Result<InboxPage, Refusal> {
        let view = self.store.read()?;
        let now = self.now();
        let date = self.date(now);
        let grants = actor.grants.iter().filter(|g| g.holds_on(&date));
        let mut spaces: BTreeSet<String> = grants.map(|g| tab.space(g.role.as_str(), &g.place())).collect();
        if tab != InboxTab::Closed {
            // What waits for this person by name: claimed, delegated, or their own part. They may read it too.
            spaces.insert(named(actor));
        }
        if tab != InboxTab::Mine && self.may_read(actor)? == Filter::All {
            spaces.insert(tab.space("", EVERYWHERE));
        }
        let mut found: BTreeSet<(i64, String)> = BTreeSet::new();
        let mut more = false;
        for space in &spaces {
            // One more than is shown says whether there are more.
            let rows = view.listing(space, ListingPage { skip: 0, limit: DEPTH_MAX + 1 })?;
            more |= rows.len() > DEPTH_MAX as usize;
            found.extend(
                rows.into_iter().take(DEPTH_MAX as usize).map(|row| (row.sort, row.entity.to_string())),
            );
        }
        let mut kinds = BTreeMap::new();
        found.retain(|(_, urn)| {
            let own = kind_of(urn);
            if let Ok(own) = Name::new(own) {
                *kinds.entry(own).or_default() += 1;
            }
            kind.is_none_or(|kind| *kind == *own)
        });
        let overdue = match tab {
            InboxTab::Closed => 0,
            _ => found.iter().filter(|(due, _)| *due <= now.micros()).count(),
        };
        let skip = (page as usize).saturating_mul(PAGE_ROWS as usize);
        let rows = found.iter().skip(skip).take(PAGE_ROWS as usize).filter_map(|(_, urn)| {
            let urn = Urn::new(urn.as_str()).ok()?;
            Some(self.case_in(&*view, &urn, Some(actor)).map(|case| InboxRow { case }))
        });
        Ok(InboxPage { rows: rows.collect::<Result<_, _>>()?, total: found.len(), overdue, more, kinds })
    }

    /// Where a thing stands: a case by what it is about, anything else by itself.
    pub(crate) fn scope(entity: &Entity) -> Option<Scope> {
        Scope::of(&entity.urn, |id| entity.value(id))
    }

    /// A page of the cases that a person may read and a filter matches.
    pub fn cases(
        &self,
        actor: &Actor,
        filter: &Filter,
        order: &Order,
        page: u32,
    ) -> Result<InboxPage, Refusal> {
        let view = self.store.read()?;
        let filter = Filter::And(vec![filter.clone(), self.readable_cases(&*view, actor)?]);
        let (skip, limit) = (u64::from(page) * u64::from(PAGE_ROWS), PAGE_ROWS);
        let found = view.find(&filter, &Find { order: order.clone(), skip, limit }).map_err(unanswered)?;
        let rows =
            found.into_iter().map(|case| Ok(InboxRow { case: self.case_of(&*view, case, Some(actor))? }));
        let rows = rows.collect::<Result<_, Refusal>>()?;
        let count = |filter: &Filter| -> Result<usize, Refusal> {
            let count = view.count(filter, u64::from(DEPTH_MAX) + 1).map_err(unanswered)?;
            Ok(usize::try_from(count).unwrap_or(usize::MAX))
        };
        let (total, most) = (count(&filter)?, DEPTH_MAX as usize);
        let late = Filter::And(vec![filter, self.open_cases()?, overdue(self.now())?]);
        let overdue = count(&late)?.min(most);
        let kinds = BTreeMap::new();
        Ok(InboxPage { rows, total: total.min(most), overdue, more: total > most, kinds })
    }

    /// The same by time left, within a list: the open ones, the ended ones, or both. What waits for somebody is told by
    /// records, not by attributes, so that list cannot be asked.
    pub fn cases_within(
        &self,
        actor: &Actor,
        tab: Option<InboxTab>,
        filter: Filter,
        page: u32,
    ) -> Result<InboxPage, Refusal> {
        let open = self.open_cases()?;
        let filter = match tab {
            None => filter,
            Some(InboxTab::Open) => Filter::And(vec![filter, open]),
            Some(InboxTab::Closed) => Filter::And(vec![filter, Filter::Not(Box::new(open))]),
            Some(InboxTab::Mine) => {
                let what =
                    Text::new("请在在办或者办结事项中查询", "ask among the open cases or the ended ones");
                return Err(Refusal::Field { field: "tab", what });
            }
        };
        let order = Order::By { path: vec![name("dueAt")?], descending: false };
        self.cases(actor, &filter, &order, page)
    }

    /// What of the cases an actor may read, those included that wait for the actor by name.
    pub(crate) fn readable_cases(&self, view: &dyn Reading, actor: &Actor) -> Result<Filter, Refusal> {
        let waiting = view.listing(&named(actor), ListingPage { skip: 0, limit: DEPTH_MAX })?;
        let waiting = Filter::Is(waiting.into_iter().map(|row| row.entity).collect());
        let loaded = self.loaded();
        let kinds: BTreeSet<&Name> = loaded.by_digest.values().map(|definition| &definition.case).collect();
        let kinds = Filter::Or(kinds.into_iter().cloned().map(Filter::Kind).collect());
        Ok(Filter::And(vec![kinds, Filter::Or(vec![self.may_read(actor)?, waiting])]))
    }

    /// Cases that have not ended.
    pub fn open_cases(&self) -> Result<Filter, Refusal> {
        Ok(Filter::Not(Box::new(Filter::Has { path: vec![name("closedAt")?] })))
    }

    /// Open and ended cases about a source, the latest first.
    pub(crate) fn cases_about(&self, view: &dyn Reading, source: &Urn) -> Result<Vec<Urn>, Refusal> {
        let rows = view.listing(&format!("about/{source}"), ListingPage { skip: 0, limit: 20 })?;
        Ok(rows.into_iter().map(|row| row.entity).collect())
    }
}

/// The list of what waits for a person by name.
fn named(actor: &Actor) -> String {
    format!("inbox/{}", actor.urn)
}

fn overdue(now: Instant) -> Result<Filter, Refusal> {
    Ok(Filter::Compare { path: vec![name("dueAt")?], op: Operator::Le, value: now.into() })
}

/// A filter that the store cannot answer is to be asked in another way.
fn unanswered(error: StoreError) -> Refusal {
    match error {
        StoreError::Filter(what) => crate::ask::not_asked("条件过长或者过于复杂".to_owned(), what),
        other => Refusal::Store(other),
    }
}

/// The type that an entity's name states (NGSI-LD).
fn kind_of(urn: &str) -> &str {
    urn.split(':').nth(2).unwrap_or_default()
}
