//! Markdown of posts, to HTML that is safe to show and to plain text.
//!
//! CommonMark with tables, strikethrough, task lists and addresses that become links by themselves. A single
//! line break in the source is a line break in the post, as people expect who write messages. HTML in the
//! source is shown as the text it is.
//!
//! Three things stand between a source and a reader's browser, each enough alone: the writer here makes only
//! the elements it knows and escapes all text; every address is parsed and written anew; and the result
//! passes [`sanitize`], which knows nothing of Markdown and lets through only a short list.

mod simple;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Url;
use comrak::nodes::{ListType, Node, NodeLink, NodeList, NodeValue, TableAlignment};
use comrak::{Arena, Options, parse_document};
use unicode_normalization::char::canonical_combining_class;

use crate::words::escape_into;

/// The longest source, in bytes, that is read as Markdown. A longer one is shown as plain text.
pub const LONGEST_SOURCE: usize = 100 * 1024;
/// The longest HTML, in bytes, that a source may turn into. One that would be longer is shown as plain text.
pub const LONGEST_HTML: usize = 2 * 1024 * 1024;
/// How deep quotes, lists and emphasis may stand in each other. What is deeper is shown without its form.
pub const DEEPEST: usize = 32;
/// How the ids of those begin whom a post can mention.
const MEMBER: &str = "mem_";
const GROUP: &str = "grp_";
/// How much of an item's text names its checkbox, in characters.
const LONGEST_LABEL: usize = 100;

/// A member or a group as a mention shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The member's id, `mem_…`, or the group's, `grp_…`.
    pub id: String,
    /// The member's short name now, or the group's name.
    pub short_name: String,
}

/// What [`render`] makes of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Safe HTML: block elements, without a wrapper. Headings begin at `h3`.
    pub html: String,
    /// The same as plain text, as the reader sees it, for snippets and search.
    pub text: String,
    /// The ids of the members and groups mentioned, each once, in the order of their first mention.
    pub mentions: Vec<String>,
    /// The addresses linked to, each once, in order. Absolute, or beginning with `/` in this workspace.
    pub links: Vec<String>,
}

/// Renders the Markdown of a post.
///
/// `@[Camila](mem_…)` is a mention, and so is `@[Design](grp_…)`. `mentions` is asked for the member or group
/// with that id; the post shows the current name, or the written name as text when there is none. Never fails; time and size
/// grow with the length of `source` only.
pub fn render(source: &str, mentions: &dyn Fn(&str) -> Option<Mention>) -> Rendered {
    let written = write(source, mentions);
    Rendered { html: sanitize(&written.html), ..written }
}

/// The plain text of a post, as [`Rendered::text`], with the names in mentions as they were written.
pub fn plain(source: &str) -> String {
    write(source, &|_| None).text
}

/// As [`render`], but the HTML has not been through [`sanitize`].
fn write(source: &str, mentions: &dyn Fn(&str) -> Option<Mention>) -> Rendered {
    let source = without_nul(source);
    if source.len() > LONGEST_SOURCE {
        return as_lines(&source);
    }
    let arena = Arena::new();
    let mut writer = Writer::new(mentions);
    if writer.document(parse_document(&arena, &source, &options())).is_err() {
        return as_lines(&source);
    }
    Rendered {
        html: writer.html,
        text: writer.text.trim().to_owned(),
        mentions: writer.mentions.in_order,
        links: writer.links.in_order,
    }
}

/// The beginning of a plain text on one line: at most `most_chars` characters, cut between words if there is
/// space between words, with `…` when something was left out.
pub fn snippet(text: &str, most_chars: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.char_indices().nth(most_chars).is_none() {
        return line;
    }
    let room = most_chars.saturating_sub(1);
    let end = line.char_indices().nth(room).map_or(line.len(), |(at, _)| at);
    let (kept, rest) = line.split_at_checked(end).unwrap_or((&line, ""));
    let cut = if rest.starts_with(' ') { kept } else { cut_at_word(kept, rest) };
    let mut cut = cut.trim_end().to_owned();
    if most_chars > 0 {
        cut.push('…');
    }
    cut
}

