//! Expressions in words, Chinese and English: what a section chief would sign.

use crate::Kind;
use crate::function::Builtin;
use crate::parse::Arithmetic;
use crate::term::{Form, Term};
use model::{Lang, Name, Operator, Value};

/// What people call paths, functions and codes. What has no title is shown as it is written.
pub trait Titles {
    /// The title of a path.
    fn path(&self, _path: &[Name], _lang: Lang) -> Option<String> {
        None
    }

    /// The title of a host function. `{0}`, `{1}` … stand for its arguments; without them they follow in brackets.
    fn function(&self, _name: &str, _lang: Lang) -> Option<String> {
        None
    }

    /// The title of a code that an attribute can have.
    fn code(&self, _path: &[Name], _code: &str, _lang: Lang) -> Option<String> {
        None
    }
}

/// No titles: everything is shown as it is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Untitled;

impl Titles for Untitled {}

/// What people call what a definition only names; as [`Titles`], the attributes in expressions. What has no title is shown
/// as it is written.
pub trait Words: Titles {
    /// The title of a role.
    fn role(&self, _role: &Name, _lang: Lang) -> Option<String> {
        None
    }

    /// Law and clause, as they are cited.
    fn basis(&self, _basis: &str, _lang: Lang) -> Option<String> {
        None
    }

    /// The title of a type.
    fn kind(&self, _kind: &Name, _lang: Lang) -> Option<String> {
        None
    }

    /// The title of another process.
    fn process(&self, _process: &Name, _lang: Lang) -> Option<String> {
        None
    }

    /// The titles of what the cases of another process hold.
    fn case(&self, _process: &Name) -> Option<Box<dyn Titles + '_>> {
        None
    }

    /// The name of an outside system.
    fn system(&self, _system: &Name, _lang: Lang) -> Option<String> {
        None
    }
}

impl Words for Untitled {}

/// A value in words, with its unit: a duration as `2小时30分钟`, a day as `2026年10月1日`.
pub fn say_value(value: &Value, kind: &Kind, lang: Lang) -> String {
    self::value(value, kind, None, (lang, &Untitled))
}

/// In which language, and with whose titles.
pub(crate) type Titled<'a> = (Lang, &'a dyn Titles);

/// A term as it is written in the text.
pub(crate) fn written<'a>(text: &'a str, term: &Term) -> &'a str {
    text.get(term.at.clone()).unwrap_or_default()
}

/// A term in words.
pub(crate) fn sentence(term: &Term, titled: Titled) -> String {
    Teller { lang: titled.0, titles: titled.1 }.say(term)
}

/// One of two words, by language.
fn by<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// How one thing stands to another. Days and moments are early and late, not small and large.
pub(crate) fn comparison(op: Operator, (left, right): (&str, &str), kind: &Kind, lang: Lang) -> String {
    let in_time = matches!(kind, Kind::Date | Kind::Instant);
    let (zh, en) = match op {
        Operator::Eq => ("为", "is"),
        Operator::Ne => ("不为", "is not"),
        Operator::Lt if in_time => ("早于", "is before"),
        Operator::Le if in_time => ("不晚于", "is not after"),
        Operator::Gt if in_time => ("晚于", "is after"),
        Operator::Ge if in_time => ("不早于", "is not before"),
        Operator::Lt => ("小于", "is below"),
        Operator::Le => ("不大于", "is at most"),
        Operator::Gt => ("大于", "is above"),
        Operator::Ge => ("不小于", "is at least"),
    };
    match lang {
        Lang::Zh => format!("{left}{zh}{right}"),
        Lang::En => format!("{left} {en} {right}"),
    }
}

/// That something is one of several, or none of them.
pub(crate) fn among(name: &str, values: &[String], negated: bool, lang: Lang) -> String {
    match (lang, negated) {
        (Lang::Zh, false) => format!("{name}为{}之一", values.join("、")),
        (Lang::Zh, true) => format!("{name}不为{}中任何一个", values.join("、")),
        (Lang::En, false) => format!("{name} is one of {}", values.join(", ")),
        (Lang::En, true) => format!("{name} is none of {}", values.join(", ")),
    }
}

