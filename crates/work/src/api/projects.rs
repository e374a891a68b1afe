use std::collections::BTreeMap;

use axum::extract::State;
use edge::{App, Json, Params, Path, Problem, Problems, Write, Written};
use people::{Actor, Items, SignedIn, SpaceId};
use serde::{Deserialize, Serialize};
use store::{Encoded, Tx};
use topics::asks::Ask;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{read, share};
use crate::{
    ProjectId, Result, TaskId,
    list::{self, Tasks},
    project::{self, NewProject, Project, ProjectPatch},
    task::Task,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_projects, create))
        .routes(routes!(see, change))
        .routes(routes!(tasks))
}

/// Which projects.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Where {
    /// Only those of this space.
    space: Option<SpaceId>,
}

/// The projects that I may see, by name
#[utoipa::path(get, path = "/projects", tag = "work", operation_id = "list_projects", params(Where),
    responses((status = 200, body = Items<Project>), Problems))]
async fn list_projects(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(of): Params<Where>,
) -> Result<Json<Items<Project>>, Problem> {
    read(&app, actor, move |tx, actor| async move {
        let items = project::list(&tx, &actor, of.space).await?;
        Ok(Items { seq: tx.head(actor.workspace.uuid()).await?, items })
    })
    .await
}

/// Make a project with its stages
#[utoipa::path(post, path = "/projects", tag = "work", operation_id = "create_project", request_body = NewProject,
    responses((status = 200, body = Written), Problems))]
async fn create(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    new: Write<NewProject>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, new, |tx, actor, new| async move { project::create(&tx, &actor, new).await }).await
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
struct ProjectPage {
    /// The number at which it was read.
    seq: i64,
    /// The project.
    project: Project,
}

/// A project, by its id or a key that it has or had
#[utoipa::path(get, path = "/projects/{project}", tag = "work", operation_id = "read_project",
    params(("project" = String, Path, description = "Id or key")),
    responses((status = 200, body = ProjectPage), Problems))]
async fn see(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(name): Path<String>,
) -> Result<Json<ProjectPage>, Problem> {
    read(&app, actor, move |tx, actor| async move {
        let project = project::see_named(&tx, &actor, &name).await?;
        Ok(ProjectPage { seq: tx.head(actor.workspace.uuid()).await?, project })
    })
    .await
}

/// Change a project
#[utoipa::path(patch, path = "/projects/{project}", tag = "work", operation_id = "change_project",
    request_body = ProjectPatch, params(("project" = ProjectId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn change(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ProjectId>,
    patch: Write<ProjectPatch>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        patch,
        move |tx, actor, patch| async move { project::change(&tx, &actor, id, patch).await },
    )
    .await
}

/// The tasks of a project, with what a board shows of them.
#[derive(Debug, Serialize, ToSchema)]
struct Board {
    /// The number at which it was read.
    seq: i64,
    /// The project.
    project: Project,
    /// Its tasks, the oldest first.
    #[schema(value_type = Vec<Task>)]
    items: Vec<Encoded>,
    /// The open asks on them, the earliest due first, at most 500.
    asks: Vec<Ask>,
    /// How many posts each has, by its id; those without are left out.
    #[schema(value_type = BTreeMap<String, i64>)]
    posts: BTreeMap<TaskId, i64>,
}

/// Which of the tasks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Those that are put away, instead of all the others.
    archived: Option<bool>,
}

/// The tasks of a project
#[utoipa::path(get, path = "/projects/{project}/tasks", tag = "work", operation_id = "list_tasks",
    params(("project" = String, Path, description = "Id or key"), Which),
    responses((status = 200, body = Board), Problems))]
async fn tasks(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(name): Path<String>,
    Params(which): Params<Which>,
) -> Result<Json<Board>, Problem> {
    async fn run(tx: Tx, actor: Actor, name: String, archived: bool) -> Result<Board> {
        let project = project::see_named(&tx, &actor, &name).await?;
        let Tasks { items, posts } = list::of_project(&tx, &actor, project.id, archived).await?;
        let asks = list::asks_of_project(&tx, &actor, project.id).await?;
        Ok(Board { seq: tx.head(actor.workspace.uuid()).await?, project, items, asks, posts })
    }
    read(&app, actor, move |tx, actor| run(tx, actor, name, which.archived.unwrap_or(false))).await
}
