//! Prose as packs are told in: headings, paragraphs, lists. Whatever else a text holds stays text.

use crate::texts::Lang;
use askama::filters::HtmlSafe;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd, html};
use std::fmt;

/// A piece of prose, ready for a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Prose(String);

impl Prose {
    /// Makes it safe and whole. Pictures that only programs draw are left out; markup is shown as it is written.
    pub fn new(text: &str, page: Lang) -> Self {
        let mut drawing = false;
        let events = Parser::new(text).filter_map(|event| match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                drawing = true;
                None
            }
            Event::End(TagEnd::CodeBlock) => {
                drawing = false;
                None
            }
            _ if drawing => None,
            Event::Html(markup) | Event::InlineHtml(markup) => Some(Event::Text(markup)),
            Event::Start(Tag::Image { .. } | Tag::Link { .. }) | Event::End(TagEnd::Image | TagEnd::Link) => {
                None
            }
            other => Some(other),
        });
        let events = events.flat_map(|event| match event {
            Event::Text(text) if page == Lang::En && text.contains(is_han) => marked(&text),
            other => vec![other],
        });
        let mut out = String::with_capacity(text.len() * 3 / 2);
        html::push_html(&mut out, events);
        Self(out)
    }
}

/// A text of an English page with what is Chinese in it marked, so that it is drawn and spoken rightly.
fn marked(text: &str) -> Vec<Event<'static>> {
    let mut events = Vec::new();
    let mut rest = text;
    while let Some(from) = rest.find(is_han) {
        let (before, after) = rest.split_at(from);
        // A run goes on over signs and figures, up to the last character of it.
        let length = after.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(after.len());
        let run = after.get(..length).unwrap_or(after);
        let end = run.char_indices().filter(|(_, c)| is_han(*c)).map(|(at, c)| at + c.len_utf8()).next_back();
        let (run, left) = after.split_at(end.unwrap_or(length));
        events.push(Event::Text(before.to_owned().into()));
        events.push(Event::InlineHtml("<span lang=\"zh-CN\">".into()));
        events.push(Event::Text(run.to_owned().into()));
        events.push(Event::InlineHtml("</span>".into()));
        rest = left;
    }
    events.push(Event::Text(rest.to_owned().into()));
    events
}

fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x9FFF | 0x2_0000..=0x3_FFFF)
}

impl fmt::Display for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Prose {}

/// What stands before the first heading of the second level, without the title, and each part under such a heading.
pub fn sections(text: &str) -> (&str, Vec<(&str, &str)>) {
    let text =
        text.strip_prefix("# ").map_or(text, |rest| rest.split_once('\n').map_or("", |(_, rest)| rest));
    let mut pieces = text.split("\n## ");
    let head = pieces.next().unwrap_or_default();
    (head, pieces.map(|piece| piece.split_once('\n').unwrap_or((piece, ""))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stays_text_and_drawings_are_left_out() {
        let prose = Prose::new(
            "a <b>c</b>\n\n- one [x](javascript:1)\n\n```mermaid\nstate\n```\n\n<script>x</script>\n",
            Lang::Zh,
        );
        assert_eq!(
            prose.to_string(),
            "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n<ul>\n<li>one x</li>\n</ul>\n&lt;script&gt;x&lt;/script&gt;\n"
        );
    }

    #[test]
    fn chinese_on_an_english_page_is_marked() {
        let told = |page| Prose::new("Rule “条例 第3条” & more", page).to_string();
        assert_eq!(told(Lang::En), "<p>Rule “<span lang=\"zh-CN\">条例 第3条</span>” &amp; more</p>\n");
        assert_eq!(told(Lang::Zh), "<p>Rule “条例 第3条” &amp; more</p>\n");
    }

    #[test]
    fn parts_have_their_headings() {
        let (head, parts) = sections("# Title\n\nhead\n\n## A\n\nfirst\n### B\n\n## C\n\nsecond\n");
        assert_eq!((head.trim(), parts.len()), ("head", 2));
        assert_eq!((parts[0].0, parts[0].1.trim()), ("A", "first\n### B"));
        assert_eq!(sections("").1, []);
    }
}
