//! What cargo says about the workspace: where it is, where it builds, which crate depends on which.
//!
//! Asked once through `cargo metadata`, so `CARGO_TARGET_DIR` and cargo's settings are respected without our knowing them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The workspace around the current folder.
pub struct Workspace {
    /// The folder that holds the root `Cargo.toml`.
    pub root: PathBuf,
    /// The folder cargo builds into.
    pub target: PathBuf,
    /// Its own crates, by name.
    pub packages: Vec<Package>,
}

/// One crate of the workspace.
#[derive(Debug, Clone)]
pub struct Package {
    pub name: String,
    /// Its `Cargo.toml`, relative to the root, with `/`.
    pub manifest: String,
    pub dependencies: Vec<Dependency>,
}

/// One line of a crate's dependencies.
#[derive(Debug, Clone)]
pub struct Dependency {
    pub name: String,
    /// Whether only tests, examples and benches see it.
    pub dev: bool,
    /// Whether it lives in this repository (it is named by path).
    pub ours: bool,
}

impl Workspace {
    /// Asks cargo; fails when the current folder is in no workspace.
    pub fn find() -> Result<Self> {
        let printed = read(cargo_command().args(["metadata", "--format-version", "1", "--no-deps"]))?;
        Self::parse(&printed)
    }

    fn parse(metadata: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(metadata).context("cargo metadata printed no JSON")?;
        let root = PathBuf::from(text(&value, "workspace_root")?);
        let mut packages = Vec::new();
        for package in list(&value, "packages") {
            let manifest = PathBuf::from(text(package, "manifest_path")?);
            let manifest = manifest.strip_prefix(&root).unwrap_or(&manifest);
            packages.push(Package {
                name: text(package, "name")?,
                manifest: manifest.to_string_lossy().replace('\\', "/"),
                dependencies: list(package, "dependencies").iter().map(dependency).collect::<Result<_>>()?,
            });
        }
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { target: PathBuf::from(text(&value, "target_directory")?), root, packages })
    }

    /// A cargo command that starts in the root.
    pub fn cargo(&self) -> Command {
        let mut command = cargo_command();
        command.current_dir(&self.root);
        command
    }

    pub fn has_package(&self, name: &str) -> bool {
        self.packages.iter().any(|package| package.name == name)
    }

    /// Whether a path, relative to the root, exists.
    pub fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    pub fn release_binary(&self, name: &str) -> PathBuf {
        self.target.join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    pub fn debug_binary(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

/// Runs a short command and returns what it printed; its complaints become the error.
pub fn read(command: &mut Command) -> Result<String> {
    let shown = format!("{command:?}").replace('"', "");
    let output = command.output().with_context(|| format!("cannot run `{shown}`"))?;
    if !output.status.success() {
        bail!("`{shown}` failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` printed something other than text"))
}

/// Cargo, without what `cargo run` told *us* about ourselves: some build scripts (ring's among them) watch these
/// variables and would rebuild for nothing.
fn cargo_command() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name.as_ref());
        }
    }
    command
}

fn dependency(value: &Value) -> Result<Dependency> {
    Ok(Dependency {
        name: text(value, "name")?,
        dev: value.get("kind").and_then(Value::as_str) == Some("dev"),
        ours: value.get("path").is_some_and(Value::is_string),
    })
}

fn text(value: &Value, key: &str) -> Result<String> {
    let found = value.get(key).and_then(Value::as_str);
    Ok(found.with_context(|| format!("cargo metadata lacks `{key}`"))?.to_owned())
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_becomes_packages() {
        let workspace = Workspace::parse(
            r#"{"workspace_root": "/r", "target_directory": "/elsewhere", "packages": [
                {"name": "b", "manifest_path": "/r/crates/b/Cargo.toml", "dependencies": [
                    {"name": "a", "kind": null, "path": "/r/crates/a"},
                    {"name": "c", "kind": "dev", "path": "/r/crates/c"},
                    {"name": "serde", "kind": null}]},
                {"name": "a", "manifest_path": "/r/crates/a/Cargo.toml", "dependencies": []}]}"#,
        )
        .unwrap();
        assert_eq!(workspace.packages[0].name, "a");
        let b = &workspace.packages[1];
        assert_eq!(b.manifest, "crates/b/Cargo.toml");
        let seen: Vec<_> = b.dependencies.iter().map(|d| (d.name.as_str(), d.dev, d.ours)).collect();
        assert_eq!(seen, [("a", false, true), ("c", true, true), ("serde", false, false)]);
        assert_eq!(workspace.release_binary("datong"), PathBuf::from("/elsewhere/release/datong"));
    }
}
