//! One message of an archive: who, when, in answer to what, and what it says in Markdown.

use std::fmt::Write as _;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::headers::{Address, Headers, Ids};
use super::mbox::Entry;
use super::mime::{File, Flowed, Parts, Text};
use super::plain::Markdown;
use super::{charset, date, html, plain};

/// Why a message cannot be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// It is larger than [`super::mbox::LARGEST_MESSAGE`].
    #[error("the message is larger than 64 MiB")]
    TooLarge,
    /// Not one header field was found.
    #[error("the message has no header")]
    NoHeader,
    /// Neither `From` nor `Sender` holds an e-mail address.
    #[error("the message does not say who sent it")]
    NoSender,
}

/// The end of an id that was made of a message's content.
const MADE_ID: &str = "@content.invalid";

/// Where the date of a message comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateSource {
    /// Its `Date` field.
    Header,
    /// The latest `Received` field, because there was no usable `Date`.
    Received,
    /// The separator line of the archive, because the header held no usable date.
    Separator,
    /// Nothing holds a usable date.
    Unknown,
}

/// What the header says, as far as it places the message among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Without angle brackets. A message without one gets an id made of its content, the same on every import.
    pub message_id: String,
    /// The message it answers, as its writer's program says.
    pub in_reply_to: Ids,
    /// The messages that led to it, oldest first.
    pub references: Ids,
    /// Who wrote it.
    pub from: Address,
    /// When it was written.
    pub date: Option<Timestamp>,
    /// Where `date` was found.
    pub date_source: DateSource,
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// A file name without folders, never empty.
    pub name: String,
    /// Such as `image/png`, in lower case; `message/rfc822` for a forwarded message.
    pub media_type: String,
    /// What the HTML of the message calls it, for an image inside the text.
    pub content_id: Option<String>,
    /// The content, decoded.
    pub bytes: Vec<u8>,
}

/// A message, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its place among the others.
    pub envelope: Envelope,
    /// As written, decoded; empty when there is none.
    pub subject: String,
    /// The subject as the title of a conversation: without `Re:` and its like, and without the tag of the list.
    pub title: String,
    /// What it says, without the signature.
    pub body_markdown: String,
    /// The signature and the footer of the list.
    pub signature_markdown: Option<String>,
    /// Files, images inside the text, and forwarded messages, in the order of the mail.
    pub attachments: Vec<Attachment>,
    /// The `List-Id` field, without its angle brackets.
    pub list_id: Option<String>,
}

impl Envelope {
    /// The ids that place it among the others, the one it answers last. At most 25 of them.
    pub fn cited(&self) -> impl DoubleEndedIterator<Item = &str> {
        /// The oldest message of a long conversation and its latest are enough to find it.
        const MOST: usize = 12;
        let references = &self.references.ids;
        let latest = references.get(1.max(references.len().saturating_sub(MOST))..).unwrap_or_default();
        let answered = self.in_reply_to.ids.get(..MOST.min(self.in_reply_to.ids.len())).unwrap_or_default();
        let answered = if self.in_reply_to.with_prose { &[] } else { answered };
        // References say more exactly than In-Reply-To which message is answered: its last id is that message.
        answered.iter().rev().chain(references.first()).chain(latest).map(String::as_str)
    }

    /// Whether the message came without an id and got one made of its content.
    pub fn has_made_id(&self) -> bool {
        self.message_id.ends_with(MADE_ID)
    }

    /// Reads the header of an entry.
    pub fn read(entry: &Entry) -> Result<Self, Broken> {
        let bytes = content(entry)?;
        Self::from_headers(&Headers::split(bytes).0, bytes, entry.separated_at)
    }

    fn from_headers(
        headers: &Headers<'_>,
        bytes: &[u8],
        separated_at: Option<Timestamp>,
    ) -> Result<Self, Broken> {
        if headers.is_empty() {
            return Err(Broken::NoHeader);
        }
        let from = headers.address("from").or_else(|| headers.address("sender")).ok_or(Broken::NoSender)?;
        let (date, date_source) = find_date(headers, separated_at);
        let message_id = headers.ids("message-id").ids.into_iter().next();
        let message_id =
            message_id.or_else(|| headers.plain("message-id")).unwrap_or_else(|| id_of_content(bytes));
        let in_reply_to = headers.ids("in-reply-to");
        let references = headers.ids("references");
        Ok(Self { message_id, in_reply_to, references, from, date, date_source })
    }
}

