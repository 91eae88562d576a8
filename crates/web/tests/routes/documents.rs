//! Documents: issued by an act, numbered without a gap, on a page and as a PDF; and names that block real clerks, unharmed.

use crate::begin::begun;
use crate::site::{Answer, Browser, Site};
use std::process::Command;

/// Characters of extensions A and B, and the dot of minority names.
const NAME: &str = "同㛃𬱖·买买提";

fn acted(browser: &mut Browser, case: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(case);
    browser.fill(&page, &format!("{case}/acts/{act}"), fields)
}

/// A licence that was accepted, by its path.
fn accepted(site: &Site, name: &str) -> String {
    let mut clerk = site.signed_in("window-clerk-1");
    let fields = [
        ("field-applicantName", name),
        ("field-premises", "示意街 12 号"),
        ("field-businessLicence", "92140200DEMO00001X"),
    ];
    let case = begun(&mut clerk, "licence", &fields);
    assert_eq!(acted(&mut clerk, &case, "accept", &[]).status, 303);
    case
}

fn link<'a>(page: &'a Answer, start: &str) -> &'a str {
    let at = page.body.find(&format!("href=\"{start}")).unwrap() + 6;
    page.body[at..].split('"').next().unwrap()
}

/// What another program reads in a PDF; nothing where it is not here, or no font is.
#[expect(clippy::print_stderr, reason = "says what could not be tried")]
fn text_of(answer: &Answer) -> Option<String> {
    if answer.status == 503 {
        answer.says(&["DATONG_PAPER_FONTS"]);
        eprintln!("no font is here: nothing is tried");
        return None;
    }
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/pdf")));
    let path = std::env::temp_dir().join(format!("document-{}.pdf", std::process::id()));
    std::fs::write(&path, &answer.bytes).unwrap();
    let output = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output();
    let _ = std::fs::remove_file(&path);
    let output = output.map_err(|error| eprintln!("pdftotext: {error}: nothing is tried")).ok()?;
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_name_goes_from_the_form_through_page_search_paper_and_receipt_unharmed() {
    let site = Site::quiet();
    let case = accepted(&site, NAME);
    let mut approver = site.signed_in("approver-1");
    let page = approver.get(&case);
    page.says(&[NAME, "文号在提交时自动编定", "查看草稿："]);
    page.says_not(&["field-noticeNumber"]);
    let draft = approver.get(link(&page, &format!("{case}/drafts/")));
    draft.says(&[
        "草稿：未编号、未签发",
        "（签发时编号）",
        "＿＿＿＿",
        "大同市行政审批服务管理局",
        NAME,
        "尚未",
    ]);
    let file = approver.get(&format!("{case}/drafts/pause-notice.pdf"));
    if let Some(text) = text_of(&file) {
        assert!(text.contains(NAME) && text.contains("未编号"), "{text}");
    }

    let done = acted(&mut approver, &case, "pause", &[("reason", "product-test"), ("opinion", "送检五日")]);
    let page = approver.get(done.to());
    page.says(&["同审批告〔2026〕1号"]);
    let own = link(&page, "/documents/").to_owned();
    let document = approver.get(&own);
    document.says(&[
        "同审批告〔2026〕1号",
        "行政许可期限中止告知书",
        NAME,
        "需要依法进行检验",
        "送检五日",
        "未加盖电子印章 · 演示",
        "《中华人民共和国行政许可法》第45条",
        "审批负责人一",
    ]);
    let english = approver.get(&format!("{own}?lang=en"));
    english.says(&["Product test", "A translation: the Chinese text is the one that counts.", NAME]);
    approver.get(&format!("{own}?lang=zh"));
    if let Some(text) = text_of(&approver.get(&format!("{own}.pdf"))) {
        for wanted in [NAME, "同审批告〔2026〕1号", "需要依法进行检验", "签发 审批负责人一"]
        {
            assert!(text.contains(wanted), "{wanted} is not in\n{text}");
        }
    }
    let asked = encode(&format!("applicantName==\"{NAME}\""));
    approver.get(&format!("/ngsi-ld/v1/entities?type=LicenceApplication&q={asked}")).says(&[NAME]);
    let found = approver.get(&format!("/search?words={}", encode("同㛃𬱖")));
    found.says(&[&format!("食品经营许可：{NAME}"), &format!("href=\"{case}\"")]);
    let receipt = link(&document, "/receipts/").to_owned();
    approver.get(&receipt).says(&[
        "同审批告〔2026〕1号",
        "机关代字",
        "制发机关",
        "材料审查、现场核查",
        "《中华人民共和国行政许可法》第45条",
    ]);
    // The oldest entry of the trail is the one that has what was filled in.
    let begun = page.body.rsplit("href=\"/receipts/").next().unwrap().split('"').next().unwrap();
    approver.get(&format!("/receipts/{begun}")).says(&[NAME]);
}

#[test]
fn cases_are_found_by_words_and_number_by_those_who_may_read_them() {
    let site = Site::quiet();
    let case = accepted(&site, NAME);
    let link = format!("href=\"{case}\"");
    let mut clerk = site.signed_in("window-clerk-1");
    let page = clerk.get(&case);
    let title = page.body.split("<title>").nth(1).unwrap();
    let number = title.split("2026-").nth(1).unwrap().split(|c: char| !c.is_ascii_digit()).next().unwrap();
    let asked = |words: &str| format!("/search?words={}", encode(words));
    for words in [format!("2026-{number}"), NAME.to_owned(), format!("示意街 {NAME}"), "买买提".to_owned()]
    {
        clerk.get(&asked(&words)).says(&["食品经营许可：", &link]);
        // Who may not open it does not find it.
        site.visitor().get(&asked(&words)).says_not(&[&link]);
        site.signed_in("officer-3").get(&asked(&words)).says_not(&[&link]);
    }
    for words in [format!("2025-{number}"), format!("{NAME}甲"), "2026-999999".to_owned()] {
        clerk.get(&asked(&words)).says(&["没有找到"]).says_not(&[&link]);
    }
}

#[test]
fn numbers_have_no_gap_and_stay_with_what_was_refused_unused() {
    let site = Site::quiet();
    let mut approver = site.signed_in("approver-1");
    let cases = ["甲店", "乙店"].map(|name| accepted(&site, name));
    let with = [("reason", "site-verification"), ("opinion", "现场核查")];
    assert_eq!(acted(&mut approver, &cases[0], "pause", &with).status, 422, "the law has no such reason");
    for case in &cases {
        let with = [("reason", "expert-review"), ("opinion", "专家评审十日")];
        assert_eq!(acted(&mut approver, case, "pause", &with).status, 303);
    }
    let list = approver.get("/documents");
    list.says(&["最近 2 份", "同审批告〔2026〕1号", "同审批告〔2026〕2号"]);
    list.says_not(&["3号"]);
    // Who may not see the case may not see its papers.
    let mut stranger = site.signed_in("operator-1");
    assert_eq!(stranger.get(link(&list, "/documents/urn")).status, 404);
    stranger.get("/documents").says(&["还没有制发过文书。"]);
    assert_eq!(stranger.get(&format!("{}/drafts/pause-notice", cases[0])).status, 404);
    assert_eq!(approver.get(&format!("{}/drafts/penalty-decision", cases[0])).status, 404);
    assert_eq!(approver.get("/documents/urn:ngsi-ld:Document:nothing.pdf").status, 404);
}

#[test]
fn acts_at_the_same_moment_get_one_number_each() {
    let site = Site::quiet();
    let names: Vec<String> = (1..=8).map(|n| format!("{n}号店")).collect();
    let cases: Vec<String> = names.iter().map(|name| accepted(&site, name)).collect();
    let mut browsers: Vec<Browser> = cases.iter().map(|_| site.signed_in("approver-1")).collect();
    std::thread::scope(|scope| {
        for (browser, case) in browsers.iter_mut().zip(&cases) {
            scope.spawn(move || {
                let with = [("reason", "product-test"), ("opinion", "送检五日")];
                assert_eq!(acted(browser, case, "pause", &with).status, 303);
            });
        }
    });
    let list = browsers[0].get("/documents");
    list.says(&["最近 8 份"]);
    for number in 1..=8 {
        assert_eq!(list.body.matches(&format!("同审批告〔2026〕{number}号")).count(), 1, "{number}");
    }
}

#[test]
fn a_program_sees_papers_with_the_case_and_acts_on_the_version_it_saw() {
    let site = Site::quiet();
    let case = accepted(&site, "丙店");
    let path = format!("/api/v1{case}");
    let mut approver = site.signed_in("approver-1");
    let seen = approver.get(&path);
    let tag = seen.header("etag").unwrap().to_owned();
    approver.extra.push(("If-Match", tag.clone()));
    let body = serde_json::json!({ "opinion": "送检五日", "reason": "product-test" });
    let done = approver.post_json(&format!("{path}/acts/pause"), &body);
    assert_eq!(done.status, 200, "{}", done.body);
    let late = approver.post_json(&format!("{path}/acts/resume"), &serde_json::json!({}));
    assert_eq!(late.status, 409, "{}", late.body);
    late.says(&["overtaken"]);
    approver.extra[0].1 = "\"x\"".to_owned();
    assert_eq!(approver.post_json(&format!("{path}/acts/resume"), &serde_json::json!({})).status, 400);
    let now = approver.get(&path);
    assert_ne!(now.header("etag"), Some(tag.as_str()));
    now.says(&["\"documents\":[", "同审批告〔2026〕1号", ".pdf"]);
}

#[test]
fn a_name_goes_through_lists_in_both_encodings_unharmed() {
    let site = Site::quiet();
    let mut steward = site.signed_in("steward-1");
    let head = "工单编号,受理时间,办结时间,诉求类别,诉求内容,承办单位,状态,经度,纬度";
    let list = format!("{head}\n1,2025-01-01 08:00:00,—,投诉,井盖,{NAME},办理中,—,—\n");
    let path = "/api/v1/connectors/past-reports/imports";
    assert_eq!(steward.send_as("POST", path, Some(("text/csv", list.as_bytes()))).status, 200);
    steward.get("/data/past-reports.csv").says(&[NAME]);
    let answer = steward.get("/data/past-reports.csv?encoding=gb18030");
    let (text, _, wrong) = encoding_rs::GB18030.decode(&answer.bytes);
    assert!(!wrong && text.contains(NAME), "{text}");
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn a_case_is_one_file_that_is_checked_without_this_program() {
    let (site, case) = Site::with_case();
    let mut officer = site.signed_in("officer-1");
    let page = officer.get(&format!("/cases/{case}"));
    let package = format!("/cases/{case}/package.zip");
    page.says(&["下载案卷（到目前为止）", &package]);
    let answer = officer.get(&package);
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/zip")),
        "{}",
        answer.body
    );
    let folder = std::env::temp_dir().join(format!("datong-package-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    zip::ZipArchive::new(std::io::Cursor::new(answer.bytes)).unwrap().extract(&folder).unwrap();
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert!(text("README.txt").contains("尚在办理"));
    assert!(text("trail.csv").contains("entry,at,who,act,opinion"));
    let told: serde_json::Value = serde_json::from_str(&text("case.json")).unwrap();
    assert_eq!(told["id"], case.as_str());
    let sums = Command::new("sha256sum").args(["-c", "--quiet", "SHA256SUMS"]).current_dir(&folder).output();
    let sums = sums.unwrap();
    assert!(sums.status.success(), "{}", String::from_utf8_lossy(&sums.stderr));
    assert_eq!(text("SHA256SUMS").lines().count(), 6, "{}", text("SHA256SUMS"));
    let receipt = std::fs::read_dir(folder.join("receipts")).unwrap().next().unwrap().unwrap().path();
    let checked = Command::new("python3")
        .args(["verify_receipt.py", receipt.to_str().unwrap(), "--key", "log-key.txt"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(site.signed_in("officer-3").get(&package).status, 404);
    assert_eq!(site.visitor().get(&package).status, 303);
}

#[test]
fn a_notice_says_how_it_was_served_and_has_a_certificate_of_it() {
    let site = Site::quiet();
    let mut inspector = site.signed_in("inspector-1");
    let about = [("about", "urn:ngsi-ld:MonitoredSource:chimney-1"), ("field-purpose", "计划检查")];
    let case = begun(&mut inspector, "inspection", &about);
    // Officers, certificates and items are chosen from what there is, by name.
    let page = inspector.get(&case);
    page.says(&["<select id=", "核查人员一</option>", "自动监测设备运行检查</option>"]);
    let asked = [
        ("opinion", "申请入企检查"),
        ("field-item", "urn:ngsi-ld:InspectionItem:monitor-check"),
        ("field-ground", "plan"),
        ("field-groundNote", "2026年检查计划第3号"),
        ("field-quota", "urn:ngsi-ld:InspectionQuota:heating-1-2026"),
        ("field-visitsSoFar", "1"),
        ("field-officerA", "urn:ngsi-ld:Person:inspector-1"),
        ("field-certificateA", "urn:ngsi-ld:EnforcementCertificate:cert-inspector-1"),
        ("field-officerB", "urn:ngsi-ld:Person:inspector-2"),
        ("field-certificateB", "urn:ngsi-ld:EnforcementCertificate:cert-inspector-2"),
    ];
    assert_eq!(acted(&mut inspector, &case, "submit", &asked).status, 303);
    let mut head = site.signed_in("head-1");
    assert_eq!(acted(&mut head, &case, "approve", &[("opinion", "同意")]).status, 303);
    let served = acted(&mut inspector, &case, "serve-notice", &[("field-visitOn", "2026-10-09")]);
    let page = inspector.get(served.to());
    let own = link(&page, "/documents/").to_owned();
    let document = inspector.get(&own);
    document.says(&["<h2>送达</h2>", "送达检查通知书", "核查人员一", "2026年10月9日", "送达回证 (PDF)"]);
    let certificate = format!("{own}.service.pdf");
    document.says(&[&format!("href=\"{certificate}\"")]);
    if let Some(text) = text_of(&inspector.get(&certificate)) {
        for wanted in
            ["送达回证", "受送达人", "送达人：核查人员一", "检查日期：2026年10月9日", "签名或者盖章"]
        {
            assert!(text.contains(wanted), "{wanted} is not in\n{text}");
        }
    }
    assert_eq!(site.signed_in("officer-3").get(&certificate).status, 404);
    assert_eq!(inspector.get("/documents/urn:ngsi-ld:Document:none.service.pdf").status, 404);
}
