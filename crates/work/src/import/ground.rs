//! The project of an import with its stages, labels and fields: found again by where it came from, or made.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use kernel::Refusal;
use people::{Actor, SpaceId};
use store::{Tx, args, sql};
use uuid::Uuid;

use super::{
    note::{Note, NoteCode},
    plan::{Plan, PlannedKind, PlannedStage},
};
use crate::{
    ChoiceId, Error, FieldId, LabelId, ProjectId, Result, StageId,
    field::{self, Choice, Field, FieldKind, NewField},
    label::{self, NewLabel},
    project::{self, FirstStage, NewProject, Project},
    stage::{self, NewStage, StageKind, StagePatch},
};

/// What an import writes into.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub project: Project,
    pub stages: Vec<StageId>,
    /// None where a project has no room for another one.
    pub labels: Vec<Option<LabelId>>,
    pub fields: Vec<Option<(FieldId, Vec<ChoiceId>)>>,
    /// What came before, by its origin.
    pub known: HashMap<String, Uuid>,
    pub created: bool,
    pub notes: Vec<Note>,
}

/// The project that a plan became in this space, if it did.
pub(super) async fn find(tx: &Tx, actor: &Actor, origin: &str, space: SpaceId) -> Result<Option<Project>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT o.project FROM import_origins o \
                 JOIN projects p ON p.workspace = o.workspace AND p.id = o.project \
                 WHERE o.workspace = $1 AND o.origin = $2 AND p.space = $3 ORDER BY o.project LIMIT 1"
            ),
            args![actor.workspace, board_origin(origin), space],
        )
        .await?;
    match row {
        Some(row) => Ok(Some(project::see(tx, actor, row.get("project")?).await?)),
        None => Ok(None),
    }
}

/// Everything that a project has from earlier imports.
pub(super) async fn known(tx: &Tx, actor: &Actor, project: ProjectId) -> Result<HashMap<String, Uuid>> {
    let rows = tx
        .all(
            sql!("SELECT origin, id FROM import_origins WHERE workspace = $1 AND project = $2"),
            args![actor.workspace, project],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("origin")?, row.get("id")?))).collect()
}

/// Whether something was brought meanwhile.
pub(super) async fn is_there(tx: &Tx, actor: &Actor, project: ProjectId, origin: &str) -> Result<bool> {
    let row = tx
        .maybe(
            sql!("SELECT id FROM import_origins WHERE workspace = $1 AND project = $2 AND origin = $3"),
            args![actor.workspace, project, origin],
        )
        .await?;
    Ok(row.is_some())
}

/// Notes what something became.
pub(super) async fn remember(
    tx: &Tx,
    actor: &Actor,
    project: ProjectId,
    origin: &str,
    id: Uuid,
) -> Result<()> {
    tx.run(
        sql!("INSERT INTO import_origins (workspace, project, origin, id) VALUES ($1, $2, $3, $4)"),
        args![actor.workspace, project, origin, id],
    )
    .await?;
    Ok(())
}

fn board_origin(origin: &str) -> String {
    format!("board:{origin}")
}

/// Which project: the one named, the one that the plan became before, or a new one.
pub(super) async fn prepare(
    tx: &Tx,
    actor: &Actor,
    plan: &Plan,
    space: SpaceId,
    into: Option<ProjectId>,
    key: Option<&str>,
) -> Result<Ground> {
    let found = match into {
        Some(id) => Some(project::see(tx, actor, id).await?),
        None => find(tx, actor, &plan.origin, space).await?,
    };
    let created = found.is_none();
    let id = match found {
        Some(project) => {
            project::must_be_open(tx, actor, &project).await?;
            project.id
        }
        None => make(tx, actor, plan, space, key).await?,
    };
    let mut ground = Ground {
        project: project::see(tx, actor, id).await?,
        stages: Vec::new(),
        labels: Vec::new(),
        fields: Vec::new(),
        known: known(tx, actor, id).await?,
        created,
        notes: Vec::new(),
    };
    let board = board_origin(&plan.origin);
    if !ground.known.contains_key(&board) {
        remember(tx, actor, id, &board, id.uuid()).await?;
    }
    stages(tx, actor, plan, &mut ground).await?;
    labels(tx, actor, plan, &mut ground).await?;
    fields(tx, actor, plan, &mut ground).await?;
    reserve(tx, actor, plan, &ground).await?;
    ground.project = project::see(tx, actor, id).await?;
    ground.known = known(tx, actor, id).await?;
    Ok(ground)
}

