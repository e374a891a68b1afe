//! Bringing an archive of mail into a space.
//!
//! The archive is read twice ([`crate::mail`]): once to see which messages belong together, once to file them,
//! thread after thread. Messages that are known already, by their `Message-ID`, are passed over before they are
//! taken apart, so an import can be run again: after it was stopped, or when the archive has grown.
//!
//! Where a message goes:
//!
//! 1. It joins the thread of the nearest message that it answers and that is in this space, from this archive or
//!    from an earlier import.
//! 2. Else it joins the thread of the other messages of its conversation.
//! 3. Else it starts a thread.
//!
//! Threads of other spaces are never joined, even when an answered message stands there: what is imported into a
//! private space must not appear anywhere else. A message is in the workspace once; the second space that gets an
//! archive with the same message does not get it again.
//!
//! # In the change log
//! A batch of messages is one transaction. It records one change with the people who are new, and for each thread
//! that it touched changes with the row of the thread and those of its new posts, at most 25 of them in one. Two
//! other ways were weighed. A single "look again" for the whole import would keep the log small, but then the log
//! would no longer say what is in the tables, and everything that is built from it (live streams, delivery,
//! backups that are compared with it) would need a second way. A change for each post would repeat the thread's
//! row every time. This way the log grows by about what the posts themselves take, and a page of the live stream
//! stays small. The changes have no actor: nobody wrote these posts now.

mod desk;
mod letter;
mod report;

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::{self, BufReader},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use people::{MemberId, destination::Place};
use store::Context;
use topics::{TopicId, files::Upload};

pub use report::{Destination, Report, Skip};

use crate::{
    Error, Result,
    mail::{
        mbox::{Span, Splitter},
        message::Attachment,
        threads::{Archive, Indexer},
    },
};
use desk::Batch;
use letter::{Head, Letter};

/// How many messages share one transaction.
const BATCH: usize = 50;
/// How many bytes of an archive are taken apart at once; a larger message comes alone.
const BATCH_BYTES: u64 = 4 * 1024 * 1024;

/// What to import.
#[derive(Debug, Clone)]
pub struct Order {
    /// The archive.
    pub file: PathBuf,
    /// Slug of the workspace; the oldest one when absent.
    pub workspace: Option<String>,
    /// Name or slug of the space. It is made, open, when there is none.
    pub space: String,
    /// Find out what would happen, and change nothing.
    pub dry_run: bool,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The first pass, in bytes of the file.
    Reading {
        /// Read so far.
        done: u64,
        /// All.
        of: u64,
    },
    /// The second pass, in messages.
    Filing {
        /// Filed or known already.
        done: usize,
        /// All.
        of: usize,
    },
}

/// How to follow an import, and how to end it early.
#[derive(Clone)]
pub struct Watch {
    /// Is told often.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
    /// Set it to stop after the batch that is being written.
    pub stop: Arc<AtomicBool>,
}

impl Default for Watch {
    /// Tells nobody and goes on to the end.
    fn default() -> Self {
        Self { progress: Arc::new(|_| ()), stop: Arc::default() }
    }
}

