//! The programs and fonts that the tests lean on: finds what is missing, installs it where it may, says how elsewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::child;
use crate::steps::Options;
use crate::test::has_walk;
use crate::workspace::{Workspace, read};

/// One thing that must be on the machine.
struct Tool {
    name: &'static str,
    /// What needs it.
    why: &'static str,
    /// Its Debian package; without one the developer must bring it.
    package: Option<&'static str>,
    /// Whether only the walk through the pages needs it.
    browser: bool,
    present: fn() -> bool,
}

const TOOLS: [Tool; 9] = [
    Tool {
        name: "python cryptography",
        why: "checks receipts without our binary, by /usr/bin/python3",
        package: Some("python3-cryptography"),
        browser: false,
        present: python_cryptography,
    },
    Tool {
        name: "python venv",
        why: "holds the packages that judge working days and try the interface",
        package: Some("python3-venv"),
        browser: false,
        present: python_venv,
    },
    Tool {
        name: "PostgreSQL",
        why: "is a department's database, from which a connector fetches",
        package: Some("postgresql"),
        browser: false,
        present: postgresql,
    },
    Tool {
        name: "poppler",
        why: "reads papers back, by pdftotext",
        package: Some("poppler-utils"),
        browser: false,
        present: || program("pdftotext").is_some(),
    },
    Tool {
        name: "GDAL",
        why: "reads the map as other programs do, by ogr2ogr",
        package: Some("gdal-bin"),
        browser: false,
        present: || program("ogr2ogr").is_some(),
    },
    Tool {
        name: "node",
        why: "runs the browser walk",
        package: None,
        browser: true,
        present: || program("node").is_some(),
    },
    Tool {
        name: "npm",
        why: "fetches what the browser walk uses",
        package: None,
        browser: true,
        present: || program("npm").is_some(),
    },
    Tool {
        name: "chromium",
        why: "opens the pages",
        package: Some("chromium"),
        browser: true,
        present: || program("chromium").is_some(),
    },
    Tool {
        name: "a Chinese font",
        why: "without one every page is a page of boxes",
        package: Some("fonts-noto-cjk"),
        browser: true,
        present: chinese_font,
    },
];

/// Succeeds when everything needed is there, installing it first where that is allowed.
pub fn ensure(workspace: &Workspace, options: &Options) -> Result<()> {
    let walk = has_walk(workspace) && !options.quick;
    let missing = missing(walk);
    let packages: Vec<&str> = missing.iter().filter_map(|tool| tool.package).collect();
    if !packages.is_empty() && may_install() {
        println!("installing {}", packages.join(" "));
        child::run(Command::new("apt-get").args(["update", "--quiet"]))?;
        child::run(
            Command::new("apt-get")
                .args(["install", "--quiet", "--yes", "--no-install-recommends"])
                .args(&packages)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )?;
    }
    let missing = self::missing(walk);
    ensure!(missing.is_empty(), "{}", explain(&missing));
    Ok(())
}

fn missing(walk: bool) -> Vec<&'static Tool> {
    TOOLS.iter().filter(|tool| (walk || !tool.browser) && !(tool.present)()).collect()
}

fn explain(missing: &[&Tool]) -> String {
    let mut text = String::from("this machine lacks:");
    for tool in missing {
        text.push_str(&format!("\n      {} ({})", tool.name, tool.why));
    }
    let packages: Vec<&str> = missing.iter().filter_map(|tool| tool.package).collect();
    if !packages.is_empty() {
        text.push_str(&format!(
            "\n    on Debian: sudo apt-get install --no-install-recommends {}",
            packages.join(" ")
        ));
    }
    if missing.iter().any(|tool| tool.package.is_none()) {
        text.push_str("\n    Node 20 or later, with npm: from your distribution or from nodejs.org");
    }
    text
}

fn may_install() -> bool {
    let root = read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    root && program("apt-get").is_some()
}

/// Where a program of this name is on the PATH.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn python_venv() -> bool {
    read(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
}

fn python_cryptography() -> bool {
    read(Command::new("/usr/bin/python3").args(["-c", "import cryptography"])).is_ok()
}

fn postgresql() -> bool {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    versions.filter_map(Result::ok).any(|version| version.path().join("bin/initdb").exists())
}

fn chinese_font() -> bool {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let folders = ["/usr/share/fonts", "/usr/local/share/fonts"].map(PathBuf::from);
    folders.into_iter().chain([home.join(".local/share/fonts"), home.join(".fonts")]).any(|f| has_cjk(&f, 4))
}

fn has_cjk(folder: &Path, depth: u32) -> bool {
    depth > 0
        && fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
            let cjk = entry.file_name().to_string_lossy().contains("CJK");
            cjk || has_cjk(&entry.path(), depth - 1)
        })
}

/// Whether cargo-deny is installed; nothing demands it, `deny` has a short way round.
pub fn cargo_deny(workspace: &Workspace) -> bool {
    program("cargo-deny").is_some() && read(workspace.cargo().args(["deny", "--version"])).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_way_to_get_it() {
        let all: Vec<&Tool> = TOOLS.iter().collect();
        let text = explain(&all);
        for wanted in ["chromium (opens the pages)", "fonts-noto-cjk", "python3-cryptography", "nodejs.org"] {
            assert!(text.contains(wanted), "{wanted} in {text}");
        }
        assert!(!explain(&[&TOOLS[0]]).contains("Node"), "nothing is said of what is there");
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(program("sh").is_some());
        assert!(program("no-such-program-anywhere").is_none());
    }
}
