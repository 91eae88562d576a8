//! A process in prose: stages, acts, tasks, and the law behind each clock.

use super::Field;
use super::titles::{ProcessTitles, TypeTitles};
use model::{Lang, Name, Value};
use process::{Action, Climb, ClockKind, Definition, Given, Need, StageClock, Unit};

/// A literal value in words.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(whole) => whole.to_string(),
        Value::Number(number) => number.to_string(),
        Value::List(items) => items.iter().map(self::value).collect::<Vec<_>>().join(", "),
        _ => "…".to_owned(),
    }
}

/// The whole process.
pub(super) fn told(field: &Field<'_>, process: &Definition) -> String {
    let case = TypeTitles::new(field.definitions, &process.case);
    let teller = Teller { field, process, titles: ProcessTitles { process, case } };
    let mut lines = vec![format!("### {}\n", field.named(&process.title, &process.id))];
    lines.extend(process.basis.as_ref().map(|basis| teller.rests(basis) + "\n"));
    lines.push(teller.begins());
    lines.extend(process.stage.iter().filter(|stage| stage.r#final).map(|stage| {
        let title = stage.title.get(field.lang);
        field.both(format!("- 到“{title}”终结"), format!("- It ends in “{title}”"))
    }));
    lines.push(format!("\n**{}**\n", field.both("办理", "Acts")));
    lines.extend(process.action.iter().map(|action| teller.act(action)));
    if !process.clock.is_empty() {
        lines.push(format!("\n**{}**\n", field.both("时限", "Clocks")));
        lines.extend(process.clock.iter().map(|clock| teller.clock(clock)));
    }
    lines.join("\n")
}

struct Teller<'a> {
    field: &'a Field<'a>,
    process: &'a Definition,
    titles: ProcessTitles<'a>,
}

