//! Proposals: one file of the definitions as it would be. It is read and checked with all others, tried on the city's past, and
//! put in force as one act; what a file said before is brought back by proposing it again.

use crate::definitions::rows_of;
use crate::loaded::{CITY, stored};
use crate::{Activation, Actor, CaseDifference, Kernel, Loaded, Power, Refusal, Replays, Trial, actor};
use model::{Instant, Item, Name, Text, Urn, Value};
use pack::{Complaint, Difference, File};
use proof::{CommandId, Digest};
use rule::{Rule, Span};
use std::collections::BTreeMap;
use store::Reading;

/// Cases of one process that a trial replays.
const CASES_MAX: u32 = 2_000;
/// Differences of one process or rule that are kept to be shown.
const SHOWN_MAX: usize = 50;
/// Versions of a file that are listed.
const VERSIONS_MAX: usize = 50;
/// Longest text of a file in bytes.
pub const FILE_BYTES_MAX: usize = 512 * 1024;

/// A text that a file had.
#[derive(Clone, Debug, PartialEq)]
pub struct FileVersion {
    /// The entry that put it in force.
    pub sequence: u64,
    /// When.
    pub at: Instant,
    /// Who did.
    pub by: Text,
    /// The text; nothing if the file was taken out.
    pub text: Option<String>,
}

/// What a proposal comes to.
pub struct Proposed {
    /// What is wrong with it. Then there is nothing else to say.
    pub complaints: Vec<Complaint>,
    /// What would be different.
    pub differences: Vec<Difference>,
    /// Open cases that would stay on an older form of their process, by process.
    pub staying: BTreeMap<Name, usize>,
    /// Processes and rules that would change, tried on the past.
    pub trials: Trials,
}

/// What would have gone differently.
#[derive(Default)]
pub struct Trials {
    /// By process.
    pub processes: Vec<ProcessTrial>,
    /// By rule.
    pub rules: Vec<RuleTrial>,
}

/// Cases of a process, replayed as they would have gone.
pub struct ProcessTrial {
    /// Which process.
    pub process: Name,
    /// How many cases were replayed.
    pub replays: Replays,
    /// How many of them would have gone differently.
    pub differ: u32,
    /// Those in which a clock would have been over that was not, and the other way round.
    pub overdue: [u32; 2],
    /// The first that differ.
    pub first: Vec<CaseDifference>,
}

/// A rule, judged again as it would have been.
pub struct RuleTrial {
    /// Which rule.
    pub rule: Name,
    /// Windows judged differently.
    pub differ: usize,
    /// The first of them: of which entity, from when, the level as it was and as it would be.
    pub first: Vec<(Urn, Instant, [Option<Name>; 2])>,
}

impl Kernel {
    /// The files in force.
    pub fn files(&self, actor: &Actor) -> Result<Vec<File>, Refusal> {
        self.may_see_files(actor)?;
        self.files_in_force()
    }

    fn may_see_files(&self, actor: &Actor) -> Result<(), Refusal> {
        if self.has(actor, Power::Audit) { Ok(()) } else { self.allowed(actor, Power::Define) }
    }

    fn files_in_force(&self) -> Result<Vec<File>, Refusal> {
        Ok(self.files_at()?.0)
    }

    /// The files in force, and the version of the city that has them.
    fn files_at(&self) -> Result<(Vec<File>, u64), Refusal> {
        let view = self.store.read()?;
        let city = crate::urn(CITY)?;
        let held = view.entity(&city)?.ok_or_else(|| Refusal::NotFound(city.to_string()))?;
        Ok((stored(held.value("files"), &self.blobs)?.0, held.version))
    }

    /// What a file said before, the latest first.
    pub fn file_versions(&self, actor: &Actor, path: &str) -> Result<Vec<FileVersion>, Refusal> {
        self.may_see_files(actor)?;
        let (view, city) = (self.store.read()?, crate::urn(CITY)?);
        let mut versions: Vec<(Option<Digest>, FileVersion)> = Vec::new();
        for (sequence, at, files) in activations(&*view, &city)? {
            let digest = rows_of(&files).get(path).copied();
            if versions.last().map_or(digest.is_none(), |(last, _)| *last == digest) {
                continue;
            }
            let text = match digest {
                Some(digest) => self.blobs.get(&digest)?.and_then(|bytes| String::from_utf8(bytes).ok()),
                None => None,
            };
            let who =
                view.entry(sequence)?.map(|entry| view.entity(&entry.leaf.actor)).transpose()?.flatten();
            let by = who.map_or_else(|| Text::new("平台", "Platform"), |who| actor::title(&who));
            versions.push((digest, FileVersion { sequence, at, by, text }));
        }
        Ok(versions.into_iter().rev().take(VERSIONS_MAX).map(|(_, version)| version).collect())
    }

