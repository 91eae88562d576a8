//! Rules and their reasons in words, Chinese and English: what a section chief would read, and sign.

use crate::judging::Judging;
use crate::names::limits;
use crate::{Effect, Given, Held, Length, Level, Rule, Window};
use lang::{Expression, Titles};
use model::{Lang, Name, Period, Text, Value};

impl Rule {
    /// The whole rule in words but for its title: what it watches, a list of its levels with what each does, and when it
    /// ends. `titles` are those of the watched type.
    pub fn prose(&self, lang: Lang, titles: &dyn lang::Words) -> String {
        let words = Words { lang, titles };
        let basis = titles.basis(&self.basis, lang).unwrap_or_else(|| self.basis.to_string());
        let mut lines = vec![
            words.both(format!("依据：{basis}。"), format!("Basis: {basis}.")),
            String::new(),
            words.watched(self),
            String::new(),
        ];
        for (number, level) in (1..).zip(&self.level) {
            lines.push(words.level(number, level, self.on.period));
            lines.extend(level.does.iter().map(|effect| words.effect(effect)));
        }
        lines.push(String::new());
        lines.push(words.end(self));
        lines.join("\n")
    }
}

impl Length {
    /// In words: `2小时`, `2 hours`.
    pub fn words(self, lang: Lang) -> String {
        let parts = self.to_string();
        let word = |part: &str| {
            let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, unit) = part.split_at(digits);
            let (zh, en) = match unit {
                "s" => ("秒", "second"),
                "min" => ("分钟", "minute"),
                "h" => ("小时", "hour"),
                _ => ("天", "day"),
            };
            match lang {
                Lang::Zh => format!("{number}{zh}"),
                Lang::En => format!("{number} {en}{}", if number == "1" { "" } else { "s" }),
            }
        };
        let between = if lang == Lang::Zh { "" } else { " " };
        parts.split(' ').map(word).collect::<Vec<_>>().join(between)
    }
}

/// A language with the titles of a type.
struct Words<'a> {
    lang: Lang,
    titles: &'a dyn lang::Words,
}

