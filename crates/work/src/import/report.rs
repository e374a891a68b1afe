//! What an import did, for people and for programs.

use std::{collections::BTreeMap, ops::AddAssign};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    note::Note,
    reason::{Reason, Thing},
};

/// How many objects a report names one by one, in all: more than a real board has, and what a file of 100 MiB that
/// means harm cannot exceed.
const NAMED: usize = 250_000;
/// How many groups they make; kinds of history that come after are one.
const GROUPS: usize = 300;
/// The most characters of the kind of an entry of the history.
const DETAIL: usize = 60;
/// How many objects of each group are kept in the report of an import itself.
const FIRST: usize = 30;

/// How many there are of each thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportCounts)]
pub struct Counts {
    /// Lists or sections, those put away as well.
    pub lists: u64,
    /// Those put away.
    pub lists_archived: u64,
    /// Cards or tasks, those put away as well.
    pub cards: u64,
    /// Those put away.
    pub cards_archived: u64,
    /// With a day or an instant at which they are due.
    pub cards_with_due: u64,
    /// With a description.
    pub cards_with_description: u64,
    /// That are somebody's.
    pub cards_with_owner: u64,
    /// Labels, counted once for each card that carries them.
    pub labels_on_cards: u64,
    /// Attached files and links.
    pub attachments: u64,
    /// Checklists.
    pub checklists: u64,
    /// Their items.
    pub check_items: u64,
    /// Those that are done.
    pub check_items_done: u64,
    /// People.
    pub members: u64,
    /// Comments.
    pub comments: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.lists += other.lists;
        self.lists_archived += other.lists_archived;
        self.cards += other.cards;
        self.cards_archived += other.cards_archived;
        self.cards_with_due += other.cards_with_due;
        self.cards_with_description += other.cards_with_description;
        self.cards_with_owner += other.cards_with_owner;
        self.labels_on_cards += other.labels_on_cards;
        self.attachments += other.attachments;
        self.checklists += other.checklists;
        self.check_items += other.check_items;
        self.check_items_done += other.check_items_done;
        self.members += other.members;
        self.comments += other.comments;
    }
}

/// Objects of one kind that did not come along, or not whole, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeftOut {
    /// What they are.
    #[serde(default)]
    #[schema(required = true)]
    pub thing: Thing,
    /// Of an entry of the history, its kind where it came from: `updateCard`; otherwise empty.
    #[serde(default)]
    #[schema(required = true)]
    pub detail: String,
    /// Why.
    #[serde(default)]
    #[schema(required = true)]
    pub code: Reason,
    /// The figure that the reason names; 0 where there is none.
    #[serde(default)]
    #[schema(required = true)]
    pub most: u64,
    /// What they are, in English: `cover`, `vote`, `history: updateCard`.
    pub kind: String,
    /// Why, in an English sentence.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// How many of them are named: all, unless the file has more than an import names.
    #[serde(default)]
    #[schema(required = true)]
    pub named: u64,
    /// Which: all that are named on the command line, the first 30 of an import in the browser.
    pub objects: Vec<LeftOutObject>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeftOutObject {
    /// Its id where it came from, or its line in the file.
    pub id: String,
    /// Its name, or that of its card.
    pub name: String,
}

/// What does not come along, by kind and reason. Nobody can make it grow without end: a file that has more is
/// counted to its end and named as far as [`NAMED`].
#[derive(Debug, Clone, Default)]
pub(super) struct NotCarried {
    groups: BTreeMap<(Thing, String, Reason), LeftOut>,
    named: usize,
}

impl NotCarried {
    /// Notes one object.
    pub(super) fn add(&mut self, thing: Thing, reason: Reason, id: &str, name: &str) {
        self.add_of(thing, "", reason, id, name);
    }

    /// Notes one object of a kind that the file names.
    pub(super) fn add_of(&mut self, thing: Thing, detail: &str, reason: Reason, id: &str, name: &str) {
        let detail: String = detail.chars().take(DETAIL).collect();
        let is_known = self.groups.contains_key(&(thing, detail.clone(), reason));
        let detail = if is_known || self.groups.len() < GROUPS { detail } else { String::new() };
        let group = self.groups.entry((thing, detail.clone(), reason)).or_insert_with(|| LeftOut {
            kind: match detail.as_str() {
                "" => thing.in_english().to_owned(),
                detail => format!("{}: {detail}", thing.in_english()),
            },
            thing,
            detail,
            code: reason,
            most: reason.most(),
            reason: reason.in_english().to_owned(),
            count: 0,
            named: 0,
            objects: Vec::new(),
        });
        group.count += 1;
        if self.named < NAMED {
            self.named += 1;
            group.named += 1;
            let shown = topics::markdown::snippet(name, 120);
            group.objects.push(LeftOutObject { id: id.chars().take(64).collect(), name: shown });
        }
    }

    pub(super) fn into_groups(self) -> Vec<LeftOut> {
        self.groups.into_values().collect()
    }
}

