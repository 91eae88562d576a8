//! Rule: the arrows between our crates are the ones `docs/architecture.md` states, in its fenced block ```` ```crates ````.
//!
//! A line `web -> model kernel` lists all that `web` may depend on; `datong -> *` may depend on every crate. A line
//! `dev: store -> powercut` adds what the crate's tests may use, `dev: powercut` what every crate's tests may. `#` starts
//! a comment. Stated arrows that nobody uses yet are no fault.

use std::collections::{BTreeMap, BTreeSet};

use super::Complaint;
use super::tree::Tree;
use crate::workspace::{Package, Workspace};

const PAGE: &str = "docs/architecture.md";
const FENCE: &str = "```crates";
const ANY: &str = "*";

/// The stated direction. Each list keeps the line it stands on.
#[derive(Debug, Default)]
struct Stated {
    rows: BTreeMap<String, Row>,
    /// What tests may use besides; the key `*` is for every crate.
    dev: BTreeMap<String, Row>,
}

#[derive(Debug, Default)]
struct Row {
    line: usize,
    may_use: BTreeSet<String>,
}

pub fn check(workspace: &Workspace, tree: &Tree) -> Vec<Complaint> {
    if tree.file(PAGE).is_none() {
        let remedy =
            "write it, with the crates' direction in a block fenced ```crates (lines `crate -> dep dep`)";
        return vec![Complaint::new(
            PAGE,
            1,
            "the page is missing, and with it the crates' direction",
            remedy,
        )];
    }
    let (stated, mut complaints) = parse(tree.text(PAGE));
    if stated.rows.is_empty() {
        let remedy = "add one with a line `crate -> dep dep` for each crate";
        complaints.push(Complaint::new(PAGE, 1, "there is no block fenced ```crates", remedy));
        return complaints;
    }
    complaints.extend(dangling(&stated, &workspace.packages));
    for package in &workspace.packages {
        complaints.extend(check_package(package, &stated, tree.text(&package.manifest)));
    }
    complaints
}

fn parse(page: &str) -> (Stated, Vec<Complaint>) {
    let (mut stated, mut complaints) = (Stated::default(), Vec::new());
    let block = page.lines().enumerate().skip_while(|(_, line)| line.trim() != FENCE).skip(1);
    for (index, line) in block.take_while(|(_, line)| line.trim() != "```") {
        let line = line.split('#').next().unwrap_or("").trim();
        let wrong = match (line.is_empty(), stated.read(line, index + 1)) {
            (true, _) | (_, Ok(())) => continue,
            (_, Err(wrong)) => wrong,
        };
        complaints.push(Complaint::new(
            PAGE,
            index + 1,
            wrong,
            "write `crate -> dep dep`, once for each crate",
        ));
    }
    (stated, complaints)
}

impl Stated {
    fn read(&mut self, line: &str, number: usize) -> Result<(), String> {
        let dev = line.strip_prefix("dev:");
        let (name, list) = match (dev, dev.unwrap_or(line).split_once("->")) {
            (_, Some((name, list))) => (name.trim(), list),
            (Some(list), None) => (ANY, list),
            (None, None) => return Err(format!("`{line}` is no arrow")),
        };
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(format!("`{name}` is no crate's name"));
        }
        let rows = if dev.is_some() { &mut self.dev } else { &mut self.rows };
        let may_use = list.split_whitespace().map(str::to_owned).collect();
        match rows.insert(name.to_owned(), Row { line: number, may_use }) {
            Some(first) => Err(format!("{name} has a row already, on line {}", first.line)),
            None => Ok(()),
        }
    }

    fn allows(&self, from: &str, to: &str, dev: bool) -> bool {
        let in_row =
            |row: Option<&Row>| row.is_some_and(|r| r.may_use.contains(to) || r.may_use.contains(ANY));
        in_row(self.rows.get(from)) || (dev && (in_row(self.dev.get(from)) || in_row(self.dev.get(ANY))))
    }
}

/// Rows and arrows that lead to crates that are not there.
fn dangling(stated: &Stated, packages: &[Package]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (name, row) in stated.rows.iter().chain(&stated.dev) {
        let named = std::iter::once(name).chain(&row.may_use).filter(|name| *name != ANY);
        for missing in named.filter(|name| !packages.iter().any(|package| package.name == **name)) {
            let wrong = format!("there is no crate `{missing}`");
            complaints.push(Complaint::new(
                PAGE,
                row.line,
                wrong,
                "take it out of the block, or write the crate",
            ));
        }
    }
    complaints
}

