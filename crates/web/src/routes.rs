//! Routes: from a request to a page, one file per resource. Permissions, records and time come from the kernel; wording
//! and layout are the views'.
//!
//! To add a page: a file here with its handler, a line in [`router`], and the view. Everything a handler does happens in
//! one blocking piece of work, because the kernel waits for the disk: see [`Shared::answer`].

mod about;
mod act;
mod administration;
mod allowed;
mod api;
mod assets;
mod audit;
mod begin;
mod boards;
mod case;
mod clock;
mod compare;
mod connectors;
mod csv;
mod datasets;
mod deadline;
mod definitions;
mod design;
mod desk;
mod documents;
mod edit;
mod error;
mod extract;
mod facts;
mod features;
mod feeds;
mod fields;
mod files;
mod forms;
mod headers;
mod home;
mod inbox;
mod interface;
mod kept;
mod leads;
mod live;
mod log;
mod merge;
mod ngsi;
mod ordinance;
mod oversight;
mod package;
mod packet;
mod packs;
mod people;
mod placed;
mod receipt;
mod recorded;
mod refused;
mod registers;
mod search;
mod seen;
mod series;
mod services;
mod several;
mod sheet;
mod show;
mod sign_in;
mod source;
mod sources;
mod stages;
mod standing;
mod status;
mod trail;
mod upload;
mod verify;

use crate::{Scenarios, paths};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use desk::Desk;
use error::Fault;
use extract::Visit;
use interface::Access::{Anyone, SignedIn};
pub use interface::{Access, Address};
use interface::{Interface, Operation};
use kernel::Kernel;
use paper::Fonts;
use proof::Chance;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::timeout;

/// Largest body of a request without files in bytes. A receipt has a few thousand, an opinion at most sixteen thousand.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Pages made at once. One more is told to come again: the queue before the disk must have an end.
const PAGES_MAX: usize = 256;
/// Sign-ins at once: each waits for one of the kernel's few places to hash a password.
const SIGN_INS_MAX: usize = 32;
/// Downloads of series at once: each may hold some megabytes.
const DOWNLOADS_MAX: usize = 4;
/// Listeners to the log at once. One more is told to come again, and its page stays as it was loaded.
const LISTENERS_MAX: usize = 512;
/// How long a download waits for its place.
const DOWNLOAD_WAIT: Duration = Duration::from_secs(3);
/// Forms with files at once: each may hold as many bytes as an act may bring.
const UPLOADS_MAX: usize = 4;

/// What the pages need.
pub struct WebState {
    /// The city.
    pub kernel: Arc<Kernel>,
    /// Where the ids of forms come from.
    pub chance: Arc<dyn Chance>,
    /// Logins and passwords, shown on the sign-in page of a demonstration city and of no other.
    pub demo_accounts: Vec<(String, String)>,
    /// Whether cookies are for HTTPS only.
    pub secure_cookie: bool,
    /// Files of fonts in which papers are written, in the order in which they are asked for a character.
    pub fonts: Vec<PathBuf>,
    /// Who runs scenarios for a proposal, where the node has them.
    pub scenarios: Option<Arc<dyn Scenarios>>,
    /// Says when the city stops: lines that are kept open end then.
    pub stop: watch::Receiver<bool>,
}

/// The state with its places.
struct Shared {
    state: WebState,
    pages: Semaphore,
    sign_ins: Semaphore,
    downloads: Semaphore,
    uploads: Semaphore,
    listeners: Arc<Semaphore>,
    /// What programs can ask for: the OpenAPI document.
    document: OnceLock<String>,
    /// Fonts of papers, read when the first paper is asked for; or why there are none.
    fonts: OnceLock<Result<Fonts, String>>,
    /// Prose of packs, made when it is first asked for.
    told: packs::Tellings,
}

/// As handlers receive it.
type Web = axum::extract::State<Arc<Shared>>;

