//! From files to definitions: first what needs nothing else, then what is written in its words, then the whole.

use crate::complaint::sorted;
use crate::read::article::{Article, articles};
use crate::read::board::{Board, board};
use crate::read::city::{City, city};
use crate::read::connector::{Connector, connector};
use crate::read::dataset::{Dataset, dataset};
use crate::read::division::{Division, Office, divisions, offices};
use crate::read::document::{Document, document};
use crate::read::kind::{TypeDefinition, kind};
use crate::read::law::{Law, Laws, laws};
use crate::read::outline::{Outlines, outlines};
use crate::read::pack_file::{Pack, pack};
use crate::read::scope::Scope;
use crate::read::service::{Service, service};
use crate::read::table::{DecisionTable, table};
use crate::read::{calendar, hours, limit, process as processes, rule as rules, settings};
use crate::settings::Setting;
use crate::sheet::{Sheet, What};
use crate::tree::{English, NoNames, Reading, Section, parse};
use crate::{Complaint, Definitions, File, Source, SourceKind};
use jiff::civil::Date;
use model::Name;
use process::{Definition, OfficeHours, WorkCalendar};
use rule::{LimitTable, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// Definitions by id, each with the place of its file in the list of sheets.
pub(crate) type Defined<T> = BTreeMap<Name, (usize, T)>;

/// What is known after the first look: all that the second needs.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub city: Option<City>,
    pub calendar: Option<WorkCalendar>,
    pub hours: Option<OfficeHours>,
    pub divisions: Vec<Division>,
    pub offices: Vec<Office>,
    pub outlines: Option<Outlines>,
    pub packs: Defined<Pack>,
    pub laws: Laws,
    /// Which file a law stands in.
    pub law_sheets: BTreeMap<Name, usize>,
    pub types: Defined<TypeDefinition>,
    pub articles: Vec<Article>,
    pub processes: Defined<Definition>,
    pub rules: Defined<Rule>,
    pub tables: Defined<DecisionTable>,
    pub limits: Defined<LimitTable>,
    pub services: Defined<Service>,
    pub datasets: Defined<Dataset>,
    pub boards: Defined<Board>,
    pub documents: Defined<Document>,
    pub connectors: Defined<Connector>,
    /// Files with complaints of their own, by the names of what they define: others are not judged by them.
    pub unread: Vec<(What, String)>,
    /// Processes whose own files have complaints: what is written in their words is not judged by them.
    pub faulty: BTreeSet<Name>,
    /// Each process's type of case, known before any process is read.
    pub cases: BTreeMap<Name, Name>,
    /// What the city sets otherwise, each with its place in the file, from 1.
    pub settings: Vec<(usize, Setting)>,
    /// Processes in which it does, as they are then.
    pub set_processes: BTreeMap<Name, Definition>,
}

/// All definitions, or all complaints.
pub(crate) fn definitions(files: &[File], day: Option<Date>) -> Result<Definitions, Vec<Complaint>> {
    let mut complaints = Vec::new();
    let mut sheets = Vec::new();
    for file in files {
        match Sheet::open(file) {
            Ok(sheet) => sheets.push(sheet),
            Err(complaint) => complaints.push(complaint),
        }
    }
    let texts = crate::texts::attach(&sheets);
    let mut world = World::read(&sheets);
    crate::check::check(&sheets, &world, day);
    crate::texts::unused(&sheets, &texts);
    let sources = sheets.iter().filter_map(source).collect();
    let missing = |path: &str| Complaint::whole(path, "the file is missing", "write it: see docs/packs.md");
    for (what, path) in [
        (What::City, "cities/<city>/city.toml"),
        (What::Hours, "cities/<city>/office-hours.toml"),
        (What::Calendar, "packs/<pack>/calendar.toml"),
    ] {
        let written = sheets.iter().any(|sheet| sheet.what == what);
        complaints.extend((!written).then(|| missing(path)));
    }
    complaints.extend(sheets.into_iter().flat_map(|sheet| sheet.reading.into_complaints()));
    match (world.city.take(), world.calendar.take(), world.hours.take()) {
        (Some(city), Some(calendar), Some(hours)) if complaints.is_empty() => {
            Ok(world.definitions((city, calendar, hours), files, sources))
        }
        _ => Err(sorted(complaints)),
    }
}

