//! English that stands apart from its Chinese: `texts.en.toml` of a pack, so that a long file can keep to one language.

use super::{Node, Written};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The English of one file, by where its Chinese stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct English {
    /// The path of the file of texts.
    pub path: String,
    /// The file within the pack, as texts name it: `types/shop`.
    pub file: String,
    /// It could not be read: then nothing is said to be missing.
    pub lost: bool,
    /// Each text by the byte at which its Chinese stands.
    pub texts: BTreeMap<usize, String>,
    /// Bytes of those that a reader took.
    pub taken: RefCell<BTreeSet<usize>>,
    /// Bytes of those that stand in the file too.
    pub doubled: RefCell<BTreeSet<usize>>,
    /// The way to everything that could have English, by the byte at which it stands.
    ways: BTreeMap<usize, Vec<String>>,
}

impl English {
    /// Of a file: what could have English in it, and none yet.
    pub fn of(path: &str, file: &str, tree: &Node) -> Self {
        let mut ways = BTreeMap::new();
        walk(tree, &mut Vec::new(), &mut ways);
        Self { path: path.to_owned(), file: file.to_owned(), ways, ..Self::default() }
    }

    /// None is to be had, and none is missed.
    pub fn lost() -> Self {
        Self { lost: true, ..Self::default() }
    }

    /// The English of what stands somewhere.
    pub fn take(&self, node: &Node) -> Option<&str> {
        let text = self.texts.get(&node.span.start)?;
        self.taken.borrow_mut().insert(node.span.start);
        Some(text)
    }

    /// What stands somewhere has its English already.
    pub fn refuse(&self, node: &Node) {
        if self.texts.contains_key(&node.span.start) {
            self.doubled.borrow_mut().insert(node.span.start);
        }
    }

    /// What to write where it is missing.
    pub fn remedy(&self, node: &Node) -> String {
        let way = self.ways.get(&node.span.start).map(|steps| written(steps)).unwrap_or_default();
        format!(
            "write {{ zh = \"…\", en = \"…\" }}, or {way} = \"…\" under [file.{}] in {}",
            quoted(&self.file),
            self.path
        )
    }

    /// Every way to what could have English.
    pub fn ways(&self) -> impl Iterator<Item = String> {
        self.ways.values().map(|steps| written(steps))
    }
}

/// A way as TOML writes dotted keys.
pub(crate) fn written(steps: &[String]) -> String {
    steps.iter().map(|step| quoted(step)).collect::<Vec<_>>().join(".")
}

fn quoted(step: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !step.is_empty() && step.chars().all(bare) { step.to_owned() } else { format!("\"{step}\"") }
}

fn walk(node: &Node, steps: &mut Vec<String>, ways: &mut BTreeMap<usize, Vec<String>>) {
    match &node.value {
        Written::Text(_) => {
            ways.insert(node.span.start, steps.clone());
        }
        Written::Table(table) if table.get("zh").is_some() => {
            ways.insert(node.span.start, steps.clone());
        }
        Written::Table(table) => {
            for entry in &table.entries {
                steps.push(entry.key.clone());
                walk(&entry.node, steps, ways);
                steps.pop();
            }
        }
        Written::List(items) => {
            for (number, item) in (1..).zip(items) {
                let name = item.name();
                let unique =
                    name.filter(|name| items.iter().filter(|item| item.name() == Some(name)).count() == 1);
                steps.push(unique.map_or_else(|| format!("#{number}"), str::to_owned));
                walk(item, steps, ways);
                steps.pop();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Reading, parse};
    use super::*;

    #[test]
    fn every_text_has_one_way_and_it_leads_back() {
        let text = "title = '甲'\n[[law]]\nid = 'a'\n[[law.clause]]\nid = '42.2'\ntext = { zh = '乙' }\n\
                    [[law.clause]]\nid = '45'\ntext = '丙'\n[[law.clause]]\nid = '45'\ntext = '丁'\n";
        let tree = parse(text, &Reading::new("a.toml", text)).unwrap();
        let english = English::of("texts.en.toml", "laws/a", &tree);
        let ways: Vec<String> = english.ways().filter(|way| !way.ends_with("id")).collect();
        let expected =
            ["title", "law.a.clause.\"42.2\".text", "law.a.clause.\"#2\".text", "law.a.clause.\"#3\".text"];
        assert_eq!(ways, expected);
        for (start, steps) in &english.ways {
            assert_eq!(tree.follow(steps).map(|node| node.span.start), Some(*start), "{steps:?}");
        }
    }
}
