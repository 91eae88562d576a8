//! For programs, without signing in: what people can ask for, and which data everybody may have.

use crate::site::{Answer, Browser, Site};
use serde_json::{Value, json};

fn read(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn ask(browser: &mut Browser, service: &str, fields: &Value) -> Answer {
    browser.post_json(&format!("/api/v1/services/{service}/eligibility"), &json!({ "fields": fields }))
}

#[test]
fn services_say_what_they_ask_for() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    let all = read(&visitor.get("/api/v1/services?lang=en"));
    let ids: Vec<&str> =
        all["services"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["disclosure-on-request", "food-business-licence", "report"]);
    let one = read(&visitor.get("/api/v1/services/food-business-licence?lang=en"));
    assert_eq!(one["process"], "licence");
    assert_eq!(one["fee"], Value::Null);
    assert_eq!(one["materials"][1]["heldBy"], "provincial-registration");
    assert_eq!(one["fields"][2]["required"], false);
    assert_eq!(one["basis"]["title"], "Administrative Licensing Law");
    assert_eq!(visitor.get("/api/v1/services/nothing").status, 404);
}

#[test]
fn eligibility_is_yes_no_or_what_is_missing() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    let mut said = |fields: Value| {
        let answer = read(&ask(&mut visitor, "food-business-licence", &fields));
        let missing = answer["missing"].as_array().unwrap().iter().map(|one| one["title"].clone());
        (answer["answer"].clone(), missing.collect::<Vec<_>>())
    };
    let number = "统一社会信用代码（已有营业执照的）";
    assert_eq!(said(json!({})), (json!("unknown"), vec![json!(number), json!("经营场所")]));
    let whole = json!({ "businessLicence": "91140200MA0K000000", "premises": "A" });
    assert_eq!(said(whole), (json!("yes"), vec![]));
    assert_eq!(said(json!({ "businessLicence": "X" })), (json!("no"), vec![]), "one no decides");
    // Nothing was recorded: the log is as long as before.
    for (fields, status) in [(json!({ "nothing": 1 }), 422), (json!({ "premises": 3 }), 422)] {
        let answer = ask(&mut visitor, "food-business-licence", &fields);
        assert_eq!(answer.status, status, "{}", answer.body);
        answer.says(&["\"code\":\"field\""]);
    }
    assert_eq!(visitor.post_json("/api/v1/services/report/eligibility", &json!({ "field": {} })).status, 422);
    assert_eq!(ask(&mut visitor, "nothing", &json!({})).status, 404);
    let kind = read(&ask(&mut visitor, "report", &json!({ "matter": "路灯不亮", "kind": "complaint" })));
    assert_eq!(kind["answer"], "yes");
}

#[test]
fn open_data_is_for_everybody_with_its_age() {
    let (site, _) = Site::with_case();
    let mut visitor = site.visitor();
    let all = read(&visitor.get("/api/v1/datasets?lang=en"));
    let ids: Vec<&str> =
        all["datasets"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        [
            "monitored-sources",
            "past-reports",
            "permitted-limits",
            "so2-hours",
            "station-o3-hours",
            "station-pm25-cleaned",
            "station-pm25-hours"
        ]
    );
    let one = read(&visitor.get("/api/v1/datasets/monitored-sources?lang=en"));
    assert_eq!((&one["rows"], &one["sharing"]), (&json!(4), &json!("open")));
    assert!(one["ageSecs"].as_i64().unwrap() >= 0 && one["changed"].is_string(), "{one}");
    assert_eq!(one["licence"]["id"], "CC-BY-4.0");
    assert_eq!(visitor.get("/api/v1/datasets/nothing").status, 404);

    let csv = visitor.get("/data/monitored-sources.csv");
    assert_eq!((csv.status, csv.header("x-rows"), csv.header("x-more")), (200, Some("4"), Some("false")));
    let lines: Vec<&str> = csv.body.split("\r\n").collect();
    assert_eq!(lines.len(), 6, "a head, four rows, and the end of the last line");
    assert_eq!(lines[0], "id,name,outlet,holder,division,location,fuel,so2Limit,noxLimit,particulateLimit");
    csv.says(&["urn:ngsi-ld:MonitoredSource:chimney-1,演示热源厂一号烟囱,DA001,", "POINT (113.15 40.05)"]);
    csv.says_not(&["138-0000", "DEMO0000000000CHIMNEY001"]);

    let hours = read(&visitor.get("/data/so2-hours.json"));
    assert_eq!(hours["rows"].as_array().unwrap().len(), 3);
    assert_eq!((&hours["rows"][1]["so2"], &hours["rows"][1]["flag"]), (&json!(61.0), &json!("N")));
    assert_eq!(read(&visitor.get("/api/v1/datasets/so2-hours"))["rows"], 3);
    let parquet = visitor.get("/data/monitored-sources.parquet");
    assert!(parquet.body.starts_with("PAR1") && parquet.body.ends_with("PAR1"));
    let gbk = visitor.get("/data/monitored-sources.csv?encoding=gb18030");
    assert_eq!(gbk.header("content-type"), Some("text/csv; charset=gb18030; header=present"));
    assert_eq!(visitor.get("/data/monitored-sources.csv?encoding=ascii").status, 400);
    let page = visitor.get("/data/monitored-sources?lang=en");
    page.says(&[
        "Creative Commons",
        "curl -o monitored-sources.csv &#39;http://city.test/data/monitored-sources.csv",
        "urn:ngsi-ld:MonitoredSource:chimney-1",
    ]);
    visitor.get("/data?lang=en").says(&["PM2.5 at air stations", "</span>4</td>", "due every hour"]);
    visitor
        .get("/data?words=PM2.5&lang=en")
        .says(&["PM2.5 at air stations"])
        .says_not(&["/data/monitored-sources\""]);
    visitor.get("/data?words=dragon&lang=en").says(&["No dataset has these words."]);
    for nowhere in ["/data/nothing", "/data/monitored-sources.xml", "/data/nothing.csv"] {
        assert_eq!(visitor.get(nowhere).status, 404, "{nowhere}");
    }
}

