//! What a task waits for: another task, an ask, or a person.

use std::collections::{HashMap, hash_map::Entry};

use kernel::{Ids, Refusal};
use people::{Actor, MemberId, Role, System};
use serde::{Deserialize, Serialize};
use store::{Tx, args, sql};
use topics::{
    AskId,
    asks::{self, Ask, AskState},
};
use utoipa::ToSchema;

use crate::{
    Error, Result, TaskId, WaitId,
    error::taken,
    project,
    task::{self, Altered, Kept, Wait},
};

/// The most that one task waits for.
const MOST: usize = 30;

/// What a task is to wait for: one of the three.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWait {
    /// Made by whoever creates it.
    pub id: WaitId,
    /// A task.
    #[serde(default)]
    pub task: Option<TaskId>,
    /// An ask.
    #[serde(default)]
    pub ask: Option<AskId>,
    /// A member.
    #[serde(default)]
    pub member: Option<MemberId>,
}

/// Tasks that would wait for each other, the first one for the second and the last one for the first.
#[derive(Debug, Serialize)]
struct Circle {
    keys: Vec<String>,
}

/// What a task waits for, the oldest first.
pub(crate) async fn of(tx: &Tx, actor: &Actor, task: TaskId) -> Result<Vec<Wait>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, for_task, for_ask, for_member, since, done FROM waits \
                 WHERE workspace = $1 AND task = $2 ORDER BY since, id"
            ),
            args![actor.workspace, task],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Wait {
                id: row.get("id")?,
                task: row.get("for_task")?,
                ask: row.get("for_ask")?,
                member: row.get("for_member")?,
                since: row.get("since")?,
                done: row.get("done")?,
            })
        })
        .collect()
}

/// Says that a task waits for something.
pub async fn create(tx: &Tx, actor: &Actor, task: TaskId, new: NewWait) -> Result<()> {
    // Two who close a circle from two sides do so one after the other.
    tx.run(sql!("UPDATE workspaces SET name = name WHERE id = $1"), args![actor.workspace]).await?;
    let (_, mut kept) = task::hold(tx, actor, task).await?;
    if of(tx, actor, task).await?.len() >= MOST {
        return Err(Refusal::conflict(format!("A task waits for at most {MOST} things."))
            .named("too_many_waits")
            .into());
    }
    let done = match (new.task, new.ask, new.member) {
        (Some(other), None, None) => other_is_done(tx, actor, &kept, other).await?,
        (None, Some(ask), None) => ask_is_over(tx, actor, ask).await?,
        (None, None, Some(member)) => {
            project::must_reach(tx, actor, "member", member, kept.space).await?;
            false
        }
        _ => {
            let allowed = "one of `task`, `ask` and `member`";
            return Err(Refusal::invalid_because("task", "says what it waits for", allowed).into());
        }
    };
    let added = tx
        .run(
            sql!(
                "INSERT INTO waits (workspace, id, task, for_task, for_ask, for_member, since, done) \
                 SELECT k.workspace, $3, k.id, $4, $5, $6, $7, $8 FROM tasks k WHERE k.workspace = $1 AND k.id = $2 \
                 AND NOT EXISTS (SELECT 1 FROM waits w WHERE w.workspace = $1 AND w.task = $2 \
                   AND (w.for_task = $4 OR w.for_ask = $5 OR w.for_member = $6))"
            ),
            args![actor.workspace, task, new.id, new.task, new.ask, new.member, actor.at, done],
        )
        .await
        .map_err(|error| taken(error, "id"))?;
    if added == 0 {
        return Err(Refusal::conflict("It waits for this already.").named("waits_already").into());
    }
    settle(tx, actor, &mut kept).await
}

/// Takes away that a task waits for something.
pub async fn remove(tx: &Tx, actor: &Actor, id: WaitId) -> Result<()> {
    let row = tx
        .maybe(sql!("SELECT task FROM waits WHERE workspace = $1 AND id = $2"), args![actor.workspace, id])
        .await?
        .ok_or(Refusal::not_found("wait"))?;
    let (_, mut kept) = task::hold(tx, actor, row.get("task")?).await.map_err(project::missing("wait"))?;
    tx.run(sql!("DELETE FROM waits WHERE workspace = $1 AND id = $2"), args![actor.workspace, id]).await?;
    settle(tx, actor, &mut kept).await
}

async fn settle(tx: &Tx, actor: &Actor, kept: &mut Kept) -> Result<()> {
    count(tx, actor, kept.task.id).await?;
    task::save(tx, actor, kept).await?;
    let mut altered = Altered::default();
    altered.page(kept.task.id);
    altered.record(tx, actor, "task.changed").await
}

