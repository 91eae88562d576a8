//! Names and kinds: a tree as it is written becomes one whose every name exists and whose kinds and units agree.

use crate::expression::constant;
use crate::fault::{Fault, suggest};
use crate::function::Builtin;
use crate::kind::{Kind, Names, Signature};
use crate::parse::{Arithmetic, Literal, Node, Syntax};
use crate::term::{Form, Misfit, Term, fit, microsecond};
use crate::unit::{Ratio, Unit};
use model::{Instant, Name, Operator, Value};
use std::ops::Range;

/// Checks a whole tree against the kind that is expected of it.
pub(crate) fn check(node: &Node, names: &dyn Names, expected: &Kind) -> Result<Term, Vec<Fault>> {
    let mut checker = Checker { names, faults: Vec::new() };
    let term = checker.term(node);
    let term = term.and_then(|term| checker.fitted(term, expected));
    match term {
        Some(term) if checker.faults.is_empty() => Ok(term),
        _ => Err(checker.faults),
    }
}

/// What to say of a term that does not fit.
pub(crate) fn misfit(at: Range<usize>, why: &Misfit, found: &Kind, wanted: &Kind) -> Fault {
    match why {
        Misfit::Kind => {
            Fault::new(at, format!("this is {found}, and {wanted} is wanted"), remedy(found, wanted))
        }
        Misfit::Units(from, to) => Fault::new(
            at,
            format!("{from} and {to} measure different things"),
            "compare and add only what can be converted",
        ),
        Misfit::Plain(unit) => {
            Fault::new(at, "this number has no unit", format!("write its unit, such as {unit}, behind it"))
        }
        Misfit::Measured(unit) => Fault::new(
            at,
            format!("this number is in {unit}, and a plain one is wanted"),
            format!("divide it by 1 {unit}, or give the other one its unit"),
        ),
    }
}

/// What can be done where two kinds do not go together.
fn remedy(a: &Kind, b: &Kind) -> &'static str {
    match (a, b) {
        (Kind::Date, Kind::Instant) | (Kind::Instant, Kind::Date) => "take the date of the moment: day(…)",
        (Kind::Date, Kind::Text) | (Kind::Text, Kind::Date) => "write a date without quotes: 2026-10-01",
        (Kind::Number(_), Kind::Duration) | (Kind::Duration, Kind::Number(_)) => {
            "write a duration with its unit of time: 2h"
        }
        (Kind::Number(_), Kind::Text) | (Kind::Text, Kind::Number(_)) => {
            "write a number without quotes, a code with them"
        }
        (Kind::List(_), _) | (_, Kind::List(_)) => "ask a list with in or contains(…)",
        (Kind::Bool, _) | (_, Kind::Bool) => "join comparisons with and, or, not",
        _ => "use two of the same kind",
    }
}

struct Checker<'a> {
    names: &'a dyn Names,
    faults: Vec<Fault>,
}

