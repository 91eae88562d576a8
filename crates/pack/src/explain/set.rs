//! What the city sets otherwise than the pack, with the rule on which each rests.

use super::{Field, value};
use crate::{Setting, SourceKind};
use model::{Lang, Name, Value};

/// The section of it, if the city sets anything here otherwise.
pub(super) fn otherwise(field: &Field<'_>) -> Option<String> {
    let told: Vec<String> = field.settings().map(|setting| one(field, setting)).collect();
    let heading = field.both("本市另行规定", "What the city sets otherwise");
    (!told.is_empty()).then(|| format!("## {heading}\n\n{}", told.join("\n")))
}

fn one(field: &Field<'_>, setting: &Setting) -> String {
    let [was, to] = [&setting.was, &setting.to].map(|value| said(field, setting, value));
    let law = field.definitions.laws.cite(&setting.basis, field.lang);
    let path = &setting.path;
    field.both(
        format!("- {path}：由“{was}”改为“{to}”（{law}）"),
        format!("- {path}: “{was}” is “{to}” here ({law})"),
    )
}

/// A role by its title, a text in the language, anything else as it stands.
fn said(field: &Field<'_>, setting: &Setting, to: &Value) -> String {
    match to {
        Value::Text(role) if setting.kind == SourceKind::Process => {
            let role = Name::new(role.as_str());
            role.map_or_else(
                |_| value(to),
                |role| field.definitions.city.role_title(&role, field.lang).to_owned(),
            )
        }
        Value::Map(_) => {
            let lang = if field.lang == Lang::Zh { "zh" } else { "en" };
            to.get(lang).and_then(Value::as_text).unwrap_or_default().to_owned()
        }
        _ => value(to),
    }
}
