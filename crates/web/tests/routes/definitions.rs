//! Definitions: everybody reads what is in force; a keeper proposes, sees what it would have done, and puts it in force.

use crate::site::{Answer, Browser, Site};

const LIST: &str = "/definitions";
const PROCESS: &str = "/definitions/packs/environment/processes/exceedance.toml";
const RULE: &str = "/definitions/packs/environment/rules/source-exceedance.toml";
const SETTINGS: &str = "/definitions/cities/datong/settings.toml";

/// The text in the editor of a page.
fn text(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("class=\"mono\" wrap=\"off\">").unwrap();
    let text = rest.split("</textarea>").next().unwrap();
    text.replace("&#34;", "\"")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}

fn send(browser: &mut Browser, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
    browser.fill(page, path, fields)
}

#[test]
fn everybody_reads_what_is_in_force_and_keepers_its_text() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    visitor.get(LIST).says(&["流程与规则文件", PROCESS, "启用记录", "平台"]);
    visitor.get(PROCESS).says(&["污染源超标督办", "流程"]).says_not(&["<textarea", "format = 1"]);
    assert_eq!(visitor.get(SETTINGS).status, 404);
    assert_eq!(visitor.get("/definitions/packs/nothing.toml").status, 404);
    let mut auditor = site.signed_in("auditor-1");
    auditor.get(PROCESS).says(&["format = 1", "历次内容", "现行"]).says_not(&["<textarea"]);
    auditor.get("/definitions/cities/datong/city.toml").says(&["Asia/Shanghai"]);
    let mut officer = site.signed_in("officer-1");
    officer.get(PROCESS).says_not(&["format = 1"]);
    assert_eq!(officer.get("/definitions/cities/datong/city.toml").status, 404);
}

#[test]
fn a_limit_is_tried_on_the_past_put_in_force_and_brought_back() {
    let (site, case) = Site::with_case();
    let mut keeper = site.signed_in("keeper-1");
    let page = keeper.get(PROCESS);
    page.says(&["试改时限", "process.exceedance.clock.supervise.budget"]);
    // The case that is open now would have been due sooner.
    let asked = "?set=process.exceedance.clock.supervise.budget&to=2&basis=demo-setting";
    let tried = keeper.get(&format!("{SETTINGS}{asked}"));
    assert_eq!(tried.status, 200, "{}", tried.body);
    tried.says(&["本地设置 settings：设置 process", "时限新增“2”"]);
    tried.says(&[
        "核对结果",
        "重放 1 件事项，1 件会有不同",
        case.as_str().rsplit(':').next().unwrap(),
        "启用",
    ]);
    assert_eq!(tried.status, 200);
    let proposed = text(&tried);
    assert!(proposed.contains("to = 2"), "{proposed}");
    let put = send(&mut keeper, &tried, SETTINGS, &[("text", &proposed), ("do", "put")]);
    assert!(put.to().contains("?done="), "{}", put.body);
    let now = keeper.get(SETTINGS);
    now.says(&["现行", "规则管理员一"]);
    assert_eq!(text(&now), proposed);

    // Whoever began before that is told, and nothing is lost of what they wrote.
    let stale = send(&mut keeper, &tried, SETTINGS, &[("text", "format = 1\n# mine"), ("do", "put")]);
    assert_eq!(stale.status, 422);
    stale.says(&["已被改动", "# mine"]);
}

#[test]
fn a_rule_is_tried_and_faults_are_told_with_their_place() {
    let (site, _) = Site::with_case();
    let mut keeper = site.signed_in("keeper-1");
    let page = keeper.get(RULE);
    let written = text(&page);
    let broken = written.replace("format = 1", "format = 1\nnonsense = 3");
    let days = [("from", "2026-09-01"), ("to", "2026-09-30")];
    let faulty = send(&mut keeper, &page, RULE, &[&[("text", &*broken), ("do", "try")][..], &days].concat());
    faulty.says(&["内容有误，不能启用", "nonsense"]).says_not(&["value=\"put\""]);
    let refused = send(&mut keeper, &page, RULE, &[&[("text", &*broken), ("do", "put")][..], &days].concat());
    assert_eq!(refused.status, 422);
    let same = send(&mut keeper, &page, RULE, &[&[("text", &*written), ("do", "try")][..], &days].concat());
    same.says(&["与现行内容没有区别"]);
    // Three hours in a row instead of two: the hours of this day would have said nothing.
    let milder = written.replace("lasts = \"2h\"", "lasts = \"3h\"");
    let tried = send(&mut keeper, &page, RULE, &[&[("text", &*milder), ("do", "try")][..], &days].concat());
    tried.says(&["持续原为“2h”，现为“3h”", "个时段的判断不同", "连续两小时超标", "不触发", "value=\"put\""]);
    let wrong =
        send(&mut keeper, &page, RULE, &[("text", &*written), ("do", "try"), ("from", "x"), ("to", "y")]);
    assert_eq!(wrong.status, 422);
    wrong.says(&["请写明从哪天到哪天"]);
}
