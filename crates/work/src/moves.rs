//! Moving: into another stage, to another place in it, into another project.

use kernel::Refusal;
use people::Actor;
use serde::Deserialize;
use store::{Tx, args, sql};
use topics::topic;
use utoipa::ToSchema;

use crate::{
    Error, LabelId, ProjectId, Result, StageId, TaskId, acceptance, handoff, history, keys, place,
    project::{self, Project},
    queue,
    stage::{Stage, StageKind},
    task::{self, Altered, Kept},
    waits,
};

/// Where a task goes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The stage.
    pub stage: StageId,
    /// The task after which it stands there; null for the top. A task that is no longer there stands
    /// for the top.
    #[serde(default)]
    pub after: Option<TaskId>,
    /// The `version` of the task that its mover saw. When somebody else has moved it since, their
    /// move stays: 409 `moved_meanwhile` with the task as it is now in `current`.
    pub version: i64,
}

/// Which end of a stage, or after which task.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spot {
    Top,
    End,
    After(TaskId),
}

impl From<Option<TaskId>> for Spot {
    fn from(after: Option<TaskId>) -> Self {
        after.map_or(Self::Top, Self::After)
    }
}

/// Moves a task.
pub async fn move_to(tx: &Tx, actor: &Actor, id: TaskId, to: Move) -> Result<()> {
    let (project, mut kept) = task::hold(tx, actor, id).await?;
    if kept.moved_version > to.version && kept.moved_by != actor.member {
        let why = format!("Somebody else has moved {} meanwhile.", kept.task.key);
        return Err(Error::meanwhile(why, "moved_meanwhile", &kept.task));
    }
    let mut altered = Altered::default();
    enter(tx, actor, &mut altered, &project, &mut kept, to.stage, to.after.into()).await?;
    task::save(tx, actor, &mut kept).await?;
    altered.page(id);
    altered.record(tx, actor, "task.moved").await
}

/// Puts a task into a stage of its project; the caller saves it.
pub(crate) async fn enter(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    project: &Project,
    kept: &mut Kept,
    stage: StageId,
    spot: Spot,
) -> Result<()> {
    let to = project
        .stage(stage)
        .ok_or_else(|| Refusal::invalid("stage", "is no stage of this project").named("not_here"))?;
    let from = project.stage(kept.task.stage).map_or("", |from| &from.name);
    arrive(tx, actor, altered, kept, (from, &to.name), to, spot).await
}

/// Puts a task into a stage, whatever project it was in. `names` are what its history says of where it
/// was and where it is.
async fn arrive(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    kept: &mut Kept,
    names: (&str, &str),
    to: &Stage,
    spot: Spot,
) -> Result<()> {
    kept.task.place = place_at(tx, actor, altered, to.id, spot, kept.task.id).await?;
    kept.moved_version = kept.task.version + 1;
    kept.moved_by = actor.member;
    if kept.task.stage == to.id {
        return Ok(());
    }
    history::note(tx, actor, kept.task.id, names.0, names.1).await?;
    let was_done = kept.task.done_at.is_some();
    kept.task.moved_at = actor.at;
    if to.kind == StageKind::Done {
        kept.came_from = kept.came_from.filter(|_| was_done).or(Some(kept.task.stage));
        kept.task.done_at = kept.task.done_at.or(Some(actor.at));
    } else {
        kept.came_from = None;
        kept.task.done_at = None;
    }
    kept.task.stage = to.id;
    if was_done != kept.task.done_at.is_some() {
        waits::task_turned(tx, actor, altered, kept.task.id, kept.task.done_at.is_some()).await?;
        handoff::task_turned(tx, actor, altered, kept).await?;
        acceptance::turned(tx, actor, kept).await?;
    }
    Ok(())
}

/// Marks a task as done, or puts it back to where it came from; the caller saves it.
pub(crate) async fn set_done(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    project: &Project,
    kept: &mut Kept,
    done: bool,
) -> Result<()> {
    if done == kept.task.done_at.is_some() {
        return Ok(());
    }
    let to = if done {
        project.first(StageKind::Done)
    } else {
        let back = kept.came_from.and_then(|stage| project.stage(stage));
        back.filter(|stage| stage.kind != StageKind::Done).or_else(|| project.first(StageKind::Open))
    };
    let to = to.ok_or_else(|| Refusal::conflict("This project has no such stage.").named("last_stage"))?.id;
    enter(tx, actor, altered, project, kept, to, Spot::Top).await
}

/// A place in a stage for a task. Where places have become long, the stage is spread anew.
pub(crate) async fn place_at(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    stage: StageId,
    spot: Spot,
    moving: TaskId,
) -> Result<String> {
    if let Some(place) = free_place(tx, actor, stage, spot, moving).await?
        && place.len() <= place::LONGEST
    {
        return Ok(place);
    }
    let others: Vec<TaskId> =
        task::in_stage(tx, actor, stage).await?.into_iter().filter(|id| *id != moving).collect();
    for (id, place) in others.iter().zip(place::spread(others.len())) {
        tx.run(
            sql!("UPDATE tasks SET place = $3, version = version + 1 WHERE workspace = $1 AND id = $2"),
            args![actor.workspace, id, place],
        )
        .await?;
        altered.card(*id);
    }
    let place = free_place(tx, actor, stage, spot, moving).await?;
    place.ok_or_else(|| Error::Broken { what: "tasks.place", problem: format!("no room in {stage}") })
}

