use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::Router;
use jiff::Timestamp;
use kernel::{Id, Kind};
use store::{
    Context,
    testing::{self, TestDb},
};
use tokio::sync::watch;

use crate::{Client, Person, Specification, replay};

/// When every test begins: a Wednesday, 16:40 in Bogotá, 22:40 in Berlin, Thursday 5:40 in Manila.
const BEGINS: &str = "2026-11-25T21:40:00Z";

/// The whole program on a database of its own. Its clock stands still until it is moved, and its
/// ids come from a fixed seed.
pub struct App {
    test: TestDb,
    /// What the handlers are given.
    pub inner: edge::App,
    /// The document that every answer is held against.
    pub specification: Arc<Specification>,
    pub(crate) router: Router,
    ended: watch::Sender<bool>,
    replays: AtomicBool,
}

impl App {
    /// On a new SQLite database.
    pub async fn sqlite() -> Self {
        Self::over(testing::sqlite(&server::migrations()).await)
    }

    /// In a new schema of the test cluster; none when there is no cluster.
    pub async fn postgres() -> Option<Self> {
        testing::postgres(&server::migrations()).await.map(Self::over)
    }

    fn over(test: TestDb) -> Self {
        // A failing test shows what the server would have logged.
        let log = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::WARN);
        let _ = log.with_test_writer().try_init();
        let context = test.context(BEGINS.parse().unwrap());
        let inner = edge::App { context, limits: edge::Limits::default(), site: Arc::default() };
        let (ended, until) = watch::channel(false);
        let hub = server::Hub::new(test.db.clone(), until);
        Self {
            test,
            router: server::api(inner.clone(), hub),
            inner,
            specification: Arc::new(Specification::of_the_server()),
            ended,
            replays: AtomicBool::new(true),
        }
    }

    /// The same as the operator has set it up: a public address, mail, networks of their own.
    #[must_use]
    pub fn at(mut self, site: kernel::Site) -> Self {
        self.inner.site = Arc::new(site);
        let hub = server::Hub::new(self.test.db.clone(), self.ended.subscribe());
        self.router = server::api(self.inner.clone(), hub);
        self
    }

    /// Database, files, clock and ids.
    pub fn context(&self) -> &Context {
        &self.inner.context
    }

    /// Moves the clock.
    pub fn set_clock(&self, at: &str) {
        self.context().clock.set(at.parse().unwrap());
    }

    /// Runs every job that is due now, deliveries among them. None may fail.
    pub async fn work(&self) {
        let drained = server::worker(&self.inner).drain(self.now()).await.unwrap();
        assert_eq!(drained.failed, [], "a job failed");
    }

    /// Moves the clock, and everything that is due until then happens at its instant.
    pub async fn goes_to(&self, at: &str) {
        self.set_clock(at);
        self.work().await;
    }

    /// What the clock says.
    pub fn now(&self) -> Timestamp {
        self.context().clock.now()
    }

    /// A new id.
    pub fn id<K: Kind>(&self) -> Id<K> {
        self.context().ids.make()
    }

    /// A new id with this prefix, as text: `app.new_id("spc")`.
    pub fn new_id(&self, prefix: &str) -> String {
        let id = self.id::<topics::TopicKind>().to_string();
        format!("{prefix}_{}", id.split_once('_').unwrap().1)
    }

    /// Requests as this person, by their session's cookie.
    pub fn by(&self, person: &Person) -> Client<'_> {
        Client::new(self, vec![("cookie", format!("meridian_session={}", person.session))])
    }

    /// Requests as a program that has this token.
    pub fn by_token(&self, secret: &str) -> Client<'_> {
        Client::new(self, vec![("authorization", format!("Bearer {secret}"))])
    }

    /// Requests of a browser that has this cookie.
    pub fn by_cookie(&self, cookie: &str) -> Client<'_> {
        Client::new(self, vec![("cookie", cookie.to_owned())])
    }

    /// Requests of somebody who is not signed in.
    pub fn by_nobody(&self) -> Client<'_> {
        Client::new(self, vec![])
    }

    /// The number of the newest change of a workspace.
    pub async fn head(&self, workspace: people::WorkspaceId) -> i64 {
        let head = self.context().db.read(move |tx| async move { tx.head(workspace.uuid()).await });
        head.await.unwrap()
    }

    /// Listens on a free port of the loopback until the test ends, as the program would.
    pub async fn listen(&self) -> SocketAddr {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = server::Server::bind(free, self.inner.clone()).await.unwrap();
        let address = server.address().unwrap();
        tokio::spawn(server.run(self.ended.subscribe()));
        address
    }

    /// Ends the listeners and their streams, as the program does when it is told to stop.
    pub fn stop(&self) {
        self.ended.send_replace(true);
    }

    /// For a test that writes to the tables or the log by hand: they will not agree at its end.
    pub fn without_replay(&self) {
        self.replays.store(false, Ordering::SeqCst);
    }

    /// Ends the test: the change log of each workspace, replayed, must give the rows that the API
    /// answers. Then the database goes.
    pub async fn end(self) {
        if self.replays.load(Ordering::SeqCst) {
            Box::pin(replay::check(&self)).await;
        }
        self.stop();
        self.test.end().await;
    }
}
