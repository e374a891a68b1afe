//! Live changes: server-sent events from the change log to everyone who may see a change.
//!
//! A hub for each workspace encodes a change once and shares the bytes. A stream first reads from
//! the log what came after the reader's number, then follows the hub; a reader that is too slow
//! for the hub's ring reads the log again, so the writer never waits and memory stays bounded.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Extension,
    body::Body,
    extract::{FromRequestParts, State},
    http::{HeaderMap, HeaderName, HeaderValue, Request, header},
    response::Response,
};
use bytes::Bytes;
use edge::{App, Json, Params, Problem, Problems};
use futures::{Stream, stream};
use jiff::Timestamp;
use kernel::{Limit, Refusal};
use people::{Actor, MemberId, SignedIn, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{Audience, Change, Db, Subscription, Tx, changes};
use tokio::{
    sync::{broadcast, watch},
    time::interval,
};
use topics::{TopicId, topic};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    listen,
    load::{Place, Streams},
    view::View,
};

/// How many encoded changes the ring of a workspace holds for slow readers.
const RING: usize = 1024;
/// How many changes are read from the log at once. After a start everybody comes back at the same
/// moment, and each holds what it has read until its reader has taken it.
const PAGE: u32 = 64;
/// For how many changes a stream that has nothing to say keeps room.
const FEW: usize = 4;
/// How often every stream of a workspace hears that time has passed: one clock for all of them.
const TICK: Duration = Duration::from_secs(10);
/// After so many ticks without anything to say a stream says that it is alive.
const ALIVE: u8 = 2;
/// After so many ticks a stream checks that its reader is still signed in.
const CHECK_EVERY: u8 = 6;

/// One change of the workspace, as a stream sends it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LiveChange {
    /// Its number in the workspace: without gaps, though not all are for every reader.
    seq: i64,
    /// When.
    at: Timestamp,
    /// Who did it.
    #[schema(required)]
    actor: Option<MemberId>,
    /// What was done: `post.created`, `ask.answered`.
    verb: String,
    /// The `Idempotency-Key` of the request, on the last change that it made.
    #[schema(required)]
    operation: Option<String>,
    /// The rows as they are now.
    #[schema(value_type = Vec<edge::RowChange>)]
    rows: Box<RawValue>,
}

/// Why a reader has to read everything again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reload {
    /// One sentence.
    reason: String,
}

impl From<&Change> for LiveChange {
    fn from(change: &Change) -> Self {
        Self {
            seq: change.seq,
            at: change.at,
            actor: change.actor.map(MemberId::from_uuid),
            verb: change.verb.clone(),
            operation: change.operation.clone(),
            rows: change.rows.clone(),
        }
    }
}

/// A change with its bytes on the wire, and what every reader needs to know of it.
struct Frame {
    change: Arc<Change>,
    bytes: Bytes,
    /// The people of the direct topic that it is about.
    people: HashSet<MemberId>,
    /// Whether it may widen or narrow what members see.
    moves_sight: bool,
}

impl Frame {
    fn new(change: Arc<Change>, people: HashSet<MemberId>) -> Self {
        let bytes = match serde_json::to_string(&LiveChange::from(&*change)) {
            Ok(data) => Bytes::from(format!("id: {}\nevent: change\ndata: {data}\n\n", change.seq)),
            Err(error) => {
                tracing::error!(seq = change.seq, %error, "a change could not be encoded");
                Bytes::new()
            }
        };
        let moves_sight = View::may_change_by(&change);
        Self { change, bytes, people, moves_sight }
    }

    async fn of(db: &Db, change: Arc<Change>) -> Result<Self, topics::Error> {
        let read = change.clone();
        // Most changes are for a space: nothing has to be read for them.
        let people = match change.audience {
            Audience::Topic(_) => db.read(move |tx| async move { people_of(&tx, &read).await }).await?,
            _ => HashSet::new(),
        };
        Ok(Self::new(change, people))
    }
}

