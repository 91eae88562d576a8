//! Text to tokens. A number takes its unit with it.

use crate::Fault;
use crate::fault::suggest;
use crate::unit::Unit;
use model::Instant;
use std::ops::Range;

/// One token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub at: Range<usize>,
    pub what: What,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    Number(f64, Option<Unit>),
    Text(String),
    Date(String),
    Instant(Instant),
    /// A name or a word of the language.
    Word(String),
    Symbol(&'static str),
}

/// Words that are no names.
pub(crate) const KEYWORDS: [&str; 10] =
    ["or", "and", "not", "in", "if", "then", "else", "true", "false", "nothing"];

/// The longer ones first.
const SYMBOLS: [&str; 16] =
    ["!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",", "."];

/// What people write out of other habits, and what they should write.
const HABITS: [(&str, &str); 24] = [
    ("==", "="),
    ("&&", "and"),
    ("||", "or"),
    ("<>", "!="),
    ("=>", ">="),
    ("=<", "<="),
    ("!", "not"),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("×", "*"),
    ("÷", "/"),
    ("\u{2212}", "-"),
    ("^", "a product"),
    ("、", ","),
    ("【", "["),
    ("】", "]"),
    ("。", "."),
    // The same, full-width.
    ("\u{ff0c}", ","),
    ("\u{ff08}", "("),
    ("\u{ff09}", ")"),
    ("\u{ff1d}", "="),
    ("\u{ff1c}", "<"),
    ("\u{ff1e}", ">"),
];

/// Quotes of other keyboards.
const QUOTES: [char; 6] = ['“', '”', '‘', '’', '「', '」'];

/// Cuts a text into tokens.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens = Vec::new();
    let mut at = 0;
    // Every turn goes at least one character further.
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (what, len) = token(text, at, first)?;
        tokens.push(Token { at: at..at + len, what });
        at += len;
    }
    Ok(tokens)
}

fn token(text: &str, at: usize, first: char) -> Result<(What, usize), Fault> {
    let rest = &text[at..];
    match first {
        '0'..='9' => number(text, at),
        '\'' | '"' => quoted(rest, at, first),
        'a'..='z' | 'A'..='Z' => {
            let word = word(rest);
            Ok((What::Word(word.to_owned()), word.len()))
        }
        _ => symbol(rest, at, first),
    }
}

/// A name: letters, digits and `_`; a `-` inside belongs to it if a letter follows.
fn word(rest: &str) -> &str {
    let bytes = rest.as_bytes();
    let mut len = 0;
    while let Some(byte) = bytes.get(len) {
        let inner = *byte == b'-' && bytes.get(len + 1).is_some_and(u8::is_ascii_alphabetic);
        if !(byte.is_ascii_alphanumeric() || *byte == b'_' || inner) {
            break;
        }
        len += 1;
    }
    &rest[..len]
}

fn symbol(rest: &str, at: usize, first: char) -> Result<(What, usize), Fault> {
    if QUOTES.contains(&first) {
        let at = at..at + first.len_utf8();
        return Err(Fault::new(at, format!("`{first}` opens no text"), "write straight quotes: 'text'"));
    }
    let habit = HABITS.iter().find(|(habit, _)| rest.starts_with(habit) && !rest.starts_with("!="));
    if let Some((habit, instead)) = habit {
        let what = format!("`{habit}` is not used here");
        return Err(Fault::new(at..at + habit.len(), what, format!("write {instead}")));
    }
    if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
        return Ok((What::Symbol(symbol), symbol.len()));
    }
    let what = format!("`{first}` means nothing here");
    Err(Fault::new(
        at..at + first.len_utf8(),
        what,
        "take it out; names are Latin letters and digits, text stands in 'quotes'",
    ))
}

/// Text has no escapes: what holds one kind of quote is written in the other.
fn quoted(rest: &str, at: usize, quote: char) -> Result<(What, usize), Fault> {
    let inside = &rest[1..];
    match inside.find([quote, '\n']) {
        Some(end) if !inside[end..].starts_with('\n') => Ok((What::Text(inside[..end].to_owned()), end + 2)),
        _ => Err(Fault::new(
            at..at + 1,
            "the text that opens here does not end",
            format!("close it with {quote}"),
        )),
    }
}

