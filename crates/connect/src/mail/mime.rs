//! The tree of parts inside a message, flattened into what is read and what is attached.

use std::borrow::Cow;

use mail_parser::parsers::MessageStream;
use mail_parser::{ContentType, HeaderValue};

use super::charset;
use super::headers::{Headers, split_line};

/// Parts nested deeper than this are attached whole.
const DEEPEST: usize = 24;
/// Parts after this many are not looked at; the message is then hostile or broken.
const MOST_PARTS: usize = 2000;
/// A longer text, in bytes, is attached instead of shown.
const LONGEST_TEXT: usize = 1024 * 1024;

/// One readable part, in reading order.
pub(super) enum Text {
    Plain { text: String, flowed: Option<Flowed> },
    Html(String),
}

impl Text {
    fn is_blank(&self) -> bool {
        match self {
            Self::Plain { text, .. } => text.trim().is_empty(),
            Self::Html(html) => html.trim().is_empty(),
        }
    }
}

/// `format=flowed` (RFC 3676).
#[derive(Clone, Copy)]
pub(super) struct Flowed {
    pub delete_space: bool,
}

/// One file that came with the message.
pub(super) struct File {
    pub name: Option<String>,
    pub media_type: String,
    pub content_id: Option<String>,
    pub bytes: Vec<u8>,
}

/// Everything a message holds below its header.
#[derive(Default)]
pub(super) struct Parts {
    pub texts: Vec<Text>,
    pub files: Vec<File>,
    seen: usize,
}

impl Parts {
    /// Reads the body that belongs to `headers`.
    pub fn read(headers: &Headers<'_>, body: &[u8]) -> Self {
        let mut parts = Self::default();
        parts.take(&Part::new(headers, body, Role::Whole), 0);
        parts
    }

    fn take(&mut self, part: &Part<'_>, depth: usize) {
        self.seen += 1;
        if self.seen > MOST_PARTS {
            return;
        }
        if part.media_type().0 == "multipart" && depth < DEEPEST {
            let children = part.children();
            if !children.is_empty() {
                return self.take_multipart(part, &children, depth);
            }
        }
        match part.readable() {
            Some(text) => self.texts.push(text),
            None => self.files.extend(part.file()),
        }
    }

    fn take_multipart(&mut self, parent: &Part<'_>, children: &[&[u8]], depth: usize) {
        let (_, subtype) = parent.media_type();
        let is_related = subtype == "related";
        let mut alternatives = Vec::new();
        for (position, child) in children.iter().enumerate() {
            let (headers, body) = Headers::split(child);
            let role = match subtype.as_str() {
                "digest" => Role::OfDigest,
                "related" if position > 0 => Role::BesideRoot,
                _ => Role::Inside,
            };
            let mut inner = Self { seen: self.seen, ..Self::default() };
            inner.take(&Part::new(&headers, body, role), depth + 1);
            self.seen = inner.seen;
            self.files.append(&mut inner.files);
            if subtype == "alternative" {
                alternatives.push(inner.texts);
            } else if is_related && position > 0 && !self.texts.is_empty() {
                // Text beside the root of related parts belongs to it and cannot be read on its own.
            } else {
                self.texts.append(&mut inner.texts);
            }
        }
        self.texts.extend(best_alternative(alternatives));
    }
}

/// Plain text that is not blank, else the last alternative that is not blank: senders put the richest last.
fn best_alternative(mut alternatives: Vec<Vec<Text>>) -> Vec<Text> {
    let is_plain = |texts: &Vec<Text>| {
        texts.iter().all(|text| matches!(text, Text::Plain { .. }))
            && texts.iter().any(|text| !text.is_blank())
    };
    let chosen = alternatives
        .iter()
        .position(is_plain)
        .or_else(|| alternatives.iter().rposition(|texts| texts.iter().any(|text| !text.is_blank())));
    chosen.map(|position| alternatives.swap_remove(position)).unwrap_or_default()
}

