//! What is done to several things at once, or looked at beside another: cases in the inbox, sources in a chart, moments of a board,
//! entries of a register; and the lists that somebody keeps.

use crate::site::{Answer, Browser, Site};
use serde_json::json;

/// Two cases of one kind, both waiting for the duty officer: alarms of two chimneys.
fn two_alarms() -> (Site, Browser) {
    let (site, _) = Site::with_case();
    site.city.hour_of("DEMO0000000000CHIMNEY002", "2026-09-30T15:00", 70.0, b'N');
    let duty = site.signed_in("duty-officer-1");
    (site, duty)
}

/// The cases that an inbox offers to be chosen.
fn offered(page: &Answer) -> Vec<String> {
    let boxes = page.body.split("<input type=\"checkbox\" name=\"").skip(1);
    boxes.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn several_cases_get_the_same_act_and_each_its_own_receipt() {
    let (_site, mut duty) = two_alarms();
    let inbox = duty.get("/inbox");
    let cases = offered(&inbox);
    assert_eq!(cases.len(), 2, "{}", inbox.body);
    let asked: Vec<String> = cases.iter().map(|case| format!("{case}=1")).collect();
    let page = duty.get(&format!("/inbox/several?{}", asked.join("&")));
    page.says(&["已选 2 件", "action=\"/inbox/several/confirm\"", "/inbox/several/dismiss"]);
    // What needs a reason or words says so for each, and nothing is done.
    let refused = duty.fill(&page, "/inbox/several/dismiss", &[("opinion", "检修")]);
    assert_eq!(refused.status, 422, "{}", refused.body);
    refused.says(&["2 件中已办 0 件", "未办", "检修", "已选 2 件"]);
    let done = duty.fill(&refused, "/inbox/several/confirm", &[]);
    assert_eq!(done.status, 200, "{}", done.body);
    done.says(&["2 件中已办 2 件", "/receipts/"]).says_not(&["未办"]);
    // The same form again is the same commands.
    let again = duty.fill(&refused, "/inbox/several/confirm", &[]);
    again.says(&["2 件中已办 2 件"]);
    for case in &cases {
        duty.get(&format!("/cases/{case}")).says(&["已确认"]);
    }
    // Somebody else's page does not act, and whoever may do nothing is told so.
    duty.get("/inbox/several?urn:ngsi-ld:Alarm:nothing=1").says(&["没有选择事项"]);
    assert_eq!(duty.post("/inbox/several/confirm", &[("csrf", "x")]).status, 403);
}

#[test]
fn cases_of_two_kinds_have_no_act_together() {
    let (site, case) = Site::with_case();
    let mut duty = site.signed_in("duty-officer-1");
    let alarm = offered(&duty.get("/inbox")).first().cloned();
    assert_eq!(alarm, None, "one alone is opened, not chosen");
    let inbox = duty.get("/inbox?tab=open");
    let alarm = inbox.body.split("/cases/").find_map(|rest| rest.strip_prefix("urn:ngsi-ld:Alarm:"));
    let alarm = alarm.unwrap().split('"').next().unwrap();
    let page = duty.get(&format!("/inbox/several?urn:ngsi-ld:Alarm:{alarm}=1&{case}=1"));
    page.says(&["已选 2 件", "所选事项没有可以一并办理的操作"]).says_not(&["<button class=\"main\""]);
}

#[test]
fn a_list_is_kept_by_name_and_told_to_nobody_else() {
    let (site, mut duty) = two_alarms();
    let list = duty.get("/inbox?tab=open&kind=Alarm");
    list.says_not(&["常用清单"]);
    let kept = duty.fill(&list, "/inbox/kept", &[("name", "夜班告警<b>")]);
    assert_eq!(kept.to(), "/inbox?tab=open&kind=Alarm");
    let shown = duty.get("/inbox?tab=open&kind=Alarm");
    shown.says(&["常用清单", "夜班告警&#60;b&#62;", "不再保留本清单"]);
    duty.get("/inbox").says(&["夜班告警", "存为"]);
    site.signed_in("officer-1").get("/inbox").says_not(&["夜班告警"]);
    // An address of another site is not kept: what it asks for is, here.
    let form: Vec<(&str, &str)> = vec![("name", "外"), ("address", "https://example.org/?tab=closed")];
    let csrf = shown.form("/inbox/kept").into_iter().find(|(name, _)| name == "csrf").unwrap().1;
    let other = duty.post("/inbox/kept", &[&form[..], &[("csrf", &csrf)]].concat());
    assert_eq!(other.to(), "/inbox?tab=closed");
    let long =
        duty.post("/inbox/kept", &[("csrf", &csrf), ("name", &"长".repeat(25)), ("address", "/inbox")]);
    assert_eq!(long.status, 422);
    long.says(&["24 字以内"]);
    for n in 0..10 {
        duty.post("/inbox/kept", &[("csrf", &csrf), ("name", &n.to_string()), ("address", "/inbox")]).to();
    }
    let many = duty.post("/inbox/kept", &[("csrf", &csrf), ("name", "十三"), ("address", "/inbox")]);
    many.says(&["最多保留 12 个清单"]);
    let gone = duty.fill(&shown, "/inbox/kept", &[]);
    assert_eq!(gone.to(), "/inbox?tab=open&kind=Alarm");
    duty.get("/inbox").says_not(&["夜班告警"]);
}

#[test]
fn another_source_stands_beside_one_in_its_chart() {
    let (_site, mut duty) = two_alarms();
    let own = "/sources/urn:ngsi-ld:MonitoredSource:chimney-1";
    let page = duty.get(&format!("{own}?series=so2"));
    page.says(&["与其他来源对比", "with="]).says_not(&["class=\"beside\""]);
    let choice = duty.get(&format!("{own}?series=so2&with="));
    choice.says(&["<select id=\"with\"", "urn:ngsi-ld:MonitoredSource:chimney-2"]);
    let both = duty.get(&format!("{own}?series=so2&with=urn:ngsi-ld:MonitoredSource:chimney-2"));
    both.says(&["<path class=\"beside\"", "二号烟囱</th>", "只看本来源", ">70</td>"]);
    // What is not there, or is of another type, is as if it were not named.
    for other in ["urn:ngsi-ld:MonitoredSource:nothing", "urn:ngsi-ld:AmbientStation:station-1", "x"] {
        duty.get(&format!("{own}?series=so2&with={other}")).says(&["<select id=\"with\""]);
    }
}

#[test]
fn two_moments_of_a_board_are_compared_and_taken_as_a_table() {
    let (site, mut duty) = two_alarms();
    let page = "/boards/situation/changes";
    duty.get("/boards/situation").says(&[&format!("href=\"{page}\""), "/boards/situation/shifts"]);
    let asked = "from=2026-09-30T12:30&to=2026-09-30T16:00";
    let changed = duty.get(&format!("{page}?{asked}"));
    changed.says(&["变化对比", "演示热源厂一号烟囱", "超过限值", "<b>58</b> mg/m³", "新开事项"]);
    // Turned round it is the same, and what cannot be read is the last day.
    let turned = duty.get(&format!("{page}?from=2026-09-30T16:00&to=2026-09-30T12:30"));
    turned.says(&["value=\"2026-09-30 12:30\"", "演示热源厂一号烟囱"]);
    duty.get(&format!("{page}?from=nonsense")).says(&["value=\"2026-09-29 "]);
    duty.get(&format!("{page}?from=2026-09-30T12:30&to=2026-09-30T12:31")).says(&["没有变化"]);
    let table = duty.get(&format!("{page}.csv?{asked}"));
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    table.says(&["what,layer,place,state_from", "演示热源厂一号烟囱", "58 mg/m³"]);
    assert_eq!(site.signed_in("officer-1").get(page).status, 403);
    assert_eq!(duty.get("/boards/nothing/changes").status, 404);
}

#[test]
fn watches_are_looked_through_by_words() {
    let site = Site::quiet();
    let mut duty = site.signed_in("duty-officer-1");
    let log = "/boards/situation/shifts";
    duty.get(log).says(&["没有找到值班记录"]);
    let form = duty.get("/begin/duty-shift");
    let begun = duty.fill(&form, "/begin/duty-shift", &[("field-watch", "day")]);
    let case = begun.to().split('?').next().unwrap().to_owned();
    let page = duty.get(&case);
    duty.fill(&page, &format!("{case}/acts/note"), &[("opinion", "供热站电话已记下<i>")]).to();
    duty.get(log).says(&["至今", "供热站电话已记下&#60;i&#62;", "共 1 条", &case]);
    duty.get(&format!("{log}?words=%E4%BE%9B%E7%83%AD")).says(&["供热站"]);
    duty.get(&format!("{log}?words=%E5%9C%B0%E9%9C%87")).says(&["没有找到值班记录"]);
    assert_eq!(site.signed_in("officer-1").get(log).status, 403);
}

#[test]
fn a_figure_stays_on_the_wall() {
    let (_site, mut duty) = two_alarms();
    let board = duty.get("/boards/situation");
    let figure = board.body.split("figure=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let opened = duty.get(&format!("/boards/situation?figure={figure}"));
    let pin = format!("pin=situation.{figure}");
    opened.says(&["固定到大屏", &pin]);
    duty.get(&format!("/boards/situation?wall=day&{pin}")).says(&["class=\"notice pinned\"", "取消固定数字"]);
    for nothing in ["pin=situation.nothing", "pin=environment.x", "pin=x"] {
        duty.get(&format!("/boards/situation?wall=day&{nothing}")).says_not(&["class=\"notice pinned\""]);
    }
    duty.get(&format!("/boards/situation?{pin}")).says_not(&["class=\"notice pinned\""]);
}

#[test]
fn two_entries_are_made_one_and_taken_apart_again() {
    let site = Site::quiet();
    let mut steward = site.signed_in("steward-1");
    let holder = |id: &str, more: serde_json::Value| {
        let mut entity = json!({ "id": format!("urn:ngsi-ld:PermitHolder:{id}"), "type": "PermitHolder",
            "name": { "type": "Property", "value": format!("演示企业{id}") } });
        entity.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entity
    };
    let division = json!({ "division": { "type": "Property", "value": "140214" } });
    for entity in [holder("a", division.clone()), holder("b", division)] {
        let made = steward.post_json("/ngsi-ld/v1/entities", &entity);
        assert_eq!(made.status, 201, "{}", made.body);
    }
    let (kept, gone) = ("/entities/urn:ngsi-ld:PermitHolder:a", "/entities/urn:ngsi-ld:PermitHolder:b");
    let edit = steward.get(&format!("{kept}/edit"));
    edit.says(&["同一对象的两条记录", "演示企业b"]);
    let merge = format!("{kept}/merge");
    let other = ("other", "urn:ngsi-ld:PermitHolder:b");
    let unsaid = steward.fill(&edit, &merge, &[other]);
    assert_eq!(unsaid.status, 422);
    let itself = [("other", "urn:ngsi-ld:PermitHolder:a"), ("ground", "重复登记")];
    steward.fill(&edit, &merge, &itself).says(&["另一条记录"]);
    let one = steward.fill(&edit, &merge, &[other, ("ground", "同一企业登记了两次")]);
    assert_eq!(one.to(), kept);
    let led = steward.get(gone);
    assert!(led.to().starts_with(kept), "{}", led.to());
    steward.get(led.to()).says(&["b 已并入本条", "合并登记", "同一企业登记了两次"]);
    steward.get("/registers/PermitHolder").says(&["演示企业a"]).says_not(&["演示企业b"]);
    assert_eq!(steward.get("/ngsi-ld/v1/entities/urn:ngsi-ld:PermitHolder:b").status, 404);
    // What reports stays apart, and only who may write here does it.
    let station = "/entities/urn:ngsi-ld:AmbientStation:station-1/edit";
    steward.get(station).says_not(&["同一对象的两条记录"]);
    assert_eq!(site.signed_in("officer-1").get(&format!("{kept}/edit")).status, 403);

    let edit = steward.get(&format!("{kept}/edit"));
    edit.says(&["已并入：", "撤销合并"]);
    let apart = edit.body.split("name=\"do\" value=\"apart\"").next().unwrap();
    let field = |name: &str| {
        let (_, rest) = apart.rsplit_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let (csrf, command) = (field("csrf"), field("command"));
    let fields =
        [("csrf", &*csrf), ("command", &command), ("do", "apart"), other, ("ground", "并非同一企业")];
    assert_eq!(steward.post(&merge, &fields).to(), kept);
    steward.get(gone).says(&["演示企业b", "撤销合并登记"]);
}

#[test]
fn a_search_is_kept_with_what_narrowed_it() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    visitor.get("/search?words=spjyxk").says_not(&["/inbox/kept"]);
    let mut officer = site.signed_in("officer-1");
    officer.get("/search").says_not(&["/inbox/kept"]);
    let found = officer.get("/search?words=spjyxk&who=firm&place=");
    let kept = officer.fill(&found, "/inbox/kept", &[("name", "食品<b>")]);
    assert_eq!(kept.to(), "/search?words=spjyxk&who=firm");
    let shown = officer.get("/search");
    shown.says(&["href=\"/search?words=spjyxk&#38;who=firm\"", "食品&#60;b&#62;"]);
    officer.get("/inbox").says_not(&["食品&#60;b&#62;"]);
    let csrf = found.form("/inbox/kept").into_iter().find(|(name, _)| name == "csrf").unwrap().1;
    let long = officer.post(
        "/inbox/kept",
        &[("csrf", &csrf), ("name", &"长".repeat(25)), ("address", "/search?words=spjyxk")],
    );
    assert_eq!(long.status, 422);
    long.says(&["24 字以内", "食品经营许可"]);
    let again = officer.get(kept.to());
    officer.fill(&again, "/inbox/kept", &[]).to();
    officer.get("/search").says_not(&["食品&#60;b&#62;"]);
}
