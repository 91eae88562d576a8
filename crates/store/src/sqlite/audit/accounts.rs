//! Whether history holds what the log says, point by point.
//!
//! Both are added up, segment by segment: how many points, and the sum of a hash of each. Sums do not ask for an order, so
//! neither side is held in memory.

use super::super::history::{forgotten, points, read_block, segments};
use super::super::rows::damaged;
use super::AuditReport;
use crate::StoreError;
use crate::history::{Extent, Forgotten, Point, Segment, View, blocks_of};
use model::Row;
use rusqlite::Connection;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// What was added up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sum {
    points: u64,
    hashes: u64,
}

impl Sum {
    fn add(&mut self, point: &Point) {
        let mut hasher = DefaultHasher::new();
        (point.place(), point.value.to_bits(), point.flag).hash(&mut hasher);
        self.points += 1;
        self.hashes = self.hashes.wrapping_add(hasher.finish());
    }
}

/// A segment, and what the log says should be in it.
struct Account {
    segment: Arc<Segment>,
    told: Sum,
}

/// All segments, oldest first; and what neither side has to hold any more.
#[derive(Default)]
pub(super) struct Accounts(Vec<Account>, Forgotten);

impl Accounts {
    /// The segments of a database.
    pub(super) fn of(
        connection: &Connection,
        form: i64,
        report: &mut AuditReport,
    ) -> Result<Self, StoreError> {
        let view = View { segments: segments(connection)?, ..View::default() };
        if !view.is_whole() {
            report.fault(None, "the segments of history do not follow each other without gap or overlap");
        }
        let account = |segment| Account { segment, told: Sum::default() };
        let forgotten = if form < 5 { Forgotten::default() } else { forgotten(connection)? };
        Ok(Self(view.segments.into_iter().map(account).collect(), forgotten))
    }

    fn at(&mut self, sequence: u64) -> Option<&mut Account> {
        let at = self.0.partition_point(|account| account.segment.entries.end <= sequence);
        self.0.get_mut(at).filter(|account| account.segment.entries.contains(&sequence))
    }

    /// What an entry observed.
    pub(super) fn tell(&mut self, sequence: u64, rows: &[Row]) {
        let mut all: Vec<Point> = points(rows, sequence).filter(|point| !self.1.has(point)).collect();
        let Some(account) = self.at(sequence) else { return };
        // Two values of one series for one instant in one packet: the last one said stands.
        all.reverse();
        all.sort_by_key(Point::place);
        all.dedup_by_key(|point| point.place());
        all.iter().for_each(|point| account.told.add(point));
    }

    /// Compares with the blocks.
    pub(super) fn settle(&self, connection: &Connection, report: &mut AuditReport) {
        for account in &self.0 {
            let entries = &account.segment.entries;
            let fault = match held(connection, &account.segment, &self.1) {
                Ok(held) if held == account.told => {
                    report.points += held.points;
                    continue;
                }
                Ok(held) => format!("{} points, where the log has {}", held.points, account.told.points),
                Err(error) => error.to_string(),
            };
            let last = entries.end.saturating_sub(1);
            report.fault(
                Some(entries.start),
                format!("history of entries {} to {last} is not what the log says: {fault}", entries.start),
            );
        }
    }
}

/// Adds up what the blocks of a segment hold and still tell, and sees that each lies where the index says.
fn held(connection: &Connection, segment: &Segment, forgotten: &Forgotten) -> Result<Sum, StoreError> {
    let (mut count, mut sum, mut block, mut last) = (0, Sum::default(), Vec::new(), None);
    for (id, extent) in (blocks_of(segment.id).start..).zip(&segment.extents) {
        read_block(connection, id, &mut block)?;
        let times = block.iter().map(|point| point.observed);
        let found = match (block.first(), block.last(), times.clone().min(), times.max()) {
            (Some(first), Some(last), Some(from), Some(to)) => {
                Extent { first: first.series, last: last.series, from, to }
            }
            _ => return Err(damaged("a block without points")),
        };
        if found != *extent {
            return Err(damaged("a block covers something else than its index says"));
        }
        for point in &block {
            if last.is_some_and(|last| last >= point.place()) || !segment.entries.contains(&point.sequence) {
                return Err(damaged("a point stands where it does not belong"));
            }
            last = Some(point.place());
            count += 1;
            if !forgotten.has(point) {
                sum.add(point);
            }
        }
    }
    if count == segment.points { Ok(sum) } else { Err(damaged("a segment has another number of points")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Cutter, Tuning};
    use crate::sqlite::history::Work;
    use crate::{Clock, Commit, Observations, SqliteStore, Store};
    use model::{Flag, Instant, Name, Observation, Period, SeriesKey, Urn};
    use proof::{CommandId, SystemChance};

    struct Stopped;
    impl Clock for Stopped {
        fn now(&self) -> Instant {
            Instant::from_micros(1)
        }
    }

    fn observing(number: u8) -> Commit {
        let (entity, name) = (Urn::new("urn:ngsi-ld:Thing:1").unwrap(), |text| Name::new(text).unwrap());
        let series = SeriesKey {
            entity: entity.clone(),
            attribute: name("a"),
            basis: name("Avg"),
            period: Period::Hour,
            edition: model::Edition::Raw,
        };
        let (observed, value) = (Instant::from_micros(i64::from(number)), f64::from(number));
        let rows = vec![Observation { series, observed, value, flag: Flag::NORMAL }];
        let mut commit = Commit::new(CommandId([number; 16]), entity, name("observe"), "test");
        commit.observations = Some(Observations { received: observed, source: String::new(), rows });
        commit
    }

    /// What a faulty way of packing would write: a segment that is whole in itself, and not what the log says.
    #[test]
    fn a_point_that_packing_dropped_or_changed_is_missed() {
        let path = std::env::temp_dir().join(format!("datong-accounts-{}.db", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let tuning = Tuning { points: 8, entries: 100, block: 16, fan: 99 };
        let store =
            SqliteStore::open_on(&path, (None, tuning), Arc::new(Stopped), Arc::new(SystemChance)).unwrap();
        for number in 0..20 {
            store.submit(observing(number)).unwrap().blocking_recv().unwrap().unwrap();
        }
        drop(store);
        let connection = Connection::open(&path).unwrap();
        let first = segments(&connection).unwrap().remove(0);
        let mut whole = Vec::new();
        read_block(&connection, blocks_of(first.id).start, &mut whole).unwrap();
        let audit = |points: &[Point]| {
            let mut cutter = Cutter::new(16);
            points.iter().for_each(|point| cutter.push(*point));
            cutter.cut();
            connection.execute("DELETE FROM block WHERE id >> 24 = ?1", [first.id.cast_signed()]).unwrap();
            let Cutter { bodies, extents, points, .. } = cutter;
            let segment = Segment { points, extents, ..Segment::clone(&first) };
            Work::Flush(Arc::new(segment), bodies).write(&connection).unwrap();
            AuditReport::of(&path, None).unwrap().faults
        };
        assert_eq!(audit(&whole), []);
        assert!(audit(&whole[1..])[0].what.contains("7 points, where the log has 8"));
        let mut changed = whole.clone();
        changed[3].value += 1.0;
        assert_eq!(audit(&changed).len(), 1);
        let mut moved = whole.clone();
        moved[7].sequence = 9;
        assert!(audit(&moved)[0].what.contains("does not belong"));
        assert_eq!(audit(&whole), []);
        drop(connection);
        let _ = std::fs::remove_file(&path);
    }
}
