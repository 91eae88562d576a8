//! A source's page: one of its series as chart and table, the others a link away.

use super::case::urn_of;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use super::seen::Moment;
use super::show::{self, HOUR_SECS, attribute, factor_and_statistic, interval};
use super::{Web, audit, begin, compare, series};
use crate::paths;
use crate::views::{self, AirIndex, Factor, Hour, Link, Quality, Source};
use axum::response::Response;
use kernel::{NOW, Numbered, Part, SeriesRow, SourceView};
use model::{Edition, Flag, Instant, Item, Period, Value};
use pack::{Openness, Writer};
use rule::{Doubt, Limit, Rule};
use serde::Deserialize;
use standards::aqi::Level;
use std::collections::{BTreeMap, HashMap};

/// Hours on the page when nothing else is asked for.
const HOURS: i64 = 24;
/// Most hours on the page: three days of bars can still be told apart, and the page stays light.
const HOURS_MAX: i64 = 72;
/// Values of a series that has no hours.
const VALUES: u32 = 24;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    pub(super) hours: Option<String>,
    pub(super) series: Option<String>,
    pub(super) edition: Option<String>,
    pub(super) at: Option<String>,
    /// Another source of the same type; empty to choose one.
    pub(super) with: Option<String>,
}

pub(super) async fn show(web: Web, visit: Visit, urn: Segment, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    web.0
        .answer(visit, move |desk| {
            desk.html(&page(desk, &desk.kernel().source(&urn_of(urn)?)?, &query, None)?)
        })
        .await
}

/// The rule whose series people want to see first: one that this source has reported, judged by the hour if there is one,
/// and named first by its type.
pub(super) fn rule_of<'a>(desk: &'a Desk, source: &SourceView) -> Option<&'a Rule> {
    let definitions = &desk.loaded().definitions;
    let kind = definitions.types.get(&source.entity.kind)?;
    let place = |rule: &Rule| {
        let place = kind.attribute.iter().position(|attribute| attribute.id == rule.on.attribute);
        let unseen = series_of(source, rule.on.attribute.as_str()).is_none();
        (unseen, rule.on.period != Period::Hour, place)
    };
    definitions.rules.iter().filter(|rule| rule.on.kind == kind.id).min_by_key(|rule| place(rule))
}

/// The series of an attribute; a type's feed fills an attribute from one statistic, so there is at most one.
pub(super) fn series_of<'a>(source: &'a SourceView, attribute: &str) -> Option<&'a Numbered> {
    source.series.iter().find(|series| series.key.attribute == *attribute)
}

/// The limits that a rule sets beside an attribute.
pub(super) fn limits(desk: &Desk, source: &SourceView, attribute: &str) -> Vec<Limit> {
    let attribute = model::Name::new(attribute).ok();
    attribute.map(|attribute| desk.kernel().limits(&source.entity, &attribute)).unwrap_or_default()
}

/// Minutes since the newest data, and whether that is longer than the device's own rhythm allows: half an hour for
/// what comes by the minute, two hours for hours, and a day and a half for days.
pub(super) fn age(source: &SourceView, as_of: Option<Instant>, now: Instant) -> (Option<u64>, bool) {
    let minutes = as_of.map(|at| now.since(at).max(0) / 60_000_000);
    let rhythm = source.series.iter().map(|series| series.key.period).min();
    let allowed = match rhythm {
        Some(Period::Moment | Period::Minute) => 30,
        Some(Period::Hour) | None => 120,
        Some(Period::Day) => 36 * 60,
    };
    (minutes.map(i64::unsigned_abs), minutes.is_some_and(|minutes| minutes > allowed))
}

