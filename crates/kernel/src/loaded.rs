//! Definitions in force, read once at start from the store itself: what the log says was activated.

use crate::Refusal;
use lang::Facts;
use model::{Item, Name, Period, Urn, Value, Zone};
use pack::{Definitions, FeedKey, File};
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
pub(crate) const CITY: &str = "urn:ngsi-ld:City:self";

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
        if digests.all(|digest| self.by_digest.contains_key(digest)) {
            return Ok(());
        }
        let Ok(definitions) = pack::read(&files) else {
            tracing::error!(sequence, "definitions that were in force cannot be read any more");
            return Ok(());
        };
        for (path, process) in definitions.processes.into_values() {
            if let Some(digest) = digest_of.get(&path) {
                self.by_digest.entry(*digest).or_insert_with(|| Arc::new(process));
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
                digests.insert(id.clone(), *digest);
                by_digest.insert(*digest, Arc::new(process.clone()));
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

/// Attribute, statistic and period of a series.
type Watched = (Name, Name, Period);

/// The series whose values a rule judges: the one it watches, and every other that its conditions name.
fn watched(rule: &Rule, definitions: &Definitions) -> BTreeSet<Watched> {
    let on = &rule.on;
    let mut watched = BTreeSet::from([(on.attribute.clone(), on.statistic.clone(), on.period)]);
    let kind = definitions.types.get(&on.kind);
    let others = rule.attributes().into_iter().filter(|attribute| *attribute != on.attribute);
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
fn stored(list: &Value, blobs: &Blobs) -> Result<(Vec<File>, HashMap<String, Digest>), Refusal> {
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
