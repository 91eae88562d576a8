//! What is handed out, shown and fetched, in prose.

use super::Field;
use super::titles::TypeTitles;
use crate::{Dataset, Openness, Refresh, Selection};
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
