//! Values as JSON, for what leaves the house.

use model::Value;
use serde_json::{Value as Json, json};

/// A value. What is sealed stays sealed; bytes are hexadecimal.
pub fn of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(yes) => (*yes).into(),
        Value::Int(int) => (*int).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Bytes(bytes) => proof::hex(bytes).into(),
        Value::Instant(at) => at.to_string().into(),
        Value::Ref(urn) => urn.as_str().into(),
        Value::List(list) => list.iter().map(of).collect(),
        Value::Map(map) => Json::Object(map.iter().map(|(key, item)| (key.clone(), of(item))).collect()),
        Value::Sealed(_) => json!({ "sealed": true }),
    }
}
