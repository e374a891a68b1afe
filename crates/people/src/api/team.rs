use axum::extract::State;
use edge::{App, Json, Nothing, Params, Problem, Problems, Write, Written};
use jiff::Timestamp;
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers;
use crate::{
    GroupId, Holiday, MemberId, SignedIn, SpaceId,
    holidays::{self, HolidaySource, NewHolidays},
    team::{self, TeamTime, Who},
    travel::{self, NewTravel},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(read_holidays, set_holidays, remove_holidays))
        .routes(routes!(set_travel, end_travel))
        .routes(routes!(read_team_time))
}

/// My public holidays.
#[derive(Debug, Serialize, ToSchema)]
struct HolidayList {
    /// The number at which it was read.
    seq: i64,
    /// Where they come from.
    source: HolidaySource,
    /// From 30 days ago on, by date.
    items: Vec<Holiday>,
}

/// My public holidays
#[utoipa::path(get, path = "/me/holidays", tag = "time",
    responses((status = 200, description = "The list", body = HolidayList), Problems))]
async fn read_holidays(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<HolidayList>, Problem> {
    let (seq, found) =
        answers::read(&app, &actor, |tx, actor| async move { holidays::read(&tx, &actor).await }).await?;
    Ok(Json(HolidayList { seq, source: found.source, items: found.days }))
}

/// Take my public holidays from a file or an address
#[utoipa::path(put, path = "/me/holidays", tag = "time", request_body = NewHolidays,
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn set_holidays(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    new: Write<NewHolidays>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, new, |tx, actor, new| async move { holidays::set(&tx, &actor, new).await })
        .await
}

/// Have no public holidays
#[utoipa::path(delete, path = "/me/holidays", tag = "time",
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn remove_holidays(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    nothing: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, nothing, |tx, actor, _| async move { holidays::remove(&tx, &actor).await })
        .await
}

/// Work somewhere else until the end of a day there
#[utoipa::path(put, path = "/me/travel", tag = "time", request_body = NewTravel,
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn set_travel(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    new: Write<NewTravel>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, new, |tx, actor, new| async move { travel::set(&tx, &actor, new).await })
        .await
}

/// I am back where I work otherwise
#[utoipa::path(delete, path = "/me/travel", tag = "time",
    responses((status = 200, description = "The rows as they are now", body = Written), Problems))]
async fn end_travel(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    nothing: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    answers::share(&app, actor, nothing, |tx, actor, _| async move { travel::end(&tx, &actor).await }).await
}

/// Whose time, and when. Everybody whom I see when nobody is said.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TeamParams {
    /// Those in this space.
    space: Option<SpaceId>,
    /// Or those in this group.
    group: Option<GroupId>,
    /// Or these, at most 500, with commas between them.
    members: Option<String>,
    /// From when on; from my midnight when absent. Within a year.
    from: Option<Timestamp>,
    /// How many of my days, 1 to 7; one when absent.
    #[param(minimum = 1, maximum = 7)]
    days: Option<u32>,
}

/// When a team works, and what it has in common
#[utoipa::path(get, path = "/time/team", tag = "time", params(TeamParams),
    responses((status = 200, description = "The answer", body = TeamTime), Problems))]
async fn read_team_time(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(params): Params<TeamParams>,
) -> Result<Json<TeamTime>, Problem> {
    let members = params.members.as_deref().map(ids).transpose()?;
    let who = Who { space: params.space, group: params.group, members };
    let (_, answer) = answers::read(&app, &actor, move |tx, actor| async move {
        team::read(&tx, &actor, who, params.from, params.days).await
    })
    .await?;
    Ok(Json(answer))
}

fn ids(list: &str) -> Result<Vec<MemberId>, Refusal> {
    let id = |text: &str| text.trim().parse::<MemberId>();
    let ids = list.split(',').filter(|text| !text.trim().is_empty()).map(id);
    ids.collect::<Result<_, _>>()
        .map_err(|_| Refusal::invalid_because("members", "are not ids", "such as mem_…,mem_…"))
}
