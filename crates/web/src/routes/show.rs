//! Small things on their way into views: numbers, intervals, titles of attributes, the number of a case.

use super::desk::Desk;
use crate::views::{self, Interval};
use kernel::CaseView;
use model::{Instant, Name, Period, Value};
use pack::AttributeDefinition;
use rule::{Limit, round_half_even};

/// One hour in seconds.
pub(super) const HOUR_SECS: i64 = 3600;
/// One day in seconds.
pub(super) const DAY_SECS: i64 = 24 * HOUR_SECS;

/// One half of a text that a register writes in both languages: `演示许可证 · Demonstration permit`.
pub(super) fn half(text: &str, lang: model::Lang) -> &str {
    match (text.split_once(" · "), lang) {
        (Some((zh, _)), model::Lang::Zh) => zh,
        (Some((_, en)), model::Lang::En) => en,
        (None, _) => text,
    }
}

/// A measured value as the limit is written, which is how it is judged; without a limit, as it came.
pub(super) fn rounded(value: f64, limit: Option<&Limit>) -> (String, f64) {
    let Some(limit) = limit else { return (value.to_string(), value) };
    let rounded = round_half_even(value, limit.decimals);
    (format!("{rounded:.*}", usize::from(limit.decimals)), rounded)
}

/// The limit itself, with the decimals of its source.
pub(super) fn limit_figure(limit: &Limit) -> String {
    format!("{:.*}", usize::from(limit.decimals), limit.value)
}

pub(super) fn limit(limit: &Limit, lang: model::Lang) -> views::Limit {
    views::Limit {
        value: limit_figure(limit),
        source: half(&limit.source, lang).to_owned(),
        from: Some(limit.from.clone()),
        to: limit.to.clone(),
    }
}

/// What an attribute of a type is.
pub(super) fn attribute<'a>(desk: &'a Desk, kind: &Name, id: &str) -> Option<&'a AttributeDefinition> {
    let kind = desk.loaded().definitions.types.get(kind)?;
    kind.attribute.iter().find(|attribute| attribute.id == *id)
}

/// An attribute's whole title, or its name where no type declares it.
pub(super) fn attribute_title(desk: &Desk, kind: &Name, id: &str) -> String {
    attribute(desk, kind, id).map_or(id, |attribute| desk.text(&attribute.title)).to_owned()
}

/// Factor and statistic out of a title such as `二氧化硫(折算小时均值)`.
pub(super) fn factor_and_statistic(title: &str) -> (&str, &str) {
    let inner = title.strip_suffix([')', '）']);
    inner
        .and_then(|inner| inner.split_once(['(', '（']))
        .map_or((title, ""), |(factor, statistic)| (factor.trim_end(), statistic))
}

/// The interval that begins at an instant. Only hours and days have a known end; what else came, came at a moment.
pub(super) fn interval(desk: &Desk, start: Instant, period: Period) -> Interval {
    let day = desk.date(start);
    let from = clock_time(desk, start);
    match period {
        Period::Hour => Interval { to: end_of_day(clock_time(desk, start.plus_secs(HOUR_SECS))), day, from },
        Period::Day => Interval { to: "24:00".to_owned(), day, from },
        Period::Minute | Period::Moment => Interval { to: String::new(), day, from },
    }
}

/// `14:00`, on the city's clock.
pub(super) fn clock_time(desk: &Desk, at: Instant) -> String {
    desk.minute(at).split_off(11)
}

/// Midnight as the end of a day.
pub(super) fn end_of_day(time: String) -> String {
    if time == "00:00" { "24:00".to_owned() } else { time }
}

/// A case's number: the local year in which it opened, and the entry of the log that opened it.
pub(super) fn case_number(desk: &Desk, case: &CaseView) -> String {
    let opened = opened_at(case);
    format!("{}-{}", desk.zone().date(opened).year(), case.opened)
}

/// When a case was opened: what never changes on it was written then.
pub(super) fn opened_at(case: &CaseView) -> Instant {
    let held = case.entity.attributes.values().map(|held| held.committed);
    held.min().unwrap_or_default()
}

/// The stages in which a case stands, in words.
pub(super) fn stages(desk: &Desk, case: &CaseView) -> String {
    let title =
        |id: &Name| case.definition.stage(id).map_or(id.as_str(), |stage| desk.text(&stage.title)).to_owned();
    case.stages().into_iter().map(title).collect::<Vec<_>>().join(&desk.words().show.and)
}

/// A value in words, for those who look at what was recorded.
pub(super) fn value(desk: &Desk, value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Bool(yes) => if *yes { &desk.words().show.yes } else { &desk.words().show.no }.clone(),
        Value::Int(int) => int.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => half(text, desk.definition_lang()).to_owned(),
        Value::Bytes(bytes) => proof::hex(bytes.get(..8).unwrap_or(bytes)),
        Value::Instant(at) => desk.zone().second(*at),
        Value::Ref(urn) => tail(urn.as_str()).to_owned(),
        Value::List(list) => {
            list.iter().map(|item| self::value(desk, item)).collect::<Vec<_>>().join(&desk.words().show.and)
        }
        Value::Map(map) => match map.get(desk.lang().code()) {
            Some(Value::Text(text)) => text.clone(),
            _ => {
                let pairs = map.iter().map(|(key, item)| format!("{key} {}", self::value(desk, item)));
                pairs.collect::<Vec<_>>().join(", ")
            }
        },
        Value::Sealed(_) => desk.words().receipt.sealed.clone(),
    }
}

/// The part of a URN by which its register knows it.
pub(super) fn tail(urn: &str) -> &str {
    urn.splitn(4, ':').last().unwrap_or(urn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_fall_into_factor_and_statistic() {
        assert_eq!(factor_and_statistic("二氧化硫(折算小时均值)"), ("二氧化硫", "折算小时均值"));
        assert_eq!(factor_and_statistic("Oxygen in gas (hourly mean)"), ("Oxygen in gas", "hourly mean"));
        assert_eq!(factor_and_statistic("名称"), ("名称", ""));
        assert_eq!(factor_and_statistic("a) b)"), ("a) b)", ""));
    }

    #[test]
    fn registers_write_both_languages_in_one_text() {
        assert_eq!(half("甲 · A · B", model::Lang::Zh), "甲");
        assert_eq!(half("甲 · A · B", model::Lang::En), "A · B");
        assert_eq!(half("HJ 75-2017", model::Lang::Zh), "HJ 75-2017");
    }

    #[test]
    fn values_are_shown_as_they_are_judged() {
        let limit = Limit { value: 35.0, decimals: 0, source: String::new(), from: String::new(), to: None };
        assert_eq!(rounded(35.5, Some(&limit)), ("36".to_owned(), 36.0));
        assert_eq!(rounded(35.4, Some(&limit)).0, "35");
        assert_eq!(rounded(35.4, None).0, "35.4");
        assert_eq!(limit_figure(&Limit { decimals: 1, ..limit }), "35.0");
    }

    #[test]
    fn a_register_s_own_key_is_a_urn_s_tail() {
        assert_eq!(tail("urn:ngsi-ld:Person:officer-1"), "officer-1");
        assert_eq!(tail("urn:x:a"), "a");
    }
}
