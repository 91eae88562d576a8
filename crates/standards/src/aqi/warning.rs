//! Warnings of heavy air pollution, by what is forecast for the coming days (unsure: unified thresholds since 2023).

/// A warning, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Warning {
    /// 黄色预警.
    Yellow,
    /// 橙色预警.
    Orange,
    /// 红色预警.
    Red,
}

/// So many days in a row above such an index.
struct Run {
    above: u16,
    days: usize,
}

const fn run(above: u16, days: usize) -> Run {
    Run { above, days }
}

const YELLOW: [Run; 2] = [run(200, 1), run(150, 2)];
const ORANGE: [Run; 2] = [run(200, 2), run(150, 3)];
/// Both must hold.
const RED: [Run; 2] = [run(200, 3), run(300, 1)];

/// The highest warning that a forecast of daily indices, day by day, calls for.
pub fn warning(forecast: &[u16]) -> Option<Warning> {
    let holds = |run: &Run| forecast.windows(run.days).any(|days| days.iter().all(|aqi| *aqi > run.above));
    if RED.iter().all(holds) {
        Some(Warning::Red)
    } else if ORANGE.iter().any(holds) {
        Some(Warning::Orange)
    } else {
        YELLOW.iter().any(holds).then_some(Warning::Yellow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_days() {
        for (forecast, expected) in [
            (&[][..], None),
            (&[150, 151, 150], None),
            (&[90, 201, 90], Some(Warning::Yellow)),
            (&[151, 151], Some(Warning::Yellow)),
            (&[201, 201], Some(Warning::Orange)),
            (&[151, 160, 170], Some(Warning::Orange)),
            (&[201, 201, 201], Some(Warning::Orange)),
            (&[201, 301, 201], Some(Warning::Red)),
            (&[301, 150, 301, 301], Some(Warning::Orange)),
        ] {
            assert_eq!(warning(forecast), expected, "{forecast:?}");
        }
    }
}
