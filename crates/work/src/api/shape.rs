use axum::extract::State;
use edge::{App, Json, Nothing, Params, Path, Problem, Problems, Write, Written};
use people::SignedIn;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::share;
use crate::{
    FieldId, LabelId, ProjectId, StageId,
    field::{self, FieldPatch, NewField},
    label::{self, LabelPatch, NewLabel},
    stage::{self, NewStage, StagePatch},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_stage))
        .routes(routes!(change_stage, remove_stage))
        .routes(routes!(create_label))
        .routes(routes!(change_label, remove_label))
        .routes(routes!(create_field))
        .routes(routes!(change_field, remove_field))
}

/// Add a stage to a project
#[utoipa::path(post, path = "/projects/{project}/stages", tag = "work", operation_id = "create_stage",
    request_body = NewStage, params(("project" = ProjectId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn create_stage(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(project): Path<ProjectId>,
    new: Write<NewStage>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        new,
        move |tx, actor, new| async move { stage::create(&tx, &actor, project, new).await },
    )
    .await
}

/// Change a stage
#[utoipa::path(patch, path = "/stages/{stage}", tag = "work", operation_id = "change_stage", request_body = StagePatch,
    params(("stage" = StageId, Path)), responses((status = 200, body = Written), Problems))]
async fn change_stage(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<StageId>,
    patch: Write<StagePatch>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        patch,
        move |tx, actor, patch| async move { stage::change(&tx, &actor, id, patch).await },
    )
    .await
}

/// Where the tasks of a stage go that is taken away.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Heir {
    /// Another stage of the project.
    to: Option<StageId>,
}

/// Take a stage away; its tasks go to another one
#[utoipa::path(delete, path = "/stages/{stage}", tag = "work", operation_id = "remove_stage",
    params(("stage" = StageId, Path), Heir), responses((status = 200, body = Written), Problems))]
async fn remove_stage(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<StageId>,
    Params(heir): Params<Heir>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        write,
        move |tx, actor, _| async move { stage::remove(&tx, &actor, id, heir.to).await },
    )
    .await
}

/// Add a label to a project
#[utoipa::path(post, path = "/projects/{project}/labels", tag = "work", operation_id = "create_label",
    request_body = NewLabel, params(("project" = ProjectId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn create_label(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(project): Path<ProjectId>,
    new: Write<NewLabel>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        new,
        move |tx, actor, new| async move { label::create(&tx, &actor, project, new).await },
    )
    .await
}

/// Change a label
#[utoipa::path(patch, path = "/labels/{label}", tag = "work", operation_id = "change_label", request_body = LabelPatch,
    params(("label" = LabelId, Path)), responses((status = 200, body = Written), Problems))]
async fn change_label(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<LabelId>,
    patch: Write<LabelPatch>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        patch,
        move |tx, actor, patch| async move { label::change(&tx, &actor, id, patch).await },
    )
    .await
}

/// Take a label away, from its tasks as well
#[utoipa::path(delete, path = "/labels/{label}", tag = "work", operation_id = "remove_label",
    params(("label" = LabelId, Path)), responses((status = 200, body = Written), Problems))]
async fn remove_label(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<LabelId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, write, move |tx, actor, _| async move { label::remove(&tx, &actor, id).await }).await
}

/// Add a field to a project
#[utoipa::path(post, path = "/projects/{project}/fields", tag = "work", operation_id = "create_field",
    request_body = NewField, params(("project" = ProjectId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn create_field(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(project): Path<ProjectId>,
    new: Write<NewField>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        new,
        move |tx, actor, new| async move { field::create(&tx, &actor, project, new).await },
    )
    .await
}

/// Change a field
#[utoipa::path(patch, path = "/fields/{field}", tag = "work", operation_id = "change_field", request_body = FieldPatch,
    params(("field" = FieldId, Path)), responses((status = 200, body = Written), Problems))]
async fn change_field(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<FieldId>,
    patch: Write<FieldPatch>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        patch,
        move |tx, actor, patch| async move { field::change(&tx, &actor, id, patch).await },
    )
    .await
}

/// Take a field away, with what tasks say in it
#[utoipa::path(delete, path = "/fields/{field}", tag = "work", operation_id = "remove_field",
    params(("field" = FieldId, Path)), responses((status = 200, body = Written), Problems))]
async fn remove_field(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<FieldId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, write, move |tx, actor, _| async move { field::remove(&tx, &actor, id).await }).await
}
