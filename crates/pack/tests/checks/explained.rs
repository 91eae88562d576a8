//! Packs in prose, and what changed between two of them.

use crate::folder::{files, lines, repository, tests};
use model::Lang;
use pack::Definitions;

fn load(files: &[pack::File]) -> Definitions {
    pack::read(files).unwrap_or_else(|complaints| panic!("{}", lines(&complaints)))
}

fn check(definitions: &Definitions, pack: &str, lang: Lang, says: &[&str]) {
    let prose = pack::explain(definitions, pack, lang).unwrap();
    for said in says {
        assert!(prose.contains(said), "`{said}` is not said:\n{prose}");
    }
}

#[test]
fn a_field_is_explained_with_the_law_behind_its_numbers() {
    let definitions = load(&files(&repository()));
    check(
        &definitions,
        "environment",
        Lang::Zh,
        &[
            "# 生态环境 (environment)",
            "限办理人员",
            "4个工作时",
            "《中华人民共和国行政许可法》第45条",
            "听证、招标、拍卖",
            "已查证",
        ],
    );
    check(
        &definitions,
        "environment",
        Lang::En,
        &[
            "4 working hours",
            "Administrative Licensing Law, art. 45",
            "[verified]",
            "raised to Section chief",
        ],
    );
    assert_eq!(pack::explain(&definitions, "nowhere", Lang::En), None);
}

#[test]
fn the_sample_is_explained_in_both_languages() {
    let definitions = load(&files(&tests().join("sample")));
    let said = [
        "Serves articles of the ordinance: 1 (Shops).",
        "only if Area is at most 200 m²",
        "Limit of smoke",
        "only if “Who decides”(Area, Grade of the Shop) is “head”",
        "only if the end of “Time to check” is yes",
        "within 3 working days of the case's beginning",
        "4 working days where “Urgent” is yes (basis: Quick Act, art. 3)",
        "pauses the clock “Time to decide”, pauses the clock “Promised time”",
    ];
    check(&definitions, "shop", Lang::En, &said);
    let asked = [
        "- Required: At most 500 square metres (Area is at most 500 m²; Licence Act, art. 42)",
        "- Material: Proof of identity (required; held by registry-of-people, and fetched there)",
        "- Material: Fire plan (required only if Area is above 200 m²)",
        "- Fee: CNY 50.00 (Licence Act)",
    ];
    check(&definitions, "shop", Lang::En, &asked);
    let handed_out = [
        "open to everybody; renewed on every change; Clerk answers for it",
        "- Holds: Number, Area",
        "- A row for each value: Smoke, of the last 7 days",
    ];
    check(&definitions, "shop", Lang::En, &handed_out);
    let shown = [
        "May be looked at by Chief, Head.",
        "- Figure “Overdue applications”: how many; open and overdue cases of “Application”; Application: only if Area is above 200 m²; it opens",
        "- Figure “Area of all shops”: the sum of Area (m2); Shop: all of them",
        "- Clerk runs it and answers for it",
        "- Monthly rent: from the column “月租（分）”, in 分, times 1/100",
    ];
    check(&definitions, "shop", Lang::En, &shown);
    check(
        &definitions,
        "shop",
        Lang::Zh,
        &["服务于条例第1条店铺。", "“举行”由科长办理，转“举行过”", "stateDiagram-v2"],
    );
}

#[test]
fn what_the_city_sets_otherwise_is_explained_with_its_rule() {
    let definitions = load(&files(&tests().join("sample")));
    let said = [
        "## What the city sets otherwise",
        "process.objection.clock.decide.budget: “15” is “12” here (Rules of Sample, art. 7)",
        "ladder.left-2d.notify: “Clerk” is “Planner” here",
        "“Held” is “Was held” here",
        "12 working days. Basis: Rules of Sample, art. 7.",
        "Decided within twelve days",
    ];
    check(&definitions, "shop", Lang::En, &said);
    check(&definitions, "shop", Lang::Zh, &["## 本市另行规定", "由“15”改为“12”（《样城办理规定》第7条）"]);
}

#[test]
fn what_changed_is_told_in_words() {
    let old = files(&tests().join("sample"));
    let mut new = old.clone();
    for file in &mut new {
        file.text = file
            .text
            .replace("budget = 15", "budget = 12")
            .replace("en = \"Answered\"", "en = \"Replied to\"")
            .replace("value = 2.0", "value = 1.5")
            .replace("who-decides(area, shop.grade) = 'head'", "area > 200 m²");
    }
    new.retain(|file| !file.path.ends_with("who-decides.toml"));
    let found = pack::diff(&load(&old), &load(&new));
    let words: Vec<String> = found.iter().map(|difference| difference.words(Lang::En)).collect();
    let expected = [
        "limits smoke-rule: limit is new: “for = size = small, value = 1.5, decimals = 1, from = 2002-01-01, basis = office…”",
        "limits smoke-rule: limit is gone: “for = size = small, value = 2, decimals = 1, from = 2002-01-01, basis = office-s…”",
        "process application: clock decide, budget was “15”, and is “12”",
        "process application: act take-over, guard was “= who-decides(area, shop.grade) = 'head'”, and is “= area > 200 m²”",
        "process complaint: stage answered, title was “已答复 · Answered”, and is “已答复 · Replied to”",
        "process objection: clock decide, budget was “15”, and is “12”",
        "decision table who-decides is gone: “由谁决定 · Who decides”",
    ];
    assert_eq!(words, expected);
    assert_eq!(pack::diff(&load(&old), &load(&old)), []);
}
