//! What an import did, for people and for programs.

use jiff::Timestamp;
use people::destination::Place;
use serde::Serialize;

use super::Done;
use crate::mail::threads::Archive;

/// How many of the largest threads a report names.
const LARGEST: usize = 10;

/// What an import did; in a dry run, what it would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Messages in the file.
    pub messages: usize,
    /// Messages that became posts.
    pub imported: usize,
    /// Messages that are in the workspace already, or twice in the file.
    pub duplicates: usize,
    /// Messages that cannot be imported, in the order of the file.
    pub skipped: Vec<Skip>,
    /// Conversations in the file, joined by the headers of replies alone.
    pub threads: usize,
    /// Different senders in the file.
    pub people: usize,
    /// Those of them who were not members; they cannot sign in.
    pub new_people: usize,
    /// Files on the new posts.
    pub files: usize,
    /// How many messages the largest conversations have, at most ten.
    pub largest_threads: Vec<usize>,
    /// Conversations of one message.
    pub single_message_threads: usize,
    /// The date of the earliest message.
    pub first: Option<Timestamp>,
    /// The date of the latest message.
    pub last: Option<Timestamp>,
    /// Where the messages are.
    pub space: Destination,
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// False when it was stopped: the same import can be run again and goes on from there.
    pub complete: bool,
    /// How long it took.
    pub seconds: f64,
}

/// A message that could not be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skip {
    /// Byte offset of the message in the file.
    pub offset: u64,
    /// Why, as a sentence without its end.
    pub reason: String,
}

/// The space of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Destination {
    /// Its name.
    pub name: String,
    /// Its name in addresses; none if it was not made.
    pub slug: Option<String>,
    /// Whether it was made for this import; in a dry run, whether it would be.
    pub created: bool,
}

pub(super) fn write(archive: &Archive, place: Place, done: Done, dry_run: bool, seconds: f64) -> Report {
    let mut sizes: Vec<usize> = archive.threads().map(<[_]>::len).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let skipped = archive
        .skipped
        .iter()
        .map(|skipped| Skip { offset: skipped.offset, reason: skipped.reason.to_string() })
        .collect();
    Report {
        messages: archive.messages() + archive.duplicates.len() + archive.skipped.len(),
        imported: done.imported,
        duplicates: done.known + archive.duplicates.len(),
        skipped,
        threads: sizes.len(),
        people: archive.authors,
        new_people: done.new_people,
        files: done.files,
        single_message_threads: sizes.iter().filter(|size| **size == 1).count(),
        largest_threads: sizes.into_iter().take(LARGEST).collect(),
        first: archive.dates.map(|(first, _)| first),
        last: archive.dates.map(|(_, last)| last),
        space: destination(place),
        dry_run,
        complete: !done.stopped,
        seconds,
    }
}

fn destination(place: Place) -> Destination {
    let Place { space, created, name, .. } = place;
    match space {
        Some(space) => Destination { name: space.name, slug: Some(space.slug), created },
        None => Destination { name, slug: None, created },
    }
}
