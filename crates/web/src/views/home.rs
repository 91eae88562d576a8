//! The public first page.

use super::Page;
use crate::{paths, texts::fill};
use askama::Template;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "home.html")]
pub struct Home {
    /// The frame.
    pub page: Page,
    /// The newest signed head of the log; `None` before the first.
    pub head: Option<LogHead>,
}

/// A signed head, as shown.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LogHead {
    /// Entries in the log.
    pub size: u64,
    /// When it was signed, local.
    pub time: String,
    /// The first digits of its root.
    pub root_short: String,
    /// The whole signed head, to download.
    pub href: Option<String>,
}

impl Home {
    fn inbox_title(&self, count: &u64) -> String {
        fill(&self.page.texts().layout.inbox_count, &[("n", &count.to_string())])
    }
}
