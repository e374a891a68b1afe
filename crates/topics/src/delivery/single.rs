//! What arrives apart from the deliveries: a reply of somebody whom one has asked, and an ask at
//! the instant that was promised.

use std::collections::BTreeSet;

use jiff::Timestamp;
use people::{
    Actor, MemberId, System, WorkspaceId,
    delivery::{self, Receiver},
};
use serde_json::value::RawValue;
use store::{Context, NewJob, Tx, args, sql};
use uuid::Uuid;

use super::{sweep::raise, tell::TELL, turn::record};
use crate::{
    AskId, Result, TopicId,
    notices::{self, NoticeKind, NoticePayload},
};

/// How many arrivals are looked up at once.
const PAGE: i64 = 100;

/// Post `no` was written: it is on its way at once to those whom its author owes a reply or has
/// given one, and those who receive as it happens are told by the workspace's one job for that.
pub async fn posted(tx: &Tx, actor: &Actor, topic: TopicId, no: i64) -> Result<()> {
    for asker in waits_for(tx, actor, topic).await? {
        reply_arrives(tx, actor, asker, topic, no).await?;
    }
    tx.run(
        sql!(
            "INSERT INTO told (workspace, topic, no) VALUES ($1, $2, $3) ON CONFLICT (workspace, topic) DO NOTHING"
        ),
        args![actor.workspace, topic, no - 1],
    )
    .await?;
    let (workspace, run_at, payload) = (actor.workspace.uuid(), actor.at, RawValue::NULL.to_owned());
    Ok(tx.enqueue(NewJob { workspace, kind: TELL, key: String::new(), payload, run_at }).await?)
}

/// Those who have asked the author something in this topic that is not over.
async fn waits_for(tx: &Tx, actor: &Actor, topic: TopicId) -> Result<Vec<MemberId>> {
    let rows = tx
        .all(
            sql!(
                "SELECT asker FROM asks WHERE workspace = $1 AND topic = $2 AND asked = $3 AND asker <> $3 \
                 AND ended_at IS NULL"
            ),
            args![actor.workspace, topic, actor.member],
        )
        .await?;
    let askers = rows.iter().map(|row| row.get("asker"));
    Ok(askers.collect::<std::result::Result<BTreeSet<_>, _>>()?.into_iter().collect())
}

async fn reply_arrives(tx: &Tx, actor: &Actor, asker: MemberId, topic: TopicId, no: i64) -> Result<()> {
    let (workspace, at) = (actor.workspace, actor.at);
    let open = delivery::standing(tx, workspace, asker).await?.is_none_or(|standing| standing.is_open(at));
    if open {
        // It has arrived; the job tells them.
        return Ok(());
    }
    let receiver = delivery::receiver_of(tx, workspace, asker, at).await?;
    match receiver.at_once(at) {
        Some(arrives) if arrives > at => {
            tx.run(
                sql!(
                    "INSERT INTO arrivals (workspace, member, part, at, topic, no, reason) \
                     VALUES ($1, $2, $3, $4, $3, $5, 'reply') \
                     ON CONFLICT (workspace, member, part) DO UPDATE SET no = excluded.no"
                ),
                args![workspace, asker, topic, arrives, no],
            )
            .await?;
            Ok(delivery::wake(tx, arrives).await?)
        }
        _ => reply(tx, &System { workspace, at }, asker, topic, no).await,
    }
}

/// A reply is there.
async fn reply(tx: &Tx, system: &System, member: MemberId, topic: TopicId, no: i64) -> Result<()> {
    let Some(raised) = raise(tx, system.workspace, member, topic, no, system.at).await? else {
        return Ok(());
    };
    record(tx, system, member, "mark.arrived", vec![raised.mark.row()]).await?;
    let payload = NoticePayload { asks: Vec::new(), topics: raised.news.into_iter().collect() };
    notices::send(tx, system.workspace, member, NoticeKind::Reply, system.at, &payload).await
}

/// An ask is on its way: it arrives for the asked person at its `delivered_at`, with the delivery
/// of that instant or apart from it. To be said again whenever that instant, the asked person or
/// the state of the ask has changed. What is urgent has a way of its own.
pub async fn ask_arrives(tx: &Tx, workspace: WorkspaceId, ask: AskId) -> Result<()> {
    tx.run(sql!("DELETE FROM arrivals WHERE workspace = $1 AND ask = $2"), args![workspace, ask]).await?;
    let added = tx
        .all(
            sql!(
                "INSERT INTO arrivals (workspace, member, part, at, topic, ask, reason) \
                 SELECT a.workspace, a.asked, a.id, a.delivered_at, a.topic, a.id, 'ask' FROM asks a \
                 WHERE a.workspace = $1 AND a.id = $2 AND a.asked IS NOT NULL AND NOT a.urgent \
                 AND a.state IN ('open', 'accepted') RETURNING at"
            ),
            args![workspace, ask],
        )
        .await?;
    for row in &added {
        delivery::wake(tx, row.get("at")?).await?;
    }
    Ok(())
}