async fn make(tx: &Tx, actor: &Actor, plan: &Plan, space: SpaceId, key: Option<&str>) -> Result<ProjectId> {
    let key = match key {
        Some(key) => key.to_owned(),
        None => free_key(tx, actor, &plan.name).await?,
    };
    let first = |stage: &PlannedStage| FirstStage {
        id: actor.ids.make(),
        name: stage.name.clone(),
        kind: stage.kind,
    };
    let new = NewProject {
        id: actor.ids.make(),
        key,
        name: plan.name.clone(),
        space,
        purpose: Some(plan.purpose.clone()),
        owner: None,
        stages: Some(plan.stages.iter().map(first).collect()),
    };
    let (id, stages) = (new.id, new.stages.clone().unwrap_or_default());
    project::create(tx, actor, new).await?;
    for (made, planned) in stages.iter().zip(&plan.stages) {
        remember(tx, actor, id, &format!("list:{}", planned.origin), made.id.uuid()).await?;
        if planned.limit.is_some() {
            stage::change(
                tx,
                actor,
                made.id,
                StagePatch { limit: Some(planned.limit), ..StagePatch::default() },
            )
            .await?;
        }
    }
    Ok(id)
}

/// A key from the first letters of a name that no project has or had.
async fn free_key(tx: &Tx, actor: &Actor, name: &str) -> Result<String> {
    for key in keys_of(name) {
        let taken = tx
            .maybe(
                sql!("SELECT project FROM project_keys WHERE workspace = $1 AND key = $2"),
                args![actor.workspace, &key],
            )
            .await?;
        if taken.is_none() {
            return Ok(key);
        }
    }
    Err(Refusal::conflict("No key is free. Say which one the project has.").named("key_taken").into())
}

/// Keys that a name suggests, the likeliest first.
fn keys_of(name: &str) -> Vec<String> {
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect()
    };
    let initials: String = name.split_whitespace().filter_map(|word| letters(word).chars().next()).collect();
    let all = letters(name);
    let mut keys: Vec<String> = Vec::new();
    if initials.len() >= 2 {
        keys.push(initials.chars().take(6).collect());
    }
    keys.extend((2..=6).rev().filter_map(|length| all.get(..length.min(all.len())).map(str::to_owned)));
    let stem: String = if all.len() >= 2 { all.chars().take(4).collect() } else { "IMP".to_owned() };
    keys.push(stem.clone());
    for first in 'A'..='Z' {
        keys.push(format!("{stem}{first}"));
        keys.extend(('A'..='Z').map(|second| format!("{stem}{first}{second}")));
    }
    keys.retain(|key| (2..=6).contains(&key.len()));
    let mut seen = HashSet::new();
    keys.retain(|key| seen.insert(key.clone()));
    keys
}

async fn stages(tx: &Tx, actor: &Actor, plan: &Plan, ground: &mut Ground) -> Result<()> {
    for planned in &plan.stages {
        let origin = format!("list:{}", planned.origin);
        let project = project::see(tx, actor, ground.project.id).await?;
        let known = ground.known.get(&origin).map(|id| StageId::from_uuid(*id));
        let same = known.filter(|id| project.stage(*id).is_some()).or_else(|| {
            let same = |stage: &&stage::Stage| stage.name.to_lowercase() == planned.name.to_lowercase();
            project.stages.iter().find(same).map(|stage| stage.id)
        });
        let id = match same {
            Some(id) => id,
            None => add_stage(tx, actor, planned, &project, ground).await?,
        };
        if let Entry::Vacant(place) = ground.known.entry(origin) {
            remember(tx, actor, project.id, place.key(), id.uuid()).await?;
            place.insert(id.uuid());
        }
        ground.stages.push(id);
    }
    Ok(())
}

/// Another stage, or the one that comes nearest where the board has no room.
async fn add_stage(
    tx: &Tx,
    actor: &Actor,
    planned: &PlannedStage,
    project: &Project,
    ground: &mut Ground,
) -> Result<StageId> {
    let open = project.stages.iter().filter(|stage| stage.kind == StageKind::Open).count();
    let has_room =
        project.stages.len() < stage::MOST && (planned.kind != StageKind::Open || open < stage::OPEN);
    if has_room {
        let id = actor.ids.make();
        let new = NewStage {
            id,
            name: planned.name.clone(),
            kind: planned.kind,
            limit: planned.limit,
            after: None,
        };
        stage::create(
            tx,
            actor,
            project.id,
            NewStage { after: last_of(project, planned.kind).map(Some), ..new },
        )
        .await?;
        return Ok(id);
    }
    let nearest = project
        .first(planned.kind)
        .or_else(|| project.stages.first())
        .map(|stage| (stage.id, stage.name.clone()));
    let (id, name) =
        nearest.ok_or_else(|| Error::Broken { what: "stages", problem: "a project has none".to_owned() })?;
    let note = Note::naming(NoteCode::NoRoomForStage, &planned.name).of_project(&project.name);
    ground.notes.push(Note { to: name, ..note });
    Ok(id)
}

/// The last stage of the kind.
fn last_of(project: &Project, kind: StageKind) -> Option<StageId> {
    project.stages.iter().rev().find(|stage| stage.kind == kind).map(|stage| stage.id)
}

