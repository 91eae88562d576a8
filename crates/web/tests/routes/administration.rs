//! Administration: accounts, roles and audit are three offices; a person is let in, given a role for a time, and let go.

use crate::site::{Answer, Browser, Site};

const PEOPLE: &str = "/administration";

/// Sends the form of a page that posts to it.
fn send(browser: &mut Browser, page: &str, fields: &[(&str, &str)]) -> Answer {
    let shown = browser.get(page);
    assert_eq!(shown.status, 200, "{}", shown.body);
    browser.fill(&shown, page, fields)
}

/// The password that a page hands over.
fn password(page: &str) -> String {
    let (_, rest) = page.split_once("<code class=\"nobr\">").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

fn sign_in(browser: &mut Browser, login: &str, password: &str) {
    assert_eq!(browser.post("/sign-in", &[("account", login), ("password", password)]).to(), "/inbox");
}

#[test]
fn somebody_comes_gets_a_role_and_goes() {
    let site = Site::quiet();
    let (mut accounts, mut roles) = (site.signed_in("accounts-1"), site.signed_in("grants-1"));
    let new = [("login", "officer-9"), ("title", "执法人员㛃"), ("titleEn", "Enforcement officer 9")];
    let opened = send(&mut accounts, PEOPLE, &new);
    opened.says(&["执法人员㛃", "密码只显示这一次", "没有在任角色", "开设账号"]);
    let first = password(&opened.body);
    send(&mut accounts, PEOPLE, &new).says(&["这个账号已有人使用"]);

    let mut officer = site.visitor();
    sign_in(&mut officer, "officer-9", &first);
    officer.get("/account").says(&["执法人员㛃", "没有在任角色"]);
    assert_eq!(officer.get(PEOPLE).status, 403);

    let page = "/administration/people/urn:ngsi-ld:Person:officer-9";
    let role = |from, to| {
        [("do", "grant"), ("role", "enforcement-officer"), ("division", "140214"), ("from", from), ("to", to)]
    };
    send(&mut roles, page, &role("2026-02-30", "")).says(&["请写明第一天和最后一天"]);
    send(&mut roles, page, &role("2026-01-01", "2025-01-01")).says(&["最后一天不早于第一天"]);
    let granted = send(&mut roles, page, &role("2026-01-01", "2026-12-31"));
    assert_eq!(granted.status, 303, "{}", granted.body);
    roles.get(page).says(&["云冈区", "2026-12-31", "授予角色", "在任"]).says_not(&["重设密码"]);
    officer.get("/account").says(&["执法人员", "2026-12-31"]);

    // Who keeps accounts grants nothing, and who grants opens none.
    let mut asked = role("2026-01-01", "").to_vec();
    asked.push(("seen", "1"));
    assert_eq!(send(&mut accounts, page, &asked).status, 403);
    let shown = roles.get(page);
    assert_eq!(roles.fill(&shown, page, &[("do", "close")]).status, 403);

    let ended = send(&mut roles, page, &[("do", "end"), ("at", "0"), ("to", "2026-01-01")]);
    assert_eq!(ended.status, 303, "{}", ended.body);
    officer.get("/account").says(&["已结束"]);

    let reset = send(&mut accounts, page, &[("do", "password")]);
    let second = password(&reset.body);
    assert_ne!(first, second);
    assert_eq!(officer.get("/account").status, 303, "the old session is over");
    sign_in(&mut officer, "officer-9", &second);
    send(&mut accounts, page, &[("do", "close")]);
    accounts.get(page).says(&["账号已停用", "重新启用账号"]);
    assert_eq!(officer.get("/account").status, 303);
    accounts.get("/administration?words=%E3%9B%83").says(&["账号已停用", "共 1 条"]);
}

#[test]
fn nobody_grants_to_themselves_or_holds_two_of_the_three_offices() {
    let site = Site::quiet();
    let mut roles = site.signed_in("grants-1");
    let own = roles.get("/administration/people/urn:ngsi-ld:Person:grants-1");
    own.says_not(&["name=\"do\""]);
    let auditor = "/administration/people/urn:ngsi-ld:Person:auditor-1";
    let second = |role, from, to| {
        [("do", "grant"), ("role", role), ("division", "140200"), ("from", from), ("to", to)]
    };
    send(&mut roles, auditor, &second("account-keeper", "2026-10-01", ""))
        .says(&["“审计人员”与“系统管理员（账号）”不能由同一人同时担任"]);
    // What is over before the other begins does not meet it.
    let before = send(&mut roles, auditor, &second("account-keeper", "2025-01-01", "2025-12-31"));
    assert_eq!(before.status, 303, "{}", before.body);
    let harmless = send(&mut roles, auditor, &second("inspector", "2026-10-01", ""));
    assert_eq!(harmless.status, 303);
}

#[test]
fn a_password_is_ones_own_to_change() {
    let site = Site::quiet();
    let mut here = site.signed_in("inspector-1");
    let mut there = site.signed_in("inspector-1");
    let old = site.city.password("inspector-1").to_owned();
    let mut change = |old: &str, new: &str, again: &str| {
        send(&mut here, "/account", &[("old", old), ("new", new), ("again", again)])
    };
    change(&old, "a longer secret", "another secret").says(&["两次输入的新密码不同"]);
    change(&old, "short", "short").says(&["12 至 128 个字符"]);
    change("not the old one", "a longer secret", "a longer secret").says(&["现用密码不对"]);
    let changed = change(&old, "a longer secret", "a longer secret");
    assert_eq!(changed.status, 303, "{}", changed.body);
    assert_eq!(here.get("/account").status, 200, "this session goes on");
    assert_eq!(there.get("/account").status, 303, "the other one has ended");
    sign_in(&mut there, "inspector-1", "a longer secret");
    there.get("/account?lang=en").says(&["Set a password", "My account"]);
}

#[test]
fn programs_do_the_same() {
    let site = Site::quiet();
    let (mut accounts, mut roles) = (site.signed_in("accounts-1"), site.signed_in("grants-1"));
    let mut auditor = site.signed_in("auditor-1");
    let read = |answer: &Answer| -> serde_json::Value {
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    };
    let new = serde_json::json!({ "login": "officer-7", "title": { "zh": "执法人员七", "en": "Officer 7" } });
    assert_eq!(roles.post_json("/api/v1/people", &new).status, 403);
    let opened = read(&accounts.post_json("/api/v1/people", &new));
    let password = opened["password"].as_str().unwrap().to_owned();
    sign_in(&mut site.visitor(), "officer-7", &password);
    assert_eq!(accounts.post_json("/api/v1/people", &new).status, 422);
    let path = "/api/v1/people/urn:ngsi-ld:Person:officer-7";
    let seen = read(&roles.get(path))["version"].as_u64().unwrap();
    let role = |seen: u64| serde_json::json!({ "role": "inspector", "division": "140214", "from": "2026-09-01", "to": "2026-12-31", "seen": seen });
    read(&roles.post_json(&format!("{path}/roles"), &role(seen)));
    // Who has not seen the first grant is told so.
    assert_eq!(roles.post_json(&format!("{path}/roles"), &role(seen)).status, 422);
    let now = read(&roles.get(path));
    assert_eq!(now["roles"][0]["role"], "inspector");
    let seen = now["version"].as_u64().unwrap();
    let ended = roles.send_as("DELETE", &format!("{path}/roles/0?to=2026-09-29&seen={seen}"), None);
    read(&ended);
    read(&accounts.send_as("DELETE", &format!("{path}/account"), None));
    assert_eq!(read(&accounts.get(path))["login"], serde_json::Value::Null);
    let acts = read(&auditor.get("/api/v1/acts?about=urn:ngsi-ld:Person:officer-7"));
    let done: Vec<&str> =
        acts["acts"].as_array().unwrap().iter().map(|act| act["act"].as_str().unwrap()).collect();
    assert_eq!(done, ["close-account", "end-grant", "grant", "open-account"]);
    assert_eq!(roles.get("/api/v1/acts").status, 403);

    let mut keeper = site.signed_in("keeper-1");
    let text = "format = 1\n[[setting]]\npath = \"process.exceedance.clock.supervise.budget\"\nto = 3\nbasis = \"demo-setting\"\n";
    let proposal = serde_json::json!({ "path": "cities/datong/settings.toml", "text": text, "from": "2026-09-01", "to": "2026-09-30" });
    let outcome = read(&keeper.post_json("/api/v1/proposals", &proposal));
    assert_eq!(
        (outcome["complaints"].as_array().unwrap().len(), outcome["processes"][0]["cases"].as_u64()),
        (0, Some(0))
    );
    assert_eq!(auditor.post_json("/api/v1/proposals", &proposal).status, 403);
}
