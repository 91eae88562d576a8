//! What a city sets otherwise: is it lawful, and does the definition still hold together with it?
//!
//! A changed process is asked everything that a pack's own is asked. What is wrong with it and not with the pack's is the
//! fault of a setting, and is told where that stands.

use super::clock::{self, Tell};
use super::{process as processes, promise, role};
use crate::load::World;
use crate::read::law::LawKind;
use crate::settings::alone;
use crate::sheet::{Sheet, What};
use crate::{Setting, SourceKind};
use jiff::civil::Date;
use model::Lang;
use process::Definition;
use std::cell::RefCell;

pub(super) fn check(sheets: &[Sheet<'_>], world: &World, day: Option<Date>) {
    let Some(sheet) = sheets.iter().find(|sheet| sheet.what == What::Settings) else { return };
    rests(sheet, world);
    limits(sheet, world);
    for (id, set) in &world.set_processes {
        let Some((at, own)) = world.processes.get(id) else { continue };
        if sheets[*at].reading.has_holes() {
            continue;
        }
        // What is wrong with the pack's own has been told.
        let known = found(world, day, own);
        for wrong in found(world, day, set).into_iter().filter(|wrong| !known.contains(wrong)) {
            let n = blamed(world, day, own, &wrong);
            let (_, what, remedy) = wrong;
            sheet.complain(&format!("setting.#{n}.to"), what, remedy);
        }
    }
}

/// Place, what, remedy.
type Wrong = (String, String, String);

/// The setting that makes a process wrong: the first that does so alone, else the first of all.
fn blamed(world: &World, day: Option<Date>, own: &Definition, wrong: &Wrong) -> usize {
    let of = world
        .settings
        .iter()
        .filter(|(_, setting)| setting.kind == SourceKind::Process && setting.id == own.id);
    let alone = |setting: &Setting| found(world, day, &alone(own, setting)).contains(wrong);
    let first = of.clone().map(|(n, _)| *n).next().unwrap_or(1);
    of.into_iter().find(|(_, setting)| alone(setting)).map_or(first, |(n, _)| *n)
}

/// Everything that is wrong with a process: place, what, remedy.
fn found(world: &World, day: Option<Date>, process: &Definition) -> Vec<Wrong> {
    let found = RefCell::new(Vec::new());
    let tell: Tell<'_> = &|place, what, remedy| found.borrow_mut().push((place.to_owned(), what, remedy));
    clock::one(world, day, process, tell);
    promise::check(process, tell);
    role::one(world, process, tell);
    for fault in processes::faults(world, process) {
        tell(&fault.place, fault.what, fault.remedy);
    }
    found.into_inner()
}

/// A city changes what a pack says by its own rule; a law that is not the city's says the same to every city.
fn rests(sheet: &Sheet<'_>, world: &World) {
    for (n, setting) in &world.settings {
        let Some((law, _)) = world.laws.law(&setting.basis) else { continue };
        let standard = setting.kind == SourceKind::Limit && law.kind == LawKind::Standard;
        if !(matches!(law.kind, LawKind::Local | LawKind::Setting) || standard) {
            let what = format!("{} is no rule of the city's own", law.title.get(Lang::En));
            let remedy = "name a law of kind \"local\" (in cities/<city>/laws.toml), or a \"setting\" until there is one";
            sheet.complain(&format!("setting.#{n}.basis"), what, remedy);
        }
    }
}

/// A city may be stricter than a standard, not laxer.
fn limits(sheet: &Sheet<'_>, world: &World) {
    for (n, setting) in world.settings.iter().filter(|(_, setting)| setting.path.ends_with(".value")) {
        let (Some(was), Some(to)) = (setting.was.as_number(), setting.to.as_number()) else { continue };
        let row = setting.path.rsplit('.').nth(1).and_then(|row| row.parse::<usize>().ok()?.checked_sub(1));
        let table = world.limits.get(&setting.id).map(|(_, table)| table);
        let Some(row) = table.zip(row).and_then(|(table, row)| table.rows.get(row)) else { continue };
        let law = world.laws.law(&row.limit.source).map(|(law, _)| law);
        if to > was && law.is_some_and(|law| law.kind != LawKind::Setting) {
            let cited = world.laws.cite(&row.limit.source, Lang::En);
            let what = format!("{to} is more than {cited} sets: {was}");
            sheet.complain(&format!("setting.#{n}.to"), what, format!("write at most {was}"));
        }
    }
}
