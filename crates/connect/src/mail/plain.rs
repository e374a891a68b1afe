//! Plain text of a mail into Markdown that looks like the mail.
//!
//! The rules, in the order they are applied:
//!
//! 1. `format=flowed` lines are joined again (RFC 3676).
//! 2. Leading `>` are quotation and become nested Markdown quotes. An R session pasted into a mail starts its
//!    lines with `> ` as well; a run of lines is taken for a session, not a quotation, when unquoted lines in the
//!    same run are its output, or when it begins with a statement, unquoted lines follow, and the mail shows no
//!    sign of quoting anybody.
//! 3. A paragraph of which at least half the lines look like code, output or a table becomes a code block, line
//!    for line. What counts: an indent of four columns or a tab, `[1]` and the like, aligned columns, a call at
//!    the start of the line, an assignment, a brace or semicolon at the end, a prompt.
//! 4. Every other line keeps its line break (in a post a single line break is one), and whatever Markdown would
//!    read as markup is escaped, with two exceptions: lists written with `-`, `*`, `+` or small numbers stay
//!    lists, and addresses (`https://…`) stay links.
//! 5. What follows the last line `-- `, or the footer of a mailing list, is the signature. It is kept apart,
//!    unless quotation follows it or it is too long for one.

use std::fmt::Write as _;

/// A text in Markdown, with the signature kept apart.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Markdown {
    /// Everything but the signature.
    pub body: String,
    /// What stood below `-- `, and the footer of the list.
    pub signature: Option<String>,
}

/// Converts plain text. Line ends must be `\n`.
pub fn to_markdown(text: &str) -> Markdown {
    convert(&text.split('\n').map(Line::read).collect::<Vec<_>>())
}

/// Converts the text of a part with `format=flowed`; `delete_space` is its parameter `DelSp=yes`.
pub fn flowed_to_markdown(text: &str, delete_space: bool) -> Markdown {
    convert(&unflow(text, delete_space))
}

/// A line without its quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    depth: usize,
    text: String,
}

impl Line {
    fn read(line: &str) -> Self {
        let (depth, text) = strip_quotes(line);
        Self { depth, text: text.trim_end().to_owned() }
    }

    fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The line as it was before its quotation marks were taken off.
    fn verbatim(&self) -> String {
        match self.depth {
            0 => self.text.clone(),
            depth => format!("{} {}", ">".repeat(depth), self.text).trim_end().to_owned(),
        }
    }
}

/// Takes `>`, `> >`, `>>` and so on off the line, and one space after the last.
fn strip_quotes(line: &str) -> (usize, &str) {
    let mut depth = 0;
    let mut rest = line;
    while let Some(after) = rest.strip_prefix('>').or_else(|| rest.strip_prefix(" >").filter(|_| depth > 0)) {
        depth += 1;
        rest = after;
    }
    (depth, if depth > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest })
}

fn unflow(text: &str, delete_space: bool) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut is_open = false;
    for raw in text.split('\n') {
        let (depth, content) = strip_quotes(raw);
        // A space at the start of an unquoted line is there to protect what follows.
        let content = if depth == 0 { content.strip_prefix(' ').unwrap_or(content) } else { content };
        let is_signature = content.trim_end() == "--";
        let flows = content.ends_with(' ') && !is_signature;
        let content =
            if flows && delete_space { content.strip_suffix(' ').unwrap_or(content) } else { content };
        match lines.last_mut() {
            Some(last) if is_open && last.depth == depth && !is_signature => last.text.push_str(content),
            _ => lines.push(Line { depth, text: content.to_owned() }),
        }
        is_open = flows;
    }
    for line in &mut lines {
        line.text.truncate(line.text.trim_end().len());
    }
    lines
}

fn convert(lines: &[Line]) -> Markdown {
    let (body, signature) = split_signature(lines);
    let signature = Some(write_signature(signature)).filter(|text| !text.is_empty());
    Markdown { body: write_body(body), signature }
}

/// Cuts the lines where the signature starts.
fn split_signature(lines: &[Line]) -> (&[Line], &[Line]) {
    const LONGEST: usize = 24;
    let is_signature = |start: &usize| {
        let below = lines.get(*start..).unwrap_or_default();
        below.iter().all(|line| line.depth == 0)
            && below.iter().filter(|line| !line.is_blank()).count() <= LONGEST
    };
    let footer = list_footer(lines).filter(is_signature);
    let above = lines.get(..footer.unwrap_or(lines.len())).unwrap_or(lines);
    let dashes = above.iter().rposition(|line| line.depth == 0 && line.text == "--").filter(is_signature);
    lines.split_at_checked(dashes.or(footer).unwrap_or(lines.len())).unwrap_or((lines, &[]))
}

