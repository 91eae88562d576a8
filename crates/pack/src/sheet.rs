//! Where a file lies says what it is.

use crate::tree::{Fields, Node, Read, Reading, Section, parse};
use crate::{Complaint, File};
use std::ops::Range;

/// Kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    City,
    Hours,
    Divisions,
    Offices,
    Outlines,
    /// What the city sets otherwise than its packs.
    Settings,
    Pack,
    Calendar,
    Articles,
    Laws,
    Type,
    Process,
    Rule,
    Table,
    Limit,
    Service,
    Dataset,
    Board,
    Document,
    Connector,
    /// English that stands apart.
    Texts,
    /// Known, and read by others.
    Other,
}

/// One file with what is known of it while it is read.
#[derive(Debug)]
pub(crate) struct Sheet<'a> {
    pub what: What,
    /// Name of the pack or city.
    pub folder: &'a str,
    /// Name of the file without its ending.
    pub stem: &'a str,
    pub reading: Reading<'a>,
    /// Nothing when the text is no TOML.
    pub tree: Option<Node>,
}

const REMEDY: &str = "packs have pack.toml, texts.en.toml, calendar.toml, articles.toml and the folders laws, types, processes, rules, \
                      tables, limits, services, datasets, boards, documents, connectors, scenarios; cities have city.toml, office-hours.toml, \
                      settings.toml, laws.toml, divisions.toml, offices.toml and outlines.toml (docs/packs.md)";

impl<'a> Sheet<'a> {
    /// Parses a file, or complains that nothing of the kind belongs where it lies.
    pub fn open(file: &'a File) -> Result<Self, Complaint> {
        let Some((what, folder, stem)) = place(&file.path) else {
            return Err(Complaint::whole(&file.path, "no such file belongs to a pack or city", REMEDY));
        };
        let reading = Reading::new(&file.path, &file.text);
        let tree = (what != What::Other).then(|| parse(&file.text, &reading)).flatten();
        Ok(Self { what, folder, stem, reading, tree })
    }

    /// Reads the whole file by a reader of its keys.
    pub fn read<T>(&self, fields: impl Fn(&mut Section<'_>) -> T) -> Option<T> {
        Fields(fields).read(self.tree.as_ref()?, "file", &self.reading)
    }

    /// Where a path through the file leads.
    pub fn locate(&self, path: &str) -> Range<usize> {
        self.tree.as_ref().map_or(0..0, |tree| tree.locate(path))
    }

    /// A complaint of the place to which a path leads.
    pub fn complain(&self, path: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.reading.complain(&self.locate(path), what, remedy);
    }

    /// Whether it belongs to a pack, and not to a city.
    pub fn in_pack(&self) -> bool {
        self.reading.path().starts_with("packs/")
    }
}

fn place(path: &str) -> Option<(What, &str, &str)> {
    let parts: Vec<&str> = path.strip_suffix(".toml")?.split('/').collect();
    let what = match parts[..] {
        ["cities", _, "city"] => What::City,
        ["cities", _, "office-hours"] => What::Hours,
        ["cities", _, "divisions"] => What::Divisions,
        ["cities", _, "offices"] => What::Offices,
        ["cities", _, "outlines"] => What::Outlines,
        ["cities", _, "settings"] => What::Settings,
        ["cities", _, "laws"] => What::Laws,
        ["cities", _, _] => What::Other,
        ["packs", _, "pack"] => What::Pack,
        ["packs", _, "calendar"] => What::Calendar,
        ["packs", _, "articles"] => What::Articles,
        ["packs", _, "texts.en"] => What::Texts,
        ["packs", _, "laws", _] => What::Laws,
        ["packs", _, "types", _] => What::Type,
        ["packs", _, "processes", _] => What::Process,
        ["packs", _, "rules", _] => What::Rule,
        ["packs", _, "tables", _] => What::Table,
        ["packs", _, "limits", _] => What::Limit,
        ["packs", _, "services", _] => What::Service,
        ["packs", _, "datasets", _] => What::Dataset,
        ["packs", _, "boards", _] => What::Board,
        ["packs", _, "documents", _] => What::Document,
        ["packs", _, "connectors", _] => What::Connector,
        ["packs", _, "scenarios", _] => What::Other,
        _ => return None,
    };
    Some((what, parts.get(1)?, parts.last()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_a_file_is() {
        for (path, expected) in [
            ("packs/a/types/b.toml", Some((What::Type, "a", "b"))),
            ("packs/a/laws/b.toml", Some((What::Laws, "a", "b"))),
            ("packs/a/scenarios/b.toml", Some((What::Other, "a", "b"))),
            ("cities/a/city.toml", Some((What::City, "a", "city"))),
            ("cities/a/settings.toml", Some((What::Settings, "a", "settings"))),
            ("cities/a/laws.toml", Some((What::Laws, "a", "laws"))),
            ("cities/a/demo.toml", Some((What::Other, "a", "demo"))),
            ("packs/a/typos/b.toml", None),
            ("packs/a/types/b/c.toml", None),
            ("packs/a/types/b.json", None),
            ("", None),
        ] {
            assert_eq!(place(path), expected, "{path}");
        }
    }
}
