use axum::extract::State;
use edge::{App, Json, Params, Path, Problem, Problems};
use people::{Actor, Items, SignedIn};
use serde::Deserialize;
use store::Tx;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::{
    ImportId, Result,
    import::{
        left_out::{self, LeftOutPage},
        runs::{self, Import, NewImport, Preview, Wish},
    },
};

/// From where on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct After {
    /// The `next` of the page before.
    after: Option<i64>,
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, begin))
        .routes(routes!(preview))
        .routes(routes!(see))
        .routes(routes!(left))
        .routes(routes!(stop))
        .routes(routes!(go_on))
}

/// Find out what an import would do, and change nothing; for admins
#[utoipa::path(post, path = "/imports/preview", tag = "work", operation_id = "preview_import", request_body = Wish,
    responses((status = 200, body = Preview), Problems))]
async fn preview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(wish): Json<Wish>,
) -> Result<Json<Preview>, Problem> {
    Ok(Json(Box::pin(runs::preview(&app, &actor, wish)).await?))
}

/// Begin an import; for admins
#[utoipa::path(post, path = "/imports", tag = "work", operation_id = "begin_import", request_body = NewImport,
    responses((status = 200, body = Import), Problems))]
async fn begin(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(new): Json<NewImport>,
) -> Result<Json<Import>, Problem> {
    Ok(Json(Box::pin(runs::begin(&app, &actor, new)).await?))
}

/// The newest imports, without their reports; for admins
#[utoipa::path(get, path = "/imports", tag = "work", operation_id = "list_imports",
    responses((status = 200, body = Items<Import>), Problems))]
async fn list(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<Json<Items<Import>>, Problem> {
    read(&app, actor, |tx, actor| async move {
        let seq = tx.head(actor.workspace.uuid()).await?;
        Ok(Items { seq, items: runs::list(&tx, &actor).await? })
    })
    .await
}

/// An import: how far it is, and what came of it; for admins
#[utoipa::path(get, path = "/imports/{import}", tag = "work", operation_id = "read_import",
    params(("import" = ImportId, Path)), responses((status = 200, body = Import), Problems))]
async fn see(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ImportId>,
) -> Result<Json<Import>, Problem> {
    read(&app, actor, move |tx, actor| async move { runs::see(&tx, &actor, id).await }).await
}

/// What an import left behind, object by object; for admins
#[utoipa::path(get, path = "/imports/{import}/left-out", tag = "work", operation_id = "list_left_out",
    params(("import" = ImportId, Path), After), responses((status = 200, body = LeftOutPage), Problems))]
async fn left(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ImportId>,
    Params(query): Params<After>,
) -> Result<Json<LeftOutPage>, Problem> {
    read(&app, actor, move |tx, actor| async move { left_out::page(&tx, &actor, id, query.after).await })
        .await
}

/// Stop an import after the tasks that are being written; for admins
#[utoipa::path(post, path = "/imports/{import}/stop", tag = "work", operation_id = "stop_import",
    params(("import" = ImportId, Path)), responses((status = 200, body = Import), Problems))]
async fn stop(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ImportId>,
) -> Result<Json<Import>, Problem> {
    write(&app, actor, move |tx, actor| async move { runs::stop(&tx, &actor, id).await }).await
}

/// Go on with an import that was stopped or failed; for admins
#[utoipa::path(post, path = "/imports/{import}/continue", tag = "work", operation_id = "continue_import",
    params(("import" = ImportId, Path)), responses((status = 200, body = Import), Problems))]
async fn go_on(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ImportId>,
) -> Result<Json<Import>, Problem> {
    write(&app, actor, move |tx, actor| async move { runs::go_on(&tx, &actor, id).await }).await
}

/// Writes what only admins see: no change. Done twice it is as done once.
async fn write<F, Fut>(app: &App, actor: Actor, run: F) -> Result<Json<Import>, Problem>
where
    F: FnOnce(Tx, Actor) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Import>> + Send + 'static,
{
    let written = app.context.db.write(move |tx| run(tx, actor)).await?;
    Ok(Json(written.value))
}
