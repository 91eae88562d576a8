//! Time and amounts in words, in both languages. Pure: whoever knows the clock gives the numbers.

use crate::texts::{Lang, Texts, fill};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// What a clock counts. A clock in months shows its remaining calendar days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Hours that run day and night.
    UrgentHour,
    /// Hours of office time.
    WorkingHour,
    /// Days that are neither weekend nor holiday.
    WorkingDay,
    /// Days of the calendar.
    CalendarDay,
}

impl Unit {
    const fn counts_days(self) -> bool {
        matches!(self, Self::WorkingDay | Self::CalendarDay)
    }
}

/// A length of time in a unit's own seconds: `3 工作时 20 分`, `2 working days`. One day of a day unit is 86,400.
pub fn span_in_words(secs: u64, unit: Unit, lang: Lang) -> String {
    let words = &Texts::get(lang).words;
    if unit.counts_days() {
        let (plural, under) = match unit {
            Unit::WorkingDay => (&words.working_days, &words.under_a_working_day),
            _ => (&words.calendar_days, &words.under_a_day),
        };
        return if secs < DAY { under.clone() } else { plural.of(secs / DAY) };
    }
    let (hours, minutes) = (secs / HOUR, secs % HOUR / MINUTE);
    let hours_in_words = match unit {
        Unit::WorkingHour => words.working_hours.of(hours),
        _ => words.hours.of(hours),
    };
    match (hours, minutes) {
        (0, 0) => words.under_a_minute.clone(),
        (0, _) => words.minutes.of(minutes),
        (_, 0) => hours_in_words,
        _ => format!("{hours_in_words} {}", words.and_minutes.of(minutes)),
    }
}

/// What is left of a clock, or by how much it is over: `余 3 工作时 20 分`, `今日到期`, `Overdue by 2 hours`.
///
/// `secs` are the unit's own seconds, negative when overdue; `due_today` is whether the due instant is today.
pub fn left_in_words(secs: i64, unit: Unit, due_today: bool, lang: Lang) -> String {
    let words = &Texts::get(lang).words;
    let size = secs.unsigned_abs();
    let span = span_in_words(size, unit, lang);
    if secs < 0 {
        let tiny = size < if unit.counts_days() { DAY } else { MINUTE };
        return if tiny { words.just_overdue.clone() } else { fill(&words.overdue, &[("span", &span)]) };
    }
    match (due_today, unit.counts_days()) {
        (true, true) => words.due_today.clone(),
        (true, false) => fill(&words.due_today_left, &[("span", &span)]),
        _ => fill(&words.left, &[("span", &span)]),
    }
}

/// How old something is: `37 分钟`, `2 hours 5 min`, `3 days`.
pub fn age_in_words(minutes: u64, lang: Lang) -> String {
    let secs = minutes.saturating_mul(MINUTE);
    let unit = if secs < 2 * DAY { Unit::UrgentHour } else { Unit::CalendarDay };
    span_in_words(secs, unit, lang)
}

/// A day of the week, Monday being 1; nothing for other numbers.
pub fn weekday_in_words(weekday: u8, lang: Lang) -> &'static str {
    let words = &Texts::get(lang).words;
    match weekday {
        1 => &words.monday,
        2 => &words.tuesday,
        3 => &words.wednesday,
        4 => &words.thursday,
        5 => &words.friday,
        6 => &words.saturday,
        7 => &words.sunday,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Unit::{CalendarDay, UrgentHour, WorkingDay, WorkingHour};

    fn left(secs: i64, unit: Unit, today: bool) -> [String; 2] {
        Lang::ALL.map(|lang| left_in_words(secs, unit, today, lang))
    }

    #[test]
    fn time_left_in_hours() {
        assert_eq!(left(12_000, WorkingHour, false), ["余 3 工作时 20 分", "3 working hours 20 min left"]);
        assert_eq!(left(3_600, WorkingHour, false), ["余 1 工作时", "1 working hour left"]);
        assert_eq!(left(7_200, UrgentHour, false), ["余 2 小时", "2 hours left"]);
        assert_eq!(left(60, WorkingHour, false), ["余 1 分钟", "1 minute left"]);
        assert_eq!(left(0, WorkingHour, false), ["余 1 分钟以内", "less than a minute left"]);
    }

    #[test]
    fn time_left_in_days() {
        assert_eq!(left(3 * 86_400, WorkingDay, false), ["余 3 工作日", "3 working days left"]);
        assert_eq!(left(86_400 + 1, WorkingDay, false), ["余 1 工作日", "1 working day left"]);
        assert_eq!(left(86_399, WorkingDay, false), ["余 1 工作日以内", "less than a working day left"]);
        assert_eq!(left(86_400, CalendarDay, false), ["余 1 天", "1 day left"]);
        assert_eq!(left(86_399, CalendarDay, false), ["余 1 天以内", "less than a day left"]);
    }

    #[test]
    fn due_today_says_so() {
        assert_eq!(left(3_000, WorkingDay, true), ["今日到期", "Due today"]);
        let hours = ["今日到期，余 1 工作时 20 分", "Due today, 1 working hour 20 min left"];
        assert_eq!(left(4_800, WorkingHour, true), hours);
    }

    #[test]
    fn overdue_is_never_silent() {
        assert_eq!(left(-7_200, UrgentHour, false), ["超期 2 小时", "Overdue by 2 hours"]);
        assert_eq!(left(-7_200, UrgentHour, true), ["超期 2 小时", "Overdue by 2 hours"]);
        assert_eq!(left(-1, WorkingHour, true), ["刚刚超期", "Just overdue"]);
        assert_eq!(left(-86_400, WorkingDay, false), ["超期 1 工作日", "Overdue by 1 working day"]);
        assert_eq!(left(-40_000, WorkingDay, false), ["刚刚超期", "Just overdue"]);
        assert!(left(i64::MIN, WorkingDay, false)[0].starts_with("超期"));
    }

    #[test]
    fn ages() {
        let age = |minutes| Lang::ALL.map(|lang| age_in_words(minutes, lang));
        assert_eq!(age(0), ["1 分钟以内", "less than a minute"]);
        assert_eq!(age(1), ["1 分钟", "1 minute"]);
        assert_eq!(age(37), ["37 分钟", "37 minutes"]);
        assert_eq!(age(125), ["2 小时 5 分", "2 hours 5 min"]);
        assert_eq!(age(47 * 60), ["47 小时", "47 hours"]);
        assert_eq!(age(3 * 1440 + 5), ["3 天", "3 days"]);
        assert!(!age(u64::MAX)[0].is_empty());
    }

    #[test]
    fn weekdays() {
        assert_eq!(weekday_in_words(1, Lang::Zh), "周一");
        assert_eq!(weekday_in_words(7, Lang::En), "Sun");
        assert_eq!(weekday_in_words(0, Lang::En), "");
    }
}
