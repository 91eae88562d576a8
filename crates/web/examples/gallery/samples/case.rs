//! A case: in its first stage, overtaken, refused, paused and provisional, closed.

use super::case_parts::{acts, deadline, facts, trail};
use super::{Pages, Say, link, render};
use web::views::{
    ActForm, Case, Clock, Counted, Deadline, Field, Light, Measurement, Notice, OtherAct, Pause, RunningClock,
};
use web::views::{Stage, StageState, Standing, Step, Typed};
use web::words::Unit;

pub fn pages(say: Say) -> Pages {
    let open = first_stage(say);
    let receipt = link("/receipts/128", "128");
    let done = Notice::Done {
        act: say.of("督办", "Supervise"),
        receipt,
        next: Some(link("/cases/urn:y", "2026-157")),
    };
    let overtaken = Notice::Overtaken {
        who: say.of("执法人员二", "Enforcement officer 2"),
        act: say.of("督办", "Supervise"),
        at: "2026-10-08 09:31".to_owned(),
    };
    vec![
        ("case", render(&open)),
        ("case-done", render(&Case { notice: Some(done), ..verification(say) })),
        ("case-overtaken", render(&Case { notice: Some(overtaken), ..verification(say) })),
        ("case-refused", render(&refused(say))),
        ("case-not_offered", render(&not_offered(say))),
        ("case-paused", render(&paused(say))),
        ("case-provisional", render(&provisional(say))),
        ("case-closed", render(&closed(say))),
    ]
}

/// One clock in the head.
fn running(say: Say, clock: Clock) -> Vec<RunningClock> {
    let done = clock.light == Light::Done;
    let title = (!done).then(|| say.of("督办时限", "Time to supervise"));
    vec![RunningClock { title, promised: false, clock, href: Some("#h-facts".to_owned()) }]
}

fn stages(say: Say, current: usize) -> Vec<Stage> {
    let titles = [
        ("督办", "Supervision"),
        ("核实", "Verification"),
        ("整改", "Rectification"),
        ("复核", "Re-check"),
        ("办结", "Closed"),
    ];
    let state = |at: usize| match at.cmp(&current) {
        std::cmp::Ordering::Less => StageState::Passed,
        std::cmp::Ordering::Equal => StageState::Current,
        std::cmp::Ordering::Greater => StageState::Ahead,
    };
    titles
        .iter()
        .enumerate()
        .map(|(at, (zh, en))| Stage { title: say.of(zh, en), state: state(at), within: vec![] })
        .collect()
}

fn first_stage(say: Say) -> Case {
    Case {
        page: say.officer("/cases/2026-000128"),
        notice: None,
        kept: None,
        number: "2026-000128".to_owned(),
        kind: link("/definitions/packs/x/processes/y.toml", &say.of("超标督办", "Exceedance")),
        matter: say.of(
            "二氧化硫小时均值连续两小时超过许可限值",
            "Sulphur dioxide hourly mean over the permit's limit for two hours",
        ),
        stages: stages(say, 0),
        owner: Some(say.of("执法人员", "Enforcement officer")),
        flags: vec![],
        clocks: running(
            say,
            Clock {
                light: Light::Yellow,
                secs: 3_000,
                unit: Unit::WorkingHour,
                due_today: true,
                due: Some("2026-10-08 10:30".to_owned()),
                provisional: false,
            },
        ),
        standing: Standing::default(),
        seen: 3,
        acts: acts(say),
        others: vec![
            OtherAct {
                act: say.of("提交说明", "Explain"),
                role: say.of("企业环保负责人", "Source operator"),
                why_not: say.of("须由该污染源的企业提交", "only the firm that runs this source may"),
            },
            OtherAct {
                act: say.of("延期", "Extend"),
                role: say.of("科室负责人", "Section chief"),
                why_not: say.of("延期须由科室负责人批准", "an extension needs the section chief's approval"),
            },
        ],
        deadlines: vec![deadline(say)],
        facts: facts(say),
        trail: trail(say),
        package: link("/cases/urn:x/package.zip", &say.of("下载案卷", "Download the case file")),
        personal: Some(link(
            "/cases/urn:x/personal",
            &say.of("个人信息 1 项，已密封：凭理由查看", "Personal values, sealed (1)"),
        )),
        documents: vec![link(
            "/documents/urn:x",
            &say.of("行政处罚决定书 同环罚〔2026〕12号", "Decision of a penalty 同环罚〔2026〕12号"),
        )],
        earlier: None,
    }
}

pub fn verification(say: Say) -> Case {
    let measured = ActForm {
        title: say.of("报告核实结果", "Report verification"),
        post: "/cases/2026-000128/report".to_owned(),
        command: "0192f0c1b0".to_owned(),
        leads_to: Some(say.of("整改", "Rectification")),
        opinion: Field::Required,
        measurement: Some(Measurement {
            title: say.of("现场测量值，二氧化硫", "Value measured on site, sulphur dioxide"),
            unit: "mg/m³".to_owned(),
        }),
        ..ActForm::default()
    };
    let supervised = Step {
        time: "2026-10-08 09:31".to_owned(),
        who: say.of("执法人员二", "Enforcement officer 2"),
        act: say.of("督办", "Supervise"),
        stage: Some(say.of("核实", "Verification")),
        opinion: Some(say.of(
            "两个小时均为有效数据，企业未标记工况，转现场核实。",
            "Both hours are valid and not marked by the firm; to be verified on site.",
        )),
        receipt: Some(link("/receipts/128", "128")),
        ..Step::default()
    };
    let clock = Clock {
        light: Light::Green,
        secs: 12_000,
        unit: Unit::WorkingHour,
        due_today: false,
        due: Some("2026-10-09 10:50".to_owned()),
        provisional: false,
    };
    let mut case = Case {
        stages: stages(say, 1),
        acts: vec![measured],
        clocks: running(say, clock),
        seen: 4,
        ..first_stage(say)
    };
    case.trail.insert(0, supervised);
    case.deadlines.clear();
    case
}

