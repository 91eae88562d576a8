//! Beginning a case: the list, the form, what comes of it, and every way in which nothing must come of it.

use crate::site::{Answer, Browser, Site};
use testcity::at;

const LICENCE: &str = "/begin/licence";
const FILLED: [(&str, &str); 2] = [("field-applicantName", "云中小馆"), ("field-premises", "示意街 12 号")];

fn size(site: &Site) -> u64 {
    *site.city.kernel.watch().borrow()
}

/// A case begun by its form, and its path.
pub fn begun(browser: &mut Browser, process: &str, fields: &[(&str, &str)]) -> String {
    let post = format!("/begin/{process}");
    let page = browser.get(&post);
    let answer = browser.fill(&page, &post, fields);
    answer.to().split('?').next().unwrap().to_owned()
}

fn expect_form(answer: &Answer, words: &[&str]) {
    assert_eq!(answer.status, 422);
    answer.says(words).says(&["role=\"alert\"", "没有发起："]);
}

#[test]
fn each_post_sees_what_it_may_begin_with_time_and_basis() {
    let site = Site::quiet();
    let mut clerk = site.signed_in("window-clerk-1");
    clerk.get("/inbox").says(&["href=\"/begin\""]);
    let list = clerk.get("/begin");
    list.says(&[
        "href=\"/begin/licence\"",
        "href=\"/begin/joint-licence\"",
        "20 工作日",
        "《中华人民共和国行政许可法》第42条",
        "8 工作日",
        "演示设定，由本市规定替换",
        "审批负责人",
    ]);
    list.says_not(&["hotline-order", "urban-case"]);
    let mut agent = site.signed_in("hotline-agent-1");
    let english = agent.get("/begin?lang=en");
    english.says(&["The 12345 hotline", "Urban management", "1 to 15 working days, as the case may be"]);
    english.says_not(&["href=\"/begin/licence\""]);
    let mut auditor = site.signed_in("auditor-1");
    auditor.get("/begin").says(&["您的岗位不能发起事项"]);
    auditor.get("/inbox").says_not(&["href=\"/begin\""]);
}

#[test]
fn a_form_sent_ten_times_begins_one_case() {
    let site = Site::quiet();
    let mut clerk = site.signed_in("window-clerk-1");
    let page = clerk.get(LICENCE);
    page.says(&["申请人", "（必填）", "（选填）", "首个环节", "收件", "10 工作日"]);
    let form = page.form(LICENCE);
    let mut fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.extend(FILLED);
    let before = size(&site);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let send = |_| scope.spawn(|| clerk.clone().post(LICENCE, &fields));
        let threads: Vec<_> = (0..10).map(send).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(size(&site), before + 1, "one command");
    let to = answers[0].to().to_owned();
    assert!(answers.iter().all(|answer| answer.to() == to));
    assert!(to.ends_with(&format!("?done={before}")), "{to}");
    let case = clerk.get(&to);
    case.says(&[
        "“发起事项”已办理并记入日志。",
        &format!("/receipts/{before}"),
        "食品经营许可：云中小馆",
        "示意街 12 号",
        "受理期限",
        "法定办结期限",
        "结束：已发证、不予许可、不予受理、申请人撤回",
    ]);
    case.says_not(&["自动监控污染源", "许可限值", "监测因子"]);

    // The same form with other words begins nothing, and says so.
    let mut changed = fields.clone();
    changed.retain(|(name, _)| *name != "field-premises");
    changed.push(("field-premises", "另一条街"));
    let used = clerk.post(LICENCE, &changed);
    expect_form(&used, &["这份表单已用于别的办理", "value=\"另一条街\""]);
    // Another person's browser cannot claim it either.
    let mut other = site.signed_in("window-clerk-2");
    let token = other.get(LICENCE).form(LICENCE).into_iter().find(|(name, _)| name == "csrf").unwrap().1;
    let stolen: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, if *name == "csrf" { token.as_str() } else { value }))
        .collect();
    expect_form(&other.post(LICENCE, &stolen), &["这份表单已用于别的办理"]);
    assert_eq!(size(&site), before + 1);
}

