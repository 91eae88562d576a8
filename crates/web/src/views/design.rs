//! How pages are made: colours with their meanings, text, forms, tables, states; shown with the sheet they come from.

use super::Page;
use crate::paths;
use askama::Template;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "design.html")]
pub struct DesignPage {
    /// The frame.
    pub page: Page,
    /// The six levels of the air-quality index: number and words.
    pub levels: Vec<(u8, String)>,
}
