//! A case with everything that a case can have: parts side by side, tasks, files, other systems, corrections; and one
//! that is put aside.

use super::case::verification;
use super::{Pages, Say, link, render};
use web::views::{
    ActForm, Away, Case, Clock, Corrects, Facts, Field, FormField, Light, Reason, Relative, RunningClock,
    Shelved, Stage, StageState, Standing, Step, Task,
};
use web::words::Unit;

pub fn pages(say: Say) -> Pages {
    let choosing = Case { acts: vec![choose(say), void(say)], ..whole(say) };
    let correcting = Case { acts: vec![correct(say)], ..whole(say) };
    vec![
        ("case-whole", render(&whole(say))),
        ("case-choosing", render(&choosing)),
        ("case-correcting", render(&correcting)),
        ("case-shelved", render(&shelved(say))),
    ]
}

fn stage(say: Say, (zh, en): (&str, &str), state: StageState) -> Stage {
    Stage { title: say.of(zh, en), state, within: vec![] }
}

fn clock(light: Light, secs: i64, due: Option<&str>) -> Clock {
    let due = due.map(str::to_owned);
    Clock { light, secs, unit: Unit::WorkingDay, due_today: false, due, provisional: false }
}

fn running(say: Say, (zh, en): (&str, &str), promised: bool, clock: Clock) -> RunningClock {
    RunningClock { title: Some(say.of(zh, en)), promised, clock, href: None }
}

fn whole(say: Say) -> Case {
    let review = Stage {
        within: vec![
            stage(say, ("材料审查", "Papers"), StageState::Current),
            stage(say, ("现场核查完毕", "Site verified"), StageState::Ready),
        ],
        ..stage(say, ("审查", "Review"), StageState::Current)
    };
    let decide = clock(Light::Green, 12 * 86_400, Some("2026-10-28 18:00"));
    let promise = clock(Light::Paused, 3 * 86_400, None);
    Case {
        kind: link("", &say.of("食品经营许可", "Food-business licence")),
        matter: say.of("食品经营许可：云中小馆", "Food-business licence: Yunzhong"),
        flags: vec![say.of("紧急", "Urgent"), say.of("已告知补正", "Correction was asked for")],
        stages: vec![
            stage(say, ("收件", "Received"), StageState::Passed),
            stage(say, ("补正", "Correction"), StageState::Skipped),
            review,
            stage(say, ("决定", "Decision"), StageState::Ahead),
            stage(say, ("结束：已发证、不予许可", "End: Issued, Refused"), StageState::Ahead),
        ],
        clocks: vec![
            running(say, ("法定办结期限", "Statutory time to decide"), false, decide),
            running(say, ("承诺办结期限", "Promised time to decide"), true, promise),
        ],
        standing: standing(say),
        acts: vec![upload(say)],
        facts: Facts {
            place: Some(say.of("行政区划 140200", "Division 140200")),
            more: vec![
                (say.of("申请人", "Applicant"), "云中小馆".to_owned()),
                (say.of("联系电话", "Telephone"), say.of("属个人信息，加密保存", "personal, kept sealed")),
            ],
            ..Facts::default()
        },
        trail: trail(say),
        ..verification(say)
    }
}

fn standing(say: Say) -> Standing {
    let task = |who: (&str, &str), lead: bool, state: (&str, &str), clock| Task {
        title: say.of("协办意见", "Opinion of the co-handlers"),
        who: say.of(who.0, who.1),
        lead: Some(lead),
        state: say.of(state.0, state.1),
        since: "2026-10-08 09:00".to_owned(),
        clock,
    };
    let own = (
        say.of("协办时限", "Time of each co-handler"),
        clock(Light::Yellow, 86_400, Some("2026-10-09 18:00")),
    );
    let relative = |how: (&str, &str), case, stage: (&str, &str)| Relative {
        how: say.of(how.0, how.1),
        case,
        stage: say.of(stage.0, stage.1),
    };
    let joint = link("/cases/2026-55", &say.of("开办餐饮店联办 2026-55", "Opening a restaurant 2026-55"));
    let hidden = link("", &say.of("许可听证", "Licensing hearing"));
    Standing {
        shelved: None,
        counts: vec![say.of("退回 2 次", "returned 2 times")],
        tasks: vec![
            task(("承办单位经办人员", "Handler"), true, ("待办", "to be done"), Some(own)),
            task(("协办单位经办人员一", "Co-handler 1"), false, ("已完成", "done"), None),
        ],
        family: vec![
            relative(("所属事项", "Part of"), joint, ("在办 · 联合办理", "open · Joint handling")),
            relative(("分办", "Part"), hidden, ("在办", "open")),
        ],
        family_more: Some(say.of("另有 4 个事项没有列出。", "4 more are not listed.")),
        away: vec![away(say, true), away(say, false)],
    }
}

fn away(say: Say, lasts: bool) -> Away {
    Away {
        stage: say.of("营业执照（省级系统办理）", "Business licence, in the provincial system"),
        system: "provincial-registration".to_owned(),
        since: "2026-10-08 09:00".to_owned(),
        until: (!lasts).then(|| "2026-10-10 11:20".to_owned()),
        number: (!lasts).then(|| "91140200DEMO0001X".to_owned()),
        waits_for: lasts.then(|| {
            let en = "Waits for the other system; the Front counter clerk enters its answer.";
            say.of("等对方系统答复，由综合窗口收件人员登记。", en)
        }),
        taken: if lasts {
            say.of("已等 2 天", "2 days so far")
        } else {
            say.of("用时 2 天", "took 2 days")
        },
        of_clocks: vec![say.of("占用“企业登记时限”1 工作日", "Of “Time of the registration”: 1 working day")],
    }
}