/// List software puts a long line of underscores and its own name below every message.
fn list_footer(lines: &[Line]) -> Option<usize> {
    let is_rule =
        |line: &Line| line.depth == 0 && line.text.len() >= 30 && line.text.bytes().all(|byte| byte == b'_');
    let start = lines.iter().rposition(is_rule)?;
    lines.get(start + 1).filter(|next| next.text.to_lowercase().contains("mailing list")).map(|_| start)
}

fn write_signature(lines: &[Line]) -> String {
    let is_mark = |line: &&Line| {
        line.text == "--" || line.text.len() >= 30 && line.text.bytes().all(|byte| byte == b'_')
    };
    let mut written = Writer::default();
    let kept: Vec<Line> = lines
        .iter()
        .map(|line| if is_mark(&line) { Line { depth: 0, text: String::new() } } else { line.clone() })
        .collect();
    for paragraph in kept.split(Line::is_blank).filter(|paragraph| !paragraph.is_empty()) {
        written.prose(0, paragraph);
    }
    written.text
}

fn write_body(lines: &[Line]) -> String {
    let mut written = Writer::default();
    let quotes = quotes_somebody(lines);
    for run in lines.chunk_by(|a, b| !a.is_blank() && !b.is_blank()) {
        if run.first().is_none_or(Line::is_blank) {
            continue;
        }
        let (run, session) = split_session(run, quotes);
        for paragraph in run.chunk_by(|a, b| a.depth == b.depth) {
            let depth = paragraph.first().map_or(0, |line| line.depth);
            if is_code(paragraph) {
                written.code(depth, &paragraph.iter().map(|line| line.text.clone()).collect::<Vec<_>>());
            } else {
                written.prose(depth, paragraph);
            }
        }
        if !session.is_empty() {
            written.code(0, &session.iter().map(Line::verbatim).collect::<Vec<_>>());
        }
    }
    written.finish()
}

/// Whether a mail says whom it quotes, or quotes what cannot be code.
fn quotes_somebody(lines: &[Line]) -> bool {
    const WROTE: [&str; 14] = [
        "wrote",
        "writes",
        "said",
        "schrieb",
        "schreef",
        "skrev",
        "écrit",
        "escribió",
        "escribi",
        "escreveu",
        "ha scritto",
        "napisał",
        "kirjoitti",
        "original message",
    ];
    let names_somebody = |line: &Line| {
        let text = line.text.to_lowercase();
        (text.ends_with(':') || text.contains("original message"))
            && WROTE.iter().any(|word| text.contains(word))
    };
    let quoted = || lines.iter().filter(|line| line.depth > 0 && !line.is_blank());
    let code = quoted().filter(|line| looks_like_code(&line.text)).count();
    lines.iter().any(|line| line.depth > 1 || names_somebody(line)) || code * 2 < quoted().count()
}

/// Cuts a run of lines where an R session starts in it.
fn split_session(run: &[Line], quotes: bool) -> (&[Line], &[Line]) {
    if is_session(run) {
        return (&[], run);
    }
    let prompt = run.iter().position(|line| line.depth > 0).unwrap_or(run.len());
    let rest = run.get(prompt..).unwrap_or_default();
    let has_output = rest.iter().any(|line| line.depth == 0);
    let begins = !quotes && has_output && rest.first().is_some_and(|line| is_statement(&line.text));
    run.split_at_checked(if begins { prompt } else { run.len() }).unwrap_or((run, &[]))
}

/// A call or an assignment.
fn is_statement(line: &str) -> bool {
    let trimmed = line.trim();
    starts_with_call(trimmed) || trimmed.contains("<-")
}

/// Whether `> ` is a prompt in this run of lines.
fn is_session(run: &[Line]) -> bool {
    let output = run.iter().filter(|line| line.depth == 0);
    let input = run.iter().filter(|line| line.depth > 0);
    run.iter().any(|line| line.depth == 1)
        && run.iter().all(|line| line.depth <= 1)
        && output.clone().count() > 0
        && output.clone().all(|line| looks_like_code(&line.text))
        && input.clone().filter(|line| looks_like_code(&line.text)).count() * 2 >= input.count()
}

