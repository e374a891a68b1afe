//! The words of a text, as search sees them: one normaliser for both databases.
//!
//! Neither database splits text here. What is stored and what is asked both pass through [`tokens`], so
//! SQLite and PostgreSQL find the same things. On SQLite the tokens are stored joined by spaces in an FTS5
//! table made with `tokenize = 'ascii'` (which takes every character outside ASCII as part of a token); on
//! PostgreSQL they are stored as the `tsvector` that [`tsvector`] writes.
//!
//! Scripts that put spaces between words give whole words: lower case, without accents (`Ærøskøbing` →
//! `aeroskobing`). Scripts that do not (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese) give one token
//! for each character, so that a single character is found and a sequence is a phrase.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

/// The longest token, in characters. What is longer is cut, in texts and in queries alike.
pub const LONGEST_TOKEN: usize = 64;

/// One condition of a search. A search finds what meets all of its terms. The strings are tokens, as
/// [`tokens`] gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// The text has exactly this token.
    Word(String),
    /// The text has a token that begins with this.
    Prefix(String),
    /// The text has these tokens one after another.
    Phrase(Vec<String>),
    /// The text has at least one of these tokens.
    Any(Vec<String>),
}

/// The tokens of `text` in their order, repeated as often as they occur.
///
/// Every token has 1 to [`LONGEST_TOKEN`] characters and no white space, punctuation or control characters.
/// E-mail addresses, addresses of pages, paths and identifiers fall apart at their punctuation, so that each
/// part is found and the whole is found as a phrase.
pub fn tokens(text: &str) -> Vec<String> {
    pieces(text).into_iter().map(|piece| piece.token).collect()
}

/// Whether the text has a token that begins with `beginning`, itself the beginning of a token: what
/// [`tokens`] would say, without making them. Words of plain letters are compared as they stand; between
/// them and the next there is always a plain character that belongs to no word.
pub fn has_beginning(text: &str, beginning: &str) -> bool {
    let plain = beginning.is_ascii();
    text.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric()).any(|run| {
        if run.is_ascii() {
            plain && run.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
        } else {
            tokens(run).iter().any(|token| token.starts_with(beginning))
        }
    })
}

/// A token and the bytes of the text that it came from.
struct Piece {
    token: String,
    at: Range<usize>,
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut splitter = Splitter::default();
    for cluster in clusters(text) {
        let original = text.get(cluster.clone()).unwrap_or_default();
        match original.as_bytes() {
            // Most characters are plain ones and are their own normal forms.
            [plain] if plain.is_ascii() => splitter.take_plain(char::from(*plain), &cluster),
            _ => original.nfkc().for_each(|composed| splitter.take(composed, &cluster)),
        }
    }
    splitter.finish()
}

/// The byte ranges of characters with the marks that follow them. Normalising each alone gives what
/// normalising the whole would, and keeps the way back to the original.
fn clusters(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut starts = text.char_indices().filter(|(at, c)| *at == 0 || !joins_previous(*c)).map(|(at, _)| at);
    let mut start = starts.next();
    std::iter::from_fn(move || {
        let from = start?;
        start = starts.next();
        Some(from..start.unwrap_or(text.len()))
    })
}

/// Marks, the voicing marks of half-width kana, and the vowels and finals of Korean letters in pieces.
fn joins_previous(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    canonical_combining_class(c) != 0
        || matches!(c, '\u{FF9E}' | '\u{FF9F}' | '\u{1160}'..='\u{11FF}' | '\u{D7B0}'..='\u{D7FF}')
}

#[derive(Default)]
struct Splitter {
    pieces: Vec<Piece>,
    word: String,
    word_chars: usize,
    word_at: Range<usize>,
}

impl Splitter {
    /// Takes the next character, composed (NFKC), with its place in the text.
    fn take(&mut self, c: char, at: &Range<usize>) {
        if is_invisible(c) {
            return;
        }
        if stands_alone(c) {
            self.end_word();
            self.pieces.push(Piece { token: c.to_string(), at: at.clone() });
            return;
        }
        for plain in std::iter::once(c).nfkd().filter(|c| !is_accent(*c)) {
            self.take_plain(plain, at);
        }
    }

    /// The same for a character without accents that is no word by itself.
    fn take_plain(&mut self, c: char, at: &Range<usize>) {
        if is_of_word(c) { self.lengthen(c, at) } else { self.end_word() }
    }

