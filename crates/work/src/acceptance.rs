//! Acceptance: a deliverable that is done is accepted by its requester, who is asked with a clock, or
//! sent back with a reason, and then it is open again.

use jiff::Timestamp;
use kernel::{Refusal, clean_line, clean_text};
use people::{Actor, MemberId, MemberState, System, members, norms};
use serde::{Deserialize, Serialize};
use store::{Row, Tx, args, sql};
use topics::{
    AskId, PostId,
    asks::{self, Ask, AskKind, Budget, NewAsk},
    events::{self, Event},
    marks, posts, topic,
};
use utoipa::ToSchema;

use crate::{
    Error, Result, TaskId,
    error::{from_json, to_json},
    hands, moves, project,
    task::{self, Altered, Kept},
};

/// The longest reason or note, in bytes.
const NOTE: usize = 5_000;
/// The longest address, in characters.
const LINK: usize = 1_000;
/// The longest question of an ask, in characters.
const QUESTION: usize = 300;
/// The most posts that are shown as evidence.
const EVIDENCE: usize = 20;
/// How far an ask is followed that was passed on.
const HANDS: usize = 20;

store::words! {
    /// How the requester of a deliverable stands to what came out of it.
    pub enum AcceptanceState {
        /// They are asked.
        Asked = "asked",
        /// They have accepted it.
        Accepted = "accepted",
        /// They have sent it back.
        SentBack = "sent_back",
        /// It was opened again before they said anything.
        TakenBack = "taken_back",
    }
}

/// How the requester stands to what came out of a task, as its card says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResultStanding {
    /// Never `taken_back`.
    pub state: AcceptanceState,
    /// The ask by which they were asked; null where nobody could be.
    #[schema(required = true)]
    pub ask: Option<AskId>,
}

/// One time that a deliverable was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskAcceptance {
    /// What became of it.
    pub state: AcceptanceState,
    /// The ask.
    #[schema(required = true)]
    pub ask: Option<AskId>,
    /// Who said that it is done.
    pub asked_by: MemberId,
    /// When.
    pub asked_at: Timestamp,
    /// When the task was due then.
    #[schema(required = true)]
    pub due_at: Option<Timestamp>,
    /// Posts of the task that show what came out of it.
    pub posts: Vec<PostId>,
    /// An address that shows it; empty for none.
    pub link: String,
    /// Who decided.
    #[schema(required = true)]
    pub decided_by: Option<MemberId>,
    /// When.
    #[schema(required = true)]
    pub decided_at: Option<Timestamp>,
    /// Why it was sent back, or the note with which it was accepted, in Markdown.
    pub reason: String,
}

/// A deliverable that is done, with what shows it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToDeliver {
    /// Posts of the task; without it, those that people wrote there since it was last decided about,
    /// the latest 20.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub posts: Option<Vec<PostId>>,
    /// An `https` or `http` address, at most 1,000 characters.
    #[serde(default)]
    #[schema(max_length = 1_000)]
    pub link: Option<String>,
}

/// Accepting what came out of a task.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptable {
    /// A word to whoever did it, Markdown of at most 5,000 bytes.
    #[serde(default)]
    #[schema(max_length = 5_000)]
    pub note: Option<String>,
}

/// Sending back what came out of a task.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToSendBack {
    /// What is missing: Markdown, at most 5,000 bytes. It becomes a post.
    #[schema(min_length = 1, max_length = 5_000)]
    pub reason: String,
}

impl ResultStanding {
    pub(crate) fn from_row(row: &Row) -> Result<Option<Self>> {
        let Some(state) = row.get("acceptance")? else { return Ok(None) };
        Ok(Some(Self { state, ask: row.get("acceptance_ask")? }))
    }
}

/// The latest 20 times that a task was done as a deliverable, the newest first.
pub(crate) async fn of(tx: &Tx, actor: &Actor, task: TaskId) -> Result<Vec<TaskAcceptance>> {
    let rows = tx
        .all(
            sql!(
                "SELECT state, ask, asked_by, asked_at, due_at, posts, link, decided_by, decided_at, reason \
                 FROM acceptances WHERE workspace = $1 AND task = $2 ORDER BY no DESC LIMIT 20"
            ),
            args![actor.workspace, task],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(TaskAcceptance {
                state: row.get("state")?,
                ask: row.get("ask")?,
                asked_by: row.get("asked_by")?,
                asked_at: row.get("asked_at")?,
                due_at: row.get("due_at")?,
                posts: from_json("acceptances.posts", &row.get::<String>("posts")?)?,
                link: row.get("link")?,
                decided_by: row.get("decided_by")?,
                decided_at: row.get("decided_at")?,
                reason: row.get("reason")?,
            })
        })
        .collect()
}