/// One process in the words of definitions that are known.
pub(crate) fn process(file: &File, definitions: &Definitions) -> Result<Definition, Vec<Complaint>> {
    let reading = Reading::new(&file.path, &file.text);
    let tree = parse(&file.text, &reading);
    // English that stood apart is not to be had here: the Chinese stands in for it.
    reading.translate(English::lost());
    let sheet = Sheet { what: What::Process, folder: "", stem: "", reading, tree };
    let world = World {
        types: definitions.types.iter().map(|(id, kind)| (id.clone(), (0, kind.clone()))).collect(),
        tables: definitions.tables.iter().map(|(id, table)| (id.clone(), (0, table.clone()))).collect(),
        cases: definitions.processes.iter().map(|(id, (_, is))| (id.clone(), is.case.clone())).collect(),
        ..World::default()
    };
    let read = sheet.read(|s| processes::process(s, Scope::of(&world)));
    let complaints = sheet.reading.into_complaints();
    read.filter(|_| complaints.is_empty()).ok_or_else(|| sorted(complaints))
}

fn source(sheet: &Sheet<'_>) -> Option<Source> {
    let kind = match sheet.what {
        What::City => SourceKind::City,
        What::Hours => SourceKind::Hours,
        What::Divisions => SourceKind::Divisions,
        What::Offices => SourceKind::Offices,
        What::Outlines => SourceKind::Outlines,
        What::Pack => SourceKind::Pack,
        What::Calendar => SourceKind::Calendar,
        What::Articles => SourceKind::Articles,
        What::Laws => SourceKind::Laws,
        What::Type => SourceKind::Type,
        What::Process => SourceKind::Process,
        What::Rule => SourceKind::Rule,
        What::Table => SourceKind::Table,
        What::Limit => SourceKind::Limit,
        What::Service => SourceKind::Service,
        What::Dataset => SourceKind::Dataset,
        What::Board => SourceKind::Board,
        What::Document => SourceKind::Document,
        What::Connector => SourceKind::Connector,
        What::Texts => SourceKind::Texts,
        What::Settings => SourceKind::Settings,
        What::Other => return None,
    };
    let defines = matches!(kind, SourceKind::Type | SourceKind::City | SourceKind::Pack);
    let written = || sheet.tree.as_ref()?.as_table()?.get("id")?.as_text();
    let id = if defines { written()? } else { sheet.stem };
    let path = sheet.reading.path().to_owned();
    Some(Source { kind, id: Name::new(id).ok()?, path, text: sheet.reading.text().to_owned() })
}

