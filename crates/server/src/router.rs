//! All routes joined, and what holds for every request.

use std::{any::Any, net::SocketAddr, time::Duration};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderName, HeaderValue, StatusCode, Uri},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use edge::{App, Problem};
use store::Migration;
use tokio::{net::TcpListener, sync::watch};
use tower_http::{catch_panic::CatchPanicLayer, classify::ServerErrorsFailureClass, trace::TraceLayer};
use tracing::Span;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    Hub, admin, client, listen, live,
    load::{self, Load},
    spec::{Base, finished},
};

/// The largest body of a JSON request, in bytes. Uploads stream and have their own limit.
const LARGEST_BODY: usize = 1024 * 1024;

/// The header with the server's time, RFC 3339.
const NOW: HeaderName = HeaderName::from_static("meridian-now");

/// Every table of the product, in the order in which they build on each other.
pub fn migrations() -> Vec<Migration> {
    [store::MIGRATIONS, people::MIGRATIONS, topics::MIGRATIONS, work::MIGRATIONS, connect::MIGRATIONS]
        .concat()
}

pub(crate) fn api_router() -> OpenApiRouter<App> {
    let trades = OpenApiRouter::new()
        .merge(people::routes())
        .merge(topics::routes())
        .merge(work::routes())
        .merge(connect::routes())
        .merge(live::routes())
        .merge(admin::routes());
    OpenApiRouter::with_openapi(Base::openapi()).nest("/api/v1", trades)
}

/// The whole program as a router: the API, its specification, and the client everywhere else.
pub fn api(app: App, hub: Hub) -> Router {
    router(app, hub, Load::default())
}

fn router(app: App, hub: Hub, load: Load) -> Router {
    let (router, document) = api_router().split_for_parts();
    let specification = serde_json::to_string(&finished(document)).unwrap_or_default();
    let openapi = get(move || async move { ([("content-type", "application/json")], specification) });
    let nowhere = Router::new().fallback(|_: Uri| async {
        Problem::new(StatusCode::NOT_FOUND, "There is nothing at this address.")
    });
    router
        .route("/api/v1/openapi.json", openapi)
        .nest("/api", nowhere)
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This address does not take this method.")
        })
        .fallback(client::serve)
        .layer(middleware::from_fn_with_state(load, load::bounded))
        .layer(middleware::map_response_with_state(app.clone(), timed))
        .layer(Extension(hub))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TraceLayer::new_for_http().on_failure(failed))
        .with_state(app)
}

/// Says what time it is here: a device whose clock is wrong still shows and writes the right times.
async fn timed(State(app): State<App>, mut response: Response) -> Response {
    let now = app.context.clock.now().to_string();
    if let Ok(now) = HeaderValue::from_str(&now) {
        response.headers_mut().insert(NOW, now);
    }
    response
}

/// What was refused because there was no room is no failure, and comes by the thousand: a line for
/// each would be more work than the requests.
fn failed(class: ServerErrorsFailureClass, latency: Duration, _: &Span) {
    match class {
        ServerErrorsFailureClass::StatusCode(StatusCode::SERVICE_UNAVAILABLE) => {
            tracing::debug!(?latency, "refused: no room");
        }
        class => tracing::error!(%class, ?latency, "a request failed"),
    }
}

fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let message = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    Problem::internal(&std::io::Error::other(format!("a handler panicked: {message}"))).into_response()
}

/// The program listening for requests.
pub struct Server {
    listener: TcpListener,
    app: App,
}

impl Server {
    /// Takes the address; port 0 takes any free one.
    pub async fn bind(address: SocketAddr, app: App) -> std::io::Result<Self> {
        Ok(Self { listener: TcpListener::bind(address).await?, app })
    }

    /// Where it listens.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until `ended` turns true: then no new request is taken, live streams end, and
    /// what was begun is finished.
    pub async fn run(self, ended: watch::Receiver<bool>) -> std::io::Result<()> {
        let hub = Hub::new(self.app.context.db.clone(), ended.clone());
        let load = Load::default();
        let _watch = load.watch();
        listen::serve(self.listener, router(self.app, hub, load), ended).await;
        Ok(())
    }
}
