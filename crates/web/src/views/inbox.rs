//! The officer's inbox: cases by time left.

use super::{ActForm, Clock, Corrects, Field, Input, Link, Page, Paging};
use crate::paths;
use crate::texts::fill;
use askama::Template;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "inbox.html")]
pub struct Inbox {
    /// The frame.
    pub page: Page,
    /// Which tab is open.
    pub tab: TabKind,
    /// The tabs, in the order shown.
    pub tabs: Vec<Tab>,
    /// Which figure the list is narrowed to; `FigureKind::All` for none.
    pub figure: FigureKind,
    /// The figures above the list.
    pub figures: Vec<Figure>,
    /// The kinds of cases in the list, each a link that narrows it; empty where there is only one.
    pub kinds: Vec<KindFilter>,
    /// Where a person begins a case; nothing for those who may not begin any.
    pub begin_href: Option<String>,
    /// The connectors that this person may run, if there are any.
    pub connectors_href: Option<String>,
    /// The rows of this page, the most urgent first.
    pub rows: Vec<Row>,
    /// Where in the list.
    pub paging: Paging,
    /// The lists that this person keeps.
    pub kept: Kept,
}

/// The lists that somebody keeps by name, and the one shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Names and addresses.
    pub lists: Vec<Link>,
    /// The address of the list shown, without its page.
    pub own: String,
    /// What was wrong with the name of a list.
    pub error: Option<String>,
}

impl Kept {
    /// Whether a list is the one shown.
    pub fn is_shown(&self, list: &Link) -> bool {
        list.href == self.own
    }

    /// The name under which the list shown is kept.
    pub fn name(&self) -> Option<&str> {
        self.lists.iter().find(|list| self.is_shown(list)).map(|list| list.text.as_str())
    }
}

/// Several cases, and what can be done to all of them at once.
#[derive(Clone, Debug, Template)]
#[template(path = "several.html")]
pub struct Several {
    /// The frame.
    pub page: Page,
    /// The cases that were chosen and are still to be done, each with its matter and stage.
    pub cases: Vec<(Link, String, String)>,
    /// What can be done to all of them.
    pub acts: Vec<ActForm>,
    /// What was done: the case, and the entry or why not.
    pub done: Vec<SeveralDone>,
    /// The version shown, which each case has of its own here.
    pub seen: u64,
}

/// A case that an act was tried on together with others.
#[derive(Clone, Debug, PartialEq)]
pub struct SeveralDone {
    /// The case.
    pub case: Link,
    /// Its receipt, or why it was not done.
    pub outcome: Result<Link, String>,
}

/// Whose cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TabKind {
    /// Those that wait for this person.
    Mine,
    /// All that this person may see.
    All,
    /// The closed ones.
    Closed,
}

/// A tab: a plain link.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// Which.
    pub kind: TabKind,
    /// Where it leads.
    pub href: String,
    /// Cases in it.
    pub count: Option<u64>,
}

/// What a figure counts within the tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureKind {
    /// Overdue.
    Red,
    /// Warned.
    Yellow,
    /// Due today.
    Today,
    /// Everything.
    All,
}

/// A figure that opens its cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What it counts.
    pub kind: FigureKind,
    /// How many.
    pub count: u64,
    /// The list narrowed to them.
    pub href: String,
}

/// A kind of case that the list can be narrowed to.
#[derive(Clone, Debug, PartialEq)]
pub struct KindFilter {
    /// What it is called; nothing for all of them.
    pub title: Option<String>,
    /// How many there are.
    pub count: u64,
    /// The list narrowed to it.
    pub href: String,
    /// Whether it is narrowed so.
    pub current: bool,
}

/// One case.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Row {
    /// Its clock; `None` when none runs.
    pub clock: Option<Clock>,
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// What it is about.
    pub matter: String,
    /// The title of what it is about; of a case about itself its process and number.
    pub about: String,
    /// The stage's title.
    pub stage: String,
    /// The role that must act next; empty when nobody must.
    pub who: String,
    /// Whether this person may act.
    pub yours: bool,
    /// The case's name, by which it is chosen together with others.
    pub urn: String,
}

impl Several {
    fn leads_to(&self, stage: &str) -> String {
        fill(&self.page.texts().case.leads_to, &[("stage", stage)])
    }

    fn chosen(&self) -> String {
        fill(&self.page.texts().inbox.several_chosen, &[("n", &self.cases.len().to_string())])
    }

    fn outcome(&self) -> String {
        let done = self.done.iter().filter(|one| one.outcome.is_ok()).count();
        let slots = [("done", &*done.to_string()), ("all", &self.done.len().to_string())];
        fill(&self.page.texts().inbox.several_done, &slots)
    }
}

impl Inbox {
    /// The address of the list shown, all of it, as a table.
    fn table(&self) -> String {
        self.kept.own.replacen(paths::INBOX, paths::INBOX_TABLE, 1)
    }

    /// Whether any row can be chosen together with others.
    fn can_choose(&self) -> bool {
        self.rows.iter().filter(|row| row.yours).count() > 1
    }

    fn tab_title(&self, kind: &TabKind) -> &'static str {
        let texts = &self.page.texts().inbox;
        match kind {
            TabKind::Mine => &texts.tab_mine,
            TabKind::All => &texts.tab_all,
            TabKind::Closed => &texts.tab_closed,
        }
    }

    fn figure_title(&self, kind: &FigureKind) -> &'static str {
        let texts = &self.page.texts().inbox;
        match kind {
            FigureKind::Red => &texts.figure_red,
            FigureKind::Yellow => &texts.figure_yellow,
            FigureKind::Today => &texts.figure_today,
            FigureKind::All => &texts.figure_all,
        }
    }

    fn figure_class(kind: &FigureKind) -> &'static str {
        match kind {
            FigureKind::Red => "red",
            FigureKind::Yellow => "yellow",
            FigureKind::Today => "today",
            FigureKind::All => "all",
        }
    }

    /// Why the list is empty, and what comes next.
    fn empty(&self) -> (&'static str, &'static str) {
        let texts = &self.page.texts().inbox;
        let narrowed = self.kinds.iter().any(|kind| kind.current && kind.title.is_some());
        match (self.figure, self.tab) {
            _ if narrowed => (&texts.empty_filtered, &texts.empty_filtered_next),
            (FigureKind::All, TabKind::Mine) => (&texts.empty_mine, &texts.empty_mine_next),
            (FigureKind::All, TabKind::All) => (&texts.empty_all, &texts.empty_all_next),
            (FigureKind::All, TabKind::Closed) => (&texts.empty_closed, &texts.empty_closed_next),
            _ => (&texts.empty_filtered, &texts.empty_filtered_next),
        }
    }
}
