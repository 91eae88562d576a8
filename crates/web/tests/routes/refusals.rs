//! Acts that are refused: the status, the words, and what was typed.

use crate::site::{Answer, Browser, Site};

struct Desk {
    site: Site,
    path: String,
    officer: Browser,
    page: Answer,
}

fn desk() -> Desk {
    let (site, case) = Site::with_case();
    let path = format!("/cases/{case}");
    let mut officer = site.signed_in("officer-1");
    let page = officer.get(&path);
    Desk { site, path, officer, page }
}

impl Desk {
    fn act(&self, act: &str) -> String {
        format!("{}/acts/{act}", self.path)
    }

    fn size(&self) -> u64 {
        *self.site.city.kernel.watch().borrow()
    }
}

#[test]
fn missing_fields_are_named_and_the_rest_is_kept() {
    let mut desk = desk();
    let before = desk.size();
    let check = |desk: &mut Desk, act: &str, fields: &[(&str, &str)], words: &[&str]| {
        let post = desk.act(act);
        let refused = desk.officer.fill(&desk.page, &post, fields);
        assert_eq!(refused.status, 422, "{act}");
        refused.says(words).says(&["role=\"alert\""]);
        // The form is a new one: its command has another id.
        assert_ne!(refused.form(&post), desk.page.form(&post));
    };
    check(&mut desk, "confirm", &[("opinion", "  ")], &["没有办理：没有填写办理意见。请补正后再提交"]);
    let typed = [("opinion", "误报 <b>同㛃𬱖</b>")];
    check(&mut desk, "dismiss", &typed, &["没有选择理由", "误报 &#60;b&#62;同㛃𬱖&#60;/b&#62;</textarea>"]);
    check(
        &mut desk,
        "dismiss",
        &[("reason", "calibration")],
        &["没有填写办理意见", "value=\"calibration\" required checked"],
    );
    let long = "长".repeat(4001);
    check(&mut desk, "confirm", &[("opinion", long.as_str())], &["最多 4000 字"]);
    assert_eq!(desk.size(), before, "nothing was recorded");
}

#[test]
fn measured_values_must_be_numbers() {
    let mut desk = desk();
    let post = desk.act("confirm");
    let confirmed = desk.officer.fill(&desk.page, &post, &[("opinion", "核实")]);
    assert_eq!(confirmed.status, 303);
    let mut inspector = desk.site.signed_in("inspector-1");
    let page = inspector.get(&desk.path);
    page.says(&["现场测量值，二氧化硫", "mg/m³"]);
    let post = desk.act("report-verification");
    let fields = [("opinion", "属实"), ("measurement", "about 57")];
    let refused = inspector.fill(&page, &post, &fields);
    assert_eq!(refused.status, 422);
    refused.says(&["测量值不是数字", "属实</textarea>", "value=\"about 57\""]);
    let missing = inspector.fill(&page, &post, &[("opinion", "属实")]);
    assert_eq!(missing.status, 422);
    missing.says(&["没有填写测量值"]);
}

