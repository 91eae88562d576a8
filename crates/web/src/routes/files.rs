//! Files that came with acts: given by their digest, and only to those who may see the case.

use super::Web;
use super::case::urn_of;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Segment, Visit};
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// What a file is, by its first bytes: what the sender said of it counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Jpeg,
    Png,
    Pdf,
    Other,
}

pub(super) async fn show(web: Web, visit: Visit, path: Segment<(String, String)>) -> Response {
    web.0.answer(visit, move |desk| file(desk, path)).await
}

fn file(desk: &Desk, path: Segment<(String, String)>) -> Result<Response, Fault> {
    let actor = desk.signed_in()?;
    let Path((urn, name)) = path.map_err(|_| Fault::NothingHere)?;
    let urn = urn_of(Ok(Path(urn)))?;
    let digest = proof::unhex(&name).and_then(|bytes| bytes.try_into().ok()).ok_or(Fault::NothingHere)?;
    let bytes = desk.kernel().enclosure(actor, &urn, &digest)?;
    let kind = Kind::of(&bytes);
    let short = name.get(..12).unwrap_or_default();
    // What a browser does not show by itself is only ever saved.
    let how = if kind == Kind::Other { "attachment" } else { "inline" };
    let headers = [
        (CONTENT_TYPE, kind.media_type().to_owned()),
        (CONTENT_DISPOSITION, format!("{how}; filename=\"{short}.{}\"", kind.ending())),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

impl Kind {
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Self::Jpeg,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Self::Png,
            [b'%', b'P', b'D', b'F', b'-', ..] => Self::Pdf,
            _ => Self::Other,
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
            Self::Other => "application/octet-stream",
        }
    }

    pub const fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Pdf => "pdf",
            Self::Other => "bin",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn files_are_what_their_first_bytes_say() {
        assert_eq!(Kind::of(b"\xFF\xD8\xFF\xE0"), Kind::Jpeg);
        assert_eq!(Kind::of(b"\x89PNG\r\n\x1a\n..."), Kind::Png);
        assert_eq!(Kind::of(b"%PDF-1.7"), Kind::Pdf);
        for other in [&b""[..], b"<html>", b"\xFF\xD8", b" %PDF-1.7", b"<svg/>", b"MZ"] {
            assert_eq!(Kind::of(other), Kind::Other);
        }
    }
}
