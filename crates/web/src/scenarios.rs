//! Scenarios of packs, run for a proposal before it is put in force. Whoever can run a city of its own can run them: the binary.

use model::{Name, Text};
use pack::File;

/// What became of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioRun {
    /// What it tells.
    pub title: Text,
    /// Its file.
    pub file: String,
    /// Steps that held, of how many.
    pub held: [usize; 2],
    /// What did not hold.
    pub failed: Option<String>,
}

/// Who runs them.
pub trait Scenarios: Send + Sync {
    /// Runs the scenarios of some packs in scratch cities with these definitions; or why that cannot be.
    fn run(&self, files: &[File], packs: &[Name]) -> Result<Vec<ScenarioRun>, String>;
}
