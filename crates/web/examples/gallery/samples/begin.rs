//! Beginning a case: the list, an empty list, the form, refused, with a choice.

use super::{Pages, Say, render};
use web::views::{AboutChoice, Allowed, Begin, BeginForm, FormField, Input, Offered, Pack, Reason};

pub fn pages(say: Say) -> Pages {
    let list = |packs| Begin { page: say.officer("/begin"), packs };
    vec![
        ("begin", render(&list(packs(say)))),
        ("begin-empty", render(&list(vec![]))),
        ("begin_form", render(&form(say))),
        ("begin_form-refused", render(&refused(say))),
        ("begin_form-about", render(&about(say, 3, false))),
        ("begin_form-many", render(&about(say, 20, true))),
        ("begin_form-none", render(&about(say, 0, false))),
    ]
}

fn officer(say: Say, id: &str, n: u8) -> Reason {
    let title = say.of(&format!("执法人员 {n}"), &format!("Enforcement officer {n}"));
    Reason { id: id.to_owned(), title }
}

fn allowed(say: Say, (zh, en): (&str, &str), time: (&str, &str), promised: bool) -> Allowed {
    let basis = if promised {
        say.of("演示设定，由本市规定替换", "Setting of the demonstration")
    } else {
        say.of("《中华人民共和国行政许可法》第42条", "Administrative Licensing Law, art. 42")
    };
    Allowed { title: say.of(zh, en), time: say.of(time.0, time.1), promised, basis }
}

fn packs(say: Say) -> Vec<Pack> {
    let decide = ("法定办结期限", "Statutory time to decide");
    let offered = |zh, en, statutory, promised| Offered {
        title: say.of(zh, en),
        href: "/begin/licence".to_owned(),
        who: say.of("许可审查人员、审批负责人", "Licence reviewer, Approver"),
        statutory,
        promised,
    };
    vec![
        Pack {
            title: say.of("行政许可", "Licensing"),
            processes: vec![
                offered(
                    "食品经营许可",
                    "Food-business licence",
                    Some(allowed(say, decide, ("20 工作日", "20 working days"), false)),
                    Some(allowed(
                        say,
                        ("承诺办结期限", "Promised time to decide"),
                        ("8 工作日", "8 working days"),
                        true,
                    )),
                ),
                offered(
                    "开办餐饮店联办",
                    "Opening a restaurant, handled jointly",
                    Some(allowed(say, decide, ("45 工作日", "45 working days"), false)),
                    None,
                ),
            ],
        },
        Pack {
            title: say.of("城市管理", "Urban management"),
            processes: vec![offered("城管案件", "Urban-management case", None, None)],
        },
    ]
}

fn field(say: Say, name: &str, zh: &str, en: &str, input: Input) -> FormField {
    FormField {
        name: format!("field-{name}"),
        title: say.of(zh, en),
        input,
        required: true,
        ..FormField::default()
    }
}

fn form(say: Say) -> BeginForm {
    let choice = |id: &str, zh, en| Reason { id: id.to_owned(), title: say.of(zh, en) };
    let kinds = vec![choice("enquiry", "咨询", "Enquiry"), choice("complaint", "投诉举报", "Complaint")];
    let phone = FormField {
        personal: true,
        required: false,
        ..field(say, "phone", "联系电话", "Telephone", Input::Text)
    };
    let area = FormField {
        unit: Some("m²".to_owned()),
        ..field(say, "area", "经营面积", "Floor area", Input::Number)
    };
    BeginForm {
        page: say.officer("/begin/licence"),
        title: say.of("食品经营许可", "Food-business licence"),
        pack: say.of("行政许可", "Licensing"),
        basis: Some(say.of("《中华人民共和国行政许可法》", "Administrative Licensing Law")),
        post: "/begin/licence".to_owned(),
        command: "0192f0c1a9".to_owned(),
        about: None,
        subject: Some(choice("urn:x", "一号烟囱", "Chimney 1")),
        fields: vec![
            field(say, "applicantName", "申请人", "Applicant", Input::Text),
            phone,
            area,
            field(say, "opens", "拟开业日期", "Day of opening", Input::Date),
            field(say, "kind", "诉求类别", "Kind of request", Input::Choice(kinds)),
            field(say, "urgent", "紧急", "Urgent", Input::Tick),
            field(say, "agent", "代办人", "Agent", Input::Reference),
            field(
                say,
                "officer",
                "承办人",
                "Officer",
                Input::Pick(vec![officer(say, "urn:a", 1), officer(say, "urn:b", 2)]),
            ),
            field(say, "event", "联动事件", "Joint event", Input::Pick(vec![])),
        ],
        who: say.of("许可审查人员、审批负责人", "Licence reviewer, Approver"),
        first: say.of("收件", "Received"),
        allowed: vec![
            allowed(
                say,
                ("法定办结期限", "Statutory time to decide"),
                ("20 工作日", "20 working days"),
                false,
            ),
            allowed(say, ("承诺办结期限", "Promised time to decide"), ("8 工作日", "8 working days"), true),
        ],
        error: None,
        wrong: None,
    }
}

fn refused(say: Say) -> BeginForm {
    let mut form = form(say);
    form.error = Some(say.of(
        "没有发起：没有填写“申请人”。请补正后再提交，已填内容都在。",
        "Not begun: “Applicant” is missing. Please correct it and send again.",
    ));
    form.wrong = Some("field-applicantName".to_owned());
    if let [applicant, phone, ..] = form.fields.as_mut_slice() {
        applicant.error = Some(say.of("没有填写“申请人”", "“Applicant” is missing"));
        phone.typed = "\"><script>alert(1)</script>".to_owned();
    }
    form
}

fn about(say: Say, count: usize, more: bool) -> BeginForm {
    let found = (1..=count).map(|n| Reason {
        id: format!("urn:ngsi-ld:MonitoredSource:{n}"),
        title: format!("演示热源厂 {n} 号锅炉排口"),
    });
    let choice = AboutChoice {
        kind: say.of("自动监控污染源", "Monitored source"),
        found: found.collect(),
        many: more || count == 0,
        more,
        words: if more { "锅炉".to_owned() } else { String::new() },
        typed: "urn:ngsi-ld:MonitoredSource:2".to_owned(),
    };
    BeginForm { about: Some(choice), ..form(say) }
}
