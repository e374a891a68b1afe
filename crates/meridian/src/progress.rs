//! Signs of life of work that takes longer than a breath.

use std::time::{Duration, Instant};

/// Nothing is said more often than this.
const EVERY: Duration = Duration::from_secs(2);

/// Counts what is done and says so on standard error from time to time.
pub struct Progress {
    what: &'static str,
    total: Option<u64>,
    done: u64,
    said: Instant,
}

impl Progress {
    /// Of an unknown number of things.
    pub fn new(what: &'static str) -> Self {
        Self { what, total: None, done: 0, said: Instant::now() }
    }

    /// Of a known number of things.
    pub fn of(what: &'static str, total: u64) -> Self {
        Self { total: Some(total), ..Self::new(what) }
    }

    /// So many more are done.
    pub fn add(&mut self, more: u64) {
        self.set(self.done + more);
    }

    /// So many are done.
    pub fn set(&mut self, done: u64) {
        self.done = done;
        if self.said.elapsed() < EVERY {
            return;
        }
        self.said = Instant::now();
        match self.total {
            Some(total) => eprintln!("  {}: {done} of {total}", self.what),
            None => eprintln!("  {}: {done}", self.what),
        }
    }
}
