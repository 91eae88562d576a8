//! Three editions of a series: raw as it came, cleaned, and audited by a named person.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use kernel::{DatasetRows, NOW, Part, Refusal, SeriesAudit, SeriesRow, SourceView};
use model::{Edition, Flag, Instant, Name, Urn, Value};
use proof::CommandId;
use testcity::{City, at, name, urn};

const STATION: &str = "urn:ngsi-ld:AmbientStation:yungang-hotel";
const HEAD: &str = "Date,Hour,WatchPoint,AQI,Level,PrimaryPollution,PM2.5,PM10,CO,NO2,O3_1h,O3_8h,SO2";

/// Hours of the station from 00:00 on, and what PM2.5 was in each; one that is nothing did not come.
fn hours(city: &City, n: u8, pm25: &[Option<f64>]) {
    let mut text = format!("{HEAD}\n");
    for (hour, value) in (1..).zip(pm25) {
        if let Some(value) = value {
            text += &format!("20260930,{hour:02},云冈宾馆,1,优,NaN,{value},NaN,NaN,NaN,NaN,NaN,NaN\n");
        }
    }
    let steward = city.person("steward-1");
    city.kernel.import(&steward, ("station-hours", CommandId([n; 16])), text.as_bytes(), false).unwrap();
    city.dispatcher.settle();
}

fn station(city: &City) -> SourceView {
    city.kernel.source(&urn(STATION)).unwrap()
}

fn rows(city: &City, edition: Edition) -> Vec<SeriesRow> {
    let source = station(city);
    let part =
        Part { edition, from: at("2026-09-30T00:00"), to: at("2026-10-01T00:00"), limit: 100, before: NOW };
    city.kernel.edition_rows(&source.entity, &source.series[0], part).unwrap()
}

fn doubts(city: &City) -> Vec<&'static str> {
    rows(city, Edition::Cleaned).iter().map(|row| row.doubt.map_or("", rule::Doubt::as_str)).collect()
}

fn audit(from: &str, to: &str) -> SeriesAudit {
    let opinion = "与国控站比对".to_owned();
    SeriesAudit { from: at(from), to: at(to), opinion, ..SeriesAudit::default() }
}

fn key() -> (Urn, Name) {
    (urn(STATION), name("pm25"))
}

fn handed_out(city: &City, id: &str) -> Vec<(Instant, f64, String)> {
    let dataset = city.kernel.loaded().definitions.datasets[id].clone();
    let DatasetRows { columns, rows, .. } = city.kernel.dataset(&dataset, None).unwrap();
    let place = |id: &str| columns.iter().position(|column| *column == *id).unwrap();
    let (observed, value, worth) = (place("observed"), place("pm25"), columns.len() - 1);
    let row = |row: Vec<Value>| {
        let worth = row[worth].as_text().unwrap().to_owned();
        (row[observed].as_instant().unwrap(), row[value].as_number().unwrap(), worth)
    };
    rows.into_iter().map(row).collect()
}

#[test]
fn cleaning_leaves_out_what_cannot_be_right_and_the_raw_edition_stays() {
    let city = City::at("2026-09-30T20:00");
    let mut said = vec![Some(35.0), Some(36.0), Some(1900.0), Some(38.0), None];
    said.extend([Some(40.0); 12]);
    hours(&city, 1, &said);
    let mut wanted = vec!["", "", "spike", ""];
    wanted.extend(["stuck"; 12]);
    assert_eq!(doubts(&city), wanted);
    assert!(rows(&city, Edition::Raw).iter().all(|row| row.doubt.is_none()), "what came is shown as it came");
    assert_eq!(rows(&city, Edition::Raw).len(), 16);
    let out = handed_out(&city, "station-pm25-cleaned");
    assert_eq!(out.iter().map(|row| row.1).collect::<Vec<_>>(), [35.0, 36.0, 38.0]);
    assert!(out.iter().all(|row| row.2 == "cleaned"), "{out:?}");
    assert_eq!(handed_out(&city, "station-pm25-hours").len(), 16, "the raw dataset has everything");
}

#[test]
fn a_stretch_is_stuck_wherever_the_part_that_is_asked_for_begins() {
    let city = City::at("2026-09-30T20:00");
    hours(&city, 1, &[Some(40.0); 14]);
    let source = station(&city);
    let part = Part {
        edition: Edition::Cleaned,
        from: at("2026-09-30T12:00"),
        to: at("2026-09-30T13:00"),
        limit: 10,
        before: NOW,
    };
    let rows = city.kernel.edition_rows(&source.entity, &source.series[0], part).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].doubt, Some(rule::Doubt::Stuck));
}

