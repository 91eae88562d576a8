//! People: who may sign in, and which roles they hold, where and until when.
//!
//! Three offices keep apart what no one person may do alone (GB/T 22239-2019, 8.1.5): one opens accounts, one grants
//! roles, one audits. Nobody grants to themselves, and nobody holds two of the three on one day. Every act is in the log;
//! passwords are in the vault alone.

use crate::{Actor, Grant, Handover, Kernel, Power, Refusal, accounts, name};
use model::{Attribute, Change, Entity, Name, Text, Urn, Value, map};
use pack::{APART, Definitions};
use proof::CommandId;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use store::{Commit, Done, Expect, Reading, StoreError};

/// People looked at in one page of the store.
const PAGE: u32 = 500;
/// People that are looked through for a list.
const LOOKED_MAX: usize = 50_000;
/// Roles that one person holds or has held.
const GRANTS_MAX: usize = 200;
/// Characters of a name.
const TITLE_CHARS_MAX: usize = 60;
/// Characters of a login.
const LOGIN_CHARS: std::ops::RangeInclusive<usize> = 3..=32;
/// Characters of a password that somebody chooses.
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 12..=128;

/// Somebody of the register.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Who, with all roles.
    pub actor: Actor,
    /// What is typed to sign in; nothing if the account is closed.
    pub login: Option<String>,
    /// The entry that changed it last.
    pub version: u64,
}

