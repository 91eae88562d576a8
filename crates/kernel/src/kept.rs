//! Lists that people keep by name: their own convenience, told to nobody and in no log.

use crate::{Actor, Kernel, Refusal};

/// Lists that one person keeps.
const LISTS_MAX: usize = 12;
/// Characters of a name.
pub const KEPT_NAME_CHARS_MAX: usize = 24;
/// Characters of an address.
const ADDRESS_CHARS_MAX: usize = 300;

impl Kernel {
    /// What somebody keeps: names and addresses, by name.
    pub fn kept(&self, actor: &Actor) -> Result<Vec<(String, String)>, Refusal> {
        Ok(self.vault.kept(&actor.urn)?)
    }

    /// Keeps an address of this site under a name, in place of what had the name.
    pub fn keep(&self, actor: &Actor, name: &str, address: &str) -> Result<(), Refusal> {
        let name = name.trim();
        if !(1..=KEPT_NAME_CHARS_MAX).contains(&name.chars().count()) {
            let (zh, en) =
                ("请给清单起一个 24 字以内的名称", "give the list a name of at most 24 characters");
            return Err(Refusal::field("name", zh, en));
        }
        if address.chars().count() > ADDRESS_CHARS_MAX {
            let (zh, en) = ("清单的条件过长，无法保留", "the list asks for too much to be kept");
            return Err(Refusal::field("address", zh, en));
        }
        let kept = self.vault.kept(&actor.urn)?;
        if kept.len() >= LISTS_MAX && kept.iter().all(|(own, _)| own != name) {
            let (zh, en) =
                ("最多保留 12 个清单，请先删去一个", "at most 12 lists are kept: take one away first");
            return Err(Refusal::field("name", zh, en));
        }
        Ok(self.vault.keep(&actor.urn, name, address)?)
    }

    /// Keeps it no longer.
    pub fn keep_not(&self, actor: &Actor, name: &str) -> Result<(), Refusal> {
        Ok(self.vault.keep_not(&actor.urn, name)?)
    }
}
