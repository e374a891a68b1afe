//! Urgent asks.

use axum::extract::State;
use edge::{App, Json, Nothing, Params, Path, Problem, Problems, Write, Written, commit};
use people::{MemberId, SignedIn, SpaceId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::{
    AskId,
    asks::{self, Gate, Judged, UrgentLog},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(acknowledge))
        .routes(routes!(judge))
        .routes(routes!(gate))
        .routes(routes!(log))
}

/// Say that I have seen an urgent ask
#[utoipa::path(post, path = "/asks/{ask}/acknowledge", tag = "asks", operation_id = "acknowledge_ask",
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn acknowledge(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move { asks::acknowledge(&tx, &actor, id).await })
        .await
}

/// What I say about it afterwards.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Judge {
    /// Whether it could have waited.
    judged: Judged,
}

/// Say whether an urgent ask could have waited
#[utoipa::path(post, path = "/asks/{ask}/judge", tag = "asks", operation_id = "judge_ask", request_body = Judge,
    params(("ask" = AskId, Path)), responses((status = 200, body = Written), Problems))]
async fn judge(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AskId>,
    write: Write<Judge>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, input| async move {
        asks::judge(&tx, &actor, id, input.judged).await
    })
    .await
}

/// Whom to call, and about which space.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GateRequest {
    /// Who would be called.
    asked: MemberId,
    /// The space whose norms hold; the workspace's when absent.
    #[serde(default)]
    space: Option<SpaceId>,
}

/// What to know before somebody is called urgently
#[utoipa::path(post, path = "/urgent/preview", tag = "asks", operation_id = "preview_urgent", request_body = GateRequest,
    responses((status = 200, body = Gate), Problems))]
async fn gate(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(request): Json<GateRequest>,
) -> Result<Json<Gate>, Problem> {
    read(
        &app,
        actor,
        move |tx, actor| async move { asks::gate(&tx, &actor, request.asked, request.space).await },
    )
    .await
    .map(Json)
}

/// Which month.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LogParams {
    /// Such as `2026-12`, by UTC.
    month: String,
}

/// The urgent asks of a month, and what was said about them
#[utoipa::path(get, path = "/urgent", tag = "asks", operation_id = "list_urgent", params(LogParams),
    responses((status = 200, body = UrgentLog), Problems))]
async fn log(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(params): Params<LogParams>,
) -> Result<Json<UrgentLog>, Problem> {
    read(&app, actor, move |tx, actor| async move { asks::urgent_log(&tx, &actor, &params.month).await })
        .await
        .map(Json)
}
