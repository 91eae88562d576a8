//! What is right loads.

use crate::folder::{files, lines, repository, tests};
use jiff::civil::date;
use pack::{Definitions, Openness, SourceKind};

fn load(root: &std::path::Path) -> Definitions {
    pack::check(&files(root), date(2026, 11, 25))
        .unwrap_or_else(|complaints| panic!("{}", lines(&complaints)))
}

#[test]
fn the_sample_loads_whole() {
    let definitions = load(&tests().join("sample"));
    assert_eq!(definitions.types.len(), 4);
    let owner = definitions.types["Shop"].attribute.iter().find(|a| a.id == *"owner").unwrap();
    assert_eq!(owner.open, Openness::Restricted, "silence is lawful");
    let application = &definitions.processes["application"];
    assert_eq!(application.0, "packs/shop/processes/application.toml");
    assert_eq!(definitions.rules.len(), 1);
    assert_eq!((definitions.services.len(), definitions.datasets.len()), (1, 3));
    assert_eq!((definitions.boards.len(), definitions.connectors.len()), (1, 1));
    let id = definitions.rules[0].id.clone();
    let source = definitions.source(SourceKind::Rule, &id).unwrap();
    assert!(source.text.contains("id = \"smoke\""), "{source:?}");
}

#[test]
fn what_the_city_sets_otherwise_is_in_the_definitions() {
    let whole = files(&tests().join("sample"));
    let plain: Vec<pack::File> =
        whole.iter().filter(|f| !f.path.ends_with("settings.toml")).cloned().collect();
    let [plain, set] = [&plain, &whole].map(|files| pack::read(files).unwrap());
    let clock = |of: &Definitions| of.processes["objection"].1.clock[0].clone();
    let bases = |clock: &process::StageClock| {
        let row = &clock.budgets[0];
        (clock.rule.budget, clock.rule.basis.clone(), row.budget, row.basis.clone())
    };
    assert_eq!(bases(&clock(&plain)), (15, "licence-act:42".to_owned(), 5, None));
    let rule = || "sample-rules:7".to_owned();
    assert_eq!(bases(&clock(&set)), (12, rule(), 4, Some(rule())));
    assert_eq!(set.processes["hearing"].1.stage[1].title.en, "Was held");
    let limit = &set.limits["smoke-rule"].rows[0].limit;
    assert_eq!((limit.value, limit.source.as_str()), (1.5, "sample-rules"));
    let id = |text: &str| model::Name::new(text).unwrap();
    assert_eq!(set.set_otherwise(SourceKind::Process, &id("complaint")), None);
    let canonical = set.set_otherwise(SourceKind::Process, &id("hearing")).unwrap();
    assert_eq!(
        canonical,
        r#"["process.hearing.stage.held.title",{"en":"Was held","zh":"举行过"},"sample-rules"]"#
    );
    // However it is laid out, it is the same.
    let mut other = whole.clone();
    for file in other.iter_mut().filter(|file| file.path.ends_with("settings.toml")) {
        file.text = file.text.replace("to = 12", "# said\nto   = 12");
    }
    let other = pack::read(&other).unwrap();
    let objection = id("objection");
    let text = |of: &Definitions| of.set_otherwise(SourceKind::Process, &objection).unwrap();
    assert_eq!(text(&other), text(&set));
}

#[test]
fn the_packs_of_this_repository_load() {
    let definitions = load(&repository());
    assert!(definitions.processes.contains_key("exceedance"));
    assert!(definitions.laws.on("licensing-law:45", date(2026, 11, 25)).is_some());
}

#[test]
fn format_1_loads_for_ever() {
    let definitions = load(&tests().join("format-1"));
    assert_eq!((definitions.processes.len(), definitions.rules.len(), definitions.tables.len()), (3, 1, 1));
    let kinds = [
        definitions.services.len(),
        definitions.datasets.len(),
        definitions.boards.len(),
        definitions.connectors.len(),
    ];
    assert_eq!(kinds, [1, 2, 1, 1]);
}

#[test]
fn an_older_text_of_a_process_is_read_alone() {
    let definitions = load(&tests().join("sample"));
    let (path, known) = &definitions.processes["application"];
    let text = definitions.source(SourceKind::Process, &known.id).unwrap().text.clone();
    let file = pack::File { path: "a digest".to_owned(), text };
    assert_eq!(pack::read_process(&file, &definitions).as_ref(), Ok(known), "{path}");
    // English that stood apart then is not at hand: the Chinese stands in for it.
    let apart = pack::File {
        text: file.text.replace("{ zh = \"申请\", en = \"Application\" }", "\"申请\""),
        ..file.clone()
    };
    let read = pack::read_process(&apart, &definitions).unwrap();
    assert_eq!((&*read.title.zh, &*read.title.en), ("申请", "申请"));
    let broken = pack::File { text: file.text.replace("area <= 200", "aera <= 200"), ..file };
    let complaints = pack::read_process(&broken, &definitions).unwrap_err();
    assert!(complaints.len() == 1 && complaints[0].remedy.contains("area"), "{}", lines(&complaints));
}
