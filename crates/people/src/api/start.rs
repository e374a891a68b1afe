use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use edge::{App, Json, Problem, Problems};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{answers, visitor::Visitor};
use crate::{
    Error, MemberId, SignedIn, Workspace,
    settings::{self, Settings, SettingsPatch},
    sign_in::{self, Proved},
    workspaces::{self, SetUp},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(state)).routes(routes!(set_up)).routes(routes!(change_settings))
}

/// How the server stands to whoever asks.
#[derive(Debug, Serialize, ToSchema)]
struct ServerState {
    /// The version of the server.
    version: &'static str,
    /// Whether the first workspace is still to be made.
    needs_setup: bool,
    /// How many workspaces there are.
    workspaces: i64,
    /// Whether whoever asks is signed in.
    signed_in: bool,
}

/// What the first start made.
#[derive(Debug, Serialize, ToSchema)]
struct SetUpDone {
    /// The owner, who is signed in now.
    member: MemberId,
    /// The workspace.
    workspace: Workspace,
}

/// How the server stands
#[utoipa::path(get, path = "/state", security(()), tag = "start",
    responses((status = 200, description = "The answer", body = ServerState), Problems))]
async fn state(State(app): State<App>, signed_in: Option<SignedIn>) -> Result<Json<ServerState>, Problem> {
    let workspaces =
        app.context.db.read(|tx| async move { workspaces::count(&tx).await }).await.map_err(Problem::from)?;
    Ok(Json(ServerState {
        version: env!("CARGO_PKG_VERSION"),
        needs_setup: workspaces == 0,
        workspaces,
        signed_in: signed_in.is_some(),
    }))
}

/// Make the first workspace and its owner
#[utoipa::path(post, path = "/setup", security(()), tag = "start", request_body = SetUp,
    responses((status = 201, description = "Made", body = SetUpDone), Problems))]
async fn set_up(
    State(app): State<App>,
    visitor: Visitor,
    Json(input): Json<SetUp>,
) -> Result<Response, Problem> {
    let founded = workspaces::set_up(&app.context, input).await?;
    let id = founded.workspace;
    let workspace = app.context.db.read(move |tx| async move { workspaces::read(&tx, id).await });
    let workspace = workspace.await.map_err(Problem::from)?;
    let proved = Proved { workspace: founded.workspace, member: founded.member };
    welcome(&app, &visitor, proved, SetUpDone { member: founded.member, workspace }).await
}

/// Change how the client looks and behaves for me
#[utoipa::path(patch, path = "/me/settings", tag = "start", request_body = SettingsPatch,
    responses((status = 200, description = "The answer", body = Settings), Problems))]
async fn change_settings(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(patch): Json<SettingsPatch>,
) -> Result<Json<Settings>, Problem> {
    let changed =
        answers::write(
            &app,
            actor,
            move |tx, actor| async move { settings::change(&tx, &actor, patch).await },
        );
    changed.await.map(Json)
}

/// Signs in whoever has proved who they are: 201 with the cookie.
pub(super) async fn welcome<T: Serialize>(
    app: &App,
    visitor: &Visitor,
    proved: Proved,
    answer: T,
) -> Result<Response, Problem> {
    let opened = sign_in::open_session(&app.context, proved, visitor.label.clone()).await;
    let secret = opened.map_err(|error: Error| Problem::from(error))?;
    let cookie: HeaderMap =
        visitor.keep(&secret).map(|cookie| (header::SET_COOKIE, cookie)).into_iter().collect();
    Ok((StatusCode::CREATED, cookie, Json(answer)).into_response())
}
