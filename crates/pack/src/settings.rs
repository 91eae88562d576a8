//! What a city sets otherwise than its packs: budgets, roles of ladders, values of limits, words. Never structure.
//!
//! A setting names its place by a path through the definition, `process.exceedance.clock.supervise.budget`. The places
//! that may be set are those that the functions of this file go through, and no others. To let a city set something else:
//! go through it here, and say in `check/settings` what keeps it lawful.

use crate::load::{World, kebab};
use crate::read::settings::Written;
use crate::sheet::{Sheet, What};
use crate::tree::{Node, Refer, nearest};
use crate::{AttributeDefinition, SourceKind};
use model::{Name, Text, Value};
use process::{BUDGET_MAX, Climb, Definition};
use rule::{LimitTable, Rule};
use std::collections::BTreeSet;

/// The text of a city's file of settings with one whole number set otherwise: in place, if the file sets it already.
pub fn with_setting(text: &str, path: &str, to: u32, basis: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let key = |line: &str, key: &str| {
        line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let named = |line: &&str| key(line, "path") && line.split('"').nth(1) == Some(path);
    let Some(at) = lines.iter().position(named) else {
        let head = if text.trim().is_empty() { "format = 1\n" } else { text };
        return format!(
            "{}\n\n[[setting]]\npath = \"{path}\"\nto = {to}\nbasis = \"{basis}\"\n",
            head.trim_end()
        );
    };
    let begins = |line: &&str| line.trim_start().starts_with("[[");
    let first = lines.iter().take(at).rposition(begins).unwrap_or(0);
    let past = lines.iter().skip(at).position(begins).map_or(lines.len(), |n| at + n);
    let mut out = String::new();
    for (n, line) in lines.iter().enumerate() {
        let own = (first..past).contains(&n) && key(line, "to");
        out += &if own { format!("to = {to}") } else { (*line).to_owned() };
        out.push('\n');
    }
    out
}

/// Something that a city sets otherwise than a pack.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Where: `process.exceedance.clock.supervise.budget`.
    pub path: String,
    /// What kind of definition it is a part of.
    pub kind: SourceKind,
    /// Which.
    pub id: Name,
    /// What the pack says.
    pub was: Value,
    /// What the city says.
    pub to: Value,
    /// The city's rule.
    pub basis: String,
}

