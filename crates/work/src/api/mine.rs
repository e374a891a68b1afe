use std::collections::BTreeMap;

use axum::extract::State;
use edge::{App, Json, Problem, Problems};
use people::{Actor, SignedIn};
use serde::Serialize;
use store::{Encoded, Tx};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::{Result, TaskId, mine, project::Project, task::Task};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(my_work))
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
    /// The projects that I may see.
    projects: Vec<Project>,
    /// How many posts each task has, by its id; those without are left out.
    #[schema(value_type = BTreeMap<String, i64>)]
    posts: BTreeMap<TaskId, i64>,
}

/// The tasks that are mine, and those that I follow
#[utoipa::path(get, path = "/work", tag = "work", operation_id = "read_work",
    responses((status = 200, body = MyWork), Problems))]
async fn my_work(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<Json<MyWork>, Problem> {
    async fn run(tx: Tx, actor: Actor) -> Result<MyWork> {
        let work = mine::read(&tx, &actor).await?;
        let mut posts = work.own.posts;
        posts.extend(work.follows.posts);
        Ok(MyWork {
            seq: tx.head(actor.workspace.uuid()).await?,
            items: work.own.items,
            follows: work.follows.items,
            projects: work.projects,
            posts,
        })
    }
    read(&app, actor, run).await
}
