//! The file of a document: a numbered paper that an act of a process issues. Its text is that of the pack, with the
//! values of the case in it.

use super::scope::Scope;
use super::text;
use crate::names::TypeNames;
use crate::tree::{AttributeId, Both, Fields, Id, Line, ListOf, Named, Refer, Refers, Section, nearest};
use lang::Names;
use model::{Name, Text};

/// A numbered paper.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its name.
    pub id: Name,
    /// What stands over it.
    pub title: Text,
    /// The process whose acts issue it: those that have a field that it numbers.
    pub process: Name,
    /// The word of its kind, after that of the office: 罚 in 同环罚〔2026〕12号.
    pub word: String,
    /// The attribute of the case by whose value it is another office's, if offices share it out by field of work.
    pub per: Option<Name>,
    /// To whom it is addressed: an attribute of the case, or one behind a reference.
    pub to: Vec<Name>,
    /// The law on which it rests.
    pub basis: String,
    /// Who has drafted, checked and signed it, by their acts, in this order.
    pub chain: Vec<Signing>,
    /// The act that says how and when it reached whom it is addressed to; it may be the one that issues it.
    pub served: Option<Name>,
    /// The act by which whoever it is addressed to says that it was received.
    pub signed: Option<Name>,
    /// Its paragraphs. What stands in braces is a path of the case: `{party}`, `{offence.title}`.
    pub body: Vec<Text>,
}

/// One hand through which it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Signing {
    /// What it is called.
    pub title: Text,
    /// The act.
    pub act: Name,
}

/// A part of a paragraph.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Words.
    Words(String),
    /// The value behind a path.
    Value(Vec<Name>),
}

/// A paragraph's parts. What is in braces and no path stays as it is written.
pub fn pieces(paragraph: &str) -> Vec<Piece> {
    let (mut parts, mut words, mut rest) = (Vec::new(), String::new(), paragraph);
    while let Some((before, after)) = rest.split_once('{') {
        words.push_str(before);
        let hole = after.split_once('}').and_then(|(hole, after)| Some((path(hole)?, after)));
        if let Some((path, after)) = hole {
            if !words.is_empty() {
                parts.push(Piece::Words(std::mem::take(&mut words)));
            }
            parts.push(Piece::Value(path));
            rest = after;
        } else {
            words.push('{');
            rest = after;
        }
    }
    words.push_str(rest);
    if !words.is_empty() {
        parts.push(Piece::Words(words));
    }
    parts
}

fn path(text: &str) -> Option<Vec<Name>> {
    text.split('.').map(|step| Name::new(step).ok()).collect()
}

/// Reads it.
pub(crate) fn document(s: &mut Section<'_>, scope: Scope<'_>) -> Document {
    s.format();
    let process = s.need("process", "The process whose acts issue it.", Refers(Refer::Process));
    let names = scope.case(&process);
    let to = s.need(
        "to",
        "To whom: an attribute of the case, or one behind a reference, as \"holder.name\".",
        Line,
    );
    let about = "Its paragraphs. What stands in braces is a path of the case, as {party} or {offence.title}.";
    let document = Document {
        id: s.need("id", "Its name, and that of its file.", Id),
        title: s.need("title", "What stands over it.", Both),
        word: s.need("word", "The word of its kind, after that of the office, as \"罚\".", Line),
        per: s.may("per", "The attribute of the case by whose value it is another office's.", AttributeId),
        basis: text(s.need("basis", "The law on which it rests.", Refers(Refer::Basis))),
        chain: s.need(
            "chain",
            "Who has drafted, checked and signed it, in this order.",
            ListOf(Fields(signing)),
        ),
        served: s.may(
            "served",
            "The act that says how and when it reached whom it is addressed to; it may be the one that issues it.",
            Named("serve"),
        ),
        signed: s.may(
            "signed",
            "The act by which whoever it is addressed to says that it was received.",
            Named("sign-for"),
        ),
        body: s.need("body", about, ListOf(Both)),
        to: path(&to).unwrap_or_default(),
        process,
    };
    if s.is_sound() {
        let names = Known { case: &names, acts: acts(scope, &document) };
        names.check(s, "to", &document.to);
        if let Some(per) = &document.per {
            names.check(s, "per", std::slice::from_ref(per));
        }
        for (number, paragraph) in (1..).zip(&document.body) {
            let key = format!("body.{number}");
            let [zh, en] = [&paragraph.zh, &paragraph.en].map(|text| holes(text));
            for hole in &zh {
                names.check(s, &key, hole);
            }
            if zh.iter().any(|hole| !en.contains(hole)) || en.iter().any(|hole| !zh.contains(hole)) {
                s.complain(&key, "the two languages do not name the same values", "name each in both");
            }
        }
        issued(s, scope, &document);
    }
    document
}