impl Report {
    /// Takes all that are named out of it but the first few of each group: what is kept with an import, and shown
    /// first. Answers all of them with the place of their group, in order.
    pub(super) fn shorten(&mut self) -> Vec<(usize, LeftOutObject)> {
        let mut all = Vec::new();
        for (place, group) in self.not_carried.iter_mut().enumerate() {
            let first = group.objects.iter().take(FIRST).cloned().collect();
            let objects = std::mem::replace(&mut group.objects, first);
            all.extend(objects.into_iter().map(|object| (place, object)));
        }
        all
    }
}

/// Comments that the board knows of and the export does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MissingComments {
    /// How many in all.
    pub count: u64,
    /// The cards that they are on, with how many each lacks.
    pub cards: Vec<MissingOnCard>,
    /// The date of the oldest entry in the history that the export has.
    #[schema(required = true)]
    pub oldest: Option<Timestamp>,
}

/// How many comments of one card the export does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MissingOnCard {
    /// Its title.
    pub name: String,
    /// How many.
    pub count: u64,
}

/// Somebody in the file, and the member that they are here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonFound {
    /// What names them where they come from; a mapping by hand uses it.
    pub origin: String,
    /// Their name.
    pub name: String,
    /// Their user name there; empty when there is none.
    pub username: String,
    /// Their e-mail, if the file says it.
    #[schema(required = true)]
    pub email: Option<String>,
    /// The member; null for somebody who is not here yet.
    #[schema(required = true)]
    pub member: Option<people::MemberId>,
    /// How they were found.
    pub by: FoundBy,
}

/// How somebody in a file was found among the members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    /// Somebody said so.
    Hand,
    /// An earlier import.
    Before,
    /// The e-mail.
    Email,
    /// The name, which only one member has.
    Name,
    /// They are not here: the import makes somebody who cannot sign in.
    Nothing,
}

/// What an import did; in a dry run, what it would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportReport)]
pub struct Report {
    /// What is in the workspace now of what the file has, whether from this run or an earlier one.
    pub carried: Counts,
    /// What this run added to it; in a dry run, what it would add.
    pub added: Counts,
    /// What did not come along, or not whole, and why.
    pub not_carried: Vec<LeftOut>,
    /// Comments that are not in the file; null when nothing says that there are any.
    #[schema(required = true)]
    pub missing_comments: Option<MissingComments>,
    /// What else there is to know.
    pub notes: Vec<Note>,
    /// Whom the file names.
    pub people: Vec<PersonFound>,
    /// People that this run made; they cannot sign in.
    pub new_people: u64,
    /// Files whose content came along.
    pub files: u64,
    /// The name of the project.
    pub project: String,
    /// Its key; null in a dry run of a new one.
    #[schema(required = true)]
    pub key: Option<String>,
    /// Whether this run made it, or in a dry run would.
    pub project_created: bool,
    /// The name of the space.
    pub space: String,
    /// Whether this run made the space, or in a dry run would.
    pub space_created: bool,
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// False when it was stopped: the same import can be run again and goes on from there.
    pub complete: bool,
    /// How long it took, in seconds.
    pub seconds: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_named_as_far_as_a_report_goes() {
        let mut left_out = NotCarried::default();
        for number in 0..5_000 {
            left_out.add(Thing::Vote, Reason::NoVotes, &number.to_string(), "A card");
        }
        left_out.add(Thing::Cover, Reason::CoverMissing, "7", &"x".repeat(1_000));
        let groups = left_out.into_groups();
        assert_eq!((groups[1].count, groups[1].named, groups[1].objects.len()), (5_000, 5_000, 5_000));
        assert_eq!((groups[1].kind.as_str(), groups[1].reason.as_str()), ("vote", "Tasks have no votes."));
        assert!(groups[0].objects[0].name.chars().count() <= 120);
    }

    #[test]
    fn a_file_that_means_harm_is_counted_and_not_all_named() {
        let mut left_out = NotCarried::default();
        for number in 0..NAMED + 10 {
            let kind = format!("{number}{}", "x".repeat(200));
            left_out.add_of(Thing::History, &kind, Reason::HistoryKept, "1", "");
        }
        let groups = left_out.into_groups();
        assert_eq!(groups.len(), GROUPS + 1);
        assert_eq!(groups.iter().map(|group| group.count).sum::<u64>(), NAMED as u64 + 10);
        assert_eq!(groups.iter().map(|group| group.objects.len()).sum::<usize>(), NAMED);
        assert!(groups.iter().all(|group| group.detail.chars().count() <= DETAIL));
    }

    #[test]
    fn a_report_from_before_there_were_codes_is_read() {
        let old = r#"{"kind": "vote", "reason": "Tasks have no votes.", "count": 1, "objects": []}"#;
        let group: LeftOut = serde_json::from_str(old).unwrap();
        assert_eq!((group.thing, group.code), (Thing::Words, Reason::Sentence));
    }
}
