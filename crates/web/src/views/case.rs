//! A case: where it stands, what may be done, how its deadline was counted, what happened.

use super::{ActForm, Clock, Corrects, Deadline, Facts, Field, Input, Link, Page, Standing, Step};
use crate::{paths, texts::fill};
use askama::Template;

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
    /// The process: its title, and its page if these definitions still have it.
    pub kind: Link,
    /// What it is about.
    pub matter: String,
    /// What is yes of it, whatever its stage: urgent, secret.
    pub flags: Vec<String>,
    /// The outermost stages in order, those in which it can end as the last of them.
    pub stages: Vec<Stage>,
    /// Who must act next; `None` when closed.
    pub owner: Option<String>,
    /// The clocks that run or stand, statutory ones first.
    pub clocks: Vec<RunningClock>,
    /// What there is to say of where it stands, beside its stages.
    pub standing: Standing,
    /// The version this page shows: posted back as `seen` with every act.
    pub seen: u64,
    /// What this person may do now.
    pub acts: Vec<ActForm>,
    /// What others may do now.
    pub others: Vec<OtherAct>,
    /// How the deadlines were counted, in the order of the clocks.
    pub deadlines: Vec<Deadline>,
    /// What the case is built on.
    pub facts: Facts,
    /// The case as one file.
    pub package: Link,
    /// The way to its personal values, if it has any.
    pub personal: Option<Link>,
    /// Documents that were issued in it.
    pub documents: Vec<Link>,
    /// What happened, the newest first.
    pub trail: Vec<Step>,
    /// What happened earlier, when it is too much for one page.
    pub earlier: Option<Link>,
}

/// A clock of the case as its head shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunningClock {
    /// Its title; nothing when there is only to say that the case is closed.
    pub title: Option<String>,
    /// Whether the law sets it, or the city promises it.
    pub promised: bool,
    /// Where it stands.
    pub clock: Clock,
    /// Where on the page its deadline is explained.
    pub href: Option<String>,
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
        /// The case that waits next for whoever did it.
        next: Option<Link>,
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
    /// What it has within, as far as the case stands there: where each part is.
    pub within: Vec<Stage>,
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
    /// This part of a stage is done; others are not.
    Ready,
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

impl Case {
    fn stage_class(state: &StageState) -> &'static str {
        match state {
            StageState::Passed => "passed",
            StageState::Current => "current",
            StageState::Ahead => "ahead",
            StageState::Skipped => "skipped",
            StageState::Ready => "ready",
        }
    }

    fn stage_state(&self, state: &StageState) -> &'static str {
        let texts = &self.page.texts().case;
        match state {
            StageState::Passed => &texts.stage_passed,
            StageState::Current => &texts.stage_current,
            StageState::Ahead => &texts.stage_ahead,
            StageState::Skipped => &texts.stage_skipped,
            StageState::Ready => &texts.stage_ready,
        }
    }

    fn leads_to(&self, stage: &str) -> String {
        fill(&self.page.texts().case.leads_to, &[("stage", stage)])
    }

    fn clock_kind(&self, promised: &bool) -> &'static str {
        let texts = &self.page.texts().case;
        if *promised { &texts.promised } else { &texts.statutory }
    }

    fn shelved(&self, since: &str) -> String {
        fill(&self.page.texts().case.shelved, &[("since", since)])
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
