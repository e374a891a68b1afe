//! A topic: anything people can talk about. It has a title, one space or a set of direct
//! participants, and posts. Who may see it is decided here and nowhere else.

use std::collections::HashMap;

use edge::put;
use jiff::Timestamp;
use kernel::{Refusal, clean_line, clean_text};
use people::{Actor, MemberId, MemberState, SpaceId, WorkspaceId};
use serde::{Deserialize, Serialize};
use store::{Audience, Row, RowChange, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Error, PostId, Result, TopicId,
    asks::{self, NewAsk},
    marks::{self, Reason},
    posts::{self, NewPost},
    search,
};

/// The longest title, in characters.
pub const TITLE: usize = 200;
/// The longest outcome or summary, in bytes.
const NOTE: usize = 20_000;
/// The most other people in a direct topic.
const PARTICIPANTS: usize = 24;

/// What sort of topic it is. Each kind beyond `thread` comes with its own crate and its own page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TopicKind {
    /// A conversation.
    Thread,
    /// Something that everybody is to know.
    Announcement,
    /// Something to do, with one owner.
    Task,
    /// A document.
    Doc,
    /// Something to decide, or decided.
    Decision,
    /// A recording.
    Clip,
    /// Questions that are asked again and again.
    CheckIn,
    /// People who meet at one time.
    Meeting,
}

impl TopicKind {
    /// The word in the API and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Thread => "thread",
            Self::Announcement => "announcement",
            Self::Task => "task",
            Self::Doc => "doc",
            Self::Decision => "decision",
            Self::Clip => "clip",
            Self::CheckIn => "check_in",
            Self::Meeting => "meeting",
        }
    }

    fn from_word(word: &str) -> Result<Self> {
        [
            Self::Thread,
            Self::Announcement,
            Self::Task,
            Self::Doc,
            Self::Decision,
            Self::Clip,
            Self::CheckIn,
            Self::Meeting,
        ]
        .into_iter()
        .find(|kind| kind.word() == word)
        .ok_or_else(|| Error::Broken { what: "topics.kind", problem: word.to_owned() })
    }
}

/// Whether people still talk here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TopicState {
    /// Posts are welcome.
    Open,
    /// It ended with an outcome, which stays on top. It can be reopened.
    Closed,
}

/// A topic as everyone who may see it sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Topic {
    /// Its id.
    pub id: TopicId,
    /// For people to read aloud: five characters, and the address is `/thread/{code}-{title}`; or the
    /// key of its kind, such as `DRV-142`.
    pub code: String,
    /// What sort of topic.
    pub kind: TopicKind,
    /// One line.
    pub title: String,
    /// The space it is in; null for a direct topic.
    #[schema(required = true)]
    pub space: Option<SpaceId>,
    /// The people of a direct topic; empty in a space.
    pub participants: Vec<MemberId>,
    /// Who started it.
    pub created_by: MemberId,
    /// When.
    pub created_at: Timestamp,
    /// The number of the newest post.
    pub last_no: i64,
    /// How many posts there are, removed ones left out.
    pub post_count: i64,
    /// When the newest post was written.
    pub last_at: Timestamp,
    /// By whom.
    pub last_by: MemberId,
    /// Its beginning as plain text.
    pub snippet: String,
    /// Open or closed.
    pub state: TopicState,
    /// How it ended, in Markdown.
    #[schema(required = true)]
    pub outcome: Option<String>,
    /// The same as safe HTML.
    #[schema(required = true)]
    pub outcome_html: Option<String>,
    /// Who closed it.
    #[schema(required = true)]
    pub closed_by: Option<MemberId>,
    /// When.
    #[schema(required = true)]
    pub closed_at: Option<Timestamp>,
    /// “Where we are”, in Markdown.
    #[schema(required = true)]
    pub summary: Option<String>,
    /// The same as safe HTML.
    #[schema(required = true)]
    pub summary_html: Option<String>,
    /// Who wrote it.
    #[schema(required = true)]
    pub summary_by: Option<MemberId>,
    /// When.
    #[schema(required = true)]
    pub summary_at: Option<Timestamp>,
    /// How often it was written or taken away.
    pub summary_version: i64,
    /// Goes up whenever any of this changes.
    #[serde(skip)]
    pub version: i64,
    /// Goes up whenever a post that was there changes.
    #[serde(skip)]
    pub posts_version: i64,
}

