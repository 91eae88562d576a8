//! A table being read: each key is asked for once, and what nobody asked for is a complaint.

use super::{Entry, Key, Node, Reading, Shape, Table, Written, nearest};
use std::ops::Range;

/// How one value is read.
pub(crate) trait Read {
    /// What comes out.
    type Out;
    /// What the value may look like.
    fn shape(&self) -> Shape;
    /// The value, or a complaint and nothing. `key` is the key it stands under, for the remedy.
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Self::Out>;
    /// What stands in for a value that could not be read, so that the rest can be.
    fn unread(&self) -> Self::Out;
}

/// A table and the questions asked of it.
pub(crate) struct Section<'a> {
    reading: &'a Reading<'a>,
    table: Option<&'a Table>,
    span: Range<usize>,
    /// Complaints of the file when this table was begun.
    before: usize,
    asked: Vec<&'static str>,
    keys: Vec<Key>,
}

impl<'a> Section<'a> {
    fn of(reading: &'a Reading<'a>, table: Option<&'a Table>, span: Range<usize>) -> Self {
        let before = reading.complaints();
        Self { reading, table, span, before, asked: Vec::new(), keys: Vec::new() }
    }

    /// Where a path below this table leads, or the table if it leads nowhere.
    pub fn place(&self, path: &str) -> Range<usize> {
        let (key, rest) = path.split_once('.').unwrap_or((path, ""));
        self.get(key).map_or_else(|| self.span.clone(), |node| node.locate(rest))
    }

    /// The texts at a path, before anybody asks for them: `action`, `remember` are what all acts remember.
    pub fn texts(&self, path: &[&str]) -> Vec<&'a str> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let mut nodes: Vec<&Node> = self.get(first).into_iter().collect();
        for key in rest {
            let items = nodes.into_iter().flat_map(Node::items);
            nodes = items.filter_map(|item| item.as_table()?.get(key)).collect();
        }
        nodes.into_iter().filter_map(Node::as_text).collect()
    }

    /// Whether a key is written.
    pub fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.get(key).is_some())
    }

    /// A complaint of the value at a path, or of the table if nothing is written there.
    pub fn complain(&self, path: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.reading.complain(&self.place(path), what, remedy);
    }

    /// Whether nothing has been wrong with this table so far: only then is it asked how its keys go together.
    pub fn is_sound(&self) -> bool {
        self.reading.complaints() == self.before
    }

    /// Something here could not be read, whatever was written.
    pub fn hole(&self) {
        self.reading.hole();
    }

    fn ask<R: Read>(&mut self, name: &'static str, about: &'static str, read: &R, required: bool) {
        self.asked.push(name);
        if self.reading.is_describing() {
            self.keys.push(Key { name, about, required, shape: read.shape() });
        }
    }

    fn get(&self, key: &str) -> Option<&'a Node> {
        self.table.and_then(|table| table.get(key))
    }

    /// A key that must be there.
    #[expect(clippy::needless_pass_by_value, reason = "readers are small, and made where they are used")]
    pub fn need<R: Read>(&mut self, key: &'static str, about: &'static str, read: R) -> R::Out {
        self.ask(key, about, &read, true);
        let Some(node) = self.get(key) else {
            if self.table.is_some() {
                let remedy = format!("write {key} = {}", read.shape().example());
                self.reading.complain(&self.span, format!("`{key}` is missing"), remedy);
                self.reading.hole();
            }
            return read.unread();
        };
        read.read(node, key, self.reading).unwrap_or_else(|| {
            self.reading.hole();
            read.unread()
        })
    }

    /// A key that may be left out.
    #[expect(clippy::needless_pass_by_value, reason = "readers are small, and made where they are used")]
    pub fn may<R: Read>(&mut self, key: &'static str, about: &'static str, read: R) -> Option<R::Out> {
        self.ask(key, about, &read, false);
        let out = read.read(self.get(key)?, key, self.reading);
        if out.is_none() {
            self.reading.hole();
        }
        out
    }

    /// A key that may be left out, and then has this value.
    pub fn or<R: Read>(
        &mut self,
        key: &'static str,
        about: &'static str,
        read: R,
        default: R::Out,
    ) -> R::Out {
        self.may(key, about, read).unwrap_or(default)
    }

    /// A list that may be left out, and is empty then.
    pub fn list<R, T>(&mut self, key: &'static str, about: &'static str, read: R) -> Vec<T>
    where
        R: Read<Out = Vec<T>>,
    {
        self.may(key, about, read).unwrap_or_default()
    }

    /// The first line of every file.
    pub fn format(&mut self) {
        let read = super::Whole(0, 255);
        let known = self.need("format", "The format of this file: 1.", read);
        if self.has("format") && known != 1 {
            let what = format!("format {known} is not known");
            self.complain("format", what, "write format = 1; a later format needs a later build");
        }
        if self.has("format") && self.table.is_some_and(|table| table.entries[0].key != "format") {
            self.complain("format", "`format` is not the first key", "write it above all others");
        }
    }

    fn finish(&self) {
        let Some(table) = self.table else { return };
        for Entry { key, key_span, .. } in &table.entries {
            if self.asked.contains(&key.as_str()) {
                continue;
            }
            let remedy = match nearest(key, self.asked.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", self.asked.join(", ")),
            };
            self.reading.complain(key_span, format!("`{key}` is no key of this table"), remedy);
        }
    }
}

