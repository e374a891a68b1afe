//! Splitting an mbox file into its messages, without holding more than one of them.
//!
//! A line that starts with `From ` begins a message when a plausible date ends the line and either a blank line
//! comes before it or a header field follows it. Any other such line is text of the message it stands in. This
//! reads the mbox forms `mboxo` and `mboxrd`, and the archives of list software, whose separators hide the
//! address (`From user at example.org  Wed Oct 15 19:44:23 2008`). `Content-Length` is not believed.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use jiff::Timestamp;

use super::{date, headers};

/// The largest message that is kept, in bytes. Larger ones are passed over and reported.
pub const LARGEST_MESSAGE: usize = 64 * 1024 * 1024;

/// The longest piece of a line that is looked at in one go, in bytes.
const LONGEST_PIECE: u64 = 64 * 1024;
const LONGEST_SEPARATOR: usize = 1000;

/// Where a message lies in its file, its separator line included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Byte offset of the separator line.
    pub offset: u64,
    /// Bytes up to the next separator line or the end of the file.
    pub len: u64,
}

/// One message of an mbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it lies.
    pub span: Span,
    /// The date on its separator line.
    pub separated_at: Option<Timestamp>,
    /// The bytes of the message, with `>From ` restored to `From ` and without the blank line that belongs to
    /// the mbox; `None` when it is larger than [`LARGEST_MESSAGE`].
    pub bytes: Option<Vec<u8>>,
}

/// Iterates over the messages of an mbox. What stands before the first separator, if it is not blank, is an
/// entry of its own: so a file with one bare message can be read, too. After an error it ends.
pub struct Splitter<R> {
    lines: Lines<R>,
    open: Option<Open>,
    previous_is_blank: bool,
    largest: usize,
    failed: bool,
}

impl<R: BufRead> Splitter<R> {
    /// Reads from the start of an mbox.
    pub fn new(reader: R) -> Self {
        Self::with_limit(reader, LARGEST_MESSAGE)
    }

    /// Like [`Splitter::new`] with another limit than [`LARGEST_MESSAGE`], in bytes.
    pub fn with_limit(reader: R, largest: usize) -> Self {
        Self { lines: Lines::new(reader), open: None, previous_is_blank: true, largest, failed: false }
    }

    fn read_entry(&mut self) -> io::Result<Option<Entry>> {
        while let Some(piece) = self.lines.next()? {
            if let Some(begun) = self.begun_by(&piece)? {
                let done = self.open.replace(begun);
                self.previous_is_blank = false;
                if let Some(entry) = done.and_then(|open| open.close(piece.offset)) {
                    return Ok(Some(entry));
                }
                continue;
            }
            self.previous_is_blank = piece.starts_line && piece.is_blank();
            self.open.get_or_insert_with(Open::without_separator).push(&piece, self.largest);
        }
        Ok(self.open.take().and_then(|open| open.close(self.lines.position)))
    }

    /// The message that this line begins, if it is a separator.
    fn begun_by(&mut self, piece: &Piece) -> io::Result<Option<Open>> {
        let Some(rest) = piece.after_from() else { return Ok(None) };
        let separated_at = str::from_utf8(rest).ok().and_then(date::parse_separator);
        let begins = piece.offset == 0
            || separated_at.is_some()
                && (self.previous_is_blank || self.lines.peek()?.is_some_and(Piece::looks_like_header));
        Ok(begins.then(|| Open::after_separator(piece.offset, separated_at)))
    }
}

impl<R: BufRead> Iterator for Splitter<R> {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let entry = self.read_entry().transpose();
        self.failed = matches!(entry, Some(Err(_)));
        entry
    }
}

/// Reads the message that lies at `span`, as an earlier pass over the same file found it.
pub fn read_at(mut file: impl Read + Seek, span: Span) -> io::Result<Entry> {
    file.seek(SeekFrom::Start(span.offset))?;
    let entry = Splitter::new(BufReader::new(file.take(span.len))).next();
    let mut entry = entry.unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()))?;
    entry.span.offset = span.offset;
    Ok(entry)
}

/// A message whose end is not yet known.
struct Open {
    offset: u64,
    has_separator: bool,
    separated_at: Option<Timestamp>,
    bytes: Option<Vec<u8>>,
}

impl Open {
    fn after_separator(offset: u64, separated_at: Option<Timestamp>) -> Self {
        Self { offset, has_separator: true, separated_at, bytes: Some(Vec::new()) }
    }

    fn without_separator() -> Self {
        Self { offset: 0, has_separator: false, separated_at: None, bytes: Some(Vec::new()) }
    }

