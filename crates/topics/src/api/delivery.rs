use axum::extract::State;
use edge::{App, Json, Nothing, Problem, Problems, Write, Written, commit};
use jiff::Timestamp;
use people::{MemberId, SignedIn, delivery::DeliveryPatch};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::{
    Error,
    delivery::{self, Arrivals, DeliveryAnswer, PlanPreview},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_delivery, change_delivery))
        .routes(routes!(preview_delivery))
        .routes(routes!(check_delivery))
        .routes(routes!(preview_arrivals))
}

/// How things reach me
#[utoipa::path(get, path = "/me/delivery", tag = "delivery", operation_id = "read_delivery",
    responses((status = 200, body = DeliveryAnswer), Problems))]
async fn read_delivery(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<DeliveryAnswer>, Problem> {
    read(&app, actor, |tx, actor| async move { delivery::read(&tx, &actor).await }).await.map(Json)
}

/// Change how things reach me
#[utoipa::path(patch, path = "/me/delivery", tag = "delivery", operation_id = "change_delivery",
    request_body = DeliveryPatch, responses((status = 200, body = Written), Problems))]
async fn change_delivery(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    write: Write<DeliveryPatch>,
) -> Result<Json<Written>, Problem> {
    commit(
        &app,
        actor.writer(),
        write,
        move |tx, patch| async move { delivery::change(&tx, &actor, patch).await },
    )
    .await
}

/// The coming deliveries of a plan.
#[derive(Debug, Serialize, ToSchema)]
struct Coming {
    /// The next six.
    coming: Vec<Timestamp>,
}

/// When things would arrive by another plan, nothing saved
#[utoipa::path(post, path = "/me/delivery/preview", tag = "delivery", operation_id = "preview_delivery",
    request_body = PlanPreview, responses((status = 200, body = Coming), Problems))]
async fn preview_delivery(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(planned): Json<PlanPreview>,
) -> Result<Json<Coming>, Problem> {
    let coming =
        read(&app, actor, |tx, actor| async move { delivery::preview(&tx, &actor, planned).await }).await?;
    Ok(Json(Coming { coming }))
}

/// Look now: everything arrives
#[utoipa::path(post, path = "/me/delivery/check", tag = "delivery", operation_id = "check_delivery",
    responses((status = 200, body = Written), Problems))]
async fn check_delivery(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    nothing: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), nothing, move |tx, _| async move {
        delivery::check(&tx, &actor).await?;
        Ok::<_, Error>(())
    })
    .await
}

/// Whom a post would go to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ArrivalsRequest {
    /// At most 50.
    #[schema(max_items = 50)]
    members: Vec<MemberId>,
    /// When it would be sent; now when absent.
    #[serde(default)]
    at: Option<Timestamp>,
}

/// When a post would reach each person
#[utoipa::path(post, path = "/arrivals/preview", tag = "delivery", operation_id = "preview_arrivals",
    request_body = ArrivalsRequest, responses((status = 200, body = Arrivals), Problems))]
async fn preview_arrivals(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(request): Json<ArrivalsRequest>,
) -> Result<Json<Arrivals>, Problem> {
    let at = request.at.unwrap_or(actor.at);
    read(
        &app,
        actor,
        move |tx, actor| async move { delivery::arrivals(&tx, &actor, &request.members, at).await },
    )
    .await
    .map(Json)
}
