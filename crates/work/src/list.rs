//! Tasks in lists. What finds a card is small and read from the database; the card as it goes out is
//! the same for all who may see it, and mostly encoded before.

use std::collections::{BTreeMap, HashMap};

use people::Actor;
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
struct Outline {
    id: TaskId,
    version: i64,
    posts: i64,
}

impl Outline {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { id: row.get("id")?, version: row.get("version")?, posts: row.get("post_count")? })
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

/// Those whose rows these are. Where many are missing they are read in one statement.
pub(crate) async fn encoded(
    tx: &Tx,
    actor: &Actor,
    rows: &[Row],
    project: Option<ProjectId>,
) -> Result<Tasks> {
    let outlines = rows.iter().map(Outline::from_row).collect::<Result<Vec<_>>>()?;
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
    let items =
        outlines.iter().zip(known).filter_map(|(outline, row)| row.or_else(|| read.remove(&outline.id)));
    Ok(Tasks {
        items: items.collect(),
        posts: outlines.iter().filter(|task| task.posts > 0).map(|task| (task.id, task.posts)).collect(),
    })
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
