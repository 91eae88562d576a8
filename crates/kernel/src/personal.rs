//! Personal values: read with a case and a reason, erased for good. Both are acts in the log.

use crate::{Actor, Kernel, Power, Refusal, name, system};
use model::{Change, Instant, Urn, Value, map};
use proof::CommandId;
use std::collections::BTreeMap;
use std::path::PathBuf;
use store::{Commit, Done};

/// What an erasure did.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// The command.
    pub done: Done,
    /// Copies of the vault that could not be reached: erase there by hand, or run the erasure again when they can be.
    pub unreached: Vec<PathBuf>,
}

impl Kernel {
    /// Reads a sealed value for a stated case and reason. The act is logged before the value is shown.
    pub fn reveal(
        &self,
        actor: &Actor,
        entity: &Urn,
        attribute: &str,
        case: &Urn,
        reason: &str,
    ) -> Result<Value, Refusal> {
        if reason.trim().is_empty() {
            return Err(Refusal::Field { field: "reason", what: crate::act::say_why() });
        }
        let view = self.store.read()?;
        let held = view.entity(entity)?.ok_or_else(|| Refusal::NotFound(entity.to_string()))?;
        let Value::Sealed(sealed) = held.value(attribute) else {
            return Err(Refusal::NotFound(attribute.to_owned()));
        };
        let note = map([
            ("attribute", attribute.into()),
            ("of", entity.clone().into()),
            ("case", case.clone().into()),
            ("reason", reason.trim().into()),
        ]);
        let of =
            |found: &model::Entity| found.urn == *entity || found.value("about").as_ref() == Some(entity);
        if view.entity(case)?.filter(of).is_none() || !self.sees(&*view, actor, case)? {
            // Nobody looks without a case of theirs; that they tried is for the audit.
            self.looked(actor, "reveal-refused", &sealed.subject, note)?;
            return Err(Refusal::NotFound(case.to_string()));
        }
        if let Some(at) = self.vault.erased(&sealed.subject)? {
            return Err(Refusal::Erased(at));
        }
        let missing = || Refusal::Unusable("the key of this value is not in the vault".to_owned());
        let plain = self.vault.subject_key(&sealed.subject)?.ok_or_else(missing)?.open(sealed);
        self.looked(actor, "reveal", &sealed.subject, note)?;
        plain.map_err(|error| Refusal::Unusable(error.to_string()))
    }

    /// Somebody asked for the personal values of a case that is not theirs, and is told that there is none. If there is one, and it has any,
    /// that they tried is for the audit.
    pub fn looked_without_case(&self, actor: &Actor, case: &Urn, reason: &str) -> Result<(), Refusal> {
        let view = self.store.read()?;
        let Some(held) = view.entity(case)? else { return Ok(()) };
        if self.sees(&*view, actor, case)? {
            return Ok(());
        }
        let about = held.value("about").as_ref().map(|about| view.entity(about)).transpose()?.flatten();
        let sealed = [Some(&held), about.as_ref()].into_iter().flatten().find_map(|entity| {
            entity.attributes.iter().find_map(|(id, held)| match &held.attribute.value {
                Value::Sealed(sealed) => Some((entity.urn.clone(), id.clone(), sealed.subject.clone())),
                _ => None,
            })
        });
        let Some((of, attribute, subject)) = sealed else { return Ok(()) };
        let note = map([
            ("attribute", attribute.as_str().into()),
            ("of", of.into()),
            ("case", case.clone().into()),
            ("reason", reason.trim().into()),
        ]);
        self.looked(actor, "reveal-refused", &subject, note)
    }

    /// Says in the log that somebody looked at what is known of a subject, or tried to.
    fn looked(&self, actor: &Actor, act: &str, subject: &Urn, note: Value) -> Result<(), Refusal> {
        let command = CommandId(self.chance.id());
        let mut commit = Commit::new(command, actor.urn.clone(), name(act)?, "a case, with a reason");
        commit.changes.push(Change {
            entity: subject.clone(),
            kind: name("Person")?,
            verb: name(act)?,
            set: BTreeMap::new(),
            note,
            record: None,
        });
        crate::done(self.store.submit(commit)?)?;
        Ok(())
    }

    /// Forgets a subject: the log says so first, then the key is destroyed here and in every known copy.
    pub fn erase(&self, actor: &Actor, subject: &Urn, ground: &str) -> Result<Erasure, Refusal> {
        self.allowed(actor, Power::Erase)?;
        self.erase_as(&actor.urn, subject, ground)
    }

    /// The same by whoever has the machine: the command line.
    pub fn erase_as_operator(&self, subject: &Urn, ground: &str) -> Result<Erasure, Refusal> {
        self.erase_as(&system()?, subject, ground)
    }

    fn erase_as(&self, actor: &Urn, subject: &Urn, ground: &str) -> Result<Erasure, Refusal> {
        let known = self.vault.subject_key(subject)?.is_some() || self.vault.erased(subject)?.is_some();
        let (held, measured) = {
            let view = self.store.read()?;
            let numbers = view.series(subject)?.into_iter().map(|series| series.number).collect::<Vec<_>>();
            (view.entity(subject)?, numbers)
        };
        if !known && measured.is_empty() {
            return Err(Refusal::NotFound(subject.to_string()));
        }
        if ground.trim().is_empty() {
            return Err(Refusal::Field { field: "ground", what: crate::act::say_why() });
        }
        let command = self.command_id(&["erase", subject.as_str()]);
        let mut commit = Commit::new(command, actor.clone(), name("erase")?, "erasure");
        commit.changes.push(Change {
            entity: subject.clone(),
            kind: held.map_or_else(|| name("Person"), |held| Ok(held.kind))?,
            verb: name("erase")?,
            set: BTreeMap::new(),
            note: map([("ground", ground.into())]),
            record: None,
        });
        let done = crate::done(self.store.submit(commit)?)?;
        // A crash between the two is mended by asking again: the command is known, the key is destroyed then.
        let unreached = self.vault.erase(subject, done.committed)?;
        if !measured.is_empty() {
            self.forget(&measured, Instant::from_micros(i64::MAX))?;
            self.drop_contents(0, done.sequence)?;
        }
        Ok(Erasure { done, unreached })
    }
}
