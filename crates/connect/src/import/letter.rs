//! One message, ready to be filed as a post.

use std::{
    fs::File,
    io::{self, Read, Seek},
};

use jiff::Timestamp;
use kernel::Ids;
use sha2::{Digest, Sha256};
use topics::{
    files::{self, Upload},
    markdown::{self, Rendered},
    posts, topic,
};

use crate::mail::{
    mbox::{self, Span},
    message::{Attachment, Broken, Envelope, Message},
};

/// The longest key that is kept as it is, in bytes: PostgreSQL indexes no long texts.
const LONGEST_KEY: usize = 250;
/// How much of a large message is read for its header, in bytes.
const BEGINNING: u64 = 64 * 1024;
/// The longest name of a person or a file, in characters.
const LONGEST_NAME: usize = 80;
const LONGEST_FILE_NAME: usize = 200;
/// The title of a thread whose first message has none.
const NO_SUBJECT: &str = "(no subject)";
/// The text of a message without any.
const NO_TEXT: &str = "*(no text)*";
/// What stands above a text that had to be cut.
const CUT: &str = "*This message is too long to show here. The attached file has all of it.*";
/// The file that a long text is attached as.
const WHOLE_TEXT: &str = "message.md";

/// A message of which only the header was read.
#[derive(Debug)]
pub(super) struct Head {
    /// Which conversation of the archive it is in.
    pub(super) conversation: usize,
    /// Where it lies in the file.
    pub(super) span: Span,
    /// What tells it from all others: its `Message-ID`.
    pub(super) key: String,
}

/// Who sent a message.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    /// As a member's name may be.
    pub(super) name: String,
    /// As a member's e-mail may be.
    pub(super) email: String,
}

/// A message as a post.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) conversation: usize,
    pub(super) key: String,
    /// The keys of the messages that it answers, the nearest first.
    pub(super) answers: Vec<String>,
    pub(super) sender: Sender,
    pub(super) at: Timestamp,
    /// For the thread, if it starts one.
    pub(super) title: String,
    pub(super) source: String,
    pub(super) rendered: Rendered,
    pub(super) files: Vec<Upload>,
}

/// Reads the headers of these messages.
pub(super) fn read_heads(file: &File, spans: &[(usize, Span)]) -> io::Result<Vec<Head>> {
    let read = |(conversation, span): &(usize, Span)| {
        let key = key(&message_id(file, *span)?);
        Ok(Head { conversation: *conversation, span: *span, key })
    };
    spans.iter().map(read).collect()
}

/// A large message is read to its end only if the id does not stand at its beginning.
fn message_id(file: &File, span: Span) -> io::Result<String> {
    let beginning = Span { len: span.len.min(BEGINNING), ..span };
    let entry = mbox::read_at(file, beginning)?;
    match Envelope::read(&entry) {
        Ok(envelope) if beginning == span || !envelope.has_made_id() => Ok(envelope.message_id),
        _ => Ok(Envelope::read(&mbox::read_at(file, span)?).map_err(changed)?.message_id),
    }
}

/// Reads these messages and what came with them. A date after `latest` is a wrong clock: such a message would stay
/// on top of every list for years, so it counts as written at `latest`.
pub(super) fn read_letters(
    file: &File,
    heads: Vec<(Option<Timestamp>, Head)>,
    latest: Timestamp,
) -> io::Result<Vec<(Letter, Vec<Attachment>)>> {
    heads
        .into_iter()
        .map(|(taken_over, head)| {
            let message = parse(file, head.span)?;
            let at = message.envelope.date.or(taken_over).unwrap_or(latest).min(latest);
            Ok(compose(head, message, at))
        })
        .collect()
}

fn parse(file: impl Read + Seek, span: Span) -> io::Result<Message> {
    Message::parse(&mbox::read_at(file, span)?).map_err(changed)
}

/// The first pass has read it: only another program can have broken it since.
fn changed(problem: Broken) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the file was changed meanwhile: {problem}"))
}

fn compose(head: Head, message: Message, at: Timestamp) -> (Letter, Vec<Attachment>) {
    let markdown = message.whole_markdown();
    let mut attachments = message.attachments;
    let source = if fits(&markdown) {
        markdown
    } else {
        let cut = format!("{CUT}\n\n{}", beginning(&markdown));
        attachments.push(whole_text(markdown));
        cut
    };
    let source = kernel::clean_text("source", &source, posts::SOURCE).unwrap_or_default();
    let source = if source.trim().is_empty() && attachments.is_empty() { NO_TEXT.to_owned() } else { source };
    let letter = Letter {
        conversation: head.conversation,
        answers: message.envelope.cited().rev().map(key).collect(),
        key: head.key,
        sender: sender(&message.envelope.from.name, &message.envelope.from.email),
        at,
        title: line(&message.title, topic::TITLE).unwrap_or_else(|| NO_SUBJECT.to_owned()),
        // No member is meant by anything that looks like a mention.
        rendered: markdown::render(&source, &|_| None),
        source,
        files: Vec::new(),
    };
    (letter, attachments)
}

