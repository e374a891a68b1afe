use axum::extract::State;
use edge::{App, Json, Nothing, Path, Problem, Problems, Write, Written};
use people::{Items, SignedIn};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{read, share};
use crate::{
    ProjectId, ViewId, project,
    views::{self, NewView, View, ViewPatch},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_views, create_view)).routes(routes!(change_view, remove_view))
}

/// The views of a project: everybody's, and mine
#[utoipa::path(get, path = "/projects/{project}/views", tag = "work", operation_id = "list_views",
    params(("project" = ProjectId, Path)), responses((status = 200, body = Items<View>), Problems))]
async fn list_views(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ProjectId>,
) -> Result<Json<Items<View>>, Problem> {
    read(&app, actor, move |tx, actor| async move {
        project::see(&tx, &actor, id).await?;
        let items = views::of_project(&tx, &actor, id).await?;
        Ok(Items { seq: tx.head(actor.workspace.uuid()).await?, items })
    })
    .await
}

/// Keep a view of a project
#[utoipa::path(post, path = "/projects/{project}/views", tag = "work", operation_id = "create_view",
    request_body = NewView, params(("project" = ProjectId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn create_view(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(project): Path<ProjectId>,
    new: Write<NewView>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        new,
        move |tx, actor, new| async move { views::create(&tx, &actor, project, new).await },
    )
    .await
}

/// Change a view
#[utoipa::path(patch, path = "/views/{view}", tag = "work", operation_id = "change_view", request_body = ViewPatch,
    params(("view" = ViewId, Path)), responses((status = 200, body = Written), Problems))]
async fn change_view(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ViewId>,
    patch: Write<ViewPatch>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        patch,
        move |tx, actor, patch| async move { views::change(&tx, &actor, id, patch).await },
    )
    .await
}

/// Take a view away; the tasks stay as they are
#[utoipa::path(delete, path = "/views/{view}", tag = "work", operation_id = "remove_view",
    params(("view" = ViewId, Path)), responses((status = 200, body = Written), Problems))]
async fn remove_view(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ViewId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, write, move |tx, actor, _| async move { views::remove(&tx, &actor, id).await }).await
}