fn refused(say: Say) -> Case {
    let mut case = first_stage(say);
    if let Some(dismiss) = case.acts.last_mut() {
        dismiss.error = Some(say.of(
            "没有选择理由。请选择一条理由后再提交。",
            "No reason was chosen. Please choose one and send again.",
        ));
        dismiss.typed =
            Typed { opinion: "</textarea><script>alert(1)</script>".to_owned(), ..Typed::default() };
    }
    case.trail[0].opinion = Some("<script>alert(1)</script>\n<b onclick=alert(1)>".to_owned());
    case
}

fn not_offered(say: Say) -> Case {
    let why = say.of(
        "没有办理：事项现在“核实”环节，不能这样办。请看过事项的最新情况后再决定。",
        "Not done: the case is now in the stage “Verification”, where this is not possible. Please look at it first.",
    );
    let kept = say.of("两个小时均为有效数据。", "Both hours are valid.");
    Case { notice: Some(Notice::Refused { form: None, why }), kept: Some(kept), ..verification(say) }
}

fn paused(say: Say) -> Case {
    let mut case = verification(say);
    let pause = |from: &str, to: Option<&str>, zh, en| Pause {
        from: from.to_owned(),
        to: to.map(str::to_owned),
        reason: say.of(zh, en),
        basis: say.of("流程规定的暂停情形（演示）", "A pause that the process allows (demonstration)"),
    };
    case.clocks = running(
        say,
        Clock {
            light: Light::Paused,
            secs: 2 * 3_600,
            unit: Unit::WorkingHour,
            due_today: false,
            due: None,
            provisional: false,
        },
    );
    case.deadlines = vec![Deadline {
        due: None,
        counted: deadline(say).counted.into_iter().take(1).collect(),
        pauses: vec![
            pause("2026-10-08 08:30", None, "鉴定", "Appraisal"),
            pause("2026-09-30 17:00", Some("2026-09-30 17:30"), "检测", "Testing"),
        ],
        ..deadline(say)
    }];
    case.acts.clear();
    case
}

fn provisional(say: Say) -> Case {
    let mut case = verification(say);
    case.stages = stages(say, 2);
    case.owner = Some(say.of("企业环保负责人", "Source operator"));
    case.acts.clear();
    case.clocks = running(
        say,
        Clock {
            light: Light::Green,
            secs: 3 * 86_400,
            unit: Unit::WorkingDay,
            due_today: false,
            due: Some("2027-01-06 18:00".to_owned()),
            provisional: true,
        },
    );
    let day = |day: &str, weekday| Counted {
        day: day.to_owned(),
        weekday,
        from: "08:30".to_owned(),
        to: "18:00".to_owned(),
        secs: 86_400,
    };
    case.deadlines = vec![Deadline {
        clock: say.of("整改时限", "Rectification"),
        budget_secs: 3 * 86_400,
        unit: Unit::WorkingDay,
        started: "2026-12-30 18:00".to_owned(),
        due: Some("2027-01-06 18:00".to_owned()),
        counted: vec![day("2026-12-31", 4), day("2027-01-05", 2), day("2027-01-06", 3)],
        provisional: Some(say.of(
            "2027 年节假日安排尚未公布，公布后到期时间可能变动。",
            "The public holidays of 2027 are not published yet; the due time may move when they are.",
        )),
        ..deadline(say)
    }];
    case
}

fn closed(say: Say) -> Case {
    let mut case = verification(say);
    case.stages = stages(say, 4);
    case.stages[2].state = StageState::Skipped;
    case.owner = None;
    case.acts.clear();
    case.others.clear();
    case.clocks = running(
        say,
        Clock {
            light: Light::Done,
            secs: 0,
            unit: Unit::WorkingHour,
            due_today: false,
            due: None,
            provisional: false,
        },
    );
    case.earlier = Some(link(
        "/cases/2026-000128?before=120",
        &say.of("更早的经过（7 条）", "What happened earlier (7)"),
    ));
    case.trail.insert(
        0,
        Step {
            time: "2026-10-09 10:05".to_owned(),
            who: say.of("执法人员一", "Enforcement officer 1"),
            act: say.of("复核通过", "Accept"),
            stage: Some(say.of("办结", "Closed")),
            reason: Some(say.of("仪器故障", "Instrument fault")),
            measurement: Some("36.0 mg/m³".to_owned()),
            notes: vec![say.of("本条已由第 135 条更正。", "This entry was corrected by entry 135.")],
            receipt: Some(link("/receipts/133", "133")),
            ..Step::default()
        },
    );
    case
}
