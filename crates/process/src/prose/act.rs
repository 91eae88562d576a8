//! Acts in words.

use super::Teller;
use crate::{Action, Does, Need, Since};
use model::Name;

impl Teller<'_> {
    pub fn act(&self, action: &Action) -> String {
        let title = self.title(&action.title);
        let who = if action.auto {
            self.pick(|| format!("“{title}”由平台自动办理"), || format!("“{title}” by the platform itself"))
        } else {
            let roles = self.roles(&action.by);
            self.pick(|| format!("“{title}”由{roles}办理"), || format!("“{title}” by {roles}"))
        };
        let to = action.to.as_ref().map(|to| self.stage_title(to));
        let to = to.map(|to| self.pick(|| format!("转“{to}”"), || format!("leads to “{to}”")));
        let mut said: Vec<String> = [who].into_iter().chain(to).collect();
        said.extend(self.does(action));
        said.extend(action.beside.then(|| self.say("可办可不办", "need not be done").to_owned()));
        said.extend(self.conditions(action));
        said.extend(self.comes_with(action));
        said.extend(self.follows(action));
        if let Some(basis) = &action.basis {
            said.push(format!("{}{}", self.say("依据：", "basis: "), self.basis(basis)));
        }
        said.join(self.say("，", ", ")) + self.say("。", ".")
    }

    fn does(&self, action: &Action) -> Vec<String> {
        let task = |task: &Name| {
            let task = self.definition.task(task);
            task.map_or_else(String::new, |task| self.title(&task.title).to_owned())
        };
        let word = match &action.does {
            None => return Vec::new(),
            Some(Does::Task(id)) => {
                let task = task(id);
                self.pick(|| format!("完成任务“{task}”"), || format!("completes the task “{task}”"))
            }
            Some(Does::Claim) => self.say("签收任务", "claims the task").to_owned(),
            Some(Does::Delegate) => self.say("转交任务", "hands the task on").to_owned(),
            Some(Does::Return) => self.say("退回", "a return").to_owned(),
            Some(Does::Extend) => self.say("延期", "an extension").to_owned(),
            Some(Does::Shelve) => {
                self.say("挂账，计时全部中止", "shelves the case, all clocks stand").to_owned()
            }
            Some(Does::TakeUp) => self.say("恢复挂账事项", "takes a shelved case up again").to_owned(),
            Some(Does::Reopen) => self.say("重新办理", "reopens the case").to_owned(),
            Some(Does::Correct) => self.say("更正此前的办理", "corrects an earlier act").to_owned(),
            Some(Does::Void) => self.say("撤销上一办理", "undoes the last act").to_owned(),
            Some(Does::Recuse) => self.say("回避", "recusal").to_owned(),
            Some(Does::Send) => self.say("送外部系统", "sends it to the outside system").to_owned(),
            Some(Does::Receive) => {
                self.say("接收外部系统结果", "takes the outside system's answer").to_owned()
            }
        };
        let mut said = vec![word];
        if let Some(rank) = action.does.as_ref().and_then(Does::rank) {
            said.push(
                self.pick(
                    || format!("需{rank}级以上岗位"),
                    || format!("takes a role of rank {rank} or more"),
                ),
            );
        }
        if let Some(bounces) = &action.bounces {
            let (n, to) = (bounces.max, &bounces.to);
            let stage = self.definition.stage(to);
            let to = stage.map_or_else(|| self.role(to), |stage| format!("“{}”", self.title(&stage.title)));
            let nth = match n {
                1 => "1st".to_owned(),
                2 => "2nd".to_owned(),
                3 => "3rd".to_owned(),
                n => format!("{n}th"),
            };
            said.push(
                self.pick(|| format!("第{n}次起转{to}"), || format!("from the {nth} return on to {to}")),
            );
        }
        if let Some(extends) = &action.extends {
            let unit = self.definition.clock(&extends.clock).map(|clock| clock.rule.unit);
            let amount = unit.map_or_else(String::new, |unit| self.units(unit, extends.units));
            let times = self.times(extends.times);
            said.push(
                self.pick(
                    || format!("延长{amount}，最多{times}"),
                    || format!("{amount} more, at most {times}"),
                ),
            );
        }
        said
    }

    /// What must hold.
    fn conditions(&self, action: &Action) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(guard) = &action.guard {
            let guard = self.expression(guard);
            said.push(self.pick(|| format!("条件：{guard}"), || format!("only if {guard}")));
        }
        if !action.other_than.is_empty() {
            let names: Vec<_> = action.other_than.iter().map(|name| self.remembered(name)).collect();
            let names = self.list(&names);
            said.push(
                self.pick(|| format!("不得与{names}同一人"), || format!("another person than {names}")),
            );
        }
        for task in action.waits.iter().filter_map(|task| self.definition.task(task)) {
            let task = self.title(&task.title);
            said.push(self.pick(|| format!("须先完成任务“{task}”"), || format!("after the task “{task}”")));
        }
        if action.when_parts_closed {
            said.push(self.say("分办事项须全部办结", "when all parts are closed").to_owned());
        }
        if let Some(within) = action.within {
            let amount = self.units(within.unit, within.budget);
            let (zh, en) = match (within.since, &action.does) {
                (Since::Case, _) => ("事项发起", "the case's beginning"),
                (Since::Stage, Some(Does::Reopen)) => ("办结", "the end"),
                (Since::Stage, _) => ("进入该环节", "entering the stage"),
            };
            said.push(self.pick(|| format!("{zh}后{amount}内"), || format!("within {amount} of {en}")));
        }
        if let Some(n) = action.at_most {
            let times = self.times(n);
            said.push(self.pick(|| format!("最多{times}"), || format!("at most {times}")));
        }
        said
    }

    /// What must come with it.
    fn comes_with(&self, action: &Action) -> Vec<String> {
        let needs = action.needs.iter().map(|need| match need {
            Need::Opinion => self.say("意见", "an opinion"),
            Need::Measurement => self.say("测量值", "a measurement"),
            Need::Photo => self.say("照片", "a photo"),
            Need::Document => self.say("材料", "a document"),
        });
        let fields =
            action.fields.iter().filter(|field| field.required).map(|field| self.title(&field.title));
        let all: Vec<String> = needs.chain(fields).map(str::to_owned).collect();
        let mut said = Vec::new();
        if !all.is_empty() {
            let all = self.list(&all);
            said.push(self.pick(|| format!("须有：{all}"), || format!("with {all}")));
        }
        let reasons = self.definition.reasons(action);
        if !reasons.is_empty() {
            let reasons: Vec<_> = reasons.iter().map(|(_, title)| self.title(title).to_owned()).collect();
            let reasons = self.list(&reasons);
            said.push(
                self.pick(|| format!("理由：{reasons}"), || format!("for one of these reasons: {reasons}")),
            );
        }
        said
    }

    /// What follows beside the stage.
    fn follows(&self, action: &Action) -> Vec<String> {
        let mut said = Vec::new();
        let clock = |id: &Name| {
            let clock = self.definition.clock(id);
            clock.map_or_else(|| id.to_string(), |clock| self.title(&clock.rule.title).to_owned())
        };
        for (ids, zh, en) in [
            (&action.pauses, "中止计时", "pauses the clock"),
            (&action.resumes, "恢复计时", "resumes the clock"),
        ] {
            for id in ids {
                let (clock, verb) = (clock(id), self.say(zh, en));
                said.push(self.pick(|| format!("{verb}“{clock}”"), || format!("{verb} “{clock}”")));
            }
        }
        for (id, on) in &action.flags {
            let flag = self.definition.flag.iter().find(|flag| flag.id == *id);
            let flag = flag.map_or_else(|| id.to_string(), |flag| self.title(&flag.title).to_owned());
            let verb =
                if *on { self.say("标记", "marks it as") } else { self.say("取消标记", "no longer") };
            said.push(self.pick(|| format!("{verb}“{flag}”"), || format!("{verb} “{flag}”")));
        }
        for opens in &action.opens {
            let process = self.words.process(&opens.process, self.lang);
            let process = process.unwrap_or_else(|| opens.process.to_string());
            said.push(
                self.pick(|| format!("另立事项“{process}”"), || format!("opens a case of “{process}”")),
            );
        }
        said
    }
}
