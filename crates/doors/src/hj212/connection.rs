//! One connection: bytes in, frames out of them, answers back.

use super::Limits;
use super::packet::{Divided, handle};
use codec::hj212::{FrameError, Framer};
use kernel::Kernel;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// Bytes read at once. With the framer's one frame, this is all the memory a connection can take.
const READ_BYTES: usize = 4096;
/// How long a peer may take to take its answers.
const WRITE_SECS: u64 = 10;

pub(super) struct Connection {
    stream: TcpStream,
    kernel: Arc<Kernel>,
    limits: Limits,
    framer: Framer,
    faults: u32,
    divided: Divided,
}

/// What the bytes of one read gave.
type Frames = Vec<Result<String, FrameError>>;

impl Connection {
    pub(super) fn new(stream: TcpStream, kernel: Arc<Kernel>, limits: Limits) -> Self {
        Self { stream, kernel, limits, framer: Framer::default(), faults: 0, divided: Divided::default() }
    }

    /// Serves the connection to its end, and says why it ended.
    pub(super) async fn serve(mut self, mut stop: watch::Receiver<bool>) -> &'static str {
        let mut bytes = [0; READ_BYTES];
        let idle = Duration::from_secs(self.limits.idle_secs);
        loop {
            let read = tokio::select! {
                read = tokio::time::timeout(idle, self.stream.read(&mut bytes)) => read,
                _ = stop.wait_for(|stop| *stop) => return "stopping",
            };
            let count = match read {
                Err(_) => return self.count("idle"),
                Ok(Err(_)) => return self.count("broken"),
                Ok(Ok(0)) => return self.count("closed"),
                Ok(Ok(count)) => count,
            };
            let mut frames = Frames::new();
            self.framer.feed(&bytes[..count], |frame| frames.push(frame.map(|f| f.text().into_owned())));
            for frame in frames {
                match self.frame(frame).await {
                    Ok(()) => {}
                    Err(why) => return self.count(why),
                }
            }
        }
    }

    fn count(&self, why: &'static str) -> &'static str {
        self.kernel.counters().add("hj212-connection", why);
        why
    }

    async fn frame(&mut self, frame: Result<String, FrameError>) -> Result<(), &'static str> {
        match frame {
            Ok(text) => {
                self.faults = 0;
                let answer = handle(&self.kernel, &text, &mut self.divided).await;
                self.answer(&answer).await
            }
            Err(error) => {
                self.kernel.counters().add("hj212-frame", error.fault.as_str());
                self.faults += 1;
                if self.faults > self.limits.faults_max { Err("too-many-faults") } else { Ok(()) }
            }
        }
    }

    async fn answer(&mut self, answer: &[u8]) -> Result<(), &'static str> {
        if answer.is_empty() {
            return Ok(());
        }
        let write = self.stream.write_all(answer);
        match tokio::time::timeout(Duration::from_secs(WRITE_SECS), write).await {
            Ok(Ok(())) => Ok(()),
            _ => Err("answer-not-taken"),
        }
    }
}
