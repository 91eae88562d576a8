//! Why an expression holds or does not: each condition in it with the values found.

use crate::Kind;
use crate::prose::{self, Titled, written};
use crate::term::{Form, Term};
use crate::value::{Facts, Run, Truth};
use model::Value;

/// One condition: the whole, then its parts, each before its own parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// How deep it stands; the whole is 0.
    pub depth: usize,
    /// The condition, as it is written or in words.
    pub text: String,
    /// What was read to judge it. Empty for what only joins other conditions.
    pub found: Vec<Found>,
    /// Whether it holds. For what is no condition: yes if it has a value.
    pub truth: Truth,
}

/// A value that was read or calculated.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The path or call, as it is written or in words.
    pub name: String,
    /// Its value; `Value::Null` if it is absent or cannot be told.
    pub value: Value,
    /// Its kind, with the unit.
    pub kind: Kind,
}

/// How the texts are written: as in the expression, or in words.
struct Teller<'a> {
    text: &'a str,
    facts: &'a dyn Facts,
    titled: Option<Titled<'a>>,
}

pub(crate) fn steps(text: &str, term: &Term, facts: &dyn Facts) -> Vec<Step> {
    Teller { text, facts, titled: None }.all(term)
}

pub(crate) fn steps_in(text: &str, term: &Term, facts: &dyn Facts, titled: Titled) -> Vec<Step> {
    Teller { text, facts, titled: Some(titled) }.all(term)
}

impl Teller<'_> {
    fn all(&self, term: &Term) -> Vec<Step> {
        let mut steps = Vec::new();
        self.tell(term, 0, &mut steps);
        steps
    }

    fn tell(&self, term: &Term, depth: usize, steps: &mut Vec<Step>) {
        let term = term.bare();
        let parts: Vec<&Term> = match &term.form {
            Form::And(parts) | Form::Or(parts) => parts.iter().collect(),
            Form::Not(inner) => vec![inner],
            // Of the two results only conditions are told apart from the value.
            Form::If(parts) => parts.iter().filter(|part| part.kind == Kind::Bool).collect(),
            _ => Vec::new(),
        };
        let found = if parts.is_empty() { self.found(term) } else { Vec::new() };
        steps.push(Step { depth, text: self.shown(term), found, truth: self.truth(term) });
        for part in parts {
            self.tell(part, depth + 1, steps);
        }
    }

    fn truth(&self, term: &Term) -> Truth {
        if matches!(term.kind, Kind::Bool | Kind::Any) {
            return Run::new(self.text, self.facts).truth(term);
        }
        let mut run = Run::new(self.text, self.facts);
        match run.value(term) {
            Ok(Value::Null) => Truth::Unknown { missing: run.missing },
            Ok(_) => Truth::Yes,
            Err(stuck) => Truth::Unknown { missing: vec![stuck.to_string()] },
        }
    }

    /// Every path and call in a condition, once.
    fn found(&self, term: &Term) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        term.walk(&mut |part| {
            let read = matches!(part.form, Form::Path { .. } | Form::Call(..) | Form::Builtin(..));
            // The whole condition is told by its truth.
            if !read || part.kind == Kind::Bool && !matches!(part.form, Form::Path { .. }) {
                return;
            }
            let name = self.shown(part);
            if found.iter().any(|other| other.name == name) {
                return;
            }
            let value = Run::new(self.text, self.facts).value(part).unwrap_or(Value::Null);
            found.push(Found { name, value, kind: part.kind.clone() });
        });
        found
    }

    fn shown(&self, term: &Term) -> String {
        match self.titled {
            Some(titled) => prose::sentence(term, titled),
            None => written(self.text, term).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Called, facts, good};
    use model::Lang;

    fn shown(steps: &[Step]) -> Vec<String> {
        let truth = |truth: &Truth| match truth {
            Truth::Yes => "yes".to_owned(),
            Truth::No => "no".to_owned(),
            Truth::Unknown { missing } => format!("? {}", missing.join(", ")),
        };
        let found = |found: &Found| {
            format!(
                "{} = {}",
                found.name,
                prose::value(&found.value, &found.kind, None, (Lang::En, &prose::Untitled))
            )
        };
        let line = |step: &Step| {
            let found: Vec<String> = step.found.iter().map(found).collect();
            format!("{}{} | {} | {}", " ".repeat(step.depth), step.text, found.join("; "), truth(&step.truth))
        };
        steps.iter().map(line).collect()
    }

    #[test]
    fn each_condition_is_told_with_what_was_found() {
        let expression =
            good("so2 > 1.1 * limit(so2Limit) and not (urgent or actor = inspectedBy)", &Kind::Bool);
        assert_eq!(
            shown(&expression.why(&facts())),
            [
                "so2 > 1.1 * limit(so2Limit) and not (urgent or actor = inspectedBy) |  | no",
                " so2 > 1.1 * limit(so2Limit) | so2 = 40 mg/m³; limit(so2Limit) = 35 mg/m³; so2Limit = 35 mg/m³ | yes",
                " not (urgent or actor = inspectedBy) |  | no",
                "  urgent or actor = inspectedBy |  | yes",
                "   urgent | urgent = yes | yes",
                "   actor = inspectedBy | actor = a; inspectedBy = nothing | ? inspectedBy",
            ]
        );
    }

    #[test]
    fn words_take_the_place_of_the_text() {
        let steps = good("so2 > limit(so2Limit)", &Kind::Bool).why_in(&facts(), Lang::En, &Called);
        assert_eq!(steps[0].text, "sulphur dioxide is above the one in force of the permit limits");
        assert_eq!(steps[0].found[0].name, "sulphur dioxide");
    }

    #[test]
    fn a_value_is_told_as_one_step() {
        assert_eq!(shown(&good("count + 1", &Kind::Any).why(&facts())), ["count + 1 | count = 3 | yes"]);
    }
}
