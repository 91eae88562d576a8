//! What holds for every answer: headers, languages, sizes, and pages for what is not there.

use crate::site::{Answer, Browser, Site};

/// Most bytes of a page.
const PAGE_BYTES_MAX: usize = 100 * 1024;

fn addresses(case: &str) -> Vec<String> {
    let fixed = [
        "/",
        "/sign-in",
        "/inbox",
        "/inbox?tab=open",
        "/inbox?tab=closed",
        "/inbox?figure=red",
        "/inbox?page=7",
        "/sources",
        "/sources?sort=age",
        "/sources/urn:ngsi-ld:MonitoredSource:chimney-1",
        "/sources/urn:ngsi-ld:MonitoredSource:chimney-1?hours=72",
        "/sources/urn:ngsi-ld:MonitoredSource:chimney-2",
        "/receipts/0",
        "/receipts/1",
        "/verify",
        "/nowhere",
        "/cases/urn:x:y",
        "/packets/0",
    ];
    let mut all: Vec<String> = fixed.map(str::to_owned).to_vec();
    all.push(format!("/cases/{case}"));
    all.push(format!("/receipts/{}", 17));
    all
}

fn with_headers(answer: &Answer, address: &str) {
    let has = |name: &str, part: &str| {
        let value = answer.header(name).unwrap_or_default();
        assert!(value.contains(part), "{address}: {name}: {value}");
    };
    has("content-security-policy", "default-src 'none'; style-src 'self'; ");
    has("content-security-policy", "img-src 'self' data:");
    // The inbox has a script of our own, for its keys; no other page here has one.
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(address.starts_with("/inbox") || !policy.contains("script-src"), "{address}: {policy}");
    has("content-security-policy", "form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    has("x-content-type-options", "nosniff");
    has("referrer-policy", "same-origin");
}

#[test]
fn every_page_has_its_headers_its_language_and_stays_small() {
    let (site, case) = Site::with_case();
    let check = |browser: &mut Browser, address: &str| {
        let answer = browser.get(address);
        with_headers(&answer, address);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{address}");
        assert!(answer.status < 500, "{address}: {}", answer.status);
        assert!(answer.body.len() < PAGE_BYTES_MAX, "{address}: {} bytes", answer.body.len());
        let lang = if browser.cookies.get("lang").is_some_and(|l| l == "en") { "en" } else { "zh-CN" };
        if answer.status != 303 {
            assert!(answer.body.contains(&format!("<html lang=\"{lang}\"")), "{address}");
            assert_eq!(answer.body.matches("<h1").count(), 1, "{address}");
            assert!(answer.body.contains("演示数据"), "{address}: a demonstration says so");
        }
    };
    let mut browsers = [site.visitor(), site.signed_in("officer-1"), site.signed_in("auditor-1")];
    for lang in ["zh", "en"] {
        for browser in &mut browsers {
            browser.cookies.insert("lang".to_owned(), lang.to_owned());
            for address in addresses(case.as_str()) {
                check(browser, &address);
            }
        }
    }
}

#[test]
fn what_is_not_there_says_so() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    let missing = visitor.get("/nowhere");
    assert_eq!(missing.status, 404);
    missing.says(&["没有这个页面", "<html lang=\"zh-CN\""]);
    let posted = visitor.post("/inbox", &[]);
    assert_eq!(posted.status, 405);
    with_headers(&posted, "POST /inbox");
    assert_eq!(visitor.get("/sign-out").status, 405);
    assert_eq!(visitor.send("POST", "/sign-in", None).status, 415);
    with_headers(&visitor.post("/verify", &[("receipt", &"a".repeat(70_000))]), "POST /verify");
}

#[test]
fn a_choice_by_link_is_remembered() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    visitor.extra.push(("Accept-Language", "en-GB,en;q=0.9".to_owned()));
    visitor.get("/").says(&["<html lang=\"en\""]);
    let chosen = visitor.get("/sources?sort=age&lang=zh");
    chosen.says(&["<html lang=\"zh-CN\"", "href=\"/sources?sort=age&#38;lang=en\""]);
    assert!(chosen.header("set-cookie").unwrap().starts_with("lang=zh; Path=/; Max-Age=31536000"));
    visitor.get("/").says(&["<html lang=\"zh-CN\">"]);
    visitor.get("/?elder=1").says(&[" data-elder>"]);
    visitor.get("/verify").says(&[" data-elder>", "elder=0"]);
    visitor.get("/verify?elder=0").says(&["elder=1"]);
    assert_eq!(visitor.cookies["elder"], "0");
}

#[test]
fn files_may_be_kept_and_counters_read() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    let home = visitor.get("/");
    let href = home.body.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let css = visitor.get(href);
    assert_eq!(css.header("content-type"), Some("text/css; charset=utf-8"));
    assert!(css.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(css.body, web::assets::CSS);
    assert!(!visitor.get(web::assets::CSS_PATH).header("cache-control").unwrap().contains("immutable"));
    assert_eq!(visitor.get(&web::assets::icon_href()).header("content-type"), Some("image/svg+xml"));
    assert_eq!(visitor.get("/health").body, "ok");
    visitor.post("/sign-in", &[("account", "nobody"), ("password", "x")]);
    let metrics = visitor.get("/metrics");
    metrics.says(&["# TYPE datong_events_total counter", "what=\"sign-in\",code=\"refused\"} 1"]);
}
