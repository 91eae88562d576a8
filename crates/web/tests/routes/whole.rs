//! The case page with everything that a case can be: in several stages at once, away, shelved, with tasks and parts,
//! corrected and undone.

use crate::begin::begun;
use crate::site::{Answer, Browser, Site};

const APPLICANT: [(&str, &str); 2] =
    [("field-applicantName", "云中小馆"), ("field-premises", "示意街 12 号")];

/// Somebody acts on a case by its form. Returns the page that follows.
fn act(site: &Site, who: &str, path: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
    let mut browser = site.signed_in(who);
    let page = browser.get(path);
    let done = browser.fill(&page, &format!("{path}/acts/{act}"), fields);
    let to = done.to().to_owned();
    site.city.dispatcher.settle();
    browser.get(&to)
}

fn english(browser: &mut Browser, path: &str) -> Answer {
    browser.get(&format!("{path}?lang=en"))
}

#[test]
fn a_licence_is_away_then_in_two_places_with_two_clocks() {
    let site = Site::quiet();
    let mut clerk = site.signed_in("window-clerk-1");
    let path = begun(&mut clerk, "licence", &APPLICANT);
    let away = act(&site, "window-clerk-1", &path, "send-for-registration", &[]);
    away.says(&[
        "外部系统办理",
        "provincial-registration",
        "尚未收到",
        "等对方系统答复，由综合窗口收件人员登记。",
        "已等 1 分钟以内",
        "企业登记时限（省级系统）",
    ]);
    // The number or a photo of the receipt: the form asks for either.
    away.says(&["没有编号时须附", "name=\"photo\" type=\"file\""]);
    away.says_not(&["name=\"field-number\" type=\"text\" maxlength=\"4000\" required"]);
    let empty = {
        let page = clerk.get(&path);
        clerk.upload(&page, &format!("{path}/acts/registered"), &[], &[])
    };
    assert_eq!(empty.status, 422);
    let back = act(&site, "window-clerk-1", &path, "registered", &[("field-number", "91140200DEMO")]);
    back.says(&["对方编号： 91140200DEMO", "用时 1 分钟以内", "统一社会信用代码"]);
    let review = act(&site, "window-clerk-1", &path, "accept", &[("opinion", "齐全")]);
    review.says(&["平台随即办理：转审查", "已出具受理通知", "材料审查", "现场核查"]);
    let both = act(&site, "reviewer-1", &path, "papers-in-order", &[("opinion", "符合要求")]);
    both.says(&["材料审查完毕 <small>已完成</small>", "现场核查 <small>当前</small>"]);
    // Statutory first, the promise beside it; each explained.
    let at = |words: &str| both.body.find(words).unwrap();
    assert!(at("法定办结期限</p>") < at("承诺办结期限</p>"));
    both.says(&["href=\"#deadline\"", "href=\"#deadline-2\"", "id=\"deadline-2\""]);
    let other = english(&mut clerk, &path);
    other.says(&["Statutory", "Promised", "Papers reviewed", "took less than a minute", "Site verification"]);
    // Another's field is said in words, and so is a guard.
    site.signed_in("inspector-1").get(&path).says(&["现场核查须有两名以上工作人员"]);
}

#[test]
fn parts_and_their_parent_know_each_other() {
    let site = Site::quiet();
    let mut clerk = site.signed_in("window-clerk-1");
    let path = begun(&mut clerk, "joint-licence", &APPLICANT);
    act(&site, "window-clerk-1", &path, "accept-jointly", &[]);
    let mut approver = site.signed_in("approver-1");
    let page = approver.get(&path);
    page.says(&["关联的事项", "分办", "在办 · 会办单位审查", "还有 3 个分办事项没有办结", "生成关联事项"]);
    assert_eq!(page.body.matches("<span class=\"tag\">分办</span>").count(), 3);
    let mut reviewer = site.signed_in("joint-reviewer-1");
    let inbox = reviewer.get("/inbox");
    let part = inbox.body.split("href=\"/cases/").nth(1).unwrap().split('"').next().unwrap();
    let part = format!("/cases/{part}");
    reviewer.get(&part).says(&["所属事项", &format!("href=\"{path}\""), "会办：云中小馆"]);
    act(&site, "joint-reviewer-1", &part, "agree", &[("opinion", "同意")]);
    let page = approver.get(&path);
    page.says(&["已办结 · 同意", "还有 2 个分办事项没有办结", "关联事项办结"]);
}

#[test]
fn tasks_say_whose_they_are_and_how_long() {
    let site = Site::quiet();
    let mut agent = site.signed_in("hotline-agent-1");
    let fields = [("field-matter", "暖气不热"), ("field-kind", "complaint"), ("field-urgent", "on")];
    let path = begun(&mut agent, "hotline-order", &fields);
    agent.get(&path).says(&["诉求类别", "投诉举报", "紧急", "余 2 工作时"]);
    let back = [("opinion", "热力公司管"), ("reason", "not-ours"), ("field-proposedOffice", "住建局")];
    let returned = act(&site, "handler-1", &path, "return", &back);
    returned.says(&["退回 1 次", "建议的承办单位", "住建局", "不属于本单位职责"]);
    act(&site, "hotline-agent-1", &path, "dispatch-again", &[]);
    act(&site, "handler-1", &path, "sign-for", &[]);
    act(&site, "handler-1", &path, "reach-caller", &[("opinion", "已联系")]);
    act(&site, "handler-1", &path, "call-others-in", &[]);
    let one = act(&site, "co-handler-1", &path, "give-opinion", &[("opinion", "阀门已修")]);
    one.says(&[
        "协办意见",
        "协办单位经办人员一",
        "已完成",
        "第二协办单位经办人员",
        "待办",
        "协办时限",
        "2 工作日",
    ]);
    let mut handler = site.signed_in("handler-1");
    handler.get(&path).says(&["须先完成任务“协办意见”"]);
    english(&mut handler, &path)
        .says(&["the task “Opinion of the co-handlers” is to be done first", "returned 1 time<"]);
}

