//! My work: the tasks that are mine, those that I asked for, and those that I follow; and the tasks that
//! were made from a topic.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use people::Actor;
use store::{Tx, args, sql};
use topics::{TopicId, topic};

use crate::{
    ProjectId, Result,
    list::{self, Tasks},
    project::{self, Project},
    task::{Task, task_columns, task_tables},
};

/// How long what is done is still shown.
const DONE_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What one's own page of work shows.
#[derive(Debug)]
pub struct Work {
    /// Tasks that I own, open or done within seven days.
    pub own: Tasks,
    /// Open tasks that I follow, and others or nobody own, the newest activity first.
    pub follows: Tasks,
    /// Open tasks that I asked for and that somebody else owns, the earliest due first.
    pub requested: Tasks,
    /// The projects that I may see.
    pub projects: Vec<Project>,
}

/// Reads the actor's work. A task that they own and may no longer see is left out.
pub async fn read(tx: &Tx, actor: &Actor) -> Result<Work> {
    let since = actor.at.checked_sub(DONE_FOR).unwrap_or(Timestamp::MIN);
    let own = tx
        .all(
            sql!(
                "SELECT k.id, k.version, t.post_count \
                 FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $2 AND v.space = p.space \
                 WHERE k.workspace = $1 AND k.owner = $2 AND k.archived_at IS NULL AND p.archived_at IS NULL \
                 AND (k.done_at IS NULL OR k.done_at >= $3) \
                 ORDER BY k.due_at IS NULL, k.due_at, k.id LIMIT 500"
            ),
            args![actor.workspace, actor.member, since],
        )
        .await?;
    let follows = tx
        .all(
            sql!(
                "SELECT k.id, k.version, t.post_count \
                 FROM marks m JOIN tasks k ON k.workspace = m.workspace AND k.id = m.topic \
                 JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $2 AND v.space = p.space \
                 WHERE m.workspace = $1 AND m.member = $2 AND m.following \
                 AND (k.owner IS NULL OR k.owner <> $2) AND k.archived_at IS NULL AND p.archived_at IS NULL \
                 AND k.done_at IS NULL ORDER BY t.last_at DESC, k.id LIMIT 200"
            ),
            args![actor.workspace, actor.member],
        )
        .await?;
    let requested = tx
        .all(
            sql!(
                "SELECT k.id, k.version, t.post_count \
                 FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $2 AND v.space = p.space \
                 WHERE k.workspace = $1 AND k.requester = $2 AND k.owner <> $2 AND k.done_at IS NULL \
                 AND k.archived_at IS NULL AND p.archived_at IS NULL \
                 ORDER BY k.due_at IS NULL, k.due_at, k.id LIMIT 200"
            ),
            args![actor.workspace, actor.member],
        )
        .await?;
    Ok(Work {
        own: list::encoded(tx, actor, &own, None).await?,
        follows: list::encoded(tx, actor, &follows, None).await?,
        requested: list::encoded(tx, actor, &requested, None).await?,
        projects: project::list(tx, actor, None).await?,
    })
}

/// The open tasks that the actor owns, may see, and has a day or a time for; the earliest due first.
pub async fn due(tx: &Tx, actor: &Actor) -> Result<Vec<Task>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                task_columns!(),
                task_tables!(),
                "JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $2 AND v.space = p.space \
                 WHERE k.workspace = $1 AND k.owner = $2 AND k.due_at IS NOT NULL AND k.done_at IS NULL \
                 AND k.archived_at IS NULL AND p.archived_at IS NULL ORDER BY k.due_at, k.id LIMIT 500"
            )),
            args![actor.workspace, actor.member],
        )
        .await?;
    rows.iter().map(Task::from_row).collect()
}

/// The tasks that were made from a topic, the newest first, without those that were put away; as far as
/// the actor may see them. They see the topic.
pub async fn made_from(tx: &Tx, actor: &Actor, topic: TopicId) -> Result<(Tasks, Vec<Project>)> {
    let topic = topic::see(tx, actor, topic).await?;
    let rows = tx
        .all(
            sql!(
                "SELECT k.id, k.version, t.post_count, k.project \
                 FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $2 AND v.space = p.space \
                 WHERE k.workspace = $1 AND k.from_topic = $3 AND k.archived_at IS NULL \
                 ORDER BY k.created_at DESC, k.id LIMIT 200"
            ),
            args![actor.workspace, actor.member, topic.id],
        )
        .await?;
    let ids = rows.iter().map(|row| row.get("project")).collect::<store::Result<BTreeSet<ProjectId>>>()?;
    let mut projects = Vec::with_capacity(ids.len());
    for id in ids {
        projects.push(project::see(tx, actor, id).await?);
    }
    Ok((list::encoded(tx, actor, &rows, None).await?, projects))
}
