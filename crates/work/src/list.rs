//! Tasks in lists. What finds a card is small and read from the database; the card as it goes out is
//! the same for all who may see it, and mostly encoded before.

use std::collections::{BTreeMap, HashMap};

use people::{Actor, SpaceId};
use store::{Encoded, EncodingKey, Row, Tx, args, sql};
use topics::asks::{self, Ask};

use crate::{
    ProjectId, Result, TaskId,
    task::{Task, task_columns, task_tables},
};

/// Tasks with what a board shows beside their cards.
#[derive(Debug)]
pub struct Tasks {
    /// The cards.
    pub items: Vec<Encoded>,
    /// How many posts each has; those without are left out.
    pub posts: BTreeMap<TaskId, i64>,
}

/// What finds a card among those that were encoded before.
#[derive(Debug, Clone, Copy)]
pub struct Outline {
    /// Which task.
    pub id: TaskId,
    /// As it is at which version.
    pub version: i64,
}

impl Outline {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { id: row.get("id")?, version: row.get("version")? })
    }

    fn key(self, actor: &Actor) -> EncodingKey {
        EncodingKey {
            table: "tasks",
            workspace: actor.workspace.uuid(),
            id: self.id.uuid(),
            part: 0,
            version: self.version,
        }
    }
}

/// The tasks of a project that the actor may see: those that are put away, or all the others.
pub async fn of_project(tx: &Tx, actor: &Actor, project: ProjectId, archived: bool) -> Result<Tasks> {
    let rows = tx
        .all(
            sql!(
                "SELECT k.id, k.version, t.post_count \
                 FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 WHERE k.workspace = $1 AND k.project = $2 AND (k.archived_at IS NOT NULL) = $3 ORDER BY k.id"
            ),
            args![actor.workspace, project, archived],
        )
        .await?;
    encoded(tx, actor, &rows, Some(project)).await
}

/// What finds the tasks of a project that are not put away, the oldest first. It is read from an index
/// alone, because it is read whenever somebody opens a large board.
pub async fn outlines(tx: &Tx, actor: &Actor, project: ProjectId) -> Result<Vec<Outline>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, version FROM tasks WHERE workspace = $1 AND project = $2 AND archived_at IS NULL \
                 ORDER BY id"
            ),
            args![actor.workspace, project],
        )
        .await?;
    rows.iter().map(Outline::from_row).collect()
}

/// How many posts each of them has, in their order.
pub async fn posts_of(tx: &Tx, actor: &Actor, space: SpaceId, outlines: &[Outline]) -> Result<Vec<i64>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, post_count FROM topics WHERE workspace = $1 AND space = $2 AND kind = 'task' \
                 AND post_count > 0 ORDER BY id"
            ),
            args![actor.workspace, space],
        )
        .await?;
    let mut counts = rows.iter().map(|row| Ok((row.get("id")?, row.get("post_count")?))).peekable();
    let mut posts = Vec::with_capacity(outlines.len());
    for outline in outlines {
        // Both go up by id: what is of other projects, or put away, lies between.
        while counts.next_if(|count| count.as_ref().is_ok_and(|(id, _)| *id < outline.id)).is_some() {}
        let own = counts.next_if(|count: &Result<(TaskId, i64)>| {
            count.as_ref().map_or(true, |(id, _)| *id == outline.id)
        });
        posts.push(own.transpose()?.map_or(0, |(_, count)| count));
    }
    Ok(posts)
}

/// Those whose rows these are, with their counts of posts.
pub(crate) async fn encoded(
    tx: &Tx,
    actor: &Actor,
    rows: &[Row],
    project: Option<ProjectId>,
) -> Result<Tasks> {
    let outlines = rows.iter().map(Outline::from_row).collect::<Result<Vec<_>>>()?;
    let items = cards_of(tx, actor, &outlines, project).await?.into_iter().flatten().collect();
    let mut posts = BTreeMap::new();
    for (row, outline) in rows.iter().zip(&outlines) {
        let count: i64 = row.get("post_count")?;
        if count > 0 {
            posts.insert(outline.id, count);
        }
    }
    Ok(Tasks { items, posts })
}

/// Cards in the order of their outlines. Where many are missing they are read in one statement.
pub async fn cards_of(
    tx: &Tx,
    actor: &Actor,
    outlines: &[Outline],
    project: Option<ProjectId>,
) -> Result<Vec<Option<Encoded>>> {
    let keys: Vec<EncodingKey> = outlines.iter().map(|outline| outline.key(actor)).collect();
    let known = match tx.encodings() {
        Some(encodings) => encodings.get(&keys),
        None => vec![None; keys.len()],
    };
    let missing: Vec<TaskId> =
        outlines.iter().zip(&known).filter(|(_, row)| row.is_none()).map(|(outline, _)| outline.id).collect();
    let mut read = cards(tx, actor, &missing, project).await?;
    if let Some(encodings) = tx.encodings() {
        let added = outlines.iter().filter_map(|outline| {
            let row = read.get(&outline.id)?;
            Some((outline.key(actor), row.clone()))
        });
        encodings.keep(added);
    }
    Ok(outlines.iter().zip(known).map(|(outline, row)| row.or_else(|| read.remove(&outline.id))).collect())
}

