//! `calendar.toml`: holidays and make-up working days, year by year.
//!
//! The calendar itself is read by `process`; here each day is looked at once more, so that a wrong one is named by its
//! line.

use crate::tree::{Both, Day, Distinct, Fields, ListOf, Loose, MapOf, Named, Section, Whole, nearest};
use jiff::civil::{Date, Weekday};
use model::Name;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Looks at every day of the file.
pub(crate) fn calendar(s: &mut Section<'_>) {
    s.format();
    let names = s.need("name", "Festivals, by the name used below.", MapOf(Both));
    let names: BTreeSet<Name> = names.into_iter().map(|(name, _)| name).collect();
    let seen = RefCell::new(BTreeSet::new());
    let year = Fields(|s: &mut Section<'_>| year(s, &names, &seen));
    s.need(
        "year",
        "Published years. A year that is missing is unpublished, never guessed.",
        Distinct("year", year),
    );
}

fn year(s: &mut Section<'_>, names: &BTreeSet<Name>, seen: &RefCell<BTreeSet<Date>>) {
    let year = s.need("year", "The year.", Whole(1949, 2999));
    s.may("notice", "The number of the year's notice; \"\" when it is not known.", Loose);
    let off = Fields(|s: &mut Section<'_>| day(s, year, false, names, seen));
    s.need("holidays", "Days off, and for which festival.", ListOf(off));
    let worked = Fields(|s: &mut Section<'_>| day(s, year, true, names, seen));
    s.need("workdays", "Weekend days that are worked, and for which festival.", ListOf(worked));
}

fn day(s: &mut Section<'_>, year: i64, worked: bool, names: &BTreeSet<Name>, seen: &RefCell<BTreeSet<Date>>) {
    let date = s.need("date", "The day.", Day);
    let name = s.need("name", "The festival.", Named("new-year"));
    if !s.has("date") || !s.has("name") {
        return;
    }
    if i64::from(date.year()) != year {
        s.complain("date", format!("{date} stands under the year {year}"), "move it to its own year");
    }
    if !seen.borrow_mut().insert(date) {
        s.complain("date", format!("{date} stands twice"), "take one out");
    }
    if worked && !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
        let what = format!("{date} is no Saturday or Sunday: it is worked anyway");
        s.complain("date", what, "only weekend days are made working days: correct the date");
    }
    if !names.contains(&name) {
        let meant = nearest(name.as_str(), names.iter().map(Name::as_str));
        let remedy =
            meant.map_or("add it to [name]".to_owned(), |meant| format!("did you mean \"{meant}\"?"));
        s.complain("name", format!("`{name}` is no festival of [name]"), remedy);
    }
}
