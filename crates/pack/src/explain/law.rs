//! The law behind each number: every law that a pack names, with what its clauses say and how sure we are.

use super::Field;
use crate::tree::{Node, Reading, Written, parse};
use crate::{Clause, Law};
use std::collections::BTreeSet;

/// The section of laws, if the pack names any.
pub(super) fn cited(field: &Field<'_>) -> Option<String> {
    let bases = bases(field);
    let cited: Vec<String> = bases.iter().filter_map(|basis| one(field, basis)).collect();
    (!cited.is_empty())
        .then(|| format!("## {}\n\n{}", field.both("法律依据", "The law behind it"), cited.join("\n")))
}

/// Every `basis` in the files of the pack, and of what the city sets otherwise in it, each once.
fn bases(field: &Field<'_>) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = field.settings().map(|setting| setting.basis.clone()).collect();
    for source in field.definitions.sources.iter().filter(|source| source.pack() == Some(field.pack)) {
        if let Some(tree) = parse(&source.text, &Reading::new(&source.path, &source.text)) {
            collect(&tree, &mut found);
        }
    }
    found
}

fn collect(node: &Node, found: &mut BTreeSet<String>) {
    match &node.value {
        Written::Table(table) => {
            for entry in &table.entries {
                match entry.node.as_text() {
                    Some(basis) if entry.key == "basis" => {
                        found.insert(basis.to_owned());
                    }
                    _ => collect(&entry.node, found),
                }
            }
        }
        Written::List(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

fn one(field: &Field<'_>, basis: &str) -> Option<String> {
    let laws = &field.definitions.laws;
    let (law, id) = laws.law(basis)?;
    let clauses = law.clauses.iter().filter(|clause| id.is_some_and(|id| clause.id == *id));
    let says: Vec<String> = clauses.map(|clause| said(field, law, clause)).collect();
    let days = match law.to {
        None => field.both(format!("自 {} 起施行", law.from), format!("in force from {}", law.from)),
        Some(to) => {
            field.both(format!("施行期 {} 至 {to}", law.from), format!("in force from {} to {to}", law.from))
        }
    };
    let kind = law.kind.title(field.lang);
    let mut line = format!("- {} ({basis}; {kind}; {days})", laws.cite(basis, field.lang));
    if says.is_empty() {
        line.push_str(&format!(" [{}]", law.sure.title(field.lang)));
    }
    says.iter().for_each(|text| line.push_str(&format!("\n  {text}")));
    Some(line)
}

fn said(field: &Field<'_>, law: &Law, clause: &Clause) -> String {
    let sure = clause.sure.unwrap_or(law.sure).title(field.lang);
    let days = match (clause.from, clause.to) {
        (None, None) => String::new(),
        (from, to) => {
            let (from, to) = (from.unwrap_or(law.from), to.map_or_else(String::new, |to| to.to_string()));
            field.both(format!("（{from} 至 {to}）"), format!(" ({from} to {to})"))
        }
    };
    format!("{}{days} [{sure}]", clause.text.get(field.lang))
}
