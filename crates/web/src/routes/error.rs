//! From a refusal to a page: the one place that says which status, which words and what to do next.

use super::Web;
use super::desk::Desk;
use super::extract::Visit;
use super::refused::because;
use crate::paths;
use crate::texts::{Lang, Texts, fill};
use crate::views::{Link, Message, MessageKind};
use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::{Refusal, StoreError};
use model::Name;
use process::{Definition, Refusal as ProcessRefusal};
use proof::hex;
use std::error::Error;

/// Why a handler has no page of its own to give.
#[derive(Debug)]
pub(super) enum Fault {
    /// The kernel refuses or fails.
    Kernel(Refusal),
    /// The page needs somebody signed in.
    SignedOut,
    /// A form came with a session that has ended.
    Expired,
    /// A form did not come from a page of this session.
    FormToken,
    /// A form could not be read.
    Form(StatusCode),
    /// This person may not begin this process.
    NotToBegin {
        /// The process's title.
        process: String,
        /// Why.
        refusal: ProcessRefusal,
    },
    /// There is nothing at this address.
    NothingHere,
    /// A template failed.
    Template(askama::Error),
    /// A tile could not be drawn.
    Tile(mvt::Error),
    /// A paper could not be made: why.
    Paper(String),
    /// A receipt could not be written as JSON.
    Json(serde_json::Error),
}

/// A refusal in words: `您不能…，因为…`, and what to do.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Why {
    pub status: StatusCode,
    /// Why, as a part of a sentence.
    pub because: String,
    /// What to do now, as a sentence.
    pub next: String,
    /// The field that is wrong, where it is one.
    pub field: Option<Name>,
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::SignedOut => Self::SignedOut,
            Refusal::NotFound(_) => Self::NothingHere,
            other => Self::Kernel(other),
        }
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        Self::Template(error)
    }
}

impl Fault {
    /// The page that says so.
    pub fn page(self, desk: &Desk) -> Response {
        let texts = &desk.words().refused;
        let form = |status, because: &str| {
            message(desk, status, refused(&texts.what_form, because, &texts.next_form))
        };
        match self {
            Self::SignedOut => to_sign_in(desk),
            Self::Expired => message(desk, StatusCode::FORBIDDEN, MessageKind::SignedOut { expired: true }),
            Self::FormToken => form(StatusCode::FORBIDDEN, &texts.because_form_token),
            Self::Form(StatusCode::PAYLOAD_TOO_LARGE) => {
                form(StatusCode::PAYLOAD_TOO_LARGE, &texts.because_too_large)
            }
            Self::Form(status) => form(status, &texts.because_form),
            Self::NotToBegin { process, refusal } => {
                let why = self::process(&refusal, desk, None);
                let what = fill(&texts.what_begin, &[("process", &process)]);
                // Where no post may, there is nobody to ask.
                let ask = matches!(refusal, ProcessRefusal::Role { .. }).then_some(why.next);
                let instead = ask.into_iter().collect();
                let kind = MessageKind::Refused { what, because: why.because, instead };
                let list = Link { href: paths::BEGIN.to_owned(), text: desk.words().begin.title.clone() };
                message_with(desk, StatusCode::FORBIDDEN, kind, vec![list])
            }
            Self::NothingHere => message(desk, StatusCode::NOT_FOUND, MessageKind::NotFound),
            Self::Kernel(refusal) => match why(&refusal, desk, None) {
                Some(why) => message(desk, why.status, refused(&texts.what, &why.because, &why.next)),
                None => failed(desk, &refusal),
            },
            Self::Template(error) => failed(desk, &error),
            Self::Json(error) => failed(desk, &error),
            Self::Tile(error) => failed(desk, &error),
            Self::Paper(why) => {
                tracing::warn!(why, "a paper could not be made");
                let texts = &desk.words().document;
                let kind = refused(&texts.pdf_what, &texts.pdf_because, &texts.pdf_next);
                message(desk, StatusCode::SERVICE_UNAVAILABLE, kind)
            }
        }
    }
}

/// What a refusal tells the person; nothing when it is no refusal but a failure of ours.
pub(super) fn why(refusal: &Refusal, desk: &Desk, definition: Option<&Definition>) -> Option<Why> {
    let texts = &desk.words().refused;
    let (status, because, next) = match refusal {
        Refusal::Process(refusal) => return Some(process(refusal, desk, definition)),
        Refusal::NotAllowed { role } => {
            let role = desk.role(role);
            let because = fill(&texts.because_role, &[("role", role)]);
            (StatusCode::FORBIDDEN, because, fill(&texts.next_role, &[("role", role)]))
        }
        Refusal::SignIn { .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, texts.because_account.clone(), texts.next_fill.clone())
        }
        Refusal::Overtaken { .. } => {
            (StatusCode::CONFLICT, texts.because_overtaken.clone(), texts.next_look.clone())
        }
        Refusal::Field { what, .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, desk.text(what).to_owned(), texts.next_fill.clone())
        }
        Refusal::Dropped(entry) => {
            let because = fill(&texts.because_dropped, &[("n", &entry.to_string())]);
            (StatusCode::GONE, because, texts.next_dropped.clone())
        }
        Refusal::Erased(at) => {
            let because = fill(&texts.because_erased, &[("at", &desk.minute(*at))]);
            (StatusCode::GONE, because, texts.next_erased.clone())
        }
        Refusal::Store(StoreError::Busy) => {
            (StatusCode::SERVICE_UNAVAILABLE, texts.because_busy.clone(), texts.next_again.clone())
        }
        Refusal::SignedOut
        | Refusal::NotFound(_)
        | Refusal::Unusable(_)
        | Refusal::Definitions(_)
        | Refusal::Store(_) => return None,
    };
    Some(Why { status, because, next, field: None })
}

