//! Reminders of what a topic's trade knows to be due: topics learn neither what it is nor when it is done.

use jiff::Timestamp;
use people::{MemberId, WorkspaceId, delivery};
use store::{Tx, args, sql};

use crate::{
    Result, TopicId,
    notices::{self, NoticeKind, NoticePayload, NoticeTopic},
};

/// Reminds a member of what is, or was, due in a topic: as soon as their hours and their focus let it
/// through, and not at all when they never work.
pub async fn send(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    topic: TopicId,
    due_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let receiver = delivery::receiver_of(tx, workspace, member, now).await?;
    let Some(at) = receiver.at_once(now) else { return Ok(()) };
    tx.run(
        sql!(
            "INSERT INTO reminders (workspace, topic, member, due_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (workspace, topic, member) DO UPDATE SET due_at = excluded.due_at"
        ),
        args![workspace, topic, member, due_at],
    )
    .await?;
    let named = NoticeTopic { id: topic, from_no: 0, to_no: 0, reason: None, due_at: Some(due_at) };
    let payload = NoticePayload { topics: vec![named], ..NoticePayload::default() };
    notices::send(tx, workspace, member, NoticeKind::Reminder, at, &payload).await
}

/// Nobody needs to be reminded of this topic any more: what is on its way falls out.
pub async fn forget(tx: &Tx, workspace: WorkspaceId, topic: TopicId) -> Result<()> {
    tx.run(sql!("DELETE FROM reminders WHERE workspace = $1 AND topic = $2"), args![workspace, topic])
        .await?;
    Ok(())
}

/// Whether this is still to be said.
pub(crate) async fn is_wanted(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    topic: TopicId,
    due_at: Timestamp,
) -> Result<bool> {
    let row = tx
        .maybe(
            sql!("SELECT due_at FROM reminders WHERE workspace = $1 AND topic = $2 AND member = $3"),
            args![workspace, topic, member],
        )
        .await?;
    Ok(row.map(|row| row.get::<Timestamp>("due_at")).transpose()? == Some(due_at))
}
