//! Refusals: why an act is not possible, in a form that pages can show, with the words for it.

use crate::{ClockError, Need};
use model::{Instant, Name, Text, Urn};
use std::fmt;
use thiserror::Error;

/// Why an act is refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The process has no such act.
    NoSuchAct(Name),
    /// People do not begin this process.
    NotBegun,
    /// The platform does it by itself.
    Automatic,
    /// Not in this stage.
    Stage {
        /// Where the case is.
        stages: Vec<Name>,
    },
    /// The case is shelved.
    Shelved,
    /// The case is not shelved.
    NotShelved,
    /// This person was recused.
    Barred,
    /// Other roles do it.
    Role {
        /// Any of these.
        roles: Vec<Name>,
    },
    /// None of the person's roles has the rank.
    Rank {
        /// The rank that it takes.
        rank: u8,
    },
    /// The same person may not do both.
    SamePerson {
        /// Under which name, or in which task, the first one is remembered.
        as_what: Name,
    },
    /// The guard does not hold: the definition's own words.
    Guard {
        /// Why.
        because: Text,
    },
    /// Whether the guard holds is not known.
    Unknown {
        /// What it would say.
        because: Text,
        /// What is missing.
        missing: Vec<String>,
    },
    /// A task is to be done first.
    Waits {
        /// The task.
        task: Name,
    },
    /// Parts are open.
    PartsOpen {
        /// How many.
        open: usize,
    },
    /// Nobody has anything to do in this task now.
    NothingOpen {
        /// The task.
        task: Name,
    },
    /// The task is not this person's.
    NotYours {
        /// The task.
        task: Name,
    },
    /// The task is to be claimed first.
    Unclaimed {
        /// The task.
        task: Name,
    },
    /// Several are possible and none is named.
    Which {
        /// The task, or the clock.
        of: Name,
    },
    /// To this person it cannot be delegated.
    Delegate {
        /// Whom.
        to: Option<Urn>,
    },
    /// The clock was extended as often as is allowed.
    Extended {
        /// How often that is.
        times: u32,
    },
    /// The window in which it was possible is over.
    Window {
        /// When it was over, if that is known.
        until: Option<Instant>,
        /// The same on the city's wall, as `2026-06-02 09:30`; else empty.
        local: String,
    },
    /// The case was reopened as often as is allowed.
    Reopened {
        /// How often that is.
        at_most: u32,
    },
    /// There is no act that could be undone.
    NothingToVoid,
    /// What left the case with the act cannot be taken back.
    Bound,
    /// The act to be corrected is none of this case, or has nothing that could be corrected so.
    Correction,
    /// The case is not away in an outside system, or the stage is none.
    NotAway,
    /// Neither the number of the outside system nor a photo of its receipt.
    Receipt,
    /// An opinion is required.
    Opinion,
    /// A measured value is required.
    Measurement,
    /// A photo is required.
    Photo,
    /// A document is required.
    Document,
    /// A reason of the list is required.
    Reason,
    /// A field is missing or wrong.
    Field {
        /// Which.
        field: Name,
        /// What is wrong with it.
        fault: FieldFault,
    },
    /// A value that follows from the act cannot be computed.
    Stuck {
        /// Where in the definition.
        place: String,
        /// Why.
        why: String,
    },
    /// More of something than a case can have.
    TooMany,
    /// The clock cannot do this now.
    Clock(ClockFault),
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// It must be filled in.
    Missing,
    /// It is of another kind.
    Kind,
    /// It is none of the choices.
    Choice,
    /// It is too long.
    Long,
    /// It is personal and did not arrive sealed.
    Unsealed,
    /// The act has no such field.
    NoSuchField,
}

/// Why a clock refuses, in a form that pages can show.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ClockFault {
    /// It stands already.
    #[error("the clock is paused already")]
    Paused,
    /// It is not paused.
    #[error("the clock is not paused")]
    Runs,
    /// It does not run in this stage.
    #[error("the clock does not run in this stage")]
    Absent,
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

