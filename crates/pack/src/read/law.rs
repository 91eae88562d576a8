//! The law register: what is cited, what it says, since when, and how sure we are of it.

use crate::tree::{Both, Day, Distinct, Fields, Id, Line, ListOf, Named, OneOf, Section, Whole};
use jiff::civil::Date;
use model::{Lang, Name, Text};
use process::{BUDGET_MAX, Unit};
use std::collections::BTreeMap;

/// A law, regulation, standard or permit that a number can rest on.
#[derive(Clone, Debug, PartialEq)]
pub struct Law {
    /// Its name in a `basis`.
    pub id: Name,
    /// Its full name.
    pub title: Text,
    /// What kind of rule it is.
    pub kind: LawKind,
    /// First day in force.
    pub from: Date,
    /// Last day in force, if it has one.
    pub to: Option<Date>,
    /// Where it was read, and when.
    pub source: String,
    /// How sure we are.
    pub sure: Sureness,
    /// Its clauses that are cited.
    pub clauses: Vec<Clause>,
}

/// One clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Its number.
    pub id: Name,
    /// What it says, in our own words.
    pub text: Text,
    /// Reasons for which it lets a clock stand still, by code; only of the clause that lists them.
    pub pauses: Vec<Name>,
    /// The most time that it allows.
    pub allows: Option<Allowance>,
    /// First day in force, when later than the law's.
    pub from: Option<Date>,
    /// Last day in force, when earlier than the law's.
    pub to: Option<Date>,
    /// How sure we are of this clause, when not as of the law.
    pub sure: Option<Sureness>,
}

/// The most time that a clause allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Allowance {
    /// What it counts.
    pub unit: Unit,
    /// How many of them.
    pub budget: u32,
    /// How many more an extension may give.
    pub extension: Option<u32>,
}

/// Kinds of rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LawKind {
    /// Of the National People's Congress (法律).
    Law,
    /// Of the State Council (行政法规).
    Regulation,
    /// Of a ministry or a government (规章), or a document of one.
    Rule,
    /// A published standard (标准).
    Standard,
    /// Of this city or province (地方性法规).
    Local,
    /// A permit of the one concerned (许可证).
    Permit,
    /// A setting of the demonstration, until the city writes its own.
    Setting,
}

/// How sure we are of what a law is said to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sureness {
    /// Read in a published source.
    Verified,
    /// Known from practice: to be read again before it is cited on a page.
    Known,
    /// To be looked up.
    Unsure,
}

const KINDS: &[(&str, LawKind)] = &[
    ("law", LawKind::Law),
    ("regulation", LawKind::Regulation),
    ("rule", LawKind::Rule),
    ("standard", LawKind::Standard),
    ("local", LawKind::Local),
    ("permit", LawKind::Permit),
    ("setting", LawKind::Setting),
];

pub(crate) const SURE: &[(&str, Sureness)] =
    &[("verified", Sureness::Verified), ("known", Sureness::Known), ("unsure", Sureness::Unsure)];

/// Units of time, as all files write them.
pub(crate) const UNITS: &[(&str, Unit)] = &[
    ("working-day", Unit::WorkingDay),
    ("working-hour", Unit::WorkingHour),
    ("calendar-day", Unit::CalendarDay),
    ("month", Unit::Month),
    ("urgent-hour", Unit::UrgentHour),
];

impl LawKind {
    /// What people call it.
    pub fn title(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Law => ("法律", "law"),
            Self::Regulation => ("行政法规", "regulation"),
            Self::Rule => ("规章、规范性文件", "rule"),
            Self::Standard => ("标准", "standard"),
            Self::Local => ("地方规定", "local rule"),
            Self::Permit => ("许可证", "permit"),
            Self::Setting => ("演示设定", "setting of the demonstration"),
        };
        if lang == Lang::Zh { zh } else { en }
    }
}

impl Sureness {
    /// What people call it.
    pub fn title(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Verified => ("已查证", "verified"),
            Self::Known => ("据实务，引用前须核对", "from practice, to be checked before it is cited"),
            Self::Unsure => ("未查证", "not verified"),
        };
        if lang == Lang::Zh { zh } else { en }
    }
}

fn within(day: Date, from: Option<Date>, to: Option<Date>) -> bool {
    from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
}

impl Law {
    /// Whether it is in force on a day.
    pub fn in_force(&self, day: Date) -> bool {
        within(day, Some(self.from), self.to)
    }

    /// The clause with a number, as it stands on a day.
    pub fn clause(&self, id: &str, day: Date) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == *id && within(day, clause.from, clause.to))
    }
}

/// All laws of all packs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Laws(pub BTreeMap<Name, Law>);

