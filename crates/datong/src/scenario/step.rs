//! What happens in a scenario: devices report, time passes, people begin and act.

use super::city::City;
use crate::actors::Report;
use anyhow::{Context, bail, ensure};
use jiff::{Span, ToSpan};
use model::{Flag, Name, Period};
use pack::{Send, Step};
use serde_json::{Value, json};

/// The answer of HJ 212 that says: taken.
const TAKEN: u16 = 9014;

impl City {
    /// Takes one step.
    pub(super) fn step(&mut self, step: &Step) -> anyhow::Result<()> {
        if let Some(send) = &step.send {
            return self.send(send);
        }
        if let Some(connector) = &step.bring {
            let path = format!("/api/v1/connectors/{connector}/imports");
            let file = step.file.as_deref().unwrap_or_default();
            return self.post(step, &path, ("text/csv", file.as_bytes())).map(drop);
        }
        if let Some(until) = &step.until {
            return self.drive(self.at(until)?);
        }
        if let Some(wait) = &step.wait {
            let now = self.now()?;
            return self.drive(self.at(&now.checked_add(span(wait)?)?.to_string())?);
        }
        if let Some(process) = &step.begin {
            return self.begin_case(process, step);
        }
        if let Some(act) = &step.act {
            return self.act(act, step);
        }
        let expect = step.expect.as_ref().context("a step without a verb")?;
        self.expect(expect, step)
    }

    /// Periods in a row, each reported when it has passed.
    fn send(&mut self, send: &Send) -> anyhow::Result<()> {
        ensure!(send.door == *"hj212", "there is no door {} that a scenario could send to", send.door);
        let (kind, id) = send.from.split_once(':').context("`from` reads <type>:<id>")?;
        let urn = model::Urn::of(&Name::new(kind)?, id)?;
        let entity =
            self.node()?.kernel.entity(&urn)?.with_context(|| format!("{urn} is not in the register"))?;
        let number = entity.text("mn").to_owned();
        let system = entity.value("system").as_int().and_then(|code| u16::try_from(code).ok());
        let flag = Flag(send.flag.bytes().next().context("`flag` is one letter")?);
        let (period, report) = self.report(&entity.kind, send, flag)?;
        let mut start = match &send.observed {
            Some(text) => text.parse().context("`observed` is a local time")?,
            None => self.now()?,
        };
        for _ in 0..send.times {
            let end = start.checked_add(period)?;
            let end_at = self.at(&end.to_string())?;
            if send.observed.is_none() {
                self.drive(end_at)?;
            }
            let sent = self.now()?.checked_add(Span::new().seconds(send.clock))?;
            let outlet = self.outlet(&number, system)?;
            let answer = outlet.report(sent, start, &report)?;
            ensure!(
                answer.command == send.answer.unwrap_or(TAKEN),
                "the door answered {answer:?} to the period from {start}"
            );
            self.node()?.dispatcher.settle();
            start = end;
        }
        Ok(())
    }

    /// What the attributes' feeds carry.
    fn report(&self, kind: &Name, send: &Send, flag: Flag) -> anyhow::Result<(Span, Report)> {
        let loaded = self.loaded()?;
        let kind = loaded.definitions.types.get(kind).context("the type is not declared")?;
        let mut report = Report { command: 0, values: Vec::new(), flag: flag.0 };
        let mut period = Period::Moment;
        for (attribute, value) in &send.values {
            let declared = kind.attribute(attribute).and_then(|a| a.feed.as_ref());
            let feed = declared.with_context(|| format!("{attribute} has no feed"))?;
            ensure!(
                report.command == 0 || report.command == feed.key.command,
                "{attribute} comes with command {}, the others with {}: send them apart",
                feed.key.command,
                report.command
            );
            report.command = feed.key.command;
            period = feed.period;
            report.values.push((feed.key.factor.clone(), feed.key.statistic.to_string(), *value));
        }
        let period = match period {
            Period::Moment => 0.hours(),
            Period::Minute => 10.minutes(),
            Period::Hour => 1.hours(),
            Period::Day => 24.hours(),
        };
        Ok((period, report))
    }

