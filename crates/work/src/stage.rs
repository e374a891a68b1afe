//! A stage: a column of a project's board, and what being in it means.

use std::collections::HashMap;

use kernel::{Refusal, clean_line};
use people::{Actor, present};
use serde::{Deserialize, Serialize};
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    ProjectId, Result, StageId,
    error::taken,
    moves, place,
    project::{self, FirstStage, Project},
    task,
};

/// The longest name, in characters.
const NAME: usize = 40;
/// The most stages of kind `open`: what a board shows beside each other.
pub(crate) const OPEN: usize = 5;
/// The most stages of a project.
pub(crate) const MOST: usize = 20;

store::words! {
    /// What being in a stage means for a task.
    pub enum StageKind {
        /// Perhaps, some day.
        Idea = "idea",
        /// To be done.
        Open = "open",
        /// Done.
        Done = "done",
        /// Put off.
        NotNow = "not_now",
    }
}

/// A stage of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stage {
    /// Its id.
    pub id: StageId,
    /// Its name.
    pub name: String,
    /// What being in it means.
    pub kind: StageKind,
    /// How many tasks its people want in it at most, 1 to 99: shown, never enforced.
    #[schema(required = true, minimum = 1, maximum = 99)]
    pub limit: Option<u8>,
}

/// A stage to add.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStage {
    /// Made by whoever creates it.
    pub id: StageId,
    /// Its name, 1 to 40 characters.
    #[schema(min_length = 1, max_length = 40)]
    pub name: String,
    /// What being in it means.
    pub kind: StageKind,
    /// 1 to 99.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 99)]
    pub limit: Option<u8>,
    /// The stage after which it stands; null for the first place, absent for the last.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<StageId>)]
    pub after: Option<Option<StageId>>,
}

/// What can be changed about a stage. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StagePatch {
    /// Another name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// Another meaning: its tasks are done from now on, or no longer.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub kind: Option<StageKind>,
    /// 1 to 99; null for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 99)]
    pub limit: Option<Option<u8>>,
    /// The stage after which it stands; null for the first place.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<StageId>)]
    pub after: Option<Option<StageId>>,
}

/// The stages of one project, or of all in the workspace, in order.
pub(crate) async fn of(
    tx: &Tx,
    actor: &Actor,
    only: Option<ProjectId>,
) -> Result<HashMap<ProjectId, Vec<Stage>>> {
    let rows = tx
        .all(
            sql!(
                "SELECT project, id, name, kind, most FROM stages WHERE workspace = $1 AND ($2 OR project = $3) \
                 ORDER BY place, id"
            ),
            args![actor.workspace, only.is_none(), only],
        )
        .await?;
    let mut stages: HashMap<ProjectId, Vec<Stage>> = HashMap::new();
    for row in &rows {
        let stage = Stage {
            id: row.get("id")?,
            name: row.get("name")?,
            kind: row.get("kind")?,
            limit: row.get("most")?,
        };
        stages.entry(row.get("project")?).or_default().push(stage);
    }
    Ok(stages)
}

/// Writes the stages with which a project begins.
pub(crate) async fn insert_first(
    tx: &Tx,
    actor: &Actor,
    project: ProjectId,
    stages: Vec<FirstStage>,
) -> Result<()> {
    let kinds: Vec<StageKind> = stages.iter().map(|stage| stage.kind).collect();
    must_make_a_board(&kinds)?;
    for (index, (stage, place)) in stages.iter().zip(place::spread(stages.len())).enumerate() {
        let name = clean_line(&format!("stages[{index}].name"), &stage.name, NAME)?;
        insert(tx, actor, project, (stage.id, &name, stage.kind, None), &place).await?;
    }
    Ok(())
}

async fn insert(
    tx: &Tx,
    actor: &Actor,
    project: ProjectId,
    (id, name, kind, limit): (StageId, &str, StageKind, Option<u8>),
    place: &str,
) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO stages (workspace, id, project, name, kind, most, place) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![actor.workspace, id, project, name, kind, limit, place],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    Ok(())
}

/// A board has somewhere to work and somewhere to end, and shows at most five open stages.
fn must_make_a_board(kinds: &[StageKind]) -> Result<()> {
    let count = |kind: StageKind| kinds.iter().filter(|known| **known == kind).count();
    if count(StageKind::Open) > OPEN {
        return Err(Refusal::conflict("A board shows at most five open stages.")
            .named("too_many_open")
            .into());
    }
    if count(StageKind::Open) == 0 || count(StageKind::Done) == 0 {
        let why = "A project needs a stage of kind open and one of kind done.";
        return Err(Refusal::conflict(why).named("last_stage").into());
    }
    Ok(())
}

