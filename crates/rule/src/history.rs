//! History: the slice of observations that was loaded for a rule, in any order, with everything that was corrected.

use crate::window::{Grid, Window};
use crate::{Span, Unjudged};
use model::{Flag, Instant, Name};
use std::collections::{BTreeMap, BTreeSet};

/// Observations in one history at most. Two months of one-minute values of one attribute are fewer.
pub const OBSERVATIONS_MAX: usize = 100_000;

/// One observation of one attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// When it was so; for a period, its start.
    pub observed: Instant,
    /// The command that brought it. Of several values for one instant, the one with the highest counts.
    pub sequence: u64,
    /// The value, in the unit that the type declares.
    pub value: f64,
    /// What the feed says of it.
    pub flag: Flag,
}

/// What was loaded. It may hold more than its span, never less: where a series has no observation, there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    span: Span,
    series: BTreeMap<Name, Vec<Observed>>,
}

impl History {
    /// A history of everything observed in `span`, still empty.
    pub fn new(span: Span) -> Self {
        Self { span, series: BTreeMap::new() }
    }

    /// What it covers.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Adds observations of an attribute. Every series that [`Rule::attributes`](crate::Rule::attributes) names is to
    /// be added, be it empty; for a rule about silence also the last observation before the span.
    pub fn add(&mut self, attribute: Name, observed: impl IntoIterator<Item = Observed>) {
        let series = self.series.entry(attribute).or_default();
        series.extend(observed);
        series.sort_by_key(|o| (o.observed, o.sequence));
        series.dedup_by_key(|o| (o.observed, o.sequence));
    }

    /// What was known when a command had been written: later ones are left out.
    #[must_use]
    pub fn as_of(&self, sequence: u64) -> Self {
        self.kept(|observed| observed.sequence <= sequence)
    }

    /// What was known before a command was written.
    #[must_use]
    pub fn before(&self, sequence: u64) -> Self {
        self.kept(|observed| observed.sequence < sequence)
    }

    fn kept(&self, keep: impl Fn(&Observed) -> bool) -> Self {
        let kept = |all: &Vec<Observed>| all.iter().filter(|observed| keep(observed)).copied().collect();
        let series = self.series.iter().map(|(name, all)| (name.clone(), kept(all))).collect();
        Self { span: self.span, series }
    }

    /// When the observations that one command brought were so.
    pub fn brought_by(&self, sequence: u64) -> BTreeSet<Instant> {
        let all = self.series.values().flatten();
        all.filter(|o| o.sequence == sequence).map(|o| o.observed).collect()
    }

    pub(crate) fn check(&self) -> Result<(), Unjudged> {
        let count = self.series.values().map(Vec::len).sum::<usize>();
        if count > OBSERVATIONS_MAX { Err(Unjudged::TooMuch) } else { Ok(()) }
    }
}

/// A history laid out on a grid: of each attribute, what counts in each window.
pub(crate) struct Laid {
    pub span: Span,
    /// Every window in which something was observed, by its start.
    pub windows: BTreeMap<Instant, Window>,
    series: BTreeMap<Name, BTreeMap<Instant, Observed>>,
}

impl Laid {
    pub fn new(history: &History, grid: Grid<'_>) -> Self {
        let mut windows = BTreeMap::new();
        let mut series = BTreeMap::new();
        for (name, all) in &history.series {
            // Later ones come later, so of one instant the latest command counts, and of a finer series the last value.
            let mut by_window: BTreeMap<Instant, Observed> = BTreeMap::new();
            for observed in all {
                let window = grid.window(observed.observed);
                windows.insert(window.start, window);
                by_window.insert(window.start, *observed);
            }
            series.insert(name.clone(), by_window);
        }
        Self { span: history.span, windows, series }
    }

    /// Whether an attribute is a series here.
    pub fn has(&self, attribute: &str) -> bool {
        self.series.contains_key(attribute)
    }

    /// What counts in a window.
    pub fn at(&self, attribute: &str, start: Instant) -> Option<Observed> {
        self.series.get(attribute)?.get(&start).copied()
    }

    /// What counts in the windows that start in `from ..= to`, newest first.
    pub fn between(
        &self,
        attribute: &str,
        from: Instant,
        to: Instant,
    ) -> impl Iterator<Item = (Instant, Observed)> {
        let all = self.series.get(attribute).into_iter().filter(move |_| from <= to);
        all.flat_map(move |all| all.range(from..=to).rev().map(|(start, observed)| (*start, *observed)))
    }

    /// Starts of all windows of an attribute, oldest first.
    pub fn starts(&self, attribute: &str) -> impl Iterator<Item = Instant> {
        self.series.get(attribute).into_iter().flat_map(|all| all.keys().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Period, Zone};

    fn observed(at: &str, sequence: u64, value: f64) -> Observed {
        Observed { observed: Instant::parse(at).unwrap(), sequence, value, flag: Flag::NORMAL }
    }

    #[test]
    fn of_one_window_the_latest_command_counts_and_can_be_taken_away() {
        let so2 = Name::new("so2").unwrap();
        let start = Instant::parse("2026-10-08T08:00:00+08:00").unwrap();
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let mut history = History::new(Span { from: start, to: start.plus_secs(3600) });
        history.add(so2.clone(), [observed("2026-10-08T08:00:00+08:00", 9, 2.0)]);
        history.add(so2, [observed("2026-10-08T08:00:00+08:00", 4, 1.0)]);
        let value = |history: &History| {
            Laid::new(history, Grid { period: Period::Hour, zone: &zone }).at("so2", start).map(|o| o.value)
        };
        assert_eq!([9, 8, 3].map(|sequence| value(&history.as_of(sequence))), [Some(2.0), Some(1.0), None]);
        assert_eq!(history.brought_by(4).into_iter().collect::<Vec<_>>(), [start]);
    }
}
