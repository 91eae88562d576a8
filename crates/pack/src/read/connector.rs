//! The file of a connector: how what a department has already comes into entities of a type, or into their series.

use super::fault::{FAULTS, Fault};
use super::kind::{Place, TypeDefinition, ValueKind};
use super::mapping::mapping;
use super::scope::Scope;
use super::text;
use crate::tree::{
    AttributeId, Both, Distinct, Factor, Fields, Id, Line, ListOf, OneOf, OneOrMany, Refer, Refers, Section,
    Whole, YesNo, nearest,
};
use model::{Name, Text};
use standards::geo::Datum;

/// How data that a department has comes in.
#[derive(Clone, Debug, PartialEq)]
pub struct Connector {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// Where it is fetched.
    pub from: Origin,
    /// The type of the entities that it fills.
    pub into: Name,
    /// The role that runs it and answers for it; without one nobody can run it.
    pub owner: Option<Name>,
    /// The attribute by which an entity is found.
    pub key: Name,
    /// When each row was so: then its values go into series.
    pub observed: Option<ObservedAt>,
    /// Where each row has its entity.
    pub place: Option<PlacedAt>,
    /// Whether a key that is not known makes an entity of its own.
    pub creates: bool,
    /// The case in which its source is told what is wrong.
    pub ticket: Option<TicketOn>,
    /// What stands for a value that is not there, beside an empty cell.
    pub missing: Vec<String>,
    /// From how many rows in a row with the same values on an entity's values count as stuck.
    pub stuck: Option<u32>,
    /// What each column becomes.
    pub map: Vec<Mapping>,
    /// When it is due.
    pub schedule: Schedule,
    /// The column by which is told what is new.
    pub watermark: Option<String>,
    /// The law on which it is shared with us.
    pub basis: String,
}

/// Where something is fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// In which form.
    pub kind: OriginKind,
    /// The path of a file, an address of the web, or the name of a database.
    pub place: String,
    /// Of JSON: where the list of objects stands (RFC 6901); empty if it is the whole. Of a database: the query.
    pub rows: String,
    /// How its text is written in bytes.
    pub encoding: Encoding,
    /// What stands between two columns.
    pub delimiter: char,
}

/// Forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginKind {
    /// A table as text.
    Csv,
    /// A list of JSON objects over HTTP.
    HttpJson,
    /// What a query of a PostgreSQL database gives.
    Postgres,
}

/// How text is written in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// GB 18030, and so GBK and GB 2312.
    Gb18030,
}

/// What a column becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// The attribute.
    pub attribute: Name,
    /// The column, or the key of a JSON object.
    pub from: String,
    /// What it holds.
    pub value: ValueKind,
    /// On a number: the unit in which it comes.
    pub unit: Option<String>,
    /// By what it is multiplied to be in the attribute's unit.
    pub factor: Option<Factor>,
    /// On a date or an instant: how it is written, as `strftime` would write it; nothing if as in `2026-11-26`.
    pub form: Option<String>,
    /// The attribute's code for each of the department's.
    pub codes: Vec<(String, String)>,
}

/// When a row was so.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedAt {
    /// The columns that tell it, read one after the other with a space between them.
    pub columns: Vec<String>,
    /// How they are written, as `strftime` would write them.
    pub form: String,
    /// Whether they name the beginning of the period, or its end.
    pub marks: Marks,
}

/// Where a row has its entity.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedAt {
    /// The column of its longitude, in decimal degrees.
    pub longitude: String,
    /// The column of its latitude.
    pub latitude: String,
    /// In which datum.
    pub datum: Datum,
    /// From how many metres on it is another place than the registered one.
    pub within: u32,
}

/// What of a file its source is told, and in which case.
#[derive(Clone, Debug, PartialEq)]
pub struct TicketOn {
    /// The process.
    pub process: Name,
    /// The kinds of fault that open a case; all of a file are told.
    pub faults: Vec<Fault>,
}

