//! `cargo xtask tidy`: the house rules that no compiler knows. Each rule is one file beside this one.
//!
//! To add a rule: write `src/tidy/<rule>.rs` with a `check` that returns complaints, and call it in `complaints`. A
//! complaint says what is wrong and what to do about it. Rules look at the files git would commit, nothing else.

mod crates;
mod fields;
mod headers;
mod licences;
mod links;
mod ratchet;
mod scan;
mod sizes;
mod sql;
mod tree;
mod words;

use std::fmt;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use tree::Tree;

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// Relative to the root, with `/`.
    pub path: String,
    /// From 1.
    pub line: usize,
    pub wrong: String,
    pub remedy: String,
}

impl Complaint {
    pub fn new(path: &str, line: usize, wrong: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, wrong: wrong.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} — {}", self.path, self.line, self.wrong, self.remedy)
    }
}

/// Prints every complaint; fails when there is one.
pub fn run(workspace: &Workspace) -> Result<()> {
    let tree = Tree::load(&workspace.root)?;
    let complaints = complaints(workspace, &tree);
    for complaint in &complaints {
        println!("{complaint}");
    }
    if !complaints.is_empty() {
        let plural = if complaints.len() == 1 { "" } else { "s" };
        bail!("tidy: {} complaint{plural} in {} files", complaints.len(), tree.files.len());
    }
    println!("tidy: nothing to complain about in {} files", tree.files.len());
    Ok(())
}

fn complaints(workspace: &Workspace, tree: &Tree) -> Vec<Complaint> {
    let mut all = crates::check(workspace, tree);
    all.extend(sizes::check(tree));
    all.extend(headers::check(tree));
    all.extend(sql::check(workspace, tree));
    all.extend(words::check(tree));
    all.extend(licences::check(workspace, tree));
    all.extend(links::check(tree));
    all.extend(fields::check(tree));
    all.sort();
    all
}