fn check_package(package: &Package, stated: &Stated, manifest: &str) -> Vec<Complaint> {
    let name = &package.name;
    if !stated.rows.contains_key(name) {
        let wrong = format!("{name} has no row in the ```crates block of {PAGE}");
        return vec![Complaint::new(
            &package.manifest,
            1,
            wrong,
            format!("state there what it may use: `{name} -> …`"),
        )];
    }
    let ours = package.dependencies.iter().filter(|dependency| dependency.ours && dependency.name != *name);
    let wrong = ours.filter(|dependency| !stated.allows(name, &dependency.name, dependency.dev));
    wrong
        .map(|dependency| {
            let (to, tests) = (&dependency.name, if dependency.dev { " (in its tests)" } else { "" });
            Complaint::new(
                &package.manifest,
                line_of(manifest, to),
                format!("{name} depends on {to}{tests}, an arrow {PAGE} does not state"),
                "take the dependency out; if the arrow is right, state it there and say why",
            )
        })
        .collect()
}

fn line_of(manifest: &str, dependency: &str) -> usize {
    let names_it = |line: &str| {
        let rest = line.trim_start().strip_prefix(dependency);
        rest.is_some_and(|rest| rest.starts_with([' ', '.', '=']))
    };
    manifest.lines().position(names_it).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::super::tree::tree;
    use super::*;
    use crate::workspace::Dependency;

    /// Packages from lines like `web: model kernel dev:store`.
    fn workspace(lines: &[&str]) -> Workspace {
        let dependency = |word: &str| Dependency {
            name: word.trim_start_matches("dev:").to_owned(),
            dev: word.starts_with("dev:"),
            ours: true,
        };
        let package = |line: &&str| {
            let (name, list) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
            let manifest = format!("crates/{name}/Cargo.toml");
            let dependencies = list.split_whitespace().map(dependency).collect();
            Package { name: name.to_owned(), manifest, dependencies }
        };
        let packages = lines.iter().map(package).collect();
        Workspace { root: "/".into(), target: "/".into(), packages }
    }

    fn complaints(block: &str, lines: &[&str]) -> Vec<String> {
        let page = format!("# Architecture\n\n```crates\n{block}```\n\nweb -> nothing, outside the block\n");
        let manifest = "[dependencies]\nmodel.workspace = true\nstore.workspace = true\n";
        let tree = tree(&[(PAGE, &page), ("crates/web/Cargo.toml", manifest)]);
        check(&workspace(lines), &tree).iter().map(ToString::to_string).collect()
    }

    fn check_one(block: &str, lines: &[&str], expected: &str) {
        let found = complaints(block, lines);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:#?}\nexpected {expected}");
    }

    #[test]
    fn stated_arrows_pass_whether_used_or_not() {
        let block = "model ->   # nothing\n\nstore -> model\nweb -> model store\ndatong -> *\n";
        assert_eq!(complaints(block, &["model:", "store:", "web: model", "datong: web store"]), [""; 0]);
    }

    #[test]
    fn an_unstated_arrow_is_named_with_its_line() {
        let expected =
            "crates/web/Cargo.toml:3: web depends on store, an arrow docs/architecture.md does not";
        check_one("model ->\nstore ->\nweb -> model\n", &["model:", "store:", "web: model store"], expected);
    }

    #[test]
    fn crates_and_rows_must_match() {
        check_one("model ->\n", &["model:", "web:"], "crates/web/Cargo.toml:1: web has no row");
        check_one("model ->\nold -> model\n", &["model:"], "docs/architecture.md:5: there is no crate `old`");
        check_one("model -> old\n", &["model:"], "docs/architecture.md:4: there is no crate `old`");
    }

    #[test]
    fn tests_have_arrows_of_their_own() {
        let crates = ["powercut:", "store: dev:powercut"];
        let unstated = "crates/store/Cargo.toml:1: store depends on powercut (in its tests)";
        check_one("powercut ->\nstore ->\n", &crates, unstated);
        check_one("powercut ->\nstore ->\ndev: powercut -> store\n", &crates, unstated);
        assert_eq!(complaints("powercut ->\nstore ->\ndev: powercut\n", &crates), [""; 0]);
        assert_eq!(complaints("powercut ->\nstore ->\ndev: store -> powercut\n", &crates), [""; 0]);
        let not_for_tests = "crates/store/Cargo.toml:1: store depends on powercut, an arrow";
        check_one("powercut ->\nstore ->\ndev: powercut\n", &["powercut:", "store: powercut"], not_for_tests);
    }

    #[test]
    fn a_block_that_cannot_be_read_says_where() {
        check_one("model ->\nweb model\n", &["model:"], "docs/architecture.md:5: `web model` is no arrow");
        check_one("model ->\nmodel ->\n", &["model:"], "docs/architecture.md:5: model has a row already");
        let none = check(&workspace(&["model:"]), &tree(&[(PAGE, "# Architecture\n")]));
        assert!(none[0].to_string().contains("no block fenced"), "{none:?}");
        assert!(check(&workspace(&[]), &tree(&[]))[0].wrong.contains("the page is missing"));
    }
}
