//! What an entry recorded, as far as this reader may see it: the opened items of a receipt in words.

use super::desk::Desk;
use super::show;
use crate::texts::fill;
use crate::views::{Recorded, RecordedValue};
use model::{Batch, Change, Item, Name, Value};
use proof::{Receipt, ReceiptItem, unhex};

/// Lines that a page shows: a city's opening records many files.
const LINES_MAX: usize = 60;

/// The keys of an act's note, in the order in which they are shown.
const NOTED: [&str; 5] = ["from", "to", "reason", "measurement", "opinion"];

pub(super) fn recorded(desk: &Desk, receipt: &Receipt) -> Vec<Recorded> {
    let mut lines = Vec::new();
    for (number, item) in (1..).zip(&receipt.items) {
        let bytes = match item {
            ReceiptItem::Open { bytes, .. } => unhex(bytes),
            ReceiptItem::Commitment(_) => None,
        };
        match bytes.and_then(|bytes| Item::from_bytes(&bytes).ok()) {
            Some(item) => lines.extend(one(desk, &item)),
            None => lines.push(closed(desk, number)),
        }
    }
    lines.truncate(LINES_MAX);
    lines
}

fn closed(desk: &Desk, number: usize) -> Recorded {
    let title = fill(&desk.words().show.item, &[("n", &number.to_string())]);
    Recorded { title, value: RecordedValue::Sealed }
}

fn one(desk: &Desk, item: &Item) -> Vec<Recorded> {
    match item {
        Item::Change(change) => changed(desk, change),
        Item::Batch(batch) => packet(desk, batch),
        Item::Series(series) => {
            let key = &series.key;
            let kind = Name::new(key.entity.kind()).ok();
            let attribute = key.attribute.as_str();
            let title = kind.map(|kind| show::attribute_title(desk, &kind, attribute));
            let series = format!("{} {}", series.number, title.as_deref().unwrap_or(attribute));
            vec![shown(&desk.words().show.series, series)]
        }
    }
}

fn shown(title: &str, value: String) -> Recorded {
    Recorded { title: title.to_owned(), value: RecordedValue::Shown(value) }
}

fn packet(desk: &Desk, batch: &Batch) -> Vec<Recorded> {
    let texts = &desk.words().show;
    vec![
        shown(&texts.received, desk.zone().second(batch.received)),
        shown(&texts.values, batch.rows.len().to_string()),
    ]
}

fn changed(desk: &Desk, change: &Change) -> Vec<Recorded> {
    let set = change.set.iter().map(|(name, attribute)| {
        let title = titled(desk, &change.kind, name.as_str());
        match &attribute.value {
            Value::Sealed(_) => Recorded { title, value: RecordedValue::Sealed },
            value => shown(&title, in_words(desk, name.as_str(), value)),
        }
    });
    // In the order in which people say it; what else stands in a note follows.
    let rank = |key: &str| NOTED.iter().position(|noted| *noted == key).unwrap_or(NOTED.len());
    let mut note: Vec<(&String, &Value)> = match &change.note {
        Value::Map(note) => note.iter().collect(),
        _ => Vec::new(),
    };
    note.sort_by_key(|(key, _)| rank(key));
    let note = note.into_iter().flat_map(|(key, value)| match value {
        Value::Map(fields) if key == "fields" => {
            let field = |(id, value): (&String, &Value)| {
                shown(&titled(desk, &change.kind, id), in_words(desk, id, value))
            };
            fields.iter().map(field).collect()
        }
        value => vec![noted(desk, key, value)],
    });
    set.chain(note).collect()
}

/// What an attribute or a field is called: by its type, by the processes of such cases, or as one of a paper and its number.
fn titled(desk: &Desk, kind: &Name, id: &str) -> String {
    if let Some(attribute) = show::attribute(desk, kind, id) {
        return desk.text(&attribute.title).to_owned();
    }
    let processes = desk.loaded().definitions.processes.values().map(|(_, process)| process);
    let own = processes.filter(|process| process.case == *kind);
    let mut fields = own.flat_map(|process| &process.action).flat_map(|action| &action.fields);
    match fields.find(|field| field.id == *id) {
        Some(field) => desk.text(&field.title).to_owned(),
        None => of_paper(desk, kind, id).unwrap_or(id).to_owned(),
    }
}

/// What the parts of a paper and of its series of numbers are called.
fn of_paper<'a>(desk: &'a Desk, kind: &Name, id: &str) -> Option<&'a str> {
    let (words, texts) = (desk.words(), &desk.words().paper);
    let title = match (kind.as_str(), id) {
        ("Document", "to") => &texts.addressee,
        ("Document", "basis") => &words.deadline.basis,
        ("Document", "body") => &texts.body,
        ("Document", "case") => &texts.case,
        ("Document", "chain") => &words.document.chain,
        ("Document", "document") => &texts.document,
        ("Document", "issuedAt") => &texts.issued,
        ("Document", "office") => &texts.issuer,
        ("Document", "number") => &words.document.number,
        ("Document", "place") => &texts.place,
        ("Document", "series") => &texts.series,
        ("Document", "served") => &texts.served,
        ("Document", "signed") => &texts.signed,
        ("Document", "title") => &texts.title,
        ("NumberSeries", "last") => &texts.last,
        ("NumberSeries", "word") => &texts.word,
        ("NumberSeries", "year") => &texts.year,
        _ => return None,
    };
    Some(title)
}

/// A line of what was said with an act, under the words that the case's page has for it.
fn noted(desk: &Desk, key: &str, value: &Value) -> Recorded {
    let texts = &desk.words().show;
    let title = match key {
        "from" => &texts.from_stage,
        "to" => &texts.to_stage,
        "opinion" => &desk.words().case.opinion,
        "reason" => &texts.reason,
        "measurement" => &texts.measurement,
        "evidence" => &texts.exceeded,
        "told" => &texts.told,
        "hour" => &desk.words().case.interval,
        other => other,
    };
    let stage = key == "from" || key == "to";
    shown(title, in_words(desk, if stage { "stage" } else { key }, value))
}

/// A value, with what the processes call it where it is a stage or a reason.
fn in_words(desk: &Desk, key: &str, value: &Value) -> String {
    if let Value::List(list) = value
        && key == "stage"
    {
        let stages: Vec<String> = list.iter().map(|stage| in_words(desk, key, stage)).collect();
        return stages.join(&desk.words().show.and);
    }
    let plain = show::value(desk, value);
    if key == "basis" {
        return desk.cite(&plain);
    }
    let mut processes = desk.loaded().definitions.processes.values().map(|(_, process)| process);
    let title = match key {
        "stage" => processes.flat_map(|process| &process.stage).find(|s| s.id == *plain).map(|s| &s.title),
        "reason" => processes.find_map(|process| {
            let mut reasons = process.action.iter().flat_map(|action| process.reasons(action));
            reasons.find(|(code, _)| **code == *plain).map(|(_, title)| title)
        }),
        _ => None,
    };
    title.map_or(plain, |title| desk.text(title).to_owned())
}
