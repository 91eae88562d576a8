//! Where the time went: what a clock consumed while the case was away in outside systems.

use crate::{Clock, Definition, Record, Times};
use model::{Instant, Name};

/// Time of a clock that an outside system took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The system.
    pub system: Name,
    /// The stage that was done there.
    pub stage: Name,
    /// Since when.
    pub from: Instant,
    /// Until when; `None` while the case is still there.
    pub to: Option<Instant>,
    /// How much of the clock, in the measure of [`crate::ClockRecord::consumed`].
    pub amount: i64,
}

impl Record {
    /// What an instance of a clock consumed in outside systems up to a moment, stay by stay. The clock ran all the while:
    /// this only says with whom.
    pub fn elsewhere(
        &self,
        definition: &Definition,
        key: &Name,
        times: &Times<'_>,
        now: Instant,
    ) -> Vec<Spent> {
        let Some((clock, held)) = definition.clock(key).zip(self.clocks.get(key)) else { return Vec::new() };
        let clock = Clock { rule: &clock.rule, times };
        let stays = self.remote.iter().map(|stay| Spent {
            system: stay.system.clone(),
            stage: stay.stage.clone(),
            from: stay.sent,
            to: stay.returned,
            amount: clock.consumed_between(held, stay.sent, stay.returned.unwrap_or(now)),
        });
        stays.filter(|spent| spent.to.is_none_or(|to| to >= held.started)).collect()
    }
}
