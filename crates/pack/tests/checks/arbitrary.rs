//! No text makes the reader panic: neither nonsense nor a good file with something torn out or put in.

use crate::folder::{files, tests};
use jiff::civil::date;
use pack::File;
use proptest::prelude::*;
use std::sync::LazyLock;

/// One file of each kind.
const PLACES: [&str; 17] = [
    "packs/shop/pack.toml",
    "packs/shop/types/shop.toml",
    "packs/shop/processes/application.toml",
    "packs/shop/rules/smoke.toml",
    "packs/shop/tables/who-decides.toml",
    "packs/shop/limits/smoke-rule.toml",
    "packs/shop/services/shop-licence.toml",
    "packs/shop/datasets/shops.toml",
    "packs/shop/boards/shops.toml",
    "packs/shop/connectors/shop-rents.toml",
    "packs/shop/texts.en.toml",
    "packs/country/laws/licence-act.toml",
    "packs/country/calendar.toml",
    "packs/charter/articles.toml",
    "cities/sample/city.toml",
    "cities/sample/office-hours.toml",
    "nowhere.toml",
];

/// Pieces that a file could be made of, and some that it could not.
const PIECES: [&str; 22] = [
    "\n",
    "= ",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "\"",
    "'''",
    ",",
    ".",
    "0",
    "-1",
    "9999999999999999999",
    "nan",
    "true",
    "id = \"\"\n",
    "format = 1\n",
    "[[stage]]\n",
    "同",
    "\u{0}",
    "2026-02-30",
];

fn check(files: &[File]) {
    if let Err(complaints) = pack::check(files, date(2026, 11, 25)) {
        assert!(
            complaints
                .iter()
                .all(|c| c.line > 0 && c.column > 0 && !c.what.is_empty() && !c.remedy.is_empty())
        );
    }
}

static GOOD: LazyLock<Vec<File>> = LazyLock::new(|| files(&tests().join("sample")));

fn good(path: &str) -> &'static str {
    &GOOD.iter().find(|file| file.path == path).unwrap().text
}

fn with(path: &str, text: String) -> Vec<File> {
    let mut files = GOOD.clone();
    files.retain(|file| file.path != path);
    files.push(File { path: path.to_owned(), text });
    files
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn nonsense_is_complained_of(place in 0..PLACES.len(), text in "\\PC{0,200}") {
        check(&with(PLACES[place], text));
    }

    #[test]
    fn pieces_in_any_order_are_complained_of(
        place in 0..PLACES.len(),
        pieces in prop::collection::vec(0..PIECES.len(), 0..40),
    ) {
        check(&with(PLACES[place], pieces.into_iter().map(|piece| PIECES[piece]).collect()));
    }

    #[test]
    fn a_torn_file_is_read_as_far_as_it_goes(
        place in 0..PLACES.len() - 1,
        from in any::<prop::sample::Index>(),
        length in 0..60usize,
        piece in 0..PIECES.len(),
    ) {
        let text = good(PLACES[place]);
        let letters: Vec<char> = text.chars().collect();
        let from = from.index(letters.len());
        let to = (from + length).min(letters.len());
        let (before, after) = (&letters[..from], &letters[to..]);
        let torn = format!("{}{}{}", String::from_iter(before), PIECES[piece], String::from_iter(after));
        check(&with(PLACES[place], torn));
    }

    #[test]
    fn a_line_that_stands_elsewhere_is_complained_of(
        place in 0..PLACES.len() - 1,
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
    ) {
        let text = good(PLACES[place]);
        let mut lines: Vec<&str> = text.lines().collect();
        let line = lines.remove(from.index(lines.len()));
        lines.insert(to.index(lines.len() + 1), line);
        check(&with(PLACES[place], lines.join("\n")));
    }
}
