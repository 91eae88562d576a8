//! Runs named steps in order, stops at the first that fails, and says how long each took.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::workspace::Workspace;

/// What became of a step that did not fail.
pub enum Outcome {
    Passed,
    /// There was nothing to do, and why.
    Skipped(&'static str),
}

/// One thing a change must pass.
pub struct Step {
    pub name: &'static str,
    /// What it runs, as a person would type it.
    pub shows: &'static str,
    /// What to do when it fails.
    pub remedy: &'static str,
    pub run: fn(&Workspace, &Options) -> Result<Outcome>,
    /// Whether `--quick` leaves it out.
    pub slow: bool,
}

/// The flags that `test` and `ci` share.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    pub quick: bool,
    pub list: bool,
}

impl Options {
    pub fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self::default();
        for arg in args {
            match arg.as_str() {
                "--quick" => options.quick = true,
                "--list" => options.list = true,
                other => bail!("there is no `{other}` here; --quick and --list are the flags"),
            }
        }
        Ok(options)
    }
}

/// Lists the steps or runs them, as the flags say.
pub fn run(steps: &[Step], args: &[String]) -> Result<ExitCode> {
    let options = Options::parse(args)?;
    let steps: Vec<&Step> = steps.iter().filter(|step| !(options.quick && step.slow)).collect();
    if options.list {
        for step in steps {
            println!("{:<8} {}", step.name, step.shows);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let workspace = Workspace::find()?;
    // Commands and their relative paths start from the root, wherever the developer stood.
    std::env::set_current_dir(&workspace.root)?;
    Ok(run_in(&workspace, &options, &steps))
}

fn run_in(workspace: &Workspace, options: &Options, steps: &[&Step]) -> ExitCode {
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (number, step) in steps.iter().enumerate() {
        println!("\n==> {}: {}", step.name, step.shows);
        let started = Instant::now();
        let result = (step.run)(workspace, options);
        let took = show(started.elapsed());
        match result {
            Ok(Outcome::Passed) => {
                passed += 1;
                println!("<== {} passed in {took}", step.name);
            }
            Ok(Outcome::Skipped(why)) => {
                skipped += 1;
                println!("<== {} skipped: {why}", step.name);
            }
            Err(error) => {
                failed += 1;
                println!("<== {} FAILED after {took}: {error:#}", step.name);
                println!("    what to do: {}", step.remedy);
                let rest: Vec<&str> = steps[number + 1..].iter().map(|step| step.name).collect();
                println!(
                    "    not reached: {}",
                    if rest.is_empty() { "none".to_owned() } else { rest.join(", ") }
                );
                break;
            }
        }
    }
    println!("\n{}", summary(passed, failed, skipped));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The closing line, alone on its line, in the form that test watchers read.
fn summary(passed: u32, failed: u32, skipped: u32) -> String {
    let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
    format!("{passed} passed, {failed} failed{skipped}")
}

fn show(took: Duration) -> String {
    let seconds = took.as_secs();
    if seconds < 60 {
        format!("{:.1} s", took.as_secs_f64())
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn step(name: &'static str, run: fn(&Workspace, &Options) -> Result<Outcome>) -> Step {
        Step { name, shows: "", remedy: "", run, slow: false }
    }

    fn exit(steps: &[Step]) -> bool {
        let workspace = Workspace { root: "/".into(), target: "/".into(), packages: vec![] };
        let steps: Vec<&Step> = steps.iter().collect();
        run_in(&workspace, &Options::default(), &steps) == ExitCode::SUCCESS
    }

    #[test]
    fn the_first_failure_stops_the_rest() {
        let good = step("good", |_, _| Ok(Outcome::Passed));
        let skip = step("skip", |_, _| Ok(Outcome::Skipped("nothing there")));
        let bad = step("bad", |_, _| bail!("as asked"));
        let never = step("never", |_, _| unreachable!("a step after a failure ran"));
        assert!(exit(&[step("a", good.run), step("b", skip.run)]));
        assert!(!exit(&[good, bad, never]));
    }

    #[test]
    fn the_closing_line_counts() {
        assert_eq!(summary(3, 0, 0), "3 passed, 0 failed");
        assert_eq!(summary(3, 1, 2), "3 passed, 1 failed, 2 skipped");
    }

    #[test]
    fn durations_are_short_to_read() {
        assert_eq!(show(Duration::from_millis(1240)), "1.2 s");
        assert_eq!(show(Duration::from_secs(125)), "2 min 5 s");
    }

    #[test]
    fn unknown_flags_are_refused() {
        let parse = |args: &[&str]| Options::parse(&args.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(parse(&["--quick"]).unwrap(), Options { quick: true, list: false });
        assert!(parse(&["--quik"]).is_err());
    }
}
