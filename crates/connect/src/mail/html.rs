//! HTML of a mail into Markdown.
//!
//! The HTML is read token by token, without building a tree, so that neither depth nor size of hostile input
//! matters. What cannot be seen is dropped: scripts, styles, hidden elements, images of a pixel or two, which
//! only count readers. Images on other servers become links, so that nobody's reading is reported by loading
//! them. Images inside the mail (`cid:`) become their description; the image itself is an attachment.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::mem;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::plain::{
    Markdown, escape_inline, escape_label, fence_for, guard_block_start, link_to, longest_run,
    without_entities,
};

/// Converts the HTML of a mail.
pub fn to_markdown(html: &str) -> Markdown {
    let tokenizer = Tokenizer::new(Sink(RefCell::new(Converter::default())), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    // The sink never asks for a pause, so one call reads everything.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    split_signature(&tokenizer.sink.0.into_inner().finish())
}

/// The line `-- ` starts the signature here as it does in plain text.
fn split_signature(markdown: &str) -> Markdown {
    const LONGEST: usize = 24;
    let lines: Vec<&str> = markdown.lines().collect();
    let start = lines.iter().rposition(|line| line.trim() == "\\--").filter(|start| {
        let below = lines.get(*start..).unwrap_or_default();
        below.len() <= LONGEST && !below.iter().any(|line| line.starts_with('>'))
    });
    let (body, signature) = start.and_then(|start| lines.split_at_checked(start)).unwrap_or((&lines, &[]));
    let signature = signature.get(1..).unwrap_or_default().join("\n");
    Markdown {
        body: body.join("\n").trim_end().to_owned(),
        signature: Some(signature.trim().to_owned()).filter(|text| !text.is_empty()),
    }
}

struct Sink(RefCell<Converter>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut converter = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => converter.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                converter.open(&tag);
                return raw_content(&tag.name);
            }
            Token::TagToken(tag) => converter.close(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// The content of these is not HTML.
fn raw_content(name: &str) -> TokenSinkResult<()> {
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "xmp" | "noembed" | "noframes" | "iframe" => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}

/// An element that was opened and not closed yet.
struct Element {
    name: String,
    is_hidden: bool,
}

/// What a block stands in.
enum Container {
    Quote,
    List {
        next_number: Option<u32>,
    },
    /// The marker is written before the first block of the item only.
    Item {
        marker: String,
        is_begun: bool,
    },
}

/// An inline mark that was opened at a place of the current paragraph.
struct Mark {
    kind: MarkKind,
    start: usize,
}

#[derive(Clone, PartialEq)]
enum MarkKind {
    Strong,
    Emphasis,
    Struck,
    Code,
    /// Without a target when the address is none that may be linked to.
    Link(Option<String>),
}

/// Elements, marks and containers inside more than this many are treated as if they were not there.
const DEEPEST_ELEMENT: usize = 400;
const DEEPEST_CONTAINER: usize = 12;
const MOST_MARKS: usize = 32;

#[derive(Default)]
struct Converter {
    written: String,
    elements: Vec<Element>,
    hidden: usize,
    containers: Vec<Container>,
    /// Text that was not escaped yet: it arrives in pieces that must be looked at together.
    pending: String,
    /// The current paragraph in Markdown; a newline in it is a line break.
    paragraph: String,
    marks: Vec<Mark>,
    /// Whether the next text begins a cell of a table.
    is_new_cell: bool,
    heading: usize,
    /// The text of a `pre`, word for word.
    verbatim: Option<String>,
    /// What a further line of the last block would start with.
    last_prefix: String,
    last_was_in_list: bool,
}

/// Elements.
impl Converter {
    fn open(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        self.close_implied(name);
        let is_hidden = is_hidden(tag);
        let is_open = !is_void(name) && !tag.self_closing && self.elements.len() < DEEPEST_ELEMENT;
        if is_hidden || is_open {
            self.hidden += usize::from(is_hidden);
            self.elements.push(Element { name: name.to_owned(), is_hidden });
        }
        if self.hidden == 0 {
            self.begin_element(name, tag);
        }
    }

    /// `<p>one<p>two`: the second ends the first.
    fn close_implied(&mut self, name: &str) {
        let is_repeated = self.elements.last().is_some_and(|last| last.name == name);
        if is_repeated && matches!(name, "p" | "li" | "td" | "th" | "tr" | "dd" | "dt" | "option") {
            self.close(name);
        }
    }

    fn begin_element(&mut self, name: &str, tag: &Tag) {
        match name {
            "br" => self.line_break(),
            "hr" => self.rule(),
            "img" => self.image(tag),
            "a" => self.begin_mark(MarkKind::Link(attribute(tag, "href").and_then(link_target))),
            "td" | "th" => self.cell(),
            "pre" => {
                self.end_paragraph();
                self.verbatim.get_or_insert_default();
            }
            "blockquote" => self.begin_container(Container::Quote),
            "ul" => self.begin_container(Container::List { next_number: None }),
            "ol" => {
                let start = attribute(tag, "start").and_then(|start| start.parse().ok());
                self.begin_container(Container::List { next_number: Some(start.unwrap_or(1)) });
            }
            "li" => self.begin_item(),
            _ if heading_level(name).is_some() => {
                self.end_paragraph();
                self.heading = heading_level(name).unwrap_or(0);
            }
            _ => match MarkKind::of(name) {
                Some(kind) => self.begin_mark(kind),
                None if is_block(name) => self.end_paragraph(),
                None => {}
            },
        }
    }

    fn close(&mut self, name: &str) {
        const LOOK_BACK: usize = 60;
        let from = self.elements.len().saturating_sub(LOOK_BACK);
        let recent = self.elements.get(from..).unwrap_or_default();
        match recent.iter().rposition(|element| element.name == name) {
            Some(position) => {
                for element in self.elements.split_off(from + position).iter().rev() {
                    self.end_element(element);
                }
            }
            // `</p>` without a `<p>` still ends a paragraph.
            None if self.hidden == 0 && is_block(name) => self.end_paragraph(),
            None => {}
        }
    }

    fn end_element(&mut self, element: &Element) {
        if element.is_hidden {
            self.hidden = self.hidden.saturating_sub(1);
            return;
        }
        if self.hidden > 0 {
            return;
        }
        match element.name.as_str() {
            "a" => self.end_mark(|kind| matches!(kind, MarkKind::Link(_))),
            "pre" => self.end_verbatim(),
            "blockquote" => self.end_container(|container| matches!(container, Container::Quote)),
            "ul" | "ol" => self.end_container(|container| matches!(container, Container::List { .. })),
            "li" => self.end_container(|container| matches!(container, Container::Item { .. })),
            name => match MarkKind::of(name) {
                Some(wanted) => self.end_mark(|kind| *kind == wanted),
                None if is_block(name) => {
                    self.end_paragraph();
                    self.heading = 0;
                }
                None => {}
            },
        }
    }

    fn finish(mut self) -> String {
        self.end_verbatim();
        self.end_paragraph();
        self.written
    }
}

/// What stands inside a paragraph.
impl Converter {
    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        let visible = text.chars().filter(|c| !is_invisible(*c));
        match &mut self.verbatim {
            Some(verbatim) => verbatim.extend(visible),
            None => self.pending.extend(visible),
        }
    }

    fn end_text(&mut self) {
        let text = mem::take(&mut self.pending);
        if text.is_empty() {
            return;
        }
        if text.starts_with(is_space) {
            self.space();
        }
        if text.contains(|c| !is_space(c)) {
            self.separate_cells();
        }
        let words = text.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            return;
        }
        let is_inside = |wanted: fn(&MarkKind) -> bool| self.marks.iter().any(|mark| wanted(&mark.kind));
        let written = if is_inside(|kind| *kind == MarkKind::Code) {
            words
        } else if is_inside(|kind| matches!(kind, MarkKind::Link(Some(_)))) {
            close_piece(escape_label(&words))
        } else {
            close_piece(escape_inline(&words))
        };
        self.paragraph.push_str(&written);
        if text.ends_with(is_space) {
            self.space();
        }
    }

    fn space(&mut self) {
        if !self.paragraph.is_empty() && !self.paragraph.ends_with([' ', '\n']) {
            self.paragraph.push(' ');
        }
    }

    fn line_break(&mut self) {
        if let Some(verbatim) = &mut self.verbatim {
            verbatim.push('\n');
            return;
        }
        self.end_text();
        if self.paragraph.trim_end_matches(' ').ends_with('\n') {
            self.end_paragraph();
        } else if !self.paragraph.trim().is_empty() {
            self.paragraph.push('\n');
        }
    }

    /// Cells of a row that hold text stand side by side.
    fn cell(&mut self) {
        self.end_text();
        self.is_new_cell = true;
    }

    fn separate_cells(&mut self) {
        if mem::take(&mut self.is_new_cell) && !self.paragraph.trim().is_empty() {
            self.space();
            self.paragraph.push_str("| ");
        }
    }

    fn image(&mut self, tag: &Tag) {
        let alt = attribute(tag, "alt").unwrap_or_default().trim().to_owned();
        if alt.is_empty() || is_pixel(tag) {
            return;
        }
        let source = attribute(tag, "src").unwrap_or_default();
        let is_inside_link = self.marks.iter().any(|mark| matches!(mark.kind, MarkKind::Link(_)));
        match link_target(source) {
            Some(target) if !is_inside_link => {
                self.begin_mark(MarkKind::Link(Some(target)));
                self.text(&alt);
                self.end_mark(|kind| matches!(kind, MarkKind::Link(_)));
            }
            Some(_) => self.text(&alt),
            None => self.text(&format!("[image: {alt}]")),
        }
    }

    fn begin_mark(&mut self, kind: MarkKind) {
        self.end_text();
        self.separate_cells();
        if self.marks.len() < MOST_MARKS {
            self.marks.push(Mark { kind, start: self.paragraph.len() });
        }
    }

    /// Ends the innermost mark of a kind, and what was opened inside it and never closed.
    fn end_mark(&mut self, wanted: impl Fn(&MarkKind) -> bool) {
        self.end_text();
        let Some(position) = self.marks.iter().rposition(|mark| wanted(&mark.kind)) else { return };
        while self.marks.len() > position {
            self.wrap_last_mark();
        }
    }

    /// Puts the signs of the last mark around what was written since it began.
    fn wrap_last_mark(&mut self) {
        let Some(mark) = self.marks.pop() else { return };
        let content = self.paragraph.split_off(mark.start.min(self.paragraph.len()));
        let core = content.trim_matches([' ', '\n']);
        let is_nested =
            self.marks.iter().any(|outer| outer.kind.is_like(&mark.kind) || outer.kind == MarkKind::Code);
        if core.is_empty() || is_nested {
            self.paragraph.push_str(&content);
            return;
        }
        let start = content.len() - content.trim_start_matches([' ', '\n']).len();
        let (before, rest) = content.split_at_checked(start).unwrap_or(("", &content));
        let after = rest.strip_prefix(core).unwrap_or_default();
        self.paragraph.push_str(before);
        self.push_wrapped(&mark.kind, core);
        self.paragraph.push_str(after);
    }

    fn push_link(&mut self, text: &str, target: Option<&str>) {
        // An exclamation mark before a link would make it an image.
        if self.paragraph.ends_with('!') && !self.paragraph.ends_with("\\!") {
            self.paragraph.pop();
            self.paragraph.push_str("\\!");
        }
        self.paragraph.push_str(&link(text, target));
    }

    fn push_wrapped(&mut self, kind: &MarkKind, core: &str) {
        let sign = match kind {
            MarkKind::Strong => "**",
            MarkKind::Emphasis => "*",
            MarkKind::Struck => "~~",
            MarkKind::Code => return self.paragraph.push_str(&code_span(&core.replace('\n', " "))),
            MarkKind::Link(target) => return self.push_link(core, target.as_deref()),
        };
        // Two neighbours of one kind become one: `**a****b**` would not be read as it is meant.
        let neighbour =
            self.paragraph.strip_suffix(sign).filter(|before| !before.ends_with(['*', '\\', '~']));
        match neighbour.map(str::len) {
            Some(length) if length > 0 && !self.paragraph.ends_with([' ', '\n']) => {
                self.paragraph.truncate(length);
            }
            _ => self.paragraph.push_str(sign),
        }
        self.paragraph.push_str(core);
        self.paragraph.push_str(sign);
    }
}

