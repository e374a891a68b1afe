use axum::extract::State;
use edge::{App, Json, Nothing, Path, Problem, Problems, Write, Written};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{self, Items};
use crate::{
    MemberId, SignedIn, Space, SpaceId,
    spaces::{self, NewSpace, SpacePatch},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_spaces, create_space))
        .routes(routes!(change_space))
        .routes(routes!(join_space, leave_space))
}

/// The spaces that I may see
#[utoipa::path(get, path = "/spaces", tag = "spaces",
    responses((status = 200, description = "The list", body = Items<Space>), Problems))]
async fn list_spaces(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Items<Space>>, Problem> {
    answers::items(&app, &actor, |tx, actor| async move { spaces::list(&tx, &actor).await }).await
}

/// Make a space
#[utoipa::path(post, path = "/spaces", tag = "spaces", request_body = NewSpace,
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn create_space(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    new: Write<NewSpace>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, new, |tx, actor, new| async move { spaces::create(&tx, &actor, new).await })
        .await
}

/// Change a space
#[utoipa::path(patch, path = "/spaces/{space}", tag = "spaces",
    params(("space" = SpaceId, Path)), request_body = SpacePatch,
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn change_space(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(space): Path<SpaceId>,
    patch: Write<SpacePatch>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, patch, move |tx, actor, patch| async move {
        spaces::change(&tx, &actor, space, patch).await
    })
    .await
}

/// Join a space, or add somebody
#[utoipa::path(put, path = "/spaces/{space}/members/{member}", tag = "spaces",
    params(("space" = SpaceId, Path), ("member" = MemberId, Path)),
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn join_space(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((space, member)): Path<(SpaceId, MemberId)>,
    nothing: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, nothing, move |tx, actor, _| async move {
        spaces::join(&tx, &actor, space, member).await
    })
    .await
}

/// Leave a space, or remove somebody from it
#[utoipa::path(delete, path = "/spaces/{space}/members/{member}", tag = "spaces",
    params(("space" = SpaceId, Path), ("member" = MemberId, Path)),
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn leave_space(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((space, member)): Path<(SpaceId, MemberId)>,
    nothing: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, nothing, move |tx, actor, _| async move {
        spaces::leave(&tx, &actor, space, member).await
    })
    .await
}
