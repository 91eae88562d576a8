//! Oversight: what people did, with and without faults; personal values before and after they are read.

use super::{Pages, Say, link, render};
use web::views::{ActLine, AuditPage, LeadRow, PersonalPage, PersonalValue};

pub fn pages(say: Say) -> Pages {
    let wrong = Some(say.of("请写明理由", "say why"));
    vec![
        ("audit", render(&audit(say, true))),
        ("audit-broken", render(&audit(say, false))),
        ("personal", render(&personal(say, None))),
        ("personal-read", render(&personal(say, Some("13900000000")))),
        ("personal-refused", render(&PersonalPage { error: wrong, ..personal(say, None) })),
        ("personal-none", render(&PersonalPage { values: Vec::new(), ..personal(say, None) })),
    ]
}

fn line(say: Say) -> ActLine {
    ActLine {
        at: "2026-10-08 09:12:44".to_owned(),
        who: link("/administration/people/urn:x", &say.of("执法人员一", "Enforcement officer 1")),
        act: say.of("查看个人信息", "Read a personal value"),
        about: Some(link("/administration/people/urn:y", &say.of("单位联系人", "Contact of the firm"))),
        case: Some(link("/cases/urn:z", &say.of("超标处置 0a1b", "Exceedance 0a1b"))),
        why: say.of("联系核查", "to arrange the visit"),
        receipt: link("/receipts/42", "42"),
    }
}

fn lead(say: Say, found: bool) -> LeadRow {
    let told = say.of("已说明，无不当：点错了事项", "Explained: a slip");
    LeadRow {
        line: line(say),
        lead: if found { 42 } else { 43 },
        command: (!found).then(|| "00".repeat(16)),
        found: found.then(|| (told, link("/receipts/44", "44"))),
    }
}

fn audit(say: Say, whole: bool) -> AuditPage {
    AuditPage {
        page: say.officer("/audit"),
        chain: [3120, 12],
        broken: if whole { Vec::new() } else { vec![3000, 3100] },
        leads: if whole { Vec::new() } else { vec![lead(say, false), lead(say, true)] },
        lead_error: (!whole).then(|| say.of("请写明核查情况", "say what was found")),
        asked: ["officer-1".to_owned(), String::new()],
        error: (!whole)
            .then(|| say.of("“x y”不是账号，也不是编号。", "“x y” is neither an account nor a name.")),
        groups: vec![("all", say.of("全部操作", "All acts"), true)],
        rows: if whole {
            vec![line(say), ActLine { about: None, case: None, ..line(say) }]
        } else {
            Vec::new()
        },
        next: whole.then(|| "/audit?before=42".to_owned()),
        csv: "/audit/acts.csv?by=officer-1".to_owned(),
    }
}

fn personal(say: Say, shown: Option<&str>) -> PersonalPage {
    let value = PersonalValue {
        field: "value-0".to_owned(),
        title: say.of("值班电话", "Telephone on duty"),
        of: say.of("一号烟囱", "Chimney 1"),
        shown: shown.map(str::to_owned),
    };
    PersonalPage {
        page: say.officer("/cases/urn:x/personal"),
        case: link("/cases/urn:x", &say.of("超标处置 0a1b", "Exceedance 0a1b")),
        post: "/cases/urn:x/personal".to_owned(),
        values: vec![value],
        reason: String::new(),
        error: None,
    }
}
