//! The routes of this crate: nothing but translation between HTTP and the functions beside it.

mod feeds;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use edge::{App, Json, Path, Problem, Problems};
use people::{Actor, Items, SignedIn};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Result, SubscriptionId,
    mailing::{self, Tested},
    outside::Outside,
    push::{self, NewSubscription, Subscription},
    unsubscribe,
};

/// All routes, below `/api/v1`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_push_key))
        .routes(routes!(list_push, keep_push))
        .routes(routes!(end_push))
        .routes(routes!(test_push))
        .routes(routes!(test_mail))
        .routes(routes!(ask_to_unsubscribe, unsubscribe))
        .merge(feeds::routes())
}

/// The key by which push services know this server.
#[derive(Debug, Serialize, ToSchema)]
struct PushKeyAnswer {
    /// `applicationServerKey` in base64url.
    key: String,
}

/// A page.
#[derive(ToSchema)]
#[schema(value_type = String)]
struct Page(#[expect(dead_code, reason = "it only names the text in the specification")] String);

/// Writes what others do not see: no receipt, no change.
async fn write<T, F, Fut>(app: &App, actor: Actor, work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce(Tx, Actor) -> Fut + Send + 'static,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let written = app.context.db.write(move |tx| async move { work(tx, actor).await });
    Ok(written.await?.value)
}

/// The key that a browser needs to subscribe
#[utoipa::path(get, path = "/push/key", tag = "push",
    responses((status = 200, body = PushKeyAnswer), Problems))]
async fn read_push_key(
    State(app): State<App>,
    SignedIn(_): SignedIn,
) -> Result<Json<PushKeyAnswer>, Problem> {
    Ok(Json(PushKeyAnswer { key: push::key(&app.context).await?.public() }))
}

/// My browsers that are told by push
#[utoipa::path(get, path = "/me/push", tag = "push",
    responses((status = 200, body = Items<Subscription>), Problems))]
async fn list_push(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Items<Subscription>>, Problem> {
    let read = app.context.db.read(move |tx| async move {
        let seq = tx.head(actor.workspace.uuid()).await?;
        Ok::<_, crate::Error>(Items { seq, items: push::list(&tx, &actor).await? })
    });
    Ok(Json(read.await?))
}

/// Tell this browser by push
#[utoipa::path(put, path = "/me/push", tag = "push", request_body = NewSubscription,
    responses((status = 204, description = "Done"), Problems))]
async fn keep_push(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(new): Json<NewSubscription>,
) -> Result<StatusCode, Problem> {
    let outside = Outside::new(&app.site.outbound);
    write(&app, actor, move |tx, actor| async move { push::keep(&tx, &actor, &outside, new).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tell a browser no longer
#[utoipa::path(delete, path = "/me/push/{id}", tag = "push", params(("id" = String, Path)),
    responses((status = 204, description = "Done"), Problems))]
async fn end_push(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<SubscriptionId>,
) -> Result<StatusCode, Problem> {
    write(&app, actor, move |tx, actor| async move { push::end(&tx, &actor, id).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a push to my browsers, to see whether it arrives
#[utoipa::path(post, path = "/me/push/test", tag = "push",
    responses((status = 202, description = "It is on its way"), Problems))]
async fn test_push(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<StatusCode, Problem> {
    write(&app, actor, |tx, actor| async move { push::ask_for_test(&tx, &actor).await }).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Send a mail to me, to see whether mail works; for admins
#[utoipa::path(post, path = "/admin/mail-test", tag = "admin",
    responses(
        (status = 202, description = "The mail server took it"),
        (status = 502, description = "The mail server did not take it; the detail says why",
            body = Problem, content_type = "application/problem+json"),
        Problems,
    ))]
async fn test_mail(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<StatusCode, Problem> {
    match mailing::test(&app, &actor).await? {
        Tested::Taken => Ok(StatusCode::ACCEPTED),
        Tested::NotTaken(problem) => Err(Problem::new(StatusCode::BAD_GATEWAY, problem)),
    }
}

/// The page behind the link at the end of a mail
#[utoipa::path(get, path = "/unsubscribe/{token}", tag = "mail", security(()), params(("token" = String, Path)),
    responses((status = 200, description = "A page with a button", body = Page, content_type = "text/html"), Problems))]
async fn ask_to_unsubscribe(State(app): State<App>, Path(token): Path<String>) -> Result<Response, Problem> {
    Ok(page(unsubscribe::open(&app.context, &token).await?.question()))
}

/// End the mails that the link is about, with one click (RFC 8058)
#[utoipa::path(post, path = "/unsubscribe/{token}", tag = "mail", security(()), params(("token" = String, Path)),
    responses((status = 200, description = "A page that says so", body = Page, content_type = "text/html"), Problems))]
async fn unsubscribe(State(app): State<App>, Path(token): Path<String>) -> Result<Response, Problem> {
    let link = unsubscribe::open(&app.context, &token).await?;
    let now = app.context.clock.now();
    let answer = link.answer();
    app.context.db.write(move |tx| async move { link.follow(&tx, now).await }).await?;
    Ok(page(answer))
}

fn page(html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
        ),
    ];
    (headers, html).into_response()
}
