//! JSON in: entities and attributes, normalized, concise or simplified (clauses 4.5 and 4.6).

use crate::{Problem, name};
use model::{Attribute, Instant, Name, Urn, Value};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// How deep a value may be nested.
const DEPTH_MAX: usize = 16;
/// Attributes of an entity.
const ATTRIBUTES_MAX: usize = 500;
/// What takes an attribute away (clause 4.5.0).
const NULL: &str = "urn:ngsi-ld:null";

/// What JSON says of an entity. An attribute that is nothing is taken away.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Which.
    pub urn: Urn,
    /// Its type.
    pub kind: Name,
    /// Its attributes.
    pub attributes: BTreeMap<Name, Attribute>,
}

/// Reads an entity.
pub fn entity(json: &Json) -> Result<Given, Problem> {
    let object = json.as_object().ok_or_else(|| Problem::data("an entity is a JSON object"))?;
    let id = member(object, "id").and_then(Json::as_str);
    let id = id.ok_or_else(|| Problem::data("`id` is missing: write a URN, as urn:ngsi-ld:Vehicle:a"))?;
    let urn = Urn::new(id).map_err(|error| Problem::data(error.to_string()))?;
    let kind = match member(object, "type") {
        Some(Json::String(kind)) => name(kind)?,
        Some(Json::Array(kinds)) if kinds.len() == 1 => name(kinds[0].as_str().unwrap_or_default())?,
        Some(Json::Array(_)) => return Err(Problem::data("`type`: an entity has one type here")),
        _ => return Err(Problem::data("`type` is missing")),
    };
    Ok(Given { urn, kind, attributes: attributes(object)? })
}

fn member<'a>(object: &'a Map<String, Json>, key: &str) -> Option<&'a Json> {
    object.get(key).or_else(|| object.get(&format!("@{key}")))
}

/// Reads the attributes of an object: all its members but those that say what it is.
pub fn attributes(object: &Map<String, Json>) -> Result<BTreeMap<Name, Attribute>, Problem> {
    let own = object.iter().filter(|(key, _)| {
        !matches!(
            key.as_str(),
            "id" | "@id" | "type" | "@type" | "@context" | "createdAt" | "modifiedAt" | "scope"
        )
    });
    let read = own.map(|(key, json)| Ok((name(key)?, attribute(key, json)?)));
    let attributes: BTreeMap<Name, Attribute> = read.collect::<Result<_, Problem>>()?;
    if attributes.len() > ATTRIBUTES_MAX {
        return Err(Problem::data(format!("an entity has at most {ATTRIBUTES_MAX} attributes")));
    }
    Ok(attributes)
}

/// Reads one attribute in whichever form it stands.
pub fn attribute(key: &str, json: &Json) -> Result<Attribute, Problem> {
    let wrong = |what: &str| Problem::data(format!("`{key}`: {what}"));
    let Some(object) = json.as_object() else {
        return Ok(Attribute::plain(value(key, json, 0)?));
    };
    let said = match object.get("type").and_then(Json::as_str) {
        Some("Property") => object.get("value").ok_or_else(|| wrong("a Property has a `value`"))?,
        Some("GeoProperty") => object.get("value").ok_or_else(|| wrong("a GeoProperty has a `value`"))?,
        Some("Relationship") => {
            object.get("object").ok_or_else(|| wrong("a Relationship has an `object`"))?
        }
        Some("LanguageProperty") => {
            object.get("languageMap").ok_or_else(|| wrong("a LanguageProperty has a `languageMap`"))?
        }
        Some("JsonProperty") => object.get("json").ok_or_else(|| wrong("a JsonProperty has a `json`"))?,
        Some("VocabProperty" | "ListProperty" | "ListRelationship") => {
            return Err(wrong("vocabularies and lists as properties of their own are not kept here"));
        }
        // Concise: what it is follows from what it has.
        _ => match ["value", "object", "languageMap", "json"].iter().find_map(|key| object.get(*key)) {
            Some(said) => said,
            None => return Ok(Attribute::plain(value(key, json, 0)?)),
        },
    };
    if object.contains_key("datasetId") {
        return Err(wrong("a `datasetId` is not taken: an attribute has one writer and one value"));
    }
    let value = match object.contains_key("object") {
        true => relationship(key, said)?,
        false => value(key, said, 0)?,
    };
    let unit = match object.get("unitCode").and_then(Json::as_str) {
        Some(code) => Some(Name::new(code).map_err(|_| wrong("`unitCode` is a UN/CEFACT common code"))?),
        None => None,
    };
    let observed = match object.get("observedAt") {
        None => None,
        Some(at) => {
            let at = at.as_str().and_then(|at| Instant::parse(at).ok());
            Some(at.ok_or_else(|| wrong("`observedAt` is a time, as 2026-11-27T08:00:00Z"))?)
        }
    };
    Ok(Attribute { value, unit, observed, effective: None })
}

