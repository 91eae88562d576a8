//! Every template, in every state and both languages, is rendered with samples and held to what all pages must be.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail loudly too")]

mod html;
#[path = "../../examples/gallery/samples/mod.rs"]
mod samples;

use html::{Piece, Tag, read};
use samples::{Sample, all};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use web::texts::Lang;

/// Checks each sample, naming the one that fails.
fn each(check: impl Fn(&Sample, &[Piece]) -> Result<(), String>) {
    let samples = all().unwrap();
    let failures = samples.iter().filter_map(|sample| {
        let failure = check(sample, &read(&sample.html)).err()?;
        Some(format!("{} ({}): {failure}", sample.name, sample.lang.code()))
    });
    let failures: Vec<_> = failures.collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn tags(pieces: &[Piece]) -> impl Iterator<Item = &Tag> {
    pieces.iter().filter_map(|piece| match piece {
        Piece::Open(tag) => Some(tag),
        _ => None,
    })
}

fn all_hold<T: std::fmt::Debug>(
    items: impl Iterator<Item = T>,
    holds: impl Fn(&T) -> bool,
) -> Result<(), String> {
    match items.into_iter().find(|item| !holds(item)) {
        Some(item) => Err(format!("{item:?}")),
        None => Ok(()),
    }
}

fn html_of(name: &str, lang: Lang) -> String {
    let samples = all().unwrap();
    samples.into_iter().find(|sample| sample.name == name && sample.lang == lang).unwrap().html
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn files(path: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder(path)).unwrap() {
        let entry = entry.unwrap().path();
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        if entry.is_dir() {
            found.extend(files(&format!("{path}/{name}")));
        } else {
            found.push((format!("{path}/{name}"), fs::read_to_string(&entry).unwrap()));
        }
    }
    found
}

#[test]
fn every_template_has_samples() {
    let samples = all().unwrap();
    for entry in fs::read_dir(folder("templates")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        // A feed is no page: what it says is asked for over the wire.
        let is_page = path.extension().is_some_and(|ending| ending == "html") && stem != "layout";
        let shown = |sample: &Sample| sample.name.split('-').next() == Some(&*stem);
        assert!(!is_page || samples.iter().any(shown), "{stem} has no sample");
    }
}

#[test]
fn pages_say_their_language_and_have_one_heading() {
    each(|sample, pieces| {
        let root = tags(pieces).find(|tag| tag.name == "html").and_then(|tag| tag.get("lang"));
        let headings = tags(pieces).filter(|tag| tag.name == "h1").count();
        let mains = tags(pieces).filter(|tag| tag.name == "main").count();
        let right = root == Some(sample.lang.tag()) && (headings, mains) == (1, 1);
        if right { Ok(()) } else { Err(format!("lang {root:?}, {headings} h1, {mains} main")) }
    });
}

#[test]
fn every_field_has_a_label() {
    each(|_, pieces| {
        let labelled: BTreeSet<_> =
            tags(pieces).filter(|t| t.name == "label").filter_map(|t| t.get("for")).collect();
        let fields = tags(pieces).filter(|tag| ["input", "textarea", "select"].contains(&tag.name.as_str()));
        all_hold(fields.filter(|field| field.get("type") != Some("hidden")), |field| {
            field.get("id").is_some_and(|id| labelled.contains(id))
                || field.around.iter().any(|name| name == "label")
        })
    });
}

#[test]
fn there_are_no_scripts_but_our_own_files_and_no_inline_styles() {
    each(|sample, pieces| {
        // Comfort alone: it comes from a file of ours, after the page, and the page is whole without it.
        let ours = [web::assets::live_href(), web::assets::keys_href()];
        let ours = ours.map(|href| format!("<script defer src=\"{href}\"></script>"));
        let rest = ours.iter().fold(sample.html.clone(), |html, script| html.replace(script, ""));
        if rest.contains("<script") {
            return Err("a script".to_owned());
        }
        all_hold(tags(pieces).flat_map(|tag| &tag.attributes), |(key, value)| {
            !key.starts_with("on") && key != "style" && !value.trim_start().starts_with("javascript:")
        })
    });
}

#[test]
fn ids_are_single_and_references_lead_somewhere() {
    each(|_, pieces| {
        let mut ids = BTreeSet::new();
        all_hold(
            tags(pieces).filter_map(|tag| tag.get("id")).map(|id| (id, ids.insert(id))),
            |(_, fresh)| *fresh,
        )?;
        let keys = ["aria-labelledby", "aria-describedby", "for"];
        let named = tags(pieces).flat_map(|tag| keys.iter().filter_map(|key| tag.get(key)));
        all_hold(named.flat_map(str::split_whitespace), |id| ids.contains(id))?;
        let anchors = tags(pieces).filter_map(|tag| tag.get("href")?.strip_prefix('#'));
        all_hold(anchors, |id| ids.contains(id))
    });
}

#[test]
fn no_text_is_missing_or_unfilled() {
    each(|_, pieces| {
        let texts = pieces.iter().filter_map(|piece| match piece {
            Piece::Text { text, .. } => Some(text.as_str()),
            _ => None,
        });
        let values = tags(pieces).flat_map(|tag| &tag.attributes).map(|(_, value)| value.as_str());
        all_hold(texts.chain(values), |text| {
            let slot = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
            !slot
                .into_iter()
                .any(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        })?;
        let empties = pieces.windows(2).filter_map(|pair| match pair {
            [Piece::Open(tag), Piece::Close(name)] if tag.name == *name => Some(tag.name.as_str()),
            _ => None,
        });
        all_hold(empties, |name| ["textarea", "script"].contains(name))
    });
}

#[test]
fn chinese_on_an_english_page_is_marked() {
    let han = |c: char| matches!(u32::from(c), 0x3400..=0x9FFF | 0x2_0000..=0x3_FFFF);
    each(|sample, pieces| {
        let texts = pieces.iter().filter_map(|piece| match piece {
            Piece::Text { text, lang, within } if within != "title" && within != "textarea" => {
                Some((text, lang))
            }
            _ => None,
        });
        all_hold(texts, |(text, lang)| {
            sample.lang == Lang::Zh || lang.starts_with("zh") || !text.contains(han)
        })
    });
}

#[test]
fn a_demonstration_says_so_and_lights_have_words() {
    each(|sample, pieces| {
        let settled =
            ["home-first-day", "sign_in-wait", "sign_in-closed", "sign_in-missing"].contains(&sample.name);
        let strip = sample.html.split("</header>").next().unwrap_or_default();
        let marked = strip.contains("演示数据") && strip.contains("Demonstration data");
        if marked == settled {
            return Err(format!("watermark: {marked}"));
        }
        let lights = pieces.windows(2).filter(|pair| match &pair[0] {
            Piece::Open(tag) => tag.get("class").is_some_and(|class| class.split(' ').any(|c| c == "light")),
            _ => false,
        });
        all_hold(
            lights,
            |pair| matches!(&pair[1], Piece::Text { text, .. } if text.trim().chars().count() > 2),
        )
    });
}

#[test]
fn pages_are_light() {
    each(|sample, _| {
        let size = sample.html.len();
        if size < 24 * 1024 { Ok(()) } else { Err(format!("{size} bytes")) }
    });
}

#[test]
fn forms_carry_what_the_kernel_needs_and_choose_nothing_beforehand() {
    let html = html_of("case", Lang::Zh);
    let pieces = read(&html);
    let value = |name: &str| {
        let named = tags(&pieces).filter(|tag| tag.get("name") == Some(name));
        named.filter_map(|tag| tag.get("value")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(value("command"), ["0192f0c1a7", "0192f0c1a8"], "an id of its own for each form");
    assert_eq!(value("seen"), ["3", "3"]);
    assert!(value("csrf").len() == 3 && value("csrf").iter().all(|token| token == "sample-token"));
    let radios: Vec<_> = tags(&pieces).filter(|tag| tag.get("type") == Some("radio")).collect();
    assert_eq!(radios.len(), 3);
    assert!(radios.iter().all(|radio| radio.get("required").is_some() && radio.get("checked").is_none()));
}

#[test]
fn what_people_wrote_stays_text_and_names_go_through() {
    for lang in Lang::ALL {
        let refused = html_of("case-refused", lang);
        assert!(refused.contains("&#60;script&#62;alert(1)&#60;/script&#62;"), "{}", lang.code());
        assert!(refused.contains("&#60;/textarea&#62;") && refused.contains("&#60;b onclick=alert(1)&#62;"));
        assert!(html_of("packet-unread", lang).contains("##0010&#60;b&#62;QN"));
        assert!(html_of("case", lang).contains("同㛃𬱖·"));
    }
}

#[test]
fn demonstration_accounts_are_shown_in_a_demonstration_only() {
    assert!(html_of("sign_in", Lang::Zh).contains("demo-only"));
    assert!(!html_of("sign_in-closed", Lang::Zh).contains("demo-only"));
}

#[test]
fn the_language_switch_keeps_the_address() {
    assert!(html_of("inbox", Lang::Zh).contains("href=\"/inbox?tab=mine&#38;lang=en\""));
    assert!(html_of("inbox", Lang::En).contains("href=\"/inbox?tab=mine&#38;lang=zh\""));
}

#[test]
fn stale_empty_and_overtaken_say_what_to_do() {
    let has = |name, words: &str| assert!(html_of(name, Lang::Zh).contains(words), "{name}: {words}");
    has("source-stale", "数据已 37 分钟未更新。");
    has("source-empty", "设备联网并按标准报送后");
    has("inbox-empty", "有新事项到您这里时");
    has("inbox-all", "共 41 条");
    has("case-overtaken", "执法人员二已于 2026-10-08 09:31 先办理了“督办”");
    has("case-done", "“督办”已办理并记入日志。");
    has("case-paused", "已中止，余 2 工作时");
    has("case-provisional", "2027 年节假日安排尚未公布");
    has("message-refused", "您不能复核本事项，因为复核须由核实人员以外的人员办理");
    has("receipt-voided", "现已作废");
    has("verify-altered", "回执无效");
    let english = html_of("receipt", Lang::En);
    assert!(
        english.contains("entry 128 of the city&#39;s log and is contained in the signed head of size 140.")
    );
}

#[test]
fn a_chart_stands_beside_a_table_with_the_same_figures() {
    let html = html_of("source", Lang::En);
    assert_eq!(html.matches("role=\"img\"").count(), 2, "for wide pages and for telephones");
    assert_eq!(html.matches("<tr").count(), 25);
    assert!(html.contains("412.0") && html.contains("Not valid (C calibration)") && html.contains("Packet"));
}

#[test]
fn every_text_is_read_somewhere() {
    let sources: Vec<_> =
        ["templates", "src/views"].into_iter().flat_map(files).chain(files("src")).collect();
    let texts: toml::Table = fs::read_to_string(folder("texts/zh.toml")).unwrap().parse().unwrap();
    for (section, keys) in &texts {
        for key in keys.as_table().unwrap().keys() {
            let (whole, part) =
                (format!("{section}.{key}"), [format!("texts.{key}"), format!("words.{key}")]);
            let reads = |text: &str, name: &str| {
                text.match_indices(name).any(|(at, _)| {
                    let next = text[at + name.len()..].chars().next();
                    next.is_none_or(|c| !c.is_alphanumeric() && c != '_')
                })
            };
            let used = |(_, text): &(String, String)| {
                reads(text, &whole)
                    || text.contains(&format!(".{section}")) && part.iter().any(|p| reads(text, p))
            };
            assert!(sources.iter().any(used), "{whole} is read nowhere");
        }
    }
}

#[test]
fn templates_never_switch_escaping_off() {
    for (path, text) in files("templates") {
        assert!(
            !text.contains("|safe") && !text.contains("| safe") && !text.contains("autoescape"),
            "{path}"
        );
    }
}
