//! The few files that pages load: a style sheet, one more and a script for boards, a script for lists of work, an icon. Serving them is the routes' work.
//!
//! Their addresses carry a hash of their bytes, so they may be cached for ever.

/// The style sheet.
pub const CSS: &str = include_str!("../assets/web.css");

/// What boards need beside it.
pub const BOARD_CSS: &str = include_str!("../assets/board.css");

/// Comfort for boards: they follow the log. No page needs it.
pub const LIVE: &str = include_str!("../assets/live.js");

/// Comfort for lists of work: keys go from row to row. No page needs it.
pub const KEYS: &str = include_str!("../assets/keys.js");

/// The icon in the browser's tab: a plain mark, no emblem.
pub const ICON: &str = include_str!("../assets/icon.svg");

/// Where the style sheet is served; [`css_href`] adds its version.
pub const CSS_PATH: &str = "/assets/web.css";

/// Where the boards' sheet is served; [`board_css_href`] adds its version.
pub const BOARD_CSS_PATH: &str = "/assets/board.css";

/// Where the script is served; [`live_href`] adds its version.
pub const LIVE_PATH: &str = "/assets/live.js";

/// Where the keys' script is served; [`keys_href`] adds its version.
pub const KEYS_PATH: &str = "/assets/keys.js";

/// Where the icon is served.
pub const ICON_PATH: &str = "/assets/icon.svg";

const CSS_VERSION: u64 = fnv1a(CSS.as_bytes());
const BOARD_CSS_VERSION: u64 = fnv1a(BOARD_CSS.as_bytes());
const LIVE_VERSION: u64 = fnv1a(LIVE.as_bytes());
const KEYS_VERSION: u64 = fnv1a(KEYS.as_bytes());
const ICON_VERSION: u64 = fnv1a(ICON.as_bytes());

/// The style sheet's address with its version.
pub fn css_href() -> String {
    format!("{CSS_PATH}?v={CSS_VERSION:016x}")
}

/// The boards' sheet's address with its version.
pub fn board_css_href() -> String {
    format!("{BOARD_CSS_PATH}?v={BOARD_CSS_VERSION:016x}")
}

/// The script's address with its version.
pub fn live_href() -> String {
    format!("{LIVE_PATH}?v={LIVE_VERSION:016x}")
}

/// The keys' script's address with its version.
pub fn keys_href() -> String {
    format!("{KEYS_PATH}?v={KEYS_VERSION:016x}")
}

/// The icon's address with its version.
pub fn icon_href() -> String {
    format!("{ICON_PATH}?v={ICON_VERSION:016x}")
}

/// A name for bytes that need no secrecy: FNV-1a, 64 bits.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_is_small_and_self_contained() {
        assert!(CSS.len() < 26 * 1024, "{} bytes", CSS.len());
        assert!(BOARD_CSS.len() < 8 * 1024 && LIVE.len() < 4 * 1024, "{} {}", BOARD_CSS.len(), LIVE.len());
        for sheet in [CSS, BOARD_CSS] {
            assert!(!sheet.contains("@import") && !sheet.contains("url(") && !sheet.contains("@font-face"));
        }
    }

    /// A colour token of the style sheet.
    fn token(name: &str) -> [f64; 3] {
        let value = CSS.split_once(&format!("{name}: #")).unwrap().1.split(';').next().unwrap();
        let digits: String =
            if value.len() == 3 { value.chars().flat_map(|c| [c, c]).collect() } else { value.to_owned() };
        [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0)
    }

    /// The contrast of WCAG 2.2.
    fn contrast(a: &str, b: &str) -> f64 {
        let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
        let luminance = |name| {
            let [r, g, b] = token(name).map(linear);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_is_readable_on_its_ground() {
        let grounds = ["--paper", "--ground", "--grey-pale"];
        for text in ["--ink", "--soft", "--brand", "--brand-deep"] {
            assert!(grounds.iter().all(|ground| contrast(text, ground) >= 4.5), "{text}");
        }
        for (text, ground) in
            [("--red", "--red-pale"), ("--yellow", "--yellow-pale"), ("--green", "--green-pale")]
        {
            assert!(contrast(text, ground) >= 4.5 && contrast(text, "--paper") >= 4.5, "{text}");
        }
        assert!(contrast("--paper", "--brand") >= 4.5 && contrast("--brand-deep", "--brand-pale") >= 4.5);
        assert!(contrast("--line-strong", "--paper") >= 3.0, "the edges of fields");
    }

    #[test]
    fn versions_follow_the_bytes() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_ne!(css_href(), icon_href());
    }
}
