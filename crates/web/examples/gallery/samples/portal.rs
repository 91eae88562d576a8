//! The portal: services, a guide with its answers, search.

use super::{Pages, Say, link, render};
use web::prose::Prose;
use web::views::{
    Allowed, Answer, ConditionRow, FormField, FoundKindOf, FoundRow, Input, Kept, MaterialRow, PackPage,
    PackRow, Packs, Reason, Search, Service, ServiceRow, Services, TabLink,
};

pub fn pages(say: Say) -> Pages {
    let list = |audience: Option<&str>, services| Services {
        page: say.public("/services"),
        services,
        audience: audience.map(str::to_owned),
    };
    vec![
        ("services", render(&list(None, vec![row(say), ServiceRow { time: None, ..row(say) }]))),
        ("services-empty", render(&list(Some("resident"), vec![]))),
        ("service", render(&guide(say, None))),
        ("service-may", render(&guide(say, Some(Answer::Yes)))),
        ("service-may-not", render(&guide(say, Some(Answer::No)))),
        ("service-unknown", render(&guide(say, Some(Answer::Unknown(say.of("经营面积", "Floor space")))))),
        ("service-plain", render(&plain(say))),
        (
            "packs",
            render(&Packs {
                page: say.public("/packs"),
                packs: vec![pack(say), PackRow { articles: String::new(), ..pack(say) }],
            }),
        ),
        ("pack", render(&told(say))),
        ("pack-bare", render(&PackPage { tabs: vec![], part: None, ..told(say) })),
    ]
    .into_iter()
    .chain(searches(say))
    .collect()
}

fn searches(say: Say) -> Pages {
    let kept = Kept {
        lists: vec![link("/search?words=spjy", &say.of("食品许可", "Food licences"))],
        own: "/search?words=spjy".to_owned(),
        error: None,
    };
    let search = |words: &str, groups: Vec<_>| {
        let tab = |title, current| TabLink { title, href: "/search".to_owned(), count: 1, current };
        let who = [("全部", "All", true), ("个人办事", "For residents", false)];
        let tabs = who.map(|(zh, en, current)| tab(say.of(zh, en), current));
        let tabs = if groups.is_empty() { Vec::new() } else { tabs.to_vec() };
        let places =
            if groups.is_empty() { Vec::new() } else { vec![tab(say.of("平城区", "Pingcheng"), false)] };
        Search {
            page: say.public("/search"),
            words: words.to_owned(),
            groups,
            tabs,
            more_cases: false,
            places,
            kept: None,
        }
    };
    let found = FoundRow {
        title: say.of("食品经营许可", "Food business licence"),
        href: "/services/food".into(),
        about: say.of("法人办事", "For firms"),
    };
    let case = FoundRow {
        title: say.of("食品经营许可：同㛃𬱖·小馆", "Food business licence: 同㛃𬱖·小馆"),
        href: "/cases/urn:ngsi-ld:LicenceApplication:1".into(),
        about: say.of("食品经营许可 2026-280 · 材料审查", "Food business licence 2026-280 · Papers"),
    };
    let article = FoundRow { about: String::new(), ..found.clone() };
    vec![
        ("search", render(&search("", vec![]))),
        (
            "search-found",
            render(&search(
                "spjy",
                vec![(FoundKindOf::Service, vec![found]), (FoundKindOf::Article, vec![article])],
            )),
        ),
        (
            "search-cases",
            render(&Search {
                page: say.officer("/search"),
                more_cases: true,
                ..search("2026-280", vec![(FoundKindOf::Case, vec![case])])
            }),
        ),
        (
            "search-kept",
            render(&Search { page: say.officer("/search"), kept: Some(kept), ..search("spjy", vec![]) }),
        ),
        ("search-nothing", render(&search("abc", vec![]))),
    ]
}

fn pack(say: Say) -> PackRow {
    PackRow {
        title: say.of("生态环境", "Environment"),
        href: "/packs/environment".into(),
        articles: "13, 27".into(),
        processes: 4,
        rules: 26,
    }
}

fn told(say: Say) -> PackPage {
    let prose = say.of(
        "### 超标督办\n\n由规则发起。\n\n- 时限“督办”：4 个工作时。",
        "### Exceedance\n\nBegun by rules.\n\n- Clock “Supervision”: 4 working hours.",
    );
    PackPage {
        page: say.public("/packs/environment"),
        row: pack(say),
        head: Prose::new(&say.of("服务于条例第13、27条。", "Serves articles 13 and 27."), say.0),
        tabs: vec![
            (link("/packs/environment?part=0", &say.of("类型", "Types")), false),
            (link("/packs/environment?part=1", &say.of("流程", "Processes")), true),
        ],
        part: Some(Prose::new(&prose, say.0)),
    }
}

fn row(say: Say) -> ServiceRow {
    ServiceRow {
        title: say.of("食品经营许可", "Food business licence"),
        href: "/services/food".into(),
        audience: say.of("法人办事", "For firms"),
        channels: say.of("综合窗口", "at the counter"),
        time: Some(say.of("20 工作日", "20 working days")),
        fee: say.of("不收费", "No fee"),
    }
}

fn guide(say: Say, answer: Option<Answer>) -> Service {
    let condition = |answer: Option<Answer>| ConditionRow {
        title: say.of("有固定的经营场所", "Has fixed premises"),
        basis: say.of("行政许可法第三十八条", "Licensing law, article 38"),
        answer,
    };
    let unknown = answer.as_ref().map(|_| Answer::Unknown(String::new()));
    let field = |name: &str, input| FormField {
        name: name.to_owned(),
        title: say.of("经营面积", "Floor space"),
        input,
        ..FormField::default()
    };
    let choice = Reason { id: "a".into(), title: say.of("餐饮", "Catering") };
    Service {
        page: say.public("/services/food"),
        row: row(say),
        guide: say.of(
            "到综合窗口递交材料，五个工作日内决定是否受理。",
            "Hand in your papers at the counter; whether they are taken is decided within five working days.",
        ),
        result: say.of("食品经营许可证", "The licence"),
        basis: say.of("行政许可法第三十二条", "Licensing law, article 32"),
        fee_basis: None,
        times: vec![Allowed {
            title: say.of("作出决定", "Decision"),
            time: say.of("20 工作日", "20 working days"),
            promised: false,
            basis: say.of("行政许可法第四十二条", "Licensing law, article 42"),
        }],
        conditions: vec![condition(answer.clone()), condition(unknown)],
        materials: vec![
            MaterialRow {
                title: say.of("营业执照", "Business licence"),
                held: true,
                required: say.of("不需要", "not needed"),
            },
            MaterialRow {
                title: say.of("平面图", "Floor plan"),
                held: false,
                required: say.of("需要", "needed"),
            },
        ],
        overall: answer,
        fields: vec![
            field("field-area", Input::Number),
            field("field-kind", Input::Choice(vec![choice])),
            field("field-fixed", Input::Tick),
        ],
        post: "/services/food".into(),
        start_href: None,
    }
}

/// One that asks for nothing, seen by somebody who may begin it.
fn plain(say: Say) -> Service {
    Service {
        page: say.officer("/services/report"),
        times: vec![],
        conditions: vec![],
        materials: vec![],
        fields: vec![],
        fee_basis: Some(say.of("演示", "Demonstration")),
        start_href: Some("/begin/report".into()),
        ..guide(say, None)
    }
}
