//! A board: figures that open, what is due first, a map, how old the data are, who is on watch; as it is, or as it was.

use super::{Clock, LastValue, Light, Link, Page, Paging, SourceState};
use crate::chart::Svg;
use crate::paths;
use crate::texts::fill;
use crate::words::age_in_words;
use askama::Template;

/// The boards that somebody may look at.
#[derive(Clone, Debug, Template)]
#[template(path = "boards.html")]
pub struct Boards {
    /// The frame.
    pub page: Page,
    /// Each with its address.
    pub boards: Vec<Link>,
}

/// One board.
#[derive(Template)]
#[template(path = "board.html")]
pub struct Board {
    /// The frame.
    pub page: Page,
    /// What it is called.
    pub title: String,
    /// Whether it hangs on a wall.
    pub wall: Wall,
    /// Its figures.
    pub figures: Vec<BoardFigure>,
    /// The figure that was opened.
    pub opened: Option<Opened>,
    /// What is due first.
    pub waiting: Vec<Waiting>,
    /// How many are open, and how many of them overdue, within the reader's reach.
    pub open: u64,
    /// Overdue ones among them.
    pub overdue: u64,
    /// Whether more may be so than were counted.
    pub least: bool,
    /// The map, if there is anything to draw.
    pub map: Option<BothSizes>,
    /// How its outlines were drawn, and under which number they were approved.
    pub map_note: Option<MapNote>,
    /// Its layers.
    pub layers: Vec<LayerLink>,
    /// The whole map again, if a part of it is shown.
    pub whole_href: Option<String>,
    /// What is on the map, as a table.
    pub features: Vec<FeatureRow>,
    /// What was chosen.
    pub chosen: Option<Chosen>,
    /// How old the data of each layer are.
    pub ages: Vec<LayerAge>,
    /// Who is on watch; nothing where the board has no watch.
    pub duty: Option<Duty>,
    /// The moment at which one looks back.
    pub moment: Option<Moment>,
    /// Other ways to look at the same.
    pub ways: Ways,
    /// The way to its alarms, where it has any.
    pub alarms: Option<Link>,
    /// On a wall: which board comes next.
    pub rotation: Option<Rotation>,
    /// On a wall: the figure that stays.
    pub pinned: Option<Pinned>,
    /// What changed between two moments.
    pub changes_href: String,
    /// Its watches, where it has any.
    pub shifts_href: Option<String>,
}

/// A figure that stays on a wall while boards take turns.
#[derive(Clone, Debug, PartialEq)]
pub struct Pinned {
    /// Of which board.
    pub board: String,
    /// Which.
    pub figure: BoardFigure,
    /// The wall without it.
    pub drop_href: String,
}

/// What changed on a board between two moments.
#[derive(Clone, Debug, Template)]
#[template(path = "changes.html")]
pub struct Changes {
    /// The frame.
    pub page: Page,
    /// The board.
    pub board: Link,
    /// The same as a table.
    pub csv: String,
    /// This page without any question.
    pub own: String,
    /// From when to when: `2026-09-30 14:00`.
    pub span: [String; 2],
    /// How many things were looked at.
    pub things: usize,
    /// Those that did otherwise.
    pub rows: Vec<ChangeRow>,
    /// Cases that were open at either moment.
    pub open: [u64; 2],
    /// How many began and ended between them.
    pub counts: [u64; 2],
    /// Whether more may be so than were counted.
    pub least: bool,
    /// Those that began between them.
    pub begun: Vec<Link>,
    /// Those that ended.
    pub ended: Vec<Link>,
}

/// A thing that did otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeRow {
    /// What it is.
    pub link: Link,
    /// Its layer.
    pub layer: String,
    /// Where it is.
    pub place: String,
    /// How it did at either moment.
    pub states: [Option<SourceState>; 2],
    /// Its last valid value then.
    pub values: [Option<LastValue>; 2],
}

/// The watches of a board.
#[derive(Clone, Debug, Template)]
#[template(path = "shifts.html")]
pub struct Shifts {
    /// The frame.
    pub page: Page,
    /// The board.
    pub board: Link,
    /// What they are called.
    pub title: String,
    /// This page without any question.
    pub own: String,
    /// What was looked for.
    pub words: String,
    /// The watches found, the latest first.
    pub rows: Vec<ShiftRow>,
    /// Whether all of them were looked through.
    pub whole: bool,
    /// Where in the list.
    pub paging: Paging,
}

