use axum::extract::State;
use edge::{App, Json, Nothing, Params, Path, Problem, Problems, Write, Written, commit};
use jiff::Timestamp;
use kernel::Refusal;
use people::{Actor, GroupId, MemberId, SignedIn};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::{
    AskId, PostId, Result, TopicId,
    asks::{self, Ask, AskKind, AskTimes, Budget, BudgetChoice, NewAsk, Pass, Silence, Touched},
    topic::{self, Topic},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(preview))
        .routes(routes!(create))
        .routes(routes!(accept))
        .routes(routes!(answer))
        .routes(routes!(decline))
        .routes(routes!(pass))
        .routes(routes!(withdraw))
        .routes(routes!(close))
        .routes(routes!(reopen))
        .routes(routes!(touches))
}

/// Which of my asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AskListName {
    /// What others asked me.
    Owe,
    /// What I asked others.
    Waiting,
}

/// In which states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AskListState {
    /// Those that are not over.
    Open,
    /// All.
    All,
}

/// Which list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `owe`: ordered by due. `waiting`: ordered by when it will reach me.
    #[param(inline)]
    list: AskListName,
    /// Open ones when absent.
    #[param(inline)]
    state: Option<AskListState>,
}

/// Asks with their topics.
#[derive(Debug, Serialize, ToSchema)]
struct AskList {
    /// The number at which it was read.
    seq: i64,
    /// In the list's order.
    items: Vec<Ask>,
    /// The topics that they are on.
    topics: Vec<Topic>,
}

/// What I owe, or what I wait for
#[utoipa::path(get, path = "/asks", tag = "asks", operation_id = "list_asks", params(ListParams),
    responses((status = 200, body = AskList), Problems))]
async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(params): Params<ListParams>,
) -> Result<Json<AskList>, Problem> {
    async fn run(tx: Tx, actor: Actor, params: ListParams) -> Result<AskList> {
        let ended = params.state == Some(AskListState::All);
        let items = match params.list {
            AskListName::Owe => asks::owed(&tx, &actor, ended).await?,
            AskListName::Waiting => asks::waited_for(&tx, &actor, ended).await?,
        };
        let mut topics: Vec<Topic> = Vec::new();
        for ask in &items {
            if !topics.iter().any(|topic| topic.id == ask.topic) {
                topics.push(topic::see(&tx, &actor, ask.topic).await?);
            }
        }
        Ok(AskList { seq: tx.head(actor.workspace.uuid()).await?, items, topics })
    }
    read(&app, actor, move |tx, actor| run(tx, actor, params)).await.map(Json)
}

/// Whom to ask, and how long they would have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PreviewRequest {
    /// 1 to 50 members.
    asked: Vec<MemberId>,
    /// How long.
    budget: Budget,
    /// When it would be sent; now when absent.
    #[serde(default)]
    at: Option<Timestamp>,
}

/// What their clocks say.
#[derive(Debug, Serialize, ToSchema)]
struct Preview {
    /// The server's clock.
    now: Timestamp,
    /// For each member, in the order asked for.
    items: Vec<AskTimes>,
    /// For the first member, where each named budget falls.
    choices: Vec<BudgetChoice>,
}

/// When each person would get an ask, and when it would be due
#[utoipa::path(post, path = "/asks/preview", tag = "asks", operation_id = "preview_ask", request_body = PreviewRequest,
    responses((status = 200, body = Preview), Problems))]
async fn preview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(request): Json<PreviewRequest>,
) -> Result<Json<Preview>, Problem> {
    async fn run(tx: Tx, actor: Actor, request: PreviewRequest) -> Result<Preview> {
        if request.asked.is_empty() || request.asked.len() > 50 {
            return Err(Refusal::invalid_because("asked", "names too few or too many", "1 to 50 members")
                .named("too_many_entries")
                .into());
        }
        let at = request.at.unwrap_or(actor.at);
        let choices = match request.asked.first() {
            Some(first) => asks::choices(&tx, &actor, *first, at).await?,
            None => Vec::new(),
        };
        let items = asks::preview(&tx, &actor, &request.asked, &request.budget, at).await?;
        Ok(Preview { now: actor.at, items, choices })
    }
    read(&app, actor, move |tx, actor| run(tx, actor, request)).await.map(Json)
}

/// An ask on a topic, or on one of its posts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TopicAsk {
    /// Made by whoever creates it.
    id: AskId,
    /// What for.
    kind: AskKind,
    /// One line, 1 to 300 characters.
    question: String,
    /// Who is asked; or else `group`.
    #[serde(default)]
    asked: Option<MemberId>,
    /// The group that is asked: one of its members claims it.
    #[serde(default)]
    group: Option<GroupId>,
    /// How long they have.
    budget: Budget,
    /// What happens when nobody replies in time; `remind` when absent.
    #[serde(default)]
    silence: Option<Silence>,
    /// The post it is about.
    #[serde(default)]
    post: Option<PostId>,
}