/// A place that may be set.
enum Slot<'a> {
    Budget(&'a mut u32),
    Role(&'a mut Name),
    Words(&'a mut Text),
    Limit(&'a mut f64),
}

/// Is shown every place that may be set, by the path behind kind and id.
type Shown<'s> = &'s mut dyn FnMut(&str, Slot<'_>);

impl Setting {
    /// As one line, the same however it was written: what a digest of the definition covers.
    pub fn canonical(&self) -> String {
        serde_json::json!([self.path, json(&self.to), self.basis]).to_string()
    }
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Int(whole) => (*whole).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Map(map) => map.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
        _ => serde_json::Value::Null,
    }
}

/// Puts every setting of the file into what the packs define. Processes are kept beside the pack's own, which are checked
/// for themselves.
pub(crate) fn apply(world: &mut World, sheets: &[Sheet<'_>], at: usize, written: &[Written]) {
    let sheet = &sheets[at];
    let mut seen = BTreeSet::new();
    // A second setting of one place has been complained of by the reader.
    for (n, written) in (1..).zip(written).filter(|(_, written)| seen.insert(&written.path)) {
        match one(world, sheets, written) {
            Ok(Some(setting)) => {
                if setting.kind == SourceKind::Process && matches!(setting.to, Value::Text(_)) {
                    let role = setting.to.as_text().unwrap_or_default();
                    sheet.reading.mention(Refer::Role, role, &sheet.locate(&format!("setting.#{n}.to")));
                }
                world.settings.push((n, setting));
            }
            // The definition could not be read: nothing can be said against what is set in it.
            Ok(None) => {}
            Err((key, what, remedy)) => sheet.complain(&format!("setting.#{n}.{key}"), what, remedy),
        }
    }
}

/// Key, what is wrong, remedy.
type Wrong = (&'static str, String, String);

fn one(world: &mut World, sheets: &[Sheet<'_>], written: &Written) -> Result<Option<Setting>, Wrong> {
    let mut parts = written.path.splitn(3, '.');
    let [kind, id, rest] = [(); 3].map(|()| parts.next().unwrap_or_default());
    let (source, what) = match kind {
        "pack" => (SourceKind::Pack, What::Pack),
        "type" => (SourceKind::Type, What::Type),
        "process" => (SourceKind::Process, What::Process),
        "rule" => (SourceKind::Rule, What::Rule),
        "table" => (SourceKind::Table, What::Table),
        "limit" => (SourceKind::Limit, What::Limit),
        _ => {
            let kinds = ["pack", "type", "process", "rule", "table", "limit"];
            let what = format!("`{kind}` is nothing in which a city sets something");
            let remedy = match nearest(kind, kinds) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("begin the path with one of {}", kinds.join(", ")),
            };
            return Err(("path", what, remedy));
        }
    };
    if world.is_unread(what, &kebab(id)) {
        return Ok(None);
    }
    let mut found = None;
    let mut known = Vec::new();
    let shown: Shown<'_> = &mut |place: &str, slot: Slot<'_>| {
        known.push(format!("{kind}.{id}.{place}"));
        if place == rest {
            found = Some(put(slot, &written.to));
        }
    };
    let Some(defined) = show(world, source, id, shown) else {
        let remedy = match nearest(id, ids(world, source)) {
            Some(meant) => format!("did you mean `{kind}.{meant}.{rest}`?"),
            None => "name something that a pack defines".to_owned(),
        };
        return Err(("path", format!("no pack defines the {kind} `{id}`"), remedy));
    };
    match found {
        Some(Ok(was)) => {
            let Ok(id) = Name::new(id) else { return Ok(None) };
            let Written { path, to, basis } = written.clone();
            Ok(Some(Setting { path, kind: source, id, was, to, basis }))
        }
        Some(Err((what, remedy))) => Err(("to", what, remedy)),
        None => Err(unknown(
            sheets.get(defined).and_then(|sheet| sheet.tree.as_ref()),
            &written.path,
            rest,
            &known,
        )),
    }
}

/// A path that leads to nothing, or to what a city does not set.
fn unknown(tree: Option<&Node>, path: &str, rest: &str, known: &[String]) -> Wrong {
    if tree.is_some_and(|tree| tree.reaches(rest)) {
        let remedy = "a city sets budgets, roles of ladders, values of limits and titles; for another structure it \
                      writes a process of its own";
        return ("path", format!("`{path}` is structure"), remedy.to_owned());
    }
    let remedy = match nearest(path, known.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "name it by ids, as process.<id>.clock.<id>.budget".to_owned(),
    };
    ("path", format!("`{path}` leads to nothing"), remedy)
}

/// A process with one setting alone.
pub(crate) fn alone(process: &Definition, setting: &Setting) -> Definition {
    let mut process = process.clone();
    let own = setting.path.splitn(3, '.').nth(2).unwrap_or_default();
    of_process(&mut process, &mut |place: &str, slot: Slot<'_>| {
        if place == own {
            // What cannot be put there has been complained of.
            let _ = put(slot, &setting.to);
        }
    });
    process
}

/// Puts a value where it belongs, and gives what stood there.
fn put(slot: Slot<'_>, to: &Value) -> Result<Value, (String, String)> {
    let wrong = |what: &str, remedy: &str| Err((what.to_owned(), remedy.to_owned()));
    match slot {
        Slot::Budget(budget) => {
            let whole = to.as_int().and_then(|whole| u32::try_from(whole).ok());
            let Some(new) = whole.filter(|whole| (1..=BUDGET_MAX).contains(whole)) else {
                return wrong("a budget is a whole number of the clock's units", "write to = 6");
            };
            Ok(i64::from(std::mem::replace(budget, new)).into())
        }
        Slot::Role(role) => match to.as_text().map(Name::new) {
            Some(Ok(new)) => Ok(std::mem::replace(role, new).as_str().into()),
            _ => wrong("a rung of a ladder leads to a role", "write to = \"section-chief\""),
        },
        Slot::Words(words) => {
            let side =
                |lang: &str| to.get(lang).and_then(Value::as_text).filter(|text| !text.trim().is_empty());
            let Some((zh, en)) = side("zh").zip(side("en")) else {
                let remedy = "write to = { zh = \"…\", en = \"…\" }";
                return wrong("every text is whole in both languages", remedy);
            };
            let was = std::mem::replace(words, Text::new(zh, en));
            Ok(model::map([("zh", was.zh.as_str().into()), ("en", was.en.as_str().into())]))
        }
        Slot::Limit(limit) => match to.as_number().filter(|number| number.is_finite()) {
            Some(new) => Ok(Value::number(std::mem::replace(limit, new))),
            None => wrong("a limit is a number in the table's unit", "write to = 35"),
        },
    }
}

fn ids(world: &World, kind: SourceKind) -> Vec<&str> {
    let ids: Vec<&Name> = match kind {
        SourceKind::Pack => world.packs.keys().collect(),
        SourceKind::Type => world.types.keys().collect(),
        SourceKind::Process => world.processes.keys().collect(),
        SourceKind::Rule => world.rules.keys().collect(),
        SourceKind::Table => world.tables.keys().collect(),
        _ => world.limits.keys().collect(),
    };
    ids.into_iter().map(Name::as_str).collect()
}

/// Goes through a definition; gives the sheet in which it stands, or nothing if there is none.
fn show(world: &mut World, kind: SourceKind, id: &str, shown: Shown<'_>) -> Option<usize> {
    match kind {
        SourceKind::Pack => {
            let (at, pack) = world.packs.get_mut(id)?;
            shown("title", Slot::Words(&mut pack.title));
            Some(*at)
        }
        SourceKind::Type => {
            let (at, kind) = world.types.get_mut(id)?;
            shown("title", Slot::Words(&mut kind.title));
            let attribute = |a: &mut AttributeDefinition| {
                shown(&format!("attribute.{}.title", a.id), Slot::Words(&mut a.title));
            };
            kind.attribute.iter_mut().for_each(attribute);
            Some(*at)
        }
        SourceKind::Process => {
            let (at, process) = world.processes.get(id)?;
            let set = world.set_processes.entry(process.id.clone()).or_insert_with(|| process.clone());
            of_process(set, shown);
            Some(*at)
        }
        SourceKind::Rule => {
            let (at, rule) = world.rules.get_mut(id)?;
            of_rule(rule, shown);
            Some(*at)
        }
        SourceKind::Table => {
            let (at, table) = world.tables.get_mut(id)?;
            shown("title", Slot::Words(&mut table.title));
            Some(*at)
        }
        _ => {
            let (at, table) = world.limits.get_mut(id)?;
            of_limit(table, shown);
            Some(*at)
        }
    }
}

fn of_process(process: &mut Definition, shown: Shown<'_>) {
    shown("title", Slot::Words(&mut process.title));
    for stage in &mut process.stage {
        shown(&format!("stage.{}.title", stage.id), Slot::Words(&mut stage.title));
    }
    for flag in &mut process.flag {
        shown(&format!("flag.{}.title", flag.id), Slot::Words(&mut flag.title));
    }
    for task in &mut process.task {
        shown(&format!("task.{}.title", task.id), Slot::Words(&mut task.title));
    }
    for clock in &mut process.clock {
        let place = format!("clock.{}", clock.rule.id);
        shown(&format!("{place}.title"), Slot::Words(&mut clock.rule.title));
        shown(&format!("{place}.budget"), Slot::Budget(&mut clock.rule.budget));
        for (n, row) in (1..).zip(&mut clock.budgets) {
            shown(&format!("{place}.budgets.{n}.budget"), Slot::Budget(&mut row.budget));
        }
        for rung in &mut clock.rule.ladder {
            let (verb, role) = match &mut rung.climb {
                Climb::Notify(role) => ("notify", role),
                Climb::Raise(role) => ("raise", role),
            };
            shown(&format!("{place}.ladder.{}.{verb}", rung.id), Slot::Role(role));
        }
        if let Some(owner) = &mut clock.owner {
            shown(&format!("{place}.owner"), Slot::Role(owner));
        }
    }
    for action in &mut process.action {
        let place = format!("action.{}", action.id);
        shown(&format!("{place}.title"), Slot::Words(&mut action.title));
        if let Some(because) = &mut action.because {
            shown(&format!("{place}.because"), Slot::Words(because));
        }
        for reason in &mut action.reasons {
            shown(&format!("{place}.reasons.{}.title", reason.code), Slot::Words(&mut reason.title));
        }
        for field in &mut action.fields {
            shown(&format!("{place}.fields.{}.title", field.id), Slot::Words(&mut field.title));
        }
    }
}

fn of_rule(rule: &mut Rule, shown: Shown<'_>) {
    shown("title", Slot::Words(&mut rule.title));
    for level in &mut rule.level {
        shown(&format!("level.{}.title", level.id), Slot::Words(&mut level.title));
    }
}

fn of_limit(table: &mut LimitTable, shown: Shown<'_>) {
    shown("title", Slot::Words(&mut table.title));
    for (n, row) in (1..).zip(&mut table.rows) {
        shown(&format!("limit.{n}.value"), Slot::Limit(&mut row.limit.value));
    }
}

/// Lets what was set rest on the city's rule, once the pack's own law has been asked whether it may.
pub(crate) fn rest(world: &mut World) {
    let settings: Vec<Setting> = world.settings.iter().map(|(_, setting)| setting.clone()).collect();
    for Setting { path, id, basis, .. } in settings {
        let steps: Vec<&str> = path.split('.').skip(2).collect();
        let clock =
            |process: &mut Definition, clock: &str| process.clock.iter().position(|is| is.rule.id == *clock);
        match &steps[..] {
            ["limit", n, "value"] => {
                let row = n.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
                let table = world.limits.get_mut(&id).map(|(_, table)| table);
                if let Some(row) = table.zip(row).and_then(|(table, row)| table.rows.get_mut(row)) {
                    row.limit.source = basis;
                }
            }
            ["clock", which, rest @ ..] => {
                let Some(process) = world.set_processes.get_mut(&id) else { continue };
                let Some(clock) = clock(process, which).and_then(|at| process.clock.get_mut(at)) else {
                    continue;
                };
                match rest {
                    ["budget"] => {
                        let was = std::mem::replace(&mut clock.rule.basis, basis);
                        let inherit = clock.budgets.iter_mut().filter(|row| row.basis.is_none());
                        inherit.for_each(|row| row.basis = Some(was.clone()));
                    }
                    ["budgets", n, "budget"] => {
                        let row =
                            n.parse::<usize>().ok().and_then(|n| clock.budgets.get_mut(n.checked_sub(1)?));
                        row.into_iter().for_each(|row| row.basis = Some(basis.clone()));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::with_setting;

    #[test]
    fn a_number_is_set_in_place_or_added() {
        let path = "process.a.clock.b.budget";
        let first = with_setting("", path, 7, "law:1");
        let told =
            "format = 1\n\n[[setting]]\npath = \"process.a.clock.b.budget\"\nto = 7\nbasis = \"law:1\"\n";
        assert_eq!(first, told);
        assert_eq!(with_setting(&first, path, 9, "law:2"), told.replace("to = 7", "to = 9"));
        let two = with_setting(&first, "process.c.clock.d.budget", 3, "law:1");
        assert!(two.starts_with(&first) && two.ends_with("to = 3\nbasis = \"law:1\"\n"), "{two}");
        let back = with_setting(&two, path, 8, "law:1");
        assert!(back.contains("to = 8") && back.contains("to = 3") && !back.contains("to = 7"), "{back}");
    }
}
