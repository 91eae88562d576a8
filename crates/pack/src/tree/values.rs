//! The values that files hold, each with its shape and its complaints.

use super::{Node, Read, Reading, Refer, Shape, Written, nearest, unread};
use jiff::civil::Date;
use model::{Name, Text};

/// The value is of another kind than it must be.
pub(super) fn wrong<R: Read + ?Sized>(read: &R, node: &Node, key: &str, reading: &Reading<'_>) {
    let shape = read.shape();
    let what = format!("`{key}` is {}, and must be {}", node.value.noun(), shape.noun());
    reading.complain(&node.span, what, format!("write {key} = {}", shape.example()));
}

/// One line of text, not empty.
#[derive(Clone, Copy)]
pub(crate) struct Line;

impl Read for Line {
    type Out = String;

    fn shape(&self) -> Shape {
        Shape::Line
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<String> {
        match &node.value {
            Written::Text(text) if text.trim().is_empty() => {
                reading.complain(&node.span, format!("`{key}` is empty"), "write it, or leave the key out");
                None
            }
            Written::Text(text) => Some(text.clone()),
            _ => {
                wrong(self, node, key, reading);
                None
            }
        }
    }

    fn unread(&self) -> String {
        String::new()
    }
}

/// A text that people read, whole in both languages.
#[derive(Clone, Copy)]
pub(crate) struct Both;

impl Read for Both {
    type Out = Text;

