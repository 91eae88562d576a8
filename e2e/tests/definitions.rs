//! A newcomer adds a rule by copying a file: it is checked, put in force in the running city, and judges the next hour.
//! What is wrong with a file is said with its line, and the city goes on as it was.

use anyhow::{Context, Result, ensure};
use e2e::{City, Logger, Person, Report, SOURCES, copy_folder, local_now, run};
use jiff::Span;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// The rule as somebody writes it who has read another: one hour is enough.
const RULE: &str = r#"format = 1

id    = "first-hour"
title = { zh = "一小时即督办", en = "Supervised from the first hour" }
basis = "hj-75-2017"
on    = { type = "MonitoredSource", attribute = "so2", statistic = "ZsAvg", period = "hour" }

[[level]]
id    = "one-hour"
title = { zh = "一小时超标", en = "One hour over the limit" }
when  = "= so2 > limit(so2Limit)"

[[level.do]]
open = "exceedance"
key  = ["rule", "entity"]
with = { factor = "so2", value = "= so2" }
"#;

/// Open cases of a rule, as an officer's list has them.
fn opened_by(officer: &Person, rule: &str) -> Result<usize> {
    let list: Value = serde_json::from_str(&officer.text("/api/v1/cases?tab=open")?)?;
    let mut count = 0;
    for case in list["cases"].as_array().context("no list")? {
        let id = case["id"].as_str().context("no id")?;
        let case: Value = serde_json::from_str(&officer.text(&format!("/api/v1/cases/{id}"))?)?;
        count += usize::from(case["attributes"]["rule"] == rule);
    }
    Ok(count)
}

/// Waits a little for what the dispatcher does.
fn becomes(officer: &Person, rule: &str, expected: usize) -> Result<()> {
    for _ in 0..500 {
        if opened_by(officer, rule)? == expected {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    ensure!(opened_by(officer, rule)? == expected, "{rule} opened {} cases", opened_by(officer, rule)?);
    Ok(())
}

/// One hour of chimney 2 above its limit, so many hours ago.
fn hour_over(city: &City, logger: &mut Logger, hours_ago: i64) -> Result<()> {
    let sent = local_now()?;
    let hour = sent.with().minute(0).second(0).subsec_nanosecond(0).build()?;
    let observed = hour.checked_sub(Span::new().hours(hours_ago))?;
    let mn = SOURCES[1].1;
    logger.store(&Report::new(mn, city.password(mn)?, sent, observed, 58.0, true)?)
}

/// Open cases of the process, as an officer's list has them.
fn exceedances(officer: &Person) -> Result<Vec<Value>> {
    let list: Value = serde_json::from_str(&officer.text("/api/v1/cases?tab=open")?)?;
    let cases = list["cases"].as_array().context("no list")?;
    Ok(cases.iter().filter(|case| case["process"] == "exceedance").cloned().collect())
}

/// The budget of the clock of supervision, as that list shows it.
fn budget(officer: &Person) -> Result<Value> {
    let cases = exceedances(officer)?;
    let clocks = cases.first().context("no case")?["clocks"].as_array().context("no clocks")?;
    Ok(clocks.iter().find(|clock| clock["id"] == "supervise").context("no clock")?["budget"].clone())
}

#[test]
fn a_rule_is_added_to_a_city_that_lives() -> Result<()> {
    let city = City::begin("definitions", false)?;
    let served = city.serve()?;
    let officer = Person::sign_in(served.http, "officer-1", city.password("officer-1")?)?;
    let mut logger = Logger::connect(served.hj212)?;
    // The packs as they are judge one hour as no more than a matter of supervision by another process.
    hour_over(&city, &mut logger, 9)?;
    becomes(&officer, "first-hour", 0)?;

    let packs = city.folder.join("packs");
    copy_folder(Path::new("../packs"), &packs)?;
    let rule = packs.join("environment/rules/first-hour.toml");
    let (at, packs_text) = (served.http.to_string(), packs.display().to_string());
    let keeper = city.password("keeper-1")?;
    let activate = |login: &str, password: &str, extra: &[&str]| {
        let args =
            ["pack", "activate", "--packs", &packs_text, "--at", &at, "--as", login, "--password", password];
        run(&[&args[..], extra].concat())
    };

    std::fs::write(&rule, RULE.replace("so2Limit", "so2Limt"))?;
    let refused = activate("keeper-1", keeper, &[])?;
    ensure!(!refused.is_good() && refused.out.contains("first-hour.toml:11:"), "{refused:?}");
    ensure!(refused.out.contains("so2Limit"), "no remedy: {refused:?}");

    std::fs::write(&rule, RULE)?;
    let unmoved = activate("officer-1", city.password("officer-1")?, &[])?;
    ensure!(!unmoved.is_good() && unmoved.err.contains("403"), "an officer may not: {unmoved:?}");
    let dry = activate("keeper-1", keeper, &["--dry"])?.good()?;
    ensure!(dry.contains("first-hour"), "{dry}");
    hour_over(&city, &mut logger, 7)?;
    becomes(&officer, "first-hour", 0)?;

    activate("keeper-1", keeper, &[])?.good()?;
    hour_over(&city, &mut logger, 5)?;
    becomes(&officer, "first-hour", 1)?;

    // The process changes too. The running case stays on its form until it is moved, and is tried dry before.
    let process = packs.join("environment/processes/exceedance.toml");
    let text = std::fs::read_to_string(&process)?;
    let shorter = text.replacen("budget = 4\n", "budget = 3\n", 1);
    ensure!(shorter != text, "the clock of supervision is not what this test expects");
    std::fs::write(&process, shorter)?;
    let said = activate("keeper-1", keeper, &[])?.good()?;
    // The packs' own rules may have opened more, by how many of the hours were of one day.
    let running = exceedances(&officer)?.len();
    let counted = said.contains(&format!("\"exceedance\":{running}}}"));
    ensure!(running > 0 && said.contains("supervise") && counted, "{running}: {said}");
    ensure!(budget(&officer)? == 4, "a running case was moved by an activation");
    let migrate = |extra: &[&str]| {
        let args =
            ["process", "migrate", "exceedance", "--at", &at, "--as", "keeper-1", "--password", keeper];
        run(&[&args[..], extra].concat())?.good()
    };
    let moved = format!("\"moved\":{running}");
    ensure!(migrate(&["--dry"])?.contains(&moved) && budget(&officer)? == 4, "a dry run moved something");
    ensure!(migrate(&[])?.contains(&moved) && budget(&officer)? == 3, "the case was not moved");
    served.stop()?;

    // The activation is in the log, and the city starts on it.
    let served = city.serve()?;
    let mut logger = Logger::connect(served.hj212)?;
    let officer = Person::sign_in(served.http, "officer-2", city.password("officer-2")?)?;
    hour_over(&city, &mut logger, 3)?;
    becomes(&officer, "first-hour", 1)?;
    served.stop()?;
    let found = city.run(&["audit", "verify"])?.lines()?;
    ensure!(found[0]["faults"].as_array().is_some_and(Vec::is_empty), "{found:?}");
    Ok(())
}
