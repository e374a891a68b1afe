use std::collections::BTreeMap;

use axum::extract::State;
use edge::{App, Json, Path, Problem, Problems};
use people::{Actor, SignedIn};
use serde::Serialize;
use store::{Encoded, Tx};
use topics::TopicId;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::{Result, TaskId, mine, project::Project, task::Task};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(my_work)).routes(routes!(made_from))
}

/// My work.
#[derive(Debug, Serialize, ToSchema)]
struct MyWork {
    /// The number at which it was read.
    seq: i64,
    /// Tasks that I own, open or done within seven days, the earliest due first.
    #[schema(value_type = Vec<Task>)]
    items: Vec<Encoded>,
    /// Open tasks that I follow and do not own, the newest activity first, at most 200.
    #[schema(value_type = Vec<Task>)]
    follows: Vec<Encoded>,
    /// Open tasks that I asked for and that somebody else owns, the earliest due first, at most 200.
    #[schema(value_type = Vec<Task>)]
    requested: Vec<Encoded>,
    /// The projects that I may see.
    projects: Vec<Project>,
    /// How many posts each task has, by its id; those without are left out.
    #[schema(value_type = BTreeMap<String, i64>)]
    posts: BTreeMap<TaskId, i64>,
}

/// The tasks that are mine, those that I asked for, and those that I follow
#[utoipa::path(get, path = "/work", tag = "work", operation_id = "read_work",
    responses((status = 200, body = MyWork), Problems))]
async fn my_work(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<Json<MyWork>, Problem> {
    async fn run(tx: Tx, actor: Actor) -> Result<MyWork> {
        let work = mine::read(&tx, &actor).await?;
        let mut posts = work.own.posts;
        posts.extend(work.follows.posts);
        posts.extend(work.requested.posts);
        Ok(MyWork {
            seq: tx.head(actor.workspace.uuid()).await?,
            items: work.own.items,
            follows: work.follows.items,
            requested: work.requested.items,
            projects: work.projects,
            posts,
        })
    }
    read(&app, actor, run).await
}

/// The tasks that were made from a topic.
#[derive(Debug, Serialize, ToSchema)]
struct MadeTasks {
    /// The number at which it was read.
    seq: i64,
    /// The newest first, at most 200, without those that were put away.
    #[schema(value_type = Vec<Task>)]
    items: Vec<Encoded>,
    /// Their projects.
    projects: Vec<Project>,
}

/// The tasks that were made from the posts and asks of a topic
#[utoipa::path(get, path = "/topics/{topic}/tasks", tag = "work", operation_id = "list_tasks_made_from",
    params(("topic" = TopicId, Path)), responses((status = 200, body = MadeTasks), Problems))]
async fn made_from(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(topic): Path<TopicId>,
) -> Result<Json<MadeTasks>, Problem> {
    read(&app, actor, move |tx, actor| async move {
        let (tasks, projects) = mine::made_from(&tx, &actor, topic).await?;
        Ok(MadeTasks { seq: tx.head(actor.workspace.uuid()).await?, items: tasks.items, projects })
    })
    .await
}
