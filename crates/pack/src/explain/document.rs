//! Documents in prose: what each says, who signs it, whose number it bears.

use super::Field;
use crate::Document;

/// A document: who issues it, through whose hands it goes, what it says.
pub(super) fn document(field: &Field<'_>, document: &Document) -> String {
    let (definitions, lang) = (field.definitions, field.lang);
    let issuers = definitions
        .offices
        .iter()
        .filter(|office| office.issues.iter().any(|one| one.document == document.id));
    let issuers: Vec<String> = issuers
        .map(|office| {
            let (title, word) = (office.title.get(lang), office.word.as_deref().unwrap_or_default());
            format!("{title} ({word}{}〔…〕…号)", document.word)
        })
        .collect();
    let issuers = issuers.join(field.both("、", ", "));
    let process = definitions.processes.get(&document.process);
    let chain: Vec<String> = document
        .chain
        .iter()
        .map(|step| {
            let act = process.and_then(|(_, process)| process.action(&step.act));
            let act = act.map_or(step.act.as_str(), |act| act.title.get(lang));
            field.both(format!("{}（{act}）", step.title.zh), format!("{} ({act})", step.title.en))
        })
        .collect();
    let chain = chain.join(field.both("、", ", "));
    let basis = definitions.laws.cite(&document.basis, lang);
    let mut lines = vec![
        format!("### {}\n", field.named(&document.title, &document.id)),
        field.both(
            format!("由{issuers}制发，依据{basis}；{chain}。"),
            format!("Issued by {issuers}, on {basis}; {chain}."),
        ),
    ];
    if let Some(served) = &document.served {
        let act = process.and_then(|(_, process)| process.action(served));
        let act = act.map_or(served.as_str(), |act| act.title.get(lang));
        lines.push(
            field.both(format!("送达由“{act}”登记。\n"), format!("Its service is entered by “{act}”.\n")),
        );
    }
    lines.extend(document.body.iter().map(|paragraph| format!("> {}\n", paragraph.get(lang))));
    lines.join("\n")
}