impl Checker<'_> {
    fn complain<T>(&mut self, fault: Fault) -> Option<T> {
        self.faults.push(fault);
        None
    }

    fn fitted(&mut self, term: Term, wanted: &Kind) -> Option<Term> {
        let (at, found) = (term.at.clone(), term.kind.clone());
        match fit(term, wanted) {
            Ok(term) => Some(term),
            Err(why) => self.complain(misfit(at, &why, &found, wanted)),
        }
    }

    /// Nothing once a fault is noted. All parts are looked at even so, to name every fault at once.
    fn term(&mut self, node: &Node) -> Option<Term> {
        let at = node.at.clone();
        let (kind, form) = match &node.form {
            Syntax::Literal(literal) => literal_of(literal),
            Syntax::Path(path) => self.path(path, &at)?,
            Syntax::Call(name, arguments) => self.call(name, arguments, &at)?,
            Syntax::List(parts) => self.list(parts)?,
            Syntax::Not(inner) => (Kind::Bool, Form::Not(Box::new(self.condition(inner)?))),
            Syntax::And(parts) => (Kind::Bool, Form::And(self.conditions(parts)?)),
            Syntax::Or(parts) => (Kind::Bool, Form::Or(self.conditions(parts)?)),
            Syntax::Compare(op, left, right) => (Kind::Bool, self.compare(*op, left, right)?),
            Syntax::In { item, list, negated } => (Kind::Bool, self.member(item, list, *negated)?),
            Syntax::Negate(inner) => self.negate(inner)?,
            Syntax::Arithmetic(op, left, right) => self.arithmetic(*op, left, right, &at)?,
            Syntax::If(parts) => self.choice(parts)?,
        };
        Some(Term { at, kind, form })
    }

    /// All of them, or nothing when one is at fault; each is looked at.
    fn terms(&mut self, nodes: &[Node]) -> Option<Vec<Term>> {
        let terms: Vec<_> = nodes.iter().map(|node| self.term(node)).collect();
        terms.into_iter().collect()
    }

    fn pair(&mut self, left: &Node, right: &Node) -> Option<(Term, Term)> {
        let (left, right) = (self.term(left), self.term(right));
        left.zip(right)
    }

    fn condition(&mut self, node: &Node) -> Option<Term> {
        let term = self.term(node)?;
        self.fitted(term, &Kind::Bool)
    }

    fn conditions(&mut self, nodes: &[Node]) -> Option<Vec<Term>> {
        let terms: Vec<_> = nodes.iter().map(|node| self.condition(node)).collect();
        terms.into_iter().collect()
    }

    fn path(&mut self, path: &[String], at: &Range<usize>) -> Option<(Kind, Form)> {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let Some(kind) = self.names.kind(&parts) else { return self.unknown(path, at) };
        let names: Result<Vec<Name>, _> = path.iter().map(|part| Name::new(part.as_str())).collect();
        let Ok(path) = names else {
            let fault =
                Fault::new(at.clone(), "a name here is too long or ends badly", "use a name of the pack");
            return self.complain(fault);
        };
        // A path that goes through a reference is stored with another entity.
        let through = |end| matches!(self.names.kind(&parts[..end]), Some(Kind::Ref | Kind::List(_)));
        let stored = self.names.stored(&parts) && !(1..parts.len()).any(through);
        Some((kind, Form::Path { path, stored }))
    }

    fn unknown<T>(&mut self, path: &[String], at: &Range<usize>) -> Option<T> {
        let word = path.join(".");
        let known = self.names.known();
        let is_known = |part: &str| known.iter().any(|known| known == part);
        let mut halves = word.match_indices('-').map(|(at, _)| (&word[..at], &word[at + 1..]));
        let remedy = if Builtin::named(&word).is_some() || self.names.function(&word).is_some() {
            format!("it is a function: write {word}(…)")
        } else if halves.any(|(left, right)| is_known(left) && is_known(right)) {
            "put blanks around the minus".to_owned()
        } else {
            let otherwise = "use a name that is known here; a code stands in quotes";
            suggest(&word, known.iter().map(String::as_str), otherwise)
        };
        self.complain(Fault::new(at.clone(), format!("`{word}` is not known here"), remedy))
    }

    fn call(&mut self, name: &str, arguments: &[Node], at: &Range<usize>) -> Option<(Kind, Form)> {
        let builtin = Builtin::named(name);
        let signature = self.names.function(name);
        let arguments = self.terms(arguments);
        if let Some(builtin) = builtin {
            return match builtin.check(arguments?, at) {
                Ok((arguments, kind)) => Some((kind, Form::Builtin(builtin, arguments))),
                Err(fault) => self.complain(fault),
            };
        }
        let Some(signature) = signature else {
            let host = self.names.functions();
            let known = Builtin::ALL.iter().map(|(name, _)| *name).chain(host.iter().map(String::as_str));
            let remedy = suggest(name, known, "use a function that is known here");
            return self.complain(Fault::new(at.clone(), format!("there is no function `{name}`"), remedy));
        };
        let arguments = self.arguments(&signature, arguments?, at)?;
        let kinds: Vec<Kind> = arguments.iter().map(|argument| argument.kind.clone()).collect();
        Some((signature.result.of(&kinds).clone(), Form::Call(name.to_owned(), arguments)))
    }

    fn arguments(
        &mut self,
        signature: &Signature,
        arguments: Vec<Term>,
        at: &Range<usize>,
    ) -> Option<Vec<Term>> {
        let most = signature.parameters.len();
        let least = most.saturating_sub(signature.optional);
        if !(least..=most).contains(&arguments.len()) {
            let wanted: Vec<String> = signature.parameters.iter().map(ToString::to_string).collect();
            let what = format!("{} values are given, {least} to {most} are wanted", arguments.len());
            return self.complain(Fault::new(at.clone(), what, format!("give: {}", wanted.join(", "))));
        }
        let pairs = arguments.into_iter().zip(&signature.parameters);
        let fitted: Vec<_> = pairs.map(|(argument, wanted)| self.fitted(argument, wanted)).collect();
        fitted.into_iter().collect()
    }

    /// The kind of the first value is that of the list.
    fn list(&mut self, parts: &[Node]) -> Option<(Kind, Form)> {
        let terms = self.terms(parts)?;
        let element = terms.first().map_or(Kind::Any, |first| first.kind.clone());
        let fitted: Vec<_> = terms.into_iter().map(|term| self.fitted(term, &element)).collect();
        Some((Kind::list(element), Form::List(fitted.into_iter().collect::<Option<_>>()?)))
    }

    fn compare(&mut self, op: Operator, left: &Node, right: &Node) -> Option<Form> {
        let nothing = |node: &Node| node.form == Syntax::Literal(Literal::Nothing);
        if nothing(left) || nothing(right) {
            let asked = if nothing(right) { left } else { right };
            let term = Box::new(self.term(asked)?);
            return match op {
                Operator::Eq => Some(Form::Known { term, known: false }),
                Operator::Ne => Some(Form::Known { term, known: true }),
                _ => self.complain(Fault::new(
                    asked.at.clone(),
                    "nothing is neither above nor below",
                    "write = nothing or != nothing",
                )),
            };
        }
        let (left, right) = self.pair(left, right)?;
        let ordered = !matches!(op, Operator::Eq | Operator::Ne);
        for term in [&left, &right] {
            if matches!(term.kind, Kind::List(_)) || ordered && !term.kind.is_ordered() {
                let what = format!("{} is not compared like this", term.kind);
                let remedy = if ordered {
                    "order numbers, dates, moments and durations only"
                } else {
                    "ask a list with in or contains(…)"
                };
                return self.complain(Fault::new(term.at.clone(), what, remedy));
            }
        }
        let (left, right) = self.alike(left, right)?;
        Some(Form::Compare(op, Box::new(left), Box::new(right)))
    }

    /// Both in the unit of one of them: of the one that is no constant, so that a filter can ask for it as it is stored.
    /// A reference and its text stay as they are.
    fn alike(&mut self, left: Term, right: Term) -> Option<(Term, Term)> {
        let text = |a: &Term, b: &Term| a.kind == Kind::Ref && b.kind == Kind::Text;
        if text(&left, &right) || text(&right, &left) || left.kind == Kind::Any {
            return Some((left, right));
        }
        // A number without unit is asked for the unit of the other.
        if left.kind == Kind::Number(None) || constant(&left).is_some() {
            let left = self.fitted(left, &right.kind)?;
            return Some((left, right));
        }
        let right = self.fitted(right, &left.kind)?;
        Some((left, right))
    }

    fn member(&mut self, item: &Node, list: &Node, negated: bool) -> Option<Form> {
        let (item, list) = self.pair(item, list)?;
        let item_kind = item.kind.clone();
        let (item, list) = match &list.kind {
            Kind::List(element) => {
                let urns = item_kind == Kind::Ref && **element == Kind::Text;
                match &list.form {
                    _ if urns => (item, list),
                    Form::List(_) => (item, self.fitted(list, &Kind::list(item_kind))?),
                    _ => (self.fitted(item, &element.clone())?, list),
                }
            }
            Kind::Any => (item, list),
            other => {
                let what = format!("this is {other}, and a list is wanted after in");
                return self.complain(Fault::new(
                    list.at.clone(),
                    what,
                    "write the values in brackets: in ['a', 'b']",
                ));
            }
        };
        if matches!(item.kind, Kind::List(_)) {
            let fault = Fault::new(item.at, "a list is not in a list", "ask with contains(list, value)");
            return self.complain(fault);
        }
        Some(Form::In { item: Box::new(item), list: Box::new(list), negated })
    }

    fn negate(&mut self, inner: &Node) -> Option<(Kind, Form)> {
        let term = self.term(inner)?;
        match term.kind {
            Kind::Number(_) | Kind::Duration => Some((term.kind.clone(), Form::Negate(Box::new(term)))),
            Kind::Any => {
                let term = self.fitted(term, &Kind::Number(None))?;
                Some((Kind::Number(None), Form::Negate(Box::new(term))))
            }
            other => {
                let what = format!("{other} has no minus");
                self.complain(Fault::new(term.at, what, "write not before a condition"))
            }
        }
    }

    fn choice(&mut self, parts: &[Node; 3]) -> Option<(Kind, Form)> {
        let [condition, then, otherwise] = parts;
        let condition = self.condition(condition);
        let (then, otherwise) = self.pair(then, otherwise)?;
        // `nothing` on one side takes the kind of the other.
        let (then, otherwise) = if then.kind == Kind::Any {
            (then, otherwise)
        } else {
            let kind = then.kind.clone();
            (then, self.fitted(otherwise, &kind)?)
        };
        let kind =
            if then.form == Form::Literal(Value::Null) { otherwise.kind.clone() } else { then.kind.clone() };
        Some((kind, Form::If(Box::new([condition?, then, otherwise]))))
    }

    fn arithmetic(
        &mut self,
        op: Arithmetic,
        left: &Node,
        right: &Node,
        at: &Range<usize>,
    ) -> Option<(Kind, Form)> {
        let (left, right) = self.pair(left, right)?;
        let found = match op {
            Arithmetic::Add | Arithmetic::Subtract => self.sum(op, left, right)?,
            Arithmetic::Multiply | Arithmetic::Divide => self.product(op, left, right, at)?,
        };
        let (kind, left, right, by) = found;
        Some((kind, Form::Arithmetic { op, left: Box::new(left), right: Box::new(right), by }))
    }

    fn sum(&mut self, op: Arithmetic, left: Term, right: Term) -> Option<(Kind, Term, Term, Ratio)> {
        let minus = op == Arithmetic::Subtract;
        let (left_wanted, right_wanted, kind) = match (&left.kind, &right.kind) {
            (Kind::Instant, Kind::Instant) if minus => (Kind::Instant, Kind::Instant, Kind::Duration),
            (Kind::Date, Kind::Date) if minus => (Kind::Date, Kind::Date, Kind::Duration),
            (Kind::Instant | Kind::Date, _) => (left.kind.clone(), Kind::Duration, left.kind.clone()),
            (_, Kind::Instant | Kind::Date) if !minus => {
                (Kind::Duration, right.kind.clone(), right.kind.clone())
            }
            (Kind::Number(_) | Kind::Duration, _) => {
                (left.kind.clone(), left.kind.clone(), left.kind.clone())
            }
            (Kind::Any, Kind::Number(_) | Kind::Duration) => {
                (right.kind.clone(), right.kind.clone(), right.kind.clone())
            }
            (Kind::Any, Kind::Any) => (Kind::Number(None), Kind::Number(None), Kind::Number(None)),
            (other, _) => {
                let what = format!("{other} is not added to or taken from");
                return self.complain(Fault::new(
                    left.at,
                    what,
                    "calculate with numbers, durations, dates and moments",
                ));
            }
        };
        let (left, right) = (self.fitted(left, &left_wanted), self.fitted(right, &right_wanted));
        let (left, right) = left.zip(right)?;
        Some((kind, left, right, Ratio::ONE))
    }

    fn product(
        &mut self,
        op: Arithmetic,
        left: Term,
        right: Term,
        at: &Range<usize>,
    ) -> Option<(Kind, Term, Term, Ratio)> {
        let divide = op == Arithmetic::Divide;
        let duration = match (&left.kind, &right.kind) {
            (Kind::Duration, Kind::Number(None) | Kind::Any) => Some(Kind::Number(None)),
            (Kind::Number(None) | Kind::Any, Kind::Duration) if !divide => Some(Kind::Duration),
            _ => None,
        };
        if let Some(wanted) = duration {
            let by_plain = wanted != Kind::Duration;
            let (left_wanted, right_wanted) =
                if by_plain { (Kind::Duration, wanted) } else { (Kind::Number(None), wanted) };
            let (left, right) = self.fitted(left, &left_wanted).zip(self.fitted(right, &right_wanted))?;
            return Some((Kind::Duration, left, right, Ratio::ONE));
        }
        let (left, left_unit) = self.factor(left)?;
        let (right, right_unit) = self.factor(right)?;
        match Unit::combine(left_unit, right_unit, divide) {
            Some((unit, by)) => Some((Kind::Number(unit), left, right, by)),
            None => {
                let show = |unit: Option<Unit>| unit.map_or("a plain number", Unit::symbol);
                let sign = if divide { "/" } else { "*" };
                let what = format!("there is no unit for {} {sign} {}", show(left_unit), show(right_unit));
                self.complain(Fault::new(at.clone(), what, "use a function, or compare the two apart"))
            }
        }
    }

    /// A term as a number that can be multiplied, and its unit. Durations count in seconds.
    fn factor(&mut self, term: Term) -> Option<(Term, Option<Unit>)> {
        match term.kind {
            Kind::Number(unit) => Some((term, unit)),
            Kind::Any => Some((self.fitted(term, &Kind::Number(None))?, None)),
            Kind::Duration => {
                let second = Unit::parse("s").or_else(microsecond);
                Some((self.fitted(term, &Kind::Number(second))?, second))
            }
            other => {
                let what = format!("{other} is not multiplied or divided");
                self.complain(Fault::new(term.at, what, "calculate with numbers and durations"))
            }
        }
    }
}

