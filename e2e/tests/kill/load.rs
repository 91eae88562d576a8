//! The load: stations that report, people who act. Each remembers what was acknowledged, and what is still owed an answer.

use anyhow::{Context, Result, ensure};
use e2e::{Form, Logger, Page, Person, Report, Rng, local_now};
use jiff::Span;
use jiff::civil::DateTime;
use model::Urn;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

/// Hours before the present at which the hourly reports begin.
const BEFORE_HOURS: i64 = 4000;

/// A station: one connection of a device.
pub struct Station {
    /// What it reports of.
    pub source: Urn,
    /// Its limit in mg/m³.
    pub limit: f64,
    /// Whether it reports hours, or moments.
    pub hour: bool,
    /// Whether it sends hours again with other values.
    pub corrects: bool,
    /// Acknowledged reports.
    pub stored: Vec<Report>,
    /// Reports sent again because no answer came.
    pub asked_again: usize,
    /// What should not have been answered.
    pub complaints: Vec<String>,
    mn: String,
    password: String,
    rng: Rng,
    sent: DateTime,
    next: DateTime,
    owed: Option<Report>,
}

impl Station {
    /// A station of a source.
    pub fn new(
        source: Urn,
        mn: &str,
        password: &str,
        limit: f64,
        hour: bool,
        corrects: bool,
        rng: Rng,
    ) -> Result<Self> {
        let sent = local_now()?;
        let start = sent.with().minute(0).second(0).subsec_nanosecond(0).build()?;
        let next = start.checked_sub(Span::new().hours(if hour { BEFORE_HOURS } else { 24 }))?;
        let (mn, password) = (mn.to_owned(), password.to_owned());
        let (stored, complaints) = (Vec::new(), Vec::new());
        Ok(Self {
            source,
            limit,
            hour,
            corrects,
            stored,
            asked_again: 0,
            complaints,
            mn,
            password,
            rng,
            sent,
            next,
            owed: None,
        })
    }

    /// Which attribute its values fill.
    pub fn attribute(&self) -> &'static str {
        if self.hour { "so2" } else { "so2Now" }
    }

    /// The next report: half of the hours are above the limit, by whole milligrams.
    fn report(&mut self) -> Result<Report> {
        self.sent = self.sent.checked_add(Span::new().milliseconds(1))?;
        let step = if self.hour { Span::new().hours(1) } else { Span::new().seconds(1) };
        let again = self.corrects && self.rng.below(4) == 0;
        let observed = if again {
            let back = i64::try_from(1 + self.rng.below(3))?;
            self.next.checked_sub(Span::new().hours(back))?
        } else {
            let observed = self.next;
            self.next = self.next.checked_add(step)?;
            observed
        };
        let above = self.rng.below(2) == 1;
        let so2 = if above { self.limit + 1.0 } else { 5.0 } + self.rng.below(20) as f64;
        Report::new(&self.mn, &self.password, self.sent, observed, so2, self.hour)
    }

    /// Reports until the city goes away.
    pub fn work(&mut self, door: SocketAddr) {
        let Ok(mut logger) = Logger::connect(door) else { return };
        loop {
            match self.once(&mut logger) {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return self.complaints.push(format!("{}: {error:#}", self.mn)),
            }
            thread::sleep(Duration::from_millis(2 + self.rng.below(12)));
        }
    }

    /// One report, or the one that is still owed an answer. False: the connection has gone.
    fn once(&mut self, logger: &mut Logger) -> Result<bool> {
        let report = match self.owed.take() {
            Some(owed) => {
                self.asked_again += 1;
                owed
            }
            None => self.report()?,
        };
        match logger.ask(&report) {
            Err(_) => {
                self.owed = Some(report);
                Ok(false)
            }
            Ok(answer) => {
                ensure!(answer.command == 9014, "{} was answered with {answer:?}", report.evidence);
                self.stored.push(report);
                Ok(true)
            }
        }
    }

    /// Only what is still owed.
    pub fn ask_again(&mut self, door: SocketAddr) -> Result<()> {
        if self.owed.is_some() {
            ensure!(self.once(&mut Logger::connect(door)?)?, "{}: no answer from a city at peace", self.mn);
        }
        Ok(())
    }
}

/// An act that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Its command, in hexadecimal.
    pub command: String,
    /// Its name.
    pub act: String,
    /// The entry of the log that the answer named.
    pub sequence: u64,
}

