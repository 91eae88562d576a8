//! What is known besides history, and how expressions of a rule reach both.
//!
//! The names an expression may use are those of the watched type, and `entity` and `observed` (start of the window). A
//! series attribute is its value in the window, and nothing if its flag does not count. Any other attribute is as the
//! entity has it now; what must be effective-dated is a list of limits.
//!
//! **Rounding.** A value is rounded as the limit is written before it is compared (GB/T 8170-2008). In an expression
//! that calls `limit`, the watched attribute and its means are rounded to that limit's decimals: so `so2 >
//! limit(so2Limit)` is what the standard means. Where several limits or other attributes are compared, `over(nox,
//! noxLimit)` rounds each value by its own limit.

use crate::window::later;
use crate::{LimitTable, Span};
use lang::Facts;
use model::{Instant, Urn, Zone};

/// What the kernel knows besides the history.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The entity judged.
    pub entity: &'a Urn,
    /// Its attributes, and whatever else an expression may name.
    pub facts: &'a dyn Facts,
    /// The limit tables of all packs.
    pub tables: &'a [LimitTable],
    /// The zone of the city: where its days begin.
    pub zone: &'a Zone,
    /// When the node was down, oldest first, without overlap: no silence is counted then.
    pub down: &'a [Span],
    /// Since when the entity is watched: a silence from the very beginning counts from here.
    pub since: Option<Instant>,
    /// Log time.
    pub now: Instant,
}

impl Known<'_> {
    /// When a silence that began at `since` has lasted for `length`, time in which the node was down not counted.
    pub(crate) fn silent_at(&self, since: Instant, length: i64) -> Instant {
        let mut at = later(since, length);
        for down in self.down.iter().filter(|down| down.to > since) {
            if down.from >= at {
                break;
            }
            at = later(at, down.to.since(down.from.max(since)));
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Name, Value};

    struct Nothing;
    impl Facts for Nothing {
        fn value(&self, _: &[Name]) -> Value {
            Value::Null
        }
    }

    #[test]
    fn time_in_which_the_node_was_down_is_no_silence() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let entity = Urn::new("urn:ngsi-ld:MonitoredSource:chimney-3").unwrap();
        let at = |minute: i64| Instant::from_micros(minute * 60_000_000);
        for (down, expected) in [
            (vec![], 130),
            (vec![(110, 120)], 140),
            (vec![(90, 120)], 150),
            (vec![(80, 100)], 130),
            (vec![(130, 140)], 130),
            (vec![(110, 120), (135, 145), (151, 160)], 150),
        ] {
            let down: Vec<Span> = down.iter().map(|&(a, b)| Span { from: at(a), to: at(b) }).collect();
            let known = Known {
                entity: &entity,
                facts: &Nothing,
                tables: &[],
                zone: &zone,
                down: &down,
                since: None,
                now: at(0),
            };
            assert_eq!(known.silent_at(at(100), 30 * 60_000_000), at(expected), "{down:?}");
        }
    }
}
