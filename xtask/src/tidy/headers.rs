//! Rule: every `.rs` file opens with `//!`, a sentence on what it is for and what it leaves to others.

use super::Complaint;
use super::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let bare = tree.rust().filter(|(file, _)| {
        let first = file.text.as_deref().and_then(|text| text.lines().next()).unwrap_or_default();
        first.strip_prefix("//!").is_none_or(|sentence| sentence.trim().is_empty())
    });
    bare.map(|(file, _)| {
        let remedy = "say on the first line, after `//!`, what the file is for and what it leaves to others";
        Complaint::new(&file.path, 1, "the file does not open with `//!`", remedy)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree::tree;
    use super::*;

    #[test]
    fn only_files_that_say_what_they_are_for_pass() {
        let tree = tree(&[
            ("a.rs", "//! Says it.\n"),
            ("b.rs", "//!\nfn b() {}\n"),
            ("c.rs", "// no\n"),
            ("d.rs", ""),
            ("e.md", "# Not Rust\n"),
        ]);
        let paths: Vec<_> = check(&tree).into_iter().map(|complaint| complaint.path).collect();
        assert_eq!(paths, ["b.rs", "c.rs", "d.rs"]);
    }
}
