//! What is handed out, shown and fetched, in prose.

use super::Field;
use super::titles::TypeTitles;
use crate::{
    Board, Cases, Connector, Dataset, Figure, FigureOf, Marks, Openness, OriginKind, PlacedAt, Refresh,
    Schedule, Selection,
};
use model::Name;

/// A dataset: what is in it, for whom, on which terms.
pub(super) fn dataset(field: &Field<'_>, dataset: &Dataset) -> String {
    let laws = &field.definitions.laws;
    let (basis, owner) = (
        laws.cite(&dataset.basis, field.lang),
        field.definitions.city.role_title(&dataset.owner, field.lang),
    );
    let sharing = match dataset.sharing {
        Openness::Open => field.both("向社会公开", "open to everybody"),
        Openness::Shared => field.both("登录后共享", "shared with whoever is signed in"),
        Openness::Restricted => field.both("限负责岗位", "for its owner alone"),
    };
    let refresh = match dataset.refresh {
        Refresh::Hourly => field.both("每小时更新", "renewed every hour"),
        Refresh::Daily => field.both("每天更新", "renewed every day"),
        Refresh::OnChange => field.both("随时更新", "renewed on every change"),
    };
    let licence = dataset.licence.title.get(field.lang);
    let mut lines = vec![
        format!("### {}\n", field.named(&dataset.title, &dataset.id)),
        format!("{}\n", dataset.description.get(field.lang)),
        field.both(
            format!(
                "{sharing}；{refresh}；由{owner}负责；依据{basis}；许可：{licence}（{}）。",
                dataset.licence.url
            ),
            format!(
                "{sharing}; {refresh}; {owner} answers for it; on {basis}; licence: {licence} ({}).",
                dataset.licence.url
            ),
        ),
        format!("- {}", chosen(field, &dataset.kind, dataset.selection.as_ref())),
    ];
    let titles = field.list(dataset.attributes.iter().map(|id| attribute(field, &dataset.kind, id)));
    lines.push(field.both(format!("- 内容：{titles}"), format!("- Holds: {titles}")));
    lines.extend(dataset.series.as_ref().map(|series| {
        let (title, days) = (attribute(field, &dataset.kind, &series.attribute), series.days);
        field.both(
            format!("- 每行一个数值：{title}，最近{days}天"),
            format!("- A row for each value: {title}, of the last {days} days"),
        )
    }));
    lines.extend(
        dataset
            .quality
            .iter()
            .map(|text| field.both(format!("- 质量：{}", text.zh), format!("- Quality: {}", text.en))),
    );
    lines.join("\n")
}

/// Which entities of a type are meant.
pub(super) fn chosen(field: &Field<'_>, kind: &Name, selection: Option<&Selection>) -> String {
    let title = field.definitions.types.get(kind).map_or(kind.as_str(), |kind| kind.title.get(field.lang));
    match selection {
        None => field.both(format!("全部{title}"), format!("{title}: all of them")),
        Some(selection) => {
            let when = selection.when.prose(field.lang, &TypeTitles::new(field.definitions, kind));
            field.both(format!("{title}，仅当{when}"), format!("{title}: only if {when}"))
        }
    }
}

/// What people call an attribute.
pub(super) fn attribute(field: &Field<'_>, kind: &Name, id: &Name) -> String {
    let known = field.definitions.types.get(kind).and_then(|kind| kind.attribute(id));
    known.map_or_else(|| id.to_string(), |known| known.title.get(field.lang).to_owned())
}

/// A board: its figures, and who may look at them.
pub(super) fn board(field: &Field<'_>, board: &Board) -> String {
    let roles =
        board.readers.iter().map(|role| field.definitions.city.role_title(role, field.lang).to_owned());
    let roles = field.list(roles);
    let mut lines = vec![
        format!("### {}\n", field.named(&board.title, &board.id)),
        field.both(format!("可由{roles}查看。"), format!("May be looked at by {roles}.")),
    ];
    lines.extend(board.figures.iter().map(|one| figure(field, one)));
    lines.extend(board.layers.iter().map(|layer| {
        let (title, of) = (layer.title.get(field.lang), chosen(field, &layer.kind, layer.selection.as_ref()));
        field.both(format!("- 图层“{title}”：{of}"), format!("- Layer “{title}”: {of}"))
    }));
    lines.join("\n")
}

