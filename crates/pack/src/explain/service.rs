//! A service in prose: for whom, on which conditions, with which papers, at what price.

use super::Field;
use crate::{Audience, Channel, Material, Required, Service};
use lang::Titles;
use model::{Lang, Name};
use process::Field as FormField;

/// The whole service.
pub(super) fn told(field: &Field<'_>, service: &Service) -> String {
    let process = field.definitions.processes.get(&service.process).map(|(_, process)| process);
    let begin = process.and_then(|process| process.begin.as_ref());
    let words = FormTitles(begin.map(|begin| begin.fields.as_slice()).unwrap_or_default());
    let of = process.map_or(service.process.as_str(), |process| process.title.get(field.lang));
    let (basis, audience) =
        (field.definitions.laws.cite(&service.basis, field.lang), audience(field, service.audience));
    let channels =
        field.list(service.channels.iter().map(|channel| self::channel(field, *channel).to_owned()));
    let mut lines = vec![
        format!("### {}\n", field.named(&service.title, &service.id)),
        format!("{}\n", service.guide.get(field.lang)),
        field.both(
            format!("面向{audience}；办理流程“{of}”；依据{basis}；办理渠道：{channels}。"),
            format!("For {audience}; done as “{of}”; on {basis}; asked for {channels}."),
        ),
    ];
    for one in &service.eligibility {
        let title = one.title.get(field.lang);
        let when = one.when.prose(field.lang, &words);
        let basis = field.definitions.laws.cite(&one.basis, field.lang);
        lines.push(field.both(
            format!("- 条件：{title}（{when}；{basis}）"),
            format!("- Required: {title} ({when}; {basis})"),
        ));
    }
    lines.extend(service.materials.iter().map(|one| material(field, one, &words)));
    lines.push(match &service.fee {
        None => field.both("- 不收费", "- Free of charge").to_owned(),
        Some(fee) => {
            let (yuan, cents) = (fee.cents / 100, fee.cents % 100);
            let basis = field.definitions.laws.cite(&fee.basis, field.lang);
            field.both(
                format!("- 收费{yuan}.{cents:02}元（{basis}）"),
                format!("- Fee: CNY {yuan}.{cents:02} ({basis})"),
            )
        }
    });
    let result = service.result.get(field.lang);
    lines.push(field.both(format!("- 结果：{result}"), format!("- Result: {result}")));
    lines.join("\n")
}

fn material(field: &Field<'_>, one: &Material, words: &FormTitles<'_>) -> String {
    let title = one.title.get(field.lang);
    let required = match &one.required {
        Required::Always => field.both("必需", "required").to_owned(),
        Required::Never => field.both("可选", "if there is one").to_owned(),
        Required::When(when) => {
            let when = when.prose(field.lang, words);
            field.both(format!("仅当{when}时必需"), format!("required only if {when}"))
        }
    };
    let held = one.held_by.as_ref().map(|by| {
        field.both(format!("；由{by}持有，可以调取"), format!("; held by {by}, and fetched there"))
    });
    let held = held.unwrap_or_default();
    field.both(
        format!("- 材料：{title}（{required}{held}）"),
        format!("- Material: {title} ({required}{held})"),
    )
}

fn audience(field: &Field<'_>, audience: Audience) -> &'static str {
    match audience {
        Audience::Resident => field.both("居民", "residents"),
        Audience::Firm => field.both("企业和其他组织", "firms and other organisations"),
        Audience::Both => field.both("居民、企业和其他组织", "residents, firms and other organisations"),
    }
}

fn channel(field: &Field<'_>, channel: Channel) -> &'static str {
    match channel {
        Channel::Online => field.both("网上", "online"),
        Channel::Window => field.both("窗口", "at a window"),
        Channel::Phone => field.both("电话", "by telephone"),
        Channel::Agent => field.both("代办", "through an agent"),
    }
}

/// What the form calls its fields.
struct FormTitles<'a>(&'a [FormField]);

impl Titles for FormTitles<'_> {
    fn path(&self, path: &[Name], lang: Lang) -> Option<String> {
        let [only] = path else { return None };
        let field = self.0.iter().find(|field| field.id == *only)?;
        Some(field.title.get(lang).to_owned())
    }

    fn code(&self, path: &[Name], code: &str, lang: Lang) -> Option<String> {
        let [only] = path else { return None };
        let field = self.0.iter().find(|field| field.id == *only)?;
        Some(field.codes.iter().find(|known| known.code == *code)?.title.get(lang).to_owned())
    }
}
