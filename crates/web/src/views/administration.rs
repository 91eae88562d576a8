//! Administration: who may sign in, who holds which role where and until when; and one's own account.

use super::{EntityEntry, Link, Page, Paging};
use crate::{paths, texts::fill};
use askama::Template;

/// The register of people.
#[derive(Clone, Debug, Template)]
#[template(path = "administration.html")]
pub struct Administration {
    /// The frame.
    pub page: Page,
    /// Whether the reader may look at what people did.
    pub audits: bool,
    /// What was looked for.
    pub words: String,
    /// Roles to choose from: id, title, whether it is chosen.
    pub roles: Vec<(String, String, bool)>,
    /// People, those who may sign in, those who may although they hold no role.
    pub figures: [usize; 3],
    /// Since when the present key signs the log, and the last back-up with its age.
    pub upkeep: [String; 2],
    /// Roles that end soon: who, which, last day.
    pub ending: Vec<(Link, String, String)>,
    /// Those who were found.
    pub rows: Vec<PersonRow>,
    /// Where in the list this page stands.
    pub paging: Paging,
    /// The form for somebody new, for whoever may open accounts.
    pub opening: Option<Opening>,
    /// What is wrong with what was sent: the field, and what to write.
    pub error: Option<(String, String)>,
}

/// Somebody in the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonRow {
    /// Who.
    pub person: Link,
    /// What is typed to sign in; nothing if the account is closed.
    pub login: Option<String>,
    /// Roles in force.
    pub roles: String,
    /// The first day on which one of them ends; empty if none does.
    pub until: String,
}

/// The form for somebody new, as it was filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opening {
    /// The command's id: sending twice opens one account.
    pub command: String,
    /// What is typed to sign in.
    pub login: String,
    /// The name in Chinese.
    pub title: String,
    /// The name in English.
    pub title_en: String,
}

/// Somebody's page.
#[derive(Clone, Debug, Template)]
#[template(path = "person.html")]
pub struct PersonPage {
    /// The frame.
    pub page: Page,
    /// What they are called.
    pub title: String,
    /// Their name to programs.
    pub urn: String,
    /// What is typed to sign in; nothing if the account is closed.
    pub login: Option<String>,
    /// Roles they hold or held.
    pub grants: Vec<GrantRow>,
    /// For whoever keeps accounts: the command of the next act.
    pub account: Option<String>,
    /// For whoever grants roles.
    pub granting: Option<Granting>,
    /// A password to hand over, shown once.
    pub handover: Option<(String, String)>,
    /// What has just been done: its receipt.
    pub done: Option<Link>,
    /// What is wrong with what was sent: the field, and what to write.
    pub error: Option<(String, String)>,
    /// What was done about them, the newest first.
    pub entries: Vec<EntityEntry>,
}

/// A role that somebody holds or held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GrantRow {
    /// The role.
    pub role: String,
    /// Where.
    pub place: String,
    /// For what alone.
    pub about: Option<Link>,
    /// First and last day.
    pub days: [String; 2],
    /// Whether it counts today.
    pub state: GrantState,
    /// Its place among the roles, where it can be ended.
    pub end: Option<usize>,
}

/// Whether a role counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GrantState {
    /// Today.
    #[default]
    Holds,
    /// Not yet.
    Ahead,
    /// Not any more.
    Over,
}

/// The form for a role, as it was filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Granting {
    /// The command's id: sending twice grants once.
    pub command: String,
    /// The entry that this page shows: who was first is told.
    pub seen: u64,
    /// Roles to choose from: id, title, whether it is chosen.
    pub roles: Vec<(String, String, bool)>,
    /// Divisions to choose from: code, title, whether it is chosen.
    pub divisions: Vec<(String, String, bool)>,
    /// For what alone.
    pub about: String,
    /// First and last day.
    pub days: [String; 2],
    /// Today.
    pub today: String,
}

/// One's own account.
#[derive(Clone, Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    /// The frame.
    pub page: Page,
    /// What others see.
    pub title: String,
    /// What is typed to sign in.
    pub login: String,
    /// Roles held.
    pub grants: Vec<GrantRow>,
    /// Whether the password has just been changed: the receipt.
    pub done: Option<Link>,
    /// What is wrong with what was sent: the field, and what to write.
    pub error: Option<(String, String)>,
    /// What was done about this account, the newest first.
    pub entries: Vec<EntityEntry>,
}

/// What is wrong with a field, if it is that one.
fn wrong<'a>(error: &'a Option<(String, String)>, field: &str) -> Option<&'a str> {
    error.as_ref().filter(|(wrong, _)| wrong == field).map(|(_, what)| what.as_str())
}

impl Administration {
    fn wrong(&self, field: &str) -> Option<&str> {
        wrong(&self.error, field)
    }
}

impl PersonPage {
    fn wrong(&self, field: &str) -> Option<&str> {
        wrong(&self.error, field)
    }

    /// What is wrong, where it is no field of the form for a role.
    fn refused(&self) -> Option<&str> {
        let fields = ["role", "division", "about", "from"];
        let apart = |(field, _): &&(String, String)| {
            self.granting.is_none() || !fields.contains(&field.as_str()) && field != "to"
        };
        self.error.as_ref().filter(apart).map(|(_, what)| what.as_str())
    }

    fn receipt(&self, number: &str) -> String {
        fill(&self.page.texts().case.receipt, &[("n", number)])
    }

    fn can_end(&self) -> bool {
        self.grants.iter().any(|grant| grant.end.is_some())
    }
}

impl AccountPage {
    fn wrong(&self, field: &str) -> Option<&str> {
        wrong(&self.error, field)
    }

    fn receipt(&self, number: &str) -> String {
        fill(&self.page.texts().case.receipt, &[("n", number)])
    }
}

impl GrantRow {
    fn state(&self, page: &Page) -> &'static str {
        let texts = &page.texts().people;
        match self.state {
            GrantState::Holds => &texts.holds,
            GrantState::Ahead => &texts.ahead,
            GrantState::Over => &texts.over,
        }
    }
}
