//! How long the program takes to its first answer, and how much memory it needs at rest.

use std::time::{Duration, Instant};

use super::{Bench, load::percentile, results::Results};
use crate::http::{Connection, request};

/// How often it is started.
const STARTS: usize = 20;
/// How long it is left alone before its memory counts.
const REST: Duration = Duration::from_secs(10);

/// Measures the start with the files in the system's memory, and the memory at rest.
pub async fn measure(bench: &Bench, results: &mut Results) -> anyhow::Result<()> {
    let inbox = request("GET", "/api/v1/inbox", &bench.manifest.person(1)?.by_session(), None);
    let mut times = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let began = Instant::now();
        let mut server = bench.serve()?;
        Connection::open(server.address).await?.send(&inbox).await?.must_succeed()?;
        times.push(began.elapsed());
        server.stop()?;
    }
    times.sort_unstable();
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let time = percentile(&times, share).as_secs_f64() * 1e3;
        results.value(&format!("start to the first inbox, {name}"), &bench.label, time, "ms");
    }
    let server = bench.serve()?;
    Connection::open(server.address).await?.send(&inbox).await?.must_succeed()?;
    tokio::time::sleep(REST).await;
    let megabytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    results.value("memory at rest", &bench.label, megabytes(server.process().resident()?), "MB");
    let own = megabytes(server.process().anonymous()?);
    results.value("memory at rest without mapped files", &bench.label, own, "MB");
    Ok(())
}