fn literal_of(literal: &Literal) -> (Kind, Form) {
    let (kind, value) = match literal {
        Literal::Number(value, unit) => (Kind::Number(*unit), Value::number(*value)),
        Literal::Duration(micros) => (Kind::Duration, Value::Int(*micros)),
        Literal::Text(text) => (Kind::Text, Value::Text(text.clone())),
        Literal::Date(date) => (Kind::Date, Value::Text(date.clone())),
        Literal::Instant(at) => (Kind::Instant, Value::Instant(Instant::from_micros(at.micros()))),
        Literal::Bool(bool) => (Kind::Bool, Value::Bool(*bool)),
        Literal::Nothing => (Kind::Any, Value::Null),
    };
    (kind, Form::Literal(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::compile;

    fn check(text: &str, expected: &str) {
        let found = match compile(text, &Kind::Any) {
            Ok(expression) => expression.kind().to_string(),
            Err(faults) => {
                let show = |fault: &Fault| format!("{}..{} {fault}", fault.at.start, fault.at.end);
                faults.iter().map(show).collect::<Vec<_>>().join("; ")
            }
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn kinds_and_units_are_found() {
        for (text, expected) in [
            ("so2 > 35 µg/m3", "yes or no"),
            ("so2 <= 0.9 * limit(so2Limit)", "yes or no"),
            ("limit(so2Limit)", "a number in mg/m³"),
            ("so2 * 90 %", "a number in mg/m³"),
            ("so2 * flow", "a number in mg/s"),
            ("so2 / 1 mg/m³", "a plain number"),
            ("flow * 2h", "a number in m³"),
            ("35 mg/m³ / 2 + so2", "a number in mg/m³"),
            ("now - observed", "a duration"),
            ("observed + 2h > now", "yes or no"),
            ("signedOn + 3d", "a date"),
            ("waited * 2", "a duration"),
            ("waited / 2h", "a plain number"),
            ("waited > hoursOpen", "yes or no"),
            ("hoursOpen > 2h", "yes or no"),
            ("actor != inspectedBy", "yes or no"),
            ("actor = 'urn:ngsi-ld:Person:a'", "yes or no"),
            ("status in ['open', 'closed']", "yes or no"),
            ("so2 in [35 mg/m³, 35 µg/m³]", "yes or no"),
            ("'coal' in tags", "yes or no"),
            ("inspectedBy = nothing", "yes or no"),
            ("if urgent then 2h else 4h", "a duration"),
            ("if urgent then nothing else 4", "a plain number"),
            ("answers.floor >= 2", "yes or no"),
            ("answers.floor + 1", "a plain number"),
            ("max(so2, 35 µg/m³)", "a number in mg/m³"),
            ("round(so2, 1)", "a number in mg/m³"),
            ("sum(so2Limit)", "a number in mg/m³"),
            ("length(tags) + length(status)", "a plain number"),
            ("day(observed) = signedOn", "yes or no"),
            ("near(source, 0.5 km)", "yes or no"),
            ("near(source)", "yes or no"),
            ("[]", "a list of (anything)"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn what_does_not_go_together_is_named() {
        for (text, expected) in [
            (
                "so2 > flow",
                "6..10 m³/s and mg/m³ measure different things: compare and add only what can be converted",
            ),
            ("so2 > 35", "6..8 this number has no unit: write its unit, such as mg/m³, behind it"),
            ("35 < so2", "0..2 this number has no unit: write its unit, such as mg/m³, behind it"),
            ("o2 > 20", "5..7 this number has no unit: write its unit, such as %, behind it"),
            ("count > 3 %", "0..5 this number has no unit: write its unit, such as %, behind it"),
            ("so3 > 1", "0..3 `so3` is not known here: did you mean `so2`?"),
            (
                "status = open",
                "9..13 `open` is not known here: use a name that is known here; a code stands in quotes",
            ),
            ("now-observed", "0..12 `now-observed` is not known here: put blanks around the minus"),
            ("limit > 3", "0..5 `limit` is not known here: it is a function: write limit(…)"),
            ("lenght(tags)", "0..12 there is no function `lenght`: did you mean `length`?"),
            ("round(so2)", "0..10 the function is not called like this: write round(number, decimals)"),
            (
                "near(source, 5 kg)",
                "13..17 kg and m measure different things: compare and add only what can be converted",
            ),
            ("near()", "0..6 0 values are given, 1 to 2 are wanted: give: an entity, a number in m"),
            (
                "signedOn = '2026-10-01'",
                "11..23 this is text, and a date is wanted: write a date without quotes: 2026-10-01",
            ),
            (
                "signedOn < now",
                "11..14 this is a moment, and a date is wanted: take the date of the moment: day(…)",
            ),
            (
                "status > 'a'",
                "0..6 text is not compared like this: order numbers, dates, moments and durations only",
            ),
            (
                "tags = 'coal'",
                "0..4 a list of (text) is not compared like this: ask a list with in or contains(…)",
            ),
            (
                "status in 'open'",
                "10..16 this is text, and a list is wanted after in: write the values in brackets: in ['a', 'b']",
            ),
            (
                "tags in tags",
                "0..4 this is a list of (text), and text is wanted: ask a list with in or contains(…)",
            ),
            (
                "not count",
                "4..9 this is a plain number, and yes or no is wanted: join comparisons with and, or, not",
            ),
            ("-urgent", "1..7 yes or no has no minus: write not before a condition"),
            (
                "flow * flow",
                "0..11 there is no unit for m³/s * m³/s: use a function, or compare the two apart",
            ),
            ("so2 > nothing", "0..3 nothing is neither above nor below: write = nothing or != nothing"),
            (
                "so3 > 1 and so2 > flow",
                "0..3 `so3` is not known here: did you mean `so2`?; 18..22 m³/s and mg/m³ measure different things: compare and add only what can be converted",
            ),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn the_whole_must_be_what_is_expected() {
        for (text, expected, good) in [
            ("so2 > 1 mg/m³", Kind::Bool, true),
            ("so2", Kind::Bool, false),
            ("so2", Kind::number("µg/m³"), true),
            ("so2", Kind::Number(None), false),
            ("3", Kind::number("µg/m³"), false),
            ("answers.floor", Kind::Bool, true),
            ("['a', 'b']", Kind::list(Kind::Text), true),
            ("[]", Kind::list(Kind::Text), true),
            ("[35 µg/m³]", Kind::list(Kind::number("mg/m³")), true),
            ("2h", Kind::number("min"), true),
            ("nothing", Kind::Text, true),
        ] {
            assert_eq!(compile(text, &expected).is_ok(), good, "{text} as {expected}");
        }
    }
}
