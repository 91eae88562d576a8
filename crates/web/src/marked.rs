//! Marks fragments in the other language, so that they are spoken and drawn rightly.
//!
//! Names and opinions are in the language they were written in, whatever the page's. On an English page Chinese
//! stands in `<span lang="zh-CN">`; on a Chinese page a text without any Chinese, but with words, is marked English.

use crate::texts::Lang;
use askama::filters::{Html, HtmlSafe, escape};
use std::fmt;

/// A text on its way into a page: escaped, and marked when it is in the other language.
pub struct Marked<'a> {
    pub(crate) text: &'a str,
    pub(crate) page: Lang,
}

impl fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(escaped) = escape(self.text, Html);
        match other_language(self.text, self.page) {
            Some(lang) => write!(f, "<span lang=\"{}\">{escaped}</span>", lang.tag()),
            None => write!(f, "{escaped}"),
        }
    }
}

impl HtmlSafe for Marked<'_> {}

pub(crate) fn other_language(text: &str, page: Lang) -> Option<Lang> {
    let chinese = text.chars().any(is_han);
    match page {
        Lang::En if chinese => Some(Lang::Zh),
        Lang::Zh if !chinese && has_words(text) => Some(Lang::En),
        _ => None,
    }
}

/// Whether a text has English words, not only codes and units such as `DA001` or `mg/m³`.
fn has_words(text: &str) -> bool {
    text.split_whitespace()
        .filter(|word| word.len() > 2 && word.chars().all(|c| c.is_ascii_alphabetic()))
        .count()
        > 1
}

/// Chinese characters, with extensions A to I and the compatibility forms.
fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: Lang, text: &str, expected: &str) {
        assert_eq!(Marked { text, page }.to_string(), expected);
    }

    #[test]
    fn the_other_language_is_marked() {
        check(Lang::En, "演示热源厂", "<span lang=\"zh-CN\">演示热源厂</span>");
        check(Lang::Zh, "演示热源厂", "演示热源厂");
        check(Lang::Zh, "Boiler three", "<span lang=\"en\">Boiler three</span>");
        check(Lang::Zh, "DA001", "DA001");
        check(Lang::Zh, "mg/m³", "mg/m³");
        check(Lang::En, "Boiler 3", "Boiler 3");
    }

    #[test]
    fn what_people_wrote_stays_text() {
        check(Lang::Zh, "<script>", "&#60;script&#62;");
        check(Lang::Zh, "同㛃𬱖·", "同㛃𬱖·");
        check(Lang::En, "𬱖", "<span lang=\"zh-CN\">𬱖</span>");
    }
}