/// `kept` without the word that goes on in `rest`; when that would lose more than half (a long address,
/// a script without spaces), only without the last character as people see it, if that is cut.
fn cut_at_word<'a>(kept: &'a str, rest: &str) -> &'a str {
    match kept.rfind(' ') {
        Some(space) if space * 2 >= kept.len() => kept.get(..space).unwrap_or(kept),
        _ => whole_characters(kept, rest),
    }
}

fn whole_characters<'a>(kept: &'a str, rest: &str) -> &'a str {
    let mut next = rest.chars().next();
    let mut end = kept.len();
    for (at, c) in kept.char_indices().rev() {
        if !next.is_some_and(continues_character) && c != '\u{200D}' {
            break;
        }
        end = at;
        next = Some(c);
    }
    kept.get(..end).unwrap_or(kept)
}

/// Marks, variation selectors, skin tones and joiners belong to the character before them.
fn continues_character(c: char) -> bool {
    canonical_combining_class(c) != 0
        || matches!(c, '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{20E3}')
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.cjk_friendly_emphasis = true;
    options
}

/// A source that is not read as Markdown: its lines, in paragraphs.
fn as_lines(source: &str) -> Rendered {
    let mut html = String::new();
    let mut open = false;
    for line in source.lines() {
        if line.trim().is_empty() {
            html.push_str(if open { "</p>" } else { "" });
            open = false;
            continue;
        }
        html.push_str(if open { "<br>" } else { "<p>" });
        open = true;
        escape_into(&mut html, line);
    }
    if open {
        html.push_str("</p>");
    }
    let text = source.trim().to_owned();
    Rendered { html, text, ..Rendered::default() }
}

/// CommonMark puts the replacement character in the place of NUL, which neither HTML nor PostgreSQL can hold.
fn without_nul(source: &str) -> Cow<'_, str> {
    if source.contains('\0') { Cow::Owned(source.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(source) }
}

/// The HTML would be longer than [`LONGEST_HTML`].
struct TooLong;

/// What is left to do in the walk over a document; a list and not recursion, so that depth costs no stack.
enum Step<'a> {
    Enter(Node<'a>),
    Leave(Closing),
}

/// How an element ends.
#[derive(Default)]
struct Closing {
    html: &'static str,
    /// What follows it in the plain text; a line break is not doubled.
    text: &'static str,
    nests: bool,
    links: bool,
}

impl Closing {
    fn inline(html: &'static str) -> Self {
        Self { html, ..Self::default() }
    }

    fn block(html: &'static str) -> Self {
        Self { html, text: "\n", ..Self::default() }
    }
}

/// Strings in the order of their first occurrence.
#[derive(Default)]
struct Found {
    in_order: Vec<String>,
    seen: HashSet<String>,
}

impl Found {
    fn add(&mut self, item: &str) {
        if self.seen.insert(item.to_owned()) {
            self.in_order.push(item.to_owned());
        }
    }
}

/// Writes a document as HTML and as text in one walk.
struct Writer<'m> {
    member: &'m dyn Fn(&str) -> Option<Mention>,
    html: String,
    text: String,
    mentions: Found,
    links: Found,
    /// How many quotes, lists, items and emphases are open, written or not.
    depth: usize,
    /// How many links are open, written or not. A link within a link is not written.
    open_links: usize,
    alignments: Vec<TableAlignment>,
    column: usize,
}

impl<'m> Writer<'m> {
    fn new(member: &'m dyn Fn(&str) -> Option<Mention>) -> Self {
        Self {
            member,
            html: String::new(),
            text: String::new(),
            mentions: Found::default(),
            links: Found::default(),
            depth: 0,
            open_links: 0,
            alignments: Vec::new(),
            column: 0,
        }
    }

    fn document(&mut self, root: Node<'_>) -> Result<(), TooLong> {
        let mut steps = vec![Step::Enter(root)];
        while let Some(step) = steps.pop() {
            if self.html.len() > LONGEST_HTML {
                return Err(TooLong);
            }
            match step {
                Step::Leave(closing) => self.leave(&closing),
                Step::Enter(node) => {
                    if let Some(closing) = self.enter(node) {
                        self.depth += usize::from(closing.nests);
                        self.open_links += usize::from(closing.links);
                        steps.push(Step::Leave(closing));
                        steps.extend(node.reverse_children().map(Step::Enter));
                    }
                }
            }
        }
        Ok(())
    }

