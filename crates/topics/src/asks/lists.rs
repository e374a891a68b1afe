//! The lists of asks.

use people::{Actor, GroupId, WorkspaceId};
use store::{Tx, args, sql};

use super::{
    Ask,
    row::{Kept, ask_columns},
};
use crate::{AskId, Result, TopicId, topic};

/// All asks of a topic, the oldest first.
pub async fn of_topic(tx: &Tx, actor: &Actor, topic: TopicId) -> Result<Vec<Ask>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                ask_columns!(),
                " FROM asks a WHERE a.workspace = $1 AND a.topic = $2 ORDER BY a.asked_at, a.id LIMIT 500"
            )),
            args![actor.workspace, topic],
        )
        .await?;
    rows.iter().map(Ask::from_row).collect()
}

/// The open asks of a space, the earliest due first.
pub async fn open_in_space(tx: &Tx, actor: &Actor, space: people::SpaceId) -> Result<Vec<Ask>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                ask_columns!(),
                " FROM asks a JOIN topics t ON t.workspace = a.workspace AND t.id = a.topic \
                 WHERE a.workspace = $1 AND t.space = $2 AND a.state IN ('open', 'accepted') \
                 ORDER BY a.due_at IS NULL, a.due_at, a.id LIMIT 50"
            )),
            args![actor.workspace, space],
        )
        .await?;
    rows.iter().map(Ask::from_row).collect()
}

/// What the actor owes, ordered by when it is due (no due instant comes last), urgent before all;
/// with what nobody has claimed in their groups. `ended` adds what is over, the latest first.
pub async fn owed(tx: &Tx, actor: &Actor, ended: bool) -> Result<Vec<Ask>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                ask_columns!(),
                " FROM asks a JOIN topics t ON t.workspace = a.workspace AND t.id = a.topic \
                 WHERE a.workspace = $1 AND ($3 OR a.state IN ('open', 'accepted')) \
                 AND (a.asked = $2 OR (a.asked IS NULL AND a.asker <> $2 AND a.asked_group IN \
                   (SELECT g.of_group FROM group_members g WHERE g.workspace = $1 AND g.member = $2))) AND ",
                topic::visible_to_2!(),
                " ORDER BY a.ended_at IS NOT NULL, a.ended_at DESC, a.urgent DESC, \
                 COALESCE(a.promised_at, a.due_at) IS NULL, COALESCE(a.promised_at, a.due_at), a.id LIMIT 200"
            )),
            args![actor.workspace, actor.member, ended],
        )
        .await?;
    rows.iter().map(Ask::from_row).collect()
}

/// What the actor owes by themselves, with the clocks.
pub(super) async fn owed_with_clocks(tx: &Tx, actor: &Actor) -> Result<Vec<Kept>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                ask_columns!(),
                " FROM asks a JOIN topics t ON t.workspace = a.workspace AND t.id = a.topic \
                 WHERE a.workspace = $1 AND a.asked = $2 AND a.state IN ('open', 'accepted') AND ",
                topic::visible_to_2!(),
                " ORDER BY COALESCE(a.promised_at, a.due_at) IS NULL, COALESCE(a.promised_at, a.due_at), a.id \
                 LIMIT 500"
            )),
            args![actor.workspace, actor.member],
        )
        .await?;
    rows.iter().map(Kept::from_row).collect()
}

/// What the actor waits for, ordered by when it will reach them.
pub async fn waited_for(tx: &Tx, actor: &Actor, ended: bool) -> Result<Vec<Ask>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                ask_columns!(),
                " FROM asks a JOIN topics t ON t.workspace = a.workspace AND t.id = a.topic \
                 WHERE a.workspace = $1 AND a.asker = $2 AND ($3 OR a.ended_at IS NULL) AND ",
                topic::visible_to_2!(),
                " ORDER BY a.ended_at IS NOT NULL, a.ended_at DESC, \
                 COALESCE(a.promised_at, a.due_at) IS NULL, COALESCE(a.promised_at, a.due_at), a.id LIMIT 200"
            )),
            args![actor.workspace, actor.member, ended],
        )
        .await?;
    rows.iter().map(Ask::from_row).collect()
}

/// Whether something that was asked of a group is not over.
pub async fn waits_for_group(tx: &Tx, workspace: WorkspaceId, group: GroupId) -> Result<bool> {
    let row = tx
        .maybe(
            sql!(
                "SELECT id FROM asks WHERE workspace = $1 AND asked_group = $2 \
                 AND state IN ('open', 'accepted', 'answered') LIMIT 1"
            ),
            args![workspace, group],
        )
        .await?;
    Ok(row.is_some())
}

/// Whether the lead has been asked about this late ask, and not answered.
pub(super) async fn is_escalated(tx: &Tx, workspace: WorkspaceId, id: AskId) -> Result<bool> {
    let row = tx
        .maybe(
            sql!("SELECT id FROM asks WHERE workspace = $1 AND escalates = $2 AND ended_at IS NULL LIMIT 1"),
            args![workspace, id],
        )
        .await?;
    Ok(row.is_some())
}
