//! What is public without signing in: sources, series, packets.

use crate::site::Site;

const CHIMNEY: &str = "/sources/urn:ngsi-ld:MonitoredSource:chimney-1";

#[test]
fn a_source_shows_its_day_beside_its_limit() {
    let (site, case) = Site::with_case();
    site.city.hour("2026-09-30T11:00", 188.0, b'F');
    let mut visitor = site.visitor();
    let page = visitor.get(CHIMNEY);
    assert_eq!(page.status, 200);
    page.says(&[
        "演示热源厂一号烟囱",
        "最近 24 小时",
        "24 小时内应有 24 个时段：有效 3 个，无效 1 个，缺数 20 个；超过限值 2 个。",
        "最高 61 mg/m³（2026-09-30 14:00–15:00）",
        "无效（F 停运）",
        "演示排污许可证 DA001",
        "自 2026-01-01 起执行",
        "DA001",
        "113.15、40.05",
        "series/so2.csv",
    ]);
    assert_eq!(page.body.matches("<tr").count(), 25);
    // A telephone is nobody's to read here, a device's number only for those who work here.
    page.says_not(&["138-0000", "DEMO0000000000CHIMNEY001", case.as_str()]);
    site.signed_in("officer-1").get(CHIMNEY).says(&["DEMO0000000000CHIMNEY001", case.as_str()]);
    let longer = visitor.get(&format!("{CHIMNEY}?hours=48&series=so2"));
    longer.says(&["最近 48 小时"]);
    assert_eq!(longer.body.matches("<tr").count(), 49);
    assert_eq!(visitor.get(&format!("{CHIMNEY}?hours=99999")).body.matches("<tr").count(), 73);
    visitor.get(&format!("{CHIMNEY}?hours=x&series=nothing")).says(&["最近 24 小时"]);
}

#[test]
fn the_list_says_how_each_source_does() {
    let (site, case) = Site::with_case();
    let mut visitor = site.visitor();
    let list = visitor.get("/sources");
    list.says(&["演示热源厂一号烟囱", "超过限值", "<b>58</b> mg/m³", "尚无数据", "共 12 条", "云冈区"]);
    list.says_not(&[case.as_str()]);
    site.signed_in("officer-1").get("/sources?sort=age").says(&[case.as_str()]);
    visitor.get("/sources?lang=en").says(&["Over the limit", "No data yet", "Sulphur dioxide"]);
    assert_eq!(visitor.get("/sources?page=99").status, 200);

    site.city.kernel.advance(testcity::at("2026-09-30T20:00"), &site.city.dispatcher).unwrap();
    visitor.get("/sources?lang=zh").says(&["数据中断"]);
    visitor.get(CHIMNEY).says(&["数据已 4 小时未更新。"]);
}

#[test]
fn a_source_without_data_and_one_that_is_none() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    visitor.get("/sources/urn:ngsi-ld:MonitoredSource:boiler-3").says(&["还没有收到这里的数据"]);
    for nowhere in ["urn:ngsi-ld:MonitoredSource:none", "urn:ngsi-ld:Person:officer-1", "x", "%FF", "%20"] {
        assert_eq!(visitor.get(&format!("/sources/{nowhere}")).status, 404, "{nowhere}");
    }
}

