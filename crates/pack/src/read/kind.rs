//! Types: what attributes an entity can have, who writes each, and which feed fills it.

use super::index::{Index, index};
use crate::tree::{
    AttributeId, Both, Distinct, Fields, Id, Line, ListOf, MapOf, Named, Node, Number, OneOf, Pair, Read,
    Reading, Refer, Refers, Section, Shape, TypeId, Whole, YesNo,
};
use model::{Name, Period, Text};
use std::collections::HashMap;

/// A type of entity.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDefinition {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// Whether its entities have a place.
    pub place: Place,
    /// The attribute by which its register knows it, if there is one.
    pub key: Option<Name>,
    /// How long values of its series are kept; for ever, if nothing is said.
    pub keep: Option<Keep>,
    /// Its attributes.
    pub attribute: Vec<AttributeDefinition>,
    /// What standards compute from its series.
    pub index: Vec<Index>,
}

/// How long values are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Days.
    pub days: u32,
    /// The law on which it rests.
    pub basis: String,
}

/// Whether entities have a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// None.
    None,
    /// A point, in the attribute `location`.
    Point,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeDefinition {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// What it holds.
    pub value: ValueKind,
    /// The type that a `ref` points to, if it is always the same.
    pub to: Option<Name>,
    /// The only one who may write it.
    pub by: Writer,
    /// Who may read it. Silence means restricted.
    pub open: Openness,
    /// Personal data, and of what kind: sealed, masked in lists.
    pub personal: Option<Name>,
    /// Its unit, as people read it.
    pub unit: Option<String>,
    /// The unit's UN/CEFACT common code.
    pub unit_code: Option<Name>,
    /// The least and the most that it can be.
    pub range: Option<(f64, f64)>,
    /// From how many equal values in a row on a series counts as stuck: its cleaned edition leaves them out.
    pub stuck: Option<u32>,
    /// By how much a single value may differ from both its neighbours: the cleaned edition leaves out what differs more.
    pub spike: Option<f64>,
    /// Telemetry: kept as a series.
    pub series: bool,
    /// What fills it, for telemetry.
    pub feed: Option<Feed>,
    /// The codes that it can hold.
    pub codes: Vec<Name>,
    /// What people call its codes, where no form says it.
    pub called: Vec<(Name, Text)>,
    /// Whether entities are found by it.
    pub indexed: bool,
}

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// A number, perhaps with a unit.
    Number,
    /// Text.
    Text,
    /// Yes or no.
    Bool,
    /// A day.
    Date,
    /// A point in time.
    Instant,
    /// An amount of time.
    Duration,
    /// One of its codes.
    Code,
    /// Another entity.
    Ref,
    /// Several values.
    List,
    /// Values by name.
    Map,
}

/// Who writes an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// A device's feed.
    Feed,
    /// A process, on its own case.
    Process,
    /// A rule.
    Rule,
    /// A person with the right.
    Person,
    /// Anyone.
    Anyone,
}

/// Who may read an attribute or a dataset, from everybody to few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Openness {
    /// Everybody.
    Open,
    /// Departments with a ground.
    Shared,
    /// Those whose work it is.
    #[default]
    Restricted,
}

/// A feed: `hj212:2061:a21026-ZsAvg` is the converted mean of sulphur dioxide in the hour upload of HJ 212.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Feed {
    /// Command, factor and statistic.
    pub key: FeedKey,
    /// Over which period.
    pub period: Period,
}

/// What a packet must carry for a feed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FeedKey {
    /// The command code.
    pub command: u16,
    /// The factor's code.
    pub factor: String,
    /// The statistic.
    pub statistic: Name,
}

/// Kinds of value, as all files write them.
pub(crate) const VALUES: &[(&str, ValueKind)] = &[
    ("text", ValueKind::Text),
    ("number", ValueKind::Number),
    ("bool", ValueKind::Bool),
    ("date", ValueKind::Date),
    ("instant", ValueKind::Instant),
    ("duration", ValueKind::Duration),
    ("code", ValueKind::Code),
    ("ref", ValueKind::Ref),
    ("list", ValueKind::List),
    ("map", ValueKind::Map),
];

const WRITERS: &[(&str, Writer)] = &[
    ("person", Writer::Person),
    ("feed", Writer::Feed),
    ("process", Writer::Process),
    ("rule", Writer::Rule),
    ("anyone", Writer::Anyone),
];

pub(super) const OPEN: &[(&str, Openness)] =
    &[("open", Openness::Open), ("shared", Openness::Shared), ("restricted", Openness::Restricted)];

impl Writer {
    /// As files write it.
    pub fn word(self) -> &'static str {
        WRITERS.iter().find(|(_, writer)| *writer == self).map_or("", |(word, _)| word)
    }
}

impl Openness {
    /// As files write it.
    pub fn word(self) -> &'static str {
        OPEN.iter().find(|(_, open)| *open == self).map_or("", |(word, _)| word)
    }
}

