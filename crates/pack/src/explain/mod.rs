//! A field of work in prose: what a section chief would read, and sign.
//!
//! Types, processes, rules, tables, limits, services, datasets, boards and connectors of one pack, and the law behind each number with how sure we are of it.

mod data;
mod document;
mod law;
mod process;
mod service;
mod set;
mod titles;

use crate::{
    AttributeDefinition, Definitions, Index, IndexStandard, Openness, Pack, Setting, Source, SourceKind,
    TypeDefinition, ValueKind, Writer,
};
use model::{Lang, Name, Value};
use rule::LimitTable;
use titles::TypeTitles;

/// A pack as text with headings (`#`), for people and for diffs; nothing if there is no such pack.
pub fn explain(definitions: &Definitions, pack: &str, lang: Lang) -> Option<String> {
    let about = definitions.packs.get(pack)?;
    let field = Field { definitions, pack, lang };
    let mut out = vec![field.head(about)];
    let parts = [
        (SourceKind::Type, ("类型", "Types")),
        (SourceKind::Process, ("流程", "Processes")),
        (SourceKind::Rule, ("规则", "Rules")),
        (SourceKind::Table, ("决策表", "Decision tables")),
        (SourceKind::Limit, ("限值", "Limits")),
        (SourceKind::Service, ("服务事项", "Services")),
        (SourceKind::Dataset, ("数据集", "Datasets")),
        (SourceKind::Board, ("指标看板", "Boards")),
        (SourceKind::Document, ("文书", "Documents")),
        (SourceKind::Connector, ("数据接入", "Connectors")),
    ];
    for (kind, (zh, en)) in parts {
        out.extend(field.own(kind, field.both(zh, en), |id| field.one(kind, id)));
    }
    out.extend(set::otherwise(&field));
    out.extend(law::cited(&field));
    Some(out.join("\n\n") + "\n")
}

/// One definition of a pack as text, under a heading of the third level; nothing if it has no prose.
pub fn explain_one(definitions: &Definitions, kind: SourceKind, id: &Name, lang: Lang) -> Option<String> {
    let pack = definitions.source(kind, id)?.pack()?;
    Field { definitions, pack, lang }.one(kind, id)
}

/// One pack in one language.
struct Field<'a> {
    definitions: &'a Definitions,
    pack: &'a str,
    lang: Lang,
}