#[test]
fn a_form_without_the_session_s_token_is_refused() {
    let mut desk = desk();
    let before = desk.size();
    let post = desk.act("confirm");
    let mut fields = desk.page.form(&post);
    for field in &mut fields {
        if field.0 == "csrf" {
            field.1 = "0".repeat(64);
        }
    }
    fields.push(("opinion".to_owned(), "x".to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let refused = desk.officer.post(&post, &fields);
    assert_eq!(refused.status, 403);
    refused.says(&["表单不是从您本次登录的页面提交的", &format!("href=\"{}\"", desk.path)]);
    // Another person's token is no better, though both are signed in.
    let mut other = desk.site.signed_in("officer-2");
    assert_eq!(other.fill(&desk.page, &post, &[("opinion", "x")]).status, 403);
    // Without a session one signs in first, and comes back to the case.
    let asked = desk.site.visitor().fill(&desk.page, &post, &[("opinion", "x")]);
    let next = format!("/sign-in?next={}", desk.path.replace('/', "%2F"));
    assert_eq!((asked.status, asked.header("location")), (303, Some(next.as_str())));
    let mut ended = desk.site.visitor();
    ended.cookies.insert("session".to_owned(), "0".repeat(64));
    let expired = ended.fill(&desk.page, &post, &[("opinion", "x")]);
    assert_eq!(expired.status, 403);
    expired.says(&["登录已过期"]);
    assert_eq!(desk.size(), before, "nothing was recorded");
}

#[test]
fn the_slower_officer_is_told_who_was_first_and_loses_no_word() {
    let mut desk = desk();
    let post = desk.act("confirm");
    let mut second = desk.site.signed_in("officer-2");
    let theirs = second.get(&desk.path);
    assert_eq!(second.fill(&theirs, &post, &[("opinion", "先办")]).status, 303);
    let before = desk.size();
    let overtaken = desk.officer.fill(&desk.page, &post, &[("opinion", "我的意见")]);
    assert_eq!(overtaken.status, 409);
    overtaken.says(&[
        "执法人员二已于 2026-09-30 16:00:00 先办理了“确认并转核实”，您刚才的办理没有记录。",
        "您刚才填写的意见没有记录，可以从这里复制：",
        "<blockquote>我的意见</blockquote>",
    ]);
    overtaken.says_not(&["acts/confirm"]);
    assert_eq!(desk.size(), before);
    let again =
        desk.officer.fill(&desk.page, &desk.act("dismiss"), &[("opinion", "x"), ("reason", "duplicate")]);
    assert_eq!(again.status, 409);
    desk.officer.cookies.insert("lang".to_owned(), "en".to_owned());
    let english = desk.officer.fill(&desk.page, &post, &[("opinion", "mine")]);
    english.says(&["Enforcement officer 2 did “Confirm and send to verification” at 2026-09-30 16:00:00"]);
}

#[test]
fn who_may_not_is_told_who_may() {
    let mut desk = desk();
    let mut chief = desk.site.signed_in("chief-1");
    let token = chief.get("/").form("/sign-out")[0].1.clone();
    let seen = desk.page.form(&desk.act("confirm")).into_iter().find(|(name, _)| name == "seen").unwrap().1;
    let command = "00112233445566778899aabbccddeeff";
    let fields = [("csrf", token.as_str()), ("command", command), ("seen", &*seen), ("opinion", "代办")];
    let refused = chief.post(&desk.act("confirm"), &fields);
    assert_eq!(refused.status, 403);
    refused
        .says(&["没有办理：这须由“执法人员”办理。请联系“执法人员”办理。", "<blockquote>代办</blockquote>"]);
    let unknown = chief.post(&desk.act("fly"), &fields);
    assert_eq!(unknown.status, 409);
    unknown.says(&["本流程没有这项办理"]);
    let damaged = [("csrf", token.as_str()), ("command", "x"), ("seen", &*seen), ("opinion", "代办")];
    assert_eq!(chief.post(&desk.act("confirm"), &damaged).status, 422);

    // Whoever found the fault does not check the repair.
    let confirm = desk.act("confirm");
    assert_eq!(desk.officer.fill(&desk.page, &confirm, &[("opinion", "核实")]).status, 303);
    let mut finder = desk.site.signed_in("inspector-1");
    for (who, act) in [("inspector-1", "report-verification"), ("operator-1", "report-rectification")] {
        let mut browser = desk.site.signed_in(who);
        let page = browser.get(&desk.path);
        let fields = [("opinion", "x"), ("measurement", "57")];
        assert_eq!(browser.fill(&page, &desk.act(act), &fields).status, 303);
    }
    let page = finder.get(&desk.path);
    page.says(&["须由另外一人办理，先前的一步是您办的"]).says_not(&["acts/accept"]);
    let token = page.form("/sign-out")[0].1.clone();
    let seen = page.form(&desk.act("return")).into_iter().find(|(name, _)| name == "seen").unwrap().1;
    let fields = [
        ("csrf", token.as_str()),
        ("command", command),
        ("seen", &*seen),
        ("opinion", "x"),
        ("measurement", "20"),
    ];
    let own = finder.post(&desk.act("accept"), &fields);
    assert_eq!(own.status, 403);
    own.says(&["没有办理：须由另外一人办理，先前的一步是您办的。请由同岗位的其他人办理。"]);
}
