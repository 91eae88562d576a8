//! What changed between two states of a city's definitions, in words.
//!
//! The texts themselves are compared as trees, so nothing that a file can say is left out, and what only looks different
//! (comments, order of keys, layout) is no difference. Entries of lists are known by their id, code or number.

use crate::tree::{Node, Reading, Table, Written, parse};
use crate::{Definitions, Source, SourceKind};
use model::{Lang, Name};
use std::collections::BTreeSet;

/// Longest text of a value that is shown, in characters.
const SHOWN_MAX: usize = 80;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What kind of definition.
    pub kind: SourceKind,
    /// Which.
    pub id: Name,
    /// Where in it, as `clock.decide.budget`; empty for the whole.
    pub place: String,
    /// What it was, in short; nothing if it is new.
    pub was: Option<String>,
    /// What it is, in short; nothing if it is gone.
    pub is: Option<String>,
}

/// Everything that changed, in the order of files and, in each, of the new text.
pub fn diff(old: &Definitions, new: &Definitions) -> Vec<Difference> {
    let mut found = Vec::new();
    let key = |source: &Source| (source.kind, source.id.clone(), source.pack().map(str::to_owned));
    for source in &new.sources {
        match old.sources.iter().find(|other| key(other) == key(source)) {
            Some(other) if other.text == source.text => {}
            Some(other) => texts(source, other, &mut found),
            // A city that sets something for the first time sets each thing for the first time.
            None if source.kind == SourceKind::Settings => texts(source, &empty(source), &mut found),
            None => found.push(whole(source, None, Some(title(source)))),
        }
    }
    let known: BTreeSet<_> = new.sources.iter().map(key).collect();
    let gone = old.sources.iter().filter(|source| !known.contains(&key(source)));
    found.extend(gone.map(|source| whole(source, Some(title(source)), None)));
    found
}

fn empty(source: &Source) -> Source {
    Source { text: "format = 1\n".to_owned(), ..source.clone() }
}

fn whole(source: &Source, was: Option<String>, is: Option<String>) -> Difference {
    Difference { kind: source.kind, id: source.id.clone(), place: String::new(), was, is }
}

fn tree(source: &Source) -> Option<Node> {
    parse(&source.text, &Reading::new(&source.path, &source.text))
}

fn title(source: &Source) -> String {
    let tree = tree(source);
    let title = tree.as_ref().and_then(Node::as_table).and_then(|table| table.get("title"));
    title.map_or_else(|| source.id.to_string(), shown)
}

fn texts(new: &Source, old: &Source, found: &mut Vec<Difference>) {
    if let (Some(old), Some(is)) = (tree(old), tree(new)) {
        let mut walk = Walk { source: new, found };
        walk.nodes("", &old, &is);
    }
}

struct Walk<'a> {
    source: &'a Source,
    found: &'a mut Vec<Difference>,
}

