//! Connections: taken as long as there is room, closed when they stay silent, ended when the
//! program stops.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, response::IntoResponse as _};
use edge::Problem;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};
use tower::ServiceExt as _;

/// How long a connection may be silent between two requests, and how long the head of a request
/// may take. Longer than proxies keep a connection: they would send into a closed one.
const HEAD: Duration = Duration::from_secs(75);
/// How long a connection for which there is no room may take to say what it wants.
const REFUSAL: Duration = Duration::from_secs(2);
/// Connections that are being told that there is no room; more are closed without a word.
const REFUSALS: usize = 64;
/// Open files that are not connections: databases, files of people, push and mail.
const OWN_FILES: u64 = 256;
/// More are not taken, however many files may be open.
const MOST: u64 = 65_536;
/// How long to wait when the system cannot give a connection.
const BREATH: Duration = Duration::from_millis(100);

/// How many connections there is room for: what the system allows this process, raised as far as
/// it may raise it itself.
pub(crate) fn connections() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let most = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    // None is no limit.
    let most = most.unwrap_or(MOST + OWN_FILES);
    most.saturating_sub(OWN_FILES).clamp(OWN_FILES, MOST) as usize
}

/// Serves until `ended` turns true, then finishes what was begun.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut ended: watch::Receiver<bool>) {
    let (room, refusals) = (Semaphore::new(connections()), Semaphore::new(REFUSALS));
    let (room, refusals) = (Arc::new(room), Arc::new(refusals));
    let open = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // An error means that the sender is gone: the program is ending too.
            _ = ended.wait_for(|ended| *ended) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        if let Ok(place) = room.clone().try_acquire_owned() {
            tokio::spawn(answer(stream, peer, router.clone(), open.watcher(), place));
        } else if let Ok(place) = refusals.clone().try_acquire_owned() {
            tokio::spawn(refuse(stream, open.watcher(), place));
        }
    }
    drop(listener);
    open.shutdown().await;
}

/// Answers the requests of one connection.
async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
    _place: OwnedSemaphorePermit,
) {
    // Changes are small and must not wait for each other.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    if let Err(error) = watcher.watch(http.serve_connection(TokioIo::new(stream), service)).await {
        tracing::trace!(%error, "a connection ended");
    }
}

/// Reads one request and says that there is no room.
async fn refuse(stream: TcpStream, watcher: Watcher, _place: OwnedSemaphorePermit) {
    let service = hyper::service::service_fn(|_: hyper::Request<Incoming>| async {
        Ok::<_, Infallible>(Problem::overloaded().into_response())
    });
    let mut http = http1::Builder::new();
    http.keep_alive(false).timer(TokioTimer::new()).header_read_timeout(REFUSAL);
    if let Err(error) = watcher.watch(http.serve_connection(TokioIo::new(stream), service)).await {
        tracing::trace!(%error, "a refused connection ended");
    }
}
