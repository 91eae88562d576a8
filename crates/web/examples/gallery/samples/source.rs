//! Sources: one with an open case, one silent, one never heard of; the list.

use super::{Pages, Say, hour, link, render};
use model::{Flag, Instant};
use web::views::{
    AirIndex, AuditForm, Beside, Factor, Hour, Interval, LastValue, Limit, Moment, Page, Paging, Quality,
    Reason, Source, SourceRow, SourceSort, SourceState, Sources,
};

pub fn pages(say: Say) -> Pages {
    let over = source(say, day());
    let stale =
        Source { stale: true, age_minutes: Some(37), cases: vec![], hours: silent(), ..source(say, vec![]) };
    let empty =
        Source { limit: None, age_minutes: None, cases: vec![], csv_href: None, ..source(say, vec![]) };
    vec![
        ("source-compared", render(&compared(say, true))),
        ("source-compare", render(&compared(say, false))),
        ("source", render(&over)),
        ("source-stale", render(&stale)),
        ("source-empty", render(&empty)),
        ("source-latest", render(&moments(say))),
        ("source-then", render(&then(say))),
        ("source-air", render(&air(say))),
        ("source-cleaned", render(&cleaned(say))),
        ("sources", render(&sources(say, SourceSort::Name, rows(say)))),
        ("sources-by-age", render(&sources(say, SourceSort::Age, rows(say).split_off(2)))),
        ("sources-empty", render(&sources(say, SourceSort::Name, vec![]))),
    ]
}

/// A station of the air, at each level and without an index.
fn air(say: Say) -> Source {
    let of = |value: Option<(u16, u8)>, primary: &str| AirIndex {
        title: say.of("空气质量指数", "Air-quality index"),
        value,
        primary: primary.to_owned(),
        hour: "2026-09-30 14:00–15:00".to_owned(),
        edition: "HJ 633-2026".to_owned(),
        parts: value.map(|(value, _)| vec![("PM2.5", value), ("O₃", 31)]).unwrap_or_default(),
    };
    let levels = [(42, 1), (89, 2), (128, 3), (180, 4), (260, 5), (412, 6)];
    let mut indexes: Vec<_> =
        levels.map(|level| of(Some(level), if level.0 > 50 { "PM2.5" } else { "" })).into();
    indexes.push(of(None, ""));
    Source { indexes, limit: None, cases: vec![], ..source(say, day()) }
}

fn editions(say: Say, cleaned: bool) -> Vec<Factor> {
    let one = |zh, en, code: &str, current| Factor {
        title: say.of(zh, en),
        href: format!("/sources/3?series=so2&edition={code}"),
        current,
    };
    vec![
        one("原始", "Raw", "raw", !cleaned),
        one("清洗", "Cleaned", "cleaned", cleaned),
        one("审核", "Audited", "audited", false),
    ]
}

/// The cleaned hours, one of them left out, with the form of those who may audit them.
fn cleaned(say: Say) -> Source {
    let mut hours = day();
    if let Some(hour) = hours.last_mut() {
        hour.over = false;
        hour.quality = Some(Quality {
            valid: false,
            flag: Flag::NORMAL,
            why: Some(say.of("与前后两个数据都相差过大", "stands alone, far from both neighbours")),
        });
    }
    let boxes =
        (1..).zip(hours.iter().take(3)).map(|(n, hour)| (format!("without-{n}"), hour.interval.to_string()));
    let audit = AuditForm {
        post: "/sources/3/audits".to_owned(),
        command: "00112233445566778899aabbccddeeff".to_owned(),
        series: "so2".to_owned(),
        hours: 24,
        boxes: boxes.collect(),
        ..AuditForm::default()
    };
    Source {
        editions: editions(say, true),
        edition: say.of(
            "去掉不可能正确的数据，逐个说明原因；缺数不补。未经审核。",
            "Without values that cannot be right. Unaudited.",
        ),
        audit: Some(audit),
        error: Some(say.of("请写明审核依据", "say on what the audit rests")),
        ..source(say, hours)
    }
}

