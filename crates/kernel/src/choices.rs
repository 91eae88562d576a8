//! What a form can name: the things that somebody may see of a type, the people who hold a role.

use crate::{Actor, InboxTab, Kernel, PAGE_ROWS, Refusal, context::ContextQuery, name};
use model::{Entity, Filter, Name};
use process::Field;
use std::ops::ControlFlow;

/// Things offered at once. Where there are more, the name is typed.
pub const CHOICES_MAX: u32 = 200;

impl Kernel {
    /// What a reference can name, as far as somebody sees it: people of the roles that the field says, things of the type to
    /// which the case's own attribute points. Nothing where neither is said, or where there is too much.
    pub fn choices(
        &self,
        actor: Option<&Actor>,
        case: &Name,
        field: &Field,
    ) -> Result<Option<Vec<Entity>>, Refusal> {
        if let (Some(_), [_, ..]) = (actor, &field.role[..]) {
            return self.holders(&field.role);
        }
        let loaded = self.loaded();
        let own = loaded.definitions.types.get(case).and_then(|own| own.attribute(&field.id));
        own.and_then(|own| own.to.as_ref()).map_or(Ok(None), |kind| self.choices_of(actor, kind))
    }

    /// Things of a type that somebody sees, of cases the open ones; nothing where there is too much.
    pub fn choices_of(&self, actor: Option<&Actor>, kind: &Name) -> Result<Option<Vec<Entity>>, Refusal> {
        let loaded = self.loaded();
        let is_case = loaded.definitions.processes.values().any(|(_, process)| process.case == *kind);
        if let (Some(actor), true) = (actor, is_case) {
            return self.open_of(actor, kind);
        }
        let query = ContextQuery { limit: CHOICES_MAX, ..ContextQuery::of(kind.clone()) };
        let found = self.context(actor, &query)?;
        Ok((!found.more).then_some(found.entities))
    }

    /// Open cases of a type, by time left.
    fn open_of(&self, actor: &Actor, kind: &Name) -> Result<Option<Vec<Entity>>, Refusal> {
        let mut found = Vec::new();
        for page in 0..=CHOICES_MAX / PAGE_ROWS {
            let rows = self.cases_within(actor, Some(InboxTab::Open), Filter::Kind(kind.clone()), page)?.rows;
            let is_last = rows.len() < PAGE_ROWS as usize;
            found.extend(rows.into_iter().map(|row| row.case.entity));
            if is_last {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Everybody who holds one of some roles today.
    fn holders(&self, roles: &[Name]) -> Result<Option<Vec<Entity>>, Refusal> {
        let (view, kind) = (self.store.read()?, name("Person")?);
        let date = self.date(self.now());
        let mut found = Vec::new();
        self.each_person(&*view, &kind, |entity| {
            let person = Actor::of(&entity);
            if roles.iter().any(|role| person.holds(role.as_str(), &date)) {
                found.push(entity);
            }
            // Where there are more than a list holds, none is made.
            if found.len() > CHOICES_MAX as usize {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        Ok((found.len() <= CHOICES_MAX as usize).then_some(found))
    }
}
