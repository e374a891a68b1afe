use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use edge::{App, Json, Path, Problem, Problems};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{self, Items},
    start::welcome,
    visitor::Visitor,
};
use crate::{
    MemberId, SessionId, SignedIn, TokenId,
    sessions::{self, Credential, Session},
    sign_in::{self, Credentials, NewPassword},
    tokens::{self, CreatedToken, NewToken, Token},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(sign_in, list_sessions))
        .routes(routes!(sign_out))
        .routes(routes!(end_session))
        .routes(routes!(change_password))
        .routes(routes!(list_tokens, create_token))
        .routes(routes!(revoke_token))
}

/// Who is signed in now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignedInAs {
    /// The member.
    pub member: MemberId,
}

/// The hash of the session's secret that came with a request.
fn current(headers: &HeaderMap) -> Option<[u8; 32]> {
    Credential::of(headers).and_then(|credential| credential.session())
}

/// Sign in with e-mail and password
#[utoipa::path(post, path = "/sessions", security(()), tag = "sessions", request_body = Credentials,
    responses((status = 201, description = "Made", body = SignedInAs), Problems))]
async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    Json(credentials): Json<Credentials>,
) -> Result<Response, Problem> {
    let proved = sign_in::sign_in(&app, &visitor.address, credentials).await?;
    let proved =
        proved.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "E-mail or password is wrong."))?;
    welcome(&app, &visitor, proved, SignedInAs { member: proved.member }).await
}

/// Sign out
#[utoipa::path(delete, path = "/sessions/current", tag = "sessions",
    responses((status = 204, description = "Done"), Problems))]
async fn sign_out(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(secret) = current(&headers) {
        answers::write(&app, actor, move |tx, _| async move { sessions::end_current(&tx, secret).await })
            .await?;
    }
    let cookie: HeaderMap = visitor.forget().map(|cookie| (header::SET_COOKIE, cookie)).into_iter().collect();
    Ok((StatusCode::NO_CONTENT, cookie).into_response())
}

/// Where I am signed in
#[utoipa::path(get, path = "/sessions", tag = "sessions",
    responses((status = 200, description = "The list", body = Items<Session>), Problems))]
async fn list_sessions(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    headers: HeaderMap,
) -> Result<Json<Items<Session>>, Problem> {
    let current = current(&headers);
    answers::items(&app, &actor, move |tx, actor| async move { sessions::list(&tx, &actor, current).await })
        .await
}

/// Sign out elsewhere
#[utoipa::path(delete, path = "/sessions/{session}", tag = "sessions",
    params(("session" = SessionId, Path)), responses((status = 204, description = "Done"), Problems))]
async fn end_session(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(session): Path<SessionId>,
) -> Result<StatusCode, Problem> {
    answers::write(&app, actor, move |tx, actor| async move { sessions::end(&tx, &actor, session).await })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change my password
#[utoipa::path(post, path = "/password", tag = "sessions", request_body = NewPassword,
    responses((status = 204, description = "Done"), Problems))]
async fn change_password(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    headers: HeaderMap,
    Json(passwords): Json<NewPassword>,
) -> Result<StatusCode, Problem> {
    sign_in::change_password(&app, &actor, current(&headers), passwords).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// My API tokens
#[utoipa::path(get, path = "/tokens", tag = "tokens",
    responses((status = 200, description = "The list", body = Items<Token>), Problems))]
async fn list_tokens(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Items<Token>>, Problem> {
    answers::items(&app, &actor, |tx, actor| async move { tokens::list(&tx, &actor).await }).await
}

/// Make an API token
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = NewToken,
    responses((status = 201, description = "Made", body = CreatedToken), Problems))]
async fn create_token(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(new): Json<NewToken>,
) -> Result<(StatusCode, Json<CreatedToken>), Problem> {
    let created = answers::write(&app, actor, move |tx, actor| async move {
        tokens::create(&tx, actor.workspace, actor.member, &new.label, actor.at, &actor.ids).await
    });
    Ok((StatusCode::CREATED, Json(created.await?)))
}

/// Revoke an API token
#[utoipa::path(delete, path = "/tokens/{token}", tag = "tokens",
    params(("token" = TokenId, Path)), responses((status = 204, description = "Done"), Problems))]
async fn revoke_token(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(token): Path<TokenId>,
) -> Result<StatusCode, Problem> {
    answers::write(&app, actor, move |tx, actor| async move { tokens::revoke(&tx, &actor, token).await })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
