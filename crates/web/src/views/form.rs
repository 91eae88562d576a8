//! Forms for acts and for beginning a case: what is asked for, and what was typed before.

use super::Link;
use std::collections::HashMap;

/// An act this person may do, as a form. It posts `command`, `seen`, `csrf`, and `opinion`, `reason`, `measurement`,
/// `assignment`, `corrects`, `photo`, `document` and the act's own fields.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ActForm {
    /// The act's title.
    pub title: String,
    /// Where the form posts.
    pub post: String,
    /// The command's id: fresh for each form shown, so that sending twice does it once.
    pub command: String,
    /// Where it is done to several cases at once: each with the version that is shown.
    pub cases: Vec<(String, u64)>,
    /// The title of the stage it leads to, when it leads to another.
    pub leads_to: Option<String>,
    /// What must be known before it is pressed.
    pub warning: Option<String>,
    /// On a correction: which act, or which there are to choose from.
    pub corrects: Option<Corrects>,
    /// Whether an opinion is asked for.
    pub opinion: Field,
    /// The reasons to choose from; one is required and none is chosen beforehand. Empty: no reason is asked for.
    pub reasons: Vec<Reason>,
    /// The assignments of a task to choose from, where there are several.
    pub assignments: Vec<Reason>,
    /// A measured value that is asked for.
    pub measurement: Option<Measurement>,
    /// Documents that it issues and numbers, as they would read now.
    pub issues: Vec<Link>,
    /// The act's own fields.
    pub fields: Vec<FormField>,
    /// Whether photos are asked for.
    pub photos: Field,
    /// Whether documents are asked for.
    pub documents: Field,
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

/// What a correction is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Corrects {
    /// One of these acts, still to be chosen: the form only asks which.
    Choose(Vec<Reason>),
    /// This one, by its entry; what is left empty stays as it is.
    Act {
        /// The entry.
        entry: u64,
        /// The act in words.
        what: String,
    },
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
    /// The assignment that was chosen.
    pub assignment: String,
    /// On a correction: the entry of the act.
    pub corrects: Option<u64>,
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
    /// What is wrong with it, after a refusal.
    pub error: Option<String>,
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
    /// One of these things.
    Pick(Vec<Reason>),
    /// A thing by its name.
    Reference,
}

impl ActForm {
    /// Whether files can come with it.
    pub(crate) fn has_files(&self) -> bool {
        self.photos != Field::No || self.documents != Field::No
    }
}