    fn leave(&mut self, closing: &Closing) {
        self.depth -= usize::from(closing.nests);
        self.open_links -= usize::from(closing.links);
        self.html.push_str(closing.html);
        match closing.text {
            "\n" => self.end_line(),
            other => self.text.push_str(other),
        }
    }

    /// Writes the beginning of `node`, or all of it. What comes back is how to end it after its children;
    /// nothing, when its children are not to be written.
    fn enter(&mut self, node: Node<'_>) -> Option<Closing> {
        match &node.data().value {
            NodeValue::Paragraph => Some(self.paragraph(node)),
            NodeValue::Heading(heading) => Some(self.heading(heading.level)),
            NodeValue::BlockQuote => Some(self.nesting("<blockquote>", "</blockquote>")),
            NodeValue::List(list) => Some(self.list(list)),
            NodeValue::Item(_) => Some(self.item("<li>")),
            NodeValue::TaskItem(task) => Some(self.task(node, task.symbol.is_some())),
            NodeValue::CodeBlock(code) => self.code_block(&code.info, &code.literal),
            NodeValue::HtmlBlock(block) => self.lines(&block.literal),
            NodeValue::ThematicBreak => self.void("<hr>"),
            NodeValue::Table(table) => Some(self.table(node, &table.alignments)),
            NodeValue::TableRow(header) => Some(self.row(node, *header)),
            NodeValue::TableCell => Some(self.cell(node)),
            NodeValue::Text(literal) => self.text(before_mention(node, literal)),
            NodeValue::HtmlInline(literal) => self.text(literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => self.line_break(),
            NodeValue::Code(code) => self.code(&code.literal),
            NodeValue::Emph => Some(self.emphasis("<em>", "</em>")),
            NodeValue::Strong => Some(self.emphasis("<strong>", "</strong>")),
            NodeValue::Strikethrough => Some(self.emphasis("<del>", "</del>")),
            NodeValue::Link(link) => self.link_or_mention(node, link),
            NodeValue::Image(image) => self.image(node, image),
            // The document itself. The parser is not asked for anything else.
            _ => Some(Closing::default()),
        }
    }

    fn end_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn text(&mut self, literal: &str) -> Option<Closing> {
        escape_into(&mut self.html, literal);
        self.text.push_str(literal);
        None
    }

    fn void(&mut self, html: &str) -> Option<Closing> {
        self.html.push_str(html);
        self.end_line();
        None
    }

    fn line_break(&mut self) -> Option<Closing> {
        self.html.push_str("<br>");
        self.text.push('\n');
        None
    }

    /// A paragraph of a list without blank lines between its items is written without an element of its own.
    fn paragraph(&mut self, node: Node<'_>) -> Closing {
        let list = node.parent().and_then(comrak::arena_tree::Node::parent);
        let tight =
            list.is_some_and(|list| matches!(&list.data().value, NodeValue::List(list) if list.tight));
        // Its list and item are open; if the list was too deep to be written, the paragraph needs an element.
        if tight && self.depth < DEEPEST + 2 {
            return Closing::block("");
        }
        self.html.push_str("<p>");
        Closing::block("</p>")
    }

    /// Two levels lower than written, because the page and the topic have the first two.
    fn heading(&mut self, level: u8) -> Closing {
        let (open, close) = match level {
            0 | 1 => ("<h3>", "</h3>"),
            2 => ("<h4>", "</h4>"),
            3 => ("<h5>", "</h5>"),
            _ => ("<h6>", "</h6>"),
        };
        self.html.push_str(open);
        Closing::block(close)
    }

    fn nesting(&mut self, open: &str, close: &'static str) -> Closing {
        let html = if self.depth < DEEPEST {
            self.html.push_str(open);
            close
        } else {
            ""
        };
        Closing { nests: true, ..Closing::block(html) }
    }

    fn emphasis(&mut self, open: &str, close: &'static str) -> Closing {
        Closing { text: "", ..self.nesting(open, close) }
    }

    fn list(&mut self, list: &NodeList) -> Closing {
        match list.list_type {
            ListType::Bullet => self.nesting("<ul>", "</ul>"),
            ListType::Ordered if list.start == 1 => self.nesting("<ol>", "</ol>"),
            ListType::Ordered => self.nesting(&format!("<ol start=\"{}\">", list.start), "</ol>"),
        }
    }

    /// An item is written exactly when its list is, which is one level up.
    fn item(&mut self, open: &str) -> Closing {
        let html = if self.depth <= DEEPEST {
            self.html.push_str(open);
            "</li>"
        } else {
            ""
        };
        Closing { nests: true, ..Closing::block(html) }
    }

    /// The text of the item names its checkbox; whether it is done, the checkbox says itself.
    fn task(&mut self, node: Node<'_>, done: bool) -> Closing {
        let mut open = String::from("<li class=\"task\"><input type=\"checkbox\" disabled=\"\"");
        if done {
            open.push_str(" checked=\"\"");
        }
        open.push_str(" aria-label=\"");
        escape_into(&mut open, &snippet(&beginning(node), LONGEST_LABEL));
        open.push_str("\"> ");
        self.item(&open)
    }

    fn code_block(&mut self, info: &str, literal: &str) -> Option<Closing> {
        self.html.push_str("<pre><code");
        if let Some(language) = language(info) {
            self.html.push_str(" class=\"language-");
            escape_into(&mut self.html, language);
            self.html.push('"');
        }
        self.html.push('>');
        self.text(literal);
        self.html.push_str("</code></pre>");
        self.end_line();
        None
    }

    fn code(&mut self, literal: &str) -> Option<Closing> {
        self.html.push_str("<code>");
        self.text(literal);
        self.html.push_str("</code>");
        None
    }

    /// A block of HTML, shown as the lines it was written in.
    fn lines(&mut self, literal: &str) -> Option<Closing> {
        self.html.push_str("<p>");
        for (line, number) in literal.trim_end().lines().zip(0..) {
            if number > 0 {
                self.line_break();
            }
            self.text(line);
        }
        self.html.push_str("</p>");
        self.end_line();
        None
    }

    /// A wide table scrolls within its wrapper.
    fn table(&mut self, node: Node<'_>, alignments: &[TableAlignment]) -> Closing {
        self.alignments = alignments.to_vec();
        self.html.push_str("<div class=\"table\"><table>");
        let has_body = node.children().nth(1).is_some();
        Closing::block(if has_body { "</tbody></table></div>" } else { "</table></div>" })
    }

    fn row(&mut self, node: Node<'_>, header: bool) -> Closing {
        self.column = 0;
        if header {
            self.html.push_str("<thead><tr>");
            return Closing::block("</tr></thead>");
        }
        let first = node.previous_sibling().is_none_or(is_header_row);
        self.html.push_str(if first { "<tbody><tr>" } else { "<tr>" });
        Closing::block("</tr>")
    }

    fn cell(&mut self, node: Node<'_>) -> Closing {
        let header = node.parent().is_some_and(is_header_row);
        self.html.push_str(if header { "<th" } else { "<td" });
        self.html.push_str(match self.alignments.get(self.column) {
            Some(TableAlignment::Left) => " align=\"left\">",
            Some(TableAlignment::Center) => " align=\"center\">",
            Some(TableAlignment::Right) => " align=\"right\">",
            _ => ">",
        });
        self.column += 1;
        Closing { text: " ", ..Closing::inline(if header { "</th>" } else { "</td>" }) }
    }

    fn link_or_mention(&mut self, node: Node<'_>, link: &NodeLink) -> Option<Closing> {
        if !is_mention(node, link) {
            return Some(self.link(link));
        }
        let Some(member) = (self.member)(&link.url) else {
            self.text("@");
            return Some(Closing::default());
        };
        let of = if member.id.starts_with(GROUP) { "group" } else { "member" };
        self.html.push_str("<span class=\"mention\" data-");
        self.html.push_str(of);
        self.html.push_str("=\"");
        escape_into(&mut self.html, &member.id);
        self.html.push_str("\">");
        self.text(&format!("@{}", member.short_name));
        self.html.push_str("</span>");
        self.mentions.add(&member.id);
        None
    }

    /// A link to an address that is not allowed is its text.
    fn link(&mut self, link: &NodeLink) -> Closing {
        let html = match Address::of(&link.url) {
            Some(address) if self.open_links == 0 => {
                self.open_link(&address, &link.title);
                "</a>"
            }
            _ => "",
        };
        Closing { links: true, ..Closing::inline(html) }
    }

    fn open_link(&mut self, address: &Address, title: &str) {
        self.html.push_str("<a href=\"");
        escape_into(&mut self.html, &address.href);
        self.html.push('"');
        self.attribute("title", title);
        if address.elsewhere {
            self.html.push_str(" rel=\"");
            self.html.push_str(REL);
            self.html.push_str("\" target=\"_blank\"");
        }
        self.html.push('>');
        self.links.add(&address.href);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.html.push(' ');
            self.html.push_str(name);
            self.html.push_str("=\"");
            escape_into(&mut self.html, value);
            self.html.push('"');
        }
    }