impl Words<'_> {
    fn both<T>(&self, zh: T, en: T) -> T {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    fn attribute(&self, name: &Name) -> String {
        self.titles.path(std::slice::from_ref(name), self.lang).unwrap_or_else(|| name.to_string())
    }

    fn expression(&self, expression: &Expression) -> String {
        expression.prose(self.lang, &Functions::of(expression, self.titles))
    }

    fn watched(&self, rule: &Rule) -> String {
        let (attribute, statistic) = (self.attribute(&rule.on.attribute), &rule.on.statistic);
        let flags: Vec<String> = rule.valid.iter().map(ToString::to_string).collect();
        let (zh, en) = period(rule.on.period);
        let late = rule.lateness.words(self.lang);
        let kind = self.titles.kind(&rule.on.kind, self.lang);
        let kind = kind.map_or_else(|| rule.on.kind.to_string(), |kind| format!("“{kind}”"));
        let (late_zh, late_en) = if rule.lateness == Length::ZERO {
            (String::new(), String::new())
        } else {
            (
                format!("时段结束后{late}内到达的值仍等待；"),
                format!("; a window waits for them until {late} after its end"),
            )
        };
        self.both(
            format!(
                "监看{kind}的“{attribute}”（{zh}，统计量 {statistic}）。只认数据标记为 {} 的值；{late_zh}更晚到达或更正的值重新判定。",
                flags.join("、")
            ),
            format!(
                "Watches “{attribute}” of {kind} ({en}, statistic {statistic}). Only values flagged {} count{late_en}; what \
                 comes later or is corrected is judged again.",
                flags.join(" or ")
            ),
        )
    }

    fn level(&self, number: usize, level: &Level, period: Period) -> String {
        let says = says(level, period);
        let form = says.get(self.lang);
        let title = level.title.get(self.lang);
        match &level.when {
            Some(when) => {
                let when = self.expression(when);
                self.both(
                    format!("- 第 {number} 级“{title}”：{form}，{when}。"),
                    format!("- Level {number}, “{title}”: {form}: {when}."),
                )
            }
            None => self.both(
                format!("- 第 {number} 级“{title}”：{form}。"),
                format!("- Level {number}, “{title}”: {form}."),
            ),
        }
    }

    fn effect(&self, effect: &Effect) -> String {
        match effect {
            Effect::Open { process, key, with } => {
                let (title, with, key) =
                    (self.process(process), self.with(Some(process), with), self.keys(process, key));
                self.both(
                    format!("  - 开办“{title}”{with}；相同{key}的事项未办结时，告知该事项。"),
                    format!("  - Opens a case of “{title}”{with}; while one is open for the same {key}, that one is told."),
                )
            }
            Effect::Tell { process, key, with } => {
                let (title, with, key) =
                    (self.process(process), self.with(Some(process), with), self.keys(process, key));
                self.both(
                    format!("  - 告知相同{key}的“{title}”{with}。"),
                    format!("  - Tells the open case of “{title}” for the same {key}{with}."),
                )
            }
            Effect::Notify { role } => {
                let role = self.titles.role(role, self.lang).unwrap_or_else(|| role.to_string());
                self.both(format!("  - 通知{role}。"), format!("  - Notifies the {role}."))
            }
            Effect::Set { set } => self.both(
                format!("  - 更新属性{}。", self.with(None, set)),
                format!("  - Sets attributes{}.", self.with(None, set)),
            ),
            Effect::Alert { code } => {
                self.both(format!("  - 发出警报 {code}。"), format!("  - Raises the alert {code}."))
            }
        }
    }

    fn process(&self, process: &Name) -> String {
        self.titles.process(process, self.lang).unwrap_or_else(|| process.to_string())
    }

    /// By what a case is known: the entity, the rule, the level, or what it is given.
    fn keys(&self, process: &Name, key: &[Name]) -> String {
        let case = self.titles.case(process);
        let own = |name: &Name| {
            let words = match name.as_str() {
                "entity" => ("对象", "entity"),
                "rule" => ("规则", "rule"),
                "level" => ("级别", "level"),
                _ => {
                    let title =
                        case.as_ref().and_then(|case| case.path(std::slice::from_ref(name), self.lang));
                    return title.unwrap_or_else(|| name.to_string());
                }
            };
            self.both(words.0.to_owned(), words.1.to_owned())
        };
        let between = if self.lang == Lang::Zh { "、" } else { ", " };
        key.iter().map(own).collect::<Vec<_>>().join(between)
    }

    /// What is given to a case of a process, or set on the entity itself.
    fn with(&self, process: Option<&Name>, given: &std::collections::BTreeMap<Name, Given>) -> String {
        if given.is_empty() {
            return String::new();
        }
        let case = process.and_then(|process| self.titles.case(process));
        let of: &dyn Titles = match (&case, process) {
            (Some(case), _) => &**case,
            (None, Some(_)) => &lang::Untitled,
            (None, None) => self.titles,
        };
        let part = |(name, given): (&Name, &Given)| {
            let path = std::slice::from_ref(name);
            let title = of.path(path, self.lang).unwrap_or_else(|| name.to_string());
            let value = match given {
                Given::Value(Value::Text(text)) => {
                    of.code(path, text, self.lang).unwrap_or_else(|| self.half(text).to_owned())
                }
                Given::Value(Value::Bool(yes)) => {
                    self.both(if *yes { "是" } else { "否" }, if *yes { "yes" } else { "no" }).to_owned()
                }
                Given::Value(value) => {
                    value.as_number().map_or_else(String::new, |number| number.to_string())
                }
                Given::Expression(expression) => self.expression(expression),
            };
            self.both(format!("{title}：{value}"), format!("{title}: {value}"))
        };
        let parts: Vec<String> = given.iter().map(part).collect();
        self.both(format!("（{}）", parts.join("；")), format!(" ({})", parts.join("; ")))
    }

    /// Of a text in both languages, as `中文 · English`, the half that is asked for.
    fn half<'t>(&self, text: &'t str) -> &'t str {
        text.split_once(" · ").map_or(text, |(zh, en)| self.both(zh, en))
    }

    fn end(&self, rule: &Rule) -> String {
        let after = rule.clear_after.map(|after| after.words(self.lang));
        let (zh, en) = match &after {
            Some(after) => (format!("持续{after}"), format!(" for {after}")),
            None => (String::new(), String::new()),
        };
        let end = match &rule.clear {
            Some(clear) => {
                let clear = self.expression(clear);
                self.both(
                    format!("每级在一次过程中只生效一次；{clear}{zh}，过程结束。"),
                    format!("Each level acts once per episode, which ends when {clear}{en}."),
                )
            }
            None => self.both(
                format!("每级在一次过程中只生效一次；各级条件均不成立{zh}，过程结束。"),
                format!("Each level acts once per episode, which ends when no condition holds{en}."),
            ),
        };
        if rule.cleared.is_empty() {
            return end;
        }
        let given = rule.cleared.iter().map(|(name, value)| (name.clone(), Given::Value(value.clone())));
        let set = self.with(None, &given.collect());
        end + &self.both(format!("届时恢复属性{set}。"), format!(" Attributes are then set back{set}."))
    }
}

