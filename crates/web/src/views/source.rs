//! A monitored source: the last value, the day as a chart and as a table, and the way to every packet.

use super::{Interval, Limit, Link, Moment, Page, Quality, Reason};
use crate::chart::{self, Bar, Labels, Size, Svg};
use crate::paths;
use crate::texts::fill;
use crate::words::age_in_words;
use askama::Template;
use model::Instant;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "source.html")]
pub struct Source {
    /// The frame.
    pub page: Page,
    /// The source's name.
    pub name: String,
    /// Where it is.
    pub place: Option<String>,
    /// Further lines of its register entry: title and value (permit holder, outlet, device number).
    pub register: Vec<(String, String)>,
    /// What is measured here; the page shows one at a time.
    pub factors: Vec<Factor>,
    /// The title of the factor shown.
    pub factor: String,
    /// Its unit.
    pub unit: String,
    /// What kind of value: `折算小时均值`.
    pub statistic: String,
    /// The limit in force now.
    pub limit: Option<Limit>,
    /// Whether the rows are the hours of the clock; else they are the newest values as they came.
    pub hourly: bool,
    /// The last hours, the oldest first; empty when nothing has ever come.
    pub hours: Vec<Hour>,
    /// Age of the newest data of any kind.
    pub age_minutes: Option<u64>,
    /// Whether that is too old by the device's own rhythm.
    pub stale: bool,
    /// Open cases about this source.
    pub cases: Vec<Link>,
    /// What this reader may begin about it.
    pub begin: Vec<Link>,
    /// The figures as CSV.
    pub csv_href: Option<String>,
    /// What standards compute from its series, of the newest hour.
    pub indexes: Vec<AirIndex>,
    /// The moment of the past that is shown, if it is one.
    pub moment: Option<Moment>,
    /// The moment shown, whether past or now.
    pub at: String,
    /// This page without any question.
    pub own: String,
    /// What is asked of it: fields and values.
    pub asked: Vec<(&'static str, String)>,
    /// How many hours it can show.
    pub spans: Vec<Factor>,
    /// The editions of the series shown.
    pub editions: Vec<Factor>,
    /// What the edition shown is.
    pub edition: String,
    /// Whether nobody has audited what is shown.
    pub unaudited: bool,
    /// Another source beside it, or the sources to choose from.
    pub beside: Option<Beside>,
    /// The way to compare it with another, where that can be done.
    pub compare_href: Option<String>,
    /// The page without the other.
    pub alone_href: Option<String>,
    /// The form that audits the hours shown, for those who may.
    pub audit: Option<AuditForm>,
    /// What was wrong with an audit that was sent.
    pub error: Option<String>,
}

/// Another source of the same type.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Beside {
    /// Which; nothing while one is to be chosen.
    pub source: Option<Link>,
    /// Its valid values in the hours shown, in their order.
    pub values: Vec<Option<f64>>,
    /// Those to choose from.
    pub choices: Vec<Reason>,
}

/// The form that audits the hours shown.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AuditForm {
    /// Where it posts.
    pub post: String,
    /// The command's id: sending twice writes once.
    pub command: String,
    /// The attribute.
    pub series: String,
    /// Hours on the page.
    pub hours: i64,
    /// The first instant, in microseconds.
    pub from: i64,
    /// The instant before which it ends.
    pub to: i64,
    /// For each hour that counts, the name of its box and its interval.
    pub boxes: Vec<(String, String)>,
}

/// An index of the air.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AirIndex {
    /// What it is called.
    pub title: String,
    /// The index and the number of its level; none while too little is known.
    pub value: Option<(u16, u8)>,
    /// The pollutants that made it so.
    pub primary: String,
    /// Of which hour.
    pub hour: String,
    /// By which edition.
    pub edition: String,
    /// Pollutants and their own indexes.
    pub parts: Vec<(&'static str, u16)>,
}

/// A factor that can be chosen.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Factor {
    /// Its title.
    pub title: String,
    /// The page with it.
    pub href: String,
    /// Whether it is the one shown.
    pub current: bool,
}

