//! Acts: who may do what in which stages, what must come with it, and what follows from it.

use crate::{Field, Given, Unit};
use lang::Expression;
use model::{Name, Text};
use std::collections::BTreeMap;

/// What people can do, or, with `auto`, what the platform does by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// Stages in which it is possible; in a parent, as long as the case is anywhere within.
    pub from: Vec<Name>,
    /// The stage that it leads to; without one the case stays. An act on a task leads there once the task is done.
    pub to: Option<Name>,
    /// The roles that may do it.
    pub by: Vec<Name>,
    /// The law or local rule on which it rests, as the law register names it.
    pub basis: Option<String>,
    /// What must hold.
    pub guard: Option<Expression>,
    /// Why it is refused when the guard does not hold. Given with every guard.
    pub because: Option<Text>,
    /// What must come with it.
    pub needs: Vec<Need>,
    /// Reasons, one of which must be given.
    pub reasons: Vec<Reason>,
    /// What is filled in.
    pub fields: Vec<Field>,
    /// Attributes of the case that it sets.
    pub set: BTreeMap<Name, Given>,
    /// Under which name to remember who did it.
    pub remember: Option<Name>,
    /// Must be another person than those remembered under these names.
    pub other_than: Vec<Name>,
    /// The clocks that it pauses, as far as they run, for one of the reasons that all of them have.
    pub pauses: Vec<Name>,
    /// The clocks that it lets run again, as far as they stand.
    pub resumes: Vec<Name>,
    /// What it does beyond moving and setting.
    pub does: Option<Does>,
    /// The task that it claims or delegates.
    pub task: Option<Name>,
    /// On a return: when the case goes to an owner of last resort instead.
    pub bounces: Option<Bounces>,
    /// On an extension: which clock, how much, how often.
    pub extends: Option<Extends>,
    /// How long it is possible.
    pub within: Option<Within>,
    /// On a reopening: how often.
    pub at_most: Option<u32>,
    /// Flags that it sets or takes away.
    pub flags: BTreeMap<Name, bool>,
    /// Tasks that must be done first.
    pub waits: Vec<Name>,
    /// Cases of other processes that it opens.
    pub opens: Vec<Opens>,
    /// Only when all parts are closed.
    pub when_parts_closed: bool,
    /// Done by the platform as soon as everything it asks for holds.
    pub auto: bool,
    /// Possible, but waited for by nobody: it alone brings no case into an inbox.
    pub beside: bool,
}

/// What must come with an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// An opinion in words.
    Opinion,
    /// A measured value.
    Measurement,
    /// A photo.
    Photo,
    /// A document.
    Document,
}

/// A reason by its code.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// Its code, by which it is counted.
    pub code: Name,
    /// What people call it.
    pub title: Text,
    /// The law or local rule that allows it; needed where clocks stand still for it, if the act names none.
    pub basis: Option<String>,
}

/// What an act does beyond moving and setting. The keyword of each is how files write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// `claim`: takes an open assignment of the task.
    Claim,
    /// `delegate`: hands the actor's assignment to the person in the field `to`.
    Delegate,
    /// `task:<id>`: completes the actor's own assignment of that task.
    Task(Name),
    /// `return`: sends work back; counts a bounce.
    Return,
    /// `extend`: grants a clock more time.
    Extend,
    /// `shelve`: puts the case aside; all running clocks stand until take-up.
    Shelve,
    /// `take-up`: takes a shelved case up again.
    TakeUp,
    /// `reopen`: opens an ended case again.
    Reopen,
    /// `correct`: corrects opinion or fields of an earlier act of the case.
    Correct,
    /// `void`: undoes the last act.
    Void,
    /// `recuse`: the actor, or the person in the field `who`, may not act on this case any more.
    Recuse,
    /// `send`: sends the case to the outside system of the stage.
    Send,
    /// `receive`: takes what the outside system answers: its number in the field `number`, or a photo of its receipt.
    Receive,
}

/// When returns send a case to an owner of last resort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounces {
    /// From which return on, counted over the whole case.
    pub max: u32,
    /// The stage it goes to instead of the act's own; or, if no stage has this name, the role it is raised to.
    pub to: Name,
}

/// More time for a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extends {
    /// The clock.
    pub clock: Name,
    /// How many of its units each time.
    pub units: u32,
    /// How many times at most.
    pub times: u32,
}

/// A window of lawful time. It does not stand still when clocks do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within {
    /// What is counted.
    pub unit: Unit,
    /// How much.
    pub budget: u32,
    /// From when.
    pub since: Since,
}

/// From when a window is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Since {
    /// The stage of the act was entered last; on a reopening, the case ended.
    #[default]
    Stage,
    /// The case began.
    Case,
}

/// A case of another process that an act opens.
#[derive(Clone, Debug, PartialEq)]
pub struct Opens {
    /// The process.
    pub process: Name,
    /// What identifies it while it is open: `case`, names out of `with`, or attributes of this case.
    pub key: Vec<Name>,
    /// How the two belong together.
    pub r#as: LinkKind,
    /// Attributes that the new case gets.
    pub with: BTreeMap<Name, Given>,
}

/// How two cases belong together, seen from the case that opened the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// The other is a part of this one, which can wait for it.
    Part,
    /// The other is an appeal against this one.
    Appeal,
    /// The other only has to do with it.
    Linked,
}

impl Need {
    /// As files write it.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Opinion, Self::Measurement, Self::Photo, Self::Document]
            .into_iter()
            .find(|n| n.as_str() == text)
    }

    /// As files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opinion => "opinion",
            Self::Measurement => "measurement",
            Self::Photo => "photo",
            Self::Document => "document",
        }
    }
}

impl Since {
    /// As files write it.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Stage, Self::Case].into_iter().find(|since| since.as_str() == text)
    }

    /// As files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Case => "case",
        }
    }
}

impl LinkKind {
    /// As files write it.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Part, Self::Appeal, Self::Linked].into_iter().find(|kind| kind.as_str() == text)
    }

    /// As files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::Appeal => "appeal",
            Self::Linked => "linked",
        }
    }
}

impl Does {
    /// All keywords, for complaints.
    pub const WORDS: [&'static str; 13] = [
        "claim",
        "delegate",
        "task:<id>",
        "return",
        "extend",
        "shelve",
        "take-up",
        "reopen",
        "correct",
        "void",
        "recuse",
        "send",
        "receive",
    ];

    /// As files write it.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "claim" => Self::Claim,
            "delegate" => Self::Delegate,
            "return" => Self::Return,
            "extend" => Self::Extend,
            "shelve" => Self::Shelve,
            "take-up" => Self::TakeUp,
            "reopen" => Self::Reopen,
            "correct" => Self::Correct,
            "void" => Self::Void,
            "recuse" => Self::Recuse,
            "send" => Self::Send,
            "receive" => Self::Receive,
            _ => Self::Task(Name::new(text.strip_prefix("task:")?).ok()?),
        })
    }

    /// The rank of role that it takes (1 to 3), where it takes one: return, extension and shelving are three acts with
    /// three ranks.
    pub const fn rank(&self) -> Option<u8> {
        match self {
            Self::Return => Some(1),
            Self::Extend => Some(2),
            Self::Shelve => Some(3),
            _ => None,
        }
    }
}
