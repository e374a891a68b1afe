//! Search of titles and posts. The words are normalised once, in `words.rs`, for both engines;
//! only the index itself differs, and it lives in this file. What the searcher may not see is
//! filtered in SQL; the marks in the index only say where not to look.

use std::fmt;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kernel::Refusal;
use people::{Actor, MemberId, SpaceId, WorkspaceId};
use serde::Serialize;
use store::{Db, Row, Tx, args, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    PostId, Result, TopicId, posts,
    query::{self, Query},
    topic::{self, Topic, topic_columns, visible_to_2},
    words::{self, Term},
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
    let known = tx
        .one(
            sql!("SELECT space, created_by FROM topics WHERE workspace = $1 AND id = $2"),
            args![workspace, topic],
        )
        .await?;
    let author = known.get("created_by")?;
    let place = Place { workspace, topic, space: known.get("space")?, part: topic.uuid(), author, at };
    index_again(tx, &place, title).await
}

/// Indexes the plain text of a post that was indexed before, or may have been: after an edit.
pub async fn index_post(
    tx: &Tx,
    workspace: WorkspaceId,
    topic: TopicId,
    post: PostId,
    text: &str,
    at: Timestamp,
) -> Result<()> {
    let known = tx
        .one(
            sql!(
                "SELECT t.space, p.author FROM posts p JOIN topics t ON t.workspace = p.workspace AND t.id = p.topic \
                 WHERE p.workspace = $1 AND p.id = $2"
            ),
            args![workspace, post],
        )
        .await?;
    let author = known.get("author")?;
    let place = Place { workspace, topic, space: known.get("space")?, part: post.uuid(), author, at };
    index_again(tx, &place, text).await
}

/// Indexes a post that the actor has just written; `space` is where its topic is.
pub async fn index_new_post(
    tx: &Tx,
    actor: &Actor,
    (topic, space): (TopicId, Option<SpaceId>),
    post: PostId,
    text: &str,
) -> Result<()> {
    let (workspace, author, at) = (actor.workspace, actor.member, actor.at);
    index_new(tx, &Place { workspace, topic, space, part: post.uuid(), author, at }, text).await
}

/// Indexes the title and the posts of a topic again, after it was moved to another space.
pub async fn moved(tx: &Tx, workspace: WorkspaceId, topic: TopicId, space: SpaceId) -> Result<()> {
    let rows = tx
        .all(
            sql!(
                "SELECT part, author, at, text FROM search_entries WHERE workspace = $1 AND (part = $2 OR part IN \
                 (SELECT id FROM posts WHERE workspace = $1 AND topic = $2))"
            ),
            args![workspace, topic],
        )
        .await?;
    for row in rows {
        let (part, author, at) = (row.get("part")?, row.get("author")?, row.get("at")?);
        let place = Place { workspace, topic, space: Some(space), part, author, at };
        index_again(tx, &place, &row.get::<String>("text")?).await?;
    }
    Ok(())
}

/// Takes a title or post out of the index.
pub async fn forget(tx: &Tx, workspace: WorkspaceId, part: Uuid) -> Result<()> {
    let forgotten = tx
        .all(
            sql!("DELETE FROM search_entries WHERE workspace = $1 AND part = $2 RETURNING entry"),
            args![workspace, part],
        )
        .await?;
    for row in forgotten.iter().filter(|_| tx.is_sqlite()) {
        forget_words(tx, row.get("entry")?);
    }
    Ok(())
}

/// Where a text belongs: what its entry says beside its words.
struct Place {
    workspace: WorkspaceId,
    topic: TopicId,
    space: Option<SpaceId>,
    /// The post, or the topic itself for its title.
    part: Uuid,
    author: MemberId,
    at: Timestamp,
}

impl Place {
    /// The marks of the entry, and then its words.
    async fn tokens(&self, tx: &Tx, text: &str) -> Result<Vec<String>> {
        let mut tokens = vec![marks::workspace(self.workspace), marks::author(self.author)];
        if let Some(space) = self.space {
            tokens.push(marks::space(space));
        } else {
            let people = topic::participants(tx, self.workspace, self.topic).await?;
            tokens.extend(people.into_iter().map(marks::participant));
        }
        tokens.extend(words::tokens(text));
        Ok(tokens)
    }
}

