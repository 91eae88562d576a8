//! A text as a code that a telephone reads (QR, ISO/IEC 18004), drawn as inline SVG or handed out as squares.

use crate::chart::Svg;
use askama::filters::{Html, escape};
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// White squares around the code, as the standard asks for.
const QUIET: usize = 4;

/// Rows of squares, the dark ones true; nothing if the text is too long for a code.
pub fn squares(text: &str) -> Option<Vec<Vec<bool>>> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let colours = code.to_colors();
    Some(
        colours.chunks(code.width()).map(|row| row.iter().map(|one| *one == Color::Dark).collect()).collect(),
    )
}

/// The code with what it says for those who do not see it; nothing if the text is too long.
pub fn svg(text: &str, title: &str) -> Option<Svg> {
    let rows = squares(text)?;
    let side = rows.len() + 2 * QUIET;
    let Ok(title) = escape(title, Html);
    let mut path = String::new();
    for (y, row) in rows.iter().enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&true) {
                // Writing to a `String` cannot fail.
                let _ = write!(path, "M{} {}h{}v1h-{2}z", x + QUIET, y + QUIET, run.len());
            }
            x += run.len();
        }
    }
    Some(Svg::new(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" width=\"160\" height=\"160\" role=\"img\" \
         aria-labelledby=\"qr-t\"><title id=\"qr-t\">{title}</title><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\
         <path d=\"{path}\" fill=\"#000\"/></svg>"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_says_what_it_is() {
        let rows = squares("https://example.org/receipts/128").unwrap();
        assert!(rows.iter().all(|row| row.len() == rows.len()));
        let last = rows.len() - 1;
        for (x, y) in [(0, 0), (last - 6, 0), (0, last - 6)] {
            let dark = (0..7).filter(|at| rows[y][x + at]).count();
            assert_eq!(dark, 7, "the upper side of the corner at {x}, {y}");
        }
        let drawn = svg("https://example.org/receipts/128", "Receipt <128>").unwrap().to_string();
        assert!(drawn.contains("<title id=\"qr-t\">Receipt &#60;128&#62;</title>"), "{drawn}");
        assert!(squares(&"x".repeat(5000)).is_none());
    }
}
