//! A paper, read by another program.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests fail loudly, and say what they could not try"
)]

use paper::{Fonts, PaperError, Sheet, pdf};
use std::path::PathBuf;
use std::process::Command;

const SERIF: &str = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc";
/// Characters that block real clerks: of extensions A and B, six-corner brackets, the dot of minority names.
const RARE: &str = "同㛃𬱖·买买提";

fn fonts() -> Option<Fonts> {
    let fonts = Fonts::read(&[PathBuf::from(SERIF)]).ok();
    if fonts.is_none() {
        eprintln!("{SERIF} is not here: nothing is tried");
    }
    fonts
}

fn sheet() -> Sheet {
    Sheet {
        lang: "zh-CN".to_owned(),
        notice: "未加盖电子印章 · 演示".to_owned(),
        issuer: "大同市生态环境局".to_owned(),
        number: "同环罚〔2026〕12号".to_owned(),
        title: "行政处罚决定书".to_owned(),
        to: format!("{RARE}："),
        body: vec![
            "经查，你（单位）于2026年8月1日实施了以下行为：超标排放。".repeat(30),
            "The English words are not broken.".to_owned(),
        ],
        seal: "印章位置".to_owned(),
        day: "2026年8月17日".to_owned(),
        foot: vec!["签发：机关负责人一".to_owned()],
        code: vec![vec![true, false], vec![false, true]],
        made: (2026, 8, 17),
    }
}

/// What `pdftotext` and its like say of a file.
fn said(program: &str, args: &[&str], bytes: &[u8]) -> Option<String> {
    let path = std::env::temp_dir().join(format!("paper-{}-{program}.pdf", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    let output = Command::new(program).args(args).arg(&path).arg("-").output();
    let _ = std::fs::remove_file(&path);
    match output {
        Ok(output) => Some(String::from_utf8(output.stdout).unwrap()),
        Err(error) => {
            eprintln!("{program}: {error}: nothing is tried");
            None
        }
    }
}

#[test]
fn what_is_on_it_can_be_read_back_character_by_character() {
    let Some(fonts) = fonts() else { return };
    let bytes = pdf(&sheet(), &fonts).unwrap();
    assert!(bytes.starts_with(b"%PDF-1.7") && bytes.len() < 200_000, "{} bytes", bytes.len());
    let Some(text) = said("pdftotext", &["-layout"], &bytes) else { return };
    for wanted in
        [RARE, "同环罚〔2026〕12号", "行政处罚决定书", "未加盖电子印章", "签发：机关负责人一", "words"]
    {
        assert!(text.contains(wanted), "{wanted} is not in:\n{text}");
    }
    assert_eq!(text.matches('\u{c}').count(), 3, "three pages:\n{text}");
    // No line begins with what closes, as UAX #14 has it.
    let wrong = text.lines().map(str::trim_start).find(|line| line.starts_with(['，', '。', '：', '）']));
    assert_eq!(wrong, None);
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    let Some(fonts) = fonts() else { return };
    assert_eq!(pdf(&sheet(), &fonts).unwrap(), pdf(&sheet(), &fonts).unwrap());
}

#[test]
fn what_cannot_be_drawn_says_so() {
    let Some(fonts) = fonts() else { return };
    let refused = pdf(&Sheet { to: "\u{1F600}".to_owned(), ..sheet() }, &fonts);
    assert!(matches!(refused, Err(PaperError::Glyph('\u{1F600}'))), "{refused:?}");
    assert!(matches!(Fonts::read(&[PathBuf::from("/nowhere")]), Err(PaperError::Fonts(_))));
}

#[test]
fn long_words_and_empty_papers_do_no_harm() {
    let Some(fonts) = fonts() else { return };
    let long = Sheet { body: vec!["x".repeat(5000), String::new(), "\n\n".to_owned()], ..sheet() };
    assert!(pdf(&long, &fonts).is_ok());
    assert!(pdf(&Sheet { lang: "en".to_owned(), ..Sheet::default() }, &fonts).is_ok());
}

/// `PAPER_KEEP=<file>` keeps a paper to be looked at.
#[test]
fn a_paper_can_be_kept() {
    let (Some(fonts), Ok(file)) = (fonts(), std::env::var("PAPER_KEEP")) else { return };
    let sheet =
        Sheet { body: sheet().body.iter().map(|text| text.chars().take(300).collect()).collect(), ..sheet() };
    std::fs::write(file, pdf(&sheet, &fonts).unwrap()).unwrap();
}
