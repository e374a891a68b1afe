use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use edge::{App, Json, Path, Problem, Problems};
use people::SignedIn;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::write;
use crate::feeds::{self, Feed};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read_feed, renew_feed, end_feed)).routes(routes!(open_feed))
}

/// A calendar.
#[derive(ToSchema)]
#[schema(value_type = String)]
struct CalendarText(#[expect(dead_code, reason = "it only names the text in the specification")] String);

/// The address of my calendar
#[utoipa::path(get, path = "/me/feed", tag = "feeds",
    responses((status = 200, body = Feed), Problems))]
async fn read_feed(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<Json<Feed>, Problem> {
    Ok(Json(feeds::read(&app.context, &actor).await?))
}

/// Make an address for my calendar, or another one: the one before opens nothing any more
#[utoipa::path(put, path = "/me/feed", tag = "feeds",
    responses((status = 200, body = Feed), Problems))]
async fn renew_feed(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<Json<Feed>, Problem> {
    write(&app, actor.clone(), |tx, actor| async move { feeds::renew(&tx, &actor).await }).await?;
    Ok(Json(feeds::read(&app.context, &actor).await?))
}

/// Take the address of my calendar away
#[utoipa::path(delete, path = "/me/feed", tag = "feeds",
    responses((status = 204, description = "Done"), Problems))]
async fn end_feed(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<StatusCode, Problem> {
    write(&app, actor, |tx, actor| async move { feeds::end(&tx, &actor).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The calendar at a secret address: for calendar programs, without signing in
#[utoipa::path(get, path = "/feeds/{file}", tag = "feeds", security(()), params(("file" = String, Path)),
    responses(
        (status = 200, description = "iCalendar, RFC 5545", body = CalendarText, content_type = "text/calendar"),
        (status = 304, description = "As the `If-None-Match` of the request says"),
        Problems,
    ))]
async fn open_feed(
    State(app): State<App>,
    Path(file): Path<String>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let calendar = feeds::open(&app, &file).await?;
    let known = request.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').any(|known| known.trim().trim_start_matches("W/") == calendar.tag);
    let headers = [
        (header::ETAG, calendar.tag.clone()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, "inline; filename=\"meridian.ics\"".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok(if is_known {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        (headers, calendar.text).into_response()
    })
}
