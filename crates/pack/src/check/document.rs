//! A document is issued by an office that has a word for its numbers, and numbered by acts of its own process.

use crate::load::World;
use crate::sheet::{Sheet, What};

pub(super) fn check(sheets: &[Sheet<'_>], world: &World) {
    let unread = sheets.iter().any(|sheet| sheet.what == What::Offices && sheet.reading.complaints() > 0);
    for (at, document) in world.documents.values() {
        let mut issuers =
            world.offices.iter().filter(|office| office.issues.iter().any(|one| one.document == document.id));
        let what = match issuers.find(|office| office.word.is_none()) {
            Some(office) => format!("{} issues it and has no word for its numbers", office.id),
            None if issuers_of(world, document.id.as_str()) == 0 => {
                "no office of the city issues it".to_owned()
            }
            None => continue,
        };
        if !unread {
            let remedy = format!(
                "add word = \"…\" and issues = [{{ document = \"{}\" }}] to an [[office]] of offices.toml",
                document.id
            );
            sheets[*at].complain("id", what, remedy);
        }
    }
    for (at, process) in world.processes.values() {
        for action in &process.action {
            for field in action.fields.iter().filter(|field| field.document.is_some()) {
                let known = field.document.as_ref().and_then(|id| world.documents.get(id));
                if let Some((_, document)) = known.filter(|(_, document)| document.process != process.id) {
                    let what = format!("{} is a document of the process {}", document.id, document.process);
                    let place = format!("action.{}.fields.{}.document", action.id, field.id);
                    sheets[*at].complain(&place, what, "name one of this process");
                }
            }
        }
        for field in
            process.begin.iter().flat_map(|begin| &begin.fields).filter(|field| field.document.is_some())
        {
            let place = format!("begin.fields.{}.document", field.id);
            sheets[*at].complain(&place, "nothing is issued before a case has begun", "let an act issue it");
        }
    }
}

fn issuers_of(world: &World, document: &str) -> usize {
    let issues = |office: &&crate::Office| office.issues.iter().any(|one| one.document == *document);
    world.offices.iter().filter(issues).count()
}
