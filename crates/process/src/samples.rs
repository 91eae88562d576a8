//! What the tests of this crate share: the country's calendar, the demonstration's office hours, a few clocks, and a
//! process with everything in it. `reader` reads definitions as these tests write them.

mod reader;
mod running;

use crate::{ClockRule, Definition, OfficeHours, StillFacts, Times, WorkCalendar};
use jiff::civil::Date;
use model::{Instant, Name, Urn, Value, Zone};
use std::sync::LazyLock;

pub use running::Running;

static CALENDAR: LazyLock<WorkCalendar> =
    LazyLock::new(|| toml::from_str(include_str!("../../../packs/cn/calendar.toml")).unwrap());
static HOURS: LazyLock<OfficeHours> =
    LazyLock::new(|| toml::from_str(include_str!("../../../cities/datong/office-hours.toml")).unwrap());
static ZONE: LazyLock<Zone> = LazyLock::new(|| Zone::named("Asia/Shanghai").unwrap());
static TIMES: LazyLock<Times<'static>> =
    LazyLock::new(|| Times { calendar: &CALENDAR, hours: &HOURS, zone: &ZONE });
static PERMIT: LazyLock<Definition> = LazyLock::new(|| process(include_str!("samples/permit.toml")));

pub fn calendar() -> WorkCalendar {
    CALENDAR.clone()
}

pub fn hours() -> OfficeHours {
    HOURS.clone()
}

pub fn times() -> &'static Times<'static> {
    &TIMES
}

/// `2026-09-30T16:00`, on the city's wall.
pub fn at(local: &str) -> Instant {
    ZONE.instant(local.parse().unwrap()).unwrap()
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub fn names(text: &str) -> Vec<Name> {
    text.split_whitespace().map(name).collect()
}

pub fn person(id: &str) -> Urn {
    Urn::new(format!("urn:ngsi-ld:Person:{id}")).unwrap()
}

pub fn officer() -> Urn {
    person("officer-1")
}

/// A clock that may be paused for a hearing, with a rung before, at and after the due instant.
pub fn rule(unit: &str, budget: u32) -> ClockRule {
    let before = if unit.ends_with("hour") { "1h" } else { "1d" };
    let text = format!(
        "id = 'verify'\ntitle = {{ zh = '核实时限', en = 'Verification' }}\nunit = '{unit}'\nbudget = {budget}
        basis = 'municipal response rules §3'
        pauses = [{{ code = 'hearing', title = {{ zh = '听证', en = 'Hearing' }}, basis = '《行政许可法》第四十五条' }}]
        ladder = [
            {{ left = '{before}', notify = 'enforcement-officer' }},
            {{ over = '0h', raise = 'section-chief' }},
            {{ over = '2h', raise = 'bureau-head' }},
        ]"
    );
    let mut rule = reader::clock_rule(&toml::from_str(&text).unwrap());
    // A budget of one unit has no room for a first warning.
    if budget == 1 && unit != "month" {
        rule.ladder.remove(0);
    }
    rule.check().unwrap();
    rule
}

/// A definition out of TOML. `title`s may be left out: the id then stands for both languages.
pub fn process(text: &str) -> Definition {
    reader::definition(&toml::from_str(text).unwrap())
}

/// A process in which everything occurs: an application for a permit, with countersigning departments.
pub fn permit() -> &'static Definition {
    &PERMIT
}

/// What is known of the case in these tests.
pub fn still() -> StillFacts {
    let mut still = StillFacts::new(Urn::new("urn:ngsi-ld:Permit:1").unwrap());
    still.values.insert("applicant".to_owned(), Value::Ref(person("applicant")));
    still.values.insert("applicantName".to_owned(), "大同某饭店".into());
    still.ranks.extend([(name("chief"), 2), (name("head"), 3)]);
    still
}
