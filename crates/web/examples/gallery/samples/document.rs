//! Documents: issued, as a draft, and the list of numbers.

use super::{Pages, Say, link, render};
use web::views::{DocumentPage, DocumentRow, Documents, Hand, Served};

pub fn pages(say: Say) -> Pages {
    let rows = ["同环罚〔2026〕12号", "同环罚告〔2026〕15号"].map(|number| DocumentRow {
        number: link("/documents/urn:x", number),
        title: say.of("行政处罚决定书", "Decision of a penalty"),
        case: link("/cases/urn:x", "20260728-0123"),
        at: "2026-08-17 10:20".to_owned(),
    });
    let list = |rows| Documents { page: say.officer("/documents"), rows };
    vec![
        ("document", render(&document(say, false))),
        ("document-draft", render(&document(say, true))),
        (
            "document-not-served",
            render(&DocumentPage {
                service: Some(Served { received: Some(Hand::default()), ..Served::default() }),
                ..document(say, false)
            }),
        ),
        ("documents", render(&list(rows.to_vec()))),
        ("documents-none", render(&list(Vec::new()))),
    ]
}

fn served(say: Say) -> Served {
    let hand = Hand {
        title: say.of("送达决定书", "Serve the decision"),
        who: say.of("执法人员一", "Enforcement officer 1"),
        at: "2026-08-18 10:10".to_owned(),
        receipt: Some(link("/receipts/140", "140")),
    };
    let said = vec![
        (say.of("送达方式", "How"), say.of("直接送达", "In person")),
        (say.of("送达日期", "Served on"), say.of("2026年8月18日", "18/8/2026")),
    ];
    Served { received: Some(hand.clone()), hand, said, pdf: "/documents/urn:x.service.pdf".to_owned() }
}

fn document(say: Say, draft: bool) -> DocumentPage {
    let hand = |zh, en, done: bool| Hand {
        title: say.of(zh, en),
        who: if done { say.of("执法人员一", "Enforcement officer 1") } else { String::new() },
        at: if done { "2026-08-05 09:30".to_owned() } else { String::new() },
        receipt: done.then(|| link("/receipts/120", "120")),
    };
    let notice = if draft {
        say.of("草稿：未编号、未签发，不具有效力。", "Draft: without number and signature, and of no effect.")
    } else {
        say.of("未加盖电子印章 · 演示", "No electronic seal · demonstration")
    };
    DocumentPage {
        page: say.officer("/documents/urn:x"),
        notices: vec![notice],
        issuer: say.of("大同市生态环境局", "Datong Ecology and Environment Bureau"),
        number: if draft {
            say.of("（签发时编号）", "(numbered when signed)")
        } else {
            "同环罚〔2026〕12号".to_owned()
        },
        title: say.of("行政处罚决定书", "Decision of a penalty"),
        to: say.of("某热力公司：", "A heating company:"),
        body: vec![
            say.of(
                "经查，你（单位）于2026年8月1日超标排放二氧化硫。",
                "On 1/8/2026 you gave off too much sulphur dioxide.",
            ),
            say.of("现决定：罚款，罚款300000元。", "It is decided: a fine of 300000 yuan."),
        ],
        day: say.of("2026年8月17日", "17/8/2026"),
        chain: vec![hand("拟稿", "Drafted", true), hand("签发", "Signed", !draft)],
        service: (!draft).then(|| served(say)),
        basis: say.of("行政处罚法第五十七条", "Penalty Law, art. 57"),
        case: link("/cases/urn:x", "20260728-0123"),
        receipt: (!draft).then(|| link("/receipts/128", "128")),
        pdf: "/documents/urn:x.pdf".to_owned(),
        draft,
    }
}
