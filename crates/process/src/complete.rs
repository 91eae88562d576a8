//! Whether everything that an act asks for comes with it: opinion, evidence, reason, fields.

use crate::{Act, Action, Definition, Does, Field, FieldFault, FieldKind, Need, Refusal};
use jiff::civil::Date;
use model::{Name, Value};
use std::collections::BTreeMap;

/// Longest text of a field in characters.
pub const FIELD_CHARS_MAX: usize = 4_000;

/// Checks what comes with an act.
pub(crate) fn complete(definition: &Definition, action: &Action, act: &Act) -> Result<(), Refusal> {
    let by_hand = action.does == Some(Does::Receive) && number(act).is_none();
    for need in &action.needs {
        let there = match need {
            Need::Opinion => !act.opinion.trim().is_empty(),
            Need::Measurement => act.measurement.is_some_and(f64::is_finite),
            // The receipt's photo stands for the number, not beside it.
            Need::Photo => !act.photos.is_empty() || action.does == Some(Does::Receive) && !by_hand,
            Need::Document => !act.documents.is_empty(),
        };
        if !there {
            return Err((*need).into());
        }
    }
    if by_hand && act.photos.is_empty() && asks_for_a_number(action) {
        return Err(Refusal::Receipt);
    }
    let reasons = definition.reasons(action);
    let named = act.reason.as_ref().is_some_and(|reason| reasons.iter().any(|(code, _)| *code == reason));
    if !reasons.is_empty() && !named {
        return Err(Refusal::Reason);
    }
    if action.does == Some(Does::Correct) {
        // These are the fields of the act that it corrects: checked there.
        return Ok(());
    }
    let missing_number = |field: &Field| by_hand && field.id == "number";
    check_fields(&action.fields, &act.fields, missing_number)
}

/// The number of an outside system, where one is given.
pub(crate) fn number(act: &Act) -> Option<String> {
    let number = act.fields.get("number").and_then(Value::as_text).map(str::trim);
    number.filter(|number| !number.is_empty()).map(str::to_owned)
}

fn asks_for_a_number(action: &Action) -> bool {
    action.fields.iter().any(|field| field.id == "number")
}

/// Checks what was filled in against the fields; `may_miss` names required ones that may be missing after all.
pub(crate) fn check_fields(
    fields: &[Field],
    given: &BTreeMap<Name, Value>,
    may_miss: impl Fn(&Field) -> bool,
) -> Result<(), Refusal> {
    let refuse = |field: &Name, fault| Err(Refusal::Field { field: field.clone(), fault });
    for field in fields {
        match given.get(&field.id).filter(|value| !is_blank(value)) {
            None if field.required && !may_miss(field) => return refuse(&field.id, FieldFault::Missing),
            None => {}
            Some(Value::Sealed(_)) if field.personal => {}
            // What an act sets would carry it into the log as it is.
            Some(_) if field.personal => return refuse(&field.id, FieldFault::Unsealed),
            Some(value) => {
                if let Some(fault) = field.fault(value) {
                    return refuse(&field.id, fault);
                }
            }
        }
    }
    let unknown = given.keys().find(|id| fields.iter().all(|field| field.id != **id));
    unknown.map_or(Ok(()), |id| refuse(id, FieldFault::NoSuchField))
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.trim().is_empty(),
        _ => false,
    }
}

impl Field {
    /// What is wrong with a value for this field, if anything. A personal value is to be asked here before it is sealed:
    /// an act takes it only sealed.
    pub fn fault(&self, value: &Value) -> Option<FieldFault> {
        let fits = match self.value {
            FieldKind::Number => value.as_number().is_some_and(f64::is_finite),
            FieldKind::Text | FieldKind::Code => value.as_text().is_some(),
            FieldKind::Date => value.as_text().is_some_and(|text| text.parse::<Date>().is_ok()),
            FieldKind::Ref => value.as_ref().is_some(),
            FieldKind::Bool => matches!(value, Value::Bool(_)),
        };
        let chosen = |text: &str| self.codes.iter().any(|code| code.code == *text);
        match value.as_text() {
            _ if !fits => Some(FieldFault::Kind),
            Some(text) if self.value == FieldKind::Code && !chosen(text) => Some(FieldFault::Choice),
            Some(text) if text.chars().count() > FIELD_CHARS_MAX => Some(FieldFault::Long),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::samples::{name, person};
    use model::{Sealed, Text};

    fn field(value: FieldKind, personal: bool) -> Field {
        let title = Text::new("栏", "field");
        let codes = vec![Code { code: name("a"), title: title.clone() }];
        Field {
            id: name("x"),
            title,
            value,
            unit: None,
            codes,
            required: true,
            personal,
            role: Vec::new(),
            document: None,
        }
    }

    fn sealed() -> Value {
        let (nonce, ciphertext, commitment) = ([0; 12], vec![1], [2; 32]);
        Value::Sealed(Box::new(Sealed { subject: person("s"), nonce, ciphertext, commitment }))
    }

    #[test]
    fn fields_take_what_they_say() {
        let long: Value = "字".repeat(FIELD_CHARS_MAX + 1).into();
        for (kind, personal, value, fault) in [
            (FieldKind::Number, false, Value::Number(1.5), None),
            (FieldKind::Number, false, Value::Int(1), None),
            (FieldKind::Number, false, "1".into(), Some(FieldFault::Kind)),
            (FieldKind::Number, false, Value::Number(f64::NAN), Some(FieldFault::Kind)),
            (FieldKind::Text, false, "字".into(), None),
            (FieldKind::Text, false, " ".into(), Some(FieldFault::Missing)),
            (FieldKind::Text, false, Value::Null, Some(FieldFault::Missing)),
            (FieldKind::Text, false, long, Some(FieldFault::Long)),
            (FieldKind::Date, false, "2026-02-28".into(), None),
            (FieldKind::Date, false, "2026-02-30".into(), Some(FieldFault::Kind)),
            (FieldKind::Code, false, "a".into(), None),
            (FieldKind::Code, false, "b".into(), Some(FieldFault::Choice)),
            (FieldKind::Ref, false, Value::Ref(person("p")), None),
            (FieldKind::Ref, false, "p".into(), Some(FieldFault::Kind)),
            (FieldKind::Bool, false, true.into(), None),
            (FieldKind::Bool, false, "yes".into(), Some(FieldFault::Kind)),
            (FieldKind::Text, false, sealed(), Some(FieldFault::Kind)),
            (FieldKind::Text, true, sealed(), None),
            (FieldKind::Text, true, "字".into(), Some(FieldFault::Unsealed)),
        ] {
            let given = [(name("x"), value.clone())].into();
            let found = check_fields(&[field(kind, personal)], &given, |_| false).err();
            let expected = fault.map(|fault| Refusal::Field { field: name("x"), fault });
            assert_eq!(found, expected, "{kind:?} {value:?}");
        }
    }
}
