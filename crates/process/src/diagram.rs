//! A process as a picture: a state diagram in Mermaid's notation, for manuals and reviews.

use crate::{Definition, Stage};
use model::{Lang, Name, Text};

/// The state diagram of a definition.
pub fn diagram(definition: &Definition, lang: Lang) -> String {
    let mut lines = vec!["stateDiagram-v2".to_owned()];
    for stage in definition.children(None) {
        draw(definition, stage, lang, 1, &mut lines);
    }
    lines.push(format!("    [*] --> {}", id(&definition.start)));
    for action in &definition.action {
        let title = label(&action.title, lang);
        for from in &action.from {
            if let Some(to) = &action.to {
                let sign = if action.auto { "⚙ " } else { "" };
                lines.push(format!("    {} --> {}: {sign}{title}", id(from), id(to)));
            }
            let bounces = action.bounces.as_ref().filter(|bounces| definition.stage(&bounces.to).is_some());
            if let Some(bounces) = bounces {
                let to = id(&bounces.to);
                lines.push(format!("    {} --> {to}: {title} × {}", id(from), bounces.max));
            }
        }
    }
    for stage in &definition.stage {
        if let Some(then) = &stage.then {
            lines.push(format!("    {} --> {}", id(&stage.id), id(then)));
        }
        if stage.r#final && stage.within.is_none() {
            lines.push(format!("    {} --> [*]", id(&stage.id)));
        }
    }
    lines.join("\n") + "\n"
}

fn draw(definition: &Definition, stage: &Stage, lang: Lang, depth: usize, lines: &mut Vec<String>) {
    let indent = "    ".repeat(depth);
    let (title, name) = (label(&stage.title, lang), id(&stage.id));
    if definition.is_leaf(&stage.id) || depth > crate::STAGE_DEPTH_MAX {
        lines.push(format!("{indent}state \"{title}\" as {name}"));
        return;
    }
    lines.push(format!("{indent}state \"{title}\" as {name} {{"));
    let regions = definition.regions(&stage.id);
    let regions = if regions.is_empty() { vec![None] } else { regions.into_iter().map(Some).collect() };
    for (n, region) in regions.into_iter().enumerate() {
        if n > 0 {
            lines.push(format!("{indent}    --"));
        }
        let children: Vec<_> =
            definition.children(Some(&stage.id)).filter(|child| child.region.as_ref() == region).collect();
        let begins = |child: &&&Stage| stage.start.as_ref().is_none_or(|start| child.id == *start);
        if let Some(first) = children.iter().find(begins) {
            lines.push(format!("{indent}    [*] --> {}", id(&first.id)));
        }
        for child in children {
            draw(definition, child, lang, depth + 1, lines);
        }
    }
    lines.push(format!("{indent}}}"));
}

/// A name as Mermaid takes it.
fn id(name: &Name) -> String {
    name.as_str().replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

/// A title without what Mermaid reads as its own signs.
fn label(title: &Text, lang: Lang) -> String {
    title.get(lang).replace(['"', ':', ';', '\n', '{', '}'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::permit;

    #[test]
    fn a_process_is_drawn_with_parts_joins_and_ends() {
        let drawn = diagram(permit(), Lang::En);
        let review = drawn.split("as review {").nth(1).unwrap().split('}').next().unwrap();
        assert_eq!(review.matches("--\n").count(), 1, "two regions\n{review}");
        for line in [
            "[*] --> intake",
            "intake --> review: accept",
            "        [*] --> legal_check",
            "legal_check --> legal_done: legal-pass",
            "review --> countersigning\n",
            "countersigning --> ruling: send-back × 3",
            "supplement --> refused: ⚙ close-idle",
            "granted --> [*]",
        ] {
            assert!(drawn.contains(line), "{line}\n{drawn}");
        }
        assert!(!drawn.contains("legal_done --> [*]"));
    }
}
