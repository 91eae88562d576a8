//! Rule: one licence for the whole workspace: the text at the root, and every crate pointing to it.

use super::Complaint;
use super::tree::Tree;
use crate::workspace::Workspace;

pub fn check(workspace: &Workspace, tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    if tree.text("LICENSE").is_empty() {
        complaints.push(Complaint::new("LICENSE", 1, "the licence's text is missing", "put it there, whole"));
    }
    for package in &workspace.packages {
        if !inherits(tree.text(&package.manifest)) {
            complaints.push(Complaint::new(
                &package.manifest,
                1,
                "the crate does not take the workspace's licence",
                "write `license.workspace = true` under [package]",
            ));
        }
    }
    complaints
}

fn inherits(manifest: &str) -> bool {
    let package = manifest.lines().map(str::trim).skip_while(|line| *line != "[package]").skip(1);
    package.take_while(|line| !line.starts_with('[')).any(|line| {
        let line = line.split('#').next().unwrap_or("").replace(' ', "");
        line == "license.workspace=true" || line == "license={workspace=true}"
    })
}

#[cfg(test)]
mod tests {
    use super::super::tree::tree;
    use super::*;
    use crate::workspace::Package;

    #[test]
    fn the_text_and_every_pointer_to_it_are_asked_for() {
        let package = |name: &str| Package {
            name: name.to_owned(),
            manifest: format!("{name}/Cargo.toml"),
            dependencies: vec![],
        };
        let packages = ["good", "own", "elsewhere"].map(package).to_vec();
        let workspace = Workspace { root: "/".into(), target: "/".into(), packages };
        let tree = tree(&[
            ("good/Cargo.toml", "[package]\nname = \"good\"\nlicense.workspace = true # ours\n"),
            ("own/Cargo.toml", "[package]\nlicense = \"MIT\"\n"),
            ("elsewhere/Cargo.toml", "[package]\n\n[package.metadata.x]\nlicense.workspace = true\n"),
        ]);
        let paths: Vec<_> = check(&workspace, &tree).into_iter().map(|complaint| complaint.path).collect();
        assert_eq!(paths, ["LICENSE", "own/Cargo.toml", "elsewhere/Cargo.toml"]);
    }
}
