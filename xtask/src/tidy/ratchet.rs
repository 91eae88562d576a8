//! The exceptions to the sizes, in `xtask/ratchet.txt`: they may only shrink.
//!
//! One line each, `path what lines`, where `what` is `file` or `fn:name`; `#` starts a comment. Two functions of one
//! name in a file share a line: the longest counts. A line that forgives more than is now needed is an error itself.

use std::collections::BTreeMap;

use super::Complaint;
use super::sizes::Excess;

pub const PATH: &str = "xtask/ratchet.txt";

/// What was measured.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    File,
    Function(String),
}

pub struct Ratchet {
    allowed: BTreeMap<(String, What), Allowed>,
    complaints: Vec<Complaint>,
}

struct Allowed {
    line: usize,
    lines: usize,
}

impl Ratchet {
    pub fn parse(text: &str) -> Self {
        let mut ratchet = Self { allowed: BTreeMap::new(), complaints: Vec::new() };
        for (index, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or("").trim();
            if line.is_empty() {
                continue;
            }
            let known = entry(line).and_then(|(key, lines)| {
                ratchet.allowed.insert(key, Allowed { line: index + 1, lines }).is_none().then_some(())
            });
            if known.is_none() {
                let wrong = format!("`{line}` cannot be read, or is there twice");
                ratchet.complaints.push(Complaint::new(
                    PATH,
                    index + 1,
                    wrong,
                    "write `path file 512` or `path fn:name 84`",
                ));
            }
        }
        ratchet
    }

    /// Complains of what is too long and not forgiven, and of what is forgiven for no need.
    pub fn check(self, excesses: Vec<Excess>) -> Vec<Complaint> {
        let mut complaints = self.complaints;
        let mut longest: BTreeMap<(String, What), Excess> = BTreeMap::new();
        for excess in excesses {
            let key = (excess.path.clone(), excess.what.clone());
            if longest.get(&key).is_none_or(|known| known.lines < excess.lines) {
                longest.insert(key, excess);
            }
        }
        for (key, allowed) in &self.allowed {
            let wrong = match longest.get(key).map(|excess| excess.lines) {
                None => "nothing there is too long any more".to_owned(),
                Some(lines) if lines < allowed.lines => {
                    format!("{} are forgiven, {lines} are needed", allowed.lines)
                }
                Some(_) => continue,
            };
            let lower = longest.get(key).map(|excess| format!("lower it to {}", excess.lines));
            let remedy = lower.unwrap_or_else(|| "take the line out".to_owned());
            complaints.push(Complaint::new(PATH, allowed.line, wrong, remedy));
        }
        let unforgiven = longest.into_iter().filter_map(|(key, excess)| {
            let allowed = self.allowed.get(&key).map_or(excess.limit, |allowed| allowed.lines);
            (excess.lines > allowed).then(|| too_long(&excess, allowed))
        });
        complaints.extend(unforgiven);
        complaints
    }
}

fn entry(line: &str) -> Option<((String, What), usize)> {
    let mut words = line.split_whitespace();
    let (path, what, lines, None) = (words.next()?, words.next()?, words.next()?, words.next()) else {
        return None;
    };
    let what = match what.strip_prefix("fn:") {
        Some(name) => What::Function(name.to_owned()),
        None if what == "file" => What::File,
        None => return None,
    };
    Some(((path.to_owned(), what), lines.parse().ok()?))
}

fn too_long(excess: &Excess, allowed: usize) -> Complaint {
    let (subject, remedy) = match &excess.what {
        What::File => ("the file".to_owned(), "split it by what its parts are for"),
        What::Function(name) => (format!("`fn {name}`"), "name its parts and move them out"),
    };
    let ratchet = if allowed > excess.limit { " and the ratchet may not grow" } else { "" };
    let wrong = format!("{subject} has {} lines where {allowed} are allowed{ratchet}", excess.lines);
    Complaint::new(&excess.path, excess.line, wrong, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excess(name: &str, lines: usize) -> Excess {
        Excess { path: "a.rs".into(), what: What::Function(name.into()), line: 7, lines, limit: 70 }
    }

    fn check_one(ratchet: &str, excesses: Vec<Excess>, expected: &str) {
        let found: Vec<_> = Ratchet::parse(ratchet).check(excesses).iter().map(ToString::to_string).collect();
        assert!(found.len() == 1 && found[0].contains(expected), "{found:?}\nexpected {expected}");
    }

    #[test]
    fn an_exception_may_only_shrink() {
        let entry = "# why\na.rs fn:long 84\n";
        assert_eq!(Ratchet::parse(entry).check(vec![excess("long", 84)]), []);
        check_one(
            entry,
            vec![excess("long", 85)],
            "a.rs:7: `fn long` has 85 lines where 84 are allowed and the ratchet",
        );
        check_one(
            entry,
            vec![excess("long", 80)],
            "ratchet.txt:2: 84 are forgiven, 80 are needed — lower it to 80",
        );
        check_one(entry, vec![], "ratchet.txt:2: nothing there is too long any more — take the line out");
    }

    #[test]
    fn functions_of_one_name_share_a_line() {
        let both = || vec![excess("new", 75), excess("new", 90), excess("new", 71)];
        assert_eq!(Ratchet::parse("a.rs fn:new 90").check(both()), []);
        check_one("a.rs fn:new 89", both(), "has 90 lines");
    }

    #[test]
    fn lines_that_say_nothing_are_refused() {
        for line in ["a.rs 84", "a.rs file many", "a.rs long 84", "a.rs file 84 because"] {
            check_one(line, vec![], "ratchet.txt:1:");
        }
    }
}
