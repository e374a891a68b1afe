//! Search of titles and posts. The words are normalised once, in `words.rs`, for both engines;
//! only the index itself differs, and it lives in this file. What the searcher may not see is
//! filtered in SQL.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kernel::Refusal;
use people::{Actor, MemberId, WorkspaceId};
use serde::Serialize;
use store::{Db, Row, Tx, args, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    PostId, Result, TopicId, posts,
    query::{self, Query},
    topic::{self, Topic, topic_columns, visible_to_2},
    words,
};

/// The longest query, in characters.
const QUERY: usize = 300;
/// How long an excerpt is, in characters.
const EXCERPT: usize = 200;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    /// The words are in the title.
    Topic,
    /// The words are in a post.
    Post,
}

/// One thing found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Hit {
    /// Title or post.
    pub kind: HitKind,
    /// The topic of it.
    pub topic: Topic,
    /// The post, when it is one.
    #[schema(required = true)]
    pub post: Option<PostId>,
    /// Its number.
    #[schema(required = true)]
    pub post_no: Option<i64>,
    /// Who wrote it; for a title, who started the topic.
    pub author: MemberId,
    /// When it was written.
    pub at: Timestamp,
    /// An excerpt as HTML: escaped text with `<mark>` around what was found.
    pub excerpt_html: String,
}

/// How a query was understood.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Understood {
    /// `in:` the space of this slug.
    #[schema(required = true)]
    pub in_space: Option<String>,
    /// `from:` this person.
    #[schema(required = true)]
    pub from: Option<String>,
    /// `before:` this day.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub before: Option<Date>,
    /// `after:` this day.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub after: Option<Date>,
    /// What was not understood, in sentences.
    pub problems: Vec<String>,
}

/// A page of search results, the newest first; titles before posts of the same words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Found {
    /// The number at which it was read.
    pub seq: i64,
    /// What was found.
    pub items: Vec<Hit>,
    /// The cursor of the next page.
    #[schema(required = true)]
    pub next: Option<String>,
    /// How the query was understood.
    pub query: Understood,
}

/// Indexes the title of a topic; again when it is renamed.
pub async fn index_title(
    tx: &Tx,
    workspace: WorkspaceId,
    topic: TopicId,
    title: &str,
    at: Timestamp,
) -> Result<()> {
    index(tx, workspace, topic, topic.uuid(), title, at).await
}

/// Indexes the plain text of a post; again when it is edited.
pub async fn index_post(
    tx: &Tx,
    workspace: WorkspaceId,
    topic: TopicId,
    post: PostId,
    text: &str,
    at: Timestamp,
) -> Result<()> {
    index(tx, workspace, topic, post.uuid(), text, at).await
}

async fn index(
    tx: &Tx,
    workspace: WorkspaceId,
    topic: TopicId,
    part: Uuid,
    text: &str,
    at: Timestamp,
) -> Result<()> {
    forget(tx, workspace, part).await?;
    let tokens = words::tokens(text);
    if tx.is_sqlite() {
        let entry = tx
            .one(
                sql!(sqlite: "INSERT INTO search_entries (workspace, topic, part, at, text) VALUES ($1, $2, $3, $4, $5) RETURNING entry"),
                args![workspace, topic, part, at, text],
            )
            .await?;
        let entry: i64 = entry.get("entry")?;
        tx.run(
            sql!(sqlite: "INSERT INTO search_words (rowid, words) VALUES ($1, $2)"),
            args![entry, tokens.join(" ")],
        )
        .await?;
    } else {
        tx.run(
            sql!(postgres: "INSERT INTO search_entries (workspace, topic, part, at, text, words) VALUES ($1, $2, $3, $4, $5, $6::text::tsvector)"),
            args![workspace, topic, part, at, text, words::tsvector(&tokens)],
        )
        .await?;
    }
    Ok(())
}

/// Takes a title or post out of the index.
pub async fn forget(tx: &Tx, workspace: WorkspaceId, part: Uuid) -> Result<()> {
    if tx.is_sqlite() {
        tx.run(
            sql!(sqlite: "DELETE FROM search_words WHERE rowid IN (SELECT entry FROM search_entries WHERE workspace = $1 AND part = $2)"),
            args![workspace, part],
        )
        .await?;
    }
    tx.run(sql!("DELETE FROM search_entries WHERE workspace = $1 AND part = $2"), args![workspace, part])
        .await?;
    Ok(())
}

/// How many titles or posts one transaction of [`rebuild`] indexes.
const PORTION: i64 = 500;