fn is_code(paragraph: &[Line]) -> bool {
    let code = paragraph.iter().filter(|line| looks_like_code(&line.text)).count();
    let only_aligned = paragraph.len() == 1
        && paragraph.iter().all(|line| !is_indented(&line.text) && is_aligned(&line.text));
    code * 2 >= paragraph.len() && code > 0 && !only_aligned
}

fn looks_like_code(line: &str) -> bool {
    let trimmed = line.trim();
    is_indented(line)
        || is_aligned(line)
        || is_indexed_output(trimmed)
        || starts_with_call(trimmed)
        || trimmed.contains("<-")
        || trimmed.ends_with(['{', '}', ';'])
        || ["$ ", "+ ", "#include", "#!", "})", "//", "Error in ", "Error: ", "Calls: ", "Execution halted"]
            .iter()
            .any(|start| trimmed.starts_with(start))
}

fn is_indented(line: &str) -> bool {
    line.starts_with("    ") || line.starts_with('\t')
}

/// Three spaces or a tab between words.
fn is_aligned(line: &str) -> bool {
    let trimmed = line.trim();
    trimmed.contains("   ") || trimmed.contains('\t')
}

/// `[1] 3.14`
fn is_indexed_output(line: &str) -> bool {
    line.strip_prefix('[').and_then(|rest| rest.split_once(']')).is_some_and(|(index, after)| {
        let is_number = !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
        // `[1] https://…` is a footnote of the mail.
        is_number && !after.trim_start().starts_with("http") && after.starts_with(' ')
    })
}

/// `mpi.remote.exec(paste(…`, `x <- f(…`: a name, then a bracket without a space between.
fn starts_with_call(line: &str) -> bool {
    let Some((name, after)) = line.split_once('(') else { return false };
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._:$".contains(c));
    // `file(s)` is a word.
    is_name && !after.starts_with("s)")
}

/// Writes blocks one below the other.
#[derive(Default)]
struct Writer {
    text: String,
    depth: usize,
    /// Lines of a code block that may still grow.
    code: Vec<String>,
}

impl Writer {
    fn code(&mut self, depth: usize, lines: &[String]) {
        if self.code.is_empty() || self.depth != depth {
            self.end_code();
            self.begin_block(depth);
        } else {
            self.code.push(String::new());
        }
        self.code.extend_from_slice(lines);
    }

    fn end_code(&mut self) {
        let lines = std::mem::take(&mut self.code);
        if lines.is_empty() {
            return;
        }
        let fence = fence_for(lines.iter().map(String::as_str));
        let indent = common_indent(&lines);
        self.line(&fence);
        for line in &lines {
            self.line(line.get(indent..).unwrap_or_default());
        }
        self.line(&fence);
    }

    fn prose(&mut self, depth: usize, paragraph: &[Line]) {
        self.end_code();
        self.begin_block(depth);
        for line in paragraph {
            self.line(&escape_line(&line.text));
        }
    }

    /// A blank line between blocks ends quotation where it must end.
    fn begin_block(&mut self, depth: usize) {
        if !self.text.is_empty() {
            let between = self.depth.min(depth);
            self.depth = between;
            self.line("");
        }
        self.depth = depth;
    }

    fn line(&mut self, text: &str) {
        let marks = "> ".repeat(self.depth.min(DEEPEST_QUOTE));
        let line = if text.is_empty() { marks.trim_end().to_owned() } else { marks + text };
        let separator = if self.text.is_empty() { "" } else { "\n" };
        let _ = write!(self.text, "{separator}{line}");
    }

    fn finish(mut self) -> String {
        self.end_code();
        self.text
    }
}

/// A longer web address, in bytes, is text like any other.
const LONGEST_ADDRESS: usize = 2000;

/// Deeper quotation is shown at this depth.
const DEEPEST_QUOTE: usize = 12;

fn common_indent(lines: &[String]) -> usize {
    lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0)
}

/// A fence that no line of the code can end.
pub(super) fn fence_for<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let longest = lines.map(|line| longest_run(line, '`')).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

