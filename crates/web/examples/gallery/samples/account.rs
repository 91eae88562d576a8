//! The first page and signing in.

use super::{Pages, Say, render};
use web::views::{DemoAccount, Footer, Home, LogHead, Page, SignIn, SignInError};

pub fn pages(say: Say) -> Pages {
    let head = LogHead {
        size: 140,
        time: "2026-10-08 09:40".to_owned(),
        root_short: "9f2c 41d7 … e05b".to_owned(),
        href: Some("/log/head".to_owned()),
    };
    let home = |page, head| Home { page, head };
    let settled = Page { demo: false, elder: None, log_time: None, footer: footer(say), ..say.public("/") };
    let elder = Page { elder: Some(true), ..say.public("/?elder=1") };
    vec![
        ("home", render(&home(say.public("/"), Some(head.clone())))),
        ("home-signed-in", render(&home(say.officer("/"), Some(head.clone())))),
        ("home-elder", render(&home(elder, Some(head)))),
        ("home-first-day", render(&home(settled.clone(), None))),
        ("sign_in", render(&sign_in(say.public("/sign-in"), say, None))),
        ("sign_in-wrong", render(&sign_in(say.public("/sign-in"), say, Some(SignInError::Wrong)))),
        ("sign_in-wait", render(&sign_in(settled.clone(), say, Some(SignInError::Wait { minutes: 15 })))),
        ("sign_in-closed", render(&sign_in(settled.clone(), say, Some(SignInError::Closed)))),
        ("sign_in-missing", render(&sign_in(settled, say, Some(SignInError::Missing)))),
    ]
}

fn sign_in(page: Page, say: Say, error: Option<SignInError>) -> SignIn {
    let account = |zh: (&str, &str), en: (&str, &str), account: &str| DemoAccount {
        role: say.of(zh.0, en.0),
        does: say.of(zh.1, en.1),
        account: account.to_owned(),
        password: "demo-only".to_owned(),
    };
    let demo_accounts = vec![
        account(("执法人员一", "督办、核实"), ("Enforcement officer 1", "supervises, verifies"), "officer-1"),
        account(("执法人员二", "复核、办结"), ("Enforcement officer 2", "re-checks, closes"), "officer-2"),
        account(
            ("企业环保负责人", "说明、报告整改"),
            ("Source operator", "explains, reports rectification"),
            "operator-1",
        ),
        account(("科室负责人", "批准延期"), ("Section chief", "approves extensions"), "chief-1"),
        account(
            ("审计人员", "只读，查验全部记录"),
            ("Auditor", "reads and verifies every record"),
            "auditor-1",
        ),
    ];
    let account = if error.is_some() { "officer-1".to_owned() } else { String::new() };
    SignIn { page, account, next: Some("/inbox".to_owned()), error, demo_accounts }
}

fn footer(say: Say) -> Footer {
    Footer {
        owner: Some(say.of("主办单位名称", "Name of the owner")),
        operator: Some(say.of("承办单位名称", "Name of the operator")),
        contact: Some("12345".to_owned()),
        site_code: Some(say.of("（待填）", "(to be filled in)")),
        icp: Some(say.of("备案号（待填）", "Filing number (to be filled in)")),
        police_filing: Some(say.of("公安备案号（待填）", "Police filing (to be filled in)")),
        error_report_href: Some("/errors".to_owned()),
        accessibility_href: Some("/accessibility".to_owned()),
    }
}