/// Where a part stands in its message.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    /// It is the message.
    Whole,
    Inside,
    /// In a digest a part without a type is a message.
    OfDigest,
    /// In related parts all but the first are what the first refers to.
    BesideRoot,
}

struct Part<'a> {
    headers: &'a Headers<'a>,
    content_type: Option<ContentType<'static>>,
    disposition: Option<ContentType<'static>>,
    body: &'a [u8],
    role: Role,
}

impl<'a> Part<'a> {
    fn new(headers: &'a Headers<'a>, body: &'a [u8], role: Role) -> Self {
        Self {
            headers,
            content_type: parameters(headers, "content-type"),
            disposition: parameters(headers, "content-disposition"),
            body,
            role,
        }
    }

    /// Kind and subtype, such as `text` and `plain`. A type without a subtype is no type.
    fn media_type(&self) -> (String, String) {
        let named = self.content_type.as_ref().and_then(|found| {
            let tidy = |text: &str| text.trim().to_ascii_lowercase();
            Some((tidy(&found.c_type), tidy(found.c_subtype.as_deref()?)))
        });
        let default = if self.role == Role::OfDigest { ("message", "rfc822") } else { ("text", "plain") };
        named
            .filter(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty())
            .unwrap_or_else(|| (default.0.to_owned(), default.1.to_owned()))
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.content_type.as_ref()?.attribute(name)
    }

    /// The raw bytes of each part between the boundaries; none when no boundary is found.
    fn children(&self) -> Vec<&'a [u8]> {
        match self.attribute("boundary") {
            Some(boundary) if !boundary.trim().is_empty() => {
                split_parts(self.body, boundary.trim_end().as_bytes())
            }
            _ => Vec::new(),
        }
    }

    fn readable(&self) -> Option<Text> {
        let is_whole = self.role == Role::Whole;
        let is_attached = self.disposition.as_ref().is_some_and(ContentType::is_attachment);
        let is_file =
            is_attached || !is_whole && (self.file_name().is_some() || self.role == Role::BesideRoot);
        let (kind, subtype) = self.media_type();
        // A message of several parts whose parts cannot be told apart is still shown.
        let is_text = kind == "text" || is_whole && kind == "multipart";
        if is_file || !is_text || self.body.len() > LONGEST_TEXT {
            return None;
        }
        match subtype.as_str() {
            "html" => Some(Text::Html(self.text())),
            "plain" => Some(Text::Plain { text: self.text(), flowed: self.flowed() }),
            _ if is_whole => Some(Text::Plain { text: self.text(), flowed: None }),
            _ => None,
        }
    }

    fn flowed(&self) -> Option<Flowed> {
        let is_flowed =
            self.attribute("format").is_some_and(|format| format.trim().eq_ignore_ascii_case("flowed"));
        let delete_space =
            self.attribute("delsp").is_some_and(|value| value.trim().eq_ignore_ascii_case("yes"));
        is_flowed.then_some(Flowed { delete_space })
    }

    fn text(&self) -> String {
        charset::tidy(&charset::decode(&self.decoded(), self.attribute("charset")))
    }

    fn decoded(&self) -> Cow<'a, [u8]> {
        let encoding = self.headers.plain("content-transfer-encoding").unwrap_or_default();
        match encoding.trim().to_ascii_lowercase().as_str() {
            "base64" => Cow::Owned(decode_base64(self.body)),
            "quoted-printable" => Cow::Owned(decode_quoted_printable(self.body)),
            _ => Cow::Borrowed(self.body),
        }
    }

    fn file_name(&self) -> Option<String> {
        let named = self.disposition.as_ref().and_then(|found| found.attribute("filename"));
        let named = named.or_else(|| self.attribute("name"))?;
        // Some programs encode the words of a file name as if it stood in a subject.
        let header = format!("Name: {named}\n");
        Headers::split(header.as_bytes()).0.text("name").filter(|name| !name.trim().is_empty())
    }

    /// The part as a file; `None` when there is nothing in it.
    fn file(&self) -> Option<File> {
        let bytes = self.decoded();
        if bytes.is_empty() {
            return None;
        }
        let (kind, subtype) = self.media_type();
        let media_type = match kind.as_str() {
            "multipart" => "application/octet-stream".to_owned(),
            _ => format!("{kind}/{subtype}"),
        };
        let name = self.file_name().or_else(|| (kind == "message").then(|| message_name(&bytes)).flatten());
        let content_id = self.headers.ids("content-id").ids.into_iter().next();
        Some(File { name, media_type, content_id, bytes: bytes.into_owned() })
    }
}

