//! The files that tidy looks at: what git tracks or would track, read once.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::scan::{self, Scanned};
use crate::workspace::read;

/// Folders that are never ours, for a tree that git does not know (an unpacked archive).
const NOT_OURS: [&str; 3] = [".git", "target", "node_modules"];

/// Everything that would be committed.
pub struct Tree {
    pub files: Vec<File>,
}

/// One file.
pub struct File {
    /// Relative to the root, with `/`.
    pub path: String,
    /// Its text; `None` for what is not UTF-8.
    pub text: Option<String>,
    /// Its code, comments and literals told apart, for `.rs` files.
    pub rust: Option<Scanned>,
}

impl Tree {
    pub fn load(root: &Path) -> Result<Self> {
        let mut paths = BTreeSet::new();
        if root.join(".git").exists() {
            let git = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
            let listed = read(Command::new("git").args(git).current_dir(root))?;
            paths.extend(listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned));
        } else {
            walk(root, "", &mut paths)?;
        }
        let files = paths.into_iter().filter(|path| root.join(path).is_file());
        Ok(Self {
            files: files.map(|path| File::new(path.clone(), fs::read(root.join(path)).ok())).collect(),
        })
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// A file's text, or an empty one when there is no such file or it is not text.
    pub fn text(&self, path: &str) -> &str {
        self.file(path).and_then(|file| file.text.as_deref()).unwrap_or_default()
    }

    /// Every file that is text.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    /// Every `.rs` file.
    pub fn rust(&self) -> impl Iterator<Item = (&File, &Scanned)> {
        self.files.iter().filter_map(|file| Some((file, file.rust.as_ref()?)))
    }
}

impl File {
    fn new(path: String, bytes: Option<Vec<u8>>) -> Self {
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let rust = text.as_deref().filter(|_| path.ends_with(".rs")).map(scan::scan);
        Self { path, text, rust }
    }
}

fn walk(root: &Path, folder: &str, paths: &mut BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if !entry.file_type()?.is_dir() {
            paths.insert(path);
        } else if !NOT_OURS.contains(&name.as_str()) {
            walk(root, &path, paths)?;
        }
    }
    Ok(())
}

/// The line, from 1, of a place in a text.
pub fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Trees made of text, for the tests of the rules.
#[cfg(test)]
pub fn tree(files: &[(&str, &str)]) -> Tree {
    let files = files.iter().map(|(path, text)| File::new((*path).to_owned(), Some((*text).into())));
    Tree { files: files.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unpacked_archive_is_walked_without_what_is_not_ours() {
        let root = std::env::temp_dir().join(format!("xtask-tree-{}", std::process::id()));
        for path in ["a/b.rs", "target/x.rs", "e2e/node_modules/y.js", "picture.bin"] {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), b"//! Hello.\n").unwrap();
        }
        fs::write(root.join("picture.bin"), [0xff, 0xfe]).unwrap();
        let tree = Tree::load(&root).unwrap();
        fs::remove_dir_all(&root).unwrap();
        let paths: Vec<_> = tree.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["a/b.rs", "picture.bin"]);
        assert_eq!(tree.texts().count(), 1);
        assert_eq!(tree.rust().count(), 1);
    }

    #[test]
    fn lines_count_from_one() {
        assert_eq!([0, 1, 2, 3].map(|offset| line_at("a\nb\n", offset)), [1, 1, 2, 2]);
    }
}
