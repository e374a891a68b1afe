//! "Show it to them when they are back": a colleague marks a topic for somebody who is away. It
//! stands on their page for coming back, and everybody who may see the topic sees who marked it.

use edge::{gone, put};
use jiff::Timestamp;
use kernel::Refusal;
use people::{Actor, MemberId, MemberState, members};
use serde::Serialize;
use store::{Row, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Result, TopicId,
    topic::{self, Topic},
};

/// That somebody wants a member to see a topic when they are back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Show {
    /// The topic, the member and whoever marked it, joined by `/`.
    pub id: String,
    /// What is to be shown.
    pub topic: TopicId,
    /// To whom.
    pub member: MemberId,
    /// Who marked it.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}

impl Show {
    fn from_row(row: &Row) -> Result<Self> {
        let (topic, member, by): (TopicId, MemberId, MemberId) =
            (row.get("topic")?, row.get("member")?, row.get("by_member")?);
        Ok(Self { id: name(topic, member, by), topic, member, by, at: row.get("at")? })
    }
}

fn name(topic: TopicId, member: MemberId, by: MemberId) -> String {
    format!("{topic}/{member}/{by}")
}

/// Everything on one topic, the earliest first. The caller has checked that the actor may see it.
pub async fn of_topic(tx: &Tx, actor: &Actor, topic: TopicId) -> Result<Vec<Show>> {
    let rows = tx
        .all(
            sql!(
                "SELECT topic, member, by_member, at FROM shows WHERE workspace = $1 AND topic = $2 \
                 ORDER BY at, member, by_member"
            ),
            args![actor.workspace, topic],
        )
        .await?;
    rows.iter().map(Show::from_row).collect()
}

/// What the actor is to be shown, the earliest first.
pub(crate) async fn to_me(tx: &Tx, actor: &Actor) -> Result<Vec<Show>> {
    let rows = tx
        .all(
            sql!(
                "SELECT topic, member, by_member, at FROM shows WHERE workspace = $1 AND member = $2 \
                 ORDER BY at, topic, by_member"
            ),
            args![actor.workspace, actor.member],
        )
        .await?;
    rows.iter().map(Show::from_row).collect()
}

/// The actor marks a topic for another member who may read it. A second time changes nothing.
pub async fn add(tx: &Tx, actor: &Actor, topic: TopicId, member: MemberId) -> Result<()> {
    let topic = topic::see(tx, actor, topic).await?;
    let reader = members::see(tx, actor, member).await?;
    if member == actor.member {
        return Err(Refusal::invalid("member", "is yourself").named("own_ask").into());
    }
    if reader.state != MemberState::Active || !topic::can_see(tx, actor, member, &topic).await? {
        return Err(Refusal::invalid("member", format!("{} cannot read this thread", reader.short_name))
            .named("cannot_read")
            .into());
    }
    let added = tx
        .run(
            sql!(
                "INSERT INTO shows (workspace, topic, member, by_member, at) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (workspace, topic, member, by_member) DO NOTHING"
            ),
            args![actor.workspace, topic.id, member, actor.member, actor.at],
        )
        .await?;
    if added == 0 {
        return Ok(());
    }
    let id = name(topic.id, member, actor.member);
    let show = Show { id, topic: topic.id, member, by: actor.member, at: actor.at };
    tx.record(actor.change("topic.shown", topic.audience(), vec![put("shows", &show.id, &show)]));
    Ok(())
}

/// The actor takes their own mark back.
pub async fn remove(tx: &Tx, actor: &Actor, topic: TopicId, member: MemberId) -> Result<()> {
    let topic = topic::see(tx, actor, topic).await?;
    members::see(tx, actor, member).await?;
    take_away(tx, actor, &topic, member, actor.member).await
}

/// The actor has seen what they were to be shown.
pub(crate) async fn seen(tx: &Tx, actor: &Actor) -> Result<()> {
    for show in to_me(tx, actor).await? {
        match topic::see(tx, actor, show.topic).await {
            Ok(topic) => take_away(tx, actor, &topic, actor.member, show.by).await?,
            // They lost sight of it: then they are not shown it either.
            Err(crate::Error::Refused(Refusal::NotFound { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn take_away(tx: &Tx, actor: &Actor, topic: &Topic, member: MemberId, by: MemberId) -> Result<()> {
    let gone_now = tx
        .run(
            sql!("DELETE FROM shows WHERE workspace = $1 AND topic = $2 AND member = $3 AND by_member = $4"),
            args![actor.workspace, topic.id, member, by],
        )
        .await?;
    if gone_now > 0 {
        let row = gone("shows", name(topic.id, member, by));
        tx.record(actor.change("topic.shown", topic.audience(), vec![row]));
    }
    Ok(())
}
