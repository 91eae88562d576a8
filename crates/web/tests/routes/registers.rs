//! Registers: what is seen of things by whom, found, handed out as a table, and looked back at.

use crate::site::{Answer, Browser, Site};

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
    let bring = |steward: &mut Browser, who| {
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

#[test]
fn a_register_is_sorted_by_any_column_both_ways_on_page_and_in_table() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    let place = |body: &str, name: &str| body.find(name).unwrap();
    let up = visitor.get("/registers/AmbientStation?sort=code");
    up.says(&["aria-sort=\"ascending\"", "sort=-code", "name=\"sort\" value=\"code\""]);
    let down = visitor.get("/registers/AmbientStation?sort=-code&words=");
    down.says(&["aria-sort=\"descending\""]);
    let latin_first = |body: &str| place(body, "DEMO-A1") < place(body, "云冈宾馆");
    assert!(latin_first(&up.body) && !latin_first(&down.body));
    assert!(!latin_first(&visitor.get("/registers/AmbientStation.csv?sort=-code").body));
    visitor.get("/registers/AmbientStation?sort=nothing").says(&["DEMO-A1"]).says_not(&["ascending"]);
}

/// What the fields of a form hold, as a browser sends them.
fn shown(page: &Answer) -> Vec<(String, String)> {
    let form = page.body.split("</form>").find(|form| form.contains("name=\"ground\"")).unwrap();
    let field = |rest: &str| {
        let name = rest.split('"').next().unwrap();
        let input = rest.split("</select>").next().unwrap();
        let (before, of) = match input.find("<option") {
            Some(_) if !rest.split('>').next().unwrap().contains("value=") => {
                (input.split(" selected").next().unwrap(), input.contains(" selected"))
            }
            _ => (rest.split('>').next().unwrap(), true),
        };
        let value = before.rsplit("value=\"").next().and_then(|value| value.split('"').next());
        (format!("field-{name}"), value.filter(|_| of).unwrap_or_default().to_owned())
    };
    form.split("name=\"field-").skip(1).map(field).collect()
}

#[test]
fn a_steward_edits_what_people_enter_and_says_on_which_ground() {
    let site = Site::quiet();
    let mut steward = site.signed_in("steward-1");
    let edit = format!("{STATION}/edit");
    steward.get(STATION).says(&[&format!("href=\"{edit}\"")]);
    let page = steward.get(&edit);
    page.says(&["修改依据", "站点编码", "DEMO-A1"]).says_not(&["field-pm25"]);
    let now = |steward: &mut Browser, fields: &[(&str, &str)]| {
        let page = steward.get(&edit);
        let shown = shown(&page);
        let kept = shown.iter().filter(|(name, _)| fields.iter().all(|(own, _)| own != name));
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<_> = kept.chain(fields.iter().copied()).collect();
        steward.fill(&page, &edit, &all)
    };
    let refused = now(&mut steward, &[("field-code", "DEMO-A9")]);
    assert_eq!(refused.status, 422);
    refused.says(&["修改依据", "DEMO-A9", "role=\"alert\""]);
    let done = now(&mut steward, &[("field-code", "DEMO-A9"), ("ground", "来函〔2026〕3号 <b>")]);
    assert_eq!(done.to(), STATION);
    steward.get(STATION).says(&["DEMO-A9", "登记修改", "来函〔2026〕3号 &#60;b&#62;"]);
    // Nobody else may, and a page that stood too long is told so.
    site.visitor().get(STATION).says_not(&["/edit"]);
    assert_eq!(site.visitor().get(&edit).status, 303);
    assert_eq!(site.signed_in("officer-1").get(&edit).status, 403);
    let stale = steward.fill(&page, &edit, &[("field-code", "DEMO-A7"), ("ground", "再改")]);
    assert_eq!(stale.status, 422);
    stale.says(&["role=\"alert\""]);
}