/// Makes the whole index anew from titles and posts: after a dump was loaded, which leaves the
/// index out. In short transactions, so that others can write meanwhile; what they write is
/// indexed once. `progress` hears how many entries are done. Returns how many there are.
pub async fn rebuild(db: &Db, mut progress: impl FnMut(u64)) -> Result<u64> {
    db.write(|tx| async move { clear(&tx).await }).await?;
    let mut entries = 0;
    for part in [Part::Titles, Part::Posts] {
        let mut after = Some((Uuid::nil(), Uuid::nil()));
        while let Some(key) = after {
            let portion = db.write(move |tx| async move { index_portion(&tx, part, key).await }).await?.value;
            entries += portion.entries;
            after = portion.last;
            progress(entries);
        }
    }
    Ok(entries)
}

async fn clear(tx: &Tx) -> Result<()> {
    if tx.is_sqlite() {
        tx.run(sql!(sqlite: "INSERT INTO search_words (search_words) VALUES ('delete-all')"), args![])
            .await?;
    }
    tx.run(sql!("DELETE FROM search_entries"), args![]).await?;
    Ok(())
}

#[derive(Clone, Copy)]
enum Part {
    Titles,
    Posts,
}

/// What one transaction indexed, and the key after which the next one goes on.
struct Portion {
    entries: u64,
    last: Option<(Uuid, Uuid)>,
}

async fn index_portion(tx: &Tx, part: Part, after: (Uuid, Uuid)) -> Result<Portion> {
    let rows = match part {
        Part::Titles => {
            sql!(
                "SELECT workspace, id, id AS topic, title AS text, created_at FROM topics \
                 WHERE (workspace, id) > ($1, $2) ORDER BY workspace, id LIMIT $3"
            )
        }
        Part::Posts => {
            sql!(
                "SELECT workspace, id, topic, source AS text, created_at FROM posts \
                 WHERE (workspace, id) > ($1, $2) AND deleted_at IS NULL ORDER BY workspace, id LIMIT $3"
            )
        }
    };
    let rows = tx.all(rows, args![after.0, after.1, PORTION]).await?;
    for row in &rows {
        index_again(tx, part, row).await?;
    }
    let full = rows.len() as i64 == PORTION;
    let last = rows
        .last()
        .filter(|_| full)
        .map(|row| Ok::<_, store::Error>((row.get("workspace")?, row.get("id")?)));
    Ok(Portion { entries: rows.len() as u64, last: last.transpose()? })
}

async fn index_again(tx: &Tx, part: Part, row: &Row) -> Result<()> {
    let (workspace, topic, at) = (row.get("workspace")?, row.get("topic")?, row.get("created_at")?);
    let text: String = row.get("text")?;
    match part {
        Part::Titles => index_title(tx, workspace, topic, &text, at).await,
        Part::Posts => {
            let rendered = posts::render_in(tx, workspace, &text).await?;
            index_post(tx, workspace, topic, row.get("id")?, &rendered.text, at).await
        }
    }
}

/// Finds what the actor may see.
pub async fn find(tx: &Tx, actor: &Actor, text: &str, after: Option<&str>, limit: u32) -> Result<Found> {
    if text.chars().count() > QUERY {
        return Err(
            Refusal::invalid_because("q", "is too long", format!("at most {QUERY} characters")).into()
        );
    }
    let query = query::parse(text);
    let cursor = cursor(after)?;
    let filters = Filters::of(tx, actor, &query).await?;
    let rows = match &filters {
        Some(filters) => matching(tx, actor, &query, filters, cursor, limit).await?,
        None => Vec::new(),
    };
    let mut items = Vec::new();
    let topics = topic::collect(tx, actor, &rows).await?;
    for (row, topic) in rows.iter().zip(topics) {
        items.push(hit(row, topic, &query)?);
    }
    let next = (items.len() > limit as usize).then(|| {
        items.truncate(limit as usize);
        rows.get(limit as usize - 1)
            .and_then(|row| Some(format!("{}.{}", row.get::<i64>("at").ok()?, row.get::<i64>("entry").ok()?)))
    });
    Ok(Found {
        seq: tx.head(actor.workspace.uuid()).await?,
        items,
        next: next.flatten(),
        query: Understood {
            in_space: query.in_space,
            from: query.from,
            before: query.before,
            after: query.after,
            problems: query.problems,
        },
    })
}

/// Instants and ids behind `in:`, `from:`, `before:` and `after:`.
struct Filters {
    space: Option<people::SpaceId>,
    author: Option<MemberId>,
    since: Timestamp,
    until: Timestamp,
}

