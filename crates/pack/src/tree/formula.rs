//! Expressions, and values that are literal unless they start with `=`.

use super::values::wrong;
use super::{Node, Read, Reading, Refer, Shape, Written};
use lang::{Expression, Kind, Names};
use model::{Name, Value};
use std::collections::BTreeMap;
use std::ops::Range;

/// A value as a file gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Given {
    /// As it stands.
    Literal(Value),
    /// Computed.
    Computed(Expression),
}

/// An expression of a kind, in these names.
#[derive(Clone, Copy)]
pub(crate) struct Formula<'v> {
    pub names: &'v dyn Names,
    pub kind: &'v Kind,
    pub example: &'static str,
}

/// Names of nothing: for descriptions, in which no expression is compiled.
pub(crate) struct NoNames;

impl Names for NoNames {
    fn kind(&self, _path: &[&str]) -> Option<Kind> {
        None
    }
    fn known(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Read for Formula<'_> {
    type Out = Option<Expression>;

    fn shape(&self) -> Shape {
        Shape::Expression { example: self.example }
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Self::Out> {
        let Some(text) = node.as_text() else {
            wrong(self, node, key, reading);
            return None;
        };
        if !text.starts_with('=') {
            let what = format!("`{key}` is a text, and must be an expression");
            reading.complain(&node.span, what, format!("begin it with =, as {}", self.shape().example()));
            return None;
        }
        compile(node, text, self.names, self.kind, reading).map(Some)
    }

    fn unread(&self) -> Self::Out {
        None
    }
}

/// Compiles the text of a value that starts with `=`. Its faults point into the text.
fn compile(
    node: &Node,
    text: &str,
    names: &dyn Names,
    kind: &Kind,
    reading: &Reading<'_>,
) -> Option<Expression> {
    let body = text[1..].trim();
    let faults = match Expression::compile(body, names, kind) {
        Ok(expression) => {
            for (function, _) in expression.calls() {
                reading.mention(Refer::Table, &function, &node.span);
            }
            return Some(expression);
        }
        Err(faults) => faults,
    };
    let start = written_at(node, body, reading);
    for fault in faults {
        let at =
            start.map_or_else(|| node.span.clone(), |start| start + fault.at.start..start + fault.at.end);
        reading.complain(&at, fault.what, fault.remedy);
    }
    None
}

/// Where a text stands in the file, if it stands there as it is, without escapes.
fn written_at(node: &Node, text: &str, reading: &Reading<'_>) -> Option<usize> {
    let Range { start, end } = node.span.clone();
    reading.text().get(start..end)?.find(text).map(|at| start + at)
}

/// A value of a kind: literal, or an expression.
#[derive(Clone, Copy)]
pub(crate) struct Valued<'v> {
    pub names: &'v dyn Names,
    pub kind: &'v Kind,
}

impl Read for Valued<'_> {
    type Out = Given;

    fn shape(&self) -> Shape {
        Shape::Anything
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Given> {
        if let Some(text) = node.as_text().filter(|text| text.starts_with('=')) {
            return compile(node, text, self.names, self.kind, reading).map(Given::Computed);
        }
        let value = literal(node)?;
        if !self.kind.fits(&value) {
            let what = format!("`{key}` is {}, and must be {}", node.value.noun(), self.kind);
            reading.complain(&node.span, what, format!("write a value of that kind, or {key} = \"= …\""));
            return None;
        }
        Some(Given::Literal(value))
    }

    fn unread(&self) -> Given {
        Given::Literal(Value::Null)
    }
}

/// A value as it stands.
fn literal(node: &Node) -> Option<Value> {
    Some(match &node.value {
        Written::Text(text) | Written::Date(text) => text.as_str().into(),
        Written::Whole(whole) => (*whole).into(),
        Written::Number(number) => Value::number(*number),
        Written::Bool(flag) => (*flag).into(),
        Written::List(items) => Value::List(items.iter().map(literal).collect::<Option<_>>()?),
        Written::Table(table) => {
            let entries = table.entries.iter().map(|entry| Some((entry.key.clone(), literal(&entry.node)?)));
            Value::Map(entries.collect::<Option<_>>()?)
        }
    })
}

/// Why a name may not be set, and what to write instead.
pub(crate) type Refused = (String, String);

/// Values by the names of attributes: whose they are says what each may hold.
pub(crate) struct Assigned<'v> {
    pub names: &'v dyn Names,
    /// The kind of a name's value, or what is wrong with the name and what to write.
    pub kind: &'v dyn Fn(&str) -> Result<Kind, Refused>,
}

impl Read for Assigned<'_> {
    type Out = BTreeMap<Name, Given>;

    fn shape(&self) -> Shape {
        Shape::Map(Box::new(Shape::Anything))
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Self::Out> {
        let Some(table) = node.as_table() else {
            wrong(self, node, key, reading);
            return None;
        };
        let mut out = BTreeMap::new();
        for entry in &table.entries {
            let before = out.len();
            match ((self.kind)(&entry.key), Name::new(entry.key.as_str())) {
                (Ok(kind), Ok(name)) => {
                    let read = Valued { names: self.names, kind: &kind };
                    out.extend(read.read(&entry.node, &entry.key, reading).map(|given| (name, given)));
                }
                (Err((what, remedy)), _) => reading.complain(&entry.key_span, what, remedy),
                (_, Err(error)) => {
                    reading.complain(&entry.key_span, error.to_string(), "write it like so2Limit");
                }
            }
            if out.len() == before {
                reading.hole();
            }
        }
        Some(out)
    }

    fn unread(&self) -> Self::Out {
        BTreeMap::new()
    }
}

/// A literal value of any kind.
#[derive(Clone, Copy)]
pub(crate) struct Literal;

impl Read for Literal {
    type Out = Value;
    fn shape(&self) -> Shape {
        Shape::Anything
    }
    fn read(&self, node: &Node, _key: &str, _reading: &Reading<'_>) -> Option<Value> {
        literal(node)
    }
    fn unread(&self) -> Value {
        Value::Null
    }
}

/// Literal values by name.
#[derive(Clone, Copy)]
pub(crate) struct Literals;

impl Read for Literals {
    type Out = BTreeMap<Name, Value>;
    fn shape(&self) -> Shape {
        Shape::Map(Box::new(Shape::Anything))
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Self::Out> {
        let Some(table) = node.as_table() else {
            wrong(self, node, key, reading);
            return None;
        };
        let entry = |entry: &super::Entry| Some((Name::new(entry.key.as_str()).ok()?, literal(&entry.node)?));
        Some(table.entries.iter().filter_map(entry).collect())
    }
    fn unread(&self) -> Self::Out {
        BTreeMap::new()
    }
}
