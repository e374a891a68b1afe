use axum::extract::State;
use edge::{App, Json, Nothing, Path, Problem, Problems, Write, Written};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{self, Items};
use crate::{
    MemberId, MemberTime, SignedIn, TimeOffId,
    schedules::{self, NewSchedule},
    time_off::{self, NewTimeOff, TimeOff, TimeOffPatch},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(set_schedule, remove_schedule))
        .routes(routes!(list_time_off))
        .routes(routes!(add_time_off))
        .routes(routes!(change_time_off, remove_time_off))
        .routes(routes!(preview))
}

/// A schedule to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TimePreview {
    /// The schedule; one's own when absent.
    #[serde(default)]
    schedule: Option<NewSchedule>,
    /// At what time; now when absent.
    #[serde(default)]
    at: Option<Timestamp>,
}

/// Set my zone and weekly hours
#[utoipa::path(put, path = "/members/{member}/schedule", tag = "time",
    params(("member" = MemberId, Path)), request_body = NewSchedule,
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn set_schedule(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(member): Path<MemberId>,
    schedule: Write<NewSchedule>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, schedule, move |tx, actor, schedule| async move {
        schedules::set(&tx, &actor, member, &schedule).await
    })
    .await
}

/// Take my hours away: they are unknown from now on
#[utoipa::path(delete, path = "/members/{member}/schedule", tag = "time",
    params(("member" = MemberId, Path)), responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn remove_schedule(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(member): Path<MemberId>,
    nothing: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, nothing, move |tx, actor, _| async move {
        schedules::remove(&tx, &actor, member).await
    })
    .await
}

/// When a member is away
#[utoipa::path(get, path = "/members/{member}/time-off", tag = "time",
    params(("member" = MemberId, Path)), responses((status = 200, description = "The list", body = Items<TimeOff>), Problems))]
async fn list_time_off(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(member): Path<MemberId>,
) -> Result<Json<Items<TimeOff>>, Problem> {
    answers::items(&app, &actor, move |tx, actor| async move { time_off::list(&tx, &actor, member).await })
        .await
}

/// Add time off of mine
#[utoipa::path(post, path = "/time-off", tag = "time", request_body = NewTimeOff,
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn add_time_off(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    new: Write<NewTimeOff>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, new, |tx, actor, new| async move { time_off::create(&tx, &actor, new).await })
        .await
}

/// Change time off of mine
#[utoipa::path(patch, path = "/time-off/{time_off}", tag = "time",
    params(("time_off" = TimeOffId, Path)), request_body = TimeOffPatch,
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn change_time_off(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TimeOffId>,
    patch: Write<TimeOffPatch>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, patch, move |tx, actor, patch| async move {
        time_off::change(&tx, &actor, id, patch).await
    })
    .await
}

/// Take time off of mine away
#[utoipa::path(delete, path = "/time-off/{time_off}", tag = "time",
    params(("time_off" = TimeOffId, Path)), responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn remove_time_off(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TimeOffId>,
    nothing: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, nothing, move |tx, actor, _| async move {
        time_off::remove(&tx, &actor, id).await
    })
    .await
}

/// What a schedule would mean, nothing saved
#[utoipa::path(post, path = "/time/preview", tag = "time", request_body = TimePreview,
    responses((status = 200, description = "The answer", body = MemberTime), Problems))]
async fn preview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(preview): Json<TimePreview>,
) -> Result<Json<MemberTime>, Problem> {
    let at = preview.at.unwrap_or(actor.at);
    let (_, time) = answers::read(&app, &actor, move |tx, actor| async move {
        schedules::preview(&tx, &actor, preview.schedule, at).await
    })
    .await?;
    Ok(Json(time))
}
