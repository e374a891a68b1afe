//! The routes of this crate: nothing but translation between HTTP and the functions beside it.

mod asks;
mod files;
mod posts;
mod reading;
mod topics;

use edge::{App, Problem};
use people::Actor;
use store::Tx;
use utoipa_axum::router::OpenApiRouter;

use crate::Result;

/// All routes, below `/api/v1`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(reading::routes())
        .merge(topics::routes())
        .merge(posts::routes())
        .merge(asks::routes())
        .merge(files::routes())
}

/// Reads in one snapshot, as the actor.
async fn read<T, F, Fut>(app: &App, actor: Actor, run: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce(Tx, Actor) -> Fut + Send + 'static,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    app.context.db.read(move |tx| run(tx, actor)).await.map_err(Problem::from)
}
