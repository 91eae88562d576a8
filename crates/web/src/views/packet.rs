//! A packet: the evidence text of one telemetry command, and what was read from it.

use super::common::flag_in_words;
use super::{Link, Page, When};
use crate::{paths, texts::fill};
use askama::Template;
use model::Flag;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "packet.html")]
pub struct Packet {
    /// The frame.
    pub page: Page,
    /// The packet's number, which is its entry's in the log.
    pub number: String,
    /// The receipt: its number as text.
    pub receipt: Link,
    /// The source it came from.
    pub source: Link,
    /// The standard and edition it was read by: `HJ 212-2017`.
    pub standard: String,
    /// When it was received, local.
    pub received: String,
    /// The packet's text, secrets masked.
    pub text: String,
    /// Whether anything in it is masked.
    pub masked: bool,
    /// What was read from it.
    pub values: Vec<Decoded>,
    /// What could not be read: each finding in words.
    pub findings: Vec<String>,
}

/// One value of a packet.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// What was measured.
    pub factor: String,
    /// The factor's code in the packet: `a21026`.
    pub code: String,
    /// The statistic: `折算小时均值`.
    pub statistic: String,
    /// The field in the packet: `ZsAvg`.
    pub field: String,
    /// To when it belongs.
    pub when: When,
    /// The value as sent.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// What the feed says of it.
    pub flag: Flag,
}

impl Packet {
    fn title(&self) -> String {
        fill(&self.page.texts().packet.title, &[("n", &self.number)])
    }

    fn flag(&self, flag: &Flag) -> String {
        flag_in_words(*flag, self.page.lang)
    }
}
