//! Documents: a paper on its page and as a PDF, as it was issued or as it would be; and the list of numbers.

use super::case::urn_of;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Segment, Visit};
use super::{Web, Work, about, people, show};
use crate::paths;
use crate::qr;
use crate::texts::{Lang, fill};
use crate::views::{DocumentPage, DocumentRow, Documents, Hand, Link, Served};
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kernel::{Paper, PaperPart, Service, Signed, Worth};
use model::{Entity, Name, Urn, Value};
use pack::ValueKind;
use paper::Sheet;
use process::FieldKind;

/// The ending of an address that asks for the file.
const PDF: &str = ".pdf";
/// The ending of an address that asks for the certificate of service.
const SERVICE: &str = ".service";

/// `GET /documents`: the latest that this person may read.
pub(super) async fn list(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let found = desk.kernel().latest_documents(desk.signed_in()?)?;
        let rows = found.iter().map(|document| row(desk, document)).collect::<Result<_, _>>()?;
        desk.html(&Documents { page: desk.page(), rows })
    };
    web.0.answer(visit, make).await
}

/// `GET /documents/{file}`: a document's page, or with `.pdf` its file.
pub(super) async fn show(web: Web, visit: Visit, file: Segment) -> Response {
    let work = match &file {
        Ok(Path(file)) if file.ends_with(PDF) => Work::Download,
        _ => Work::Page,
    };
    let make = move |desk: &Desk| {
        let Path(file) = file.map_err(|_| Fault::NothingHere)?;
        let (urn, as_file) = ending(&file);
        if let Some(urn) = urn.strip_suffix(SERVICE).filter(|_| as_file) {
            return certificate(desk, urn);
        }
        let urn = Urn::new(urn).map_err(|_| Fault::NothingHere)?;
        let paper = desk.kernel().document(desk.signed_in()?, &urn)?;
        answer(desk, &paper, as_file, &paths::document(urn.as_str()))
    };
    web.0.answer_as(work, visit, make).await
}

/// `GET /cases/{urn}/drafts/{file}`: how a document would read if it were issued now.
pub(super) async fn draft(web: Web, visit: Visit, path: Segment<(String, String)>) -> Response {
    let make = move |desk: &Desk| {
        let Path((urn, file)) = path.map_err(|_| Fault::NothingHere)?;
        let case = urn_of(Ok(Path(urn)))?;
        let (id, as_file) = ending(&file);
        let paper = desk.kernel().draft(desk.signed_in()?, &case, id)?;
        answer(desk, &paper, as_file, &paths::draft(case.as_str(), id))
    };
    web.0.answer_as(Work::Download, visit, make).await
}

fn ending(file: &str) -> (&str, bool) {
    file.strip_suffix(PDF).map_or((file, false), |id| (id, true))
}

/// Links to a case's documents, oldest first.
pub(super) fn links(desk: &Desk, case: &Urn) -> Result<Vec<Link>, Fault> {
    let found = desk.kernel().documents(desk.signed_in()?, case)?;
    Ok(found.iter().map(|document| link(desk, document)).collect())
}

fn link(desk: &Desk, document: &Entity) -> Link {
    let title = show::value(desk, document.value("title"));
    Link {
        href: paths::document(document.urn.as_str()),
        text: format!("{title} {}", document.text("number")),
    }
}

fn row(desk: &Desk, document: &Entity) -> Result<DocumentRow, Fault> {
    let case = document.value("case").as_ref().cloned().ok_or(Fault::NothingHere)?;
    let case = desk.kernel().case(&case, desk.signed_in()?)?;
    let at = document.attributes.values().map(|held| held.committed).min();
    Ok(DocumentRow {
        number: Link { text: document.text("number").to_owned(), ..link(desk, document) },
        title: show::value(desk, document.value("title")),
        case: Link { href: paths::case(case.entity.urn.as_str()), text: show::case_number(desk, &case) },
        at: at.map(|at| desk.minute(at)).unwrap_or_default(),
    })
}

fn answer(desk: &Desk, paper: &Paper, as_file: bool, own: &str) -> Result<Response, Fault> {
    if as_file { file(desk, paper) } else { desk.html(&page(desk, paper, Read::of(desk, paper), own)?) }
}

/// A paper in words.
struct Read {
    issuer: String,
    number: String,
    title: String,
    to: String,
    body: Vec<String>,
    day: String,
    notices: Vec<String>,
}

