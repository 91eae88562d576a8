//! The scratch city of one scenario: a node, its people as they sign in, its devices as they connect.

use super::post::PostOffice;
use crate::actors::{Outlet, Person};
use crate::node::{Node, NodeSettings};
use crate::settings::Folders;
use crate::setup::{begin_with, read_register};
use anyhow::Context;
use jiff::civil::DateTime;
use kernel::{Handover, Loaded, TenantClock, Tuning};
use model::{Instant, Name};
use pack::{Register, Scenario};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::runtime::Runtime;

/// The login whose list shows every case: whatever is expected is read with its eyes unless a person is named.
const OBSERVER: &str = "auditor-1";

/// A city in which a scenario is told.
pub struct City {
    pub(super) node: Option<Node>,
    pub(super) post: PostOffice,
    /// Cases by the name that the scenario gives them.
    pub(super) cases: BTreeMap<Name, String>,
    /// The case that is spoken of when none is named.
    pub(super) latest: Option<String>,
    people: BTreeMap<String, Person>,
    outlets: BTreeMap<String, Outlet>,
    made: Vec<Handover>,
    /// Commands sent so far, so that each has an idempotency key of its own.
    pub(super) sent: u32,
    runtime: Runtime,
    folder: PathBuf,
}

impl City {
    /// Begins a city whose time stands at the scenario's start.
    pub fn begin(folders: &Folders, scenario: &Scenario) -> anyhow::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let folder = std::env::temp_dir().join(format!(
            "datong-scenario-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        let zone = crate::pack::definitions(folders)?.city.zone;
        let zone = model::Zone::named(&zone).with_context(|| format!("{zone} is no time zone"))?;
        let start = local(&zone, &scenario.starts)?;
        let clock = || TenantClock::stopped_at(start);
        let register = cast(read_register(&folders.city.join("demo.toml"))?, scenario);
        let (tenant, made) = begin_with(&folder, folders, &register, true, clock())?;
        let runtime = Runtime::new()?;
        let any = || "127.0.0.1:0".to_owned();
        let (node, post) = runtime.block_on(async {
            let post = PostOffice::open().await?;
            let settings = NodeSettings {
                data: folder.clone(),
                tenant,
                http: any(),
                hj212: any(),
                clock: clock(),
                notify: Some(format!("http://{}/", post.address)),
                secure_cookie: false,
                exchange: None,
                fonts: Vec::new(),
                scenarios: None,
                // Few points, so that history goes through its segments here too.
                history: Tuning { points: 64, ..Tuning::default() },
                demo_accounts: Vec::new(),
            };
            anyhow::Ok((Node::start(settings).await?, post))
        })?;
        Ok(Self {
            node: Some(node),
            post,
            cases: BTreeMap::new(),
            latest: None,
            people: BTreeMap::new(),
            outlets: BTreeMap::new(),
            made,
            sent: 0,
            runtime,
            folder,
        })
    }

    pub(super) fn node(&self) -> anyhow::Result<&Node> {
        self.node.as_ref().context("the city has stopped")
    }

    pub(super) fn loaded(&self) -> anyhow::Result<Arc<Loaded>> {
        Ok(self.node()?.kernel.loaded())
    }

    /// The city's wall clock.
    pub(super) fn now(&self) -> anyhow::Result<DateTime> {
        let kernel = &self.node()?.kernel;
        Ok(kernel.loaded().zone.local(kernel.now()))
    }

    /// A moment of the city's wall clock.
    pub(super) fn at(&self, text: &str) -> anyhow::Result<Instant> {
        local(&self.node()?.kernel.loaded().zone, text)
    }

    /// Drives log time on; everything that is due on the way rings, and rules finish.
    pub(super) fn drive(&self, to: Instant) -> anyhow::Result<()> {
        let node = self.node()?;
        anyhow::ensure!(
            to >= node.kernel.now(),
            "{to} lies before the city's present time {}",
            node.kernel.now()
        );
        Ok(node.kernel.advance(to, &node.dispatcher)?)
    }

    fn password(&self, login: &str) -> anyhow::Result<String> {
        let made = self.made.iter().find(|made| made.login == login);
        made.map(|made| made.password.clone()).with_context(|| format!("{login} is not in the register"))
    }

    /// A person, signed in once.
    pub(super) fn person(&mut self, login: Option<&str>) -> anyhow::Result<&Person> {
        let login = login.unwrap_or(OBSERVER);
        if !self.people.contains_key(login) {
            let person = Person::sign_in(self.node()?.http, login, &self.password(login)?)?;
            self.people.insert(login.to_owned(), person);
        }
        self.people.get(login).context("signed in")
    }

    /// A device's logger, connected once.
    pub(super) fn outlet(&mut self, number: &str, system: Option<u16>) -> anyhow::Result<&mut Outlet> {
        if !self.outlets.contains_key(number) {
            let outlet = Outlet::connect(self.node()?.hj212, number, &self.password(number)?)?;
            let outlet = match system {
                Some(code) => outlet.system(code),
                None => outlet,
            };
            self.outlets.insert(number.to_owned(), outlet);
        }
        self.outlets.get_mut(number).context("connected")
    }
}

impl Drop for City {
    fn drop(&mut self) {
        self.people.clear();
        self.outlets.clear();
        if let Some(node) = self.node.take() {
            self.runtime.block_on(node.stop());
        }
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, "the scratch city could not be removed");
        }
    }
}

/// The register with those people alone who take part: each needs a password that takes its time to be hashed.
fn cast(mut register: Register, scenario: &Scenario) -> Register {
    let told = format!("{:?}", scenario.step);
    register.person.retain(|person| person.login == OBSERVER || told.contains(&person.login));
    register
}

/// `2026-09-30T16:00` on a zone's wall clock.
fn local(zone: &model::Zone, text: &str) -> anyhow::Result<Instant> {
    let local: DateTime =
        text.parse().with_context(|| format!("`{text}` is no local time like 2026-09-30T16:00"))?;
    zone.instant(local).with_context(|| format!("{text} does not exist in the city's zone"))
}
