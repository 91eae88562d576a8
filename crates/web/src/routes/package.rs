//! A case as one file: what the log says of it, its papers, what came with it, a receipt for every step, and the program that
//! checks them without this one. What is closed goes to the archive as this.

use super::api::json;
use super::assets::VERIFIER;
use super::case::urn_of;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Segment, Visit};
use super::files::Kind;
use super::{Web, Work, csv, documents, show, trail};
use crate::texts::fill;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kernel::{CaseView, Refusal, TrailEntry};
use model::{Urn, Value};
use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Bytes of all files together: one more would not be held in memory.
const BYTES_MAX: usize = 256 << 20;
/// Characters of a document's title in the name of its file.
const NAME_CHARS_MAX: usize = 60;

/// `GET /cases/{urn}/package.zip`.
pub(super) async fn show(web: Web, visit: Visit, urn: Segment) -> Response {
    web.0.answer_as(Work::Download, visit, move |desk| package(desk, &urn_of(urn)?)).await
}

/// Files of a package, each with its digest.
struct Package {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    sums: String,
    bytes: usize,
}

impl Package {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.bytes += bytes.len();
        if self.bytes > BYTES_MAX {
            return Err(Fault::Form(StatusCode::PAYLOAD_TOO_LARGE));
        }
        self.sums.push_str(&format!("{}  {name}\n", proof::hex(&proof::file_hash(bytes))));
        self.write(name, bytes)
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        // The same case gives the same bytes: files have no time of their own.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        let failed = |error: &dyn std::error::Error| Fault::Kernel(Refusal::Unusable(error.to_string()));
        self.zip.start_file(name, options).map_err(|error| failed(&error))?;
        self.zip.write_all(bytes).map_err(|error| failed(&error))
    }

    fn finish(mut self) -> Result<Vec<u8>, Fault> {
        let sums = std::mem::take(&mut self.sums);
        self.write("SHA256SUMS", sums.as_bytes())?;
        let done = self.zip.finish().map_err(|error| Fault::Kernel(Refusal::Unusable(error.to_string())))?;
        Ok(done.into_inner())
    }
}

fn package(desk: &Desk, urn: &Urn) -> Result<Response, Fault> {
    let actor = desk.signed_in()?;
    let kernel = desk.kernel();
    let case = kernel.case(urn, actor)?;
    let steps = kernel.trail(urn)?;
    let mut package = Package { zip: ZipWriter::new(Cursor::new(Vec::new())), sums: String::new(), bytes: 0 };
    package.add("README.txt", about(desk, &case).as_bytes())?;
    let told = serde_json::to_string_pretty(&json::case(desk, &case, &steps)).map_err(Fault::Json)?;
    package.add("case.json", told.as_bytes())?;
    package.add("trail.csv", table(desk, &case, &steps).as_bytes())?;
    for document in kernel.documents(actor, urn)? {
        let paper = kernel.document(actor, &document.urn)?;
        let title = desk.text(&paper.title).to_owned();
        let name: String =
            format!("{} {title}", document.text("number")).chars().take(NAME_CHARS_MAX).collect();
        let name = name.replace(['/', '\\', ':'], "-");
        package.add(&format!("documents/{name}.pdf"), &documents::pdf(desk, &paper)?)?;
    }
    for digest in enclosures(&steps) {
        let bytes = kernel.enclosure(actor, urn, &digest)?;
        let name = proof::hex(&digest);
        package.add(&format!("files/{name}.{}", Kind::of(&bytes).ending()), &bytes)?;
    }
    for step in &steps {
        let stored = match kernel.receipt(step.sequence, Some(actor)) {
            Ok(stored) => stored,
            // What was kept long enough is gone; the leaf stays in the log.
            Err(Refusal::Dropped(_)) => continue,
            Err(other) => return Err(other.into()),
        };
        let receipt = serde_json::to_string_pretty(&stored.receipt).map_err(Fault::Json)?;
        package.add(&format!("receipts/{}.json", step.sequence), receipt.as_bytes())?;
    }
    package.add("log-key.txt", format!("{}\n", kernel.verify_key().to_text()).as_bytes())?;
    package.add("verify_receipt.py", VERIFIER.as_bytes())?;
    let how = format!("attachment; filename=\"{}.zip\"", show::tail(urn.as_str()).replace('"', ""));
    let headers = [(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, how)];
    Ok((headers, package.finish()?).into_response())
}

/// What is in it and how it is checked, for whoever opens it without this program.
fn about(desk: &Desk, case: &CaseView) -> String {
    let texts = &desk.words().case;
    let number = show::case_number(desk, case);
    let title = desk.text(&case.definition.title);
    let state = if case.ended() { &texts.package_closed } else { &texts.package_open };
    let made = desk.minute(desk.kernel().now());
    let slots = [("case", &*format!("{title} {number}")), ("at", &made), ("state", state)];
    fill(&texts.package_about, &slots)
}

fn table(desk: &Desk, case: &CaseView, steps: &[TrailEntry]) -> String {
    let mut text = "\u{feff}".to_owned();
    csv::line(&mut text, ["entry", "at", "who", "act", "opinion"]);
    for step in steps {
        let opinion = step.note.get("opinion").and_then(Value::as_text).unwrap_or_default();
        let cells = [
            step.sequence.to_string(),
            step.at.to_string(),
            desk.text(&step.actor_title).to_owned(),
            trail::act_title(desk, case, step),
            opinion.to_owned(),
        ];
        csv::line(&mut text, cells.iter().map(String::as_str));
    }
    text
}

/// Digests of the files that came with the steps of a case.
fn enclosures(steps: &[TrailEntry]) -> BTreeSet<[u8; 32]> {
    let lists = steps.iter().flat_map(|step| ["photos", "documents"].map(|key| step.note.get(key)));
    let digests = lists.flatten().flat_map(Value::as_list);
    digests.filter_map(|digest| digest.as_bytes()?.try_into().ok()).collect()
}
