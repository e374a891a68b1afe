//! Which stages the lists of a board, or the sections of a table, become.
//!
//! A board here shows at most five open stages and has one at least of kind `open` and of kind `done`. What a
//! list means is read from its name, in the languages that the interface speaks and some more. Lists that were
//! archived keep their name without a stage of their own: their tasks are put off, and a field says which list
//! it was.

use super::{
    note::{Note, NoteCode},
    plan::{CHOICES, PlannedField, PlannedKind, PlannedStage},
    reason::{Reason, Thing},
    report::NotCarried,
    words::line,
};
use crate::stage::StageKind;

/// The longest name of a stage, a field or a choice, in characters.
pub(super) const NAME: usize = 40;
/// The most open stages, and the most stages.
const OPEN: usize = 5;
const MOST: usize = 20;

/// A list as it was.
#[derive(Debug, Clone)]
pub(super) struct List {
    pub origin: String,
    pub name: String,
    pub archived: bool,
    pub limit: Option<u8>,
}

/// Where the tasks of a list go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Home {
    /// The stage.
    pub stage: usize,
    /// The choice of the field `List`, for a list without a stage of its own.
    pub choice: Option<usize>,
}

/// What lists become.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub stages: Vec<PlannedStage>,
    /// For each list.
    pub homes: Vec<Home>,
    /// The field that names the lists without a stage.
    pub field: Option<PlannedField>,
    pub notes: Vec<Note>,
}

const DONE: &[&str] = &[
    "done",
    "complete",
    "completed",
    "finished",
    "shipped",
    "released",
    "deployed",
    "closed",
    "resolved",
    "live",
    "hecho",
    "hecha",
    "terminado",
    "terminada",
    "completado",
    "finalizado",
    "listo",
    "cerrado",
    "publicado",
    "feito",
    "concluído",
    "concluido",
    "finalizada",
    "pronto",
    "encerrado",
    "erledigt",
    "fertig",
    "abgeschlossen",
    "terminé",
    "fini",
    "fait",
    "fatto",
    "completato",
    "gedaan",
    "klaar",
    "gotowe",
    "klart",
    "готово",
    "сделано",
    "完成",
    "已完成",
    "完了",
    "완료",
];
const IDEAS: &[&str] = &[
    "idea",
    "ideas",
    "backlog",
    "wishlist",
    "someday",
    "icebox",
    "brainstorm",
    "inbox",
    "future",
    "ideias",
    "ideen",
    "idées",
    "deseos",
    "desejos",
    "идеи",
    "アイデア",
    "想法",
];
const NOT_NOW: &[&str] = &[
    "hold",
    "paused",
    "parked",
    "later",
    "postponed",
    "archive",
    "archived",
    "abandoned",
    "cancelled",
    "canceled",
    "pausa",
    "pausado",
    "pospuesto",
    "aplazado",
    "archivado",
    "cancelado",
    "adiado",
    "arquivado",
    "später",
    "zurückgestellt",
    "ajourné",
    "позже",
];

/// What a name says that being in the list means.
pub(super) fn meaning(name: &str) -> StageKind {
    let lower = name.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let says = |known: &[&str]| words.iter().any(|word| known.contains(word));
    if lower.contains("not now") {
        StageKind::NotNow
    } else if words.first().is_some_and(|first| matches!(*first, "not" | "no" | "não" | "nicht")) {
        StageKind::Open
    } else if says(DONE) {
        StageKind::Done
    } else if says(IDEAS) {
        StageKind::Idea
    } else if says(NOT_NOW) {
        StageKind::NotNow
    } else {
        StageKind::Open
    }
}

/// Turns lists in their order into stages.
pub(super) fn arrange(lists: &[List], left_out: &mut NotCarried) -> Columns {
    let mut columns = Columns::default();
    let folded = which_fold(lists, &mut columns.notes);
    let mut kinds: Vec<StageKind> = lists.iter().map(|list| meaning(&list.name)).collect();
    few_open(lists, &folded, &mut kinds, &mut columns.notes);
    columns.homes = vec![Home { stage: 0, choice: None }; lists.len()];
    for (index, list) in lists.iter().enumerate().filter(|(index, _)| !folded.contains(index)) {
        let name = short_name(list, left_out);
        if let (Some(home), Some(kind)) = (columns.homes.get_mut(index), kinds.get(index)) {
            home.stage = columns.stages.len();
            columns.stages.push(PlannedStage {
                origin: list.origin.clone(),
                name,
                kind: *kind,
                limit: list.limit,
            });
        }
    }
    complete(&mut columns);
    fold(lists, &folded, &mut columns, left_out);
    columns
}

/// The lists without a stage of their own: archived ones, and those that a board has no room for.
fn which_fold(lists: &[List], notes: &mut Vec<Note>) -> Vec<usize> {
    let mut folded: Vec<usize> =
        (0..lists.len()).filter(|index| lists.get(*index).is_some_and(|l| l.archived)).collect();
    // Room for one of kind open, one done, and the one for what is folded.
    let room = MOST - 3;
    let shown: Vec<usize> = (0..lists.len()).filter(|index| !folded.contains(index)).collect();
    if let Some(rest) = shown.get(room..).filter(|rest| !rest.is_empty()) {
        notes.push(Note::counting(NoteCode::FurtherLists, rest.len()));
        folded.extend(rest);
    }
    folded
}

