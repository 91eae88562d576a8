//! Registers: what is known of things that are no cases, as far as the reader's eyes reach; as it is, or as it was on a day.

use super::about::{kind_title, reference};
use super::desk::Desk;
use super::error::{Fault, see};
use super::extract::{Asked, Segment, Visit};
use super::{Web, Work, edit, show, trail};
use crate::paths;
use crate::views::{EntityFact, EntityPage, Head, Limit, Link, Paging, Register, Registers};
use axum::extract::Path;
use axum::response::Response;
use kernel::{ContextFound, ContextQuery};
use model::{Entity, Name, Urn, Value};
use pack::{TypeDefinition, ValueKind};
use serde::Deserialize;

/// Rows on a page, and in a table for programs.
const PAGE_ROWS: u32 = 50;
const FILE_ROWS: u32 = 10_000;
/// Columns beside the name.
const COLUMNS: usize = 5;
/// Characters that are looked for.
const WORDS_MAX: usize = 100;
/// The ending of an address that asks for a table.
const CSV: &str = ".csv";
/// The attribute that says in which division a thing is.
pub(super) const DIVISION: &str = "division";
/// Attributes that say what a thing is called, the first that there is.
const CALLED: [&str; 4] = ["title", "name", "code", "number"];

#[derive(Default, Deserialize)]
pub(super) struct Query {
    words: Option<String>,
    sort: Option<String>,
    page: Option<String>,
    at: Option<String>,
    /// The entry that led to this one, since both are one thing.
    was: Option<String>,
}

/// `GET /registers`.
pub(super) async fn list(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let counted = desk.kernel().context_types(desk.actor.as_ref())?;
        let of = |kind: &TypeDefinition| {
            let link =
                Link { href: paths::register(kind.id.as_str()), text: desk.text(&kind.title).to_owned() };
            Some((link, *counted.get(&kind.id)?))
        };
        let rows = registered(desk).filter_map(of).collect();
        desk.html(&Registers { page: desk.page(), rows })
    };
    web.0.answer(visit, make).await
}

/// Types that are no cases of a process.
pub(super) fn registered(desk: &Desk) -> impl Iterator<Item = &TypeDefinition> {
    let definitions = &desk.loaded().definitions;
    let is_case =
        |kind: &&TypeDefinition| definitions.processes.values().any(|(_, process)| process.case == kind.id);
    definitions.types.values().filter(move |kind| !is_case(kind))
}

/// `GET /registers/{file}`: one register, or with `.csv` its table.
pub(super) async fn show(web: Web, visit: Visit, file: Segment, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    let make = move |desk: &Desk| {
        let Path(file) = file.map_err(|_| Fault::NothingHere)?;
        let (id, as_file) = file.strip_suffix(CSV).map_or((file.as_str(), false), |id| (id, true));
        let kind = registered(desk).find(|kind| kind.id == *id).ok_or(Fault::NothingHere)?;
        let words: String = query.words.unwrap_or_default().trim().chars().take(WORDS_MAX).collect();
        let sort = Sort::of(kind, query.sort.as_deref());
        if as_file {
            return table(desk, kind, &words, sort.as_ref());
        }
        let page = query.page.and_then(|page| page.parse().ok()).unwrap_or(1).max(1);
        desk.html(&register(desk, kind, (words, sort), page)?)
    };
    web.0.answer_as(Work::Download, visit, make).await
}

/// By which attribute, and whether the greatest comes first.
#[derive(Clone, PartialEq)]
struct Sort {
    by: Name,
    down: bool,
}

impl Sort {
    /// From `mn` or `-mn`; nothing if the type has no such attribute.
    fn of(kind: &TypeDefinition, text: Option<&str>) -> Option<Self> {
        let text = text?;
        let (id, down) = text.strip_prefix('-').map_or((text, false), |id| (id, true));
        let by = kind.attribute.iter().find(|declared| declared.id == *id && !declared.series)?;
        Some(Self { by: by.id.clone(), down })
    }

    fn text(&self) -> String {
        format!("{}{}", if self.down { "-" } else { "" }, self.by)
    }
}

/// Things of a type that have the words somewhere, and how many there are.
fn found(
    desk: &Desk,
    kind: &TypeDefinition,
    (words, sort): (&str, Option<&Sort>),
    skip: u64,
    limit: u32,
) -> Result<ContextFound, Fault> {
    let wanted = words.to_lowercase();
    let has = |value: &Value| value.as_text().is_some_and(|text| text.to_lowercase().contains(&wanted));
    let keep = |entity: &Entity| {
        let plain = |held: &model::Held| has(&held.attribute.value);
        entity.urn.as_str().to_lowercase().contains(&wanted)
            || entity.attributes.values().any(plain)
            || desk.text(&kernel::title(entity)).to_lowercase().contains(&wanted)
    };
    let query = ContextQuery {
        kinds: vec![kind.id.clone()],
        ids: Vec::new(),
        filter: None,
        asked: Vec::new(),
        keep: if wanted.is_empty() { None } else { Some(&keep) },
        order: sort.map(|sort| (vec![sort.by.clone()], sort.down)),
        skip,
        limit,
        count: true,
    };
    Ok(desk.kernel().context(desk.actor.as_ref(), &query)?)
}

