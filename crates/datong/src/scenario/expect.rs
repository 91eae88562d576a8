//! What must be so in a scenario, compared with what the city's interface says.

use super::city::City;
use anyhow::{Context, ensure};
use model::Name;
use pack::{Expect, ExpectClock, OneOrMore, Step};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// How often it is looked whether a notification has arrived, and how long that is waited for each time.
const LOOKS_MAX: u32 = 100;
const LOOK: Duration = Duration::from_millis(20);

impl City {
    /// Compares.
    pub(super) fn expect(&mut self, expect: &Expect, step: &Step) -> anyhow::Result<()> {
        for (process, count) in &expect.open {
            self.open(process, *count, step)?;
        }
        for (role, count) in &expect.told {
            self.told(role, *count)?;
        }
        for (code, count) in &expect.findings {
            let counted = self.node()?.kernel.counters().get_named("finding", code.as_str());
            ensure!(counted == u64::from(*count), "finding {code} was counted {counted} times, not {count}");
        }
        for (named, expected) in &expect.entities {
            self.entity(named, expected)?;
        }
        for (dataset, count) in &expect.rows {
            let known = self.loaded()?.definitions.datasets.get(dataset.as_str()).cloned();
            let known = known.with_context(|| format!("there is no dataset {dataset}"))?;
            let handed = self.node()?.kernel.dataset(&known, None)?.total;
            ensure!(handed == *count as usize, "{dataset} has {handed} rows, not {count}");
        }
        if speaks_of_case(expect) {
            let case = self.case_of(step)?;
            let answer = self.person(step.who.as_deref())?.get(&format!("/api/v1/cases/{case}"))?;
            let seen = answer.status == 200;
            if let Some(expected) = expect.seen {
                ensure!(seen == expected, "the case is seen: {seen} (status {})", answer.status);
            }
            if seen {
                return self.case(expect, &serde_json::from_str(&answer.text)?);
            }
            ensure!(expect.seen == Some(false), "the case cannot be read: status {}", answer.status);
        }
        Ok(())
    }

    /// Attributes of an entity, as it is now.
    fn entity(&self, named: &str, expected: &BTreeMap<Name, toml::Value>) -> anyhow::Result<()> {
        let (kind, id) = named.split_once(':').context("an entity reads <type>:<id>")?;
        let urn = model::Urn::of(&Name::new(kind)?, id)?;
        let held = self.node()?.kernel.entity(&urn)?.with_context(|| format!("there is no {urn}"))?;
        let held = expected.keys().map(|id| (id.to_string(), kernel::json_of(held.value(id.as_str()))));
        attributes(expected, &Value::Object(held.collect())).with_context(|| named.to_owned())
    }

    /// Open cases of a process; the one opened last is spoken of from now on.
    fn open(&mut self, process: &Name, count: u32, step: &Step) -> anyhow::Result<()> {
        let list = self.person(step.who.as_deref())?.get("/api/v1/cases?tab=open")?;
        let list: Value = serde_json::from_str(&list.text)?;
        let rows = list["cases"].as_array().context("no list of cases")?;
        let of: Vec<&Value> = rows.iter().filter(|case| case["process"] == process.as_str()).collect();
        ensure!(of.len() == count as usize, "{} open cases of {process}, not {count}", of.len());
        let latest =
            of.iter().max_by_key(|case| case["opened"].as_u64()).and_then(|case| case["id"].as_str());
        if let Some(id) = latest {
            if let Some(name) = &step.case {
                self.cases.insert(name.clone(), id.to_owned());
            }
            self.latest = Some(id.to_owned());
        }
        Ok(())
    }

    /// Notifications to a role. They leave through the outbox, a little later than the commit that put them there.
    fn told(&self, role: &Name, count: u32) -> anyhow::Result<()> {
        let receiver = format!("role/{role}");
        for _ in 0..LOOKS_MAX {
            if self.node()?.kernel.outbox_is_empty()? {
                break;
            }
            std::thread::sleep(LOOK);
        }
        let told = self.post.received.count(&receiver);
        ensure!(told == count as usize, "{role} was told {told} times, not {count}");
        Ok(())
    }

