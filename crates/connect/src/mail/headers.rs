//! The header of one message: its fields, and how the values that matter to an archive are read.

use std::borrow::Cow;

use mail_parser::parsers::MessageStream;

use super::charset;

/// What a field says after this many bytes is not read.
const LONGEST_VALUE: usize = 64 * 1024;
/// No encoded word is longer, in bytes; RFC 2047 allows 75.
const LONGEST_WORD: usize = 4096;

/// A person as a header names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The display name; the part before the `@` when the header gives none.
    pub name: String,
    /// The e-mail address as written, without obfuscation.
    pub email: String,
}

impl Address {
    /// What tells authors apart: the address in lower case. One person writes their name in many ways over the
    /// years, and two people can share one.
    pub fn key(&self) -> String {
        self.email.to_lowercase()
    }
}

/// The header fields of a message, in order, unfolded but not decoded.
#[derive(Debug, Default)]
pub struct Headers<'a> {
    fields: Vec<(&'a [u8], Cow<'a, [u8]>)>,
}

impl<'a> Headers<'a> {
    /// Splits a message or a MIME part into its header and its body, at the first blank line. Lines above it
    /// that are no header field are passed over.
    pub fn split(message: &'a [u8]) -> (Self, &'a [u8]) {
        let mut headers = Self::default();
        let mut rest = message;
        while !rest.is_empty() {
            let (line, after) = split_line(rest);
            rest = after;
            if line.trim_ascii().is_empty() {
                break;
            }
            headers.take_line(line);
        }
        (headers, rest)
    }

    fn take_line(&mut self, line: &'a [u8]) {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if let Some((_, value)) = self.fields.last_mut() {
                let value = value.to_mut();
                value.push(b' ');
                value.extend_from_slice(line.trim_ascii());
            }
        } else if let Some((name, value)) = field(line) {
            self.fields.push((name, Cow::Borrowed(value.trim_ascii())));
        }
    }

    /// Whether not a single field was found.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The raw value of the first field of this name that is not empty.
    pub fn raw(&self, name: &str) -> Option<&[u8]> {
        self.fields
            .iter()
            .find(|(found, value)| found.eq_ignore_ascii_case(name.as_bytes()) && !value.is_empty())
            .map(|(_, value)| value.get(..LONGEST_VALUE).unwrap_or(value))
    }

    /// The value of a field as text, encoded words (RFC 2047) decoded.
    pub fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(|value| decode_words(&charset::decode(value, None), &str::to_owned))
    }

    /// The value of a field without any decoding but that of its bytes.
    pub fn plain(&self, name: &str) -> Option<String> {
        self.raw(name).map(|value| charset::decode(value, None))
    }

    /// The first address of a field such as `From`.
    pub fn address(&self, name: &str) -> Option<Address> {
        read_address(&self.plain(name)?)
    }

    /// The message ids of a field, without their angle brackets, and whether anything else stood beside them.
    pub fn ids(&self, name: &str) -> Ids {
        self.plain(name).map(|value| Ids::read(&value)).unwrap_or_default()
    }
}

/// Cuts off the first line, its line end included.
pub(super) fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
    bytes.split_at_checked(end).unwrap_or((bytes, &[]))
}

/// Reads `Name: value`; `None` when the line is no header field.
pub(super) fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let name = name.trim_ascii_end();
    let well_formed = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    well_formed.then_some((name, value.get(1..)?))
}

/// The message ids that stand in one header field.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Ids {
    /// In the order they are written, without angle brackets.
    pub ids: Vec<String>,
    /// Whether the field holds other words as well, such as `(Ann's message of "Fri, 1 Jan 2010")`.
    pub with_prose: bool,
}

impl Ids {
    fn read(value: &str) -> Self {
        let mut found = Self::default();
        let mut rest = value;
        while let Some((before, after)) = rest.split_once('<') {
            let Some((id, tail)) = after.split_once('>') else { break };
            found.take_prose(before);
            let id: String = id.split_whitespace().collect();
            if !id.is_empty() {
                found.ids.push(id);
            }
            rest = tail;
        }
        found.take_prose(rest);
        if found.ids.is_empty() {
            found.take_bare(value);
        }
        found
    }