    fn push(&mut self, piece: &Piece, largest: usize) {
        let Some(bytes) = &mut self.bytes else { return };
        let line = piece.unquoted();
        if bytes.len() + line.len() > largest {
            self.bytes = None;
        } else {
            bytes.extend_from_slice(line);
        }
    }

    /// `None` when it is only blank space before the first separator.
    fn close(mut self, end: u64) -> Option<Entry> {
        if let Some(bytes) = &mut self.bytes {
            if !self.has_separator && bytes.trim_ascii().is_empty() {
                return None;
            }
            remove_blank_last_line(bytes);
        }
        let span = Span { offset: self.offset, len: end - self.offset };
        Some(Entry { span, separated_at: self.separated_at, bytes: self.bytes })
    }
}

fn remove_blank_last_line(bytes: &mut Vec<u8>) {
    let without = bytes.strip_suffix(b"\r\n").or_else(|| bytes.strip_suffix(b"\n")).map(<[u8]>::len);
    if let Some(length) = without
        && bytes.get(..length).is_some_and(|kept| kept.is_empty() || kept.ends_with(b"\n"))
    {
        bytes.truncate(length);
    }
}

/// A line, or a part of one that is too long to be read in one go.
#[derive(Default)]
struct Piece {
    offset: u64,
    starts_line: bool,
    bytes: Vec<u8>,
}

impl Piece {
    fn is_blank(&self) -> bool {
        self.bytes == b"\n" || self.bytes == b"\r\n"
    }

    fn after_from(&self) -> Option<&[u8]> {
        const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
        if !self.starts_line || self.bytes.len() > LONGEST_SEPARATOR {
            return None;
        }
        let line =
            self.bytes.strip_prefix(BYTE_ORDER_MARK).filter(|_| self.offset == 0).unwrap_or(&self.bytes);
        line.strip_prefix(b"From ")
    }

    /// `Name: value`, or the separator of another mbox that was kept as the first header line.
    fn looks_like_header(&self) -> bool {
        self.bytes.starts_with(b">From ")
            || headers::field(&self.bytes)
                .is_some_and(|(_, value)| value.first().is_none_or(u8::is_ascii_whitespace))
    }

    /// The line with one `>` less when it is a quoted `From ` line.
    fn unquoted(&self) -> &[u8] {
        let quotes = self.bytes.iter().take_while(|byte| **byte == b'>').count();
        let is_quoted = self.starts_line && quotes > 0;
        match self.bytes.get(quotes..) {
            Some(rest) if is_quoted && rest.starts_with(b"From ") => self.bytes.get(1..).unwrap_or_default(),
            _ => &self.bytes,
        }
    }
}

/// Reads pieces of lines and can look one ahead.
struct Lines<R> {
    reader: R,
    /// Offset of the first byte that was not read yet.
    position: u64,
    at_line_start: bool,
    ahead: Option<Piece>,
}

impl<R: BufRead> Lines<R> {
    fn new(reader: R) -> Self {
        Self { reader, position: 0, at_line_start: true, ahead: None }
    }

    fn next(&mut self) -> io::Result<Option<Piece>> {
        match self.ahead.take() {
            Some(piece) => Ok(Some(piece)),
            None => self.read(),
        }
    }

    fn peek(&mut self) -> io::Result<Option<&Piece>> {
        if self.ahead.is_none() {
            self.ahead = self.read()?;
        }
        Ok(self.ahead.as_ref())
    }

