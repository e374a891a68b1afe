//! A post: one message in a topic. Markdown in, safe HTML out; edits keep what was said before,
//! removing leaves a trace.

use std::collections::HashMap;

use edge::put;
use jiff::{SignedDuration, Timestamp};
use kernel::{Id, Kind, Refusal, clean_text};
use people::{Actor, GroupId, GroupKind, MemberId, MemberKind, WorkspaceId, groups};
use serde::{Deserialize, Serialize};
use store::{Encoded, EncodingKey, Row, RowChange, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    AskId, FileId, PostId, Result, TopicId,
    asks::{self, NewAsk},
    events::Event,
    files::{self, FileCard},
    markdown::{self, Mention, Rendered},
    marks::{self, Reason},
    outline::Outline,
    responses::{self, Response},
    search,
    topic::{self, Topic, topic_columns},
};

/// The longest post, in bytes of Markdown.
pub const SOURCE: usize = 100_000;
/// The most files on one post.
const FILES: usize = 20;
/// The most people that one post may notify.
const NOTIFIED: usize = 50;
/// A post that comes later than this after it was written says so.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(1);
/// How much of a post a list shows, in characters.
const SNIPPET: usize = 160;

/// A post as everyone who may see its topic sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// Where it stands.
    pub topic: TopicId,
    /// Its number in the topic, from 1, never used again.
    pub no: i64,
    /// Who wrote it.
    pub author: MemberId,
    /// What they wrote, in Markdown; empty when it was removed.
    pub source: String,
    /// The same as safe HTML.
    pub html: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// How often it was edited.
    pub edits: i64,
    /// When last.
    #[schema(required = true)]
    pub edited_at: Option<Timestamp>,
    /// When it was removed.
    #[schema(required = true)]
    pub deleted_at: Option<Timestamp>,
    /// By whom.
    #[schema(required = true)]
    pub deleted_by: Option<MemberId>,
    /// Whom it names.
    pub mentions: Vec<MemberId>,
    /// What it carries.
    pub files: Vec<FileCard>,
    /// Worded responses, the earliest word first.
    pub responses: Vec<Response>,
    /// Whether it came from elsewhere, with its date.
    pub imported: bool,
    /// When it was written, if it came more than a minute later.
    #[schema(required = true)]
    pub written_at: Option<Timestamp>,
    /// What happened, where the program says so for its author; null for what people write.
    #[schema(required = true)]
    pub event: Option<Event>,
}

impl Post {
    /// Its row, for the change that alters it.
    pub fn row(&self) -> RowChange {
        put("posts", self.id, self)
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            topic: row.get("topic")?,
            no: row.get("no")?,
            author: row.get("author")?,
            source: row.get("source")?,
            html: row.get("html")?,
            created_at: row.get("created_at")?,
            edits: row.get("edits")?,
            edited_at: row.get("edited_at")?,
            deleted_at: row.get("deleted_at")?,
            deleted_by: row.get("deleted_by")?,
            mentions: Vec::new(),
            files: Vec::new(),
            responses: Vec::new(),
            imported: row.get("imported")?,
            written_at: row.get("written_at")?,
            event: Event::from_row(row)?,
        })
    }
}

/// What somebody writes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPost {
    /// Made by whoever creates it.
    pub id: PostId,
    /// Markdown, at most 100,000 bytes. A mention is `@[Name](mem_…)` or `@[Group](grp_…)`.
    #[schema(max_length = 100_000)]
    pub source: String,
    /// Uploaded files that it carries, at most 20.
    #[serde(default)]
    pub files: Option<Vec<FileId>>,
    /// Whom to notify besides those it names, at most 50.
    #[serde(default)]
    pub to: Option<Vec<MemberId>>,
}

/// A post with what it asks or answers.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// Made by whoever creates it.
    pub id: PostId,
    /// Markdown, at most 100,000 bytes. A mention is `@[Name](mem_…)` or `@[Group](grp_…)`.
    #[schema(max_length = 100_000)]
    pub source: String,
    /// Uploaded files that it carries, at most 20.
    #[serde(default)]
    pub files: Option<Vec<FileId>>,
    /// Whom to notify besides those it names, at most 50.
    #[serde(default)]
    pub to: Option<Vec<MemberId>>,
    /// An ask on this post.
    #[serde(default)]
    pub ask: Option<NewAsk>,
    /// My open ask that this post answers.
    #[serde(default)]
    pub answers: Option<AskId>,
    /// When it was written, if it is sent later: within the last 30 days. An answer that was
    /// written in time is in time.
    #[serde(default)]
    pub written_at: Option<Timestamp>,
}

