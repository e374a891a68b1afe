//! Why something did not come along: what it is and why, as codes with a number, which a client says in its
//! reader's language. In English it is what the command line says.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{columns, plan};
use crate::{change, steps};

/// How deep parts go.
const DEEP: usize = 20;
/// The most bytes of the purpose of a project.
pub(super) const PURPOSE: usize = 2_000;

/// What did not come along, or not whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportThing)]
pub enum Thing {
    /// A list that was put away.
    ArchivedList,
    /// What the board is for.
    BoardDescription,
    /// A card.
    Card,
    /// A checklist.
    Checklist,
    /// An item of a checklist.
    ChecklistItem,
    /// A choice of a field.
    ChoiceOfField,
    /// The colour on top of a card.
    ColourOfCover,
    /// A column of a table.
    Column,
    /// A comment.
    Comment,
    /// What is in an attached file.
    ContentOfFile,
    /// The picture on top of a card.
    Cover,
    /// A date.
    Date,
    /// That a task waits for another.
    Dependency,
    /// The description of a card.
    Description,
    /// When an item of a checklist is due.
    DueOfItem,
    /// A field.
    Field,
    /// An entry of the history; `detail` has its kind.
    History,
    /// A label.
    Label,
    /// A label that a card carries.
    LabelOnCard,
    /// A link.
    Link,
    /// The name of a list.
    ListName,
    /// The list that a card is in.
    ListOfCard,
    /// That a task is a part of another.
    Part,
    /// Where on a map a card is.
    PlaceOnMap,
    /// What an extension kept.
    PowerUpData,
    /// A reminder.
    Reminder,
    /// When a task begins.
    StartDate,
    /// A sticker.
    Sticker,
    /// That a card is a template.
    Template,
    /// The title of a card.
    Title,
    /// What a card says in a field.
    ValueOfField,
    /// A vote.
    Vote,
    /// What `kind` says in English: reports from before there were codes.
    #[default]
    Words,
}

/// Why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportReason)]
pub enum Reason {
    /// A name of a stage was cut.
    StageNameCut,
    /// A field has no room for another choice.
    TooManyChoices,
    /// A project has no room for another field.
    TooManyFields,
    /// A project has no room for another label.
    TooManyLabels,
    /// A task has no room for another step.
    TooManySteps,
    /// Cut; the whole is a post.
    TitleCut,
    /// Its beginning is the description; the whole is a post.
    DescriptionCut,
    /// Cut at so many bytes.
    PurposeCut,
    /// Cut; the whole is a post.
    StepCut,
    /// Cut at so many characters.
    ValueCut,
    /// Cut at so many bytes.
    PostCut,
    /// It is no date that can be read.
    NoDate,
    /// It is before the year 2000 or after 2200.
    DateTooFar,
    /// It has no date.
    Undated,
    /// It is after the due date.
    StartAfterDue,
    /// It could not be read.
    Unreadable,
    /// It is empty.
    Empty,
    /// The field cannot hold it.
    CannotHold,
    /// The field is not here, or cannot hold it.
    FieldMissing,
    /// The label is not here, or there are more than a task carries.
    LabelMissing,
    /// No line has that title.
    NoSuchTitle,
    /// A task would be a part of itself, or parts would go too deep.
    PartsTooDeep,
    /// It cannot be a part of that task.
    NoPart,
    /// The tasks would wait for each other.
    WaitLoop,
    /// The tasks would wait for each other, or for too many.
    WaitRefused,
    /// It is about no card of the board.
    OtherCard,
    /// It is of a kind of history that stays behind.
    HistoryKept,
    /// Its card is not in the file.
    CardMissing,
    /// Another card has the same id, or it has none.
    CardTwice,
    /// Its list is not in the file.
    ListMissing,
    /// The picture did not come along.
    CoverMissing,
    /// Covers are pictures.
    CoverColour,
    /// The file is not beside the export; its link came along.
    FileMissing,
    /// Its address is none of the web; it came along as text.
    NoWebAddress,
    /// It came along as a task.
    TemplateIsTask,
    /// Power-ups have no counterpart here.
    NoPowerUps,
    /// Reminders follow the hours of the owner here.
    RemindersFollowHours,
    /// Steps have no dates.
    NoStepDates,
    /// Tasks have no places.
    NoPlaces,
    /// Tasks have no stickers.
    NoStickers,
    /// Tasks have no votes.
    NoVotes,
    /// What `reason` says in English: reports from before there were codes.
    #[default]
    Sentence,
}

impl Thing {
    /// What it is, in English.
    pub(super) fn in_english(self) -> &'static str {
        match self {
            Self::ArchivedList => "archived list",
            Self::BoardDescription => "board description",
            Self::Card => "card",
            Self::Checklist => "checklist",
            Self::ChecklistItem => "checklist item",
            Self::ChoiceOfField => "choice of a field",
            Self::ColourOfCover => "colour of a cover",
            Self::Column => "column",
            Self::Comment => "comment",
            Self::ContentOfFile => "content of a file",
            Self::Cover => "cover",
            Self::Date => "date",
            Self::Dependency => "dependency",
            Self::Description => "description",
            Self::DueOfItem => "due date of a checklist item",
            Self::Field => "field",
            Self::History => "history",
            Self::Label => "label",
            Self::LabelOnCard => "label on a card",
            Self::Link => "link",
            Self::ListName => "list name",
            Self::ListOfCard => "list of a card",
            Self::Part => "part",
            Self::PlaceOnMap => "place on a map",
            Self::PowerUpData => "power-up data",
            Self::Reminder => "reminder",
            Self::StartDate => "start date",
            Self::Sticker => "sticker",
            Self::Template => "template",
            Self::Title => "title",
            Self::ValueOfField => "value of a field",
            Self::Vote => "vote",
            Self::Words => "",
        }
    }
}