/// Counts what is not done.
pub(crate) async fn count(tx: &Tx, actor: &Actor, task: TaskId) -> Result<()> {
    tx.run(
        sql!(
            "UPDATE tasks SET waits = (SELECT COUNT(*) FROM waits w WHERE w.workspace = $1 AND w.task = $2 \
             AND NOT w.done) WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, task],
    )
    .await?;
    Ok(())
}

async fn other_is_done(tx: &Tx, actor: &Actor, kept: &Kept, other: TaskId) -> Result<bool> {
    let other = task::see(tx, actor, other)
        .await
        .map_err(|_| Refusal::invalid("task", "is no task here").named("not_here"))?;
    let Some(circle) = circle(tx, actor, kept.task.id, other.id).await? else {
        return Ok(other.done_at.is_some());
    };
    let keys = keys_of(tx, actor, &circle).await?;
    let why = format!("They would wait for each other: {}.", keys.join(", "));
    Err(Error::meanwhile(why, "cycle", &Circle { keys }))
}

/// The tasks on the way from `to` to `from`, both included, `from` first: who would wait in a circle.
async fn circle(tx: &Tx, actor: &Actor, from: TaskId, to: TaskId) -> Result<Option<Vec<TaskId>>> {
    let mut reached_from: HashMap<TaskId, TaskId> = HashMap::from([(to, to)]);
    let mut next = vec![to];
    while let Some(task) = next.pop() {
        if task == from {
            return Ok(Some(way(&reached_from, from, to)));
        }
        let rows = tx
            .all(
                sql!(
                    "SELECT for_task FROM waits WHERE workspace = $1 AND task = $2 AND for_task IS NOT NULL \
                     ORDER BY for_task"
                ),
                args![actor.workspace, task],
            )
            .await?;
        for row in &rows {
            let other: TaskId = row.get("for_task")?;
            if let Entry::Vacant(unknown) = reached_from.entry(other) {
                unknown.insert(task);
                next.push(other);
            }
        }
    }
    Ok(None)
}

fn way(reached_from: &HashMap<TaskId, TaskId>, from: TaskId, to: TaskId) -> Vec<TaskId> {
    let mut way = vec![from];
    let mut task = from;
    while task != to {
        let Some(before) = reached_from.get(&task) else { break };
        task = *before;
        way.push(task);
    }
    // Found from the end to the beginning; it is told in the order of waiting.
    if let Some(rest) = way.get_mut(1..) {
        rest.reverse();
    }
    way
}

/// Their keys; what the actor may not see has none.
async fn keys_of(tx: &Tx, actor: &Actor, tasks: &[TaskId]) -> Result<Vec<String>> {
    let mut keys = Vec::with_capacity(tasks.len());
    for id in tasks {
        match task::see(tx, actor, *id).await {
            Ok(task) => keys.push(task.key),
            Err(Error::Refused(_)) => keys.push("…".to_owned()),
            Err(error) => return Err(error),
        }
    }
    Ok(keys)
}

async fn ask_is_over(tx: &Tx, actor: &Actor, ask: AskId) -> Result<bool> {
    let (_, ask) = asks::see(tx, actor, ask)
        .await
        .map_err(|_| Refusal::invalid("ask", "is no ask here").named("not_here"))?;
    asks::watch(tx, actor, ask.id).await?;
    Ok(is_over(&ask))
}

/// Whether nobody waits for an answer any more.
fn is_over(ask: &Ask) -> bool {
    !matches!(ask.state, AskState::Open | AskState::Accepted)
}

/// An ask has changed: the tasks that wait for it learn whether they still do.
pub(crate) async fn ask_turned(tx: &Tx, system: &System, ids: Ids, ask: AskId) -> Result<()> {
    let rows = tx
        .all(
            sql!(
                "SELECT w.task, k.requester FROM waits w \
                 JOIN tasks k ON k.workspace = w.workspace AND k.id = w.task \
                 WHERE w.workspace = $1 AND w.for_ask = $2 ORDER BY w.task"
            ),
            args![system.workspace, ask],
        )
        .await?;
    let Some(first) = rows.first() else { return Ok(()) };
    let reader = system.acting_as(first.get("requester")?, Role::Member, ids);
    let done = is_over(&asks::find(tx, &reader, ask).await?);
    let turned = tx
        .run(
            sql!("UPDATE waits SET done = $3 WHERE workspace = $1 AND for_ask = $2 AND done <> $3"),
            args![system.workspace, ask, done],
        )
        .await?;
    if turned == 0 {
        return Ok(());
    }
    let mut altered = Altered::default();
    for row in &rows {
        turn(tx, &reader, &mut altered, row.get("task")?).await?;
    }
    altered.record_by_itself(tx, system, &reader, "task.changed").await
}

/// A task has become done, or no longer is: those who wait for it learn of it.
pub(crate) async fn task_turned(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    task: TaskId,
    done: bool,
) -> Result<()> {
    let rows = tx
        .all(
            sql!("UPDATE waits SET done = $3 WHERE workspace = $1 AND for_task = $2 RETURNING task"),
            args![actor.workspace, task, done],
        )
        .await?;
    for row in &rows {
        turn(tx, actor, altered, row.get("task")?).await?;
    }
    Ok(())
}

/// Counts anew what a task waits for.
async fn turn(tx: &Tx, actor: &Actor, altered: &mut Altered, waiting: TaskId) -> Result<()> {
    count(tx, actor, waiting).await?;
    tx.run(
        sql!("UPDATE tasks SET version = version + 1 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, waiting],
    )
    .await?;
    altered.page(waiting);
    Ok(())
}
