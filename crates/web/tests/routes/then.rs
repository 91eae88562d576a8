//! What public pages say of an earlier day, and what else is asked of open data: places, charts, requests; a restore that is tried.

use crate::site::Site;

#[test]
fn a_dataset_is_handed_out_as_it_was_known() {
    let (site, _) = Site::with_case();
    let mut visitor = site.visitor();
    site.city.kernel.advance(testcity::at("2026-10-02T10:00"), &site.city.dispatcher).unwrap();
    site.city.hour("2026-10-02T08:00", 44.0, b'N');
    let page = "/data/so2-hours";
    visitor.get(page).says(&["历史版本", "图表", "chimney-1?series=so2&#38;hours=72", "curl -o"]);
    let csv = |known: &str| format!("{page}.csv?known={known}");
    visitor.get(&csv("2026-10-02")).says(&["44", "61"]);
    visitor.get(&csv("2026-10-01")).says(&["61"]).says_not(&["44.0", ",44,"]);
    assert_eq!(visitor.get(&csv("2026-09-29")).body.lines().count(), 1, "nothing had come yet");
    assert_eq!(visitor.get(&csv("nonsense")).status, 400);
    let then = visitor.get(&format!("{page}?known=2026-10-01"));
    then.says(&[
        "2026-10-01 终了时所知的数据",
        "so2-hours.csv?known=2026-10-01",
        "encoding=gb18030&#38;known=",
    ]);
    visitor.get(&format!("{page}?known=2030-01-01")).says_not(&["终了时所知的数据，下载文件也是"]);
}

#[test]
fn a_register_is_handed_out_as_it_was_known_and_seen_on_a_map() {
    let site = Site::quiet();
    let mut steward = site.signed_in("steward-1");
    let list = "站点编码,经度,纬度,运维单位\nDEMO-A1,113.2,40.08,甲公司\n".as_bytes();
    let path = "/api/v1/connectors/station-places/imports";
    site.city.kernel.advance(testcity::at("2026-10-02T10:00"), &site.city.dispatcher).unwrap();
    steward.send_as("POST", path, Some(("text/csv", list)));
    let mut visitor = site.visitor();
    let now = visitor.get("/data/monitored-sources.csv");
    let then = visitor.get("/data/monitored-sources.csv?known=2026-10-01");
    assert_eq!(now.body, then.body, "no source has changed");
    let page = visitor.get("/data/monitored-sources");
    page.says(&["<svg class=\"map\"", "示意图", "/sources/urn:ngsi-ld:MonitoredSource:boiler-3"]);
    let part = visitor.get("/data/monitored-sources?box=113.5,40.0,113.7,40.1");
    assert_eq!(part.status, 200);
}

#[test]
fn an_article_is_shown_as_it_was_served_on_a_day() {
    let (site, _) = Site::with_case();
    site.city.kernel.advance(testcity::at("2026-10-05T10:00"), &site.city.dispatcher).unwrap();
    let mut visitor = site.visitor();
    visitor.get("/ordinance/27").says(&["在办 1 件，共 1 件"]).says_not(&["终了时的条文"]);
    visitor.get("/ordinance/27?on=2026-10-01").says(&["2026-10-01 终了时的条文", "在办 1 件，共 1 件"]);
    let before = visitor.get("/ordinance/27?on=2026-09-20");
    before.says(&["当时本市系统中没有这一条"]).says_not(&["27.1"]);
    visitor.get("/ordinance/27?on=nonsense").says_not(&["终了时的条文"]);
    visitor.get("/ordinance/27?on=2030-01-01").says_not(&["终了时的条文"]);
}

#[test]
fn what_is_found_is_narrowed_to_a_place() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    let found = visitor.get("/search?words=%E6%BC%94%E7%A4%BA");
    found.says(&["不限地点", "云冈区", "云州区", "place=140215"]);
    let there = visitor.get("/search?words=%E6%BC%94%E7%A4%BA&place=140215");
    there.says(&["演示供热站三号锅炉"]).says_not(&["一号烟囱"]);
    visitor.get("/search?words=%E6%BC%94%E7%A4%BA&place=999999").says(&["没有找到"]);
}

#[test]
fn data_that_are_not_there_are_asked_for() {
    let site = Site::quiet();
    site.visitor().get("/data").says(&["可到服务窗口或者拨打 12345 提出"]);
    let mut officer = site.signed_in("officer-1");
    officer.get("/data").says(&["href=\"/begin/data-request\"", "提出申请"]);
    let form = officer.get("/begin/data-request?field-data=%E5%85%AC%E5%9B%AD%3Cb%3E&command=x");
    form.says(&["value=\"公园&#60;b&#62;\""]);
    let given = [
        ("field-wish", "open"),
        ("field-data", "公园清单"),
        ("field-purpose", "应用"),
        ("field-asker", "学校"),
    ];
    // A case is no way to what its opener does not see.
    let auditor = site.city.person("auditor-1").urn;
    let unseen = [&given[..], &[("about", auditor.as_str())]].concat();
    assert_eq!(officer.fill(&form, "/begin/data-request", &unseen).status, 404);
    let begun = officer.fill(&form, "/begin/data-request", &given);
    officer.get(begun.to()).says(&["数据共享与开放申请", "公园清单", "数据管理员"]);
}

#[test]
fn a_restore_is_tried_and_everybody_sees_how_it_went() {
    let (site, _) = Site::with_case();
    let mut visitor = site.visitor();
    visitor.get("/status").says(&["尚未做过恢复演练"]).says_not(&["现在演练"]);
    let mut keeper = site.signed_in("accounts-1");
    let page = keeper.get("/status");
    page.says(&["现在演练"]);
    keeper.fill(&page, "/status/drill", &[]).to();
    let entries = visitor.get("/status");
    entries.says(&["已备份、恢复并逐条核对", "无缺失无差错", "/receipts/"]);
    assert!(!site.city.kernel.dir().path().join("drill").exists(), "the copy is thrown away");
    let mut officer = site.signed_in("officer-1");
    assert_eq!(officer.fill(&page, "/status/drill", &[]).status, 403);
    assert_eq!(visitor.post("/status/drill", &[]).status, 303);
}
