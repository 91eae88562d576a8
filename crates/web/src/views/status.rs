//! How the city's node does, for everybody.

use super::{Link, Page};
use crate::{paths, texts::fill};
use askama::Template;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "status.html")]
pub struct StatusPage {
    /// The frame.
    pub page: Page,
    /// Since when its log runs.
    pub begun: String,
    /// Entries of the log.
    pub size: u64,
    /// The version of the program.
    pub version: String,
    /// How much of the last days it was up: days, per cent.
    pub up: Vec<(String, String)>,
    /// When it was down: from, to, how long.
    pub down: Vec<[String; 3]>,
    /// When a back-up was restored, and after which entry.
    pub restored: Vec<(String, String)>,
    /// Published heads: size, when, root.
    pub heads: Vec<(String, String, String)>,
    /// The last restore that was tried: whether it went well, in words, its receipt.
    pub drill: Option<(bool, String, Link)>,
    /// The command with which one is tried, for those who may.
    pub may_drill: Option<String>,
    /// Why none was tried.
    pub error: Option<String>,
    /// Addresses for programs.
    pub links: Vec<Link>,
}

impl StatusPage {
    fn days(&self, days: &str) -> String {
        fill(&self.page.texts().status.days, &[("n", days)])
    }
}
