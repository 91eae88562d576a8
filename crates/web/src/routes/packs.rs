//! How the city works, field by field, for everybody: packs in prose, as they are in force.

use super::Web;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use crate::paths;
use crate::prose::{Prose, sections};
use crate::texts::Lang;
use crate::views::{self, Link, PackRow};
use axum::extract::Path;
use axum::response::Response;
use kernel::Loaded;
use model::Name;
use pack::Pack;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Default, Deserialize)]
pub(super) struct Query {
    part: Option<usize>,
}

/// A pack's prose, made ready for pages.
pub(super) struct Told {
    head: Prose,
    parts: Vec<(String, Prose)>,
}

impl Told {
    fn of(desk: &Desk, pack: &Pack) -> Option<Self> {
        let told = pack::explain(&desk.loaded().definitions, pack.id.as_str(), desk.definition_lang())?;
        let (head, parts) = sections(&told);
        let prose = |text| Prose::new(text, desk.lang());
        let parts = parts.into_iter().map(|(title, text)| (title.to_owned(), prose(text))).collect();
        Some(Self { head: prose(head), parts })
    }
}

/// What was told of packs so far, under the definitions in force: making it anew takes longer than all else of a page.
#[derive(Default)]
pub(super) struct Tellings(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// Under which definitions.
    of: Option<Arc<Loaded>>,
    told: HashMap<(Name, Lang), Arc<Told>>,
}

impl Tellings {
    /// What is told of a pack in a language; made if it has not been told yet.
    pub fn of(
        &self,
        loaded: &Arc<Loaded>,
        key: (Name, Lang),
        make: impl FnOnce() -> Option<Told>,
    ) -> Option<Arc<Told>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !held.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, loaded)) {
            *held = Kept { of: Some(Arc::clone(loaded)), told: HashMap::new() };
        }
        if let Some(told) = held.told.get(&key) {
            return Some(Arc::clone(told));
        }
        drop(held);
        let told = Arc::new(make()?);
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, loaded)) {
            held.told.insert(key, Arc::clone(&told));
        }
        Some(told)
    }
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
        let told = desk.told(pack, || Told::of(desk, pack)).ok_or(Fault::NothingHere)?;
        let parts = &told.parts;
        // What is done is what people come for: the second part, after the types.
        let first = usize::from(parts.len() > 1);
        let shown = wanted.filter(|part| *part < parts.len()).unwrap_or(first);
        let own = paths::pack(pack.id.as_str());
        let tabs = parts.iter().enumerate().map(|(at, (title, _))| {
            (Link { href: format!("{own}?part={at}"), text: title.clone() }, at == shown)
        });
        desk.html(&views::PackPage {
            page: desk.page(),
            row: row(desk, pack),
            head: told.head.clone(),
            tabs: tabs.collect(),
            part: parts.get(shown).map(|(_, text)| text.clone()),
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
