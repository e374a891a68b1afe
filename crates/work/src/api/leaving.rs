use axum::extract::State;
use edge::{App, Json, Params, Path, Problem, Problems};
use people::{MemberId, SignedIn, SpaceId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::leaving::{self, Departure, Held, ToLeave};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(held)).routes(routes!(leave))
}

/// Where it is in somebody's hands.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Where {
    /// The space; everywhere without it, which is for admins.
    space: Option<SpaceId>,
}

/// What is in somebody's hands, and who could take it when they leave
#[utoipa::path(get, path = "/members/{member}/held", tag = "work", operation_id = "read_held",
    params(("member" = MemberId, Path), Where), responses((status = 200, body = Held), Problems))]
async fn held(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(member): Path<MemberId>,
    Params(wish): Params<Where>,
) -> Result<Json<Held>, Problem> {
    read(&app, actor, move |tx, actor| async move { leaving::see(&tx, &actor, member, wish.space).await })
        .await
}

/// Remove a member, or take one out of a space, and give what is in their hands to others
#[utoipa::path(post, path = "/members/{member}/leave", tag = "work", operation_id = "leave_to_others",
    request_body = ToLeave, params(("member" = MemberId, Path)),
    responses((status = 200, body = Departure), Problems))]
async fn leave(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(member): Path<MemberId>,
    Json(wish): Json<ToLeave>,
) -> Result<Json<Departure>, Problem> {
    Ok(Json(Box::pin(leaving::leave(&app, &actor, member, wish)).await?))
}
