//! Send later: a draft goes out by itself, as its author, once. It is posted and taken away in one
//! transaction, under ids that its author chose beforehand; a refusal leaves it a draft with the
//! reason.

use edge::App;
use jiff::{SignedDuration, Timestamp};
use kernel::Refusal;
use people::{Actor, GroupId, MemberId, MemberState, WorkspaceId, members, schedules};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Job, NewJob, Tx, args, sql};
use utoipa::ToSchema;

use super::{Draft, MOST_PEOPLE, Place, SendWhen, erase, own, parsed, record, see, written};
use crate::{
    AskId, DraftId, Error, PostId, Result, TopicId,
    asks::{self, NewAsk},
    posts, topic,
};

/// The kind of the job.
pub const JOB: &str = "draft.send";
/// The farthest time to send at.
const FARTHEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// When a draft goes out, and the ids of what will be made then.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendDraft {
    /// When.
    pub when: SendWhen,
    /// The id of the post.
    pub post: PostId,
    /// The id of the thread, for a new one.
    #[serde(default)]
    pub topic: Option<TopicId>,
    /// The id of the ask, if there is one.
    #[serde(default)]
    pub ask: Option<AskId>,
    /// The ids of the asks of those in `also` of the draft's ask, in their order: each gets an ask
    /// of their own.
    #[serde(default)]
    #[schema(max_items = 49)]
    pub also: Vec<AskId>,
}

/// The ids of what will be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Ids {
    post: PostId,
    topic: Option<TopicId>,
    ask: Option<AskId>,
    #[serde(default)]
    also: Vec<AskId>,
}

/// The payload of the job.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Due {
    member: MemberId,
    draft: DraftId,
}