impl Read {
    fn of(desk: &Desk, paper: &Paper) -> Self {
        let texts = &desk.words().document;
        let english = desk.lang() == Lang::En;
        let paragraph = |parts: &[Vec<PaperPart>; 2]| {
            let part = |part: &PaperPart| match part {
                PaperPart::Words(words) => words.clone(),
                PaperPart::Worth(worth) => value(desk, paper, worth),
            };
            parts[usize::from(english)].iter().map(part).collect::<String>()
        };
        let mut notices =
            vec![if paper.urn.is_none() { texts.draft.clone() } else { texts.unsealed.clone() }];
        notices.extend(english.then(|| texts.translation.clone()));
        Self {
            issuer: paper
                .issuer
                .as_ref()
                .map_or_else(|| texts.no_issuer.clone(), |issuer| desk.text(issuer).to_owned()),
            number: paper.number.clone().unwrap_or_else(|| texts.no_number.clone()),
            title: desk.text(&paper.title).to_owned(),
            to: fill(&texts.to, &[("who", &value(desk, paper, &paper.to))]),
            body: paper.body.iter().map(paragraph).collect(),
            day: day(desk, &desk.date(paper.at)),
            notices,
        }
    }
}

/// A value as a paper has it: a day in words, a choice by its title. What is not known yet is a line to be filled in.
fn value(desk: &Desk, paper: &Paper, worth: &Worth) -> String {
    let name = worth.of.as_ref().map(|(_, name)| name);
    match &worth.value {
        Value::Null => desk.words().document.blank.clone(),
        Value::Sealed(_) => desk.words().case.personal.clone(),
        Value::Text(text) if is_date(desk, paper, worth) => day(desk, text),
        Value::Instant(at) => day(desk, &desk.date(*at)),
        other => about::value(desk, &paper.process, name.map_or("", Name::as_str), other),
    }
}

fn is_date(desk: &Desk, paper: &Paper, worth: &Worth) -> bool {
    let Some((kind, name)) = &worth.of else { return false };
    let declared = show::attribute(desk, kind, name.as_str());
    let field = about::fields(&paper.process).find(|field| field.id == *name);
    declared.is_some_and(|declared| declared.value == ValueKind::Date)
        || field.is_some_and(|field| field.value == FieldKind::Date)
}

/// A day as papers write it, from `2026-08-17`; what is none stays as it is. Chinese papers write no leading zeros (GB/T 9704).
fn day(desk: &Desk, date: &str) -> String {
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else { return date.to_owned() };
    let short = |part| if desk.lang() == Lang::Zh { str::trim_start_matches(part, '0') } else { part };
    let slots = [("year", year), ("month", short(month)), ("day", short(day))];
    fill(&desk.words().document.day, &slots)
}

fn page(desk: &Desk, paper: &Paper, read: Read, own: &str) -> Result<DocumentPage, Fault> {
    let case = desk.kernel().case(&paper.case, desk.signed_in()?)?;
    let Read { issuer, number, title, to, body, day, notices } = read;
    let receipt = |entry: u64| Link { href: paths::receipt(entry), text: entry.to_string() };
    Ok(DocumentPage {
        page: desk.page(),
        chain: paper.chain.iter().map(|signed| hand(desk, signed)).collect(),
        service: paper.service.as_ref().map(|service| served(desk, paper, service, own)),
        basis: desk.cite(&paper.basis),
        case: Link { href: paths::case(paper.case.as_str()), text: show::case_number(desk, &case) },
        receipt: paper.entry.map(receipt),
        pdf: format!("{own}{PDF}"),
        draft: paper.urn.is_none(),
        issuer,
        number,
        title,
        to,
        body,
        day,
        notices,
    })
}

fn hand(desk: &Desk, signed: &Signed) -> Hand {
    Hand {
        title: desk.text(&signed.title).to_owned(),
        who: signed.by.as_ref().map(|by| people::title(desk, by)).unwrap_or_default(),
        at: signed.at.map(|at| desk.minute(at)).unwrap_or_default(),
        receipt: signed.entry.map(|entry| Link { href: paths::receipt(entry), text: entry.to_string() }),
    }
}

/// How it was served, in words.
fn served(desk: &Desk, paper: &Paper, service: &Service, own: &str) -> Served {
    let said = service.said.iter().map(|(id, value)| {
        let field = about::fields(&paper.process).find(|field| field.id == *id);
        let title = field.map_or(id.as_str(), |field| desk.text(&field.title));
        let of = field.map(|_| (paper.process.case.clone(), id.clone()));
        (title.to_owned(), self::value(desk, paper, &Worth { value: value.clone(), of }))
    });
    let received = service.received.as_ref().map(|signed| hand(desk, signed));
    Served {
        hand: hand(desk, &service.hand),
        said: said.collect(),
        received,
        pdf: format!("{own}{SERVICE}{PDF}"),
    }
}

