//! Where notifications go: a webhook of the city's message service, or the process's own log.

use kernel::Sink;
use std::time::Duration;
use store::PendingDelivery;

/// Posts each delivery as JSON, with its id as `Idempotency-Key`.
pub struct Webhook {
    agent: ureq::Agent,
    url: String,
}

impl Webhook {
    /// A webhook at an address inside the house.
    pub fn new(url: String) -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(5))).build();
        Self { agent: config.into(), url }
    }
}

impl Sink for Webhook {
    fn send(&self, delivery: &PendingDelivery) -> Result<(), String> {
        let what: serde_json::Value =
            serde_json::from_str(&delivery.body).map_err(|error| error.to_string())?;
        let body = serde_json::json!({ "receiver": delivery.receiver, "what": what }).to_string();
        self.agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header("idempotency-key", &delivery.id)
            .send(body)
            .map(drop)
            .map_err(|error| error.to_string())
    }
}

/// Without a webhook, what would be sent is written to the log, and nothing leaves the house.
pub struct LogOnly;

impl Sink for LogOnly {
    fn send(&self, delivery: &PendingDelivery) -> Result<(), String> {
        tracing::info!(id = delivery.id, receiver = delivery.receiver, "notification (no webhook is set)");
        Ok(())
    }
}