/// With another source beside it, or the choice of one.
fn compared(say: Say, chosen: bool) -> Source {
    let hours = day();
    let other = Beside {
        source: chosen.then(|| link("/sources/4", &say.of("演示热源厂 4 号锅炉", "Boiler 4"))),
        values: hours
            .iter()
            .map(|hour| hour.number.filter(|_| hour.value.is_some()).map(|n| n / 2.0))
            .collect(),
        choices: vec![Reason { id: "urn:x".to_owned(), title: say.of("4 号锅炉", "Boiler 4") }],
    };
    let none = Beside { values: vec![], ..other.clone() };
    Source {
        beside: Some(if chosen { other } else { none }),
        compare_href: None,
        alone_href: Some("/sources/3".to_owned()),
        ..source(say, hours)
    }
}

/// As it was known at a moment of the past.
fn then(say: Say) -> Source {
    let moment = Moment {
        shown: "2026-09-29 14:30".to_owned(),
        earlier_href: "/sources/3?at=2026-09-29T13:30".to_owned(),
        later_href: Some("/sources/3?at=2026-09-29T15:30".to_owned()),
        now_href: "/sources/3".to_owned(),
        ..Moment::default()
    };
    Source { moment: Some(moment), age_minutes: None, cases: vec![], ..source(say, day()) }
}

/// Values that belong to moments: the newest ones, without gaps.
fn moments(say: Say) -> Source {
    let moment = |hour: Hour| Hour { interval: Interval { to: String::new(), ..hour.interval }, ..hour };
    let hours = day().into_iter().filter(|hour| hour.value.is_some()).map(moment).collect();
    let statistic = say.of("折算实时值", "converted, moment");
    Source { hourly: false, statistic, limit: None, ..source(say, hours) }
}

fn source(say: Say, hours: Vec<Hour>) -> Source {
    let factor = |zh, en, code: &str, current| Factor {
        title: say.of(zh, en),
        href: format!("/sources/3?factor={code}"),
        current,
    };
    Source {
        page: Page {
            log_time: Some("2026-09-30 15:03".to_owned()),
            ..say.public("/sources/3?factor=a21026")
        },
        name: "演示热源厂 3 号锅炉排口".to_owned(),
        place: Some(say.of("平城区（示意）", "Pingcheng District (schematic)")),
        register: vec![
            (say.of("排放口", "Outlet"), "DA003".to_owned()),
            (say.of("设备编号", "Device number"), "DEMO-0003".to_owned()),
        ],
        factors: vec![
            factor("二氧化硫", "Sulphur dioxide", "a21026", true),
            factor("氮氧化物", "Nitrogen oxides", "a21002", false),
            factor("颗粒物", "Particulates", "a34013", false),
        ],
        moment: None,
        at: "2026-09-30 15:03".to_owned(),
        own: "/sources/3".to_owned(),
        asked: vec![("series", "so2".to_owned())],
        spans: vec![factor("24 小时", "24 hours", "24", true), factor("48 小时", "48 hours", "48", false)],
        factor: say.of("二氧化硫", "Sulphur dioxide"),
        unit: "mg/m³".to_owned(),
        statistic: say.of("折算小时均值", "converted hourly mean"),
        limit: Some(Limit {
            value: "200".to_owned(),
            source: say.of("排污许可证（演示）", "Discharge permit (demonstration)"),
            from: Some("2026-01-01".to_owned()),
            to: None,
        }),
        hourly: true,
        hours,
        age_minutes: Some(3),
        stale: false,
        cases: vec![link(
            "/cases/2026-000128",
            &say.of(
                "2026-000128 二氧化硫小时均值连续两小时超过许可限值",
                "2026-000128 Sulphur dioxide hourly mean over the permit's limit for two hours",
            ),
        )],
        begin: vec![link("/begin/inspection?about=urn:x", &say.of("入企检查", "Visit to a firm"))],
        csv_href: Some("/sources/3.csv?factor=a21026".to_owned()),
        indexes: vec![],
        editions: editions(say, false),
        edition: say.of(
            "按收到的样子逐个列出，带数据标记。未经审核。",
            "As it came in, every value with its flag. Unaudited.",
        ),
        unaudited: true,
        beside: None,
        compare_href: Some("/sources/3?with=".to_owned()),
        alone_href: None,
        audit: None,
        error: None,
    }
}