/// What a post said before an edit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PostVersion {
    /// 0 is the first.
    pub no: i64,
    /// Markdown.
    pub source: String,
    /// Safe HTML.
    pub html: String,
    /// When this was written.
    pub at: Timestamp,
    /// By whom.
    pub by: MemberId,
}

/// Writes a post into a topic, with what it asks or answers.
pub async fn add(tx: &Tx, actor: &Actor, topic: TopicId, reply: Reply) -> Result<()> {
    let topic = topic::see_writable(tx, actor, topic).await?;
    let Reply { id, source, files, to, ask, answers, written_at } = reply;
    let written_at = written_at.map(|at| asks::checked_written("written_at", at, actor.at)).transpose()?;
    let new = NewPost { id, source, files, to };
    let (post, topic) = insert(tx, actor, topic, new, Reason::Posted, written_at).await?;
    let mut rows = vec![topic.row(), post.row()];
    if let Some(ask) = ask {
        let ask = asks::insert(tx, actor, &topic, (id, post.no), ask).await?;
        rows.push(asks::read(tx, actor, ask).await?.row());
    }
    if let Some(ask) = answers {
        asks::answered_by(tx, actor, ask, id, written_at).await?;
        rows.push(asks::read(tx, actor, ask).await?.row());
    }
    tx.record(actor.change("post.created", topic.audience(), rows));
    Ok(())
}

/// Writes the post itself: row, number, mentions, files, search and marks; the caller records it.
/// `written_at`: when it was written, if it is sent later. Answers it, and the topic as it is now.
pub(crate) async fn insert(
    tx: &Tx,
    actor: &Actor,
    topic: Topic,
    new: NewPost,
    reason: Reason,
    written_at: Option<Timestamp>,
) -> Result<(Post, Topic)> {
    let source = clean_text("source", &new.source, SOURCE)?;
    let files = new.files.unwrap_or_default();
    if source.trim().is_empty() && files.is_empty() {
        return Err(Refusal::invalid_because("source", "is empty", "text or a file").named("empty").into());
    }
    if files.len() > FILES {
        return Err(Refusal::invalid_because("files", "are too many", format!("at most {FILES}"))
            .named("too_many_entries")
            .into());
    }
    let rendered = render(tx, actor, &source).await?;
    let written_at = written_at.filter(|at| actor.at.duration_since(*at) > ON_ITS_WAY);
    let origin = Origin { written_at, ..Origin::default() };
    let topic = store_post(tx, actor, topic.id, new.id, &source, &rendered, origin)
        .await?
        .with_participants(topic.participants);
    let no = topic.last_no;
    files::attach(tx, actor, new.id, &files).await?;
    let named = notify(tx, actor, &topic, new.id, no, &rendered, new.to.unwrap_or_default()).await?;
    marks::wrote(tx, actor, topic.id, no, reason).await?;
    let files =
        if files.is_empty() { Vec::new() } else { files::of_posts(tx, actor, topic.id, no, no).await? };
    let post = Post {
        id: new.id,
        topic: topic.id,
        no,
        author: actor.member,
        source,
        html: rendered.html,
        created_at: actor.at,
        edits: 0,
        edited_at: None,
        deleted_at: None,
        deleted_by: None,
        mentions: named,
        files: files.into_iter().map(|(_, file)| file).collect(),
        responses: Vec::new(),
        imported: false,
        written_at,
        event: None,
    };
    Ok((post, topic))
}

/// Where a post comes from, when not from a key press of this moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// What an imported post is known by where it came from.
    pub source_key: Option<&'a str>,
    /// When it was written, if that was long before it came.
    pub written_at: Option<Timestamp>,
    /// What happened, if the program says so.
    pub event: Option<&'a Event>,
}