/// Words that stand in the index beside those of the text, so that whoever may see little need not go
/// through what all others wrote. They begin with a character that is never part of a text's words: no
/// query finds them. Half an id is enough: who may see what is decided by the tables alone.
mod marks {
    use people::{MemberId, SpaceId, WorkspaceId};
    use uuid::Uuid;

    pub(super) fn workspace(id: WorkspaceId) -> String {
        mark('w', id.uuid())
    }

    pub(super) fn space(id: SpaceId) -> String {
        mark('s', id.uuid())
    }

    pub(super) fn participant(id: MemberId) -> String {
        mark('p', id.uuid())
    }

    pub(super) fn author(id: MemberId) -> String {
        mark('a', id.uuid())
    }

    fn mark(kind: char, id: Uuid) -> String {
        format!("\u{E000}{kind}{:016x}", id.as_u64_pair().1)
    }
}

async fn index_new(tx: &Tx, place: &Place, text: &str) -> Result<()> {
    let tokens = place.tokens(tx, text).await?;
    let Place { workspace, topic, part, author, at, .. } = place;
    if tx.is_sqlite() {
        let entry = enter(tx, place, text).await?;
        write_words(tx, entry, &tokens);
        Ok(())
    } else {
        tx.run(
            sql!(postgres: "INSERT INTO search_entries (workspace, topic, part, author, at, text, words) VALUES ($1, $2, $3, $4, $5, $6, $7::text::tsvector)"),
            args![workspace, topic, part, author, at, text, words::tsvector(&tokens)],
        )
        .await?;
        Ok(())
    }
}

/// An entry that is there keeps its place in the order.
async fn index_again(tx: &Tx, place: &Place, text: &str) -> Result<()> {
    let known = tx
        .maybe(
            sql!("SELECT entry FROM search_entries WHERE workspace = $1 AND part = $2"),
            args![place.workspace, place.part],
        )
        .await?;
    let Some(known) = known else { return index_new(tx, place, text).await };
    let entry: i64 = known.get("entry")?;
    let tokens = place.tokens(tx, text).await?;
    if tx.is_sqlite() {
        tx.run(sql!(sqlite: "UPDATE search_entries SET text = $2 WHERE entry = $1"), args![entry, text])
            .await?;
        forget_words(tx, entry);
        write_words(tx, entry, &tokens);
        Ok(())
    } else {
        tx.run(
            sql!(postgres: "UPDATE search_entries SET text = $2, words = $3::text::tsvector WHERE entry = $1"),
            args![entry, text, words::tsvector(&tokens)],
        )
        .await?;
        Ok(())
    }
}

/// The words go into the index when the transaction commits, with those of all that share the commit:
/// nothing that writes reads them.
fn write_words(tx: &Tx, entry: i64, tokens: &[String]) {
    tx.run_last(
        sql!(sqlite: "INSERT INTO search_words (rowid, words) VALUES ($1, $2)"),
        args![entry, tokens.join(" ")],
    );
}

fn forget_words(tx: &Tx, entry: i64) {
    tx.run_last(sql!(sqlite: "DELETE FROM search_words WHERE rowid = $1"), args![entry]);
}

/// The number of an instant among the entries of SQLite: its millisecond. An entry has this number, or
/// the next one that was free, so that the index itself is in the order of time.
fn number(at: Timestamp) -> i64 {
    at.as_microsecond().div_euclid(1_000)
}

/// How far an entry may stand after the number of its instant: more are never written or imported with
/// one instant.
const CROWD: i64 = 3_600_000;

/// Writes a new entry of SQLite and answers its number.
async fn enter(tx: &Tx, place: &Place, text: &str) -> Result<i64> {
    let mut entry = number(place.at);
    while !is_entered(tx, entry, place, text).await? {
        entry = free_entry(tx, place.at).await?;
    }
    Ok(entry)
}

/// Writes a new entry under a number, unless that is taken.
async fn is_entered(tx: &Tx, entry: i64, place: &Place, text: &str) -> Result<bool> {
    let Place { workspace, topic, part, author, at, .. } = place;
    let entered = tx
        .run(
            sql!(sqlite: "INSERT INTO search_entries (entry, workspace, topic, part, author, at, text) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (entry) DO NOTHING"),
            args![entry, workspace, topic, part, author, at, text],
        )
        .await?;
    Ok(entered == 1)
}

/// How many entries in a row are looked through at once.
const ROW: i64 = 64;

