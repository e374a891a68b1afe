//! Correctness under load: many writers and readers at the real program, which is killed in the middle and
//! asked for more than it can do. In the end every acknowledged write is there exactly once, the log has no
//! gap, every reader has what the API gives them, and every request had an answer.

mod crowd;
mod reader;
mod rows;
mod tally;
mod verdict;
mod world;
mod writer;

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, bail};
use clap::Args;
use futures::future::try_join_all;
use serde::Serialize;
use tokio::{
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, sleep},
};

use crate::server::{Server, Start, raise_open_files};
use tally::{Tally, Times};
use world::World;

/// How often the memory is looked at.
const SAMPLE: Duration = Duration::from_secs(10);
/// How long readers may take to hear of everything; a reader that is lost would wait for ever.
const CATCH_UP: Duration = Duration::from_mins(10);

/// What the storm is made of.
#[derive(Debug, Args)]
pub struct Arguments {
    /// How long the writers write
    #[arg(long, default_value_t = 5.0)]
    minutes: f64,
    /// People who write at the same time
    #[arg(long, default_value_t = 64)]
    writers: usize,
    /// Live streams that are open at the same time
    #[arg(long, default_value_t = 1000)]
    readers: usize,
    /// How often the server is killed (SIGKILL) and started again
    #[arg(long, default_value_t = 2)]
    kills: u32,
    /// Milliseconds that a writer rests after each write, but for two seconds of every thirty
    #[arg(long, default_value_t = 400)]
    rest: u64,
    /// Connections of the crowd that comes in the end, all at once
    #[arg(long, default_value_t = 2000)]
    crowd: usize,
    /// Seconds for which the crowd stays
    #[arg(long, default_value_t = 20.0)]
    crowd_seconds: f64,
    /// Seconds after which the memory is looked at, once the crowd has gone
    #[arg(long, default_value_t = 10)]
    settle: u64,
    /// The program; beside this one when absent
    #[arg(long)]
    binary: Option<PathBuf>,
    /// An empty folder for the data
    #[arg(long)]
    data: PathBuf,
    /// The address of an empty PostgreSQL database; SQLite in the data folder when absent
    #[arg(long)]
    database: Option<String>,
}

/// What came of it.
#[derive(Debug, Default, Serialize)]
struct Report {
    /// Writes that were acknowledged, by their sort.
    acknowledged: std::collections::BTreeMap<&'static str, u64>,
    /// Changes in the log in the end.
    changes: i64,
    /// Events that all readers together have got.
    delivered: u64,
    /// Connections that broke, and were opened again.
    broken: u64,
    /// Streams that were opened.
    streams: u64,
    /// Times a reader was told to read everything again.
    reloads: u64,
    /// From the last write until every reader had heard of it, in seconds.
    caught_up: f64,
    /// Writes: from the first try to the acknowledgement.
    writes: Times,
    /// Refusals during the storm.
    refusals: Times,
    /// Resident memory of the server every ten seconds, in MB.
    memory: Vec<u64>,
    /// What the crowd got.
    crowd: crowd::Report,
    /// Everything that is not as it should be.
    wrong: Vec<String>,
}

/// What everybody who takes part knows.
pub struct Storm {
    address: SocketAddr,
    world: World,
    tally: Tally,
    /// Set when the writers are to finish.
    over: AtomicBool,
    /// Whether this is a moment in which nobody rests.
    burst: AtomicBool,
}

/// The server of the moment: it is replaced when it is killed.
type Running = Arc<Mutex<Server>>;

/// Runs it.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    raise_open_files()?;
    let binary = match &arguments.binary {
        Some(binary) => binary.clone(),
        None => std::env::current_exe()?.with_file_name("meridian"),
    };
    std::fs::create_dir_all(&arguments.data)?;
    if std::fs::read_dir(&arguments.data)?.next().is_some() {
        bail!("{} is not empty", arguments.data.display());
    }
    let mut start = Start::new(&binary, &arguments.data);
    start.database.clone_from(&arguments.database);
    let people = world::found(&start).await.context("cannot make the workspace")?;
    let server = start.serve()?;
    // It comes back where it was.
    start.listen = server.address;
    let world = World::begin(server.address, people).await.context("cannot make the threads")?;
    let storm = Arc::new(Storm {
        address: server.address,
        world,
        tally: Tally::default(),
        over: AtomicBool::new(false),
        burst: AtomicBool::new(false),
    });
    let report = rage(&arguments, &start, &storm, Arc::new(Mutex::new(server))).await?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    if !report.wrong.is_empty() {
        bail!("{} things are not as they should be", report.wrong.len());
    }
    Ok(())
}

