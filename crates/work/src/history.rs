//! The stages in which a task was.

use people::Actor;
use store::{Tx, args, sql};

use crate::{Result, TaskId, task::StageMove};

/// Notes that a task came into another stage.
pub(crate) async fn note(tx: &Tx, actor: &Actor, task: TaskId, from: &str, to: &str) -> Result<()> {
    let last = tx
        .one(
            sql!("SELECT COALESCE(MAX(no), 0) AS last FROM stage_moves WHERE workspace = $1 AND task = $2"),
            args![actor.workspace, task],
        )
        .await?;
    tx.run(
        sql!(
            "INSERT INTO stage_moves (workspace, task, no, from_stage, to_stage, by_member, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![actor.workspace, task, last.get::<i64>("last")? + 1, from, to, actor.member, actor.at],
    )
    .await?;
    Ok(())
}

/// The latest 50 moves of a task, the newest first.
pub(crate) async fn of(tx: &Tx, actor: &Actor, task: TaskId) -> Result<Vec<StageMove>> {
    let rows = tx
        .all(
            sql!(
                "SELECT from_stage, to_stage, by_member, at FROM stage_moves WHERE workspace = $1 AND task = $2 \
                 ORDER BY no DESC LIMIT 50"
            ),
            args![actor.workspace, task],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(StageMove {
                from: row.get("from_stage")?,
                to: row.get("to_stage")?,
                by: row.get("by_member")?,
                at: row.get("at")?,
            })
        })
        .collect()
}
