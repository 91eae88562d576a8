//! Lists and tables of values.

use super::values::wrong;
use super::{Node, Read, Reading, Shape, Written};
use model::Name;

/// A list of them. Those that cannot be read are left out.
#[derive(Clone, Copy)]
pub(crate) struct ListOf<R>(pub R);
/// One, or a list of them.
#[derive(Clone, Copy)]
pub(crate) struct OneOrMany<R>(pub R);
/// Exactly two.
#[derive(Clone, Copy)]
pub(crate) struct Pair<R>(pub R);
/// A table whose keys are the writer's own, in the order written.
#[derive(Clone, Copy)]
pub(crate) struct MapOf<R>(pub R);

/// Those that can be read; the others leave a hole.
fn read_all<R: Read>(read: &R, items: &[Node], key: &str, reading: &Reading<'_>) -> Vec<R::Out> {
    let out: Vec<R::Out> = items.iter().filter_map(|item| read.read(item, key, reading)).collect();
    if out.len() < items.len() {
        reading.hole();
    }
    out
}

impl<R: Read> Read for ListOf<R> {
    type Out = Vec<R::Out>;
    fn shape(&self) -> Shape {
        Shape::List(Box::new(self.0.shape()))
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Self::Out> {
        let Written::List(items) = &node.value else {
            wrong(self, node, key, reading);
            return None;
        };
        Some(read_all(&self.0, items, key, reading))
    }
    fn unread(&self) -> Self::Out {
        Vec::new()
    }
}

impl<R: Read> Read for OneOrMany<R> {
    type Out = Vec<R::Out>;
    fn shape(&self) -> Shape {
        Shape::OneOrMany(Box::new(self.0.shape()))
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Self::Out> {
        Some(read_all(&self.0, node.items(), key, reading))
    }
    fn unread(&self) -> Self::Out {
        Vec::new()
    }
}

impl<R: Read> Read for Pair<R> {
    type Out = (R::Out, R::Out);
    fn shape(&self) -> Shape {
        Shape::Pair(Box::new(self.0.shape()))
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Self::Out> {
        match &node.value {
            Written::List(items) if items.len() == 2 => {
                let mut read = items.iter().map(|item| self.0.read(item, key, reading));
                Some((read.next()??, read.next()??))
            }
            _ => {
                wrong(self, node, key, reading);
                None
            }
        }
    }
    fn unread(&self) -> Self::Out {
        (self.0.unread(), self.0.unread())
    }
}

impl<R: Read> Read for MapOf<R> {
    type Out = Vec<(Name, R::Out)>;
    fn shape(&self) -> Shape {
        Shape::Map(Box::new(self.0.shape()))
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Self::Out> {
        let Some(table) = node.as_table() else {
            wrong(self, node, key, reading);
            return None;
        };
        let mut out = Vec::new();
        for entry in &table.entries {
            match Name::new(entry.key.as_str()) {
                Ok(name) => match self.0.read(&entry.node, &entry.key, reading) {
                    Some(value) => out.push((name, value)),
                    None => reading.hole(),
                },
                Err(error) => {
                    reading.complain(&entry.key_span, error.to_string(), "write it like so2Limit");
                    reading.hole();
                }
            }
        }
        Some(out)
    }
    fn unread(&self) -> Self::Out {
        Vec::new()
    }
}

/// A list of tables of which no two have the same `id`, `code` or other key.
#[derive(Clone, Copy)]
pub(crate) struct Distinct<R>(pub &'static str, pub R);

impl<R: Read> Read for Distinct<R> {
    type Out = Vec<R::Out>;
    fn shape(&self) -> Shape {
        Shape::List(Box::new(self.1.shape()))
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Self::Out> {
        let mut seen = Vec::new();
        for id in node.items().iter().filter_map(|item| item.as_table()?.get(self.0)) {
            if seen.contains(&&id.value) {
                let shown = id.as_text().map_or_else(String::new, |text| format!(" `{text}`"));
                let what = format!("the {} {}{shown} stands twice", key, self.0);
                reading.complain(&id.span, what, "give the second another, or take it out");
            }
            seen.push(&id.value);
        }
        ListOf(Borrowed(&self.1)).read(node, key, reading)
    }
    fn unread(&self) -> Self::Out {
        Vec::new()
    }
}

/// Reads by a reader that belongs to another.
struct Borrowed<'r, R>(&'r R);

impl<R: Read> Read for Borrowed<'_, R> {
    type Out = R::Out;
    fn shape(&self) -> Shape {
        self.0.shape()
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<R::Out> {
        self.0.read(node, key, reading)
    }
    fn unread(&self) -> R::Out {
        self.0.unread()
    }
}
