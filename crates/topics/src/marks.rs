//! How a member stands to a topic: following, read up to, done up to, later. One row for each
//! pair that has anything to say, private to the member. Unread is derived from it, so that a
//! post writes nothing for those who merely follow.

use edge::put;
use jiff::Timestamp;
use kernel::Refusal;
use people::{Actor, MemberId};
use serde::{Deserialize, Serialize};
use store::{Audience, Row, RowChange, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Result, TopicId, delivery,
    later::{self, Later},
    topic::{self, Topic},
};

/// Why somebody follows a topic: the first reason that applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// They started it.
    Started,
    /// They were mentioned.
    Mentioned,
    /// They were asked.
    Asked,
    /// Something became theirs to do.
    Assigned,
    /// They wrote in it.
    Posted,
    /// They are in a direct topic.
    Participant,
    /// They chose to.
    Follows,
}

impl Reason {
    /// The word in the database.
    fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Mentioned => "mentioned",
            Self::Asked => "asked",
            Self::Assigned => "assigned",
            Self::Posted => "posted",
            Self::Participant => "participant",
            Self::Follows => "follows",
        }
    }

    fn from_word(word: &str) -> Result<Self> {
        [
            Self::Started,
            Self::Mentioned,
            Self::Asked,
            Self::Assigned,
            Self::Posted,
            Self::Participant,
            Self::Follows,
        ]
        .into_iter()
        .find(|reason| reason.word() == word)
        .ok_or_else(|| crate::Error::Broken { what: "marks.reason", problem: word.to_owned() })
    }
}

/// One's own mark on a topic. Nobody else ever gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mark {
    /// The topic.
    pub id: TopicId,
    /// Whether new posts put it into my inbox.
    pub following: bool,
    /// Read up to this post.
    pub read_no: i64,
    /// Out of the inbox up to this post.
    pub done_no: i64,
    /// The newest post that names me; 0 when none does.
    pub mention_no: i64,
    /// Why I follow it.
    #[schema(required = true)]
    pub reason: Option<Reason>,
    /// Hidden from the inbox until then.
    #[schema(required = true)]
    pub later_until: Option<Timestamp>,
    /// Stays in the inbox though I have read it.
    pub kept: bool,
    /// The highest post that has arrived for me: what comes after it waits for a delivery.
    pub delivered_no: i64,
    /// When something of the topic last arrived.
    #[schema(required = true)]
    pub arrived_at: Option<Timestamp>,
    /// When I last changed it.
    pub changed_at: Timestamp,
}

/// The columns of [`Mark`], of a table named `m`.
macro_rules! mark_columns {
    () => {
        "m.topic AS mark_topic, m.following, m.read_no, m.done_no, m.mention_no, m.reason, m.later_until, m.kept, \
         m.delivered_no, m.arrived_at, m.changed_at"
    };
}
pub(crate) use mark_columns;

impl Mark {
    fn new(topic: TopicId, at: Timestamp) -> Self {
        Self {
            id: topic,
            following: false,
            read_no: 0,
            done_no: 0,
            mention_no: 0,
            reason: None,
            later_until: None,
            kept: false,
            delivered_no: 0,
            arrived_at: None,
            changed_at: at,
        }
    }

    /// The same, following for this reason. Who follows for another one, or has stopped, does so still.
    fn followed(self, reason: Reason) -> Self {
        match self.reason {
            Some(_) => self,
            None => Self { following: true, reason: Some(reason), ..self },
        }
    }

    /// The same when the person has the topic before their eyes up to this post, so that it does
    /// not arrive once more.
    fn reached(self, no: i64, at: Timestamp) -> Self {
        if self.delivered_no >= no { self } else { Self { delivered_no: no, arrived_at: Some(at), ..self } }
    }

    pub(crate) fn row(&self) -> RowChange {
        put("marks", self.id, self)
    }

    /// A mark that may not be there: the columns are all empty then.
    pub(crate) fn from_joined(row: &Row) -> Result<Option<Self>> {
        let is_there = row.get::<Option<TopicId>>("mark_topic")?.is_some();
        is_there.then(|| Self::from_row(row)).transpose()
    }

