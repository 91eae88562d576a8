//! Definitions in force, read once at start from the store itself: what the log says was activated.

use crate::Refusal;
use lang::Facts;
use model::{Item, Name, Period, Urn, Value, Zone};
use pack::{Definitions, FeedKey, File, SourceKind};
use process::{Definition, Times};
use proof::Digest;
use rule::{LimitTable, Rule};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use store::Reading;
use store::blobs::Blobs;

/// Definitions with everything derived from them that a packet or an act would otherwise compute again.
pub struct Loaded {
    /// What the files say.
    pub definitions: Definitions,
    /// The city's zone.
    pub zone: Zone,
    /// By type: what each feed fills.
    pub feeds: BTreeMap<Name, HashMap<FeedKey, (Name, Period)>>,
    /// Rules by what they watch.
    pub rules: HashMap<Watched, Vec<Rule>>,
    /// Tables of limits, as rules look into them.
    pub limits: Vec<LimitTable>,
    /// Types whose entities report, in the order of their names.
    pub fed: Vec<Name>,
    /// Digest of each process in force.
    pub digests: BTreeMap<Name, Digest>,
    /// Processes by digest, those of older cases too.
    pub by_digest: HashMap<Digest, Arc<Definition>>,
    /// Whether this city is a demonstration.
    pub demonstration: bool,
}

/// The entity that says which files are in force.
pub const CITY: &str = "urn:ngsi-ld:City:self";

impl Loaded {
    /// Reads what the city entity names, and the processes of all that was in force before: cases still run on them.
    pub(crate) fn load(view: &dyn Reading, blobs: &Blobs) -> Result<Self, Refusal> {
        let urn = crate::urn(CITY)?;
        let city = view
            .entity(&urn)?
            .ok_or_else(|| Refusal::Unusable("there is no city here yet: run `datong init`".to_owned()))?;
        let (files, digest_of) = stored(city.value("files"), blobs)?;
        let definitions = pack::read(&files).map_err(|complaints| {
            let complaints: Vec<String> = complaints.iter().map(ToString::to_string).collect();
            Refusal::Unusable(complaints.join("\n"))
        })?;
        let demonstration = *city.value("demonstration") == Value::Bool(true);
        let mut loaded = Self::derive(definitions, &digest_of, demonstration)?;
        for sequence in view.history(&urn, 0, u32::MAX)? {
            loaded.remember(view, blobs, &urn, sequence)?;
        }
        Ok(loaded)
    }

    /// The processes of one activation, where they are not known yet.
    fn remember(
        &mut self,
        view: &dyn Reading,
        blobs: &Blobs,
        city: &Urn,
        sequence: u64,
    ) -> Result<(), Refusal> {
        let items = view.entry(sequence)?.and_then(|entry| entry.decoded().ok()).unwrap_or_default();
        let activated = items.into_iter().find_map(|item| match item {
            Item::Change(mut change) if change.entity == *city => change.set.remove("files"),
            _ => None,
        });
        let Some(activated) = activated else { return Ok(()) };
        let (files, digest_of) = stored(&activated.value, blobs)?;
        let processes = files.iter().filter(|file| file.path.contains("/processes/"));
        let mut digests = processes.filter_map(|file| digest_of.get(&file.path));
        // Where the city sets something otherwise, what is known cannot be told by the texts alone.
        let set = files.iter().any(|file| file.path.ends_with("/settings.toml"));
        if !set && digests.all(|digest| self.by_digest.contains_key(digest)) {
            return Ok(());
        }
        let Ok(definitions) = pack::read(&files) else {
            tracing::error!(sequence, "definitions that were in force cannot be read any more");
            return Ok(());
        };
        for (id, (path, process)) in &definitions.processes {
            if let Some(digest) = digest_of.get(path) {
                let digest = known_by(&definitions, id, digest);
                self.by_digest.entry(digest).or_insert_with(|| Arc::new(process.clone()));
            }
        }
        Ok(())
    }

    pub(crate) fn derive(
        definitions: Definitions,
        digest_of: &HashMap<String, Digest>,
        demonstration: bool,
    ) -> Result<Self, Refusal> {
        let zone = Zone::named(&definitions.city.zone)
            .ok_or_else(|| Refusal::Unusable(format!("{} is no time zone", definitions.city.zone)))?;
        let mut rules: HashMap<_, Vec<Rule>> = HashMap::new();
        for rule in &definitions.rules {
            for key in watched(rule, &definitions) {
                rules.entry(key).or_default().push(rule.clone());
            }
        }
        let mut digests = BTreeMap::new();
        let mut by_digest = HashMap::new();
        for (id, (path, process)) in &definitions.processes {
            if let Some(digest) = digest_of.get(path) {
                let digest = known_by(&definitions, id, digest);
                digests.insert(id.clone(), digest);
                by_digest.insert(digest, Arc::new(process.clone()));
            }
        }
        Ok(Self {
            feeds: definitions.types.iter().map(|(id, kind)| (id.clone(), kind.feeds())).collect(),
            fed: definitions
                .types
                .values()
                .filter(|kind| kind.is_fed())
                .map(|kind| kind.id.clone())
                .collect(),
            limits: definitions.limits.values().cloned().collect(),
            zone,
            rules,
            digests,
            by_digest,
            demonstration,
            definitions,
        })
    }