/// A value in words; a text as the title of a code, if it is one of the attribute at `path`.
pub(crate) fn value(value: &Value, kind: &Kind, path: Option<&[Name]>, (lang, titles): Titled) -> String {
    let number = |number: String| match kind {
        Kind::Number(Some(unit)) => format!("{number} {unit}"),
        _ => number,
    };
    match value {
        Value::Null => by(lang, "无", "nothing").to_owned(),
        Value::Bool(true) => by(lang, "是", "yes").to_owned(),
        Value::Bool(false) => by(lang, "否", "no").to_owned(),
        Value::Int(micros) if *kind == Kind::Duration => duration(*micros, lang),
        Value::Int(int) => number(int.to_string()),
        Value::Number(found) => number(found.to_string()),
        Value::Text(date) if *kind == Kind::Date => day(date, lang),
        Value::Text(text) => {
            let title = path.and_then(|path| titles.code(path, text, lang));
            let text = title.as_deref().unwrap_or(text);
            format!("“{text}”")
        }
        Value::Instant(at) => at.to_string(),
        Value::Ref(urn) => urn.tail().to_owned(),
        Value::List(list) => {
            let element = if let Kind::List(element) = kind { element } else { &Kind::Any };
            let all: Vec<String> =
                list.iter().map(|part| self::value(part, element, path, (lang, titles))).collect();
            all.join(by(lang, "、", ", "))
        }
        Value::Bytes(_) | Value::Map(_) | Value::Sealed(_) => {
            by(lang, "（不显示）", "(not shown)").to_owned()
        }
    }
}

/// `2026年10月1日` or `2026-10-01`.
fn day(date: &str, lang: Lang) -> String {
    match (lang, date.parse::<jiff::civil::Date>()) {
        (Lang::Zh, Ok(date)) => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        _ => date.to_owned(),
    }
}

/// In the largest units that are whole, none of them zero.
fn duration(micros: i64, lang: Lang) -> String {
    const UNITS: [(u64, &str, &str); 5] = [
        (86_400_000_000, "天", " d"),
        (3_600_000_000, "小时", " h"),
        (60_000_000, "分钟", " min"),
        (1_000_000, "秒", " s"),
        (1, "微秒", " µs"),
    ];
    let mut left = micros.unsigned_abs();
    let mut parts = Vec::new();
    for (size, zh, en) in UNITS {
        if left >= size {
            parts.push(format!("{}{}", left / size, by(lang, zh, en)));
            left %= size;
        }
    }
    if parts.is_empty() {
        parts.push(by(lang, "0秒", "0 s").to_owned());
    }
    let sign = if micros < 0 { "-" } else { "" };
    format!("{sign}{}", parts.join(by(lang, "", " ")))
}

struct Teller<'a> {
    lang: Lang,
    titles: &'a dyn Titles,
}

/// How tightly a term holds together; what is looser than its place stands in brackets.
fn rank(term: &Term) -> u8 {
    match &term.form {
        Form::If(_) => 0,
        Form::Or(_) => 1,
        Form::And(_) => 2,
        Form::Not(_) | Form::Compare(..) | Form::Known { .. } | Form::In { .. } => 3,
        Form::Arithmetic { op: Arithmetic::Add | Arithmetic::Subtract, .. } => 4,
        Form::Arithmetic { .. } | Form::Negate(_) => 5,
        Form::Fit { term, .. } => rank(term),
        _ => 6,
    }
}

