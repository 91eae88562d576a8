//! Asking for cases in words of the packs' language: a condition on the attributes of a case becomes a filter.

use crate::{Kernel, Refusal};
use lang::{Expression, Kind, Names};
use model::{Filter, Name, Text};
use pack::TypeDefinition;

/// What every case has, whatever its type says.
const OF_EVERY_CASE: [(&str, Kind); 5] = [
    ("about", Kind::Ref),
    ("division", Kind::Text),
    ("stage", Kind::Text),
    ("dueAt", Kind::Instant),
    ("closedAt", Kind::Instant),
];

/// What can be named of a case: the attributes of its type, or of every case where no type is known.
struct CaseNames<'a> {
    kind: Option<&'a TypeDefinition>,
}

impl Names for CaseNames<'_> {
    fn kind(&self, path: &[&str]) -> Option<Kind> {
        let [id] = path else { return None };
        let own = self.kind.and_then(|kind| kind.attribute.iter().find(|attribute| attribute.id == *id));
        let given = || OF_EVERY_CASE.into_iter().find(|(given, _)| given == id).map(|(_, kind)| kind);
        own.map(pack::AttributeDefinition::kind).or_else(given)
    }

    fn known(&self) -> Vec<String> {
        let own = self.kind.iter().flat_map(|kind| &kind.attribute).map(|attribute| attribute.id.to_string());
        own.chain(OF_EVERY_CASE.map(|(id, _)| id.to_owned())).collect()
    }
}

impl Kernel {
    /// The filter of a condition such as `stage = 'supervision' and dueAt < 2026-10-08T00:00+08:00`. With a process, its
    /// cases alone are asked for, and their own attributes can be named.
    pub fn case_filter(&self, process: Option<&Name>, text: &str) -> Result<Filter, Refusal> {
        let loaded = self.loaded();
        let case =
            process.map(|process| Ok::<_, Refusal>(loaded.in_force(process)?.1.case.clone())).transpose()?;
        let names = CaseNames { kind: case.as_ref().and_then(|case| loaded.definitions.types.get(case)) };
        let asked = Expression::compile(text, &names, &Kind::Bool).map_err(|faults| {
            let first = faults.first();
            let place =
                first.map_or(0, |fault| text.get(..fault.at.start).unwrap_or(text).chars().count()) + 1;
            let what = first.map_or_else(String::new, ToString::to_string);
            not_asked(format!("第 {place} 个字符：{what}"), format!("character {place}: {what}"))
        })?;
        let filter = asked.filter().ok_or_else(|| {
            let zh = "只能把事项自身的属性与固定值比较".to_owned();
            not_asked(zh, "compare the attributes of a case itself with fixed values".to_owned())
        })?;
        Ok(match case {
            Some(case) => Filter::And(vec![Filter::Kind(case), filter]),
            None => filter,
        })
    }
}

/// The refusal of a condition.
pub(crate) fn not_asked(zh: String, en: String) -> Refusal {
    Refusal::Field { field: "q", what: Text { zh, en } }
}
