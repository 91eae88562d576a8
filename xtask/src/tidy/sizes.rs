//! Rule: files stop at 500 lines (without the tests at their foot), functions at 70, tests' own functions too.
//!
//! What was allowed to be longer stands in `xtask/ratchet.txt` with its size, and may only shrink: see `ratchet`.

use super::Complaint;
use super::ratchet::{Ratchet, What};
use super::scan;
use super::tree::{File, Tree};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;

/// One measured size that is over its limit.
#[derive(Debug)]
pub struct Excess {
    pub path: String,
    pub what: What,
    /// Where to look.
    pub line: usize,
    pub lines: usize,
    pub limit: usize,
}

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let excesses = tree.rust().flat_map(|(file, scanned)| measure(file, &scanned.code)).collect();
    Ratchet::parse(tree.text(super::ratchet::PATH)).check(excesses)
}

fn measure(file: &File, code: &str) -> Vec<Excess> {
    let all = file.text.as_deref().map_or(0, |text| text.lines().count());
    let lines = scan::tests_at_foot(code).map_or(all, |line| line - 1);
    let excess = |what, line, lines, limit| Excess { path: file.path.clone(), what, line, lines, limit };
    let mut found = Vec::new();
    if lines > FILE_LINES {
        found.push(excess(What::File, 1, lines, FILE_LINES));
    }
    for function in scan::functions(code) {
        if function.lines > FUNCTION_LINES {
            found.push(excess(What::Function(function.name), function.line, function.lines, FUNCTION_LINES));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tree::tree;
    use super::*;

    fn complaints(source: &str, ratchet: &str) -> Vec<String> {
        let tree = tree(&[("a.rs", source), ("xtask/ratchet.txt", ratchet)]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    fn function(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    f();\n".repeat(lines - 2))
    }

    #[test]
    fn long_files_are_named_and_tests_at_the_foot_do_not_count() {
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "// x\n".repeat(100));
        assert_eq!(complaints(&format!("{}{tests}", "// x\n".repeat(500)), ""), [""; 0]);
        let long = complaints(&format!("{}{tests}", "// x\n".repeat(501)), "");
        assert!(long.len() == 1 && long[0].starts_with("a.rs:1: the file has 501 lines"), "{long:?}");
    }

    #[test]
    fn long_functions_are_named() {
        assert_eq!(complaints(&function(70), ""), [""; 0]);
        let long = complaints(&format!("\n{}", function(71)), "");
        assert!(long.len() == 1 && long[0].starts_with("a.rs:2: `fn long` has 71 lines"), "{long:?}");
    }

    #[test]
    fn the_ratchet_forgives_what_it_names() {
        assert_eq!(complaints(&function(80), "a.rs fn:long 80\n"), [""; 0]);
    }
}
