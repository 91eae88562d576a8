//! One connection: bytes in, frames out of them, answers back.

use super::Limits;
use super::orders::Orders;
use super::packet::{Begun, Divided, begin, dialect_of, record};
use codec::hj212::{Frame, FrameError, Framer};
use kernel::{DeviceOrder, Kernel};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// Bytes read at once. With the framer's one frame, this is all the memory a connection can take; the packets in it are
/// stored together, and one that is late for weeks still lets others in after so many.
const READ_BYTES: usize = 16 * 1024;
/// How long a peer may take to take its answers.
const WRITE_SECS: u64 = 10;

pub(super) struct Connection {
    stream: TcpStream,
    kernel: Arc<Kernel>,
    limits: Limits,
    framer: Framer,
    faults: u32,
    divided: Divided,
    orders: Orders,
    asked: mpsc::Receiver<DeviceOrder>,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, kernel: Arc<Kernel>, limits: Limits) -> Self {
        let (line, asked) = kernel.line();
        let (orders, divided) = (Orders::new(line), Divided::default());
        Self { stream, kernel, limits, framer: Framer::default(), faults: 0, divided, orders, asked }
    }

    /// Serves the connection to its end, and says why it ended.
    pub(super) async fn serve(mut self, stop: watch::Receiver<bool>) -> &'static str {
        let ended = self.live(stop).await;
        let lost = self.orders.end(&self.kernel, &mut self.asked);
        record(&self.kernel, lost).await;
        if ended != "stopping" {
            self.kernel.counters().add("hj212-connection", ended);
        }
        ended
    }

    async fn live(&mut self, mut stop: watch::Receiver<bool>) -> &'static str {
        let mut bytes = vec![0; READ_BYTES];
        let idle = Duration::from_secs(self.limits.idle_secs);
        let mut silent = Instant::now() + idle;
        loop {
            let wake = self.orders.due().map_or(silent, |due| due.min(silent));
            let done = tokio::select! {
                read = self.stream.read(&mut bytes) => match read {
                    Err(_) => return "broken",
                    Ok(0) => return "closed",
                    Ok(count) => {
                        silent = Instant::now() + idle;
                        self.take(&bytes[..count]).await
                    }
                },
                Some(order) = self.asked.recv(), if self.orders.has_room() => self.ask(order).await,
                () = tokio::time::sleep_until(wake) => {
                    if Instant::now() >= silent {
                        return "idle";
                    }
                    let (again, given_up) = self.orders.overdue(&self.limits);
                    record(&self.kernel, given_up).await;
                    self.answer(&again).await
                }
                () = async { drop(stop.wait_for(|stop| *stop).await) } => return "stopping",
            };
            if let Err(why) = done {
                return why;
            }
        }
    }

    async fn ask(&mut self, order: DeviceOrder) -> Result<(), &'static str> {
        match self.orders.ask(&self.kernel, order, &self.limits) {
            Ok(packet) => self.answer(&packet).await,
            Err(failed) => {
                record(&self.kernel, vec![failed]).await;
                Ok(())
            }
        }
    }

    /// Everything that one read brought is begun in its order, and answered in it.
    async fn take(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let mut frames = Vec::new();
        let kernel = Arc::clone(&self.kernel);
        self.framer.feed_of(bytes, &|data| dialect_of(&kernel, data), |frame| frames.push(frame));
        let mut begun = Vec::with_capacity(frames.len());
        let mut ended = Ok(());
        for frame in frames {
            match self.frame(frame) {
                Ok(packet) => begun.extend(packet),
                Err(why) => {
                    ended = Err(why);
                    break;
                }
            }
        }
        let mut answers = Vec::new();
        for packet in begun {
            answers.extend(packet.answer(&kernel).await);
        }
        self.answer(&answers).await?;
        ended
    }

    fn frame(&mut self, frame: Result<Frame, FrameError>) -> Result<Option<Begun>, &'static str> {
        match frame {
            Ok(frame) => {
                self.faults = 0;
                let standing = (&mut self.divided, &mut self.orders, &self.limits);
                Ok(Some(begin(&self.kernel, &frame, standing)))
            }
            Err(error) => {
                self.kernel.counters().add("hj212-frame", error.fault.as_str());
                self.faults += 1;
                if self.faults > self.limits.faults_max { Err("too-many-faults") } else { Ok(None) }
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