impl From<ClockError> for ClockFault {
    fn from(error: ClockError) -> Self {
        match error {
            ClockError::Paused(_) => Self::Paused,
            ClockError::NotPaused => Self::Runs,
            ClockError::Stopped(_) => Self::Absent,
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<ClockFault> for Refusal {
    fn from(fault: ClockFault) -> Self {
        Self::Clock(fault)
    }
}

impl From<ClockError> for Refusal {
    fn from(error: ClockError) -> Self {
        Self::Clock(error.into())
    }
}

impl Refusal {
    /// Whether it lies in the state of the case and not in the person: then a page does not offer the act at all.
    pub fn lies_in_the_case(&self) -> bool {
        matches!(
            self,
            Self::NoSuchAct(_)
                | Self::NotBegun
                | Self::Automatic
                | Self::Stage { .. }
                | Self::Shelved
                | Self::NotShelved
                | Self::NothingOpen { .. }
                | Self::NothingToVoid
                | Self::Clock(_)
        )
    }

    /// Why, in both languages. Names stand as the definition has them.
    pub fn because(&self) -> Text {
        self.of_the_case().or_else(|| self.of_the_person()).unwrap_or_else(|| self.of_the_form())
    }

    fn of_the_case(&self) -> Option<Text> {
        let text = |zh: &str, en: &str| Some(Text::new(zh, en));
        match self {
            Self::NoSuchAct(act) => {
                Some(Text::new(format!("流程中没有“{act}”这一办理"), format!("the process has no act {act}")))
            }
            Self::NotBegun => text("此流程不由人员发起", "people do not begin this process"),
            Self::Automatic => text("此项由平台自动办理", "the platform does this by itself"),
            Self::Stage { stages } => {
                let stages = listed(stages);
                Some(Text::new(
                    format!("当前环节（{stages}）不能这样办理"),
                    format!("this is not possible in the stage {stages}"),
                ))
            }
            Self::Shelved => text("事项已挂账，须先恢复办理", "the case is shelved: take it up first"),
            Self::NotShelved => text("事项没有挂账", "the case is not shelved"),
            Self::Waits { task } => Some(Text::new(
                format!("须先完成任务“{task}”"),
                format!("the task {task} is to be done first"),
            )),
            Self::PartsOpen { open } => Some(Text::new(
                format!("还有 {open} 个分办事项没有办结"),
                format!("{open} of its parts are still open"),
            )),
            Self::NothingOpen { task } => Some(Text::new(
                format!("任务“{task}”现在没有待办"),
                format!("nothing is open in the task {task}"),
            )),
            Self::Extended { times } => Some(Text::new(
                format!("最多延期 {times} 次，已经用完"),
                format!("it was extended {times} times, as often as is allowed"),
            )),
            Self::Window { until: None, .. } => {
                text("无法确认是否仍在办理期限内", "it cannot be shown that it is still in time")
            }
            Self::Window { local, .. } => Some(Text::new(
                format!("已超过办理期限（截至 {local}）"),
                format!("it was possible until {local}"),
            )),
            Self::Reopened { at_most } => Some(Text::new(
                format!("最多重新办理 {at_most} 次，已经用完"),
                format!("it was reopened {at_most} times, as often as is allowed"),
            )),
            Self::NothingToVoid => text("没有可以撤销的办理", "there is no act that could be undone"),
            Self::Bound => text(
                "上一办理已对外发出，不能撤销",
                "what left the case with the last act cannot be taken back",
            ),
            Self::NotAway => text("事项不在外部系统办理", "the case is not away in an outside system"),
            Self::TooMany => text("数量超过上限", "there are too many of them already"),
            Self::Clock(fault) => Some(fault.because()),
            _ => None,
        }
    }

    fn of_the_person(&self) -> Option<Text> {
        let text = |zh: &str, en: &str| Some(Text::new(zh, en));
        match self {
            Self::Barred => text("您已回避此事项", "you have been recused from this case"),
            Self::Role { roles } => {
                let roles = listed(roles);
                Some(Text::new(format!("需要岗位：{roles}"), format!("this needs the role {roles}")))
            }
            Self::Rank { rank } => Some(Text::new(
                format!("需要 {rank} 级或以上岗位"),
                format!("this needs a role of rank {rank} or more"),
            )),
            Self::SamePerson { as_what } => Some(Text::new(
                format!("须由另一人办理（“{as_what}”已由您办理）"),
                format!("another person must do this than the one who did it as {as_what}"),
            )),
            Self::Guard { because } => Some(because.clone()),
            Self::Unknown { because, missing } => {
                let missing = missing.join(", ");
                Some(Text::new(
                    format!("{}（尚缺：{missing}）", because.zh),
                    format!("{} (not known yet: {missing})", because.en),
                ))
            }
            Self::NotYours { task } => {
                Some(Text::new(format!("任务“{task}”不是您的"), format!("the task {task} is not yours")))
            }
            Self::Unclaimed { task } => Some(Text::new(
                format!("任务“{task}”须先签收"),
                format!("the task {task} is to be claimed first"),
            )),
            Self::Delegate { .. } => text("不能转交给此人", "it cannot be delegated to this person"),
            _ => None,
        }
    }

    fn of_the_form(&self) -> Text {
        match self {
            Self::Which { of } => {
                Text::new(format!("请指明是哪一个“{of}”"), format!("say which {of} is meant"))
            }
            Self::Correction => {
                Text::new("没有可以这样更正的办理", "there is no act that could be corrected so")
            }
            Self::Receipt => Text::new(
                "须填写对方系统的编号，或附回执照片",
                "the number of the outside system or a photo of its receipt is required",
            ),
            Self::Opinion => Text::new("须填写办理意见", "an opinion is required"),
            Self::Measurement => Text::new("须填写测量值", "a measured value is required"),
            Self::Photo => Text::new("须附照片", "a photo is required"),
            Self::Document => Text::new("须附材料", "a document is required"),
            Self::Reason => Text::new("须选择列出的理由", "a reason of the list is required"),
            Self::Field { field, fault } => {
                let (zh, en) = fault.words();
                Text::new(format!("“{field}”{zh}"), format!("{field} {en}"))
            }
            Self::Stuck { place, why } => {
                Text::new(format!("{place} 无法计算：{why}"), format!("{place} cannot be computed: {why}"))
            }
            _ => Text::new("不能办理", "this is not possible"),
        }
    }
}

impl FieldFault {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Missing => ("须填写", "is required"),
            Self::Kind => ("填写的内容不对", "is not of the right kind"),
            Self::Choice => ("须从列出的选项中选择", "is none of the choices"),
            Self::Long => ("太长", "is too long"),
            Self::Unsealed => ("是个人信息，须先密封", "is personal and must be sealed first"),
            Self::NoSuchField => ("不是此项办理的栏目", "is no field of this act"),
        }
    }
}

impl From<Need> for Refusal {
    fn from(need: Need) -> Self {
        match need {
            Need::Opinion => Self::Opinion,
            Need::Measurement => Self::Measurement,
            Need::Photo => Self::Photo,
            Need::Document => Self::Document,
        }
    }
}

impl ClockFault {
    fn because(&self) -> Text {
        match self {
            Self::Paused => Text::new("计时已经中止", "the clock is paused already"),
            Self::Runs => Text::new("计时没有中止", "the clock is not paused"),
            Self::Absent => Text::new("此环节不计时", "the clock does not run in this stage"),
            Self::Other(why) => Text::new(format!("计时不能这样处理：{why}"), why.clone()),
        }
    }
}

fn listed(names: &[Name]) -> String {
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.because().en)
    }
}

impl std::error::Error for Refusal {}