impl Teller<'_> {
    fn by<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        by(self.lang, zh, en)
    }

    /// A pattern with `{0}`, `{1}` … filled in.
    fn fill(&self, zh: &str, en: &str, arguments: &[String]) -> String {
        fill(self.by(zh, en), arguments)
    }

    fn say(&self, term: &Term) -> String {
        match &term.form {
            Form::Literal(value) => self.value(value, &term.kind, None),
            // A condition that is only a name: that it is so.
            Form::Path { path, .. } if term.kind == Kind::Bool => self.is(path, true),
            Form::Path { path, .. } => self.path(path),
            Form::List(parts) => self.all(parts),
            Form::Not(inner) => self.negated(inner.bare()),
            Form::And(parts) => self.join(parts, "，且", " and ", 3),
            Form::Or(parts) => self.join(parts, "，或", " or ", 2),
            Form::Compare(op, left, right) => self.compare(*op, left, right),
            Form::Known { term, known } => self.known(term, *known),
            Form::In { item, list, negated } => self.member(item, list, *negated),
            Form::Negate(inner) => format!("-{}", self.inside(inner, 6)),
            Form::Arithmetic { op, left, right, .. } => self.arithmetic(*op, left, right),
            Form::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                let parts = [self.inside(condition, 1), self.inside(then, 1), self.say(otherwise)];
                self.fill("若{0}，则{1}，否则{2}", "if {0}, then {1}, otherwise {2}", &parts)
            }
            Form::Builtin(builtin, arguments) => self.builtin(*builtin, arguments),
            Form::Call(name, arguments) => self.call(name, arguments),
            Form::Fit { term, .. } => self.say(term),
        }
    }

    /// A term where only what holds together so tightly stands without brackets. A name is what it names there.
    fn inside(&self, term: &Term, tight: u8) -> String {
        let term = term.bare();
        match &term.form {
            Form::Path { path, .. } if tight > 3 => self.path(path),
            _ if rank(term) < tight => self.fill("（{0}）", "({0})", &[self.say(term)]),
            _ => self.say(term),
        }
    }

    fn value(&self, value: &Value, kind: &Kind, path: Option<&[Name]>) -> String {
        self::value(value, kind, path, (self.lang, self.titles))
    }

    fn path(&self, path: &[Name]) -> String {
        let written = || path.iter().map(Name::as_str).collect::<Vec<_>>().join(".");
        self.titles.path(path, self.lang).unwrap_or_else(written)
    }

    fn is(&self, path: &[Name], yes: bool) -> String {
        let name = self.path(path);
        let value = self.value(&Value::Bool(yes), &Kind::Bool, None);
        comparison(Operator::Eq, (&name, &value), &Kind::Bool, self.lang)
    }

    fn all(&self, parts: &[Term]) -> String {
        if parts.is_empty() {
            return self.by("空", "nothing").to_owned();
        }
        let parts: Vec<String> = parts.iter().map(|part| self.inside(part, 4)).collect();
        parts.join(self.by("、", ", "))
    }

    fn join(&self, parts: &[Term], zh: &str, en: &str, tight: u8) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.inside(part, tight)).collect();
        parts.join(self.by(zh, en))
    }

    /// What does not hold is said of the comparison itself where that says the same.
    fn negated(&self, inner: &Term) -> String {
        match &inner.form {
            Form::Compare(op, left, right) => self.compare(op.opposite(), left, right),
            Form::In { item, list, negated } => self.member(item, list, !negated),
            Form::Known { term, known } => self.known(term, !known),
            Form::Path { path, .. } => self.is(path, false),
            Form::Not(inner) => self.say(inner),
            _ => self.fill("并非（{0}）", "not ({0})", &[self.say(inner)]),
        }
    }

    fn known(&self, term: &Term, known: bool) -> String {
        let (zh, en) = if known { ("有{0}", "there is {0}") } else { ("没有{0}", "there is no {0}") };
        self.fill(zh, en, &[self.inside(term, 4)])
    }

    /// A side of a comparison; a code beside an attribute is called by its title.
    fn side(&self, term: &Term, other: &Term) -> String {
        match (&term.bare().form, &other.bare().form) {
            (Form::Literal(value @ Value::Text(_)), Form::Path { path, .. }) => {
                self.value(value, &term.bare().kind, Some(path))
            }
            _ => self.inside(term, 4),
        }
    }

    fn compare(&self, op: Operator, left: &Term, right: &Term) -> String {
        let sides = (self.side(left, right), self.side(right, left));
        comparison(op, (&sides.0, &sides.1), &left.kind, self.lang)
    }

    fn member(&self, item: &Term, list: &Term, negated: bool) -> String {
        let name = self.inside(item, 4);
        if let Form::List(parts) = &list.bare().form
            && !parts.is_empty()
        {
            let values: Vec<String> = parts.iter().map(|part| self.side(part, item)).collect();
            return among(&name, &values, negated, self.lang);
        }
        let (zh, en) = if negated {
            ("{0}不在{1}之中", "{0} is not in {1}")
        } else {
            ("{0}在{1}之中", "{0} is in {1}")
        };
        self.fill(zh, en, &[name, self.inside(list, 4)])
    }

    fn arithmetic(&self, op: Arithmetic, left: &Term, right: &Term) -> String {
        let literal = matches!(left.bare().form, Form::Literal(_));
        let share = matches!(left.bare().kind, Kind::Number(Some(unit)) if unit.symbol() == "%");
        // What stands right of a minus or a division sign must hold together more tightly than it.
        let (left_tight, right_tight) = match op {
            Arithmetic::Add => (4, 4),
            Arithmetic::Subtract => (4, 5),
            Arithmetic::Multiply => (5, 5),
            Arithmetic::Divide => (5, 6),
        };
        let sides = [self.inside(left, left_tight), self.inside(right, right_tight)];
        let (zh, en) = match op {
            Arithmetic::Add => ("{0}加{1}", "{0} plus {1}"),
            Arithmetic::Subtract => ("{0}减{1}", "{0} minus {1}"),
            Arithmetic::Multiply if literal && share => ("{1}的{0}", "{0} of {1}"),
            Arithmetic::Multiply if literal && left.kind == Kind::Number(None) => {
                ("{1}的{0}倍", "{0} times {1}")
            }
            Arithmetic::Multiply => ("{0}乘以{1}", "{0} times {1}"),
            Arithmetic::Divide => ("{0}除以{1}", "{0} divided by {1}"),
        };
        self.fill(zh, en, &sides)
    }

    fn builtin(&self, builtin: Builtin, arguments: &[Term]) -> String {
        let text = arguments.first().is_some_and(|argument| argument.kind == Kind::Text);
        let (zh, en) = match builtin {
            Builtin::Abs => ("{0}的绝对值", "the size of {0}"),
            Builtin::Sum => ("{0}之和", "the sum of {0}"),
            Builtin::Round => ("{0}（修约至{1}位小数）", "{0} (rounded to {1} decimals)"),
            Builtin::Length if text => ("{0}的字数", "the length of {0}"),
            Builtin::Length => ("{0}的个数", "the number of {0}"),
            Builtin::Contains => ("{0}包含{1}", "{0} contains {1}"),
            Builtin::StartsWith => ("{0}以{1}开头", "{0} begins with {1}"),
            Builtin::Day => ("{0}的日期", "the date of {0}"),
            Builtin::Hour => ("{0}的钟点", "the hour of {0}"),
            Builtin::Age => ("{0}至{1}的周岁数", "the whole years from {0} to {1}"),
            Builtin::Min => ("{0}中的最小值", "the least of {0}"),
            Builtin::Max => ("{0}中的最大值", "the greatest of {0}"),
        };
        let said = match builtin {
            Builtin::Min | Builtin::Max => vec![self.all(arguments)],
            _ => arguments.iter().map(|argument| self.inside(argument, 5)).collect(),
        };
        self.fill(zh, en, &said)
    }

    fn call(&self, name: &str, arguments: &[Term]) -> String {
        let title = self.titles.function(name, self.lang).unwrap_or_else(|| name.to_owned());
        let said: Vec<String> = arguments.iter().map(|argument| self.inside(argument, 4)).collect();
        if title.contains('{') {
            return fill(&title, &said);
        }
        let said = said.join(self.by("、", ", "));
        self.fill("{0}（{1}）", "{0}({1})", &[title, said])
    }
}