    /// A file of this workspace is shown. Other images become links: showing them would tell their server who
    /// reads the post, and when.
    fn image(&mut self, node: Node<'_>, image: &NodeLink) -> Option<Closing> {
        let alt = beginning(node);
        let name = if alt.trim().is_empty() { &image.url } else { &alt };
        match Address::of(&image.url) {
            Some(address) if address.is_file() => {
                self.html.push_str("<img src=\"");
                escape_into(&mut self.html, &address.href);
                self.html.push_str("\" alt=\"");
                escape_into(&mut self.html, &alt);
                self.html.push('"');
                self.attribute("title", &image.title);
                self.html.push_str(" loading=\"lazy\">");
                self.text.push_str(&alt);
            }
            Some(address) if self.open_links == 0 => {
                self.open_link(&address, &image.title);
                self.text(name);
                self.html.push_str("</a>");
            }
            _ => {
                self.text(name);
            }
        }
        None
    }
}

fn is_header_row(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::TableRow(true))
}

/// The plain text of what is in `node`, at most about [`LONGEST_LABEL`] characters of it and of its first
/// blocks: for names of checkboxes and images.
fn beginning(node: Node<'_>) -> String {
    let mut text = String::new();
    for inner in node.descendants().skip(1) {
        match &inner.data().value {
            NodeValue::Text(literal) => text.push_str(literal),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::HtmlInline(literal) => text.push_str(literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => text.push(' '),
            NodeValue::List(_) => break,
            _ => {}
        }
        if text.len() > LONGEST_LABEL * 4 {
            break;
        }
    }
    text
}

/// The language of a code block, if its name can be part of a class.
fn language(info: &str) -> Option<&str> {
    info.split_whitespace().next().filter(|name| is_language(name))
}

fn is_language(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'#' | b'.' | b'-'))
}

