//! How records are written into the log, and read back: what contradicts itself is refused. Records of the first form,
//! with a single stage, are read for ever.

use crate::{Assignment, AssignmentState, ClockRecord, Last, Link, LinkKind, Record, Remote, Shelved};
use model::{Name, Value, map};
use std::collections::{BTreeMap, BTreeSet};

impl Record {
    /// As a value. What is empty is left out.
    pub fn to_value(&self) -> Value {
        let clocks = self.clocks.iter().map(|(id, clock)| (id.as_str().to_owned(), clock.to_value()));
        let remembered = self.remembered.iter().map(|(id, who)| (id.as_str().to_owned(), who.clone().into()));
        let entered = self.entered.iter().map(|(id, at)| (id.as_str().to_owned(), (*at).into()));
        let history = self.history.iter().map(|(id, at)| (id.as_str().to_owned(), names(at)));
        let extensions = self.extensions.iter().map(|(id, n)| (id.as_str().to_owned(), i64::from(*n).into()));
        let barred = self.barred.iter().map(|who| who.clone().into());
        map([
            ("process", Value::Bytes(self.process.to_vec())),
            ("at", names(&self.at)),
            ("began", self.began.into()),
            ("entered", filled(Value::Map(entered.collect()))),
            ("history", filled(Value::Map(history.collect()))),
            ("flags", filled(names(&self.flags))),
            ("tasks", filled(list(&self.tasks, Assignment::to_value))),
            ("clocks", Value::Map(clocks.collect())),
            ("remembered", Value::Map(remembered.collect())),
            ("barred", filled(Value::List(barred.collect()))),
            ("raised", names(&self.raised)),
            ("bounces", count(self.bounces)),
            ("extensions", filled(Value::Map(extensions.collect()))),
            ("links", filled(list(&self.links, Link::to_value))),
            ("opening", count(self.opening)),
            ("remote", filled(list(&self.remote, Remote::to_value))),
            ("shelved", self.shelved.as_ref().map_or(Value::Null, Shelved::to_value)),
            ("reopened", count(self.reopened)),
            ("closed", self.closed.into()),
            ("last", self.last.as_ref().map_or(Value::Null, |last| last.to_value())),
        ])
    }

    /// Back from a value; nothing if it is no record, or one that contradicts itself.
    pub fn from_value(value: &Value) -> Option<Self> {
        Self::read(value, true)
    }

    fn read(value: &Value, outermost: bool) -> Option<Self> {
        // The first form had one stage.
        let at = match (value.get("at"), value.get("stage")) {
            (Some(at), None) => read_names(at)?,
            (None, Some(stage)) => BTreeSet::from([name(stage)?]),
            _ => return None,
        };
        let last = match value.get("last") {
            None => None,
            Some(last) => Some(Box::new(Last::from_value(last).filter(|_| outermost)?)),
        };
        let record = Self {
            process: value.get("process")?.as_bytes()?.try_into().ok()?,
            at,
            began: optional(value, "began", Value::as_instant)?,
            entered: pairs(value.get("entered"), Value::as_instant)?,
            history: pairs(value.get("history"), read_names)?,
            flags: optional(value, "flags", read_names)?.unwrap_or_default(),
            tasks: read_list(value.get("tasks"), Assignment::from_value)?,
            clocks: pairs(Some(value.get("clocks")?), ClockRecord::from_value)?,
            remembered: pairs(Some(value.get("remembered")?), |who| who.as_ref().cloned())?,
            barred: read_list(value.get("barred"), |who| who.as_ref().cloned())?.into_iter().collect(),
            raised: read_names(value.get("raised")?)?,
            bounces: read_count(value, "bounces")?,
            extensions: pairs(value.get("extensions"), |n| u32::try_from(n.as_int()?).ok())?,
            links: read_list(value.get("links"), Link::from_value)?,
            opening: read_count(value, "opening")?,
            remote: read_list(value.get("remote"), Remote::from_value)?,
            shelved: optional(value, "shelved", Shelved::from_value)?,
            reopened: read_count(value, "reopened")?,
            closed: optional(value, "closed", Value::as_instant)?,
            last,
        };
        record.is_sound().then_some(record)
    }
}

impl Assignment {
    fn to_value(&self) -> Value {
        map([
            ("task", self.task.as_str().into()),
            ("n", i64::from(self.n).into()),
            ("roles", filled(list(&self.roles, |role| role.as_str().into()))),
            ("parties", filled(list(&self.parties, |party| party.clone().into()))),
            ("lead", if self.lead { true.into() } else { Value::Null }),
            ("state", self.state.as_str().into()),
            ("by", self.by.clone().into()),
            ("since", self.since.into()),
        ])
    }

    fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            task: name(value.get("task")?)?,
            n: u16::try_from(value.get("n")?.as_int()?).ok()?,
            roles: read_list(value.get("roles"), name)?,
            parties: read_list(value.get("parties"), |party| party.as_ref().cloned())?,
            lead: value.get("lead") == Some(&Value::Bool(true)),
            state: AssignmentState::parse(value.get("state")?.as_text()?)?,
            by: optional(value, "by", |by| by.as_ref().cloned())?,
            since: value.get("since")?.as_instant()?,
        })
    }
}

impl Link {
    fn to_value(&self) -> Value {
        map([
            ("urn", self.urn.clone().into()),
            ("process", self.process.as_str().into()),
            ("as", self.r#as.as_str().into()),
            ("open", self.open.into()),
        ])
    }

    fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            urn: value.get("urn")?.as_ref()?.clone(),
            process: name(value.get("process")?)?,
            r#as: LinkKind::parse(value.get("as")?.as_text()?)?,
            open: boolean(value.get("open")?)?,
        })
    }
}

impl Remote {
    fn to_value(&self) -> Value {
        map([
            ("stage", self.stage.as_str().into()),
            ("system", self.system.as_str().into()),
            ("sent", self.sent.into()),
            ("number", self.number.clone().into()),
            ("returned", self.returned.into()),
            ("byHand", if self.by_hand { true.into() } else { Value::Null }),
        ])
    }

    fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            stage: name(value.get("stage")?)?,
            system: name(value.get("system")?)?,
            sent: value.get("sent")?.as_instant()?,
            number: optional(value, "number", |number| Some(number.as_text()?.to_owned()))?,
            returned: optional(value, "returned", Value::as_instant)?,
            by_hand: value.get("byHand") == Some(&Value::Bool(true)),
        })
    }
}

impl Shelved {
    fn to_value(&self) -> Value {
        map([
            ("since", self.since.into()),
            ("reason", self.reason.as_str().into()),
            ("clocks", names(&self.clocks)),
        ])
    }

    fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            since: value.get("since")?.as_instant()?,
            reason: name(value.get("reason")?)?,
            clocks: read_names(value.get("clocks")?)?,
        })
    }
}

impl Last {
    fn to_value(&self) -> Value {
        // Pairs in a list, because a value that was nothing must be seen too.
        let set = self.set.iter().map(|(id, was)| Value::List(vec![id.as_str().into(), was.clone()]));
        map([
            ("act", self.act.as_str().into()),
            ("by", self.by.clone().into()),
            ("at", self.at.into()),
            ("before", self.before.to_value()),
            ("set", filled(Value::List(set.collect()))),
            ("bound", if self.bound { true.into() } else { Value::Null }),
        ])
    }

    fn from_value(value: &Value) -> Option<Self> {
        let set = read_list(value.get("set"), |pair| match pair.as_list() {
            [id, was] => Some((name(id)?, was.clone())),
            _ => None,
        })?;
        Some(Self {
            act: name(value.get("act")?)?,
            by: value.get("by")?.as_ref()?.clone(),
            at: value.get("at")?.as_instant()?,
            before: Record::read(value.get("before")?, false)?,
            set: set.into_iter().collect(),
            bound: value.get("bound") == Some(&Value::Bool(true)),
        })
    }
}

fn names(names: &BTreeSet<Name>) -> Value {
    Value::List(names.iter().map(|name| name.as_str().into()).collect())
}

fn list<T>(items: &[T], value: impl Fn(&T) -> Value) -> Value {
    Value::List(items.iter().map(value).collect())
}

/// Nothing in place of an empty list or map.
fn filled(value: Value) -> Value {
    match &value {
        Value::List(list) if list.is_empty() => Value::Null,
        Value::Map(map) if map.is_empty() => Value::Null,
        _ => value,
    }
}

fn count(n: u32) -> Value {
    if n == 0 { Value::Null } else { i64::from(n).into() }
}

fn read_count(value: &Value, key: &str) -> Option<u32> {
    Some(optional(value, key, |n| u32::try_from(n.as_int()?).ok())?.unwrap_or_default())
}

fn boolean(value: &Value) -> Option<bool> {
    if let Value::Bool(value) = value { Some(*value) } else { None }
}

fn name(value: &Value) -> Option<Name> {
    Name::new(value.as_text()?).ok()
}

fn read_names(value: &Value) -> Option<BTreeSet<Name>> {
    let Value::List(list) = value else { return None };
    list.iter().map(name).collect()
}

