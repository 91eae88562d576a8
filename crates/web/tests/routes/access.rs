//! Every address of the city, tried by nobody, by somebody of another post, and with nonsense: no door that is not listed, none
//! that opens to the wrong people, none that falls over.

use crate::site::{Answer, Browser, Site};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use web::{Access, Address, addresses};

/// A path with something in place of what varies.
fn path(address: &Address, with: &str) -> String {
    let mut path = String::new();
    for piece in address.path.split('/').skip(1) {
        path += "/";
        path += if piece.starts_with('{') { with } else { piece };
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

fn ask(browser: &mut Browser, address: &Address, with: &str) -> Answer {
    let body = b"{}".as_slice();
    let (method, body) = match address.method {
        "get" => ("GET", None),
        "post" => ("POST", Some(("application/json", body))),
        "put" => ("PUT", Some(("application/json", body))),
        "patch" => ("PATCH", Some(("application/json", body))),
        _ => ("DELETE", None),
    };
    browser.send_as(method, &path(address, with), body)
}

/// What never ends by itself cannot be read to its end.
fn ends(address: &Address) -> bool {
    address.path != "/log/events"
}

#[test]
fn the_document_tells_of_every_address_for_programs_and_of_no_other() {
    let site = Site::quiet();
    let answer = site.visitor().get("/api/openapi.json");
    let document: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut told = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            told.insert((path.clone(), method.clone()));
        }
    }
    let documented = addresses().into_iter().filter(|address| address.documented);
    let listed: BTreeSet<_> =
        documented.map(|address| (address.path.to_owned(), address.method.to_owned())).collect();
    assert_eq!(told, listed);
    let ids: Vec<&Value> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|operations| operations.as_object().unwrap().values())
        .map(|operation| &operation["operationId"])
        .collect();
    assert_eq!(ids.iter().map(ToString::to_string).collect::<BTreeSet<_>>().len(), ids.len(), "an id twice");
    assert_eq!(
        document["paths"]["/api/v1/processes/{process}/cases"]["post"]["requestBody"]["required"],
        true
    );
}

#[test]
fn nobody_gets_in_where_somebody_must_be_signed_in() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    for address in addresses().iter().filter(|address| address.access == Access::SignedIn) {
        let answer = ask(&mut visitor, address, "anything");
        // A page leads to the sign-in, a program is told so.
        let kept_out = match answer.status {
            303 => answer.header("location").is_some_and(|to| to.starts_with("/sign-in")),
            401 | 403 | 404 | 405 | 415 | 422 => true,
            400 => address.documented,
            _ => false,
        };
        assert!(kept_out, "{} {}: {} {}", address.method, address.path, answer.status, answer.body);
    }
}

#[test]
fn a_program_that_is_not_signed_in_is_told_so() {
    let (site, case) = Site::with_case();
    let mut visitor = site.visitor();
    for (method, path, body) in [
        ("GET", "/api/v1/cases".to_owned(), None),
        ("GET", format!("/api/v1/cases/{case}"), None),
        ("POST", format!("/api/v1/cases/{case}/acts/confirm"), Some("{}")),
        ("GET", "/api/v1/boards".to_owned(), None),
        ("GET", "/api/v1/connectors".to_owned(), None),
        ("POST", "/api/v1/processes/licence/cases".to_owned(), Some("{}")),
    ] {
        let body = body.map(|body| ("application/json", body.as_bytes()));
        let answer = visitor.send_as(method, &path, body);
        assert_eq!(answer.status, 401, "{method} {path}: {}", answer.body);
        answer.says(&["\"code\":\"signed-out\""]);
    }
}