    /// Calendar, hours and zone, as clocks need them.
    pub fn times(&self) -> Times<'_> {
        Times { calendar: &self.definitions.calendar, hours: &self.definitions.hours, zone: &self.zone }
    }

    /// What a decision table says, called as a function of its inputs in their order. Nothing if it says nothing.
    pub fn table(&self, id: &str, arguments: &[Value]) -> Option<Value> {
        let table = &self.definitions.tables.get(id)?.table;
        let inputs = table.inputs().iter().map(|input| &input.id);
        let given = Given { inputs: inputs.zip(arguments).collect(), zone: &self.zone };
        table.decide(&given).ok().map(|decided| decided.value)
    }

    /// A process by its digest: running cases stay on the definition they began under.
    pub fn process(&self, digest: &Digest) -> Result<Arc<Definition>, Refusal> {
        let missing = || Refusal::Unusable(format!("process {} is not in the store", proof::hex(digest)));
        self.by_digest.get(digest).map(Arc::clone).ok_or_else(missing)
    }
}

/// The digest by which cases name a process: that of its text; where the city sets something in it otherwise, one over
/// that digest and what the city sets. So a city that sets nothing knows a process by its text alone, and a case that
/// began before the city set something goes on as it began.
fn known_by(definitions: &Definitions, process: &Name, text: &Digest) -> Digest {
    match definitions.set_otherwise(SourceKind::Process, process) {
        None => *text,
        Some(set) => proof::definition_digest(text, &set),
    }
}

/// Attribute, statistic and period of a series.
type Watched = (Name, Name, Period);

/// The series whose values a rule judges: the one it watches, and every other that its conditions name.
fn watched(rule: &Rule, definitions: &Definitions) -> BTreeSet<Watched> {
    let on = &rule.on;
    let mut watched = BTreeSet::from([(on.attribute.clone(), on.statistic.clone(), on.period)]);
    let kind = definitions.types.get(&on.kind);
    let others = rule.attributes().iter().filter(|attribute| **attribute != on.attribute).cloned();
    watched.extend(others.filter_map(|attribute| {
        let feed = kind?.attribute(&attribute)?.feed.as_ref()?;
        Some((attribute, feed.key.statistic.clone(), feed.period))
    }));
    watched
}

/// The inputs of a table, by name.
struct Given<'a> {
    inputs: Vec<(&'a Name, &'a Value)>,
    zone: &'a Zone,
}

impl Facts for Given<'_> {
    fn value(&self, path: &[Name]) -> Value {
        let [name] = path else { return Value::Null };
        let found = self.inputs.iter().find(|(id, _)| *id == name);
        found.map_or(Value::Null, |(_, value)| (*value).clone())
    }

    fn zone(&self) -> Option<&Zone> {
        Some(self.zone)
    }
}

/// Files and their digests by path, as a list of the city entity names them.
pub(crate) fn stored(list: &Value, blobs: &Blobs) -> Result<(Vec<File>, HashMap<String, Digest>), Refusal> {
    let (mut files, mut digest_of) = (Vec::new(), HashMap::new());
    for row in list.as_list() {
        let (file, digest) = stored_file(row, blobs)?;
        digest_of.insert(file.path.clone(), digest);
        files.push(file);
    }
    Ok((files, digest_of))
}