/// Reads a whole file by a reader of its keys.
pub(crate) fn describe<T>(read: impl Fn(&mut Section<'_>) -> T) -> Vec<Key> {
    let reading = Reading::describing();
    let mut section = Section::of(&reading, None, 0..0);
    read(&mut section);
    section.keys
}

/// Reads a table by a function that asks for its keys.
#[derive(Clone, Copy)]
pub(crate) struct Fields<F>(pub F);

impl<T, F: Fn(&mut Section<'_>) -> T> Read for Fields<F> {
    type Out = T;

    fn shape(&self) -> Shape {
        Shape::Table(describe(&self.0))
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<T> {
        let Written::Table(table) = &node.value else {
            let what = format!("`{key}` is {}, and must be a table", node.value.noun());
            reading.complain(&node.span, what, format!("write {key} = {}", self.shape().example()));
            return None;
        };
        let mut section = Section::of(reading, Some(table), node.span.clone());
        let out = (self.0)(&mut section);
        section.finish();
        Some(out)
    }

    fn unread(&self) -> T {
        let reading = Reading::describing();
        (self.0)(&mut Section::of(&reading, None, 0..0))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Both, Distinct, Id, Whole, parse};
    use super::*;
    use crate::Complaint;
    use model::{Name, Text};

    #[derive(Debug, PartialEq)]
    struct Thing {
        id: Name,
        title: Text,
        parts: Vec<i64>,
    }

    fn thing(s: &mut Section<'_>) -> Thing {
        let part = Fields(|s: &mut Section<'_>| s.or("size", "Its size; default 7.", Whole(1, 9), 7));
        Thing {
            id: s.need("id", "Its name.", Id),
            title: s.need("title", "What people call it.", Both),
            parts: s.list("part", "Its parts.", Distinct("size", part)),
        }
    }

    fn check(text: &str, expected: &[(usize, usize, &str)]) -> Thing {
        let reading = Reading::new("a.toml", text);
        let tree = parse(text, &reading).unwrap();
        let thing = Fields(thing).read(&tree, "file", &reading).unwrap();
        let found = reading.into_complaints();
        let places: Vec<_> = found.iter().map(|c| (c.line, c.column, &*c.remedy)).collect();
        assert_eq!(places, expected, "{text}: {found:?}");
        thing
    }

    #[test]
    fn a_table_is_read_and_every_fault_of_it_told_at_once() {
        let good = check("id = 'a-b'\ntitle = { zh = '甲', en = 'A' }\n[[part]]\n[[part]]\nsize = 3\n", &[]);
        let id = Name::new("a-b").unwrap();
        assert_eq!(good, Thing { id, title: Text::new("甲", "A"), parts: vec![7, 3] });
        let bad = check(
            "titel = 'A'\nid = 4\n[[part]]\nsize = 10\n[[part]]\nsize = 3\nsise = 3\n",
            &[
                (2, 6, "write id = \"two-hours\""),
                (1, 1, "write title = { zh = \"…\", en = \"…\" }"),
                (4, 8, "write size = 4"),
                (7, 1, "did you mean `size`?"),
                (1, 1, "did you mean `title`?"),
            ],
        );
        assert_eq!(bad.parts, [7, 3], "the rest is read all the same");
    }

    #[test]
    fn the_same_questions_describe_the_file() {
        let keys = describe(thing);
        let told: Vec<_> = keys.iter().map(|key| (key.name, key.required, key.shape.noun())).collect();
        let expected = [
            ("id", true, "a name".to_owned()),
            ("title", true, "a text in both languages".to_owned()),
            ("part", false, "a list".to_owned()),
        ];
        assert_eq!(told, expected);
        let nothing: Vec<Complaint> = Reading::describing().into_complaints();
        assert_eq!(nothing, []);
    }
}
