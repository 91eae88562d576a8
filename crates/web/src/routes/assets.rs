//! The files that pages load, and the program that checks receipts without this software.

use super::extract::parameter;
use crate::assets::{
    BOARD_CSS, CSS, ICON, KEYS, LIVE, board_css_href, css_href, icon_href, keys_href, live_href,
};
use axum::http::Uri;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// As it stands in the documentation: what is downloaded here is what is explained there.
pub(super) const VERIFIER: &str = include_str!("../../../../docs/verify_receipt.py");

/// An address with the bytes' own hash names these bytes for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Any other address may have other bytes after the next release.
const FOR_NOW: &str = "public, max-age=300";

pub(super) async fn css(uri: Uri) -> Response {
    asset(&uri, &css_href(), "text/css; charset=utf-8", CSS)
}

pub(super) async fn board_css(uri: Uri) -> Response {
    asset(&uri, &board_css_href(), "text/css; charset=utf-8", BOARD_CSS)
}

pub(super) async fn live(uri: Uri) -> Response {
    asset(&uri, &live_href(), "text/javascript; charset=utf-8", LIVE)
}

pub(super) async fn keys(uri: Uri) -> Response {
    asset(&uri, &keys_href(), "text/javascript; charset=utf-8", KEYS)
}

pub(super) async fn icon(uri: Uri) -> Response {
    asset(&uri, &icon_href(), "image/svg+xml", ICON)
}

pub(super) async fn verifier() -> Response {
    ([(CONTENT_TYPE, "text/x-python; charset=utf-8"), (CACHE_CONTROL, FOR_NOW)], VERIFIER).into_response()
}

fn asset(uri: &Uri, href: &str, kind: &'static str, bytes: &'static str) -> Response {
    let version = href.split_once("?v=").map(|(_, version)| version);
    let cache = if parameter(uri, "v") == version { FOR_EVER } else { FOR_NOW };
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, cache)], bytes).into_response()
}
