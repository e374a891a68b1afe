//! An ask as everyone sees it, and as the database keeps it.

use edge::put;
use jiff::Timestamp;
use kernel::Refusal;
use people::{Actor, GroupId, MemberId, System, WorkspaceId};
use serde::Serialize;
use store::{Row, RowChange, Tx, args, sql};
use utoipa::ToSchema;

use super::{AskKind, AskState, Budget, Judged, Moved, Silence, watch};
use crate::{
    AskId, PostId, Result, TopicId, error,
    topic::{self, Topic},
};

/// An ask as everyone who may see its topic sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Ask {
    /// Its id.
    pub id: AskId,
    /// Where it was asked.
    pub topic: TopicId,
    /// On which post.
    #[schema(required = true)]
    pub post: Option<PostId>,
    /// The number of that post.
    #[schema(required = true)]
    pub no: Option<i64>,
    /// What for.
    pub kind: AskKind,
    /// One line.
    pub question: String,
    /// Who asks.
    pub asker: MemberId,
    /// Who is asked; null while nobody in the group has claimed it.
    #[schema(required = true)]
    pub asked: Option<MemberId>,
    /// The group that was asked.
    #[schema(required = true)]
    pub group: Option<GroupId>,
    /// How long they have.
    pub budget: Budget,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When the asked person gets it.
    pub delivered_at: Timestamp,
    /// When it is due; null when there is no rush or when their hours are unknown. While nobody in
    /// the group has claimed it: the earliest instant at which it would be due for any one of those
    /// who could, and after it the asker may choose as with any late ask.
    #[schema(required = true)]
    pub due_at: Option<Timestamp>,
    /// The due instant that was shown before it moved.
    #[schema(required = true)]
    pub due_before: Option<Timestamp>,
    /// Why it moved.
    #[schema(required = true)]
    pub moved_because: Option<Moved>,
    /// When the asked person said that it would be, if they named another time.
    #[schema(required = true)]
    pub promised_at: Option<Timestamp>,
    /// When they are reminded, in their hours, if they have not answered by then.
    #[schema(required = true)]
    pub nudge_at: Option<Timestamp>,
    /// When they were.
    #[schema(required = true)]
    pub nudged_at: Option<Timestamp>,
    /// What happens when nobody replies in time.
    pub silence: Silence,
    /// Where it stands.
    pub state: AskState,
    /// When it was accepted.
    #[schema(required = true)]
    pub accepted_at: Option<Timestamp>,
    /// When it was answered; an answer written in time and sent later counts when it was written.
    #[schema(required = true)]
    pub answered_at: Option<Timestamp>,
    /// The post that answers it.
    #[schema(required = true)]
    pub answer_post: Option<PostId>,
    /// Why it was declined, or the note with which it was passed on or came back.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// Whom the asked person suggested instead.
    #[schema(required = true)]
    pub suggested: Option<MemberId>,
    /// The ask that replaced it when it was passed on.
    #[schema(required = true)]
    pub passed_to: Option<AskId>,
    /// The ask that it replaced.
    #[schema(required = true)]
    pub passed_from: Option<AskId>,
    /// The late ask that it takes to the lead.
    #[schema(required = true)]
    pub escalates: Option<AskId>,
    /// What is urgent about it; null when it is not.
    #[schema(required = true)]
    pub urgent: Option<Urgent>,
    /// When it was over.
    #[schema(required = true)]
    pub ended_at: Option<Timestamp>,
    /// Whether it closed by itself, three of the asker's working days after the answer; otherwise
    /// a closed ask was closed by its asker.
    pub closed_by_itself: bool,
}

/// What is urgent about an ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Urgent {
    /// Why: one of the urgent reasons of the norms.
    pub reason: String,
    /// What happens if it waits.
    pub cost: String,
    /// When the asked person said that they have seen it.
    #[schema(required = true)]
    pub acknowledged_at: Option<Timestamp>,
    /// How often it was repeated.
    pub repeats: i64,
    /// What they said about it afterwards.
    #[schema(required = true)]
    pub judged: Option<Judged>,
}

/// An ask with what only its clock needs to know.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub ask: Ask,
    /// Since when the asked person's time runs; since the answer came, the asker's.
    pub clock_from: Timestamp,
    /// When it became late; none when it has not.
    pub late_at: Option<Timestamp>,
    /// When an urgent ask comes again.
    pub repeat_at: Option<Timestamp>,
    /// Who passed it on.
    pub passed_by: Option<MemberId>,
}

impl Ask {
    pub(crate) fn row(&self) -> RowChange {
        put("asks", self.id, self)
    }

    /// The instant after which it is late: the promised one, or else the due one.
    pub fn expected_at(&self) -> Option<Timestamp> {
        self.promised_at.or(self.due_at)
    }