/// The number for a new entry. A few that are taken in a row are seen at once. Where many have the same
/// instant it is not counted through them: of a number that is taken and a higher one that is free, the
/// half between tells where to go on.
async fn free_entry(tx: &Tx, at: Timestamp) -> Result<i64> {
    let mut free = number(at);
    let near = tx
        .one(
            sql!(sqlite: "SELECT COUNT(*) AS taken, COALESCE(MAX(entry) + 1, $1) AS free FROM search_entries \
                 WHERE entry >= $1 AND entry < $1 + $2"),
            args![free, ROW],
        )
        .await?;
    let (taken, next): (i64, i64) = (near.get("taken")?, near.get("free")?);
    if next - free == taken && taken < ROW {
        return Ok(next);
    }
    let mut taken = free;
    while is_taken(tx, free).await? {
        (taken, free) = (free, free + 1.max((free - number(at)) * 2));
    }
    while free - taken > 1 {
        let between = taken + (free - taken) / 2;
        if is_taken(tx, between).await? { taken = between } else { free = between }
    }
    Ok(free)
}

async fn is_taken(tx: &Tx, entry: i64) -> Result<bool> {
    let found = tx
        .maybe(sql!(sqlite: "SELECT 1 AS taken FROM search_entries WHERE entry = $1"), args![entry])
        .await?;
    Ok(found.is_some())
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
        tx.run_last(sql!(sqlite: "INSERT INTO search_words (search_words) VALUES ('delete-all')"), args![]);
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
        index_row(tx, part, row).await?;
    }
    let full = rows.len() as i64 == PORTION;
    let last = rows
        .last()
        .filter(|_| full)
        .map(|row| Ok::<_, store::Error>((row.get("workspace")?, row.get("id")?)));
    Ok(Portion { entries: rows.len() as u64, last: last.transpose()? })
}

async fn index_row(tx: &Tx, part: Part, row: &Row) -> Result<()> {
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
        return Err(Refusal::invalid_because("q", "is too long", format!("at most {QUERY} characters"))
            .named("too_long")
            .into());
    }
    let query = query::parse(text);
    let after = Cursor::read(after)?;
    let mut found = match Filters::of(tx, actor, &query).await? {
        Some(filters) => {
            Search::new(tx, actor, &query, &filters).await?.run(after, limit as usize + 1).await?
        }
        None => Vec::new(),
    };
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(Cursor::to_string);
    let rows = read(tx, actor, &found).await?;
    let topics = topic::collect(tx, actor, &rows).await?;
    let hits = rows.iter().zip(topics).map(|(row, topic)| hit(row, topic, &query));
    let items = hits.collect::<Result<_>>()?;
    Ok(Found {
        seq: tx.head(actor.workspace.uuid()).await?,
        items,
        next,
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
    space: Option<SpaceId>,
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

/// Which entries the searcher may see and asks for, whatever finds them; `e` is the entry, `t` its topic.
macro_rules! asked_for {
    () => {
        concat!(
            "e.workspace = $1 AND ",
            visible_to_2!(),
            " AND e.at >= $4 AND e.at < $5 AND ($6 OR t.space = $7) AND ($8 OR e.author = $9)"
        )
    };
}

/// The newest entries that have the words, on SQLite: the index has them in order.
macro_rules! with_words {
    () => {
        concat!(
            "SELECT e.entry, e.at, e.text FROM search_words w CROSS JOIN search_entries e ON e.entry = w.rowid \
             CROSS JOIN topics t ON t.workspace = e.workspace AND t.id = e.topic \
             WHERE w.search_words MATCH $3 AND w.rowid >= $10 AND w.rowid < $11 AND ",
            asked_for!(),
            " ORDER BY w.rowid DESC LIMIT $12"
        )
    };
}

/// The newest entries, on SQLite.
macro_rules! newest {
    () => {
        concat!(
            "SELECT e.entry, e.at, e.text FROM search_entries e NOT INDEXED \
             CROSS JOIN topics t ON t.workspace = e.workspace AND t.id = e.topic \
             WHERE $3 = '' AND e.entry >= $10 AND e.entry < $11 AND ",
            asked_for!(),
            " ORDER BY e.entry DESC LIMIT $12"
        )
    };
}

/// The same on PostgreSQL, where the order is that of another index; `$words` is a condition.
macro_rules! on_postgres {
    ($words:literal) => {
        concat!(
            "SELECT e.entry, e.at, ($3 = '' OR e.words @@ $3::text::tsquery) AS has_words FROM search_entries e \
             JOIN topics t ON t.workspace = e.workspace AND t.id = e.topic WHERE ",
            $words,
            asked_for!(),
            " AND (e.at, e.entry) < ($10, $11) ORDER BY e.at DESC, e.entry DESC LIMIT $12"
        )
    };
}

/// Up to this many spaces the index is asked for them by their marks.
const FEW_SPACES: usize = 8;
/// How many entries are read to see whether what is sought is common.
const PEEK: usize = 128;
/// How many are read at a time when it is.
const READ: usize = 512;
/// Common is what one in so many entries has.
const COMMON: usize = 32;

/// Where a page of results ends.
#[derive(Debug, Clone, Copy)]
struct Cursor {
    /// In microseconds since 1970.
    at: i64,
    entry: i64,
}

impl Cursor {
    const START: Self = Self { at: i64::MAX, entry: i64::MAX };

    fn read(text: Option<&str>) -> Result<Self> {
        let Some(text) = text else { return Ok(Self::START) };
        let parts = text.split_once('.');
        let read =
            parts.and_then(|(at, entry)| Some(Self { at: at.parse().ok()?, entry: entry.parse().ok()? }));
        let problem = || Refusal::invalid_because("after", "is no cursor", "the `next` of the page before");
        Ok(read.ok_or_else(problem)?)
    }

    fn of(row: &Row) -> Result<Self> {
        Ok(Self { at: row.get("at")?, entry: row.get("entry")? })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at, self.entry)
    }
}

/// What to look for, and in which part of the index.
struct Search<'a> {
    tx: &'a Tx,
    actor: &'a Actor,
    filters: &'a Filters,
    asks_for_nothing: bool,
    /// The words of the query.
    terms: &'a [Term],
    /// What every entry has that is asked for, beside the words.
    marks: Vec<Term>,
}