pub(super) fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut current = 0;
    for c in text.chars() {
        current = if c == wanted { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    longest
}

/// Escapes one line of prose: what would be markup within it, then what would be a block at its start.
fn escape_line(line: &str) -> String {
    const DEEPEST_INDENT: usize = 3;
    let trimmed = line.trim_start();
    let indent = " ".repeat((line.len() - trimmed.len()).min(DEEPEST_INDENT));
    format!("{indent}{}", guard_block_start(&escape_inline(trimmed)))
}

/// Escapes what would be a block at the start of a line whose inside is escaped already. Lists stay lists.
pub(super) fn guard_block_start(inline: &str) -> String {
    if is_rule(inline) {
        return format!("\\{inline}");
    }
    match split_list_marker(inline) {
        Some((marker, rest)) => format!("{marker} {}", without_block(rest)),
        None => without_block(inline),
    }
}

/// A line of only these characters can be a rule, an underline or a row of a table.
fn is_rule(trimmed: &str) -> bool {
    !trimmed.is_empty() && trimmed.bytes().all(|byte| b"-=_*|:+ ".contains(&byte))
}

/// Splits `- `, `* `, `+ `, `1. ` or `1) ` from the text of the item.
fn split_list_marker(trimmed: &str) -> Option<(&str, &str)> {
    const MOST_DIGITS: usize = 2;
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let width = match (digits, trimmed.as_bytes().get(digits)?) {
        (0, b'-' | b'*' | b'+') => 1,
        (1..=MOST_DIGITS, b'.' | b')') => digits + 1,
        _ => return None,
    };
    let (marker, rest) = trimmed.split_at_checked(width)?;
    (rest.starts_with(' ') && !rest.trim().is_empty()).then_some((marker, rest.trim_start()))
}

/// Escapes the start of a line so that no block begins there, not even a list.
fn without_block(inline: &str) -> String {
    let digits = inline.bytes().take_while(u8::is_ascii_digit).count();
    let mut after_digits = inline.bytes().skip(digits);
    match (digits, after_digits.next(), after_digits.next()) {
        (0, Some(b'#' | b'>'), _) | (0, Some(b'-' | b'*' | b'+'), None | Some(b' ')) => format!("\\{inline}"),
        (1..=9, Some(b'.' | b')'), None | Some(b' ')) => match inline.split_at_checked(digits) {
            Some((number, rest)) => format!("{number}\\{rest}"),
            None => inline.to_owned(),
        },
        _ if is_rule(inline) => format!("\\{inline}"),
        _ => inline.to_owned(),
    }
}

/// Escapes what Markdown would read as markup inside a line. Web addresses become links.
pub(super) fn escape_inline(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut rest = text;
    let mut previous = None;
    while let Some(c) = rest.chars().next() {
        let (taken, written) = match link_at(rest, previous) {
            Some(found) => found,
            None => (c.len_utf8(), escape_char(c, previous, rest.get(c.len_utf8()..).unwrap_or_default())),
        };
        escaped.push_str(&written);
        let (done, after) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        previous = done.chars().next_back();
        rest = after;
    }
    escaped
}

/// Like [`escape_inline`], for text that is the label of a link: no other link may stand in it.
pub(super) fn escape_label(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut previous = None;
    for (position, c) in text.char_indices() {
        let rest = text.get(position + c.len_utf8()..).unwrap_or_default();
        escaped.push_str(&escape_char(c, previous, rest));
        previous = Some(c);
    }
    escaped
}

fn escape_char(c: char, previous: Option<char>, rest: &str) -> String {
    let shown = if c == '\t' { ' ' } else { c };
    if needs_escape(c, previous, rest) { format!("\\{shown}") } else { shown.to_string() }
}

fn needs_escape(c: char, previous: Option<char>, rest: &str) -> bool {
    let next = rest.chars().next();
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    match c {
        '`' | '~' | '\\' => true,
        '*' => !(is_space(previous) && is_space(next)),
        '_' => !(is_word(previous) && is_word(next) || is_space(previous) && is_space(next)),
        '[' => next == Some('^') || next == Some('[') || previous == Some('!') || opens_box(rest),
        ']' => matches!(next, Some('(' | '[' | ':')),
        '<' => next.is_some_and(|next| next.is_ascii_alphabetic() || "/!?".contains(next)),
        '&' => starts_entity(rest),
        // What is no link here must not become one by itself.
        ':' => rest.starts_with("//"),
        '.' => previous.is_some_and(|before| before.eq_ignore_ascii_case(&'w')) && is_word(next),
        _ => false,
    }
}

/// Whether a bracket that was just opened is a box to tick.
fn opens_box(rest: &str) -> bool {
    const BOX: [&str; 3] = [" ]", "x]", "X]"];
    BOX.iter().any(|inside| rest.starts_with(inside))
}

fn starts_entity(rest: &str) -> bool {
    const LONGEST_NAME: usize = 32;
    rest.char_indices()
        .take(LONGEST_NAME)
        .find(|(_, c)| !c.is_ascii_alphanumeric() && *c != '#')
        .is_some_and(|(position, c)| c == ';' && position > 0)
}

/// How many bytes of `rest` are a link, and how it is written.
fn link_at(rest: &str, previous: Option<char>) -> Option<(usize, String)> {
    if let Some(link) = angle_address(rest) {
        return Some((link.len(), without_entities(link)));
    }
    let address = web_address(rest, previous)?;
    let after = rest.get(address.len()..).unwrap_or_default();
    // A bare address reaches up to the next space, but for the punctuation of a sentence.
    let ends_here =
        after.trim_start_matches([')', '.', ',', ':', '?']).chars().next().is_none_or(char::is_whitespace);
    let written = if ends_here { link_to(address) } else { in_angles(address) };
    let is_link = written.starts_with('<') <= has_start(address, &SCHEMES);
    is_link.then_some((address.len(), written))
}

const SCHEMES: [&str; 3] = ["http://", "https://", "ftp://"];

fn has_start(text: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| text.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start)))
}