impl Watch {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Imports an mbox file. Messages that cannot be read are in the report and nowhere else. An error leaves complete
/// batches behind: the same order can be given again.
pub async fn mbox(context: &Context, order: Order, watch: Watch) -> Result<Report> {
    let started = context.clock.now();
    let place = Place::find(context, order.workspace.as_deref(), &order.space).await?;
    let archive = index(&order.file, &watch).await?;
    let mut import = Import {
        context,
        watch,
        archive: &archive,
        place,
        file: order.file.into(),
        dry_run: order.dry_run,
        people: HashMap::new(),
        strangers: HashSet::new(),
        done: Done::default(),
    };
    import.run().await?;
    let seconds = context.clock.now().duration_since(started).as_secs_f64();
    Ok(report::write(&archive, import.place, import.done, order.dry_run, seconds))
}

/// The first pass.
async fn index(path: &Path, watch: &Watch) -> Result<Archive> {
    let (path, watch) = (path.to_owned(), watch.clone());
    let unreadable = path.clone();
    let indexed = blocking(move || {
        let file = File::open(&path)?;
        let of = file.metadata()?.len();
        let mut indexer = Indexer::default();
        for entry in Splitter::new(BufReader::with_capacity(64 * 1024, file)) {
            if watch.is_stopped() {
                return Ok(None);
            }
            let entry = entry?;
            indexer.add(&entry);
            (watch.progress)(Progress::Reading { done: entry.span.offset + entry.span.len, of });
        }
        Ok(Some(indexer.finish()))
    });
    let indexed = indexed.await.map_err(|source| Error::Unreadable { path: unreadable, source })?;
    indexed.ok_or(Error::Stopped)
}

/// Runs work on the archive away from the threads that serve the database.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// What an import has done so far.
#[derive(Debug, Default)]
struct Done {
    imported: usize,
    known: usize,
    new_people: usize,
    files: usize,
    stopped: bool,
}

/// The second pass.
struct Import<'a> {
    context: &'a Context,
    watch: Watch,
    archive: &'a Archive,
    place: Place,
    file: Arc<Path>,
    dry_run: bool,
    /// Senders who are members, by the key of their address.
    people: HashMap<String, MemberId>,
    /// Dry run: senders who would become members.
    strangers: HashSet<String>,
    done: Done,
}

/// The messages of some whole threads.
struct Bundle {
    heads: Vec<Head>,
    /// The threads of messages that are in this space already, by the message's key.
    topics: HashMap<String, TopicId>,
    /// For each conversation of the archive that has one, the thread of its first message.
    conversations: HashMap<usize, TopicId>,
}

