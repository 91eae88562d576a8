//! Fifty times `kill -9` at random instants, under load: what was acknowledged is there once, and what follows from it too.
//!
//! Loggers report over HJ 212, officers and inspectors act through the forms of their pages, a witness keeps heads; the
//! city's time is driven, so that deadlines ring. Whoever got no answer asks again after the restart, as loggers and
//! people do. After each kill a copy of what is on disk is read; at the end, what should have followed is counted.

mod load;
mod reckoning;

use anyhow::{Context, Result, ensure};
use e2e::{City, Person, Remains, Rng, SOURCES, Served, Witness, say, seed};
use load::{Officer, Station};
use model::Instant;
use reckoning::Reckoning;
use std::thread;
use std::time::Duration;

/// Kills, unless DATONG_KILLS says how many.
const KILLS: u64 = 50;
/// So few values stay in memory that history is packed and merged all the time.
const FEW_POINTS: &str = "--history-points=24";
/// Of so many starts one is killed before it is ready.
const EARLY: u64 = 6;
/// How far the city's time is driven with each start: a day and a little, so that clocks run out at any hour.
const DRIVEN_SECS: i64 = 26 * 3600;

/// Everybody who has to do with the city.
struct Everybody {
    stations: Vec<Station>,
    officers: Vec<Officer>,
    visitor: Person,
    witness: Witness,
}

#[test]
fn fifty_kills() -> Result<()> {
    let seed = seed();
    say(format!("seed {seed} (DATONG_SEED={seed} runs it again)"));
    fifty_kills_of(seed).with_context(|| format!("DATONG_SEED={seed}"))
}

fn fifty_kills_of(seed: u64) -> Result<()> {
    let kills = std::env::var("DATONG_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let mut rng = Rng(seed);
    let city = City::begin("kill", true)?;
    let begun = std::time::Instant::now();
    let mut time = e2e::now();
    let mut everybody = Everybody::gather(&city, &mut rng, time)?;
    let mut reckoning = Reckoning::default();
    for kill in 0..kills {
        time = time.plus_secs(DRIVEN_SECS);
        let starting = city.start(&["--clock", "log", "--from", &time.to_string(), FEW_POINTS])?;
        if rng.below(EARLY) == 0 {
            thread::sleep(Duration::from_millis(rng.below(120)));
            starting.kill()?;
            reckoning.early += 1;
        } else {
            everybody.live(starting.ready()?, &mut rng).with_context(|| format!("kill {kill}"))?;
        }
        let remains = Remains::copy(&city.tenant(), &city.folder.join("copy"))?;
        reckoning.reckon(&remains, &everybody).with_context(|| format!("after kill {kill}"))?;
    }
    // Everybody hears the answers that are still owed; then all that should follow has followed.
    let served = city.start(&["--clock", "log", "--from", &time.to_string(), FEW_POINTS])?.ready()?;
    everybody.settle(&served)?;
    served.stop()?;
    let remains = Remains::copy(&city.tenant(), &city.folder.join("copy"))?;
    reckoning.reckon(&remains, &everybody)?;
    reckoning.complete(&everybody)?;
    say(format!("{kills} kills in {:.0} s: {reckoning}", begun.elapsed().as_secs_f32()));
    Ok(())
}

impl Everybody {
    /// Signs in whoever acts; sessions outlive kills.
    fn gather(city: &City, rng: &mut Rng, time: Instant) -> Result<Self> {
        let served = city.start(&["--clock", "log", "--from", &time.to_string(), FEW_POINTS])?.ready()?;
        let visitor = Person::visitor(served.http);
        let witness = Witness::new(&visitor)?;
        let mut officers = Vec::new();
        for login in ["officer-1", "officer-2", "inspector-1", "inspector-2", "operator-1"] {
            let person = Person::sign_in(served.http, login, city.password(login)?)?;
            officers.push(Officer::new(login, person, Rng(rng.below(u64::MAX))));
        }
        served.kill()?;
        let mut stations = Vec::new();
        for (id, hour, corrects) in [
            ("chimney-1", true, false),
            ("chimney-2", true, true),
            ("boiler-3", true, false),
            ("chimney-1", false, false),
        ] {
            let (_, mn, limit) = SOURCES.into_iter().find(|(source, ..)| *source == id).context("source")?;
            let rng = Rng(rng.below(u64::MAX));
            stations.push(Station::new(
                City::source(id)?,
                mn,
                city.password(mn)?,
                limit,
                hour,
                corrects,
                rng,
            )?);
        }
        Ok(Self { stations, officers, visitor, witness })
    }

    /// One life of the process, from its first answer to its last.
    fn live(&mut self, served: Served, rng: &mut Rng) -> Result<()> {
        let (http, door) = (served.http, served.hj212);
        self.visitor.go_to(http);
        self.witness.compare(&self.visitor)?;
        let life = Duration::from_millis(40 + rng.below(900));
        // Half of the time the last thing before the kill is a head that was shown.
        let (looks, last_look) = (rng.below(3), rng.below(2) == 0);
        thread::scope(|scope| {
            for station in &mut self.stations {
                scope.spawn(move || station.work(door));
            }
            for officer in &mut self.officers {
                officer.person.go_to(http);
                scope.spawn(move || officer.work());
            }
            for _ in 0..looks {
                thread::sleep(life / 4);
                self.witness.look(&self.visitor)?;
            }
            thread::sleep(life / 4);
            if last_look {
                self.witness.look(&self.visitor)?;
            }
            served.kill()
        })?;
        self.complaints()
    }

    fn complaints(&self) -> Result<()> {
        let stations = self.stations.iter().flat_map(|station| &station.complaints);
        let complaints: Vec<_> = stations.chain(self.officers.iter().flat_map(|o| &o.complaints)).collect();
        ensure!(complaints.is_empty(), "{complaints:?}");
        Ok(())
    }

    /// Nobody sends anything new; the log grows until nothing more follows.
    fn settle(&mut self, served: &Served) -> Result<()> {
        self.visitor.go_to(served.http);
        for station in &mut self.stations {
            station.ask_again(served.hj212)?;
        }
        for officer in &mut self.officers {
            officer.person.go_to(served.http);
            officer.ask_again()?;
        }
        self.complaints()?;
        let mut quiet = 0;
        let mut size = self.witness.look(&self.visitor)?.size;
        // On a busy machine a second without an entry is not the end yet.
        while quiet < 30 {
            thread::sleep(Duration::from_millis(100));
            let now = self.witness.look(&self.visitor)?.size;
            quiet = if now == size { quiet + 1 } else { 0 };
            size = now;
        }
        self.witness.compare(&self.visitor)?;
        Ok(())
    }
}
