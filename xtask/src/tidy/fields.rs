//! Rule: no field of work is named in product code. What a pack or a city defines (types, processes, rules, tables,
//! roles) is data, and code that knows one of them by name works for that field alone.
//!
//! A name counts where it is a whole string literal, so that words which are also names may stand in sentences. Tests
//! may name what they like, and so may the demonstration and the scratch city. Exceptions stand in
//! `xtask/fields.txt` with their reasons; they may only shrink.

use std::collections::{BTreeMap, BTreeSet};

use super::Complaint;
use super::scan::{Scanned, tests_at_foot};
use super::tree::Tree;

const PATH: &str = "xtask/fields.txt";

/// Product code that tells a story about one city.
const STORIES: [&str; 2] = ["crates/datong/src/demo/", "crates/testcity/"];

/// Folders of packs whose files are named after what they define, and what that is.
const NAMED_AFTER: [(&str, &str); 3] = [("processes", "process"), ("rules", "rule"), ("tables", "table")];

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let names = names(tree);
    let tests = test_modules(tree);
    let (exceptions, mut complaints) = exceptions(tree.text(PATH));
    let mut needed = BTreeSet::new();
    for (file, scanned) in tree.rust() {
        let path = file.path.as_str();
        let told = STORIES.iter().any(|story| path.starts_with(story));
        let test = tests.iter().any(|module| is_in(path, module));
        if told || test || !path.starts_with("crates/") || !path.contains("/src/") {
            continue;
        }
        let end = tests_at_foot(&scanned.code).unwrap_or(usize::MAX);
        for literal in scanned.strings.iter().filter(|literal| literal.line < end) {
            let Some(kind) = names.get(literal.text.as_str()) else { continue };
            let key = (path.to_owned(), literal.text.clone());
            if exceptions.contains_key(&key) {
                needed.insert(key);
                continue;
            }
            let wrong = format!("the {kind} `{}` of a pack or city is named in code", literal.text);
            let remedy = "let the pack say what the code needs to know of it, and ask for that";
            complaints.push(Complaint::new(path, literal.line, wrong, remedy));
        }
    }
    for ((path, name), line) in exceptions.iter().filter(|(key, _)| !needed.contains(*key)) {
        let wrong = format!("{path} does not name `{name}` any more");
        complaints.push(Complaint::new(PATH, *line, wrong, "take the line out"));
    }
    complaints
}

/// Every name that a pack or a city defines, with what it names.
fn names(tree: &Tree) -> BTreeMap<&str, &'static str> {
    let mut names = BTreeMap::new();
    for (path, text) in tree.texts() {
        let parts: Vec<&str> = path.strip_suffix(".toml").unwrap_or_default().split('/').collect();
        match parts[..] {
            ["packs", _, "types", _] => names.extend(id(text.lines()).map(|id| (id, "type"))),
            ["packs", _, folder, stem] => {
                let kind = NAMED_AFTER.iter().find(|(named, _)| *named == folder);
                names.extend(kind.map(|(_, kind)| (stem, *kind)));
            }
            ["cities", _, "city"] => {
                let roles = text.split("[[role]]").skip(1);
                names.extend(roles.filter_map(|role| id(role.lines())).map(|id| (id, "role")));
            }
            _ => {}
        }
    }
    names
}

/// The first `id = "…"` of some lines, before another table begins.
fn id<'a>(lines: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut own = lines.take_while(|line| !line.starts_with('['));
    own.find_map(|line| {
        line.strip_prefix("id")?.trim_start().strip_prefix('=')?.trim().strip_prefix('"')?.split('"').next()
    })
}

/// Modules that exist in tests only, as paths without `.rs`.
fn test_modules(tree: &Tree) -> Vec<String> {
    let of = |(path, scanned): (&str, &Scanned)| {
        let stem = path.strip_suffix(".rs").unwrap_or(path);
        let folder = match stem.rsplit_once('/') {
            Some((folder, "lib" | "main" | "mod")) => folder,
            _ => stem,
        };
        let code = &scanned.code;
        let after = code.match_indices("#[cfg(test)]").map(|(at, found)| &code[at + found.len()..]);
        let modules = after.filter_map(|code| {
            let (name, _) = code.trim_start().strip_prefix("mod ")?.split_once(';')?;
            name.chars().all(|c| c.is_alphanumeric() || c == '_').then(|| format!("{folder}/{name}"))
        });
        modules.collect::<Vec<_>>()
    };
    tree.rust().flat_map(|(file, scanned)| of((file.path.as_str(), scanned))).collect()
}

