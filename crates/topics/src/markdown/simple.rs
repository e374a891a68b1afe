//! HTML that is safe at a glance. Most posts are paragraphs and lists with a little emphasis: for them a
//! parser of HTML would only find out what one look over the text says too.

/// How many elements may stand in each other: more than people write.
const DEEPEST: usize = 8;
/// How many kinds of emphasis may stand in each other: a parser of HTML forgets the fourth alike.
const DEEPEST_EMPHASIS: usize = 3;

/// What an element may stand in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The post itself, or a quote: blocks only.
    Blocks,
    /// A list: items only.
    List,
    /// An item: text, and blocks.
    Item,
    /// A paragraph or heading, or emphasis in one: text.
    Line,
    /// Code: nothing but text.
    Code,
}

/// An element without attributes, and what it holds.
struct Element {
    open: &'static str,
    close: &'static str,
    holds: Place,
    is_block: bool,
}

const fn block(open: &'static str, close: &'static str, holds: Place) -> Element {
    Element { open, close, holds, is_block: true }
}

const fn emphasis(open: &'static str, close: &'static str, holds: Place) -> Element {
    Element { open, close, holds, is_block: false }
}

const ELEMENTS: [Element; 12] = [
    block("<p>", "</p>", Place::Line),
    emphasis("<strong>", "</strong>", Place::Line),
    emphasis("<em>", "</em>", Place::Line),
    emphasis("<code>", "</code>", Place::Code),
    emphasis("<del>", "</del>", Place::Line),
    block("<ul>", "</ul>", Place::List),
    block("<ol>", "</ol>", Place::List),
    block("<blockquote>", "</blockquote>", Place::Blocks),
    block("<h3>", "</h3>", Place::Line),
    block("<h4>", "</h4>", Place::Line),
    block("<h5>", "</h5>", Place::Line),
    block("<h6>", "</h6>", Place::Line),
];
const ITEM: Element = block("<li>", "</li>", Place::Item);
const BREAK: &str = "<br>";
const ENTITIES: [&str; 4] = ["&amp;", "&lt;", "&gt;", "&quot;"];

/// Whether the HTML has only paragraphs, headings, lists, quotes and emphasis without attributes, each
/// closed where it stands, and escaped text: what any parser of HTML reads just so.
pub(super) fn is_simple(html: &str) -> bool {
    let mut rest = html;
    let mut open: Vec<&Element> = Vec::new();
    while let Some(at) = rest.find(['<', '>', '&', '\r', '\0', '\u{A0}']) {
        let (text, markup) = rest.split_at(at);
        let place = open.last().map_or(Place::Blocks, |element| element.holds);
        let next = if may_stand(text, place) { after(markup, place, &mut open) } else { None };
        let Some(next) = next else { return false };
        rest = next;
    }
    open.is_empty() && may_stand(rest, Place::Blocks)
}

/// Between blocks, and between items, there is nothing but line breaks.
fn may_stand(text: &str, place: Place) -> bool {
    !matches!(place, Place::Blocks | Place::List) || text.bytes().all(|byte| byte == b'\n')
}

