//! JSON out: an entity normalized, concise, simplified, or as a feature of GeoJSON (clauses 4.5.4 and 4.5.16).

use model::{Instant, Value};
use serde_json::{Map, Value as Json, json};

/// A form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Each attribute says what it is.
    #[default]
    Normalized,
    /// The same without what goes without saying.
    Concise,
    /// Names and values alone.
    Simplified,
}

/// An entity to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Its URN.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// When it was made and last changed, where that is asked for.
    pub times: Option<(Instant, Instant)>,
    /// Its attributes.
    pub attributes: Vec<ShownAttribute>,
}

/// An attribute to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownAttribute {
    /// Its name.
    pub name: String,
    /// Its value; what is sealed is not shown.
    pub value: Value,
    /// UN/CEFACT common code of its unit.
    pub unit: Option<String>,
    /// When it was so.
    pub observed: Option<Instant>,
    /// When it was first and last written, where that is asked for.
    pub times: Option<(Instant, Instant)>,
}

/// What an attribute is.
enum Is {
    Property,
    Relationship,
    Geo,
    Language,
}

impl ShownAttribute {
    fn is(&self) -> Is {
        match &self.value {
            Value::Ref(_) => Is::Relationship,
            Value::List(list)
                if !list.is_empty() && list.iter().all(|item| matches!(item, Value::Ref(_))) =>
            {
                Is::Relationship
            }
            Value::Map(map) if map.contains_key("coordinates") && map.contains_key("type") => Is::Geo,
            Value::Map(map) if !map.is_empty() && map.keys().all(|key| key == "zh" || key == "en") => {
                Is::Language
            }
            _ => Is::Property,
        }
    }

    fn json(&self, format: Format) -> Json {
        let value = of(&self.value);
        let (kind, key) = match self.is() {
            Is::Property => ("Property", "value"),
            Is::Relationship => ("Relationship", "object"),
            Is::Geo => ("GeoProperty", "value"),
            Is::Language => ("LanguageProperty", "languageMap"),
        };
        if format == Format::Simplified {
            return if key == "languageMap" { json!({ "languageMap": value }) } else { value };
        }
        let mut out = Map::new();
        if format == Format::Normalized {
            out.insert("type".to_owned(), kind.into());
        }
        out.insert(key.to_owned(), value);
        let time = |at: Instant| Json::from(at.to_string());
        out.extend(self.unit.as_ref().map(|unit| ("unitCode".to_owned(), unit.as_str().into())));
        out.extend(self.observed.map(|at| ("observedAt".to_owned(), time(at))));
        if let Some((created, modified)) = self.times {
            out.insert("createdAt".to_owned(), time(created));
            out.insert("modifiedAt".to_owned(), time(modified));
        }
        let alone = format == Format::Concise && key == "value" && out.len() == 1;
        // A value that is an object would be taken for an attribute's own members.
        let plain = !matches!(self.value, Value::Map(_)) || matches!(self.is(), Is::Geo);
        if alone && plain { out.remove("value").unwrap_or_default() } else { Json::Object(out) }
    }
}

/// An entity as JSON, or as a feature.
pub fn write(shown: &Shown, format: Format, feature: bool) -> Json {
    let attributes =
        shown.attributes.iter().map(|attribute| (attribute.name.clone(), attribute.json(format)));
    let mut out: Map<String, Json> = Map::new();
    if !feature {
        out.insert("id".to_owned(), shown.id.as_str().into());
    }
    out.insert("type".to_owned(), shown.kind.as_str().into());
    if let Some((created, modified)) = shown.times {
        out.insert("createdAt".to_owned(), created.to_string().into());
        out.insert("modifiedAt".to_owned(), modified.to_string().into());
    }
    out.extend(attributes);
    if !feature {
        return Json::Object(out);
    }
    let location = shown.attributes.iter().find(|attribute| attribute.name == "location");
    let geometry = location.map_or(Json::Null, |location| of(&location.value));
    json!({ "id": shown.id, "type": "Feature", "geometry": geometry, "properties": out })
}