/// Somebody who acts on cases, through the pages alone.
pub struct Officer {
    /// Their browser.
    pub person: Person,
    /// What was done.
    pub done: Vec<Act>,
    /// Acts refused because somebody was first.
    pub overtaken: usize,
    /// Forms sent again because no answer came.
    pub asked_again: usize,
    /// What should not have been answered.
    pub complaints: Vec<String>,
    login: String,
    rng: Rng,
    owed: Option<Filled>,
}

/// A form with what was typed.
#[derive(Clone)]
struct Filled {
    form: Form,
    typed: Vec<(String, String)>,
}

impl Officer {
    /// Somebody who is signed in.
    pub fn new(login: &str, person: Person, rng: Rng) -> Self {
        let (done, complaints) = (Vec::new(), Vec::new());
        Self {
            person,
            done,
            overtaken: 0,
            asked_again: 0,
            complaints,
            login: login.to_owned(),
            rng,
            owed: None,
        }
    }

    /// Acts until the city goes away.
    pub fn work(&mut self) {
        loop {
            match self.once() {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return self.complaints.push(format!("{}: {error:#}", self.login)),
            }
            thread::sleep(Duration::from_millis(5 + self.rng.below(30)));
        }
    }

    /// One act on one case of the inbox, or the one that is still owed an answer. False: the connection has gone.
    fn once(&mut self) -> Result<bool> {
        let filled = match self.owed.take() {
            Some(owed) => {
                self.asked_again += 1;
                owed
            }
            None => match self.find() {
                Err(_) => return Ok(false),
                Ok(found) => match found? {
                    Some(filled) => filled,
                    None => return Ok(true),
                },
            },
        };
        // A double click sends the same form twice.
        let clicks = if self.rng.below(5) == 0 { 2 } else { 1 };
        for _ in 0..clicks {
            let typed: Vec<_> = filled.typed.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            match self.person.submit(&filled.form, &typed) {
                Ok(page) if page.status != 503 => self.answered(&filled, &page)?,
                Ok(_) => {
                    self.owed = Some(filled);
                    return Ok(true);
                }
                Err(_) => {
                    self.owed = Some(filled);
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn answered(&mut self, filled: &Filled, page: &Page) -> Result<()> {
        let command = filled.form.command().context("a form without a command")?.to_owned();
        let act = filled.form.act().to_owned();
        match (page.done(), page.status) {
            (Some(sequence), _) => {
                let first = self.done.iter().find(|done| done.command == command);
                let same = first.is_none_or(|first| first.sequence == sequence);
                ensure!(same, "{command} is entry {sequence} now, and was {first:?}");
                if first.is_none() {
                    self.done.push(Act { command, act, sequence });
                }
            }
            // Somebody was first, or the case is in other hands by now.
            (None, 403 | 404 | 409) => self.overtaken += 1,
            (None, status) => anyhow::bail!("`{act}` was answered with {status}"),
        }
        Ok(())
    }

    /// A form of a case, filled in. The outer error: nobody answers.
    fn find(&mut self) -> Result<Result<Option<Filled>>> {
        let page = self.person.get("/inbox")?;
        if page.status != 200 {
            return Ok(Err(anyhow::anyhow!("the inbox was answered with {}", page.status)));
        }
        let Some(case) = self.rng.pick(&page.links("/cases/")).cloned() else { return Ok(Ok(None)) };
        let page = self.person.get(&case)?;
        if page.status >= 500 && page.status != 503 {
            return Ok(Err(anyhow::anyhow!("{case} was answered with {}", page.status)));
        }
        // Clocks that are stopped and started again would ring again: here each rung is heard once.
        let acts: Vec<Form> =
            page.acts().into_iter().filter(|f| !["pause", "resume"].contains(&f.act())).collect();
        let Some(form) = self.rng.pick(&acts).cloned() else { return Ok(Ok(None)) };
        let value = |name: &str| if name == "measurement" { "41.5" } else { "as seen on site 现场核实" };
        let mut typed: Vec<_> =
            form.fields.iter().map(|name| (name.clone(), value(name).to_owned())).collect();
        typed.extend(self.rng.pick(&form.choices).cloned());
        Ok(Ok(Some(Filled { form, typed })))
    }

    /// Only what is still owed.
    pub fn ask_again(&mut self) -> Result<()> {
        if self.owed.is_some() {
            ensure!(self.once()?, "{}: no answer from a city at peace", self.login);
        }
        Ok(())
    }
}
