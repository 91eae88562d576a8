//! Boards: on a desk with a case chosen, on a wall, as they were, empty; and the list of them.

use super::{Pages, Say, hour, link, render};
use web::map::{Box4, Mark, Words, draw};
use web::views::{
    AlarmRow, Alarms, Board, BoardFigure, Boards, BothSizes, ChangeRow, Changes, Chosen, Clock, Duty,
    FeatureRow, LastValue, LayerAge, LayerLink, Light, MapNote, Moment, Opened, OpenedRow, Paging, Pinned,
    QuickAct, Rotation, ShiftNote, ShiftRow, Shifts, SourceState, TabLink, Waiting, Wall, Watch, Ways,
};
use web::words::Unit::WorkingHour;

pub fn pages(say: Say) -> Pages {
    let full = || board(say, Wall::Desk);
    vec![
        (
            "boards",
            render(&Boards { page: say.officer("/boards"), boards: vec![link("/boards/a", &title(say))] }),
        ),
        ("boards-none", render(&Boards { page: say.officer("/boards"), boards: vec![] })),
        ("board", render(&full())),
        ("board-opened", render(&Board { opened: Some(opened(say)), chosen: None, ..full() })),
        ("board-wall", render(&board(say, Wall::Day))),
        ("board-night", render(&board(say, Wall::Night))),
        (
            "board-past",
            render(&Board { moment: Some(moment()), figures: vec![], duty: None, chosen: None, ..full() }),
        ),
        ("board-empty", render(&empty(say))),
        ("alarms", render(&alarms(say, vec![raised(say), known(say)]))),
        ("alarms-none", render(&alarms(say, vec![]))),
        ("changes", render(&changes(say))),
        ("changes-none", render(&Changes { rows: vec![], begun: vec![], ended: vec![], ..changes(say) })),
        ("shifts", render(&shifts(say))),
        ("shifts-none", render(&Shifts { rows: vec![], words: "abc".into(), whole: false, ..shifts(say) })),
    ]
}

fn changes(say: Say) -> Changes {
    let case = link("/cases/a", &say.of("超标督办 2026-213", "Exceedance 2026-213"));
    let row = feature(say, Some(SourceState::Over));
    Changes {
        page: say.officer("/boards/situation/changes"),
        board: link("/boards/situation", &title(say)),
        csv: "/boards/situation/changes.csv".into(),
        own: "/boards/situation/changes".into(),
        span: ["2026-09-29 15:00".into(), "2026-09-30 15:00".into()],
        things: 4,
        rows: vec![ChangeRow {
            link: row.link,
            layer: row.layer,
            place: row.place,
            states: [Some(SourceState::Normal), Some(SourceState::Over)],
            values: [None, row.last],
        }],
        open: [11, 12],
        least: false,
        counts: [60, 1],
        begun: vec![case.clone()],
        ended: vec![case],
    }
}

fn shifts(say: Say) -> Shifts {
    let note = ShiftNote {
        at: "2026-09-30 15:10".into(),
        who: say.of("值班员一", "Duty officer 1"),
        act: say.of("记录", "Note"),
        text: say.of("已电话联系热源厂", "Called the heating plant"),
    };
    let row = ShiftRow {
        case: link("/cases/b", &say.of("值班 2026-88", "Shift 2026-88")),
        who: say.of("值班员一", "Duty officer 1"),
        from: "2026-09-30 08:00".into(),
        to: None,
        notes: vec![note],
    };
    Shifts {
        page: say.officer("/boards/situation/shifts"),
        board: link("/boards/situation", &title(say)),
        title: say.of("值班", "Shift"),
        own: "/boards/situation/shifts".into(),
        words: String::new(),
        rows: vec![row.clone(), ShiftRow { to: Some("2026-09-30 08:00".into()), notes: vec![], ..row }],
        whole: true,
        paging: Paging { total: 2, page: 1, pages: 1, previous_href: None, next_href: None },
    }
}

fn alarms(say: Say, rows: Vec<AlarmRow>) -> Alarms {
    let tab =
        |title, count, current| TabLink { title, href: "/boards/situation/alarms".into(), count, current };
    let total = rows.len() as u64;
    Alarms {
        page: say.officer("/boards/situation/alarms"),
        board: link("/boards/situation", &title(say)),
        title: say.of("告警", "Alarm"),
        tabs: vec![
            tab(say.of("未了结", "Open"), total, true),
            tab(say.of("待确认", "To confirm"), 1, false),
            tab(say.of("已了结", "Ended"), 9, false),
        ],
        rows,
        paging: Paging { total, page: 1, pages: 1, previous_href: None, next_href: None },
    }
}