async fn rage(
    arguments: &Arguments,
    start: &Start,
    storm: &Arc<Storm>,
    server: Running,
) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let memory = Arc::new(Mutex::new(Vec::new()));
    let sampler = tokio::spawn(sample(server.clone(), memory.clone()));
    let readers: Vec<_> = (0..arguments.readers).map(|number| reader::Reader::begin(storm, number)).collect();
    let writers: Vec<_> = (0..arguments.writers)
        .map(|number| tokio::spawn(writer::write(storm.clone(), number, arguments.rest)))
        .collect();
    weather(arguments, start, storm, &server).await?;
    storm.over.store(true, Ordering::Relaxed);
    let mut ledger = Vec::new();
    for written in finished(writers).await? {
        ledger.extend(written);
    }
    say(&format!("{} posts are acknowledged", ledger.len()));

    let last = Instant::now();
    let beacon = writer::beacon(storm).await?;
    heard(&readers, &beacon.id).await?;
    ledger.push(beacon);
    report.caught_up = last.elapsed().as_secs_f64();
    say(&format!("every reader has heard of everything after {:.1} s", report.caught_up));
    report.wrong = verdict::compare(storm, &readers, &ledger).await?;
    for reader in readers {
        reader.end();
    }

    let before = resident(&server)?;
    let (crowd, posted) = crowd::come(storm, arguments.crowd, arguments.crowd_seconds).await?;
    report.crowd = crowd;
    report.wrong.extend(verdict::after_the_crowd(storm, &ledger, &posted).await?);
    sleep(Duration::from_secs(arguments.settle)).await;
    report.crowd.memory = [before, resident(&server)?];
    sampler.abort();
    stop(&server)?;
    let (changes, gaps) = verdict::log(start).await?;
    report.changes = changes;
    report.wrong.extend(gaps);
    report.memory.clone_from(&memory.lock().unwrap_or_else(PoisonError::into_inner));
    storm.tally.tell(&mut report);
    Ok(report)
}

/// Lets the time pass, with bursts, and kills the server now and then.
async fn weather(
    arguments: &Arguments,
    start: &Start,
    storm: &Storm,
    server: &Running,
) -> anyhow::Result<()> {
    let whole = Duration::from_secs_f64(arguments.minutes * 60.0);
    let begun = Instant::now();
    let part = whole / (arguments.kills + 1);
    let mut next = part;
    while begun.elapsed() < whole {
        storm.burst.store(begun.elapsed().as_secs() % 30 >= 28, Ordering::Relaxed);
        if begun.elapsed() >= next && next < whole {
            next += part;
            say("the server is killed");
            let (start, server) = (start.clone(), server.clone());
            tokio::task::spawn_blocking(move || killed_and_started(&start, &server)).await??;
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

fn killed_and_started(start: &Start, server: &Running) -> anyhow::Result<()> {
    let mut server = server.lock().unwrap_or_else(PoisonError::into_inner);
    server.kill()?;
    *server = start.serve()?;
    Ok(())
}

fn stop(server: &Running) -> anyhow::Result<()> {
    server.lock().unwrap_or_else(PoisonError::into_inner).stop()
}

/// Waits until every reader has the row of this post.
async fn heard(readers: &[reader::Reader], post: &str) -> anyhow::Result<()> {
    let end = Instant::now() + CATCH_UP;
    while let Some(waiting) = readers.iter().find(|reader| !reader.has_post(post)) {
        if Instant::now() > end {
            bail!("{} has not heard of the last post", waiting.name());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Every result, in order; the first error ends it.
async fn finished<T>(tasks: Vec<JoinHandle<anyhow::Result<T>>>) -> anyhow::Result<Vec<T>> {
    let results = try_join_all(tasks).await?;
    results.into_iter().collect()
}

fn resident(server: &Running) -> anyhow::Result<u64> {
    let process = server.lock().unwrap_or_else(PoisonError::into_inner).process();
    Ok(process.resident()? / 1_000_000)
}

async fn sample(server: Running, memory: Arc<Mutex<Vec<u64>>>) {
    let mut ticks = interval(SAMPLE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        // While it is being started again there is nothing to see.
        let Ok(server) = server.try_lock() else { continue };
        let Ok(resident) = server.process().resident() else { continue };
        say(&format!("{} MB", resident / 1_000_000));
        memory.lock().unwrap_or_else(PoisonError::into_inner).push(resident / 1_000_000);
    }
}

/// Progress, beside the report on standard output.
fn say(text: &str) {
    eprintln!("storm: {text}");
}