/// Reads the file of a type.
pub(crate) fn kind(s: &mut Section<'_>) -> TypeDefinition {
    s.format();
    let places = OneOf(&[("point", Place::Point), ("none", Place::None)]);
    let kind = TypeDefinition {
        id: s.need("id", "Its name; the file is named after it, in kebab-case.", TypeId),
        title: s.need("title", "What people call it.", Both),
        place: s.or("place", "Whether its entities have a place; default \"none\".", places, Place::None),
        key: s.may("key", "The attribute by which its register knows it.", AttributeId),
        keep: s.may(
            "keep",
            "How long values of its series are kept; for ever, if nothing is said.",
            Fields(keep),
        ),
        attribute: s.need("attribute", "What its entities have.", Distinct("id", Fields(attribute))),
        index: s.list("index", "What standards compute from its series.", Distinct("id", Fields(index))),
    };
    if let Some(key) = kind.key.as_ref().filter(|key| kind.attribute(key).is_none()) {
        let known = kind.attribute.iter().map(|a| a.id.as_str());
        let remedy = match crate::tree::nearest(key.as_str(), known) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => "name one of its attributes".to_owned(),
        };
        s.complain("key", format!("the key `{key}` is no attribute of {}", kind.id), remedy);
    }
    if kind.keep.is_some() && !kind.attribute.iter().any(|attribute| attribute.series) {
        s.complain("keep", format!("{} has no series, of which values could go", kind.id), "take it out");
    }
    super::index::check(s, &kind);
    for (index, attribute) in kind.attribute.iter().enumerate().filter(|(_, a)| a.feed.is_some()) {
        if let Some(other) = kind.attribute[..index].iter().find(|other| other.feed == attribute.feed) {
            let what = format!("{} and {} have one feed", other.id, attribute.id);
            s.complain(
                &format!("attribute.{}.feed", attribute.id),
                what,
                "a feed fills one attribute: correct one",
            );
        }
    }
    kind
}

fn keep(s: &mut Section<'_>) -> Keep {
    let days = s.need("days", "Days, from when a value was observed.", Whole(1, 36_500));
    Keep {
        days: u32::try_from(days).unwrap_or(u32::MAX),
        basis: super::text(s.need("basis", "The law or rule that says so.", Refers(Refer::Basis))),
    }
}

fn attribute(s: &mut Section<'_>) -> AttributeDefinition {
    let value = s.may("value", "What it holds; default \"text\", and a feed's is \"number\".", OneOf(VALUES));
    let feed = s.may("feed", "What fills it, as \"hj212:2061:a21026-ZsAvg\".", FeedText);
    let silent = if s.has("feed") { ValueKind::Number } else { ValueKind::Text };
    let open = "Who may read it: everybody, departments with a ground, those whose work it is; default \"restricted\".";
    let attribute = AttributeDefinition {
        id: s.need("id", "Its name, in camelCase.", AttributeId),
        title: s.need("title", "What people call it.", Both),
        value: value.unwrap_or(silent),
        to: s.may(
            "to",
            "The type that a ref points to; expressions then see its attributes.",
            Refers(Refer::Type),
        ),
        by: s.need("by", "The only one who may write it.", OneOf(WRITERS)),
        open: s.or("open", open, OneOf(OPEN), Openness::Restricted),
        personal: s.may("personal", "Personal data, and of what kind: sealed, masked in lists.", Id),
        unit: s.may("unit", "Its unit, as people read it.", Line),
        unit_code: s.may("unit_code", "The unit's UN/CEFACT common code.", Named("GP")),
        range: s.may("range", "The least and the most that it can be.", Pair(Number)),
        stuck: s
            .may(
                "stuck",
                "On a series: from how many equal values in a row on its cleaned edition leaves them out.",
                Whole(3, 10_000),
            )
            .and_then(|values| u32::try_from(values).ok()),
        spike: s.may(
            "spike",
            "On a series: its cleaned edition leaves out a single value that differs from both neighbours by more.",
            Number,
        ),
        series: s.or("series", "Telemetry: kept as a series; default false.", YesNo, false),
        feed,
        codes: s.list("codes", "The codes that it can hold.", ListOf(Named("a"))),
        called: s.list("called", "What people call its codes, where no form says it.", MapOf(Both)),
        indexed: s.or("indexed", "Whether entities are found by it; default false.", YesNo, false),
    };
    if s.is_sound() {
        consistent(s, &attribute);
    }
    attribute
}

