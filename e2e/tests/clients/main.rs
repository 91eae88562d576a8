//! Programs of others at the city's doors: one that reads maps, one that speaks NGSI-LD, one that tries whatever the OpenAPI
//! document allows and what it does not.

use anyhow::{Context, Result, ensure};
use e2e::{City, Served, done, python, say};
use serde_json::{Value, json};
use std::process::Command;

/// Cases for each operation and phase; `DATONG_SCHEMA_CASES` asks for more.
const CASES: &str = "25";

/// A session's token, as programs get it.
fn token(city: &City, served: &Served, login: &str) -> Result<String> {
    let body = json!({ "login": login, "password": city.password(login)? }).to_string();
    let mut answer = ureq::post(format!("http://{}/api/v1/sessions", served.http))
        .header("content-type", "application/json")
        .send(body)?;
    let answer: Value = serde_json::from_str(&answer.body_mut().read_to_string()?)?;
    Ok(answer["token"].as_str().context("no token")?.to_owned())
}

#[test]
fn gdal_reads_the_map() -> Result<()> {
    let city = City::begin("gdal", false)?;
    let served = city.serve()?;
    let address = format!("OAPIF:http://{}/features", served.http);
    let read = |layer: &str, more: &[&str]| -> Result<Value> {
        let out =
            done(Command::new("ogr2ogr").args(["-f", "GeoJSON", "/vsistdout/", &address, layer]).args(more))?;
        Ok(serde_json::from_slice(&out.stdout)?)
    };
    let features = |read: &Value| read["features"].as_array().map(Vec::len).unwrap_or_default();
    let sources = read("MonitoredSource", &[])?;
    ensure!(features(&sources) >= 4, "{sources}");
    ensure!(sources.to_string().contains("演示热源厂一号烟囱"), "{sources}");
    let near = read("MonitoredSource", &["-spat", "113.6", "40.0", "113.7", "40.1"])?;
    ensure!(features(&near) == 1, "{near}");
    let lines = read("divisions", &[])?;
    ensure!(features(&lines) == 11 && lines.to_string().contains("MultiPolygon"), "{lines}");
    served.stop()
}

#[test]
fn a_client_of_the_context_creates_queries_and_updates() -> Result<()> {
    let city = City::begin("ngsi", false)?;
    let served = city.serve()?;
    let python = python("ngsi-client", "tests/clients/ngsi.txt", "ngsildclient")?;
    let (host, port) = (served.http.ip().to_string(), served.http.port().to_string());
    let out =
        done(Command::new(python.join("python")).args(["tests/clients/ngsi.py", &host, &port]).arg(token(
            &city,
            &served,
            "steward-1",
        )?))?;
    let said = String::from_utf8(out.stdout)?;
    // The client itself greets whoever starts it.
    let ours = said.lines().filter(|line| line.starts_with('{'));
    let seen: Vec<Value> = ours.map(serde_json::from_str).collect::<Result<_, _>>()?;
    let id = "urn:ngsi-ld:StreetLight:walk:1";
    let wanted = [
        json!({ "what": "created", "done": true }),
        json!({ "what": "read", "power": 90, "street": "同㛃𬱖·街" }),
        json!({ "what": "updated", "power": 60 }),
        json!({ "what": "queried", "ids": [id] }),
        json!({ "what": "not queried", "ids": [] }),
        json!({ "what": "taken out", "there": false }),
    ];
    ensure!(seen == wanted, "{said}");
    served.stop()
}

#[test]
fn whatever_the_document_allows_nothing_falls_over() -> Result<()> {
    let city = City::begin("schema", false)?;
    let served = city.serve()?;
    let python = python("schema-client", "tests/clients/schema.txt", "schemathesis")?;
    let cases = std::env::var("DATONG_SCHEMA_CASES").unwrap_or_else(|_| CASES.to_owned());
    let base = format!("http://{}", served.http);
    let out = done(
        // What it keeps for itself goes with the city.
        Command::new(python.join("schemathesis"))
            .current_dir(city.folder.path())
            .args(["run", &format!("{base}/api/openapi.json"), "--url", &base])
            .args(["--header", &format!("Authorization: Bearer {}", token(&city, &served, "steward-1")?)])
            .args(["--checks", "not_a_server_error", "--phases", "coverage,fuzzing", "--workers", "2"])
            .args(["--max-examples", &cases, "--seed", "1"]),
    )?;
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let summary =
        said.lines().find(|line| line.contains(" generated, ")).unwrap_or_default().trim().to_owned();
    ensure!(summary.contains("passed") && !summary.contains("failed"), "{said}");
    say(summary);
    let health = ureq::get(format!("{base}/health")).call()?.body_mut().read_to_string()?;
    ensure!(health == "ok", "{health}");
    served.stop()
}
