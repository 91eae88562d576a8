//! Texts of packs and cities in, definitions out. No files, no network: the caller brings the texts.
//!
//! Where a file lies says what it is: `packs/<pack>/types/…`, `processes/…`, `rules/…`, `packs/<pack>/calendar.toml`,
//! `packs/<pack>/articles.toml`, `cities/<city>/city.toml`, `cities/<city>/office-hours.toml`. Every complaint names file and line.

mod article;
mod city;
mod complaint;
mod kind;
mod register;
mod scenario;

pub use article::Article;
pub use city::{City, Role};
pub use complaint::Complaint;
pub use kind::{AttributeDefinition, Feed, FeedKey, Openness, TypeDefinition, Writer};
pub use register::{DeviceRow, LimitRow, PersonRow, Register, RoleRow, SourceRow};
pub use scenario::{Expect, ExpectClock, OneOrMore, STEPS_MAX, Scenario, Send, Step};

use model::Name;
use process::{Definition, OfficeHours, WorkCalendar};
use rule::LimitRule;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// One file of a pack or city, by its path within the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// For example `packs/environment/rules/source-exceedance.toml`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Everything that a city's files say.
#[derive(Clone, Debug)]
pub struct Definitions {
    /// The city.
    pub city: City,
    /// Working days and holidays.
    pub calendar: WorkCalendar,
    /// When offices are open.
    pub hours: OfficeHours,
    /// Types by id.
    pub types: BTreeMap<Name, TypeDefinition>,
    /// Processes by id, each with the path of its file.
    pub processes: BTreeMap<Name, (String, Definition)>,
    /// Rules.
    pub rules: Vec<LimitRule>,
    /// The ordinance's articles.
    pub articles: Vec<Article>,
}

/// Reads all files of a city. Nothing is returned unless every file is right.
pub fn read(files: &[File]) -> Result<Definitions, Vec<Complaint>> {
    let mut reader = Reader::default();
    files.iter().for_each(|file| reader.file(file));
    reader.finish()
}

/// Reads one file's text into a shape.
pub fn parse<T: DeserializeOwned>(file: &File) -> Result<T, Complaint> {
    toml::from_str(&file.text).map_err(|error| Complaint::toml(file, &error))
}

#[derive(Default)]
struct Reader {
    city: Option<City>,
    calendar: Option<WorkCalendar>,
    hours: Option<OfficeHours>,
    types: BTreeMap<Name, TypeDefinition>,
    processes: BTreeMap<Name, (String, Definition)>,
    rules: Vec<LimitRule>,
    articles: Vec<Article>,
    complaints: Vec<Complaint>,
}

impl Reader {
    fn take<T: DeserializeOwned>(&mut self, file: &File) -> Option<T> {
        parse(file).map_err(|complaint| self.complaints.push(complaint)).ok()
    }

    fn file(&mut self, file: &File) {
        let parts: Vec<&str> = file.path.split('/').collect();
        match parts[..] {
            ["cities", _, "city.toml"] => self.city = self.take(file),
            ["cities", _, "office-hours.toml"] => self.hours = self.take(file),
            ["packs", _, "calendar.toml"] => self.calendar = self.take(file),
            ["packs", _, "articles.toml"] => {
                self.articles = self.take::<article::Articles>(file).map(|a| a.article).unwrap_or_default();
            }
            ["packs", _, "types", _] => {
                if let Some(kind) = self.take::<TypeDefinition>(file) {
                    self.types.insert(kind.id.clone(), kind);
                }
            }
            ["packs", _, "processes", _] => {
                if let Some(process) = self.take::<Definition>(file) {
                    for what in process.faults() {
                        self.complaints.push(Complaint { file: file.path.clone(), line: 1, what });
                    }
                    self.processes.insert(process.id.clone(), (file.path.clone(), process));
                }
            }
            ["packs", _, "rules", _] => {
                let rule = self.take::<LimitRule>(file);
                self.rules.extend(rule);
            }
            _ => self.complaints.push(Complaint {
                file: file.path.clone(),
                line: 1,
                what: "no such place in a pack or city; see docs/architecture.md for the folders".to_owned(),
            }),
        }
    }

    fn finish(mut self) -> Result<Definitions, Vec<Complaint>> {
        for rule in &self.rules {
            if !self.processes.contains_key(&rule.open) {
                let what =
                    format!("rule {} opens {}, which is no process of these packs", rule.id, rule.open);
                self.complaints.push(Complaint { file: format!("rules/{}.toml", rule.id), line: 1, what });
            }
            let known =
                self.types.get(&rule.kind).is_some_and(|kind| kind.attribute(&rule.attribute).is_some());
            if !known {
                let what = format!(
                    "rule {} watches {}.{}, which no type declares",
                    rule.id, rule.kind, rule.attribute
                );
                self.complaints.push(Complaint { file: format!("rules/{}.toml", rule.id), line: 1, what });
            }
        }
        let mut missing = |what: &str| {
            self.complaints.push(Complaint { file: what.to_owned(), line: 1, what: "is missing".to_owned() });
        };
        if self.city.is_none() {
            missing("cities/<city>/city.toml");
        }
        if self.hours.is_none() {
            missing("cities/<city>/office-hours.toml");
        }
        if self.calendar.is_none() {
            missing("packs/<pack>/calendar.toml");
        }
        match (self.city, self.calendar, self.hours, self.complaints) {
            (Some(city), Some(calendar), Some(hours), complaints) if complaints.is_empty() => {
                Ok(Definitions {
                    city,
                    calendar,
                    hours,
                    types: self.types,
                    processes: self.processes,
                    rules: self.rules,
                    articles: self.articles,
                })
            }
            (.., complaints) => Err(complaints),
        }
    }
}
