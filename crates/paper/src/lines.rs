//! Lines: where a paragraph breaks (UAX #14), and how wide each is.

use crate::PaperError;
use crate::fonts::{Fonts, Glyph};
use unicode_linebreak::{BreakOpportunity, linebreaks};

/// A line of one size.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub text: String,
    pub glyphs: Vec<Glyph>,
    /// How far from the left it begins.
    pub indent: f32,
    /// How wide it is.
    pub width: f32,
}

/// Breaks a paragraph into lines that are no wider than `most`; the first begins at `indent`. What cannot be broken and is
/// wider is broken anywhere.
pub(crate) fn broken(
    text: &str,
    fonts: &Fonts,
    size: f32,
    most: f32,
    indent: f32,
) -> Result<Vec<Line>, PaperError> {
    let clean: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    let mut lines = Vec::new();
    let mut line = Line { text: String::new(), glyphs: Vec::new(), indent, width: 0.0 };
    let mut start = 0;
    for (end, kind) in linebreaks(&clean) {
        let part = &clean[start..end];
        start = end;
        let shown = part.trim_end_matches('\n');
        let glyphs = fonts.glyphs(shown)?;
        let wide = |glyphs: &[Glyph]| glyphs.iter().map(|glyph| glyph.width * size).sum::<f32>();
        // Blanks at the end of a line may stand in the margin.
        let trimmed = shown.trim_end().chars().count();
        if line.indent + line.width + wide(&glyphs[..trimmed.min(glyphs.len())]) > most
            && !line.text.is_empty()
        {
            lines.push(std::mem::replace(
                &mut line,
                Line { text: String::new(), glyphs: Vec::new(), indent: 0.0, width: 0.0 },
            ));
        }
        for (character, glyph) in shown.chars().zip(glyphs) {
            if line.indent + line.width + glyph.width * size > most
                && !character.is_whitespace()
                && !line.text.is_empty()
            {
                let fresh = Line { text: String::new(), glyphs: Vec::new(), indent: 0.0, width: 0.0 };
                lines.push(std::mem::replace(&mut line, fresh));
            }
            line.text.push(character);
            line.width += glyph.width * size;
            line.glyphs.push(glyph);
        }
        if kind == BreakOpportunity::Mandatory {
            let fresh = Line { text: String::new(), glyphs: Vec::new(), indent: 0.0, width: 0.0 };
            lines.push(std::mem::replace(&mut line, fresh));
        }
    }
    if !line.text.is_empty() {
        lines.push(line);
    }
    Ok(lines)
}
