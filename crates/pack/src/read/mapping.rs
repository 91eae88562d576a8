//! Columns of a connector: what each becomes, and whether it fits the attribute that it fills.

use super::connector::{Mapping, readable};
use super::kind::{AttributeDefinition, TypeDefinition, VALUES, ValueKind, Writer};
use crate::tree::{AttributeId, Factor, FactorText, Line, OneOf, Section, TextMap, nearest};
use lang::Unit;
use model::Name;

/// Reads one.
pub(super) fn mapping(
    s: &mut Section<'_>,
    kind: Option<&TypeDefinition>,
    key: &Name,
    dated: bool,
) -> Mapping {
    let attribute =
        s.need("attribute", "The attribute that it fills; its type says by = \"feed\".", AttributeId);
    let mapping = Mapping {
        from: s.need("from", "The column, or the key of a JSON object.", Line),
        value: s.or(
            "as",
            "What it holds, as the attribute does; default \"text\".",
            OneOf(VALUES),
            ValueKind::Text,
        ),
        unit: s.may("unit", "On a number: the unit in which it comes.", Line),
        factor: s.may("factor", "By what it is multiplied, exactly, as \"1/1000\" or \"0.001\".", FactorText),
        form: s.may("form", "On a date or an instant: how it is written, as in \"%m/%d/%Y %H:%M\".", Line),
        codes: s.list("codes", "The attribute's code for each of the department's.", TextMap),
        attribute,
    };
    if let Some(kind) = kind.filter(|_| s.is_sound()) {
        match kind.attribute(&mapping.attribute) {
            Some(attribute) => fits(s, (kind, attribute), &mapping, *key == mapping.attribute, dated),
            None => {
                let known = kind.attribute.iter().map(|a| a.id.as_str());
                let remedy = match nearest(mapping.attribute.as_str(), known) {
                    Some(meant) => format!("did you mean \"{meant}\"?"),
                    None => format!("add an [[attribute]] to the type {}", kind.id),
                };
                let what = format!("{} has no attribute `{}`", kind.id, mapping.attribute);
                s.complain("attribute", what, remedy);
            }
        }
    }
    mapping
}

/// Whether a column fits the attribute that it fills.
fn fits(
    s: &Section<'_>,
    (kind, attribute): (&TypeDefinition, &AttributeDefinition),
    mapping: &Mapping,
    is_key: bool,
    dated: bool,
) {
    let id = &attribute.id;
    // The key only finds the entity where a person has registered it.
    let found = is_key && attribute.by == Writer::Person;
    if attribute.by != Writer::Feed && !found {
        let what = format!("`{id}` of {} is written by a {} alone", kind.id, attribute.by.word());
        s.complain("attribute", what, "fill another attribute, or let the type say by = \"feed\"");
    } else if dated && !is_key && !attribute.series {
        let what = format!("`{id}` of {} is no series, and each row has its time", kind.id);
        s.complain("attribute", what, "fill a series, or take `observed` out");
    } else if attribute.feed.is_some() && !dated {
        let what = format!("`{id}` of {} is filled by devices", kind.id);
        s.complain(
            "attribute",
            what,
            "fill another, or say with `observed` when each row was so: then entities without a device are filled",
        );
    }
    if attribute.value != mapping.value {
        let word = VALUES.iter().find(|(_, value)| *value == attribute.value).map_or("", |(word, _)| word);
        let what = format!("`{id}` of {} holds another kind of value", kind.id);
        return s.complain(if s.has("as") { "as" } else { "" }, what, format!("write as = \"{word}\""));
    }
    measured(s, attribute, mapping);
    written(s, mapping);
    for (theirs, ours) in
        mapping.codes.iter().filter(|(_, ours)| !attribute.codes.iter().any(|code| *code == **ours))
    {
        let known: Vec<&str> = attribute.codes.iter().map(Name::as_str).collect();
        let remedy = match nearest(ours, known.iter().copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None if known.is_empty() => "take `codes` out: the attribute holds no codes".to_owned(),
            None => format!("its codes are {}", known.join(", ")),
        };
        s.complain(&format!("codes.{theirs}"), format!("`{ours}` is no code of `{id}`"), remedy);
    }
}

/// Whether what it tells of time can be read.
fn written(s: &Section<'_>, mapping: &Mapping) {
    match (mapping.value, &mapping.form) {
        (ValueKind::Date | ValueKind::Instant, Some(form)) => readable(s, form),
        (ValueKind::Instant, None) => {
            s.complain("", "nothing says how the time is written", "add form = \"%Y-%m-%d %H:%M:%S\"");
        }
        (_, Some(_)) => {
            s.complain("form", "it is no date and no instant", "take `form` out");
        }
        (_, None) => {}
    }
}

/// Whether its number arrives in the attribute's unit: by the units, by the factor, and by both alike.
fn measured(s: &Section<'_>, attribute: &AttributeDefinition, mapping: &Mapping) {
    let (unit, factor) = (mapping.unit.as_deref(), mapping.factor);
    if attribute.value != ValueKind::Number {
        for key in ["unit", "factor"].into_iter().filter(|key| s.has(key)) {
            s.complain(key, format!("`{}` is no number and has `{key}`", attribute.id), "take it out");
        }
        return;
    }
    let own = attribute.unit.as_deref();
    let (Some(theirs), Some(ours)) = (unit, own) else {
        if let (None, Some(ours)) = (unit, own) {
            s.complain(
                "",
                format!("`{}` is in {ours}, and the column says no unit", attribute.id),
                format!("write unit = \"{ours}\", or the unit in which it comes"),
            );
        } else if let (Some(theirs), None) = (unit, own) {
            s.complain(
                "unit",
                format!("`{}` has no unit, and the column is in {theirs}", attribute.id),
                "take the unit out, or give the attribute one",
            );
        }
        return;
    };
    let known = Unit::parse(theirs).zip(Unit::parse(ours)).map(|(theirs, ours)| theirs.exact_factor(ours));
    match (known, factor) {
        (Some(None), _) => s.complain(
            "unit",
            format!("{theirs} does not convert to {ours}"),
            format!("correct the unit: the attribute is in {ours}"),
        ),
        (Some(Some((over, under))), Some(said)) if said != (Factor { over, under }) => {
            let what = format!("a value in {theirs} times {said} is none in {ours}");
            s.complain(
                "factor",
                what,
                format!("write factor = \"{}\", or leave it out", Factor { over, under }),
            );
        }
        (None, None) if theirs != ours => {
            s.complain(
                "unit",
                format!("nobody knows how {theirs} becomes {ours}"),
                "add factor = \"1/1000\"",
            );
        }
        _ => {}
    }
}
