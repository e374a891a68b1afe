//! Topics in lists. What places a topic in a list is small and read from the database; the topic as
//! it goes out is large, the same for all who may see it, and mostly encoded before.

use jiff::Timestamp;
use kernel::Refusal;
use people::{Actor, SpaceId};
use store::{Encoded, EncodingKey, Row, Tx, args, sql};

use crate::{
    Result, TopicId,
    marks::{Mark, mark_columns},
    topic::{self, TopicState},
};

/// What places a topic in a list, and finds it among those that were encoded before.
#[derive(Debug, Clone, Copy)]
pub struct Outline {
    /// The topic.
    pub id: TopicId,
    /// The space it is in; none for a direct topic.
    pub space: Option<SpaceId>,
    /// The number of the newest post.
    pub last_no: i64,
    /// When that was written.
    pub last_at: Timestamp,
    /// When the topic was started.
    pub created_at: Timestamp,
    /// [`topic::Topic::version`].
    pub version: i64,
    /// [`topic::Topic::posts_version`].
    pub posts_version: i64,
}

/// The columns of [`Outline`], of a table named `t`.
macro_rules! outline_columns {
    () => {
        "t.id, t.space, t.last_no, t.last_at, t.created_at, t.version, t.posts_version"
    };
}
pub(crate) use outline_columns;

impl Outline {
    pub(crate) fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            space: row.get("space")?,
            last_no: row.get("last_no")?,
            last_at: row.get("last_at")?,
            created_at: row.get("created_at")?,
            version: row.get("version")?,
            posts_version: row.get("posts_version")?,
        })
    }
}

impl From<&topic::Topic> for Outline {
    fn from(topic: &topic::Topic) -> Self {
        Self {
            id: topic.id,
            space: topic.space,
            last_no: topic.last_no,
            last_at: topic.last_at,
            created_at: topic.created_at,
            version: topic.version,
            posts_version: topic.posts_version,
        }
    }
}

/// Topics as they go out, in the order of their outlines. The caller has checked that the actor
/// may see them.
pub async fn encoded(tx: &Tx, actor: &Actor, outlines: &[Outline]) -> Result<Vec<Encoded>> {
    let key = |outline: &Outline| EncodingKey {
        table: "topics",
        workspace: actor.workspace.uuid(),
        id: outline.id.uuid(),
        part: 0,
        version: outline.version,
    };
    let keys: Vec<EncodingKey> = outlines.iter().map(key).collect();
    let known = match tx.encodings() {
        Some(encodings) => encodings.get(&keys),
        None => vec![None; keys.len()],
    };
    let mut rows = Vec::with_capacity(outlines.len());
    let mut added = Vec::new();
    for ((outline, key), row) in outlines.iter().zip(keys).zip(known) {
        if let Some(row) = row {
            rows.push(row);
        } else {
            let row = Encoded::new(&topic::read(tx, actor.workspace, outline.id).await?)?;
            added.push((key, row.clone()));
            rows.push(row);
        }
    }
    if let Some(encodings) = tx.encodings() {
        encodings.keep(added);
    }
    Ok(rows)
}

/// One topic and the actor's mark on it, whether or not they may see it.
pub(crate) async fn with_mark(tx: &Tx, actor: &Actor, id: TopicId) -> Result<(Outline, Option<Mark>)> {
    let row = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                outline_columns!(),
                ", ",
                mark_columns!(),
                " FROM topics t LEFT JOIN marks m ON m.workspace = t.workspace AND m.topic = t.id AND m.member = $2 \
                 WHERE t.workspace = $1 AND t.id = $3"
            )),
            args![actor.workspace, actor.member, id],
        )
        .await?
        .ok_or(Refusal::not_found("thread"))?;
    Ok((Outline::from_row(&row)?, Mark::from_joined(&row)?))
}

/// A page of topics with the actor's marks on them.
#[derive(Debug)]
pub struct Page {
    /// The topics as they go out.
    pub items: Vec<Encoded>,
    /// The actor's marks.
    pub marks: Vec<Mark>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// A page of a space's threads, the newest activity first. `after` is the cursor of the last page.
pub async fn of_space(
    tx: &Tx,
    actor: &Actor,
    space: SpaceId,
    state: Option<TopicState>,
    after: Option<&str>,
    limit: u32,
) -> Result<Page> {
    people::spaces::must_be_visible(tx, actor, space).await?;
    let (at, id) = cursor(after)?;
    let state = match state {
        None => "",
        Some(TopicState::Open) => "open",
        Some(TopicState::Closed) => "closed",
    };
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                outline_columns!(),
                ", ",
                mark_columns!(),
                " FROM topics t LEFT JOIN marks m ON m.workspace = t.workspace AND m.topic = t.id AND m.member = $7 \
                 WHERE t.workspace = $1 AND t.space = $2 AND t.kind = 'thread' AND ($3 = '' OR t.state = $3) \
                 AND (t.last_at < $4 OR (t.last_at = $4 AND t.id > $5)) ORDER BY t.last_at DESC, t.id LIMIT $6"
            )),
            args![actor.workspace, space, state, at, id, i64::from(limit) + 1, actor.member],
        )
        .await?;
    page(tx, actor, rows, limit).await
}

/// A page of the actor's direct threads, the newest activity first.
pub async fn direct(tx: &Tx, actor: &Actor, after: Option<&str>, limit: u32) -> Result<Page> {
    let (at, id) = cursor(after)?;
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                outline_columns!(),
                ", ",
                mark_columns!(),
                " FROM topic_participants mine JOIN topics t ON t.workspace = mine.workspace AND t.id = mine.topic \
                 LEFT JOIN marks m ON m.workspace = t.workspace AND m.topic = t.id AND m.member = $2 \
                 WHERE mine.workspace = $1 AND mine.member = $2 AND t.kind = 'thread' \
                 AND (t.last_at < $3 OR (t.last_at = $3 AND t.id > $4)) ORDER BY t.last_at DESC, t.id LIMIT $5"
            )),
            args![actor.workspace, actor.member, at, id, i64::from(limit) + 1],
        )
        .await?;
    page(tx, actor, rows, limit).await
}

/// One row more than the page was read, to know whether there is another page.
async fn page(tx: &Tx, actor: &Actor, mut rows: Vec<Row>, limit: u32) -> Result<Page> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let outlines = rows.iter().map(Outline::from_row).collect::<Result<Vec<_>>>()?;
    let marks = rows.iter().filter_map(|row| Mark::from_joined(row).transpose()).collect::<Result<_>>()?;
    let last = outlines.last().filter(|_| more);
    let next = last.map(|topic| format!("{}.{}", topic.last_at.as_microsecond(), topic.id));
    Ok(Page { items: encoded(tx, actor, &outlines).await?, marks, next })
}

fn cursor(after: Option<&str>) -> Result<(i64, TopicId)> {
    let Some(after) = after else { return Ok((i64::MAX, TopicId::from_uuid(uuid::Uuid::nil()))) };
    let read = after.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    Ok(read
        .ok_or_else(|| Refusal::invalid_because("after", "is no cursor", "the `next` of the page before"))?)
}