fn register(
    desk: &Desk,
    kind: &TypeDefinition,
    (words, sort): (String, Option<Sort>),
    page: u64,
) -> Result<Register, Fault> {
    let skip = (page - 1).saturating_mul(u64::from(PAGE_ROWS));
    let found = found(desk, kind, (&words, sort.as_ref()), skip, PAGE_ROWS)?;
    let columns = columns(kind, &found.entities);
    let rows = found.entities.iter().map(|entity| {
        let cells = columns.iter().map(|id| worth(desk, kind, entity, id).unwrap_or_else(|| "—".to_owned()));
        (Link { href: paths::entity(entity.urn.as_str()), text: called(desk, entity) }, cells.collect())
    });
    let (total, own) = (found.count.unwrap_or(0), paths::register(kind.id.as_str()));
    let sorted =
        |sort: &Sort| format!("words={}&sort={}", paths::encode(&words), paths::encode(&sort.text()));
    let asked = sort.as_ref().map_or_else(|| format!("words={}", paths::encode(&words)), sorted);
    let href = |page: u64| format!("{own}?{asked}&page={page}");
    // A column is sorted from its least value; asked for again, from its greatest.
    let head = |id: &Name| {
        let now = sort.as_ref().filter(|sort| sort.by == *id).map(|sort| sort.down);
        let next = Sort { by: id.clone(), down: now == Some(false) };
        Head {
            title: show::attribute_title(desk, &kind.id, id.as_str()),
            href: format!("{own}?{}", sorted(&next)),
            down: now,
        }
    };
    Ok(Register {
        page: desk.page(),
        title: desk.text(&kind.title).to_owned(),
        heads: columns.iter().map(head).collect(),
        rows: rows.collect(),
        csv: format!("{own}{CSV}?{asked}"),
        paging: Paging {
            total,
            page,
            pages: total.div_ceil(u64::from(PAGE_ROWS)).max(1),
            previous_href: (page > 1).then(|| href(page - 1)),
            next_href: found.more.then(|| href(page + 1)),
        },
        sort: sort.as_ref().map(Sort::text).unwrap_or_default(),
        words,
        href: own,
    })
}

/// The first attributes that anything here has, beside what it is called.
fn columns(kind: &TypeDefinition, entities: &[Entity]) -> Vec<Name> {
    let held = |id: &Name| entities.iter().any(|entity| entity.attributes.contains_key(id));
    let plain =
        kind.attribute.iter().filter(|declared| !declared.series && *declared.id.as_str() != *CALLED[0]);
    plain.map(|declared| declared.id.clone()).filter(held).take(COLUMNS).collect()
}

fn table(desk: &Desk, kind: &TypeDefinition, words: &str, sort: Option<&Sort>) -> Result<Response, Fault> {
    let found = found(desk, kind, (words, sort), 0, FILE_ROWS)?;
    let columns: Vec<Name> = kind.attribute.iter().map(|declared| declared.id.clone()).collect();
    let heads = columns.iter().map(Name::as_str);
    let mut table = super::csv::Table::new(["id", "title"].into_iter().chain(heads));
    for entity in &found.entities {
        let cells: Vec<String> =
            columns.iter().map(|id| plain(desk, kind, entity, id).unwrap_or_default()).collect();
        let named = [entity.urn.to_string(), called(desk, entity)];
        table.line(named.iter().chain(&cells).map(String::as_str));
    }
    Ok(table.file(kind.id.as_str()))
}

/// What a thing is called: its title, else the first attribute that names it, else its own name.
pub(super) fn called(desk: &Desk, entity: &Entity) -> String {
    let named = CALLED.iter().map(|id| entity.value(id)).find(|value| **value != Value::Null);
    named.map_or_else(|| show::tail(entity.urn.as_str()).to_owned(), |value| show::value(desk, value))
}

/// A value in words, with its unit; nothing if there is none.
fn worth(desk: &Desk, kind: &TypeDefinition, entity: &Entity, id: &Name) -> Option<String> {
    let held = Some(entity.value(id.as_str())).filter(|held| **held != Value::Null)?;
    let words = match held {
        Value::Ref(urn) => reference(desk, urn),
        Value::Text(code) if *id.as_str() == *DIVISION => desk.division(code),
        Value::Text(code) => {
            let called = kind.attribute(id).and_then(|declared| declared.called(code));
            called.map_or_else(|| show::value(desk, held), |title| desk.text(title).to_owned())
        }
        Value::List(rows) if rows.iter().any(|row| row.get("value").is_some()) => {
            return Some(rows.iter().map(|row| dated(desk, kind, row, id)).collect::<Vec<_>>().join("; "));
        }
        Value::Map(_) => match held.get("coordinates").map(Value::as_list) {
            Some([longitude, latitude, ..]) => {
                format!("{}, {}", show::value(desk, longitude), show::value(desk, latitude))
            }
            _ => show::value(desk, held),
        },
        other => show::value(desk, other),
    };
    let unit = kind.attribute(id).and_then(|declared| declared.unit.as_deref());
    Some(unit.map_or_else(|| words.clone(), |unit| format!("{words} {unit}")))
}

