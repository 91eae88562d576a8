//! How the city's node does, for everybody: since when its log runs, when nobody looked, when a back-up was restored, which heads
//! were published.

use crate::{Drill, Kernel, Refusal};
use model::{Instant, Value};
use proof::Head;
use store::Epoch;

/// How it does.
#[derive(Clone, Debug)]
pub struct Status {
    /// Entries of the log.
    pub size: u64,
    /// The log time of the first entry.
    pub begun: Option<Instant>,
    /// The log time now.
    pub log_time: Option<Instant>,
    /// When the node was down, the latest first.
    pub down: Vec<(Instant, Instant)>,
    /// When a back-up was restored, the latest first.
    pub restored: Vec<Epoch>,
    /// When the last back-up began, and how many minutes ago.
    pub backed_up: Option<(Instant, u64)>,
    /// Since when the present key signs the log.
    pub key_since: Option<Instant>,
    /// The last restore that was tried.
    pub drill: Option<Drill>,
    /// Published heads, the latest first.
    pub heads: Vec<Head>,
}

impl Status {
    /// How much of the time from one instant to another the node was up, in per mille; whole if nothing is known of that time.
    pub fn up_permille(&self, from: Instant, to: Instant) -> u64 {
        let whole = to.since(from).max(1);
        let overlap = |(start, end): &(Instant, Instant)| (*end).min(to).since((*start).max(from)).max(0);
        let down: i64 = self.down.iter().map(overlap).sum();
        u64::try_from((whole - down.min(whole)).saturating_mul(1000) / whole).unwrap_or(0)
    }
}

impl Kernel {
    /// How the node does.
    pub fn status(&self, heads: u32) -> Result<Status, Refusal> {
        let view = self.store.read()?;
        let log = crate::log_urn(&*view)?;
        let span = |span: &Value| Some((span.get("from")?.as_instant()?, span.get("to")?.as_instant()?));
        let drill = self.last_drill(&*view, &log)?;
        let down = view.entity(&log)?.map(|log| log.value("down").as_list().to_vec()).unwrap_or_default();
        let mut down: Vec<(Instant, Instant)> = down.iter().filter_map(span).collect();
        down.reverse();
        let mut restored: Vec<Epoch> = view.epochs()?.into_iter().filter(|epoch| epoch.number > 1).collect();
        restored.reverse();
        let keys = self.keyring();
        let heads = view.heads(heads)?.iter().filter_map(|checkpoint| keys.open(checkpoint).ok()).collect();
        let begun = view.entry(0)?.map(|first| first.leaf.committed);
        let minutes = |at: Instant| (self.wall_now().since(at).max(0) / 60_000_000).unsigned_abs();
        Ok(Status {
            size: view.size()?,
            begun,
            log_time: view.log_time()?,
            down,
            restored,
            backed_up: self.dir.last_back_up().map(|at| (at, minutes(at))),
            key_since: self.rotations().last().map(|rotation| rotation.at).or(begun),
            drill,
            heads,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_that_nobody_looked_is_taken_off() {
        let at = Instant::from_micros;
        let down = vec![(at(950), at(2000)), (at(100), at(200))];
        let status = Status {
            size: 0,
            begun: None,
            log_time: None,
            down,
            restored: vec![],
            backed_up: None,
            key_since: None,
            drill: None,
            heads: vec![],
        };
        assert_eq!(status.up_permille(at(0), at(1000)), 850);
        assert_eq!(status.up_permille(at(300), at(900)), 1000);
        assert_eq!(status.up_permille(at(120), at(180)), 0);
        assert_eq!(status.up_permille(at(5), at(5)), 1000);
    }
}
