//! What an import is to make, whatever the tool that it comes from: pure data, read from a file and not yet
//! written anywhere. Things name each other by their place in the lists of the plan.

use std::{collections::BTreeMap, path::PathBuf};

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use topics::FileId;

use super::{
    note::Note,
    report::{Counts, NotCarried},
};
use crate::{label::Colour, stage::StageKind};

/// The most labels of a project.
pub(super) const LABELS: usize = 60;
/// The most labels of a task.
pub(super) const LABELS_OF_TASK: usize = 20;
/// The most fields of a project.
pub(super) const FIELDS: usize = 20;
/// The most choices of a field.
pub(super) const CHOICES: usize = 50;
/// The most characters of what a task says in a field.
pub(super) const FIELD_TEXT: usize = 500;

/// A project to be.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What names it where it comes from; the same file gives the same.
    pub origin: String,
    pub name: String,
    pub purpose: String,
    pub people: Vec<Person>,
    pub stages: Vec<PlannedStage>,
    pub labels: Vec<PlannedLabel>,
    pub fields: Vec<PlannedField>,
    /// In the order in which they stand in their stages.
    pub tasks: Vec<PlannedTask>,
    /// What the file has of lists and people; the rest is counted by the tasks.
    pub counts: Counts,
    /// What does not come along, and why.
    pub not_carried: NotCarried,
    /// What a reader of the report should know besides.
    pub notes: Vec<Note>,
    /// How the addresses of its cards begin, if others of them may be linked to: `https://trello.com/c/`.
    pub card_address: Option<&'static str>,
}

/// Somebody on the board.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Person {
    /// `trello:5c92ac8de07cf04cdfef6bdc`
    pub origin: String,
    pub name: String,
    pub username: String,
    pub email: Option<String>,
}

/// A column.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PlannedStage {
    pub origin: String,
    pub name: String,
    pub kind: StageKind,
    pub limit: Option<u8>,
}

/// A label.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PlannedLabel {
    pub origin: String,
    pub name: String,
    pub colour: Colour,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlannedKind {
    Text,
    Number,
    Date,
    Choice,
}

/// A field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PlannedField {
    pub origin: String,
    pub name: String,
    pub kind: PlannedKind,
    pub choices: Vec<String>,
}

/// What a task says in a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PlannedValue {
    Text(String),
    Number(f64),
    Date(Date),
    /// The place of the choice in its field.
    Choice(usize),
}

/// When something is, as exactly as the file says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// An instant, shown on the owner's clock.
    Exact(Timestamp),
    /// A day, until the end of the owner's work on it.
    Day(Date),
    /// A day and a time on the owner's clock.
    Wall(Date, Time),
}

/// A task.
#[derive(Debug, Default)]
pub(super) struct PlannedTask {
    pub origin: String,
    /// The number in its key, if it is free.
    pub number: Option<i64>,
    /// What stands in addresses of it where it comes from.
    pub short_link: Option<String>,
    pub title: String,
    pub why: String,
    pub stage: usize,
    /// The stage from which it came when it was done.
    pub came_from: Option<usize>,
    pub owner: Option<usize>,
    /// Others who were on it: they follow it.
    pub others: Vec<usize>,
    pub requester: Option<usize>,
    pub due: Option<When>,
    pub starts: Option<When>,
    pub labels: Vec<usize>,
    pub values: BTreeMap<usize, PlannedValue>,
    pub checklists: u64,
    pub steps: Vec<PlannedStep>,
    /// In the order in which they were written.
    pub posts: Vec<PlannedPost>,
    /// Which of its posts carries its cover.
    pub cover: Option<String>,
    pub moves: Vec<PlannedMove>,
    /// The task that it is a part of.
    pub parent: Option<usize>,
    pub waits_for: Vec<usize>,
    pub created_at: Option<Timestamp>,
    pub changed_at: Option<Timestamp>,
    pub moved_at: Option<Timestamp>,
    pub done_at: Option<Timestamp>,
    pub archived: bool,
}

/// A step.
#[derive(Debug)]
pub(super) struct PlannedStep {
    pub origin: String,
    pub text: String,
    pub owner: Option<usize>,
    pub done: Option<(Option<Timestamp>, Option<usize>)>,
}

/// Why a post is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PostKind {
    Comment,
    Attachment,
    /// The rest of a text that was too long for its place.
    Rest,
}

/// A post.
#[derive(Debug)]
pub(super) struct PlannedPost {
    pub origin: String,
    pub kind: PostKind,
    pub author: Option<usize>,
    pub at: Timestamp,
    pub text: String,
    pub file: Option<PlannedFile>,
}

/// Where the content of a file is.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// Beside the export.
    Path(PathBuf),
    /// Uploaded for this import.
    Uploaded(FileId),
}

/// A file of a post.
#[derive(Debug)]
pub(super) struct PlannedFile {
    pub name: String,
    pub media_type: String,
    pub content: Content,
}

/// That a task came from one stage into another, as they were called.
#[derive(Debug)]
pub(super) struct PlannedMove {
    pub from: String,
    pub to: String,
    pub by: Option<usize>,
    pub at: Timestamp,
}

impl PlannedTask {
    /// What the report counts of it.
    pub(super) fn counts(&self) -> Counts {
        let count = |kind: PostKind| self.posts.iter().filter(|post| post.kind == kind).count() as u64;
        Counts {
            cards: 1,
            cards_archived: u64::from(self.archived),
            cards_with_due: u64::from(self.due.is_some()),
            cards_with_description: u64::from(!self.why.is_empty()),
            cards_with_owner: u64::from(self.owner.is_some()),
            labels_on_cards: self.labels.len() as u64,
            attachments: count(PostKind::Attachment),
            checklists: self.checklists,
            check_items: self.steps.len() as u64,
            check_items_done: self.steps.iter().filter(|step| step.done.is_some()).count() as u64,
            comments: count(PostKind::Comment),
            ..Counts::default()
        }
    }
}
