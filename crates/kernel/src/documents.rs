//! Documents: numbered papers that acts issue. The number is given in the commit of the act, so a series has no gaps and
//! nothing that was refused has used one up. What a document says is its text of that day with the case as it was then.

use crate::cases::{CaseView, noted};
use crate::world::value_at;
use crate::{Actor, Kernel, Loaded, Refusal, name};
use model::{Attribute, Change, Entity, Filter, Instant, Item, Name, Operator, Text, Urn, Value, map};
use pack::{Document, Piece, pieces};
use process::{Action, Definition, Field};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Commit, Expect, Find, Order, Reading};

/// Documents that are listed at once.
pub const DOCUMENTS_MAX: u32 = 200;
/// Changes of an entity that are read to see it as it was.
const CHANGES_MAX: u32 = 10_000;

/// A document as it reads.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its own name; none for a draft.
    pub urn: Option<Urn>,
    /// Its number; none for a draft.
    pub number: Option<String>,
    /// What stands over it.
    pub title: Text,
    /// The office in whose name it is issued; none where no office issues it.
    pub issuer: Option<Text>,
    /// To whom.
    pub to: Worth,
    /// What it says.
    pub body: Vec<[Vec<Part>; 2]>,
    /// Who drafted, checked and signed it, in this order.
    pub chain: Vec<Signed>,
    /// How it reached whom it is addressed to; nothing where its pack says of no act that it serves it.
    pub service: Option<Service>,
    /// The law on which it rests.
    pub basis: String,
    /// When it was issued, or now for a draft.
    pub at: Instant,
    /// The entry of the log that issued it; none for a draft.
    pub entry: Option<u64>,
    /// The case.
    pub case: Urn,
    /// The process on which the case runs.
    pub process: Arc<Definition>,
}

/// A part of a paragraph.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Words.
    Words(String),
    /// A value of the case.
    Worth(Worth),
}

/// A value, and which attribute of which type it is, so that it can be put into words.
#[derive(Clone, Debug, PartialEq)]
pub struct Worth {
    /// The value.
    pub value: Value,
    /// Type and attribute, where it is an entity's.
    pub of: Option<(Name, Name)>,
}

/// What a path that leads nowhere leads to.
const NOTHING: Worth = Worth { value: Value::Null, of: None };

/// A hand through which a document went.
#[derive(Clone, Debug)]
pub struct Signed {
    /// What it is called.
    pub title: Text,
    /// Who; nobody yet.
    pub by: Option<Urn>,
    /// When.
    pub at: Option<Instant>,
    /// The entry of the log.
    pub entry: Option<u64>,
}

/// How a document reached whom it is addressed to (送达).
#[derive(Clone, Debug)]
pub struct Service {
    /// The act that says so, and who did it when, if it was done.
    pub hand: Signed,
    /// What was filled in, by the fields' names.
    pub said: Vec<(Name, Value)>,
    /// The act by which whoever it is addressed to says that it was received, where there is one; and who did it when.
    pub received: Option<Signed>,
}

/// A number that an act gives, before it is committed.
pub(crate) struct Numbered {
    /// The field of the act that it fills.
    pub field: Name,
    /// The number itself.
    pub number: String,
    document: Name,
    series: Urn,
    word: String,
    at: Instant,
    year: i16,
    place: u64,
    held: Option<u64>,
}

