//! A client that follows the changes and keeps their rows, as the web client does: it comes back with the
//! last number that it has, and reads everything again when it is told to.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rand::RngExt as _;
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{
    Storm,
    rows::{Change, Rows},
    verdict,
};
use crate::http::{Connection, Events, request};

/// The server says `alive` after 20 s without a change. A stream that was silent for so long is dead.
const SILENCE: Duration = Duration::from_secs(50);

/// One open client.
pub struct Reader {
    /// Its person's place among the people.
    pub place: usize,
    number: usize,
    rows: Arc<Mutex<Rows>>,
    task: JoinHandle<()>,
}

impl Reader {
    /// Begins to follow, from the first change on.
    pub fn begin(storm: &Arc<Storm>, number: usize) -> Self {
        let place = number % storm.world.people.len();
        let rows = Arc::new(Mutex::new(Rows::default()));
        let following = Following { storm: storm.clone(), place, rows: rows.clone(), after: 0 };
        Self { place, number, rows, task: tokio::spawn(following.run()) }
    }

    /// What it is called in messages.
    pub fn name(&self) -> String {
        format!("reader {} (person {})", self.number, self.place)
    }

    /// Whether it has heard of this post.
    pub fn has_post(&self, id: &str) -> bool {
        self.rows().has("posts", id)
    }

    /// What it knows.
    pub fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the stream.
    pub fn end(self) {
        self.task.abort();
    }
}

struct Following {
    storm: Arc<Storm>,
    place: usize,
    rows: Arc<Mutex<Rows>>,
    /// The last number that it has.
    after: i64,
}

impl Following {
    async fn run(mut self) {
        loop {
            match self.connect().await {
                Ok(Some(events)) => self.follow(events).await,
                Ok(None) => {}
                Err(_) => self.storm.tally.broken(),
            }
            let pause = rand::rng().random_range(100..1500);
            sleep(Duration::from_millis(pause)).await;
        }
    }

    /// What the browser sends; it says itself up to where it has everything.
    fn headers(&self) -> Vec<String> {
        let person = self.storm.world.people.get(self.place);
        let mut headers = person.map(|person| person.headers.to_vec()).unwrap_or_default();
        headers.push(format!("Last-Event-ID: {}", self.after));
        headers
    }

    async fn connect(&self) -> std::io::Result<Option<Events>> {
        let address = format!("/api/v1/changes?after={}", self.after);
        let follow = request("GET", &address, &self.headers(), None);
        let begun = tokio::time::Instant::now();
        let opened = async { Connection::open(self.storm.address).await?.events(&follow).await };
        if let Ok(events) = timeout(SILENCE, opened).await.map_err(std::io::Error::from)?? {
            self.storm.tally.stream();
            return Ok(Some(events));
        }
        self.storm.tally.refused(begun.elapsed());
        Ok(None)
    }

    /// Takes in what comes until the stream ends.
    async fn follow(&mut self, mut events: Events) {
        while let Ok(Ok(Some(event))) = timeout(SILENCE, events.next()).await {
            match event.event.as_str() {
                "change" => {
                    let Ok(change) = serde_json::from_str::<Change<'_>>(&event.data) else {
                        super::say(&format!("not a change: {}", event.data));
                        return;
                    };
                    self.after = change.seq;
                    self.rows.lock().unwrap_or_else(PoisonError::into_inner).take(&change);
                    self.storm.tally.delivered();
                }
                "reload" => return self.read_again().await,
                _ => {}
            }
        }
    }

    /// Everything anew, and then what came after it was begun.
    async fn read_again(&mut self) {
        self.storm.tally.reload();
        match verdict::read(&self.storm, self.place).await {
            Ok(read) => {
                self.after = read.seq;
                *self.rows.lock().unwrap_or_else(PoisonError::into_inner) = read.rows;
            }
            Err(error) => super::say(&format!("a reader could not read again: {error:#}")),
        }
    }
}
