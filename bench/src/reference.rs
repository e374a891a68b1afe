//! Bare programs that do the least one could do for the same result. They run as processes of their own, so that what
//! they cost is counted as the server's costs are.

use std::{convert::Infallible, path::PathBuf, sync::Arc, thread};

use anyhow::Context as _;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use clap::{Args, Subcommand};
use futures::stream;
use rusqlite::Connection;
use tokio::{
    net::TcpListener,
    sync::{broadcast, mpsc, oneshot},
};
use tokio_postgres::{Client, NoTls};

/// How many inserts share one commit, as in the product's store.
const GROUP: usize = 64;
/// How many connections to PostgreSQL there are, as in the product's store.
const POOL: usize = 16;

/// Which one.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// Answers every GET with the same body
    Static {
        /// Its size in bytes
        #[arg(long)]
        size: usize,
    },
    /// Inserts the body of each POST into SQLite: WAL, synchronous FULL, one commit for all that wait
    Insert {
        /// The database to make
        #[arg(long)]
        file: PathBuf,
    },
    /// Sends the body of each POST to everyone who reads GET /events
    Events,
    /// Inserts the body of each POST into PostgreSQL
    Postgres {
        /// Where
        #[arg(long, env = "BENCH_POSTGRES", hide_env_values = true)]
        url: String,
    },
}

/// Serves until it is killed.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let router = match arguments.kind {
        Kind::Static { size } => fixed(size),
        Kind::Insert { file } => insert(file)?,
        Kind::Events => events(),
        Kind::Postgres { url } => postgres(&url).await?,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("ready: http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

fn fixed(size: usize) -> Router {
    let body = Bytes::from("x".repeat(size));
    let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], body) };
    Router::new().fallback(get(answer))
}

// ------------------------------------------------------------------ SQLite

/// A row to insert, and whom to tell when it is durable.
type Order = (String, oneshot::Sender<()>);

fn insert(file: PathBuf) -> anyhow::Result<Router> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE posts (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    )?;
    let (orders, waiting) = mpsc::channel(1024);
    thread::spawn(move || write(&connection, waiting));
    Ok(Router::new().fallback(post(accept)).with_state(orders))
}

async fn accept(State(orders): State<mpsc::Sender<Order>>, body: String) -> StatusCode {
    let (done, durable) = oneshot::channel();
    if orders.send((body, done)).await.is_ok() && durable.await.is_ok() {
        StatusCode::CREATED
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

fn write(connection: &Connection, mut waiting: mpsc::Receiver<Order>) {
    let mut group = Vec::with_capacity(GROUP);
    while waiting.blocking_recv_many(&mut group, GROUP) > 0 {
        if let Err(error) = commit(connection, &group) {
            eprintln!("insert: {error}");
            return;
        }
        for (_, done) in group.drain(..) {
            // Whoever asked may have left.
            let _ = done.send(());
        }
    }
}

fn commit(connection: &Connection, group: &[Order]) -> rusqlite::Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    for (body, _) in group {
        connection.prepare_cached("INSERT INTO posts (body) VALUES (?1)")?.execute([body])?;
    }
    connection.prepare_cached("COMMIT")?.execute([])?;
    Ok(())
}

// ------------------------------------------------------------------ server-sent events

fn events() -> Router {
    let (sender, _) = broadcast::channel::<Bytes>(1024);
    Router::new().route("/", post(publish)).route("/events", get(follow)).with_state(sender)
}

async fn publish(State(sender): State<broadcast::Sender<Bytes>>, body: Bytes) -> StatusCode {
    // Nobody listening is no error.
    let _ = sender.send(body);
    StatusCode::CREATED
}

async fn follow(State(sender): State<broadcast::Sender<Bytes>>) -> Response {
    let stream = stream::unfold(sender.subscribe(), |mut receiver| async move {
        let bytes = receiver.recv().await.ok()?;
        Some((Ok::<_, Infallible>(bytes), receiver))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(stream)).into_response()
}

// ------------------------------------------------------------------ PostgreSQL

const INSERT: &str = "INSERT INTO bench_reference (body) VALUES ($1)";

async fn postgres(url: &str) -> anyhow::Result<Router> {
    let mut clients = Vec::with_capacity(POOL);
    for _ in 0..POOL {
        let (client, connection) =
            tokio_postgres::connect(url, NoTls).await.context("cannot reach PostgreSQL")?;
        tokio::spawn(connection);
        clients.push(client);
    }
    let first = clients.first().context("no connection")?;
    first
        .batch_execute(
            "DROP TABLE IF EXISTS bench_reference;
             CREATE TABLE bench_reference (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body TEXT NOT NULL)",
        )
        .await?;
    let (free, taken) = mpsc::channel(POOL);
    for client in clients {
        let statement = client.prepare(INSERT).await?;
        free.send((client, statement)).await?;
    }
    let pool = Pool { free, taken: Arc::new(tokio::sync::Mutex::new(taken)) };
    Ok(Router::new().fallback(post(accept_postgres)).with_state(pool))
}

type Ready = (Client, tokio_postgres::Statement);

#[derive(Clone)]
struct Pool {
    free: mpsc::Sender<Ready>,
    taken: Arc<tokio::sync::Mutex<mpsc::Receiver<Ready>>>,
}

async fn accept_postgres(State(pool): State<Pool>, body: String) -> StatusCode {
    let Some(ready) = pool.taken.lock().await.recv().await else { return StatusCode::INTERNAL_SERVER_ERROR };
    let outcome = ready.0.execute(&ready.1, &[&body]).await;
    // The pool outlives every request.
    let _ = pool.free.send(ready).await;
    if outcome.is_ok() { StatusCode::CREATED } else { StatusCode::INTERNAL_SERVER_ERROR }
}