/// A value with the days of its force and where it comes from, as limits are registered.
fn dated(desk: &Desk, kind: &TypeDefinition, row: &Value, id: &Name) -> String {
    let unit = kind.attribute(id).and_then(|declared| declared.unit.as_deref()).unwrap_or_default();
    let text = |key: &str| row.get(key).and_then(Value::as_text).map(str::to_owned);
    let value = row.get("value").map(|value| show::value(desk, value)).unwrap_or_default();
    let limit = Limit {
        value: format!("{value} {unit}").trim_end().to_owned(),
        source: text("source")
            .map(|text| show::half(&text, desk.definition_lang()).to_owned())
            .unwrap_or_default(),
        from: text("from"),
        to: text("to"),
    };
    let days = limit.in_force(desk.lang());
    let parts = [Some(limit.value), days, Some(limit.source).filter(|source| !source.is_empty())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The same for programs: a division or a choice by its code.
fn plain(desk: &Desk, kind: &TypeDefinition, entity: &Entity, id: &Name) -> Option<String> {
    let is_code = kind.attribute(id).is_some_and(|declared| declared.value == ValueKind::Code);
    let code = entity.value(id.as_str()).as_text().filter(|_| is_code || *id.as_str() == *DIVISION);
    code.map(str::to_owned).or_else(|| worth(desk, kind, entity, id))
}

/// `GET /entities/{urn}`: one thing, as it is or as it was at the end of a day.
pub(super) async fn entity(web: Web, visit: Visit, urn: Segment, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    let make = move |desk: &Desk| {
        let Path(urn) = urn.map_err(|_| Fault::NothingHere)?;
        let urn = Urn::new(urn).map_err(|_| Fault::NothingHere)?;
        // Who looks for an entry that was made one with another finds that one, if they may see it.
        let kept = desk.kernel().replaced_by(&urn)?;
        let seen = |kept: &Urn| desk.kernel().context_entity(desk.actor.as_ref(), kept).is_ok();
        if let Some(kept) = kept.filter(seen) {
            let was = paths::encode(urn.as_str());
            return Ok(see(&format!("{}?was={was}", paths::entity(kept.as_str()))));
        }
        desk.html(&thing(desk, &urn, query)?)
    };
    web.0.answer(visit, make).await
}

fn thing(desk: &Desk, urn: &Urn, query: Query) -> Result<EntityPage, Fault> {
    let at = query.at.filter(|at| !at.is_empty());
    let (kernel, actor) = (desk.kernel(), desk.actor.as_ref());
    let now = kernel.context_entity(actor, urn)?;
    let kind = registered(desk).find(|kind| kind.id == now.kind).ok_or(Fault::NothingHere)?;
    let steps = kernel.trail(urn)?;
    // A day that cannot be read is no day: then it is shown as it is.
    let at = at.filter(|at| super::csv::instant(desk.zone(), at).is_some() && at.len() == 10);
    let then = match &at {
        None => Some(now.clone()),
        Some(day) => {
            let last = steps.iter().filter(|step| desk.date(step.at) <= *day).map(|step| step.sequence).max();
            last.map(|last| kernel.context_entity_at(actor, urn, last)).transpose()?.flatten()
        }
    };
    let was = query.was.and_then(|was| Urn::new(was).ok());
    let was = was.filter(|was| kernel.replaced_by(was).is_ok_and(|kept| kept.as_ref() == Some(urn)));
    let fact = |entity: &Entity, id: &Name| {
        let held = entity.attributes.get(id)?;
        Some(EntityFact {
            title: show::attribute_title(desk, &kind.id, id.as_str()),
            value: worth(desk, kind, entity, id)?,
            since: desk.minute(held.committed),
            receipt: Some(Link { href: paths::receipt(held.sequence), text: held.sequence.to_string() }),
        })
    };
    let facts = then
        .iter()
        .flat_map(|entity| kind.attribute.iter().filter_map(|declared| fact(entity, &declared.id)));
    Ok(EntityPage {
        page: desk.page(),
        title: called(desk, &now),
        register: Link { href: paths::register(kind.id.as_str()), text: kind_title(desk, &kind.id) },
        urn: urn.to_string(),
        series: kind.is_fed().then(|| paths::source(urn.as_str())),
        today: desk.date(kernel.now()),
        facts: facts.collect(),
        entries: trail::entries(desk, &steps).collect(),
        edit: edit::may(desk, kind).then(|| paths::edit(urn.as_str())),
        at: at.unwrap_or_default(),
        was: was.map(|was| show::tail(was.as_str()).to_owned()),
    })
}
