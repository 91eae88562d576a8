//! Work in the background: a thread that does rounds until it is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Longest sleep in one piece, so that a stop is soon heard.
const NAP_MAX: Duration = Duration::from_millis(100);

/// A thread that stops, and is waited for, when this is dropped.
pub(crate) struct Background {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// Starts it. Each round says how long to wait before the next.
    pub(crate) fn start(
        name: &str,
        mut round: impl FnMut() -> Duration + Send + 'static,
    ) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let mut wait = round();
                while !wait.is_zero() && !stopped.load(Ordering::Relaxed) {
                    let nap = wait.min(NAP_MAX);
                    std::thread::sleep(nap);
                    wait -= nap;
                }
            }
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }

    /// Whether its thread has ended, by itself or because it was told to.
    pub(crate) fn ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!(name, "a background thread ended badly");
            }
        }
    }
}