/// Which instant of a period names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// Its beginning.
    Start,
    /// Its end.
    End,
}

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Every hour.
    Hourly,
    /// Every day.
    Daily,
    /// When somebody asks for it.
    Manual,
}

/// What a case that tells a source of faults has, for what is written into it: the list, the run, what was found.
pub const TICKET_ATTRIBUTES: [&str; 3] = ["list", "run", "facts"];
/// From how far on a place is another, unless a connector says.
const WITHIN_METRES: u32 = 500;

const KINDS: &[(&str, OriginKind)] =
    &[("csv", OriginKind::Csv), ("http-json", OriginKind::HttpJson), ("postgres", OriginKind::Postgres)];
const ENCODINGS: &[(&str, Encoding)] = &[("utf-8", Encoding::Utf8), ("gb18030", Encoding::Gb18030)];
const SCHEDULES: &[(&str, Schedule)] =
    &[("hourly", Schedule::Hourly), ("daily", Schedule::Daily), ("manual", Schedule::Manual)];
const MARKS: &[(&str, Marks)] = &[("start", Marks::Start), ("end", Marks::End)];
const DATUMS: &[(&str, Datum)] = &[("wgs84", Datum::Wgs84), ("gcj02", Datum::Gcj02), ("bd09", Datum::Bd09)];
const DELIMITERS: &[(&str, char)] = &[(",", ','), (";", ';'), ("\t", '\t'), ("|", '|')];

