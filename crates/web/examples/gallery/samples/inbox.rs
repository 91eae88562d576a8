//! The inbox: full, narrowed, empty.

use super::{Pages, Say, link, render};
use web::views::{
    ActForm, Clock, Field, Figure, FigureKind, Inbox, Kept, KindFilter, Light, Paging, Row, Several,
    SeveralDone, Tab, TabKind,
};
use web::words::Unit::{self, UrgentHour, WorkingDay, WorkingHour};

pub fn pages(say: Say) -> Pages {
    let rows = rows(say);
    let closed = rows
        .iter()
        .take(2)
        .map(|row| Row { clock: Some(clock(Light::Done, 0, WorkingHour, "")), ..row.clone() });
    let kept = |own: &str, error| Kept {
        lists: vec![link("/inbox?tab=open&kind=Exceedance", &say.of("超标督办", "Exceedances"))],
        own: own.to_owned(),
        error,
    };
    let some = inbox(say, TabKind::Mine, FigureKind::All, rows.clone());
    let wrong =
        Some(say.of("请给清单起一个 24 字以内的名称", "give the list a name of at most 24 characters"));
    vec![
        (
            "inbox-kept",
            render(&Inbox { kept: kept("/inbox?tab=open&kind=Exceedance", None), ..some.clone() }),
        ),
        ("inbox-kept-wrong", render(&Inbox { kept: kept("/inbox?tab=mine", wrong), ..some })),
        ("several", render(&several(say))),
        ("several-none", render(&Several { cases: vec![], acts: vec![], ..several(say) })),
        ("several-done", render(&Several { done: done(say), ..several(say) })),
        ("several-nothing", render(&Several { acts: vec![], ..several(say) })),
        ("inbox", render(&inbox(say, TabKind::Mine, FigureKind::All, rows.clone()))),
        ("inbox-all", render(&inbox(say, TabKind::All, FigureKind::All, rows.clone()))),
        ("inbox-closed", render(&inbox(say, TabKind::Closed, FigureKind::All, closed.collect()))),
        ("inbox-empty", render(&inbox(say, TabKind::Mine, FigureKind::All, vec![]))),
        ("inbox-empty-all", render(&inbox(say, TabKind::All, FigureKind::All, vec![]))),
        ("inbox-empty-closed", render(&inbox(say, TabKind::Closed, FigureKind::All, vec![]))),
        ("inbox-empty-red", render(&inbox(say, TabKind::Mine, FigureKind::Red, vec![]))),
    ]
}

fn inbox(say: Say, tab: TabKind, figure: FigureKind, rows: Vec<Row>) -> Inbox {
    let total = rows.len() as u64;
    let tab_of = |kind, href: &str, count| Tab { kind, href: href.to_owned(), count };
    let figure_of = |kind, href: &str, count| Figure { kind, href: href.to_owned(), count };
    let many = tab == TabKind::All && total > 0;
    Inbox {
        page: say.officer("/inbox?tab=mine"),
        tab,
        tabs: vec![
            tab_of(TabKind::Mine, "/inbox", Some(14)),
            tab_of(TabKind::All, "/inbox?tab=all", Some(41)),
            tab_of(TabKind::Closed, "/inbox?tab=closed", None),
        ],
        figure,
        figures: vec![
            figure_of(FigureKind::Red, "/inbox?figure=red", 2),
            figure_of(FigureKind::Yellow, "/inbox?figure=yellow", 3),
            figure_of(FigureKind::Today, "/inbox?figure=today", 4),
            figure_of(FigureKind::All, "/inbox", 14),
        ],
        kinds: if many { kinds(say) } else { vec![] },
        begin_href: many.then(|| "/begin".to_owned()),
        connectors_href: many.then(|| "/connectors".to_owned()),
        rows,
        kept: Kept { lists: vec![], own: "/inbox?tab=mine".to_owned(), error: None },
        paging: Paging {
            total: if many { 41 } else { total },
            page: if many { 2 } else { 1 },
            pages: if many { 3 } else { 1 },
            previous_href: many.then(|| "/inbox?tab=all".to_owned()),
            next_href: many.then(|| "/inbox?tab=all&page=3".to_owned()),
        },
    }
}

/// Two cases, and what can be done to both.
fn several(say: Say) -> Several {
    let case = |n: &str| {
        let stage = say.of("督办", "Supervision");
        (
            link(&format!("/cases/{n}"), n),
            say.of("二氧化硫小时均值超过许可限值", "Sulphur dioxide over"),
            stage,
        )
    };
    Several {
        page: say.officer("/inbox/several"),
        cases: vec![case("2026-000119"), case("2026-000128")],
        acts: vec![ActForm {
            title: say.of("核实", "Verify"),
            post: "/inbox/several/verify".to_owned(),
            cases: vec![("urn:ngsi-ld:Exceedance:119".to_owned(), 7)],
            opinion: Field::Required,
            ..ActForm::default()
        }],
        done: vec![],
        seen: 0,
    }
}

