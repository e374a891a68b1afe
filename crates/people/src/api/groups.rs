use axum::extract::State;
use edge::{App, Json, Path, Problem, Problems, Write, Written};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{self, Items};
use crate::{
    GroupId, SignedIn,
    groups::{self, Group, GroupPatch, NewGroup},
    workspaces::{self, WorkspacePatch},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_groups, create_group))
        .routes(routes!(change_group))
        .routes(routes!(change_workspace))
}

/// The groups of the workspace
#[utoipa::path(get, path = "/groups", tag = "people",
    responses((status = 200, description = "The list", body = Items<Group>), Problems))]
async fn list_groups(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Items<Group>>, Problem> {
    answers::items(&app, &actor, |tx, actor| async move { groups::list(&tx, &actor).await }).await
}

/// Make a group
#[utoipa::path(post, path = "/groups", tag = "people", request_body = NewGroup,
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn create_group(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    new: Write<NewGroup>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, new, |tx, actor, new| async move { groups::create(&tx, &actor, new).await })
        .await
}

/// Change a group
#[utoipa::path(patch, path = "/groups/{group}", tag = "people", params(("group" = GroupId, Path)),
    request_body = GroupPatch,
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn change_group(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(group): Path<GroupId>,
    patch: Write<GroupPatch>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, patch, move |tx, actor, patch| async move {
        groups::change(&tx, &actor, group, patch).await
    })
    .await
}

/// Change the workspace: its name, and how people reply here
#[utoipa::path(patch, path = "/workspace", tag = "people", request_body = WorkspacePatch,
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn change_workspace(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    patch: Write<WorkspacePatch>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, patch, |tx, actor, patch| async move {
        workspaces::change(&tx, &actor, patch).await
    })
    .await
}