/// A watch.
#[derive(Clone, Debug, PartialEq)]
pub struct ShiftRow {
    /// Its page.
    pub case: Link,
    /// Who took it.
    pub who: String,
    /// When.
    pub from: String,
    /// When it ended; nothing while it goes on.
    pub to: Option<String>,
    /// What was written in it.
    pub notes: Vec<ShiftNote>,
}

/// Something written in a watch.
#[derive(Clone, Debug, PartialEq)]
pub struct ShiftNote {
    /// When.
    pub at: String,
    /// By whom.
    pub who: String,
    /// With which act.
    pub act: String,
    /// The words.
    pub text: String,
}

impl Changes {
    pub(crate) fn state(&self, state: Option<SourceState>) -> &'static str {
        state.map_or("—", |state| state.words(self.page.lang))
    }

    fn at(states: &[Option<SourceState>; 2], at: &usize) -> Option<SourceState> {
        states.get(*at).copied().flatten()
    }

    fn summary(&self) -> String {
        let (changed, things) = (self.rows.len().to_string(), self.things.to_string());
        let slots = [("changed", &*changed), ("things", &things)];
        fill(&self.page.texts().board.changes_summary, &slots)
    }

    fn cases(&self) -> String {
        let [before, after] = self.open.map(|open| self.counted(&open));
        fill(&self.page.texts().board.changes_open, &[("before", &before), ("after", &after)])
    }

    fn counted(&self, count: &u64) -> String {
        counted(*count, self.least)
    }

    fn has_more(listed: &[Link], count: &u64) -> bool {
        (listed.len() as u64) < *count
    }
}

/// A number of cases; where not all were looked through, it is said that there may be more.
fn counted(count: u64, least: bool) -> String {
    if least { format!("≥ {count}") } else { count.to_string() }
}

/// Boards that take turns on a wall.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Rotation {
    /// Whether they do.
    pub on: bool,
    /// After how many seconds.
    pub secs: u32,
    /// Which comes next.
    pub next: Link,
    /// Starts it, or stays with this board.
    pub switch_href: String,
}

/// The map as it is drawn for a desk, and for a phone.
pub struct BothSizes {
    /// For a desk.
    pub wide: Svg,
    /// For a phone.
    pub narrow: Svg,
}

/// Whether a board hangs on a wall, and in which light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Wall {
    /// It is on a desk.
    #[default]
    Desk,
    /// In a lit room.
    Day,
    /// In a dark one.
    Night,
}

/// A figure.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardFigure {
    /// What it counts.
    pub title: String,
    /// How much.
    pub value: String,
    /// Its unit, if it is a sum.
    pub unit: Option<String>,
    /// Where it opens, if it does.
    pub href: Option<String>,
    /// Whether it is open.
    pub current: bool,
}

/// What is behind a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The figure's title.
    pub title: String,
    /// Each with its address, where it has one.
    pub rows: Vec<OpenedRow>,
    /// How many lie beyond the reader's reach.
    pub beyond: u64,
    /// Whether there are more than were listed.
    pub more: bool,
    /// The board without it.
    pub close_href: String,
    /// A wall on which it stays before the eyes.
    pub pin_href: String,
}

/// One entity behind a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedRow {
    /// What it is.
    pub link: Link,
    /// Where it stands.
    pub stage: String,
    /// When it is due.
    pub due: Option<String>,
}

/// A case that waits for somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Its light.
    pub clock: Option<Clock>,
    /// Its process and number.
    pub name: String,
    /// The board with it chosen.
    pub href: String,
    /// What it is about.
    pub matter: String,
    /// What or where it concerns, if that is another thing.
    pub about: String,
    /// For whom it waits.
    pub who: String,
    /// Whether it is chosen.
    pub current: bool,
}

/// What stands beside a map's lines.
#[derive(Clone, Debug, PartialEq)]
pub struct MapNote {
    /// How they were drawn.
    pub drawn: String,
    /// The number under which the map was approved.
    pub approval: Option<String>,
}

