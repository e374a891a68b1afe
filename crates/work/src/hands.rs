//! From hand to hand: taking a task that is nobody's, giving one to somebody at once, and what its page
//! tells of that. Handing over, which the other accepts, is in `handoff`.

use jiff::Timestamp;
use people::{Actor, MemberId};
use serde::Serialize;
use store::{Row, Tx, args, sql};
use topics::{
    events::{self, Event},
    marks, topic,
};
use utoipa::ToSchema;

use crate::{
    Result, TaskId, handoff, project,
    task::{self, Altered, HandOver, Kept},
};

/// That a task went from one person to another: on its card, whose it is now stands there as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Handed {
    /// Whose it was.
    pub from: MemberId,
    /// When it went.
    pub at: Timestamp,
}

impl Handed {
    /// Reads the two columns; none for a task that has not gone from one person to another.
    pub(crate) fn from_row(row: &Row) -> Result<Option<Self>> {
        let Some(from) = row.get("handed_from")? else { return Ok(None) };
        Ok(Some(Self { from, at: row.get("handed_at")? }))
    }
}

/// The latest 50 times that a task went from hand to hand, the newest first.
pub(crate) async fn of(tx: &Tx, actor: &Actor, task: TaskId) -> Result<Vec<HandOver>> {
    let rows = tx
        .all(
            sql!(
                "SELECT from_member, to_member, by_member, at FROM hand_overs WHERE workspace = $1 AND task = $2 \
                 ORDER BY no DESC LIMIT 50"
            ),
            args![actor.workspace, task],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(HandOver {
                from: row.get("from_member")?,
                to: row.get("to_member")?,
                by: row.get("by_member")?,
                at: row.get("at")?,
            })
        })
        .collect()
}

/// Takes a task that is nobody's. Whose it is already, takes it twice.
pub async fn take(tx: &Tx, actor: &Actor, id: TaskId) -> Result<()> {
    let (_, mut kept) = task::hold(tx, actor, id).await?;
    match kept.task.owner {
        Some(owner) if owner == actor.member => return Ok(()),
        Some(_) => {
            let why = format!("Somebody else has taken {}.", kept.task.key);
            return Err(crate::Error::meanwhile(why, "task_taken", &kept.task));
        }
        None => {}
    }
    let mut altered = Altered::default();
    give(tx, actor, &mut altered, &mut kept, Some(actor.member)).await?;
    task::save(tx, actor, &mut kept).await?;
    altered.page(id);
    altered.record(tx, actor, "task.taken").await
}

/// Makes a task somebody's at once, or nobody's; the caller saves it. Who gets it from somebody else is
/// told by a post. An offer of it that waits is over.
pub(crate) async fn give(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    kept: &mut Kept,
    to: Option<MemberId>,
) -> Result<()> {
    let (id, from) = (kept.task.id, kept.task.owner);
    if from == to {
        return Ok(());
    }
    if let Some(to) = to {
        project::must_reach(tx, actor, "owner", to, kept.space).await?;
    }
    handoff::take_back_open(tx, actor, altered, id, to).await?;
    pass(tx, actor, altered, kept, to).await?;
    if to.is_none_or(|to| to == actor.member) {
        return Ok(());
    }
    let topic = topic::see(tx, actor, id).await?;
    let event = Event { verb: "task.assigned".to_owned(), from, to };
    let (post, _) = events::say(tx, actor, &topic, actor.ids.make(), &event, "").await?;
    count_event(tx, actor, id).await?;
    altered.topic(id);
    altered.row(id, post.row());
    Ok(())
}

/// The task goes from hand to hand, and nobody is told but by its history and their marks. The caller
/// saves it.
pub(crate) async fn pass(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    kept: &mut Kept,
    to: Option<MemberId>,
) -> Result<()> {
    let (id, from) = (kept.task.id, kept.task.owner);
    remember(tx, actor, id, from, to).await?;
    kept.task.owner = to;
    altered.page(id);
    if let (Some(from), Some(_)) = (from, to) {
        keep_handed(tx, actor, kept, from).await?;
    }
    if let Some(from) = from {
        marks::no_longer_assigned(tx, actor, from, id).await?;
    }
    if let Some(to) = to {
        let topic = topic::see(tx, actor, id).await?;
        marks::assigned(tx, actor, to, &topic).await?;
    }
    Ok(())
}

/// Counts a post without words: it is none of those that a card counts. The card is another one then,
/// whether it is saved besides or not.
pub(crate) async fn count_event(tx: &Tx, actor: &Actor, id: TaskId) -> Result<()> {
    tx.run(
        sql!("UPDATE tasks SET events = events + 1, version = version + 1 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id],
    )
    .await?;
    Ok(())
}

/// Says on the card from whom it came, and when.
async fn keep_handed(tx: &Tx, actor: &Actor, kept: &mut Kept, from: MemberId) -> Result<()> {
    kept.task.handed = Some(Handed { from, at: actor.at });
    tx.run(
        sql!("UPDATE tasks SET handed_from = $3, handed_at = $4 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, kept.task.id, from, actor.at],
    )
    .await?;
    Ok(())
}

async fn remember(
    tx: &Tx,
    actor: &Actor,
    task: TaskId,
    from: Option<MemberId>,
    to: Option<MemberId>,
) -> Result<()> {
    let last = tx
        .one(
            sql!("SELECT COALESCE(MAX(no), 0) AS last FROM hand_overs WHERE workspace = $1 AND task = $2"),
            args![actor.workspace, task],
        )
        .await?;
    tx.run(
        sql!(
            "INSERT INTO hand_overs (workspace, task, no, from_member, to_member, by_member, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![actor.workspace, task, last.get::<i64>("last")? + 1, from, to, actor.member, actor.at],
    )
    .await?;
    Ok(())
}