    /// Whether it is still owed after the instant by which it was expected.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.state.is_owed() && self.expected_at().is_some_and(|expected| expected <= now)
    }

    pub(super) fn from_row(row: &Row) -> Result<Self> {
        let (kind, state, moved, judged): (String, String, Option<String>, Option<String>) =
            (row.get("kind")?, row.get("state")?, row.get("moved_because")?, row.get("judged")?);
        let budget: Budget = json(row, "budget")?;
        let judged: Option<Judged> = judged.map(|word| error::word("asks.judged", &word)).transpose()?;
        let urgent = match &budget {
            Budget::Urgent { reason, cost } => Some(Urgent {
                reason: reason.clone(),
                cost: cost.clone(),
                acknowledged_at: row.get("acknowledged_at")?,
                repeats: row.get("repeats")?,
                judged,
            }),
            _ => None,
        };
        Ok(Self {
            id: row.get("id")?,
            topic: row.get("topic")?,
            post: row.get("post")?,
            no: row.get("no")?,
            kind: error::word("asks.kind", &kind)?,
            question: row.get("question")?,
            asker: row.get("asker")?,
            asked: row.get("asked")?,
            group: row.get("asked_group")?,
            budget,
            asked_at: row.get("asked_at")?,
            delivered_at: row.get("delivered_at")?,
            due_at: row.get("due_at")?,
            due_before: row.get("due_before")?,
            moved_because: moved.map(|word| error::word("asks.moved_because", &word)).transpose()?,
            promised_at: row.get("promised_at")?,
            nudge_at: row.get("nudge_at")?,
            nudged_at: row.get("nudged_at")?,
            silence: json(row, "silence")?,
            state: error::word("asks.state", &state)?,
            accepted_at: row.get("accepted_at")?,
            answered_at: row.get("answered_at")?,
            answer_post: row.get("answer_post")?,
            reason: row.get("reason")?,
            suggested: row.get("suggested")?,
            passed_to: row.get("passed_to")?,
            passed_from: row.get("passed_from")?,
            escalates: row.get("escalates")?,
            urgent,
            ended_at: row.get("ended_at")?,
            closed_by_itself: row.get("closed_by_itself")?,
        })
    }
}

impl Kept {
    pub(super) fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            ask: Ask::from_row(row)?,
            clock_from: row.get("clock_from")?,
            late_at: row.get("late_at")?,
            repeat_at: row.get("repeat_at")?,
            passed_by: row.get("passed_by")?,
        })
    }
}

fn json<T: serde::de::DeserializeOwned>(row: &Row, column: &'static str) -> Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|error| crate::Error::Broken { what: column, problem: error.to_string() })
}

/// The columns of [`Ask`] and [`Kept`], of a table named `a`.
macro_rules! ask_columns {
    () => {
        "a.id, a.topic, a.post, a.no, a.kind, a.question, a.asker, a.asked, a.asked_group, a.budget, a.asked_at, \
         a.clock_from, a.delivered_at, a.due_at, a.due_before, a.moved_because, a.promised_at, a.nudge_at, \
         a.nudged_at, a.late_at, a.silence, a.state, a.accepted_at, a.answered_at, a.answer_post, a.reason, \
         a.suggested, a.passed_to, a.passed_from, a.passed_by, a.escalates, a.acknowledged_at, a.repeats, \
         a.repeat_at, a.judged, a.ended_at, a.closed_by_itself"
    };
}
pub(super) use ask_columns;

