//! Reads definitions as the tests of this crate write them. Nothing is complained about: the reader of packs does that.

use crate::{
    Action, Begin, Bounces, ClockKind, ClockRule, Code, ConditionalBudget, Definition, Does, Elsewhere,
    Extends, Field, FieldKind, Flag, Given, LinkKind, Need, Opens, PauseReason, Policy, Reason, Rung, Since,
    Stage, StageClock, Task, Unit, Vocabulary, Within,
};
use lang::{Expression, Kind, Names};
use model::{Name, Text};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value as Toml};

/// The attributes of the cases of these tests.
struct Attributes;

const ATTRIBUTES: [(&str, Kind); 9] = [
    ("applicant", Kind::Ref),
    ("applicantName", Kind::Text),
    ("inspectedBy", Kind::Ref),
    ("licence", Kind::Text),
    ("outcome", Kind::Text),
    ("large", Kind::Bool),
    ("area", Kind::Number(None)),
    ("checkedOn", Kind::Instant),
    ("handlers", Kind::Any),
];

impl Names for Attributes {
    fn kind(&self, path: &[&str]) -> Option<Kind> {
        let [only] = path else { return None };
        ATTRIBUTES.into_iter().find(|(id, _)| id == only).map(|(_, kind)| match kind {
            Kind::Any => Kind::List(Box::new(Kind::Ref)),
            kind => kind,
        })
    }

    fn known(&self) -> Vec<String> {
        ATTRIBUTES.into_iter().map(|(id, _)| id.to_owned()).collect()
    }
}

struct Reader {
    flags: BTreeSet<Name>,
    remembered: BTreeSet<Name>,
    clocks: BTreeSet<Name>,
}

pub fn definition(table: &Table) -> Definition {
    let acts = tables(table, "action");
    let reader = Reader {
        flags: tables(table, "flag").map(|flag| id(flag, "id")).collect(),
        remembered: acts.filter_map(|act| name(act, "remember")).collect(),
        clocks: tables(table, "clock").map(|clock| id(clock, "id")).collect(),
    };
    Definition {
        id: id(table, "id"),
        title: title(table),
        case: id(table, "case"),
        start: id(table, "start"),
        basis: text(table, "basis"),
        begin: table.get("begin").map(|begin| reader.begin(begin.as_table().unwrap())),
        stage: tables(table, "stage").map(|stage| reader.stage(stage)).collect(),
        flag: tables(table, "flag").map(|flag| Flag { id: id(flag, "id"), title: title(flag) }).collect(),
        task: tables(table, "task").map(|task| reader.task(task)).collect(),
        clock: tables(table, "clock").map(|clock| reader.clock(clock)).collect(),
        action: tables(table, "action").map(|action| reader.action(action)).collect(),
    }
}

pub fn clock_rule(table: &Table) -> ClockRule {
    let rungs = tables(table, "ladder").map(|rung| {
        let text = |key| rung.get(key).and_then(Toml::as_str);
        let when = (text("left"), text("over"));
        Rung::read(name(rung, "id"), when, (name(rung, "notify"), name(rung, "raise"))).unwrap()
    });
    let pauses = tables(table, "pauses").map(|pause| PauseReason {
        code: id(pause, "code"),
        title: title(pause),
        basis: text(pause, "basis").unwrap_or_default(),
    });
    ClockRule {
        id: id(table, "id"),
        title: title(table),
        unit: Unit::parse(table["unit"].as_str().unwrap()).unwrap(),
        budget: number(table, "budget").unwrap(),
        basis: text(table, "basis").unwrap_or_default(),
        ladder: rungs.collect(),
        pauses: pauses.collect(),
    }
}

impl Reader {
    fn compile(&self, text: &str, fields: Option<&[Field]>, expected: &Kind) -> Expression {
        let names = Vocabulary {
            attributes: &Attributes,
            flags: self.flags.clone(),
            remembered: self.remembered.clone(),
            clocks: self.clocks.clone(),
            fields: fields.unwrap_or_default(),
            acted: fields.is_some(),
        };
        let text = text.strip_prefix('=').unwrap_or(text);
        Expression::compile(text, &names, expected).unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
    }

