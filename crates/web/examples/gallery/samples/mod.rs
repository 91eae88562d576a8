//! Samples of every page in every state, for the gallery and for the page tests. Nothing here is a real record.

mod account;
mod administration;
mod begin;
mod board;
mod case;
mod case_parts;
mod case_whole;
mod connector;
mod definition;
mod document;
mod evidence;
mod inbox;
mod message;
mod open;
mod oversight;
mod portal;
mod register;
mod source;
mod status;

use askama::Template;
use web::texts::Lang;
use web::views::{Footer, Interval, Link, Page, SignedIn};

/// A rendered page.
pub struct Sample {
    /// Its template's stem and the state it shows.
    pub name: &'static str,
    /// Its language.
    pub lang: Lang,
    /// The page.
    pub html: String,
}

/// What a module of samples gives: names and pages.
type Pages = Vec<(&'static str, askama::Result<String>)>;

/// Every page in every state, in both languages.
pub fn all() -> askama::Result<Vec<Sample>> {
    let modules = [
        account::pages,
        administration::pages,
        oversight::pages,
        inbox::pages,
        begin::pages,
        board::pages,
        connector::pages,
        definition::pages,
        case::pages,
        case_whole::pages,
        source::pages,
        evidence::pages,
        document::pages,
        message::pages,
        open::pages,
        portal::pages,
        status::pages,
        register::pages,
    ];
    let mut samples = Vec::new();
    for lang in Lang::ALL {
        for (name, html) in modules.iter().flat_map(|pages| pages(Say(lang))) {
            samples.push(Sample { name, lang, html: html? });
        }
    }
    Ok(samples)
}

/// Says a thing in the sample's language.
#[derive(Clone, Copy)]
struct Say(Lang);

impl Say {
    fn of(self, zh: &str, en: &str) -> String {
        match self.0 {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }

    /// A page that nobody has signed in to.
    fn public(self, address: &str) -> Page {
        Page {
            lang: self.0,
            city: self.of("大同市", "Datong"),
            address: address.to_owned(),
            demo: true,
            elder: Some(false),
            signed_in: None,
            log_time: Some("2026-10-08 09:40".to_owned()),
            footer: Footer::default(),
        }
    }

    /// A page of an officer.
    fn officer(self, address: &str) -> Page {
        let signed_in = SignedIn {
            name: self.of("执法人员一", "Enforcement officer 1"),
            role: self.of("执法人员", "Enforcement officer"),
            boards: true,
            keeper: false,
            inbox: 14,
            csrf: "sample-token".to_owned(),
        };
        Page { signed_in: Some(signed_in), elder: None, ..self.public(address) }
    }
}

fn render(page: &impl Template) -> askama::Result<String> {
    page.render()
}

fn link(href: &str, text: &str) -> Link {
    Link { href: href.to_owned(), text: text.to_owned() }
}

fn hour(day: &str, from: u32) -> Interval {
    let clock = |hour: u32| format!("{hour:02}:00");
    Interval { day: day.to_owned(), from: clock(from), to: clock(from + 1) }
}
