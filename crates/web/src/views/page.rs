//! What every page has around its own content: strip, crumbs, footer.

use super::{Clock, Limit, Quality};
use crate::marked::Marked;
use crate::paths;
use crate::texts::{Lang, Texts, fill};
use crate::words::weekday_in_words;

/// The frame of a page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The page's language.
    pub lang: Lang,
    /// The city's name in that language: `大同市`.
    pub city: String,
    /// This page's path and query, for the language switch.
    pub address: String,
    /// Whether this is a demonstration city: every page then says so in its top strip.
    pub demo: bool,
    /// The elder mode: not offered, off, or on.
    pub elder: Option<bool>,
    /// Who is signed in.
    pub signed_in: Option<SignedIn>,
    /// The log's time, local: the time by which clocks and rules go.
    pub log_time: Option<String>,
    /// What the city states about itself at the foot.
    pub footer: Footer,
}

/// Who is signed in.
#[derive(Clone, Debug, Default)]
pub struct SignedIn {
    /// The account's name: `执法人员一`.
    pub name: String,
    /// Its role's title.
    pub role: String,
    /// Whether there is a board for this person.
    pub boards: bool,
    /// Whether this person keeps accounts or roles, or audits.
    pub keeper: bool,
    /// How many cases wait for this person.
    pub inbox: u64,
    /// The token that every form posts back as `csrf`.
    pub csrf: String,
}

/// What the law wants at the foot of a government site. All are settings; what is empty is not shown.
#[derive(Clone, Debug, Default)]
pub struct Footer {
    /// The body that owns the site.
    pub owner: Option<String>,
    /// The body that runs it.
    pub operator: Option<String>,
    /// Telephone or address.
    pub contact: Option<String>,
    /// The government site's identification code.
    pub site_code: Option<String>,
    /// The ICP filing, as granted.
    pub icp: Option<String>,
    /// The public-security filing, as granted.
    pub police_filing: Option<String>,
    /// Where errors of the site are reported.
    pub error_report_href: Option<String>,
    /// The accessibility statement.
    pub accessibility_href: Option<String>,
}

impl Page {
    pub(crate) fn texts(&self) -> &'static Texts {
        Texts::get(self.lang)
    }

    /// A text from people or registers, marked when it is not in the page's language.
    pub(crate) fn mark<'a>(&self, text: &'a str) -> Marked<'a> {
        Marked { text, page: self.lang }
    }

    /// The language of a text where it is not the page's, for what can hold no mark of its own.
    pub(crate) fn tongue(&self, text: &str) -> Option<&'static str> {
        crate::marked::other_language(text, self.lang).map(Lang::tag)
    }

    pub(crate) fn other_language_href(&self) -> String {
        paths::in_language(&self.address, self.lang.other())
    }

    pub(crate) fn elder_href(&self) -> String {
        paths::in_elder_mode(&self.address, self.elder != Some(true))
    }

    pub(crate) fn left(&self, clock: &Clock) -> String {
        clock.words(self.lang)
    }

    pub(crate) fn worth(&self, quality: &Quality) -> String {
        quality.words(self.lang)
    }

    pub(crate) fn in_force(&self, limit: &Limit) -> Option<String> {
        limit.in_force(self.lang)
    }

    pub(crate) fn weekday(&self, weekday: &u8) -> &'static str {
        weekday_in_words(*weekday, self.lang)
    }

    /// How many files, and how large, may come with an act.
    pub(crate) fn files_hint(&self) -> String {
        let (n, size) = (kernel::ENCLOSURES_MAX.to_string(), (kernel::ENCLOSURE_BYTES_MAX >> 20).to_string());
        fill(&self.texts().form.files, &[("n", &n), ("size", &size)])
    }

    pub(crate) fn csrf(&self) -> &str {
        self.signed_in.as_ref().map_or("", |who| &who.csrf)
    }
}
