use axum::extract::State;
use edge::{App, Json, Path, Problem, Problems, Write, Written};
use people::SignedIn;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::share;
use crate::{
    TaskId,
    acceptance::{self, Acceptable, ToDeliver, ToSendBack},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(deliver)).routes(routes!(accept)).routes(routes!(send_back))
}

/// Say that a deliverable is done, with what shows it: its requester is asked to accept it
#[utoipa::path(post, path = "/tasks/{task}/deliver", tag = "work", operation_id = "deliver_task",
    request_body = ToDeliver, params(("task" = TaskId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn deliver(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TaskId>,
    delivered: Write<ToDeliver>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, delivered, move |tx, actor, delivered| async move {
        acceptance::deliver(&tx, &actor, id, delivered).await
    })
    .await
}

/// Accept what came out of a task: for its requester
#[utoipa::path(post, path = "/tasks/{task}/accept", tag = "work", operation_id = "accept_task",
    request_body = Acceptable, params(("task" = TaskId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn accept(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TaskId>,
    said: Write<Acceptable>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        said,
        move |tx, actor, said| async move { acceptance::accept(&tx, &actor, id, said).await },
    )
    .await
}

/// Send back what came out of a task, with the reason: for its requester. It is open again
#[utoipa::path(post, path = "/tasks/{task}/send-back", tag = "work", operation_id = "send_task_back",
    request_body = ToSendBack, params(("task" = TaskId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn send_back(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TaskId>,
    said: Write<ToSendBack>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, said, move |tx, actor, said| async move {
        acceptance::send_back(&tx, &actor, id, said).await
    })
    .await
}