/// The columns of [`Topic`], of a table named `t`.
macro_rules! topic_columns {
    () => {
        $crate::topic::topic_columns!("t.")
    };
    // With another name before each: none for the row that a statement has written, where SQLite
    // knows no other name for its table.
    ($of:literal) => {
        $crate::topic::topic_columns! { $of
            id code kind title space created_by created_at last_no post_count last_at last_by snippet state outcome
            outcome_html closed_by closed_at summary summary_html summary_by summary_at summary_version version
            posts_version
        }
    };
    ($of:literal $first:ident $($column:ident)*) => {
        concat!($of, stringify!($first) $(, ", ", $of, stringify!($column))*)
    };
}
pub(crate) use topic_columns;

/// The condition that member `$2` of workspace `$1` may see topic `t`: every list and the search
/// filter with it, in SQL.
macro_rules! visible_to_2 {
    () => {
        "(t.space IN (SELECT v.space FROM visible_spaces v WHERE v.workspace = $1 AND v.member = $2) \
          OR t.id IN (SELECT tp.topic FROM topic_participants tp WHERE tp.workspace = $1 AND tp.member = $2))"
    };
}
pub(crate) use visible_to_2;

impl Topic {
    /// Who hears of changes to it.
    pub fn audience(&self) -> Audience {
        match self.space {
            Some(space) => Audience::Space(space.uuid()),
            None => Audience::Topic(self.id.uuid()),
        }
    }

    /// Its row, for the change that alters it.
    pub fn row(&self) -> RowChange {
        put("topics", self.id, self)
    }

    /// The same with the people of a direct topic.
    pub(crate) fn with_participants(self, participants: Vec<MemberId>) -> Self {
        Self { participants, ..self }
    }

    pub(crate) fn from_row(row: &Row) -> Result<Self> {
        let state: String = row.get("state")?;
        Ok(Self {
            id: row.get("id")?,
            code: row.get("code")?,
            kind: TopicKind::from_word(&row.get::<String>("kind")?)?,
            title: row.get("title")?,
            space: row.get("space")?,
            participants: Vec::new(),
            created_by: row.get("created_by")?,
            created_at: row.get("created_at")?,
            last_no: row.get("last_no")?,
            post_count: row.get("post_count")?,
            last_at: row.get("last_at")?,
            last_by: row.get("last_by")?,
            snippet: row.get("snippet")?,
            state: if state == "closed" { TopicState::Closed } else { TopicState::Open },
            outcome: row.get("outcome")?,
            outcome_html: row.get("outcome_html")?,
            closed_by: row.get("closed_by")?,
            closed_at: row.get("closed_at")?,
            summary: row.get("summary")?,
            summary_html: row.get("summary_html")?,
            summary_by: row.get("summary_by")?,
            summary_at: row.get("summary_at")?,
            summary_version: row.get("summary_version")?,
            version: row.get("version")?,
            posts_version: row.get("posts_version")?,
        })
    }
}

/// A new topic with its first post.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTopic {
    /// Made by whoever creates it.
    pub id: TopicId,
    /// What sort.
    pub kind: TopicKind,
    /// One line, 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// The space it is in; or else `participants`.
    #[serde(default)]
    pub space: Option<SpaceId>,
    /// The others in a direct topic, at most 24.
    #[serde(default)]
    pub participants: Option<Vec<MemberId>>,
    /// The first post.
    pub post: NewPost,
    /// An ask on the first post.
    #[serde(default)]
    pub ask: Option<NewAsk>,
}