fn raised(say: Say) -> AlarmRow {
    AlarmRow {
        clock: Some(clock(Light::Red, -7200)),
        raised: true,
        stage: say.of("待确认", "To be confirmed"),
        case: link("/cases/a", &say.of("二氧化硫 · 超过排放限值", "Sulphur dioxide · above the limit")),
        level: say.of("达到限值两倍", "Twice the limit"),
        source: Some(link(
            "/sources/a",
            &say.of("演示热源厂一号烟囱", "Demonstration heating plant, chimney 1"),
        )),
        place: say.of("平城区", "Pingcheng"),
        value: "104.2 mg/m³".into(),
        limit: "35".into(),
        since: "2026-09-30 15:00".into(),
        repeated: 3,
        quick: Some(QuickAct {
            id: "do-1".into(),
            title: say.of("确认", "Confirm"),
            post: "/cases/a/acts/confirm".into(),
            back: "/boards/situation/alarms".into(),
            ..QuickAct::default()
        }),
    }
}

fn known(say: Say) -> AlarmRow {
    AlarmRow {
        clock: None,
        raised: false,
        stage: say.of("已确认", "Confirmed"),
        case: link("/cases/b", &say.of("污染源没有数据", "A source is silent")),
        value: String::new(),
        limit: String::new(),
        quick: None,
        repeated: 0,
        ..raised(say)
    }
}

fn title(say: Say) -> String {
    say.of("城市运行态势", "Situation of the city")
}

fn board(say: Say, wall: Wall) -> Board {
    let sources = say.of("自动监控污染源", "Monitored sources");
    let marks = [
        mark(113.15, 40.05, "over"),
        mark(113.61, 40.04, "due"),
        mark(114.08, 40.42, "mute"),
        mark(113.15, 40.051, "fine"),
    ];
    let words = Words {
        title: say.of("地图", "Map"),
        description: say.of("图上共 4 个对象。", "4 things are on the map."),
        several: say.of("{n} 处", "{n} places"),
        lang: model_lang(say),
    };
    Board {
        page: say.officer("/boards/situation"),
        title: title(say),
        wall,
        figures: vec![
            figure(&say.of("联动事件", "Joint events"), "1", true),
            figure(&say.of("在办超标督办", "Exceedances under supervision"), "4", false),
            BoardFigure {
                href: None,
                unit: Some("t".into()),
                ..figure(&say.of("减排", "Emissions cut"), "12.5", false)
            },
        ],
        opened: None,
        waiting: vec![
            waiting(say, Light::Red, -7200),
            waiting(say, Light::Yellow, 1800),
            Waiting { clock: None, who: String::new(), ..waiting(say, Light::Green, 90_000) },
        ],
        open: 12,
        overdue: 1,
        least: false,
        map: both(|width| {
            draw((None, &marks), Some(Box4([113.0, 39.9, 114.2, 40.5])), width, &words, |area| {
                format!("/boards/situation?box={}", area.text())
            })
        }),
        map_note: Some(MapNote {
            drawn: say.of("县区轮廓为示意线。", "County lines are simplified."),
            approval: Some("晋S(2026)000号".into()),
        }),
        layers: vec![layer(None, 4, true), layer(Some(&sources), 4, false)],
        whole_href: Some("/boards/situation".into()),
        features: vec![
            feature(say, Some(SourceState::Over)),
            FeatureRow { last: None, age_minutes: None, ..feature(say, None) },
        ],
        chosen: Some(chosen(say)),
        ages: vec![
            age(&sources, 3, 1, 0, Some(12)),
            age(&say.of("环境空气监测站", "Ambient air stations"), 0, 0, 1, None),
        ],
        duty: Some(duty(say)),
        moment: None,
        ways: ways(),
        alarms: Some(link("/boards/situation/alarms", &say.of("告警待确认 2", "2 alarms to confirm"))),
        rotation: (wall != Wall::Desk).then(|| rotation(say, wall == Wall::Night)),
        pinned: (wall == Wall::Night).then(|| Pinned {
            board: title(say),
            figure: figure(&say.of("联动事件", "Joint events"), "1", false),
            drop_href: "/boards/situation?wall=night".into(),
        }),
        changes_href: "/boards/situation/changes".into(),
        shifts_href: Some("/boards/situation/shifts".into()),
    }
}

fn rotation(say: Say, on: bool) -> Rotation {
    Rotation {
        on,
        secs: 60,
        next: link("/boards/environment?wall=day&rotate=60", &say.of("生态环境看板", "Environment")),
        switch_href: "/boards/situation?wall=day&rotate=60".to_owned(),
    }
}

fn chosen(say: Say) -> Chosen {
    Chosen {
        title: say.of("二氧化硫 · 连续两小时超标", "Sulphur dioxide · two hours over"),
        clock: Some(clock(Light::Red, -7200)),
        facts: vec![
            (say.of("编号", "Number"), "20260930-1".into()),
            (say.of("环节", "Stage"), say.of("督办", "Supervision")),
        ],
        links: vec![link(
            "/sources/urn:ngsi-ld:MonitoredSource:chimney-1",
            &say.of("演示热源厂", "Demonstration heating plant"),
        )],
        page_link: link("/cases/urn:ngsi-ld:Exceedance:1", &say.of("打开事项", "Open the case")),
        close_href: "/boards/situation".into(),
    }
}