    fn shape(&self) -> Shape {
        Shape::Both
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Text> {
        let zh = node
            .as_text()
            .or_else(|| node.as_table().filter(|t| t.get("en").is_none())?.get("zh")?.as_text());
        if let Some(zh) = zh.filter(|zh| !zh.trim().is_empty())
            && let Some(found) = reading.english(node, zh)
        {
            let en = found.unwrap_or_else(|remedy| {
                reading.complain(&node.span, format!("`{key}` has no text in English"), remedy);
                String::new()
            });
            return Some(Text { zh: zh.to_owned(), en });
        }
        let Some(table) = node.as_table() else {
            wrong(self, node, key, reading);
            return None;
        };
        reading.has_english(node);
        let side = |lang: &str, name: &str| match table.get(lang).map(|n| (n, n.as_text())) {
            Some((_, Some(text))) if !text.trim().is_empty() => text.to_owned(),
            found => {
                let at = found.map_or(&node.span, |(node, _)| &node.span);
                let what = format!("`{key}` has no text in {name}");
                reading.complain(
                    at,
                    what,
                    format!("write {lang} = \"…\": every text is whole in both languages"),
                );
                String::new()
            }
        };
        let text = Text { zh: side("zh", "Chinese"), en: side("en", "English") };
        for entry in table.entries.iter().filter(|entry| !matches!(&*entry.key, "zh" | "en")) {
            let what = format!("`{}` is no language of a text", entry.key);
            reading.complain(&entry.key_span, what, "texts have zh and en alone");
        }
        Some(text)
    }

    fn unread(&self) -> Text {
        Text::new("", "")
    }
}

/// Any name: of a stage, a reason, a statistic.
#[derive(Clone, Copy)]
pub(crate) struct Named(pub &'static str);
/// An id of a definition or of a part of one: kebab-case.
#[derive(Clone, Copy)]
pub(crate) struct Id;
/// An id of a type: CamelCase.
#[derive(Clone, Copy)]
pub(crate) struct TypeId;
/// An id of an attribute: camelCase, so that expressions need no quoting.
#[derive(Clone, Copy)]
pub(crate) struct AttributeId;
/// The name of something that is defined elsewhere.
#[derive(Clone, Copy)]
pub(crate) struct Refers(pub Refer);

const NAME: &str = "^[A-Za-z0-9]([A-Za-z0-9._:/-]*[A-Za-z0-9])?$";
const KEBAB: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";
const CAMEL_TYPE: &str = "^[A-Z][A-Za-z0-9]*$";
const CAMEL: &str = "^[a-z][A-Za-z0-9]*$";

fn any_name<R: Read + ?Sized>(read: &R, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Name> {
    let Some(text) = node.as_text() else {
        wrong(read, node, key, reading);
        return None;
    };
    let remedy = format!("write {key} = {}", read.shape().example());
    Name::new(text).map_err(|error| reading.complain(&node.span, error.to_string(), remedy)).ok()
}

fn styled<R: Read + ?Sized>(
    read: &R,
    node: &Node,
    key: &str,
    reading: &Reading<'_>,
    style: (&str, fn(&str) -> bool),
) -> Option<Name> {
    let name = any_name(read, node, key, reading)?;
    if style.1(name.as_str()) {
        return Some(name);
    }
    let what = format!("`{name}` is not in {}", style.0);
    reading.complain(&node.span, what, format!("write it like {}", read.shape().example()));
    Some(name)
}

fn is_kebab(text: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.split('-').all(part)
}

fn is_camel_type(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn is_camel(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

impl Read for Named {
    type Out = Name;
    fn shape(&self) -> Shape {
        Shape::Name { example: self.0, pattern: NAME }
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Name> {
        any_name(self, node, key, reading)
    }
    fn unread(&self) -> Name {
        unread()
    }
}

impl Read for Id {
    type Out = Name;
    fn shape(&self) -> Shape {
        Shape::Name { example: "two-hours", pattern: KEBAB }
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Name> {
        styled(self, node, key, reading, ("kebab-case", is_kebab))
    }
    fn unread(&self) -> Name {
        unread()
    }
}

impl Read for TypeId {
    type Out = Name;
    fn shape(&self) -> Shape {
        Shape::Name { example: "MonitoredSource", pattern: CAMEL_TYPE }
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Name> {
        styled(self, node, key, reading, ("CamelCase", is_camel_type))
    }
    fn unread(&self) -> Name {
        unread()
    }
}

impl Read for AttributeId {
    type Out = Name;
    fn shape(&self) -> Shape {
        Shape::Name { example: "so2Limit", pattern: CAMEL }
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Name> {
        styled(self, node, key, reading, ("camelCase", is_camel))
    }
    fn unread(&self) -> Name {
        unread()
    }
}

impl Read for Refers {
    type Out = Name;
    fn shape(&self) -> Shape {
        let example = match self.0 {
            Refer::Type => "MonitoredSource",
            Refer::Process => "exceedance",
            Refer::Document => "penalty-decision",
            Refer::Role => "enforcement-officer",
            Refer::Pack | Refer::Served => "cn",
            Refer::Basis => "licensing-law:45",
            Refer::Table => "who-decides",
        };
        Shape::Name { example, pattern: NAME }
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Name> {
        let name = any_name(self, node, key, reading)?;
        reading.mention(self.0, name.as_str(), &node.span);
        Some(name)
    }
    fn unread(&self) -> Name {
        unread()
    }
}

/// A whole number, from the first to the second.
#[derive(Clone, Copy)]
pub(crate) struct Whole(pub i64, pub i64);

impl Read for Whole {
    type Out = i64;
    fn shape(&self) -> Shape {
        Shape::Whole { least: self.0, most: self.1 }
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<i64> {
        match node.value {
            Written::Whole(whole) if (self.0..=self.1).contains(&whole) => Some(whole),
            Written::Whole(whole) => {
                let what = format!("`{key}` is {whole}, which is not {}", self.shape().noun());
                reading.complain(&node.span, what, format!("write {key} = {}", self.shape().example()));
                None
            }
            _ => {
                wrong(self, node, key, reading);
                None
            }
        }
    }
    fn unread(&self) -> i64 {
        1.clamp(self.0, self.1)
    }
}

/// A finite number.
#[derive(Clone, Copy)]
pub(crate) struct Number;

impl Read for Number {
    type Out = f64;
    fn shape(&self) -> Shape {
        Shape::Number
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<f64> {
        match node.value {
            Written::Number(number) if number.is_finite() => Some(number),
            #[expect(clippy::cast_precision_loss, reason = "numbers of packs stay far below 2^53")]
            Written::Whole(whole) => Some(whole as f64),
            _ => {
                wrong(self, node, key, reading);
                None
            }
        }
    }
    fn unread(&self) -> f64 {
        0.0
    }
}

/// True or false.
#[derive(Clone, Copy)]
pub(crate) struct YesNo;

impl Read for YesNo {
    type Out = bool;
    fn shape(&self) -> Shape {
        Shape::YesNo
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<bool> {
        if let Written::Bool(flag) = node.value {
            return Some(flag);
        }
        wrong(self, node, key, reading);
        None
    }
    fn unread(&self) -> bool {
        false
    }
}

/// A day, as `"2026-10-01"`, with or without quotes.
#[derive(Clone, Copy)]
pub(crate) struct Day;

impl Read for Day {
    type Out = Date;
    fn shape(&self) -> Shape {
        Shape::Day
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Date> {
        let (Written::Text(text) | Written::Date(text)) = &node.value else {
            wrong(self, node, key, reading);
            return None;
        };
        let date = (text.len() == 10).then(|| text.parse().ok()).flatten();
        if date.is_none() {
            let what = format!("`{text}` is no day of the calendar");
            reading.complain(&node.span, what, format!("write {key} = {}", self.shape().example()));
        }
        date
    }
    fn unread(&self) -> Date {
        Date::constant(2000, 1, 1)
    }
}

/// One of some words, each with what it stands for.
#[derive(Clone, Copy)]
pub(crate) struct OneOf<T: 'static>(pub &'static [(&'static str, T)]);

impl<T: Clone> Read for OneOf<T> {
    type Out = T;
    fn shape(&self) -> Shape {
        Shape::OneOf(self.0.iter().map(|(word, _)| *word).collect())
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<T> {
        let Some(text) = node.as_text() else {
            wrong(self, node, key, reading);
            return None;
        };
        let found = self.0.iter().find(|(word, _)| *word == text).map(|(_, value)| value.clone());
        if found.is_none() {
            let words = self.0.iter().map(|(word, _)| *word);
            let remedy = match nearest(text, words) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => format!("write {}", self.shape().noun()),
            };
            reading.complain(&node.span, format!("`{text}` is no word for `{key}`"), remedy);
        }
        found
    }
    #[expect(
        clippy::indexing_slicing,
        reason = "a choice has at least one word: they are written in the code"
    )]
    fn unread(&self) -> T {
        self.0[0].1.clone()
    }
}

/// A text that may be empty, as a number of a notice that nobody knows.
#[derive(Clone, Copy)]
pub(crate) struct Loose;

impl Read for Loose {
    type Out = String;
    fn shape(&self) -> Shape {
        Shape::Loose
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<String> {
        if let Written::Text(text) = &node.value {
            return Some(text.clone());
        }
        wrong(self, node, key, reading);
        None
    }
    fn unread(&self) -> String {
        String::new()
    }
}
