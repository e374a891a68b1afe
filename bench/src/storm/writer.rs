//! Somebody who writes, and tries again until the server has it.

use std::{
    io,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use anyhow::{Context as _, bail};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};
use topics::{AskKind, PostKind};

use super::{
    Storm,
    world::{Person, Room},
};
use crate::http::{Connection, request};

/// A request that has no answer for so long is sent again, as the client does.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait when nobody listens.
const BREATH: Duration = Duration::from_millis(50);
/// The newest posts of a writer that are edited and responded to.
const RECENT: usize = 20;

/// A post that the server has acknowledged.
#[derive(Debug, Clone)]
pub struct Written {
    /// Its id.
    pub id: String,
    /// Its thread.
    pub thread: String,
    /// What it must say.
    pub source: String,
    edits: i64,
}

/// What came of one try.
#[derive(Debug)]
pub enum Outcome {
    /// The server has it.
    Done,
    /// The server does not take it now, and says after how many seconds it may.
    Refused(u64),
    /// Nobody knows: no answer came.
    Unknown,
}

/// A connection that is opened again when it breaks.
pub struct Sender<'a> {
    storm: &'a Storm,
    connection: Option<Connection>,
}

impl<'a> Sender<'a> {
    /// One that is not open.
    pub fn new(storm: &'a Storm) -> Self {
        Self { storm, connection: None }
    }

    /// Sends once. Any other answer than a success or a refusal is an error: nothing here may be refused for
    /// another reason than load.
    pub async fn once(&mut self, request: &[u8]) -> anyhow::Result<Outcome> {
        match timeout(PATIENCE, self.attempt(request)).await {
            Ok(Ok(outcome)) => return outcome,
            Ok(Err(_)) => {}
            Err(_) => super::say("a request had no answer"),
        }
        self.connection = None;
        Ok(Outcome::Unknown)
    }

    async fn attempt(&mut self, request: &[u8]) -> io::Result<anyhow::Result<Outcome>> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => self.connection.insert(Connection::open(self.storm.address).await?),
        };
        let answer = connection.send(request).await?;
        Ok(match answer.status {
            200..300 => Ok(Outcome::Done),
            503 => match answer.header("retry-after").and_then(|seconds| seconds.parse().ok()) {
                Some(seconds) => Ok(Outcome::Refused(seconds)),
                None => Err(anyhow::anyhow!("a refusal without Retry-After")),
            },
            status => {
                let sent = String::from_utf8_lossy(request).into_owned();
                Err(anyhow::anyhow!("{sent}\n{status}: {}", String::from_utf8_lossy(answer.body)))
            }
        })
    }

    /// Sends until the server has it.
    pub async fn until_done(&mut self, sort: &'static str, request: &[u8]) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            let tried = Instant::now();
            match self.once(request).await? {
                Outcome::Done => {
                    self.storm.tally.acknowledged(sort, begun.elapsed());
                    return Ok(());
                }
                Outcome::Refused(seconds) => {
                    self.storm.tally.refused(tried.elapsed());
                    sleep(Duration::from_secs(seconds)).await;
                }
                Outcome::Unknown => {
                    self.storm.tally.broken();
                    sleep(BREATH).await;
                }
            }
        }
    }
}

/// A write as bytes, with a key of its own.
pub fn write_request(storm: &Storm, by: &Person, method: &str, path: &str, body: &Value) -> Vec<u8> {
    let key = storm.world.ids.make::<PostKind>();
    let [cookie, site] = by.headers.clone();
    let headers = [cookie, site, format!("Idempotency-Key: {key}")];
    request(method, &format!("/api/v1{path}"), &headers, Some(&body.to_string()))
}

/// A new post in this thread: what it will be, and the request.
pub fn new_post(storm: &Storm, by: &Person, thread: &str) -> (Written, Vec<u8>) {
    let id = storm.world.ids.make::<PostKind>().to_string();
    let source =
        format!("Written once as {id}. {}", "Rain and wind, and more rain. ".repeat(id.len() % 7 + 1));
    let source = source.trim_end().to_owned();
    let body = json!({ "id": id, "source": source });
    let request = write_request(storm, by, "POST", &format!("/topics/{thread}/posts"), &body);
    (Written { id, thread: thread.to_owned(), source, edits: 0 }, request)
}

