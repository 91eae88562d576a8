//! The schemas in `docs/schemas` are those that the readers ask for.

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
