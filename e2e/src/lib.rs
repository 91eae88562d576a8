//! Drives the built binary through its real interfaces: what the tests of bad days have in common.
//!
//! The binary is a child process with its own ports and folder; [`City`] begins it, [`Served`] ends it whatever happens.
//! Loggers speak HJ 212 to it, people fill in its forms, a witness keeps its heads, and what it leaves on disk is read by
//! [`Remains`].

mod binary;
mod city;
mod database;
mod logger;
mod person;
mod python;
mod remains;
mod witness;

pub use binary::{Ended, Served, Starting, binary, run, run_and_kill, run_in};
pub use city::{City, Folder, SOURCES, copy_folder, places_of};
pub use database::Database;
pub use logger::{Answer, Logger, Report, local_now, now, zone};
pub use person::{Form, Page, Person};
pub use python::{done, python};
pub use remains::{Remains, Series};
pub use witness::Witness;

/// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to choose with.
#[derive(Clone, Debug)]
pub struct Rng(pub u64);

impl Rng {
    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(usize::try_from(self.below(from.len() as u64)).ok()?)
    }
}

/// The seed of this run: `DATONG_SEED`, or another one each time. Whoever draws from it prints it.
pub fn seed() -> u64 {
    let given = std::env::var("DATONG_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| now().micros().unsigned_abs() % 1_000_000)
}

/// Writes a line for those who run with `--nocapture`.
#[expect(clippy::print_stdout, reason = "figures for those who run with --nocapture")]
pub fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