/// `literal` without the `@` that belongs to the mention after it.
fn before_mention<'t>(node: Node<'_>, literal: &'t str) -> &'t str {
    let mention_follows = node
        .next_sibling()
        .is_some_and(|next| matches!(&next.data().value, NodeValue::Link(link) if is_mentioned(&link.url)));
    if mention_follows { literal.strip_suffix('@').unwrap_or(literal) } else { literal }
}

fn is_mention(node: Node<'_>, link: &NodeLink) -> bool {
    is_mentioned(&link.url)
        && node
            .previous_sibling()
            .is_some_and(|text| matches!(&text.data().value, NodeValue::Text(text) if text.ends_with('@')))
}

fn is_mentioned(address: &str) -> bool {
    is_id(address, MEMBER) || is_id(address, GROUP)
}

fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|id| {
        (1..=40).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// Where the images are that a post may show.
const FILES: &str = "/api/v1/files/";
const REL: &str = "noopener noreferrer nofollow";

/// An address that a post may link to, as a browser would understand it.
struct Address {
    href: String,
    elsewhere: bool,
}

impl Address {
    /// Reads an address: `http`, `https`, `mailto`, or one in this workspace, which begins with `/`.
    fn of(address: &str) -> Option<Self> {
        let address = address.trim();
        if address.starts_with('/') {
            return Self::here(address);
        }
        let url = Url::parse(address).ok()?;
        match url.scheme() {
            "http" | "https" => Some(Self { href: url.into(), elsewhere: true }),
            "mailto" => Some(Self { href: url.into(), elsewhere: false }),
            _ => None,
        }
    }

    /// What a browser makes of the address must be here too: `//host`, `/\host` and `/.//host` are elsewhere.
    fn here(address: &str) -> Option<Self> {
        let here = Url::parse("https://workspace.invalid/").ok()?;
        let url = here.join(address).ok()?;
        let href = url.as_str().strip_prefix("https://workspace.invalid")?;
        let is_here = href.starts_with('/') && !href.starts_with("//");
        is_here.then(|| Self { href: href.to_owned(), elsewhere: false })
    }

    fn is_file(&self) -> bool {
        self.href.strip_prefix(FILES).is_some_and(|rest| !rest.is_empty())
    }

    /// Reads an address that is written exactly as a browser would understand it, without dots, control
    /// characters or backslashes that could make it something else.
    fn exactly(address: &str) -> Option<Self> {
        Self::of(address).filter(|understood| understood.href == address)
    }
}

/// HTML reduced to what a post may have. What passed once passes again unchanged.
pub fn sanitize(html: &str) -> String {
    // What is simple is what a parser would make of it, but for a quotation mark, which needs no escape.
    if simple::is_simple(html) { html.replace("&quot;", "\"") } else { cleaned(html) }
}

fn cleaned(html: &str) -> String {
    ALLOWED.clean(html).to_string()
}

static ALLOWED: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut allowed = ammonia::Builder::empty();
    allowed
        .tags(HashSet::from([
            "p",
            "br",
            "hr",
            "h3",
            "h4",
            "h5",
            "h6",
            "blockquote",
            "ul",
            "ol",
            "li",
            "pre",
            "code",
            "em",
            "strong",
            "del",
            "a",
            "img",
            "span",
            "div",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "input",
        ]))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .generic_attributes(HashSet::new())
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title"])),
            ("img", HashSet::from(["src", "alt", "title"])),
            ("span", HashSet::from(["data-member", "data-group"])),
            ("ol", HashSet::from(["start"])),
            ("code", HashSet::from(["class"])),
            ("input", HashSet::from(["type", "aria-label"])),
        ]))
        .tag_attribute_values(HashMap::from([
            ("a", HashMap::from([("rel", HashSet::from([REL])), ("target", HashSet::from(["_blank"]))])),
            ("img", HashMap::from([("loading", HashSet::from(["lazy"]))])),
            ("th", HashMap::from([("align", HashSet::from(["left", "center", "right"]))])),
            ("td", HashMap::from([("align", HashSet::from(["left", "center", "right"]))])),
            ("input", HashMap::from([("disabled", HashSet::from([""])), ("checked", HashSet::from([""]))])),
        ]))
        .set_tag_attribute_value("input", "type", "checkbox")
        .allowed_classes(HashMap::from([
            ("span", HashSet::from(["mention"])),
            ("li", HashSet::from(["task"])),
            ("div", HashSet::from(["table"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Custom(Box::new(address_here)))
        .link_rel(None)
        .attribute_filter(|element, attribute, value| {
            let kept = match (element, attribute) {
                ("img", "src") => Address::exactly(value).is_some_and(|address| address.is_file()),
                ("code", "class") => value.strip_prefix("language-").is_some_and(is_language),
                ("span", "data-member") => is_id(value, MEMBER),
                ("span", "data-group") => is_id(value, GROUP),
                ("ol", "start") => value.bytes().all(|b| b.is_ascii_digit()),
                _ => true,
            };
            kept.then_some(Cow::Borrowed(value))
        });
    allowed
});

fn address_here(address: &str) -> Option<Cow<'_, str>> {
    Address::exactly(address).map(|_| Cow::Borrowed(address))
}
