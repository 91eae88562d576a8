//! Runs the built program: tidy on a workspace of its own, the guard, and the flags.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A workspace in a temporary folder, gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        for (path, text) in files {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), text).unwrap();
        }
        Self(root)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn xtask(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(args).current_dir(folder).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const ROOT: &str =
    "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n[workspace.package]\nlicense = \"MIT\"\n";
const MODEL: &str = "[package]\nname = \"model\"\nedition = \"2024\"\nlicense.workspace = true\n";
const PAGE: &str = "# Architecture\n\n```crates\nmodel ->\nweb -> model\n```\n";

#[test]
fn tidy_passes_a_tidy_workspace_and_counts_its_complaints_on_another() {
    let web = MODEL.replace("\"model\"", "\"web\"") + "[dependencies]\nmodel.path = \"../model\"\n";
    let files = [
        ("Cargo.toml", ROOT),
        ("LICENSE", "MIT\n"),
        ("docs/architecture.md", PAGE),
        ("crates/model/Cargo.toml", MODEL),
        ("crates/model/src/lib.rs", "//! Names.\n"),
        ("crates/web/Cargo.toml", &web),
        ("crates/web/src/lib.rs", "//! Pages.\n"),
    ];
    let folder = Folder::new("tidy", &files);
    let good = xtask(&folder.0, &["tidy"]);
    assert!(good.status.success(), "{good:?}");

    fs::write(folder.0.join("docs/architecture.md"), PAGE.replace("web -> model", "web ->")).unwrap();
    fs::write(folder.0.join("crates/web/src/lib.rs"), "fn page() {}\n").unwrap();
    // From a folder inside, the workspace is still found.
    let bad = xtask(&folder.0.join("crates/web"), &["tidy"]);
    assert!(!bad.status.success());
    let printed = stdout(&bad);
    let complaints: Vec<_> = printed.lines().collect();
    assert_eq!(complaints.len(), 2, "{printed}");
    assert!(complaints[0].starts_with("crates/web/Cargo.toml:6: web depends on model"), "{printed}");
    assert!(complaints[1].starts_with("crates/web/src/lib.rs:1: "), "{printed}");
    assert!(String::from_utf8_lossy(&bad.stderr).contains("2 complaints"), "{bad:?}");
}

#[test]
fn the_guard_ends_what_carries_its_marker_when_its_input_closes() {
    let marker = format!("program-{}", std::process::id());
    // A session of its own, as browsers take, does not hide it.
    let mut stray = Command::new("setsid").args(["sleep", "60"]).env("XTASK_CHILD", &marker).spawn().unwrap();
    let guard =
        Command::new(env!("CARGO_BIN_EXE_xtask")).args(["guard", &marker]).stdin(Stdio::null()).output();
    assert!(guard.unwrap().status.success());
    assert!(!stray.wait().unwrap().success());
}

#[test]
fn the_commands_answer() {
    // Cargo starts tests in their crate's folder.
    let here = Path::new(".");
    let list = stdout(&xtask(here, &["ci", "--list"]));
    let names: Vec<_> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let expected = "tools npm fmt tidy clippy deny release doc build tests browser scenarios demo";
    assert_eq!(names.join(" "), expected);
    // Measuring takes minutes; that it knows its words is seen by one that it does not know.
    assert!(!xtask(here, &["bench", "--fast"]).status.success());
    assert_eq!(xtask(here, &["no-such-command"]).status.code(), Some(2));
    assert_eq!(xtask(here, &["test", "--no-such-flag"]).status.code(), Some(1));
    assert!(stdout(&xtask(here, &["help"])).starts_with("usage: cargo xtask"));
}