/// Blocks.
impl Converter {
    fn end_paragraph(&mut self) {
        self.end_text();
        self.is_new_cell = false;
        let open: Vec<MarkKind> = self.marks.iter().map(|mark| mark.kind.clone()).collect();
        while !self.marks.is_empty() {
            self.wrap_last_mark();
        }
        self.marks = open.into_iter().map(|kind| Mark { kind, start: 0 }).collect();
        let paragraph = mem::take(&mut self.paragraph);
        let paragraph = paragraph.trim();
        if paragraph.is_empty() {
            return;
        }
        if self.heading > 0 {
            let line = format!("{} {}", "#".repeat(self.heading), paragraph.replace('\n', " "));
            return self.block(&[line]);
        }
        let lines: Vec<String> = paragraph.split('\n').map(|line| guard_block_start(line.trim())).collect();
        self.block(&lines);
    }

    fn rule(&mut self) {
        self.end_paragraph();
        self.block(&["---".to_owned()]);
    }

    fn end_verbatim(&mut self) {
        self.end_paragraph();
        let Some(text) = self.verbatim.take() else { return };
        let text = text.strip_prefix('\n').unwrap_or(&text).trim_end();
        if text.trim().is_empty() {
            return;
        }
        let fence = fence_for(text.lines());
        let mut lines = vec![fence.clone()];
        lines.extend(text.lines().map(|line| line.trim_end().to_owned()));
        lines.push(fence);
        self.block(&lines);
    }

