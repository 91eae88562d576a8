//! Clocks in words.

use super::Teller;
use crate::{Climb, ClockKind, ConditionalBudget, Left, Stage, StageClock, Unit};
use model::Lang;

impl Teller<'_> {
    /// The clocks that run in a stage, or for the holders of its tasks.
    pub fn clocks_in(&self, stage: &Stage, lines: &mut Vec<String>) {
        let of_stage = |clock: &&StageClock| {
            let task = clock.task.as_ref().and_then(|task| self.definition.task(task));
            clock.runs.contains(&stage.id) || task.is_some_and(|task| task.stage == stage.id)
        };
        for clock in self.definition.clock.iter().filter(of_stage) {
            // Told once, where it first runs; after that it goes on.
            let earlier = self.definition.stage.iter().take_while(|other| other.id != stage.id);
            let goes_on =
                clock.task.is_none() && earlier.into_iter().any(|other| clock.runs.contains(&other.id));
            let title = self.title(&clock.rule.title);
            lines.push(if goes_on {
                self.pick(|| format!("- 计时“{title}”继续。"), || format!("- Clock “{title}” goes on."))
            } else {
                format!("- {}", self.clock(clock))
            });
        }
    }

    /// A clock in a line, with a line under it for each budget that it has instead somewhere.
    fn clock(&self, clock: &StageClock) -> String {
        let rule = &clock.rule;
        let title = self.title(&rule.title);
        let kind = match clock.kind {
            ClockKind::Statutory => self.say("法定", "statutory"),
            ClockKind::Promised => self.say("承诺", "promised"),
        };
        let amount = self.units(rule.unit, rule.budget);
        let each = if clock.task.is_some() { self.say("，各自计算", " for each of them") } else { "" };
        let basis = self.basis(&rule.basis);
        let mut said = self.pick(
            || format!("计时“{title}”（{kind}）：{amount}{each}。依据：{basis}。"),
            || format!("Clock “{title}” ({kind}): {amount}{each}. Basis: {basis}."),
        );
        let rungs = rule.ladder.iter().map(|rung| self.rung(rung.left, &rung.climb));
        let owner = clock
            .owner
            .iter()
            .map(|owner| format!("{}{}", self.say("兜底：", "last resort: "), self.role(owner)));
        let pauses: Vec<String> = rule
            .pauses
            .iter()
            .map(|pause| {
                let (title, basis) = (self.title(&pause.title), self.basis(&pause.basis));
                self.pick(|| format!("{title}（{basis}）"), || format!("{title} ({basis})"))
            })
            .collect();
        let pauses = (!pauses.is_empty())
            .then(|| format!("{}{}", self.say("可中止：", "may stand for: "), self.list(&pauses)));
        let more: Vec<String> = rungs.chain(owner).chain(pauses).collect();
        if !more.is_empty() {
            let (space, stop) = (self.say("", " "), self.say("。", "."));
            said += &format!("{space}{}{stop}", self.first_upper(&more.join(self.say("；", "; "))));
        }
        said.extend(clock.budgets.iter().map(|budget| format!("\n  - {}", self.budget(rule.unit, budget))));
        said
    }

    /// What a clock has instead, and where.
    fn budget(&self, unit: Unit, budget: &ConditionalBudget) -> String {
        let (amount, when) = (self.units(unit, budget.budget), self.expression(&budget.when));
        let basis = budget.basis.as_ref().map(|basis| self.basis(basis));
        let basis = basis.map_or_else(String::new, |basis| {
            self.pick(|| format!("（依据：{basis}）"), || format!(" (basis: {basis})"))
        });
        self.pick(|| format!("{when}时：{amount}{basis}。"), || format!("{amount} where {when}{basis}."))
    }

    fn rung(&self, left: Left, climb: &Climb) -> String {
        let (amount, before) = match left {
            Left::Days(days) => (self.count(days.abs(), ("日", "day")), days > 0),
            Left::Secs(secs) if secs % 3_600 == 0 => {
                (self.count(secs.abs() / 3_600, ("小时", "hour")), secs > 0)
            }
            Left::Secs(secs) => (self.count(secs.abs() / 60, ("分钟", "minute")), secs > 0),
        };
        let when = match (left, before) {
            (Left::Days(0) | Left::Secs(0), _) => self.say("到期", "when it is over").to_owned(),
            (_, true) => self.pick(|| format!("到期前{amount}"), || format!("{amount} before")),
            (_, false) => self.pick(|| format!("逾期{amount}"), || format!("{amount} over")),
        };
        match climb {
            Climb::Notify(role) => {
                let role = self.role(role);
                self.pick(|| format!("{when}：提醒{role}"), || format!("{when}: {role} is told"))
            }
            Climb::Raise(role) => {
                let role = self.role(role);
                self.pick(|| format!("{when}：上交{role}"), || format!("{when}: raised to {role}"))
            }
        }
    }

    pub fn units(&self, unit: Unit, n: u32) -> String {
        let words = match unit {
            Unit::UrgentHour => ("个紧急工作时", "urgent hour"),
            Unit::WorkingHour => ("个工作时", "working hour"),
            Unit::WorkingDay => ("个工作日", "working day"),
            Unit::CalendarDay => ("日", "calendar day"),
            Unit::Month => ("个月", "month"),
        };
        self.count(i64::from(n), words)
    }

    /// `once`, `3 times`.
    pub fn times(&self, n: u32) -> String {
        self.pick(|| format!("{n}次"), || if n == 1 { "once".to_owned() } else { format!("{n} times") })
    }

    fn count(&self, n: i64, (zh, en): (&str, &str)) -> String {
        let many = if n == 1 { "" } else { "s" };
        self.pick(|| format!("{n}{zh}"), || format!("{n} {en}{many}"))
    }

    fn first_upper(&self, text: &str) -> String {
        if self.lang == Lang::Zh {
            return text.to_owned();
        }
        let mut letters = text.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }
}
