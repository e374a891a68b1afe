use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;

/// Where the current time comes from. It is passed in and never read from the middle of a rule,
/// so that tests and walkthroughs choose it.
#[derive(Clone, Debug, Default)]
pub struct Clock(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    /// Microseconds added to the machine's time: a clock that started elsewhere and goes on.
    Shifted(i64),
    /// Microseconds since the epoch; moves only when it is told to.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that reads `start` now and runs on from there.
    pub fn starting_at(start: Timestamp) -> Self {
        Self(Source::Shifted(start.as_microsecond() - machine_now().as_microsecond()))
    }

    /// A clock that stands still at `at` until it is moved.
    pub fn fixed(at: Timestamp) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(at.as_microsecond()))))
    }

    /// The present instant, at microsecond precision (what the database keeps).
    pub fn now(&self) -> Timestamp {
        let micros = match &self.0 {
            Source::System => machine_now().as_microsecond(),
            Source::Shifted(by) => machine_now().as_microsecond() + by,
            Source::Fixed(at) => at.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or_default()
    }

    /// Moves a fixed clock; other clocks do not listen.
    pub fn set(&self, at: Timestamp) {
        if let Source::Fixed(cell) = &self.0 {
            cell.store(at.as_microsecond(), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn machine_now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still_until_it_is_moved() {
        let start: Timestamp = "2026-11-25T21:40:00Z".parse().unwrap();
        let clock = Clock::fixed(start);
        let same_clock = clock.clone();
        assert_eq!(clock.now(), start);
        let later: Timestamp = "2026-11-26T01:00:00Z".parse().unwrap();
        clock.set(later);
        assert_eq!(same_clock.now(), later);
    }
}