/// One hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Hour {
    /// When it begins.
    pub start: Instant,
    /// Which.
    pub interval: Interval,
    /// The value, rounded as the limit is written; `None` when nothing came.
    pub value: Option<String>,
    /// The same for the chart.
    pub number: Option<f64>,
    /// The limit in force in that hour.
    pub limit: Option<f64>,
    /// What it is worth; `None` when nothing came.
    pub quality: Option<Quality>,
    /// Whether a valid value is over the limit.
    pub over: bool,
    /// When it was received, local.
    pub received: Option<String>,
    /// The packet it came in: its number as text.
    pub packet: Option<Link>,
}

impl Hour {
    pub(crate) fn counts(&self) -> bool {
        self.value.is_some() && self.quality.as_ref().is_some_and(|quality| quality.valid)
    }

    fn bar(&self, beside: Option<f64>) -> Bar {
        let Self { interval, number, limit, .. } = self;
        Bar { from: interval.from.clone(), value: *number, valid: self.counts(), limit: *limit, beside }
    }
}

impl Source {
    fn level(&self, level: &u8) -> &str {
        let texts = &self.page.texts().air;
        match level {
            1 => &texts.level_1,
            2 => &texts.level_2,
            3 => &texts.level_3,
            4 => &texts.level_4,
            5 => &texts.level_5,
            _ => &texts.level_6,
        }
    }

    /// The newest hour with a valid value.
    fn last_valid(&self) -> Option<&Hour> {
        self.hours.iter().rev().find(|hour| hour.counts())
    }

    /// Whether anything shown has a limit to be judged by.
    fn is_judged(&self) -> bool {
        self.hours.iter().any(|hour| hour.limit.is_some())
    }

    fn newest_first(&self) -> impl Iterator<Item = (&Hour, Option<f64>)> {
        self.hours.iter().enumerate().rev().map(|(at, hour)| (hour, self.other(at)))
    }

    /// The other source's value in an hour.
    fn other(&self, at: usize) -> Option<f64> {
        self.beside.as_ref().and_then(|beside| beside.values.get(at).copied().flatten())
    }

    /// The other source, if one stands beside this.
    fn other_source(&self) -> Option<&Link> {
        self.beside.as_ref().and_then(|beside| beside.source.as_ref())
    }

    /// The figures of the chart in one sentence.
    fn summary(&self) -> String {
        let texts = &self.page.texts().source;
        let count =
            |wanted: fn(&Hour) -> bool| self.hours.iter().filter(|hour| wanted(hour)).count().to_string();
        let (valid, over) = (count(Hour::counts), count(|hour| hour.over));
        let (invalid, missing) =
            (count(|hour| hour.value.is_some() && !hour.counts()), count(|hour| hour.value.is_none()));
        let highest = self.hours.iter().filter(|hour| hour.counts()).max_by(|a, b| {
            let order = |hour: &Hour| hour.number.unwrap_or(f64::NEG_INFINITY);
            order(a).total_cmp(&order(b))
        });
        let hours = self.hours.len().to_string();
        let slots = [
            ("hours", &*hours),
            ("valid", &valid),
            ("invalid", &invalid),
            ("missing", &missing),
            ("over", &over),
        ];
        let mut summary = fill(if self.hourly { &texts.summary } else { &texts.summary_latest }, &slots);
        if let Some((hour, value)) = highest.and_then(|hour| Some((hour, hour.value.as_ref()?))) {
            let (interval, unit) = (hour.interval.to_string(), self.unit.as_str());
            summary +=
                &fill(&texts.summary_highest, &[("value", value), ("unit", unit), ("interval", &interval)]);
        }
        summary
    }

    /// What the chart and the table are about: `最近 24 小时`.
    fn window(&self) -> String {
        let texts = &self.page.texts().source;
        let count = self.hours.len().to_string();
        fill(if self.hourly { &texts.day } else { &texts.latest }, &[("n", &count)])
    }

