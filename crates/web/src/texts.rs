//! The words of the pages, in two languages: `texts/zh.toml` and `texts/en.toml`, compiled in and read once.
//!
//! Each key is a field, so a template that names a missing one does not compile; a file that lacks a key or has one
//! too many does not load; a field that no page reads is a warning of the compiler. Tests prove the rest.

mod sections;

pub(crate) use sections::Texts;

use serde::Deserialize;
use std::sync::LazyLock;

/// The language of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Chinese, simplified: the first language.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Both, the first language first.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// As addresses and cookies name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// As HTML names it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Reads `zh`, `en` and longer tags such as `zh-Hans-CN`; nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let first = text.split(['-', '_']).next().unwrap_or(text);
        Self::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(first))
    }

    /// The language the switch leads to.
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }
}

const ZH: &str = include_str!("../texts/zh.toml");
const EN: &str = include_str!("../texts/en.toml");

static TEXTS: LazyLock<[Texts; 2]> = LazyLock::new(|| [read(ZH), read(EN)]);

#[expect(clippy::expect_used, reason = "the files are compiled in, and a test reads both")]
fn read(file: &str) -> Texts {
    toml::from_str(file).expect("the words of the pages are whole")
}

impl Texts {
    /// The words in a language.
    pub(crate) fn get(lang: Lang) -> &'static Self {
        let [zh, en] = &*TEXTS;
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// A text that depends on a number: `{n}` is its place. Chinese needs one form, English two.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plural {
    one: Option<String>,
    other: String,
}

impl Plural {
    /// The text for that many.
    pub(crate) fn of(&self, n: u64) -> String {
        let pattern = self.one.as_ref().filter(|_| n == 1).unwrap_or(&self.other);
        fill(pattern, &[("n", &n.to_string())])
    }
}

/// Puts values into a pattern's `{slots}`. A value's own braces stay as they are.
pub(crate) fn fill(pattern: &str, slots: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let slot = after.split_once('}');
        let value = slot.and_then(|(name, tail)| Some((slots.iter().find(|(key, _)| *key == name)?.1, tail)));
        if let Some((value, tail)) = value {
            filled.push_str(value);
            rest = tail;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use toml::{Table, Value};

    fn table(file: &str) -> Table {
        file.parse().unwrap()
    }

    /// `section.key` of every text, with all its forms.
    fn keys(file: &str) -> Vec<(String, Vec<String>)> {
        let forms = |value: &Value| match value {
            Value::String(text) => vec![text.clone()],
            Value::Table(forms) => forms.values().map(|form| form.as_str().unwrap().to_owned()).collect(),
            other => panic!("{other} is no text"),
        };
        let section = |(name, value): (&String, &Value)| -> Vec<_> {
            let texts = value.as_table().unwrap().iter();
            texts.map(|(key, value)| (format!("{name}.{key}"), forms(value))).collect()
        };
        table(file).iter().flat_map(section).collect()
    }

    fn slots(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect()
    }

    #[test]
    fn both_languages_have_the_same_keys_and_slots() {
        let (zh, en) = (keys(ZH), keys(EN));
        let names =
            |keys: &[(String, Vec<String>)]| keys.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
        assert_eq!(names(&zh), names(&en), "the same keys, in the same order");
        for ((key, zh), (_, en)) in zh.iter().zip(&en) {
            let of = |forms: &[String]| {
                forms.iter().flat_map(|f| slots(f)).map(str::to_owned).collect::<BTreeSet<_>>()
            };
            assert_eq!(of(zh), of(en), "{key}");
        }
    }

    #[test]
    fn no_text_is_empty_and_chinese_never_counts_one_apart() {
        for (file, plural_forms) in [(ZH, 1), (EN, 2)] {
            for (section, texts) in &table(file) {
                for (key, text) in texts.as_table().unwrap() {
                    let forms = text.as_table().map(Table::len);
                    assert!(forms.is_none_or(|forms| forms == plural_forms), "{section}.{key}");
                }
            }
            assert!(keys(file).iter().all(|(_, forms)| forms.iter().all(|form| !form.trim().is_empty())));
        }
    }

    #[test]
    fn chinese_is_chinese_and_english_has_none() {
        let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        // Two texts name the other language in its own words.
        let ours = |(key, _): &(String, Vec<String>)| {
            !["layout.other_language", "layout.demo_other"].contains(&&**key)
        };
        for (key, forms) in keys(EN).into_iter().filter(ours) {
            assert!(!forms.iter().any(|form| form.contains(han)), "{key}: {forms:?}");
        }
        for (key, forms) in keys(ZH).into_iter().filter(ours) {
            let is_chinese = |form: &String| {
                let words = slots(form).iter().fold(form.clone(), |words, slot| words.replace(slot, ""));
                words.contains(han)
                    || !words.contains(char::is_alphanumeric) && !words.contains(['(', ';', ','])
            };
            assert!(forms.iter().all(is_chinese), "{key}: {forms:?}");
            assert!(
                !forms.iter().any(|form| form.contains([',', ';', ':', '(', ')'])),
                "{key}: narrow punctuation"
            );
        }
    }

    #[test]
    fn both_files_load() {
        assert_eq!(Texts::get(Lang::Zh).layout.home, "首页");
        assert_eq!(Texts::get(Lang::En).layout.home, "Home");
    }

    #[test]
    fn slots_are_filled_once() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "2")]), "{b} and 2");
        assert_eq!(fill("{unknown} {", &[("a", "1")]), "{unknown} {");
        let plural = Plural { one: Some("{n} case".to_owned()), other: "{n} cases".to_owned() };
        assert_eq!([plural.of(0), plural.of(1), plural.of(2)], ["0 cases", "1 case", "2 cases"]);
    }

    #[test]
    fn languages_are_read_leniently() {
        assert_eq!(Lang::parse("zh-Hans-CN"), Some(Lang::Zh));
        assert_eq!(Lang::parse("EN"), Some(Lang::En));
        assert_eq!(Lang::parse("fr"), None);
        assert_eq!(Lang::parse(""), None);
    }
}