/// Reads it.
pub(crate) fn connector(s: &mut Section<'_>, scope: Scope<'_>) -> Connector {
    s.format();
    let into = s.need("into", "The type of the entities that it fills.", Refers(Refer::Type));
    let kind = scope.names(into.as_str()).of;
    let key = s.need("key", "The attribute by which an entity is found; one of `map`.", AttributeId);
    let observed =
        s.may("observed", "When each row was so: then its values go into series.", Fields(observed));
    let dated = observed.is_some();
    let place = s.may("place", "Where each row has its entity.", Fields(placed));
    let creates = s.or(
        "creates",
        "Whether a key that is not known makes an entity of its own; default false.",
        YesNo,
        false,
    );
    let ticket = s.may(
        "ticket",
        "The case in which its source is told what is wrong: one at a time for each connector.",
        Fields(|s: &mut Section<'_>| ticket(s, scope)),
    );
    if let Some(kind) = kind.filter(|_| s.is_sound()) {
        makes_and_places(s, kind, (dated, creates), place.is_some());
    }
    let mapping = Fields(|s: &mut Section<'_>| mapping(s, kind, &key, dated));
    let connector = Connector {
        id: s.need("id", "Its name, and that of its file.", Id),
        title: s.need("title", "What people call it.", Both),
        from: s.need("from", "Where it is fetched.", Fields(origin)),
        map: s.need("map", "What each column becomes.", Distinct("attribute", mapping)),
        owner: s.may(
            "owner",
            "The role that runs it and answers for it; without one nobody can run it.",
            Refers(Refer::Role),
        ),
        missing: s.list(
            "missing",
            "What stands for a value that is not there, beside an empty cell.",
            ListOf(Line),
        ),
        stuck: s
            .may(
                "stuck",
                "From how many rows in a row with the same values on an entity's values count as stuck.",
                Whole(2, 10_000),
            )
            .and_then(|rows| u32::try_from(rows).ok()),
        schedule: s.need("schedule", "When it is fetched; \"manual\" by a person alone.", OneOf(SCHEDULES)),
        watermark: s.may(
            "watermark",
            "The column by which is told what is new; without it all is read.",
            Line,
        ),
        basis: text(s.need("basis", "The law on which it is shared with us.", Refers(Refer::Basis))),
        into,
        key: key.clone(),
        observed,
        place,
        creates,
        ticket,
    };
    if s.is_sound() && !connector.map.iter().any(|mapping| mapping.attribute == connector.key) {
        let known = connector.map.iter().map(|mapping| mapping.attribute.as_str());
        let remedy = match nearest(connector.key.as_str(), known) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("add {{ attribute = \"{}\", from = \"…\" }} to map", connector.key),
        };
        s.complain("key", format!("no column brings the key `{}`", connector.key), remedy);
    }
    connector
}

fn placed(s: &mut Section<'_>) -> PlacedAt {
    PlacedAt {
        longitude: s.need("longitude", "The column of its longitude, in decimal degrees.", Line),
        latitude: s.need("latitude", "The column of its latitude.", Line),
        datum: s.or("datum", "In which datum; default \"wgs84\".", OneOf(DATUMS), Datum::Wgs84),
        within: s
            .may(
                "within",
                "From how many metres on it counts as another place than the registered one; default 500.",
                Whole(1, 100_000),
            )
            .and_then(|metres| u32::try_from(metres).ok())
            .unwrap_or(WITHIN_METRES),
    }
}

fn ticket(s: &mut Section<'_>, scope: Scope<'_>) -> TicketOn {
    let process = s.need("process", "The process.", Refers(Refer::Process));
    let about = "The kinds of fault that open a case; all of a file are told.";
    let faults = s.list("for", about, ListOf(OneOf(FAULTS)));
    if s.is_sound() && faults.is_empty() {
        s.complain("", "it is for nothing", "add for = [\"dead\", \"stuck\", \"gap\"]");
    }
    if let Some(case) = scope.case(&process).of.filter(|_| s.is_sound()) {
        let lacks = |id: &&&str| !case.attribute.iter().any(|attribute| attribute.id == ***id);
        for id in TICKET_ATTRIBUTES.iter().filter(lacks) {
            let what = format!("{} has no attribute `{id}`, which says what was found", case.id);
            s.complain("process", what, format!("add an [[attribute]] `{id}` with by = \"process\""));
        }
    }
    TicketOn { process, faults }
}

/// Whether entities can be made of rows, and whether they can have places.
fn makes_and_places(s: &Section<'_>, kind: &TypeDefinition, (dated, creates): (bool, bool), placed: bool) {
    if creates && dated {
        let what = "rows with a time of their own tell of what is registered";
        s.complain("creates", what, "take `creates` out, and register the entities");
    }
    if placed && kind.place != Place::Point {
        let what = format!("{} has no place", kind.id);
        s.complain("place", what, "take it out, or let the type say place = \"point\"");
    }
}

fn observed(s: &mut Section<'_>) -> ObservedAt {
    let columns = s.list(
        "from",
        "The column or columns that tell it, read one after the other with a space between them.",
        OneOrMany(Line),
    );
    let form = s.need("form", "How they are written, as in \"%Y%m%d %H\" or \"%Y-%m-%d %H:%M\".", Line);
    let marks =
        s.or("marks", "Whether they name the period's beginning or its end.", OneOf(MARKS), Marks::Start);
    if s.is_sound() {
        if columns.is_empty() {
            s.complain("", "no column tells when", "add from = \"…\"");
        }
        readable(s, &form);
    }
    ObservedAt { columns, form, marks }
}

/// Whether a form tells a day.
pub(super) fn readable(s: &Section<'_>, form: &str) {
    let day = jiff::civil::date(2026, 11, 26).at(0, 0, 0, 0);
    let written = jiff::fmt::strtime::format(form, day);
    let read = written.and_then(|text| moment(form, &text));
    if !matches!(read, Ok(read) if read == day) {
        let what = format!("`{form}` does not tell day and time");
        s.complain("form", what, "write it as \"%Y%m%d %H\" or \"%Y-%m-%d %H:%M:%S\"");
    }
}

/// A wall-clock time as a form writes it. What is smaller than the form tells is zero.
fn moment(form: &str, text: &str) -> Result<jiff::civil::DateTime, jiff::Error> {
    let read = jiff::fmt::strtime::parse(form, text)?;
    let part = |part: Option<i8>| part.unwrap_or_default();
    let time = jiff::civil::Time::new(part(read.hour()), part(read.minute()), part(read.second()), 0)?;
    Ok(read.to_date()?.to_datetime(time))
}

impl Mapping {
    /// The wall-clock time that a cell tells by the column's form; nothing if it tells none.
    pub fn moment(&self, text: &str) -> Option<jiff::civil::DateTime> {
        moment(self.form.as_deref()?, text).ok()
    }
}

impl ObservedAt {
    /// The wall-clock time that texts of its columns tell; nothing if they tell none.
    pub fn moment(&self, text: &str) -> Option<jiff::civil::DateTime> {
        moment(&self.form, text).ok()
    }
}

fn origin(s: &mut Section<'_>) -> Origin {
    let kind = s.need("kind", "In which form.", OneOf(KINDS));
    let path = s.may("path", "With \"csv\": the path of a file in the city's exchange folder.", Line);
    let about =
        "Instead of a path: an address of the web, without a password in it; {watermark} is filled in.";
    let url = s.may("url", about, Line);
    let about =
        "With \"http-json\": where the list of objects stands, as \"/data/list\"; default the whole answer.";
    let rows = s.may("rows", about, Line);
    let about = "With \"postgres\": its name; the node is told where it is by DATONG_DATABASE_<NAME>.";
    let database = s.may("database", about, Id);
    let query = s.may("query", "With \"postgres\": a SELECT whose columns are those of `map`.", Line);
    let encoding =
        s.or("encoding", "How its text is written; default \"utf-8\".", OneOf(ENCODINGS), Encoding::Utf8);
    let delimiter = s.or(
        "delimiter",
        "With \"csv\": what stands between columns; default \",\".",
        OneOf(DELIMITERS),
        ',',
    );
    if s.is_sound() {
        let foreign: &[&str] = match kind {
            OriginKind::Csv => &["rows", "database", "query"],
            OriginKind::HttpJson => &["path", "delimiter", "database", "query"],
            OriginKind::Postgres => &["path", "url", "rows", "delimiter", "encoding"],
        };
        for key in foreign.iter().filter(|key| s.has(key)) {
            let word = KINDS.iter().find(|(_, own)| *own == kind).map_or("", |(word, _)| word);
            let what = format!("`{key}` does not belong to \"{word}\"");
            s.complain(key, what, "take it out, or write another kind");
        }
        match (kind, &path, &url) {
            (OriginKind::Postgres, ..) if database.is_none() || query.is_none() => {
                let remedy = "write database = \"…\" and query = \"SELECT …\"";
                s.complain("", "it says nowhere from where", remedy);
            }
            (OriginKind::Postgres, ..) => {}
            (_, None, None) => {
                s.complain("", "it says nowhere from where", "write path = \"…\" or url = \"https://…\"");
            }
            (OriginKind::Csv, Some(_), Some(_)) => {
                s.complain("url", "it says two places", "keep `path` or `url`");
            }
            (_, Some(path), _) if !is_relative(path) => {
                let what = format!("`{path}` leads out of the exchange folder");
                s.complain("path", what, "write a path below it, as path = \"health/permits.csv\"");
            }
            (_, _, Some(url)) => address(s, url),
            _ => {}
        }
        if rows.as_ref().is_some_and(|rows| !rows.starts_with('/')) {
            s.complain("rows", "a place in JSON begins with /", "write rows = \"/data/list\"");
        }
    }
    let place = path.or(url).or(database.map(|name| name.to_string())).unwrap_or_default();
    Origin { kind, place, rows: rows.or(query).unwrap_or_default(), encoding, delimiter }
}

/// Whether a path stays below the folder it is in.
fn is_relative(path: &str) -> bool {
    let outside = |part: &str| part.is_empty() || part == ".." || part.contains(['\\', ':']);
    !path.split('/').any(outside)
}

fn address(s: &Section<'_>, url: &str) {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let Some(host) = host.map(|rest| rest.split('/').next().unwrap_or_default()) else {
        return s.complain("url", format!("`{url}` is no address of the web"), "write url = \"https://…\"");
    };
    if host.contains('@') {
        s.complain(
            "url",
            "a password stands in the address",
            "take it out: credentials never stand in a pack",
        );
    }
}
