//! A connector fetches from a department's database, by itself, and what it took in can be undone.

use anyhow::{Context, Result, ensure};
use e2e::{City, Database, Folder, Person, copy_folder, say};
use std::path::Path;
use std::time::Duration;

/// What takes the place of the list of hours, and the table that it reads.
const CONNECTOR: &str = include_str!("station-hours.toml");
const TABLE: &str = include_str!("hours.sql");

/// A list of another city's hotline, as it is published, and what reads it.
const REPORTS: &str = "../../shared/data/reports-311/nyc-animals-2025/311_Animals_short.csv";
const REPORTS_CONNECTOR: &str = include_str!("past-reports.toml");

const SERIES: &str = "/sources/urn:ngsi-ld:AmbientStation:yungang-hotel/series/pm25.json?edition=cleaned";

#[test]
fn a_database_is_read_by_schedule_and_its_run_is_undone() -> Result<()> {
    let folder = Folder::new("fetching")?;
    let database = Database::start()?;
    database.run(TABLE)?;
    let packs = folder.join("packs");
    copy_folder(Path::new("../packs"), &packs)?;
    std::fs::write(packs.join("environment/connectors/station-hours.toml"), CONNECTOR)?;
    let packs = packs.display().to_string();
    let city = City::begin_with(folder, false, &packs)?;
    let served = city.start_in(&[], &[("DATONG_DATABASE_AIR", &database.address())])?.ready()?;
    let visitor = Person::visitor(served.http);
    let values = || -> Result<Vec<f64>> {
        let page = visitor.get(SERIES)?;
        let series: serde_json::Value = serde_json::from_str(&page.text).unwrap_or_default();
        let rows = series["rows"].as_array().into_iter().flatten();
        Ok(rows.filter_map(|row| row["value"].as_f64()).collect())
    };
    for _ in 0..600 {
        if values()?.len() == 2 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    ensure!(values()? == [35.5, 41.0], "fetched: {:?}", values()?);

    let steward = Person::sign_in(served.http, "steward-1", city.password("steward-1")?)?;
    let runs: serde_json::Value =
        serde_json::from_str(&steward.text("/api/v1/connectors/station-hours/runs")?)?;
    let run = &runs["runs"][0];
    ensure!(run["state"] == "taken" && run["watermark"] == "4", "{run}");
    ensure!(run["findings"]["unknown"] == 1 && run["findings"]["empty-row"] == 1, "{run}");
    let id = run["id"].as_str().context("a run has a name")?;
    let page = steward.text("/connectors/station-hours")?;
    ensure!(page.contains(id) && page.contains("air"), "the page lists the run");
    let token = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let command = "00112233445566778899aabbccddeeff";
    let fields = [("csrf", token.context("a form has its token")?), ("command", command), ("undo", id)];
    let undone = steward.post("/connectors/station-hours", &fields)?;
    ensure!(undone.status == 200, "undone: {} {}", undone.status, undone.text);
    ensure!(values()?.is_empty(), "undone: {:?}", values()?);
    served.stop()
}

#[test]
fn a_list_of_five_thousand_reports_comes_in_and_comes_again() -> Result<()> {
    let Ok(list) = std::fs::read_to_string(REPORTS) else {
        say(format!("{REPORTS} is not here: nothing is tried"));
        return Ok(());
    };
    let folder = Folder::new("reports")?;
    let packs = folder.join("packs");
    copy_folder(Path::new("../packs"), &packs)?;
    std::fs::write(packs.join("hotline/connectors/past-reports.toml"), REPORTS_CONNECTOR)?;
    let exchange = folder.join("exchange");
    std::fs::create_dir_all(exchange.join("hotline"))?;
    std::fs::write(exchange.join("hotline/past-reports.csv"), &list)?;
    let packs = packs.display().to_string();
    let city = City::begin_with(folder, false, &packs)?;
    let served = city.start(&["--exchange", &exchange.display().to_string()])?.ready()?;
    let steward = Person::sign_in(served.http, "steward-1", city.password("steward-1")?)?;
    let runs = || -> Result<serde_json::Value> {
        Ok(serde_json::from_str(&steward.text("/api/v1/connectors/past-reports/runs")?)?)
    };
    for _ in 0..1200 {
        if runs()?["runs"][0]["state"] == "taken" {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let run = runs()?["runs"][0].clone();
    ensure!(run["rows"] == 4969 && run["entities"] == 4969, "{run}");
    ensure!(run["findings"]["part-row"] == 277, "those that are not closed yet: {run}");
    let open = steward.text("/data/past-reports.csv")?;
    ensure!(open.lines().count() == 1 + 4969, "{} lines are open data", open.lines().count());
    ensure!(open.contains("64345465") && open.contains("Animal-Abuse"), "with number and kind");
    ensure!(!open.contains("Neglected"), "without what was said");

    let path = "/api/v1/connectors/past-reports/imports";
    let again = steward.send(path, ("text/csv", list.as_bytes()))?;
    let again: serde_json::Value = serde_json::from_str(&again.text)?;
    ensure!(again["new"] == 0 && again["corrected"] == 0 && again["created"] == 0, "{again}");
    served.stop()
}
