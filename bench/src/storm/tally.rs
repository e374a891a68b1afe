//! What is counted while the storm goes on.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde::Serialize;

/// How long many things took.
#[derive(Debug, Default, Serialize)]
pub struct Times {
    /// How many there were.
    pub count: usize,
    /// Half of them were faster, in milliseconds.
    pub p50: f64,
    /// One of a hundred was slower, in milliseconds.
    pub p99: f64,
    /// The slowest, in milliseconds.
    pub most: f64,
}

impl Times {
    /// Of these.
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |part: usize| {
            let time = times.get((times.len() * part / 100).min(times.len().saturating_sub(1)));
            time.map_or(0.0, |time| (time.as_secs_f64() * 1_000_000.0).round() / 1000.0)
        };
        Self { count: times.len(), p50: at(50), p99: at(99), most: at(100) }
    }
}

/// Counters that everybody adds to.
#[derive(Debug, Default)]
pub struct Tally {
    acknowledged: Mutex<BTreeMap<&'static str, u64>>,
    writes: Mutex<Vec<Duration>>,
    refusals: Mutex<Vec<Duration>>,
    broken: AtomicU64,
    streams: AtomicU64,
    reloads: AtomicU64,
    delivered: AtomicU64,
}

impl Tally {
    pub fn acknowledged(&self, sort: &'static str, after: Duration) {
        *self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).entry(sort).or_default() += 1;
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).push(after);
    }

    pub fn refused(&self, after: Duration) {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).push(after);
    }

    pub fn broken(&self) {
        self.broken.fetch_add(1, Ordering::Relaxed);
    }

    pub fn stream(&self) {
        self.streams.fetch_add(1, Ordering::Relaxed);
    }

    pub fn reload(&self) {
        self.reloads.fetch_add(1, Ordering::Relaxed);
    }

    pub fn delivered(&self) {
        self.delivered.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes what was counted into the report.
    pub fn tell(&self, report: &mut super::Report) {
        let taken = |times: &Mutex<Vec<Duration>>| {
            Times::of(std::mem::take(&mut *times.lock().unwrap_or_else(PoisonError::into_inner)))
        };
        report.acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone();
        report.writes = taken(&self.writes);
        report.refusals = taken(&self.refusals);
        report.broken = self.broken.load(Ordering::Relaxed);
        report.streams = self.streams.load(Ordering::Relaxed);
        report.reloads = self.reloads.load(Ordering::Relaxed);
        report.delivered = self.delivered.load(Ordering::Relaxed);
    }
}