/// An ask with its clock, whoever reads.
pub(super) async fn kept(tx: &Tx, workspace: WorkspaceId, id: AskId) -> Result<Kept> {
    let row = tx
        .maybe(
            sql!(concat!("SELECT ", ask_columns!(), " FROM asks a WHERE a.workspace = $1 AND a.id = $2")),
            args![workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("ask"))?;
    Kept::from_row(&row)
}

/// An ask, whoever reads: for what the program does by itself.
pub async fn find(tx: &Tx, actor: &Actor, id: AskId) -> Result<Ask> {
    read(tx, actor, id).await
}

pub(crate) async fn read(tx: &Tx, actor: &Actor, id: AskId) -> Result<Ask> {
    Ok(kept(tx, actor.workspace, id).await?.ask)
}

/// An ask on a topic that the actor may see.
pub async fn see(tx: &Tx, actor: &Actor, id: AskId) -> Result<(Topic, Ask)> {
    let (topic, kept) = see_kept(tx, actor, id).await?;
    Ok((topic, kept.ask))
}

/// The same with its clock.
pub(super) async fn see_kept(tx: &Tx, actor: &Actor, id: AskId) -> Result<(Topic, Kept)> {
    let kept = kept(tx, actor.workspace, id).await?;
    let topic = topic::see(tx, actor, kept.ask.topic).await.map_err(|error| match error {
        crate::Error::Refused(Refusal::NotFound { .. }) => Refusal::not_found("ask").into(),
        other => other,
    })?;
    Ok((topic, kept))
}

/// Records what a member did with asks of one topic, with the rows as they are now.
pub(super) async fn announce(
    tx: &Tx,
    actor: &Actor,
    verb: &'static str,
    topic: &Topic,
    asks: &[AskId],
) -> Result<()> {
    let rows = rows(tx, actor.workspace, asks).await?;
    tx.record(actor.change(verb, topic.audience(), rows));
    Ok(())
}

/// Records what the program did by itself with asks of one topic.
pub(super) async fn announce_by_itself(
    tx: &Tx,
    system: &System,
    verb: &'static str,
    topic: &Topic,
    asks: &[AskId],
) -> Result<()> {
    let rows = rows(tx, system.workspace, asks).await?;
    tx.record(system.change(verb, topic.audience(), rows));
    Ok(())
}

async fn rows(tx: &Tx, workspace: WorkspaceId, asks: &[AskId]) -> Result<Vec<RowChange>> {
    let mut rows = Vec::with_capacity(asks.len());
    for id in asks {
        rows.push(kept(tx, workspace, *id).await?.ask.row());
    }
    Ok(rows)
}

/// The same for whoever alters it: of two at once the second waits for the first, and then reads
/// what it left.
pub(super) async fn hold(tx: &Tx, workspace: WorkspaceId, id: AskId) -> Result<Kept> {
    tx.run(sql!("UPDATE asks SET state = state WHERE workspace = $1 AND id = $2"), args![workspace, id])
        .await?;
    kept(tx, workspace, id).await
}

/// Writes a new ask.
pub(super) async fn insert(tx: &Tx, workspace: WorkspaceId, new: &Kept) -> Result<()> {
    let ask = &new.ask;
    tx.run(
        sql!(
            "INSERT INTO asks (workspace, id, topic, post, no, kind, question, asker, asked, asked_group, budget, \
             asked_at, clock_from, delivered_at, due_at, nudge_at, state, silence, passed_from, escalates, urgent, \
             repeats, repeat_at, due_before, moved_because) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
             $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 0, $22, $23, $24)"
        ),
        args![
            workspace,
            ask.id,
            ask.topic,
            ask.post,
            ask.no,
            ask.kind.word(),
            &ask.question,
            ask.asker,
            ask.asked,
            ask.group,
            text("budget", &ask.budget)?,
            ask.asked_at,
            new.clock_from,
            ask.delivered_at,
            ask.due_at,
            ask.nudge_at,
            ask.state.word(),
            text("silence", &ask.silence)?,
            ask.passed_from,
            ask.escalates,
            ask.budget.is_urgent(),
            new.repeat_at,
            ask.due_before,
            ask.moved_because.map(Moved::word)
        ],
    )
    .await
    .map_err(|error| topic::taken(error, "id"))?;
    Ok(())
}

/// Writes an ask as it is now: everything that can change about one.
pub(super) async fn save(tx: &Tx, workspace: WorkspaceId, kept: &Kept) -> Result<()> {
    let ask = &kept.ask;
    let urgent = ask.urgent.as_ref();
    tx.run(
        sql!(
            "UPDATE asks SET asked = $3, clock_from = $4, delivered_at = $5, due_at = $6, due_before = $7, \
             moved_because = $8, promised_at = $9, nudge_at = $10, nudged_at = $11, late_at = $12, state = $13, \
             accepted_at = $14, answered_at = $15, answer_post = $16, reason = $17, suggested = $18, \
             passed_to = $19, passed_by = $20, acknowledged_at = $21, repeats = $22, repeat_at = $23, \
             judged = $24, ended_at = $25, budget = $26, closed_by_itself = $27 WHERE workspace = $1 AND id = $2"
        ),
        args![
            workspace,
            ask.id,
            ask.asked,
            kept.clock_from,
            ask.delivered_at,
            ask.due_at,
            ask.due_before,
            ask.moved_because.map(Moved::word),
            ask.promised_at,
            ask.nudge_at,
            ask.nudged_at,
            kept.late_at,
            ask.state.word(),
            ask.accepted_at,
            ask.answered_at,
            ask.answer_post,
            &ask.reason,
            ask.suggested,
            ask.passed_to,
            kept.passed_by,
            urgent.and_then(|urgent| urgent.acknowledged_at),
            urgent.map_or(0, |urgent| urgent.repeats),
            kept.repeat_at,
            urgent.and_then(|urgent| urgent.judged).map(Judged::word),
            ask.ended_at,
            text("budget", &ask.budget)?,
            ask.closed_by_itself
        ],
    )
    .await?;
    watch::tell(tx, workspace, kept).await
}

fn text(what: &'static str, value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| crate::Error::Broken { what, problem: error.to_string() })
}