    fn lengthen(&mut self, c: char, at: &Range<usize>) {
        if self.word.is_empty() {
            self.word_at = at.clone();
        }
        self.word_at.end = at.end;
        if c.is_ascii() {
            self.add(c.to_ascii_lowercase());
        } else {
            lower(c).for_each(|letter| self.add(letter));
        }
    }

    fn add(&mut self, letter: char) {
        if self.word_chars < LONGEST_TOKEN {
            self.word.push(letter);
            self.word_chars += 1;
        }
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            self.pieces.push(Piece { token: std::mem::take(&mut self.word), at: self.word_at.clone() });
            self.word_chars = 0;
        }
    }

    fn finish(mut self) -> Vec<Piece> {
        self.end_word();
        self.pieces
    }
}

/// Lower case, without what accents leave behind, and with the letters that Unicode does not decompose.
fn lower(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().nfkd().filter(|c| !is_accent(*c)).flat_map(|letter| {
        let (first, second) = match letter {
            'ł' => ('l', None),
            'ø' => ('o', None),
            'đ' | 'ð' => ('d', None),
            'ħ' => ('h', None),
            'ŧ' => ('t', None),
            'ı' => ('i', None),
            'ς' => ('σ', None),
            'ß' => ('s', Some('s')),
            'æ' => ('a', Some('e')),
            'œ' => ('o', Some('e')),
            'þ' => ('t', Some('h')),
            other => (other, None),
        };
        std::iter::once(first).chain(second)
    })
}

/// Accents, points and vowel marks that people leave out when they type: those of Hebrew, Arabic and Syriac,
/// and everything above or below a letter. Not the vowel signs of Indian scripts, which are spelling.
fn is_accent(c: char) -> bool {
    let class = canonical_combining_class(c);
    (10..=36).contains(&class) || class >= 200 || class == 1
}

/// Letters, digits, and the signs inside words of Indian scripts (class 7 the dot below, 9 the vowel killer).
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && matches!(canonical_combining_class(c), 7 | 9))
}

/// What has no width and does not divide a word: joiners, direction marks, soft hyphens, variation selectors,
/// the long stroke that stretches Arabic words.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{640}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether a token is a character of a script without spaces, and so never the beginning of a longer token.
pub(crate) fn is_single(token: &str) -> bool {
    let mut chars = token.chars();
    chars.next().is_some_and(stands_alone) && chars.next().is_none()
}