/// What can be changed about a topic. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicPatch {
    /// A new title.
    #[serde(default)]
    pub title: Option<String>,
    /// The space to move to. A direct topic stays direct.
    #[serde(default)]
    pub space: Option<SpaceId>,
    /// “Where we are” in Markdown; null or an empty text takes it away.
    #[serde(default, deserialize_with = "people::present")]
    pub summary: Option<Option<String>>,
    /// The `summary_version` that the writer saw: a newer one is answered with 409 and the topic as it
    /// is now in `current`. Absent: whatever is there is replaced.
    #[serde(default)]
    pub summary_version: Option<i64>,
}

/// Reads a topic that the actor may see; otherwise it does not exist.
pub async fn see(tx: &Tx, actor: &Actor, id: TopicId) -> Result<Topic> {
    let found = tx
        .maybe(
            sql!(concat!("SELECT ", topic_columns!(), " FROM topics t WHERE t.workspace = $1 AND t.id = $2")),
            args![actor.workspace, id],
        )
        .await?;
    checked(tx, actor, found).await
}

/// A topic that the actor may see and write in, read at once; refuses what would be written where it is.
pub(crate) async fn see_writable(tx: &Tx, actor: &Actor, id: TopicId) -> Result<Topic> {
    let row = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                topic_columns!(),
                ", EXISTS (SELECT 1 FROM visible_spaces v \
                 WHERE v.workspace = $1 AND v.member = $3 AND v.space = t.space) AS is_visible, \
                 EXISTS (SELECT 1 FROM spaces s \
                 WHERE s.workspace = $1 AND s.id = t.space AND s.archived_at IS NOT NULL) AS is_put_away \
                 FROM topics t WHERE t.workspace = $1 AND t.id = $2"
            )),
            args![actor.workspace, id, actor.member],
        )
        .await?
        .ok_or(Refusal::not_found("thread"))?;
    let topic = Topic::from_row(&row)?;
    if topic.space.is_none() || row.get("is_put_away")? {
        let topic = checked(tx, actor, Some(row)).await?;
        writable(tx, actor, &topic).await?;
        return Ok(topic);
    }
    if !row.get::<bool>("is_visible")? {
        return Err(Refusal::not_found("thread").into());
    }
    must_be_open(&topic)?;
    Ok(topic)
}

/// A topic, whoever reads: for what the program does by itself.
pub(crate) async fn read(tx: &Tx, workspace: WorkspaceId, id: TopicId) -> Result<Topic> {
    let row = tx
        .maybe(
            sql!(concat!("SELECT ", topic_columns!(), " FROM topics t WHERE t.workspace = $1 AND t.id = $2")),
            args![workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("thread"))?;
    let mut topic = Topic::from_row(&row)?;
    if topic.space.is_none() {
        topic.participants = participants(tx, workspace, id).await?;
    }
    Ok(topic)
}

/// The same by the code of its address.
pub async fn see_by_code(tx: &Tx, actor: &Actor, code: &str) -> Result<Topic> {
    let code = spelled(code);
    let found = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                topic_columns!(),
                " FROM topics t WHERE t.workspace = $1 AND t.code = $2"
            )),
            args![actor.workspace, code],
        )
        .await?;
    checked(tx, actor, found).await
}

/// Keys are in capitals and have a hyphen; codes are small and have none.
fn spelled(code: &str) -> String {
    if code.contains('-') { code.to_ascii_uppercase() } else { code.to_ascii_lowercase() }
}

async fn checked(tx: &Tx, actor: &Actor, found: Option<Row>) -> Result<Topic> {
    let mut topic = match found {
        Some(row) => Topic::from_row(&row)?,
        None => return Err(Refusal::not_found("thread").into()),
    };
    if topic.space.is_none() {
        topic.participants = participants(tx, actor.workspace, topic.id).await?;
    }
    if can_see(tx, actor, actor.member, &topic).await? {
        Ok(topic)
    } else {
        Err(Refusal::not_found("thread").into())
    }
}

/// Whether another member of the workspace may see the topic: only they can be mentioned or asked.
pub async fn can_see(tx: &Tx, actor: &Actor, member: MemberId, topic: &Topic) -> Result<bool> {
    is_readable_by(tx, actor.workspace, member, topic).await
}