impl<'a> Search<'a> {
    async fn new(tx: &'a Tx, actor: &'a Actor, query: &'a Query, filters: &'a Filters) -> Result<Self> {
        let mut marks: Vec<Term> =
            filters.author.map(|author| Term::Word(marks::author(author))).into_iter().collect();
        marks.extend(place_marks(tx, actor, filters).await?);
        Ok(Self { tx, actor, filters, asks_for_nothing: query.is_empty(), terms: &query.terms, marks })
    }

    /// The newest `most` of what is asked for, after a page that ended at `after`.
    async fn run(&self, mut after: Cursor, most: usize) -> Result<Vec<Cursor>> {
        let mut found = Vec::new();
        if self.asks_for_nothing {
            return Ok(found);
        }
        // What is common is soon found by reading the newest entries; what is rare, by the index. The
        // index alone would go through all that begins with a few letters.
        let mut reading = self.may_read();
        let (mut read, mut portion) = (0, PEEK);
        while reading {
            let rows = self.candidates(Way::Read, after, portion).await?;
            for row in &rows {
                after = Cursor::of(row)?;
                if self.is_met(row)? {
                    found.push(after);
                }
            }
            read += rows.len();
            if found.len() >= most || rows.len() < portion {
                found.truncate(most);
                return Ok(found);
            }
            reading = found.len() * COMMON >= read;
            portion = READ;
        }
        for row in self.candidates(Way::Index, after, most - found.len()).await? {
            found.push(Cursor::of(&row)?);
        }
        Ok(found)
    }

    /// SQLite finds whole words in the order of time, and has to collect the beginnings of words;
    /// PostgreSQL has to collect everything, and marks keep that short.
    fn may_read(&self) -> bool {
        if self.tx.is_sqlite() {
            self.terms.iter().any(is_beginning)
        } else {
            self.marks.is_empty() && !self.terms.is_empty()
        }
    }

    /// Whether an entry that was read has the words that it was not asked for.
    fn is_met(&self, row: &Row) -> Result<bool> {
        if !self.tx.is_sqlite() {
            return Ok(row.get("has_words")?);
        }
        let text: String = row.get("text")?;
        Ok(self.terms.iter().all(|term| match term {
            Term::Prefix(beginning) => words::has_beginning(&text, beginning),
            _ => true,
        }))
    }