#[test]
fn a_shelved_case_says_why_and_on_what_basis() {
    let site = Site::quiet();
    let mut collector = site.signed_in("collector-1");
    let fields = [
        ("field-what", "路面破损"),
        ("field-where", "路口"),
        ("field-class", "road-damage"),
        ("field-grade", "core"),
    ];
    let path = begun(&mut collector, "urban-case", &fields);
    collector.get(&path).says(&["小类", "道路破损", "一级区域"]);
    act(&site, "collector-1", &path, "verified", &[("opinion", "属实")]);
    let owned = act(&site, "dispatcher-1", &path, "dispatch-repair", &[]);
    owned.says(&["处置", "修复 <small>当前</small>", "余 5 工作日"]);
    let shelved =
        act(&site, "urban-head-1", &path, "shelve", &[("opinion", "开春再修"), ("reason", "winter")]);
    shelved.says(&["起挂账，全部计时停止。", "冬季不能施工", "城市管理", "light paused", "恢复处置"]);
    shelved.says(&["现办理人： <b>城管指挥中心负责人</b>"]);
    let taken_up = act(&site, "urban-head-1", &path, "take-up", &[]);
    taken_up.says_not(&["起挂账"]).says(&["余 5 工作日"]);
}

#[test]
fn corrections_and_undoing_leave_both_entries() {
    let site = Site::with_trial();
    let mut officer = site.signed_in("officer-1");
    let about = ("about", "urn:ngsi-ld:MonitoredSource:chimney-1");
    let path =
        begun(&mut officer, "visit", &[("field-purpose", "看围挡"), ("field-hint", "先打电话"), about]);
    let page = officer.get(&path);
    page.says_not(&["acts/void", "name=\"correct\""]);
    let report = format!("{path}/acts/report");
    let said = [("opinion", "围挡完好"), ("field-width", "30"), ("field-phone", "13800000000")];
    let photo = [("photo", "a.jpg", b"\xFF\xD8\xFF".as_slice())];
    let to = officer.upload(&page, &report, &said, &photo).to().to_owned();
    let reported = officer.get(&to);
    let entry = to.rsplit('=').next().unwrap();
    reported.says(&["30 m", "现场电话", "更正哪一条记录：", &format!("name=\"correct\" value=\"{entry}\"")]);
    reported.says_not(&["13800000000"]);

    let correcting = officer.get(&format!("{path}?correct={entry}"));
    correcting.says(&[
        &format!("name=\"corrects\" value=\"{entry}\""),
        "value=\"30\"",
        "围挡完好</textarea>",
    ]);
    let post = format!("{path}/acts/correct");
    let wrong = officer.fill(&correcting, &post, &[("opinion", ""), ("field-width", "wide")]);
    assert_eq!(wrong.status, 422);
    wrong.says(&["“围挡宽度”填写的内容不对", "value=\"wide\"", "name=\"corrects\""]);
    // What the form showed already is not said again; sent twice it is one correction.
    let before = *site.city.kernel.watch().borrow();
    let fields = [("opinion", "围挡完好"), ("field-width", "3"), ("field-phone", "13900000000")];
    let corrected = officer.fill(&correcting, &post, &fields).to().to_owned();
    assert_eq!(officer.fill(&correcting, &post, &fields).to(), corrected);
    assert_eq!(*site.city.kernel.watch().borrow(), before + 1);
    let number = corrected.rsplit('=').next().unwrap();
    let page = officer.get(&corrected);
    page.says(&[
        &format!("本条已由第 {number} 条更正。"),
        &format!("更正第 {entry} 条记录（提交走访结果）"),
        "3 m",
    ]);
    page.says_not(&["13900000000"]);
    assert_eq!(page.body.matches("<blockquote>围挡完好").count(), 1);
    let nothing = officer.get(&format!("{path}?correct={entry}"));
    nothing.says(&["value=\"3\""]);
    let unchanged = [("opinion", "围挡完好"), ("field-width", "3")];
    assert_eq!(officer.fill(&nothing, &post, &unchanged).status, 422, "nothing is changed");

    // A correction binds: what was done with it cannot be undone; a fresh act can.
    let filed = Site::with_trial();
    let mut officer = filed.signed_in("officer-1");
    let path = begun(&mut officer, "visit", &[("field-purpose", "看围挡"), about]);
    let page = officer.get(&path);
    let to = officer.upload(&page, &format!("{path}/acts/report"), &said, &photo).to().to_owned();
    let entry = to.rsplit('=').next().unwrap().to_owned();
    let page = officer.get(&path);
    page.says(&["将撤销", "由执法人员一办理的“提交走访结果”", "事项回到办理之前"]);
    let undone = officer.fill(&page, &format!("{path}/acts/void"), &[]).to().to_owned();
    let number = undone.rsplit('=').next().unwrap();
    let page = officer.get(&undone);
    page.says(&[&format!("本条已由第 {number} 条撤销，不再有效。"), "class=\"voided\"", "待走访"]);
    page.says(&[&format!("撤销第 {entry} 条记录（提交走访结果）")]);
    // Who only looks after the records does not see what is for those who work on it.
    let path =
        begun(&mut officer, "visit", &[("field-purpose", "另一次"), ("field-hint", "先打电话"), about]);
    officer.get(&path).says(&["先打电话"]);
    filed.signed_in("auditor-1").get(&path).says(&["只对经办岗位显示"]).says_not(&["先打电话"]);
}
