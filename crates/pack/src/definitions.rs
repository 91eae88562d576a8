//! What a city's files say, once all of them are right.

use crate::read::article::Article;
use crate::read::board::Board;
use crate::read::city::City;
use crate::read::connector::Connector;
use crate::read::dataset::Dataset;
use crate::read::division::{Division, Office, title_on};
use crate::read::document::Document;
use crate::read::kind::TypeDefinition;
use crate::read::law::Laws;
use crate::read::outline::Outlines;
use crate::read::pack_file::Pack;
use crate::read::service::Service;
use crate::read::table::DecisionTable;
use crate::settings::Setting;
use jiff::civil::Date;
use model::{Lang, Name};
use process::{Definition, OfficeHours, WorkCalendar};
use rule::{LimitTable, Rule};
use std::collections::BTreeMap;

/// Everything that a city's files say.
#[derive(Clone, Debug)]
pub struct Definitions {
    /// The city.
    pub city: City,
    /// Working days and holidays.
    pub calendar: WorkCalendar,
    /// When offices are open.
    pub hours: OfficeHours,
    /// The city's divisions, past ones too.
    pub divisions: Vec<Division>,
    /// The city's offices.
    pub offices: Vec<Office>,
    /// Outlines for its maps, if it has them.
    pub outlines: Option<Outlines>,
    /// Packs by id.
    pub packs: BTreeMap<Name, Pack>,
    /// The law register of all packs.
    pub laws: Laws,
    /// Types by id.
    pub types: BTreeMap<Name, TypeDefinition>,
    /// Processes by id, each with the path of its file.
    pub processes: BTreeMap<Name, (String, Definition)>,
    /// Rules, in the order of their ids.
    pub rules: Vec<Rule>,
    /// Decision tables by id.
    pub tables: BTreeMap<Name, DecisionTable>,
    /// Tables of limits by id.
    pub limits: BTreeMap<Name, LimitTable>,
    /// Services by id.
    pub services: BTreeMap<Name, Service>,
    /// Datasets by id.
    pub datasets: BTreeMap<Name, Dataset>,
    /// Boards by id.
    pub boards: BTreeMap<Name, Board>,
    /// Numbered papers, by name.
    pub documents: BTreeMap<Name, Document>,
    /// Connectors by id.
    pub connectors: BTreeMap<Name, Connector>,
    /// The ordinance's articles.
    pub articles: Vec<Article>,
    /// What the city sets otherwise than its packs: it is in the definitions above already.
    pub settings: Vec<Setting>,
    /// The files that define something, by path.
    pub sources: Vec<Source>,
}

/// Where a definition stands written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What it defines.
    pub kind: SourceKind,
    /// The definition's id; of laws, calendars and the like the file's name.
    pub id: Name,
    /// Its path.
    pub path: String,
    /// Its text: a definition is known by the digest of this text, and of what the city sets otherwise.
    pub text: String,
}

/// What a file defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// The city.
    City,
    /// Office hours.
    Hours,
    /// Divisions.
    Divisions,
    /// Offices.
    Offices,
    /// Outlines for maps.
    Outlines,
    /// A pack.
    Pack,
    /// The calendar.
    Calendar,
    /// The ordinance's articles.
    Articles,
    /// A part of the law register.
    Laws,
    /// A type.
    Type,
    /// A process.
    Process,
    /// A rule.
    Rule,
    /// A decision table.
    Table,
    /// A table of limits.
    Limit,
    /// A service.
    Service,
    /// A dataset.
    Dataset,
    /// A board.
    Board,
    /// A numbered paper.
    Document,
    /// A connector.
    Connector,
    /// English that stands apart from a pack's files.
    Texts,
    /// What the city sets otherwise than its packs.
    Settings,
}

impl SourceKind {
    /// What people call it.
    pub fn title(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::City => ("城市", "city"),
            Self::Divisions => ("行政区划", "divisions"),
            Self::Offices => ("机构", "offices"),
            Self::Outlines => ("区划轮廓", "outlines"),
            Self::Hours => ("办公时间", "office hours"),
            Self::Pack => ("领域包", "pack"),
            Self::Calendar => ("日历", "calendar"),
            Self::Articles => ("条例", "articles"),
            Self::Laws => ("法律登记", "laws"),
            Self::Type => ("类型", "type"),
            Self::Process => ("流程", "process"),
            Self::Rule => ("规则", "rule"),
            Self::Table => ("决策表", "decision table"),
            Self::Limit => ("限值表", "limits"),
            Self::Service => ("服务事项", "service"),
            Self::Dataset => ("数据集", "dataset"),
            Self::Board => ("指标看板", "board"),
            Self::Document => ("文书", "document"),
            Self::Connector => ("数据接入", "connector"),
            Self::Texts => ("英文文本", "English texts"),
            Self::Settings => ("本地设置", "settings"),
        };
        if lang == Lang::Zh { zh } else { en }
    }
}

impl Source {
    /// The pack to which it belongs, if it belongs to one.
    pub fn pack(&self) -> Option<&str> {
        self.path.strip_prefix("packs/")?.split('/').next()
    }
}

impl Definitions {
    /// What a division was called on a day; nothing if it is not known, or was none then.
    pub fn division(&self, code: &str, day: Date, lang: Lang) -> Option<&str> {
        title_on(&self.divisions, code, day, lang)
    }

    /// The office that issues a document, for a value of the document's `per` and a division: the division's own before
    /// the city's.
    pub fn issuer(&self, document: &Document, per: &str, division: &str) -> Option<&Office> {
        let issues = |office: &&Office| {
            let mut fits = office.issues.iter().filter(|one| one.document == document.id);
            fits.any(|one| one.r#where.as_ref().is_none_or(|value| value == per))
        };
        let own = |office: &&Office| office.territory == division.get(..6).unwrap_or(division);
        let mut all = self.offices.iter().filter(issues);
        self.offices.iter().filter(issues).find(own).or_else(|| all.next())
    }

    /// The office in whose name another decides: mostly itself.
    pub fn named_by<'a>(&'a self, office: &'a Office) -> &'a Office {
        let named = office.acts_in_name_of.as_ref();
        named.and_then(|id| self.offices.iter().find(|other| other.id == *id)).unwrap_or(office)
    }

    /// What the city sets otherwise in a definition, as one text that is the same however it was written; nothing where
    /// it sets nothing. A definition is known by the digest of its text together with this one.
    pub fn set_otherwise(&self, kind: SourceKind, id: &Name) -> Option<String> {
        let own = self.settings.iter().filter(|setting| setting.kind == kind && setting.id == *id);
        let mut lines: Vec<String> = own.map(Setting::canonical).collect();
        lines.sort();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// Where a definition stands written.
    pub fn source(&self, kind: SourceKind, id: &Name) -> Option<&Source> {
        self.sources.iter().find(|source| source.kind == kind && source.id == *id)
    }
}