impl Walk<'_> {
    fn tell(&mut self, place: &str, was: Option<&Node>, is: Option<&Node>) {
        let (was, is) = (was.map(shown), is.map(shown));
        self.found.push(Difference { place: place.to_owned(), ..whole(self.source, was, is) });
    }

    fn nodes(&mut self, place: &str, old: &Node, new: &Node) {
        if same(old, new) {
            return;
        }
        match (&old.value, &new.value) {
            (Written::Table(old), Written::Table(new)) if !is_text(new) => self.tables(place, old, new),
            (Written::List(olds), Written::List(news))
                if olds.iter().chain(news).all(|n| n.as_table().is_some()) =>
            {
                self.lists(place, olds, news);
            }
            _ => self.tell(place, Some(old), Some(new)),
        }
    }

    fn tables(&mut self, place: &str, old: &Table, new: &Table) {
        for entry in &new.entries {
            let place = join(place, &entry.key);
            match old.get(&entry.key) {
                Some(was) => self.nodes(&place, was, &entry.node),
                None => self.added(&place, &entry.node, false),
            }
        }
        for entry in old.entries.iter().filter(|entry| new.get(&entry.key).is_none()) {
            self.added(&join(place, &entry.key), &entry.node, true);
        }
    }

    /// Something new, or gone; of a list of tables, each entry for itself.
    fn added(&mut self, place: &str, node: &Node, gone: bool) {
        match &node.value {
            Written::List(items) if !items.is_empty() && items.iter().all(|n| n.as_table().is_some()) => {
                let empty = Vec::new();
                let (old, new) = if gone { (items, &empty) } else { (&empty, items) };
                self.lists(place, old, new);
            }
            _ if gone => self.tell(place, Some(node), None),
            _ => self.tell(place, None, Some(node)),
        }
    }

    fn lists(&mut self, place: &str, old: &[Node], new: &[Node]) {
        for item in new {
            let was = match name(item) {
                Some(id) => old.iter().find(|other| name(other).as_ref() == Some(&id)),
                None => old.iter().find(|other| same(other, item)),
            };
            let place = name(item).map_or_else(|| place.to_owned(), |id| join(place, &id));
            match was {
                Some(was) => self.nodes(&place, was, item),
                None => self.tell(&place, None, Some(item)),
            }
        }
        for item in old {
            let still = match name(item) {
                Some(id) => new.iter().any(|other| name(other).as_ref() == Some(&id)),
                None => new.iter().any(|other| same(other, item)),
            };
            if !still {
                let place = name(item).map_or_else(|| place.to_owned(), |id| join(place, &id));
                self.tell(&place, Some(item), None);
            }
        }
        self.order(place, old, new);
    }

    /// What stands in both, in another order: levels, rows and stages mean something by their place.
    fn order(&mut self, place: &str, old: &[Node], new: &[Node]) {
        let called = |node: &Node| name(node).unwrap_or_else(|| shown(node));
        let (was, is): (Vec<String>, Vec<String>) =
            (old.iter().map(called).collect(), new.iter().map(called).collect());
        let kept = |these: &[String], others: &[String]| {
            these.iter().filter(|this| others.contains(this)).cloned().collect::<Vec<_>>()
        };
        let (was, is) = (kept(&was, &is), kept(&is, &was));
        if was != is {
            let (was, is) = (Some(short(&was.join(", "))), Some(short(&is.join(", "))));
            self.found.push(Difference { place: join(place, "order"), ..whole(self.source, was, is) });
        }
    }
}

fn join(place: &str, step: &str) -> String {
    if place.is_empty() { step.to_owned() } else { format!("{place}.{step}") }
}

/// By what an entry of a list is known.
fn name(node: &Node) -> Option<String> {
    let table = node.as_table()?;
    let key = ["id", "code", "number", "year", "path"].into_iter().find_map(|key| table.get(key))?;
    match &key.value {
        Written::Text(text) => Some(text.clone()),
        Written::Whole(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether two values are the same, wherever they stand.
fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Written::List(a), Written::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Written::Table(a), Written::Table(b)) => {
            let held =
                |entry: &crate::tree::Entry| b.get(&entry.key).is_some_and(|node| same(&entry.node, node));
            a.entries.len() == b.entries.len() && a.entries.iter().all(held)
        }
        (a, b) => a == b,
    }
}

fn is_text(table: &Table) -> bool {
    !table.entries.is_empty() && table.entries.iter().all(|entry| matches!(&*entry.key, "zh" | "en"))
}

