use axum::{extract::State, http::StatusCode, response::Response};
use edge::{App, Json, Path, Problem, Problems};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{self, Items},
    sessions::SignedInAs,
    start::welcome,
    visitor::Visitor,
};
use crate::{
    InvitationId, SignedIn,
    invitations::{self, Acceptance, CreatedInvitation, Invitation, NewInvitation, OpenInvitation},
    sign_in::PER_ADDRESS,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_invitations, create_invitation))
        .routes(routes!(revoke_invitation))
        .routes(routes!(open_invitation))
        .routes(routes!(accept_invitation))
}

/// Invite somebody by a link
#[utoipa::path(post, path = "/invitations", tag = "invitations", request_body = NewInvitation,
    responses((status = 201, description = "Made", body = CreatedInvitation), Problems))]
async fn create_invitation(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(new): Json<NewInvitation>,
) -> Result<(StatusCode, Json<CreatedInvitation>), Problem> {
    let created =
        answers::write(
            &app,
            actor,
            move |tx, actor| async move { invitations::create(&tx, &actor, new).await },
        );
    Ok((StatusCode::CREATED, Json(created.await?)))
}

/// The invitations of the workspace
#[utoipa::path(get, path = "/invitations", tag = "invitations",
    responses((status = 200, description = "The list", body = Items<Invitation>), Problems))]
async fn list_invitations(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Items<Invitation>>, Problem> {
    answers::items(&app, &actor, |tx, actor| async move { invitations::list(&tx, &actor).await }).await
}

/// Take an invitation back
#[utoipa::path(delete, path = "/invitations/{invitation}", tag = "invitations",
    params(("invitation" = InvitationId, Path)), responses((status = 204, description = "Done"), Problems))]
async fn revoke_invitation(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<InvitationId>,
) -> Result<StatusCode, Problem> {
    answers::write(&app, actor, move |tx, actor| async move { invitations::revoke(&tx, &actor, id).await })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an invitation's link leads to
#[utoipa::path(get, path = "/invitations/open/{secret}", security(()), tag = "invitations",
    params(("secret" = String, Path)), responses((status = 200, description = "The answer", body = OpenInvitation), Problems))]
async fn open_invitation(
    State(app): State<App>,
    Path(secret): Path<String>,
) -> Result<Json<OpenInvitation>, Problem> {
    let now = app.context.clock.now();
    let opened = app.context.db.read(move |tx| async move { invitations::open(&tx, &secret, now).await });
    Ok(Json(opened.await?))
}

/// Become a member
#[utoipa::path(post, path = "/invitations/open/{secret}/accept", security(()), tag = "invitations",
    params(("secret" = String, Path)), request_body = Acceptance,
    responses((status = 201, description = "Made", body = SignedInAs), Problems))]
async fn accept_invitation(
    State(app): State<App>,
    Path(secret): Path<String>,
    visitor: Visitor,
    Json(acceptance): Json<Acceptance>,
) -> Result<Response, Problem> {
    let key = format!("accept from {}", visitor.address);
    app.limits.attempt(key, PER_ADDRESS, app.context.clock.now())?;
    let proved = invitations::accept(&app.context, &secret, acceptance).await?;
    welcome(&app, &visitor, proved, SignedInAs { member: proved.member }).await
}
