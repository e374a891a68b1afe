//! Moving one member's marks to what has arrived.

use jiff::Timestamp;
use people::{MemberId, WorkspaceId};
use store::{Row, Tx, args, sql};

use crate::{
    Result, TopicId,
    inbox::Because,
    marks::{Mark, mark_columns},
    notices::NoticeTopic,
};

/// A topic of which something new has arrived.
#[derive(Debug, Clone)]
pub(super) struct Swept {
    /// The mark as it is now.
    pub(super) mark: Mark,
    /// The posts that arrived, when they concern the inbox.
    pub(super) news: Option<NoticeTopic>,
}

/// How what a sweep finds is dated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArrivedAt {
    /// All at once: a delivery.
    Once(Timestamp),
    /// Each when it was written: it arrived as it happened.
    WhenWritten,
}

/// Everything that was written before `through` in the topics that concern the member arrives for
/// them. The caller records the marks.
///
/// `CROSS JOIN` keeps SQLite at the member's marks first: left to itself it begins with the posts of
/// the whole workspace.
pub(super) async fn sweep(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    through: Timestamp,
    at: ArrivedAt,
) -> Result<Vec<Swept>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                mark_columns!(),
                ", p.no AS arrives_no, p.created_at AS written_at, COALESCE(s.social, FALSE) AS social \
                 FROM marks m \
                 CROSS JOIN topics t \
                 LEFT JOIN spaces s ON s.workspace = t.workspace AND s.id = t.space \
                 CROSS JOIN posts p \
                 WHERE m.workspace = $1 AND m.member = $2 \
                 AND t.workspace = m.workspace AND t.id = m.topic AND t.last_no > m.delivered_no \
                 AND p.workspace = m.workspace AND p.topic = m.topic \
                 AND p.no = (SELECT MAX(n.no) FROM posts n WHERE n.workspace = m.workspace AND n.topic = m.topic \
                             AND n.no > m.delivered_no AND n.created_at < $3) \
                 AND (m.following OR m.kept OR m.mention_no > m.delivered_no \
                   OR EXISTS (SELECT 1 FROM asks a WHERE a.workspace = m.workspace AND a.topic = m.topic \
                              AND a.ended_at IS NULL \
                              AND (a.asker = m.member OR a.asked = m.member OR a.asked_group IS NOT NULL))) \
                 ORDER BY m.topic"
            )),
            args![workspace, member, through],
        )
        .await?;
    let mut swept = Vec::with_capacity(rows.len());
    for row in &rows {
        let found = read(row, at)?;
        keep(tx, workspace, member, &found.mark).await?;
        swept.push(found);
    }
    Ok(swept)
}

fn read(row: &Row, at: ArrivedAt) -> Result<Swept> {
    let before = Mark::from_row(row)?;
    let arrives: i64 = row.get("arrives_no")?;
    let arrived_at = match at {
        ArrivedAt::Once(at) => at,
        ArrivedAt::WhenWritten => row.get("written_at")?,
    };
    let mentioned = (before.delivered_no + 1..=arrives).contains(&before.mention_no);
    let social: bool = row.get("social")?;
    let reason = if mentioned { Some(Because::Mentioned) } else { before.reason.map(Because::from) };
    let concerns = mentioned || (before.following && !social);
    let news = (concerns && arrives > before.done_no).then_some(NoticeTopic {
        id: before.id,
        from_no: before.delivered_no.max(before.done_no) + 1,
        to_no: arrives,
        reason,
        due_at: None,
    });
    let mark = Mark { delivered_no: arrives, arrived_at: Some(arrived_at), ..before };
    Ok(Swept { mark, news })
}

async fn keep(tx: &Tx, workspace: WorkspaceId, member: MemberId, mark: &Mark) -> Result<()> {
    tx.run(
        sql!(
            "UPDATE marks SET delivered_no = $4, arrived_at = $5 \
             WHERE workspace = $1 AND member = $2 AND topic = $3"
        ),
        args![workspace, member, mark.id, mark.delivered_no, mark.arrived_at],
    )
    .await?;
    Ok(())
}

/// Up to post `no` a topic arrives for one member, apart from a delivery. Answers the mark, if that
/// was news; the caller records it.
pub(super) async fn raise(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    topic: TopicId,
    no: i64,
    at: Timestamp,
) -> Result<Option<Swept>> {
    let row = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                mark_columns!(),
                " FROM marks m WHERE m.workspace = $1 AND m.member = $2 AND m.topic = $3"
            )),
            args![workspace, member, topic],
        )
        .await?;
    let Some(before) = row.as_ref().map(Mark::from_row).transpose()?.filter(|mark| mark.delivered_no < no)
    else {
        return Ok(None);
    };
    let news = NoticeTopic {
        id: topic,
        from_no: before.delivered_no + 1,
        to_no: no,
        reason: before.reason.map(Because::from),
        due_at: None,
    };
    let mark = Mark { delivered_no: no, arrived_at: Some(at), ..before };
    keep(tx, workspace, member, &mark).await?;
    Ok(Some(Swept { mark, news: Some(news) }))
}
