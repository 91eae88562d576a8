//! A process in words, Chinese or English, stage by stage: who may do what, by when, on what basis. What a section chief
//! would sign. `diagram` draws it.

mod act;
mod clock;

use crate::{Definition, Policy, Stage, Task, standing};
use lang::{Expression, Titles, Words};
use model::{Lang, Name, Text};

/// The titles of what the engine and the definition give, before those of the case.
struct Given<'a>(Teller<'a>);

impl Titles for Given<'_> {
    fn path(&self, path: &[Name], lang: Lang) -> Option<String> {
        let (teller, definition) = (&self.0, self.0.definition);
        let own = |zh: &str, en: &str| Some(if lang == Lang::Zh { zh } else { en }.to_owned());
        match path {
            [first] => match first.as_str() {
                "actor" => own("办理人", "whoever acts"),
                "at" => own("此刻", "now"),
                "stage" => own("环节", "the stage"),
                "bounces" => own("退回次数", "the number of returns"),
                "reopened" => own("重新办理次数", "the number of reopenings"),
                _ => None,
            },
            [first, id] if *first == "flags" => {
                let flag = definition.flag.iter().find(|flag| flag.id == *id)?;
                Some(format!("“{}”", flag.title.get(lang)))
            }
            [first, id, word] if *first == "clocks" => {
                let clock = &definition.clock(id)?.rule.title;
                let (zh, en) = standing::title(word.as_str())?;
                Some(if lang == Lang::Zh {
                    format!("“{}”{zh}", clock.zh)
                } else {
                    format!("{en} “{}”", clock.en)
                })
            }
            [first, id] if *first == "remembered" => Some(teller.remembered(id)),
            [first, which] if *first == "parts" && *which == "open" => {
                own("未办结的分办事项数", "the number of open parts")
            }
            [first, which] if *first == "parts" && *which == "all" => {
                own("分办事项数", "the number of parts")
            }
            [first, id] if *first == "act" => match id.as_str() {
                "reason" => own("所选理由", "the reason given"),
                "opinion" => own("办理意见", "the opinion"),
                "measurement" => own("测量值", "the measured value"),
                _ => {
                    let mut fields = definition.action.iter().flat_map(|action| &action.fields);
                    fields.find(|field| field.id == *id).map(|field| field.title.get(lang).to_owned())
                }
            },
            _ => None,
        }
        .or_else(|| teller.words.path(path, lang))
    }

    fn function(&self, name: &str, lang: Lang) -> Option<String> {
        self.0.words.function(name, lang)
    }

    fn code(&self, path: &[Name], code: &str, lang: Lang) -> Option<String> {
        self.0.words.code(path, code, lang)
    }
}

/// A definition that is put into words.
#[derive(Clone, Copy)]
pub(crate) struct Teller<'a> {
    definition: &'a Definition,
    lang: Lang,
    words: &'a dyn Words,
}

/// The process in words.
pub fn prose(definition: &Definition, lang: Lang, words: &dyn Words) -> String {
    let teller = Teller { definition, lang, words };
    let mut lines = vec![format!("# {}", definition.title.get(lang)), String::new()];
    teller.head(&mut lines);
    for stage in definition.children(None) {
        teller.stage(stage, 2, &mut lines);
    }
    lines.join("\n") + "\n"
}

