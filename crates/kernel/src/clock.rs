//! The clock port: wall time for a living city, driven time for scratch cities.
//!
//! Rules, clocks and ladders see only log time, which the store's writer takes from here and never lets go back. A
//! scratch city's time is moved by whoever drives it, so that hours pass in a moment under unshortened rules.

use model::Instant;
use std::sync::atomic::{AtomicI64, Ordering};

/// A tenant's clock.
#[derive(Debug)]
pub enum TenantClock {
    /// Wall time.
    System,
    /// Wall time plus what the city was moved ahead (µs): time goes on between the moves.
    Running(AtomicI64),
    /// Exactly where it was last moved to (µs).
    Stopped(AtomicI64),
}

/// The wall clock itself, in microseconds.
#[expect(clippy::disallowed_methods, reason = "this is the port that the rule points to")]
fn wall() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

impl TenantClock {
    /// A scratch clock that goes on from an instant.
    pub fn running_from(at: Instant) -> Self {
        Self::Running(AtomicI64::new(at.micros() - wall()))
    }

    /// A scratch clock that stands at an instant.
    pub fn stopped_at(at: Instant) -> Self {
        Self::Stopped(AtomicI64::new(at.micros()))
    }

    /// Moves a scratch clock forward; never back. A living city's clock cannot be moved.
    pub fn advance(&self, to: Instant) {
        match self {
            Self::System => {}
            Self::Running(ahead) => drop(ahead.fetch_max(to.micros() - wall(), Ordering::SeqCst)),
            Self::Stopped(at) => drop(at.fetch_max(to.micros(), Ordering::SeqCst)),
        }
    }

    /// Whether this clock can be moved.
    pub fn is_scratch(&self) -> bool {
        !matches!(self, Self::System)
    }
}

impl store::Clock for TenantClock {
    fn now(&self) -> Instant {
        Instant::from_micros(match self {
            Self::System => wall(),
            Self::Running(ahead) => wall().saturating_add(ahead.load(Ordering::SeqCst)),
            Self::Stopped(at) => at.load(Ordering::SeqCst),
        })
    }
}
