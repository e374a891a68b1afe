//! The routes of this crate: nothing but translation between HTTP and the functions beside it.

mod asks;
mod away;
mod delivery;
mod drafts;
mod files;
mod late_asks;
mod posts;
mod reading;
mod topics;
mod urgent_asks;

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
        .merge(late_asks::routes())
        .merge(urgent_asks::routes())
        .merge(files::routes())
        .merge(delivery::routes())
        .merge(drafts::routes())
        .merge(away::routes())
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
