//! A filled-in form with or without files, read within bounds: nobody who is not signed in can send a large one.

use super::error::Fault;
use super::extract::Visit;
use super::{BODY_BYTES_MAX, Shared};
use axum::body::{Body, to_bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Form, FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use kernel::{ENCLOSURE_BYTES_MAX, ENCLOSURES_MAX, Refusal, StoreError};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Largest body with files in bytes: as many files as an act may have, each as large as it may be, and the words.
pub(super) const UPLOAD_BYTES_MAX: usize = ENCLOSURES_MAX * ENCLOSURE_BYTES_MAX + 4 * BODY_BYTES_MAX;
/// How long a body with files may be on its way.
const UPLOAD_TIME_MAX: Duration = Duration::from_secs(300);
/// Parts of a form that are looked at.
const PARTS_MAX: usize = 200;

/// What came.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// Texts by the names of their fields.
    pub texts: HashMap<String, String>,
    /// Photos, as they came.
    pub photos: Vec<Vec<u8>>,
    /// Documents, as they came.
    pub documents: Vec<Vec<u8>>,
}

impl Filled {
    /// A text; nothing if the form has no such field.
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    fn files(&self) -> usize {
        self.photos.len() + self.documents.len()
    }
}

/// Reads a form, with files if it has some.
pub(super) async fn read(shared: &Arc<Shared>, visit: &Visit, request: Request) -> Result<Filled, Fault> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        return plain(request).await;
    }
    let Ok(_place) = shared.uploads.try_acquire() else {
        shared.state.kernel.counters().add("page", "busy");
        return Err(Fault::Kernel(Refusal::Store(StoreError::Busy)));
    };
    known(shared, visit).await?;
    let read = tokio::time::timeout(UPLOAD_TIME_MAX, with_files(request)).await;
    read.unwrap_or(Err(Fault::Form(StatusCode::REQUEST_TIMEOUT)))
}

/// A table as the whole body. Another site's page cannot send one without asking first (CORS).
pub(super) async fn table(shared: &Arc<Shared>, visit: &Visit, request: Request) -> Result<Vec<u8>, Fault> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    if !kind.starts_with("text/csv") && !kind.starts_with(workbook) {
        return Err(Fault::Form(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let Ok(_place) = shared.uploads.try_acquire() else {
        shared.state.kernel.counters().add("page", "busy");
        return Err(Fault::Kernel(Refusal::Store(StoreError::Busy)));
    };
    known(shared, visit).await?;
    let read =
        tokio::time::timeout(UPLOAD_TIME_MAX, to_bytes(request.into_body(), connector::BYTES_MAX)).await;
    let read = read.map_err(|_| Fault::Form(StatusCode::REQUEST_TIMEOUT))?;
    Ok(read.map_err(|_| Fault::Form(StatusCode::PAYLOAD_TOO_LARGE))?.to_vec())
}

/// A form without files. The route's own limit is for those with files.
pub(super) async fn plain(request: Request) -> Result<Filled, Fault> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, BODY_BYTES_MAX).await;
    let bytes = bytes.map_err(|_| Fault::Form(StatusCode::PAYLOAD_TOO_LARGE))?;
    let request = Request::from_parts(parts, Body::from(bytes));
    let Form(texts) = Form::from_request(request, &()).await.map_err(|r| Fault::Form(r.status()))?;
    Ok(Filled { texts, ..Filled::default() })
}

/// Whether somebody is signed in: asked before anything large is read.
async fn known(shared: &Arc<Shared>, visit: &Visit) -> Result<(), Fault> {
    let token = visit.token.clone().ok_or(Fault::SignedOut)?;
    let shared = Arc::clone(shared);
    let session = tokio::task::spawn_blocking(move || shared.state.kernel.session(&token)).await;
    match session {
        Ok(Ok(Some(_))) => Ok(()),
        Ok(Ok(None)) | Err(_) => Err(Fault::Expired),
        Ok(Err(refusal)) => Err(refusal.into()),
    }
}

async fn with_files(request: Request) -> Result<Filled, Fault> {
    let mut parts =
        Multipart::from_request(request, &()).await.map_err(|rejection| Fault::Form(rejection.status()))?;
    let (mut filled, mut words) = (Filled::default(), 0);
    for _ in 0..PARTS_MAX {
        let Some(mut part) = parts.next_field().await.map_err(|error| broken(&error))? else {
            return Ok(filled);
        };
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        // One byte more than is allowed is kept, so that the kernel says what is too large, and the form is kept too.
        let most = match is_file {
            true if filled.files() > ENCLOSURES_MAX => 1,
            true => ENCLOSURE_BYTES_MAX + 1,
            false => BODY_BYTES_MAX,
        };
        let bytes = taken(&mut part, most).await.map_err(|error| broken(&error))?;
        match (is_file, name.as_str()) {
            // A field in which no file was chosen comes as a file without anything in it.
            (true, _) if bytes.is_empty() => {}
            (true, "photo") => filled.photos.push(bytes),
            (true, "document") => filled.documents.push(bytes),
            (true, _) => return Err(Fault::Form(StatusCode::UNPROCESSABLE_ENTITY)),
            (false, _) => {
                words += bytes.len();
                if words >= BODY_BYTES_MAX {
                    return Err(Fault::Form(StatusCode::PAYLOAD_TOO_LARGE));
                }
                let text = String::from_utf8(bytes);
                let text = text.map_err(|_| Fault::Form(StatusCode::UNPROCESSABLE_ENTITY))?;
                filled.texts.insert(name, text);
            }
        }
    }
    Err(Fault::Form(StatusCode::PAYLOAD_TOO_LARGE))
}

/// The first bytes of a part. The rest is read and forgotten.
async fn taken(part: &mut Field<'_>, most: usize) -> Result<Vec<u8>, MultipartError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await? {
        let room = most.saturating_sub(bytes.len()).min(chunk.len());
        bytes.extend_from_slice(chunk.get(..room).unwrap_or_default());
    }
    Ok(bytes)
}

fn broken(error: &MultipartError) -> Fault {
    Fault::Form(error.status())
}