#[test]
fn a_figure_opens_as_far_as_the_reader_reaches() {
    let (site, case) = Site::with_case();
    assert_eq!(site.visitor().get("/api/v1/boards/environment").status, 401);
    let refused = site.signed_in("operator-1").get("/api/v1/boards/environment");
    assert_eq!(refused.status, 403);
    refused.says(&["\"code\":\"role\""]);
    assert_eq!(read(&site.signed_in("operator-1").get("/api/v1/boards"))["boards"], json!([]));

    let figure = |login: &str, id: &str| {
        let board = read(&site.signed_in(login).get("/api/v1/boards/environment?lang=en"));
        let figures = board["figures"].as_array().unwrap();
        figures.iter().find(|figure| figure["id"] == id).unwrap().clone()
    };
    for login in ["chief-1", "auditor-1"] {
        let open = figure(login, "open-exceedances");
        assert_eq!((&open["value"], &open["beyond"]), (&json!(1), &json!(0)), "{login}");
        assert_eq!(open["cases"].as_array().unwrap().len(), 1);
        assert_eq!(
            (&open["cases"][0]["id"], &open["cases"][0]["stage"]),
            (&json!(case.as_str()), &json!("supervision"))
        );
        assert_eq!(open["ageSecs"], 0);
    }
    let elsewhere = figure("officer-3", "open-exceedances");
    assert_eq!((&elsewhere["value"], &elsewhere["beyond"]), (&json!(1), &json!(1)));
    assert_eq!(elsewhere["cases"], json!([]), "of another district: counted, and not shown");

    assert_eq!(figure("chief-1", "overdue-exceedances")["value"], 0);
    site.city.kernel.advance(testcity::at("2026-10-08T18:00"), &site.city.dispatcher).unwrap();
    let overdue = figure("chief-1", "overdue-exceedances");
    assert_eq!((&overdue["value"], &overdue["cases"][0]["id"]), (&json!(1), &json!(case.as_str())));
    let silent = figure("auditor-1", "silent-sources");
    assert_eq!(silent["value"].as_u64().unwrap(), silent["cases"].as_array().unwrap().len() as u64);
    assert!(silent["value"].as_u64().unwrap() > 0, "{silent}");
    let board = read(&site.signed_in("chief-1").get("/api/v1/boards/environment"));
    assert_eq!(board["layers"][0]["features"].as_array().unwrap().len(), 4);
    assert_eq!(site.signed_in("chief-1").get("/api/v1/boards/nothing").status, 404);
}

#[test]
fn the_ordinance_is_read_article_by_article() {
    let (site, _) = Site::with_case();
    let mut visitor = site.visitor();
    visitor.get("/ordinance?lang=en").says(&["Article 13", "Article 44", "3 of 4", "Environment"]);
    let page = visitor.get("/ordinance/27?lang=en");
    page.says(&[
        "Article 27",
        "1 open, 1 in all",
        "no indicator is kept yet",
        "count for nothing",
        "/ordinance/26",
        "/ordinance/28",
    ]);
    for nowhere in ["/ordinance/45", "/ordinance/0", "/ordinance/x"] {
        assert_eq!(visitor.get(nowhere).status, 404, "{nowhere}");
    }
}

#[test]
fn what_is_new_can_be_followed_and_services_narrowed_to_whom_they_are_for() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    for (feed, page) in [("/data/feed.atom", "/data"), ("/status/feed.atom", "/status")] {
        let answer = visitor.get(feed);
        assert_eq!(answer.header("content-type"), Some("application/atom+xml; charset=utf-8"), "{feed}");
        answer.says(&[
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">",
            "<updated>20",
            &format!("href=\"{page}\"/>"),
        ]);
        visitor.get(page).says(&[&format!("type=\"application/atom+xml\" href=\"{feed}\"")]);
    }
    visitor
        .get("/data/feed.atom")
        .says(&["<id>urn:ngsi-ld:Dataset:", "<link rel=\"alternate\" type=\"text/html\" href=\"/data/"]);
    let firms = visitor.get("/search?words=%E8%AE%B8%E5%8F%AF&who=firm");
    firms.says(&["食品经营许可", "法人办事 <span>1</span>", "aria-current=\"page\""]);
    visitor.get("/search?words=%E8%AE%B8%E5%8F%AF&who=resident").says_not(&["href=\"/services/food"]);
    visitor.get("/search?words=%E8%AE%B8%E5%8F%AF&who=x").says(&["食品经营许可"]);
}