/// The web address at the start of `rest`, without the punctuation of the sentence around it.
fn web_address(rest: &str, previous: Option<char>) -> Option<&str> {
    if previous.is_some_and(char::is_alphanumeric)
        || !(has_start(rest, &SCHEMES) || has_start(rest, &["www."]))
    {
        return None;
    }
    let is_end = |c: char| c.is_whitespace() || c.is_control() || "<>\"`".contains(c);
    let mut address = rest.get(..rest.find(is_end).unwrap_or(rest.len()))?;
    if address.len() > LONGEST_ADDRESS {
        return None;
    }
    while let Some(shorter) = address.strip_suffix(|c: char| ".,;:!?'*_~]".contains(c)).or_else(|| {
        address.strip_suffix(')').filter(|_| address.matches('(').count() < address.matches(')').count())
    }) {
        address = shorter;
    }
    let beginning = address.split_inclusive("//").next().unwrap_or(address);
    (address.len() > beginning.len() || has_start(address, &["www."])).then_some(address)
}

/// Writes an address as a link to itself.
pub(super) fn link_to(address: &str) -> String {
    const WITH_MEANING: [char; 9] = ['*', '_', '~', '[', ']', '\\', '&', '(', ')'];
    if address.contains(WITH_MEANING) { in_angles(address) } else { address.to_owned() }
}

fn in_angles(address: &str) -> String {
    format!("<{}>", without_entities(address))
}

/// Where Markdown expects an address it reads `&amp;` and its like as the character they stand for.
pub(super) fn without_entities(address: &str) -> String {
    let mut pieces = address.split('&');
    let mut written = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        written.push_str(if starts_entity(piece) { "&amp;" } else { "&" });
        written.push_str(piece);
    }
    written
}

