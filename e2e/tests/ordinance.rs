//! The ordinance, duty by duty: what a scenario proves is capability and nothing more, a broken pack takes it away, and
//! demonstration data never counts as operation.

use anyhow::{Context, Result, ensure};
use e2e::{City, Ended, Person, copy_folder, run};
use serde_json::Value;
use std::path::Path;

/// The row of article 27, among 44.
fn environment(ended: &Ended) -> Result<Value> {
    let rows: Vec<Value> = ended.out.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(rows.len() == 44, "{} rows", rows.len());
    let duties: usize = rows.iter().filter_map(|row| row["duties"].as_array()).map(Vec::len).sum();
    ensure!(duties >= 120, "{duties} duties");
    rows.into_iter().find(|row| row["article"] == 27).context("no article 27")
}

/// How far a duty of the article is.
fn capability<'a>(row: &'a Value, duty: &str) -> Option<&'a str> {
    let mut duties = row["duties"].as_array()?.iter();
    duties.find(|found| found["id"] == duty)?["capability"].as_str()
}

#[test]
fn capability_is_computed_and_goes_when_the_pack_breaks() -> Result<()> {
    let city = City::begin("ordinance", false)?;
    let packs = city.folder.join("packs");
    copy_folder(Path::new("../packs"), &packs)?;
    // One scenario of article 27 is enough here; all of them run in `datong pack test`.
    for pack in std::fs::read_dir(&packs)? {
        let scenarios = pack?.path().join("scenarios");
        for scenario in std::fs::read_dir(&scenarios).into_iter().flatten() {
            let path = scenario?.path();
            if !path.ends_with("two-hours-before-a-holiday.toml") {
                std::fs::remove_file(path)?;
            }
        }
    }
    let text = packs.display().to_string();
    let ordinance =
        |extra: &[&str]| run(&[&["ordinance", "--format", "json", "--packs", &text], extra].concat());

    let unproven = ordinance(&[])?;
    ensure!(capability(&environment(&unproven)?, "27.6") == Some("unproven"), "{}", unproven.out);
    let proved = ordinance(&["--prove"])?;
    let row = environment(&proved)?;
    ensure!(proved.is_good() && capability(&row, "27.6") == Some("proved"), "{row}");
    ensure!(row["state"] == "partial", "one scenario does not fulfil an article: {row}");
    ensure!(row["duties"][0]["performance"].is_null(), "{row}");

    // A condition that names nothing: the pack cannot be read, and what it carried is not there any more.
    let rule = packs.join("environment/rules/source-exceedance.toml");
    std::fs::write(&rule, std::fs::read_to_string(&rule)?.replace("so2Limit", "so2Limt"))?;
    let broken = ordinance(&["--prove"])?;
    let row = environment(&broken)?;
    ensure!(
        !broken.is_good() && capability(&row, "27.6") == Some("broken") && row["state"] == "broken",
        "{row}"
    );
    ensure!(row.to_string().contains("source-exceedance.toml"), "the evidence does not say where: {row}");
    Ok(())
}

#[test]
fn demonstration_data_never_counts_as_operation() -> Result<()> {
    let city = City::begin("operation", false)?;
    let served = city.serve()?;
    let officer = Person::sign_in(served.http, "officer-1", city.password("officer-1")?)?;
    city.open_case(&served, &officer)?;
    let data = city.folder.text("data");
    let shown = |ended: Ended| -> Result<Vec<String>> {
        let row = environment(&ended)?;
        let states = row["duties"].as_array().context("no duties")?.iter();
        Ok(states.filter_map(|duty| duty["operation"]["state"].as_str()).map(str::to_owned).collect())
    };
    let running = shown(run(&["ordinance", "--format", "json", "--data", &data])?)?;
    ensure!(!running.is_empty() && running.iter().all(|state| state == "unknown"), "{running:?}");
    served.stop()?;
    let stopped = shown(run(&["ordinance", "--format", "json", "--data", &data])?)?;
    ensure!(!stopped.is_empty() && stopped.iter().all(|state| state == "unknown"), "{stopped:?}");
    Ok(())
}
