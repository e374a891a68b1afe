//! Drafts: what somebody writes and has not sent, kept on the server so that every device of
//! theirs has it. Each version says which one it was made from, so that no device overwrites what
//! another wrote. A draft may be told to go out by itself.

mod sending;

use edge::{gone, put};
use jiff::Timestamp;
use kernel::{Refusal, clean_text};
use people::{Actor, MemberId, SpaceId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{Audience, Row, RowChange, Tx, args, sql};
use utoipa::ToSchema;

pub use sending::{JOB, SendDraft, cancel, replan, send_due, send_later};

use crate::{DraftId, Error, FileId, Result, TopicId, posts};

/// More drafts than this of one member are a mistake.
const MOST_DRAFTS: i64 = 500;
const MOST_TITLE: usize = 800;
const MOST_PEOPLE: usize = 50;
const MOST_FILES: usize = 20;
/// The longest form of an ask, in bytes.
const MOST_ASK: usize = 10_000;
const MOST_DEVICE: usize = 80;

/// Where a draft is going.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "SaidPlace")]
pub enum Place {
    /// A post in this topic.
    Topic {
        /// Which.
        topic: TopicId,
    },
    /// A new thread.
    New {
        /// In this space; null while none is chosen.
        #[schema(required = true)]
        space: Option<SpaceId>,
    },
    /// A new direct thread.
    Direct {
        /// With these others.
        participants: Vec<MemberId>,
    },
}

/// A place as it is written. Read apart, because a tagged enum would let unknown fields pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaidPlace {
    kind: PlaceKind,
    #[serde(default)]
    topic: Option<TopicId>,
    #[serde(default, deserialize_with = "people::present")]
    #[expect(clippy::option_option, reason = "absent, null and a space are three different things")]
    space: Option<Option<SpaceId>>,
    #[serde(default)]
    participants: Option<Vec<MemberId>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PlaceKind {
    Topic,
    New,
    Direct,
}

impl TryFrom<SaidPlace> for Place {
    type Error = &'static str;

    fn try_from(said: SaidPlace) -> Result<Self, &'static str> {
        match (said.kind, said.topic, said.space, said.participants) {
            (PlaceKind::Topic, Some(topic), None, None) => Ok(Self::Topic { topic }),
            (PlaceKind::New, None, Some(space), None) => Ok(Self::New { space }),
            (PlaceKind::Direct, None, None, Some(participants)) => Ok(Self::Direct { participants }),
            _ => Err("a place is a `topic`, a new one in a `space`, or a direct one with `participants`"),
        }
    }
}

/// When a draft goes out by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "SaidWhen")]
pub enum SendWhen {
    /// At an instant.
    At {
        /// In the future, at most a year away.
        at: Timestamp,
    },
    /// When somebody's next working day starts.
    TheirStart {
        /// Whose.
        member: MemberId,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaidWhen {
    kind: WhenKind,
    #[serde(default)]
    at: Option<Timestamp>,
    #[serde(default)]
    member: Option<MemberId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum WhenKind {
    At,
    TheirStart,
}

impl TryFrom<SaidWhen> for SendWhen {
    type Error = &'static str;

    fn try_from(said: SaidWhen) -> Result<Self, &'static str> {
        match (said.kind, said.at, said.member) {
            (WhenKind::At, Some(at), None) => Ok(Self::At { at }),
            (WhenKind::TheirStart, None, Some(member)) => Ok(Self::TheirStart { member }),
            _ => Err("a time is `at` an instant, or `their_start` of a `member`"),
        }
    }
}

/// A draft as its author has it. Nobody else ever gets it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// Where it is going.
    pub place: Place,
    /// The title of a new thread.
    #[schema(required = true)]
    pub title: Option<String>,
    /// Markdown as far as it is written.
    pub source: String,
    /// Whom to notify besides those it names.
    pub to: Vec<MemberId>,
    /// An ask as the composer has it, complete or not. Others who are asked the same stand in
    /// `also`, each as `asked` or `group`.
    #[schema(value_type = Option<Object>, required = true)]
    pub ask: Option<Box<RawValue>>,
    /// Uploaded files that it carries.
    pub files: Vec<FileId>,
    /// One more with each change of what is written.
    pub version: i64,
    /// Which device wrote this version.
    pub device: String,
    /// When.
    pub changed_at: Timestamp,
    /// When it goes out by itself.
    #[schema(required = true)]
    pub send_at: Option<Timestamp>,
    /// What its author said about that.
    #[schema(required = true)]
    pub send_when: Option<SendWhen>,
    /// Why it did not go out.
    #[schema(required = true)]
    pub problem: Option<String>,
}

/// The columns of [`Draft`].
macro_rules! draft_columns {
    () => {
        "id, place, title, source, recipients, ask, files, version, device, changed_at, send_at, send_when, \
         send_ids, problem"
    };
}

impl Draft {
    fn row(&self) -> RowChange {
        put("drafts", self.id, self)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let ask: Option<String> = row.get("ask")?;
        let when: Option<String> = row.get("send_when")?;
        Ok(Self {
            id: row.get("id")?,
            place: json(row, "place")?,
            title: row.get("title")?,
            source: row.get("source")?,
            to: json(row, "recipients")?,
            ask: ask.map(|ask| parsed("ask", &ask)).transpose()?,
            files: json(row, "files")?,
            version: row.get("version")?,
            device: row.get("device")?,
            changed_at: row.get("changed_at")?,
            send_at: row.get("send_at")?,
            send_when: when.map(|when| parsed("send_when", &when)).transpose()?,
            problem: row.get("problem")?,
        })
    }

