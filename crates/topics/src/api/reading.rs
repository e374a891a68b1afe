use axum::extract::State;
use edge::{App, Json, Params, Path, Problem, Problems};
use kernel::Limit;
use people::{Actor, SignedIn};
use serde::Deserialize;
use store::Tx;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::{
    Result,
    inbox::{self, Inbox, Place},
    later::{self, LaterChoices},
    search::{self, Found},
    start::{self, Overview, Start},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(space_overview))
        .routes(routes!(read_inbox))
        .routes(routes!(find))
        .routes(routes!(later_choices))
}

/// Everything for the first screen
#[utoipa::path(get, path = "/me", tag = "start", operation_id = "read_me",
    responses((status = 200, body = Start), Problems))]
async fn me(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<Json<Start>, Problem> {
    read(&app, actor, |tx, actor| async move { start::start(&tx, &actor).await }).await.map(Json)
}

/// The front page of a space, by its id or slug
#[utoipa::path(get, path = "/spaces/{space}", tag = "spaces", operation_id = "read_space",
    params(("space" = String, Path, description = "Id or slug")),
    responses((status = 200, body = Overview), Problems))]
async fn space_overview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(space): Path<String>,
) -> Result<Json<Overview>, Problem> {
    async fn run(tx: Tx, actor: Actor, space: String) -> Result<Overview> {
        let space = people::spaces::by_slug_or_id(&tx, &actor, &space).await?;
        start::overview(&tx, &actor, space.id).await
    }
    read(&app, actor, move |tx, actor| run(tx, actor, space)).await.map(Json)
}

/// Which part of the inbox.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InboxParams {
    /// Today when absent.
    #[param(inline)]
    place: Option<Place>,
}

/// My inbox
#[utoipa::path(get, path = "/inbox", tag = "inbox", operation_id = "read_inbox", params(InboxParams),
    responses((status = 200, body = Inbox), Problems))]
async fn read_inbox(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(params): Params<InboxParams>,
) -> Result<Json<Inbox>, Problem> {
    let place = params.place.unwrap_or(Place::Today);
    read(&app, actor, move |tx, actor| async move { inbox::read(&tx, &actor, place).await }).await.map(Json)
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchParams {
    /// Words, "phrases", prefixes*, `in:space`, `from:person`, `before:2026-10-01`, `after:2026-10-01`.
    q: String,
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 200.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
}

/// Search titles and posts
#[utoipa::path(get, path = "/search", tag = "search", operation_id = "search", params(SearchParams),
    responses((status = 200, body = Found), Problems))]
async fn find(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(params): Params<SearchParams>,
) -> Result<Json<Found>, Problem> {
    let limit = params.limit.unwrap_or_default().get();
    let found = app.context.db.read_long(move |tx| async move {
        search::find(&tx, &actor, &params.q, params.after.as_deref(), limit).await
    });
    Ok(Json(found.await.map_err(Problem::from)?))
}

/// Where *Later* falls in my working time
#[utoipa::path(get, path = "/later-choices", tag = "inbox", operation_id = "read_later_choices",
    responses((status = 200, body = LaterChoices), Problems))]
async fn later_choices(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<LaterChoices>, Problem> {
    read(&app, actor, |tx, actor| async move { later::choices(&tx, &actor).await }).await.map(Json)
}
