//! The query language of clause 4.9: `pm25>35;class=="city"|!holder`.

use crate::{Kind, Problem, name};
use model::{Filter, Instant, Name, Operator, Urn, Value};

/// Longest query in bytes.
const BYTES_MAX: usize = 4096;
/// How deep brackets may be.
const DEPTH_MAX: usize = 16;
/// Values of one list.
const VALUES_MAX: usize = 100;

/// Reads a query. `;` binds closer than `|`.
pub fn parse(text: &str) -> Result<Filter, Problem> {
    if text.len() > BYTES_MAX {
        return Err(Problem::data(format!("`q` is longer than {BYTES_MAX} bytes")));
    }
    let mut reader = Reader { rest: text, whole: text };
    let filter = reader.either(0)?;
    if reader.rest.is_empty() { Ok(filter) } else { Err(reader.wrong("what follows is no part of it")) }
}

/// The attributes that a filter asks for.
pub fn attributes(filter: &Filter) -> Vec<&Name> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().flat_map(attributes).collect(),
        Filter::Not(part) => attributes(part),
        Filter::Compare { path, .. }
        | Filter::In { path, .. }
        | Filter::Has { path }
        | Filter::Starts { path, .. } => path.first().into_iter().collect(),
        Filter::All | Filter::None | Filter::Kind(_) | Filter::Is(_) => Vec::new(),
    }
}

struct Reader<'a> {
    rest: &'a str,
    whole: &'a str,
}

impl<'a> Reader<'a> {
    fn wrong(&self, what: &str) -> Problem {
        let at = self.whole.len() - self.rest.len();
        Problem::data(format!("`q`, at {at} (`{:.20}`): {what}", self.rest))
    }

    fn takes(&mut self, sign: &str) -> bool {
        let taken = self.rest.strip_prefix(sign);
        self.rest = taken.unwrap_or(self.rest);
        taken.is_some()
    }

    fn either(&mut self, depth: usize) -> Result<Filter, Problem> {
        let mut parts = vec![self.both(depth)?];
        while self.takes("|") {
            parts.push(self.both(depth)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Filter::Or(parts) })
    }

    fn both(&mut self, depth: usize) -> Result<Filter, Problem> {
        let mut parts = vec![self.one(depth)?];
        while self.takes(";") {
            parts.push(self.one(depth)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Filter::And(parts) })
    }

    fn one(&mut self, depth: usize) -> Result<Filter, Problem> {
        if depth > DEPTH_MAX {
            return Err(self.wrong("too many brackets"));
        }
        if self.takes("(") {
            let inner = self.either(depth + 1)?;
            return if self.takes(")") { Ok(inner) } else { Err(self.wrong("a bracket is not closed")) };
        }
        if self.takes("!") {
            let path = self.path()?;
            return Ok(Filter::Not(Box::new(Filter::Has { path })));
        }
        let path = self.path()?;
        let operators = [
            ("==", Operator::Eq),
            ("!=", Operator::Ne),
            (">=", Operator::Ge),
            ("<=", Operator::Le),
            (">", Operator::Gt),
            ("<", Operator::Lt),
        ];
        if self.rest.starts_with("~=") || self.rest.starts_with("!~=") {
            let detail = "`q`: patterns (~=) are not searched here; compare, or use idPattern".to_owned();
            return Err(Problem { kind: Kind::OperationNotSupported, detail });
        }
        for (sign, op) in operators {
            if self.takes(sign) {
                return self.compared(path, op);
            }
        }
        Ok(Filter::Has { path })
    }

    /// `a.b` and `a[b.c]`: an attribute, then members of its value.
    fn path(&mut self) -> Result<Vec<Name>, Problem> {
        let end = self.rest.find(['=', '!', '<', '>', '~', ';', '|', '(', ')']).unwrap_or(self.rest.len());
        let (path, rest) = self.rest.split_at(end);
        if path.is_empty() {
            return Err(self.wrong("an attribute is expected"));
        }
        self.rest = rest;
        let path = path.strip_suffix(']').map_or(path.to_owned(), |path| path.replacen('[', ".", 1));
        let path: Vec<Name> = match Name::new(path.as_str()) {
            // A dot may be part of an IRI; in a term it leads inwards.
            Ok(name) if path.contains("://") => vec![name],
            _ => path.split('.').map(name).collect::<Result<_, _>>()?,
        };
        if path.len() > 2 {
            return Err(Problem::data("`q`: a path has an attribute and at most one member of its value"));
        }
        Ok(path)
    }