fn fits(markdown: &str) -> bool {
    markdown.len() <= posts::SOURCE
}

/// Whole lines from the start of a text, so many that the note above them has room.
fn beginning(markdown: &str) -> &str {
    let room = markdown.floor_char_boundary(posts::SOURCE - 2 * CUT.len());
    let kept = markdown.get(..room).unwrap_or_default();
    kept.rsplit_once('\n').map_or(kept, |(whole_lines, _)| whole_lines)
}

fn whole_text(markdown: String) -> Attachment {
    Attachment {
        name: WHOLE_TEXT.to_owned(),
        media_type: "text/markdown".to_owned(),
        content_id: None,
        bytes: markdown.into_bytes(),
    }
}

/// An id as it is kept: one that is too long or has odd characters is kept as its hash.
fn key(message_id: &str) -> String {
    if message_id.len() <= LONGEST_KEY && !message_id.contains(char::is_control) {
        message_id.to_owned()
    } else {
        format!("{}@id.invalid", hash(message_id))
    }
}

fn hash(text: &str) -> String {
    use std::fmt::Write as _;
    let mut hash = String::new();
    for byte in Sha256::digest(text.as_bytes()).iter().take(16) {
        let _ = write!(hash, "{byte:02x}");
    }
    hash
}

/// An address that cannot be a member's e-mail becomes one that nobody has, the same on every import.
fn sender(name: &str, email: &str) -> Sender {
    let email = email.to_lowercase();
    let email = people::members::clean_email("email", &email)
        .unwrap_or_else(|_| format!("{}@address.invalid", hash(&email)));
    let local_part = email.split('@').next().unwrap_or(&email);
    let name = line(name, LONGEST_NAME).or_else(|| line(local_part, LONGEST_NAME));
    Sender { name: name.unwrap_or_else(|| "Unknown".to_owned()), email }
}

/// One clean line, cut where it is too long; none when nothing is left.
fn line(text: &str, most: usize) -> Option<String> {
    let cut: String = text.chars().take(4 * most).collect();
    let clean = kernel::clean_line("line", &cut, 4 * most).ok()?;
    Some(markdown::snippet(&clean, most))
}

/// What is known of an attachment before its content is kept.
pub(super) fn describe(attachment: &Attachment, ids: &Ids) -> Upload {
    Upload {
        id: ids.make(),
        name: line(&attachment.name, LONGEST_FILE_NAME).unwrap_or_else(|| "attachment".to_owned()),
        media_type: attachment.media_type.clone(),
        size: attachment.bytes.len() as u64,
        hash: String::new(),
        pixels: files::pixels(&attachment.bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(mail: &str) -> (Letter, Vec<Attachment>) {
        let entry = mbox::Splitter::new(mail.as_bytes()).next().unwrap().unwrap();
        let message = Message::parse(&entry).unwrap();
        let key = key(&message.envelope.message_id);
        compose(Head { conversation: 0, span: entry.span, key }, message, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_mail_without_anything_has_a_title_and_a_text() {
        let (letter, files) = letter("From: a@b.example\n\n");
        assert_eq!((letter.title.as_str(), letter.source.as_str()), (NO_SUBJECT, NO_TEXT));
        assert!(files.is_empty());
        assert_eq!(letter.sender.name, "a");
    }

    #[test]
    fn the_nearest_answered_message_comes_first() {
        let (letter, _) = letter("From: a@b.example\nReferences: <1@x> <2@x> <3@x>\nIn-Reply-To: <4@x>\n\n");
        assert_eq!(letter.answers, ["3@x", "2@x", "1@x", "4@x"]);
    }

    #[test]
    fn a_text_that_is_too_long_is_attached() {
        let (letter, files) =
            letter(&format!("From: a@b.example\n\n{}", "many words on a line\n".repeat(6000)));
        assert!(letter.source.starts_with(CUT) && fits(&letter.source));
        assert!(letter.source.ends_with("many words on a line"));
        assert_eq!((files.len(), files[0].name.as_str()), (1, WHOLE_TEXT));
        assert!(files[0].bytes.len() > 6000 * 20);
    }

    #[test]
    fn odd_ids_and_addresses_are_kept_as_their_hash() {
        assert_eq!(key("a@b"), "a@b");
        assert!(key(&"a".repeat(5000)).len() < 60);
        assert_ne!(key("a\0b"), key("a\0c"));
        let odd = sender("\u{202e}", "A@b@c");
        assert!(odd.email.ends_with("@address.invalid"));
        assert_eq!(odd.name, odd.email.split('@').next().unwrap());
        assert_eq!(sender("Ann", " Ann@X.example").email, "ann@x.example");
    }

    #[test]
    fn names_and_titles_are_cut() {
        let title = line(&"word ".repeat(100), topic::TITLE).unwrap();
        assert!(title.chars().count() <= topic::TITLE && title.ends_with('…'));
        assert_eq!(line(" \u{200b} ", 80), None);
    }
}