impl Laws {
    /// The law that a basis names, and the clause's number if it names one.
    pub fn law<'b>(&self, basis: &'b str) -> Option<(&Law, Option<&'b str>)> {
        let (id, clause) = match basis.split_once(':') {
            Some((id, clause)) => (id, Some(clause)),
            None => (basis, None),
        };
        self.0.get(id).map(|law| (law, clause))
    }

    /// The law and clause that a basis names, if both are in force on a day.
    pub fn on(&self, basis: &str, day: Date) -> Option<(&Law, Option<&Clause>)> {
        let (law, clause) = self.law(basis).filter(|(law, _)| law.in_force(day))?;
        match clause {
            Some(id) => law.clause(id, day).map(|clause| (law, Some(clause))),
            None => Some((law, None)),
        }
    }

    /// How a basis is cited on a page: the law's name and the clause.
    pub fn cite(&self, basis: &str, lang: Lang) -> String {
        let Some((law, clause)) = self.law(basis) else { return basis.to_owned() };
        let title = law.title.get(lang);
        // What is no published text has no book marks, and a clause known by a word no number.
        let published = law.kind != LawKind::Setting && law.kind != LawKind::Permit;
        let clause = clause.filter(|id| id.starts_with(|c: char| c.is_ascii_digit()));
        match (clause, lang) {
            (None, Lang::Zh) if published => format!("《{title}》"),
            (None, _) => title.to_owned(),
            (Some(id), Lang::Zh) => format!("《{title}》第{id}条"),
            (Some(id), Lang::En) => format!("{title}, art. {id}"),
        }
    }
}

/// Reads a file of laws.
pub(crate) fn laws(s: &mut Section<'_>) -> Vec<Law> {
    s.format();
    s.need("law", "Laws, standards, permits: whatever a number rests on.", Distinct("id", Fields(law)))
}

fn law(s: &mut Section<'_>) -> Law {
    let law = Law {
        id: s.need("id", "Its name in a `basis`.", Id),
        title: s.need("title", "Its full name.", Both),
        kind: s.need("kind", "What kind of rule it is.", OneOf(KINDS)),
        from: s.need("from", "First day in force.", Day),
        to: s.may("to", "Last day in force.", Day),
        source: s.need("source", "Where it was read, and when.", Line),
        sure: s.or("sure", "How sure we are; default \"unsure\".", OneOf(SURE), Sureness::Unsure),
        clauses: s.list("clause", "Clauses that are cited.", ListOf(Fields(clause))),
    };
    ordered(s, Some(law.from), law.to);
    for (index, clause) in law.clauses.iter().enumerate() {
        let same = |other: &&Clause| other.id == clause.id && overlap(other, clause);
        if let Some(other) = law.clauses[..index].iter().find(same) {
            let what = format!("clause {} of {} is in force twice on the same days", other.id, law.id);
            s.complain(
                &format!("clause.#{}.id", index + 1),
                what,
                "let one end (`to`) before the other begins (`from`)",
            );
        }
    }
    law
}

fn overlap(a: &Clause, b: &Clause) -> bool {
    let before = |a: Option<Date>, b: Option<Date>| matches!((a, b), (Some(a), Some(b)) if a < b);
    !before(a.to, b.from) && !before(b.to, a.from)
}

fn ordered(s: &Section<'_>, from: Option<Date>, to: Option<Date>) {
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        s.complain("to", format!("the last day {to} is before the first, {from}"), "correct one of them");
    }
}

fn clause(s: &mut Section<'_>) -> Clause {
    let clause = Clause {
        id: s.need("id", "Its number.", Named("45")),
        text: s.need("text", "What it says, in our own words.", Both),
        pauses: s.list("pauses", "Reasons for which it lets a clock stand still, by code.", ListOf(Id)),
        allows: s.may("allows", "The most time that it allows.", Fields(allowance)),
        from: s.may("from", "First day in force, when later than the law's.", Day),
        to: s.may("to", "Last day in force, when earlier than the law's.", Day),
        sure: s.may("sure", "How sure we are of this clause, when not as of the law.", OneOf(SURE)),
    };
    ordered(s, clause.from, clause.to);
    clause
}

fn allowance(s: &mut Section<'_>) -> Allowance {
    let count = Whole(1, i64::from(BUDGET_MAX));
    let unit = s.need("unit", "What it counts.", OneOf(UNITS));
    let budget = s.need("budget", "How many of them.", count);
    let extension = s.may("extension", "How many more an extension may give.", count);
    Allowance {
        unit,
        budget: u32::try_from(budget).unwrap_or(BUDGET_MAX),
        extension: extension.and_then(|units| u32::try_from(units).ok()),
    }
}