    /// Whether it says what another one says: then neither device has written anything new.
    fn says(&self, new: &NewDraft) -> bool {
        self.place == new.place
            && self.title == new.title
            && self.source == new.source
            && self.to == new.to
            && self.files == new.files
            && self.ask.as_deref().map(RawValue::get) == new.ask.as_deref().map(RawValue::get)
    }
}

fn json<T: serde::de::DeserializeOwned>(row: &Row, column: &'static str) -> Result<T> {
    parsed(column, &row.get::<String>(column)?)
}

pub(crate) fn parsed<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Broken { what, problem: error.to_string() })
}

fn written<T: Serialize>(what: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Broken { what, problem: error.to_string() })
}

/// A draft as a device has it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDraft {
    /// Where it is going.
    pub place: Place,
    /// The title of a new thread.
    #[serde(default)]
    pub title: Option<String>,
    /// Markdown, at most 100,000 bytes. It may be empty.
    #[schema(max_length = 100_000)]
    pub source: String,
    /// Whom to notify besides those it names, at most 50.
    #[serde(default)]
    pub to: Vec<MemberId>,
    /// An ask as the composer has it, at most 10,000 bytes. Others who are asked the same stand in
    /// `also`, each as `asked` or `group`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub ask: Option<Box<RawValue>>,
    /// Uploaded files that it carries, at most 20.
    #[serde(default)]
    pub files: Vec<FileId>,
    /// What the device calls itself, at most 80 characters.
    pub device: String,
    /// The version that this one was made from; 0 for a new draft. With another one there, the
    /// write is refused as a conflict, and `current` of the answer has that one.
    pub version: i64,
}

/// The actor's drafts, the newest first.
pub async fn list(tx: &Tx, actor: &Actor) -> Result<Vec<Draft>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                draft_columns!(),
                " FROM drafts WHERE workspace = $1 AND member = $2 ORDER BY changed_at DESC, id"
            )),
            args![actor.workspace, actor.member],
        )
        .await?;
    rows.iter().map(Draft::from_row).collect()
}

/// Keeps a version of the actor's draft. The same words from another device change nothing.
pub async fn save(tx: &Tx, actor: &Actor, id: DraftId, new: NewDraft) -> Result<()> {
    let new = checked(new)?;
    match of(tx, actor, id).await? {
        Some(draft) if draft.says(&new) => Ok(()),
        Some(draft) if draft.version != new.version => Err(overtaken(Some(&draft))),
        None if new.version != 0 => Err(overtaken(None)),
        Some(_) => write(tx, actor, id, &new).await,
        None => {
            must_have_room(tx, actor).await?;
            write(tx, actor, id, &new).await
        }
    }
}

/// The actor's draft is gone: thrown away, or sent by the device.
pub async fn remove(tx: &Tx, actor: &Actor, id: DraftId) -> Result<()> {
    see(tx, actor, id).await?;
    erase(tx, actor, id).await?;
    tx.record(actor.change("draft.removed", own(actor), vec![gone("drafts", id)]));
    Ok(())
}

fn own(actor: &Actor) -> Audience {
    Audience::Member(actor.member.uuid())
}

/// Whoever else's it is, it does not exist for the actor.
async fn see(tx: &Tx, actor: &Actor, id: DraftId) -> Result<Draft> {
    of(tx, actor, id).await?.ok_or_else(|| Refusal::not_found("draft").into())
}

async fn of(tx: &Tx, actor: &Actor, id: DraftId) -> Result<Option<Draft>> {
    let row = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                draft_columns!(),
                " FROM drafts WHERE workspace = $1 AND id = $2 AND member = $3"
            )),
            args![actor.workspace, id, actor.member],
        )
        .await?;
    row.as_ref().map(Draft::from_row).transpose()
}