    /// Reads a proposal with all other files, and tries what it changes on the past between two moments.
    pub fn propose(
        &self,
        actor: &Actor,
        proposal: &File,
        span: (Instant, Instant),
    ) -> Result<Proposed, Refusal> {
        self.allowed(actor, Power::Define)?;
        let files = with(self.files_in_force()?, proposal)?;
        // The trial activates nothing: its command stands for nothing.
        let activation = match self.activate(actor, CommandId(self.chance.id()), &files, true) {
            Ok(activation) => activation,
            Err(Refusal::Definitions(complaints)) => {
                let trials = Trials::default();
                return Ok(Proposed { complaints, differences: vec![], staying: BTreeMap::new(), trials });
            }
            Err(other) => return Err(other),
        };
        let tried = Loaded::tried(pack::read(&files).map_err(Refusal::Definitions)?)?;
        let trials = self.trials(actor, &tried, span)?;
        let Activation { differences, staying, .. } = activation;
        Ok(Proposed { complaints: Vec::new(), differences, staying, trials })
    }

    /// Puts a proposal in force, if the file still is what it was when the proposal was begun.
    pub fn put_in_force(
        &self,
        actor: &Actor,
        command: CommandId,
        proposal: &File,
        begun_from: Option<&Digest>,
    ) -> Result<Activation, Refusal> {
        self.allowed(actor, Power::Define)?;
        let (before, version) = self.files_at()?;
        let held = before.iter().find(|file| file.path == proposal.path);
        let held = held.map(|file| proof::leaf_hash(file.text.as_bytes()));
        if held.as_ref() != begun_from {
            let (zh, en) = (
                "这个文件在您编辑期间已被改动，请对照现行内容重新修改",
                "this file was changed while you were editing: compare with what is in force, and edit again",
            );
            return Err(Refusal::field("text", zh, en));
        }
        self.activate_after(actor, command, &with(before, proposal)?, version)
    }

    fn trials(&self, actor: &Actor, tried: &Loaded, span: (Instant, Instant)) -> Result<Trials, Refusal> {
        let past = self.past(actor)?;
        let loaded = past.loaded();
        let mut trials = Trials::default();
        for (process, (_, before)) in &loaded.definitions.processes {
            let Some((_, after)) = tried.definitions.processes.get(process) else { continue };
            if before == after {
                continue;
            }
            let trial = Trial { before, after, loaded, span, most: CASES_MAX };
            let mut found = ProcessTrial {
                process: process.clone(),
                replays: Replays::default(),
                differ: 0,
                overdue: [0, 0],
                first: Vec::new(),
            };
            found.replays = past.simulate(&trial, |case| {
                let [was, would] = &case.overdue;
                found.differ += 1;
                found.overdue[0] += u32::from(!would.is_subset(was));
                found.overdue[1] += u32::from(!was.is_subset(would));
                if found.first.len() < SHOWN_MAX {
                    found.first.push(case);
                }
            })?;
            trials.processes.push(found);
        }
        for before in &loaded.definitions.rules {
            let Some(after) =
                tried.rule(before.id.as_str()).filter(|after| differ(loaded, before, tried, after))
            else {
                continue;
            };
            let mut found = RuleTrial { rule: before.id.clone(), differ: 0, first: Vec::new() };
            let stretch = Span { from: span.0, to: span.1 };
            past.rule_differences(before, (tried, after), stretch, |(entity, differences)| {
                found.differ += differences.len();
                let room = SHOWN_MAX.saturating_sub(found.first.len());
                let level = |verdict: &Option<rule::Verdict>| verdict.as_ref().and_then(|v| v.level.clone());
                found.first.extend(
                    differences.iter().take(room).map(|one| {
                        (entity.clone(), one.window.start, [level(&one.before), level(&one.after)])
                    }),
                );
            })?;
            trials.rules.push(found);
        }
        Ok(trials)
    }
}

/// When definitions were put in force, the oldest first: the entry, when, and which files with their digests.
pub(crate) fn activations(view: &dyn Reading, city: &Urn) -> Result<Vec<(u64, Instant, Value)>, Refusal> {
    let mut found = Vec::new();
    for sequence in view.history(city, 0, u32::MAX)? {
        let Some(entry) = view.entry(sequence)? else { continue };
        let files = entry.decoded().unwrap_or_default().into_iter().find_map(|item| match item {
            Item::Change(mut change) if change.entity == *city => change.set.remove("files"),
            _ => None,
        });
        found.extend(files.map(|files| (sequence, entry.leaf.committed, files.value)));
    }
    Ok(found)
}

/// Whether a rule could judge differently: it reads otherwise, or a table of limits does.
fn differ(loaded: &Loaded, before: &Rule, tried: &Loaded, after: &Rule) -> bool {
    before != after || loaded.limits != tried.limits
}

/// All files with one as proposed.
fn with(mut files: Vec<File>, proposal: &File) -> Result<Vec<File>, Refusal> {
    if proposal.text.len() > FILE_BYTES_MAX {
        let (zh, en) = ("文件过长（上限 512 KB）", "the file is too long (512 KB at most)");
        return Err(Refusal::field("text", zh, en));
    }
    match files.iter_mut().find(|file| file.path == proposal.path) {
        Some(file) => file.text.clone_from(&proposal.text),
        None => files.push(proposal.clone()),
    }
    Ok(files)
}