/// A forwarded message is named after its subject.
fn message_name(message: &[u8]) -> Option<String> {
    Headers::split(message).0.text("subject").map(|subject| format!("{}.eml", subject.trim()))
}

fn parameters(headers: &Headers<'_>, name: &str) -> Option<ContentType<'static>> {
    let value = headers.plain(name)?;
    match MessageStream::new(format!("{value}\n").as_bytes()).parse_content_type().into_owned() {
        HeaderValue::ContentType(found) => Some(found),
        _ => None,
    }
}

/// Cuts `body` at the lines that are `--boundary`, and ends at `--boundary--` or where the body ends.
fn split_parts<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut start: Option<usize> = None;
    let mut position = 0;
    let mut rest = body;
    while !rest.is_empty() {
        let (line, after) = split_line(rest);
        if let Some(tail) = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary)) {
            let is_last = tail.starts_with(b"--");
            if is_last || tail.trim_ascii().is_empty() {
                parts.extend(start.and_then(|start| body.get(start..position)).map(without_line_end));
                start = (!is_last).then_some(position + line.len());
                if is_last {
                    return parts;
                }
            }
        }
        position += line.len();
        rest = after;
    }
    parts.extend(start.and_then(|start| body.get(start..)));
    parts
}

/// The line end before a boundary belongs to the boundary.
fn without_line_end(part: &[u8]) -> &[u8] {
    part.strip_suffix(b"\r\n").or_else(|| part.strip_suffix(b"\n")).unwrap_or(part)
}

/// Decodes base64, passing over every byte that is no part of it, and keeping what a cut-off end still says.
pub(super) fn decode_base64(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits = 0_u32;
    let mut count = 0_u8;
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                // What follows padding starts anew: some programs join encoded blocks.
                (bits, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    decoded
}

/// Decodes quoted-printable; a `=` that starts no escape is kept as it is.
pub(super) fn decode_quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'=' {
            decoded.push(*byte);
            continue;
        }
        match after {
            [high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                decoded.push(hex_digit(*high) << 4 | hex_digit(*low));
                rest = tail;
            }
            _ => {
                let (line, tail) = split_line(after);
                if line.trim_ascii().is_empty() {
                    rest = tail;
                } else {
                    decoded.push(b'=');
                }
            }
        }
    }
    decoded
}

fn hex_digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        b'A'..=b'F' => byte - b'A' + 10,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_with_damage() {
        assert_eq!(decode_base64(b"aGVs\r\nbG8="), b"hello");
        assert_eq!(decode_base64(b"aGVsbG8"), b"hello");
        assert_eq!(decode_base64(b"aGVs!!bG8=aGVs"), b"hellohel");
        assert_eq!(decode_base64(b""), b"");
    }

    #[test]
    fn quoted_printable_with_damage() {
        assert_eq!(decode_quoted_printable(b"a=3Db=\r\nc= \nd=e9=zz="), b"a=bcd\xe9=zz");
    }

    #[test]
    fn parts_between_boundaries() {
        let body = b"preamble\n--b\n\none\n--b \n\ntwo\n--bc\n--b--\nepilogue";
        assert_eq!(split_parts(body, b"b"), [b"\none".as_slice(), b"\ntwo\n--bc"]);
        assert_eq!(split_parts(b"--b\none", b"b"), [b"one".as_slice()]);
        assert!(split_parts(b"nothing", b"b").is_empty());
    }
}
