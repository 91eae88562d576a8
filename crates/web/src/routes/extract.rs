//! What every request says besides its own matter: language, elder mode, session, and where it is.

use crate::texts::Lang;
use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{Form, FromRequestParts, Path, Query};
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri};
use std::convert::Infallible;

/// The session's cookie.
pub(super) const SESSION: &str = "session";
/// The language's cookie, and the query's key.
pub(super) const LANG: &str = "lang";
/// The elder mode's cookie, and the query's key.
pub(super) const ELDER: &str = "elder";
/// Longest cookie value that is looked at.
const COOKIE_BYTES_MAX: usize = 128;

/// A piece of the path; one that cannot be read leads nowhere, like an unknown one.
pub(super) type Segment<T = String> = Result<Path<T>, PathRejection>;
/// The query; one that cannot be read counts as empty.
pub(super) type Asked<T> = Result<Query<T>, QueryRejection>;
/// The body of a form.
pub(super) type Sent<T> = Result<Form<T>, FormRejection>;

/// A request's own circumstances.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// In which language the page is shown.
    pub lang: Lang,
    /// Whether in large type.
    pub elder: bool,
    /// Path and query of a page that can be fetched again in another language.
    pub address: String,
    /// Under which name the city was asked, if it is a plain one: `city.example:8212`.
    pub host: Option<String>,
    /// The session's token, as the browser has it.
    pub token: Option<String>,
    /// Whether the browser says that another site's page sent this.
    pub cross_site: bool,
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, &parts.headers))
    }
}

impl Visit {
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let chosen = |key| parameter(uri, key).or_else(|| cookie(headers, key));
        let lang = chosen(LANG).and_then(Lang::parse).or_else(|| accepted(headers));
        Self {
            lang: lang.unwrap_or_default(),
            elder: chosen(ELDER) == Some("1"),
            address: uri.path_and_query().map_or("/", |both| both.as_str()).to_owned(),
            host: headers.get(HOST).and_then(plain_host),
            token: bearer(headers).or_else(|| cookie(headers, SESSION)).map(str::to_owned),
            cross_site: headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site"),
        }
    }

    /// The same visit on another page: what a form is posted to cannot be fetched again.
    pub fn at(self, address: impl Into<String>) -> Self {
        Self { address: address.into(), ..self }
    }
}

/// A plain value of the query. Language and mode need no decoding; everything else is read by its own handler.
pub(super) fn parameter<'a>(uri: &'a Uri, key: &str) -> Option<&'a str> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| *name == key).map(|(_, value)| value).next_back()
}

/// The token of a program, which has no cookies (RFC 6750).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let good = scheme.eq_ignore_ascii_case("bearer") && (1..=COOKIE_BYTES_MAX).contains(&token.len());
    good.then_some(token)
}

/// A host and perhaps a port, without anything that means more.
fn plain_host(host: &HeaderValue) -> Option<String> {
    let host = host.to_str().ok()?;
    let plain = host.len() < 256 && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
    plain.then(|| host.to_owned())
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let pairs = cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let value = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next();
    value.filter(|value| !value.is_empty() && value.len() <= COOKIE_BYTES_MAX)
}

/// The language that the browser likes best among ours (RFC 9110 §12.5.4).
fn accepted(headers: &HeaderMap) -> Option<Lang> {
    let header = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(f32, Lang)> = None;
    for part in header.split(',') {
        let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
        let weight = rest.trim().strip_prefix("q=").map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        let better = weight > best.map_or(0.0, |(weight, _)| weight);
        if let Some(lang) = Lang::parse(tag.trim()).filter(|_| better) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(address: &str, headers: &[(&'static str, &str)]) -> Visit {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        Visit::of(&address.parse().unwrap(), &headers.collect())
    }

    #[test]
    fn the_query_goes_before_the_cookie_and_the_cookie_before_the_browser() {
        let lang = |address, headers: &[(&'static str, &str)]| visit(address, headers).lang;
        assert_eq!(lang("/", &[]), Lang::Zh);
        assert_eq!(lang("/", &[("accept-language", "fr, en-GB;q=0.8, zh;q=0.7")]), Lang::En);
        assert_eq!(lang("/", &[("accept-language", "zh-CN,zh;q=0.9,en;q=0.8")]), Lang::Zh);
        assert_eq!(lang("/", &[("accept-language", "en;q=0, fr")]), Lang::Zh);
        assert_eq!(lang("/", &[("accept-language", "en"), ("cookie", "a=b; lang=zh")]), Lang::Zh);
        assert_eq!(lang("/inbox?tab=open&lang=en", &[("cookie", "lang=zh")]), Lang::En);
        assert_eq!(lang("/?lang=fr", &[]), Lang::Zh, "an unknown language is no language");
    }

    #[test]
    fn cookies_are_read_with_care() {
        let token = |cookies: &str| visit("/", &[("cookie", cookies)]).token;
        assert_eq!(token("lang=en; session=abc"), Some("abc".to_owned()));
        assert_eq!(token("xsession=abc"), None);
        assert_eq!(token("session="), None);
        assert_eq!(token(&format!("session={}", "a".repeat(129))), None);
        assert!(visit("/?elder=1", &[]).elder);
        assert!(!visit("/?elder=0", &[("cookie", "elder=1")]).elder);
    }
}