/// What kind of work a request is, and so which places it takes.
#[derive(Clone, Copy)]
enum Work {
    Page,
    SignIn,
    Download,
}

/// All pages and files of a city.
pub fn router(state: WebState) -> Router {
    let shared = Arc::new(Shared {
        state,
        pages: Semaphore::new(PAGES_MAX),
        sign_ins: Semaphore::new(SIGN_INS_MAX),
        downloads: Semaphore::new(DOWNLOADS_MAX),
        uploads: Semaphore::new(UPLOADS_MAX),
        listeners: Arc::new(Semaphore::new(LISTENERS_MAX)),
        document: OnceLock::new(),
        fonts: OnceLock::new(),
        told: packs::Tellings::default(),
    });
    let (routes, document) = interface().finish();
    let _ = shared.document.set(document);
    routes
        .fallback(error::no_such_page)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&shared), headers::dress))
        .with_state(shared)
}

/// Every address of a city, for whoever wants to try them all.
pub fn addresses() -> Vec<Address> {
    interface().addresses()
}

fn interface() -> Interface {
    let files = |limit: usize| move |router: Router<Arc<Shared>>| router.layer(DefaultBodyLimit::max(limit));
    pages(Interface::new())
        .with(files(upload::UPLOAD_BYTES_MAX), with_files(Interface::new()))
        .with(|router| router, api::routes(Interface::new()))
        .with(|router| router, log_of(files_of(Interface::new())))
        .with(files(connector::BYTES_MAX), api::connectors::uploads(Interface::new()))
        .with(files(api::definitions::BODY_BYTES_MAX), api::definitions::routes(Interface::new()))
        .with(files(ngsi::BODY_BYTES_MAX), ngsi::routes(Interface::new()))
        .with(|router| router, features::routes(Interface::new()))
}

/// Pages that take files.
fn with_files(interface: Interface) -> Interface {
    let interface =
        interface.page("/definitions/{*file}", Anyone, get(definitions::show).post(definitions::send));
    interface.page("/cases/{urn}/acts/{act}", SignedIn, post(act::send)).page(
        "/connectors/{connector}",
        SignedIn,
        get(connectors::show).post(connectors::send),
    )
}