/// `GET /documents/{urn}.service.pdf`: the certificate of service (送达回证), with lines for the hands of both sides.
fn certificate(desk: &Desk, urn: &str) -> Result<Response, Fault> {
    let urn = Urn::new(urn).map_err(|_| Fault::NothingHere)?;
    let paper = desk.kernel().document(desk.signed_in()?, &urn)?;
    let service = paper.service.as_ref().ok_or(Fault::NothingHere)?;
    let texts = &desk.words().document;
    let Served { hand, said, received, .. } = served(desk, &paper, service, "");
    let read = Read::of(desk, &paper);
    let number = paper.number.clone().unwrap_or_default();
    let mut body = vec![
        fill(&texts.service_paper, &[("title", &read.title), ("number", &number)]),
        fill(&texts.service_to, &[("who", &value(desk, &paper, &paper.to))]),
    ];
    body.extend(
        said.iter().map(|(title, value)| fill(&texts.service_line, &[("what", title), ("value", value)])),
    );
    if hand.who.is_empty() {
        body.push(texts.service_not_yet.clone());
    } else {
        body.push(fill(&texts.service_by, &[("who", &hand.who), ("at", &hand.at)]));
    }
    match received.filter(|received| !received.who.is_empty()) {
        Some(received) => {
            let slots = [("who", &*received.who), ("at", &*received.at)];
            body.push(fill(&texts.service_received, &slots));
        }
        None => body.extend([texts.service_signed.clone(), texts.service_refused.clone()]),
    }
    let sheet = Sheet {
        number,
        title: texts.service_certificate.clone(),
        to: String::new(),
        body,
        day: String::new(),
        code: code(desk, service.hand.entry),
        foot: service.hand.entry.map(|n| fill(&texts.verify, &[("n", &n.to_string())])).into_iter().collect(),
        ..sheet(desk, &paper)
    };
    download(desk, &sheet, &format!("{}-{}.pdf", sheet.number, sheet.title))
}

fn file(desk: &Desk, paper: &Paper) -> Result<Response, Fault> {
    let name = format!("{}-{}.pdf", paper.number.as_deref().unwrap_or("draft"), paper.title.zh);
    download(desk, &sheet(desk, paper), &name)
}

fn download(desk: &Desk, sheet: &Sheet, name: &str) -> Result<Response, Fault> {
    let bytes = made(desk, sheet)?;
    let headers = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("inline; filename=\"document.pdf\"; filename*=UTF-8''{}", paths::encode(name)),
        ),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// A paper as PDF.
pub(super) fn pdf(desk: &Desk, paper: &Paper) -> Result<Vec<u8>, Fault> {
    made(desk, &sheet(desk, paper))
}

fn made(desk: &Desk, sheet: &Sheet) -> Result<Vec<u8>, Fault> {
    let fonts = desk.fonts().map_err(Fault::Paper)?;
    paper::pdf(sheet, fonts).map_err(|error| Fault::Paper(error.to_string()))
}

/// The way to the receipt of an entry, for a telephone.
fn code(desk: &Desk, entry: Option<u64>) -> Vec<Vec<bool>> {
    let address = entry.map(|entry| desk.address(&paths::receipt(entry)));
    address.and_then(|address| qr::squares(&address)).unwrap_or_default()
}

/// What stands on a paper.
fn sheet(desk: &Desk, paper: &Paper) -> Sheet {
    let read = Read::of(desk, paper);
    let texts = &desk.words().document;
    let hands: Vec<String> = paper
        .chain
        .iter()
        .map(|signed| {
            let Hand { title, who, at, .. } = hand(desk, signed);
            if who.is_empty() { format!("{title} {}", texts.not_yet) } else { format!("{title} {who} {at}") }
        })
        .collect();
    let mut foot =
        vec![hands.join("    "), format!("{} {}", desk.words().deadline.basis, desk.cite(&paper.basis))];
    foot.extend(paper.entry.map(|entry| fill(&texts.verify, &[("n", &entry.to_string())])));
    let made = desk.zone().date(paper.at);
    Sheet {
        lang: desk.lang().tag().to_owned(),
        notice: read.notices.join("  "),
        issuer: read.issuer,
        number: read.number,
        title: read.title,
        to: read.to,
        body: read.body,
        seal: texts.seal.clone(),
        day: read.day,
        foot,
        code: code(desk, paper.entry),
        made: (made.year().unsigned_abs(), made.month().unsigned_abs(), made.day().unsigned_abs()),
    }
}