    fn given(&self, value: &Toml, fields: Option<&[Field]>) -> Given {
        match value {
            Toml::String(text) if text.starts_with('=') => {
                Given::Expression(self.compile(text, fields, &Kind::Any))
            }
            Toml::String(text) => Given::Value(text.as_str().into()),
            Toml::Integer(int) => Given::Value((*int).into()),
            Toml::Boolean(yes) => Given::Value((*yes).into()),
            other => panic!("{other}"),
        }
    }

    fn all_given(&self, table: &Table, key: &str, fields: Option<&[Field]>) -> BTreeMap<Name, Given> {
        let given = table.get(key).and_then(Toml::as_table).into_iter().flatten();
        given.map(|(id, value)| (Name::new(id.as_str()).unwrap(), self.given(value, fields))).collect()
    }

    fn begin(&self, table: &Table) -> Begin {
        let fields = tables(table, "fields").map(field).collect();
        Begin { by: names(table, "by"), about: name(table, "about"), fields }
    }

    fn stage(&self, table: &Table) -> Stage {
        let elsewhere = table.get("elsewhere").and_then(Toml::as_table).map(|elsewhere| Elsewhere {
            system: id(elsewhere, "system"),
            send: self.all_given(elsewhere, "send", None),
        });
        Stage {
            id: id(table, "id"),
            title: title(table),
            r#final: flag(table, "final"),
            within: name(table, "within"),
            region: name(table, "region"),
            then: name(table, "then"),
            history: flag(table, "history"),
            start: name(table, "start"),
            elsewhere,
        }
    }

    fn task(&self, table: &Table) -> Task {
        let parties = text(table, "parties");
        let list = Kind::List(Box::new(Kind::Ref));
        Task {
            id: id(table, "id"),
            title: title(table),
            stage: id(table, "stage"),
            policy: text(table, "policy").map_or(Policy::One, |policy| Policy::parse(&policy).unwrap()),
            at_least: number(table, "at_least"),
            roles: names(table, "roles"),
            parties: parties.map(|parties| self.compile(&parties, None, &list)),
            lead: name(table, "lead"),
        }
    }

    fn clock(&self, table: &Table) -> StageClock {
        let budgets = tables(table, "budgets").map(|budget| ConditionalBudget {
            when: self.compile(&text(budget, "when").unwrap(), None, &Kind::Bool),
            budget: number(budget, "budget").unwrap(),
            basis: text(budget, "basis"),
        });
        StageClock {
            runs: names(table, "runs"),
            task: name(table, "task"),
            kind: text(table, "kind").map_or(ClockKind::Statutory, |kind| ClockKind::parse(&kind).unwrap()),
            budgets: budgets.collect(),
            owner: name(table, "owner"),
            rule: clock_rule(table),
        }
    }