/// Twenty-four hours to 15:00: a start-up, a calibration, a gap, two hours over.
fn day() -> Vec<Hour> {
    let figures = [
        96.5, 101.2, 98.0, 92.4, 88.1, 84.0, 80.6, 79.3, 77.8, 81.5, 83.9, 86.0, 90.2, 94.7, 118.3, 263.0,
        142.6, 121.0, 117.4, 0.0, 131.8, 156.2, 388.5, 412.0,
    ];
    let hours = figures.into_iter().enumerate().map(|(at, value)| {
        let from = (15 + u32::try_from(at).unwrap_or(0)) % 24;
        let date = if at < 9 { "2026-09-29" } else { "2026-09-30" };
        let flag = match at {
            15 => Some(Flag(b'C')),
            16 => Some(Flag(b'M')),
            19 => None,
            _ => Some(Flag::NORMAL),
        };
        one(date, from, value, flag, 102 + at)
    });
    hours.collect()
}

fn silent() -> Vec<Hour> {
    let mut hours = day();
    for (from, hour) in (11..).zip(hours.iter_mut().skip(20)) {
        *hour = one("2026-09-30", from, 0.0, None, 0);
    }
    hours
}

fn one(date: &str, from: u32, value: f64, flag: Option<Flag>, packet: usize) -> Hour {
    let valid = flag == Some(Flag::NORMAL);
    let next = hour(date, from);
    let interval = if from == 23 { Interval { to: "24:00".to_owned(), ..next } } else { next };
    Hour {
        start: Instant::default(),
        received: flag.map(|_| {
            format!(
                "{} {}:01",
                if from == 23 { "2026-09-30" } else { &interval.day },
                &hour(date, (from + 1) % 24).from[..2]
            )
        }),
        interval,
        value: flag.map(|_| format!("{value:.1}")),
        number: flag.map(|_| value),
        limit: Some(200.0),
        quality: flag.map(|flag| Quality { valid, flag, why: None }),
        over: valid && value > 200.0,
        packet: flag.map(|_| link(&format!("/packets/{packet}"), &packet.to_string())),
    }
}

fn sources(say: Say, sort: SourceSort, rows: Vec<SourceRow>) -> Sources {
    let total = rows.len() as u64;
    Sources {
        page: Page { log_time: Some("2026-09-30 15:03".to_owned()), ..say.public("/sources?sort=name") },
        rows,
        sort,
        by_name_href: "/sources?sort=name".to_owned(),
        by_age_href: "/sources?sort=age".to_owned(),
        paging: Paging { total, page: 1, pages: 1, previous_href: None, next_href: None },
    }
}

fn rows(say: Say) -> Vec<SourceRow> {
    let last = |value: &str, day: &str, from| {
        Some(LastValue {
            factor: say.of("二氧化硫", "Sulphur dioxide"),
            value: value.to_owned(),
            unit: "mg/m³".to_owned(),
            interval: hour(day, from),
        })
    };
    let row = |n: u32, place: (&str, &str), last, state, age_minutes, case: Option<&str>| SourceRow {
        name: format!("演示热源厂 {n} 号锅炉排口"),
        href: format!("/sources/{n}"),
        place: say.of(place.0, place.1),
        last,
        state,
        age_minutes,
        case: case.map(|number| link(&format!("/cases/{number}"), number)),
    };
    let pingcheng = ("平城区（示意）", "Pingcheng District (schematic)");
    let yungang = ("云冈区（示意）", "Yungang District (schematic)");
    vec![
        row(1, pingcheng, last("86.4", "2026-09-30", 14), SourceState::Normal, Some(3), None),
        row(2, pingcheng, last("92.0", "2026-09-30", 14), SourceState::Normal, Some(4), Some("2026-000119")),
        row(3, pingcheng, last("412.0", "2026-09-30", 14), SourceState::Over, Some(3), Some("2026-000128")),
        row(4, yungang, last("117.3", "2026-09-30", 12), SourceState::NotValid, Some(5), None),
        row(6, yungang, last("75.1", "2026-09-30", 10), SourceState::Silent, Some(185), Some("2026-000121")),
        row(9, yungang, None, SourceState::Never, None, None),
    ]
}
