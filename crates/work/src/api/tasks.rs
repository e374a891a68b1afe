use axum::extract::State;
use edge::{App, Json, Nothing, Path, Problem, Problems, Write, Written};
use people::{Actor, SignedIn};
use serde::{Deserialize, Serialize};
use store::Tx;
use topics::topic::{self, Topic};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{read, share};
use crate::{
    Result, TaskId,
    change::{self, TaskChange, TaskPatch},
    create::{self, NewTask},
    handoff::{self, Handoff},
    hands,
    moves::{self, Move},
    project::{self, Project},
    task::{self, Task, TaskPage},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_task))
        .routes(routes!(change_many))
        .routes(routes!(see, change_one))
        .routes(routes!(move_task))
        .routes(routes!(take))
}

/// Make a task: a title is enough
#[utoipa::path(post, path = "/tasks", tag = "work", operation_id = "create_task", request_body = NewTask,
    responses((status = 200, body = Written), Problems))]
async fn create_task(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    new: Write<NewTask>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, new, |tx, actor, new| async move { create::create(&tx, &actor, new).await }).await
}

/// A task with everything on its page but its posts.
#[derive(Debug, Serialize, ToSchema)]
struct WholeTask {
    /// The number at which it was read.
    seq: i64,
    /// The card.
    task: Task,
    /// The rest.
    page: TaskPage,
    /// Its project.
    project: Project,
    /// Its topic: `/topics/{id}` has the posts.
    topic: Topic,
    /// Its handoffs, the latest 50, the newest first.
    handoffs: Vec<Handoff>,
}

/// A task, by its id or a key that it has or had
#[utoipa::path(get, path = "/tasks/{task}", tag = "work", operation_id = "read_task",
    params(("task" = String, Path, description = "Id or key")),
    responses((status = 200, body = WholeTask), Problems))]
async fn see(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(name): Path<String>,
) -> Result<Json<WholeTask>, Problem> {
    async fn run(tx: Tx, actor: Actor, name: String) -> Result<WholeTask> {
        let task = task::see_named(&tx, &actor, &name).await?;
        Ok(WholeTask {
            seq: tx.head(actor.workspace.uuid()).await?,
            page: task::page(&tx, &actor, task.id).await?,
            project: project::see(&tx, &actor, task.project).await?,
            topic: topic::see(&tx, &actor, task.id).await?,
            handoffs: handoff::of_task(&tx, &actor, task.id).await?,
            task,
        })
    }
    read(&app, actor, move |tx, actor| run(tx, actor, name)).await
}

/// Change a task
#[utoipa::path(patch, path = "/tasks/{task}", tag = "work", operation_id = "change_task", request_body = TaskPatch,
    params(("task" = TaskId, Path)), responses((status = 200, body = Written), Problems))]
async fn change_one(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TaskId>,
    patch: Write<TaskPatch>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        patch,
        move |tx, actor, patch| async move { change::change(&tx, &actor, id, patch).await },
    )
    .await
}

/// What is changed about which tasks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Many {
    /// 1 to 200.
    #[schema(min_items = 1, max_items = 200)]
    items: Vec<TaskChange>,
}

/// Change many tasks at once, all or none
#[utoipa::path(post, path = "/tasks/bulk", tag = "work", operation_id = "change_tasks", request_body = Many,
    responses((status = 200, body = Written), Problems))]
async fn change_many(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    many: Write<Many>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        many,
        |tx, actor, many| async move { change::change_all(&tx, &actor, many.items).await },
    )
    .await
}

/// Move a task to a stage and a place in it
#[utoipa::path(post, path = "/tasks/{task}/move", tag = "work", operation_id = "move_task", request_body = Move,
    params(("task" = TaskId, Path)), responses((status = 200, body = Written), Problems))]
async fn move_task(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TaskId>,
    to: Write<Move>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, to, move |tx, actor, to| async move { moves::move_to(&tx, &actor, id, to).await })
        .await
}

/// Take a task that is nobody's
#[utoipa::path(post, path = "/tasks/{task}/take", tag = "work", operation_id = "take_task",
    params(("task" = TaskId, Path)), responses((status = 200, body = Written), Problems))]
async fn take(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TaskId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, write, move |tx, actor, _| async move { hands::take(&tx, &actor, id).await }).await
}
