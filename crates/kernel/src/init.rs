//! Opening a city: its log's first entries.
//!
//! The first leaf says whether the city is a scratch city, so that nobody can later claim otherwise. Definitions are
//! activated by content: the log names the digest of every file, the store keeps the files.

use crate::loaded::CITY;
use crate::{Kernel, Refusal, TenantClock, TenantDir, accounts, name, urn};
use model::{Attribute, Change, Name, Urn, Value, map};
use pack::{File, PersonRow, Register, RoleRow, SourceRow};
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
    /// People and sources.
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
    let mut opening = Opening { store: &store, vault: &vault, blobs: &blobs, chance, made: vec![] };
    opening.city(beginning, &definitions.city.title)?;
    for person in &beginning.register.person {
        opening.person(person)?;
    }
    for source in &beginning.register.source {
        opening.source(source)?;
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
        let roles = person.role.iter().map(role).collect::<Result<Vec<_>, _>>()?;
        let set = vec![("title", text(&person.title)), ("roles", Value::List(roles))];
        self.commit("register", "the city's register", vec![creation(urn.clone(), "Person", set)?], vec![])?;
        let password = accounts::new_password(self.chance.as_ref());
        accounts::put(self.vault, &person.login, &urn, &password, self.chance.as_ref())?;
        self.made.push(Handover { login: person.login.clone(), password });
        Ok(())
    }

    fn source(&mut self, source: &SourceRow) -> Result<(), Refusal> {
        let kind = name("MonitoredSource")?;
        let urn = Urn::of(&kind, &source.id).map_err(crate::invalid)?;
        let [longitude, latitude] = source.place;
        let place = map([
            ("type", "Point".into()),
            ("coordinates", Value::List(vec![Value::number(longitude), Value::number(latitude)])),
        ]);
        let mut set = vec![
            ("title", text(&source.title)),
            ("outlet", source.outlet.as_str().into()),
            ("division", source.division.as_str().into()),
            ("location", place),
            ("mn", source.device.mn.as_str().into()),
            ("system", Value::Int(i64::from(source.device.system))),
        ];
        if let Some(phone) = &source.duty_phone {
            let subject =
                Urn::of(&name("Person")?, &format!("duty-{}", source.id)).map_err(crate::invalid)?;
            let key = self.vault.subject_key_or_new(&subject, self.chance.as_ref())?;
            let sealed = key.and_then(|key| key.seal(&subject, &phone.as_str().into(), self.chance.as_ref()));
            set.extend(sealed.map(|sealed| ("dutyPhone", Value::Sealed(Box::new(sealed)))));
        }
        let mut change = creation(urn.clone(), kind.as_str(), set)?;
        for limit in &source.limit {
            let row = map([
                ("value", Value::number(limit.value)),
                ("decimals", Value::Int(i64::from(limit.decimals))),
                ("source", limit.source.as_str().into()),
                ("from", limit.from.as_str().into()),
                ("to", limit.to.as_deref().into()),
            ]);
            let held =
                change.set.entry(limit.attribute.clone()).or_insert(Attribute::plain(Value::List(vec![])));
            if let Value::List(rows) = &mut held.value {
                rows.push(row);
            }
        }
        let key = Key { space: name("hj212-mn")?, key: source.device.mn.clone(), entity: Some(urn) };
        self.commit("register", "the city's register", vec![change], vec![key])?;
        let password = accounts::device_password(self.chance.as_ref());
        self.vault.device_put(&source.device.mn, &password)?;
        self.made.push(Handover { login: source.device.mn.clone(), password });
        Ok(())
    }
}

fn role(role: &RoleRow) -> Result<Value, Refusal> {
    let about = role.source.as_ref().map(|id| Urn::of(&name("MonitoredSource")?, id).map_err(crate::invalid));
    Ok(map([
        ("role", role.id.as_str().into()),
        ("division", role.division.as_str().into()),
        ("about", about.transpose()?.into()),
        ("from", role.from.as_str().into()),
        ("to", role.to.as_deref().into()),
    ]))
}

impl Kernel {
    /// Whether the log's first leaf says that this is a scratch city.
    pub fn is_scratch(&self) -> Result<bool, Refusal> {
        let view = self.store.read()?;
        let log = Urn::of(&name("Log")?, &view.log().to_string()).map_err(crate::invalid)?;
        Ok(view.entity(&log)?.is_some_and(|log| *log.value("scratch") == Value::Bool(true)))
    }
}
