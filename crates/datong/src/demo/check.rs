//! `datong demo --check`: the whole loop without a head, one JSON line per link, success only if every link holds.

use super::story::Story;
use crate::actors::{Answer, Form, Outlet, Person};
use crate::node::Node;
use crate::settings::say;
use anyhow::Context;
use kernel::Handover;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use store::AuditReport;

const CHIMNEY: &str = "DEMO0000000000CHIMNEY001";

/// The check, as far as it has come.
pub struct Check<'a> {
    node: &'a Node,
    story: Story<'a>,
    folder: &'a Path,
    failed: usize,
}

impl<'a> Check<'a> {
    /// A check on a node, with a folder to download into.
    pub fn new(node: &'a Node, made: &'a [Handover], folder: &'a Path) -> Self {
        Self { node, story: Story::new(node, made), folder, failed: 0 }
    }

    /// Runs every link. Returns whether all held.
    pub fn run(mut self) -> anyhow::Result<bool> {
        self.sense()?;
        self.know();
        let case = self.decide()?;
        self.deadline(&case)?;
        let confirmed = self.act(&case)?;
        self.people(&case)?;
        self.repeat();
        self.account(confirmed)?;
        self.open()?;
        say(json!({ "links": "done", "failed": self.failed }));
        Ok(self.failed == 0)
    }

    fn link(&mut self, link: &str, ok: bool, facts: &Value) {
        self.failed += usize::from(!ok);
        say(json!({ "link": link, "ok": ok, "facts": facts }));
    }

    fn count(&self, what: &'static str, code: &'static str) -> u64 {
        self.node.kernel.counters().get(what, code)
    }