impl Kernel {
    /// The next number for an act that issues a document. Nothing for other acts.
    pub(crate) fn numbered(
        &self,
        view: &dyn Reading,
        held: &CaseView,
        act: &Name,
        at: Instant,
    ) -> Result<Option<Numbered>, Refusal> {
        let field = held
            .definition
            .action(act)
            .and_then(|action| action.fields.iter().find(|f| f.document.is_some()));
        let Some(Field { id: field, document: Some(document), .. }) = field else { return Ok(None) };
        let loaded = self.loaded();
        let missing = || Refusal::NotFound(document.to_string());
        let document = loaded.definitions.documents.get(document).ok_or_else(missing)?;
        let issuer = issuer(&loaded, document, &held.entity);
        let Some(word) = issuer.and_then(|office| office.word.as_deref()) else {
            let zh = format!("没有机构制发“{}”，请先在机构名录中登记", document.title.zh);
            let en = format!("no office issues “{}”: say so in the list of offices", document.title.en);
            return Err(Refusal::Field { field: "act", what: Text { zh, en } });
        };
        let word = format!("{word}{}", document.word);
        let year = loaded.zone.date(at).year();
        let id = self.command_id(&["number-series", &word, &year.to_string()]);
        let series = Urn::of(&name("NumberSeries")?, &id.to_string()).map_err(crate::invalid)?;
        let last = view.entity(&series)?;
        let place =
            last.as_ref().and_then(|last| last.value("last").as_int()).unwrap_or(0).cast_unsigned() + 1;
        let number = format!("{word}〔{year}〕{place}号");
        let held = last.map(|last| last.version);
        Ok(Some(Numbered {
            field: field.clone(),
            number,
            document: document.id.clone(),
            series,
            word,
            at,
            year,
            place,
            held,
        }))
    }

    /// Puts a document and its number into the commit of the act that issues it.
    pub(crate) fn issue(
        &self,
        commit: &mut Commit,
        case: &Entity,
        numbered: &Numbered,
    ) -> Result<(), Refusal> {
        let loaded = self.loaded();
        let Some(document) = loaded.definitions.documents.get(&numbered.document) else { return Ok(()) };
        let set = |pairs: Vec<(&str, Value)>| -> Result<BTreeMap<Name, Attribute>, Refusal> {
            pairs.into_iter().map(|(id, value)| Ok((name(id)?, Attribute::plain(value)))).collect()
        };
        let change = |entity: Urn, kind: &str, set| {
            let (kind, verb) = (name(kind)?, commit.act.clone());
            Ok::<_, Refusal>(Change { entity, kind, verb, set, note: Value::Null, record: None })
        };
        let place = Value::Int(numbered.place.cast_signed());
        let series = set(vec![
            ("word", numbered.word.as_str().into()),
            ("year", Value::Int(i64::from(numbered.year))),
            ("last", place.clone()),
        ])?;
        let paragraphs = document.body.iter().map(text).collect();
        let chain = document
            .chain
            .iter()
            .map(|step| map([("title", text(&step.title)), ("act", step.act.as_str().into())]));
        let to: Vec<&str> = document.to.iter().map(Name::as_str).collect();
        let issuer = issuer(&loaded, document, case).map(|office| loaded.definitions.named_by(office));
        let paper = set(vec![
            ("document", document.id.as_str().into()),
            ("number", numbered.number.as_str().into()),
            ("series", numbered.series.clone().into()),
            ("place", place),
            ("issuedAt", numbered.at.into()),
            ("title", text(&document.title)),
            ("office", issuer.map_or(Value::Null, |office| text(&office.title))),
            ("to", to.join(".").as_str().into()),
            ("body", Value::List(paragraphs)),
            ("chain", Value::List(chain.collect())),
            ("basis", document.basis.as_str().into()),
            ("served", document.served.as_ref().map(Name::as_str).into()),
            ("signed", document.signed.as_ref().map(Name::as_str).into()),
            ("case", case.urn.clone().into()),
        ])?;
        let urn = Urn::of(&name("Document")?, &commit.command.to_string()).map_err(crate::invalid)?;
        let changes = [
            change(numbered.series.clone(), "NumberSeries", series)?,
            change(urn.clone(), "Document", paper)?,
        ];
        commit.expect.push(Expect::EntityAt(numbered.series.clone(), numbered.held));
        commit.expect.push(Expect::EntityAt(urn, None));
        commit.changes.extend(changes);
        Ok(())
    }

