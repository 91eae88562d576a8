//! Runs of connectors: fetched by their schedule from a watermark on, and undone as one.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use kernel::{Fetch, NOW, Part, Refusal, SeriesRow};
use model::{Edition, Flag, Value};
use pack::Connector;
use proof::CommandId;
use std::sync::{Arc, Mutex};
use testcity::{City, at, urn};

const STATION: &str = "urn:ngsi-ld:AmbientStation:yungang-hotel";
const HEAD: &str = "Date,Hour,WatchPoint,PM2.5,PM10,CO,NO2,O3_1h,SO2";

/// A list of hours: hour and PM2.5.
fn list(hours: &[(u8, f64)]) -> String {
    let row = |(hour, pm): &(u8, f64)| format!("20260930,{hour:02},云冈宾馆,{pm},NaN,NaN,NaN,NaN,NaN\n");
    format!("{HEAD}\n{}", hours.iter().map(row).collect::<String>())
}

fn rows(city: &City) -> Vec<SeriesRow> {
    let source = city.kernel.source(&urn(STATION)).unwrap();
    let part = Part {
        edition: Edition::Raw,
        from: at("2026-09-30T00:00"),
        to: at("2026-10-01T00:00"),
        limit: 100,
        before: NOW,
    };
    source
        .series
        .first()
        .map_or_else(Vec::new, |series| city.kernel.edition_rows(&source.entity, series, part).unwrap())
}

fn values(city: &City) -> Vec<(f64, char)> {
    rows(city).iter().map(|row| (row.row.value, char::from(row.row.flag.0))).collect()
}

/// An origin that says what it is told to, and remembers from which watermark it was asked.
#[derive(Default)]
struct Origin {
    says: Mutex<Option<String>>,
    asked: Mutex<Vec<Option<String>>>,
}

impl Fetch for Origin {
    fn fetch(&self, _: &Connector, watermark: Option<&str>) -> Result<Option<Vec<u8>>, String> {
        self.asked.lock().unwrap().push(watermark.map(str::to_owned));
        let says = self.says.lock().unwrap().clone().ok_or_else(|| "nobody answers".to_owned())?;
        Ok((!says.is_empty()).then(|| says.into_bytes()))
    }
}

#[test]
fn an_import_is_undone_as_one_and_what_was_changed_since_stays() {
    let city = City::at("2026-09-30T20:00");
    let steward = city.person("steward-1");
    let take = |n: u8, hours: &[(u8, f64)]| {
        let text = list(hours);
        city.kernel.import(&steward, ("station-hours", CommandId([n; 16])), text.as_bytes(), false).unwrap()
    };
    take(1, &[(1, 35.0), (2, 36.0)]);
    let wrong = take(2, &[(1, 350.0), (2, 360.0), (3, 370.0), (4, 380.0)]);
    take(3, &[(2, 36.5)]);
    let run = wrong.run.unwrap();
    let undone = city.kernel.undo_run(&steward, &run).unwrap();
    city.dispatcher.settle();
    assert_eq!((undone.restored, undone.left_out, undone.kept), (1, 2, 1));
    assert_eq!(values(&city), [(35.0, 'N'), (36.5, 'N'), (370.0, 'X'), (380.0, 'X')]);
    let runs = city.kernel.runs(&steward, "station-hours", 10).unwrap();
    let states: Vec<&str> = runs.iter().map(|run| run.text("state")).collect();
    assert_eq!(states, ["taken", "undone", "taken"], "the latest first");
    let again = city.kernel.undo_run(&steward, &run).unwrap_err();
    assert!(matches!(again, Refusal::Field { field: "run", .. }), "{again}");
    let officer = city.person("officer-1");
    let refused = city.kernel.undo_run(&officer, &runs[0].urn).unwrap_err();
    assert!(matches!(refused, Refusal::NotAllowed { .. }), "{refused}");
    // The same list can be taken in again after all.
    take(4, &[(3, 37.0)]);
    assert_eq!(values(&city)[2], (37.0, 'N'));
}

