//! Rule: SQL is seen by the store alone (and by `powercut`, which pulls the plug under it, and a test that has another's database).

use super::Complaint;
use super::scan::words;
use super::tree::{Tree, line_at};
use crate::workspace::Workspace;

const MAY_HOLD_SQL: [&str; 3] = ["crates/store/", "crates/powercut/", "e2e/tests/fetching/"];
const DRIVERS: [&str; 5] = ["rusqlite", "libsqlite3-sys", "sqlx", "tokio-postgres", "postgres"];
/// A statement is its first word, with the second somewhere after it.
const STATEMENTS: [(&str, &str); 13] = [
    ("SELECT", "FROM"),
    ("SELECT", "COUNT"),
    ("INSERT", "INTO"),
    ("REPLACE", "INTO"),
    ("DELETE", "FROM"),
    ("UPDATE", "SET"),
    ("CREATE", "TABLE"),
    ("CREATE", "INDEX"),
    ("CREATE", "VIEW"),
    ("CREATE", "TRIGGER"),
    ("ALTER", "TABLE"),
    ("DROP", "TABLE"),
    ("BEGIN", "IMMEDIATE"),
];
const REMEDY: &str = "move it into crates/store, behind the `Store` trait";

pub fn check(workspace: &Workspace, tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for package in &workspace.packages {
        let drivers =
            package.dependencies.iter().filter(|dependency| DRIVERS.contains(&dependency.name.as_str()));
        for driver in drivers.filter(|_| !may_hold(&package.manifest)) {
            let wrong = format!("{} depends on {}, a way to SQL", package.name, driver.name);
            complaints.push(Complaint::new(&package.manifest, 1, wrong, "ask crates/store instead"));
        }
    }
    for file in tree.files.iter().filter(|file| file.path.ends_with(".sql") && !may_hold(&file.path)) {
        complaints.push(Complaint::new(&file.path, 1, "an SQL file outside the store", REMEDY));
    }
    for (file, scanned) in tree.rust().filter(|(file, _)| !may_hold(&file.path)) {
        let mut complain =
            |line, wrong: &str| complaints.push(Complaint::new(&file.path, line, wrong, REMEDY));
        for literal in scanned.strings.iter().filter(|literal| is_statement(&literal.text)) {
            complain(literal.line, "an SQL statement outside the store");
        }
        for at in words(&scanned.code, DRIVERS[0]) {
            complain(line_at(&scanned.code, at), "`rusqlite` outside the store");
        }
    }
    complaints
}

fn may_hold(path: &str) -> bool {
    MAY_HOLD_SQL.iter().any(|folder| path.starts_with(folder))
}

/// Prose says "select" and "from" too, so the words must shout, or the text must open like a statement in small letters.
fn is_statement(text: &str) -> bool {
    let shouts = |(first, second): (&str, &str)| {
        let starts: Vec<usize> = words(text, first).collect();
        words(text, second).any(|at| starts.iter().any(|start| *start < at))
    };
    let low = text.trim_start();
    let whispers = |(first, second): (&str, &str)| {
        let (first, second) = (first.to_lowercase(), second.to_lowercase());
        let opening: Vec<&str> = low.split_whitespace().take(3).collect();
        match opening[..] {
            [a, b, ..] if a == first && b == second && first != "select" && first != "delete" => true,
            [a, b, c] if a == first && first == "select" => {
                b.starts_with("count(") || (b == "*" && c == second)
            }
            _ => false,
        }
    };
    STATEMENTS.into_iter().any(|pair| shouts(pair) || whispers(pair))
        || text.trim_start().starts_with(concat!("PRA", "GMA "))
}

#[cfg(test)]
mod tests {
    use super::super::tree::tree;
    use super::*;
    use crate::workspace::{Dependency, Package};

    fn shout(words: &[&str]) -> String {
        words.join(" ").to_uppercase()
    }

    #[test]
    fn statements_are_told_from_prose() {
        for statement in [
            shout(&["select", "seq", "from", "commits"]),
            shout(&["insert", "or ignore", "into", "commits values (?1)"]),
            shout(&["with x as (", "select", "1", "from", "y)"]),
            shout(&["pragma", "journal_mode = wal"]),
            ["insert", "into", "commits"].join(" "),
            ["select", "*", "from", "commits"].join(" "),
            ["create", "table", "x (y)"].join(" "),
        ] {
            assert!(is_statement(&statement), "{statement}");
        }
        for prose in [
            "Select a department from the list",
            "Update the limits set by law",
            "select one",
            "delete from the list what is not yours",
            "SELECTED FROM above",
            "INTO the INSERT",
        ] {
            assert!(!is_statement(prose), "{prose}");
        }
    }

    #[test]
    fn only_the_store_holds_sql() {
        let statement = shout(&["select", "1", "from", "x"]);
        let driver = DRIVERS[0];
        let source = format!(
            "//! Asks.\nuse {driver}::Connection;\nconst Q: &str = \"{statement}\";\n// {statement}\n"
        );
        let packages = ["web", "store"].map(|name| Package {
            name: name.to_owned(),
            manifest: format!("crates/{name}/Cargo.toml"),
            dependencies: vec![Dependency { name: driver.to_owned(), dev: true, ours: false }],
        });
        let workspace = Workspace { root: "/".into(), target: "/".into(), packages: packages.to_vec() };
        let tree = tree(&[
            ("crates/store/src/a.rs", &source),
            ("crates/store/migrations/1.sql", &statement),
            ("crates/web/src/a.rs", &source),
            ("crates/web/b.sql", &statement),
        ]);
        let found: Vec<_> = check(&workspace, &tree).into_iter().map(|c| (c.path, c.line)).collect();
        let expected = [
            ("crates/web/Cargo.toml", 1),
            ("crates/web/b.sql", 1),
            ("crates/web/src/a.rs", 3),
            ("crates/web/src/a.rs", 2),
        ];
        assert_eq!(found, expected.map(|(path, line)| (path.to_owned(), line)));
    }
}
