//! A person acts on a case: the process decides, this file loads the facts, commits, and decides again after a lost race.

use crate::cases::{CaseView, TRAIL_MAX};
use crate::world::CaseWorld;
use crate::{Actor, Kernel, Refusal, name, system};
use model::{Name, Text, Urn, Value, map};
use process::{Act, Decision, Facts, Field, decide};
use proof::CommandId;
use std::collections::BTreeMap;
use store::{Commit, Done, Outcome, Reading};

/// How often a lost race is decided again before the person is told.
pub(crate) const ATTEMPTS_MAX: u32 = 5;
/// The same for an act that gives a number: all that give one of the same series race for it.
const NUMBERED_ATTEMPTS_MAX: u32 = 200;
/// Longest opinion in characters.
pub const OPINION_CHARS_MAX: usize = 4000;
/// Photos and documents with one act.
pub const ENCLOSURES_MAX: usize = 9;
/// Bytes of one of them.
pub const ENCLOSURE_BYTES_MAX: usize = 10 * 1024 * 1024;

/// Digests of the photos and of the documents that came with an act.
type Enclosed = (Vec<[u8; 32]>, Vec<[u8; 32]>);

/// What a person sends with an act.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// The id made with the page: pressed ten times, it is one command.
    pub command: CommandId,
    /// The case's version that the person saw.
    pub seen: Option<u64>,
    /// Which act.
    pub act: Name,
    /// In words.
    pub opinion: String,
    /// By its code.
    pub reason: Option<Name>,
    /// What was measured.
    pub measurement: Option<f64>,
    /// What was filled in.
    pub fields: BTreeMap<Name, Value>,
    /// Photos, as they came.
    pub photos: Vec<Vec<u8>>,
    /// Documents, as they came.
    pub documents: Vec<Vec<u8>>,
    /// Which assignment of a task is meant, where the person has several.
    pub assignment: Option<u16>,
    /// On a correction: the entry of the act that it corrects.
    pub corrects: Option<u64>,
}

impl Submission {
    /// An act with which nothing comes.
    pub fn new(command: CommandId, act: Name) -> Self {
        Self {
            command,
            seen: None,
            act,
            opinion: String::new(),
            reason: None,
            measurement: None,
            fields: BTreeMap::new(),
            photos: Vec::new(),
            documents: Vec::new(),
            assignment: None,
            corrects: None,
        }
    }

    /// Whether it is longer or larger than anybody needs.
    fn too_much(&self) -> Result<(), Refusal> {
        let field = |field, zh: String, en: String| Err(Refusal::Field { field, what: Text { zh, en } });
        if self.opinion.chars().count() > OPINION_CHARS_MAX {
            let en = format!("At most {OPINION_CHARS_MAX} characters");
            return field("opinion", format!("最多 {OPINION_CHARS_MAX} 字"), en);
        }
        let enclosed = || self.photos.iter().chain(&self.documents);
        if enclosed().count() > ENCLOSURES_MAX || enclosed().any(|bytes| bytes.len() > ENCLOSURE_BYTES_MAX) {
            let mib = ENCLOSURE_BYTES_MAX / (1024 * 1024);
            let en = format!("At most {ENCLOSURES_MAX} files of {mib} MiB each");
            return field("photo", format!("最多 {ENCLOSURES_MAX} 个文件，每个不超过 {mib} MiB"), en);
        }
        Ok(())
    }
}

impl Kernel {
    /// A person acts on a case. Decided again after a lost race; told who was first if the act is then overtaken.
    pub fn act(&self, actor: &Actor, case: &Urn, submission: &Submission) -> Result<Done, Refusal> {
        submission.too_much()?;
        let mut enclosed = None;
        for attempt in 1..=NUMBERED_ATTEMPTS_MAX {
            let view = self.store.read()?;
            if let Some(done) = self.first_receipt(&*view, &submission.command)? {
                return self.same_command(&*view, &done, actor, case, submission).map(|()| done);
            }
            let held = self.case_in(&*view, case, Some(actor))?;
            self.not_overtaken(&*view, &held, submission.seen)?;
            // Stored by content before anything names them: a file that nothing names is only space.
            let enclosed = match &enclosed {
                Some(enclosed) => enclosed,
                None => enclosed.insert(self.enclose(submission)?),
            };
            let at = self.decision_time(&*view)?;
            let numbered = self.numbered(&*view, &held, &submission.act, at)?;
            let mut fields = self.seal_personal(&*view, &held, submission)?;
            fields.extend(numbered.iter().map(|one| (one.field.clone(), one.number.as_str().into())));
            let act = Act {
                opinion: submission.opinion.trim().to_owned(),
                reason: submission.reason.clone(),
                measurement: submission.measurement,
                fields,
                photos: enclosed.0.clone(),
                documents: enclosed.1.clone(),
                assignment: submission.assignment,
                corrects: submission.corrects,
                ..Act::new(submission.act.clone(), actor.urn.clone(), held.roles.clone(), at)
            };
            let decision = {
                let loaded = self.loaded();
                let (world, times) =
                    (CaseWorld::new(&loaded, &*view, &held.entity, self.now()), loaded.times());
                decide(&held.definition, &held.record, &act, &Facts { world: &world, times: &times })?
            };
            let note = self.note(&*view, &held, &act, &decision)?;
            let (ground, who) = (held.definition.id.as_str(), actor.urn.clone());
            let mut commit = Commit::new(submission.command, who, submission.act.clone(), ground);
            self.write(&mut commit, &*view, &held.definition, &held.entity, &decision, note)?;
            if let Some(numbered) = &numbered {
                self.issue(&mut commit, &held.entity, numbered)?;
            }
            drop(view);
            if let Some(done) = self.landed(commit)? {
                self.counters.add("act", if done.repeated { "repeated" } else { "done" });
                self.note_findings(&decision);
                return Ok(done);
            }
            if numbered.is_none() && attempt >= ATTEMPTS_MAX {
                break;
            }
        }
        Err(Refusal::Store(store::StoreError::Busy))
    }

