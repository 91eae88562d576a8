//! Instants at rest, and the zone in which people read them.
//!
//! Four times have names, and each value carries those that apply: *observed* (when it was so), *received* (when
//! a door took it in), *committed* (log time of the command that wrote it) and *effective* (from when it counts).

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt::strtime};
use std::fmt;
use thiserror::Error;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

/// Why a text is not an instant.
#[derive(Debug, Error, PartialEq)]
#[error("`{text}` is not a time with an offset, like 2026-09-30T16:00:00+08:00")]
pub struct TimeError {
    text: String,
}

impl Instant {
    /// The instant that many microseconds after the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Moves forward (or back, when negative) by whole seconds, stopping at the ends of time.
    #[must_use]
    pub const fn plus_secs(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs.saturating_mul(1_000_000)))
    }

    /// Microseconds from `earlier` to here.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads RFC 3339 with an offset.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        text.parse::<Timestamp>()
            .map(|t| Self(t.as_microsecond()))
            .map_err(|_| TimeError { text: text.to_owned() })
    }

    fn timestamp(self) -> Timestamp {
        // Instants outside jiff's years (-9999..9999) can only come from damaged data: clamp, never panic.
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC, as programs want it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

/// The zone of a city: where its days begin and its offices open.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// Looks the zone up in the bundled tz database, for example `Asia/Shanghai`.
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// The wall clock at an instant.
    pub fn local(&self, at: Instant) -> DateTime {
        self.0.to_datetime(at.timestamp())
    }

    /// The calendar day at an instant.
    pub fn date(&self, at: Instant) -> Date {
        self.local(at).date()
    }

    /// The instant of a wall-clock time. A time that the zone skips or repeats takes the reading before the change.
    pub fn instant(&self, local: DateTime) -> Option<Instant> {
        let at = self.0.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(Instant(at.as_microsecond()))
    }

    /// `2026-09-30 16:00`, as officers read it.
    pub fn minute(&self, at: Instant) -> String {
        strtime::format("%Y-%m-%d %H:%M", self.local(at)).unwrap_or_default()
    }

    /// `2026-09-30 16:00:05`, for trails where seconds decide who was first.
    pub fn second(&self, at: Instant) -> String {
        strtime::format("%Y-%m-%d %H:%M:%S", self.local(at)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_and_shown_in_the_city_zone() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let at = Instant::parse("2026-09-30T16:00:00+08:00").unwrap();
        assert_eq!(at.to_string(), "2026-09-30T08:00:00Z");
        assert_eq!(zone.minute(at), "2026-09-30 16:00");
        assert_eq!(zone.instant(zone.local(at)), Some(at));
    }

    #[test]
    fn a_time_without_offset_is_refused() {
        assert!(Instant::parse("2026-09-30T16:00:00").is_err());
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        assert!(!Instant::from_micros(i64::MAX).to_string().is_empty());
        assert!(!Instant::from_micros(i64::MIN).to_string().is_empty());
        assert_eq!(Instant::from_micros(i64::MAX).plus_secs(1).micros(), i64::MAX);
    }
}
