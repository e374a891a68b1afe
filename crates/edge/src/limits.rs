use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use kernel::Refusal;

/// How many attempts in which time.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Attempts that are let through at once.
    pub burst: u32,
    /// Seconds until one more attempt is allowed.
    pub seconds_each: u32,
}

/// Counts attempts per key (an address, an e-mail) in memory. A restart forgets, which is safe:
/// password hashing keeps guessing slow in any case.
#[derive(Clone, Default)]
pub struct Limits(Arc<Mutex<HashMap<String, Bucket>>>);

struct Bucket {
    /// When the bucket will be full again, in seconds since the epoch.
    full_at: i64,
}

/// Above this many keys the full buckets are swept.
const SWEEP_AT: usize = 50_000;

impl Limits {
    /// Counts one attempt; refuses when the bucket of `key` is empty.
    pub fn attempt(&self, key: String, rate: Rate, now: Timestamp) -> Result<(), Refusal> {
        let now = now.as_second();
        let each = i64::from(rate.seconds_each.max(1));
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > SWEEP_AT {
            buckets.retain(|_, bucket| bucket.full_at > now);
        }
        let bucket = buckets.entry(key).or_insert(Bucket { full_at: now });
        let full_at = bucket.full_at.max(now) + each;
        let wait = full_at - now - each * i64::from(rate.burst);
        if wait > 0 {
            return Err(Refusal::TooMany { retry_after: u32::try_from(wait).unwrap_or(u32::MAX) });
        }
        bucket.full_at = full_at;
        Ok(())
    }

    /// Forgets a key: the person proved who they are.
    pub fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_one_each_period() {
        let limits = Limits::default();
        let rate = Rate { burst: 3, seconds_each: 60 };
        let start = Timestamp::from_second(1_000_000).unwrap();
        for _ in 0..3 {
            assert!(limits.attempt("a".into(), rate, start).is_ok());
        }
        assert_eq!(limits.attempt("a".into(), rate, start), Err(Refusal::TooMany { retry_after: 60 }));
        assert!(limits.attempt("b".into(), rate, start).is_ok());
        let later = Timestamp::from_second(1_000_060).unwrap();
        assert!(limits.attempt("a".into(), rate, later).is_ok());
        assert!(limits.attempt("a".into(), rate, later).is_err());
        limits.forget("a");
        assert!(limits.attempt("a".into(), rate, later).is_ok());
    }
}