    fn chart_title(&self) -> String {
        let slots = [("factor", &*self.factor), ("statistic", &self.statistic), ("unit", &self.unit)];
        fill(&self.page.texts().source.chart_title, &slots)
    }

    /// The chart for a wide page, and for a telephone.
    fn charts(&self) -> [(&'static str, Svg); 2] {
        let bars: Vec<Bar> =
            self.hours.iter().enumerate().map(|(at, hour)| hour.bar(self.other(at))).collect();
        let limit = self.limit.as_ref().map(|limit| limit.value.as_str()).unwrap_or_default();
        let labels = Labels {
            title: self.chart_title(),
            description: self.summary(),
            limit: fill(&self.page.texts().source.chart_limit, &[("limit", limit), ("unit", &self.unit)]),
            end: self.hours.last().map(|hour| hour.interval.to.clone()).unwrap_or_default(),
        };
        let wide = chart::bars(&bars, &labels, Size { width: 920, height: 260 }, "wide");
        let narrow = chart::bars(&bars, &labels, Size { width: 301, height: 210 }, "narrow");
        [("wide", wide), ("narrow", narrow)]
    }

    fn age(&self, minutes: &u64) -> String {
        let texts = &self.page.texts().source;
        let pattern = match (self.stale, minutes) {
            (true, _) => &texts.stale,
            (false, 0) => &texts.fresh_now,
            (false, _) => &texts.fresh,
        };
        fill(pattern, &[("age", &age_in_words(*minutes, self.page.lang))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Lang;
    use model::Flag;

    fn hour(number: Option<f64>, valid: bool) -> Hour {
        let text = |text: &str| text.to_owned();
        Hour {
            start: Instant::default(),
            interval: Interval { day: text("2026-09-30"), from: text("14:00"), to: text("15:00") },
            value: number.map(|n| format!("{n:.1}")),
            number,
            limit: Some(200.0),
            quality: number.map(|_| Quality { valid, flag: Flag::NORMAL, why: None }),
            over: valid && number > Some(200.0),
            received: None,
            packet: None,
        }
    }

    fn source(lang: Lang, hours: Vec<Hour>) -> Source {
        Source {
            moment: None,
            at: String::new(),
            own: String::new(),
            asked: Vec::new(),
            spans: Vec::new(),
            page: Page { lang, ..Page::default() },
            name: String::new(),
            place: None,
            register: vec![],
            factors: vec![],
            factor: "SO2".to_owned(),
            unit: "mg/m³".to_owned(),
            statistic: String::new(),
            limit: None,
            hourly: true,
            hours,
            age_minutes: None,
            stale: false,
            cases: vec![],
            begin: vec![],
            csv_href: None,
            indexes: vec![],
            editions: vec![],
            edition: String::new(),
            unaudited: false,
            beside: None,
            compare_href: None,
            alone_href: None,
            audit: None,
            error: None,
        }
    }

    #[test]
    fn the_summary_tells_invalid_from_missing() {
        let hours = || {
            vec![hour(Some(412.0), true), hour(Some(900.0), false), hour(None, false), hour(Some(1.0), true)]
        };
        assert_eq!(
            source(Lang::Zh, hours()).summary(),
            "4 小时内应有 4 个时段：有效 2 个，无效 1 个，缺数 1 个；超过限值 1 个。最高 412.0 mg/m³（2026-09-30 14:00–15:00）。"
        );
        let english = source(Lang::En, hours()).summary();
        assert!(english.contains("Highest valid value 412.0 mg/m³"), "{english}");
    }

    #[test]
    fn the_last_value_is_a_valid_one() {
        let view = source(Lang::Zh, vec![hour(Some(1.0), true), hour(Some(2.0), false), hour(None, false)]);
        assert_eq!(view.last_valid().unwrap().number, Some(1.0));
        assert!(source(Lang::Zh, vec![]).last_valid().is_none());
        assert_eq!(view.newest_first().count(), 3);
    }
}