    fn take_prose(&mut self, text: &str) {
        self.with_prose |= !text.trim_matches(|c: char| c.is_whitespace() || c == ',').is_empty();
    }

    /// Some programs leave out the angle brackets.
    fn take_bare(&mut self, value: &str) {
        let mut words = value.split_whitespace();
        if let (Some(word), None) = (words.next(), words.next())
            && word.contains('@')
        {
            self.ids.push(word.trim_matches(['<', '>']).to_owned());
            self.with_prose = false;
        }
    }
}

/// Decodes the encoded words of RFC 2047 in `text`; each decoded run goes through `wrap`.
///
/// Neighbouring words of one character set are joined before they are decoded, because mail programs cut
/// multi-byte characters in two.
fn decode_words(text: &str, wrap: &dyn Fn(&str) -> String) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, word, after)) = next_word(rest) {
        decoded.push_str(before);
        let mut run = vec![word];
        rest = after;
        while let Some((between, word, after)) = next_word(rest)
            && between.trim().is_empty()
        {
            run.push(word);
            rest = after;
        }
        decoded.push_str(&wrap(&decode_run(&run)));
    }
    decoded.push_str(rest);
    decoded
}

struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

/// The text before the next encoded word, that word, and what follows it.
fn next_word(text: &str) -> Option<(&str, Word<'_>, &str)> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find("=?")?;
        if let Some((word, length)) = text.get(start..).and_then(read_word) {
            return Some((text.get(..start)?, word, text.get(start + length..)?));
        }
        from = start + 2;
    }
}

/// Reads `=?charset?encoding?text?=` at the start of `text`, and how long it was.
fn read_word(text: &str) -> Option<(Word<'_>, usize)> {
    let text = text.get(..text.floor_char_boundary(LONGEST_WORD))?;
    let inner = text.strip_prefix("=?")?;
    let (charset, after) = inner.split_once('?')?;
    let (encoding, after) = after.split_once('?')?;
    let (body, after) = after.split_once("?=")?;
    let bytes = match encoding {
        "b" | "B" => super::mime::decode_base64(body.as_bytes()),
        "q" | "Q" => super::mime::decode_quoted_printable(body.replace('_', " ").as_bytes()),
        _ => return None,
    };
    // RFC 2231 lets a language follow the character set.
    let charset = charset.split('*').next().unwrap_or(charset);
    Some((Word { charset, bytes }, text.len() - after.len()))
}

fn decode_run(run: &[Word<'_>]) -> String {
    run.chunk_by(|a, b| a.charset.eq_ignore_ascii_case(b.charset))
        .map(|words| {
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.bytes.iter().copied()).collect();
            charset::decode(&bytes, words.first().map(|word| word.charset))
        })
        .collect()
}

/// Reads the first address of an address field in any of the forms that archives hold: `Name <a@b>`,
/// `a@b (Name)`, `"Name" <a@b>`, and the obfuscated `a at b (Name)`.
pub fn read_address(value: &str) -> Option<Address> {
    // A decoded word may hold a comma or a quote: as a quoted string it cannot upset the reading of the list.
    let quoted = decode_words(value, &quote);
    let found = match MessageStream::new(format!("{}\n", reveal(&quoted)).as_bytes()).parse_address() {
        mail_parser::HeaderValue::Address(list) => {
            list.iter().find(|each| each.address.as_deref().is_some_and(looks_like_email)).map(|each| {
                (
                    each.name.as_deref().unwrap_or_default().to_owned(),
                    each.address().unwrap_or_default().to_owned(),
                )
            })
        }
        _ => None,
    };
    let (name, email) = found?;
    let name: String = charset::tidy(&name).split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_matches(['"', '\'', ' ']);
    let name = if name.is_empty() { email.split('@').next().unwrap_or(&email) } else { name };
    Some(Address { name: name.to_owned(), email: email.clone() })
}

fn looks_like_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !text.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}

