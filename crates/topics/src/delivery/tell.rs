//! Telling those who receive as it happens: one job for the workspace, left behind by its posts, so
//! that writing a post costs nothing for each of its readers, and many posts are told of at once.
//! A row of `told` says that a topic has posts after a number of which nobody was told.

use edge::App;
use jiff::Timestamp;
use people::{MemberId, WorkspaceId};
use store::{Row, Tx, args, sql};

use crate::{
    Result, TopicId,
    inbox::Because,
    marks::{Mark, mark_columns},
    notices::{self, NoticeKind, NoticePayload, NoticeTopic},
};

/// The kind of the job.
pub const TELL: &str = "delivery.tell";

/// A new post.
struct News {
    no: i64,
    author: MemberId,
    at: Timestamp,
}

/// Tells those whom new posts concern and for whom everything arrives as it happens.
pub async fn tell(app: &App, workspace: WorkspaceId) -> Result<()> {
    let now = app.context.clock.now();
    app.context.db.write(move |tx| async move { tell_in(&tx, workspace, now).await }).await?;
    Ok(())
}

async fn tell_in(tx: &Tx, workspace: WorkspaceId, now: Timestamp) -> Result<()> {
    let untold =
        tx.all(sql!("DELETE FROM told WHERE workspace = $1 RETURNING topic, no"), args![workspace]).await?;
    for row in &untold {
        tell_of(tx, workspace, row.get("topic")?, row.get("no")?, now).await?;
    }
    Ok(())
}

/// Tells of the posts of a topic after number `told`.
async fn tell_of(tx: &Tx, workspace: WorkspaceId, topic: TopicId, told: i64, now: Timestamp) -> Result<()> {
    let readers = readers(tx, workspace, topic, now).await?;
    if readers.is_empty() {
        return Ok(());
    }
    let news = news(tx, workspace, topic, told).await?;
    for row in &readers {
        let member: MemberId = row.get("reader")?;
        if let Some(told) = concerning(row, topic, member, &news)? {
            let payload = NoticePayload { asks: Vec::new(), topics: vec![told] };
            notices::send(tx, workspace, member, NoticeKind::Delivery, now, &payload).await?;
        }
    }
    Ok(())
}

async fn news(tx: &Tx, workspace: WorkspaceId, topic: TopicId, told: i64) -> Result<Vec<News>> {
    let rows = tx
        .all(
            sql!(
                "SELECT no, author, created_at FROM posts \
                 WHERE workspace = $1 AND topic = $2 AND no > $3 ORDER BY no"
            ),
            args![workspace, topic, told],
        )
        .await?;
    rows.iter()
        .map(|row| Ok(News { no: row.get("no")?, author: row.get("author")?, at: row.get("created_at")? }))
        .collect()
}

/// Those with an open window who follow the topic or are named in it, and may read it.
async fn readers(tx: &Tx, workspace: WorkspaceId, topic: TopicId, now: Timestamp) -> Result<Vec<Row>> {
    Ok(tx
        .all(
            sql!(concat!(
                "SELECT ",
                mark_columns!(),
                ", m.member AS reader, d.last_at, COALESCE(s.social, FALSE) AS social FROM marks m \
                 JOIN topics t ON t.workspace = m.workspace AND t.id = m.topic \
                 LEFT JOIN spaces s ON s.workspace = t.workspace AND s.id = t.space \
                 JOIN deliveries d ON d.workspace = m.workspace AND d.member = m.member \
                 WHERE m.workspace = $1 AND m.topic = $2 AND d.open_until > $3 AND NOT d.quiet \
                 AND (t.space IS NULL OR EXISTS (SELECT 1 FROM visible_spaces v \
                      WHERE v.workspace = m.workspace AND v.member = m.member AND v.space = t.space)) \
                 ORDER BY m.member"
            )),
            args![workspace, topic, now],
        )
        .await?)
}

/// The posts by others that arrived in the reader's open window, if they concern their inbox.
fn concerning(row: &Row, topic: TopicId, member: MemberId, news: &[News]) -> Result<Option<NoticeTopic>> {
    let mark = Mark::from_row(row)?;
    // What was written before the window opened came with a delivery.
    let (social, opened): (bool, Option<Timestamp>) = (row.get("social")?, row.get("last_at")?);
    let seen = mark.read_no.max(mark.done_no);
    let mut theirs = news
        .iter()
        .filter(|post| {
            post.author != member && post.no > seen && opened.is_none_or(|opened| post.at >= opened)
        })
        .map(|post| post.no);
    let Some(from_no) = theirs.next() else { return Ok(None) };
    let to_no = theirs.next_back().unwrap_or(from_no);
    let mentioned = (from_no..=to_no).contains(&mark.mention_no);
    if !mentioned && (!mark.following || social) {
        return Ok(None);
    }
    let reason = if mentioned { Some(Because::Mentioned) } else { mark.reason.map(Because::from) };
    Ok(Some(NoticeTopic { id: topic, from_no, to_no, reason, due_at: None }))
}
