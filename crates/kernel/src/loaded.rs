//! Definitions in force, read once at start from the store itself: what the log says was activated.

use crate::Refusal;
use model::{Name, Period, Value, Zone};
use pack::{Definitions, FeedKey, File};
use process::{Definition, Times};
use proof::Digest;
use rule::LimitRule;
use std::collections::{BTreeMap, HashMap};
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
    pub rules: HashMap<(Name, Name, Period), Vec<LimitRule>>,
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
    /// Reads what the city entity names.
    pub(crate) fn load(view: &dyn Reading, blobs: &Blobs) -> Result<Self, Refusal> {
        let urn = crate::urn(CITY)?;
        let city = view
            .entity(&urn)?
            .ok_or_else(|| Refusal::Unusable("there is no city here yet: run `datong init`".to_owned()))?;
        let mut files = Vec::new();
        let mut digest_of = HashMap::new();
        for row in city.value("files").as_list() {
            let (file, digest) = stored_file(row, blobs)?;
            digest_of.insert(file.path.clone(), digest);
            files.push(file);
        }
        let definitions = pack::read(&files).map_err(|complaints| {
            let complaints: Vec<String> = complaints.iter().map(ToString::to_string).collect();
            Refusal::Unusable(complaints.join("\n"))
        })?;
        let demonstration = *city.value("demonstration") == Value::Bool(true);
        Self::derive(definitions, &digest_of, demonstration)
    }

    fn derive(
        definitions: Definitions,
        digest_of: &HashMap<String, Digest>,
        demonstration: bool,
    ) -> Result<Self, Refusal> {
        let zone = Zone::named(&definitions.city.zone)
            .ok_or_else(|| Refusal::Unusable(format!("{} is no time zone", definitions.city.zone)))?;
        let mut rules: HashMap<_, Vec<LimitRule>> = HashMap::new();
        for rule in &definitions.rules {
            let key = (rule.attribute.clone(), rule.basis_of_value.clone(), rule.period);
            rules.entry(key).or_default().push(rule.clone());
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

    /// A process by its digest: running cases stay on the definition they began under.
    pub fn process(&self, digest: &Digest, blobs: &Blobs) -> Result<Arc<Definition>, Refusal> {
        if let Some(process) = self.by_digest.get(digest) {
            return Ok(Arc::clone(process));
        }
        let missing = || Refusal::Unusable(format!("process {} is not in the store", proof::hex(digest)));
        let text = blobs.get(digest)?.and_then(|b| String::from_utf8(b).ok()).ok_or_else(missing)?;
        let file = File { path: proof::hex(digest), text };
        pack::parse(&file).map(Arc::new).map_err(|complaint| Refusal::Unusable(complaint.to_string()))
    }
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