/// The same, whoever wants to know.
pub(crate) async fn is_readable_by(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    topic: &Topic,
) -> Result<bool> {
    let Some(space) = topic.space else { return Ok(topic.participants.contains(&member)) };
    let found = tx
        .maybe(
            sql!("SELECT 1 AS yes FROM visible_spaces WHERE workspace = $1 AND member = $2 AND space = $3"),
            args![workspace, member, space],
        )
        .await?;
    Ok(found.is_some())
}

/// The people of a direct topic; nobody for a topic in a space.
pub async fn participants(tx: &Tx, workspace: WorkspaceId, topic: TopicId) -> Result<Vec<MemberId>> {
    let rows = tx
        .all(
            sql!("SELECT member FROM topic_participants WHERE workspace = $1 AND topic = $2 ORDER BY member"),
            args![workspace, topic],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get("member")).collect::<Result<_, _>>()?)
}

/// Reads rows of topics that the actor sees, in the order given, participants included.
pub(crate) async fn collect(tx: &Tx, actor: &Actor, rows: &[Row]) -> Result<Vec<Topic>> {
    let mut topics = rows.iter().map(Topic::from_row).collect::<Result<Vec<_>>>()?;
    if topics.iter().any(|topic| topic.space.is_none()) {
        let all = tx
            .all(
                sql!(
                    "SELECT tp.topic, tp.member FROM topic_participants tp WHERE tp.workspace = $1 AND tp.topic IN \
                     (SELECT mine.topic FROM topic_participants mine WHERE mine.workspace = $1 AND mine.member = $2) \
                     ORDER BY tp.topic, tp.member"
                ),
                args![actor.workspace, actor.member],
            )
            .await?;
        let mut people: HashMap<TopicId, Vec<MemberId>> = HashMap::new();
        for row in &all {
            people.entry(row.get("topic")?).or_default().push(row.get("member")?);
        }
        for topic in &mut topics {
            topic.participants = people.get(&topic.id).cloned().unwrap_or_default();
        }
    }
    Ok(topics)
}

/// Starts a topic with its first post.
pub async fn create(tx: &Tx, actor: &Actor, new: NewTopic) -> Result<TopicId> {
    if new.kind != TopicKind::Thread {
        return Err(Refusal::invalid_because("kind", "is made on a page of its own", "thread")
            .named("own_page")
            .into());
    }
    let title = clean_line("title", &new.title, TITLE)?;
    let (space, others) = match (new.space, new.participants) {
        (Some(space), None) => {
            people::spaces::see(tx, actor, space).await?;
            people::spaces::must_be_open(tx, actor.workspace, space).await?;
            (Some(space), Vec::new())
        }
        (None, Some(others)) => (None, direct_participants(tx, actor, others).await?),
        _ => {
            return Err(Refusal::invalid_because(
                "space",
                "says where the thread lives",
                "either `space` or `participants`",
            )
            .into());
        }
    };
    insert(tx, actor, new.id, &title, space, None).await?;
    if space.is_none() {
        for member in others.iter().chain([&actor.member]) {
            tx.run(
                sql!("INSERT INTO topic_participants (workspace, topic, member) VALUES ($1, $2, $3)"),
                args![actor.workspace, new.id, *member],
            )
            .await?;
        }
    }
    let topic = see(tx, actor, new.id).await?;
    let (post, topic) = posts::insert(tx, actor, topic, new.post, Reason::Started, None).await?;
    for member in others {
        marks::touch(tx, actor, member, new.id, Reason::Participant).await?;
    }
    let mut rows = vec![topic.row(), post.row()];
    if let Some(ask) = new.ask {
        let ask = asks::insert(tx, actor, &topic, (post.id, post.no), ask).await?;
        rows.push(asks::read(tx, actor, ask).await?.row());
    }
    search::index_title(tx, actor.workspace, new.id, &title, actor.at).await?;
    tx.record(actor.change("topic.created", topic.audience(), rows));
    Ok(new.id)
}

