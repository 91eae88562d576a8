//! Overall equipment effectiveness: availability × performance × quality (ISO 22400-2, on key figures of manufacturing).
//!
//! Losses are worked out exactly and rounded once. Which stops count as planned is left to the plant.

use crate::fraction::Fraction;
use crate::{Decimal, Unsure};

/// What of this module was not read in the standards' own texts.
pub const UNSURE: &[Unsure] = &[Unsure {
    standard: "ISO 22400-2",
    taken: "the three ratios",
    rests_on: "memory, and a worked example that is widely published",
}];

/// Places behind the point of a ratio: 0.7479 is 74.79 %.
const PLACES: i32 = 4;

/// What a machine did in a shift. Times in one unit, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Time in which it was to produce: the shift without its breaks.
    pub planned: Decimal,
    /// Time in which it ran.
    pub running: Decimal,
    /// The shortest time for one piece.
    pub ideal_cycle: Decimal,
    /// Pieces made.
    pub made: u64,
    /// Pieces that were good at once.
    pub good: u64,
}

/// The effectiveness and its three factors, each from 0 to 1; performance above 1 says that the ideal cycle is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effectiveness {
    /// Running by planned time.
    pub availability: Decimal,
    /// Pieces made by those that could have been.
    pub performance: Decimal,
    /// Good pieces by pieces made.
    pub quality: Decimal,
    /// Their product.
    pub overall: Decimal,
}

/// A shift that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There has to be time to produce in.
    #[error("a planned time of {0}: expected more than 0")]
    Planned(Decimal),
    /// A machine runs within the planned time.
    #[error("a running time of {0}: expected more than 0, and no more than the planned time")]
    Running(Decimal),
    /// A piece takes time.
    #[error("an ideal cycle of {0}: expected more than 0")]
    Cycle(Decimal),
    /// Good pieces are among those made.
    #[error("{good} good pieces of {made}: expected at least one made, and no more good ones than made")]
    Pieces {
        /// Good ones.
        good: u64,
        /// All of them.
        made: u64,
    },
    /// More digits than can be kept.
    #[error("numbers of too many digits: expected fewer than some thirty in all")]
    TooLong,
}

/// The effectiveness of a shift.
///
/// # Errors
/// What about it cannot be.
pub fn effectiveness(shift: &Shift) -> Result<Effectiveness, Error> {
    let Shift { planned, running, ideal_cycle, made, good } = *shift;
    if planned <= Decimal::ZERO {
        return Err(Error::Planned(planned));
    }
    if running <= Decimal::ZERO || running > planned {
        return Err(Error::Running(running));
    }
    if ideal_cycle <= Decimal::ZERO {
        return Err(Error::Cycle(ideal_cycle));
    }
    if made == 0 || good > made {
        return Err(Error::Pieces { good, made });
    }
    factors(shift).ok_or(Error::TooLong)
}

fn factors(shift: &Shift) -> Option<Effectiveness> {
    let running = Fraction::of(shift.running)?;
    let made = Fraction::whole(i128::from(shift.made));
    let availability = running.divide(Fraction::of(shift.planned)?)?;
    let performance = Fraction::of(shift.ideal_cycle)?.multiply(made)?.divide(running)?;
    let quality = Fraction::whole(i128::from(shift.good)).divide(made)?;
    Some(Effectiveness {
        availability: availability.round(PLACES)?,
        performance: performance.round(PLACES)?,
        quality: quality.round(PLACES)?,
        overall: availability.multiply(performance)?.multiply(quality)?.round(PLACES)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight hours with an hour of breaks and 47 minutes of stops, one piece a second, 423 rejects; times in seconds.
    const SHIFT: Shift = Shift {
        planned: Decimal::whole(420 * 60),
        running: Decimal::whole(373 * 60),
        ideal_cycle: Decimal::whole(1),
        made: 19_271,
        good: 18_848,
    };

    #[test]
    fn the_published_example() {
        let found = effectiveness(&SHIFT).unwrap();
        let ratios = [found.availability, found.performance, found.quality, found.overall];
        assert_eq!(ratios.map(|it| it.to_string()), ["0.8881", "0.8611", "0.9780", "0.7479"]);
    }

    #[test]
    fn a_shift_that_cannot_be_is_refused() {
        let one_more = Decimal::whole(420 * 60 + 1);
        for (shift, expected) in [
            (Shift { planned: Decimal::ZERO, ..SHIFT }, Error::Planned(Decimal::ZERO)),
            (Shift { running: one_more, ..SHIFT }, Error::Running(one_more)),
            (Shift { ideal_cycle: Decimal::ZERO, ..SHIFT }, Error::Cycle(Decimal::ZERO)),
            (Shift { made: 0, good: 0, ..SHIFT }, Error::Pieces { good: 0, made: 0 }),
            (Shift { good: 19_272, ..SHIFT }, Error::Pieces { good: 19_272, made: 19_271 }),
        ] {
            assert_eq!(effectiveness(&shift), Err(expected));
        }
    }
}
