//! Prose as packs are told in: headings, paragraphs, lists. Whatever else a text holds stays text.

use askama::filters::HtmlSafe;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd, html};
use std::fmt;

/// A piece of prose, ready for a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Prose(String);

impl Prose {
    /// Makes it safe and whole. Pictures that only programs draw are left out; markup is shown as it is written.
    pub fn new(text: &str) -> Self {
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
        let mut out = String::with_capacity(text.len() * 3 / 2);
        html::push_html(&mut out, events);
        Self(out)
    }
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
        );
        assert_eq!(
            prose.to_string(),
            "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n<ul>\n<li>one x</li>\n</ul>\n&lt;script&gt;x&lt;/script&gt;\n"
        );
    }

    #[test]
    fn parts_have_their_headings() {
        let (head, parts) = sections("# Title\n\nhead\n\n## A\n\nfirst\n### B\n\n## C\n\nsecond\n");
        assert_eq!((head.trim(), parts.len()), ("head", 2));
        assert_eq!((parts[0].0, parts[0].1.trim()), ("A", "first\n### B"));
        assert_eq!(sections("").1, []);
    }
}
