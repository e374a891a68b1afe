use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, OriginalUri, State, rejection::BytesRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use edge::{App, Json, Nothing, Path, Problem, Problems, Write, Written};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

use super::answers::{self, Items};
use crate::{
    Member, MemberId, SignedIn, SpaceId,
    members::{self, MemberPatch},
    pictures,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_members))
        .routes(routes!(see_member))
        .routes(routes!(change_member))
        .routes(routes!(remove_member))
        .routes(routes!(set_picture).layer(DefaultBodyLimit::max(pictures::MOST_BYTES)))
        .routes(routes!(picture))
}

/// A member and where they are.
#[derive(Debug, Serialize, ToSchema)]
struct MemberAnswer {
    /// The number at which it was read.
    seq: i64,
    /// The member.
    member: Member,
    /// The spaces that they are in and the reader may see.
    spaces: Vec<SpaceId>,
}

/// The bytes of a picture.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
struct PictureBytes(#[expect(dead_code, reason = "it only names the bytes in the specification")] Vec<u8>);

/// Everybody whom I may see
#[utoipa::path(get, path = "/members", tag = "members",
    responses((status = 200, description = "The list", body = Items<Member>), Problems))]
async fn list_members(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Items<Member>>, Problem> {
    answers::items(&app, &actor, |tx, actor| async move { members::list(&tx, &actor).await }).await
}

/// A member, by id or slug
#[utoipa::path(get, path = "/members/{member}", tag = "members",
    params(("member" = String, Path, description = "The id or the slug")),
    responses((status = 200, description = "The answer", body = MemberAnswer), Problems))]
async fn see_member(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(member): Path<String>,
) -> Result<Json<MemberAnswer>, Problem> {
    let (seq, (member, spaces)) = answers::read(&app, &actor, move |tx, actor| async move {
        let member = members::see_by_slug_or_id(&tx, &actor, &member).await?;
        let spaces = members::spaces_of(&tx, &actor, member.id).await?;
        Ok((member, spaces))
    })
    .await?;
    Ok(Json(MemberAnswer { seq, member, spaces }))
}

/// Change a member's card or role
#[utoipa::path(patch, path = "/members/{member}", tag = "members",
    params(("member" = MemberId, Path)), request_body = MemberPatch,
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn change_member(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(member): Path<MemberId>,
    patch: Write<MemberPatch>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, patch, move |tx, actor, patch| async move {
        members::change(&tx, &actor, member, patch).await
    })
    .await
}

/// Remove a member
#[utoipa::path(post, path = "/members/{member}/remove", tag = "members",
    params(("member" = MemberId, Path)), responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn remove_member(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(member): Path<MemberId>,
    nothing: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, nothing, move |tx, actor, _| async move {
        members::remove(&tx, &actor, member).await
    })
    .await
}

/// Set a member's picture
#[utoipa::path(put, path = "/members/{member}/picture", tag = "members",
    params(("member" = MemberId, Path)),
    request_body(content = PictureBytes, content_type = "application/octet-stream",
        description = "PNG, JPEG, WebP or GIF, at most 5 MB"),
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn set_picture(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(member): Path<MemberId>,
    OriginalUri(uri): OriginalUri,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Written>, Problem> {
    let bytes = body.map_err(|problem| Problem::new(problem.status(), "A picture has at most 5 MB."))?;
    let mut fingerprint = Sha256::new();
    fingerprint.update("PUT");
    fingerprint.update(uri.path());
    fingerprint.update(&bytes);
    let input = pictures::keep(&app, &actor, member, bytes).await?;
    let key = actor.operation.clone();
    let write = Write { input, key, fingerprint: fingerprint.finalize().to_vec() };
    answers::share(&app, actor, write, move |tx, actor, hash| async move {
        members::set_picture(&tx, &actor, member, &hash).await
    })
    .await
}

/// The bytes of a picture
#[utoipa::path(get, path = "/pictures/{hash}", tag = "members", params(("hash" = String, Path)),
    responses((status = 200, description = "The answer", body = PictureBytes, content_type = "image/*"), Problems))]
async fn picture(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(hash): Path<String>,
) -> Result<Response, Problem> {
    let bytes = pictures::bytes_of(&app, &actor, &hash).await?;
    let media_type = pictures::media_type(&bytes).unwrap_or("application/octet-stream");
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    Ok((StatusCode::OK, headers, bytes).into_response())
}
