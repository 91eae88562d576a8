//! The files of packs and of a city, read from folders.

use anyhow::Context;
use pack::File;
use std::path::Path;

/// Files that a definition may consist of: far more than any city has.
const FILES_MAX: usize = 10_000;

/// The files of a city that define something.
const CITY: [&str; 7] = [
    "city.toml",
    "divisions.toml",
    "laws.toml",
    "office-hours.toml",
    "offices.toml",
    "outlines.toml",
    "settings.toml",
];
/// Those that it need not have.
const OPTIONAL: [&str; 5] = ["divisions.toml", "laws.toml", "offices.toml", "outlines.toml", "settings.toml"];

/// All definition files: those of every pack, and those of one city.
pub fn definitions(packs: &Path, city: &Path) -> anyhow::Result<Vec<File>> {
    let mut files = Vec::new();
    collect(packs, "packs", &mut files)?;
    files.retain(|file| !is_scenario(&file.path));
    let name = city.file_name().and_then(|n| n.to_str()).context("the city's folder must have a name")?;
    for file in CITY {
        let path = city.join(file);
        if OPTIONAL.contains(&file) && !path.exists() {
            continue;
        }
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        files.push(File { path: format!("cities/{name}/{file}"), text });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The scenarios of every pack.
pub fn scenarios(packs: &Path) -> anyhow::Result<Vec<File>> {
    let mut files = Vec::new();
    collect(packs, "packs", &mut files)?;
    files.retain(|file| is_scenario(&file.path));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The ordinance's articles, even where other files are broken: what a broken pack carried must then be seen.
pub fn articles(packs: &Path) -> anyhow::Result<Vec<pack::Article>> {
    let mut files = Vec::new();
    collect(packs, "packs", &mut files)?;
    let mut articles = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with("/articles.toml")) {
        let read = pack::articles(file).map_err(|complaints| {
            anyhow::anyhow!(complaints.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        });
        articles.extend(read?);
    }
    Ok(articles)
}

/// A scenario tries definitions; it is none.
fn is_scenario(path: &str) -> bool {
    path.split('/').nth(2) == Some("scenarios")
}

/// Every `.toml` below a folder, by its path from there.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}/{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, files)?;
        } else if name.ends_with(".toml") && files.len() < FILES_MAX {
            let text = std::fs::read_to_string(entry.path()).with_context(|| format!("reading {path}"))?;
            files.push(File { path, text });
        }
    }
    Ok(())
}
