//! The routes. Nothing but translation between HTTP and the trades.

mod answers;
mod groups;
mod invitations;
mod members;
mod sessions;
mod spaces;
mod start;
mod team;
mod time;
mod visitor;

use edge::{App, Problem};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub use answers::Items;
pub use visitor::Visitor;

/// What the other operations refer to by name.
#[derive(OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Shared;

/// The routes of this crate, below `/api/v1`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Shared::openapi())
        .merge(start::routes())
        .merge(sessions::routes())
        .merge(invitations::routes())
        .merge(members::routes())
        .merge(time::routes())
        .merge(team::routes())
        .merge(groups::routes())
        .merge(spaces::routes())
}
