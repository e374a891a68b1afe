//! What the server does when more is asked of it than it can do: it says so at once, with the
//! time after which to try again, and never lets a request hang.
//!
//! Requests in progress are counted; one above the bound is refused before it costs anything. What
//! carries files is counted apart, because it takes long without taking much. When the processors
//! have more to do than they can, requests wait before anybody has counted them: [`Delay`] sees
//! that, and they are refused until the work is caught up with. A body has to go on arriving. How
//! long a transaction waits for its turn is the store's ([`store::Options`]), how long a connection
//! may stay silent is in [`crate::listen`].

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream, Bytes, HttpBody as _},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use edge::Problem;
use futures::{Stream, StreamExt as _, stream};
use people::MemberId;
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    task::AbortHandle,
    time::{Instant, sleep, timeout_at},
};

/// Requests in progress. Each waits for the one writer at most, so this is also how long that
/// line can become.
const REQUESTS: usize = 512;
/// Files and pictures on their way in or out.
const TRANSFERS: usize = 128;
/// Live streams of one member: every tab of every device, and connections that nobody has noticed
/// to be dead.
const STREAMS_EACH: usize = 256;
/// How many live streams check at once what their readers may see.
const STREAM_TURNS: usize = 16;

/// How long a body may pause.
const PAUSE: Duration = Duration::from_secs(20);
/// How long a body may take that is no file; clients give up then.
const WHOLE: Duration = Duration::from_secs(30);

/// How often it is looked at how late the work is, while requests come.
const LOOK: Duration = Duration::from_millis(50);
/// Work that is later than this is too late …
const LATE: Duration = Duration::from_secs(1);
/// … when it has been so for this long: a pause of the machine is no overload.
const FOR: Duration = Duration::from_secs(1);

/// Counts what is in progress. Clones share it.
#[derive(Clone)]
pub(crate) struct Load {
    requests: Arc<Semaphore>,
    transfers: Arc<Semaphore>,
    pause: Duration,
    delay: Arc<Delay>,
}

impl Default for Load {
    fn default() -> Self {
        Self::of(REQUESTS, TRANSFERS, PAUSE)
    }
}

impl Load {
    fn of(requests: usize, transfers: usize, pause: Duration) -> Self {
        let (requests, transfers) = (Semaphore::new(requests), Semaphore::new(transfers));
        let (requests, transfers) = (Arc::new(requests), Arc::new(transfers));
        Self { requests, transfers, pause, delay: Arc::default() }
    }

    /// From now on it is seen when requests wait too long for a processor, until what this answers is
    /// dropped. For a server with processors of its own: where one thread does everything, whoever
    /// makes the requests is what they wait for.
    pub(crate) fn watch(&self) -> Watch {
        Watch(tokio::spawn(self.delay.clone().watch()).abort_handle())
    }
}

/// Ends the task that watches the delay.
pub(crate) struct Watch(AbortHandle);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whether requests wait too long for a processor: a task that wants to go on after a moment goes on
/// as late as everything else that is ready does.
#[derive(Default)]
struct Delay {
    /// A request has come since somebody last looked.
    busy: AtomicBool,
    begins: Notify,
    too_long: AtomicBool,
}

impl Delay {
    /// A request comes; whether it is one too many.
    fn enter(&self) -> bool {
        if !self.busy.swap(true, Ordering::Relaxed) {
            self.begins.notify_one();
        }
        self.too_long.load(Ordering::Relaxed)
    }

    /// Looks as long as requests come: an idle server does not wake up.
    async fn watch(self: Arc<Self>) {
        loop {
            self.begins.notified().await;
            let mut late = Late::default();
            while self.busy.swap(false, Ordering::Relaxed) {
                let due = Instant::now() + LOOK;
                sleep(LOOK).await;
                let now = Instant::now();
                self.too_long.store(late.is_too_long(now, now - due), Ordering::Relaxed);
            }
            self.too_long.store(false, Ordering::Relaxed);
        }
    }
}

/// Since when the work is late.
#[derive(Debug, Default)]
struct Late {
    since: Option<Instant>,
}

impl Late {
    /// Takes in that the work was so late just now; whether it has been too late for too long.
    fn is_too_long(&mut self, now: Instant, late: Duration) -> bool {
        if late < LATE {
            self.since = None;
            return false;
        }
        // What is this late now was late already when it became ready.
        now - *self.since.get_or_insert(now - late) >= FOR + LATE
    }
}

/// What a request is, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Whether the server is alive, and the client's own files: these cost next to nothing.
    Free,
    /// A file or a picture.
    Transfer,
    /// Everything else.
    Request,
}

impl Sort {
    fn of(path: &str) -> Self {
        match path.strip_prefix("/api/v1/") {
            None | Some("health") => Self::Free,
            Some(path) if is_transfer(path) => Self::Transfer,
            Some(_) => Self::Request,
        }
    }
}