/// The people of the direct topic that a change is about.
async fn people_of(tx: &Tx, change: &Change) -> Result<HashSet<MemberId>, topics::Error> {
    let Audience::Topic(topic) = change.audience else { return Ok(HashSet::new()) };
    let (workspace, topic) = (WorkspaceId::from_uuid(change.workspace), TopicId::from_uuid(topic));
    Ok(topic::participants(tx, workspace, topic).await?.into_iter().collect())
}

/// What a ring holds.
#[derive(Clone)]
enum Announced {
    Change(Arc<Frame>),
    /// The log may have a change that was not announced.
    Look,
    /// Time has passed.
    Tick,
}

/// Shares encoded changes with the live streams, a ring for each workspace.
#[derive(Clone)]
pub struct Hub {
    db: Db,
    rings: Arc<Mutex<HashMap<Uuid, broadcast::Sender<Announced>>>>,
    streams: Streams,
    ended: watch::Receiver<bool>,
}

impl Hub {
    /// A hub over the database's bus. When `ended` turns true every stream ends, so that the
    /// program can stop.
    pub fn new(db: Db, ended: watch::Receiver<bool>) -> Self {
        // Each stream keeps a connection: some must be left for requests.
        let most = listen::connections() / 4 * 3;
        Self { db, rings: Arc::default(), streams: Streams::new(most), ended }
    }

    /// Follows a workspace from now on.
    fn follow(&self, workspace: Uuid) -> broadcast::Receiver<Announced> {
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ring) = rings.get(&workspace) {
            return ring.subscribe();
        }
        let (ring, receiver) = broadcast::channel(RING);
        rings.insert(workspace, ring.clone());
        drop(rings);
        // Listen before the caller reads the log: nothing can fall between the two.
        let subscription = self.db.bus().subscribe(workspace);
        tokio::spawn(fill(self.clone(), workspace, subscription, ring));
        receiver
    }

    async fn until_end(&self) {
        let mut ended = self.ended.clone();
        // An error means that the sender is gone: the program is ending too.
        let _ = ended.wait_for(|ended| *ended).await;
    }
}

/// Encodes what the bus announces. When the bus was faster, the readers look into the log. When the
/// program ends, the ring does, and with it every stream.
async fn fill(hub: Hub, workspace: Uuid, mut subscription: Subscription, ring: broadcast::Sender<Announced>) {
    let mut ticks = interval(TICK);
    let mut ended = std::pin::pin!(hub.until_end());
    loop {
        let announced = tokio::select! {
            next = subscription.next() => match next {
                Some(Ok(change)) => announced(&hub.db, change).await,
                Some(Err(_lagged)) => Announced::Look,
                None => break,
            },
            _ = ticks.tick() => Announced::Tick,
            () = &mut ended => break,
        };
        // Nobody listening is no error: the next reader starts from the log.
        let _ = ring.send(announced);
    }
    hub.rings.lock().unwrap_or_else(PoisonError::into_inner).remove(&workspace);
}

async fn announced(db: &Db, change: Arc<Change>) -> Announced {
    match Frame::of(db, change).await {
        Ok(frame) => Announced::Change(Arc::new(frame)),
        Err(error) => {
            tracing::error!(%error, "a change could not be announced");
            Announced::Look
        }
    }
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(follow)).routes(routes!(log))
}

/// From which number on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct After {
    /// The last number that the reader has; without it the stream starts now. `Last-Event-ID`, which a
    /// browser sends when it reconnects, counts more.
    after: Option<i64>,
}

/// Live changes as server-sent events
#[utoipa::path(get, path = "/changes", tag = "changes", operation_id = "follow_changes", params(After),
    responses((status = 200, body = String, content_type = "text/event-stream",
        description = "Events `change` (data: LiveChange, id: its number), `reload` (data: Reload), and `alive` (data: {}) after every 20 s of silence"),
        Problems))]
