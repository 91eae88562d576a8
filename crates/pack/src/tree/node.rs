//! The tree itself.

use std::ops::Range;

/// A value and where it stands in the text, in bytes. A table written under a header stands where its header does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub value: Written,
    pub span: Range<usize>,
}

/// What a file can hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Written {
    Text(String),
    Whole(i64),
    Number(f64),
    Bool(bool),
    /// A date or time without quotes, as written.
    Date(String),
    List(Vec<Node>),
    Table(Table),
}

/// Keys in the order in which they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub key: String,
    pub key_span: Range<usize>,
    pub node: Node,
}

impl Written {
    /// What an officer would call it.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Whole(_) => "a whole number",
            Self::Number(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

impl Table {
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }
}

impl Node {
    pub fn as_text(&self) -> Option<&str> {
        if let Written::Text(text) = &self.value { Some(text) } else { None }
    }

    pub fn as_table(&self) -> Option<&Table> {
        if let Written::Table(table) = &self.value { Some(table) } else { None }
    }

    /// The entries of a list; a value alone is a list of one.
    pub fn items(&self) -> &[Node] {
        if let Written::List(items) = &self.value { items } else { std::slice::from_ref(self) }
    }

    /// Its id or code, if it has one.
    pub fn name(&self) -> Option<&str> {
        let table = self.as_table()?;
        ["id", "code"].into_iter().find_map(|key| table.get(key)?.as_text())
    }

    /// What keys lead to, all the way.
    pub fn follow(&self, steps: &[String]) -> Option<&Node> {
        steps.iter().try_fold(self, |node, step| node.step(step))
    }

    fn is_named(&self, name: &str) -> bool {
        let named = |key| self.as_table().and_then(|t| t.get(key)).and_then(Node::as_text) == Some(name);
        named("id") || named("code") || self.as_text() == Some(name)
    }

    /// Where a path leads, or how far it leads: the place to point at. `level.two-hours.do.1.value`: an entry of a list
    /// is named by its `id` or `code`, or counted from 1 (`#1` where an id could be a number); the names of a `with`, `set` or `send` stand for themselves.
    pub fn locate(&self, path: &str) -> Range<usize> {
        let mut node = self;
        for step in path.split('.').filter(|step| !step.is_empty()) {
            let Some(next) = node.step(step) else { break };
            node = next;
        }
        node.span.clone()
    }

    /// Whether a path leads to something.
    pub fn reaches(&self, path: &str) -> bool {
        path.split('.').try_fold(self, |node, step| node.step(step)).is_some()
    }

    fn step(&self, step: &str) -> Option<&Node> {
        match &self.value {
            Written::Table(table) => table.get(step).or_else(|| {
                let inner = ["with", "set", "send"].into_iter().filter_map(|key| table.get(key)?.as_table());
                inner.filter_map(|table| table.get(step)).next()
            }),
            Written::List(items) => {
                let counted = |number: &str| items.get(number.parse::<usize>().ok()?.checked_sub(1)?);
                match step.strip_prefix('#') {
                    Some(number) => counted(number),
                    None => items.iter().find(|item| item.is_named(step)).or_else(|| counted(step)),
                }
            }
            _ if step == "1" => Some(self),
            _ => None,
        }
    }
}