#[test]
fn a_series_can_be_taken_away() {
    let (site, _) = Site::with_case();
    site.city.hour("2026-09-30T12:00", 188.0, b'F');
    let mut visitor = site.visitor();
    let csv = visitor.get(&format!("{CHIMNEY}/series/so2.csv"));
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"chimney-1-so2.csv\""));
    let lines: Vec<&str> = csv.body.lines().collect();
    assert_eq!(lines.len(), 5);
    let head =
        "\u{feff}时段开始,时段结束,数值（mg/m³）,单位,标记,许可限值（mg/m³）,是否超限,收到于日志第几条";
    assert_eq!(lines[0], head);
    assert!(lines[1].starts_with("2026-09-30T12:00:00+08:00,2026-09-30T13:00:00+08:00,188,mg/m³,F,35,否,"));
    assert!(lines[2].starts_with("2026-09-30T13:00:00+08:00,2026-09-30T14:00:00+08:00,33.4,mg/m³,N,35,否,"));
    assert!(lines[3].starts_with("2026-09-30T14:00:00+08:00,2026-09-30T15:00:00+08:00,61,mg/m³,N,35,是,"));
    let entry = lines[4].rsplit(',').next().unwrap();
    visitor.get(&format!("/packets/{entry}")).says(&["<b>58</b>"]);

    let rows = |browser: &mut crate::site::Browser, query: &str| {
        browser.get(&format!("{CHIMNEY}/series/so2.csv?{query}")).body.lines().count() - 1
    };
    assert_eq!(rows(&mut visitor, "from=2026-09-30T14:00"), 2);
    assert_eq!(rows(&mut visitor, "to=2026-09-30T06:00:00Z"), 2);
    assert_eq!(rows(&mut visitor, "from=2026-09-30T14:00:00%2B08:00&to=2026-09-30T15:00"), 1);
    assert_eq!(rows(&mut visitor, "from=2026-10-01"), 0);
    // A correction of later is not known before it: the series is told as it was known at any time.
    site.city.kernel.advance(testcity::at("2026-10-01T09:00"), &site.city.dispatcher).unwrap();
    site.city.hour("2026-09-30T14:00", 30.5, b'N');
    let at_two = "from=2026-09-30T14:00&to=2026-09-30T15:00";
    let mut told = |known: &str| visitor.get(&format!("{CHIMNEY}/series/so2.csv?{at_two}{known}")).body;
    assert!(told("").contains(",30.5,"));
    assert!(told("&known=2026-10-01T09:00").contains(",30.5,"));
    let before = told("&known=2026-10-01T08:59");
    assert!(before.contains(",61,") && !before.contains("30.5"), "{before}");
    assert_eq!(told("&known=2020-01-01").lines().count(), 1, "nothing was known then");
    assert_eq!(visitor.get(&format!("{CHIMNEY}/series/so2.csv?from=yesterday")).status, 400);
    for nowhere in ["so2", "o2.csv", "none.csv"] {
        assert_eq!(visitor.get(&format!("{CHIMNEY}/series/{nowhere}")).status, 404, "{nowhere}");
    }
    let english = visitor.get(&format!("{CHIMNEY}/series/so2.csv?lang=en"));
    english.says(&["interval start,interval end,value (mg/m³)", ",N,35,yes,"]);
}

#[test]
fn a_series_comes_as_json_as_parquet_and_added_up() {
    let (site, _) = Site::with_case();
    let mut visitor = site.visitor();
    let mut json = |query: &str| -> serde_json::Value {
        serde_json::from_str(&visitor.get(&format!("{CHIMNEY}/series/so2.json?{query}")).body).unwrap()
    };
    let rows = json("from=2026-09-30T14:00");
    assert_eq!(
        (rows["unit"].as_str(), rows["edition"].as_str(), rows["audited"].as_bool()),
        (Some("mg/m³"), Some("raw"), Some(false))
    );
    assert_eq!(rows["rows"][0]["value"], 61.0);
    assert_eq!(rows["rows"][0]["over"], true);
    let days = json("by=day&percentile=50");
    let day = &days["rows"][0];
    assert_eq!(
        (day["count"].as_u64(), day["expected"].as_u64(), day["valid"].as_bool()),
        (Some(3), Some(24), Some(false))
    );
    assert_eq!(
        (day["least"].as_f64(), day["most"].as_f64(), day["percentile"].as_f64()),
        (Some(33.4), Some(61.0), Some(58.0))
    );
    let csv = visitor.get(&format!("{CHIMNEY}/series/so2.csv?by=day&lang=en"));
    assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"chimney-1-so2-by-day.csv\""));
    csv.says(&["mean (mg/m³),lowest (mg/m³)", ",33.4,61,3,24,no"]);
    let parquet = visitor.get(&format!("{CHIMNEY}/series/so2.parquet?edition=cleaned"));
    assert_eq!(parquet.header("content-type"), Some("application/vnd.apache.parquet"));
    assert!(parquet.body.starts_with("PAR1") && parquet.body.ends_with("PAR1"));
    for wrong in ["by=week", "by=day&percentile=101", "percentile=50", "edition=best"] {
        assert_eq!(visitor.get(&format!("{CHIMNEY}/series/so2.json?{wrong}")).status, 400, "{wrong}");
    }
}