/// Characters of scripts written without spaces between words.
fn stands_alone(c: char) -> bool {
    let chinese_japanese_korean = matches!(c,
        '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{30FF}' | '\u{3105}'..='\u{31BF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}'
        | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{1AFF0}'..='\u{1B16F}'
        | '\u{20000}'..='\u{3FFFF}');
    let south_east_asian = matches!(c,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{A9E0}'..='\u{A9FF}' | '\u{AA60}'..='\u{AA7F}');
    (chinese_japanese_korean && c.is_alphanumeric())
        // The vowel and tone signs are characters of the word here, and searched like the others.
        || (south_east_asian && (c.is_alphanumeric() || canonical_combining_class(c) != 0))
}

/// The text of an FTS5 `MATCH` for all of `terms`. It is valid whatever the terms hold; when there is nothing
/// to find it is the empty string in FTS5's quotation marks (the bare empty text is an error to FTS5), which
/// finds nothing.
pub fn fts5(terms: &[Term]) -> String {
    let clauses = terms.iter().filter_map(|term| match term {
        Term::Word(word) => lexeme(word).map(|word| fts5_string(&word)),
        Term::Prefix(word) => lexeme(word).map(|word| format!("{} *", fts5_string(&word))),
        Term::Phrase(words) => {
            joined(words.iter().filter_map(|word| lexeme(word)).map(|w| fts5_string(&w)), " + ")
        }
        Term::Any(words) => {
            joined(words.iter().filter_map(|word| lexeme(word)).map(|w| fts5_string(&w)), " OR ")
                .map(|any| format!("({any})"))
        }
    });
    joined(clauses, " AND ").unwrap_or_else(|| fts5_string(""))
}

fn fts5_string(lexeme: &str) -> String {
    format!("\"{}\"", lexeme.replace('"', "\"\""))
}

/// The text that casts to the PostgreSQL `tsquery` for all of `terms`, with exactly these lexemes (no
/// dictionary takes part). It is valid whatever the terms hold; it is empty, and then finds nothing, when
/// there is nothing to find.
pub fn tsquery(terms: &[Term]) -> String {
    let clauses = terms.iter().filter_map(|term| match term {
        Term::Word(word) => lexeme(word).map(|word| postgres_string(&word)),
        Term::Prefix(word) => lexeme(word).map(|word| format!("{}:*", postgres_string(&word))),
        Term::Phrase(words) => {
            joined(words.iter().filter_map(|word| lexeme(word)).map(|w| postgres_string(&w)), " <-> ")
                .map(|phrase| format!("({phrase})"))
        }
        Term::Any(words) => {
            joined(words.iter().filter_map(|word| lexeme(word)).map(|w| postgres_string(&w)), " | ")
                .map(|any| format!("({any})"))
        }
    });
    joined(clauses, " & ").unwrap_or_default()
}

fn postgres_string(lexeme: &str) -> String {
    format!("'{}'", lexeme.replace('\\', "\\\\").replace('\'', "''"))
}

fn joined(clauses: impl Iterator<Item = String>, between: &str) -> Option<String> {
    clauses.reduce(|mut all, next| {
        all.push_str(between);
        all.push_str(&next);
        all
    })
}

/// A token as both databases can hold it: no NUL, not longer than [`LONGEST_TOKEN`], not empty.
fn lexeme(token: &str) -> Option<String> {
    let kept: String = token.chars().filter(|c| *c != '\0').take(LONGEST_TOKEN).collect();
    (!kept.trim().is_empty()).then_some(kept)
}

/// PostgreSQL's last position in a `tsvector`.
const LAST_POSITION: usize = 16_383;
/// PostgreSQL keeps no more positions of one lexeme.
const MOST_POSITIONS: usize = 255;
/// A `tsvector` of more than 1 MB is refused. What a lexeme takes is counted generously.
const MOST_BYTES: usize = 1_000_000;

/// The text that casts to a PostgreSQL `tsvector` with exactly these tokens and their positions, within what
/// PostgreSQL can hold.
///
/// The positions say what stands beside what. A text of more than 16 383 tokens has no positions after that,
/// and a token no more than 255: such a text is still found by its words, but not by phrases from its rest.
/// After about a megabyte of different words further words are left out.
pub fn tsvector(tokens: &[String]) -> String {
    let mut lexemes: Vec<(String, Vec<usize>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut bytes = 0;
    for (token, position) in tokens.iter().filter_map(|token| lexeme(token)).zip(1..) {
        let place = *places.entry(token).or_insert_with_key(|token| {
            lexemes.push((token.clone(), Vec::new()));
            bytes += token.len() + 4;
            lexemes.len() - 1
        });
        if bytes + 2 > MOST_BYTES {
            break;
        }
        if let Some((_, positions)) = lexemes.get_mut(place)
            && position <= LAST_POSITION
            && positions.len() < MOST_POSITIONS
        {
            positions.push(position);
            bytes += 2;
        }
    }
    let mut text = String::new();
    for (lexeme, positions) in lexemes {
        text.push_str(&postgres_string(&lexeme));
        for (position, mark) in positions.iter().zip(std::iter::once(':').chain(std::iter::repeat(','))) {
            // Writing to a string does not fail.
            let _ = write!(text, "{mark}{position}");
        }
        text.push(' ');
    }
    text.truncate(text.trim_end().len());
    text
}

/// An excerpt of `text` as HTML, with what `terms` find in `<mark>`, for a list of search results.
///
/// It shows at most `most_chars` characters of the text, around the place where most different terms are
/// close together; `…` says that something was left out before or after. White space becomes single spaces,
/// everything else is escaped, `<mark>` is the only element. Without a hit it is the beginning of the text.
pub fn highlight(text: &str, terms: &[Term], most_chars: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let pieces = pieces(&text);
    let hits = hits(&pieces, terms);
    let shown = window(&text, &pieces, best_span(&text, &hits, most_chars), most_chars);
    marked(&text, &shown, &hits)
}

/// Where a term was found, in bytes of the text.
struct Hit {
    term: usize,
    at: Range<usize>,
}

/// Where the terms are found, ordered by where they begin.
fn hits(pieces: &[Piece], terms: &[Term]) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for (term, wanted) in terms.iter().enumerate() {
        let length = if let Term::Phrase(words) = wanted { words.len() } else { 1 };
        if length == 0 {
            continue;
        }
        for found in pieces.windows(length).filter(|window| meets(window, wanted)) {
            if let (Some(first), Some(last)) = (found.first(), found.last()) {
                hits.push(Hit { term, at: first.at.start..last.at.end });
            }
        }
    }
    hits.sort_by_key(|hit| (hit.at.start, hit.at.end));
    hits
}

fn meets(window: &[Piece], term: &Term) -> bool {
    match (term, window) {
        (Term::Word(word), [piece]) => piece.token == *word,
        (Term::Prefix(prefix), [piece]) => !prefix.is_empty() && piece.token.starts_with(prefix.as_str()),
        (Term::Any(words), [piece]) => words.contains(&piece.token),
        (Term::Phrase(words), pieces) => pieces.iter().map(|piece| &piece.token).eq(words),
        _ => false,
    }
}

/// The first span of hits that holds the most different terms within `most_chars`.
fn best_span(text: &str, hits: &[Hit], most_chars: usize) -> Option<Range<usize>> {
    let mut best: Option<(usize, Range<usize>)> = None;
    let mut ends = hits.iter().peekable();
    let mut within: HashMap<usize, usize> = HashMap::new();
    let mut end = 0;
    for first in hits {
        // Bytes stand in for characters here: a little narrower for scripts with long encodings, but linear.
        while let Some(next) = ends.next_if(|next| next.at.end <= first.at.start.saturating_add(most_chars)) {
            *within.entry(next.term).or_default() += 1;
            end = end.max(next.at.end);
        }
        let terms = within.values().filter(|times| **times > 0).count().max(1);
        if best.as_ref().is_none_or(|(most, _)| terms > *most) {
            best = Some((terms, first.at.start..end.max(first.at.end).min(text.len())));
        }
        if let Some(times) = within.get_mut(&first.term) {
            *times = times.saturating_sub(1);
        }
    }
    best.map(|(_, span)| span)
}

/// What is shown: at most `most_chars` characters around `span`, beginning and ending between words.
fn window(text: &str, pieces: &[Piece], span: Option<Range<usize>>, most_chars: usize) -> Range<usize> {
    let total = text.chars().count();
    if total <= most_chars {
        return 0..text.len();
    }
    let span = span.unwrap_or(0..0);
    let hit_from = chars_before(text, span.start);
    let hit_chars = chars_before(text, span.end).saturating_sub(hit_from);
    let lead = (most_chars.saturating_sub(hit_chars) / 3).min(hit_from);
    let from = (hit_from - lead).min(total - most_chars);
    let rough = byte_at(text, from)..byte_at(text, from + most_chars);
    // A hit longer than the window is cut; otherwise both ends move inwards to the next edge of a word.
    let start =
        if rough.start == 0 { 0 } else { edge_from(pieces, rough.start).min(span.start.max(rough.start)) };
    let end = if rough.end == text.len() { rough.end } else { edge_to(pieces, rough.end) };
    if end > start { start..end } else { rough }
}

fn chars_before(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(0, |before| before.chars().count())
}

fn byte_at(text: &str, chars: usize) -> usize {
    text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at)
}

