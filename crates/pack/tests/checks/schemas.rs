//! The schemas in `docs/schemas` and the tables of keys in `docs/packs.md` are what the readers ask for.

use crate::folder::repository;
use std::collections::BTreeSet;

#[test]
fn the_schemas_are_fresh() {
    let folder = repository().join("docs/schemas");
    let written: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut expected = BTreeSet::new();
    for (name, text) in pack::schemas() {
        let file = format!("{name}.json");
        let found = std::fs::read_to_string(folder.join(&file)).unwrap_or_default();
        assert!(found == text, "docs/schemas/{file} is stale: cargo run -p pack --example schemas");
        expected.insert(file);
    }
    assert_eq!(written, expected, "docs/schemas holds files that no reader asks for");
}

#[test]
fn the_manual_has_every_key() {
    let manual = std::fs::read_to_string(repository().join("docs/packs.md")).unwrap();
    for (name, table) in pack::key_tables() {
        let expected = format!("<!-- keys of {name} -->\n{table}<!-- end of keys -->");
        assert!(
            manual.contains(&expected),
            "the keys of {name} in docs/packs.md are stale: cargo run -p pack --example schemas"
        );
    }
}