/// Each place of the pattern is filled once, so that braces in what is filled in stay.
fn fill(pattern: &str, arguments: &[String]) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let place =
            after.split_once('}').and_then(|(place, after)| Some((place.parse::<usize>().ok()?, after)));
        match place {
            Some((place, after)) => {
                out.push_str(arguments.get(place).map_or("", String::as_str));
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Called, good};

    #[test]
    fn expressions_are_said_in_both_languages() {
        for (text, zh, en) in [
            ("so2 > 35 mg/m³", "二氧化硫大于35 mg/m³", "sulphur dioxide is above 35 mg/m³"),
            (
                "so2 <= 0.9 * limit(so2Limit)",
                "二氧化硫不大于许可限值中现行的一项的0.9倍",
                "sulphur dioxide is at most 0.9 times the one in force of the permit limits",
            ),
            (
                "so2 > 90 % * so2",
                "二氧化硫大于二氧化硫的90 %",
                "sulphur dioxide is above 90 % of sulphur dioxide",
            ),
            ("actor != inspectedBy", "办理人不为核查人", "whoever acts is not the inspector"),
            (
                "status = 'open' and (urgent or waited > 2h 30min)",
                "状态为“办理中”，且（紧急为是，或等待时间大于2小时30分钟）",
                "the state is “in hand” and (urgent is yes or the wait is above 2 h 30 min)",
            ),
            ("not urgent", "紧急为否", "urgent is no"),
            (
                "not (urgent and count = 1)",
                "并非（紧急为是，且count为1）",
                "not (urgent is yes and count is 1)",
            ),
            ("not (so2 > 35 mg/m³)", "二氧化硫不大于35 mg/m³", "sulphur dioxide is at most 35 mg/m³"),
            ("signedOn < 2026-10-01", "签收日早于2026年10月1日", "the day of signing is before 2026-10-01"),
            ("inspectedBy = nothing", "没有核查人", "there is no the inspector"),
            ("status in ['open', 'x']", "状态为“办理中”、“x”之一", "the state is one of “in hand”, “x”"),
            ("status not in ['open']", "状态不为“办理中”中任何一个", "the state is none of “in hand”"),
            ("'coal' in tags", "“coal”在tags之中", "“coal” is in tags"),
            (
                "if urgent then 2h else 4h",
                "若紧急为是，则2小时，否则4小时",
                "if urgent is yes, then 2 h, otherwise 4 h",
            ),
            (
                "(count + 1) * 2 - (3 - count)",
                "（count加1）乘以2减（3减count）",
                "(count plus 1) times 2 minus (3 minus count)",
            ),
            ("starts-with(division, '1402')", "division以“1402”开头", "division begins with “1402”"),
            ("max(count, 2) > 1", "count、2中的最大值大于1", "the greatest of count, 2 is above 1"),
            ("-count", "-count", "-count"),
            ("near(source, 5 m)", "near（source、5 m）", "near(source, 5 m)"),
        ] {
            let expression = good(text, &Kind::Any);
            assert_eq!(expression.prose(Lang::Zh, &Called), zh, "{text}");
            assert_eq!(expression.prose(Lang::En, &Called), en, "{text}");
        }
    }

    #[test]
    fn patterns_are_filled_once() {
        let arguments = ["{1}".to_owned(), "b".to_owned()];
        for (pattern, expected) in [("{0} {1}", "{1} b"), ("{x} {2}", "{x} "), ("{", "{"), ("a}", "a}")] {
            assert_eq!(fill(pattern, &arguments), expected, "{pattern}");
        }
    }
}