    fn begin_container(&mut self, container: Container) {
        self.end_paragraph();
        if self.containers.len() < DEEPEST_CONTAINER {
            self.containers.push(container);
        }
    }

    fn begin_item(&mut self) {
        self.end_paragraph();
        if matches!(self.containers.last(), Some(Container::Item { .. })) {
            self.containers.pop();
        }
        let marker = match self.containers.last_mut() {
            Some(Container::List { next_number: Some(number) }) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1) % 1_000_000_000;
                marker
            }
            _ => "- ".to_owned(),
        };
        self.begin_container(Container::Item { marker, is_begun: false });
    }

    fn end_container(&mut self, wanted: impl Fn(&Container) -> bool) {
        self.end_paragraph();
        if let Some(position) = self.containers.iter().rposition(wanted) {
            self.containers.truncate(position);
        }
    }

    fn block(&mut self, lines: &[String]) {
        let begins_item =
            self.containers.iter().any(|each| matches!(each, Container::Item { is_begun: false, .. }));
        let (first, further) = self.take_prefixes();
        if !self.written.is_empty() {
            self.written.push('\n');
            if !(begins_item && self.last_was_in_list) {
                self.written.push_str(common_start(&self.last_prefix, &further).trim_end());
                self.written.push('\n');
            }
        }
        for (position, line) in lines.iter().enumerate() {
            let prefix = if position == 0 { &first } else { &further };
            let separator = if position == 0 { "" } else { "\n" };
            let prefix = if line.is_empty() { prefix.trim_end() } else { prefix };
            self.written.extend([separator, prefix, line]);
        }
        self.last_prefix = further;
        self.last_was_in_list = self.containers.iter().any(|each| matches!(each, Container::Item { .. }));
    }

    /// What the first line of a block starts with, and what every further line does. Items are begun by it.
    fn take_prefixes(&mut self) -> (String, String) {
        let mut first = String::new();
        let mut further = String::new();
        for container in &mut self.containers {
            match container {
                Container::Quote => {
                    first.push_str("> ");
                    further.push_str("> ");
                }
                Container::List { .. } => {}
                Container::Item { marker, is_begun } => {
                    let indent = " ".repeat(marker.len());
                    first.push_str(if *is_begun { &indent } else { marker });
                    further.push_str(&indent);
                    *is_begun = true;
                }
            }
        }
        (first, further)
    }
}