impl Message {
    /// Reads a whole message. Fails for exactly the entries for which [`Envelope::read`] fails.
    pub fn parse(entry: &Entry) -> Result<Self, Broken> {
        let bytes = content(entry)?;
        let (headers, body) = Headers::split(bytes);
        let envelope = Envelope::from_headers(&headers, bytes, entry.separated_at)?;
        let subject = charset::tidy(&headers.text("subject").unwrap_or_default()).trim().to_owned();
        let title = title_of(&subject, |tag| is_list_tag(&headers, tag));
        let parts = Parts::read(&headers, body);
        let Markdown { body: body_markdown, signature: signature_markdown } = read_texts(&parts.texts);
        let attachments =
            parts.files.into_iter().enumerate().map(|(position, file)| attach(position, file)).collect();
        let list_id = headers.ids("list-id").ids.into_iter().next();
        Ok(Self { envelope, subject, title, body_markdown, signature_markdown, attachments, list_id })
    }

    /// Body and signature as one text, for a place that does not show them apart.
    pub fn whole_markdown(&self) -> String {
        match &self.signature_markdown {
            Some(signature) if self.body_markdown.is_empty() => signature.clone(),
            Some(signature) => format!("{}\n\n---\n\n{signature}", self.body_markdown),
            None => self.body_markdown.clone(),
        }
    }
}

/// The bytes of an entry from its header on.
fn content(entry: &Entry) -> Result<&[u8], Broken> {
    entry.bytes.as_deref().map(<[u8]>::trim_ascii_start).ok_or(Broken::TooLarge)
}

fn find_date(headers: &Headers<'_>, separated_at: Option<Timestamp>) -> (Option<Timestamp>, DateSource) {
    if let Some(found) = headers.plain("date").and_then(|value| date::parse_header(&value)) {
        return (Some(found), DateSource::Header);
    }
    let received = headers.plain("received");
    let received = received.as_deref().and_then(|value| value.rsplit_once(';')).map(|(_, value)| value);
    if let Some(found) = received.and_then(date::parse_header) {
        return (Some(found), DateSource::Received);
    }
    (separated_at, separated_at.map_or(DateSource::Unknown, |_| DateSource::Separator))
}

/// Line ends and blank space around the message do not matter, because copies of an archive differ in them.
fn id_of_content(bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in bytes.trim_ascii().split(|byte| *byte == b'\r') {
        hash.update(part);
    }
    let mut id = String::new();
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(id, "{byte:02x}");
    }
    id + MADE_ID
}

fn read_texts(texts: &[Text]) -> Markdown {
    let mut whole = Markdown::default();
    let mut signatures = Vec::new();
    for text in texts {
        let Markdown { body, signature } = match text {
            Text::Plain { text, flowed: None } => plain::to_markdown(text),
            Text::Plain { text, flowed: Some(Flowed { delete_space }) } => {
                plain::flowed_to_markdown(text, *delete_space)
            }
            Text::Html(text) => html::to_markdown(text),
        };
        if !whole.body.is_empty() && !body.is_empty() {
            whole.body.push_str("\n\n");
        }
        whole.body.push_str(&body);
        signatures.extend(signature);
    }
    whole.signature = Some(signatures.join("\n\n")).filter(|text| !text.is_empty());
    whole
}

fn attach(position: usize, file: File) -> Attachment {
    let name = file.name.as_deref().map(file_name).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| format!("attachment-{}{}", position + 1, extension(&file.media_type)));
    Attachment { name, media_type: file.media_type, content_id: file.content_id, bytes: file.bytes }
}

/// The last part of a path, without characters that a file name should not have.
fn file_name(path: &str) -> String {
    const LONGEST: usize = 150;
    let visible =
        |c: &char| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let last = path.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    last.trim()
        .trim_start_matches('.')
        .chars()
        .filter(visible)
        .take(LONGEST)
        .collect::<String>()
        .trim()
        .to_owned()
}

