//! Which messages of an archive make one conversation, found in one pass and with little memory.
//!
//! The rule:
//!
//! 1. A message cites the ids in its `References`, and those in its `In-Reply-To` when nothing but ids stands in
//!    that field. (`<id> (Ann's message of "Fri, 4 Dec")` is not counted: programs that write it say the same
//!    in `References`, and an archive that dropped `References` cannot be told from one that guessed.)
//! 2. A message belongs to one conversation with every message it cites that is in the archive.
//! 3. A cited message that is not in the archive joins nobody. Subjects join nobody.
//! 4. Of messages with the same id the first counts and the others are duplicates.
//!
//! Conversations are ordered by the date of their first message. Inside one, messages are ordered by date,
//! except that none comes before the message it answers, however wrong its writer's clock was. A message
//! without a date takes that of the message before it in the file.
//!
//! Ids are kept as 16-byte hashes: a million messages need about 150 MB while the archive is being read.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::mbox::{Entry, Span, Splitter};
use super::message::{Broken, Envelope};

/// A message that cannot be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// Byte offset of its separator line in the file.
    pub offset: u64,
    /// Why not.
    pub reason: Broken,
}

/// What the first pass over an archive found.
#[derive(Debug, Default)]
pub struct Archive {
    /// Messages that cannot be imported, in the order of the file.
    pub skipped: Vec<Skipped>,
    /// Byte offsets of messages whose id an earlier message has.
    pub duplicates: Vec<u64>,
    /// How many different senders the importable messages have, by [`super::headers::Address::key`].
    pub authors: usize,
    /// The dates of the earliest and the latest importable message.
    pub dates: Option<(Timestamp, Timestamp)>,
    /// Spans, thread after thread.
    spans: Vec<Span>,
    /// Where each thread ends in `spans`.
    ends: Vec<u32>,
    /// The dates that messages without one have taken over, by the byte offset of the message.
    taken_over: HashMap<u64, Timestamp>,
}

impl Archive {
    /// Reads an mbox from its start to its end.
    pub fn index(mbox: impl BufRead) -> io::Result<Self> {
        let mut indexer = Indexer::default();
        for entry in Splitter::new(mbox) {
            indexer.add(&entry?);
        }
        Ok(indexer.finish())
    }

    /// The date of the message that lies at `span`, when it says none itself.
    pub fn date_taken_over(&self, span: Span) -> Option<Timestamp> {
        self.taken_over.get(&span.offset).copied()
    }

    /// How many messages can be imported.
    pub fn messages(&self) -> usize {
        self.spans.len()
    }

    /// The conversations in the order of their first message; each is its messages in reading order, to be
    /// fetched with [`super::mbox::read_at`].
    pub fn threads(&self) -> impl ExactSizeIterator<Item = &[Span]> {
        self.ends.iter().enumerate().map(|(position, end)| {
            let start =
                position.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
            self.spans.get(start as usize..*end as usize).unwrap_or_default()
        })
    }
}

type IdHash = [u8; 16];

fn hash(id: &str) -> IdHash {
    Sha256::digest(id.as_bytes()).first_chunk::<16>().copied().unwrap_or_default()
}

/// A message while the archive is being read.
struct Node {
    offset: u64,
    len: u32,
    /// Seconds since 1970.
    date: i64,
    /// Where its citations end in [`Indexer::citations`].
    citations_end: u32,
}

const NOBODY: u32 = u32::MAX;

/// Takes in the messages of an archive one by one.
#[derive(Default)]
pub struct Indexer {
    /// Every id that was seen, its own or cited, numbered.
    numbers: HashMap<IdHash, u32>,
    /// For each numbered id the message that has it, or `NOBODY`.
    owners: Vec<u32>,
    nodes: Vec<Node>,
    /// The numbers of cited ids, message after message.
    citations: Vec<u32>,
    authors: HashSet<IdHash>,
    skipped: Vec<Skipped>,
    duplicates: Vec<u64>,
    taken_over: HashMap<u64, Timestamp>,
    last_date: i64,
}

impl Indexer {
    /// Takes in the next message of the file.
    pub fn add(&mut self, entry: &Entry) {
        let offset = entry.span.offset;
        match Envelope::read(entry) {
            Err(reason) => self.skipped.push(Skipped { offset, reason }),
            Ok(envelope) => self.add_envelope(entry.span, &envelope),
        }
    }

    fn add_envelope(&mut self, span: Span, envelope: &Envelope) {
        let number = self.number(&envelope.message_id);
        let Ok(node) = u32::try_from(self.nodes.len()) else { return };
        match self.owners.get_mut(number as usize) {
            Some(owner) if *owner == NOBODY => *owner = node,
            _ => return self.duplicates.push(span.offset),
        }
        self.authors.insert(hash(&envelope.from.key()));
        for id in envelope.cited() {
            let number = self.number(id);
            self.citations.push(number);
        }
        if let Some(date) = envelope.date {
            self.last_date = date.as_second();
        } else {
            let date = Timestamp::from_second(self.last_date).unwrap_or_default();
            self.taken_over.insert(span.offset, date);
        }
        self.nodes.push(Node {
            offset: span.offset,
            len: u32::try_from(span.len).unwrap_or(u32::MAX),
            date: self.last_date,
            citations_end: self.citations.len() as u32,
        });
    }