#[test]
fn a_steward_audits_the_hours_that_are_shown() {
    let (site, _) = Site::with_case();
    let cleaned = format!("{CHIMNEY}?series=so2&edition=cleaned");
    let post = format!("{CHIMNEY}/audits");
    let mut visitor = site.visitor();
    visitor.get(&cleaned).says(&["未经审核"]).says_not(&["/audits"]);
    site.signed_in("officer-1").get(&cleaned).says_not(&["/audits"]);
    visitor.get(&format!("{CHIMNEY}?edition=audited&lang=en")).says(&["Confirmed, corrected or left out"]);

    let mut steward = site.signed_in("steward-1");
    let page = steward.get(&cleaned);
    page.says(&["另外剔除的小时", "2026-09-30 14:00–15:00"]);
    let refused = steward.fill(&page, &post, &[("opinion", " ")]);
    assert_eq!(refused.status, 422);
    refused.says(&["请写明审核依据"]);
    let hour = testcity::at("2026-09-30T14:00").micros();
    let without = format!("without-{hour}");
    let done = steward.fill(&page, &post, &[("opinion", "现场比对"), (&without, "1")]);
    assert_eq!(done.status, 303);
    let there = done.header("location").unwrap().to_owned();
    steward.get(&there).says(&["有效 2 个，无效 1 个", "X 剔除"]);
    let csv = visitor.get(&format!("{CHIMNEY}/series/so2.csv?edition=audited"));
    assert_eq!(csv.body.lines().count(), 3, "{}", csv.body);

    // The same for programs; one who may not is told so, and a repeat is the same audit.
    let api = format!("/api/v1{CHIMNEY}/series/so2/audits");
    let body = serde_json::json!({ "from": "2026-09-30T14:00", "to": "2026-09-30T15:00", "opinion": "复核", "corrected": [{ "at": "2026-09-30T14:00", "value": 31.5 }] });
    assert_eq!(site.signed_in("officer-1").post_json(&api, &body).status, 403);
    assert_eq!(visitor.post_json(&api, &body).status, 401);
    let done: serde_json::Value = serde_json::from_str(&steward.post_json(&api, &body).body).unwrap();
    assert_eq!((done["counting"].as_u64(), done["leftOut"].as_u64()), (Some(1), Some(0)), "{done}");
    let json: serde_json::Value =
        serde_json::from_str(&visitor.get(&format!("{CHIMNEY}/series/so2.json?edition=audited")).body)
            .unwrap();
    assert_eq!(json["rows"][1]["value"], 31.5);
}

#[test]
fn a_source_is_shown_as_it_was_known_at_a_moment() {
    let (site, case) = Site::with_case();
    let city = &site.city;
    city.kernel.advance(testcity::at("2026-09-30T17:30"), &city.dispatcher).unwrap();
    city.hour("2026-09-30T15:00", 77.0, b'N');
    let mut officer = site.signed_in("officer-1");
    let now = officer.get(&format!("{CHIMNEY}?series=so2"));
    now.says(&["<b>77</b>", "<b>61</b>", &format!("/cases/{case}"), "48 小时", "value=\"2026-09-30 17:30\""]);
    let then = officer.get(&format!("{CHIMNEY}?series=so2&hours=48&at=2026-09-30T16:30"));
    then.says(&[
        "回看",
        "2026-09-30 16:30",
        "<b>61</b>",
        "<b>58</b>",
        "at=2026-09-30T15:30",
        "hours=48",
        "回到现在",
    ]);
    // What was corrected afterwards, what is open now and how old data are now belong to another moment.
    then.says_not(&["<b>77</b>", &format!("/cases/{case}")]);
    then.says(&["so2.csv?known=2026-09-30T16:30"]);
    let before = officer.get(&format!("{CHIMNEY}?series=so2&at=2026-09-30T10:00"));
    before.says_not(&["<b>61</b>"]);
    officer.get(&format!("{CHIMNEY}?series=so2&at=nonsense")).says(&["<b>77</b>"]).says_not(&["回到现在"]);
    officer.get(&format!("{CHIMNEY}?series=so2&at=2030-01-01T00:00")).says_not(&["回到现在"]);
}
