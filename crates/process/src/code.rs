//! The stable code of each refusal: what programs and scenarios compare, whatever the words become.

use crate::{ClockFault, Refusal};

impl Refusal {
    /// The code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchAct(_) => "no-such-act",
            Self::NotBegun => "not-begun",
            Self::Automatic => "automatic",
            Self::Stage { .. } => "stage",
            Self::Shelved => "shelved",
            Self::NotShelved => "not-shelved",
            Self::Barred => "barred",
            Self::Role { .. } => "role",
            Self::Rank { .. } => "rank",
            Self::SamePerson { .. } => "same-person",
            Self::Guard { .. } => "guard",
            Self::Unknown { .. } => "unknown",
            Self::Waits { .. } => "waits",
            Self::PartsOpen { .. } => "parts-open",
            Self::NothingOpen { .. } => "nothing-open",
            Self::NotYours { .. } => "not-yours",
            Self::Unclaimed { .. } => "unclaimed",
            Self::Which { .. } => "which",
            Self::Delegate { .. } => "delegate",
            Self::Extended { .. } => "extended",
            Self::Window { .. } => "window",
            Self::Reopened { .. } => "at-most",
            Self::NothingToVoid => "nothing-to-void",
            Self::Bound => "bound",
            Self::Correction => "correction",
            Self::NotAway => "not-away",
            Self::Receipt => "receipt",
            Self::Opinion => "opinion",
            Self::Measurement => "measurement",
            Self::Photo => "photo",
            Self::Document => "document",
            Self::Reason => "reason",
            Self::Field { .. } => "field",
            Self::Stuck { .. } => "stuck",
            Self::TooMany => "too-many",
            Self::Clock(ClockFault::Paused) => "clock-paused",
            Self::Clock(ClockFault::Runs) => "clock-runs",
            Self::Clock(ClockFault::Absent) => "clock-absent",
            Self::Clock(ClockFault::Other(_)) => "clock",
        }
    }
}