    pub(crate) fn from_row(row: &Row) -> Result<Self> {
        let reason: Option<String> = row.get("reason")?;
        Ok(Self {
            id: row.get("mark_topic")?,
            following: row.get("following")?,
            read_no: row.get("read_no")?,
            done_no: row.get("done_no")?,
            mention_no: row.get("mention_no")?,
            reason: reason.as_deref().map(Reason::from_word).transpose()?,
            later_until: row.get("later_until")?,
            kept: row.get("kept")?,
            delivered_no: row.get("delivered_no")?,
            arrived_at: row.get("arrived_at")?,
            changed_at: row.get("changed_at")?,
        })
    }
}

/// What a member changes about their own mark. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkPatch {
    /// Read up to this post; never moves back without `unread`.
    #[serde(default)]
    pub read_no: Option<i64>,
    /// Done up to this post; never moves back without `unread`.
    #[serde(default)]
    pub done_no: Option<i64>,
    /// Allows the two to move back: “mark as new”, undo.
    #[serde(default)]
    pub unread: Option<bool>,
    /// Follow or stop following.
    #[serde(default)]
    pub following: Option<bool>,
    /// Later, until an exact instant; null brings it back now.
    #[serde(default, deserialize_with = "people::present")]
    pub later_until: Option<Option<Timestamp>>,
    /// Later, until a moment of my working time.
    #[serde(default)]
    pub later: Option<Later>,
    /// Keep it in the inbox.
    #[serde(default)]
    pub kept: Option<bool>,
}

/// One topic that is done up to a post.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DoneUpTo {
    /// The topic.
    pub id: TopicId,
    /// Up to this post.
    pub done_no: i64,
}

/// The actor's mark on a topic, if there is one.
pub async fn read(tx: &Tx, actor: &Actor, topic: TopicId) -> Result<Option<Mark>> {
    of(tx, actor, actor.member, topic).await
}

async fn of(tx: &Tx, actor: &Actor, member: MemberId, topic: TopicId) -> Result<Option<Mark>> {
    let row = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                mark_columns!(),
                " FROM marks m WHERE m.workspace = $1 AND m.member = $2 AND m.topic = $3"
            )),
            args![actor.workspace, member, topic],
        )
        .await?;
    row.as_ref().map(Mark::from_row).transpose()
}

/// The actor's marks on the topics of one space.
pub async fn of_space(tx: &Tx, actor: &Actor, space: people::SpaceId) -> Result<Vec<Mark>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                mark_columns!(),
                " FROM marks m JOIN topics t ON t.workspace = m.workspace AND t.id = m.topic \
                 WHERE m.workspace = $1 AND m.member = $2 AND t.space = $3 ORDER BY t.last_at DESC LIMIT 500"
            )),
            args![actor.workspace, actor.member, space],
        )
        .await?;
    rows.iter().map(Mark::from_row).collect()
}

/// Changes the actor's own mark.
pub async fn set(tx: &Tx, actor: &Actor, topic: TopicId, patch: MarkPatch) -> Result<()> {
    let topic = topic::see(tx, actor, topic).await?;
    let before = read(tx, actor, topic.id).await?;
    let mark = changed(tx, actor, &topic, before.clone(), patch).await?;
    if before.as_ref() == Some(&mark) {
        return Ok(());
    }
    save(tx, actor, actor.member, "mark.changed", &mark).await
}

