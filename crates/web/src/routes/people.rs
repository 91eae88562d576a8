//! Who somebody is: the title under which others see an actor of the log.

use super::desk::Desk;
use super::show;
use model::{Item, Name, Text, Urn, Value};

/// A person as the register has it.
pub(super) struct Person {
    pub title: Text,
    /// Roles, ended ones included.
    pub roles: Vec<Name>,
}

/// What others call whoever acted: a person, a source's device, or the platform itself.
pub(super) fn title(desk: &Desk, actor: &Urn) -> String {
    let found = match actor.kind() {
        "System" => return desk.words().acts.platform.clone(),
        kind if desk.loaded().fed.iter().any(|fed| *fed == *kind) => {
            desk.kernel().source(actor).ok().map(|source| source.title)
        }
        _ => person(desk, actor).map(|person| person.title),
    };
    found.map_or_else(|| show::tail(actor.as_str()).to_owned(), |title| desk.text(&title).to_owned())
}

/// The newest title and roles that the log has for a person. The kernel tells them only to the person's own session, so
/// they are read from the entries that wrote them.
pub(super) fn person(desk: &Desk, urn: &Urn) -> Option<Person> {
    let history = desk.kernel().trail(urn).ok()?;
    history.iter().rev().find_map(|step| {
        let entry = desk.kernel().entry(step.sequence).ok()?;
        entry.decoded().ok()?.into_iter().find_map(|item| match item {
            Item::Change(change) if change.entity == *urn => {
                let title = &change.set.get("title")?.value;
                let part = |key| title.get(key).and_then(Value::as_text).map(str::to_owned);
                let title = Text { zh: part("zh")?, en: part("en")? };
                let roles = change.set.get("roles").map(|roles| named(&roles.value));
                Some(Person { title, roles: roles.unwrap_or_default() })
            }
            _ => None,
        })
    })
}

fn named(roles: &Value) -> Vec<Name> {
    let name = |grant: &Value| Name::new(grant.get("role")?.as_text()?).ok();
    roles.as_list().iter().filter_map(name).collect()
}
