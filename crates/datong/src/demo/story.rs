//! The story of a demonstration: hours of packets, and people who work on what follows from them.

use crate::actors::{Answer, HourReport, Outlet, Person};
use crate::node::Node;
use anyhow::Context;
use jiff::civil::DateTime;
use kernel::{Handover, Kernel};
use model::Instant;

/// The devices of the three plants.
const PLANTS: [&str; 3] =
    ["DEMO0000000000CHIMNEY001", "DEMO0000000000CHIMNEY002", "DEMO0000000000000BOILER3"];
/// The plant from which nothing comes.
const STANDS_STILL: &str = "MonitoredSource:chimney-4";
/// When the exceedance begins, and its hours.
const EXCEEDANCE: (&str, [(f64, u8); 4]) =
    ("2026-09-30T12:00:00", [(24.6, b'N'), (188.0, b'F'), (61.3, b'N'), (58.7, b'N')]);

/// A node, its passwords, and the means to tell a story on it.
pub struct Story<'a> {
    node: &'a Node,
    made: &'a [Handover],
}

impl<'a> Story<'a> {
    /// A story on a node.
    pub fn new(node: &'a Node, made: &'a [Handover]) -> Self {
        Self { node, made }
    }

    fn password(&self, login: &str) -> anyhow::Result<&str> {
        let made = self.made.iter().find(|m| m.login == login);
        made.map(|m| m.password.as_str()).with_context(|| format!("{login} is not in the register"))
    }

    /// A person signs in.
    pub fn person(&self, login: &str) -> anyhow::Result<Person> {
        Person::sign_in(self.node.http, login, self.password(login)?)
    }

    /// The city itself.
    pub fn kernel(&self) -> &Kernel {
        &self.node.kernel
    }

    /// Everything that follows from what was written has followed.
    pub fn settle(&self) {
        self.node.dispatcher.settle();
    }

    /// An outlet's logger connects.
    pub fn outlet(&self, mn: &str) -> anyhow::Result<Outlet> {
        Outlet::connect(self.node.hj212, mn, self.password(mn)?)
    }

    /// The city's wall clock.
    pub fn local(&self) -> DateTime {
        self.node.kernel.loaded().zone.local(self.node.kernel.now())
    }

    /// Drives log time to a local time.
    pub fn until(&self, text: &str) -> anyhow::Result<()> {
        let to = Instant::parse(&format!("{text}:00+08:00"))?;
        Ok(self.node.kernel.advance(to, &self.node.dispatcher)?)
    }

    /// An hour has passed: the logger reports it, and rules see it.
    pub fn hour(&self, outlet: &mut Outlet, start: DateTime, report: HourReport) -> anyhow::Result<Answer> {
        let bytes = outlet.hour(self.local(), start, report)?;
        let answer = outlet.ask(&bytes)?;
        self.node.dispatcher.settle();
        Ok(answer)
    }

    /// The hours from one local time on, each reported when it has passed.
    pub fn hours(&self, mn: &str, first: &str, values: &[(f64, u8)]) -> anyhow::Result<()> {
        self.side_by_side(first, &[(mn, values)])
    }

    /// The same of several plants at once, hour by hour.
    fn side_by_side(&self, first: &str, plants: &[(&str, &[(f64, u8)])]) -> anyhow::Result<()> {
        let mut outlets = plants.iter().map(|(mn, _)| self.outlet(mn)).collect::<anyhow::Result<Vec<_>>>()?;
        let mut start: DateTime = first.parse()?;
        let count = plants.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
        for hour in 0..count {
            let end = start.checked_add(jiff::Span::new().hours(1))?;
            self.until(&end.strftime("%Y-%m-%dT%H:%M").to_string())?;
            for (outlet, (_, values)) in outlets.iter_mut().zip(plants) {
                let Some((so2, flag)) = values.get(hour) else { continue };
                let answer = self.hour(outlet, start, HourReport { so2: *so2, flag: *flag })?;
                anyhow::ensure!(answer.command == 9014, "the door answered {answer:?}");
            }
            start = end;
        }
        Ok(())
    }

    /// The first case in a person's list.
    pub fn first_case(&self, person: &Person) -> anyhow::Result<String> {
        person.get("/inbox")?.link("/cases/").context("no case in the inbox")
    }