impl Import<'_> {
    async fn run(&mut self) -> Result<()> {
        let archive = self.archive;
        let mut threads = archive.threads().enumerate().peekable();
        while threads.peek().is_some() {
            let mut spans: Vec<(usize, Span)> = Vec::new();
            while spans.len() < BATCH
                && let Some((conversation, thread)) = threads.next()
            {
                spans.extend(thread.iter().map(|span| (conversation, *span)));
            }
            let bundle = self.look_up(spans).await?;
            self.file_bundle(bundle).await?;
            if self.done.stopped {
                break;
            }
        }
        Ok(())
    }

    /// Reads the headers and finds out which of the messages are known. Whole threads are looked up at once, so
    /// that a message is not taken for the start of a thread only because what is known comes after it.
    async fn look_up(&mut self, spans: Vec<(usize, Span)>) -> Result<Bundle> {
        let heads = self.on_file(move |file| letter::read_heads(file, &spans)).await?;
        let (workspace, keys) = (self.place.workspace, keys_of(&heads));
        let known =
            self.context.db.read(move |tx| async move { desk::known(&tx, workspace, &keys).await }).await?;
        let here = self.place.space.as_ref().map(|space| space.id);
        let mut bundle = Bundle { heads: Vec::new(), topics: HashMap::new(), conversations: HashMap::new() };
        for head in heads {
            match known.get(&head.key) {
                Some((topic, space)) => {
                    self.done.known += 1;
                    if here.is_some() && *space == here {
                        bundle.conversations.entry(head.conversation).or_insert(*topic);
                        bundle.topics.insert(head.key, *topic);
                    }
                }
                None => bundle.heads.push(head),
            }
        }
        self.tell();
        Ok(bundle)
    }

    async fn file_bundle(&mut self, bundle: Bundle) -> Result<()> {
        let Bundle { heads, mut topics, mut conversations } = bundle;
        for part in parts(heads) {
            if self.watch.is_stopped() {
                self.done.stopped = true;
                break;
            }
            let count = part.len();
            let letters = self.take_apart(part).await?;
            if self.dry_run {
                self.count(letters).await?;
            } else {
                (topics, conversations) = self.file(letters, topics, conversations).await?;
            }
            self.done.imported += count;
            self.tell();
        }
        Ok(())
    }

    /// Parses and renders on all processors, then keeps the attachments.
    async fn take_apart(&self, heads: Vec<Head>) -> Result<Vec<Letter>> {
        let workers = std::thread::available_parallelism().map_or(1, usize::from).min(heads.len()).max(1);
        let share = heads.len().div_ceil(workers);
        let latest = self.context.clock.now();
        let mut heads: Vec<_> =
            heads.into_iter().map(|head| (self.archive.date_taken_over(head.span), head)).collect();
        let mut working = Vec::new();
        while !heads.is_empty() {
            let rest = heads.split_off(share.min(heads.len()));
            let mine = std::mem::replace(&mut heads, rest);
            working.push(self.on_file(move |file| letter::read_letters(file, mine, latest)));
        }
        let mut letters = Vec::new();
        for parsed in futures::future::try_join_all(working).await? {
            for (letter, attachments) in parsed {
                letters.push(self.keep(letter, attachments).await?);
            }
        }
        Ok(letters)
    }

    async fn keep(&self, mut letter: Letter, attachments: Vec<Attachment>) -> Result<Letter> {
        for attachment in attachments {
            let described = letter::describe(&attachment, &self.context.ids);
            let upload = if self.dry_run {
                described
            } else {
                // The content goes to disk now: what waits for the transaction is only its name.
                let blob = self.context.blobs.put(attachment.bytes).await?;
                Upload { hash: blob.hash, ..described }
            };
            letter.files.push(upload);
        }
        Ok(letter)
    }

    /// Dry run: who would be new.
    async fn count(&mut self, letters: Vec<Letter>) -> Result<()> {
        self.done.files += letters.iter().map(|letter| letter.files.len()).sum::<usize>();
        let senders: HashSet<String> = letters.into_iter().map(|letter| letter.sender.email).collect();
        let unseen: Vec<String> = senders
            .into_iter()
            .filter(|email| !self.strangers.contains(email) && !self.people.contains_key(email))
            .collect();
        let workspace = self.place.workspace;
        let found = self
            .context
            .db
            .read(move |tx| async move { desk::members(&tx, workspace, unseen).await })
            .await?;
        for (email, member) in found {
            match member {
                Some(member) => drop(self.people.insert(email, member)),
                None => drop(self.strangers.insert(email)),
            }
        }
        self.done.new_people = self.strangers.len();
        Ok(())
    }

    /// Writes one batch. Takes what is known and gives it back with what was added.
    async fn file(
        &mut self,
        letters: Vec<Letter>,
        topics: HashMap<String, TopicId>,
        conversations: HashMap<usize, TopicId>,
    ) -> Result<(HashMap<String, TopicId>, HashMap<usize, TopicId>)> {
        let space = self.place.make_space(self.context).await?;
        let batch = Batch {
            importer: self.place.importer(self.context),
            space,
            letters,
            topics,
            conversations,
            people: std::mem::take(&mut self.people),
        };
        let filed = self
            .context
            .db
            .write(move |tx| async move { Box::pin(desk::file(&tx, batch)).await })
            .await?
            .value;
        self.people = filed.people;
        self.done.new_people += filed.new_people;
        self.done.files += filed.files;
        Ok((filed.topics, filed.conversations))
    }

    async fn on_file<T: Send + 'static>(
        &self,
        work: impl FnOnce(&File) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let path = self.file.clone();
        blocking(move || work(&File::open(path)?))
            .await
            .map_err(|source| Error::Unreadable { path: self.file.to_path_buf(), source })
    }

    fn tell(&self) {
        let done = self.done.imported + self.done.known;
        (self.watch.progress)(Progress::Filing { done, of: self.archive.messages() });
    }
}

fn keys_of(heads: &[Head]) -> Vec<String> {
    heads.iter().map(|head| head.key.clone()).collect()
}

/// Cuts messages into batches.
fn parts(heads: Vec<Head>) -> impl Iterator<Item = Vec<Head>> {
    let mut heads = heads.into_iter().peekable();
    std::iter::from_fn(move || {
        let mut part = Vec::new();
        let mut bytes = 0;
        while part.len() < BATCH
            && let Some(head) = heads.next_if(|head| part.is_empty() || bytes + head.span.len <= BATCH_BYTES)
        {
            bytes += head.span.len;
            part.push(head);
        }
        (!part.is_empty()).then_some(part)
    })
}