#[test]
fn what_is_missing_is_named_and_the_rest_is_kept() {
    let site = Site::quiet();
    let mut clerk = site.signed_in("window-clerk-1");
    let before = size(&site);
    let page = clerk.get(LICENCE);
    let fields = [("field-applicantName", "  "), ("field-premises", "示意街 <12> 号")];
    let refused = clerk.fill(&page, LICENCE, &fields);
    expect_form(
        &refused,
        &["没有填写“申请人”", "href=\"#begin-field-applicantName\"", "aria-invalid=\"true\""],
    );
    refused.says(&["value=\"示意街 &#60;12&#62; 号\""]);
    assert_ne!(refused.form(LICENCE), page.form(LICENCE), "its command has another id");
    let long = "长".repeat(4001);
    let refused = clerk.fill(&page, LICENCE, &[("field-applicantName", &long), ("field-premises", "x")]);
    expect_form(&refused, &["“申请人”太长"]);
    let mut agent = site.signed_in("hotline-agent-1");
    let order = "/begin/hotline-order";
    let page = agent.get(order);
    let refused = agent.fill(&page, order, &[("field-matter", "暖气不热"), ("field-kind", "song")]);
    expect_form(&refused, &["“诉求类别”须从列出的选项中选择", "value=\"暖气不热\""]);
    agent.cookies.insert("lang".to_owned(), "en".to_owned());
    let refused = agent.fill(&page, order, &[("field-matter", "cold")]);
    refused.says(&["Not begun: “Kind of request” is missing. Please correct it"]);
    assert_eq!(size(&site), before, "nothing was recorded");
}

#[test]
fn nobody_begins_what_is_not_theirs() {
    let site = Site::quiet();
    let before = size(&site);
    let asked = site.visitor().get(LICENCE);
    assert_eq!((asked.status, asked.header("location")), (303, Some("/sign-in?next=%2Fbegin%2Flicence")));
    let mut officer = site.signed_in("officer-1");
    let refused = officer.get(LICENCE);
    assert_eq!(refused.status, 403);
    refused.says(&["您不能发起“食品经营许可”，因为这须由“综合窗口收件人员”办理。"]);
    let token = officer.get("/").form("/sign-out")[0].1.clone();
    let command = "00112233445566778899aabbccddeeff";
    let mut fields = vec![("csrf", token.as_str()), ("command", command)];
    fields.extend(FILLED);
    assert_eq!(officer.post(LICENCE, &fields).status, 403);
    // Processes that only other cases or rules begin, and such as there are none.
    assert_eq!(officer.get("/begin/exceedance").status, 403);
    officer.get("/begin/hearing").says(&["此流程不由人员发起"]);
    assert_eq!(officer.get("/begin/nothing").status, 404);
    assert_eq!(officer.get("/begin/%20").status, 404);

    let mut clerk = site.signed_in("window-clerk-1");
    let page = clerk.get(LICENCE);
    let mut other = site.signed_in("window-clerk-2");
    assert_eq!(other.fill(&page, LICENCE, &FILLED).status, 403, "another session's token");
    assert_eq!(site.visitor().fill(&page, LICENCE, &FILLED).status, 303, "nobody signed in");
    let damaged: Vec<_> = page.form(LICENCE).into_iter().filter(|(name, _)| name == "csrf").collect();
    let mut fields: Vec<(&str, &str)> = damaged.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.extend(FILLED);
    expect_form(&clerk.post(LICENCE, &fields), &["表单不完整或已损坏", "value=\"云中小馆\""]);
    let huge = "长".repeat(60_000);
    assert_eq!(clerk.fill(&page, LICENCE, &[("field-applicantName", &huge)]).status, 413);
    assert_eq!(size(&site), before, "nothing was recorded");
}

