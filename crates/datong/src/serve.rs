//! `datong serve`: a city at work.

use crate::node::{Node, NodeSettings, PAPER_FONTS};
use crate::settings::{Folders, Place, say};
use clap::{Args, ValueEnum};
use kernel::{TenantClock, Tuning};
use model::Instant;
use std::process::ExitCode;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How a city is served.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// Address of the pages.
    #[arg(long, env = "DATONG_HTTP", default_value = "127.0.0.1:8212")]
    http: String,
    /// Address of the HJ 212 door.
    #[arg(long, env = "DATONG_HJ212", default_value = "127.0.0.1:8213")]
    hj212: String,
    /// Webhook to which notifications are posted.
    #[arg(long, env = "DATONG_NOTIFY_URL")]
    notify_url: Option<String>,
    /// The pages are reached over TLS alone (through a proxy): cookies insist on it.
    #[arg(long, env = "DATONG_SECURE_COOKIE")]
    secure_cookie: bool,
    /// Folder into which departments put their files for connectors; default `exchange` in the city's own folder.
    #[arg(long, env = "DATONG_EXCHANGE_DIR")]
    exchange: Option<std::path::PathBuf>,
    /// Files of fonts in which papers (PDF) are written, in the order in which they are asked for a character.
    #[arg(long = "paper-font", env = "DATONG_PAPER_FONTS", value_delimiter = ':', default_values = PAPER_FONTS)]
    fonts: Vec<std::path::PathBuf>,
    /// Folder of the packs with their scenarios, which are run for a proposal that is asked for it.
    #[arg(long, env = "DATONG_PACKS", requires = "city")]
    packs: Option<std::path::PathBuf>,
    /// Folder of the city, with the people who take part in scenarios.
    #[arg(long, env = "DATONG_CITY", requires = "packs")]
    city: Option<std::path::PathBuf>,
    /// Values of series that are kept in memory, about 36 bytes each, before they are packed into a segment of history.
    #[arg(long, env = "DATONG_HISTORY_POINTS", default_value_t = Tuning::default().points)]
    history_points: usize,
    /// Which time the city lives in. `log` goes on from the log's last time; only scratch cities may.
    #[arg(long, value_enum, default_value_t = ClockChoice::System)]
    clock: ClockChoice,
    /// With `--clock log`: where time goes on, if later than the log's last time.
    #[arg(long)]
    from: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ClockChoice {
    System,
    Log,
}

impl Serve {
    /// Serves until asked to stop.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let clock = match self.clock {
            ClockChoice::System => TenantClock::System,
            ClockChoice::Log => {
                let from = self.from.as_deref().map(Instant::parse).transpose()?;
                TenantClock::running_from(from.unwrap_or_default())
            }
        };
        let settings = NodeSettings {
            tenant: self.place.tenant()?,
            data: self.place.data,
            http: self.http,
            hj212: self.hj212,
            clock,
            notify: self.notify_url,
            secure_cookie: self.secure_cookie,
            exchange: self.exchange,
            fonts: self.fonts,
            scenarios: self.packs.zip(self.city).map(|(packs, city)| Folders { city, packs }),
            history: Tuning { points: self.history_points.max(1), ..Tuning::default() },
            demo_accounts: Vec::new(),
        };
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            let ending = Ending::listen()?;
            let node = Node::start(settings).await?;
            say(serde_json::json!({ "http": node.http.to_string(), "hj212": node.hj212.to_string() }));
            ending.asked().await;
            node.stop().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// The wish that this process ends: an interrupt, or a polite request. Listened for before anybody is told that it runs.
pub struct Ending {
    interrupt: Signal,
    terminate: Signal,
}

impl Ending {
    /// Begins to listen.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the wish.
    pub async fn asked(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