/// More than this many of a project are read together.
const FEW: usize = 20;

async fn cards(
    tx: &Tx,
    actor: &Actor,
    missing: &[TaskId],
    project: Option<ProjectId>,
) -> Result<HashMap<TaskId, Encoded>> {
    let mut cards = HashMap::with_capacity(missing.len());
    if let Some(project) = project.filter(|_| missing.len() > FEW) {
        let rows = tx
            .all(
                sql!(concat!(
                    "SELECT ",
                    task_columns!(),
                    task_tables!(),
                    "WHERE k.workspace = $1 AND k.project = $2"
                )),
                args![actor.workspace, project],
            )
            .await?;
        for row in &rows {
            let task = Task::from_row(row)?;
            cards.insert(task.id, Encoded::new(&task)?);
        }
        return Ok(cards);
    }
    for id in missing {
        let row = tx
            .one(
                sql!(concat!(
                    "SELECT ",
                    task_columns!(),
                    task_tables!(),
                    "WHERE k.workspace = $1 AND k.id = $2"
                )),
                args![actor.workspace, id],
            )
            .await?;
        cards.insert(*id, Encoded::new(&Task::from_row(&row)?)?);
    }
    Ok(cards)
}

/// The open asks on tasks of a project, the earliest due first.
pub async fn asks_of_project(tx: &Tx, actor: &Actor, project: ProjectId) -> Result<Vec<Ask>> {
    let rows = tx
        .all(
            sql!(
                "SELECT a.id FROM asks a JOIN tasks k ON k.workspace = a.workspace AND k.id = a.topic \
                 WHERE a.workspace = $1 AND k.project = $2 AND k.archived_at IS NULL \
                 AND a.state IN ('open', 'accepted') ORDER BY a.due_at IS NULL, a.due_at, a.id LIMIT 500"
            ),
            args![actor.workspace, project],
        )
        .await?;
    let mut asks = Vec::with_capacity(rows.len());
    for row in &rows {
        asks.push(asks::find(tx, actor, row.get("id")?).await?);
    }
    Ok(asks)
}

/// The open asks in other topics for which tasks of a project wait, as far as the actor may see them,
/// with the task that waits; at most 500, the one that waits longest first.
pub async fn asks_waited_for(tx: &Tx, actor: &Actor, project: ProjectId) -> Result<Vec<(TaskId, Ask)>> {
    let rows = tx
        .all(
            sql!(
                "SELECT w.task, a.id FROM tasks k JOIN waits w ON w.workspace = k.workspace AND w.task = k.id \
                 JOIN asks a ON a.workspace = w.workspace AND a.id = w.for_ask \
                 WHERE k.workspace = $1 AND k.project = $2 AND k.archived_at IS NULL AND k.waits > 0 \
                 AND a.state IN ('open', 'accepted') AND a.topic <> k.id ORDER BY w.since, w.id LIMIT 500"
            ),
            args![actor.workspace, project],
        )
        .await?;
    let mut waited = Vec::with_capacity(rows.len());
    for row in &rows {
        match asks::see(tx, actor, row.get("id")?).await {
            Ok((_, ask)) => waited.push((row.get("task")?, ask)),
            Err(topics::Error::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(waited)
}

/// For which tasks the tasks of a project wait, those that are done as well, by the task that waits.
pub async fn tasks_waited_for(
    tx: &Tx,
    actor: &Actor,
    project: ProjectId,
) -> Result<BTreeMap<TaskId, Vec<TaskId>>> {
    let rows = tx
        .all(
            sql!(
                "SELECT w.task, w.for_task FROM tasks k JOIN waits w ON w.workspace = k.workspace AND w.task = k.id \
                 WHERE k.workspace = $1 AND k.project = $2 AND k.archived_at IS NULL AND w.for_task IS NOT NULL \
                 ORDER BY w.since, w.id LIMIT 5000"
            ),
            args![actor.workspace, project],
        )
        .await?;
    let mut waits: BTreeMap<TaskId, Vec<TaskId>> = BTreeMap::new();
    for row in &rows {
        waits.entry(row.get("task")?).or_default().push(row.get("for_task")?);
    }
    Ok(waits)
}
