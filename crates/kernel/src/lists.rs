//! The inbox: cases by time left. Lists are read where each grant may look, so they grow with the answer.

use crate::{Actor, CaseView, Kernel, Refusal, Scope};
use model::{Entity, Name, Urn};
use std::collections::{BTreeMap, BTreeSet};
use store::{ListingPage, Reading};

/// Rows on a page.
pub const PAGE_ROWS: u32 = 50;
/// Rows read per list to fill a page: pages far behind are reached by filters, not by paging.
const DEPTH_MAX: u32 = 1000;

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboxTab {
    /// Open cases in which this person's roles can act.
    Mine,
    /// All open cases within reach.
    Open,
    /// Ended cases within reach, the latest first.
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
    /// How many cases of each type the whole list has, before it is narrowed to one.
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
        if tab == InboxTab::Mine {
            // What waits for this person by name: claimed, delegated, or their own part.
            spaces.insert(format!("inbox/{}", actor.urn));
        }
        let mut found: BTreeSet<(i64, String)> = BTreeSet::new();
        let mut more = false;
        for space in &spaces {
            let rows = view.listing(space, ListingPage { skip: 0, limit: DEPTH_MAX })?;
            more |= rows.len() == DEPTH_MAX as usize;
            found.extend(rows.into_iter().map(|row| (row.sort, row.entity.to_string())));
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
        let division = entity.value("division").as_text()?.to_owned();
        let about = entity.value("about").as_ref().cloned().unwrap_or_else(|| entity.urn.clone());
        Some(Scope { division, about })
    }

    /// Open and ended cases about a source, the latest first.
    pub(crate) fn cases_about(&self, view: &dyn Reading, source: &Urn) -> Result<Vec<Urn>, Refusal> {
        let rows = view.listing(&format!("about/{source}"), ListingPage { skip: 0, limit: 20 })?;
        Ok(rows.into_iter().map(|row| row.entity).collect())
    }
}

/// The type that an entity's name states (NGSI-LD).
fn kind_of(urn: &str) -> &str {
    urn.split(':').nth(2).unwrap_or_default()
}
