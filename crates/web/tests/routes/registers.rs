//! Registers: what is seen of things by whom, found, handed out as a table, and looked back at.

use crate::site::Site;

const STATION: &str = "/entities/urn:ngsi-ld:AmbientStation:station-1";

#[test]
fn everybody_reads_what_is_open_and_posts_read_what_is_shared() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    visitor.get("/registers").says(&["环境空气监测站", "href=\"/registers/AmbientStation\""]);
    visitor.get("/registers").says_not(&["HotlineOrder", "热线工单"]);
    let page = visitor.get("/registers/AmbientStation");
    page.says(&["演示空气站（市控）", "站点编码", "DEMO-A1", "113.2, 40.08", "共 7 条"]);
    let found = visitor.get("/registers/AmbientStation?words=%E4%BA%91%E5%86%88");
    found.says(&["云冈宾馆"]).says_not(&["DEMO-A1"]);
    visitor.get("/registers/AmbientStation?words=x%3Cy").says(&["没有符合的登记", "x&#60;y"]);

    let station = visitor.get(STATION);
    station.says(&["站点级别", "/sources/urn:ngsi-ld:AmbientStation:station-1", "变更记录", "/receipts/"]);
    station.says_not(&["DEMO0000000000STATION001"]);
    site.signed_in("steward-1").get(STATION).says(&["DEMO0000000000STATION001"]);

    let table = visitor.get("/registers/AmbientStation.csv");
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(table.body.lines().count(), 1 + 7);
    table.says(&["id,title,name,code", "DEMO-A1"]).says_not(&["DEMO0000000000STATION001"]);
    for nowhere in
        ["/registers/Nothing", "/registers/HotlineOrder", "/entities/urn:ngsi-ld:A:b", "/entities/x"]
    {
        assert_eq!(visitor.get(nowhere).status, 404, "{nowhere}");
    }
}

#[test]
fn a_thing_is_shown_as_it_was_on_a_day() {
    let site = Site::quiet();
    let mut steward = site.signed_in("steward-1");
    let path = "/api/v1/connectors/station-places/imports";
    let list = |who: &str| format!("站点编码,经度,纬度,运维单位\nDEMO-A1,113.2,40.08,{who}\n");
    let bring = |steward: &mut crate::site::Browser, who| {
        let answer = steward.send_as("POST", path, Some(("text/csv", list(who).as_bytes())));
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    bring(&mut steward, "甲公司");
    site.city.kernel.advance(testcity::at("2026-10-02T10:00"), &site.city.dispatcher).unwrap();
    bring(&mut steward, "乙公司");
    let mut visitor = site.visitor();
    visitor.get(STATION).says(&["乙公司", "2026-10-02"]).says_not(&["甲公司"]);
    let then = visitor.get(&format!("{STATION}?at=2026-10-01"));
    then.says(&["截至 2026-10-01 当日的登记", "甲公司", "DEMO-A1"]).says_not(&["乙公司"]);
    visitor.get(&format!("{STATION}?at=2020-01-01")).says(&["那一天还没有登记"]);
    visitor.get(&format!("{STATION}?at=nonsense")).says(&["乙公司"]);
}

#[test]
fn everybody_sees_how_the_city_does() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    visitor.get("/log/head");
    let page = visitor.get("/status");
    page.says(&["运行状态", "100.0 %", "没有恢复过备份。", "href=\"/log/heads\"", "公布的日志签名"]);
    page.says_not(&["还没有公布过"]);
    visitor.get("/status?lang=en").says(&["Up in the last 30 days", "None was restored."]);
}
