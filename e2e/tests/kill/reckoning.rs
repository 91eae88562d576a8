//! The reckoning after a kill: what everybody was told, compared with what is on disk.

use crate::Everybody;
use crate::load::Station;
use anyhow::{Context, Result, ensure};
use e2e::{Remains, zone};
use jiff::civil::Date;
use model::{Change, Instant, Item, Urn, Value};
use proof::Leaf;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

const HOUR_SECS: i64 = 3600;

/// What was found, counted anew after each kill.
#[derive(Default)]
pub struct Reckoning {
    /// Kills before the process was ready.
    pub early: u64,
    reports: usize,
    asked_again: usize,
    acts: usize,
    overtaken: usize,
    heads: usize,
    effects: Effects,
    entries: usize,
}

/// What a case was told of one row of hours: what that rested on last, and the entries because of which it was.
#[derive(Default)]
struct Told {
    ground: String,
    causes: BTreeSet<u64>,
}

/// What followed by itself.
#[derive(Default)]
struct Effects {
    /// Open cases by source.
    open: BTreeMap<Urn, Urn>,
    /// Ends of rows of hours that a case was opened for, or told of, by source.
    found: BTreeMap<(Urn, Instant), Told>,
    /// Rungs that rang, by case.
    rung: BTreeSet<(Urn, String)>,
    opened: usize,
    starts: usize,
    /// What happened to each case: entry, act, stage.
    lives: BTreeMap<Urn, String>,
}

/// The log by what everybody remembers of it.
#[derive(Default)]
struct Log {
    /// Entries by command.
    commands: HashMap<String, Leaf>,
    /// Entries by evidence of a packet.
    packets: HashMap<String, u64>,
}

impl Reckoning {
    /// Reads everything, and says what is wrong.
    pub fn reckon(&mut self, remains: &Remains, everybody: &Everybody) -> Result<()> {
        let mut log = Log::default();
        self.effects = Effects::default();
        let entries = remains.log()?;
        self.entries = entries.len();
        for (sequence, (leaf, items)) in (0..).zip(entries) {
            ensure!(leaf.sequence == sequence, "entry {sequence} says that it is {}", leaf.sequence);
            for item in items {
                match item {
                    Item::Batch(batch) => {
                        let first = log.packets.insert(batch.source.clone(), sequence);
                        ensure!(
                            first.is_none(),
                            "entries {first:?} and {sequence} hold one packet: {}",
                            batch.source
                        );
                    }
                    Item::Change(change) => self.effects.follow(&leaf, &change)?,
                    Item::Series(_) => {}
                }
            }
            let id = leaf.command.to_string();
            ensure!(log.commands.insert(id, leaf).is_none(), "the command of entry {sequence} stands twice");
        }
        self.acts(&log, everybody)?;
        self.reports(&log, remains, everybody)?;
        self.heads(remains, everybody)?;
        let faults = remains.faults(everybody.witness.key())?;
        ensure!(faults.is_empty(), "the audit: {faults:?}");
        Ok(())
    }

    fn acts(&mut self, log: &Log, everybody: &Everybody) -> Result<()> {
        (self.acts, self.overtaken, self.asked_again) = (0, 0, 0);
        for officer in &everybody.officers {
            for done in &officer.done {
                let leaf = log.commands.get(&done.command).with_context(|| format!("{done:?} is lost"))?;
                ensure!(leaf.sequence == done.sequence && leaf.act == done.act, "{done:?} became {leaf:?}");
            }
            self.acts += officer.done.len();
            self.overtaken += officer.overtaken;
            self.asked_again += officer.asked_again;
        }
        Ok(())
    }

    fn reports(&mut self, log: &Log, remains: &Remains, everybody: &Everybody) -> Result<()> {
        let sources: Vec<Urn> = everybody.stations.iter().map(|station| station.source.clone()).collect();
        let series = remains.series(&sources)?;
        let zone = zone()?;
        self.reports = 0;
        for station in &everybody.stations {
            let key = (station.source.clone(), model::Name::new(station.attribute())?);
            let rows = series.get(&key);
            for report in &station.stored {
                let lost = || format!("acknowledged and lost: {}", report.evidence);
                let entry = log.packets.get(&report.evidence).with_context(lost)?;
                let at = zone.instant(report.observed).context("no instant")?;
                let (sequence, value) = rows.and_then(|rows| rows.get(&at)).with_context(lost)?;
                // A later packet for the same hour replaces the value.
                let good = if sequence == entry {
                    *value == report.so2
                } else {
                    station.corrects && sequence > entry
                };
                ensure!(good, "{} is read as {value} of entry {sequence}", report.evidence);
            }
            self.reports += station.stored.len();
            self.asked_again += station.asked_again;
        }
        Ok(())
    }

