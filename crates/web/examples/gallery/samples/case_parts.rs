//! What the samples of a case are made of: acts, deadline, facts, trail.

use super::{Say, hour, link};
use model::Flag;
use web::views::{
    About, ActForm, Counted, Deadline, Fact, Facts, Field, Limit, Measured, Quality, Reason, Skipped, Step,
};
use web::words::Unit;

pub fn acts(say: Say) -> Vec<ActForm> {
    let reason = |id: &str, zh, en| Reason { id: id.to_owned(), title: say.of(zh, en) };
    vec![
        ActForm {
            title: say.of("督办", "Supervise"),
            post: "/cases/2026-000128/supervise".to_owned(),
            command: "0192f0c1a7".to_owned(),
            leads_to: Some(say.of("核实", "Verification")),
            opinion: Field::Required,
            ..ActForm::default()
        },
        ActForm {
            title: say.of("不予督办", "Dismiss"),
            post: "/cases/2026-000128/dismiss".to_owned(),
            command: "0192f0c1a8".to_owned(),
            leads_to: Some(say.of("办结", "Closed")),
            opinion: Field::Optional,
            reasons: vec![
                reason("calibration", "校准期间的数据", "Data of a calibration"),
                reason("instrument-fault", "仪器故障", "Instrument fault"),
                reason("duplicate", "与另一事项重复", "Duplicate of another case"),
            ],
            ..ActForm::default()
        },
    ]
}

pub fn deadline(say: Say) -> Deadline {
    let counted = |day: &str, weekday, from: &str, to: &str, secs| Counted {
        day: day.to_owned(),
        weekday,
        from: from.to_owned(),
        to: to.to_owned(),
        secs,
    };
    let skipped = |from: &str, to: &str, zh, en| Skipped {
        from: from.to_owned(),
        to: to.to_owned(),
        why: say.of(zh, en),
    };
    Deadline {
        clock: say.of("督办时限", "Supervision"),
        budget_secs: 4 * 3_600,
        unit: Unit::WorkingHour,
        started: "2026-09-30 16:00".to_owned(),
        due: Some("2026-10-08 10:30".to_owned()),
        stopped: None,
        basis: say.of("超标督办流程（演示）第一阶段", "Exceedance process (demonstration), first stage"),
        calendars: vec![
            say.of(
                "夏秋季上班时间 08:30–12:00、14:30–18:00（演示）",
                "Office hours 08:30–12:00, 14:30–18:00 (demonstration)",
            ),
            say.of("2026 年节假日安排", "Public holidays of 2026"),
        ],
        counted: vec![
            counted("2026-09-30", 3, "16:00", "18:00", 2 * 3_600),
            counted("2026-10-08", 4, "08:30", "10:30", 2 * 3_600),
        ],
        skipped: vec![
            skipped("2026-09-30 18:00", "2026-10-01 00:00", "下班时间", "after office hours"),
            skipped("2026-10-01", "2026-10-07", "国庆节放假", "National Day holiday"),
            skipped("2026-10-08 00:00", "2026-10-08 08:30", "上班之前", "before office hours"),
        ],
        pauses: vec![],
        provisional: None,
    }
}

pub fn facts(say: Say) -> Facts {
    let fact = |from, value: &str, packet: &str| Fact {
        interval: hour("2026-09-30", from),
        value: value.to_owned(),
        over: true,
        quality: Quality { valid: true, flag: Flag::NORMAL, why: None },
        packet: Some(link(&format!("/packets/{packet}"), packet)),
    };
    Facts {
        about: Some(About {
            kind: say.of("自动监控污染源", "Monitored source"),
            what: link("/sources/3", "演示热源厂 3 号锅炉排口"),
        }),
        place: Some(say.of("平城区（示意）", "Pingcheng District (schematic)")),
        measured: Some(measured(say, vec![fact(14, "412.0", "125"), fact(13, "388.5", "124")])),
        more: vec![(say.of("持续时间", "Lasted"), say.of("2 小时", "2 hours"))],
    }
}

fn measured(say: Say, values: Vec<Fact>) -> Measured {
    Measured {
        factor: say.of("二氧化硫，折算小时均值", "Sulphur dioxide, converted hourly mean"),
        unit: "mg/m³".to_owned(),
        values,
        limit: Some(Limit {
            value: "200".to_owned(),
            source: say.of("排污许可证（演示）", "Discharge permit (demonstration)"),
            from: Some("2026-01-01".to_owned()),
            to: None,
        }),
    }
}

pub fn trail(say: Say) -> Vec<Step> {
    vec![
        Step {
            time: "2026-09-30 16:21".to_owned(),
            who: say.of("企业环保负责人", "Source operator"),
            act: say.of("提交说明", "Explain"),
            opinion: Some("脱硫循环泵跳闸，备用泵已启动。联系人姓名用字：同㛃𬱖·。".to_owned()),
            receipt: Some(link("/receipts/127", "127")),
            ..Step::default()
        },
        Step {
            time: "2026-09-30 16:00".to_owned(),
            who: say.of("系统（规则：污染源小时均值超标）", "System (rule: source exceeds its hourly limit)"),
            act: say.of("生成事项", "Open"),
            stage: Some(say.of("督办", "Supervision")),
            receipt: Some(link("/receipts/126", "126")),
            ..Step::default()
        },
    ]
}