/// Writes one row of `posts` with the topic's next number, the topic's list columns and the
/// search entry. Answers the topic as it is now, without its participants.
pub async fn store_post(
    tx: &Tx,
    actor: &Actor,
    topic: TopicId,
    id: PostId,
    source: &str,
    rendered: &Rendered,
    origin: Origin<'_>,
) -> Result<Topic> {
    let snippet = markdown::snippet(&rendered.text, SNIPPET);
    let topic = number(tx, actor, topic, &snippet).await?;
    let Origin { source_key, written_at, event } = origin;
    tx.run(
        sql!(
            "INSERT INTO posts (workspace, id, topic, no, author, source, html, created_at, edits, imported, \
             source_key, written_at, event) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12)"
        ),
        args![
            actor.workspace,
            id,
            topic.id,
            topic.last_no,
            actor.member,
            source,
            &rendered.html,
            actor.at,
            source_key.is_some(),
            source_key,
            written_at,
            event.map(Event::kept).transpose()?
        ],
    )
    .await
    .map_err(|error| topic::taken(error, "id"))?;
    search::index_new_post(tx, actor, (topic.id, topic.space), id, &rendered.text).await?;
    Ok(topic)
}

macro_rules! numbered {
    () => {
        "UPDATE topics SET last_no = last_no + 1, post_count = post_count + 1, last_at = $3, \
         last_by = $4, snippet = $5, version = version + 1 WHERE workspace = $1 AND id = $2"
    };
}

/// Gives the topic its next number. Answers the topic as it is now, without its participants.
async fn number(tx: &Tx, actor: &Actor, topic: TopicId, snippet: &str) -> Result<Topic> {
    let args = args![actor.workspace, topic, actor.at, actor.member, snippet];
    if !tx.is_sqlite() {
        let returning = sql!(postgres: concat!(numbered!(), " RETURNING ", topic_columns!("")));
        return Topic::from_row(&tx.one(returning, args).await?);
    }
    // For what a statement returns SQLite makes a table of its own: reading it again costs less.
    tx.run(sql!(sqlite: numbered!()), args).await?;
    let now = sql!(sqlite: concat!("SELECT ", topic_columns!(), " FROM topics t WHERE t.workspace = $1 AND t.id = $2"));
    Topic::from_row(&tx.one(now, args![actor.workspace, topic]).await?)
}

/// Renders Markdown with the present short names of those it mentions.
pub async fn render(tx: &Tx, actor: &Actor, source: &str) -> Result<Rendered> {
    render_in(tx, actor.workspace, source).await
}

/// The same for whoever writes in a workspace.
pub(crate) async fn render_in(tx: &Tx, workspace: WorkspaceId, source: &str) -> Result<Rendered> {
    let mut names: HashMap<String, Mention> = HashMap::new();
    for id in named::<MemberKind>(source) {
        let row = tx
            .maybe(
                sql!("SELECT short_name FROM members WHERE workspace = $1 AND id = $2"),
                args![workspace, id],
            )
            .await?;
        if let Some(row) = row {
            names.insert(id.to_string(), Mention { id: id.to_string(), short_name: row.get("short_name")? });
        }
    }
    for id in named::<GroupKind>(source) {
        if let Some(group) = groups::find(tx, workspace, id).await? {
            names.insert(id.to_string(), Mention { id: id.to_string(), short_name: group.name });
        }
    }
    Ok(markdown::render(source, &|id: &str| names.get(id).cloned()))
}

/// The members, or the groups, whose ids stand in a text as link targets, the first 50 of them.
fn named<K: Kind>(source: &str) -> Vec<Id<K>> {
    let mut found: Vec<Id<K>> = Vec::new();
    for part in source.split("](").skip(1) {
        let target = part.split(')').next().unwrap_or_default();
        if let Ok(id) = target.parse::<Id<K>>()
            && !found.contains(&id)
        {
            found.push(id);
        }
        if found.len() == NOTIFIED {
            break;
        }
    }
    found
}

