//! A department's file comes in: the national network's own list of Datong's stations, with all its defects.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use connector::Fault;
use kernel::{Imported, Refusal};
use model::Instant;
use proof::CommandId;
use standards::aqi::Edition;
use std::collections::BTreeMap;
use std::path::Path;
use testcity::{City, urn};

const CONNECTOR: &str = "station-hours";
const REAL: &str = "../../../shared/data/air-quality/datong-hourly-2020/大同.csv";
const HEAD: &str = "Date,Hour,WatchPoint,AQI,Level,PrimaryPollution,PM2.5,PM10,CO,NO2,O3_1h,O3_8h,SO2";

fn command(n: u8) -> CommandId {
    CommandId([n; 16])
}

fn import(city: &City, n: u8, text: &str, trial: bool) -> Result<Imported, Refusal> {
    city.kernel.import(&city.person("steward-1"), (CONNECTOR, command(n)), text.as_bytes(), trial)
}

#[test]
fn each_defect_of_the_real_list_is_found_by_kind() {
    let Ok(bytes) = std::fs::read(Path::new(REAL)) else {
        eprintln!("{REAL} is not here: nothing is tried");
        return;
    };
    let city = City::at("2026-09-30T16:00");
    let steward = city.person("steward-1");
    let tried = city.kernel.import(&steward, (CONNECTOR, command(1)), &bytes, true).unwrap();
    let count = |code| tried.findings.count(code);
    let named = |fault: Fault| -> Vec<String> {
        let of = tried.findings.kept().iter().filter(|found| found.fault == fault);
        of.filter_map(|found| found.key.clone()).collect()
    };
    assert_eq!(tried.rows, 1536);
    // 873 rows have no AQI; eight of them have some of the values.
    assert_eq!(count(Fault::EmptyRow), 865, "rows without a single value");
    assert!(count(Fault::PartRow) >= 8, "{}", count(Fault::PartRow));
    assert_eq!(count(Fault::Duplicate) + count(Fault::Conflict), 48, "rows that come again");
    assert_eq!(count(Fault::Dead), 9, "{:?}", named(Fault::Dead));
    assert_eq!(named(Fault::Stuck), ["果树场"], "the frozen feed");
    let gaps = tried.findings.kept().iter().filter(|found| found.fault == Fault::Gap && found.key.is_none());
    let gaps: Vec<&str> = gaps.map(|found| found.what.as_str()).collect();
    assert_eq!(gaps.len(), 6, "{gaps:?}");
    assert!(gaps.iter().any(|gap| gap.starts_with("2020-04-06 04:00 – 2020-04-07 07:00")), "{gaps:?}");
    assert_eq!(tried.entities, 6, "the live stations are registered");
    assert!(tried.entries.is_empty(), "a trial writes nothing");

    let done = city.kernel.import(&steward, (CONNECTOR, command(2)), &bytes, false).unwrap();
    assert_eq!((done.new, done.entities, done.entries.len()), (tried.new, 6, 6));
    let again = city.kernel.import(&steward, (CONNECTOR, command(3)), &bytes, false).unwrap();
    assert_eq!((again.new, again.corrected, again.known), (0, 0, done.new));
    assert!(again.entries.is_empty(), "what is known already changes nothing");
    let station = city.kernel.source(&urn("urn:ngsi-ld:AmbientStation:yungang-hotel")).unwrap();
    assert_eq!(station.series.len(), 6);
    indexes_are_those_of_the_list(&city, &bytes);
}

