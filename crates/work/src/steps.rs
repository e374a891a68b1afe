//! Steps: the items under “Done when”.

use kernel::{Refusal, clean_line};
use people::{Actor, MemberId, present};
use serde::Deserialize;
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Result, StepId, TaskId,
    error::taken,
    place, project,
    task::{self, Altered, Kept, TaskStep},
};

/// The longest step, in characters.
pub(crate) const TEXT: usize = 300;
/// The most steps of a task.
pub(crate) const MOST: usize = 200;

/// A step to add.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStep {
    /// Made by whoever creates it.
    pub id: StepId,
    /// One line, 1 to 300 characters.
    #[schema(min_length = 1, max_length = 300)]
    pub text: String,
    /// The step after which it stands; null for the first place, absent for the last.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<StepId>)]
    pub after: Option<Option<StepId>>,
}

/// What can be changed about a step. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepPatch {
    /// Other words.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub text: Option<String>,
    /// Whether it is done.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub done: Option<bool>,
    /// The step after which it stands; null for the first place.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<StepId>)]
    pub after: Option<Option<StepId>>,
    /// Whose it is; null for the owner of the task.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<MemberId>)]
    pub owner: Option<Option<MemberId>>,
}

/// The steps of a task in order.
pub(crate) async fn of(tx: &Tx, actor: &Actor, task: TaskId) -> Result<Vec<TaskStep>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, text, done_at, done_by, owner FROM steps WHERE workspace = $1 AND task = $2 \
                 ORDER BY place, id"
            ),
            args![actor.workspace, task],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(TaskStep {
                id: row.get("id")?,
                text: row.get("text")?,
                done_at: row.get("done_at")?,
                done_by: row.get("done_by")?,
                owner: row.get("owner")?,
            })
        })
        .collect()
}

/// Adds a step to a task.
pub async fn create(tx: &Tx, actor: &Actor, task: TaskId, new: NewStep) -> Result<()> {
    let (_, mut kept) = task::hold(tx, actor, task).await?;
    let text = clean_line("text", &new.text, TEXT)?;
    let steps = of(tx, actor, task).await?;
    if steps.len() >= MOST {
        let why = format!("A task has at most {MOST} steps.");
        return Err(Refusal::conflict(why).named("too_many_steps").into());
    }
    let after = new.after.unwrap_or_else(|| steps.last().map(|step| step.id));
    tx.run(
        sql!("INSERT INTO steps (workspace, id, task, place, text) VALUES ($1, $2, $3, '', $4)"),
        args![actor.workspace, new.id, task, text],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    put_after(tx, actor, &steps, new.id, after).await?;
    settle(tx, actor, &mut kept).await
}

/// Writes the first steps of a task, and counts them; the caller records it.
pub(crate) async fn insert_all(
    tx: &Tx,
    actor: &Actor,
    task: TaskId,
    steps: &[(String, Option<MemberId>)],
) -> Result<()> {
    for ((text, owner), place) in steps.iter().zip(place::spread(steps.len())) {
        let id: StepId = actor.ids.make();
        tx.run(
            sql!(
                "INSERT INTO steps (workspace, id, task, place, text, owner) VALUES ($1, $2, $3, $4, $5, $6)"
            ),
            args![actor.workspace, id, task, place, text, *owner],
        )
        .await?;
    }
    count(tx, actor, task).await
}

async fn see(tx: &Tx, actor: &Actor, id: StepId) -> Result<(Kept, Vec<TaskStep>, TaskStep)> {
    let row = tx
        .maybe(sql!("SELECT task FROM steps WHERE workspace = $1 AND id = $2"), args![actor.workspace, id])
        .await?
        .ok_or(Refusal::not_found("step"))?;
    let (_, kept) = task::hold(tx, actor, row.get("task")?).await.map_err(project::missing("step"))?;
    let steps = of(tx, actor, kept.task.id).await?;
    let step = steps.iter().find(|step| step.id == id).cloned().ok_or(Refusal::not_found("step"))?;
    Ok((kept, steps, step))
}

/// Changes a step.
pub async fn change(tx: &Tx, actor: &Actor, id: StepId, patch: StepPatch) -> Result<()> {
    let (mut kept, steps, step) = see(tx, actor, id).await?;
    let text = clean_line("text", patch.text.as_ref().unwrap_or(&step.text), TEXT)?;
    let owner = patch.owner.unwrap_or(step.owner);
    if let Some(owner) = owner.filter(|_| owner != step.owner) {
        project::must_reach(tx, actor, "owner", owner, kept.space).await?;
    }
    let (done_at, done_by) = match patch.done {
        Some(true) if step.done_at.is_none() => (Some(actor.at), Some(actor.member)),
        Some(false) => (None, None),
        _ => (step.done_at, step.done_by),
    };
    tx.run(
        sql!(
            "UPDATE steps SET text = $3, owner = $4, done_at = $5, done_by = $6 WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, id, text, owner, done_at, done_by],
    )
    .await?;
    if let Some(after) = patch.after.filter(|after| *after != Some(id)) {
        put_after(tx, actor, &steps, id, after).await?;
    }
    settle(tx, actor, &mut kept).await
}

/// Takes a step away.
pub async fn remove(tx: &Tx, actor: &Actor, id: StepId) -> Result<()> {
    let (mut kept, ..) = see(tx, actor, id).await?;
    tx.run(sql!("DELETE FROM steps WHERE workspace = $1 AND id = $2"), args![actor.workspace, id]).await?;
    settle(tx, actor, &mut kept).await
}

/// Writes the order anew with one step after another. A step that is no longer there stands for the end.
async fn put_after(
    tx: &Tx,
    actor: &Actor,
    steps: &[TaskStep],
    id: StepId,
    after: Option<StepId>,
) -> Result<()> {
    let mut order: Vec<StepId> = steps.iter().map(|step| step.id).filter(|known| *known != id).collect();
    let index = match after {
        None => 0,
        Some(after) => order.iter().position(|known| *known == after).map_or(order.len(), |index| index + 1),
    };
    order.insert(index, id);
    for (id, place) in order.iter().zip(place::spread(order.len())) {
        tx.run(
            sql!("UPDATE steps SET place = $3 WHERE workspace = $1 AND id = $2 AND place <> $3"),
            args![actor.workspace, id, place],
        )
        .await?;
    }
    Ok(())
}

/// Counts the steps and records the task.
async fn settle(tx: &Tx, actor: &Actor, kept: &mut Kept) -> Result<()> {
    let id = kept.task.id;
    count(tx, actor, id).await?;
    task::save(tx, actor, kept).await?;
    let mut altered = Altered::default();
    altered.page(id);
    altered.record(tx, actor, "task.changed").await
}

/// Counts the steps of a task.
pub(crate) async fn count(tx: &Tx, actor: &Actor, id: TaskId) -> Result<()> {
    tx.run(
        sql!(
            "UPDATE tasks SET \
             steps = (SELECT COUNT(*) FROM steps s WHERE s.workspace = $1 AND s.task = $2), \
             steps_done = (SELECT COUNT(*) FROM steps s WHERE s.workspace = $1 AND s.task = $2 \
               AND s.done_at IS NOT NULL) \
             WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, id],
    )
    .await?;
    Ok(())
}
