//! How the city works, field by field, for everybody: packs in prose, as they are in force.

use super::Web;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use crate::paths;
use crate::prose::{Prose, sections};
use crate::views::{self, Link, PackRow};
use axum::extract::Path;
use axum::response::Response;
use pack::Pack;
use serde::Deserialize;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    part: Option<usize>,
}

/// `GET /packs`.
pub(super) async fn list(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let packs = desk.loaded().definitions.packs.values().map(|pack| row(desk, pack)).collect();
        desk.html(&views::Packs { page: desk.page(), packs })
    };
    web.0.answer(visit, make).await
}

/// `GET /packs/{pack}`: one part of its prose at a time.
pub(super) async fn show(web: Web, visit: Visit, id: Segment, asked: Asked<Query>) -> Response {
    let wanted = asked.ok().and_then(|query| query.0.part);
    let make = move |desk: &Desk| {
        let Path(id) = id.map_err(|_| Fault::NothingHere)?;
        let definitions = &desk.loaded().definitions;
        let pack = definitions.packs.get(id.as_str()).ok_or(Fault::NothingHere)?;
        let told = pack::explain(definitions, &id, desk.definition_lang()).ok_or(Fault::NothingHere)?;
        let (head, parts) = sections(&told);
        // What is done is what people come for: the second part, after the types.
        let first = usize::from(parts.len() > 1);
        let shown = wanted.filter(|part| *part < parts.len()).unwrap_or(first);
        let own = paths::pack(pack.id.as_str());
        let tabs = parts.iter().enumerate().map(|(at, (title, _))| {
            (Link { href: format!("{own}?part={at}"), text: (*title).to_owned() }, at == shown)
        });
        desk.html(&views::PackPage {
            page: desk.page(),
            row: row(desk, pack),
            head: Prose::new(head, desk.lang()),
            tabs: tabs.collect(),
            part: parts.get(shown).map(|(_, text)| Prose::new(text, desk.lang())),
        })
    };
    web.0.answer(visit, make).await
}

fn row(desk: &Desk, pack: &Pack) -> PackRow {
    let definitions = &desk.loaded().definitions;
    let own = |path: &str| {
        path.strip_prefix("packs/").and_then(|rest| rest.split('/').next()) == Some(pack.id.as_str())
    };
    let rules = definitions
        .sources
        .iter()
        .filter(|source| source.kind == pack::SourceKind::Rule && own(&source.path));
    PackRow {
        title: desk.text(&pack.title).to_owned(),
        href: paths::pack(pack.id.as_str()),
        articles: pack.articles.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
        processes: definitions.processes.values().filter(|(path, _)| own(path)).count(),
        rules: rules.count(),
    }
}
