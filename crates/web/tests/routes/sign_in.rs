//! Signing in and out.

use crate::site::Site;

#[test]
fn a_right_password_opens_the_inbox_and_signing_out_closes_it() {
    let site = Site::quiet();
    let mut browser = site.visitor();
    let asked = browser.get("/inbox?tab=open");
    assert_eq!(asked.status, 303);
    let next = "/sign-in?next=%2Finbox%3Ftab%3Dopen";
    assert_eq!(asked.header("location"), Some(next));
    let form = browser.get(next);
    form.says(&["name=\"next\" value=\"/inbox?tab=open\""]);

    let password = site.city.password("officer-1");
    let fields = [("account", "officer-1"), ("password", password), ("next", "/inbox?tab=open")];
    let signed_in = browser.post("/sign-in", &fields);
    assert_eq!((signed_in.status, signed_in.header("location")), (303, Some("/inbox?tab=open")));
    let cookie = signed_in.header("set-cookie").unwrap();
    for part in ["session=", "; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=28800"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"));

    let home = browser.get("/");
    home.says(&["执法人员一", "我的待办（0）"]);
    let token = browser.cookies["session"].clone();
    let out = browser.fill(&home, "/sign-out", &[]);
    assert_eq!(out.status, 200);
    out.says(&["您已安全退出"]).says_not(&["执法人员一"]);
    assert!(!browser.cookies.contains_key("session"));
    // The token is dead, not only forgotten.
    browser.cookies.insert("session".to_owned(), token);
    assert_eq!(browser.get("/inbox").header("location"), Some("/sign-in"));
}

#[test]
fn wrong_passwords_are_refused_then_made_to_wait() {
    let site = Site::quiet();
    let mut browser = site.visitor();
    let wrong = [("account", "officer-1"), ("password", "wrong")];
    for _ in 0..5 {
        let refused = browser.post("/sign-in", &wrong);
        assert_eq!(refused.status, 422);
        refused.says(&["账号或密码不对", "value=\"officer-1\""]);
    }
    let waits = browser.post("/sign-in", &wrong);
    assert_eq!(waits.status, 429);
    assert!(waits.header("retry-after").is_some());
    waits.says(&["尝试次数过多，请在 1 分钟后再试"]);
    let missing = browser.post("/sign-in", &[("account", "")]);
    assert_eq!(missing.status, 422);
    missing.says(&["请填写账号和密码"]);
    assert!(browser.cookies.is_empty());
}

#[test]
fn nobody_is_sent_to_another_site() {
    let site = Site::quiet();
    let password = site.city.password("officer-1");
    for next in ["//evil.example", "https://evil.example/", "/\\evil.example"] {
        let fields = [("account", "officer-1"), ("password", password), ("next", next)];
        let signed_in = site.visitor().post("/sign-in", &fields);
        assert_eq!(signed_in.header("location"), Some("/inbox"), "{next}");
    }
    let mut other = site.visitor();
    other.extra.push(("Sec-Fetch-Site", "cross-site".to_owned()));
    assert_eq!(other.post("/sign-in", &[("account", "officer-1"), ("password", password)]).status, 403);
}

#[test]
fn a_demonstration_shows_its_accounts_by_what_they_do() {
    let site = Site::quiet();
    let mut browser = site.visitor();
    let page = browser.get("/sign-in");
    page.says(&[
        site.city.password("officer-1"),
        "执法人员一",
        "污染源超标督办",
        "科长一",
        "启用规则和流程",
        "授予和收回角色",
    ]);
    page.says_not(&["DEMO0000000000CHIMNEY001"]);
    browser.get("/sign-in?lang=en").says(&["Enforcement officer 1", "Exceedance supervision"]);
}
