//! Open data and the ordinance: lists, an empty search, one of each.

use super::{Pages, Say, link, render};
use web::map::{Mark, Words, draw};
use web::views::{
    Article, ArticleRow, Dataset, DatasetRow, Datasets, DutyRow, Fresh, MapNote, Ordinance, TabLink,
};

pub fn pages(say: Say) -> Pages {
    let catalogue = |datasets: Vec<DatasetRow>, words: &str| Datasets {
        page: say.public("/data"),
        datasets,
        words: words.to_owned(),
        sharing: String::new(),
        tabs: vec![TabLink {
            title: say.of("全部", "All"),
            href: "/data".to_owned(),
            count: 9,
            current: true,
        }],
        request: (!words.is_empty()).then(|| "/begin/x".to_owned()),
    };
    let late = DatasetRow { fresh: Fresh { late: true, ..row(say).fresh }, ..row(say) };
    let never = DatasetRow {
        fresh: Fresh { age: None, late: false, ..row(say).fresh },
        rows: "0".to_owned(),
        ..row(say)
    };
    let closed = Dataset {
        preview: None,
        row: late.clone(),
        request: Some("/begin/x?field-data=a".to_owned()),
        ..dataset(say)
    };
    let mapped = Dataset {
        map: super::board::both(|width| drawn(say, width)),
        map_note: Some(MapNote { drawn: say.of("示意线", "Simplified lines."), approval: None }),
        charts: vec![],
        known: "2026-10-01".to_owned(),
        ..dataset(say)
    };
    let empty = Dataset { preview: Some(vec![]), row: never.clone(), ..dataset(say) };
    vec![
        ("datasets", render(&catalogue(vec![row(say), late, never], ""))),
        ("datasets-empty", render(&catalogue(vec![], "dragon"))),
        ("dataset", render(&dataset(say))),
        ("dataset-map", render(&mapped)),
        ("dataset-closed", render(&closed)),
        ("dataset-empty", render(&empty)),
        (
            "ordinance",
            render(&Ordinance {
                page: say.public("/ordinance"),
                articles: vec![article(say), none(say)],
                words: String::new(),
            }),
        ),
        (
            "ordinance-empty",
            render(&Ordinance { page: say.public("/ordinance"), articles: vec![], words: String::new() }),
        ),
        ("article", render(&one(say))),
        ("article-then", render(&Article { on: "2026-09-01".to_owned(), ..one(say) })),
        (
            "article-unknown",
            render(&Article { on: "2025-09-01".to_owned(), unknown: true, duties: vec![], ..one(say) }),
        ),
    ]
}

fn drawn(say: Say, width: u32) -> Option<web::chart::Svg> {
    let mark = Mark {
        place: [113.15, 40.05],
        class: "fine",
        title: say.of("演示空气站", "Demonstration station"),
        href: "/sources/a".to_owned(),
        chosen: false,
    };
    let words = Words {
        title: say.of("空气站", "Stations"),
        description: say.of("图上共 1 个对象。", "One thing is on the map."),
        several: say.of("{n} 处", "{n} places"),
        lang: super::board::model_lang(say),
    };
    draw((None, &[mark]), None, width, &words, |area| format!("/data/a?box={}", area.text()))
}

fn row(say: Say) -> DatasetRow {
    DatasetRow {
        title: say.of("空气站细颗粒物小时均值", "PM2.5 at air stations, by the hour"),
        href: "/data/station-pm25-cleaned".to_owned(),
        description: say.of("最近30天，清洗与审核。", "Of the last 30 days, cleaned and audited."),
        owner: say.of("数据管理员", "Data steward"),
        sharing: say.of("向所有人开放", "everybody"),
        rows: "4320".to_owned(),
        fresh: Fresh {
            age: Some(say.of("25分钟前更新", "changed 25 minutes ago")),
            due: say.of("应每小时更新", "due every hour"),
            late: false,
        },
    }
}

fn dataset(say: Say) -> Dataset {
    let column = |id: &str, zh, en, unit: &str| (id.to_owned(), say.of(zh, en), unit.to_owned());
    let cells = |pm: &str| {
        ["urn:ngsi-ld:AmbientStation:a", "2026-09-30T06:00:00Z", pm, "cleaned"].map(str::to_owned).into()
    };
    Dataset {
        page: say.public("/data/station-pm25-cleaned"),
        row: row(say),
        facts: vec![(say.of("责任岗位", "Who answers for it"), say.of("数据管理员", "Data steward"))],
        licence: link("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
        columns: vec![
            column("id", "对象标识", "Identifier of the entity", ""),
            column("observed", "时间", "When it was so", ""),
            column("pm25", "细颗粒物", "PM2.5", "µg/m³"),
            column("edition", "数据版次", "Edition", ""),
        ],
        quality: vec![say.of("缺数不补。", "Nothing is filled in.")],
        preview: Some(vec![cells("35"), cells("")]),
        files: vec![link("/data/a.csv", "CSV (UTF-8)"), link("/data/a.parquet", "Parquet")],
        curl: "curl -o a.csv 'http://127.0.0.1:8212/data/a.csv'".to_owned(),
        known: String::new(),
        today: "2026-10-08".to_owned(),
        versions: vec![("2026-01-01 09:00".to_owned(), link("/receipts/3", "3"))],
        map: None,
        map_note: None,
        charts: vec![link("/sources/a?series=pm25&hours=72", &say.of("演示空气站", "Demonstration station"))],
        request: None,
    }
}

fn article(say: Say) -> ArticleRow {
    ArticleRow {
        number: 27,
        title: say.of("智慧环保", "Smart environment"),
        href: "/ordinance/27".to_owned(),
        duties: 7,
        served: 3,
        packs: vec![say.of("生态环境", "Environment")],
    }
}

fn none(say: Say) -> ArticleRow {
    ArticleRow {
        number: 28,
        title: say.of("智慧安监", "Smart work safety"),
        href: "/ordinance/28".to_owned(),
        served: 0,
        packs: vec![],
        ..article(say)
    }
}

fn one(say: Say) -> Article {
    let duty = DutyRow {
        id: "27.6".to_owned(),
        text: say.of("发现并处理超标排放。", "Find and handle emissions above the limits."),
        bearer: say.of("生态环境部门", "Environment offices"),
        packs: vec![say.of("生态环境", "Environment")],
        processes: vec![(say.of("超标督办", "Supervision"), 2, 17)],
    };
    let bare = DutyRow { id: "27.7".to_owned(), packs: vec![], processes: vec![], ..duty.clone() };
    Article {
        page: say.public("/ordinance/27"),
        row: article(say),
        summary: say.of("建设环境感知网络。", "Build a network that senses the environment."),
        duties: vec![duty, bare],
        beside: (Some(26), Some(28)),
        on: String::new(),
        unknown: false,
        today: "2026-10-08".to_owned(),
    }
}