fn quote(text: &str) -> String {
    let escaped = text.replace('\\', "").replace('"', "'").replace(['\r', '\n'], " ");
    format!("\"{escaped}\"")
}

/// Undoes the obfuscation of addresses in list archives: `user at example.org` becomes `user@example.org`.
/// Text that already holds an `@` is left alone.
fn reveal(value: &str) -> Cow<'_, str> {
    if value.contains('@') {
        return Cow::Borrowed(value);
    }
    for disguise in [" at ", " AT ", "(at)", "[at]", " (at) ", " [at] ", "{at}"] {
        if let Some((before, after)) = value.split_once(disguise)
            && before.ends_with(|c: char| !c.is_whitespace())
            && after.split_whitespace().next().is_some_and(|domain| domain.contains('.'))
        {
            return Cow::Owned(format!("{before}@{after}"));
        }
    }
    Cow::Borrowed(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(value: &str) -> (String, String) {
        read_address(value).map_or_else(Default::default, |found| (found.name, found.email))
    }

    #[test]
    fn addresses_in_the_forms_archives_hold() {
        for (value, name, email) in [
            ("Ann Lee <ann@example.org>", "Ann Lee", "ann@example.org"),
            ("\"Lee, Ann\" <ann@example.org>", "Lee, Ann", "ann@example.org"),
            ("ann@example.org (Ann Lee)", "Ann Lee", "ann@example.org"),
            ("ann at example.org  (Ann Lee)", "Ann Lee", "ann@example.org"),
            ("ann.b (at) example.org (Ann)", "Ann", "ann.b@example.org"),
            ("<ann@example.org>", "ann", "ann@example.org"),
            ("ann@example.org", "ann", "ann@example.org"),
            ("=?iso-8859-1?Q?J=FCrgen?= <j@example.org>", "Jürgen", "j@example.org"),
            ("=?utf-8?B?TGVlLCBBbm4=?= <ann@example.org>", "Lee, Ann", "ann@example.org"),
            ("=?utf-8?Q?Ann?= =?utf-8?Q?_Lee?= <ann@example.org>", "Ann Lee", "ann@example.org"),
            ("Jürgen <j@example.org>, Ann <ann@example.org>", "Jürgen", "j@example.org"),
            ("nobody", "", ""),
            ("", "", ""),
        ] {
            assert_eq!(address(value), (name.to_owned(), email.to_owned()), "{value}");
        }
    }

    #[test]
    fn encoded_words_join_across_a_cut_character() {
        let headers = b"Subject: =?utf-8?B?w7zD?=\r\n =?utf-8?B?vCBhbmQ=?= more =?utf-8?Q?=E2=82?= =?UTF-8?Q?=AC?= =?x?y?\n\n";
        assert_eq!(Headers::split(headers).0.text("subject").as_deref(), Some("üü and more € =?x?y?"));
    }

    #[test]
    fn ids_with_and_without_prose() {
        let read = |value: &str| {
            let found = Ids::read(value);
            (found.ids, found.with_prose)
        };
        assert_eq!(read("<a@b> <c@d>"), (vec!["a@b".to_owned(), "c@d".to_owned()], false));
        assert_eq!(read("<a@b>, <c@ d>"), (vec!["a@b".to_owned(), "c@d".to_owned()], false));
        assert_eq!(read("<a@b> (Ann's message of \"Fri\")"), (vec!["a@b".to_owned()], true));
        assert_eq!(read("a@b"), (vec!["a@b".to_owned()], false));
        assert_eq!(read("your message of Friday"), (vec![], true));
        assert_eq!(read("<>"), (vec![], false));
    }

    #[test]
    fn header_ends_at_the_first_blank_line() {
        let (headers, body) = Headers::split(b"A: 1\n folded\nno field here\nB : 2\n\nC: 3\n");
        assert_eq!(headers.plain("a").as_deref(), Some("1 folded"));
        assert_eq!(headers.plain("B").as_deref(), Some("2"));
        assert_eq!(headers.plain("C"), None);
        assert_eq!(body, b"C: 3\n");
    }
}