/// The page, with what was wrong with an audit that was sent.
pub(super) fn page(
    desk: &Desk,
    source: &SourceView,
    query: &Query,
    error: Option<String>,
) -> Result<Source, Fault> {
    let edition = series::edition(query.edition.as_deref())?;
    let judged = rule_of(desk, source).map(|rule| rule.on.attribute.as_str());
    let asked = query.series.as_deref().and_then(|asked| series_of(source, asked));
    let first = || judged.and_then(|judged| series_of(source, judged)).or(source.series.first());
    let shown = asked.or_else(first);
    let id = shown.map(|series| series.key.attribute.as_str()).or(judged).unwrap_or_default();
    let declared = attribute(desk, &source.entity.kind, id);
    let title = declared.map_or(id, |declared| desk.text(&declared.title));
    let (factor, statistic) = factor_and_statistic(title);
    let limits = limits(desk, source, id);
    let moment = Moment::of(desk, query.at.as_deref().and_then(|at| super::csv::instant(desk.zone(), at)))?;
    let now = moment.map_or_else(|| desk.kernel().now(), |moment| moment.at);
    let (age_minutes, stale) = if moment.is_none() { age(source, source.as_of, now) } else { (None, false) };
    let asked_hours = query.hours.as_deref().and_then(|hours| hours.parse().ok());
    let count = asked_hours.unwrap_or(HOURS).clamp(1, HOURS_MAX);
    let hourly = shown.is_none_or(|series| series.key.period == Period::Hour);
    let shown_hours = match shown {
        Some(series) if hourly => grid(desk, source, (series, edition, moment), &limits, count)?,
        Some(series) => latest(desk, source, (series, edition, moment))?,
        None => Vec::new(),
    };
    let audit = shown.filter(|_| hourly && edition == Edition::Cleaned && moment.is_none());
    let with = query.with.as_deref().filter(|_| hourly && !shown_hours.is_empty());
    let asked = Asking { urn: source.entity.urn.as_str(), series: id, edition, hours: count, moment, with };
    let beside = shown
        .zip(with)
        .map(|(series, with)| compare::compare(desk, source, with, (series, edition, moment), &shown_hours));
    Ok(Source {
        page: desk.page(),
        moment: moment.map(|moment| looking_back(desk, &asked, moment)),
        at: desk.minute(now),
        own: paths::source(source.entity.urn.as_str()),
        asked: asked.fields(desk),
        spans: if hourly && shown.is_some() { spans(desk, &asked) } else { Vec::new() },
        editions: shown.map(|_| editions(desk, &asked)).unwrap_or_default(),
        edition: edition_words(desk, edition).1.to_owned(),
        unaudited: edition != Edition::Audited,
        beside: beside.transpose()?,
        compare_href: (hourly && !shown_hours.is_empty() && with.is_none())
            .then(|| Asking { with: Some(""), ..asked }.href(desk)),
        alone_href: with.map(|_| Asking { with: None, ..asked }.href(desk)),
        audit: audit.and_then(|series| audit::form(desk, source, series, &shown_hours, count)),
        error,
        name: desk.text(&source.title).to_owned(),
        place: None,
        register: register(desk, source),
        factors: factors(desk, source, &asked),
        factor: factor.to_owned(),
        unit: declared.and_then(|declared| declared.unit.clone()).unwrap_or_default(),
        statistic: statistic.to_owned(),
        limit: Limit::on(&limits, &desk.date(now)).map(|limit| show::limit(limit, desk.definition_lang())),
        hourly,
        hours: shown_hours,
        age_minutes,
        stale,
        cases: if moment.is_none() { cases(desk, source) } else { Vec::new() },
        begin: begin::about(desk, &source.entity.kind, &source.entity.urn),
        csv_href: shown.map(|_| asked.csv(desk)),
        indexes: if moment.is_none() { indexes(desk, source)? } else { Vec::new() },
    })
}

/// What is asked of the page, so that its links ask for the same but for one thing.
#[derive(Clone, Copy)]
struct Asking<'a> {
    urn: &'a str,
    series: &'a str,
    edition: Edition,
    hours: i64,
    moment: Option<Moment>,
    with: Option<&'a str>,
}

