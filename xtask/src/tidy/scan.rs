//! Tells Rust code from its comments and literals, well enough to count braces and find words. No parser.

use super::tree::line_at;

/// A `.rs` file taken apart.
pub struct Scanned {
    /// The text with every comment and literal blanked out, byte for byte, line for line.
    pub code: String,
    /// The string literals, without their quotes.
    pub strings: Vec<Literal>,
}

/// One string literal.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// Where it starts.
    pub line: usize,
    pub text: String,
}

/// One function with a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    /// The line of its `fn`.
    pub line: usize,
    /// From the `fn` to its last brace.
    pub lines: usize,
}

pub fn scan(text: &str) -> Scanned {
    let mut scanner = Scanner { text, at: 0, code: Vec::with_capacity(text.len()), strings: Vec::new() };
    while scanner.at < text.len() {
        scanner.step();
    }
    Scanned { code: String::from_utf8_lossy(&scanner.code).into_owned(), strings: scanner.strings }
}

/// The functions of already blanked code, in order; one inside another counts in both.
pub fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for start in words(code, "fn") {
        let rest = code[start + 2..].trim_start();
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        // A name is missing in the type of a function, a body in a trait's promise.
        if let (false, Some(end)) = (name.is_empty(), body_end(code, code.len() - rest.len())) {
            let line = line_at(code, start);
            found.push(Function { name, line, lines: line_at(code, end) - line + 1 });
        }
    }
    found
}

/// The line where the test module at the foot of the file starts, if that is how the file ends.
pub fn tests_at_foot(code: &str) -> Option<usize> {
    let attribute = "#[cfg(test)]";
    code.match_indices(attribute).find_map(|(start, _)| {
        let mut after = start + attribute.len();
        while code[after..].trim_start().starts_with("#[") {
            after += code[after..].find(']')? + 1;
        }
        let item = code[after..].trim_start();
        let is_module = item.starts_with("mod ") || item.starts_with("pub mod ");
        let end = body_end(code, after).filter(|_| is_module)?;
        code[end + 1..].trim().is_empty().then(|| line_at(code, start))
    })
}

/// Where a word stands alone in blanked code.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = code.as_bytes();
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let after = bytes.get(at + word.len());
        !at.checked_sub(1).is_some_and(|before| in_name(bytes[before])) && !after.is_some_and(|b| in_name(*b))
    })
}

/// The last brace of the item whose head starts at `start`; `None` when it ends in `;` or is not whole.
fn body_end(code: &str, start: usize) -> Option<usize> {
    let (mut brackets, mut braces) = (0_i32, 0_i32);
    for (at, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'(' | b'[' => brackets += 1,
            b')' | b']' => brackets -= 1,
            b'{' => braces += 1,
            b'}' if braces == 1 && brackets == 0 => return Some(at),
            b'}' => braces -= 1,
            b';' if braces == 0 && brackets == 0 => return None,
            _ => {}
        }
    }
    None
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    code: Vec<u8>,
    strings: Vec<Literal>,
}

impl Scanner<'_> {
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        if rest.starts_with("//") {
            self.blank(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.blank(block_comment(rest));
        } else if rest.starts_with('"') {
            let length = quoted(rest, '"');
            self.string(1, length, 1);
        } else if let Some(hashes) = self.raw_string(rest) {
            let close = format!("\"{}", "#".repeat(hashes));
            let open = hashes + 2;
            let length = rest[open..].find(&close).map_or(rest.len(), |end| open + end + close.len());
            self.string(open, length, close.len());
        } else if rest.starts_with('\'') && is_char(rest) {
            self.blank(quoted(rest, '\''));
        } else {
            let length = rest.chars().next().map_or(1, char::len_utf8);
            self.code.extend_from_slice(&rest.as_bytes()[..length]);
            self.at += length;
        }
    }

    /// The number of `#` when a raw string starts here.
    fn raw_string(&self, rest: &str) -> Option<usize> {
        let after = rest.strip_prefix('r')?;
        let hashes = after.bytes().take_while(|byte| *byte == b'#').count();
        let before = |back: usize| self.at.checked_sub(back).map(|at| self.text.as_bytes()[at]);
        let prefix = matches!(before(1), Some(b'b' | b'c')) && !before(2).is_some_and(in_name);
        let starts = prefix || !before(1).is_some_and(in_name);
        (starts && after[hashes..].starts_with('"')).then_some(hashes)
    }

    fn string(&mut self, open: usize, length: usize, close: usize) {
        let end = length.saturating_sub(close).max(open);
        let text = self.text[self.at..].get(open..end).unwrap_or_default().to_owned();
        self.strings.push(Literal { line: line_at(self.text, self.at), text });
        self.blank(length);
    }

    fn blank(&mut self, length: usize) {
        let gone = &self.text.as_bytes()[self.at..self.at + length];
        self.code.extend(gone.iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }));
        self.at += length;
    }
}

