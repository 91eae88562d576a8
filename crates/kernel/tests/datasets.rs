//! Who may have a dataset: everybody, whoever is signed in, or its owner within reach.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use kernel::{DatasetRows, Refusal};
use model::Value;
use pack::{Dataset, Openness};
use testcity::{City, name};

fn dataset(city: &City, sharing: Openness, owner: &str) -> Dataset {
    let known = city.kernel.loaded().definitions.datasets["monitored-sources"].clone();
    Dataset { sharing, owner: name(owner), ..known }
}

fn divisions(found: &DatasetRows) -> Vec<&str> {
    let at = found.columns.iter().position(|column| *column == *"division").unwrap();
    found.rows.iter().filter_map(|row| row.get(at).and_then(Value::as_text)).collect()
}

#[test]
fn a_dataset_is_had_by_those_whom_its_sharing_names() {
    let city = City::at("2026-09-30T16:00");
    let kernel = &city.kernel;
    let (officer, other) = (city.person("officer-1"), city.person("officer-3"));
    let open = dataset(&city, Openness::Open, "data-steward");
    assert_eq!(kernel.dataset(&open, None).unwrap().total, 4);

    let shared = dataset(&city, Openness::Shared, "data-steward");
    assert!(matches!(kernel.dataset(&shared, None), Err(Refusal::SignedOut)));
    assert_eq!(kernel.dataset(&shared, Some(&officer)).unwrap().total, 4);

    let restricted = dataset(&city, Openness::Restricted, "enforcement-officer");
    let steward = city.person("steward-1");
    for refused in [None, Some(&steward)] {
        assert!(matches!(kernel.dataset(&restricted, refused), Err(Refusal::NotAllowed { .. })));
    }
    let (here, there) =
        (kernel.dataset(&restricted, Some(&officer)), kernel.dataset(&restricted, Some(&other)));
    assert_eq!(here.unwrap().total, 4, "this officer's division is the whole city");
    assert_eq!(divisions(&there.unwrap()), ["140215"; 1], "what lies within reach, and no more");
    let auditor = city.person("auditor-1");
    assert_eq!(kernel.dataset(&restricted, Some(&auditor)).unwrap().total, 4);
    let size = kernel.dataset_size(&restricted).unwrap();
    assert_eq!((size.total, size.rows.len()), (4, 0), "the catalogue counts, and shows nothing");
}