/// Notes whom a post names, and answers them in order. Those who may not see the topic are not notified; an explicit
/// recipient who may not is refused, so that nobody believes that they were told.
async fn notify(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    post: PostId,
    no: i64,
    rendered: &Rendered,
    to: Vec<MemberId>,
) -> Result<Vec<MemberId>> {
    if to.len() > NOTIFIED {
        return Err(Refusal::invalid_because("to", "are too many", format!("at most {NOTIFIED}"))
            .named("too_many_entries")
            .into());
    }
    let mut people: Vec<MemberId> = Vec::new();
    for member in to {
        let card = people::members::see(tx, actor, member)
            .await
            .map_err(|_| Refusal::invalid("to", "names somebody who is not here").named("not_here"))?;
        if !topic::can_see(tx, actor, member, topic).await? {
            return Err(Refusal::invalid("to", format!("{} cannot read this thread", card.short_name))
                .named("cannot_read")
                .into());
        }
        people.push(member);
    }
    for member in mentioned(tx, actor, rendered).await? {
        if topic::can_see(tx, actor, member, topic).await? {
            people.push(member);
        }
    }
    people.sort();
    people.dedup();
    for member in &people {
        tx.run(
            sql!("INSERT INTO mentions (workspace, post, member) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"),
            args![actor.workspace, post, member],
        )
        .await?;
        if *member != actor.member {
            marks::mentioned(tx, actor, *member, topic.id, no).await?;
        }
    }
    Ok(people)
}

/// Whom a post mentions: members, and those of the groups that its author sees.
async fn mentioned(tx: &Tx, actor: &Actor, rendered: &Rendered) -> Result<Vec<MemberId>> {
    let mut people: Vec<MemberId> = rendered.mentions.iter().filter_map(|id| id.parse().ok()).collect();
    if actor.is_guest() {
        return Ok(people);
    }
    for id in rendered.mentions.iter().filter_map(|id| id.parse::<GroupId>().ok()) {
        if let Some(group) = groups::find(tx, actor.workspace, id).await? {
            people.extend(group.members);
        }
    }
    Ok(people)
}

/// When post `no` of a topic was written, if there is one.
pub(crate) async fn written_at(tx: &Tx, actor: &Actor, topic: TopicId, no: i64) -> Result<Option<Timestamp>> {
    let row = tx
        .maybe(
            sql!("SELECT created_at FROM posts WHERE workspace = $1 AND topic = $2 AND no = $3"),
            args![actor.workspace, topic, no],
        )
        .await?;
    Ok(row.map(|row| row.get("created_at")).transpose()?)
}

/// One post with everything on it. The caller has checked that the actor may see its topic.
pub(crate) async fn read(tx: &Tx, actor: &Actor, id: PostId) -> Result<Post> {
    let row = tx
        .maybe(
            sql!(
                "SELECT id, topic, no, author, source, html, created_at, edits, edited_at, deleted_at, deleted_by, \
                 imported, written_at, event FROM posts WHERE workspace = $1 AND id = $2"
            ),
            args![actor.workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("post"))?;
    let post = Post::from_row(&row)?;
    let (topic, no) = (post.topic, post.no);
    let mut posts = vec![post];
    complete(tx, actor, topic, no, no, &mut posts).await?;
    posts.pop().ok_or_else(|| Refusal::not_found("post").into())
}

/// The posts of a topic with `first <= no <= last`, at most `limit`, in order.
pub async fn range(
    tx: &Tx,
    actor: &Actor,
    topic: TopicId,
    first: i64,
    last: i64,
    limit: u32,
) -> Result<Vec<Post>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, topic, no, author, source, html, created_at, edits, edited_at, deleted_at, deleted_by, \
                 imported, written_at, event FROM posts WHERE workspace = $1 AND topic = $2 AND no BETWEEN $3 AND $4 ORDER BY no LIMIT $5"
            ),
            args![actor.workspace, topic, first, last, limit],
        )
        .await?;
    let mut posts = rows.iter().map(Post::from_row).collect::<Result<Vec<_>>>()?;
    if let (Some(first), Some(last)) = (posts.first().map(|p| p.no), posts.last().map(|p| p.no)) {
        complete(tx, actor, topic, first, last, &mut posts).await?;
    }
    Ok(posts)
}

