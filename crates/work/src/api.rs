//! The routes of this crate: nothing but translation between HTTP and the functions beside it.

mod acceptance;
mod board;
mod forms;
mod goals;
mod hands;
mod imports;
mod leaving;
mod mine;
mod parts;
mod projects;
mod rhythm;
mod shape;
mod tasks;
mod views;

pub use board::whole_board as board;
use edge::{App, Json, Problem, Write, Written, commit};
use people::Actor;
use store::Tx;
use utoipa_axum::router::OpenApiRouter;

use crate::Result;

/// All routes, below `/api/v1`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(projects::routes())
        .merge(board::routes())
        .merge(views::routes())
        .merge(shape::routes())
        .merge(tasks::routes())
        .merge(parts::routes())
        .merge(mine::routes())
        .merge(rhythm::routes())
        .merge(forms::routes())
        .merge(hands::routes())
        .merge(acceptance::routes())
        .merge(goals::routes())
        .merge(imports::routes())
        .merge(leaving::routes())
}

/// Reads in one snapshot, as the actor.
async fn read<T, F, Fut>(app: &App, actor: Actor, run: F) -> Result<Json<T>, Problem>
where
    T: Send + 'static,
    F: FnOnce(Tx, Actor) -> Fut + Send + 'static,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    app.context.db.read(move |tx| run(tx, actor)).await.map(Json).map_err(Problem::from)
}

/// Writes as the actor, once for each `Idempotency-Key`.
async fn share<T, F, Fut>(app: &App, actor: Actor, input: Write<T>, run: F) -> Result<Json<Written>, Problem>
where
    T: Send + 'static,
    F: FnOnce(Tx, Actor, T) -> Fut + Send + 'static,
    Fut: Future<Output = Result<()>> + Send + 'static,
{
    commit(app, actor.writer(), input, move |tx, input| run(tx, actor, input)).await
}
