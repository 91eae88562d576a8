//! A department's file over the pages and over the programs' interface: tried, taken in, refused.

use crate::site::Site;

const PAGE: &str = "/connectors/station-hours";
const API: &str = "/api/v1/connectors/station-hours/imports";
const HEAD: &str = "Date,Hour,WatchPoint,PM2.5,PM10,CO,NO2,O3_1h,SO2";

fn list(rows: &[&str]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

#[test]
fn a_steward_tries_a_file_and_then_takes_it_in() {
    let site = Site::quiet();
    let mut steward = site.signed_in("steward-1");
    steward.get("/inbox").says(&["href=\"/connectors\"", "数据接入"]);
    steward.get("/connectors").says(&["空气站小时数据", "环境空气监测站", "每小时"]);
    let page = steward.get(PAGE);
    page.says(&["WatchPoint", "试读", "数据管理员"]);
    let before = *site.city.kernel.watch().borrow();
    let text = list(&[
        "20260930,08,云冈宾馆,24,51,1.5,28,32,47",
        "20260930,08,<b>无此站</b>,24,51,1.5,28,32,47",
        "20260930,09,大同大学,NaN,NaN,NaN,NaN,NaN,NaN",
    ]);
    let tried = steward.upload(&page, PAGE, &[], &[("document", "list.csv", text.as_bytes())]);
    assert_eq!(tried.status, 200, "{}", tried.body);
    tried.says(&[
        "试读完成：可写入 6 个值",
        "未登记的名称",
        "&#60;b&#62;无此站",
        "整行没有数值",
        "写入 6 个值",
    ]);
    tried.says_not(&["<b>无此站"]);
    assert_eq!(*site.city.kernel.watch().borrow(), before, "a trial writes nothing");
    let done = steward.fill(&tried, PAGE, &[("take", "1")]);
    done.says(&["已写入 6 个值，记入日志 1 条", "回执："]);
    let again = steward.fill(&tried, PAGE, &[("take", "1")]);
    again.says(&["没有新值，未写入"]);
    steward.get("/sources/urn:ngsi-ld:AmbientStation:yungang-hotel").says(&["24", "2026-09-30"]);
    // The receipt that the report links to is that of the values.
    let from = done.body.find("href=\"/receipts/").unwrap() + 16;
    let entry: u64 = done.body[from..].split('"').next().unwrap().parse().unwrap();
    let packet = steward.get(&format!("/packets/{entry}"));
    packet.says(&["connector station-hours", "href=\"/sources/urn:ngsi-ld:AmbientStation:yungang-hotel\""]);
    steward.get(&format!("/receipts/{entry}")).says(&["数据接入"]);
}

#[test]
fn what_was_taken_in_is_undone_on_the_page() {
    let site = Site::quiet();
    let mut steward = site.signed_in("steward-1");
    let text = list(&["20260930,08,云冈宾馆,24,51,1.5,28,32,47"]);
    let page = steward.get(PAGE);
    page.says(&["还没有导入过。"]);
    let tried = steward.upload(&page, PAGE, &[], &[("document", "list.csv", text.as_bytes())]);
    let done = steward.fill(&tried, PAGE, &[("take", "1")]);
    done.says(&["已导入", "数据管理员一"]);
    let from = done.body.find("name=\"undo\" value=\"").unwrap() + 19;
    let run = done.body[from..].split('"').next().unwrap().to_owned();
    let undone = steward.fill(&done, PAGE, &[("undo", &run)]);
    undone.says(&["已撤销：0 个值恢复原值，6 个值剔除，0 个值", "已撤销"]).says_not(&["name=\"undo\""]);
    let mut officer = site.signed_in("officer-1");
    let undo = format!("/api/v1/runs/{run}/undo");
    assert_eq!(officer.post_json(&undo, &serde_json::json!({})).status, 403);
    assert_eq!(steward.post_json(&undo, &serde_json::json!({})).status, 422);
    assert_eq!(steward.post(&undo, &[]).status, 415, "a form of another site cannot");
    steward.get("/api/v1/connectors/station-hours/runs").says(&["\"state\":\"undone\""]);
    let again = steward.fill(&done, PAGE, &[("undo", &run)]);
    assert_eq!(again.status, 422);
    again.says(&["这一次已经撤销"]);
    // This city has no origin to fetch from, and says so.
    let fetched = steward.fill(&page, PAGE, &[("fetch", "1")]);
    assert_eq!(fetched.status, 422);
    fetched.says(&["没有取到"]);
}

#[test]
fn what_cannot_be_read_or_is_not_ones_own_is_refused_in_words() {
    let site = Site::quiet();
    let mut steward = site.signed_in("steward-1");
    let page = steward.get(PAGE);
    let wrong = steward.upload(&page, PAGE, &[], &[("document", "x.csv", b"a,b\n1,2\n")]);
    assert_eq!(wrong.status, 422);
    wrong.says(&["文件不能读取：", "WatchPoint"]);
    assert_eq!(steward.get("/connectors/none").status, 404);
    let mut officer = site.signed_in("officer-1");
    officer.get("/connectors").says(&["您的岗位没有可运行的数据接入"]);
    assert_eq!(officer.get(PAGE).status, 403);
    assert_eq!(site.visitor().get(PAGE).to(), "/sign-in?next=%2Fconnectors%2Fstation-hours");
}

#[test]
fn programs_send_a_table_and_nothing_else() {
    let site = Site::quiet();
    let mut steward = site.signed_in("steward-1");
    steward.get("/api/v1/connectors").says(&["\"station-hours\"", "\"WatchPoint\""]);
    let text = list(&["20260930,08,云冈宾馆,24,51,1.5,28,32,47"]);
    let send = |browser: &mut crate::site::Browser, path: &str, kind: &str| {
        browser.send_as("POST", path, Some((kind, text.as_bytes())))
    };
    send(&mut steward, &format!("{API}?trial=1"), "text/csv").says(&["\"new\":6", "\"entries\":[]"]);
    send(&mut steward, API, "text/csv").says(&["\"new\":6", "\"known\":0"]);
    send(&mut steward, API, "text/csv; charset=utf-8").says(&["\"new\":0", "\"known\":6"]);
    assert_eq!(send(&mut steward, API, "text/plain").status, 415);
    assert_eq!(send(&mut site.visitor(), API, "text/csv").status, 401);
    let mut officer = site.signed_in("officer-1");
    assert_eq!(send(&mut officer, API, "text/csv").status, 403);
}