/// Titles with those of the functions that rules have.
pub(crate) struct Functions<'a> {
    titles: &'a dyn Titles,
    /// Whether a limit is looked up in a table, so that its arguments must be shown.
    tables: bool,
}

impl<'a> Functions<'a> {
    /// For one expression.
    pub fn of(expression: &Expression, titles: &'a dyn Titles) -> Self {
        Self { titles, tables: limits(expression).iter().any(|limit| limit.table.is_some()) }
    }
}

impl Titles for Functions<'_> {
    fn path(&self, path: &[Name], lang: Lang) -> Option<String> {
        self.titles.path(path, lang).or_else(|| {
            let own = match path.first().map(Name::as_str) {
                Some("entity") => Text::new("本对象", "the entity"),
                Some("observed") => Text::new("观测时间", "the time observed"),
                _ => return None,
            };
            (path.len() == 1).then(|| own.get(lang).to_owned())
        })
    }

    fn function(&self, name: &str, lang: Lang) -> Option<String> {
        let own = match name {
            "limit" if self.tables => Text::new("限值", "the limit of"),
            "limit" => Text::new("{0}", "{0}"),
            "over" if self.tables => Text::new("超过限值", "over the limit of"),
            "over" => Text::new("{0}超过{1}", "{0} is above {1}"),
            "mean" => Text::new("{0}在{1}内的均值", "the mean of {0} over {1}"),
            "change" => Text::new("{0}与{1}前之差", "the change of {0} over {1}"),
            _ => return self.titles.function(name, lang),
        };
        Some(own.get(lang).to_owned())
    }

    fn code(&self, path: &[Name], code: &str, lang: Lang) -> Option<String> {
        self.titles.code(path, code, lang)
    }
}

/// What values of a period are called.
const fn period(period: Period) -> (&'static str, &'static str) {
    match period {
        Period::Moment => ("瞬时值", "values of a moment"),
        Period::Minute => ("分钟值", "minute values"),
        Period::Hour => ("小时值", "hourly values"),
        Period::Day => ("日值", "daily values"),
    }
}

/// The form of a level's condition.
fn says(level: &Level, of: Period) -> Text {
    let (zh, en) = period(of);
    let text = |length: Length| Text::new(length.words(Lang::Zh), length.words(Lang::En));
    if let Some(silent) = level.silent.map(text) {
        return Text::new(
            format!("{}内没有任何数据到达", silent.zh),
            format!("nothing has arrived for {}", silent.en),
        );
    }
    if let Some(lasts) = level.lasts.map(text) {
        return Text::new(format!("{}内的{zh}连续成立", lasts.zh), format!("{en} in a row for {}", lasts.en));
    }
    if let Some((times, within)) = level.times.zip(level.within) {
        let span = text(within);
        return match within.days() {
            Some(1) => {
                Text::new(format!("同一自然日内 {times} 次"), format!("{times} times in one local day"))
            }
            Some(days) => Text::new(
                format!("连续 {days} 个自然日内 {times} 次"),
                format!("{times} times in {days} local days"),
            ),
            None => {
                Text::new(format!("{}内 {times} 次", span.zh), format!("{times} times within {}", span.en))
            }
        };
    }
    Text::new("即时", "at once")
}

impl Judging<'_> {
    /// Why a level holds or not, of windows with values: `good` of `all` windows looked at have the condition.
    pub fn says(&self, level: &Level, held: Held, good: usize, all: usize) -> Text {
        let form = says(level, self.rule.on.period);
        Text::new(
            format!("{}：查看 {all} 个时段，{good} 个成立；本级{}。", form.zh, held.word(Lang::Zh)),
            format!(
                "{}: of {all} windows looked at the condition holds in {good}; the level {}.",
                form.en,
                held.word(Lang::En)
            ),
        )
    }

    /// Why a level holds or not, where silence is judged, or where it is not.
    pub fn says_silence(&self, level: &Level, window: Window, silence: bool) -> Text {
        let form = says(level, self.rule.on.period);
        let zone = self.known.zone;
        match (level.silent, silence) {
            (Some(_), true) => Text::new(
                format!("{}：自 {} 起没有数据。", form.zh, zone.minute(window.start)),
                format!("{}: nothing since {}.", form.en, zone.minute(window.start)),
            ),
            (Some(_), false) => Text::new(
                format!("{}：本时段有数据。", form.zh),
                format!("{}: this window has data.", form.en),
            ),
            (None, _) => Text::new(
                format!("{}：没有数据，无从判断。", form.zh),
                format!("{}: there is no data to judge by.", form.en),
            ),
        }
    }
}