    /// Documents of a case that a person may read, in their order.
    pub fn documents(&self, reader: &Actor, case: &Urn) -> Result<Vec<Entity>, Refusal> {
        let view = self.store.read()?;
        self.case_in(&*view, case, Some(reader))?;
        let of = Filter::Compare { path: vec![name("case")?], op: Operator::Eq, value: case.clone().into() };
        let wanted = Filter::And(vec![Filter::Kind(name("Document")?), of]);
        let order = Order::By { path: vec![name("place")?], descending: false };
        let mut found = view.find(&wanted, &Find { order, skip: 0, limit: DOCUMENTS_MAX })?;
        found.sort_by_key(|document| document.version);
        Ok(found)
    }

    /// The latest documents that a person may read, of all cases.
    pub fn latest_documents(&self, reader: &Actor) -> Result<Vec<Entity>, Refusal> {
        let view = self.store.read()?;
        let of = Filter::Kind(name("Document")?);
        let order = Order::By { path: vec![name("issuedAt")?], descending: true };
        let found = view.find(&of, &Find { order, skip: 0, limit: DOCUMENTS_MAX })?;
        let mut seen = Vec::new();
        for document in found {
            let case = document.value("case").as_ref().cloned();
            if case.is_some_and(|case| self.case_in(&*view, &case, Some(reader)).is_ok()) {
                seen.push(document);
            }
        }
        seen.sort_by_key(|document| std::cmp::Reverse(document.version));
        Ok(seen)
    }

    /// A document as it was issued, for whoever may read its case.
    pub fn document(&self, reader: &Actor, urn: &Urn) -> Result<Paper, Refusal> {
        let view = self.store.read()?;
        let missing = || Refusal::NotFound(urn.to_string());
        let held = view.entity(urn)?.filter(|held| name("Document").is_ok_and(|kind| held.kind == kind));
        let held = held.ok_or_else(missing)?;
        let case = held.value("case").as_ref().cloned().ok_or_else(missing)?;
        let now = self.case_in(&*view, &case, Some(reader))?;
        let entry = view.history(urn, 0, 1)?.first().copied().ok_or_else(missing)?;
        let leaf = view.entry(entry)?.ok_or_else(missing)?;
        let note = noted(&leaf, &case);
        let acts = Issuing::of(&now.definition, held.text("document"));
        let then = Then { view: &*view, entry, note: note.unwrap_or(Value::Null), acts };
        let case = then.entity(&case)?.unwrap_or(now.entity);
        let list = |id: &str| held.value(id).as_list().to_vec();
        let chain = list("chain").into_iter().map(|step| {
            let act = step.get("act").and_then(Value::as_text).unwrap_or_default().to_owned();
            (step.get("title").map_or_else(|| Text::new("", ""), read_text), act)
        });
        Ok(Paper {
            urn: Some(urn.clone()),
            number: Some(held.text("number").to_owned()),
            title: read_text(held.value("title")),
            issuer: Some(held.value("office")).filter(|issuer| **issuer != Value::Null).map(read_text),
            to: then.worth(&self.loaded(), &case, &steps(held.text("to"))),
            body: list("body")
                .iter()
                .map(|paragraph| then.parts(&self.loaded(), &case, &read_text(paragraph)))
                .collect(),
            chain: then.chain(&case, chain.collect())?,
            service: service(&*view, &now.definition, &case.urn, (&held, entry))?,
            basis: held.text("basis").to_owned(),
            at: leaf.leaf.committed,
            entry: Some(entry),
            case: case.urn,
            process: now.definition,
        })
    }

    /// A document as it would read if its act were done now: without number and signature.
    pub fn draft(&self, reader: &Actor, case: &Urn, document: &str) -> Result<Paper, Refusal> {
        let view = self.store.read()?;
        let held = self.case_in(&*view, case, Some(reader))?;
        let loaded = self.loaded();
        let found =
            loaded.definitions.documents.get(document).filter(|known| known.process == held.definition.id);
        let found = found.ok_or_else(|| Refusal::NotFound(document.to_owned()))?;
        let acts = Issuing::of(&held.definition, document);
        let then = Then { view: &*view, entry: u64::MAX, note: Value::Null, acts };
        let chain = found.chain.iter().map(|step| (step.title.clone(), step.act.to_string()));
        Ok(Paper {
            urn: None,
            number: None,
            title: found.title.clone(),
            issuer: issuer(&loaded, found, &held.entity)
                .map(|office| loaded.definitions.named_by(office).title.clone()),
            to: then.worth(&loaded, &held.entity, &found.to),
            body: found.body.iter().map(|paragraph| then.parts(&loaded, &held.entity, paragraph)).collect(),
            chain: then.chain(&held.entity, chain.collect())?,
            service: None,
            basis: found.basis.clone(),
            at: self.now(),
            entry: None,
            case: case.clone(),
            process: held.definition,
        })
    }
}