impl MarkKind {
    fn of(element: &str) -> Option<Self> {
        match element {
            "b" | "strong" => Some(Self::Strong),
            "i" | "em" | "cite" | "dfn" | "var" => Some(Self::Emphasis),
            "s" | "strike" | "del" => Some(Self::Struck),
            "code" | "tt" | "kbd" | "samp" => Some(Self::Code),
            _ => None,
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        mem::discriminant(self) == mem::discriminant(other)
    }
}

/// Escapes the last character of a text that markup may follow, for it could not see what comes.
fn close_piece(mut escaped: String) -> String {
    if let Some(last) = escaped.pop() {
        let is_escaped = escaped.ends_with('\\');
        if "<&*_~".contains(last) && !is_escaped {
            escaped.push('\\');
        }
        escaped.push(last);
    }
    escaped
}

fn code_span(code: &str) -> String {
    let fence = "`".repeat(longest_run(code, '`') + 1);
    let pad = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{code}{pad}{fence}")
}

fn link(text: &str, target: Option<&str>) -> String {
    let text = text.replace('\n', " ");
    let Some(target) = target else { return text };
    let is_bare =
        |shown: &str| shown == target || format!("{shown}/") == target || format!("mailto:{shown}") == target;
    let shown = text.replace('\\', "");
    if !is_bare(shown.trim_matches(['<', '>'])) {
        return format!("[{text}]({})", without_entities(target));
    }
    if target.starts_with("mailto:") { text } else { link_to(target) }
}

/// An address that may be linked to, written so that nothing in it can end the link.
fn link_target(href: &str) -> Option<String> {
    const LONGEST: usize = 4000;
    let href = href.trim();
    let scheme = href.split_once(':')?.0.to_ascii_lowercase();
    if !["http", "https", "ftp", "mailto"].contains(&scheme.as_str()) || href.len() > LONGEST {
        return None;
    }
    let mut target = String::with_capacity(href.len());
    for c in href.chars() {
        match c {
            '\n' | '\r' | '\t' => {}
            ' ' | '<' | '>' | '(' | ')' | '\\' | '"' | '`' | '|' => {
                let _ = write!(target, "%{:02X}", u32::from(c));
            }
            _ if c.is_control() || c.is_whitespace() => {}
            _ => target.push(c),
        }
    }
    Some(target)
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
}

fn heading_level(name: &str) -> Option<usize> {
    match name.strip_prefix('h')?.parse() {
        Ok(level @ 1..=6) => Some(level),
        _ => None,
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area" | "base" | "basefont" | "bgsound" | "br" | "col" | "embed" | "frame" | "hr" | "img" | "input"
    ) || matches!(name, "link" | "meta" | "param" | "source" | "track" | "wbr")
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address" | "article" | "aside" | "body" | "caption" | "center" | "dd" | "details" | "div" | "dl"
    ) || matches!(
        name,
        "dt" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "header" | "html" | "main"
    ) || matches!(name, "nav" | "p" | "section" | "summary" | "table" | "tbody" | "tfoot" | "thead" | "tr")
        || heading_level(name).is_some()
}