impl Teller<'_> {
    fn rests(&self, basis: &str) -> String {
        let law = self.field.definitions.laws.cite(basis, self.field.lang);
        self.field.both(format!("依据：{law}。"), format!("Basis: {law}."))
    }

    fn stage(&self, id: &Name) -> String {
        let title = self.process.stage(id).map_or(id.as_str(), |stage| stage.title.get(self.field.lang));
        self.field.both(format!("“{title}”"), format!("“{title}”"))
    }

    fn stages(&self, ids: &[Name]) -> String {
        self.field.list(ids.iter().map(|id| self.stage(id)))
    }

    fn roles(&self, roles: &[Name]) -> String {
        self.field.list(roles.iter().map(|role| self.field.role(role)))
    }

    fn begins(&self) -> String {
        let start = self.stage(&self.process.start);
        match &self.process.begin {
            None => self.field.both(
                format!("- 由规则或者其他事项发起，从{start}开始"),
                format!("- A rule or another case begins it, in {start}"),
            ),
            Some(begin) => {
                let by = self.roles(&begin.by);
                self.field
                    .both(format!("- 由{by}发起，从{start}开始"), format!("- {by} begin it, in {start}"))
            }
        }
    }

    fn act(&self, action: &Action) -> String {
        let field = self.field;
        let from = self.stages(&action.from);
        let who = match action.auto {
            true => field.both("平台自动", "the platform").to_owned(),
            false => self.roles(&action.by),
        };
        let mut line = field.both(
            format!("- {}：在{from}，由{who}", action.title.zh),
            format!("- {}: in {from}, by {who}", action.title.en),
        );
        let mut say = |zh: String, en: String| {
            line.push_str(field.both("；", "; "));
            line.push_str(&field.both(zh, en));
        };
        if let Some(to) = &action.to {
            let to = self.stage(to);
            say(format!("到{to}"), format!("leads to {to}"));
        }
        if let Some(guard) = &action.guard {
            let guard = guard.prose(field.lang, &self.titles);
            say(format!("条件：{guard}"), format!("only if {guard}"));
        }
        if !action.needs.is_empty() {
            let needs = field.list(action.needs.iter().map(|need| self.need(*need).to_owned()));
            say(format!("须附 {needs}"), format!("with {needs}"));
        }
        if !action.reasons.is_empty() {
            let reasons = field.list(action.reasons.iter().map(|r| r.title.get(field.lang).to_owned()));
            say(format!("理由：{reasons}"), format!("for a reason: {reasons}"));
        }
        if !action.set.is_empty() {
            let set =
                field.list(action.set.iter().map(|(name, given)| format!("{name} = {}", self.given(given))));
            say(format!("写入 {set}"), format!("sets {set}"));
        }
        for name in &action.other_than {
            let path =
                [Name::new("remembered").ok(), Some(name.clone())].into_iter().flatten().collect::<Vec<_>>();
            let who = lang::Titles::path(&self.titles, &path, field.lang).unwrap_or_else(|| name.to_string());
            say(format!("不得是{who}"), format!("not by {who}"));
        }
        if let Some(basis) = &action.basis {
            let law = field.definitions.laws.cite(basis, field.lang);
            say(format!("依据{law}"), format!("basis: {law}"));
        }
        line
    }

    fn need(&self, need: Need) -> &'static str {
        match need {
            Need::Opinion => self.field.both("办理意见", "an opinion"),
            Need::Measurement => self.field.both("测量值", "a measured value"),
            Need::Photo => self.field.both("照片", "a photo"),
            Need::Document => self.field.both("文件", "a document"),
        }
    }

    fn given(&self, given: &Given) -> String {
        match given {
            Given::Value(literal) => value(literal),
            Given::Expression(expression) => expression.prose(self.field.lang, &self.titles),
        }
    }

    fn clock(&self, clock: &StageClock) -> String {
        let field = self.field;
        let rule = &clock.rule;
        let kind = match clock.kind {
            ClockKind::Statutory => field.both("法定", "statutory"),
            ClockKind::Promised => field.both("承诺", "promised"),
        };
        let time = amount(rule.budget, rule.unit, field.lang);
        let runs = match &clock.task {
            Some(task) => self.process.task(task).map_or("", |task| task.title.get(field.lang)).to_owned(),
            None => self.stages(&clock.runs),
        };
        let mut lines = vec![field.both(
            format!("- {}（{kind}）：{time}，在{runs}计时。{}", rule.title.zh, self.rests(&rule.basis)),
            format!("- {} ({kind}): {time}, running in {runs}. {}", rule.title.en, self.rests(&rule.basis)),
        )];
        for budget in &clock.budgets {
            let when = budget.when.prose(field.lang, &self.titles);
            let time = amount(budget.budget, rule.unit, field.lang);
            lines.push(field.both(format!("  - {when}的，{time}"), format!("  - {time} if {when}")));
        }
        for rung in &rule.ladder {
            let (zh, en, role) = match &rung.climb {
                Climb::Notify(role) => ("提醒", "notifies", role),
                Climb::Raise(role) => ("提交", "raises it to", role),
            };
            let role = field.role(role);
            lines.push(
                field.both(format!("  - {}：{zh}{role}", rung.id), format!("  - {}: {en} {role}", rung.id)),
            );
        }
        for pause in &rule.pauses {
            let law = field.definitions.laws.cite(&pause.basis, field.lang);
            lines.push(field.both(
                format!("  - 因{}中止，依据{law}", pause.title.zh),
                format!("  - stands still for {}: {law}", pause.title.en),
            ));
        }
        lines.join("\n")
    }
}

/// `4 个工作时`, `4 working hours`.
fn amount(number: u32, unit: Unit, lang: Lang) -> String {
    let (zh, en) = match unit {
        Unit::UrgentHour => ("紧急时", "urgent hour"),
        Unit::WorkingHour => ("工作时", "working hour"),
        Unit::WorkingDay => ("工作日", "working day"),
        Unit::CalendarDay => ("日", "calendar day"),
        Unit::Month => ("月", "month"),
    };
    match lang {
        Lang::Zh => format!("{number} 个{zh}"),
        Lang::En => format!("{number} {en}{}", if number == 1 { "" } else { "s" }),
    }
}