fn extension(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => ".pdf",
        "application/pgp-signature" => ".asc",
        "application/zip" => ".zip",
        "image/gif" => ".gif",
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "message/rfc822" => ".eml",
        "text/calendar" => ".ics",
        "text/csv" => ".csv",
        "text/html" => ".html",
        _ if media_type.starts_with("text/") => ".txt",
        _ => "",
    }
}

/// Takes `Re:` and the like, and the tags that `is_list_tag` knows, off the start of a subject.
fn title_of(subject: &str, is_list_tag: impl Fn(&str) -> bool) -> String {
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut title = subject.as_str();
    loop {
        let tag = title.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let shorter = match tag {
            Some((tag, rest)) if is_list_tag(tag) => Some(rest),
            _ => without_reply_mark(title),
        };
        match shorter {
            Some(shorter) => title = shorter.trim_start(),
            None => return title.to_owned(),
        }
    }
}

/// `Re:`, `Fwd:` and what they are called in other languages, also as `Re[2]:`, `Re^2:` and `Re(2):`.
fn without_reply_mark(title: &str) -> Option<&str> {
    const MARKS: [&str; 25] = [
        "re", "fwd", "fw", "aw", "wg", "antw", "antwort", "sv", "vs", "vb", "vl", "tr", "rv", "res", "enc",
        "rif", "odp", "pd", "ynt", "ilt", "回复", "答复", "转发", "回覆", "轉寄",
    ];
    let (mark, rest) = title.split_once([':', '：'])?;
    let word = mark.trim_end_matches(|c: char| c.is_ascii_digit() || "[]()^ ".contains(c)).to_lowercase();
    MARKS.contains(&word.as_str()).then_some(rest)
}

/// Whether `[tag]` names the list that the message went to, and not a topic. Where the archive does not say which
/// list that was, a tag of one word is taken for it.
fn is_list_tag(headers: &Headers<'_>, tag: &str) -> bool {
    let tag = tag.trim().to_lowercase();
    let places: Vec<String> =
        ["list-id", "list-post", "to", "cc"].iter().filter_map(|name| headers.plain(name)).collect();
    let is_word = !tag.is_empty() && !tag.contains(char::is_whitespace);
    is_word && (places.is_empty() || places.iter().any(|place| names_list(&place.to_lowercase(), &tag)))
}

/// Whether an address `tag@…`, or a list id `tag.…`, stands in `place`.
fn names_list(place: &str, tag: &str) -> bool {
    place.match_indices(tag).any(|(start, found)| {
        let before = place.get(..start).and_then(|text| text.chars().next_back());
        let after = place.get(start + found.len()..).unwrap_or_default();
        before.is_none_or(|c| !c.is_alphanumeric() && !"-_.+".contains(c))
            && (after.starts_with(['@', '.']) || after.starts_with(" at "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(subject: &str) -> String {
        title_of(subject, |tag| tag.eq_ignore_ascii_case("r-sig-hpc"))
    }

    #[test]
    fn titles_lose_tags_and_reply_marks() {
        for (subject, expected) in [
            ("Re: [R-sig-hpc] AW: Re[2]: snow  and Rmpi", "snow and Rmpi"),
            ("[R-sig-hpc] Fwd: RE: snow", "snow"),
            ("[BioC] multicore processor", "[BioC] multicore processor"),
            ("Re: [PATCH] fix: this", "[PATCH] fix: this"),
            ("回复：你好", "你好"),
            ("Regarding: us", "Regarding: us"),
            ("Re:", ""),
            ("", ""),
        ] {
            assert_eq!(title(subject), expected, "{subject}");
        }
    }

    #[test]
    fn file_names_have_no_folders() {
        for (path, expected) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ann\\plan.pdf", "plan.pdf"),
            (".profile", "profile"),
            ("a\u{202e}fdp.exe", "afdp.exe"),
            ("/", ""),
        ] {
            assert_eq!(file_name(path), expected, "{path}");
        }
    }

    #[test]
    fn content_ids_ignore_line_ends() {
        assert_eq!(id_of_content(b"A: 1\r\n\r\nb\r\n"), id_of_content(b"\nA: 1\n\nb"));
        assert_ne!(id_of_content(b"A: 1"), id_of_content(b"A: 2"));
    }
}