#[test]
fn somebody_of_another_post_does_nothing_and_nothing_falls_over() {
    let (site, case) = Site::with_case();
    // A window clerk has neither powers nor a part in this case.
    let mut clerk = site.signed_in("window-clerk-1");
    let before = site.city.kernel.watch().borrow().to_owned();
    for with in
        [case.as_str(), "urn:ngsi-ld:MonitoredSource:chimney-1", "exceedance", "1", "%00", "..%2f", "大同"]
    {
        for address in addresses().iter().filter(|address| ends(address) && address.path != "/sign-out") {
            let answer = ask(&mut clerk, address, with);
            assert!(answer.status < 500, "{} {} ({with}): {}", address.method, address.path, answer.body);
        }
    }
    let after = site.city.kernel.watch().borrow().to_owned();
    assert_eq!(before, after, "something was written");
}

#[test]
fn boards_are_for_those_whom_they_name() {
    let site = Site::quiet();
    let mut clerk = site.signed_in("window-clerk-1");
    assert_eq!(clerk.get("/boards/environment").status, 403);
    assert_eq!(clerk.get("/boards/nothing").status, 404);
    clerk.get("/boards?lang=zh").says(&["您的岗位没有看板"]);
    let mut officer = site.signed_in("officer-1");
    officer.get("/boards/environment?lang=en").says(&["Environment", "Needs a decision"]);
    assert_eq!(site.visitor().get("/boards/environment").status, 303);
}

#[test]
fn boards_take_turns_on_a_wall_for_those_who_have_several() {
    let site = Site::quiet();
    let mut auditor = site.signed_in("auditor-1");
    let still = auditor.get("/boards/environment?wall=day");
    still.says(&["轮换显示各看板", "wall=day&#38;rotate=60"]).says_not(&["http-equiv=\"refresh\""]);
    let turning = auditor.get("/boards/environment?wall=day&rotate=30");
    let next = "content=\"30;url=/boards/situation?wall=day&#38;rotate=30\"";
    turning.says(&["http-equiv=\"refresh\"", next, "30 秒后显示", "停在此处"]);
    // At a desk nothing moves, nor where there is one board alone, nor by nonsense.
    for still in ["/boards/environment?rotate=30", "/boards/environment?wall=day&rotate=1"] {
        auditor.get(still).says_not(&["http-equiv=\"refresh\""]);
    }
    let mut officer = site.signed_in("officer-1");
    officer.get("/boards/environment?wall=day&rotate=30").says_not(&["http-equiv=\"refresh\"", "轮换"]);
}

#[test]
fn maps_for_programs_have_what_is_open() {
    let (site, _) = Site::with_case();
    let mut visitor = site.visitor();
    let read = |answer: Answer| -> Value {
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    };
    let all = read(visitor.get("/features/collections?lang=en"));
    let ids: Vec<&str> =
        all["collections"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"MonitoredSource"), "{ids:?}");
    let items = read(visitor.get("/features/collections/MonitoredSource/items?limit=1&lang=en"));
    assert_eq!(items["numberReturned"], 1);
    let feature = &items["features"][0];
    assert_eq!(feature["geometry"]["type"], "Point");
    assert!(feature["properties"]["name"].is_string(), "{feature}");
    let id = feature["id"].as_str().unwrap();
    let one = read(visitor.get(&format!("/features/collections/MonitoredSource/items/{id}")));
    assert_eq!(one["id"], feature["id"]);
    let none = read(visitor.get("/features/collections/MonitoredSource/items?bbox=0,0,1,1"));
    assert_eq!((none["numberMatched"].clone(), none["links"].as_array().unwrap().len()), (json!(0), 1));
    for wrong in ["bbox=1,2", "limit=0", "limit=x", "offset=-1"] {
        let answer = visitor.get(&format!("/features/collections/MonitoredSource/items?{wrong}"));
        assert_eq!(answer.status, 400, "{wrong}: {}", answer.body);
    }
    assert_eq!(visitor.get("/features/collections/Exceedance/items").status, 404);
    let tile = visitor.get("/features/tiles/6/52/24.mvt");
    assert_eq!((tile.status, tile.header("content-type")), (200, Some("application/vnd.mapbox-vector-tile")));
    for wrong in ["6/64/0", "19/0/0", "a/b/c"] {
        assert_eq!(visitor.get(&format!("/features/tiles/{wrong}")).status, 404, "{wrong}");
    }
}
