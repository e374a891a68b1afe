//! Notices: what leaves the inbox by push or mail. A notice names things only. Whoever sends it
//! reads them at that moment as the member may read them then, so that nothing stale and nothing
//! forbidden goes out; and asks [`still_wanted`] first, so that nobody is reminded of what they
//! have done.

use jiff::Timestamp;
use people::{MemberId, WorkspaceId, delivery::EmailSettings};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{NewJob, Row, Tx, args, sql};

use crate::{AskId, NoticeId, Result, TopicId, asks::AskState, error, inbox::Because, reminders};

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// The word in the database.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(word: &str) -> Result<Self, ()> {
                match word { $($word => Ok(Self::$variant),)+ _ => Err(()) }
            }
        }
    };
}

words! {
    /// How a notice goes out. The word is also the kind of the job that sends it.
    Channel {
        /// To the member's browsers.
        Push = "push",
        /// To the member's address.
        Mail = "mail",
    }
}

words! {
    /// What a notice is about.
    NoticeKind {
        /// What arrived with a delivery, or as it happened.
        Delivery = "delivery",
        /// An ask.
        Ask = "ask",
        /// A reply to an ask of one's own.
        Reply = "reply",
        /// An ask whose time is near.
        Reminder = "reminder",
        /// An ask of one's own whose time has passed.
        Late = "late",
        /// An urgent ask.
        Urgent = "urgent",
        /// The due of an ask has moved.
        Moved = "moved",
        /// The start of the day.
        Digest = "digest",
    }
}

words! {
    /// How far a notice has come.
    NoticeState {
        /// It will be sent.
        Waiting = "waiting",
        /// It was sent.
        Sent = "sent",
        /// There was no reason any more, or nowhere to send it to.
        Unwanted = "unwanted",
        /// It could not be sent.
        Failed = "failed",
    }
}

/// What a notice names: ids, so that it is read when it is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticePayload {
    /// The asks, the one that is due first at the front.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<AskId>,
    /// The topics with new posts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<NoticeTopic>,
}

/// New posts of one topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeTopic {
    /// The topic.
    pub id: TopicId,
    /// The first new post.
    pub from_no: i64,
    /// The last.
    pub to_no: i64,
    /// Why it concerns the member.
    #[serde(default)]
    pub reason: Option<Because>,
    /// When what its trade knows is due: then it tells of that, and not of new posts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
}

/// A notice as whoever sends it reads it.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its id: also the key of the job that sends it.
    pub id: NoticeId,
    /// For whom.
    pub member: MemberId,
    /// How it goes out.
    pub channel: Channel,
    /// What it is about.
    pub kind: NoticeKind,
    /// When it became due.
    pub at: Timestamp,
    /// What it names.
    pub payload: NoticePayload,
    /// How far it has come.
    pub state: NoticeState,
}

impl Notice {
    fn from_row(row: &Row) -> Result<Self> {
        let text = |column: &str| row.get::<String>(column);
        Ok(Self {
            workspace: row.get("workspace")?,
            id: row.get("id")?,
            member: row.get("member")?,
            channel: error::word("notices.channel", &text("channel")?)?,
            kind: error::word("notices.kind", &text("kind")?)?,
            at: row.get("at")?,
            payload: serde_json::from_str(&text("payload")?)
                .map_err(|problem| error::broken("notices.payload", &problem))?,
            state: error::word("notices.state", &text("state")?)?,
        })
    }
}

/// Says on which channels notices can go out at all; those of any other are not queued. Push needs
/// nobody's permission but the member's own.
pub async fn set_outlets(tx: &Tx, mail: bool) -> Result<()> {
    tx.run(sql!("DELETE FROM outlets"), args![]).await?;
    if mail {
        tx.run(sql!("INSERT INTO outlets (channel) VALUES ('mail') ON CONFLICT DO NOTHING"), args![]).await?;
    }
    Ok(())
}

