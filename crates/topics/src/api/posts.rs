use axum::extract::State;
use edge::{App, Json, Nothing, Params, Path, Problem, Problems, Write, Written, commit};
use kernel::Limit;
use people::{Actor, SignedIn};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::{
    PostId, Result, TopicId,
    posts::{self, Post, PostVersion, Reply},
    responses, topic,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(edit, delete))
        .routes(routes!(history))
        .routes(routes!(respond, take_back))
        .routes(routes!(preview))
}

/// Write a post, with what it asks or answers
#[utoipa::path(post, path = "/topics/{topic}/posts", tag = "posts", operation_id = "create_post", request_body = Reply,
    params(("topic" = TopicId, Path)), responses((status = 200, body = Written), Problems))]
async fn add(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(topic): Path<TopicId>,
    write: Write<Reply>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, reply| async move {
        posts::add(&tx, &actor, topic, reply).await
    })
    .await
}

/// A page of posts.
#[derive(Debug, Serialize, ToSchema)]
struct PostList {
    /// The number at which it was read.
    seq: i64,
    /// Ascending by number.
    items: Vec<Post>,
    /// Whether there are more in the direction asked for.
    more: bool,
}

/// Which posts: those before a number, or those after one.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Direction {
    /// Those just before this number.
    before: Option<i64>,
    /// Those just after this number; 0 starts at the first.
    after: Option<i64>,
    /// 1 to 200.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
}

/// The posts of a thread
#[utoipa::path(get, path = "/topics/{topic}/posts", tag = "posts", operation_id = "list_posts",
    params(("topic" = TopicId, Path), Direction), responses((status = 200, body = PostList), Problems))]
async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(topic): Path<TopicId>,
    Params(direction): Params<Direction>,
) -> Result<Json<PostList>, Problem> {
    read(&app, actor, move |tx, actor| range(tx, actor, topic, direction)).await.map(Json)
}

async fn range(tx: Tx, actor: Actor, topic: TopicId, direction: Direction) -> Result<PostList> {
    let topic = topic::see(&tx, &actor, topic).await?;
    let limit = direction.limit.unwrap_or_default().get();
    let (first, last) = match (direction.before, direction.after) {
        (Some(before), _) => (before.saturating_sub(i64::from(limit)).max(1), before.saturating_sub(1)),
        (None, after) => {
            let first = after.unwrap_or(0).saturating_add(1).max(1);
            (first, first.saturating_add(i64::from(limit) - 1))
        }
    };
    Ok(PostList {
        seq: tx.head(actor.workspace.uuid()).await?,
        items: posts::range(&tx, &actor, topic.id, first, last, limit).await?,
        more: if direction.before.is_some() { first > 1 } else { last < topic.last_no },
    })
}

/// A new text of a post.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// Markdown.
    source: String,
    /// The number of edits that I had seen: with another one the edit is refused as a conflict.
    edits: i64,
}

/// Edit my post
#[utoipa::path(patch, path = "/posts/{post}", tag = "posts", operation_id = "edit_post", request_body = Edit,
    params(("post" = PostId, Path)), responses((status = 200, body = Written), Problems))]
async fn edit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<PostId>,
    write: Write<Edit>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, input| async move {
        posts::edit(&tx, &actor, id, &input.source, input.edits).await
    })
    .await
}

/// Remove a post; a trace stays
#[utoipa::path(delete, path = "/posts/{post}", tag = "posts", operation_id = "delete_post",
    params(("post" = PostId, Path)), responses((status = 200, body = Written), Problems))]
async fn delete(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<PostId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move { posts::delete(&tx, &actor, id).await })
        .await
}

/// What a post said before.
#[derive(Debug, Serialize, ToSchema)]
struct PostHistory {
    /// The number at which it was read.
    seq: i64,
    /// The oldest first.
    items: Vec<PostVersion>,
}

/// What a post said before each edit
#[utoipa::path(get, path = "/posts/{post}/history", tag = "posts", operation_id = "read_post_history",
    params(("post" = PostId, Path)), responses((status = 200, body = PostHistory), Problems))]
async fn history(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<PostId>,
) -> Result<Json<PostHistory>, Problem> {
    async fn run(tx: Tx, actor: Actor, id: PostId) -> Result<PostHistory> {
        Ok(PostHistory {
            items: posts::history(&tx, &actor, id).await?,
            seq: tx.head(actor.workspace.uuid()).await?,
        })
    }
    read(&app, actor, move |tx, actor| run(tx, actor, id)).await.map(Json)
}

/// Respond with a word
#[utoipa::path(put, path = "/posts/{post}/responses/{word}", tag = "posts", operation_id = "add_response",
    params(("post" = PostId, Path), ("word" = String, Path, description = "1 to 24 characters")),
    responses((status = 200, body = Written), Problems))]
async fn respond(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((id, word)): Path<(PostId, String)>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(
        &app,
        actor.writer(),
        write,
        move |tx, _| async move { responses::add(&tx, &actor, id, &word).await },
    )
    .await
}

/// Take a response back
#[utoipa::path(delete, path = "/posts/{post}/responses/{word}", tag = "posts", operation_id = "remove_response",
    params(("post" = PostId, Path), ("word" = String, Path)),
    responses((status = 200, body = Written), Problems))]
async fn take_back(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((id, word)): Path<(PostId, String)>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move {
        responses::remove(&tx, &actor, id, &word).await
    })
    .await
}

/// Markdown to be shown.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Source {
    /// Markdown, at most 100,000 bytes.
    source: String,
}

/// How it would look.
#[derive(Debug, Serialize, ToSchema)]
struct Html {
    /// Safe HTML.
    html: String,
}

/// Show Markdown as a post would look
#[utoipa::path(post, path = "/render", tag = "posts", operation_id = "render", request_body = Source,
    responses((status = 200, body = Html), Problems))]
async fn preview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(input): Json<Source>,
) -> Result<Json<Html>, Problem> {
    async fn run(tx: Tx, actor: Actor, source: String) -> Result<Html> {
        let source = kernel::clean_text("source", &source, posts::SOURCE)?;
        Ok(Html { html: posts::render(&tx, &actor, &source).await?.html })
    }
    read(&app, actor, move |tx, actor| run(tx, actor, input.source)).await.map(Json)
}
