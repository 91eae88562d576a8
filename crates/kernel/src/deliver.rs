//! The outbox: what leaves the house goes at least once, with the same id each time, in order per receiver.

use crate::background::Background;
use crate::{Kernel, Refusal};
use model::Instant;
use std::sync::Arc;
use std::time::Duration;
use store::{Housekeeping, PendingDelivery};

/// Longest wait between attempts.
const RETRY_SECS_MAX: i64 = 600;
/// Deliveries looked at in one round: one per receiver.
const ROUND: u32 = 64;

/// Something that takes deliveries out of the house.
pub trait Sink: Send + Sync {
    /// Sends one; an error means: try again later.
    fn send(&self, delivery: &PendingDelivery) -> Result<(), String>;
}

/// The thread that empties the outbox.
pub struct Deliverer(#[expect(dead_code, reason = "held for its end")] Background);

impl Deliverer {
    /// Starts it.
    pub fn start(kernel: Arc<Kernel>, sink: Arc<dyn Sink>) -> std::io::Result<Self> {
        let round = move || match kernel.deliver_round(sink.as_ref()) {
            Ok(0) => Duration::from_millis(200),
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::warn!(%error, "the outbox could not be read");
                Duration::from_secs(1)
            }
        };
        Background::start("deliver", round).map(Self)
    }
}

impl Kernel {
    /// Whether nothing waits to leave the house now.
    pub fn outbox_is_empty(&self) -> Result<bool, Refusal> {
        Ok(self.store.read()?.deliveries_due(Instant::from_micros(i64::MAX), 1)?.is_empty())
    }

    /// Tries every delivery that is due once. Returns how many arrived.
    pub fn deliver_round(&self, sink: &dyn Sink) -> Result<usize, Refusal> {
        let now = self.wall_now();
        let due = self.store.read()?.deliveries_due(now, ROUND)?;
        let mut arrived = 0;
        for delivery in due {
            let work = match sink.send(&delivery) {
                Ok(()) => {
                    arrived += 1;
                    self.counters.add("delivery", "arrived");
                    Housekeeping::Delivered(delivery.number)
                }
                Err(error) => {
                    self.counters.add("delivery", "failed");
                    tracing::warn!(receiver = delivery.receiver, error, "a delivery failed");
                    let wait = 1i64
                        .checked_shl(delivery.attempts)
                        .unwrap_or(RETRY_SECS_MAX)
                        .clamp(1, RETRY_SECS_MAX);
                    Housekeeping::Retry(delivery.number, now.plus_secs(wait))
                }
            };
            crate::wait(self.store.keep(work)?)?;
        }
        Ok(arrived)
    }
}