fn signing(s: &mut Section<'_>) -> Signing {
    Signing {
        title: s.need("title", "What it is called, as 审核.", Both),
        act: s.need("act", "The act of the process.", Named("decide")),
    }
}

/// The paths in a paragraph.
fn holes(paragraph: &str) -> Vec<Vec<Name>> {
    let path = |piece| match piece {
        Piece::Value(path) => Some(path),
        Piece::Words(_) => None,
    };
    pieces(paragraph).into_iter().filter_map(path).collect()
}

/// What can be named: paths of the case, and what comes with the act that issues it.
struct Known<'a> {
    case: &'a TypeNames<'a>,
    acts: Vec<&'a process::Action>,
}

impl Known<'_> {
    fn check(&self, s: &Section<'_>, key: &str, path: &[Name]) {
        let steps: Vec<&str> = path.iter().map(Name::as_str).collect();
        let found = match steps[..] {
            ["act", of] => self.acts.is_empty() || self.acts.iter().all(|act| comes_with(act, of)),
            _ => self.case.kind(&steps).is_some(),
        };
        if steps.is_empty() || found {
            return;
        }
        let said = steps.join(".");
        let fields = self.acts.iter().flat_map(|act| &act.fields).map(|field| format!("act.{}", field.id));
        let known: Vec<String> = self.case.known().into_iter().chain(fields).collect();
        let remedy = match nearest(&said, known.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => "write an attribute of the case".to_owned(),
        };
        s.complain(key, format!("the case has no `{said}`"), remedy);
    }
}

/// Whether an act brings something of this name.
fn comes_with(act: &process::Action, name: &str) -> bool {
    match name {
        "opinion" => act.needs.contains(&process::Need::Opinion),
        "reason" => !act.reasons.is_empty() || !act.pauses.is_empty(),
        _ => act.fields.iter().any(|field| field.id == *name),
    }
}

/// The acts that issue a document.
fn acts<'a>(scope: Scope<'a>, document: &Document) -> Vec<&'a process::Action> {
    let process = scope.process(&document.process);
    let all = process.into_iter().flat_map(|process| &process.action);
    let issues =
        |act: &&process::Action| act.fields.iter().any(|f| f.document.as_ref() == Some(&document.id));
    all.filter(issues).collect()
}

/// Whether the process has its acts, and one that issues it.
fn issued(s: &Section<'_>, scope: Scope<'_>, document: &Document) {
    let Some(process) = scope.process(&document.process) else { return };
    let signed = (1..).zip(&document.chain).map(|(number, step)| (format!("chain.{number}.act"), &step.act));
    let served = [("served", &document.served), ("signed", &document.signed)];
    let served = served.into_iter().filter_map(|(key, act)| Some((key.to_owned(), act.as_ref()?)));
    for (key, act) in signed.chain(served).filter(|(_, act)| process.action(act).is_none()) {
        let known = process.action.iter().map(|action| action.id.as_str());
        let remedy = match nearest(act.as_str(), known) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => "write an act of the process".to_owned(),
        };
        s.complain(&key, format!("{} has no act `{act}`", process.id), remedy);
    }
    let numbers =
        |action: &process::Action| action.fields.iter().any(|f| f.document.as_ref() == Some(&document.id));
    if !process.action.iter().any(numbers) {
        let what = format!("no act of {} issues it", process.id);
        let remedy = format!("add document = \"{}\" to the field of an act that is its number", document.id);
        s.complain("process", what, remedy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_is_words_and_values() {
        let path = |text: &str| Piece::Value(path(text).unwrap());
        let words = |text: &str| Piece::Words(text.to_owned());
        let found = pieces("{party}：处罚款{fine}元，{offence.title}。{not a path} {");
        let expected = [
            path("party"),
            words("：处罚款"),
            path("fine"),
            words("元，"),
            path("offence.title"),
            words("。{not a path} {"),
        ];
        assert_eq!(found, expected);
        assert_eq!(pieces(""), []);
    }
}
