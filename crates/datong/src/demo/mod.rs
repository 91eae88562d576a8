//! `datong demo`: a scratch city with simulated outlets, on the real door and the real pages.

mod check;
mod replay;
mod story;

use crate::actors::HourReport;
use crate::node::{Node, NodeSettings, PAPER_FONTS};
use crate::serve::Ending;
use crate::settings::{Folders, say};
use crate::setup::begin;
use anyhow::Context;
use clap::Args;
use kernel::{Handover, TenantClock, Tuning};
use model::Instant;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use story::Story;

/// Where the demonstration's time begins: before a week of holidays, so that deadlines have something to tell.
const BEGINNING: &str = "2026-09-28T08:00:00+08:00";
/// Where the check's time begins.
const CHECK_BEGINNING: &str = "2026-09-30T12:00:00+08:00";
/// How often a simulated outlet reports a moment.
const MOMENT_SECS: u64 = 10;

/// How to demonstrate.
#[derive(Debug, Args)]
pub struct Demo {
    /// Runs the loop without a head, prints one JSON line per link, and succeeds only if all hold.
    #[arg(long)]
    check: bool,
    /// With --check: also reads the lists of this folder by every connector that knows their columns.
    #[arg(long, requires = "check")]
    replay: Option<PathBuf>,
    #[command(flatten)]
    folders: Folders,
    /// Address of the pages.
    #[arg(long, default_value = "127.0.0.1:8212")]
    http: String,
    /// Address of the HJ 212 door.
    #[arg(long, default_value = "127.0.0.1:8213")]
    hj212: String,
    /// Keeps the scratch city in this folder instead of a temporary one.
    #[arg(long)]
    data: Option<PathBuf>,
}

impl Demo {
    /// Demonstrates.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let temporary = Temporary::new(self.data.as_deref())?;
        let register = self.folders.city.join("demo.toml");
        let start = Instant::parse(if self.check { CHECK_BEGINNING } else { BEGINNING })?;
        let clock =
            || if self.check { TenantClock::stopped_at(start) } else { TenantClock::running_from(start) };
        let (tenant, made) = begin(&temporary.path, &self.folders, Some(&register), true, clock())?;
        let any = "127.0.0.1:0".to_owned();
        let settings = NodeSettings {
            data: temporary.path.clone(),
            tenant,
            http: if self.check { any.clone() } else { self.http.clone() },
            hj212: if self.check { any } else { self.hj212.clone() },
            clock: clock(),
            notify: None,
            secure_cookie: false,
            exchange: None,
            fonts: PAPER_FONTS.map(Into::into).to_vec(),
            scenarios: Some(self.folders.clone()),
            history: Tuning::default(),
            demo_accounts: made.clone(),
        };
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            let node = Arc::new(Node::start(settings).await?);
            let held = if self.check {
                self.check(&node, made, &temporary.path).await?
            } else {
                show(&node, made).await?;
                true
            };
            if let Some(node) = Arc::into_inner(node) {
                node.stop().await;
            }
            Ok(if held { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        })
    }

    async fn check(&self, node: &Arc<Node>, made: Vec<Handover>, folder: &Path) -> anyhow::Result<bool> {
        let (node, folder, lists) = (Arc::clone(node), folder.to_owned(), self.replay.clone());
        let check = move || {
            let held = check::Check::new(&node, &made, &folder).run()?;
            Ok(lists.map_or(Ok(true), |lists| replay::replay(&Story::new(&node, &made), &lists))? && held)
        };
        tokio::task::spawn_blocking(check).await?
    }
}

/// Tells the story, then keeps the outlets reporting until asked to stop.
async fn show(node: &Arc<Node>, made: Vec<Handover>) -> anyhow::Result<()> {
    let ending = Ending::listen()?;
    let (teller, tellers) = (Arc::clone(node), made.clone());
    tokio::task::spawn_blocking(move || {
        let story = Story::new(&teller, &tellers);
        story.week()?;
        story.watch()?;
        story.exceedance_among_others()
    })
    .await??;
    say(format!("\n  http://{}/\n\n  login            password", node.http));
    for Handover { login, password } in made.iter().filter(|m| !m.login.starts_with("DEMO")) {
        say(format!("  {login:<16} {password}"));
    }
    say(format!("\n  HJ 212 over TCP at {}. This is demonstration data. Ctrl-C ends it.\n", node.hj212));
    let stop = Arc::new(AtomicBool::new(false));
    let (stopped, reporter) = (Arc::clone(&stop), Arc::clone(node));
    let reporting = tokio::task::spawn_blocking(move || report(&reporter, &made, &stopped));
    ending.asked().await;
    stop.store(true, Ordering::Relaxed);
    reporting.await?
}

/// Outlets report a moment every few seconds, and each hour when it has passed.
fn report(node: &Node, made: &[Handover], stop: &AtomicBool) -> anyhow::Result<()> {
    let story = Story::new(node, made);
    let devices: Vec<&str> =
        made.iter().map(|m| m.login.as_str()).filter(|l| l.starts_with("DEMO")).collect();
    let mut outlets = devices.iter().map(|mn| story.outlet(mn)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut hour = story.local().hour();
    let mut round = 0u32;
    while !stop.load(Ordering::Relaxed) {
        let now = story.local();
        for (index, outlet) in (0u32..).zip(&mut outlets) {
            // A quiet plant with a little movement, below its limit.
            let so2 = 18.0 + f64::from((round * 7 + index * 5) % 11) * 0.6;
            let bytes = outlet.moment(now, so2)?;
            outlet.ask(&bytes)?;
            if now.hour() != hour {
                let end = now.with().minute(0).second(0).subsec_nanosecond(0).build()?;
                let start = end.checked_sub(jiff::Span::new().hours(1))?;
                story.hour(outlet, start, HourReport { so2, flag: b'N' })?;
            }
        }
        hour = now.hour();
        round = round.wrapping_add(1);
        for _ in 0..MOMENT_SECS * 10 {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    Ok(())
}

/// A folder that goes when the demonstration ends, unless the user named it.
struct Temporary {
    path: PathBuf,
    keep: bool,
}

impl Temporary {
    fn new(named: Option<&Path>) -> anyhow::Result<Self> {
        let path = named.map_or_else(
            || std::env::temp_dir().join(format!("datong-demo-{}", std::process::id())),
            Path::to_owned,
        );
        std::fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
        Ok(Self { path, keep: named.is_some() })
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.keep
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            tracing::warn!(%error, "the temporary folder could not be removed");
        }
    }
}