fn is_hidden(tag: &Tag) -> bool {
    let never_shown =
        ["script", "style", "title", "template", "svg", "math", "object", "iframe", "select", "textarea"];
    if never_shown.contains(&&*tag.name) || attribute(tag, "hidden").is_some() {
        return true;
    }
    let Some(style) = attribute(tag, "style") else { return false };
    let style: String = style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    style.split(';').any(|rule| match rule.split_once(':') {
        Some(("display", value)) => value.starts_with("none"),
        Some(("visibility", value)) => value.starts_with("hidden"),
        Some(("mso-hide", value)) => value.starts_with("all"),
        Some(("font-size" | "max-height" | "opacity", value)) => is_zero(value),
        _ => false,
    })
}

/// `0`, `0px`, `0.0em`, but not `0.5em`.
fn is_zero(value: &str) -> bool {
    let digits: String = value.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.parse::<f32>().is_ok_and(|number| number == 0.0)
}

fn is_pixel(tag: &Tag) -> bool {
    let is_tiny = |name| {
        attribute(tag, name)
            .and_then(|size| size.trim_end_matches("px").trim().parse().ok())
            .is_some_and(|size: u32| size <= 2)
    };
    is_tiny("width") || is_tiny("height") || is_hidden(tag)
}

/// Characters that pad the preview of a mail, or guide its hyphenation.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}' | '\u{feff}')
}

fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{a0}'
}

