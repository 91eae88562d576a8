//! Tokens to a tree, within the limits. The grammar, loosest first:
//!
//! ```text
//! choice     = "if" choice "then" choice "else" choice | or
//! or         = and ("or" and)*
//! and        = not ("and" not)*
//! not        = "not" not | comparison
//! comparison = sum [("=" | "!=" | "<" | "<=" | ">" | ">=") sum | ["not"] "in" sum]
//! sum        = product (("+" | "-") product)*
//! product    = sign (("*" | "/") sign)*
//! sign       = "-" sign | plain
//! plain      = literal | path | name "(" [choice ("," choice)*] ")" | "(" choice ")" | "[" [choice ("," choice)*] "]"
//! ```

use crate::decimal;
use crate::token::{KEYWORDS, Token, What, tokens};
use crate::unit::Unit;
use crate::{DEPTH_MAX, Fault, LIST_MAX, NODES_MAX, TEXT_BYTES_MAX};
use model::{Instant, Operator};
use std::ops::Range;

/// A tree as it is written: names and kinds are not looked at yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub at: Range<usize>,
    pub form: Syntax,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Syntax {
    Literal(Literal),
    Path(Vec<String>),
    Call(String, Vec<Node>),
    List(Vec<Node>),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Compare(Operator, Box<Node>, Box<Node>),
    In { item: Box<Node>, list: Box<Node>, negated: bool },
    Negate(Box<Node>),
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    If(Box<[Node; 3]>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Number(f64, Option<Unit>),
    /// In microseconds.
    Duration(i64),
    Text(String),
    Date(String),
    Instant(Instant),
    Bool(bool),
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

type Parsed = Result<Node, Fault>;

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    next: usize,
    depth: usize,
    nodes: usize,
}

/// Reads a whole text.
pub(crate) fn parse(text: &str) -> Parsed {
    if text.len() > TEXT_BYTES_MAX {
        let what = format!("the expression has {} bytes; {TEXT_BYTES_MAX} are the most", text.len());
        return Err(Fault::new(0..text.len(), what, "make it a decision table"));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { text, tokens: &tokens, next: 0, depth: 0, nodes: 0 };
    let node = parser.choice()?;
    match parser.peek() {
        None => Ok(node),
        Some(token) => Err(parser.unexpected(token)),
    }
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.next)
    }

    /// Takes the next token if it is this word or symbol.
    fn take(&mut self, wanted: &str) -> Option<Range<usize>> {
        let token = self.peek()?;
        let found = match &token.what {
            What::Word(word) => word == wanted,
            What::Symbol(symbol) => *symbol == wanted,
            _ => false,
        };
        found.then(|| {
            self.next += 1;
            token.at.clone()
        })
    }

    fn expect(&mut self, wanted: &str, remedy: &str) -> Result<Range<usize>, Fault> {
        match self.take(wanted) {
            Some(at) => Ok(at),
            None => Err(Fault::new(self.here(), format!("`{wanted}` is missing here"), remedy)),
        }
    }

    /// Where the next token stands, or the end.
    fn here(&self) -> Range<usize> {
        self.peek().map_or(self.text.len()..self.text.len(), |token| token.at.clone())
    }

    /// From a start to the end of what was read last, brackets and all.
    fn since(&self, start: usize) -> Range<usize> {
        let last = self.next.checked_sub(1).and_then(|last| self.tokens.get(last));
        start..last.map_or(start, |token| token.at.end)
    }

    fn unexpected(&self, token: &Token) -> Fault {
        let found = &self.text[token.at.clone()];
        let lower = found.to_ascii_lowercase();
        let remedy = match &token.what {
            What::Word(_) if KEYWORDS.contains(&lower.as_str()) && lower != found => format!("write {lower}"),
            What::Symbol("=" | "!=" | "<" | "<=" | ">" | ">=") => {
                "compare two things only; join comparisons with and".to_owned()
            }
            _ => "put and, or or another operator between the two".to_owned(),
        };
        Fault::new(token.at.clone(), format!("`{found}` cannot follow here"), remedy)
    }

    fn node(&mut self, at: Range<usize>, form: Syntax) -> Parsed {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            let what = format!("the expression has more than {NODES_MAX} parts");
            return Err(Fault::new(at, what, "make it a decision table"));
        }
        Ok(Node { at, form })
    }

    /// Goes one level down; every way that leads back to itself passes here.
    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        if self.depth == DEPTH_MAX {
            let what = format!("the expression is nested more than {DEPTH_MAX} deep");
            return Err(Fault::new(self.here(), what, "make it a decision table"));
        }
        self.depth += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }

    fn choice(&mut self) -> Parsed {
        self.deeper(|it| {
            let Some(start) = it.take("if") else { return it.or() };
            let condition = it.choice()?;
            it.expect("then", "write: if … then … else …")?;
            let then = it.choice()?;
            it.expect("else", "say what it is otherwise: if … then … else …")?;
            let otherwise = it.choice()?;
            let at = it.since(start.start);
            it.node(at, Syntax::If(Box::new([condition, then, otherwise])))
        })
    }

    fn or(&mut self) -> Parsed {
        self.chain("or", Self::and, Syntax::Or)
    }

    fn and(&mut self) -> Parsed {
        self.chain("and", Self::not, Syntax::And)
    }

    fn chain(
        &mut self,
        word: &str,
        mut part: impl FnMut(&mut Self) -> Parsed,
        form: fn(Vec<Node>) -> Syntax,
    ) -> Parsed {
        let start = self.here().start;
        let mut parts = vec![part(self)?];
        while self.take(word).is_some() {
            parts.push(part(self)?);
        }
        if parts.len() == 1 {
            return Ok(parts.swap_remove(0));
        }
        self.node(self.since(start), form(parts))
    }

    fn not(&mut self) -> Parsed {
        let Some(at) = self.take("not") else { return self.comparison() };
        let inner = self.deeper(Self::not)?;
        self.node(self.since(at.start), Syntax::Not(Box::new(inner)))
    }

    fn comparison(&mut self) -> Parsed {
        let start = self.here().start;
        let left = self.sum()?;
        if let Some(op) = self.operator() {
            let right = self.sum()?;
            let at = self.since(start);
            return self.node(at, Syntax::Compare(op, Box::new(left), Box::new(right)));
        }
        let after = self.tokens.get(self.next + 1).map(|token| &token.what);
        let negated = after == Some(&What::Word("in".to_owned())) && self.take("not").is_some();
        if self.take("in").is_none() {
            return Ok(left);
        }
        let list = self.sum()?;
        let at = self.since(start);
        self.node(at, Syntax::In { item: Box::new(left), list: Box::new(list), negated })
    }

    fn operator(&mut self) -> Option<Operator> {
        let What::Symbol(symbol) = self.peek()?.what else { return None };
        let op = match symbol {
            "=" => Operator::Eq,
            "!=" => Operator::Ne,
            "<" => Operator::Lt,
            "<=" => Operator::Le,
            ">" => Operator::Gt,
            ">=" => Operator::Ge,
            _ => return None,
        };
        self.next += 1;
        Some(op)
    }

    fn sum(&mut self) -> Parsed {
        self.operation([("+", Arithmetic::Add), ("-", Arithmetic::Subtract)], Self::product)
    }

    fn product(&mut self) -> Parsed {
        self.operation([("*", Arithmetic::Multiply), ("/", Arithmetic::Divide)], Self::sign)
    }

    fn operation(
        &mut self,
        operators: [(&str, Arithmetic); 2],
        mut part: impl FnMut(&mut Self) -> Parsed,
    ) -> Parsed {
        let start = self.here().start;
        let mut left = part(self)?;
        while let Some((_, op)) = operators.iter().find(|(symbol, _)| self.take(symbol).is_some()) {
            let right = part(self)?;
            let at = self.since(start);
            left = self.node(at, Syntax::Arithmetic(*op, Box::new(left), Box::new(right)))?;
        }
        Ok(left)
    }

    fn sign(&mut self) -> Parsed {
        let Some(at) = self.take("-") else { return self.plain() };
        let inner = self.deeper(Self::sign)?;
        self.node(self.since(at.start), Syntax::Negate(Box::new(inner)))
    }

    fn plain(&mut self) -> Parsed {
        let Some(token) = self.peek() else {
            let end = self.text.len();
            return Err(Fault::new(
                end..end,
                "something is missing at the end",
                "write a value, a name or a comparison",
            ));
        };
        let at = token.at.clone();
        self.next += 1;
        let literal = match &token.what {
            What::Number(_, Some(unit)) if unit.is_time() => return self.duration(token),
            What::Number(value, unit) => Literal::Number(*value, *unit),
            What::Text(text) => Literal::Text(text.clone()),
            What::Date(date) => Literal::Date(date.clone()),
            What::Instant(instant) => Literal::Instant(*instant),
            What::Word(word) => match word.as_str() {
                "true" => Literal::Bool(true),
                "false" => Literal::Bool(false),
                "nothing" => Literal::Nothing,
                _ => return self.name(word, at),
            },
            What::Symbol("(") => {
                let inner = self.choice()?;
                self.expect(")", "close what `(` opens")?;
                return Ok(inner);
            }
            What::Symbol("[") => {
                let (parts, end) = self.parts("]", "close what `[` opens, with commas between the values")?;
                return self.node(at.start..end, Syntax::List(parts));
            }
            What::Symbol(_) => {
                let what = format!("a value is missing before `{}`", &self.text[at.clone()]);
                return Err(Fault::new(at, what, "write a value, a name or a comparison"));
            }
        };
        self.node(at, Syntax::Literal(literal))
    }

    /// `1d 2h 30min`: as many as stand beside each other.
    fn duration(&mut self, first: &Token) -> Parsed {
        let mut at = first.at.clone();
        let mut micros = Some(0i64);
        let mut token = first;
        while let What::Number(value, Some(unit)) = token.what {
            micros = micros.zip(self::micros(value, unit)).and_then(|(sum, more)| sum.checked_add(more));
            at.end = token.at.end;
            match self.peek() {
                Some(next) if matches!(next.what, What::Number(_, Some(unit)) if unit.is_time()) => {
                    self.next += 1;
                    token = next;
                }
                _ => break,
            }
        }
        match micros {
            Some(micros) => self.node(at, Syntax::Literal(Literal::Duration(micros))),
            None => Err(Fault::new(
                at,
                "the duration is no whole number of microseconds, or too long",
                "write a coarser or shorter one",
            )),
        }
    }

    fn name(&mut self, word: &str, at: Range<usize>) -> Parsed {
        if KEYWORDS.contains(&word) {
            let what = format!("a value is missing before `{word}`");
            return Err(Fault::new(at, what, "write a value, a name or a comparison"));
        }
        if self.take("(").is_some() {
            let (arguments, end) = self.parts(")", "close what `(` opens, with commas between the values")?;
            return self.node(at.start..end, Syntax::Call(word.to_owned(), arguments));
        }
        let mut path = vec![word.to_owned()];
        let mut end = at.end;
        while self.take(".").is_some() {
            let here = self.here();
            let Some(What::Word(word)) = self.peek().map(|token| &token.what) else {
                return Err(Fault::new(
                    here,
                    "a name is missing after the dot",
                    "write a path like source.division",
                ));
            };
            self.next += 1;
            end = here.end;
            path.push(word.clone());
        }
        self.node(at.start..end, Syntax::Path(path))
    }

    /// What stands between brackets. Literals in it count as one part together, so that a list of codes may be long.
    fn parts(&mut self, close: &str, remedy: &str) -> Result<(Vec<Node>, usize), Fault> {
        let mut parts = Vec::new();
        if let Some(at) = self.take(close) {
            return Ok((parts, at.end));
        }
        loop {
            let part = self.choice()?;
            if matches!(part.form, Syntax::Literal(_)) {
                self.nodes = self.nodes.saturating_sub(1);
            }
            parts.push(part);
            if parts.len() > LIST_MAX {
                let what = format!("the list has more than {LIST_MAX} values");
                return Err(Fault::new(self.here(), what, "keep them in a table of the pack"));
            }
            if self.take(",").is_none() {
                return Ok((parts, self.expect(close, remedy)?.end));
            }
        }
    }
}

