//! My work: the tasks that are mine, and those that I follow.

use jiff::{SignedDuration, Timestamp};
use people::Actor;
use store::{Tx, args, sql};

use crate::{
    Result,
    list::{self, Tasks},
    project::{self, Project},
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
    Ok(Work {
        own: list::encoded(tx, actor, &own, None).await?,
        follows: list::encoded(tx, actor, &follows, None).await?,
        projects: project::list(tx, actor, None).await?,
    })
}