/// The list says an index of its own for each hour.
fn indexes_are_those_of_the_list(city: &City, bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut said = BTreeMap::new();
    for row in text.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        if let [day, hour, station, index, ..] = cells[..]
            && let Ok(index) = index.parse::<u16>()
        {
            said.insert((station.to_owned(), format!("{day}{hour}")), index);
        }
    }
    let (mut same, mut other, mut stricter) = (0, Vec::new(), 0);
    let all = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
    for source in city.kernel.sources().unwrap() {
        let station = source.entity.text("code").to_owned();
        for index in city.kernel.indexes_of(&source.entity) {
            let by_2026 =
                city.kernel.index_hours(&source.entity, &index, all, Some(Edition::Hj2026)).unwrap();
            let own = city.kernel.index_hours(&source.entity, &index, all, None).unwrap();
            for (hour, new) in own.into_iter().zip(by_2026) {
                assert_eq!(hour.edition, Edition::Hj2012, "observed in 2020");
                let end = city.kernel.loaded().zone.local(hour.start.plus_secs(3600));
                let key = (station.clone(), end.strftime("%Y%m%d%H").to_string());
                let ours = hour.value();
                match said.get(&key) {
                    Some(theirs) if ours == Some(*theirs) => same += 1,
                    theirs => other.push((key, theirs.copied(), ours)),
                }
                stricter += usize::from(new.value() > ours);
            }
        }
    }
    other.retain(|(_, theirs, ours)| theirs != ours);
    assert_eq!((same, stricter, other), (549, 300, Vec::new()), "every index is the one that the list says");
}

#[test]
fn a_file_that_grows_or_is_corrected_changes_only_what_is_new() {
    let city = City::at("2026-09-30T16:00");
    let row = |hour: &str, pm: &str| format!("20260930,{hour},云冈宾馆,1,优,NaN,{pm},51,1.5,28,32,23,47");
    let first = format!("{HEAD}\n{}\n", row("08", "24"));
    let done = import(&city, 1, &first, false).unwrap();
    assert_eq!((done.new, done.corrected, done.known), (6, 0, 0));
    let grown = format!("{HEAD}\n{}\n{}\n", row("08", "25"), row("09", "NaN"));
    let done = import(&city, 2, &grown, false).unwrap();
    assert_eq!((done.new, done.corrected, done.known), (5, 1, 5));
    assert_eq!(done.findings.count(Fault::PartRow), 1);
    // The same command again writes nothing again.
    let entries = done.entries.clone();
    assert_eq!(import(&city, 2, &grown, false).unwrap().entries, Vec::<u64>::new());
    assert_eq!(entries.len(), 1);
}

#[test]
fn what_cannot_be_taken_in_says_why_and_nothing_good_is_lost() {
    let city = City::at("2026-09-30T16:00");
    let text = format!(
        "{HEAD}\n\
         20260930,08,云冈宾馆,1,优,NaN,x,51,1.5,28,32,23,47\n\
         20260930,25,云冈宾馆,1,优,NaN,24,51,1.5,28,32,23,47\n\
         20270101,08,云冈宾馆,1,优,NaN,24,51,1.5,28,32,23,47\n\
         20260930,08,,1,优,NaN,24,51,1.5,28,32,23,47\n\
         20260930,08,DEMO-A1,1,优,NaN,24,51,1.5,28,32,23,47\n\
         20260930,08,无此站,1,优,NaN,24,51,1.5,28,32,23,47\n\
         short,row\n"
    );
    let done = import(&city, 1, &text, false).unwrap();
    let counts: Vec<(&str, u64)> = done.findings.counts().map(|(code, n)| (code.as_str(), n)).collect();
    for wanted in ["unknown", "has-device", "unreadable", "no-time", "ahead", "no-key", "width"] {
        assert!(counts.contains(&(wanted, 1)), "{wanted}: {counts:?}");
    }
    assert_eq!(done.new, 5, "the other values of the row");

    let refused = import(&city, 2, "Date,Hour\n", false).unwrap_err();
    assert!(
        matches!(&refused, Refusal::Field { field: "file", what } if what.zh.contains("WatchPoint")),
        "{refused}"
    );
    let officer = city.person("officer-1");
    let refused = city.kernel.import(&officer, (CONNECTOR, command(3)), b"", true).unwrap_err();
    assert!(matches!(refused, Refusal::NotAllowed { role } if role == *"data-steward"));
}