    fn case(&self, expect: &Expect, case: &Value) -> anyhow::Result<()> {
        if let Some(stages) = &expect.stage {
            same("stage", stages, &case["stage"])?;
        }
        if let Some(roles) = &expect.awaits {
            same("awaits", roles, &case["awaits"])?;
        }
        if let Some(ended) = expect.ended {
            ensure!(case["ended"] == ended, "ended: {}", case["ended"]);
        }
        attributes(&expect.attributes, &case["attributes"])?;
        for act in expect.may.iter().flat_map(OneOrMore::sorted) {
            let may = case["may"].as_array().is_some_and(|may| may.iter().any(|m| *m == act.as_str()));
            ensure!(may, "{act} is not offered; offered: {}; not: {}", case["may"], case["mayNot"]);
        }
        for (act, code) in &expect.may_not {
            let found = &case["mayNot"][act.as_str()];
            ensure!(found == code.as_str(), "{act}: {found} instead of {code}; offered: {}", case["may"]);
        }
        if let Some(trail) = &expect.trail {
            let acts = case["trail"].as_array().into_iter().flatten().filter_map(|step| step["act"].as_str());
            let acts: Vec<&str> = acts.filter(|act| !matches!(*act, "tell" | "ring")).collect();
            ensure!(acts == trail.iter().map(Name::as_str).collect::<Vec<_>>(), "the trail is {acts:?}");
        }
        expect.clock.as_ref().map_or(Ok(()), |clock| self.clock(clock, case))
    }

    fn clock(&self, expect: &ExpectClock, case: &Value) -> anyhow::Result<()> {
        let clocks = case["clocks"].as_array().into_iter().flatten();
        let clock = clocks.into_iter().find(|clock| clock["id"] == expect.id.as_str());
        let clock =
            clock.with_context(|| format!("the case has no clock {}: {}", expect.id, case["clocks"]))?;
        if let Some(due) = &expect.due {
            let found = clock["due"].as_str().map(model::Instant::parse).transpose()?;
            let zone = &self.node()?.kernel.loaded().zone;
            let found = found.map_or("never".to_owned(), |at| zone.minute(at).replace(' ', "T"));
            ensure!(found == *due, "{} is due {found}, not {due}: {}", expect.id, derivation(clock));
        }
        if let Some(state) = &expect.state {
            ensure!(clock["state"] == state.as_str(), "{} is {}, not {state}", expect.id, clock["state"]);
        }
        if let Some(provisional) = expect.provisional {
            ensure!(
                clock["provisional"] == provisional,
                "{} provisional: {}",
                expect.id,
                clock["provisional"]
            );
        }
        for because in &expect.because {
            let text = derivation(clock);
            ensure!(text.contains(because.as_str()), "the derivation does not say `{because}`: {text}");
        }
        Ok(())
    }
}

fn speaks_of_case(expect: &Expect) -> bool {
    expect.stage.is_some()
        || expect.ended.is_some()
        || expect.awaits.is_some()
        || !expect.attributes.is_empty()
        || expect.may.is_some()
        || !expect.may_not.is_empty()
        || expect.clock.is_some()
        || expect.trail.is_some()
        || expect.seen.is_some()
}

fn derivation(clock: &Value) -> String {
    format!("counted {}, not counted {}, {}", clock["counted"], clock["skipped"], clock["basis"])
}

fn same(what: &str, expected: &OneOrMore, found: &Value) -> anyhow::Result<()> {
    let mut names: Vec<&str> = found.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    names.sort_unstable();
    let expected: Vec<&str> = expected.sorted().into_iter().map(Name::as_str).collect();
    ensure!(names == expected, "{what}: {names:?} instead of {expected:?}");
    Ok(())
}

fn attributes(expected: &BTreeMap<Name, toml::Value>, found: &Value) -> anyhow::Result<()> {
    for (name, value) in expected {
        let value = serde_json::to_value(value)?;
        let held = &found[name.as_str()];
        // A whole number of a file is the same as a measured one: 57 is 57.0.
        let same = *held == value || held.as_f64().is_some_and(|held| value.as_f64() == Some(held));
        ensure!(same, "{name} is {held}, not {value}");
    }
    Ok(())
}
