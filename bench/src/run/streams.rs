//! Live streams: thousands of readers of one space, one post after the other, until the last reader has it.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context as _;
use bytes::Bytes;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use kernel::{Clock, Ids};
use tokio::{sync::Notify, task::JoinSet};

use super::{
    Bench,
    load::Measured,
    posts::{self, TEXT},
    results::Results,
};
use crate::{
    data::manifest::Part,
    http::{Connection, Events, request},
    server::Server,
};

/// How many readers.
const READERS: [usize; 2] = [1000, 10_000];
/// How many streams are opened at once.
const OPENING: usize = 32;
/// How many of them come from one address of this machine.
const PER_ADDRESS: usize = 8000;
/// How many posts at least: the 99th of a hundred is the last but one.
const ROUNDS: usize = 100;
/// How long a post may take to the last reader before it counts as lost.
const LOST: Duration = Duration::from_secs(20);
/// How long memory may settle.
const SETTLE: Duration = Duration::from_secs(3);
/// What every event of a post has in it, and no other.
const MARK: &[u8] = b"post.created";

/// Measures the readers of the product beside those of a bare broadcast of events of the same size.
pub async fn measure(bench: &Bench, results: &mut Results) -> anyhow::Result<()> {
    let space = bench.manifest.space(Part::Large)?;
    let thread = space.threads.first().context("nothing was written in the large space")?;
    // The author has no stream: what only they are told would be counted.
    let (author, readers) = space.people.split_first().context("nobody is in the large space")?;
    let mut follow = Vec::new();
    for place in readers {
        let headers = bench.manifest.person(*place)?.by_session();
        follow.push(Bytes::from(request("GET", "/api/v1/changes", &headers, None)));
    }
    for count in READERS {
        let server = bench.serve()?;
        let mut post = posts::post(bench.manifest.person(*author)?, Ids::new(Clock::system()));
        tokio::time::sleep(SETTLE).await;
        let before = server.process().anonymous()?;
        let crowd = Crowd::gather(&server, &follow, count).await?;
        tokio::time::sleep(SETTLE).await;
        let memory = server.process().anonymous()?.saturating_sub(before) / count as u64;
        let measured = crowd.measure(&server, || post(thread), bench.enough).await?;
        let size = crowd.size.load(Ordering::Relaxed);
        drop((crowd, server));

        let server = bench.reference(&["events"])?;
        let follow = [Bytes::from(request("GET", "/events", &[], None))];
        let text = format!("{TEXT}{}", String::from_utf8_lossy(MARK));
        let event = Bytes::from(request("POST", "/", &[], Some(&format!("{text:<size$}"))));
        let crowd = Crowd::gather(&server, &follow, count).await?;
        let bare = crowd.measure(&server, || event.clone(), bench.enough).await?;
        let name = format!("delivery to {count} streams");
        results.load(&name, &bench.label, &measured, Some(&bare));
        results.value(
            &format!("memory of each of {count} idle streams"),
            &bench.label,
            memory as f64,
            "bytes",
        );
    }
    Ok(())
}

/// Readers, each with a task that waits for its socket.
struct Crowd {
    count: usize,
    arrived: Arc<Arrived>,
    /// How large one event is on the wire.
    size: Arc<AtomicUsize>,
    _readers: JoinSet<()>,
}

/// Who has got the present post.
#[derive(Default)]
struct Arrived {
    count: AtomicUsize,
    first: Mutex<Option<Instant>>,
    all: Notify,
}

impl Crowd {
    async fn gather(server: &Server, follow: &[Bytes], count: usize) -> anyhow::Result<Self> {
        let (arrived, size) = (Arc::new(Arrived::default()), Arc::default());
        let requests = follow.iter().cycle().take(count).cloned().enumerate();
        let opened: Vec<Events> = stream::iter(requests)
            .map(|(number, request)| open(server.address, number, request))
            .buffer_unordered(OPENING)
            .try_collect()
            .await?;
        let mut readers = JoinSet::new();
        for events in opened {
            readers.spawn(read(events, count, arrived.clone(), Arc::clone(&size)));
        }
        Ok(Self { count, arrived, size, _readers: readers })
    }

    /// Writes one post after the other. An operation is a delivery to one reader; the latency is that of the last.
    async fn measure(
        &self,
        server: &Server,
        mut post: impl FnMut() -> Bytes,
        enough: Duration,
    ) -> anyhow::Result<Measured> {
        let mut connection = Connection::open(server.address).await?;
        self.round(&mut connection, &post()).await?;
        let (began, before) = (Instant::now(), server.process().cpu()?);
        let (mut latencies, mut cpu) = (Vec::new(), Duration::ZERO);
        while latencies.len() < ROUNDS || cpu < enough {
            latencies.push(self.round(&mut connection, &post()).await?);
            cpu = server.process().cpu()?.saturating_sub(before);
        }
        let operations = (latencies.len() * self.count) as u64;
        latencies.sort_unstable();
        Ok(Measured { operations, time: began.elapsed(), cpu, latencies })
    }

    /// From the commit, as the first sees it who hears of it, to the last reader.
    async fn round(&self, connection: &mut Connection, post: &Bytes) -> anyhow::Result<Duration> {
        self.arrived.begin();
        let answered = async {
            connection.send(post).await?.must_succeed()?;
            anyhow::Ok(Instant::now())
        };
        let all = self.arrived.all.notified();
        let both = async {
            tokio::join!(answered, async {
                all.await;
                Instant::now()
            })
        };
        let (answered, last) = tokio::time::timeout(LOST, both).await.context("a delivery was lost")?;
        let first = *self.arrived.first.lock().unwrap_or_else(PoisonError::into_inner);
        let committed = first.map_or(last, |first| first.min(last)).min(answered?);
        Ok(last.saturating_duration_since(committed))
    }
}

impl Arrived {
    fn begin(&self) {
        *self.first.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.count.store(0, Ordering::Release);
    }

    fn one_more(&self, of: usize) {
        let count = self.count.fetch_add(1, Ordering::AcqRel) + 1;
        if count == 1 {
            *self.first.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        if count == of {
            self.all.notify_one();
        }
    }
}

async fn open(address: SocketAddr, number: usize, request: Bytes) -> anyhow::Result<Events> {
    let source = Ipv4Addr::new(127, 0, 0, u8::try_from(2 + number / PER_ADDRESS)?);
    let connection = Connection::open_from(IpAddr::V4(source), address).await?;
    connection.events(&request).await?.map_err(|status| anyhow::anyhow!("a stream was refused with {status}"))
}

/// Reads until the stream ends. An event is written at once, so what has its mark is all of it, or nearly.
async fn read(events: Events, of: usize, arrived: Arc<Arrived>, size: Arc<AtomicUsize>) {
    while events.readable().await.is_ok() {
        // Not held while waiting, so thousands of readers need no memory for it.
        let mut scratch = [0_u8; 16 * 1024];
        match events.try_skip(&mut scratch) {
            Ok(0) => return,
            Ok(read) => {
                let text = scratch.get(..read).unwrap_or_default();
                if text.windows(MARK.len()).any(|window| window == MARK) {
                    size.fetch_max(read, Ordering::Relaxed);
                    arrived.one_more(of);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}