/// A layer to be shown alone.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerLink {
    /// Its title; nothing for all of them.
    pub title: Option<String>,
    /// How many things it has.
    pub count: u64,
    /// The board with it alone.
    pub href: String,
    /// Whether it is shown.
    pub current: bool,
}

/// Something on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureRow {
    /// What it is.
    pub link: Link,
    /// Its layer.
    pub layer: String,
    /// Where it is.
    pub place: String,
    /// How it does, if it reports.
    pub state: Option<SourceState>,
    /// Its last valid value.
    pub last: Option<LastValue>,
    /// Age of its newest data.
    pub age_minutes: Option<u64>,
    /// How many open cases are about it.
    pub cases: u64,
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Its heading.
    pub title: String,
    /// Its light.
    pub clock: Option<Clock>,
    /// What is known of it.
    pub facts: Vec<(String, String)>,
    /// What belongs to it.
    pub links: Vec<Link>,
    /// Its own page.
    pub page_link: Link,
    /// The board without it.
    pub close_href: String,
}

/// How old the data of a layer are.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerAge {
    /// The layer.
    pub title: String,
    /// How many report in time.
    pub fresh: u64,
    /// How many are late.
    pub late: u64,
    /// How many have never reported.
    pub never: u64,
    /// The newest data.
    pub newest_minutes: Option<u64>,
}

/// Who is on watch.
#[derive(Clone, Debug, PartialEq)]
pub struct Duty {
    /// Who, since when, and the shift's page; nothing if nobody is.
    pub now: Option<Watch>,
    /// Where one takes it, for those who may.
    pub begin_href: Option<String>,
}

/// A watch.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// Who took it.
    pub who: String,
    /// When.
    pub since: String,
    /// Where it stands.
    pub stage: String,
    /// The shift's own page.
    pub href: String,
}

/// A moment of the past.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Moment {
    /// Local: `2026-09-30 14:00`.
    pub shown: String,
    /// An hour before.
    pub earlier_href: String,
    /// An hour later, if that is past too.
    pub later_href: Option<String>,
    /// The board as it is.
    pub now_href: String,
    /// Whether the hours after it follow by themselves, and the way to have it otherwise.
    pub plays: bool,
    /// Nothing where no hour follows, or where none can.
    pub play_href: Option<String>,
}

/// Other ways to look at the same.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Ways {
    /// On a wall.
    pub wall_href: String,
    /// On a wall in a dark room.
    pub night_href: String,
    /// On a desk.
    pub desk_href: String,
    /// What the form of the time machine sends besides the time.
    pub kept: Vec<(String, String)>,
    /// The board's own address, where that form goes.
    pub action: String,
    /// What the field of the time machine holds: `2026-09-30 14:00`.
    pub at: String,
}

impl Board {
    fn next_in(&self, rotation: &Rotation) -> String {
        let slots = [("n", &*rotation.secs.to_string()), ("board", &rotation.next.text)];
        fill(&self.page.texts().board.next_in, &slots)
    }

    fn body_class(&self) -> &'static str {
        match self.wall {
            Wall::Desk => "work board",
            Wall::Day => "board wall",
            Wall::Night => "board wall night",
        }
    }

    fn state(&self, state: &SourceState) -> &'static str {
        state.words(self.page.lang)
    }

    fn age(&self, minutes: &u64) -> String {
        age_in_words(*minutes, self.page.lang)
    }

    fn total(&self) -> String {
        let [open, overdue] = [self.open, self.overdue].map(|count| counted(count, self.least));
        fill(&self.page.texts().board.total, &[("open", &open), ("overdue", &overdue)])
    }

    fn beyond(&self, opened: &Opened) -> String {
        fill(&self.page.texts().board.beyond, &[("n", &opened.beyond.to_string())])
    }

    fn age_class(age: &LayerAge) -> &'static str {
        if age.late + age.never > 0 { "late" } else { "" }
    }

    /// What is announced to those who do not see the page.
    fn announced(&self) -> String {
        let red = self.waiting.iter().filter(|row| row.clock.as_ref().is_some_and(|c| c.light == Light::Red));
        fill(
            &self.page.texts().board.announced,
            &[("open", &counted(self.open, self.least)), ("red", &red.count().to_string())],
        )
    }
}
