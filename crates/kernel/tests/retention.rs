//! Values that were kept long enough go; what was said of them in the log stays provable.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use kernel::{Kernel, Refusal};
use model::Instant;
use testcity::{City, at, urn};

const TYPE: &str = "packs/environment/types/monitored-source.toml";
const CHIMNEY: &str = "urn:ngsi-ld:MonitoredSource:chimney-1";

/// A city that keeps values for ten days.
fn city() -> City {
    let text = std::fs::read_to_string(format!("../../{TYPE}")).unwrap();
    City::without("2026-09-01T16:00", &[(TYPE, &text.replace("days = 3653", "days = 10"))], TYPE)
}

fn hours(kernel: &Kernel) -> Vec<Instant> {
    let source = kernel.source(&urn(CHIMNEY)).unwrap();
    let series = source.series.iter().find(|series| *series.key.attribute.as_str() == *"so2").unwrap();
    let (from, to) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
    let rows = kernel.series_rows(&source.entity, series, from, to, u32::MAX).unwrap();
    rows.into_iter().map(|row| row.row.observed).collect()
}

#[test]
fn values_go_after_their_time_and_their_leaves_stay() {
    let city = city();
    city.hour("2026-09-01T13:00", 30.0, b'N');
    // The first command of a series says what it is, and stays; the second has nothing but its value.
    city.hour("2026-09-01T14:00", 30.0, b'N');
    let entry = *city.kernel.watch().borrow() - 1;
    let receipt = city.kernel.receipt(entry, None).unwrap();
    assert_eq!(city.kernel.retain_if_due().unwrap(), 0, "nothing is old enough");
    city.kernel.advance(at("2026-09-08T10:00"), &city.dispatcher).unwrap();
    city.hour("2026-09-08T08:00", 31.0, b'N');
    assert_eq!(hours(&city.kernel).len(), 3);

    city.kernel.advance(at("2026-09-13T10:00"), &city.dispatcher).unwrap();
    assert_eq!(city.kernel.retain_if_due().unwrap(), 1);
    assert_eq!(hours(&city.kernel), [at("2026-09-08T08:00")]);
    // What stood in the entry is gone, its leaf is not; a receipt of before is as good as ever.
    let gone = city.kernel.entry(entry).unwrap();
    assert!(gone.leaf.items > 0);
    assert!(gone.items.is_empty());
    assert!(matches!(city.kernel.receipt(entry, None), Err(Refusal::Dropped(n)) if n == entry));
    assert_eq!(receipt.entry.leaf_bytes, gone.leaf_bytes);
    let said = city.kernel.entity(&urn("urn:ngsi-ld:Retention:MonitoredSource")).unwrap().unwrap();
    assert_eq!(said.text("basis"), "permit-regulation:19");
    assert_eq!(city.kernel.retain_if_due().unwrap(), 0, "once a day");
}

#[test]
fn what_was_measured_of_a_subject_is_erased_with_it() {
    let city = city();
    city.hour("2026-09-01T13:00", 30.0, b'N');
    city.hour("2026-09-01T14:00", 31.0, b'N');
    let entry = *city.kernel.watch().borrow() - 1;
    assert_eq!(hours(&city.kernel).len(), 2);
    city.kernel.erase_as_operator(&urn(CHIMNEY), "asked for").unwrap();
    assert_eq!(hours(&city.kernel), []);
    assert!(city.kernel.entry(entry).unwrap().items.is_empty());
    // The same again is the same; nobody is erased who is not known.
    city.kernel.erase_as_operator(&urn(CHIMNEY), "asked for").unwrap();
    let nobody = city.kernel.erase_as_operator(&urn("urn:ngsi-ld:Person:nobody"), "asked for");
    assert!(matches!(nobody, Err(Refusal::NotFound(_))), "{nobody:?}");
}
