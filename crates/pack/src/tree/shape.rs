//! What a value may look like, as the readers say it: for remedies, and for the schemas that editors use.

use serde_json::{Map, Value, json};

/// The looks of a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// One line of text.
    Line,
    /// A text that may be empty.
    Loose,
    /// Text in both languages.
    Both,
    /// A name, with an example and the pattern that it keeps to.
    Name {
        example: &'static str,
        pattern: &'static str,
    },
    /// A whole number between two others, both counted.
    Whole {
        least: i64,
        most: i64,
    },
    Number,
    YesNo,
    /// A day, as `"2026-10-01"`.
    Day,
    /// An amount of time, as `"2h"`.
    Amount {
        example: &'static str,
    },
    /// A text that starts with `=`.
    Expression {
        example: &'static str,
    },
    /// True, false, or a text that starts with `=`.
    Condition {
        example: &'static str,
    },
    /// Literal, or a text that starts with `=`.
    Anything,
    /// One of some words.
    OneOf(Vec<&'static str>),
    /// A list.
    List(Box<Shape>),
    /// One value, or a list of them.
    OneOrMany(Box<Shape>),
    /// Exactly two of them.
    Pair(Box<Shape>),
    /// A table with these keys.
    Table(Vec<Key>),
    /// A table whose keys are the writer's own.
    Map(Box<Shape>),
}

/// A key of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    pub name: &'static str,
    /// What it means, in one line.
    pub about: &'static str,
    pub required: bool,
    pub shape: Shape,
}

impl Shape {
    /// What to call it in a complaint.
    pub fn noun(&self) -> String {
        match self {
            Self::Line | Self::Loose => "a text".to_owned(),
            Self::Both => "a text in both languages".to_owned(),
            Self::Name { .. } => "a name".to_owned(),
            Self::Whole { least, most } => format!("a whole number from {least} to {most}"),
            Self::Number => "a number".to_owned(),
            Self::YesNo => "true or false".to_owned(),
            Self::Day => "a date".to_owned(),
            Self::Amount { .. } => "an amount of time".to_owned(),
            Self::Expression { .. } => "an expression".to_owned(),
            Self::Condition { .. } => "true, false or an expression".to_owned(),
            Self::Anything => "a value".to_owned(),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
            Self::List(_) => "a list".to_owned(),
            Self::OneOrMany(one) => format!("{} or a list", one.noun()),
            Self::Pair(_) => "a list of two".to_owned(),
            Self::Table(_) | Self::Map(_) => "a table".to_owned(),
        }
    }

    /// How it could be written.
    pub fn example(&self) -> String {
        match self {
            Self::Line | Self::Loose => "\"…\"".to_owned(),
            Self::Both => "{ zh = \"…\", en = \"…\" }".to_owned(),
            Self::Name { example, .. } | Self::Amount { example } => format!("\"{example}\""),
            Self::Whole { least, most } => 4.clamp(*least, *most).to_string(),
            Self::Number => "35".to_owned(),
            Self::YesNo => "true".to_owned(),
            Self::Day => "\"2026-10-01\"".to_owned(),
            Self::Expression { example } | Self::Condition { example } => format!("\"= {example}\""),
            Self::Anything => "\"so2\"".to_owned(),
            Self::OneOf(words) => words.first().map_or_else(|| "\"…\"".to_owned(), |w| format!("\"{w}\"")),
            Self::List(one) => match &**one {
                Self::Table(_) => "[{ … }]".to_owned(),
                one => format!("[{}]", one.example()),
            },
            Self::OneOrMany(one) => one.example(),
            Self::Pair(one) => format!("[{0}, {0}]", one.example()),
            Self::Table(keys) => {
                let needed: Vec<String> = keys
                    .iter()
                    .filter(|key| key.required)
                    .map(|key| format!("{} = {}", key.name, key.shape.example()))
                    .collect();
                if needed.is_empty() { "{ … }".to_owned() } else { format!("{{ {} }}", needed.join(", ")) }
            }
            Self::Map(one) => format!("{{ name = {} }}", one.example()),
        }
    }

    /// As JSON Schema, draft 2020-12.
    pub fn schema(&self) -> Value {
        match self {
            Self::Line => json!({ "type": "string", "minLength": 1 }),
            Self::Loose => json!({ "type": "string" }),
            Self::Both => json!({
                "type": "object", "required": ["zh", "en"], "additionalProperties": false,
                "properties": { "zh": { "type": "string", "minLength": 1 }, "en": { "type": "string", "minLength": 1 } },
            }),
            Self::Name { pattern, .. } => json!({ "type": "string", "pattern": pattern }),
            Self::Whole { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Self::Number => json!({ "type": "number" }),
            Self::YesNo => json!({ "type": "boolean" }),
            Self::Day => json!({ "type": "string", "format": "date" }),
            Self::Amount { .. } => {
                json!({ "type": "string", "pattern": "^([0-9]+(s|min|m|h|d))( [0-9]+(s|min|m|h|d))*$" })
            }
            Self::Expression { .. } => json!({ "type": "string", "pattern": "^=" }),
            Self::Condition { .. } => {
                json!({ "anyOf": [{ "type": "boolean" }, { "type": "string", "pattern": "^=" }] })
            }
            Self::Anything => json!({}),
            Self::OneOf(words) => json!({ "enum": words }),
            Self::List(one) => json!({ "type": "array", "items": one.schema() }),
            Self::OneOrMany(one) => {
                json!({ "anyOf": [one.schema(), { "type": "array", "items": one.schema() }] })
            }
            Self::Pair(one) => {
                json!({ "type": "array", "items": one.schema(), "minItems": 2, "maxItems": 2 })
            }
            Self::Table(keys) => table(keys),
            Self::Map(one) => json!({ "type": "object", "additionalProperties": one.schema() }),
        }
    }
}

fn table(keys: &[Key]) -> Value {
    let mut properties = Map::new();
    for key in keys {
        let mut schema = key.shape.schema();
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), key.about.into());
        }
        properties.insert(key.name.to_owned(), schema);
    }
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({
        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
    })
}
