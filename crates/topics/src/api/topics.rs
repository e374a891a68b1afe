use axum::extract::State;
use edge::{App, Json, Nothing, Params, Path, Problem, Problems, Write, Written, commit};
use kernel::Limit;
use people::{Actor, MemberId, SignedIn, SpaceId};
use serde::{Deserialize, Serialize};
use store::{Encoded, Tx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::{
    Result, TopicId,
    asks::{self, Ask},
    marks::{self, DoneUpTo, Mark, MarkPatch},
    outline::{self, Page},
    posts::{self, Post},
    shows::{self, Show},
    topic::{self, NewTopic, Topic, TopicPatch, TopicState},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(read_topic, patch))
        .routes(routes!(close))
        .routes(routes!(reopen))
        .routes(routes!(of_space))
        .routes(routes!(direct))
        .routes(routes!(set_mark))
        .routes(routes!(marks_done))
}

/// Start a thread with its first post
#[utoipa::path(post, path = "/topics", tag = "topics", operation_id = "create_topic", request_body = NewTopic,
    responses((status = 200, body = Written), Problems))]
async fn create(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    write: Write<NewTopic>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, new| async move {
        topic::create(&tx, &actor, new).await.map(|_| ())
    })
    .await
}

/// A thread with the part of its posts that is read first.
#[derive(Debug, Serialize, ToSchema)]
struct TopicPage {
    /// The number at which it was read.
    seq: i64,
    /// The topic.
    topic: Topic,
    /// The first post and the newest 50, or 50 around the number asked for, ascending.
    #[schema(value_type = Vec<Post>)]
    posts: Vec<Encoded>,
    /// All of its asks, the oldest first.
    asks: Vec<Ask>,
    /// My mark.
    #[schema(required = true)]
    mark: Option<Mark>,
    /// Who follows it.
    followers: Vec<MemberId>,
    /// To whom it will be shown when they are back.
    shows: Vec<Show>,
    /// Whether there are posts before the first of the newest ones.
    more_before: bool,
    /// Whether there are posts after the last.
    more_after: bool,
}

/// Where in the thread.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Around {
    /// The number of a post that must be among them.
    around: Option<i64>,
}

/// How many posts a thread opens with.
const OPENS_WITH: i64 = 50;

/// A thread, by its id or the code of its address
#[utoipa::path(get, path = "/topics/{topic}", tag = "topics", operation_id = "read_topic",
    params(("topic" = String, Path, description = "Id, or code: five characters, or the key of a task"), Around),
    responses((status = 200, body = TopicPage), Problems))]
async fn read_topic(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(topic): Path<String>,
    Params(around): Params<Around>,
) -> Result<Json<TopicPage>, Problem> {
    read(&app, actor, move |tx, actor| page(tx, actor, topic, around.around)).await.map(Json)
}

async fn page(tx: Tx, actor: Actor, name: String, around: Option<i64>) -> Result<TopicPage> {
    let topic = match name.parse::<TopicId>() {
        Ok(id) => topic::see(&tx, &actor, id).await?,
        Err(_) => topic::see_by_code(&tx, &actor, &name).await?,
    };
    let first = match around {
        Some(no) => no.saturating_sub(OPENS_WITH / 2).max(1),
        None => (topic.last_no - OPENS_WITH + 1).max(1),
    };
    let last = first.saturating_add(OPENS_WITH - 1);
    let mut posts = Vec::new();
    if first > 1 {
        posts.extend(posts::encoded(&tx, &actor, (&topic).into(), 1, 1).await?);
    }
    posts.extend(posts::encoded(&tx, &actor, (&topic).into(), first, last).await?);
    Ok(TopicPage {
        seq: tx.head(actor.workspace.uuid()).await?,
        asks: asks::of_topic(&tx, &actor, topic.id).await?,
        mark: marks::read(&tx, &actor, topic.id).await?,
        shows: shows::of_topic(&tx, &actor, topic.id).await?,
        followers: topic::followers(&tx, &actor, &topic).await?,
        more_before: first > 2,
        more_after: last < topic.last_no,
        posts,
        topic,
    })
}