/// The length of a block comment, comments inside it included.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// The length of a literal that starts with its quote and minds backslashes.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return at + 1;
        }
    }
    rest.len()
}

/// Whether a single quote starts a character rather than a lifetime.
fn is_char(rest: &str) -> bool {
    let mut after = rest.chars().skip(1);
    match after.next() {
        Some('\\') => true,
        Some(_) => after.next() == Some('\''),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks what code is left, and that every line and byte stayed in its place.
    fn check_code(source: &str, left: &[&str]) {
        let code = scan(source).code;
        assert_eq!(code.split_whitespace().collect::<Vec<_>>(), left, "{source}");
        assert_eq!(code.len(), source.len(), "{source}");
        assert_eq!(code.lines().count(), source.lines().count(), "{source}");
    }

    #[test]
    fn comments_and_literals_are_blanked() {
        check_code("a // {\nb", &["a", "b"]);
        check_code("a /* { /* { */ \n */ b", &["a", "b"]);
        check_code("f(\"{\\\"\") g(\"\\\\\") h", &["f(", ")", "g(", ")", "h"]);
        check_code("r#\"\"{\"# x r\"\\\" y", &["x", "y"]);
        check_code("br\"{\" x c\"}\" y", &["b", "x", "c", "y"]);
        check_code("bar\"{\" x", &["bar", "x"]);
        check_code("'{' b'\\'' '\\u{7d}' '\\\\' '同' x", &["b", "x"]);
        check_code("fn f<'a>(x: &'a str, '同: 'b) {", &["fn", "f<'a>(x:", "&'a", "str,", "'同:", "'b)", "{"]);
        check_code("r#type 'loop: loop {}", &["r#type", "'loop:", "loop", "{}"]);
    }

    #[test]
    fn strings_are_kept_with_their_line() {
        let strings = scan("x\n\"a\\n\" r##\"b\"#c\"## // \"no\"\n'\"' \"d\"").strings;
        let seen: Vec<_> = strings.iter().map(|s| (s.line, s.text.as_str())).collect();
        assert_eq!(seen, [(2, "a\\n"), (2, "b\"#c"), (3, "d")]);
    }

    #[test]
    fn what_never_ends_does_not_stop_the_scanner() {
        for source in ["\"abc", "/* x", "r#\"abc", "r\"", "'", "'\\", "\"\\", "fn f() {", "fn"] {
            assert_eq!(functions(&scan(source).code), [], "{source}");
        }
    }

    #[test]
    fn functions_are_measured() {
        let source = "fn one() { '}' }\n\
            trait T { fn promise(&self); }\n\
            type F = fn(u8) -> u8;\n\
            fn two<F: Fn([u8; 2])>(\n f: F,\n) -> impl Fn()\nwhere\n F: Copy,\n{\n let s = \"}\"; // }\n fn inner() {\n }\n}\n";
        let code = scan(source).code;
        let found: Vec<_> = functions(&code).into_iter().map(|f| (f.name, f.line, f.lines)).collect();
        let expected = [("one", 1, 1), ("two", 4, 10), ("inner", 11, 2)];
        assert_eq!(found, expected.map(|(name, line, lines)| (name.to_owned(), line, lines)));
    }

    #[test]
    fn the_tests_at_the_foot_are_found() {
        let foot = |source: &str| tests_at_foot(&scan(source).code);
        assert_eq!(foot("fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\n"), Some(2));
        assert_eq!(foot("#[cfg(test)]\n#[expect(x)]\nmod tests {}\n// the end\n"), Some(1));
        assert_eq!(foot("#[cfg(test)]\nfn helper() {}\n\n#[cfg(test)]\nmod tests {}\n"), Some(4));
        assert_eq!(foot("#[cfg(test)]\nmod tests {}\nfn after() {}\n"), None);
        assert_eq!(foot("#[cfg(test)]\nmod tests;\n"), None);
        assert_eq!(foot("// #[cfg(test)]\nmod tests {}\n"), None);
    }
}
