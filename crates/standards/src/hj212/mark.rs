//! Marks by which a firm says that hours are not ordinary (Marking rules of automatic monitors, in force from 2023-01-01).
//!
//! The lists differ by trade; here is what they share (unsure). How long a trade may start up in a year, until when a
//! mark may be set, and whether it is true, is left to others.

use super::mean::Period;

/// What a mark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The plant: what is measured is real, and is no ordinary emission.
    Plant,
    /// The monitor: what it says was not measured.
    Monitor,
}

/// A mark on an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// The plant is started up.
    StartUp,
    /// The plant is shut down.
    ShutDown,
    /// The plant stands still.
    Outage,
    /// The plant, or what cleans its emissions, is out of order.
    PlantFault,
    /// The monitor is out of order.
    MonitorFault,
    /// The monitor is being calibrated or compared.
    Calibration,
    /// The monitor is being maintained.
    Maintenance,
}

impl Mark {
    /// What the mark is about.
    pub const fn side(self) -> Side {
        match self {
            Self::StartUp | Self::ShutDown | Self::Outage | Self::PlantFault => Side::Plant,
            Self::MonitorFault | Self::Calibration | Self::Maintenance => Side::Monitor,
        }
    }

    /// Whether the value still counts as measured, in loads for one.
    pub fn counts(self) -> bool {
        self.side() == Side::Plant
    }
}

/// Whether an hour can be judged against a limit: enough of its minutes count, and it bears no mark.
pub fn is_basis(minutes: usize, mark: Option<Mark>) -> bool {
    minutes >= Period::Hour.parts_least() && mark.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_hour_is_no_basis() {
        assert!(is_basis(45, None) && !is_basis(44, None) && !is_basis(60, Some(Mark::StartUp)));
        assert!(Mark::StartUp.counts() && !Mark::Calibration.counts());
    }
}