#[test]
fn an_audit_confirms_leaves_out_and_corrects_under_a_name() {
    let city = City::at("2026-09-30T20:00");
    hours(&city, 1, &[Some(35.0), Some(1900.0), Some(36.0), Some(37.0), Some(38.0)]);
    let steward = city.person("steward-1");
    let (source, series) = key();
    let said = SeriesAudit {
        without: [at("2026-09-30T02:00")].into(),
        corrected: [(at("2026-09-30T03:00"), 36.5)].into(),
        ..audit("2026-09-30T00:00", "2026-09-30T04:00")
    };
    let done = city.kernel.audit_series(&steward, CommandId([9; 16]), (&source, &series), &said).unwrap();
    city.dispatcher.settle();
    assert_eq!((done.counting, done.left_out), (2, 2));
    let audited: Vec<(f64, Flag)> =
        rows(&city, Edition::Audited).iter().map(|row| (row.row.value, row.row.flag)).collect();
    let (n, x) = (Flag::NORMAL, Flag::LEFT_OUT);
    assert_eq!(audited, [(35.0, n), (1900.0, x), (36.0, x), (36.5, n)]);
    assert_eq!(rows(&city, Edition::Raw).len(), 5, "nothing of the raw edition has changed");
    let entry = city.kernel.entry(done.done.sequence).unwrap();
    assert_eq!(entry.leaf.actor, steward.urn);
    // What is audited comes before what is cleaned; an hour that was left out is in neither.
    let out = handed_out(&city, "station-pm25-cleaned");
    let out: Vec<(f64, &str)> = out.iter().map(|row| (row.1, row.2.as_str())).collect();
    assert_eq!(out, [(35.0, "audited"), (36.5, "audited"), (38.0, "cleaned")]);
    assert_eq!(
        station(&city).series.len(),
        1,
        "the audited edition is no series of its own for those who list them"
    );

    // The same again says that nothing is left; a later correction is one more version of its hour.
    let again =
        city.kernel.audit_series(&steward, CommandId([8; 16]), (&source, &series), &said).unwrap_err();
    assert!(matches!(again, Refusal::Field { field: "from", .. }), "{again}");
    let later = SeriesAudit {
        corrected: [(at("2026-09-30T01:00"), 190.0)].into(),
        ..audit("2026-09-30T01:00", "2026-09-30T02:00")
    };
    city.kernel.audit_series(&steward, CommandId([7; 16]), (&source, &series), &later).unwrap();
    assert_eq!(rows(&city, Edition::Audited)[1].row.value, 190.0);
}

#[test]
fn an_audit_that_says_too_little_or_of_somebody_who_may_not_is_refused() {
    let city = City::at("2026-09-30T20:00");
    hours(&city, 1, &[Some(35.0), Some(36.0)]);
    let (steward, officer) = (city.person("steward-1"), city.person("officer-1"));
    let (source, series) = key();
    let give = |who, audit: &SeriesAudit| {
        city.kernel.audit_series(who, CommandId([1; 16]), (&source, &series), audit).unwrap_err()
    };
    let field = |refusal: Refusal| match refusal {
        Refusal::Field { field, .. } => field,
        other => panic!("{other}"),
    };
    let day = audit("2026-09-30T00:00", "2026-09-30T12:00");
    assert!(matches!(give(&officer, &day), Refusal::NotAllowed { role } if role == *"data-steward"));
    assert_eq!(field(give(&steward, &SeriesAudit { opinion: " ".to_owned(), ..day.clone() })), "opinion");
    assert_eq!(field(give(&steward, &audit("2026-09-30T12:00", "2026-09-30T00:00"))), "to");
    assert_eq!(field(give(&steward, &audit("2026-09-30T12:00", "2026-10-30T00:00"))), "to");
    assert_eq!(field(give(&steward, &audit("2026-09-30T12:00", "2026-09-30T14:00"))), "from");
    let nobody = SeriesAudit { without: [at("2026-09-30T09:00")].into(), ..day.clone() };
    assert_eq!(field(give(&steward, &nobody)), "without");
    let outside = SeriesAudit { corrected: [(at("2026-09-30T13:00"), 1.0)].into(), ..day };
    assert_eq!(field(give(&steward, &outside)), "corrected");
    assert!(rows(&city, Edition::Audited).is_empty(), "what was refused has written nothing");
}
