//! Small things that several pages show.

use super::Page;
use crate::texts::{Lang, Texts, fill};
use model::Flag;
use std::fmt;

/// Somewhere to go.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Link {
    /// The address.
    pub href: String,
    /// What it says.
    pub text: String,
}

/// An interval of one day, both ends always shown: `2026-09-30 14:00–15:00`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Interval {
    /// The local date on which it begins.
    pub day: String,
    /// Its begin: `14:00`.
    pub from: String,
    /// Its end: `15:00`; empty when what is meant is a moment.
    pub to: String,
}

impl Interval {
    /// The hours without the date: `14:00–15:00`.
    pub fn hours(&self) -> String {
        if self.to.is_empty() { self.from.clone() } else { format!("{}–{}", self.from, self.to) }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.day, self.hours())
    }
}

/// To when a value belongs.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// An instant, local: `2026-09-30 14:00:30`.
    At(String),
    /// An interval.
    Over(Interval),
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(instant) => f.write_str(instant),
            Self::Over(interval) => interval.fmt(f),
        }
    }
}

/// What a value is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// Whether it counts.
    pub valid: bool,
    /// What the feed says of it.
    pub flag: Flag,
    /// Why it does not count, where the flag alone does not say it (in the page's language).
    pub why: Option<String>,
}

impl Quality {
    /// `有效（N 正常）`, `Not valid (C calibration)`.
    pub fn words(&self, lang: Lang) -> String {
        let texts = &Texts::get(lang).words;
        let verdict = if self.valid { &texts.valid } else { &texts.not_valid };
        let flag = flag_in_words(self.flag, lang);
        let reason = self
            .why
            .as_ref()
            .map_or(flag.clone(), |why| fill(&texts.flag_and_why, &[("flag", &flag), ("why", why)]));
        fill(&texts.verdict, &[("verdict", verdict), ("reason", &reason)])
    }
}

/// A flag's letter with its meaning in HJ 212.
pub(crate) fn flag_in_words(flag: Flag, lang: Lang) -> String {
    let texts = &Texts::get(lang).words;
    let meaning = match flag.0 {
        b'N' => &texts.flag_normal,
        b'F' => &texts.flag_stopped,
        b'M' => &texts.flag_maintenance,
        b'S' => &texts.flag_manual,
        b'D' => &texts.flag_fault,
        b'C' => &texts.flag_calibration,
        b'T' => &texts.flag_over_range,
        b'B' => &texts.flag_no_communication,
        b'X' => &texts.flag_left_out,
        _ => &texts.flag_unknown,
    };
    format!("{flag} {meaning}")
}

/// A limit with where it comes from and when it is in force.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Limit {
    /// The figure, with the decimals of its source.
    pub value: String,
    /// Its source: `排污许可证`, in the page's language.
    pub source: String,
    /// In force from this local date.
    pub from: Option<String>,
    /// In force to this local date, inclusive.
    pub to: Option<String>,
}

impl Limit {
    /// `2026-01-01 起执行`; nothing when no date is known.
    pub fn in_force(&self, lang: Lang) -> Option<String> {
        let texts = &Texts::get(lang).words;
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => Some(fill(&texts.in_force_between, &[("from", from), ("to", to)])),
            (Some(from), None) => Some(fill(&texts.in_force_from, &[("from", from)])),
            (None, Some(to)) => Some(fill(&texts.in_force_to, &[("to", to)])),
            (None, None) => None,
        }
    }
}

/// Where in a long list this page stands.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Paging {
    /// Rows in the whole list.
    pub total: u64,
    /// This page, from 1.
    pub page: u64,
    /// Pages in all.
    pub pages: u64,
    /// The page before.
    pub previous_href: Option<String>,
    /// The page after.
    pub next_href: Option<String>,
}

impl Paging {
    /// A page, from 1, of so many rows each.
    pub(crate) fn of(total: u64, page: u64, rows: u64, href: impl Fn(u64) -> String) -> Self {
        let pages = total.div_ceil(rows).max(1);
        Self {
            total,
            page,
            pages,
            previous_href: (page > 1).then(|| href((page - 1).min(pages))),
            next_href: (page < pages).then(|| href(page + 1)),
        }
    }

    pub(crate) fn total_in_words(&self, page: &Page) -> String {
        page.texts().paging.total.of(self.total)
    }

    pub(crate) fn place_in_words(&self, page: &Page) -> String {
        let slots = [("page", &*self.page.to_string()), ("pages", &*self.pages.to_string())];
        fill(&page.texts().paging.place, &slots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_in_words() {
        let words = |valid, flag, why: Option<&str>| {
            let quality = Quality { valid, flag: Flag(flag), why: why.map(str::to_owned) };
            Lang::ALL.map(|lang| quality.words(lang))
        };
        assert_eq!(words(true, b'N', None), ["有效（N 正常）", "Valid (N normal)"]);
        assert_eq!(words(false, b'C', None), ["无效（C 校准）", "Not valid (C calibration)"]);
        assert_eq!(words(false, b'N', Some("x")), ["无效（N 正常；x）", "Not valid (N normal; x)"]);
        assert_eq!(words(false, b'Q', None)[1], "Not valid (Q unknown flag)");
    }

    #[test]
    fn limits_say_when_they_are_in_force() {
        let in_force = |from: Option<&str>, to: Option<&str>| {
            let limit =
                Limit { from: from.map(str::to_owned), to: to.map(str::to_owned), ..Limit::default() };
            limit.in_force(Lang::En)
        };
        assert_eq!(in_force(None, None), None);
        assert_eq!(in_force(Some("2026-01-01"), None).unwrap(), "in force from 2026-01-01");
        assert_eq!(
            in_force(Some("2026-01-01"), Some("2026-12-31")).unwrap(),
            "in force 2026-01-01 to 2026-12-31"
        );
    }

    #[test]
    fn intervals_show_both_ends() {
        let interval =
            Interval { day: "2026-09-30".to_owned(), from: "14:00".to_owned(), to: "15:00".to_owned() };
        assert_eq!(interval.hours(), "14:00–15:00");
        assert_eq!(When::Over(interval).to_string(), "2026-09-30 14:00–15:00");
    }
}