impl Field<'_> {
    fn both<T>(&self, zh: T, en: T) -> T {
        if self.lang == Lang::Zh { zh } else { en }
    }

    fn one(&self, kind: SourceKind, id: &Name) -> Option<String> {
        let definitions = self.definitions;
        Some(match kind {
            SourceKind::Type => self.kind(definitions.types.get(id)?),
            SourceKind::Process => process::told(self, &definitions.processes.get(id)?.1),
            SourceKind::Rule => {
                let rule = definitions.rules.iter().find(|rule| rule.id == *id)?;
                let told = rule.prose(self.lang, &TypeTitles::new(definitions, &rule.on.kind));
                format!("### {}\n\n{told}", self.named(&rule.title, &rule.id))
            }
            SourceKind::Table => {
                let table = definitions.tables.get(id)?;
                let told = table.table.prose(self.lang, &lang::Untitled);
                format!("### {}\n\n{told}", self.named(&table.title, &table.id))
            }
            SourceKind::Limit => self.limits(definitions.limits.get(id)?),
            SourceKind::Service => service::told(self, definitions.services.get(id)?),
            SourceKind::Dataset => data::dataset(self, definitions.datasets.get(id)?),
            SourceKind::Board => data::board(self, definitions.boards.get(id)?),
            SourceKind::Document => document::document(self, definitions.documents.get(id)?),
            SourceKind::Connector => data::connector(self, definitions.connectors.get(id)?),
            _ => return None,
        })
    }

    /// `污染源 (source)`: what people call it, and its name in the files.
    fn named(&self, title: &model::Text, id: &Name) -> String {
        format!("{} ({id})", title.get(self.lang))
    }

    fn list(&self, items: impl IntoIterator<Item = String>) -> String {
        items.into_iter().collect::<Vec<_>>().join(self.both("、", ", "))
    }

    fn head(&self, pack: &Pack) -> String {
        let mut lines = vec![format!("# {}", self.named(&pack.title, &pack.id))];
        if !pack.articles.is_empty() {
            let articles = pack.articles.iter().map(|number| {
                let known = self.definitions.articles.iter().find(|article| article.number == *number);
                let title = known.map(|article| article.title.get(self.lang)).unwrap_or_default();
                self.both(format!("第{number}条{title}"), format!("{number} ({title})"))
            });
            let articles = self.list(articles);
            lines.push(self.both(
                format!("服务于条例{articles}。"),
                format!("Serves articles of the ordinance: {articles}."),
            ));
        }
        if !pack.requires.is_empty() {
            let title = |id: &Name| {
                let known = self.definitions.packs.get(id);
                known.map_or_else(|| id.to_string(), |pack| pack.title.get(self.lang).to_owned())
            };
            let packs = self.list(pack.requires.iter().map(title));
            lines.push(self.both(format!("用到领域包{packs}。"), format!("Uses the packs {packs}.")));
        }
        lines.join("\n\n")
    }

    /// A section of everything of one kind that this pack defines.
    fn own(&self, kind: SourceKind, title: &str, tell: impl Fn(&Name) -> Option<String>) -> Option<String> {
        let own = self.definitions.sources.iter().filter(|s| s.kind == kind && self.is_own(s));
        let told: Vec<String> = own.filter_map(|source| tell(&source.id)).collect();
        (!told.is_empty()).then(|| format!("## {title}\n\n{}", told.join("\n\n")))
    }

    fn is_own(&self, source: &Source) -> bool {
        source.pack() == Some(self.pack)
    }

    /// What the city sets otherwise in this pack.
    fn settings(&self) -> impl Iterator<Item = &Setting> {
        let own = |setting: &&Setting| {
            let source = self.definitions.source(setting.kind, &setting.id);
            source.is_some_and(|source| self.is_own(source))
        };
        self.definitions.settings.iter().filter(own)
    }

    fn kind(&self, kind: &TypeDefinition) -> String {
        let mut lines = vec![format!("### {}\n", self.named(&kind.title, &kind.id))];
        if let Some(key) = &kind.key {
            let key = kind.attribute(key).map_or(key.as_str(), |attribute| attribute.title.get(self.lang));
            lines.push(self.both(format!("按“{key}”登记。\n"), format!("Registered by its {key}.\n")));
        }
        lines.extend(kind.attribute.iter().map(|attribute| self.attribute(attribute)));
        lines.extend(kind.index.iter().map(|index| self.index(kind, index)));
        lines.join("\n")
    }

    fn index(&self, kind: &TypeDefinition, index: &Index) -> String {
        let title = |id: &Name| {
            kind.attribute(id).map_or_else(|| id.to_string(), |known| known.title.get(self.lang).to_owned())
        };
        let of = self.list(index.of.iter().map(|(_, id)| title(id)));
        let by = match index.standard {
            IndexStandard::AirQuality => {
                self.both("HJ 633，按监测日期适用版本", "HJ 633, the edition of the day")
            }
        };
        let except = self.list(index.except.iter().map(|(id, code)| format!("{} = {code}", title(id))));
        let except = match except.is_empty() {
            true => String::new(),
            false => self.both(format!("；{except}的不计算"), format!("; none where {except}")),
        };
        self.both(
            format!("- {}：由{of}计算（{by}）{except}", self.named(&index.title, &index.id)),
            format!("- {}: from {of} ({by}){except}", self.named(&index.title, &index.id)),
        )
    }

    fn attribute(&self, a: &AttributeDefinition) -> String {
        let holds = match (a.value, self.lang) {
            (ValueKind::Number, Lang::Zh) => "数",
            (ValueKind::Number, Lang::En) => "a number",
            (ValueKind::Text, Lang::Zh) => "文字",
            (ValueKind::Text, Lang::En) => "text",
            (ValueKind::Bool, Lang::Zh) => "是或否",
            (ValueKind::Bool, Lang::En) => "yes or no",
            (ValueKind::Date, Lang::Zh) => "日期",
            (ValueKind::Date, Lang::En) => "a day",
            (ValueKind::Instant, Lang::Zh) => "时刻",
            (ValueKind::Instant, Lang::En) => "a moment",
            (ValueKind::Duration, Lang::Zh) => "时长",
            (ValueKind::Duration, Lang::En) => "a length of time",
            (ValueKind::Code, Lang::Zh) => "代码",
            (ValueKind::Code, Lang::En) => "a code",
            (ValueKind::Ref, Lang::Zh) => "指向另一实体",
            (ValueKind::Ref, Lang::En) => "another entity",
            (ValueKind::List, Lang::Zh) => "列表",
            (ValueKind::List, Lang::En) => "a list",
            (ValueKind::Map, Lang::Zh) => "一组值",
            (ValueKind::Map, Lang::En) => "values by name",
        };
        let mut parts = vec![holds.to_owned()];
        parts.extend(a.unit.as_ref().map(|unit| self.both(format!("单位 {unit}"), format!("in {unit}"))));
        parts.extend(
            a.range
                .map(|(least, most)| self.both(format!("{least} 至 {most}"), format!("{least} to {most}"))),
        );
        if !a.codes.is_empty() {
            let called = |code: &Name| {
                a.called(code.as_str())
                    .map_or_else(|| code.to_string(), |title| title.get(self.lang).to_owned())
            };
            parts.push(self.list(a.codes.iter().map(called)));
        }
        parts.push(self.writer(a));
        parts.push(
            match a.open {
                Openness::Open => self.both("向社会公开", "open to everybody"),
                Openness::Shared => self.both("部门之间共享", "shared between departments"),
                Openness::Restricted => self.both("限办理人员", "for those whose work it is"),
            }
            .to_owned(),
        );
        if a.personal.is_some() {
            parts.push(self.both("个人信息，密封", "personal, sealed").to_owned());
        }
        let separator = self.both("；", "; ");
        format!("- {}{}{}", self.named(&a.title, &a.id), self.both("：", ": "), parts.join(separator))
    }

    fn writer(&self, a: &AttributeDefinition) -> String {
        match (a.by, &a.feed) {
            (Writer::Feed, Some(feed)) => {
                let feed = format!("{} {}-{}", feed.key.command, feed.key.factor, feed.key.statistic);
                self.both(format!("由设备数据填入（{feed}）"), format!("filled by the feed {feed}"))
            }
            (by, _) => match by {
                Writer::Feed => self.both("由设备数据填入", "filled by a feed"),
                Writer::Process => self.both("由流程写入", "written by its process"),
                Writer::Rule => self.both("由规则写入", "written by a rule"),
                Writer::Person => self.both("由人登记", "written by a person"),
                Writer::Anyone => self.both("任何人可写", "written by anyone"),
            }
            .to_owned(),
        }
    }

    fn limits(&self, table: &LimitTable) -> String {
        let mut lines = vec![format!("### {}\n", self.named(&table.title, &table.id))];
        let unit = table.unit.as_deref().unwrap_or_default();
        for row in &table.rows {
            let given = row.given.iter().map(|(key, given)| format!("{key} = {}", value(given)));
            let (given, limit) = (self.list(given), &row.limit);
            let value = format!("{:.*}", usize::from(limit.decimals), limit.value);
            let law = self.definitions.laws.cite(&limit.source, self.lang);
            let to = limit.to.as_deref();
            let days = match (to, self.lang) {
                (None, Lang::Zh) => format!("自 {} 起", limit.from),
                (None, Lang::En) => format!("from {}", limit.from),
                (Some(to), Lang::Zh) => format!("{} 至 {to}", limit.from),
                (Some(to), Lang::En) => format!("{} to {to}", limit.from),
            };
            lines.push(format!("- {given}: {value} {unit} ({days}; {law})"));
        }
        lines.join("\n")
    }
}

/// A literal value in words.
fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(whole) => whole.to_string(),
        Value::Number(number) => number.to_string(),
        _ => "…".to_owned(),
    }
}
