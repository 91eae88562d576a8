//! A case's clock as pages show it: a light, always with words.

use crate::texts::{Lang, Texts, fill};
use crate::words::{Unit, left_in_words};

/// The colour, which never stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Light {
    /// Overdue.
    Red,
    /// Due today, or a warning has been given.
    Yellow,
    /// In time.
    Green,
    /// The clock does not run.
    Paused,
    /// The clock has stopped for good.
    Done,
}

/// Where a clock stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// Its colour.
    pub light: Light,
    /// What is left, in seconds of the unit's own counting (one day of a day unit is 86,400); negative: overdue.
    pub secs: i64,
    /// What it counts.
    pub unit: Unit,
    /// Whether the due instant is today.
    pub due_today: bool,
    /// The due instant, local; `None` while paused.
    pub due: Option<String>,
    /// Whether the deadline crosses days whose calendar is not published yet.
    pub provisional: bool,
}

impl Clock {
    /// The light in words.
    pub fn words(&self, lang: Lang) -> String {
        let words = &Texts::get(lang).words;
        match self.light {
            Light::Done => words.done.clone(),
            Light::Paused => {
                let left = left_in_words(self.secs, self.unit, false, lang);
                fill(&words.paused, &[("left", &left)])
            }
            Light::Red | Light::Yellow | Light::Green => {
                left_in_words(self.secs, self.unit, self.due_today, lang)
            }
        }
    }

    pub(crate) const fn class(&self) -> &'static str {
        match self.light {
            Light::Red => "red",
            Light::Yellow => "yellow",
            Light::Green => "green",
            Light::Paused => "paused",
            Light::Done => "done",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(light: Light, secs: i64) -> [String; 2] {
        let clock =
            Clock { light, secs, unit: Unit::WorkingHour, due_today: false, due: None, provisional: false };
        Lang::ALL.map(|lang| clock.words(lang))
    }

    #[test]
    fn every_light_has_words() {
        assert_eq!(words(Light::Red, -7_200), ["超期 2 工作时", "Overdue by 2 working hours"]);
        assert_eq!(words(Light::Green, 12_000), ["余 3 工作时 20 分", "3 working hours 20 min left"]);
        assert_eq!(words(Light::Paused, 3_600), ["已中止，余 1 工作时", "Paused, 1 working hour left"]);
        assert_eq!(words(Light::Done, 0), ["已办结", "Closed"]);
    }
}
