//! An officer's work: inbox, case, acts, clocks.

use crate::site::Site;
use testcity::at;

#[test]
fn the_inbox_shows_what_waits_and_the_case_explains_itself() {
    let (site, case) = Site::with_case();
    let mut officer = site.signed_in("officer-1");
    let inbox = officer.get("/inbox");
    let path = format!("/cases/{case}");
    inbox.says(&[
        "余 4 工作时",
        "2026-10-08 10:30",
        "二氧化硫小时均值超标",
        "演示热源厂一号烟囱",
        "督办",
        &format!("href=\"{path}\""),
        "共 1 条",
        "您",
    ]);
    let page = officer.get(&path);
    assert_eq!(page.status, 200);
    page.says(&[
        "lang=\"zh-CN\"",
        "污染源超标督办",
        "2026-10-08 10:30",
        "2026-10-01 – 2026-10-07",
        "国庆节放假（国办发明电〔2025〕7号）",
        "演示设定，由本市规定替换",
        "办公时间 08:30–12:00、14:30–18:00（2026-09-30）",
        "2026-09-30</span> <span class=\"nobr\">15:00–16:00",
        "<b>58</b>",
        "演示排污许可证 DA001",
        "生成事项",
        "其他人可以办理",
        "须由“排污单位”办理",
    ]);
    page.says_not(&["Setting of the demonstration", "恢复计时</h3>"]);
    let english = officer.get(&format!("{path}?lang=en"));
    english.says(&[
        "<html lang=\"en\"",
        "4 working hours left",
        "National Day, a day off",
        "Sulphur dioxide above its hourly limit",
        "Confirm and send to verification",
        "only the Source operator may",
        "Office hours 08:30–12:00, 14:30–18:00 (2026-09-30)",
    ]);
    english.says_not(&["演示设定"]);
    let number = english.body.split("<title>").nth(1).unwrap().split(' ').next().unwrap();
    let opened = site.city.kernel.trail(&case).unwrap()[0].sequence;
    assert_eq!(number, format!("2026-{opened}"));
    // English stays, because the link has set it.
    officer.get("/inbox").says(&["<html lang=\"en\"", "1 entry"]);
}