/// So many of a unit of time, if that is a whole number of microseconds.
fn micros(value: f64, unit: Unit) -> Option<i64> {
    let micros = decimal::scale(value, unit.factor_to(Unit::parse("µs")?)?);
    // Beyond 2^53 not every whole number is a number; that is 285 years.
    let whole = micros.fract() == 0.0 && micros.abs() <= 9e15;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
    whole.then_some(micros as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree with all its brackets.
    fn show(node: &Node) -> String {
        let all = |nodes: &[Node], between: &str| nodes.iter().map(show).collect::<Vec<_>>().join(between);
        match &node.form {
            Syntax::Literal(Literal::Number(value, unit)) => {
                format!("{value}{}", unit.map_or("", Unit::symbol))
            }
            Syntax::Literal(Literal::Duration(micros)) => format!("{}s", micros / 1_000_000),
            Syntax::Literal(Literal::Text(text)) => format!("'{text}'"),
            Syntax::Literal(literal) => format!("{literal:?}"),
            Syntax::Path(path) => path.join("."),
            Syntax::Call(name, arguments) => format!("{name}({})", all(arguments, ", ")),
            Syntax::List(parts) => format!("[{}]", all(parts, ", ")),
            Syntax::Not(inner) => format!("not({})", show(inner)),
            Syntax::And(parts) => format!("({})", all(parts, " and ")),
            Syntax::Or(parts) => format!("({})", all(parts, " or ")),
            Syntax::Compare(op, left, right) => format!("({} {op:?} {})", show(left), show(right)),
            Syntax::In { item, list, negated } => {
                format!("({} {}in {})", show(item), if *negated { "not " } else { "" }, show(list))
            }
            Syntax::Negate(inner) => format!("-{}", show(inner)),
            Syntax::Arithmetic(op, left, right) => format!("({op:?} {} {})", show(left), show(right)),
            Syntax::If(parts) => format!("if({})", all(parts.as_slice(), "; ")),
        }
    }

    fn check(text: &str, expected: &str) {
        let found = match parse(text) {
            Ok(node) => {
                assert!(text.get(node.at.clone()).is_some(), "{text}");
                show(&node)
            }
            Err(fault) => format!("{}..{} {fault}", fault.at.start, fault.at.end),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn operators_bind_as_in_the_grammar() {
        for (text, expected) in [
            ("a or b and not c = 1", "(a or (b and not((c Eq 1))))"),
            ("a and b and c", "(a and b and c)"),
            ("1 + 2 * -x - 3", "(Subtract (Add 1 (Multiply 2 -x)) 3)"),
            ("(1 + 2) * 3", "(Multiply (Add 1 2) 3)"),
            ("so2 <= 0.9 * limit(so2Limit)", "(so2 Le (Multiply 0.9 limit(so2Limit)))"),
            ("status in ['a', 'b']", "(status in ['a', 'b'])"),
            ("status not in []", "(status not in [])"),
            ("if a then 1 else if b then 2 else 3", "if(a; 1; if(b; 2; 3))"),
            ("source.division = '1402'", "(source.division Eq '1402')"),
            ("1d 2h 30min", "95400s"),
            ("1.5h", "5400s"),
            ("-5 °C < x", "(-5°C Lt x)"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        for (text, expected) in [
            ("", "0..0 something is missing at the end: write a value, a name or a comparison"),
            ("a = ", "4..4 something is missing at the end: write a value, a name or a comparison"),
            ("(a", "2..2 `)` is missing here: close what `(` opens"),
            ("1 < a < 3", "6..7 `<` cannot follow here: compare two things only; join comparisons with and"),
            ("a AND b", "2..5 `AND` cannot follow here: write and"),
            ("if a then b", "11..11 `else` is missing here: say what it is otherwise: if … then … else …"),
            ("a and or b", "6..8 a value is missing before `or`: write a value, a name or a comparison"),
            ("a. = 1", "3..4 a name is missing after the dot: write a path like source.division"),
            (
                "0.0000001s",
                "0..10 the duration is no whole number of microseconds, or too long: write a coarser or shorter one",
            ),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn every_limit_is_kept() {
        for (text, good) in [
            (format!("{}a", " ".repeat(TEXT_BYTES_MAX - 1)), true),
            (format!("{}a", " ".repeat(TEXT_BYTES_MAX)), false),
            (format!("{}a{}", "(".repeat(DEPTH_MAX - 1), ")".repeat(DEPTH_MAX - 1)), true),
            (format!("{}a{}", "(".repeat(DEPTH_MAX), ")".repeat(DEPTH_MAX)), false),
            (format!("{}a", "not ".repeat(DEPTH_MAX)), false),
            (format!("{}a", "- ".repeat(DEPTH_MAX)), false),
            (vec!["a"; NODES_MAX - 1].join(" and "), true),
            (vec!["a"; NODES_MAX].join(" and "), false),
            (format!("a in [{}]", vec!["1"; LIST_MAX].join(",")), true),
            (format!("a in [{}]", vec!["1"; LIST_MAX + 1].join(",")), false),
        ] {
            assert_eq!(parse(&text).is_ok(), good, "{} bytes: {}", text.len(), &text[..20.min(text.len())]);
        }
    }
}
