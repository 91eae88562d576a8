//! Names of types, processes, roles and packs that are defined in other files.

use crate::load::{Defined, World, kebab};
use crate::sheet::{Sheet, What};
use crate::tree::{Mention, Refer, nearest};
use model::Name;
use std::collections::BTreeSet;

pub(super) fn check(sheets: &[Sheet<'_>], world: &World) {
    let mut told = BTreeSet::new();
    let of_city = sheets.iter().filter(|sheet| matches!(sheet.what, What::Settings | What::Offices));
    for sheet in of_city {
        sheet.reading.mentions().iter().for_each(|mention| one(sheets, world, sheet, mention));
    }
    for sheet in sheets.iter().filter(|sheet| sheet.in_pack() && sheet.what != What::Other) {
        let known = world.packs.contains_key(sheet.folder) || world.is_unread(What::Pack, sheet.folder);
        if !known && told.insert(sheet.folder) {
            let what = format!("the pack {} has no pack.toml", sheet.folder);
            let remedy = format!(
                "write packs/{0}/pack.toml: format, id = \"{0}\", title, articles, requires",
                sheet.folder
            );
            sheet.complain("", what, remedy);
        }
        for mention in sheet.reading.mentions() {
            one(sheets, world, sheet, &mention);
        }
    }
}

fn one(sheets: &[Sheet<'_>], world: &World, sheet: &Sheet<'_>, mention: &Mention) {
    let name = mention.name.as_str();
    match mention.refer {
        Refer::Type => defined(sheets, world, sheet, mention, (&world.types, What::Type, "type")),
        Refer::Process => {
            defined(sheets, world, sheet, mention, (&world.processes, What::Process, "process"));
        }
        Refer::Document => {
            defined(sheets, world, sheet, mention, (&world.documents, What::Document, "document"));
        }
        Refer::Role => {
            let Some(city) = &world.city else { return };
            if world.is_unread(What::City, "city") {
                return;
            }
            if city.role(name).is_none() {
                let known = city.role.iter().map(|role| role.id.as_str());
                let what = format!("nobody in {} can hold the role `{name}`", city.id);
                let or = format!("add a [[role]] to cities/{}/city.toml", city.id);
                dangling(sheet, mention, what, known, &or);
            }
        }
        Refer::Pack if name == sheet.folder => {
            sheet.reading.complain(&mention.span, "a pack does not require itself", "take it out");
        }
        Refer::Pack | Refer::Served => {
            if !world.packs.contains_key(name) && !world.is_unread(What::Pack, name) {
                let known = world.packs.keys().map(Name::as_str);
                dangling(sheet, mention, format!("there is no pack `{name}`"), known, "add the pack");
            }
        }
        Refer::Table => {
            if let Some((at, _)) = world.tables.get(name) {
                required(sheets, world, sheet, mention, *at, "table");
            }
        }
        // Laws are looked up with their clauses: see `basis`.
        Refer::Basis => {}
    }
}

fn defined<T>(
    sheets: &[Sheet<'_>],
    world: &World,
    sheet: &Sheet<'_>,
    mention: &Mention,
    (all, what, noun): (&Defined<T>, What, &str),
) {
    let name = mention.name.as_str();
    match all.get(name) {
        Some((at, _)) => required(sheets, world, sheet, mention, *at, noun),
        None if world.is_unread(what, &kebab(name)) => {}
        None => {
            let what = format!("there is no {noun} `{name}`");
            dangling(
                sheet,
                mention,
                what,
                all.keys().map(Name::as_str),
                "write its file, or correct the name",
            );
        }
    }
}

/// A name of another pack may only be used by one that requires it.
pub(super) fn required(
    sheets: &[Sheet<'_>],
    world: &World,
    sheet: &Sheet<'_>,
    mention: &Mention,
    at: usize,
    noun: &str,
) {
    let owner = sheets[at].folder;
    let Some((_, pack)) = world.packs.get(sheet.folder) else { return };
    let required = owner == sheet.folder || pack.requires.iter().any(|required| *required == *owner);
    // Once for each file: it is one line of pack.toml that mends all of them.
    if !required && sheet.reading.is_first(owner) {
        let what =
            format!("the {noun} `{}` belongs to the pack {owner}, which is not required", mention.name);
        let remedy = format!("add \"{owner}\" to requires in packs/{}/pack.toml", sheet.folder);
        sheet.reading.complain(&mention.span, what, remedy);
    }
}

/// A name that names nothing, with the name that was meant or what to do else.
pub(super) fn dangling<'k>(
    sheet: &Sheet<'_>,
    mention: &Mention,
    what: String,
    known: impl IntoIterator<Item = &'k str>,
    or: &str,
) {
    let remedy = match nearest(&mention.name, known) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => or.to_owned(),
    };
    sheet.reading.complain(&mention.span, what, remedy);
}
