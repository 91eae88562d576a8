//! Rule: a relative link in `docs/` or in a README leads to a file that is committed.
//!
//! A file that only exists here (because git ignores it) does not count. Anchors inside pages are not followed.

use std::collections::BTreeSet;

use super::Complaint;
use super::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for file in &tree.files {
        known.insert(&file.path);
        known.extend(file.path.match_indices('/').map(|(at, _)| &file.path[..at]));
    }
    let mut complaints = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| is_page(path)) {
        for (line, target) in links(text) {
            let resolved = resolve(path, &target);
            if resolved.as_deref().is_none_or(|found| !found.is_empty() && !known.contains(found)) {
                let wrong = format!("the link to `{target}` leads to no committed file");
                complaints.push(Complaint::new(path, line, wrong, "write the file, or mend the link"));
            }
        }
    }
    complaints
}

fn is_page(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(".md") && (path.starts_with("docs/") || name.starts_with("README"))
}

/// The relative links of a page, with their lines; code blocks and code spans hold none.
fn links(text: &str) -> Vec<(usize, String)> {
    let (mut found, mut fence) = (Vec::new(), None);
    for (index, line) in text.lines().enumerate() {
        let start = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(_)) => fence = mark,
            (Some(open), Some(_)) if mark == Some(open) => fence = None,
            (None, None) => {
                let targets = targets(line).into_iter().filter(|target| is_relative(target));
                found.extend(targets.map(|target| (index + 1, target)));
            }
            _ => {}
        }
    }
    found
}

fn targets(line: &str) -> Vec<String> {
    // Every second piece between backticks is a code span.
    let line: String = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for (at, open) in line.match_indices("](") {
        found.extend(inline_target(&line[at + open.len()..]));
    }
    for attribute in ["src=\"", "href=\""] {
        for (at, open) in line.match_indices(attribute) {
            found.extend(line[at + open.len()..].split('"').next().map(str::to_owned));
        }
    }
    if let Some((name, target)) = line.trim_start().split_once("]:") {
        let reference = name.starts_with('[') && !name.starts_with("[^") && !name.contains("](");
        found.extend(target.split_whitespace().next().filter(|_| reference).map(str::to_owned));
    }
    found
}

/// What stands between the brackets of `](…)`, without its title.
fn inline_target(rest: &str) -> Option<String> {
    if let Some(quoted) = rest.strip_prefix('<') {
        return Some(quoted.split('>').next()?.to_owned());
    }
    let mut depth = 1;
    let end = rest.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    })?;
    rest[..end].split_whitespace().next().map(str::to_owned)
}

fn is_relative(target: &str) -> bool {
    let scheme = target.split_once(':').map_or("", |(scheme, _)| scheme);
    let has_scheme =
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+');
    !has_scheme && !target.starts_with('#') && !target.starts_with("//")
}

/// The path from the root that a link leads to; `None` when it leads out of the repository. Empty is the root itself.
fn resolve(page: &str, target: &str) -> Option<String> {
    let target = decode(target.split(['#', '?']).next().unwrap_or_default());
    let from_root = target.starts_with('/');
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> =
        if from_root { vec![] } else { folder.split('/').filter(|p| !p.is_empty()).collect() };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// `%E5%90%8C` and the like, as browsers write Chinese names.
fn decode(target: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), target.as_bytes());
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).filter(|_| *first == b'%').and_then(|hex| str::from_utf8(hex).ok());
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::tree::tree;
    use super::*;

    fn check_page(path: &str, text: &str, broken: &[&str]) {
        let tree =
            tree(&[(path, text), ("docs/adr/0001-同.md", "x"), ("src/a (1).rs", "x"), ("LICENSE", "x")]);
        let found: Vec<_> = check(&tree).into_iter().map(|c| c.wrong).collect();
        let expected: Vec<_> = broken
            .iter()
            .map(|target| format!("the link to `{target}` leads to no committed file"))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn relative_links_must_lead_somewhere() {
        check_page(
            "docs/a.md",
            "[a](adr/0001-同.md#x) [b](adr) [c](../LICENSE \"title\") [d](/LICENSE)",
            &[],
        );
        check_page("docs/a.md", "[a](adr/0001-%E5%90%8C.md) [b](<../src/a (1).rs>) [root](../)", &[]);
        check_page("docs/a.md", "[a](https://x.org/y) [b](mailto:a@b.c) [c](#here) ![d](data:x)", &[]);
        check_page("docs/a.md", "[a](LICENSE) and ![b](b.png)\n\n[c]: c.md\n", &["LICENSE", "b.png", "c.md"]);
        check_page("docs/a.md", "[a](../../outside.md)", &["../../outside.md"]);
        check_page("README.zh.md", "<img src=\"shot.png\"> <a href=\"LICENSE\">", &["shot.png"]);
        check_page("packs/air/README.md", "[a](pack.toml)", &["pack.toml"]);
    }

    #[test]
    fn code_and_other_pages_are_left_alone() {
        check_page("docs/a.md", "`[a](b.md)`\n```\n[a](b.md)\n~~~\n```\n[^1]: note\n", &[]);
        check_page("crates/x/notes.md", "[a](b.md)", &[]);
    }
}
