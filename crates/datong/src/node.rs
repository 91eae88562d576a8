//! One node: a kernel with its threads, its doors and its pages, started and stopped together.

use crate::fetch::Origins;
use crate::scenario::Proposed;
use crate::settings::Folders;
use crate::webhook::{LogOnly, Webhook};
use anyhow::Context;
use doors::hj212::{Hj212Door, Limits};
use kernel::{Deliverer, Dispatcher, Fetcher, Handover, Kernel, Sink, TenantClock, Ticker, Tuning};
use model::Name;
use proof::SystemChance;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use web::{Scenarios, WebState, router};

/// Where Debian and its like put fonts that have Chinese names whole, rare characters among them.
pub const PAPER_FONTS: [&str; 2] = [
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
];

/// How a node is set up.
pub struct NodeSettings {
    /// Data directory.
    pub data: PathBuf,
    /// Which city.
    pub tenant: Name,
    /// Where pages are served.
    pub http: String,
    /// Where HJ 212 is taken in.
    pub hj212: String,
    /// The clock.
    pub clock: TenantClock,
    /// Where notifications go.
    pub notify: Option<String>,
    /// Whether the pages are reached over TLS alone, so that cookies may insist on it.
    pub secure_cookie: bool,
    /// The folder into which departments put files for connectors; without one, a folder of the data directory.
    pub exchange: Option<PathBuf>,
    /// Files of fonts in which papers are written.
    pub fonts: Vec<PathBuf>,
    /// Folders with the scenarios that are run for proposals.
    pub scenarios: Option<Folders>,
    /// How history is kept.
    pub history: Tuning,
    /// Demonstration accounts, shown on the sign-in page of a demonstration city only.
    pub demo_accounts: Vec<Handover>,
}

/// A running node.
pub struct Node {
    /// Its kernel.
    pub kernel: Arc<Kernel>,
    /// Its dispatcher.
    pub dispatcher: Dispatcher,
    /// Where pages are served.
    pub http: SocketAddr,
    /// Where HJ 212 is taken in.
    pub hj212: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    // Threads end when these go, before the kernel does.
    _deliverer: Deliverer,
    _ticker: Option<Ticker>,
    _fetcher: Option<Fetcher>,
}

impl Node {
    /// Starts everything. A stopped clock has no ticker: whoever drives it ticks.
    pub async fn start(settings: NodeSettings) -> anyhow::Result<Self> {
        let NodeSettings { data, tenant, http, hj212, clock, notify, secure_cookie, history, .. } = settings;
        let demo_accounts = settings.demo_accounts;
        let exchange = settings.exchange.unwrap_or_else(|| data.join(tenant.as_str()).join("exchange"));
        // The kernel waits for its own commits: it is opened where waiting is allowed.
        let ticking = !matches!(clock, TenantClock::Stopped(_));
        let open = move || {
            let kernel = Kernel::open_tuned(&data, &tenant, clock, (Arc::new(SystemChance), history));
            let kernel = kernel.context("opening the city")?;
            kernel.fetch_by(Arc::new(Origins::new(exchange)));
            Threads::start(kernel, ticking, notify)
        };
        let threads = tokio::task::spawn_blocking(open);
        let Threads { kernel, dispatcher, deliverer, ticker, fetcher } = threads.await??;

        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let door = Hj212Door::bind(&hj212, Arc::clone(&kernel), Limits::default())
            .await
            .with_context(|| format!("opening the HJ 212 door at {hj212}"))?;
        let hj212 = door.address()?;
        tasks.spawn(door.serve(stopped.clone()));

        let listener =
            TcpListener::bind(&http).await.with_context(|| format!("opening the pages at {http}"))?;
        let http = listener.local_addr()?;
        let demonstration = kernel.loaded().demonstration;
        let accounts = demo_accounts.into_iter().filter(|_| demonstration);
        let pages = router(WebState {
            kernel: Arc::clone(&kernel),
            chance: Arc::new(SystemChance),
            demo_accounts: accounts.map(|a| (a.login, a.password)).collect(),
            secure_cookie,
            fonts: settings.fonts,
            scenarios: settings.scenarios.map(|folders| Arc::new(Proposed { folders }) as Arc<dyn Scenarios>),
            stop: stopped.clone(),
        });
        tasks.spawn(serve_pages(listener, pages, stopped));
        Ok(Self {
            kernel,
            dispatcher,
            http,
            hj212,
            stop,
            tasks,
            _deliverer: deliverer,
            _ticker: ticker,
            _fetcher: fetcher,
        })
    }

    /// Stops taking in, lets what is under way finish.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a task ended badly");
            }
        }
    }
}

/// The kernel and the threads that work on it.
struct Threads {
    kernel: Arc<Kernel>,
    dispatcher: Dispatcher,
    deliverer: Deliverer,
    ticker: Option<Ticker>,
    fetcher: Option<Fetcher>,
}

impl Threads {
    fn start(kernel: Kernel, ticking: bool, notify: Option<String>) -> anyhow::Result<Self> {
        let kernel = Arc::new(kernel);
        let sink: Arc<dyn Sink> = match notify {
            Some(url) => Arc::new(Webhook::new(url)),
            None => Arc::new(LogOnly),
        };
        Ok(Self {
            dispatcher: Dispatcher::start(Arc::clone(&kernel))?,
            deliverer: Deliverer::start(Arc::clone(&kernel), sink)?,
            // Where time is driven, whoever drives it fetches too.
            fetcher: if ticking { Some(Fetcher::start(Arc::clone(&kernel))?) } else { None },
            ticker: if ticking { Some(Ticker::start(Arc::clone(&kernel))?) } else { None },
            kernel,
        })
    }
}

async fn serve_pages(listener: TcpListener, pages: axum::Router, mut stop: watch::Receiver<bool>) {
    let stopped = async move {
        // An error means that the node itself has gone: that is a stop too.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    if let Err(error) = axum::serve(listener, pages).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "the pages stopped");
    }
}