fn figure(field: &Field<'_>, figure: &Figure) -> String {
    let (of, kind) = match &figure.of {
        FigureOf::Type(kind) => (None, kind.clone()),
        FigureOf::Process(id) => {
            let process = field.definitions.processes.get(id).map(|(_, process)| process);
            let title = process.map_or(id.as_str(), |process| process.title.get(field.lang));
            let which = match figure.cases {
                Cases::Open => field.both("在办", "open"),
                Cases::Overdue => field.both("在办且超期", "open and overdue"),
                Cases::Ended => field.both("已办结", "ended"),
                Cases::All => field.both("全部", "all"),
            };
            let of =
                field.both(format!("流程“{title}”{which}的事项；"), format!("{which} cases of “{title}”; "));
            (Some(of), process.map_or_else(|| id.clone(), |process| process.case.clone()))
        }
    };
    let what = match &figure.sum {
        None => field.both("件数".to_owned(), "how many".to_owned()),
        Some(sum) => {
            let unit = figure.unit.as_deref().unwrap_or_default();
            let sum = attribute(field, &kind, sum);
            field.both(format!("{sum}合计（{unit}）"), format!("the sum of {sum} ({unit})"))
        }
    };
    let (title, of) = (figure.title.get(field.lang), of.unwrap_or_default());
    let chosen = chosen(field, &kind, figure.selection.as_ref());
    let opens = if figure.opens { field.both("；可以打开", "; it opens") } else { "" };
    field.both(
        format!("- 指标“{title}”：{what}；{of}{chosen}{opens}"),
        format!("- Figure “{title}”: {what}; {of}{chosen}{opens}"),
    )
}

/// A connector: from where, into what.
pub(super) fn connector(field: &Field<'_>, connector: &Connector) -> String {
    let from = match connector.from.kind {
        OriginKind::Csv => field.both("表格文件", "a table"),
        OriginKind::Postgres => field.both("数据库查询", "a query of a database"),
        OriginKind::HttpJson => field.both("网络接口", "an interface of the web"),
    };
    let schedule = match connector.schedule {
        Schedule::Hourly => field.both("每小时", "every hour"),
        Schedule::Daily => field.both("每天", "every day"),
        Schedule::Manual => field.both("手动", "by hand"),
    };
    let (place, basis) = (&connector.from.place, field.definitions.laws.cite(&connector.basis, field.lang));
    let key = attribute(field, &connector.into, &connector.key);
    let into = field.definitions.types.get(&connector.into);
    let into = into.map_or(connector.into.as_str(), |kind| kind.title.get(field.lang));
    let mut lines = vec![
        format!("### {}\n", field.named(&connector.title, &connector.id)),
        field.both(
            format!("从{from}（{place}）{schedule}取入“{into}”，按“{key}”对应；依据{basis}。"),
            format!("From {from} ({place}), {schedule}, into {into}, found by {key}; on {basis}."),
        ),
    ];
    lines.extend(connector.owner.as_ref().map(|owner| {
        let owner = field.definitions.city.role_title(owner, field.lang).to_owned();
        field.both(format!("- 由{owner}负责"), format!("- {owner} runs it and answers for it"))
    }));
    lines.extend(connector.map.iter().map(|mapping| {
        let (title, from) = (attribute(field, &connector.into, &mapping.attribute), &mapping.from);
        let unit =
            mapping.unit.as_ref().map(|unit| field.both(format!("，单位{unit}"), format!(", in {unit}")));
        let factor = mapping.factor.map(|by| field.both(format!("，乘以{by}"), format!(", times {by}")));
        let (unit, factor) = (unit.unwrap_or_default(), factor.unwrap_or_default());
        field.both(
            format!("- {title}：取自列“{from}”{unit}{factor}"),
            format!("- {title}: from the column “{from}”{unit}{factor}"),
        )
    }));
    how_rows_are_read(field, connector, &mut lines);
    lines.join("\n")
}

/// What a connector makes of rows: when each was so, where, what is new, what its source is told.
fn how_rows_are_read(field: &Field<'_>, connector: &Connector, lines: &mut Vec<String>) {
    lines.extend(connector.observed.as_ref().map(|observed| {
        let columns = observed.columns.join(field.both("、", ", "));
        let marks = match observed.marks {
            Marks::Start => field.both("时段开始", "the beginning of its period"),
            Marks::End => field.both("时段结束", "the end of its period"),
        };
        field.both(
            format!("- 每行的时间取自列“{columns}”（{}），指{marks}", observed.form),
            format!("- When each row was so is told by {columns} ({}): {marks}", observed.form),
        )
    }));
    lines.extend(connector.creates.then(|| {
        field.both("- 尚未登记的，按清单新建", "- What is not registered yet is made of its row").to_owned()
    }));
    lines.extend(connector.place.as_ref().map(|place| {
        let PlacedAt { longitude, latitude, within, .. } = place;
        field.both(
            format!("- 位置取自列“{longitude}”“{latitude}”；与登记相差超过{within}米的提示核实"),
            format!("- Its place is told by {longitude} and {latitude}; more than {within} m from the registered one is a finding"),
        )
    }));
    lines.extend(connector.ticket.as_ref().map(|ticket| {
        let titles: Vec<String> =
            ticket.faults.iter().map(|fault| fault.title().get(field.lang).to_owned()).collect();
        let process = field.definitions.processes.get(&ticket.process);
        let process = process.map_or(ticket.process.as_str(), |(_, process)| process.title.get(field.lang));
        let titles = titles.join(field.both("、", ", "));
        field.both(
            format!("- 出现{titles}时办理“{process}”，同一清单同时只有一件"),
            format!("- Where there are {titles}, a case of {process}, one at a time"),
        )
    }));
    lines.extend(connector.watermark.as_ref().map(|column| {
        field.both(
            format!("- 按列“{column}”判断新旧"),
            format!("- What is new is told by the column “{column}”"),
        )
    }));
}