async fn follow(
    State(app): State<App>,
    Extension(hub): Extension<Hub>,
    SignedIn(actor): SignedIn,
    Params(after): Params<After>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let reader = Reader::open(app, hub, actor, headers, resumed.or(after.after)).await?;
    let mut response = Response::new(Body::from_stream(reader.stream()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// One reader's place in the log.
struct Reader {
    app: App,
    place: Place,
    actor: Actor,
    headers: HeaderMap,
    view: View,
    ring: broadcast::Receiver<Announced>,
    /// The last number that was considered for this reader.
    last: i64,
    /// Whether the log may hold something after `last` that the ring does not.
    behind: bool,
    waiting: VecDeque<Bytes>,
    /// For how many ticks it has said nothing.
    silent: u8,
    /// After how many ticks it checks that its reader is still signed in.
    checks_in: u8,
    over: bool,
}

impl Reader {
    async fn open(
        app: App,
        hub: Hub,
        actor: Actor,
        headers: HeaderMap,
        after: Option<i64>,
    ) -> Result<Self, Problem> {
        let place = hub.streams.enter(actor.member)?;
        // Follow first, then read: nothing can fall between the two.
        let ring = hub.follow(actor.workspace.uuid());
        let workspace = actor.workspace.uuid();
        let asker = actor.clone();
        let (view, head, oldest) = app
            .context
            .db
            .read(move |tx| async move {
                Ok::<_, people::Error>((
                    View::of(&tx, &asker).await?,
                    tx.head(workspace).await?,
                    changes::oldest(&tx, workspace).await?,
                ))
            })
            .await
            .map_err(Problem::from)?;
        let mut waiting = VecDeque::from([Bytes::from_static(b": hello\nretry: 2000\n\n")]);
        let last = after.unwrap_or(head);
        let too_old = oldest.is_some_and(|oldest| last.saturating_add(1) < oldest);
        let mut start = last;
        if too_old || last > head {
            waiting.push_back(reload("The changes after this number are no longer kept."));
            start = head;
        }
        let spread = spread(actor.member);
        Ok(Self {
            app,
            place,
            actor,
            headers: proof(&headers),
            view,
            ring,
            last: start,
            behind: true,
            waiting,
            silent: 0,
            // Not all of them at once.
            checks_in: 1 + spread % CHECK_EVERY,
            over: false,
        })
    }

    fn stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, |mut reader| async move {
            let bytes = reader.next().await?;
            Some((Ok(bytes), reader))
        })
    }

    /// The next bytes for the wire; None ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(bytes) = self.waiting.pop_front() {
                if self.waiting.is_empty() {
                    // Room for a page of the log is not kept for the next change.
                    self.waiting.shrink_to(FEW);
                }
                self.silent = 0;
                return Some(bytes);
            }
            if self.over {
                return None;
            }
            if self.behind {
                // In a box of its own, as all that is rare: a stream that only waits is small.
                Box::pin(self.read_log()).await?;
                continue;
            }
            match self.ring.recv().await {
                Ok(Announced::Change(frame)) if frame.change.seq <= self.last => {}
                Ok(Announced::Change(frame)) if frame.change.seq == self.last + 1 => self.take(&frame).await,
                Ok(Announced::Change(_) | Announced::Look) | Err(broadcast::error::RecvError::Lagged(_)) => {
                    self.behind = true;
                }
                Ok(Announced::Tick) => self.tick().await,
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    async fn tick(&mut self) {
        self.silent += 1;
        if self.silent >= ALIVE {
            self.waiting.push_back(alive());
        }
        self.checks_in -= 1;
        if self.checks_in == 0 {
            self.checks_in = CHECK_EVERY;
            let _turn = self.place.turn().await;
            self.over = !Box::pin(self.look_again()).await;
        }
    }

    async fn read_log(&mut self) -> Option<()> {
        let (workspace, after) = (self.actor.workspace.uuid(), self.last);
        let _turn = self.place.turn().await;
        let page = self.app.context.db.read(move |tx| async move {
            let mut page = Vec::new();
            for change in changes::since(&tx, workspace, after, PAGE).await? {
                let people = people_of(&tx, &change).await?;
                page.push((change, people));
            }
            Ok::<_, topics::Error>(page)
        });
        let page = match page.await {
            Ok(page) => page,
            Err(error) => {
                tracing::error!(%error, "a live stream could not read the log");
                return None;
            }
        };
        self.behind = page.len() == PAGE as usize;
        for (change, people) in page {
            self.take(&Frame::new(Arc::new(change), people)).await;
        }
        Some(())
    }

    /// Puts a change on the wire if the reader may see it.
    async fn take(&mut self, frame: &Frame) {
        self.last = frame.change.seq;
        if frame.moves_sight && !Box::pin(self.look_again()).await {
            self.over = true;
        } else if self.view.covers(&frame.change, &frame.people) {
            self.waiting.push_back(frame.bytes.clone());
        }
    }

    /// Reads again what the reader may see; false when they are no longer signed in.
    async fn look_again(&mut self) -> bool {
        let Some(actor) = self.signed_in().await else { return false };
        let asker = actor.clone();
        match self.app.context.db.read(move |tx| async move { View::of(&tx, &asker).await }).await {
            Ok(view) => {
                self.view = view;
                self.actor = actor;
                true
            }
            Err(error) => {
                tracing::error!(%error, "a live stream could not read what its reader may see");
                false
            }
        }
    }

    /// The reader, if their session or token still holds.
    async fn signed_in(&self) -> Option<Actor> {
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.headers = self.headers.clone();
        SignedIn::from_request_parts(&mut parts, &self.app).await.ok().map(|SignedIn(actor)| actor)
    }
}

/// The headers that prove who reads: the others are not needed again. Copied, as each is a piece of
/// the 8 KB into which the whole request was read, and would hold all of them.
fn proof(headers: &HeaderMap) -> HeaderMap {
    let copy = |name: HeaderName| {
        let value = HeaderValue::from_bytes(headers.get(&name)?.as_bytes()).ok()?;
        Some((name, value))
    };
    [header::AUTHORIZATION, header::COOKIE].into_iter().filter_map(copy).collect()
}

/// Spreads members evenly.
fn spread(member: MemberId) -> u8 {
    member.uuid().as_bytes().last().copied().unwrap_or_default()
}

/// A comment keeps proxies from closing; the event lets the reader notice a dead connection.
fn alive() -> Bytes {
    Bytes::from_static(b": alive\n\nevent: alive\ndata: {}\n\n")
}

fn reload(reason: &str) -> Bytes {
    let data = serde_json::to_string(&Reload { reason: reason.to_owned() }).unwrap_or_default();
    Bytes::from(format!("event: reload\ndata: {data}\n\n"))
}

/// Which page of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LogParams {
    /// The last number that the reader has.
    after: i64,
    /// 1 to 200.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
}