impl Asking<'_> {
    /// What differs from a page without any question.
    fn fields(&self, desk: &Desk) -> Vec<(&'static str, String)> {
        let hours = (self.hours != HOURS).then(|| ("hours", self.hours.to_string()));
        let edition = (self.edition != Edition::Raw).then(|| ("edition", self.edition.as_str().to_owned()));
        let at = self.moment.map(|moment| ("at", at_words(desk, moment.at)));
        let with = self.with.map(|with| ("with", with.to_owned()));
        [Some(("series", self.series.to_owned())), edition, hours, at, with].into_iter().flatten().collect()
    }

    /// The series as a table, as it was known at the moment.
    fn csv(&self, desk: &Desk) -> String {
        let csv = paths::edition(self.urn, self.series, self.edition);
        let Some(moment) = self.moment else { return csv };
        let sign = if csv.contains('?') { '&' } else { '?' };
        format!("{csv}{sign}known={}", paths::encode(&at_words(desk, moment.at)))
    }

    fn href(&self, desk: &Desk) -> String {
        let pairs =
            self.fields(desk).into_iter().map(|(key, value)| format!("{key}={}", paths::encode(&value)));
        format!("{}?{}", paths::source(self.urn), pairs.collect::<Vec<_>>().join("&"))
    }
}

/// A moment as addresses have it: `2026-09-30T14:30`.
fn at_words(desk: &Desk, at: Instant) -> String {
    desk.minute(at).replace(' ', "T")
}

/// The moment shown, with the way back, forth and to now.
fn looking_back(desk: &Desk, asked: &Asking<'_>, moment: Moment) -> views::Moment {
    let shifted =
        |secs: i64| Asking { moment: Some(Moment { at: moment.at.plus_secs(secs), ..moment }), ..*asked };
    let later = shifted(HOUR_SECS);
    let past = later.moment.is_some_and(|later| later.at < desk.kernel().now());
    views::Moment {
        shown: desk.minute(moment.at),
        earlier_href: shifted(-HOUR_SECS).href(desk),
        later_href: past.then(|| later.href(desk)),
        now_href: Asking { moment: None, ..*asked }.href(desk),
        ..views::Moment::default()
    }
}

/// How many hours the page can show.
fn spans(desk: &Desk, asked: &Asking<'_>) -> Vec<Factor> {
    let one = |hours: i64| Factor {
        title: crate::texts::fill(&desk.words().source.hours, &[("n", &hours.to_string())]),
        href: Asking { hours, ..*asked }.href(desk),
        current: hours == asked.hours,
    };
    [HOURS, 2 * HOURS, HOURS_MAX].map(one).into()
}

/// The editions of the series shown.
fn editions(desk: &Desk, asked: &Asking<'_>) -> Vec<Factor> {
    let one = |edition| Factor {
        title: edition_words(desk, edition).0.to_owned(),
        href: Asking { edition, ..*asked }.href(desk),
        current: edition == asked.edition,
    };
    Edition::ALL.map(one).into()
}

/// What an edition is called, and what it is.
fn edition_words(desk: &Desk, edition: Edition) -> (&str, &str) {
    let texts = &desk.words().source;
    match edition {
        Edition::Raw => (&texts.raw, &texts.raw_is),
        Edition::Cleaned => (&texts.cleaned, &texts.cleaned_is),
        Edition::Audited => (&texts.audited, &texts.audited_is),
    }
}

/// What standards compute from what is measured here, of the newest hour.
fn indexes(desk: &Desk, source: &SourceView) -> Result<Vec<AirIndex>, Fault> {
    let mut shown = Vec::new();
    for index in desk.kernel().indexes_of(&source.entity) {
        let Some(hour) = desk.kernel().index_now(&source.entity, &index)? else { continue };
        let value = hour.value();
        let primary = hour.index.primary.iter().map(|of| of.symbol()).collect::<Vec<_>>();
        let parts = hour.index.individuals.iter();
        shown.push(AirIndex {
            title: desk.text(&index.title).to_owned(),
            value: value.map(|value| (value, Level::of(value).number())),
            primary: primary.join(&desk.words().show.and),
            hour: interval(desk, hour.start, Period::Hour).to_string(),
            edition: hour.edition.to_string(),
            parts: parts.filter_map(|part| Some((part.pollutant.symbol(), part.iaqi?))).collect(),
        });
    }
    Ok(shown)
}

