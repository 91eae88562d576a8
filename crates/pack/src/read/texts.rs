//! `texts.en.toml`: the English of a pack's files, apart from them.

use crate::tree::{Line, Node, Read, Reading, Section, Shape, Written};
use std::ops::Range;

/// One text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Translation {
    /// The file within the pack, without its ending: `types/shop`.
    pub file: String,
    /// The way to its Chinese there, key by key.
    pub steps: Vec<String>,
    /// The English.
    pub text: String,
    /// Where it stands.
    pub span: Range<usize>,
}

/// Reads it.
pub(crate) fn texts(s: &mut Section<'_>) -> Vec<Translation> {
    s.format();
    let about =
        "English by file and by the keys that lead to its Chinese; entries of lists by their id or code.";
    s.need("file", about, ByFile)
}

/// Texts by file and keys.
#[derive(Clone, Copy)]
struct ByFile;

impl Read for ByFile {
    type Out = Vec<Translation>;

    fn shape(&self) -> Shape {
        Shape::Map(Box::new(Shape::Map(Box::new(Shape::Anything))))
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Self::Out> {
        let Some(files) = node.as_table() else {
            let what = format!("`{key}` is {}, and must be a table", node.value.noun());
            reading.complain(&node.span, what, "write [file.\"types/shop\"], and texts below it");
            return None;
        };
        let mut out = Vec::new();
        for entry in &files.entries {
            collect(&entry.node, (&entry.key, &mut Vec::new()), reading, &mut out);
        }
        Some(out)
    }

    fn unread(&self) -> Self::Out {
        Vec::new()
    }
}

fn collect(
    node: &Node,
    (file, steps): (&str, &mut Vec<String>),
    reading: &Reading<'_>,
    out: &mut Vec<Translation>,
) {
    match &node.value {
        Written::Table(table) => {
            for entry in &table.entries {
                steps.push(entry.key.clone());
                collect(&entry.node, (file, steps), reading, out);
                steps.pop();
            }
        }
        _ => {
            let key = steps.last().map_or(file, String::as_str).to_owned();
            match Line.read(node, &key, reading) {
                Some(text) => out.push(Translation {
                    file: file.to_owned(),
                    steps: steps.clone(),
                    text,
                    span: node.span.clone(),
                }),
                None => reading.hole(),
            }
        }
    }
}