/// Queues a notice on each channel that the member gets this kind on: one job `push` and one job
/// `mail`, not before `at`, with the notice's id as key. Who never works gets none, so that nothing
/// reaches them outside of their inbox; what is urgent is the one exception.
pub async fn send(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    kind: NoticeKind,
    at: Timestamp,
    payload: &NoticePayload,
) -> Result<()> {
    let quiet = people::delivery::standing(tx, workspace, member).await?.is_some_and(|now| now.quiet);
    if quiet && kind != NoticeKind::Urgent {
        return Ok(());
    }
    if kind != NoticeKind::Digest {
        queue(tx, workspace, member, Channel::Push, kind, at, payload).await?;
    }
    mail(tx, workspace, member, kind, at, payload).await
}

/// The same by mail alone, where something else has gone out by push.
pub(crate) async fn mail(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    kind: NoticeKind,
    at: Timestamp,
    payload: &NoticePayload,
) -> Result<()> {
    let email = people::delivery::settings(tx, workspace, member).await?.email;
    if goes_by_mail(kind, email) && mail_goes_out(tx).await? {
        queue(tx, workspace, member, Channel::Mail, kind, at, payload).await?;
    }
    Ok(())
}

async fn queue(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    channel: Channel,
    kind: NoticeKind,
    at: Timestamp,
    payload: &NoticePayload,
) -> Result<()> {
    let text =
        serde_json::to_string(payload).map_err(|problem| error::broken("notices.payload", &problem))?;
    let id = name(member, channel, kind, at, &text);
    let queued = tx
        .run(
            sql!(
                "INSERT INTO notices (workspace, id, member, channel, kind, at, payload, state) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting') ON CONFLICT (workspace, id) DO NOTHING"
            ),
            args![workspace, id, member, channel.word(), kind.word(), at, text],
        )
        .await?;
    if queued == 0 {
        return Ok(());
    }
    let payload =
        serde_json::value::to_raw_value(&id).map_err(|problem| error::broken("notice id", &problem))?;
    let job = NewJob {
        workspace: workspace.uuid(),
        kind: channel.word(),
        key: id.to_string(),
        payload,
        run_at: at,
    };
    Ok(tx.enqueue(job).await?)
}

/// A notice that says the same to the same person is the same notice: it goes out once, however
/// often it is queued.
fn name(member: MemberId, channel: Channel, kind: NoticeKind, at: Timestamp, payload: &str) -> NoticeId {
    let said = format!("{member} {} {} {at} {payload}", channel.word(), kind.word());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(Sha256::digest(said)).for_each(|(byte, hashed)| *byte = hashed);
    NoticeId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Whether this kind of notice goes by mail to somebody with these settings.
fn goes_by_mail(kind: NoticeKind, email: EmailSettings) -> bool {
    match kind {
        NoticeKind::Delivery | NoticeKind::Reply => false,
        NoticeKind::Ask | NoticeKind::Reminder | NoticeKind::Late | NoticeKind::Moved => email.asks,
        NoticeKind::Urgent => true,
        NoticeKind::Digest => email.digest,
    }
}

/// Whether the server can send mail at all: its operator has set a mail server.
pub async fn mail_goes_out(tx: &Tx) -> Result<bool> {
    let row = tx.maybe(sql!("SELECT channel FROM outlets WHERE channel = 'mail'"), args![]).await?;
    Ok(row.is_some())
}

/// One notice.
pub async fn read(tx: &Tx, workspace: WorkspaceId, id: NoticeId) -> Result<Option<Notice>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT workspace, id, member, channel, kind, at, payload, state FROM notices \
                 WHERE workspace = $1 AND id = $2"
            ),
            args![workspace, id],
        )
        .await?;
    row.as_ref().map(Notice::from_row).transpose()
}

/// Writes down how far it has come.
pub async fn settle(tx: &Tx, notice: &Notice, state: NoticeState) -> Result<()> {
    tx.run(
        sql!("UPDATE notices SET state = $3 WHERE workspace = $1 AND id = $2"),
        args![notice.workspace, notice.id, state.word()],
    )
    .await?;
    Ok(())
}

