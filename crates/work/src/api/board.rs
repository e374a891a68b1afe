use std::collections::BTreeMap;

use axum::{extract::State, http::HeaderMap};
use edge::{App, Path, Pieces, Problem, Problems};
use people::{Actor, SignedIn};
use serde::Serialize;
use store::Tx;
use topics::{AskId, asks::Ask};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Error, Result, TaskId,
    columns::{self, TaskColumns},
    error::to_json,
    list,
    project::{self, Project},
    views::{self, View},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(board))
}

/// A project with everything that its board shows, in little room.
#[derive(Debug, Serialize, ToSchema)]
struct SmallBoard {
    /// The number at which it was read.
    seq: i64,
    /// The project.
    project: Project,
    /// The views of it that are kept: everybody's, and mine.
    views: Vec<View>,
    /// The open asks on its tasks, the earliest due first, at most 500; and behind them those in other topics
    /// for which its tasks wait, as far as I may see them.
    asks: Vec<Ask>,
    /// For which ask in another topic a task waits, by its id; of several the one for which it waits longest.
    #[schema(value_type = BTreeMap<String, AskId>)]
    waiting: BTreeMap<TaskId, AskId>,
    /// For which tasks a task waits, by its id, the one for which it waits longest first; at most 5,000 of all.
    #[schema(value_type = BTreeMap<String, Vec<TaskId>>)]
    waits_for: BTreeMap<TaskId, Vec<TaskId>>,
    /// How many posts each task has, in the order of the tasks.
    posts: Vec<i64>,
    /// Its tasks that are not put away, the oldest first, some hundred in each.
    portions: Vec<TaskColumns>,
}

/// The board of a project, in little room: the tasks as columns
#[utoipa::path(get, path = "/projects/{project}/board", tag = "work", operation_id = "read_board",
    params(("project" = String, Path, description = "Id or key")),
    responses((status = 200, body = SmallBoard), Problems))]
async fn board(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Pieces, Problem> {
    let pieces = Pieces::for_request(&headers);
    app.context.db.read(move |tx| whole_board(tx, actor, name, pieces)).await.map_err(Problem::from)
}

/// The answer to whoever opens the board of a project, named by its id or key.
pub async fn whole_board(tx: Tx, actor: Actor, name: String, mut pieces: Pieces) -> Result<Pieces> {
    let project = project::see_named(&tx, &actor, &name).await?;
    let outlines = list::outlines(&tx, &actor, project.id).await?;
    let id = project.id;
    let head = whole(&tx, &actor, project, &outlines).await?;
    let text = to_json("a board", &head)?;
    // The portions are its end: they are put in as they are kept.
    let Some(open) = text.strip_suffix("]}") else {
        return Err(Error::Broken { what: "a board", problem: text });
    };
    pieces.add(open.as_bytes());
    let mut comma: &[u8] = b"";
    if pieces.are_packed() {
        for portion in columns::packed(&tx, &actor, id, &outlines).await? {
            pieces.add(comma);
            pieces.add_packed(&portion.packed);
            comma = b",";
        }
    } else {
        for portion in columns::plain(&tx, &actor, id, &outlines).await? {
            pieces.add(comma);
            pieces.add(portion.as_bytes());
            comma = b",";
        }
    }
    pieces.add(b"]}");
    Ok(pieces)
}

/// Everything but the tasks.
async fn whole(tx: &Tx, actor: &Actor, project: Project, outlines: &[list::Outline]) -> Result<SmallBoard> {
    let mut asks = list::asks_of_project(tx, actor, project.id).await?;
    let mut waiting = BTreeMap::new();
    for (task, ask) in list::asks_waited_for(tx, actor, project.id).await? {
        waiting.entry(task).or_insert(ask.id);
        if asks.iter().all(|known| known.id != ask.id) {
            asks.push(ask);
        }
    }
    Ok(SmallBoard {
        seq: tx.head(actor.workspace.uuid()).await?,
        views: views::of_project(tx, actor, project.id).await?,
        waits_for: list::tasks_waited_for(tx, actor, project.id).await?,
        posts: list::posts_of(tx, actor, project.space, outlines).await?,
        project,
        asks,
        waiting,
        portions: Vec::new(),
    })
}
