//! `office-hours.toml`: when offices are open. The hours are read by `process`; here their keys are.

use crate::tree::{Day, Fields, Line, ListOf, Loose, Section};

/// Looks at the keys of the file.
pub(crate) fn hours(s: &mut Section<'_>) {
    s.format();
    s.need("edition", "Hours in force from a day on.", ListOf(Fields(edition)));
}

fn edition(s: &mut Section<'_>) {
    s.need("from", "First day in force.", Day);
    s.may("to", "Last day in force.", Day);
    s.may("notice", "The number of the notice that set them; \"\" when there is none.", Loose);
    s.need("season", "Seasons; they cover each day of the year once.", ListOf(Fields(season)));
}

fn season(s: &mut Section<'_>) {
    s.need("from", "First month and day, as \"05-01\".", Line);
    s.need("to", "Last month and day; may wrap the year.", Line);
    s.need("sessions", "When offices are open, as [\"08:30-12:00\"].", ListOf(Line));
}