impl Teller<'_> {
    fn head(&self, lines: &mut Vec<String>) {
        if let Some(basis) = &self.definition.basis {
            let basis = self.basis(basis);
            lines.push(self.pick(|| format!("依据：{basis}。"), || format!("Basis: {basis}.")));
        }
        match &self.definition.begin {
            Some(begin) => {
                let fields = begin.fields.iter().map(|field| field.title.get(self.lang).to_owned());
                let fields = self.list(&fields.collect::<Vec<_>>());
                let roles = self.roles(&begin.by);
                lines.push(self.pick(
                    || format!("由{roles}发起，填写：{fields}。"),
                    || format!("Begun by {roles}, who fill in: {fields}."),
                ));
            }
            None => lines
                .push(self.say("由规则或其他事项发起。", "Begun by rules and by other cases.").to_owned()),
        }
        let start = self.stage_title(&self.definition.start);
        lines.push(
            self.pick(|| format!("从“{start}”开始。"), || format!("It begins in the stage “{start}”.")),
        );
        lines.push(String::new());
    }

    fn stage(&self, stage: &Stage, depth: usize, lines: &mut Vec<String>) {
        let mark = "#".repeat(depth.min(6));
        lines.push(format!("{mark} {}", stage.title.get(self.lang)));
        lines.push(String::new());
        let before = lines.len();
        self.nature(stage, lines);
        self.clocks_in(stage, lines);
        for task in self.definition.task.iter().filter(|task| task.stage == stage.id) {
            lines.push(format!("- {}", self.task(task)));
        }
        for action in self.definition.action.iter().filter(|action| action.from.contains(&stage.id)) {
            lines.push(format!("- {}", self.act(action)));
        }
        if lines.len() > before {
            lines.push(String::new());
        }
        for child in self.definition.children(Some(&stage.id)) {
            self.stage(child, depth + 1, lines);
        }
    }

    /// What kind of stage it is.
    fn nature(&self, stage: &Stage, lines: &mut Vec<String>) {
        let mut say = |zh: String, en: String| lines.push(if self.lang == Lang::Zh { zh } else { en });
        if stage.r#final {
            match &stage.within {
                None => say("事项到此办结。".to_owned(), "The case ends here.".to_owned()),
                Some(parent) => {
                    let parent = self.stage_title(parent);
                    say(
                        format!("“{parent}”到此完成。"),
                        format!("What is to be done of “{parent}” here is done."),
                    );
                }
            }
        }
        let regions = self.definition.regions(&stage.id);
        if !regions.is_empty() {
            let n = regions.len();
            say(format!("{n} 个并行段同时进行。"), format!("{n} regions run side by side."));
        }
        if let Some(region) = &stage.region {
            say(format!("属于并行段“{region}”。"), format!("Belongs to the region “{region}”."));
        }
        if let Some(then) = &stage.then {
            let then = self.stage_title(then);
            say(
                format!("全部完成后转“{then}”。"),
                format!("When all of it is done, the case goes to “{then}”."),
            );
        }
        if stage.history {
            say(
                "再次进入时从离开处继续。".to_owned(),
                "Entered again, it goes on where it was left.".to_owned(),
            );
        }
        if let Some(elsewhere) = &stage.elsewhere {
            let system = self.words.system(&elsewhere.system, self.lang);
            let system = system.unwrap_or_else(|| elsewhere.system.to_string());
            say(
                format!("在外部系统“{system}”办理，计时不停。"),
                format!("Done in the outside system “{system}”; clocks keep running."),
            );
        }
    }

    fn task(&self, task: &Task) -> String {
        let title = task.title.get(self.lang);
        let holders = match &task.parties {
            Some(parties) => self.expression(parties),
            None => self.roles(&task.roles),
        };
        let n = task.at_least.unwrap_or_default();
        let policy = match task.policy {
            Policy::One => self.say("其中一人办理", "any one of them does it").to_owned(),
            Policy::Claim => self.say("由先签收者办理", "whoever claims it first does it").to_owned(),
            Policy::All => self.say("每一方都要办理", "each of them does it").to_owned(),
            Policy::AtLeast => {
                self.pick(|| format!("至少 {n} 方办理"), || format!("at least {n} of them do it"))
            }
            Policy::InSequence => self.say("依次办理", "each in turn").to_owned(),
        };
        let lead = task.lead.as_ref().map(|lead| {
            let lead = self.role(lead);
            self.pick(|| format!("，{lead}主办"), || format!("; {lead} leads"))
        });
        let lead = lead.unwrap_or_default();
        self.pick(
            || format!("任务“{title}”：{holders}，{policy}{lead}。"),
            || format!("Task “{title}”: {holders}; {policy}{lead}."),
        )
    }

    /// An expression in words.
    pub fn expression(&self, expression: &Expression) -> String {
        expression.prose(self.lang, &Given(*self))
    }

    /// Who is remembered under a name: whoever did the act that remembers it.
    pub fn remembered(&self, name: &Name) -> String {
        let acts = self.definition.action.iter().filter(|action| action.remember.as_ref() == Some(name));
        let acts: Vec<_> = acts.map(|action| format!("“{}”", action.title.get(self.lang))).collect();
        let acts = self.either(&acts);
        self.pick(|| format!("{acts}的办理人"), || format!("whoever did {acts}"))
    }

    pub fn say<'b>(&self, zh: &'b str, en: &'b str) -> &'b str {
        if self.lang == Lang::Zh { zh } else { en }
    }

    pub fn pick(&self, zh: impl FnOnce() -> String, en: impl FnOnce() -> String) -> String {
        if self.lang == Lang::Zh { zh() } else { en() }
    }

    pub fn title<'b>(&self, text: &'b Text) -> &'b str {
        text.get(self.lang)
    }

    pub fn role(&self, role: &Name) -> String {
        self.words.role(role, self.lang).unwrap_or_else(|| role.to_string())
    }

    pub fn roles(&self, roles: &[Name]) -> String {
        let roles: Vec<_> = roles.iter().map(|role| self.role(role)).collect();
        self.either(&roles)
    }

    pub fn basis(&self, basis: &str) -> String {
        self.words.basis(basis, self.lang).unwrap_or_else(|| basis.to_owned())
    }

    pub fn stage_title(&self, id: &Name) -> String {
        self.definition
            .stage(id)
            .map_or_else(|| id.to_string(), |stage| stage.title.get(self.lang).to_owned())
    }

    pub fn list(&self, items: &[String]) -> String {
        items.join(self.say("、", ", "))
    }

    fn either(&self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => {
                format!("{}{}{last}", first.join(self.say("、", ", ")), self.say("或", " or "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::permit;

    struct Named;

    impl Titles for Named {}

    impl Words for Named {
        fn role(&self, role: &Name, lang: Lang) -> Option<String> {
            let zh = match role.as_str() {
                "chief" => "科长",
                "clerk" => "窗口人员",
                _ => return None,
            };
            Some(if lang == Lang::Zh { zh.to_owned() } else { format!("the {role}") })
        }

        fn basis(&self, basis: &str, lang: Lang) -> Option<String> {
            let clause = basis.strip_prefix("licensing-law:")?;
            Some(if lang == Lang::Zh {
                format!("行政许可法第{clause}条")
            } else {
                format!("Licensing Law, art. {clause}")
            })
        }
    }

    #[test]
    fn a_process_is_told_in_both_languages() {
        for (lang, wanted) in [
            (
                Lang::En,
                [
                    "Begun by the clerk, who fill in: applicantName, area.",
                    "2 regions run side by side.",
                    "When all of it is done, the case goes to “countersigning”.",
                    "- Clock “decide” (statutory): 20 working days. Basis: Licensing Law, art. 42.",
                    "\n  - 10 working days where “urgent” is yes.\n  - 45 working days where large is yes.\n",
                    "- Clock “decide” goes on.",
                    "2 days before: the clerk is told; when it is over: raised to the chief",
                    "last resort: mayor-office",
                    "may stand for: hearing (Licensing Law, art. 45)",
                    "Task “countersign”: planning, police or fire; each of them does it; planning leads.",
                    "Clock “opinion” (statutory): 7 working hours for each of them.",
                    "- “grant” by the chief, leads to “province”",
                    "only if whoever acts is not inspectedBy",
                    "another person than whoever did “drafted”, whoever did “legal-pass”",
                    "from the 3rd return on to “ruling”",
                    "10 working days more, at most once",
                    "within 10 working days of the end, at most 2 times",
                    "Done in the outside system “provincial-licensing”; clocks keep running.",
                    "The case ends here.",
                ]
                .as_slice(),
            ),
            (
                Lang::Zh,
                [
                    "由窗口人员发起",
                    "2 个并行段同时进行。",
                    "全部完成后转“countersigning”。",
                    "计时“decide”（法定）：20个工作日。依据：行政许可法第42条。",
                    "到期前2日：提醒窗口人员；到期：上交科长",
                    "第3次起转“ruling”",
                    "“close-idle”由平台自动办理",
                    "事项到此办结。",
                ]
                .as_slice(),
            ),
        ] {
            let told = prose(permit(), lang, &Named);
            for line in wanted {
                assert!(told.contains(line), "{line}\n---\n{told}");
            }
        }
    }
}
