//! Connectors: the list, an empty list, the form, a trial, what was written, a file that cannot be read.

use super::{Pages, Say, render};
use web::views::{Connector, ConnectorRow, Connectors, FoundKind, ImportReport, Link, RunRow};

pub fn pages(say: Say) -> Pages {
    let list = |connectors| Connectors { page: say.officer("/connectors"), connectors };
    let error = say.of("文件不能读取：文件没有列“Hour”", "The file cannot be read: it has no column `Hour`");
    vec![
        ("connectors", render(&list(vec![row(say)]))),
        ("connectors-empty", render(&list(vec![]))),
        ("connector", render(&connector(say, None, None))),
        ("connector-trial", render(&connector(say, Some(report(say, true)), None))),
        ("connector-written", render(&connector(say, Some(report(say, false)), None))),
        ("connector-runs", render(&runs(say))),
        ("connector-refused", render(&connector(say, None, Some(error)))),
    ]
}

fn row(say: Say) -> ConnectorRow {
    ConnectorRow {
        title: say.of("空气站小时数据", "Hours of air stations"),
        href: "/connectors/station-hours".to_owned(),
        into: say.of("环境空气监测站", "Ambient air station"),
        due: say.of("每小时", "every hour"),
        basis: say.of("《中华人民共和国大气污染防治法》", "Air Pollution Prevention and Control Law"),
    }
}

fn connector(say: Say, report: Option<ImportReport>, error: Option<String>) -> Connector {
    let column = |from: &str, zh, en, unit: &str| (from.to_owned(), say.of(zh, en), unit.to_owned());
    Connector {
        page: say.officer("/connectors/station-hours"),
        title: say.of("空气站小时数据", "Hours of air stations"),
        post: "/connectors/station-hours".to_owned(),
        command: "0".repeat(32),
        facts: vec![
            (say.of("写入", "Fills"), say.of("环境空气监测站", "Ambient air station")),
            (say.of("时间", "Time"), "Date + Hour (%Y%m%d %H)".to_owned()),
        ],
        columns: vec![
            column("WatchPoint", "站点编码", "Station code", ""),
            column("PM2.5", "细颗粒物(小时均值)", "PM2.5 (hourly mean)", "µg/m³"),
        ],
        error,
        report,
        notice: None,
        origin: "environment/station-hours.csv".to_owned(),
        runs: vec![],
    }
}

/// With what was taken in before.
fn runs(say: Say) -> Connector {
    let run = |at: &str, zh, en, figures, why: &str, undo: Option<&str>| RunRow {
        at: at.to_owned(),
        by: say.of("数据管理员一", "Data steward 1"),
        state: say.of(zh, en),
        figures,
        found: 12,
        why: why.to_owned(),
        undo: undo.map(str::to_owned),
    };
    Connector {
        notice: Some(say.of(
            "已撤销：3 个值恢复原值，2 个值剔除，0 个值之后改过、保持不变。",
            "Undone: 3 values are again what they were, 2 are left out, 0 were changed since and stay.",
        )),
        runs: vec![
            run(
                "2026-09-30 16:00",
                "已导入",
                "taken in",
                [96, 480, 2],
                "",
                Some("urn:ngsi-ld:ConnectorRun:1"),
            ),
            run("2026-09-30 15:00", "已撤销", "undone", [96, 480, 2], "", None),
            run("2026-09-30 14:00", "失败", "failed", [0, 0, 0], "http://10.0.0.8/list: timeout", None),
        ],
        ..connector(say, None, None)
    }
}

fn report(say: Say, trial: bool) -> ImportReport {
    let kind = |zh, en, count, first: (&str, &str, &str)| FoundKind {
        title: say.of(zh, en),
        hint: say.of("请来源单位核实。", "The source should look."),
        count,
        first: vec![(first.0.to_owned(), first.1.to_owned(), first.2.to_owned())],
    };
    ImportReport {
        trial,
        figures: [1536, 7, 3204, 0, 0],
        kinds: vec![
            kind(
                "数值恒定不变",
                "Values that do not move",
                1,
                ("2", "果树场", "2020-04-02 08:00 – 2020-04-08 03:00, 93"),
            ),
            kind("整行没有数值", "Rows without a value", 873, ("3", "红旗广场", "2020-04-02T08:00:00")),
        ],
        heads: vec![say.of("行", "Line"), say.of("名称", "Name"), say.of("时间", "Time"), "PM2.5".to_owned()],
        preview: vec![["2", "果树场", "2020-04-02 08:00", "66"].map(str::to_owned).to_vec()],
        digest: "ab".repeat(32),
        entries: if trial {
            Vec::new()
        } else {
            vec![Link { href: "/receipts/12".to_owned(), text: "12".to_owned() }]
        },
        written: if trial { 0 } else { 7 },
    }
}
