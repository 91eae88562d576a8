//! A receipt: what the log says of one command, in one sentence, and how anyone proves it.

use super::{Link, Page};
use crate::chart::Svg;
use crate::{paths, qr, texts::fill};
use askama::Template;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "receipt.html")]
pub struct Receipt {
    /// The frame.
    pub page: Page,
    /// The entry's number in the log.
    pub entry: u64,
    /// Entries under the signed head that contains it; `None` until the next head is signed.
    pub head_size: Option<u64>,
    /// When that head was signed, local.
    pub head_time: Option<String>,
    /// Whether the record still stands.
    pub epoch: Epoch,
    /// Who did it: a role or an account's name.
    pub who: String,
    /// When it was recorded, local: log time.
    pub when: String,
    /// The act's title.
    pub act: String,
    /// On what ground.
    pub ground: Option<String>,
    /// The entry that caused it.
    pub cause: Option<Link>,
    /// The case it belongs to.
    pub case: Option<Link>,
    /// The packet whose evidence it is.
    pub packet: Option<Link>,
    /// What was recorded.
    pub recorded: Vec<Recorded>,
    /// The leaf's hash, in hexadecimal.
    pub leaf: String,
    /// The sibling hashes from the leaf upwards.
    pub path: Vec<PathStep>,
    /// The head's root, in hexadecimal.
    pub root: String,
    /// The signed head, as published.
    pub checkpoint: String,
    /// The log's public key, as published.
    pub key: String,
    /// The receipt as JSON.
    pub download_href: String,
    /// The whole address of this page, for a telephone.
    pub address: String,
}

/// Whether a record still stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Epoch {
    /// It does.
    Kept,
    /// A back-up was restored to a point before it.
    Voided {
        /// When the restore was recorded, local.
        at: String,
        /// Entries under the head that was restored.
        restored_size: u64,
        /// The entry that opened the new epoch.
        entry: Option<Link>,
    },
}

/// One item of what was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// What it is.
    pub title: String,
    /// Its value.
    pub value: RecordedValue,
}

/// A recorded value.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordedValue {
    /// Readable.
    Shown(String),
    /// Personal, and not this reader's to see.
    Sealed,
    /// Personal, and erased since; the proof stands.
    Erased,
}

/// One step of the audit path.
#[derive(Clone, Debug, PartialEq)]
pub struct PathStep {
    /// On which side the sibling stands.
    pub side: Side,
    /// Its hash, in hexadecimal.
    pub hash: String,
}

/// A side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Hashed before ours.
    Left,
    /// Hashed after ours.
    Right,
}

impl Receipt {
    /// The address of the page as a code.
    fn code(&self) -> Option<Svg> {
        qr::svg(&self.address, &self.address)
    }

    /// The result in one sentence.
    fn sentence(&self) -> String {
        let texts = &self.page.texts().receipt;
        let entry = self.entry.to_string();
        match (&self.epoch, self.head_size) {
            (Epoch::Voided { restored_size, .. }, _) => {
                fill(&texts.sentence_voided, &[("entry", &entry), ("size", &restored_size.to_string())])
            }
            (Epoch::Kept, Some(size)) => {
                fill(&texts.sentence_kept, &[("entry", &entry), ("size", &size.to_string())])
            }
            (Epoch::Kept, None) => fill(&texts.sentence_pending, &[("entry", &entry)]),
        }
    }

    fn class(&self) -> &'static str {
        match (&self.epoch, self.head_size) {
            (Epoch::Voided { .. }, _) => "bad",
            (Epoch::Kept, Some(_)) => "good",
            (Epoch::Kept, None) => "void",
        }
    }

    fn title(&self) -> String {
        fill(&self.page.texts().receipt.title, &[("n", &self.entry.to_string())])
    }

    fn voided(&self, at: &str, restored_size: &u64) -> String {
        let slots = [("at", at), ("size", &restored_size.to_string())];
        fill(&self.page.texts().receipt.epoch_voided, &slots)
    }

    fn side(&self, side: &Side) -> &'static str {
        let texts = &self.page.texts().receipt;
        match side {
            Side::Left => &texts.path_left,
            Side::Right => &texts.path_right,
        }
    }
}
