//! A sheet on pages: what stands where, in points from the upper left corner.

use crate::fonts::Fonts;
use crate::lines::{Line, broken};
use crate::{PaperError, Sheet};
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::page::{Page, PageSettings};
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;

/// A millimetre in points.
const MM: f32 = 72.0 / 25.4;
/// A4.
const PAGE: (f32, f32) = (210.0 * MM, 297.0 * MM);
/// The type area of GB/T 9704: 37 mm from the top, 28 mm from the left, 156 mm wide, 225 mm high.
const TOP: f32 = 37.0 * MM;
const LEFT: f32 = 28.0 * MM;
const WIDTH: f32 = 156.0 * MM;
const BOTTOM: f32 = TOP + 225.0 * MM;
/// No. 3 (三号) for text, twenty-two lines a page.
const TEXT: f32 = 16.0;
const LEADING: f32 = 225.0 * MM / 22.0;
/// No. 2 (二号) for the title.
const TITLE: f32 = 22.0;
/// What the office is written in at most; a long name is written smaller.
const ISSUER: f32 = 34.0;
const SMALL: f32 = 9.0;
const SMALL_LEADING: f32 = 14.0;
/// The side of the place for a seal: 42 mm, as seals of offices are.
const SEAL: f32 = 42.0 * MM;
/// So much of a circle's radius makes a quarter of it with one curve.
const ROUND: f32 = 0.552_284_8;
/// The side of a code.
const CODE: f32 = 22.0 * MM;

type Colour = (u8, u8, u8);
const BLACK: Colour = (0, 0, 0);
const RED: Colour = (200, 0, 0);
const GREY: Colour = (110, 110, 110);

/// What is put on a page.
enum Mark {
    /// Text with its left end and base line, and its size.
    Text { line: Line, x: f32, y: f32, size: f32, colour: Colour },
    /// A line across the type area.
    Rule { y: f32, width: f32, colour: Colour },
    /// The place of a seal, by its middle.
    Seal { x: f32, y: f32 },
    /// A code, by its upper left corner.
    Code { x: f32, y: f32, rows: Vec<Vec<bool>> },
}

/// Pages that are filled from the top.
struct Pages<'a> {
    fonts: &'a Fonts,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

