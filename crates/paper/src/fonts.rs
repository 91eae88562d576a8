//! Fonts: which has a character, and how wide it is.

use crate::PaperError;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name of a family must hold this for a face of a collection to be taken: characters as the mainland writes them.
const SIMPLIFIED: &str = "SC";

/// Fonts in the order in which they are asked for a character.
#[derive(Clone)]
pub struct Fonts(Arc<Vec<Face>>);

struct Face {
    font: Font,
    data: Arc<Vec<u8>>,
    index: u32,
}

/// A character as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Glyph {
    /// The number of its font.
    pub face: usize,
    /// Its number there.
    pub id: u16,
    /// How wide it is, as a part of the font's size.
    pub width: f32,
}

impl Fonts {
    /// Reads those of the files that are there. Of a collection the simplified face is taken, otherwise the first.
    pub fn read(files: &[PathBuf]) -> Result<Self, PaperError> {
        let faces: Vec<Face> = files.iter().filter_map(|file| face(file)).collect();
        if faces.is_empty() {
            let tried: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
            return Err(PaperError::Fonts(tried.join(", ")));
        }
        Ok(Self(Arc::new(faces)))
    }

    /// The glyph of each character.
    pub(crate) fn glyphs(&self, text: &str) -> Result<Vec<Glyph>, PaperError> {
        let parsed: Vec<_> =
            self.0.iter().filter_map(|face| ttf_parser::Face::parse(&face.data, face.index).ok()).collect();
        let glyph = |character: char| {
            let found = parsed.iter().enumerate().find_map(|(face, parsed)| {
                let id = parsed.glyph_index(character)?;
                let width = f32::from(parsed.glyph_hor_advance(id)?) / f32::from(parsed.units_per_em());
                Some(Glyph { face, id: id.0, width })
            });
            found.ok_or(PaperError::Glyph(character))
        };
        text.chars().map(glyph).collect()
    }

    pub(crate) fn font(&self, face: usize) -> Option<Font> {
        self.0.get(face).map(|face| face.font.clone())
    }
}

impl Glyph {
    /// As it is handed to the page; `at` is where its character stands in the text of its run.
    pub fn drawn(self, at: std::ops::Range<usize>) -> KrillaGlyph {
        KrillaGlyph {
            glyph_id: GlyphId::new(u32::from(self.id)),
            text_range: at,
            x_advance: self.width,
            x_offset: 0.0,
            y_offset: 0.0,
            y_advance: 0.0,
            location: None,
        }
    }
}

fn face(file: &Path) -> Option<Face> {
    let data = Arc::new(std::fs::read(file).ok()?);
    let count = ttf_parser::fonts_in_collection(&data).unwrap_or(1);
    let simplified = |index: &u32| {
        let face = ttf_parser::Face::parse(&data, *index).ok();
        let names = face.iter().flat_map(ttf_parser::Face::names).filter_map(|name| name.to_string());
        names.into_iter().any(|name| name.split(' ').any(|word| word == SIMPLIFIED))
    };
    let index = (0..count).find(simplified).unwrap_or(0);
    let font = Font::new(data.clone().into(), index)?;
    Some(Face { font, data, index })
}