impl Reason {
    /// The figure in its sentence; 0 where there is none.
    pub(super) fn most(self) -> u64 {
        let most = match self {
            Self::StageNameCut => columns::NAME,
            Self::TooManyChoices => plan::CHOICES,
            Self::TooManyFields => plan::FIELDS,
            Self::TooManyLabels => plan::LABELS,
            Self::TooManySteps => steps::MOST,
            Self::TitleCut => topics::topic::TITLE,
            Self::DescriptionCut => change::WHY,
            Self::PurposeCut => PURPOSE,
            Self::StepCut => steps::TEXT,
            Self::ValueCut => plan::FIELD_TEXT,
            Self::PostCut => topics::posts::SOURCE,
            Self::LabelMissing => plan::LABELS_OF_TASK,
            Self::PartsTooDeep => DEEP,
            _ => 0,
        };
        most as u64
    }

    /// The sentence, in English.
    pub(super) fn in_english(self) -> &'static str {
        match self {
            Self::StageNameCut => "A name of a stage has at most 40 characters; it was cut.",
            Self::TooManyChoices => "A field has at most 50 choices.",
            Self::TooManyFields => "A project has at most 20 fields.",
            Self::TooManyLabels => "A project has at most 60 labels.",
            Self::TooManySteps => "A task has at most 200 steps.",
            Self::TitleCut => "It is longer than 200 characters: it was cut, and the whole is a post.",
            Self::DescriptionCut => {
                "It is longer than 20,000 bytes: the beginning is the description, the whole is a post."
            }
            Self::PurposeCut => "A purpose has at most 2,000 bytes; it was cut.",
            Self::StepCut => "A step has at most 300 characters: it was cut, and the whole is a post.",
            Self::ValueCut => "It was cut at 500 characters.",
            Self::PostCut => "A post has at most 100,000 bytes; it was cut.",
            Self::NoDate => "It is no date that can be read.",
            Self::DateTooFar => "It is before the year 2000 or after 2200.",
            Self::Undated => "It has no date.",
            Self::StartAfterDue => "It is after the due date.",
            Self::Unreadable => "It could not be read.",
            Self::Empty => "It is empty.",
            Self::CannotHold => "The field cannot hold it.",
            Self::FieldMissing => "The field is not here, or cannot hold it.",
            Self::LabelMissing => "The label is not here, or the card has more than 20.",
            Self::NoSuchTitle => "No line has that title.",
            Self::PartsTooDeep => "A task cannot be a part of itself, and parts go at most 20 deep.",
            Self::NoPart => "It cannot be a part of that task.",
            Self::WaitLoop => "The tasks would wait for each other.",
            Self::WaitRefused => "The tasks would wait for each other, or for too many.",
            Self::OtherCard => "It is not about a card of this board, or the card was deleted.",
            Self::HistoryKept => {
                "Of the history, comments, moves between lists, what was checked and who made a card come along."
            }
            Self::CardMissing => "Its card is not in the file.",
            Self::CardTwice => "Another card has the same id, or it has none.",
            Self::ListMissing => "Its list is not in the file; it is in the first stage.",
            Self::CoverMissing => {
                "A cover is a picture that came along, and this one is not beside the export."
            }
            Self::CoverColour => "Covers are pictures.",
            Self::FileMissing => "It is not beside the export: its link came along, and needs Trello.",
            Self::NoWebAddress => "Its address is none of the web: it came along as text.",
            Self::TemplateIsTask => "It came along as a task.",
            Self::NoPowerUps => "Power-ups have no counterpart here.",
            Self::RemindersFollowHours => "Reminders follow the hours of the owner here.",
            Self::NoStepDates => "Steps have no dates.",
            Self::NoPlaces => "Tasks have no places.",
            Self::NoStickers => "Tasks have no stickers.",
            Self::NoVotes => "Tasks have no votes.",
            Self::Sentence => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_has_the_figure_that_its_code_has() {
        let figured = [
            Reason::StageNameCut,
            Reason::TooManyChoices,
            Reason::TooManyFields,
            Reason::TooManyLabels,
            Reason::TooManySteps,
            Reason::TitleCut,
            Reason::DescriptionCut,
            Reason::PurposeCut,
            Reason::StepCut,
            Reason::ValueCut,
            Reason::PostCut,
            Reason::LabelMissing,
            Reason::PartsTooDeep,
        ];
        for reason in figured {
            let sentence = reason.in_english().replace(',', "");
            assert!(reason.most() > 0 && sentence.contains(&reason.most().to_string()), "{reason:?}");
        }
    }
}
