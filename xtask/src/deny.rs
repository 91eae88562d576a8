//! The dependencies' bans and licences: `cargo deny check`, or without cargo-deny the two checks that matter most.
//!
//! Both read the same `deny.toml`. The short way round understands only what that file uses: `allow` under `[licenses]`
//! and `deny` under `[bans]`. Advisories and duplicate versions stay with cargo-deny.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::child;
use crate::tools;
use crate::workspace::{Workspace, read};

pub fn check(workspace: &Workspace) -> Result<()> {
    if tools::cargo_deny(workspace) {
        return child::run(workspace.cargo().args(["deny", "check"]));
    }
    println!("cargo-deny is not installed (`cargo install cargo-deny --locked` brings it);");
    println!(
        "checked here instead: the banned crates and the licences of deny.toml. Advisories are NOT checked."
    );
    let rules = Rules::parse(&fs::read_to_string(workspace.root.join("deny.toml")).context("deny.toml")?)?;
    // The whole graph, every platform's part of it, as the lock file has it.
    let metadata: Value =
        serde_json::from_str(&read(workspace.cargo().args(["metadata", "--format-version", "1"]))?)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let complaints: Vec<String> = packages.iter().filter_map(|package| rules.complaint(package)).collect();
    for complaint in &complaints {
        println!("{complaint}");
    }
    ensure!(complaints.is_empty(), "{} complaints about dependencies", complaints.len());
    println!("{} packages: none banned, every licence allowed", packages.len());
    Ok(())
}

/// What `deny.toml` says, as far as it is checked here.
struct Rules {
    licences: BTreeSet<String>,
    banned: BTreeSet<String>,
}

impl Rules {
    fn parse(text: &str) -> Result<Self> {
        let mut rules = Self { licences: BTreeSet::new(), banned: BTreeSet::new() };
        let (mut section, mut list) = ("", "");
        for line in text.lines().map(|line| line.split('#').next().unwrap_or("").trim()) {
            if line.starts_with('[') && line.ends_with(']') && list.is_empty() {
                section = line;
            } else if let Some((key, "[")) = line.split_once('=').map(|(key, rest)| (key.trim(), rest.trim()))
            {
                list = key;
            } else if line == "]" {
                list = "";
            } else if let Some(first) = line.split('"').nth(1) {
                match (section, list) {
                    ("[licenses]", "allow") => rules.licences.insert(first.to_owned()),
                    ("[bans]", "deny") => rules.banned.insert(first.to_owned()),
                    _ => false,
                };
            }
        }
        if rules.licences.is_empty() || rules.banned.is_empty() {
            bail!("deny.toml has no `allow` under [licenses] or no `deny` under [bans], one entry a line");
        }
        Ok(rules)
    }

    fn complaint(&self, package: &Value) -> Option<String> {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if self.banned.contains(name) {
            return Some(format!(
                "Cargo.lock:1: {name} is banned by deny.toml — find who brings it: cargo tree -i {name}"
            ));
        }
        if self.allows(licence) {
            return None;
        }
        let licence = if licence.is_empty() { "no licence" } else { licence };
        Some(format!(
            "Cargo.lock:1: {name} has {licence}, which deny.toml does not allow — choose another crate"
        ))
    }

    /// Whether an SPDX expression can be met with the allowed licences alone. `/` is the old way to write `OR`.
    fn allows(&self, expression: &str) -> bool {
        let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
        let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
        self.either(&mut words) == Some(true) && words.is_empty()
    }

    fn either(&self, words: &mut Vec<&str>) -> Option<bool> {
        let mut met = self.both(words)?;
        while words.last() == Some(&"OR") {
            words.pop();
            met |= self.both(words)?;
        }
        Some(met)
    }

    fn both(&self, words: &mut Vec<&str>) -> Option<bool> {
        let mut met = self.one(words)?;
        while words.last() == Some(&"AND") {
            words.pop();
            met &= self.one(words)?;
        }
        Some(met)
    }

    fn one(&self, words: &mut Vec<&str>) -> Option<bool> {
        let word = words.pop()?;
        if word == "(" {
            let met = self.either(words)?;
            return (words.pop()? == ")").then_some(met);
        }
        if words.last() == Some(&"WITH") {
            words.pop();
            let exception = words.pop()?;
            return Some(self.licences.contains(&format!("{word} WITH {exception}")));
        }
        Some(self.licences.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repositorys_own_rules_are_understood() {
        let rules = Rules::parse(include_str!("../../deny.toml")).unwrap();
        assert!(rules.licences.contains("Apache-2.0") && !rules.licences.contains("GPL-3.0-only"));
        for banned in ["openssl", "openssl-sys", "native-tls", "aws-lc-sys", "aws-lc-rs"] {
            assert!(rules.banned.contains(banned), "{banned}");
        }
        assert_eq!(rules.banned.len(), 5, "{:?}", rules.banned);
    }

    #[test]
    fn licence_expressions_are_weighed() {
        let text = "[licenses]\nallow = [\n \"MIT\", # plain\n \"ISC\",\n \"A WITH e\",\n]\n[bans]\ndeny = [\n { crate = \"x\" },\n]";
        let rules = Rules::parse(text).unwrap();
        for (expression, allowed) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT/GPL-3.0", true),
            ("MIT OR GPL-3.0-only", true),
            ("MIT AND GPL-3.0-only", false),
            ("GPL-3.0-only OR (MIT AND ISC)", true),
            ("(GPL-3.0-only OR MIT) AND Zlib", false),
            ("A WITH e", true),
            ("A", false),
            ("MIT OR", false),
            ("(MIT", false),
            ("", false),
        ] {
            assert_eq!(rules.allows(expression), allowed, "{expression}");
        }
    }
}