fn upload(say: Say) -> ActForm {
    let choice = |id: &str, zh, en| Reason { id: id.to_owned(), title: say.of(zh, en) };
    ActForm {
        title: say.of("不予受理", "Refuse to accept"),
        post: "/cases/2026-000128/acts/not-accept".to_owned(),
        command: "0192f0c1b1".to_owned(),
        opinion: Field::Required,
        assignments: vec![
            choice("1", "协办单位，自 2026-10-08 09:00 起", "Co-handler, since 2026-10-08 09:00"),
            choice("2", "第二协办单位，自 2026-10-08 09:00 起", "Second co-handler, since 2026-10-08 09:00"),
        ],
        photos: Field::Optional,
        documents: Field::Required,
        error: Some(say.of("没有办理：须附材料。", "Not done: a document is required.")),
        ..ActForm::default()
    }
}

fn choose(say: Say) -> ActForm {
    let said =
        say.of("2026-10-08 09:31 核查人员一：现场核查", "2026-10-08 09:31 Inspector 1: Site verification");
    let steps = vec![Reason { id: "127".to_owned(), title: said }];
    ActForm {
        title: say.of("更正", "Correct"),
        post: "/cases/2026-000128".to_owned(),
        command: "0192f0c1b2".to_owned(),
        corrects: Some(Corrects::Choose(steps)),
        opinion: Field::Optional,
        ..ActForm::default()
    }
}

fn correct(say: Say) -> ActForm {
    let what =
        say.of("2026-10-08 09:31 核查人员一：现场核查", "2026-10-08 09:31 Inspector 1: Site verification");
    let field = FormField {
        name: "field-width".to_owned(),
        title: say.of("围挡宽度", "Width"),
        unit: Some("m".to_owned()),
        typed: "3".to_owned(),
        ..FormField::default()
    };
    ActForm {
        corrects: Some(Corrects::Act { entry: 127, what }),
        fields: vec![field],
        post: "/cases/2026-000128/acts/correct".to_owned(),
        ..choose(say)
    }
}

fn void(say: Say) -> ActForm {
    let warning = say.of(
        "将撤销 2026-10-08 09:31 由核查人员一办理的“现场核查”：事项回到办理之前。",
        "This undoes “Site verification”, done at 2026-10-08 09:31 by Inspector 1: the case stands as before it.",
    );
    ActForm {
        title: say.of("撤销", "Undo"),
        post: "/cases/2026-000128/acts/void".to_owned(),
        command: "0192f0c1b3".to_owned(),
        warning: Some(warning),
        opinion: Field::Optional,
        ..ActForm::default()
    }
}

fn trail(say: Say) -> Vec<Step> {
    vec![
        Step {
            time: "2026-10-08 10:31".to_owned(),
            who: say.of("核查人员一", "Inspector 1"),
            act: say.of("更正", "Correct"),
            fields: vec![(say.of("围挡宽度", "Width"), "3 m".to_owned())],
            about: Some(say.of("更正第 127 条记录（现场核查）", "Corrects entry 127 (Site verification)")),
            receipt: Some(link("/receipts/131", "131")),
            ..Step::default()
        },
        Step {
            time: "2026-10-08 09:31".to_owned(),
            who: say.of("核查人员一", "Inspector 1"),
            act: say.of("现场核查", "Site verification"),
            fields: vec![
                (say.of("围挡宽度", "Width"), "30 m".to_owned()),
                (say.of("联系电话", "Telephone"), say.of("属个人信息，加密保存", "personal, kept sealed")),
            ],
            files: vec![
                link("/cases/2026-000128/files/00", &say.of("照片 1", "Photo 1")),
                link("/cases/2026-000128/files/01", &say.of("材料 1", "Document 1")),
            ],
            taken: Some(say.of("平台随即办理：转审查", "The platform then did by itself: Begin the review")),
            notes: vec![say.of("本条已由第 131 条更正。", "This entry was corrected by entry 131.")],
            receipt: Some(link("/receipts/127", "127")),
            ..Step::default()
        },
        Step {
            time: "2026-10-08 09:20".to_owned(),
            who: say.of("核查人员二", "Inspector 2"),
            act: say.of("现场核查", "Site verification"),
            notes: vec![say.of(
                "本条已由第 128 条撤销，不再有效。",
                "This entry was undone by entry 128 and counts no more.",
            )],
            voided: true,
            receipt: Some(link("/receipts/126", "126")),
            ..Step::default()
        },
    ]
}

fn shelved(say: Say) -> Case {
    let mut case = whole(say);
    case.standing = Standing {
        shelved: Some(Shelved {
            since: "2026-11-02 09:00".to_owned(),
            reason: say.of("冬季不能施工", "No works in winter"),
            basis: say.of("城市管理实务：挂账", "Urban-management practice: shelving"),
        }),
        ..Standing::default()
    };
    case.acts.clear();
    case
}