/// A place between two tasks of a stage, leaving out the one that moves; none where two have the same.
async fn free_place(
    tx: &Tx,
    actor: &Actor,
    stage: StageId,
    spot: Spot,
    moving: TaskId,
) -> Result<Option<String>> {
    let before = match spot {
        Spot::Top => None,
        Spot::After(id) => {
            let row = tx
                .maybe(
                    sql!("SELECT place FROM tasks WHERE workspace = $1 AND stage = $2 AND id = $3"),
                    args![actor.workspace, stage, id],
                )
                .await?;
            row.filter(|_| id != moving).map(|row| row.get::<String>("place")).transpose()?
        }
        Spot::End => {
            let row = tx
                .maybe(
                    sql!(
                        "SELECT place FROM tasks WHERE workspace = $1 AND stage = $2 AND id <> $3 \
                         ORDER BY place DESC LIMIT 1"
                    ),
                    args![actor.workspace, stage, moving],
                )
                .await?;
            row.map(|row| row.get::<String>("place")).transpose()?
        }
    };
    let after = tx
        .maybe(
            sql!(
                "SELECT place FROM tasks WHERE workspace = $1 AND stage = $2 AND id <> $3 AND place > $4 \
                 ORDER BY place LIMIT 1"
            ),
            args![actor.workspace, stage, moving, before.as_deref().unwrap_or_default()],
        )
        .await?;
    let after = after.map(|row| row.get::<String>("place")).transpose()?;
    Ok(place::between(before.as_deref(), after.as_deref()))
}

/// Carries tasks of a stage that goes away to the end of another one.
pub(crate) async fn carry(
    tx: &Tx,
    actor: &Actor,
    project: &Project,
    tasks: &[TaskId],
    to: &Stage,
) -> Result<()> {
    let mut altered = Altered::default();
    for id in tasks {
        let mut kept = task::read(tx, actor, *id).await?;
        enter(tx, actor, &mut altered, project, &mut kept, to.id, Spot::End).await?;
        task::save(tx, actor, &mut kept).await?;
        altered.page(*id);
    }
    altered.record(tx, actor, "task.moved").await
}

/// The tasks of a stage whose kind has become, or is no longer, `done`.
pub(crate) async fn stage_means(tx: &Tx, actor: &Actor, stage: StageId, kind: StageKind) -> Result<()> {
    let mut altered = Altered::default();
    for id in task::in_stage(tx, actor, stage).await? {
        let mut kept = task::read(tx, actor, id).await?;
        let is_done = kind == StageKind::Done;
        kept.task.done_at = is_done.then(|| kept.task.done_at.unwrap_or(actor.at));
        kept.came_from = None;
        waits::task_turned(tx, actor, &mut altered, id, is_done).await?;
        handoff::task_turned(tx, actor, &mut altered, &kept).await?;
        if !is_done {
            acceptance::turned(tx, actor, &mut kept).await?;
        }
        task::save(tx, actor, &mut kept).await?;
        altered.card(id);
    }
    altered.record(tx, actor, "task.changed").await
}

/// Puts a task into another project: a new key, the labels of the same names, nothing in the fields,
/// and no parent there. The caller saves it.
pub(crate) async fn into_project(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    from: &Project,
    kept: &mut Kept,
    (project, stage): (ProjectId, Option<StageId>),
) -> Result<Project> {
    let to = project::see(tx, actor, project)
        .await
        .map_err(|_| Refusal::invalid("project", "is not here").named("not_here"))?;
    project::must_be_open(tx, actor, &to).await?;
    let id = kept.task.id;
    let left = from.stage(kept.task.stage);
    let stage = match stage {
        Some(stage) => to.stage(stage),
        None => to.first(left.map_or(StageKind::Open, |left| left.kind)).or(to.first(StageKind::Open)),
    };
    let stage =
        stage.ok_or_else(|| Refusal::invalid("stage", "is no stage of that project").named("not_here"))?;
    let key = keys::next(tx, actor, to.id).await?;
    keys::rename(tx, actor, id, &kept.task.key, &key).await?;
    kept.task.version += 1;
    kept.task.key = key;
    let named =
        |label: &LabelId| from.labels.iter().find(|known| known.id == *label).map(|known| &known.name);
    let same = |label| to.labels.iter().find(|known| Some(&known.name) == named(label)).map(|known| known.id);
    kept.task.labels = kept.task.labels.iter().filter_map(same).collect();
    kept.task.values.clear();
    kept.task.parent = None;
    kept.task.project = to.id;
    leave_children(tx, actor, altered, id).await?;
    let was = format!("{}: {}", from.name, left.map_or("", |left| &left.name));
    let is = format!("{}: {}", to.name, stage.name);
    arrive(tx, actor, altered, kept, (&was, &is), stage, Spot::Top).await?;
    kept.came_from = None;
    queue::left(tx, actor, kept).await?;
    if to.space != from.space {
        topic::put_into(tx, actor, id, to.space).await?;
        task::gone_from(tx, actor, from.space, id);
    }
    altered.page(id);
    altered.topic(id);
    Ok(to)
}

/// The parts of a task that has left their project are tasks of their own.
async fn leave_children(tx: &Tx, actor: &Actor, altered: &mut Altered, parent: TaskId) -> Result<()> {
    let rows = tx
        .all(
            sql!(
                "UPDATE tasks SET parent = NULL, version = version + 1 WHERE workspace = $1 AND parent = $2 \
                 RETURNING id"
            ),
            args![actor.workspace, parent],
        )
        .await?;
    for row in &rows {
        altered.card(row.get("id")?);
    }
    Ok(())
}
