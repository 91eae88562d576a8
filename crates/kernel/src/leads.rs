//! Leads: entries of the log that ask for an explanation, and what an auditor found. Who the lead is about does not see it.

use crate::{Actor, Kernel, Power, Refusal, actor, name};
use model::{Attribute, Change, Instant, Name, Text, Urn};
use proof::CommandId;
use std::collections::BTreeMap;
use store::{Commit, Done, Expect};

/// The type of what was found about a lead.
const LEAD: &str = "Lead";
/// The act that is a lead: somebody looked where no case led, and was refused.
const ACT: &str = "reveal-refused";
/// Characters of what was found.
const REASON_CHARS_MAX: usize = 500;

/// How a lead ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is an explanation, and the look was in order.
    Explained,
    /// It goes to the body entitled to discipline.
    Referred,
}

/// What was found about a lead.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// How it ended.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub by: Text,
    /// When.
    pub at: Instant,
    /// The entry that says so.
    pub sequence: u64,
}

impl Verdict {
    /// As the log has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Explained => "explained",
            Self::Referred => "referred",
        }
    }

    /// From its word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Explained, Self::Referred].into_iter().find(|verdict| verdict.as_str() == word)
    }
}

impl Kernel {
    /// The acts that are leads.
    pub fn lead_acts() -> Result<Vec<Name>, Refusal> {
        Ok(vec![name(ACT)?])
    }

    /// Says what a lead came to. Nobody judges their own, and what was said once stands.
    pub fn judge_lead(
        &self,
        actor: &Actor,
        command: CommandId,
        lead: u64,
        (verdict, reason): (Verdict, &str),
    ) -> Result<Done, Refusal> {
        self.allowed(actor, Power::Audit)?;
        let view = self.store.read()?;
        let not_found = || Refusal::NotFound(format!("lead {lead}"));
        let entry = view.entry(lead)?.filter(|entry| entry.leaf.act == ACT).ok_or_else(not_found)?;
        if entry.leaf.actor == actor.urn {
            let (zh, en) = ("不能核查自己的线索", "nobody looks into a lead about themselves");
            return Err(Refusal::field("lead", zh, en));
        }
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
            let (zh, en) = ("请写明核查情况（500 字以内）", "say what was found, in at most 500 characters");
            return Err(Refusal::field("reason", zh, en));
        }
        drop(view);
        let verb = name("judge-lead")?;
        let urn = lead_urn(lead)?;
        let set = BTreeMap::from([
            (name("verdict")?, Attribute::plain(verdict.as_str())),
            (name("reason")?, Attribute::plain(reason)),
            (name("by")?, Attribute::plain(actor.urn.clone())),
        ]);
        let note = model::map([("reason", reason.into())]);
        let mut commit = Commit::new(command, actor.urn.clone(), verb.clone(), "power audit");
        commit.cause = Some(lead);
        commit.expect.push(Expect::EntityAt(urn.clone(), None));
        commit.changes.push(Change { entity: urn, kind: name(LEAD)?, verb, set, note, record: None });
        let taken = || {
            Refusal::field("lead", "这条线索已有核查结论", "somebody has said already what this lead came to")
        };
        self.landed(commit)?.ok_or_else(taken)
    }

    /// What a lead came to; nothing while nobody has looked into it.
    pub fn lead(&self, actor: &Actor, lead: u64) -> Result<Option<Found>, Refusal> {
        self.allowed(actor, Power::Audit)?;
        let view = self.store.read()?;
        let Some(found) = view.entity(&lead_urn(lead)?)? else { return Ok(None) };
        let Some(verdict) = Verdict::of(found.text("verdict")) else { return Ok(None) };
        let by = found.value("by").as_ref().map(|by| view.entity(by)).transpose()?.flatten();
        let held = name("verdict").ok().and_then(|id| found.attributes.get(&id).cloned());
        Ok(Some(Found {
            verdict,
            reason: found.text("reason").to_owned(),
            by: by.map_or_else(|| Text::new("", ""), |by| actor::title(&by)),
            at: held.as_ref().map_or(Instant::default(), |held| held.committed),
            sequence: found.version,
        }))
    }
}

fn lead_urn(lead: u64) -> Result<Urn, Refusal> {
    Urn::of(&name(LEAD)?, &lead.to_string()).map_err(crate::invalid)
}