    fn begin_case(&mut self, process: &Name, step: &Step) -> anyhow::Result<()> {
        let about = match step.about.as_deref() {
            Some(about) => {
                let (kind, id) = about.split_once(':').context("`about` reads <type>:<id>")?;
                Some(model::Urn::of(&Name::new(kind)?, id)?.to_string())
            }
            None => None,
        };
        let body = json!({ "about": about, "fields": fields(step)? });
        let path = format!("/api/v1/processes/{process}/cases");
        let answer = self.post(step, &path, ("application/json", body.to_string().as_bytes()))?;
        if let Some(case) = answer.and_then(|answer| answer["case"].as_str().map(str::to_owned)) {
            if let Some(name) = &step.case {
                self.cases.insert(name.clone(), case.clone());
            }
            self.latest = Some(case);
        }
        Ok(())
    }

    fn act(&mut self, act: &Name, step: &Step) -> anyhow::Result<()> {
        let case = self.case_of(step)?;
        let mut body = json!({});
        for (name, value) in fields(step)?.as_object().into_iter().flatten() {
            match name.as_str() {
                "opinion" | "reason" | "measurement" | "assignment" => body[name] = value.clone(),
                "photos" | "documents" => body[name] = enclosures(value)?,
                _ => body["fields"][name] = self.named(value),
            }
        }
        self.post(
            step,
            &format!("/api/v1/cases/{case}/acts/{act}"),
            ("application/json", body.to_string().as_bytes()),
        )
        .map(drop)
    }

    /// A value; `@name` is the case that an earlier step has called so.
    fn named(&self, value: &Value) -> Value {
        let name = value.as_str().and_then(|text| text.strip_prefix('@'));
        let case = name.and_then(|name| self.cases.iter().find(|(own, _)| own.as_str() == name));
        case.map_or_else(|| value.clone(), |(_, case)| json!(case))
    }

    /// Posts, and checks whether it was refused as the step says.
    fn post(
        &mut self,
        step: &Step,
        path: &str,
        (kind, body): (&str, &[u8]),
    ) -> anyhow::Result<Option<Value>> {
        self.sent += 1;
        let key = format!("scenario-{}", self.sent);
        let answer = self.person(step.who.as_deref())?.post(path, &key, (kind, body))?;
        self.node()?.dispatcher.settle();
        let said: Value =
            serde_json::from_str(&answer.text).unwrap_or_else(|_| json!({ "title": answer.text }));
        match (&step.refused, answer.status) {
            (None, 200..=299) => Ok(Some(said)),
            (Some(code), 400..=499) if said["code"] == code.as_str() => Ok(None),
            (Some(code), 400..=499) => {
                bail!("refused with `{}` instead of `{code}`: {}", said["code"], said["title"])
            }
            (Some(code), _) => bail!("it was to be refused with `{code}`, and was done"),
            (None, status) => bail!("refused with {status} `{}`: {}", said["code"], said["title"]),
        }
    }

    /// The case that a step speaks of.
    pub(super) fn case_of(&self, step: &Step) -> anyhow::Result<String> {
        match &step.case {
            Some(name) => {
                self.cases.get(name).cloned().with_context(|| format!("no case is called {name} yet"))
            }
            None => {
                self.latest.clone().context("no case has been met yet: begin one, or expect one to be open")
            }
        }
    }
}

/// So many files, each a little different, in Base64.
fn enclosures(count: &Value) -> anyhow::Result<Value> {
    let count = count.as_u64().context("photos and documents say how many: photos = 1")?;
    Ok((0..count).map(|number| proof::to_base64(format!("enclosure {number}").as_bytes())).collect())
}

fn fields(step: &Step) -> anyhow::Result<Value> {
    let filled = step.with.iter().map(|(name, value)| Ok((name.to_string(), serde_json::to_value(value)?)));
    Ok(Value::Object(filled.collect::<anyhow::Result<_>>()?))
}

/// `2h`, `30min`, `3d`.
fn span(text: &str) -> anyhow::Result<Span> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: i64 = number.parse().with_context(|| format!("`{text}` is no amount like 2h"))?;
    Ok(match unit {
        "min" => number.minutes(),
        "h" => number.hours(),
        "d" => number.days(),
        _ => bail!("`{text}` is no amount like 30min, 2h or 3d"),
    })
}