async fn changed(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    before: Option<Mark>,
    patch: MarkPatch,
) -> Result<Mark> {
    let is_new = before.is_none();
    let mut mark = before.clone().unwrap_or_else(|| Mark::new(topic.id, actor.at));
    let back = patch.unread.unwrap_or(false);
    let moved = |field: &'static str, from: i64, to: Option<i64>| match to {
        None => Ok(from),
        Some(to) if !(0..=topic.last_no).contains(&to) => Err(Refusal::invalid_because(
            field,
            "is no post of this thread",
            format!("0 to {}", topic.last_no),
        )
        .named("not_of_thread")),
        Some(to) => Ok(if back { to } else { to.max(from) }),
    };
    mark.read_no = moved("read_no", mark.read_no, patch.read_no)?;
    mark.done_no = moved("done_no", mark.done_no, patch.done_no)?;
    if let Some(following) = patch.following {
        if following && !mark.following {
            mark.reason = Some(mark.reason.unwrap_or(Reason::Follows));
            if is_new {
                (mark.read_no, mark.done_no) = (topic.last_no, topic.last_no);
            }
            mark = mark.reached(topic.last_no, topic.last_at);
        }
        mark.following = following;
    }
    match (patch.later_until, patch.later) {
        (Some(_), Some(_)) => {
            return Err(Refusal::invalid("later", "says the same as later_until: send one of them").into());
        }
        (Some(until), None) => mark.later_until = later::checked(actor.at, until)?,
        (None, Some(later)) => {
            mark.later_until = Some(later::choices(tx, actor).await?.of(later)?);
        }
        (None, None) => {}
    }
    if let Some(kept) = patch.kept {
        mark.kept = kept;
        if kept {
            mark = mark.reached(topic.last_no, topic.last_at);
        }
    }
    if patch.done_no.is_some() && !back {
        // Done ends Keep and Later: the topic leaves until something new happens.
        mark.kept = patch.kept.unwrap_or(false);
        mark.later_until = None;
    }
    if before.as_ref() != Some(&mark) {
        mark.changed_at = actor.at;
    }
    Ok(mark)
}

/// Marks many topics as done, each up to the post that the person had before their eyes.
pub async fn done(tx: &Tx, actor: &Actor, topics: Vec<DoneUpTo>) -> Result<()> {
    if topics.len() > 200 {
        return Err(Refusal::invalid_because("topics", "are too many", "at most 200")
            .named("too_many_entries")
            .into());
    }
    for DoneUpTo { id, done_no } in topics {
        let patch = MarkPatch { read_no: Some(done_no), done_no: Some(done_no), ..MarkPatch::default() };
        set(tx, actor, id, patch).await?;
    }
    Ok(())
}

/// The actor wrote post `no`: they follow the topic and have read it. When they had read everything
/// before it, nothing there wants anything from them any more: it leaves their inbox.
pub(crate) async fn wrote(tx: &Tx, actor: &Actor, topic: TopicId, no: i64, reason: Reason) -> Result<()> {
    let mark = match read(tx, actor, topic).await? {
        None => Mark {
            following: true,
            reason: Some(reason),
            read_no: no,
            done_no: no,
            ..Mark::new(topic, actor.at)
        }
        .reached(no, actor.at),
        Some(mark) => {
            let had_read_all = mark.read_no.max(mark.done_no) >= no - 1;
            Mark {
                // Who had only read along follows from now on; who had stopped following does not.
                following: mark.following || mark.reason.is_none(),
                reason: mark.reason.or(Some(reason)),
                read_no: no,
                done_no: if had_read_all { no } else { mark.done_no },
                ..mark
            }
            .reached(no, actor.at)
        }
    };
    save(tx, actor, actor.member, "mark.changed", &mark).await?;
    delivery::posted(tx, actor, topic, no).await
}

/// Post `no` names the member. It starts following unless they had stopped.
pub(crate) async fn mentioned(
    tx: &Tx,
    actor: &Actor,
    member: MemberId,
    topic: TopicId,
    no: i64,
) -> Result<()> {
    let mark = match of(tx, actor, member, topic).await? {
        None => Mark {
            following: true,
            reason: Some(Reason::Mentioned),
            mention_no: no,
            ..Mark::new(topic, actor.at)
        },
        Some(mark) => Mark { mention_no: mark.mention_no.max(no), ..mark }.followed(Reason::Mentioned),
    };
    save(tx, actor, member, "mark.mentioned", &mark).await
}

