//! Signing in with account and password.

use super::Page;
use crate::{paths, texts::fill};
use askama::Template;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// The frame.
    pub page: Page,
    /// The account typed before, after a refusal.
    pub account: String,
    /// Where to go afterwards: a path of this site, posted back as `next`.
    pub next: Option<String>,
    /// Why it did not work.
    pub error: Option<SignInError>,
    /// Accounts to try, shown under a demonstration city only.
    pub demo_accounts: Vec<DemoAccount>,
}

/// Why signing in did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInError {
    /// A field is empty.
    Missing,
    /// Account and password do not fit together.
    Wrong,
    /// Too many attempts.
    Wait {
        /// How long.
        minutes: u64,
    },
    /// The account's term has ended or it has been closed.
    Closed,
}

/// An account of a demonstration city, named by its role.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DemoAccount {
    /// The role's title: `执法人员`.
    pub role: String,
    /// What the role does, in a few words.
    pub does: String,
    /// The account's name.
    pub account: String,
    /// Its password.
    pub password: String,
}

/// Of a demonstration's accounts, those that stand open on the page; the others are folded.
const FIRST_ACCOUNTS: usize = 12;

impl SignIn {
    /// Those that stand open, and the others.
    fn accounts(&self) -> (&[DemoAccount], &[DemoAccount]) {
        self.demo_accounts.split_at(self.demo_accounts.len().min(FIRST_ACCOUNTS))
    }

    fn others(&self, count: usize) -> String {
        fill(&self.page.texts().sign_in.demo_others, &[("n", &count.to_string())])
    }

    fn error_in_words(&self) -> Option<String> {
        let texts = &self.page.texts().sign_in;
        self.error.map(|error| match error {
            SignInError::Missing => texts.error_missing.clone(),
            SignInError::Wrong => texts.error_wrong.clone(),
            SignInError::Wait { minutes } => {
                fill(&texts.error_wait, &[("span", &crate::words::age_in_words(minutes, self.page.lang))])
            }
            SignInError::Closed => texts.error_closed.clone(),
        })
    }
}