/// The office that issues a document about a case.
fn issuer<'a>(loaded: &'a Loaded, document: &Document, case: &Entity) -> Option<&'a pack::Office> {
    let per = document.per.as_ref().map_or("", |per| case.text(per.as_str()));
    loaded.definitions.issuer(document, per, case.text("division"))
}

/// The world as an entry of the log left it.
struct Then<'a> {
    view: &'a dyn Reading,
    entry: u64,
    /// What the entry says of its act; nothing for a draft.
    note: Value,
    /// What can come with it.
    acts: Issuing,
}

impl Then<'_> {
    fn entity(&self, urn: &Urn) -> Result<Option<Entity>, Refusal> {
        entity_at(self.view, urn, self.entry)
    }

    /// What a path of the case leads to.
    fn worth(&self, loaded: &Loaded, case: &Entity, path: &[Name]) -> Worth {
        let [behind @ .., last] = path else { return NOTHING };
        if let [act] = behind
            && *act == *"act"
        {
            return self.of_act(case, last);
        }
        let mut entity = Some(case.clone());
        for step in behind {
            let next = entity.as_ref().and_then(|entity| entity.value(step.as_str()).as_ref().cloned());
            entity = next.and_then(|urn| self.entity(&urn).ok().flatten());
        }
        let Some(entity) = entity else { return NOTHING };
        let value = value_at(self.view, &entity, std::slice::from_ref(last));
        let known = loaded.definitions.types.contains_key(&entity.kind);
        Worth { value, of: known.then(|| (entity.kind.clone(), last.clone())) }
    }

    /// What came with the act.
    fn of_act(&self, case: &Entity, name: &Name) -> Worth {
        if self.acts.fields.contains(name) {
            let value = self.note.get("fields").and_then(|fields| fields.get(name.as_str()));
            let of = Some((case.kind.clone(), name.clone()));
            return Worth { value: value.cloned().unwrap_or(Value::Null), of };
        }
        let said = self.note.get(name.as_str()).cloned().unwrap_or(Value::Null);
        let mut reasons = self.acts.reasons.iter().filter(|(code, _)| said.as_text() == Some(code.as_str()));
        let title = reasons.next().map(|(_, title)| text(title));
        Worth { value: title.unwrap_or(said), of: None }
    }

    /// A paragraph in both languages.
    fn parts(&self, loaded: &Loaded, case: &Entity, paragraph: &Text) -> [Vec<Part>; 2] {
        [&paragraph.zh, &paragraph.en].map(|text| {
            let part = |piece| match piece {
                Piece::Words(words) => Part::Words(words),
                Piece::Value(path) => Part::Worth(self.worth(loaded, case, &path)),
            };
            pieces(text).into_iter().map(part).collect()
        })
    }

    /// Who did each act of a chain last, as far as it was done.
    fn chain(&self, case: &Entity, steps: Vec<(Text, String)>) -> Result<Vec<Signed>, Refusal> {
        let mut done = BTreeMap::new();
        for sequence in
            self.view.history(&case.urn, 0, CHANGES_MAX)?.into_iter().filter(|at| *at <= self.entry)
        {
            if let Some(entry) = self.view.entry(sequence)? {
                done.insert(entry.leaf.act.clone(), (entry.leaf.actor, entry.leaf.committed, sequence));
            }
        }
        let signed = |(title, act): (Text, String)| {
            let (by, at, entry) = match done.get(act.as_str()) {
                Some((by, at, entry)) => (Some(by.clone()), Some(*at), Some(*entry)),
                None => (None, None, None),
            };
            Signed { title, by, at, entry }
        };
        Ok(steps.into_iter().map(signed).collect())
    }
}

