//! Keys: `DRV` names a project, `DRV-142` a task. A key that was used once leads to the same project
//! or task for ever.

use kernel::Refusal;
use people::Actor;
use store::{Tx, args, sql};
use topics::topic;

use crate::{ProjectId, Result, TaskId};

/// How many letters the key of a project has.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=6;

/// A key as it is written: two to six letters A–Z.
pub(crate) fn checked(key: &str) -> Result<String> {
    let key = key.trim().to_ascii_uppercase();
    if LETTERS.contains(&key.len()) && key.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Ok(key);
    }
    Err(Refusal::invalid_because("key", "is no key", "2 to 6 letters from A to Z").named("not_a_key").into())
}

/// Gives a project a key that no other project has or had. Its own earlier ones it may have again.
pub(crate) async fn claim(tx: &Tx, actor: &Actor, project: ProjectId, key: &str) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO project_keys (workspace, key, project) \
             SELECT p.workspace, CAST($3 AS TEXT), p.id FROM projects p WHERE p.workspace = $1 AND p.id = $2 \
             ON CONFLICT DO NOTHING"
        ),
        args![actor.workspace, project, key],
    )
    .await?;
    let holder = tx
        .maybe(
            sql!("SELECT project FROM project_keys WHERE workspace = $1 AND key = $2"),
            args![actor.workspace, key],
        )
        .await?;
    match holder {
        Some(row) if row.get::<ProjectId>("project")? == project => Ok(()),
        _ => {
            Err(Refusal::conflict(format!("{key} is the key of another project.")).named("key_taken").into())
        }
    }
}

/// Gives a project another key, and its tasks keys of it with the same numbers.
pub(crate) async fn change(tx: &Tx, actor: &Actor, project: ProjectId, key: &str) -> Result<()> {
    claim(tx, actor, project, key).await?;
    tx.run(
        sql!("UPDATE projects SET key = $3 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, project, key],
    )
    .await?;
    let tasks = tx
        .all(
            sql!("SELECT id, key FROM tasks WHERE workspace = $1 AND project = $2 ORDER BY id"),
            args![actor.workspace, project],
        )
        .await?;
    for row in &tasks {
        let (task, old): (TaskId, String) = (row.get("id")?, row.get("key")?);
        let number = old.rsplit('-').next().unwrap_or_default();
        rename(tx, actor, task, &old, &format!("{key}-{number}")).await?;
    }
    Ok(())
}

/// The next key of a project.
pub(crate) async fn next(tx: &Tx, actor: &Actor, project: ProjectId) -> Result<String> {
    let row = tx
        .one(
            sql!(
                "UPDATE projects SET last_number = last_number + 1 WHERE workspace = $1 AND id = $2 \
                 RETURNING key, last_number"
            ),
            args![actor.workspace, project],
        )
        .await?;
    Ok(format!("{}-{}", row.get::<String>("key")?, row.get::<i64>("last_number")?))
}

/// Gives a task another key; the old one leads to it still.
pub(crate) async fn rename(tx: &Tx, actor: &Actor, task: TaskId, old: &str, new: &str) -> Result<()> {
    if old == new {
        return Ok(());
    }
    tx.run(sql!("DELETE FROM old_keys WHERE workspace = $1 AND key = $2"), args![actor.workspace, new])
        .await?;
    tx.run(
        sql!("INSERT INTO old_keys (workspace, key, task) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"),
        args![actor.workspace, old, task],
    )
    .await?;
    tx.run(
        sql!("UPDATE tasks SET key = $3, version = version + 1 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, task, new],
    )
    .await?;
    Ok(topic::recode(tx, actor, task, new).await?)
}

/// The task that has or had a key, whoever asks.
pub(crate) async fn find(tx: &Tx, actor: &Actor, key: &str) -> Result<Option<TaskId>> {
    let key = key.to_ascii_uppercase();
    let row = tx
        .maybe(
            sql!(
                "SELECT id AS task FROM tasks WHERE workspace = $1 AND key = $2 \
                 UNION ALL SELECT task FROM old_keys WHERE workspace = $1 AND key = $2"
            ),
            args![actor.workspace, key],
        )
        .await?;
    Ok(row.map(|row| row.get("task")).transpose()?)
}

/// The keys that a task had, the earliest first.
pub(crate) async fn old(tx: &Tx, actor: &Actor, task: TaskId) -> Result<Vec<String>> {
    let rows = tx
        .all(
            sql!("SELECT key FROM old_keys WHERE workspace = $1 AND task = $2 ORDER BY key"),
            args![actor.workspace, task],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get("key")).collect::<store::Result<_>>()?)
}