#[test]
fn what_is_due_is_fetched_and_what_fails_is_said_and_tried_again() {
    let city = City::at("2026-09-30T20:00");
    let origin = Arc::new(Origin::default());
    assert_eq!(city.kernel.fetch_round().unwrap(), 0, "a node without an origin fetches nothing");
    city.kernel.fetch_by(Arc::clone(&origin) as Arc<dyn Fetch>);
    assert_eq!(city.kernel.fetch_round().unwrap(), 1);
    let steward = city.person("steward-1");
    let latest = || city.kernel.runs(&steward, "station-hours", 1).unwrap().pop().unwrap();
    assert_eq!((latest().text("state"), latest().text("why")), ("failed", "nobody answers"));
    assert_eq!(city.kernel.fetch_round().unwrap(), 0, "not again at once");

    *origin.says.lock().unwrap() = Some(list(&[(1, 35.0)]));
    city.kernel.advance(at("2026-09-30T21:00"), &city.dispatcher).unwrap();
    assert_eq!(city.kernel.fetch_round().unwrap(), 1);
    city.dispatcher.settle();
    assert_eq!((latest().text("state"), latest().value("new")), ("taken", &Value::Int(1)));
    assert_eq!(values(&city), [(35.0, 'N')]);
    // The same file again, and none at all, leave no run.
    let last = latest().urn.clone();
    city.kernel.advance(at("2026-09-30T22:00"), &city.dispatcher).unwrap();
    assert_eq!(city.kernel.fetch_round().unwrap(), 1);
    city.kernel.advance(at("2026-09-30T23:00"), &city.dispatcher).unwrap();
    *origin.says.lock().unwrap() = Some(String::new());
    assert_eq!(city.kernel.fetch_round().unwrap(), 1);
    assert_eq!(latest().urn, last);
    *origin.says.lock().unwrap() = Some(list(&[(1, 35.0)]));
    let fetched = city.kernel.fetched(&steward, "station-hours").unwrap();
    assert_eq!(String::from_utf8(fetched).unwrap(), list(&[(1, 35.0)]));
    let officer = city.person("officer-1");
    assert!(matches!(city.kernel.fetched(&officer, "station-hours"), Err(Refusal::NotAllowed { .. })));
    assert!(rows(&city).iter().all(|row| row.row.flag == Flag::NORMAL));
}

/// Stations whose class a department keeps in a database of its own.
const CLASSES: &str = r#"
format    = 1
id        = "offices"
title     = { zh = "名录", en = "List" }
from      = { kind = "http-json", url = "http://example.org/list?after={watermark}", rows = "/list" }
into      = "AmbientStation"
key       = "code"
observed  = { from = "at", form = "%Y-%m-%dT%H:%M" }
map       = [
  { attribute = "code", from = "name" },
  { attribute = "pm25", from = "pm25", as = "number", unit = "µg/m³" },
]
watermark = "seen"
schedule  = "hourly"
basis     = "air-law"
owner     = "data-steward"
"#;

#[test]
fn a_list_with_a_watermark_is_read_from_it_on() {
    let more = [("packs/environment/connectors/offices.toml", CLASSES)];
    // Another connector must not fill the same attribute.
    let city = City::without("2026-09-30T20:00", &more, "packs/environment/connectors/station-hours.toml");
    let origin = Arc::new(Origin::default());
    city.kernel.fetch_by(Arc::clone(&origin) as Arc<dyn Fetch>);
    let row = |hour: u8, pm: f64, seen: u32| serde_json::json!({ "name": "云冈宾馆", "at": format!("2026-09-30T{hour:02}:00"), "pm25": pm, "seen": seen });
    let say = |rows: &[serde_json::Value]| {
        *origin.says.lock().unwrap() = Some(serde_json::json!({ "list": rows }).to_string());
    };
    say(&[row(1, 35.0, 7), row(2, 36.0, 9)]);
    assert_eq!(city.kernel.fetch_round().unwrap(), 1);
    // What is not beyond the watermark is not read again, even where the origin gives it.
    say(&[row(1, 99.0, 7), row(3, 37.0, 11)]);
    city.kernel.advance(at("2026-09-30T21:00"), &city.dispatcher).unwrap();
    assert_eq!(city.kernel.fetch_round().unwrap(), 1);
    assert_eq!(*origin.asked.lock().unwrap(), [None, Some("9".to_owned())]);
    assert_eq!(values(&city).iter().map(|(value, _)| *value).collect::<Vec<_>>(), [35.0, 36.0, 37.0]);
    let steward = city.person("steward-1");
    let runs = city.kernel.runs(&steward, "offices", 1).unwrap();
    assert_eq!((runs[0].text("watermark"), runs[0].value("rows")), ("11", &Value::Int(1)));
}

#[test]
fn a_file_that_was_tried_can_be_taken_in_by_its_own_connector_alone() {
    let city = City::at("2026-09-30T20:00");
    let steward = city.person("steward-1");
    let text = list(&[(1, 35.0)]);
    let tried =
        city.kernel.import(&steward, ("station-hours", CommandId([1; 16])), text.as_bytes(), true).unwrap();
    assert!(tried.run.is_none());
    let digest: [u8; 32] = proof::unhex(&tried.digest).unwrap().try_into().unwrap();
    let taken =
        city.kernel.import_kept(&steward, ("station-hours", CommandId([2; 16])), &digest, false).unwrap();
    assert_eq!(taken.new, 1);
    let unknown = city.kernel.import_kept(&steward, ("station-hours", CommandId([3; 16])), &[7; 32], false);
    assert!(matches!(unknown, Err(Refusal::NotFound(_))));
}