/// What the register has that this visitor may read, under the titles of the type: personal values are not among it.
fn register(desk: &Desk, source: &SourceView) -> Vec<(String, String)> {
    let Some(kind) = desk.loaded().definitions.types.get(&source.entity.kind) else {
        return Vec::new();
    };
    let readable = kind.attribute.iter().filter(|attribute| {
        let open =
            attribute.open == Openness::Open || attribute.open == Openness::Shared && desk.actor.is_some();
        open && attribute.by == Writer::Person && attribute.personal.is_none()
    });
    readable
        .filter_map(|attribute| {
            let held = source.entity.value(attribute.id.as_str());
            let text = match held {
                // Limits have a place of their own on the page.
                Value::Null | Value::List(_) => return None,
                Value::Map(map) => show::value(desk, map.get("coordinates")?),
                Value::Text(code) if *attribute.id.as_str() == *super::registers::DIVISION => {
                    desk.division(code)
                }
                Value::Text(code) => {
                    let called = attribute.called(code);
                    called.map_or_else(|| show::value(desk, held), |title| desk.text(title).to_owned())
                }
                other => show::value(desk, other),
            };
            Some((desk.text(&attribute.title).to_owned(), text))
        })
        .collect()
}

fn factors(desk: &Desk, source: &SourceView, asked: &Asking<'_>) -> Vec<Factor> {
    let factor = |series: &Numbered| {
        let id = series.key.attribute.as_str();
        Factor {
            title: show::attribute_title(desk, &source.entity.kind, id),
            href: Asking { series: id, edition: Edition::Raw, ..*asked }.href(desk),
            current: id == asked.series,
        }
    };
    source.series.iter().map(factor).collect()
}

/// Open cases about a source, for those who may see them: what waits for the reader first.
pub(super) fn cases(desk: &Desk, source: &SourceView) -> Vec<Link> {
    let Some(actor) = &desk.actor else { return Vec::new() };
    let visible = source.cases.iter().filter_map(|urn| desk.kernel().case(urn, actor).ok());
    let mut open: Vec<_> = visible.filter(|case| !case.ended()).collect();
    open.sort_by_key(|case| !desk.kernel().waits_for(case, actor));
    open.into_iter()
        .map(|case| Link {
            href: paths::case(case.entity.urn.as_str()),
            text: format!("{} {}", show::case_number(desk, &case), super::about::matter(desk, &case)),
        })
        .collect()
}

/// The hour of the city's clock in which an instant lies.
pub(super) fn hour_of(desk: &Desk, at: Instant) -> Instant {
    let local = desk.zone().local(at);
    let hour = local.date().at(local.hour(), 0, 0, 0);
    desk.zone().instant(hour).unwrap_or(at)
}

/// Every hour that should have come, the oldest first, with what came in it. Where nothing came for so long, the hours up to
/// the last one that did.
fn grid(
    desk: &Desk,
    source: &SourceView,
    (series, edition, moment): (&Numbered, Edition, Option<Moment>),
    limits: &[Limit],
    count: i64,
) -> Result<Vec<Hour>, Fault> {
    let (first, ever) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
    let (now, before) =
        moment.map_or_else(|| (desk.kernel().now(), NOW), |moment| (moment.at, moment.before));
    let last = Part {
        edition: Edition::Raw,
        from: first,
        to: moment.map_or(ever, |moment| moment.at),
        limit: 1,
        before,
    };
    let newest = desk.kernel().edition_rows(&source.entity, series, last)?;
    let newest = newest.first().map(|row| hour_of(desk, row.row.observed).plus_secs(HOUR_SECS));
    let now = newest.filter(|newest| *newest < now.plus_secs(-count * HOUR_SECS)).unwrap_or(now);
    // An hour is reported when it is over; a device whose clock runs ahead may have reported a later one.
    let end = hour_of(desk, now).plus_secs(2 * HOUR_SECS);
    let start = end.plus_secs(-(count + 2) * HOUR_SECS);
    let limit = u32::try_from(count).unwrap_or(u32::MAX).saturating_add(2);
    let part = Part { edition, from: start, to: end, limit, before };
    let rows = desk.kernel().edition_rows(&source.entity, series, part)?;
    let by_hour: BTreeMap<Instant, &SeriesRow> =
        rows.iter().map(|row| (hour_of(desk, row.row.observed), row)).collect();
    let complete = hour_of(desk, now).plus_secs(-HOUR_SECS);
    let last = by_hour.keys().next_back().map_or(complete, |newest| (*newest).max(complete));
    let mut packets = Packets::default();
    let hours = (0..count).rev().map(|back| {
        let start = last.plus_secs(-back * HOUR_SECS);
        let in_force = Limit::on(limits, &desk.date(start));
        match by_hour.get(&start) {
            Some(row) => packets.hour(desk, row, Period::Hour),
            None => missing(desk, start, in_force),
        }
    });
    Ok(hours.collect())
}