    fn number(&mut self, id: &str) -> u32 {
        let next = self.owners.len() as u32;
        let number = *self.numbers.entry(hash(id)).or_insert(next);
        if number == next {
            self.owners.push(NOBODY);
        }
        number
    }

    /// Joins what belongs together and puts it in order.
    pub fn finish(mut self) -> Archive {
        self.numbers = HashMap::new();
        let (roots, parents) = self.join();
        let keys = reading_keys(&self.nodes, &parents);
        let threads = group(&roots, &keys);
        let mut archive = Archive {
            authors: self.authors.len(),
            dates: earliest_and_latest(&self.nodes),
            skipped: self.skipped,
            duplicates: self.duplicates,
            taken_over: self.taken_over,
            ..Archive::default()
        };
        let mut root = None;
        for (position, node) in threads.iter().enumerate() {
            let next_root = roots.get(*node as usize).copied();
            if position > 0 && next_root != root {
                archive.ends.push(position as u32);
            }
            root = next_root;
            archive.spans.extend(
                self.nodes
                    .get(*node as usize)
                    .map(|node| Span { offset: node.offset, len: u64::from(node.len) }),
            );
        }
        if !archive.spans.is_empty() {
            archive.ends.push(archive.spans.len() as u32);
        }
        archive
    }

    /// For each message a message that stands for its conversation, and the one it answers or `NOBODY`.
    fn join(&self) -> (Vec<u32>, Vec<u32>) {
        let mut groups = Groups::new(self.nodes.len());
        let mut parents = vec![NOBODY; self.nodes.len()];
        let mut start = 0;
        for (position, (node, parent)) in self.nodes.iter().zip(&mut parents).enumerate() {
            let position = position as u32;
            let end = node.citations_end as usize;
            for number in self.citations.get(start..end).unwrap_or_default() {
                match self.owners.get(*number as usize) {
                    Some(owner) if *owner != NOBODY && *owner != position => {
                        groups.join(position, *owner);
                        *parent = *owner;
                    }
                    _ => {}
                }
            }
            start = end;
        }
        (groups.into_roots(), parents)
    }
}

/// Disjoint sets of messages.
struct Groups {
    parents: Vec<u32>,
}

impl Groups {
    fn new(count: usize) -> Self {
        Self { parents: (0..count as u32).collect() }
    }

    fn root(&mut self, mut node: u32) -> u32 {
        loop {
            let parent = self.parent(node);
            if parent == node {
                return node;
            }
            // Halving the path keeps the next search short.
            let grandparent = self.parent(parent);
            if let Some(slot) = self.parents.get_mut(node as usize) {
                *slot = grandparent;
            }
            node = grandparent;
        }
    }

    fn parent(&self, node: u32) -> u32 {
        self.parents.get(node as usize).copied().unwrap_or(node)
    }

    /// The earlier message in the file stands for both.
    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(slot) = self.parents.get_mut(a.max(b) as usize) {
            *slot = a.min(b);
        }
    }

    fn into_roots(mut self) -> Vec<u32> {
        for node in 0..self.parents.len() as u32 {
            let root = self.root(node);
            if let Some(slot) = self.parents.get_mut(node as usize) {
                *slot = root;
            }
        }
        self.parents
    }
}

/// What a message is ordered by: its date, or that of a later one it answers; then how deep it stands.
type ReadingKey = (i64, u32);

fn reading_keys(nodes: &[Node], parents: &[u32]) -> Vec<ReadingKey> {
    let mut keys: Vec<Option<ReadingKey>> = vec![None; nodes.len()];
    let mut path = Vec::new();
    for start in 0..nodes.len() as u32 {
        let mut node = start;
        // The way up ends at a message whose key is known, which in a ring is one of the way itself.
        while let (Some(None), Some(own)) = (keys.get(node as usize), nodes.get(node as usize)) {
            if let Some(slot) = keys.get_mut(node as usize) {
                *slot = Some((own.date, 0));
            }
            path.push(node);
            node = parents.get(node as usize).copied().unwrap_or(NOBODY);
        }
        let mut above = keys.get(node as usize).copied().flatten();
        while let Some(node) = path.pop() {
            let Some(Some(key)) = keys.get_mut(node as usize) else { continue };
            if let Some((date, depth)) = above {
                *key = (key.0.max(date), depth + 1);
            }
            above = Some(*key);
        }
    }
    keys.into_iter().map(Option::unwrap_or_default).collect()
}

/// All messages, conversation after conversation, in reading order.
fn group(roots: &[u32], keys: &[ReadingKey]) -> Vec<u32> {
    let mut firsts = vec![i64::MAX; roots.len()];
    for (root, (date, _)) in roots.iter().zip(keys) {
        if let Some(first) = firsts.get_mut(*root as usize) {
            *first = (*first).min(*date);
        }
    }
    let mut order: Vec<u32> = (0..roots.len() as u32).collect();
    order.sort_unstable_by_key(|node| {
        let root = roots.get(*node as usize).copied().unwrap_or_default();
        let first = firsts.get(root as usize).copied().unwrap_or_default();
        (first, root, keys.get(*node as usize).copied().unwrap_or_default(), *node)
    });
    order
}

