//! What a group does with an ask, and what its asker can do when its time has passed.

use axum::extract::State;
use edge::{App, Json, Nothing, Path, Problem, Problems, Write, Written, commit};
use jiff::Timestamp;
use kernel::Refusal;
use people::{GroupId, SignedIn, groups};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AskId, Error,
    asks::{self, Escalate, Reassign},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(claim))
        .routes(routes!(extend))
        .routes(routes!(cover))
        .routes(routes!(reassign))
        .routes(routes!(escalate))
        .routes(routes!(remove_group))
}

/// Take an ask of a group of mine
#[utoipa::path(post, path = "/asks/{ask}/claim", tag = "asks", operation_id = "claim_ask",
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn claim(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move { asks::claim(&tx, &actor, id).await }).await
}

/// Waiting longer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Extend {
    /// Until then: later than what was shown.
    due_at: Timestamp,
}

/// Wait longer for my ask
#[utoipa::path(post, path = "/asks/{ask}/extend", tag = "asks", operation_id = "extend_ask", request_body = Extend,
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn extend(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Extend>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, input| async move {
        asks::extend(&tx, &actor, id, input.due_at).await
    })
    .await
}

/// Asking whoever covers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Cover {
    /// The id of the ask that they get.
    id: AskId,
}

/// Ask whoever covers for the absent person
#[utoipa::path(post, path = "/asks/{ask}/cover", tag = "asks", operation_id = "ask_cover", request_body = Cover,
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn cover(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Cover>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, input| async move {
        asks::cover(&tx, &actor, id, input.id).await
    })
    .await
}

/// Ask somebody else instead
#[utoipa::path(post, path = "/asks/{ask}/reassign", tag = "asks", operation_id = "reassign_ask", request_body = Reassign,
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn reassign(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Reassign>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, input| async move {
        asks::reassign(&tx, &actor, id, input).await
    })
    .await
}

/// Take my late ask to the lead of the space
#[utoipa::path(post, path = "/asks/{ask}/escalate", tag = "asks", operation_id = "escalate_ask", request_body = Escalate,
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn escalate(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Escalate>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, input| async move {
        asks::escalate(&tx, &actor, id, input).await
    })
    .await
}

/// Remove a group
///
/// Not while something that was asked of it is open.
#[utoipa::path(delete, path = "/groups/{group}", tag = "people", operation_id = "remove_group",
    params(("group" = GroupId, Path)), responses((status = 200, body = Written), Problems))]
async fn remove_group(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<GroupId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move {
        groups::see(&tx, &actor, id).await?;
        if asks::waits_for_group(&tx, actor.workspace, id).await? {
            return Err(Refusal::conflict("Something that was asked of this group is open.")
                .named("group_is_asked")
                .into());
        }
        Ok::<_, Error>(groups::remove(&tx, &actor, id).await?)
    })
    .await
}