/// The topic is the member's to do from now on: they follow it for that reason, whatever the one was.
/// Who takes it has it before their eyes; what was said before does not arrive again.
pub async fn assigned(tx: &Tx, actor: &Actor, member: MemberId, topic: &Topic) -> Result<()> {
    let before = of(tx, actor, member, topic.id).await?;
    let is_new = before.is_none();
    let mark = before.unwrap_or_else(|| Mark::new(topic.id, actor.at));
    let mut mark = Mark { following: true, reason: Some(Reason::Assigned), ..mark };
    if member == actor.member {
        if is_new {
            (mark.read_no, mark.done_no) = (topic.last_no, topic.last_no);
        }
        mark = mark.reached(topic.last_no, topic.last_at);
    }
    save(tx, actor, member, "mark.assigned", &mark).await
}

/// A topic came from elsewhere, and the member was on it there: they follow it from here on, and nothing
/// of what was said before arrives. Who has a mark already and had read it up to `before` has read the
/// rest as well; who has stopped following does not follow again.
pub async fn imported(
    tx: &Tx,
    actor: &Actor,
    member: MemberId,
    topic: &Topic,
    before: i64,
    reason: Reason,
) -> Result<()> {
    let last = topic.last_no;
    let mark = match of(tx, actor, member, topic.id).await? {
        None => Mark {
            following: true,
            reason: Some(reason),
            read_no: last,
            done_no: last,
            ..Mark::new(topic.id, actor.at)
        },
        Some(mark) if mark.read_no.max(mark.done_no) >= before && mark.read_no < last => {
            Mark { read_no: last, done_no: last, ..mark }
        }
        Some(_) => return Ok(()),
    };
    save(tx, actor, member, "mark.imported", &mark.reached(last, topic.last_at)).await
}

/// What was said in it so far is there for the member at once, in their working time and without a
/// notice: it became theirs while they work.
pub async fn arrives(tx: &Tx, actor: &Actor, member: MemberId, topic: &Topic) -> Result<()> {
    let Some(before) = of(tx, actor, member, topic.id).await? else { return Ok(()) };
    let mark = before.clone().reached(topic.last_no, actor.at);
    if mark == before {
        return Ok(());
    }
    save(tx, actor, member, "mark.arrived", &mark).await
}

/// It no longer is. They follow it as before.
pub async fn no_longer_assigned(tx: &Tx, actor: &Actor, member: MemberId, topic: TopicId) -> Result<()> {
    match of(tx, actor, member, topic).await? {
        Some(mark) if mark.reason == Some(Reason::Assigned) => {
            let mark = Mark { reason: Some(Reason::Follows), ..mark };
            save(tx, actor, member, "mark.followed", &mark).await
        }
        _ => Ok(()),
    }
}

/// Makes sure that the member has a mark, and follows for the reason given unless they had stopped.
pub(crate) async fn touch(
    tx: &Tx,
    actor: &Actor,
    member: MemberId,
    topic: TopicId,
    reason: Reason,
) -> Result<()> {
    let before = of(tx, actor, member, topic).await?;
    let mark = before.clone().unwrap_or_else(|| Mark::new(topic, actor.at)).followed(reason);
    if before.as_ref() == Some(&mark) {
        return Ok(());
    }
    save(tx, actor, member, "mark.followed", &mark).await
}

async fn save(tx: &Tx, actor: &Actor, member: MemberId, verb: &'static str, mark: &Mark) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO marks (workspace, member, topic, following, reason, read_no, done_no, mention_no, \
             later_until, kept, delivered_no, arrived_at, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             ON CONFLICT (workspace, member, topic) DO UPDATE SET following = excluded.following, \
             reason = excluded.reason, read_no = excluded.read_no, done_no = excluded.done_no, \
             mention_no = excluded.mention_no, later_until = excluded.later_until, kept = excluded.kept, \
             delivered_no = excluded.delivered_no, arrived_at = excluded.arrived_at, \
             changed_at = excluded.changed_at"
        ),
        args![
            actor.workspace,
            member,
            mark.id,
            mark.following,
            mark.reason.map(Reason::word),
            mark.read_no,
            mark.done_no,
            mark.mention_no,
            mark.later_until,
            mark.kept,
            mark.delivered_no,
            mark.arrived_at,
            mark.changed_at
        ],
    )
    .await?;
    tx.record(actor.change(verb, Audience::Member(member.uuid()), vec![mark.row()]));
    Ok(())
}