/// Takes the asks that arrive for a member by `through`: they come with a delivery.
pub(super) async fn asks_at(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    through: Timestamp,
) -> Result<Vec<AskId>> {
    let rows = tx
        .all(
            sql!(
                "DELETE FROM arrivals WHERE workspace = $1 AND member = $2 AND reason = 'ask' AND at <= $3 \
                 RETURNING ask, at"
            ),
            args![workspace, member, through],
        )
        .await?;
    let mut asks: Vec<(Timestamp, AskId)> =
        rows.iter().map(|row| Ok((row.get("at")?, row.get("ask")?))).collect::<Result<_>>()?;
    asks.sort();
    Ok(asks.into_iter().map(|(_, ask)| ask).collect())
}

/// Nothing has to be told of what the member has fetched by their own hand: their replies, and asks
/// that have arrived by now.
pub(super) async fn forget(tx: &Tx, workspace: WorkspaceId, member: MemberId, at: Timestamp) -> Result<()> {
    tx.run(
        sql!(
            "DELETE FROM arrivals WHERE workspace = $1 AND member = $2 \
             AND (reason = 'reply' OR (SELECT a.asked_at FROM asks a \
                  WHERE a.workspace = arrivals.workspace AND a.id = arrivals.ask) <= $3)"
        ),
        args![workspace, member, at],
    )
    .await?;
    Ok(())
}

/// Replies that are on their way to a member whose time has changed: at once means another instant.
pub(super) async fn move_arrivals(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    receiver: &Receiver,
    at: Timestamp,
) -> Result<()> {
    let arrives = receiver.at_once(at).unwrap_or(at);
    let moved = tx
        .run(
            sql!("UPDATE arrivals SET at = $3 WHERE workspace = $1 AND member = $2 AND reason = 'reply'"),
            args![workspace, member, arrives],
        )
        .await?;
    if moved > 0 {
        delivery::wake(tx, arrives).await?;
    }
    Ok(())
}

/// Everything whose instant has come and that no delivery has brought.
pub(super) async fn arrive(context: &Context) -> Result<()> {
    let mut failure = None;
    loop {
        let now = context.clock.now();
        let due = context.db.read(move |tx| async move { due(&tx, now).await }).await?;
        let mut done = 0;
        for (workspace, member, part) in due {
            let system = System { workspace, at: now };
            let taken = context.db.write(move |tx| async move { take(&tx, &system, member, part).await });
            match taken.await {
                Ok(_) => done += 1,
                Err(error) => failure = Some(error),
            }
        }
        if done == 0 {
            return failure.map_or(Ok(()), Err);
        }
    }
}

async fn due(tx: &Tx, now: Timestamp) -> Result<Vec<(WorkspaceId, MemberId, Uuid)>> {
    let rows = tx
        .all(
            sql!(
                "SELECT workspace, member, part FROM arrivals WHERE at <= $1 \
                 ORDER BY at, workspace, member, part LIMIT $2"
            ),
            args![now, PAGE],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("workspace")?, row.get("member")?, row.get("part")?))).collect()
}

/// Takes one arrival, so that of two at once only one has it.
async fn take(tx: &Tx, system: &System, member: MemberId, part: Uuid) -> Result<()> {
    let taken = tx
        .maybe(
            sql!(
                "DELETE FROM arrivals WHERE workspace = $1 AND member = $2 AND part = $3 AND at <= $4 \
                 RETURNING topic, no, ask"
            ),
            args![system.workspace, member, part, system.at],
        )
        .await?;
    let Some(row) = taken else { return Ok(()) };
    let (topic, no, ask): (TopicId, Option<i64>, Option<AskId>) =
        (row.get("topic")?, row.get("no")?, row.get("ask")?);
    if let Some(no) = no {
        reply(tx, system, member, topic, no).await?;
    }
    if let Some(ask) = ask {
        tell_of(tx, system, member, ask).await?;
    }
    Ok(())
}

/// An ask is there. After a standstill the notice waits until its reader works again.
async fn tell_of(tx: &Tx, system: &System, member: MemberId, ask: AskId) -> Result<()> {
    let receiver = delivery::receiver_of(tx, system.workspace, member, system.at).await?;
    let Some(at) = receiver.at_once(system.at) else { return Ok(()) };
    let payload = NoticePayload { asks: vec![ask], topics: Vec::new() };
    notices::send(tx, system.workspace, member, NoticeKind::Ask, at, &payload).await
}
