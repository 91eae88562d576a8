//! Names and facts for the tests: an outlet, its case, and who acts.

use crate::{Expression, Facts, Fault, Kind, Names, Returns, Signature, Titles};
use model::{Instant, Lang, Name, Urn, Value, Zone, map};
use std::collections::BTreeMap;

/// What the samples may name.
pub(crate) struct Outlet;

pub(crate) fn kinds() -> Vec<(&'static str, Kind)> {
    vec![
        ("so2", Kind::number("mg/m³")),
        ("so2Limit", Kind::list(Kind::number("mg/m³"))),
        ("flow", Kind::number("m³/s")),
        ("o2", Kind::number("%")),
        ("count", Kind::Number(None)),
        ("hoursOpen", Kind::number("h")),
        ("status", Kind::Text),
        ("division", Kind::Text),
        ("signedOn", Kind::Date),
        ("observed", Kind::Instant),
        ("now", Kind::Instant),
        ("waited", Kind::Duration),
        ("urgent", Kind::Bool),
        ("actor", Kind::Ref),
        ("inspectedBy", Kind::Ref),
        ("source", Kind::Ref),
        ("source.division", Kind::Text),
        ("tags", Kind::list(Kind::Text)),
        ("answers", Kind::Any),
        ("answers.floor", Kind::Any),
    ]
}

impl Names for Outlet {
    fn kind(&self, path: &[&str]) -> Option<Kind> {
        let path = path.join(".");
        kinds().into_iter().find(|(known, _)| *known == path).map(|(_, kind)| kind)
    }

    fn known(&self) -> Vec<String> {
        kinds().into_iter().map(|(known, _)| known.to_owned()).collect()
    }

    fn function(&self, name: &str) -> Option<Signature> {
        match name {
            "limit" => Some(Signature::new([Kind::Any], Returns::Element(0))),
            "near" => {
                Some(Signature { optional: 1, ..Signature::new([Kind::Ref, Kind::number("m")], Kind::Bool) })
            }
            _ => None,
        }
    }

    fn stored(&self, path: &[&str]) -> bool {
        !matches!(path, ["now" | "actor"])
    }
}

/// Some of the facts; what is not named is absent.
pub(crate) struct Known {
    pub values: BTreeMap<String, Value>,
    zone: Option<Zone>,
}

/// Facts about an outlet above its limit.
pub(crate) fn facts() -> Known {
    let urn = |text| Value::Ref(Urn::new(text).unwrap());
    let instant = |text| Value::Instant(Instant::parse(text).unwrap());
    known(&[
        ("so2", Value::Number(40.0)),
        ("so2Limit", Value::List(vec![Value::Number(35.0)])),
        ("flow", Value::Number(12.5)),
        ("o2", Value::Number(9.0)),
        ("count", Value::Int(3)),
        ("hoursOpen", Value::Number(1.5)),
        ("status", "open".into()),
        ("division", "140212103".into()),
        ("signedOn", "2026-09-30".into()),
        ("observed", instant("2026-09-30T16:30:00Z")),
        ("now", instant("2026-09-30T18:30:00Z")),
        ("waited", Value::Int(5_400_000_000)),
        ("urgent", true.into()),
        ("actor", urn("urn:ngsi-ld:Person:a")),
        ("source", urn("urn:ngsi-ld:Source:1")),
        ("source.division", "1402".into()),
        ("tags", Value::List(vec!["coal".into(), "steam".into()])),
        ("answers", map([("floor", Value::Int(2))])),
        ("answers.floor", Value::Int(2)),
    ])
}

pub(crate) fn known(values: &[(&str, Value)]) -> Known {
    let values = values.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect();
    Known { values, zone: Zone::named("Asia/Shanghai") }
}

impl Facts for Known {
    fn value(&self, path: &[Name]) -> Value {
        let path = path.iter().map(Name::as_str).collect::<Vec<_>>().join(".");
        self.values.get(&path).cloned().unwrap_or(Value::Null)
    }

    fn call(&self, function: &str, arguments: &[Value]) -> Option<Value> {
        match function {
            "limit" => Some(arguments[0].as_list().first().cloned().unwrap_or(Value::Null)),
            _ => None,
        }
    }

    fn zone(&self) -> Option<&Zone> {
        self.zone.as_ref()
    }
}

/// Titles of some of it.
pub(crate) struct Called;

impl Titles for Called {
    fn path(&self, path: &[Name], lang: Lang) -> Option<String> {
        let (zh, en) = match path.first()?.as_str() {
            "so2" => ("二氧化硫", "sulphur dioxide"),
            "so2Limit" => ("许可限值", "the permit limits"),
            "status" => ("状态", "the state"),
            "urgent" => ("紧急", "urgent"),
            "signedOn" => ("签收日", "the day of signing"),
            "waited" => ("等待时间", "the wait"),
            "inspectedBy" => ("核查人", "the inspector"),
            "actor" => ("办理人", "whoever acts"),
            "component" => ("部件", "the component"),
            "hours" => ("时限", "the time"),
            _ => return None,
        };
        Some(if lang == Lang::Zh { zh } else { en }.to_owned())
    }

    fn function(&self, name: &str, lang: Lang) -> Option<String> {
        let title = if lang == Lang::Zh { "{0}中现行的一项" } else { "the one in force of {0}" };
        (name == "limit").then(|| title.to_owned())
    }

    fn code(&self, _path: &[Name], code: &str, lang: Lang) -> Option<String> {
        let (zh, en) = match code {
            "open" => ("办理中", "in hand"),
            "cover" => ("井盖", "manhole cover"),
            _ => return None,
        };
        Some(if lang == Lang::Zh { zh } else { en }.to_owned())
    }
}

/// Compiles against the outlet.
pub(crate) fn compile(text: &str, expected: &Kind) -> Result<Expression, Vec<Fault>> {
    Expression::compile(text, &Outlet, expected)
}

/// Compiles what is known to be good.
pub(crate) fn good(text: &str, expected: &Kind) -> Expression {
    compile(text, expected).unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
}
