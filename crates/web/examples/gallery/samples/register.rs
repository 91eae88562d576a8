//! Registers, one register, a thing of it now and on a day.

use super::{Pages, Say, link, render};
use web::views::{
    EditPage, EntityEntry, EntityFact, EntityPage, FormField, Head, Input, MergeForm, Paging, Register,
    Registers,
};

pub fn pages(say: Say) -> Pages {
    let station = say.of("环境空气监测站", "Ambient air station");
    let registers = |rows| Registers { page: say.public("/registers"), rows };
    let rows = vec![
        (link("/registers/AmbientStation", &station), 7),
        (link("/registers/PermitHolder", &say.of("排污单位", "Permit holder")), 3),
    ];
    vec![
        ("edit", render(&edit(say, false))),
        ("edit-refused", render(&edit(say, true))),
        ("registers", render(&registers(rows))),
        ("registers-none", render(&registers(Vec::new()))),
        ("register", render(&register(say, &station, true))),
        ("register-nothing", render(&register(say, &station, false))),
        ("entity", render(&entity(say, &station, ""))),
        ("entity-then", render(&entity(say, &station, "2026-09-30"))),
    ]
}

fn register(say: Say, station: &str, found: bool) -> Register {
    let row = (
        link("/entities/urn:x", &say.of("云冈宾馆站", "Yungang Hotel station")),
        vec!["云冈宾馆".to_owned(), "national".to_owned(), "—".to_owned()],
    );
    let heads = [("站点编码", "Station code"), ("站点级别", "Class of station"), ("位置", "Place")];
    Register {
        page: say.public("/registers/AmbientStation"),
        title: station.to_owned(),
        href: "/registers/AmbientStation".to_owned(),
        words: if found { String::new() } else { "无此站".to_owned() },
        heads: heads.map(|(zh, en)| head(say, zh, en)).to_vec(),
        sort: String::new(),
        rows: if found { vec![row] } else { Vec::new() },
        csv: "/registers/AmbientStation.csv".to_owned(),
        paging: Paging { total: u64::from(found), page: 1, pages: 1, previous_href: None, next_href: None },
    }
}

fn head(say: Say, zh: &str, en: &str) -> Head {
    let down = (zh == "位置").then_some(false);
    Head { title: say.of(zh, en), href: "/registers/AmbientStation?sort=location".to_owned(), down }
}

fn edit(say: Say, wrong: bool) -> EditPage {
    let text = |zh, en, input, typed: &str, error| FormField {
        name: format!("field-{en}"),
        title: say.of(zh, en),
        input,
        typed: typed.to_owned(),
        error,
        ..FormField::default()
    };
    let error = wrong.then(|| say.of("应在 0 到 100 之间", "it lies between 0 and 100"));
    EditPage {
        page: say.officer("/entities/urn:x/edit"),
        title: say.of("演示空气站", "Demonstration station"),
        register: link("/registers/AmbientStation", &say.of("环境空气监测站", "Ambient stations")),
        own: "/entities/urn:x".to_owned(),
        post: "/entities/urn:x/edit".to_owned(),
        command: String::new(),
        seen: 12,
        fields: vec![
            text("地址", "Address", Input::Text, "演示路 1 号", None),
            text("高度", "Height", Input::Number, "120", error),
        ],
        ground: String::new(),
        error: wrong.then(|| say.of("没有改动。", "Nothing was changed.")),
        others: vec![say.of("细颗粒物（设备）", "PM2.5 (a device)")],
        merge: Some(MergeForm {
            post: "/entities/urn:x/merge".to_owned(),
            fields: vec![FormField {
                name: "other".to_owned(),
                title: say.of("另一条记录", "The other entry"),
                required: true,
                ..FormField::default()
            }],
            replaced: vec![(
                link("urn:y", &say.of("演示站（重复）", "Demonstration (twice)")),
                String::new(),
            )],
            ..MergeForm::default()
        }),
    }
}

fn entity(say: Say, station: &str, at: &str) -> EntityPage {
    let fact = EntityFact {
        title: say.of("位置", "Place"),
        value: "113.2, 40.08".to_owned(),
        since: "2026-01-01 09:00".to_owned(),
        receipt: Some(link("/receipts/12", "12")),
    };
    let entry = EntityEntry {
        at: "2026-01-01 09:00".to_owned(),
        who: say.of("平台", "Platform"),
        act: say.of("登记", "Registered"),
        why: say.of("迁址", "Moved"),
        receipt: link("/receipts/12", "12"),
    };
    EntityPage {
        page: say.public("/entities/urn:x"),
        title: say.of("演示空气站", "Demonstration station"),
        register: link("/registers/AmbientStation", station),
        urn: "urn:ngsi-ld:AmbientStation:station-1".to_owned(),
        edit: Some("/entities/urn:x/edit".to_owned()),
        series: Some("/sources/urn:x".to_owned()),
        at: at.to_owned(),
        today: "2026-10-08".to_owned(),
        facts: if at.is_empty() { vec![fact] } else { Vec::new() },
        entries: vec![entry],
        was: at.is_empty().then(|| "station-2".to_owned()),
    }
}