/// Features as one.
pub fn collection(features: &[Json]) -> Json {
    json!({ "type": "FeatureCollection", "features": features })
}

/// A value. What is sealed is nothing, and bytes are hexadecimal.
fn of(value: &Value) -> Json {
    match value {
        Value::Null | Value::Sealed(_) => Json::Null,
        Value::Bool(yes) => (*yes).into(),
        Value::Int(int) => (*int).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
        Value::Instant(at) => json!({ "@type": "DateTime", "@value": at.to_string() }),
        Value::Ref(urn) => urn.as_str().into(),
        Value::List(list) => list.iter().map(of).collect(),
        Value::Map(map) => Json::Object(map.iter().map(|(key, item)| (key.clone(), of(item))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Urn, map};

    fn shown() -> Shown {
        let attribute = |name: &str, value: Value| ShownAttribute {
            name: name.to_owned(),
            value,
            unit: None,
            observed: None,
            times: None,
        };
        let place = map([
            ("type", "Point".into()),
            ("coordinates", Value::List(vec![Value::Number(113.3), Value::Number(40.1)])),
        ]);
        let pm25 = ShownAttribute {
            unit: Some("GQ".to_owned()),
            observed: Some(Instant::from_micros(0)),
            ..attribute("pm25", Value::Number(35.0))
        };
        Shown {
            id: "urn:ngsi-ld:Station:a".to_owned(),
            kind: "Station".to_owned(),
            times: None,
            attributes: vec![
                attribute("class", "city".into()),
                attribute("holder", Urn::new("urn:x:b").unwrap().into()),
                attribute("location", place),
                pm25,
                attribute("title", map([("zh", "站".into()), ("en", "station".into())])),
            ],
        }
    }

    #[test]
    fn each_form_says_what_the_standard_wants() {
        let normalized = write(&shown(), Format::Normalized, false);
        assert_eq!(normalized["class"], json!({ "type": "Property", "value": "city" }));
        assert_eq!(normalized["holder"], json!({ "type": "Relationship", "object": "urn:x:b" }));
        assert_eq!(normalized["location"]["type"], "GeoProperty");
        assert_eq!(normalized["title"]["languageMap"]["zh"], "站");
        let pm25 = json!({ "type": "Property", "value": 35.0, "unitCode": "GQ", "observedAt": "1970-01-01T00:00:00Z" });
        assert_eq!(normalized["pm25"], pm25);
        let concise = write(&shown(), Format::Concise, false);
        assert_eq!(concise["class"], "city");
        assert_eq!(concise["location"]["coordinates"][0], 113.3);
        assert_eq!(concise["pm25"]["value"], 35.0);
        assert_eq!(concise["holder"], json!({ "object": "urn:x:b" }));
        let simplified = write(&shown(), Format::Simplified, false);
        assert_eq!((&simplified["pm25"], &simplified["holder"]), (&json!(35.0), &json!("urn:x:b")));
        assert_eq!(simplified["title"], json!({ "languageMap": { "zh": "站", "en": "station" } }));
    }

    #[test]
    fn a_feature_has_its_place_as_geometry() {
        let feature = write(&shown(), Format::Simplified, true);
        assert_eq!(feature["geometry"]["coordinates"][1], 40.1);
        assert_eq!(
            (&feature["type"], &feature["properties"]["type"]),
            (&json!("Feature"), &json!("Station"))
        );
        assert_eq!(feature["id"], "urn:ngsi-ld:Station:a");
    }

    #[test]
    fn what_is_written_is_read_again_in_two_forms() {
        for format in [Format::Normalized, Format::Concise] {
            let given = crate::entity(&write(&shown(), format, false)).unwrap();
            for attribute in shown().attributes {
                let read = given.attributes.get(&*attribute.name).unwrap();
                assert_eq!(read.value, attribute.value, "{format:?} {}", attribute.name);
                assert_eq!(read.observed, attribute.observed);
            }
        }
    }
}
