use std::collections::BTreeMap;

use axum::extract::State;
use edge::{App, Json, Nothing, Params, Path, Problem, Problems, Write, Written};
use jiff::Timestamp;
use people::{Actor, SignedIn};
use serde::{Deserialize, Serialize};
use store::{Encoded, Tx};
use topics::asks;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{read, share};
use crate::{
    HandoffId, ProjectId, Result, TaskId, due,
    handoff::{self, Handoff, HandoffDeclined, ToHandOver},
    project::{self, Project},
    queue::{self, InQueue, QueueMember, QueueMembers, QueueSpan},
    signoff::{self, SignOffItem},
    task::Task,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(hand_over))
        .routes(routes!(mine))
        .routes(routes!(accept))
        .routes(routes!(decline))
        .routes(routes!(take_back))
        .routes(routes!(sign_off))
        .routes(routes!(see_queue, set_queue))
        .routes(routes!(put_into_queue))
        .routes(routes!(touches))
}

/// Offer a task to somebody, with what they need to know: it is theirs once they accept it
#[utoipa::path(post, path = "/tasks/{task}/hand-over", tag = "work", operation_id = "hand_over_task",
    request_body = ToHandOver, params(("task" = TaskId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn hand_over(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TaskId>,
    to: Write<ToHandOver>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, to, move |tx, actor, to| async move { handoff::offer(&tx, &actor, id, to).await })
        .await
}

/// Handoffs with their tasks.
#[derive(Debug, Serialize, ToSchema)]
struct Handoffs {
    /// The number at which it was read.
    seq: i64,
    /// Those that wait, the oldest first.
    items: Vec<Handoff>,
    /// Their tasks.
    #[schema(value_type = Vec<Task>)]
    tasks: Vec<Encoded>,
    /// The projects that I may see.
    projects: Vec<Project>,
}

/// Whose offers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Offered {
    /// All that wait in this project; without it, mine everywhere.
    project: Option<ProjectId>,
}

/// The handoffs that wait: offered to me, or of what is mine; or all of a project
#[utoipa::path(get, path = "/handoffs", tag = "work", operation_id = "list_handoffs", params(Offered),
    responses((status = 200, body = Handoffs), Problems))]
async fn mine(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(offered): Params<Offered>,
) -> Result<Json<Handoffs>, Problem> {
    async fn run(tx: Tx, actor: Actor, project: Option<ProjectId>) -> Result<Handoffs> {
        let items = match project {
            Some(project) => handoff::of_project(&tx, &actor, project).await?,
            None => handoff::mine(&tx, &actor).await?,
        };
        Ok(Handoffs {
            seq: tx.head(actor.workspace.uuid()).await?,
            tasks: handoff::tasks_of(&tx, &actor, &items).await?.items,
            items,
            projects: project::list(&tx, &actor, None).await?,
        })
    }
    read(&app, actor, move |tx, actor| run(tx, actor, offered.project)).await
}

/// Accept a task that is offered to me
#[utoipa::path(post, path = "/handoffs/{handoff}/accept", tag = "work", operation_id = "accept_handoff",
    params(("handoff" = HandoffId, Path)), responses((status = 200, body = Written), Problems))]
async fn accept(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<HandoffId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, write, move |tx, actor, _| async move { handoff::accept(&tx, &actor, id).await }).await
}

/// Give back a task that is offered to me, with the reason
#[utoipa::path(post, path = "/handoffs/{handoff}/decline", tag = "work", operation_id = "decline_handoff",
    request_body = HandoffDeclined, params(("handoff" = HandoffId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn decline(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<HandoffId>,
    why: Write<HandoffDeclined>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, why, move |tx, actor, why| async move { handoff::decline(&tx, &actor, id, why).await })
        .await
}

/// Take an offer back before it is accepted
#[utoipa::path(post, path = "/handoffs/{handoff}/take-back", tag = "work", operation_id = "take_back_handoff",
    params(("handoff" = HandoffId, Path)), responses((status = 200, body = Written), Problems))]
async fn take_back(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<HandoffId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, write, move |tx, actor, _| async move { handoff::take_back(&tx, &actor, id).await })
        .await
}

/// The end of my day.
#[derive(Debug, Serialize, ToSchema)]
struct EndOfDay {
    /// The number at which it was read.
    seq: i64,
    /// When my day began: since then is today.
    since: Timestamp,
    /// What is in my hands: worked on today first, then in progress, then due soon.
    items: Vec<SignOffItem>,
    /// The cards of those, and of what I have done today.
    #[schema(value_type = Vec<Task>)]
    tasks: Vec<Encoded>,
    /// What I have done today.
    done: Vec<TaskId>,
    /// The projects that I may see.
    projects: Vec<Project>,
}