    /// What an act's fields hold, personal ones sealed under a subject of the case's own: whoever it is, erasing that
    /// subject forgets what was filled in about them here. A correction has the fields of the act that it corrects.
    fn seal_personal(
        &self,
        view: &dyn Reading,
        held: &CaseView,
        submission: &Submission,
    ) -> Result<BTreeMap<Name, Value>, Refusal> {
        let mut action = held.definition.action(&submission.act);
        let mut fields = submission.fields.clone();
        if action.is_some_and(|action| action.does == Some(process::Does::Correct)) {
            let loaded = self.loaded();
            let world = CaseWorld::new(&loaded, view, &held.entity, self.now());
            let earlier = submission.corrects.and_then(|of| process::World::earlier(&world, of));
            action = earlier.as_ref().and_then(|earlier| held.definition.action(&earlier.act));
            // A number that was given stays.
            let numbers =
                action.iter().flat_map(|action| &action.fields).filter(|field| field.document.is_some());
            for field in numbers {
                let given = earlier.as_ref().and_then(|earlier| earlier.fields.get(&field.id)).cloned();
                fields.insert(field.id.clone(), given.unwrap_or(Value::Null));
            }
        }
        let asked = action.map(|action| action.fields.as_slice()).unwrap_or_default();
        self.sealed_fields(asked, &held.entity.urn, &fields)
    }

    pub(crate) fn sealed_fields(
        &self,
        asked: &[Field],
        case: &Urn,
        fields: &BTreeMap<Name, Value>,
    ) -> Result<BTreeMap<Name, Value>, Refusal> {
        let personal = |id: &Name| asked.iter().any(|field| field.id == *id && field.personal);
        let subject = Urn::of(&name("Person")?, case.tail()).map_err(crate::invalid)?;
        let mut sealed = fields.clone();
        for (_, value) in sealed.iter_mut().filter(|(id, value)| personal(id) && **value != Value::Null) {
            let key = self.vault.subject_key_or_new(&subject, self.chance.as_ref())?;
            let closed = key.and_then(|key| key.seal(&subject, value, self.chance.as_ref()));
            *value = closed.map_or(Value::Null, |closed| Value::Sealed(Box::new(closed)));
        }
        Ok(sealed)
    }

    fn enclose(&self, submission: &Submission) -> Result<Enclosed, Refusal> {
        let put =
            |all: &[Vec<u8>]| all.iter().map(|bytes| self.blobs.put(bytes)).collect::<Result<Vec<_>, _>>();
        Ok((put(&submission.photos)?, put(&submission.documents)?))
    }

    /// What the entry says of an act.
    fn note(
        &self,
        view: &dyn Reading,
        held: &CaseView,
        act: &Act,
        decision: &Decision,
    ) -> Result<Value, Refusal> {
        let digests = |all: &[[u8; 32]]| {
            let list: Vec<Value> = all.iter().map(|digest| Value::Bytes(digest.to_vec())).collect();
            if list.is_empty() { Value::Null } else { Value::List(list) }
        };
        let fields = act.fields.iter().map(|(id, value)| (id.to_string(), value.clone()));
        let voids = decision.notices.iter().any(|notice| notice.what == process::ClockEvent::Restored);
        let does = held.definition.action(&act.id).and_then(|action| action.does.as_ref());
        let voids =
            (voids || does == Some(&process::Does::Void)).then(|| self.last_act(view, held)).transpose()?;
        Ok(map([
            ("from", stages(&held.record.at)),
            ("to", stages(&decision.record.at)),
            ("opinion", Some(act.opinion.as_str()).filter(|o| !o.is_empty()).into()),
            ("reason", act.reason.as_ref().map(Name::as_str).into()),
            ("measurement", act.measurement.map_or(Value::Null, Value::number)),
            ("fields", if act.fields.is_empty() { Value::Null } else { Value::Map(fields.collect()) }),
            ("photos", digests(&act.photos)),
            ("documents", digests(&act.documents)),
            ("taken", names(&decision.taken)),
            ("corrects", act.corrects.map(u64::cast_signed).into()),
            ("voids", voids.flatten().map(u64::cast_signed).into()),
        ]))
    }