/// Where the first word begins that does not begin before `byte`.
fn edge_from(pieces: &[Piece], byte: usize) -> usize {
    let next = pieces.partition_point(|piece| piece.at.start < byte);
    pieces.get(next).map_or(byte, |piece| piece.at.start)
}

/// Where the last word ends that does not end after `byte`.
fn edge_to(pieces: &[Piece], byte: usize) -> usize {
    let next = pieces.partition_point(|piece| piece.at.end <= byte);
    next.checked_sub(1).and_then(|last| pieces.get(last)).map_or(byte, |piece| piece.at.end)
}

/// The `shown` part of the text as HTML, with the hits marked.
fn marked(text: &str, shown: &Range<usize>, hits: &[Hit]) -> String {
    let mut html = String::new();
    if shown.start > 0 {
        html.push('…');
    }
    let mut done = shown.start;
    for range in merged(hits) {
        let range = range.start.max(done)..range.end.min(shown.end);
        if let (Some(before), Some(hit)) = (text.get(done..range.start), text.get(range.clone()))
            && !hit.is_empty()
        {
            escape_into(&mut html, before);
            html.push_str("<mark>");
            escape_into(&mut html, hit);
            html.push_str("</mark>");
            done = range.end;
        }
    }
    escape_into(&mut html, text.get(done..shown.end).unwrap_or_default());
    if shown.end < text.len() {
        html.push('…');
    }
    html
}

/// Hits that overlap or touch, as one.
fn merged(hits: &[Hit]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for hit in hits {
        match ranges.last_mut() {
            Some(last) if hit.at.start <= last.end => last.end = last.end.max(hit.at.end),
            _ => ranges.push(hit.at.clone()),
        }
    }
    ranges
}

/// Adds `text` to `html`, as text: fit for content and for attribute values in double quotes.
pub(crate) fn escape_into(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
}