/// Writes a topic without posts; the first post must follow in the same transaction.
pub async fn insert(
    tx: &Tx,
    actor: &Actor,
    id: TopicId,
    title: &str,
    space: Option<SpaceId>,
    source_key: Option<&str>,
) -> Result<()> {
    let code = free_code(tx, actor).await?;
    insert_row(tx, actor, TopicKind::Thread, id, &code, title, space, source_key).await
}

#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
async fn insert_row(
    tx: &Tx,
    actor: &Actor,
    kind: TopicKind,
    id: TopicId,
    code: &str,
    title: &str,
    space: Option<SpaceId>,
    source_key: Option<&str>,
) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO topics (workspace, id, code, kind, title, space, created_by, created_at, last_no, \
             post_count, last_at, last_by, snippet, state, source_key) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $8, $7, '', 'open', $9)"
        ),
        args![actor.workspace, id, code, kind.word(), title, space, actor.member, actor.at, source_key],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    Ok(())
}

/// A topic of a kind that opens without a post.
#[derive(Debug, Clone)]
pub struct Bare {
    /// Made by whoever creates it.
    pub id: TopicId,
    /// What sort.
    pub kind: TopicKind,
    /// Its code, where the kind has keys of its own; five characters otherwise.
    pub code: Option<String>,
    /// One line, cleaned by the kind.
    pub title: String,
    /// The space it is in, which the actor may see and write in.
    pub space: SpaceId,
}

/// Opens a topic without a post: its row, its title in the search, and the actor's mark. The caller
/// has checked the space, and records the change with its own rows.
pub async fn open(tx: &Tx, actor: &Actor, bare: Bare) -> Result<Topic> {
    let Bare { id, kind, code, title, space } = bare;
    let code = match code {
        Some(code) => code,
        None => free_code(tx, actor).await?,
    };
    insert_row(tx, actor, kind, id, &code, &title, Some(space), None).await?;
    search::index_title(tx, actor.workspace, id, &title, actor.at).await?;
    marks::touch(tx, actor, actor.member, id, Reason::Started).await?;
    see(tx, actor, id).await
}

/// The same for a topic that comes from elsewhere: it marks nobody.
pub async fn open_imported(tx: &Tx, actor: &Actor, bare: Bare) -> Result<()> {
    let code = match bare.code {
        Some(code) => code,
        None => free_code(tx, actor).await?,
    };
    insert_row(tx, actor, bare.kind, bare.id, &code, &bare.title, Some(bare.space), None).await?;
    search::index_title(tx, actor.workspace, bare.id, &bare.title, actor.at).await
}

