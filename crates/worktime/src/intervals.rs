//! Working time as maximal intervals: of one schedule, and of several together.

use jiff::Timestamp;

use crate::pieces::{Pieces, two_years_after};
use crate::schedule::Schedule;

/// A half-open interval of instants, `[start, end)`, never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// The first instant inside.
    pub start: Timestamp,
    /// The first instant after.
    pub end: Timestamp,
}

impl Schedule {
    /// The maximal working intervals clipped to `[at, until)`, in order; they neither overlap nor touch.
    ///
    /// Looks at most two calendar years ahead: a later `until` counts as two years after `at`. An `until`
    /// before `at` gives none.
    pub fn intervals(&self, at: Timestamp, until: Timestamp) -> Vec<Interval> {
        let until = until.min(instant(two_years_after(at.as_second())));
        let mut intervals: Vec<Interval> = Vec::new();
        for piece in Pieces::new(self, at.as_second(), until.as_second() + 1) {
            let start = instant(piece.start).max(at);
            let end = instant(piece.end).min(until);
            match intervals.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ if start < end => intervals.push(Interval { start, end }),
                _ => {}
            }
        }
        intervals
    }

    /// When the working interval that contains `at` ends. `None` outside working time, and where the
    /// interval does not end within two calendar years.
    pub fn end_of_interval(&self, at: Timestamp) -> Option<Timestamp> {
        let at = at.as_second();
        let limit = two_years_after(at);
        let mut pieces = Pieces::new(self, at, limit);
        let first = pieces.find(|piece| piece.end > at).filter(|piece| piece.start <= at)?;
        let mut end = first.end;
        for piece in pieces {
            if piece.start > end {
                break;
            }
            end = piece.end;
        }
        if end < limit { Timestamp::from_second(end).ok() } else { None }
    }
}

/// The maximal intervals inside `[at, until)` in which all of the schedules are working, in order.
///
/// Looks at most two calendar years ahead, as [`Schedule::intervals`] does. Without any schedule there is
/// nobody to be working, and the answer is empty.
pub fn overlap(schedules: &[&Schedule], at: Timestamp, until: Timestamp) -> Vec<Interval> {
    let Some((first, others)) = schedules.split_first() else {
        return Vec::new();
    };
    let mut common = first.intervals(at, until);
    for schedule in others {
        if common.is_empty() {
            break;
        }
        common = intersection(&common, &schedule.intervals(at, until));
    }
    common
}

/// What two lists of sorted disjoint intervals have in common. As no two intervals of a list touch, no
/// two of the result do.
fn intersection(left: &[Interval], right: &[Interval]) -> Vec<Interval> {
    let mut common = Vec::new();
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let (start, end) = (a.start.max(b.start), a.end.min(b.end));
        if start < end {
            common.push(Interval { start, end });
        }
        if a.end <= b.end {
            left.next()
        } else {
            right.next()
        };
    }
    common
}

/// The instant at a second, or the nearest there is.
pub(crate) fn instant(second: i64) -> Timestamp {
    let nearest = second.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let beyond = if second < 0 { Timestamp::MIN } else { Timestamp::MAX };
    if nearest == second { Timestamp::from_second(second).unwrap_or(beyond) } else { beyond }
}