/// Ask
#[utoipa::path(post, path = "/topics/{topic}/asks", tag = "asks", operation_id = "create_ask", request_body = TopicAsk,
    params(("topic" = TopicId, Path)), responses((status = 200, body = Written), Problems))]
async fn create(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(topic): Path<TopicId>,
    write: Write<TopicAsk>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, input| async move {
        let TopicAsk { id, kind, question, asked, group, budget, silence, post } = input;
        let new = NewAsk { id, kind, question, asked, group, budget, silence };
        asks::create(&tx, &actor, topic, post, new).await
    })
    .await
}

/// Yes, and when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Accept {
    /// Another time than the due instant.
    #[serde(default)]
    promised_at: Option<Timestamp>,
}

/// Accept, naming another time if needed
#[utoipa::path(post, path = "/asks/{ask}/accept", tag = "asks", operation_id = "accept_ask", request_body = Accept,
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn accept(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Accept>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, input| async move {
        asks::accept(&tx, &actor, id, input.promised_at).await
    })
    .await
}

/// This post answers it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Answer {
    /// A post of mine in the same thread.
    post: PostId,
    /// When I said so, if it is sent later: within the last 30 days.
    #[serde(default)]
    written_at: Option<Timestamp>,
}

/// Say that a post of mine answers it
#[utoipa::path(post, path = "/asks/{ask}/answer", tag = "asks", operation_id = "answer_ask", request_body = Answer,
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn answer(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Answer>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, input| async move {
        asks::answer(&tx, &actor, id, input.post, input.written_at).await
    })
    .await
}

/// No, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Decline {
    /// One sentence.
    reason: String,
    /// Whom to ask instead.
    #[serde(default)]
    suggested: Option<MemberId>,
}

/// Decline with a reason
#[utoipa::path(post, path = "/asks/{ask}/decline", tag = "asks", operation_id = "decline_ask", request_body = Decline,
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn decline(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Decline>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, input| async move {
        asks::decline(&tx, &actor, id, &input.reason, input.suggested).await
    })
    .await
}

/// Pass it on to somebody else
#[utoipa::path(post, path = "/asks/{ask}/pass", tag = "asks", operation_id = "pass_ask", request_body = Pass,
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn pass(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Pass>,
) -> Result<Json<Written>, Problem> {
    commit(
        &app,
        actor.writer(),
        write,
        move |tx, input| async move { asks::pass(&tx, &actor, id, input).await },
    )
    .await
}

/// Take my ask back
#[utoipa::path(post, path = "/asks/{ask}/withdraw", tag = "asks", operation_id = "withdraw_ask",
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn withdraw(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move { asks::withdraw(&tx, &actor, id).await })
        .await
}

/// Close my ask: I have what I needed
#[utoipa::path(post, path = "/asks/{ask}/close", tag = "asks", operation_id = "close_ask",
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn close(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move { asks::close(&tx, &actor, id).await }).await
}

/// Open my ask again: I need more
#[utoipa::path(post, path = "/asks/{ask}/reopen", tag = "asks", operation_id = "reopen_ask",
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn reopen(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move { asks::reopen(&tx, &actor, id).await }).await
}

/// Which time off.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TouchesParams {
    /// When it would begin, in my local time: `2026-12-21T00:00`.
    from: String,
    /// When it would end, likewise.
    to: String,
}

/// What a time off would touch.
#[derive(Debug, Serialize, ToSchema)]
struct Touches {
    /// The number at which it was read.
    seq: i64,
    /// What I owe and whose clock runs then, in the order in which it is due.
    asks: Vec<Touched>,
}

/// What a time off of mine would touch
#[utoipa::path(get, path = "/time-off/touches", tag = "asks", operation_id = "read_touches", params(TouchesParams),
    responses((status = 200, body = Touches), Problems))]
async fn touches(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(params): Params<TouchesParams>,
) -> Result<Json<Touches>, Problem> {
    async fn run(tx: Tx, actor: Actor, params: TouchesParams) -> Result<Touches> {
        let asks = asks::touched(&tx, &actor, &params.from, &params.to).await?;
        Ok(Touches { seq: tx.head(actor.workspace.uuid()).await?, asks })
    }
    read(&app, actor, move |tx, actor| run(tx, actor, params)).await.map(Json)
}