/// A board shows at most five open stages: those before the last five become stages of ideas.
fn few_open(lists: &[List], folded: &[usize], kinds: &mut [StageKind], notes: &mut Vec<Note>) {
    let open: Vec<usize> = (0..lists.len())
        .filter(|index| !folded.contains(index) && kinds.get(*index) == Some(&StageKind::Open))
        .collect();
    let surplus = open.len().saturating_sub(OPEN);
    for index in open.into_iter().take(surplus) {
        if let (Some(kind), Some(list)) = (kinds.get_mut(index), lists.get(index)) {
            *kind = StageKind::Idea;
            notes.push(Note::naming(NoteCode::IdeasList, line(&list.name, NAME).unwrap_or_default()));
        }
    }
}

fn short_name(list: &List, left_out: &mut NotCarried) -> String {
    let name = line(&list.name, NAME).unwrap_or_else(|| "Untitled".to_owned());
    if name.ends_with('…') && !list.name.trim_end().ends_with('…') {
        left_out.add(Thing::ListName, Reason::StageNameCut, &list.origin, &list.name);
    }
    name
}

/// Adds what every board needs: somewhere to work, and somewhere to end.
fn complete(columns: &mut Columns) {
    for (kind, name) in [(StageKind::Open, "To do"), (StageKind::Done, "Done")] {
        if !columns.stages.iter().any(|stage| stage.kind == kind) {
            columns.stages.push(PlannedStage {
                origin: format!("made:{name}"),
                name: name.to_owned(),
                kind,
                limit: None,
            });
            let code = match kind {
                StageKind::Done => NoteCode::DoneStageAdded,
                _ => NoteCode::OpenStageAdded,
            };
            columns.notes.push(Note::naming(code, name));
        }
    }
}

fn fold(lists: &[List], folded: &[usize], columns: &mut Columns, left_out: &mut NotCarried) {
    if folded.is_empty() {
        return;
    }
    let stage = columns.stages.len();
    columns.stages.push(PlannedStage {
        origin: "made:Not now".to_owned(),
        name: "Not now".to_owned(),
        kind: StageKind::NotNow,
        limit: None,
    });
    let mut choices: Vec<String> = Vec::new();
    for index in folded {
        let Some(list) = lists.get(*index) else { continue };
        let choice = (choices.len() < CHOICES).then(|| {
            choices.push(short_name(list, left_out));
            choices.len() - 1
        });
        if choice.is_none() {
            left_out.add(Thing::ArchivedList, Reason::TooManyChoices, &list.origin, &list.name);
        }
        if let Some(home) = columns.homes.get_mut(*index) {
            *home = Home { stage, choice };
        }
    }
    let archived = folded.iter().filter(|index| lists.get(**index).is_some_and(|list| list.archived)).count();
    if archived > 0 {
        columns.notes.push(Note::counting(NoteCode::ArchivedLists, archived));
    }
    columns.field = Some(PlannedField {
        origin: "made:List".to_owned(),
        name: "List".to_owned(),
        kind: PlannedKind::Choice,
        choices,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(names: &[&str]) -> Vec<List> {
        let list = |name: &&str| List {
            origin: (*name).to_owned(),
            name: name.trim_start_matches('-').to_owned(),
            archived: name.starts_with('-'),
            limit: None,
        };
        names.iter().map(list).collect()
    }

    fn kinds(names: &[&str]) -> Vec<(String, StageKind)> {
        let columns = arrange(&lists(names), &mut NotCarried::default());
        columns.stages.into_iter().map(|stage| (stage.name, stage.kind)).collect()
    }

    #[test]
    fn names_say_what_they_mean() {
        use StageKind::{Done, Idea, NotNow, Open};
        for (name, kind) in [
            ("Done ✓", Done),
            ("Backlog/Future Work/Ideas", Idea),
            ("In Progress", Open),
            ("Ready for QA", Open),
            ("On hold", NotNow),
            ("Hecho", Done),
            ("Concluído", Done),
            ("Not done yet", Open),
            ("Erledigt", Done),
            ("Undone", Open),
            ("", Open),
        ] {
            assert_eq!(meaning(name), kind, "{name}");
        }
    }

    #[test]
    fn archived_lists_are_choices_of_a_field() {
        let columns = arrange(&lists(&["To Do", "-Old", "Done", "-Older"]), &mut NotCarried::default());
        let names: Vec<&str> = columns.stages.iter().map(|stage| stage.name.as_str()).collect();
        assert_eq!(names, ["To Do", "Done", "Not now"]);
        assert_eq!(columns.homes[1], Home { stage: 2, choice: Some(0) });
        assert_eq!(columns.homes[3], Home { stage: 2, choice: Some(1) });
        assert_eq!(columns.field.unwrap().choices, ["Old", "Older"]);
    }

    #[test]
    fn any_lists_make_a_board() {
        let many: Vec<String> = (0..70).map(|number| format!("Week {number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for names in [&[][..], &["-Gone"], &["Done"], &["Ideas", "Someday"], &many] {
            let made = kinds(names);
            let count = |kind| made.iter().filter(|(_, known)| *known == kind).count();
            assert!((1..=OPEN).contains(&count(StageKind::Open)), "{made:?}");
            assert!(count(StageKind::Done) >= 1 && made.len() <= MOST, "{made:?}");
        }
    }
}
