//! Brings the English of `texts.en.toml` to the files whose Chinese it is of, before they are read; and says afterwards
//! which of it was of no use.

use crate::read::texts::{Translation, texts};
use crate::sheet::{Sheet, What};
use crate::tree::{English, nearest, written};

/// Files whose English may stand apart. The calendar and the ordinance are read by themselves too, and keep theirs.
const APART: [What; 12] = [
    What::Pack,
    What::Laws,
    What::Type,
    What::Process,
    What::Rule,
    What::Table,
    What::Limit,
    What::Service,
    What::Dataset,
    What::Board,
    What::Document,
    What::Connector,
];

/// What was found in one file of texts: its place in the list of sheets, and its texts.
pub(crate) type Found = Vec<(usize, Vec<Translation>)>;

/// Reads all files of texts, and hands each sheet of their packs its English.
pub(crate) fn attach(sheets: &[Sheet<'_>]) -> Found {
    let mut found = Vec::new();
    for (at, own) in sheets.iter().enumerate().filter(|(_, sheet)| sheet.what == What::Texts) {
        let all = own.read(texts).unwrap_or_default();
        let lost = own.tree.is_none() || own.reading.has_holes();
        for sheet in sheets.iter().filter(|sheet| sheet.folder == own.folder && APART.contains(&sheet.what)) {
            let Some(tree) = &sheet.tree else { continue };
            let mut english = English::of(own.reading.path(), within(sheet), tree);
            english.lost = lost;
            for one in all.iter().filter(|one| one.file == english.file) {
                if let Some(node) = tree.follow(&one.steps) {
                    english.texts.insert(node.span.start, one.text.clone());
                }
            }
            sheet.reading.translate(english);
        }
        found.push((at, all));
    }
    found
}

/// Complains of texts that stand for nothing.
pub(crate) fn unused(sheets: &[Sheet<'_>], found: &Found) {
    for (at, all) in found {
        let own = &sheets[*at];
        for one in all {
            let of = sheets.iter().find(|sheet| sheet.folder == own.folder && within(sheet) == one.file);
            if let Some((what, remedy)) = fault(sheets, own, of, one) {
                own.reading.complain(&one.span, what, remedy);
            }
        }
    }
}

fn fault(
    sheets: &[Sheet<'_>],
    own: &Sheet<'_>,
    of: Option<&Sheet<'_>>,
    one: &Translation,
) -> Option<(String, String)> {
    let Some(sheet) = of else {
        let known = sheets.iter().filter(|sheet| sheet.folder == own.folder && APART.contains(&sheet.what));
        let remedy = match nearest(&one.file, known.map(within)) {
            Some(meant) => format!("did you mean [file.\"{meant}\"]?"),
            None => "name a file of this pack without .toml, as [file.\"types/shop\"]".to_owned(),
        };
        return Some((format!("the pack {} has no file {}.toml", own.folder, one.file), remedy));
    };
    if !APART.contains(&sheet.what) {
        let what = format!("{}.toml keeps both languages itself", one.file);
        return Some((what, "write its English there".to_owned()));
    }
    let way = written(&one.steps);
    let Some(node) = sheet.tree.as_ref()?.follow(&one.steps) else {
        let ways = sheet.reading.english_ways();
        let remedy = match nearest(&way, ways.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean {meant}?"),
            None => format!("write the keys that lead to the Chinese text in {}", sheet.reading.path()),
        };
        return Some((format!("nothing stands at {way} of {}.toml", one.file), remedy));
    };
    if sheet.reading.has_english_twice(node) {
        let what = format!("{way} of {}.toml has its English there too", one.file);
        return Some((what, "keep one of the two".to_owned()));
    }
    // What could not be read has been complained of.
    if sheet.reading.has_taken(node) || sheet.reading.complaints() > 0 {
        return None;
    }
    let what = format!("{way} of {}.toml is no text that people read in two languages", one.file);
    Some((what, "take it out".to_owned()))
}

/// A file within its pack, as texts name it: `types/shop`.
fn within<'a>(sheet: &Sheet<'a>) -> &'a str {
    let path = sheet.reading.path();
    let below =
        path.strip_prefix("packs/").and_then(|path| path.split_once('/')).map_or(path, |(_, below)| below);
    below.strip_suffix(".toml").unwrap_or(below)
}
