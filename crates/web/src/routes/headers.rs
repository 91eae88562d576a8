//! What every answer carries: the security headers, and the cookies for what the visitor has chosen by link.

use super::Shared;
use super::extract::{ELDER, LANG, parameter};
use crate::texts::Lang;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// Nothing but our own style sheets, pictures and forms; no scripts at all; in no other site's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";
/// The same of a page that follows the log: a script from a file of ours may run, and ask this site.
pub(super) const LIVE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// How long a choice is remembered.
const CHOICE_SECS: u32 = 365 * 24 * 3600;

/// Adds them to whatever a handler answers.
pub(super) async fn dress(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let lang = parameter(request.uri(), LANG).and_then(Lang::parse).map(|lang| (LANG, lang.code()));
    let elder = parameter(request.uri(), ELDER).map(|on| (ELDER, if on == "1" { "1" } else { "0" }));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    // A page is as of now and for one person; files say otherwise themselves.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    for (name, value) in lang.into_iter().chain(elder) {
        let cookie = cookie(name, value, CHOICE_SECS, shared.state.secure_cookie);
        headers.extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    }
    response
}

/// A cookie of this site, for all its pages. Its value must be plain letters and digits.
pub(super) fn cookie(name: &str, value: &str, secs: u32, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={secs}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).ok()
}
