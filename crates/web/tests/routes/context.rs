//! The context door as programs of other houses use it: NGSI-LD over a real socket.

use crate::site::{Answer, Browser, Site};
use serde_json::{Value as Json, json};

const ENTITIES: &str = "/ngsi-ld/v1/entities";
const CHIMNEY: &str = "urn:ngsi-ld:MonitoredSource:chimney-1";
const STATION: &str = "urn:ngsi-ld:AmbientStation:yungang-hotel";

/// A program: signed in by a token, without cookies.
fn program(site: &Site, login: &str) -> Browser {
    let mut program = site.visitor();
    let body = json!({ "login": login, "password": site.city.password(login) });
    let answer = program.post_json("/api/v1/sessions", &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    program.extra.push(("Authorization", format!("Bearer {}", of(&answer)["token"].as_str().unwrap())));
    program
}

#[track_caller]
fn of(answer: &Answer) -> Json {
    let read = serde_json::from_str(&answer.body);
    assert!(read.is_ok(), "no JSON: {}", answer.body);
    read.unwrap()
}

fn send(program: &mut Browser, method: &str, path: &str, body: &Json) -> Answer {
    program.send_as(method, path, Some(("application/json", body.to_string().as_bytes())))
}

fn ids(answer: &Answer) -> Vec<String> {
    let list = of(answer);
    list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

fn vehicle(id: &str, speed: f64) -> Json {
    json!({
        "id": format!("urn:ngsi-ld:Vehicle:{id}"),
        "type": "Vehicle",
        "speed": { "type": "Property", "value": speed, "unitCode": "KMH" },
        "location": { "type": "GeoProperty", "value": { "type": "Point", "coordinates": [113.3, 40.1] } },
    })
}

#[test]
fn what_is_open_is_read_by_anybody_in_every_form() {
    let (site, _) = Site::with_case();
    let mut visitor = site.visitor();
    let answer = visitor.get(&format!("{ENTITIES}/{CHIMNEY}"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(answer.header("link").unwrap().contains("ngsi-ld-core-context"));
    assert!(answer.header("etag").is_some());
    let entity = of(&answer);
    assert_eq!(entity["type"], "MonitoredSource");
    assert_eq!(entity["outlet"], json!({ "type": "Property", "value": "DA001" }));
    assert_eq!((&entity["so2"]["value"], &entity["so2"]["unitCode"]), (&json!(58.0), &json!("GP")));
    assert!(entity["so2"]["observedAt"].as_str().unwrap().starts_with("2026-09-30T07:00:00"));
    assert_eq!(entity["location"]["value"]["coordinates"][0], 113.15);
    assert_eq!(entity["title"]["languageMap"]["en"], "Demonstration heating plant, chimney 1");
    // A telephone is nobody's to read here, a device's number only for those who work here.
    assert!(entity["dutyPhone"].is_null() && entity["mn"].is_null(), "{entity}");
    assert_eq!(
        of(&site.signed_in("officer-1").get(&format!("{ENTITIES}/{CHIMNEY}")))["mn"]["value"],
        "DEMO0000000000CHIMNEY001"
    );

    let simplified = of(&visitor.get(&format!("{ENTITIES}/{CHIMNEY}?options=keyValues&attrs=outlet,so2")));
    assert_eq!(
        simplified,
        json!({ "id": CHIMNEY, "type": "MonitoredSource", "outlet": "DA001", "so2": 58.0 })
    );
    let times = of(&visitor.get(&format!("{ENTITIES}/{CHIMNEY}?options=sysAttrs&attrs=outlet")));
    assert!(times["createdAt"].is_string() && times["outlet"]["modifiedAt"].is_string(), "{times}");
    visitor.extra.push(("Accept", "application/geo+json".to_owned()));
    let features = visitor.get(&format!("{ENTITIES}?type=MonitoredSource"));
    assert_eq!(features.header("content-type"), Some("application/geo+json"));
    assert_eq!(of(&features)["features"][0]["geometry"]["type"], "Point");
    visitor.extra[0].1 = "application/ld+json".to_owned();
    let linked = visitor.get(&format!("{ENTITIES}/{CHIMNEY}"));
    assert!(of(&linked)["@context"].is_string() && linked.header("link").is_none());
}

#[test]
fn entities_are_asked_for_by_value_place_and_name_and_paged() {
    let (site, _) = Site::with_case();
    let mut visitor = site.visitor();
    let mut asked = |query: &str| visitor.get(&format!("{ENTITIES}?{query}"));
    assert_eq!(ids(&asked("q=outlet==%22DA001%22")), [CHIMNEY]);
    assert_eq!(
        ids(&asked("type=MonitoredSource&q=so2%3E50")),
        [CHIMNEY],
        "a series is asked by its latest value"
    );
    assert_eq!(ids(&asked("type=MonitoredSource&q=so2%3E60")), [""; 0]);
    let near = "georel=near;maxDistance==100&geometry=Point&coordinates=[113.15,40.05]";
    assert_eq!(ids(&asked(&format!("type=MonitoredSource&{near}"))), [CHIMNEY]);
    assert_eq!(ids(&asked("type=AmbientStation&idPattern=hotel$")), [STATION]);
    assert_eq!(ids(&asked(&format!("id={STATION},{CHIMNEY}"))), [STATION, CHIMNEY]);
    let page = asked("type=AmbientStation&limit=3&offset=3&count=true");
    assert_eq!((ids(&page).len(), page.header("ngsild-results-count")), (3, Some("7")));
    let links: Vec<&str> =
        page.headers.iter().filter(|(name, _)| name == "link").map(|(_, link)| link.as_str()).collect();
    assert!(links.iter().any(|link| link.contains("offset=6") && link.contains("rel=\"next\"")), "{links:?}");
    assert!(links.iter().any(|link| link.contains("offset=0") && link.contains("rel=\"prev\"")), "{links:?}");
    let ordered = ids(&asked("type=AmbientStation&orderBy=code;desc&limit=1"));
    assert_ne!(ordered, ids(&asked("type=AmbientStation&orderBy=code&limit=1")));
    let none = asked("type=AmbientStation&limit=0&count=true");
    assert_eq!((none.body.as_str(), none.header("ngsild-results-count")), ("[]", Some("7")));
    // What may not be seen cannot be asked for either.
    assert_eq!(ids(&asked("type=MonitoredSource&q=mn")), [""; 0]);
    assert_eq!(ids(&asked("type=MonitoredSource&q=!mn")), [""; 0]);
    assert_eq!(ids(&asked("type=Person")), [""; 0]);
    for wrong in
        ["", "limit=5", "type=A&limit=5000", "q=a==", "type=A&georel=near", "type=a;b", "type=A&idPattern=["]
    {
        let answer = asked(wrong);
        assert_eq!(answer.status, 400, "{wrong}: {}", answer.body);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert!(of(&answer)["type"].as_str().unwrap().starts_with("https://uri.etsi.org/ngsi-ld/errors/"));
    }
    assert_eq!(asked("type=A&q=a~=b").status, 422);
}

#[test]
fn a_program_keeps_entities_of_its_own() {
    let site = Site::quiet();
    let mut program = program(&site, "steward-1");
    let a = format!("{ENTITIES}/urn:ngsi-ld:Vehicle:a");
    let created = send(&mut program, "POST", ENTITIES, &vehicle("a", 50.0));
    assert_eq!((created.status, created.header("location")), (201, Some(a.as_str())));
    let again = send(&mut program, "POST", ENTITIES, &vehicle("a", 50.0));
    assert_eq!(
        (again.status, of(&again)["type"].as_str()),
        (409, Some("https://uri.etsi.org/ngsi-ld/errors/AlreadyExists"))
    );
    assert_eq!(
        ids(&program.get(&format!("{ENTITIES}?type=Vehicle&q=speed==40..60"))),
        ["urn:ngsi-ld:Vehicle:a"]
    );
    assert_eq!(
        of(&program.get("/ngsi-ld/v1/types"))["typeList"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|t| *t == "Vehicle")
            .count(),
        1
    );
    // Nobody else sees what a program keeps.
    assert_eq!(site.visitor().get(&a).status, 404);
    assert_eq!(site.signed_in("officer-1").get(&a).status, 404);

    assert_eq!(
        send(&mut program, "PATCH", &format!("{a}/attrs"), &json!({ "speed": { "value": 60 } })).status,
        204
    );
    let partly = send(&mut program, "PATCH", &format!("{a}/attrs"), &json!({ "speed": 61, "colour": "red" }));
    assert_eq!(partly.status, 207);
    assert_eq!(of(&partly)["updated"], json!(["speed"]));
    assert_eq!(of(&partly)["notUpdated"][0]["attributeName"], "colour");
    assert_eq!(send(&mut program, "POST", &format!("{a}/attrs"), &json!({ "colour": "red" })).status, 204);
    let kept =
        send(&mut program, "POST", &format!("{a}/attrs?options=noOverwrite"), &json!({ "colour": "blue" }));
    assert_eq!(kept.status, 207);
    let unit = json!({ "observedAt": "2026-09-30T07:00:00Z" });
    assert_eq!(send(&mut program, "PATCH", &format!("{a}/attrs/speed"), &unit).status, 204);
    let entity = of(&program.get(&a));
    assert_eq!(
        (&entity["speed"]["value"], &entity["speed"]["observedAt"]),
        (&json!(61), &json!("2026-09-30T07:00:00Z"))
    );
    assert_eq!(entity["colour"]["value"], "red");
    assert_eq!(
        send(&mut program, "PATCH", &a, &json!({ "colour": "urn:ngsi-ld:null", "doors": 4 })).status,
        204
    );
    assert_eq!(program.send("DELETE", &format!("{a}/attrs/colour"), None).status, 404);
    assert_eq!(program.send("DELETE", &format!("{a}/attrs/doors"), None).status, 204);
    let simplified = of(&program.get(&format!("{a}?format=simplified&omit=location")));
    assert_eq!(simplified, json!({ "id": "urn:ngsi-ld:Vehicle:a", "type": "Vehicle", "speed": 61 }));
}

#[test]
fn an_older_version_a_repeat_and_a_taking_out() {
    let site = Site::quiet();
    let mut program = program(&site, "steward-1");
    let a = format!("{ENTITIES}/urn:ngsi-ld:Vehicle:a");
    assert_eq!(send(&mut program, "POST", ENTITIES, &vehicle("a", 50.0)).status, 201);
    // Whoever saw an older version is told so.
    let tag = program.get(&a).header("etag").unwrap().to_owned();
    assert_eq!(send(&mut program, "PATCH", &a, &json!({ "speed": 1 })).status, 204);
    program.extra.push(("If-Match", tag));
    assert_eq!(send(&mut program, "PATCH", &a, &json!({ "speed": 2 })).status, 412);
    program.extra.pop();
    // The same key is the same command.
    program.extra.push(("Idempotency-Key", "one".to_owned()));
    let first = send(&mut program, "PATCH", &a, &json!({ "speed": 3 }));
    let second = send(&mut program, "PATCH", &a, &json!({ "speed": 3 }));
    assert_eq!(first.header("etag"), second.header("etag"));
    program.extra.pop();

    assert_eq!(program.send("DELETE", &a, None).status, 204);
    assert_eq!(program.get(&a).status, 404);
    assert_eq!(program.send("DELETE", &a, None).status, 404);
    assert_eq!(ids(&program.get(&format!("{ENTITIES}?type=Vehicle"))), [""; 0]);
    assert_eq!(send(&mut program, "POST", ENTITIES, &vehicle("a", 5.0)).status, 201, "it can be made again");
    assert_eq!(of(&program.get(&format!("{a}?format=simplified")))["speed"], 5.0);
}

#[test]
fn an_attribute_has_one_writer_here_too() {
    let (site, case) = Site::with_case();
    let mut program = program(&site, "steward-1");
    let chimney = format!("{ENTITIES}/{CHIMNEY}/attrs");
    let mut why = |path: &str, body: Json| {
        let answer = send(&mut program, "POST", path, &body);
        (answer.status, of(&answer)["notUpdated"][0]["reason"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(why(&chimney, json!({ "dataHealth": "sound" })).0, 207, "a rule writes it");
    assert!(why(&chimney, json!({ "so2": 1.0 })).1.contains("设备"), "its device fills it");
    assert_eq!(why(&chimney, json!({ "mn": "X" })).0, 207);
    assert_eq!(why(&chimney, json!({ "dutyPhone": "1" })).0, 207);
    assert_eq!(why(&chimney, json!({ "outlet": 5 })).0, 207, "it holds a text");
    assert_eq!(why(&chimney, json!({ "nothing": 5 })).0, 207);
    let exceedance = format!("{ENTITIES}/{case}");
    assert_eq!(send(&mut program, "PATCH", &exceedance, &json!({ "stage": "closed" })).status, 400);
    let person = json!({ "id": "urn:ngsi-ld:Person:x", "type": "Person", "a": 1 });
    assert_eq!(send(&mut program, "POST", ENTITIES, &person).status, 400);
    // A register entity is changed by whoever has the power where it stands; a station without a device takes values.
    assert_eq!(send(&mut program, "PATCH", &chimney, &json!({ "outlet": "DA009" })).status, 204);
    let value = json!({ "pm25": { "value": 35.5, "unitCode": "GQ", "observedAt": "2026-09-30T06:00:00Z" } });
    assert_eq!(send(&mut program, "PATCH", &format!("{ENTITIES}/{STATION}/attrs"), &value).status, 204);
    assert_eq!(of(&site.visitor().get(&format!("{ENTITIES}/{STATION}")))["pm25"]["value"], 35.5);
    let temporal = format!(
        "/ngsi-ld/v1/temporal/entities/{STATION}?options=temporalValues&timerel=after&timeAt=2026-09-01T00:00:00Z"
    );
    let told = of(&site.visitor().get(&temporal));
    assert_eq!(told["pm25"]["values"], json!([[35.5, "2026-09-30T06:00:00Z"]]));
    let ahead = json!({ "pm25": { "value": 3, "observedAt": "2027-09-30T06:00:00Z" } });
    assert_eq!(send(&mut program, "PATCH", &format!("{ENTITIES}/{STATION}/attrs"), &ahead).status, 207);
    let wrong = json!({ "pm25": { "value": 3, "unitCode": "GP" } });
    assert_eq!(send(&mut program, "PATCH", &format!("{ENTITIES}/{STATION}/attrs"), &wrong).status, 207);

    let mut officer = self::program(&site, "officer-1");
    assert_eq!(send(&mut officer, "POST", ENTITIES, &vehicle("x", 1.0)).status, 403);
    assert_eq!(send(&mut site.visitor(), "POST", ENTITIES, &vehicle("x", 1.0)).status, 401);
    assert_eq!(site.visitor().post(ENTITIES, &[("a", "b")]).status, 400, "a form of another site is no JSON");
}

#[test]
fn many_at_once_stand_alone_each() {
    let site = Site::quiet();
    let mut program = program(&site, "steward-1");
    let mut run = |operation: &str, body: &Json| {
        send(&mut program, "POST", &format!("/ngsi-ld/v1/entityOperations/{operation}"), body)
    };
    let created = run("create", &json!([vehicle("a", 1.0), vehicle("b", 2.0)]));
    assert_eq!((created.status, of(&created).as_array().unwrap().len()), (201, 2));
    let partly = run("create", &json!([vehicle("b", 2.0), vehicle("c", 3.0), { "id": "x" }]));
    assert_eq!((partly.status, of(&partly)["success"].clone()), (207, json!(["urn:ngsi-ld:Vehicle:c"])));
    assert_eq!(of(&partly)["errors"].as_array().unwrap().len(), 2);
    let more = json!({ "id": "urn:ngsi-ld:Vehicle:a", "type": "Vehicle", "doors": 2 });
    assert_eq!(run("upsert?options=update", &json!([more])).status, 204);
    let upserted = run("upsert", &json!([vehicle("b", 9.0), vehicle("d", 4.0)]));
    assert_eq!((upserted.status, of(&upserted)), (201, json!(["urn:ngsi-ld:Vehicle:d"])));
    let query =
        json!({ "type": "Query", "entities": [{ "type": "Vehicle" }], "q": "speed>2", "attrs": ["speed"] });
    assert_eq!(ids(&run("query", &query)).len(), 3);
    assert_eq!(run("delete", &json!(["urn:ngsi-ld:Vehicle:a", "urn:ngsi-ld:Vehicle:c"])).status, 204);
    assert_eq!(run("delete", &json!(["urn:ngsi-ld:Vehicle:a"])).status, 207);
    assert_eq!(run("purge", &json!([])).status, 422);
    assert_eq!(run("create", &json!([])).status, 400);
}

#[test]
fn types_and_attributes_are_told_and_what_is_not_offered_says_so() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    let types = of(&visitor.get("/ngsi-ld/v1/types"));
    let list = types["typeList"].as_array().unwrap();
    assert!(
        list.iter().any(|kind| kind == "AmbientStation") && !list.iter().any(|kind| kind == "Person"),
        "{types}"
    );
    let station = of(&visitor.get("/ngsi-ld/v1/types/AmbientStation"));
    assert_eq!(station["entityCount"], 7);
    let names: Vec<&str> =
        station["attributeDetails"].as_array().unwrap().iter().filter_map(|own| own["id"].as_str()).collect();
    assert!(names.contains(&"pm25") && !names.contains(&"mn"), "{names:?}");
    assert_eq!(visitor.get("/ngsi-ld/v1/types/Nothing").status, 404);
    let location = of(&visitor.get("/ngsi-ld/v1/attributes/location"));
    assert_eq!(location["attributeTypes"], json!(["GeoProperty"]));
    assert!(of(&visitor.get("/ngsi-ld/v1/attributes"))["attributeList"].as_array().unwrap().len() > 20);
    assert_eq!(visitor.get("/ngsi-ld/v1/subscriptions").status, 422);
    visitor.extra.push(("NGSILD-Tenant", "elsewhere".to_owned()));
    let elsewhere = visitor.get("/ngsi-ld/v1/types");
    assert_eq!(
        (elsewhere.status, of(&elsewhere)["type"].as_str()),
        (404, Some("https://uri.etsi.org/ngsi-ld/errors/NonexistentTenant"))
    );
    visitor.extra[0].1 = "datong".to_owned();
    assert_eq!(visitor.get("/ngsi-ld/v1/types").status, 200);
    let wrong = visitor.post_json("/api/v1/sessions", &json!({ "login": "steward-1", "password": "wrong" }));
    assert_eq!(wrong.status, 401);
}
