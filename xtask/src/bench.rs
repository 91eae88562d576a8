//! `cargo xtask bench`: measures, prints each result as a line of JSON, and puts the table into `docs/benchmarks.md`.
//!
//! Figures are of the machine it runs on; those that say something elsewhere are ratios against the raw disk in the same run.
//! `--quick` measures seconds instead of minutes, and leaves the table alone.

use std::io::{BufRead, BufReader};
use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::workspace::Workspace;

const BEGIN: &str = "<!-- cargo xtask bench: begin -->\n";
const END: &str = "<!-- cargo xtask bench: end -->\n";

/// What is measured: crate, example, its arguments, and those of a quick run.
const RUNS: [(&str, &str, &str, &str); 4] = [
    ("store", "history", "sustained 60 3", "sustained 5 1"),
    ("store", "history", "clients", "clients"),
    ("store", "history", "query 50", "query 3"),
    ("doors", "packets", "30 1000", "3 100"),
];

/// Runs everything.
pub fn run(args: &[String]) -> Result<ExitCode> {
    let quick = args.iter().any(|arg| arg == "--quick");
    ensure!(args.iter().all(|arg| arg == "--quick"), "bench knows `--quick` alone");
    let workspace = Workspace::find()?;
    let mut lines = Vec::new();
    for (package, example, whole, short) in RUNS {
        let arguments = if quick { short } else { whole };
        let mut cargo = workspace.cargo();
        cargo.args(["run", "--release", "--quiet", "--package", package, "--example", example, "--"]);
        let mut child = cargo.args(arguments.split(' ')).stdout(Stdio::piped()).spawn()?;
        let out = BufReader::new(child.stdout.take().context("a child without output")?);
        for line in out.lines() {
            let line = line?;
            println!("{line}");
            lines.push(serde_json::from_str(&line).with_context(|| format!("`{line}` is no JSON"))?);
        }
        ensure!(child.wait()?.success(), "{example} {arguments} failed");
    }
    if !quick {
        let path = workspace.root.join("docs/benchmarks.md");
        let text = std::fs::read_to_string(&path)?;
        std::fs::write(
            &path,
            with_table(&text, &table(&lines)).context("the table has no place in docs/benchmarks.md")?,
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A text with another table between its marks.
fn with_table(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{table}{END}{after}"))
}

/// A row for each result: what it was of, and its figures by name.
fn table(lines: &[Value]) -> String {
    let mut out = "| What | Of | Seen |\n|---|---|---|\n".to_owned();
    for line in lines {
        let Some(fields) = line.as_object() else { continue };
        let texts: Vec<&str> =
            fields.iter().filter(|(key, _)| *key != "what").filter_map(|(_, value)| value.as_str()).collect();
        let figures: Vec<String> = fields
            .iter()
            .filter(|(_, value)| value.is_number())
            .map(|(key, value)| format!("{} {value}", key.replace('_', " ")))
            .collect();
        let what = line["what"].as_str().unwrap_or_default();
        out += &format!("| {what} | {} | {} |\n", texts.join(", "), figures.join("; "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_takes_the_place_of_the_last_one() {
        let line = serde_json::json!({ "what": "clients", "kind": "hot", "per_s": 9.5 });
        let text = with_table(&format!("a\n{BEGIN}old\n{END}b\n"), &table(&[line])).unwrap();
        assert_eq!(
            text,
            format!("a\n{BEGIN}| What | Of | Seen |\n|---|---|---|\n| clients | hot | per s 9.5 |\n{END}b\n")
        );
        assert_eq!(with_table("no marks", ""), None);
    }
}
