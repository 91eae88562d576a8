//! Text to tree.

use super::{DEPTH_MAX, Entry, FILE_BYTES_MAX, Node, Reading, Table, Written};
use std::ops::Range;
use toml_edit::{Document, Item, Value};

/// The file's tree, or complaints and nothing.
pub(crate) fn parse(text: &str, reading: &Reading<'_>) -> Option<Node> {
    if text.len() > FILE_BYTES_MAX {
        let what = format!("the file has {} bytes", text.len());
        reading.complain(&(0..0), what, format!("split it: a file has at most {FILE_BYTES_MAX}"));
        return None;
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let remedy = "write it as TOML: key = \"text\", key = 4, [table], [[list of tables]]";
            let at = error.span().unwrap_or(0..0);
            reading.complain(&at, error.message().replace('\n', ", "), remedy);
            return None;
        }
    };
    let table = table(document.as_table().iter_spanned(), reading, 0)?;
    Some(Node { value: Written::Table(table), span: 0..0 })
}

/// What both kinds of table of the parser hand out.
trait Spanned {
    fn iter_spanned(&self) -> Vec<(String, Range<usize>, Item)>;
}

impl Spanned for toml_edit::Table {
    fn iter_spanned(&self) -> Vec<(String, Range<usize>, Item)> {
        let at = |key: &str| self.key(key).and_then(toml_edit::Key::span).unwrap_or(0..0);
        self.iter().map(|(key, item)| (key.to_owned(), at(key), item.clone())).collect()
    }
}

impl Spanned for toml_edit::InlineTable {
    fn iter_spanned(&self) -> Vec<(String, Range<usize>, Item)> {
        let at = |key: &str| self.key(key).and_then(toml_edit::Key::span).unwrap_or(0..0);
        self.iter().map(|(key, value)| (key.to_owned(), at(key), Item::Value(value.clone()))).collect()
    }
}

fn table(entries: Vec<(String, Range<usize>, Item)>, reading: &Reading<'_>, depth: usize) -> Option<Table> {
    let read = |(key, key_span, item): (String, Range<usize>, Item)| {
        let node = item_node(&item, &key_span, reading, depth + 1)?;
        Some(Entry { key, key_span, node })
    };
    Some(Table { entries: entries.into_iter().map(read).collect::<Option<_>>()? })
}

fn item_node(item: &Item, key: &Range<usize>, reading: &Reading<'_>, depth: usize) -> Option<Node> {
    let span = item.span().unwrap_or_else(|| key.clone());
    if depth > DEPTH_MAX {
        reading.complain(&span, "tables are nested too deeply", format!("nest at most {DEPTH_MAX} deep"));
        return None;
    }
    let value = match item {
        Item::None => Written::Table(Table::default()),
        Item::Value(value) => return value_node(value, key, reading, depth),
        Item::Table(inner) => Written::Table(table(inner.iter_spanned(), reading, depth)?),
        Item::ArrayOfTables(tables) => {
            let node = |inner: &toml_edit::Table| {
                let span = inner.span().unwrap_or_else(|| key.clone());
                let value = Written::Table(table(inner.iter_spanned(), reading, depth + 1)?);
                Some(Node { value, span })
            };
            Written::List(tables.iter().map(node).collect::<Option<_>>()?)
        }
    };
    Some(Node { value, span })
}

fn value_node(value: &Value, key: &Range<usize>, reading: &Reading<'_>, depth: usize) -> Option<Node> {
    let span = value.span().unwrap_or_else(|| key.clone());
    if depth > DEPTH_MAX {
        reading.complain(&span, "lists are nested too deeply", format!("nest at most {DEPTH_MAX} deep"));
        return None;
    }
    let value = match value {
        Value::String(text) => Written::Text(text.value().clone()),
        Value::Integer(whole) => Written::Whole(*whole.value()),
        Value::Float(number) => Written::Number(*number.value()),
        Value::Boolean(flag) => Written::Bool(*flag.value()),
        Value::Datetime(date) => Written::Date(date.value().to_string()),
        Value::Array(items) => {
            let nodes = items.iter().map(|item| value_node(item, &span, reading, depth + 1));
            Written::List(nodes.collect::<Option<_>>()?)
        }
        Value::InlineTable(inner) => Written::Table(table(inner.iter_spanned(), reading, depth)?),
    };
    Some(Node { value, span })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, path: &str, expected: &str) {
        let reading = Reading::new("a.toml", text);
        let tree = parse(text, &reading).unwrap();
        let span = tree.locate(path);
        assert_eq!(text[span].lines().next().unwrap_or_default(), expected, "{path}");
    }

    #[test]
    fn every_value_knows_where_it_stands() {
        let text = "id = \"a\"\n[on]\ntype = \"T\"\n[[stage]]\nid = \"one\"\n[[stage]]\nid = \"two\"\n\
                    runs = [\"x\", { code = 'c', with = { v = 2 } }]\n[stage.far]\na.b = 1\n";
        check(text, "id", "\"a\"");
        check(text, "on.type", "\"T\"");
        check(text, "on", "[on]");
        check(text, "stage.two", "[[stage]]");
        check(text, "stage.two.id", "\"two\"");
        check(text, "stage.2.runs.x", "\"x\"");
        check(text, "stage.two.runs.c.code", "'c'");
        check(text, "stage.two.runs.2.v", "2");
        check(text, "stage.two.far.a.b", "1");
        check(text, "stage.two.nowhere", "[[stage]]");
        check(text, "id.1", "\"a\"");
    }

    #[test]
    fn what_is_too_large_or_too_deep_is_a_complaint() {
        for (text, expected) in [
            ("x".repeat(FILE_BYTES_MAX + 1), "split it"),
            (format!("a = {}1{}", "[".repeat(40), "]".repeat(40)), "nest at most"),
            (format!("a = {}1{}", "[".repeat(200), "]".repeat(200)), "TOML"),
            ("a = \n".to_owned(), "TOML"),
            ("a = 1\na = 2".to_owned(), "TOML"),
        ] {
            let reading = Reading::new("a.toml", &text);
            assert_eq!(parse(&text, &reading), None);
            let complaints = reading.into_complaints();
            assert!(complaints[0].remedy.contains(expected), "{complaints:?}");
        }
    }
}