/// Rename, move, or write where it stands
#[utoipa::path(patch, path = "/topics/{topic}", tag = "topics", operation_id = "change_topic", request_body = TopicPatch,
    params(("topic" = TopicId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn patch(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TopicId>,
    write: Write<TopicPatch>,
) -> Result<Json<Written>, Problem> {
    commit(
        &app,
        actor.writer(),
        write,
        move |tx, patch| async move { topic::patch(&tx, &actor, id, patch).await },
    )
    .await
}

/// How it ended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Outcome {
    /// Markdown; it stays on top.
    outcome: String,
}

/// Close with an outcome
#[utoipa::path(post, path = "/topics/{topic}/close", tag = "topics", operation_id = "close_topic", request_body = Outcome,
    params(("topic" = TopicId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn close(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TopicId>,
    write: Write<Outcome>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, input| async move {
        topic::close(&tx, &actor, id, &input.outcome).await
    })
    .await
}

/// Open again
#[utoipa::path(post, path = "/topics/{topic}/reopen", tag = "topics", operation_id = "reopen_topic",
    params(("topic" = TopicId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn reopen(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TopicId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move { topic::reopen(&tx, &actor, id).await })
        .await
}

/// A page of topics.
#[derive(Debug, Serialize, ToSchema)]
struct TopicList {
    /// The number at which it was read.
    seq: i64,
    /// The newest activity first.
    #[schema(value_type = Vec<Topic>)]
    items: Vec<Encoded>,
    /// My marks on them.
    marks: Vec<Mark>,
    /// The cursor of the next page; null at the end.
    #[schema(required = true)]
    next: Option<String>,
}

/// Which page of which topics.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 200.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
    /// Only open or only closed ones.
    state: Option<TopicState>,
}

/// The threads of a space
#[utoipa::path(get, path = "/spaces/{space}/topics", tag = "topics", operation_id = "list_topics",
    params(("space" = SpaceId, Path), ListParams),
    responses((status = 200, body = TopicList), Problems))]
async fn of_space(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(space): Path<SpaceId>,
    Params(params): Params<ListParams>,
) -> Result<Json<TopicList>, Problem> {
    async fn run(tx: Tx, actor: Actor, space: SpaceId, params: ListParams) -> Result<TopicList> {
        let limit = params.limit.unwrap_or_default().get();
        let page =
            outline::of_space(&tx, &actor, space, params.state, params.after.as_deref(), limit).await?;
        list(&tx, &actor, page).await
    }
    read(&app, actor, move |tx, actor| run(tx, actor, space, params)).await.map(Json)
}

/// My direct threads
#[utoipa::path(get, path = "/direct", tag = "topics", operation_id = "list_direct_topics", params(ListParams),
    responses((status = 200, body = TopicList), Problems))]
async fn direct(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(params): Params<ListParams>,
) -> Result<Json<TopicList>, Problem> {
    async fn run(tx: Tx, actor: Actor, params: ListParams) -> Result<TopicList> {
        let limit = params.limit.unwrap_or_default().get();
        let page = outline::direct(&tx, &actor, params.after.as_deref(), limit).await?;
        list(&tx, &actor, page).await
    }
    read(&app, actor, move |tx, actor| run(tx, actor, params)).await.map(Json)
}

async fn list(tx: &Tx, actor: &Actor, page: Page) -> Result<TopicList> {
    let Page { items, marks, next } = page;
    Ok(TopicList { seq: tx.head(actor.workspace.uuid()).await?, items, marks, next })
}

/// Change my mark on a thread: read, done, later, follow, keep
#[utoipa::path(put, path = "/topics/{topic}/mark", tag = "inbox", operation_id = "set_mark", request_body = MarkPatch,
    params(("topic" = TopicId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn set_mark(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TopicId>,
    write: Write<MarkPatch>,
) -> Result<Json<Written>, Problem> {
    commit(
        &app,
        actor.writer(),
        write,
        move |tx, patch| async move { marks::set(&tx, &actor, id, patch).await },
    )
    .await
}

/// What is done, each up to a post.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DoneMany {
    /// At most 200.
    topics: Vec<DoneUpTo>,
}

/// Put many threads away at once
#[utoipa::path(post, path = "/marks/done", tag = "inbox", operation_id = "mark_done", request_body = DoneMany,
    responses((status = 200, body = Written), Problems))]
async fn marks_done(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    write: Write<DoneMany>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, input| async move {
        marks::done(&tx, &actor, input.topics).await
    })
    .await
}