impl Kernel {
    /// Everybody of the register, for those who keep accounts or roles or audit them, in the order of their names.
    pub fn people(&self, actor: &Actor) -> Result<Vec<Person>, Refusal> {
        self.keeps_people(actor)?;
        let (view, kind) = (self.store.read()?, name("Person")?);
        let logins = self.logins()?;
        let mut found = Vec::new();
        self.each_person(&*view, &kind, |entity| {
            found.push(Person {
                actor: Actor::of(&entity),
                login: logins.get(&entity.urn).cloned(),
                version: entity.version,
            });
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// Everybody of the register, in the order of their names, as far as a list goes or somebody wants it.
    pub(crate) fn each_person(
        &self,
        view: &dyn Reading,
        kind: &Name,
        mut then: impl FnMut(Entity) -> ControlFlow<()>,
    ) -> Result<(), Refusal> {
        let (mut looked, mut after) = (0, None::<Urn>);
        while looked < LOOKED_MAX {
            let page = view.entities(kind, after.as_ref(), PAGE)?;
            let Some(last) = page.last() else { break };
            (looked, after) = (looked + page.len(), Some(last.urn.clone()));
            if page.into_iter().filter(is_registered).try_for_each(&mut then).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// One of them.
    pub fn person(&self, actor: &Actor, urn: &Urn) -> Result<Person, Refusal> {
        if *urn != actor.urn {
            self.keeps_people(actor)?;
        }
        let entity = registered(&*self.store.read()?, urn)?;
        let login = self.vault.accounts_of(urn)?.into_iter().next();
        Ok(Person { actor: Actor::of(&entity), login, version: entity.version })
    }

    /// Whether somebody may look at the register of people.
    pub fn keeps_people(&self, actor: &Actor) -> Result<(), Refusal> {
        if APART.iter().any(|power| self.has(actor, *power)) {
            return Ok(());
        }
        self.allowed(actor, Power::Accounts)
    }

    /// Opens an account for somebody new. The password is shown once, to be handed over.
    pub fn open_account(
        &self,
        actor: &Actor,
        command: CommandId,
        login: &str,
        title: &Text,
    ) -> Result<(Done, Handover), Refusal> {
        self.allowed(actor, Power::Accounts)?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !LOGIN_CHARS.contains(&login.len()) || !login.chars().all(plain) || login.starts_with('-') {
            let (zh, en) = (
                "账号应为 3 至 32 个小写字母、数字或连字符，不以连字符开头",
                "an account is 3 to 32 lower-case letters, digits or hyphens, and begins with no hyphen",
            );
            return Err(Refusal::field("login", zh, en));
        }
        for (field, words) in [("title", &title.zh), ("titleEn", &title.en)] {
            if words.trim().is_empty() || words.chars().count() > TITLE_CHARS_MAX {
                let (zh, en) = ("名称应为 1 至 60 个字", "a name has 1 to 60 characters");
                return Err(Refusal::field(field, zh, en));
            }
        }
        let urn = Urn::of(&name("Person")?, login).map_err(crate::invalid)?;
        let words = map([("zh", title.zh.trim().into()), ("en", title.en.trim().into())]);
        let set = BTreeMap::from([
            (name("title")?, Attribute::plain(words)),
            (name("roles")?, Attribute::plain(Value::List(Vec::new()))),
        ]);
        let change = change(&urn, "create", set, Value::Null)?;
        let taken = || Refusal::field("login", "这个账号已有人使用", "somebody has this account already");
        let done = self
            .written(actor, (command, "open-account", Power::Accounts), change, None)?
            .ok_or_else(taken)?;
        Ok((done, self.handed_over(login, &urn)?))
    }

    /// Gives somebody a new password, shown once; a closed account is open again. Their sessions end.
    pub fn reset_password(
        &self,
        actor: &Actor,
        command: CommandId,
        urn: &Urn,
    ) -> Result<(Done, Handover), Refusal> {
        self.allowed(actor, Power::Accounts)?;
        let done = self.told(actor, (command, "set-password", Power::Accounts), urn)?;
        let login = self.vault.accounts_of(urn)?.into_iter().next();
        let handover = self.handed_over(login.as_deref().unwrap_or_else(|| urn.tail()), urn)?;
        Ok((done, handover))
    }

    /// Closes somebody's account: they are signed out, and do not sign in again. What they did stays theirs.
    pub fn close_account(&self, actor: &Actor, command: CommandId, urn: &Urn) -> Result<Done, Refusal> {
        self.allowed(actor, Power::Accounts)?;
        if *urn == actor.urn {
            let (zh, en) = (
                "不能停用自己的账号，请由另一名管理员办理",
                "you cannot close your own account; another keeper can",
            );
            return Err(Refusal::field("person", zh, en));
        }
        let done = self.told(actor, (command, "close-account", Power::Accounts), urn)?;
        self.vault.accounts_end(urn)?;
        Ok(done)
    }

    /// Changes one's own password. All other sessions end.
    pub fn change_password(&self, actor: &Actor, token: &str, old: &str, new: &str) -> Result<Done, Refusal> {
        let login = self.vault.accounts_of(&actor.urn)?.into_iter().next().ok_or(Refusal::SignedOut)?;
        if !PASSWORD_CHARS.contains(&new.chars().count()) || new == old || new.contains(&login) {
            let (zh, en) = (
                "新密码应为 12 至 128 个字符，与旧密码不同，且不含账号",
                "a new password has 12 to 128 characters, is not the old one and does not hold the account",
            );
            return Err(Refusal::field("new", zh, en));
        }
        if !self.knows(&login, old)? {
            return Err(Refusal::field("old", "现用密码不对", "this is not your present password"));
        }
        let command = CommandId(self.chance.id());
        let change = change(&actor.urn, "set-password", BTreeMap::new(), Value::Null)?;
        let mut commit = Commit::new(command, actor.urn.clone(), name("set-password")?, "one's own account");
        commit.changes.push(change);
        let done = crate::done(self.store.submit(commit)?)?;
        accounts::put(&self.vault, &login, &actor.urn, new, self.chance.as_ref())?;
        self.vault.sessions_end(&actor.urn, Some(&accounts::digest(token)))?;
        Ok(done)
    }

    /// Grants somebody a role.
    pub fn grant(
        &self,
        actor: &Actor,
        command: CommandId,
        (urn, seen): (&Urn, u64),
        grant: &Grant,
    ) -> Result<Done, Refusal> {
        self.allowed(actor, Power::Grants)?;
        not_oneself(actor, urn)?;
        let view = self.store.read()?;
        let person = registered(&*view, urn)?;
        self.lawful(&*view, &Actor::of(&person), grant)?;
        drop(view);
        let mut roles = person.value("roles").as_list().to_vec();
        roles.push(grant.to_value());
        self.roles(actor, (command, "grant"), (urn, seen), roles, grant.to_value())
    }

    /// Ends a role that somebody holds, with a last day; one that has not begun never counts.
    pub fn end_grant(
        &self,
        actor: &Actor,
        command: CommandId,
        (urn, seen): (&Urn, u64),
        (at, last): (usize, &str),
    ) -> Result<Done, Refusal> {
        self.allowed(actor, Power::Grants)?;
        not_oneself(actor, urn)?;
        let person = registered(&*self.store.read()?, urn)?;
        let mut roles = person.value("roles").as_list().to_vec();
        let held = roles.get_mut(at).ok_or_else(|| Refusal::NotFound(format!("role {at} of {urn}")))?;
        let mut grant = Grant::from_value(held).ok_or_else(|| Refusal::NotFound(format!("role {at}")))?;
        if !is_day(last) || grant.to.as_deref().is_some_and(|to| to < last) {
            let (zh, en) = (
                "请写明最后一天（如 2026-12-31），不晚于原定的最后一天",
                "write the last day, as 2026-12-31, not after the one it has already",
            );
            return Err(Refusal::field("to", zh, en));
        }
        grant.to = Some(last.to_owned());
        *held = grant.to_value();
        self.roles(actor, (command, "end-grant"), (urn, seen), roles, grant.to_value())
    }

    fn roles(
        &self,
        actor: &Actor,
        (command, act): (CommandId, &str),
        (urn, seen): (&Urn, u64),
        roles: Vec<Value>,
        note: Value,
    ) -> Result<Done, Refusal> {
        let set = BTreeMap::from([(name("roles")?, Attribute::plain(Value::List(roles)))]);
        let change = change(urn, act, set, note)?;
        let done = self.written(actor, (command, act, Power::Grants), change, Some(seen))?;
        done.ok_or_else(|| {
            let (zh, en) = (
                "此人的角色刚被他人改动，请看过再办",
                "somebody changed this person's roles just now: look again",
            );
            Refusal::field("person", zh, en)
        })
    }

    /// Whether a grant may be made: role, division and days are right, and no two of the three offices meet.
    fn lawful(&self, view: &dyn Reading, person: &Actor, grant: &Grant) -> Result<(), Refusal> {
        let loaded = self.loaded();
        let definitions = &loaded.definitions;
        if definitions.city.role(grant.role.as_str()).is_none() {
            return Err(Refusal::field("role", "请选择一个角色", "choose a role"));
        }
        let today = loaded.zone.date(self.now());
        if definitions.division(&grant.division, today, model::Lang::Zh).is_none() {
            return Err(Refusal::field("division", "没有这个区划", "there is no such division"));
        }
        let ends = grant.to.as_deref();
        if !is_day(&grant.from) || ends.is_some_and(|to| !is_day(to) || *to < *grant.from) {
            let (zh, en) = (
                "请写明第一天和最后一天（如 2026-12-31），最后一天不早于第一天",
                "write the first and the last day, as 2026-12-31, the last not before the first",
            );
            return Err(Refusal::field("to", zh, en));
        }
        if let Some(about) = &grant.about
            && view.entity(about)?.is_none()
        {
            return Err(Refusal::field("about", "没有登记这个对象", "this thing is not registered"));
        }
        if person.grants.len() >= GRANTS_MAX {
            return Err(Refusal::field("role", "角色过多", "that is too many roles for one person"));
        }
        let mut all = person.grants.clone();
        all.push(grant.clone());
        match meeting(definitions, &all) {
            None => Ok(()),
            Some([one, other]) => {
                let title = |role: &Name, lang| definitions.city.role_title(role, lang).to_owned();
                let zh = format!(
                    "“{}”与“{}”不能由同一人同时担任",
                    title(&one, model::Lang::Zh),
                    title(&other, model::Lang::Zh)
                );
                let en = format!(
                    "“{}” and “{}” cannot be held by one person at the same time",
                    title(&one, model::Lang::En),
                    title(&other, model::Lang::En)
                );
                Err(Refusal::field("role", &zh, &en))
            }
        }
    }

    /// An act about somebody that changes nothing of what is known of them.
    fn told(&self, actor: &Actor, act: (CommandId, &str, Power), urn: &Urn) -> Result<Done, Refusal> {
        let version = registered(&*self.store.read()?, urn)?.version;
        let change = change(urn, act.1, BTreeMap::new(), Value::Null)?;
        self.written(actor, act, change, Some(version))?.ok_or(Refusal::Store(StoreError::Busy))
    }

    /// Writes it; nothing if somebody was first.
    fn written(
        &self,
        actor: &Actor,
        (command, act, power): (CommandId, &str, Power),
        change: Change,
        seen: Option<u64>,
    ) -> Result<Option<Done>, Refusal> {
        let ground = format!("power {}", power.as_str());
        let mut commit = Commit::new(command, actor.urn.clone(), name(act)?, &ground);
        commit.expect.push(Expect::EntityAt(change.entity.clone(), seen));
        commit.changes.push(change);
        self.landed(commit)
    }

    fn handed_over(&self, login: &str, urn: &Urn) -> Result<Handover, Refusal> {
        let password = accounts::new_password(self.chance.as_ref());
        accounts::put(&self.vault, login, urn, &password, self.chance.as_ref())?;
        self.vault.sessions_end(urn, None)?;
        Ok(Handover { login: login.to_owned(), password })
    }

    fn logins(&self) -> Result<BTreeMap<Urn, String>, Refusal> {
        Ok(self.vault.accounts()?.into_iter().map(|(login, party)| (party, login)).collect())
    }
}

/// Two roles of a person that no one person may hold on one day.
pub(crate) fn meeting(definitions: &Definitions, grants: &[Grant]) -> Option<[Name; 2]> {
    let powers = |grant: &Grant| {
        let role = definitions.city.role(grant.role.as_str());
        let held = role.map(|role| role.powers.as_slice()).unwrap_or_default();
        APART.into_iter().filter(|power| held.contains(power)).collect::<Vec<_>>()
    };
    grants.iter().enumerate().find_map(|(at, one)| {
        let others = grants.get(at + 1..).unwrap_or_default();
        let meets = |other: &&Grant| {
            let (mine, theirs) = (powers(one), powers(other));
            one.meets(other) && mine.iter().any(|power| theirs.iter().any(|other| other != power))
        };
        others.iter().find(meets).map(|other| [one.role.clone(), other.role.clone()])
    })
}

fn change(urn: &Urn, verb: &str, set: BTreeMap<Name, Attribute>, note: Value) -> Result<Change, Refusal> {
    Ok(Change { entity: urn.clone(), kind: name("Person")?, verb: name(verb)?, set, note, record: None })
}

fn registered(view: &dyn Reading, urn: &Urn) -> Result<Entity, Refusal> {
    let found = view.entity(urn)?.filter(is_registered);
    found.ok_or_else(|| Refusal::NotFound(urn.to_string()))
}

/// Whether somebody is of the register: of others the log only says that something was done about them.
fn is_registered(entity: &Entity) -> bool {
    entity.kind == *"Person" && *entity.value("title") != Value::Null
}

fn not_oneself(actor: &Actor, urn: &Urn) -> Result<(), Refusal> {
    if *urn == actor.urn {
        let (zh, en) =
            ("不能给自己授权，请由另一名管理员办理", "nobody grants to themselves; another keeper can");
        return Err(Refusal::field("person", zh, en));
    }
    Ok(())
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

impl Grant {
    /// Whether there is a day on which both count.
    fn meets(&self, other: &Self) -> bool {
        let before = |end: &Option<String>, start: &str| end.as_deref().is_some_and(|end| end < start);
        let over = |grant: &Self| before(&grant.to, &grant.from);
        !over(self) && !over(other) && !before(&self.to, &other.from) && !before(&other.to, &self.from)
    }
}