/// What the keys of an attribute say of each other.
fn consistent(s: &Section<'_>, a: &AttributeDefinition) {
    let number = a.value == ValueKind::Number;
    let say = |key: &str, what: &str, remedy: &str| s.complain(key, format!("`{}` {what}", a.id), remedy);
    if s.has("feed") && !number {
        say(
            "value",
            "is filled by a feed and is no number",
            "write value = \"number\", or take the feed out",
        );
    }
    if s.has("feed") && a.by != Writer::Feed {
        say("by", "has a feed and another writer", "write by = \"feed\": an attribute has one writer");
    }
    if !number && !s.has("feed") {
        // A list may have a unit: limits with their days of force are a list of values.
        let units = a.value != ValueKind::List;
        let keys = ["range", "series"].into_iter().chain(["unit", "unit_code"].into_iter().filter(|_| units));
        for key in keys.filter(|key| s.has(key)) {
            say(
                key,
                &format!("is no number and has `{key}`"),
                "write value = \"number\", or take the key out",
            );
        }
    }
    for key in ["stuck", "spike"].into_iter().filter(|key| s.has(key) && !a.series) {
        say(key, &format!("is no series and has `{key}`"), "write series = true, or take the key out");
    }
    if a.spike.is_some_and(|spike| spike <= 0.0) {
        say("spike", "has a spike that every value would be", "write how much it may differ, above zero");
    }
    if s.has("unit_code") && !s.has("unit") {
        say("unit_code", "has a code of a unit and no unit", "add unit = \"mg/m³\", as people read it");
    }
    if let Some((least, most)) = a.range
        && least > most
    {
        say("range", "has a range that ends before it begins", "write the least first");
    }
    if a.value == ValueKind::Code && a.codes.is_empty() {
        say("value", "holds codes, and none are listed", "add codes = [\"…\"]");
    }
    for code in a.called.iter().map(|(code, _)| code).filter(|code| !a.codes.contains(code)) {
        say("called", &format!("does not hold `{code}`"), "add it to codes, or take it out");
    }
    if a.value != ValueKind::Code && s.has("codes") {
        say("codes", "lists codes and does not hold one", "write value = \"code\"");
    }
    if s.has("to") && a.value != ValueKind::Ref {
        say("to", "points to a type and is no ref", "write value = \"ref\"");
    }
    if s.has("personal") && a.open == Openness::Open {
        say("open", "is personal data and open to everybody", "write open = \"restricted\"");
    }
}

/// A feed, as packs write it.
struct FeedText;

impl Read for FeedText {
    type Out = Feed;
    fn shape(&self) -> Shape {
        Shape::Name {
            example: "hj212:2061:a21026-ZsAvg",
            pattern: "^hj212:(2011|2051|2061|2031):[A-Za-z0-9]+-[A-Za-z0-9]+$",
        }
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Feed> {
        let text = Line.read(node, key, reading)?;
        let remedy = "write hj212:<2011|2051|2061|2031>:<factor>-<statistic>";
        let fault = |what: String| reading.complain(&node.span, what, remedy);
        Feed::try_from(text).map_err(fault).ok()
    }
    fn unread(&self) -> Feed {
        Feed {
            key: FeedKey { command: 2061, factor: String::new(), statistic: crate::tree::unread() },
            period: Period::Hour,
        }
    }
}

impl TryFrom<String> for Feed {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let fault = || format!("`{text}` is not a feed");
        let mut parts = text.split(':');
        let (Some("hj212"), Some(command), Some(value), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(fault());
        };
        let (factor, statistic) = value.split_once('-').ok_or_else(fault)?;
        let period = match command {
            "2011" => Period::Moment,
            "2051" => Period::Minute,
            "2061" => Period::Hour,
            "2031" => Period::Day,
            _ => return Err(fault()),
        };
        Ok(Self {
            key: FeedKey {
                command: command.parse().map_err(|_| fault())?,
                factor: factor.to_owned(),
                statistic: Name::new(statistic).map_err(|_| fault())?,
            },
            period,
        })
    }
}

impl TypeDefinition {
    /// An attribute by name.
    pub fn attribute(&self, name: &Name) -> Option<&AttributeDefinition> {
        self.attribute.iter().find(|a| a.id == *name)
    }

    /// Whether its entities report: one of its attributes has a feed.
    pub fn is_fed(&self) -> bool {
        self.attribute.iter().any(|attribute| attribute.feed.is_some())
    }

    /// What each feed fills: made once at load, so that a packet costs one look-up per value.
    pub fn feeds(&self) -> HashMap<FeedKey, (Name, Period)> {
        let feed = |a: &AttributeDefinition| {
            let feed = a.feed.as_ref()?;
            Some((feed.key.clone(), (a.id.clone(), feed.period)))
        };
        self.attribute.iter().filter_map(feed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_are_read_and_misspelt_ones_refused() {
        let feed = Feed::try_from("hj212:2061:a21026-ZsAvg".to_owned()).unwrap();
        assert_eq!((feed.key.command, &*feed.key.factor, feed.period), (2061, "a21026", Period::Hour));
        for bad in ["hj212:2061", "hj213:2061:a-b", "hj212:9999:a-b", "hj212:2061:a21026", "hj212:2061:a-b:c"]
        {
            assert!(Feed::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