fn earliest_and_latest(nodes: &[Node]) -> Option<(Timestamp, Timestamp)> {
    let earliest = nodes.iter().map(|node| node.date).min()?;
    let latest = nodes.iter().map(|node| node.date).max()?;
    Some((Timestamp::from_second(earliest).ok()?, Timestamp::from_second(latest).ok()?))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// One line for each message: id, minute of its date, then the other header fields.
    fn archive(messages: &[(&str, u8, &str)]) -> (String, Archive) {
        let mut mbox = String::new();
        for (id, minute, fields) in messages {
            let _ = write!(
                mbox,
                "From ann@x.example Wed Oct 15 19:44:23 2008\nFrom: {id}@x.example\nMessage-ID: <{id}>\n\
                 Date: Wed, 15 Oct 2008 10:{minute:02}:00 +0000\n{fields}\n\ntext\n\n"
            );
        }
        let archive = Archive::index(mbox.as_bytes()).unwrap();
        (mbox, archive)
    }

    fn threads(messages: &[(&str, u8, &str)]) -> Vec<String> {
        let (mbox, archive) = archive(messages);
        let id_at = |span: &Span| {
            let entry = super::super::mbox::read_at(io::Cursor::new(&mbox), *span).unwrap();
            Envelope::read(&entry).unwrap().message_id
        };
        archive.threads().map(|thread| thread.iter().map(id_at).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn replies_join_and_subjects_do_not() {
        let found = threads(&[
            ("a", 1, "Subject: x"),
            ("b", 2, "Subject: Re: x"),
            ("c", 3, "In-Reply-To: <a>"),
            ("d", 4, "References: <gone> <a> <c>"),
            ("e", 5, "In-Reply-To: <b> (Ann's message of \"Fri\")"),
        ]);
        assert_eq!(found, ["a c d", "b", "e"]);
    }

    #[test]
    fn a_missing_message_joins_nobody() {
        assert_eq!(threads(&[("a", 1, "In-Reply-To: <gone>"), ("b", 2, "In-Reply-To: <gone>")]), ["a", "b"]);
    }

    #[test]
    fn an_answer_may_come_first_in_the_file() {
        assert_eq!(threads(&[("b", 2, "In-Reply-To: <a>"), ("z", 0, ""), ("a", 1, "")]), ["z", "a b"]);
    }

    #[test]
    fn no_answer_before_its_question() {
        let messages =
            [("a", 30, ""), ("b", 1, "In-Reply-To: <a>"), ("c", 31, ""), ("d", 0, "References: <a> <b>")];
        assert_eq!(threads(&messages), ["a b d", "c"]);
    }

    #[test]
    fn rings_and_self_citation_end() {
        let found = threads(&[
            ("a", 1, "In-Reply-To: <c>"),
            ("b", 2, "In-Reply-To: <a>"),
            ("c", 3, "In-Reply-To: <b>"),
            ("d", 4, "In-Reply-To: <d>"),
            ("e", 5, "References: <f>"),
            ("f", 5, "References: <e> <e>"),
        ]);
        assert_eq!(found.len(), 3);
        assert_eq!(found[1], "d");
    }

    #[test]
    fn duplicates_and_broken_messages_are_counted() {
        let (mut mbox, _) = archive(&[("a", 1, ""), ("a", 2, ""), ("b", 3, "")]);
        let broken_at = mbox.len() as u64;
        mbox += "From x@x.example Wed Oct 15 19:44:23 2008\nno header here\n\n";
        mbox += "From x@x.example Wed Oct 15 19:44:23 2008\nSubject: who\n\n";
        let archive = Archive::index(mbox.as_bytes()).unwrap();
        assert_eq!(archive.messages(), 2);
        assert_eq!(archive.authors, 2);
        assert_eq!(archive.duplicates.len(), 1);
        let reasons: Vec<_> = archive.skipped.iter().map(|skipped| skipped.reason).collect();
        assert_eq!(reasons, [Broken::NoHeader, Broken::NoSender]);
        assert_eq!(archive.skipped[0].offset, broken_at);
    }

    #[test]
    fn an_empty_file_is_an_empty_archive() {
        let archive = Archive::index(io::empty()).unwrap();
        assert_eq!((archive.messages(), archive.threads().len(), archive.dates), (0, 0, None));
    }

    #[test]
    fn a_long_chain_is_no_problem() {
        let count = 20_000;
        let mut indexer = Indexer::default();
        for position in 0..count {
            let text =
                format!("From: a@x.example\nMessage-ID: <{position}>\nIn-Reply-To: <{}>\n\n", position + 1);
            let span = Span { offset: position, len: 1 };
            indexer.add(&Entry { span, separated_at: None, bytes: Some(text.into_bytes()) });
        }
        let archive = indexer.finish();
        assert_eq!(archive.threads().len(), 1);
        assert_eq!(archive.threads().next().unwrap()[0].offset, count - 1);
    }
}
