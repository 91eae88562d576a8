//! The receiver of notifications: a small HTTP server that keeps what is posted to it.

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Deliveries by receiver, each id once: they arrive at least once.
#[derive(Clone, Default)]
pub struct Received(Arc<Mutex<BTreeMap<String, BTreeMap<String, serde_json::Value>>>>);

/// A receiver that listens until it is dropped.
pub struct PostOffice {
    /// Where it listens.
    pub address: SocketAddr,
    /// What arrived.
    pub received: Received,
    task: JoinHandle<()>,
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl PostOffice {
    /// Listens on a free port.
    pub async fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let received = Received::default();
        let router = Router::new().route("/", post(keep)).with_state(received.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the receiver of notifications stopped");
            }
        });
        Ok(Self { address, received, task })
    }
}

async fn keep(
    State(received): State<Received>,
    headers: axum::http::HeaderMap,
    Json(body): Json<serde_json::Value>,
) {
    let id = headers.get("idempotency-key").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let receiver = body["receiver"].as_str().unwrap_or_default().to_owned();
    let mut all = received.0.lock().unwrap_or_else(PoisonError::into_inner);
    all.entry(receiver).or_default().insert(id, body["what"].clone());
}

impl Received {
    /// How many deliveries a receiver got.
    pub fn count(&self, receiver: &str) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(receiver).map_or(0, BTreeMap::len)
    }
}
