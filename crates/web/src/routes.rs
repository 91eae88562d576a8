//! Routes: from a request to a page, one file per resource. Permissions, records and time come from the kernel; wording
//! and layout are the views'.
//!
//! To add a page: a file here with its handler, a line in [`router`], and the view. Everything a handler does happens in
//! one blocking piece of work, because the kernel waits for the disk: see [`Shared::answer`].

mod about;
mod act;
mod allowed;
mod api;
mod assets;
mod audit;
mod begin;
mod case;
mod clock;
mod connectors;
mod csv;
mod datasets;
mod deadline;
mod desk;
mod error;
mod extract;
mod facts;
mod fields;
mod files;
mod forms;
mod headers;
mod home;
mod inbox;
mod log;
mod ngsi;
mod ordinance;
mod packet;
mod people;
mod receipt;
mod recorded;
mod refused;
mod series;
mod sheet;
mod show;
mod sign_in;
mod source;
mod sources;
mod stages;
mod standing;
mod trail;
mod upload;
mod verify;

use crate::paths;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use desk::Desk;
use error::Fault;
use extract::Visit;
use kernel::Kernel;
use proof::Chance;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Largest body of a request without files in bytes. A receipt has a few thousand, an opinion at most sixteen thousand.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Pages made at once. One more is told to come again: the queue before the disk must have an end.
const PAGES_MAX: usize = 256;
/// Sign-ins at once: each waits for one of the kernel's few places to hash a password.
const SIGN_INS_MAX: usize = 32;
/// Downloads of series at once: each may hold some megabytes.
const DOWNLOADS_MAX: usize = 4;
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
}

/// The state with its places.
struct Shared {
    state: WebState,
    pages: Semaphore,
    sign_ins: Semaphore,
    downloads: Semaphore,
    uploads: Semaphore,
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
    });
    Router::new()
        .route(paths::HOME, get(home::show))
        .route(paths::SIGN_IN, get(sign_in::show).post(sign_in::sign_in))
        .route(paths::SIGN_OUT, post(sign_in::sign_out))
        .route(paths::INBOX, get(inbox::show))
        .route("/cases/{urn}", get(case::show))
        .route(
            "/cases/{urn}/acts/{act}",
            post(act::send).layer(DefaultBodyLimit::max(upload::UPLOAD_BYTES_MAX)),
        )
        .route("/cases/{urn}/files/{digest}", get(files::show))
        .route(paths::BEGIN, get(begin::list))
        .route("/begin/{process}", get(begin::show).post(begin::send))
        .route(paths::CONNECTORS, get(connectors::list))
        .route(
            "/connectors/{connector}",
            get(connectors::show)
                .post(connectors::send)
                .layer(DefaultBodyLimit::max(upload::UPLOAD_BYTES_MAX)),
        )
        .route(paths::SOURCES, get(sources::show))
        .route("/sources/{urn}", get(source::show))
        .route("/sources/{urn}/series/{file}", get(series::download))
        .route("/sources/{urn}/audits", post(audit::send))
        .route(paths::DATA, get(datasets::list))
        .route("/data/{file}", get(datasets::show))
        .route(paths::ORDINANCE, get(ordinance::list))
        .route("/ordinance/{number}", get(ordinance::show))
        .route("/packets/{sequence}", get(packet::show))
        .route("/receipts/{file}", get(receipt::show))
        .route(paths::VERIFY, get(verify::show).post(verify::check))
        .route("/log/head", get(log::head))
        .route("/log/heads", get(log::heads))
        .route("/log/key", get(log::key))
        .route("/log/consistency", get(log::consistency))
        .route(paths::VERIFIER, get(assets::verifier))
        .route(crate::assets::CSS_PATH, get(assets::css))
        .route(crate::assets::ICON_PATH, get(assets::icon))
        .route("/metrics", get(log::metrics))
        .route("/health", get(|| async { "ok" }))
        .merge(interface())
        .merge(ngsi::router())
        .fallback(error::no_such_page)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&shared), headers::dress))
        .with_state(shared)
}

/// What programs ask for.
fn interface() -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/v1/sessions", post(ngsi::session))
        .route("/api/v1/connectors", get(api::connectors::list))
        .route(
            "/api/v1/connectors/{connector}/imports",
            post(api::connectors::send).layer(DefaultBodyLimit::max(connector::BYTES_MAX)),
        )
        .route("/api/v1/connectors/{connector}/runs", get(api::connectors::runs))
        .route("/api/v1/runs/{urn}/undo", post(api::connectors::undo))
        .route("/api/v1/devices/{number}/orders", get(api::devices::list).post(api::devices::send))
        .route("/api/v1/sources/{urn}/series/{attribute}/audits", post(api::series::send))
        .route("/api/v1/cases", get(api::cases))
        .route("/api/v1/cases/{urn}", get(api::case))
        .route("/api/v1/cases/{urn}/acts/{act}", post(api::act))
        .route("/api/v1/processes/{process}/cases", post(api::begin))
        .route("/api/v1/processes/{process}/migrate", post(api::definitions::migrate))
        .route("/api/v1/boards", get(api::boards::list))
        .route("/api/v1/boards/{board}", get(api::boards::show))
        .route("/api/v1/datasets", get(api::datasets::list))
        .route("/api/v1/datasets/{dataset}", get(api::datasets::show))
        .route("/api/v1/services", get(api::services::list))
        .route("/api/v1/services/{service}", get(api::services::show))
        .route("/api/v1/services/{service}/eligibility", post(api::services::eligibility))
        .route(
            "/api/v1/definitions",
            post(api::definitions::activate).layer(DefaultBodyLimit::max(api::definitions::BODY_BYTES_MAX)),
        )
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

    async fn answer_as(
        self: Arc<Self>,
        kind: Work,
        visit: Visit,
        work: impl FnOnce(&Desk) -> Result<Response, Fault> + Send + 'static,
    ) -> Response {
        let shared = Arc::clone(&self);
        let places = match kind {
            Work::Page => &shared.pages,
            Work::SignIn => &shared.sign_ins,
            Work::Download => &shared.downloads,
        };
        let Ok(_place) = places.try_acquire() else {
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