/// A page of the change log.
#[derive(Debug, Serialize, ToSchema)]
struct ChangeList {
    /// The number up to which this page considered the log: the `after` of the next one.
    seq: i64,
    /// What the reader may see of it, in order.
    items: Vec<LiveChange>,
    /// Whether there is more.
    more: bool,
}

/// A page of the change log
#[utoipa::path(get, path = "/changes/log", tag = "changes", operation_id = "list_changes", params(LogParams),
    responses((status = 200, body = ChangeList), Problems))]
async fn log(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(params): Params<LogParams>,
) -> Result<Json<ChangeList>, Problem> {
    if params.after < 0 {
        return Err(Refusal::invalid_because("after", "is out of range", "0 or more").into());
    }
    let limit = params.limit.unwrap_or_default().get();
    let page = app.context.db.read(move |tx| async move {
        let view = View::of(&tx, &actor).await?;
        let changes = changes::since(&tx, actor.workspace.uuid(), params.after, limit).await?;
        let mut list = ChangeList {
            seq: changes.last().map_or(params.after, |change| change.seq),
            items: Vec::new(),
            more: changes.len() == limit as usize,
        };
        for change in &changes {
            if view.covers(change, &people_of(&tx, change).await?) {
                list.items.push(LiveChange::from(change));
            }
        }
        Ok::<_, topics::Error>(list)
    });
    Ok(Json(page.await.map_err(Problem::from)?))
}
