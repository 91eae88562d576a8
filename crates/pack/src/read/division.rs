//! Divisions and offices of a city: who is where, since when, in whose name. Boundaries and offices change, so both are
//! dated; a place of the past is called as it was then.

use super::law::{SURE, Sureness};
use crate::tree::{
    Both, Day, Distinct, Fields, Id, Line, ListOf, MapOf, Named, OneOf, Refer, Refers, Section,
};
use jiff::civil::Date;
use model::{Lang, Name, Text};

/// A division (GB/T 2260), or an area that has a code without being one.
#[derive(Clone, Debug, PartialEq)]
pub struct Division {
    /// Six digits.
    pub code: String,
    /// What people call it.
    pub title: Text,
    /// What kind it is.
    pub kind: DivisionKind,
    /// The division above.
    pub parent: Option<String>,
    /// First day; nothing where it was not looked up.
    pub from: Option<Date>,
    /// Last day, if it is gone.
    pub to: Option<Date>,
    /// Where its land lies now.
    pub became: Vec<String>,
    /// The office that runs it beside the divisions by law.
    pub managed_by: Option<Name>,
    /// How sure we are.
    pub sure: Sureness,
    /// What else is to be known.
    pub note: Option<Text>,
}

/// Kinds of division.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DivisionKind {
    /// 地级市.
    City,
    /// 市辖区.
    District,
    /// 县.
    County,
    /// A code of the statistics office that is no division (统计用区划).
    StatisticalArea,
}

/// An office, as it is called today.
#[derive(Clone, Debug, PartialEq)]
pub struct Office {
    /// Its name in this city's files.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// What kind it is, in one word.
    pub kind: Name,
    /// Who leads it.
    pub leader: Option<Leader>,
    /// The division in which it acts.
    pub territory: String,
    /// The office in whose name its decisions are made; without it, in its own.
    pub acts_in_name_of: Option<Name>,
    /// The word of its numbers: 同环 in 同环罚〔2026〕12号.
    pub word: Option<String>,
    /// The documents that it issues.
    pub issues: Vec<Issues>,
    /// Names by which older texts mean it.
    pub formerly: Vec<String>,
    /// First day, or year where only that is known.
    pub from: Option<String>,
    /// Last day, or year.
    pub to: Option<String>,
    /// How sure we are.
    pub sure: Sureness,
    /// What else is to be known.
    pub note: Option<Text>,
}

/// A document that an office issues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issues {
    /// Which.
    pub document: Name,
    /// The value of the document's `per` for which it does; without one, whatever it is.
    pub r#where: Option<String>,
}

/// Who leads an office.
#[derive(Clone, Debug, PartialEq)]
pub struct Leader {
    /// `local`, `dual`, `branch` or `vertical`.
    pub line: Name,
    /// An office of this file, or a name where it is none of the city's.
    pub office: String,
}

const KINDS: &[(&str, DivisionKind)] = &[
    ("city", DivisionKind::City),
    ("district", DivisionKind::District),
    ("county", DivisionKind::County),
    ("statistical-area", DivisionKind::StatisticalArea),
];

const LINES: &[&str] = &["local", "dual", "branch", "vertical"];

impl Division {
    /// Whether it is valid on a day.
    pub fn valid(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// What a division was called on a day.
pub(crate) fn title_on<'a>(all: &'a [Division], code: &str, day: Date, lang: Lang) -> Option<&'a str> {
    let found = all.iter().find(|division| division.code == code && division.valid(day))?;
    Some(found.title.get(lang))
}

/// Reads `divisions.toml`.
pub(crate) fn divisions(s: &mut Section<'_>) -> Vec<Division> {
    s.format();
    let known = sources(s);
    let one = |s: &mut Section<'_>| division(s, &known);
    let all = s.list("division", "Divisions, as they are and were.", ListOf(Fields(one)));
    for division in &all {
        for code in division.parent.iter().chain(&division.became) {
            if !all.iter().any(|other| other.code == *code) {
                let what = format!("{} names {code}, which is no division of this file", division.code);
                s.complain("division", what, "add a [[division]] with this code, or correct it");
            }
        }
        let twice = |other: &&Division| {
            other.code == division.code && !std::ptr::eq(*other, division) && overlap(other, division)
        };
        if let Some(other) = all.iter().find(twice) {
            let what = format!("{} is valid twice on the same days", other.code);
            s.complain("division", what, "let one end (`to`) before the other begins (`from`)");
        }
    }
    all
}

fn overlap(a: &Division, b: &Division) -> bool {
    let before = |a: &Division, b: &Division| a.to.zip(b.from).is_some_and(|(to, from)| to < from);
    !before(a, b) && !before(b, a)
}

fn division(s: &mut Section<'_>, known: &[Name]) -> Division {
    let division = Division {
        code: s.need("code", "Its six digits (GB/T 2260).", Line),
        title: s.need("title", "What people call it.", Both),
        kind: s.need("kind", "What kind it is.", OneOf(KINDS)),
        parent: s.may("parent", "The division above.", Line),
        from: s.may("from", "First day; none where it was not looked up.", Day),
        to: s.may("to", "Last day, if it is gone.", Day),
        became: s.list("became", "Where its land lies now.", ListOf(Line)),
        managed_by: s.may("managed_by", "The office that runs it beside the divisions by law.", Id),
        sure: sureness(s, known),
        note: s.may("note", "What else is to be known.", Both),
    };
    if s.has("code") && (division.code.len() != 6 || !division.code.bytes().all(|b| b.is_ascii_digit())) {
        s.complain("code", format!("`{}` is no division code", division.code), "write its six digits");
    }
    division
}