fn done(say: Say) -> Vec<SeveralDone> {
    let receipt = link("/receipts/140", &say.of("回执 140", "Receipt 140"));
    vec![
        SeveralDone { case: link("/cases/2026-000117", "2026-000117"), outcome: Ok(receipt) },
        SeveralDone {
            case: link("/cases/2026-000119", "2026-000119"),
            outcome: Err(say.of("请填写办理意见", "an opinion is needed")),
        },
    ]
}

fn kinds(say: Say) -> Vec<KindFilter> {
    let kind = |title: Option<String>, count, current| KindFilter {
        title,
        count,
        href: "/inbox?tab=open&kind=LicenceApplication".to_owned(),
        current,
    };
    vec![
        kind(None, 41, true),
        kind(Some(say.of("污染源超标督办", "Supervision of a source")), 14, false),
        kind(Some(say.of("食品经营许可", "Food-business licence")), 27, false),
    ]
}

fn clock(light: Light, secs: i64, unit: Unit, due: &str) -> Clock {
    let due_today = due.starts_with("2026-10-08");
    let due = (!due.is_empty()).then(|| due.to_owned());
    Clock { light, secs, unit, due_today, due, provisional: false }
}

fn rows(say: Say) -> Vec<Row> {
    let so2 = ("二氧化硫小时均值超过许可限值", "Sulphur dioxide over the hourly limit");
    let nox = ("氮氧化物小时均值超过许可限值", "Nitrogen oxides over the hourly limit");
    let dust = ("颗粒物小时均值超过许可限值", "Particulates over the hourly limit");
    let silent = ("监测设备数据中断", "Monitoring device silent");
    let stages =
        [("督办", "Supervision"), ("核实", "Verification"), ("整改", "Rectification"), ("复核", "Re-check")];
    let officer = ("执法人员", "Enforcement officer");
    let operator = ("企业环保负责人", "Source operator");
    let row = |n: u32, clock: Option<Clock>, matter: (&str, &str), boiler: u32, stage: usize| {
        let yours = stage != 2;
        let who = if yours { officer } else { operator };
        Row {
            clock,
            number: format!("2026-{n:06}"),
            href: format!("/cases/2026-{n:06}"),
            matter: say.of(matter.0, matter.1),
            about: format!("演示热源厂 {boiler} 号锅炉排口"),
            stage: say.of(stages[stage].0, stages[stage].1),
            who: say.of(who.0, who.1),
            yours,
            urn: format!("urn:ngsi-ld:Exceedance:{n}"),
        }
    };
    let provisional =
        Clock { provisional: true, ..clock(Light::Green, 57 * 86_400, WorkingDay, "2027-01-05 18:00") };
    vec![
        row(121, Some(clock(Light::Red, -7_200, UrgentHour, "2026-10-08 07:40")), silent, 6, 0),
        row(119, Some(clock(Light::Red, -86_400, WorkingDay, "2026-09-30 18:00")), dust, 2, 3),
        row(128, Some(clock(Light::Yellow, 3_000, WorkingHour, "2026-10-08 10:30")), so2, 3, 0),
        row(126, Some(clock(Light::Yellow, 4_800, WorkingHour, "2026-10-08 11:00")), nox, 3, 1),
        row(117, Some(clock(Light::Yellow, 20_000, WorkingDay, "2026-10-08 18:00")), dust, 1, 3),
        row(129, Some(clock(Light::Green, 12_000, WorkingHour, "2026-10-08 15:10")), so2, 5, 0),
        row(124, Some(clock(Light::Green, 86_400, WorkingDay, "2026-10-09 18:00")), nox, 4, 1),
        row(125, Some(clock(Light::Green, 2 * 86_400, WorkingDay, "2026-10-10 18:00")), so2, 4, 1),
        row(116, Some(clock(Light::Green, 3 * 86_400, WorkingDay, "2026-10-12 18:00")), dust, 7, 2),
        row(115, Some(clock(Light::Green, 4 * 86_400, WorkingDay, "2026-10-13 18:00")), nox, 1, 2),
        row(112, Some(clock(Light::Green, 6 * 86_400, WorkingDay, "2026-10-15 18:00")), so2, 2, 2),
        row(110, Some(provisional), nox, 8, 2),
        row(108, Some(clock(Light::Paused, 3 * 86_400, WorkingDay, "")), dust, 5, 1),
        row(107, None, silent, 9, 0),
    ]
}
