//! Planted mistakes: each is a small patch to the good sample, and must be answered with file, line and remedy.
//!
//! `tests/mistakes/*.toml` hold them. A mistake replaces `find` by `put` in `file`, or puts a whole `new` text there, or
//! takes the file away (`gone`). It expects exactly one complaint (or `count`), of which one is in `in` (default
//! `file`), on `line`, with `what` and `remedy` among its words.

use crate::folder::{files, lines, tests};
use jiff::civil::{Date, date};
use pack::File;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistakes {
    mistake: Vec<Mistake>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    name: String,
    file: String,
    find: Option<String>,
    put: Option<String>,
    new: Option<String>,
    #[serde(default)]
    gone: bool,
    r#in: Option<String>,
    line: usize,
    what: String,
    remedy: String,
    count: Option<usize>,
    day: Option<String>,
}

impl Mistake {
    /// The sample with the mistake in it.
    fn plant(&self, good: &[File]) -> Vec<File> {
        let mut files = good.to_vec();
        if self.gone {
            files.retain(|file| file.path != self.file);
            return files;
        }
        if let Some(text) = &self.new {
            files.retain(|file| file.path != self.file);
            files.push(File { path: self.file.clone(), text: text.clone() });
            return files;
        }
        let file = files.iter_mut().find(|file| file.path == self.file);
        let file = file.unwrap_or_else(|| panic!("{}: no file {}", self.name, self.file));
        let (find, put) = (self.find.as_deref().unwrap(), self.put.as_deref().unwrap());
        assert!(file.text.contains(find), "{}: `{find}` is not in {}", self.name, self.file);
        file.text = file.text.replacen(find, put, 1);
        files
    }

    /// What is wrong with the answer.
    fn wrong(&self, good: &[File]) -> Option<String> {
        let day: Date = self.day.as_ref().map_or(date(2026, 11, 25), |day| day.parse().unwrap());
        let Err(complaints) = pack::check(&self.plant(good), day) else {
            return Some(format!("{}: nobody complains", self.name));
        };
        let place = self.r#in.as_ref().unwrap_or(&self.file);
        let answered = complaints.iter().any(|c| {
            c.file == *place
                && c.line == self.line
                && c.what.contains(&self.what)
                && c.remedy.contains(&self.remedy)
        });
        let expected = self.count.unwrap_or(1);
        (!answered || complaints.len() != expected).then(|| {
            format!("{}: expected {expected}, at {place}:{}\n{}", self.name, self.line, lines(&complaints))
        })
    }
}

#[test]
fn every_planted_mistake_is_answered_with_its_line_and_a_remedy() {
    let good = files(&tests().join("sample"));
    let (mut planted, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(tests().join("mistakes")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let mistakes: Mistakes = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        planted += mistakes.mistake.len();
        wrong.extend(mistakes.mistake.iter().filter_map(|mistake| mistake.wrong(&good)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(planted >= 150, "only {planted} mistakes are planted");
}