    fn read(&mut self) -> io::Result<Option<Piece>> {
        let mut bytes = Vec::new();
        let count = (&mut self.reader).take(LONGEST_PIECE).read_until(b'\n', &mut bytes)?;
        if count == 0 {
            return Ok(None);
        }
        let piece = Piece { offset: self.position, starts_line: self.at_line_start, bytes };
        self.position += count as u64;
        self.at_line_start = piece.bytes.ends_with(b"\n");
        Ok(Some(piece))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const SEPARATOR: &str = "From ann@example.org Wed Oct 15 19:44:23 2008\n";

    fn split(mbox: &str) -> Vec<Entry> {
        Splitter::new(mbox.as_bytes()).collect::<io::Result<_>>().unwrap()
    }

    fn texts(mbox: &str) -> Vec<String> {
        split(mbox).into_iter().map(|entry| String::from_utf8(entry.bytes.unwrap()).unwrap()).collect()
    }

    #[test]
    fn empty_and_blank_files_hold_nothing() {
        assert!(split("").is_empty());
        assert!(split("\n\r\n \n").is_empty());
    }

    #[test]
    fn two_messages_with_offsets_and_dates() {
        let mbox = format!("{SEPARATOR}A: 1\n\none\n\n{SEPARATOR}A: 2\n\ntwo");
        let entries = split(&mbox);
        assert_eq!(texts(&mbox), ["A: 1\n\none\n", "A: 2\n\ntwo"]);
        let first = SEPARATOR.len() as u64 + 11;
        assert_eq!(entries[0].span, Span { offset: 0, len: first });
        assert_eq!(entries[1].span, Span { offset: first, len: mbox.len() as u64 - first });
        assert_eq!(entries[0].separated_at.unwrap().to_string(), "2008-10-15T19:44:23Z");
    }

    #[test]
    fn line_ends_of_other_systems() {
        let mbox =
            format!("{SEPARATOR}A: 1\n\none\n>From here\n\n{SEPARATOR}A: 2\n\ntwo\n").replace('\n', "\r\n");
        assert_eq!(texts(&mbox), ["A: 1\r\n\r\none\r\nFrom here\r\n", "A: 2\r\n\r\ntwo\r\n"]);
    }

    #[test]
    fn one_level_of_quoting_is_removed() {
        let mbox = format!("{SEPARATOR}A: 1\n\n>From a\n>>From b\n> From c\n>Fromage\n");
        assert_eq!(texts(&mbox), ["A: 1\n\nFrom a\n>From b\n> From c\n>Fromage\n"]);
    }

    #[test]
    fn from_in_a_body_does_not_split() {
        let body =
            format!("A: 1\n\nFrom here on, it works\n\nFrom Oct 15 to 16\ntext\n{SEPARATOR}and so on\n");
        assert_eq!(texts(&format!("{SEPARATOR}{body}")), [body]);
    }

    #[test]
    fn separator_without_a_blank_line_needs_a_header() {
        assert_eq!(texts(&format!("{SEPARATOR}A: 1\n\none\n{SEPARATOR}A: 2\n")), ["A: 1\n\none\n", "A: 2\n"]);
    }

    #[test]
    fn separators_of_list_archives() {
        let hidden = "From ann.lee at example.org  Wed Oct 15 19:44:23 2008\n";
        assert_eq!(texts(&format!("{hidden}A: 1\n\none\n\n{hidden}A: 2\n")), ["A: 1\n\none\n", "A: 2\n"]);
    }

    #[test]
    fn content_length_is_not_believed() {
        let mbox = format!("{SEPARATOR}Content-Length: 5000\n\none\n\n{SEPARATOR}A: 2\n");
        assert_eq!(texts(&mbox).len(), 2);
    }

    #[test]
    fn bare_message_and_byte_order_mark() {
        assert_eq!(texts("A: 1\n\none\n"), ["A: 1\n\none\n"]);
        assert_eq!(texts(&format!("\u{feff}{SEPARATOR}A: 1\n")), ["A: 1\n"]);
    }

    #[test]
    fn too_large_is_reported_and_the_rest_goes_on() {
        let mbox = format!("{SEPARATOR}{}\n\n{SEPARATOR}A: 2\n", "x".repeat(200_000));
        let entries: Vec<_> = Splitter::with_limit(mbox.as_bytes(), 100_000).map(Result::unwrap).collect();
        assert_eq!(entries[0].bytes, None);
        assert_eq!(entries[0].span.len, SEPARATOR.len() as u64 + 200_002);
        assert_eq!(entries[1].bytes.as_deref(), Some(b"A: 2\n".as_slice()));
    }

    #[test]
    fn a_long_line_is_kept_whole_and_cannot_separate() {
        let line = format!("{}From ann@example.org Wed Oct 15 19:44:23 2008", "x".repeat(64 * 1024));
        assert_eq!(texts(&format!("{SEPARATOR}A: 1\n\n{line}\n")), [format!("A: 1\n\n{line}\n")]);
    }

    #[test]
    fn reads_one_message_again() {
        let mbox = format!("{SEPARATOR}A: 1\n\none\n\n{SEPARATOR}A: 2\n\n>From two\n\n{SEPARATOR}A: 3\n");
        for entry in split(&mbox) {
            assert_eq!(read_at(Cursor::new(&mbox), entry.span).unwrap(), entry);
        }
        assert!(read_at(Cursor::new(""), Span { offset: 7, len: 3 }).is_err());
    }

    #[test]
    fn an_error_of_the_file_ends_the_reading() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("unreadable"))
            }
        }
        let mut splitter = Splitter::new(BufReader::new(Failing));
        assert!(splitter.next().unwrap().is_err());
        assert!(splitter.next().is_none());
    }
}