/// A post that was there before, or anything on it, is no longer as it was: to be said in the same
/// transaction, so that nobody is shown what was encoded before.
pub(crate) async fn looks_different(tx: &Tx, actor: &Actor, topic: TopicId) -> Result<()> {
    tx.run(
        sql!("UPDATE topics SET posts_version = posts_version + 1 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, topic],
    )
    .await?;
    Ok(())
}

/// The posts of a topic with `first <= no <= last`, in order, as they go out. Those that were
/// encoded before are not even read.
pub async fn encoded(tx: &Tx, actor: &Actor, topic: Outline, first: i64, last: i64) -> Result<Vec<Encoded>> {
    let key = |no| EncodingKey {
        table: "posts",
        workspace: actor.workspace.uuid(),
        id: topic.id.uuid(),
        part: no,
        version: topic.posts_version,
    };
    let keys: Vec<EncodingKey> = (first.max(1)..=last.min(topic.last_no)).map(key).collect();
    let known = match tx.encodings() {
        Some(encodings) => encodings.get(&keys),
        None => vec![None; keys.len()],
    };
    let missing = |(key, row): &(&EncodingKey, &Option<Encoded>)| row.is_none().then_some(key.part);
    let mut missing = keys.iter().zip(&known).filter_map(|pair| missing(&pair));
    let Some(from) = missing.next() else { return Ok(known.into_iter().flatten().collect()) };
    let to = missing.next_back().unwrap_or(from);
    let posts =
        range(tx, actor, topic.id, from, to, u32::try_from(to - from + 1).unwrap_or(u32::MAX)).await?;
    let mut read = HashMap::with_capacity(posts.len());
    for post in &posts {
        read.insert(post.no, Encoded::new(post)?);
    }
    if let Some(encodings) = tx.encodings() {
        encodings.keep(read.iter().map(|(no, row)| (key(*no), row.clone())));
    }
    let rows = keys.iter().zip(known).filter_map(|(key, row)| row.or_else(|| read.remove(&key.part)));
    Ok(rows.collect())
}

/// Adds mentions, files and responses to posts that are in order: one query each.
async fn complete(
    tx: &Tx,
    actor: &Actor,
    topic: TopicId,
    first: i64,
    last: i64,
    posts: &mut [Post],
) -> Result<()> {
    let mentioned = tx
        .all(
            sql!(
                "SELECT p.no, x.member FROM posts p JOIN mentions x ON x.workspace = p.workspace AND x.post = p.id \
                 WHERE p.workspace = $1 AND p.topic = $2 AND p.no BETWEEN $3 AND $4 ORDER BY p.no, x.member"
            ),
            args![actor.workspace, topic, first, last],
        )
        .await?;
    let place = |no: i64| posts.binary_search_by_key(&no, |post| post.no).ok();
    let mut found: Vec<(usize, MemberId)> = Vec::new();
    for row in &mentioned {
        if let Some(index) = place(row.get("no")?) {
            found.push((index, row.get("member")?));
        }
    }
    for (index, member) in found {
        if let Some(post) = posts.get_mut(index) {
            post.mentions.push(member);
        }
    }
    for (no, file) in files::of_posts(tx, actor, topic, first, last).await? {
        if let Some(post) = posts.iter_mut().find(|post| post.no == no) {
            post.files.push(file);
        }
    }
    for (no, words) in responses::of_posts(tx, actor, topic, first, last).await? {
        if let Some(post) = posts.iter_mut().find(|post| post.no == no) {
            post.responses = words;
        }
    }
    Ok(())
}

/// A post of a topic that the actor may see.
pub async fn see(tx: &Tx, actor: &Actor, id: PostId) -> Result<(Topic, Post)> {
    let topic = topic::of_post(tx, actor, id).await?;
    Ok((topic, read(tx, actor, id).await?))
}

/// Changes what a post says. `edits` is the number of edits that the writer had seen, so that
/// two people (or two devices) never overwrite each other silently.
pub async fn edit(tx: &Tx, actor: &Actor, id: PostId, source: &str, edits: i64) -> Result<()> {
    let (topic, post) = see(tx, actor, id).await?;
    if post.author != actor.member {
        return Err(Refusal::forbidden("Only its author can edit a post.").named("authors_only").into());
    }
    if post.deleted_at.is_some() {
        return Err(Refusal::conflict("This post was removed.").named("post_removed").into());
    }
    if post.edits != edits {
        return Err(Refusal::conflict("This post was edited meanwhile. Read it again before you save.")
            .named("overtaken")
            .into());
    }
    if let Some(space) = topic.space {
        people::spaces::must_be_open(tx, actor.workspace, space).await?;
    }
    let source = clean_text("source", source, SOURCE)?;
    if source.trim().is_empty() && post.files.is_empty() {
        return Err(Refusal::invalid_because("source", "is empty", "text; or remove the post")
            .named("empty")
            .into());
    }
    let rendered = render(tx, actor, &source).await?;
    tx.run(
        sql!(
            "INSERT INTO post_history (workspace, post, no, source, html, at, by_member) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![
            actor.workspace,
            id,
            post.edits,
            &post.source,
            &post.html,
            post.edited_at.unwrap_or(post.created_at),
            post.author
        ],
    )
    .await?;
    tx.run(
        sql!(
            "UPDATE posts SET source = $3, html = $4, edits = edits + 1, edited_at = $5 \
             WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, id, &source, &rendered.html, actor.at],
    )
    .await?;
    looks_different(tx, actor, topic.id).await?;
    search::index_post(tx, actor.workspace, topic.id, id, &rendered.text, post.created_at).await?;
    notify(tx, actor, &topic, id, post.no, &rendered, Vec::new()).await?;
    refresh_snippet(tx, actor, &topic, &post, &markdown::snippet(&rendered.text, SNIPPET)).await?;
    let row = read(tx, actor, id).await?.row();
    topic::announce(tx, actor, "post.edited", topic.id, vec![row]).await
}

async fn refresh_snippet(tx: &Tx, actor: &Actor, topic: &Topic, post: &Post, snippet: &str) -> Result<()> {
    if topic.last_no == post.no {
        tx.run(
            sql!("UPDATE topics SET snippet = $3, version = version + 1 WHERE workspace = $1 AND id = $2"),
            args![actor.workspace, topic.id, snippet],
        )
        .await?;
    }
    Ok(())
}

/// Removes a post: its words, its earlier versions and its files go; that it was there, and who
/// removed it, stays. Its author may, and an admin who can see it.
pub async fn delete(tx: &Tx, actor: &Actor, id: PostId) -> Result<()> {
    let (topic, post) = see(tx, actor, id).await?;
    if post.author != actor.member && !actor.is_admin() {
        return Err(Refusal::forbidden("Only its author or an admin can remove a post.")
            .named("authors_only")
            .into());
    }
    if post.deleted_at.is_some() {
        return Err(Refusal::conflict("This post was removed before.").named("post_removed").into());
    }
    tx.run(
        sql!(
            "UPDATE posts SET source = '', html = '', deleted_at = $3, deleted_by = $4 \
             WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, id, actor.at, actor.member],
    )
    .await?;
    for erase in [
        sql!("DELETE FROM post_history WHERE workspace = $1 AND post = $2"),
        sql!("DELETE FROM mentions WHERE workspace = $1 AND post = $2"),
        sql!("DELETE FROM responses WHERE workspace = $1 AND post = $2"),
        sql!("DELETE FROM files WHERE workspace = $1 AND post = $2"),
    ] {
        tx.run(erase, args![actor.workspace, id]).await?;
    }
    tx.run(
        sql!("UPDATE topics SET post_count = post_count - 1, version = version + 1 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, topic.id],
    )
    .await?;
    looks_different(tx, actor, topic.id).await?;
    search::forget(tx, actor.workspace, id.uuid()).await?;
    refresh_snippet(tx, actor, &topic, &post, "").await?;
    let row = read(tx, actor, id).await?.row();
    topic::announce(tx, actor, "post.deleted", topic.id, vec![row]).await
}

/// What a post said before each edit, the oldest first.
pub async fn history(tx: &Tx, actor: &Actor, id: PostId) -> Result<Vec<PostVersion>> {
    see(tx, actor, id).await?;
    let rows = tx
        .all(
            sql!(
                "SELECT no, source, html, at, by_member FROM post_history WHERE workspace = $1 AND post = $2 \
                 ORDER BY no"
            ),
            args![actor.workspace, id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(PostVersion {
                no: row.get("no")?,
                source: row.get("source")?,
                html: row.get("html")?,
                at: row.get("at")?,
                by: row.get("by_member")?,
            })
        })
        .collect()
}