    /// The entry of the last act of a person.
    fn last_act(&self, view: &dyn Reading, held: &CaseView) -> Result<Option<u64>, Refusal> {
        let platform = system()?;
        for sequence in view.history_latest(&held.entity.urn, TRAIL_MAX)?.into_iter().rev() {
            if view.entry(sequence)?.is_some_and(|entry| entry.leaf.actor != platform) {
                return Ok(Some(sequence));
            }
        }
        Ok(None)
    }

    /// A known command id is answered only to whoever sent it, for what was sent with it.
    fn same_command(
        &self,
        view: &dyn Reading,
        done: &Done,
        actor: &Actor,
        case: &Urn,
        submission: &Submission,
    ) -> Result<(), Refusal> {
        let entry = view.entry(done.sequence)?.ok_or_else(|| Refusal::NotFound(done.sequence.to_string()))?;
        let about = view.history(case, done.sequence, 1)?.first() == Some(&done.sequence);
        if about && entry.leaf.actor == actor.urn && entry.leaf.act == submission.act.as_str() {
            return Ok(());
        }
        Err(used())
    }

    pub(crate) fn first_receipt(
        &self,
        view: &dyn Reading,
        command: &CommandId,
    ) -> Result<Option<Done>, Refusal> {
        let Some(sequence) = view.command(command)? else { return Ok(None) };
        let committed = view.entry(sequence)?.map(|entry| entry.leaf.committed).unwrap_or_default();
        self.counters.add("act", "repeated");
        Ok(Some(Done { sequence, committed, repeated: true }))
    }

    /// Whether a person acted on the case after this one saw it. What the platform did meanwhile is no reason to refuse.
    fn not_overtaken(&self, view: &dyn Reading, case: &CaseView, seen: Option<u64>) -> Result<(), Refusal> {
        let Some(seen) = seen.filter(|seen| *seen != case.entity.version) else { return Ok(()) };
        let platform = system()?;
        for sequence in view.history(&case.entity.urn, seen + 1, TRAIL_MAX)? {
            if let Some(entry) = view.entry(sequence)?.filter(|entry| entry.leaf.actor != platform) {
                self.counters.add("act", "overtaken");
                return Err(Refusal::Overtaken {
                    act: name(&entry.leaf.act)?,
                    at: entry.leaf.committed,
                    by: entry.leaf.actor,
                    sequence,
                });
            }
        }
        Ok(())
    }

    /// Commits, or says that a race was lost.
    pub(crate) fn landed(&self, commit: Commit) -> Result<Option<Done>, Refusal> {
        match crate::wait(self.store.submit(commit)?)? {
            Outcome::Done(done) => Ok(Some(done)),
            Outcome::Conflict(_) => {
                self.counters.add("act", "decided-again");
                Ok(None)
            }
        }
    }

    pub(crate) fn note_findings(&self, decision: &Decision) {
        for finding in &decision.findings {
            let code = match finding {
                process::Finding::Chain => "chain",
                process::Finding::NoParties { .. } => "no-parties",
                process::Finding::Stuck { .. } => "stuck",
            };
            tracing::warn!(?finding, "a process could not judge something");
            self.counters.add("finding", code);
        }
    }
}

/// The stages as a note says them: one by its name, several as a list.
pub(crate) fn stages(at: &std::collections::BTreeSet<Name>) -> Value {
    let mut all: Vec<Value> = at.iter().map(|stage| stage.as_str().into()).collect();
    if all.len() == 1 { all.pop().unwrap_or(Value::Null) } else { Value::List(all) }
}

pub(crate) fn names(all: &[Name]) -> Value {
    if all.is_empty() {
        Value::Null
    } else {
        Value::List(all.iter().map(|name| name.as_str().into()).collect())
    }
}

/// A command's id was used for something else.
pub(crate) fn used() -> Refusal {
    let what = Text::new(
        "这份表单已用于别的办理，请重新打开页面",
        "This form was used for something else: open the page again",
    );
    Refusal::Field { field: "command", what }
}

/// The digests of the files that a note names.
pub(crate) fn enclosed_in(note: &Value) -> impl Iterator<Item = &[u8]> {
    let lists = ["photos", "documents"].map(|key| note.get(key).map(Value::as_list).unwrap_or_default());
    lists.into_iter().flatten().filter_map(Value::as_bytes)
}

/// What to write where a reason is missing.
pub(crate) fn say_why() -> Text {
    say("请写明理由", "Say why")
}

pub(crate) fn say(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}