fn duty(say: Say) -> Duty {
    Duty {
        now: Some(Watch {
            who: say.of("值班人员一", "Duty officer 1"),
            since: "2026-10-08 08:00".into(),
            stage: say.of("值班中", "On watch"),
            href: "/cases/urn:ngsi-ld:DutyShift:1".into(),
        }),
        begin_href: Some("/begin/duty-shift".into()),
    }
}

fn ways() -> Ways {
    Ways {
        wall_href: "/boards/situation?wall=day".into(),
        night_href: "/boards/situation?wall=night".into(),
        desk_href: "/boards/situation".into(),
        kept: vec![("layer".into(), "sources".into())],
        action: "/boards/situation".into(),
        at: "2026-10-08 09:40".into(),
    }
}

pub(super) fn both(draw: impl Fn(u32) -> Option<web::chart::Svg>) -> Option<BothSizes> {
    Some(BothSizes { wide: draw(700)?, narrow: draw(340)? })
}

fn empty(say: Say) -> Board {
    Board {
        waiting: vec![],
        open: 0,
        overdue: 0,
        least: false,
        map: None,
        map_note: None,
        whole_href: None,
        features: vec![],
        chosen: None,
        ages: vec![],
        opened: Some(Opened { rows: vec![], beyond: 3, more: false, ..opened(say) }),
        duty: Some(Duty { now: None, begin_href: None }),
        ..board(say, Wall::Desk)
    }
}

pub(super) fn model_lang(say: Say) -> model::Lang {
    match say.0 {
        web::texts::Lang::Zh => model::Lang::Zh,
        web::texts::Lang::En => model::Lang::En,
    }
}

fn mark(east: f64, north: f64, class: &'static str) -> Mark {
    Mark {
        place: [east, north],
        class,
        title: class.into(),
        href: "/boards/situation?chosen=x".into(),
        chosen: class == "over",
    }
}

fn figure(title: &str, value: &str, current: bool) -> BoardFigure {
    BoardFigure {
        title: title.into(),
        value: value.into(),
        unit: None,
        href: Some("/boards/situation?figure=a".into()),
        current,
    }
}

fn clock(light: Light, secs: i64) -> Clock {
    Clock {
        light,
        secs,
        unit: WorkingHour,
        due_today: light == Light::Yellow,
        due: Some("2026-10-08 10:10".into()),
        provisional: false,
    }
}

fn waiting(say: Say, light: Light, secs: i64) -> Waiting {
    Waiting {
        clock: Some(clock(light, secs)),
        name: say.of("超标督办 2026-213", "Exceedance 2026-213"),
        href: "/boards/situation?chosen=urn:ngsi-ld:Exceedance:1".into(),
        matter: say.of("二氧化硫 · 连续两小时超标", "Sulphur dioxide · two hours over"),
        about: say.of("演示热源厂", "Demonstration heating plant"),
        who: say.of("执法人员", "Enforcement officer"),
        current: light == Light::Red,
    }
}

fn opened(say: Say) -> Opened {
    Opened {
        title: say.of("联动事件", "Joint events"),
        rows: vec![
            OpenedRow {
                link: link(
                    "/cases/urn:ngsi-ld:CityEvent:1",
                    &say.of("联动事件 20261008-1", "Joint event 20261008-1"),
                ),
                stage: say.of("处置中", "Being dealt with"),
                due: Some("2026-10-08 20:00".into()),
            },
            OpenedRow { link: link("", &say.of("演示", "Demonstration")), stage: String::new(), due: None },
        ],
        beyond: 0,
        more: true,
        close_href: "/boards/situation".into(),
        pin_href: "/boards/situation?wall=day&pin=situation.a".into(),
    }
}

fn layer(title: Option<&str>, count: u64, current: bool) -> LayerLink {
    LayerLink { title: title.map(str::to_owned), count, href: "/boards/situation?layer=a".into(), current }
}

fn feature(say: Say, state: Option<SourceState>) -> FeatureRow {
    FeatureRow {
        link: link("/boards/situation?chosen=a", &say.of("演示热源厂", "Demonstration heating plant")),
        layer: say.of("自动监控污染源", "Monitored sources"),
        place: say.of("云冈区", "Yungang District"),
        state,
        last: Some(LastValue {
            factor: say.of("二氧化硫", "Sulphur dioxide"),
            value: "61.3".into(),
            unit: "mg/m³".into(),
            interval: hour("2026-10-08", 8),
        }),
        age_minutes: Some(40),
        cases: 1,
    }
}

fn age(title: &str, fresh: u64, late: u64, never: u64, newest_minutes: Option<u64>) -> LayerAge {
    LayerAge { title: title.into(), fresh, late, never, newest_minutes }
}

fn moment() -> Moment {
    Moment {
        shown: "2026-09-30 14:00".into(),
        earlier_href: "/boards/situation?at=2026-09-30T13:00".into(),
        later_href: Some("/boards/situation?at=2026-09-30T15:00".into()),
        now_href: "/boards/situation".into(),
        plays: true,
        play_href: Some("/boards/situation?at=2026-09-30T14:00".into()),
    }
}