fn common_start<'a>(a: &'a str, b: &str) -> &'a str {
    let length = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    a.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(html: &str) -> String {
        to_markdown(html).body
    }

    #[test]
    fn paragraphs_breaks_and_marks() {
        for (html, expected) in [
            ("<p>One <b>bold </b>and <i>slanted</i></p><p>Two</p>", "One **bold** and *slanted*\n\nTwo"),
            ("a<br>b<br><br>c", "a\nb\n\nc"),
            ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
            ("<b>a</b><b>b</b> <b> </b>", "**ab**"),
            ("<b>one<p>two</b>", "**one**\n\n**two**"),
            ("<h2>Title <code>x_y</code></h2>text", "## Title `x_y`\n\ntext"),
            ("a<hr>b", "a\n\n---\n\nb"),
            ("<del>x</del> <tt>`y`</tt>", "~~x~~ `` `y` ``"),
            ("<p>one<p>two", "one\n\ntwo"),
            ("plain   text\nonly", "plain text only"),
            ("", ""),
        ] {
            assert_eq!(body(html), expected, "{html}");
        }
    }

    #[test]
    fn text_is_not_read_as_markup() {
        for (html, expected) in [
            ("a &lt;b&gt; *c* &amp;lt;", "a \\<b> \\*c\\* \\&lt;"),
            ("&lt;<i></i>script>", "\\<script>"),
            ("<p># no</p><p>1986. no</p><p>---</p>", "\\# no\n\n1986\\. no\n\n\\---"),
        ] {
            assert_eq!(body(html), expected, "{html}");
        }
    }

    #[test]
    fn lists_and_quotes_nest() {
        assert_eq!(
            body("<ul><li>a<li>b<ol start=3><li>c</li><li>d</ol></ul>end"),
            "- a\n- b\n  3. c\n  4. d\n\nend"
        );
        assert_eq!(
            body("Ann wrote:<blockquote>one<blockquote><p>two</p></blockquote>three</blockquote>mine"),
            "Ann wrote:\n\n> one\n>\n> > two\n>\n> three\n\nmine"
        );
        assert_eq!(body("<ul><li><p>a</p><p>b</p></li></ul>"), "- a\n\n  b");
    }

    #[test]
    fn what_cannot_be_seen_is_dropped() {
        let html = "<html><head><title>T</title><style>p{color:red}</style></head><body><script>alert('<b>')</script>\
            <div style='Display: none'>preview<p>more</p></div><span hidden>no</span>\
            <img src=http://t.example/p.gif width=1 height=1 alt=pixel><p style='font-size:0px'>tiny</p>seen</body>";
        assert_eq!(body(html), "seen");
    }

    #[test]
    fn links_and_images() {
        for (html, expected) in [
            ("<a href='https://x.example/a b'>here</a>", "[here](https://x.example/a%20b)"),
            ("<a href='https://x.example/'>https://x.example</a>", "https://x.example/"),
            ("<a href='mailto:ann@x.example'>ann@x.example</a>", "ann@x.example"),
            ("<a href='javascript:alert(1)'>here</a>", "here"),
            ("<a href='https://x.example/(y)'><b>here</b></a>", "[**here**](https://x.example/%28y%29)"),
            ("<img src='https://x.example/i.png' alt='A map'>", "[A map](https://x.example/i.png)"),
            ("<img src='cid:1@x' alt='plan.png'>", "[image: plan.png]"),
            (
                "<a href='https://x.example'><img src='https://x.example/i.png' alt='Logo'></a>",
                "[Logo](https://x.example)",
            ),
            ("<a href='https://x.example'><img src='https://x.example/i.png'></a>", ""),
            ("Hi!<a href='https://x.example'>here</a>", "Hi\\![here](https://x.example)"),
        ] {
            assert_eq!(body(html), expected, "{html}");
        }
    }

    #[test]
    fn code_and_tables() {
        assert_eq!(body("<pre>\nx &lt;- 1\n  y ``` z</pre>"), "````\nx <- 1\n  y ``` z\n````");
        assert_eq!(body("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"), "a | b\n\nc");
    }

    #[test]
    fn signature_is_kept_apart() {
        let found = to_markdown("<p>Hi</p><div>-- <br>Ann<br>Lab</div>");
        assert_eq!((found.body.as_str(), found.signature.as_deref()), ("Hi", Some("Ann\nLab")));
    }

    #[test]
    fn hostile_depth_is_harmless() {
        for element in ["div", "blockquote", "ul><li", "b", "table><tr><td", "span style=display:none"] {
            let found = body(&format!("{}x", format!("<{element}>").repeat(50_000)));
            assert!(found.len() < 10_000, "{element}");
        }
    }
}
