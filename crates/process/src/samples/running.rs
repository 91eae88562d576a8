//! A case that runs in a test: acts are decided and committed as the kernel would.

use crate::samples::{at, name, names, person, still, times};
use crate::{
    Act, Clock, ClockRecord, Decision, Definition, Facts, Link, LinkKind, Record, Refusal, StillFacts,
    decide, linked, offers, review, ring, start, timers, told,
};
use model::{Instant, Name, Urn, Value};

/// A case and the world around it.
#[derive(Clone)]
pub struct Running<'a> {
    pub definition: &'a Definition,
    pub record: Record,
    pub world: StillFacts,
    pub now: Instant,
    /// The last decision.
    pub last: Decision,
}

impl<'a> Running<'a> {
    pub fn start(definition: &'a Definition, local: &str) -> Self {
        let (world, now) = (still(), at(local));
        let last = start(definition, [7; 32], now, &Facts { world: &world, times: times() });
        Self { definition, record: last.record.clone(), world, now, last }
    }

    pub fn facts(&self) -> Facts<'_> {
        Facts { world: &self.world, times: times() }
    }

    /// An act of `person/role role`, with nothing.
    pub fn act(&self, who: &str, act: &str) -> Act {
        let (who, roles) = who.split_once('/').unwrap();
        Act::new(name(act), person(who), names(roles), self.now)
    }

    pub fn try_act(&mut self, act: &Act) -> Result<(), Refusal> {
        let decision = decide(self.definition, &self.record, act, &self.facts())?;
        self.commit(decision);
        Ok(())
    }

    pub fn commit(&mut self, decision: Decision) {
        self.record = Record::from_value(&decision.record.to_value()).unwrap();
        assert_eq!(self.record, decision.record, "a record goes into the log and back");
        assert_eq!(self.record.misfits(self.definition), Vec::<String>::new(), "{decision:?}");
        for (id, value) in &decision.set {
            self.world.values.insert(id.to_string(), value.clone());
        }
        self.last = decision;
    }

    /// Does an act with the reason and fields that it needs: `reason=x`, `field=value`, `!opinion`, `+photo`, `#assignment`.
    pub fn with(&self, who: &str, act: &str, with: &str) -> Act {
        let mut made = self.act(who, act);
        for word in with.split_whitespace() {
            match (word, word.split_once('=')) {
                ("+photo", _) => made.photos.push([1; 32]),
                ("+document", _) => made.documents.push([2; 32]),
                (_, Some(("reason", code))) => made.reason = Some(name(code)),
                (_, Some(("measured", value))) => made.measurement = Some(value.parse().unwrap()),
                (_, Some((field, value))) => {
                    let value = match value.parse::<f64>() {
                        Ok(number) => Value::Number(number),
                        Err(_) if value.starts_with("urn:") => Value::Ref(Urn::new(value).unwrap()),
                        Err(_) => value.into(),
                    };
                    made.fields.insert(name(field), value);
                }
                _ if word.starts_with('!') => made.opinion = word[1..].to_owned(),
                _ if word.starts_with('#') => made.assignment = Some(word[1..].parse().unwrap()),
                _ => panic!("{word}"),
            }
        }
        made
    }

    /// Does an act, which must be allowed.
    #[track_caller]
    pub fn does(&mut self, who: &str, act: &str, with: &str) -> &mut Self {
        let made = self.with(who, act, with);
        if let Err(refusal) = self.try_act(&made) {
            panic!("{who} {act}: {refusal}");
        }
        self
    }

    /// Tries an act, which must be refused, and says why.
    #[track_caller]
    pub fn refused(&mut self, who: &str, act: &str, with: &str) -> Refusal {
        let made = self.with(who, act, with);
        let before = self.record.clone();
        let refusal = self.try_act(&made).expect_err(act);
        assert_eq!(self.record, before);
        refusal
    }

    /// Lets time pass, ringing what is due on the way. Returns who was told, as `role:rung` or `role!rung` when raised.
    pub fn wait(&mut self, local: &str) -> Vec<String> {
        let until = at(local);
        let mut told = Vec::new();
        loop {
            let next = timers(self.definition, &self.record, self.now, times()).into_iter();
            let due = next.filter_map(|(key, at)| Some((at?, key))).filter(|(at, _)| *at <= until).min();
            let Some((moment, key)) = due else { break };
            self.now = moment.max(self.now);
            let Some(decision) = ring(self.definition, &self.record, &key, self.now, &self.facts()) else {
                continue;
            };
            told.extend(decision.told.iter().map(|t| {
                let sign = if t.raised { '!' } else { ':' };
                format!("{}{sign}{}", t.role, t.rung)
            }));
            self.commit(decision);
        }
        self.now = until.max(self.now);
        told
    }

    pub fn review(&mut self) -> bool {
        let decision = review(self.definition, &self.record, self.now, &self.facts());
        let found = decision.is_some();
        decision.into_iter().for_each(|decision| self.commit(decision));
        found
    }

    /// A part is opened, as the kernel would after `opens`.
    pub fn part(&mut self, urn: &Urn) {
        let link = Link { urn: urn.clone(), process: name("hearing"), r#as: LinkKind::Part, open: true };
        self.record = linked(&self.record, link).unwrap();
    }

    pub fn tell(&mut self, urn: &Urn, open: bool) -> bool {
        let decision = told(self.definition, &self.record, (urn, open), self.now, &self.facts());
        let known = decision.is_some();
        decision.into_iter().for_each(|decision| self.commit(decision));
        known
    }

    pub fn at(&self) -> String {
        self.record.at.iter().map(Name::as_str).collect::<Vec<_>>().join(" ")
    }

    pub fn clock(&self, key: &str) -> &ClockRecord {
        &self.record.clocks[&name(key)]
    }

    /// When a clock is due, on the city's wall.
    pub fn due(&self, key: &str) -> String {
        let rule = &self.definition.clock(&name(key)).unwrap().rule;
        let due = Clock { rule, times: times() }.due(self.clock(key)).at;
        due.map_or_else(String::new, |due| times().zone.minute(due).replace(' ', "T"))
    }

    pub fn consumed(&self, key: &str) -> i64 {
        let rule = &self.definition.clock(&name(key)).unwrap().rule;
        Clock { rule, times: times() }.consumed_at(self.clock(key), self.now)
    }

    /// What a person is offered: acts that are possible, and with `-` before them those that are refused.
    pub fn offered(&self, who: &str) -> Vec<String> {
        let (who, roles) = who.split_once('/').unwrap();
        let (who, roles) = (person(who), names(roles));
        let offers = offers(self.definition, &self.record, (&who, &roles), self.now, &self.facts());
        let shown = offers.iter().map(|offer| match offer.refused {
            None => offer.action.id.to_string(),
            Some(_) => format!("-{}", offer.action.id),
        });
        shown.collect()
    }
}
