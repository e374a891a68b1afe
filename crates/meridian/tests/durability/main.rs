//! What the server has acknowledged is there afterwards, whatever happens to the process: the real
//! binary is killed while sixteen clients write, again and again, over the same data; and while it
//! delivers.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod deliveries;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::http::Method;
use kernel::{Clock, Ids};
use serde_json::json;
use tempfile::TempDir;
use testkit::Connection;
use tokio::sync::Notify;
use topics::PostKind;

const ROUNDS: usize = 20;
const CLIENTS: usize = 16;
const EMAIL: &str = "camila@example.com";

/// The program with a data folder of its own, on SQLite or on a database of the test cluster.
struct Program {
    folder: TempDir,
    database: Option<String>,
    /// Settings by their variables.
    settings: Vec<(&'static str, String)>,
}

impl Program {
    /// Where its database is, as the library opens it.
    fn url(&self) -> String {
        let own = || format!("sqlite:{}/data/meridian.db", self.folder.path().display());
        self.database.clone().unwrap_or_else(own)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_meridian"));
        command.args(arguments).arg("--data").arg(self.folder.path().join("data")).args(["--log", "error"]);
        // Not the settings of whoever runs the tests.
        command.current_dir(self.folder.path());
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        if let Some(url) = &self.database {
            command.args(["--database", url]);
        }
        command
    }