fn read_list<T>(value: Option<&Value>, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    match value {
        None => Some(Vec::new()),
        Some(Value::List(list)) => list.iter().map(read).collect(),
        Some(_) => None,
    }
}

fn pairs<T>(value: Option<&Value>, read: impl Fn(&Value) -> Option<T>) -> Option<BTreeMap<Name, T>> {
    match value {
        None => Some(BTreeMap::new()),
        Some(Value::Map(map)) => {
            map.iter().map(|(id, value)| Some((Name::new(id.as_str()).ok()?, read(value)?))).collect()
        }
        Some(_) => None,
    }
}

/// A value that may be absent; the outer nothing means that something else stands there.
fn optional<T>(value: &Value, key: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Option<T>> {
    match value.get(key) {
        None => Some(None),
        Some(value) => read(value).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Running, at, name, names, officer, permit, process};

    /// A record as the first form of this crate wrote it into a log, in canonical bytes.
    const FIRST_FORM: &str = include_str!("written/first-form.hex");

    fn first_form() -> Value {
        let digits: Vec<u8> = FIRST_FORM.bytes().filter(u8::is_ascii_hexdigit).collect();
        let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        model::from_canonical(&digits.chunks(2).map(pair).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_record_of_the_first_form_is_read_and_goes_on() {
        let record = Record::from_value(&first_form()).unwrap();
        assert_eq!(record.process, [9; 32]);
        assert_eq!(record.at, [name("supervision")].into());
        let clock = &record.clocks[&name("supervise")];
        assert_eq!(
            (clock.consumed, clock.budget, clock.pauses[0].note.as_str()),
            (5_400_000_000, None, "检测")
        );
        assert_eq!(record.remembered[&name("verifiedBy")], officer());
        assert_eq!(record.raised, [name("section-chief")].into());
        assert!(record.tasks.is_empty() && record.closed.is_none() && record.last.is_none());
        let definition = process(
            "id = 'exceedance'\ncase = 'Exceedance'\nstart = 'supervision'
            stage = [{ id = 'supervision' }, { id = 'verification' }, { id = 'closed', final = true }]
            clock = [{ id = 'supervise', unit = 'working-hour', budget = 4, runs = ['supervision'], pauses = [{ code = 'test' }] }]
            action = [{ id = 'confirm', from = 'supervision', to = 'verification', by = 'enforcement-officer' },
                      { id = 'resume', from = 'supervision', by = 'enforcement-officer', resumes = 'supervise' },
                      { id = 'end', from = 'verification', to = 'closed', by = 'inspector' }]",
        );
        assert_eq!(record.misfits(&definition), Vec::<String>::new());
        let mut case = Running::start(&definition, "2026-10-08T09:00");
        case.record = record;
        case.does("o/enforcement-officer", "resume", "");
        assert_eq!(case.due("supervise"), "2026-10-08T11:30");
        case.does("o/enforcement-officer", "confirm", "");
        assert_eq!(case.at(), "verification");
    }

    #[test]
    fn records_that_contradict_themselves_are_refused() {
        let mut case = Running::start(permit(), "2026-06-01T09:00");
        case.does("ann/clerk", "accept", "");
        let sound = case.record.to_value();
        assert_eq!(Record::from_value(&sound), Some(case.record));
        let shelved = map([
            ("since", at("2026-06-01T09:00").into()),
            ("reason", "flood".into()),
            ("clocks", names_of("decide")),
        ]);
        let task = map([
            ("task", "t".into()),
            ("n", 1.into()),
            ("state", "done".into()),
            ("since", at("2026-06-01T09:00").into()),
        ]);
        for (fault, key, value) in [
            ("nowhere", "at", Value::List(Vec::new())),
            ("two forms at once", "stage", "intake".into()),
            ("shelved, and its clock runs", "shelved", shelved),
            ("done by nobody", "tasks", Value::List(vec![task])),
            ("less than nothing", "bounces", (-1).into()),
            ("no moments", "entered", map([("intake", 1.into())])),
            ("no names", "flags", Value::List(vec![1.into()])),
            ("no list", "links", "x".into()),
            ("a digest too short", "process", Value::Bytes(vec![1])),
            ("an undo of an undo", "last", map([("act", "x".into())])),
        ] {
            let Value::Map(mut spoilt) = sound.clone() else { panic!("{sound:?}") };
            spoilt.insert(key.to_owned(), value);
            assert_eq!(Record::from_value(&Value::Map(spoilt)), None, "{fault}");
        }
        assert_eq!(Record::from_value(&Value::Null), None);
    }

    fn names_of(text: &str) -> Value {
        super::names(&names(text).into_iter().collect())
    }
}
