//! A case: where it stands, what may be done, how its deadline was counted, what happened.

use super::{Clock, Deadline, Interval, Limit, Link, Page, Quality};
use crate::{paths, texts::fill};
use askama::Template;
use std::collections::HashMap;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "case.html")]
pub struct Case {
    /// The frame.
    pub page: Page,
    /// What has just happened to this person's act.
    pub notice: Option<Notice>,
    /// The opinion of an act that was not recorded and has no form any more, to be copied.
    pub kept: Option<String>,
    /// The case's number.
    pub number: String,
    /// The process's title: `超标处置`.
    pub kind: String,
    /// What it is about.
    pub matter: String,
    /// All stages in order.
    pub stages: Vec<Stage>,
    /// The role that must act next; `None` when closed.
    pub owner: Option<String>,
    /// The clock that runs.
    pub clock: Option<Clock>,
    /// The version this page shows: posted back as `seen` with every act.
    pub seen: u64,
    /// What this person may do now.
    pub acts: Vec<ActForm>,
    /// What others may do now.
    pub others: Vec<OtherAct>,
    /// How the deadline was counted.
    pub deadline: Option<Deadline>,
    /// What the case is built on.
    pub facts: Facts,
    /// What happened, the newest first.
    pub trail: Vec<Trail>,
    /// What happened earlier, when it is too much for one page.
    pub earlier: Option<Link>,
}

/// What has just happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The act is recorded.
    Done {
        /// The act's title.
        act: String,
        /// The receipt: its number as text.
        receipt: Link,
    },
    /// The act was refused.
    Refused {
        /// The form it is about, counted from 1, when it is still offered.
        form: Option<usize>,
        /// Why, and what to do, in sentences.
        why: String,
    },
    /// Somebody was first; nothing of this person's act was recorded.
    Overtaken {
        /// The other's role or name.
        who: String,
        /// The act's title.
        act: String,
        /// When, local.
        at: String,
    },
}

/// One stage of the line.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Its title.
    pub title: String,
    /// Where the case stands to it.
    pub state: StageState,
}

/// Where the case stands to a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageState {
    /// Behind it.
    Passed,
    /// In it.
    Current,
    /// Before it.
    Ahead,
    /// Went round it.
    Skipped,
}

/// An act this person may do, as a form. It posts `command`, `seen`, `csrf`, and `opinion`, `reason`, `measurement`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ActForm {
    /// The act's title.
    pub title: String,
    /// Where the form posts.
    pub post: String,
    /// The command's id: fresh for each form shown, so that sending twice does it once.
    pub command: String,
    /// The title of the stage it leads to, when it leads to another.
    pub leads_to: Option<String>,
    /// Whether an opinion is asked for.
    pub opinion: Field,
    /// The reasons to choose from; one is required and none is chosen beforehand. Empty: no reason is asked for.
    pub reasons: Vec<Reason>,
    /// A measured value that is asked for.
    pub measurement: Option<Measurement>,
    /// The act's own fields.
    pub fields: Vec<FormField>,
    /// What was typed before, after a refusal.
    pub typed: Typed,
    /// Why it was refused.
    pub error: Option<String>,
}

/// Whether a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Field {
    /// It is not.
    #[default]
    No,
    /// It may stay empty.
    Optional,
    /// It must be filled in.
    Required,
}

/// A reason to choose.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Reason {
    /// What is posted.
    pub id: String,
    /// What it says.
    pub title: String,
}

/// A measured value that an act needs.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Measurement {
    /// What is measured: `二氧化硫`.
    pub title: String,
    /// Its unit.
    pub unit: String,
}

/// What was typed into a form that was refused.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Typed {
    /// The opinion.
    pub opinion: String,
    /// The reason's id.
    pub reason: String,
    /// The measured value, as typed.
    pub measurement: String,
    /// The act's own fields, by the names under which they are posted.
    pub fields: HashMap<String, String>,
}

/// A field that a definition asks for.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FormField {
    /// The name under which it is posted.
    pub name: String,
    /// What it asks for.
    pub title: String,
    /// Its unit, if it is a number with one.
    pub unit: Option<String>,
    /// How it is filled in.
    pub input: Input,
    /// Whether it must be.
    pub required: bool,
    /// Whether it is personal data, kept sealed.
    pub personal: bool,
    /// What was typed before, after a refusal.
    pub typed: String,
}

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Input {
    /// Words.
    #[default]
    Text,
    /// A number.
    Number,
    /// A day.
    Date,
    /// Yes or no.
    Tick,
    /// One of these.
    Choice(Vec<Reason>),
}

/// An act that others may do now.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OtherAct {
    /// The act's title.
    pub act: String,
    /// Who may.
    pub role: String,
    /// Why not this person.
    pub why_not: String,
}

/// What the case is built on.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Facts {
    /// The source, with its page.
    pub source: Link,
    /// Where it is.
    pub place: Option<String>,
    /// What was measured.
    pub factor: String,
    /// Its unit.
    pub unit: String,
    /// The intervals that made the case.
    pub values: Vec<Fact>,
    /// The limit they were judged by.
    pub limit: Option<Limit>,
    /// Further facts: title and value.
    pub more: Vec<(String, String)>,
}

/// A measured interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Which.
    pub interval: Interval,
    /// The value, rounded as the limit is written.
    pub value: String,
    /// Whether it is over the limit.
    pub over: bool,
    /// What it is worth.
    pub quality: Quality,
    /// The packet it came in: its number as text.
    pub packet: Option<Link>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Trail {
    /// When, local.
    pub time: String,
    /// Who: a role or an account's name.
    pub who: String,
    /// The act's title.
    pub act: String,
    /// The stage it led to.
    pub stage: Option<String>,
    /// The reason's title.
    pub reason: Option<String>,
    /// What they wrote.
    pub opinion: Option<String>,
    /// What was measured, with its unit.
    pub measurement: Option<String>,
    /// What has happened to this entry since: corrected, voided.
    pub note: Option<String>,
    /// The receipt: its number as text.
    pub receipt: Option<Link>,
}

impl Case {
    fn stage_class(state: &StageState) -> &'static str {
        match state {
            StageState::Passed => "passed",
            StageState::Current => "current",
            StageState::Ahead => "ahead",
            StageState::Skipped => "skipped",
        }
    }

    fn stage_state(&self, state: &StageState) -> &'static str {
        let texts = &self.page.texts().case;
        match state {
            StageState::Passed => &texts.stage_passed,
            StageState::Current => &texts.stage_current,
            StageState::Ahead => &texts.stage_ahead,
            StageState::Skipped => &texts.stage_skipped,
        }
    }

    fn leads_to(&self, stage: &str) -> String {
        fill(&self.page.texts().case.leads_to, &[("stage", stage)])
    }

    fn done(&self, act: &str) -> String {
        fill(&self.page.texts().case.notice_done, &[("act", act)])
    }

    fn receipt(&self, number: &str) -> String {
        fill(&self.page.texts().case.receipt, &[("n", number)])
    }

    fn overtaken(&self, who: &str, act: &str, at: &str) -> String {
        fill(&self.page.texts().case.notice_overtaken, &[("who", who), ("act", act), ("at", at)])
    }
}