#[test]
fn an_act_sent_ten_times_is_done_once() {
    let (site, case) = Site::with_case();
    let mut officer = site.signed_in("officer-1");
    let path = format!("/cases/{case}");
    let post = format!("{path}/acts/confirm");
    let page = officer.get(&path);
    let form = page.form(&post);
    let mut fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("opinion", "两个小时均为有效数据，转现场核实。"));
    let before = *site.city.kernel.watch().borrow();
    let answers: Vec<_> = std::thread::scope(|scope| {
        let send = |_| scope.spawn(|| officer.clone().post(&post, &fields));
        let threads: Vec<_> = (0..10).map(send).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(*site.city.kernel.watch().borrow(), before + 1, "one command");
    let to = format!("{path}?done={before}");
    assert!(answers.iter().all(|a| a.status == 303 && a.header("location") == Some(to.as_str())));

    let done = officer.get(&to);
    done.says(&[
        "“确认并转核实”已办理并记入日志。",
        &format!("/receipts/{before}"),
        "两个小时均为有效数据，转现场核实。",
        "核查人员",
    ]);
    done.says_not(&["acts/confirm"]);
    officer.get(&format!("{path}?done=1")).says_not(&["已办理并记入日志"]);

    // A page that the browser brought back is not sent twice with other words unnoticed.
    fields.pop();
    fields.push(("opinion", "改了主意"));
    let changed = officer.post(&post, &fields);
    assert_eq!(changed.status, 409);
    changed.says(&["这份表单已经提交过，这次填写的内容没有记录", "<blockquote>改了主意</blockquote>"]);
    assert_eq!(*site.city.kernel.watch().borrow(), before + 1);
}

#[test]
fn a_case_goes_to_its_end_by_its_forms() {
    let (site, case) = Site::with_case();
    let path = format!("/cases/{case}");
    let steps = [
        ("officer-1", "confirm", "核实", ""),
        ("inspector-1", "report-verification", "属实", "57.5"),
        ("operator-1", "report-rectification", "更换喷淋", ""),
        ("inspector-2", "accept", "达标", "21"),
    ];
    for (who, act, opinion, measurement) in steps {
        let mut browser = site.signed_in(who);
        let page = browser.get(&path);
        let fields = [("opinion", opinion), ("measurement", measurement)];
        let done = browser.fill(&page, &format!("{path}/acts/{act}"), &fields);
        assert_eq!(done.status, 303, "{act}: {}", done.body);
    }
    let mut officer = site.signed_in("officer-1");
    let page = officer.get(&path);
    page.says(&["本事项已办结", "57.5 mg/m³", "21 mg/m³", "已办结", "更换喷淋", "停止计时"]);
    page.says_not(&["/acts/"]);
    officer.get("/inbox").says(&["现在没有等您办理的事项"]);
    officer.get("/inbox?tab=closed").says(&[&format!("href=\"{path}\""), "已办结"]);
}

#[test]
fn lights_follow_the_clock_and_figures_open_their_cases() {
    let (site, case) = Site::with_case();
    let path = format!("/cases/{case}");
    let mut officer = site.signed_in("officer-1");
    let list = |browser: &mut crate::site::Browser, query: &str| browser.get(&format!("/inbox?{query}"));
    let class = |light: &str| format!("class=\"light {light}\"");
    list(&mut officer, "tab=mine").says(&[&class("green")]);
    list(&mut officer, "figure=yellow").says(&["没有符合这个条件的事项"]);

    site.city.kernel.advance(at("2026-10-08T09:40"), &site.city.dispatcher).unwrap();
    list(&mut officer, "figure=yellow").says(&[&class("yellow"), "今日到期，余 50 分钟", &path]);
    list(&mut officer, "figure=today").says(&[&path]);
    officer.get(&path).says(&["提醒执法人员：督办时限将到", "平台"]);

    site.city.kernel.advance(at("2026-10-08T11:00"), &site.city.dispatcher).unwrap();
    list(&mut officer, "figure=red").says(&[
        &class("red"),
        "超期 30 分钟",
        &path,
        "执法人员、科长、排污单位",
    ]);
    list(&mut officer, "figure=today").says(&["没有符合这个条件的事项"]);
    officer.get(&path).says(&["升级至科长：督办时限已到"]);
    site.signed_in("chief-1").get("/inbox").says(&[&path]);

    let page = officer.get(&path);
    let fields = [("opinion", "送检"), ("reason", "measurement")];
    assert_eq!(officer.fill(&page, &format!("{path}/acts/pause"), &fields).status, 303);
    officer.get(&path).says(&["检测", "恢复计时", "《中华人民共和国行政许可法》第45条"]);
}

#[test]
fn a_paused_clock_is_grey_and_says_why() {
    let (site, case) = Site::with_case();
    let path = format!("/cases/{case}");
    let mut officer = site.signed_in("officer-1");
    let page = officer.get(&path);
    let fields = [("opinion", "送检"), ("reason", "measurement")];
    assert_eq!(officer.fill(&page, &format!("{path}/acts/pause"), &fields).status, 303);
    let paused = officer.get(&path);
    paused.says(&["light paused", "已中止，余 4 工作时", "至今", "检测"]);
    let resumed = officer.fill(&paused, &format!("{path}/acts/resume"), &[]);
    assert_eq!(resumed.status, 303, "{}", resumed.body);
    officer.get(&path).says(&["light green", "2026-10-08 10:30"]);
}

#[test]
fn what_the_platform_adds_and_takes_back_is_told() {
    let (site, case) = Site::with_case();
    let path = format!("/cases/{case}");
    site.city.kernel.advance(at("2026-09-30T18:00"), &site.city.dispatcher).unwrap();
    site.city.hour("2026-09-30T16:00", 60.0, b'N');
    site.city.hour("2026-09-30T17:00", 59.0, b'N');
    site.city.hour("2026-09-30T17:00", 20.0, b'N');
    let page = site.signed_in("officer-1").get(&path);
    page.says(&[
        "规则再次判定 2 次，2026-09-30 16:00–17:00 至 2026-09-30 17:00–18:00",
        "数据更正，2026-09-30 17:00–18:00 不再构成超标",
        "已更正的时段",
        "14:00–15:00",
    ]);
}

#[test]
fn a_long_story_is_told_page_by_page() {
    let (site, case) = Site::with_case();
    let path = format!("/cases/{case}");
    let pauser = site.city.person("officer-1");
    for number in 0..30_u8 {
        let (act, reason) = if number % 2 == 0 { ("pause", Some("measurement")) } else { ("resume", None) };
        let submission = kernel::Submission {
            opinion: format!("第 {number} 次说明。{}", "长".repeat(900)),
            reason: reason.map(testcity::name),
            ..kernel::Submission::new(proof::CommandId([number; 16]), testcity::name(act))
        };
        site.city.kernel.act(&pauser, &case, &submission).unwrap();
    }
    let mut officer = site.signed_in("officer-1");
    let newest = officer.get(&path);
    assert!(newest.body.len() < 100 * 1024, "{} bytes", newest.body.len());
    newest.says(&["第 29 次说明", "更早的经过（"]).says_not(&["第 0 次说明"]);
    let href = newest.body.split("?before=").nth(1).unwrap().split('"').next().unwrap();
    let earlier = officer.get(&format!("{path}?before={href}"));
    earlier.says(&["第 0 次说明", "生成事项"]).says_not(&["第 29 次说明", "更早的经过（"]);
}

#[test]
fn an_officer_of_another_county_sees_nothing() {
    let (site, case) = Site::with_case();
    let mut other = site.signed_in("officer-3");
    other.get("/inbox?tab=open").says(&["现在没有在办事项", "共 0 条"]);
    assert_eq!(other.get(&format!("/cases/{case}")).status, 404);
    let home = other.get("/");
    let token = home.form("/sign-out")[0].1.clone();
    let command = "00112233445566778899aabbccddeeff";
    let fields = [("csrf", token.as_str()), ("command", command), ("seen", "1"), ("opinion", "x")];
    assert_eq!(other.post(&format!("/cases/{case}/acts/confirm"), &fields).status, 404);
    other.get("/sources/urn:ngsi-ld:MonitoredSource:chimney-1").says_not(&[case.as_str()]);
}