/// What is in my hands at the end of my day, and what I did about it today
#[utoipa::path(get, path = "/sign-off", tag = "work", operation_id = "read_sign_off",
    responses((status = 200, body = EndOfDay), Problems))]
async fn sign_off(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<Json<EndOfDay>, Problem> {
    async fn run(tx: Tx, actor: Actor) -> Result<EndOfDay> {
        let day = signoff::see(&tx, &actor).await?;
        Ok(EndOfDay {
            seq: tx.head(actor.workspace.uuid()).await?,
            since: day.since,
            items: day.items,
            tasks: day.tasks.items,
            done: day.done,
            projects: day.projects,
        })
    }
    read(&app, actor, run).await
}

/// A queue with the week that lies ahead.
#[derive(Debug, Serialize, ToSchema)]
struct QueuePage {
    /// The number at which it was read.
    seq: i64,
    /// Its project; `queue` has its people.
    project: Project,
    /// The time that is shown.
    shown: QueueSpan,
    /// Its people in their order, with their days in that time.
    members: Vec<QueueMember>,
    /// When nobody is on shift, in order.
    gaps: Vec<QueueSpan>,
    /// The open tasks in it, the earliest due first.
    #[schema(value_type = Vec<Task>)]
    items: Vec<Encoded>,
    /// How many posts each task has, by its id; those without are left out.
    #[schema(value_type = BTreeMap<String, i64>)]
    posts: BTreeMap<TaskId, i64>,
}

/// The queue of a project: who is on shift in the coming seven days, and what is in it
#[utoipa::path(get, path = "/projects/{project}/queue", tag = "work", operation_id = "read_queue",
    params(("project" = String, Path, description = "Id or key")),
    responses((status = 200, body = QueuePage), Problems))]
async fn see_queue(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(name): Path<String>,
) -> Result<Json<QueuePage>, Problem> {
    async fn run(tx: Tx, actor: Actor, name: String) -> Result<QueuePage> {
        let queue = queue::see(&tx, &actor, &name).await?;
        Ok(QueuePage {
            seq: tx.head(actor.workspace.uuid()).await?,
            project: queue.project,
            shown: queue.shown,
            members: queue.members,
            gaps: queue.gaps,
            items: queue.tasks.items,
            posts: queue.tasks.posts,
        })
    }
    read(&app, actor, move |tx, actor| run(tx, actor, name)).await
}

/// Say who takes turns in the queue of a project
#[utoipa::path(put, path = "/projects/{project}/queue", tag = "work", operation_id = "set_queue",
    request_body = QueueMembers, params(("project" = ProjectId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn set_queue(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ProjectId>,
    members: Write<QueueMembers>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, members, move |tx, actor, members| async move {
        queue::set(&tx, &actor, id, members).await
    })
    .await
}

/// Put a task into the queue of its project, or take it out of it
#[utoipa::path(put, path = "/tasks/{task}/queue", tag = "work", operation_id = "queue_task",
    request_body = InQueue, params(("task" = TaskId, Path)), responses((status = 200, body = Written), Problems))]
async fn put_into_queue(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TaskId>,
    wish: Write<InQueue>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, wish, move |tx, actor, wish| async move { queue::put(&tx, &actor, id, wish).await })
        .await
}

/// Which time off.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TouchesParams {
    /// Its first minute in my local time: `2026-12-21T00:00`.
    from: String,
    /// The minute after its last one.
    to: String,
}

/// Tasks that fall due in a time off.
#[derive(Debug, Serialize, ToSchema)]
struct TouchedTasks {
    /// The number at which it was read.
    seq: i64,
    /// Mine that fall due in it, the earliest first.
    #[schema(value_type = Vec<Task>)]
    items: Vec<Encoded>,
    /// The projects that I may see.
    projects: Vec<Project>,
}

/// The tasks of mine that fall due in a time off, before it is entered
#[utoipa::path(get, path = "/work/touches", tag = "work", operation_id = "read_touched_tasks",
    params(TouchesParams), responses((status = 200, body = TouchedTasks), Problems))]
async fn touches(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(time): Params<TouchesParams>,
) -> Result<Json<TouchedTasks>, Problem> {
    async fn run(tx: Tx, actor: Actor, time: TouchesParams) -> Result<TouchedTasks> {
        let seq = tx.head(actor.workspace.uuid()).await?;
        let projects = project::list(&tx, &actor, None).await?;
        let items = match asks::own_time(&tx, &actor, &time.from, &time.to).await? {
            Some((from, to)) => due::within(&tx, &actor, from, to).await?.items,
            None => Vec::new(),
        };
        Ok(TouchedTasks { seq, items, projects })
    }
    read(&app, actor, move |tx, actor| run(tx, actor, time)).await
}