pub(crate) fn draw(sheet: &Sheet, fonts: &Fonts, document: &mut Document) -> Result<(), PaperError> {
    let mut pages = Pages { fonts, pages: vec![Vec::new()], y: TOP };
    head(sheet, &mut pages)?;
    for paragraph in &sheet.body {
        pages.paragraph(paragraph, TEXT, LEADING, 2.0 * TEXT, BLACK)?;
    }
    ending(sheet, &mut pages)?;
    let all = pages.pages;
    let count = all.len();
    for (number, marks) in (1..).zip(all) {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1);
        let settings = settings.ok_or_else(|| PaperError::Pdf("the page has no size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        put(&mut page, fonts, marks, &format!("— {number} / {count} —"))?;
        page.finish();
    }
    Ok(())
}

fn head(sheet: &Sheet, pages: &mut Pages<'_>) -> Result<(), PaperError> {
    if !sheet.notice.is_empty() {
        let above = std::mem::replace(&mut pages.y, TOP - 16.0 * MM);
        pages.centred(&sheet.notice, SMALL, SMALL_LEADING, GREY)?;
        pages.y = above;
    }
    if !sheet.issuer.is_empty() {
        let wide = |size: f32| {
            Ok::<_, PaperError>(
                pages.fonts.glyphs(&sheet.issuer)?.iter().map(|g| g.width * size).sum::<f32>(),
            )
        };
        let size = (ISSUER * WIDTH / wide(ISSUER)?).min(ISSUER);
        pages.centred(&sheet.issuer, size, size * 1.5, RED)?;
    }
    pages.y += 0.4 * LEADING;
    pages.centred(&sheet.number, TEXT, LEADING, BLACK)?;
    let y = pages.y + 0.5 * LEADING;
    pages.mark(Mark::Rule { y, width: 1.5, colour: RED });
    pages.y += LEADING;
    pages.centred(&sheet.title, TITLE, TITLE * 1.5, BLACK)?;
    pages.y += 0.6 * LEADING;
    pages.paragraph(&sheet.to, TEXT, LEADING, 0.0, BLACK)
}

/// The office and the day to the right, the place of the seal over them, and in small letters whose hands it went through.
fn ending(sheet: &Sheet, pages: &mut Pages<'_>) -> Result<(), PaperError> {
    pages.room(SEAL + LEADING);
    let middle = LEFT + WIDTH - 30.0 * MM;
    let y = pages.y + 0.5 * SEAL;
    pages.mark(Mark::Seal { x: middle, y });
    if !sheet.code.is_empty() {
        pages.mark(Mark::Code { x: LEFT, y: y + 0.5 * SEAL - CODE, rows: sheet.code.clone() });
    }
    pages.y += 0.5 * SEAL - LEADING;
    for text in [&sheet.issuer, &sheet.day] {
        for line in broken(text, pages.fonts, TEXT, WIDTH, 0.0)? {
            pages.y += LEADING;
            let x = (middle - line.width / 2.0).min(LEFT + WIDTH - line.width);
            let y = pages.y;
            pages.mark(Mark::Text { line, x, y, size: TEXT, colour: BLACK });
        }
    }
    let words = broken(&sheet.seal, pages.fonts, SMALL, SEAL * 0.8, 0.0)?;
    let mut below = y - 0.5 * SEAL + 14.0;
    for line in words {
        let x = middle - line.width / 2.0;
        pages.mark(Mark::Text { line, x, y: below, size: SMALL, colour: GREY });
        below += SMALL_LEADING * 0.85;
    }
    pages.y = (y + 0.5 * SEAL).max(pages.y) + 0.5 * LEADING;
    if !sheet.foot.is_empty() {
        pages.room(SMALL_LEADING * (sheet.foot.len() + 1) as f32);
        let y = pages.y;
        pages.mark(Mark::Rule { y, width: 0.5, colour: GREY });
    }
    sheet.foot.iter().try_for_each(|line| pages.paragraph(line, SMALL, SMALL_LEADING, 0.0, GREY))
}

impl Pages<'_> {
    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Begins a new page if less is left on this one.
    fn room(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    fn paragraph(
        &mut self,
        text: &str,
        size: f32,
        leading: f32,
        indent: f32,
        colour: Colour,
    ) -> Result<(), PaperError> {
        for line in broken(text, self.fonts, size, WIDTH, indent)? {
            self.room(leading);
            self.y += leading;
            let (x, y) = (LEFT + line.indent, self.y);
            self.mark(Mark::Text { line, x, y, size, colour });
        }
        Ok(())
    }

    fn centred(&mut self, text: &str, size: f32, leading: f32, colour: Colour) -> Result<(), PaperError> {
        for line in broken(text, self.fonts, size, WIDTH, 0.0)? {
            self.y += leading;
            let (x, y) = (LEFT + (WIDTH - line.width) / 2.0, self.y);
            self.mark(Mark::Text { line, x, y, size, colour });
        }
        Ok(())
    }
}

fn put(page: &mut Page<'_>, fonts: &Fonts, marks: Vec<Mark>, foot: &str) -> Result<(), PaperError> {
    let mut surface = page.surface();
    for mark in marks {
        match mark {
            Mark::Text { line, x, y, size, colour } => text(&mut surface, fonts, &line, (x, y), size, colour),
            Mark::Rule { y, width, colour } => {
                let mut path = PathBuilder::new();
                path.move_to(LEFT, y);
                path.line_to(LEFT + WIDTH, y);
                stroke(&mut surface, path, width, colour, None);
            }
            Mark::Seal { x, y } => {
                let dash = StrokeDash { array: vec![4.0, 3.0], offset: 0.0 };
                stroke(&mut surface, circle(x, y, SEAL / 2.0), 0.8, GREY, Some(dash));
            }
            Mark::Code { x, y, rows } => code(&mut surface, (x, y), &rows),
        }
    }
    for line in broken(foot, fonts, SMALL, WIDTH, 0.0)? {
        let x = LEFT + (WIDTH - line.width) / 2.0;
        text(&mut surface, fonts, &line, (x, BOTTOM + 10.0 * MM), SMALL, GREY);
    }
    surface.finish();
    Ok(())
}

/// A line, one run for each font.
fn text(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    line: &Line,
    (x, y): (f32, f32),
    size: f32,
    colour: Colour,
) {
    let (red, green, blue) = colour;
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }));
    let mut at = x;
    let characters: Vec<(char, _)> = line.text.chars().zip(&line.glyphs).collect();
    for run in characters.chunk_by(|(_, a), (_, b)| a.face == b.face) {
        let words: String = run.iter().map(|(character, _)| character).collect();
        let (mut byte, mut width) = (0, 0.0);
        let mut glyphs = Vec::with_capacity(run.len());
        for (character, glyph) in run {
            glyphs.push(glyph.drawn(byte..byte + character.len_utf8()));
            byte += character.len_utf8();
            width += glyph.width * size;
        }
        if let Some(font) = run.first().and_then(|(_, glyph)| fonts.font(glyph.face)) {
            surface.draw_glyphs(Point::from_xy(at, y), &glyphs, font, &words, size, false);
        }
        at += width;
    }
}

fn stroke(
    surface: &mut Surface<'_>,
    path: PathBuilder,
    width: f32,
    (red, green, blue): Colour,
    dash: Option<StrokeDash>,
) {
    let Some(path) = path.finish() else { return };
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: rgb::Color::new(red, green, blue).into(),
        width,
        dash,
        ..Stroke::default()
    }));
    surface.draw_path(&path);
}

/// The dark squares of a code, those beside each other as one.
fn code(surface: &mut Surface<'_>, (left, top): (f32, f32), rows: &[Vec<bool>]) {
    let side = CODE / rows.len().max(1) as f32;
    let mut path = PathBuilder::new();
    for (row, squares) in rows.iter().enumerate() {
        let (mut column, y) = (0, top + row as f32 * side);
        for run in squares.chunk_by(|a, b| a == b) {
            if run.first() == Some(&true) {
                let (x, right) = (left + column as f32 * side, left + (column + run.len()) as f32 * side);
                path.move_to(x, y);
                path.line_to(right, y);
                path.line_to(right, y + side);
                path.line_to(x, y + side);
                path.close();
            }
            column += run.len();
        }
    }
    let Some(path) = path.finish() else { return };
    let (red, green, blue) = BLACK;
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }));
    surface.draw_path(&path);
}

fn circle(x: f32, y: f32, radius: f32) -> PathBuilder {
    let pull = radius * ROUND;
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.cubic_to(x + radius, y + pull, x + pull, y + radius, x, y + radius);
    path.cubic_to(x - pull, y + radius, x - radius, y + pull, x - radius, y);
    path.cubic_to(x - radius, y - pull, x - pull, y - radius, x, y - radius);
    path.cubic_to(x + pull, y - radius, x + radius, y - pull, x + radius, y);
    path.close();
    path
}