/// What comes after one tag or entity, if it may stand here.
fn after<'h>(markup: &'h str, place: Place, open: &mut Vec<&'static Element>) -> Option<&'h str> {
    if let Some(element) = open.last()
        && let Some(rest) = markup.strip_prefix(element.close)
    {
        open.pop();
        return Some(rest);
    }
    if matches!(place, Place::Item | Place::Line | Place::Code)
        && let Some(rest) = ENTITIES.iter().find_map(|entity| markup.strip_prefix(entity))
    {
        return Some(rest);
    }
    if matches!(place, Place::Item | Place::Line)
        && let Some(rest) = markup.strip_prefix(BREAK)
    {
        return Some(rest);
    }
    let elements: &'static [Element] = if place == Place::List { &[ITEM] } else { &ELEMENTS };
    let element = elements.iter().find(|element| markup.starts_with(element.open))?;
    let may_hold = match place {
        Place::Blocks | Place::List => element.is_block,
        Place::Item => true,
        Place::Line => !element.is_block,
        Place::Code => false,
    };
    let emphasized = open.iter().filter(|element| !element.is_block).count();
    if !may_hold || open.len() == DEEPEST || (!element.is_block && emphasized == DEEPEST_EMPHASIS) {
        return None;
    }
    open.push(element);
    markup.strip_prefix(element.open)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::markdown::{self, cleaned, sanitize, write};

    #[test]
    fn what_people_write_mostly_is_simple() {
        for source in [
            "One line.",
            "Two paragraphs, **strong** and *soft*.\n\nAnd `code < 3`, \"quoted\" & ~~gone~~.",
            "- one\n- two\n  1. deeper\n\n     loose\n",
            "> quoted\n> on two lines\n\n# A title\n\ntext",
            "下周一发布\nи по-русски",
        ] {
            let html = write(source, &|_| None).html;
            assert!(is_simple(&html), "{html}");
            assert_eq!(sanitize(&html), cleaned(&html));
        }
    }

    #[test]
    fn what_has_attributes_or_is_not_closed_is_not() {
        for html in [
            "<p onclick=\"x\">a</p>",
            "<p>a",
            "<p>a</p></p>",
            "<p>a</strong></p>",
            "<p><strong>a</p></strong>",
            "<p>a<p>b</p></p>",
            "<p><ul></ul></p>",
            "<ul>a</ul>",
            "<ul><p>a</p></ul>",
            "<li>a</li>",
            "a",
            "<p>a</p> b",
            "<p>&nbsp;</p>",
            "<p>&amp</p>",
            "<p>a > b</p>",
            "<p>a\u{A0}b</p>",
            "<p>a\rb</p>",
            "<p>a\0b</p>",
            "<code><em>a</em></code>",
            "<p><code><em>a</em></code></p>",
            "<p><em><em><em><em>a</em></em></em></em></p>",
            "<script>a</script>",
            "<P>a</P>",
            "<p >a</p>",
        ] {
            assert!(!is_simple(html), "{html}");
        }
    }

    fn tags() -> impl Strategy<Value = String> {
        let pieces = ELEMENTS.iter().flat_map(|element| [element.open, element.close]);
        let pieces = pieces.chain([ITEM.open, ITEM.close, BREAK]).chain(ENTITIES);
        let pieces: Vec<&str> = pieces.chain(["a", "\n", " ", "\"", "\u{FEFF}", "&", "<", "é"]).collect();
        prop::collection::vec(prop::sample::select(pieces), 0..14).prop_map(|pieces| pieces.concat())
    }

    /// The same with every element closed where it stands, so that much of it is simple.
    fn trees() -> impl Strategy<Value = String> {
        let text = prop::sample::select(vec!["a", " ", "\n", "&amp;", "&quot;", "<br>", "\"", "é", ""]);
        text.prop_map(str::to_owned).prop_recursive(6, 40, 4, |inner| {
            (
                prop::sample::select((0..=ELEMENTS.len()).collect::<Vec<_>>()),
                prop::collection::vec(inner, 0..4),
            )
                .prop_map(|(index, inner)| {
                    let element = ELEMENTS.get(index).unwrap_or(&ITEM);
                    format!("{}{}{}", element.open, inner.concat(), element.close)
                })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_glance_says_what_a_parser_says(html in prop_oneof![tags(), trees()]) {
            prop_assert_eq!(sanitize(&html), cleaned(&html));
        }

        #[test]
        fn of_markdown_too(source in "([-*_`~#>!.a-c0-9 \n\"&<é]|\\*\\*|\n\n|    ){0,60}") {
            let html = markdown::write(&source, &|_| None).html;
            prop_assert_eq!(sanitize(&html), cleaned(&html));
        }
    }
}