fn number(text: &str, at: usize) -> Result<(What, usize), Fault> {
    let rest = &text[at..];
    if let Some(moment) = date_or_instant(rest, at) {
        return moment;
    }
    let digits = |from: usize| rest[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut len = digits(0);
    if rest[len..].starts_with('.') && digits(len + 1) > 0 {
        len += 1 + digits(len + 1);
    }
    let value: f64 = rest[..len].parse().unwrap_or(f64::INFINITY);
    if !value.is_finite() {
        return Err(Fault::new(at..at + len, "the number is too long", "write a shorter one"));
    }
    let blanks = rest[len..].len() - rest[len..].trim_start_matches([' ', '\t']).len();
    match unit(&rest[len + blanks..], at + len + blanks)? {
        Some((unit, unit_len)) => Ok((What::Number(value, Some(unit)), len + blanks + unit_len)),
        None => Ok((What::Number(value, None), len)),
    }
}

/// The unit that stands at the start of a text: the longest one that ends where a word may end.
fn unit(rest: &str, at: usize) -> Result<Option<(Unit, usize)>, Fault> {
    let part = |c: char| c.is_alphanumeric() || "/%°‰㎡㎥".contains(c);
    let run = &rest[..rest.find(|c| !part(c)).unwrap_or(rest.len())];
    let word_len = run.find(|c: char| !c.is_alphanumeric()).unwrap_or(run.len());
    if KEYWORDS.contains(&&run[..word_len]) || !run.starts_with(|c: char| c != '/') {
        return Ok(None);
    }
    // What stands before a bracket is a decibel's weighting or a mistake that the parser will find.
    if rest.starts_with("dB(A)") {
        return Ok(Unit::parse("dB(A)").map(|unit| (unit, 5)));
    }
    let mut ends: Vec<usize> = run.char_indices().skip(1).map(|(end, _)| end).chain([run.len()]).collect();
    ends.retain(|end| !run[*end..].starts_with(char::is_alphanumeric) || run[..*end].ends_with(['%', '‰']));
    for end in ends.into_iter().rev() {
        if let Some(unit) = Unit::parse(&run[..end]) {
            return Ok(Some((unit, end)));
        }
    }
    let remedy = suggest(run, Unit::spellings(), "write a unit of the table, or an operator between the two");
    Err(Fault::new(at..at + run.len(), format!("`{run}` is no unit"), remedy))
}

/// `2026-10-01`, or `2026-10-01T08:00:00+08:00`.
fn date_or_instant(rest: &str, at: usize) -> Option<Result<(What, usize), Fault>> {
    let bytes = rest.as_bytes().get(..10)?;
    let shape =
        |(i, byte): (usize, &u8)| if i == 4 || i == 7 { *byte == b'-' } else { byte.is_ascii_digit() };
    if !bytes.iter().enumerate().all(shape) {
        return None;
    }
    if rest[10..].starts_with('T') {
        let len = 11 + rest[11..].bytes().take_while(|b| b.is_ascii_digit() || b"+-:.Z".contains(b)).count();
        return Some(Instant::parse(&rest[..len]).map(|instant| (What::Instant(instant), len)).map_err(
            |_| {
                let what = format!("`{}` is no moment", &rest[..len]);
                Fault::new(at..at + len, what, "write it with its offset: 2026-10-01T08:00:00+08:00")
            },
        ));
    }
    let date = &rest[..10];
    Some(match date.parse::<jiff::civil::Date>() {
        Ok(_) => Ok((What::Date(date.to_owned()), 10)),
        Err(_) => Err(Fault::new(
            at..at + 10,
            format!("there is no day {date}"),
            "write year, month, day: 2026-10-01",
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let show = |token: &Token| match &token.what {
            What::Number(value, None) => value.to_string(),
            What::Number(value, Some(unit)) => format!("{value}{unit}"),
            What::Text(text) => format!("'{text}'"),
            What::Date(date) => date.clone(),
            What::Instant(at) => at.to_string(),
            What::Word(word) => format!("{word}~"),
            What::Symbol(symbol) => (*symbol).to_owned(),
        };
        match tokens(text) {
            Ok(tokens) => tokens.iter().map(show).collect::<Vec<_>>().join(" "),
            Err(fault) => format!("{}..{} {fault}", fault.at.start, fault.at.end),
        }
    }

    #[test]
    fn texts_are_cut() {
        for (text, expected) in [
            ("so2>35 mg/m3", "so2~ > 35mg/m³"),
            ("35mg/m³ or 2", "35mg/m³ or~ 2"),
            ("2h 30min", "2h 30min"),
            ("20 % + 3%", "20% + 3%"),
            ("3 元", "3元"),
            ("65dB(A)", "65dB"),
            ("2 kg/x", "2kg / x~"),
            ("1 then 2in", "1 then~ 2 in~"),
            ("a-b - 1-2", "a-b~ - 1 - 2"),
            ("a-1", "a~ - 1"),
            ("starts-with(a.b, \"x'y\")", "starts-with~ ( a~ . b~ , 'x'y' )"),
            ("2026-10-01", "2026-10-01"),
            ("2026-10-01T08:00:00+08:00", "2026-10-01T00:00:00Z"),
            ("0.50", "0.5"),
            ("a == 1", "2..4 `==` is not used here: write ="),
            ("a && b", "2..4 `&&` is not used here: write and"),
            ("a ≤ 1", "2..5 `≤` is not used here: write <="),
            ("'a", "0..1 the text that opens here does not end: close it with '"),
            ("“a”", "0..3 `“` opens no text: write straight quotes: 'text'"),
            ("35 mg/m4", "35mg / m4~"),
            ("35 kgs", "3..6 `kgs` is no unit: did you mean `kg`?"),
            ("2026-13-01", "0..10 there is no day 2026-13-01: write year, month, day: 2026-10-01"),
            (
                "污",
                "0..3 `污` means nothing here: take it out; names are Latin letters and digits, text stands in 'quotes'",
            ),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