fn is_transfer(path: &str) -> bool {
    path.starts_with("files") || path.starts_with("pictures") || path.ends_with("/picture")
}

/// Lets a request through, or refuses it at once. It counts until its answer begins.
pub(crate) async fn bounded(State(load): State<Load>, request: Request, next: Next) -> Response {
    let sort = Sort::of(request.uri().path());
    let places = match sort {
        Sort::Free => return next.run(request).await,
        Sort::Transfer => &load.transfers,
        Sort::Request => &load.requests,
    };
    if load.delay.enter() {
        return Problem::overloaded().into_response();
    }
    let Ok(_place) = places.try_acquire() else { return Problem::overloaded().into_response() };
    let stalled = Arc::new(AtomicBool::new(false));
    let patience = Patience { pause: load.pause, whole: (sort == Sort::Request).then_some(WHOLE) };
    let request = arriving(request, patience, &stalled);
    let response = next.run(request).await;
    if stalled.load(Ordering::Relaxed) {
        let detail = "The request did not arrive in time. Send it again.";
        return Problem::new(StatusCode::REQUEST_TIMEOUT, detail).into_response();
    }
    response
}

/// How long a body may pause, and how long it may take as a whole.
#[derive(Debug, Clone, Copy)]
struct Patience {
    pause: Duration,
    whole: Option<Duration>,
}

/// The request with a body that fails, and says so in `stalled`, when it does not go on arriving.
fn arriving(request: Request, patience: Patience, stalled: &Arc<AtomicBool>) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    let stalled = stalled.clone();
    request.map(|body| Body::from_stream(watched(body.into_data_stream(), patience, stalled)))
}

fn watched(
    body: BodyDataStream,
    patience: Patience,
    stalled: Arc<AtomicBool>,
) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let end = patience.whole.map(|whole| Instant::now() + whole);
    stream::unfold((body, stalled), move |(mut body, stalled)| async move {
        let pause = Instant::now() + patience.pause;
        let deadline = end.map_or(pause, |end| end.min(pause));
        let Ok(next) = timeout_at(deadline, body.next()).await else {
            stalled.store(true, Ordering::Relaxed);
            let error = axum::Error::new(io::Error::from(io::ErrorKind::TimedOut));
            return Some((Err(error), (body, stalled)));
        };
        next.map(|bytes| (bytes, (body, stalled)))
    })
}

/// The live streams that are open, in total and for each member.
#[derive(Clone)]
pub(crate) struct Streams {
    open: Arc<Mutex<Open>>,
    most: usize,
    turns: Arc<Semaphore>,
}

#[derive(Default)]
struct Open {
    total: usize,
    by_member: HashMap<MemberId, usize>,
}

/// One open stream. Dropped, it makes room for another.
pub(crate) struct Place {
    streams: Streams,
    member: MemberId,
}

impl Streams {
    /// At most `most` at a time.
    pub(crate) fn new(most: usize) -> Self {
        Self { open: Arc::default(), most, turns: Arc::new(Semaphore::new(STREAM_TURNS)) }
    }

    /// Counts one more, or refuses it.
    pub(crate) fn enter(&self, member: MemberId) -> Result<Place, Problem> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Open { total, by_member } = &mut *open;
        let own = by_member.entry(member).or_default();
        if *total >= self.most || *own >= STREAMS_EACH {
            return Err(Problem::overloaded());
        }
        *total += 1;
        *own += 1;
        Ok(Place { streams: self.clone(), member })
    }
}

impl Place {
    /// Waits until this stream may look at the database. They all hear at once that time has passed:
    /// what a read needs in memory is held by a few of them at a time. None while the program ends.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        self.streams.turns.clone().acquire_owned().await.ok()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.total = open.total.saturating_sub(1);
        if let Some(own) = open.by_member.get_mut(&self.member) {
            *own -= 1;
            if *own == 0 {
                open.by_member.remove(&self.member);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware, routing::any};
    use tokio::sync::Notify;
    use tower::ServiceExt as _;

    use super::*;

    async fn status(router: &Router, path: &str) -> StatusCode {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap().status()
    }

    /// A server whose every answer waits until it is let go.
    fn waiting(load: Load) -> (Router, Arc<Notify>) {
        let go = Arc::new(Notify::new());
        let held = go.clone();
        let handler = any(move || async move { held.notified().await });
        let router = Router::new()
            .route("/api/v1/health", any(|| async {}))
            .route("/api/v1/{*rest}", handler)
            .layer(middleware::from_fn_with_state(load, bounded));
        (router, go)
    }

    #[tokio::test]
    async fn one_too_many_is_refused_at_once_and_room_comes_back() {
        let (router, go) = waiting(Load::of(1, 1, PAUSE));
        let mut first = std::pin::pin!(status(&router, "/api/v1/inbox"));
        assert!(futures::poll!(&mut first).is_pending());

        let request = Request::builder().uri("/api/v1/inbox").body(Body::empty()).unwrap();
        let refused = router.clone().oneshot(request).await.unwrap();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers()["retry-after"], "2");
        assert_eq!(status(&router, "/api/v1/health").await, StatusCode::OK);
        let mut file = std::pin::pin!(status(&router, "/api/v1/files/one/content"));
        assert!(futures::poll!(&mut file).is_pending(), "files are counted apart");
        assert_eq!(status(&router, "/api/v1/files").await, StatusCode::SERVICE_UNAVAILABLE);

        go.notify_waiters();
        assert_eq!((first.await, file.await), (StatusCode::OK, StatusCode::OK));
        let mut next = std::pin::pin!(status(&router, "/api/v1/inbox"));
        assert!(futures::poll!(&mut next).is_pending(), "there is room again");
    }