impl World {
    /// Reads all sheets.
    pub fn read(sheets: &[Sheet<'_>]) -> Self {
        let mut world = Self::default();
        for (index, sheet) in sheets.iter().enumerate() {
            world.sheet(sheets, index, sheet);
        }
        crate::check::unfilled(sheets, &world);
        let faulty = sheets.iter().filter(|sheet| sheet.reading.complaints() > 0);
        let name =
            |sheet: &Sheet<'_>| if sheet.what == What::Pack { sheet.folder } else { sheet.stem }.to_owned();
        world.unread = faulty.map(|sheet| (sheet.what, name(sheet))).collect();
        world.second(sheets);
        world.third(sheets);
        world
    }

    fn sheet(&mut self, sheets: &[Sheet<'_>], index: usize, sheet: &Sheet<'_>) {
        match sheet.what {
            What::City => {
                once(sheet, self.city.is_some());
                self.city = sheet.read(city).inspect(|city| folder(sheet, &city.id));
            }
            What::Pack => {
                if let Some(pack) = sheet.read(pack) {
                    folder(sheet, &pack.id);
                    define(sheets, &mut self.packs, index, pack.id.clone(), pack);
                }
            }
            What::Laws => {
                for law in sheet.read(laws).unwrap_or_default() {
                    self.law(sheets, index, law);
                }
            }
            What::Type => {
                if let Some(kind) = sheet.read(kind) {
                    stem(sheet, &kebab(kind.id.as_str()));
                    define(sheets, &mut self.types, index, kind.id.clone(), kind);
                }
            }
            What::Articles => {
                once(sheet, !self.articles.is_empty());
                self.articles.extend(sheet.read(articles).unwrap_or_default());
            }
            What::Calendar => {
                once(sheet, self.calendar.is_some());
                sheet.read(calendar::calendar);
                self.calendar = deserialized(sheet);
            }
            What::Divisions => self.divisions.extend(sheet.read(divisions).unwrap_or_default()),
            What::Offices => self.offices.extend(sheet.read(offices).unwrap_or_default()),
            What::Outlines => {
                once(sheet, self.outlines.is_some());
                self.outlines = sheet.read(outlines);
            }
            What::Hours => {
                once(sheet, self.hours.is_some());
                sheet.read(hours::hours);
                self.hours = deserialized(sheet);
            }
            What::Table => {
                if let Some(table) = table(sheet, &NoNames) {
                    stem(sheet, table.id.as_str());
                    define(sheets, &mut self.tables, index, table.id.clone(), table);
                }
            }
            What::Limit => {
                if let Some(table) = sheet.read(limit::limit) {
                    stem(sheet, table.id.as_str());
                    define(sheets, &mut self.limits, index, table.id.clone(), table);
                }
            }
            What::Process => {
                let written = |key| Name::new(sheet.tree.as_ref()?.as_table()?.get(key)?.as_text()?).ok();
                self.cases.extend(written("id").zip(written("case")));
            }
            // Read in the second look and the third.
            _ => {}
        }
    }

    /// Reads what is written in the words of the types.
    fn second(&mut self, sheets: &[Sheet<'_>]) {
        let (mut all, mut rules) = (Defined::new(), Defined::new());
        let scope = Scope::of(self);
        for (index, sheet) in sheets.iter().enumerate() {
            match sheet.what {
                What::Process => {
                    if let Some(process) = sheet.read(|s| processes::process(s, scope)) {
                        stem(sheet, process.id.as_str());
                        define(sheets, &mut all, index, process.id.clone(), process);
                    }
                }
                What::Rule => {
                    if let Some(rule) = sheet.read(|s| rules::rule(s, scope)) {
                        stem(sheet, rule.id.as_str());
                        define(sheets, &mut rules, index, rule.id.clone(), rule);
                    }
                }
                _ => {}
            }
        }
        let faulty = all.iter().filter(|(_, (at, _))| sheets[*at].reading.complaints() > 0);
        self.faulty = faulty.map(|(id, _)| id.clone()).collect();
        (self.processes, self.rules) = (all, rules);
        for (at, sheet) in sheets.iter().enumerate().filter(|(_, sheet)| sheet.what == What::Settings) {
            once(sheet, !self.settings.is_empty());
            let written = sheet.read(settings::settings).unwrap_or_default();
            crate::settings::apply(self, sheets, at, &written);
        }
    }

    /// Reads what is written in the words of the processes.
    fn third(&mut self, sheets: &[Sheet<'_>]) {
        let scope = Scope::of(self);
        let services = each(sheets, What::Service, |s| service(s, scope), |service| &service.id);
        let datasets = each(sheets, What::Dataset, |s| dataset(s, scope), |dataset| &dataset.id);
        let boards = each(sheets, What::Board, |s| board(s, scope), |board| &board.id);
        let documents = each(sheets, What::Document, |s| document(s, scope), |document| &document.id);
        let connectors = each(sheets, What::Connector, |s| connector(s, scope), |connector| &connector.id);
        (self.services, self.datasets, self.boards) = (services, datasets, boards);
        (self.documents, self.connectors) = (documents, connectors);
    }

    /// Whether a file of this kind could not be read, or only in part: what it defines is not known to be missing.
    pub fn is_unread(&self, what: What, stem: &str) -> bool {
        self.unread.iter().any(|(kind, name)| *kind == what && name == stem)
    }

    fn definitions(
        mut self,
        (city, calendar, hours): (City, WorkCalendar, OfficeHours),
        files: &[File],
        sources: Vec<Source>,
    ) -> Definitions {
        crate::settings::rest(&mut self);
        for (id, set) in std::mem::take(&mut self.set_processes) {
            if let Some((_, process)) = self.processes.get_mut(&id) {
                *process = set;
            }
        }
        let path = |at: usize| files.get(at).map_or_else(String::new, |file| file.path.clone());
        Definitions {
            city,
            calendar,
            hours,
            divisions: self.divisions,
            offices: self.offices,
            outlines: self.outlines,
            packs: plain(self.packs),
            laws: self.laws,
            types: plain(self.types),
            processes: self.processes.into_iter().map(|(id, (at, is))| (id, (path(at), is))).collect(),
            rules: self.rules.into_values().map(|(_, rule)| rule).collect(),
            tables: plain(self.tables),
            limits: plain(self.limits),
            services: plain(self.services),
            datasets: plain(self.datasets),
            boards: plain(self.boards),
            documents: plain(self.documents),
            connectors: plain(self.connectors),
            articles: self.articles,
            settings: self.settings.into_iter().map(|(_, setting)| setting).collect(),
            sources,
        }
    }

    fn law(&mut self, sheets: &[Sheet<'_>], index: usize, law: Law) {
        if let Some(first) = self.law_sheets.get(&law.id) {
            // A second one in the same file has been complained of by its reader.
            if *first != index {
                let what = format!("the law {} stands in {} too", law.id, sheets[*first].reading.path());
                sheets[index].complain(&format!("law.{}.id", law.id), what, "keep one of the two");
            }
            return;
        }
        self.law_sheets.insert(law.id.clone(), index);
        self.laws.0.insert(law.id.clone(), law);
    }
}

/// Everything of one kind of file, by id.
fn each<T>(
    sheets: &[Sheet<'_>],
    what: What,
    read: impl Fn(&mut Section<'_>) -> T + Copy,
    id: impl Fn(&T) -> &Name,
) -> Defined<T> {
    let mut all = Defined::new();
    for (index, sheet) in sheets.iter().enumerate().filter(|(_, sheet)| sheet.what == what) {
        if let Some(one) = sheet.read(read) {
            let id = id(&one).clone();
            stem(sheet, id.as_str());
            define(sheets, &mut all, index, id, one);
        }
    }
    all
}

fn plain<T>(all: Defined<T>) -> BTreeMap<Name, T> {
    all.into_iter().map(|(id, (_, is))| (id, is)).collect()
}

/// A definition under its id; a second one of the same id is a complaint.
pub(crate) fn define<T>(sheets: &[Sheet<'_>], all: &mut Defined<T>, index: usize, id: Name, is: T) {
    if let Some((first, _)) = all.get(&id) {
        let what = format!("`{id}` is defined in {} too", sheets[*first].reading.path());
        sheets[index].complain("id", what, "give one of the two another id");
        return;
    }
    all.insert(id, (index, is));
}

/// A file is named after what it defines.
pub(crate) fn stem(sheet: &Sheet<'_>, id: &str) {
    if id != sheet.stem {
        let what = format!("the file is named {}.toml and defines `{id}`", sheet.stem);
        sheet.complain("id", what, format!("rename the file to {id}.toml, or correct the id"));
    }
}

fn folder(sheet: &Sheet<'_>, id: &Name) {
    if *id != *sheet.folder {
        let what = format!("the folder is named {} and its id is `{id}`", sheet.folder);
        sheet.complain("id", what, format!("write id = \"{}\", or rename the folder", sheet.folder));
    }
}

/// A city has one calendar, one ordinance, one file of office hours, and is itself only one.
fn once(sheet: &Sheet<'_>, known: bool) {
    if known {
        sheet.complain("", "there is a file of this kind already", "a city has one: take this one out");
    }
}

/// `MonitoredSource` as a file's name: `monitored-source`.
pub(crate) fn kebab(id: &str) -> String {
    let mut out = String::new();
    for letter in id.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// The value as its own crate reads it, once the keys are right.
fn deserialized<T: serde::de::DeserializeOwned>(sheet: &Sheet<'_>) -> Option<T> {
    if sheet.reading.complaints() > 0 {
        return None;
    }
    let fault = |error: toml::de::Error| {
        let at = error.span().unwrap_or(0..0);
        sheet.reading.complain(&at, error.message(), "correct it as the message says");
    };
    toml::from_str(sheet.reading.text()).map_err(fault).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_types_are_named_in_kebab_case() {
        assert_eq!(kebab("MonitoredSource"), "monitored-source");
        assert_eq!(kebab("Exceedance"), "exceedance");
    }
}