/// Writes until the storm is over; answers the posts that the server has acknowledged.
pub async fn write(storm: Arc<Storm>, number: usize, rest: u64) -> anyhow::Result<Vec<Written>> {
    let mut writer = Writer {
        place: number % storm.world.people.len(),
        storm: &storm,
        sender: Sender::new(&storm),
        rng: StdRng::seed_from_u64(number as u64),
        written: Vec::new(),
    };
    while !storm.over.load(Ordering::Relaxed) {
        writer.something().await?;
        if !storm.burst.load(Ordering::Relaxed) {
            sleep(Duration::from_millis(rest)).await;
        }
    }
    Ok(writer.written)
}

/// A last post that everybody hears.
pub async fn beacon(storm: &Storm) -> anyhow::Result<Written> {
    let owner = storm.world.people.first().context("nobody is here")?;
    let thread = storm.world.rooms.first().and_then(|room| room.threads.first()).context("no thread")?;
    let (post, request) = new_post(storm, owner, thread);
    Sender::new(storm).until_done("beacon", &request).await?;
    Ok(post)
}

struct Writer<'a> {
    storm: &'a Storm,
    place: usize,
    sender: Sender<'a>,
    rng: StdRng,
    written: Vec<Written>,
}

impl Writer<'_> {
    async fn something(&mut self) -> anyhow::Result<()> {
        let storm = self.storm;
        let me = storm.world.people.get(self.place).context("nobody writes")?;
        let rooms = storm.world.rooms_of(self.place);
        let room = rooms.choose(&mut self.rng).context("there is nowhere to write")?;
        let thread = room.threads.choose(&mut self.rng).context("there is no thread")?;
        match self.rng.random_range(0..100) {
            0..10 if !self.written.is_empty() => self.edit(me).await,
            10..20 if !self.written.is_empty() => self.respond(me).await,
            20..25 => self.ask(me, room, thread).await,
            25..32 => self.mark(me, thread).await,
            _ => self.post(me, thread).await,
        }
    }

    async fn post(&mut self, me: &Person, thread: &str) -> anyhow::Result<()> {
        let (post, request) = new_post(self.storm, me, thread);
        self.sender.until_done("post", &request).await?;
        self.written.push(post);
        Ok(())
    }

    /// One of the newest of mine.
    fn recent(&mut self) -> anyhow::Result<&mut Written> {
        let first = self.written.len().saturating_sub(RECENT);
        let place = self.rng.random_range(first..self.written.len());
        self.written.get_mut(place).context("nothing was written")
    }

    async fn edit(&mut self, me: &Person) -> anyhow::Result<()> {
        let storm = self.storm;
        let post = self.recent()?;
        let source = format!("{} Edited.", post.source);
        let (path, body) = (format!("/posts/{}", post.id), json!({ "source": source, "edits": post.edits }));
        let id = post.id.clone();
        let request = write_request(storm, me, "PATCH", &path, &body);
        self.sender.until_done("edit", &request).await?;
        let Some(post) = self.written.iter_mut().rev().find(|post| post.id == id) else {
            bail!("the edited post is not mine");
        };
        post.source = source;
        post.edits += 1;
        Ok(())
    }

    async fn respond(&mut self, me: &Person) -> anyhow::Result<()> {
        let method = if self.rng.random_bool(0.7) { "PUT" } else { "DELETE" };
        let word = ["Thanks", "Agree", "Noted"].choose(&mut self.rng).copied().unwrap_or("Thanks");
        let path = format!("/posts/{}/responses/{word}", self.recent()?.id);
        let request = write_request(self.storm, me, method, &path, &json!({}));
        self.sender.until_done("response", &request).await
    }

    async fn ask(&mut self, me: &Person, room: &Room, thread: &str) -> anyhow::Result<()> {
        let others: Vec<usize> = room.people.iter().filter(|place| **place != self.place).copied().collect();
        let other = others.choose(&mut self.rng).and_then(|place| self.storm.world.people.get(*place));
        let asked = other.context("nobody can be asked")?.id;
        let body = json!({
            "id": self.storm.world.ids.make::<AskKind>(), "kind": "answer", "question": "Will it rain?",
            "asked": asked, "budget": { "kind": "half_day" },
        });
        let request = write_request(self.storm, me, "POST", &format!("/topics/{thread}/asks"), &body);
        self.sender.until_done("ask", &request).await
    }

    async fn mark(&mut self, me: &Person, thread: &str) -> anyhow::Result<()> {
        let body = json!({ "kept": self.rng.random_bool(0.5) });
        let request = write_request(self.storm, me, "PUT", &format!("/topics/{thread}/mark"), &body);
        self.sender.until_done("mark", &request).await
    }
}