fn stored_file(row: &Value, blobs: &Blobs) -> Result<(File, Digest), Refusal> {
    let damaged = || Refusal::Unusable("the city's list of files is damaged".to_owned());
    let path = row.get("path").and_then(Value::as_text).ok_or_else(damaged)?;
    let digest: Digest =
        row.get("digest").and_then(Value::as_bytes).and_then(|d| d.try_into().ok()).ok_or_else(damaged)?;
    let bytes = blobs.get(&digest)?.ok_or_else(damaged)?;
    let text = String::from_utf8(bytes).map_err(|_| damaged())?;
    Ok((File { path: path.to_owned(), text }, digest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Beginning, TenantClock, TenantDir, init, name, system};
    use model::{Attribute, Change, Instant, map};
    use proof::{CommandId, SystemChance};
    use std::path::Path;
    use store::{Commit, SqliteStore, Store};

    const SETTINGS: &str = "cities/sample/settings.toml";

    fn files(folder: &Path, prefix: &str, out: &mut Vec<File>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                files(&entry.path(), &format!("{path}/"), out);
            } else {
                out.push(File { path, text: std::fs::read_to_string(entry.path()).unwrap() });
            }
        }
    }

    /// The city's list of files is another one from now on.
    fn activate(store: &dyn Store, blobs: &Blobs, files: &[File]) {
        let row = |file: &File| {
            let digest = blobs.put(file.text.as_bytes()).unwrap();
            map([("path", file.path.as_str().into()), ("digest", Value::Bytes(digest.to_vec()))])
        };
        let rows = Attribute::plain(Value::List(files.iter().map(row).collect()));
        let command = CommandId::derived(&[0; 32], &[&format!("{rows:?}")]);
        let mut commit = Commit::new(command, system().unwrap(), name("activate").unwrap(), "a test");
        commit.changes.push(Change {
            entity: crate::urn(CITY).unwrap(),
            kind: name("City").unwrap(),
            verb: name("activate").unwrap(),
            set: [(name("files").unwrap(), rows)].into(),
            note: Value::Null,
            record: None,
        });
        crate::done(store.submit(commit).unwrap()).unwrap();
    }

    /// A shop of so many square metres and of the grade `a`, and the tables of a city.
    struct Shop<'a>(&'a Loaded, f64);

    impl Facts for Shop<'_> {
        fn value(&self, path: &[Name]) -> Value {
            match path {
                [only] if *only == *"area" => Value::number(self.1),
                [shop, grade] if *shop == *"shop" && *grade == *"grade" => "a".into(),
                _ => Value::Null,
            }
        }

        fn call(&self, function: &str, arguments: &[Value]) -> Option<Value> {
            self.0.table(function, arguments)
        }
    }

    #[test]
    fn a_guard_asks_a_table() {
        let mut all = Vec::new();
        files(Path::new("../pack/tests/sample"), "", &mut all);
        let definitions = pack::read(&all).unwrap();
        let loaded = Loaded::derive(definitions, &HashMap::new(), false).unwrap();
        let (_, process) = &loaded.definitions.processes["application"];
        let guard = process.action(&name("take-over").unwrap()).unwrap().guard.clone().unwrap();
        assert_eq!(guard.holds(&Shop(&loaded, 300.0)), lang::Truth::Yes);
        assert_eq!(guard.holds(&Shop(&loaded, 100.0)), lang::Truth::No);
    }

    #[test]
    fn what_a_city_sets_is_in_the_digest_and_running_cases_stay_on_theirs() {
        let data = std::env::temp_dir().join(format!("datong-loaded-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&data);
        let mut set = Vec::new();
        files(Path::new("../pack/tests/sample"), "", &mut set);
        let plain: Vec<File> = set.iter().filter(|file| file.path != SETTINGS).cloned().collect();
        let clock = Arc::new(TenantClock::stopped_at(Instant::from_micros(0)));
        let register = pack::Register::default();
        let beginning = Beginning { files: &plain, register: &register, scratch: true };
        let (tenant, _) = init(&data, &beginning, Arc::clone(&clock), Arc::new(SystemChance)).unwrap();
        let dir = TenantDir::of(&data, &tenant);
        let store = SqliteStore::open(&dir.database(), clock, Arc::new(SystemChance)).unwrap();
        let blobs = Blobs::new(dir.blobs());
        let load = || Loaded::load(&*store.read().unwrap(), &blobs).unwrap();
        let digest = |loaded: &Loaded, id: &str| loaded.digests[&name(id).unwrap()];
        let budget = |loaded: &Loaded, of: &Digest| loaded.process(of).unwrap().clock[0].rule.budget;

        let first = load();
        let (untouched, own) = (digest(&first, "application"), digest(&first, "objection"));
        assert_eq!(budget(&first, &own), 15);

        activate(&store, &blobs, &set);
        let second = load();
        let twelve = digest(&second, "objection");
        assert_ne!(twelve, own, "what the city sets is a part of what the process is");
        assert_eq!(digest(&second, "application"), untouched, "where it sets nothing the text alone counts");
        assert_eq!((budget(&second, &twelve), budget(&second, &own)), (12, 15));

        for file in set.iter_mut().filter(|file| file.path == SETTINGS) {
            file.text = file.text.replace("to = 12", "to = 11");
        }
        activate(&store, &blobs, &set);
        let third = load();
        let eleven = digest(&third, "objection");
        let budgets = [eleven, twelve, own].map(|of| budget(&third, &of));
        assert_eq!(budgets, [11, 12, 15], "each case goes on under what was in force when it began");
        drop(store);
        std::fs::remove_dir_all(&data).unwrap();
    }
}
