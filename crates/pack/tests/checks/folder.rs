//! Folders of files, as the caller of `pack::read` brings them.

use pack::File;
use std::path::{Path, PathBuf};

/// The crate's own folder of tests.
pub fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every `.toml` below `packs` and `cities` of a folder.
pub fn files(root: &Path) -> Vec<File> {
    let mut files = Vec::new();
    for folder in ["packs", "cities"] {
        collect(&root.join(folder), folder, &mut files);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &path, files);
        } else if path.ends_with(".toml") {
            files.push(File { path, text: std::fs::read_to_string(entry.path()).unwrap() });
        }
    }
}

/// Complaints, a line each.
pub fn lines(complaints: &[pack::Complaint]) -> String {
    complaints.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
