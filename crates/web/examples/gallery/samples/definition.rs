//! Definitions: the list of files, one to a reader, a proposal with faults, one that was tried, one in force.

use super::{Pages, Say, link, render};
use web::prose::Prose;
use web::views::{
    CaseOutcome, Definition, Definitions, Editor, ProcessOutcome, ProposalOutcome, RuleOutcome, ScenarioRow,
    TriedLimit, VersionRow,
};

pub fn pages(say: Say) -> Pages {
    let faulty = ProposalOutcome {
        complaints: vec![[
            "packs/x/processes/y.toml:3:9".to_owned(),
            "`tomorow` is no stage".to_owned(),
            "did you mean `tomorrow`?".to_owned(),
        ]],
        ..ProposalOutcome::default()
    };
    let changed = say.of("这个文件已被改动", "this file was changed");
    vec![
        ("definitions", render(&list(say))),
        ("definition", render(&file(say))),
        ("definition-edit", render(&Definition { outcome: None, ..edited(say) })),
        ("definition-faulty", render(&Definition { outcome: Some(faulty), ..edited(say) })),
        ("definition-same", render(&Definition { outcome: Some(ProposalOutcome::default()), ..edited(say) })),
        ("definition-tried", render(&edited(say))),
        (
            "definition-done",
            render(&Definition { outcome: None, done: Some(link("/receipts/42", "42")), ..edited(say) }),
        ),
        ("definition-overtaken", render(&Definition { error: Some(changed), ..edited(say) })),
    ]
}

fn list(say: Say) -> Definitions {
    let file = link("/definitions/packs/x/processes/y.toml", &say.of("超标处置", "Exceedance"));
    Definitions {
        page: say.public("/definitions"),
        groups: vec![(say.of("生态环境", "Environment"), vec![(file, "y")])],
        activations: vec![(
            "2026-01-01 09:00".to_owned(),
            say.of("平台", "Platform"),
            link("/receipts/1", "1"),
        )],
    }
}

fn file(say: Say) -> Definition {
    let told = say.of("督办时限为 4 个工作日。", "It is supervised for 4 working days.");
    Definition {
        page: say.public("/definitions/packs/x/processes/y.toml"),
        title: say.of("超标处置", "Exceedance"),
        kind: "y",
        path: "packs/x/processes/y.toml".to_owned(),
        prose: Some(Prose::new(&told, page_lang(say))),
        done: None,
        error: None,
        limits: Vec::new(),
        settings: "cities/x/settings.toml".to_owned(),
        text: None,
        editor: None,
        outcome: None,
        versions: Vec::new(),
    }
}

fn page_lang(say: Say) -> web::texts::Lang {
    say.public("/").lang
}

fn edited(say: Say) -> Definition {
    let limit = TriedLimit {
        title: say.of("督办", "Supervision"),
        budget: 4,
        unit: "y",
        place: "process.y.clock.supervise.budget".to_owned(),
        basis: ["law:1".to_owned(), say.of("条例第 1 条", "article 1")],
    };
    let version = VersionRow {
        at: "2026-01-01 09:00".to_owned(),
        by: say.of("规则管理员一", "Keeper of definitions 1"),
        receipt: link("/receipts/12", "12"),
        again: None,
        gone: false,
    };
    let again = Some("/definitions/packs/x/processes/y.toml?entry=2".to_owned());
    Definition {
        page: say.officer("/definitions/packs/x/processes/y.toml"),
        limits: vec![limit],
        text: None,
        editor: Some(Editor {
            command: "00".repeat(16),
            base: "00".repeat(32),
            text: "format = 1\n".to_owned(),
            days: ["2026-07-08".to_owned(), "2026-10-08".to_owned()],
            scenarios: true,
        }),
        outcome: Some(tried(say)),
        versions: vec![
            version.clone(),
            VersionRow { again, ..version.clone() },
            VersionRow { gone: true, ..version },
        ],
        ..file(say)
    }
}

fn tried(say: Say) -> ProposalOutcome {
    let exceedance = say.of("超标处置", "Exceedance");
    let case = |href: &str| CaseOutcome {
        case: link(href, "0a1b"),
        after: say.of("开始 · 2026-08-03 09:00", "the beginning · 2026-08-03 09:00"),
        was: "2026-08-07 18:00".to_owned(),
        would: "2026-08-05 18:00".to_owned(),
    };
    let window = (
        link("/sources/urn:x", &say.of("一号烟囱", "Chimney 1")),
        "2026-08-03 09:00".to_owned(),
        say.of("不触发", "says nothing"),
        say.of("超标", "above the limit"),
    );
    let run = |failed: Option<&str>| ScenarioRow {
        title: say.of("前后两小时超标", "Two hours over"),
        file: "packs/x/scenarios/two-hours.toml".to_owned(),
        failed: failed.map(str::to_owned),
    };
    ProposalOutcome {
        scenarios: Some(Ok(vec![run(Some("step 4: the stage is supervised, not filed")), run(None)])),
        complaints: Vec::new(),
        differences: vec![say.of("流程：时限原为“4”，现为“2”", "process: the budget was “4”, and is “2”")],
        staying: vec![(exceedance.clone(), 3)],
        processes: vec![ProcessOutcome {
            title: exceedance.clone(),
            figures: [120, 40, 37, 0],
            whole: false,
            rows: vec![case("/cases/urn:x"), case("")],
        }],
        rules: vec![RuleOutcome { title: exceedance, differ: 12, rows: vec![window] }],
    }
}