    fn compared(&mut self, path: Vec<Name>, op: Operator) -> Result<Filter, Problem> {
        let mut values = vec![self.value()?];
        if self.takes("..") {
            let (from, to) = (values.swap_remove(0), self.value()?);
            let inside = Filter::And(vec![
                Filter::Compare { path: path.clone(), op: Operator::Ge, value: from },
                Filter::Compare { path: path.clone(), op: Operator::Le, value: to },
            ]);
            return match op {
                Operator::Eq => Ok(inside),
                Operator::Ne => Ok(Filter::And(vec![Filter::Has { path }, Filter::Not(Box::new(inside))])),
                _ => Err(self.wrong("a range is equal (==) or not (!=)")),
            };
        }
        while self.takes(",") {
            values.push(self.value()?);
            if values.len() > VALUES_MAX {
                return Err(self.wrong("too many values"));
            }
        }
        if values.len() > 1 {
            let one_of = Filter::In { path: path.clone(), values };
            return match op {
                Operator::Eq => Ok(one_of),
                Operator::Ne => Ok(Filter::And(vec![Filter::Has { path }, Filter::Not(Box::new(one_of))])),
                _ => Err(self.wrong("a list is equal (==) or not (!=)")),
            };
        }
        let value = values.swap_remove(0);
        Ok(Filter::Compare { path, op, value })
    }

    fn value(&mut self) -> Result<Value, Problem> {
        if let Some(quoted) = self.rest.strip_prefix('"') {
            let mut text = String::new();
            let mut signs = quoted.char_indices();
            while let Some((at, sign)) = signs.next() {
                match sign {
                    '"' => {
                        self.rest = &quoted[at + 1..];
                        return Ok(Value::Text(text));
                    }
                    '\\' => text.extend(signs.next().map(|(_, escaped)| escaped)),
                    sign => text.push(sign),
                }
            }
            return Err(self.wrong("a text is not closed by \""));
        }
        let mut end = self.rest.find([';', '|', ')', ',']).unwrap_or(self.rest.len());
        if let Some(range) = self.rest[..end].find("..") {
            end = range;
        }
        let (text, rest) = self.rest.split_at(end);
        if text.is_empty() {
            return Err(self.wrong("a value is expected"));
        }
        self.rest = rest;
        Ok(plain(text))
    }
}

/// A value without quotes: yes or no, a number, a time, a URN, a day or any other word.
fn plain(text: &str) -> Value {
    match text {
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        _ => {}
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Value::Int(whole);
    }
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    if let Some(number) =
        number.filter(|_| text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.'))
    {
        return Value::number(number);
    }
    if let Some(at) = Instant::parse(text).ok().filter(|_| text.contains('T')) {
        return Value::Instant(at);
    }
    match Urn::new(text) {
        Ok(urn) => Value::Ref(urn),
        Err(_) => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn compare(attribute: &str, op: Operator, value: impl Into<Value>) -> Filter {
        Filter::Compare { path: vec![Name::new(attribute).unwrap()], op, value: value.into() }
    }

    #[test]
    fn queries_become_filters() {
        let n = |text: &str| Name::new(text).unwrap();
        assert_eq!(parse("speed>50").unwrap(), compare("speed", Operator::Gt, 50));
        assert_eq!(parse("class==\"a;b\\\"c\"").unwrap(), compare("class", Operator::Eq, "a;b\"c"));
        let urn = Urn::new("urn:ngsi-ld:Parking:P1").unwrap();
        assert_eq!(
            parse("isParked==urn:ngsi-ld:Parking:P1").unwrap(),
            compare("isParked", Operator::Eq, urn)
        );
        assert_eq!(
            parse("a==1;b==2|c").unwrap(),
            Filter::Or(vec![
                Filter::And(vec![compare("a", Operator::Eq, 1), compare("b", Operator::Eq, 2)]),
                Filter::Has { path: vec![n("c")] },
            ])
        );
        assert_eq!(
            parse("a==1;(b==2|!c)").unwrap(),
            Filter::And(vec![
                compare("a", Operator::Eq, 1),
                Filter::Or(vec![
                    compare("b", Operator::Eq, 2),
                    Filter::Not(Box::new(Filter::Has { path: vec![n("c")] })),
                ]),
            ])
        );
        let range =
            Filter::And(vec![compare("t", Operator::Ge, Value::Number(1.5)), compare("t", Operator::Le, 20)]);
        assert_eq!(parse("t==1.5..20").unwrap(), range);
        let path = vec![n("color")];
        assert_eq!(
            parse("color==\"red\",\"blue\"").unwrap(),
            Filter::In { path, values: vec!["red".into(), "blue".into()] }
        );
        assert_eq!(parse("address[city]==\"大同\"").unwrap(), parse("address.city==\"大同\"").unwrap());
        assert!(matches!(
            parse("at>=2026-11-27T08:00:00Z").unwrap(),
            Filter::Compare { value: Value::Instant(_), .. }
        ));
    }

    #[test]
    fn what_is_no_query_says_where() {
        for (q, words) in [
            ("", "attribute"),
            ("a==", "value"),
            ("a==\"x", "closed"),
            ("(a", "bracket"),
            ("a;;b", "attribute"),
            ("a<1..2", "range"),
            ("a.b.c==1", "path"),
            ("a==1)", "no part"),
        ] {
            let problem = parse(q).unwrap_err();
            assert!(problem.detail.contains(words), "{q}: {problem}");
        }
        assert_eq!(parse("a~=x").unwrap_err().kind, Kind::OperationNotSupported);
        assert!(parse(&"(".repeat(5000)).is_err());
        assert!(parse(&"(".repeat(4000)).is_err(), "no stack is used up");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_fall(text in ".{0,60}") {
            let _ = parse(&text);
        }
    }
}
