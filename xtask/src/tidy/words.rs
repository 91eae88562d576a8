//! Rule: no paths of somebody's machine, no hosts of package registries, no stubs.
//!
//! The words are written in two halves, so that this file does not complain of itself.

use super::Complaint;
use super::scan::Scanned;
use super::tree::{Tree, line_at};

/// What must not stand in any text.
const ANYWHERE: [(&str, &str); 10] = [
    (concat!("/wo", "rk/"), A_MACHINE),
    (concat!("/ro", "ot/"), A_MACHINE),
    (concat!("registry.npm", "js.org"), A_REGISTRY),
    (concat!("registry.npm", "mirror.com"), A_REGISTRY),
    (concat!("index.crates", ".io"), A_REGISTRY),
    (concat!("static.crates", ".io"), A_REGISTRY),
    (concat!("://crates", ".io"), A_REGISTRY),
    (concat!("pypi", ".org"), A_REGISTRY),
    (concat!("files.python", "hosted.org"), A_REGISTRY),
    (concat!("debian.org", "/debian"), A_REGISTRY),
];
const A_MACHINE: &str = "write the path relative to the repository, or as a setting";
const A_REGISTRY: &str = "name the package; each machine knows its own registry";

/// What must not stand in Rust code; in comments and strings it may.
const IN_CODE: [(&str, &str); 6] = [
    ("todo!(", "write it, or leave the whole path out until it can be"),
    ("unimplemented!(", "write it, or return an error that says it is not offered"),
    ("#[ignore", "mend the test or delete it: a test nobody runs is a stub"),
    ("#[allow(", EXPECT),
    ("#![allow(", EXPECT),
    ("dbg!(", "take it out, or log it with `tracing`"),
];
const EXPECT: &str = "mend it, or write `#[expect(lint, reason = \"…\")]`";

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (path, text) in tree.texts() {
        for (word, remedy) in ANYWHERE {
            let places = text.match_indices(word).map(|(at, _)| at).filter(|at| starts_path(text, *at));
            complaints.extend(places.map(|at| complaint(path, text, at, word, remedy)));
        }
        complaints.extend(locks(path, text));
    }
    for (file, scanned) in tree.rust() {
        for (word, remedy) in IN_CODE {
            let places = scanned.code.match_indices(word);
            complaints.extend(places.map(|(at, _)| complaint(&file.path, &scanned.code, at, word, remedy)));
        }
        complaints.extend(silent_expects(&file.path, scanned));
    }
    complaints
}

fn complaint(path: &str, text: &str, at: usize, word: &str, remedy: &str) -> Complaint {
    Complaint::new(path, line_at(text, at), format!("`{word}` must not stand here"), remedy)
}

/// Whether a word that opens like an absolute path is one, and not the middle of a longer path or address.
fn starts_path(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    !text[at..].starts_with('/') || before.is_none_or(|c| !(c.is_alphanumeric() || "._-)}~".contains(c)))
}

/// Lock files that remember one machine's registry would send every other machine there.
fn locks(path: &str, text: &str) -> Vec<Complaint> {
    let public = concat!("registry+https://github.com/rust-lang/crates", ".io-index");
    let foreign = |line: &str| match path.rsplit('/').next() {
        Some("Cargo.lock") => line.starts_with("source = ") && !line.contains(public),
        Some("package-lock.json") => line.trim_start().starts_with("\"resolved\": \"http"),
        _ => false,
    };
    let lines = text.lines().enumerate().filter(|(_, line)| foreign(line));
    let remedy = "lock it anew without the registry's address (npm: omit-lockfile-registry-resolved=true)";
    lines.map(|(index, _)| Complaint::new(path, index + 1, "a source of one machine's own", remedy)).collect()
}

/// An `expect` that does not say why.
fn silent_expects(path: &str, scanned: &Scanned) -> Vec<Complaint> {
    let code = &scanned.code;
    let opens = ["#[expect(", "#![expect("].into_iter().flat_map(|word| code.match_indices(word));
    let silent = opens.filter(|(at, _)| {
        let attribute = &code[*at..];
        let end = attribute.find(")]").unwrap_or(attribute.len());
        !attribute[..end].contains("reason")
    });
    let complain =
        |(at, _)| Complaint::new(path, line_at(code, at), "an `expect` without its reason", EXPECT);
    silent.map(complain).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree::tree;
    use super::*;

    fn check_lines(path: &str, text: &str, lines: &[usize]) {
        let mut found: Vec<_> = check(&tree(&[(path, text)])).into_iter().map(|c| c.line).collect();
        found.sort_unstable();
        assert_eq!(found, lines, "{path}: {text}");
    }

    #[test]
    fn machine_paths_and_registries_are_found_in_any_text() {
        for (word, _) in ANYWHERE {
            check_lines("docs/a.md", &format!("# A\n\nSee `{word}x`.\n"), &[3]);
        }
        let (work, root) = (ANYWHERE[0].0, ANYWHERE[1].0);
        check_lines("a.md", &format!("city{work}x ../a{root}b https://example.org{work} "), &[]);
        check_lines("a.toml", &format!("a = \"{root}b\"\n"), &[1]);
    }

    #[test]
    fn stubs_are_found_in_code_only() {
        for (word, _) in IN_CODE {
            check_lines("a.rs", &format!("//! A.\n{word}x)]\n"), &[2]);
            check_lines("a.rs", &format!("//! A {word}x)].\nconst A: &str = \"{word}\";\n"), &[]);
            check_lines("a.md", word, &[]);
        }
    }

    #[test]
    fn an_expect_gives_its_reason() {
        check_lines("a.rs", "#[expect(dead_code)]\n#![expect(\n    a,\n    reason = \"b\"\n)]\n", &[1]);
    }

    #[test]
    fn lock_files_name_no_machines_registry() {
        let good = concat!("source = \"registry+https://github.com/rust-lang/crates", ".io-index\"\n");
        check_lines("Cargo.lock", &format!("{good}source = \"sparse+https://mirror.example/\"\n"), &[2]);
        check_lines(
            "e2e/browser/package-lock.json",
            "{\n  \"resolved\": \"https://mirror.example/a.tgz\"\n}",
            &[2],
        );
    }
}