    /// What a visitor finds: a case closed last week, one on its way, and one that waits.
    pub fn week(&self) -> anyhow::Result<()> {
        let (officer, inspector) = (self.person("officer-1")?, self.person("inspector-1")?);
        self.hours(PLANTS[1], "2026-09-28T08:00:00", &[(28.4, b'N'), (47.2, b'N'), (44.9, b'N')])?;
        let case = self.first_case(&officer)?;
        self.until("2026-09-28T11:20")?;
        let opinion = "仪器跨度漂移,校准记录已附。 Span drift; calibration record seen.";
        officer.act(&case, "dismiss", &[("opinion", opinion), ("reason", "calibration")])?;

        self.hours(PLANTS[2], "2026-09-29T09:00:00", &[(31.0, b'N'), (62.5, b'N'), (66.1, b'N')])?;
        let case = self.first_case(&officer)?;
        self.until("2026-09-29T12:10")?;
        officer.act(
            &case,
            "confirm",
            &[("opinion", "数据有效,请现场核实。 Data valid; please verify on site.")],
        )?;
        self.until("2026-09-29T16:40")?;
        let found = "现场测得 61,脱硫浆液泵停运。 61 measured on site; the absorber pump stood still.";
        inspector.act(&case, "report-verification", &[("opinion", found), ("measurement", "61")])?;
        // A quiet night at the third plant, so that its page has a day to show. In the morning the others go on as plants do.
        let quiet: Vec<(f64, u8)> =
            (0..19).map(|hour| (21.0 + f64::from(hour * 5 % 7) * 1.3, b'N')).collect();
        let (night, morning) = quiet.split_at(17);
        self.hours(PLANTS[0], "2026-09-29T17:00:00", night)?;
        self.with_others("2026-09-30T10:00:00", morning, 0)
    }

    /// The exceedance that waits for an officer: an invalid hour first, then two valid ones before the holiday.
    pub fn exceedance(&self) -> anyhow::Result<()> {
        self.hours(PLANTS[0], EXCEEDANCE.0, &EXCEEDANCE.1)
    }

    /// Somebody has the watch, and an event that concerns two departments is on its way.
    pub fn watch(&self) -> anyhow::Result<()> {
        let (duty, handler) = (self.person("duty-officer-1")?, self.person("handler-1")?);
        let shift = self.begin(&duty, "duty-shift", &serde_json::json!({ "watch": "day" }))?;
        let noted = "设备正常,夜班无遗留事项。 All in order; nothing left over from the night.";
        duty.act(&format!("/cases/{shift}"), "note", &[("opinion", noted)])?;
        let event =
            serde_json::json!({ "matter": "供热支管爆裂", "where": "演示小区北门", "level": "larger" });
        let event = format!("/cases/{}", self.begin(&duty, "city-event", &event)?);
        for (office, task) in [("供热企业", "关闭阀门,抢修支管"), ("街道办事处", "通知住户,安置老人")]
        {
            duty.act(&event, "order", &[("field-office", office), ("field-task", task)])?;
            self.settle();
        }
        let order = self.first_case(&handler)?;
        handler.act(&order, "confirm", &[])?;
        self.alarms(&duty)
    }

    /// Whoever takes the watch goes through the alarms of the days before: what is over ends, a plant that stands still is kept
    /// quiet.
    fn alarms(&self, duty: &Person) -> anyhow::Result<()> {
        while let Some(case) = duty.get("/boards/situation/alarms?tab=raised")?.link("/cases/") {
            duty.act(&case, "confirm", &[])?;
            let known = duty.get(&case)?;
            let (act, fields): (&str, &[(&str, &str)]) = if !known.text.contains(STANDS_STILL) {
                ("end", &[("opinion", "已恢复正常,部门另案办理。 Over; the department has its own case.")])
            } else {
                let why = "企业已报备停炉检修。 The plant has said that it stands still for repair.";
                ("keep-quiet", &[("field-quietFor", "twelve-hours"), ("opinion", why)])
            };
            duty.act(&case, act, fields)?;
            self.settle();
        }
        Ok(())
    }

    /// A person begins a case; its URN.
    fn begin(&self, person: &Person, process: &str, fields: &serde_json::Value) -> anyhow::Result<String> {
        let body = serde_json::json!({ "fields": fields });
        let page = person.post_json(
            &format!("/api/v1/processes/{process}/cases"),
            &format!("demo-{process}"),
            &body,
        )?;
        anyhow::ensure!(page.status < 300, "{process} was not begun: {}", page.text);
        let answer: serde_json::Value = serde_json::from_str(&page.text)?;
        let case = answer["case"].as_str().context("the answer names no case")?;
        Ok(case.to_owned())
    }

    /// The same while the other plants go on as plants do.
    pub fn exceedance_among_others(&self) -> anyhow::Result<()> {
        self.with_others(EXCEEDANCE.0, &EXCEEDANCE.1, 2)
    }

    /// Hours of the first plant, and of the others beside it, within their limits.
    fn with_others(&self, first: &str, hours: &[(f64, u8)], from: u8) -> anyhow::Result<()> {
        let others = [23.1, 38.4].map(|so2| -> Vec<(f64, u8)> {
            (from..).take(hours.len()).map(|hour| (so2 + f64::from(hour * 3 % 5) * 0.9, b'N')).collect()
        });
        let [second, third] = &others;
        self.side_by_side(first, &[(PLANTS[0], hours), (PLANTS[1], second), (PLANTS[2], third)])
    }
}
