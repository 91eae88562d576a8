//! Fields: what is filled in with an act or when a case is begun.

use model::{Name, Text};

/// One field of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// What it takes.
    pub value: FieldKind,
    /// On a number: the unit in which it is given.
    pub unit: Option<String>,
    /// On a code: the choices.
    pub codes: Vec<Code>,
    /// Whether it must be filled in; files say nothing when it must.
    pub required: bool,
    /// Whether it is personal: then its value arrives sealed.
    pub personal: bool,
    /// On a reference: it names somebody who holds one of these roles.
    pub role: Vec<Name>,
    /// The document that the act issues, whose number this is: then nobody fills it in.
    pub document: Option<Name>,
}

/// One choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// Its code.
    pub code: Name,
    /// What people call it.
    pub title: Text,
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A number.
    Number,
    /// Text.
    Text,
    /// A day, as text like `2026-10-01`.
    Date,
    /// One of the field's codes, as text.
    Code,
    /// An entity.
    Ref,
    /// Yes or no.
    Bool,
}

impl FieldKind {
    const ALL: [Self; 6] = [Self::Number, Self::Text, Self::Date, Self::Code, Self::Ref, Self::Bool];

    /// As files write it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// As files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Text => "text",
            Self::Date => "date",
            Self::Code => "code",
            Self::Ref => "ref",
            Self::Bool => "bool",
        }
    }
}
