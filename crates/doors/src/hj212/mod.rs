//! The HJ 212 door: pollution monitors report over TCP (HJ 212-2017, 2005 and 2025 forms).
//!
//! A packet is answered when it is on disk: 9014 for stored data, 9011 with its code for a refusal (table 5). What a
//! device cannot be told, such as a broken frame, is counted.

mod connection;
mod orders;
mod packet;

use connection::Connection;
use kernel::Kernel;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// What one node takes on.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once. One more is closed at once, and counted.
    pub connections_max: usize,
    /// Connections at once from one address: a carrier's gateway may stand before many devices, but not before all.
    pub per_address: usize,
    /// Seconds without a byte before a connection is closed: loggers report at least every 15 minutes.
    pub idle_secs: u64,
    /// Broken frames in a row before a connection is closed: this is no monitor.
    pub faults_max: u32,
    /// Seconds that a device may take to answer an order (the standard's OverTime).
    pub answer_secs: u64,
    /// How often an order is sent again that is not answered (the standard's ReCount).
    pub resends: u8,
    /// Seconds that carrying out an order may take.
    pub execution_secs: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 2000,
            per_address: 1500,
            idle_secs: 1200,
            faults_max: 50,
            answer_secs: 10,
            resends: 3,
            execution_secs: 300,
        }
    }
}

/// The door, listening.
pub struct Hj212Door {
    listener: TcpListener,
    kernel: Arc<Kernel>,
    limits: Limits,
}

impl Hj212Door {
    /// Opens the door at an address.
    pub async fn bind(address: &str, kernel: Arc<Kernel>, limits: Limits) -> std::io::Result<Self> {
        Ok(Self { listener: TcpListener::bind(address).await?, kernel, limits })
    }

    /// Where it listens.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until told to stop, then lets connections finish what they have read.
    pub async fn serve(self, mut stop: watch::Receiver<bool>) {
        let places = Arc::new(Semaphore::new(self.limits.connections_max));
        let peers = Arc::<Peers>::default();
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((stream, peer)) => self.admit(stream, peer, (&places, &peers), &stop, &mut connections),
                Err(error) => {
                    // Out of descriptors, most likely: wait for some to come back rather than spin.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        while connections.join_next().await.is_some() {}
    }

    fn admit(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        (places, peers): (&Arc<Semaphore>, &Arc<Peers>),
        stop: &watch::Receiver<bool>,
        connections: &mut JoinSet<()>,
    ) {
        let Ok(place) = Arc::clone(places).try_acquire_owned() else {
            self.kernel.counters().add("hj212-connection", "too-many");
            return;
        };
        let Some(seat) = Peers::seat(peers, peer.ip(), self.limits.per_address) else {
            self.kernel.counters().add("hj212-connection", "too-many-from-one");
            return;
        };
        self.kernel.counters().add("hj212-connection", "accepted");
        let connection = Connection::new(stream, Arc::clone(&self.kernel), self.limits);
        let stop = stop.clone();
        connections.spawn(async move {
            let ended = connection.serve(stop).await;
            tracing::debug!(%peer, ended, "HJ 212 connection ended");
            drop((place, seat));
        });
    }
}

/// How many connections each address has.
#[derive(Debug, Default)]
struct Peers(Mutex<HashMap<IpAddr, usize>>);

/// One of an address's connections, until it is dropped.
struct Seat {
    peers: Arc<Peers>,
    address: IpAddr,
}

impl Peers {
    fn seat(peers: &Arc<Self>, address: IpAddr, limit: usize) -> Option<Seat> {
        let mut held = peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_default();
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(Seat { peers: Arc::clone(peers), address })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut held = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = held.get(&self.address).map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            held.remove(&self.address);
        } else {
            held.insert(self.address, left);
        }
    }
}
