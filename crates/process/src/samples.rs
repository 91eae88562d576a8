//! What the tests of this crate share: the country's calendar, the demonstration's office hours, a few clocks.

use crate::{ClockRule, OfficeHours, Times, WorkCalendar};
use jiff::civil::Date;
use model::{Instant, Name, Urn, Zone};
use std::sync::LazyLock;

static CALENDAR: LazyLock<WorkCalendar> =
    LazyLock::new(|| toml::from_str(include_str!("../../../packs/cn/calendar.toml")).unwrap());
static HOURS: LazyLock<OfficeHours> =
    LazyLock::new(|| toml::from_str(include_str!("../../../cities/datong/office-hours.toml")).unwrap());
static ZONE: LazyLock<Zone> = LazyLock::new(|| Zone::named("Asia/Shanghai").unwrap());
static TIMES: LazyLock<Times<'static>> =
    LazyLock::new(|| Times { calendar: &CALENDAR, hours: &HOURS, zone: &ZONE });

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

pub fn officer() -> Urn {
    Urn::new("urn:ngsi-ld:Person:officer-1").unwrap()
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
    let entry: toml::Table = toml::from_str(&text).unwrap();
    // A budget of one unit has no room for a first warning.
    let mut entry = entry;
    if budget == 1 && unit != "month" {
        entry["ladder"].as_array_mut().unwrap().remove(0);
    }
    entry.try_into().unwrap()
}
