//! Telling those who receive as it happens: one job for each topic, left behind by its posts, so
//! that writing a post costs nothing for each of its readers.

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

/// The kind of the job; its key is the topic.
pub const TELL: &str = "delivery.tell";

/// A new post.
struct News {
    no: i64,
    author: MemberId,
    at: Timestamp,
}

/// Tells those whom the new posts of a topic concern and for whom everything arrives as it happens.
pub async fn tell(app: &App, workspace: WorkspaceId, topic: TopicId) -> Result<()> {
    let now = app.context.clock.now();
    app.context.db.write(move |tx| async move { tell_in(&tx, workspace, topic, now).await }).await?;
    Ok(())
}

async fn tell_in(tx: &Tx, workspace: WorkspaceId, topic: TopicId, now: Timestamp) -> Result<()> {
    let news = news(tx, workspace, topic).await?;
    let Some(last) = news.last().map(|post| post.no) else { return Ok(()) };
    tx.run(
        sql!("UPDATE told SET no = $3 WHERE workspace = $1 AND topic = $2"),
        args![workspace, topic, last],
    )
    .await?;
    let readers = readers(tx, workspace, topic, now).await?;
    for row in &readers {
        let member: MemberId = row.get("reader")?;
        if let Some(told) = concerning(row, topic, member, &news)? {
            let payload = NoticePayload { asks: Vec::new(), topics: vec![told] };
            notices::send(tx, workspace, member, NoticeKind::Delivery, now, &payload).await?;
        }
    }
    Ok(())
}

async fn news(tx: &Tx, workspace: WorkspaceId, topic: TopicId) -> Result<Vec<News>> {
    let rows = tx
        .all(
            sql!(
                "SELECT p.no, p.author, p.created_at FROM posts p \
                 JOIN told o ON o.workspace = p.workspace AND o.topic = p.topic \
                 WHERE p.workspace = $1 AND p.topic = $2 AND p.no > o.no ORDER BY p.no"
            ),
            args![workspace, topic],
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
    Ok(Some(NoticeTopic { id: topic, from_no, to_no, reason }))
}