/// Gives a topic another title, which its kind has cleaned. The caller records the change.
pub async fn rename(tx: &Tx, actor: &Actor, topic: &Topic, title: &str) -> Result<()> {
    tx.run(
        sql!("UPDATE topics SET title = $3, version = version + 1 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, topic.id, title],
    )
    .await?;
    search::index_title(tx, actor.workspace, topic.id, title, topic.created_at).await
}

/// Gives a topic another code: another key of its kind. The caller records the change.
pub async fn recode(tx: &Tx, actor: &Actor, id: TopicId, code: &str) -> Result<()> {
    tx.run(
        sql!("UPDATE topics SET code = $3, version = version + 1 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id, code],
    )
    .await?;
    Ok(())
}

/// Puts a topic into another space, with all that is found of it. The caller has checked that space,
/// and records the change for the readers of both.
pub async fn put_into(tx: &Tx, actor: &Actor, id: TopicId, space: SpaceId) -> Result<()> {
    tx.run(
        sql!("UPDATE topics SET space = $3, version = version + 1 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id, space],
    )
    .await?;
    search::moved(tx, actor.workspace, id, space).await
}

/// A code that no topic of the workspace has. 27⁵ codes make a second try rare.
async fn free_code(tx: &Tx, actor: &Actor) -> Result<String> {
    loop {
        let code = actor.ids.short_code(5);
        let used = tx
            .maybe(
                sql!("SELECT 1 AS used FROM topics WHERE workspace = $1 AND code = $2"),
                args![actor.workspace, &code],
            )
            .await?;
        if used.is_none() {
            return Ok(code);
        }
    }
}

/// An id that somebody used before is a conflict, not an error of ours.
pub(crate) fn taken(error: store::Error, field: &'static str) -> crate::Error {
    if error.is_unique() {
        Refusal::conflict(format!("{field} is taken: something with this id was made before."))
            .named("taken")
            .into()
    } else {
        error.into()
    }
}

async fn direct_participants(tx: &Tx, actor: &Actor, mut others: Vec<MemberId>) -> Result<Vec<MemberId>> {
    others.sort();
    others.dedup();
    others.retain(|member| *member != actor.member);
    if others.len() > PARTICIPANTS {
        return Err(Refusal::invalid_because("participants", "are too many", "at most 24 others")
            .named("too_many_entries")
            .into());
    }
    for member in &others {
        let member = people::members::see(tx, actor, *member).await?;
        if member.state != MemberState::Active {
            let problem = format!("{} cannot be reached here", member.name);
            return Err(Refusal::invalid("participants", problem).into());
        }
    }
    Ok(others)
}

/// Refuses what would be written where the topic is; a closed topic reopens first.
pub(crate) async fn writable(tx: &Tx, actor: &Actor, topic: &Topic) -> Result<()> {
    if let Some(space) = topic.space {
        people::spaces::must_be_open(tx, actor.workspace, space).await?;
    }
    must_be_open(topic)
}

fn must_be_open(topic: &Topic) -> Result<()> {
    match topic.state {
        TopicState::Open => Ok(()),
        TopicState::Closed => {
            Err(Refusal::conflict("This thread is closed. Reopen it first.").named("thread_closed").into())
        }
    }
}

/// Renames, moves, or writes where the topic stands.
pub async fn patch(tx: &Tx, actor: &Actor, id: TopicId, patch: TopicPatch) -> Result<()> {
    let topic = see(tx, actor, id).await?;
    if let Some(space) = topic.space {
        people::spaces::must_be_open(tx, actor.workspace, space).await?;
    }
    if patch.title.is_some() || patch.space.is_some() {
        must_be_thread(&topic)?;
    }
    let mut renamed = false;
    if let Some(title) = patch.title {
        let title = clean_line("title", &title, TITLE)?;
        renamed = title != topic.title;
        rename(tx, actor, &topic, &title).await?;
    }
    if let Some(summary) = patch.summary {
        if patch.summary_version.is_some_and(|seen| seen != topic.summary_version) {
            return Err(overtaken(&topic));
        }
        write_summary(tx, actor, id, summary.as_deref().unwrap_or_default()).await?;
    }
    match patch.space {
        Some(space) if topic.space != Some(space) => move_to(tx, actor, &topic, space).await,
        _ if renamed => announce(tx, actor, "topic.renamed", id, Vec::new()).await,
        _ => announce(tx, actor, "topic.changed", id, Vec::new()).await,
    }
}

/// What each kind has its own rules for is changed on its own page.
fn must_be_thread(topic: &Topic) -> Result<()> {
    if topic.kind == TopicKind::Thread {
        return Ok(());
    }
    Err(Refusal::conflict("This is changed on its own page.").named("own_page").into())
}

/// Somebody else has written where the topic stands meanwhile.
fn overtaken(topic: &Topic) -> Error {
    Error::Overtaken {
        why: "Somebody else has changed where this stands.",
        current: serde_json::value::to_raw_value(topic).ok(),
    }
}

async fn write_summary(tx: &Tx, actor: &Actor, id: TopicId, summary: &str) -> Result<()> {
    let summary = clean_text("summary", summary, NOTE)?;
    let html = posts::render(tx, actor, &summary).await?.html;
    let (text, html, by, at) = if summary.trim().is_empty() {
        (None, None, None, None)
    } else {
        (Some(summary), Some(html), Some(actor.member), Some(actor.at))
    };
    tx.run(
        sql!(
            "UPDATE topics SET summary = $3, summary_html = $4, summary_by = $5, summary_at = $6, \
             summary_version = summary_version + 1, version = version + 1 WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, id, text, html, by, at],
    )
    .await?;
    Ok(())
}

/// Moves a topic to another space. Its address stays; those who may no longer see it lose it.
async fn move_to(tx: &Tx, actor: &Actor, topic: &Topic, space: SpaceId) -> Result<()> {
    if topic.space.is_none() {
        return Err(Refusal::invalid("space", "a direct thread stays with its people").into());
    }
    people::spaces::see(tx, actor, space).await?;
    people::spaces::must_be_open(tx, actor.workspace, space).await?;
    put_into(tx, actor, topic.id, space).await?;
    // Readers of the old space drop the topic; readers of the new one get it right after.
    tx.record(actor.change("topic.moved", topic.audience(), vec![edge::gone("topics", topic.id)]));
    announce(tx, actor, "topic.moved", topic.id, Vec::new()).await
}

/// Ends a topic with its outcome, which stays on top.
pub async fn close(tx: &Tx, actor: &Actor, id: TopicId, outcome: &str) -> Result<()> {
    let topic = see(tx, actor, id).await?;
    must_be_thread(&topic)?;
    writable(tx, actor, &topic).await?;
    let outcome = clean_text("outcome", outcome, NOTE)?;
    if outcome.trim().is_empty() {
        return Err(Refusal::invalid_because("outcome", "is empty", "what came out of it, in a sentence")
            .named("empty")
            .into());
    }
    let html = posts::render(tx, actor, &outcome).await?.html;
    tx.run(
        sql!(
            "UPDATE topics SET state = 'closed', outcome = $3, outcome_html = $4, closed_by = $5, closed_at = $6, \
             version = version + 1 WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, id, outcome, html, actor.member, actor.at],
    )
    .await?;
    announce(tx, actor, "topic.closed", id, Vec::new()).await
}

/// Opens a closed topic again. The outcome is kept in the change log.
pub async fn reopen(tx: &Tx, actor: &Actor, id: TopicId) -> Result<()> {
    let topic = see(tx, actor, id).await?;
    if topic.state == TopicState::Open {
        return Err(Refusal::conflict("This thread is open.").named("thread_open").into());
    }
    if let Some(space) = topic.space {
        people::spaces::must_be_open(tx, actor.workspace, space).await?;
    }
    tx.run(
        sql!(
            "UPDATE topics SET state = 'open', outcome = NULL, outcome_html = NULL, closed_by = NULL, \
             closed_at = NULL, version = version + 1 WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, id],
    )
    .await?;
    announce(tx, actor, "topic.reopened", id, Vec::new()).await
}

/// Records a change of the topic, with its row and what else changed in it.
pub(crate) async fn announce(
    tx: &Tx,
    actor: &Actor,
    verb: &'static str,
    id: TopicId,
    more: Vec<RowChange>,
) -> Result<()> {
    let topic = see(tx, actor, id).await?;
    let mut rows = vec![topic.row()];
    rows.extend(more);
    tx.record(actor.change(verb, topic.audience(), rows));
    Ok(())
}

/// The topic of a post that the actor may see.
pub(crate) async fn of_post(tx: &Tx, actor: &Actor, post: PostId) -> Result<Topic> {
    let row = tx
        .maybe(sql!("SELECT topic FROM posts WHERE workspace = $1 AND id = $2"), args![actor.workspace, post])
        .await?;
    match row {
        Some(row) => see(tx, actor, row.get("topic")?).await.map_err(|error| match error {
            crate::Error::Refused(Refusal::NotFound { .. }) => Refusal::not_found("post").into(),
            other => other,
        }),
        None => Err(Refusal::not_found("post").into()),
    }
}

/// Those who follow the topic and may see it.
pub async fn followers(tx: &Tx, actor: &Actor, topic: &Topic) -> Result<Vec<MemberId>> {
    let rows = tx
        .all(
            sql!(
                "SELECT member FROM marks WHERE workspace = $1 AND topic = $2 AND following ORDER BY member"
            ),
            args![actor.workspace, topic.id],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get("member")).collect::<Result<_, _>>()?)
}