/// Whether a file is a module or lies within it.
fn is_in(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// File and name, with the line that excepts them.
type Exceptions = BTreeMap<(String, String), usize>;

/// `path name reason …`, one a line; `#` starts a comment.
fn exceptions(text: &str) -> (Exceptions, Vec<Complaint>) {
    let (mut exceptions, mut complaints) = (Exceptions::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        let mut words = line.splitn(3, ' ');
        let known = match (words.next(), words.next(), words.next()) {
            (Some(path), Some(name), Some(reason)) if !reason.trim().is_empty() => {
                exceptions.insert((path.to_owned(), name.to_owned()), index + 1).is_none()
            }
            _ => line.is_empty(),
        };
        if !known {
            let wrong = format!("`{line}` says no reason, or is there twice");
            complaints.push(Complaint::new(PATH, index + 1, wrong, "write `path name why it must be`"));
        }
    }
    (exceptions, complaints)
}

#[cfg(test)]
mod tests {
    use super::super::tree::tree;
    use super::*;

    const DATA: [(&str, &str); 4] = [
        (
            "packs/a/types/monitored-source.toml",
            "format = 1\nid     = \"MonitoredSource\"\n[[attribute]]\nid = \"so2\"\n",
        ),
        ("packs/a/processes/inspection.toml", "id = \"inspection\"\n"),
        ("packs/a/tables/who-decides.toml", ""),
        ("cities/b/city.toml", "id = \"b\"\n[[role]]\nid = \"chief\"\ntitle = { zh = \"x\", en = \"y\" }\n"),
    ];

    fn check_files(files: &[(&str, &str)], expected: &[(&str, usize)]) {
        let all: Vec<_> = DATA.iter().chain(files).copied().collect();
        let found = check(&tree(&all));
        let places: Vec<_> = found.iter().map(|c| (c.path.as_str(), c.line)).collect();
        assert_eq!(places, expected, "{found:?}");
    }

    #[test]
    fn a_name_of_a_pack_or_city_is_found_as_a_whole_literal() {
        for (name, kind) in [
            ("MonitoredSource", "type"),
            ("inspection", "process"),
            ("who-decides", "table"),
            ("chief", "role"),
        ] {
            let code = format!("//! A.\nfn a() {{\n    b(\"{name}\");\n}}\n");
            check_files(&[("crates/a/src/b.rs", &code)], &[("crates/a/src/b.rs", 3)]);
            let all: Vec<_> = DATA.into_iter().chain([("crates/a/src/b.rs", code.as_str())]).collect();
            assert!(check(&tree(&all))[0].wrong.contains(&format!("the {kind} `{name}`")));
        }
        // Attributes, the city itself, sentences, comments.
        let code = "//! inspection\nconst A: [&str; 3] = [\"so2\", \"b\", \"an inspection\"]; // \"chief\"\n";
        check_files(&[("crates/a/src/b.rs", code)], &[]);
    }

    #[test]
    fn tests_and_stories_may_name_what_they_like() {
        let code = "//! A.\nconst A: &str = \"chief\";\n";
        for path in [
            "crates/a/tests/b.rs",
            "crates/testcity/src/lib.rs",
            "crates/datong/src/demo/b.rs",
            "e2e/src/b.rs",
        ] {
            check_files(&[(path, code)], &[]);
        }
        let foot = "//! A.\n#[cfg(test)]\nmod tests {\n    const A: &str = \"chief\";\n}\n";
        check_files(&[("crates/a/src/b.rs", foot)], &[]);
        let lib = "//! A.\nmod b;\n#[cfg(test)]\nmod trials;\n";
        for path in ["crates/a/src/trials.rs", "crates/a/src/trials/one.rs"] {
            check_files(&[("crates/a/src/lib.rs", lib), (path, code)], &[]);
        }
        check_files(
            &[("crates/a/src/lib.rs", lib), ("crates/a/src/b.rs", code)],
            &[("crates/a/src/b.rs", 2)],
        );
        let inner = "//! A.\n#[cfg(test)]\nmod c;\n";
        check_files(&[("crates/a/src/b.rs", inner), ("crates/a/src/b/c.rs", code)], &[]);
    }

    #[test]
    fn an_exception_has_its_reason_and_its_use() {
        let code = ("crates/a/src/b.rs", "//! A.\nconst A: &str = \"chief\";\n");
        check_files(&[code, (PATH, "# why\ncrates/a/src/b.rs chief an example for writers\n")], &[]);
        check_files(&[code, (PATH, "crates/a/src/b.rs chief\n")], &[(PATH, 1), (code.0, 2)]);
        check_files(&[(PATH, "crates/a/src/b.rs chief it was so\n")], &[(PATH, 1)]);
    }
}