fn missing(desk: &Desk, start: Instant, limit: Option<&Limit>) -> Hour {
    Hour {
        start,
        interval: interval(desk, start, Period::Hour),
        value: None,
        number: None,
        limit: limit.map(|limit| limit.value),
        quality: None,
        over: false,
        received: None,
        packet: None,
    }
}

/// The newest values of a series that does not go by the hour.
fn latest(
    desk: &Desk,
    source: &SourceView,
    (series, edition, moment): (&Numbered, Edition, Option<Moment>),
) -> Result<Vec<Hour>, Fault> {
    let (from, ever) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
    let (to, before) = moment.map_or((ever, NOW), |moment| (moment.at, moment.before));
    let part = Part { edition, from, to, limit: VALUES, before };
    let rows = desk.kernel().edition_rows(&source.entity, series, part)?;
    let mut packets = Packets::default();
    Ok(rows.iter().map(|row| packets.hour(desk, row, series.key.period)).collect())
}

/// When packets were received, each looked up once.
#[derive(Default)]
struct Packets(HashMap<u64, Option<Instant>>);

impl Packets {
    fn received(&mut self, desk: &Desk, sequence: u64) -> Option<Instant> {
        *self.0.entry(sequence).or_insert_with(|| {
            let items = desk.kernel().entry(sequence).ok()?.decoded().ok()?;
            items.into_iter().find_map(|item| match item {
                Item::Batch(batch) => Some(batch.received),
                _ => None,
            })
        })
    }

    fn hour(&mut self, desk: &Desk, row: &SeriesRow, period: Period) -> Hour {
        let (value, number) = show::rounded(row.row.value, row.limit.as_ref());
        let sequence = row.row.sequence;
        Hour {
            start: row.row.observed,
            interval: interval(desk, row.row.observed, period),
            value: Some(value),
            number: Some(number),
            limit: row.limit.as_ref().map(|limit| limit.value),
            quality: Some(Quality {
                why: row.doubt.and_then(|doubt| doubt_words(desk, doubt)),
                ..quality(row)
            }),
            over: row.over,
            received: self.received(desk, sequence).map(|at| desk.minute(at)),
            packet: Some(Link { href: paths::packet(sequence), text: sequence.to_string() }),
        }
    }
}

/// What a value is worth: only what the feed flags as normal counts.
pub(super) fn quality(row: &SeriesRow) -> Quality {
    Quality { valid: row.row.flag == Flag::NORMAL && row.doubt.is_none(), flag: row.row.flag, why: None }
}

/// Why the cleaned edition leaves a value out, where its flag does not say it.
fn doubt_words(desk: &Desk, doubt: Doubt) -> Option<String> {
    let texts = &desk.words().source;
    match doubt {
        Doubt::Flagged => None,
        Doubt::OutOfRange => Some(texts.doubt_range.clone()),
        Doubt::Stuck => Some(texts.doubt_stuck.clone()),
        Doubt::Spike => Some(texts.doubt_spike.clone()),
    }
}

/// The newest valid value among some rows, as lists show it.
pub(super) fn newest_valid(
    desk: &Desk,
    rows: &[SeriesRow],
    title: &str,
    unit: &str,
) -> Option<views::LastValue> {
    let row = rows.iter().rev().find(|row| row.row.flag == Flag::NORMAL)?;
    Some(views::LastValue {
        factor: factor_and_statistic(title).0.to_owned(),
        value: show::rounded(row.row.value, row.limit.as_ref()).0,
        unit: unit.to_owned(),
        interval: interval(desk, row.row.observed, Period::Hour),
    })
}