    /// Runs a command to its end; answers what it printed.
    fn run(&self, arguments: &[&str], input: &str) -> String {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts serving; answers once it says where.
    fn serve(&self) -> Running {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("http://").expect("it says where it listens").1;
        Running { address: address.parse().unwrap(), child }
    }

    /// A workspace with one member; answers their token.
    fn set_up(&self) -> String {
        let arguments = [
            "setup",
            "--workspace",
            "Cordel",
            "--owner",
            EMAIL,
            "--name",
            "Camila Torres",
            "--zone",
            "America/Bogota",
            "--password-stdin",
        ];
        self.run(&arguments, "a long password\n");
        self.run(&["token", "create", "--member", EMAIL, "--label", "A test"], "").trim().to_owned()
    }
}

/// A server that is running; it is killed when it is dropped.
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    /// SIGKILL.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; answers whether it then ended as it should.
    fn ends_well(&mut self) -> bool {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        told.success() && self.child.wait().unwrap().success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, or a test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn connect(address: SocketAddr, token: &str) -> Connection {
    let bearer = ("authorization", format!("Bearer {token}"));
    Connection::open(address, vec![bearer]).await.unwrap()
}

/// Starts a thread with one post; answers its id.
async fn start_thread(address: SocketAddr, token: &str, ids: &Ids) -> String {
    let mut connection = connect(address, token).await;
    let (_, me) = connection.json(Method::GET, "/api/v1/me", &[], None).await.unwrap();
    let id = ids.make::<topics::TopicKind>().to_string();
    let new = json!({ "id": id, "kind": "thread", "title": "Under load", "space": me["spaces"][0]["id"],
        "post": { "id": ids.make::<PostKind>(), "source": "Number 1" } });
    let (status, answer) = connection.json(Method::POST, "/api/v1/topics", &[], Some(&new)).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    id
}

/// The ids of all posts of a thread, whose numbers must be 1, 2, 3…
async fn posts(address: SocketAddr, token: &str, thread: &str) -> Vec<String> {
    let mut connection = connect(address, token).await;
    let mut posts = Vec::new();
    loop {
        let path = format!("/api/v1/topics/{thread}/posts?after={}&limit=200", posts.len());
        let (status, page) = connection.json(Method::GET, &path, &[], None).await.unwrap();
        assert_eq!(status, 200, "{page}");
        for post in page["items"].as_array().unwrap() {
            assert_eq!(post["no"].as_u64(), Some(posts.len() as u64 + 1), "the numbers have no gap");
            posts.push(post["id"].as_str().unwrap().to_owned());
        }
        if page["more"] == false {
            return posts;
        }
    }
}

/// What all clients of a round share.
struct Round {
    address: SocketAddr,
    token: String,
    thread: String,
    ids: Ids,
    /// Ids of posts whose write was answered with a success.
    acknowledged: Mutex<Vec<String>>,
    /// How many more until the server is killed.
    left: AtomicUsize,
    enough: Notify,
}

impl Round {
    /// Writes until the server is gone. `unsure` was sent before and never answered: it is sent
    /// again first, under its key. Answers what is unsure now.
    async fn write(self: Arc<Self>, mut unsure: Option<String>) -> Option<String> {
        let mut connection = connect(self.address, &self.token).await;
        let path = format!("/api/v1/topics/{}/posts", self.thread);
        loop {
            let id = unsure.take().unwrap_or_else(|| self.ids.make::<PostKind>().to_string());
            let post = json!({ "id": id, "source": format!("Written as {id}") });
            let key = [("idempotency-key", id.as_str())];
            match connection.json(Method::POST, &path, &key, Some(&post)).await {
                Ok((status, answer)) => {
                    assert_eq!(status, 200, "{answer}");
                    self.acknowledge(id);
                }
                Err(_) => return Some(id),
            }
        }
    }

    fn acknowledge(&self, id: String) {
        self.acknowledged.lock().unwrap().push(id);
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.enough.notify_one();
        }
    }
}

/// From 1 to `most`, from the operating system's randomness.
fn random(ids: &Ids, most: usize) -> usize {
    usize::from_str_radix(&ids.secret()[..6], 16).unwrap() % most + 1
}

async fn survives(program: Program) {
    let ids = Ids::new(Clock::system());
    let token = program.set_up();
    let mut server = program.serve();
    let thread = start_thread(server.address, &token, &ids).await;
    let mut acknowledged: Vec<String> = Vec::new();
    let mut unsure: Vec<Option<String>> = vec![None; CLIENTS];
    for _ in 0..ROUNDS {
        let round = Arc::new(Round {
            address: server.address,
            token: token.clone(),
            thread: thread.clone(),
            ids: ids.clone(),
            acknowledged: Mutex::default(),
            left: AtomicUsize::new(random(&ids, 100)),
            enough: Notify::new(),
        });
        let clients: Vec<_> = unsure.drain(..).map(|id| tokio::spawn(round.clone().write(id))).collect();
        round.enough.notified().await;
        server.kill();
        for client in clients {
            unsure.push(client.await.unwrap());
        }
        acknowledged.append(&mut round.acknowledged.lock().unwrap());
        server = program.serve();
        let kept = posts(server.address, &token, &thread).await;
        for id in &acknowledged {
            assert_eq!(kept.iter().filter(|kept| *kept == id).count(), 1, "{id} was acknowledged");
        }
        let unexplained = kept.len() - 1 - acknowledged.len();
        assert!(unexplained <= CLIENTS, "{unexplained} posts come from nowhere");
    }
    assert!(acknowledged.len() >= ROUNDS);
    assert!(server.ends_well());
}

async fn ends_cleanly(program: Program) {
    let ids = Ids::new(Clock::system());
    let token = program.set_up();
    let mut server = program.serve();
    let thread = start_thread(server.address, &token, &ids).await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        streams.push(connect(server.address, &token).await.stream("/api/v1/changes?after=0", &[]).await);
    }
    for stream in &mut streams {
        stream.until("topic.created").await;
    }
    // An idle connection does not hold it up either.
    let idle = connect(server.address, &token).await;
    let mut server = tokio::task::spawn_blocking(move || {
        assert!(server.ends_well());
        server
    });
    for stream in &mut streams {
        assert_eq!(stream.next().await, None, "the stream ends");
    }
    (&mut server).await.unwrap();
    drop(idle);
    let again = program.serve();
    assert_eq!(posts(again.address, &token, &thread).await.len(), 1);
}

fn on_sqlite() -> Program {
    Program { folder: TempDir::new().unwrap(), database: None, settings: Vec::new() }
}

/// A database of the test cluster, for as long as the test.
async fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(Program) -> F) {
    let Ok(cluster) = std::env::var(store::testing::POSTGRES) else {
        eprintln!("skipped: no {}", store::testing::POSTGRES);
        return;
    };
    let (client, connection) = tokio_postgres::connect(&cluster, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = format!("durability_{}", Ids::new(Clock::system()).secret().split_at(16).0);
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (server, _) = cluster.rsplit_once('/').expect("the address ends with a database");
    let database = Some(format!("{server}/{name}"));
    let program = Program { folder: TempDir::new().unwrap(), database, settings: Vec::new() };
    test(program).await;
    client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
}

mod what_was_acknowledged_survives_a_kill {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() {
        Box::pin(survives(on_sqlite())).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() {
        Box::pin(on_postgres(survives)).await;
    }
}

mod a_told_server_ends_cleanly_with_open_streams {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() {
        Box::pin(ends_cleanly(on_sqlite())).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() {
        Box::pin(on_postgres(ends_cleanly)).await;
    }
}
