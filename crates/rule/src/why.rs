//! Why a level holds or not: for the verdict, and in words for the people who ask.

use crate::judging::Judging;
use crate::points::Point;
use crate::prose::Functions;
use crate::{Because, Held, History, Known, Looked, Rule, Unjudged, Window};
use lang::{Expression, Facts, Step, Titles};
use model::Lang;

/// Windows whose grounds are shown, per level: the latest ones.
const LOOKED_MAX: usize = 24;

/// How the grounds of an expression are told.
type Tell<'a> = &'a dyn Fn(&Expression, &dyn Facts) -> Vec<Step>;

/// Why each level holds or not in a window, the highest first, with every sub-condition in words of one language:
/// "why did it fire, why not". The history need not reach farther back than [`crate::Reach::near`].
pub fn why(
    rule: &Rule,
    window: Window,
    history: &History,
    known: Known<'_>,
    (lang, titles): (Lang, &dyn Titles),
) -> Result<Vec<Because>, Unjudged> {
    let judging = Judging::new(rule, history, known)?;
    let point = judging.point(window)?;
    let tell = |expression: &Expression, facts: &dyn Facts| {
        expression.why_in(facts, lang, &Functions::of(expression, titles))
    };
    judging.bounded(judging.why(point, &tell))
}

impl Judging<'_> {
    /// Of every level, the highest first.
    pub fn why(&self, point: Point, tell: Tell<'_>) -> Vec<Because> {
        let levels = (0..self.rule.level.len()).rev();
        levels.filter_map(|index| self.because(index, point, tell)).collect()
    }

    fn because(&self, index: usize, point: Point, tell: Tell<'_>) -> Option<Because> {
        let level = self.rule.level.get(index)?;
        let window = point.window;
        if level.silent.is_some() || point.silent.is_some() {
            let complete = level.silent.is_some() && point.silent.is_some_and(|silent| silent >= index);
            let held = if complete { Held::Yes } else { Held::No };
            let says = self.says_silence(level, window, point.silent.is_some());
            return Some(Because { level: level.id.clone(), held, says, looked: Vec::new() });
        }
        let held = self.level(index, window);
        let rests = self.rests_on(index, window);
        let looked: Vec<Looked> = rests
            .iter()
            .skip(rests.len().saturating_sub(LOOKED_MAX))
            .map(|window| Looked {
                window: *window,
                held: self.when(index, *window),
                steps: level
                    .when
                    .as_ref()
                    .map_or_else(Vec::new, |when| self.ask(*window, |facts| tell(when, facts)).0),
            })
            .collect();
        let good = rests.iter().filter(|window| self.when(index, **window) == Held::Yes).count();
        Some(Because {
            level: level.id.clone(),
            held,
            says: self.says(level, held, good, rests.len()),
            looked,
        })
    }
}
