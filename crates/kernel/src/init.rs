//! Opening a city: its log's first entries.
//!
//! The first leaf says whether the city is a scratch city, so that nobody can later claim otherwise. Definitions are
//! activated by content: the log names the digest of every file, the store keeps the files.

use crate::loaded::CITY;
use crate::{Grant, Kernel, Refusal, TenantClock, TenantDir, accounts, name, people, urn};
use model::{Attribute, Change, Name, Urn, Value, map};
use pack::{EntityRow, File, PersonRow, Register, RoleRow, TypeDefinition, ValueKind};
use proof::{Chance, CommandId};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use store::blobs::Blobs;
use store::{Commit, Key, SqliteStore, Store, Vault};

/// A password that was made, to be handed over once. Only its hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// A login, or a device number.
    pub login: String,
    /// The password.
    pub password: String,
}

/// What a city begins with.
pub struct Beginning<'a> {
    /// The files of its packs and of itself.
    pub files: &'a [File],
    /// People and entities.
    pub register: &'a Register,
    /// Whether its time may be driven. It can never become a living city.
    pub scratch: bool,
}

/// Opens a new city in a data directory. Returns its tenant name and the passwords made.
pub fn init(
    data: &Path,
    beginning: &Beginning<'_>,
    clock: Arc<TenantClock>,
    chance: Arc<dyn Chance>,
) -> Result<(Name, Vec<Handover>), Refusal> {
    let definitions = pack::read(beginning.files).map_err(|complaints| {
        Refusal::Unusable(complaints.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    for person in &beginning.register.person {
        let grants = person.role.iter().map(grant).collect::<Result<Vec<_>, _>>()?;
        if let Some([one, other]) = people::meeting(&definitions, &grants) {
            let what = format!("{} holds {one} and {other}, which no one person may", person.login);
            return Err(Refusal::Unusable(what));
        }
    }
    let tenant = definitions.city.id.clone();
    let dir = TenantDir::of(data, &tenant);
    if dir.path().exists() {
        return Err(Refusal::Unusable(format!(
            "{} exists already: a new city needs a new folder",
            dir.path().display()
        )));
    }
    // The city is made under another name and renamed when it is whole: a broken-off beginning is no city.
    let staging = TenantDir::staging(data, &tenant);
    let lock = staging.lock()?;
    staging.clear()?;
    let vault = Vault::open(&staging.vault())?;
    let blobs = Blobs::new(staging.blobs());
    let store = SqliteStore::open(&staging.database(), clock, Arc::clone(&chance))?;
    let types = &definitions.types;
    let mut opening = Opening { store: &store, vault: &vault, blobs: &blobs, types, chance, made: vec![] };
    opening.city(beginning, &definitions.city.title)?;
    for person in &beginning.register.person {
        opening.person(person)?;
    }
    for entity in &beginning.register.entity {
        opening.entity(entity)?;
    }
    let made = opening.made;
    drop(store);
    drop(vault);
    staging.rename(&dir)?;
    drop(lock);
    Ok((tenant, made))
}

struct Opening<'a> {
    store: &'a dyn Store,
    vault: &'a Vault,
    blobs: &'a Blobs,
    types: &'a BTreeMap<Name, TypeDefinition>,
    chance: Arc<dyn Chance>,
    made: Vec<Handover>,
}

fn text(text: &model::Text) -> Value {
    map([("zh", text.zh.as_str().into()), ("en", text.en.as_str().into())])
}

fn creation(entity: Urn, kind: &str, set: Vec<(&str, Value)>) -> Result<Change, Refusal> {
    let set: Result<BTreeMap<_, _>, Refusal> =
        set.into_iter().map(|(n, value)| Ok((name(n)?, Attribute::plain(value)))).collect();
    Ok(Change {
        entity,
        kind: name(kind)?,
        verb: name("create")?,
        set: set?,
        note: Value::Null,
        record: None,
    })
}

impl Opening<'_> {
    fn commit(&self, act: &str, ground: &str, changes: Vec<Change>, keys: Vec<Key>) -> Result<(), Refusal> {
        let mut commit = Commit::new(CommandId(self.chance.id()), crate::system()?, name(act)?, ground);
        commit.changes = changes;
        commit.keys = keys;
        crate::done(self.store.submit(commit)?)?;
        Ok(())
    }

    fn city(&self, beginning: &Beginning<'_>, title: &model::Text) -> Result<(), Refusal> {
        let log = Urn::of(&name("Log")?, &self.store.read()?.log().to_string()).map_err(crate::invalid)?;
        let opened = vec![("scratch", beginning.scratch.into())];
        self.commit("open-log", "a new city", vec![creation(log, "Log", opened)?], vec![])?;
        let files: Result<Vec<Value>, Refusal> = beginning
            .files
            .iter()
            .map(|file| {
                let digest = self.blobs.put(file.text.as_bytes())?;
                Ok(map([("path", file.path.as_str().into()), ("digest", Value::Bytes(digest.to_vec()))]))
            })
            .collect();
        let set = vec![
            ("title", text(title)),
            ("files", Value::List(files?)),
            ("demonstration", beginning.register.demonstration.into()),
        ];
        self.commit(
            "activate",
            "definitions of packs and city",
            vec![creation(urn(CITY)?, "City", set)?],
            vec![],
        )
    }

    fn person(&mut self, person: &PersonRow) -> Result<(), Refusal> {
        let urn = Urn::of(&name("Person")?, &person.login).map_err(crate::invalid)?;
        let roles =
            person.role.iter().map(|row| Ok(grant(row)?.to_value())).collect::<Result<Vec<_>, Refusal>>()?;
        let set = vec![("title", text(&person.title)), ("roles", Value::List(roles))];
        self.commit("register", "the city's register", vec![creation(urn.clone(), "Person", set)?], vec![])?;
        let password = accounts::new_password(self.chance.as_ref());
        accounts::put(self.vault, &person.login, &urn, &password, self.chance.as_ref())?;
        self.made.push(Handover { login: person.login.clone(), password });
        Ok(())
    }

    /// An entity of the register: its values as its type declares them, its key unique, a password for its device.
    fn entity(&mut self, row: &EntityRow) -> Result<(), Refusal> {
        let unknown =
            || Refusal::Unusable(format!("the register names the type {}, which no pack declares", row.kind));
        let kind = self.types.get(&row.kind).ok_or_else(unknown)?;
        let urn = Urn::of(&row.kind, &row.id).map_err(crate::invalid)?;
        let mut change = creation(urn.clone(), row.kind.as_str(), vec![])?;
        for (attribute, value) in &row.set {
            let faulty = |why: String| Refusal::Unusable(format!("{urn}, {attribute}: {why}"));
            let value = self.value(kind, attribute, value).map_err(faulty)?;
            change.set.insert(attribute.clone(), Attribute::plain(value));
        }
        let number = kind.key.as_ref().and_then(|key| row.set.get(key)).and_then(toml::Value::as_str);
        let keys = number.map(|number| self.key(kind, number, &urn)).transpose()?;
        self.commit("register", "the city's register", vec![change], keys.into_iter().collect())?;
        if let Some(number) = number.filter(|_| kind.is_fed()) {
            let password = accounts::device_password(self.chance.as_ref());
            self.vault.device_put(number, &password)?;
            self.made.push(Handover { login: number.to_owned(), password });
        }
        Ok(())
    }

    /// What a type is fed by is known by its number over all types; anything else within its type.
    fn key(&self, kind: &TypeDefinition, number: &str, urn: &Urn) -> Result<Key, Refusal> {
        let space = if kind.is_fed() { "hj212-mn".to_owned() } else { format!("key/{}", kind.id) };
        Ok(Key { space: name(&space)?, key: number.to_owned(), entity: Some(urn.clone()) })
    }

    fn value(&self, kind: &TypeDefinition, attribute: &Name, value: &toml::Value) -> Result<Value, String> {
        // A title is what people call an entity of any type.
        let declared = kind.attribute(attribute);
        if declared.is_none() && *attribute != *"title" {
            return Err(format!("is no attribute of {}", kind.id));
        }
        if declared.is_some_and(|declared| declared.personal.is_some()) {
            return self.sealed(value);
        }
        match (declared.map(|declared| declared.value), value) {
            (Some(ValueKind::Ref), toml::Value::String(text)) => reference(text).map(Value::Ref),
            _ if *attribute == *"location" => place(value),
            _ => Ok(plain(value)),
        }
    }

    /// A personal value under its subject's key.
    fn sealed(&self, value: &toml::Value) -> Result<Value, String> {
        let part = |key| value.get(key).and_then(toml::Value::as_str);
        let (Some(subject), Some(plain)) = (part("subject"), part("value")) else {
            return Err("is personal: write { subject = \"…\", value = \"…\" }".to_owned());
        };
        let seal = || -> Result<Value, Refusal> {
            let subject = Urn::of(&name("Person")?, subject).map_err(crate::invalid)?;
            let key = self.vault.subject_key_or_new(&subject, self.chance.as_ref())?;
            let sealed = key.and_then(|key| key.seal(&subject, &plain.into(), self.chance.as_ref()));
            Ok(sealed.map_or(Value::Null, |sealed| Value::Sealed(Box::new(sealed))))
        };
        seal().map_err(|refusal| refusal.to_string())
    }
}

/// `MonitoredSource:chimney-1`.
fn reference(text: &str) -> Result<Urn, String> {
    let (kind, id) = text.split_once(':').ok_or_else(|| format!("`{text}` is no <Type>:<id>"))?;
    let kind = Name::new(kind).map_err(|error| error.to_string())?;
    Urn::of(&kind, id).map_err(|error| error.to_string())
}

/// `[longitude, latitude]` as a GeoJSON point.
fn place(value: &toml::Value) -> Result<Value, String> {
    let numbers =
        value.as_array().map(|list| list.iter().filter_map(toml::Value::as_float).collect::<Vec<_>>());
    match numbers.as_deref() {
        Some([longitude, latitude]) => Ok(map([
            ("type", "Point".into()),
            ("coordinates", Value::List(vec![Value::number(*longitude), Value::number(*latitude)])),
        ])),
        _ => Err("is a place: write [longitude, latitude], as decimal degrees".to_owned()),
    }
}

/// A value as TOML has it.
fn plain(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(int) => (*int).into(),
        toml::Value::Float(number) => Value::number(*number),
        toml::Value::Boolean(yes) => (*yes).into(),
        toml::Value::Datetime(at) => at.to_string().into(),
        toml::Value::Array(list) => Value::List(list.iter().map(plain).collect()),
        toml::Value::Table(table) => {
            Value::Map(table.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
    }
}

fn grant(row: &RoleRow) -> Result<Grant, Refusal> {
    Ok(Grant {
        role: row.id.clone(),
        division: row.division.clone(),
        about: row.about.as_deref().map(reference).transpose().map_err(Refusal::Unusable)?,
        from: row.from.clone(),
        to: row.to.clone(),
    })
}

impl Kernel {
    /// Whether the log's first leaf says that this is a scratch city.
    pub fn is_scratch(&self) -> Result<bool, Refusal> {
        let view = self.store.read()?;
        let log = Urn::of(&name("Log")?, &view.log().to_string()).map_err(crate::invalid)?;
        Ok(view.entity(&log)?.is_some_and(|log| *log.value("scratch") == Value::Bool(true)))
    }
}