/// Reads `offices.toml`.
pub(crate) fn offices(s: &mut Section<'_>) -> Vec<Office> {
    s.format();
    let known = sources(s);
    let one = |s: &mut Section<'_>| office(s, &known);
    let all = s.list("office", "Offices, as they are today.", Distinct("id", Fields(one)));
    for office in &all {
        if let Some(name) = office.acts_in_name_of.as_ref().filter(|name| all.iter().all(|o| o.id != **name))
        {
            let what = format!("{} acts in the name of {name}, which is no office of this file", office.id);
            s.complain("office", what, "add an [[office]] with this id, or correct it");
        }
    }
    all
}

fn office(s: &mut Section<'_>, known: &[Name]) -> Office {
    Office {
        id: s.need("id", "Its name in this city's files.", Id),
        title: s.need("title", "What people call it.", Both),
        kind: s.need("kind", "What kind it is, in one word.", Id),
        leader: s.may("leader", "Who leads it.", Fields(leader)),
        territory: s.need("territory", "The division in which it acts.", Line),
        acts_in_name_of: s.may("acts_in_name_of", "The office in whose name it decides; else its own.", Id),
        word: s.may("word", "The word of its numbers, as \"同环\".", Line),
        issues: s.list("issues", "The documents that it issues.", ListOf(Fields(issues))),
        formerly: s.list("formerly", "Names by which older texts mean it.", ListOf(Line)),
        from: s.may("from", "First day, or the year where only that is known.", Line),
        to: s.may("to", "Last day, or the year.", Line),
        sure: sureness(s, known),
        note: s.may("note", "What else is to be known.", Both),
    }
}

fn issues(s: &mut Section<'_>) -> Issues {
    Issues {
        document: s.need("document", "Which.", Refers(Refer::Document)),
        r#where: s.may("where", "The value of the document's `per` for which it does.", Line),
    }
}

fn leader(s: &mut Section<'_>) -> Leader {
    let leader = Leader {
        line: s.need("line", "`local`, `dual`, `branch` or `vertical`.", Named("local")),
        office: s.need("office", "An office of this file, or a name where it is none of the city's.", Line),
    };
    if s.has("line") && !LINES.contains(&leader.line.as_str()) {
        let what = format!("`{}` is no line of leadership", leader.line);
        s.complain("line", what, "write local, dual, branch or vertical");
    }
    leader
}

/// Where the rows were read, by the names that rows give them.
fn sources(s: &mut Section<'_>) -> Vec<Name> {
    let sources = s.may("source", "Where the rows were read, each under a name of its own.", MapOf(Line));
    sources.unwrap_or_default().into_iter().map(|(name, _)| name).collect()
}

fn sureness(s: &mut Section<'_>, known: &[Name]) -> Sureness {
    let source = s.need("source", "Where it was read: a name of [source].", Id);
    if s.has("source") && !known.contains(&source) {
        s.complain(
            "source",
            format!("[source] has no `{source}`"),
            "add it there, with place and day of reading",
        );
    }
    s.or("sure", "How sure we are; default \"unsure\".", OneOf(SURE), Sureness::Unsure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Reading;

    fn read(text: &str) -> (Vec<Division>, Vec<String>) {
        let reading = Reading::new("cities/a/divisions.toml", text);
        let tree = crate::tree::parse(text, &reading).unwrap();
        let all = crate::tree::Read::read(&Fields(divisions), &tree, "file", &reading).unwrap_or_default();
        (all, reading.into_complaints().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_place_is_called_as_it_was_on_the_day() {
        let text = "format = 1\n[source]\na = 'read'\n\
            [[division]]\ncode = '140202'\ntitle = { zh = '城区', en = 'Old' }\nkind = 'district'\nto = '2018-02-08'\nsource = 'a'\n\
            [[division]]\ncode = '140213'\ntitle = { zh = '平城区', en = 'New' }\nkind = 'district'\nfrom = '2018-02-09'\nsource = 'a'\n";
        let (all, complaints) = read(text);
        assert_eq!(complaints, Vec::<String>::new());
        let on = |code, year| title_on(&all, code, Date::new(year, 6, 1).unwrap(), Lang::En);
        assert_eq!((on("140202", 2017), on("140202", 2019)), (Some("Old"), None));
        assert_eq!((on("140213", 2017), on("140213", 2019)), (None, Some("New")));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let row = |more: &str| {
            format!(
                "[[division]]\ncode = '140202'\ntitle = {{ zh = '甲', en = 'A' }}\nkind = 'district'\n{more}\n"
            )
        };
        for (rows, expected) in [
            (row("source = 'b'"), "[source] has no `b`"),
            (row("source = 'a'\nparent = '140200'"), "no division of this file"),
            (row("source = 'a'") + &row("source = 'a'"), "valid twice"),
            (row("source = 'a'").replace("140202", "1402"), "no division code"),
        ] {
            let (_, complaints) = read(&format!("format = 1\n[source]\na = 'read'\n{rows}"));
            assert!(complaints.iter().any(|c| c.contains(expected)), "{rows}: {complaints:?}");
        }
    }
}
