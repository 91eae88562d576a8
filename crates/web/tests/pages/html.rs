//! Just enough HTML reading to check our own pages: tags in order, attributes, texts with their language.

/// One piece of a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// `<name key="value">`.
    Open(Tag),
    /// `</name>`.
    Close(String),
    /// Text between tags, entities as written, with the language it stands in.
    Text { text: String, lang: String, within: String },
}

/// An opening tag.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// Its attributes, entities as written.
    pub attributes: Vec<(String, String)>,
    /// The names of the elements around it.
    pub around: Vec<String>,
}

impl Tag {
    /// An attribute's value.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// Elements without an end; those of SVG end themselves.
const VOID: [&str; 5] = ["meta", "link", "input", "br", "path"];

/// Reads a page; panics where tags do not nest.
pub fn read(html: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut open: Vec<(String, String)> = Vec::new();
    let mut rest = html.strip_prefix("<!doctype html>").expect("a doctype");
    while let Some((text, after)) = rest.split_once('<') {
        let (within, lang) = open.last().cloned().unwrap_or_default();
        if !text.trim().is_empty() {
            pieces.push(Piece::Text { text: text.to_owned(), lang: lang.clone(), within });
        }
        let (inside, after) = after.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = inside.strip_prefix('/') {
            let (opened, _) = open.pop().expect("an open element");
            assert_eq!(opened, name, "closed in order, before {after:.80}");
            pieces.push(Piece::Close(name.to_owned()));
            continue;
        }
        let mut tag = tag(inside.trim_end_matches('/'));
        tag.around = open.iter().map(|(name, _)| name.clone()).collect();
        let itself = inside.ends_with('/') || VOID.contains(&tag.name.as_str());
        if !itself {
            open.push((tag.name.clone(), tag.get("lang").unwrap_or(&lang).to_owned()));
        }
        pieces.push(Piece::Open(tag));
    }
    assert!(open.is_empty(), "left open: {open:?}");
    pieces
}

fn tag(inside: &str) -> Tag {
    let (name, mut rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    let mut tag = Tag { name: name.to_owned(), ..Tag::default() };
    loop {
        rest = rest.trim_start();
        let Some(end) = rest.find(|c: char| c == '=' || c.is_whitespace()) else {
            break;
        };
        let (key, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(value) => value.split_once('"').expect("a value ends"),
            None => ("", after),
        };
        tag.attributes.push((key.to_owned(), value.to_owned()));
        rest = after;
    }
    if !rest.is_empty() {
        tag.attributes.push((rest.to_owned(), String::new()));
    }
    tag
}
