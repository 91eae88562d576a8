//! JSON Schemas for editors and the manual's tables of keys, from the very questions that the readers ask.

use crate::load::World;
use crate::read::scope::Scope;
use crate::read::{
    article, board, calendar, city, connector, dataset, division, document, hours, kind, law, limit, outline,
    pack_file, process, rule, service, settings, table, texts,
};
use crate::tree::{Key, Shape, describe};
use serde_json::{Value, json};

/// The schema of each kind of file, by name.
pub fn schemas() -> Vec<(&'static str, String)> {
    files().into_iter().map(|(name, about, keys)| (name, schema(about, keys))).collect()
}

/// The manual's table of keys of each kind of file, by the schema's name.
pub fn key_tables() -> Vec<(&'static str, String)> {
    let table = |keys: &[Key]| {
        let mut rows = vec!["| Key | Holds | Meaning |".to_owned(), "|---|---|---|".to_owned()];
        key_rows("", keys, &mut rows);
        rows.join("\n") + "\n"
    };
    files().into_iter().map(|(name, _, keys)| (name, table(&keys))).collect()
}

fn key_rows(prefix: &str, keys: &[Key], rows: &mut Vec<String>) {
    for Key { name, about, required, shape } in keys {
        let path = format!("{prefix}{name}");
        let must = if *required { "**" } else { "" };
        let about = about.replace('|', "\\|");
        rows.push(format!("| {must}`{path}`{must} | {} | {about} |", shape.noun().replace('|', "\\|")));
        let mut inner = shape;
        while let Shape::List(one) | Shape::OneOrMany(one) | Shape::Map(one) = inner {
            inner = one;
        }
        if let Shape::Table(keys) = inner {
            key_rows(&format!("{path}."), keys, rows);
        }
    }
}

/// Every kind of file: its schema's name, where it lies, and its keys.
fn files() -> Vec<(&'static str, &'static str, Vec<Key>)> {
    let world = World::default();
    let scope = Scope::of(&world);
    vec![
        ("articles", "packs/<pack>/articles.toml", describe(article::articles)),
        ("board", "packs/<pack>/boards/<id>.toml", describe(|s| board::board(s, scope))),
        ("calendar", "packs/<pack>/calendar.toml", describe(calendar::calendar)),
        ("city", "cities/<city>/city.toml", describe(city::city)),
        ("connector", "packs/<pack>/connectors/<id>.toml", describe(|s| connector::connector(s, scope))),
        ("dataset", "packs/<pack>/datasets/<id>.toml", describe(|s| dataset::dataset(s, scope))),
        ("divisions", "cities/<city>/divisions.toml", describe(division::divisions)),
        ("document", "packs/<pack>/documents/<id>.toml", describe(|s| document::document(s, scope))),
        ("laws", "packs/<pack>/laws/<any>.toml, cities/<city>/laws.toml", describe(law::laws)),
        ("limit", "packs/<pack>/limits/<id>.toml", describe(limit::limit)),
        ("office-hours", "cities/<city>/office-hours.toml", describe(hours::hours)),
        ("offices", "cities/<city>/offices.toml", describe(division::offices)),
        ("outlines", "cities/<city>/outlines.toml", describe(outline::outlines)),
        ("pack", "packs/<pack>/pack.toml", describe(pack_file::pack)),
        ("process", "packs/<pack>/processes/<id>.toml", describe(|s| process::process(s, scope))),
        ("rule", "packs/<pack>/rules/<id>.toml", describe(|s| rule::rule(s, scope))),
        ("service", "packs/<pack>/services/<id>.toml", describe(|s| service::service(s, scope))),
        ("settings", "cities/<city>/settings.toml", describe(settings::settings)),
        ("table", "packs/<pack>/tables/<id>.toml", describe(table::draft)),
        ("texts.en", "packs/<pack>/texts.en.toml", describe(texts::texts)),
        ("type", "packs/<pack>/types/<id>.toml", describe(kind::kind)),
    ]
}

fn schema(about: &str, keys: Vec<Key>) -> String {
    let mut schema = Shape::Table(keys).schema();
    if let Value::Object(schema) = &mut schema {
        schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        schema.insert("title".to_owned(), json!(about));
    }
    format!("{schema:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every key of every table, with the way to it.
    fn keys(prefix: &str, shape: &Shape, found: &mut Vec<(String, &'static str)>) {
        match shape {
            Shape::Table(inner) => {
                for key in inner {
                    let path = format!("{prefix}.{}", key.name);
                    found.push((path.clone(), key.about));
                    keys(&path, &key.shape, found);
                }
            }
            Shape::List(one) | Shape::OneOrMany(one) | Shape::Pair(one) | Shape::Map(one) => {
                keys(prefix, one, found);
            }
            _ => {}
        }
    }

    #[test]
    fn every_key_is_asked_for_once_and_explained() {
        for (name, _, asked) in files() {
            let mut found = Vec::new();
            keys(name, &Shape::Table(asked), &mut found);
            assert!(found.len() > 1, "{name}");
            for (index, (path, about)) in found.iter().enumerate() {
                assert!(about.ends_with('.'), "{path}: `{about}` is no sentence");
                assert!(!found[..index].iter().any(|(other, _)| other == path), "{path} is asked for twice");
            }
        }
    }
}
