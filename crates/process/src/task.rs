//! Tasks: what several holders have to do in one stage, each for themselves.

use lang::Expression;
use model::{Name, Text};

/// Work of a stage that is assigned to roles or parties.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// The stage in which it is to be done; it is assigned when the case enters.
    pub stage: Name,
    /// How many must do it.
    pub policy: Policy,
    /// With the policy `at-least`: how many.
    pub at_least: Option<u32>,
    /// The roles to which it is assigned. Either these or `parties`.
    pub roles: Vec<Name>,
    /// The parties to which it is assigned: a list of references, found when the case enters.
    pub parties: Option<Expression>,
    /// The role that leads (主办); the others are co-handlers (协办).
    pub lead: Option<Name>,
}

/// How many of those to whom a task is assigned must do it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Any one of them, without more ado.
    #[default]
    One,
    /// One of them, who claims it first.
    Claim,
    /// Each of them, in any order.
    All,
    /// So many of them; the others are then released.
    AtLeast,
    /// Each of them, one after the other as they are listed.
    InSequence,
}

impl Policy {
    const ALL: [Self; 5] = [Self::One, Self::Claim, Self::All, Self::AtLeast, Self::InSequence];

    /// As files write it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == text)
    }

    /// As files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Claim => "claim",
            Self::All => "all",
            Self::AtLeast => "at-least",
            Self::InSequence => "in-sequence",
        }
    }
}