impl Filters {
    /// None: a space or person that is not there; nothing can be found.
    async fn of(tx: &Tx, actor: &Actor, query: &Query) -> Result<Option<Self>> {
        let space = match &query.in_space {
            None => None,
            Some(slug) => {
                match people::spaces::list(tx, actor).await?.iter().find(|space| space.slug == *slug) {
                    Some(space) => Some(space.id),
                    None => return Ok(None),
                }
            }
        };
        let author = match &query.from {
            None => None,
            Some(name) => match named(tx, actor, name).await? {
                Some(member) => Some(member),
                None => return Ok(None),
            },
        };
        // Days are the searcher's own when their zone is known.
        let schedules = people::schedules::of(tx, actor.workspace, &[actor.member], actor.at).await?;
        let zone = schedules.get(&actor.member).map_or(TimeZone::UTC, |schedule| schedule.zone().clone());
        let start =
            |day: Option<Date>| day.and_then(|day| day.to_zoned(zone.clone()).ok()).map(|at| at.timestamp());
        let day_after = query.after.and_then(|day| day.tomorrow().ok());
        Ok(Some(Self {
            space,
            author,
            since: start(day_after).unwrap_or(Timestamp::MIN),
            until: start(query.before).unwrap_or(Timestamp::MAX),
        }))
    }
}

/// The person whom `from:` names: by the slug of their address, or by the words of their name.
async fn named(tx: &Tx, actor: &Actor, name: &str) -> Result<Option<MemberId>> {
    if name == "me" {
        return Ok(Some(actor.member));
    }
    let wanted = words::tokens(name);
    let members = people::members::list(tx, actor).await?;
    let by_slug = members.iter().find(|member| member.slug == name);
    let by_words = || {
        members.iter().find(|member| {
            let said = words::tokens(&format!("{} {}", member.name, member.short_name));
            !wanted.is_empty() && wanted.iter().all(|word| said.contains(word))
        })
    };
    Ok(by_slug.or_else(by_words).map(|member| member.id))
}

/// The columns and joins around either index; `e` is the entry.
macro_rules! hits {
    ($match:literal) => {
        concat!(
            "SELECT ",
            topic_columns!(),
            ", e.entry, e.at, e.text, p.id AS post, p.no AS post_no, p.author AS post_author \
             FROM search_entries e JOIN topics t ON t.workspace = e.workspace AND t.id = e.topic \
             LEFT JOIN posts p ON p.workspace = e.workspace AND p.id = e.part \
             WHERE e.workspace = $1 AND ",
            visible_to_2!(),
            " AND ",
            $match,
            " AND e.at >= $4 AND e.at < $5 AND ($6 OR t.space = $7) \
             AND ($8 OR COALESCE(p.author, t.created_by) = $9) \
             AND (e.at < $10 OR (e.at = $10 AND e.entry < $11)) \
             ORDER BY e.at DESC, e.entry DESC LIMIT $12"
        )
    };
}

async fn matching(
    tx: &Tx,
    actor: &Actor,
    query: &Query,
    filters: &Filters,
    cursor: (i64, i64),
    limit: u32,
) -> Result<Vec<Row>> {
    let (sql, pattern) = if query.terms.is_empty() {
        let asks_for_nothing = query.in_space.is_none()
            && query.from.is_none()
            && query.before.is_none()
            && query.after.is_none();
        if asks_for_nothing {
            return Ok(Vec::new());
        }
        (sql!(hits!("($3 = '')")), String::new())
    } else if tx.is_sqlite() {
        let matches =
            sql!(sqlite: hits!("e.entry IN (SELECT rowid FROM search_words WHERE search_words MATCH $3)"));
        (matches, words::fts5(&query.terms))
    } else {
        (sql!(postgres: hits!("e.words @@ $3::text::tsquery")), words::tsquery(&query.terms))
    };
    let args = args![
        actor.workspace,
        actor.member,
        pattern,
        filters.since,
        filters.until,
        filters.space.is_none(),
        filters.space,
        filters.author.is_none(),
        filters.author,
        cursor.0,
        cursor.1,
        i64::from(limit) + 1
    ];
    Ok(tx.all(sql, args).await?)
}

fn hit(row: &Row, topic: Topic, query: &Query) -> Result<Hit> {
    let post: Option<PostId> = row.get("post")?;
    let text: String = row.get("text")?;
    let author: Option<MemberId> = row.get("post_author")?;
    Ok(Hit {
        kind: if post.is_some() { HitKind::Post } else { HitKind::Topic },
        post,
        post_no: row.get("post_no")?,
        author: author.unwrap_or(topic.created_by),
        at: row.get("at")?,
        excerpt_html: words::highlight(&text, &query.terms, EXCERPT),
        topic,
    })
}

fn cursor(after: Option<&str>) -> Result<(i64, i64)> {
    let Some(after) = after else { return Ok((i64::MAX, i64::MAX)) };
    let read = after.split_once('.').and_then(|(at, entry)| Some((at.parse().ok()?, entry.parse().ok()?)));
    Ok(read
        .ok_or_else(|| Refusal::invalid_because("after", "is no cursor", "the `next` of the page before"))?)
}
