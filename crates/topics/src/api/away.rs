use axum::extract::State;
use edge::{App, Json, Nothing, Params, Path, Problem, Problems, Write, Written, commit};
use jiff::Timestamp;
use people::{MemberId, SignedIn};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::{
    Result, TopicId,
    away::{self, AwayPage},
    shows,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read_away)).routes(routes!(seen)).routes(routes!(show, do_not_show))
}

/// Which absence; the last one of two working days or more when neither is said.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Absence {
    /// When it began.
    from: Option<Timestamp>,
    /// When it ended.
    to: Option<Timestamp>,
}

/// What happened while I was away
#[utoipa::path(get, path = "/away", tag = "away", operation_id = "read_away", params(Absence),
    responses((status = 200, body = AwayPage), Problems))]
async fn read_away(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(absence): Params<Absence>,
) -> Result<Json<AwayPage>, Problem> {
    read(&app, actor, move |tx, actor| async move { away::read(&tx, &actor, absence.from, absence.to).await })
        .await
        .map(Json)
}

/// I have seen what happened while I was away
#[utoipa::path(post, path = "/away/seen", tag = "away", operation_id = "away_seen",
    responses((status = 200, body = Written), Problems))]
async fn seen(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move { away::seen(&tx, &actor).await }).await
}

/// Show it to somebody when they are back
#[utoipa::path(put, path = "/topics/{topic}/show/{member}", tag = "away", operation_id = "show_topic",
    params(("topic" = TopicId, Path), ("member" = MemberId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((topic, member)): Path<(TopicId, MemberId)>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(
        &app,
        actor.writer(),
        write,
        move |tx, _| async move { shows::add(&tx, &actor, topic, member).await },
    )
    .await
}

/// Do not show it to them
#[utoipa::path(delete, path = "/topics/{topic}/show/{member}", tag = "away", operation_id = "do_not_show_topic",
    params(("topic" = TopicId, Path), ("member" = MemberId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn do_not_show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((topic, member)): Path<(TopicId, MemberId)>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move {
        shows::remove(&tx, &actor, topic, member).await
    })
    .await
}
