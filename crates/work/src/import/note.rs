//! What else there is to know about an import: a code with values, which a client says in its reader's
//! language. In English it is what the command line says.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a note says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportNoteCode)]
pub enum NoteCode {
    /// A board has no room for `count` further lists: they are kept in the field List, their tasks in the
    /// stage Not now.
    FurtherLists,
    /// The list `name` is a stage of ideas: a board shows only so many open stages.
    IdeasList,
    /// No list means open work: the stage `name` was added.
    OpenStageAdded,
    /// No list means done: the stage `name` was added.
    DoneStageAdded,
    /// `count` archived lists are kept in the field List, their tasks in the stage Not now.
    ArchivedLists,
    /// `project` has no room for the stage `name`: its tasks are in the stage `to`.
    NoRoomForStage,
    /// `project` has no room for the label `name`.
    NoRoomForLabel,
    /// `project` has no room for the field `name`.
    NoRoomForField,
    /// The export has the newest `count` entries of the history and no more: older comments may be missing.
    HistoryCut,
    /// `count` tasks are of `name`, who does not see the space.
    OwnerOutside,
    /// A sentence in `name`: what imports said before there were codes.
    Sentence,
}

/// One thing to know about an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(from = "Kept")]
#[schema(as = ImportNote)]
pub struct Note {
    /// What it says.
    pub code: NoteCode,
    /// How many; 0 where nothing is counted.
    pub count: u64,
    /// What or whom it names; empty where nothing is named.
    pub name: String,
    /// The name of the project; empty where it is not needed.
    pub project: String,
    /// Where something is instead; empty where it is not needed.
    pub to: String,
}

/// A note as it is kept: imports that ended before there were codes have sentences.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Note { code: NoteCode, count: u64, name: String, project: String, to: String },
    Sentence(String),
}

impl From<Kept> for Note {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Note { code, count, name, project, to } => Self { code, count, name, project, to },
            Kept::Sentence(sentence) => Self::naming(NoteCode::Sentence, sentence),
        }
    }
}

impl Note {
    /// One that counts.
    pub(super) fn counting(code: NoteCode, count: usize) -> Self {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        Self { code, count, name: String::new(), project: String::new(), to: String::new() }
    }

    /// One that names something.
    pub fn naming(code: NoteCode, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::counting(code, 0) }
    }

    /// The same in a project.
    pub(super) fn of_project(self, project: &str) -> Self {
        Self { project: project.to_owned(), ..self }
    }

    /// What it says, in English.
    pub fn in_english(&self) -> String {
        let Self { code, count, name, project, to } = self;
        match code {
            NoteCode::FurtherLists => format!(
                "A board has no room for {count} further lists: they are kept in the field List, and their tasks in the stage Not now."
            ),
            NoteCode::IdeasList => {
                format!("The list {name} is a stage of ideas: a board shows at most five open stages.")
            }
            NoteCode::OpenStageAdded => format!("No list means open work: the stage {name} was added."),
            NoteCode::DoneStageAdded => format!("No list means done: the stage {name} was added."),
            NoteCode::ArchivedLists => format!(
                "{} kept by name in the field List; their tasks are archived in the stage Not now.",
                if *count == 1 {
                    "1 archived list is".to_owned()
                } else {
                    format!("{count} archived lists are")
                }
            ),
            NoteCode::NoRoomForStage => {
                format!("{project} has no room for the stage {name}: its tasks are in {to}.")
            }
            NoteCode::NoRoomForLabel => format!("{project} has no room for the label {name}."),
            NoteCode::NoRoomForField => format!("{project} has no room for the field {name}."),
            NoteCode::HistoryCut => format!(
                "An export has at most the newest {count} entries of a board's history, and this one has as many: older comments may be missing."
            ),
            NoteCode::OwnerOutside => format!(
                "{} of {name}, who does not see this space. Add them to it, or give the tasks to somebody else.",
                if *count == 1 { "1 task is".to_owned() } else { format!("{count} tasks are") }
            ),
            NoteCode::Sentence => name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_from_before_there_were_codes_is_read() {
        let notes: Vec<Note> = serde_json::from_str(
            r#"["Older comments may be missing.", {"code": "ideas_list", "count": 0, "name": "Later", "project": "", "to": ""}]"#,
        )
        .unwrap();
        assert_eq!(notes[0].in_english(), "Older comments may be missing.");
        assert!(notes[1].in_english().starts_with("The list Later is a stage of ideas"));
        let again: Vec<Note> = serde_json::from_str(&serde_json::to_string(&notes).unwrap()).unwrap();
        assert_eq!(again, notes);
    }

    #[test]
    fn one_is_not_many() {
        let told = |count| {
            Note { name: "Minh".to_owned(), ..Note::counting(NoteCode::OwnerOutside, count) }.in_english()
        };
        assert!(told(1).starts_with("1 task is of Minh, who"));
        assert!(told(12).starts_with("12 tasks are of Minh, who"));
    }
}