fn relationship(key: &str, json: &Json) -> Result<Value, Problem> {
    let urn = |json: &Json| match json.as_str() {
        Some(NULL) => Ok(Value::Null),
        Some(text) => {
            Urn::new(text).map(Value::Ref).map_err(|error| Problem::data(format!("`{key}`: {error}")))
        }
        None => Err(Problem::data(format!("`{key}`: an `object` is a URN"))),
    };
    match json {
        Json::Array(list) => Ok(Value::List(list.iter().map(urn).collect::<Result<_, _>>()?)),
        one => urn(one),
    }
}

fn value(key: &str, json: &Json, depth: usize) -> Result<Value, Problem> {
    if depth > DEPTH_MAX {
        return Err(Problem::data(format!("`{key}`: nested more than {DEPTH_MAX} deep")));
    }
    Ok(match json {
        Json::Null => return Err(Problem::data(format!("`{key}`: null is no value; \"{NULL}\" takes away"))),
        Json::Bool(yes) => Value::Bool(*yes),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None => Value::number(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) if text == NULL => Value::Null,
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(list) => {
            Value::List(list.iter().map(|item| value(key, item, depth + 1)).collect::<Result<_, _>>()?)
        }
        Json::Object(object) => match (object.get("@type").and_then(Json::as_str), object.get("@value")) {
            (Some("DateTime"), Some(at)) => {
                let at = at.as_str().and_then(|at| Instant::parse(at).ok());
                Value::Instant(at.ok_or_else(|| Problem::data(format!("`{key}`: no time that can be read")))?)
            }
            (_, Some(plain)) => value(key, plain, depth + 1)?,
            _ => {
                let members =
                    object.iter().map(|(inner, json)| Ok((inner.clone(), value(key, json, depth + 1)?)));
                Value::Map(members.collect::<Result<_, Problem>>()?)
            }
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(entity: &Given, name: &str) -> Attribute {
        entity.attributes.get(name).cloned().unwrap()
    }

    #[test]
    fn an_entity_is_read_in_every_form() {
        let given = entity(&json!({
            "id": "urn:ngsi-ld:Vehicle:A4567",
            "type": "https://uri.etsi.org/ngsi-ld/default-context/Vehicle",
            "brandName": { "type": "Property", "value": "东风" },
            "speed": { "value": 55.5, "unitCode": "KMH", "observedAt": "2026-11-27T08:00:00Z" },
            "isParked": { "type": "Relationship", "object": "urn:ngsi-ld:Parking:P1" },
            "location": { "type": "Point", "coordinates": [113.3, 40.1] },
            "doors": 5,
            "title": { "languageMap": { "zh": "车", "en": "car" } },
            "@context": ["https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"],
        }))
        .unwrap();
        assert_eq!(given.kind, *"Vehicle");
        assert_eq!(of(&given, "brandName").value, "东风".into());
        let speed = of(&given, "speed");
        assert_eq!((speed.value, speed.unit.unwrap().as_str()), (Value::Number(55.5), "KMH"));
        assert_eq!(speed.observed, Instant::parse("2026-11-27T08:00:00Z").ok());
        assert!(matches!(of(&given, "isParked").value, Value::Ref(_)));
        assert_eq!(of(&given, "location").value.get("type").and_then(Value::as_text), Some("Point"));
        assert_eq!(of(&given, "doors").value, Value::Int(5));
        assert_eq!(of(&given, "title").value.get("zh").and_then(Value::as_text), Some("车"));
        assert_eq!(given.attributes.len(), 6);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |json: Json| entity(&json).unwrap_err().detail;
        assert!(wrong(json!([])).contains("JSON object"));
        assert!(wrong(json!({ "type": "A" })).contains("`id`"));
        assert!(wrong(json!({ "id": "a", "type": "A" })).contains("URN"));
        assert!(wrong(json!({ "id": "urn:x:a" })).contains("`type`"));
        let of = |json: Json| wrong(json!({ "id": "urn:x:a", "type": "A", "b": json }));
        assert!(of(Json::Null).contains("`b`"));
        assert!(of(json!({ "type": "Relationship", "object": 5 })).contains("URN"));
        assert!(of(json!({ "type": "Property" })).contains("`value`"));
        assert!(of(json!({ "value": 1, "observedAt": "yesterday" })).contains("observedAt"));
        assert!(of(json!({ "value": 1, "datasetId": "urn:x:d" })).contains("datasetId"));
        let mut deep = json!(1);
        for _ in 0..40 {
            deep = json!([deep]);
        }
        assert!(of(json!({ "value": deep })).contains("deep"));
    }

    #[test]
    fn the_urn_of_nothing_takes_away() {
        assert_eq!(attribute("a", &json!("urn:ngsi-ld:null")).unwrap().value, Value::Null);
        assert_eq!(attribute("a", &json!({ "object": "urn:ngsi-ld:null" })).unwrap().value, Value::Null);
    }
}