async fn labels(tx: &Tx, actor: &Actor, plan: &Plan, ground: &mut Ground) -> Result<()> {
    for planned in &plan.labels {
        let origin = format!("label:{}", planned.origin);
        let project = project::see(tx, actor, ground.project.id).await?;
        let known = ground.known.get(&origin).map(|id| LabelId::from_uuid(*id));
        let same =
            project.labels.iter().find(|label| label.name.to_lowercase() == planned.name.to_lowercase());
        let id = match (known, same) {
            // One that was taken away here stays away.
            (Some(id), _) => project.labels.iter().any(|label| label.id == id).then_some(id),
            (None, Some(label)) => Some(label.id),
            (None, None) if project.labels.len() >= label::MOST => {
                let note = Note::naming(NoteCode::NoRoomForLabel, &planned.name);
                ground.notes.push(note.of_project(&project.name));
                None
            }
            (None, None) => {
                let id = actor.ids.make();
                let new = NewLabel { id, name: planned.name.clone(), colour: planned.colour };
                label::create(tx, actor, project.id, new).await?;
                Some(id)
            }
        };
        if let (Some(id), None) = (id, known) {
            remember(tx, actor, project.id, &origin, id.uuid()).await?;
        }
        ground.labels.push(id);
    }
    Ok(())
}

async fn fields(tx: &Tx, actor: &Actor, plan: &Plan, ground: &mut Ground) -> Result<()> {
    for planned in &plan.fields {
        let origin = format!("field:{}", planned.origin);
        let kind = match planned.kind {
            PlannedKind::Text => FieldKind::Text,
            PlannedKind::Number => FieldKind::Number,
            PlannedKind::Date => FieldKind::Date,
            PlannedKind::Choice => FieldKind::Choice,
        };
        let project = project::see(tx, actor, ground.project.id).await?;
        let known = ground.known.get(&origin).map(|id| FieldId::from_uuid(*id));
        let same = |field: &&Field| {
            field.kind == kind
                && (known == Some(field.id)
                    || known.is_none() && field.name.to_lowercase() == planned.name.to_lowercase())
        };
        let field = match project.fields.iter().find(same) {
            Some(field) => Some(field.clone()),
            None if known.is_some() => None,
            None if project.fields.len() >= field::MOST => {
                let note = Note::naming(NoteCode::NoRoomForField, &planned.name);
                ground.notes.push(note.of_project(&project.name));
                None
            }
            None => {
                Some(add_field(tx, actor, project.id, planned.name.clone(), kind, &planned.choices).await?)
            }
        };
        let Some(field) = field else {
            ground.fields.push(None);
            continue;
        };
        if known.is_none() {
            remember(tx, actor, project.id, &origin, field.id.uuid()).await?;
        }
        let choices = with_choices(tx, actor, &field, &planned.choices).await?;
        ground.fields.push(Some((field.id, choices)));
    }
    Ok(())
}

async fn add_field(
    tx: &Tx,
    actor: &Actor,
    project: ProjectId,
    name: String,
    kind: FieldKind,
    names: &[String],
) -> Result<Field> {
    let choice = |name: &String| Choice { id: actor.ids.make(), name: name.clone() };
    let choices: Vec<Choice> = names.iter().map(choice).collect();
    let id = actor.ids.make();
    let new = NewField {
        id,
        name: name.clone(),
        kind,
        choices: (kind == FieldKind::Choice).then(|| choices.clone()),
    };
    field::create(tx, actor, project, new).await?;
    Ok(Field { id, name, kind, choices })
}

/// The choices of a field for those of a plan, by their names in turn; what is missing is added.
async fn with_choices(tx: &Tx, actor: &Actor, field: &Field, names: &[String]) -> Result<Vec<ChoiceId>> {
    let mut choices = field.choices.clone();
    let mut used: HashSet<ChoiceId> = HashSet::new();
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        let same = choices
            .iter()
            .find(|choice| choice.name == *name && !used.contains(&choice.id))
            .map(|choice| choice.id);
        let id = same.unwrap_or_else(|| {
            let choice = Choice { id: actor.ids.make(), name: name.clone() };
            choices.push(choice.clone());
            choice.id
        });
        used.insert(id);
        ids.push(id);
    }
    if choices.len() > field.choices.len() && choices.len() <= field::CHOICES {
        let patch = field::FieldPatch { choices: Some(choices), ..field::FieldPatch::default() };
        field::change(tx, actor, field.id, patch).await?;
    }
    Ok(ids)
}

/// Keeps the numbers of the plan's cards free for them.
async fn reserve(tx: &Tx, actor: &Actor, plan: &Plan, ground: &Ground) -> Result<()> {
    let highest = plan.tasks.iter().filter_map(|task| task.number).max().unwrap_or(0);
    tx.run(
        sql!("UPDATE projects SET last_number = $3 WHERE workspace = $1 AND id = $2 AND last_number < $3"),
        args![actor.workspace, ground.project.id, highest],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_from_names() {
        assert_eq!(keys_of("Test Drive")[..2], ["TD", "TESTDR"]);
        assert_eq!(keys_of("Übersicht")[0], "BERSIC");
        assert_eq!(keys_of("X")[0], "IMP");
        assert_eq!(keys_of("看板")[0], "IMP");
        for name in ["", "a", "ab cd", "A very long name of a board with many words"] {
            let keys = keys_of(name);
            assert!(keys.len() > 600 && keys.iter().all(|key| (2..=6).contains(&key.len())), "{keys:?}");
        }
    }
}
