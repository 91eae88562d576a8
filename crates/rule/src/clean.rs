//! The cleaned edition of a series: which of its values cannot be right, and why.
//!
//! Nothing is changed and nothing filled in. What is doubted is left out by whoever shows the cleaned edition, and its reason can
//! be shown beside the raw one.

use crate::Observed;
use model::Flag;

/// What values of a series can be, as its type says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Plausible {
    /// The least and the most.
    pub range: Option<(f64, f64)>,
    /// From how many equal values in a row on they do not count.
    pub stuck: Option<u32>,
    /// By how much a single value may differ from both its neighbours.
    pub spike: Option<f64>,
}

/// Why a value does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// The feed itself says so.
    Flagged,
    /// It lies outside what the attribute can be.
    OutOfRange,
    /// It has not moved for too long.
    Stuck,
    /// It alone stands far from both its neighbours.
    Spike,
}

impl Doubt {
    /// Its word: stable, programs count by it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flagged => "flagged",
            Self::OutOfRange => "out-of-range",
            Self::Stuck => "stuck",
            Self::Spike => "spike",
        }
    }
}

/// The doubts about values that stand in order of time, one for each. A stretch at either end is judged by what is there:
/// whoever wants a part of a series asks for as much around it as `stuck` says.
pub fn doubts(values: &[Observed], plausible: Plausible) -> Vec<Option<Doubt>> {
    let mut doubts: Vec<Option<Doubt>> = values.iter().map(|value| alone(value, plausible)).collect();
    let counting: Vec<usize> =
        doubts.iter().enumerate().filter(|(_, doubt)| doubt.is_none()).map(|(at, _)| at).collect();
    let value = |at: &usize| values.get(*at).map_or(f64::NAN, |observed| observed.value);
    if let Some(spike) = plausible.spike {
        for around in counting.windows(3) {
            let [before, at, after] = around else { continue };
            let (up, down) = (value(at) - value(before), value(after) - value(at));
            if up.abs() > spike && down.abs() > spike && (up > 0.0) != (down > 0.0) {
                mark(&mut doubts, *at, Doubt::Spike);
            }
        }
    }
    if let Some(stuck) = plausible.stuck {
        let runs = counting.chunk_by(|a, b| value(a).to_bits() == value(b).to_bits());
        for at in runs.filter(|run| run.len() >= stuck as usize).flatten() {
            mark(&mut doubts, *at, Doubt::Stuck);
        }
    }
    doubts
}

/// What can be said of a value without its neighbours.
fn alone(value: &Observed, plausible: Plausible) -> Option<Doubt> {
    if value.flag != Flag::NORMAL {
        return Some(Doubt::Flagged);
    }
    let outside = |(least, most): (f64, f64)| value.value < least || value.value > most;
    plausible.range.is_some_and(outside).then_some(Doubt::OutOfRange)
}

fn mark(doubts: &mut [Option<Doubt>], at: usize, doubt: Doubt) {
    if let Some(place) = doubts.get_mut(at) {
        *place = Some(doubt);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Instant;

    fn hours(values: &[f64]) -> Vec<Observed> {
        let at = |hour: usize| Instant::from_micros(hour as i64 * 3_600_000_000);
        let observed = values.iter().enumerate();
        observed
            .map(|(hour, value)| Observed {
                observed: at(hour),
                sequence: 1,
                value: *value,
                flag: Flag::NORMAL,
            })
            .collect()
    }

    #[test]
    fn what_does_not_move_is_left_out_whole_and_only_from_so_many_on() {
        let plausible = Plausible { stuck: Some(4), ..Plausible::default() };
        assert!(doubts(&hours(&[7.0, 7.0, 7.0, 8.0]), plausible).iter().all(Option::is_none));
        let stuck = doubts(&hours(&[6.0, 7.0, 7.0, 7.0, 7.0, 8.0]), plausible);
        let s = Some(Doubt::Stuck);
        assert_eq!(stuck, [None, s, s, s, s, None]);
    }

    #[test]
    fn a_flagged_hour_neither_makes_nor_breaks_a_stretch() {
        let mut values = hours(&[7.0, 7.0, 9.0, 7.0, 7.0]);
        values[2].flag = Flag(b'D');
        let plausible = Plausible { stuck: Some(4), ..Plausible::default() };
        let s = Some(Doubt::Stuck);
        assert_eq!(doubts(&values, plausible), [s, s, Some(Doubt::Flagged), s, s]);
    }

    #[test]
    fn a_value_in_another_unit_for_one_hour_is_a_spike_and_a_step_is_none() {
        let plausible = Plausible { spike: Some(300.0), ..Plausible::default() };
        assert_eq!(doubts(&hours(&[35.0, 36_000.0, 37.0]), plausible), [None, Some(Doubt::Spike), None]);
        assert!(doubts(&hours(&[35.0, 500.0, 510.0]), plausible).iter().all(Option::is_none));
    }

    #[test]
    fn the_ends_of_the_range_belong_to_it() {
        let plausible = Plausible { range: Some((0.0, 1000.0)), ..Plausible::default() };
        let out = Some(Doubt::OutOfRange);
        assert_eq!(doubts(&hours(&[0.0, 1000.0, -0.1, 1000.1]), plausible), [None, None, out, out]);
    }
}
