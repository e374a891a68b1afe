//! What a person types into the search field, read.
//!
//! `refund "card on file" deliv* in:billing from:ines before:2026-10-01`: words, phrases, beginnings of words,
//! and four filters. Nothing that can be typed is an error: what cannot be used is left out and said in
//! [`Query::problems`].

use jiff::civil::Date;

use crate::words::{Term, is_single, tokens};

/// The longest query, in characters. The rest is not read.
pub const LONGEST_QUERY: usize = 1_000;
/// The most words of a query, over all its terms. The rest is not read.
pub const MOST_WORDS: usize = 64;

/// A search, as asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// What has to be found, all of it. Empty when the query has filters only, or nothing.
    pub terms: Vec<Term>,
    /// `in:`, the slug of a space, in lower case.
    pub in_space: Option<String>,
    /// `from:`, a person, as typed and in lower case: a slug, a short name, a name or `me`.
    pub from: Option<String>,
    /// `before:`, posts of earlier days than this.
    pub before: Option<Date>,
    /// `after:`, posts of later days than this.
    pub after: Option<Date>,
    /// What could not be used, each a sentence to show to the person.
    pub problems: Vec<String>,
}

/// Reads a query.
///
/// Words between quotation marks are a phrase (a missing second mark is added at the end). A word that ends
/// with `*`, and the last word when nothing follows it, stand for every word that begins so. Words that fall
/// apart (`rafael@example.com`, `日本語`) are phrases. Of a filter that is there twice the last one counts.
pub fn parse(text: &str) -> Query {
    let mut query = Query::default();
    let (read, rest) = split_at_char(text, LONGEST_QUERY);
    if !rest.trim().is_empty() {
        query.problems.push(format!("Only the first {LONGEST_QUERY} characters are searched for."));
    }
    let mut parts = parts(read).into_iter().peekable();
    while let Some(part) = parts.next() {
        match part {
            Part::Phrase(text) => query.terms.extend(phrase(tokens(&text))),
            Part::Filter { name, value } => query.filter(name, &value),
            Part::Word(text) => {
                let begins = text.ends_with('*') || parts.peek().is_none();
                query.terms.extend(word(&text, begins));
            }
        }
    }
    query.keep_within_limits();
    query
}

impl Query {
    /// Whether there is nothing to search for: no term and no filter.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
            && self.in_space.is_none()
            && self.from.is_none()
            && self.before.is_none()
            && self.after.is_none()
    }

    fn filter(&mut self, name: FilterName, value: &str) {
        let value = value.trim();
        match name {
            FilterName::In => {
                self.in_space = self.named(value.trim_start_matches('#'), "in:", "a space", "in:billing");
            }
            FilterName::From => {
                self.from = self.named(value.trim_start_matches('@'), "from:", "a person", "from:camila");
            }
            FilterName::Before => self.before = self.date(value, "before:"),
            FilterName::After => self.after = self.date(value, "after:"),
        }
    }

    fn named(&mut self, value: &str, filter: &str, what: &str, example: &str) -> Option<String> {
        if value.is_empty() {
            self.problems.push(format!("“{filter}” needs {what}, for example {example}."));
            return None;
        }
        Some(value.to_lowercase())
    }

    fn date(&mut self, value: &str, filter: &str) -> Option<Date> {
        let date = plain_date(value);
        if date.is_none() {
            self.problems.push(format!("“{filter}” needs a date, for example {filter}2026-10-01."));
        }
        date
    }

    fn keep_within_limits(&mut self) {
        let mut left = MOST_WORDS;
        let before = self.terms.len();
        self.terms.retain(|term| {
            let words = if let Term::Phrase(words) = term { words.len() } else { 1 };
            let fits = words <= left;
            left = if fits { left - words } else { 0 };
            fits
        });
        if self.terms.len() < before {
            self.problems.push(format!("Only the first {MOST_WORDS} words are searched for."));
        }
    }
}

/// A date as `YYYY-MM-DD` and nothing else that the calendar library would also read.
fn plain_date(value: &str) -> Option<Date> {
    let shaped = value.len() == 10
        && value
            .bytes()
            .enumerate()
            .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if shaped { value.parse().ok() } else { None }
}

fn split_at_char(text: &str, chars: usize) -> (&str, &str) {
    let at = text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// A word as typed may be several tokens; they stand one after another. Of a beginning the last token is a
/// term of its own, found anywhere (`example.co` while it is typed finds `example` and `co…`), unless that is a character of a script without spaces, which nothing can follow in its token.
fn word(text: &str, begins: bool) -> Vec<Term> {
    let mut words = tokens(text);
    if !begins || words.last().is_some_and(|last| is_single(last)) {
        return phrase(words).into_iter().collect();
    }
    let last = words.pop();
    phrase(words).into_iter().chain(last.map(Term::Prefix)).collect()
}

fn phrase(mut words: Vec<String>) -> Option<Term> {
    if words.len() > 1 { Some(Term::Phrase(words)) } else { words.pop().map(Term::Word) }
}

/// A part of the query as typed.
enum Part {
    Word(String),
    Phrase(String),
    Filter { name: FilterName, value: String },
}

#[derive(Clone, Copy)]
enum FilterName {
    In,
    From,
    Before,
    After,
}

impl FilterName {
    fn of(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "in" => Some(Self::In),
            "from" => Some(Self::From),
            "before" => Some(Self::Before),
            "after" => Some(Self::After),
            _ => None,
        }
    }
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let part;
        if is_quote(first) {
            let (inside, after) = quoted(rest);
            part = Part::Phrase(inside.to_owned());
            rest = after;
        } else {
            let (typed, after) = rest.split_at(word_end(rest));
            (part, rest) = filter(typed, after).unwrap_or_else(|| (Part::Word(typed.to_owned()), after));
        }
        parts.push(part);
        rest = rest.trim_start();
    }
    parts
}

/// `name:value` or `name:"value with spaces"`, with what follows it.
fn filter<'a>(typed: &'a str, after: &'a str) -> Option<(Part, &'a str)> {
    let (name, value) = typed.split_once(':')?;
    let name = FilterName::of(name)?;
    if value.is_empty() && after.starts_with(is_quote) {
        let (inside, after) = quoted(after);
        return Some((Part::Filter { name, value: inside.to_owned() }, after));
    }
    Some((Part::Filter { name, value: value.to_owned() }, after))
}

/// The text between the quotation mark that `text` begins with and the next one or the end, and what follows.
fn quoted(text: &str) -> (&str, &str) {
    let inside = text.strip_prefix(is_quote).unwrap_or(text);
    inside.split_once(is_quote).unwrap_or((inside, ""))
}

/// Where the word that `text` begins with ends: at white space or a quotation mark.
fn word_end(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(text.len())
}

/// The plain quotation mark, and those that phones and word processors put in its place.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' | '＂')
}
