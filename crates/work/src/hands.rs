//! From hand to hand: taking a task, giving it to somebody, handing it over with what is done and what
//! is next.

use kernel::{Refusal, clean_text};
use people::{Actor, MemberId};
use serde::Deserialize;
use store::{Tx, args, sql};
use topics::{
    events::{self, Event},
    marks, topic,
};
use utoipa::ToSchema;

use crate::{
    Result, TaskId, project,
    task::{self, Altered, HandOver, Kept},
};

/// The longest note, in bytes.
const NOTE: usize = 5_000;

/// To whom a task goes, and what they need to know.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToHandOver {
    /// Whose it is from now on.
    pub to: MemberId,
    /// What is done, what is next: Markdown, at most 5,000 bytes. It becomes a post.
    #[schema(min_length = 1, max_length = 5_000)]
    pub note: String,
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
    give(tx, actor, &mut altered, &mut kept, Some(actor.member), None).await?;
    task::save(tx, actor, &mut kept).await?;
    altered.page(id);
    altered.record(tx, actor, "task.taken").await
}

/// Hands a task over with a note.
pub async fn hand_over(tx: &Tx, actor: &Actor, id: TaskId, to: ToHandOver) -> Result<()> {
    let (_, mut kept) = task::hold(tx, actor, id).await?;
    let note = clean_text("note", &to.note, NOTE)?;
    if note.trim().is_empty() {
        return Err(Refusal::invalid_because("note", "is empty", "what is done, what is next")
            .named("empty")
            .into());
    }
    if kept.task.owner == Some(to.to) {
        return Err(Refusal::conflict("It is theirs already.").named("owner_already").into());
    }
    let mut altered = Altered::default();
    give(tx, actor, &mut altered, &mut kept, Some(to.to), Some(&note)).await?;
    task::save(tx, actor, &mut kept).await?;
    altered.page(id);
    altered.record(tx, actor, "task.handed_over").await
}

/// Makes a task somebody's, or nobody's; the caller saves it. Who gets it from somebody else is told by
/// a post, with the note of a hand-over.
pub(crate) async fn give(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    kept: &mut Kept,
    to: Option<MemberId>,
    note: Option<&str>,
) -> Result<()> {
    let (id, from) = (kept.task.id, kept.task.owner);
    if from == to {
        return Ok(());
    }
    if let Some(to) = to {
        project::must_reach(tx, actor, "owner", to, kept.space).await?;
    }
    remember(tx, actor, id, from, to).await?;
    kept.task.owner = to;
    altered.page(id);
    if let Some(from) = from {
        marks::no_longer_assigned(tx, actor, from, id).await?;
    }
    let Some(to) = to else { return Ok(()) };
    let topic = topic::see(tx, actor, id).await?;
    marks::assigned(tx, actor, to, &topic).await?;
    if to == actor.member && note.is_none() {
        return Ok(());
    }
    let verb = if note.is_some() { "task.handed_over" } else { "task.assigned" };
    let event = Event { verb: verb.to_owned(), from, to: Some(to) };
    let (post, _) =
        events::say(tx, actor, &topic, actor.ids.make(), &event, note.unwrap_or_default()).await?;
    altered.topic(id);
    altered.row(id, post.row());
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