fn pages(interface: Interface) -> Interface {
    interface
        .page(paths::HOME, Anyone, get(home::show))
        .page(paths::SIGN_IN, Anyone, get(sign_in::show).post(sign_in::sign_in))
        .page(paths::SIGN_OUT, SignedIn, post(sign_in::sign_out))
        .page(paths::INBOX, SignedIn, get(inbox::show))
        .page(paths::INBOX_TABLE, SignedIn, get(inbox::table))
        .page(paths::KEPT, SignedIn, post(kept::send))
        .page(paths::SEVERAL, SignedIn, get(several::show))
        .page("/inbox/several/{act}", SignedIn, post(several::send))
        .page("/cases/{urn}", SignedIn, get(case::show))
        .page("/cases/{urn}/package.zip", SignedIn, get(package::show))
        .page("/cases/{urn}/personal", SignedIn, get(oversight::personal).post(oversight::reveal))
        .page("/cases/{urn}/files/{digest}", SignedIn, get(files::show))
        .page("/cases/{urn}/drafts/{file}", SignedIn, get(documents::draft))
        .page(paths::DOCUMENTS, SignedIn, get(documents::list))
        .page("/documents/{file}", SignedIn, get(documents::show))
        .page(paths::BEGIN, SignedIn, get(begin::list))
        .page("/begin/{process}", SignedIn, get(begin::show).post(begin::send))
        .page(paths::CONNECTORS, SignedIn, get(connectors::list))
        .page(paths::SOURCES, Anyone, get(sources::show))
        .page("/sources/{urn}", Anyone, get(source::show))
        .page("/sources/{urn}/audits", SignedIn, post(audit::send))
        .page(paths::DATA, Anyone, get(datasets::list))
        .page(paths::DATA_FEED, Anyone, get(feeds::catalogue))
        .page(paths::STATUS_FEED, Anyone, get(feeds::status))
        .page(paths::SEARCH, Anyone, get(search::show))
        .page(paths::SERVICES, Anyone, get(services::list))
        .page("/services/{service}", Anyone, get(services::show).post(services::check))
        .page(paths::BOARDS, SignedIn, get(boards::list))
        .page("/boards/{board}", SignedIn, get(boards::show))
        .page("/boards/{board}/alarms", SignedIn, get(boards::alarms::list))
        .page("/boards/{board}/changes", SignedIn, get(boards::changes::show))
        .page("/boards/{board}/changes.csv", SignedIn, get(boards::changes::table))
        .page("/boards/{board}/shifts", SignedIn, get(boards::shifts::list))
        .page(paths::REGISTERS, Anyone, get(registers::list))
        .page("/registers/{file}", Anyone, get(registers::show))
        .page("/entities/{urn}", Anyone, get(registers::entity))
        .page("/entities/{urn}/edit", SignedIn, get(edit::show).post(edit::send))
        .page("/entities/{urn}/merge", SignedIn, post(merge::send))
        .page(paths::DEFINITIONS, Anyone, get(definitions::list))
        .page(paths::PACKS, Anyone, get(packs::list))
        .page("/packs/{pack}", Anyone, get(packs::show))
        .page(paths::ORDINANCE, Anyone, get(ordinance::list))
        .page(paths::ORDINANCE_TABLE, Anyone, get(ordinance::table))
        .page("/ordinance/{number}", Anyone, get(ordinance::show))
        .page("/packets/{sequence}", Anyone, get(packet::show))
        .page(paths::ADMINISTRATION, SignedIn, get(administration::list).post(administration::open))
        .page(
            "/administration/people/{urn}",
            SignedIn,
            get(administration::show_person).post(administration::send_person),
        )
        .page(paths::AUDIT, SignedIn, get(oversight::show_acts))
        .page(paths::LEADS, SignedIn, post(leads::send))
        .page(paths::AUDIT_TABLE, SignedIn, get(oversight::table))
        .page(paths::ACCOUNT, SignedIn, get(administration::own).post(administration::change))
        .page(paths::DESIGN, Anyone, get(design::show))
        .page(paths::STATUS, Anyone, get(status::show))
        .page(paths::DRILL, SignedIn, post(status::drill))
        .page(paths::ROTATE, SignedIn, post(status::rotate))
        .page(paths::VERIFY, Anyone, get(verify::show).post(verify::check))
        .page(paths::LOG_EVENTS, Anyone, get(live::events))
        .page(paths::VERIFIER, Anyone, get(assets::verifier))
        .page(crate::assets::CSS_PATH, Anyone, get(assets::css))
        .page(crate::assets::BOARD_CSS_PATH, Anyone, get(assets::board_css))
        .page(crate::assets::LIVE_PATH, Anyone, get(assets::live))
        .page(crate::assets::KEYS_PATH, Anyone, get(assets::keys))
        .page(crate::assets::ICON_PATH, Anyone, get(assets::icon))
}

/// Files that people and programs take.
fn files_of(interface: Interface) -> Interface {
    interface
        .at(
            "/sources/{urn}/series/{file}",
            [Operation::get("downloadSeries", "A series as `<attribute>.csv`, `.json` or `.parquet`.")
                .query("from", "First instant, local or with an offset.")
                .query("to", "The instant before which it ends.")
                .query("known", "As it was known at this instant.")
                .query("edition", "raw, cleaned or audited.")
                .query("by", "hour, day or month: aggregates instead of values.")
                .query("percentile", "With `by`: one more column, from 0 to 100.")
                .answers("text/csv")],
            get(series::download),
        )
        .at(
            "/data/{file}",
            [Operation::get(
                "downloadDataset",
                "A dataset as `<id>.csv`, `.json` or `.parquet`; its page without an ending.",
            )
            .query("encoding", "Of CSV: gb18030 instead of UTF-8.")
            .query("known", "As it was known at this instant, local or with an offset; of a day, at its end.")
            .answers("text/csv")],
            get(datasets::show),
        )
        .at(
            "/receipts/{file}",
            [Operation::get(
                "downloadReceipt",
                "The receipt of an entry as `<number>.json`; its page without an ending.",
            )],
            get(receipt::show),
        )
}

