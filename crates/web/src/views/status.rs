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
    /// Since when the present key signs, and the last back-up with its age.
    pub upkeep: [String; 2],
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
    /// The key that signs the log.
    pub key: String,
    /// Those that signed it before, the latest first.
    pub former: Vec<FormerKey>,
    /// The commands with which a restore is tried and the key is rotated, for those who may.
    pub commands: Option<[String; 2]>,
    /// Why that was not done.
    pub error: Option<String>,
    /// Addresses for programs.
    pub links: Vec<Link>,
}

/// A key that signs no more.
#[derive(Clone, Debug, PartialEq)]
pub struct FormerKey {
    /// Itself.
    pub key: String,
    /// Entries of its last head.
    pub last: String,
    /// Until when it signed.
    pub at: String,
    /// The receipt by which it handed over.
    pub receipt: Link,
}

impl StatusPage {
    fn days(&self, days: &str) -> String {
        fill(&self.page.texts().status.days, &[("n", days)])
    }
}