    async fn candidates(&self, way: Way, after: Cursor, most: usize) -> Result<Vec<Row>> {
        let all = self.marks.iter().chain(self.terms);
        let (sql, words, end) = if self.tx.is_sqlite() {
            let asked =
                all.filter(|term| way == Way::Index || !is_beginning(term)).cloned().collect::<Vec<_>>();
            let end = number(self.filters.until).saturating_add(CROWD).min(after.entry);
            let range = (number(self.filters.since), end);
            if asked.is_empty() {
                (sql!(sqlite: newest!()), String::new(), range)
            } else {
                (sql!(sqlite: with_words!()), words::fts5(&asked), range)
            }
        } else {
            let words = words::tsquery(&all.cloned().collect::<Vec<_>>());
            let sql = match way {
                Way::Index if !words.is_empty() => {
                    sql!(postgres: on_postgres!("e.words @@ $3::text::tsquery AND "))
                }
                _ => sql!(postgres: on_postgres!("")),
            };
            (sql, words, (after.at, after.entry))
        };
        let Filters { space, author, since, until } = self.filters;
        let args = args![
            self.actor.workspace,
            self.actor.member,
            words,
            since,
            until,
            space.is_none(),
            space,
            author.is_none(),
            author,
            end.0,
            end.1,
            most as i64
        ];
        Ok(self.tx.all(sql, args).await?)
    }
}

/// How entries are come by.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// The newest are read, and looked through.
    Read,
    /// The index knows which have the words.
    Index,
}

fn is_beginning(term: &Term) -> bool {
    matches!(term, Term::Prefix(_))
}

/// What the entries have in common that are asked for: the space of `in:`, or the few places that the
/// searcher may see; of whoever may see many, the workspace, when it is not the only one here.
async fn place_marks(tx: &Tx, actor: &Actor, filters: &Filters) -> Result<Option<Term>> {
    if let Some(space) = filters.space {
        return Ok(Some(Term::Word(marks::space(space))));
    }
    let spaces = tx
        .all(
            sql!("SELECT space FROM visible_spaces WHERE workspace = $1 AND member = $2 LIMIT $3"),
            args![actor.workspace, actor.member, FEW_SPACES as i64 + 1],
        )
        .await?;
    if spaces.len() <= FEW_SPACES {
        let mut places = vec![marks::participant(actor.member)];
        for row in &spaces {
            places.push(marks::space(row.get("space")?));
        }
        return Ok(Some(Term::Any(places)));
    }
    let workspaces = tx.all(sql!("SELECT id FROM workspaces LIMIT 2"), args![]).await?;
    Ok((workspaces.len() > 1).then(|| Term::Word(marks::workspace(actor.workspace))))
}

/// The columns of results.
macro_rules! results {
    ($entries:literal, $chosen:literal, $order:literal) => {
        concat!(
            "SELECT ",
            topic_columns!(),
            ", e.at, e.text, e.author, p.id AS post, p.no AS post_no \
             FROM ",
            $entries,
            " JOIN topics t ON t.workspace = e.workspace AND t.id = e.topic \
             LEFT JOIN posts p ON p.workspace = e.workspace AND p.id = e.part \
             WHERE e.workspace = $1 AND e.entry IN ",
            $chosen,
            " ORDER BY ",
            $order
        )
    };
}

/// Reads what was found, in its order. That the actor may see it was asked when it was found.
async fn read(tx: &Tx, actor: &Actor, found: &[Cursor]) -> Result<Vec<Row>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let entries: Vec<String> = found.iter().map(|at| at.entry.to_string()).collect();
    let sql = if tx.is_sqlite() {
        sql!(sqlite: results!("search_entries e NOT INDEXED", "(SELECT value FROM json_each($2))", "e.entry DESC"))
    } else {
        sql!(postgres: results!(
            "search_entries e",
            "(SELECT value::bigint FROM json_array_elements_text($2::text::json))",
            "e.at DESC, e.entry DESC"
        ))
    };
    Ok(tx.all(sql, args![actor.workspace, format!("[{}]", entries.join(","))]).await?)
}

fn hit(row: &Row, topic: Topic, query: &Query) -> Result<Hit> {
    let post: Option<PostId> = row.get("post")?;
    let text: String = row.get("text")?;
    Ok(Hit {
        kind: if post.is_some() { HitKind::Post } else { HitKind::Topic },
        post,
        post_no: row.get("post_no")?,
        author: row.get("author")?,
        at: row.get("at")?,
        excerpt_html: words::highlight(&text, &query.terms, EXCERPT),
        topic,
    })
}