/// A value in short.
fn shown(node: &Node) -> String {
    let text = match &node.value {
        Written::Text(text) | Written::Date(text) => text.clone(),
        Written::Whole(number) => number.to_string(),
        Written::Number(number) => number.to_string(),
        Written::Bool(flag) => flag.to_string(),
        Written::List(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Written::Table(table) => match table.get("title") {
            Some(title) => shown(title),
            // A setting is known by its path: what it says is to what.
            None if table.get("path").is_some() && table.get("to").is_some() => {
                table.get("to").map(shown).unwrap_or_default()
            }
            None if is_text(table) => {
                table.entries.iter().map(|entry| shown(&entry.node)).collect::<Vec<_>>().join(" · ")
            }
            None => {
                let entry = |entry: &crate::tree::Entry| format!("{} = {}", entry.key, shown(&entry.node));
                table.entries.iter().map(entry).collect::<Vec<_>>().join(", ")
            }
        },
    };
    short(&text)
}

fn short(text: &str) -> String {
    if text.chars().count() <= SHOWN_MAX {
        return text.to_owned();
    }
    text.chars().take(SHOWN_MAX).chain(['…']).collect()
}

impl Difference {
    /// In words: `Process exceedance: the budget of the clock supervise was 4, and is 8`.
    pub fn words(&self, lang: Lang) -> String {
        let whole = format!("{} {}", self.kind.title(lang), self.id);
        let subject = subject(&self.place, lang);
        let of = match (subject.is_empty(), lang) {
            (true, _) => whole,
            (false, Lang::Zh) => format!("{whole}：{subject}"),
            (false, Lang::En) => format!("{whole}: {subject}"),
        };
        match (&self.was, &self.is, lang) {
            (Some(was), Some(is), Lang::Zh) => format!("{of}原为“{was}”，现为“{is}”"),
            (Some(was), Some(is), Lang::En) => format!("{of} was “{was}”, and is “{is}”"),
            (None, Some(is), Lang::Zh) => format!("{of}新增“{is}”"),
            (None, Some(is), Lang::En) => format!("{of} is new: “{is}”"),
            (Some(was), None, Lang::Zh) => format!("{of}取消“{was}”"),
            (Some(was), None, Lang::En) => format!("{of} is gone: “{was}”"),
            (None, None, _) => of,
        }
    }
}

/// `clock.decide.budget` as people say it: `clock decide, budget`.
fn subject(place: &str, lang: Lang) -> String {
    let mut out = String::new();
    let mut after_list = false;
    for step in place.split('.').filter(|step| !step.is_empty()) {
        let word = WORDS.iter().find(|(key, ..)| *key == step).filter(|_| !after_list || step == "order");
        let said = word.map_or(step, |(_, zh, en, _)| if lang == Lang::Zh { zh } else { en });
        if !out.is_empty() {
            out.push_str(if after_list {
                " "
            } else if lang == Lang::Zh {
                "，"
            } else {
                ", "
            });
        }
        out.push_str(said);
        after_list = word.is_some_and(|(.., list)| *list);
    }
    out
}

/// Keys as people call them: key, in Chinese, in English, and whether names of entries follow.
const WORDS: &[(&str, &str, &str, bool)] = &[
    ("stage", "环节", "stage", true),
    ("action", "办理", "act", true),
    ("clock", "计时", "clock", true),
    ("task", "任务", "task", true),
    ("flag", "标志", "flag", true),
    ("level", "级别", "level", true),
    ("attribute", "属性", "attribute", true),
    ("role", "角色", "role", true),
    ("law", "法律", "law", true),
    ("clause", "条", "clause", true),
    ("article", "条例第", "article", true),
    ("duty", "义务", "duty", true),
    ("fields", "填写项", "field", true),
    ("reasons", "理由", "reason", true),
    ("pauses", "中止", "pause", true),
    ("eligibility", "条件", "condition", false),
    ("materials", "材料", "material", true),
    ("fee", "收费", "fee", false),
    ("amount", "金额（分）", "amount in cents", false),
    ("guide", "办事指南", "guide", false),
    ("audience", "服务对象", "audience", false),
    ("channels", "渠道", "channels", false),
    ("result", "结果", "result", false),
    ("required", "是否必需", "whether it is required", false),
    ("held_by", "由谁持有", "who holds it", false),
    ("process", "流程", "process", false),
    ("file", "文件", "file", true),
    ("figure", "指标", "figure", true),
    ("layer", "图层", "layer", true),
    ("map", "对应", "column", true),
    ("readers", "查看人", "readers", false),
    ("of", "对象", "of", false),
    ("cases", "事项范围", "cases", false),
    ("sum", "合计", "sum", false),
    ("opens", "能否打开", "whether it opens", false),
    ("into", "取入", "into", false),
    ("key", "对应键", "key", false),
    ("schedule", "时间", "schedule", false),
    ("watermark", "新旧判断", "watermark", false),
    ("factor", "倍数", "factor", false),
    ("codes", "代码", "codes", false),
    ("attributes", "内容", "attributes", false),
    ("where", "范围", "which of them", false),
    ("sharing", "共享方式", "sharing", false),
    ("owner", "负责人", "owner", false),
    ("licence", "许可", "licence", false),
    ("refresh", "更新", "refresh", false),
    ("series", "序列", "series", false),
    ("quality", "质量", "quality", false),
    ("description", "说明", "description", false),
    ("limit", "限值", "limit", false),
    ("row", "行", "row", false),
    ("order", "次序", "order", false),
    ("title", "名称", "title", false),
    ("text", "内容", "text", false),
    ("budget", "时限", "budget", false),
    ("budgets", "条件时限", "conditional budgets", false),
    ("unit", "单位", "unit", false),
    ("basis", "依据", "basis", false),
    ("ladder", "逐级提醒", "ladder", false),
    ("from", "起", "from", false),
    ("to", "至", "to", false),
    ("by", "由谁", "by", false),
    ("guard", "条件", "guard", false),
    ("needs", "须附", "needs", false),
    ("when", "条件", "when", false),
    ("lasts", "持续", "lasts", false),
    ("value", "值", "value", false),
    ("rank", "级别", "rank", false),
    ("setting", "设置", "setting", true),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        let (kind, id) = (SourceKind::Process, Name::new("p").unwrap());
        Source { kind, id, path: "packs/a/processes/p.toml".to_owned(), text: text.to_owned() }
    }

    fn check(old: &str, new: &str, zh: &[&str], en: &[&str]) {
        let mut found = Vec::new();
        texts(&source(new), &source(old), &mut found);
        let words = |lang| found.iter().map(|d| d.words(lang)).collect::<Vec<_>>();
        assert_eq!(words(Lang::Zh), zh, "{new}");
        assert_eq!(words(Lang::En), en, "{new}");
    }

    #[test]
    fn differences_are_told_in_words() {
        let clock = "[[clock]]\nid = 'decide'\nbudget = 15\n";
        check(clock, "# moved\n[[clock]]\nbudget = 15\nid = 'decide'\n", &[], &[]);
        check(
            clock,
            "[[clock]]\nid = 'decide'\nbudget = 20\n",
            &["流程 p：计时 decide，时限原为“15”，现为“20”"],
            &["process p: clock decide, budget was “15”, and is “20”"],
        );
        check(
            "stage = [{ id = 'a', title = { zh = '甲', en = 'A' } }]",
            "stage = [{ id = 'b', title = { zh = '乙', en = 'B' } }]",
            &["流程 p：环节 b新增“乙 · B”", "流程 p：环节 a取消“甲 · A”"],
            &["process p: stage b is new: “乙 · B”", "process p: stage a is gone: “甲 · A”"],
        );
        check(
            "[[action]]\nid = 'go'\nfrom = ['a']",
            "[[action]]\nid = 'go'\nfrom = ['a', 'b']\nguard = '= x'",
            &["流程 p：办理 go，起原为“a”，现为“a, b”", "流程 p：办理 go，条件新增“= x”"],
            &["process p: act go, from was “a”, and is “a, b”", "process p: act go, guard is new: “= x”"],
        );
        check(
            "[[level]]\nid = 'a'\n[[level]]\nid = 'b'",
            "[[level]]\nid = 'b'\n[[level]]\nid = 'a'",
            &["流程 p：级别 次序原为“a, b”，现为“b, a”"],
            &["process p: level order was “a, b”, and is “b, a”"],
        );
        check(
            "[[limit]]\nvalue = 1\n[[limit]]\nvalue = 2",
            "[[limit]]\nvalue = 2\n[[limit]]\nvalue = 3",
            &["流程 p：限值新增“value = 3”", "流程 p：限值取消“value = 1”"],
            &["process p: limit is new: “value = 3”", "process p: limit is gone: “value = 1”"],
        );
    }
}