/// What comes with the acts that issue a document: their fields, and the titles of the reasons that can be given.
#[derive(Default)]
struct Issuing {
    fields: Vec<Name>,
    reasons: Vec<(Name, Text)>,
}

impl Issuing {
    fn of(process: &Definition, document: &str) -> Self {
        let mut issuing = Self::default();
        let issues = |act: &&Action| {
            act.fields.iter().any(|field| field.document.as_ref().is_some_and(|id| *id == *document))
        };
        for act in process.action.iter().filter(issues) {
            issuing.fields.extend(act.fields.iter().map(|field| field.id.clone()));
            issuing.reasons.extend(act.reasons.iter().map(|one| (one.code.clone(), one.title.clone())));
            let clocks = process.clock.iter().filter(|clock| act.pauses.contains(&clock.rule.id));
            let pauses = clocks.flat_map(|clock| &clock.rule.pauses);
            issuing.reasons.extend(pauses.map(|one| (one.code.clone(), one.title.clone())));
        }
        issuing
    }
}

/// The last acts that served a document since it was issued, and that signed for it.
fn service(
    view: &dyn Reading,
    process: &Definition,
    case: &Urn,
    (document, issued): (&Entity, u64),
) -> Result<Option<Service>, Refusal> {
    let action = |key| process.action.iter().find(|action| action.id == *document.text(key));
    let (Some(serves), signs) = (action("served"), action("signed")) else { return Ok(None) };
    let nobody = |action: &Action| Signed { title: action.title.clone(), by: None, at: None, entry: None };
    let mut service = Service { hand: nobody(serves), said: Vec::new(), received: signs.map(nobody) };
    for sequence in view.history(case, 0, CHANGES_MAX)?.into_iter().filter(|at| *at >= issued) {
        let Some(entry) = view.entry(sequence)? else { continue };
        let act = entry.leaf.act.as_str();
        let hand = |title| Signed {
            title,
            by: Some(entry.leaf.actor.clone()),
            at: Some(entry.leaf.committed),
            entry: Some(sequence),
        };
        if serves.id == *act {
            let note = noted(&entry, case);
            let fields = note.as_ref().and_then(|note| note.get("fields"));
            let said = |field: &Field| Some((field.id.clone(), fields?.get(field.id.as_str())?.clone()));
            let asked = serves.fields.iter().filter(|field| field.document.is_none());
            service.said = asked.filter_map(said).collect();
            service.hand = hand(service.hand.title.clone());
        }
        if let Some(signs) = signs.filter(|signs| signs.id == *act) {
            service.received = Some(hand(signs.title.clone()));
        }
    }
    Ok(Some(service))
}

fn steps(path: &str) -> Vec<Name> {
    path.split('.').filter_map(|step| Name::new(step).ok()).collect()
}

fn text(text: &Text) -> Value {
    map([("zh", text.zh.as_str().into()), ("en", text.en.as_str().into())])
}

fn read_text(value: &Value) -> Text {
    let of = |key| value.get(key).and_then(Value::as_text).unwrap_or_default();
    Text::new(of("zh"), of("en"))
}

/// An entity as an entry of the log left it; nothing if it was not there yet.
pub(crate) fn entity_at(view: &dyn Reading, urn: &Urn, last: u64) -> Result<Option<Entity>, Refusal> {
    let now = view.entity(urn)?;
    if now.as_ref().is_none_or(|now| now.version <= last) {
        return Ok(now);
    }
    let mut then = None;
    for sequence in view.history(urn, 0, CHANGES_MAX)?.into_iter().filter(|at| *at <= last) {
        let Some(entry) = view.entry(sequence)? else { continue };
        for item in entry.decoded().unwrap_or_default() {
            if let Item::Change(change) = item
                && change.entity == *urn
            {
                then = Some(Entity::apply(then, &change, sequence, entry.leaf.committed));
            }
        }
    }
    Ok(then)
}