#[test]
fn what_a_case_is_about_is_chosen_within_reach() {
    let site = Site::with_trial();
    let visit = "/begin/visit";
    let mut officer = site.signed_in("officer-1");
    let page = officer.get(visit);
    page.says(&[
        "关于哪个自动监控污染源",
        "演示热源厂一号烟囱",
        "演示供热站三号锅炉",
        "属个人信息，加密保存",
    ]);
    page.says_not(&["type=\"search\""]);
    let missing = officer.fill(&page, visit, &[("field-purpose", "看围挡")]);
    expect_form(&missing, &["请选择办理的对象", "value=\"看围挡\""]);
    // A search keeps what was typed, begins nothing, and narrows the choice.
    let found = officer.fill(&page, visit, &[("field-purpose", "看围挡"), ("words", "锅炉"), ("find", "1")]);
    assert_eq!(found.status, 200);
    found
        .says(&["value=\"看围挡\"", "演示供热站三号锅炉", "value=\"锅炉\""])
        .says_not(&["演示热源厂一号烟囱", "role=\"alert\""]);
    let none = officer.fill(&page, visit, &[("words", "nowhere"), ("find", "1")]);
    none.says(&["您的管辖范围内没有找到"]);

    let about = ("about", "urn:ngsi-ld:MonitoredSource:boiler-3");
    let case =
        begun(&mut officer, "visit", &[("field-purpose", "看围挡"), ("field-phone", "13800000000"), about]);
    let page = officer.get(&case);
    page.says(&[
        "走访：看围挡",
        "href=\"/sources/urn:ngsi-ld:MonitoredSource:boiler-3\"",
        "联系电话",
        "属个人信息，加密保存",
    ]);
    page.says_not(&["13800000000"]);
    officer.get("/inbox?tab=open").says(&["演示供热站三号锅炉"]);
    // Another county's officer is offered that county's source alone, and cannot name another.
    let mut other = site.signed_in("officer-3");
    let page = other.get(visit);
    page.says(&["演示供热站三号锅炉"]).says_not(&["演示热源厂一号烟囱"]);
    let beyond = [("field-purpose", "x"), ("about", "urn:ngsi-ld:MonitoredSource:chimney-1")];
    assert_eq!(other.fill(&page, visit, &beyond).status, 403);
}

#[test]
fn the_inbox_tells_cases_apart_and_narrows_to_a_kind() {
    let site = Site::quiet();
    site.city.hour("2026-09-30T14:00", 61.0, b'N');
    site.city.hour("2026-09-30T15:00", 58.0, b'N');
    let mut clerk = site.signed_in("window-clerk-1");
    let licence = begun(&mut clerk, "licence", &FILLED);
    let mut agent = site.signed_in("hotline-agent-1");
    let order =
        begun(&mut agent, "hotline-order", &[("field-matter", "暖气不热"), ("field-kind", "complaint")]);
    let mut officer = site.signed_in("approver-1");
    let all = officer.get("/inbox?tab=open");
    all.says(&["共 4 条", "食品经营许可：云中小馆", "12345工单：暖气不热", "全部种类", "演示热源厂一号烟囱"]);
    all.says(&["<b>4</b> 合计", "kind=LicenceApplication"]);
    let number = |path: &str| {
        let urn = model::Urn::new(path.strip_prefix("/cases/").unwrap()).unwrap();
        format!("2026-{}", site.city.kernel.trail(&urn).unwrap()[0].sequence)
    };
    all.says(&[&format!("食品经营许可 {}", number(&licence)), &format!("12345工单 {}", number(&order))]);
    let narrowed = officer.get("/inbox?tab=open&kind=HotlineOrder");
    narrowed.says(&["共 1 条", &order, "<b>1</b> 合计", "tab=open&#38;kind=HotlineOrder&#38;figure=red"]);
    narrowed.says_not(&[&licence]);
    narrowed.says(&["href=\"/inbox.csv?tab=open&#38;kind=HotlineOrder\""]);
    let table = officer.get("/inbox.csv?tab=open");
    assert_eq!(table.body.lines().count(), 5, "{}", table.body);
    table.says(&["事项", &format!(",{},12345工单：暖气不热,", number(&order)), "食品经营许可：云中小馆"]);
    officer.get("/inbox.csv?tab=open&kind=HotlineOrder").says(&["暖气不热"]).says_not(&["云中小馆"]);
    // Whatever is narrowed, the tabs count everything.
    narrowed.says(&["全部 <span>4</span>"]);
    let none = officer.get("/inbox?tab=open&kind=Nothing");
    none.says(&["没有符合这个条件的事项", "共 0 条"]);
    site.city.kernel.advance(at("2026-10-08T11:00"), &site.city.dispatcher).unwrap();
    let red = officer.get("/inbox?tab=open&kind=HotlineOrder&figure=red");
    red.says(&[&order]).says_not(&[&licence]);
    assert_eq!(
        officer.get("/inbox?tab=open&kind=Exceedance&figure=red").body.matches("class=\"light red\"").count(),
        1
    );
}
