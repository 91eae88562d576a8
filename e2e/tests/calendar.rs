//! Working days as two packages of others have them, day by day: what the engine makes of `packs/cn/calendar.toml` is
//! judged by `calendar_judge.py`. The packages are fetched once, into the target folder.

use anyhow::{Context, Result, ensure};
use jiff::civil::Date;
use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The repository, seen from this crate.
const ROOT: &str = "..";

#[test]
fn working_days_are_those_of_two_other_packages() -> Result<()> {
    let text = std::fs::read_to_string(Path::new(ROOT).join("packs/cn/calendar.toml"))?;
    let calendar: process::WorkCalendar = toml::from_str(&text)?;
    let mut lines = String::new();
    for day in Date::new(2007, 1, 1)?.series(jiff::Span::new().days(1)) {
        if day.year() > 2026 {
            break;
        }
        writeln!(lines, "{day} {}", if calendar.is_working(day) { "working" } else { "off" })?;
    }
    let judged = judge(&lines)?;
    ensure!(judged.0, "{}", judged.1);
    // A judge that accepts everything is none: one day turned round must be found.
    let wrong = lines.replace("2026-10-10 working", "2026-10-10 off");
    ensure!(wrong != lines, "10 October 2026 is a make-up Saturday");
    let (accepted, said) = judge(&wrong)?;
    ensure!(!accepted && said.contains("2026-10-10"), "a wrong day was not found: {said}");
    Ok(())
}

/// Whether the judge has nothing to object, and what it says.
fn judge(lines: &str) -> Result<(bool, String)> {
    let python = e2e::python("calendar-judge", "requirements.txt", "chinese_calendar, holidays")?;
    let mut child = Command::new(python.join("python"))
        .arg("calendar_judge.py")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting the judge")?;
    child.stdin.take().context("no input")?.write_all(lines.as_bytes())?;
    let out = child.wait_with_output()?;
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    Ok((out.status.success(), said))
}
