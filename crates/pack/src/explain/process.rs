//! A process in prose and as a picture, both of them `process`'s, under the headings of this page.

use super::Field;
use super::titles::ProcessTitles;
use process::Definition;

/// The whole process.
pub(super) fn told(field: &Field<'_>, process: &Definition) -> String {
    let words = ProcessTitles::new(field.definitions, process);
    let prose = process::prose(process, field.lang, &words);
    let lines =
        prose.lines().map(|line| if line.starts_with('#') { format!("##{line}") } else { line.to_owned() });
    let picture = process::diagram(process, field.lang);
    let prose = lines.collect::<Vec<_>>().join("\n");
    format!("{}\n\n```mermaid\n{}\n```", prose.trim_end(), picture.trim_end())
}
