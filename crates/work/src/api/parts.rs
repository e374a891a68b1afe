use axum::extract::State;
use edge::{App, Json, Nothing, Path, Problem, Problems, Write, Written};
use people::SignedIn;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::share;
use crate::{
    StepId, TaskId, WaitId,
    steps::{self, NewStep, StepPatch},
    waits::{self, NewWait},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_step))
        .routes(routes!(change_step, remove_step))
        .routes(routes!(create_wait))
        .routes(routes!(remove_wait))
}

/// Add a step to a task
#[utoipa::path(post, path = "/tasks/{task}/steps", tag = "work", operation_id = "create_step", request_body = NewStep,
    params(("task" = TaskId, Path)), responses((status = 200, body = Written), Problems))]
async fn create_step(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(task): Path<TaskId>,
    new: Write<NewStep>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, new, move |tx, actor, new| async move { steps::create(&tx, &actor, task, new).await })
        .await
}

/// Change a step: its words, whether it is done, where it stands, whose it is
#[utoipa::path(patch, path = "/steps/{step}", tag = "work", operation_id = "change_step", request_body = StepPatch,
    params(("step" = StepId, Path)), responses((status = 200, body = Written), Problems))]
async fn change_step(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<StepId>,
    patch: Write<StepPatch>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        patch,
        move |tx, actor, patch| async move { steps::change(&tx, &actor, id, patch).await },
    )
    .await
}

/// Take a step away
#[utoipa::path(delete, path = "/steps/{step}", tag = "work", operation_id = "remove_step",
    params(("step" = StepId, Path)), responses((status = 200, body = Written), Problems))]
async fn remove_step(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<StepId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, write, move |tx, actor, _| async move { steps::remove(&tx, &actor, id).await }).await
}

/// Say that a task waits for a task, an ask or a member
#[utoipa::path(post, path = "/tasks/{task}/waits", tag = "work", operation_id = "create_wait", request_body = NewWait,
    params(("task" = TaskId, Path)), responses((status = 200, body = Written), Problems))]
async fn create_wait(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(task): Path<TaskId>,
    new: Write<NewWait>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, new, move |tx, actor, new| async move { waits::create(&tx, &actor, task, new).await })
        .await
}

/// A task no longer waits for something
#[utoipa::path(delete, path = "/waits/{wait}", tag = "work", operation_id = "remove_wait",
    params(("wait" = WaitId, Path)), responses((status = 200, body = Written), Problems))]
async fn remove_wait(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<WaitId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, write, move |tx, actor, _| async move { waits::remove(&tx, &actor, id).await }).await
}
