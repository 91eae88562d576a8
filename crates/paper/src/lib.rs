//! Official papers as PDF/A-2u, laid out near GB/T 9704-2012: A4, the office in red over a red line, the number under it, the
//! title in the middle, twenty-two lines a page, the office and the day at the end, with a place for the seal.
//!
//! Characters are set one by one from the first font that has them, so that a rare one in a name is drawn, and can be
//! searched and copied. Nothing is shaped: Chinese and Latin need none.

mod fonts;
mod lines;
mod sheet;

pub use fonts::Fonts;

use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::metadata::{DateTime, Metadata};
use krilla::{Document, SerializeSettings};
use thiserror::Error;

/// Why there is no paper.
#[derive(Debug, Error)]
pub enum PaperError {
    /// No font can be read.
    #[error("no font with Chinese characters can be read; tried {0}")]
    Fonts(String),
    /// A character is in none of the fonts.
    #[error("`{0}` (U+{code:04X}) is in none of the fonts", code = u32::from(*.0))]
    Glyph(char),
    /// What was made is no archivable PDF.
    #[error("the paper cannot be made: {0}")]
    Pdf(String),
}

/// What stands on a paper.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Its language, as `zh-CN`.
    pub lang: String,
    /// A line over everything: what the reader must know of its standing, as that it is a draft or bears no seal.
    pub notice: String,
    /// The office that issues it.
    pub issuer: String,
    /// Its number, or what stands in its place.
    pub number: String,
    /// What it is.
    pub title: String,
    /// To whom it is addressed, with the colon.
    pub to: String,
    /// Its paragraphs.
    pub body: Vec<String>,
    /// What is written into the place of the seal.
    pub seal: String,
    /// The day under the office at the end.
    pub day: String,
    /// Who drafted, checked and signed it; the law; where it can be verified. In small letters at the end.
    pub foot: Vec<String>,
    /// A code that a telephone reads, as rows of squares, the dark ones true; empty for none.
    pub code: Vec<Vec<bool>>,
    /// Year, month and day on which it was made, for the file itself.
    pub made: (u16, u8, u8),
}

/// The paper as a file. The same sheet and fonts give the same bytes.
pub fn pdf(sheet: &Sheet, fonts: &Fonts) -> Result<Vec<u8>, PaperError> {
    let archivable = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish();
    let configuration = archivable.map_err(|error| PaperError::Pdf(format!("{error:?}")))?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let (year, month, day) = sheet.made;
    let made = DateTime::new(year)
        .month(month)
        .day(day)
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let title = format!("{} {}", sheet.number, sheet.title);
    let metadata = Metadata::new()
        .title(title.trim().to_owned())
        .language(sheet.lang.clone())
        .authors(vec![sheet.issuer.clone()])
        .creation_date(made);
    document.set_metadata(metadata);
    sheet::draw(sheet, fonts, &mut document)?;
    document.finish().map_err(|error| PaperError::Pdf(format!("{error:?}")))
}
