//! Counters: every drop, refusal and repeat is counted under a bounded code.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Counts by what happened and its code. Both are written in the program, never taken from input, so the table is
/// as small as the program's text.
#[derive(Debug, Default)]
pub struct Counters(Mutex<BTreeMap<(&'static str, &'static str), u64>>);

impl Counters {
    /// Counts one.
    pub fn add(&self, what: &'static str, code: &'static str) {
        self.add_many(what, code, 1);
    }

    /// Counts several.
    pub fn add_many(&self, what: &'static str, code: &'static str, count: u64) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((what, code)).or_default() += count;
    }

    /// All counts.
    pub fn all(&self) -> BTreeMap<(&'static str, &'static str), u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One count.
    pub fn get(&self, what: &'static str, code: &'static str) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(what, code)).copied().unwrap_or(0)
    }

    /// How often something was counted under a code that is not known beforehand.
    pub fn get_named(&self, what: &str, code: &str) -> u64 {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter(|((w, c), _)| *w == what && *c == code).map(|(_, count)| count).sum()
    }

    /// Prometheus text exposition.
    pub fn prometheus(&self) -> String {
        let mut out = String::from("# TYPE datong_events_total counter\n");
        for ((what, code), count) in self.all() {
            out.push_str(&format!("datong_events_total{{what=\"{what}\",code=\"{code}\"}} {count}\n"));
        }
        out
    }
}
