//! Administration: the register of people, somebody's page to each of the three offices, one's own account.

use super::{Pages, Say, link, render};
use web::views::{
    AccountPage, Administration, EntityEntry, GrantRow, GrantState, Granting, Opening, Paging, PersonPage,
    PersonRow,
};

pub fn pages(say: Say) -> Pages {
    let taken = Some(("login".to_owned(), say.of("这个账号已有人使用", "somebody has this account already")));
    let two = Some(("role".to_owned(), say.of("两个角色不能由同一人担任", "one person cannot hold both")));
    let own = Some(("person".to_owned(), say.of("不能给自己授权", "nobody grants to themselves")));
    vec![
        ("administration", render(&list(say, true, None))),
        ("administration-none", render(&list(say, false, None))),
        ("administration-taken", render(&list(say, true, taken))),
        ("person-roles", render(&PersonPage { granting: Some(granting(say)), ..person(say) })),
        ("person-refused", render(&PersonPage { granting: Some(granting(say)), error: two, ..person(say) })),
        ("person-own", render(&PersonPage { error: own, ..person(say) })),
        (
            "person-handover",
            render(&PersonPage {
                account: Some("00".repeat(16)),
                handover: Some(("clerk-9".to_owned(), "abcd-efgh-jkmn-pqrs".to_owned())),
                done: Some(link("/receipts/42", "42")),
                ..person(say)
            }),
        ),
        (
            "person-closed",
            render(&PersonPage {
                login: None,
                grants: Vec::new(),
                account: Some("00".repeat(16)),
                ..person(say)
            }),
        ),
        ("account", render(&account(say, None))),
        ("account-wrong", render(&account(say, Some(say.of("现用密码不对", "not your present password"))))),
    ]
}

fn list(say: Say, some: bool, error: Option<(String, String)>) -> Administration {
    let clerk = say.of("综合窗口收件人员", "Front counter clerk");
    let row = PersonRow {
        person: link("/administration/people/urn:x", &say.of("窗口人员一", "Clerk 1")),
        login: Some("clerk-1".to_owned()),
        roles: clerk.clone(),
        until: "2026-10-20".to_owned(),
    };
    let gone = PersonRow { login: None, roles: String::new(), until: String::new(), ..row.clone() };
    let ending = (row.person.clone(), clerk.clone(), row.until.clone());
    Administration {
        page: say.officer("/administration"),
        audits: true,
        words: if some { String::new() } else { "x".to_owned() },
        roles: vec![("window-clerk".to_owned(), clerk, false)],
        figures: [2, 1, 0],
        upkeep: [
            say.of("自 2026-01-01 09:00 起", "since 2026-01-01 09:00"),
            say.of("没有备份过", "none yet"),
        ],
        ending: if some { vec![ending] } else { Vec::new() },
        rows: if some { vec![row, gone] } else { Vec::new() },
        paging: Paging { total: 2, page: 1, pages: 1, previous_href: None, next_href: None },
        opening: some.then(|| Opening { command: "00".repeat(16), ..Opening::default() }),
        error,
    }
}

fn grants(say: Say) -> Vec<GrantRow> {
    let row = GrantRow {
        role: say.of("执法人员", "Enforcement officer"),
        place: say.of("云州区", "Yunzhou District"),
        about: Some(link("/entities/urn:x", &say.of("一号烟囱", "Chimney 1"))),
        days: ["2026-01-01".to_owned(), String::new()],
        state: GrantState::Holds,
        end: Some(0),
    };
    let over = GrantRow {
        days: ["2025-01-01".to_owned(), "2025-12-31".to_owned()],
        state: GrantState::Over,
        about: None,
        end: None,
        ..row.clone()
    };
    vec![row, GrantRow { state: GrantState::Ahead, end: Some(1), ..over.clone() }, over]
}

fn granting(say: Say) -> Granting {
    Granting {
        command: "00".repeat(16),
        seen: 12,
        roles: vec![("inspector".to_owned(), say.of("核查人员", "Inspector"), false)],
        divisions: vec![("140200".to_owned(), say.of("大同市 140200", "Datong 140200"), true)],
        about: String::new(),
        days: ["2026-10-08".to_owned(), "2027-10-08".to_owned()],
        today: "2026-10-08".to_owned(),
    }
}

fn entry(say: Say) -> EntityEntry {
    EntityEntry {
        at: "2026-01-01 09:00".to_owned(),
        who: say.of("安全管理员一", "Security administrator 1"),
        act: say.of("授予角色", "Grant a role"),
        why: String::new(),
        receipt: link("/receipts/12", "12"),
    }
}

fn person(say: Say) -> PersonPage {
    PersonPage {
        page: say.officer("/administration/people/urn:x"),
        title: say.of("执法人员九", "Enforcement officer 9"),
        urn: "urn:ngsi-ld:Person:officer-9".to_owned(),
        login: Some("officer-9".to_owned()),
        grants: grants(say),
        account: None,
        granting: None,
        handover: None,
        done: None,
        error: None,
        entries: vec![entry(say)],
    }
}

fn account(say: Say, wrong: Option<String>) -> AccountPage {
    AccountPage {
        page: say.officer("/account"),
        title: say.of("执法人员一", "Enforcement officer 1"),
        login: "officer-1".to_owned(),
        grants: grants(say),
        done: wrong.is_none().then(|| link("/receipts/42", "42")),
        error: wrong.map(|what| ("old".to_owned(), what)),
        entries: vec![entry(say)],
    }
}