/// The log's own addresses, and those by which the node is watched.
fn log_of(interface: Interface) -> Interface {
    interface
        .at(
            "/log/head",
            [Operation::get("getHead", "The newest signed head of the log.").answers("text/plain")],
            get(log::head),
        )
        .at(
            "/log/heads",
            [Operation::get("listHeads", "Published heads, the newest first.")],
            get(log::heads),
        )
        .at(
            "/log/key",
            [Operation::get("getKey", "The log's public key.").answers("text/plain")],
            get(log::key),
        )
        .at(
            paths::ROTATIONS,
            [Operation::get(
                "listKeyRotations",
                "How each key of the log has handed over to the next: receipts, the first one first.",
            )],
            get(log::rotations),
        )
        .at(
            "/log/rotations/{file}",
            [Operation::get(
                "downloadKeyRotation",
                "One of these receipts as `<entry>.json`: its head is signed by both keys.",
            )],
            get(log::rotation),
        )
        .at(
            "/log/consistency",
            [Operation::get(
                "proveConsistency",
                "That the log of `old` entries is the beginning of that of `size` (RFC 6962).",
            )
            .query("old", "Entries of the smaller log.")
            .query("size", "Entries of the larger one.")],
            get(log::consistency),
        )
        .at(
            "/metrics",
            [Operation::get("getMetrics", "Counters, as Prometheus reads them.").answers("text/plain")],
            get(log::metrics),
        )
        .at(
            "/health",
            [Operation::get("getHealth", "Whether the city answers.").answers("text/plain")],
            get(|| async { "ok" }),
        )
        .at("/api/openapi.json", [Operation::get("getOpenApi", "This document.")], get(openapi))
}

async fn openapi(web: Web) -> Response {
    let document = web.0.document.get().cloned().unwrap_or_default();
    ([(axum::http::header::CONTENT_TYPE, "application/vnd.oai.openapi+json;version=3.1")], document)
        .into_response()
}

impl Shared {
    /// Makes a page on a thread that may wait: the one way from a handler to the kernel.
    async fn answer(
        self: Arc<Self>,
        visit: Visit,
        work: impl FnOnce(&Desk) -> Result<Response, Fault> + Send + 'static,
    ) -> Response {
        self.answer_as(Work::Page, visit, work).await
    }

    /// A place among all pages, and one of its kind; nothing if there is none. A download waits a little for its own.
    async fn place(&self, kind: Work) -> Option<(SemaphorePermit<'_>, Option<SemaphorePermit<'_>>)> {
        let page = self.pages.try_acquire().ok()?;
        let own = match kind {
            Work::Page => None,
            Work::SignIn => Some(self.sign_ins.try_acquire().ok()?),
            Work::Download => Some(timeout(DOWNLOAD_WAIT, self.downloads.acquire()).await.ok()?.ok()?),
        };
        Some((page, own))
    }

    async fn answer_as(
        self: Arc<Self>,
        kind: Work,
        visit: Visit,
        work: impl FnOnce(&Desk) -> Result<Response, Fault> + Send + 'static,
    ) -> Response {
        let shared = Arc::clone(&self);
        let Some(_places) = shared.place(kind).await else {
            self.state.kernel.counters().add("page", "busy");
            return error::busy(visit.lang);
        };
        let made = tokio::task::spawn_blocking(move || {
            let desk = Desk::open(self, visit);
            work(&desk).unwrap_or_else(|fault| fault.page(&desk))
        });
        made.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a page was not made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        })
    }
}
