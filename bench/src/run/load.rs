//! Load: some connections, each with the next request as soon as the last is answered.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;

use crate::{http::Connection, server::Server};

/// How long it runs before it counts.
const WARM_UP: Duration = Duration::from_millis(700);
/// How often the server's accounting is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How much longer than the wanted processor time it runs at most: a server that waits for the disk uses little.
const PATIENCE: u32 = 4;

/// Makes the requests of one connection.
pub type Source = Box<dyn FnMut() -> Bytes + Send>;

/// What a load has cost.
#[derive(Debug, Clone)]
pub struct Measured {
    /// How many requests were answered.
    pub operations: u64,
    /// In how much time.
    pub time: Duration,
    /// The server's processor time.
    pub cpu: Duration,
    /// How long each took, shortest first.
    pub latencies: Vec<Duration>,
}

impl Measured {
    /// Operations a second.
    pub fn rate(&self) -> f64 {
        self.operations as f64 / self.time.as_secs_f64()
    }

    /// Processor time of one operation, in microseconds.
    pub fn cpu_each(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / (self.operations as f64).max(1.0)
    }

    /// The latency that this share of all requests does not exceed.
    pub fn percentile(&self, share: f64) -> Duration {
        percentile(&self.latencies, share)
    }
}

/// The value that this share does not exceed; the values are in order.
pub fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let place = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(place.max(1) - 1).copied().unwrap_or_default()
}

/// The same requests over and over, each connection beginning elsewhere.
pub fn cycle(requests: &Arc<Vec<Bytes>>, connection: usize, connections: usize) -> Source {
    let requests = requests.clone();
    let mut next = connection * requests.len() / connections.max(1);
    Box::new(move || {
        next = (next + 1) % requests.len().max(1);
        requests.get(next).cloned().unwrap_or_default()
    })
}

/// Puts load on a server until it has used as much processor time as is enough. An answer that is no success ends it.
pub async fn measure(server: &Server, sources: Vec<Source>, enough: Duration) -> anyhow::Result<Measured> {
    let state = Arc::new(State::default());
    let tasks: Vec<_> =
        sources.into_iter().map(|source| tokio::spawn(send(server.address, source, state.clone()))).collect();
    tokio::time::sleep(WARM_UP).await;
    state.counting.store(true, Ordering::Relaxed);
    let (began, before) = (Instant::now(), server.process().cpu()?);
    let mut cpu = Duration::ZERO;
    while cpu < enough && began.elapsed() < enough * PATIENCE && !state.failed.load(Ordering::Relaxed) {
        tokio::time::sleep(LOOK).await;
        cpu = server.process().cpu()?.saturating_sub(before);
    }
    let (operations, time) = (state.operations.load(Ordering::Relaxed), began.elapsed());
    state.stopped.store(true, Ordering::Relaxed);
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.append(&mut task.await??);
    }
    latencies.sort_unstable();
    Ok(Measured { operations, time, cpu, latencies })
}

#[derive(Default)]
struct State {
    counting: AtomicBool,
    stopped: AtomicBool,
    failed: AtomicBool,
    operations: AtomicU64,
}

async fn send(address: SocketAddr, mut source: Source, state: Arc<State>) -> std::io::Result<Vec<Duration>> {
    let mut connection = Connection::open(address).await?;
    let mut latencies = Vec::new();
    while !state.stopped.load(Ordering::Relaxed) {
        let (request, began) = (source(), Instant::now());
        let answered = connection.send(&request).await;
        if let Err(error) = answered.and_then(|answer| answer.must_succeed().map(|_| ())) {
            state.failed.store(true, Ordering::Relaxed);
            return Err(error);
        }
        if state.counting.load(Ordering::Relaxed) {
            latencies.push(began.elapsed());
            state.operations.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(latencies)
}