    fn action(&self, table: &Table) -> Action {
        let fields: Vec<Field> = tables(table, "fields").map(field).collect();
        let auto = flag(table, "auto");
        let seen = (!auto).then_some(fields.as_slice());
        let reasons = tables(table, "reasons").map(|reason| Reason {
            code: id(reason, "code"),
            title: title(reason),
            basis: text(reason, "basis"),
        });
        let part = |key: &str| table.get(key).and_then(Toml::as_table);
        let opens = tables(table, "opens").map(|opens| Opens {
            process: id(opens, "process"),
            key: names(opens, "key"),
            r#as: LinkKind::parse(&text(opens, "as").unwrap()).unwrap(),
            with: self.all_given(opens, "with", seen),
        });
        let needs = names(table, "needs");
        Action {
            id: id(table, "id"),
            title: title(table),
            from: names(table, "from"),
            to: name(table, "to"),
            by: names(table, "by"),
            basis: text(table, "basis"),
            guard: text(table, "guard").map(|guard| self.compile(&guard, seen, &Kind::Bool)),
            because: text(table, "because").map(|because| Text::new(because.clone(), because)),
            needs: needs.iter().map(|need| Need::parse(need.as_str()).unwrap()).collect(),
            reasons: reasons.collect(),
            set: self.all_given(table, "set", seen),
            remember: name(table, "remember"),
            other_than: names(table, "other_than"),
            pauses: names(table, "pauses"),
            resumes: names(table, "resumes"),
            does: text(table, "does").map(|does| Does::parse(&does).unwrap()),
            task: name(table, "task"),
            bounces: part("bounces").map(|b| Bounces { max: number(b, "max").unwrap(), to: id(b, "to") }),
            extends: part("extends").map(|e| Extends {
                clock: id(e, "clock"),
                units: number(e, "units").unwrap(),
                times: number(e, "times").unwrap(),
            }),
            within: part("within").map(|w| Within {
                unit: Unit::parse(w["unit"].as_str().unwrap()).unwrap(),
                budget: number(w, "budget").unwrap(),
                since: text(w, "since").map_or(Since::Stage, |since| Since::parse(&since).unwrap()),
            }),
            at_most: number(table, "at_most"),
            flags: part("flags")
                .into_iter()
                .flatten()
                .map(|(id, on)| (Name::new(id.as_str()).unwrap(), on.as_bool().unwrap()))
                .collect(),
            waits: names(table, "waits"),
            opens: opens.collect(),
            when_parts_closed: flag(table, "when_parts_closed"),
            auto,
            beside: flag(table, "beside"),
            fields,
        }
    }
}

fn field(table: &Table) -> Field {
    let codes = names(table, "codes").into_iter();
    Field {
        id: id(table, "id"),
        title: title(table),
        value: FieldKind::parse(&text(table, "value").unwrap()).unwrap(),
        unit: text(table, "unit"),
        codes: codes.map(|code| Code { title: Text::new(code.as_str(), code.as_str()), code }).collect(),
        required: table.get("required").is_none_or(|required| required.as_bool().unwrap()),
        personal: flag(table, "personal"),
        role: Vec::new(),
        document: name(table, "document"),
    }
}

fn tables<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    table.get(key).and_then(Toml::as_array).into_iter().flatten().map(|item| item.as_table().unwrap())
}

fn text(table: &Table, key: &str) -> Option<String> {
    Some(table.get(key)?.as_str().unwrap().to_owned())
}

fn name(table: &Table, key: &str) -> Option<Name> {
    text(table, key).map(|text| Name::new(text).unwrap())
}

fn id(table: &Table, key: &str) -> Name {
    name(table, key).unwrap_or_else(|| panic!("{key} is missing in {table}"))
}

fn names(table: &Table, key: &str) -> Vec<Name> {
    match table.get(key) {
        None => Vec::new(),
        Some(Toml::String(text)) => text.split_whitespace().map(|n| Name::new(n).unwrap()).collect(),
        Some(list) => {
            list.as_array().unwrap().iter().map(|n| Name::new(n.as_str().unwrap()).unwrap()).collect()
        }
    }
}

fn number(table: &Table, key: &str) -> Option<u32> {
    Some(u32::try_from(table.get(key)?.as_integer().unwrap()).unwrap())
}

fn flag(table: &Table, key: &str) -> bool {
    table.get(key).is_some_and(|flag| flag.as_bool().unwrap())
}

fn title(table: &Table) -> Text {
    match table.get("title") {
        Some(Toml::Table(title)) => Text::new(title["zh"].as_str().unwrap(), title["en"].as_str().unwrap()),
        _ => {
            let id = ["id", "code"].into_iter().find_map(|key| text(table, key)).unwrap_or_default();
            Text::new(id.clone(), id)
        }
    }
}