/// The actor's draft goes out by itself. What is not complete is refused now and not then.
pub async fn send_later(tx: &Tx, actor: &Actor, id: DraftId, send: SendDraft) -> Result<()> {
    let draft = see(tx, actor, id).await?;
    let ids = Ids { post: send.post, topic: send.topic, ask: send.ask, also: send.also };
    Form::of(&draft, &ids)?;
    let at = match &send.when {
        SendWhen::At { at } => future(actor.at, *at)?,
        SendWhen::TheirStart { member } => {
            members::see(tx, actor, *member).await?;
            start_of_day(tx, actor.workspace, *member, actor.at).await?.ok_or_else(|| {
                Refusal::invalid("when.member", "has not said when they work: choose a time instead")
                    .named("no_hours")
            })?
        }
    };
    tx.run(
        sql!(
            "UPDATE drafts SET send_at = $3, send_when = $4, send_ids = $5, problem = NULL \
             WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, id, at, written("send_when", &send.when)?, written("send_ids", &ids)?],
    )
    .await?;
    enqueue(tx, actor.workspace, actor.member, id, at).await?;
    record(tx, actor, id, "draft.scheduled").await
}

/// The actor's draft stays a draft.
pub async fn cancel(tx: &Tx, actor: &Actor, id: DraftId) -> Result<()> {
    let draft = see(tx, actor, id).await?;
    if draft.send_at.is_none() {
        return Ok(());
    }
    stop(tx, actor, id, None).await?;
    record(tx, actor, id, "draft.cancelled").await
}

/// What waits for the start of somebody's day follows it when their hours change.
pub async fn replan(
    app: &App,
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    at: Timestamp,
) -> Result<()> {
    let waiting = tx
        .all(
            sql!(
                "SELECT id, member, send_at, send_when FROM drafts \
                 WHERE workspace = $1 AND send_at > $2 ORDER BY id"
            ),
            args![workspace, at],
        )
        .await?;
    let mut start = None;
    for row in &waiting {
        let when: SendWhen = parsed("send_when", &row.get::<String>("send_when")?)?;
        if when != (SendWhen::TheirStart { member }) {
            continue;
        }
        if start.is_none() {
            start = start_of_day(tx, workspace, member, at).await?;
        }
        let (id, before): (DraftId, Timestamp) = (row.get("id")?, row.get("send_at")?);
        // Hours that became unknown leave the time that was shown.
        let Some(now) = start.filter(|now| *now != before) else { continue };
        let Some(author) = author(app, tx, workspace, row.get("member")?, at).await? else { continue };
        tx.run(
            sql!("UPDATE drafts SET send_at = $3 WHERE workspace = $1 AND id = $2"),
            args![workspace, id, now],
        )
        .await?;
        enqueue(tx, workspace, author.member, id, now).await?;
        record(tx, &author, id, "draft.scheduled").await?;
    }
    Ok(())
}

/// What the job does: sends the draft if it is due, as its author and once.
pub async fn send_due(app: &App, job: &Job) -> Result<()> {
    let due: Due = parsed("job", job.payload.get())?;
    let workspace = WorkspaceId::from_uuid(job.workspace);
    let (sending, at) = (app.clone(), app.context.clock.now());
    let sent =
        app.context.db.write(move |tx| async move { send(&sending, &tx, workspace, due, at).await }).await;
    match sent {
        Ok(_) => Ok(()),
        // What was begun is undone; in a transaction of its own the draft says why.
        Err(Error::Refused(refusal)) => {
            let (app, problem) = (app.clone(), in_words(refusal));
            let db = app.context.db.clone();
            db.write(move |tx| async move { refused(&app, &tx, workspace, due, at, &problem).await }).await?;
            Ok(())
        }
        Err(error) => Err(error),
    }
}

async fn send(app: &App, tx: &Tx, workspace: WorkspaceId, due: Due, at: Timestamp) -> Result<()> {
    let Some(author) = author(app, tx, workspace, due.member, at).await? else { return Ok(()) };
    let Some((draft, ids)) = waiting(tx, &author, due.draft).await? else { return Ok(()) };
    match draft.send_at {
        None => return Ok(()),
        // It was put off, or the clock was set back.
        Some(later) if later > at => return enqueue(tx, workspace, due.member, due.draft, later).await,
        Some(_) => {}
    }
    if !is_there(tx, &author, ids.post).await? {
        post(tx, &author, Form::of(&draft, &ids)?, ids.post).await?;
    }
    erase(tx, &author, draft.id).await?;
    tx.record(author.change("draft.sent", own(&author), vec![edge::gone("drafts", draft.id)]));
    Ok(())
}

/// Posts what the draft says, and asks everybody whom it asks.
async fn post(tx: &Tx, author: &Actor, form: Form, post: PostId) -> Result<()> {
    let topic = match form.what {
        What::Topic(new) => {
            let id = new.id;
            topic::create(tx, author, *new).await?;
            id
        }
        What::Post(topic, reply) => {
            posts::add(tx, author, topic, *reply).await?;
            topic
        }
    };
    for ask in form.also {
        asks::create(tx, author, topic, Some(post), ask).await?;
    }
    Ok(())
}

async fn refused(
    app: &App,
    tx: &Tx,
    workspace: WorkspaceId,
    due: Due,
    at: Timestamp,
    problem: &str,
) -> Result<()> {
    let Some(author) = author(app, tx, workspace, due.member, at).await? else { return Ok(()) };
    if waiting(tx, &author, due.draft).await?.is_none() {
        return Ok(());
    }
    stop(tx, &author, due.draft, Some(problem)).await?;
    record(tx, &author, due.draft, "draft.refused").await
}

/// The member as somebody who acts now; none once they were removed.
async fn author(
    app: &App,
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    at: Timestamp,
) -> Result<Option<Actor>> {
    let card = members::read(tx, workspace, member, at).await?;
    let actor =
        Actor { workspace, member, role: card.role, at, operation: None, ids: app.context.ids.clone() };
    Ok((card.state == MemberState::Active).then_some(actor))
}

async fn waiting(tx: &Tx, author: &Actor, id: DraftId) -> Result<Option<(Draft, Ids)>> {
    let row = tx
        .maybe(
            sql!("SELECT send_ids FROM drafts WHERE workspace = $1 AND id = $2 AND member = $3"),
            args![author.workspace, id, author.member],
        )
        .await?;
    let Some(ids) = row.map(|row| row.get::<Option<String>>("send_ids")).transpose()?.flatten() else {
        return Ok(None);
    };
    Ok(Some((see(tx, author, id).await?, parsed("send_ids", &ids)?)))
}

/// Whether the author has posted it already, by hand and under the same id.
async fn is_there(tx: &Tx, author: &Actor, post: PostId) -> Result<bool> {
    let row = tx
        .maybe(
            sql!("SELECT 1 AS there FROM posts WHERE workspace = $1 AND id = $2 AND author = $3"),
            args![author.workspace, post, author.member],
        )
        .await?;
    Ok(row.is_some())
}

async fn stop(tx: &Tx, actor: &Actor, id: DraftId, problem: Option<&str>) -> Result<()> {
    tx.run(
        sql!(
            "UPDATE drafts SET send_at = NULL, send_when = NULL, send_ids = NULL, problem = $3 \
             WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, id, problem],
    )
    .await?;
    Ok(())
}

async fn enqueue(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    draft: DraftId,
    at: Timestamp,
) -> Result<()> {
    let payload = parsed("job", &written("job", &Due { member, draft })?)?;
    let job = NewJob { workspace: workspace.uuid(), kind: JOB, key: draft.to_string(), payload, run_at: at };
    Ok(tx.enqueue(job).await?)
}

fn future(now: Timestamp, at: Timestamp) -> Result<Timestamp, Refusal> {
    if now < at && at.duration_since(now) <= FARTHEST {
        Ok(at)
    } else {
        Err(Refusal::invalid_because("when.at", "is not in the coming year", "a time after now")
            .named("out_of_range"))
    }
}

/// The start of the member's next working day after `at`; none when it is unknown or never.
async fn start_of_day(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    at: Timestamp,
) -> Result<Option<Timestamp>> {
    let schedules = schedules::of(tx, workspace, &[member], at).await?;
    let Some(schedule) = schedules.get(&member) else { return Ok(None) };
    Ok(schedule.working_days(at).map(|day| day.start()).find(|start| *start > at))
}

/// A draft as the requests that its author would send.
struct Form {
    what: What,
    /// The asks on the post after its first.
    also: Vec<NewAsk>,
}

/// What carries the text.
enum What {
    Post(TopicId, Box<posts::Reply>),
    Topic(Box<topic::NewTopic>),
}

impl Form {
    /// Names what is missing.
    fn of(draft: &Draft, ids: &Ids) -> Result<Self, Refusal> {
        let (ask, also) = asks_of(draft, ids)?;
        Ok(Self { what: What::of(draft, ids, ask)?, also })
    }
}

impl What {
    fn of(draft: &Draft, ids: &Ids, ask: Value) -> Result<Self, Refusal> {
        let post = json!({ "id": ids.post, "source": draft.source, "files": draft.files, "to": draft.to });
        match &draft.place {
            Place::Topic { topic } => {
                let mut reply = post;
                set(&mut reply, "ask", ask);
                Ok(Self::Post(*topic, Box::new(read("source", reply)?)))
            }
            Place::New { space } => {
                let space = space
                    .ok_or_else(|| Refusal::invalid("place.space", "is not chosen yet").named("empty"))?;
                Self::topic(draft, ids, "space", json!(space), post, ask)
            }
            Place::Direct { participants } => {
                Self::topic(draft, ids, "participants", json!(participants), post, ask)
            }
        }
    }

    fn topic(
        draft: &Draft,
        ids: &Ids,
        place: &str,
        value: Value,
        post: Value,
        ask: Value,
    ) -> Result<Self, Refusal> {
        let id =
            ids.topic.ok_or_else(|| Refusal::invalid("topic", "is missing: the id of the new thread"))?;
        let title = draft.title.clone().unwrap_or_default();
        let title = kernel::clean_line("title", &title, topic::TITLE)?;
        let mut new = json!({ "id": id, "kind": "thread", "title": title, "post": post });
        set(&mut new, place, value);
        set(&mut new, "ask", ask);
        Ok(Self::Topic(Box::new(read("source", new)?)))
    }
}

/// Somebody else who is asked the same.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    #[serde(default)]
    asked: Option<MemberId>,
    #[serde(default)]
    group: Option<GroupId>,
}

/// The form of the ask under the id that was chosen for it, null for none; and the asks of the others
/// whom it names in `also`.
fn asks_of(draft: &Draft, ids: &Ids) -> Result<(Value, Vec<NewAsk>), Refusal> {
    let Some(ask) = &draft.ask else { return Ok((Value::Null, Vec::new())) };
    let id = ids.ask.ok_or_else(|| Refusal::invalid("ask", "is missing: the id of the ask"))?;
    let mut ask: Value =
        serde_json::from_str(ask.get()).map_err(|_| Refusal::invalid("ask", "is no form"))?;
    let others = ask.as_object_mut().and_then(|ask| ask.remove("also")).unwrap_or_else(|| json!([]));
    set(&mut ask, "id", json!(id));
    let others: Vec<Other> = read("ask.also", others)?;
    if others.len() != ids.also.len() || others.len() >= MOST_PEOPLE {
        let allowed = format!("one for each who is asked as well, at most {}", MOST_PEOPLE - 1);
        return Err(Refusal::invalid_because("also", "are not the ids of the asks", allowed));
    }
    if others.is_empty() {
        return Ok((ask, Vec::new()));
    }
    let first: NewAsk = read("ask", ask.clone())?;
    let same = |(other, id): (Other, &AskId)| NewAsk {
        id: *id,
        asked: other.asked,
        group: other.group,
        ..first.clone()
    };
    Ok((ask, others.into_iter().zip(&ids.also).map(same).collect()))
}

fn set(object: &mut Value, field: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
}

fn read<T: serde::de::DeserializeOwned>(field: &str, form: Value) -> Result<T, Refusal> {
    serde_json::from_value(form).map_err(|error| {
        let problem: String = error.to_string().chars().take(200).collect();
        Refusal::invalid(field, format!("is not complete: {problem}"))
    })
}

/// A refusal as one sentence for the author.
fn in_words(refusal: Refusal) -> String {
    edge::Problem::from(refusal).detail
}
