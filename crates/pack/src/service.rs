//! Whether somebody may ask for a service, as far as can be said: yes, no, or what is missing to say it.

use crate::{Material, Required, Service};
use lang::{Facts, Truth};

/// What can be said of one who asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Eligibility {
    /// Each condition of the service, in its order.
    pub conditions: Vec<Truth>,
    /// All of them together: no if one is no; else unknown if one is, with everything that is missing; else yes.
    pub overall: Truth,
}

impl Service {
    /// Whether whoever fills in these fields may ask for it. Nothing is recorded, and nothing decided: an answer before
    /// the question is put.
    pub fn eligibility(&self, facts: &dyn Facts) -> Eligibility {
        let conditions: Vec<Truth> = self.eligibility.iter().map(|one| one.when.holds(facts)).collect();
        let overall = all(&conditions);
        Eligibility { conditions, overall }
    }
}

impl Material {
    /// Whether it is required of whoever fills in these fields.
    pub fn is_required(&self, facts: &dyn Facts) -> Truth {
        match &self.required {
            Required::Always => Truth::Yes,
            Required::Never => Truth::No,
            Required::When(expression) => expression.holds(facts),
        }
    }
}

/// Kleene's `and`. What is missing is named once.
fn all(truths: &[Truth]) -> Truth {
    if truths.contains(&Truth::No) {
        return Truth::No;
    }
    let mut missing: Vec<String> = Vec::new();
    let mut unknown = false;
    for truth in truths {
        if let Truth::Unknown { missing: these } = truth {
            unknown = true;
            missing.extend(these.iter().filter(|one| !missing.contains(one)).cloned().collect::<Vec<_>>());
        }
    }
    if unknown { Truth::Unknown { missing } } else { Truth::Yes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(truths: &[Truth], expected: &Truth) {
        assert_eq!(all(truths), *expected, "{truths:?}");
    }

    #[test]
    fn one_no_decides_and_what_is_missing_is_named_once() {
        let unknown =
            |missing: &[&str]| Truth::Unknown { missing: missing.iter().map(|m| (*m).to_owned()).collect() };
        check(&[], &Truth::Yes);
        check(&[Truth::Yes, Truth::Yes], &Truth::Yes);
        check(&[unknown(&["area"]), Truth::No], &Truth::No);
        check(&[unknown(&["area"]), Truth::Yes, unknown(&["area", "kind"])], &unknown(&["area", "kind"]));
    }
}
