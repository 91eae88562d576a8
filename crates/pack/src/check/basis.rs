//! Laws and clauses on which things rest: are they in the register, and in force on the day?

use super::mention::{dangling, required};
use crate::load::World;
use crate::read::law::Law;
use crate::sheet::{Sheet, What};
use crate::tree::{Mention, Refer};
use jiff::civil::Date;
use model::Name;

pub(super) fn check(sheets: &[Sheet<'_>], world: &World, day: Option<Date>) {
    for sheet in sheets {
        let mentions = sheet.reading.mentions();
        for mention in mentions.iter().filter(|mention| mention.refer == Refer::Basis) {
            one(sheets, world, sheet, mention, day);
        }
    }
}

fn one(sheets: &[Sheet<'_>], world: &World, sheet: &Sheet<'_>, mention: &Mention, day: Option<Date>) {
    let basis = mention.name.as_str();
    let Some((law, clause)) = world.laws.law(basis) else {
        if world.unread.iter().any(|(what, _)| *what == What::Laws) {
            return;
        }
        let known = world.laws.0.keys().map(Name::as_str);
        let what = format!("the law register has no `{basis}`");
        let id = basis.split(':').next().unwrap_or(basis);
        let mention = Mention { name: id.to_owned(), ..mention.clone() };
        let or = "add a [[law]] to packs/<pack>/laws/, or name another";
        return dangling(sheet, &mention, what, known, or);
    };
    if let Some(at) = world.law_sheets.get(&law.id) {
        required(sheets, world, sheet, mention, *at, "law");
    }
    if let Some(id) = clause
        && !law.clauses.iter().any(|clause| clause.id == *id)
    {
        let known: Vec<&str> = law.clauses.iter().map(|clause| clause.id.as_str()).collect();
        let remedy = match known.is_empty() {
            true => format!("add a [[law.clause]] to {}, or write basis = \"{}\"", law.id, law.id),
            false => format!("its clauses in the register are {}", known.join(", ")),
        };
        sheet.reading.complain(&mention.span, format!("{} has no clause {id}", law.title.en), remedy);
    } else if let Some(day) = day {
        in_force(sheet, mention, law, clause, day);
    }
}

fn in_force(sheet: &Sheet<'_>, mention: &Mention, law: &Law, clause: Option<&str>, day: Date) {
    let (what, from, to) = match clause.and_then(|id| law.clauses.iter().find(|clause| clause.id == *id)) {
        _ if !law.in_force(day) => (law.title.en.clone(), law.from, law.to),
        Some(first) if law.clause(first.id.as_str(), day).is_none() => {
            (format!("{}, art. {}", law.title.en, first.id), first.from.unwrap_or(law.from), first.to)
        }
        _ => return,
    };
    let until = to.map_or_else(String::new, |to| format!(" to {to}"));
    let what = format!("{what} is not in force on {day}: it is from {from}{until}");
    sheet.reading.complain(&mention.span, what, "name the law or clause that is in force on that day");
}