    fn heads(&mut self, remains: &Remains, everybody: &Everybody) -> Result<()> {
        let shown = everybody.witness.all();
        let published = remains.heads(everybody.witness.key())?;
        self.heads = shown.len();
        let lost = shown.iter().find(|head| !published.contains(head));
        ensure!(lost.is_none(), "a head was shown and is not published any more: {lost:?}");
        Ok(())
    }

    /// Whether everything that should follow has followed, once nobody sends anything any more.
    pub fn complete(&self, everybody: &Everybody) -> Result<()> {
        for station in everybody.stations.iter().filter(|station| station.hour && !station.corrects) {
            let expected = exceedances(station)?;
            let found = self.effects.found.keys().filter(|(source, _)| *source == station.source);
            let found: BTreeSet<Instant> = found.map(|(_, end)| *end).collect();
            ensure!(
                found == expected,
                "{}: {} rows of hours exceed, {} were followed",
                station.source,
                expected.len(),
                found.len()
            );
        }
        Ok(())
    }
}

/// Starts of the hours above the limit that are followed: the second in a row and after, the third of a local day and after.
fn exceedances(station: &Station) -> Result<BTreeSet<Instant>> {
    let zone = zone()?;
    let above = station.stored.iter().filter(|report| report.so2 > station.limit);
    let above: BTreeMap<Instant, Date> =
        above.filter_map(|report| Some((zone.instant(report.observed)?, report.observed.date()))).collect();
    let mut of_day = BTreeMap::<Date, u32>::new();
    let followed = above.iter().filter(|(start, day)| {
        let so_far = of_day.entry(**day).or_default();
        *so_far += 1;
        above.contains_key(&start.plus_secs(-HOUR_SECS)) || *so_far >= 3
    });
    Ok(followed.map(|(start, _)| *start).collect())
}

impl Effects {
    /// One change of the log. Nothing may follow twice, and no source may have two open cases.
    fn follow(&mut self, leaf: &Leaf, change: &Change) -> Result<()> {
        let note = |key: &str| change.note.get(key).unwrap_or(&Value::Null);
        let set = |name: &str| change.set.get(name).map_or(&Value::Null, |attribute| &attribute.value);
        if let Some(stage) = change.set.get("stage") {
            let life = self.lives.entry(change.entity.clone()).or_default();
            *life += &format!(" {} {} {:?}", leaf.sequence, leaf.act, stage.value);
        }
        match &*leaf.act {
            "tick" => self.starts += usize::from(*note("started") == Value::Bool(true)),
            // Other levels and rules open cases of other processes beside it.
            // A change of a case that one of its own parts was opened is none of what rules find.
            "open" | "tell" if change.kind == *"Exceedance" && change.verb == *leaf.act.as_str() => {
                let source = set("about").as_ref().or_else(|| self.source_of(&change.entity));
                let source = source.cloned().with_context(|| {
                    let life = self.lives.get(&change.entity);
                    format!(
                        "entry {}: a finding was told to {}, which has ended:{life:?}",
                        leaf.sequence, change.entity
                    )
                })?;
                let end = set("evidence").get("end").and_then(Value::as_instant).context("no end")?;
                // A corrected value is told again, with what the finding rests on now; that once, and from one entry once.
                let evidence = set("evidence");
                let ground = format!("{:?} {:?}", evidence.get("level"), evidence.get("used"));
                let told = self.found.entry((source.clone(), end)).or_default();
                let first =
                    told.ground != ground && leaf.cause.is_some_and(|cause| told.causes.insert(cause));
                ensure!(first, "entry {}: {source} until {end} is followed again", leaf.sequence);
                told.ground = ground;
                if leaf.act == "open" {
                    let other = self.open.insert(source.clone(), change.entity.clone());
                    ensure!(other.is_none(), "entry {}: {source} has two open cases", leaf.sequence);
                    self.opened += 1;
                }
            }
            "ring" => {
                for told in note("told").as_list() {
                    let rung = told.get("rung").and_then(Value::as_text).context("no rung")?;
                    let first = self.rung.insert((change.entity.clone(), rung.to_owned()));
                    ensure!(first, "entry {}: {} heard {rung} again", leaf.sequence, change.entity);
                }
            }
            _ => {}
        }
        if set("stage").as_text() == Some("closed") {
            self.open.retain(|_, case| *case != change.entity);
        }
        Ok(())
    }

    fn source_of(&self, case: &Urn) -> Option<&Urn> {
        self.open.iter().find(|(_, open)| *open == case).map(|(source, _)| source)
    }
}

impl fmt::Display for Reckoning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Effects { opened, found, rung, starts, .. } = &self.effects;
        write!(
            f,
            "{} before ready, {starts} starts in the log; {} packets and {} acts acknowledged and there once, {} asked \
             again, {} overtaken; {} rows of hours followed, {opened} cases, {} rungs; {} heads; {} entries",
            self.early,
            self.reports,
            self.acts,
            self.asked_again,
            self.overtaken,
            found.len(),
            rung.len(),
            self.heads,
            self.entries
        )
    }
}