/// A deliverable is done: its requester is asked, with the evidence that was chosen.
pub async fn deliver(tx: &Tx, actor: &Actor, id: TaskId, delivered: ToDeliver) -> Result<()> {
    let (project, mut kept) = task::hold(tx, actor, id).await?;
    if !kept.task.deliverable {
        return Err(Refusal::conflict("Nobody accepts this task: it is no deliverable.")
            .named("no_deliverable")
            .into());
    }
    let mut altered = Altered::default();
    altered.page(id);
    moves::set_done(tx, actor, &mut altered, &project, &mut kept, true).await?;
    if kept.task.acceptance.is_none() {
        begin(tx, actor, &mut kept).await?;
    }
    choose(tx, actor, id, delivered).await?;
    task::save(tx, actor, &mut kept).await?;
    altered.record(tx, actor, "task.delivered").await
}

/// A task has become done, or no longer is; the caller saves it.
pub(crate) async fn turned(tx: &Tx, actor: &Actor, kept: &mut Kept) -> Result<()> {
    let standing = kept.task.acceptance.map(|standing| standing.state);
    match (kept.task.done_at.is_some(), standing) {
        (true, _) if kept.task.deliverable => begin(tx, actor, kept).await,
        (false, Some(AcceptanceState::Asked)) => take_back(tx, actor, kept).await,
        (false, Some(AcceptanceState::Accepted)) => {
            kept.task.acceptance = None;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Somebody else is the requester, or nobody accepts it any more; the caller saves it.
pub(crate) async fn asked_anew(tx: &Tx, actor: &Actor, kept: &mut Kept) -> Result<()> {
    if kept.task.acceptance.map(|standing| standing.state) != Some(AcceptanceState::Asked) {
        return Ok(());
    }
    take_back(tx, actor, kept).await?;
    if kept.task.deliverable { begin(tx, actor, kept).await } else { Ok(()) }
}

/// Asks the requester. Who did it for themselves, or decides for others that it is done, has accepted
/// it by that; where the requester cannot be asked, it waits for another one.
async fn begin(tx: &Tx, actor: &Actor, kept: &mut Kept) -> Result<()> {
    let posts = posts_since(tx, actor, kept.task.id).await?;
    let mut standing = ResultStanding { state: AcceptanceState::Asked, ask: None };
    if kept.task.requester == actor.member {
        standing.state = AcceptanceState::Accepted;
    } else if can_be_asked(tx, actor, kept).await? {
        standing.ask = Some(ask(tx, actor, kept).await?);
    }
    let decided = (standing.state == AcceptanceState::Accepted).then_some(actor);
    tx.run(
        sql!(
            "INSERT INTO acceptances (workspace, task, no, state, ask, asked_by, asked_at, due_at, posts, link, \
             decided_by, decided_at, reason) SELECT $1, $2, COALESCE(MAX(a.no), 0) + 1, $3, $4, $5, $6, $7, $8, '', \
             $9, $10, '' FROM acceptances a WHERE a.workspace = $1 AND a.task = $2"
        ),
        args![
            actor.workspace,
            kept.task.id,
            standing.state,
            standing.ask,
            actor.member,
            actor.at,
            kept.task.due.as_ref().map(|due| due.at),
            to_json("acceptances.posts", &posts)?,
            decided.map(|actor| actor.member),
            decided.map(|actor| actor.at)
        ],
    )
    .await?;
    kept.task.acceptance = Some(standing);
    Ok(())
}

async fn can_be_asked(tx: &Tx, actor: &Actor, kept: &Kept) -> Result<bool> {
    let card = members::read(tx, actor.workspace, kept.task.requester, actor.at).await?;
    Ok(card.state == MemberState::Active
        && project::can_reach(tx, actor, kept.task.requester, kept.space).await?)
}

/// The question is the name of the task, which is in no language of ours.
async fn ask(tx: &Tx, actor: &Actor, kept: &Kept) -> Result<AskId> {
    let id = actor.ids.make();
    let question = format!("{} {}", kept.task.key, kept.task.title).chars().take(QUESTION).collect();
    let budgets = norms::of(tx, actor.workspace, Some(kept.space)).await?.budgets;
    let new = NewAsk {
        id,
        kind: AskKind::Review,
        question,
        asked: Some(kept.task.requester),
        group: None,
        budget: budgets.review.map_or(Budget::NextWorkingDay, Budget::from),
        silence: None,
    };
    asks::create(tx, actor, kept.task.id, None, new).await?;
    Ok(id)
}

/// What people wrote on the task since it was last decided about, the oldest first.
async fn posts_since(tx: &Tx, actor: &Actor, task: TaskId) -> Result<Vec<PostId>> {
    let rows = tx
        .all(
            sql!(
                "SELECT p.id FROM posts p WHERE p.workspace = $1 AND p.topic = $2 AND p.event IS NULL \
                 AND p.deleted_at IS NULL AND p.created_at > COALESCE((SELECT MAX(a.decided_at) FROM acceptances a \
                   WHERE a.workspace = $1 AND a.task = $2), 0) ORDER BY p.no DESC LIMIT 20"
            ),
            args![actor.workspace, task],
        )
        .await?;
    Ok(rows.iter().rev().map(|row| row.get("id")).collect::<store::Result<_>>()?)
}

/// Sets the evidence of the latest time.
async fn choose(tx: &Tx, actor: &Actor, task: TaskId, delivered: ToDeliver) -> Result<()> {
    if let Some(chosen) = &delivered.posts {
        must_be_of(tx, actor, task, chosen).await?;
        set_latest(tx, actor, task, "posts", to_json("acceptances.posts", chosen)?).await?;
    }
    if let Some(link) = &delivered.link {
        set_latest(tx, actor, task, "link", checked_link(link)?).await?;
    }
    Ok(())
}

async fn set_latest(tx: &Tx, actor: &Actor, task: TaskId, what: &str, value: String) -> Result<()> {
    tx.run(
        sql!(
            "UPDATE acceptances SET posts = CASE WHEN $3 = 'posts' THEN $4 ELSE posts END, \
             link = CASE WHEN $3 = 'link' THEN $4 ELSE link END WHERE workspace = $1 AND task = $2 AND no = \
             (SELECT MAX(a.no) FROM acceptances a WHERE a.workspace = $1 AND a.task = $2)"
        ),
        args![actor.workspace, task, what.to_owned(), value],
    )
    .await?;
    Ok(())
}

async fn must_be_of(tx: &Tx, actor: &Actor, task: TaskId, chosen: &[PostId]) -> Result<()> {
    if chosen.len() > EVIDENCE {
        return Err(Refusal::invalid_because("posts", "are too many", format!("at most {EVIDENCE}"))
            .named("too_many_entries")
            .into());
    }
    for (index, id) in chosen.iter().enumerate() {
        let here = match posts::see(tx, actor, *id).await {
            Ok((_, post)) => post.topic == task && post.deleted_at.is_none(),
            Err(topics::Error::Refused(_)) => false,
            Err(error) => return Err(error.into()),
        };
        if !here {
            let field = format!("posts[{index}]");
            return Err(Refusal::invalid(field, "is no post of this task").named("not_here").into());
        }
    }
    Ok(())
}

/// An address of the web, or nothing.
fn checked_link(link: &str) -> Result<String> {
    if link.trim().is_empty() {
        return Ok(String::new());
    }
    let link = clean_line("link", link, LINK)?;
    let lower = link.to_ascii_lowercase();
    if ["https://", "http://"]
        .iter()
        .any(|scheme| lower.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
    {
        return Ok(link);
    }
    Err(Refusal::invalid_because("link", "is no address", "an https or http address")
        .named("no_web_address")
        .into())
}

/// The requester accepts what came out of it.
pub async fn accept(tx: &Tx, actor: &Actor, id: TaskId, said: Acceptable) -> Result<()> {
    let note = clean_text("note", said.note.as_deref().unwrap_or_default(), NOTE)?;
    decide(tx, actor, id, AcceptanceState::Accepted, &note).await
}

/// The requester sends it back: it is open again, and its owner learns why.
pub async fn send_back(tx: &Tx, actor: &Actor, id: TaskId, said: ToSendBack) -> Result<()> {
    let reason = clean_text("reason", &said.reason, NOTE)?;
    if reason.trim().is_empty() {
        return Err(Refusal::invalid_because("reason", "is empty", "what is missing").named("empty").into());
    }
    decide(tx, actor, id, AcceptanceState::SentBack, &reason).await
}

async fn decide(tx: &Tx, actor: &Actor, id: TaskId, state: AcceptanceState, reason: &str) -> Result<()> {
    let (project, mut kept) = task::hold(tx, actor, id).await?;
    let asked = asked_about(&kept)?;
    let ask = newest(tx, actor, asked.ask).await?;
    let is_asked = ask.as_ref().is_some_and(|ask| ask.asked == Some(actor.member));
    if kept.task.requester != actor.member && !is_asked {
        return Err(Refusal::forbidden("Only its requester, or who they passed it on to, can do this.")
            .named("requester_only")
            .into());
    }
    close_latest(tx, actor, id, state, reason).await?;
    kept.task.acceptance = Some(ResultStanding { state, ask: asked.ask });
    let mut altered = Altered::default();
    let post = say(tx, actor, &mut altered, &kept, state, reason).await?;
    if let Some(ask) = ask.filter(|ask| ask.state.is_owed()) {
        if is_asked {
            asks::answer(tx, actor, ask.id, post, None).await?;
        } else {
            withdraw(tx, actor, &ask).await?;
        }
    }
    if state == AcceptanceState::SentBack {
        moves::set_done(tx, actor, &mut altered, &project, &mut kept, false).await?;
    }
    task::save(tx, actor, &mut kept).await?;
    altered.page(id);
    let verb = if state == AcceptanceState::Accepted { "task.accepted" } else { "task.sent_back" };
    altered.record(tx, actor, verb).await
}

fn asked_about(kept: &Kept) -> Result<ResultStanding> {
    kept.task.acceptance.filter(|standing| standing.state == AcceptanceState::Asked).ok_or_else(|| {
        let why = format!("{} does not wait to be accepted.", kept.task.key);
        Error::meanwhile(why, "not_asked", &kept.task)
    })
}

/// Says it on the task. Whose it is learns of what was sent back as of a task that is theirs.
async fn say(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    kept: &Kept,
    state: AcceptanceState,
    reason: &str,
) -> Result<PostId> {
    let id = kept.task.id;
    let topic = topic::see(tx, actor, id).await?;
    let is_back = state == AcceptanceState::SentBack;
    let to = kept.task.owner.filter(|owner| is_back && *owner != actor.member);
    if let Some(owner) = to {
        marks::assigned(tx, actor, owner, &topic).await?;
    }
    let verb = if is_back { "task.sent_back" } else { "task.accepted" };
    let event = Event { verb: verb.to_owned(), from: kept.task.owner, to };
    let (post, _) = events::say(tx, actor, &topic, actor.ids.make(), &event, reason).await?;
    if reason.is_empty() {
        hands::count_event(tx, actor, id).await?;
    }
    altered.topic(id);
    altered.row(id, post.row());
    Ok(post.id)
}

/// Opened again before anybody decided: the ask is taken back.
async fn take_back(tx: &Tx, actor: &Actor, kept: &mut Kept) -> Result<()> {
    let asked = kept.task.acceptance.and_then(|standing| standing.ask);
    close_latest(tx, actor, kept.task.id, AcceptanceState::TakenBack, "").await?;
    kept.task.acceptance = None;
    match newest(tx, actor, asked).await?.filter(|ask| ask.state.is_owed()) {
        Some(ask) => withdraw(tx, actor, &ask).await,
        None => Ok(()),
    }
}

async fn close_latest(
    tx: &Tx,
    actor: &Actor,
    task: TaskId,
    state: AcceptanceState,
    reason: &str,
) -> Result<()> {
    tx.run(
        sql!(
            "UPDATE acceptances SET state = $3, decided_by = $4, decided_at = $5, reason = $6 \
             WHERE workspace = $1 AND task = $2 AND state = 'asked'"
        ),
        args![actor.workspace, task, state, actor.member, actor.at, reason.to_owned()],
    )
    .await?;
    Ok(())
}

/// The ask, or the last of those that replaced it.
async fn newest(tx: &Tx, actor: &Actor, ask: Option<AskId>) -> Result<Option<Ask>> {
    let Some(first) = ask else { return Ok(None) };
    let mut ask = asks::find(tx, actor, first).await?;
    for _ in 0..HANDS {
        let Some(next) = ask.passed_to else { break };
        ask = asks::find(tx, actor, next).await?;
    }
    Ok(Some(ask))
}

/// Takes the ask back in its asker's name: there is nothing left to review.
async fn withdraw(tx: &Tx, actor: &Actor, ask: &Ask) -> Result<()> {
    let asker = members::read(tx, actor.workspace, ask.asker, actor.at).await?;
    let system = System { workspace: actor.workspace, at: actor.at };
    let acting = system.acting_as(ask.asker, asker.role, actor.ids.clone());
    Ok(asks::withdraw(tx, &acting, ask.id).await?)
}