/// A conflict that gives the device the version it did not know.
fn overtaken(draft: Option<&Draft>) -> Error {
    let why = match draft {
        Some(_) => "This draft was changed on another device. Read it before you save.",
        None => "This draft was sent or thrown away on another device.",
    };
    let current = draft.and_then(|draft| serde_json::value::to_raw_value(draft).ok());
    Error::Overtaken { why, current }
}

async fn must_have_room(tx: &Tx, actor: &Actor) -> Result<()> {
    let count: i64 = tx
        .one(
            sql!("SELECT COUNT(*) AS entries FROM drafts WHERE workspace = $1 AND member = $2"),
            args![actor.workspace, actor.member],
        )
        .await?
        .get("entries")?;
    if count < MOST_DRAFTS {
        Ok(())
    } else {
        Err(Refusal::conflict(format!("There are {MOST_DRAFTS} drafts. Remove old ones first."))
            .named("too_many_entries")
            .into())
    }
}

/// What is half written is kept as it is; only what could never be kept is refused.
fn checked(new: NewDraft) -> Result<NewDraft> {
    let too_many = |field, most| {
        Refusal::invalid_because(field, "are too many", format!("at most {most}")).named("too_many_entries")
    };
    if new.to.len() > MOST_PEOPLE {
        return Err(too_many("to", MOST_PEOPLE).into());
    }
    if new.files.len() > MOST_FILES {
        return Err(too_many("files", MOST_FILES).into());
    }
    if let Place::Direct { participants } = &new.place
        && participants.len() > MOST_PEOPLE
    {
        return Err(too_many("place.participants", MOST_PEOPLE).into());
    }
    if new.source.len() > posts::SOURCE {
        return Err(Refusal::invalid_because(
            "source",
            "is too long",
            format!("at most {} bytes of UTF-8", posts::SOURCE),
        )
        .named("too_long")
        .into());
    }
    if let Some(ask) = &new.ask {
        let object = ask.get().trim_start().starts_with('{') && ask.get().len() <= MOST_ASK;
        object.then_some(()).ok_or_else(|| {
            Refusal::invalid_because("ask", "is no form", format!("an object of at most {MOST_ASK} bytes"))
        })?;
    }
    let title = new.title.map(|title| clean_text("title", &title, MOST_TITLE)).transpose()?;
    let device = kernel::clean_line("device", &new.device, MOST_DEVICE)?;
    // NUL is the one character that a database refuses.
    Ok(NewDraft { title, device, source: new.source.replace('\0', ""), ..new })
}

async fn write(tx: &Tx, actor: &Actor, id: DraftId, new: &NewDraft) -> Result<()> {
    let kept = tx
        .run(
            sql!(
                "INSERT INTO drafts (workspace, id, member, place, title, source, recipients, ask, files, version, \
                 device, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                 ON CONFLICT (workspace, id) DO UPDATE SET place = excluded.place, title = excluded.title, \
                 source = excluded.source, recipients = excluded.recipients, ask = excluded.ask, \
                 files = excluded.files, version = excluded.version, device = excluded.device, \
                 changed_at = excluded.changed_at, problem = NULL \
                 WHERE drafts.member = excluded.member"
            ),
            args![
                actor.workspace,
                id,
                actor.member,
                written("place", &new.place)?,
                new.title,
                new.source,
                written("recipients", &new.to)?,
                new.ask.as_deref().map(RawValue::get),
                written("files", &new.files)?,
                new.version + 1,
                new.device,
                actor.at
            ],
        )
        .await?;
    if kept == 0 {
        return Err(Refusal::conflict("id is taken: something with this id was made before.")
            .named("taken")
            .into());
    }
    carry(tx, actor, id, &new.files).await?;
    record(tx, actor, id, "draft.saved").await
}

async fn carry(tx: &Tx, actor: &Actor, id: DraftId, files: &[FileId]) -> Result<()> {
    tx.run(sql!("DELETE FROM draft_files WHERE workspace = $1 AND draft = $2"), args![actor.workspace, id])
        .await?;
    for file in files {
        tx.run(
            sql!(
                "INSERT INTO draft_files (workspace, draft, file) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
            ),
            args![actor.workspace, id, *file],
        )
        .await?;
    }
    Ok(())
}

async fn erase(tx: &Tx, actor: &Actor, id: DraftId) -> Result<()> {
    for erase in [
        sql!("DELETE FROM draft_files WHERE workspace = $1 AND draft = $2"),
        sql!("DELETE FROM drafts WHERE workspace = $1 AND id = $2"),
    ] {
        tx.run(erase, args![actor.workspace, id]).await?;
    }
    Ok(())
}

async fn record(tx: &Tx, actor: &Actor, id: DraftId, verb: &'static str) -> Result<()> {
    let draft = see(tx, actor, id).await?;
    tx.record(actor.change(verb, own(actor), vec![draft.row()]));
    Ok(())
}