    #[test]
    fn work_that_stays_late_is_too_much_and_a_pause_is_not() {
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let mut late = Late::default();
        let pause = Duration::from_millis(1200);
        assert!(!late.is_too_long(at(1200), pause), "a pause");
        assert!(!late.is_too_long(at(1250), Duration::ZERO));
        assert!(!late.is_too_long(at(2500), pause), "another");
        assert!(late.is_too_long(at(3750), pause), "it has not caught up");
        assert!(late.is_too_long(at(5000), pause));
        assert!(!late.is_too_long(at(5050), LATE / 2), "it has");
        assert!(!late.is_too_long(at(6300), pause), "from the beginning");
    }

    #[tokio::test]
    async fn requests_are_refused_while_the_work_is_too_late() {
        let load = Load::of(8, 8, PAUSE);
        let _watch = load.watch();
        let router = Router::new()
            .route("/api/v1/{*rest}", any(|| async {}))
            .layer(middleware::from_fn_with_state(load.clone(), bounded));
        assert_eq!(status(&router, "/api/v1/inbox").await, StatusCode::OK);
        load.delay.too_long.store(true, Ordering::Relaxed);
        assert_eq!(status(&router, "/api/v1/inbox").await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(&router, "/api/v1/health").await, StatusCode::OK, "whoever asks whether it lives");
        // Nobody comes any more: it has caught up.
        while load.delay.too_long.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
        assert_eq!(status(&router, "/api/v1/inbox").await, StatusCode::OK);
    }

    #[tokio::test]
    async fn a_request_that_nobody_waits_for_any_more_gives_its_place_up() {
        let (router, _go) = waiting(Load::of(1, 1, PAUSE));
        {
            let mut gone = std::pin::pin!(status(&router, "/api/v1/inbox"));
            assert!(futures::poll!(&mut gone).is_pending());
        }
        let mut next = std::pin::pin!(status(&router, "/api/v1/inbox"));
        assert!(futures::poll!(&mut next).is_pending());
    }

    #[tokio::test]
    async fn a_body_that_stops_arriving_is_not_waited_for() {
        let reads = any(|body: Result<Bytes, axum::extract::rejection::BytesRejection>| async move {
            body.map_err(|_| StatusCode::BAD_REQUEST)
        });
        let load = Load::of(1, 1, Duration::from_millis(1));
        let router = Router::new()
            .route("/api/v1/files", reads.clone())
            .route("/api/v1/topics", reads)
            .layer(middleware::from_fn_with_state(load, bounded));
        for path in ["/api/v1/files", "/api/v1/topics"] {
            let begun = stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"begun"))]);
            let body = Body::from_stream(begun.chain(stream::pending()));
            let request = Request::post(path).body(body).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT, "{path}");
        }
        let whole = Request::post("/api/v1/topics").body(Body::from("whole")).unwrap();
        let response = router.oneshot(whole).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }

    #[test]
    fn a_member_has_so_many_streams_and_all_together_have_so_many() {
        let ids = kernel::Ids::seeded(1, kernel::Clock::fixed(jiff::Timestamp::UNIX_EPOCH));
        let (ana, ben) = (ids.make(), ids.make());
        let streams = Streams::new(STREAMS_EACH + 1);
        let mut open: Vec<Place> = (0..STREAMS_EACH).map(|_| streams.enter(ana).unwrap()).collect();
        assert_eq!(streams.enter(ana).err().unwrap().status, 503);
        let other = streams.enter(ben).unwrap();
        open.pop();
        drop(other);
        assert!(streams.enter(ana).is_ok(), "room comes back");
        let _both = (streams.enter(ana).unwrap(), streams.enter(ben).unwrap());
        assert_eq!(streams.enter(ben).err().unwrap().status, 503);
        drop(open);
        assert!(streams.enter(ben).is_ok());
    }
}