/// Forgets what became due before `before`, the oldest first and at most `most`. Returns how many that were.
pub async fn prune(tx: &Tx, before: Timestamp, most: u32) -> Result<u64> {
    let oldest = sql!(
        "DELETE FROM notices WHERE (workspace, id) IN \
         (SELECT workspace, id FROM notices WHERE at < $1 ORDER BY at LIMIT $2)"
    );
    Ok(tx.run(oldest, args![before, most]).await?)
}

/// What of a notice is still to be said, to be asked right before it is sent: the asks that still
/// wait for the member, and the topics with posts that they have neither read nor done. Nothing
/// when it was sent, or when they are not here any more.
pub async fn still_to_say(tx: &Tx, notice: &Notice) -> Result<NoticePayload> {
    let mut left = NoticePayload::default();
    if notice.state != NoticeState::Waiting || !is_active(tx, notice).await? {
        return Ok(left);
    }
    for ask in &notice.payload.asks {
        if ask_still_matters(tx, notice, *ask).await? {
            left.asks.push(*ask);
        }
    }
    for topic in &notice.payload.topics {
        if still_unread(tx, notice, topic).await? {
            left.topics.push(topic.clone());
        }
    }
    Ok(left)
}

/// Whether there is still something to say: false when the person has done the thing.
pub async fn still_wanted(tx: &Tx, notice: &Notice) -> Result<bool> {
    let left = still_to_say(tx, notice).await?;
    Ok(!left.asks.is_empty() || !left.topics.is_empty())
}

async fn is_active(tx: &Tx, notice: &Notice) -> Result<bool> {
    let row = tx
        .maybe(
            sql!("SELECT id FROM members WHERE workspace = $1 AND id = $2 AND state = 'active'"),
            args![notice.workspace, notice.member],
        )
        .await?;
    Ok(row.is_some())
}

/// A reminder, a late ask and an urgent one matter while nobody has answered. To its asker an ask
/// also matters when it has moved; an urgent one no longer once it was seen.
async fn ask_still_matters(tx: &Tx, notice: &Notice, ask: AskId) -> Result<bool> {
    let row = tx
        .maybe(
            sql!(
                "SELECT state, asker, asked, asked_group, acknowledged_at FROM asks \
                 WHERE workspace = $1 AND id = $2"
            ),
            args![notice.workspace, ask],
        )
        .await?;
    let Some(row) = row else { return Ok(false) };
    let state: AskState = error::word("asks.state", &row.get::<String>("state")?)?;
    let asked: Option<MemberId> = row.get("asked")?;
    let seen: Option<Timestamp> = row.get("acknowledged_at")?;
    let is_asker = row.get::<MemberId>("asker")? == notice.member;
    let is_asked = asked == Some(notice.member)
        || (asked.is_none() && row.get::<Option<people::GroupId>>("asked_group")?.is_some());
    Ok(match notice.kind {
        NoticeKind::Urgent => is_asked && seen.is_none() && state.is_owed(),
        NoticeKind::Reply => is_asker && state == AskState::Answered,
        NoticeKind::Late => is_asker && state.is_owed(),
        _ => (is_asked || (is_asker && notice.kind == NoticeKind::Moved)) && state.is_owed(),
    })
}

async fn still_unread(tx: &Tx, notice: &Notice, topic: &NoticeTopic) -> Result<bool> {
    if let Some(due_at) = topic.due_at {
        return reminders::is_wanted(tx, notice.workspace, notice.member, topic.id, due_at).await;
    }
    let row = tx
        .maybe(
            sql!("SELECT read_no, done_no FROM marks WHERE workspace = $1 AND member = $2 AND topic = $3"),
            args![notice.workspace, notice.member, topic.id],
        )
        .await?;
    let Some(row) = row else { return Ok(false) };
    Ok(row.get::<i64>("read_no")?.max(row.get("done_no")?) < topic.to_no)
}