/// A stage with its project, which the actor may shape.
async fn see(tx: &Tx, actor: &Actor, id: StageId) -> Result<(Project, Stage)> {
    let row = tx
        .maybe(
            sql!("SELECT project FROM stages WHERE workspace = $1 AND id = $2"),
            args![actor.workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("stage"))?;
    let of: ProjectId = row.get("project")?;
    project::hold(tx, actor, of).await?;
    let project = project::see_to_shape(tx, actor, of).await.map_err(project::missing("stage"))?;
    let stage = project.stage(id).cloned().ok_or(Refusal::not_found("stage"))?;
    Ok((project, stage))
}

fn checked_limit(limit: Option<u8>) -> Result<Option<u8>> {
    match limit {
        Some(limit) if !(1..=99).contains(&limit) => {
            Err(Refusal::invalid_because("limit", "is no limit", "1 to 99, or none").into())
        }
        limit => Ok(limit),
    }
}

/// Adds a stage to a project.
pub async fn create(tx: &Tx, actor: &Actor, of: ProjectId, new: NewStage) -> Result<()> {
    project::hold(tx, actor, of).await?;
    let project = project::see_to_shape(tx, actor, of).await?;
    let name = clean_line("name", &new.name, NAME)?;
    let limit = checked_limit(new.limit)?;
    if project.stages.len() >= MOST {
        return Err(Refusal::conflict(format!("A project has at most {MOST} stages."))
            .named("too_many_stages")
            .into());
    }
    let kinds: Vec<StageKind> = project.stages.iter().map(|stage| stage.kind).chain([new.kind]).collect();
    must_make_a_board(&kinds)?;
    let after = new.after.unwrap_or_else(|| project.stages.last().map(|stage| stage.id));
    insert(tx, actor, of, (new.id, &name, new.kind, limit), "").await?;
    put_after(tx, actor, &project, new.id, after).await?;
    project::touch(tx, actor, "stage.created", of).await
}

/// Changes a stage.
pub async fn change(tx: &Tx, actor: &Actor, id: StageId, patch: StagePatch) -> Result<()> {
    let (project, stage) = see(tx, actor, id).await?;
    let name = patch.name.as_deref().map(|name| clean_line("name", name, NAME)).transpose()?;
    let limit = checked_limit(patch.limit.unwrap_or(stage.limit))?;
    let kind = patch.kind.unwrap_or(stage.kind);
    let kinds: Vec<StageKind> =
        project.stages.iter().map(|known| if known.id == id { kind } else { known.kind }).collect();
    must_make_a_board(&kinds)?;
    tx.run(
        sql!("UPDATE stages SET name = $3, kind = $4, most = $5 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id, name.as_ref().unwrap_or(&stage.name), kind, limit],
    )
    .await?;
    if let Some(after) = patch.after.filter(|after| *after != Some(id)) {
        put_after(tx, actor, &project, id, after).await?;
    }
    project::touch(tx, actor, "stage.changed", project.id).await?;
    if (kind == StageKind::Done) != (stage.kind == StageKind::Done) {
        moves::stage_means(tx, actor, id, kind).await?;
    }
    Ok(())
}

/// Writes the order anew with one stage after another: there are few of them.
async fn put_after(
    tx: &Tx,
    actor: &Actor,
    project: &Project,
    id: StageId,
    after: Option<StageId>,
) -> Result<()> {
    let mut order: Vec<StageId> =
        project.stages.iter().map(|stage| stage.id).filter(|known| *known != id).collect();
    let index = match after {
        None => 0,
        Some(after) => {
            let found = order.iter().position(|known| *known == after);
            found.ok_or_else(|| Refusal::invalid("after", "is no stage of this project").named("not_here"))?
                + 1
        }
    };
    order.insert(index, id);
    for (id, place) in order.iter().zip(place::spread(order.len())) {
        tx.run(
            sql!("UPDATE stages SET place = $3 WHERE workspace = $1 AND id = $2"),
            args![actor.workspace, id, place],
        )
        .await?;
    }
    Ok(())
}

/// Takes a stage away. Its tasks go to the end of another one, archived ones as well.
pub async fn remove(tx: &Tx, actor: &Actor, id: StageId, to: Option<StageId>) -> Result<()> {
    let (project, _) = see(tx, actor, id).await?;
    let kinds: Vec<StageKind> =
        project.stages.iter().filter(|known| known.id != id).map(|known| known.kind).collect();
    must_make_a_board(&kinds)?;
    let to =
        match to {
            Some(to) => Some(project.stage(to).filter(|to| to.id != id).ok_or_else(|| {
                Refusal::invalid("to", "is no other stage of this project").named("not_here")
            })?),
            None => None,
        };
    let tasks = task::in_stage(tx, actor, id).await?;
    match to {
        Some(to) => moves::carry(tx, actor, &project, &tasks, to).await?,
        None if tasks.is_empty() => {}
        None => {
            return Err(Refusal::conflict("There are tasks in this stage. Say where they go.")
                .named("stage_has_tasks")
                .into());
        }
    }
    tx.run(
        sql!("UPDATE tasks SET came_from = NULL WHERE workspace = $1 AND project = $3 AND came_from = $2"),
        args![actor.workspace, id, project.id],
    )
    .await?;
    tx.run(sql!("DELETE FROM stages WHERE workspace = $1 AND id = $2"), args![actor.workspace, id]).await?;
    project::touch(tx, actor, "stage.removed", project.id).await
}
