//! `datong demo --check --replay`: lists as departments really have them, by every connector that knows their columns.

use super::story::Story;
use crate::actors::{Page, Person};
use crate::settings::say;
use anyhow::{Context, ensure};
use model::Instant;
use serde_json::{Value, json};
use standards::air::Pollutant;
use standards::aqi::Edition;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Who runs connectors in the demonstration.
const STEWARD: &str = "steward-1";
/// Findings of these kinds are named one by one; the others are counted.
const NAMED: [&str; 4] = ["dead", "gap", "stuck", "unknown"];

/// Reads every list of a folder. Returns whether all were read, something was new, and nothing came twice.
pub fn replay(story: &Story<'_>, folder: &Path) -> anyhow::Result<bool> {
    let steward = story.person(STEWARD)?;
    let connectors: Value = serde_json::from_str(&steward.get("/api/v1/connectors")?.text)?;
    let connectors = connectors["connectors"].as_array().context("no list of connectors")?;
    let (mut held, mut new) = (true, 0);
    for file in lists(folder)? {
        let bytes = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        let head = String::from_utf8_lossy(bytes.split(|byte| *byte == b'\n').next().unwrap_or_default());
        let columns: Vec<&str> = head.trim().split(',').collect();
        let known = |connector: &&Value| {
            let wanted = connector["columns"].as_array().into_iter().flatten();
            wanted.filter_map(Value::as_str).all(|column| columns.contains(&column))
        };
        for connector in connectors.iter().filter(known) {
            let id = connector["id"].as_str().context("no id")?;
            let (first, again) = (read(&steward, id, &bytes)?, read(&steward, id, &bytes)?);
            let (number, once) = (|of: &Value, key: &str| of[key].as_u64().unwrap_or_default(), &first);
            let ok = number(&again, "new") + number(&again, "corrected") == 0;
            (held, new) = (held && ok, new + number(once, "new"));
            say(json!({ "link": "list taken in", "ok": ok, "facts": facts(&file, id, once) }));
        }
    }
    story.settle();
    let ok = indexes(story)? && held && new > 0;
    say(json!({ "links": "replayed", "values": new, "ok": ok }));
    Ok(ok)
}

/// Every index of every hour that is known, by the edition of its day and by that of 2026. They may differ only where
/// particulate matter is above the rows that both editions share, or where 2026 gives none because something is missing.
fn indexes(story: &Story<'_>) -> anyhow::Result<bool> {
    let (kernel, span) = (story.kernel(), (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX)));
    let (mut hours, mut without, mut differ, mut held) = (0, 0, 0, true);
    let mut editions = BTreeMap::<String, usize>::new();
    for source in kernel.sources()? {
        for index in kernel.indexes_of(&source.entity) {
            let of_day = kernel.index_hours(&source.entity, &index, span, None)?;
            let of_2026 = kernel.index_hours(&source.entity, &index, span, Some(Edition::Hj2026))?;
            for (own, new) in of_day.iter().zip(&of_2026) {
                hours += 1;
                without += usize::from(own.value().is_none());
                *editions.entry(own.edition.to_string()).or_default() += 1;
                let dust = |(of, value): &(Pollutant, f64)| match of {
                    Pollutant::Pm25 => *value > 35.0,
                    Pollutant::Pm10 => *value > 50.0,
                    _ => false,
                };
                if own.value() != new.value() {
                    differ += 1;
                    held &= new.value().is_none() || own.values.iter().any(dust);
                }
            }
        }
    }
    let facts = json!({
        "hours": hours, "without an index": without, "editions": editions, "differ under HJ 633-2026": differ,
        "unaudited": true,
    });
    say(json!({ "link": "air-quality indexes", "ok": held, "facts": facts }));
    Ok(held)
}

fn lists(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "csv"));
    files.sort();
    Ok(files)
}

fn read(steward: &Person, id: &str, bytes: &[u8]) -> anyhow::Result<Value> {
    let path = format!("/api/v1/connectors/{id}/imports");
    // Each reading is a command of its own: what it finds known already, it leaves.
    let key = format!("replay-{:?}", std::time::Instant::now());
    let Page { status, text } = steward.post(&path, &key, ("text/csv", bytes))?;
    ensure!(status == 200, "{path} was answered with {status}: {text}");
    Ok(serde_json::from_str(&text)?)
}

/// What the list brought, with the findings of its own kinds by name.
fn facts(file: &Path, connector: &str, report: &Value) -> Value {
    let mut named = BTreeMap::<&str, Vec<String>>::new();
    for found in report["findings"].as_array().into_iter().flatten() {
        let text = |key: &str| found[key].as_str().unwrap_or_default();
        if let Some(kind) = NAMED.into_iter().find(|kind| *kind == text("code")) {
            named
                .entry(kind)
                .or_default()
                .push(format!("{} {}", text("key"), text("what")).trim().to_owned());
        }
    }
    json!({
        "file": file.file_name().map(|name| name.to_string_lossy()),
        "connector": connector,
        "rows": report["rows"],
        "entities": report["entities"],
        "new values": report["new"],
        "findings": report["counts"],
        "named": named,
    })
}