/// `<https://…>` and `<ann@example.org>` mean the same in Markdown.
fn angle_address(rest: &str) -> Option<&str> {
    let end = rest
        .strip_prefix('<')?
        .find(|c: char| c == '>' || c == '<' || c.is_whitespace() || c.is_control())?;
    let link = rest.get(..end + 2).filter(|link| link.ends_with('>') && link.len() <= LONGEST_ADDRESS)?;
    let inside = link.trim_matches(['<', '>']);
    let is_web = ["http://", "https://", "ftp://", "mailto:"].iter().any(|scheme| inside.starts_with(scheme));
    let is_email = inside.split_once('@').is_some_and(|(local, domain)| {
        let plain = |text: &str, also: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c))
        };
        plain(local, ".+-_")
            && plain(domain, ".-")
            && domain.contains('.')
            && !domain.starts_with(['.', '-'])
            && !domain.ends_with(['.', '-'])
    });
    (is_web || is_email).then_some(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> String {
        to_markdown(text).body
    }

    #[test]
    fn line_breaks_and_paragraphs_stay() {
        assert_eq!(body("Hi,\n\none\ntwo\n\n\nthree\n"), "Hi,\n\none\ntwo\n\nthree");
        assert_eq!(body(""), "");
    }

    #[test]
    fn quotation_nests_and_ends() {
        assert_eq!(
            body("Ann wrote:\n> > a\n>> b\n> c\n>\n> d\nmine"),
            "Ann wrote:\n\n> > a\n> > b\n>\n> c\n>\n> d\n\nmine"
        );
    }

    #[test]
    fn markup_is_escaped() {
        for (text, expected) in [
            ("# no heading", "\\# no heading"),
            ("a *star* and _under_ snake_case 2 * 3", "a \\*star\\* and \\_under\\_ snake_case 2 * 3"),
            ("<b>bold</b> &amp; a < b & c", "\\<b>bold\\</b> \\&amp; a < b & c"),
            ("`x` C:\\dir \\* ~~gone~~", "\\`x\\` C:\\\\dir \\\\\\* \\~\\~gone\\~\\~"),
            ("[a](b) [1] see", "[a\\](b) [1] see"),
            ("[a]: http://x.example", "[a\\]: http://x.example"),
            ("---", "\\---"),
            ("* * *", "\\* * *"),
            ("===", "\\==="),
            ("|---|---|", "\\|---|---|"),
            ("1986. A year", "1986\\. A year"),
            ("3.14 is pi", "3.14 is pi"),
            ("  > odd", "  \\> odd"),
        ] {
            assert_eq!(body(text), expected, "{text}");
        }
    }

    #[test]
    fn lists_stay_lists() {
        assert_eq!(body("- one\n- # two\n  more\n1) three"), "- one\n- \\# two\n  more\n1) three");
    }

    #[test]
    fn addresses_stay_links() {
        for (text, expected) in [
            ("see https://x.example/a_b_c.", "see <https://x.example/a_b_c>."),
            ("(http://x.example/y)", "(http://x.example/y)"),
            ("<http://x.example/_y_> <ann@example.org>", "<http://x.example/_y_> <ann@example.org>"),
        ] {
            assert_eq!(body(text), expected, "{text}");
        }
    }

    #[test]
    fn code_becomes_a_block() {
        let text = "Some code:\n\nlibrary(snow)\nc1<-makeCluster(4)\n\nx <- `a`\n\nThanks";
        assert_eq!(
            body(text),
            "Some code:\n\n```\nlibrary(snow)\nc1<-makeCluster(4)\n\nx <- `a`\n```\n\nThanks"
        );
        assert_eq!(body("    a\n      b ```"), "````\na\n  b ```\n````");
        assert_eq!(
            body("   user  system   elapsed\n  1.0   2.0   3.0"),
            "```\n user  system   elapsed\n1.0   2.0   3.0\n```"
        );
        assert_eq!(body("> x <- 1\n> f(x)"), "> ```\n> x <- 1\n> f(x)\n> ```");
    }

    #[test]
    fn a_pasted_session_is_no_quotation() {
        assert_eq!(
            body("> x <- 1\n> x + 1\n[1] 2\n> f(x)\nError in f(x) : no"),
            "```\n> x <- 1\n> x + 1\n[1] 2\n> f(x)\nError in f(x) : no\n```"
        );
    }

    #[test]
    fn a_session_with_output_in_words_is_no_quotation_either() {
        let session = "> beginCluster()\nLoading required package: snow\n12 cores detected";
        assert_eq!(body(&format!("I get:\n{session}")), format!("I get:\n\n```\n{session}\n```"));
        assert_eq!(body("> f(x)\n\nWhat is that?"), "> ```\n> f(x)\n> ```\n\nWhat is that?");
        assert!(body(&format!("On Friday Bo wrote:\n{session}")).contains("> ```\n> beginCluster()\n> ```"));
        assert!(body("> use f()\n> it is fine\nYes").starts_with("> use f()"));
        assert!(body("> f(x)\nYes\n\n>> deep").starts_with("> ```\n> f(x)"));
    }

    #[test]
    fn signature_is_kept_apart() {
        let found = to_markdown(
            "Hi\n\n-- \nAnn\n*Lab*\n\n______________________________________\nR mailing list\nhttps://x.example",
        );
        assert_eq!(found.body, "Hi");
        assert_eq!(found.signature.as_deref(), Some("Ann\n\\*Lab\\*\n\nR mailing list\nhttps://x.example"));
        let quoted = to_markdown("Hi\n--\nAnn\n\n> old\n");
        assert_eq!(quoted.signature, None);
        assert!(quoted.body.contains("old"));
        assert_eq!(to_markdown("-- \nAnn").body, "");
    }

    #[test]
    fn flowed_lines_join() {
        let text = "This is one \nline.\n> quoted \n> too\n From x\n-- \nAnn ";
        let found = flowed_to_markdown(text, false);
        assert_eq!(found.body, "This is one line.\n\n> quoted too\n\nFrom x");
        assert_eq!(found.signature.as_deref(), Some("Ann"));
        assert_eq!(flowed_to_markdown("to \ngether", true).body, "together");
    }
}