    /// A case as programs read it.
    fn case(&self, person: &Person, case: &str) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&person.get(&format!("/api/v1{case}"))?.text)?)
    }

    /// The acts in a case's trail.
    fn acts(&self, person: &Person, case: &str) -> anyhow::Result<Vec<String>> {
        let case = self.case(person, case)?;
        let steps = case["trail"].as_array().context("no trail")?;
        Ok(steps.iter().filter_map(|step| step["act"].as_str()).map(str::to_owned).collect())
    }

    /// Packets in every form: good, repeated, and refused for each reason that a device can be told.
    fn sense(&mut self) -> anyhow::Result<()> {
        self.story.exceedance()?;
        let mut outlet = self.story.outlet(CHIMNEY)?;
        let now = self.story.local();
        let moment = outlet.moment(now, 60.2)?;
        let first = outlet.ask(&moment)?;
        let again = outlet.ask(&moment)?;
        let ask = |mn: &str, password: &str| -> anyhow::Result<Answer> {
            let mut other = Outlet::connect(self.node.hj212, mn, password)?;
            let bytes = other.moment(now, 1.0)?;
            other.ask(&bytes)
        };
        let unknown = ask("NOBODY0000000000000000AA", "123456")?;
        let wrong = ask(CHIMNEY, "nopass")?;
        // A broken frame is counted and skipped; the good one behind it is answered.
        let mut broken = moment.clone();
        let at = broken.len() - 8;
        broken[at] ^= 1;
        outlet.send(&broken)?;
        let behind = outlet.moment(now.checked_add(jiff::Span::new().seconds(1))?, 60.3)?;
        let behind = outlet.ask(&behind)?;
        let stored = |answer: &Answer| answer.command == 9014;
        let refused =
            |answer: &Answer, code: &str| answer.command == 9011 && answer.result.as_deref() == Some(code);
        let ok = stored(&first)
            && stored(&again)
            && stored(&behind)
            && refused(&unknown, "4")
            && refused(&wrong, "3")
            && self.count("hj212-packet", "repeated") == 1
            && self.count("hj212-frame", "crc") == 1;
        let facts = json!({
            "accepted": self.count("hj212-packet", "accepted"),
            "repeated": self.count("hj212-packet", "repeated"),
            "refused": {
                "unknown-device (QnRtn=4)": self.count("hj212-packet", "unknown-device"),
                "wrong-password (QnRtn=3)": self.count("hj212-packet", "wrong-password"),
                "crc (counted, no answer)": self.count("hj212-frame", "crc"),
            },
        });
        self.link("packets", ok, &facts);
        Ok(())
    }

    fn know(&mut self) {
        let values = self.count("hj212-value", "stored");
        // Four hours of four values, two moments of one.
        self.link("values stored", values == 4 * 4 + 2, &json!({ "values": values }));
    }

    /// Two valid hours make one case; a third tells it; the invalid hour before made none.
    fn decide(&mut self) -> anyhow::Result<String> {
        let officer = self.story.person("officer-1")?;
        let found = self.case(&officer, &self.story.first_case(&officer)?)?;
        let used = found["attributes"]["evidence"]["used"].as_array().map_or(0, Vec::len);
        self.link(
            "exceedance found",
            used == 2 && found["attributes"]["rule"] == "source-exceedance",
            &json!({ "hours": used, "invalid hour ignored": used == 2, "evidence": found["attributes"]["evidence"] }),
        );
        self.story.hours(CHIMNEY, "2026-09-30T16:00:00", &[(52.0, b'N')])?;
        let case = self.story.first_case(&officer)?;
        let trail = self.acts(&officer, &case)?;
        let told = trail.iter().filter(|act| *act == "tell").count();
        let list: Value = serde_json::from_str(&officer.get("/api/v1/cases?tab=open")?.text)?;
        let open = list["cases"].as_array().context("no list of cases")?;
        let opened = open.iter().filter(|open| open["process"] == "exceedance").count();
        let elsewhere = self.story.person("officer-3")?.get(&case)?.status;
        let ok = opened == 1 && told == 1 && elsewhere == 404;
        let facts =
            json!({ "opened": opened, "told": told, "case": case, "officer of another county": elsewhere });
        self.link("case opened and keyed", ok, &facts);
        Ok(case)
    }

    /// The deadline crosses the holiday, moves with a pause, and shows why.
    fn deadline(&mut self, case: &str) -> anyhow::Result<()> {
        let officer = self.story.person("officer-1")?;
        let before = officer.get(&format!("{case}?lang=en"))?.text;
        // Opened at 16:00 on 30 September: two office hours that day, two after the holiday of 1 to 7 October.
        let due = before.contains("2026-10-08 10:30") && before.contains("National Day");
        let refused =
            officer.act(case, "pause", &[("opinion", "site visit"), ("reason", "site-visit")])?.status;
        officer.act(case, "pause", &[("opinion", "laboratory measures"), ("reason", "measurement")])?;
        let paused = officer.get(case)?.form("resume").is_some();
        self.story.until("2026-09-30T17:30")?;
        officer.act(case, "resume", &[])?;
        let after = officer.get(case)?.text;
        let moved = after.contains("2026-10-08 11:00");
        self.story.until("2026-10-08T10:05")?;
        let rung = self.acts(&officer, case)?.iter().filter(|act| *act == "ring").count();
        let ok = due && paused && moved && refused == 422 && rung == 1;
        let facts = json!({
            "due": "2026-10-08T10:30+08:00", "due shown": due,
            "counted": ["2026-09-30 16:00-18:00", "2026-10-08 08:30-10:30"], "skipped": "2026-10-01 to 2026-10-07, National Day",
            "pause for a site visit refused with": refused, "paused 17:00-17:30, due moved to 11:00": moved,
            "ladder rung one hour before": rung,
        });
        self.link("deadline with its derivation", ok, &facts);
        Ok(())
    }

    /// Two officers at once, and one button pressed ten times.
    fn act(&mut self, case: &str) -> anyhow::Result<u64> {
        let (first, second) = (self.story.person("officer-1")?, self.story.person("officer-2")?);
        let form = |person: &Person| -> anyhow::Result<Form> {
            person.get(&format!("{case}?lang=en"))?.form("confirm").context("no confirm on the page")
        };
        let (one, two) = (form(&first)?, form(&second)?);
        let opinion = [("opinion", "Data valid; verify on site.")];
        let before = self.node.kernel.watch().borrow().to_owned();
        for _ in 0..10 {
            first.submit(&one, &opinion)?;
        }
        let written = *self.node.kernel.watch().borrow() - before;
        let late = second.submit(&two, &opinion)?;
        let told = late.status == 409 && late.text.contains("Enforcement officer 1");
        let ok = written == 1 && told && self.count("act", "repeated") >= 9;
        let facts = json!({ "sent ten times, entries": written, "second officer": late.status, "told who was first": told });
        self.link("one command, one receipt", ok, &facts);
        Ok(before)
    }

    /// The case goes to its end, through the hands of different people.
    fn people(&mut self, case: &str) -> anyhow::Result<()> {
        let before = self.acts(&self.story.person("officer-1")?, case)?;
        self.story.until("2026-10-08T12:00")?;
        let silent = self.acts(&self.story.person("officer-1")?, case)? == before;
        let (finder, other) = (self.story.person("inspector-1")?, self.story.person("inspector-2")?);
        let measured = [("opinion", "measured on site"), ("measurement", "57")];
        finder.act(case, "report-verification", &measured)?;
        let operator = self.story.person("operator-1")?;
        operator.act(case, "report-rectification", &[("opinion", "the pump was replaced")])?;
        let own = finder.get(case)?.form("accept").is_none();
        other.act(case, "accept", &[("opinion", "within the limit"), ("measurement", "22")])?;
        let closed = self.story.person("officer-1")?.get("/inbox?tab=closed")?.link("/cases/").as_deref()
            == Some(case);
        let stages = ["supervision", "verification", "rectification", "check", "closed"];
        let facts = json!({ "stages": stages, "no escalation after the answer": silent, "finder may not accept": own });
        self.link("stages passed", closed && own && silent, &facts);
        Ok(())
    }

    /// The dispatcher reads the whole log again, as after the loss of its cursor.
    fn repeat(&mut self) {
        let (before, done) = (self.count("effect", "repeated"), self.count("effect", "done"));
        self.node.dispatcher.read_again();
        let repeated = self.count("effect", "repeated") - before;
        let doubled = self.count("effect", "done") - done;
        let ok = repeated >= 2 && doubled == 0;
        self.link("effects repeated and ignored", ok, &json!({ "repeated": repeated, "doubled": doubled }));
    }

    /// A receipt is checked by Python alone, and the log by the audit.
    fn account(&mut self, sequence: u64) -> anyhow::Result<()> {
        let officer = self.story.person("officer-1")?;
        let visitor = Person::anonymous(self.node.http);
        for (name, page) in [
            ("receipt.json", officer.get(&format!("/receipts/{sequence}.json"))?),
            ("verify_receipt.py", visitor.get("/verify_receipt.py")?),
            ("key.txt", visitor.get("/log/key")?),
        ] {
            anyhow::ensure!(page.status == 200, "{name}: status {}", page.status);
            std::fs::write(self.folder.join(name), page.text)?;
        }
        let verdict = python(self.folder, "receipt.json")?;
        let altered = std::fs::read_to_string(self.folder.join("receipt.json"))?.replacen("00", "01", 1);
        std::fs::write(self.folder.join("altered.json"), altered)?;
        let denied = python(self.folder, "altered.json")?;
        let ok = verdict.starts_with("VALID") && denied.starts_with("NOT VALID");
        self.link("receipt verified by Python", ok, &json!({ "receipt": verdict, "altered": denied }));

        let report = AuditReport::of(&self.node.kernel.dir().database(), Some(&self.node.kernel.keyring()))?;
        let facts = json!({
            "entries": report.entries, "heads": report.heads, "entities": report.entities, "faults": report.faults.len(),
        });
        self.link("log audited", report.faults.is_empty() && report.heads > 0, &facts);
        Ok(())
    }

    fn open(&mut self) -> anyhow::Result<()> {
        let path = "/sources/urn:ngsi-ld:MonitoredSource:chimney-1/series/so2.csv";
        let csv = Person::anonymous(self.node.http).get(path)?;
        let rows = csv.text.lines().count().saturating_sub(1);
        self.link("rows downloaded", csv.status == 200 && rows == 5, &json!({ "rows": rows }));
        Ok(())
    }
}

/// The verdict of the Python verifier: its last line.
fn python(folder: &Path, receipt: &str) -> anyhow::Result<String> {
    let able = |python: &&str| {
        let tried = Command::new(python).args(["-c", "import cryptography"]).output();
        tried.is_ok_and(|out| out.status.success())
    };
    let python = ["/usr/bin/python3", "python3"].into_iter().find(|p| able(p));
    let python =
        python.context("no Python with the package `cryptography`: install Debian's python3-cryptography")?;
    let out = Command::new(python)
        .args(["verify_receipt.py", receipt, "--key", "key.txt"])
        .current_dir(folder)
        .output()?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let verdict = text.lines().rev().find(|line| line.contains("VALID")).unwrap_or("no verdict").to_owned();
    Ok(verdict)
}