/// What the process says: fields that are missing are the form's (422), the stage and the clock have moved (409), the
/// person is not the one (403).
fn process(refusal: &ProcessRefusal, desk: &Desk, definition: Option<&Definition>) -> Why {
    let texts = &desk.words().refused;
    let because = because(desk, definition, refusal);
    let field = match refusal {
        ProcessRefusal::Field { field, .. } => Some(field.clone()),
        _ => None,
    };
    let (status, next) = match refusal {
        ProcessRefusal::Role { roles } => {
            (StatusCode::FORBIDDEN, fill(&texts.next_role, &[("role", &desk.roles(roles))]))
        }
        ProcessRefusal::SamePerson { .. } => (StatusCode::FORBIDDEN, texts.next_same_person.clone()),
        ProcessRefusal::Opinion
        | ProcessRefusal::Measurement
        | ProcessRefusal::Reason
        | ProcessRefusal::Photo
        | ProcessRefusal::Document
        | ProcessRefusal::Field { .. }
        | ProcessRefusal::Receipt
        | ProcessRefusal::Correction
        | ProcessRefusal::Which { .. } => (StatusCode::UNPROCESSABLE_ENTITY, texts.next_fill.clone()),
        other if other.lies_in_the_case() => (StatusCode::CONFLICT, texts.next_look.clone()),
        _ => (StatusCode::FORBIDDEN, texts.next_look.clone()),
    };
    Why { status, because, next, field }
}

fn refused(what: &str, because: &str, next: &str) -> MessageKind {
    MessageKind::Refused {
        what: what.to_owned(),
        because: because.to_owned(),
        instead: vec![next.to_owned()],
    }
}

/// A page that carries a message, with a way back to where the visitor is.
pub(super) fn message(desk: &Desk, status: StatusCode, kind: MessageKind) -> Response {
    let back = match kind {
        MessageKind::Refused { .. } | MessageKind::Failed { .. } => {
            Some(Link { href: desk.visit.address.clone(), text: desk.words().refused.back.clone() })
        }
        MessageKind::NotFound | MessageKind::SignedOut { .. } => None,
    };
    message_with(desk, status, kind, back.into_iter().collect())
}

fn message_with(desk: &Desk, status: StatusCode, kind: MessageKind, links: Vec<Link>) -> Response {
    let page = Message { page: desk.page(), kind, links };
    desk.html_as(status, &page).unwrap_or_else(|fault| {
        tracing::error!(?fault, "a message could not be shown");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

/// Logs a failure of ours once, under a number that the page shows instead of details.
pub(super) fn failed(desk: &Desk, error: &dyn Error) -> Response {
    let number = hex(&desk.state().chance.id()[..4]);
    tracing::error!(number, error = %chain(error), address = desk.visit.address, "a page failed");
    desk.kernel().counters().add("page", "failed");
    message(desk, StatusCode::INTERNAL_SERVER_ERROR, MessageKind::Failed { number, telephone: None })
}

/// An error with its sources.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

fn to_sign_in(desk: &Desk) -> Response {
    let address = &desk.visit.address;
    let to = if address == paths::INBOX {
        paths::SIGN_IN.to_owned()
    } else {
        format!("{}?next={}", paths::SIGN_IN, paths::encode(address))
    };
    see(&to)
}

/// Sends the browser on to fetch another page (303).
pub(super) fn see(address: &str) -> Response {
    let location = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static(paths::HOME));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

/// When all places are taken: without the kernel, and so without a frame.
pub(super) fn busy(lang: Lang) -> Response {
    let texts = &Texts::get(lang).refused;
    let headers = [(RETRY_AFTER, "2"), (CONTENT_TYPE, "text/plain; charset=utf-8")];
    let text = format!("{} {}\n", texts.because_busy, texts.next_again);
    (StatusCode::SERVICE_UNAVAILABLE, headers, text).into_response()
}

/// Everything that is no page.
pub(super) async fn no_such_page(web: Web, visit: Visit) -> Response {
    web.0.answer(visit, |_| Err(Fault::NothingHere)).await
}

/// A page that is there, but not for this method: what is only posted to cannot be opened.
pub(super) async fn no_such_method(web: Web, visit: Visit) -> Response {
    let show = |desk: &Desk| Ok(message(desk, StatusCode::METHOD_NOT_ALLOWED, MessageKind::NotFound));
    web.0.answer(visit.at(paths::HOME), show).await
}
